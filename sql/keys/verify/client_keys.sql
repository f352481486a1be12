-- Verify wijzer-keys:client_keys on pg

BEGIN;

SELECT region_id, client_id, wrapped, wrap_key FROM data.client_key WHERE false;
SELECT region_id, client_id, destroyed_at FROM data.destroyed WHERE false;
SELECT region_id, wrap_key, retired_at FROM data.retired WHERE false;
SELECT taken_at, expires_at FROM data.backup WHERE false;

ROLLBACK;
