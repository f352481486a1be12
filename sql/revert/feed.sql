-- Revert wijzer:feed from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
DROP INDEX data.event_by_tx;
CREATE INDEX event_by_tx ON data.event USING brin (region_id, tx) WITH (autosummarize = on);
RESET ROLE;
COMMIT;
