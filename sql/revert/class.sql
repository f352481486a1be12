-- Revert wijzer:class from pg
-- What interface.sql made stands on these columns and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
ALTER TABLE data.event DROP COLUMN class_id;
ALTER TABLE data.referral DROP COLUMN class_id;
DROP TABLE data.class;
RESET ROLE;
COMMIT;
