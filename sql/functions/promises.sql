-- Promises that nobody kept. How long each level lasts stands in rule table 5, which the daemon knows: it asks what is late,
-- works out the times, and says them. Every step of that is one transaction that looks again, so that a keeper which is killed
-- in between has lost nothing and several keepers raise a promise once.

-- Offers that nobody answered go another way (functions/offer.sql). Whose time has come: those that have just fallen due (is_raised false: no time to go up has been set yet), and those that go
-- up now. from_at: from when the next time counts. At most p_size.
CREATE FUNCTION wijzer.late_promises(p_region int, p_size int)
RETURNS TABLE (step_id bigint, nr int, kind text, urgency text, level int, is_raised boolean, from_us bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now constant timestamptz := wijzer.clock();
BEGIN
    RETURN QUERY
    SELECT p.step_id, p.nr, p.kind, r.urgency, p.level, p.is_raised, logic.microseconds(p.from_at)
    FROM (
        (SELECT x.step_id, x.nr, x.kind, x.referral_id, x.level, false AS is_raised, x.due_at AS from_at
         FROM data.promise x
         WHERE x.region_id = p_region AND x.ended_at IS NULL AND x.level = 0 AND x.raise_at IS NULL AND x.due_at <= v_now
           AND NOT logic.is_offer(p_region, x.step_id)
         ORDER BY x.due_at
         LIMIT p_size)
        UNION ALL
        (SELECT x.step_id, x.nr, x.kind, x.referral_id, x.level, true, v_now
         FROM data.promise x
         WHERE x.region_id = p_region AND x.ended_at IS NULL AND x.raise_at <= v_now
         ORDER BY x.raise_at
         LIMIT p_size)) p
    JOIN data.referral r ON r.region_id = p_region AND r.referral_id = p.referral_id
    LIMIT p_size;
END
$$;

-- The person to whom what nobody did goes at last: named for the duty, else a coordinator who is there; never p_user (null:
-- nobody), and who may be the same person last of all.
CREATE FUNCTION logic.named_for(p_region int, p_duty text, p_user int, OUT account_id int, OUT organisation_id int)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    SELECT a.account_id, a.organisation_id INTO account_id, organisation_id
    FROM data.account a
    LEFT JOIN data.named_person n ON n.region_id = a.region_id AND n.account_id = a.account_id AND n.duty = p_duty
    WHERE a.region_id = p_region AND a.role = 'coordinator' AND a.ended_at IS NULL AND a.account_id IS DISTINCT FROM p_user
    ORDER BY logic.may_be_one(p_region, a.account_id, p_user), n.account_id IS NULL, a.account_id
    LIMIT 1;
END
$$;

-- Who is told that a promise went up: at level 1 who owes it, at 2 the coordination, at 3 the named person (without one, the
-- coordination).
CREATE FUNCTION logic.told_of_late(p_region int, p_level int, p_owner int, OUT organisation_id int, OUT account_id int)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    organisation_id := CASE p_level WHEN 1 THEN p_owner ELSE logic.coordination_of(p_region) END;
    IF p_level = 3 THEN
        SELECT n.account_id, coalesce(n.organisation_id, told_of_late.organisation_id) INTO account_id, organisation_id
        FROM logic.named_for(p_region, 'promises', NULL) n;
    END IF;
END
$$;

-- Tells them; at level 2 the director as well, if there is one and it is another.
CREATE FUNCTION logic.notify_late(p data.promise, p_client bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_director constant int := logic.director_of(p.region_id, p.referral_id);
BEGIN
    IF p.level = 2 AND v_director <> p.organisation_id THEN
        PERFORM logic.notify(p.region_id, v_director, NULL, p_client, p.referral_id, 'promise-overdue', p_at);
    END IF;
    PERFORM logic.notify(p.region_id, t.organisation_id, t.account_id, p_client, p.referral_id, 'promise-overdue', p_at)
    FROM logic.told_of_late(p.region_id, p.level, p.organisation_id) t;
END
$$;

-- What late_promises() gave, each with its next time (null: none, it is at the top). One that was kept, changed or raised
-- meanwhile, or whose referral somebody has in hand, is left alone: it comes again if it must. How many went up.
CREATE FUNCTION wijzer.raise_promises(p_region int, p_steps bigint[], p_nrs int[], p_levels int[], p_raised boolean[],
                                      p_next timestamptz[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now constant timestamptz := logic.instant();
    late record;
    promise data.promise;
    v_at timestamptz;
    v_count int := 0;
BEGIN
    FOR late IN
        SELECT t.step_id, t.nr, t.level, t.is_raised, t.next_at, r.referral_id, r.client_id
        FROM unnest(p_steps, p_nrs, p_levels, p_raised, p_next) AS t (step_id, nr, level, is_raised, next_at)
        JOIN data.step s ON s.region_id = p_region AND s.step_id = t.step_id
        JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
        ORDER BY r.referral_id
        FOR NO KEY UPDATE OF r SKIP LOCKED
    LOOP
        UPDATE data.promise p SET level = p.level + late.is_raised::int, raise_at = late.next_at
        WHERE p.region_id = p_region AND p.step_id = late.step_id AND p.nr = late.nr AND p.ended_at IS NULL
          AND p.level = late.level
          AND CASE WHEN late.is_raised THEN p.raise_at <= v_now ELSE p.raise_at IS NULL AND p.due_at <= v_now END
        RETURNING * INTO promise;
        IF FOUND AND late.is_raised THEN
            v_at := logic.instant(); -- after the lock, so that it is later than what it waited for
            INSERT INTO data.event (region_id, referral_id, at, kind, step_id, version, level)
            VALUES (p_region, late.referral_id, v_at, 'promise-overdue', late.step_id, late.nr, promise.level);
            PERFORM logic.notify_late(promise, late.client_id, v_at);
            v_count := v_count + 1;
        END IF;
    END LOOP;
    RETURN v_count;
END
$$;
