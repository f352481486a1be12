-- The inbox of a team: a colleague takes a step for themself and puts it back. It changes neither state, version nor promise.

-- Who has a step, if they are still there: one who has ended has nothing any more.
CREATE FUNCTION logic.assignee_of(p_region int, p_assignee int) RETURNS data.account LANGUAGE plpgsql STABLE AS $$
DECLARE
    colleague data.account;
BEGIN
    SELECT * INTO colleague FROM data.account a
    WHERE a.region_id = p_region AND a.account_id = p_assignee AND a.ended_at IS NULL;
    RETURN colleague;
END
$$;

-- What picking up and putting back begin with. What is planned or offered is nobody's yet. Locks the referral. refusal: null (go on and claim the key), or a result code.
CREATE FUNCTION logic.begin_hand(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_step bigint,
                                 p_from text, OUT refusal text, OUT answer json, OUT step data.step, OUT client_id bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    r data.referral;
    asked record;
    v_parties int;
BEGIN
    SELECT x.* INTO r FROM data.step s
    JOIN data.referral x ON x.region_id = s.region_id AND x.referral_id = s.referral_id
    WHERE s.region_id = p_region AND s.step_id = p_step
    FOR NO KEY UPDATE OF x;
    SELECT * INTO step FROM data.step s WHERE s.region_id = p_region AND s.step_id = p_step;
    client_id := r.client_id;
    v_parties := CASE WHEN actor.account_id IS NULL OR step.step_id IS NULL THEN -1
                      ELSE logic.parties(actor, p_region, step.referral_id, r.organisation_id,
                                         CASE WHEN step.state <> 'planned' THEN step.owner_id END) END;
    refusal := CASE WHEN actor.account_id IS NULL THEN 'account-unknown' WHEN v_parties < 0 THEN 'not-found'
                    WHEN v_parties & 2 = 0 THEN 'not-yours' END;
    IF refusal IS NOT NULL THEN
        PERFORM logic.note_refused(actor, p_region, 'U', 'step', p_step, step.referral_id, p_from);
        RETURN;
    END IF;
    asked := logic.asked_before(actor, p_region, '{worker,coordinator}', p_key, p_hash, p_operation, p_step);
    refusal := coalesce(asked.refusal, CASE WHEN step.ended_at IS NOT NULL THEN 'step-ended' END);
    answer := asked.answer;
END
$$;

-- Gives the step to somebody, or to nobody (p_assignee null), and says so in the history.
CREATE FUNCTION logic.hand(actor logic.actor, p_step data.step, p_kind text, p_assignee int, p_at timestamptz, p_from text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.step s SET assignee_id = p_assignee
    WHERE s.region_id = p_step.region_id AND s.step_id = p_step.step_id;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, colleague_id, role, came_from)
    VALUES (p_step.region_id, p_step.referral_id, p_at, p_kind, actor.account_id, actor.organisation_id, p_step.step_id,
            nullif(p_step.assignee_id, actor.account_id), actor.role, p_from);
END
$$;

-- Takes a step for oneself. Of two at once the second is told who has it (colleague, with `taken`); what a colleague has needs
-- p_take_over, of which they are told. Again is no second event. Results: picked-up, already-yours, replayed, key-reused,
-- account-unknown, not-found, not-yours, step-ended, taken.
CREATE FUNCTION wijzer.pick_up_step(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_take_over boolean,
                                    p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json, colleague text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_hand(actor, p_region, p_key, p_hash, 'pick-up', p_step, p_from);
    holder constant data.account := logic.assignee_of(p_region, (begun.step).assignee_id);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN holder.account_id <> p_account AND NOT p_take_over THEN 'taken'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'pick-up', p_step, v_at) THEN 'key-reused'
        WHEN holder.account_id = p_account THEN 'already-yours'
        ELSE 'picked-up' END;
    answer := begun.answer;
    colleague := CASE result WHEN 'taken' THEN holder.name END;
    IF result = 'picked-up' THEN
        PERFORM logic.hand(actor, begun.step, 'step-picked-up', p_account, v_at, p_from);
        IF holder.account_id IS NOT NULL THEN
            PERFORM logic.notify(p_region, actor.organisation_id, holder.account_id, begun.client_id, (begun.step).referral_id,
                                 'step-taken-over', v_at);
        END IF;
    END IF;
    IF result IN ('picked-up', 'already-yours') THEN
        answer := logic.keep_step(actor, p_region, p_key, p_step);
    END IF;
    RETURN NEXT;
END
$$;

-- Puts a step back for the colleagues: who has it, or a coordinator of the own organisation. What nobody has stays nobody's.
-- Results: put-back, already-put-back, and those of pick_up_step.
CREATE FUNCTION wijzer.put_back_step(p_region int, p_account int, p_key text, p_hash text, p_step bigint,
                                     p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json, colleague text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_hand(actor, p_region, p_key, p_hash, 'put-back', p_step, p_from);
    holder constant data.account := logic.assignee_of(p_region, (begun.step).assignee_id);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN holder.account_id <> p_account AND actor.role <> 'coordinator' THEN 'taken'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'put-back', p_step, v_at) THEN 'key-reused'
        WHEN holder.account_id IS NULL THEN 'already-put-back'
        ELSE 'put-back' END;
    answer := begun.answer;
    colleague := CASE result WHEN 'taken' THEN holder.name END;
    IF result = 'put-back' THEN
        PERFORM logic.hand(actor, begun.step, 'step-put-back', NULL, v_at, p_from);
    END IF;
    IF result IN ('put-back', 'already-put-back') THEN
        answer := logic.keep_step(actor, p_region, p_key, p_step);
    END IF;
    RETURN NEXT;
END
$$;
