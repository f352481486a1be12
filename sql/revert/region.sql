-- Revert wijzer:region from pg

BEGIN;
DROP TABLE data.closure, data.region;
DROP PROCEDURE data.isolate(regclass, boolean);
DROP SEQUENCE data.people_seq, data.event_seq, data.object_seq;
DROP SCHEMA data;
COMMIT;
