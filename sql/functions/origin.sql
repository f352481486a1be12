-- Referrals without a referrer: the client came by themself (self), or to a desk (desk), or another system signalled them (signal).
-- Then it is the client who must hear how it ended.

-- Whether an account acts where who referred acts: answers a question, withdraws. A desk does it for who came there, the
-- coordination for a system that signals.
CREATE FUNCTION logic.acts_as_referrer(actor logic.actor, p_region int, p_referral bigint, p_referrer int) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_origin constant text := (SELECT r.origin FROM data.referral r WHERE r.region_id = p_region AND r.referral_id = p_referral);
BEGIN
    RETURN coalesce(CASE
        WHEN v_origin IS NULL THEN actor.role = 'referrer' AND actor.organisation_id = p_referrer
        WHEN v_origin = 'signal' THEN actor.role = 'coordinator' AND actor.organisation_id = logic.coordination_of(p_region)
        ELSE actor.role IN ('referrer', 'worker', 'coordinator') AND actor.organisation_id = p_referrer END, false);
END
$$;

-- What is owed at the end, and by whom: who referred reads it, or the client is told, by the organisation whose step ended last if
-- it was in contact with them, else by the desk, else by the coordination.
CREATE FUNCTION logic.owed_at_end(m logic.move, p_origin text, OUT kind text, OUT organisation_id int) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    IF p_origin IS NULL THEN
        kind := 'feedback';
        organisation_id := m.referrer_id;
        RETURN;
    END IF;
    kind := 'tell-client';
    organisation_id := coalesce(
        (SELECT o.organisation_id FROM data.step s
         JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = s.owner_id AND o.ended_at IS NULL
         WHERE s.region_id = m.region_id AND s.step_id = m.step_id AND s.state NOT IN ('reassigned', 'merged')
           AND EXISTS (SELECT FROM data.event e
                       WHERE e.region_id = m.region_id AND e.referral_id = m.referral_id AND e.step_id = m.step_id
                         AND e.to_status = 'in-progress')),
        (SELECT o.organisation_id FROM data.organisation o
         WHERE o.region_id = m.region_id AND o.organisation_id = m.referrer_id AND o.ended_at IS NULL AND p_origin <> 'signal'),
        m.coordination_id);
END
$$;

-- The end of a referral, by its step m.step_id: the outcome, and what is promised next.
CREATE FUNCTION logic.end_referral(m logic.move, p_outcome text, p_feedback bigint, p_due timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_origin text;
    v_version int;
    owed record;
BEGIN
    UPDATE data.referral r SET outcome = p_outcome, ended_at = m.at
    WHERE r.region_id = m.region_id AND r.referral_id = m.referral_id
    RETURNING r.origin INTO v_origin;
    UPDATE data.step s SET promise_nr = s.version
    WHERE s.region_id = m.region_id AND s.step_id = m.step_id
    RETURNING s.version INTO v_version;
    owed := logic.owed_at_end(m, v_origin);
    PERFORM logic.start_promise(m, m.step_id, v_version, owed.kind, owed.organisation_id, NULL, p_due);
    INSERT INTO data.event (region_id, referral_id, at, kind, step_id, version, promise_kind, promise_organisation_id,
                            promise_due, feedback_id, outcome)
    VALUES (m.region_id, m.referral_id, m.at, 'outcome-rolled-up', m.step_id, v_version, owed.kind, owed.organisation_id,
            p_due, p_feedback, p_outcome);
END
$$;
