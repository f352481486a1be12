-- The access log as it is read: entries with the fields of NEN 7513, by client and by period, page by page, in three forms.
BEGIN;
\ir support/helpers.sql
SELECT plan(59);

SELECT test.account('gp') AS gp, test.account('gp2') AS gp2, test.account('worker') AS worker, test.account('coordinator') AS coordinator,
       test.account('steward') AS steward \gset
SELECT step_id AS step FROM test.submit(ARRAY['a'], ARRAY['a'], 'gp', consent => '[{"kind":"welfare","fields":9}]') \gset
SELECT step_id AS other FROM test.submit(ARRAY['b'], ARRAY['b'], 'gp', consent => '[{"kind":"welfare","fields":4352}]') \gset
SELECT test.referral_of(:step) AS referral, test.referral_of(:other) AS referral2 \gset
SELECT client_id AS client FROM data.referral WHERE referral_id = :referral \gset
SELECT client_id AS client2 FROM data.referral WHERE referral_id = :referral2 \gset

SELECT wijzer.get_referral(1, :worker, :referral, '192.0.2.1') \g /dev/null
SELECT wijzer.get_referral(1, :gp2, :referral, '192.0.2.2') \g /dev/null
SELECT wijzer.list_inbox(1, :worker, NULL, 50, NULL, '192.0.2.3') \g /dev/null
SELECT test.move(:step, 'worker', 'accepted') \g /dev/null
SELECT wijzer.get_referral(1, :worker, :referral2, '192.0.2.1') \g /dev/null

CREATE FUNCTION test.log_of(client bigint, who int, size int DEFAULT 50, cursor text DEFAULT NULL, format text DEFAULT 'json', link text DEFAULT '/x')
RETURNS TABLE (result text, document text, next text) LANGUAGE sql AS $$
    SELECT * FROM wijzer.access_log_of_client(1, who, client, size, cursor, format, link, '192.0.2.9') $$;
CREATE FUNCTION test.log(who int, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, account text DEFAULT NULL, client bigint DEFAULT NULL,
                         size int DEFAULT 50, cursor text DEFAULT NULL, format text DEFAULT 'json', link text DEFAULT '/x')
RETURNS TABLE (result text, document text, next text) LANGUAGE sql AS $$
    SELECT * FROM wijzer.access_log(1, who, since, until, account, client, size, cursor, format, link, '192.0.2.9') $$;
CREATE FUNCTION test.types(document text) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(i.value ->> 'type', ' ' ORDER BY i.n) FROM json_array_elements(document::json -> 'items') WITH ORDINALITY AS i (value, n));
CREATE FUNCTION test.entry(document text, type text) RETURNS json LANGUAGE sql
RETURN (SELECT i.value FROM json_array_elements(document::json -> 'items') WITH ORDINALITY AS i (value, n) WHERE i.value ->> 'type' = type ORDER BY n LIMIT 1);

-- For the client's questions.
SELECT document AS log FROM test.log_of(:client, :gp) \gset
SELECT is(test.types(:'log'), 'step-moved inbox referral referral referral-sent', 'everything about this client, newest first, of nobody else');
SELECT unnest(ARRAY[is(e ->> 'action', 'R', 'a read'), is(e ->> 'outcome', 'granted', 'that was granted'), is(e #>> '{account,name}', 'worker', 'by whom'),
       is(e #>> '{account,role}', 'worker', 'in which role'), is(e #>> '{account,organisation,code}', 'levgroep', 'on whose responsibility'),
       is(e ->> 'purpose', 'care', 'why'), is(e ->> 'address', '192.0.2.3', 'from where'), is(e ->> 'ground', 'consent', 'on what ground'),
       is(e #>> '{relation,kind}', 'step', 'by which relation'), is(e #>> '{relation,id}', wijzer.code(:step), 'the step they had'),
       is(e #>> '{clients,0}', wijzer.code(:client), 'of a list that showed more clients'), is(json_array_length(e -> 'clients'), 1, 'this one alone is told'),
       is(e #>> '{object,kind}', 'inbox', 'of what kind'), is(e ->> 'system', 'wijzer:deurne', 'in which system'),
       is(e ->> 'rule', 'worker:inbox', 'by which rule'), is((e ->> 'emergency')::boolean, false, 'not by the emergency button')])
FROM test.entry(:'log', 'inbox') e;
SELECT unnest(ARRAY[is(e ->> 'action', 'C', 'a write: made'), is(e ->> 'address', '192.0.2.7', 'from where'), is(e ->> 'consentNr', '1', 'with which consent'),
       is(e ->> 'ground', 'referrer', 'by who refers'), is(e #>> '{object,lifecycle}', 'origination', 'the beginning of it'), is(e ->> 'label', 'Verwijzing verstuurd', 'in words')])
FROM test.entry(:'log', 'referral-sent') e;
SELECT unnest(ARRAY[is(e ->> 'action', 'U', 'a write: changed'), is(e ->> 'ground', 'step', 'by whose step it is'), is(e #>> '{state,code}', 'accepted', 'to what'),
       is(e #>> '{object,id}', wijzer.code(:step), 'which')]) FROM test.entry(:'log', 'step-moved') e;
SELECT is((SELECT string_agg(concat_ws(' ', i ->> 'outcome', i #>> '{account,name}', i ->> 'fields', i ->> 'ground', i ->> 'consentNr'), '; ' ORDER BY i ->> 'address')
           FROM json_array_elements(:'log'::json -> 'items') i WHERE i ->> 'type' = 'referral'),
          'granted worker ["name", "phone"] consent 1; refused gp2 [] none', 'a read and a refused attempt: fields, ground, consent');
SELECT is(result, 'not-found', name || ' gets nothing') FROM (VALUES (:gp2, 'another practice'), (:worker, 'the recipient'), (:steward, 'the steward'), (999999, 'nobody')) x (who, name),
    LATERAL test.log_of(:client, who);
SELECT is(result, 'not-found', 'of a client that is not there') FROM test.log_of(3000000000, :gp);
SELECT is(result, 'cursor-unknown', 'with a cursor that is none') FROM test.log_of(:client, :gp, 50, 'x');
SELECT is(test.types(document), 'access-log access-log access-log access-log step-moved inbox referral referral referral-sent',
          'who looked at it, or tried to, stands there as well; the coordinator may look') FROM test.log_of(:client, :coordinator);
SELECT is(ground || ' ' || outcome, 'coordination granted', 'on the ground of their duty') FROM data.access WHERE what = 'access-log' ORDER BY access_id DESC LIMIT 1;

-- Page by page the same.
CREATE FUNCTION test.paged(client bigint, who int, size int) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    at text; ids text[] := '{}'; page record;
BEGIN
    LOOP
        SELECT * INTO page FROM wijzer.access_log(1, who, '2020-01-01', NULL, NULL, client, size, at, 'json', '/x', NULL);
        ids := ids || ARRAY(SELECT i ->> 'id' FROM json_array_elements(page.document::json -> 'items') i WHERE i ->> 'type' <> 'access-log');
        at := page.next;
        EXIT WHEN at IS NULL;
    END LOOP;
    RETURN ids;
END
$$;
SELECT is(test.paged(NULL, :coordinator, 2), test.paged(NULL, :coordinator, 200), 'pages of two together are the whole');
SELECT is(test.paged(:client, :coordinator, 2), test.paged(:client, :coordinator, 200), 'of one client too');
SELECT is(cardinality(test.paged(NULL, :coordinator, 200)), (SELECT count(*)::int FROM data.event) + (SELECT count(*)::int FROM data.access WHERE what <> 'access-log'),
          'and nothing is left out');
-- Far back: the search widens.
INSERT INTO data.access (region_id, at, action, what, outcome, account_id, organisation_id, role, client_ids, ground)
VALUES (1, now() - interval '3 years', 'R', 'referral', 'granted', :worker, test.organisation_of('worker'), 'worker', ARRAY[:client]::bigint[], 'emergency');
SELECT is(document::json #>> '{items,0,purpose}', 'emergency', 'years ago is found, and the emergency button is told')
FROM test.log(:coordinator, '2020-01-01', now() - interval '1 year');
SELECT is(json_array_length(document::json -> 'items'), 0, 'outside of the period nothing') FROM test.log(:coordinator, '2020-01-01', now() - interval '4 years');

-- The log manager.
SELECT is(result, 'not-yours', name || ' may not') FROM (VALUES (:gp, 'a referrer'), (:worker, 'a worker'), (:steward, 'the steward'), (999999, 'nobody')) x (who, name),
    LATERAL test.log(who);
SELECT is((SELECT outcome || ' ' || role FROM data.access WHERE what = 'access-log' ORDER BY access_id DESC LIMIT 1), 'refused steward', 'which is an entry');
SELECT is(result, 'account-unknown', 'an account that is not there') FROM test.log(:coordinator, NULL, NULL, 'nobody');
SELECT is(result, 'cursor-unknown', 'a cursor that is none') FROM test.log(:coordinator, NULL, NULL, NULL, NULL, 50, 'zz');
SELECT is((SELECT string_agg(DISTINCT i #>> '{account,name}', ' ') FROM json_array_elements(document::json -> 'items') i), 'gp2', 'of one account')
FROM test.log(:coordinator, NULL, NULL, 'huisartsenpraktijk-vlierden/gp2');
SELECT is((SELECT string_agg(DISTINCT i #>> '{account,name}', ' ') FROM json_array_elements(document::json -> 'items') i), 'worker', 'about one client by one account')
FROM test.log(:coordinator, NULL, NULL, 'worker', :client);
SELECT is(e #>> '{object,sensitivity}', 'restricted', 'how sensitive') FROM test.log(:coordinator, NULL, NULL, 'worker', :client2), LATERAL test.entry(document, 'referral') e;

-- As FHIR: the required members and value sets of AuditEvent in R4.
CREATE FUNCTION test.problems(r json) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT 'resourceType' WHERE r ->> 'resourceType' <> 'AuditEvent'
    UNION ALL SELECT 'id' WHERE r ->> 'id' !~ '^[A-Za-z0-9.-]{1,64}$'
    UNION ALL SELECT 'type' WHERE r #>> '{type,code}' IS NULL OR r #>> '{type,system}' IS NULL
    UNION ALL SELECT 'action' WHERE r ->> 'action' NOT IN ('C', 'R', 'U', 'D', 'E')
    UNION ALL SELECT 'recorded' WHERE r ->> 'recorded' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$'
    UNION ALL SELECT 'outcome' WHERE r ->> 'outcome' NOT IN ('0', '4', '8', '12')
    UNION ALL SELECT 'agent' WHERE json_array_length(r -> 'agent') < 1 OR json_typeof(r #> '{agent,0,requestor}') <> 'boolean'
        OR r #>> '{agent,0,who,identifier,value}' IS NULL
    UNION ALL SELECT 'network' WHERE r #>> '{agent,0,network,address}' IS NOT NULL AND r #>> '{agent,0,network,type}' <> '2'
    UNION ALL SELECT 'source' WHERE r #>> '{source,observer,identifier,value}' IS NULL
    UNION ALL SELECT 'entity' FROM json_array_elements(r -> 'entity') e WHERE e #>> '{type,code}' NOT IN ('1', '2') OR e -> 'what' IS NULL
        OR e ->> 'name' IS NOT NULL AND e ->> 'query' IS NOT NULL
    UNION ALL SELECT 'null or empty' WHERE r::text ~ 'null|\[\]|\{\}' $$;
SELECT document AS fhir FROM test.log(:coordinator, '2020-01-01', NULL, NULL, NULL, 20, NULL, 'fhir', '/v1/access-log?pageSize=20') \gset
SELECT is_empty(format('SELECT test.problems(e -> ''resource'') FROM json_array_elements(%L::json -> ''entry'') e', :'fhir'::text), 'every entry is a whole AuditEvent');
SELECT is(:'fhir'::json ->> 'resourceType', 'Bundle', 'in a Bundle');
SELECT is(:'fhir'::json #>> '{link,0,url}', '/v1/access-log?pageSize=20', 'that tells where it is from');
SELECT is(json_array_length(:'fhir'::json -> 'entry'), (SELECT json_array_length(document::json -> 'items') FROM test.log(:coordinator, '2020-01-01', NULL, NULL, NULL, 20)), 'as many as otherwise');

-- As CSV.
SELECT document AS csv FROM test.log(:coordinator, '2020-01-01', NULL, 'worker', :client, 1, NULL, 'csv') \gset
SELECT matches(:'csv'::text, E'^"id","at",.*\r\n"a-\\d+","[^"]+","R","access-log",,"refused","levgroep","worker","worker","care",.*\r\n$', 'a line of names and one of values');
SELECT matches(document, E'^"e-\\d+","[^"]+","U","step-moved","accepted"', 'further pages without the names')
FROM test.log(:coordinator, '2020-01-01', NULL, 'worker', :client, 1, (SELECT next FROM test.log(:coordinator, '2020-01-01', NULL, 'worker', :client, 1)), 'csv');
SELECT is(logic.csv_line(ARRAY['=1+1', 'say "ja"', '@x', 'plain', E'a\nb']), E'"''=1+1","say ""ja""","''@x","plain","a\nb"\r\n', 'no cell is a formula, and quotes are doubled');
SELECT hasnt_column('data', 'access', 'text', 'what was read is not in it');

SELECT * FROM finish();
ROLLBACK;
