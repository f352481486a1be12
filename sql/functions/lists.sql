-- Lists, a page at a time. A cursor is a place in an index (due time and id), so a page costs the same however long the
-- list is. Null for an unusable cursor, an unknown organisation or an unknown account.

-- {"items": [...], "next": ...} of rows that were fetched one more than asked for.
CREATE FUNCTION logic.page(documents json[], cursors text[], page_size int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('items', coalesce(to_json(documents[1:page_size]), '[]'),
                             'next', CASE WHEN cardinality(documents) > page_size THEN cursors[page_size] END);
END
$$;

CREATE FUNCTION logic.page_size(asked int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN least(greatest(coalesce(asked, 50), 1), 200);

-- What an organisation has to act on: open promises about its own steps and, for referrers, what they owe about
-- steps of others (a question, a feedback to read); where nobody referred, workers and coordinators owe that, and tell the client;
-- and what it is offered (functions/offer.sql). p_picked: of the own steps those that the account has taken (`mine`), or
-- those that nobody has (`nobody`); null: everything. With it, on every page, in how many steps there are unread messages, and
-- of how many offerings somebody here must say whether they are still right (for a coordinator: also those that went up).
CREATE FUNCTION wijzer.list_inbox(p_region int, p_account int, p_picked text, p_page_size int, p_cursor text,
                                  p_from text DEFAULT NULL)
RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(coalesce(p_cursor, 'i0.0'));
    seen record;
BEGIN
    IF actor.account_id IS NULL OR place.id IS NULL THEN
        RETURN NULL;
    END IF;
    WITH own AS (
        SELECT p.step_id, p.due_at FROM data.promise p
        WHERE p.region_id = p_region AND p.owner_id = actor.organisation_id AND p.ended_at IS NULL
          AND actor.role IN ('worker', 'coordinator')
          -- A step stands there once: where somebody promised to call back as well, by what is due first.
          AND NOT EXISTS (SELECT FROM data.promise q
                          WHERE q.region_id = p_region AND q.step_id = p.step_id AND q.ended_at IS NULL
                            AND (q.due_at, q.nr) < (p.due_at, p.nr))
          AND (p.due_at, p.step_id) > (place.at, place.id)
          AND CASE WHEN p_picked IS NULL THEN true
                   WHEN p_picked = 'mine' THEN p_account = (
                       SELECT s.assignee_id FROM data.step s WHERE s.region_id = p_region AND s.step_id = p.step_id)
                   ELSE NOT EXISTS (
                       SELECT FROM data.step s
                       JOIN data.account a ON a.region_id = s.region_id AND a.account_id = s.assignee_id AND a.ended_at IS NULL
                       WHERE s.region_id = p_region AND s.step_id = p.step_id) END
        ORDER BY p.due_at, p.step_id
        LIMIT size + 1
    ), owed AS (
        SELECT p.step_id, p.due_at FROM data.promise p
        WHERE p.region_id = p_region AND p.organisation_id = actor.organisation_id AND p.ended_at IS NULL
          AND p.organisation_id IS DISTINCT FROM p.owner_id AND p_picked IS NULL
          AND (actor.role = 'referrer'
               OR actor.role IN ('worker', 'coordinator') AND EXISTS (
                   SELECT FROM data.referral r
                   WHERE r.region_id = p_region AND r.referral_id = p.referral_id AND r.origin IS NOT NULL))
          AND NOT logic.is_offer(p_region, p.step_id)
          AND (p.due_at, p.step_id) > (place.at, place.id)
        ORDER BY p.due_at, p.step_id
        LIMIT size + 1
    ), offers AS (
        SELECT p.step_id, p.due_at FROM data.promise p
        WHERE p.region_id = p_region AND p.organisation_id = actor.organisation_id AND p.ended_at IS NULL
          AND p.organisation_id IS DISTINCT FROM p.owner_id AND p_picked IS DISTINCT FROM 'mine'
          AND actor.role IN ('worker', 'coordinator') AND logic.is_offer(p_region, p.step_id)
          AND (p.due_at, p.step_id) > (place.at, place.id)
        ORDER BY p.due_at, p.step_id
        LIMIT size + 1
    ), page AS MATERIALIZED (
        SELECT * FROM (SELECT own.*, false AS is_offer FROM own UNION ALL SELECT owed.*, false FROM owed
                       UNION ALL SELECT offers.*, true FROM offers) all_of_them
        ORDER BY due_at, step_id
        LIMIT size + 1
    ), shown AS (
        SELECT p.due_at, p.step_id, i.document, i.client_id, i.fields, i.ground, i.consent_nr
        FROM page p
        JOIN logic.inbox_document i ON i.region_id = p_region AND i.step_id = p.step_id
        WHERE NOT p.is_offer
        UNION ALL
        SELECT p.due_at, p.step_id, o.document, o.client_id, o.fields, o.ground, o.consent_nr
        FROM page p
        CROSS JOIN LATERAL logic.offer_card(p_region, p.step_id) o
        WHERE p.is_offer
    )
    SELECT logic.page(array_agg(s.document ORDER BY s.due_at, s.step_id),
                      array_agg(logic.cursor_text('i', s.due_at, s.step_id) ORDER BY s.due_at, s.step_id), size) AS document,
           (array_agg(s.client_id ORDER BY s.due_at, s.step_id))[:size] AS clients,
           (array_agg(s.fields ORDER BY s.due_at, s.step_id))[:size] AS fields,
           (array_agg(s.ground ORDER BY s.due_at, s.step_id))[:size] AS grounds,
           (array_agg(s.consent_nr ORDER BY s.due_at, s.step_id))[:size] AS consents
    INTO seen
    FROM shown s;
    IF seen.clients IS NOT NULL THEN
        PERFORM logic.note_page(actor, p_region, 'inbox', NULL, p_from, seen.clients, seen.fields, seen.grounds, seen.consents);
    END IF;
    RETURN json_build_object('items', seen.document -> 'items', 'next', seen.document -> 'next', 'unread', (
        SELECT count(*) FROM logic.steps_unread(p_region, actor.organisation_id)), 'asked', (
        SELECT count(*) FROM data.offering_promise p
        JOIN data.offering f ON f.region_id = p.region_id AND f.offering_id = p.offering_id AND f.ended_at IS NULL
        WHERE p.region_id = p_region AND p.ended_at IS NULL
          AND (p.organisation_id = actor.organisation_id AND actor.role IN ('worker', 'coordinator')
               OR actor.role = 'coordinator' AND p.level >= 2)));
END
$$;

-- Whether the client came to a desk, by themself: its workers hear what a referrer hears.
CREATE FUNCTION logic.is_desks(p_region int, p_referral bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.referral r
                   WHERE r.region_id = p_region AND r.referral_id = p_referral AND r.origin IN ('self', 'desk'));
END
$$;

-- What came back, the oldest first, and how much of all is unread. What waits for its digest is not there yet.
CREATE FUNCTION wijzer.list_feedback(p_region int, p_account int, p_unread boolean, p_page_size int, p_cursor text,
                                     p_from text DEFAULT NULL)
RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(coalesce(p_cursor, 'f0.0'));
    brought constant timestamptz := logic.digested_until(p_region, actor.organisation_id);
    seen record;
BEGIN
    IF actor.account_id IS NULL OR place.id IS NULL THEN
        RETURN NULL;
    END IF;
    WITH unread AS (
        SELECT f.feedback_id, f.at FROM data.feedback f
        WHERE p_unread AND f.region_id = p_region AND f.to_id = actor.organisation_id AND f.opened_at IS NULL
          AND (actor.role = 'referrer' OR logic.is_desks(p_region, f.referral_id))
          AND (f.form IS NULL OR f.at <= brought) AND (f.at, f.feedback_id) > (place.at, place.id)
        ORDER BY f.at, f.feedback_id
        LIMIT size + 1
    ), every AS (
        SELECT f.feedback_id, f.at FROM data.feedback f
        WHERE p_unread IS NOT TRUE AND f.region_id = p_region AND f.to_id = actor.organisation_id
          AND (actor.role = 'referrer' OR logic.is_desks(p_region, f.referral_id))
          AND (f.form IS NULL OR f.at <= brought) AND (f.at, f.feedback_id) > (place.at, place.id)
        ORDER BY f.at, f.feedback_id
        LIMIT size + 1
    ), page AS MATERIALIZED (
        SELECT * FROM unread UNION ALL SELECT * FROM every
    )
    SELECT logic.page(array_agg(d.document ORDER BY page.at, page.feedback_id),
                      array_agg(logic.cursor_text('f', page.at, page.feedback_id)
                                ORDER BY page.at, page.feedback_id), size) AS document,
           (array_agg(d.client_id ORDER BY page.at, page.feedback_id))[:size] AS clients
    INTO seen
    FROM page
    CROSS JOIN LATERAL (SELECT * FROM logic.feedback_document x
                        WHERE x.region_id = p_region AND x.feedback_id = page.feedback_id OFFSET 0) d;
    IF seen.clients IS NOT NULL THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'feedback', 'granted', NULL, seen.clients, 2048, 'referrer', NULL, NULL,
                                  p_from);
    END IF;
    RETURN json_build_object('items', seen.document -> 'items', 'next', seen.document -> 'next', 'unread', (
        SELECT count(*) FROM data.feedback f
        WHERE f.region_id = p_region AND f.to_id = actor.organisation_id AND f.opened_at IS NULL
          AND (actor.role = 'referrer' OR logic.is_desks(p_region, f.referral_id))
          AND (f.form IS NULL OR f.at <= brought)));
END
$$;

-- One row of the chain view: a referral and its place in the list.
CREATE TYPE logic.link AS (phase text, at timestamptz, id bigint, referral_id bigint);

-- Open referrals by the promise that is due first. referrers: of these organisations; the index holds them per
-- organisation in order of due time, so the whole region is a merge over its organisations.
CREATE FUNCTION logic.open_by_referrer(p_region int, referrers int[], overdue_at timestamptz, place logic.place,
                                       size int) RETURNS SETOF logic.link LANGUAGE sql STABLE AS $$
    SELECT 'o', x.due_at, x.step_id, x.referral_id
    FROM unnest(referrers) AS o (organisation_id)
    CROSS JOIN LATERAL (
        SELECT p.due_at, p.step_id, p.referral_id
        FROM data.promise p
        WHERE p.region_id = p_region AND p.referrer_id = o.organisation_id AND p.ended_at IS NULL
          AND (p.due_at, p.step_id) > ((place).at, (place).id) AND p.due_at < overdue_at
          AND NOT EXISTS (
              SELECT FROM data.step s
              JOIN data.promise q ON q.region_id = s.region_id AND q.step_id = s.step_id AND q.ended_at IS NULL
              WHERE s.region_id = p_region AND s.referral_id = p.referral_id
                AND (q.due_at, q.step_id, q.nr) < (p.due_at, p.step_id, p.nr))
        ORDER BY p.due_at, p.step_id
        LIMIT size) x
    ORDER BY x.due_at, x.step_id
    LIMIT size;
$$;

-- Open referrals in which an organisation owns a step: by its own promise where it has one, else by the first of
-- the others.
CREATE FUNCTION logic.open_by_owner(p_region int, owner int, overdue_at timestamptz, place logic.place, size int)
RETURNS SETOF logic.link LANGUAGE sql STABLE AS $$
    SELECT * FROM (
        (SELECT 'o', p.due_at, p.step_id, p.referral_id
         FROM data.promise p
         WHERE p.region_id = p_region AND p.owner_id = owner AND p.ended_at IS NULL
           AND (p.due_at, p.step_id) > ((place).at, (place).id) AND p.due_at < overdue_at
           AND NOT EXISTS (
               SELECT FROM data.step s
               JOIN data.promise q ON q.region_id = s.region_id AND q.step_id = s.step_id AND q.ended_at IS NULL
               WHERE s.region_id = p_region AND s.referral_id = p.referral_id AND q.owner_id = owner
                 AND (q.due_at, q.step_id, q.nr) < (p.due_at, p.step_id, p.nr))
         ORDER BY p.due_at, p.step_id
         LIMIT size)
        UNION ALL
        SELECT 'o', q.due_at, q.step_id, q.referral_id
        FROM (SELECT DISTINCT s.referral_id
              FROM data.step s
              JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
              WHERE s.region_id = p_region AND s.owner_id = owner AND r.closed_at IS NULL
                AND (s.ended_at IS NOT NULL OR s.promise_nr IS NULL)
                AND NOT EXISTS (SELECT FROM data.step t
                                WHERE t.region_id = p_region AND t.referral_id = s.referral_id
                                  AND t.owner_id = owner AND t.ended_at IS NULL
                                  AND (t.promise_nr IS NOT NULL
                                       OR EXISTS (SELECT FROM data.promise b
                                                  WHERE b.region_id = p_region AND b.step_id = t.step_id
                                                    AND b.nr < 0 AND b.ended_at IS NULL)))) resting
        CROSS JOIN LATERAL (
            SELECT q.due_at, q.step_id, q.referral_id
            FROM data.step t
            JOIN data.promise q ON q.region_id = t.region_id AND q.step_id = t.step_id AND q.nr = t.promise_nr
            WHERE t.region_id = p_region AND t.referral_id = resting.referral_id
            ORDER BY q.due_at, q.step_id
            LIMIT 1) q
        WHERE (q.due_at, q.step_id) > ((place).at, (place).id) AND q.due_at < overdue_at
    ) AS found (phase, due_at, step_id, referral_id)
    ORDER BY due_at, step_id
    LIMIT size;
$$;

-- Referrals that go on in another one and have not ended, by id: nothing is promised about them themselves.
CREATE FUNCTION logic.following_by_referrer(p_region int, referrers int[], after bigint, size int)
RETURNS SETOF logic.link LANGUAGE sql STABLE AS $$
    SELECT 'm', NULL::timestamptz, x.referral_id, x.referral_id
    FROM unnest(referrers) AS o (organisation_id)
    CROSS JOIN LATERAL (
        SELECT r.referral_id FROM data.referral r
        WHERE r.region_id = p_region AND r.organisation_id = o.organisation_id AND r.merged_into IS NOT NULL AND r.ended_at IS NULL
          AND r.referral_id > after
        ORDER BY r.referral_id
        LIMIT size) x
    ORDER BY x.referral_id
    LIMIT size;
$$;

-- Closed referrals by id: of referrers, or in which an organisation owned a step.
CREATE FUNCTION logic.closed_by_referrer(p_region int, referrers int[], after bigint, size int)
RETURNS SETOF logic.link LANGUAGE sql STABLE AS $$
    SELECT 'z', NULL::timestamptz, x.referral_id, x.referral_id
    FROM unnest(referrers) AS o (organisation_id)
    CROSS JOIN LATERAL (
        SELECT r.referral_id FROM data.referral r
        WHERE r.region_id = p_region AND r.organisation_id = o.organisation_id AND r.closed_at IS NOT NULL
          AND r.referral_id > after
        ORDER BY r.referral_id
        LIMIT size) x
    ORDER BY x.referral_id
    LIMIT size;
$$;

CREATE FUNCTION logic.closed_by_owner(p_region int, owner int, after bigint, size int)
RETURNS SETOF logic.link LANGUAGE sql STABLE AS $$
    SELECT 'z', NULL::timestamptz, s.referral_id, s.referral_id
    FROM data.step s
    JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
    WHERE s.region_id = p_region AND s.owner_id = owner AND s.ended_at IS NOT NULL AND r.closed_at IS NOT NULL
      AND s.referral_id > after
    GROUP BY s.referral_id
    ORDER BY s.referral_id
    LIMIT size;
$$;

-- Whether an organisation referred or owns a step. A system that signalled takes no part.
CREATE FUNCTION logic.takes_part(p_region int, p_referral bigint, p_organisation int) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.step s
                   WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.owner_id = p_organisation)
        OR EXISTS (SELECT FROM data.referral r
                   WHERE r.region_id = p_region AND r.referral_id = p_referral
                     AND r.organisation_id = p_organisation AND r.origin IS DISTINCT FROM 'signal');
END
$$;

-- Whether who asks signalled it and does not help: they hear whether it is closed, and no more.
CREATE FUNCTION logic.only_signalled(p_region int, p_referral bigint, p_origin text) RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(p_origin = 'signal' AND current_setting('wijzer.role', true) IN ('referrer', 'worker')
                AND NOT logic.takes_part(p_region, p_referral, nullif(current_setting('wijzer.organisation', true), '')::int), false);

-- Offerings that are given and may have room: of which it was not said last that they have none, and whose groups are not all full
-- (logic.room_of, by which they are ranked).
CREATE FUNCTION logic.with_room(p_region int) RETURNS int[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT f.offering_id FROM data.offering f
                 JOIN data.organisation o ON o.region_id = f.region_id AND o.organisation_id = f.organisation_id
                 CROSS JOIN LATERAL logic.room_of(f.region_id, f.offering_id) AS room
                 WHERE f.region_id = p_region AND f.ended_at IS NULL AND o.ended_at IS NULL
                   AND NOT coalesce(room.state <> 'open' OR room.places = 0, false));
END
$$;

-- Those of the referrals that wait for somebody who has room, and nobody has: of the offerings that the rules named for it none has
-- room (p_with_room), and its step was not accepted yet, stands on a waiting list or lies at the coordination. Where the rules named
-- none at all, nothing is known.
CREATE FUNCTION logic.lacking_capacity(p_region int, p_referrals bigint[], p_with_room int[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    coordination constant int := logic.coordination_of(p_region);
BEGIN
    RETURN ARRAY(
        SELECT r.id FROM unnest(p_referrals) AS r (id)
        WHERE EXISTS (
            SELECT FROM data.step s
            WHERE s.region_id = p_region AND s.referral_id = r.id AND s.ended_at IS NULL AND s.parent_id IS NULL
              AND (s.state IN ('offered', 'sent', 'received', 'waiting-list')
                   OR s.offering_id IS NULL AND s.owner_id = coordination))
          AND EXISTS (
            SELECT FROM data.step s
            JOIN logic.decision d ON d.region_id = s.region_id AND d.step_id = s.step_id AND d.table_no <= 3
            WHERE s.region_id = p_region AND s.referral_id = r.id AND s.parent_id IS NULL AND s.previous_id IS NULL
              AND jsonb_array_length(d.candidates) > 0
              AND NOT EXISTS (SELECT FROM jsonb_array_elements(d.candidates) AS c (candidate)
                              WHERE (c.candidate ->> 'offering')::int = ANY (p_with_room))));
END
$$;

-- Whether a referral came this way: referrer, self, desk or signal.
CREATE FUNCTION logic.came_by(p_region int, p_referral bigint, p_origin text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.referral r
                   WHERE r.region_id = p_region AND r.referral_id = p_referral AND coalesce(r.origin, 'referrer') = p_origin);
END
$$;

-- The links of a page and one more. `owner` null: by referrers alone. `only` narrows to referrals in which that
-- organisation takes part; pages are read on until full. So do `came` (an origin) and `is_full` (logic.lacking_capacity), a
-- thousand at a time: where few referrals are meant, every open one is looked at. What was only signalled is in no list that would tell
-- more of it than whether it is closed: who takes part, whether it is late, whether somebody has room.
CREATE FUNCTION logic.links(p_region int, referrers int[], owner int, only_of int, overdue boolean, status text,
                            start logic.place, size int, came text, is_full boolean) RETURNS logic.link[] LANGUAGE plpgsql AS $$
DECLARE
    place logic.place := start;
    overdue_at constant timestamptz := CASE WHEN overdue THEN wijzer.clock() ELSE 'infinity' END;
    found logic.link[] := '{}';
    batch logic.link[];
    step constant int := CASE WHEN is_full THEN greatest(size, 1000) ELSE size END;
    with_room constant int[] := CASE WHEN is_full THEN logic.with_room(p_region) END;
    lacking bigint[];
BEGIN
    WHILE cardinality(found) < size AND place.phase IS NOT NULL LOOP
        IF place.phase = 'o' THEN
            batch := CASE WHEN status = 'closed' THEN '{}' ELSE ARRAY(
                SELECT l FROM (
                    SELECT * FROM logic.open_by_referrer(p_region, referrers, overdue_at, place, step) a
                    UNION ALL
                    SELECT * FROM logic.open_by_owner(p_region, owner, overdue_at, place, step) b
                    WHERE owner IS NOT NULL AND NOT EXISTS (
                        SELECT FROM data.referral r
                        WHERE r.region_id = p_region AND r.referral_id = b.referral_id
                          AND r.organisation_id = ANY (referrers))) l
                ORDER BY l.at, l.id
                LIMIT step) END;
        ELSIF place.phase = 'm' THEN
            batch := CASE WHEN status = 'closed' OR overdue OR is_full THEN '{}' ELSE ARRAY(
                SELECT l FROM logic.following_by_referrer(p_region, referrers, place.id, step) l) END;
        ELSE
            batch := CASE WHEN status = 'open' OR overdue OR is_full THEN '{}' ELSE ARRAY(
                SELECT l FROM (
                    SELECT * FROM logic.closed_by_referrer(p_region, referrers, place.id, step)
                    UNION
                    SELECT * FROM logic.closed_by_owner(p_region, owner, place.id, step) WHERE owner IS NOT NULL) l
                ORDER BY l.id
                LIMIT step) END;
        END IF;
        IF is_full THEN
            lacking := logic.lacking_capacity(p_region, ARRAY(SELECT (l).referral_id FROM unnest(batch) AS l), with_room);
        END IF;
        found := found || ARRAY(
            SELECT l FROM unnest(batch) AS l
            WHERE (only_of IS NULL OR logic.takes_part(p_region, (l).referral_id, only_of))
              AND (came IS NULL OR logic.came_by(p_region, (l).referral_id, came))
              AND (NOT is_full OR (l).referral_id = ANY (lacking))
              AND (only_of IS NULL AND NOT overdue AND NOT is_full OR NOT EXISTS (
                  SELECT FROM data.referral r
                  WHERE r.region_id = p_region AND r.referral_id = (l).referral_id
                    AND logic.only_signalled(r.region_id, r.referral_id, r.origin)))
            ORDER BY (l).at, (l).id);
        IF cardinality(batch) = step THEN
            place := (place.phase, batch[step].at, batch[step].id)::logic.place;
        ELSE
            place := CASE place.phase WHEN 'o' THEN ('m', NULL, 0)::logic.place WHEN 'm' THEN ('z', NULL, 0)::logic.place END;
        END IF;
    END LOOP;
    RETURN found[1:size];
END
$$;

CREATE VIEW logic.chain_document AS
SELECT r.region_id, r.referral_id,
       json_build_object(
           'id', wijzer.code(r.referral_id), 'state', CASE WHEN r.closed_at IS NULL THEN 'open' ELSE 'closed' END,
           'outcome', CASE WHEN NOT x.signals THEN (SELECT logic.word(t.code, t.label) FROM data.state t
                       WHERE t.region_id = r.region_id AND t.code = r.outcome) END,
           'createdAt', logic.iso(r.created_at),
           'referrer', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                        WHERE o.region_id = r.region_id AND o.organisation_id = r.organisation_id),
           'director', CASE WHEN NOT x.signals THEN (SELECT logic.named(o.code, o.name) FROM data.organisation o
                        WHERE o.region_id = r.region_id AND o.organisation_id = r.director_id) END,
           'origin', coalesce(r.origin, 'referrer'), 'mergedInto', CASE WHEN NOT x.signals THEN wijzer.code(r.merged_into) END,
           'currentStep', CASE WHEN n.is_open AND NOT x.signals THEN json_build_object(
               'id', wijzer.code(n.step_id), 'state', n.state, 'organisation', n.organisation,
               'offering', n.offering) END,
           'next', CASE WHEN NOT x.signals THEN n.promise END) AS document
FROM data.referral r
-- A value of its own: row-level security keeps what is compared with coalesce() from the index.
CROSS JOIN LATERAL (SELECT logic.followed(r.referral_id, r.merged_into, r.outcome) AS id OFFSET 0) goes_on
LEFT JOIN LATERAL (
    SELECT c.step_id, c.state, c.organisation, c.offering, p.document AS promise,
           c.ended_at IS NULL AND c.referral_id = r.referral_id AS is_open
    FROM logic.step_card c
    JOIN logic.promise_card p ON p.region_id = c.region_id AND p.step_id = c.step_id
    WHERE c.region_id = r.region_id AND c.referral_id = goes_on.id
    ORDER BY p.due_at, c.step_id, p.nr
    LIMIT 1) n ON true
CROSS JOIN LATERAL (SELECT logic.only_signalled(r.region_id, r.referral_id, r.origin) AS signals OFFSET 0) x;

-- The coordinator and the steward see the region, a referrer what the own organisation referred, a worker that in
-- which the own organisation takes part. p_organisation: only where that organisation takes part. p_origin: only what came this way.
-- p_full: only what waits while nobody has room.
CREATE FUNCTION wijzer.list_chain(p_region int, p_account int, p_overdue boolean, p_organisation text, p_status text,
                                  p_page_size int, p_cursor text, p_origin text DEFAULT NULL, p_full boolean DEFAULT NULL)
RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(coalesce(p_cursor, 'o0.0'));
    only_of constant int := (SELECT o.organisation_id FROM data.organisation o
                             WHERE o.region_id = p_region AND o.code = p_organisation);
    referrers int[];
    owner int;
    links logic.link[];
BEGIN
    IF actor.account_id IS NULL OR place.id IS NULL OR place.phase NOT IN ('o', 'm', 'z')
       OR p_organisation IS NOT NULL AND only_of IS NULL THEN
        RETURN NULL;
    END IF;
    IF actor.role IN ('coordinator', 'steward') AND only_of IS NULL THEN
        referrers := ARRAY(SELECT o.organisation_id FROM data.organisation o WHERE o.region_id = p_region);
    ELSIF actor.role IN ('coordinator', 'steward') THEN
        referrers := ARRAY[only_of];
        owner := only_of;
    ELSE
        referrers := ARRAY[actor.organisation_id];
        owner := CASE actor.role WHEN 'worker' THEN actor.organisation_id END;
    END IF;
    links := logic.links(p_region, referrers, owner,
                         CASE WHEN actor.role IN ('referrer', 'worker') THEN only_of END,
                         coalesce(p_overdue, false), p_status, place, size + 1, p_origin, coalesce(p_full, false));
    RETURN (
        SELECT logic.page(array_agg(d.document ORDER BY l.n),
                          array_agg(logic.cursor_text(l.phase, l.at, l.id) ORDER BY l.n), size)
        FROM unnest(links) WITH ORDINALITY AS l (phase, at, id, referral_id, n)
        JOIN logic.chain_document d ON d.region_id = p_region AND d.referral_id = l.referral_id);
END
$$;
