-- Goals in the client's own words: set in a step, scored from 1 to 10 then and later, and ended. The words are a note of the same
-- id, seen by whom notes are seen by; who does not see them sees no domain and no score either.

-- states: active, reached, partly, not-reached, dropped; beside them the words of FHIR's Goal (lifecycleStatus, achievementStatus).
CREATE VIEW logic.goal_document AS
SELECT g.region_id, g.goal_id, g.referral_id, g.created_at, n.client_id, n.text IS NOT NULL AS is_visible,
       json_build_object(
           'id', wijzer.code(g.goal_id), 'referralId', wijzer.code(g.referral_id), 'stepId', wijzer.code(g.step_id),
           'text', logic.sealed(n.client_id, g.goal_id, 'text', n.text),
           'domain', CASE WHEN n.text IS NOT NULL THEN logic.word(g.domain, (
               SELECT d.label FROM data.domain d WHERE d.region_id = g.region_id AND d.code = g.domain)) END,
           'state', g.state,
           'lifecycleStatus', CASE g.state WHEN 'active' THEN 'active' WHEN 'dropped' THEN 'cancelled' ELSE 'completed' END,
           'achievementStatus', CASE g.state WHEN 'active' THEN 'in-progress' WHEN 'reached' THEN 'achieved'
                                             WHEN 'partly' THEN 'improving' WHEN 'dropped' THEN 'not-attainable'
                                             ELSE 'not-achieved' END,
           'firstScore', CASE WHEN n.text IS NOT NULL THEN g.score_first END,
           'score', CASE WHEN n.text IS NOT NULL THEN g.score END,
           'createdAt', logic.iso(g.created_at), 'endedAt', logic.iso(g.ended_at)) AS document
FROM data.goal g
LEFT JOIN LATERAL (SELECT * FROM logic.note_seen x
                   WHERE x.region_id = g.region_id AND x.referral_id = g.referral_id AND x.note_id = g.goal_id OFFSET 0) n ON true;

-- The answer to a write about a goal: what is kept under a key has no words of a client, whom it must not outlive.
CREATE FUNCTION logic.keep_goal(actor logic.actor, p_region int, p_key text, p_goal bigint) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    RETURN logic.keep_answer(actor, p_region, p_key, (
        SELECT json_build_object('id', wijzer.code(g.goal_id), 'referralId', wijzer.code(g.referral_id),
                                 'stepId', wijzer.code(g.step_id), 'state', g.state)
        FROM data.goal g WHERE g.region_id = p_region AND g.goal_id = p_goal));
END
$$;

CREATE FUNCTION logic.goal_event(actor logic.actor, g data.goal, p_kind text, p_result text, p_score int, p_at timestamptz,
                                 p_from text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, note_id, object_id, result,
                            score, role, came_from, domains)
    VALUES (g.region_id, g.referral_id, p_at, p_kind, actor.account_id, actor.organisation_id, g.step_id, g.goal_id, g.goal_id,
            p_result, p_score, actor.role, p_from, CASE p_kind WHEN 'goal-set' THEN ARRAY[g.domain::text] END);
END
$$;

-- Whoever owns the step sets it. p_text is sealed under the key of client_of_step() with p_goal (of reserve_ids()) as its
-- record. p_score: null, or 1-10. Results: set, replayed, key-reused, account-unknown, not-found, not-yours, step-ended.
CREATE FUNCTION wijzer.set_goal(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_goal bigint, p_text text,
                                p_domain text, p_score int, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_hand(actor, p_region, p_key, p_hash, 'set-goal', p_step, p_from);
    v_at constant timestamptz := logic.instant();
    goal data.goal;
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'set-goal', p_step, v_at) THEN 'key-reused'
        ELSE 'set' END;
    answer := begun.answer;
    IF result = 'set' THEN
        INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, text)
        VALUES (p_region, (begun.step).referral_id, p_goal, p_step, p_account, v_at, p_text);
        INSERT INTO data.goal (region_id, goal_id, referral_id, step_id, domain, score_first, score, created_at)
        VALUES (p_region, p_goal, (begun.step).referral_id, p_step, p_domain, p_score, p_score, v_at)
        RETURNING * INTO goal;
        PERFORM logic.goal_event(actor, goal, 'goal-set', NULL, p_score, v_at, p_from);
        answer := logic.keep_goal(actor, p_region, p_key, p_goal);
    END IF;
    RETURN NEXT;
END
$$;

-- Whether an account scores and ends the goals of a step: of whoever owns it, or a step that came in its place, and has to do with the
-- client by that.
CREATE FUNCTION logic.may_score(actor logic.actor, p_region int, p_referral bigint, p_step bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(actor.role IN ('worker', 'coordinator') AND EXISTS (
        WITH RECURSIVE line AS (
            SELECT s.step_id, s.owner_id, s.status, s.state FROM data.step s
            WHERE s.region_id = p_region AND s.step_id = p_step
            UNION ALL
            SELECT s.step_id, s.owner_id, s.status, s.state
            FROM line l
            JOIN data.step s ON s.region_id = p_region AND s.referral_id = p_referral AND s.previous_id = l.step_id
        )
        SELECT FROM line l WHERE l.owner_id = actor.organisation_id AND logic.is_helping(l.status, l.state)), false);
END
$$;

-- What scoring and ending begin with. Locks the referral. The step may have ended: people are asked again later.
CREATE FUNCTION logic.begin_goal(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_goal bigint,
                                 p_from text, OUT refusal text, OUT answer json, OUT goal data.goal) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    place record;
    v_parties int;
    asked record;
BEGIN
    SELECT r.referral_id, r.organisation_id AS referrer_id, s.owner_id INTO place
    FROM data.goal g
    JOIN data.step s ON s.region_id = g.region_id AND s.step_id = g.step_id
    JOIN data.referral r ON r.region_id = g.region_id AND r.referral_id = g.referral_id
    WHERE g.region_id = p_region AND g.goal_id = p_goal
    FOR NO KEY UPDATE OF r;
    SELECT * INTO goal FROM data.goal g WHERE g.region_id = p_region AND g.goal_id = p_goal;
    v_parties := CASE WHEN actor.account_id IS NULL OR goal.goal_id IS NULL THEN -1
                      ELSE logic.parties(actor, p_region, place.referral_id, place.referrer_id, place.owner_id) END;
    refusal := CASE WHEN actor.account_id IS NULL THEN 'account-unknown' WHEN v_parties < 0 THEN 'not-found'
                    WHEN NOT logic.may_score(actor, p_region, place.referral_id, goal.step_id) THEN 'not-yours' END;
    IF refusal IS NOT NULL THEN
        PERFORM logic.note_refused(actor, p_region, 'U', 'goal', p_goal, place.referral_id, p_from);
        RETURN;
    END IF;
    asked := logic.asked_before(actor, p_region, '{worker,coordinator}', p_key, p_hash, p_operation, p_goal);
    answer := asked.answer;
    refusal := coalesce(asked.refusal, CASE WHEN logic.was_forgotten(p_region, place.referral_id) THEN 'erased' END);
END
$$;

-- Results: scored, replayed, key-reused, account-unknown, not-found, not-yours, erased.
CREATE FUNCTION wijzer.score_goal(p_region int, p_account int, p_key text, p_hash text, p_goal bigint, p_score int,
                                  p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_goal(actor, p_region, p_key, p_hash, 'score-goal', p_goal, p_from);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'score-goal', p_goal, v_at) THEN 'key-reused'
        ELSE 'scored' END;
    answer := begun.answer;
    IF result = 'scored' THEN
        UPDATE data.goal g SET score = p_score, score_first = coalesce(g.score_first, p_score)
        WHERE g.region_id = p_region AND g.goal_id = p_goal;
        PERFORM logic.goal_event(actor, begun.goal, 'goal-scored', NULL, p_score, v_at, p_from);
        answer := logic.keep_goal(actor, p_region, p_key, p_goal);
    END IF;
    RETURN NEXT;
END
$$;

-- p_state: reached, partly, not-reached, dropped. Said again with another word it is corrected. Results: ended, already-ended
-- (like this; nothing changes), replayed, key-reused, account-unknown, not-found, not-yours, erased.
CREATE FUNCTION wijzer.end_goal(p_region int, p_account int, p_key text, p_hash text, p_goal bigint, p_state text,
                                p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_goal(actor, p_region, p_key, p_hash, 'end-goal', p_goal, p_from);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'end-goal', p_goal, v_at) THEN 'key-reused'
        WHEN (begun.goal).state = p_state THEN 'already-ended'
        ELSE 'ended' END;
    answer := begun.answer;
    IF result = 'ended' THEN
        UPDATE data.goal g SET state = p_state, ended_at = v_at WHERE g.region_id = p_region AND g.goal_id = p_goal;
        PERFORM logic.goal_event(actor, begun.goal, 'goal-ended', p_state, NULL, v_at, p_from);
    END IF;
    IF result IN ('ended', 'already-ended') THEN
        answer := logic.keep_goal(actor, p_region, p_key, p_goal);
    END IF;
    RETURN NEXT;
END
$$;

-- The goals of a referral, the oldest first: {"items"}. Null: no such referral for this account, or a steward's.
CREATE FUNCTION wijzer.list_goals(p_region int, p_account int, p_referral bigint, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    seen record;
BEGIN
    SELECT c.client_id, c.fields, c.ground, c.consent_nr INTO seen
    FROM data.referral r
    CROSS JOIN LATERAL (SELECT * FROM logic.client_seen x
                        WHERE x.region_id = r.region_id AND x.client_id = r.client_id OFFSET 0) c
    WHERE r.region_id = p_region AND r.referral_id = p_referral AND actor.role <> 'steward'
      AND logic.may_see(actor, p_region, p_referral, r.organisation_id);
    IF NOT FOUND THEN
        PERFORM logic.note_refused(actor, p_region, 'R', 'goals', p_referral, p_referral, p_from);
        RETURN NULL;
    END IF;
    PERFORM logic.note_access(actor, p_region, 'R', 'goals', 'granted', p_referral, ARRAY[seen.client_id], seen.fields & 2112,
                              seen.ground, seen.consent_nr, NULL, p_from);
    RETURN (
        SELECT json_build_object('items', coalesce(json_agg(g.document ORDER BY g.created_at, g.goal_id), '[]'))
        FROM logic.goal_document g
        WHERE g.region_id = p_region AND g.referral_id = p_referral);
END
$$;
