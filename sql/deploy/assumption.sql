-- Deploy wijzer:assumption to pg
-- What an outcome is assumed to save, which coordinators state with a source: an estimate is made of these and of nothing else.

BEGIN;
SET ROLE wijzer_owner;

-- Never changed: of one outcome and domain the last row that had begun when a referral ended is what counted for it. Without
-- foreign keys, as the other append-only tables.
CREATE TABLE data.assumption (
    region_id      int         NOT NULL,
    assumption_id  bigint      NOT NULL, -- grows, whoever stated it
    outcome        data.code   NOT NULL, -- a state in which a referral can end
    domain         data.code,            -- null: whatever it was about
    amount         int         NOT NULL CHECK (amount BETWEEN 0 AND 1000000), -- whole euros, per person and year
    source         text        NOT NULL CHECK (length(source) BETWEEN 1 AND 300), -- where the amount comes from, in a sentence
    effective_from date        NOT NULL,
    account_id     int         NOT NULL, -- who stated it
    at             timestamptz NOT NULL,
    PRIMARY KEY (region_id, assumption_id)
);
CALL data.isolate('data.assumption', append_only => true);
CREATE INDEX assumption_by_outcome ON data.assumption (region_id, outcome, effective_from);

RESET ROLE;
COMMIT;
