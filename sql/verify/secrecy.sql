-- Verify wijzer:secrecy on pg

BEGIN;
SELECT name, phone, email, bsn, name_hash, phone_hash, email_hash, restricted_at, erased_at FROM data.client WHERE false;
SELECT text, reason, erased_at FROM data.note WHERE false;
SELECT former, note_id, lead, reason, ending FROM data.feedback WHERE false;
SELECT region_id, client_id, nr, at, account_id, organisation_id, basis, grants, grants_hash FROM data.consent WHERE false;
SELECT region_id, hash, grants FROM data.grants WHERE false;
SELECT region_id, emergency_id, referral_id, client_id, note_id, until, due_at, level, verdict FROM data.emergency WHERE false;
SELECT role, came_from, consent_nr, fields, object_id FROM data.event WHERE false;
SELECT region_id, access_id, tx, at, action, what, outcome, client_ids, fields, ground FROM data.access WHERE false;
DO $$
BEGIN
    ASSERT NOT has_column_privilege('wijzer_owner', 'data.client', 'name', 'SELECT')
       AND NOT has_column_privilege('wijzer_owner', 'data.note', 'text', 'SELECT'), 'sealed columns are read through the views alone';
END
$$;
ROLLBACK;
