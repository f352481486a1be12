-- How well it is proved that an offering works, by the ladder of Movisie's database of effective social interventions (words:
-- data.evidence_level). A coordinator writes down what a source says; an organisation does not judge its own offering. Each time is
-- an event of the offering; what routing goes by reaches the daemons with the region's snapshot.

-- p_level null: it is not known any more, and p_source is null too. Results: set, replayed, key-reused, account-unknown,
-- offering-unknown, not-yours, level-unknown (the region has no such word), as-of-ahead (of a day that is yet to come).
CREATE FUNCTION wijzer.set_evidence(p_region int, p_account int, p_key text, p_hash text, p_offering text, p_level text, p_source text,
                                    p_as_of date, p_from text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    begun constant record := logic.begin_offering(actor, p_region, p_key, p_hash, 'set-evidence', p_offering);
    v_at constant timestamptz := logic.instant();
    v_as_of constant date := coalesce(p_as_of, logic.today());
    v_offering constant int := (begun.offering).offering_id;
BEGIN
    result := CASE
        WHEN begun.refusal IS NOT NULL THEN begun.refusal
        WHEN actor.role <> 'coordinator' THEN 'not-yours'
        WHEN p_level IS NOT NULL AND NOT EXISTS (
            SELECT FROM data.evidence_level l WHERE l.region_id = p_region AND l.code::text = p_level) THEN 'level-unknown'
        WHEN v_as_of > logic.today() THEN 'as-of-ahead'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'set-evidence', v_offering, v_at) THEN 'key-reused'
        ELSE 'set' END;
    answer := begun.answer;
    IF result = 'set' THEN
        INSERT INTO data.evidence AS e (region_id, offering_id, level, source, as_of, account_id, at)
        VALUES (p_region, v_offering, p_level, p_source, v_as_of, actor.account_id, v_at)
        ON CONFLICT (region_id, offering_id) DO UPDATE
            SET level = excluded.level, source = excluded.source, as_of = excluded.as_of, account_id = excluded.account_id,
                at = excluded.at;
        INSERT INTO data.offering_event (region_id, offering_id, at, kind, account_id, organisation_id, role, came_from, as_of, evidence,
                                         source)
        VALUES (p_region, v_offering, v_at, 'evidence-set', actor.account_id, actor.organisation_id, actor.role, p_from, v_as_of,
                p_level, p_source);
        PERFORM logic.region_changed(p_region);
        answer := logic.keep_offering(actor, p_region, p_key, v_offering);
    END IF;
    RETURN NEXT;
END
$$;

-- Rows that ask for more than is known of their offering: they count for nobody until a coordinator writes down more of it. has null:
-- it is not known.
CREATE FUNCTION wijzer.offerings_without_evidence(p_region int, p_version int)
RETURNS TABLE (rule_id text, offering_code text, has text, asks text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    ladder constant text[] := '{well-described,well-founded,first-indications,good-indications,strong-indications}';
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    RETURN QUERY
    SELECT r.rule_id, f.code::text, e.level::text, r.evidence::text
    FROM data.rule r
    JOIN data.offering f ON f.region_id = r.region_id AND f.offering_id = r.offering_id
    LEFT JOIN data.evidence e ON e.region_id = r.region_id AND e.offering_id = r.offering_id
    WHERE r.region_id = p_region AND r.version = p_version AND r.evidence IS NOT NULL
      AND coalesce(array_position(ladder, e.level::text), 0) < array_position(ladder, r.evidence::text)
    ORDER BY r.position;
END
$$;
