-- Anonymous offers: a step for each of the organisations that are asked at once (state `offered`, one offer_group), each with a
-- promise of its own. Nobody owns such a step, so that whom it is offered to is no party: they see what logic.offer_card() shows,
-- and nothing else of the referral. The first to accept becomes the owner; the referral's row is locked by whoever moves, so that
-- there is one first. The others' steps end as `offer-gone`. When the last of them declined, or the time of all has run out,
-- table 6 says who is next, as after every decline.

-- A step is offered now.
CREATE FUNCTION logic.is_offer(p_region int, p_step bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.step s
                   WHERE s.region_id = p_region AND s.step_id = p_step AND s.offered_to IS NOT NULL AND s.ended_at IS NULL);
END
$$;

-- It is, or was, offered to the organisation of somebody who may answer, and is not theirs.
CREATE FUNCTION logic.is_offered_to(actor logic.actor, p_region int, p_step bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(actor.role IN ('worker', 'coordinator') AND EXISTS (
        SELECT FROM data.step s
        WHERE s.region_id = p_region AND s.step_id = p_step AND s.offered_to = actor.organisation_id), false);
END
$$;

-- The part an account plays in a step, as logic.parties(): whom it is (or was) offered to stands where a recipient does, in this
-- step and no further.
CREATE FUNCTION logic.parties_of_step(actor logic.actor, p_step data.step, p_referrer int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_parties constant int := logic.parties(actor, p_step.region_id, p_step.referral_id, p_referrer, logic.mover_of(actor, p_step));
BEGIN
    RETURN CASE WHEN p_step.offered_to = actor.organisation_id AND actor.role IN ('worker', 'coordinator')
                THEN greatest(v_parties, 0) | 2
                ELSE v_parties END;
END
$$;

-- To whom a round was offered, in order, and what became of it; null: it was no offer. For parties.
CREATE FUNCTION logic.offered(p_region int, p_referral bigint, p_group int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_agg(json_build_object(
                   'step', wijzer.code(s.step_id), 'state', logic.word(s.state, t.label),
                   'organisation', logic.organisation_named(p_region, coalesce(s.owner_id, s.offered_to)),
                   'offering', (SELECT logic.named(f.code, f.name) FROM data.offering f
                                WHERE f.region_id = p_region AND f.offering_id = s.offering_id)) ORDER BY s.step_id)
        FROM data.step s
        LEFT JOIN data.state t ON t.region_id = s.region_id AND t.code = s.state
        WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.offer_group = p_group);
END
$$;

-- ---- what whom it is offered to sees ----

-- A step in the form of logic.inbox_document, without anything of the referral.
CREATE FUNCTION logic.offer_document(p_region int, p_step bigint, p_offer json, p_domains json) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'id', wijzer.code(c.step_id), 'referralId', NULL, 'parentId', NULL, 'previousId', NULL, 'afterId', NULL,
            'state', c.state, 'status', c.status, 'organisation', c.organisation, 'offering', c.offering, 'version', c.version,
            'promise', c.promise, 'assignee', NULL, 'declineCode', c.decline_code, 'callBack', NULL, 'attempts', NULL,
            'createdAt', logic.iso(c.created_at), 'endedAt', logic.iso(c.ended_at), 'client', NULL, 'domains', p_domains,
            'text', NULL, 'referrer', NULL, 'urgency', NULL, 'offer', p_offer)
        FROM logic.step_card c
        WHERE c.region_id = p_region AND c.step_id = p_step);
END
$$;

-- An open offer: age band, area, domains and wishes (which go with the domains), each as far as the consent in force would grant its field to the organisation
-- if the step were its own. Of one that is over, that it is over and nothing else. Whoever asks has been found to be who it is offered to; row-level security knows no such party, so it
-- is read as the keeper reads.
CREATE FUNCTION logic.offer_card(p_region int, p_step bigint)
RETURNS TABLE (version int, document json, client_id bigint, fields int, ground text, consent_nr int) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_role constant text := current_setting('wijzer.role', true);
    seen record;
BEGIN
    PERFORM set_config('wijzer.role', 'keeper', true);
    SELECT s.version, o.client_id, o.fields, o.ground, o.consent_nr, o.age_from, o.area,
           CASE WHEN o.fields & 64 <> 0 THEN (
               SELECT coalesce(json_agg(logic.word(x.code, (SELECT d.label FROM data.domain d
                                                            WHERE d.region_id = p_region AND d.code = x.code)) ORDER BY x.n), '[]')
               FROM unnest(r.domains) WITH ORDINALITY AS x (code, n)) END AS domains,
           CASE WHEN o.fields & 64 <> 0 THEN coalesce(to_json(r.wishes::text[]), '[]') END AS wishes
    INTO seen
    FROM logic.offer_seen o
    JOIN data.step s ON s.region_id = o.region_id AND s.step_id = o.step_id
    JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
    WHERE o.region_id = p_region AND o.step_id = p_step;
    PERFORM set_config('wijzer.role', v_role, true);
    IF seen.version IS NULL THEN
        RETURN QUERY
        SELECT s.version, logic.offer_document(p_region, p_step, NULL, NULL), r.client_id, 0, 'none', NULL::int
        FROM data.step s
        JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
        WHERE s.region_id = p_region AND s.step_id = p_step;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT seen.version, logic.offer_document(p_region, p_step, json_build_object(
               'ageBand', CASE WHEN seen.age_from IS NOT NULL THEN json_build_object('from', seen.age_from, 'to', seen.age_from + 9) END,
               'area', seen.area, 'wishes', seen.wishes), seen.domains),
           seen.client_id, seen.fields & 70, seen.ground, seen.consent_nr;
END
$$;

-- ---- making and ending offers ----

CREATE FUNCTION logic.make_offer(m logic.move, p_to int, p_offering int, p_previous bigint, p_group int, p_due timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_step constant bigint := nextval('data.object_seq');
BEGIN
    INSERT INTO data.step (region_id, step_id, referral_id, previous_id, offered_to, offer_group, offering_id, state, status, version,
                           promise_nr, created_at)
    VALUES (m.region_id, v_step, m.referral_id, p_previous, p_to, p_group, p_offering, 'offered', 'requested', 1, 1, m.at);
    PERFORM logic.start_promise(m, v_step, 1, 'offer', p_to, NULL, p_due);
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version, to_state, to_status,
                            offered_to, offer_group, offering_id, previous_id, promise_kind, promise_organisation_id, promise_due)
    VALUES (m.region_id, m.referral_id, m.at, 'step-made', m.account_id, m.organisation_id, v_step, 1, 'offered', 'requested',
            p_to, p_group, p_offering, p_previous, 'offer', p_to, p_due);
    RETURN v_step;
END
$$;

-- To the first of these candidates and, up to the number that it says, to those after it that are offered too, one of each
-- organisation. The first of the steps.
CREATE FUNCTION logic.make_offers(m logic.move, p_candidates logic.candidate[], p_previous bigint, p_due timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_group constant int := 1 + coalesce((SELECT max(s.offer_group) FROM data.step s
                                          WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id), 0);
    v_first bigint;
    v_step bigint;
    candidate record;
BEGIN
    FOR candidate IN
        SELECT x.organisation_id, x.offering_id
        FROM (SELECT DISTINCT ON (c.organisation_id) c.organisation_id, c.offering_id, c.n
              FROM unnest(p_candidates) WITH ORDINALITY AS c (offering_id, organisation_id, offering_code, offering_name, owner_code,
                                                              owner_name, reason, offer, n)
              WHERE c.offer > 0
              ORDER BY c.organisation_id, c.n) x
        ORDER BY x.n
        LIMIT p_candidates[1].offer
    LOOP
        v_step := logic.make_offer(m, candidate.organisation_id, candidate.offering_id, p_previous, v_group, p_due);
        v_first := coalesce(v_first, v_step);
    END LOOP;
    RETURN v_first;
END
$$;

-- What waited for one step waits for another.
CREATE FUNCTION logic.wait_for_other(m logic.move, p_step bigint, p_other bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_waiting bigint;
BEGIN
    FOR v_waiting IN
        SELECT s.step_id FROM data.step s
        WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND s.after_id = p_step AND s.state = 'planned'
        ORDER BY s.step_id
    LOOP
        UPDATE data.step s SET after_id = p_other WHERE s.region_id = m.region_id AND s.step_id = v_waiting;
        INSERT INTO data.event (region_id, referral_id, at, kind, step_id, after_id)
        VALUES (m.region_id, m.referral_id, m.at, 'step-follows', v_waiting, p_other);
    END LOOP;
END
$$;

-- An offer is over for one of those it was made to, by nobody's move of theirs. p_how: released (they need not answer any more) or
-- escalated (their time ran out).
CREATE FUNCTION logic.end_offer(m logic.move, p_step data.step, p_how text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_how = 'escalated' THEN
        UPDATE data.promise p SET level = 1
        WHERE p.region_id = m.region_id AND p.step_id = p_step.step_id AND p.nr = p_step.promise_nr;
        INSERT INTO data.event (region_id, referral_id, at, kind, step_id, version, level)
        VALUES (m.region_id, m.referral_id, m.at, 'promise-overdue', p_step.step_id, p_step.promise_nr, 1);
    END IF;
    UPDATE data.promise p SET ended_at = m.at, ended_how = p_how
    WHERE p.region_id = m.region_id AND p.step_id = p_step.step_id AND p.ended_at IS NULL;
    UPDATE data.step s
    SET state = 'offer-gone', status = 'cancelled', version = s.version + 1, promise_nr = NULL, ended_at = m.at
    WHERE s.region_id = m.region_id AND s.step_id = p_step.step_id;
    INSERT INTO data.event (region_id, referral_id, at, kind, step_id, version, from_state, to_state, from_status, to_status)
    VALUES (m.region_id, m.referral_id, m.at, 'step-moved', p_step.step_id, p_step.version + 1, p_step.state, 'offer-gone',
            p_step.status, 'cancelled');
END
$$;

-- What a move of one of the offers (p_step as it was before) does to the others. A decline leaves them, and what waited for it
-- waits for them; everything else ends them. Whether others are open afterwards.
CREATE FUNCTION logic.settle_offers(m logic.move, p_step data.step, p_state text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    other data.step;
BEGIN
    IF p_step.offered_to IS NULL THEN
        RETURN false;
    END IF;
    FOR other IN
        SELECT * FROM data.step s
        WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND s.offer_group = p_step.offer_group
          AND s.step_id <> p_step.step_id AND s.ended_at IS NULL
        ORDER BY s.step_id
    LOOP
        IF p_state = 'declined' THEN
            PERFORM logic.wait_for_other(m, p_step.step_id, other.step_id);
            RETURN true;
        END IF;
        PERFORM logic.end_offer(m, other, 'released');
        PERFORM logic.wait_for_other(m, other.step_id, p_step.step_id);
    END LOOP;
    RETURN false;
END
$$;

-- Why an answer to an offer is refused; null: it is not. offer-gone: somebody else was first. offer-over: it was withdrawn, or
-- its time has run out. code-not-yours: who does not know the client declines for reasons of their own, not the client's.
CREATE FUNCTION logic.fault_of_offer(actor logic.actor, p_step data.step, p_state text, p_decline text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN p_step.offered_to IS NULL OR p_step.state = 'declined' THEN NULL
        WHEN p_step.ended_at IS NOT NULL AND p_step.offered_to IS DISTINCT FROM actor.organisation_id THEN NULL
        WHEN p_step.ended_at IS NOT NULL THEN
            CASE WHEN EXISTS (SELECT FROM data.step s
                              WHERE s.region_id = p_step.region_id AND s.referral_id = p_step.referral_id
                                AND s.offer_group = p_step.offer_group AND s.owner_id IS NOT NULL) THEN 'offer-gone'
                 ELSE 'offer-over' END
        WHEN p_state NOT IN ('accepted', 'declined', 'withdrawal-asked', 'entered-in-error', 'reassigned') THEN 'state-not-allowed'
        WHEN p_state = 'declined' AND EXISTS (
            SELECT FROM data.decline_code c
            WHERE c.region_id = p_step.region_id AND c.code = p_decline AND c.by <> 'offerer') THEN 'code-not-yours' END;
END
$$;

-- ---- when nobody answers ----

-- Rounds of offers of which the time has run out for all who did not answer, at most p_size: p_step is one of them.
CREATE FUNCTION wijzer.lapsed_offers(p_region int, p_size int) RETURNS TABLE (step_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now constant timestamptz := wijzer.clock();
BEGIN
    RETURN QUERY
    SELECT min(s.step_id)
    FROM (SELECT x.step_id FROM data.promise x
          WHERE x.region_id = p_region AND x.ended_at IS NULL AND x.level = 0 AND x.raise_at IS NULL AND x.due_at <= v_now
            AND logic.is_offer(p_region, x.step_id)
          ORDER BY x.due_at
          LIMIT p_size) late
    JOIN data.step s ON s.region_id = p_region AND s.step_id = late.step_id
    WHERE NOT EXISTS (
        SELECT FROM data.step o
        JOIN data.promise p ON p.region_id = o.region_id AND p.step_id = o.step_id AND p.nr = o.promise_nr
        WHERE o.region_id = p_region AND o.referral_id = s.referral_id AND o.offer_group = s.offer_group AND o.ended_at IS NULL
          AND p.due_at > v_now)
    GROUP BY s.referral_id, s.offer_group;
END
$$;

-- What lapsed_offers() gave goes another way: by table 6 (p_after, as for a decline without a code), else to the coordination.
-- p_due_next: arrays as in move_step. A round in which somebody moved meanwhile, or whose referral somebody has in hand, is left
-- alone: it comes again if it must. How many rounds.
CREATE FUNCTION wijzer.lapse_offers(p_region int, p_steps bigint[], p_after json, p_due_next timestamptz[],
                                    p_due_candidate timestamptz[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    round record;
    step data.step;
    last data.step;
    m logic.move;
    pace int;
    v_next bigint;
    v_count int := 0;
BEGIN
    FOR round IN
        SELECT s.step_id, s.offer_group, r.referral_id, r.organisation_id, r.urgency
        FROM unnest(p_steps) AS t (step_id)
        JOIN data.step s ON s.region_id = p_region AND s.step_id = t.step_id
        JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
        ORDER BY r.referral_id
        FOR NO KEY UPDATE OF r SKIP LOCKED
    LOOP
        m := (p_region, logic.instant(), NULL, NULL, round.referral_id, round.step_id, round.organisation_id,
              logic.coordination_of(p_region), round.urgency)::logic.move;
        CONTINUE WHEN NOT logic.is_offer(p_region, round.step_id) OR EXISTS (
            SELECT FROM data.step o
            JOIN data.promise p ON p.region_id = o.region_id AND p.step_id = o.step_id AND p.nr = o.promise_nr
            WHERE o.region_id = p_region AND o.referral_id = round.referral_id AND o.offer_group = round.offer_group
              AND o.ended_at IS NULL AND p.due_at > m.at);
        pace := CASE m.urgency WHEN 'soon' THEN 2 ELSE 1 END;
        FOR step IN
            SELECT * FROM data.step o
            WHERE o.region_id = p_region AND o.referral_id = round.referral_id AND o.offer_group = round.offer_group
              AND o.ended_at IS NULL
            ORDER BY o.step_id
        LOOP
            PERFORM logic.end_offer(m, step, 'escalated');
            IF last.step_id IS NOT NULL THEN
                PERFORM logic.wait_for_other(m, last.step_id, step.step_id);
            END IF;
            last := step;
        END LOOP;
        m.step_id := last.step_id;
        IF p_after IS NOT NULL THEN
            PERFORM logic.reroute(m, last, NULL, p_after, p_due_candidate[pace], p_due_next[pace]);
        END IF;
        v_next := (SELECT min(s.step_id) FROM data.step s
                   WHERE s.region_id = p_region AND s.referral_id = round.referral_id AND s.previous_id = last.step_id);
        -- That nobody answered is never the end, whatever table 6 says of declines.
        IF v_next IS NULL THEN
            v_next := logic.make_step(m, m.coordination_id, NULL, last.parent_id, last.step_id, 'next-step', p_due_next[pace]);
        END IF;
        PERFORM logic.wait_for_other(m, last.step_id, v_next), logic.tell_director(m, last, 'offer-gone', 'cancelled');
        last := NULL;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;
