-- Revert wijzer:chain from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
DROP FUNCTION IF EXISTS data.seed_vocabulary(int), data.seed_states(int), data.seed_words(int),
                        data.add_identity(text, text, text, text, text);
DROP TABLE data.event, data.feedback, data.note, data.promise, data.decision, data.step, data.referral,
           data.client, data.idempotency;
DROP PROCEDURE data.isolate_parties(regclass, text);
DROP DOMAIN data.task_status, data.operation, data.promise_end;
COMMIT;
