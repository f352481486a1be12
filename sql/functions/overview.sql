-- The headline overview: who was helped, how long it took, what the stories are.

-- Of the referrals of a period (by their date): of the own practice for a referrer, without what it only signalled (of one on a day
-- they would tell how it ended), of the region for a coordinator. days: from
-- sent to the first contact, and to the end. One that goes on in another was accepted, and its client met, when that one's was; whether
-- it helped is what was said after the end that it has now. Stories: the newest 20, whose words are shown to who may see notes of the client.
-- Null: for nobody else.
CREATE FUNCTION wijzer.overview(p_region int, p_account int, p_first date, p_last date, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    period constant logic.period := logic.period_of(p_first, p_last);
    v_practice constant int := CASE actor.role WHEN 'referrer' THEN actor.organisation_id END;
    figures json;
    stories record;
BEGIN
    IF actor.role IN ('referrer', 'coordinator') IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    WITH came AS MATERIALIZED (
        SELECT r.referral_id, r.created_at, r.ended_at, r.outcome, least(e.accepted_at, f.accepted_at) AS accepted_at,
               -- Who goes on in another referral may have been met there before this one was sent.
               CASE WHEN coalesce(e.contact_at, f.contact_at) IS NOT NULL
                    THEN greatest(least(e.contact_at, f.contact_at), r.created_at) END AS contact_at, e.helped
        FROM data.referral r
        CROSS JOIN LATERAL (
            SELECT min(x.at) FILTER (WHERE x.to_status = 'accepted' OR x.to_status = 'in-progress') AS accepted_at,
                   min(x.at) FILTER (WHERE x.to_status = 'in-progress') AS contact_at,
                   (array_agg(x.helped ORDER BY x.at DESC, x.event_id DESC)
                       FILTER (WHERE x.kind = 'client-asked' AND x.at >= r.ended_at))[1] AS helped
            FROM data.event x
            WHERE x.region_id = p_region AND x.referral_id = r.referral_id) e
        LEFT JOIN LATERAL (
            SELECT min(x.at) FILTER (WHERE x.to_status = 'accepted' OR x.to_status = 'in-progress') AS accepted_at,
                   min(x.at) FILTER (WHERE x.to_status = 'in-progress') AS contact_at
            FROM data.event x
            WHERE x.region_id = p_region AND x.referral_id = r.merged_into) f ON r.merged_into IS NOT NULL
        WHERE r.region_id = p_region AND r.created_at >= period.since AND r.created_at < period.until
          AND (v_practice IS NULL OR r.organisation_id = v_practice AND r.origin IS DISTINCT FROM 'signal')
    ), outcome AS (
        SELECT c.outcome, count(*) AS count FROM came c WHERE c.outcome IS NOT NULL GROUP BY c.outcome
    )
    SELECT json_build_object(
        'referrals', count(*), 'accepted', count(c.accepted_at), 'contacted', count(c.contact_at),
        'running', count(*) FILTER (WHERE c.ended_at IS NULL),
        'declined', count(*) FILTER (WHERE c.outcome IN ('declined', 'declined-forwarded')),
        'outcomes', (SELECT coalesce(json_agg(json_build_object('code', o.outcome, 'label', coalesce(t.label, o.outcome), 'count', o.count)
                                              ORDER BY t.outcome_rank, o.outcome), '[]')
                     FROM outcome o
                     LEFT JOIN data.state t ON t.region_id = p_region AND t.code = o.outcome),
        'helped', json_build_object('yes', count(*) FILTER (WHERE c.helped = 'yes'), 'partly', count(*) FILTER (WHERE c.helped = 'partly'),
                                    'no', count(*) FILTER (WHERE c.helped = 'no'),
                                    'notKnown', count(*) FILTER (WHERE c.helped = 'not-known')),
        'daysToFirstContact', json_build_object('median', round((percentile_cont(0.5) WITHIN GROUP (
            ORDER BY extract(epoch FROM c.contact_at - c.created_at)::float8) / 86400)::numeric, 1)),
        'daysToEnd', json_build_object(
            'median', round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.ended_at - c.created_at)::float8)
                             / 86400)::numeric, 1),
            'p90', round((percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM c.ended_at - c.created_at)::float8)
                          / 86400)::numeric, 1)))
    INTO figures
    FROM came c;

    SELECT coalesce(json_agg(json_build_object(
               'feedbackId', wijzer.code(f.feedback_id), 'referralId', wijzer.code(f.referral_id), 'at', logic.iso(f.at),
               'from', logic.organisation_named(p_region, f.from_id),
               'text', logic.sealed(n.client_id, n.note_id, 'text', n.text)) ORDER BY f.at DESC, f.feedback_id DESC), '[]') AS items,
           array_agg(n.client_id) FILTER (WHERE n.text IS NOT NULL) AS clients,
           array_agg(2048) FILTER (WHERE n.text IS NOT NULL) AS fields,
           array_agg(c.ground) FILTER (WHERE n.text IS NOT NULL) AS grounds,
           array_agg(c.consent_nr) FILTER (WHERE n.text IS NOT NULL) AS consents
    INTO stories
    FROM (SELECT x.feedback_id, x.referral_id, x.at, x.from_id, s.note_id, s.client_id
          FROM (SELECT y.feedback_id, y.referral_id, y.at, y.from_id FROM data.feedback y
                WHERE y.region_id = p_region AND y.story AND y.at >= period.since AND y.at < period.until
                  AND (v_practice IS NULL OR y.to_id = v_practice)
                  AND (y.form IS NULL OR y.at <= logic.digested_until(p_region, y.to_id))
                ORDER BY y.at DESC, y.feedback_id DESC
                LIMIT 20) x
          CROSS JOIN LATERAL (SELECT * FROM logic.feedback_seen z
                              WHERE z.region_id = p_region AND z.feedback_id = x.feedback_id OFFSET 0) s) f
    LEFT JOIN LATERAL (SELECT * FROM logic.note_seen z
                       WHERE z.region_id = p_region AND z.referral_id = f.referral_id AND z.note_id = f.note_id OFFSET 0) n ON true
    LEFT JOIN LATERAL (SELECT * FROM logic.client_seen z WHERE z.region_id = p_region AND z.client_id = f.client_id OFFSET 0) c ON true;
    IF stories.clients IS NOT NULL THEN
        PERFORM logic.note_page(actor, p_region, 'overview', 'stories', p_from, stories.clients, stories.fields, stories.grounds,
                                stories.consents);
    END IF;
    RETURN json_build_object('from', period.first, 'to', period.last,
                             'organisation', logic.organisation_named(p_region, v_practice), 'figures', figures,
                             'stories', stories.items);
END
$$;
