-- What reading and moving costs: some rows, however many referrals there are.
BEGIN;
\ir support/helpers.sql
SELECT plan(16);

-- Two hundred referrals that one partner has to answer, of which half were declined and heard of by the practice.
SELECT wijzer.clock() AS began \gset
SELECT lives_ok($$ SELECT test.new_step('page-' || n) FROM generate_series(1, 200) n $$, 'two hundred referrals');
CREATE TEMP TABLE heard AS SELECT test.new_step('more-' || n) AS step FROM generate_series(1, 100) n;
SELECT is((SELECT count(*) FROM heard WHERE test.moves(step, 'worker', '{accepted,first-contact}') <> ''), 100::bigint, 'of half more the practice hears');

ANALYZE data.client, data.note, data.referral, data.step, data.promise, data.feedback, data.event;

-- A small table may be read whole; it may not be read whole for each row.
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;

SELECT cmp_ok(test.read(format('SELECT wijzer.%s', page.call), '{data.client,data.note,data.referral,data.step,data.promise,data.feedback}'),
              '<', 2000::bigint, what)
FROM (VALUES
    (format('list_inbox(1, %s, NULL, 2, NULL)', test.account('worker')), 'the inbox of a partner'),
    (format('list_inbox(1, %s, ''nobody'', 2, NULL)', test.account('worker')), 'what nobody has taken'),
    (format('list_feedback(1, %s, false, 2, NULL)', test.account('gp')), 'what the practice heard'),
    (format('list_chain(1, %s, false, NULL, ''open'', 2, NULL)', test.account('coordinator')), 'the chain of the coordination'),
    (format('list_chain(1, %s, false, NULL, ''open'', 2, NULL)', test.account('worker')), 'of a partner'),
    (format('list_chain(1, %s, false, NULL, ''open'', 2, NULL)', test.account('gp')), 'of a practice'),
    (format('list_chain(1, %s, true, NULL, ''open'', 2, NULL)', test.account('coordinator')), 'what is overdue')) AS page (call, what);

CREATE TEMP TABLE one AS SELECT test.new_step('one') AS step;
ANALYZE data.client, data.note, data.referral, data.step, data.promise, data.feedback, data.event, data.decision, data.consent;
SELECT cmp_ok(test.read(one_thing.call, '{data.client,data.note,data.referral,data.step,data.promise,data.feedback,data.event,data.decision,data.consent}'),
              '<', 150::bigint, one_thing.what)
FROM one, LATERAL (VALUES
    (1, format('SELECT wijzer.get_referral(1, %s, %s)', test.account('gp'), test.referral_of(one.step)), 'a referral'),
    (2, format('SELECT (wijzer.get_step(1, %s, %s))::text', test.account('worker'), one.step), 'a step'),
    (3, format('SELECT count(x)::text FROM wijzer.get_step(1, %s, %s) x', test.account('worker2'), one.step), 'a step that is not shown'),
    (4, format('SELECT test.moves(%s, ''worker'', ''{accepted}'')', one.step), 'accepting'),
    (5, format('SELECT test.moves(%s, ''worker'', ''{first-contact}'')', one.step), 'a first contact'),
    (6, format('SELECT test.moves(%s, ''worker'', ''{done-goal-reached}'')', one.step), 'the end'),
    (7, format('SELECT test.open_final(%s)', test.referral_of(one.step)), 'hearing of it')) AS one_thing (n, call, what)
ORDER BY one_thing.n;
SELECT * FROM finish();
ROLLBACK;
