-- Verify wijzer:team on pg

BEGIN;
SELECT assignee_id FROM data.step WHERE false;
SELECT colleague_id FROM data.event WHERE false;
ROLLBACK;
