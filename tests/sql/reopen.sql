-- A referral that had ended goes on: who may, where to, what counts no more, and that the loop closes again by facts.
BEGIN;
\ir support/helpers.sql
SELECT plan(66);
CREATE FUNCTION test.reopen(referral bigint, who text, offering text DEFAULT NULL, key text DEFAULT NULL, body text DEFAULT '')
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.reopen_referral(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(body), referral,
        CASE WHEN offering IS NOT NULL THEN coalesce(test.offering(offering), -1) END, nextval('data.object_seq'), test.sealed('Zij is terug.'),
        '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}', '192.0.2.4')
$$;
CREATE FUNCTION test.last_of(referral bigint) RETURNS bigint LANGUAGE sql
RETURN (SELECT s.step_id FROM data.step s WHERE s.referral_id = referral ORDER BY s.created_at DESC, s.step_id DESC LIMIT 1);
CREATE FUNCTION test.loop(referral bigint) RETURNS text LANGUAGE sql
RETURN (SELECT row(l1, l2, l3, l4, l5, l6)::text FROM wijzer.loop l WHERE l.referral_id = loop.referral);
CREATE FUNCTION test.ends(referral bigint) RETURNS text LANGUAGE sql
RETURN (SELECT row(outcome, ended_at IS NOT NULL, closed_at IS NOT NULL)::text FROM data.referral r WHERE r.referral_id = ends.referral);
CREATE FUNCTION test.open_all(referral bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(o.result) FROM (SELECT * FROM data.feedback f WHERE f.referral_id = referral AND f.opened_at IS NULL AND f.form IS NULL ORDER BY f.feedback_id) f,
        wijzer.open_feedback(1, test.account('gp'), gen_random_uuid()::text, test.hash(''), f.feedback_id) o
$$;
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
-- A referral that was helped and closed.
CREATE FUNCTION test.helped(key text, reads boolean DEFAULT true) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    s constant bigint := test.new_step(key);
BEGIN
    PERFORM test.moves(s, 'worker', '{accepted,first-contact,done-goal-reached}');
    IF reads THEN
        PERFORM test.open_all(test.referral_of(s));
    END IF;
    RETURN test.referral_of(s);
END
$$;
SELECT test.helped('a') AS a, test.helped('b', false) AS b, test.referral_of(test.new_step('c')) AS c, test.helped('d') AS d \gset
SELECT is(test.ends(:a) || test.loop(:a), '(done-goal-reached,t,t)(t,t,t,t,t,t)', 'helped, read and closed');

-- Who may, and when.
SELECT is((SELECT result FROM test.reopen(:a, 'nobody')), 'account-unknown', 'not an unknown account');
SELECT is((SELECT result FROM test.reopen(:a, 'worker2')), 'not-found', 'nor who is no party');
SELECT is((SELECT result FROM test.reopen(:a, 'gp2')), 'not-found', 'nor another practice');
SELECT is((SELECT result FROM test.reopen(:a, 'steward')), 'not-yours', 'nor a steward');
SELECT is((SELECT result FROM test.reopen(999999999, 'coordinator')), 'not-found', 'no such referral');
SELECT is((SELECT array_agg(what || ' ' || action ORDER BY access_id) FROM data.access WHERE outcome = 'refused'), '{referral U,referral U,referral U,referral U}', 'refusals are in the log');
SELECT is((SELECT array_agg(wijzer.client_to_reopen(1, test.account(n), :a) IS NOT NULL) FROM unnest('{gp,worker,coordinator,gp2,worker2,steward}'::text[]) n),
          '{t,t,t,f,f,f}', 'nor is anybody else told whose it is');
SELECT is((SELECT result FROM test.reopen(:c, 'gp')), 'not-ended', 'not what is open');
SELECT is((SELECT result FROM test.reopen(:c, 'worker')), 'not-yours', 'by a worker of whom nothing has ended');
SELECT is((SELECT result FROM test.reopen(:a, 'gp', 'nonsense')), 'offering-unknown', 'not to an unknown offering');
SELECT is(test.ends(:a), '(done-goal-reached,t,t)', 'then nothing happens');

-- A clock that is set back: what was told at its end is not told of what has been opened since.
SELECT test.helped('clock') AS k \gset
SELECT result FROM wijzer.tell_client(1, test.account('gp'), 'told', test.hash('x'), :k, 'yes') \g /dev/null
SELECT is((SELECT row(l4, l5, l6, l7)::text FROM wijzer.loop WHERE referral_id = :k), '(t,t,t,t)', 'told at its end');
UPDATE data.event SET at = at + interval '3 days' WHERE referral_id = :k;
SELECT test.reopen(:k, 'gp') \g /dev/null
SELECT is((SELECT row(l4, l5, l6, l7)::text FROM wijzer.loop WHERE referral_id = :k), '(f,f,f,f)', 'and of what is open nothing is, whatever the times of events say');
UPDATE data.event SET at = at - interval '3 days' WHERE referral_id = :k AND at > now() + interval '1 day';

-- By who referred.
SELECT is((SELECT result FROM test.reopen(:a, 'gp', key => 'k')), 'reopened', 'who referred reopens it');
SELECT is((SELECT result FROM test.reopen(:a, 'gp', key => 'k')), 'replayed', 'the same again: replayed');
SELECT is((SELECT result FROM test.reopen(:a, 'gp', key => 'k', body => 'x')), 'key-reused', 'another body: key-reused');
SELECT is((SELECT result FROM test.reopen(:b, 'gp', key => 'k')), 'key-reused', 'another referral: key-reused');
SELECT is((SELECT result FROM test.reopen(:a, 'gp')), 'not-ended', 'once');
SELECT is(test.ends(:a) || test.loop(:a), '(,f,f)(t,t,t,f,f,f)', 'the loop is open');
SELECT test.last_of(:a) AS s \gset

-- Who declined for good may be asked again by who knows better: that was no table's choice, and the reason is a note.
SELECT test.new_step('declined') AS dd \gset
SELECT count(*) FROM test.move(:dd, 'worker', 'declined', decline => 'client-does-not-want') \g /dev/null
SELECT count(*) FROM test.reopen(test.referral_of(:dd), 'gp') \g /dev/null
SELECT is(test.broken(), NULL, 'a declined referral that is reopened can be explained');
SELECT is((SELECT row(state, parent_id, previous_id = (SELECT min(step_id) FROM data.step WHERE referral_id = :a), offering_id = test.offering('welzijn-op-recept'))::text
           FROM data.step WHERE step_id = :s) || test.promises(:s), '(sent,,t,t)deliver levgroep', 'a new step behind the last, at the same offering');
SELECT is((SELECT count(*) FROM data.notice WHERE kind = 'referral-reopened'), 0::bigint, 'who referred knows');
SELECT is((SELECT test.shown(e -> 'text') FROM json_array_elements(wijzer.get_referral(1, test.account('worker'), :a) -> 'events') e
           WHERE e ->> 'kind' = 'referral-reopened'), 'Zij is terug.', 'who gets it reads why');
SELECT is((SELECT e ->> 'label' FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), :a) -> 'events') e WHERE e ->> 'kind' = 'referral-reopened'), 'Verwijzing heropend', 'in the history');
SELECT is((wijzer.list_chain(1, test.account('gp'), false, NULL, 'open', 50, NULL) -> 'items')::text LIKE '%' || wijzer.code(:a) || '%', true, 'it is open in the chain');
SELECT is((wijzer.list_chain(1, test.account('gp'), false, NULL, 'closed', 50, NULL) -> 'items')::text LIKE '%' || wijzer.code(:a) || '%', false, 'and closed no more');
SELECT is(test.broken(), NULL, 'no invariant is violated');

-- And it ends again: the outcome is that of what was made since.
SELECT is(test.moves(:s, 'worker', '{accepted,first-contact,done-partly}') || ' ' || test.promises(:s), 'moved feedback huisartsenpraktijk-de-peel', 'it ends once more');
SELECT is(test.ends(:a) || test.loop(:a), '(done-partly,t,f)(t,t,t,t,t,f)', 'with its own outcome, not that of before');
SELECT is(test.open_all(:a) > 0 AND test.ends(:a) || test.loop(:a) = '(done-partly,t,t)(t,t,t,t,t,t)', true, 'and closes when the new feedback is read');
SELECT is(test.broken(), NULL, 'no invariant is violated');
SELECT is((SELECT result FROM test.reopen(:a, 'coordinator')), 'reopened', 'it can be reopened again');
SELECT is(test.ends(:a) || test.loop(:a), '(,f,f)(t,t,t,f,f,f)', 'and is open again');

-- Who declined has no part in it: not to reopen it, nor to get it, and the client with it, by reopening it.
SELECT test.new_step('left') AS l \gset
SELECT count(*) FROM test.move(:l, 'worker', 'declined', decline => 'capacity') \g /dev/null
SELECT count(*) FROM test.move(test.last_of(test.referral_of(:l)), 'coordinator', 'reassigned', offerings => '{buurtteam}', reason => 'x') \g /dev/null
SELECT is(test.moves(test.last_of(test.referral_of(:l)), 'worker2', '{accepted,first-contact,done-not-reached}'), 'moved', 'declined by one, done by another');
SELECT is((SELECT result FROM test.reopen(test.referral_of(:l), 'worker')), 'not-yours', 'who declined does not reopen it');
SELECT is(wijzer.client_to_reopen(1, test.account('worker'), test.referral_of(:l)), NULL, 'nor is told whose it is');
SELECT is((SELECT result FROM test.reopen(test.referral_of(:l), 'worker2')), 'reopened', 'who did it does');
SELECT test.new_step('wrong') AS w \gset
SELECT count(*) FROM test.move(:w, 'gp', 'entered-in-error', reason => 'Vergist.') \g /dev/null
SELECT is((SELECT result FROM test.reopen(test.referral_of(:w), 'worker')), 'not-yours', 'nor who got it in error');
SELECT test.referral_of(test.new_step('both')) AS o \gset
SELECT test.moves(test.last_of(:o), 'worker', '{accepted,first-contact,done-partly}') \g /dev/null
SELECT test.last_of(:o) AS o1 \gset
SELECT test.reopen(:o, 'gp') \g /dev/null
SELECT count(*) FROM test.move(test.last_of(:o), 'worker', 'declined', decline => 'client-does-not-want') \g /dev/null
SELECT is((SELECT result FROM test.reopen(:o, 'worker')), 'reopened', 'who did it once and declined it later');
SELECT is((SELECT previous_id FROM data.step WHERE step_id = test.last_of(:o)), :o1::bigint, 'goes on from what it did');

-- Before the feedback was read: that is not owed any more.
SELECT test.last_of(:b) AS bs \gset
SELECT is((SELECT result FROM test.reopen(:b, 'worker')), 'reopened', 'a worker reopens what the own organisation ended');
SELECT is((SELECT array_agg(ended_how::text ORDER BY nr) FROM data.promise WHERE step_id = :bs AND kind = 'feedback') || test.promises(:bs), '{kept,none}', 'what was to be read is owed no more');
SELECT is((SELECT array_agg(organisation_id) FROM data.notice WHERE kind = 'referral-reopened' AND referral_id = :b), ARRAY[test.organisation_of('gp')], 'who referred is told');
SELECT is(test.open_all(:b) > 0 AND test.ends(:b) = '(,f,f)', true, 'to read the feedback of before closes nothing');
SELECT is(test.broken(), NULL, 'no invariant is violated');
SELECT test.moves(test.last_of(:b), 'worker', '{accepted,contact-attempt,contact-attempt,contact-attempt,unreachable}') \g /dev/null
SELECT is(test.ends(:b) || test.loop(:b), '(unreachable,t,f)(t,t,t,t,t,f)', 'nor does it count when it ends again');
SELECT is(test.open_all(:b), 2::bigint, 'the new ones are read');
SELECT is(test.ends(:b), '(unreachable,t,t)', 'that closes it');

-- Where to.
SELECT is((SELECT result FROM test.reopen(:d, 'coordinator', 'buurtteam')) || ' ' || test.promises(test.last_of(:d)), 'reopened deliver buurtteam', 'to another offering');
SELECT test.moves(test.last_of(:d), 'worker2', '{accepted,first-contact,done-not-reached}') \g /dev/null
SELECT is((SELECT result FROM test.reopen(:d, 'worker')) || ' ' || test.promises(test.last_of(:d)), 'reopened deliver levgroep', 'a worker goes on from the own step');
SELECT is((SELECT previous_id FROM data.step WHERE step_id = test.last_of(:d)), (SELECT min(step_id) FROM data.step WHERE referral_id = :d), 'which it is linked to');
SELECT test.moves(test.last_of(:d), 'worker', '{accepted,first-contact,done-partly}') \g /dev/null
SAVEPOINT before_end;
UPDATE data.organisation SET ended_at = now() WHERE organisation_id = test.organisation_of('worker');
SELECT is((SELECT result FROM test.reopen(:d, 'gp')) || ' ' || test.promises(test.last_of(:d)), 'reopened next-step ketenregie-deurne', 'whose organisation has ended: to the coordination');
ROLLBACK TO before_end;
UPDATE data.offering SET ended_at = now() WHERE code = 'welzijn-op-recept';
SELECT is((SELECT result FROM test.reopen(:d, 'gp', 'welzijn-op-recept')), 'offering-unknown', 'not to an offering that has ended');
ROLLBACK TO before_end;
SELECT due_at AS routine FROM data.promise WHERE step_id = test.last_of(:a) AND nr = 1 \gset
SELECT is(:'routine'::timestamptz, '2030-05-01 16:00Z'::timestamptz, 'by the time of a routine referral');

-- Locked, or forgotten.
SELECT client_id AS dc FROM data.referral WHERE referral_id = :d \gset
SELECT is((SELECT result FROM wijzer.restrict_client(1, test.account('gp'), 'rs', test.hash(''), :dc, false)), 'restricted', 'locked');
SELECT is((SELECT result FROM test.reopen(:d, 'gp')), 'restricted', 'then it is not reopened');
SELECT is((SELECT result FROM wijzer.restrict_client(1, test.account('gp'), 'rl', test.hash('x'), :dc, true)), 'lifted', 'unlocked');
SELECT is((SELECT result FROM wijzer.erase_client(1, test.account('gp'), 'er', test.hash(''), :dc)), 'erased', 'forgotten');
SELECT is((SELECT result FROM test.reopen(:d, 'gp')), 'erased', 'nor is that ever reopened');
SELECT is(test.broken(), NULL, 'no invariant is violated');

-- Where state and history differ, it is found.
SELECT referral_id AS x FROM (SELECT :a::bigint AS referral_id) x \gset
UPDATE data.referral SET outcome = 'done-partly', ended_at = (SELECT max(at) FROM data.event WHERE referral_id = :x AND kind = 'outcome-rolled-up') WHERE referral_id = :x;
SELECT ok('I4 referral differs from its events' = ANY (test.broken()), 'an outcome of before the reopening');
UPDATE data.referral SET outcome = NULL, ended_at = NULL WHERE referral_id = :x;
INSERT INTO data.event (region_id, referral_id, at, kind, account_id) VALUES (1, :x, clock_timestamp(), 'referral-reopened', 1);
SELECT is(test.broken(), '{I4 ends\, closings and reopenings do not follow each other}', 'a reopening of what is open');
INSERT INTO data.event (region_id, referral_id, at, kind, account_id) SELECT 1, :b, clock_timestamp(), 'referral-reopened', 1;
SELECT ok('I8 closed, but not L5, L6' = ANY (test.broken()) AND 'I4 referral differs from its events' = ANY (test.broken()), 'a referral that is closed against its history');
INSERT INTO data.event (region_id, referral_id, at, kind) VALUES (1, :c, clock_timestamp(), 'loop-closed');
SELECT ok('I4 ends, closings and reopenings do not follow each other' = ANY (test.broken()), 'closed without an end');
SELECT throws_ok(format('DELETE FROM data.event WHERE referral_id = %s', :c), '42501', NULL, 'the history stays') FROM (SELECT set_config('role', 'wijzer_owner', true)) x;
SELECT * FROM finish();
ROLLBACK;
