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
