-- L7: whoever speaks for the client told them how the referral ended, and asked whether it helped. Where nobody referred them, the
-- client is who must hear back, and this is L6 too.

-- Whether an account may say so: coordinators, referrers of the organisation that referred, and workers of one that has or had a
-- step which it did not decline and which was not taken from it; where nobody referred, who received them at a desk, and whoever
-- owes it.
CREATE FUNCTION logic.may_tell(actor logic.actor, p_region int, p_referral bigint, p_referrer int) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(CASE actor.role
        WHEN 'coordinator' THEN true
        WHEN 'referrer' THEN actor.organisation_id = p_referrer AND NOT logic.is_signal(p_region, p_referral)
        WHEN 'worker' THEN EXISTS (SELECT FROM data.step s
                                   WHERE s.region_id = p_region AND s.referral_id = p_referral
                                     AND s.owner_id = actor.organisation_id
                                     AND logic.is_helping(s.status, s.state))
                           OR logic.acts_as_referrer(actor, p_region, p_referral, p_referrer) END, false);
END
$$;

-- Whether somebody owes it to tell the client.
CREATE FUNCTION logic.is_to_be_told(p_region int, p_referral bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.promise p
                   JOIN data.step s ON s.region_id = p.region_id AND s.step_id = p.step_id
                   WHERE s.region_id = p_region AND s.referral_id = p_referral AND p.kind = 'tell-client' AND p.ended_at IS NULL);
END
$$;

-- Only once the referral has ended. Of who was forgotten nothing more is said, but what was owed before: it is a code, and else that
-- promise would never end, nor the loop close. Said again, with another key, it is corrected: the last one counts. p_helped: yes, partly,
-- no, or not-known (asked, and not answered). Results: told, replayed, key-reused, not-found, account-unknown, not-ended, erased.
CREATE FUNCTION wijzer.tell_client(p_region int, p_account int, p_key text, p_hash text, p_referral bigint, p_helped text,
                                   p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked record;
    r data.referral;
    v_at timestamptz;
BEGIN
    IF p_helped IN ('yes', 'partly', 'no', 'not-known') IS NOT TRUE THEN
        RAISE EXCEPTION 'whether it helped is not "%"', p_helped;
    END IF;
    SELECT * INTO r FROM data.referral x WHERE x.region_id = p_region AND x.referral_id = p_referral FOR NO KEY UPDATE;
    v_at := logic.instant();
    IF r.referral_id IS NULL OR NOT logic.may_tell(actor, p_region, p_referral, r.organisation_id) THEN
        PERFORM logic.note_refused(actor, p_region, 'U', 'client-asked', p_referral, p_referral, p_from);
        RETURN QUERY SELECT CASE WHEN actor.account_id IS NULL THEN 'account-unknown' ELSE 'not-found' END, NULL::json;
        RETURN;
    END IF;
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator}', p_key, p_hash, 'tell', p_referral);
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN r.ended_at IS NULL THEN 'not-ended'
        WHEN logic.was_forgotten(p_region, p_referral) AND NOT logic.is_to_be_told(p_region, p_referral) THEN 'erased'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'tell', p_referral, v_at) THEN 'key-reused'
        ELSE 'told' END;
    IF result <> 'told' THEN
        RETURN QUERY SELECT result, asked.answer;
        RETURN;
    END IF;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, role, came_from, object_id, helped)
    VALUES (p_region, p_referral, v_at, 'client-asked', p_account, actor.organisation_id, actor.role, p_from, r.client_id, p_helped);
    PERFORM logic.keep_last_promise(p_region, p_referral, NULL, 'tell-client', v_at);
    RETURN QUERY
    SELECT 'told', logic.keep_answer(actor, p_region, p_key, json_build_object(
        'referralId', wijzer.code(p_referral), 'at', logic.iso(v_at), 'helped', p_helped));
END
$$;
