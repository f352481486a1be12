-- Revert wijzer:people from pg

BEGIN;
ALTER TABLE data.region DROP CONSTRAINT region_region_id_coordination_id_fkey;
DROP TABLE data.offering, data.identity, data.account, data.organisation;
COMMIT;
