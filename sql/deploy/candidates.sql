-- Deploy wijzer:candidates to pg
-- What ranks candidates (room, how recently an offering was confirmed, how fast it answers), and what a decision keeps of
-- it: the rows that decided in every table, and the candidates in order.

BEGIN;
SET ROLE wijzer_owner;

-- Null in decisions from before: those are explained from table, version and row alone.
ALTER TABLE data.decision
    ADD COLUMN trail jsonb,      -- [{"table", "version", "rules": [...], "unknown": [...]}]
    ADD COLUMN candidates jsonb; -- in order; of the first step
-- A decision with candidates is long enough to be compressed, on the hot path: by lz4 where the server has it (half the
-- time of the default).
DO $$
BEGIN
    ALTER TABLE data.decision ALTER COLUMN candidates SET COMPRESSION lz4, ALTER COLUMN inputs SET COMPRESSION lz4;
EXCEPTION
    WHEN feature_not_supported THEN
        NULL;
END
$$;

ALTER TABLE data.offering ADD COLUMN confirmed_on date; -- when somebody last looked whether it is still right

-- How much room there is, as said on a day; the last one counts.
CREATE TABLE data.capacity (
    region_id   int  NOT NULL,
    offering_id int  NOT NULL,
    as_of       date NOT NULL,
    account_id  int, -- who said so; null: came with the region
    state       text NOT NULL CHECK (state IN ('open', 'waiting-list', 'full')),
    places      int  CHECK (places >= 0),
    wait_days   int  CHECK (wait_days >= 0),
    PRIMARY KEY (region_id, offering_id, as_of),
    FOREIGN KEY (region_id, offering_id) REFERENCES data.offering,
    FOREIGN KEY (region_id, account_id) REFERENCES data.account
);
CALL data.isolate('data.capacity');

-- How long it takes until a step is accepted or declined, over the last twelve months.
CREATE TABLE data.offering_measure (
    region_id    int         NOT NULL,
    offering_id  int         NOT NULL,
    replies      int         NOT NULL CHECK (replies > 0),
    median_hours int         NOT NULL CHECK (median_hours >= 0),
    measured_at  timestamptz NOT NULL,
    PRIMARY KEY (region_id, offering_id),
    FOREIGN KEY (region_id, offering_id) REFERENCES data.offering
);
CALL data.isolate('data.offering_measure');

RESET ROLE;
COMMIT;
