-- Consent after the referral: what is in force in words, what each party sees by it, and its changes. The organisation that
-- referred (its referrers) and the coordinators record what the client wants. A change is a new row of data.consent; the
-- next read goes by it. Whose sight became smaller is told that something was withdrawn, not what.

CREATE FUNCTION logic.speaks_for(actor logic.actor, p_region int, p_client bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN actor.role IN ('referrer', 'coordinator') AND EXISTS (
        SELECT FROM data.referral r
        WHERE r.region_id = p_region AND r.client_id = p_client
          AND (actor.role = 'coordinator'
               OR r.organisation_id = actor.organisation_id AND r.origin IS DISTINCT FROM 'signal'));
END
$$;

-- A client as the access log names one: nobody where there is no such client.
CREATE FUNCTION logic.known_client(p_region int, p_client bigint) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT r.client_id FROM data.referral r WHERE r.region_id = p_region AND r.client_id = p_client);
END
$$;

-- On what ground the log says somebody looked at a client's papers without looking at the client.
CREATE FUNCTION logic.ground_of_role(role text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE role WHEN 'referrer' THEN 'referrer' WHEN 'coordinator' THEN 'coordination' ELSE 'none' END;

CREATE FUNCTION logic.consent_in_force(p_region int, p_client bigint) RETURNS data.consent LANGUAGE plpgsql STABLE AS $$
DECLARE
    found data.consent;
BEGIN
    SELECT * INTO found FROM data.consent c
    WHERE c.region_id = p_region AND c.client_id = p_client
    ORDER BY c.nr DESC LIMIT 1;
    found.grants := logic.grants_of(found);
    RETURN found;
END
$$;

CREATE FUNCTION logic.grant_words(p_region int, p_grants jsonb) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
                   'organisation', logic.named(o.code, o.name), 'kind', g.value ->> 'kind',
                   'step', CASE g.value ->> 'step' WHEN 'first' THEN 'first' ELSE wijzer.code((g.value ->> 'step')::bigint) END,
                   'fields', logic.words_of_fields((g.value ->> 'fields')::int)) ORDER BY g.n), '[]')
        FROM jsonb_array_elements(p_grants) WITH ORDINALITY AS g (value, n)
        LEFT JOIN data.organisation o
            ON o.region_id = p_region AND o.organisation_id = (g.value ->> 'organisation')::int);
END
$$;

CREATE FUNCTION logic.consent_document(p_region int, p_client bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    last constant data.consent := logic.consent_in_force(p_region, p_client);
BEGIN
    RETURN json_build_object(
        'client', wijzer.code(p_client), 'nr', coalesce(last.nr, 0), 'basis', last.basis,
        'grants', logic.grant_words(p_region, coalesce(last.grants, '[]')),
        'history', (
            SELECT coalesce(json_agg(json_build_object(
                       'nr', c.nr, 'at', logic.iso(c.at), 'basis', c.basis, 'account', a.name,
                       'organisation', logic.named(o.code, o.name),
                       'grants', logic.grant_words(p_region, logic.grants_of(c))) ORDER BY c.nr), '[]')
            FROM data.consent c
            LEFT JOIN data.account a ON a.region_id = c.region_id AND a.account_id = c.account_id
            LEFT JOIN data.organisation o ON o.region_id = c.region_id AND o.organisation_id = c.organisation_id
            WHERE c.region_id = p_region AND c.client_id = p_client));
END
$$;

-- No row where there is no such client or the reader does not speak for it.
CREATE FUNCTION wijzer.get_consent(p_region int, p_account int, p_client bigint, p_from text DEFAULT NULL)
RETURNS TABLE (version int, document json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    allowed constant boolean := logic.speaks_for(actor, p_region, p_client);
BEGIN
    IF actor.account_id IS NULL THEN
        RETURN;
    END IF;
    PERFORM logic.note_access(actor, p_region, 'R', 'consent', CASE WHEN allowed THEN 'granted' ELSE 'refused' END, p_client,
                              logic.known_client(p_region, p_client), 0,
                              CASE WHEN allowed THEN logic.ground_of_role(actor.role) END, NULL, NULL, p_from);
    IF allowed THEN
        document := logic.consent_document(p_region, p_client);
        version := (document ->> 'nr')::int;
        RETURN NEXT;
    END IF;
END
$$;

-- ---- changes ----

-- Whether a grant's recipient may have the citizen service number.
CREATE FUNCTION logic.may_get_bsn(p_region int, p_grant jsonb) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.region g
                   WHERE g.region_id = p_region AND g.bsn_ground IS NOT NULL
                     AND coalesce(p_grant ->> 'kind', (
                             SELECT o.kind FROM data.organisation o
                             WHERE o.region_id = p_region AND o.organisation_id = (p_grant ->> 'organisation')::int))
                         = ANY (g.bsn_recipients));
END
$$;

-- The places of what is wrong with grants, as [[index, member], ...]: an organisation or kind that the region does not
-- have, a step that is none of this client's, fields that do not exist or that the recipient may not have, the same recipient
-- twice. Null: nothing.
CREATE FUNCTION logic.wrong_grants(p_region int, p_client bigint, p_grants jsonb) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_agg(json_build_array(x.n - 1, x.member) ORDER BY x.n, x.member)
        FROM (
            SELECT g.n, w.member
            FROM jsonb_array_elements(p_grants) WITH ORDINALITY AS g (value, n)
            CROSS JOIN LATERAL (VALUES
                ('organisation', g.value ? 'organisation' AND NOT EXISTS (
                    SELECT FROM data.organisation o
                    WHERE o.region_id = p_region AND o.organisation_id = (g.value ->> 'organisation')::int)),
                ('kind', (g.value ? 'kind') = (g.value ? 'organisation') OR g.value ? 'kind' AND NOT EXISTS (
                    SELECT FROM data.organisation o
                    WHERE o.region_id = p_region AND o.kind = g.value ->> 'kind')),
                ('step', g.value ? 'step' AND g.value ->> 'step' <> 'first' AND NOT EXISTS (
                    SELECT FROM data.referral r
                    JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id
                    WHERE r.region_id = p_region AND r.client_id = p_client AND s.step_id = (g.value ->> 'step')::bigint)),
                ('fields', ((g.value ->> 'fields')::int BETWEEN 0 AND logic.every_field()) IS NOT TRUE
                    OR (g.value ->> 'fields')::int & 4096 <> 0 AND NOT logic.may_get_bsn(p_region, g.value)))
                AS w (member, is_wrong)
            WHERE w.is_wrong
            UNION ALL
            SELECT g.n, 'choice'
            FROM (SELECT e.n, row_number() OVER (PARTITION BY e.value - 'fields' ORDER BY e.n) AS time
                  FROM jsonb_array_elements(p_grants) WITH ORDINALITY AS e (value, n)) g
            WHERE g.time > 1) x);
END
$$;

-- What changes of consent have in common. The referral's row is locked first, as for everything that happens to it.
-- refusal null: go on, the key is claimed.
CREATE FUNCTION logic.begin_consent(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text,
                                    p_client bigint, p_expected int, p_from text, OUT refusal text, OUT last data.consent,
                                    OUT referral bigint, OUT at timestamptz, OUT answer json) LANGUAGE plpgsql AS $$
DECLARE
    done data.idempotency;
BEGIN
    IF actor.account_id IS NULL THEN
        refusal := 'account-unknown';
        RETURN;
    END IF;
    IF NOT logic.speaks_for(actor, p_region, p_client) THEN
        PERFORM logic.note_access(actor, p_region, 'U', 'consent', 'refused', p_client, logic.known_client(p_region, p_client),
                                  0, 'none', NULL, NULL, p_from);
        refusal := 'not-found';
        RETURN;
    END IF;
    FOR referral IN SELECT r.referral_id FROM data.referral r
                    WHERE r.region_id = p_region AND r.client_id = p_client
                    ORDER BY r.referral_id
                    FOR NO KEY UPDATE LOOP
        NULL; -- the last one keeps the event
    END LOOP;
    at := logic.instant();
    last := logic.consent_in_force(p_region, p_client);
    SELECT * INTO done FROM data.idempotency i
    WHERE i.region_id = p_region AND i.account_id = actor.account_id AND i.idem_key = p_key;
    IF FOUND THEN
        refusal := CASE WHEN done.operation = p_operation AND done.object_id = p_client AND done.body_hash = decode(p_hash, 'hex')
                        THEN 'replayed' ELSE 'key-reused' END;
        answer := CASE refusal WHEN 'replayed' THEN done.answer END;
        RETURN;
    END IF;
    refusal := CASE
        WHEN EXISTS (SELECT FROM data.client c
                     WHERE c.region_id = p_region AND c.client_id = p_client AND c.erased_at IS NOT NULL) THEN 'erased'
        WHEN coalesce(last.nr, 0) <> p_expected THEN 'version-conflict'
    END;
END
$$;

-- Writes it, tells of it, and keeps the answer. The key is taken before.
CREATE FUNCTION logic.record_consent(actor logic.actor, p_region int, p_client bigint, p_referral bigint, p_last data.consent,
                                     p_grants jsonb, p_basis text, p_kind text, p_at timestamptz, p_key text, p_from text)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_nr constant int := coalesce(p_last.nr, 0) + 1;
    document json;
BEGIN
    INSERT INTO data.consent (region_id, client_id, nr, at, account_id, organisation_id, basis, grants)
    VALUES (p_region, p_client, v_nr, p_at, actor.account_id, actor.organisation_id, p_basis, p_grants);
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, client_id, role, came_from, consent_nr)
    VALUES (p_region, p_referral, p_at, p_kind, actor.account_id, actor.organisation_id, p_client, actor.role, p_from, v_nr);
    PERFORM logic.notify_narrowed(actor, p_region, p_client, p_last.grants, p_grants, p_at);
    document := logic.consent_document(p_region, p_client);
    UPDATE data.idempotency i SET answer = document
    WHERE i.region_id = p_region AND i.account_id = actor.account_id AND i.idem_key = p_key;
    RETURN document;
END
$$;

-- The client's choices instead of what was in force: p_choices as data.consent has grants. Results: changed, replayed,
-- key-reused, account-unknown, not-found, version-conflict (version: the one in force), erased, choice-unknown (detail: see
-- logic.wrong_grants).
CREATE FUNCTION wijzer.change_consent(p_region int, p_account int, p_key text, p_hash text, p_client bigint, p_expected int,
                                      p_choices json, p_basis text, p_from text DEFAULT NULL)
RETURNS TABLE (result text, version int, detail json, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    b record;
BEGIN
    SELECT * INTO b FROM logic.begin_consent(actor, p_region, p_key, p_hash, 'change-consent', p_client, p_expected, p_from);
    result := b.refusal;
    answer := b.answer;
    IF result IS NULL THEN
        detail := logic.wrong_grants(p_region, p_client, p_choices::jsonb);
        result := CASE
            WHEN detail IS NOT NULL THEN 'choice-unknown'
            WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'change-consent', p_client, b.at) THEN 'key-reused'
            ELSE 'changed' END;
    END IF;
    IF result = 'changed' THEN
        answer := logic.record_consent(actor, p_region, p_client, b.referral, b.last, p_choices::jsonb, p_basis,
                                       'consent-changed', b.at, p_key, p_from);
    END IF;
    version := coalesce((answer ->> 'nr')::int, (b.last).nr);
    RETURN NEXT;
END
$$;

-- Grants without those of an organisation or a kind. What is said of its kind does not count for the organisation any more;
-- of a kind all of its organisations lose what they had.
CREATE FUNCTION logic.narrowed(p_region int, p_grants jsonb, p_organisation int, p_kind text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(g.value ORDER BY g.n), '[]')
        FROM jsonb_array_elements(p_grants) WITH ORDINALITY AS g (value, n)
        LEFT JOIN data.organisation o ON o.region_id = p_region AND o.organisation_id = (g.value ->> 'organisation')::int
        WHERE (o.organisation_id = p_organisation) IS NOT TRUE
          AND (p_organisation IS NULL AND coalesce(o.kind::text, g.value ->> 'kind') = p_kind) IS NOT TRUE)
        || jsonb_build_array(CASE WHEN p_organisation IS NULL THEN jsonb_build_object('kind', p_kind, 'fields', 0)
                                  ELSE jsonb_build_object('organisation', p_organisation, 'fields', 0) END);
END
$$;

-- Takes back all of it, or what one organisation or one kind had (by code; at most one of the two). Results: withdrawn and
-- those of change_consent; choice-unknown where there is no such organisation or kind.
CREATE FUNCTION wijzer.withdraw_consent(p_region int, p_account int, p_key text, p_hash text, p_client bigint, p_expected int,
                                        p_organisation text, p_kind text, p_from text DEFAULT NULL)
RETURNS TABLE (result text, version int, detail json, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    organisation constant int := (SELECT o.organisation_id FROM data.organisation o
                                  WHERE o.region_id = p_region AND o.code = p_organisation);
    grants jsonb := '[]';
    b record;
BEGIN
    SELECT * INTO b FROM logic.begin_consent(actor, p_region, p_key, p_hash, 'withdraw-consent', p_client, p_expected, p_from);
    result := b.refusal;
    answer := b.answer;
    IF result IS NULL THEN
        result := CASE
            WHEN p_organisation IS NOT NULL AND organisation IS NULL OR p_kind IS NOT NULL AND NOT EXISTS (
                SELECT FROM data.organisation o WHERE o.region_id = p_region AND o.kind = p_kind) THEN 'choice-unknown'
            WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'withdraw-consent', p_client, b.at) THEN 'key-reused'
            ELSE 'withdrawn' END;
    END IF;
    IF result = 'choice-unknown' THEN
        detail := json_build_array(CASE WHEN organisation IS NULL AND p_organisation IS NOT NULL THEN 'organisation' ELSE 'kind' END);
    ELSIF result = 'withdrawn' THEN
        IF num_nonnulls(organisation, p_kind) > 0 THEN
            grants := logic.narrowed(p_region, (b.last).grants, organisation, p_kind);
        END IF;
        answer := logic.record_consent(actor, p_region, p_client, b.referral, b.last, grants, 'withdrawn', 'consent-withdrawn',
                                       b.at, p_key, p_from);
    END IF;
    version := coalesce((answer ->> 'nr')::int, (b.last).nr);
    RETURN NEXT;
END
$$;

-- ---- what each party sees ----

-- Asks the same question as the views do, as somebody else. Who calls enters again afterwards.
CREATE FUNCTION logic.sight_as(p_region int, p_client bigint, p_organisation int, p_role text) RETURNS logic.sight
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('wijzer.account', '', true), set_config('wijzer.organisation', p_organisation::text, true),
            set_config('wijzer.role', p_role, true),
            set_config('wijzer.bsn', CASE WHEN logic.may_have_bsn(p_region, p_organisation) THEN 'on' ELSE '' END, true);
    RETURN logic.sight_of(p_region, p_client);
END
$$;

-- Of one referral, party by party. A value is shown to who asks only where they may see it themselves; what the party gets
-- is in `fields` either way.
CREATE FUNCTION logic.party_document(p_region int, p_referral bigint, p_party json, p_fields int) RETURNS json
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'organisation', p_party -> 'organisation', 'kind', p_party -> 'kind', 'steps', p_party -> 'steps',
            'fields', logic.words_of_fields(p_fields), 'withheld', logic.words_of_fields(logic.every_field() & ~p_fields),
            'client', CASE WHEN p_fields <> 0 AND c.client_id IS NOT NULL THEN json_build_object(
                'name', CASE WHEN p_fields & 1 <> 0 THEN logic.sealed(c.client_id, c.client_id, 'name', c.name) END,
                'birthYear', CASE WHEN p_fields & 2 <> 0 THEN c.birth_year END,
                'area', CASE WHEN p_fields & 4 <> 0 THEN c.area END,
                'phone', CASE WHEN p_fields & 8 <> 0 THEN logic.sealed(c.client_id, c.client_id, 'phone', c.phone) END,
                'email', CASE WHEN p_fields & 16 <> 0 THEN logic.sealed(c.client_id, c.client_id, 'email', c.email) END,
                'language', CASE WHEN p_fields & 32 <> 0 THEN c.language END,
                'bsn', CASE WHEN p_fields & 4096 <> 0 THEN logic.sealed(c.client_id, c.client_id, 'bsn', c.bsn) END) END,
            'domains', CASE WHEN p_fields & 64 <> 0 THEN r.domains END,
            'icpc', CASE WHEN p_fields & 128 <> 0 THEN r.icpc END,
            'text', CASE WHEN p_fields & 256 <> 0 THEN r.text END,
            'urgency', CASE WHEN p_fields & 512 <> 0 THEN r.urgency END)
        FROM logic.referral_card r
        LEFT JOIN LATERAL (SELECT * FROM logic.client_seen x
                           WHERE x.region_id = r.region_id AND x.client_id = r.client_id AND x.fields > 0 OFFSET 0) c ON true
        WHERE r.region_id = p_region AND r.referral_id = p_referral);
END
$$;

CREATE TYPE logic.party AS (organisation_id int, role text, document json, fields int);

CREATE FUNCTION logic.parties_of(p_region int, p_referral bigint) RETURNS SETOF logic.party LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT o.organisation_id, CASE WHEN o.organisation_id = g.coordination_id THEN 'coordinator' ELSE 'worker' END,
           json_build_object('organisation', logic.named(o.code, o.name), 'kind', o.kind, 'steps', (
               SELECT coalesce(json_agg(json_build_object('id', c.code, 'state', c.state, 'status', c.status)
                                        ORDER BY c.created_at, c.step_id), '[]')
               FROM (SELECT wijzer.code(x.step_id) AS code, x.* FROM logic.step_card x
                     WHERE x.region_id = p_region AND x.referral_id = p_referral AND x.step_id IN (
                         SELECT s.step_id FROM data.step s
                         WHERE s.region_id = p_region AND s.referral_id = p_referral
                           AND s.owner_id = o.organisation_id)) c)), 0
    FROM data.region g
    JOIN data.organisation o ON o.region_id = g.region_id
    WHERE g.region_id = p_region AND (o.organisation_id = g.coordination_id OR EXISTS (
        SELECT FROM data.step s
        WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.owner_id = o.organisation_id))
    ORDER BY (SELECT min(s.step_id) FROM data.step s
              WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.owner_id = o.organisation_id), o.name;
END
$$;

-- Null where there is no such referral or the reader does not speak for its client.
CREATE FUNCTION wijzer.get_disclosure(p_region int, p_account int, p_referral bigint, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
DECLARE
    actor logic.actor := logic.enter(p_region, p_account);
    v_client constant bigint := (SELECT r.client_id FROM data.referral r
                                 WHERE r.region_id = p_region AND r.referral_id = p_referral);
    party logic.party;
    parties logic.party[] := '{}';
    documents json[] := '{}';
    own logic.sight;
    shown int := 0;
BEGIN
    IF v_client IS NULL OR NOT logic.speaks_for(actor, p_region, v_client) THEN
        PERFORM logic.note_refused(actor, p_region, 'R', 'disclosure', p_referral, p_referral, p_from);
        RETURN NULL;
    END IF;
    FOR party IN SELECT * FROM logic.parties_of(p_region, p_referral) LOOP
        party.fields := (logic.sight_as(p_region, v_client, party.organisation_id, party.role)).fields;
        parties := parties || party;
        shown := shown | party.fields;
    END LOOP;
    actor := logic.enter(p_region, p_account);
    own := logic.sight_of(p_region, v_client);
    FOREACH party IN ARRAY parties LOOP
        documents := documents || logic.party_document(p_region, p_referral, party.document, party.fields);
    END LOOP;
    PERFORM logic.note_access(actor, p_region, 'R', 'disclosure', 'granted', p_referral, ARRAY[v_client], shown & own.fields,
                              coalesce(nullif(own.ground, 'none'), logic.ground_of_role(actor.role)), own.consent_nr, NULL, p_from);
    RETURN json_build_object('id', wijzer.code(p_referral), 'client', wijzer.code(v_client),
                             'consentNr', (logic.consent_in_force(p_region, v_client)).nr, 'parties', to_json(documents));
END
$$;
