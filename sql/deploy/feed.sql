-- Deploy wijzer:feed to pg
-- Events are read in the order in which they became final: by transaction, and within one by number. Somebody asks for what is new
-- many times a second, so that this wants an order and no summary; sealing reads by it too.

BEGIN;
SET ROLE wijzer_owner;

DROP INDEX data.event_by_tx;
CREATE INDEX event_by_tx ON data.event (region_id, tx, event_id);

RESET ROLE;
COMMIT;
