-- The emergency button: who may use it, what it gives and for how long, the second look, and what happens when that does not come.
BEGIN;
\ir support/helpers.sql
SELECT plan(85);
SELECT test.new_step('a') AS a, test.new_step('b') AS b \gset
SELECT test.referral_of(:a) AS r, test.client_of(:a) AS c, test.account('worker2') AS worker2, test.account('gp2') AS gp2,
       test.account('gp') AS gp, test.account('coordinator') AS coordinator, test.account('steward') AS steward,
       test.organisation_of('coordinator') AS coordination \gset

-- Before: nobody but the parties.
SELECT is(wijzer.get_referral(1, :worker2, :r)::text, NULL, 'who is no party sees nothing');
SELECT is(wijzer.client_for_emergency(1, :worker2, :r, '192.0.2.9'), :c::bigint, 'but may ask under whose key the reason is sealed');
SELECT is((SELECT ROW(action, what, outcome, account_id, client_ids, ground, came_from)::text FROM data.access ORDER BY access_id DESC LIMIT 1),
          ROW('E', 'emergency', 'granted', :worker2, ARRAY[:c], 'emergency', '192.0.2.9')::text, 'which is kept');
SELECT is(wijzer.client_for_emergency(1, :steward, :r), NULL, 'a steward may not');
SELECT is((SELECT outcome FROM data.access ORDER BY access_id DESC LIMIT 1), 'refused', 'which is kept too');
SELECT is(wijzer.client_for_emergency(1, :worker2, 1), NULL, 'there is no such referral');
SELECT is(wijzer.client_for_emergency(1, test.account('worker', 2), :r), NULL, 'nor for another region');

-- The button.
SELECT is((SELECT result FROM test.emergency(:r, 'steward')), 'not-yours', 'a steward has no button');
SELECT is((SELECT result FROM test.emergency(1)), 'not-found', 'it needs a referral');
SELECT is((SELECT result FROM wijzer.use_emergency(1, 1, 'x', test.hash('x'), :r, 1, test.sealed('x'), now())), 'account-unknown', 'and an account');
SELECT throws_ok(format('SELECT wijzer.use_emergency(1, %s, %L, %L, %s, 1, %L, now())', :worker2, 'plain', test.hash('x'), :r, 'Nood.'), '23514', NULL, 'a reason in plain text is not taken');
SELECT result, answer ->> 'id' AS code FROM test.emergency(:r, 'worker2', 'k1') \gset u_
SELECT is(:'u_result'::text, 'used', 'used');
SELECT emergency_id AS e FROM data.emergency WHERE account_id = :worker2 \gset
SELECT is(:'u_code'::text, wijzer.code(:e), 'with an id');
SELECT is((SELECT result || (answer ->> 'id') FROM test.emergency(:r, 'worker2', 'k1')), 'replayed' || 
:'u_code', 'the same again is the same');
SELECT is((SELECT result FROM test.emergency(:r, 'worker2', 'k1', 'other')), 'key-reused', 'another under its key is refused');
SELECT is((SELECT result FROM test.emergency(test.referral_of(:b), 'worker2', 'k1')), 'key-reused', 'also for another referral');
SELECT is((SELECT count(*) FROM data.emergency), 1::bigint, 'one effect');
SELECT is((SELECT ROW(until = at + interval '24 hours', due_at, level)::text FROM data.emergency), ROW(true, '2030-01-01Z'::timestamptz, 0)::text, 'for a day, and a time for the second look');
SELECT is((SELECT ROW(account_id, role, came_from, object_id, fields)::text FROM data.event WHERE kind = 'emergency-used'),
          ROW(:worker2, 'worker', '192.0.2.9', :e, 4095)::text, 'it stands in the history');
SELECT is((SELECT array_agg(organisation_id ORDER BY organisation_id) FROM data.notice WHERE kind = 'emergency-used' AND client_id = :c),
          ARRAY[:coordination, test.organisation_of('gp')], 'the coordination is told, and who referred is asked to tell the client');

-- What it gives.
SELECT is(test.opened(wijzer.get_referral(1, :worker2, :r) -> 'client' -> 'name' #>> '{~,0,v}'), 'J. Jansen', 'who used it sees the client');
SELECT is(test.opened(wijzer.get_referral(1, :worker2, :r) -> 'text' #>> '{~,0,v}'), 'Voelt zich alleen.', 'and the text');
SELECT is((SELECT ROW(ground, fields)::text FROM data.access ORDER BY access_id DESC LIMIT 1), ROW('emergency', 4095)::text, 'with that ground in the access log');
SELECT is((SELECT count(*) FROM wijzer.get_step(1, :worker2, :a)), 1::bigint, 'and the step');
SELECT is((SELECT step_id FROM wijzer.get_statuses(1, ARRAY[(:worker2, :r, '')]::wijzer.status_request[])), :a::bigint, 'and how it stands');
SELECT is((SELECT result FROM test.move(:a, 'worker2', 'accepted')), 'not-found', 'but does not act on it');
SELECT is(wijzer.get_referral(1, :gp2, :r)::text, NULL, 'another person does not see it');
INSERT INTO data.account (region_id, organisation_id, name, role) SELECT 1, test.organisation_of('worker2'), 'colleague', 'worker';
SELECT is(wijzer.get_referral(1, test.account('colleague'), :r)::text, NULL, 'nor a colleague in the same organisation');
SELECT result FROM test.restrict(:c, false) \g /dev/null
SELECT is(test.opened(wijzer.get_referral(1, :worker2, :r) -> 'client' -> 'name' #>> '{~,0,v}'), 'J. Jansen', 'an emergency goes before restriction');
SELECT result FROM test.restrict(:c, true) \g /dev/null
SELECT set_config('wijzer.clock_offset', '25 hours', true) \g /dev/null
SELECT is(wijzer.get_referral(1, :worker2, :r)::text, NULL, 'after a day it is over');
SELECT set_config('wijzer.clock_offset', '', true) \g /dev/null

-- The second look.
SELECT is(wijzer.list_emergencies(1, :worker2, 50, NULL)::text, NULL, 'the list is for coordinators');
SELECT is(wijzer.list_emergencies(1, :steward, 50, NULL)::text, NULL, 'not for stewards');
SELECT result FROM test.emergency(test.referral_of(:b), 'coordinator', 'k2', due => '2029-01-01Z') \g /dev/null
SELECT wijzer.list_emergencies(1, :coordinator, 50, NULL) AS list \gset
SELECT is((SELECT array_agg(x ->> 'id') FROM json_array_elements(:'list'::json -> 'items') x),
          ARRAY[(SELECT wijzer.code(emergency_id) FROM data.emergency WHERE account_id = :coordinator), :'u_code'], 'the most pressing first');
SELECT is(test.shown(:'list'::json -> 'items' -> 1 -> 'reason'), 'Nood aan de deur.', 'with the reason');
SELECT is((SELECT ROW(what, ground, cardinality(client_ids))::text FROM data.access ORDER BY access_id DESC LIMIT 1), ROW('emergencies', 'review', 2)::text, 'kept');
SELECT is(wijzer.list_emergencies(1, :coordinator, 1, NULL) ->> 'next' IS NOT NULL, true, 'a page at a time');
SELECT is(wijzer.list_emergencies(1, :coordinator, 1, wijzer.list_emergencies(1, :coordinator, 1, NULL) ->> 'next') -> 'items' -> 0 ->> 'id', :'u_code'::text, 'and on from there');
SELECT is(wijzer.client_of_emergency(1, :worker2, :e), NULL, 'a worker does not review');
SELECT is(wijzer.client_of_emergency(1, :coordinator, :e), :c::bigint, 'a coordinator does');
SELECT is((SELECT result FROM test.review(:e, 'worker2')), 'not-yours', 'a worker is refused');
SELECT is((SELECT result FROM test.review(1)), 'not-found', 'there is no such emergency');
SELECT is((SELECT result FROM test.review((SELECT emergency_id FROM data.emergency WHERE account_id = :coordinator))), 'same-person', 'nobody reviews their own');
SELECT is((SELECT result FROM test.review(:e, 'coordinator', 'v1')), 'reviewed', 'somebody else does');
SELECT is((SELECT result || (answer ->> 'verdict') FROM test.review(:e, 'coordinator', 'v1')), 'replayedjustified', 'the same again');
SELECT is((SELECT result FROM test.review(:e, 'coordinator', 'v1', 'not-justified', 'other')), 'key-reused', 'not something else');
SELECT is((SELECT result FROM test.review(:e, 'coordinator2')), 'already-reviewed', 'once is enough');
SELECT throws_ok(format('UPDATE data.emergency SET reviewed_by = account_id WHERE emergency_id = %s', :e), '23514', NULL, 'the table itself demands two people');
SELECT is((SELECT array_agg(organisation_id ORDER BY organisation_id) FROM data.notice WHERE kind = 'emergency-reviewed'),
          ARRAY[test.organisation_of('gp'), test.organisation_of('worker2')], 'who used it is told, and who referred asked again');
SELECT is((SELECT array_agg(x ->> 'verdict') FROM json_array_elements(wijzer.list_emergencies(1, :coordinator, 50, NULL) -> 'items') x),
          '{NULL,justified}', 'open ones first, then those that were reviewed');
SELECT is(wijzer.list_emergencies(1, :coordinator, 1, wijzer.list_emergencies(1, :coordinator, 1, NULL) ->> 'next') -> 'items' -> 0 ->> 'verdict', 'justified', 'over the pages too');

-- Nobody looks: once up for each level, to a named person.
SELECT emergency_id AS late FROM data.emergency WHERE account_id = :coordinator \gset
UPDATE data.emergency SET due_at = now() - interval '2 hours' WHERE emergency_id = :late;
SELECT is((SELECT array_agg(reason) FROM wijzer.i6_every_promise_ends), ARRAY['emergency of which the second look is overdue and was not escalated'], 'overdue and nobody escalated: an invariant is broken');
SELECT is(wijzer.escalate_emergencies(1, now() + interval '1 day'), 1, 'the keeper does');
SELECT is(wijzer.escalate_emergencies(1, now() + interval '1 day'), 0, 'once');
SELECT is_empty('SELECT * FROM wijzer.i6_every_promise_ends', 'and all is well');
SELECT is((SELECT ROW(emergency.level, version, object_id)::text FROM data.event JOIN data.emergency ON emergency_id = object_id WHERE kind = 'emergency-overdue'), ROW(1, 1, :late)::text, 'it stands in the history');
UPDATE data.emergency SET due_at = now() WHERE emergency_id = :late;
SELECT wijzer.escalate_emergencies(1, now()), wijzer.escalate_emergencies(1, now()), wijzer.escalate_emergencies(1, now() - interval '2 hours') \g /dev/null
SELECT is((SELECT array_agg(version ORDER BY event_id) FROM data.event WHERE kind = 'emergency-overdue'), '{1,2,3}', 'three levels, no more');
SELECT is((SELECT array_agg(account_id ORDER BY account_id) FROM data.notice WHERE kind = 'emergency-overdue'), ARRAY[test.account('coordinator2'), NULL, NULL, NULL], 'the last to the named person');
DELETE FROM data.named_person;
SELECT is((SELECT account_id FROM logic.named_for(1, 'emergency', :coordinator)), test.account('coordinator2'), 'where nobody is named: a coordinator who did not use it');
UPDATE data.emergency SET due_at = now() - interval '2 hours' WHERE emergency_id = :late;
SELECT is((SELECT array_agg(reason) FROM wijzer.i6_every_promise_ends), ARRAY['emergency that nobody has reviewed'], 'and if nobody ever looks');
SELECT is((SELECT result FROM test.review(:late, 'coordinator2')), 'reviewed', 'late is better than never');

-- Notices.
SELECT wijzer.list_notices(1, :coordinator, true, 50, NULL) -> 'items' AS notices \gset
SELECT is((SELECT count(*) FROM json_array_elements(:'notices'::json)), 6::bigint, 'the organisation''s notices, not those for another person');
SELECT is(json_array_length(wijzer.list_notices(1, test.account('coordinator2'), true, 50, NULL) -> 'items'), 7, 'who has one more');
SELECT is(wijzer.list_notices(1, test.account('worker'), true, 50, NULL) -> 'items' -> 0 -> 'kind' ->> 'code', 'client-restricted', 'each organisation has its own');
SELECT is(wijzer.list_notices(1, :steward, false, 50, NULL)::text, '{"items" : [], "next" : null}', 'a steward has none of the coordination''s');
INSERT INTO data.account (region_id, organisation_id, name, role) VALUES (1, :coordination, 'helper', 'worker'), (1, test.organisation_of('gp'), 'assistant', 'worker'),
                                                                       (1, test.organisation_of('gp'), 'ict', 'steward');
SELECT is(json_array_length(wijzer.list_notices(1, test.account('helper'), false, 50, NULL) -> 'items'), 0, 'nor has who works there and coordinates nothing');
SELECT is(r.result, 'not-found', w || ' does not mark them') FROM unnest('{steward,helper,worker2}'::text[]) w,
    wijzer.read_notice(1, test.account(w), 'n', test.hash('n'), (SELECT min(notice_id) FROM data.notice WHERE organisation_id = :coordination)) r;

-- The client is told, by who referred; an open promise until then.
CREATE FUNCTION test.mark(who text, notice bigint, key text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.read_notice(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash('n'), notice, '192.0.2.9') $$;
SELECT notice_id AS tell FROM data.notice WHERE for_client AND kind = 'emergency-used' AND client_id = :c \gset
SELECT is((SELECT concat_ws(' ', x -> 'kind' ->> 'code', x ->> 'forClient', x -> 'organisation' ->> 'code', x ->> 'readAt')
           FROM json_array_elements(wijzer.list_notices(1, :gp, true, 50, NULL) -> 'items') x WHERE x ->> 'id' = wijzer.code(:tell)),
          'emergency-used true buurtteam', 'who referred is asked to tell that somebody of which organisation looked');
SELECT is((SELECT x -> 'toldBy' ->> 'code' || coalesce(x ->> 'toldAt', ' not yet') FROM json_array_elements(wijzer.list_emergencies(1, :coordinator, 50, NULL) -> 'items') x
           WHERE x ->> 'id' = :'u_code'), 'huisartsenpraktijk-de-peel not yet', 'coordinators see who is to tell, and that it was not done');
SELECT is(test.mark(w, :tell), 'not-found', w || ' does not say so') FROM unnest('{gp2,assistant,ict,coordinator,worker2}'::text[]) w;
SELECT is(test.mark('gp', :tell, 't1'), 'read', 'who told the client says so');
SELECT is(test.mark('gp', :tell, 't1') || ' ' || test.mark('gp', :tell), 'replayed already-read', 'once');
SELECT is((SELECT ROW(count(*), min(account_id), min(object_id), min(came_from))::text FROM data.event WHERE kind = 'client-told'), ROW(1, :gp, :c, '192.0.2.9')::text, 'it stands in the history');
SELECT isnt((SELECT x ->> 'toldAt' FROM json_array_elements(wijzer.list_emergencies(1, :coordinator, 50, NULL) -> 'items') x WHERE x ->> 'id' = :'u_code'), NULL, 'coordinators see that it was done');
SELECT is((SELECT string_agg(concat_ws(' ', x -> 'kind' ->> 'code', x ->> 'readBy'), ', ' ORDER BY x ->> 'id' = wijzer.code(:tell) DESC)
           FROM json_array_elements(wijzer.export_client(1, :gp, :c) -> 'notices') x), 'emergency-used gp, emergency-reviewed', 'and the client''s copy shows it');
SELECT is((SELECT count(*) FROM wijzer.access_log_of_client(1, :gp, :c, 50, NULL, 'json', ''), json_array_elements(document::json -> 'items') x WHERE x ->> 'type' = 'client-told'), 1::bigint, 'as does the client''s access log');
SELECT is((SELECT array_agg(DISTINCT organisation_id) FROM data.notice WHERE for_client AND client_id = test.client_of(:b)), ARRAY[test.organisation_of('gp')], 'where the coordination pressed it too');
SELECT test.new_step('own') AS own \gset
SELECT result FROM test.emergency(test.referral_of(:own), 'gp', 'k4') \g /dev/null
SELECT is((SELECT organisation_id FROM data.notice WHERE for_client AND client_id = test.client_of(:own)), :coordination, 'who referred and pressed it does not tell it themselves: the coordination does');
SELECT is(test.mark('gp', (SELECT notice_id FROM data.notice WHERE for_client AND client_id = test.client_of(:own))), 'not-found', 'nor says that it was told');
SELECT is((SELECT count(*) FROM wijzer.read_notice(1, :worker2, 'n', test.hash('n'), (SELECT min(notice_id) FROM data.notice WHERE organisation_id = :coordination)) WHERE result = 'not-found'), 1::bigint, 'nobody reads another''s');

SELECT * FROM finish();
ROLLBACK;
