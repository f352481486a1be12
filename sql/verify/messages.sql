-- Verify wijzer:messages on pg

BEGIN;
SELECT message_nr FROM data.event WHERE false;
SELECT step_id, nr, message_id, referral_id, organisation_id, account_id, at FROM data.message WHERE false;
SELECT step_id, organisation_id, message_nr, account_id, at FROM data.message_mark WHERE false;
SELECT step_id, nr, attachment_id, media, size, name, digest, content, erased_at FROM data.attachment WHERE false;
ROLLBACK;
