-- Verify wijzer:origin on pg

BEGIN;
SELECT origin, merged_into FROM data.referral WHERE false;
SELECT origin, merged_into FROM data.event WHERE false;
SELECT 'law'::data.basis;
ROLLBACK;
