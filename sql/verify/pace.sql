-- Verify wijzer:pace on pg

BEGIN;
SELECT rest_until FROM data.subscription WHERE false;
SELECT 'data.dispatch_leased'::regclass, 'data.dispatch_dead'::regclass;
ROLLBACK;
