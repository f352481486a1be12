-- Verify wijzer:roles on pg

BEGIN;

DO $$
BEGIN
    ASSERT (SELECT count(*) = 2 FROM pg_roles
            WHERE rolname IN ('wijzer_owner', 'wijzer_app') AND NOT rolsuper AND NOT rolbypassrls),
        'roles wijzer_owner and wijzer_app exist and are subject to row-level security';
END
$$;

ROLLBACK;
