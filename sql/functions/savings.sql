-- What the help is estimated to save: outcomes that closed loops, times what coordinators assume that one of them saves. Nothing is
-- assumed here: without assumptions there is no estimate. Of what is assumed nothing is changed or taken away; another one is stated,
-- from the same day on where the first was wrong.

CREATE VIEW logic.assumption_document AS
SELECT a.region_id, a.assumption_id, a.at,
       json_build_object(
           'id', wijzer.code(a.assumption_id),
           'outcome', logic.word(a.outcome, (SELECT s.label FROM data.state s WHERE s.region_id = a.region_id AND s.code = a.outcome)),
           'domain', logic.word(a.domain, (SELECT d.label FROM data.domain d WHERE d.region_id = a.region_id AND d.code = a.domain)),
           'amount', a.amount, 'source', a.source, 'effectiveFrom', a.effective_from, 'at', logic.iso(a.at),
           'by', logic.person(a.region_id, a.account_id)) AS document
FROM data.assumption a;

-- By coordinators. p_from_day null: today. Results: stated, replayed, key-reused, account-unknown, not-yours, outcome-unknown (in
-- which no referral of this region ends), domain-unknown.
CREATE FUNCTION wijzer.state_assumption(p_region int, p_account int, p_key text, p_hash text, p_outcome text, p_domain text,
                                        p_amount int, p_source text, p_from_day date, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_id constant bigint := nextval('data.object_seq');
    v_at timestamptz;
    asked record;
BEGIN
    -- One after another, so that the last one is the last: by its time, for sessions have their numbers in blocks.
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE;
    v_at := logic.instant();
    asked := logic.asked_before(actor, p_region, '{coordinator}', p_key, p_hash, 'state-assumption', NULL);
    answer := asked.answer;
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN NOT EXISTS (SELECT FROM data.state s
                         WHERE s.region_id = p_region AND s.code = p_outcome AND s.outcome_rank IS NOT NULL) THEN 'outcome-unknown'
        WHEN p_domain IS NOT NULL AND NOT EXISTS (SELECT FROM data.domain d
                                                  WHERE d.region_id = p_region AND d.code = p_domain) THEN 'domain-unknown'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'state-assumption', v_id, v_at) THEN 'key-reused'
        ELSE 'stated' END;
    IF result = 'stated' THEN
        INSERT INTO data.assumption (region_id, assumption_id, outcome, domain, amount, source, effective_from, account_id, at)
        VALUES (p_region, v_id, p_outcome, p_domain, p_amount, p_source, coalesce(p_from_day, logic.today()), p_account, v_at);
        SELECT d.document INTO answer FROM logic.assumption_document d WHERE d.region_id = p_region AND d.assumption_id = v_id;
        INSERT INTO data.administration (region_id, at, kind, account_id, what, came_from)
        VALUES (p_region, v_at, 'assumption-stated', p_account, answer, p_from);
        answer := logic.keep_answer(actor, p_region, p_key, answer);
    END IF;
    RETURN NEXT;
END
$$;

-- Every assumption that was ever stated, the last one first: {"items"}. For coordinators and stewards; null: for nobody else.
CREATE FUNCTION wijzer.list_assumptions(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.role IN ('coordinator', 'steward') IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT json_build_object('items', coalesce(json_agg(d.document ORDER BY d.at DESC, d.assumption_id DESC), '[]'))
            FROM logic.assumption_document d WHERE d.region_id = p_region);
END
$$;

-- The assumptions on a day: of each outcome and domain the last one that had begun.
CREATE FUNCTION logic.assumptions_on(p_region int, p_day date) RETURNS SETOF data.assumption LANGUAGE plpgsql STABLE ROWS 20 AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (a.outcome, a.domain) a.* FROM data.assumption a
    WHERE a.region_id = p_region AND a.effective_from <= p_day
    ORDER BY a.outcome, a.domain, a.effective_from DESC, a.at DESC, a.assumption_id DESC;
END
$$;

-- Of the referrals of a period (by their date, as every figure) those whose loop is closed: how many ended in which assumed outcome,
-- and what that would save a year. A referral counts once, with one assumption: of those on the day it ended that of a life domain of
-- it goes before that of the outcome alone, and of several the lowest. One that was reopened is not closed, and one that goes on in
-- another counts there. Who was forgotten still counts, as in the other figures: no more is left of it than codes.
-- An assumption of a life domain that would count fewer referrals than may be told apart counts none: they count by that of the
-- outcome, or not at all. items: assumptions on the last day of the period, and others that counted.
-- For coordinators and stewards. Results: listed, not-yours.
CREATE FUNCTION wijzer.savings(p_region int, p_account int, p_first date, p_last date) RETURNS TABLE (result text, document json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    period constant logic.period := logic.period_of(p_first, p_last);
BEGIN
    IF actor.role IN ('coordinator', 'steward') IS NOT TRUE THEN
        RETURN QUERY SELECT 'not-yours', NULL::json;
        RETURN;
    END IF;
    RETURN QUERY
    WITH closed AS MATERIALIZED (
        SELECT r.referral_id, r.outcome, r.domains, (r.ended_at AT TIME ZONE 'Europe/Amsterdam')::date AS ended_on
        FROM data.referral r
        WHERE r.region_id = p_region AND r.created_at >= period.since AND r.created_at < period.until
          AND r.closed_at IS NOT NULL AND r.outcome IS NOT NULL AND r.merged_into IS NULL
    ), assumed AS MATERIALIZED (
        SELECT d.day, a.*
        FROM (SELECT DISTINCT c.ended_on AS day FROM closed c) d
        CROSS JOIN LATERAL logic.assumptions_on(p_region, d.day) a
    ), of_domain AS (
        SELECT DISTINCT ON (c.referral_id) c.referral_id, a.assumption_id, a.amount
        FROM closed c
        JOIN assumed a ON a.day = c.ended_on AND a.outcome = c.outcome AND a.domain = ANY (c.domains)
        ORDER BY c.referral_id, a.amount, a.assumption_id
    ), told AS MATERIALIZED (
        SELECT d.referral_id, d.assumption_id, d.amount
        FROM (SELECT o.*, count(*) OVER (PARTITION BY o.assumption_id) AS count FROM of_domain o) d
        WHERE d.count >= logic.small_number()
    ), used AS (
        SELECT t.assumption_id, t.amount FROM told t
        UNION ALL
        SELECT a.assumption_id, a.amount
        FROM closed c
        JOIN assumed a ON a.day = c.ended_on AND a.outcome = c.outcome AND a.domain IS NULL
        WHERE NOT EXISTS (SELECT FROM told t WHERE t.referral_id = c.referral_id)
    ), counted AS MATERIALIZED (
        SELECT u.assumption_id, count(*) AS count, sum(u.amount)::bigint AS saved FROM used u GROUP BY u.assumption_id
    ), shown AS (
        SELECT l.assumption_id, CASE WHEN l.is_general OR c.count > 0 THEN coalesce(c.count, 0) END AS count,
               CASE WHEN l.is_general OR c.count > 0 THEN coalesce(c.saved, 0) END AS saved
        FROM (SELECT a.assumption_id, a.domain IS NULL AS is_general FROM logic.assumptions_on(p_region, period.last) a
              UNION
              SELECT c.assumption_id, a.domain IS NULL
              FROM counted c
              JOIN data.assumption a ON a.region_id = p_region AND a.assumption_id = c.assumption_id) l
        LEFT JOIN counted c ON c.assumption_id = l.assumption_id
    ), summed AS (
        SELECT coalesce(sum(s.count), 0)::bigint AS count, coalesce(sum(s.saved), 0)::bigint AS saved, count(*) AS rows FROM shown s
    )
    SELECT 'listed', json_build_object(
        'from', period.first, 'to', period.last, 'closed', (SELECT count(*) FROM closed), 'counted', t.count,
        'notCounted', (SELECT count(*) FROM closed) - t.count, 'estimate', CASE WHEN t.rows > 0 THEN t.saved END,
        'items', (SELECT coalesce(json_agg(json_build_object('assumption', d.document, 'count', s.count, 'saved', s.saved)
                                           ORDER BY o.outcome_rank, a.outcome, a.domain NULLS FIRST, a.effective_from, a.assumption_id), '[]')
                  FROM shown s
                  JOIN data.assumption a ON a.region_id = p_region AND a.assumption_id = s.assumption_id
                  LEFT JOIN data.state o ON o.region_id = p_region AND o.code = a.outcome
                  JOIN logic.assumption_document d ON d.region_id = p_region AND d.assumption_id = s.assumption_id))
    FROM summed t;
END
$$;
