-- Revert wijzer:messages from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again. Messages and files are lost,
-- and what went out about them; subscriptions to nothing else end.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
DELETE FROM data.dispatch WHERE kind = 'message';
UPDATE data.subscription SET kinds = CASE kinds WHEN '{message}' THEN '{notice}' ELSE array_remove(kinds, 'message') END,
                             ended_at = CASE kinds WHEN '{message}' THEN coalesce(ended_at, now()) ELSE ended_at END
WHERE 'message' = ANY (kinds);
SET ROLE wijzer_owner;
ALTER TABLE data.subscription DROP CONSTRAINT subscription_kinds_check;
ALTER TABLE data.subscription ADD CONSTRAINT subscription_kinds_check
    CHECK (cardinality(kinds) > 0 AND kinds <@ '{notice,step,feedback,question}'::text[]);
ALTER TABLE data.dispatch DROP CONSTRAINT dispatch_kind_check;
ALTER TABLE data.dispatch ADD CONSTRAINT dispatch_kind_check CHECK (kind IN ('notice', 'step', 'feedback', 'question'));
DROP TABLE data.message, data.message_mark, data.attachment;
ALTER TABLE data.event DROP COLUMN message_nr;
RESET ROLE;
COMMIT;
