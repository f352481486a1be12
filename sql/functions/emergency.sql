-- The emergency button: access beyond consent, with a reason, for a day; the coordination is told, who referred is asked to tell
-- the client, and somebody else looks at it afterwards. A look that does not come is escalated, once for each level, up to a
-- named person.

CREATE VIEW logic.emergency_document AS
SELECT e.region_id, e.emergency_id, e.referral_id, e.client_id, e.account_id, e.at, e.due_at, e.reviewed_at,
       json_build_object(
           'id', wijzer.code(e.emergency_id), 'referralId', wijzer.code(e.referral_id),
           'account', logic.person_for(e.region_id, e.account_id, e.organisation_id),
           'at', logic.iso(e.at), 'until', logic.iso(e.until), 'dueAt', logic.iso(e.due_at),
           'overdue', e.reviewed_at IS NULL AND (e.level > 0 OR e.due_at < wijzer.clock()), 'level', e.level,
           'reason', logic.sealed(s.client_id, s.note_id, 'reason', s.reason),
           'reviewedAt', logic.iso(e.reviewed_at), 'reviewedBy', (
               SELECT a.name FROM data.account a WHERE a.region_id = e.region_id AND a.account_id = e.reviewed_by),
           'verdict', e.verdict, 'review', logic.sealed(s.client_id, s.review_note_id, 'text', s.review),
           'toldBy', logic.named(t.code, t.name), 'toldAt', logic.iso(t.read_at)) AS document
FROM data.emergency e
LEFT JOIN LATERAL (
    SELECT o.code, o.name, n.read_at FROM data.notice n
    JOIN data.organisation o ON o.region_id = n.region_id AND o.organisation_id = n.organisation_id
    WHERE n.region_id = e.region_id AND n.client_id = e.client_id AND n.for_client AND n.object_id = e.emergency_id
      AND n.kind = 'emergency-used') t ON true
LEFT JOIN LATERAL (SELECT * FROM logic.emergency_seen x
                   WHERE x.region_id = e.region_id AND x.emergency_id = e.emergency_id OFFSET 0) s ON true;

-- Whether the client of a referral was forgotten: told by its history, which is not hidden from who is no party.
CREATE FUNCTION logic.was_forgotten(p_region int, p_referral bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.event e WHERE e.region_id = p_region AND e.referral_id = p_referral
                                              AND e.kind IN ('client-erased', 'retention-erased'));
END
$$;

-- Under whose key the reason is sealed. Whoever helps in the region may ask: that is what the button is for; it is kept.
-- Whether an organisation knows of a referral by an offer alone, which does not say who it is about: no reason for a look either.
CREATE FUNCTION logic.is_only_offered(p_region int, p_referral bigint, p_organisation int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.step s
                   WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.offered_to = p_organisation)
       AND NOT logic.takes_part(p_region, p_referral, p_organisation);
END
$$;

CREATE FUNCTION wijzer.client_for_emergency(p_region int, p_account int, p_referral bigint, p_from text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_client bigint;
BEGIN
    SELECT r.client_id INTO v_client FROM data.referral r WHERE r.region_id = p_region AND r.referral_id = p_referral;
    IF v_client IS NULL OR actor.role IS NULL OR actor.role = 'steward'
       OR logic.is_only_offered(p_region, p_referral, actor.organisation_id) THEN
        PERFORM logic.note_refused(actor, p_region, 'E', 'emergency', p_referral, p_referral, p_from);
        RETURN NULL;
    END IF;
    PERFORM logic.note_access(actor, p_region, 'E', 'emergency', 'granted', p_referral, ARRAY[v_client], 0, 'emergency', NULL,
                              NULL, p_from);
    RETURN v_client;
END
$$;

-- Gives the account sight of everything for 24 hours. p_reason is sealed with p_note as its record; p_due: the second look.
CREATE FUNCTION wijzer.use_emergency(p_region int, p_account int, p_key text, p_hash text, p_referral bigint, p_note bigint,
                                     p_reason text, p_due timestamptz, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked record;
    r data.referral;
    v_id bigint;
    v_at timestamptz;
BEGIN
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = p_referral FOR NO KEY UPDATE;
    v_at := logic.instant();
    IF r.referral_id IS NULL OR logic.is_only_offered(p_region, p_referral, actor.organisation_id) THEN
        PERFORM logic.note_refused(actor, p_region, 'E', 'emergency', p_referral, r.referral_id, p_from);
        RETURN QUERY SELECT 'not-found', NULL::json;
        RETURN;
    END IF;
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator}', p_key, p_hash, 'emergency', p_referral);
    IF asked.refusal IS NULL AND logic.was_forgotten(p_region, p_referral) THEN
        asked.refusal := 'erased';
    ELSIF asked.refusal IS NULL AND NOT logic.claim(actor, p_region, p_key, p_hash, 'emergency', p_referral, v_at) THEN
        asked.refusal := 'key-reused';
    END IF;
    IF asked.refusal IS NOT NULL THEN
        IF asked.refusal <> 'replayed' THEN
            PERFORM logic.note_refused(actor, p_region, 'E', 'emergency', p_referral, p_referral, p_from);
        END IF;
        RETURN QUERY SELECT asked.refusal, asked.answer;
        RETURN;
    END IF;

    v_id := nextval('data.object_seq');
    INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, reason)
    VALUES (p_region, p_referral, p_note,
            (SELECT min(s.step_id) FROM data.step s
             WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.parent_id IS NULL AND s.previous_id IS NULL),
            p_account, v_at, p_reason);
    INSERT INTO data.emergency (region_id, emergency_id, referral_id, client_id, account_id, organisation_id, note_id, at, until,
                                due_at)
    VALUES (p_region, v_id, p_referral, r.client_id, p_account, actor.organisation_id, p_note, v_at, v_at + interval '24 hours',
            p_due);
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, note_id, role, came_from, fields,
                            object_id)
    VALUES (p_region, p_referral, v_at, 'emergency-used', p_account, actor.organisation_id, p_note, actor.role, p_from,
            logic.every_field_here(), v_id);
    PERFORM logic.notify(p_region, logic.coordination_of(p_region), NULL, r.client_id, p_referral, 'emergency-used', v_at),
            logic.notify_client(p_region, v_id, 'emergency-used', v_at);
    RETURN QUERY
    SELECT 'used', logic.keep_answer(actor, p_region, p_key, json_build_object(
        'id', wijzer.code(v_id), 'referralId', wijzer.code(p_referral), 'at', logic.iso(v_at),
        'until', logic.iso(v_at + interval '24 hours'), 'dueAt', logic.iso(p_due)));
END
$$;

-- For coordinators: those that wait for a second look, the most pressing first, then the others, the last one first.
CREATE FUNCTION wijzer.list_emergencies(p_region int, p_account int, p_page_size int, p_cursor text, p_from text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(coalesce(p_cursor, 'o0.0'));
    seen record;
BEGIN
    IF actor.role IS DISTINCT FROM 'coordinator' OR place.id IS NULL OR place.phase NOT IN ('o', 'r') THEN
        RETURN NULL;
    END IF;
    WITH page AS MATERIALIZED (
        (SELECT 'o' AS phase, e.due_at AS at, e.emergency_id FROM data.emergency e
         WHERE place.phase = 'o' AND e.region_id = p_region AND e.reviewed_at IS NULL
           AND (e.due_at, e.emergency_id) > (place.at, place.id)
         ORDER BY e.due_at, e.emergency_id LIMIT size + 1)
        UNION ALL
        (SELECT 'r', e.reviewed_at, e.emergency_id FROM data.emergency e
         WHERE e.region_id = p_region AND e.reviewed_at IS NOT NULL
           AND (place.phase = 'o' OR (e.reviewed_at, -e.emergency_id) < (place.at, -place.id))
         ORDER BY e.reviewed_at DESC, e.emergency_id LIMIT size + 1)
        LIMIT size + 1
    ), numbered AS (
        SELECT p.phase, p.at, p.emergency_id, d.client_id, d.document,
               row_number() OVER (ORDER BY p.phase, CASE p.phase WHEN 'o' THEN p.at END, p.at DESC, p.emergency_id) AS n
        FROM page p
        JOIN logic.emergency_document d ON d.region_id = p_region AND d.emergency_id = p.emergency_id
    )
    SELECT logic.page(array_agg(x.document ORDER BY x.n),
                      array_agg(logic.cursor_text(x.phase, x.at, x.emergency_id) ORDER BY x.n), size) AS document,
           (array_agg(x.client_id ORDER BY x.n))[:size] AS clients
    INTO seen
    FROM numbered x;
    IF seen.clients IS NOT NULL THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'emergencies', 'granted', NULL, seen.clients, 2048, 'review', NULL, NULL,
                                  p_from);
    END IF;
    RETURN seen.document;
END
$$;

-- Under whose key the text of a review is sealed: null for who may not review it.
CREATE FUNCTION wijzer.client_of_emergency(p_region int, p_account int, p_emergency bigint, p_from text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_client bigint;
BEGIN
    SELECT e.client_id INTO v_client FROM data.emergency e
    WHERE e.region_id = p_region AND e.emergency_id = p_emergency AND actor.role = 'coordinator';
    IF v_client IS NULL THEN
        PERFORM logic.note_refused(actor, p_region, 'U', 'emergency', p_emergency, NULL, p_from);
    END IF;
    RETURN v_client;
END
$$;

-- The second look, by a coordinator who did not use the button. p_text is sealed with p_note as its record; both may be null.
CREATE FUNCTION wijzer.review_emergency(p_region int, p_account int, p_key text, p_hash text, p_emergency bigint, p_verdict text,
                                        p_note bigint, p_text text, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked record;
    e data.emergency;
    v_at timestamptz;
BEGIN
    -- The referral first, as everything that happens to it.
    PERFORM FROM data.emergency x
    JOIN data.referral r ON r.region_id = x.region_id AND r.referral_id = x.referral_id
    WHERE x.region_id = p_region AND x.emergency_id = p_emergency
    FOR NO KEY UPDATE OF r;
    SELECT * INTO e FROM data.emergency x WHERE x.region_id = p_region AND x.emergency_id = p_emergency FOR NO KEY UPDATE;
    v_at := logic.instant();
    asked := logic.asked_before(actor, p_region, '{coordinator}', p_key, p_hash, 'review', p_emergency);
    result := CASE
        WHEN e.emergency_id IS NULL THEN 'not-found'
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN logic.may_be_one(p_region, p_account, e.account_id) THEN 'same-person'
        WHEN p_text IS NOT NULL AND logic.was_forgotten(p_region, e.referral_id) THEN 'erased'
        WHEN e.reviewed_at IS NOT NULL THEN 'already-reviewed'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'review', p_emergency, v_at) THEN 'key-reused'
        ELSE 'reviewed' END;
    IF result <> 'reviewed' THEN
        IF result IN ('not-found', 'not-yours', 'same-person') THEN
            PERFORM logic.note_refused(actor, p_region, 'U', 'emergency', p_emergency, e.referral_id, p_from);
        END IF;
        RETURN QUERY SELECT result, asked.answer;
        RETURN;
    END IF;

    IF p_text IS NOT NULL THEN
        INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, text)
        SELECT p_region, e.referral_id, p_note, n.step_id, p_account, v_at, p_text
        FROM data.note n
        WHERE n.region_id = p_region AND n.referral_id = e.referral_id AND n.note_id = e.note_id;
    END IF;
    UPDATE data.emergency x
    SET reviewed_at = v_at, reviewed_by = p_account, verdict = p_verdict,
        review_note_id = CASE WHEN p_text IS NOT NULL THEN p_note END
    WHERE x.region_id = p_region AND x.emergency_id = p_emergency;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, note_id, role, came_from, object_id)
    VALUES (p_region, e.referral_id, v_at, 'emergency-reviewed', p_account, actor.organisation_id,
            CASE WHEN p_text IS NOT NULL THEN p_note END, actor.role, p_from, p_emergency);
    PERFORM logic.notify(p_region, e.organisation_id, NULL, e.client_id, e.referral_id, 'emergency-reviewed', v_at),
            logic.notify_client(p_region, p_emergency, 'emergency-reviewed', v_at);
    RETURN QUERY
    SELECT 'reviewed', logic.keep_answer(actor, p_region, p_key, json_build_object(
        'id', wijzer.code(p_emergency), 'referralId', wijzer.code(e.referral_id), 'reviewedAt', logic.iso(v_at),
        'reviewedBy', actor.name, 'verdict', p_verdict));
END
$$;

-- For the keeper of time: every second look that is late goes up one level, and to its next time (p_due). Of several keepers
-- one gets a row; what another has dealt with is not due any more when its lock is gone. Returns how many.
CREATE FUNCTION wijzer.escalate_emergencies(p_region int, p_due timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now constant timestamptz := logic.instant();
    e record;
    named record;
    v_count int := 0;
BEGIN
    FOR e IN
        SELECT x.emergency_id, x.referral_id, x.client_id, x.account_id, x.level + 1 AS level
        FROM data.emergency x
        WHERE x.region_id = p_region AND x.reviewed_at IS NULL AND x.level < 3 AND x.due_at <= v_now
        ORDER BY x.due_at
        LIMIT 100
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        UPDATE data.emergency x SET level = e.level, escalated_at = v_now, due_at = greatest(p_due, v_now)
        WHERE x.region_id = p_region AND x.emergency_id = e.emergency_id;
        INSERT INTO data.event (region_id, referral_id, at, kind, version, object_id)
        VALUES (p_region, e.referral_id, v_now, 'emergency-overdue', e.level, e.emergency_id);
        PERFORM logic.notify(p_region, logic.coordination_of(p_region), NULL, e.client_id, e.referral_id, 'emergency-overdue',
                             v_now);
        IF e.level = 3 THEN
            named := logic.named_for(p_region, 'emergency', e.account_id);
            IF named.account_id IS NOT NULL THEN
                PERFORM logic.notify(p_region, named.organisation_id, named.account_id, e.client_id, e.referral_id,
                                     'emergency-overdue', v_now);
            END IF;
        END IF;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;
