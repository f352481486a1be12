-- Figures of a region, from events, steps and promises: how far loops are closed, and how partners answer. They are counts and
-- times by organisation and tell nothing of a client, so that reading them leaves no entry in the access log. They take a
-- second or two for 100,000 referrals, also where the planner knows nothing of the tables: the rates go from referral to referral by
-- indexes, the figures of partners by hashes.

-- The days of a period as the region knows them (Europe/Amsterdam): from the first moment of the first day to that of the day
-- after the last. Without p_last today, without p_first the 90 days up to p_last.
CREATE TYPE logic.period AS (first date, last date, since timestamptz, until timestamptz);

CREATE FUNCTION logic.period_of(p_first date, p_last date) RETURNS logic.period LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_last constant date := coalesce(p_last, greatest((wijzer.clock() AT TIME ZONE 'Europe/Amsterdam')::date, p_first));
    v_first constant date := coalesce(p_first, v_last - 89);
BEGIN
    RETURN (v_first, v_last, v_first::timestamp AT TIME ZONE 'Europe/Amsterdam',
            (v_last + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam')::logic.period;
END
$$;

-- A part of a whole; share is null of nothing.
CREATE FUNCTION logic.rate(part bigint, whole bigint) RETURNS json LANGUAGE sql IMMUTABLE
RETURN json_build_object('count', part, 'share', round(part::numeric / nullif(whole, 0), 4));

CREATE FUNCTION logic.organisation_named(p_region int, p_organisation int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT logic.named(o.code, o.name) FROM data.organisation o
            WHERE o.region_id = p_region AND o.organisation_id = p_organisation);
END
$$;

-- Of fewer referrals than this nothing is told by neighbourhood: they could be known.
CREATE FUNCTION logic.small_number() RETURNS int LANGUAGE sql IMMUTABLE RETURN 5;

-- L1 to L7 of the referrals of a period (by their date), of the region as a whole, by who referred, by partner: every
-- organisation that owned a step that was sent, or by area, where clients live. A partner is judged by its own steps where they tell (L1 to
-- L3); how a referral ended, and who knows, is of all of them. All seven, never one. Coordinators and stewards see everybody;
-- referrers and workers their own organisation alone, as referrer (without what it only signalled: of one on a day that would tell how it
-- went) or as partner. By area it is for coordinators: each area with
-- few referrals, and clients whose area they may not see, are one row without an area; while that is small itself the smallest of the
-- other areas goes with it, or it could be worked out from the region's. Where there is none, it is left out.
-- p_by null: region for who may, else what they may. l2 is l2_in_time of the loop, l3 its l3_contact.
-- Results: listed, not-yours.
CREATE FUNCTION wijzer.closure_rates(p_region int, p_account int, p_first date, p_last date, p_by text)
RETURNS TABLE (result text, document json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    period constant logic.period := logic.period_of(p_first, p_last);
    own constant text := CASE actor.role WHEN 'referrer' THEN 'referrer' WHEN 'worker' THEN 'partner' END;
    v_by constant text := coalesce(p_by, own, 'region');
    v_only constant int := CASE WHEN own IS NOT NULL THEN actor.organisation_id END;
BEGIN
    IF actor.account_id IS NULL OR v_by <> own OR v_by NOT IN ('region', 'referrer', 'partner', 'area')
       OR v_by = 'area' AND actor.role <> 'coordinator' THEN
        RETURN QUERY SELECT 'not-yours', NULL::json;
        RETURN;
    END IF;
    RETURN QUERY
    WITH lived AS MATERIALIZED (
        SELECT r.referral_id, c.area, count(*) OVER (PARTITION BY c.area) AS size
        FROM data.referral r
        JOIN logic.client_seen c ON c.region_id = r.region_id AND c.client_id = r.client_id
        WHERE v_by = 'area' AND r.region_id = p_region AND r.created_at >= period.since AND r.created_at < period.until
    ), named AS (
        SELECT x.area, row_number() OVER (ORDER BY x.size, x.area) AS nr
        FROM (SELECT DISTINCT l.area, l.size FROM lived l WHERE l.area IS NOT NULL AND l.size >= logic.small_number()) x
    ), apart AS MATERIALIZED (
        SELECT n.area FROM named n
        WHERE n.nr > 1 OR (SELECT count(*) FROM lived l WHERE l.area IS NULL OR l.size < logic.small_number())
                          NOT BETWEEN 1 AND logic.small_number() - 1
    ), counted AS MATERIALIZED (
        SELECT o.organisation_id, a.area, count(*) AS referrals,
               count(*) FILTER (WHERE o.l1) AS l1, count(*) FILTER (WHERE o.l2) AS l2,
               count(*) FILTER (WHERE o.l3) AS l3, count(*) FILTER (WHERE l.l4) AS l4,
               count(*) FILTER (WHERE l.l5) AS l5, count(*) FILTER (WHERE l.l6) AS l6,
               count(*) FILTER (WHERE l.l7) AS l7, count(l.closed_at) AS closed,
               count(*) FILTER (WHERE l.fully_closed) AS fully_closed
        FROM wijzer.loop l
        CROSS JOIN LATERAL (
            SELECT CASE v_by WHEN 'referrer' THEN l.organisation_id END AS organisation_id, l.l1, l.l2_in_time AS l2, l.l3_contact AS l3
            WHERE v_by <> 'partner'
            UNION ALL
            SELECT f.owner_id, bool_or(f.is_delivered), bool_or(f.is_answered) AND NOT bool_or(f.is_late), bool_or(f.has_contact)
            FROM logic.step_facts f
            WHERE v_by = 'partner' AND f.region_id = p_region AND f.referral_id = l.referral_id AND f.owner_id IS NOT NULL
              AND f.is_sent
            GROUP BY f.owner_id) o
        LEFT JOIN lived v ON v.referral_id = l.referral_id
        LEFT JOIN apart a ON a.area = v.area
        WHERE l.region_id = p_region AND l.created_at >= period.since AND l.created_at < period.until
          AND (v_only IS NULL OR o.organisation_id = v_only AND (v_by <> 'referrer' OR l.origin IS DISTINCT FROM 'signal'))
        GROUP BY o.organisation_id, a.area
        HAVING v_by <> 'area' OR count(*) >= logic.small_number()
    ), shown AS ( -- a row also where there is nothing: the region's, and the own one
        SELECT x.organisation_id, x.area, logic.organisation_named(p_region, x.organisation_id) AS organisation
        FROM (SELECT v_only AS organisation_id, NULL AS area WHERE v_by = 'region' OR v_only IS NOT NULL
              UNION
              SELECT c.organisation_id, c.area FROM counted c) x
    )
    SELECT 'listed', json_build_object('from', period.first, 'to', period.last, 'by', v_by, 'items', coalesce(json_agg(
        json_build_object(
            'organisation', s.organisation, 'area', s.area, 'referrals', coalesce(c.referrals, 0),
            'l1', logic.rate(coalesce(c.l1, 0), c.referrals), 'l2', logic.rate(coalesce(c.l2, 0), c.referrals),
            'l3', logic.rate(coalesce(c.l3, 0), c.referrals), 'l4', logic.rate(coalesce(c.l4, 0), c.referrals),
            'l5', logic.rate(coalesce(c.l5, 0), c.referrals), 'l6', logic.rate(coalesce(c.l6, 0), c.referrals),
            'l7', logic.rate(coalesce(c.l7, 0), c.referrals), 'closed', logic.rate(coalesce(c.closed, 0), c.referrals),
            'fullyClosed', logic.rate(coalesce(c.fully_closed, 0), c.referrals))
        ORDER BY s.organisation ->> 'name', s.organisation_id, s.area), '[]'))
    FROM shown s
    LEFT JOIN counted c ON c.organisation_id IS NOT DISTINCT FROM s.organisation_id AND c.area IS NOT DISTINCT FROM s.area;
END
$$;

-- How organisations deal with the steps that came to them in a period: how long until they answered and until the first contact
-- (both from when the step came in: one that was planned for later comes when it is sent), whether they answered in time (of those
-- that were answered, or should have been), why they declined; and what they have open and overdue now, whenever it came. What was
-- offered to them is a step that came in, but where it went to another before they had to answer: then nothing was asked of them.
-- For coordinators, and of the own organisation for workers. Results: listed, not-yours.
CREATE FUNCTION wijzer.partner_figures(p_region int, p_account int, p_first date, p_last date)
RETURNS TABLE (result text, document json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan
SET enable_nestloop = off SET jit = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    period constant logic.period := logic.period_of(p_first, p_last);
    v_only constant int := CASE actor.role WHEN 'worker' THEN actor.organisation_id END;
BEGIN
    IF actor.role IN ('coordinator', 'worker') IS NOT TRUE THEN
        RETURN QUERY SELECT 'not-yours', NULL::json;
        RETURN;
    END IF;
    RETURN QUERY
    WITH moved AS MATERIALIZED (
        SELECT e.step_id,
               min(e.at) FILTER (WHERE e.to_status = 'requested' AND e.from_status IS DISTINCT FROM 'requested') AS came_at,
               min(e.at) FILTER (WHERE e.from_status IN ('requested', 'received') AND e.to_status IN ('accepted', 'rejected')) AS answered_at,
               min(e.at) FILTER (WHERE e.to_status = 'in-progress') AS contact_at
        FROM data.event e
        WHERE e.region_id = p_region AND e.kind IN ('referral-sent', 'step-made', 'step-moved') AND e.at >= period.since
        GROUP BY e.step_id
    ), came AS MATERIALIZED (
        SELECT s.step_id, coalesce(s.owner_id, s.offered_to) AS owner_id, m.came_at, m.answered_at, m.contact_at,
               CASE s.status WHEN 'rejected' THEN s.decline_code END AS decline_code
        FROM moved m
        JOIN data.step s ON s.region_id = p_region AND s.step_id = m.step_id
        WHERE m.came_at < period.until AND (v_only IS NULL OR coalesce(s.owner_id, s.offered_to) = v_only)
          AND (s.state <> 'offer-gone' OR EXISTS (
              SELECT FROM data.promise p
              WHERE p.region_id = s.region_id AND p.step_id = s.step_id AND p.ended_how = 'escalated'))
    ), late AS (
        SELECT DISTINCT p.step_id
        FROM data.promise p
        WHERE p.region_id = p_region AND p.started_at >= period.since AND p.kind = ANY (logic.answer_promises())
          AND coalesce(p.ended_at, wijzer.clock()) > p.due_at
    ), received AS (
        SELECT c.owner_id, count(*) AS steps, count(c.answered_at) AS answered,
               count(*) FILTER (WHERE c.answered_at IS NOT NULL AND l.step_id IS NULL) AS in_time,
               count(*) FILTER (WHERE c.answered_at IS NOT NULL OR l.step_id IS NOT NULL) AS answerable,
               percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM c.answered_at - c.came_at)::float8)
                   AS answer_seconds,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.contact_at - c.came_at)::float8) AS contact_seconds
        FROM came c
        LEFT JOIN late l ON l.step_id = c.step_id
        GROUP BY c.owner_id
    ), declined AS (
        SELECT d.owner_id, json_agg(json_build_object('code', d.decline_code, 'label', coalesce(k.label, d.decline_code), 'count', d.count)
                                    ORDER BY d.count DESC, d.decline_code) AS codes
        FROM (SELECT c.owner_id, c.decline_code, count(*) AS count FROM came c WHERE c.decline_code IS NOT NULL
              GROUP BY c.owner_id, c.decline_code) d
        LEFT JOIN data.decline_code k ON k.region_id = p_region AND k.code = d.decline_code
        GROUP BY d.owner_id
    ), at_work AS (
        SELECT s.owner_id, count(*) AS open, count(*) FILTER (WHERE p.organisation_id = s.owner_id AND p.due_at < wijzer.clock()) AS overdue
        FROM (SELECT x.region_id, x.step_id, x.promise_nr, x.ended_at, coalesce(x.owner_id, x.offered_to) AS owner_id FROM data.step x
              WHERE x.state <> 'planned') s
        LEFT JOIN data.promise p ON p.region_id = s.region_id AND p.step_id = s.step_id AND p.nr = s.promise_nr AND p.ended_at IS NULL
        WHERE s.region_id = p_region AND s.ended_at IS NULL AND (v_only IS NULL OR s.owner_id = v_only)
        GROUP BY s.owner_id
    )
    SELECT 'listed', json_build_object('from', period.first, 'to', period.last, 'items', coalesce(json_agg(
        json_build_object(
            'organisation', logic.named(o.code, o.name), 'steps', coalesce(r.steps, 0), 'answered', coalesce(r.answered, 0),
            'hoursToAnswer', json_build_object('median', round((r.answer_seconds[1] / 3600)::numeric, 1),
                                               'p90', round((r.answer_seconds[2] / 3600)::numeric, 1)),
            'daysToFirstContact', json_build_object('median', round((r.contact_seconds / 86400)::numeric, 1)),
            'answeredInTime', logic.rate(coalesce(r.in_time, 0), r.answerable), 'declines', coalesce(d.codes, '[]'),
            'open', coalesce(w.open, 0), 'overdue', coalesce(w.overdue, 0))
        ORDER BY o.name, o.organisation_id), '[]'))
    FROM data.organisation o
    LEFT JOIN received r ON r.owner_id = o.organisation_id
    LEFT JOIN declined d ON d.owner_id = o.organisation_id
    LEFT JOIN at_work w ON w.owner_id = o.organisation_id
    WHERE o.region_id = p_region AND (o.organisation_id = v_only OR v_only IS NULL AND (r.steps > 0 OR w.open > 0));
END
$$;

-- How residents moved by their own scores: of the goals that were scored at least twice, in referrals of a period (by their date),
-- the first score, the last one, and the difference, as means; by life domain of the goal, or by area where clients live.
-- Coordinators and stewards see everybody; referrers goals in what their own organisation referred (signals are none of it),
-- workers those that were set in its own steps. By area it is for coordinators. A domain or area in which fewer clients moved than
-- may be told apart, and clients whose area they may not see, are one row without a name; while that is small itself the smallest
-- of the others goes with it, or it could be worked out from the other table. Where there is none, it is left out. Goals of one
-- client are one. Results: listed, not-yours.
CREATE FUNCTION wijzer.movement(p_region int, p_account int, p_first date, p_last date, p_by text) RETURNS TABLE (result text, document json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    period constant logic.period := logic.period_of(p_first, p_last);
    v_by constant text := coalesce(p_by, 'domain');
    v_referrer constant int := CASE actor.role WHEN 'referrer' THEN actor.organisation_id END;
    v_partner constant int := CASE actor.role WHEN 'worker' THEN actor.organisation_id END;
BEGIN
    IF actor.account_id IS NULL OR v_by NOT IN ('domain', 'area') OR v_by = 'area' AND actor.role <> 'coordinator' THEN
        RETURN QUERY SELECT 'not-yours', NULL::json;
        RETURN;
    END IF;
    RETURN QUERY
    WITH moved AS MATERIALIZED (
        SELECT r.client_id, g.score_first, g.score, CASE v_by WHEN 'domain' THEN g.domain::text ELSE c.area END AS part
        FROM data.referral r
        JOIN data.goal g ON g.region_id = r.region_id AND g.referral_id = r.referral_id
        JOIN data.step s ON s.region_id = g.region_id AND s.step_id = g.step_id
        LEFT JOIN LATERAL (SELECT x.area FROM logic.client_seen x
                           WHERE v_by = 'area' AND x.region_id = r.region_id AND x.client_id = r.client_id OFFSET 0) c ON true
        WHERE r.region_id = p_region AND r.created_at >= period.since AND r.created_at < period.until
          AND (v_referrer IS NULL OR r.organisation_id = v_referrer AND r.origin IS DISTINCT FROM 'signal') AND (v_partner IS NULL OR s.owner_id = v_partner)
          AND (SELECT count(*) FROM data.event e
               WHERE e.region_id = g.region_id AND e.referral_id = g.referral_id AND e.object_id = g.goal_id
                 AND e.kind IN ('goal-set', 'goal-scored') AND e.score IS NOT NULL) >= 2
    ), large AS (
        SELECT m.part, row_number() OVER (ORDER BY count(DISTINCT m.client_id), m.part) AS nr
        FROM moved m
        WHERE m.part IS NOT NULL
        GROUP BY m.part
        HAVING count(DISTINCT m.client_id) >= logic.small_number()
    ), enough AS (
        SELECT l.part FROM large l
        WHERE l.nr > 1 OR (SELECT count(DISTINCT m.client_id) FROM moved m WHERE NOT EXISTS (SELECT FROM large x WHERE x.part = m.part))
                          NOT BETWEEN 1 AND logic.small_number() - 1
    ), counted AS (
        SELECT e.part, count(*) AS goals, count(DISTINCT m.client_id) AS clients, round(avg(m.score_first), 2) AS first,
               round(avg(m.score), 2) AS last, round(avg(m.score - m.score_first), 2) AS difference
        FROM moved m
        LEFT JOIN enough e ON e.part = m.part
        GROUP BY e.part
        HAVING count(DISTINCT m.client_id) >= logic.small_number()
    )
    SELECT 'listed', json_build_object('from', period.first, 'to', period.last, 'by', v_by, 'items', coalesce(json_agg(
        json_build_object(
            'domain', CASE v_by WHEN 'domain' THEN logic.word(c.part, d.label) END, 'area', CASE v_by WHEN 'area' THEN c.part END,
            'goals', c.goals, 'clients', c.clients, 'first', c.first, 'last', c.last, 'difference', c.difference)
        ORDER BY coalesce(d.label, c.part)), '[]'))
    FROM counted c
    LEFT JOIN data.domain d ON v_by = 'domain' AND d.region_id = p_region AND d.code = c.part;
END
$$;
