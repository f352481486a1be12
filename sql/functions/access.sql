-- The access log read: what was read or refused (data.access) and what was written (data.event) as one list of entries with
-- the fields of NEN 7513, newest first; for the client's questions and for the log manager. It holds codes of clients and
-- names of staff, nothing of what was read. Reading it is an entry too.

-- One entry. source: a (access) or e (event); referral_id: of an event, else 0. client_ids: whom it was about.
CREATE VIEW logic.access_entry AS
SELECT a.region_id, a.at, 'a'::text AS source, a.access_id AS id, 0::bigint AS referral_id, a.action, a.what, a.outcome,
       a.account_id, a.organisation_id, a.role, a.came_from, a.object_id, a.client_ids, a.fields, a.ground, a.consent_nr, a.detail
FROM data.access a
UNION ALL
SELECT e.region_id, e.at, 'e', e.event_id, e.referral_id,
       CASE WHEN e.account_id IS NULL THEN 'E' WHEN e.kind IN ('referral-sent', 'step-made', 'goal-set', 'message-sent', 'attachment-added') THEN 'C'
            WHEN e.kind IN ('feedback-opened', 'message-read') THEN 'R' WHEN e.kind IN ('client-erased', 'retention-erased') THEN 'D' ELSE 'U' END,
       e.kind, 'granted', e.account_id, e.organisation_id,
       coalesce(e.role, (SELECT a.role FROM data.account a WHERE a.region_id = e.region_id AND a.account_id = e.account_id)),
       e.came_from, coalesce(e.object_id, CASE WHEN e.kind IN ('feedback-opened', 'story-told') THEN e.feedback_id END, e.step_id, e.client_id),
       ARRAY(SELECT r.client_id FROM data.referral r WHERE r.region_id = e.region_id AND r.referral_id = e.referral_id),
       coalesce(e.fields, 0),
       CASE WHEN e.account_id IS NULL THEN 'system' WHEN e.kind LIKE 'emergency%' THEN 'emergency'
            WHEN e.organisation_id = (SELECT r.organisation_id FROM data.referral r
                                      WHERE r.region_id = e.region_id AND r.referral_id = e.referral_id) THEN 'referrer'
            WHEN EXISTS (SELECT FROM data.step s
                         WHERE s.region_id = e.region_id AND s.referral_id = e.referral_id
                           AND coalesce(s.owner_id, s.offered_to) = e.organisation_id) THEN 'step'
            ELSE 'coordination' END,
       e.consent_nr, e.to_state
FROM data.event e;

-- ---- finding entries: places first, so that only those of the page are looked at closely ----

CREATE TYPE logic.access_key AS (at timestamptz, source text, id bigint, referral_id bigint);

CREATE FUNCTION logic.is_before(k logic.access_key, place logic.place) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN place.id IS NULL OR ((k).at, (k).source, (k).id) < (place.at, place.phase, place.id);

-- Of a period. The tables have summaries by time and no order, so it looks back an hour, then two hours further, then four:
-- about as far as the page needs. What is still to come holds nothing: it begins now at the latest.
CREATE FUNCTION logic.access_of_period(p_region int, p_since timestamptz, p_until timestamptz, p_accounts int[],
                                       p_place logic.place, p_size int) RETURNS SETOF logic.access_key
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_to timestamptz := least(p_until, p_place.at + interval '1 microsecond', logic.instant() + interval '1 second');
    v_from timestamptz;
    span interval := '1 hour';
    found int := 0;
    more int;
BEGIN
    WHILE found < p_size AND v_to > p_since LOOP
        v_from := greatest(p_since, v_to - span);
        RETURN QUERY
        SELECT k.* FROM (
            SELECT a.at, 'a' AS source, a.access_id AS id, 0::bigint AS referral_id FROM data.access a
            WHERE a.region_id = p_region AND a.at >= v_from AND a.at < v_to
              AND (p_accounts IS NULL OR a.account_id = ANY (p_accounts))
            UNION ALL
            SELECT e.at, 'e', e.event_id, e.referral_id FROM data.event e
            WHERE e.region_id = p_region AND e.at >= v_from AND e.at < v_to
              AND (p_accounts IS NULL OR e.account_id = ANY (p_accounts))) k
        WHERE logic.is_before(k::logic.access_key, p_place)
        ORDER BY k.at DESC, k.source DESC, k.id DESC
        LIMIT p_size - found;
        GET DIAGNOSTICS more = ROW_COUNT;
        found := found + more;
        v_to := v_from;
        span := span * 2;
    END LOOP;
END
$$;

CREATE FUNCTION logic.access_of_client(p_region int, p_client bigint, p_since timestamptz, p_until timestamptz, p_accounts int[],
                                       p_place logic.place, p_size int) RETURNS SETOF logic.access_key
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('wijzer.about', p_client::text, true);
    RETURN QUERY
    SELECT k.* FROM (
        SELECT a.at, 'a' AS source, a.access_id AS id, 0::bigint AS referral_id, a.account_id FROM logic.access_about a
        WHERE a.region_id = p_region
        UNION ALL
        SELECT e.at, 'e', e.event_id, e.referral_id, e.account_id
        FROM data.referral r
        JOIN data.event e ON e.region_id = r.region_id AND e.referral_id = r.referral_id
        WHERE r.region_id = p_region AND r.client_id = p_client) AS x
    CROSS JOIN LATERAL (SELECT x.at, x.source, x.id, x.referral_id) AS k
    WHERE x.at >= p_since AND x.at < p_until AND (p_accounts IS NULL OR x.account_id = ANY (p_accounts))
      AND logic.is_before(k::logic.access_key, p_place)
    ORDER BY k.at DESC, k.source DESC, k.id DESC
    LIMIT p_size;
END
$$;

-- ---- one entry in words ----

CREATE FUNCTION logic.lifecycle_of(action text, what text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN what = 'export' THEN 'export' WHEN action = 'C' THEN 'origination' WHEN action = 'U' THEN 'amendment'
            WHEN action = 'D' THEN 'erasure' ELSE 'access' END;

-- Why: what somebody of that role does here.
CREATE FUNCTION logic.purpose_of(role text, ground text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN ground = 'emergency' THEN 'emergency' WHEN ground = 'right' THEN 'client-right' WHEN role IS NULL THEN 'system'
            WHEN role = 'coordinator' THEN 'coordination' WHEN role = 'steward' THEN 'administration' ELSE 'care' END;

CREATE FUNCTION logic.object_kind(what text, object bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN what IN ('inbox', 'search', 'access-log', 'route', 'notices', 'emergencies') THEN what
            WHEN what LIKE 'emergency%' THEN 'emergency' WHEN what IN ('erasure', 'retention-erased', 'restriction-lifted') THEN 'client' WHEN what = 'feedback' AND object IS NULL THEN 'feedback-list'
            WHEN what = 'goal' OR what LIKE 'goal-%' THEN 'goal' WHEN what LIKE 'call-back%' OR what LIKE 'place-%' THEN 'step'
            WHEN what IN ('message-sent', 'message') THEN 'message' WHEN what IN ('attachment-added', 'attachment') THEN 'attachment'
            WHEN what IN ('messages', 'attachments', 'message-read') THEN 'step'
            WHEN what = 'overview' THEN 'overview'
            WHEN what LIKE 'feedback%' OR what = 'story-told' THEN 'feedback' WHEN what IN ('step', 'step-moved', 'step-made', 'step-picked-up', 'step-put-back', 'step-follows', 'promise-started',
                                                                   'referral-sent', 'outcome-rolled-up', 'loop-closed') THEN 'step'
            WHEN what LIKE 'consent%' OR what LIKE 'client%' OR what = 'export' THEN 'client' ELSE 'referral' END;

-- More than who somebody is: health and what was written about them; the citizen service number.
CREATE FUNCTION logic.sensitivity_of(fields int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN fields & 4096 <> 0 THEN 'very-restricted' WHEN fields & 3520 <> 0 THEN 'restricted' ELSE 'normal' END;

-- The care relation: the step by which an organisation had to do with a client then, or the referral it made.
CREATE FUNCTION logic.relation_of(p_region int, p_client bigint, p_organisation int, p_at timestamptz) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object('kind', x.kind, 'id', wijzer.code(x.id))
        FROM (
            SELECT 'referral' AS kind, r.referral_id AS id, r.created_at AS at
            FROM data.referral r
            WHERE r.region_id = p_region AND r.client_id = p_client AND r.organisation_id = p_organisation
            UNION ALL
            SELECT 'step', s.step_id, s.created_at
            FROM data.referral r
            JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id
            WHERE r.region_id = p_region AND r.client_id = p_client AND s.owner_id = p_organisation) x
        WHERE x.at <= p_at
        ORDER BY x.kind, x.at DESC, x.id DESC
        LIMIT 1);
END
$$;

-- p_client: tell of this client alone; null: of whomever it was about. The relation is told where it was about one client.
CREATE FUNCTION logic.access_document(e logic.access_entry, p_client bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    clients constant bigint[] := CASE WHEN p_client IS NULL THEN e.client_ids ELSE ARRAY[p_client] END;
BEGIN
    RETURN json_build_object(
        'id', e.source || '-' || e.id, 'at', logic.iso(e.at), 'type', e.what, 'action', e.action, 'outcome', e.outcome,
        'label', (SELECT k.label FROM data.event_kind k WHERE k.region_id = e.region_id AND k.code = e.what),
        'state', logic.word(CASE WHEN e.source = 'e' THEN e.detail END,
                            (SELECT s.label FROM data.state s WHERE s.region_id = e.region_id AND s.code = e.detail)),
        'account', (SELECT json_build_object(
                        'name', a.name, 'role', e.role, 'organisation', (
                            SELECT logic.named(o.code, o.name) FROM data.organisation o
                            WHERE o.region_id = e.region_id AND o.organisation_id = coalesce(e.organisation_id, a.organisation_id)))
                    FROM data.account a WHERE a.region_id = e.region_id AND a.account_id = e.account_id),
        'purpose', logic.purpose_of(e.role, e.ground), 'address', e.came_from,
        'clients', (SELECT coalesce(json_agg(wijzer.code(c) ORDER BY c), '[]') FROM unnest(clients) c),
        'object', json_build_object(
            'kind', logic.object_kind(e.what, e.object_id), 'id', wijzer.code(e.object_id),
            'lifecycle', logic.lifecycle_of(e.action, e.what), 'sensitivity', logic.sensitivity_of(e.fields)),
        'fields', logic.words_of_fields(e.fields), 'rule', concat_ws(':', coalesce(e.role, 'system'), e.what,
                                                                     CASE WHEN e.source = 'a' THEN e.detail END),
        'relation', CASE WHEN cardinality(clients) = 1 AND e.organisation_id IS NOT NULL
                         THEN logic.relation_of(e.region_id, clients[1], e.organisation_id, e.at) END,
        'ground', e.ground, 'consentNr', e.consent_nr, 'emergency', e.ground = 'emergency',
        'system', (SELECT 'wijzer:' || g.code FROM data.region g WHERE g.region_id = e.region_id));
END
$$;

-- ---- a page ----

-- What it looks like: json, fhir or csv; see audit.sql. NULL where the entries cannot be had.
CREATE FUNCTION logic.access_page(p_region int, p_keys logic.access_key[], p_client bigint, p_size int, p_is_first boolean,
                                  p_format text, p_link text, OUT document text, OUT next text) LANGUAGE plpgsql AS $$
DECLARE
    documents json[];
BEGIN
    IF cardinality(p_keys) > p_size THEN
        next := logic.cursor_text(p_keys[p_size].source, p_keys[p_size].at, p_keys[p_size].id);
    END IF;
    SELECT array_agg(logic.access_document(e, p_client) ORDER BY e.at DESC, e.source DESC, e.id DESC) INTO documents
    FROM unnest(p_keys[:p_size]) k
    JOIN logic.access_entry e ON e.region_id = p_region AND e.source = k.source AND e.id = k.id AND e.referral_id = k.referral_id;
    document := CASE p_format
        WHEN 'fhir' THEN logic.audit_bundle(documents, p_link, next)::text
        WHEN 'csv' THEN logic.access_csv(documents, p_is_first)
        ELSE json_build_object('items', coalesce(to_json(documents), '[]'), 'next', next)::text END;
END
$$;

-- For the client's questions; whoever speaks for the client may ask. Results: listed, not-found, cursor-unknown.
CREATE FUNCTION wijzer.access_log_of_client(p_region int, p_account int, p_client bigint, p_page_size int, p_cursor text,
                                            p_format text, p_link text, p_from text DEFAULT NULL)
RETURNS TABLE (result text, document text, next text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(p_cursor);
BEGIN
    result := CASE WHEN actor.account_id IS NULL OR NOT logic.speaks_for(actor, p_region, p_client) THEN 'not-found'
                   WHEN p_cursor IS NOT NULL AND place.id IS NULL THEN 'cursor-unknown' ELSE 'listed' END;
    IF result = 'listed' THEN
        SELECT p.document, p.next INTO document, next
        FROM logic.access_page(p_region, ARRAY(SELECT k FROM logic.access_of_client(
                                   p_region, p_client, '-infinity', 'infinity', NULL, place, size + 1) k),
                               p_client, size, p_cursor IS NULL, p_format, p_link) p;
    END IF;
    IF actor.account_id IS NOT NULL AND result <> 'cursor-unknown' THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'access-log', CASE result WHEN 'listed' THEN 'granted' ELSE 'refused' END,
                                  p_client, logic.known_client(p_region, p_client), 0,
                                  CASE result WHEN 'listed' THEN logic.ground_of_role(actor.role) END, NULL, p_format, p_from);
    END IF;
    RETURN NEXT;
END
$$;

-- Accounts by name, "name" or "organisation/name"; those that have ended too. Null: none.
CREATE FUNCTION logic.accounts_named(p_region int, p_name text) RETURNS int[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT array_agg(a.account_id)
            FROM data.account a
            JOIN data.organisation o ON o.region_id = a.region_id AND o.organisation_id = a.organisation_id
            WHERE a.region_id = p_region AND p_name IN (a.name, o.code || '/' || a.name));
END
$$;

-- For the log manager (a coordinator): everything of a period, at most of one account and about one client. Without p_since the
-- 31 days before p_until; without p_until up to now. Results: listed, not-yours, account-unknown, cursor-unknown.
CREATE FUNCTION wijzer.access_log(p_region int, p_account int, p_since timestamptz, p_until timestamptz, p_of_account text,
                                  p_client bigint, p_page_size int, p_cursor text, p_format text, p_link text,
                                  p_from text DEFAULT NULL)
RETURNS TABLE (result text, document text, next text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(p_cursor);
    v_until constant timestamptz := coalesce(p_until, logic.instant() + interval '1 second');
    v_since constant timestamptz := coalesce(p_since, v_until - interval '31 days');
    accounts constant int[] := logic.accounts_named(p_region, p_of_account);
    keys logic.access_key[];
BEGIN
    result := CASE WHEN actor.role = 'coordinator' IS NOT TRUE THEN 'not-yours'
                   WHEN p_of_account IS NOT NULL AND accounts IS NULL THEN 'account-unknown'
                   WHEN p_cursor IS NOT NULL AND place.id IS NULL THEN 'cursor-unknown' ELSE 'listed' END;
    IF result = 'listed' THEN
        keys := CASE WHEN p_client IS NULL
            THEN ARRAY(SELECT k FROM logic.access_of_period(p_region, v_since, v_until, accounts, place, size + 1) k)
            ELSE ARRAY(SELECT k FROM logic.access_of_client(p_region, p_client, v_since, v_until, accounts, place, size + 1) k) END;
        SELECT p.document, p.next INTO document, next
        FROM logic.access_page(p_region, keys, NULL, size, p_cursor IS NULL, p_format, p_link) p;
    END IF;
    IF actor.account_id IS NOT NULL AND result IN ('listed', 'not-yours') THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'access-log', CASE result WHEN 'listed' THEN 'granted' ELSE 'refused' END,
                                  p_client, logic.known_client(p_region, p_client), 0,
                                  CASE result WHEN 'listed' THEN 'coordination' END, NULL, p_format, p_from);
    END IF;
    RETURN NEXT;
END
$$;
