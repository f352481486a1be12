-- Deploy wijzer:escalation to pg
-- A promise that nobody kept goes up, level by level, to a named person (I6). level counts the levels; raise_at is when it goes
-- up next, worked out from rule table 5 by whoever keeps time; null: nobody has looked at it yet, or it is at the top.

BEGIN;
SET ROLE wijzer_owner;

ALTER TABLE data.promise
    ADD COLUMN raise_at timestamptz,
    ADD CHECK (level BETWEEN 0 AND 3);
-- What has just fallen due, and what is on its way up.
CREATE INDEX promise_late ON data.promise (region_id, due_at) WHERE ended_at IS NULL AND level = 0 AND raise_at IS NULL;
CREATE INDEX promise_to_raise ON data.promise (region_id, raise_at) WHERE ended_at IS NULL AND raise_at IS NOT NULL;

ALTER TABLE data.event ADD COLUMN level int; -- to which the promise of step_id with number version went up

ALTER TABLE data.named_person
    DROP CONSTRAINT named_person_duty_check,
    ADD CHECK (duty IN ('emergency', 'promises'));

RESET ROLE;
COMMIT;
