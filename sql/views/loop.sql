-- The predicates L1-L6 of each referral, computed from events alone (and the steps' ends):
--   L1 delivered: it stands in the inbox of an organisation
--   L2 answered: accepted, or declined with a code; or it ended in a way that leaves nothing to answer
--   L3 first contact: a recipient reported the work as in progress, which begins with a contact; or it ended in a way
--      that excludes contact
--   L4 every step has ended        L5 the outcome is rolled up to the referral
--   L6 the referrer opened the final feedback
-- security_invoker: the reader's row-level security holds; a superuser sees every region.
CREATE VIEW wijzer.loop WITH (security_invoker = true) AS
SELECT r.region_id, r.referral_id, r.closed_at, e.l1,
       e.answered OR coalesce(r.outcome IN ('withdrawn', 'client-withdrew', 'entered-in-error'), false) AS l2,
       e.contact OR coalesce(r.outcome IN ('unreachable', 'client-withdrew', 'withdrawn', 'declined',
                                           'declined-forwarded', 'entered-in-error'), false) AS l3,
       NOT EXISTS (SELECT FROM data.step s
                   WHERE s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.ended_at IS NULL) AS l4,
       e.outcome IS NOT NULL AND e.outcome = r.outcome AS l5,
       coalesce(e.final_feedback = ANY (e.opened), false) AS l6
FROM data.referral r
CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(e.owner_id IS NOT NULL), false) AS l1,
           coalesce(bool_or(e.to_status = 'accepted'
                            OR e.to_status = 'rejected' AND e.decline_code IS NOT NULL), false) AS answered,
           coalesce(bool_or(e.to_status = 'in-progress'), false) AS contact,
           max(e.outcome) FILTER (WHERE e.kind = 'outcome-rolled-up') AS outcome,
           max(e.feedback_id) FILTER (WHERE e.kind = 'outcome-rolled-up') AS final_feedback,
           array_agg(e.feedback_id) FILTER (WHERE e.kind = 'feedback-opened') AS opened
    FROM data.event e
    WHERE e.region_id = r.region_id AND e.referral_id = r.referral_id) e;
