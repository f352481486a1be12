-- How somebody who was asked promises to answer.
CREATE FUNCTION logic.answer_promises() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN '{deliver,answer,offer,next-step}'::text[];

-- The predicates L1-L7 of each referral, computed from events (and the ends of steps and promises):
--   L1 delivered: it stands in the inbox of an organisation
--   L2 answered: accepted, or declined with a code; or it ended in a way that leaves nothing to answer
--   L3 first contact: a recipient reported the work as in progress, which begins with a contact; or it ended in a way
--      that excludes contact
--   L4 every step has ended        L5 the outcome is rolled up to the referral
--   L6 the referrer opened the final feedback; without a referrer (origin): the client was told, as in L7
--   L7 after the end the client was told how it ended, and asked whether it helped
-- A referral that was reopened is as far as it has come since (L4-L7). One that was merged into another was answered, and its
-- client seen, when the other one's was; it has ended when the other one did.
-- L2 is published as l2_in_time: whoever was asked first also kept every promise to answer by its due time. What closes a loop
-- is l2: an answer that came late stays late for ever, and the loop with it would stay open.
-- security_invoker: the reader's row-level security holds; a superuser sees every region.
CREATE VIEW wijzer.loop WITH (security_invoker = true) AS
SELECT x.region_id, x.referral_id, x.organisation_id, x.created_at, x.closed_at, x.l1, x.l2,
       x.l2 AND NOT EXISTS (
           SELECT FROM data.promise p
           WHERE p.region_id = x.region_id AND p.step_id = x.first_step AND p.kind = ANY (logic.answer_promises())
             AND p.ended_at > p.due_at) AS l2_in_time,
       x.l3, x.l4, x.l5, x.l6, x.l7, x.l1 AND x.l2 AND x.l3 AND x.l4 AND x.l5 AND x.l6 AND x.l7 AS fully_closed
FROM (
    SELECT r.region_id, r.referral_id, r.organisation_id, r.created_at, r.closed_at, e.l1,
           e.answered OR coalesce(f.answered, false) OR coalesce(r.outcome IN ('withdrawn', 'client-withdrew', 'entered-in-error'), false) AS l2,
           e.contact OR coalesce(f.contact, false) OR coalesce(r.outcome IN ('unreachable', 'client-withdrew', 'withdrawn', 'declined',
                                               'declined-forwarded', 'entered-in-error'), false) AS l3,
           s.l4 AND (r.merged_into IS NULL OR r.outcome IS NOT NULL) AS l4, s.first_step,
           e.outcome IS NOT NULL AND e.outcome = r.outcome AS l5,
           CASE WHEN r.origin IS NULL THEN coalesce(e.final_feedback = ANY (e.opened), false)
                ELSE coalesce(e.asked_at >= e.ended_at, false) END AS l6,
           coalesce(e.asked_at >= e.ended_at, false) AS l7
    FROM data.referral r
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(coalesce(e.owner_id, e.offered_to) IS NOT NULL), false) AS l1,
               coalesce(bool_or(e.to_status = 'accepted'
                                OR e.to_status = 'rejected' AND e.decline_code IS NOT NULL), false) AS answered,
               coalesce(bool_or(e.to_status = 'in-progress'), false) AS contact,
               -- The last of them; after a reopening, which has none of it, none.
               (array_agg(e.outcome ORDER BY e.at DESC, e.event_id DESC)
                   FILTER (WHERE e.kind IN ('outcome-rolled-up', 'referral-reopened')))[1] AS outcome,
               (array_agg(e.feedback_id ORDER BY e.at DESC, e.event_id DESC)
                   FILTER (WHERE e.kind IN ('outcome-rolled-up', 'referral-reopened')))[1] AS final_feedback,
               array_agg(e.feedback_id) FILTER (WHERE e.kind = 'feedback-opened') AS opened,
               (array_agg(CASE e.kind WHEN 'outcome-rolled-up' THEN e.at END ORDER BY e.at DESC, e.event_id DESC)
                   FILTER (WHERE e.kind IN ('outcome-rolled-up', 'referral-reopened')))[1] AS ended_at,
               max(e.at) FILTER (WHERE e.kind = 'client-asked') AS asked_at
        FROM data.event e
        WHERE e.region_id = r.region_id AND e.referral_id = r.referral_id) e
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_and(s.ended_at IS NOT NULL), true) AS l4,
               min(s.step_id) FILTER (WHERE s.parent_id IS NULL AND s.previous_id IS NULL) AS first_step
        FROM data.step s
        WHERE s.region_id = r.region_id AND s.referral_id = r.referral_id) s
    LEFT JOIN LATERAL (
        SELECT bool_or(o.to_status = 'accepted' OR o.to_status = 'rejected' AND o.decline_code IS NOT NULL) AS answered,
               bool_or(o.to_status = 'in-progress') AS contact
        FROM data.event o
        WHERE o.region_id = r.region_id AND o.referral_id = r.merged_into) f ON r.merged_into IS NOT NULL) x;
