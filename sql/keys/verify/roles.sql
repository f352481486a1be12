-- Verify wijzer-keys:roles on pg

BEGIN;

DO $$
BEGIN
    ASSERT (SELECT count(*) = 2 FROM pg_roles
            WHERE rolname IN ('keys_owner', 'wijzer_keys') AND NOT rolsuper AND NOT rolbypassrls),
        'roles keys_owner and wijzer_keys exist and are ordinary ones';
    ASSERT NOT has_database_privilege('public', current_database(), 'CONNECT'), 'not everybody may connect';
END
$$;

ROLLBACK;
