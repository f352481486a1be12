-- A database of the version before the rulebook, with a table in force, a draft and a decision, is brought up to date in
-- place. A database of its own, by the deploy scripts themselves.
SELECT current_database() AS home \gset
SELECT 'wijzer_upgrade_' || pg_backend_pid() AS former \gset
CREATE DATABASE :former;
\c :former
CREATE EXTENSION pgtap;
\ir ../../sql/deploy/roles.sql
\ir ../../sql/deploy/region.sql
\ir ../../sql/deploy/vocabulary.sql
\ir ../../sql/deploy/people.sql
\ir ../../sql/deploy/rules.sql
\ir ../../sql/deploy/chain.sql
SELECT plan(36);

-- What was there, in two regions; and an interface that stands on the tables.
INSERT INTO data.region (region_id, code, name) VALUES (1, 'een', 'Een'), (2, 'twee', 'Twee'), (3, 'drie', 'Drie');
INSERT INTO data.organisation (region_id, organisation_id, code, name, kind) SELECT r, r * 10 + n, 'org' || n, 'Organisatie ' || n, 'welfare'
FROM generate_series(1, 3) r, generate_series(1, 2) n;
UPDATE data.region SET coordination_id = region_id * 10 + 1;
INSERT INTO data.account (region_id, account_id, organisation_id, name, role) SELECT 1, n, 11, 'coordinator' || n, 'coordinator' FROM generate_series(1, 2) n;
INSERT INTO data.offering (region_id, offering_id, code, name, organisation_id, kind) SELECT r, r * 100, 'hulp', 'Hulp', r * 10 + 2, 'coaching' FROM generate_series(1, 3) r;
INSERT INTO data.rule_table (region_id, table_no, version, hit_policy, name, author_id, approver_id, published_at) VALUES
    (1, 3, 1, 'F', 'Eerste', 1, 2, '2026-01-01Z'), (1, 3, 2, 'F', 'Tweede', 1, NULL, '2026-02-01Z'), (1, 3, 3, 'F', 'Concept', 1, NULL, NULL),
    (2, 3, 1, 'F', 'Van twee', NULL, NULL, '2026-01-01Z');
INSERT INTO data.rule (region_id, table_no, version, rule_id, position, domains, areas, age_min, age_max, urgency, offering_id, organisation_id, reason) VALUES
    (1, 3, 1, 'R01', 1, NULL, NULL, NULL, NULL, NULL, 100, 12, 'Altijd hulp.'),
    (1, 3, 2, 'R01', 1, '{finances,housing}', '{57,5811}', 18, NULL, 'soon', 100, 12, 'Snel hulp.'),
    (1, 3, 2, 'R02', 2, NULL, '{5}', NULL, 17, NULL, NULL, 11, 'Jong in het zuiden.'),
    (1, 3, 2, 'R05', 3, NULL, NULL, 65, 80, 'routine', 100, 12, 'Oud.'),
    (1, 3, 2, 'R09', 4, NULL, NULL, NULL, NULL, NULL, NULL, 11, 'De ketenregie.'),
    (1, 3, 3, 'R01', 1, NULL, NULL, NULL, NULL, NULL, 100, 12, 'Een plan.'),
    (2, 3, 1, 'R01', 1, NULL, NULL, 18, NULL, NULL, 200, 22, 'Hulp.'), (2, 3, 1, 'R02', 2, NULL, NULL, NULL, NULL, NULL, NULL, 21, 'De ketenregie.');
INSERT INTO data.client (region_id, client_id, birth_year, area, name, phone, language, created_at) VALUES (1, 1, 1950, '5751', 'J. Jansen', '06', 'nl', '2026-03-01Z');
INSERT INTO data.referral (region_id, referral_id, client_id, organisation_id, account_id, domains, icpc, urgency, created_at) VALUES (1, 2, 1, 11, 1, '{finances}', '{}', 'soon', '2026-03-01Z');
INSERT INTO data.step (region_id, step_id, referral_id, owner_id, offering_id, state, status, version, promise_nr, created_at) VALUES (1, 3, 2, 12, 100, 'sent', 'requested', 1, 1, '2026-03-01Z');
INSERT INTO data.decision (region_id, step_id, table_no, table_version, rule_id, reason, inputs, offering_code, offering_name, owner_code, owner_name, promise_label) VALUES
    (1, 3, 3, 2, 'R01', 'Snel hulp.', '{"age": 76, "area": "5751"}', 'hulp', 'Hulp', 'org2', 'Organisatie 2', 'Antwoord');
INSERT INTO data.promise (region_id, step_id, nr, referral_id, kind, organisation_id, owner_id, referrer_id, started_at, due_at) VALUES (1, 3, 1, 2, 'deliver', 12, 12, 11, '2026-03-01Z', '2030-01-01Z');
INSERT INTO data.idempotency (region_id, account_id, idem_key, body_hash, operation, object_id, step_id, at) VALUES (1, 1, 'k', '\x00', 'submit', 2, 3, '2026-03-01Z');
INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, text, reason) VALUES (1, 2, 4, 3, 1, '2026-03-01Z', 'Voelt zich alleen.', '');
INSERT INTO data.feedback (region_id, feedback_id, referral_id, step_id, state, from_id, to_id, text, at) VALUES (1, 5, 2, 3, 'sent', 12, 11, 'Jansen is gebeld.', '2026-03-02Z');
CREATE SCHEMA wijzer;
CREATE VIEW wijzer.i7_explained AS SELECT * FROM data.rule_table JOIN data.rule USING (region_id, table_no, version);
CREATE TEMP TABLE was AS SELECT (SELECT to_jsonb(d) FROM data.decision d) AS decision, (SELECT to_jsonb(s) FROM data.step s) AS step, version FROM data.region WHERE region_id = 1;

-- The change itself acts as the owner, whom row-level security binds.
\ir ../../sql/deploy/rulebook.sql
\ir ../../sql/deploy/candidates.sql
\ir ../../sql/deploy/enrolment.sql
\ir ../../sql/deploy/seals.sql
\ir ../../sql/deploy/secrecy.sql
\ir ../../sql/deploy/reasoning.sql
\ir ../../sql/deploy/access_log.sql
\ir ../../sql/deploy/access_seals.sql
\ir ../../sql/deploy/rights.sql
\ir ../../sql/deploy/links.sql
\ir ../../sql/deploy/escalation.sql
\ir ../../sql/deploy/feed.sql
\ir ../../sql/deploy/closure.sql
\ir ../../sql/deploy/team.sql
\ir ../../sql/deploy/origin.sql
\ir ../../sql/deploy/tasks.sql
\ir ../../sql/deploy/tree.sql
\ir ../../sql/deploy/outbound.sql
\ir ../../sql/deploy/contract.sql
\ir ../../sql/deploy/offer.sql
\ir ../../sql/deploy/messages.sql
\ir ../../sql/deploy/places.sql
\ir ../../sql/deploy/unread.sql
\ir ../../sql/deploy/asked.sql
\ir ../../sql/deploy/class.sql
\ir ../../sql/deploy/assumption.sql
\ir ../../sql/deploy/evidence.sql
\ir ../../sql/deploy/pace.sql
\ir ../../sql/interface.sql

SELECT is((SELECT to_jsonb(d) - '{trail,candidates,reasoning}'::text[] FROM data.decision d), (SELECT decision FROM was), 'the decision is as it was');
SELECT is((SELECT row(trail, candidates)::text FROM data.decision), '(,)', 'without a trail');
SELECT is((SELECT to_jsonb(s) - 'assignee_id' - 'after_id' - 'offered_to' - 'offer_group' FROM data.step s), (SELECT step FROM was), 'the step too');
SELECT results_eq('SELECT version, table_no, hit_policy, name, status, author_id, approver_id, effective_from FROM data.rule_table WHERE region_id = 1 AND version <= 3 ORDER BY 1',
    $$ VALUES (1, 3, 'F', 'Eerste', 'published', 1, 2, '2026-01-01Z'::timestamptz), (2, 3, 'F', 'Tweede', 'published', 1, NULL, '2026-02-01Z'),
              (3, 3, 'F', 'Concept', 'discarded', 1, NULL, NULL) $$, 'versions keep their numbers');
SELECT results_eq('SELECT rule_id, position, is_otherwise, domains::text, area::text, age::text, urgency::text, offering_id, reason FROM data.rule WHERE region_id = 1 AND version = 2 ORDER BY 2',
    $$ VALUES ('R01', 1, false, '{finances,housing}', '{[5700,5800),[5811,5812)}', '{[18,121)}', '{soon}', 100, 'Snel hulp.'),
              ('R02', 2, false, NULL, '{[5000,6000)}', '{[0,18)}', NULL, NULL, 'Jong in het zuiden.'),
              ('R05', 3, false, NULL, NULL, '{[65,81)}', '{routine}', 100, 'Oud.'), ('R09', 4, true, NULL, NULL, NULL, NULL, NULL, 'De ketenregie.') $$, 'with their rows');
SELECT results_eq('SELECT rule_id, is_otherwise FROM data.rule WHERE region_id = 1 AND version IN (1, 3) ORDER BY version', $$ VALUES ('R01', true), ('R01', true) $$, 'all of them');
SELECT results_eq('SELECT version, table_no, hit_policy, note FROM data.rule_table WHERE region_id = 1 AND version > 3 ORDER BY 1',
    $$ VALUES (4, 1, 'F', 'Omgezet van tabel 3, versie 2.'), (5, 2, 'C', 'Omgezet van tabel 3, versie 2.'), (6, 3, 'C', 'Omgezet van tabel 3, versie 2.') $$, 'the one in force goes on as table 1');
SELECT results_eq('SELECT rule_id, position, domains::text, area::text, age::text, urgency::text, action, offering::text, reason FROM data.exclusion_rule WHERE region_id = 1 AND NOT is_otherwise ORDER BY 2',
    $$ VALUES ('R01', 1, '{finances,housing}', '{[5700,5800),[5811,5812)}', '{[18,121)}', '{soon}', 'offering', 'hulp', 'Snel hulp.'),
              ('R02', 2, NULL, '{[5000,6000)}', '{[0,18)}', NULL, 'coordinator', NULL, 'Jong in het zuiden.'),
              ('R05', 3, NULL, NULL, '{[65,81)}', '{routine}', 'offering', 'hulp', 'Oud.'), ('R09', 4, NULL, NULL, NULL, NULL, 'coordinator', NULL, 'De ketenregie.') $$, 'with the same rows in the same order');
SELECT results_eq('SELECT table_no, action, approach, offering_id FROM data.rule WHERE region_id = 1 AND version > 3 AND is_otherwise ORDER BY 1',
    $$ VALUES (1, 'continue', NULL, NULL::int), (2, NULL, NULL, NULL), (3, NULL, NULL, NULL) $$, 'and nothing more');
SELECT is((SELECT array_agg((t ->> 'table') || ' ' || (t ->> 'version')) FROM json_array_elements(wijzer.region_snapshot(1) -> 'tables') t), '{1 4,2 5,3 6}', 'these three are in force');
SELECT is((SELECT array_agg((t ->> 'table') || ' ' || (t ->> 'version')) FROM json_array_elements(wijzer.region_snapshot(2) -> 'tables') t), '{1 2,2 3,3 4}', 'in the other region as well');
SELECT is((SELECT json_array_length(wijzer.region_snapshot(3) -> 'tables')), 0, 'where there was none there is none');
SELECT ok((SELECT version FROM wijzer.regions() WHERE region_id = 1) > (SELECT version FROM was), 'and a new snapshot is asked for');
SELECT is_empty('SELECT * FROM wijzer.i7_explained', 'every decision can be explained');
SELECT is(wijzer.decision_record(1, 1, 2)::jsonb - 'createdAt', '{"referral": "DWR4-R42R", "step": "DWR4-R42R", "table": 3, "version": 2, "rule": "R01", "reason": "Snel hulp.",
    "evidence": null, "room": null, "offering": {"code": "hulp", "name": "Hulp"}, "organisation": {"code": "org2", "name": "Organisatie 2"}, "inputs": {"age": 76, "area": "5751"},
    "trail": null, "candidates": null, "offered": null, "after": []}'::jsonb || jsonb_build_object('referral', wijzer.code(2), 'step', wijzer.code(3)), 'also in words');
SELECT is((SELECT reason FROM wijzer.rule_rows(1, 2) WHERE rule_id = 'R01'), 'Snel hulp.', 'by the row as it was');
SELECT is(wijzer.rule_version(1, 1, 2) ->> 'hitPolicy' || ' ' || (wijzer.rule_version(1, 1, 2) ->> 'inForce'), 'F false', 'of a version that says how it was meant');
SELECT is((SELECT result FROM wijzer.roll_back(1, 1, 'r', repeat('0', 64), 3)), 'nothing-before', 'which no rollback brings back');
SELECT is((SELECT rule_id FROM wijzer.dead_rules(1, 2) ORDER BY 1 LIMIT 1), 'R02', 'and whose decisions count');
SELECT throws_ok('DELETE FROM data.rule', '42501', NULL, 'nor can anybody delete') FROM (SELECT set_config('role', 'wijzer_owner', false)) x;
RESET ROLE;
SELECT is((SELECT concat(result, version, detail) FROM wijzer.save_draft(1, 1, 'd', repeat('0', 64), 2, NULL, '', '[{"rule_id": "A99", "is_otherwise": true, "reason": "x"}]', '[]')), 'created7', 'new versions go on from there');
SELECT results_eq('SELECT region_id, count(*), min(position), max(position) FROM data.approach GROUP BY 1 ORDER BY 1',
    $$ VALUES (1, 11::bigint, 1, 11), (2, 11, 1, 11), (3, 11, 1, 11) $$, 'every region has the standard approaches, without seeding');
SELECT is((SELECT json_array_length(wijzer.region_snapshot(3) -> 'approaches')), 11, 'the daemon sees them');
SELECT is((SELECT array_agg(result || coalesce(detail, '')) FROM (VALUES
        (2, '[{"rule_id": "A01", "approach": "taal", "weight": 1, "reason": "x"}, {"rule_id": "A99", "is_otherwise": true, "reason": "x"}]'::json),
        (3, '[{"rule_id": "R01", "approaches": ["taal"], "offering": "hulp", "weight": 1, "reason": "x"}, {"rule_id": "R99", "is_otherwise": true, "reason": "x"}]')) AS t (n, rules),
    wijzer.save_draft(1, 1, 'e' || n, repeat('0', 64), n, NULL, '', rules, '[]')), '{created,created}', 'so that tables 2 and 3 can be written');
UPDATE data.approach SET label = 'Samen' WHERE region_id = 1 AND code = 'groep';
SELECT data.seed_vocabulary(1) \g /dev/null
SELECT is((SELECT label FROM data.approach WHERE region_id = 1 AND code = 'groep'), 'Samen', 'seeding again leaves alone what the region reworded');
SELECT is((SELECT count(*) FROM data.approach WHERE region_id = 1), 11::bigint, 'and adds nothing twice');
SELECT is((SELECT count(*) FROM pg_namespace WHERE nspname = 'former'), 0::bigint, 'nothing of the change is left behind');


-- What was plain: granted as it was seen before, sealed by the migration, and gone.
SELECT is((SELECT grants FROM data.consent WHERE client_id = 1), '[{"kind": "coordination", "fields": 4095}, {"organisation": 12, "fields": 4095}]'::jsonb,
    'who helped before is granted what was seen before');
SELECT results_eq('SELECT * FROM logic.plain_rows(1, 10)', $$ VALUES ('client', 1::bigint, 1::bigint, NULL::bigint, 1950, 'J. Jansen', '06', NULL),
    ('note', 1, 4, 2, NULL, 'Voelt zich alleen.', NULL, NULL), ('feedback', 1, 5, 2, NULL, 'Jansen is gebeld.', NULL, NULL) $$, 'what is still plain');
SELECT throws_ok('UPDATE data.client SET restricted_at = now()', '23514', NULL, 'a plain row is not touched before it is sealed');
SELECT lives_ok(format('SELECT logic.put_sealed(1, %L, %s, 2, ''s1.a'', %L, NULL, ''0123456789abcdef'', NULL, NULL)', k, r, b), k || ' is sealed')
FROM (VALUES ('client', 1, 's1.b'), ('note', 4, NULL), ('feedback', 5, NULL)) x (k, r, b);
SELECT is_empty('SELECT * FROM logic.plain_rows(1, 10)', 'nothing is plain any more');
SELECT is((SELECT name || ' ' || phone || ' ' || name_hash FROM data.client), 's1.a s1.b 81985529216486895', 'but sealed');
SELECT throws_ok('SELECT logic.put_sealed(2, ''client'', 1, NULL, ''s1.a'', NULL, NULL, NULL, NULL, NULL)', 'P0001', NULL, 'nothing of another region is sealed');

SELECT * FROM finish();
\c :home
DROP DATABASE :former;
