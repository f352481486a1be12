-- Verify wijzer:escalation on pg

BEGIN;
SELECT level, raise_at FROM data.promise WHERE false;
SELECT level FROM data.event WHERE false;
ROLLBACK;
