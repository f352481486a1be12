-- Deploy wijzer:outbound to pg
-- What goes out of Wijzer: that there is something for somebody, without content, by mail or webhook. Nobody waits for it: it is
-- derived from events and notices in the order in which they became final.

BEGIN;
SET ROLE wijzer_owner;

-- Notices are read in that order too; those from before never go out.
ALTER TABLE data.notice ADD COLUMN tx bigint;
ALTER TABLE data.notice ALTER COLUMN tx SET DEFAULT data.current_tx();
CREATE INDEX notice_by_tx ON data.notice (region_id, tx, notice_id) WHERE tx IS NOT NULL;

-- Who wants to hear outside Wijzer, where, and of what. The address is sealed under a key of the region (daemon/keys), its hash
-- finds the same one again; the secret of a webhook is nowhere: the daemon works it out from that key and the id.
CREATE TABLE data.subscription (
    region_id       int         NOT NULL,
    subscription_id bigint      NOT NULL DEFAULT nextval('data.object_seq'),
    organisation_id int         NOT NULL,
    account_id      int,        -- also what is for this person alone; null: for everybody of the organisation
    channel         text        NOT NULL CHECK (channel IN ('mail', 'webhook')),
    kinds           text[]      NOT NULL CHECK (cardinality(kinds) > 0 AND kinds <@ '{notice,step,feedback,question}'::text[]),
    address         text        NOT NULL CHECK (address LIKE 'r1.%'),
    address_hash    text        NOT NULL CHECK (address_hash ~ '^[0-9a-f]{64}$'),
    made_at         timestamptz NOT NULL,
    made_by         int         NOT NULL,
    ended_at        timestamptz,
    ended_by        int,        -- null: the receiver said that it is gone
    PRIMARY KEY (region_id, subscription_id),
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation,
    CHECK (ended_by IS NULL OR ended_at IS NOT NULL)
);
CREATE UNIQUE INDEX subscription_live ON data.subscription (region_id, organisation_id, channel, address_hash, coalesce(account_id, 0))
    WHERE ended_at IS NULL;
ALTER TABLE data.subscription ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_add ON data.subscription FOR INSERT
    WITH CHECK (region_id = nullif(current_setting('wijzer.region', true), '')::int
                AND organisation_id = nullif(current_setting('wijzer.organisation', true), '')::int);
CREATE POLICY own_read ON data.subscription FOR SELECT
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (organisation_id = (SELECT nullif(current_setting('wijzer.organisation', true), '')::int)
                OR (SELECT current_setting('wijzer.role', true)) IN ('coordinator', 'steward', 'keeper')));
CREATE POLICY own_change ON data.subscription FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (organisation_id = (SELECT nullif(current_setting('wijzer.organisation', true), '')::int)
                OR (SELECT current_setting('wijzer.role', true)) IN ('coordinator', 'steward', 'keeper')));
REVOKE UPDATE, DELETE, TRUNCATE ON data.subscription FROM PUBLIC, wijzer_owner;
GRANT UPDATE (ended_at, ended_by) ON data.subscription TO wijzer_owner;

-- What goes out: for each subscription each cause once. A letter is what is sent at a time: one dispatch by webhook, by mail all
-- that came within a while; its number (that of its first dispatch) stays the same over all attempts, and is what the receiver
-- knows it by. attempts counts those that began, of which the last has the letter until leased_until.
CREATE TABLE data.dispatch (
    region_id       int         NOT NULL,
    dispatch_id     bigint      NOT NULL DEFAULT nextval('data.object_seq'),
    subscription_id bigint      NOT NULL,
    organisation_id int         NOT NULL, -- of the subscription
    cause           text        NOT NULL CHECK (cause IN ('event', 'notice')),
    cause_id        bigint      NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('notice', 'step', 'feedback', 'question')),
    referral_id     bigint,
    step_id         bigint,
    at              timestamptz NOT NULL, -- of the cause
    state           text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead', 'dropped')),
    letter_id       bigint,
    attempts        int         NOT NULL DEFAULT 0,
    next_at         timestamptz NOT NULL,
    leased_until    timestamptz,
    last_error      text        CHECK (last_error ~ '^[a-z0-9-]{1,40}$'), -- a word, no content
    ended_at        timestamptz,
    PRIMARY KEY (region_id, dispatch_id),
    UNIQUE (region_id, subscription_id, cause, cause_id),
    FOREIGN KEY (region_id, subscription_id) REFERENCES data.subscription,
    CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CHECK (leased_until IS NULL OR state = 'waiting' AND letter_id IS NOT NULL)
);
CREATE INDEX dispatch_waiting ON data.dispatch (region_id, subscription_id, next_at, dispatch_id) WHERE state = 'waiting';
CREATE INDEX dispatch_by_letter ON data.dispatch (region_id, letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX dispatch_ended ON data.dispatch (region_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX dispatch_by_time ON data.dispatch (region_id, at, dispatch_id);
ALTER TABLE data.dispatch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON data.dispatch
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (organisation_id = (SELECT nullif(current_setting('wijzer.organisation', true), '')::int)
                OR (SELECT current_setting('wijzer.role', true)) IN ('coordinator', 'steward', 'keeper')))
    WITH CHECK (region_id = nullif(current_setting('wijzer.region', true), '')::int);

-- Up to where events and notices have been looked at; there once somebody has subscribed.
CREATE TABLE data.dispatch_place (
    region_id int    NOT NULL,
    event_tx  bigint NOT NULL,
    event_id  bigint NOT NULL,
    notice_tx bigint NOT NULL,
    notice_id bigint NOT NULL,
    PRIMARY KEY (region_id)
);
CALL data.isolate('data.dispatch_place');

RESET ROLE;
COMMIT;
