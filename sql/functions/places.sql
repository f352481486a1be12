-- Places in groups: a step takes one (or several, for a couple or a class), or stands in the group's line. Who has none is never passed
-- over by who comes later: while somebody waits, a place that comes free is theirs, and where the first in line needs more than there
-- are, all wait for them.
--
-- The group's row counts what is taken, under its lock, and cannot count too far. Who holds a referral's lock may wait for a group's,
-- never the other way round: whoever has a group in hand (the keeper) takes a referral only if nobody else has it.

-- What is under the lock of nobody: the place that a step has now; all null: none.
CREATE FUNCTION logic.place_of(p_region int, p_step bigint) RETURNS data.place LANGUAGE plpgsql STABLE AS $$
DECLARE
    place data.place;
BEGIN
    SELECT * INTO place FROM data.place p
    WHERE p.region_id = p_region AND p.step_id = p_step AND p.state IN ('waiting', 'offered', 'taken');
    RETURN place;
END
$$;

-- p_nr, and what was promised with it: of the promise that began, or ended, with it; null: none did.
CREATE FUNCTION logic.place_event(actor logic.actor, p data.place, p_kind text, p_nr int, p_due timestamptz, p_owner int,
                                  p_at timestamptz, p_from text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version, group_id, persons,
                            promise_kind, promise_organisation_id, promise_due, role, came_from)
    VALUES (p.region_id, p.referral_id, p_at, p_kind, actor.account_id, actor.organisation_id, p.step_id, p_nr, p.group_id, p.persons,
            CASE WHEN p_due IS NOT NULL THEN 'take-place' END, CASE WHEN p_due IS NOT NULL THEN p_owner END, p_due, actor.role, p_from);
END
$$;

-- Ends the promise to say yes to a place that is kept; its number, null: there is none.
CREATE FUNCTION logic.end_place_promise(p_region int, p_step bigint, p_how text, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_nr int;
BEGIN
    UPDATE data.promise p SET ended_at = p_at, ended_how = p_how
    WHERE p.region_id = p_region AND p.step_id = p_step AND p.nr < 0 AND p.kind = 'take-place' AND p.ended_at IS NULL
    RETURNING p.nr INTO v_nr;
    RETURN v_nr;
END
$$;

-- More or fewer persons in a group. Whether an offering has room is what routing goes by: where that changes, the snapshot does.
CREATE FUNCTION logic.count_places(p_region int, p_group bigint, p_persons int, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    g data.offering_group;
BEGIN
    UPDATE data.offering_group x SET taken = x.taken + p_persons, changed_at = p_at
    WHERE x.region_id = p_region AND x.group_id = p_group
    RETURNING * INTO g;
    IF (g.taken >= g.places) <> (g.taken - p_persons >= g.places) THEN
        PERFORM logic.region_changed(p_region);
    END IF;
END
$$;

-- Gives up what a step has in a group, because it ends or because somebody says so. The next in line is told by the keeper. False:
-- it has nothing.
CREATE FUNCTION logic.give_up_place(actor logic.actor, p_region int, p_step bigint, p_state text, p_kind text, p_at timestamptz,
                                    p_from text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    place constant data.place := logic.place_of(p_region, p_step);
    v_at timestamptz := p_at;
BEGIN
    IF place.step_id IS NULL THEN
        RETURN false;
    END IF;
    IF place.state <> 'waiting' THEN
        PERFORM logic.count_places(p_region, place.group_id, -place.persons, p_at);
    END IF;
    UPDATE data.place p SET state = p_state WHERE p.region_id = p_region AND p.step_id = p_step;
    PERFORM logic.place_event(actor, place, p_kind, logic.end_place_promise(p_region, p_step, 'released', v_at), NULL, NULL, v_at,
                              p_from);
    RETURN true;
END
$$;

-- What every end of a step does: m.step_id ends.
CREATE FUNCTION logic.end_place(actor logic.actor, m logic.move, p_from text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM logic.give_up_place(actor, m.region_id, m.step_id, 'given-up', 'place-given-up', m.at, p_from);
END
$$;

-- Why a step cannot get a place in a group, or stand in its line; null: it can. The group is locked.
CREATE FUNCTION logic.fault_of_place(p_step data.step, p_held data.place, g data.offering_group, p_persons int) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN p_step.status NOT IN ('accepted', 'in-progress', 'on-hold') THEN 'not-accepted'
        WHEN g.group_id IS NULL OR NOT EXISTS (SELECT FROM data.offering f
                                               WHERE f.region_id = g.region_id AND f.offering_id = g.offering_id
                                                 AND f.organisation_id = p_step.owner_id) THEN 'group-unknown'
        WHEN p_held.step_id IS NOT NULL THEN CASE WHEN p_held.group_id = g.group_id THEN 'already-there' ELSE 'has-place' END
        WHEN NOT logic.may_join(g, logic.today()) THEN 'group-closed'
        WHEN p_persons > g.places THEN 'group-too-small' END;
END
$$;

-- A place in a group for a step's owner to take; p_wait: else stand in its line. p_group null: the place that is kept for it. Results:
-- taken, waiting, replayed, key-reused, account-unknown, not-found, not-yours, step-ended, not-accepted, group-unknown, already-there,
-- has-place (in another group), group-closed, group-too-small, group-full (somebody waits, or there are too few; waiting: how many
-- persons stand in line), nothing-offered.
CREATE FUNCTION wijzer.take_place(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_group bigint, p_persons int,
                                  p_wait boolean, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json, in_line bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_hand(actor, p_region, p_key, p_hash, 'place', p_step, p_from);
    step constant data.step := begun.step;
    held constant data.place := logic.place_of(p_region, p_step);
    is_kept constant boolean := coalesce(held.state = 'offered' AND coalesce(p_group, held.group_id) = held.group_id, false);
    place data.place;
    g data.offering_group;
    v_at timestamptz;
BEGIN
    IF begun.refusal IS NULL AND NOT is_kept THEN
        SELECT * INTO g FROM data.offering_group x WHERE x.region_id = p_region AND x.group_id = p_group FOR NO KEY UPDATE;
        in_line := (SELECT coalesce(sum(p.persons), 0) FROM data.place p
                    WHERE p.region_id = p_region AND p.group_id = p_group AND p.state = 'waiting');
    END IF;
    v_at := logic.instant();
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN p_group IS NULL AND NOT is_kept THEN 'nothing-offered'
        WHEN NOT is_kept THEN logic.fault_of_place(step, held, g, p_persons) END;
    result := CASE
        WHEN result IS NOT NULL THEN result
        WHEN NOT is_kept AND NOT p_wait AND (in_line > 0 OR g.places - g.taken < p_persons) THEN 'group-full'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'place', p_step, v_at) THEN 'key-reused'
        WHEN is_kept OR in_line = 0 AND g.places - g.taken >= p_persons THEN 'taken'
        ELSE 'waiting' END;
    answer := begun.answer;
    IF result NOT IN ('taken', 'waiting') THEN
        RETURN NEXT;
        RETURN;
    END IF;
    IF is_kept THEN
        UPDATE data.place p SET state = 'taken' WHERE p.region_id = p_region AND p.step_id = p_step RETURNING * INTO place;
    ELSE
        INSERT INTO data.place AS p (region_id, step_id, referral_id, group_id, persons, state, asked_at)
        VALUES (p_region, p_step, step.referral_id, p_group, p_persons, result, v_at)
        ON CONFLICT (region_id, step_id) DO UPDATE
            SET group_id = excluded.group_id, persons = excluded.persons, state = excluded.state, asked_at = excluded.asked_at
        RETURNING * INTO place;
        IF result = 'taken' THEN
            PERFORM logic.count_places(p_region, p_group, p_persons, v_at);
        END IF;
    END IF;
    PERFORM logic.place_event(actor, place, 'place-' || result,
                              CASE WHEN is_kept THEN logic.end_place_promise(p_region, p_step, 'kept', v_at) END, NULL, NULL, v_at,
                              p_from);
    answer := logic.keep_step(actor, p_region, p_key, p_step);
    RETURN NEXT;
END
$$;

-- Gives the place up, or leaves the line. Results: left, replayed, key-reused, account-unknown, not-found, not-yours, step-ended,
-- no-place.
CREATE FUNCTION wijzer.leave_place(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_hand(actor, p_region, p_key, p_hash, 'leave-place', p_step, p_from);
    held constant data.place := logic.place_of(p_region, p_step);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN held.step_id IS NULL THEN 'no-place'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'leave-place', p_step, v_at) THEN 'key-reused'
        ELSE 'left' END;
    answer := begun.answer;
    IF result = 'left' THEN
        PERFORM logic.give_up_place(actor, p_region, p_step, 'given-up', 'place-given-up', v_at, p_from);
        answer := logic.keep_step(actor, p_region, p_key, p_step);
    END IF;
    RETURN NEXT;
END
$$;

-- Whether somebody took part on a day. It stands in the history and changes nothing else; said again of a day, the last one counts.
-- Results: marked, replayed, key-reused, account-unknown, not-found, not-yours, step-ended, no-place, day-to-come, not-on (before the
-- group starts or after it ended), before-place (the step had no place then).
CREATE FUNCTION wijzer.mark_attendance(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_attended boolean,
                                       p_on date, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_hand(actor, p_region, p_key, p_hash, 'attendance', p_step, p_from);
    held constant data.place := logic.place_of(p_region, p_step);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN held.state IS DISTINCT FROM 'taken' THEN 'no-place'
        WHEN p_on > logic.today() THEN 'day-to-come'
        WHEN NOT EXISTS (SELECT FROM data.offering_group g
                         WHERE g.region_id = p_region AND g.group_id = held.group_id
                           AND p_on BETWEEN g.starts_on AND coalesce(g.ends_on, 'infinity')) THEN 'not-on'
        WHEN p_on < (SELECT (max(e.at) AT TIME ZONE 'Europe/Amsterdam')::date FROM data.event e
                     WHERE e.region_id = p_region AND e.referral_id = held.referral_id AND e.step_id = p_step
                       AND e.kind = 'place-taken') THEN 'before-place'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'attendance', p_step, v_at) THEN 'key-reused'
        ELSE 'marked' END;
    answer := begun.answer;
    IF result = 'marked' THEN
        INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, group_id, result, on_date, role,
                                came_from)
        VALUES (p_region, held.referral_id, v_at, 'place-attended', p_account, actor.organisation_id, p_step, held.group_id,
                CASE WHEN p_attended THEN 'took-part' ELSE 'absent' END, p_on, actor.role, p_from);
        answer := logic.keep_step(actor, p_region, p_key, p_step);
    END IF;
    RETURN NEXT;
END
$$;

-- ---- what the keeper does with a group ----

-- Groups in which something is to be done: a place came free and somebody waits; nobody joins any more and somebody waits; it was
-- called off.
CREATE FUNCTION wijzer.groups_to_settle(p_region int, p_size int) RETURNS TABLE (group_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
BEGIN
    RETURN QUERY
    SELECT u.group_id FROM logic.unsettled_group u WHERE u.region_id = p_region ORDER BY u.group_id LIMIT p_size;
END
$$;

CREATE VIEW logic.unsettled_group WITH (security_invoker = true) AS
SELECT g.region_id, g.group_id, g.offering_id, g.ended_at IS NOT NULL OR first.persons IS NOT NULL AS is_owed,
       -- Since when it has been so, at the latest.
       greatest(g.changed_at, first.asked_at,
                CASE WHEN NOT logic.may_join(g, logic.today())
                     THEN ((CASE WHEN g.rolling THEN g.ends_on ELSE g.starts_on END + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam')
                END) AS since
FROM data.offering_group g
LEFT JOIN LATERAL (
    SELECT p.persons, p.asked_at FROM data.place p
    WHERE p.region_id = g.region_id AND p.group_id = g.group_id AND p.state = 'waiting'
    ORDER BY p.asked_at, p.step_id
    LIMIT 1) first ON true
WHERE CASE WHEN g.ended_at IS NOT NULL THEN EXISTS (
               SELECT FROM data.place p
               WHERE p.region_id = g.region_id AND p.group_id = g.group_id AND p.state IN ('waiting', 'offered', 'taken'))
           WHEN logic.may_join(g, logic.today()) THEN first.persons <= g.places - g.taken
           ELSE g.closed_at IS NULL OR first.persons IS NOT NULL OR EXISTS (
               SELECT FROM data.place p
               WHERE p.region_id = g.region_id AND p.group_id = g.group_id AND p.state = 'offered') END;

-- The place in a group with which something is to be done next, and what: offer (the first in line, for whom there is room) or lose.
CREATE FUNCTION logic.next_to_settle(g data.offering_group, OUT what text, OUT place data.place) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    SELECT p.* INTO place FROM data.place p
    WHERE p.region_id = g.region_id AND p.group_id = g.group_id
      AND (p.state = 'waiting' OR p.state = 'offered' AND NOT logic.may_join(g, logic.today())
           OR g.ended_at IS NOT NULL AND p.state IN ('offered', 'taken'))
    ORDER BY p.asked_at, p.step_id
    LIMIT 1;
    what := CASE WHEN place.step_id IS NULL THEN NULL
                 WHEN NOT logic.may_join(g, logic.today()) THEN 'lose'
                 WHEN place.persons <= g.places - g.taken THEN 'offer' END;
END
$$;

-- Keeps a place for the first in line: their worker has promised to take it or give it up, by p_due.
CREATE FUNCTION logic.offer_place(p_place data.place, p_due timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_at constant timestamptz := logic.instant();
    v_nr constant int := least((SELECT min(x.nr) FROM data.promise x
                                WHERE x.region_id = p_place.region_id AND x.step_id = p_place.step_id), 0) - 1;
    step data.step;
    r data.referral;
BEGIN
    SELECT * INTO step FROM data.step s WHERE s.region_id = p_place.region_id AND s.step_id = p_place.step_id;
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_place.region_id AND x.referral_id = p_place.referral_id;
    UPDATE data.place p SET state = 'offered' WHERE p.region_id = p_place.region_id AND p.step_id = p_place.step_id;
    PERFORM logic.count_places(p_place.region_id, p_place.group_id, p_place.persons, v_at);
    PERFORM logic.start_promise((p_place.region_id, v_at, NULL, NULL, r.referral_id, step.step_id, r.organisation_id, NULL,
                                 r.urgency)::logic.move, step.step_id, v_nr, 'take-place', step.owner_id, step.owner_id, p_due);
    PERFORM logic.place_event(NULL, p_place, 'place-offered', v_nr, p_due, step.owner_id, v_at, NULL);
    PERFORM logic.notify(p_place.region_id, step.owner_id, NULL, r.client_id, r.referral_id, 'place-offered', v_at);
END
$$;

-- Does what is to be done with one group, in the order of its line; p_due: of saying yes to a place, for routine and soon. A referral
-- that somebody has in hand stops it: it comes again, and nobody is passed over. How many places were offered or lost.
CREATE FUNCTION wijzer.settle_group(p_region int, p_group bigint, p_due timestamptz[], p_size int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    g data.offering_group;
    next record;
    r data.referral;
    v_count int := 0;
BEGIN
    SELECT * INTO g FROM data.offering_group x WHERE x.region_id = p_region AND x.group_id = p_group FOR NO KEY UPDATE;
    LOOP
        next := logic.next_to_settle(g);
        EXIT WHEN next.what IS NULL OR v_count >= p_size;
        SELECT * INTO r FROM data.referral x
        WHERE x.region_id = p_region AND x.referral_id = (next.place).referral_id FOR NO KEY UPDATE SKIP LOCKED;
        EXIT WHEN NOT FOUND;
        -- Under its lock nothing of it changes any more; it may have left meanwhile.
        IF (next.place) IS NOT DISTINCT FROM logic.place_of(p_region, (next.place).step_id) THEN
            IF next.what = 'offer' THEN
                PERFORM logic.offer_place(next.place, p_due[CASE r.urgency WHEN 'soon' THEN 2 ELSE 1 END]);
            ELSE
                PERFORM logic.give_up_place(NULL, p_region, (next.place).step_id, 'lost', 'place-lost', logic.instant(), NULL);
                PERFORM logic.notify(p_region, s.owner_id, NULL, r.client_id, r.referral_id, 'place-lost', logic.instant())
                FROM data.step s WHERE s.region_id = p_region AND s.step_id = (next.place).step_id;
            END IF;
            v_count := v_count + 1;
        END IF;
        SELECT * INTO g FROM data.offering_group x WHERE x.region_id = p_region AND x.group_id = p_group;
    END LOOP;
    IF g.closed_at IS NULL AND g.ended_at IS NULL AND NOT logic.may_join(g, logic.today()) AND next.what IS NULL THEN
        UPDATE data.offering_group x SET closed_at = logic.instant() WHERE x.region_id = p_region AND x.group_id = p_group;
        PERFORM logic.group_event(NULL, g, 'group-closed', logic.instant(), NULL), logic.region_changed(p_region);
    END IF;
    RETURN v_count;
END
$$;
