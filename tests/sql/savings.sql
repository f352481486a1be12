-- What the help is estimated to save: who states assumptions, their history, and an estimate of them and of closed loops alone.
BEGIN;
\ir support/helpers.sql
SELECT plan(49);
SELECT test.account('gp') AS gp, test.account('worker') AS worker, test.account('coordinator') AS coordinator, test.account('steward') AS steward \gset

CREATE FUNCTION test.assume(outcome text, amount int, domain text DEFAULT NULL, day date DEFAULT '2020-01-01', who text DEFAULT 'coordinator',
                            key text DEFAULT NULL, source text DEFAULT 'Rapport A.', region int DEFAULT 1)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.state_assumption(region, test.account(who, region), coalesce(key, gen_random_uuid()::text), test.hash(outcome || amount),
                                          outcome, domain, amount, source, day, '192.0.2.9') $$;
-- A referral whose loop closes (or, not opened, does not).
CREATE FUNCTION test.closes(key text, outcome text DEFAULT 'done-goal-reached', opened boolean DEFAULT true) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    step constant bigint := test.new_step(key);
BEGIN
    PERFORM test.moves(step, 'worker', '{accepted,first-contact}');
    PERFORM test.move(step, 'worker', outcome, reason => 'Meer nodig.');
    IF opened THEN
        PERFORM test.open_final(test.referral_of(step));
    END IF;
    RETURN test.referral_of(step);
END $$;
CREATE FUNCTION test.savings(first date DEFAULT NULL, last date DEFAULT NULL, who text DEFAULT 'coordinator') RETURNS json LANGUAGE sql
RETURN (SELECT document FROM wijzer.savings(1, test.account(who), first, last));
-- "closed counted notCounted estimate: outcome/domain amount x count = saved, ..."
CREATE FUNCTION test.told(s json DEFAULT test.savings()) RETURNS text LANGUAGE sql
RETURN concat_ws(' ', s ->> 'closed', s ->> 'counted', s ->> 'notCounted', coalesce(s ->> 'estimate', '-')) || coalesce(': ' || (
    SELECT string_agg(concat(i #>> '{assumption,outcome,code}', '/' || (i #>> '{assumption,domain,code}'), ' ', i #>> '{assumption,amount}', ' x ',
                             coalesce(i ->> 'count', '?'), ' = ', coalesce(i ->> 'saved', '?')), ', ' ORDER BY n)
    FROM json_array_elements(s -> 'items') WITH ORDINALITY AS x (i, n)), '');

-- ---- without assumptions ----

SELECT is(test.told(), '0 0 0 -', 'nothing of nothing');
SELECT test.closes('a') AS a, test.closes('b') AS b, test.closes('c', 'done-partly') AS c, test.closes('d', 'done-not-reached') AS d,
       test.closes('e', opened => false) AS e \gset
SELECT is(test.told(), '4 0 4 -', 'without an assumption nothing is counted, and there is no estimate');
SELECT is(wijzer.list_assumptions(1, :coordinator)::text, '{"items" : []}', 'nothing is assumed by itself');

-- ---- who states them ----

SELECT is((SELECT result FROM test.assume('done-partly', 400, who => w)), 'not-yours', w || ' states none') FROM unnest('{gp,worker,steward}'::text[]) w;
SELECT is((SELECT result FROM test.assume('done-partly', 400, who => 'nobody')), 'account-unknown', 'nobody states none');
SELECT is((SELECT result FROM test.assume(o, 400)), 'outcome-unknown', 'in ' || o || ' nothing ends') FROM unnest('{taking-part,reached,geluk}'::text[]) o;
SELECT is((SELECT result FROM test.assume('done-partly', 400, 'geluk')), 'domain-unknown', 'nor is that a life domain');
SELECT throws_ok(format('SELECT * FROM test.assume(%L, %s, source => %L)', 'done-partly', x.amount, x.source), '23514', NULL, x.what)
FROM (VALUES (-1, 'A', 'below nothing'), (1000001, 'A', 'more than a million'), (1, '', 'without a source')) x (amount, source, what);
SELECT is((SELECT count(*) FROM data.assumption), 0::bigint, 'of which nothing is kept');
SELECT result, answer FROM test.assume('done-goal-reached', 1000, key => 'k1') \gset s_
SELECT is(:'s_result' || (:'s_answer'::jsonb - 'id' - 'at')::text,
    'stated'::text || ('{"outcome": {"code": "done-goal-reached", "label": "Afgerond, doel bereikt"}, "domain": null, "amount": 1000, "source": "Rapport A.", "effectiveFrom": "2020-01-01"}'::jsonb
        || jsonb_build_object('by', logic.person(1, :coordinator)))::text, 'a coordinator does');
SELECT is((SELECT result || answer::text FROM test.assume('done-goal-reached', 1000, key => 'k1')), 'replayed' || :'s_answer', 'the same again is the same');
SELECT is((SELECT result FROM test.assume('done-goal-reached', 1001, key => 'k1')), 'key-reused', 'another amount under its key is refused');
SELECT is((SELECT array_agg(ROW(kind, account_id, what ->> 'amount', what ->> 'source', came_from)::text) FROM data.administration WHERE kind = 'assumption-stated'),
          ARRAY[ROW('assumption-stated', :coordinator, '1000', 'Rapport A.', '192.0.2.9')::text], 'who stated it stays to be known');
SELECT is((SELECT answer ->> 'effectiveFrom' FROM test.assume('withdrawn', 0, day => NULL)), logic.today()::text, 'from today on, if no day is said; nothing is an amount too');
SET ROLE wijzer_owner;
SELECT set_config('wijzer.region', '1', true) \g /dev/null
SELECT throws_ok('UPDATE data.assumption SET amount = 1', '42501', NULL, 'nobody changes one');
SELECT throws_ok('DELETE FROM data.assumption', '42501', NULL, 'or takes one away');
RESET ROLE;

-- ---- the estimate: count times amount ----

SELECT result FROM test.assume('done-partly', 400) \g /dev/null
SELECT is(test.told(), '4 3 1 2400: done-goal-reached 1000 x 2 = 2000, done-partly 400 x 1 = 400, withdrawn 0 x 0 = 0',
          'two of 1000 and one of 400; what has no assumption is told apart, what is not closed does not count');
SELECT is(test.told(test.savings(who => 'steward')), test.told(), 'a steward reads it too');
SELECT is((SELECT result || coalesce(document::text, '') FROM wijzer.savings(1, test.account(w), NULL, NULL)), 'not-yours', w || ' does not') FROM unnest('{gp,worker,nobody}'::text[]) w;
SELECT is(wijzer.list_assumptions(1, test.account(w))::text, NULL, w || ' reads nothing of what is assumed either') FROM unnest('{gp,worker,nobody}'::text[]) w;
SELECT is(test.told((SELECT document FROM wijzer.savings(2, test.account('coordinator', 2), NULL, NULL))), '0 0 0 -', 'another region has none of it');
SELECT test.open_final(:e) \g /dev/null
SELECT is(test.told(), '5 4 1 3400: done-goal-reached 1000 x 3 = 3000, done-partly 400 x 1 = 400, withdrawn 0 x 0 = 0', 'once its loop is closed it counts');
-- Steps do not count: one referral on which two worked.
SELECT test.new_step('two') AS two \gset
SELECT test.moves(:two, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT test.move(:two, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
SELECT max(step_id) AS branch FROM data.step WHERE referral_id = test.referral_of(:two) \gset
SELECT test.moves(:branch, 'worker2', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT test.moves(:two, 'worker', '{done-goal-reached}') \g /dev/null
SELECT test.open_final(test.referral_of(:two)) \g /dev/null
SELECT is((SELECT count(*) FROM data.step WHERE referral_id = test.referral_of(:two) AND state = 'done-goal-reached') || ' ' || test.told(),
          '2 6 5 1 4400: done-goal-reached 1000 x 4 = 4000, done-partly 400 x 1 = 400, withdrawn 0 x 0 = 0', 'two steps are one person helped');
-- Forgotten, reopened, going on in another.
SELECT test.erase((SELECT client_id FROM data.referral WHERE referral_id = :e)) \g /dev/null
SELECT is(test.told(), '6 5 1 4400: done-goal-reached 1000 x 4 = 4000, done-partly 400 x 1 = 400, withdrawn 0 x 0 = 0', 'who was forgotten still counts, as in the other figures');
SELECT result FROM wijzer.reopen_referral(1, :gp, 'again', test.hash('x'), :a, NULL, nextval('data.object_seq'), test.sealed('Weer.'),
    '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}') \gset
SELECT is(:'result' || ' ' || test.told(), 'reopened 5 4 1 3400: done-goal-reached 1000 x 3 = 3000, done-partly 400 x 1 = 400, withdrawn 0 x 0 = 0', 'what goes on again does not');
SELECT max(step_id) AS again FROM data.step WHERE referral_id = :a \gset
SELECT test.moves(:again, 'worker', '{accepted,first-contact,done-partly}') \g /dev/null
SELECT o.result FROM data.feedback f, wijzer.open_feedback(1, :gp, 'o' || f.feedback_id, test.hash(''), f.feedback_id) o WHERE f.referral_id = :a AND f.is_final \g /dev/null
SELECT is(test.told(), '6 5 1 3800: done-goal-reached 1000 x 3 = 3000, done-partly 400 x 2 = 800, withdrawn 0 x 0 = 0', 'until it has ended again, and then as it ended');
UPDATE data.referral SET merged_into = :b WHERE referral_id = :a;
SELECT is(test.told(), '5 4 1 3400: done-goal-reached 1000 x 3 = 3000, done-partly 400 x 1 = 400, withdrawn 0 x 0 = 0', 'one that goes on in another counts there alone');
UPDATE data.referral SET merged_into = NULL WHERE referral_id = :a;

-- ---- from which day on: each referral by the day it ended ----

SELECT result FROM test.assume('done-goal-reached', 1200, day => '2026-06-01') \g /dev/null
UPDATE data.referral SET ended_at = CASE referral_id WHEN :b THEN '2026-05-31 21:30Z' ELSE '2026-05-31 22:30Z' END::timestamptz WHERE outcome = 'done-goal-reached';
SELECT is(test.told(), '6 5 1 4200: done-goal-reached 1000 x 1 = 1000, done-goal-reached 1200 x 2 = 2400, done-partly 400 x 2 = 800, withdrawn 0 x 0 = 0',
          'each with what was assumed on its day, as days are in Amsterdam: 1000 + 2 x 1200 + 2 x 400');
SELECT result FROM test.assume('done-goal-reached', 700, day => '2026-06-01', source => 'Rapport B, verbeterd.') \g /dev/null
SELECT is(test.told(), '6 5 1 3200: done-goal-reached 1000 x 1 = 1000, done-goal-reached 700 x 2 = 1400, done-partly 400 x 2 = 800, withdrawn 0 x 0 = 0',
          'stated again from the same day, the last one counts');
-- Another session has its numbers from a block of its own, which may lie lower.
CREATE TEMP TABLE number AS SELECT nextval('data.object_seq') AS was;
SELECT setval('data.object_seq', was / 2) FROM number \g /dev/null
SELECT result FROM test.assume('done-goal-reached', 650, day => '2026-06-01', source => 'Rapport C.') \g /dev/null
SELECT is(test.told() || ' ' || (wijzer.list_assumptions(1, :steward) #>> '{items,0,amount}'),
          '6 5 1 3100: done-goal-reached 1000 x 1 = 1000, done-goal-reached 650 x 2 = 1300, done-partly 400 x 2 = 800, withdrawn 0 x 0 = 0 650',
          'the last one is the last by its time, not by its number');
SELECT setval('data.object_seq', was + 1000) FROM number \g /dev/null
SELECT result FROM test.assume('done-goal-reached', 700, day => '2026-06-01', source => 'Rapport B, verbeterd.') \g /dev/null
SELECT result FROM test.assume('done-goal-reached', 5000, day => '2100-01-01') \g /dev/null
SELECT is(test.told() ~ '5000', false, 'what begins later is not there yet');
SELECT is((SELECT array_agg(i ->> 'amount') FROM json_array_elements(wijzer.list_assumptions(1, :steward) -> 'items') i), '{5000,700,650,700,1200,400,0,1000}', 'and all that was ever stated can be read');
SELECT is(test.told(test.savings('2020-01-01', '2020-02-01')), '0 0 0 0: done-goal-reached 1000 x 0 = 0, done-partly 400 x 0 = 0', 'a period without referrals, with what was assumed then');
SELECT is(test.savings('2020-01-01', '2020-02-01') ->> 'from' || ' ' || (test.savings('2020-01-01', '2020-02-01') ->> 'to'), '2020-01-01 2020-02-01', 'which it says');

-- ---- by life domain ----

SELECT result FROM test.assume('done-partly', 900, 'meaning') \g /dev/null
SELECT is(regexp_replace(test.told(), ', withdrawn.*', ''), '6 5 1 3200: done-goal-reached 1000 x 1 = 1000, done-goal-reached 700 x 2 = 1400, done-partly 400 x 2 = 800, done-partly/meaning 900 x ? = ?',
          'of fewer than five of a life domain no number is told: they count by the outcome alone');
SELECT count(test.closes('p' || n, 'done-partly')) FROM generate_series(1, 3) n \g /dev/null
SELECT is(regexp_replace(test.told(), ', withdrawn.*', ''), '9 8 1 6900: done-goal-reached 1000 x 1 = 1000, done-goal-reached 700 x 2 = 1400, done-partly 400 x 0 = 0, done-partly/meaning 900 x 5 = 4500',
          'of five it is: 2400 + 5 x 900');
SELECT result FROM test.assume('done-partly', 300, 'social-network') \g /dev/null
SELECT is(regexp_replace(test.told(), ', withdrawn.*', ''), '9 8 1 3900: done-goal-reached 1000 x 1 = 1000, done-goal-reached 700 x 2 = 1400, done-partly 400 x 0 = 0, done-partly/meaning 900 x ? = ?, done-partly/social-network 300 x 5 = 1500',
          'of two life domains the lowest counts, and once');
UPDATE data.referral SET domains = '{meaning}' WHERE referral_id IN (SELECT referral_id FROM data.referral WHERE outcome = 'done-partly' ORDER BY referral_id LIMIT 2);
SELECT is(regexp_replace(test.told(), ', withdrawn.*', ''), '9 8 1 4400: done-goal-reached 1000 x 1 = 1000, done-goal-reached 700 x 2 = 1400, done-partly 400 x 5 = 2000, done-partly/meaning 900 x ? = ?, done-partly/social-network 300 x ? = ?',
          'of two and three neither number nor sum can be worked out');
UPDATE data.referral SET domains = '{housing}' WHERE outcome = 'done-partly';
SELECT is(regexp_replace(test.told(), ', withdrawn.*', ''), '9 8 1 4400: done-goal-reached 1000 x 1 = 1000, done-goal-reached 700 x 2 = 1400, done-partly 400 x 5 = 2000, done-partly/meaning 900 x ? = ?, done-partly/social-network 300 x ? = ?',
          'and of no life domain with an assumption of its own, that of the outcome');

SELECT * FROM finish();
ROLLBACK;
