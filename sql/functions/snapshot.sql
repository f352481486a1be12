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

-- Organisations and offerings that have ended are left out, unless a rule in force still names them. The sub-selects that
-- look for that are hashed and made only where something has ended.
CREATE FUNCTION logic.organisations(p_region int, p_versions int[]) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object('id', o.organisation_id, 'code', o.code, 'name', o.name,
                                                   'kind', o.kind, 'ended', o.ended_at IS NOT NULL)
                                 ORDER BY o.organisation_id), '[]')
        FROM data.organisation o
        WHERE o.region_id = p_region
          AND (o.ended_at IS NULL
               OR o.code::text IN (SELECT unnest(r.referrer) FROM data.rule r
                                   WHERE r.region_id = p_region AND r.version = ANY (p_versions))
               OR o.organisation_id IN (SELECT f.organisation_id
                                        FROM data.rule r
                                        JOIN data.offering f ON f.region_id = r.region_id
                                                            AND f.offering_id = r.offering_id
                                        WHERE r.region_id = p_region AND r.version = ANY (p_versions))));
END
$$;

CREATE FUNCTION logic.offerings(p_region int, p_versions int[]) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', f.offering_id, 'code', f.code, 'name', f.name, 'organisation', f.organisation_id,
            'capacity', room.state, 'asOf', room.as_of, 'confirmed', f.confirmed_on, 'replyHours', m.median_hours,
            'evidence', CASE WHEN e.level IS NOT NULL THEN json_build_object('code', e.level, 'source', e.source, 'asOf', e.as_of) END,
            'ended', f.ended_at IS NOT NULL OR o.ended_at IS NOT NULL) ORDER BY f.offering_id), '[]')
        FROM data.offering f
        JOIN data.organisation o USING (region_id, organisation_id)
        LEFT JOIN data.offering_measure m USING (region_id, offering_id)
        LEFT JOIN data.evidence e USING (region_id, offering_id)
        CROSS JOIN LATERAL logic.room_of(f.region_id, f.offering_id) AS room
        WHERE f.region_id = p_region
          AND (f.ended_at IS NULL AND o.ended_at IS NULL
               OR f.offering_id IN (SELECT r.offering_id FROM data.rule r
                                    WHERE r.region_id = p_region AND r.version = ANY (p_versions)
                                      AND r.offering_id IS NOT NULL)));
END
$$;

CREATE FUNCTION wijzer.region_snapshot(p_region int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    versions int[];
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    versions := ARRAY(SELECT t.version FROM logic.tables_in_force(p_region, wijzer.clock()) t);
    RETURN (
        SELECT json_build_object(
            'id', r.region_id, 'code', r.code, 'name', r.name,
            'version', logic.snapshot_version(p_region, r.version),
            'coordination', r.coordination_id, 'bsn', CASE WHEN r.bsn_ground IS NOT NULL THEN r.bsn_recipients ELSE '{}' END,
            'staleDays', r.stale_days, 'oldDays', r.old_days,
            'organisations', logic.organisations(p_region, versions),
            'offerings', logic.offerings(p_region, versions),
            'recipients', (
                SELECT coalesce(json_agg(DISTINCT o.kind ORDER BY o.kind), '[]')
                FROM data.organisation o WHERE o.region_id = p_region),
            'approaches', (
                SELECT coalesce(json_agg(logic.word(a.code, a.label) ORDER BY a.position, a.code), '[]')
                FROM data.approach a WHERE a.region_id = p_region),
            'evidence', (
                SELECT coalesce(json_agg(logic.word(e.code, e.label) ORDER BY e.position, e.code), '[]')
                FROM data.evidence_level e WHERE e.region_id = p_region),
            'icpc', (
                SELECT coalesce(json_agg(i.code ORDER BY i.code), '[]')
                FROM data.icpc i WHERE i.region_id = p_region),
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
            'tables', (
                SELECT coalesce(json_agg(json_build_object('table', t.table_no, 'version', t.version,
                                                           'since', logic.iso(t.since)) ORDER BY t.table_no), '[]')
                FROM logic.tables_in_force(p_region, wijzer.clock()) t))
        FROM data.region r WHERE r.region_id = p_region);
END
$$;
