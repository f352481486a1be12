-- Revert wijzer:candidates from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
DROP TABLE data.offering_measure, data.capacity;
ALTER TABLE data.offering DROP COLUMN confirmed_on;
ALTER TABLE data.decision DROP COLUMN trail, DROP COLUMN candidates;
COMMIT;
