-- Deploy wijzer:chain to pg
-- The chain itself. The tables that a submit writes have as few indexes and foreign keys as integrity allows:
-- a foreign key to an organisation would make every referral lock the same few rows, so the functions check those,
-- and organisations and accounts are never deleted.

BEGIN;
SET ROLE wijzer_owner;

-- Words that the hot tables hold. Domains, because the check of a table is read from text again by every statement that
-- writes to it, and that of a domain once by each connection.
CREATE DOMAIN data.task_status AS text CHECK (VALUE IN (
    'draft', 'requested', 'received', 'accepted', 'rejected', 'in-progress', 'on-hold', 'completed', 'failed',
    'cancelled', 'entered-in-error'));
CREATE DOMAIN data.operation AS text CHECK (VALUE IN ('submit', 'move', 'open'));
CREATE DOMAIN data.promise_end AS text CHECK (VALUE IN ('kept', 'escalated'));

-- Once (I3): what an account sent under which key, and what it got for it.
CREATE TABLE data.idempotency (
    region_id  int         NOT NULL,
    account_id int         NOT NULL,
    idem_key   text        NOT NULL,
    body_hash  bytea       NOT NULL, -- SHA-256 of the body
    operation  data.operation NOT NULL,
    object_id  bigint      NOT NULL, -- the referral, step or feedback it was about
    step_id    bigint,               -- of a submit: the first step
    batch_id   bigint,               -- of a submit: the call it came with, and its place in it
    item       int,
    at         timestamptz NOT NULL,
    answer     json,                 -- of a move or open: the document that was answered
    PRIMARY KEY (region_id, account_id, idem_key)
);
CALL data.isolate('data.idempotency');

-- Who the client is, apart from everything else.
CREATE TABLE data.client (
    region_id  int         NOT NULL,
    client_id  bigint      NOT NULL,
    birth_year int         NOT NULL,
    area       text        NOT NULL,
    name       text        NOT NULL,
    phone      text        NOT NULL,
    email      text,
    language   text        NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (region_id, client_id)
);

CREATE TABLE data.referral (
    region_id       int         NOT NULL,
    referral_id     bigint      NOT NULL,
    client_id       bigint      NOT NULL,
    organisation_id int         NOT NULL, -- that refers
    account_id      int         NOT NULL, -- who referred
    note_id         bigint,               -- the text that came with it
    domains         text[]      NOT NULL,
    icpc            text[]      NOT NULL,
    urgency         text        NOT NULL,
    created_at      timestamptz NOT NULL,
    outcome         text,                 -- rolled up from the steps' end states
    ended_at        timestamptz,          -- when the last step ended
    closed_at       timestamptz,          -- when L1-L6 held
    PRIMARY KEY (region_id, referral_id),
    FOREIGN KEY (region_id, client_id) REFERENCES data.client,
    CHECK ((outcome IS NULL) = (ended_at IS NULL) AND (closed_at IS NULL OR ended_at IS NOT NULL))
);
CALL data.isolate('data.referral');
CREATE INDEX referral_by_client ON data.referral (region_id, client_id);
CREATE INDEX referral_closed ON data.referral (region_id, referral_id) WHERE closed_at IS NOT NULL;
CREATE INDEX referral_closed_of ON data.referral (region_id, organisation_id, referral_id)
    WHERE closed_at IS NOT NULL;

-- One link of the chain. Steps form a tree (parent: branched off) and lines (previous: in whose place it came).
CREATE TABLE data.step (
    region_id    int         NOT NULL,
    step_id      bigint      NOT NULL,
    referral_id  bigint      NOT NULL,
    parent_id    bigint,
    previous_id  bigint,
    owner_id     int         NOT NULL, -- organisation
    offering_id  int,
    state        text        NOT NULL,
    status       data.task_status NOT NULL,
    version      int         NOT NULL,
    promise_nr   int,                  -- its open promise, if any
    decline_code text,
    created_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    PRIMARY KEY (region_id, step_id),
    FOREIGN KEY (region_id, referral_id) REFERENCES data.referral,
    FOREIGN KEY (region_id, parent_id) REFERENCES data.step,
    FOREIGN KEY (region_id, previous_id) REFERENCES data.step,
    FOREIGN KEY (region_id, decline_code) REFERENCES data.decline_code
);
CALL data.isolate('data.step');
CREATE INDEX step_by_referral ON data.step (region_id, referral_id);
-- Steps on which their owner has nothing to do now: ended ones, and those that follow their branches.
CREATE INDEX step_resting ON data.step (region_id, owner_id, referral_id)
    WHERE ended_at IS NOT NULL OR promise_nr IS NULL;

-- Why a step goes where it goes (I7), with the names as they were then. Append-only tables have no foreign keys: checking
-- one would need the right to lock rows, which nobody has here; the invariants look for orphans instead.
CREATE TABLE data.decision (
    region_id     int         NOT NULL,
    step_id       bigint      NOT NULL,
    table_no      int         NOT NULL,
    table_version int         NOT NULL,
    rule_id       text        NOT NULL,
    reason        text        NOT NULL,
    inputs        jsonb       NOT NULL, -- the facts as the rules saw them; no identity
    offering_code text,
    offering_name text,
    owner_code    text        NOT NULL,
    owner_name    text        NOT NULL,
    promise_label text        NOT NULL,
    PRIMARY KEY (region_id, step_id, table_no)
);
CALL data.isolate('data.decision', append_only => true);

-- Who must do what by when. Numbered by the version of the step at which it started, so the events tell of it
-- without another id. owner_id is null once the step has ended and somebody else owes something about it.
CREATE TABLE data.promise (
    region_id       int         NOT NULL,
    step_id         bigint      NOT NULL,
    nr              int         NOT NULL,
    referral_id     bigint      NOT NULL,
    kind            text        NOT NULL,
    organisation_id int         NOT NULL, -- that owes it
    owner_id        int,                  -- that owns the step, while it is open
    referrer_id     int         NOT NULL, -- that referred
    level           int         NOT NULL DEFAULT 0, -- of escalation
    started_at      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    ended_at        timestamptz,
    ended_how       data.promise_end,
    PRIMARY KEY (region_id, step_id, nr),
    FOREIGN KEY (region_id, step_id) REFERENCES data.step,
    CHECK ((ended_at IS NULL) = (ended_how IS NULL))
);
CALL data.isolate('data.promise');
-- The inbox of an organisation, the chain of a referrer (and, over all referrers, of the region), and what others
-- owe about somebody's step: each in order of due time.
CREATE INDEX promise_inbox ON data.promise (region_id, owner_id, due_at, step_id) WHERE ended_at IS NULL;
CREATE INDEX promise_chain ON data.promise (region_id, referrer_id, due_at, step_id) WHERE ended_at IS NULL;
CREATE INDEX promise_owed ON data.promise (region_id, organisation_id, due_at, step_id)
    WHERE ended_at IS NULL AND organisation_id IS DISTINCT FROM owner_id;

-- What people wrote. Never changed; a correction is a new note.
CREATE TABLE data.note (
    region_id   int         NOT NULL,
    referral_id bigint      NOT NULL,
    note_id     bigint      NOT NULL,
    step_id     bigint      NOT NULL,
    account_id  int         NOT NULL,
    at          timestamptz NOT NULL,
    text        text        NOT NULL,
    reason      text        NOT NULL DEFAULT '',
    PRIMARY KEY (region_id, referral_id, note_id)
);

-- What the referrer is told.
CREATE TABLE data.feedback (
    region_id   int         NOT NULL,
    feedback_id bigint      NOT NULL,
    referral_id bigint      NOT NULL,
    step_id     bigint      NOT NULL,
    state       text        NOT NULL,
    from_id     int         NOT NULL,
    to_id       int         NOT NULL,
    text        text        NOT NULL CHECK (length(text) <= 500),
    at          timestamptz NOT NULL,
    is_final    boolean     NOT NULL DEFAULT false,
    opened_at   timestamptz,
    opened_by   int,
    PRIMARY KEY (region_id, feedback_id),
    FOREIGN KEY (region_id, step_id) REFERENCES data.step,
    FOREIGN KEY (region_id, referral_id) REFERENCES data.referral,
    CHECK ((opened_at IS NULL) = (opened_by IS NULL))
);
CREATE INDEX feedback_to ON data.feedback (region_id, to_id, at, feedback_id);
CREATE INDEX feedback_unread ON data.feedback (region_id, to_id, at, feedback_id) WHERE opened_at IS NULL;
CREATE INDEX feedback_by_referral ON data.feedback (region_id, referral_id);

-- The truth. Each event carries what it changed, as codes and ids (no personal data), enough to build the state
-- of steps, promises, feedback and referral again. tx tells a later reader up to where all events are visible.
CREATE TABLE data.event (
    region_id         int         NOT NULL,
    referral_id       bigint      NOT NULL,
    event_id          bigint      NOT NULL DEFAULT nextval('data.event_seq'),
    tx                xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at                timestamptz NOT NULL,
    kind              text        NOT NULL,
    account_id        int,         -- actor; null: the system
    organisation_id   int,
    step_id           bigint,
    version           int,         -- of the step afterwards
    from_state        text,
    to_state          text,
    from_status       text,
    to_status         text,
    owner_id          int,         -- of a new step
    offering_id       int,
    parent_id         bigint,
    previous_id       bigint,
    client_id         bigint,      -- of a new referral
    decline_code      text,
    channel           text,
    on_date           date,
    promise_kind      text,        -- of the promise that started (nr = version)
    promise_organisation_id int,
    promise_due       timestamptz,
    note_id           bigint,
    feedback_id       bigint,
    outcome           text,        -- rolled up
    PRIMARY KEY (region_id, referral_id, event_id)
);
CALL data.isolate('data.event', append_only => true);

-- Client, notes and feedback: the region's wall, and inside it only the parties to the referral (the organisation
-- that referred, organisations that own a step of it) and the coordinator. A steward runs the region and reads no
-- content. Inserting needs the region only: the functions write before anybody is a party.
CREATE PROCEDURE data.isolate_parties(target regclass, referral text)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    here constant text := 'region_id = (SELECT nullif(current_setting(''wijzer.region'', true), '''')::int)';
    written constant text := 'region_id = nullif(current_setting(''wijzer.region'', true), '''')::int';
    role constant text := '(SELECT current_setting(''wijzer.role'', true))';
    organisation constant text :=
        '(SELECT nullif(current_setting(''wijzer.organisation'', true), '''')::int)';
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY region_add ON %s FOR INSERT WITH CHECK (%s)', target, written);
    EXECUTE format($policy$
        CREATE POLICY party_read ON %1$s FOR SELECT USING (
            %2$s AND (%3$s = 'coordinator' OR %3$s IN ('referrer', 'worker') AND EXISTS (
                SELECT FROM data.referral r
                WHERE r.region_id = %1$s.region_id AND r.%5$I = %1$s.%5$I
                  AND (r.organisation_id = %4$s OR EXISTS (
                      SELECT FROM data.step s
                      WHERE s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.owner_id = %4$s)))))
        $policy$, target, here, role, organisation, referral);
END
$$;
CALL data.isolate_parties('data.client', 'client_id');
CALL data.isolate_parties('data.note', 'referral_id');
CALL data.isolate_parties('data.feedback', 'referral_id');
-- Only who it is addressed to opens it.
CREATE POLICY addressee_opens ON data.feedback FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND to_id = (SELECT nullif(current_setting('wijzer.organisation', true), '')::int));
REVOKE UPDATE, DELETE, TRUNCATE ON data.note FROM PUBLIC, wijzer_owner;
REVOKE DELETE, TRUNCATE ON data.feedback FROM PUBLIC, wijzer_owner;

RESET ROLE;
COMMIT;
