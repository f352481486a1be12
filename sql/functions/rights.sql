-- What a client may ask for, at the organisation that referred them or at the coordination: a copy of everything, a correction,
-- and that nothing is done with their data for a while. Being forgotten is in erasure.sql.

-- Whether an account speaks for this client (logic.speaks_for), and everything that happens to the client's referrals waits
-- until this is done.
CREATE FUNCTION logic.lock_client(actor logic.actor, p_region int, p_client bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM data.referral r
    WHERE r.region_id = p_region AND r.client_id = p_client
    ORDER BY r.referral_id
    FOR NO KEY UPDATE;
    RETURN logic.speaks_for(actor, p_region, p_client);
END
$$;

-- An event in the history of each of the client's referrals.
CREATE FUNCTION logic.client_event(actor logic.actor, p_region int, p_client bigint, p_kind text, p_fields int, p_at timestamptz,
                                   p_from text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, role, came_from, fields, object_id)
    SELECT p_region, r.referral_id, p_at, p_kind, actor.account_id, actor.organisation_id, actor.role, p_from, p_fields, p_client
    FROM data.referral r
    WHERE r.region_id = p_region AND r.client_id = p_client;
END
$$;

-- ---- a copy ----

CREATE FUNCTION logic.export_decisions(p_region int, p_referral bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
                   'step', wijzer.code(d.step_id), 'table', d.table_no, 'version', d.table_version, 'rule', d.rule_id,
                   'reason', d.reason, 'facts', d.inputs, 'offering', logic.named(d.offering_code, d.offering_name),
                   'organisation', logic.named(d.owner_code, d.owner_name)) ORDER BY s.created_at, d.step_id), '[]')
        FROM data.step s
        JOIN data.decision d ON d.region_id = s.region_id AND d.step_id = s.step_id
        WHERE s.region_id = p_region AND s.referral_id = p_referral);
END
$$;

CREATE FUNCTION logic.export_referrals(p_region int, p_client bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_agg(json_build_object(
                   'id', wijzer.code(r.referral_id), 'createdAt', logic.iso(r.created_at), 'closedAt', logic.iso(r.closed_at),
                   'referrer', r.referrer, 'domains', r.domains, 'wishes', r.wishes, 'icpc', r.icpc, 'urgency', r.urgency, 'class', r.class, 'text', r.text,
                   'outcome', (SELECT logic.word(st.code, st.label) FROM data.state st
                               WHERE st.region_id = p_region AND st.code = r.outcome),
                   'decisions', logic.export_decisions(p_region, r.referral_id),
                   'steps', (SELECT json_agg(d.document ORDER BY d.created_at, d.step_id) FROM logic.step_document d
                             WHERE d.region_id = p_region AND d.referral_id = r.referral_id),
                   'events', (SELECT json_agg(e.document ORDER BY e.at, e.event_id) FROM logic.event_document e
                              WHERE e.region_id = p_region AND e.referral_id = r.referral_id),
                   'goals', (SELECT coalesce(json_agg(g.document ORDER BY g.created_at, g.goal_id), '[]') FROM logic.goal_document g
                             WHERE g.region_id = p_region AND g.referral_id = r.referral_id),
                   'messages', (SELECT coalesce(json_agg(m.document ORDER BY m.step_id, m.nr), '[]') FROM logic.message_document m
                                WHERE m.region_id = p_region AND m.referral_id = r.referral_id),
                   'attachments', (SELECT coalesce(json_agg(x.document ORDER BY x.step_id, x.nr), '[]') FROM logic.attachment_document x
                                   WHERE x.region_id = p_region AND x.referral_id = r.referral_id),
                   'feedback', (SELECT coalesce(json_agg((f.document::jsonb - '{story,paste}'::text[])::json -- "~" stays the first
                                                          ORDER BY f.at, f.feedback_id), '[]')
                                FROM logic.feedback_document f
                                WHERE f.region_id = p_region AND f.referral_id = r.referral_id)) ORDER BY r.created_at, r.referral_id)
        FROM logic.referral_card r
        WHERE r.region_id = p_region AND r.client_id = p_client);
END
$$;

-- Who looked and what was written, newest first: the client's own access log, all of it.
CREATE FUNCTION logic.export_access(p_region int, p_client bigint) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    keys constant logic.access_key[] := ARRAY(
        SELECT k FROM logic.access_of_client(p_region, p_client, '-infinity', 'infinity', NULL, NULL, 2147483647) k);
BEGIN
    RETURN (
        SELECT coalesce(json_agg(logic.access_document(e, p_client) ORDER BY e.at DESC, e.source DESC, e.id DESC), '[]')
        FROM unnest(keys) k
        JOIN logic.access_entry e ON e.region_id = p_region AND e.source = k.source AND e.id = k.id
                                 AND e.referral_id = k.referral_id);
END
$$;

-- Everything about a client, with full sight by the client's own right. Null: not found, or not theirs to give.
CREATE FUNCTION wijzer.export_client(p_region int, p_account int, p_client bigint, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    document json;
BEGIN
    IF NOT coalesce(logic.speaks_for(actor, p_region, p_client), false) THEN
        PERFORM logic.note_client_refused(actor, p_region, 'E', 'export', p_client, p_from);
        RETURN NULL;
    END IF;
    PERFORM logic.note_access(actor, p_region, 'E', 'export', 'granted', p_client, ARRAY[p_client], logic.every_field(), 'right',
                              NULL, NULL, p_from),
            set_config('wijzer.right', p_client::text, true);
    SELECT json_build_object(
        'madeAt', logic.iso(logic.instant()),
        'client', json_build_object(
            'id', wijzer.code(c.client_id), 'name', logic.sealed(c.client_id, c.client_id, 'name', c.name),
            'birthYear', c.birth_year, 'area', c.area, 'phone', logic.sealed(c.client_id, c.client_id, 'phone', c.phone),
            'email', logic.sealed(c.client_id, c.client_id, 'email', c.email), 'language', c.language,
            'bsn', logic.sealed(c.client_id, c.client_id, 'bsn', c.bsn), 'restricted', c.restricted_at IS NOT NULL,
            'erased', c.erased_at IS NOT NULL),
        'referrals', logic.export_referrals(p_region, p_client),
        'consents', logic.consent_document(p_region, p_client) -> 'history',
        'emergencies', (SELECT coalesce(json_agg(e.document ORDER BY e.at, e.emergency_id), '[]') FROM logic.emergency_document e
                        WHERE e.region_id = p_region AND e.client_id = p_client),
        'notices', (SELECT coalesce(json_agg(n.document ORDER BY n.at, n.notice_id), '[]') FROM logic.notice_document n
                    WHERE n.region_id = p_region AND n.client_id = p_client AND n.for_client),
        'accessLog', logic.export_access(p_region, p_client)) INTO document
    FROM logic.client_seen c
    WHERE c.region_id = p_region AND c.client_id = p_client;
    PERFORM set_config('wijzer.right', '', true);
    RETURN document;
END
$$;

-- ---- a correction ----

-- What the daemon needs to seal and hash a correction: the year of birth and the sealed name, since the hash of a name holds
-- both. No row: not found, or not theirs to correct.
CREATE FUNCTION wijzer.client_to_correct(p_region int, p_account int, p_client bigint, p_from text DEFAULT NULL)
RETURNS TABLE (client_id bigint, birth_year int, name text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF NOT coalesce(logic.speaks_for(actor, p_region, p_client), false) THEN
        PERFORM logic.note_client_refused(actor, p_region, 'U', 'client', p_client, p_from);
        RETURN;
    END IF;
    PERFORM set_config('wijzer.right', p_client::text, true);
    RETURN QUERY SELECT c.client_id, c.birth_year, c.name::text FROM logic.client_seen c
                 WHERE c.region_id = p_region AND c.client_id = p_client;
    PERFORM set_config('wijzer.right', '', true);
END
$$;

-- p_fields: bits of what is corrected (name 1, birth year 2, area 4, phone 8, email 16, language 32); the others are left alone.
-- Hashes are hex; p_name_hash goes with a name or year of birth. The owner cannot read these columns, so each is set by itself.
CREATE FUNCTION logic.write_correction(p_region int, p_client bigint, p_fields int, p_birth_year int, p_area text, p_language text,
                                       p_name text, p_phone text, p_email text, p_name_hash text, p_phone_hash text,
                                       p_email_hash text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_fields & 1 <> 0 THEN
        UPDATE data.client c SET name = p_name WHERE c.region_id = p_region AND c.client_id = p_client;
    END IF;
    IF p_fields & 2 <> 0 THEN
        UPDATE data.client c SET birth_year = p_birth_year WHERE c.region_id = p_region AND c.client_id = p_client;
    END IF;
    IF p_fields & 3 <> 0 THEN
        UPDATE data.client c SET name_hash = logic.short_hash(p_name_hash)
        WHERE c.region_id = p_region AND c.client_id = p_client;
    END IF;
    IF p_fields & 4 <> 0 THEN
        UPDATE data.client c SET area = p_area WHERE c.region_id = p_region AND c.client_id = p_client;
    END IF;
    IF p_fields & 8 <> 0 THEN
        UPDATE data.client c SET phone = p_phone, phone_hash = logic.short_hash(p_phone_hash)
        WHERE c.region_id = p_region AND c.client_id = p_client;
    END IF;
    IF p_fields & 16 <> 0 THEN
        UPDATE data.client c SET email = p_email, email_hash = logic.short_hash(p_email_hash)
        WHERE c.region_id = p_region AND c.client_id = p_client;
    END IF;
    IF p_fields & 32 <> 0 THEN
        UPDATE data.client c SET language = p_language WHERE c.region_id = p_region AND c.client_id = p_client;
    END IF;
END
$$;

-- May this account do this to the client now? Locks the client. refusal: null (go on and claim the key), or a result code.
CREATE FUNCTION logic.begin_right(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_client bigint,
                                  p_what text, p_from text, OUT refusal text, OUT answer json) LANGUAGE plpgsql AS $$
DECLARE
    asked record;
BEGIN
    IF NOT coalesce(logic.lock_client(actor, p_region, p_client), false) THEN
        PERFORM logic.note_client_refused(actor, p_region, 'U', p_what, p_client, p_from);
        refusal := CASE WHEN actor.account_id IS NULL THEN 'account-unknown' ELSE 'not-found' END;
        RETURN;
    END IF;
    asked := logic.asked_before(actor, p_region, '{referrer,coordinator}', p_key, p_hash, p_operation, p_client);
    refusal := asked.refusal;
    answer := asked.answer;
    IF refusal IS NULL AND EXISTS (SELECT FROM data.client c
                                   WHERE c.region_id = p_region AND c.client_id = p_client AND c.erased_at IS NOT NULL) THEN
        refusal := 'erased';
    END IF;
END
$$;

-- Whether name and year of birth are still what client_to_correct told: of them the hash of the name was made.
CREATE FUNCTION logic.is_as_seen(p_region int, p_client bigint, p_birth_year int, p_name text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_same boolean;
BEGIN
    PERFORM set_config('wijzer.right', p_client::text, true);
    v_same := EXISTS (SELECT FROM logic.client_seen c
                      WHERE c.region_id = p_region AND c.client_id = p_client
                        AND c.birth_year IS NOT DISTINCT FROM p_birth_year AND c.name IS NOT DISTINCT FROM p_name);
    PERFORM set_config('wijzer.right', '', true);
    RETURN v_same;
END
$$;

-- p_seen_...: as client_to_correct told them; a name or year of birth that was corrected meanwhile is `changed-meanwhile`.
CREATE FUNCTION wijzer.correct_client(p_region int, p_account int, p_key text, p_hash text, p_client bigint, p_fields int,
                                      p_birth_year int, p_area text, p_language text, p_name text, p_phone text, p_email text,
                                      p_name_hash text, p_phone_hash text, p_email_hash text, p_seen_birth_year int,
                                      p_seen_name text, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_right(actor, p_region, p_key, p_hash, 'correct', p_client, 'client', p_from);
    v_at constant timestamptz := logic.instant();
BEGIN
    IF begun.refusal IS NULL AND p_fields & 3 <> 0
       AND NOT logic.is_as_seen(p_region, p_client, p_seen_birth_year, p_seen_name) THEN
        RETURN QUERY SELECT 'changed-meanwhile', NULL::json;
        RETURN;
    END IF;
    IF begun.refusal IS NULL AND logic.claim(actor, p_region, p_key, p_hash, 'correct', p_client, v_at) THEN
        PERFORM logic.write_correction(p_region, p_client, p_fields, p_birth_year, p_area, p_language, p_name, p_phone, p_email,
                                       p_name_hash, p_phone_hash, p_email_hash),
                logic.client_event(actor, p_region, p_client, 'client-corrected', p_fields, v_at, p_from),
                logic.notify_helpers(actor, p_region, p_client, 'client-corrected', p_fields, v_at);
        RETURN QUERY SELECT 'corrected', logic.keep_answer(actor, p_region, p_key, json_build_object(
            'clientId', wijzer.code(p_client), 'correctedAt', logic.iso(v_at), 'fields', logic.words_of_fields(p_fields)));
        RETURN;
    END IF;
    RETURN QUERY SELECT coalesce(begun.refusal, 'key-reused'), begun.answer;
END
$$;

-- ---- restriction ----

-- Nothing is done with the client's data: recipients see nothing, until it is lifted.
CREATE FUNCTION wijzer.restrict_client(p_region int, p_account int, p_key text, p_hash text, p_client bigint, p_lift boolean,
                                       p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_right(actor, p_region, p_key, p_hash, 'restrict', p_client, 'client', p_from);
    v_at constant timestamptz := logic.instant();
    v_kind constant text := CASE WHEN p_lift THEN 'restriction-lifted' ELSE 'client-restricted' END;
BEGIN
    IF begun.refusal IS NOT NULL OR NOT logic.claim(actor, p_region, p_key, p_hash, 'restrict', p_client, v_at) THEN
        RETURN QUERY SELECT coalesce(begun.refusal, 'key-reused'), begun.answer;
        RETURN;
    END IF;
    UPDATE data.client c SET restricted_at = CASE WHEN NOT p_lift THEN v_at END
    WHERE c.region_id = p_region AND c.client_id = p_client AND (c.restricted_at IS NULL) <> p_lift;
    IF FOUND THEN
        PERFORM logic.client_event(actor, p_region, p_client, v_kind, NULL, v_at, p_from),
                logic.notify_helpers(actor, p_region, p_client, v_kind, NULL, v_at);
    END IF;
    RETURN QUERY
    SELECT CASE WHEN p_lift THEN 'lifted' ELSE 'restricted' END, logic.keep_answer(actor, p_region, p_key, json_build_object(
        'clientId', wijzer.code(p_client), 'restricted', NOT p_lift, 'restrictedAt', logic.iso(c.restricted_at)))
    FROM data.client c
    WHERE c.region_id = p_region AND c.client_id = p_client;
END
$$;
