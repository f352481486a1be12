-- Revert wijzer:places from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
SET ROLE wijzer_owner;
DROP TABLE data.offering_event, data.offering_promise, data.place, data.offering_group;
ALTER TABLE data.event DROP COLUMN group_id, DROP COLUMN persons;
ALTER TABLE data.offering_measure DROP COLUMN accepted, DROP COLUMN contact_days;
DELETE FROM data.capacity WHERE state = 'paused';
ALTER TABLE data.capacity
    DROP CONSTRAINT capacity_state_check,
    ADD CHECK (state IN ('open', 'waiting-list', 'full'));
ALTER TABLE data.region DROP COLUMN stale_days, DROP COLUMN old_days, DROP COLUMN confirm_days;
RESET ROLE;
COMMIT;
