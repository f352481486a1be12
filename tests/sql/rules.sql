-- What the rows of the rulebook can be: typed, constrained, readable; and that what was saved never changes.
BEGIN;
\ir support/helpers.sql
SELECT plan(72);
SELECT version AS d FROM test.save(3, test.small(3)) \gset
SELECT set_config('wijzer.region', '1', true) \g /dev/null

-- A row that the table must refuse, by the constraint that does.
CREATE FUNCTION test.refused(t int, row_of jsonb, by text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text := 'nothing';
    v int;
BEGIN
    BEGIN
        v := (SELECT s.version FROM test.save(t, json_build_array(json_build_object('rule_id', 'Z99', 'is_otherwise', true,
            'action', CASE t WHEN 1 THEN 'continue' END, 'unit', CASE t WHEN 5 THEN 'state' END,
            'next', CASE t WHEN 6 THEN 'stop' END, 'form', CASE t WHEN 7 THEN 'none' END, 'reason', 'x'))) s);
        INSERT INTO data.rule
        SELECT * FROM jsonb_populate_record(NULL::data.rule, jsonb_build_object(
            'region_id', 1, 'version', v, 'table_no', t, 'rule_id', 'R01', 'position', 0, 'is_otherwise', false, 'reason', 'x') || row_of);
        RAISE SQLSTATE 'UNDO1';
    EXCEPTION
        WHEN SQLSTATE 'UNDO1' THEN NULL;
        WHEN check_violation OR foreign_key_violation THEN GET STACKED DIAGNOSTICS found = CONSTRAINT_NAME;
    END;
    RETURN is(found, by, what);
END
$$;
SELECT test.refused(t, r, 'nothing', 'a row of table ' || t || ' as it should be') FROM (VALUES
    (1, '{"domains": ["justice"], "age": "{[0,17],[65,120]}", "area": "{[5751,5759]}", "lvb": true, "action": "continue"}'::jsonb),
    (2, '{"mobility": ["housebound"], "digital_skill": ["none"], "occupation": ["unable"], "approach": "taal", "weight": 1000}'),
    (3, '{"approaches": ["taal"], "declines": ["capacity"], "nots": ["declines"], "weight": 0}'),
    (4, '{"approaches": ["taal"], "recipient": ["welfare"], "fields": ["name", "situation"]}'),
    (5, '{"promise": ["answer"], "level": "{[0,3]}", "amount": 5, "unit": "days", "escalate_after": 0}'),
    (6, '{"decline": ["capacity"], "tries": "{[1,20]}", "next": "wait"}'),
    (7, '{"milestone": ["accepted"], "referrer": ["levgroep"], "form": "digest", "channel": "his"}')) AS c (t, r);
SELECT test.refused(3, jsonb_build_object(c, w), 'rule_words', c || ' ' || w) FROM (VALUES
    ('urgency', '["later"]'::jsonb), ('mobility', '["flying"]'), ('digital_skill', '["bad"]'), ('occupation', '["rich"]'),
    ('household', '["cat"]')) AS x (c, w);
SELECT test.refused(t, r, 'rule_words', what) FROM (VALUES
    (1, '{"referrer_role": ["steward"], "action": "continue"}'::jsonb, 'a role that does not refer'),
    (1, '{"action": "refuse"}', 'an action that is none'), (4, '{"fields": ["shoe-size"]}', 'a field that is none'),
    (5, '{"unit": "weeks", "amount": 1}', 'a unit that is none'), (6, '{"next": "later"}', 'a next that is none'),
    (7, '{"form": "poem"}', 'a form that is none'), (7, '{"form": "none", "channel": "fax"}', 'a channel that is none')) AS c (t, r, what);
SELECT test.refused(t, r, 'rule_columns', what) FROM (VALUES
    (1, '{"mobility": ["limited"], "action": "continue"}'::jsonb, 'table 1 does not ask mobility'), (1, '{"action": "continue", "weight": 1}', 'nor weigh'),
    (2, '{"area": "{[5751,5751]}"}', 'table 2 does not ask the area'), (2, '{"declines": ["age"]}', 'nor declines'),
    (3, '{"icpc": ["Z01"]}', 'table 3 does not ask ICPC'), (3, '{"approach": "taal"}', 'nor give an approach'),
    (4, '{"age": "{[1,2]}"}', 'table 4 does not ask the age'), (4, '{"unit": "days"}', 'nor give a term'),
    (5, '{"tries": "{[1,2]}", "unit": "state"}', 'table 5 does not ask how often'), (5, '{"unit": "state", "next": "stop"}', 'nor what is next'),
    (6, '{"level": "{[1,2]}", "next": "stop"}', 'table 6 does not ask the level'), (6, '{"next": "stop", "channel": "his"}', 'nor give a channel'),
    (7, '{"urgency": ["soon"], "form": "none"}', 'table 7 does not ask the urgency'), (7, '{"form": "none", "amount": 1}', 'nor give a number')) AS c (t, r, what);
SELECT test.refused(t, r, 'rule_numbers', what) FROM (VALUES
    (3, '{"age": "{[0,121]}"}'::jsonb, 'nobody is 121'), (3, '{"age": "{}"}', 'an age that nobody has'), (3, '{"area": "{[999,1000]}"}', 'no postcode'),
    (3, '{"weight": 1001}', 'too heavy'), (5, '{"level": "{[0,4]}", "unit": "state"}', 'a level that is none'),
    (6, '{"tries": "{[0,1]}", "next": "stop"}', 'the first try is 1'), (5, '{"amount": 1001, "unit": "days"}', 'too long'),
    (5, '{"unit": "state", "escalate_after": -1}', 'before it began')) AS c (t, r, what);
SELECT test.refused(t, r, 'rule_answer', what) FROM (VALUES
    (1, '{"action": "offering"}'::jsonb, 'to which offering?'), (2, '{"weight": 5}', 'a weight of no approach'),
    (5, '{"unit": "days"}', 'how many days?'), (6, '{}', 'and then?'), (7, '{}', 'told how?')) AS c (t, r, what);
SELECT test.refused(3, '{"domains": []}', 'words_check', 'an empty cell is null');
SELECT test.refused(3, '{"domains": ["finances", null]}', 'words_check', 'null is no word');
SELECT test.refused(3, '{"nots": ["domains"]}', 'rule_nots', 'none of no words');
SELECT test.refused(3, '{"nots": ["age"], "age": "{[1,2]}"}', 'rule_nots', 'not() is for words');
SELECT test.refused(3, '{"is_otherwise": true, "age": "{[1,2]}"}', 'rule_otherwise', 'everything else has no condition');
SELECT test.refused(3, '{"rule_id": "r1"}', 'rule_rule_id_check', 'an id that is none');
SELECT test.refused(3, '{"offering_id": -1}', 'rule_region_id_offering_id_fkey', 'an offering that is not there');
SELECT test.refused(3, '{"table_no": 4}', 'rule_region_id_version_table_no_fkey', 'a row belongs to the table of its version');

-- Readable with plain SQL, each question with its columns.
SELECT results_eq($$ SELECT rule_id, approaches, age::text, offering::text, weight, reason FROM data.offering_rule WHERE region_id = 1 AND version = 3 AND rule_id = 'R08' $$,
    $$ VALUES ('R08', '{groep}'::data.words, '{[12,26)}', 'join-us', 50, 'Jongere die zich alleen voelt: samen met anderen bij Join us.') $$, 'a row of table 3');
SELECT is((SELECT sum(n) FROM (SELECT count(*) AS n FROM data.exclusion_rule UNION ALL SELECT count(*) FROM data.approach_rule
           UNION ALL SELECT count(*) FROM data.offering_rule UNION ALL SELECT count(*) FROM data.fields_rule
           UNION ALL SELECT count(*) FROM data.promises_rule UNION ALL SELECT count(*) FROM data.declines_rule
           UNION ALL SELECT count(*) FROM data.feedback_rule) x), (SELECT count(*) FROM data.rule)::numeric, 'the seven views show every row once');

-- Immutable: as the owner, whom privileges and row-level security bind.
SELECT set_config('wijzer.region', '1', true) \g /dev/null
SET LOCAL ROLE wijzer_owner;
SELECT throws_ok(x, '42501', NULL, x) FROM unnest(ARRAY[
    'UPDATE data.rule SET weight = 1', 'DELETE FROM data.rule', 'TRUNCATE data.rule', 'UPDATE data.rule_example SET sentence = ''x''',
    'DELETE FROM data.rule_example', 'DELETE FROM data.rule_table', 'UPDATE data.rule_table SET name = ''x''',
    'UPDATE data.rule_table SET author_id = NULL', 'UPDATE data.rule_table SET table_no = 4', 'UPDATE data.rule_table SET restores = 1']) x;
RESET ROLE;
CREATE FUNCTION test.changed(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    SET LOCAL ROLE wijzer_owner;
    BEGIN
        EXECUTE statement;
        GET DIAGNOSTICS n = ROW_COUNT;
    EXCEPTION WHEN check_violation OR insufficient_privilege THEN
        n := -1;
    END;
    RESET ROLE;
    RETURN n;
END
$$;
SELECT is(test.changed('UPDATE data.rule_table SET effective_from = now() + interval ''1 day'' WHERE version = 3'), '0', 'a published version is out of reach');
SELECT is(test.changed('UPDATE data.rule_table SET status = ''draft'', approved_at = NULL, published_at = NULL, effective_from = NULL WHERE version = 3'), '0', 'and no draft again');
SELECT is(test.changed(format('UPDATE data.rule_table SET status = ''published'' WHERE version = %s', :d)), '-1', 'published means approved');
SELECT is(test.changed(format('UPDATE data.rule_table SET status = ''draft'', note = ''x'' WHERE version = %s', :d)), '-1', 'a draft does not change either');
SELECT is(test.changed(format('UPDATE data.rule_table SET status = ''published'', published_at = now(), published_by = author_id, approver_id = author_id, approved_at = now(), effective_from = now() WHERE version = %s', :d)),
          '-1', 'nor is it approved by its author');
SELECT is(test.changed(format('UPDATE data.rule_table SET status = ''published'', published_at = now(), published_by = author_id, approved_at = now(), effective_from = now() WHERE version = %s', :d)),
          '-1', 'or by nobody');

SELECT * FROM finish();
ROLLBACK;
