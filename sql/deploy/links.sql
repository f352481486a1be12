-- Deploy wijzer:links to pg
-- A submit writes client, referral, step and promise in one statement, from one row, so a foreign key among them can only find
-- what was never wrong; finding it took a quarter of the time that a referral costs the database. Nobody deletes from these
-- tables, and the invariants (I4) look for rows that belong to nothing, as they do for the append-only tables.

BEGIN;
SET ROLE wijzer_owner;
ALTER TABLE data.referral DROP CONSTRAINT referral_region_id_client_id_fkey;
ALTER TABLE data.step DROP CONSTRAINT step_region_id_referral_id_fkey;
ALTER TABLE data.promise DROP CONSTRAINT promise_region_id_step_id_fkey;
RESET ROLE;
COMMIT;
