-- Deploy wijzer:places to pg
-- How much room an offering has and whether that is still right, by whom it was said; groups with a start date and places; the
-- place of a step in one, or in its line. Nothing here is about a client: a place is a step's.

BEGIN;
SET ROLE wijzer_owner;

-- From how many days on what was said of an offering's room is stale, from how many it is old, and after how many its organisation
-- is asked whether it is still right.
ALTER TABLE data.region
    ADD COLUMN stale_days int NOT NULL DEFAULT 30 CHECK (stale_days >= 1),
    ADD COLUMN old_days int NOT NULL DEFAULT 60,
    ADD COLUMN confirm_days int NOT NULL DEFAULT 21 CHECK (confirm_days >= 1),
    ADD CHECK (old_days >= stale_days);

ALTER TABLE data.capacity
    DROP CONSTRAINT capacity_state_check,
    ADD CHECK (state IN ('open', 'waiting-list', 'full', 'paused'));

-- Besides how fast it answers: of what it answered, how much it accepted; days from acceptance to the first contact.
ALTER TABLE data.offering_measure
    ADD COLUMN accepted int CHECK (accepted BETWEEN 0 AND replies),
    ADD COLUMN contact_days int CHECK (contact_days >= 0);

CREATE TABLE data.offering_group (
    region_id   int         NOT NULL,
    group_id    bigint      NOT NULL DEFAULT nextval('data.object_seq'),
    offering_id int         NOT NULL,
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    starts_on   date        NOT NULL,
    ends_on     date        CHECK (ends_on >= starts_on),
    way         text        NOT NULL CHECK (way IN ('on-site', 'online')), -- of taking part
    rolling     boolean     NOT NULL, -- people may join after it has started
    places      int         NOT NULL CHECK (places BETWEEN 0 AND 10000),
    taken       int         NOT NULL DEFAULT 0, -- persons with a place, and those for whom one is kept
    changed_at  timestamptz NOT NULL, -- places or taken
    created_at  timestamptz NOT NULL,
    closed_at   timestamptz, -- nobody joins any more
    ended_at    timestamptz, -- called off
    PRIMARY KEY (region_id, group_id),
    FOREIGN KEY (region_id, offering_id) REFERENCES data.offering,
    CHECK (taken BETWEEN 0 AND places) -- never one too many
);
CALL data.isolate('data.offering_group');
CREATE INDEX offering_group_of ON data.offering_group (region_id, offering_id) WHERE ended_at IS NULL;

-- What a step has in a group: waiting (in line by asked_at), offered (kept until somebody says yes), taken; given-up and lost (the
-- group was called off, or began without them) are over. A step has one at most.
CREATE TABLE data.place (
    region_id   int         NOT NULL,
    step_id     bigint      NOT NULL,
    referral_id bigint      NOT NULL,
    group_id    bigint      NOT NULL,
    persons     int         NOT NULL CHECK (persons BETWEEN 1 AND 1000),
    state       text        NOT NULL CHECK (state IN ('waiting', 'offered', 'taken', 'given-up', 'lost')),
    asked_at    timestamptz NOT NULL,
    PRIMARY KEY (region_id, step_id),
    FOREIGN KEY (region_id, step_id) REFERENCES data.step,
    FOREIGN KEY (region_id, group_id) REFERENCES data.offering_group
);
CALL data.isolate('data.place');
CREATE INDEX place_in_group ON data.place (region_id, group_id, asked_at, step_id) WHERE state IN ('waiting', 'offered', 'taken');

ALTER TABLE data.event
    ADD COLUMN group_id bigint, -- in which a step has a place
    ADD COLUMN persons int;

-- The promise to say whether what is said of an offering is still right; beside those about steps, and raised as they are.
CREATE TABLE data.offering_promise (
    region_id       int         NOT NULL,
    offering_id     int         NOT NULL,
    nr              int         NOT NULL CHECK (nr >= 1),
    organisation_id int         NOT NULL, -- that owes it
    level           int         NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 3),
    started_at      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    raise_at        timestamptz,
    ended_at        timestamptz,
    ended_how       data.promise_end,
    PRIMARY KEY (region_id, offering_id, nr),
    FOREIGN KEY (region_id, offering_id) REFERENCES data.offering,
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation,
    CHECK ((ended_at IS NULL) = (ended_how IS NULL))
);
CALL data.isolate('data.offering_promise');
CREATE UNIQUE INDEX offering_promise_open ON data.offering_promise (region_id, offering_id) WHERE ended_at IS NULL;

-- What happened to an offering: what was said of its room, its groups, whether it is still right.
CREATE TABLE data.offering_event (
    region_id       int         NOT NULL,
    offering_id     int         NOT NULL,
    event_id        bigint      NOT NULL DEFAULT nextval('data.event_seq'),
    at              timestamptz NOT NULL,
    kind            data.code   NOT NULL,
    account_id      int,        -- null: the keeper of time
    organisation_id int,
    role            text,
    came_from       text,
    as_of           date,       -- of the room that was said
    state           text,
    places          int,        -- of the offering, or of the group
    wait_days       int,
    group_id        bigint,
    name            text,
    starts_on       date,
    ends_on         date,
    way             text,
    rolling         boolean,
    nr              int,        -- of the promise that started, ended or went up
    due_at          timestamptz,
    level           int,
    PRIMARY KEY (region_id, offering_id, event_id)
);
CALL data.isolate('data.offering_event', append_only => true);

RESET ROLE;
COMMIT;
