-- Verify wijzer:evidence on pg

BEGIN;
SELECT region_id, code, label, position FROM data.evidence_level WHERE false;
SELECT region_id, offering_id, level, source, as_of, account_id, at FROM data.evidence WHERE false;
SELECT evidence, source FROM data.offering_event WHERE false;
SELECT evidence FROM data.rule WHERE false;
SELECT evidence FROM data.offering_rule WHERE false;
ROLLBACK;
