-- Deploy wijzer:class to pg
-- A class: referrals that one organisation sent as one act, each of a client of its own, under a name that binds them.

BEGIN;
SET ROLE wijzer_owner;

-- The name says nothing of a person alone ("Groep 5"); whose child is in it is shown to who may know the child's name.
CREATE TABLE data.class (
    region_id       int         NOT NULL,
    class_id        bigint      NOT NULL DEFAULT nextval('data.object_seq'),
    organisation_id int         NOT NULL, -- that refers
    name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    account_id      int         NOT NULL, -- who sent the first of it
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (region_id, class_id),
    UNIQUE (region_id, organisation_id, name),
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation
);
CALL data.isolate('data.class', append_only => true);

ALTER TABLE data.referral ADD COLUMN class_id bigint; -- null: sent by itself
CREATE INDEX referral_class ON data.referral (region_id, class_id) WHERE class_id IS NOT NULL;
ALTER TABLE data.event ADD COLUMN class_id bigint; -- of referral-sent

RESET ROLE;
COMMIT;
