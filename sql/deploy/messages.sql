-- Deploy wijzer:messages to pg
-- What the parties to a step write to each other, and the files they add. The text of a message is a note of the same id; of a file
-- name, hash and content are sealed, and its size and type are cells.

BEGIN;
SET LOCAL client_min_messages = warning;
SET ROLE wijzer_owner;

ALTER TABLE data.event ADD COLUMN message_nr int; -- of a message or file within its step, or up to which somebody has read

-- Numbered within the step, in the order in which they were sent: the referral's row is locked then. Append-only, so without foreign
-- keys; the invariants look for orphans.
CREATE TABLE data.message (
    region_id       int         NOT NULL,
    step_id         bigint      NOT NULL,
    nr              int         NOT NULL CHECK (nr > 0),
    message_id      bigint      NOT NULL, -- and that of the note
    referral_id     bigint      NOT NULL,
    organisation_id int         NOT NULL, -- from whom
    account_id      int         NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (region_id, step_id, nr),
    UNIQUE (region_id, message_id)
);
CALL data.isolate_parties('data.message', 'referral_id');
REVOKE UPDATE, DELETE, TRUNCATE ON data.message FROM PUBLIC, wijzer_owner;

-- Up to which message an organisation has read. A team reads together: who reads first reads for their colleagues.
CREATE TABLE data.message_mark (
    region_id       int         NOT NULL,
    step_id         bigint      NOT NULL,
    organisation_id int         NOT NULL,
    referral_id     bigint      NOT NULL,
    message_nr      int         NOT NULL CHECK (message_nr > 0),
    account_id      int         NOT NULL, -- who read last
    at              timestamptz NOT NULL,
    PRIMARY KEY (region_id, step_id, organisation_id),
    FOREIGN KEY (region_id, step_id) REFERENCES data.step
);
CALL data.isolate('data.message_mark');
REVOKE DELETE, TRUNCATE ON data.message_mark FROM PUBLIC, wijzer_owner;

CREATE TABLE data.attachment (
    region_id       int         NOT NULL,
    step_id         bigint      NOT NULL,
    nr              int         NOT NULL CHECK (nr > 0),
    attachment_id   bigint      NOT NULL,
    referral_id     bigint      NOT NULL,
    organisation_id int         NOT NULL, -- from whom
    account_id      int         NOT NULL,
    at              timestamptz NOT NULL,
    media           text        NOT NULL CHECK (media ~ '^[a-z]+/[a-z0-9.+-]{1,80}$'),
    size            int         NOT NULL CHECK (size BETWEEN 1 AND 8388608), -- bytes, of the file
    name            data.sealed,
    digest          data.sealed, -- SHA-256 of the file: a plain one would tell who has the same file
    content         data.sealed,
    erased_at       timestamptz,
    PRIMARY KEY (region_id, step_id, nr),
    UNIQUE (region_id, attachment_id),
    CHECK (num_nonnulls(name, digest, content) = CASE WHEN erased_at IS NULL THEN 3 ELSE 0 END)
);
ALTER TABLE data.attachment ALTER COLUMN content SET STORAGE EXTERNAL; -- what is sealed does not get smaller
CALL data.isolate_parties('data.attachment', 'referral_id');
CREATE POLICY forget ON data.attachment FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (SELECT current_setting('wijzer.forget', true)) = 'on');
REVOKE SELECT, UPDATE, DELETE, TRUNCATE ON data.attachment FROM PUBLIC, wijzer_owner;
GRANT SELECT (region_id, step_id, nr, attachment_id, referral_id, organisation_id, account_id, at, media, size, erased_at)
    ON data.attachment TO wijzer_owner;
GRANT UPDATE (name, digest, content, erased_at) ON data.attachment TO wijzer_owner;
GRANT SELECT ON data.message, data.attachment TO wijzer_vault;
CREATE INDEX attachment_by_referral ON data.attachment (region_id, referral_id);
CREATE INDEX message_by_referral ON data.message (region_id, referral_id);

-- "There is a message for you" may go out too.
ALTER TABLE data.subscription DROP CONSTRAINT subscription_kinds_check;
ALTER TABLE data.subscription ADD CONSTRAINT subscription_kinds_check
    CHECK (cardinality(kinds) > 0 AND kinds <@ '{notice,step,feedback,question,message}'::text[]);
ALTER TABLE data.dispatch DROP CONSTRAINT dispatch_kind_check;
ALTER TABLE data.dispatch ADD CONSTRAINT dispatch_kind_check CHECK (kind IN ('notice', 'step', 'feedback', 'question', 'message'));

RESET ROLE;
COMMIT;
