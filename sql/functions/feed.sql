-- What happens, as it happens. A reader holds a place in the order in which events became final: by transaction, and within one by
-- number. Below the oldest transaction that still runs nothing can be added, so who reads up to there and goes on from there
-- skips nothing and sees nothing twice, whatever order sequences and commits have. It tells codes and ids: that something
-- happened and who is next, nothing of who it is about.

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
    RETURN (('x' || lpad(part[1], 16, '0'))::bit(64)::bigint, ('x' || lpad(part[2], 16, '0'))::bit(64)::bigint)::logic.event_place;
END
$$;

-- Events of the chain, told to its parties; what is changed about a client (consent, corrections, emergencies) goes by notices.
CREATE VIEW logic.chain_event AS
SELECT e.* FROM data.event e
WHERE e.kind IN ('referral-sent', 'step-made', 'step-moved', 'promise-started', 'promise-overdue', 'outcome-rolled-up',
                 'feedback-opened', 'loop-closed');

CREATE VIEW logic.feed_document AS
SELECT e.region_id, e.tx, e.event_id, e.referral_id,
       json_build_object(
           'id', logic.event_cursor(e.tx, e.event_id), 'at', logic.iso(e.at), 'kind', e.kind,
           'label', CASE WHEN e.kind = 'step-moved' THEN coalesce(e.state_label, e.to_state)
                         ELSE coalesce((SELECT k.label FROM data.event_kind k
                                        WHERE k.region_id = e.region_id AND k.code = e.kind), e.kind) END,
           'referralId', wijzer.code(e.referral_id), 'stepId', wijzer.code(e.step_id),
           'state', logic.word(e.to_state, e.state_label),
           'by', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                  WHERE o.region_id = e.region_id AND o.organisation_id = e.organisation_id),
           'owner', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                     WHERE o.region_id = e.region_id AND o.organisation_id = e.owner_id),
           'declineCode', (SELECT logic.word(c.code, c.label) FROM data.decline_code c
                           WHERE c.region_id = e.region_id AND c.code = e.decline_code),
           'promise', CASE WHEN e.promise_kind IS NOT NULL THEN json_build_object(
               'what', logic.word(e.promise_kind, (SELECT k.label FROM data.promise_kind k
                                                   WHERE k.region_id = e.region_id AND k.code = e.promise_kind)),
               'who', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                       WHERE o.region_id = e.region_id AND o.organisation_id = e.promise_organisation_id),
               'by', logic.iso(e.promise_due)) END,
           'level', e.level,
           'outcome', (SELECT logic.word(t.code, t.label) FROM data.state t
                       WHERE t.region_id = e.region_id AND t.code = e.outcome)) AS document
FROM (SELECT x.*, (SELECT t.label FROM data.state t
                   WHERE t.region_id = x.region_id AND t.code = x.to_state) AS state_label
      FROM logic.chain_event x) e;

-- What an account may see from a place on: {"items", "next", "more"}. `next` goes on behind what was looked at, also where nothing
-- of it is shown; without `more` it is the end of what is final now. The coordinator sees the region, others what the own
-- organisation refers or takes part in. A page looks at 2,000 events at most, so that it costs the same wherever it is. Null:
-- the cursor is none of ours, or the account is not there or a steward's.
CREATE FUNCTION wijzer.list_events(p_region int, p_account int, p_page_size int, p_cursor text) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.event_place := logic.event_place(coalesce(p_cursor, 'e0.0'));
    final constant bigint := logic.final_below();
    most constant int := 2000;
    page record;
BEGIN
    IF actor.account_id IS NULL OR actor.role = 'steward' OR place.id IS NULL THEN
        RETURN NULL;
    END IF;
    WITH looked AS MATERIALIZED (
        SELECT e.tx, e.event_id, e.referral_id FROM data.event e
        WHERE e.region_id = p_region AND (e.tx, e.event_id) > (place.tx, place.id) AND e.tx < final
        ORDER BY e.tx, e.event_id
        LIMIT most
    ), shown AS MATERIALIZED (
        SELECT d.tx, d.event_id, d.document
        FROM looked l
        JOIN data.referral r ON r.region_id = p_region AND r.referral_id = l.referral_id
        JOIN logic.feed_document d ON d.region_id = p_region AND d.referral_id = l.referral_id AND d.event_id = l.event_id
        WHERE actor.role = 'coordinator' OR r.organisation_id = actor.organisation_id
           OR EXISTS (SELECT FROM data.step s
                      WHERE s.region_id = p_region AND s.referral_id = l.referral_id AND s.owner_id = actor.organisation_id)
        ORDER BY l.tx, l.event_id
        LIMIT size
    )
    SELECT (SELECT coalesce(json_agg(s.document ORDER BY s.tx, s.event_id), '[]') FROM shown s) AS items,
           (SELECT count(*) FROM shown) = size AS is_full, (SELECT count(*) FROM looked) = most AS is_far,
           (SELECT logic.event_cursor(s.tx, s.event_id) FROM shown s ORDER BY s.tx DESC, s.event_id DESC LIMIT 1) AS last_shown,
           (SELECT logic.event_cursor(l.tx, l.event_id) FROM looked l ORDER BY l.tx DESC, l.event_id DESC LIMIT 1) AS last_looked
    INTO page;
    -- A place that lies ahead (somebody counts on from another daemon) stays where it is.
    RETURN json_build_object('items', page.items, 'next', CASE WHEN page.is_full THEN page.last_shown
                                                               WHEN page.is_far THEN page.last_looked
                                                               WHEN place.tx >= final THEN p_cursor
                                                               ELSE logic.event_cursor(final, 0) END,
                             'more', page.is_full OR page.is_far);
END
$$;

-- What is new in a region, for a daemon that tells it to many: after a place, at most p_size events with the organisations that
-- take part in their referrals; then a row without a document, which is the next place. p_tx null: from now on. is_full: there
-- may be more.
CREATE FUNCTION wijzer.new_events(p_region int, p_tx bigint, p_id bigint, p_size int)
RETURNS TABLE (tx bigint, event_id bigint, kind text, parties int[], document text, is_full boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_final constant bigint := logic.final_below();
    v_tx bigint := p_tx;
    v_id bigint := p_id;
    v_count int := 0;
    e record;
BEGIN
    FOR e IN
        SELECT x.tx, x.event_id, x.referral_id, x.kind FROM data.event x
        WHERE x.region_id = p_region AND (x.tx, x.event_id) > (v_tx, v_id) AND x.tx < v_final
        ORDER BY x.tx, x.event_id
        LIMIT p_size
    LOOP
        RETURN QUERY
        SELECT e.tx, e.event_id, e.kind,
               ARRAY(SELECT r.organisation_id FROM data.referral r
                     WHERE r.region_id = p_region AND r.referral_id = e.referral_id
                     UNION
                     SELECT s.owner_id FROM data.step s WHERE s.region_id = p_region AND s.referral_id = e.referral_id),
               d.document::text, NULL::boolean
        FROM logic.feed_document d
        WHERE d.region_id = p_region AND d.referral_id = e.referral_id AND d.event_id = e.event_id;
        v_tx := e.tx;
        v_id := e.event_id;
        v_count := v_count + 1;
    END LOOP;
    IF v_count < p_size AND v_final > coalesce(v_tx, 0) THEN
        v_tx := v_final;
        v_id := 0;
    END IF;
    RETURN QUERY SELECT v_tx, v_id, NULL, NULL::int[], NULL, v_count = p_size;
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
