-- Verify wijzer:rights on pg

BEGIN;
SELECT key_destroyed_at, keys_gone_at FROM data.client WHERE false;
SELECT region_id, notice_id, at, organisation_id, account_id, client_id, referral_id, kind, for_client, object_id, read_at, read_by FROM data.notice WHERE false;
SELECT review_note_id, escalated_at FROM data.emergency WHERE false;
SELECT region_id, duty, account_id FROM data.named_person WHERE false;
SELECT region_id, nr, law, start_event, years, valid_from, kinds, proposed_by, approved_by FROM data.retention WHERE false;
SELECT region_id, day, law, at, removed, oldest FROM data.retention_proof WHERE false;
SELECT bsn_ground, bsn_recipients FROM data.region WHERE false;
SELECT region_id, nr, ground, recipients, proposed_by, approved_by FROM data.bsn_proposal WHERE false;
SELECT region_id, nr, action, key_nr, proposed_at, proposed_by, approved_at, approved_by, done_at FROM data.key_change WHERE false;
ROLLBACK;
