-- Revert wijzer:access_seals from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again. Blocks of this log
-- have nothing to stand for any more.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
DELETE FROM data.seal WHERE log = 'access';
DROP INDEX data.access_by_tx;
ALTER TABLE data.access
    ALTER COLUMN tx DROP DEFAULT,
    ALTER COLUMN tx TYPE xid8 USING tx::text::xid8,
    ALTER COLUMN tx SET DEFAULT pg_current_xact_id();
COMMIT;
