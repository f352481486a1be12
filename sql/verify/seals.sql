-- Verify wijzer:seals on pg

BEGIN;
SELECT region_id, log, block_no, previous, root, count, horizon, up_to, until, sealed_at, ids, abouts, leaves, hash, key_id,
       signature
FROM data.seal WHERE false;
SELECT 1 / (data.current_tx() - data.tx_offset() = pg_current_xact_id()::text::bigint)::int;
SELECT 1 / (count(*) = 1)::int FROM pg_class WHERE oid = 'data.event_by_tx'::regclass;
ROLLBACK;
