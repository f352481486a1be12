-- Letters at their pace: a receiver that fails has a rest, a long line costs no more than a short one, what is old goes; and whom
-- a step or a question is told to.
BEGIN;
\ir support/helpers.sql
SELECT plan(24);
CREATE FUNCTION test.subscribe(who text, channel text, kinds text[], address text) RETURNS bigint LANGUAGE sql AS $$
    SELECT s.subscription_id FROM wijzer.subscribe(1, test.account(who), gen_random_uuid()::text, test.hash(address), channel, kinds,
                                                   'r1.' || address, test.hash(address), false) s $$;
CREATE FUNCTION test.claim(channels text[] DEFAULT '{webhook}') RETURNS SETOF bigint LANGUAGE sql AS $$
    SELECT letter_id FROM wijzer.claim_letters(1, channels, 32, 30000000) $$;
CREATE FUNCTION test.later(seconds int) RETURNS void LANGUAGE sql
AS $$ SELECT set_config('wijzer.clock_offset', seconds || ' s', true) $$;
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx();
SELECT test.subscribe('worker', 'webhook', '{step}', 'hook') AS hook, test.subscribe('worker', 'mail', '{step}', 'mail') AS mail \gset
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx() + 1;
SELECT test.later(1) \g /dev/null

-- A rest. Each of three steps is a letter by webhook, all are one by mail.
SELECT test.new_step('rest-' || n) FROM generate_series(1, 3) n \g /dev/null
SELECT is((SELECT made FROM wijzer.make_dispatches(1, 1000, 0)), 6, 'three for each');
SELECT array_agg(c) AS first FROM test.claim('{mail,webhook}') c \gset
SELECT is(cardinality(:'first'::bigint[]), 2, 'one of each at a time');
SELECT min(dispatch_id) AS one FROM data.dispatch WHERE subscription_id = :hook \gset
SELECT is(wijzer.settle_letter(1, :one, 1, 'retry', 'http-503', 300000000, 60000000), 1, 'the webhook does not take it');
SELECT is((SELECT count(*) FROM test.claim()), 0::bigint, 'and is left alone, also with what comes after it');
SELECT test.later(60) \g /dev/null
SELECT is((SELECT count(*) FROM test.claim()), 0::bigint, 'for all its rest');
SELECT test.later(62) \g /dev/null
SELECT claim AS two FROM test.claim() claim \gset
SELECT isnt(:two::bigint, :one::bigint, 'then the next, for one letter does not hold up the others');
SELECT is(wijzer.settle_letter(1, :two, 1, 'sent', NULL, 0, 60000000), 1, 'which arrives');
SELECT is((SELECT count(*) FROM test.claim()), 1::bigint, 'so that the rest is over');
SELECT is((SELECT rest_until IS NULL FROM data.subscription WHERE subscription_id = :hook), true, 'for good');
SELECT is(wijzer.settle_letter(1, letter_id, attempts, 'dead', 'http-500', 0, 60000000), 1, 'who says never')
FROM data.dispatch WHERE subscription_id = :hook AND leased_until IS NOT NULL;
SELECT is((SELECT rest_until > logic.instant() FROM data.subscription WHERE subscription_id = :hook), true, 'has a rest as well');

-- A long line: claiming one of it reads no more than of a short one.
INSERT INTO data.dispatch (region_id, subscription_id, organisation_id, cause, cause_id, kind, at, next_at)
SELECT 1, :hook, test.organisation_of('worker'), 'event', -n, 'step', wijzer.clock(), wijzer.clock() FROM generate_series(1, 20000) n;
ANALYZE data.dispatch, data.subscription;
SELECT test.later(500) \g /dev/null
SELECT cmp_ok(test.read('SELECT count(*) FROM test.claim()', '{data.dispatch,data.subscription}'), '<', 300::bigint, 'twenty thousand wait');
SELECT cmp_ok(test.read('SELECT count(*) FROM test.claim()', '{data.dispatch,data.subscription}'), '<', 300::bigint, 'and one is under way');
SELECT cmp_ok(test.read(format('SELECT wijzer.list_deliveries(1, %s, true, 50, NULL)', test.account('steward')), '{data.dispatch}'), '<', 300::bigint,
              'nor do dead letters ask for all of them');

-- What is old, and what waits for who has left.
SELECT is((SELECT count(*) FROM wijzer.tidy_dispatches(1, 5000) t WHERE t = 0), 1::bigint, 'nothing is old yet');
SELECT test.later(8 * 86400) \g /dev/null
SELECT is(wijzer.tidy_dispatches(1, 5000), 5003, 'what nobody could send for a week, in pages');
SELECT is((SELECT count(*) FROM data.dispatch WHERE state = 'dead' AND last_error = 'too-old' AND letter_id IS NOT NULL), 5003::bigint, 'is dead, and can be sent by hand');
SELECT is((SELECT answer::text FROM wijzer.redeliver(1, test.account('steward'), 'again', test.hash(''), NULL)), '{"redelivered" : 5004}', 'which makes it new');
SELECT result FROM wijzer.unsubscribe(1, test.account('worker'), 'end', test.hash(''), :hook) \g /dev/null
SELECT cmp_ok((SELECT count(*) FROM data.dispatch WHERE subscription_id = :hook AND state = 'dropped'), '=', 1000::bigint, 'who leaves: the first of it at once');
SELECT sum(wijzer.tidy_dispatches(1, 5000)) FROM generate_series(1, 6) \g /dev/null
SELECT is((SELECT count(*) FROM data.dispatch WHERE subscription_id = :hook AND state NOT IN ('dropped', 'sent')), 0::bigint, 'the rest of it soon');
SELECT test.later(40 * 86400) \g /dev/null
SELECT sum(wijzer.tidy_dispatches(1, 5000)) FROM generate_series(1, 6) \g /dev/null
SELECT is((SELECT count(*) FROM data.dispatch WHERE subscription_id = :hook), 0::bigint, 'and in the end it is forgotten');

-- Whom a step is told to, and when: what is planned is told of when it is sent.
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx();
SELECT test.subscribe('worker2', 'webhook', '{step}', 'next') AS next, test.subscribe('gp2', 'webhook', '{question}', 'system') AS system,
       test.subscribe('coordinator', 'webhook', '{question}', 'region') AS region \gset
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx() + 1;
SELECT test.later(41 * 86400) \g /dev/null
CREATE FUNCTION test.told(id bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM wijzer.make_dispatches(1, 5000, 0);
    RETURN (SELECT count(*) FROM data.dispatch d WHERE d.subscription_id = id);
END
$$;
SELECT test.new_step('planned') AS a \gset
SELECT test.moves(:a, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT test.move(:a, 'worker', 'passed-on', '', NULL, '{welzijn-op-recept,buurtteam}', branches => '[{}, {"after": 1}]') \g /dev/null
SELECT test.told(:next) AS before \gset
SELECT step_id AS a2 FROM data.step WHERE parent_id = :a AND state = 'planned' \gset
SELECT test.moves((SELECT step_id FROM data.step WHERE parent_id = :a AND step_id <> :a2), 'worker', '{accepted,first-contact,done-partly}') \g /dev/null
SELECT test.told(:next) AS after \gset
SELECT is(:'before' || ' ' || :'after' || ' ' || (SELECT state FROM data.step WHERE step_id = :a2), '0 1 sent', 'a step that follows another is told of when it is sent');

-- A question about what a system signalled is the coordination's.
SELECT step_id AS s FROM test.submit('{signal SV-1}', '{a}', 'gp2', consent => test.consent(77), origin => 'signal') \gset
SELECT is((SELECT result FROM test.move(:s, 'worker', 'question-to-referrer', 'Wat was er?')), 'moved', 'who helps asks');
SELECT is(test.told(:system) || ' ' || test.told(:region), '0 1', 'a system is asked nothing');

SELECT * FROM finish();
ROLLBACK;
