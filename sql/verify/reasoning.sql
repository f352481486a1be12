-- Verify wijzer:reasoning on pg

BEGIN;
SELECT region_id, hash, trail, candidates FROM data.reasoning WHERE false;
SELECT reasoning FROM data.decision WHERE false;
ROLLBACK;
