-- Revert wijzer:vocabulary from pg

BEGIN;
DROP TABLE data.edge, data.state, data.decline_code, data.event_kind, data.promise_kind, data.icpc, data.domain;
DROP DOMAIN data.code;
COMMIT;
