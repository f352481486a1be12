-- Setting a feedback contract, and what it brings once a day.

-- ---- contracts ----

CREATE FUNCTION logic.contract_version(c data.feedback_contract) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('version', c.version, 'form', c.form, 'milestones', to_json(c.milestones),
                             'setBy', logic.person(c.region_id, c.account_id), 'setAt', logic.iso(c.at));
END
$$;

-- How a practice hears back now, and which versions there were, the newest first. by: contract, or what says it where there is
-- none (rules: table 7 is in force; standard: everything at once).
CREATE FUNCTION logic.contract_document(p_region int, p_organisation int) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    contract constant data.feedback_contract := logic.contract_of(p_region, p_organisation);
BEGIN
    RETURN json_build_object(
        'organisation', logic.organisation_named(p_region, p_organisation),
        'by', CASE WHEN contract.version IS NOT NULL THEN 'contract'
                   WHEN EXISTS (SELECT FROM logic.tables_in_force(p_region, wijzer.clock()) t WHERE t.table_no = 7) THEN 'rules'
                   ELSE 'standard' END,
        'form', contract.form, 'milestones', to_json(contract.milestones),
        'history', (SELECT coalesce(json_agg(logic.contract_version(c) ORDER BY c.version DESC), '[]')
                    FROM data.feedback_contract c
                    WHERE c.region_id = p_region AND c.organisation_id = p_organisation));
END
$$;

-- A referrer's own practice; for a coordinator every organisation that has referrers or a contract. Null: for nobody else.
CREATE FUNCTION wijzer.list_contracts(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.role IN ('referrer', 'coordinator') IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(logic.contract_document(p_region, o.organisation_id) ORDER BY o.name, o.organisation_id), '[]')
        FROM data.organisation o
        WHERE o.region_id = p_region
          AND CASE actor.role
              WHEN 'referrer' THEN o.organisation_id = actor.organisation_id
              ELSE o.ended_at IS NULL AND EXISTS (
                  SELECT FROM data.account a
                  WHERE a.region_id = p_region AND a.organisation_id = o.organisation_id AND a.role = 'referrer' AND a.ended_at IS NULL)
                   OR EXISTS (SELECT FROM data.feedback_contract c
                              WHERE c.region_id = p_region AND c.organisation_id = o.organisation_id) END));
END
$$;

-- Sets the contract of a practice: by one of its referrers (p_organisation null, or its own code) or a coordinator. Form standard
-- has no milestones and says: as the region's rules do. Results: set, replayed, key-reused, account-unknown, not-yours,
-- organisation-unknown, organisation-needed.
CREATE FUNCTION wijzer.set_contract(p_region int, p_account int, p_key text, p_hash text, p_organisation text, p_milestones text[],
                                    p_form text)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_at timestamptz;
    asked record;
    practice int;
    v_before data.feedback_contract;
BEGIN
    SELECT o.organisation_id INTO practice FROM data.organisation o
    WHERE o.region_id = p_region AND o.ended_at IS NULL
      AND CASE WHEN p_organisation IS NULL THEN o.organisation_id = actor.organisation_id AND actor.role = 'referrer'
               ELSE o.code = p_organisation END
    FOR NO KEY UPDATE; -- versions of a practice follow each other
    v_at := logic.instant();
    asked := logic.asked_before(actor, p_region, '{referrer,coordinator}', p_key, p_hash, 'contract', NULL);
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN p_organisation IS NULL AND practice IS NULL THEN 'organisation-needed'
        WHEN actor.role = 'referrer' AND practice IS DISTINCT FROM actor.organisation_id THEN 'not-yours'
        WHEN practice IS NULL THEN 'organisation-unknown'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'contract', practice, v_at) THEN 'key-reused'
        ELSE 'set' END;
    answer := asked.answer;
    IF result = 'set' THEN
        v_before := logic.contract_of(p_region, practice);
        INSERT INTO data.feedback_contract (region_id, organisation_id, version, milestones, form, account_id, at)
        SELECT p_region, practice, coalesce(max(c.version), 0) + 1, p_milestones, p_form, p_account, v_at
        FROM data.feedback_contract c
        WHERE c.region_id = p_region AND c.organisation_id = practice;
        -- A coordinator changed it, and the practice should know.
        IF practice <> actor.organisation_id AND (v_before.form, v_before.milestones) IS DISTINCT FROM (p_form, p_milestones) THEN
            INSERT INTO data.notice (region_id, at, organisation_id, kind, object_id)
            VALUES (p_region, v_at, practice, 'contract-changed', practice);
        END IF;
        answer := logic.keep_answer(actor, p_region, p_key, logic.contract_document(p_region, practice));
    END IF;
    RETURN NEXT;
END
$$;

-- ---- digests ----

-- The digests of a working day, which the keeper knows, from 07:00 in Amsterdam on: one for each practice for which something
-- waits, with a notice. Each is made once, whoever asks and however often. How many were made; -1: it is too early.
CREATE FUNCTION wijzer.make_digests(p_region int, p_day date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_until constant timestamptz := (p_day + time '07:00') AT TIME ZONE 'Europe/Amsterdam';
    v_at constant timestamptz := logic.instant();
    made data.feedback_digest;
    v_count int := 0;
BEGIN
    IF v_at < v_until THEN
        RETURN -1;
    END IF;
    -- One keeper after the other: one whose clock is behind makes those of another day, of what waits for both.
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE;
    FOR made IN
        INSERT INTO data.feedback_digest (region_id, organisation_id, day, since, until, at)
        SELECT p_region, o.organisation_id, p_day, x.since, v_until, v_at
        FROM data.organisation o
        CROSS JOIN LATERAL (SELECT logic.digested_until(p_region, o.organisation_id) AS since OFFSET 0) x
        WHERE o.region_id = p_region AND x.since < v_until AND EXISTS (
            SELECT FROM data.feedback f
            WHERE f.region_id = p_region AND f.to_id = o.organisation_id AND f.form = 'daily' AND f.at > x.since AND f.at <= v_until)
        ON CONFLICT DO NOTHING
        RETURNING *
    LOOP
        INSERT INTO data.notice (region_id, at, organisation_id, kind, object_id)
        VALUES (p_region, v_at, made.organisation_id, 'feedback-digest', made.digest_id);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

-- What a digest brought of one client: one text for the patient record, and the feedback it is made of.
CREATE FUNCTION logic.digest_clients(p_region int, p_organisation int, p_since timestamptz, p_until timestamptz)
RETURNS TABLE (referral_id bigint, client_id bigint, unread bigint, document json) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT f.referral_id, f.client_id, count(DISTINCT f.feedback_id) FILTER (WHERE f.opened_at IS NULL),
           json_build_object(
               'referralId', wijzer.code(f.referral_id),
               'client', (SELECT logic.sealed(c.client_id, c.client_id, 'name', c.name) FROM logic.client_seen c
                          WHERE c.region_id = p_region AND c.client_id = f.client_id),
               'feedback', json_agg(wijzer.code(f.feedback_id) ORDER BY f.at, f.feedback_id) FILTER (WHERE p.k = 1),
               'text', json_build_object('~', json_agg(p.piece ORDER BY f.at, f.feedback_id, p.k), 'most', 500, 'line', true))
    FROM (SELECT x.*, count(*) OVER (PARTITION BY x.referral_id) AS n FROM logic.feedback_seen x
          WHERE x.region_id = p_region AND x.to_id = p_organisation AND x.form = 'daily' AND x.at > p_since AND x.at <= p_until) f
    -- Each gets its part of the room.
    CROSS JOIN LATERAL unnest(
        logic.feedback_pieces((SELECT s FROM logic.feedback_seen s WHERE s.region_id = p_region AND s.feedback_id = f.feedback_id),
                              (500 / f.n)::int - 1)
        || to_json(' '::text)) WITH ORDINALITY AS p (piece, k)
    GROUP BY f.referral_id, f.client_id
    ORDER BY min(f.at), f.referral_id;
END
$$;

-- A practice's digests, the newest first, each with a text for every client. Null: unusable cursor, or no referrer.
CREATE FUNCTION wijzer.list_digests(p_region int, p_account int, p_page_size int, p_cursor text, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(p_cursor);
    seen record;
BEGIN
    IF actor.role IS DISTINCT FROM 'referrer' OR p_cursor IS NOT NULL AND place.id IS NULL THEN
        RETURN NULL;
    END IF;
    WITH page AS MATERIALIZED (
        SELECT d.* FROM data.feedback_digest d
        WHERE d.region_id = p_region AND d.organisation_id = actor.organisation_id
          AND (p_cursor IS NULL OR (d.until, d.digest_id) < (place.at, place.id))
        ORDER BY d.until DESC, d.digest_id DESC
        LIMIT size + 1
    ), digest AS (
        SELECT d.until, d.digest_id, x.clients,
               json_build_object('id', wijzer.code(d.digest_id), 'day', d.day, 'at', logic.iso(d.at), 'unread', x.unread,
                                 'clients', x.documents) AS document
        FROM page d
        CROSS JOIN LATERAL (
            SELECT coalesce(json_agg(c.document), '[]') AS documents, array_agg(c.client_id) AS clients,
                   coalesce(sum(c.unread), 0) AS unread
            FROM logic.digest_clients(p_region, actor.organisation_id, d.since, d.until) c) x
    )
    SELECT logic.page(array_agg(d.document ORDER BY d.until DESC, d.digest_id DESC),
                      array_agg(logic.cursor_text('d', d.until, d.digest_id) ORDER BY d.until DESC, d.digest_id DESC), size) AS document,
           ARRAY(SELECT DISTINCT c FROM digest y, unnest(y.clients) c) AS clients
    INTO seen
    FROM digest d;
    IF cardinality(seen.clients) > 0 THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'feedback', 'granted', NULL, seen.clients, 2049, 'referrer', NULL, 'digest',
                                  p_from);
    END IF;
    RETURN seen.document;
END
$$;
