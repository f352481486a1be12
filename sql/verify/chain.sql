-- Verify wijzer:chain on pg

BEGIN;
SELECT region_id, account_id, idem_key, body_hash, operation, object_id, step_id, batch_id, item, at, answer
FROM data.idempotency WHERE false;
SELECT region_id, client_id, birth_year, area, name, phone, email, language, created_at
FROM data.client WHERE false;
SELECT region_id, referral_id, client_id, organisation_id, account_id, note_id, domains, icpc, urgency, created_at,
       outcome, ended_at, closed_at
FROM data.referral WHERE false;
SELECT region_id, step_id, referral_id, parent_id, previous_id, owner_id, offering_id, state, status, version,
       promise_nr, decline_code, created_at, ended_at
FROM data.step WHERE false;
SELECT region_id, step_id, table_no, table_version, rule_id, reason, inputs, offering_code, offering_name,
       owner_code, owner_name, promise_label
FROM data.decision WHERE false;
SELECT region_id, step_id, nr, referral_id, kind, organisation_id, owner_id, referrer_id, level, started_at, due_at,
       ended_at, ended_how
FROM data.promise WHERE false;
SELECT region_id, referral_id, note_id, step_id, account_id, at, text, reason FROM data.note WHERE false;
SELECT region_id, feedback_id, referral_id, step_id, state, from_id, to_id, text, at, is_final, opened_at, opened_by
FROM data.feedback WHERE false;
SELECT region_id, referral_id, event_id, tx, at, kind, version FROM data.event WHERE false;
DO $$
BEGIN
    ASSERT (SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
            WHERE relnamespace = 'data'::regnamespace AND relkind IN ('r', 'p')),
        'row-level security is forced on every table';
END
$$;
ROLLBACK;
