-- What a version would do to people who were there already, and what is odd about its rows in the light of what
-- happened. Nothing is written.

-- The first decision about each referral of a period, in order of id, a page at a time: p_cursor is the last id of the
-- page before (0 at first). p_until null: until now. For counting: whose facts may be shown is wijzer.replay_shown. Of who was
-- forgotten there are none left. The scan goes along the primary key from the cursor on, so all pages together read a region's
-- referrals once.
CREATE FUNCTION wijzer.replay_page(p_region int, p_account int, p_since timestamptz, p_until timestamptz, p_cursor bigint,
                                   p_size int)
RETURNS TABLE (referral_id bigint, code text, created_at text, inputs text, offering_code text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.role IS NULL OR actor.role NOT IN ('coordinator', 'steward') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT r.referral_id, wijzer.code(r.referral_id), logic.iso(r.created_at), d.inputs::text, d.offering_code
    FROM (SELECT x.referral_id, x.created_at FROM data.referral x
          WHERE x.region_id = p_region AND x.referral_id > p_cursor AND x.created_at >= p_since
            AND x.created_at < coalesce(p_until, 'infinity')
          ORDER BY x.referral_id
          LIMIT least(greatest(p_size, 1), 100000)) r
    JOIN data.step s ON s.region_id = p_region AND s.referral_id = r.referral_id AND s.parent_id IS NULL
                    AND s.previous_id IS NULL
    JOIN data.decision d ON d.region_id = p_region AND d.step_id = s.step_id AND d.table_no <= 3 AND d.inputs <> '{}'
    ORDER BY r.referral_id;
END
$$;

-- Of these referrals those of which the account may see what a trial says of each: where it went, where it would go, and by
-- what facts. Kept in the access log.
CREATE FUNCTION wijzer.replay_shown(p_region int, p_account int, p_referrals bigint[], p_from text DEFAULT NULL)
RETURNS TABLE (referral_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    seen record;
BEGIN
    SELECT array_agg(x.referral_id) AS referrals, array_agg(x.client_id) AS clients, array_agg(x.told) AS fields,
           array_agg((x.sight).ground) AS grounds, array_agg((x.sight).consent_nr) AS consents
    INTO seen
    FROM (SELECT r.referral_id, r.client_id, logic.fields_of_facts(d.inputs) AS told,
                 logic.sight_of(p_region, r.client_id) AS sight
          FROM unnest(p_referrals) AS asked (referral_id)
          JOIN data.referral r ON r.region_id = p_region AND r.referral_id = asked.referral_id
          JOIN data.step s ON s.region_id = p_region AND s.referral_id = r.referral_id AND s.parent_id IS NULL
                          AND s.previous_id IS NULL
          JOIN data.decision d ON d.region_id = p_region AND d.step_id = s.step_id AND d.table_no <= 3
          OFFSET 0) x
    WHERE logic.shows_facts(x.sight, x.told);
    IF seen.clients IS NOT NULL THEN
        PERFORM logic.note_page(actor, p_region, 'trial', NULL, p_from, seen.clients, seen.fields, seen.grounds, seen.consents);
    END IF;
    RETURN QUERY SELECT unnest(seen.referrals) ORDER BY 1;
END
$$;

CREATE FUNCTION wijzer.replay_count(p_region int, p_account int, p_since timestamptz, p_until timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.role IS NULL OR actor.role NOT IN ('coordinator', 'steward') THEN
        RETURN 0;
    END IF;
    RETURN (SELECT count(*) FROM data.referral r
            WHERE r.region_id = p_region AND r.created_at >= p_since AND r.created_at < coalesce(p_until, 'infinity'));
END
$$;

-- Which rows decided since a time, by table and id: from the trails (each kind of trail is taken apart once) and, for
-- decisions without one, from the row that they name.
CREATE FUNCTION logic.deciding_rules(p_region int, p_since timestamptz) RETURNS TABLE (table_no int, rule_id text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH made AS MATERIALIZED (
        SELECT d.table_no, d.rule_id, d.trail
        FROM logic.decision d
        JOIN data.step s ON s.region_id = d.region_id AND s.step_id = d.step_id
        WHERE d.region_id = p_region AND s.created_at >= p_since
        GROUP BY d.table_no, d.rule_id, d.trail
    )
    SELECT m.table_no, m.rule_id FROM made m
    UNION
    SELECT (t.element ->> 'table')::int, r.id
    FROM made m
    CROSS JOIN LATERAL jsonb_array_elements(m.trail) AS t (element)
    CROSS JOIN LATERAL jsonb_array_elements_text(t.element -> 'rules') AS r (id);
END
$$;

-- Rows whose id decided nothing in the last twelve months. Of tables 1, 2, 3 and 6: what the others answer is not kept
-- with a decision.
CREATE FUNCTION wijzer.dead_rules(p_region int, p_version int) RETURNS TABLE (rule_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_nestloop = off SET jit = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    RETURN QUERY
    SELECT r.rule_id
    FROM data.rule r
    LEFT JOIN logic.deciding_rules(p_region, wijzer.clock() - interval '12 months') d
        ON d.table_no = r.table_no AND d.rule_id = r.rule_id
    WHERE r.region_id = p_region AND r.version = p_version AND r.table_no IN (1, 2, 3, 6) AND NOT r.is_otherwise
      AND d.rule_id IS NULL
    ORDER BY r.position;
END
$$;

-- Rows that lead to an offering that has ended (itself, or with its organisation), or of which nobody said how much room
-- there is.
CREATE FUNCTION wijzer.offerings_without_capacity(p_region int, p_version int)
RETURNS TABLE (rule_id text, offering_code text, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    RETURN QUERY
    SELECT r.rule_id, f.code::text, f.reason
    FROM data.rule r
    JOIN (SELECT x.offering_id, x.code,
                 CASE WHEN x.ended_at IS NOT NULL THEN 'ended'
                      WHEN o.ended_at IS NOT NULL THEN 'organisation-ended'
                      WHEN NOT EXISTS (SELECT FROM data.capacity c
                                       WHERE c.region_id = x.region_id AND c.offering_id = x.offering_id)
                      THEN 'no-capacity-data' END AS reason
          FROM data.offering x
          JOIN data.organisation o ON o.region_id = x.region_id AND o.organisation_id = x.organisation_id
          WHERE x.region_id = p_region) f ON f.offering_id = r.offering_id AND f.reason IS NOT NULL
    WHERE r.region_id = p_region AND r.version = p_version
    ORDER BY r.position;
END
$$;

-- How offerings answer, over the steps made in the last twelve months: how long they took to accept or decline from when it was sent to
-- them (a branch that comes after another waits before), how much they accepted, how long it was from there to the first contact. The
-- median (which ranks candidates) changes where it does by more than a tenth, so that a snapshot is not built for nothing. Nothing is
-- read where they were measured within p_rest, by another daemon. Returns of how many offerings it changed.
CREATE FUNCTION wijzer.measure_replies(p_region int, p_rest interval DEFAULT '50 minutes') RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_nestloop = off SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    now constant timestamptz := wijzer.clock();
    changed int;
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    IF EXISTS (SELECT FROM data.offering_measure o
               WHERE o.region_id = p_region AND o.measured_at > now - p_rest AND o.measured_at <= now) THEN
        RETURN 0;
    END IF;
    WITH reply AS (
        SELECT s.offering_id, min(e.at) FILTER (WHERE e.to_status IN ('accepted', 'rejected'))
                              - min(e.at) FILTER (WHERE e.to_status = 'requested') AS took,
               bool_or(e.to_status = 'accepted') AS is_accepted,
               min(e.at) FILTER (WHERE e.to_status = 'in-progress') - min(e.at) FILTER (WHERE e.to_status = 'accepted') AS waited
        FROM data.step s
        JOIN data.event e ON e.region_id = s.region_id AND e.referral_id = s.referral_id AND e.step_id = s.step_id
        WHERE s.region_id = p_region AND s.created_at >= now - interval '12 months' AND s.offering_id IS NOT NULL
          AND e.kind IN ('referral-sent', 'step-made', 'step-moved') AND e.to_status IN ('requested', 'accepted', 'rejected', 'in-progress')
        GROUP BY s.region_id, s.step_id
    ), measure AS (
        SELECT r.offering_id, count(*)::int AS replies, (count(*) FILTER (WHERE r.is_accepted))::int AS accepted,
               round(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY r.took)) / 3600)::int AS median_hours,
               round(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY r.waited)) / 86400)::int AS contact_days
        FROM reply r
        WHERE r.took IS NOT NULL
        GROUP BY r.offering_id
    ), was AS MATERIALIZED (
        SELECT o.offering_id, o.median_hours FROM data.offering_measure o WHERE o.region_id = p_region
    ), gone AS (
        DELETE FROM data.offering_measure o
        WHERE o.region_id = p_region AND o.offering_id NOT IN (SELECT m.offering_id FROM measure m)
        RETURNING o.offering_id
    ), fresh AS (
        SELECT m.offering_id, m.replies, m.accepted, m.contact_days, w.offering_id IS NULL OR abs(m.median_hours - w.median_hours) > w.median_hours * 0.1 AS is_new,
               CASE WHEN abs(m.median_hours - w.median_hours) <= w.median_hours * 0.1 THEN w.median_hours ELSE m.median_hours END AS median_hours
        FROM measure m
        LEFT JOIN was w ON w.offering_id = m.offering_id
    ), kept AS (
        INSERT INTO data.offering_measure AS o (region_id, offering_id, replies, accepted, median_hours, contact_days, measured_at)
        SELECT p_region, f.offering_id, f.replies, f.accepted, f.median_hours, f.contact_days, now FROM fresh f
        ON CONFLICT ON CONSTRAINT offering_measure_pkey DO UPDATE
            SET replies = excluded.replies, accepted = excluded.accepted, median_hours = excluded.median_hours,
                contact_days = excluded.contact_days, measured_at = excluded.measured_at
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM fresh f WHERE f.is_new) INTO changed;
    IF changed > 0 THEN
        PERFORM logic.region_changed(p_region);
    END IF;
    RETURN changed;
END
$$;
