-- Verify wijzer:feed on pg

BEGIN;
SELECT 1 / (count(*) = 1)::int
FROM pg_class c
JOIN pg_am a ON a.oid = c.relam
WHERE c.oid = 'data.event_by_tx'::regclass AND a.amname = 'btree';
ROLLBACK;
