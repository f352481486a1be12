-- Deploy wijzer:pace to pg
-- Letters at their pace: a receiver that fails has a rest, and what is asked of letters all the time has its index.

BEGIN;
SET ROLE wijzer_owner;

ALTER TABLE data.subscription ADD COLUMN rest_until timestamptz; -- the last attempt failed: nothing is sent until then
GRANT UPDATE (rest_until) ON data.subscription TO wijzer_owner;

CREATE INDEX dispatch_leased ON data.dispatch (region_id, subscription_id, leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX dispatch_dead ON data.dispatch (region_id, at, dispatch_id) WHERE state = 'dead';

RESET ROLE;
COMMIT;
