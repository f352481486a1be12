-- What happens, as it happens. A reader holds a place in the order in which events became final: by transaction, and within one by
-- number. Below the oldest transaction that still runs nothing can be added, so who reads up to there and goes on from there
-- skips nothing and sees nothing twice, whatever order sequences and commits have. It tells codes and ids: that something
-- happened and who is next, nothing of who it is about. Asked many times a second, it always goes by the indexes: statistics of a
-- database that has just begun to fill say otherwise.

-- "e", transaction and number: opaque to callers. Null for one that was not made here.
CREATE TYPE logic.event_place AS (tx bigint, id bigint);

CREATE FUNCTION logic.event_cursor(tx bigint, id bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'e' || to_hex(tx) || '.' || to_hex(id);

CREATE FUNCTION logic.event_place(cursor text) RETURNS logic.event_place LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    part text[] := regexp_match(cursor, '^e([0-9a-f]{1,15})\.([0-9a-f]{1,15})$');
BEGIN
    IF part IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (logic.from_hex(part[1]), logic.from_hex(part[2]))::logic.event_place;
END
$$;

-- Events of the chain, told to its parties; what is changed about a client (consent, corrections, emergencies) goes by notices.
CREATE VIEW logic.feed_document AS
SELECT e.region_id, e.tx, e.event_id, e.referral_id, e.kind,
       json_build_object(
           'id', logic.event_cursor(e.tx, e.event_id), 'at', logic.iso(e.at), 'kind', e.kind, 'label', e.label,
           'referralId', wijzer.code(e.referral_id), 'stepId', wijzer.code(e.step_id), 'state', e.state,
           'by', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                  WHERE o.region_id = e.region_id AND o.organisation_id = e.organisation_id),
           'owner', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                     WHERE o.region_id = e.region_id AND o.organisation_id = coalesce(e.owner_id, e.offered_to)),
           'declineCode', e.decline,
           'director', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                        WHERE o.region_id = e.region_id AND o.organisation_id = e.director_id),
           'promise', CASE WHEN e.promise_kind IS NOT NULL THEN json_build_object(
               'what', logic.word(e.promise_kind, (SELECT k.label FROM data.promise_kind k
                                                   WHERE k.region_id = e.region_id AND k.code = e.promise_kind)),
               'who', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                       WHERE o.region_id = e.region_id AND o.organisation_id = e.promise_organisation_id),
               'by', logic.iso(e.promise_due)) END,
           'level', e.level, 'group', e.in_group,
           'outcome', (SELECT logic.word(t.code, t.label) FROM data.state t
                       WHERE t.region_id = e.region_id AND t.code = e.outcome)) AS document
FROM logic.event_card e
WHERE e.kind IN ('referral-sent', 'step-made', 'step-moved', 'promise-started', 'promise-overdue', 'outcome-rolled-up',
                 'feedback-opened', 'loop-closed', 'client-asked', 'step-picked-up', 'step-put-back', 'referral-reopened', 'referral-merged', 'referral-joined',
                 'call-back-promised', 'call-back-kept', 'call-back-released', 'goal-set', 'goal-scored', 'goal-ended',
                 'step-follows', 'director-changed', 'story-told', 'message-sent', 'attachment-added',
                 'place-taken', 'place-waiting', 'place-offered', 'place-given-up', 'place-lost', 'place-attended');

-- What those a step is offered to are told of it: that it is offered to them, that they declined, that it is gone. Not by whom or
-- why it went, nor of which referral it is or whether they were the first; once it is theirs they are a party, and told as parties are.
CREATE VIEW logic.offer_told AS
SELECT e.region_id, e.referral_id, e.tx, e.event_id, x.kind, s.offered_to,
       json_build_object(
           'id', logic.event_cursor(e.tx, e.event_id), 'at', logic.iso(e.at), 'kind', x.kind, 'label', coalesce(t.label, x.state),
           'referralId', NULL, 'stepId', wijzer.code(e.step_id), 'state', logic.word(x.state, t.label),
           'by', CASE WHEN x.state = 'declined' THEN logic.named(o.code, o.name) END,
           'owner', CASE WHEN x.state = 'offered' THEN logic.named(o.code, o.name) END,
           'declineCode', CASE WHEN x.state = 'declined' THEN (
               SELECT logic.word(c.code, c.label) FROM data.decline_code c
               WHERE c.region_id = e.region_id AND c.code = e.decline_code) END,
           'director', NULL,
           'promise', CASE WHEN x.state = 'offered' THEN json_build_object(
               'what', logic.word(e.promise_kind, (SELECT k.label FROM data.promise_kind k
                                                   WHERE k.region_id = e.region_id AND k.code = e.promise_kind)),
               'who', logic.named(o.code, o.name), 'by', logic.iso(e.promise_due)) END,
           'level', NULL, 'group', NULL, 'outcome', NULL) AS document
FROM data.event e
CROSS JOIN LATERAL (
    SELECT s.offered_to FROM data.step s
    WHERE s.region_id = e.region_id AND s.step_id = e.step_id AND s.offered_to IS NOT NULL OFFSET 0) s
JOIN data.organisation o ON o.region_id = e.region_id AND o.organisation_id = s.offered_to
CROSS JOIN LATERAL (
    SELECT CASE WHEN e.kind = 'step-moved' THEN e.kind ELSE 'step-made' END AS kind,
           CASE WHEN e.kind <> 'step-moved' THEN 'offered'
                WHEN e.to_state = 'declined' AND e.organisation_id = s.offered_to THEN 'declined'
                ELSE 'offer-gone' END AS state) x
LEFT JOIN data.state t ON t.region_id = e.region_id AND t.code = x.state
WHERE (e.kind IN ('referral-sent', 'step-made') AND e.to_state = 'offered' OR e.kind = 'step-moved' AND e.from_state = 'offered');

-- What an account may see after a place: at most p_size events, in order, then a row without a document, which is the place to go
-- on from; that row lies behind what was looked at, also where nothing of it is shown. is_full: there may be more, else it is the
-- end of what is final now. The coordinator sees the region, others what the own organisation refers or takes part in, and workers
-- what it is offered (logic.offer_told). It looks at 2,000 events at most, so that it costs the same wherever it is. p_cursor null: from now on. No row: the cursor is none of ours,
-- or the account is not there or a steward's.
CREATE FUNCTION wijzer.events_after(p_region int, p_account int, p_size int, p_cursor text)
RETURNS TABLE (tx bigint, event_id bigint, kind text, document text, is_full boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_sort = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_final constant bigint := logic.final_below();
    place logic.event_place := CASE WHEN p_cursor IS NULL THEN (v_final, 0)::logic.event_place ELSE logic.event_place(p_cursor) END;
    v_shown int := 0;
    v_looked int := 0;
    e record;
BEGIN
    IF actor.account_id IS NULL OR actor.role = 'steward' OR place.id IS NULL THEN
        RETURN;
    END IF;
    FOR e IN
        SELECT x.tx, x.event_id, x.referral_id FROM data.event x
        WHERE x.region_id = p_region AND (x.tx, x.event_id) > (place.tx, place.id) AND x.tx < v_final
        ORDER BY x.tx, x.event_id
        LIMIT 2000
    LOOP
        EXIT WHEN v_shown = p_size;
        place := (e.tx, e.event_id)::logic.event_place;
        v_looked := v_looked + 1;
        IF actor.role = 'coordinator' OR logic.takes_part(p_region, e.referral_id, actor.organisation_id) THEN
            RETURN QUERY
            SELECT d.tx, d.event_id, d.kind, d.document::text, NULL::boolean FROM logic.feed_document d
            WHERE d.region_id = p_region AND d.referral_id = e.referral_id AND d.event_id = e.event_id;
            v_shown := v_shown + FOUND::int;
        ELSIF actor.role = 'worker' THEN
            RETURN QUERY
            SELECT d.tx, d.event_id, d.kind, d.document::text, NULL::boolean FROM logic.offer_told d
            WHERE d.region_id = p_region AND d.referral_id = e.referral_id AND d.event_id = e.event_id
              AND d.offered_to = actor.organisation_id;
            v_shown := v_shown + FOUND::int;
        END IF;
    END LOOP;
    IF v_shown < p_size AND v_looked < 2000 AND v_final > place.tx THEN
        place := (v_final, 0)::logic.event_place;
    END IF;
    RETURN QUERY SELECT place.tx, place.id, NULL, NULL, v_shown = p_size OR v_looked = 2000;
END
$$;

-- The same as a page: {"items", "next", "more"}, from the beginning where no cursor says otherwise. Null: refused.
CREATE FUNCTION wijzer.list_events(p_region int, p_account int, p_page_size int, p_cursor text) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'items', coalesce(json_agg(e.document::json ORDER BY e.tx, e.event_id) FILTER (WHERE e.kind IS NOT NULL), '[]'),
            'next', logic.event_cursor(max(e.tx) FILTER (WHERE e.kind IS NULL), max(e.event_id) FILTER (WHERE e.kind IS NULL)),
            'more', bool_or(e.is_full))
        FROM wijzer.events_after(p_region, p_account, logic.page_size(p_page_size), coalesce(p_cursor, 'e0.0')) e
        HAVING count(*) > 0);
END
$$;

-- What is new in a region, for a daemon that tells it to many: after a place, at most p_size events with the organisations that
-- take part in their referrals, and where a step is offered to one that does not, that one and what its workers are told instead;
-- then a row without a document, which is the next place. p_tx null: from now on. is_full: there may be more.
CREATE FUNCTION wijzer.new_events(p_region int, p_tx bigint, p_id bigint, p_size int)
RETURNS TABLE (tx bigint, event_id bigint, kind text, parties int[], document text, offered_to int, offer_kind text,
              offer text, is_full boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_sort = off AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_final constant bigint := logic.final_below();
    v_last record;
BEGIN
    -- How far the page reaches is looked up first: what is not shown counts too.
    SELECT l.tx, l.event_id, count(*) OVER () AS count INTO v_last
    FROM (SELECT x.tx, x.event_id FROM data.event x
          WHERE x.region_id = p_region AND (x.tx, x.event_id) > (p_tx, p_id) AND x.tx < v_final
          ORDER BY x.tx, x.event_id
          LIMIT p_size) l
    ORDER BY l.tx DESC, l.event_id DESC
    LIMIT 1;
    IF v_last.tx IS NOT NULL THEN
        RETURN QUERY
        SELECT d.tx, d.event_id, d.kind, who.parties, d.document::text, o.offered_to, o.kind,
               o.document::text, NULL::boolean
        FROM logic.feed_document d
        CROSS JOIN LATERAL (
            SELECT ARRAY(SELECT r.organisation_id FROM data.referral r
                         WHERE r.region_id = p_region AND r.referral_id = d.referral_id AND r.origin IS DISTINCT FROM 'signal'
                         UNION
                         SELECT s.owner_id FROM data.step s
                         WHERE s.region_id = p_region AND s.referral_id = d.referral_id AND s.owner_id IS NOT NULL) AS parties) who
        LEFT JOIN LATERAL (
            SELECT t.offered_to, t.kind, t.document FROM logic.offer_told t
            WHERE t.region_id = p_region AND t.referral_id = d.referral_id AND t.event_id = d.event_id
              AND t.offered_to <> ALL (who.parties)
            OFFSET 0) o ON true
        WHERE d.region_id = p_region AND (d.tx, d.event_id) > (p_tx, p_id) AND (d.tx, d.event_id) <= (v_last.tx, v_last.event_id)
        ORDER BY d.tx, d.event_id;
    END IF;
    RETURN QUERY SELECT p.tx, p.id, NULL, NULL::int[], NULL, NULL::int, NULL, NULL,
                        coalesce(v_last.count = p_size, false)
                 FROM (SELECT CASE WHEN v_last.count = p_size THEN v_last.tx ELSE greatest(p_tx, v_final) END AS tx,
                              CASE WHEN v_last.count = p_size THEN v_last.event_id WHEN p_tx >= v_final THEN p_id ELSE 0 END AS id) p;
END
$$;

-- Which of these accounts are still there in this role and organisation, by their place in the arrays.
CREATE FUNCTION wijzer.still_accounts(p_region int, p_accounts int[], p_organisations int[], p_roles text[])
RETURNS TABLE (item bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
BEGIN
    RETURN QUERY
    SELECT t.item
    FROM unnest(p_accounts, p_organisations, p_roles) WITH ORDINALITY AS t (account_id, organisation_id, role, item)
    JOIN data.account a ON a.region_id = p_region AND a.account_id = t.account_id
    WHERE a.ended_at IS NULL AND a.organisation_id = t.organisation_id AND a.role = t.role;
END
$$;
