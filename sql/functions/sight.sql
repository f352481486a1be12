-- What an organisation may see of a client, decided here and nowhere else. The views below are the only way to sealed
-- columns: they belong to wijzer_vault, and wijzer_owner, as which all functions run, cannot read the tables' columns. A
-- function that asks for too much gets less.

-- fields: bits (sql/README.md). ground: referrer, consent, emergency, right (of the client: everything); none where there is
-- no right to anything.
CREATE TYPE logic.sight AS (fields int, ground text, consent_nr int);

CREATE FUNCTION logic.every_field() RETURNS int LANGUAGE sql IMMUTABLE RETURN 8191;

-- Whether who sees so much may be told what a decision went by (p_told: logic.fields_of_facts).
CREATE FUNCTION logic.shows_facts(p_sight logic.sight, p_told int) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN (p_sight).fields > 0 AND p_told & ~(p_sight).fields = 0;

-- Every field that the organisation which asks could get: the citizen service number only if it may have it.
CREATE FUNCTION logic.every_field_here() RETURNS int LANGUAGE sql STABLE
RETURN CASE current_setting('wijzer.bsn', true) WHEN 'on' THEN 8191 ELSE 4095 END;

-- Whether the client's own right to everything is being served: a function said for which client, and who asks is a coordinator
-- or referred that client (which the callers check).
CREATE FUNCTION logic.by_right(client bigint) RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(current_setting('wijzer.right', true) = client::text
                AND current_setting('wijzer.role', true) IN ('referrer', 'coordinator'), false);

-- The bits of words, and their words.
CREATE FUNCTION logic.field_words() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN '{name,birth-year,area,phone,email,language,domains,icpc,text,urgency,situation,notes,bsn}'::text[];

CREATE FUNCTION logic.words_of_fields(fields int) RETURNS json LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT coalesce(json_agg(w.word ORDER BY w.n), '[]')
            FROM unnest(logic.field_words()) WITH ORDINALITY AS w (word, n)
            WHERE fields & (1 << (w.n::int - 1)) <> 0);
END
$$;

CREATE FUNCTION logic.fields_of_words(words text[]) RETURNS int LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(bit_or(1 << (w.n::int - 1)), 0)
        FROM unnest(logic.field_words()) WITH ORDINALITY AS w (word, n)
        WHERE w.word = ANY (words));

CREATE FUNCTION logic.grants_of(c data.consent) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(c.grants, (SELECT g.grants FROM data.grants g WHERE g.region_id = c.region_id AND g.hash = c.grants_hash));
END
$$;

-- What the consent in force grants an organisation that owns these steps (`firsts`: those of them that are a referral's first).
CREATE FUNCTION logic.granted(p_grants jsonb, p_organisation int, p_kind text, p_steps bigint[], p_first boolean) RETURNS int
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT (g.value ->> 'fields')::int
        FROM jsonb_array_elements(p_grants) g
        WHERE ((g.value ->> 'organisation')::int = p_organisation OR g.value ->> 'kind' = p_kind)
          AND CASE g.value ->> 'step' WHEN 'first' THEN p_first
                                      ELSE g.value ->> 'step' IS NULL OR (g.value ->> 'step')::bigint = ANY (p_steps) END
        ORDER BY g.value ? 'organisation' DESC, g.value ? 'step' DESC
        LIMIT 1), 0);
END
$$;

-- The fields that the facts of a decision tell of: who may not see all of them is not told the decision's reasons either.
CREATE FUNCTION logic.fields_of_facts(facts jsonb) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT coalesce(bit_or(CASE f.key WHEN 'age' THEN 2 WHEN 'area' THEN 4 WHEN 'language' THEN 32 WHEN 'domains' THEN 64
                                              WHEN 'icpc' THEN 128 WHEN 'urgency' THEN 512
                                              WHEN 'referrer' THEN 0 WHEN 'referrerRole' THEN 0 WHEN 'declines' THEN 0
                                              WHEN 'declineCode' THEN 0 ELSE 1024 END), 0)
            FROM jsonb_each(facts) f
            WHERE f.value NOT IN ('null', '[]'));
END
$$;

-- The sight of whoever asks (the settings of logic.enter) on a client. An organisation that declined, or from
-- which the coordination took its step, has none left that counts, and one whose step is only planned has none yet; the
-- coordination needs none. A system that signals sees nothing of whom it signalled. A client whose processing is restricted is
-- seen by who referred alone, and by who has an emergency.
CREATE FUNCTION logic.sight_of(p_region int, p_client bigint) RETURNS logic.sight LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_role constant text := current_setting('wijzer.role', true);
    v_organisation constant int := nullif(current_setting('wijzer.organisation', true), '')::int;
    v_steps bigint[];
    v_first boolean;
    v_consent record;
BEGIN
    IF v_organisation IS NULL OR v_role NOT IN ('referrer', 'worker', 'coordinator') THEN
        RETURN (0, 'none', NULL)::logic.sight;
    END IF;
    IF logic.by_right(p_client) THEN
        RETURN (logic.every_field(), 'right', NULL)::logic.sight;
    END IF;
    IF EXISTS (SELECT FROM data.referral r
               WHERE r.region_id = p_region AND r.client_id = p_client AND r.organisation_id = v_organisation
                 AND r.origin IS DISTINCT FROM 'signal') THEN
        RETURN (logic.every_field_here(), 'referrer', NULL)::logic.sight;
    END IF;
    IF EXISTS (SELECT FROM data.emergency e
               WHERE e.region_id = p_region AND e.client_id = p_client AND e.organisation_id = v_organisation
                 AND e.account_id = nullif(current_setting('wijzer.account', true), '')::int
                 AND e.until > wijzer.clock()) THEN
        RETURN (logic.every_field_here(), 'emergency', NULL)::logic.sight;
    END IF;
    IF EXISTS (SELECT FROM data.client c
               WHERE c.region_id = p_region AND c.client_id = p_client AND c.restricted_at IS NOT NULL) THEN
        RETURN (0, 'none', NULL)::logic.sight;
    END IF;
    SELECT array_agg(s.step_id), coalesce(bool_or(s.parent_id IS NULL AND s.previous_id IS NULL), false) INTO v_steps, v_first
    FROM data.referral r
    JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id
    WHERE r.region_id = p_region AND r.client_id = p_client AND s.owner_id = v_organisation
      AND logic.is_helping(s.status, s.state);
    IF v_steps IS NULL AND NOT (v_role = 'coordinator' AND EXISTS (
        SELECT FROM data.region g WHERE g.region_id = p_region AND g.coordination_id = v_organisation)) THEN
        RETURN (0, 'none', NULL)::logic.sight;
    END IF;
    SELECT c.nr, logic.granted(logic.grants_of(c), v_organisation, o.kind::text, v_steps, v_first) AS fields INTO v_consent
    FROM data.consent c
    JOIN data.organisation o ON o.region_id = c.region_id AND o.organisation_id = v_organisation
    WHERE c.region_id = p_region AND c.client_id = p_client
    ORDER BY c.nr DESC
    LIMIT 1;
    RETURN (coalesce(v_consent.fields & logic.every_field_here(), 0),
            CASE WHEN v_consent.fields > 0 THEN 'consent' ELSE 'none' END, v_consent.nr)::logic.sight;
END
$$;

-- What an organisation would see of a client by a step that is offered to it, if it were its own.
CREATE FUNCTION logic.sight_of_offer(p_region int, p_client bigint, p_organisation int, p_step bigint, p_first boolean)
RETURNS logic.sight LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_consent record;
BEGIN
    IF EXISTS (SELECT FROM data.client c
               WHERE c.region_id = p_region AND c.client_id = p_client AND c.restricted_at IS NOT NULL) THEN
        RETURN (0, 'none', NULL)::logic.sight;
    END IF;
    SELECT c.nr, logic.granted(logic.grants_of(c), p_organisation, o.kind::text, ARRAY[p_step], p_first) AS fields INTO v_consent
    FROM data.consent c
    JOIN data.organisation o ON o.region_id = c.region_id AND o.organisation_id = p_organisation
    WHERE c.region_id = p_region AND c.client_id = p_client
    ORDER BY c.nr DESC
    LIMIT 1;
    RETURN (coalesce(v_consent.fields, 0), CASE WHEN v_consent.fields > 0 THEN 'consent' ELSE 'none' END, v_consent.nr)::logic.sight;
END
$$;

-- Whether who has this sight reads what p_author wrote about a step.
CREATE FUNCTION logic.hears(p_sight logic.sight, p_region int, p_step bigint, p_author int, p_director int) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_organisation constant int := nullif(current_setting('wijzer.organisation', true), '')::int;
BEGIN
    RETURN p_sight.fields > 0
       AND (p_sight.ground IN ('referrer', 'emergency', 'right') OR v_organisation IN (p_author, p_director)
            OR current_setting('wijzer.role', true) = 'coordinator' AND p_sight.fields & 2048 <> 0
            OR EXISTS (SELECT FROM data.step s
                       WHERE s.region_id = p_region AND s.step_id = p_step AND s.owner_id = v_organisation
                         AND logic.is_helping(s.status, s.state)));
END
$$;

-- A security barrier is never joined by an index: asked for by a column of another table it would be worked out for every client of
-- the region. So these views are read row by row, by JOIN LATERAL (SELECT * FROM ... WHERE key = ... OFFSET 0).

GRANT USAGE, CREATE ON SCHEMA logic TO wijzer_vault;
GRANT USAGE ON SCHEMA wijzer TO wijzer_vault;
RESET ROLE;
SET LOCAL ROLE wijzer_vault;

CREATE VIEW logic.client_seen WITH (security_barrier = true) AS
SELECT c.region_id, c.client_id, c.erased_at, c.restricted_at, (s.sight).fields, (s.sight).ground, (s.sight).consent_nr,
       CASE WHEN (s.sight).fields & 1 <> 0 THEN c.name END AS name,
       CASE WHEN (s.sight).fields & 2 <> 0 THEN c.birth_year END AS birth_year,
       CASE WHEN (s.sight).fields & 4 <> 0 THEN c.area END AS area,
       CASE WHEN (s.sight).fields & 8 <> 0 THEN c.phone END AS phone,
       CASE WHEN (s.sight).fields & 16 <> 0 THEN c.email END AS email,
       CASE WHEN (s.sight).fields & 32 <> 0 THEN c.language END AS language,
       CASE WHEN (s.sight).fields & 4096 <> 0 THEN c.bsn END AS bsn
FROM data.client c
CROSS JOIN LATERAL (SELECT logic.sight_of(c.region_id, c.client_id) AS sight OFFSET 0) s;

-- Of whom a step is offered about: the age in tens of years and the area, where the fields they come from would be granted.
CREATE VIEW logic.offer_seen WITH (security_barrier = true) AS
SELECT s.region_id, s.step_id, r.client_id, (x.sight).fields, (x.sight).ground, (x.sight).consent_nr,
       CASE WHEN (x.sight).fields & 2 <> 0
            THEN greatest(extract(year FROM wijzer.clock())::int - c.birth_year, 0) / 10 * 10 END AS age_from,
       CASE WHEN (x.sight).fields & 4 <> 0 THEN c.area END AS area
FROM data.step s
JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
JOIN data.client c ON c.region_id = r.region_id AND c.client_id = r.client_id
CROSS JOIN LATERAL (SELECT logic.sight_of_offer(s.region_id, r.client_id, s.offered_to, s.step_id,
                                                s.parent_id IS NULL AND s.previous_id IS NULL) AS sight OFFSET 0) x
WHERE s.offered_to IS NOT NULL AND s.ended_at IS NULL;

-- What somebody wrote: the referral's own text by its bit, other notes to who wrote them, to who owns the step they are about,
-- and to who may see notes.
CREATE VIEW logic.note_seen WITH (security_barrier = true) AS
SELECT n.region_id, n.referral_id, n.note_id, n.step_id, n.account_id, n.at, r.client_id,
       CASE WHEN v.visible THEN n.text END AS text, CASE WHEN v.visible THEN n.reason END AS reason
FROM data.note n
JOIN data.referral r ON r.region_id = n.region_id AND r.referral_id = n.referral_id
CROSS JOIN LATERAL (SELECT (logic.sight_of(r.region_id, r.client_id)).fields AS fields OFFSET 0) s
CROSS JOIN LATERAL (
    SELECT CASE WHEN s.fields = 0 THEN false
                WHEN n.note_id = r.note_id THEN s.fields & 256 <> 0
                WHEN s.fields & 2048 <> 0 THEN true
                ELSE nullif(current_setting('wijzer.organisation', true), '')::int IN (
                         SELECT a.organisation_id FROM data.account a
                         WHERE a.region_id = n.region_id AND a.account_id = n.account_id
                         UNION ALL
                         SELECT t.owner_id FROM data.step t
                         WHERE t.region_id = n.region_id AND t.step_id = n.step_id) END AS visible OFFSET 0) v;

-- What the referrer is told; row-level security shows it to the parties, its texts to who it is addressed to and who wrote it.
CREATE VIEW logic.feedback_seen WITH (security_barrier = true) AS
SELECT f.region_id, f.feedback_id, f.referral_id, f.step_id, f.state, f.from_id, f.to_id, f.at, f.is_final, f.opened_at, f.opened_by,
       f.ending, f.form, f.story, r.client_id,
       CASE WHEN v.visible THEN f.lead END AS lead, CASE WHEN v.visible THEN f.reason END AS reason_label,
       CASE WHEN v.visible THEN f.former END AS former, n.note_id,
       -- A story has a feedback of its own and is told there alone.
       CASE WHEN v.visible AND (f.story OR NOT EXISTS (
           SELECT FROM data.feedback t
           WHERE t.region_id = f.region_id AND t.referral_id = f.referral_id AND t.note_id = f.note_id AND t.story)) THEN n.text
       END AS note_text,
       CASE WHEN v.visible AND f.story IS NULL THEN n.reason END AS note_reason
FROM data.feedback f
JOIN data.referral r ON r.region_id = f.region_id AND r.referral_id = f.referral_id
LEFT JOIN data.note n ON n.region_id = f.region_id AND n.referral_id = f.referral_id AND n.note_id = f.note_id
CROSS JOIN LATERAL (
    SELECT nullif(current_setting('wijzer.organisation', true), '')::int IN (f.to_id, f.from_id)
           AND current_setting('wijzer.role', true) <> 'steward' OR logic.by_right(r.client_id) AS visible OFFSET 0) v;

-- Why somebody used the emergency button and what the second look found: for the coordinators, who look, for who used it, and
-- for the client.
CREATE VIEW logic.emergency_seen WITH (security_barrier = true) AS
SELECT e.region_id, e.emergency_id, e.client_id, e.note_id, e.review_note_id,
       CASE WHEN v.visible THEN n.reason END AS reason, CASE WHEN v.visible THEN w.text END AS review
FROM data.emergency e
LEFT JOIN data.note n ON n.region_id = e.region_id AND n.referral_id = e.referral_id AND n.note_id = e.note_id
LEFT JOIN data.note w ON w.region_id = e.region_id AND w.referral_id = e.referral_id AND w.note_id = e.review_note_id
CROSS JOIN LATERAL (
    SELECT current_setting('wijzer.role', true) = 'coordinator'
           OR e.account_id = nullif(current_setting('wijzer.account', true), '')::int
           OR logic.by_right(e.client_id) AS visible OFFSET 0) v;

-- What the parties to a step write to each other, and their files. A party sees what it wrote and what others did: who referred, who
-- works on the step, the director; a coordinator what is granted of notes. Restriction and consent that grants nothing shut it.
CREATE VIEW logic.message_seen WITH (security_barrier = true) AS
SELECT m.region_id, m.step_id, m.nr, m.message_id, m.referral_id, m.organisation_id, m.account_id, m.at, r.client_id,
       CASE WHEN v.visible THEN n.text END AS text
FROM data.message m
JOIN data.referral r ON r.region_id = m.region_id AND r.referral_id = m.referral_id
LEFT JOIN data.note n ON n.region_id = m.region_id AND n.referral_id = m.referral_id AND n.note_id = m.message_id
CROSS JOIN LATERAL (SELECT logic.hears(logic.sight_of(m.region_id, r.client_id), m.region_id, m.step_id, m.organisation_id,
                                       r.director_id) AS visible OFFSET 0) v;

CREATE VIEW logic.attachment_seen WITH (security_barrier = true) AS
SELECT x.region_id, x.step_id, x.nr, x.attachment_id, x.referral_id, x.organisation_id, x.account_id, x.at, x.media, x.size,
       x.erased_at, r.client_id,
       CASE WHEN v.visible THEN x.name END AS name, CASE WHEN v.visible THEN x.digest END AS digest,
       CASE WHEN v.visible THEN x.content END AS content
FROM data.attachment x
JOIN data.referral r ON r.region_id = x.region_id AND r.referral_id = x.referral_id
CROSS JOIN LATERAL (SELECT logic.hears(logic.sight_of(x.region_id, r.client_id), x.region_id, x.step_id, x.organisation_id,
                                       r.director_id) AS visible OFFSET 0) v;

-- Who was erased and of whom something is left all the same: an invariant.
CREATE VIEW logic.client_remains WITH (security_barrier = true) AS
SELECT c.region_id, c.client_id
FROM data.client c
WHERE c.erased_at IS NOT NULL
  AND (num_nonnulls(c.name, c.phone, c.email, c.bsn, c.plain_name, c.plain_phone, c.plain_email, c.name_hash, c.phone_hash,
                    c.email_hash, c.birth_year, c.area, c.language) > 0
       OR EXISTS (SELECT FROM data.referral r
                  JOIN data.note n ON n.region_id = r.region_id AND n.referral_id = r.referral_id
                  WHERE r.region_id = c.region_id AND r.client_id = c.client_id
                    AND num_nonnulls(n.text, n.reason, n.plain_text, n.plain_reason) > 0)
       OR EXISTS (SELECT FROM data.referral r
                  JOIN data.feedback f ON f.region_id = r.region_id AND f.referral_id = r.referral_id
                  WHERE r.region_id = c.region_id AND r.client_id = c.client_id
                    AND num_nonnulls(f.former, f.plain_text) > 0)
       OR EXISTS (SELECT FROM data.referral r
                  JOIN data.attachment x ON x.region_id = r.region_id AND x.referral_id = r.referral_id
                  WHERE r.region_id = c.region_id AND r.client_id = c.client_id AND num_nonnulls(x.name, x.digest, x.content) > 0));

GRANT SELECT ON logic.client_seen, logic.offer_seen, logic.note_seen, logic.feedback_seen, logic.emergency_seen,
                logic.message_seen, logic.attachment_seen, logic.client_remains TO wijzer_owner;

RESET ROLE;
REVOKE CREATE ON SCHEMA logic FROM wijzer_vault;
SET LOCAL ROLE wijzer_owner;

-- A sealed value in a document: the daemon replaces the object by the text (see sql/README.md). Null where there is none.
CREATE FUNCTION logic.sealed_piece(client bigint, record bigint, field text, value text) RETURNS json LANGUAGE sql STABLE
RETURN CASE WHEN value IS NOT NULL THEN json_build_object('c', client, 'r', record, 'f', field, 'v', value) END;

CREATE FUNCTION logic.sealed(client bigint, record bigint, field text, value text) RETURNS json LANGUAGE sql STABLE
RETURN CASE WHEN value IS NOT NULL
            THEN json_build_object('~', json_build_array(json_build_object('c', client, 'r', record, 'f', field, 'v', value))) END;

-- Keeps that somebody read, or was refused.
CREATE FUNCTION logic.note_access(actor logic.actor, p_region int, p_action text, p_what text, p_outcome text, p_object bigint,
                                  p_clients bigint[], p_fields int, p_ground text, p_consent int, p_detail text, p_from text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.access (region_id, at, action, what, outcome, account_id, organisation_id, role, came_from, object_id,
                             client_ids, fields, ground, consent_nr, detail)
    VALUES (p_region, logic.instant(), p_action, p_what, p_outcome, actor.account_id, actor.organisation_id, actor.role, p_from,
            p_object, coalesce(p_clients, '{}'), coalesce(p_fields, 0), coalesce(p_ground, 'none'), p_consent, p_detail);
END
$$;

-- Keeps that somebody read a page about several clients: an entry for each set of fields and each ground, so that a client's
-- own log tells what was seen of that client and not of their neighbours. The last three go by client; null for none.
CREATE FUNCTION logic.note_page(actor logic.actor, p_region int, p_what text, p_detail text, p_from text, p_clients bigint[],
                                p_fields int[], p_grounds text[], p_consents int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM logic.note_access(actor, p_region, 'R', p_what, 'granted', NULL, g.clients, g.fields, g.ground, g.consent_nr, p_detail,
                              p_from)
    FROM (SELECT u.fields, u.ground, array_agg(DISTINCT u.client) AS clients,
                 CASE WHEN count(DISTINCT u.client) = 1 THEN min(u.consent_nr) END AS consent_nr
          FROM unnest(p_clients, p_fields, p_grounds, p_consents) AS u (client, fields, ground, consent_nr)
          GROUP BY u.fields, u.ground
          ORDER BY u.fields, u.ground) g;
END
$$;

-- The referral that something else belongs to, also where who asks may not see it: for the log alone.
CREATE FUNCTION logic.referral_behind(p_region int, p_what text, p_object bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_role constant text := current_setting('wijzer.role', true);
    found bigint;
BEGIN
    PERFORM set_config('wijzer.role', 'keeper', true);
    found := CASE p_what
        WHEN 'feedback' THEN (SELECT f.referral_id FROM data.feedback f WHERE f.region_id = p_region AND f.feedback_id = p_object)
        WHEN 'attachment' THEN (SELECT x.referral_id FROM data.attachment x
                                WHERE x.region_id = p_region AND x.attachment_id = p_object)
        WHEN 'notices' THEN (SELECT n.referral_id FROM data.notice n WHERE n.region_id = p_region AND n.notice_id = p_object)
        WHEN 'emergency' THEN (SELECT e.referral_id FROM data.emergency e
                               WHERE e.region_id = p_region AND e.emergency_id = p_object) END;
    PERFORM set_config('wijzer.role', v_role, true);
    RETURN found;
END
$$;

-- A refused attempt on what exists names its client too; on what does not, the id alone. p_referral null: the one behind p_object.
CREATE FUNCTION logic.note_refused(actor logic.actor, p_region int, p_action text, p_what text, p_object bigint, p_referral bigint,
                                   p_from text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    behind bigint;
BEGIN
    IF actor.account_id IS NOT NULL THEN
        behind := coalesce(p_referral, logic.referral_behind(p_region, p_what, p_object));
        PERFORM logic.note_access(actor, p_region, p_action, p_what, 'refused', p_object,
                                  ARRAY(SELECT r.client_id FROM data.referral r
                                        WHERE r.region_id = p_region AND r.referral_id = behind),
                                  0, 'none', NULL, NULL, p_from);
    END IF;
END
$$;

-- A refused attempt on what a client may ask for.
CREATE FUNCTION logic.note_client_refused(actor logic.actor, p_region int, p_action text, p_what text, p_client bigint,
                                          p_from text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF actor.account_id IS NOT NULL THEN
        PERFORM logic.note_access(actor, p_region, p_action, p_what, 'refused', p_client, ARRAY[p_client], 0, 'none', NULL, NULL,
                                  p_from);
    END IF;
END
$$;

-- What the route table refused before any of the other functions was asked. It names the client where the object is one, or
-- a referral or step.
CREATE FUNCTION wijzer.note_refusal(p_region int, p_account int, p_route text, p_object bigint, p_from text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NOT NULL THEN
        PERFORM logic.note_access(actor, p_region, 'E', 'route', 'refused', p_object,
                                  ARRAY(SELECT r.client_id FROM data.referral r
                                        WHERE r.region_id = p_region AND r.referral_id = p_object
                                        UNION
                                        SELECT r.client_id FROM data.referral r
                                        WHERE r.region_id = p_region AND r.client_id = p_object
                                        UNION
                                        SELECT r.client_id FROM data.step s
                                        JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
                                        WHERE s.region_id = p_region AND s.step_id = p_object),
                                  0, 'none', NULL, p_route, p_from);
    END IF;
END
$$;

-- Ids for what is sealed before it is written: part of what a seal binds.
CREATE FUNCTION wijzer.reserve_ids(p_count int) RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN ARRAY(SELECT nextval('data.object_seq') FROM generate_series(1, least(p_count, 10000)));
END
$$;
