-- What functions that write outside the chain have in common: once (I3), and four eyes.

-- ---- four eyes ----

-- An account, and who made it what it is: who invited it, raised it to coordinator or steward, or gave it another key, and who
-- made those.
CREATE FUNCTION logic.makers_of(p_region int, p_account int) RETURNS SETOF int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE maker (account_id) AS (
        SELECT p_account
        UNION
        SELECT x.account_id
        FROM maker m
        CROSS JOIN LATERAL (
            SELECT i.made_by AS account_id FROM data.invitation i WHERE i.region_id = p_region AND i.used_by = m.account_id
            UNION ALL
            SELECT a.account_id FROM data.administration a
            WHERE a.region_id = p_region AND a.subject_id = m.account_id
              AND (a.kind = 'identity-added' OR a.kind = 'role-changed' AND a.what ->> 'to' IN ('coordinator', 'steward'))) x
    )
    SELECT m.account_id FROM maker m;
END
$$;

-- Whether two accounts may be one person's: they are the same, or one made the other. Every approval asks this. Null is nobody.
CREATE FUNCTION logic.may_be_one(p_region int, p_account int, p_other int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(p_account IN (SELECT m FROM logic.makers_of(p_region, p_other) m)
                    OR p_other IN (SELECT m FROM logic.makers_of(p_region, p_account) m), false);
END
$$;

-- ---- once ----

-- Once (I3) for what writes outside the chain and the rulebook: whether a call was made before, and what it got.

-- refusal: null (go on), `account-unknown`, `not-yours`, `key-reused`, or `replayed` with the answer given then. p_object null:
-- what the key was used for is told by its operation and body alone. Who calls has locked what it is about.
CREATE FUNCTION logic.asked_before(actor logic.actor, p_region int, p_roles text[], p_key text, p_hash text, p_operation text,
                                   p_object bigint, OUT refusal text, OUT answer json) LANGUAGE plpgsql AS $$
BEGIN
    IF actor.account_id IS NULL OR actor.role <> ALL (p_roles) THEN
        refusal := CASE WHEN actor.account_id IS NULL THEN 'account-unknown' ELSE 'not-yours' END;
        RETURN;
    END IF;
    SELECT f.refusal, f.answer INTO refusal, answer
    FROM logic.find_answered(actor, p_region, p_key, p_hash, p_operation, p_object) f;
END
$$;

-- The answer to a call that did something, kept for who asks again (logic.claim has taken the key).
CREATE FUNCTION logic.keep_answer(actor logic.actor, p_region int, p_key text, p_answer json) RETURNS json
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.idempotency i SET answer = p_answer
    WHERE i.region_id = p_region AND i.account_id = actor.account_id AND i.idem_key = p_key;
    RETURN p_answer;
END
$$;

-- The same where the answer is a step as it is now.
CREATE FUNCTION logic.keep_step(actor logic.actor, p_region int, p_key text, p_step bigint) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    RETURN logic.keep_answer(actor, p_region, p_key, (
        SELECT d.document FROM logic.step_document d WHERE d.region_id = p_region AND d.step_id = p_step));
END
$$;

-- ---- what one proposes and another approves ----

-- What becomes of a proposal, the key taken: `proposed` (then the caller writes, and keeps the answer), or a refusal; answer: that
-- of `replayed`. p_fault: what is wrong with it, or null.
CREATE FUNCTION logic.try_to_propose(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_nr int,
                                     p_fault text, p_at timestamptz, OUT result text, OUT answer json) LANGUAGE plpgsql AS $$
DECLARE
    asked constant record := logic.asked_before(actor, p_region, '{coordinator,steward}', p_key, p_hash, p_operation, NULL);
BEGIN
    answer := asked.answer;
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN p_fault IS NOT NULL THEN p_fault
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, p_operation, p_nr, p_at) THEN 'key-reused'
        ELSE 'proposed' END;
END
$$;

-- What becomes of an approval, the key taken: `approved` (then the caller writes, and keeps the answer), or a refusal; answer:
-- that of `replayed`. The proposal's row is locked by the caller; p_proposed_at null: there is no such row.
CREATE FUNCTION logic.try_to_approve(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_nr int,
                                     p_proposed_at timestamptz, p_proposed_by int, p_approved_at timestamptz,
                                     OUT result text, OUT answer json) LANGUAGE plpgsql AS $$
DECLARE
    asked constant record := logic.asked_before(actor, p_region, '{coordinator,steward}', p_key, p_hash, p_operation, p_nr);
BEGIN
    answer := asked.answer;
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN p_proposed_at IS NULL THEN 'not-found'
        WHEN p_approved_at IS NOT NULL THEN 'already-approved'
        WHEN logic.may_be_one(p_region, actor.account_id, p_proposed_by) THEN 'same-person'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, p_operation, p_nr, logic.instant()) THEN 'key-reused'
        ELSE 'approved' END;
END
$$;
