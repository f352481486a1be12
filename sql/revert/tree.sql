-- Revert wijzer:tree from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
ALTER TABLE data.event DROP COLUMN director_id, DROP COLUMN after_id;
ALTER TABLE data.step DROP COLUMN after_id;
ALTER TABLE data.referral DROP COLUMN director_id;
RESET ROLE;
COMMIT;
