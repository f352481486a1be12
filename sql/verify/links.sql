-- Verify wijzer:links on pg

BEGIN;
SELECT 1 / (count(*) = 0)::int FROM pg_catalog.pg_constraint c
WHERE c.contype = 'f' AND (c.conrelid, c.confrelid) IN (('data.referral'::regclass, 'data.client'::regclass),
    ('data.step'::regclass, 'data.referral'::regclass), ('data.promise'::regclass, 'data.step'::regclass));
ROLLBACK;
