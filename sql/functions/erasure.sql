-- Being forgotten. First everything that says who it was or what was written goes from the data, in one transaction; then the
-- daemon destroys the client's key, so that older backups cannot be read either, and says so here. Until it has, the erasure is
-- pending and the keeper goes on with it. What remains are codes and ids: how many were helped, how, and how long it took.

-- How far an erasure has come.
CREATE FUNCTION logic.erasure_document(p_region int, p_client bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'clientId', wijzer.code(c.client_id), 'status', CASE WHEN c.key_destroyed_at IS NULL THEN 'pending' ELSE 'done' END,
            'erasedAt', logic.iso(c.erased_at), 'keyDestroyedAt', logic.iso(c.key_destroyed_at),
            'backupsGoneAt', logic.iso(c.keys_gone_at))
        FROM data.client c
        WHERE c.region_id = p_region AND c.client_id = p_client);
END
$$;

-- What is kept under keys of idempotency about the client: hashes of bodies (no answer that is kept has a text). The key itself
-- stays, so that nothing is done twice; a body that is sent again is refused.
CREATE FUNCTION logic.forget_answers(p_region int, p_client bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.idempotency i
    SET body_hash = '\x'
    FROM (SELECT DISTINCT e.account_id, o.object_id
          FROM data.referral r
          JOIN data.event e ON e.region_id = r.region_id AND e.referral_id = r.referral_id AND e.account_id IS NOT NULL
          CROSS JOIN LATERAL (VALUES (r.referral_id), (e.step_id), (e.feedback_id), (e.object_id), (p_client)) AS o (object_id)
          WHERE r.region_id = p_region AND r.client_id = p_client AND o.object_id IS NOT NULL) about
    WHERE i.region_id = p_region AND i.account_id = about.account_id AND i.object_id = about.object_id
      AND i.operation NOT IN ('erase', 'restrict', 'read', 'open'); -- which say nothing of the client
END
$$;

-- Forgets. The referrals are locked. False: somebody else already has.
CREATE FUNCTION logic.forget_client(actor logic.actor, p_region int, p_client bigint, p_kind text, p_at timestamptz, p_from text)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('wijzer.forget', 'on', true);
    UPDATE data.client c
    SET name = NULL, phone = NULL, email = NULL, bsn = NULL, plain_name = NULL, plain_phone = NULL, plain_email = NULL,
        name_hash = NULL, phone_hash = NULL, email_hash = NULL, birth_year = NULL, area = NULL, language = NULL, erased_at = p_at
    WHERE c.region_id = p_region AND c.client_id = p_client AND c.erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE data.note n SET text = NULL, reason = NULL, plain_text = NULL, plain_reason = NULL, erased_at = p_at
    FROM data.referral r
    WHERE r.region_id = p_region AND r.client_id = p_client AND n.region_id = r.region_id AND n.referral_id = r.referral_id;
    UPDATE data.feedback f SET former = NULL, plain_text = NULL
    FROM data.referral r
    WHERE r.region_id = p_region AND r.client_id = p_client AND f.region_id = r.region_id AND f.referral_id = r.referral_id;
    UPDATE data.attachment x SET name = NULL, digest = NULL, content = NULL, erased_at = p_at
    FROM data.referral r
    WHERE r.region_id = p_region AND r.client_id = p_client AND x.region_id = r.region_id AND x.referral_id = r.referral_id;
    DELETE FROM data.message_waiting w
    USING data.referral r, data.step s
    WHERE r.region_id = p_region AND r.client_id = p_client AND s.region_id = r.region_id AND s.referral_id = r.referral_id
      AND w.region_id = s.region_id AND w.step_id = s.step_id;
    UPDATE data.decision d SET inputs = jsonb_strip_nulls(jsonb_build_object('declineCode', d.inputs -> 'declineCode'))
    FROM data.referral r
    JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id
    WHERE r.region_id = p_region AND r.client_id = p_client AND d.region_id = s.region_id AND d.step_id = s.step_id;
    PERFORM logic.forget_answers(p_region, p_client),
            logic.client_event(actor, p_region, p_client, p_kind, NULL, p_at, p_from),
            logic.notify_helpers(actor, p_region, p_client, 'client-erased', NULL, p_at),
            set_config('wijzer.forget', '', true);
    RETURN true;
END
$$;

CREATE FUNCTION logic.has_open_step(p_region int, p_client bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.referral r
                   JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.ended_at IS NULL
                   WHERE r.region_id = p_region AND r.client_id = p_client);
END
$$;

-- Who looks into an emergency has to know whom it was about.
CREATE FUNCTION logic.awaits_review(p_region int, p_client bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.emergency e
                   WHERE e.region_id = p_region AND e.client_id = p_client AND e.reviewed_at IS NULL);
END
$$;

-- At the client's wish. Again changes nothing and says how far it has come; a coordinator or who referred may ask.
CREATE FUNCTION wijzer.erase_client(p_region int, p_account int, p_key text, p_hash text, p_client bigint, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_right(actor, p_region, p_key, p_hash, 'erase', p_client, 'erasure', p_from);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE begun.refusal WHEN 'erased' THEN 'already-erased' ELSE begun.refusal END;
    IF result IS NULL AND logic.has_open_step(p_region, p_client) THEN
        result := 'still-open';
    ELSIF result IS NULL AND logic.awaits_review(p_region, p_client) THEN
        result := 'awaits-review';
    ELSIF result IS NULL AND NOT logic.claim(actor, p_region, p_key, p_hash, 'erase', p_client, v_at) THEN
        result := 'key-reused';
    END IF;
    IF result IS NULL THEN
        PERFORM logic.forget_client(actor, p_region, p_client, 'client-erased', v_at, p_from),
                logic.keep_answer(actor, p_region, p_key, logic.erasure_document(p_region, p_client));
        result := 'erased';
    END IF;
    RETURN QUERY SELECT result, CASE WHEN result IN ('erased', 'already-erased', 'replayed')
                                     THEN logic.erasure_document(p_region, p_client) END;
END
$$;

-- Whose keys are to be destroyed: clients that were erased, at most so many, behind p_after.
CREATE FUNCTION wijzer.keys_to_destroy(p_region int, p_size int, p_after bigint DEFAULT 0) RETURNS TABLE (client_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
BEGIN
    RETURN QUERY SELECT c.client_id FROM data.client c
                 WHERE c.region_id = p_region AND c.erased_at IS NOT NULL AND c.key_destroyed_at IS NULL AND c.client_id > p_after
                 ORDER BY c.client_id LIMIT p_size;
END
$$;

-- The key database has destroyed it; p_gone_at: from when none of its backups has it. Returns how far the erasure has come;
-- null where the client was not erased.
CREATE FUNCTION wijzer.key_destroyed(p_region int, p_client bigint, p_gone_at timestamptz) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_at constant timestamptz := logic.instant();
BEGIN
    UPDATE data.client c SET key_destroyed_at = v_at, keys_gone_at = p_gone_at
    WHERE c.region_id = p_region AND c.client_id = p_client AND c.erased_at IS NOT NULL AND c.key_destroyed_at IS NULL;
    IF FOUND THEN
        PERFORM logic.client_event(keeper, p_region, p_client, 'client-key-destroyed', NULL, v_at, NULL);
    END IF;
    RETURN (SELECT logic.erasure_document(p_region, c.client_id) FROM data.client c
            WHERE c.region_id = p_region AND c.client_id = p_client AND c.erased_at IS NOT NULL);
END
$$;
