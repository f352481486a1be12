-- The key database's interface: drops and makes schema keys in one transaction. Repeatable; run after `sqitch deploy`:
--   psql -X -v ON_ERROR_STOP=1 [-v interface=DIGEST] -f interface.sql
-- DIGEST is what wijzerd was built with. Nothing of schema data depends on this schema.
\set ON_ERROR_STOP on
\if :{?interface}
\else
    \set interface ''
\endif

BEGIN;

SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS keys CASCADE;
CREATE SCHEMA keys AUTHORIZATION keys_owner;

SET LOCAL ROLE keys_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE keys_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

\ir functions/client_keys.sql
\ir functions/rotation.sql
\ir functions/backups.sql

-- The daemon's login: these functions and nothing else; not those that only a backup or a restore needs.
REVOKE ALL ON ALL TABLES IN SCHEMA data FROM PUBLIC, wijzer_keys;
REVOKE ALL ON ALL ROUTINES IN SCHEMA keys FROM PUBLIC, wijzer_keys;
REVOKE ALL ON SCHEMA data, keys FROM PUBLIC, wijzer_keys;
GRANT USAGE ON SCHEMA keys TO wijzer_keys;
GRANT EXECUTE ON FUNCTION keys.schema_version(), keys.add(int, bigint[], text[], int), keys.get(int, bigint[]),
    keys.destroy(int, bigint), keys.rewrap_page(int, int, bigint, int), keys.rewrap(int, bigint[], text[], int), keys.census(),
    keys.retire(int, int) TO wijzer_keys;

COMMIT;
