-- "I will call you on Thursday": a promise to the client beside the one that a step always has. It is due, late and raised as
-- every promise is, and no move keeps it but one that says that the client was spoken to. A step has one at most.

-- Ends it (p_how: kept or released), and says so in the history. p_channel, p_result: of the call, or null.
CREATE FUNCTION logic.end_call_back(actor logic.actor, p_promise data.promise, p_how text, p_channel text, p_result text,
                                    p_at timestamptz, p_from text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.promise p SET ended_at = p_at, ended_how = p_how
    WHERE p.region_id = p_promise.region_id AND p.step_id = p_promise.step_id AND p.nr = p_promise.nr;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version, channel, result, role,
                            came_from)
    VALUES (p_promise.region_id, p_promise.referral_id, p_at, 'call-back-' || p_how, actor.account_id, actor.organisation_id,
            p_promise.step_id, p_promise.nr, p_channel, p_result, actor.role, p_from);
END
$$;

-- What a move does to it: kept where the client was spoken to, else released where the step ends.
CREATE FUNCTION logic.settle_call_back(actor logic.actor, m logic.move, p_state text, p_channel text, p_result text,
                                       p_ends boolean, p_from text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    promise constant data.promise := logic.open_call_back(m.region_id, m.step_id);
    is_spoken constant boolean := p_state = 'first-contact' OR p_state = 'contact-attempt' AND coalesce(p_result = 'spoke', false);
BEGIN
    IF promise.nr IS NOT NULL AND (is_spoken OR p_ends) THEN
        PERFORM logic.end_call_back(actor, promise, CASE WHEN is_spoken THEN 'kept' ELSE 'released' END, p_channel, p_result, m.at,
                                    p_from);
    END IF;
END
$$;

-- Promises it. p_instead: in the place of one that is open, which is released. p_day_off: nobody works that day, which is
-- answered and no more: the client was told so. p_text, for oneself and colleagues, is sealed
-- under the key of client_of_step() with p_note as its record. Results: promised, replayed, key-reused, account-unknown,
-- not-found, not-yours, step-ended, already-promised, word-unknown (the region has no promise of this kind yet).
CREATE FUNCTION wijzer.promise_call_back(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_due timestamptz,
                                         p_instead boolean, p_day_off boolean, p_note bigint, p_text text,
                                         p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_hand(actor, p_region, p_key, p_hash, 'call-back', p_step, p_from);
    step constant data.step := begun.step;
    open constant data.promise := logic.open_call_back(p_region, p_step);
    v_at constant timestamptz := logic.instant();
    v_note constant bigint := CASE WHEN p_text IS NOT NULL THEN p_note END;
    v_nr int;
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN open.nr IS NOT NULL AND NOT p_instead THEN 'already-promised'
        WHEN NOT EXISTS (SELECT FROM data.promise_kind k WHERE k.region_id = p_region AND k.code = 'call-back') THEN 'word-unknown'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'call-back', p_step, v_at) THEN 'key-reused'
        ELSE 'promised' END;
    answer := begun.answer;
    IF result = 'promised' THEN
        IF open.nr IS NOT NULL THEN
            PERFORM logic.end_call_back(actor, open, 'released', NULL, NULL, v_at, p_from);
        END IF;
        v_nr := least((SELECT min(p.nr) FROM data.promise p WHERE p.region_id = p_region AND p.step_id = p_step), 0) - 1;
        IF v_note IS NOT NULL THEN
            INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, text)
            VALUES (p_region, step.referral_id, v_note, p_step, p_account, v_at, p_text);
        END IF;
        PERFORM logic.start_promise((p_region, v_at, p_account, actor.organisation_id, step.referral_id, p_step, r.organisation_id,
                                     NULL, r.urgency)::logic.move, p_step, v_nr, 'call-back', step.owner_id, step.owner_id, p_due)
        FROM data.referral r
        WHERE r.region_id = p_region AND r.referral_id = step.referral_id;
        INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version, promise_kind,
                                promise_organisation_id, promise_due, note_id, role, came_from)
        VALUES (p_region, step.referral_id, v_at, 'call-back-promised', p_account, actor.organisation_id, p_step, v_nr, 'call-back',
                step.owner_id, p_due, v_note, actor.role, p_from);
        answer := logic.keep_answer(actor, p_region, p_key, json_build_object(
            'stepId', wijzer.code(p_step), 'referralId', wijzer.code(step.referral_id), 'by', logic.iso(p_due),
            'dayOff', p_day_off));
    END IF;
    RETURN NEXT;
END
$$;

-- Keeps it: somebody called. That nobody answered does not make it less kept; p_result says how it went (null: spoken).
-- Results: kept, replayed, key-reused, account-unknown, not-found, not-yours, step-ended, nothing-promised.
CREATE FUNCTION wijzer.keep_call_back(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_channel text,
                                      p_result text, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_hand(actor, p_region, p_key, p_hash, 'called-back', p_step, p_from);
    open constant data.promise := logic.open_call_back(p_region, p_step);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN open.nr IS NULL THEN 'nothing-promised'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'called-back', p_step, v_at) THEN 'key-reused'
        ELSE 'kept' END;
    answer := begun.answer;
    IF result = 'kept' THEN
        PERFORM logic.end_call_back(actor, open, 'kept', p_channel, coalesce(p_result, 'spoke'), v_at, p_from);
        answer := logic.keep_step(actor, p_region, p_key, p_step);
    END IF;
    RETURN NEXT;
END
$$;
