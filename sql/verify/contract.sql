-- Verify wijzer:contract on pg

BEGIN;
SELECT region_id, organisation_id, version, milestones, form, account_id, at FROM data.feedback_contract WHERE false;
SELECT region_id, organisation_id, day, digest_id, since, until, at FROM data.feedback_digest WHERE false;
SELECT form, story FROM data.feedback WHERE false;
SELECT form FROM data.event WHERE false;
SELECT milestone FROM data.state WHERE false;
ROLLBACK;
