-- Consent after the referral: every result code of changing and withdrawing, that it takes effect at once, what each party is
-- shown to see, and searching for clients.
BEGIN;
\ir support/helpers.sql
SELECT plan(77);

SELECT test.account('gp') AS gp, test.account('gp2') AS gp2, test.account('worker') AS worker, test.account('worker2') AS worker2,
       test.account('coordinator') AS coordinator, test.account('steward') AS steward, test.organisation_of('worker') AS welfare,
       test.organisation_of('worker2') AS team \gset

CREATE FUNCTION test.shared(key text, consent text, offering text DEFAULT 'welzijn-op-recept') RETURNS bigint LANGUAGE sql AS $$
    SELECT step_id FROM test.submit(ARRAY[key], ARRAY[key], 'gp', offering, consent => consent) $$;
CREATE FUNCTION test.seen(step bigint, who int) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', CASE WHEN c ->> 'name' IS NOT NULL THEN 'name' END, CASE WHEN c ->> 'birthYear' IS NOT NULL THEN 'birth-year' END,
                     CASE WHEN c ->> 'area' IS NOT NULL THEN 'area' END, CASE WHEN c ->> 'phone' IS NOT NULL THEN 'phone' END,
                     CASE WHEN c ->> 'language' IS NOT NULL THEN 'language' END, CASE WHEN d ->> 'domains' IS NOT NULL THEN 'domains' END,
                     CASE WHEN d ->> 'icpc' IS NOT NULL THEN 'icpc' END, CASE WHEN d ->> 'text' IS NOT NULL THEN 'text' END,
                     CASE WHEN d ->> 'urgency' IS NOT NULL THEN 'urgency' END)
    FROM (SELECT d, d -> 'client' AS c FROM wijzer.get_referral(1, who, test.referral_of(step)) d) x $$;
CREATE FUNCTION test.change(client bigint, who int, expected int, choices text, key text DEFAULT NULL, body text DEFAULT 'x')
RETURNS TABLE (result text, version int, detail json, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.change_consent(1, who, coalesce(key, gen_random_uuid()::text), test.hash(body), client, expected, choices::json, 'changed',
                                        '198.51.100.7') $$;
CREATE FUNCTION test.withdraw(client bigint, who int, expected int, organisation text DEFAULT NULL, kind text DEFAULT NULL, key text DEFAULT NULL)
RETURNS TABLE (result text, version int, detail json, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.withdraw_consent(1, who, coalesce(key, gen_random_uuid()::text), test.hash('x'), client, expected, organisation, kind,
                                          '198.51.100.7') $$;
CREATE FUNCTION test.last_access() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', action, what, outcome, role, came_from, fields, ground, consent_nr, cardinality(client_ids), detail)
    FROM data.access ORDER BY access_id DESC LIMIT 1 $$;

SELECT test.shared('c', '[{"kind":"welfare","fields":257},{"kind":"coordination","fields":1}]') AS step \gset
SELECT test.client_of(:step) AS client, test.referral_of(:step) AS referral \gset

-- Reading it.
SELECT is(version, 1, 'the number of the consent in force') FROM wijzer.get_consent(1, :gp, :client, '198.51.100.6');
SELECT is(test.last_access(), 'R consent granted referrer 198.51.100.6 0 referrer 1', 'looking at it is an entry of the log');
SELECT unnest(ARRAY[is((document -> 'grants' -> 0)::jsonb, '{"organisation":null,"kind":"welfare","step":null,"fields":["name","text"]}'::jsonb, 'a grant in words'),
       is(document -> 'history' -> 0 ->> 'account', 'gp', 'who recorded it'), is(document ->> 'client', wijzer.code(:client), 'whose it is')])
FROM wijzer.get_consent(1, :gp, :client);
SELECT is((SELECT count(*)::int FROM wijzer.get_consent(1, who, :client)), n, name || ' gets ' || n)
FROM (VALUES (:gp, 1, 'the referrer'), (:coordinator, 1, 'the coordinator'), (:gp2, 0, 'another referrer'), (:worker, 0, 'the recipient'),
             (:steward, 0, 'the steward'), (999999, 0, 'nobody')) AS x (who, n, name);
SELECT is((SELECT count(*)::int FROM wijzer.get_consent(1, :gp, 3000000000)), 0, 'of a client that is not there nothing');
SELECT is(test.last_access(), 'R consent refused referrer 0 none 0', 'which is an entry too');

-- Changing it.
SELECT is(test.seen(:step, :worker), 'name text', 'before');
SELECT is(result || ' ' || version, 'changed 2', 'the referrer records another choice')
FROM test.change(:client, :gp, 1, format('[{"organisation":%s,"fields":9},{"kind":"team","step":"first","fields":1}]', :welfare), 'k1');
SELECT is(test.seen(:step, :worker), 'name phone', 'which holds for the next read');
SELECT is(test.seen(:step, :coordinator), '', 'and for everybody: it is exactly that and nothing else');
SELECT is(result || ' ' || version || ' ' || (answer ->> 'nr'), 'replayed 2 2', 'the same again gets the same answer')
FROM test.change(:client, :gp, 1, '[]', 'k1');
SELECT is(result, 'key-reused', 'another body under the same key') FROM test.change(:client, :gp, 1, '[]', 'k1', 'y');
SELECT is(result || ' ' || version, 'version-conflict 2', 'who saw another consent is told') FROM test.change(:client, :gp, 1, '[]');
SELECT is(result, 'not-found', 'another practice has no say') FROM test.change(:client, :gp2, 2, '[]');
SELECT is(test.last_access(), 'U consent refused referrer 198.51.100.7 0 none 1', 'and its attempt is kept');
SELECT is(result, 'not-found', 'nor has the recipient') FROM test.change(:client, :worker, 2, '[]');
SELECT is(result, 'not-found', 'nor the steward') FROM test.change(:client, :steward, 2, '[]');
SELECT is(result, 'not-found', 'a client that is not there') FROM test.change(3000000000, :gp, 2, '[]');
SELECT is(result, 'account-unknown', 'an account that is not there') FROM test.change(:client, 999999, 2, '[]');
SELECT is(result || ' ' || detail::jsonb, 'choice-unknown ' || wrong, 'wrong: ' || choice) FROM (VALUES
    ('[{"organisation":1,"fields":1}]', '[[0, "organisation"]]'), ('[{"kind":"circus","fields":1}]', '[[0, "kind"]]'),
    ('[{"kind":"welfare","fields":1},{"kind":"welfare","step":"3000000000","fields":1}]', '[[1, "step"]]'),
    ('[{"kind":"welfare","fields":8192}]', '[[0, "fields"]]'), ('[{"kind":"welfare"}]', '[[0, "fields"]]'), ('[{"fields":1}]', '[[0, "kind"]]'),
    ('[{"kind":"welfare","fields":1},{"kind":"welfare","fields":2}]', '[[1, "choice"]]'),
    ('[{"kind":"circus","step":"3000000001","fields":-1}]', '[[0, "fields"], [0, "kind"], [0, "step"]]')) AS w (choice, wrong),
    LATERAL test.change(:client, :gp, 2, choice);
SELECT is(result || ' ' || version, 'changed 3', 'a step of this client can be named, and the coordinator may record it')
FROM test.change(:client, :coordinator, 2, format('[{"kind":"welfare","fields":1},{"kind":"welfare","step":"%s","fields":2}]', :step));
SELECT is(test.seen(:step, :worker), 'birth-year', 'and counts before the rest');
SELECT is(document -> 'grants' -> 1 ->> 'step', wijzer.code(:step), 'in words by its code') FROM wijzer.get_consent(1, :gp, :client);

-- Withdrawing.
SELECT is(result || ' ' || version, 'changed 4', 'wide again')
FROM test.change(:client, :gp, 3, format('[{"kind":"welfare","fields":9},{"organisation":%s,"fields":3},{"kind":"coordination","fields":1},{"organisation":%s,"fields":1}]', :welfare, :team));
SELECT is(result || ' ' || detail, 'choice-unknown ["organisation"]', 'an organisation that is not there') FROM test.withdraw(:client, :gp, 4, 'circus');
SELECT is(result || ' ' || detail, 'choice-unknown ["kind"]', 'a kind that is not there') FROM test.withdraw(:client, :gp, 4, NULL, 'circus');
SELECT is(result, 'version-conflict', 'who saw another consent') FROM test.withdraw(:client, :gp, 3);
SELECT is(result, 'not-found', 'another practice') FROM test.withdraw(:client, :gp2, 4);
SELECT is(result, 'withdrawn', 'from one organisation') FROM test.withdraw(:client, :gp, 4, 'levgroep', NULL, 'w1');
SELECT is(result, 'replayed', 'the same again') FROM test.withdraw(:client, :gp, 4, 'levgroep', NULL, 'w1');
SELECT is(result, 'key-reused', 'a key that was used for a change') FROM test.withdraw(:client, :gp, 5, NULL, NULL, 'k1');
SELECT is(test.seen(:step, :worker), '', 'it sees nothing, whatever its kind may see');
SELECT is((SELECT grants FROM data.consent WHERE client_id = :client AND nr = 5),
          format('[{"kind":"welfare","fields":9},{"kind":"coordination","fields":1},{"organisation":%s,"fields":1},{"organisation":%s,"fields":0}]', :team, :welfare)::jsonb,
          'the rest stays');
SELECT is(result, 'withdrawn', 'from a kind') FROM test.withdraw(:client, :gp, 5, NULL, 'team');
SELECT is((SELECT grants FROM data.consent WHERE client_id = :client AND nr = 6),
          format('[{"kind":"welfare","fields":9},{"kind":"coordination","fields":1},{"organisation":%s,"fields":0},{"kind":"team","fields":0}]', :welfare)::jsonb,
          'with what its organisations had');
SELECT is(test.seen(:step, :coordinator), 'name', 'the coordination still sees what it may');
SELECT is(result || ' ' || (answer ->> 'grants') || ' ' || (answer ->> 'basis'), 'withdrawn [] withdrawn', 'all of it') FROM test.withdraw(:client, :gp, 6);
SELECT is(test.seen(:step, :coordinator), '', 'and nobody but who referred sees anything');
SELECT is(test.seen(:step, :gp), 'name birth-year area phone language domains icpc text urgency', 'who still does');
SELECT is((SELECT string_agg(kind || ' ' || consent_nr || ' ' || came_from || ' ' || role, ', ' ORDER BY consent_nr) FROM data.event
           WHERE referral_id = :referral AND kind LIKE 'consent-%' AND client_id = :client AND consent_nr IN (2, 3, 7)),
          'consent-changed 2 198.51.100.7 referrer, consent-changed 3 198.51.100.7 coordinator, consent-withdrawn 7 198.51.100.7 referrer', 'each is an event');

-- What each party sees: the same as what it gets.
SELECT test.shared('d', '[{"kind":"welfare","fields":1023},{"kind":"coordination","fields":3},{"kind":"team","fields":321}]', 'buurtteam') AS d \gset
SELECT test.move(:d, 'worker2', 'accepted') \g /dev/null
SELECT test.move(:d, 'worker2', 'first-contact') \g /dev/null
SELECT test.move(:d, 'worker2', 'passed-on', 'Graag.', offerings => '{welzijn-op-recept}') \g /dev/null
CREATE FUNCTION test.party(document json, code text) RETURNS json LANGUAGE sql
RETURN (SELECT p FROM json_array_elements(document -> 'parties') p WHERE p -> 'organisation' ->> 'code' = code);
SELECT wijzer.get_disclosure(1, :gp, test.referral_of(:d), '198.51.100.9') AS shown \gset
SELECT is(test.last_access(), 'R disclosure granted referrer 198.51.100.9 1023 referrer 1', 'looking at it is an entry of the log');
CREATE FUNCTION test.content(d json) RETURNS jsonb LANGUAGE sql
RETURN jsonb_build_object('domains', d -> 'domains', 'icpc', d -> 'icpc', 'text', d -> 'text', 'urgency', d -> 'urgency')
       || (d ->> 'client')::jsonb - '{id,erased}'::text[];
SELECT is(test.content(test.party(:'shown', org)), test.content(wijzer.get_referral(1, who, test.referral_of(:d))), org || ' is shown to see what it sees')
FROM (VALUES ('levgroep', :worker), ('buurtteam', :worker2), ('ketenregie-deurne', :coordinator)) AS x (org, who);
SELECT unnest(ARRAY[is((test.party(:'shown', 'ketenregie-deurne') ->> 'fields')::jsonb, '["name","birth-year"]'::jsonb, 'in words'),
       is(json_array_length(test.party(:'shown', 'ketenregie-deurne') -> 'withheld'), 11, 'and what is withheld')]);
SELECT is(wijzer.get_disclosure(1, :coordinator, test.referral_of(:d)) #>> '{parties,0,client,name,~,0,v}', test.sealed('J. Jansen'),
          'a coordinator who may see the name is shown it');
SELECT is(test.party(wijzer.get_disclosure(1, :coordinator, test.referral_of(:d)), 'levgroep') -> 'client' ->> 'phone', NULL, 'what they may not see they are not shown');
SELECT is(wijzer.get_disclosure(1, who, test.referral_of(:d))::text, NULL, name || ' is told nothing')
FROM (VALUES (:worker, 'a recipient'), (:gp2, 'another practice'), (:steward, 'the steward')) AS x (who, name);
SELECT is(test.last_access(), 'R disclosure refused steward 0 none 1', 'and it is kept');

-- Searching.
CREATE FUNCTION test.find(who int, name text DEFAULT NULL, phone text DEFAULT NULL) RETURNS int LANGUAGE sql AS $$
    SELECT json_array_length(wijzer.find_clients(1, who, test.hash('name|' || name), test.hash('phone|' || phone), NULL, '198.51.100.8') -> 'items') $$;
SELECT is(test.find(:gp, 'j. jansen|1950'), 2, 'the referrer finds the own clients');
SELECT is(test.last_access(), 'R search granted referrer 198.51.100.8 63 referrer 2 name', 'the search is kept, with whom it found');
SELECT is(test.find(:gp2, 'j. jansen|1950'), 0, 'another practice finds nobody');
SELECT is(test.last_access(), 'R search granted referrer 198.51.100.8 0 none 0 name', 'and that is kept');
SELECT is(test.find(:worker, 'j. jansen|1950'), 1, 'the recipient finds whom they may see');
SELECT is(test.find(:worker2, 'j. jansen|1950'), 0, 'who may see the name but not the year of birth does not learn it by searching');
SELECT is(test.find(:worker2, NULL, '0612345678'), 0, 'nor the phone number');
SELECT is(test.find(:worker, NULL, '0612345678'), 1, 'as who may see it does');
SELECT is(test.find(:gp, 'j. jansen|1951'), 0, 'another year, nobody');

UPDATE data.client SET erased_at = now() WHERE client_id = :client;
SELECT is(result, 'erased', 'who has been forgotten has no consent to change') FROM test.change(:client, :gp, 7, '[]');
UPDATE data.client SET erased_at = NULL WHERE client_id = :client;
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');

SELECT * FROM finish();
ROLLBACK;
