-- Deploy wijzer:tree to pg
-- Branches in order, and who directs a referral.

BEGIN;
SET ROLE wijzer_owner;

-- The organisation that directs; null: the coordination does.
ALTER TABLE data.referral ADD COLUMN director_id int;

-- The step that one made in state `planned` comes after: it is sent when that one ends well. Kept when it has been sent.
ALTER TABLE data.step ADD COLUMN after_id bigint;

ALTER TABLE data.event
    ADD COLUMN after_id bigint,   -- of a planned step: what it comes after
    ADD COLUMN director_id int;   -- of director-changed; null: the coordination

RESET ROLE;
COMMIT;
