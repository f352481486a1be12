-- Deploy wijzer-keys:roles to pg
-- Roles belong to the cluster, not to the database: another database may have made them already. Of this database
-- everybody else is kept out, the login of the data included.

BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keys_owner') THEN
        CREATE ROLE keys_owner NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wijzer_keys') THEN
        CREATE ROLE wijzer_keys LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    -- Who migrates acts as the owner.
    IF NOT pg_has_role(current_user, 'keys_owner', 'USAGE') THEN
        EXECUTE format('GRANT keys_owner TO %I', current_user);
    END IF;
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO keys_owner, wijzer_keys', current_database());
END
$$;

COMMIT;
