-- Word of feedback goes out when it can be read: at once, with the digest, or not at all.
BEGIN;
\ir support/helpers.sql
SELECT plan(13);
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx();
CREATE FUNCTION test.now_is(text) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('wijzer.clock_offset', (($1)::timestamptz - clock_timestamp())::text, true) $$;
CREATE FUNCTION test.subscribe(channel text, kinds text[], address text) RETURNS bigint LANGUAGE sql AS $$
    SELECT s.subscription_id FROM wijzer.subscribe(1, test.account('gp'), gen_random_uuid()::text, test.hash(address), channel, kinds,
                                                   'r1.' || address, test.hash(address), false) s $$;
CREATE FUNCTION test.contract(milestones text[], form text) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.set_contract(1, test.account('gp'), gen_random_uuid()::text, test.hash(form), NULL, milestones, form) $$;
-- What is new for a subscription.
CREATE FUNCTION test.out(id bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    PERFORM wijzer.make_dispatches(1, 1000, 0);
    SELECT string_agg(d.kind || ' ' || d.cause, ', ' ORDER BY d.dispatch_id) INTO told FROM data.dispatch d
    WHERE d.subscription_id = id AND d.state = 'waiting';
    UPDATE data.dispatch d SET state = 'sent', ended_at = wijzer.clock() WHERE d.subscription_id = id AND d.state = 'waiting';
    RETURN coalesce(told, 'nothing');
END
$$;

SELECT test.now_is('2026-11-24 10:00 Europe/Amsterdam') \g /dev/null
SELECT test.subscribe('mail', '{feedback,notice,question,step}', 'mail') AS mail, test.subscribe('webhook', '{feedback}', 'hook') AS hook,
       test.subscribe('webhook', '{notice}', 'notices') AS notices \gset
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx() + 1;
SELECT test.now_is('2026-11-24 10:01 Europe/Amsterdam') \g /dev/null

SELECT test.contract('{accepted,first-contact,started,ended}', 'daily') \g /dev/null
SELECT test.new_step('a') AS a \gset
SELECT test.moves(:a, 'worker', '{accepted,first-contact,taking-part}') \g /dev/null
SELECT is((SELECT count(*) FROM data.feedback WHERE step_id = :a AND form = 'daily'), 3::bigint, 'what waits for the digest');
SELECT is(test.out(:mail) || ', ' || test.out(:hook), 'nothing, nothing', 'is not told of before it');
SELECT test.now_is('2026-11-25 07:01 Europe/Amsterdam') \g /dev/null
SELECT is(wijzer.make_digests(1, '2026-11-25'), 1, 'the digest comes');
SELECT is(test.out(:mail), 'feedback notice', 'then once, though the mail is for notices too');
SELECT is(test.out(:hook), 'feedback notice', 'by webhook as well, which wants to hear of feedback alone');
SELECT is(test.out(:notices), 'notice notice', 'for who asked for notices alone it is one of those');

SELECT test.move(:a, 'worker', 'done-goal-reached') \g /dev/null
SELECT is(test.out(:hook), 'feedback event', 'the last word at once, and once, though two events tell of it');

SELECT test.contract('{accepted,ended}', 'end-only') \g /dev/null
SELECT test.new_step('b') AS b \gset
SELECT test.moves(:b, 'worker', '{accepted,first-contact,taking-part}') \g /dev/null
SELECT is(test.out(:hook), 'nothing', 'who hears of the end alone is not called before it');
SELECT test.move(:b, 'worker', 'done-goal-reached') \g /dev/null
SELECT is(test.out(:hook), 'feedback event', 'but then');
SELECT o.result FROM data.feedback f, wijzer.open_feedback(1, test.account('gp'), gen_random_uuid()::text, test.hash(''), f.feedback_id) o
WHERE f.step_id = :b AND f.is_final \g /dev/null
SELECT is(test.out(:hook), 'nothing', 'nor for having read it');

SELECT test.contract('{accepted,story}', 'at-once') \g /dev/null
SELECT test.new_step('c') AS c \gset
SELECT test.move(:c, 'worker', 'accepted') \g /dev/null
SELECT is(test.out(:hook), 'feedback event', 'at once is at once');
SELECT test.move(:c, 'worker', 'first-contact', 'Zij zingt weer.', story => true) \g /dev/null
SELECT is(test.out(:hook), 'feedback event', 'a story is one, and what it was told with none');

-- Numbers of events are in no order over sessions: who reads may get a lower one than what is read has.
SELECT setval('data.event_seq', max(event_id) + 2000) FROM data.event \g /dev/null
SELECT test.new_step('d') AS d \gset
SELECT test.move(:d, 'worker', 'accepted') \g /dev/null
SELECT test.out(:hook) \g /dev/null
SELECT setval('data.event_seq', max(event_id) - 1000) FROM data.event \g /dev/null
SELECT o.result FROM data.feedback f, wijzer.open_feedback(1, test.account('gp'), gen_random_uuid()::text, test.hash(''), f.feedback_id) o
WHERE f.step_id = :d \g /dev/null
SELECT is(test.out(:hook), 'nothing', 'what was read is no news, whatever its number');

SELECT * FROM finish();
ROLLBACK;
