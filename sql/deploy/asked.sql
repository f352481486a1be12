-- Deploy wijzer:asked to pg
-- What was asked, as codes, in the events that tell of it, so that the current state follows from events here as well. Null in
-- events of before, of which the state tells alone.

BEGIN;
SET ROLE wijzer_owner;

ALTER TABLE data.event
    ADD COLUMN domains text[], -- of referral-sent and referral-joined: all of them afterwards; of goal-set: the goal's
    ADD COLUMN wishes text[],  -- the same; null: none
    ADD COLUMN urgency text,
    ADD COLUMN media text,     -- of attachment-added
    ADD COLUMN size int;

RESET ROLE;
COMMIT;
