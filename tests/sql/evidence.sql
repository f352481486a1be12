-- How well it is proved that an offering works: every result code, what is listed, what routing hears, what a rule asks for, what the
-- history says.
BEGIN;
\ir support/helpers.sql
SELECT * FROM no_plan();
CREATE FUNCTION test.prove(offering text, level text, source text DEFAULT 'Databank Effectieve sociale interventies', as_of date DEFAULT NULL,
                           who text DEFAULT 'coordinator', key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.set_evidence(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(concat(offering, level, source)),
                                      offering, level, source, as_of, '192.0.2.3')
$$;
CREATE FUNCTION test.offered(who text, offering text) RETURNS json LANGUAGE sql AS $$
    SELECT i FROM json_array_elements(wijzer.list_offerings(1, test.account(who), NULL, NULL) -> 'items') i WHERE i ->> 'code' = offering
$$;
CREATE FUNCTION test.snapshot(offering text) RETURNS json LANGUAGE sql AS $$
    SELECT i FROM json_array_elements(wijzer.region_snapshot(1) -> 'offerings') i WHERE i ->> 'code' = offering
$$;
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql AS $$ SELECT array_agg(reason) FROM logic.offering_difference WHERE region_id = 1 $$;

-- The words.
SELECT is((SELECT json_agg(w ->> 'code') FROM json_array_elements(wijzer.vocabulary(1, test.account('gp')) -> 'evidence') w)::text,
          '["well-described", "well-founded", "first-indications", "good-indications", "strong-indications"]', 'the ladder, from least to most');
SELECT is(wijzer.region_snapshot(1) #>> '{evidence,3,label}', 'Goede aanwijzingen dat het werkt', 'in Dutch');
UPDATE data.evidence_level SET label = 'Het werkt' WHERE region_id = 1 AND code = 'strong-indications';
SELECT data.seed_vocabulary(1);
SELECT is((SELECT label FROM data.evidence_level WHERE region_id = 1 AND code = 'strong-indications'), 'Het werkt', 'a region rewords them');
SELECT throws_ok($$ INSERT INTO data.evidence_level VALUES (1, 'proven', 'Bewezen', 9) $$, '23514', NULL, 'and keeps the ladder, because rules go by it');

-- Setting it.
SELECT is(test.offered('gp', 'klantwijzer') ->> 'evidence', NULL, 'at first it is not known');
SELECT wijzer.region_snapshot(1) ->> 'version' AS version \gset
SELECT is((SELECT result FROM test.prove('klantwijzer', 'strong-indications', as_of => logic.today() - 40, key => 'k-1')), 'set', 'a coordinator writes it down');
SELECT is(test.offered('gp', 'klantwijzer') -> 'evidence' #>> '{}', format('{"code" : "strong-indications", "label" : "Het werkt", "source" : "Databank Effectieve sociale interventies", "asOf" : "%s", "by" : %s}',
          logic.today() - 40, logic.person(1, test.account('coordinator'))), 'who refers reads it, with where it comes from');
SELECT ok((wijzer.region_snapshot(1) ->> 'version')::bigint > :version, 'routing hears of it');
SELECT is(test.snapshot('klantwijzer') #>> '{evidence,code}', 'strong-indications', 'and knows it');
SELECT is((SELECT result FROM test.prove('klantwijzer', 'strong-indications', as_of => logic.today() - 40, key => 'k-1')), 'replayed', 'once');
SELECT is((SELECT result FROM test.prove('klantwijzer', 'well-founded', key => 'k-1')), 'key-reused', 'a key is for one thing');
SELECT is((SELECT result FROM test.prove('klantwijzer', 'proven')), 'level-unknown', 'a word that is none');
SELECT is((SELECT result FROM test.prove('zweefvliegen', 'well-founded')), 'offering-unknown', 'an offering that is none');
INSERT INTO data.organisation (region_id, organisation_id, code, name, kind) VALUES (2, 990, 'elders', 'Elders', 'welfare');
INSERT INTO data.offering (region_id, offering_id, code, name, organisation_id, kind) VALUES (2, 991, 'alleen-daar', 'Alleen daar', 990, 'coaching');
SELECT is((SELECT result FROM test.prove('alleen-daar', 'well-founded')), 'offering-unknown', 'or is of another region');
SELECT is((SELECT result FROM test.prove('klantwijzer', 'well-founded', as_of => logic.today() + 1)), 'as-of-ahead', 'a day that is yet to come');
SELECT is((SELECT result FROM test.prove('welzijn-op-recept', 'strong-indications', who => 'worker')), 'not-yours', 'nobody judges what is theirs');
SELECT is((SELECT result FROM test.prove('welzijn-op-recept', 'strong-indications', who => 'gp')), 'not-yours', 'nor who refers');
SELECT throws_ok($$ SELECT test.prove('klantwijzer', 'well-founded', repeat('x', 201)) $$, '23514', NULL, 'no longer source gets in');
SELECT throws_ok($$ SELECT test.prove('klantwijzer', 'well-founded', E'a\nb') $$, '23514', NULL, 'nor one of two lines');
SELECT throws_ok($$ SELECT test.prove('klantwijzer', 'well-founded', NULL) $$, '23514', NULL, 'nor a level from nowhere');
SELECT is(test.snapshot('klantwijzer') #>> '{evidence,code}', 'strong-indications', 'what was refused changed nothing');

-- It changes, and goes.
SELECT is((SELECT result FROM test.prove('klantwijzer', 'well-described', 'Herbeoordeling')), 'set', 'the database changes its mind');
SELECT is(test.offered('worker', 'klantwijzer') #>> '{evidence,source}', 'Herbeoordeling', 'the last word holds');
SELECT is(test.offered('worker', 'klantwijzer') #>> '{evidence,asOf}', logic.today()::text, 'of today, where nothing else was said');
SELECT is((SELECT result FROM test.prove('klantwijzer', NULL, NULL)), 'set', 'it is not known any more');
SELECT is(ARRAY[test.offered('gp', 'klantwijzer') ->> 'evidence', test.snapshot('klantwijzer') ->> 'evidence'], '{NULL,NULL}', 'to anybody');
SELECT is((SELECT array_agg(concat_ws(' ', evidence, source) ORDER BY at) FROM data.offering_event e JOIN data.offering f USING (region_id, offering_id)
           WHERE region_id = 1 AND f.code = 'klantwijzer' AND e.kind = 'evidence-set'), '{strong-indications Databank Effectieve sociale interventies,well-described Herbeoordeling,""}', 'each time is an event');
SELECT is(test.broken(), NULL, 'which the state follows from');
UPDATE data.evidence SET source = NULL, level = NULL, as_of = '2020-01-01' WHERE region_id = 1;
SELECT is(test.broken(), '{what was said of the evidence differs from its events}', 'and a change without one shows');

-- What rules ask.
SELECT is(logic.evidence_decided('[{"code": "a", "evidence": null}, {"code": "b", "evidence": {"code": "well-founded"}}, {"code": "c"}]', x), y::jsonb, x)
FROM (VALUES ('a', NULL), ('b', '{"code": "well-founded"}'), ('c', NULL), ('d', NULL)) AS v (x, y);
SELECT is(logic.evidence_decided(NULL, 'a'), NULL, 'nothing of a decision without candidates');
SELECT is(logic.room_decided('[{"code": "a", "capacity": null, "asOf": null}, {"code": "b", "capacity": "full", "asOf": "2026-11-20", "freshness": "stale"}, {"code": "c"}]', x),
          y::jsonb, 'room of ' || x)
FROM (VALUES ('a', NULL), ('b', '{"asOf": "2026-11-20", "capacity": "full", "freshness": "stale"}'), ('c', NULL), ('d', NULL)) AS v (x, y);
SELECT is(logic.room_decided(NULL, 'a'), NULL, 'nor of its room');
SELECT (SELECT version FROM logic.tables_in_force(1, wijzer.clock()) WHERE table_no = 3) AS third \gset
SELECT wijzer.save_draft(1, test.account('coordinator'), 'd-1', test.hash('d'), 3, :third, '', json_build_array(
    json_build_object('rule_id', 'R1', 'offering', 'klantwijzer', 'weight', 60, 'evidence', 'good-indications', 'reason', 'Bewezen.'),
    json_build_object('rule_id', 'R2', 'offering', 'welzijn-op-recept', 'weight', 50, 'evidence', 'well-described', 'reason', 'Beschreven.'),
    json_build_object('rule_id', 'R3', 'offering', 'join-us', 'weight', 40, 'reason', 'Zonder eis.'),
    json_build_object('rule_id', 'OTHERWISE', 'is_otherwise', true, 'reason', 'De ketenregie.')), '[]') AS saved \gset
SELECT max(version) AS draft FROM data.rule_table WHERE region_id = 1 \gset
SELECT results_eq(format('SELECT rule_id, evidence FROM wijzer.rule_rows(1, %s)', :draft),
    $$ VALUES ('R1', 'good-indications'), ('R2', 'well-described'), ('R3', NULL), ('OTHERWISE', NULL) $$, 'a row keeps what it asks');
SELECT is((SELECT result FROM test.prove('klantwijzer', 'first-indications')), 'set', 'one has too little');
SELECT results_eq(format('SELECT * FROM wijzer.offerings_without_evidence(1, %s)', :draft),
    $$ VALUES ('R1', 'klantwijzer', 'first-indications', 'good-indications'), ('R2', 'welzijn-op-recept', NULL, 'well-described') $$, 'of the other nothing is known');
SELECT is((SELECT count(*) FROM test.prove('klantwijzer', 'good-indications')) + (SELECT count(*) FROM test.prove('welzijn-op-recept', 'strong-indications')), 2::bigint, 'as much, and more');
SELECT is_empty(format('SELECT * FROM wijzer.offerings_without_evidence(1, %s)', :draft), 'is enough');
SELECT is_empty(format('SELECT * FROM wijzer.offerings_without_evidence(1, %s)', :third), 'a table of before asks for nothing');
SELECT throws_ok($$ INSERT INTO data.rule (region_id, version, rule_id, table_no, position, is_otherwise, evidence, reason)
                    SELECT 1, max(version), 'R9', 3, 99, false, 'well-founded', 'Niemand.' FROM data.rule_table WHERE region_id = 1 $$, '23514', NULL, 'a row that names nobody asks nothing of it');
SELECT * FROM finish();
ROLLBACK;
