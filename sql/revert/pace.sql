-- Revert wijzer:pace from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
DROP INDEX data.dispatch_leased, data.dispatch_dead;
ALTER TABLE data.subscription DROP COLUMN rest_until;
RESET ROLE;
COMMIT;
