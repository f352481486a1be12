-- Deploy wijzer:contract to pg
-- What a practice wants to hear of, and how: its feedback contract. What it hears once a day is brought by a digest.

BEGIN;
SET ROLE wijzer_owner;

-- Every change is a version; the last one counts. Form standard: as rule table 7 says (as without any version).
CREATE TABLE data.feedback_contract (
    region_id       int         NOT NULL,
    organisation_id int         NOT NULL, -- that refers
    version         int         NOT NULL CHECK (version >= 1),
    milestones      text[]      NOT NULL CHECK (milestones <@ '{accepted,first-contact,started,ended,story}'),
    form            text        NOT NULL CHECK (form IN ('at-once', 'daily', 'end-only', 'standard')),
    account_id      int         NOT NULL, -- who set it
    at              timestamptz NOT NULL,
    PRIMARY KEY (region_id, organisation_id, version),
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation,
    CHECK ((form = 'standard') = (cardinality(milestones) = 0))
);
CALL data.isolate('data.feedback_contract', append_only => true);

-- The digest of a practice and a day brings all its daily feedback up to a time that no digest brought before: which that is
-- follows from the times, so that nothing of the feedback changes by it.
CREATE TABLE data.feedback_digest (
    region_id       int         NOT NULL,
    organisation_id int         NOT NULL,
    day             date        NOT NULL,
    digest_id       bigint      NOT NULL DEFAULT nextval('data.object_seq'),
    since           timestamptz NOT NULL, -- -infinity: the first
    until           timestamptz NOT NULL, -- 07:00 in Amsterdam of that day
    at              timestamptz NOT NULL, -- when it was made
    PRIMARY KEY (region_id, organisation_id, day),
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation,
    CHECK (since < until)
);
CALL data.isolate('data.feedback_digest', append_only => true);
CREATE INDEX feedback_digest_newest ON data.feedback_digest (region_id, organisation_id, until);

ALTER TABLE data.feedback
    ADD COLUMN form text CHECK (form = 'daily'), -- null: at once
    ADD COLUMN story boolean CHECK (story);      -- null: about a state
GRANT SELECT (form, story) ON data.feedback TO wijzer_owner;
CREATE INDEX feedback_daily ON data.feedback (region_id, to_id, at) WHERE form = 'daily';
CREATE INDEX feedback_story ON data.feedback (region_id, to_id, at, feedback_id) WHERE story;

ALTER TABLE data.event ADD COLUMN form text; -- of the feedback that it made; null: at once

-- What a state tells of: null as its code and status say.
ALTER TABLE data.state ADD COLUMN milestone text CHECK (milestone IN ('accepted', 'first-contact', 'started', 'ended'));

RESET ROLE;
COMMIT;
