-- The region's wrapping keys lie in a file, beside the daemon. That one is added or taken out is proposed by one and approved by
-- another; then `wijzerd keys`, which is nobody, may do it once, within a week.

-- How long an approval holds.
CREATE FUNCTION logic.is_agreed(k data.key_change) RETURNS boolean LANGUAGE sql STABLE
RETURN k.done_at IS NULL AND k.approved_at > wijzer.clock() - interval '7 days';

CREATE FUNCTION logic.key_change_document(p_region int, p_nr int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'number', k.nr, 'action', k.action, 'key', k.key_nr,
            'status', CASE
                WHEN k.approved_at IS NULL THEN 'proposed'
                WHEN k.done_at IS NOT NULL THEN 'done'
                WHEN logic.is_agreed(k) THEN 'approved'
                ELSE 'expired' END,
            'proposedBy', (SELECT a.name FROM data.account a WHERE a.region_id = p_region AND a.account_id = k.proposed_by),
            'proposedAt', logic.iso(k.proposed_at),
            'approvedBy', (SELECT a.name FROM data.account a WHERE a.region_id = p_region AND a.account_id = k.approved_by),
            'approvedAt', logic.iso(k.approved_at), 'doneAt', logic.iso(k.done_at))
        FROM data.key_change k
        WHERE k.region_id = p_region AND k.nr = p_nr);
END
$$;

CREATE FUNCTION wijzer.get_key_changes(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NULL OR actor.role NOT IN ('coordinator', 'steward') THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(logic.key_change_document(p_region, k.nr) ORDER BY k.nr), '[]')
        FROM data.key_change k WHERE k.region_id = p_region));
END
$$;

-- p_key_nr: of `retire`; else null.
CREATE FUNCTION wijzer.propose_key_change(p_region int, p_account int, p_key text, p_hash text, p_action text, p_key_nr int)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_nr int;
    v_at timestamptz;
BEGIN
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE; -- numbers without holes
    v_at := logic.instant();
    v_nr := (SELECT coalesce(max(k.nr), 0) + 1 FROM data.key_change k WHERE k.region_id = p_region);
    SELECT t.result, t.answer INTO result, answer
    FROM logic.try_to_propose(actor, p_region, p_key, p_hash, 'propose-key-change', v_nr, NULL, v_at) t;
    IF result = 'proposed' THEN
        INSERT INTO data.key_change (region_id, nr, action, key_nr, proposed_at, proposed_by)
        VALUES (p_region, v_nr, p_action, p_key_nr, v_at, p_account);
        answer := logic.keep_answer(actor, p_region, p_key, logic.key_change_document(p_region, v_nr));
    END IF;
    RETURN NEXT;
END
$$;

CREATE FUNCTION wijzer.approve_key_change(p_region int, p_account int, p_key text, p_hash text, p_nr int)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    k data.key_change;
BEGIN
    SELECT * INTO k FROM data.key_change x WHERE x.region_id = p_region AND x.nr = p_nr FOR NO KEY UPDATE;
    SELECT t.result, t.answer INTO result, answer
    FROM logic.try_to_approve(actor, p_region, p_key, p_hash, 'approve-key-change', p_nr, k.proposed_at, k.proposed_by, k.approved_at) t;
    IF result = 'approved' THEN
        UPDATE data.key_change x SET approved_at = logic.instant(), approved_by = p_account
        WHERE x.region_id = p_region AND x.nr = p_nr;
        answer := logic.keep_answer(actor, p_region, p_key, logic.key_change_document(p_region, p_nr));
    END IF;
    RETURN NEXT;
END
$$;

-- What `wijzerd keys` may do once: marks the change that was approved first as done, and says whether there was one. The caller
-- commits when it has been done: until then another who asks waits.
CREATE FUNCTION wijzer.take_key_change(p_region int, p_action text, p_key_nr int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
BEGIN
    UPDATE data.key_change k SET done_at = logic.instant()
    WHERE k.region_id = p_region AND k.nr = (
        SELECT x.nr FROM data.key_change x
        WHERE x.region_id = p_region AND x.action = p_action AND x.key_nr IS NOT DISTINCT FROM p_key_nr AND logic.is_agreed(x)
        ORDER BY x.approved_at, x.nr LIMIT 1
        FOR NO KEY UPDATE);
    RETURN FOUND;
END
$$;
