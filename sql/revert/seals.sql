-- Revert wijzer:seals from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
DROP PROCEDURE IF EXISTS data.continue_history();
DROP TABLE data.seal;
DROP INDEX data.event_by_tx;
ALTER TABLE data.event
    ALTER COLUMN tx DROP DEFAULT,
    ALTER COLUMN tx TYPE xid8 USING tx::text::xid8,
    ALTER COLUMN tx SET DEFAULT pg_current_xact_id();
DROP FUNCTION data.current_tx();
DROP FUNCTION data.tx_offset();
COMMIT;
