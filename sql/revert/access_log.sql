-- Revert wijzer:access_log from pg
-- What interface.sql made stands on this and goes first; it is made anew by running it again. The words of operations stay
-- as they are: keys may have been used with new ones.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
DROP INDEX data.event_by_time, data.access_by_time;
DROP POLICY about_client ON data.access;
REVOKE SELECT ON data.access FROM wijzer_vault;
COMMIT;
