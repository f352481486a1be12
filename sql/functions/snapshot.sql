-- A region as one document: what the daemon decides with. The shape is in sql/README.md.

CREATE FUNCTION logic.party_words(mask int) RETURNS json LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(json_agg(word ORDER BY bit), '[]')
        FROM (VALUES (1, 'referrer'), (2, 'recipient'), (4, 'coordinator'), (8, 'system')) AS party (bit, word)
        WHERE mask & bit <> 0);

CREATE FUNCTION logic.need_words(mask int) RETURNS json LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(json_agg(word ORDER BY bit), '[]')
        FROM (VALUES (1, 'text'), (2, 'reason'), (4, 'date'), (8, 'channel'), (16, 'decline-code'),
                     (32, 'offerings')) AS need (bit, word)
        WHERE mask & bit <> 0);

CREATE FUNCTION logic.states(p_region int) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object(
        'code', s.code, 'label', s.label, 'status', s.status, 'setBy', logic.party_words(s.set_by),
        'needs', logic.need_words(s.needs),
        'promise', CASE WHEN s.promise_kind IS NOT NULL THEN json_build_object(
            'kind', s.promise_kind, 'unit', s.promise_unit, 'amount', s.promise_amount, 'party', s.promise_party) END,
        'feedback', s.feedback IS NOT NULL) ORDER BY s.position, s.code), '[]')
    FROM data.state s WHERE s.region_id = p_region;
$$;

-- The version in force of the rule table for routing: the newest published one.
CREATE FUNCTION logic.routing(p_region int) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('table', t.table_no, 'version', t.version, 'rules', (
        SELECT coalesce(json_agg(json_build_object(
            'id', r.rule_id, 'domains', coalesce(r.domains, '{}'), 'areas', coalesce(r.areas, '{}'),
            'ageMin', r.age_min, 'ageMax', r.age_max, 'urgency', r.urgency, 'offering', r.offering_id,
            'organisation', r.organisation_id, 'reason', r.reason) ORDER BY r.position), '[]')
        FROM data.rule r
        WHERE r.region_id = p_region AND r.table_no = t.table_no AND r.version = t.version))
    FROM data.rule_table t
    WHERE t.region_id = p_region AND t.table_no = 3 AND t.published_at IS NOT NULL
    ORDER BY t.version DESC
    LIMIT 1;
$$;

CREATE FUNCTION wijzer.region_snapshot(p_region int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    RETURN (
        SELECT json_build_object(
            'id', r.region_id, 'code', r.code, 'name', r.name, 'version', r.version,
            'coordination', r.coordination_id,
            'organisations', (
                SELECT coalesce(json_agg(json_build_object('id', o.organisation_id, 'code', o.code, 'name', o.name)
                                         ORDER BY o.organisation_id), '[]')
                FROM data.organisation o WHERE o.region_id = p_region AND o.ended_at IS NULL),
            'offerings', (
                SELECT coalesce(json_agg(json_build_object('id', f.offering_id, 'code', f.code, 'name', f.name,
                                                           'organisation', f.organisation_id)
                                         ORDER BY f.offering_id), '[]')
                FROM data.offering f JOIN data.organisation o USING (region_id, organisation_id)
                WHERE f.region_id = p_region AND f.ended_at IS NULL AND o.ended_at IS NULL),
            'domains', (
                SELECT coalesce(json_agg(logic.word(d.code, d.label) ORDER BY d.position, d.code), '[]')
                FROM data.domain d WHERE d.region_id = p_region),
            'declineCodes', (
                SELECT coalesce(json_agg(json_build_object('code', c.code, 'label', c.label, 'next', c.next)
                                         ORDER BY c.position, c.code), '[]')
                FROM data.decline_code c WHERE c.region_id = p_region),
            'promiseKinds', (
                SELECT coalesce(json_agg(logic.word(k.code, k.label) ORDER BY k.code), '[]')
                FROM data.promise_kind k WHERE k.region_id = p_region),
            'states', logic.states(p_region),
            'edges', (
                SELECT coalesce(json_agg(json_build_array(e.from_state, e.to_state)
                                         ORDER BY e.from_state, e.to_state), '[]')
                FROM data.edge e WHERE e.region_id = p_region),
            'closures', (
                SELECT coalesce(json_agg(c.day ORDER BY c.day), '[]')
                FROM data.closure c WHERE c.region_id = p_region),
            'routing', logic.routing(p_region))
        FROM data.region r WHERE r.region_id = p_region);
END
$$;
