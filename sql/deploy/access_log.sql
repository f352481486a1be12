-- Deploy wijzer:access_log to pg
-- Ways through the access log: everything about one client, and everything of a period.

BEGIN;
SET ROLE wijzer_owner;

-- The words are those of the functions that claim a key; a list here would have to be written anew by every change.
ALTER DOMAIN data.operation DROP CONSTRAINT operation_check;
ALTER DOMAIN data.operation ADD CONSTRAINT operation_check CHECK (VALUE ~ '^[a-z]+(-[a-z]+)*$');

-- Row-level security lets no query use the inverted index (its operator is not leakproof) unless a policy itself asks. So
-- the entries about one client are read through a view of wijzer_vault, which sees of this table nothing but them.
GRANT SELECT ON data.access TO wijzer_vault;
CREATE POLICY about_client ON data.access AS RESTRICTIVE FOR SELECT TO wijzer_vault
    USING (client_ids @> (SELECT ARRAY[nullif(current_setting('wijzer.about', true), '')::bigint]));

-- By time: both tables only grow, so a summary of each few pages is enough and costs a write next to nothing.
CREATE INDEX access_by_time ON data.access USING brin (region_id, at) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX event_by_time ON data.event USING brin (region_id, at) WITH (pages_per_range = 16, autosummarize = on);

RESET ROLE;
COMMIT;
