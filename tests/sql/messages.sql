-- Messages and files between the parties to a step: who may, who sees, what is unread for whom, every result code, and what becomes
-- of them by consent, restriction, a decline, a merger and an erasure.
BEGIN;
\ir support/helpers.sql
SELECT plan(112);
CREATE FUNCTION test.say(step bigint, who text, words text, key text DEFAULT NULL, region int DEFAULT 1)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.send_message(region, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(words), step,
                                      nextval('data.object_seq'), test.sealed(words), '192.0.2.3')
$$;
CREATE FUNCTION test.read(step bigint, who text, up_to int, key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.read_messages(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(up_to::text), step, up_to, '192.0.2.3')
$$;
CREATE FUNCTION test.attach(step bigint, who text, name text, content text DEFAULT 'plain words', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.add_attachment(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(name || content), step,
        nextval('data.object_seq'), 'text/plain', length(content), test.sealed(name), test.sealed(test.hash(content)), test.sealed(content), '192.0.2.3')
$$;
CREATE FUNCTION test.messages(step bigint, who text, size int DEFAULT 50, cursor text DEFAULT NULL) RETURNS json LANGUAGE sql
RETURN (SELECT document FROM wijzer.list_messages(1, test.account(who), step, size, cursor, '192.0.2.4'));
CREATE FUNCTION test.words(step bigint, who text) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(concat_ws(' ', m ->> 'number', test.shown(m -> 'text'), CASE WHEN (m ->> 'unread')::boolean THEN 'unread' END,
                                   (SELECT string_agg(r ->> 'code', '+') FROM json_array_elements(m -> 'readBy') r)) ORDER BY (m ->> 'number')::int)
        FROM json_array_elements(test.messages(step, who) -> 'items') m);
CREATE FUNCTION test.files(step bigint, who text) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(concat_ws(' ', f ->> 'number', test.shown(f -> 'name'), f ->> 'mediaType', f ->> 'size', f ->> 'erased') ORDER BY (f ->> 'number')::int)
        FROM json_array_elements(wijzer.list_attachments(1, test.account(who), step, '192.0.2.4') -> 'items') f);
CREATE FUNCTION test.file(id bigint, who text, for_client boolean DEFAULT false) RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', result, media, size, test.opened(name), test.opened(content))
        FROM wijzer.get_attachment(1, test.account(who), id, for_client, '192.0.2.4'));
CREATE FUNCTION test.unread(step bigint, who text) RETURNS text LANGUAGE sql
RETURN (SELECT document ->> 'unread' FROM wijzer.get_step(1, test.account(who), step));
-- Where somebody has messages to read, and what the inbox says of it.
CREATE FUNCTION test.waiting(who text) RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', string_agg(concat_ws('/', x ->> 'stepId', x -> 'organisation' ->> 'code', x ->> 'unread'), ' ' ORDER BY n),
                         'of', wijzer.list_inbox(1, test.account(who), NULL, 200, NULL) ->> 'unread')
        FROM json_array_elements(wijzer.list_unread(1, test.account(who), 50, NULL) -> 'items') WITH ORDINALITY AS x (x, n));
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
CREATE FUNCTION test.last_access(what text) RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', a.action, a.outcome, a.ground, a.fields, cardinality(a.client_ids)) FROM data.access a
        WHERE a.what = last_access.what ORDER BY a.access_id DESC LIMIT 1);
CREATE FUNCTION test.log_types(client bigint) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(DISTINCT concat_ws(' ', e ->> 'action', e ->> 'type', e -> 'object' ->> 'kind'))
        FROM json_array_elements((SELECT document::json -> 'items' FROM wijzer.access_log_of_client(1, test.account('coordinator'), client, 200, NULL, 'json', '/x'))) e
        WHERE e ->> 'type' ~ '^(message|attachment)');

SELECT test.new_step('a') AS a, test.new_step('b') AS b, test.new_step('c') AS c, test.new_step('d') AS d \gset
SELECT wijzer.code(:a) AS ca \gset
SELECT r.client_id AS client FROM data.referral r WHERE r.referral_id = test.referral_of(:a) \gset

-- Sending.
SELECT test.moves(:a, 'worker', '{accepted}') \g /dev/null
SELECT is((SELECT result || ' ' || (answer ->> 'number') FROM test.say(:a, 'gp', 'Heeft hij al gebeld?')), 'sent 1', 'who referred writes');
SELECT is((SELECT result || ' ' || (answer ->> 'number') FROM test.say(:a, 'worker', 'Ja, gisteren.', 'k1')), 'sent 2', 'who works on it answers');
SELECT is((SELECT answer::jsonb - '{id,at}'::text[] FROM test.say(:a, 'worker', 'Ja, gisteren.', 'k1'))::text,
          jsonb_build_object('stepId', :'ca', 'referralId', wijzer.code(test.referral_of(:a)), 'number', 2)::text, 'again is the same answer, without words');
SELECT is((SELECT result FROM test.say(:a, 'worker', 'Ja, gisteren.', 'k1')), 'replayed', 'and no second message');
SELECT is((SELECT result FROM test.say(:a, 'worker', 'Nee.', 'k1')), 'key-reused', 'nor another under its key');
SELECT is((SELECT result FROM test.say(:a, 'coordinator', 'Loopt het?')), 'sent', 'a coordinator writes');
SELECT is((SELECT result FROM test.say(:a, 'gp2', 'Ik ook')), 'not-found', 'another practice does not');
SELECT is(test.last_access('message'), 'C refused none 0 1', 'which is kept, with the client');
SELECT is((SELECT result FROM test.say(:a, 'steward', 'Ik ook')), 'not-found', 'a steward does not');
SELECT is((SELECT result FROM test.say(:a, 'worker2', 'Ik ook')), 'not-found', 'nor who has no part in it');
SELECT is((SELECT result FROM test.say(999999, 'gp', 'Hallo')), 'not-found', 'a step must be there');
SELECT is((SELECT result FROM wijzer.send_message(1, 999999, 'k', test.hash('x'), :a, 1, test.sealed('x'))), 'account-unknown', 'and the account');
SELECT throws_ok($$ SELECT * FROM wijzer.send_message(1, test.account('gp'), 'plain', test.hash('x'), (SELECT min(step_id) FROM data.step), 77, 'plain words') $$,
                 '23514', NULL, 'nothing plain gets in');

-- Reading and being read.
SELECT is(test.words(:a, 'gp'), '{"1 Heeft hij al gebeld?","2 Ja, gisteren. unread","3 Loopt het? unread"}', 'the referrer reads all, own words are not unread');
SELECT is(test.last_access('messages'), 'R granted referrer 2048 1', 'which is kept');
SELECT is(test.words(:a, 'worker'), '{"1 Heeft hij al gebeld? unread","2 Ja, gisteren.","3 Loopt het? unread"}', 'the worker too');
SELECT is(test.words(:a, 'coordinator'), '{"1 unread","2 unread","3 Loopt het?"}', 'a coordinator reads their own, and of others what consent grants of notes: nothing here');
SELECT is(test.messages(:a, 'gp2')::text, NULL, 'nobody else reads');
SELECT is((SELECT result FROM wijzer.list_messages(1, test.account('gp2'), :a, 50, NULL)), 'not-found', 'it is not there for them');
SELECT is(test.last_access('messages'), 'R refused none 0 1', 'which is kept');
SELECT is((SELECT result FROM wijzer.list_messages(1, test.account('steward'), :a, 50, NULL)), 'not-found', 'nor for a steward');
SELECT is(test.unread(:a, 'worker'), '2', 'two are unread');
SELECT is(test.waiting('worker'), wijzer.code(:a) || '/levgroep/2 of 1', 'the worker hears where');
SELECT is(test.waiting('gp'), wijzer.code(:a) || '/levgroep/2 of 1', 'whoever referred too, though nothing in the inbox is theirs to do');
SELECT is(test.waiting('coordinator'), 'of 0', 'the coordination wrote last and hears of nothing');
SELECT is(test.waiting('gp2'), 'of 0', 'others hear nothing');
SELECT is(wijzer.list_unread(1, test.account('gp'), 1, 'm0.0')::text, NULL, 'a cursor of another list is none');
SELECT is(wijzer.list_unread(1, test.account('gp'), 1, NULL) ->> 'next', NULL, 'there is one page');
SELECT is((SELECT x ->> 'unread' FROM json_array_elements(wijzer.list_inbox(1, test.account('worker'), NULL, 200, NULL) -> 'items') x WHERE x ->> 'id' = :'ca'), '2', 'and the inbox says so');
SELECT is((SELECT result || (answer ->> 'readTo') || (answer ->> 'unread') FROM test.read(:a, 'worker', 2, 'r1')), 'read21', 'read up to the second');
SELECT is((SELECT result FROM test.read(:a, 'worker', 2, 'r1')), 'replayed', 'once');
SELECT is((SELECT result FROM test.read(:a, 'worker', 1)), 'already-read', 'what was read stays read');
SELECT is((SELECT answer ->> 'readTo' FROM test.read(:a, 'worker', 999)), '3', 'not beyond the last');
SELECT is(test.unread(:a, 'worker'), '0', 'nothing is unread');
SELECT is(test.waiting('worker'), 'of 0', 'and nothing waits');
SELECT is(test.waiting('gp'), wijzer.code(:a) || '/levgroep/2 of 1', 'but for whoever referred');
SELECT is(test.unread(:a, 'gp'), '2', 'for the referrer it still is');
SELECT is(test.unread(:a, 'steward'), NULL, 'a steward has nothing to read');
SELECT is((SELECT result FROM test.read(:a, 'gp2', 3)), 'not-found', 'others mark nothing');
SELECT is(test.words(:a, 'gp'), '{"1 Heeft hij al gebeld? levgroep","2 Ja, gisteren. unread","3 Loopt het? unread levgroep"}', 'who wrote sees who has read it');
SELECT is((SELECT array_agg(m ->> 'number') FROM json_array_elements(test.messages(:a, 'gp', 2) -> 'items') m), '{1,2}', 'a page');
SELECT is((SELECT array_agg(m ->> 'number') FROM json_array_elements(test.messages(:a, 'gp', 2, test.messages(:a, 'gp', 2) ->> 'next') -> 'items') m), '{3}', 'and the next');
SELECT is(test.messages(:a, 'gp', 2, test.messages(:a, 'gp', 2) ->> 'next') ->> 'next', NULL, 'which is the last');
SELECT is((SELECT result FROM wijzer.list_messages(1, test.account('gp'), :a, 50, 'i0.0')), 'cursor-unknown', 'a cursor of another list is none');

-- History and feed tell ids.
SELECT is((SELECT array_agg(concat_ws(' ', e ->> 'kind', e ->> 'text')) FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'events') e
           WHERE e ->> 'kind' LIKE 'message-%'), '{message-sent,message-sent,message-sent,message-read,message-read}', 'the history tells of them, without words');
SELECT ok(NOT EXISTS (SELECT FROM data.event e WHERE e.kind LIKE 'message%' AND (e.note_id IS NOT NULL OR e::text ~ 'gebeld|gisteren')), 'the events hold none');
SELECT is((SELECT string_agg(DISTINCT k.label, ', ' ORDER BY k.label) FROM data.event_kind k WHERE k.region_id = 1 AND k.code ~ '^(message|attachment)'),
          'Bericht gestuurd, Berichten gelezen, Bijlage toegevoegd', 'in words of the region');

-- Files.
SELECT is((SELECT result || (answer ->> 'number') || (answer ->> 'mediaType') || (answer ->> 'size') FROM test.attach(:a, 'gp', 'brief.txt', 'Geachte collega', 'f1')), 'added1text/plain15', 'a file is added');
SELECT ok((SELECT answer::text !~ 'brief|collega' FROM test.attach(:a, 'gp', 'brief.txt', 'Geachte collega', 'f1')), 'its kept answer has neither name nor content');
SELECT is((SELECT result FROM test.attach(:a, 'gp', 'brief.txt', 'Geachte collega', 'f1')), 'replayed', 'once');
SELECT is((SELECT result FROM test.attach(:a, 'gp', 'ander.txt', 'Geachte collega', 'f1')), 'key-reused', 'another name is another file');
SELECT is((SELECT result FROM test.attach(:a, 'gp2', 'x.txt')), 'not-found', 'others add nothing');
SELECT is(test.last_access('attachment'), 'C refused none 0 1', 'which is kept');
SELECT is(test.files(:a, 'worker'), '{"1 brief.txt text/plain 15 false"}', 'the worker sees it');
SELECT is(test.files(:a, 'coordinator'), '{"1 text/plain 15 false"}', 'a coordinator without consent sees that it is there');
SELECT is(test.files(:a, 'gp2'), NULL, 'nobody else does');
SELECT attachment_id AS file FROM data.attachment WHERE step_id = :a \gset
SELECT is(test.file(:file, 'worker'), 'found text/plain 15 brief.txt Geachte collega', 'and gets it');
SELECT is(test.last_access('attachment'), 'R granted consent 0 1', 'which is kept');
SELECT is(test.file(:file, 'gp2'), 'not-found', 'another practice does not');
SELECT is(test.last_access('attachment'), 'R refused none 0 1', 'which is kept, with the client');
SELECT is(test.file(:file, 'steward'), 'not-found', 'nor a steward');
SELECT is(test.file(:file, 'coordinator'), 'not-found', 'nor a coordinator whom consent grants no notes');
SELECT is(test.file(:file, 'coordinator', true), 'found text/plain 15 brief.txt Geachte collega', 'but for the client, who has a right to it');
SELECT is(test.last_access('attachment'), 'R granted right 2048 1', 'which is kept');
SELECT is(test.file(:file, 'worker', true), 'not-found', 'a worker does not speak for the client');
SELECT is(test.file(999999, 'gp'), 'not-found', 'a file must be there');
SELECT is((SELECT count(*)::text FROM generate_series(1, 19) n, LATERAL test.attach(:a, 'worker', n || '.txt') t WHERE t.result = 'added'), '19', 'a step holds twenty');
SELECT is((SELECT result FROM test.attach(:a, 'worker', '21.txt')), 'too-many', 'and no more');
SELECT throws_ok($$ INSERT INTO data.attachment (region_id, step_id, nr, attachment_id, referral_id, organisation_id, account_id, at, media, size, name, digest, content)
                    SELECT 1, step_id, 99, 99, referral_id, 1, 1, now(), 'text/plain', 8388609, 's1.', 's1.', 's1.' FROM data.step LIMIT 1 $$, '23514', NULL, 'none is larger than 8 MiB');

-- Who goes and who stays.
SELECT test.say(:b, 'gp', 'Welkom.') \g /dev/null
SELECT test.say(:b, 'worker', 'Wij zitten vol.') \g /dev/null
SELECT test.move(:b, 'worker', 'declined', decline => 'capacity') \g /dev/null
SELECT is((SELECT result FROM test.say(:b, 'worker', 'Nog iets')), 'not-found', 'who declined says no more');
SELECT is(test.waiting('worker') ~ wijzer.code(:b), false, 'and is asked to read nothing');
SELECT is(test.messages(:b, 'worker')::text, NULL, 'and reads no more');
SELECT is(test.words(:b, 'gp'), '{"1 Welkom.","2 Wij zitten vol. unread"}', 'the referrer still does');
SELECT test.moves(:c, 'worker', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is((SELECT result FROM test.say(:c, 'gp', 'Dank!')), 'sent', 'after the end one may say thanks');
UPDATE data.client SET restricted_at = now() WHERE client_id = (SELECT client_id FROM data.referral WHERE referral_id = test.referral_of(:c));
SELECT is((SELECT result FROM test.say(:c, 'gp', 'Nog iets')), 'restricted', 'nothing is written about who is restricted');
SELECT is((SELECT result FROM test.attach(:c, 'gp', 'x.txt')), 'restricted', 'no file added');
SELECT is(test.words(:c, 'worker'), '{"1 unread"}', 'and helpers read nothing');
SELECT is(test.words(:c, 'gp'), '{"1 Dank!"}', 'who referred does');

-- The director of a referral reads what is said in a branch of another; who has a branch of its own does not.
SELECT test.moves(:d, 'worker', '{accepted,first-contact,intake-planned,intake-done}') \g /dev/null
SELECT test.move(:d, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
SELECT s.step_id AS branch FROM data.step s WHERE s.parent_id = :d \gset
SELECT is((SELECT result FROM test.say(:branch, 'gp', 'Voor het buurtteam.')), 'sent', 'in a branch');
SELECT is((SELECT result FROM test.say(:d, 'worker2', 'Hallo')), 'not-found', 'who has the branch is not in the step above');
SELECT wijzer.direct_referral(1, test.account('coordinator'), 'dir0', test.hash('dir0'), test.referral_of(:d), 'ketenregie-deurne', '192.0.2.9') \g /dev/null
SELECT is((SELECT result FROM test.say(:branch, 'worker', 'Hallo')), 'not-found', 'nor who passed on in the branch');
SELECT is(test.unread(:branch, 'worker'), NULL, 'who is told of no unread messages there');
SELECT wijzer.direct_referral(1, test.account('gp'), 'dir', test.hash('dir'), test.referral_of(:d), 'levgroep', '192.0.2.9') \g /dev/null
SELECT is((SELECT result FROM test.say(:branch, 'worker', 'Ik ben de regisseur.')), 'sent', 'but for the director');
SELECT is(test.words(:branch, 'worker2'), '{"1 Voor het buurtteam. unread","2 Ik ben de regisseur. unread"}', 'both are read by who works there');
SELECT is(test.words(:branch, 'worker'), '{"1 Voor het buurtteam. unread","2 Ik ben de regisseur."}', 'and by the director');

-- Who has no part in it any more does not talk as its director either.
SELECT test.new_step('directed') AS z \gset
SELECT test.moves(:z, 'worker', '{accepted,first-contact,intake-planned,intake-done}') \g /dev/null
SELECT test.move(:z, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
SELECT s.step_id AS zbranch FROM data.step s WHERE s.parent_id = :z \gset
SELECT wijzer.direct_referral(1, test.account('gp'), 'dir2', test.hash('dir2'), test.referral_of(:z), 'levgroep', '192.0.2.9') \g /dev/null
SELECT is((SELECT result FROM test.say(:zbranch, 'worker', 'Hallo')), 'sent', 'a director with a step');
SELECT test.move(:z, 'worker', 'client-withdrew', 'Wil niet meer.') \g /dev/null
SELECT is((SELECT result FROM test.say(:zbranch, 'worker', 'Hallo')), 'not-found', 'and without');
-- Nor does it count what it may not read: a director whose own step was the last to end, and not well.
SELECT test.new_step('mute') AS y \gset
SELECT test.moves(:y, 'worker', '{accepted,first-contact,intake-planned,intake-done}') \g /dev/null
SELECT test.move(:y, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
SELECT s.step_id AS ybranch FROM data.step s WHERE s.parent_id = :y \gset
SELECT test.say(:ybranch, 'gp', 'Voor wie het leest.') \g /dev/null
SELECT is(test.unread(:ybranch, 'worker') || ' ' || (test.waiting('worker') LIKE '%' || wijzer.code(:ybranch) || '%'), '1 true', 'a director has it to read');
SELECT test.moves(:ybranch, 'worker2', '{accepted,first-contact,done-not-reached}'), test.moves(:y, 'worker', '{done-not-reached}') \g /dev/null
SELECT is(test.unread(:ybranch, 'worker'), NULL, 'and has not once it does not direct');
SELECT is(test.waiting('worker') LIKE '%' || wijzer.code(:ybranch) || '%', false, 'nor does it wait for them');

-- It goes out.
SELECT wijzer.subscribe(1, test.account('worker'), 's1', test.hash('s'), 'mail', '{message}', 'r1.x', test.hash('w'), false) \g /dev/null
SELECT wijzer.subscribe(1, test.account('gp'), 's2', test.hash('s'), 'mail', '{message}', 'r1.x', test.hash('g'), false) \g /dev/null
SELECT throws_ok($$ SELECT wijzer.subscribe(1, test.account('gp'), 's3', test.hash('s'), 'mail', '{mail}', 'r1.x', test.hash('h'), false) $$, '23514', NULL, 'another kind is none');
SELECT is((SELECT array_agg(o.code::text ORDER BY o.code) FROM logic.talkers(1, :a) t (id) JOIN data.organisation o ON o.organisation_id = t.id AND o.region_id = 1),
          '{huisartsenpraktijk-de-peel,ketenregie-deurne,levgroep}', 'the parties hear of it, and the coordination where it wrote');
SELECT is((SELECT array_agg(o.code::text ORDER BY o.code) FROM logic.talkers(1, :b) t (id) JOIN data.organisation o ON o.organisation_id = t.id AND o.region_id = 1),
          '{huisartsenpraktijk-de-peel}', 'who declined hears nothing more');

-- A copy, and being forgotten.
SELECT is((SELECT array_agg(test.shown(m -> 'text')) FROM json_array_elements(wijzer.export_client(1, test.account('coordinator'), :client) -> 'referrals' -> 0 -> 'messages') m),
          '{"Heeft hij al gebeld?","Ja, gisteren.","Loopt het?"}', 'a copy has the messages');
SELECT is((SELECT test.shown(x -> 'name') FROM json_array_elements(wijzer.export_client(1, test.account('coordinator'), :client) -> 'referrals' -> 0 -> 'attachments') x LIMIT 1), 'brief.txt', 'and names the files');
SELECT ok('{"C message-sent message","R message-read step","C attachment-added attachment","R attachment attachment","R messages step"}'::text[] <@ test.log_types(:client), 'the log tells of each');
SELECT is(test.broken(), NULL, 'every invariant holds');
SELECT test.moves(:a, 'worker', '{first-contact,done-goal-reached}') \g /dev/null
SELECT is((SELECT result FROM wijzer.erase_client(1, test.account('gp'), 'e1', test.hash('e'), :client)), 'erased', 'the client is forgotten');
SELECT ok(NOT EXISTS (SELECT FROM json_array_elements(test.messages(:a, 'gp') -> 'items') m WHERE m ->> 'text' IS NOT NULL), 'no word is left');
SELECT is((test.files(:a, 'gp'))[1], '1 text/plain 15 true', 'of a file its size and type');
SELECT is(test.file(:file, 'gp'), 'erased', 'and nothing to get');
SELECT is(test.waiting('gp') ~ wijzer.code(:a), false, 'nor to read');
SELECT is((SELECT count(*) FROM data.message_waiting WHERE step_id = :a), 0::bigint, 'by anybody');
SELECT ok(NOT EXISTS (SELECT FROM data.attachment x WHERE x.step_id = :a AND num_nonnulls(x.name, x.digest, x.content) > 0), 'nor in the table');
SELECT is((SELECT result FROM test.say(:a, 'gp', 'Nog iets')), 'erased', 'nothing more is written');
SELECT is((SELECT body_hash FROM data.idempotency WHERE idem_key = 'k1'), '\x', 'the hashes of what was sent are gone');
SELECT is(test.broken(), NULL, 'every invariant holds');

-- What the rules catch.
UPDATE data.message_mark SET message_nr = message_nr + 1;
SELECT ok(test.broken()::text ~ 'what an organisation has read differs from its events', 'a mark that no event tells of');
UPDATE data.message_mark SET message_nr = message_nr - 1;
DELETE FROM data.event WHERE kind = 'message-sent' AND step_id = :b;
SELECT ok(test.broken()::text ~ 'message differs from its event', 'a message of which none tells');
DELETE FROM data.event WHERE kind = 'attachment-added';
SELECT ok(test.broken()::text ~ 'file differs from its event', 'and a file');

-- The daemon's login.
SELECT is_empty($$ SELECT t FROM unnest('{data.message,data.attachment,data.message_mark,logic.message_seen,logic.attachment_seen}'::text[]) t
                   WHERE has_table_privilege('wijzer_app', t, 'SELECT') $$, 'the daemon''s login reads none of it by itself');
SELECT is_empty($$ SELECT c FROM unnest('{name,digest,content}'::text[]) c WHERE has_column_privilege('wijzer_owner', 'data.attachment', c, 'SELECT') $$,
                'and the functions read what is sealed by the view alone');
SELECT * FROM finish();
ROLLBACK;
