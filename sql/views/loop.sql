-- How somebody who was asked promises to answer.
CREATE FUNCTION logic.answer_promises() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN '{deliver,answer,offer,next-step}'::text[];

-- Whether who was asked for a step answered, or still has to, after it was due.
CREATE FUNCTION logic.is_late(p_region int, p_step bigint) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (
    SELECT FROM data.promise p
    WHERE p.region_id = p_region AND p.step_id = p_step AND p.kind = ANY (logic.answer_promises())
      AND coalesce(p.ended_at, wijzer.clock()) > p.due_at);

-- L1 to L3 of each step on its own, as those of the referral below; is_late: not in time. A step that was only planned (and dropped,
-- perhaps) was not sent, and so delivered to nobody.
CREATE VIEW logic.step_facts WITH (security_invoker = true) AS
SELECT s.region_id, s.referral_id, s.step_id, s.owner_id, e.is_sent, e.is_sent AND e.has_party AS is_delivered,
       e.is_answered OR s.state IN ('withdrawn', 'client-withdrew', 'entered-in-error') AS is_answered, e.has_contact,
       logic.is_late(s.region_id, s.step_id) AS is_late
FROM data.step s
CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(e.to_status = 'requested'), false) AS is_sent,
           coalesce(bool_or(coalesce(e.owner_id, e.offered_to) IS NOT NULL), false) AS has_party,
           coalesce(bool_or(e.to_status = 'accepted' OR e.to_status = 'rejected' AND e.decline_code IS NOT NULL), false) AS is_answered,
           coalesce(bool_or(e.to_status = 'in-progress'), false) AS has_contact
    FROM data.event e
    WHERE e.region_id = s.region_id AND e.referral_id = s.referral_id AND e.step_id = s.step_id) e;

-- The predicates L1-L7 of each referral, computed from events (and the ends of steps and promises):
--   L1 delivered: it stands in the inbox of an organisation
--   L2 answered: accepted, or declined with a code; or it ended in a way that leaves nothing to answer
--   L3 first contact: a recipient reported the work as in progress, which begins with a contact; or it ended in a way
--      that leaves no contact to come
--   L4 every step has ended        L5 the outcome is rolled up to the referral
--   L6 the referrer opened the final feedback; without a referrer (origin): the client was told, as in L7
--   L7 after the end the client was told how it ended, and asked whether it helped
-- A referral that was reopened is as far as it has come since (L4-L7). One that was merged into another was answered, and its
-- client seen, when the other one's was; it has ended when the other one did.
-- L2 is published as l2_in_time: whoever was asked, first or later (after a decline, in a branch, after a reopening), also kept
-- every promise to answer by its due time, and L3 as l3_contact: a contact is recorded. What closes a loop is l2 and l3: an
-- answer that came late stays late for ever, who was never reached stays so, and the loop with it would stay open.
-- Where clocks were set back, the times of events may tell another order than there was: of what is open nothing has been
-- told at its end.
-- security_invoker: the reader's row-level security holds; a superuser sees every region.
CREATE VIEW wijzer.loop WITH (security_invoker = true) AS
SELECT x.region_id, x.referral_id, x.organisation_id, x.created_at, x.closed_at, x.l1, x.l2,
       x.l2 AND NOT EXISTS (
           SELECT FROM data.step s
           WHERE s.region_id = x.region_id AND s.referral_id = x.referral_id AND logic.is_late(s.region_id, s.step_id)) AS l2_in_time,
       x.l3, x.l3_contact, x.l4, x.l5, x.l6, x.l7, x.l1 AND x.l2 AND x.l3 AND x.l4 AND x.l5 AND x.l6 AND x.l7 AS fully_closed,
       x.origin
FROM (
    SELECT r.region_id, r.referral_id, r.organisation_id, r.origin, r.created_at, r.closed_at, e.l1,
           e.answered OR coalesce(f.answered, false) OR coalesce(r.outcome IN ('withdrawn', 'client-withdrew', 'entered-in-error'), false) AS l2,
           e.contact OR coalesce(f.contact, false) AS l3_contact,
           e.contact OR coalesce(f.contact, false) OR coalesce(r.outcome IN ('unreachable', 'client-withdrew', 'withdrawn', 'declined',
                                               'declined-forwarded', 'entered-in-error'), false) AS l3,
           s.l4 AND (r.merged_into IS NULL OR r.outcome IS NOT NULL) AS l4,
           coalesce(e.outcome = r.outcome, false) AS l5,
           r.outcome IS NOT NULL AND CASE WHEN r.origin IS NULL THEN coalesce(e.final_feedback = ANY (e.opened), false)
                                          ELSE coalesce(e.asked_at >= e.ended_at, false) END AS l6,
           r.outcome IS NOT NULL AND coalesce(e.asked_at >= e.ended_at, false) AS l7
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
        SELECT coalesce(bool_and(s.ended_at IS NOT NULL), true) AS l4
        FROM data.step s
        WHERE s.region_id = r.region_id AND s.referral_id = r.referral_id) s
    LEFT JOIN LATERAL (
        SELECT bool_or(o.to_status = 'accepted' OR o.to_status = 'rejected' AND o.decline_code IS NOT NULL) AS answered,
               bool_or(o.to_status = 'in-progress') AS contact
        FROM data.event o
        WHERE o.region_id = r.region_id AND o.referral_id = r.merged_into) f ON r.merged_into IS NOT NULL) x;
