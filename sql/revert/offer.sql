-- Revert wijzer:offer from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again. Not where anything is or was
-- offered: a step without an owner cannot be told without these columns.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
ALTER TABLE data.referral DROP COLUMN wishes;
DROP DOMAIN data.wishes;
DROP VIEW data.offering_rule;
ALTER TABLE data.rule DROP CONSTRAINT rule_offer, DROP COLUMN offer;
CREATE VIEW data.offering_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, approaches, domains, age, area, urgency, language, lvb,
       mobility, digital_skill, occupation, household, declines,
       (SELECT f.code FROM data.offering f WHERE f.region_id = r.region_id AND f.offering_id = r.offering_id) AS offering,
       weight, reason
FROM data.rule r WHERE table_no = 3;
ALTER TABLE data.event DROP COLUMN offer_group, DROP COLUMN offered_to;
ALTER TABLE data.step DROP COLUMN offer_group, DROP COLUMN offered_to, ALTER COLUMN owner_id SET NOT NULL;
RESET ROLE;
COMMIT;
