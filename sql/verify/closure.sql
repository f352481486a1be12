-- Verify wijzer:closure on pg

BEGIN;
SELECT helped FROM data.event WHERE false;
ROLLBACK;
