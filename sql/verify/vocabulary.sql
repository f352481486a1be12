-- Verify wijzer:vocabulary on pg

BEGIN;
SELECT region_id, code, label, position FROM data.domain WHERE false;
SELECT region_id, code, label FROM data.icpc WHERE false;
SELECT region_id, code, label FROM data.promise_kind WHERE false;
SELECT region_id, code, label FROM data.event_kind WHERE false;
SELECT region_id, code, label, by, next, position FROM data.decline_code WHERE false;
SELECT region_id, code, label, status, set_by, needs, promise_kind, promise_unit, promise_amount, promise_party,
       feedback, outcome_rank, position
FROM data.state WHERE false;
SELECT region_id, from_state, to_state, set_by FROM data.edge WHERE false;
ROLLBACK;
