-- Revert wijzer-keys:client_keys from pg
-- Never where there are keys: without them the data cannot be read.

BEGIN;

DO $$
BEGIN
    IF EXISTS (SELECT FROM data.client_key) THEN
        RAISE EXCEPTION 'there are client keys; the data could not be read without them';
    END IF;
END
$$;

DROP SCHEMA IF EXISTS keys CASCADE;
DROP SCHEMA data CASCADE;

COMMIT;
