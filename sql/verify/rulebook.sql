-- Verify wijzer:rulebook on pg

BEGIN;
SELECT region_id, code, label, position FROM data.approach WHERE false;
SELECT region_id, version, table_no, hit_policy, name, note, based_on, restores, status, author_id, created_at,
       published_by, published_at, acknowledged, findings, approver_id, approved_at, effective_from, discarded_at
FROM data.rule_table WHERE false;
SELECT region_id, version, rule_id, table_no, position, is_otherwise, nots, domains, icpc, age, area, language, urgency,
       mobility, digital_skill, lvb, occupation, household, referrer, referrer_role, declines, approaches, recipient,
       promise, level, decline, tries, milestone, action, offering_id, approach, weight, fields, amount, unit,
       escalate_after, next, form, channel, reason
FROM data.rule WHERE false;
SELECT region_id, version, example_id, position, sentence, facts, expected FROM data.rule_example WHERE false;
SELECT FROM data.exclusion_rule, data.approach_rule, data.offering_rule, data.fields_rule, data.promises_rule,
            data.declines_rule, data.feedback_rule WHERE false;
DO $$
BEGIN
    ASSERT NOT has_table_privilege('wijzer_owner', 'data.rule', 'UPDATE, DELETE, TRUNCATE')
       AND NOT has_table_privilege('wijzer_owner', 'data.rule_example', 'UPDATE, DELETE, TRUNCATE')
       AND NOT has_table_privilege('wijzer_owner', 'data.rule_table', 'UPDATE, DELETE, TRUNCATE'),
        'versions cannot be changed';
    ASSERT (SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
            WHERE relnamespace = 'data'::regnamespace AND relkind IN ('r', 'p')),
        'row-level security is forced on every table';
END
$$;
ROLLBACK;
