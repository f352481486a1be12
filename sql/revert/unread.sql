-- Revert wijzer:unread from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
DROP TABLE data.message_waiting;
RESET ROLE;
COMMIT;
