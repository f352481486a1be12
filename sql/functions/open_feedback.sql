-- The referrer opens a feedback. Opening the final one keeps the promise to read it, and closes the loop when the
-- facts L1-L6 hold: nothing else ever closes a referral.

-- At most 500 characters; what the worker wrote is cut first. Feedback of before is one sealed text.
CREATE FUNCTION logic.feedback_text(f logic.feedback_seen) RETURNS json LANGUAGE sql STABLE
RETURN CASE WHEN f.former IS NOT NULL THEN logic.sealed(f.client_id, f.feedback_id, 'former', f.former)
            WHEN f.lead IS NULL THEN to_json(''::text)
            ELSE json_build_object('~', json_build_array(
                f.lead || CASE WHEN f.reason_label IS NOT NULL THEN ' Reden: ' || f.reason_label || '.' ELSE '' END,
                CASE WHEN f.reason_label IS NULL AND f.note_reason IS NOT NULL THEN json_build_object(
                    'c', f.client_id, 'r', f.note_id, 'f', 'reason', 'v', f.note_reason, 'before', ' Reden: ', 'after', '.',
                    'clip', true) ELSE to_json(''::text) END,
                CASE WHEN f.note_text IS NOT NULL THEN json_build_object(
                    'c', f.client_id, 'r', f.note_id, 'f', 'text', 'v', f.note_text,
                    'before', CASE WHEN f.story THEN ' "' ELSE ' Toelichting: "' END, 'after', '"',
                    'clip', true) ELSE to_json(''::text) END,
                f.ending), 'most', 500) END;

-- The same as text for the patient record: one line of at most 500 characters with the date, who, and what.
CREATE FUNCTION logic.feedback_lead(f logic.feedback_seen, p_most int) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN left(format('%s, %s', to_char(f.at AT TIME ZONE 'Europe/Amsterdam', 'DD-MM-YYYY'), coalesce(CASE WHEN strpos(f.lead, o.name) = 0
                THEN o.name || ': ' END || f.lead, f.lead, o.name || ':'))
                || CASE WHEN f.reason_label IS NOT NULL THEN ' Reden: ' || f.reason_label || '.' ELSE '' END, p_most - length(f.ending))
    FROM data.organisation o
    WHERE o.region_id = f.region_id AND o.organisation_id = f.from_id;
END
$$;

CREATE FUNCTION logic.feedback_pieces(f logic.feedback_seen, p_most int) RETURNS json[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY[
        to_json(logic.feedback_lead(f, p_most)),
        CASE WHEN f.reason_label IS NULL AND f.note_reason IS NOT NULL THEN json_build_object(
            'c', f.client_id, 'r', f.note_id, 'f', 'reason', 'v', f.note_reason, 'before', ' Reden: ', 'after', '.', 'clip', true) END,
        CASE WHEN f.note_text IS NOT NULL THEN json_build_object(
            'c', f.client_id, 'r', f.note_id, 'f', 'text', 'v', f.note_text, 'before', ' "', 'after', '"', 'clip', true) END,
        CASE WHEN f.former IS NOT NULL THEN json_build_object(
            'c', f.client_id, 'r', f.feedback_id, 'f', 'former', 'v', f.former, 'before', ' ', 'after', '', 'clip', true) END,
        to_json(f.ending)];
END
$$;

CREATE VIEW logic.feedback_document AS
SELECT f.region_id, f.feedback_id, f.referral_id, f.client_id, f.to_id, f.at, f.form, f.opened_at,
       json_build_object(
           'id', wijzer.code(f.feedback_id), 'referralId', wijzer.code(f.referral_id),
           'stepId', wijzer.code(f.step_id),
           'state', logic.word(f.state, (SELECT t.label FROM data.state t
                                         WHERE t.region_id = f.region_id AND t.code = f.state)),
           'text', logic.feedback_text(f), 'at', logic.iso(f.at), 'openedAt', logic.iso(f.opened_at),
           'from', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                    WHERE o.region_id = f.region_id AND o.organisation_id = f.from_id),
           'final', f.is_final, 'story', coalesce(f.story, false),
           'paste', json_build_object('~', to_json(logic.feedback_pieces(f, 500)), 'most', 500, 'line', true)) AS document
FROM logic.feedback_seen f;

-- The last promise of a referral that has ended is kept (about p_step, null: whichever it is about), and the loop closes if the facts say so.
CREATE FUNCTION logic.keep_last_promise(p_region int, p_referral bigint, p_step bigint, p_kind text, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_step bigint;
BEGIN
    UPDATE data.promise p SET ended_at = p_now, ended_how = 'kept'
    FROM data.step s
    WHERE s.region_id = p_region AND s.referral_id = p_referral AND p.region_id = s.region_id AND p.step_id = s.step_id
      AND p.nr = s.promise_nr AND p.kind = p_kind AND p.ended_at IS NULL AND s.step_id = coalesce(p_step, s.step_id)
    RETURNING p.step_id INTO v_step;
    UPDATE data.step s SET promise_nr = NULL
    WHERE s.region_id = p_region AND s.step_id = v_step;
    UPDATE data.referral r SET closed_at = p_now
    FROM wijzer.loop l
    WHERE r.region_id = p_region AND r.referral_id = p_referral AND r.closed_at IS NULL
      AND l.region_id = p_region AND l.referral_id = p_referral
      AND l.l1 AND l.l2 AND l.l3 AND l.l4 AND l.l5 AND l.l6;
    IF FOUND THEN
        INSERT INTO data.event (region_id, referral_id, at, kind)
        VALUES (p_region, p_referral, p_now, 'loop-closed');
    END IF;
END
$$;

-- Marks as read and does what follows from it.
CREATE FUNCTION logic.read_feedback(f record, actor logic.actor, p_now timestamptz, p_from text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.feedback x SET opened_at = p_now, opened_by = actor.account_id
    WHERE x.region_id = f.region_id AND x.feedback_id = f.feedback_id;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, feedback_id, role,
                            came_from)
    VALUES (f.region_id, f.referral_id, p_now, 'feedback-opened', actor.account_id, actor.organisation_id, f.step_id,
            f.feedback_id, actor.role, p_from);
    IF NOT f.is_final THEN
        RETURN;
    END IF;
    PERFORM logic.keep_last_promise(f.region_id, f.referral_id, f.step_id, 'feedback', p_now);
END
$$;

-- The answer is not kept: sent again it is read again, so that nothing of it outlives the client's wish to be forgotten.
CREATE FUNCTION wijzer.open_feedback(p_region int, p_account int, p_key text, p_hash text, p_feedback bigint,
                                     p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    f record;
    asked record;
BEGIN
    -- Row-level security shows it to the parties; only who it is addressed to opens it: a referrer, or a desk where one came.
    PERFORM FROM data.feedback x
    JOIN data.referral r ON r.region_id = x.region_id AND r.referral_id = x.referral_id
    WHERE x.region_id = p_region AND x.feedback_id = p_feedback AND x.to_id = actor.organisation_id
      AND (actor.role = 'referrer' OR r.origin IS NOT NULL AND actor.role IN ('worker', 'coordinator'))
      AND (x.form IS NULL OR x.at <= logic.digested_until(p_region, actor.organisation_id))
    FOR NO KEY UPDATE OF r;
    IF NOT FOUND THEN
        PERFORM logic.note_refused(actor, p_region, 'R', 'feedback', p_feedback, NULL, p_from);
        RETURN QUERY SELECT 'not-found', NULL::json;
        RETURN;
    END IF;
    SELECT x.region_id, x.feedback_id, x.referral_id, x.step_id, x.is_final, x.opened_at, r.client_id INTO f
    FROM data.feedback x
    JOIN data.referral r ON r.region_id = x.region_id AND r.referral_id = x.referral_id
    WHERE x.region_id = p_region AND x.feedback_id = p_feedback;

    asked := logic.find_answered(actor, p_region, p_key, p_hash, 'open', p_feedback);
    result := coalesce(asked.refusal, CASE WHEN f.opened_at IS NULL THEN 'opened' ELSE 'already-opened' END);
    IF result IN ('opened', 'already-opened')
       AND NOT logic.claim(actor, p_region, p_key, p_hash, 'open', p_feedback, logic.instant()) THEN
        result := 'key-reused';
    END IF;
    IF result = 'key-reused' THEN
        RETURN NEXT;
        RETURN;
    END IF;

    -- The first time is an event; what is read once more is an entry of the log alone.
    IF result = 'opened' THEN
        PERFORM logic.read_feedback(f, actor, logic.instant(), p_from);
    ELSE
        PERFORM logic.note_access(actor, p_region, 'R', 'feedback', 'granted', p_feedback, ARRAY[f.client_id], 2048, 'referrer',
                                  NULL, NULL, p_from);
    END IF;
    answer := (SELECT d.document FROM logic.feedback_document d WHERE d.region_id = p_region AND d.feedback_id = p_feedback);
    RETURN NEXT;
END
$$;

-- One of them to read, which is not marked as read by it. Null: it is not there for this account (yet).
CREATE FUNCTION wijzer.get_feedback(p_region int, p_account int, p_feedback bigint, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    seen record;
BEGIN
    SELECT d.document, d.client_id INTO seen
    FROM logic.feedback_document d
    WHERE d.region_id = p_region AND d.feedback_id = p_feedback AND d.to_id = actor.organisation_id AND actor.role = 'referrer'
      AND (d.form IS NULL OR d.at <= logic.digested_until(p_region, actor.organisation_id));
    IF FOUND THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'feedback', 'granted', p_feedback, ARRAY[seen.client_id], 2048, 'referrer',
                                  NULL, NULL, p_from);
    ELSE
        PERFORM logic.note_refused(actor, p_region, 'R', 'feedback', p_feedback, NULL, p_from);
    END IF;
    RETURN seen.document;
END
$$;
