-- Revert wijzer:contract from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
ALTER TABLE data.state DROP COLUMN milestone;
ALTER TABLE data.event DROP COLUMN form;
ALTER TABLE data.feedback DROP COLUMN form, DROP COLUMN story;
DROP TABLE data.feedback_digest, data.feedback_contract;
RESET ROLE;
COMMIT;
