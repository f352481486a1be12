-- Consent in the database: for every table, every field and every pair of organisations, as the daemon's login and below it;
-- and that who read, or was refused, is kept.
BEGIN;
\ir support/helpers.sql
SELECT plan(96);

-- Somebody at every organisation of region 1, of a role that reads.
INSERT INTO data.account (region_id, organisation_id, name, role)
SELECT 1, o.organisation_id, 'reader', CASE o.kind WHEN 'gp-practice' THEN 'referrer' ELSE 'worker' END
FROM data.organisation o WHERE o.region_id = 1;
CREATE FUNCTION test.reader(org int) RETURNS int LANGUAGE sql
RETURN (SELECT account_id FROM data.account WHERE region_id = 1 AND organisation_id = org AND name = 'reader');
-- One referral to every organisation that offers something.
CREATE TABLE test.sent AS
SELECT f.organisation_id AS owner_id, s.step_id, test.referral_of(s.step_id) AS referral_id
FROM (SELECT f.organisation_id, min(f.code::text) AS code FROM data.offering f JOIN data.rule r USING (region_id, offering_id)
      WHERE f.region_id = 1 AND r.version = test.in_force(3) GROUP BY f.organisation_id) f,
     test.submit(ARRAY['to' || f.code], ARRAY[f.code], 'gp', f.code) s;
SELECT ok(count(*) > 15, 'referrals to many organisations') FROM test.sent;
GRANT USAGE ON SCHEMA test TO wijzer_app;
GRANT SELECT ON test.sent TO wijzer_app;

-- What the daemon's login can read by itself: nothing, of every table and view there is.
CREATE FUNCTION test.denied(relation text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE wijzer_app;
    EXECUTE 'SELECT FROM ' || relation || ' LIMIT 1';
    RESET ROLE;
    RETURN false;
EXCEPTION
    WHEN insufficient_privilege THEN
        RETURN true;
END
$$;
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace IN ('data'::regnamespace, 'logic'::regnamespace, 'wijzer'::regnamespace) AND c.relkind IN ('r', 'p', 'v')
      AND NOT test.denied(c.oid::regclass::text) $$, 'the daemon''s login reads no table and no view');

-- Through the functions, for every referral and every organisation that is neither who referred nor who got it.
CREATE FUNCTION test.leaks() RETURNS TABLE (what text, reader int, referral bigint) LANGUAGE sql AS $$
    WITH pair AS MATERIALIZED (
        SELECT s.*, o.organisation_id AS other, test.reader(o.organisation_id) AS account
        FROM test.sent s, data.organisation o
        WHERE o.region_id = 1 AND o.organisation_id NOT IN (s.owner_id, test.organisation_of('gp')))
    SELECT 'referral', other, referral_id FROM pair WHERE wijzer.get_referral(1, account, referral_id) IS NOT NULL
    UNION ALL SELECT 'step', other, referral_id FROM pair WHERE EXISTS (SELECT FROM wijzer.get_step(1, account, step_id))
    UNION ALL SELECT 'explanation', other, referral_id FROM pair WHERE wijzer.decision_record(1, account, referral_id) IS NOT NULL
    UNION ALL SELECT 'client of step', other, referral_id FROM pair WHERE wijzer.client_of_step(1, account, step_id) IS NOT NULL
    UNION ALL SELECT 'status', other, referral_id FROM pair
              WHERE EXISTS (SELECT FROM wijzer.get_statuses(1, ARRAY[(account, referral_id, NULL)::wijzer.status_request]) x WHERE x.step_id IS NOT NULL)
    UNION ALL SELECT 'inbox', other, referral_id FROM pair
              WHERE wijzer.list_inbox(1, account, NULL, 200, NULL)::text LIKE '%' || wijzer.code(referral_id) || '%'
    UNION ALL SELECT 'chain', other, referral_id FROM pair
              WHERE wijzer.list_chain(1, account, NULL, NULL, NULL, 200, NULL)::text LIKE '%' || wijzer.code(referral_id) || '%'
    UNION ALL SELECT 'feedback', other, referral_id FROM pair
              WHERE wijzer.list_feedback(1, account, false, 200, NULL)::text LIKE '%' || wijzer.code(referral_id) || '%'
    UNION ALL SELECT 'move', other, referral_id FROM pair
              WHERE (SELECT m.result FROM wijzer.move_step(1, account, 'k' || step_id || '.' || account, repeat('0', 64), step_id, NULL, 'accepted', 2,
                  '{sent}', '{requested}', '{accepted}', '{now,now}', NULL, NULL, NULL, NULL, NULL, NULL, '{now,now}', '{now,now}',
                  '{now,now}', NULL, '{now,now}') m) <> 'not-found'
$$;
SELECT is_empty('SELECT * FROM test.leaks()', 'no organisation reads, lists or moves what is not its own');
SELECT is_empty($$
    SELECT s.owner_id FROM test.sent s
    WHERE wijzer.get_referral(1, test.reader(s.owner_id), s.referral_id) -> 'client' -> 'name' #>> '{~,0,v}' IS DISTINCT FROM test.sealed('J. Jansen') $$,
    'each of them reads its own');

-- Below the functions: as their owner, with the settings of every organisation, in every table about clients.
CREATE FUNCTION test.count_as(role text, organisation int, query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM set_config('wijzer.region', '1', true), set_config('wijzer.role', role, true),
            set_config('wijzer.organisation', organisation::text, true), set_config('wijzer.account', test.reader(organisation)::text, true);
    SET LOCAL ROLE wijzer_owner;
    EXECUTE query INTO n;
    RESET ROLE;
    RETURN n;
END
$$;
SELECT is_empty(format($$
    SELECT o.organisation_id, t FROM data.organisation o, unnest('{data.client,data.note}'::text[]) t
    WHERE o.region_id = 1 AND o.organisation_id <> test.organisation_of('gp')
      AND test.count_as('worker', o.organisation_id, 'SELECT count(*) FROM ' || t) <> (SELECT count(*) FROM test.sent s WHERE s.owner_id = o.organisation_id) $$),
    'the owner of the functions has the rows of its own referrals and no others');
SELECT is_empty($$
    SELECT o.organisation_id FROM data.organisation o
    WHERE o.region_id = 1 AND o.organisation_id <> test.organisation_of('gp')
      AND test.count_as('worker', o.organisation_id, 'SELECT count(name) FROM logic.client_seen')
          <> (SELECT count(*) FROM test.sent s WHERE s.owner_id = o.organisation_id) $$, 'and their names');
SELECT throws_ok(format('SELECT test.count_as(%L, %s, %L)', 'worker', test.organisation_of('worker'), 'SELECT count(' || c || ') FROM ' || t), '42501', NULL,
                 'past the views it reads no ' || c)
FROM (VALUES ('data.client', 'name'), ('data.client', 'phone'), ('data.client', 'email'), ('data.client', 'bsn'), ('data.client', 'birth_year'),
             ('data.client', 'area'), ('data.client', 'name_hash'), ('data.client', 'plain_name'), ('data.note', 'text'), ('data.note', 'reason'),
             ('data.note', 'plain_text'), ('data.feedback', 'lead'), ('data.feedback', 'former'), ('data.feedback', 'plain_text')) x (t, c);
SELECT is(test.count_as(r, test.organisation_of('gp'), 'SELECT count(name) FROM logic.client_seen'), 0::bigint, 'role ''' || r || ''' sees nobody')
FROM unnest('{steward,keeper,nobody,""}'::text[]) r;
SELECT throws_ok($$ UPDATE data.client SET name = 'J. Jansen' $$, '23514', NULL, 'no plain name gets in');
SELECT throws_ok($$ UPDATE data.note SET text = 'Voelt zich alleen.' $$, '23514', NULL, 'no plain text');
SELECT throws_ok($$ UPDATE data.client SET plain_phone = '0612345678' $$, '23514', NULL, 'not even where it once stood');

-- Field by field.
CREATE FUNCTION test.seen(step bigint, who int) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', CASE WHEN c ->> 'name' IS NOT NULL THEN 'name' END, CASE WHEN c ->> 'birthYear' IS NOT NULL THEN 'birth-year' END,
                     CASE WHEN c ->> 'area' IS NOT NULL THEN 'area' END, CASE WHEN c ->> 'phone' IS NOT NULL THEN 'phone' END,
                     CASE WHEN c ->> 'language' IS NOT NULL THEN 'language' END, CASE WHEN d ->> 'domains' IS NOT NULL THEN 'domains' END,
                     CASE WHEN d ->> 'icpc' IS NOT NULL THEN 'icpc' END, CASE WHEN d ->> 'text' IS NOT NULL THEN 'text' END,
                     CASE WHEN d ->> 'urgency' IS NOT NULL THEN 'urgency' END)
    FROM (SELECT d, d -> 'client' AS c FROM wijzer.get_referral(1, who, test.referral_of(step)) d) x $$;
CREATE FUNCTION test.shared(key text, consent text, offering text DEFAULT 'welzijn-op-recept') RETURNS bigint LANGUAGE sql AS $$
    SELECT step_id FROM test.submit(ARRAY[key], ARRAY[key], 'gp', offering, consent => consent) $$;
SELECT is(test.seen(test.shared('f' || bit, format('[{"kind":"welfare","fields":%s}]', 1 << bit)), test.account('worker')), field, 'of all fields ' || field || ' alone')
FROM (VALUES (0, 'name'), (1, 'birth-year'), (2, 'area'), (3, 'phone'), (5, 'language'), (6, 'domains'), (7, 'icpc'), (8, 'text'), (9, 'urgency')) x (bit, field);
SELECT test.organisation_of('worker') AS welfare, test.account('worker') AS worker, test.account('coordinator') AS coordinator, test.account('gp') AS gp,
       test.account('steward') AS steward \gset
SELECT is(test.seen(test.shared('none', '[]'), :worker), '', 'nothing granted, nothing seen');
SELECT is(test.seen(test.shared('org', format('[{"kind":"welfare","fields":1},{"organisation":%s,"fields":8}]', :welfare)), :worker), 'phone',
          'what is said of the organisation counts before what is said of its kind');
SELECT is(test.seen(test.shared('not', format('[{"kind":"welfare","fields":1},{"organisation":%s,"fields":0}]', :welfare)), :worker), '', 'so one can be left out');
SELECT is(test.seen(test.shared('first', '[{"kind":"welfare","fields":1},{"kind":"welfare","step":"first","fields":2}]'), :worker), 'birth-year',
          'what is said of the first step counts before what is said of all');
SELECT is(test.seen(test.shared('other', '[{"kind":"team","fields":1}]'), :worker), '', 'what is granted to another kind is not ours');
SELECT test.shared('c', '[{"kind":"welfare","fields":2047}]') AS c \gset
SELECT is(test.seen(:c, :coordinator), '', 'the coordinator sees what coordination is granted, here nothing');
SELECT is(test.seen(:c, :steward), '', 'the steward nothing, whatever is granted');
SELECT is(test.seen(:c, :gp), 'name birth-year area phone language domains icpc text urgency', 'who referred sees their own client');
SELECT ok(wijzer.get_referral(1, :coordinator, test.referral_of(:c)) -> 'steps' IS NOT NULL, 'but the coordinator sees the chain');
INSERT INTO data.consent (region_id, client_id, nr, at, basis, grants)
SELECT 1, client_id, 2, now(), 'withdrawn', '[]' FROM data.referral WHERE referral_id = test.referral_of(:c);
SELECT is(test.seen(:c, :worker), '', 'withdrawn: nothing, at once');
INSERT INTO data.consent (region_id, client_id, nr, at, basis, grants)
SELECT 1, client_id, 3, now(), 'changed', '[{"kind":"welfare","fields":9}]' FROM data.referral WHERE referral_id = test.referral_of(:c);
SELECT is(test.seen(:c, :worker), 'name phone', 'given anew: what is given');
UPDATE data.client SET restricted_at = now() WHERE client_id = (SELECT client_id FROM data.referral WHERE referral_id = test.referral_of(:c));
SELECT is(test.seen(:c, :worker), '', 'restricted: nothing');
INSERT INTO data.emergency (region_id, emergency_id, referral_id, client_id, account_id, organisation_id, note_id, at, until, due_at)
SELECT 1, nextval('data.object_seq'), referral_id, client_id, test.account('worker2'), test.organisation_of('worker2'), 1, now(), now() + interval '1 day', now()
FROM data.referral WHERE referral_id = test.referral_of(:c);
UPDATE data.client SET restricted_at = NULL;
SELECT is(test.seen(:c, test.account('worker2')), 'name birth-year area phone language domains icpc text urgency', 'the emergency button opens it to who pressed it');
SELECT is(test.seen(:c, test.reader(test.organisation_of('worker2'))), '', 'not to a colleague');
UPDATE data.emergency SET at = now() - interval '2 days', until = now() - interval '1 second';
SELECT is(test.seen(:c, test.account('worker2')), '', 'and not for ever');
SELECT test.move(:c, 'worker', 'declined', 'Vol', 'capacity') \g /dev/null
SELECT is(test.seen(:c, :worker), '', 'who declined sees nothing of the client any more');

-- Notes: who wrote it, whose step it is about, who referred; others where notes are granted.
SELECT test.shared('n', '[{"kind":"welfare","fields":1},{"kind":"coordination","fields":2049}]') AS n \gset
SELECT test.move(:n, 'worker', 'received', 'Ik bel morgen.') \g /dev/null
CREATE FUNCTION test.notes(step bigint, who int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(test.shown(e -> 'text'), '|') FROM json_array_elements(wijzer.get_referral(1, who, test.referral_of(step)) -> 'events') e $$;
SELECT is(test.notes(:n, :worker), 'Ik bel morgen.', 'the worker reads the own note, not the referrer''s text');
SELECT is(test.notes(:n, :gp), 'Voelt zich alleen.|Ik bel morgen.', 'the referrer reads both');
SELECT is(test.notes(:n, :coordinator), 'Ik bel morgen.', 'the coordinator reads notes where they are granted');

-- The access log.
CREATE FUNCTION test.last_access() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', action, what, outcome, role, came_from, fields, ground, consent_nr, cardinality(client_ids))
    FROM data.access ORDER BY access_id DESC LIMIT 1 $$;
SELECT wijzer.get_referral(1, :worker, test.referral_of(:n), '198.51.100.1') \g /dev/null
SELECT is(test.last_access(), 'R referral granted worker 198.51.100.1 1 consent 1 1', 'a read: who, from where, which fields, on what ground');
SELECT wijzer.get_referral(1, test.account('gp2'), test.referral_of(:n), '198.51.100.2') \g /dev/null
SELECT is(test.last_access(), 'R referral refused referrer 198.51.100.2 0 none 1', 'a refused attempt names the client it was about');
SELECT wijzer.get_referral(1, :gp, 1, '198.51.100.2') \g /dev/null
SELECT is(test.last_access(), 'R referral refused referrer 198.51.100.2 0 none 0', 'or none, where there is nothing');
SELECT * FROM wijzer.get_statuses(1, ARRAY[(test.account('gp2'), test.referral_of(:n), '198.51.100.6'), (:gp, test.referral_of(:n), '198.51.100.7')]::wijzer.status_request[]) \g /dev/null
SELECT is(test.last_access(), 'R referral refused referrer 198.51.100.6 0 none 1', 'so does one to know how it stands');
SELECT * FROM wijzer.get_step(1, :worker, :n, '198.51.100.3') \g /dev/null
SELECT is(test.last_access(), 'R step granted worker 198.51.100.3 1 consent 1 1', 'a step');
SELECT wijzer.list_inbox(1, :worker, NULL, 50, NULL, '198.51.100.4') \g /dev/null
SELECT matches(test.last_access(), '^R inbox granted worker 198.51.100.4 \d+ consent 1 \d+$', 'a list, with everybody on it');
SELECT results_eq($$ SELECT fields FROM data.access WHERE came_from = '198.51.100.4' ORDER BY fields $$,
                  $$ SELECT DISTINCT (i.document ->> 'fields')::int AS fields FROM (SELECT to_jsonb(d) AS document FROM logic.inbox_document d
                     JOIN data.promise p ON p.region_id = d.region_id AND p.step_id = d.step_id AND p.ended_at IS NULL AND p.owner_id = test.organisation_of('worker')) i
                     ORDER BY fields $$, 'of each what was seen of them, not what was seen of another');
SELECT ok((SELECT count(*) > 1 FROM data.access WHERE came_from = '198.51.100.4'), 'in as many entries');

-- What a decision went by is shown to who may see all of it: here age and area.
SELECT test.shared('x', '[{"kind":"welfare","fields":7},{"kind":"coordination","fields":3}]') AS x \gset
SELECT is(wijzer.decision_record(1, :gp, test.referral_of(:x), '198.51.100.8') -> 'inputs' ->> 'age', '76', 'who referred reads what it went by');
SELECT is(test.last_access(), 'R explanation granted referrer 198.51.100.8 6 referrer 1', 'which is kept, with the fields it tells of');
SELECT is(wijzer.decision_record(1, :worker, test.referral_of(:x), '198.51.100.8') -> 'inputs' ->> 'age', '76', 'so does who may see them');
SELECT is(test.last_access(), 'R explanation granted worker 198.51.100.8 6 consent 1 1', 'on that ground');
SELECT is(wijzer.decision_record(1, :coordinator, test.referral_of(:x), '198.51.100.8')::text, '{"withheld" : ["area"]}', 'a coordinator who may not see one of them is told which');
SELECT is(test.last_access(), 'R explanation refused coordinator 198.51.100.8 0 none 1', 'and that is kept as a refusal');
SELECT is(wijzer.decision_record(1, :coordinator, test.referral_of(:c))::text, '{"withheld" : ["birth-year", "area"]}', 'or all of them');
SELECT is(wijzer.get_referral(1, w.account, test.referral_of(:x)) -> 'decision' ->> 'reason', w.reason, 'the row''s sentence is told to the same: ' || w.n)
FROM (VALUES (1, :gp, 'Omdat het past.'), (2, :worker, 'Omdat het past.'), (3, :coordinator, NULL), (4, :steward, NULL)) AS w (n, account, reason);
SELECT is(wijzer.get_referral(1, :coordinator, test.referral_of(:x)) -> 'decision' -> 'organisation' ->> 'code', 'levgroep', 'where it went is no secret');
SELECT is((SELECT array_agg(referral_id) FROM wijzer.replay_shown(1, :coordinator, ARRAY[test.referral_of(:x), test.referral_of(:c)], '198.51.100.8')), NULL, 'a trial tells no coordinator more');
SELECT test.shared('y', '[{"kind":"coordination","fields":7}]') AS y \gset
SELECT is((SELECT array_agg(referral_id) FROM wijzer.replay_shown(1, :coordinator, ARRAY[test.referral_of(:x), test.referral_of(:y)], '198.51.100.8')), ARRAY[test.referral_of(:y)], 'of whom it may, it does');
SELECT is(test.last_access(), 'R trial granted coordinator 198.51.100.8 6 consent 1 1', 'which is kept');
SELECT is((SELECT count(*) FROM wijzer.replay_shown(1, :steward, ARRAY[test.referral_of(:y)])), 0::bigint, 'a steward is told of nobody');

-- The coordination is an organisation: a coordinator elsewhere has what that one was granted.
INSERT INTO data.account (region_id, organisation_id, name, role) VALUES (1, test.organisation_of('worker2'), 'elsewhere', 'coordinator');
SELECT test.shared('z', format('[{"organisation":%s,"fields":1},{"kind":"coordination","fields":1}]', test.organisation_of('worker2'))) AS z \gset
SELECT is(test.seen(:z, test.account('elsewhere')), '', 'without a step that has none');
SELECT is(test.seen(:z, :coordinator), 'name', 'the coordination needs none');

-- Under the emergency button everything says so.
SELECT test.emergency(test.referral_of(:x), 'coordinator') \g /dev/null
SELECT isnt(wijzer.decision_record(1, :coordinator, test.referral_of(:x), '198.51.100.9') -> 'inputs' ->> 'age', NULL, 'the explanation too');
SELECT is(test.last_access(), 'R explanation granted coordinator 198.51.100.9 6 emergency 1', 'with its ground');
SELECT test.emergency(test.referral_of(:x), 'worker') \g /dev/null
SELECT wijzer.list_inbox(1, :worker, NULL, 50, NULL, '198.51.100.9') \g /dev/null
SELECT is((SELECT array_agg(DISTINCT ground) FROM data.access WHERE what = 'inbox' AND came_from = '198.51.100.9' AND client_ids @> ARRAY[test.client_of(:x)]), '{emergency}', 'and the inbox');

-- Feedback that is read once more, and what is refused to who is no party, names the client.
SELECT test.moves(:x, 'worker', '{received,accepted,first-contact}') \g /dev/null
SELECT min(feedback_id) AS f FROM data.feedback WHERE step_id = :x \gset
SELECT wijzer.open_feedback(1, :gp, 'once-more-1', test.hash(''), :f, '198.51.100.10') \g /dev/null
SELECT is((SELECT count(*) FROM data.access WHERE came_from = '198.51.100.10'), 0::bigint, 'the first time is an event');
SELECT wijzer.open_feedback(1, :gp, 'once-more-1', test.hash(''), :f, '198.51.100.10') \g /dev/null
SELECT is(test.last_access(), 'R feedback granted referrer 198.51.100.10 2048 referrer 1', 'sent again it is an entry');
SELECT wijzer.open_feedback(1, :gp, 'once-more-2', test.hash(''), :f, '198.51.100.11') \g /dev/null
SELECT is(test.last_access(), 'R feedback granted referrer 198.51.100.11 2048 referrer 1', 'read again too');
SELECT wijzer.open_feedback(1, test.account('gp2'), 'f3', test.hash(''), :f, '198.51.100.12') \g /dev/null
SELECT is(test.last_access(), 'R feedback refused referrer 198.51.100.12 0 none 1', 'of another''s feedback the client is named');
SELECT is((SELECT client_ids[1] FROM data.access ORDER BY access_id DESC LIMIT 1), test.client_of(:x), 'the right one');
SELECT wijzer.read_notice(1, test.account('gp2'), 'n1', test.hash(''), (SELECT notice_id FROM data.notice WHERE client_id = test.client_of(:x) LIMIT 1), '198.51.100.12') \g /dev/null
SELECT is(test.last_access(), 'R notices refused referrer 198.51.100.12 0 none 1', 'of a notice');
SELECT wijzer.client_of_emergency(1, :worker, (SELECT emergency_id FROM data.emergency WHERE client_id = test.client_of(:x) LIMIT 1), '198.51.100.12') \g /dev/null
SELECT is(test.last_access(), 'U emergency refused worker 198.51.100.12 0 none 1', 'and of an emergency');

SELECT wijzer.note_refusal(1, :steward, 'explain', test.referral_of(:n), '198.51.100.5') \g /dev/null
SELECT is(test.last_access(), 'E route refused steward 198.51.100.5 0 none 1', 'what the route table refused, about whom');
SELECT is((SELECT came_from || ' ' || role || ' ' || consent_nr FROM data.event WHERE kind = 'referral-sent' AND referral_id = test.referral_of(:n)),
          '192.0.2.7 referrer 1', 'a write is in the events, with the consent that came with it');
SELECT is((SELECT came_from || ' ' || role FROM data.event WHERE kind = 'step-moved' AND referral_id = test.referral_of(:n)), '192.0.2.8 worker', 'moves too');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');
SELECT is(cardinality(wijzer.reserve_ids(3)), 3, 'ids are reserved');

SELECT * FROM finish();
ROLLBACK;
