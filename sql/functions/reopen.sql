-- A referral that had ended goes on: a new step in the line of the one that ended, and the loop is open again. What was decided
-- about its end (outcome, final feedback, closing) counts no more; the history keeps it.

-- A coordinator, who referred or received the client at a desk, and whoever worked at a step that ended; not who declined it, lost it
-- or never got it.
CREATE FUNCTION logic.may_reopen(actor logic.actor, r data.referral) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(CASE actor.role
        WHEN 'coordinator' THEN true
        WHEN 'referrer' THEN actor.organisation_id = r.organisation_id AND r.origin IS DISTINCT FROM 'signal'
        WHEN 'worker' THEN EXISTS (
            SELECT FROM data.step s
            WHERE s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.owner_id = actor.organisation_id
              AND s.ended_at IS NOT NULL AND logic.is_helping(s.status, s.state))
                      OR logic.acts_as_referrer(actor, r.region_id, r.referral_id, r.organisation_id)
        ELSE false END, false);
END
$$;

-- Under whose key the reason is sealed: null for who may not reopen it.
CREATE FUNCTION wijzer.client_to_reopen(p_region int, p_account int, p_referral bigint, p_from text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    r data.referral;
BEGIN
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = p_referral;
    IF r.referral_id IS NULL OR NOT logic.may_reopen(actor, r) THEN
        PERFORM logic.note_refused(actor, p_region, 'U', 'referral', p_referral, p_referral, p_from);
        RETURN NULL;
    END IF;
    RETURN r.client_id;
END
$$;

-- Where it goes on: the last step that ended, of a worker the own organisation's; one that was offered and that nobody took, only
-- where there is no other. A merger ends all steps at once: of those the one that the others branched off from, then the one that
-- was furthest at work, and last of all one that was never sent.
CREATE FUNCTION logic.step_to_go_on(actor logic.actor, p_region int, p_referral bigint) RETURNS data.step
LANGUAGE plpgsql STABLE AS $$
DECLARE
    last data.step;
BEGIN
    SELECT s.* INTO last FROM data.step s
    LEFT JOIN data.event e ON s.state = 'merged' AND e.region_id = s.region_id AND e.referral_id = s.referral_id
                          AND e.step_id = s.step_id AND e.kind = 'step-moved' AND e.to_state = s.state
    WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.ended_at IS NOT NULL
      AND s.state NOT IN ('reassigned', 'dropped')
      AND (actor.role <> 'worker' OR s.owner_id = actor.organisation_id AND logic.is_helping(s.status, s.state)
           OR EXISTS (SELECT FROM data.referral r
                      WHERE r.region_id = p_region AND r.referral_id = p_referral AND r.origin IN ('self', 'desk')
                        AND r.organisation_id = actor.organisation_id))
    ORDER BY s.owner_id IS NULL, s.ended_at DESC, coalesce(e.from_state = 'planned', false), s.parent_id IS NOT NULL,
             array_position('{in-progress,on-hold,accepted,received}', e.from_status::text), s.step_id DESC
    LIMIT 1;
    RETURN last;
END
$$;

-- Who gets the new step: the offering that was asked for, else who had the last one, if organisation and offering are still
-- there; else the coordination (offering_id null).
CREATE FUNCTION logic.who_goes_on(m logic.move, p_last data.step, p_offering int, OUT owner_id int, OUT offering_id int)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    SELECT f.organisation_id, f.offering_id INTO owner_id, offering_id
    FROM data.offering f
    JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id AND o.ended_at IS NULL
    WHERE f.region_id = m.region_id AND f.ended_at IS NULL
      AND f.offering_id = coalesce(p_offering, CASE WHEN p_last.owner_id IS NOT NULL THEN p_last.offering_id END);
    owner_id := coalesce(owner_id, m.coordination_id);
END
$$;

-- Undoes the end: nothing about it is promised any more, and the referral has none. One that went on in another stands by itself.
CREATE FUNCTION logic.undo_end(m logic.move) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.promise p SET ended_at = m.at, ended_how = 'kept'
    FROM data.step s
    WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND p.region_id = s.region_id AND p.step_id = s.step_id
      AND p.ended_at IS NULL;
    UPDATE data.step s SET promise_nr = NULL
    WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND s.promise_nr IS NOT NULL;
    UPDATE data.referral r SET outcome = NULL, ended_at = NULL, closed_at = NULL, merged_into = NULL
    WHERE r.region_id = m.region_id AND r.referral_id = m.referral_id;
END
$$;

-- p_reason is sealed under the key of client_to_reopen() with p_note as its record; due times come twice, for routine and soon.
-- Results: reopened, replayed, key-reused, account-unknown, not-found, not-yours, erased, restricted, not-ended, offering-unknown.
CREATE FUNCTION wijzer.reopen_referral(p_region int, p_account int, p_key text, p_hash text, p_referral bigint, p_offering int,
                                       p_note bigint, p_reason text, p_due_deliver timestamptz[], p_due_next timestamptz[],
                                       p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    r data.referral;
    m logic.move;
    last data.step;
    asked record;
    next record;
    v_step bigint;
    v_kind text;
BEGIN
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = p_referral FOR NO KEY UPDATE;
    m := (p_region, logic.instant(), p_account, actor.organisation_id, p_referral, NULL, r.organisation_id,
          logic.coordination_of(p_region), r.urgency)::logic.move;
    last := logic.step_to_go_on(actor, p_region, p_referral);
    next := logic.who_goes_on(m, last, p_offering);
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator}', p_key, p_hash, 'reopen', p_referral);
    result := CASE
        WHEN actor.account_id IS NULL THEN 'account-unknown'
        WHEN r.referral_id IS NULL OR NOT logic.may_see(actor, p_region, p_referral, r.organisation_id) THEN 'not-found'
        WHEN NOT logic.may_reopen(actor, r) THEN 'not-yours'
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN logic.was_forgotten(p_region, p_referral) THEN 'erased'
        WHEN EXISTS (SELECT FROM data.client c
                     WHERE c.region_id = p_region AND c.client_id = r.client_id AND c.restricted_at IS NOT NULL) THEN 'restricted'
        WHEN r.ended_at IS NULL AND r.merged_into IS NULL THEN 'not-ended'
        WHEN p_offering IS NOT NULL AND next.offering_id IS NULL THEN 'offering-unknown'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'reopen', p_referral, m.at) THEN 'key-reused'
        ELSE 'reopened' END;
    IF result <> 'reopened' THEN
        IF result IN ('not-found', 'not-yours') THEN
            PERFORM logic.note_refused(actor, p_region, 'U', 'referral', p_referral, p_referral, p_from);
        END IF;
        RETURN QUERY SELECT result, asked.answer;
        RETURN;
    END IF;

    PERFORM logic.undo_end(m);
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, note_id, role, came_from,
                            object_id)
    VALUES (p_region, p_referral, m.at, 'referral-reopened', p_account, actor.organisation_id, last.step_id, p_note, actor.role,
            p_from, p_referral);
    v_kind := CASE WHEN next.offering_id IS NULL THEN 'next-step' ELSE 'deliver' END;
    v_step := logic.make_step(m, next.owner_id, next.offering_id, last.parent_id, last.step_id, v_kind,
                              (CASE v_kind WHEN 'deliver' THEN p_due_deliver ELSE p_due_next END)[CASE m.urgency WHEN 'soon' THEN 2 ELSE 1 END]);
    PERFORM logic.end_directing(m, r);
    -- About the new step, so that who gets it reads why.
    INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, reason)
    VALUES (p_region, p_referral, p_note, v_step, p_account, m.at, p_reason);
    IF actor.organisation_id <> r.organisation_id AND r.origin IS DISTINCT FROM 'signal' THEN
        PERFORM logic.notify(p_region, r.organisation_id, NULL, r.client_id, p_referral, 'referral-reopened', m.at);
    END IF;
    RETURN QUERY SELECT 'reopened', logic.keep_step(actor, p_region, p_key, v_step);
END
$$;
