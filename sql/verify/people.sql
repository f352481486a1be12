-- Verify wijzer:people on pg

BEGIN;
SELECT region_id, organisation_id, code, name, kind, ended_at FROM data.organisation WHERE false;
SELECT region_id, account_id, organisation_id, name, role, ended_at FROM data.account WHERE false;
SELECT region_id, issuer, san, account_id, ended_at FROM data.identity WHERE false;
SELECT region_id, offering_id, code, name, organisation_id, kind, domains, age_min, age_max, municipality,
       for_whom, facts, asks, ended_at
FROM data.offering WHERE false;
ROLLBACK;
