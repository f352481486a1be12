-- Notices: there is something for you. A kind and ids, so that they may be sent on by mail; what it is about is read where
-- consent and the access log watch.

-- p_organisation null: for the client. p_account null: for everybody of the organisation.
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

-- Who has to do with a client and how: organisations that own a step and did not decline it, the coordination (which sees what
-- is granted to it without one), and who referred.
CREATE FUNCTION logic.helpers_of(p_region int, p_client bigint)
RETURNS TABLE (organisation_id int, kind text, referral_id bigint, steps bigint[], is_first boolean, has_referred boolean)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT o.organisation_id, o.kind::text, max(r.referral_id), coalesce(array_agg(s.step_id) FILTER (WHERE s.step_id IS NOT NULL), '{}'),
           coalesce(bool_or(s.parent_id IS NULL AND s.previous_id IS NULL AND s.step_id IS NOT NULL), false),
           bool_or(r.organisation_id = o.organisation_id)
    FROM data.referral r
    JOIN data.organisation o ON o.region_id = r.region_id
    LEFT JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.owner_id = o.organisation_id
                         AND s.status NOT IN ('rejected', 'entered-in-error')
    WHERE r.region_id = p_region AND r.client_id = p_client
      AND (s.step_id IS NOT NULL OR o.organisation_id IN (r.organisation_id, logic.coordination_of(p_region)))
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

CREATE VIEW logic.notice_document AS
SELECT n.region_id, n.notice_id, n.at, n.organisation_id, n.account_id, n.client_id, n.read_at,
       json_build_object(
           'id', wijzer.code(n.notice_id), 'at', logic.iso(n.at),
           'kind', logic.word(n.kind, (SELECT k.label FROM data.event_kind k
                                       WHERE k.region_id = n.region_id AND k.code = n.kind)),
           'referralId', wijzer.code(n.referral_id), 'clientId', wijzer.code(n.client_id),
           'personal', n.account_id IS NOT NULL, 'readAt', logic.iso(n.read_at),
           'readBy', (SELECT a.name FROM data.account a
                      WHERE a.region_id = n.region_id AND a.account_id = n.read_by)) AS document
FROM data.notice n;

-- Of the own organisation, the oldest first; null: unusable cursor or unknown account.
CREATE FUNCTION wijzer.list_notices(p_region int, p_account int, p_unread boolean, p_page_size int, p_cursor text,
                                    p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(coalesce(p_cursor, 'n0.0'));
    seen record;
BEGIN
    IF actor.account_id IS NULL OR place.id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT logic.page(array_agg(n.document ORDER BY n.at, n.notice_id),
                      array_agg(logic.cursor_text('n', n.at, n.notice_id) ORDER BY n.at, n.notice_id), size) AS document,
           (array_agg(n.client_id ORDER BY n.at, n.notice_id))[:size] AS clients
    INTO seen
    FROM (SELECT x.* FROM logic.notice_document x
          WHERE x.region_id = p_region AND x.organisation_id = actor.organisation_id
            AND coalesce(x.account_id, actor.account_id) = actor.account_id
            AND (x.read_at IS NULL OR p_unread IS NOT TRUE) AND (x.at, x.notice_id) > (place.at, place.id)
          ORDER BY x.at, x.notice_id
          LIMIT size + 1) n;
    IF seen.clients IS NOT NULL THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'notices', 'granted', NULL, seen.clients, 0, 'none', NULL, NULL, p_from);
    END IF;
    RETURN seen.document;
END
$$;

-- Marks a notice as read, for the whole organisation.
CREATE FUNCTION wijzer.read_notice(p_region int, p_account int, p_key text, p_hash text, p_notice bigint, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked record;
    v_was timestamptz;
BEGIN
    SELECT n.read_at INTO v_was FROM data.notice n
    WHERE n.region_id = p_region AND n.notice_id = p_notice AND coalesce(n.account_id, p_account) = p_account
      AND n.organisation_id = actor.organisation_id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM logic.note_refused(actor, p_region, 'R', 'notices', p_notice, NULL, p_from);
        RETURN QUERY SELECT 'not-found', NULL::json;
        RETURN;
    END IF;
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator,steward}', p_key, p_hash, 'read', p_notice);
    IF asked.refusal IS NULL AND NOT logic.claim(actor, p_region, p_key, p_hash, 'read', p_notice, logic.instant()) THEN
        asked.refusal := 'key-reused';
    END IF;
    IF asked.refusal IS NOT NULL THEN
        RETURN QUERY SELECT asked.refusal, asked.answer;
        RETURN;
    END IF;
    UPDATE data.notice n SET read_at = logic.instant(), read_by = actor.account_id
    WHERE n.region_id = p_region AND n.notice_id = p_notice AND n.read_at IS NULL;
    RETURN QUERY
    SELECT CASE WHEN v_was IS NULL THEN 'read' ELSE 'already-read' END, logic.keep_answer(actor, p_region, p_key, d.document)
    FROM logic.notice_document d
    WHERE d.region_id = p_region AND d.notice_id = p_notice;
END
$$;
