-- Verify wijzer:candidates on pg

BEGIN;
SELECT trail, candidates FROM data.decision WHERE false;
SELECT confirmed_on FROM data.offering WHERE false;
SELECT region_id, offering_id, as_of, account_id, state, places, wait_days FROM data.capacity WHERE false;
SELECT region_id, offering_id, replies, median_hours, measured_at FROM data.offering_measure WHERE false;
ROLLBACK;
