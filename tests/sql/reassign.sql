-- What the coordinator does when a chain stalls: every way a step is reassigned, who is told, who sees what, what counts.
BEGIN;
\ir support/helpers.sql
SELECT plan(36);
CREATE FUNCTION test.reassign(step bigint, who text, target text[] DEFAULT '{}', key text DEFAULT NULL, expected int DEFAULT NULL)
RETURNS TABLE (result text, version int, at_state text, answer json) LANGUAGE sql
AS $$ SELECT * FROM test.move(step, who, 'reassigned', '', NULL, nullif(target, '{}'), key, expected, reason => 'Al drie weken geen bericht.') $$;
CREATE FUNCTION test.next_of(at bigint) RETURNS bigint LANGUAGE sql RETURN (SELECT max(step_id) FROM data.step WHERE previous_id = at);
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
-- Whom of a client somebody sees in a step.
CREATE FUNCTION test.client_in(step bigint, who text) RETURNS text LANGUAGE sql
AS $$ SELECT test.shown(document -> 'client' -> 'name') FROM wijzer.get_step(1, test.account(who), step) $$;
SELECT organisation_id AS welfare FROM data.organisation WHERE region_id = 1 AND code = 'levgroep' \gset
SELECT coordination_id AS coordination FROM data.region WHERE region_id = 1 \gset
SELECT test.new_step('a') AS a, test.new_step('b') AS b, test.new_step('c') AS c, test.new_step('d') AS d, test.new_step('e') AS e \gset

-- Who may.
SELECT is((SELECT result FROM test.reassign(:a, 'worker', '{buurtteam}')), 'not-yours', 'not who owns it');
SELECT is((SELECT result FROM test.reassign(:a, 'gp', '{buurtteam}')), 'not-yours', 'nor who referred');
SELECT is((SELECT result FROM test.reassign(:a, 'worker2', '{buurtteam}')), 'not-found', 'nor somebody else');
SELECT is((SELECT result FROM test.reassign(:a, 'steward', '{buurtteam}')), 'not-found', 'nor a steward');
SELECT is((SELECT result FROM test.reassign(:a, 'coordinator', '{buurtteam}', expected => 2)), 'version-conflict', 'nor against what just happened');
SELECT is(test.state_of(:a), 'sent', 'then nothing happens');

-- To another offering.
SELECT is((SELECT result FROM test.reassign(:a, 'coordinator', '{buurtteam}', 'r1', 1)), 'moved', 'a coordinator does');
SELECT is((SELECT result FROM test.reassign(:a, 'coordinator', '{buurtteam}', 'r1', 1)), 'replayed', 'once');
SELECT is((SELECT row(state, status, version, promise_nr, ended_at IS NOT NULL)::text FROM data.step WHERE step_id = :a), '(reassigned,cancelled,2,,t)', 'the step has ended');
SELECT test.next_of(:a) AS a2 \gset
SELECT is(test.state_of(:a2) || ' ' || test.promises(:a2), 'sent deliver buurtteam', 'another is in its place, with a promise');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:a)), NULL, 'that is no outcome');
SELECT is((SELECT array_agg(ROW(organisation_id, account_id, referral_id, kind)::text) FROM data.notice),
          ARRAY[ROW(:welfare, NULL, test.referral_of(:a), 'step-reassigned')::text], 'who loses it is told');
SELECT is(test.client_in(:a2, 'worker2'), 'J. Jansen', 'who gets it sees the client');
SELECT is(test.client_in(:a, 'worker'), NULL, 'who lost it does no more');
SELECT is((SELECT array_agg(DISTINCT organisation_id) FROM logic.helpers_of(1, (SELECT client_id FROM data.referral WHERE referral_id = test.referral_of(:a))) WHERE steps <> '{}'),
          ARRAY[(SELECT owner_id FROM data.step WHERE step_id = :a2)], 'and is not told of later changes') FROM (SELECT set_config('wijzer.region', '1', true)) x;
SELECT is((SELECT test.shown(e -> 'text') FROM json_array_elements(wijzer.get_referral(1, test.account('worker2'), test.referral_of(:a)) -> 'events') e
           WHERE e -> 'state' ->> 'code' = 'reassigned'), NULL, 'nor does who gets it read why');
SELECT is((SELECT test.shown(e -> 'text') FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'events') e
           WHERE e -> 'state' ->> 'code' = 'reassigned'), 'Al drie weken geen bericht.', 'who referred does');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'accepted')), 'state-not-allowed', 'it is too late to accept');
SELECT is((SELECT result FROM test.reassign(:a, 'coordinator', '{taaldoen}')), 'state-not-allowed', 'or to reassign it again');
SELECT is((SELECT result FROM test.reassign(:a2, 'coordinator', '{welzijn-op-recept}')), 'moved', 'the one in its place can be, also back');

SELECT is((SELECT result FROM test.reassign(test.next_of(:a2), 'coordinator', '{welzijn-op-recept}')), 'same-offering', 'but not to where it is: that would only give it more time');

-- To the coordination: it takes over.
SELECT test.moves(:b, 'worker', '{accepted,first-contact,paused}') \g /dev/null
SELECT is((SELECT result FROM test.reassign(:b, 'coordinator')), 'moved', 'taken over by the coordination, from any open state');
SELECT is(test.promises(test.next_of(:b)), 'next-step ketenregie-deurne', 'which owes the next step');
SELECT is((SELECT result FROM test.reassign(test.next_of(:b), 'coordinator')), 'already-there', 'what it has it need not take over');
SELECT is((SELECT count(*) FROM data.notice), 3::bigint, 'each owner was told');
SELECT is((SELECT result FROM test.reassign(test.next_of(:b), 'coordinator2', '{taaldoen}')), 'moved', 'it gives it on');
SELECT is((SELECT count(*) FROM data.notice), 3::bigint, 'of which it needs no notice');

-- A branch: the others go on, and whoever made it wraps it up.
SELECT test.moves(:c, 'worker', '{accepted,first-contact}'), test.move(:c, 'worker', 'passed-on', offerings => '{buurtteam,klantwijzer}') \g /dev/null
SELECT min(step_id) FILTER (WHERE owner_id = test.organisation_of('worker2')) AS c1, min(step_id) FILTER (WHERE owner_id <> test.organisation_of('worker2')) AS c2
FROM data.step WHERE parent_id = :c \gset
SELECT is((SELECT result FROM test.reassign(:c1, 'coordinator', '{welzijn-op-recept}')), 'moved', 'a branch is reassigned');
SELECT is((SELECT parent_id FROM data.step WHERE step_id = test.next_of(:c1)), :c::bigint, 'and is a branch again');
SELECT test.moves(test.next_of(:c1), 'worker', '{accepted,first-contact,done-partly}'), test.move(:c2, 'worker', 'declined', '', 'duplicate') \g /dev/null
SELECT is(test.promises(:c), 'wrap-up levgroep', 'after all branches: wrap up');
SELECT test.moves(:d, 'worker', '{accepted,first-contact}'), test.move(:d, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
SELECT is((SELECT result FROM test.reassign(:d, 'coordinator', '{taaldoen}')), 'moved', 'so is what follows its branches, and these go on');

-- It never counts as the outcome, nor as an answer.
SELECT test.reassign(:e, 'coordinator') \g /dev/null
SELECT is((SELECT row(l1, l2, l3, l4)::text FROM wijzer.loop WHERE referral_id = test.referral_of(:e)), '(t,f,f,f)', 'nobody has answered');
SELECT is((SELECT result FROM test.move(test.next_of(:e), 'coordinator', 'declined', '', 'duplicate')), 'moved', 'the coordination ends it');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:e)), 'declined', 'its end is the outcome');
SELECT is(test.broken(), NULL, 'no invariant is violated');
UPDATE data.step SET state = 'withdrawn' WHERE step_id = :a;
SELECT is(test.broken(), '{I4 step differs from its events}', 'and where the history says otherwise, it is found');
SELECT * FROM finish();
ROLLBACK;
