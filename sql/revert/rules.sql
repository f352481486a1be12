-- Revert wijzer:rules from pg

BEGIN;
DROP TABLE data.rule, data.rule_table;
COMMIT;
