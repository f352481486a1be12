-- Verify wijzer:region on pg

BEGIN;
SELECT region_id, code, name, version, coordination_id FROM data.region WHERE false;
SELECT region_id, day, reason FROM data.closure WHERE false;
SELECT 'data.isolate(regclass, boolean)'::regprocedure, 'data.object_seq'::regclass, 'data.event_seq'::regclass;
ROLLBACK;
