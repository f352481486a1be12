-- Declines, branches, wrap-up and roll-up: where one step leads to others.
BEGIN;
\ir support/helpers.sql
SELECT plan(34);

-- Declined: the coordination is next.
SELECT test.new_step('a') AS a \gset
SELECT is((SELECT result FROM test.move(:a, 'worker', 'declined', 'Vol tot juni', 'capacity')), 'moved', 'declined');
SELECT step_id AS a2 FROM data.step WHERE previous_id = :a \gset
SELECT is(test.promises(:a) || ' / ' || test.promises(:a2), 'none / next-step ketenregie-deurne', 'the coordination must find the next step');
SELECT is(test.feedback_text(:a), 'LEVgroep kan de verwijzing niet aannemen. Reden: We zitten vol. Toelichting: "Vol tot juni"',
          'the referrer hears why');
SELECT is((SELECT result FROM test.move(:a2, 'coordinator', 'declined-forwarded', '', 'capacity', '{buurtteam,kunst-met-impact}')),
          'moved', 'the coordinator forwards');
SELECT is((SELECT array_agg(o.code::text ORDER BY s.step_id) FROM data.step s JOIN data.organisation o
           ON o.region_id = s.region_id AND o.organisation_id = s.owner_id WHERE s.previous_id = :a2), '{buurtteam,kunstpartner}',
          'a new step for each, in order');
SELECT step_id AS a3 FROM data.step s JOIN data.organisation o ON o.region_id = s.region_id AND organisation_id = owner_id
WHERE s.previous_id = :a2 AND o.code = 'buurtteam' \gset
SELECT is(test.promises(:a3), 'deliver buurtteam', 'each with a promise');
SELECT is(test.moves(:a3, 'worker2', '{accepted,first-contact,done-partly}'), 'moved', 'one of them is done');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:a)), NULL, 'no outcome while the other is open');
UPDATE data.account SET organisation_id = (SELECT organisation_id FROM data.organisation WHERE code = 'kunstpartner')
WHERE region_id = 1 AND name = 'worker2';
SELECT step_id AS a4 FROM data.step WHERE previous_id = :a2 AND step_id <> :a3 \gset
SELECT is((SELECT result FROM test.move(:a4, 'worker2', 'declined', '', 'client-does-not-want')), 'moved', 'the other declines for good');
SELECT is((SELECT count(*) FROM data.step WHERE previous_id = :a4), 0::bigint, 'stop: nothing more');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:a)), 'done-partly', 'the best end state is the outcome');
SELECT is(test.promises(:a4), 'feedback huisartsenpraktijk-de-peel', 'the referrer must read the last feedback');
SELECT is(test.open_final(test.referral_of(:a)), 'opened', 'read');
SELECT ok((SELECT closed_at IS NOT NULL FROM data.referral WHERE referral_id = test.referral_of(:a)), 'closed');

-- The coordination's own decline does not loop.
SELECT test.new_step('k', 'gp', NULL) AS k \gset
SELECT is((SELECT result FROM test.move(:k, 'coordinator', 'declined', '', 'capacity')), 'moved', 'the coordination declines');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:k)), 'declined', 'which is the end');

-- Branches.
UPDATE data.account SET organisation_id = (SELECT organisation_id FROM data.organisation WHERE code = 'buurtteam')
WHERE region_id = 1 AND name = 'worker2';
SELECT test.new_step('b') AS b \gset
SELECT is(test.moves(:b, 'worker', '{accepted,first-contact}'), 'moved', 'a coach speaks with the client');
SELECT is((SELECT result FROM test.move(:b, 'worker', 'passed-on', '', NULL, '{buurtteam,klantwijzer}')), 'moved', 'and passes on');
SELECT is(test.promises(:b), 'none', 'the coach follows the branches');
SELECT step_id AS b1 FROM data.step s JOIN data.organisation o ON o.region_id = s.region_id AND organisation_id = owner_id
WHERE s.parent_id = :b AND o.code = 'buurtteam' \gset
SELECT step_id AS b2 FROM data.step WHERE parent_id = :b AND step_id <> :b1 \gset
SELECT is((SELECT result FROM test.move(:b1, 'worker2', 'declined', '', 'not-fitting')), 'moved', 'a branch declines');
SELECT step_id AS b3 FROM data.step WHERE previous_id = :b1 \gset
SELECT is((SELECT parent_id FROM data.step WHERE step_id = :b3), :b::bigint, 'what takes its place hangs on the same parent');
SELECT is(test.moves(:b2, 'worker', '{accepted,first-contact,done-goal-reached}'), 'moved', 'a branch is done');
SELECT is(test.promises(:b), 'none', 'one branch is open: nothing to wrap up');
SELECT is((SELECT result FROM test.move(:b3, 'coordinator', 'declined', '', 'client-not-reached')), 'moved', 'the last branch ends');
SELECT is(test.promises(:b), 'wrap-up levgroep', 'the coach must wrap up');
SELECT is((SELECT result FROM test.move(:b, 'worker', 'done-not-reached', '', expected => 4)), 'version-conflict', 'which is a new version');
SELECT is((SELECT result FROM test.move(:b, 'worker', 'done-not-reached', '', expected => 5, reason => 'Geen zin meer')), 'moved', 'wrapped up');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:b)), 'done-goal-reached', 'the branch''s end is the better one');
SELECT is(test.open_final(test.referral_of(:b)), 'opened', 'read');

-- Ends without an answer close as well.
SELECT test.new_step('e') AS e, test.new_step('w') AS w \gset
SELECT is((SELECT result FROM test.move(:e, 'gp', 'entered-in-error', '', reason => 'Verkeerde persoon')), 'moved', 'entered in error');
SELECT is(test.moves(:w, 'gp', '{withdrawal-asked}') || test.moves(:w, 'worker', '{withdrawn}'), 'movedmoved', 'withdrawn');
SELECT is(test.open_final(test.referral_of(:e)) || ' ' || test.open_final(test.referral_of(:w)), 'opened opened', 'both are read');
SELECT is((SELECT count(*) FROM data.referral WHERE closed_at IS NOT NULL
           AND referral_id IN (test.referral_of(:e), test.referral_of(:w))), 2::bigint, 'and close');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');

SELECT * FROM finish();
ROLLBACK;
