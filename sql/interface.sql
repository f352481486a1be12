-- The database's interface: drops and makes schema wijzer (what the daemon may call) and schema logic (what that is
-- made of) in one transaction. Repeatable; run after `sqitch deploy`:
--   psql -X -v ON_ERROR_STOP=1 [-v interface=DIGEST] -f interface.sql
-- DIGEST is what wijzerd was built with, so that a daemon knows the functions it was made for.
-- Nothing of schema data depends on these schemas, so making them anew loses nothing.
\set ON_ERROR_STOP on
\if :{?interface}
\else
    \set interface ''
\endif

BEGIN;

SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
CREATE SCHEMA wijzer AUTHORIZATION wijzer_owner;
CREATE SCHEMA logic AUTHORIZATION wijzer_owner;

SET LOCAL ROLE wijzer_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE wijzer_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

\ir functions/seed_vocabulary.sql
\ir functions/administration.sql
\ir functions/helpers.sql
\ir functions/sight.sql
\ir functions/sign_in.sql
\ir functions/rulebook.sql
\ir functions/drafts.sql
\ir functions/capacity.sql
\ir functions/evidence.sql
\ir functions/snapshot.sql
\ir functions/submit_referrals.sql
\ir views/documents.sql
\ir views/loop.sql
\ir functions/move_step.sql
\ir functions/tree.sql
\ir functions/offer.sql
\ir functions/contract.sql
\ir functions/open_feedback.sql
\ir functions/reading.sql
\ir functions/lists.sql
\ir views/lookups.sql
\ir functions/consent.sql
\ir functions/find_clients.sql
\ir functions/audit.sql
\ir functions/access.sql
\ir functions/explain.sql
\ir functions/trial.sql
\ir functions/seals.sql
\ir functions/enrol.sql
\ir functions/accounts.sql
\ir functions/feed.sql
\ir functions/plain.sql
\ir functions/once.sql
\ir functions/notices.sql
\ir functions/calendar.sql
\ir functions/team.sql
\ir functions/call_back.sql
\ir functions/places.sql
\ir functions/outbound.sql
\ir functions/promises.sql
\ir functions/origin.sql
\ir functions/merge.sql
\ir functions/tell_client.sql
\ir functions/figures.sql
\ir functions/digests.sql
\ir functions/overview.sql
\ir functions/classes.sql
\ir functions/savings.sql
\ir functions/emergency.sql
\ir functions/goals.sql
\ir functions/messages.sql
\ir functions/reopen.sql
\ir functions/rights.sql
\ir functions/erasure.sql
\ir functions/retention.sql
\ir functions/bsn.sql
\ir functions/key_changes.sql
\ir views/invariants.sql
\ir functions/check.sql

CALL data.continue_history();

-- The daemon's login: these functions and nothing else.
RESET ROLE;
REVOKE ALL ON ALL TABLES IN SCHEMA data, wijzer, logic FROM PUBLIC, wijzer_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA data FROM PUBLIC, wijzer_app;
REVOKE ALL ON ALL ROUTINES IN SCHEMA data, wijzer, logic FROM PUBLIC, wijzer_app;
REVOKE ALL ON SCHEMA data, wijzer, logic FROM PUBLIC, wijzer_app;
GRANT USAGE ON SCHEMA wijzer TO wijzer_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA wijzer TO wijzer_app;

COMMIT;
