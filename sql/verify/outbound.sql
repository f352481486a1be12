-- Verify wijzer:outbound on pg

BEGIN;
SELECT tx FROM data.notice WHERE false;
SELECT subscription_id, address FROM data.subscription WHERE false;
SELECT dispatch_id, letter_id FROM data.dispatch WHERE false;
SELECT event_tx FROM data.dispatch_place WHERE false;
ROLLBACK;
