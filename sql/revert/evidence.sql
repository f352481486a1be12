-- Revert wijzer:evidence from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
DROP VIEW data.offering_rule;
ALTER TABLE data.rule DROP CONSTRAINT rule_evidence, DROP COLUMN evidence;
CREATE VIEW data.offering_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, approaches, domains, age, area, urgency, language, lvb,
       mobility, digital_skill, occupation, household, declines,
       (SELECT f.code FROM data.offering f WHERE f.region_id = r.region_id AND f.offering_id = r.offering_id) AS offering,
       weight, reason, offer
FROM data.rule r WHERE table_no = 3;
ALTER TABLE data.offering_event DROP COLUMN evidence, DROP COLUMN source;
DROP TABLE data.evidence, data.evidence_level;
DROP DOMAIN data.evidence_code;
RESET ROLE;
COMMIT;
