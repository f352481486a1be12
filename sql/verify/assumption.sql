-- Verify wijzer:assumption on pg

BEGIN;
SELECT region_id, assumption_id, outcome, domain, amount, source, effective_from, account_id, at FROM data.assumption WHERE false;
ROLLBACK;
