-- Trees of steps: branches in order (a step in state `planned` waits for another, after_id), and the organisation that directs a
-- referral. `planned` is the only open state in which nothing is promised: what it waits for is open, and somebody owes that.

-- ---- who directs ----

-- The director, while that organisation is there; null: the coordination directs.
CREATE FUNCTION logic.director_of(p_region int, p_referral bigint) RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT o.organisation_id
            FROM data.referral r
            JOIN data.organisation o ON o.region_id = r.region_id AND o.organisation_id = r.director_id AND o.ended_at IS NULL
            WHERE r.region_id = p_region AND r.referral_id = p_referral);
END
$$;

-- Whether an organisation has a step by which it can direct: an open one that was sent, or one that it completed.
CREATE FUNCTION logic.may_direct(p_region int, p_referral bigint, p_organisation int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.step s
                   WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.owner_id = p_organisation
                     AND (s.ended_at IS NULL AND s.state <> 'planned' OR s.status = 'completed'));
END
$$;

-- actor null in all: the system, because the director has no part in it any more.
CREATE FUNCTION logic.set_director(m logic.move, actor logic.actor, p_director int, p_from text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.referral r SET director_id = p_director
    WHERE r.region_id = m.region_id AND r.referral_id = m.referral_id;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, director_id, role, came_from)
    VALUES (m.region_id, m.referral_id, m.at, 'director-changed', actor.account_id, actor.organisation_id, p_director, actor.role,
            p_from);
END
$$;

-- A director that has no step by which it can direct any more directs no more, and the coordination, which then does, is told.
CREATE FUNCTION logic.end_directing(m logic.move, r data.referral) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF r.director_id IS NOT NULL AND NOT logic.may_direct(m.region_id, m.referral_id, r.director_id) THEN
        PERFORM logic.set_director(m, NULL, NULL, NULL);
        PERFORM logic.notify(m.region_id, m.coordination_id, NULL, r.client_id, m.referral_id, 'director-changed', m.at);
    END IF;
END
$$;

-- What a move does to who directs. Who branches off directs, if nobody does. A director declines its last step, loses it to somebody
-- else, or ends it without success while branches go on.
CREATE FUNCTION logic.move_director(m logic.move, actor logic.actor, p_step data.step, p_state text, p_status text, p_from text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r data.referral;
BEGIN
    SELECT * INTO r FROM data.referral x WHERE x.region_id = m.region_id AND x.referral_id = m.referral_id;
    IF p_state = 'passed-on' AND r.director_id IS NULL AND p_step.owner_id <> m.coordination_id THEN
        PERFORM logic.set_director(m, actor, p_step.owner_id, p_from);
    ELSIF r.director_id = p_step.owner_id
          AND (p_status IN ('rejected', 'entered-in-error') OR p_state = 'reassigned'
               OR p_status IN ('failed', 'cancelled')
                  AND EXISTS (SELECT FROM data.step s
                              WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND s.ended_at IS NULL)) THEN
        PERFORM logic.end_directing(m, r);
    END IF;
END
$$;

-- Tells the director that a step of another organisation ended, or of none (nobody took what was offered), unless it was the director
-- that ended it.
CREATE FUNCTION logic.tell_director(m logic.move, p_step data.step, p_state text, p_status text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_director constant int := logic.director_of(m.region_id, m.referral_id);
BEGIN
    IF v_director IS NOT NULL AND v_director IS DISTINCT FROM p_step.owner_id AND v_director IS DISTINCT FROM m.organisation_id THEN
        PERFORM logic.notify(m.region_id, v_director, NULL, r.client_id, m.referral_id,
                             CASE WHEN p_state = 'reassigned' THEN 'step-reassigned'
                                  WHEN p_status = 'rejected' THEN 'branch-declined'
                                  ELSE 'branch-ended' END, m.at)
        FROM data.referral r
        WHERE r.region_id = m.region_id AND r.referral_id = m.referral_id;
    END IF;
END
$$;

-- ---- branches in order ----

-- Who decides about a planned step: who planned it, by owning the step that it branched off from, else the director, else the
-- coordination.
CREATE FUNCTION logic.decider_of(p_step data.step) RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(
        (SELECT o.organisation_id
         FROM data.step s
         JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = s.owner_id AND o.ended_at IS NULL
         WHERE s.region_id = p_step.region_id AND s.step_id = p_step.parent_id
           AND s.status NOT IN ('rejected', 'entered-in-error') AND s.state NOT IN ('reassigned', 'merged')),
        logic.director_of(p_step.region_id, p_step.referral_id),
        logic.coordination_of(p_step.region_id));
END
$$;

-- Whose move it is: the owner's; about a planned step, of which its owner has nothing to do yet, that of who decides about it, and
-- of the director. Whoever owes a decision may take it, though it would be another's by now.
CREATE FUNCTION logic.mover_of(actor logic.actor, p_step data.step) RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN p_step.state IS DISTINCT FROM 'planned' THEN p_step.owner_id
        WHEN actor.organisation_id = logic.director_of(p_step.region_id, p_step.referral_id)
             OR EXISTS (SELECT FROM data.promise p
                        WHERE p.region_id = p_step.region_id AND p.step_id = p_step.step_id AND p.ended_at IS NULL
                          AND p.organisation_id = actor.organisation_id) THEN actor.organisation_id
        ELSE logic.decider_of(p_step) END;
END
$$;

-- Whether a step waits for another, or is it: a planned one for what it comes after, a parent for its open branches.
CREATE FUNCTION logic.waits_for(p_region int, p_referral bigint, p_step bigint, p_for bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        WITH RECURSIVE awaited (step_id) AS (
            SELECT p_step
            UNION
            SELECT x.step_id
            FROM awaited a
            CROSS JOIN LATERAL (
                SELECT s.after_id AS step_id FROM data.step s
                WHERE s.region_id = p_region AND s.step_id = a.step_id AND s.state = 'planned'
                UNION ALL
                SELECT c.step_id FROM data.step c
                WHERE c.region_id = p_region AND c.referral_id = p_referral AND c.parent_id = a.step_id AND c.ended_at IS NULL) x
        )
        SELECT FROM awaited a WHERE a.step_id = p_for);
END
$$;

-- p_order: {"branches": [{}, {"after": 1}, {"step": 123}], "deliver": [due, due], "decide": [due, due]}: for each offering the one
-- of this command (by its place, from 1, before its own) or the open step that it comes after; due times for routine and soon, of
-- what is sent and of what somebody must decide. Null: nothing is wrong with it; else order-unknown (the region has no word for it),
-- after-unknown (no open step of this referral), after-waits (that step waits for the one that branches off).
CREATE FUNCTION logic.order_fault(p_step data.step, p_order json) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    afters constant bigint[] := ARRAY(SELECT (b ->> 'step')::bigint FROM json_array_elements(p_order -> 'branches') b
                                      WHERE b ->> 'step' IS NOT NULL);
BEGIN
    RETURN CASE
        WHEN NOT EXISTS (SELECT FROM json_array_elements(p_order -> 'branches') b
                         WHERE coalesce(b ->> 'step', b ->> 'after') IS NOT NULL) THEN NULL
        WHEN NOT EXISTS (SELECT FROM data.state t WHERE t.region_id = p_step.region_id AND t.code = 'planned') THEN 'order-unknown'
        WHEN EXISTS (SELECT FROM unnest(afters) AS a (step_id)
                     WHERE NOT EXISTS (SELECT FROM data.step s
                                       WHERE s.region_id = p_step.region_id AND s.step_id = a.step_id
                                         AND s.referral_id = p_step.referral_id AND s.ended_at IS NULL)) THEN 'after-unknown'
        WHEN EXISTS (SELECT FROM unnest(afters) AS a (step_id)
                     WHERE logic.waits_for(p_step.region_id, p_step.referral_id, a.step_id, p_step.step_id)) THEN 'after-waits'
        END;
END
$$;

-- A step that is not sent yet.
CREATE FUNCTION logic.plan_step(m logic.move, p_owner int, p_offering int, p_parent bigint, p_after bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_step constant bigint := nextval('data.object_seq');
BEGIN
    INSERT INTO data.step (region_id, step_id, referral_id, parent_id, owner_id, offering_id, state, status, version, created_at,
                           after_id)
    VALUES (m.region_id, v_step, m.referral_id, p_parent, p_owner, p_offering, 'planned', 'draft', 1, m.at, p_after);
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version, to_state, to_status,
                            owner_id, offering_id, parent_id, after_id)
    VALUES (m.region_id, m.referral_id, m.at, 'step-made', m.account_id, m.organisation_id, v_step, 1, 'planned', 'draft', p_owner,
            p_offering, p_parent, p_after);
    RETURN v_step;
END
$$;

-- Tells who referred that a branch went to who sees no name or no phone number of the client (fields 1 and 8), and so cannot reach
-- them: whether they may, only the client can say.
CREATE FUNCTION logic.warn_of_branch(m logic.move, p_owner int, p_step bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM logic.notify(m.region_id, r.organisation_id, NULL, r.client_id, r.referral_id, 'branch-not-shared', m.at)
    FROM data.referral r
    JOIN data.organisation o ON o.region_id = r.region_id AND o.organisation_id = p_owner
    WHERE r.region_id = m.region_id AND r.referral_id = m.referral_id AND r.origin IS DISTINCT FROM 'signal'
      AND p_owner <> r.organisation_id
      AND logic.granted((logic.consent_in_force(m.region_id, r.client_id)).grants, p_owner, o.kind, ARRAY[p_step], false) & 9 <> 9;
END
$$;

-- The branches of a step, in the order of their offerings: sent at once, or planned.
CREATE FUNCTION logic.make_branches(m logic.move, p_parent bigint, p_offerings int[], p_due timestamptz, p_order json)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    branch record;
    made bigint[] := '{}';
    v_after bigint;
BEGIN
    FOR branch IN
        SELECT f.organisation_id, f.offering_id, p_order -> 'branches' -> (t.n::int - 1) AS place
        FROM unnest(p_offerings) WITH ORDINALITY AS t (offering_id, n)
        JOIN data.offering f ON f.region_id = m.region_id AND f.offering_id = t.offering_id
        ORDER BY t.n
    LOOP
        v_after := coalesce((branch.place ->> 'step')::bigint, made[(branch.place ->> 'after')::int]);
        made := made || CASE
            WHEN v_after IS NULL
            THEN logic.make_step(m, branch.organisation_id, branch.offering_id, p_parent, NULL, 'deliver', p_due)
            ELSE logic.plan_step(m, branch.organisation_id, branch.offering_id, p_parent, v_after) END;
        PERFORM logic.warn_of_branch(m, branch.organisation_id, made[cardinality(made)]);
    END LOOP;
END
$$;

-- The planned step goes on (p_kind): it is sent (`deliver`), or somebody must decide about it (`decide`), in whose inbox it stands.
CREATE FUNCTION logic.wake_planned(m logic.move, p_step data.step, p_kind text, p_due timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_nr constant int := p_step.version + 1;
    v_sent constant boolean := p_kind = 'deliver';
    v_party constant int := CASE WHEN v_sent THEN p_step.owner_id ELSE logic.decider_of(p_step) END;
    v_state constant text := CASE WHEN v_sent THEN 'sent' ELSE p_step.state END;
    v_status constant text := CASE WHEN v_sent THEN 'requested' ELSE p_step.status END;
BEGIN
    UPDATE data.step s SET state = v_state, status = v_status, version = v_nr, promise_nr = v_nr
    WHERE s.region_id = m.region_id AND s.step_id = p_step.step_id;
    PERFORM logic.start_promise(m, p_step.step_id, v_nr, p_kind, v_party, v_party, p_due);
    INSERT INTO data.event (region_id, referral_id, at, kind, step_id, version, from_state, to_state, from_status, to_status,
                            promise_kind, promise_organisation_id, promise_due)
    VALUES (m.region_id, m.referral_id, m.at, CASE WHEN v_sent THEN 'step-moved' ELSE 'promise-started' END, p_step.step_id, v_nr,
            p_step.state, v_state, p_step.status, v_status, p_kind, v_party, p_due);
END
$$;

-- Whether what a step was sent to is still there.
CREATE FUNCTION logic.is_offered(p_region int, p_offering int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.offering f
                   JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id
                   WHERE f.region_id = p_region AND f.offering_id = p_offering AND f.ended_at IS NULL AND o.ended_at IS NULL);
END
$$;

-- What waited for a step that ended goes on. It ended well: it is sent. Another step came in its place: it waits for that one (of
-- several, the first). Else, or if what it was planned for is no longer there, somebody must decide.
CREATE FUNCTION logic.go_on_after(m logic.move, p_step bigint, p_status text, p_order json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    pace constant int := CASE m.urgency WHEN 'soon' THEN 1 ELSE 0 END;
    v_successor constant bigint := (
        SELECT min(s.step_id) FROM data.step s
        WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND s.previous_id = p_step AND s.ended_at IS NULL);
    waiting data.step;
BEGIN
    FOR waiting IN
        SELECT * FROM data.step s
        WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND s.after_id = p_step AND s.state = 'planned'
        ORDER BY s.step_id
    LOOP
        IF p_status = 'completed' AND logic.is_offered(m.region_id, waiting.offering_id) THEN
            PERFORM logic.wake_planned(m, waiting, 'deliver', (p_order -> 'deliver' ->> pace)::timestamptz);
        ELSIF p_status <> 'completed' AND v_successor IS NOT NULL THEN
            UPDATE data.step s SET after_id = v_successor WHERE s.region_id = m.region_id AND s.step_id = waiting.step_id;
            INSERT INTO data.event (region_id, referral_id, at, kind, step_id, after_id)
            VALUES (m.region_id, m.referral_id, m.at, 'step-follows', waiting.step_id, v_successor);
        ELSE
            PERFORM logic.wake_planned(m, waiting, 'decide', (p_order -> 'decide' ->> pace)::timestamptz);
        END IF;
    END LOOP;
END
$$;

-- ---- handing over ----

-- A coordinator; the director; who referred, while nobody directs.
CREATE FUNCTION logic.may_hand_over(actor logic.actor, r data.referral) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(CASE actor.role
        WHEN 'coordinator' THEN true
        WHEN 'worker' THEN actor.organisation_id = logic.director_of(r.region_id, r.referral_id)
        WHEN 'referrer' THEN actor.organisation_id = r.organisation_id AND logic.director_of(r.region_id, r.referral_id) IS NULL
        END, false);
END
$$;

-- Another organisation directs: one that has part in the referral (logic.may_direct), or the coordination, which does where nobody
-- else does. It is told, as is a director that loses it to what somebody else did. Results: directed, already-directs, replayed,
-- key-reused, account-unknown, not-found, not-yours, organisation-unknown, has-ended, has-no-part.
CREATE FUNCTION wijzer.direct_referral(p_region int, p_account int, p_key text, p_hash text, p_referral bigint, p_organisation text,
                                       p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    r data.referral;
    m logic.move;
    asked record;
    v_organisation int;
    v_director int;
    v_told int;
BEGIN
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = p_referral FOR NO KEY UPDATE;
    m := (p_region, logic.instant(), p_account, actor.organisation_id, p_referral, NULL, r.organisation_id,
          logic.coordination_of(p_region), r.urgency)::logic.move;
    v_organisation := (SELECT o.organisation_id FROM data.organisation o
                       WHERE o.region_id = p_region AND o.code = p_organisation AND o.ended_at IS NULL);
    v_director := nullif(v_organisation, m.coordination_id);
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator}', p_key, p_hash, 'direct', p_referral);
    result := CASE
        WHEN actor.account_id IS NULL THEN 'account-unknown'
        WHEN r.referral_id IS NULL OR NOT logic.may_see(actor, p_region, p_referral, r.organisation_id) THEN 'not-found'
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN NOT logic.may_hand_over(actor, r) THEN 'not-yours'
        WHEN v_organisation IS NULL THEN 'organisation-unknown'
        WHEN r.ended_at IS NOT NULL THEN 'has-ended'
        WHEN v_director IS NOT NULL AND NOT logic.may_direct(p_region, p_referral, v_director) THEN 'has-no-part'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'direct', p_referral, m.at) THEN 'key-reused'
        WHEN v_director IS NOT DISTINCT FROM r.director_id THEN 'already-directs'
        ELSE 'directed' END;
    answer := asked.answer;
    IF result IN ('not-found', 'not-yours') THEN
        PERFORM logic.note_refused(actor, p_region, 'U', 'referral', p_referral, p_referral, p_from);
    END IF;
    IF result = 'directed' THEN
        PERFORM logic.set_director(m, actor, v_director, p_from);
        FOREACH v_told IN ARRAY ARRAY[v_organisation, r.director_id] LOOP
            IF v_told <> actor.organisation_id THEN
                PERFORM logic.notify(p_region, v_told, NULL, r.client_id, p_referral, 'director-changed', m.at);
            END IF;
        END LOOP;
    END IF;
    IF result IN ('directed', 'already-directs') THEN
        answer := logic.keep_answer(actor, p_region, p_key, (
            SELECT json_build_object('referralId', wijzer.code(p_referral), 'director', CASE WHEN v_director IS NOT NULL
                                     THEN logic.named(o.code, o.name) END)
            FROM data.organisation o WHERE o.region_id = p_region AND o.organisation_id = v_organisation));
    END IF;
    RETURN NEXT;
END
$$;
