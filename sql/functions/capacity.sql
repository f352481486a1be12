-- How much room an offering has, said by whom and when; its groups; and the promise to say every month whether it is still right.
-- Every change is an event of the offering (data.offering_event); what routing goes by reaches the daemons with the region's snapshot.

CREATE FUNCTION logic.today() RETURNS date LANGUAGE sql STABLE
RETURN (wijzer.clock() AT TIME ZONE 'Europe/Amsterdam')::date;

-- Whether people may join a group today.
CREATE FUNCTION logic.may_join(g data.offering_group, today date) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN (g).ended_at IS NULL
       AND CASE WHEN (g).rolling THEN today <= coalesce((g).ends_on, 'infinity') ELSE today <= (g).starts_on END;

-- The room that was said last, and whether it holds: an offering that is open, has groups to join and no place in any, has a waiting
-- list (state). All null: nothing was said.
CREATE TYPE logic.room AS (state text, said text, places int, wait_days int, as_of date, account_id int);

CREATE FUNCTION logic.room_of(p_region int, p_offering int) RETURNS logic.room LANGUAGE plpgsql STABLE AS $$
DECLARE
    room logic.room;
BEGIN
    SELECT c.state, c.state, c.places, c.wait_days, c.as_of, c.account_id INTO room
    FROM data.capacity c
    WHERE c.region_id = p_region AND c.offering_id = p_offering AND c.as_of <= logic.today()
    ORDER BY c.as_of DESC
    LIMIT 1;
    IF room.state = 'open' AND (SELECT bool_and(g.taken >= g.places) FROM data.offering_group g
                                WHERE g.region_id = p_region AND g.offering_id = p_offering AND g.ended_at IS NULL
                                  AND logic.may_join(g, logic.today())) THEN
        room.state := 'waiting-list';
    END IF;
    RETURN room;
END
$$;

-- How far what was said on a day can be relied upon: fresh, stale, old; unknown: nothing was said. The daemon ranks by the same days.
CREATE FUNCTION logic.freshness(r data.region, as_of date, today date) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN as_of IS NULL THEN 'unknown' WHEN today - as_of > (r).old_days THEN 'old'
            WHEN today - as_of > (r).stale_days THEN 'stale' ELSE 'fresh' END;

-- ---- documents ----

-- How well it is proved that an offering works: {"code", "label", "source", "asOf", "by"}; null: it is not known.
CREATE FUNCTION logic.evidence_of(p_region int, p_offering int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object('code', e.level, 'label', l.label, 'source', e.source, 'asOf', e.as_of,
                                 'by', logic.person(p_region, e.account_id))
        FROM data.evidence e
        JOIN data.evidence_level l ON l.region_id = e.region_id AND l.code = e.level
        WHERE e.region_id = p_region AND e.offering_id = p_offering);
END
$$;

CREATE VIEW logic.group_document AS
SELECT g.region_id, g.offering_id, g.group_id, g.starts_on,
       g.ended_at IS NULL AND logic.today() <= coalesce(g.ends_on, 'infinity') AS is_listed,
       json_build_object(
           'id', wijzer.code(g.group_id), 'name', g.name, 'startsOn', g.starts_on, 'endsOn', g.ends_on, 'way', g.way,
           'rolling', g.rolling, 'places', g.places, 'free', g.places - g.taken,
           'waiting', (SELECT coalesce(sum(p.persons), 0) FROM data.place p
                       WHERE p.region_id = g.region_id AND p.group_id = g.group_id AND p.state = 'waiting'),
           'begun', g.starts_on < logic.today(), 'joinable', logic.may_join(g, logic.today())) AS document
FROM data.offering_group g;

CREATE VIEW logic.offering_document AS
SELECT f.region_id, f.offering_id, f.name, f.organisation_id, o.code AS organisation_code,
       f.ended_at IS NULL AND o.ended_at IS NULL AS is_listed, p.nr IS NOT NULL AS is_asked,
       json_build_object(
           'code', f.code, 'name', f.name, 'organisation', logic.named(o.code, o.name),
           'capacity', CASE WHEN room.state IS NOT NULL THEN json_build_object(
               'state', room.state, 'said', room.said, 'places', room.places, 'waitDays', room.wait_days, 'asOf', room.as_of,
               'by', logic.person(f.region_id, room.account_id)) END,
           'freshness', logic.freshness(r, room.as_of, logic.today()), 'confirmedOn', f.confirmed_on,
           'evidence', logic.evidence_of(f.region_id, f.offering_id),
           -- For who owes it and for coordinators.
           'asked', CASE WHEN p.nr IS NOT NULL AND (current_setting('wijzer.role', true) = 'coordinator'
                              OR f.organisation_id::text = current_setting('wijzer.organisation', true)) THEN json_build_object(
               'by', logic.iso(p.due_at), 'overdue', p.due_at < wijzer.clock(), 'level', p.level) END,
           'replies', coalesce(m.replies, 0), 'replyHours', m.median_hours,
           'accepted', round(m.accepted::numeric / m.replies, 3), 'contactDays', m.contact_days,
           'groups', (SELECT coalesce(json_agg(g.document ORDER BY g.starts_on, g.group_id), '[]') FROM logic.group_document g
                      WHERE g.region_id = f.region_id AND g.offering_id = f.offering_id AND g.is_listed)) AS document
FROM data.offering f
JOIN data.region r ON r.region_id = f.region_id
JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id
LEFT JOIN data.offering_measure m ON m.region_id = f.region_id AND m.offering_id = f.offering_id
LEFT JOIN data.offering_promise p ON p.region_id = f.region_id AND p.offering_id = f.offering_id AND p.ended_at IS NULL
CROSS JOIN LATERAL logic.room_of(f.region_id, f.offering_id) AS room;

-- What there is in the region, by name: {"items"}. p_organisation null: of all; p_asked: what somebody must say is still right. Null:
-- unknown account or organisation. For everybody who works here: nothing in it is about a client.
CREATE FUNCTION wijzer.list_offerings(p_region int, p_account int, p_organisation text, p_asked boolean) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NULL OR p_organisation IS NOT NULL AND NOT EXISTS (
        SELECT FROM data.organisation o WHERE o.region_id = p_region AND o.code = p_organisation) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT json_build_object('items', coalesce(json_agg(d.document ORDER BY d.name, d.offering_id), '[]'))
        FROM logic.offering_document d
        WHERE d.region_id = p_region AND d.is_listed AND (p_organisation IS NULL OR d.organisation_code = p_organisation)
          AND (p_asked IS NOT TRUE OR d.is_asked AND (actor.role = 'coordinator' OR d.organisation_id = actor.organisation_id)));
END
$$;

-- ---- saying how much room there is ----

-- Whoever works for the offering's organisation, and coordinators, who hear it on the phone.
CREATE FUNCTION logic.may_keep(actor logic.actor, p_organisation int) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce((actor).role = 'coordinator' OR (actor).role = 'worker' AND (actor).organisation_id = p_organisation, false);

-- What every write about an offering begins with. Locks it. refusal: null (go on and claim the key), or a result code.
CREATE FUNCTION logic.begin_offering(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_offering text,
                                     OUT refusal text, OUT answer json, OUT offering data.offering) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    asked record;
BEGIN
    SELECT f.* INTO offering FROM data.offering f
    JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id AND o.ended_at IS NULL
    WHERE f.region_id = p_region AND f.code = p_offering AND f.ended_at IS NULL
    FOR NO KEY UPDATE OF f;
    asked := logic.asked_before(actor, p_region, '{worker,coordinator}', p_key, p_hash, p_operation, offering.offering_id);
    answer := asked.answer;
    refusal := CASE WHEN asked.refusal IS NOT NULL THEN asked.refusal
                    WHEN offering.offering_id IS NULL THEN 'offering-unknown'
                    WHEN NOT logic.may_keep(actor, offering.organisation_id) THEN 'not-yours' END;
END
$$;

CREATE FUNCTION logic.keep_offering(actor logic.actor, p_region int, p_key text, p_offering int) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    RETURN logic.keep_answer(actor, p_region, p_key, (
        SELECT d.document FROM logic.offering_document d WHERE d.region_id = p_region AND d.offering_id = p_offering));
END
$$;

-- The room of today, which is right as of now: whoever was asked whether it still was has kept that. p_state null: nothing was said
-- of room, and the rest is right.
CREATE FUNCTION logic.say_room(actor logic.actor, p_offering data.offering, p_kind text, p_state text, p_places int, p_wait_days int,
                               p_at timestamptz, p_from text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    today constant date := (p_at AT TIME ZONE 'Europe/Amsterdam')::date;
    v_nr int;
BEGIN
    IF p_state IS NOT NULL THEN
        INSERT INTO data.capacity AS c (region_id, offering_id, as_of, account_id, state, places, wait_days)
        VALUES (p_offering.region_id, p_offering.offering_id, today, actor.account_id, p_state, p_places, p_wait_days)
        ON CONFLICT (region_id, offering_id, as_of) DO UPDATE
            SET account_id = excluded.account_id, state = excluded.state, places = excluded.places, wait_days = excluded.wait_days;
    END IF;
    UPDATE data.offering f SET confirmed_on = today
    WHERE f.region_id = p_offering.region_id AND f.offering_id = p_offering.offering_id;
    UPDATE data.offering_promise p SET ended_at = p_at, ended_how = 'kept'
    WHERE p.region_id = p_offering.region_id AND p.offering_id = p_offering.offering_id AND p.ended_at IS NULL
    RETURNING p.nr INTO v_nr;
    INSERT INTO data.offering_event (region_id, offering_id, at, kind, account_id, organisation_id, role, came_from, as_of, state,
                                     places, wait_days, nr)
    VALUES (p_offering.region_id, p_offering.offering_id, p_at, p_kind, actor.account_id, actor.organisation_id, actor.role, p_from,
            today, p_state, p_places, p_wait_days, v_nr);
    PERFORM logic.region_changed(p_offering.region_id);
END
$$;

-- p_places and p_wait_days null: not known. Results: set, replayed, key-reused, account-unknown, offering-unknown, not-yours,
-- room-contradicts (full or paused with places, open with none).
CREATE FUNCTION wijzer.set_capacity(p_region int, p_account int, p_key text, p_hash text, p_offering text, p_state text, p_places int,
                                    p_wait_days int, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_offering(actor, p_region, p_key, p_hash, 'set-capacity', p_offering);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN p_state IN ('full', 'paused') AND p_places > 0 OR p_state = 'open' AND p_places = 0 THEN 'room-contradicts'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'set-capacity', (begun.offering).offering_id, v_at) THEN 'key-reused'
        ELSE 'set' END;
    answer := begun.answer;
    IF result = 'set' THEN
        PERFORM logic.say_room(actor, begun.offering, 'capacity-set', p_state, p_places, p_wait_days, v_at, p_from);
        answer := logic.keep_offering(actor, p_region, p_key, (begun.offering).offering_id);
    END IF;
    RETURN NEXT;
END
$$;

-- It is all still right, as it was said last. Results: confirmed, and those of set_capacity.
CREATE FUNCTION wijzer.confirm_offering(p_region int, p_account int, p_key text, p_hash text, p_offering text,
                                        p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_offering(actor, p_region, p_key, p_hash, 'confirm', p_offering);
    room constant logic.room := logic.room_of(p_region, (begun.offering).offering_id);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'confirm', (begun.offering).offering_id, v_at) THEN 'key-reused'
        ELSE 'confirmed' END;
    answer := begun.answer;
    IF result = 'confirmed' THEN
        PERFORM logic.say_room(actor, begun.offering, 'offering-confirmed', room.said, room.places, room.wait_days, v_at, p_from);
        answer := logic.keep_offering(actor, p_region, p_key, (begun.offering).offering_id);
    END IF;
    RETURN NEXT;
END
$$;

-- ---- groups ----

CREATE FUNCTION logic.group_event(actor logic.actor, g data.offering_group, p_kind text, p_at timestamptz, p_from text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.offering_event (region_id, offering_id, at, kind, account_id, organisation_id, role, came_from, places, group_id,
                                     name, starts_on, ends_on, way, rolling)
    VALUES (g.region_id, g.offering_id, p_at, p_kind, actor.account_id, actor.organisation_id, actor.role, p_from, g.places,
            g.group_id, g.name, g.starts_on, g.ends_on, g.way, g.rolling);
END
$$;

CREATE FUNCTION logic.keep_group(actor logic.actor, p_region int, p_key text, p_group bigint) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    RETURN logic.keep_answer(actor, p_region, p_key, (
        SELECT d.document FROM logic.group_document d WHERE d.region_id = p_region AND d.group_id = p_group));
END
$$;

-- Why a group cannot have these days; null: it can. People join a rolling one while it goes on, so that it may have begun; one that
-- nobody can join any more is none.
CREATE FUNCTION logic.fault_of_days(p_starts date, p_ends date, p_rolling boolean) RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN p_starts < logic.today() AND NOT p_rolling THEN 'starts-in-past'
            WHEN p_ends < logic.today() THEN 'ends-in-past' END;

-- p_ends null: it goes on. Results: made, starts-in-past, ends-in-past, and those of set_capacity.
CREATE FUNCTION wijzer.make_group(p_region int, p_account int, p_key text, p_hash text, p_offering text, p_name text, p_starts date,
                                  p_ends date, p_way text, p_rolling boolean, p_places int, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_offering(actor, p_region, p_key, p_hash, 'make-group', p_offering);
    v_at constant timestamptz := logic.instant();
    made data.offering_group;
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN logic.fault_of_days(p_starts, p_ends, p_rolling) IS NOT NULL THEN logic.fault_of_days(p_starts, p_ends, p_rolling)
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'make-group', (begun.offering).offering_id, v_at) THEN 'key-reused'
        ELSE 'made' END;
    answer := begun.answer;
    IF result = 'made' THEN
        INSERT INTO data.offering_group (region_id, offering_id, name, starts_on, ends_on, way, rolling, places, changed_at, created_at)
        VALUES (p_region, (begun.offering).offering_id, p_name, p_starts, p_ends, p_way, p_rolling, p_places, v_at, v_at)
        RETURNING * INTO made;
        PERFORM logic.group_event(actor, made, 'group-made', v_at, p_from), logic.region_changed(p_region);
        answer := logic.keep_group(actor, p_region, p_key, made.group_id);
    END IF;
    RETURN NEXT;
END
$$;

-- What changing and ending a group begin with. Locks it.
CREATE FUNCTION logic.begin_group(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_group bigint,
                                  OUT refusal text, OUT answer json, OUT held data.offering_group) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_organisation int;
    asked record;
BEGIN
    SELECT * INTO held FROM data.offering_group g WHERE g.region_id = p_region AND g.group_id = p_group FOR NO KEY UPDATE;
    v_organisation := (SELECT f.organisation_id FROM data.offering f
                       WHERE f.region_id = p_region AND f.offering_id = held.offering_id);
    asked := logic.asked_before(actor, p_region, '{worker,coordinator}', p_key, p_hash, p_operation, p_group);
    answer := asked.answer;
    refusal := CASE WHEN asked.refusal IS NOT NULL THEN asked.refusal
                    WHEN held.group_id IS NULL THEN 'not-found'
                    WHEN NOT logic.may_keep(actor, v_organisation) THEN 'not-yours' END;
END
$$;

-- Null leaves as it is. Results: changed, replayed, key-reused, account-unknown, not-found, not-yours, group-ended, places-taken (more
-- of them than there would be, or somebody in line needs more), dates-wrong (it would end before it starts), and of a day that is
-- another than before starts-in-past, ends-in-past: nobody in line is thrown out by it. One that has begun may have ended.
CREATE FUNCTION wijzer.change_group(p_region int, p_account int, p_key text, p_hash text, p_group bigint, p_name text, p_starts date,
                                    p_ends date, p_places int, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_group(actor, p_region, p_key, p_hash, 'change-group', p_group);
    v_at constant timestamptz := logic.instant();
    changed data.offering_group := begun.held;
BEGIN
    changed.name := coalesce(p_name, changed.name);
    changed.starts_on := coalesce(p_starts, changed.starts_on);
    changed.ends_on := coalesce(p_ends, changed.ends_on);
    changed.places := coalesce(p_places, changed.places);
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN changed.ended_at IS NOT NULL THEN 'group-ended'
        -- Who stands in line for more than there would ever be would hold up all who stand behind.
        WHEN changed.places < greatest(changed.taken, (SELECT max(p.persons) FROM data.place p
                                                       WHERE p.region_id = p_region AND p.group_id = p_group AND p.state = 'waiting'))
            THEN 'places-taken'
        WHEN changed.ends_on < changed.starts_on THEN 'dates-wrong'
        WHEN changed.starts_on <> (begun.held).starts_on AND changed.starts_on < logic.today() AND NOT changed.rolling THEN 'starts-in-past'
        WHEN changed.ends_on IS DISTINCT FROM (begun.held).ends_on AND changed.ends_on < logic.today() AND changed.rolling THEN 'ends-in-past'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'change-group', p_group, v_at) THEN 'key-reused'
        ELSE 'changed' END;
    answer := begun.answer;
    IF result = 'changed' THEN
        UPDATE data.offering_group g
        SET name = changed.name, starts_on = changed.starts_on, ends_on = changed.ends_on, places = changed.places,
            changed_at = v_at, closed_at = NULL
        WHERE g.region_id = p_region AND g.group_id = p_group;
        PERFORM logic.group_event(actor, changed, 'group-changed', v_at, p_from), logic.region_changed(p_region);
        answer := logic.keep_group(actor, p_region, p_key, p_group);
    END IF;
    RETURN NEXT;
END
$$;

-- Calls it off. Who has a place in it or stands in its line is told by the keeper (settle_group). Results: ended, already-ended,
-- replayed, key-reused, account-unknown, not-found, not-yours.
CREATE FUNCTION wijzer.end_group(p_region int, p_account int, p_key text, p_hash text, p_group bigint, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_group(actor, p_region, p_key, p_hash, 'end-group', p_group);
    v_at constant timestamptz := logic.instant();
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'end-group', p_group, v_at) THEN 'key-reused'
        WHEN (begun.held).ended_at IS NOT NULL THEN 'already-ended'
        ELSE 'ended' END;
    answer := begun.answer;
    IF result = 'ended' THEN
        UPDATE data.offering_group g SET ended_at = v_at, changed_at = v_at
        WHERE g.region_id = p_region AND g.group_id = p_group;
        PERFORM logic.group_event(actor, begun.held, 'group-ended', v_at, p_from), logic.region_changed(p_region);
    END IF;
    IF result IN ('ended', 'already-ended') THEN
        answer := logic.keep_group(actor, p_region, p_key, p_group);
    END IF;
    RETURN NEXT;
END
$$;

-- ---- whether it is still right ----

-- Asks the organisations of offerings of which nobody has said for so many days (data.region.confirm_days) that they are still right:
-- a promise that is due at p_due. What is asked of an offering that has ended since is asked no more. Looks again under the lock of
-- the offering, so that a keeper that is killed misses none and two of them ask once. How many are asked.
CREATE FUNCTION wijzer.ask_offerings(p_region int, p_due timestamptz, p_size int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_days constant int := (SELECT r.confirm_days FROM data.region r WHERE r.region_id = p_region);
    v_at constant timestamptz := logic.instant();
    today constant date := logic.today();
    asked record;
    v_nr int;
    v_count int := 0;
BEGIN
    FOR asked IN
        SELECT f.offering_id, p.nr, p.organisation_id
        FROM data.offering_promise p
        JOIN data.offering f ON f.region_id = p.region_id AND f.offering_id = p.offering_id
        JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id
        WHERE p.region_id = p_region AND p.ended_at IS NULL AND (f.ended_at IS NOT NULL OR o.ended_at IS NOT NULL)
        FOR NO KEY UPDATE OF p SKIP LOCKED
    LOOP
        UPDATE data.offering_promise p SET ended_at = v_at, ended_how = 'released'
        WHERE p.region_id = p_region AND p.offering_id = asked.offering_id AND p.nr = asked.nr;
        INSERT INTO data.offering_event (region_id, offering_id, at, kind, nr)
        VALUES (p_region, asked.offering_id, v_at, 'confirmation-released', asked.nr);
    END LOOP;
    FOR asked IN
        SELECT f.offering_id, f.organisation_id
        FROM data.offering f
        JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id AND o.ended_at IS NULL
        WHERE f.region_id = p_region AND f.ended_at IS NULL
          AND (f.confirmed_on IS NULL OR f.confirmed_on + v_days <= today)
          AND NOT EXISTS (SELECT FROM data.offering_promise p
                          WHERE p.region_id = f.region_id AND p.offering_id = f.offering_id AND p.ended_at IS NULL)
        ORDER BY f.offering_id
        LIMIT p_size
        FOR NO KEY UPDATE OF f SKIP LOCKED
    LOOP
        v_nr := coalesce((SELECT max(p.nr) FROM data.offering_promise p
                          WHERE p.region_id = p_region AND p.offering_id = asked.offering_id), 0) + 1;
        INSERT INTO data.offering_promise (region_id, offering_id, nr, organisation_id, started_at, due_at)
        VALUES (p_region, asked.offering_id, v_nr, asked.organisation_id, v_at, p_due)
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            INSERT INTO data.offering_event (region_id, offering_id, at, kind, organisation_id, nr, due_at)
            VALUES (p_region, asked.offering_id, v_at, 'confirmation-asked', asked.organisation_id, v_nr, p_due);
            PERFORM logic.notify_of_offering(p_region, asked.organisation_id, NULL, asked.offering_id, 'confirmation-asked', v_at);
            v_count := v_count + 1;
        END IF;
    END LOOP;
    RETURN v_count;
END
$$;

CREATE FUNCTION logic.notify_of_offering(p_region int, p_organisation int, p_account int, p_offering int, p_kind text,
                                         p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.notice (region_id, at, organisation_id, account_id, kind, object_id)
    VALUES (p_region, p_at, p_organisation, p_account, p_kind, p_offering);
END
$$;

-- As late_promises (promises.sql), of offerings: step_id is the offering's, kind always confirm, urgency always routine.
CREATE FUNCTION wijzer.late_confirmations(p_region int, p_size int)
RETURNS TABLE (step_id bigint, nr int, kind text, urgency text, level int, is_raised boolean, from_us bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now constant timestamptz := wijzer.clock();
BEGIN
    RETURN QUERY
    SELECT p.offering_id::bigint, p.nr, 'confirm', 'routine', p.level, p.raise_at IS NOT NULL,
           logic.microseconds(CASE WHEN p.raise_at IS NULL THEN p.due_at ELSE v_now END)
    FROM data.offering_promise p
    WHERE p.region_id = p_region AND p.ended_at IS NULL
      AND (p.raise_at <= v_now OR p.raise_at IS NULL AND p.level = 0 AND p.due_at <= v_now)
    ORDER BY p.offering_id
    LIMIT p_size;
END
$$;

-- As raise_promises.
CREATE FUNCTION wijzer.raise_confirmations(p_region int, p_offerings bigint[], p_nrs int[], p_levels int[], p_raised boolean[],
                                           p_next timestamptz[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now constant timestamptz := logic.instant();
    late record;
    promise data.offering_promise;
    v_count int := 0;
BEGIN
    FOR late IN
        SELECT t.offering_id, t.nr, t.level, t.is_raised, t.next_at
        FROM unnest(p_offerings, p_nrs, p_levels, p_raised, p_next) AS t (offering_id, nr, level, is_raised, next_at)
        JOIN data.offering f ON f.region_id = p_region AND f.offering_id = t.offering_id
        ORDER BY t.offering_id
        FOR NO KEY UPDATE OF f SKIP LOCKED
    LOOP
        UPDATE data.offering_promise p SET level = p.level + late.is_raised::int, raise_at = late.next_at
        WHERE p.region_id = p_region AND p.offering_id = late.offering_id AND p.nr = late.nr AND p.ended_at IS NULL
          AND p.level = late.level
          AND CASE WHEN late.is_raised THEN p.raise_at <= v_now ELSE p.raise_at IS NULL AND p.due_at <= v_now END
        RETURNING * INTO promise;
        IF FOUND AND late.is_raised THEN
            INSERT INTO data.offering_event (region_id, offering_id, at, kind, nr, level)
            VALUES (p_region, late.offering_id, v_now, 'confirmation-overdue', late.nr, promise.level);
            PERFORM logic.notify_of_offering(p_region, t.organisation_id, t.account_id, promise.offering_id, 'confirmation-overdue', v_now)
            FROM logic.told_of_late(p_region, promise.level, promise.organisation_id) t;
            v_count := v_count + 1;
        END IF;
    END LOOP;
    RETURN v_count;
END
$$;
