-- Days on which the region is closed, besides weekends and public holidays, which the daemon knows. A change reaches every daemon
-- with the snapshot. What was promised before keeps its moment: promises are rows with the time that was told.

CREATE FUNCTION logic.closure_document(p_day date, p_kind text, p_name text) RETURNS json LANGUAGE sql IMMUTABLE
RETURN json_build_object('day', p_day, 'kind', p_kind, 'name', nullif(p_name, ''));

-- The region's own closures from this year on, among the public holidays that the caller knows; for everybody who works here.
-- Null: unknown account.
CREATE FUNCTION wijzer.list_closures(p_region int, p_account int, p_holidays date[], p_names text[]) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT json_build_object('items', coalesce(json_agg(logic.closure_document(x.day, x.kind, x.name) ORDER BY x.day, x.kind), '[]'))
        FROM (SELECT c.day, 'closure' AS kind, c.reason AS name FROM data.closure c
              WHERE c.region_id = p_region AND c.day >= date_trunc('year', logic.today())
              UNION ALL
              SELECT h.day, 'holiday', h.name FROM unnest(p_holidays, p_names) AS h (day, name)) x);
END
$$;

-- What closing and opening begin with. Locks the region, so that they come one after another. refusal: null (the key is taken), or
-- a result code.
CREATE FUNCTION logic.begin_closure(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_day date,
                                    p_fault text, OUT refusal text, OUT answer json) LANGUAGE plpgsql AS $$
DECLARE
    object constant bigint := p_day - date '1970-01-01';
    is_closed boolean;
    asked record;
BEGIN
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE;
    is_closed := EXISTS (SELECT FROM data.closure c WHERE c.region_id = p_region AND c.day = p_day);
    asked := logic.asked_before(actor, p_region, '{coordinator}', p_key, p_hash, p_operation, object);
    answer := asked.answer;
    refusal := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN p_day NOT BETWEEN logic.today() AND logic.today() + interval '10 years' THEN 'day-out'
        WHEN is_closed = (p_operation = 'close') THEN p_fault
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, p_operation, object, logic.instant()) THEN 'key-reused' END;
END
$$;

-- Who did what to the calendar stays to be known; the daemons take the change up.
CREATE FUNCTION logic.end_closure(actor logic.actor, p_region int, p_key text, p_kind text, p_document json, p_from text) RETURNS json
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.administration (region_id, at, kind, account_id, what, came_from)
    VALUES (p_region, logic.instant(), p_kind, actor.account_id, p_document, p_from);
    PERFORM logic.region_changed(p_region);
    RETURN logic.keep_answer(actor, p_region, p_key, p_document);
END
$$;

-- By coordinators. Results: closed, replayed, key-reused, account-unknown, not-yours, day-out (past, or ten years away),
-- already-closed.
CREATE FUNCTION wijzer.close_day(p_region int, p_account int, p_key text, p_hash text, p_day date, p_name text, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked constant record := logic.begin_closure(actor, p_region, p_key, p_hash, 'close', p_day, 'already-closed');
BEGIN
    result := coalesce(asked.refusal, 'closed');
    answer := asked.answer;
    IF result = 'closed' THEN
        INSERT INTO data.closure (region_id, day, reason) VALUES (p_region, p_day, coalesce(p_name, ''));
        answer := logic.end_closure(actor, p_region, p_key, 'day-closed', logic.closure_document(p_day, 'closure', p_name), p_from);
    END IF;
    RETURN NEXT;
END
$$;

-- By coordinators. Results: opened, not-closed, and the others of close_day.
CREATE FUNCTION wijzer.open_day(p_region int, p_account int, p_key text, p_hash text, p_day date, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked constant record := logic.begin_closure(actor, p_region, p_key, p_hash, 'open', p_day, 'not-closed');
    v_name text;
BEGIN
    result := coalesce(asked.refusal, 'opened');
    answer := asked.answer;
    IF result = 'opened' THEN
        DELETE FROM data.closure c WHERE c.region_id = p_region AND c.day = p_day RETURNING c.reason INTO v_name;
        answer := logic.end_closure(actor, p_region, p_key, 'day-opened', logic.closure_document(p_day, 'closure', v_name), p_from);
    END IF;
    RETURN NEXT;
END
$$;
