-- Verify wijzer:unread on pg

BEGIN;
SELECT organisation_id, step_id, at FROM data.message_waiting WHERE false;
ROLLBACK;
