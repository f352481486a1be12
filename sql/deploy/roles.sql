-- Deploy wijzer:roles to pg
-- Roles belong to the cluster, not to the database: another database may have made them already.

BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wijzer_owner') THEN
        CREATE ROLE wijzer_owner NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wijzer_app') THEN
        CREATE ROLE wijzer_app LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    -- Who migrates acts as the owner.
    IF NOT pg_has_role(current_user, 'wijzer_owner', 'USAGE') THEN
        EXECUTE format('GRANT wijzer_owner TO %I', current_user);
    END IF;
    -- Nobody makes objects in public, where a careless search_path would find them.
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

COMMIT;
