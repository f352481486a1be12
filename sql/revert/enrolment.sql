-- Revert wijzer:enrolment from pg
-- Accounts and identities that came by invitation stay; their certificates are good until they end, revoked ones too.
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
DROP TABLE data.administration, data.wrong_code, data.certificate, data.invitation;
ALTER TABLE data.identity DROP COLUMN is_listed;
ALTER TABLE data.region DROP COLUMN rights;
DELETE FROM data.idempotency WHERE operation IN
    ('invite', 'withdraw', 'renew', 'end-account', 'change-role', 'revoke', 'add-identity');
ALTER DOMAIN data.operation DROP CONSTRAINT operation_check;
ALTER DOMAIN data.operation ADD CONSTRAINT operation_check CHECK (VALUE IN (
    'submit', 'move', 'open', 'save-draft', 'request-publication', 'approve', 'discard', 'roll-back'));
COMMIT;
