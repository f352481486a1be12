-- Referrals that were sent as one class, and how it goes with all of them: counts, nothing about any child.

-- How a referral of a class stands, as one word: ended; in-group or in-line (with a place, or waiting for one); accepted (somebody
-- helps); else waiting for an answer.
CREATE FUNCTION logic.class_stand(r data.referral) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_referral constant bigint := logic.followed(r.referral_id, r.merged_into, r.outcome);
BEGIN
    RETURN CASE
        WHEN r.outcome IS NOT NULL THEN 'ended'
        ELSE coalesce(
            (SELECT CASE p.state WHEN 'waiting' THEN 'in-line' ELSE 'in-group' END
             FROM data.place p
             WHERE p.region_id = r.region_id AND p.referral_id = v_referral AND p.state IN ('waiting', 'offered', 'taken')
             ORDER BY p.state = 'waiting' LIMIT 1),
            (SELECT 'accepted' FROM data.step s
             WHERE s.region_id = r.region_id AND s.referral_id = v_referral
               AND s.status IN ('accepted', 'in-progress', 'on-hold') LIMIT 1),
            'waiting') END;
END
$$;

-- Of the own organisation for a referrer, of the region for a coordinator: {"items": [...]}, the newest first, at most p_size. A
-- coordinator sees a class only when it is no small number: of few children it would tell who is meant. None of which everybody was
-- forgotten. Null: for nobody else.
CREATE FUNCTION wijzer.list_classes(p_region int, p_account int, p_size int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_only constant int := CASE actor.role WHEN 'referrer' THEN actor.organisation_id END;
BEGIN
    IF actor.role IN ('referrer', 'coordinator') IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT json_build_object('items', coalesce(json_agg(json_build_object(
                   'id', wijzer.code(k.class_id), 'name', k.name,
                   'organisation', logic.organisation_named(p_region, k.organisation_id), 'sentOn', (k.first_at AT TIME ZONE 'Europe/Amsterdam')::date,
                   'referred', c.referred, 'waiting', c.waiting, 'accepted', c.accepted, 'inGroup', c.in_group,
                   'inLine', c.in_line, 'ended', c.ended) ORDER BY k.first_at DESC, k.class_id DESC), '[]'))
        FROM (SELECT x.class_id, x.name, x.organisation_id, s.first_at
              FROM data.class x
              CROSS JOIN LATERAL (
                  SELECT min(r.created_at) AS first_at, count(*) AS size, bool_and(c.erased_at IS NOT NULL) AS is_forgotten
                  FROM data.referral r
                  CROSS JOIN LATERAL (SELECT y.erased_at FROM data.client y
                                      WHERE y.region_id = p_region AND y.client_id = r.client_id OFFSET 0) c
                  WHERE r.region_id = p_region AND r.class_id = x.class_id) s
              WHERE x.region_id = p_region AND (v_only IS NULL OR x.organisation_id = v_only)
                AND NOT s.is_forgotten AND (v_only IS NOT NULL OR s.size >= logic.small_number())
              ORDER BY s.first_at DESC, x.class_id DESC
              LIMIT logic.page_size(p_size)) k
        CROSS JOIN LATERAL (
            SELECT count(*) AS referred, count(*) FILTER (WHERE s.stand = 'waiting') AS waiting,
                   count(*) FILTER (WHERE s.stand = 'accepted') AS accepted,
                   count(*) FILTER (WHERE s.stand = 'in-group') AS in_group,
                   count(*) FILTER (WHERE s.stand = 'in-line') AS in_line, count(*) FILTER (WHERE s.stand = 'ended') AS ended
            FROM (SELECT logic.class_stand(r) AS stand FROM data.referral r
                  WHERE r.region_id = p_region AND r.class_id = k.class_id) s) c);
END
$$;
