-- Deploy wijzer:tasks to pg
-- What a worker does between one state and the next: attempts to reach somebody and how they went, calling back on the day that
-- was promised, goals in the client's own words.
--
-- A call-back is a promise beside the one that a step always has: its nr is below zero, which no version of a step is. It ends
-- as kept, or released where the step ended first or another day was agreed: it was not kept, and nobody owes it any more.

BEGIN;
SET ROLE wijzer_owner;

ALTER DOMAIN data.promise_end DROP CONSTRAINT promise_end_check;
ALTER DOMAIN data.promise_end ADD CONSTRAINT promise_end_check CHECK (VALUE IN ('kept', 'escalated', 'released'));

ALTER TABLE data.event
    ADD COLUMN result text, -- of an attempt to reach the client, or of a goal
    ADD COLUMN score int;   -- of a goal, 1-10

-- What the client wants, in a note of the same id; append-only as every note, while its state and score go on.
CREATE TABLE data.goal (
    region_id   int         NOT NULL,
    goal_id     bigint      NOT NULL, -- and that of the note
    referral_id bigint      NOT NULL,
    step_id     bigint      NOT NULL, -- in which it was set
    domain      data.code   NOT NULL,
    state       text        NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'reached', 'partly', 'not-reached', 'dropped')),
    score_first int         CHECK (score_first BETWEEN 1 AND 10),
    score       int         CHECK (score BETWEEN 1 AND 10),
    created_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    PRIMARY KEY (region_id, goal_id),
    FOREIGN KEY (region_id, step_id) REFERENCES data.step,
    FOREIGN KEY (region_id, domain) REFERENCES data.domain,
    CHECK ((state = 'active') = (ended_at IS NULL)),
    CHECK ((score_first IS NULL) = (score IS NULL))
);
CALL data.isolate('data.goal');
CREATE INDEX goal_by_referral ON data.goal (region_id, referral_id);

RESET ROLE;
COMMIT;
