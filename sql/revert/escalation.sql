-- Revert wijzer:escalation from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
ALTER TABLE data.event DROP COLUMN level;
DROP INDEX data.promise_late, data.promise_to_raise;
ALTER TABLE data.promise DROP CONSTRAINT promise_level_check, DROP COLUMN raise_at;
DELETE FROM data.named_person WHERE duty = 'promises';
ALTER TABLE data.named_person DROP CONSTRAINT named_person_duty_check, ADD CHECK (duty IN ('emergency'));
RESET ROLE;
COMMIT;
