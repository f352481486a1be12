-- Promises that nobody kept: up once for each level, to a named person, whatever happens in between.
BEGIN;
\ir support/helpers.sql
SELECT plan(39);
SELECT test.new_step('a') AS a, test.new_step('b') AS b \gset
SELECT test.organisation_of('gp') AS practice, test.organisation_of('worker') AS welfare,
       test.organisation_of('coordinator') AS coordination \gset

UPDATE data.promise SET due_at = now() + interval '2 days';
UPDATE data.event SET promise_due = now() + interval '2 days' WHERE promise_due IS NOT NULL;

-- What the daemon does: asks what is late, works out the times, says them. next: the same for all.
CREATE FUNCTION test.tick(next timestamptz, of_step bigint DEFAULT NULL) RETURNS int LANGUAGE sql AS $$
    SELECT wijzer.raise_promises(1, array_agg(l.step_id), array_agg(l.nr), array_agg(l.level), array_agg(l.is_raised),
                                 array_agg(CASE WHEN l.level + l.is_raised::int < 3 THEN next END))
    FROM wijzer.late_promises(1, 100) l
    WHERE coalesce(of_step = l.step_id, true) $$;
CREATE FUNCTION test.levels(of_step bigint) RETURNS int[] LANGUAGE sql AS $$
    SELECT array_agg(level ORDER BY event_id) FROM data.event WHERE kind = 'promise-overdue' AND step_id = of_step $$;
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(DISTINCT reason) FROM (SELECT reason FROM wijzer.i4_history_whole UNION ALL
                                            SELECT reason FROM wijzer.i6_every_promise_ends) broken $$;

-- In time nothing happens.
SELECT is_empty('SELECT * FROM wijzer.late_promises(1, 100)', 'what is in time is not late');
SELECT is(test.tick(now()), 0, 'so there is nothing to raise');

-- Late: first it gets a time to go up, then it goes.
SELECT set_config('wijzer.clock_offset', '30 days', true) \g /dev/null
SELECT is((SELECT array_agg(ROW(step_id, nr, kind, urgency, level, is_raised)::text ORDER BY step_id) FROM wijzer.late_promises(1, 100)),
          ARRAY[format('(%s,1,deliver,routine,0,f)', :a), format('(%s,1,deliver,routine,0,f)', :b)], 'both have fallen due');
SELECT is((SELECT count(*)::int FROM wijzer.late_promises(1, 1)), 1, 'no more than asked for');
SELECT is((SELECT from_us FROM wijzer.late_promises(1, 100) WHERE step_id = :a),
          (SELECT logic.microseconds(due_at) FROM data.promise WHERE step_id = :a), 'the time counts from when it was due');
SELECT is(test.broken(), ARRAY['promise that is late and was not escalated'], 'where nobody looks, an invariant is broken');
SELECT is(test.tick(wijzer.clock() + interval '1 day'), 0, 'nothing goes up yet');
SELECT is_empty('SELECT * FROM wijzer.late_promises(1, 100)', 'it has its time');
SELECT is(test.levels(:a), NULL, 'which is no event');
SELECT is(test.broken(), NULL, 'and all is well');
SELECT set_config('wijzer.clock_offset', '31 days 1 minute', true) \g /dev/null
SELECT is((SELECT array_agg(is_raised) FROM wijzer.late_promises(1, 100)), '{t,t}', 'a day later');
SELECT is(test.tick(wijzer.clock() + interval '1 day', :a), 1, 'one goes up');
SELECT is(test.tick(wijzer.clock() + interval '1 day', :a), 0, 'once');
SELECT is(test.levels(:a), '{1}', 'it stands in the history');
SELECT is((SELECT array_agg(ROW(organisation_id, account_id, client_id, referral_id)::text) FROM data.notice WHERE kind = 'promise-overdue'),
          ARRAY[ROW(:welfare, NULL, test.client_of(:a), test.referral_of(:a))::text], 'who owes it is told');

-- What was worked out before is looked at again.
SELECT is(wijzer.raise_promises(1, ARRAY[:a], '{1}', '{0}', '{t}', ARRAY[now()]), 0, 'not by a keeper that still thinks of the level before');
SELECT is(wijzer.raise_promises(1, ARRAY[:a], '{1}', '{1}', '{t}', ARRAY[now()]), 0, 'nor before its time');
SELECT is(wijzer.raise_promises(1, ARRAY[:a], '{7}', '{1}', '{t}', ARRAY[now()]), 0, 'nor a promise that is not there');
SELECT is(wijzer.raise_promises(2, ARRAY[:b], '{1}', '{0}', '{t}', ARRAY[now()]), 0, 'nor one of another region');
SELECT is((SELECT result FROM test.move(:b, 'worker', 'accepted')), 'moved', 'somebody acts after all');
SELECT is(wijzer.raise_promises(1, ARRAY[:b], '{1}', '{0}', '{t}', ARRAY[now()]), 0, 'then it does not go up');
SELECT is((SELECT array_agg(level) FROM data.promise WHERE step_id = :b), '{0,0}', 'nor does the promise that follows');

-- On, to the top.
CREATE FUNCTION test.person(who text, document json) RETURNS text LANGUAGE sql
RETURN concat_ws(' ', document -> 'person' ->> 'name', document -> 'person' -> 'organisation' ->> 'code');
CREATE FUNCTION test.listed_person(list json) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(test.person('', coalesce(i -> 'next', i -> 'promise', i)), ',') FROM json_array_elements(list -> 'items') i
    WHERE coalesce(i ->> 'referralId', i ->> 'id') = wijzer.code((SELECT test.referral_of(step_id) FROM data.promise WHERE level = 3 LIMIT 1)) $$;
SELECT is(wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'next' ->> 'person', NULL, 'below the top with no person');
SELECT is((SELECT d.document -> 'next' ->> 'level' FROM (SELECT wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) AS document) d), '1', 'who looks sees how high it is');
SELECT set_config('wijzer.clock_offset', '33 days', true) \g /dev/null
SELECT is(test.tick(wijzer.clock(), :a) + test.tick(wijzer.clock(), :a), 2, 'twice more');
SELECT is(test.levels(:a), '{1,2,3}', 'each level once');
SELECT is_empty(format('SELECT * FROM wijzer.late_promises(1, 100) WHERE step_id = %s', :a), 'higher it does not go');
SELECT is((SELECT array_agg(ROW(organisation_id, account_id)::text ORDER BY at, notice_id) FROM data.notice WHERE kind = 'promise-overdue'),
          ARRAY[ROW(:welfare, NULL)::text, ROW(:coordination, NULL)::text, ROW(:coordination, (SELECT min(account_id) FROM data.account WHERE region_id = 1 AND role = 'coordinator'))::text],
          'to who owes it, the coordination, and a person');
INSERT INTO data.named_person (region_id, duty, account_id) VALUES (1, 'promises', test.account('coordinator2'))
    ON CONFLICT (region_id, duty) DO UPDATE SET account_id = EXCLUDED.account_id;
SELECT is((SELECT account_id FROM logic.named_for(1, 'promises', NULL)), test.account('coordinator2'), 'who is named goes first');
UPDATE data.named_person SET account_id = test.account('coordinator') WHERE region_id = 1 AND duty = 'promises';
SELECT is(test.person('', wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'next'), 'coordinator ketenregie-deurne', 'who referred sees with whom it lies');
SELECT is((SELECT test.person('', document -> 'promise') FROM wijzer.get_step(1, test.account('worker'), :a)), 'coordinator ketenregie-deurne', 'so does who owes it');
SELECT is(test.listed_person(wijzer.list_inbox(1, test.account('worker'), NULL, 200, NULL)), 'coordinator ketenregie-deurne', 'in the inbox');
SELECT is(test.listed_person(wijzer.list_chain(1, test.account('coordinator'), NULL, NULL, NULL, 200, NULL)), 'coordinator ketenregie-deurne', 'and the chain');
SELECT is((SELECT string_agg(test.person('', i), ',') FROM json_array_elements(wijzer.list_notices(1, (SELECT min(account_id) FROM data.account WHERE region_id = 1 AND role = 'coordinator'), NULL, 200, NULL) -> 'items') i
           WHERE i -> 'kind' ->> 'code' = 'promise-overdue' AND (i ->> 'personal')::boolean), 'coordinator2 ketenregie-deurne', 'a notice says whose it is');
SELECT is((SELECT string_agg(test.person('', i), ',') FROM json_array_elements(wijzer.list_notices(1, test.account('worker'), NULL, 200, NULL) -> 'items') i
           WHERE i -> 'kind' ->> 'code' = 'promise-overdue'), '', 'below the top of nobody');
SELECT is((SELECT string_agg(concat_ws(' ', e -> 'late' -> 'what' ->> 'code', e -> 'late' ->> 'level', e -> 'late' -> 'who' ->> 'code'), ', ')
           FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'events') e
           WHERE e ->> 'kind' = 'promise-overdue' AND e ->> 'stepId' = wijzer.code(:a)),
          'deliver 1 levgroep, deliver 2 ketenregie-deurne, deliver 3 ketenregie-deurne', 'history says what was late, how often, and to whom it went');
SELECT is((SELECT concat_ws(' ', i -> 'late' -> 'what' ->> 'code', i -> 'late' ->> 'level', i -> 'late' ->> 'stepId')
           FROM json_array_elements(wijzer.list_notices(1, test.account('worker'), NULL, 200, NULL) -> 'items') i
           WHERE i -> 'kind' ->> 'code' = 'promise-overdue' LIMIT 1), 'deliver 1 ' || wijzer.code(:a), 'and so does the notice');
SELECT is(test.broken(), NULL, 'history and levels agree');
UPDATE data.promise SET level = 2 WHERE step_id = :a;
SELECT is(test.broken(), ARRAY['level of a promise differs from its events', 'promise that is late and was not escalated'], 'and where they do not, that is found');
SELECT * FROM finish();
ROLLBACK;
