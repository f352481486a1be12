-- Revert wijzer:links from pg

BEGIN;
SET ROLE wijzer_owner;
ALTER TABLE data.referral ADD FOREIGN KEY (region_id, client_id) REFERENCES data.client;
ALTER TABLE data.step ADD FOREIGN KEY (region_id, referral_id) REFERENCES data.referral;
ALTER TABLE data.promise ADD FOREIGN KEY (region_id, step_id) REFERENCES data.step;
RESET ROLE;
COMMIT;
