-- Deploy wijzer:team to pg
-- Who of an organisation has taken a step for themself. It changes neither state, version nor promise: nobody's report fails for it.

BEGIN;
SET ROLE wijzer_owner;

ALTER TABLE data.step ADD COLUMN assignee_id int; -- account; null: nobody. Whoever has ended counts as nobody

ALTER TABLE data.event ADD COLUMN colleague_id int; -- who had the step before, where that is not the account that acts

RESET ROLE;
COMMIT;
