-- Verify wijzer:places on pg

BEGIN;
SELECT stale_days, old_days, confirm_days FROM data.region WHERE false;
SELECT accepted, contact_days FROM data.offering_measure WHERE false;
SELECT region_id, group_id, offering_id, name, starts_on, ends_on, way, rolling, places, taken, changed_at, created_at, closed_at,
       ended_at FROM data.offering_group WHERE false;
SELECT region_id, step_id, referral_id, group_id, persons, state, asked_at FROM data.place WHERE false;
SELECT group_id, persons FROM data.event WHERE false;
SELECT region_id, offering_id, nr, organisation_id, level, started_at, due_at, raise_at, ended_at, ended_how
FROM data.offering_promise WHERE false;
SELECT region_id, offering_id, event_id, at, kind, account_id, organisation_id, role, came_from, as_of, state, places, wait_days,
       group_id, name, starts_on, ends_on, way, rolling, nr, due_at, level FROM data.offering_event WHERE false;
ROLLBACK;
