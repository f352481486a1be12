-- Referrals without a referrer: who came by themself or to a desk, and signals. The client is who hears back; a system that signals
-- sees nothing; a desk acts where a referrer does; every fact is told by events.
BEGIN;
\ir support/helpers.sql
SELECT plan(106);
CREATE FUNCTION test.came(key text, origin text, who text, offering text DEFAULT 'welzijn-op-recept') RETURNS bigint LANGUAGE sql AS $$
    SELECT step_id FROM test.submit(ARRAY[key], ARRAY[key], who, offering, origin => origin) $$;
CREATE FUNCTION test.tell(referral bigint, who text, helped text DEFAULT 'yes', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.tell_client(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(helped), referral, helped, '192.0.2.9') $$;
CREATE FUNCTION test.facts(referral bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', CASE WHEN l1 THEN 'L1' END, CASE WHEN l2 THEN 'L2' END, CASE WHEN l3 THEN 'L3' END,
                     CASE WHEN l4 THEN 'L4' END, CASE WHEN l5 THEN 'L5' END, CASE WHEN l6 THEN 'L6' END, CASE WHEN l7 THEN 'L7' END,
                     CASE WHEN closed_at IS NOT NULL THEN 'closed' END, CASE WHEN fully_closed THEN 'fully' END)
    FROM wijzer.loop WHERE referral_id = referral $$;
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
CREATE FUNCTION test.inbox(who text) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg((i ->> 'referralId') || ' ' || (i -> 'promise' -> 'what' ->> 'code') ORDER BY i ->> 'referralId')
        FROM json_array_elements(wijzer.list_inbox(1, test.account(who), NULL, 50, NULL) -> 'items') i);
CREATE FUNCTION test.chain(who text, origin text DEFAULT NULL) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(i ->> 'id' ORDER BY i ->> 'id')
        FROM json_array_elements(wijzer.list_chain(1, test.account(who), NULL, NULL, NULL, 200, NULL, origin) -> 'items') i);
CREATE FUNCTION test.fields(at bigint, who text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM logic.enter(1, test.account(who));
    RETURN (SELECT (logic.sight_of(1, test.client_of(at))).fields);
END $$;

-- ---- a desk: worker2 sits there, levgroep (worker) helps ----

SELECT test.came('self', 'self', 'worker2') AS s, test.came('walk-in', 'desk', 'worker2') AS d, test.new_step('gp') AS g \gset
SELECT test.referral_of(:s) AS rs, test.referral_of(:d) AS rd, test.referral_of(:g) AS rg \gset
SELECT is((SELECT array_agg(coalesce(origin, '-') ORDER BY referral_id) FROM data.referral WHERE referral_id IN (:rs, :rd, :rg)), '{self,desk,-}', 'how each came is kept');
SELECT is((SELECT array_agg(coalesce(origin, '-') ORDER BY referral_id) FROM data.event WHERE kind = 'referral-sent' AND referral_id IN (:rs, :rd, :rg)), '{self,desk,-}', 'and told by its event');
SELECT is(wijzer.get_referral(1, test.account('worker2'), :rs) ->> 'origin', 'self', 'the desk reads it');
SELECT is(wijzer.get_referral(1, test.account('gp'), :rg) ->> 'origin', 'referrer', 'as a referrer the own one');
SELECT is(test.chain('worker2', 'self'), ARRAY[wijzer.code(:rs)], 'the chain, by how they came');
SELECT is(test.chain('coordinator', 'referrer') @> ARRAY[wijzer.code(:rg)] AND NOT test.chain('coordinator', 'referrer') && ARRAY[wijzer.code(:rs), wijzer.code(:rd)], true, 'by a referrer');
SELECT is(test.chain('coordinator', 'signal'), NULL, 'none by a signal');
SELECT is(test.fields(:s, 'worker2') & 2047, 2047, 'the desk sees whom it wrote down');
SELECT is(test.fields(:s, 'gp'), 0, 'another practice does not');

-- A question goes to the desk, which answers.
SELECT is((SELECT result FROM test.move(:s, 'worker', 'question-to-referrer', 'Welke dag past?')), 'moved', 'who helps asks');
SELECT is(test.promises(:s), 'answer-question ' || (SELECT code FROM data.organisation WHERE region_id = 1 AND organisation_id = test.organisation_of('worker2')), 'the desk owes the answer');
SELECT is(test.inbox('worker2'), ARRAY[wijzer.code(:rs) || ' answer-question'], 'a worker there has it in the inbox');
SELECT is((SELECT result FROM test.move(:s, 'gp', 'received')), 'not-found', 'not another practice');
SELECT is((SELECT result FROM test.move(:s, 'worker2', 'received', 'Dinsdag.')), 'moved', 'the desk answers');
SELECT is(json_array_length(wijzer.list_feedback(1, test.account('worker2'), true, 50, NULL) -> 'items'), 1, 'and reads what came back');

-- It ends: who helped tells the client, and that closes the loop.
SELECT test.moves(:s, 'worker', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is(test.promises(:s), 'tell-client levgroep', 'who was in contact owes it to tell the client');
SELECT is(test.facts(:rs), 'L1 L2 L3 L4 L5', 'ended, and nobody told');
SELECT is(test.inbox('worker') @> ARRAY[wijzer.code(:rs) || ' tell-client'], true, 'it stands in their inbox');
SELECT is(test.broken(), NULL, 'the invariants hold in between');
SELECT is(test.open_final(:rs, 'worker2'), 'opened', 'the desk reads how it ended');
SELECT is(test.facts(:rs) || '; ' || test.promises(:s), 'L1 L2 L3 L4 L5; tell-client levgroep', 'which closes nothing');
SELECT is((SELECT result FROM test.tell(:rs, 'gp')), 'not-found', 'another practice tells nothing');
SELECT is((SELECT result FROM test.tell(:rs, 'worker', 'yes', 'k')), 'told', 'who helped tells the client');
SELECT is((SELECT result FROM test.tell(:rs, 'worker', 'yes', 'k')), 'replayed', 'the same again is the same');
SELECT is(test.facts(:rs) || '; ' || test.promises(:s), 'L1 L2 L3 L4 L5 L6 L7 closed fully; none', 'L6 and L7 at once');
SELECT is((SELECT array_agg(kind ORDER BY at, event_id) FROM data.event WHERE referral_id = :rs AND at >= (SELECT ended_at FROM data.referral WHERE referral_id = :rs)),
          '{step-moved,outcome-rolled-up,feedback-opened,client-asked,loop-closed}', 'in this order');
SELECT is((SELECT result FROM test.tell(:rs, 'worker2', 'no')), 'told', 'the desk may correct it');
SELECT is((SELECT count(*) FROM data.event WHERE referral_id = :rs AND kind = 'loop-closed'), 1::bigint, 'it closes once');
SELECT is(test.broken(), NULL, 'the invariants hold');

-- Declined by all, without any contact: the desk tells.
SELECT is((SELECT result FROM test.move(:d, 'worker', 'declined', decline => 'client-does-not-want')), 'moved', 'it is declined, and goes nowhere');
SELECT is(test.promises(:d), 'tell-client ' || (SELECT code FROM data.organisation WHERE region_id = 1 AND organisation_id = test.organisation_of('worker2')), 'nobody met them: the desk tells');
SELECT is(test.inbox('worker2'), ARRAY[wijzer.code(:rd) || ' tell-client'], 'it stands in the inbox of its workers');
SELECT is((SELECT result FROM test.tell(:rd, 'worker')), 'not-found', 'who declined tells nothing');
SELECT is((SELECT result FROM test.tell(:rd, 'worker2', 'not-known')), 'told', 'the desk does');
SELECT is(test.facts(:rd), 'L1 L2 L3 L4 L5 L6 L7 closed fully', 'closed');

-- Reopened by the desk, it goes on where it was, and closes when they are told again.
SELECT result FROM wijzer.reopen_referral(1, test.account('worker2'), 'r', test.hash(''), :rs, NULL, nextval('data.object_seq'), test.sealed('Weer.'),
    '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}') \gset re_
SELECT is(:'re_result'::text, 'reopened', 'the desk reopens it');
SELECT is(test.facts(:rs), 'L1 L2 L3', 'what was told counts no more');
SELECT step_id AS s2 FROM data.step WHERE referral_id = :rs AND ended_at IS NULL \gset
SELECT is(test.moves(:s2, 'worker', '{accepted,first-contact,done-partly}') || test.promises(:s2), 'movedtell-client levgroep', 'it ends again, and is owed again');
SELECT is((SELECT result FROM test.tell(:rs, 'coordinator')), 'told', 'a coordinator may tell');
SELECT is(test.facts(:rs), 'L1 L2 L3 L4 L5 L6 L7 closed fully', 'closed again');

-- Who referred is as before: told is L7, and nobody but the referrer reads.
SELECT test.moves(:g, 'worker', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is(test.promises(:g), 'feedback ' || (SELECT code FROM data.organisation WHERE region_id = 1 AND organisation_id = test.organisation_of('gp')), 'a referrer owes it to read');
SELECT is((SELECT result FROM test.tell(:rg, 'worker')), 'told', 'the client is told before');
SELECT is(test.facts(:rg), 'L1 L2 L3 L4 L5 L7', 'which is not L6');
SELECT is(test.open_final(:rg, 'gp'), 'opened', 'the referrer reads');
SELECT is(test.facts(:rg), 'L1 L2 L3 L4 L5 L6 L7 closed fully', 'closed');
SELECT is(test.broken(), NULL, 'the invariants hold');

-- ---- a signal: gp2 is a system ----

SELECT item, result, referral_id AS r, step_id AS s FROM test.submit('{signal SV-2026-17}', '{a}', 'gp2', consent => test.consent(77), origin => 'signal') \gset g_
SELECT is(:'g_result'::text, 'created', 'a signal is a referral');
SELECT is((SELECT result || (referral_id = :g_r) FROM test.submit('{signal SV-2026-17}', '{a}', 'gp2', consent => test.consent(77), origin => 'signal')), 'replayedtrue', 'the same again is that one');
SELECT is((SELECT result || (referral_id IS NULL) FROM test.submit('{signal SV-2026-17}', '{another body}', 'gp2', consent => test.consent(77), origin => 'signal')), 'key-reusedtrue', 'with another body, of another person perhaps, it is refused');
SELECT is((SELECT array_agg(result ORDER BY item) FROM test.submit('{signal SV-2026-17,signal SV-2026-18}', '{a,c}', 'gp2', consent => test.consent(77), origin => 'signal')), '{replayed,created}', 'in a batch as well');
SELECT is((SELECT result FROM test.submit('{signal SV-2026-17}', '{another body}', 'gp2')), 'key-reused', 'for what is no signal another body is another thing');
SELECT is(test.fields(:g_s, 'gp2'), 0, 'the system sees nothing of the client');
SELECT is(wijzer.get_referral(1, test.account('gp2'), :g_r)::text, NULL, 'nor the referral');
SELECT is((SELECT count(*) FROM wijzer.get_step(1, test.account('gp2'), :g_s)), 0::bigint, 'nor a step');
SELECT is((SELECT outcome FROM data.access WHERE what = 'referral' AND account_id = test.account('gp2') ORDER BY access_id DESC LIMIT 1), 'refused', 'which is kept');
SELECT is((SELECT row(is_closed, outcome, state, promise_kind, due_us)::text FROM wijzer.get_statuses(1, ARRAY[(test.account('gp2'), :g_r, NULL)::wijzer.status_request])), '(f,,received,,)', 'it hears: received');
SELECT is(i ->> 'state' || coalesce(i ->> 'outcome', '-') || coalesce(i ->> 'next', '-') || coalesce(i ->> 'currentStep', '-'), 'open---', 'in its list as well')
FROM json_array_elements(wijzer.list_chain(1, test.account('gp2'), NULL, NULL, NULL, 50, NULL, 'signal') -> 'items') i WHERE i ->> 'id' = wijzer.code(:g_r);
SELECT is((SELECT count(*) FROM json_array_elements(wijzer.list_events(1, test.account('gp2'), 200, NULL) -> 'items') i WHERE i ->> 'referralId' = wijzer.code(:g_r)), 0::bigint, 'no events');
SELECT is(wijzer.export_client(1, test.account('gp2'), test.client_of(:g_s))::text, NULL, 'no copy of anything');
SELECT is((SELECT result FROM test.move(:g_s, 'gp2', 'withdrawal-asked', reason => 'weg')), 'not-found', 'and moves nothing');
SELECT is(test.fields(:g_s, 'worker'), 77, 'who helps sees enough to call');
SELECT is((SELECT result FROM test.move(:g_s, 'worker', 'question-to-referrer', 'Wat was er?')), 'moved', 'a question');
SELECT is(test.promises(:g_s), 'answer-question ' || (SELECT o.code FROM data.organisation o WHERE o.region_id = 1 AND o.organisation_id = logic.coordination_of(1)), 'is for the coordination');
SELECT is((SELECT result FROM test.move(:g_s, 'coordinator', 'received', 'Een brief van de woningbouw.')), 'moved', 'which answers');
SELECT is((SELECT count(*) FROM data.feedback WHERE referral_id = :g_r), 0::bigint, 'the system is told nothing');
SELECT is((SELECT result FROM test.move(:g_s, 'worker', 'client-withdrew', reason => 'Wil niet')), 'moved', 'the person may refuse');
SELECT is(test.promises(:g_s), 'tell-client ' || (SELECT o.code FROM data.organisation o WHERE o.region_id = 1 AND o.organisation_id = logic.coordination_of(1)), 'the coordination tells them how it stands');
SELECT is((SELECT count(*) FROM data.feedback WHERE referral_id = :g_r), 0::bigint, 'still nothing for the system');
SELECT is((SELECT result FROM test.tell(:g_r, 'gp2')), 'not-found', 'a system tells nobody');
SELECT is((SELECT result FROM wijzer.reopen_referral(1, test.account('gp2'), 'g', test.hash(''), :g_r, NULL, nextval('data.object_seq'), test.sealed('Weer.'),
    '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}')), 'not-found', 'nor reopens it');
SELECT is(test.inbox('coordinator') @> ARRAY[wijzer.code(:g_r) || ' tell-client'], true, 'it stands in their inbox');
SELECT is((SELECT result FROM test.tell(:g_r, 'coordinator')), 'told', 'the coordination does');
SELECT is(test.facts(:g_r), 'L1 L2 L3 L4 L5 L6 L7 closed fully', 'closed');
SELECT is((SELECT row(is_closed, outcome, state)::text FROM wijzer.get_statuses(1, ARRAY[(test.account('gp2'), :g_r, NULL)::wijzer.status_request])), '(t,,received)', 'the system hears: closed');
-- Whoever was in contact tells them.
SELECT step_id AS s, referral_id AS r FROM test.submit('{signal SV-2026-19}', '{a}', 'gp2', consent => test.consent(77), origin => 'signal') \gset h_
SELECT test.moves(:h_s, 'worker', '{accepted,first-contact,done-partly}') \g /dev/null
SELECT is(test.promises(:h_s), 'tell-client levgroep', 'who was in contact');
SELECT is((SELECT result FROM test.tell(:h_r, 'worker')), 'told', 'tells');

-- No list and no figure of the own referrals tells more: of one signal on a day they would be that of one person.
CREATE FUNCTION test.rates(who text, by text) RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', i ->> 'referrals', i -> 'l3' ->> 'count', i -> 'l6' ->> 'count')
        FROM wijzer.closure_rates(1, test.account(who), NULL, NULL, by) c, json_array_elements(c.document -> 'items') i
        WHERE by = 'region' OR i -> 'organisation' ->> 'code' = (SELECT o.code FROM data.organisation o WHERE o.region_id = 1 AND o.organisation_id = test.organisation_of('gp2')));
SELECT is(test.rates('coordinator', 'referrer'), '3 1 2', 'a coordinator sees who signalled: three, one was met, two are closed');
SELECT is(test.rates('gp2', 'referrer'), '0 0 0', 'whoever signalled sees none of it');
SELECT is((SELECT array_agg(wijzer.overview(1, test.account(w), NULL, NULL) -> 'figures' ->> f ORDER BY w, n) FROM unnest('{gp2,coordinator}'::text[]) w, unnest('{referrals,contacted}'::text[]) WITH ORDINALITY x (f, n)),
          '{6,3,0,0}', 'nor in the overview, where a coordinator does');
SELECT is(json_array_length(wijzer.overview(1, test.account('gp2'), NULL, NULL) -> 'figures' -> 'outcomes'), 0, 'which tells no outcome');
SELECT step_id AS s, referral_id AS r FROM test.submit('{signal SV-2026-20}', '{a}', 'gp2', consent => test.consent(77), origin => 'signal') \gset p_
SELECT test.moves(:p_s, 'worker', '{accepted,first-contact}'), test.move(:p_s, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
SELECT result FROM wijzer.set_goal(1, test.account('worker'), 'goal', test.hash('goal'), :p_s, nextval('data.object_seq'), test.sealed('Rust.'), 'finances', 3, '192.0.2.9') \g /dev/null
SELECT is((SELECT result FROM wijzer.score_goal(1, test.account('worker'), 'score', test.hash('7'), goal_id, 7, '192.0.2.9')), 'scored', 'somebody moved')
FROM data.goal WHERE referral_id = :p_r;
CREATE OR REPLACE FUNCTION logic.small_number() RETURNS int LANGUAGE sql IMMUTABLE RETURN 1;
SELECT is((SELECT array_agg(json_array_length(document -> 'items') ORDER BY w) FROM unnest('{gp2,coordinator}'::text[]) w, wijzer.movement(1, test.account(w), NULL, NULL, NULL)),
          '{1,0}', 'nor how they moved, however few are told');
CREATE OR REPLACE FUNCTION logic.small_number() RETURNS int LANGUAGE sql IMMUTABLE RETURN 5;
SELECT is((SELECT array_agg(i -> 'director' ->> 'code' ORDER BY w) FROM unnest('{gp2,coordinator}'::text[]) w,
                  json_array_elements(wijzer.list_chain(1, test.account(w), NULL, NULL, NULL, 200, NULL, 'signal') -> 'items') i WHERE i ->> 'id' = wijzer.code(:p_r)),
          '{levgroep,NULL}', 'nor who directs');
UPDATE data.promise SET due_at = due_at - interval '20 years' WHERE referral_id = :p_r AND ended_at IS NULL;
CREATE FUNCTION test.narrowed(who text, late boolean, partner text) RETURNS int LANGUAGE sql
RETURN (SELECT count(*) FROM json_array_elements(wijzer.list_chain(1, test.account(who), late, partner, 'open', 200, NULL, 'signal') -> 'items') i WHERE i ->> 'id' = wijzer.code(:p_r));
SELECT is((SELECT array_agg(test.narrowed(who, late, partner) ORDER BY n) FROM (VALUES
              (1, 'coordinator', true, NULL), (2, 'coordinator', false, 'buurtteam'), (3, 'worker', true, NULL),
              (4, 'gp2', true, NULL), (5, 'gp2', false, 'buurtteam'), (6, 'gp2', false, NULL)) AS x (n, who, late, partner)),
          '{1,1,1,0,0,1}', 'nor, by what a list is narrowed to, whether it is late and who takes part');
UPDATE data.promise SET due_at = due_at + interval '20 years' WHERE referral_id = :p_r AND ended_at IS NULL;

SELECT result FROM test.erase(test.client_of(:h_s), 'coordinator') \gset er_
SELECT is(:'er_result' || (SELECT result || (referral_id = :h_r) FROM test.submit('{signal SV-2026-19}', '{a}', 'gp2', consent => test.consent(77), origin => 'signal')), 'erasedreplayedtrue', 'who was forgotten is not taken in anew by the same signal');

-- Forgotten while the client was still to be told: whoever owes it ends it, and nobody says more.
SELECT test.came('forgotten', 'self', 'worker2') AS v \gset
SELECT test.referral_of(:v) AS rv \gset
SELECT test.moves(:v, 'worker', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is((SELECT result FROM test.erase(test.client_of(:v), 'worker2')) || (SELECT result FROM test.erase(test.client_of(:v), 'coordinator')), 'not-founderased', 'forgotten');
SELECT is(test.promises(:v) || '; ' || test.facts(:rv), 'tell-client levgroep; L1 L2 L3 L4 L5', 'what is owed still is');
SELECT is((SELECT result FROM test.tell(:rv, 'worker', 'not-known', 'v')), 'told', 'and can be done');
SELECT is(test.promises(:v) || '; ' || test.facts(:rv), 'none; L1 L2 L3 L4 L5 L6 L7 closed fully', 'which closes the loop');
SELECT is((SELECT result FROM test.tell(:rv, 'worker', 'not-known', 'v')), 'replayed', 'the same again is the same');
SELECT is((SELECT result FROM test.tell(:rv, 'worker', 'yes')), 'erased', 'more is not said');
SELECT is(test.broken(), NULL, 'the invariants hold');

-- ---- steps for which nobody has room ----

CREATE FUNCTION test.waiting(VARIADIC among bigint[]) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(i ->> 'id') FROM json_array_elements(wijzer.list_chain(1, test.account('coordinator'), NULL, NULL, NULL, 200, NULL, NULL, true) -> 'items') i
        WHERE i ->> 'id' = ANY (SELECT wijzer.code(test.referral_of(a)) FROM unnest(among) a));
CREATE FUNCTION test.says(offering text, room text, number int DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO data.capacity (region_id, offering_id, as_of, state, places) VALUES (1, test.offering(offering), logic.today(), room, number)
    ON CONFLICT (region_id, offering_id, as_of) DO UPDATE SET state = excluded.state, places = excluded.places $$;
SELECT test.ranked_step('r', '{welzijn-op-recept,taaldoen}') AS w, test.new_step('c', 'gp', NULL) AS c \gset
SELECT test.says('welzijn-op-recept', 'full'), test.says('taaldoen', 'open') \g /dev/null
SELECT is(test.waiting(:w, :c), NULL, 'one of two has room');
SELECT test.says('taaldoen', 'open', 0) \g /dev/null
SELECT is(test.waiting(:w, :c), ARRAY[wijzer.code(test.referral_of(:w))], 'open, with no place left: nobody has');
SELECT test.says('taaldoen', 'waiting-list') \g /dev/null
SELECT is(test.waiting(:w, :c), ARRAY[wijzer.code(test.referral_of(:w))], 'a waiting list is no room; where no rule named an offering nothing is known');
SELECT is(json_array_length(wijzer.list_chain(1, test.account('coordinator'), NULL, NULL, 'closed', 200, NULL, NULL, true) -> 'items'), 0, 'what is closed does not wait');
SELECT test.moves(:w, 'worker', '{accepted}') \g /dev/null
SELECT is(test.waiting(:w, :c), NULL, 'who accepted it has made room');
SELECT test.moves(:w, 'worker', '{waiting-list}') \g /dev/null
SELECT is(test.waiting(:w, :c), ARRAY[wijzer.code(test.referral_of(:w))], 'or put it on the list');
-- By the room that candidates are ranked by.
INSERT INTO data.capacity (region_id, offering_id, as_of, state) VALUES (1, test.offering('taaldoen'), logic.today() + 1, 'open');
SELECT is(test.waiting(:w), ARRAY[wijzer.code(test.referral_of(:w))], 'what is said of tomorrow is not so today');
SELECT test.says('taaldoen', 'open', 12) \g /dev/null
SELECT is(test.waiting(:w), NULL, 'twelve places');
INSERT INTO data.offering_group (region_id, offering_id, name, starts_on, way, rolling, places, taken, changed_at, created_at)
VALUES (1, test.offering('taaldoen'), 'Dinsdag', logic.today() + 10, 'on-site', false, 12, 12, now(), now());
SELECT is(test.waiting(:w), ARRAY[wijzer.code(test.referral_of(:w))], 'but every group that one may join is full');
UPDATE data.offering_group SET taken = 11 WHERE offering_id = test.offering('taaldoen');
SELECT is(test.waiting(:w), NULL, 'one place');
UPDATE data.organisation SET ended_at = now() WHERE (region_id, organisation_id) = (SELECT f.region_id, f.organisation_id FROM data.offering f WHERE f.offering_id = test.offering('taaldoen'));
SELECT is(test.waiting(:w), ARRAY[wijzer.code(test.referral_of(:w))], 'at an organisation that is there no more');
UPDATE data.organisation SET ended_at = NULL WHERE (region_id, organisation_id) = (SELECT f.region_id, f.organisation_id FROM data.offering f WHERE f.offering_id = test.offering('taaldoen'));
DELETE FROM data.offering_group WHERE offering_id = test.offering('taaldoen');

-- A worker of a practice hears what came to its desk, and neither reads nor counts what its referrers are told.
INSERT INTO data.account (region_id, organisation_id, name, role)
SELECT 1, a.organisation_id, 'balie', 'worker' FROM data.account a WHERE a.region_id = 1 AND a.name = 'gp';
SELECT test.moves(test.new_step('unread'), 'worker', '{accepted}') \g /dev/null
SELECT ok((wijzer.list_feedback(1, test.account('gp'), true, 50, NULL) ->> 'unread')::int > 0, 'a referrer has feedback to read');
SELECT is(wijzer.list_feedback(1, test.account('balie'), true, 50, NULL) ->> 'unread', '0', 'of which a desk beside it counts nothing');

SELECT is(test.broken(), NULL, 'all invariants hold');
SELECT * FROM finish();
ROLLBACK;
