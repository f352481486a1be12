-- Drafts, publication by two people, rollback: every result code, numbering, what is in force when.
BEGIN;
\ir support/helpers.sql
SELECT plan(94);
SELECT max(version) AS last FROM data.rule_table WHERE region_id = 1 \gset
SELECT (wijzer.region_snapshot(1) ->> 'version')::bigint AS before \gset

-- Saving.
SELECT results_eq($$ SELECT result, version, detail FROM test.save(3, test.small(3), key => 'd1', examples =>
    '[{"id": "E01", "sentence": "Taal.", "facts": {"approach": ["taal"], "age": 30}, "expect": {"offering": "taaldoen"}}]') $$,
    format('VALUES (''created'', %s, NULL)', :last + 1), 'a draft gets the next number of the region');
SELECT :last + 1 AS v1 \gset
SELECT is((SELECT answer::text FROM test.save(3, test.small(3), key => 'd1')),
          (SELECT i.answer::text FROM data.idempotency i WHERE idem_key = 'd1'), 'the same again: the same answer');
SELECT is((SELECT result || ' ' || version FROM test.save(3, test.small(3), key => 'd1')), 'replayed ' || :v1, 'replayed');
SELECT is((SELECT result FROM test.save(3, test.small(3), key => 'd1', body => 'y')), 'key-reused', 'another body: key-reused');
SELECT is((SELECT result FROM test.save(2, test.small(2), key => 'd1')), 'key-reused', 'another table: key-reused');
SELECT is((SELECT result FROM test.save(3, test.small(3), 'nobody')), 'account-unknown', 'an unknown account');
SELECT is((SELECT result FROM test.save(3, test.small(3), x)), 'not-yours', 'a ' || x || ' writes no rules')
FROM unnest('{gp,worker,steward}'::text[]) x;
SELECT is((SELECT result || ' ' || detail FROM test.save(3, test.small(3), based => 999)), 'based-on-unknown 999', 'based on nothing');
SELECT is((SELECT result FROM test.save(2, test.small(2), based => :v1)), 'based-on-unknown', 'based on another table');
SELECT is((SELECT result || ' ' || detail FROM test.save(t, r)), expected, expected || ' is found')
FROM (VALUES
    (3, '[{"rule_id": "R01", "offering": "taaldon", "weight": 1, "reason": "x"}]'::json, 'offering-unknown taaldon'),
    (2, '[{"rule_id": "A01", "approach": "les", "weight": 1, "reason": "x"}]', 'approach-unknown les'),
    (3, '[{"rule_id": "R01", "approaches": ["taal", "les"], "reason": "x"}]', 'approach-unknown les'),
    (3, '[{"rule_id": "R01", "domains": ["finances", "money"], "reason": "x"}]', 'rule-unknown-word money'),
    (1, '[{"rule_id": "X01", "icpc": ["Z01", "Q99"], "action": "continue", "reason": "x"}]', 'rule-unknown-word Q99'),
    (1, '[{"rule_id": "X01", "referrer": ["praktijk"], "action": "continue", "reason": "x"}]', 'rule-unknown-word praktijk'),
    (1, '[{"rule_id": "X01", "declines": ["full"], "action": "continue", "reason": "x"}]', 'rule-unknown-word full'),
    (4, '[{"rule_id": "G01", "recipient": ["bank"], "reason": "x"}]', 'rule-unknown-word bank'),
    (5, '[{"rule_id": "P01", "promise": ["call"], "unit": "state", "reason": "x"}]', 'rule-unknown-word call'),
    (6, '[{"rule_id": "D01", "decline": ["full"], "next": "stop", "reason": "x"}]', 'rule-unknown-word full'),
    (7, '[{"rule_id": "F01", "milestone": ["gone"], "form": "none", "reason": "x"}]', 'rule-unknown-word gone')) AS c (t, r, expected);
SELECT is((SELECT count(*) FROM data.rule_table WHERE region_id = 1), :v1::bigint, 'a refusal leaves nothing behind and uses no number');
SELECT throws_ok($$ SELECT test.save(3, '[{"rule_id": "R01", "reason": "x"}]') $$, 'P0001', NULL, 'without a row for everything else: a defect');
SELECT throws_ok($$ SELECT test.save(3, json_build_array(test.small(3) -> 1, test.small(3) -> 1)) $$, '23505', NULL, 'two of them: a defect');
SELECT is((SELECT version FROM test.save(2, test.small(2), based => 2)), :last + 2, 'numbers go over all tables');
SELECT max(version) + 1 AS elsewhere FROM data.rule_table WHERE region_id = 2 \gset
SELECT is((SELECT version FROM test.save(2, '[{"rule_id": "A99", "is_otherwise": true, "reason": "x"}]', region => 2)),
          :elsewhere, 'and each region has its own');

-- Reading a version.
SELECT results_eq(format($$ SELECT rule_id, is_otherwise, approaches, age::text, offering_code, offering_id, weight, reason FROM wijzer.rule_rows(1, %s) $$, :v1),
    $$ VALUES ('R01', false, '{taal}'::text[], '{[18,121)}', 'taaldoen', test.offering('taaldoen'), 10, 'Taalles.'),
              ('R99', true, NULL, NULL, NULL, NULL, NULL, 'De ketenregie.') $$, 'rows as they were saved, in order');
SELECT is((wijzer.rule_version(1, test.account('steward'), :v1)::jsonb) - 'createdAt', format('{"table": 3, "version": %s,
    "status": "draft", "hitPolicy": "C", "name": "Aanpak, gebied en groep naar aanbod", "note": "Proef", "basedOn": null,
    "restores": null, "author": {"name": "coordinator", "organisation": {"code": "ketenregie-deurne", "name": "Ketenregie Deurne"}},
    "publishedBy": null, "publishedAt": null, "acknowledged": [], "approver": null, "approvedAt": null, "effectiveFrom": null,
    "inForce": false, "ruleCount": 1, "examples": [{"id": "E01", "sentence": "Taal.", "facts": {"approach": ["taal"], "age": 30},
    "expect": {"offering": "taaldoen"}}]}', :v1)::jsonb, 'the head with its examples');
SELECT is(wijzer.rule_version(1, test.account('coordinator'), 999)::text, NULL, 'there is no such version');
SELECT is(wijzer.rule_version(1, -1, :v1)::text, NULL, 'nor for nobody');
SELECT is((SELECT json_build_array(t -> 'inForce' ->> 'version', t -> 'drafts' -> 0 ->> 'version', t -> 'drafts' -> 0 ->> 'author',
                                   json_array_length(t -> 'history'))::text
           FROM json_array_elements(wijzer.list_rule_tables(1, test.account('steward')) -> 'items') t WHERE t ->> 'table' = '3'),
          format('["3", "%s", "coordinator", 1]', :v1), 'the list shows draft, history and what is in force');
SELECT is((SELECT array_agg(t ->> 'table') FROM json_array_elements(wijzer.list_rule_tables(2, test.account('coordinator', 2)) -> 'items') t),
          '{1,2,3,4,5,6,7}', 'always seven tables');
SELECT is(wijzer.rule_version_in_force(2, 4), NULL, 'of which some may not be in force');

-- Publication.
SELECT is((SELECT result FROM test.ask(:v1, x)), 'not-yours', 'a ' || x || ' does not publish') FROM unnest('{gp,worker,steward}'::text[]) x;
SELECT is((SELECT result FROM test.ask(:v1, 'nobody')), 'account-unknown', 'nor nobody');
SELECT is((SELECT result FROM test.ask(999)), 'not-found', 'no such version');
SELECT is((SELECT result || ' ' || state FROM test.approve(:v1)), 'state-not-allowed draft', 'a draft is not approved');
SELECT is((SELECT result || ' ' || state FROM test.ask(:v1, key => 'p1')), 'requested awaiting-approval', 'asked for');
SELECT is((SELECT result || ' ' || state FROM test.ask(:v1, key => 'p1')), 'replayed awaiting-approval', 'the same again: replayed');
SELECT is((SELECT result FROM test.ask(:last + 2, key => 'p1')), 'key-reused', 'another version: key-reused');
SELECT is((SELECT result FROM test.approve(:v1, 'coordinator', key => 'p1')), 'key-reused', 'another operation: key-reused');
SELECT is((SELECT result || ' ' || state FROM test.ask(:v1)), 'state-not-allowed awaiting-approval', 'twice is not allowed');
SELECT is((SELECT acknowledged::text || findings::text FROM data.rule_table WHERE region_id = 1 AND version = :v1), '{dead-R01}{"findings": []}', 'with what was seen then');
SELECT is(wijzer.rule_version_in_force(1, 3), 3, 'nothing is in force by it');
SELECT is((SELECT result FROM test.approve(:v1, 'coordinator')), 'same-person', 'who wrote it does not approve');
SELECT is((SELECT result FROM test.approve(:v1, 'steward')), 'not-yours', 'nor does the steward');
SELECT is((SELECT result || ' ' || state FROM test.approve(:v1, key => 'a1')), 'approved published', 'a second person does');
SELECT is((SELECT result FROM test.approve(:v1, key => 'a1')), 'replayed', 'the same again: replayed');
SELECT is((SELECT answer -> 'approver' ->> 'name' || ' ' || (answer ->> 'inForce') FROM test.approve(:v1, key => 'a1')), 'coordinator2 true', 'in force at once');
SELECT is(wijzer.rule_version_in_force(1, 3), :v1, 'and found');
SELECT ok((wijzer.region_snapshot(1) ->> 'version')::bigint > :before AND (SELECT version FROM wijzer.regions() WHERE region_id = 1)
          = (wijzer.region_snapshot(1) ->> 'version')::bigint, 'the snapshot has another version, and the poll says the same');
SELECT is((SELECT t ->> 'version' FROM json_array_elements(wijzer.region_snapshot(1) -> 'tables') t WHERE t ->> 'table' = '3'), (:v1)::text, 'the snapshot names it');
SELECT is((SELECT result FROM test.discard(:v1)), 'state-not-allowed', 'what was published is not discarded');
-- Who asked does not approve either.
SELECT version AS v2 FROM test.save(3, test.small(3, 20)) \gset
SELECT test.ask(:v2, 'coordinator2') \g /dev/null
SELECT is((SELECT result FROM test.approve(:v2, 'coordinator2')), 'same-person', 'who asked for publication does not approve');
SELECT is((SELECT result FROM test.discard(:v2, 'coordinator2')), 'discarded', 'but may discard');
SELECT is((SELECT result || ' ' || state FROM test.approve(:v2)), 'state-not-allowed discarded', 'which is final');

-- In force later: when its time comes, and not before.
SELECT test.published(3, test.small(3, 30), wijzer.clock() + interval '2 days') AS v3 \gset
SELECT is(wijzer.rule_version_in_force(1, 3), :v1, 'a version for later is not in force');
SELECT is((SELECT t -> 'next' ->> 'version' FROM json_array_elements(wijzer.list_rule_tables(1, test.account('steward')) -> 'items') t WHERE t ->> 'table' = '3'),
          (:v3)::text, 'but next');
SELECT version AS polled FROM wijzer.regions() WHERE region_id = 1 \gset
SELECT set_config('wijzer.clock_offset', '3 days', true) \g /dev/null
SELECT is(wijzer.rule_version_in_force(1, 3), :v3, 'three days on it is');
SELECT is((SELECT version FROM wijzer.regions() WHERE region_id = 1), (:polled + 1)::bigint, 'which the poll sees by itself');
SELECT is((wijzer.region_snapshot(1) ->> 'version')::bigint, (:polled + 1)::bigint, 'as does the snapshot');
SELECT test.published(3, test.small(3, 40), '2026-02-01Z') AS v4 \gset
SELECT ok(effective_from = approved_at, 'nothing is in force in the past') FROM data.rule_table WHERE region_id = 1 AND version = :v4;
SELECT is(wijzer.rule_version_in_force(1, 3), :v4, 'the one from which on is latest counts');
SELECT is((SELECT result FROM test.discard(:v3)), 'state-not-allowed', 'what has been in force is not withdrawn');

-- Rollback: in force are 3, v1, v3, v4.
SELECT is((SELECT result FROM test.roll_back(3, x)), 'not-yours', 'a ' || x || ' rolls nothing back') FROM unnest('{worker,steward}'::text[]) x;
SELECT version AS v5 FROM test.roll_back(NULL, key => 'r1') \gset
SELECT is((SELECT result || ' ' || version FROM test.roll_back(NULL, key => 'r1')), 'replayed ' || :v5, 'rolling back the newest change is once');
SELECT is((SELECT restores FROM data.rule_table WHERE region_id = 1 AND version = :v5), :v3, 'the version before comes back');
SELECT is((SELECT array_agg(to_jsonb(r) - 'version') FROM data.rule r WHERE region_id = 1 AND version = :v5),
          (SELECT array_agg(to_jsonb(r) - 'version') FROM data.rule r WHERE region_id = 1 AND version = :v3), 'with the same rows');
SELECT is((wijzer.rule_version(1, test.account('steward'), :v5) -> 'approver' ->> 'name') || ' '
          || (wijzer.rule_version(1, test.account('steward'), :v5) ->> 'inForce'), 'coordinator2 true', 'at once, approved by who approved that');
SELECT version AS v6 FROM test.roll_back(3, 'coordinator2') \gset
SELECT is((SELECT restores FROM data.rule_table WHERE region_id = 1 AND version = :v6), :v1, 'twice goes two versions back, and who approved then may do it alone');
SELECT is((SELECT example_id FROM data.rule_example WHERE region_id = 1 AND version = :v6), 'E01', 'with its examples');
SELECT version AS v7 FROM test.roll_back(3) \gset
SELECT is((SELECT restores FROM data.rule_table WHERE region_id = 1 AND version = :v7), 3, 'three times three');
SELECT is((SELECT result FROM test.roll_back(3)), 'nothing-before', 'until there is nothing before');
SELECT is((SELECT result FROM test.roll_back(5)), 'nothing-before', 'nor where there was one version ever');

-- Withdrawn before its time. Table 6 has one version in force.
CREATE FUNCTION test.listed(t int, what text) RETURNS json LANGUAGE sql AS $$
    SELECT i -> what FROM json_array_elements(wijzer.list_rule_tables(1, test.account('steward')) -> 'items') i WHERE i ->> 'table' = t::text
$$;
SELECT wijzer.rule_version_in_force(1, 6) AS p0 \gset
SELECT test.published(6, test.small(6), wijzer.clock() + interval '2 days') AS p1 \gset
SELECT test.published(6, test.small(6), wijzer.clock() + interval '1 day') AS p2 \gset
SELECT is(test.listed(6, 'next') ->> 'version', (:p2)::text, 'of two to come the first is next');
SELECT is((SELECT array_agg(h ->> 'version') FROM json_array_elements(test.listed(6, 'history')) h), ARRAY[(:p0)::text], 'and neither is history');
SELECT is((SELECT result FROM test.discard(:p2, x)), 'not-yours', 'a ' || x || ' withdraws nothing') FROM unnest('{worker,steward}'::text[]) x;
SELECT version AS polled FROM data.region WHERE region_id = 1 \gset
SELECT is((SELECT result || ' ' || state || ' ' || (answer ->> 'status') || ' ' || (answer -> 'approver' ->> 'name') FROM test.discard(:p2, key => 'w1')),
          'discarded discarded discarded coordinator2', 'it is withdrawn, and keeps who approved it');
SELECT is((SELECT result || ' ' || state FROM test.discard(:p2, key => 'w1')), 'replayed discarded', 'the same again: replayed');
SELECT is((SELECT result || ' ' || state FROM test.discard(:p2)), 'state-not-allowed discarded', 'which is final');
SELECT is((SELECT version FROM data.region WHERE region_id = 1), (:polled + 1)::bigint, 'which the poll sees once');
SELECT is(test.listed(6, 'next') ->> 'version', (:p1)::text, 'the other is next');
SELECT test.published(6, test.small(6)) AS p3 \gset
SELECT version AS p4 FROM test.roll_back(6) \gset
SELECT is((SELECT restores FROM data.rule_table WHERE region_id = 1 AND version = :p4) || ' ' || (test.listed(6, 'next') ->> 'version'),
          :p0 || ' ' || :p1, 'and still is when the table is replaced and rolled back');
SELECT set_config('wijzer.clock_offset', '4 days 1 hour', true) \g /dev/null
SELECT is(wijzer.rule_version_in_force(1, 6), :p4, 'what was withdrawn never comes');
SELECT set_config('wijzer.region', '1', true), set_config('role', 'wijzer_owner', true) \g /dev/null
SELECT throws_ok(format($$ UPDATE data.rule_table SET status = 'discarded', discarded_at = effective_from WHERE region_id = 1 AND version = %s $$, :p1), '23514', NULL,
          'below the functions: withdrawn at its time is not before');
SELECT set_config('wijzer.clock_offset', '6 days', true) \g /dev/null
WITH touched AS (UPDATE data.rule_table SET status = 'discarded', discarded_at = approved_at WHERE region_id = 1 AND version = :p1 RETURNING 1)
SELECT is(count(*), 0::bigint, 'and from then on out of reach') FROM touched;
RESET ROLE;
SELECT is(wijzer.rule_version_in_force(1, 6), :p1, 'the other came');
SELECT is((SELECT array_agg(h ->> 'version') FROM json_array_elements(test.listed(6, 'history')) h), ARRAY[:p1, :p4, :p3, :p0]::text[], 'and is history now');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');

SELECT * FROM finish();
ROLLBACK;
