-- What a practice hears back: its contract, rule table 7 without one, digests made once, stories, texts for the record, the overview.
BEGIN;
\ir support/helpers.sql
SELECT plan(89);
SELECT test.account('gp') AS gp, test.account('worker') AS worker, test.account('coordinator') AS coordinator,
       test.organisation_of('gp') AS practice \gset

CREATE FUNCTION test.set(milestones text[], form text, who text DEFAULT 'gp', organisation text DEFAULT NULL, key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.set_contract(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(milestones::text || form),
                                      organisation, milestones, form) $$;
CREATE FUNCTION test.told(step bigint) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', f.state, f.form, CASE WHEN f.story THEN 'story' END, CASE WHEN f.is_final THEN 'final' END), ', '
                               ORDER BY f.at, f.feedback_id), 'nothing')
    FROM data.feedback f WHERE f.step_id = step $$;
CREATE FUNCTION test.listed(who text DEFAULT 'gp', unread boolean DEFAULT true) RETURNS json LANGUAGE sql AS $$
    SELECT wijzer.list_feedback(1, test.account(who), unread, 200, NULL, '192.0.2.9') $$;
CREATE FUNCTION test.digests(who text DEFAULT 'gp') RETURNS json LANGUAGE sql AS $$
    SELECT wijzer.list_digests(1, test.account(who), 50, NULL, '192.0.2.9') $$;
CREATE FUNCTION test.now_is(text) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('wijzer.clock_offset', (($1)::timestamptz - clock_timestamp())::text, true) $$;

-- ---- without a contract: rule table 7 ----

SELECT test.now_is('2026-11-24 10:00 Europe/Amsterdam') \g /dev/null
SELECT test.new_step('a') AS a \gset
SELECT test.moves(:a, 'worker', '{accepted,first-contact,taking-part,done-goal-reached}') \g /dev/null
SELECT is(test.told(:a), 'accepted, first-contact daily, taking-part daily, done-goal-reached final',
          'by table 7: at once, once a day, and the last word at once whatever the table says');
SELECT is((SELECT array_agg(coalesce(e.form, 'at-once') ORDER BY e.event_id) FROM data.event e WHERE e.step_id = :a AND e.feedback_id IS NOT NULL AND e.kind = 'step-moved'),
          '{at-once,daily,daily}', 'the events carry the form; the end is told by the roll-up');
SELECT is(logic.form_by_rules(1, s, o.organisation_id, wijzer.clock()), f, s || ' for ' || c)
FROM (VALUES ('accepted', 'huisartsenpraktijk-de-peel', 'at-once'), ('first-contact', 'huisartsenpraktijk-de-peel', 'digest'),
             ('first-contact', 'levgroep', 'at-once'), ('done-partly', 'levgroep', 'end'), ('contact-attempt', 'levgroep', 'none')) AS x (s, c, f)
JOIN data.organisation o ON o.region_id = 1 AND o.code = x.c;
SELECT is(logic.form_by_rules(1, 'accepted', :practice, '2000-01-01'), NULL, 'not in force: it says nothing');

-- ---- setting a contract ----

SELECT is((SELECT result FROM test.set('{accepted}', 'daily', 'worker')), 'not-yours', 'a worker has none');
SELECT is((SELECT result FROM test.set('{accepted}', 'daily', 'steward')), 'not-yours', 'nor a steward');
SELECT is((SELECT result FROM test.set('{accepted}', 'daily', 'gp', 'huisartsenpraktijk-vlierden')), 'not-yours', 'nor anybody another practice''s');
SELECT is((SELECT result FROM test.set('{accepted}', 'daily', 'gp', 'nergens')), 'not-yours', 'nor one that is not there');
SELECT is((SELECT result FROM test.set('{accepted}', 'daily', 'coordinator')), 'organisation-needed', 'a coordinator says whose');
SELECT is((SELECT result FROM test.set('{accepted}', 'daily', 'coordinator', 'nergens')), 'organisation-unknown', 'of those there are');
SELECT is((SELECT result FROM wijzer.set_contract(1, 0, 'k', test.hash('x'), NULL, '{accepted}', 'daily')), 'account-unknown', 'nobody');
SELECT is((SELECT count(*) FROM data.feedback_contract), 0::bigint, 'nothing was written');
SELECT is(wijzer.list_contracts(1, :gp) -> 'items' -> 0 ->> 'by', 'rules', 'without one the rules say');
SELECT result, answer FROM test.set('{accepted,started,ended}', 'daily', key => 'c1') \gset c_
SELECT is(:'c_result' || ' ' || (:'c_answer'::json ->> 'by') || ' ' || (:'c_answer'::json ->> 'form'), 'set contract daily', 'a referrer sets it');
SELECT is((SELECT result || answer::text FROM test.set('{accepted,started,ended}', 'daily', key => 'c1')), 'replayed' || :'c_answer', 'once');
SELECT is((SELECT result FROM test.set('{accepted}', 'daily', key => 'c1')), 'key-reused', 'another under its key is refused');
SELECT is((SELECT result FROM test.set('{story}', 'at-once', 'coordinator', 'huisartsenpraktijk-de-peel')), 'set', 'a coordinator changes it');
SELECT is((SELECT array_agg(h ->> 'version' || ' ' || (h ->> 'form') || ' ' || (h -> 'setBy' ->> 'name')) FROM json_array_elements(wijzer.list_contracts(1, :gp) -> 'items' -> 0 -> 'history') h),
          '{"2 at-once coordinator","1 daily gp"}', 'every version is kept');
SELECT is((SELECT array_agg(ROW(n.organisation_id, n.account_id, n.client_id)::text) FROM data.notice n WHERE n.kind = 'contract-changed'),
          ARRAY[ROW(test.organisation_of('gp'), NULL, NULL)::text], 'which the practice is told once; what it sets itself it knows');
SELECT is((SELECT n -> 'kind' ->> 'label' || coalesce(n ->> 'account', '') FROM json_array_elements(wijzer.list_notices(1, :gp, NULL, 200, NULL) -> 'items') n
           WHERE n -> 'kind' ->> 'code' = 'contract-changed'), 'De ketenregie heeft gewijzigd wat u terughoort', 'in its own list, about no one');
SELECT is((SELECT result FROM wijzer.read_notice(1, :gp, 'read', test.hash(''), (SELECT notice_id FROM data.notice WHERE kind = 'contract-changed'))), 'read', 'who marks it');
SELECT throws_ok('SET LOCAL ROLE wijzer_owner; UPDATE data.feedback_contract SET form = ''daily''', '42501', NULL, 'nobody changes one');
RESET ROLE;
SELECT ok(json_array_length(wijzer.list_contracts(1, :coordinator) -> 'items') > 1, 'a coordinator sees those of the region');
SELECT is(wijzer.list_contracts(1, :worker)::text, NULL, 'a worker none');
SELECT throws_ok('SELECT * FROM test.set(''{}'', ''daily'')', '23514', NULL, 'a form without milestones is a defect');

-- ---- under a contract ----

SELECT test.set('{accepted,story}', 'at-once') \g /dev/null
SELECT test.new_step('b') AS b \gset
SELECT test.move(:b, 'worker', 'question-to-referrer', 'Is er vervoer?') \g /dev/null
SELECT test.moves(:b, 'worker', '{accepted,first-contact,taking-part,done-goal-reached}') \g /dev/null
SELECT is(test.told(:b), 'question-to-referrer, accepted, done-goal-reached final', 'a question and the end always come; what was not chosen does not');
SELECT is((SELECT count(*) FROM data.event WHERE step_id = :b AND kind = 'step-moved'), 5::bigint, 'but everything is in the history');
SELECT test.new_step('d') AS d \gset
SELECT test.move(:d, 'worker', 'declined', 'Vol.', 'capacity', after => test.after('capacity')) \g /dev/null
SELECT is(test.told(:d), 'nothing', 'a decline that leads elsewhere is not the end');
SELECT is((SELECT ended_at FROM data.referral WHERE referral_id = test.referral_of(:d)), NULL, 'somebody else is asked');

SELECT test.set('{ended}', 'end-only') \g /dev/null
SELECT test.new_step('e') AS e \gset
SELECT test.moves(:e, 'worker', '{accepted,first-contact,taking-part}') \g /dev/null
SELECT is(test.told(:e), 'nothing', 'who hears the end alone hears nothing before');
SELECT test.move(:e, 'worker', 'done-partly', 'Komt nog niet elke week.') \g /dev/null
SELECT is(test.told(:e), 'done-partly final', 'and then the end');
SELECT is(test.feedback_text(:e, true), 'Het traject bij LEVgroep is afgerond. Het doel is deels bereikt. Toelichting: "Komt nog niet elke week." '
          || 'Aangenomen op 24-11-2026, eerste contact op 24-11-2026. Hiermee is de verwijzing klaar. Uitkomst: afgerond, doel deels bereikt.', 'with what happened meanwhile');
SELECT is(test.open_final(test.referral_of(:e)), 'opened', 'it is read');
SELECT ok((SELECT closed_at IS NOT NULL FROM data.referral WHERE referral_id = test.referral_of(:e)), 'and the loop is closed');
SELECT is((SELECT result FROM test.set('{}', 'standard')), 'set', 'back to the rules');
SELECT is(wijzer.list_contracts(1, :gp) -> 'items' -> 0 ->> 'by', 'rules', 'which say again');

-- ---- digests ----

SELECT is(json_array_length(test.digests() -> 'items'), 0, 'there is no digest yet');
SELECT ok((SELECT bool_and(i ->> 'text' NOT LIKE '%eerste contact met%') FROM json_array_elements(test.listed(unread => false) -> 'items') i), 'what waits is not listed');
SELECT (test.listed() ->> 'unread')::int AS unread \gset
SELECT is((SELECT count(*)::int FROM json_array_elements(test.listed() -> 'items')), :unread, 'nor counted');
SELECT feedback_id AS waiting FROM data.feedback WHERE step_id = :a AND state = 'first-contact' \gset
SELECT is((SELECT result FROM wijzer.open_feedback(1, :gp, 'o1', test.hash(''), :waiting)), 'not-found', 'nor opened');
SELECT is(wijzer.get_feedback(1, :gp, :waiting)::text, NULL, 'nor read');
SELECT test.now_is('2026-11-25 06:59:50 Europe/Amsterdam') \g /dev/null
SELECT is(wijzer.make_digests(1, '2026-11-25'), -1, 'not before seven');
SELECT test.now_is('2026-11-25 07:00:01 Europe/Amsterdam') \g /dev/null
SELECT is(wijzer.make_digests(1, '2026-11-25'), 1, 'one practice has something');
SELECT is(wijzer.make_digests(1, '2026-11-25'), 0, 'once');
SELECT is(wijzer.make_digests(1, '2026-11-24'), 0, 'not a day before that either');
SELECT is((SELECT array_agg(ROW(day, since, until)::text) FROM data.feedback_digest),
          ARRAY[ROW('2026-11-25'::date, '-infinity'::timestamptz, '2026-11-25 06:00Z'::timestamptz)::text], 'of everything up to seven');
SELECT is((SELECT array_agg(ROW(organisation_id, client_id, kind)::text) FROM data.notice WHERE kind = 'feedback-digest'), ARRAY[ROW(:practice, NULL, 'feedback-digest')::text], 'with one notice, about nobody');
SELECT is((test.listed() ->> 'unread')::int, :unread + 2, 'what it brought is unread now');
SELECT test.digests() AS digests \gset
SELECT is((SELECT array_agg(c ->> 'referralId') FROM json_array_elements(:'digests'::json -> 'items' -> 0 -> 'clients') c), ARRAY[wijzer.code(test.referral_of(:a))], 'client by client');
SELECT is(test.shown(:'digests'::json -> 'items' -> 0 -> 'clients' -> 0 -> 'text'),
          '24-11-2026, LEVgroep heeft het eerste contact met de inwoner gehad. 24-11-2026, De inwoner doet mee bij LEVgroep. ', 'as one text');
SELECT is(:'digests'::json -> 'items' -> 0 ->> 'unread', '2', 'and how much of it is unread');
SELECT is((SELECT array_agg(ROW(what, detail, fields, client_ids)::text) FROM data.access WHERE detail = 'digest'), ARRAY[ROW('feedback', 'digest', 2049, ARRAY[test.client_of(:a)])::text], 'reading it is kept');
SELECT is(json_array_length(test.digests('gp2') -> 'items'), 0, 'another practice sees none of it');
SELECT is(test.digests('worker')::text, NULL, 'a worker none');
SELECT is((SELECT result FROM wijzer.open_feedback(1, :gp, 'o2', test.hash(''), :waiting)), 'opened', 'it can be opened now');
SELECT is((SELECT result FROM wijzer.read_notice(1, :gp, 'n1', test.hash(''), (SELECT notice_id FROM data.notice WHERE kind = 'feedback-digest'))), 'read', 'the notice is read');
-- The clock goes forward on Sunday 28 March 2027: seven stays seven.
SELECT test.now_is('2027-03-26 12:00 Europe/Amsterdam') \g /dev/null
SELECT test.new_step('s') AS s \gset
SELECT test.moves(:s, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT test.now_is('2027-03-29 04:59:50Z') \g /dev/null
SELECT is(wijzer.make_digests(1, '2027-03-29'), -1, 'five o''clock in UTC is seven there');
SELECT test.now_is('2027-03-29 05:00:01Z') \g /dev/null
SELECT is(wijzer.make_digests(1, '2027-03-29'), 1, 'and then it is made');
SELECT is((SELECT max(since) FROM data.feedback_digest), '2026-11-25 06:00Z', 'from where the one before ended');

-- ---- stories, and texts for the record ----

SELECT test.set('{accepted,ended,story}', 'at-once') \g /dev/null
SELECT test.new_step('v') AS v \gset
SELECT test.moves(:v, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT test.move(:v, 'worker', 'taking-part', 'Zij eet elke dinsdag mee.', story => true) \g /dev/null
SELECT is(test.told(:v), 'accepted, taking-part story', 'a story is feedback of its own');
SELECT is((SELECT array_agg(ROW(kind, account_id, form)::text) FROM data.event WHERE kind = 'story-told'), ARRAY[ROW('story-told', :worker, NULL)::text], 'told by an event');
SELECT test.move(:v, 'worker', 'done-goal-reached', 'Zij kookt nu zelf voor de groep.', story => true) \g /dev/null
SELECT is(test.feedback_text(:v, true), 'Het traject bij LEVgroep is afgerond. Het doel is bereikt. Hiermee is de verwijzing klaar. Uitkomst: afgerond, doel bereikt.', 'the end does not repeat it');
SELECT is(test.told(:v), 'accepted, taking-part story, done-goal-reached final, done-goal-reached story', 'and the story stands beside it');
SELECT feedback_id AS story FROM data.feedback WHERE step_id = :v AND story ORDER BY feedback_id LIMIT 1 \gset
SELECT is(test.shown(wijzer.get_feedback(1, :gp, :story) -> 'paste'), '29-03-2027, LEVgroep vertelt: "Zij eet elke dinsdag mee."', 'for the record: date, who, what');
SELECT is((SELECT count(*) FROM data.access WHERE what = 'feedback' AND object_id = :story AND outcome = 'granted'), 1::bigint, 'reading one is kept');
SELECT is(wijzer.get_feedback(1, test.account('gp2'), :story)::text, NULL, 'it is not for others');
SELECT is((SELECT count(*) FROM data.access WHERE what = 'feedback' AND object_id = :story AND outcome = 'refused'), 1::bigint, 'which is kept too');

-- ---- the overview ----

SELECT wijzer.overview(1, :gp, '2026-11-01', '2027-04-01', '192.0.2.9') AS overview \gset
SELECT is((SELECT array_agg(:'overview'::json -> 'figures' ->> n) FROM unnest('{referrals,accepted,contacted,running,declined}'::text[]) n), '{6,5,5,2,0}', 'counts');
SELECT is((SELECT string_agg(o ->> 'code' || ' ' || (o ->> 'count'), ', ') FROM json_array_elements(:'overview'::json -> 'figures' -> 'outcomes') o), 'done-goal-reached 3, done-partly 1', 'how they ended');
SELECT is((SELECT array_agg(test.shown(s -> 'text')) FROM json_array_elements(:'overview'::json -> 'stories') s), '{Zij kookt nu zelf voor de groep.,Zij eet elke dinsdag mee.}', 'stories, the newest first');
SELECT is((SELECT array_agg(ROW(what, fields, client_ids)::text) FROM data.access WHERE what = 'overview'), ARRAY[ROW('overview', 2048, ARRAY[test.client_of(:v)])::text], 'whose reading is kept');
SELECT is((wijzer.overview(1, test.account('gp2'), '2026-11-01', '2027-04-01') -> 'figures' ->> 'referrals') || json_array_length(wijzer.overview(1, test.account('gp2'), '2026-11-01', '2027-04-01') -> 'stories'), '00', 'another practice has its own');
SELECT is((SELECT array_agg(s -> 'text' #>> '{}') FROM json_array_elements(wijzer.overview(1, :coordinator, '2026-11-01', '2027-04-01') -> 'stories') s), '{NULL,NULL}', 'a coordinator does not see words that consent does not show');
SELECT is(wijzer.overview(1, test.account(w), NULL, NULL)::text, NULL, w || ' has none') FROM unnest('{worker,steward}'::text[]) w;

-- Of a day of their own: one that helped and was reopened, and one that goes on in another.
SELECT test.now_is('2027-06-01 10:00 Europe/Amsterdam') \g /dev/null
SELECT test.new_step('one', 'gp2') AS one, test.new_step('two', 'gp2') AS two \gset
CREATE FUNCTION test.figures(day date) RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', f ->> 'referrals', f ->> 'accepted', f ->> 'contacted', f -> 'daysToFirstContact' ->> 'median', f ->> 'running', f -> 'helped')
        FROM (SELECT wijzer.overview(1, test.account('gp2'), day, day) -> 'figures' AS f) x);
SELECT test.now_is('2027-06-03 10:00 Europe/Amsterdam') \g /dev/null
SELECT test.moves(:one, 'worker', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is((SELECT result FROM wijzer.tell_client(1, test.account('gp2'), 'h', test.hash('yes'), test.referral_of(:one), 'yes')), 'told', 'it helped');
SELECT is(test.figures('2027-06-01'), '2 1 1 2.0 1 {"yes" : 1, "partly" : 0, "no" : 0, "notKnown" : 0}', 'which counts');
SELECT test.now_is('2027-06-04 10:00 Europe/Amsterdam') \g /dev/null
SELECT is((SELECT result FROM wijzer.reopen_referral(1, test.account('gp2'), 'w', test.hash(''), test.referral_of(:one), NULL, nextval('data.object_seq'), test.sealed('Weer.'),
    '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}')), 'reopened', 'it goes on');
SELECT is(test.figures('2027-06-01'), '2 1 1 2.0 2 {"yes" : 0, "partly" : 0, "no" : 0, "notKnown" : 0}', 'whether it helped is not known yet');
SELECT max(step_id) AS again FROM data.step WHERE referral_id = test.referral_of(:one) \gset
SELECT test.moves(:again, 'worker', '{accepted,first-contact,done-not-reached}') \g /dev/null
SELECT is(test.figures('2027-06-01'), '2 1 1 2.0 1 {"yes" : 0, "partly" : 0, "no" : 0, "notKnown" : 0}', 'nor by what was said before it ended again');
SELECT test.new_step('other') AS other \gset
SELECT test.moves(:other, 'worker', '{accepted}') \g /dev/null
SELECT is((SELECT result FROM wijzer.merge_referral(1, :coordinator, 'm', test.hash(''), test.referral_of(:two), test.referral_of(:other))), 'merged', 'the other goes on elsewhere');
SELECT is(test.figures('2027-06-01'), '2 2 1 2.0 1 {"yes" : 0, "partly" : 0, "no" : 0, "notKnown" : 0}', 'where it is accepted');
SELECT test.now_is('2027-06-07 10:00 Europe/Amsterdam') \g /dev/null
SELECT test.moves(:other, 'worker', '{first-contact}') \g /dev/null
SELECT is(test.figures('2027-06-01'), '2 2 2 4.0 1 {"yes" : 0, "partly" : 0, "no" : 0, "notKnown" : 0}', 'and met: after two days and after six');
UPDATE data.event SET at = at - interval '31 days' WHERE step_id = :other AND to_state = 'first-contact';
SELECT is(test.figures('2027-06-01'), '2 2 2 1.0 1 {"yes" : 0, "partly" : 0, "no" : 0, "notKnown" : 0}', 'who had been met there before waited no day');
UPDATE data.event SET at = at + interval '31 days' WHERE step_id = :other AND to_state = 'first-contact';

SELECT is_empty('SELECT * FROM test.violation WHERE invariant <> ''I6''', 'every invariant holds');
SELECT * FROM finish();
ROLLBACK;
