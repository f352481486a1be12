-- Notices: there is something for you. A kind and ids, so that they may be sent on by mail; what it is about is read where
-- consent and the access log watch.

-- p_account null: for everybody of the organisation.
CREATE FUNCTION logic.notify(p_region int, p_organisation int, p_account int, p_client bigint, p_referral bigint, p_kind text,
                             p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.notice (region_id, at, organisation_id, account_id, client_id, referral_id, kind)
    VALUES (p_region, p_at, p_organisation, p_account, p_client, p_referral, p_kind);
END
$$;

CREATE FUNCTION logic.coordination_of(p_region int) RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT g.coordination_id FROM data.region g WHERE g.region_id = p_region);
END
$$;

-- What a client has a right to hear about an emergency: whoever referred them is asked to tell it. Where that is who pressed the
-- button, or is there no more, the coordination is asked.
CREATE FUNCTION logic.notify_client(p_region int, p_emergency bigint, p_kind text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.notice (region_id, at, organisation_id, client_id, referral_id, kind, for_client, object_id)
    SELECT p_region, p_at,
           CASE WHEN r.organisation_id = e.organisation_id OR o.ended_at IS NOT NULL OR r.origin = 'signal'
                THEN coalesce(logic.coordination_of(p_region), r.organisation_id) ELSE r.organisation_id END,
           e.client_id, e.referral_id, p_kind, true, e.emergency_id
    FROM data.emergency e
    JOIN data.referral r ON r.region_id = e.region_id AND r.referral_id = e.referral_id
    JOIN data.organisation o ON o.region_id = r.region_id AND o.organisation_id = r.organisation_id
    WHERE e.region_id = p_region AND e.emergency_id = p_emergency;
END
$$;

-- Tells the coordination that somebody came in as coordinator or steward, became one, or got another key: a colleague should
-- know that there is such a person.
CREATE FUNCTION logic.notify_of_rights(p_region int, p_kind text, p_subject int, p_administration bigint, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.notice (region_id, at, organisation_id, kind, object_id)
    SELECT p_region, p_at, logic.coordination_of(p_region), p_kind, p_administration
    FROM data.account a
    WHERE a.region_id = p_region AND a.account_id = p_subject AND a.role IN ('coordinator', 'steward')
      AND p_kind IN ('enrolled', 'role-changed', 'identity-added') AND logic.coordination_of(p_region) IS NOT NULL;
END
$$;

-- Who has to do with a client and how: organisations that own a step and did not decline or lose it, the coordination (which sees what
-- is granted to it without one), and who referred.
CREATE FUNCTION logic.helpers_of(p_region int, p_client bigint)
RETURNS TABLE (organisation_id int, kind text, referral_id bigint, steps bigint[], is_first boolean, has_referred boolean)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT o.organisation_id, o.kind::text, max(r.referral_id), coalesce(array_agg(s.step_id) FILTER (WHERE s.step_id IS NOT NULL), '{}'),
           coalesce(bool_or(s.parent_id IS NULL AND s.previous_id IS NULL AND s.step_id IS NOT NULL), false),
           bool_or(r.organisation_id = o.organisation_id AND r.origin IS DISTINCT FROM 'signal')
    FROM data.referral r
    JOIN data.organisation o ON o.region_id = r.region_id
    LEFT JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.owner_id = o.organisation_id
                         AND logic.is_helping(s.status, s.state)
    WHERE r.region_id = p_region AND r.client_id = p_client
      AND (s.step_id IS NOT NULL OR o.organisation_id = logic.coordination_of(p_region)
           OR o.organisation_id = r.organisation_id AND r.origin IS DISTINCT FROM 'signal')
    GROUP BY o.organisation_id, o.kind;
END
$$;

-- Tells everybody who referred or may see one of the fields that something changed (p_fields null: everybody who helps), but
-- for the organisation that did it.
CREATE FUNCTION logic.notify_helpers(actor logic.actor, p_region int, p_client bigint, p_kind text, p_fields int, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    grants constant jsonb := (logic.consent_in_force(p_region, p_client)).grants;
BEGIN
    PERFORM logic.notify(p_region, h.organisation_id, NULL, p_client, h.referral_id, p_kind, p_at)
    FROM logic.helpers_of(p_region, p_client) h
    WHERE h.organisation_id IS DISTINCT FROM actor.organisation_id
      AND (h.has_referred OR CASE WHEN p_fields IS NULL THEN h.steps <> '{}'
           ELSE p_fields & logic.granted(grants, h.organisation_id, h.kind, h.steps, h.is_first) <> 0 END);
END
$$;

-- Tells those whose sight became smaller by a change of consent that something was withdrawn, not what.
CREATE FUNCTION logic.notify_narrowed(actor logic.actor, p_region int, p_client bigint, p_old jsonb, p_new jsonb, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM logic.notify(p_region, h.organisation_id, NULL, p_client, h.referral_id, 'consent-withdrawn', p_at)
    FROM logic.helpers_of(p_region, p_client) h
    WHERE h.organisation_id IS DISTINCT FROM actor.organisation_id AND NOT h.has_referred
      AND logic.granted(p_old, h.organisation_id, h.kind, h.steps, h.is_first)
          & ~logic.granted(p_new, h.organisation_id, h.kind, h.steps, h.is_first) <> 0;
END
$$;

-- Of the notices of their organisation, whether somebody sees and marks one: the coordination's are for coordinators, nobody's
-- for stewards, and what is to be told to a client is for who speaks for clients.
CREATE FUNCTION logic.is_addressee(actor logic.actor, p_coordination int, p_account int, p_for_client boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE (actor).role
       WHEN 'coordinator' THEN true
       WHEN 'referrer' THEN (actor).organisation_id IS DISTINCT FROM p_coordination
       WHEN 'worker' THEN (actor).organisation_id IS DISTINCT FROM p_coordination AND NOT p_for_client
       ELSE false END
       AND coalesce(p_account, (actor).account_id) = (actor).account_id;

-- An account as a notice tells of one: who it is, as what, and who let them in, raised them or gave them a key.
CREATE FUNCTION logic.notice_account(p_region int, p_administration bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'name', a.name, 'organisation', logic.named(o.code, o.name),
            'role', coalesce(m.what ->> 'role', m.what ->> 'to', a.role),
            'by', (SELECT b.name FROM data.account b
                   WHERE b.region_id = p_region
                     AND b.account_id = coalesce((m.what ->> 'invitedBy')::int, m.account_id)))
        FROM data.administration m
        JOIN data.account a ON a.region_id = m.region_id AND a.account_id = m.subject_id
        JOIN data.organisation o ON o.region_id = a.region_id AND o.organisation_id = a.organisation_id
        WHERE m.region_id = p_region AND m.administration_id = p_administration);
END
$$;

CREATE VIEW logic.notice_document AS
SELECT n.region_id, n.notice_id, n.at, n.organisation_id, n.account_id, n.client_id, n.read_at, n.for_client,
       json_build_object(
           'id', wijzer.code(n.notice_id), 'at', logic.iso(n.at),
           'kind', logic.word(n.kind, (SELECT k.label FROM data.event_kind k
                                       WHERE k.region_id = n.region_id AND k.code = n.kind)),
           'referralId', wijzer.code(n.referral_id), 'clientId', wijzer.code(n.client_id),
           'account', CASE WHEN n.client_id IS NULL AND n.kind NOT IN ('feedback-digest', 'confirmation-asked', 'confirmation-overdue', 'subscription-gone', 'contract-changed')
                           THEN logic.notice_account(n.region_id, n.object_id) END,
           'offering', CASE WHEN n.kind IN ('confirmation-asked', 'confirmation-overdue') THEN (
               SELECT logic.named(f.code, f.name) FROM data.offering f
               WHERE f.region_id = n.region_id AND f.offering_id = n.object_id) END,
           'personal', n.account_id IS NOT NULL,
           -- Of what is late the named person is told at last, and nobody else is personally.
           'person', CASE WHEN n.kind = 'promise-overdue' THEN logic.person(n.region_id, n.account_id) END, 'forClient', n.for_client,
           'organisation', CASE WHEN n.for_client THEN (
               SELECT logic.named(o.code, o.name) FROM data.emergency e
               JOIN data.organisation o ON o.region_id = e.region_id AND o.organisation_id = e.organisation_id
               WHERE e.region_id = n.region_id AND e.emergency_id = n.object_id) END,
           -- The notice and the event are of one moment.
           'late', CASE WHEN n.kind = 'promise-overdue' THEN (
               SELECT logic.late_document(e.region_id, e.step_id, e.version, e.level) FROM data.event e
               WHERE e.region_id = n.region_id AND e.referral_id = n.referral_id AND e.kind = n.kind AND e.at = n.at
               LIMIT 1) END,
           'readAt', logic.iso(n.read_at),
           'readBy', (SELECT a.name FROM data.account a
                      WHERE a.region_id = n.region_id AND a.account_id = n.read_by)) AS document
FROM data.notice n;

-- Of the own organisation, as far as they are for this role, the oldest first; null: unusable cursor or unknown account.
CREATE FUNCTION wijzer.list_notices(p_region int, p_account int, p_unread boolean, p_page_size int, p_cursor text,
                                    p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(coalesce(p_cursor, 'n0.0'));
    coordination constant int := logic.coordination_of(p_region);
    seen record;
BEGIN
    IF actor.account_id IS NULL OR place.id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT logic.page(array_agg(n.document ORDER BY n.at, n.notice_id),
                      array_agg(logic.cursor_text('n', n.at, n.notice_id) ORDER BY n.at, n.notice_id), size) AS document,
           array_remove((array_agg(n.client_id ORDER BY n.at, n.notice_id))[:size], NULL) AS clients
    INTO seen
    FROM (SELECT x.* FROM logic.notice_document x
          WHERE x.region_id = p_region AND x.organisation_id = actor.organisation_id
            AND logic.is_addressee(actor, coordination, x.account_id, x.for_client)
            AND (x.read_at IS NULL OR p_unread IS NOT TRUE) AND (x.at, x.notice_id) > (place.at, place.id)
          ORDER BY x.at, x.notice_id
          LIMIT size + 1) n;
    IF seen.clients IS NOT NULL THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'notices', 'granted', NULL, seen.clients, 0, 'none', NULL, NULL, p_from);
    END IF;
    RETURN seen.document;
END
$$;

-- Marks a notice as read, for the whole organisation; one for the client as told, which is an event. What is about somebody's
-- rights, a colleague marks: neither they nor who gave them. Results: read, already-read, replayed, key-reused, not-found,
-- same-person.
CREATE FUNCTION wijzer.read_notice(p_region int, p_account int, p_key text, p_hash text, p_notice bigint, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked record;
    v_notice data.notice;
    v_at timestamptz;
BEGIN
    -- The referral first, as everything that happens to it.
    PERFORM FROM data.notice n
    JOIN data.referral r ON r.region_id = n.region_id AND r.referral_id = n.referral_id
    WHERE n.region_id = p_region AND n.notice_id = p_notice AND n.for_client
    FOR NO KEY UPDATE OF r;
    SELECT * INTO v_notice FROM data.notice n
    WHERE n.region_id = p_region AND n.notice_id = p_notice AND n.organisation_id = actor.organisation_id
      AND logic.is_addressee(actor, logic.coordination_of(p_region), n.account_id, n.for_client)
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM logic.note_refused(actor, p_region, 'R', 'notices', p_notice, NULL, p_from);
        RETURN QUERY SELECT 'not-found', NULL::json;
        RETURN;
    END IF;
    v_at := logic.instant();
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator}', p_key, p_hash, 'read', p_notice);
    IF asked.refusal IS NULL AND v_notice.client_id IS NULL
       AND v_notice.kind NOT IN ('feedback-digest', 'confirmation-asked', 'confirmation-overdue', 'subscription-gone', 'contract-changed')
       AND logic.may_be_one(p_region, p_account, (
        SELECT m.subject_id FROM data.administration m
        WHERE m.region_id = p_region AND m.administration_id = v_notice.object_id)) THEN
        asked.refusal := 'same-person';
    ELSIF asked.refusal IS NULL AND NOT logic.claim(actor, p_region, p_key, p_hash, 'read', p_notice, v_at) THEN
        asked.refusal := 'key-reused';
    END IF;
    IF asked.refusal IS NOT NULL THEN
        RETURN QUERY SELECT asked.refusal, asked.answer;
        RETURN;
    END IF;
    UPDATE data.notice n SET read_at = v_at, read_by = actor.account_id
    WHERE n.region_id = p_region AND n.notice_id = p_notice AND n.read_at IS NULL;
    IF v_notice.for_client AND v_notice.read_at IS NULL THEN
        INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, role, came_from, object_id)
        VALUES (p_region, v_notice.referral_id, v_at, 'client-told', p_account, actor.organisation_id, actor.role, p_from,
                v_notice.client_id);
    END IF;
    RETURN QUERY
    SELECT CASE WHEN v_notice.read_at IS NULL THEN 'read' ELSE 'already-read' END,
           logic.keep_answer(actor, p_region, p_key, d.document)
    FROM logic.notice_document d
    WHERE d.region_id = p_region AND d.notice_id = p_notice;
END
$$;
