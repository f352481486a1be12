-- Verify wijzer:rules on pg

BEGIN;
SELECT region_id, table_no, version, hit_policy, name, author_id, approver_id, published_at
FROM data.rule_table WHERE false;
SELECT region_id, table_no, version, rule_id, position, domains, areas, age_min, age_max, urgency, offering_id,
       organisation_id, reason
FROM data.rule WHERE false;
ROLLBACK;
