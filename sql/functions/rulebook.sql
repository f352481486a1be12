-- The rulebook for reading: which versions are in force, their rows, who wrote and approved them.

-- The seven questions. What each may look at and answer is a check of data.rule.
CREATE VIEW logic.question (table_no, hit_policy, name) AS
VALUES (1, 'F', 'Uitsluiten en veiligheid'), (2, 'C', 'Vraag en situatie naar aanpak'),
       (3, 'C', 'Aanpak, gebied en groep naar aanbod'), (4, 'U', 'Gegevens per aanpak en ontvanger'),
       (5, 'U', 'Termijnen en opschalen'), (6, 'U', 'Vervolg na een weigering'),
       (7, 'U', 'Terugkoppeling per mijlpaal en verwijzer');

-- Versions that have come into force, ever, or will. Those of before the rulebook have another hit policy and do not count.
CREATE VIEW logic.effective_table AS
SELECT t.region_id, t.table_no, t.version, t.restores, t.effective_from
FROM data.rule_table t
JOIN logic.question q ON q.table_no = t.table_no AND q.hit_policy = t.hit_policy
WHERE t.status = 'published';

-- Of each table the one that is in force at a time.
CREATE FUNCTION logic.tables_in_force(p_region int, p_at timestamptz)
RETURNS TABLE (table_no int, version int, since timestamptz) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (t.table_no) t.table_no, t.version, t.effective_from
    FROM logic.effective_table t
    WHERE t.region_id = p_region AND t.effective_from <= p_at
    ORDER BY t.table_no, t.effective_from DESC, t.version DESC;
$$;

CREATE FUNCTION wijzer.rule_version_in_force(p_region int, p_table int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    RETURN (SELECT f.version FROM logic.tables_in_force(p_region, wijzer.clock()) f WHERE f.table_no = p_table);
END
$$;

-- The rows of a version as they are stored, in order; offerings by code too. What the daemon compiles.
CREATE FUNCTION wijzer.rule_rows(p_region int, p_version int)
RETURNS TABLE (rule_id text, is_otherwise boolean, nots text[], domains text[], icpc text[], age int4multirange,
               area int4multirange, language text[], urgency text[], mobility text[], digital_skill text[], lvb boolean,
               occupation text[], household text[], referrer text[], referrer_role text[], declines text[],
               approaches text[], recipient text[], promise text[], level int4multirange, decline text[],
               tries int4multirange, milestone text[], action text, offering_id int, offering_code text, approach text,
               weight int, offer int, evidence text, fields text[], amount int, unit text, escalate_after int, next text, form text,
               channel text, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    RETURN QUERY
    SELECT r.rule_id, r.is_otherwise, r.nots::text[], r.domains::text[], r.icpc::text[], r.age, r.area,
           r.language::text[], r.urgency::text[], r.mobility::text[], r.digital_skill::text[], r.lvb,
           r.occupation::text[], r.household::text[], r.referrer::text[], r.referrer_role::text[], r.declines::text[],
           r.approaches::text[], r.recipient::text[], r.promise::text[], r.level, r.decline::text[], r.tries,
           r.milestone::text[], r.action, r.offering_id, f.code::text, r.approach, r.weight, r.offer, r.evidence::text, r.fields::text[], r.amount,
           r.unit, r.escalate_after, r.next, r.form, r.channel, r.reason
    FROM data.rule r
    LEFT JOIN data.offering f ON f.region_id = r.region_id AND f.offering_id = r.offering_id
    WHERE r.region_id = p_region AND r.version = p_version
    ORDER BY r.position;
END
$$;

-- Who wrote, asked or approved: null for what came with the region.
CREATE FUNCTION logic.person(p_region int, p_account int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT json_build_object('name', a.name, 'organisation', logic.named(o.code, o.name))
            FROM data.account a JOIN data.organisation o USING (region_id, organisation_id)
            WHERE a.region_id = p_region AND a.account_id = p_account);
END
$$;

-- Who did something, and for which organisation.
CREATE FUNCTION logic.person_for(p_region int, p_account int, p_organisation int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT json_build_object('name', a.name, 'organisation', (
                SELECT logic.named(o.code, o.name) FROM data.organisation o
                WHERE o.region_id = p_region AND o.organisation_id = p_organisation))
            FROM data.account a WHERE a.region_id = p_region AND a.account_id = p_account);
END
$$;

CREATE FUNCTION logic.rule_count(p_region int, p_version int) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(*) FROM data.rule r
            WHERE r.region_id = p_region AND r.version = p_version AND NOT r.is_otherwise);
END
$$;

-- A version without its rows, as it stands at a time.
CREATE FUNCTION logic.rule_version_document(p_region int, p_version int, p_at timestamptz) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'table', t.table_no, 'version', t.version, 'status', t.status, 'hitPolicy', t.hit_policy, 'name', t.name,
            'note', t.note, 'basedOn', t.based_on, 'restores', t.restores, 'author', logic.person(p_region, t.author_id),
            'createdAt', logic.iso(t.created_at), 'publishedBy', logic.person(p_region, t.published_by),
            'publishedAt', logic.iso(t.published_at), 'acknowledged', t.acknowledged,
            'approver', logic.person(p_region, t.approver_id), 'approvedAt', logic.iso(t.approved_at),
            'effectiveFrom', logic.iso(t.effective_from),
            'inForce', EXISTS (SELECT FROM logic.tables_in_force(p_region, p_at) f WHERE f.version = t.version),
            'ruleCount', logic.rule_count(p_region, t.version),
            'examples', (
                SELECT coalesce(json_agg(json_build_object('id', e.example_id, 'sentence', e.sentence, 'facts', e.facts,
                                                           'expect', e.expected) ORDER BY e.position), '[]')
                FROM data.rule_example e WHERE e.region_id = p_region AND e.version = t.version))
        FROM data.rule_table t
        WHERE t.region_id = p_region AND t.version = p_version);
END
$$;

CREATE FUNCTION wijzer.rule_version(p_region int, p_account int, p_version int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    RETURN CASE WHEN actor.account_id IS NOT NULL
                THEN logic.rule_version_document(p_region, p_version, wijzer.clock()) END;
END
$$;

-- Always seven tables: what is in force, what will be first, what is being worked on, and what was.
CREATE FUNCTION wijzer.list_rule_tables(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    now constant timestamptz := wijzer.clock();
BEGIN
    IF actor.account_id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT json_agg(json_build_object(
            'table', q.table_no, 'name', q.name, 'hitPolicy', q.hit_policy,
            'inForce', CASE WHEN f.version IS NOT NULL THEN json_build_object(
                'version', f.version, 'since', logic.iso(f.since), 'rules', logic.rule_count(p_region, f.version)) END,
            'next', (
                SELECT json_build_object('version', t.version, 'from', logic.iso(t.effective_from))
                FROM logic.effective_table t
                WHERE t.region_id = p_region AND t.table_no = q.table_no AND t.effective_from > now
                ORDER BY t.effective_from, t.version
                LIMIT 1),
            'drafts', (
                SELECT coalesce(json_agg(json_build_object(
                    'version', t.version, 'status', t.status, 'author', a.name, 'createdAt', logic.iso(t.created_at),
                    'note', t.note, 'basedOn', t.based_on) ORDER BY t.version), '[]')
                FROM data.rule_table t
                LEFT JOIN data.account a ON a.region_id = t.region_id AND a.account_id = t.author_id
                WHERE t.region_id = p_region AND t.table_no = q.table_no
                  AND t.status IN ('draft', 'awaiting-approval')),
            'history', (
                SELECT coalesce(json_agg(json_build_object('version', t.version, 'from', logic.iso(t.effective_from),
                                                           'restores', t.restores)
                                         ORDER BY t.effective_from DESC, t.version DESC), '[]')
                FROM (SELECT * FROM data.rule_table x
                      WHERE x.region_id = p_region AND x.table_no = q.table_no AND x.status = 'published'
                        AND x.effective_from <= now
                      ORDER BY x.effective_from DESC, x.version DESC
                      LIMIT 10) t)) ORDER BY q.table_no)
        FROM logic.question q
        LEFT JOIN logic.tables_in_force(p_region, now) f ON f.table_no = q.table_no));
END
$$;
