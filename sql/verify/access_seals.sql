-- Verify wijzer:access_seals on pg

BEGIN;
SELECT 1 / (count(*) = 1)::int FROM pg_class WHERE oid = 'data.access_by_tx'::regclass;
SELECT 1 / (count(*) = 1)::int FROM pg_attribute
WHERE attrelid = 'data.access'::regclass AND attname = 'tx' AND atttypid = 'bigint'::regtype;
ROLLBACK;
