-- Verify wijzer:class on pg

BEGIN;
SELECT region_id, class_id, organisation_id, name, account_id, created_at FROM data.class WHERE false;
SELECT class_id FROM data.referral WHERE false;
SELECT class_id FROM data.event WHERE false;
ROLLBACK;
