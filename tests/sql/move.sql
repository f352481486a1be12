-- move_step: every result code, promises started and ended, feedback, closing the loop.
BEGIN;
\ir support/helpers.sql
SELECT plan(56);
SELECT test.new_step('a') AS a, test.new_step('b') AS b, test.new_step('c') AS c \gset

-- Results.
SELECT is((SELECT result FROM test.move(:a, 'worker', 'accepted', 'Komt goed', key => 'k1', expected => 1)), 'moved', 'moved');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'accepted', 'Komt goed', key => 'k1', expected => 1)), 'replayed',
          'the same key and body again: replayed');
SELECT is((SELECT answer::text FROM test.move(:a, 'worker', 'accepted', 'Komt goed', key => 'k1')),
          (SELECT i.answer::text FROM data.idempotency i WHERE idem_key = 'k1'), 'with the same bytes');
SELECT is((SELECT count(*) FROM data.event WHERE step_id = :a), 2::bigint, 'and no second effect');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'accepted', 'Anders', key => 'k1')), 'key-reused', 'another body: key-reused');
SELECT is((SELECT result FROM test.move(:b, 'worker', 'accepted', 'Komt goed', key => 'k1')), 'key-reused', 'another step: key-reused');
SELECT is((SELECT result FROM test.move(999999999, 'worker', 'accepted')), 'not-found', 'no such step');
SELECT is((SELECT result FROM test.move(:a, 'worker2', 'accepted')), 'not-found', 'a worker who is no party does not learn that it exists');
SELECT is((SELECT result FROM test.move(:a, 'gp2', 'withdrawal-asked')), 'not-found', 'nor does another practice');
SELECT is((SELECT result FROM test.move(:a, 'steward', 'first-contact')), 'not-found', 'a steward moves nothing');
SELECT is((SELECT result FROM test.move(:a, 'nobody', 'first-contact')), 'account-unknown', 'an unknown account');
SELECT is((SELECT result FROM test.move(:a, 'gp', 'first-contact')), 'not-yours', 'the referrer does not move the recipient''s step');
SELECT is((SELECT result FROM test.move(:a, 'coordinator', 'first-contact')), 'not-yours', 'nor does the coordinator');
SELECT is((SELECT result FROM test.move(:b, 'gp', 'received')), 'not-yours', 'the referrer cannot receive for the recipient');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'first-contact', expected => 1)), 'version-conflict', 'an old version');
SELECT results_eq($$ SELECT version, at_state FROM test.move($$ || :a || $$, 'worker', 'first-contact', expected => 1) $$,
                  $$ VALUES (2, 'accepted') $$, 'a refusal tells where the step is');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'done-goal-reached')), 'state-not-allowed', 'done is not reached before a first contact');
SELECT is((SELECT result FROM test.move(:a, 'worker', 'nonsense')), 'state-not-allowed', 'no such state');
SELECT is((SELECT test.moves(:b, 'worker', '{accepted,first-contact}')), 'moved', 'on to first contact');
SELECT is((SELECT result FROM test.move(:b, 'worker', 'passed-on')), 'offering-unknown', 'passed on to nobody');
SELECT is((SELECT result FROM wijzer.move_step(1, test.account('worker'), 'ou', test.hash(''), :b, NULL, 'passed-on', 2,
              '{first-contact}', '{in-progress}', '{in-progress}', NULL, NULL, NULL, NULL, NULL, NULL, '{-1}',
              '{2030-01-01Z,2030-01-01Z}', '{2030-01-01Z,2030-01-01Z}', '{2030-01-01Z,2030-01-01Z}', NULL, NULL)), 'offering-unknown', 'an offering that does not exist');
SELECT throws_ok($$ SELECT wijzer.move_step(1, test.account('worker'), 'nd', test.hash(''), $$ || :b || $$, NULL,
              'taking-part', 2, '{first-contact}', '{in-progress}', '{in-progress}', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
              NULL, NULL, NULL, NULL, NULL) $$, 'P0001', NULL, 'a promise without a time is a defect');

-- Promises.
SELECT is(test.promises(:c), 'deliver levgroep', 'sent: deliver');
SELECT is(test.moves(:c, 'worker', '{received}') || ' ' || test.promises(:c), 'moved answer levgroep', 'received: answer');
SELECT is((SELECT result FROM test.move(:c, 'worker', 'question-to-referrer', 'Mag ik haar dochter bellen?')) || ' ' || test.promises(:c),
          'moved answer-question huisartsenpraktijk-de-peel', 'a question: the referrer''s clock starts, the recipient''s stops');
SELECT is((SELECT concat_ws(' ', (document -> 'question' -> 'text') IS NOT NULL AND document -> 'question' ->> 'text' IS NOT NULL, document -> 'question' ->> 'answer')
           FROM wijzer.get_step(1, test.account('gp'), :c)), 't', 'the referrer reads the question at the step');
SELECT is((SELECT result FROM test.move(:c, 'gp', 'received', 'Ja, dat vindt ze goed.')) || ' ' || test.promises(:c), 'moved answer levgroep', 'answered: back to the recipient');
SELECT is((SELECT concat_ws(' ', document -> 'question' ->> 'text' IS NOT NULL, document -> 'question' ->> 'answer' IS NOT NULL)
           FROM wijzer.get_step(1, test.account('worker'), :c)), 't t', 'and the worker the answer');
SELECT is(test.moves(:c, 'worker', '{accepted}') || ' ' || test.promises(:c), 'moved first-contact levgroep', 'accepted: first contact');
SELECT is(test.moves(:c, 'worker', '{waiting-list}') || ' ' || test.promises(:c), 'moved review levgroep', 'waiting list: review');
SELECT is(test.moves(:c, 'worker', '{contact-attempt,contact-attempt}') || ' ' || test.promises(:c), 'moved next-attempt levgroep', 'attempts: the next attempt');
SELECT is(test.moves(:c, 'worker', '{first-contact}') || ' ' || test.promises(:c), 'moved follow-up levgroep', 'first contact: somebody is always next');
SELECT is(test.moves(:c, 'worker', '{intake-planned}') || ' ' || test.promises(:c), 'moved intake levgroep', 'intake planned');
SELECT is(test.moves(:c, 'worker', '{no-show}') || ' ' || test.promises(:c), 'moved new-appointment levgroep', 'no-show');
SELECT is(test.moves(:c, 'worker', '{intake-planned,intake-done,taking-part,paused}') || ' ' || test.promises(:c), 'moved resume levgroep', 'paused');
SELECT is(test.moves(:c, 'gp', '{withdrawal-asked}') || ' ' || test.promises(:c), 'moved confirm-withdrawal levgroep', 'withdrawal asked');
SELECT is((SELECT status FROM data.step WHERE step_id = :c), 'on-hold', 'which leaves the status as it is');
SELECT is(test.moves(:c, 'worker', '{taking-part}') || ' ' || test.promises(:c), 'moved follow-up levgroep', 'the recipient may go on');
SELECT is((SELECT count(*) FROM data.promise WHERE step_id = :c AND ended_at IS NOT NULL AND ended_how = 'kept'), 16::bigint, 'every promise before it was kept');

-- Feedback and the end.
SELECT is((SELECT result FROM test.move(:c, 'worker', 'done-goal-reached', repeat('Zij zingt nu in het koor. ', 70))), 'moved', 'done');
SELECT is(test.promises(:c), 'feedback huisartsenpraktijk-de-peel', 'the referrer owes reading the feedback');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:c)), 'done-goal-reached', 'the outcome is rolled up');
SELECT ok(test.feedback_text(:c, true) LIKE 'Het traject bij LEVgroep is afgerond.%Zij zingt nu in het koor.%Uitkomst: afgerond, doel bereikt.',
          'the final feedback says what the worker wrote and how it ended');
SELECT is((SELECT d.document -> 'text' ->> 'most' || ' ' || (d.document -> 'text' -> '~' -> 2 ->> 'clip') FROM logic.feedback_document d
           JOIN data.feedback f USING (region_id, feedback_id) WHERE f.step_id = :c AND f.is_final), '500 true',
          'in at most 500 characters, cut where the worker was long');
SELECT is((SELECT count(*) FROM data.feedback WHERE step_id = :c AND NOT is_final), 6::bigint, 'milestones were fed back before');
SELECT is((SELECT result FROM test.move(:c, 'worker', 'taking-part')), 'state-not-allowed', 'an ended step is not moved');
SELECT is((SELECT row(l1, l2, l3, l4, l5, l6)::text FROM wijzer.loop WHERE referral_id = test.referral_of(:c)), '(t,t,t,t,t,f)', 'all but L6');
SELECT is((SELECT closed_at FROM data.referral WHERE referral_id = test.referral_of(:c)), NULL, 'nothing is closed before it is read');
SELECT feedback_id AS f FROM data.feedback WHERE step_id = :c AND is_final \gset
SELECT is((SELECT result FROM wijzer.open_feedback(1, test.account('gp2'), 'f0', test.hash(''), :f)), 'not-found', 'another practice cannot open it');
SELECT is((SELECT result FROM wijzer.open_feedback(1, test.account('worker'), 'f0', test.hash(''), :f)), 'not-found', 'nor can the worker');
SELECT is((SELECT result FROM wijzer.open_feedback(1, test.account('gp'), 'f1', test.hash(''), :f)), 'opened', 'opened');
SELECT is((SELECT result FROM wijzer.open_feedback(1, test.account('gp'), 'f1', test.hash(''), :f)), 'replayed', 'again: replayed');
SELECT is((SELECT result FROM wijzer.open_feedback(1, test.account('gp'), 'f1', test.hash('x'), :f)), 'key-reused', 'another body: key-reused');
SELECT is((SELECT result FROM wijzer.open_feedback(1, test.account('gp'), 'f2', test.hash(''), :f)), 'already-opened', 'by another key: already-opened');
SELECT ok((SELECT closed_at IS NOT NULL FROM data.referral WHERE referral_id = test.referral_of(:c)) AND test.promises(:c) = 'none',
          'closed by facts, and nobody owes anything');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');

SELECT * FROM finish();
ROLLBACK;
