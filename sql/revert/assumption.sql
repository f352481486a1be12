-- Revert wijzer:assumption from pg
-- What interface.sql made stands on this table and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
DROP TABLE data.assumption;
RESET ROLE;
COMMIT;
