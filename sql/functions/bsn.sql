-- The citizen service number is off, until one person proposed and another approved a legal ground and the kinds of
-- organisations that may have it. What is on the record then stays sealed, and is shown to those kinds alone.

CREATE FUNCTION logic.bsn_document(p_region int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'ground', g.bsn_ground, 'recipients', g.bsn_recipients,
            'proposals', (
                SELECT coalesce(json_agg(json_build_object(
                           'number', p.nr, 'ground', p.ground, 'recipients', p.recipients,
                           'status', CASE WHEN p.approved_at IS NULL THEN 'proposed' ELSE 'approved' END,
                           'proposedBy', (SELECT a.name FROM data.account a
                                          WHERE a.region_id = p_region AND a.account_id = p.proposed_by),
                           'proposedAt', logic.iso(p.proposed_at),
                           'approvedBy', (SELECT a.name FROM data.account a
                                          WHERE a.region_id = p_region AND a.account_id = p.approved_by),
                           'approvedAt', logic.iso(p.approved_at)) ORDER BY p.nr), '[]')
                FROM data.bsn_proposal p WHERE p.region_id = p_region))
        FROM data.region g
        WHERE g.region_id = p_region);
END
$$;

CREATE FUNCTION wijzer.get_bsn(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    RETURN CASE WHEN actor.role IN ('coordinator', 'steward') THEN logic.bsn_document(p_region) END;
END
$$;

-- p_ground null: to switch it off.
CREATE FUNCTION wijzer.propose_bsn(p_region int, p_account int, p_key text, p_hash text, p_ground text, p_recipients text[])
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_nr int;
    v_at timestamptz;
BEGIN
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE;
    v_at := logic.instant();
    v_nr := (SELECT coalesce(max(p.nr), 0) + 1 FROM data.bsn_proposal p WHERE p.region_id = p_region);
    SELECT t.result, t.answer INTO result, answer
    FROM logic.try_to_propose(actor, p_region, p_key, p_hash, 'propose-bsn', v_nr,
                              CASE WHEN NOT logic.are_kinds(p_region, p_recipients) THEN 'kind-unknown' END, v_at) t;
    IF result = 'proposed' THEN
        INSERT INTO data.bsn_proposal (region_id, nr, ground, recipients, proposed_at, proposed_by)
        VALUES (p_region, v_nr, p_ground, CASE WHEN p_ground IS NULL THEN '{}' ELSE coalesce(p_recipients, '{}') END, v_at, p_account);
        answer := logic.keep_answer(actor, p_region, p_key, logic.bsn_document(p_region));
    END IF;
    RETURN NEXT;
END
$$;

CREATE FUNCTION wijzer.approve_bsn(p_region int, p_account int, p_key text, p_hash text, p_nr int)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    p data.bsn_proposal;
BEGIN
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE;
    SELECT * INTO p FROM data.bsn_proposal x WHERE x.region_id = p_region AND x.nr = p_nr FOR NO KEY UPDATE;
    SELECT t.result, t.answer INTO result, answer
    FROM logic.try_to_approve(actor, p_region, p_key, p_hash, 'approve-bsn', p_nr, p.proposed_at, p.proposed_by, p.approved_at) t;
    IF result = 'approved' THEN
        UPDATE data.bsn_proposal x SET approved_at = logic.instant(), approved_by = p_account
        WHERE x.region_id = p_region AND x.nr = p_nr;
        UPDATE data.region r SET bsn_ground = p.ground, bsn_recipients = p.recipients WHERE r.region_id = p_region;
        PERFORM logic.region_changed(p_region);
        answer := logic.keep_answer(actor, p_region, p_key, logic.bsn_document(p_region));
    END IF;
    RETURN NEXT;
END
$$;
