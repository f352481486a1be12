-- Deploy wijzer:vocabulary to pg
-- The words of a region: rows, so that a region may add and reword them. Layer 1 (FHIR R4 Task.status) is fixed;
-- layer 2 (business states) maps each state to one status.

BEGIN;
SET ROLE wijzer_owner;

CREATE DOMAIN data.code AS text CHECK (VALUE ~ '^[a-z][a-z0-9-]{0,39}$');

-- Life domains (leefgebieden).
CREATE TABLE data.domain (
    region_id int       NOT NULL REFERENCES data.region,
    code      data.code NOT NULL,
    label     text      NOT NULL,
    position  int       NOT NULL,
    PRIMARY KEY (region_id, code)
);
CALL data.isolate('data.domain');

-- ICPC-2, chapter Z.
CREATE TABLE data.icpc (
    region_id int  NOT NULL REFERENCES data.region,
    code      text NOT NULL CHECK (code ~ '^[A-Z][0-9]{2}$'),
    label     text NOT NULL,
    PRIMARY KEY (region_id, code)
);
CALL data.isolate('data.icpc');

CREATE TABLE data.promise_kind (
    region_id int       NOT NULL REFERENCES data.region,
    code      data.code NOT NULL,
    label     text      NOT NULL, -- what is promised, as an infinitive: "Vraag beantwoorden"
    PRIMARY KEY (region_id, code)
);
CALL data.isolate('data.promise_kind');

CREATE TABLE data.event_kind (
    region_id int       NOT NULL REFERENCES data.region,
    code      data.code NOT NULL,
    label     text      NOT NULL,
    PRIMARY KEY (region_id, code)
);
CALL data.isolate('data.event_kind');

-- Why a recipient declines, who is behind it, and what comes next.
CREATE TABLE data.decline_code (
    region_id int       NOT NULL REFERENCES data.region,
    code      data.code NOT NULL,
    label     text      NOT NULL,
    by        text      NOT NULL CHECK (by IN ('offerer', 'client', 'referrer', 'system')),
    next      text      NOT NULL CHECK (next IN ('reroute', 'wait', 'stop', 'ask-referrer')),
    position  int       NOT NULL,
    PRIMARY KEY (region_id, code)
);
CALL data.isolate('data.decline_code');

-- set_by: bits 1 referrer, 2 recipient, 4 coordinator, 8 system.
-- needs: bits 1 text, 2 reason, 4 date, 8 channel, 16 decline-code, 32 offerings.
CREATE TABLE data.state (
    region_id      int       NOT NULL REFERENCES data.region,
    code           data.code NOT NULL,
    label          text      NOT NULL,
    status         text      NOT NULL CHECK (status = 'unchanged' OR status IN (
        'draft', 'requested', 'received', 'accepted', 'rejected', 'in-progress', 'on-hold', 'completed', 'failed',
        'cancelled', 'entered-in-error')),
    set_by         int       NOT NULL CHECK (set_by BETWEEN 0 AND 15),
    needs          int       NOT NULL DEFAULT 0 CHECK (needs BETWEEN 0 AND 63),
    promise_kind   data.code,
    promise_unit   text      NOT NULL DEFAULT 'none'
        CHECK (promise_unit IN ('none', 'working-days', 'days', 'months', 'date')),
    promise_amount int       NOT NULL DEFAULT 0 CHECK (promise_amount >= 0),
    promise_party  text      CHECK (promise_party IN ('recipient', 'referrer', 'coordinator')),
    feedback       text,     -- what the referrer is told; {organisation} is replaced; null: nothing
    outcome_rank   int,      -- of end states: the best (lowest) one of all steps becomes the referral's outcome
    position       int       NOT NULL,
    PRIMARY KEY (region_id, code),
    FOREIGN KEY (region_id, promise_kind) REFERENCES data.promise_kind,
    CHECK ((promise_kind IS NULL) = (promise_unit = 'none') AND (promise_kind IS NULL) = (promise_party IS NULL)),
    -- Somebody is always next: an open state without a promise must lead to branches (needs offerings).
    CHECK (promise_kind IS NOT NULL OR outcome_rank IS NOT NULL OR needs & 32 <> 0),
    CHECK ((outcome_rank IS NOT NULL)
           = (status IN ('rejected', 'completed', 'failed', 'cancelled', 'entered-in-error')))
);
CALL data.isolate('data.state');

-- From which state which state may follow; set_by narrows who may take this edge (null: as the state says).
CREATE TABLE data.edge (
    region_id  int       NOT NULL REFERENCES data.region,
    from_state data.code NOT NULL,
    to_state   data.code NOT NULL,
    set_by     int       CHECK (set_by BETWEEN 1 AND 15),
    PRIMARY KEY (region_id, from_state, to_state),
    FOREIGN KEY (region_id, from_state) REFERENCES data.state,
    FOREIGN KEY (region_id, to_state) REFERENCES data.state
);
CALL data.isolate('data.edge');

RESET ROLE;
COMMIT;
