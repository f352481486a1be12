-- Revert wijzer:asked from pg
-- What interface.sql made stands on these columns and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
ALTER TABLE data.event
    DROP COLUMN domains, DROP COLUMN wishes, DROP COLUMN urgency, DROP COLUMN media, DROP COLUMN size;
RESET ROLE;
COMMIT;
