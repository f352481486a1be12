-- Revert wijzer:reasoning from pg
-- What interface.sql made stands on these tables and goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
UPDATE data.decision d SET trail = r.trail, candidates = r.candidates
FROM data.reasoning r WHERE r.region_id = d.region_id AND r.hash = d.reasoning;
ALTER TABLE data.decision DROP COLUMN reasoning;
DROP TABLE data.reasoning;
COMMIT;
