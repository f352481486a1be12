-- Revert wijzer:tasks from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again. A released call-back has
-- no word any more: it ended, and says kept.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
UPDATE data.promise SET ended_how = 'kept' WHERE ended_how = 'released';
SET ROLE wijzer_owner;
DROP TABLE data.goal;
ALTER TABLE data.event DROP COLUMN result, DROP COLUMN score;
ALTER DOMAIN data.promise_end DROP CONSTRAINT promise_end_check;
ALTER DOMAIN data.promise_end ADD CONSTRAINT promise_end_check CHECK (VALUE IN ('kept', 'escalated'));
RESET ROLE;
COMMIT;
