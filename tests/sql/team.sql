-- A team's inbox: every result code of picking up and putting back, who sees the name, what the inbox shows; below, what the
-- coordinator does when a chain stalls.
BEGIN;
\ir support/helpers.sql
SELECT plan(55);
CREATE FUNCTION test.pick(step bigint, who text, over boolean DEFAULT false, key text DEFAULT NULL)
RETURNS TABLE (result text, answer json, colleague text) LANGUAGE sql AS $$
    SELECT * FROM wijzer.pick_up_step(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(over::text), step, over, '192.0.2.3')
$$;
CREATE FUNCTION test.put_back(step bigint, who text, key text DEFAULT NULL)
RETURNS TABLE (result text, answer json, colleague text) LANGUAGE sql AS $$
    SELECT * FROM wijzer.put_back_step(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(''), step, '192.0.2.3')
$$;
-- The assignee of a step as somebody sees it.
CREATE FUNCTION test.seen(step bigint, who text) RETURNS text LANGUAGE sql
AS $$ SELECT document ->> 'assignee' FROM wijzer.get_step(1, test.account(who), step) $$;
-- The items of an inbox, by pages of one, so that cursors are used.
CREATE FUNCTION test.inbox(who text, picked text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    page json;
    place text;
    found text[] := '{}';
BEGIN
    LOOP
        page := wijzer.list_inbox(1, test.account(who), picked, 1, place);
        found := found || ARRAY(SELECT i ->> 'id' FROM json_array_elements(page -> 'items') i);
        place := page ->> 'next';
        EXIT WHEN place IS NULL;
    END LOOP;
    RETURN found;
END
$$;
-- The history of who had a step: kind, who did it, and from whom.
CREATE FUNCTION test.hands(step bigint) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(concat_ws(' ', e.kind, a.name, c.name) ORDER BY e.at, e.event_id) FROM data.event e
        JOIN data.account a ON a.region_id = e.region_id AND a.account_id = e.account_id
        LEFT JOIN data.account c ON c.region_id = e.region_id AND c.account_id = e.colleague_id
        WHERE e.step_id = hands.step AND e.kind IN ('step-picked-up', 'step-put-back'));
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);

SELECT test.new_step('a') AS a, test.new_step('b') AS b, test.new_step('c') AS c, test.new_step('d', 'gp', NULL) AS d \gset
SELECT wijzer.code(:a) AS ca, wijzer.code(:b) AS cb, wijzer.code(:c) AS cc \gset

-- Picking up.
SELECT is((SELECT result FROM test.pick(:a, 'worker', key => 'p1')), 'picked-up', 'picked up');
SELECT is((SELECT answer -> 'assignee' FROM test.pick(:a, 'worker', key => 'p1'))::text, '{"name" : "worker", "mine" : true}', 'by whom');
SELECT is((SELECT result FROM test.pick(:a, 'worker', key => 'p1')), 'replayed', 'the same again: replayed');
SELECT is((SELECT result FROM test.pick(:a, 'worker', true, key => 'p1')), 'key-reused', 'another body: key-reused');
SELECT is((SELECT result FROM test.pick(:b, 'worker', key => 'p1')), 'key-reused', 'another step: key-reused');
SELECT is((SELECT result FROM test.put_back(:a, 'worker', key => 'p1')), 'key-reused', 'something else: key-reused');
SELECT is((SELECT result FROM test.pick(:a, 'worker')), 'already-yours', 'who has it has it');
SELECT is((SELECT row(result, answer, colleague)::text FROM test.pick(:a, 'worker3')), '(taken,,worker)', 'a colleague is told who has it');
SELECT is((SELECT row(result, colleague)::text FROM test.pick(:a, 'worker2')), '(not-found,)', 'another organisation learns nothing');
SELECT is((SELECT row(result, colleague)::text FROM test.pick(:a, 'gp')), '(not-yours,)', 'nor does who referred take it');
SELECT is((SELECT row(result, colleague)::text FROM test.pick(:a, 'coordinator')), '(not-yours,)', 'nor a coordinator of another organisation');
SELECT is((SELECT result FROM test.pick(:a, 'steward')), 'not-found', 'nor a steward');
SELECT is((SELECT result FROM test.pick(:a, 'nobody')), 'account-unknown', 'nor an unknown account');
SELECT is((SELECT result FROM test.pick(999999999, 'worker')), 'not-found', 'no such step');
SELECT is((SELECT array_agg(what || ' ' || action) FROM data.access WHERE outcome = 'refused'), array_fill('step U'::text, '{5}'), 'refusals are in the log');
SELECT is((SELECT row(state, status, version, promise_nr)::text FROM data.step WHERE step_id = :a), '(sent,requested,1,1)', 'state, version and promise stay');
SELECT is((SELECT result FROM test.move(:a, 'worker3', 'received', expected => 1)), 'moved', 'so that a colleague''s report is not refused for it');

-- Taking over, putting back.
SELECT is((SELECT result FROM test.pick(:a, 'worker3', true)), 'picked-up', 'taken over from a colleague');
SELECT is((SELECT array_agg(ROW(organisation_id, account_id, client_id, referral_id, kind)::text) FROM data.notice),
          ARRAY[ROW(test.organisation_of('worker'), test.account('worker'), (SELECT client_id FROM data.referral WHERE referral_id = test.referral_of(:a)),
                    test.referral_of(:a), 'step-taken-over')::text], 'who is told, and nobody else');
SELECT is((SELECT json_array_length(wijzer.list_notices(1, test.account('worker'), true, 50, NULL) -> 'items') * 10
                  + json_array_length(wijzer.list_notices(1, test.account('worker3'), true, 50, NULL) -> 'items')), 10, 'in their own notices');
SELECT is((SELECT row(result, colleague)::text FROM test.put_back(:a, 'worker')), '(taken,worker3)', 'who has it no more does not put it back');
SELECT is((SELECT result FROM test.put_back(:a, 'gp')), 'not-yours', 'nor who referred');
SELECT is((SELECT result FROM test.put_back(:a, 'worker2')), 'not-found', 'nor another organisation');
SELECT is((SELECT result FROM test.put_back(:a, 'worker3', key => 'b1')), 'put-back', 'who has it does');
SELECT is((SELECT answer ->> 'assignee' FROM test.put_back(:a, 'worker3', key => 'b1')), NULL, 'then nobody has it');
SELECT is((SELECT result FROM test.put_back(:a, 'worker3')), 'already-put-back', 'again is no error');
SELECT is((SELECT result FROM test.pick(:a, 'worker', true)), 'picked-up', 'to take over what nobody has is to pick it up');
SELECT is(test.hands(:a), '{step-picked-up worker,step-picked-up worker3 worker,step-put-back worker3,step-picked-up worker}', 'the history, each once');
SELECT is((SELECT count(*) FROM data.notice), 1::bigint, 'of which nobody else needs to know');
SELECT is((SELECT result FROM test.pick(:d, 'coordinator')) || ' ' || (SELECT result FROM test.put_back(:d, 'coordinator2')), 'picked-up put-back',
          'a coordinator of the same organisation puts back what another has');
SELECT is(test.hands(:d), '{step-picked-up coordinator,step-put-back coordinator2 coordinator}', 'of whom the history tells');

-- Who sees the name.
SELECT is(test.seen(:a, 'worker3'), '{"name" : "worker", "mine" : false}', 'a colleague');
SELECT is(test.seen(:a, 'coordinator'), '{"name" : "worker", "mine" : false}', 'a coordinator');
SELECT is(test.seen(:a, 'gp'), '{"name" : "worker", "mine" : false}', 'who referred');
SELECT test.moves(:c, 'worker', '{accepted,first-contact}'), test.move(:c, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
SELECT is((SELECT result FROM test.pick(:c, 'worker')), 'picked-up', 'also what follows its branches');
SELECT is((SELECT s ->> 'assignee' FROM json_array_elements(wijzer.get_referral(1, test.account('worker2'), test.referral_of(:c)) -> 'steps') s
           WHERE s ->> 'id' = :'cc'), NULL, 'not another organisation');
SELECT is((SELECT s -> 'assignee' ->> 'name' FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:c)) -> 'steps') s
           WHERE s ->> 'id' = :'cc'), 'worker', 'in the referral, too');

-- The inbox.
SELECT is(test.inbox('worker', 'mine'), ARRAY[:'ca'], 'mine');
SELECT is(test.inbox('worker3', 'mine'), '{}', 'of a colleague');
SELECT is(test.inbox('worker3', 'nobody'), ARRAY[:'cb'], 'nobody''s');
SELECT is((SELECT count(*) FROM unnest(test.inbox('worker', NULL))), 2::bigint, 'all');
SELECT is(test.inbox('gp', 'nobody'), '{}', 'who referred has none to pick up');

-- Who leaves loses nothing: their steps are nobody's.
UPDATE data.account SET ended_at = now() WHERE account_id = test.account('worker');
SELECT is(test.seen(:a, 'worker3'), NULL, 'of an account that has ended: nobody''s');
SELECT is(test.inbox('worker3', 'nobody') @> ARRAY[:'ca', :'cb'], true, 'and waiting for somebody');
SELECT is((SELECT result FROM test.put_back(:a, 'worker3')), 'already-put-back', 'there is nothing to put back');
SELECT is((SELECT result FROM test.pick(:a, 'worker3')), 'picked-up', 'and nobody to take it over from');
SELECT is((SELECT count(*) FROM data.notice), 1::bigint, 'nor to tell');
SELECT is((test.hands(:a))[5], 'step-picked-up worker3 worker', 'but the history knows');

-- Ended.
SELECT test.moves(:a, 'worker3', '{accepted,first-contact,done-partly}') \g /dev/null
SELECT is((SELECT result FROM test.pick(:a, 'worker3')), 'step-ended', 'an ended step is not picked up');
SELECT is((SELECT result FROM test.put_back(:a, 'worker3')), 'step-ended', 'nor put back');
SELECT is(test.broken(), NULL, 'no invariant is violated');

-- Where state and events differ, it is found.
UPDATE data.step SET assignee_id = test.account('worker3') WHERE step_id = :b;
SELECT is(test.broken(), '{I4 who has picked the step up differs from its events}', 'somebody without an event');
UPDATE data.step SET assignee_id = NULL WHERE step_id IN (:a, :b);
SELECT is(test.broken(), '{I4 who has picked the step up differs from its events}', 'nobody, against the events');
UPDATE data.step SET assignee_id = test.account('worker2') WHERE step_id = :a;
SELECT is(test.broken(), '{I4 picked up by somebody of another organisation,I4 who has picked the step up differs from its events}', 'a stranger');
SELECT throws_ok('UPDATE data.event SET colleague_id = 1', '42501', NULL, 'and the history stays as it was') FROM (SELECT set_config('role', 'wijzer_owner', true)) x;
SELECT * FROM finish();
ROLLBACK;
