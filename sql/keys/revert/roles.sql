-- Revert wijzer-keys:roles from pg
-- The roles stay where another database of the cluster still uses them.

BEGIN;

DO $$
DECLARE
    name text;
BEGIN
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO PUBLIC', current_database());
    FOREACH name IN ARRAY ARRAY['wijzer_keys', 'keys_owner'] LOOP
        BEGIN
            EXECUTE format('DROP OWNED BY %I', name);
            EXECUTE format('DROP ROLE %I', name);
        EXCEPTION
            WHEN dependent_objects_still_exist THEN
                RAISE NOTICE 'role % is kept: another database uses it', name;
        END;
    END LOOP;
END
$$;

COMMIT;
