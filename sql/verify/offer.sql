-- Verify wijzer:offer on pg

BEGIN;
SELECT offered_to, offer_group FROM data.step WHERE false;
SELECT offered_to, offer_group FROM data.event WHERE false;
SELECT offer FROM data.rule WHERE false;
SELECT offer FROM data.offering_rule WHERE false;
SELECT wishes FROM data.referral WHERE false;
ROLLBACK;
