-- Why a referral went where it went, from what was stored with the decisions: versions, rows, facts as seen, candidates, and
-- what followed each decline. Null where the account may not see the referral; where it does not see the facts, only
-- "withheld": the words of the fields they tell of. Of who was forgotten the facts are gone.

-- What table 6 decided after a decline.
CREATE VIEW logic.reroute_document AS
SELECT s.region_id, s.referral_id, s.step_id, s.created_at,
       json_build_object(
           'step', wijzer.code(s.step_id), 'table', d.table_no, 'version', d.table_version, 'rule', d.rule_id,
           'reason', d.reason, 'declineCode', d.inputs ->> 'decline',
           'declinedBy', (SELECT logic.named(o.code, o.name)
                          FROM data.step p
                          JOIN data.organisation o ON o.region_id = p.region_id AND o.organisation_id = coalesce(p.owner_id, p.offered_to)
                          WHERE p.region_id = s.region_id AND p.step_id = s.previous_id),
           'organisation', logic.named(d.owner_code, d.owner_name), 'at', logic.iso(s.created_at),
           'next', (SELECT r.next FROM data.rule r
                    WHERE r.region_id = d.region_id AND r.version = d.table_version AND r.rule_id = d.rule_id),
           'offering', logic.named(d.offering_code, d.offering_name),
           'offered', logic.offered(s.region_id, s.referral_id, s.offer_group)) AS document
FROM data.step s
JOIN data.decision d ON d.region_id = s.region_id AND d.step_id = s.step_id AND d.table_no = 6;

CREATE FUNCTION wijzer.decision_record(p_region int, p_account int, p_referral bigint, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    seen record;
BEGIN
    SELECT logic.sight_of(p_region, r.client_id) AS sight, logic.fields_of_facts(d.inputs) AS told, r.client_id,
        json_build_object(
            'referral', wijzer.code(r.referral_id), 'createdAt', logic.iso(r.created_at), 'step', wijzer.code(s.step_id),
            'table', d.table_no, 'version', d.table_version, 'rule', d.rule_id, 'reason', d.reason,
            'offering', logic.named(d.offering_code, d.offering_name),
            'evidence', logic.evidence_decided(d.candidates, d.offering_code),
            'room', CASE WHEN s.offer_group IS NULL THEN logic.room_decided(d.candidates, d.offering_code) END,
            'organisation', logic.named(d.owner_code, d.owner_name), 'inputs', d.inputs, 'trail', d.trail,
            'candidates', d.candidates, 'offered', logic.offered(p_region, p_referral, s.offer_group), 'after', (
                SELECT coalesce(json_agg(a.document ORDER BY a.created_at, a.step_id), '[]')
                FROM logic.reroute_document a
                WHERE a.region_id = p_region AND a.referral_id = p_referral)) AS document
    INTO seen
    FROM data.referral r
    JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.parent_id IS NULL
                    AND s.previous_id IS NULL
    JOIN logic.decision d ON d.region_id = s.region_id AND d.step_id = s.step_id AND d.table_no <= 3
    WHERE r.region_id = p_region AND r.referral_id = p_referral AND actor.role <> 'steward'
      AND logic.may_see(actor, p_region, p_referral, r.organisation_id);
    IF NOT FOUND THEN
        PERFORM logic.note_refused(actor, p_region, 'R', 'explanation', p_referral, p_referral, p_from);
        RETURN NULL;
    ELSIF NOT logic.shows_facts(seen.sight, seen.told) THEN
        PERFORM logic.note_refused(actor, p_region, 'R', 'explanation', p_referral, p_referral, p_from);
        RETURN json_build_object('withheld', logic.words_of_fields(seen.told & ~(seen.sight).fields));
    END IF;
    PERFORM logic.note_access(actor, p_region, 'R', 'explanation', 'granted', p_referral, ARRAY[seen.client_id], seen.told,
                              (seen.sight).ground, (seen.sight).consent_nr, NULL, p_from);
    RETURN seen.document;
END
$$;
