-- Deploy wijzer:closure to pg
-- L7 as a fact: the client was told how it ended, and asked whether it helped.

BEGIN;
SET ROLE wijzer_owner;
ALTER TABLE data.event ADD COLUMN helped text; -- of client-asked: yes, partly, no, not-known
RESET ROLE;
COMMIT;
