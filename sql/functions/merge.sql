-- Two referrals of one person: the coordination lets one go on in the other. Its steps end without an outcome of their own; whoever
-- sent it hears the outcome of the other one when that is known. What was asked in it (domains, wishes, urgency) is asked in the
-- other one from then on, and whoever works there hears so. Client, consent and texts of the two stay apart. Reopening the one that was merged lets it stand by itself again; reopening the other one leaves it as it ended.

-- Whether two referrals may be about one person: name and year of birth, or phone number, are the same.
CREATE FUNCTION logic.may_be_one_client(p_region int, p_client bigint, p_other bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM logic.client_hash a
        JOIN logic.client_hash b ON b.region_id = a.region_id AND b.client_id = p_other
                                AND (b.name_hash = a.name_hash OR b.phone_hash = a.phone_hash)
        WHERE a.region_id = p_region AND a.client_id = p_client);
END
$$;

-- Why two referrals cannot be merged; null: they can. Both are locked.
CREATE FUNCTION logic.fault_of_merger(r data.referral, other data.referral) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN r.referral_id = other.referral_id THEN 'same-referral'
        WHEN r.merged_into IS NOT NULL THEN 'already-merged'
        WHEN other.merged_into IS NOT NULL THEN 'goes-on-elsewhere'
        WHEN r.ended_at IS NOT NULL OR other.ended_at IS NOT NULL THEN 'has-ended'
        WHEN EXISTS (SELECT FROM data.referral f WHERE f.region_id = r.region_id AND f.merged_into = r.referral_id) THEN 'is-followed'
        WHEN logic.was_forgotten(r.region_id, r.referral_id) OR logic.was_forgotten(r.region_id, other.referral_id) THEN 'erased'
        WHEN EXISTS (SELECT FROM data.client c
                     WHERE c.region_id = r.region_id AND c.client_id IN (r.client_id, other.client_id)
                       AND c.restricted_at IS NOT NULL) THEN 'restricted'
        WHEN NOT logic.may_be_one_client(r.region_id, r.client_id, other.client_id) THEN 'not-alike'
        WHEN NOT EXISTS (SELECT FROM data.state t WHERE t.region_id = r.region_id AND t.code = 'merged') THEN 'words-missing' END;
END
$$;

-- Ends the open steps of a referral that goes on in another one: their promises are kept, their owners hear of it, and who sent it
-- is told (by p_feedback, with the last of them; null: nobody is) as its contract says: it is not the last word.
CREATE FUNCTION logic.end_merged_steps(actor logic.actor, m logic.move, r data.referral, p_from text, p_feedback bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    step data.step;
    told data.state;
    v_form text;
    v_last bigint;
BEGIN
    SELECT * INTO told FROM data.state t WHERE t.region_id = m.region_id AND t.code = 'merged';
    v_form := CASE WHEN p_feedback IS NULL THEN 'none' ELSE logic.form_of(m, logic.milestone_of(told), told.code) END;
    FOR step IN
        SELECT s.* FROM data.step s
        WHERE s.region_id = m.region_id AND s.referral_id = m.referral_id AND s.ended_at IS NULL
        ORDER BY s.step_id DESC
    LOOP
        UPDATE data.promise p SET ended_at = m.at, ended_how = 'kept'
        WHERE p.region_id = m.region_id AND p.step_id = step.step_id AND p.nr > 0 AND p.ended_at IS NULL;
        m.step_id := step.step_id;
        PERFORM logic.settle_call_back(actor, m, 'merged', NULL, NULL, true, p_from);
        PERFORM logic.end_place(actor, m, p_from);
        UPDATE data.step s
        SET state = 'merged', status = 'cancelled', version = s.version + 1, promise_nr = NULL, decline_code = NULL, ended_at = m.at
        WHERE s.region_id = m.region_id AND s.step_id = step.step_id;
        INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version, from_state, to_state,
                                from_status, to_status, feedback_id, form, role, came_from)
        SELECT m.region_id, m.referral_id, m.at, 'step-moved', m.account_id, m.organisation_id, step.step_id, step.version + 1,
               step.state, 'merged', step.status, 'cancelled', x.feedback_id, CASE WHEN x.feedback_id IS NOT NULL THEN nullif(v_form, 'at-once') END,
               actor.role, p_from
        FROM (SELECT CASE WHEN v_last IS NULL AND v_form <> 'none' THEN p_feedback END AS feedback_id) x;
        v_last := coalesce(v_last, step.step_id);
        IF step.owner_id IS NOT NULL AND step.owner_id <> m.organisation_id THEN
            PERFORM logic.notify(m.region_id, step.owner_id, NULL, r.client_id, m.referral_id, 'referral-merged', m.at);
        END IF;
    END LOOP;
    IF v_form <> 'none' THEN
        m.step_id := v_last;
        PERFORM logic.tell_referrer(m, p_feedback, told, NULL, NULL, NULL, v_form);
    END IF;
END
$$;

-- What was asked in r is asked in other as well: its domains, its wishes, and the urgency where that is higher. Whoever works there
-- hears of it, and so do those who sent the two; added: what the other did not ask.
CREATE FUNCTION logic.join_questions(actor logic.actor, p_at timestamptz, r data.referral, other data.referral, p_from text, OUT domains text[],
                                     OUT wishes text[], OUT urgency text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    domains := ARRAY(SELECT x.code FROM unnest(r.domains) WITH ORDINALITY x (code, n) WHERE x.code <> ALL (other.domains) ORDER BY x.n);
    wishes := ARRAY(SELECT x.code FROM unnest(r.wishes::text[]) WITH ORDINALITY x (code, n)
                    WHERE x.code <> ALL (coalesce(other.wishes::text[], '{}')) ORDER BY x.n);
    urgency := CASE WHEN r.urgency = 'soon' AND other.urgency <> 'soon' THEN 'soon' END;
    WITH joined AS (
        UPDATE data.referral x
        SET domains = x.domains || join_questions.domains,
            wishes = nullif(coalesce(x.wishes::text[], '{}') || join_questions.wishes, '{}'),
            urgency = coalesce(join_questions.urgency, x.urgency)
        WHERE x.region_id = other.region_id AND x.referral_id = other.referral_id
        RETURNING x.*
    )
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, role, came_from, object_id, domains, wishes, urgency)
    SELECT j.region_id, j.referral_id, p_at, 'referral-joined', actor.account_id, actor.organisation_id, actor.role, p_from,
           r.referral_id, j.domains, j.wishes, j.urgency
    FROM joined j;
    PERFORM logic.notify(r.region_id, o.organisation_id, NULL, other.client_id, other.referral_id, 'referral-joined', p_at)
    FROM (SELECT s.owner_id AS organisation_id FROM data.step s
          WHERE s.region_id = other.region_id AND s.referral_id = other.referral_id AND s.ended_at IS NULL AND s.owner_id IS NOT NULL
          UNION
          SELECT other.organisation_id WHERE other.origin IS DISTINCT FROM 'signal') o
    WHERE o.organisation_id <> actor.organisation_id;
    IF r.origin IS DISTINCT FROM 'signal' AND r.organisation_id <> actor.organisation_id THEN
        PERFORM logic.notify(r.region_id, r.organisation_id, NULL, r.client_id, r.referral_id, 'referral-merged', p_at);
    END IF;
END
$$;

-- p_referral goes on in p_into. Who is next to act is then the party of the latter. By coordinators. The referral that goes on is
-- locked first, as its steps do when they end; mergers come one after another, so that two of them cannot wait for each other.
-- Results: merged, replayed, key-reused, account-unknown, not-yours, not-found, into-unknown, or a word of logic.fault_of_merger.
CREATE FUNCTION wijzer.merge_referral(p_region int, p_account int, p_key text, p_hash text, p_referral bigint, p_into bigint,
                                      p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    r data.referral;
    other data.referral;
    m logic.move;
    asked record;
    added record;
    v_sees boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('wijzer.merge ' || p_region, 0));
    SELECT * INTO other FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = p_into FOR NO KEY UPDATE;
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = p_referral FOR NO KEY UPDATE;
    m := (p_region, logic.instant(), p_account, actor.organisation_id, p_referral, NULL, r.organisation_id,
          logic.coordination_of(p_region), r.urgency)::logic.move;
    asked := logic.asked_before(actor, p_region, '{coordinator}', p_key, p_hash, 'merge', p_referral);
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN r.referral_id IS NULL THEN 'not-found'
        WHEN other.referral_id IS NULL THEN 'into-unknown'
        ELSE logic.fault_of_merger(r, other) END;
    IF result IS NULL AND NOT logic.claim(actor, p_region, p_key, p_hash, 'merge', p_referral, m.at) THEN
        result := 'key-reused';
    END IF;
    IF result IS NOT NULL THEN
        IF result IN ('not-found', 'into-unknown', 'not-yours') THEN
            PERFORM logic.note_refused(actor, p_region, 'U', 'referral', p_referral, p_referral, p_from);
        END IF;
        RETURN QUERY SELECT result, asked.answer;
        RETURN;
    END IF;

    UPDATE data.referral x SET merged_into = p_into WHERE x.region_id = p_region AND x.referral_id = p_referral;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, role, came_from, object_id, merged_into)
    VALUES (p_region, p_referral, m.at, 'referral-merged', p_account, actor.organisation_id, actor.role, p_from, p_into, p_into);
    PERFORM logic.end_merged_steps(actor, m, r, p_from,
                                   CASE WHEN r.origin IS DISTINCT FROM 'signal' THEN nextval('data.object_seq') END);
    added := logic.join_questions(actor, m.at, r, other, p_from);
    v_sees := (logic.sight_of(p_region, r.client_id)).fields & 64 <> 0;
    RETURN QUERY
    SELECT 'merged', logic.keep_answer(actor, p_region, p_key, json_build_object(
        'id', wijzer.code(p_referral), 'mergedInto', wijzer.code(p_into), 'at', logic.iso(m.at),
        'added', json_build_object(
            'domains', CASE WHEN v_sees THEN (
                SELECT coalesce(json_agg(logic.word(x.code, (SELECT d.label FROM data.domain d
                                                             WHERE d.region_id = p_region AND d.code = x.code)) ORDER BY x.n), '[]')
                FROM unnest(added.domains) WITH ORDINALITY x (code, n)) END,
            'wishes', CASE WHEN v_sees THEN to_json(added.wishes) END,
            'urgency', CASE WHEN v_sees THEN added.urgency END)));
END
$$;

-- What went on in a referral that has now ended (m) ends with the same outcome. Who sent it hears so, with none of the other one's
-- texts.
CREATE FUNCTION logic.end_followers(m logic.move, p_outcome text, p_due timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    f data.referral;
    own logic.move;
    told data.state;
    v_feedback bigint;
BEGIN
    FOR f IN
        SELECT r.* FROM data.referral r
        WHERE r.region_id = m.region_id AND r.merged_into = m.referral_id AND r.ended_at IS NULL
        ORDER BY r.referral_id
        FOR NO KEY UPDATE
    LOOP
        own := (m.region_id, logic.instant(), NULL, NULL, f.referral_id,
                (SELECT s.step_id FROM data.step s
                 WHERE s.region_id = m.region_id AND s.referral_id = f.referral_id AND s.state = 'merged'
                 ORDER BY s.ended_at DESC, s.step_id DESC
                 LIMIT 1), f.organisation_id, m.coordination_id, f.urgency)::logic.move;
        v_feedback := CASE WHEN f.origin IS DISTINCT FROM 'signal' THEN nextval('data.object_seq') END;
        PERFORM logic.end_referral(own, p_outcome, v_feedback, p_due);
        IF v_feedback IS NOT NULL THEN
            SELECT * INTO told FROM data.state t WHERE t.region_id = m.region_id AND t.code = 'merged';
            PERFORM logic.tell_referrer(own, v_feedback, told, p_outcome, NULL, NULL, 'at-once');
        END IF;
    END LOOP;
END
$$;

-- ---- what looks like a duplicate ----

-- Open referrals that may be about one person, the newest first: {"items": [{"by": "name" | "phone", "referrals": [...]}]}, at most
-- p_size groups. It tells ids and who sent them, nothing of the client; looking leaves an entry in the log. It reads every open
-- referral of the region once: 100,000 take about a second.
CREATE FUNCTION wijzer.list_duplicates(p_region int, p_account int, p_size int, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    found record;
BEGIN
    IF actor.role IS DISTINCT FROM 'coordinator' THEN
        RETURN NULL;
    END IF;
    WITH open AS MATERIALIZED (
        SELECT r.referral_id, r.client_id, r.organisation_id, r.origin, r.created_at, h.name_hash, h.phone_hash
        FROM (SELECT DISTINCT p.referral_id FROM data.promise p WHERE p.region_id = p_region AND p.ended_at IS NULL) p
        JOIN data.referral r ON r.region_id = p_region AND r.referral_id = p.referral_id
        JOIN logic.client_hash h ON h.region_id = p_region AND h.client_id = r.client_id
        WHERE r.ended_at IS NULL AND r.merged_into IS NULL
    ), alike AS (
        SELECT 'name' AS by, array_agg(o.referral_id ORDER BY o.referral_id) AS ids FROM open o
        WHERE o.name_hash IS NOT NULL GROUP BY o.name_hash HAVING count(*) > 1
        UNION ALL
        SELECT 'phone', array_agg(o.referral_id ORDER BY o.referral_id) FROM open o
        WHERE o.phone_hash IS NOT NULL GROUP BY o.phone_hash HAVING count(*) > 1
    ), page AS (
        SELECT string_agg(a.by, '+' ORDER BY a.by) AS by, a.ids
        FROM alike a GROUP BY a.ids
        ORDER BY (SELECT max(i) FROM unnest(a.ids) i) DESC, a.ids
        LIMIT logic.page_size(p_size)
    ), shown AS (
        SELECT p.by, p.ids, json_agg(json_build_object(
                   'id', wijzer.code(o.referral_id), 'createdAt', logic.iso(o.created_at), 'origin', coalesce(o.origin, 'referrer'),
                   'referrer', logic.organisation_named(p_region, o.organisation_id)) ORDER BY o.created_at, o.referral_id) AS referrals,
               array_agg(o.client_id) AS clients
        FROM page p
        JOIN open o ON o.referral_id = ANY (p.ids)
        GROUP BY p.by, p.ids
    )
    SELECT coalesce(json_agg(json_build_object('by', string_to_array(s.by, '+'), 'referrals', s.referrals)
                             ORDER BY (SELECT max(i) FROM unnest(s.ids) i) DESC, s.ids), '[]') AS items,
           ARRAY(SELECT DISTINCT c FROM shown x, unnest(x.clients) c) AS clients
    INTO found
    FROM shown s;
    PERFORM logic.note_access(actor, p_region, 'R', 'duplicates', 'granted', NULL, found.clients, 0, 'none', NULL, NULL, p_from);
    RETURN json_build_object('items', found.items);
END
$$;
