-- Verify wijzer:rules on pg
-- Only what change rulebook leaves in place.

BEGIN;
SELECT region_id, table_no, version, hit_policy, name, author_id, approver_id, published_at
FROM data.rule_table WHERE false;
SELECT region_id, table_no, version, rule_id, position, domains, urgency, offering_id, reason FROM data.rule WHERE false;
ROLLBACK;
