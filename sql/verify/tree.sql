-- Verify wijzer:tree on pg

BEGIN;
SELECT director_id FROM data.referral WHERE false;
SELECT after_id FROM data.step WHERE false;
SELECT after_id, director_id FROM data.event WHERE false;
ROLLBACK;
