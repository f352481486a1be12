-- Moves a step to another business state, with all that follows from it: promises, notes, feedback, new steps, the
-- roll-up of the referral. Everything that happens to one referral happens one after another: its row is locked first.

-- What one move is about; the helpers pass it on.
CREATE TYPE logic.move AS (
    region_id int, at timestamptz, account_id int, organisation_id int, referral_id bigint, step_id bigint,
    referrer_id int, coordination_id int, urgency text);

-- The part an account plays in a step, as bits: 1 referrer, 2 recipient, 4 coordinator. -1: none in the whole referral.
CREATE FUNCTION logic.parties(actor logic.actor, p_region int, p_referral bigint, p_referrer int, p_owner int)
RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF actor.role = 'steward' OR actor.role <> 'coordinator' AND NOT logic.takes_part(p_region, p_referral, actor.organisation_id)
    THEN
        RETURN -1;
    END IF;
    RETURN CASE WHEN logic.acts_as_referrer(actor, p_region, p_referral, p_referrer) THEN 1 ELSE 0 END
         | CASE WHEN actor.role IN ('worker', 'coordinator') AND actor.organisation_id = p_owner THEN 2 ELSE 0 END
         | CASE WHEN actor.role = 'coordinator' THEN 4 ELSE 0 END;
END
$$;

-- Starts the promise of a step at its present version. A promise without a time would be a black hole: a defect.
CREATE FUNCTION logic.start_promise(m logic.move, p_step bigint, p_nr int, p_kind text, p_party int, p_owner int,
                                    p_due timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_due IS NULL THEN
        RAISE EXCEPTION 'promise % of step % has no due time', p_kind, p_step;
    END IF;
    INSERT INTO data.promise (region_id, step_id, nr, referral_id, kind, organisation_id, owner_id, referrer_id,
                              started_at, due_at)
    VALUES (m.region_id, p_step, p_nr, m.referral_id, p_kind, p_party, p_owner, m.referrer_id, m.at, p_due);
END
$$;

-- A new step in state sent with its promise (deliver to a recipient, next-step to the coordination).
CREATE FUNCTION logic.make_step(m logic.move, p_owner int, p_offering int, p_parent bigint, p_previous bigint,
                                p_kind text, p_due timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_step constant bigint := nextval('data.object_seq');
BEGIN
    INSERT INTO data.step (region_id, step_id, referral_id, parent_id, previous_id, owner_id, offering_id, state,
                           status, version, promise_nr, created_at)
    VALUES (m.region_id, v_step, m.referral_id, p_parent, p_previous, p_owner, p_offering, 'sent', 'requested', 1, 1,
            m.at);
    PERFORM logic.start_promise(m, v_step, 1, p_kind, p_owner, p_owner, p_due);
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version, to_state,
                            to_status, owner_id, offering_id, parent_id, previous_id, promise_kind,
                            promise_organisation_id, promise_due)
    VALUES (m.region_id, m.referral_id, m.at, 'step-made', m.account_id, m.organisation_id, v_step, 1, 'sent',
            'requested', p_owner, p_offering, p_parent, p_previous, p_kind, p_owner, p_due);
    RETURN v_step;
END
$$;

-- When the last branch of a step that has nothing else to wait for ends, its owner must wrap it up.
CREATE FUNCTION logic.wrap_up_parent(m logic.move, p_parent bigint, p_due timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    parent data.step;
BEGIN
    UPDATE data.step s SET version = s.version + 1, promise_nr = s.version + 1
    WHERE s.region_id = m.region_id AND s.step_id = p_parent AND s.ended_at IS NULL AND s.promise_nr IS NULL
      AND NOT EXISTS (SELECT FROM data.step c
                      WHERE c.region_id = m.region_id AND c.referral_id = m.referral_id
                        AND c.parent_id = p_parent AND c.ended_at IS NULL)
    RETURNING * INTO parent;
    IF FOUND THEN
        PERFORM logic.start_promise(m, p_parent, parent.version, 'wrap-up', parent.owner_id, parent.owner_id, p_due);
        INSERT INTO data.event (region_id, referral_id, at, kind, step_id, version, from_state, to_state, from_status,
                                to_status, promise_kind, promise_organisation_id, promise_due)
        VALUES (m.region_id, m.referral_id, m.at, 'promise-started', p_parent, parent.version, parent.state,
                parent.state, parent.status, parent.status, 'wrap-up', parent.owner_id, p_due);
    END IF;
END
$$;

-- The referral's outcome once its last step has ended: the best end state of all steps, of a reopened one of those that were
-- made since. Null while one is open.
CREATE FUNCTION logic.rolled_up(m logic.move) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    reopened_at constant timestamptz := coalesce((
        SELECT max(e.at) FROM data.event e
        WHERE e.region_id = m.region_id AND e.referral_id = m.referral_id AND e.kind = 'referral-reopened'), '-infinity');
BEGIN
    RETURN (
        SELECT CASE WHEN bool_and(s.ended_at IS NOT NULL)
                    THEN (array_agg(s.state ORDER BY t.outcome_rank, s.step_id) FILTER (WHERE s.created_at >= reopened_at))[1] END
        FROM data.step s
        JOIN data.state t ON t.region_id = s.region_id AND t.code = s.state
        WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id);
END
$$;

-- Who may get a step next: an offering, or (without one) the coordination.
CREATE TYPE logic.candidate AS (
    offering_id int, organisation_id int, offering_code text, offering_name text, owner_code text, owner_name text,
    reason text, offer int);

-- The candidates that may still be asked, in their order: those of the referral's first decision whose offering and
-- organisation have not ended, and whose organisation has had no step of this referral, nor was offered one. So nobody is asked
-- twice. offer: to how many it is offered where it comes first; null: it gets a step as its own.
CREATE FUNCTION logic.candidates_left(m logic.move) RETURNS SETOF logic.candidate LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT f.offering_id, o.organisation_id, f.code::text, f.name, o.code::text, o.name, c.candidate ->> 'reason',
           (c.candidate ->> 'offer')::int
    FROM data.step s
    JOIN logic.decision d ON d.region_id = s.region_id AND d.step_id = s.step_id AND d.table_no <= 3
    CROSS JOIN LATERAL jsonb_array_elements(d.candidates) WITH ORDINALITY AS c (candidate, n)
    JOIN data.offering f ON f.region_id = s.region_id AND f.offering_id = (c.candidate ->> 'offering')::int
                        AND f.ended_at IS NULL
    JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id
                            AND o.ended_at IS NULL
    WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND s.parent_id IS NULL AND s.previous_id IS NULL
      AND NOT EXISTS (SELECT FROM data.step x
                      WHERE x.region_id = m.region_id AND x.referral_id = m.referral_id
                        AND coalesce(x.owner_id, x.offered_to) = o.organisation_id)
    ORDER BY c.n;
END
$$;

CREATE FUNCTION logic.coordination(m logic.move, p_reason text) RETURNS logic.candidate LANGUAGE plpgsql AS $$
DECLARE
    found logic.candidate;
BEGIN
    SELECT NULL, o.organisation_id, NULL, NULL, o.code, o.name, p_reason, NULL INTO found
    FROM data.organisation o
    WHERE o.region_id = m.region_id AND o.organisation_id = m.coordination_id;
    RETURN found;
END
$$;

-- How often a recipient has declined in this referral (the coordination's own declines do not count). A round of offers that nobody
-- took, for want of an answer too, is one.
CREATE FUNCTION logic.declines_so_far(m logic.move) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT count(DISTINCT CASE WHEN s.owner_id IS NULL THEN -s.offer_group ELSE s.step_id END)
            FROM data.step s
            WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id
              AND (s.status = 'rejected' AND s.owner_id <> m.coordination_id
                   OR s.owner_id IS NULL AND (s.status = 'rejected' OR s.state = 'offer-gone')
                      AND NOT EXISTS (SELECT FROM data.step w
                                      WHERE w.region_id = s.region_id AND w.referral_id = s.referral_id
                                        AND w.offer_group = s.offer_group AND w.owner_id IS NOT NULL)));
END
$$;

-- After a decline, by table 6 as the daemon worked it out for this decline code (p_after): to the next candidate, or to the
-- coordination with the history, or nowhere. The new step gets a decision of its own, so that it can be explained. A branch
-- was somebody's choice for one purpose, for which nobody ranked candidates: the coordination looks at it. False: table 6
-- says nothing about it.
CREATE FUNCTION logic.reroute(m logic.move, p_step data.step, p_decline text, p_after json, p_due_candidate timestamptz,
                              p_due_next timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_tries constant bigint := logic.declines_so_far(m);
    rule record;
    remaining logic.candidate[] := '{}';
    chosen logic.candidate;
    v_kind text;
    v_step bigint;
BEGIN
    SELECT r.next, r.rule, r.reason INTO rule
    FROM json_to_recordset(p_after -> 'rules') AS r (urgency text, tries int, next text, rule text, reason text)
    WHERE r.urgency = m.urgency AND r.tries = greatest(least(v_tries, 20), 1);
    IF NOT FOUND OR rule.next = 'stop' THEN
        RETURN FOUND;
    END IF;
    IF p_step.parent_id IS NULL THEN
        remaining := ARRAY(SELECT c FROM logic.candidates_left(m) c);
    END IF;
    chosen := CASE
        WHEN rule.next <> 'next-candidate' THEN logic.coordination(m, NULL)
        WHEN cardinality(remaining) = 0
            THEN logic.coordination(m, 'Er is geen ander aanbod over: de ketenregie kijkt mee.')
        ELSE remaining[1] END;
    v_kind := CASE WHEN chosen.offering_id IS NULL THEN 'next-step' WHEN chosen.offer > 0 THEN 'offer' ELSE 'deliver' END;
    v_step := CASE v_kind
        WHEN 'offer' THEN logic.make_offers(
            m, remaining, p_step.step_id,
            coalesce((p_after -> 'offer' ->> CASE m.urgency WHEN 'soon' THEN 1 ELSE 0 END)::timestamptz, p_due_candidate))
        ELSE logic.make_step(m, chosen.organisation_id, chosen.offering_id, p_step.parent_id, p_step.step_id, v_kind,
                             CASE v_kind WHEN 'deliver' THEN p_due_candidate ELSE p_due_next END) END;
    INSERT INTO data.decision (region_id, step_id, table_no, table_version, rule_id, reason, inputs, offering_code,
                               offering_name, owner_code, owner_name, promise_label)
    VALUES (m.region_id, v_step, 6, (p_after ->> 'version')::int, rule.rule, concat_ws(' ', rule.reason, chosen.reason),
            jsonb_build_object('decline', p_decline, 'urgency', m.urgency, 'tries', v_tries,
                               'candidates', ARRAY(SELECT c.offering_code FROM unnest(remaining) c)),
            chosen.offering_code, chosen.offering_name, chosen.owner_code, chosen.owner_name,
            (SELECT k.label FROM data.promise_kind k WHERE k.region_id = m.region_id AND k.code = v_kind));
    RETURN true;
END
$$;

-- The step that comes in the place of one that the coordination takes from its owner, who is told: to an offering, or to the
-- coordination itself.
CREATE FUNCTION logic.reassign(m logic.move, p_step data.step, p_offerings int[], p_due timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(cardinality(p_offerings), 0) = 0 THEN
        PERFORM logic.make_step(m, m.coordination_id, NULL, p_step.parent_id, p_step.step_id, 'next-step', p_due);
    ELSE
        PERFORM logic.make_step(m, f.organisation_id, f.offering_id, p_step.parent_id, p_step.step_id, 'deliver', p_due)
        FROM data.offering f
        WHERE f.region_id = m.region_id AND f.offering_id = p_offerings[1];
    END IF;
    -- Whom it was only offered to, nobody's step, is told nothing.
    IF p_step.owner_id IS NOT NULL AND p_step.owner_id <> m.organisation_id THEN
        PERFORM logic.notify(m.region_id, p_step.owner_id, NULL, r.client_id, m.referral_id, 'step-reassigned', m.at)
        FROM data.referral r
        WHERE r.region_id = m.region_id AND r.referral_id = m.referral_id;
    END IF;
END
$$;

-- The steps that a declined or passed-on step leads to. p_after null: table 6 is not in force, and the decline code says.
CREATE FUNCTION logic.make_next_steps(m logic.move, p_state text, p_step data.step, p_decline text, p_offerings int[],
                                      p_due timestamptz, p_after json, p_due_candidate timestamptz, p_order json)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    next_of_decline constant text := (SELECT c.next FROM data.decline_code c
                                      WHERE c.region_id = m.region_id AND c.code = p_decline);
BEGIN
    IF p_state = 'passed-on' THEN
        PERFORM logic.make_branches(m, p_step.step_id, p_offerings, p_due, p_order);
    ELSIF p_state = 'declined-forwarded' THEN
        PERFORM logic.make_step(m, f.organisation_id, f.offering_id, p_step.parent_id, p_step.step_id, 'deliver', p_due)
        FROM unnest(p_offerings) WITH ORDINALITY AS t (offering_id, n)
        JOIN data.offering f ON f.region_id = m.region_id AND f.offering_id = t.offering_id
        ORDER BY t.n;
    ELSIF p_state = 'reassigned' THEN
        PERFORM logic.reassign(m, p_step, p_offerings, p_due);
    ELSIF p_state <> 'declined' OR p_step.owner_id = m.coordination_id AND p_step.offering_id IS NULL
          OR p_after IS NOT NULL AND logic.reroute(m, p_step, p_decline, p_after, p_due_candidate, p_due) THEN
        RETURN;
    ELSIF next_of_decline <> 'stop' THEN
        PERFORM logic.make_step(m, m.coordination_id, NULL, p_step.parent_id, p_step.step_id, 'next-step', p_due);
    END IF;
END
$$;

-- Rolls the outcome up when the last step has ended: the referrer's organisation must read the final feedback, or the client is
-- told (logic.owed_at_end). What goes on in this referral ends with it. Null while a step is open.
CREATE FUNCTION logic.roll_up(m logic.move, p_feedback bigint, p_due timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_outcome constant text := logic.rolled_up(m);
BEGIN
    IF v_outcome IS NOT NULL THEN
        PERFORM logic.end_referral(m, v_outcome, p_feedback, p_due), logic.end_followers(m, v_outcome, p_due);
    END IF;
    RETURN v_outcome;
END
$$;

-- Tells the referrer, if the state says so or it is the end of everything: the region's words here, what the worker wrote
-- in the note; they are put together when it is read. p_reason: in the region's words; null where the note has one. p_form: by
-- the practice's contract (contract.sql); the end is always told at once.
CREATE FUNCTION logic.tell_referrer(m logic.move, p_feedback bigint, p_state data.state, p_outcome text, p_reason text,
                                    p_note bigint, p_form text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    outcome constant text := (SELECT x.label FROM data.state x WHERE x.region_id = m.region_id AND x.code = p_outcome);
    ending constant text := coalesce(logic.meanwhile(m) || ' Hiermee is de verwijzing klaar. Uitkomst: ' || lower(outcome) || '.', '');
BEGIN
    INSERT INTO data.feedback (region_id, feedback_id, referral_id, step_id, state, from_id, to_id, at, is_final, note_id, lead,
                               reason, ending, form)
    SELECT m.region_id, p_feedback, m.referral_id, m.step_id, p_state.code, o.organisation_id, m.referrer_id, m.at,
           p_outcome IS NOT NULL, p_note,
           left(CASE WHEN s.owner_id IS NULL THEN p_state.label || '.'
                     ELSE replace(coalesce(p_state.feedback, p_state.label || '.'), '{organisation}', o.name) END,
                500 - length(ending)),
           rtrim(p_reason, ' .'), ending, CASE WHEN p_outcome IS NULL THEN nullif(p_form, 'at-once') END
    FROM data.step s
    JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = coalesce(s.owner_id, s.offered_to)
    WHERE s.region_id = m.region_id AND s.step_id = m.step_id;
END
$$;

-- The region's sentence with the date on which it counts: in the place of {date}, else behind it. A state that goes by no date
-- tells of none.
CREATE FUNCTION logic.dated(p_state data.state, p_date date) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    months constant text[] := '{januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,december}';
    words constant text := extract(day FROM p_date) || ' ' || months[extract(month FROM p_date)] || ' ' || extract(year FROM p_date);
BEGIN
    RETURN CASE WHEN p_date IS NULL THEN replace(p_state.feedback, '{date}', 'onbekend')
                WHEN p_state.feedback LIKE '%{date}%' THEN replace(p_state.feedback, '{date}', words)
                WHEN p_state.promise_unit = 'date' THEN p_state.feedback || ' Datum: ' || words || '.'
                ELSE p_state.feedback END;
END
$$;

-- Every due time comes twice, for a routine referral and for one that is urgent (soon); only here is known which it is.
-- p_story: the text is a story for the referrer.
-- p_text and p_reason are sealed under the key of client_of_step() with p_note (of reserve_ids()) as their record. p_order: which
-- branches come after which step, and the due times of what waits (functions/tree.sql); null: nothing waits.
CREATE FUNCTION wijzer.move_step(
    p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_expected int, p_state text, p_set_by int,
    p_from_state text[], p_from_status text[], p_next_status text[], p_due timestamptz[], p_text text,
    p_reason text, p_date date, p_channel text, p_decline_code text, p_offerings int[], p_due_next timestamptz[],
    p_due_feedback timestamptz[], p_due_wrap_up timestamptz[], p_after json, p_due_candidate timestamptz[],
    p_note bigint DEFAULT NULL, p_from text DEFAULT NULL, p_result text DEFAULT NULL, p_order json DEFAULT NULL,
    p_story boolean DEFAULT false)
RETURNS TABLE (result text, version int, state text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    m logic.move;
    step data.step;
    target data.state;
    asked_id int; -- who answers a question: who referred, or stands in for a system that signals
    is_heard boolean; -- by who referred
    parties int;
    edge_by int;
    next_status text;
    pace int; -- 1 routine, 2 soon
    done data.idempotency;
    v_note bigint;
    v_feedback bigint;
    v_form text; -- how the referrer hears of it: at-once, daily, none
    v_outcome text;
    v_ends boolean;
    v_owner int; -- afterwards: who accepts an offer has the step
    is_open boolean; -- it was offered to others, who may still answer
BEGIN
    IF actor.account_id IS NULL THEN
        RETURN QUERY SELECT 'account-unknown', NULL::int, NULL::text, NULL::json;
        RETURN;
    END IF;

    -- The referral of a step never changes, so it can be read before it is locked; the step is read after.
    SELECT r.region_id, NULL::timestamptz, actor.account_id, actor.organisation_id, r.referral_id, p_step,
           r.organisation_id, g.coordination_id, r.urgency
    INTO m
    FROM data.step s
    JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
    JOIN data.region g ON g.region_id = s.region_id
    WHERE s.region_id = p_region AND s.step_id = p_step
    FOR NO KEY UPDATE OF r;
    m.at := logic.instant();
    pace := CASE m.urgency WHEN 'soon' THEN 2 ELSE 1 END;
    SELECT * INTO step FROM data.step s WHERE s.region_id = p_region AND s.step_id = p_step;
    parties := logic.parties_of_step(actor, step, m.referrer_id);
    is_heard := NOT logic.is_signal(p_region, m.referral_id);
    asked_id := CASE WHEN is_heard THEN m.referrer_id ELSE m.coordination_id END;
    IF step.step_id IS NULL OR parties < 0 THEN
        PERFORM logic.note_refused(actor, p_region, 'U', 'step', p_step, m.referral_id, p_from);
        RETURN QUERY SELECT 'not-found', NULL::int, NULL::text, NULL::json;
        RETURN;
    END IF;

    SELECT * INTO done FROM data.idempotency i
    WHERE i.region_id = p_region AND i.account_id = p_account AND i.idem_key = p_key;
    IF FOUND THEN
        IF done.operation = 'move' AND done.object_id = p_step AND done.body_hash = decode(p_hash, 'hex') THEN
            RETURN QUERY SELECT 'replayed', (done.answer ->> 'version')::int, done.answer -> 'state' ->> 'code',
                                done.answer;
        ELSE
            RETURN QUERY SELECT 'key-reused', step.version, step.state, NULL::json;
        END IF;
        RETURN;
    END IF;

    SELECT * INTO target FROM data.state t WHERE t.region_id = p_region AND t.code = p_state;
    SELECT coalesce(e.set_by, 15) INTO edge_by FROM data.edge e
    WHERE e.region_id = p_region AND e.from_state = step.state AND e.to_state = p_state;
    SELECT t.next INTO next_status
    FROM unnest(p_from_state, p_from_status, p_next_status) AS t (state, status, next)
    WHERE t.state = step.state AND t.status = step.status
    LIMIT 1;

    result := CASE
        WHEN parties & p_set_by = 0 THEN 'not-yours'
        WHEN logic.fault_of_offer(actor, step, p_state, p_decline_code) IS NOT NULL
            THEN logic.fault_of_offer(actor, step, p_state, p_decline_code)
        WHEN step.version <> p_expected THEN 'version-conflict'
        WHEN step.ended_at IS NOT NULL OR edge_by IS NULL OR next_status IS NULL THEN 'state-not-allowed'
        WHEN parties & p_set_by & target.set_by & edge_by = 0 THEN 'not-yours'
        WHEN EXISTS (SELECT FROM unnest(p_offerings) AS t (offering_id)
                     WHERE NOT EXISTS (
                         SELECT FROM data.offering f
                         JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id
                         WHERE f.region_id = p_region AND f.offering_id = t.offering_id AND f.ended_at IS NULL
                           AND o.ended_at IS NULL)) THEN 'offering-unknown'
        WHEN p_state IN ('passed-on', 'declined-forwarded') AND coalesce(cardinality(p_offerings), 0) = 0
            THEN 'offering-unknown'
        WHEN step.state = 'planned' AND p_state = 'sent' AND NOT logic.is_offered(p_region, step.offering_id)
            THEN 'offering-ended'
        WHEN p_state = 'reassigned' AND coalesce(cardinality(p_offerings), 0) = 0
             AND (step.owner_id, step.offering_id) IS NOT DISTINCT FROM (m.coordination_id, NULL::int)
            THEN 'already-there'
        WHEN p_state = 'reassigned' AND step.offering_id = p_offerings[1] THEN 'same-offering'
        -- Never a loop: who declined is not asked again, nor asks itself. The coordinator may know better.
        -- Whom it is offered to goes nowhere with it, and is told nothing of others.
        WHEN step.offered_to IS NULL AND actor.role <> 'coordinator' AND EXISTS (
            SELECT FROM unnest(p_offerings) AS t (offering_id)
            JOIN data.offering f ON f.region_id = p_region AND f.offering_id = t.offering_id
            JOIN data.step d ON d.region_id = p_region AND d.referral_id = m.referral_id
                            AND coalesce(d.owner_id, d.offered_to) = f.organisation_id
            WHERE d.status = 'rejected' OR p_state = 'declined-forwarded' AND d.step_id = p_step)
            THEN 'already-declined'
        WHEN p_state = 'unreachable' AND p_reason IS NULL AND logic.attempts(p_region, m.referral_id, p_step) < 3
            THEN 'attempts-missing'
        ELSE coalesce(logic.order_fault(step, p_order), 'moved')
    END;
    IF result <> 'moved' THEN
        RETURN QUERY SELECT result, step.version, step.state, NULL::json;
        RETURN;
    END IF;

    INSERT INTO data.idempotency (region_id, account_id, idem_key, body_hash, operation, object_id, at)
    VALUES (p_region, p_account, p_key, decode(p_hash, 'hex'), 'move', p_step, m.at)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        -- The same key was used in the meantime, on another referral.
        RETURN QUERY SELECT 'key-reused', step.version, step.state, NULL::json;
        RETURN;
    END IF;

    -- Nobody has an offer, so nobody has to confirm that it is withdrawn.
    IF step.offered_to IS NOT NULL AND p_state = 'withdrawal-asked' THEN
        p_state := 'withdrawn';
        next_status := 'cancelled';
        SELECT * INTO target FROM data.state t WHERE t.region_id = p_region AND t.code = p_state;
    END IF;
    v_owner := CASE WHEN p_state = 'accepted' THEN coalesce(step.owner_id, step.offered_to) ELSE step.owner_id END;
    v_ends := target.outcome_rank IS NOT NULL;
    IF num_nonnulls(p_text, p_reason) > 0 THEN
        v_note := p_note;
        INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, text, reason)
        VALUES (p_region, m.referral_id, v_note, p_step, p_account, m.at, p_text, p_reason);
    END IF;
    UPDATE data.promise p SET ended_at = m.at, ended_how = 'kept'
    WHERE p.region_id = p_region AND p.step_id = p_step AND p.nr > 0 AND p.ended_at IS NULL;
    UPDATE data.step s
    SET state = p_state, status = next_status, version = s.version + 1, decline_code = p_decline_code,
        promise_nr = CASE WHEN NOT v_ends AND target.promise_kind IS NOT NULL THEN s.version + 1 END,
        owner_id = v_owner, offered_to = CASE WHEN v_owner IS NULL THEN s.offered_to END,
        ended_at = CASE WHEN v_ends THEN m.at END
    WHERE s.region_id = p_region AND s.step_id = p_step;

    -- Whether this ends everything decides what the feedback says, so feedback has its id before its text.
    v_feedback := CASE WHEN is_heard AND (v_ends OR target.feedback IS NOT NULL) THEN nextval('data.object_seq') END;
    v_form := CASE WHEN is_heard AND target.feedback IS NOT NULL AND v_owner IS NOT NULL THEN logic.form_of(m, logic.milestone_of(target), p_state)
                   ELSE 'none' END;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version,
                            from_state, to_state, from_status, to_status, decline_code, channel, on_date, promise_kind,
                            promise_organisation_id, promise_due, note_id, feedback_id, role, came_from, result, form, owner_id)
    SELECT p_region, m.referral_id, m.at, 'step-moved', p_account, actor.organisation_id, p_step, step.version + 1,
           step.state, p_state, step.status, next_status, p_decline_code, p_channel, p_date, started.kind,
           started.organisation_id, started.due_at, v_note,
           CASE WHEN v_form <> 'none' THEN v_feedback END, actor.role, p_from, p_result,
           nullif(nullif(v_form, 'none'), 'at-once'), CASE WHEN step.owner_id IS NULL THEN v_owner END
    FROM (SELECT target.promise_kind::text AS kind, p_due[pace] AS due_at,
                 CASE target.promise_party WHEN 'referrer' THEN asked_id
                                           WHEN 'coordinator' THEN m.coordination_id
                                           ELSE v_owner END AS organisation_id
          WHERE NOT v_ends AND target.promise_kind IS NOT NULL) started
    RIGHT JOIN (VALUES (1)) AS always ON true;
    IF NOT v_ends AND target.promise_kind IS NOT NULL THEN
        PERFORM logic.start_promise(
            m, p_step, step.version + 1, target.promise_kind,
            CASE target.promise_party WHEN 'referrer' THEN asked_id
                                      WHEN 'coordinator' THEN m.coordination_id
                                      ELSE v_owner END,
            v_owner, p_due[pace]);
    END IF;

    PERFORM logic.settle_call_back(actor, m, p_state, p_channel, p_result, v_ends, p_from);
    IF v_ends THEN
        PERFORM logic.end_place(actor, m, p_from);
    END IF;
    is_open := logic.settle_offers(m, step, p_state);
    IF NOT is_open THEN
        PERFORM logic.make_next_steps(m, p_state, step, p_decline_code, p_offerings, p_due_next[pace], p_after,
                                      p_due_candidate[pace], p_order);
    END IF;
    PERFORM logic.move_director(m, actor, step, p_state, next_status, p_from);
    IF v_ends THEN
        PERFORM logic.go_on_after(m, p_step, next_status, p_order);
        IF NOT is_open THEN
            PERFORM logic.tell_director(m, step, p_state, next_status);
        END IF;
        IF step.parent_id IS NOT NULL THEN
            PERFORM logic.wrap_up_parent(m, step.parent_id, p_due_wrap_up[pace]);
        END IF;
        v_outcome := logic.roll_up(m, v_feedback, p_due_feedback[pace]);
    END IF;
    IF is_heard AND (v_form <> 'none' OR v_outcome IS NOT NULL) THEN
        target.feedback := logic.dated(target, p_date);
        PERFORM logic.tell_referrer(
            m, v_feedback, target, v_outcome,
            (SELECT c.label FROM data.decline_code c WHERE c.region_id = p_region AND c.code = p_decline_code),
            -- Why a planned step was dropped is not for who would have got it.
            CASE WHEN p_state <> 'dropped' THEN v_note END, v_form);
    END IF;
    IF is_heard AND p_story AND p_text IS NOT NULL THEN
        v_form := logic.form_of_story(m, v_outcome IS NOT NULL);
        IF v_form <> 'none' THEN
            PERFORM logic.tell_story(m, p_state, v_note, v_form, p_from);
        END IF;
    END IF;

    SELECT 'moved', d.version, p_state,
           CASE WHEN v_owner IS NULL AND parties & 5 = 0
                THEN (logic.offer_document(p_region, p_step, NULL, NULL)::jsonb - '{client,domains,text,referrer,urgency,offer}'::text[])::json
                ELSE d.document END
    INTO result, version, state, answer
    FROM logic.step_document d
    WHERE d.region_id = p_region AND d.step_id = p_step;
    UPDATE data.idempotency i SET answer = move_step.answer
    WHERE i.region_id = p_region AND i.account_id = p_account AND i.idem_key = p_key;
    RETURN NEXT;
END
$$;

-- Under whose key the texts of a move are sealed: null for who is no party to the step.
CREATE FUNCTION wijzer.client_of_step(p_region int, p_account int, p_step bigint, p_from text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    seen record;
BEGIN
    SELECT r.client_id, r.referral_id, r.organisation_id, s AS step INTO seen
    FROM data.step s
    JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
    WHERE s.region_id = p_region AND s.step_id = p_step;
    IF actor.account_id IS NULL OR seen.client_id IS NULL
       OR logic.parties_of_step(actor, seen.step, seen.organisation_id) < 0 THEN
        PERFORM logic.note_refused(actor, p_region, 'U', 'step', p_step, seen.referral_id, p_from);
        RETURN NULL;
    END IF;
    RETURN seen.client_id;
END
$$;
