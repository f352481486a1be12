-- What a worker does between one state and the next: contact attempts with their result, calling back on the day that was
-- promised, goals in the client's own words; every result code, who sees what, what the history says.
BEGIN;
\ir support/helpers.sql
SELECT plan(102);
CREATE FUNCTION test.call_back(step bigint, who text DEFAULT 'worker', due timestamptz DEFAULT wijzer.clock() + interval '2 days',
                               instead boolean DEFAULT false, text text DEFAULT NULL, key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.promise_call_back(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(concat(instead, text)),
                                           step, due, instead, false, nextval('data.object_seq'), test.sealed(text), '192.0.2.3')
$$;
CREATE FUNCTION test.called_back(step bigint, who text DEFAULT 'worker', outcome text DEFAULT NULL, key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.keep_call_back(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(coalesce(outcome, '')),
                                        step, 'phone', outcome, '192.0.2.3')
$$;
CREATE FUNCTION test.goal(step bigint, words text, domain text DEFAULT 'physical-health', score int DEFAULT NULL,
                          who text DEFAULT 'worker', key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.set_goal(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(words), step,
                                  nextval('data.object_seq'), test.sealed(words), domain, score, '192.0.2.3')
$$;
CREATE FUNCTION test.score(goal bigint, score int, who text DEFAULT 'worker', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.score_goal(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(score::text), goal, score, '192.0.2.3')
$$;
CREATE FUNCTION test.end_goal(goal bigint, state text, who text DEFAULT 'worker', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.end_goal(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(state), goal, state, '192.0.2.3')
$$;
-- The call-backs of a step, how each ended, and its events.
CREATE FUNCTION test.call_backs(step bigint) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(concat_ws(' ', p.nr, p.kind, coalesce(p.ended_how::text, 'open'), p.level), ', ' ORDER BY p.nr DESC)
        FROM data.promise p WHERE p.step_id = step AND p.nr < 0);
CREATE FUNCTION test.told(step bigint) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(concat_ws(' ', e.kind, e.version, e.channel, e.result) ORDER BY e.at, e.event_id) FROM data.event e
        WHERE e.step_id = step AND e.kind LIKE 'call-back%');
CREATE FUNCTION test.inbox(who text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    page json;
    place text;
    found text[] := '{}';
BEGIN
    LOOP
        page := wijzer.list_inbox(1, test.account(who), NULL, 1, place);
        found := found || ARRAY(SELECT i ->> 'id' FROM json_array_elements(page -> 'items') i);
        place := page ->> 'next';
        EXIT WHEN place IS NULL;
    END LOOP;
    RETURN found;
END
$$;
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
CREATE FUNCTION test.goals(at bigint, who text) RETURNS json LANGUAGE sql
RETURN wijzer.list_goals(1, test.account(who), test.referral_of(at), '192.0.2.4') -> 'items';
CREATE FUNCTION test.history(at bigint, who text, wanted text) RETURNS json LANGUAGE sql
RETURN (SELECT json_agg(e) FROM json_array_elements(wijzer.get_referral(1, test.account(who), test.referral_of(at)) -> 'events') e
        WHERE e ->> 'kind' = wanted);

SELECT test.new_step('a') AS a, test.new_step('b') AS b, test.new_step('c') AS c, test.new_step('d') AS d, test.new_step('e') AS e \gset
SELECT wijzer.code(:a) AS ca, wijzer.code(:b) AS cb \gset

-- Attempts to reach somebody.
SELECT test.moves(:a, 'worker', '{accepted}') \g /dev/null
SELECT is((SELECT answer -> 'attempts' FROM test.move(:a, 'worker', 'contact-attempt', outcome => 'voicemail'))::text, '1', 'the first attempt');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'unreachable')), 'attempts-missing', 'one attempt is not unreachable');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'unreachable', 'Belde nog eens.')), 'attempts-missing', 'a text is no reason');
SELECT test.move(:a, 'worker', 'contact-attempt', outcome => 'spoke') \g /dev/null
SELECT is((SELECT answer ->> 'attempts' FROM test.move(:a, 'worker', 'contact-attempt', outcome => 'no-answer')), '2', 'who was spoken to was reached');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'unreachable')), 'attempts-missing', 'two without contact are not enough');
SELECT is((SELECT answer ->> 'attempts' FROM test.move(:a, 'worker', 'contact-attempt')), '3', 'one that says nothing of its result counts');
SELECT is((SELECT json_agg(json_build_array(x -> 'attempt', x -> 'channel', x -> 'result')) FROM json_array_elements(test.history(:a, 'gp', 'step-moved')) x
           WHERE x -> 'state' ->> 'code' = 'contact-attempt')::text,
          '[[1, "phone", "voicemail"], [2, "phone", "spoke"], [3, "phone", "no-answer"], [4, "phone", null]]', 'the history lists them');
SELECT is((SELECT json_agg(x -> 'result') FROM json_array_elements(test.history(:a, 'steward', 'step-moved')) x WHERE x ->> 'attempt' = '1')::text,
          '[null]', 'a steward reads no result');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'unreachable')), 'moved', 'three are');
SELECT test.moves(:e, 'worker', '{accepted}') \g /dev/null
SELECT is((SELECT result FROM test.move(:e, 'worker', 'unreachable', reason => 'Verhuisd.')), 'moved', 'or a reason why no more is tried');
SELECT is((SELECT document -> 'attempts' FROM wijzer.get_step(1, test.account('worker'), :b))::text, 'null', 'before it is accepted nobody tries');

-- "I will call you on Thursday."
SELECT test.moves(:b, 'worker', '{accepted}') \g /dev/null
SELECT is((SELECT result FROM test.call_back(:b, key => 'k1', text => 'Liever na tweeën.')), 'promised', 'promised');
SELECT is((SELECT answer ->> 'stepId' FROM test.call_back(:b, key => 'k1', text => 'Liever na tweeën.')), :'cb', 'again with its key: the same answer');
SELECT is((SELECT result FROM test.call_back(:b, key => 'k1', text => 'Liever na tweeën.')), 'replayed', 'replayed');
SELECT is((SELECT result FROM test.call_back(:b, key => 'k1', text => 'Iets anders.')), 'key-reused', 'another body: key-reused');
SELECT is((SELECT result FROM test.call_back(:b)), 'already-promised', 'one at a time');
SELECT is((SELECT result FROM test.call_back(:b, 'worker3')), 'already-promised', 'of all colleagues');
SELECT is((SELECT result FROM test.call_back(:b, 'worker2')), 'not-found', 'another organisation learns nothing');
SELECT is((SELECT result FROM test.call_back(:b, 'gp')), 'not-yours', 'who referred promises nothing for them');
SELECT is((SELECT result FROM test.call_back(:b, 'coordinator')), 'not-yours', 'nor does a coordinator');
SELECT is((SELECT result FROM test.call_back(:b, 'steward')), 'not-found', 'nor a steward');
SELECT is((SELECT result FROM test.call_back(:b, 'nobody')), 'account-unknown', 'nor an unknown account');
SELECT is((SELECT result FROM test.call_back(999999999)), 'not-found', 'no such step');
SELECT is((SELECT result FROM test.call_back(:a)), 'step-ended', 'a step that has ended promises nothing');
SELECT is(test.call_backs(:b), '-1 call-back open 0', 'it stands beside the promise of the step');
SELECT is((SELECT row(promise_nr, version)::text FROM data.step WHERE step_id = :b), '(2,2)', 'which stays, as does its version');
SELECT is((SELECT document -> 'promise' -> 'what' ->> 'code' FROM wijzer.get_step(1, test.account('worker'), :b)), 'first-contact', 'both are shown');
SELECT is((SELECT (document -> 'callBack' ->> 'overdue') || (document -> 'callBack' ->> 'level') FROM wijzer.get_step(1, test.account('worker'), :b)), 'false0', 'with when');
SELECT is(test.shown((test.history(:b, 'worker3', 'call-back-promised') -> 0) -> 'text'), 'Liever na tweeën.', 'colleagues read the note');
SELECT isnt((test.history(:b, 'gp', 'call-back-promised') -> 0) ->> 'due', NULL, 'who referred sees the day');
SELECT is((test.history(:b, 'gp', 'call-back-promised') -> 0) ->> 'text', NULL, 'and not the note');
SELECT is((test.history(:b, 'coordinator', 'call-back-promised') -> 0) ->> 'text', NULL, 'nor does a coordinator');
SELECT is(test.shown((SELECT document #> '{callBack,note}' FROM wijzer.get_step(1, test.account('worker3'), :b))), 'Liever na tweeën.', 'it stands with the step, for who calls');
SELECT is((SELECT document #>> '{callBack,note}' FROM wijzer.get_step(1, test.account('gp'), :b)), NULL, 'and for nobody else');
SELECT is(test.shown((SELECT i #> '{callBack,note}' FROM json_array_elements(wijzer.list_inbox(1, test.account('worker'), NULL, 200, NULL) -> 'items') i WHERE i ->> 'id' = :'cb')), 'Liever na tweeën.', 'in the inbox too');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');

-- It is in the inbox, once, by what is due first.
SELECT is((test.inbox('worker'))[1], :'cb', 'the call is due before everything else');
SELECT is((SELECT count(*) FROM unnest(test.inbox('worker')) i WHERE i = :'cb'), 1::bigint, 'the step stands there once');
SELECT is((SELECT json_agg(i ->> 'id') FROM json_array_elements(wijzer.list_chain(1, test.account('gp'), NULL, NULL, NULL, 50, NULL) -> 'items') i
           WHERE i ->> 'id' = wijzer.code(test.referral_of(:b)))::text, format('["%s"]', wijzer.code(test.referral_of(:b))), 'as in the chain');
SELECT is(wijzer.list_chain(1, test.account('gp'), NULL, NULL, NULL, 50, NULL) -> 'items' -> 0 -> 'next' -> 'what' ->> 'code', 'call-back', 'where it is next');
SELECT is((SELECT count(DISTINCT i ->> 'id') = count(*) FROM json_array_elements(wijzer.list_chain(1, test.account('worker'), NULL, NULL, NULL, 50, NULL) -> 'items') i),
          true, 'also for a worker');
SELECT is(wijzer.get_referral(1, test.account('gp'), test.referral_of(:b)) -> 'next' -> 'what' ->> 'code', 'call-back', 'and in the referral');

-- What does not keep it, what does.
SELECT test.move(:b, 'worker', 'contact-attempt', outcome => 'no-answer') \g /dev/null
SELECT is(test.call_backs(:b), '-1 call-back open 0', 'to try earlier and reach nobody keeps no promise');
SELECT test.move(:b, 'worker', 'waiting-list') \g /dev/null
SELECT is(test.call_backs(:b), '-1 call-back open 0', 'nor does a move that has nothing to do with it');
SELECT is((SELECT result FROM test.call_back(:b, instead => true)), 'promised', 'another day instead');
SELECT is(test.call_backs(:b), '-1 call-back released 0, -2 call-back open 0', 'releases the first, which was not kept');
SELECT is((SELECT result FROM test.called_back(:b, 'worker3', 'voicemail', 'k2')), 'kept', 'a colleague calls back');
SELECT is((SELECT result FROM test.called_back(:b, 'worker3', 'voicemail', 'k2')), 'replayed', 'replayed');
SELECT is((SELECT result FROM test.called_back(:b, 'worker3', 'spoke', 'k2')), 'key-reused', 'key-reused');
SELECT is((SELECT result FROM test.called_back(:b)), 'nothing-promised', 'once');
SELECT is((SELECT result FROM test.called_back(:b, 'gp')), 'not-yours', 'not by who referred');
SELECT is((SELECT result FROM test.called_back(:b, 'worker2')), 'not-found', 'nor by a stranger');
SELECT is((SELECT result FROM test.called_back(:a)), 'step-ended', 'nor after the end');
SELECT is(test.told(:b), '{call-back-promised -1,call-back-released -1,call-back-promised -2,"call-back-kept -2 phone voicemail"}'::text[], 'the history tells');
SELECT test.call_back(:b) \g /dev/null
SELECT test.move(:b, 'worker', 'contact-attempt', outcome => 'spoke') \g /dev/null
SELECT is(test.call_backs(:b), '-1 call-back released 0, -2 call-back kept 0, -3 call-back kept 0', 'who was spoken to was called back');
SELECT test.call_back(:b) \g /dev/null
SELECT test.moves(:b, 'worker', '{first-contact}') \g /dev/null
SELECT is((SELECT ended_how FROM data.promise WHERE step_id = :b AND nr = -4), 'kept', 'so is who had the first contact');
SELECT test.call_back(:b) \g /dev/null
SELECT test.moves(:b, 'worker', '{taking-part,done-goal-reached}') \g /dev/null
SELECT is((SELECT ended_how FROM data.promise WHERE step_id = :b AND nr = -5), 'released', 'where the step ends it is released, and not kept');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');

-- A step that only follows its branches may have one.
SELECT test.moves(:d, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT test.move(:d, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
SELECT is((SELECT result FROM test.call_back(:d)), 'promised', 'promised by who passed on');
SELECT is((SELECT count(*) FROM unnest(test.inbox('worker')) i WHERE i = wijzer.code(:d)), 1::bigint, 'and due');
SELECT is((SELECT count(DISTINCT i ->> 'id') = count(*) FROM json_array_elements(wijzer.list_chain(1, test.account('worker'), NULL, NULL, NULL, 50, NULL) -> 'items') i),
          true, 'the chain has each once');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');

-- Not kept: it goes up, level by level.
SELECT test.moves(:c, 'worker', '{accepted}') \g /dev/null
SELECT test.call_back(:c, due => wijzer.clock() + interval '1 hour') \g /dev/null
SELECT set_config('wijzer.clock_offset', '2 hours', true) \g /dev/null
SELECT is((SELECT ROW(nr, kind, level, is_raised)::text FROM wijzer.late_promises(1, 100) WHERE step_id = :c), '(-1,call-back,0,f)', 'late');
SELECT wijzer.raise_promises(1, ARRAY[:c], '{-1}', '{0}', '{f}', ARRAY[wijzer.clock()]) \g /dev/null
SELECT is(wijzer.raise_promises(1, ARRAY[:c], '{-1}', '{0}', '{t}', ARRAY[wijzer.clock() + interval '1 day']), 1, 'goes up');
SELECT is(wijzer.raise_promises(1, ARRAY[:c], '{-1}', '{0}', '{t}', ARRAY[wijzer.clock() + interval '1 day']), 0, 'once');
SELECT is(test.call_backs(:c), '-1 call-back open 1', 'a level higher');
SELECT is((SELECT count(*) FROM data.notice WHERE kind = 'promise-overdue' AND referral_id = test.referral_of(:c)), 1::bigint, 'and that is told');
SELECT is((SELECT document -> 'callBack' ->> 'level' FROM wijzer.get_step(1, test.account('worker'), :c)), '1', 'and shown');
SELECT is((SELECT count(*) FROM json_array_elements(wijzer.list_chain(1, test.account('coordinator'), true, NULL, NULL, 50, NULL) -> 'items') i
           WHERE i ->> 'id' = wijzer.code(test.referral_of(:c))), 1::bigint, 'the coordinator sees it among what is late');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');
SELECT test.called_back(:c) \g /dev/null
SELECT is(test.call_backs(:c), '-1 call-back kept 1', 'late is better than never');
SELECT set_config('wijzer.clock_offset', '', true) \g /dev/null

-- The waiting list has a date, and who referred is told.
SELECT test.moves(:c, 'worker', '{waiting-list}') \g /dev/null
SELECT matches((SELECT lead FROM data.feedback WHERE step_id = :c AND state = 'waiting-list'), 'wachtlijst gezet, naar verwachting tot 1 februari 2030', 'in words');
SELECT is((test.history(:c, 'gp', 'step-moved') -> -1) ->> 'date', '2030-02-01', 'and in the history');
SELECT is(logic.dated((SELECT t FROM data.state t WHERE t.region_id = 1 AND t.code = 'accepted'), '2030-02-01'),
          (SELECT feedback FROM data.state WHERE region_id = 1 AND code = 'accepted'), 'a state without a date tells none');
UPDATE data.state SET feedback = 'U staat op de lijst.' WHERE region_id = 1 AND code = 'waiting-list';
SELECT is(logic.dated((SELECT t FROM data.state t WHERE t.region_id = 1 AND t.code = 'waiting-list'), '2030-02-01'), 'U staat op de lijst. Datum: 1 februari 2030.', 'where a region has reworded it, the date stands behind it');

-- Goals in the client's own words.
SELECT is((SELECT result FROM test.goal(:d, 'Minder cola', score => 3, key => 'g1')), 'set', 'set');
SELECT is((SELECT result FROM test.goal(:d, 'Minder cola', score => 3, key => 'g1')), 'replayed', 'replayed');
SELECT is((SELECT result FROM test.goal(:d, 'Meer cola', score => 3, key => 'g1')), 'key-reused', 'key-reused');
SELECT is((SELECT array_agg((SELECT g.result FROM test.goal(:d, 'x', who => w) g)) FROM unnest('{worker2,gp,coordinator,steward,nobody}'::text[]) w),
          '{not-yours,not-yours,not-yours,not-found,account-unknown}'::text[], 'by who owns the step alone');
SELECT is((SELECT result FROM test.goal(:b, 'x')), 'step-ended', 'not after its end');
SELECT goal_id AS g FROM data.goal WHERE step_id = :d \gset
SELECT is(test.shown(test.goals(:d, 'worker') -> 0 -> 'text'), 'Minder cola', 'who set it reads it');
SELECT is(test.shown(test.goals(:d, 'gp') -> 0 -> 'text'), 'Minder cola', 'who referred as well');
SELECT is((SELECT json_build_array(x -> 'text', x -> 'domain', x -> 'score', x -> 'state') FROM (SELECT test.goals(:d, 'worker2') -> 0) g (x))::text,
          '[null, null, null, "active"]', 'a branch to whom notes are not granted reads neither words, domain nor score');
SELECT is(test.goals(:d, 'steward')::text, NULL, 'a steward none of it');
SELECT is((SELECT array_agg(DISTINCT outcome ORDER BY outcome) FROM data.access WHERE what = 'goals'), '{granted,refused}', 'reading is in the log');
SELECT is((SELECT array_agg((SELECT g.result FROM test.score(:g, 7, w) g)) FROM unnest('{worker2,gp,coordinator,steward,nobody}'::text[]) w),
          '{not-yours,not-yours,not-yours,not-found,account-unknown}'::text[], 'nor do others score it');
SELECT is((SELECT result FROM test.score(999999999, 7)), 'not-found', 'no such goal');
SELECT is((SELECT result FROM test.score(:g, 7, key => 's1')) || (SELECT result FROM test.score(:g, 7, key => 's1')) || (SELECT result FROM test.score(:g, 8, key => 's1')),
          'scoredreplayedkey-reused', 'scored, once');
SELECT is((SELECT row(score_first, score)::text FROM data.goal WHERE goal_id = :g), '(3,7)', 'then and now');
SELECT is((SELECT result FROM test.end_goal(:g, 'partly')) || (SELECT result FROM test.end_goal(:g, 'partly')) || (SELECT result FROM test.end_goal(:g, 'reached')),
          'endedalready-endedended', 'ended, and corrected');
SELECT is((SELECT x ->> 'lifecycleStatus' || ' ' || (x ->> 'achievementStatus') FROM (SELECT test.goals(:d, 'worker') -> 0) g (x)), 'completed achieved', 'in words of FHIR');
SELECT is((SELECT json_agg(x -> 'score') FROM json_array_elements(test.history(:d, 'gp', 'goal-scored')) x)::text, '[7]', 'the history has the number');
SELECT is((SELECT json_agg(json_build_array(x -> 'score', x -> 'text')) FROM json_array_elements(test.history(:d, 'worker2', 'goal-scored')) x)::text, '[[null, null]]', 'for who may read the words');
-- Taken over: the goals go with the work, and stay with who worked before only where that still counts.
SELECT test.new_step('taken over') AS o \gset
SELECT test.moves(:o, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT test.goal(:o, 'Weer lopen.', score => 3) \g /dev/null
SELECT goal_id AS og FROM data.goal WHERE step_id = :o \gset
SELECT is((SELECT result FROM test.score(:og, 4)), 'scored', 'who has the step scores');
SELECT test.move(:o, 'coordinator', 'reassigned', offerings => '{buurtteam}', reason => 'x') \g /dev/null
SELECT is((SELECT result FROM test.score(:og, 9)) || ' ' || (SELECT result FROM test.end_goal(:og, 'dropped')), 'not-yours not-yours', 'who lost it neither scores nor ends');
SELECT is((SELECT result FROM test.score(:og, 5, 'worker2')), 'scored', 'who has it now does');
SELECT step_id AS o2 FROM data.step WHERE previous_id = :o \gset
SELECT test.moves(:o2, 'worker2', '{accepted,first-contact,done-partly}') \g /dev/null
SELECT result FROM wijzer.reopen_referral(1, test.account('gp'), 'go', test.hash(''), test.referral_of(:o), test.offering('welzijn-op-recept'), nextval('data.object_seq'), test.sealed('Weer.'),
    '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}') \g /dev/null
SELECT is((SELECT result FROM test.score(:og, 6)), 'scored', 'reopened with who had it first: so do they again');
SELECT is((SELECT result FROM test.score(:og, 7, 'worker2')), 'scored', 'and who worked at it meanwhile, also later');
SELECT step_id AS o3 FROM data.step WHERE previous_id = :o2 \gset
SELECT test.move(:o3, 'worker', 'declined', decline => 'client-does-not-want') \g /dev/null
SELECT is((SELECT result FROM test.end_goal(:og, 'partly')), 'not-yours', 'not who declined it');
SELECT is((SELECT result FROM test.end_goal(:og, 'partly', 'worker2')), 'ended', 'but who worked at it');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');
UPDATE data.goal SET score = 9 WHERE goal_id = :g;
UPDATE data.promise SET ended_how = 'kept' WHERE step_id = :b AND nr = -1;
SELECT is(test.broken(), '{I4 goal differs from its events,I4 the end of a call-back differs from its event}', 'what no event tells of is found');
SELECT * FROM finish();
ROLLBACK;
