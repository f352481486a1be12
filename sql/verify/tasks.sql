-- Verify wijzer:tasks on pg

BEGIN;
SELECT result, score FROM data.event WHERE false;
SELECT goal_id, domain, state, score_first, score, ended_at FROM data.goal WHERE false;
SELECT 'released'::data.promise_end;
ROLLBACK;
