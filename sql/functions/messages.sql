-- What the parties to a step write to each other, and the files they add: who referred, who works on the step, the director of the
-- referral, and coordinators. A text is a note, seen by logic.message_seen alone; nothing of it stands in events, which tell who
-- wrote, when, and up to where an organisation has read.

-- ---- who ----

-- Whether an account takes part in what is written about a step. Whoever declined it, lost it or was not given it yet does not.
CREATE FUNCTION logic.may_talk(actor logic.actor, p_region int, p_step data.step, p_referral data.referral) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(
        actor.role = 'coordinator'
        OR logic.acts_as_referrer(actor, p_region, p_referral.referral_id, p_referral.organisation_id)
        OR actor.role = 'worker' AND actor.organisation_id = p_step.owner_id AND logic.is_helping(p_step.status, p_step.state)
        OR actor.role IN ('referrer', 'worker') AND actor.organisation_id = p_referral.director_id
           AND logic.may_direct(p_region, p_referral.referral_id, actor.organisation_id), false);
END
$$;

-- The organisations that hear of a message: those that take part, and the coordination where it has written too.
CREATE FUNCTION logic.talkers(p_region int, p_step bigint) RETURNS SETOF int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT CASE WHEN r.origin = 'signal' THEN logic.coordination_of(p_region) ELSE r.organisation_id END
    FROM data.step s
    JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
    WHERE s.region_id = p_region AND s.step_id = p_step
    UNION
    SELECT s.owner_id FROM data.step s
    WHERE s.region_id = p_region AND s.step_id = p_step AND s.owner_id IS NOT NULL AND logic.is_helping(s.status, s.state)
    UNION
    SELECT r.director_id
    FROM data.step s
    JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
    WHERE s.region_id = p_region AND s.step_id = p_step AND logic.may_direct(p_region, r.referral_id, r.director_id)
    UNION
    SELECT m.organisation_id FROM data.message m
    WHERE m.region_id = p_region AND m.step_id = p_step AND m.organisation_id = logic.coordination_of(p_region);
END
$$;

-- ---- documents ----

-- unread: by the organisation that asks; readBy: the others that have read it.
CREATE VIEW logic.message_document AS
SELECT m.region_id, m.step_id, m.nr, m.referral_id, m.client_id,
       json_build_object(
           'id', wijzer.code(m.message_id), 'stepId', wijzer.code(m.step_id), 'referralId', wijzer.code(m.referral_id),
           'number', m.nr, 'at', logic.iso(m.at),
           'by', logic.person_for(m.region_id, m.account_id, m.organisation_id),
           'text', logic.sealed(m.client_id, m.message_id, 'text', m.text),
           'unread', m.organisation_id IS DISTINCT FROM nullif(current_setting('wijzer.organisation', true), '')::int
                     AND NOT EXISTS (SELECT FROM data.message_mark k
                                     WHERE k.region_id = m.region_id AND k.step_id = m.step_id AND k.message_nr >= m.nr
                                       AND k.organisation_id = nullif(current_setting('wijzer.organisation', true), '')::int),
           'readBy', (SELECT coalesce(json_agg(logic.named(o.code, o.name) ORDER BY o.code), '[]')
                      FROM data.message_mark k
                      JOIN data.organisation o ON o.region_id = k.region_id AND o.organisation_id = k.organisation_id
                      WHERE k.region_id = m.region_id AND k.step_id = m.step_id AND k.message_nr >= m.nr
                        AND k.organisation_id <> m.organisation_id)) AS document
FROM logic.message_seen m;

CREATE VIEW logic.attachment_document AS
SELECT x.region_id, x.step_id, x.nr, x.referral_id, x.attachment_id, x.client_id,
       json_build_object(
           'id', wijzer.code(x.attachment_id), 'stepId', wijzer.code(x.step_id), 'referralId', wijzer.code(x.referral_id),
           'number', x.nr, 'at', logic.iso(x.at),
           'by', logic.person_for(x.region_id, x.account_id, x.organisation_id),
           'name', logic.sealed(x.client_id, x.attachment_id, 'name', x.name), 'mediaType', x.media, 'size', x.size,
           'sha256', logic.sealed(x.client_id, x.attachment_id, 'digest', x.digest), 'erased', x.erased_at IS NOT NULL) AS document
FROM logic.attachment_seen x;

-- ---- writing ----

-- What every write begins with. Locks the referral, so that numbers have no holes. refusal: null (go on and claim the key), or a
-- result code.
CREATE FUNCTION logic.begin_talk(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_step bigint,
                                 p_what text, p_from text, OUT refusal text, OUT answer json, OUT step data.step)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    r data.referral;
    asked record;
BEGIN
    SELECT x.* INTO r FROM data.step s
    JOIN data.referral x ON x.region_id = s.region_id AND x.referral_id = s.referral_id
    WHERE s.region_id = p_region AND s.step_id = p_step
    FOR NO KEY UPDATE OF x;
    SELECT * INTO step FROM data.step s WHERE s.region_id = p_region AND s.step_id = p_step;
    refusal := CASE WHEN actor.account_id IS NULL THEN 'account-unknown'
                    WHEN step.step_id IS NULL OR NOT logic.may_talk(actor, p_region, step, r) THEN 'not-found' END;
    IF refusal IS NOT NULL THEN
        PERFORM logic.note_refused(actor, p_region, 'C', p_what, p_step, step.referral_id, p_from);
        RETURN;
    END IF;
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator}', p_key, p_hash, p_operation, p_step);
    answer := asked.answer;
    refusal := asked.refusal;
END
$$;

-- Why nothing may be written about this client now; null: it may.
CREATE FUNCTION logic.is_silent(p_region int, p_referral bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE WHEN c.erased_at IS NOT NULL THEN 'erased' WHEN c.restricted_at IS NOT NULL THEN 'restricted' END
            FROM data.referral r
            JOIN data.client c ON c.region_id = r.region_id AND c.client_id = r.client_id
            WHERE r.region_id = p_region AND r.referral_id = p_referral);
END
$$;

CREATE FUNCTION logic.talk_event(actor logic.actor, p_step data.step, p_kind text, p_nr int, p_object bigint, p_at timestamptz,
                                 p_from text, p_media text DEFAULT NULL, p_size int DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, object_id, message_nr, role,
                            came_from, media, size)
    VALUES (p_step.region_id, p_step.referral_id, p_at, p_kind, actor.account_id, actor.organisation_id, p_step.step_id, p_object,
            p_nr, actor.role, p_from, p_media, p_size);
END
$$;

-- Under whose key a message or file is sealed: null for who takes no part. p_what: message or attachment.
CREATE FUNCTION wijzer.client_to_write(p_region int, p_account int, p_step bigint, p_what text, p_from text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    step data.step;
    r data.referral;
BEGIN
    SELECT * INTO step FROM data.step s WHERE s.region_id = p_region AND s.step_id = p_step;
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = step.referral_id;
    IF actor.account_id IS NULL OR r.client_id IS NULL OR NOT logic.may_talk(actor, p_region, step, r) THEN
        PERFORM logic.note_refused(actor, p_region, 'C', p_what, p_step, step.referral_id, p_from);
        RETURN NULL;
    END IF;
    RETURN r.client_id;
END
$$;

-- Sends a message; a step may have ended. p_text is sealed under the key of client_to_write() with p_message (of reserve_ids()) as
-- its record. Results: sent, replayed, key-reused, account-unknown, not-found, erased, restricted, too-many (1,000 of a step).
CREATE FUNCTION wijzer.send_message(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_message bigint, p_text text,
                                    p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_talk(actor, p_region, p_key, p_hash, 'send-message', p_step, 'message', p_from);
    step constant data.step := begun.step;
    v_at constant timestamptz := logic.instant();
    v_nr constant int := (SELECT coalesce(max(m.nr), 0) + 1 FROM data.message m WHERE m.region_id = p_region AND m.step_id = p_step);
BEGIN
    result := coalesce(begun.refusal, logic.is_silent(p_region, step.referral_id), CASE
        WHEN v_nr > 1000 THEN 'too-many'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'send-message', p_step, v_at) THEN 'key-reused'
        ELSE 'sent' END);
    answer := begun.answer;
    IF result = 'sent' THEN
        INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, text)
        VALUES (p_region, step.referral_id, p_message, p_step, p_account, v_at, p_text);
        INSERT INTO data.message (region_id, step_id, nr, message_id, referral_id, organisation_id, account_id, at)
        VALUES (p_region, p_step, v_nr, p_message, step.referral_id, actor.organisation_id, p_account, v_at);
        INSERT INTO data.message_waiting (region_id, organisation_id, step_id, at)
        SELECT p_region, x.organisation_id, p_step, v_at FROM logic.talkers(p_region, p_step) AS x (organisation_id)
        WHERE x.organisation_id <> actor.organisation_id
        ON CONFLICT (region_id, organisation_id, step_id) DO UPDATE SET at = v_at;
        PERFORM logic.talk_event(actor, step, 'message-sent', v_nr, p_message, v_at, p_from);
        answer := logic.keep_answer(actor, p_region, p_key, json_build_object(
            'id', wijzer.code(p_message), 'stepId', wijzer.code(p_step), 'referralId', wijzer.code(step.referral_id),
            'number', v_nr, 'at', logic.iso(v_at)));
    END IF;
    RETURN NEXT;
END
$$;

-- The own organisation has read the messages of a step up to this number. Results: read, already-read, replayed, key-reused,
-- account-unknown, not-found.
CREATE FUNCTION wijzer.read_messages(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_up_to int,
                                     p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_talk(actor, p_region, p_key, p_hash, 'read-messages', p_step, 'message', p_from);
    v_at constant timestamptz := logic.instant();
    v_was constant int := coalesce((SELECT k.message_nr FROM data.message_mark k
                                    WHERE k.region_id = p_region AND k.step_id = p_step AND k.organisation_id = actor.organisation_id), 0);
    v_nr constant int := coalesce((SELECT max(m.nr) FROM data.message m
                                   WHERE m.region_id = p_region AND m.step_id = p_step AND m.nr <= p_up_to), 0);
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'read-messages', p_step, v_at) THEN 'key-reused'
        WHEN v_nr <= v_was THEN 'already-read'
        ELSE 'read' END;
    answer := begun.answer;
    IF result = 'read' THEN
        INSERT INTO data.message_mark (region_id, step_id, organisation_id, referral_id, message_nr, account_id, at)
        VALUES (p_region, p_step, actor.organisation_id, (begun.step).referral_id, v_nr, p_account, v_at)
        ON CONFLICT (region_id, step_id, organisation_id) DO UPDATE SET message_nr = v_nr, account_id = p_account, at = v_at;
        DELETE FROM data.message_waiting w
        WHERE w.region_id = p_region AND w.organisation_id = actor.organisation_id AND w.step_id = p_step
          AND logic.unread(begun.step) = 0;
        PERFORM logic.talk_event(actor, begun.step, 'message-read', v_nr, NULL, v_at, p_from);
    END IF;
    IF result IN ('read', 'already-read') THEN
        answer := logic.keep_answer(actor, p_region, p_key, json_build_object(
            'stepId', wijzer.code(p_step), 'readTo', greatest(v_nr, v_was), 'unread', logic.unread(begun.step)));
    END IF;
    RETURN NEXT;
END
$$;

-- Adds a file. p_attachment (of reserve_ids()) is the record under which name, digest (SHA-256, hex) and content are sealed; p_size in
-- bytes; p_media as the daemon found it in the content. Results: added, and those of send_message (too-many: 20 of a step).
CREATE FUNCTION wijzer.add_attachment(p_region int, p_account int, p_key text, p_hash text, p_step bigint, p_attachment bigint,
                                      p_media text, p_size int, p_name text, p_digest text, p_content text, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_talk(actor, p_region, p_key, p_hash, 'add-attachment', p_step, 'attachment', p_from);
    step constant data.step := begun.step;
    v_at constant timestamptz := logic.instant();
    v_nr constant int := (SELECT coalesce(max(x.nr), 0) + 1 FROM data.attachment x
                          WHERE x.region_id = p_region AND x.step_id = p_step);
BEGIN
    result := coalesce(begun.refusal, logic.is_silent(p_region, step.referral_id), CASE
        WHEN v_nr > 20 THEN 'too-many'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'add-attachment', p_step, v_at) THEN 'key-reused'
        ELSE 'added' END);
    answer := begun.answer;
    IF result = 'added' THEN
        INSERT INTO data.attachment (region_id, step_id, nr, attachment_id, referral_id, organisation_id, account_id, at, media, size,
                                     name, digest, content)
        VALUES (p_region, p_step, v_nr, p_attachment, step.referral_id, actor.organisation_id, p_account, v_at, p_media, p_size,
                p_name, p_digest, p_content);
        PERFORM logic.talk_event(actor, step, 'attachment-added', v_nr, p_attachment, v_at, p_from, p_media, p_size);
        answer := logic.keep_answer(actor, p_region, p_key, json_build_object(
            'id', wijzer.code(p_attachment), 'stepId', wijzer.code(p_step), 'referralId', wijzer.code(step.referral_id),
            'number', v_nr, 'at', logic.iso(v_at), 'mediaType', p_media, 'size', p_size));
    END IF;
    RETURN NEXT;
END
$$;

-- ---- reading ----

-- What every read begins with: the step, all null where who asks takes no part; either way the access log says so.
CREATE FUNCTION logic.enter_talk(actor logic.actor, p_region int, p_step bigint, p_what text, p_from text) RETURNS data.step
LANGUAGE plpgsql AS $$
DECLARE
    step data.step;
    r data.referral;
BEGIN
    SELECT * INTO step FROM data.step s WHERE s.region_id = p_region AND s.step_id = p_step;
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = step.referral_id;
    IF r.referral_id IS NULL OR NOT logic.may_talk(actor, p_region, step, r) THEN
        PERFORM logic.note_refused(actor, p_region, 'R', p_what, p_step, r.referral_id, p_from);
        RETURN NULL;
    END IF;
    PERFORM logic.note_access(actor, p_region, 'R', p_what, 'granted', p_step, ARRAY[r.client_id], c.fields & 2048, c.ground,
                              c.consent_nr, NULL, p_from)
    FROM logic.client_seen c
    WHERE c.region_id = p_region AND c.client_id = r.client_id;
    RETURN step;
END
$$;

-- What was written about a step, the oldest first: {"items", "next", "unread"}. It marks nothing as read. Results: listed, not-found,
-- cursor-unknown.
CREATE FUNCTION wijzer.list_messages(p_region int, p_account int, p_step bigint, p_page_size int, p_cursor text,
                                     p_from text DEFAULT NULL)
RETURNS TABLE (result text, document json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(coalesce(p_cursor, 'm0.0'));
    step data.step;
    page json;
BEGIN
    IF place.id IS NULL OR place.phase <> 'm' THEN
        RETURN QUERY SELECT 'cursor-unknown', NULL::json;
        RETURN;
    END IF;
    step := logic.enter_talk(actor, p_region, p_step, 'messages', p_from);
    IF step.step_id IS NULL THEN
        RETURN QUERY SELECT 'not-found', NULL::json;
        RETURN;
    END IF;
    SELECT logic.page(array_agg(d.document ORDER BY d.nr), array_agg(logic.cursor_text('m', NULL, d.nr) ORDER BY d.nr), size)
    INTO page
    FROM (SELECT x.nr, x.document FROM logic.message_document x
          WHERE x.region_id = p_region AND x.step_id = p_step AND x.nr > place.id
          ORDER BY x.nr
          LIMIT size + 1) d;
    RETURN QUERY SELECT 'listed', json_build_object('items', page -> 'items', 'next', page -> 'next', 'unread', logic.unread(step));
END
$$;

-- The steps in which an organisation has messages that it has not read, and may read still.
CREATE FUNCTION logic.steps_unread(p_region int, p_organisation int)
RETURNS TABLE (step data.step, unread int, at timestamptz) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT s, u.unread, w.at
    FROM data.message_waiting w
    JOIN data.step s ON s.region_id = w.region_id AND s.step_id = w.step_id
    CROSS JOIN LATERAL (SELECT logic.unread(s) AS unread OFFSET 0) u
    WHERE w.region_id = p_region AND w.organisation_id = p_organisation AND u.unread > 0;
END
$$;

-- Of which steps the own organisation has unread messages, who waits longest first: {"items", "next"}. Ids and no words: that is
-- list_messages(). Null: unknown account, or an unusable cursor.
CREATE FUNCTION wijzer.list_unread(p_region int, p_account int, p_page_size int, p_cursor text) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(coalesce(p_cursor, 'u0.0'));
BEGIN
    IF actor.account_id IS NULL OR place.id IS NULL OR place.phase <> 'u' THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT logic.page(array_agg(d.document ORDER BY d.at, d.step_id),
                          array_agg(logic.cursor_text('u', d.at, d.step_id) ORDER BY d.at, d.step_id), size)
        FROM (SELECT w.at, (w.step).step_id,
                     json_build_object(
                         'stepId', wijzer.code((w.step).step_id), 'referralId', wijzer.code((w.step).referral_id),
                         'organisation', CASE WHEN o.code IS NOT NULL THEN logic.named(o.code, o.name) END, 'unread', w.unread, 'at', logic.iso(w.at)) AS document
              FROM logic.steps_unread(p_region, actor.organisation_id) w
              LEFT JOIN data.organisation o ON o.region_id = p_region AND o.organisation_id = (w.step).owner_id
              WHERE (w.at, (w.step).step_id) > (place.at, place.id)
              ORDER BY w.at, (w.step).step_id
              LIMIT size + 1) d);
END
$$;

-- The files of a step, the oldest first: {"items"}, of which there are few. Null: no such step for this account.
CREATE FUNCTION wijzer.list_attachments(p_region int, p_account int, p_step bigint, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF (logic.enter_talk(actor, p_region, p_step, 'attachments', p_from)).step_id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(d.document ORDER BY d.nr), '[]') FROM logic.attachment_document d
        WHERE d.region_id = p_region AND d.step_id = p_step));
END
$$;

-- A file, sealed. p_right: for the client, who has a right to everything; by whoever speaks for them. Results: found, not-found (also
-- where consent does not let them see it), erased.
CREATE FUNCTION wijzer.get_attachment(p_region int, p_account int, p_attachment bigint, p_right boolean, p_from text DEFAULT NULL)
RETURNS TABLE (result text, client_id bigint, media text, size int, name text, content text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    place record;
    r data.referral;
    step data.step;
    seen record;
BEGIN
    SELECT x.step_id, x.referral_id, x.erased_at INTO place
    FROM data.attachment x WHERE x.region_id = p_region AND x.attachment_id = p_attachment;
    SELECT * INTO step FROM data.step s WHERE s.region_id = p_region AND s.step_id = place.step_id;
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = place.referral_id;
    IF actor.account_id IS NULL OR r.referral_id IS NULL
       OR NOT (p_right AND coalesce(logic.speaks_for(actor, p_region, r.client_id), false)
               OR NOT p_right AND logic.may_talk(actor, p_region, step, r)) THEN
        PERFORM logic.note_refused(actor, p_region, 'R', 'attachment', p_attachment, NULL, p_from);
        result := 'not-found';
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM set_config('wijzer.right', CASE WHEN p_right THEN r.client_id::text ELSE '' END, true);
    SELECT c.fields, c.ground, c.consent_nr, x.media, x.size, x.name, x.content INTO seen
    FROM logic.attachment_seen x
    CROSS JOIN LATERAL (SELECT * FROM logic.client_seen y
                        WHERE y.region_id = x.region_id AND y.client_id = x.client_id OFFSET 0) c
    WHERE x.region_id = p_region AND x.attachment_id = p_attachment;
    PERFORM set_config('wijzer.right', '', true);
    result := CASE WHEN place.erased_at IS NOT NULL THEN 'erased' WHEN seen.content IS NULL THEN 'not-found' ELSE 'found' END;
    IF result = 'found' THEN
        SELECT r.client_id, seen.media, seen.size, seen.name, seen.content INTO client_id, media, size, name, content;
        PERFORM logic.note_access(actor, p_region, 'R', 'attachment', 'granted', p_attachment, ARRAY[r.client_id], seen.fields & 2048,
                                  seen.ground, seen.consent_nr, NULL, p_from);
    ELSE
        PERFORM logic.note_refused(actor, p_region, 'R', 'attachment', p_attachment, NULL, p_from);
    END IF;
    RETURN NEXT;
END
$$;
