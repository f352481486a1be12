-- How long things are kept, as rows: proposed by one, approved by another. The keeper of time forgets clients whose time has
-- come, a page at a time, and leaves proof of it. Of the laws that apply to a client the one that keeps longest decides.

-- Of each law the row in force on a day.
CREATE FUNCTION logic.retention_in_force(p_region int, p_day date) RETURNS SETOF data.retention LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (t.law) t.*
    FROM data.retention t
    WHERE t.region_id = p_region AND t.approved_at IS NOT NULL AND t.valid_from <= p_day
    ORDER BY t.law, t.valid_from DESC, t.nr DESC;
END
$$;

CREATE FUNCTION logic.retention_document(p_region int, p_nr int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'number', t.nr, 'law', t.law, 'startEvent', t.start_event, 'years', t.years, 'validFrom', t.valid_from,
            'kinds', t.kinds, 'status', CASE WHEN t.approved_at IS NULL THEN 'proposed' ELSE 'approved' END,
            'inForce', EXISTS (SELECT FROM logic.retention_in_force(p_region, wijzer.clock()::date) f WHERE f.nr = t.nr),
            'proposedBy', (SELECT a.name FROM data.account a WHERE a.region_id = p_region AND a.account_id = t.proposed_by),
            'proposedAt', logic.iso(t.proposed_at),
            'approvedBy', (SELECT a.name FROM data.account a WHERE a.region_id = p_region AND a.account_id = t.approved_by),
            'approvedAt', logic.iso(t.approved_at))
        FROM data.retention t
        WHERE t.region_id = p_region AND t.nr = p_nr);
END
$$;

CREATE FUNCTION wijzer.list_retention(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NULL OR actor.role NOT IN ('coordinator', 'steward') THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(logic.retention_document(p_region, t.nr) ORDER BY t.law, t.valid_from, t.nr), '[]')
        FROM data.retention t WHERE t.region_id = p_region));
END
$$;

CREATE FUNCTION wijzer.propose_retention(p_region int, p_account int, p_key text, p_hash text, p_law text, p_start_event text,
                                         p_years int, p_valid_from date, p_kinds text[])
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_nr int;
    v_at timestamptz;
BEGIN
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE; -- numbers without holes
    v_at := logic.instant();
    v_nr := (SELECT coalesce(max(t.nr), 0) + 1 FROM data.retention t WHERE t.region_id = p_region);
    SELECT t.result, t.answer INTO result, answer
    FROM logic.try_to_propose(actor, p_region, p_key, p_hash, 'propose-retention', v_nr,
                              CASE WHEN NOT logic.are_kinds(p_region, p_kinds) THEN 'kind-unknown' END, v_at) t;
    IF result = 'proposed' THEN
        INSERT INTO data.retention (region_id, nr, law, start_event, years, valid_from, kinds, proposed_at, proposed_by)
        VALUES (p_region, v_nr, p_law, p_start_event, p_years, p_valid_from, p_kinds, v_at, p_account);
        answer := logic.keep_answer(actor, p_region, p_key, logic.retention_document(p_region, v_nr));
    END IF;
    RETURN NEXT;
END
$$;

CREATE FUNCTION wijzer.approve_retention(p_region int, p_account int, p_key text, p_hash text, p_nr int)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    r data.retention;
BEGIN
    SELECT * INTO r FROM data.retention x WHERE x.region_id = p_region AND x.nr = p_nr FOR NO KEY UPDATE;
    SELECT t.result, t.answer INTO result, answer
    FROM logic.try_to_approve(actor, p_region, p_key, p_hash, 'approve-retention', p_nr, r.proposed_at, r.proposed_by, r.approved_at) t;
    IF result = 'approved' THEN
        UPDATE data.retention x SET approved_at = logic.instant(), approved_by = p_account
        WHERE x.region_id = p_region AND x.nr = p_nr;
        answer := logic.keep_answer(actor, p_region, p_key, logic.retention_document(p_region, p_nr));
    END IF;
    RETURN NEXT;
END
$$;

-- ---- the keeper of time ----

-- By which law each of these clients is kept, from when, and until when; null: as long as their referrals are not where the law
-- begins to count. `laws` is passed in, so that it is looked up once.
CREATE TYPE logic.kept AS (client_id bigint, referrals bigint, law text, start timestamptz, until timestamptz);

CREATE FUNCTION logic.kept(p_region int, p_clients bigint[], laws data.retention[]) RETURNS SETOF logic.kept
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (c.client_id) c.client_id, c.referrals, l.law::text, s.at, s.at + make_interval(years => l.years)
    FROM (
        SELECT r.client_id, count(*) AS referrals,
               CASE WHEN bool_and(r.ended_at IS NOT NULL) THEN max(r.ended_at) END AS ended_at,
               CASE WHEN bool_and(r.closed_at IS NOT NULL) THEN max(r.closed_at) END AS closed_at
        FROM data.referral r
        JOIN data.client x ON x.region_id = r.region_id AND x.client_id = r.client_id AND x.erased_at IS NULL
        WHERE r.region_id = p_region AND r.client_id = ANY (p_clients)
        GROUP BY r.client_id) c
    CROSS JOIN unnest(laws) l
    CROSS JOIN LATERAL (SELECT CASE l.start_event WHEN 'loop-closed' THEN c.closed_at ELSE c.ended_at END AS at) s
    WHERE l.law <> 'access-log'
      AND (l.kinds IS NULL OR EXISTS (
          SELECT FROM data.referral r
          JOIN data.step t ON t.region_id = r.region_id AND t.referral_id = r.referral_id
          JOIN data.organisation o ON o.region_id = t.region_id AND o.organisation_id = t.owner_id
          WHERE r.region_id = p_region AND r.client_id = c.client_id AND o.kind = ANY (l.kinds)))
    ORDER BY c.client_id, s.at + make_interval(years => l.years) DESC NULLS FIRST, l.law;
END
$$;

-- What was removed on a day by a law, and the oldest that was looked at and remains.
CREATE FUNCTION logic.note_kept(p_region int, p_law text, p_at timestamptz, p_removed bigint, p_oldest timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.retention_proof AS p (region_id, day, law, at, removed, oldest)
    VALUES (p_region, p_at::date, p_law, p_at, p_removed, p_oldest)
    ON CONFLICT ON CONSTRAINT retention_proof_pkey DO UPDATE SET
        removed = p.removed + excluded.removed, at = excluded.at, oldest = least(p.oldest, excluded.oldest);
END
$$;

-- Looks at the next clients after p_after (0 first) of whom a referral has ended, and forgets those whose time has come; one
-- that is being worked on waits for tomorrow. Returns the last one looked at, null at the end, and how many were forgotten.
CREATE FUNCTION wijzer.apply_retention(p_region int, p_after bigint, p_size int, OUT last bigint, OUT removed int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_at constant timestamptz := logic.instant();
    laws constant data.retention[] := ARRAY(SELECT f FROM logic.retention_in_force(p_region, v_at::date) f);
    looked bigint[];
    kept logic.kept[];
    gone bigint[] := '{}';
    c logic.kept;
    locked int;
BEGIN
    looked := ARRAY(SELECT DISTINCT r.client_id FROM data.referral r
                    WHERE r.region_id = p_region AND r.client_id > p_after AND r.ended_at IS NOT NULL
                    ORDER BY r.client_id LIMIT p_size);
    last := looked[p_size];
    kept := ARRAY(SELECT k FROM logic.kept(p_region, looked, laws) k);
    FOR c IN SELECT k.* FROM unnest(kept) k WHERE k.until <= v_at ORDER BY k.client_id LOOP
        SELECT count(*) INTO locked
        FROM (SELECT FROM data.referral r WHERE r.region_id = p_region AND r.client_id = c.client_id
              FOR NO KEY UPDATE SKIP LOCKED) l;
        IF locked = c.referrals AND NOT logic.has_open_step(p_region, c.client_id) AND NOT logic.awaits_review(p_region, c.client_id)
           AND logic.forget_client(keeper, p_region, c.client_id, 'retention-erased', v_at, NULL) THEN
            gone := gone || c.client_id;
        END IF;
    END LOOP;
    removed := cardinality(gone);
    PERFORM logic.note_kept(p_region, k.law, v_at, count(*) FILTER (WHERE k.client_id = ANY (gone)),
                            min(k.start) FILTER (WHERE k.client_id <> ALL (gone)))
    FROM unnest(kept) k
    GROUP BY k.law;
END
$$;

-- The next client after p_after cannot be forgotten, whatever the reason: who it is; null: there is none. The proof of the day says
-- that they remain.
CREATE FUNCTION wijzer.pass_retention(p_region int, p_after bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_at constant timestamptz := logic.instant();
    laws constant data.retention[] := ARRAY(SELECT f FROM logic.retention_in_force(p_region, v_at::date) f);
    v_client constant bigint := (
        SELECT r.client_id FROM data.referral r
        WHERE r.region_id = p_region AND r.client_id > p_after AND r.ended_at IS NOT NULL
        ORDER BY r.client_id LIMIT 1);
BEGIN
    PERFORM logic.note_kept(p_region, k.law, v_at, 0, k.start) FROM logic.kept(p_region, ARRAY[v_client], laws) k;
    RETURN v_client;
END
$$;

-- After the last page: of every law a row of proof for this day. The access log is kept (its years are the least that it must be
-- kept, and it holds ids alone).
CREATE FUNCTION wijzer.prove_retention(p_region int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_at constant timestamptz := logic.instant();
BEGIN
    PERFORM logic.note_kept(p_region, l.law, v_at, 0, CASE l.law WHEN 'access-log' THEN (
                SELECT a.at FROM data.access a WHERE a.region_id = p_region ORDER BY a.access_id LIMIT 1) END)
    FROM logic.retention_in_force(p_region, v_at::date) l;
END
$$;

-- The last year of proof, the newest first.
CREATE FUNCTION wijzer.retention_proof(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NULL OR actor.role NOT IN ('coordinator', 'steward') THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(json_build_object('day', p.day, 'law', p.law, 'removed', p.removed, 'oldest', logic.iso(p.oldest),
                                                   'at', logic.iso(p.at)) ORDER BY p.day DESC, p.law), '[]')
        FROM data.retention_proof p
        WHERE p.region_id = p_region AND p.day > wijzer.clock()::date - 366));
END
$$;
