-- Revert wijzer:origin from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
ALTER DOMAIN data.basis DROP CONSTRAINT basis_check;
ALTER DOMAIN data.basis ADD CONSTRAINT basis_check
    CHECK (VALUE IN ('standard', 'own-choice', 'changed', 'withdrawn', 'before')) NOT VALID; -- what was written stays
ALTER TABLE data.event DROP COLUMN merged_into, DROP COLUMN origin;
ALTER TABLE data.referral DROP COLUMN merged_into, DROP COLUMN origin;
DROP DOMAIN data.origin;
RESET ROLE;
COMMIT;
