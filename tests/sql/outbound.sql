-- What goes out: who subscribes, which causes become dispatches (each once), who claims a letter and what becomes of it, dead
-- letters and sending them again, who sees what.
BEGIN;
\ir support/helpers.sql
SELECT plan(84);
CREATE FUNCTION test.subscribe(who text, channel text DEFAULT 'mail', kinds text[] DEFAULT '{notice,step,feedback,question}',
                               address text DEFAULT 'a', personal boolean DEFAULT false, key text DEFAULT NULL)
RETURNS TABLE (result text, answer json, id bigint) LANGUAGE sql AS $$
    SELECT * FROM wijzer.subscribe(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(address), channel, kinds,
                                   'r1.' || address, test.hash(address), personal)
$$;
CREATE FUNCTION test.unsubscribe(who text, id bigint, key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql
AS $$ SELECT * FROM wijzer.unsubscribe(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(''), id) $$;
CREATE FUNCTION test.redeliver(who text, id bigint, key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql
AS $$ SELECT * FROM wijzer.redeliver(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(''), id) $$;
CREATE FUNCTION test.claim(channels text[] DEFAULT '{mail,webhook}', size int DEFAULT 10, lease bigint DEFAULT 30000000)
RETURNS TABLE (letter_id bigint, attempt int, subscription_id bigint, channel text, address text, kinds text[], count int, body text,
               webhook_id text) LANGUAGE sql AS $$ SELECT * FROM wijzer.claim_letters(1, channels, size, lease) $$;
-- Who subscribes begins before this transaction.
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx();
CREATE FUNCTION test.make(gather bigint DEFAULT 0, size int DEFAULT 1000) RETURNS int LANGUAGE sql
AS $$ SELECT made FROM wijzer.make_dispatches(1, size, gather) $$;
CREATE FUNCTION test.later(seconds int) RETURNS void LANGUAGE sql
AS $$ SELECT set_config('wijzer.clock_offset', seconds || ' s', true) $$;
-- kind, state and attempts of everything for a subscription, in order.
CREATE FUNCTION test.out(id bigint) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(d.kind || ' ' || d.state || ' ' || d.attempts, ', ' ORDER BY d.dispatch_id) FROM data.dispatch d
        WHERE d.subscription_id = out.id);

-- Subscribing.
SELECT is((SELECT made FROM wijzer.make_dispatches(1, 10, 0)), 0, 'nobody wants to hear');
SELECT is((SELECT count(*) FROM data.dispatch_place), 0::bigint, 'so that nothing is looked at');
SELECT test.new_step('before') AS before \gset
SELECT test.later(1) \g /dev/null
SELECT id, answer FROM test.subscribe('worker', key => 's1') \gset w_
SELECT is(:'w_answer'::json ->> 'address', 'r1.a', 'subscribed, the address as it was sealed');
SELECT is((:'w_answer'::json ->> 'id'), wijzer.code(:w_id), 'its id');
SELECT is((SELECT result || ' ' || id FROM test.subscribe('worker', key => 's1')), 'replayed ' || :w_id, 'the same again');
SELECT is((SELECT result FROM test.subscribe('worker', address => 'b', key => 's1')), 'key-reused', 'another body');
SELECT is((SELECT result FROM test.subscribe('worker3')), 'already-subscribed', 'a colleague need not');
SELECT is((SELECT result FROM test.subscribe('steward')), 'not-yours', 'a steward has no notices');
SELECT is((SELECT result FROM test.subscribe('nobody')), 'account-unknown', 'nor has nobody');
SELECT throws_ok($$ SELECT test.subscribe('worker', kinds => '{other}', address => 'k') $$, '23514', NULL, 'no other kinds');
SELECT throws_ok($$ SELECT wijzer.subscribe(1, test.account('worker'), 'x', test.hash(''), 'mail', '{step}', 'a@b.nl', test.hash(''), false) $$,
                 '23514', NULL, 'nor an address as it is');
SELECT id FROM test.subscribe('gp', 'webhook', address => 'https') \gset g_
SELECT id FROM test.subscribe('worker3', 'webhook', '{notice}', 'me', true) \gset p_
SELECT is((SELECT json_array_length(wijzer.list_subscriptions(1, test.account('worker')) -> 'items') * 10
                  + json_array_length(wijzer.list_subscriptions(1, test.account('worker3')) -> 'items')), 12, 'a personal one is listed for that person alone');
CREATE FUNCTION test.subscriptions(who text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', i -> 'organisation' ->> 'code', i ->> 'channel', coalesce(i ->> 'address', '-')), ', ' ORDER BY n)
    FROM json_array_elements(wijzer.list_subscriptions(1, test.account(who)) -> 'items') WITH ORDINALITY AS x (i, n) $$;
SELECT is(test.subscriptions('worker3'), 'levgroep mail r1.a, levgroep webhook r1.me', 'with their addresses');
SELECT is(test.subscriptions('steward'), test.subscriptions('coordinator'), 'who may end any sees all');
SELECT is((SELECT array_agg(x ORDER BY x) FROM unnest(string_to_array(test.subscriptions('steward'), ', ')) x),
          '{"huisartsenpraktijk-de-peel webhook -","levgroep mail -","levgroep webhook -"}', 'and no addresses');
SELECT is(wijzer.list_subscriptions(1, 0)::text, NULL, 'nobody none');

-- From events and notices. Everything that is in this transaction counts as final.
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx() + 1;
SELECT is(test.make(), 0, 'what was before is not told');
SELECT test.later(2) \g /dev/null
SELECT test.new_step('a') AS a, test.new_step('b', offering => NULL) AS b \gset
SELECT is(test.make(60000000), 1, 'a step is told to whom it comes');
SELECT is(test.make(), 0, 'once');
SELECT is(test.out(:w_id), 'step waiting 0', 'it waits');
SELECT is((SELECT row(cause, cause_id, referral_id, step_id)::text FROM data.dispatch),
          (SELECT row('event', event_id, referral_id, step_id)::text FROM data.event WHERE kind = 'referral-sent' AND step_id = :a), 'what for');
SELECT is((SELECT count(*) FROM test.claim()), 0::bigint, 'a mail waits for others');
SELECT test.move(:a, 'worker', 'question-to-referrer', 'Sinds wanneer?') \g /dev/null
SELECT is(test.make(), 1, 'a question is told to who referred');
SELECT is(test.out(:g_id), 'question waiting 0', 'as one');
SELECT logic.enter(1, test.account('coordinator')) \g /dev/null
SELECT logic.notify(1, test.organisation_of('worker'), NULL, NULL, NULL, 'x', wijzer.clock()) FROM data.referral WHERE false;
SELECT logic.notify(1, test.organisation_of('worker'), test.account('worker'), r.client_id, r.referral_id, 'step-taken-over', wijzer.clock())
FROM data.referral r WHERE r.referral_id = test.referral_of(:a) \g /dev/null
SELECT is(test.make(60000000), 1, 'a personal notice: to the organisation, and not to another person');
SELECT logic.enter(1, test.account('coordinator')) \g /dev/null
SELECT logic.notify(1, test.organisation_of('worker'), NULL, r.client_id, r.referral_id, 'promise-overdue', wijzer.clock())
FROM data.referral r WHERE r.referral_id = test.referral_of(:a) \g /dev/null
SELECT is(test.make(60000000), 2, 'one for the organisation: to both');
SELECT is(test.out(:w_id), 'step waiting 0, notice waiting 0, notice waiting 0', 'all that the organisation hears');
UPDATE data.account SET ended_at = now() WHERE region_id = 1 AND name = 'worker3';
SELECT logic.enter(1, test.account('coordinator')) \g /dev/null
SELECT logic.notify(1, test.organisation_of('worker'), NULL, r.client_id, r.referral_id, 'promise-overdue', wijzer.clock())
FROM data.referral r WHERE r.referral_id = test.referral_of(:a) \g /dev/null
SELECT is(test.make(60000000), 1, 'who has left hears no more');
UPDATE data.account SET ended_at = NULL WHERE region_id = 1 AND name = 'worker3';

-- Below the horizon, in pages.
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx();
SELECT test.new_step('c') AS c, test.new_step('d') AS d \gset
SELECT is(test.make(60000000), 0, 'what is not final is not told yet');
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx() + 1;
SELECT is((SELECT array_agg(m.made || ' ' || m.is_full) FROM generate_series(1, 4), LATERAL wijzer.make_dispatches(1, 1, 60000000 + generate_series * 0) m),
          '{"1 true","1 true","0 false","0 false"}', 'page by page, nothing left out and nothing twice');
SELECT is(test.make(60000000), 0, 'and then no more');

-- Letters.
SELECT test.later(70) \g /dev/null
SELECT count(*) AS letters FROM test.claim('{webhook}', 1) \gset
SELECT is(:letters, 1, 'no more than there is room for');
SELECT is((SELECT count(*) FROM test.claim('{webhook}')), 1::bigint, 'the rest by the next');
SELECT is((SELECT count(*) FROM test.claim('{webhook}')), 0::bigint, 'and none twice');
SELECT * FROM test.claim() \gset m_
SELECT is(:'m_channel' || ' ' || :'m_count' || ' ' || :'m_attempt' || ' ' || :'m_kinds' || ' ' || :'m_address', 'mail 6 1 {notice,step} r1.a', 'all that waited is one mail');
SELECT is(:m_letter_id::bigint, (SELECT min(dispatch_id) FROM data.dispatch WHERE subscription_id = :w_id), 'known by the first');
SELECT test.later(101) \g /dev/null
SELECT test.new_step('e') AS e \gset
SELECT test.make() \g /dev/null
SELECT is((SELECT row(letter_id, attempt, count)::text FROM test.claim('{mail}')), ROW(:m_letter_id::bigint, 2, 6)::text,
          'whoever claimed it and died: another has it, as it was, before what came after');
SELECT is((SELECT count(*) FROM test.claim('{mail}')), 0::bigint, 'one at a time of a subscription');
SELECT is(wijzer.settle_letter(1, :m_letter_id, 1, 'retry', 'late', 1000000, 0), 0, 'what the first one says late is not heard');
SELECT is(wijzer.settle_letter(1, :m_letter_id, 2, 'retry', 'smtp-451', 60000000, 0), 6, 'not now');
SELECT letter_id, attempt, count FROM test.claim('{mail}') \gset n_
SELECT is(:'n_attempt' || ' ' || :'n_count', '1 1', 'the next one goes meanwhile');
SELECT is(wijzer.settle_letter(1, :n_letter_id, 1, 'sent', NULL, 0, 0), 1, 'sent');
SELECT is((SELECT count(*) FROM test.claim('{mail}')), 0::bigint, 'nothing before its time');
SELECT test.later(170) \g /dev/null
SELECT is((SELECT array_agg(letter_id || ' ' || attempt) FROM test.claim('{mail}')), ARRAY[:m_letter_id || ' 3'], 'again, under its number');
SELECT is(wijzer.settle_letter(1, :m_letter_id, 3, 'dead', 'smtp-550', 0, 0), 6, 'dead');
SELECT is(wijzer.settle_letter(1, :m_letter_id, 3, 'sent', NULL, 0, 0), 0, 'and what is dead stays so');
SELECT is((SELECT count(*) FROM test.claim('{mail}') WHERE letter_id = :m_letter_id), 0::bigint, 'nobody tries it any more');
SELECT throws_ok($$ SELECT wijzer.settle_letter(1, letter_id, attempts, 'retry', 'Aan jan@b.nl', 0, 0) FROM data.dispatch WHERE state = 'waiting' AND letter_id > 0 $$,
                 '23514', NULL, 'an error is a word');

-- What a webhook gets.
SELECT test.later(300) \g /dev/null
SELECT * FROM test.claim('{webhook}') WHERE subscription_id = :g_id \gset h_
SELECT is((SELECT array_agg(k ORDER BY k) FROM json_object_keys(:'h_body') k), '{at,id,noticeId,referralId,region,stepId,type}', 'ids and a kind');
SELECT is(:'h_body'::json ->> 'id', :'h_webhook_id', 'its id is that of the letter');
SELECT is(:'h_body'::json ->> 'stepId', wijzer.code(:a), 'and which step');

-- Dead letters.
SELECT is((SELECT array_agg(DISTINCT i ->> 'state') FROM json_array_elements(wijzer.list_deliveries(1, test.account('worker'), true, 50, NULL) -> 'items') i), '{dead}', 'those that are dead');
SELECT is((SELECT array_agg(DISTINCT (i ->> 'referralId' IS NULL)::text) FROM json_array_elements(wijzer.list_deliveries(1, test.account('worker'), true, 50, NULL) -> 'items') i), '{false}', 'its own organisation sees what about');
SELECT is((SELECT array_agg(DISTINCT (i ->> 'referralId' IS NULL)::text) FROM json_array_elements(wijzer.list_deliveries(1, test.account('steward'), true, 50, NULL) -> 'items') i), '{true}', 'a steward that they are there');
SELECT is(json_array_length(wijzer.list_deliveries(1, test.account('gp'), true, 50, NULL) -> 'items'), 0, 'others nothing');
SELECT is(wijzer.list_deliveries(1, test.account('worker'), true, 50, 'x')::text, NULL, 'no such cursor');
SELECT is((WITH RECURSIVE p (page) AS (
               SELECT wijzer.list_deliveries(1, test.account('worker'), false, 2, NULL)
               UNION ALL SELECT wijzer.list_deliveries(1, test.account('worker'), false, 2, page ->> 'next') FROM p WHERE page ->> 'next' IS NOT NULL)
           SELECT count(DISTINCT i ->> 'id') || ' ' || count(*) FROM p, json_array_elements(page -> 'items') i),
          (SELECT count(*) || ' ' || count(*) FROM data.dispatch WHERE organisation_id = test.organisation_of('worker')), 'page by page');
SELECT is((SELECT result FROM test.redeliver('gp', :m_letter_id)), 'not-found', 'not those of others');
SELECT is((SELECT result FROM test.redeliver('nobody', :m_letter_id)), 'account-unknown', 'nor nobody');
SELECT is((SELECT result FROM test.redeliver('gp', :h_letter_id)), 'not-dead', 'nor what is not dead');
SELECT is((SELECT result || ' ' || answer FROM test.redeliver('worker', :m_letter_id, 'r1')), 'redelivered {"redelivered" : 6}', 'a letter again, whole');
SELECT is((SELECT result || ' ' || answer FROM test.redeliver('worker', :m_letter_id, 'r1')), 'replayed {"redelivered" : 6}', 'once');
SELECT is((SELECT result FROM test.redeliver('worker', :h_letter_id, 'r1')), 'key-reused', 'the key is for one letter');
SELECT test.later(310) \g /dev/null
SELECT is((SELECT row(letter_id, attempt, count)::text FROM test.claim('{mail}')), ROW(:m_letter_id::bigint, 1, 6)::text, 'under its old number');
SELECT wijzer.settle_letter(1, :m_letter_id, 1, 'dead', 'smtp-550', 0, 0) \g /dev/null
SELECT is((SELECT answer::text FROM test.redeliver('steward', NULL)), '{"redelivered" : 6}', 'a steward all of them');
SELECT is((SELECT answer::text FROM test.redeliver('worker', NULL)), '{"redelivered" : 0}', 'then none is left');

-- Gone, unsubscribed.
SELECT is(wijzer.settle_letter(1, :h_letter_id, :h_attempt, 'gone', 'http-410', 0, 0), 1, 'a receiver that says it is gone');
SELECT is((SELECT (ended_at IS NOT NULL) || ' ' || (ended_by IS NULL) FROM data.subscription WHERE subscription_id = :g_id), 'true true', 'hears no more');
SELECT is((SELECT result FROM test.redeliver('gp', :h_letter_id)), 'subscription-ended', 'nor again');
SELECT is((SELECT array_agg(ROW(organisation_id, account_id, object_id)::text) FROM data.notice WHERE kind = 'subscription-gone'),
          ARRAY[ROW(test.organisation_of('gp'), NULL, :g_id)::text], 'and its organisation is told, once');
SELECT is((SELECT concat_ws('|', i -> 'kind' ->> 'label', i ->> 'referralId', i ->> 'account') FROM json_array_elements(wijzer.list_notices(1, test.account('gp'), true, 50, NULL) -> 'items') i
           WHERE i -> 'kind' ->> 'code' = 'subscription-gone'), 'Afgemeld: het adres van uw webhook is opgeheven', 'in its words, about no one');
SELECT is((SELECT result FROM wijzer.read_notice(1, test.account('gp'), 'gone', test.hash(''), (SELECT notice_id FROM data.notice WHERE kind = 'subscription-gone'))), 'read', 'who marks it');
SELECT is((SELECT count(*) FROM data.notice WHERE kind = 'subscription-gone'), 1::bigint, 'an end by hand is no notice');
SELECT is((SELECT result FROM test.unsubscribe('gp', :w_id)), 'not-found', 'nobody ends that of others');
SELECT is((SELECT result FROM test.unsubscribe('worker', :p_id)), 'not-found', 'nor a personal one of a colleague');
SELECT is((SELECT result FROM test.unsubscribe('worker', :w_id, 'u1')), 'ended', 'but the own');
SELECT is((SELECT result FROM test.unsubscribe('worker', :w_id, 'u1')), 'replayed', 'once');
SELECT is((SELECT count(*) FROM data.dispatch WHERE subscription_id = :w_id AND state = 'waiting'), 0::bigint, 'what waited is dropped');
SELECT is((SELECT result FROM test.unsubscribe('coordinator', :p_id)), 'ended', 'a coordinator ends any');
SELECT test.later(400) \g /dev/null
SELECT test.new_step('f') \g /dev/null
SELECT is(test.make(), 0, 'nobody is left to tell');
SELECT id FROM test.subscribe('worker') \gset v_
SELECT is(test.make(), 0, 'who subscribes anew begins there');
SELECT is((SELECT array_agg(result) FROM generate_series(1, 20) n, test.subscribe('worker', address => 'n' || n)),
          array_fill('subscribed'::text, '{19}') || '{too-many}'::text[], 'twenty are enough');
SELECT test.later(400 + 86400 * 31) \g /dev/null
SELECT wijzer.tidy_dispatches(1, 5000) \g /dev/null
SELECT is((SELECT array_agg(DISTINCT state ORDER BY state) FROM data.dispatch), '{dead}', 'what ended long ago is forgotten, what is dead later');
SELECT test.later(400 + 86400 * 91) \g /dev/null
SELECT wijzer.tidy_dispatches(1, 5000) \g /dev/null
SELECT is((SELECT count(*) FROM data.dispatch), 0::bigint, 'and in the end too');

SELECT * FROM finish();
ROLLBACK;
