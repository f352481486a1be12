-- Deploy wijzer:access_seals to pg
-- The access log is sealed as events are.

BEGIN;
SET ROLE wijzer_owner;

ALTER TABLE data.access
    ALTER COLUMN tx DROP DEFAULT,
    ALTER COLUMN tx TYPE bigint USING tx::text::bigint,
    ALTER COLUMN tx SET DEFAULT data.current_tx();
CREATE INDEX access_by_tx ON data.access USING brin (region_id, tx) WITH (autosummarize = on);

RESET ROLE;
COMMIT;
