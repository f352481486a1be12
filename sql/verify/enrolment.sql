-- Verify wijzer:enrolment on pg

BEGIN;
SELECT rights FROM data.region WHERE false;
SELECT is_listed FROM data.identity WHERE false;
SELECT region_id, invitation_id, code_hash, organisation_id, name, role, account_id, made_by, made_at, expires_at,
       withdrawn_at, withdrawn_by, used_at, used_by, request_hash, attempts
FROM data.invitation WHERE false;
SELECT region_id, issuer, serial, account_id, san, issued_at, not_after, pem, revoked_at, revoked_by, reason
FROM data.certificate WHERE false;
SELECT region_id, address, since, wrong, locked_until FROM data.wrong_code WHERE false;
SELECT region_id, administration_id, at, kind, account_id, subject_id, invitation_id, serial, what, came_from
FROM data.administration WHERE false;
DO $$
BEGIN
    ASSERT NOT has_table_privilege('wijzer_owner', 'data.administration', 'UPDATE, DELETE, TRUNCATE'),
        'what was administered cannot be changed';
    ASSERT (SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
            WHERE relnamespace = 'data'::regnamespace AND relkind IN ('r', 'p')),
        'row-level security is forced on every table';
END
$$;
ROLLBACK;
