-- Verify wijzer:asked on pg

BEGIN;
SELECT domains, wishes, urgency, media, size FROM data.event WHERE false;
ROLLBACK;
