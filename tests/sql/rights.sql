-- What a client may ask for: a copy of everything, a correction, restriction, and to be forgotten; the time after which that
-- happens by itself; and the citizen service number, where a region has a ground for it.
BEGIN;
\ir support/helpers.sql
SELECT plan(170);
CREATE FUNCTION test.later(t text) RETURNS void LANGUAGE sql AS $$ SELECT set_config('wijzer.clock_offset', t, true) $$;
CREATE FUNCTION test.notices(k text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce(o.code, '-'), ' ' ORDER BY o.code)
    FROM data.notice n LEFT JOIN data.organisation o USING (region_id, organisation_id) WHERE n.kind = k $$;

SELECT test.new_step('a') AS a, test.new_step('b', 'gp2') AS b \gset
SELECT test.referral_of(:a) AS r, test.client_of(:a) AS c, test.client_of(:b) AS c2, test.account('gp') AS gp, test.account('gp2') AS gp2,
       test.account('worker') AS worker, test.account('coordinator') AS coordinator, test.account('steward') AS steward \gset
SELECT test.moves(:a, 'worker', '{received,accepted}') \g /dev/null
SELECT test.move(:a, 'worker', 'first-contact', 'Gebeld, gaat goed.') \g /dev/null
SELECT test.emergency(:r) \g /dev/null
SELECT wijzer.get_referral(1, :worker, :r, '192.0.2.7') \g /dev/null

-- A copy.
SELECT is(wijzer.export_client(1, x, :c)::text, NULL, 'others get no copy') FROM unnest(ARRAY[:gp2, :worker, :steward, test.account('coordinator', 2)]) x;
SELECT is((SELECT ROW(action, what, outcome, client_ids)::text FROM data.access WHERE account_id = :gp2 ORDER BY access_id DESC LIMIT 1),
          ROW('E', 'export', 'refused', ARRAY[:c])::text, 'which is kept');
SELECT is(wijzer.export_client(2, test.account('coordinator', 2), :c)::text, NULL, 'nor another region');
SELECT is(wijzer.export_client(1, :gp, 999999)::text, NULL, 'there is no such client');
SELECT wijzer.export_client(1, :gp, :c, '192.0.2.9') AS copy \gset
SELECT is((SELECT ROW(action, what, outcome, ground, fields, client_ids, came_from)::text FROM data.access ORDER BY access_id DESC LIMIT 1),
          ROW('E', 'export', 'granted', 'right', 8191, ARRAY[:c], '192.0.2.9')::text, 'a copy is kept in the access log');
SELECT is(test.shown(:'copy'::json -> 'client' -> 'name'), 'J. Jansen', 'it has the name');
SELECT is(:'copy'::json -> 'client' ->> 'birthYear', '1950', 'the year of birth');
SELECT is(test.shown(:'copy'::json -> 'referrals' -> 0 -> 'text'), 'Voelt zich alleen.', 'the text');
SELECT is((SELECT string_agg(test.shown(e -> 'text'), ' ' ORDER BY e ->> 'at') FROM json_array_elements(:'copy'::json -> 'referrals' -> 0 -> 'events') e WHERE e ->> 'label' = 'Eerste contact gelukt'),
          'Gebeld, gaat goed.', 'what helpers wrote');
SELECT is(:'copy'::json -> 'referrals' -> 0 -> 'decisions' -> 0 ->> 'reason', 'Omdat het past.', 'decisions with reasons');
SELECT is(:'copy'::json -> 'referrals' -> 0 -> 'decisions' -> 0 -> 'facts' ->> 'age', '76', 'and the facts they were made on');
SELECT is(json_array_length(:'copy'::json -> 'referrals' -> 0 -> 'feedback'), 2, 'feedback');
SELECT is(json_array_length(:'copy'::json -> 'referrals' -> 0 -> 'steps'), 1, 'steps');
SELECT is(:'copy'::json -> 'consents' -> 0 -> 'grants' -> 0 ->> 'kind', 'coordination', 'consents');
SELECT is(:'copy'::json -> 'consents' -> 0 -> 'grants' -> 0 -> 'fields' ->> 0, 'name', 'in words');
SELECT is(test.shown(:'copy'::json -> 'emergencies' -> 0 -> 'reason'), 'Nood aan de deur.', 'emergencies with the reason');
SELECT is(:'copy'::json -> 'notices' -> 0 -> 'kind' ->> 'code', 'emergency-used', 'what the client was told');
SELECT is((SELECT array_agg(DISTINCT x ->> 'type' ORDER BY x ->> 'type') FROM json_array_elements(:'copy'::json -> 'accessLog') x),
          '{emergency-used,export,referral,referral-sent,step-moved}', 'and who looked or wrote');
SELECT is(test.shown(wijzer.export_client(1, :coordinator, :c) -> 'client' -> 'phone'), '+31 6 12345678', 'a coordinator makes the same copy');
SELECT is(current_setting('wijzer.right', true), '', 'and the right ends with it');
SELECT set_config('wijzer.right', :'c', true) \g /dev/null
SELECT is(wijzer.get_referral(1, test.account('worker2'), test.referral_of(:b))::text, NULL, 'a setting made beforehand');
SELECT is(wijzer.get_referral(1, :steward, :r) ->> 'client', NULL, 'opens nothing');

-- A correction.
SELECT is((SELECT count(*) FROM wijzer.client_to_correct(1, x, :c)), 0::bigint, 'others do not correct') FROM unnest(ARRAY[:gp2, :worker, :steward]) x;
SELECT is((SELECT birth_year || ' ' || test.opened(name) FROM wijzer.client_to_correct(1, :gp, :c)), '1950 J. Jansen', 'who referred does');
SELECT is((SELECT result FROM test.correct(:c, 'gp2')), 'not-found', 'another practice is refused');
SELECT is((SELECT result FROM test.correct(:c, 'worker')), 'not-found', 'a worker too');
SELECT is((SELECT result || ' ' || (answer ->> 'fields') FROM test.correct(:c, 'gp', 1, 'c1')), 'corrected ["name"]', 'a name');
SELECT is((SELECT result FROM test.correct(:c, 'gp', 1, 'c1')), 'replayed', 'the same again');
SELECT is((SELECT result FROM test.correct(:c, 'gp', 1, 'c1', 'other')), 'key-reused', 'another under its key');
SELECT is((SELECT result FROM test.correct(:c2, 'coordinator', 1, 'c1')), 'corrected', 'keys are each account''s own');
SELECT is((SELECT test.opened(name) || birth_year || area || test.opened(phone) || language FROM data.client WHERE client_id = :c),
          'A. de Boer19505751+31 6 12345678nl', 'only what was named');
SELECT is((SELECT name_hash = logic.short_hash(test.hash('name|a. de boer|1949')) AND phone_hash = logic.short_hash(test.hash('phone|0612345678')) FROM data.client WHERE client_id = :c), true, 'with its hash');
SELECT is((SELECT ROW(account_id, role, fields, came_from, object_id)::text FROM data.event WHERE kind = 'client-corrected' AND referral_id = :r),
          ROW(:gp, 'referrer', 1, '192.0.2.9', :c)::text, 'it stands in the history');
SELECT is(test.notices('client-corrected'), 'huisartsenpraktijk-vlierden ketenregie-deurne levgroep levgroep', 'who helps or referred is told, but not who did it');
SELECT is((SELECT result FROM test.correct(:c, 'gp', 60, email => NULL)), 'corrected', 'the others, an address of mail away');
SELECT is((SELECT birth_year || area || test.opened(phone) || language || (email IS NULL) FROM data.client WHERE client_id = :c), '195057570687654321entrue', 'as named');
SELECT throws_ok(format('SELECT wijzer.correct_client(1, %s, %L, %L, %s, 1, NULL, NULL, NULL, %L, NULL, NULL, NULL, NULL, NULL, %s, %L)', :gp, 'plain', test.hash('x'), :c, 'J. Jansen', birth_year, name), '23514', NULL, 'plain text is not taken') FROM wijzer.client_to_correct(1, :gp, :c);
-- The hash of a name is made of what was seen: who was slower looks again.
SELECT is((SELECT result FROM test.correct(:c, 'gp', 1, seen_year => 1949)), 'changed-meanwhile', 'not a name with the hash of another year');
SELECT is((SELECT result FROM test.correct(:c, 'gp', 2, 'c3', seen_name => test.sealed('J. Jansen'))), 'changed-meanwhile', 'nor a year with the hash of another name');
SELECT is((SELECT result FROM test.correct(:c, 'gp', 32, seen_name => test.sealed('J. Jansen'))), 'corrected', 'what has no part in that hash goes on');
SELECT is((SELECT result FROM test.correct(:c, 'gp', 2, 'c3')), 'corrected', 'and who looked again too, under the same key');
SELECT is((SELECT result FROM test.correct(:c, 'gp', 2, 'c3', seen_name => test.sealed('J. Jansen'))), 'replayed', 'which is answered as before whatever is seen now');
-- A partner that may not see a field is not told.
SELECT count(*) AS before FROM data.notice WHERE kind = 'client-corrected' \gset
INSERT INTO data.consent (region_id, client_id, nr, at, basis, grants) VALUES (1, :c, 2, now(), 'changed', '[{"kind": "welfare", "fields": 4}, {"kind": "coordination", "fields": 4}]');
SELECT result FROM test.correct(:c, 'gp', 8) \g /dev/null
SELECT is((SELECT count(*) FROM data.notice WHERE kind = 'client-corrected'), :before::bigint, 'who may not see the phone number is not told that it changed');
-- Nor what was withdrawn from it, but that something was.
SELECT result FROM wijzer.change_consent(1, :gp, 'cc1', test.hash('x'), :c, NULL, '[{"kind": "coordination", "fields": 4}]', 'changed') \g /dev/null
SELECT is(test.notices('consent-withdrawn'), 'levgroep', 'whose sight became smaller is told');
SELECT result FROM wijzer.change_consent(1, :gp, 'cc2', test.hash('x'), :c, NULL, '[{"kind": "coordination", "fields": 4}, {"kind": "welfare", "fields": 5}]', 'changed') \g /dev/null
SELECT is(test.notices('consent-withdrawn'), 'levgroep', 'not whose became larger');

-- Restriction.
SELECT is((SELECT result FROM test.restrict(:c, false, 'gp2')), 'not-found', 'others do not restrict');
SELECT is((SELECT result || (answer ->> 'restricted') FROM test.restrict(:c, false, 'gp', 'r1')), 'restrictedtrue', 'who referred does');
SELECT is((SELECT result FROM test.restrict(:c, false, 'gp', 'r1')), 'replayed', 'again');
SELECT is((SELECT result FROM test.restrict(:c, false, 'coordinator')), 'restricted', 'twice is once');
SELECT is((SELECT count(*) FROM data.event WHERE kind = 'client-restricted'), 1::bigint, 'in the history');
SELECT is((SELECT document ->> 'client' FROM wijzer.get_step(1, :worker, :a)), NULL, 'recipients see nothing');
SELECT isnt(wijzer.get_referral(1, :gp, :r) ->> 'client', NULL, 'who referred does');
SELECT is((SELECT result || (answer ->> 'restricted') FROM test.restrict(:c, true)), 'liftedfalse', 'lifted');
SELECT isnt((SELECT document ->> 'client' FROM wijzer.get_step(1, :worker, :a)), NULL, 'and seen again');

-- Forgotten.
SELECT is((SELECT result FROM test.erase(:c, 'gp2')), 'not-found', 'others do not erase');
SELECT is((SELECT result FROM test.erase(:c, 'worker')), 'not-found', 'nor a worker');
SELECT is((SELECT result FROM test.erase(:c, 'steward')), 'not-found', 'nor a steward');
SELECT is((SELECT result FROM test.erase(:c, 'gp', 'e1')), 'still-open', 'not while somebody is at work');
SELECT is((SELECT count(*) FROM data.client WHERE erased_at IS NOT NULL), 0::bigint, 'nothing is gone then');
SELECT test.moves(:a, 'worker', '{taking-part}'), test.move(:a, 'worker', 'done-partly', 'Het gaat beter.') \g /dev/null
SELECT o.result AS opened FROM data.feedback f, wijzer.open_feedback(1, :gp, 'open-it', test.hash('o'), f.feedback_id) o WHERE f.referral_id = :r AND f.is_final \gset
SELECT wijzer.open_feedback(1, :gp, 'open-again', test.hash('o'), f.feedback_id) FROM data.feedback f WHERE f.referral_id = :r AND f.is_final \g /dev/null
SELECT is((SELECT count(*) FROM data.idempotency WHERE idem_key LIKE 'open-%' AND answer IS NOT NULL), 0::bigint, 'no answer with a text is kept');
SELECT is((SELECT result FROM test.erase(:c, 'gp', 'e1')), 'awaits-review', 'nor while an emergency waits for its second look');
SELECT is((SELECT array_agg(r.result) FROM data.emergency e, test.review(e.emergency_id) r WHERE e.client_id = :c), '{reviewed}', 'which comes');
SELECT test.emergency(:r, 'worker2', 'late') \g /dev/null
SELECT emergency_id AS late FROM data.emergency WHERE client_id = :c AND reviewed_at IS NULL \gset
UPDATE data.emergency SET reviewed_at = now(), reviewed_by = :coordinator, verdict = 'justified' WHERE emergency_id = :late;
SELECT is((SELECT count(*) FROM wijzer.keys_to_destroy(1, 10)), 0::bigint, 'no key is to be destroyed');
SELECT is(wijzer.key_destroyed(1, :c, now())::text, NULL, 'or can be said to be');
SELECT is((SELECT result || (answer ->> 'status') FROM test.erase(:c, 'gp', 'e1')), 'erasedpending', 'erased; the key is still there');
SELECT is((SELECT result || (answer ->> 'status') FROM test.erase(:c, 'gp', 'e1')), 'replayedpending', 'again');
SELECT is((SELECT result || (answer ->> 'status') FROM test.erase(:c, 'coordinator')), 'already-erasedpending', 'by another');
SELECT is((SELECT jsonb_strip_nulls(to_jsonb(c)) - '{region_id,client_id,created_at,erased_at}'::text[] FROM data.client c WHERE client_id = :c), '{}', 'nothing is left of the client');
SELECT is((SELECT count(*) FROM data.note WHERE referral_id = :r AND num_nonnulls(text, reason) > 0), 0::bigint, 'of what was written');
SELECT is((SELECT o.result || ' ' || coalesce(test.shown(o.answer -> 'text') LIKE '%beter%', false) FROM data.feedback f, wijzer.open_feedback(1, :gp, 'open-again', test.hash('o'), f.feedback_id) o
           WHERE f.referral_id = :r AND f.is_final), 'replayed false', 'nor of a feedback that is read again');
SELECT is((SELECT jsonb_agg(d.inputs) FROM data.decision d JOIN data.step s USING (region_id, step_id) WHERE s.referral_id = :r), '[{}]', 'nor the facts that it was decided by');
SELECT is((SELECT count(*) FROM wijzer.replay_page(1, :coordinator, '-infinity', NULL, 0, 100) WHERE referral_id = :r), 0::bigint, 'so that it is not tried again');
UPDATE data.emergency SET reviewed_at = NULL, reviewed_by = NULL, verdict = NULL WHERE emergency_id = :late;
SELECT is((SELECT result FROM test.review(:late)), 'erased', 'nothing is written about the client any more');
SELECT is((SELECT result FROM wijzer.review_emergency(1, :coordinator, 'bare', test.hash('x'), :late, 'justified', NULL, NULL)), 'reviewed', 'but a look without words is possible');
SELECT is((SELECT count(*) FROM data.idempotency i WHERE i.object_id IN (:r, :a, :c) AND i.operation NOT IN ('erase', 'restrict', 'open') AND i.body_hash <> '\x'), 0::bigint, 'or hashes of bodies');
SELECT is((SELECT result FROM test.submit('{a}', '{a}')), 'key-reused', 'a referral that is sent again is not made again');
SELECT is_empty('SELECT * FROM test.violation', 'and every invariant holds');
SELECT is_empty('SELECT * FROM logic.client_remains', 'also the one about what is left');
SELECT is(wijzer.get_referral(1, :gp, :r) -> 'client' ->> 'erased', 'true', 'the referral says so');
SELECT is(wijzer.get_referral(1, :gp, :r) -> 'client' ->> 'name', NULL, 'without a name');
SELECT is(wijzer.get_referral(1, :gp, :r) ->> 'state', 'closed', 'and is what it was');
SELECT is(json_array_length(wijzer.list_chain(1, :gp, NULL, NULL, NULL, 50, NULL) -> 'items'), 1, 'the chain shows it');
SELECT isnt(wijzer.list_feedback(1, :gp, false, 50, NULL)::text, NULL, 'feedback can be listed');
SELECT isnt(wijzer.decision_record(1, :gp, :r)::text, NULL, 'and the decision explained');
SELECT is(wijzer.export_client(1, :gp, :c) -> 'client' ->> 'name', NULL, 'a copy says that there is nothing');
SELECT is((SELECT result FROM test.correct(:c)), 'erased', 'it is not corrected');
SELECT is((SELECT result FROM test.restrict(:c, false)), 'erased', 'or restricted');
SELECT is((SELECT result FROM test.emergency(:r, 'worker2')), 'erased', 'and there is no emergency');
SELECT is(test.notices('client-erased'), 'levgroep', 'who helped is told');
SELECT is((SELECT client_id FROM wijzer.keys_to_destroy(1, 10)), :c::bigint, 'the keeper is told whose key to destroy');
SELECT is((SELECT array_agg(client_id) FROM (SELECT * FROM wijzer.keys_to_destroy(1, 10, :c - 1) UNION ALL SELECT * FROM wijzer.keys_to_destroy(1, 10, :c)) x), ARRAY[:c::bigint], 'behind another too, where that one cannot be destroyed');
SELECT is(wijzer.key_destroyed(1, :c, '2026-12-12Z') ->> 'status', 'done', 'and says that it did');
SELECT is((SELECT result || (answer ->> 'backupsGoneAt') FROM test.erase(:c, 'gp', 'e1')), 'replayed2026-12-12T00:00:00Z', 'from when no backup has it');
SELECT is(wijzer.key_destroyed(1, :c, '2027-12-12Z') ->> 'backupsGoneAt', '2026-12-12T00:00:00Z', 'told once');
SELECT is((SELECT count(*) FROM data.event WHERE kind = 'client-key-destroyed'), 1::bigint, 'in the history once');
SELECT is((SELECT count(*) FROM wijzer.keys_to_destroy(1, 10)), 0::bigint, 'done');
UPDATE data.client SET language = 'nl' WHERE client_id = :c;
SELECT set_config('wijzer.region', '1', true), set_config('wijzer.role', 'keeper', true) \g /dev/null
SET LOCAL ROLE wijzer_owner;
SELECT is((SELECT array_agg(reason) FROM wijzer.i6_every_promise_ends), ARRAY['client who was erased, and of whom something is left'], 'anything left breaks an invariant');
RESET ROLE;
UPDATE data.client SET language = NULL WHERE client_id = :c;
UPDATE data.client SET key_destroyed_at = NULL WHERE client_id = :c;
SELECT test.later('25 hours') \g /dev/null
SELECT is((SELECT array_agg(reason) FROM wijzer.i6_every_promise_ends), ARRAY['client who was erased, and whose key was not destroyed within a day'], 'so does a key that stays');
SELECT test.later(''), wijzer.key_destroyed(1, :c, '2026-12-12Z') \g /dev/null

-- How long: rows, by two people.
SELECT is(wijzer.list_retention(1, :gp)::text, NULL, 'a referrer does not see how long');
SELECT is((SELECT string_agg((x ->> 'law') || (x ->> 'years'), ' ') FROM json_array_elements(wijzer.list_retention(1, :steward) -> 'items') x WHERE (x ->> 'inForce')::boolean),
          'access-log5 wgbo20 wmo-201515', 'what every region begins with');
CREATE FUNCTION test.propose(years int, who text DEFAULT 'coordinator', key text DEFAULT NULL, law text DEFAULT 'wmo-2015', since date DEFAULT '2026-01-01', kinds text[] DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.propose_retention(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(years::text), law, 'loop-closed', years, since, kinds) $$;
CREATE FUNCTION test.approve_retention(nr int, who text DEFAULT 'coordinator2', key text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.approve_retention(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(nr::text), nr) $$;
SELECT is((SELECT result FROM test.propose(10, 'gp')), 'not-yours', 'a referrer does not propose');
SELECT is((SELECT result FROM test.propose(10, kinds => '{pirates}')), 'kind-unknown', 'a kind must be known');
SELECT is((SELECT result || (answer ->> 'number') FROM test.propose(10, key => 'p1')), 'proposed4', 'a coordinator does');
SELECT is((SELECT result || (answer ->> 'number') FROM test.propose(10, key => 'p1')), 'replayed4', 'again');
SELECT is((SELECT result FROM test.propose(11, key => 'p1')), 'key-reused', 'another under its key');
SELECT is((SELECT years FROM logic.retention_in_force(1, '2026-11-28') WHERE law = 'wmo-2015'), 15, 'which changes nothing');
SELECT is(test.approve_retention(4, 'coordinator'), 'same-person', 'nobody approves their own');
SELECT is(test.approve_retention(4, 'worker'), 'not-yours', 'nor does a worker');
SELECT is(test.approve_retention(9), 'not-found', 'or what is not there');
SELECT is(test.approve_retention(1), 'already-approved', 'or twice');
SELECT is(test.approve_retention(4), 'approved', 'another person does');
SELECT is((SELECT years FROM logic.retention_in_force(1, '2026-11-28') WHERE law = 'wmo-2015'), 10, 'and it is in force');
SELECT throws_ok('UPDATE data.retention SET approved_by = proposed_by WHERE nr = 4', '23514', NULL, 'the table itself demands two people');

-- The keeper forgets what is due. c2 is open; d ended today; e was helped by health, for which the other law holds too.
SELECT test.new_step('d') AS d, test.new_step('e', 'gp', 'buurtteam') AS e \gset
SELECT test.moves(:d, 'worker', '{received,accepted,first-contact,taking-part,done-partly}'), test.open_final(test.referral_of(:d)) \g /dev/null
UPDATE data.organisation SET kind = 'health' WHERE region_id = 1 AND code = 'buurtteam';
SELECT test.moves(:e, 'worker2', '{received,accepted,first-contact,taking-part,done-partly}'), test.open_final(test.referral_of(:e)) \g /dev/null
SELECT is((SELECT removed FROM wijzer.apply_retention(1, 0, 100)), 0, 'nothing is due today');
SELECT test.later('10 years 1 day') \g /dev/null
SELECT is((SELECT ROW(last IS NULL, removed)::text FROM wijzer.apply_retention(1, 0, 100)), '(t,1)', 'after ten years one is');
SELECT is((SELECT array_agg(kind ORDER BY event_id) FROM data.event WHERE referral_id = test.referral_of(:d) AND kind LIKE '%erased'), '{retention-erased}', 'it stands in the history');
SELECT is((SELECT count(*) FROM data.client WHERE client_id IN (test.client_of(:d)) AND erased_at IS NOT NULL), 1::bigint, 'the right one');
SELECT is((SELECT removed FROM wijzer.apply_retention(1, 0, 100)), 0, 'once');
SELECT wijzer.prove_retention(1) \g /dev/null
SELECT is((SELECT string_agg((x ->> 'law') || ' ' || (x ->> 'removed') || ' ' || coalesce(x ->> 'oldest', '-') , ', ') FROM json_array_elements(wijzer.retention_proof(1, :coordinator) -> 'items') x
           WHERE x ->> 'law' <> 'access-log'), 'wgbo 0 ' || (SELECT logic.iso(ended_at) FROM data.referral WHERE referral_id = test.referral_of(:e)) || ', wmo-2015 1 -', 'and it is proved');
SELECT test.later('20 years 1 day') \g /dev/null
-- e cannot be forgotten today: passed over, which the proof of the day tells.
SAVEPOINT passing;
SELECT is(wijzer.pass_retention(1, test.client_of(:e) - 1), test.client_of(:e)::bigint, 'who cannot be forgotten is passed over');
SELECT wijzer.prove_retention(1) \g /dev/null
SELECT is((SELECT string_agg((x ->> 'law') || ' ' || (x ->> 'removed') || ' ' || coalesce(x ->> 'oldest', '-') , ', ') FROM (
               SELECT x FROM json_array_elements(wijzer.retention_proof(1, :coordinator) -> 'items') x WHERE x ->> 'day' = left(wijzer.clock()::text, 10)) t
           WHERE x ->> 'law' <> 'access-log'), 'wgbo 0 ' || (SELECT logic.iso(ended_at) FROM data.referral WHERE referral_id = test.referral_of(:e)) || ', wmo-2015 0 -', 'and remains in the proof');
SELECT is(wijzer.pass_retention(1, (SELECT max(client_id) FROM data.client)), NULL, 'where nobody is, nobody');
ROLLBACK TO passing;
SELECT is((SELECT array_agg(removed) FROM (SELECT * FROM wijzer.apply_retention(1, 0, 1) UNION ALL SELECT * FROM wijzer.apply_retention(1, :c2, 100)) x), '{0,1}', 'the longest law holds; a page at a time');
SELECT is((SELECT count(*) FROM data.client WHERE client_id = :c2 AND erased_at IS NOT NULL), 0::bigint, 'what is open is kept');
SELECT test.later('') \g /dev/null
SELECT is(wijzer.retention_proof(1, :gp)::text, NULL, 'the proof is for coordinators and stewards');

-- The citizen service number.
SELECT is(wijzer.get_bsn(1, :steward) ->> 'ground', NULL, 'off');
SELECT is((SELECT result FROM wijzer.propose_bsn(1, :gp, 'b', test.hash('b'), 'Wabvpz', '{health}')), 'not-yours', 'a referrer does not ask for it');
SELECT is((SELECT result FROM wijzer.propose_bsn(1, :coordinator, 'b', test.hash('b'), 'Wabvpz', '{welfare,gp-practice}')), 'proposed', 'a coordinator does');
SELECT is((SELECT result FROM wijzer.approve_bsn(1, :coordinator, 'b2', test.hash('b'), 1)), 'same-person', 'and does not approve it');
UPDATE data.client SET bsn = test.sealed('123456782') WHERE client_id = :c2;
UPDATE data.consent SET grants_hash = NULL, grants = '[{"kind": "welfare", "fields": 8191}, {"kind": "coordination", "fields": 8191}]' WHERE client_id = :c2;
SELECT is((SELECT ROW(bool_or(document -> 'client' ->> 'bsn' IS NULL))::text FROM wijzer.get_step(1, :worker, :b)), '(t)', 'while it is off, nobody sees one');
SELECT is((SELECT result FROM wijzer.approve_bsn(1, :steward, 'b2', test.hash('b'), 1)), 'approved', 'a steward approves');
SELECT is(wijzer.region_snapshot(1) ->> 'bsn', '["welfare","gp-practice"]', 'and daemons hear of it');
SELECT is((SELECT array_agg(x ->> 'organisation' ORDER BY x ->> 'organisation') FROM json_array_elements(wijzer.get_disclosure(1, :coordinator, test.referral_of(:b)) -> 'parties') x WHERE x ->> 'fields' LIKE '%bsn%'),
          (SELECT array_agg(logic.named(o.code, o.name)::text) FROM data.organisation o WHERE o.region_id = 1 AND o.organisation_id = test.organisation_of('worker')), 'who may have it is promised to get it, and nobody else');
SELECT is(logic.wrong_grants(1, :c2, '[{"kind": "welfare", "fields": 4096}, {"kind": "coordination", "fields": 4096}]')::text, '[[1, "fields"]]', 'nobody else can be granted it');
SELECT is((SELECT test.opened(document -> 'client' -> 'bsn' #>> '{~,0,v}') FROM wijzer.get_step(1, :worker, :b)), '123456782', 'a kind that may have it sees it, if it is granted');
SELECT is((SELECT fields FROM data.access ORDER BY access_id DESC LIMIT 1), 8191, 'which is kept');
SELECT is(wijzer.get_referral(1, :coordinator, test.referral_of(:b)) -> 'client' ->> 'bsn', NULL, 'another kind does not, granted or not');
SELECT is((SELECT fields FROM data.access ORDER BY access_id DESC LIMIT 1), 4095, 'which is kept too');

-- A change of the wrapping keys: agreed by two people, then taken once, within a week.
CREATE FUNCTION test.propose_key(action text, number int DEFAULT NULL, who text DEFAULT 'coordinator', key text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', result, answer ->> 'number', answer ->> 'status')
    FROM wijzer.propose_key_change(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(action), action, number) $$;
CREATE FUNCTION test.approve_key(nr int, who text DEFAULT 'steward', key text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', result, answer ->> 'status')
    FROM wijzer.approve_key_change(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(nr::text), nr) $$;
CREATE FUNCTION test.key_changes() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', x ->> 'number', x ->> 'action', x ->> 'key', x ->> 'status', x ->> 'approvedBy'), ', ')
    FROM json_array_elements(wijzer.get_key_changes(1, test.account('steward')) -> 'items') x $$;
SELECT is(wijzer.get_key_changes(1, :gp)::text, NULL, 'a referrer does not see what is agreed about keys');
SELECT is(wijzer.get_key_changes(1, :steward)::text, '{"items" : []}', 'nothing yet');
SELECT is(wijzer.take_key_change(1, 'rotate', NULL), false, 'nobody agreed');
SELECT is(test.propose_key('rotate', NULL, 'gp'), 'not-yours', 'a referrer does not propose');
SELECT is(test.propose_key('rotate', key => 'k1'), 'proposed 1 proposed', 'a coordinator does');
SELECT is(test.propose_key('rotate', key => 'k1'), 'replayed 1 proposed', 'again');
SELECT is(test.propose_key('retire', 1, key => 'k1'), 'key-reused', 'another under its key');
SELECT throws_ok('SELECT test.propose_key(''retire'')', '23514', NULL, 'what is retired is named');
SELECT throws_ok('SELECT test.propose_key(''rotate'', 1)', '23514', NULL, 'what is added is not');
SELECT is(wijzer.take_key_change(1, 'rotate', NULL), false, 'one alone changes nothing');
SELECT is(test.approve_key(1, 'coordinator'), 'same-person', 'nobody approves their own');
SELECT is(test.approve_key(1, 'worker'), 'not-yours', 'nor does a worker');
SELECT is(test.approve_key(9), 'not-found', 'or what is not there');
SELECT is(test.approve_key(1, key => 'k2'), 'approved approved', 'another person does');
SELECT is(test.approve_key(1, key => 'k2'), 'replayed approved', 'again');
SELECT is(test.approve_key(1), 'already-approved', 'once');
SELECT test.propose_key('retire', 1), test.propose_key('rotate'), test.approve_key(2), test.approve_key(3) \g /dev/null
SELECT is(wijzer.take_key_change(1, 'retire', 2), false, 'another key was meant');
SELECT is(wijzer.take_key_change(2, 'rotate', NULL), false, 'or another region');
SELECT is(wijzer.take_key_change(1, 'rotate', NULL), true, 'it is taken');
SELECT is(test.key_changes(), '1 rotate done steward, 2 retire 1 approved steward, 3 rotate approved steward', 'the oldest first');
SELECT test.later('6 days 23 hours') \g /dev/null
SELECT is(wijzer.take_key_change(1, 'retire', 1), true, 'a week long');
SELECT is(wijzer.take_key_change(1, 'retire', 1), false, 'once');
SELECT test.later('7 days 1 minute') \g /dev/null
SELECT is(test.key_changes(), '1 rotate done steward, 2 retire 1 done steward, 3 rotate expired steward', 'then it has expired');
SELECT is(wijzer.take_key_change(1, 'rotate', NULL), false, 'and is not taken');
SELECT test.later('') \g /dev/null
SELECT throws_ok('UPDATE data.key_change SET approved_by = proposed_by WHERE nr = 3', '23514', NULL, 'the table itself demands two people');
SET LOCAL ROLE wijzer_owner;
SELECT throws_ok('UPDATE data.key_change SET key_nr = 2 WHERE nr = 2', '42501', NULL, 'and keeps what was agreed');
SELECT throws_ok('DELETE FROM data.key_change', '42501', NULL, 'for ever');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
