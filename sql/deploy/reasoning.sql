-- Deploy wijzer:reasoning to pg
-- Many referrals are decided for the same reasons: the rows that held in every table, and the candidates in their order, are
-- kept once, under their own hash. A decision names it. That is a third less to write for each referral.

BEGIN;
SET ROLE wijzer_owner;

CREATE TABLE data.reasoning (
    region_id  int   NOT NULL,
    hash       bytea NOT NULL, -- SHA-256 of what the daemon sent
    trail      jsonb,
    candidates jsonb,
    PRIMARY KEY (region_id, hash)
);
CALL data.isolate('data.reasoning', append_only => true);

-- Decisions of before hold theirs themselves, in trail and candidates.
ALTER TABLE data.decision ADD COLUMN reasoning bytea;

RESET ROLE;
COMMIT;
