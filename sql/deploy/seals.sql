-- Deploy wijzer:seals to pg
-- Sealed history: blocks of rows of the logs, hashed, chained and signed by the daemon in the background. Transaction
-- numbers say up to where a log is final; they go on where they were when the database is restored into another cluster.

BEGIN;
SET ROLE wijzer_owner;

-- What is added to the number that the cluster gives a transaction. Raised by data.continue_history() after a restore, and by
-- nothing else; it is inlined where it is used, and so costs nothing. Not immutable: plans would keep the number for good.
CREATE FUNCTION data.tx_offset() RETURNS bigint LANGUAGE sql STABLE RETURN 0::bigint;

CREATE FUNCTION data.current_tx() RETURNS bigint LANGUAGE sql VOLATILE
RETURN pg_current_xact_id()::text::bigint + data.tx_offset();

-- As a bigint it can be in a block range index, which costs an insert almost nothing. New ranges are summarised as they
-- fill up; the one that is being filled is read whole.
ALTER TABLE data.event
    ALTER COLUMN tx DROP DEFAULT,
    ALTER COLUMN tx TYPE bigint USING tx::text::bigint,
    ALTER COLUMN tx SET DEFAULT data.current_tx();
CREATE INDEX event_by_tx ON data.event USING brin (region_id, tx) WITH (autosummarize = on);

-- daemon/seal/README.md says what is hashed and signed. All rows of transactions below `horizon` are in this block or one
-- before, and those of transaction `horizon` up to number `up_to`.
CREATE TABLE data.seal (
    region_id int         NOT NULL,
    log       text        NOT NULL, -- also the table's name
    block_no  bigint      NOT NULL CHECK (block_no >= 1),
    previous  bytea       NOT NULL CHECK (length(previous) = 32),
    root      bytea       NOT NULL CHECK (length(root) = 32),
    count     int         NOT NULL CHECK (count BETWEEN 1 AND 4096),
    horizon   bigint      NOT NULL,
    up_to     bigint      NOT NULL,
    until     timestamptz NOT NULL, -- of its newest row
    sealed_at timestamptz NOT NULL,
    ids       bigint[]    NOT NULL CHECK (cardinality(ids) = count),
    abouts    bigint[]    NOT NULL CHECK (cardinality(abouts) = count), -- the referrals, to name rows by that are gone
    leaves    bytea       NOT NULL CHECK (length(leaves) = 32 * count),
    hash      bytea       NOT NULL CHECK (length(hash) = 32),
    key_id    text        NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
    signature bytea       NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (region_id, log, block_no)
);
CALL data.isolate('data.seal', append_only => true);
ALTER TABLE data.seal ALTER COLUMN leaves SET STORAGE EXTERNAL; -- nothing to compress

RESET ROLE;
COMMIT;
