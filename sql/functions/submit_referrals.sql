-- One referral to be stored: what was sent, and what the rules decided about it. Long texts that many have in common (domains,
-- icpc, reason, inputs, trail, candidates, consent) stand once beside the batch and are named by their place there, from 1; null:
-- there is none. hash is hex; domains, icpc and inputs are JSON, as are trail (rows that decided, by table) and candidates (in
-- order); offering_id is null where the coordinator gets it. name, phone, email, text and bsn are sealed under the key of
-- client_id; client_id and note_id (needed where there is a text) come from reserve_ids(); the hashes are hex, of the region's
-- index key, at least 16 digits; consent is what data.consent calls grants. origin: null where somebody refers, else self, desk or
-- signal. Of a signal the key is made of its reference at the other system, so that the same signal is one referral; with another
-- body it is another one, and the key reused. Of who was forgotten there is no body left to compare: it stays that one. wishes: words as a JSON array, or null. others: null where the first step is its owner's; else it is offered
-- (functions/offer.sql), to the owner and to these: [[offering, organisation], ...], and due_at is when an offer is to be answered. class: the
-- name of the class it was sent with, or null; the first of a class makes it.
CREATE TYPE wijzer.submission AS (
    account_id int, organisation_id int, idem_key text, body_hash text, domains int, icpc int, urgency text,
    birth_year int, area text, name text, phone text, email text, language text, text text, table_no int,
    table_version int, rule_id text, reason int, inputs int, offering_id int, owner_id int, offering_code text,
    offering_name text, owner_code text, owner_name text, due_at timestamptz, trail int, candidates int, client_id bigint,
    note_id bigint, name_hash text, phone_hash text, email_hash text, consent int, basis text, came_from text, bsn text,
    origin text, wishes text, others text, class text);

-- What is indexed of a keyed hash: eight bytes are enough to find, and what is found is opened and looked at.
CREATE FUNCTION logic.short_hash(hash text) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN ('x' || left(hash, 16))::bit(64)::bigint;

-- To whom a referral was offered first, as its receipt says; null: it was not.
CREATE FUNCTION logic.first_offered(p_region int, p_referral bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_agg(json_build_object('organisation', logic.organisation_named(p_region, coalesce(s.owner_id, s.offered_to)),
                                          'offering', (SELECT logic.named(f.code, f.name) FROM data.offering f
                                                       WHERE f.region_id = p_region AND f.offering_id = s.offering_id))
                        ORDER BY s.step_id)
        FROM data.step s
        WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.offer_group = 1 AND s.previous_id IS NULL);
END
$$;

-- The rest of the first round of offers, of those of a batch that are made by this call. An organisation that has ended meanwhile is
-- left out.
CREATE FUNCTION logic.offer_to_others(p_region int, p_batch bigint, p_at timestamptz, p_submissions wijzer.submission[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM logic.make_offer(
        (p_region, p_at, g.account_id, g.organisation_id, i.object_id, i.step_id, g.organisation_id, NULL, g.urgency)::logic.move,
        o.organisation_id, f.offering_id, NULL, 1, g.due_at)
    FROM (SELECT x.*, x.n AS item FROM unnest(p_submissions) WITH ORDINALITY AS x (
              account_id, organisation_id, idem_key, body_hash, domains, icpc, urgency, birth_year, area, name, phone, email,
              language, text, table_no, table_version, rule_id, reason, inputs, offering_id, owner_id, offering_code,
              offering_name, owner_code, owner_name, due_at, trail, candidates, client_id, note_id, name_hash, phone_hash,
              email_hash, consent, basis, came_from, bsn, origin, wishes, others, class, n)
          WHERE x.others IS NOT NULL) g
    JOIN data.idempotency i
        ON i.region_id = p_region AND i.account_id = g.account_id AND i.idem_key = g.idem_key AND i.batch_id = p_batch
       AND i.item = g.item
    CROSS JOIN LATERAL jsonb_array_elements(g.others::jsonb) WITH ORDINALITY AS t (pair, n)
    JOIN data.offering f ON f.region_id = p_region AND f.offering_id = (t.pair ->> 0)::int AND f.ended_at IS NULL
    JOIN data.organisation o ON o.region_id = p_region AND o.organisation_id = (t.pair ->> 1)::int AND o.ended_at IS NULL
    ORDER BY g.item, t.n;
END
$$;

-- The classes of a batch that are not there yet. In order, so that two calls cannot deadlock.
CREATE FUNCTION logic.make_classes(p_region int, p_at timestamptz, p_submissions wijzer.submission[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.class (region_id, organisation_id, name, account_id, created_at)
    SELECT p_region, a.organisation_id, g.class, min(a.account_id), p_at
    FROM unnest(p_submissions) g
    JOIN data.account a ON a.region_id = p_region AND a.account_id = g.account_id AND a.organisation_id = g.organisation_id
                       AND a.ended_at IS NULL
    WHERE g.class IS NOT NULL
      AND NOT EXISTS (SELECT FROM data.class k
                      WHERE k.region_id = p_region AND k.organisation_id = g.organisation_id AND k.name = g.class)
    GROUP BY a.organisation_id, g.class
    ORDER BY a.organisation_id, g.class
    ON CONFLICT DO NOTHING;
END
$$;

-- Submits referrals of one region, any number in one call and one commit. No submission spoils another; a row for each
-- comes back, in no particular order:
--   created          the decision is the caller's own, so only promise_label is given
--   replayed         this account sent the same body under this key before: the stored decision, to whom it was offered, what evidence
--                    and room there was
--   key-reused       the key was used for something else
--   account-unknown  no such account in the region, ended, or not of that organisation
--   owner-unknown    the organisation that should own the first step is unknown or has ended
-- Keys are claimed in order, so that two calls with the same keys wait for each other and cannot deadlock.
--
-- The hot path is one statement. Its plan must never be made anew (planning costs more than running) and nothing in it
-- may depend on how many rows PostgreSQL expects from the array: lookups are sub-selects on a key, and "claimed" is
-- a hashed sub-plan, which IS TRUE keeps from being turned into a join. One array of rows, not an array per column:
-- unnesting 28 arrays costs a single referral 50 microseconds. Quoted in a row in an array, a text of JSON is
-- twice as long and costs more to read than a row to write, so the long ones stand apart, each once. trail and candidates are
-- kept once for all decisions that have the same, and so is consent.
CREATE FUNCTION wijzer.submit_referrals(p_region int, p_submissions wijzer.submission[], p_texts text[])
RETURNS TABLE (item int, result text, referral_id bigint, step_id bigint, created_us bigint, due_us bigint,
               table_no int, table_version int, rule_id text, reason text, offering_code text, offering_name text,
               owner_code text, owner_name text, promise_label text, offered json, evidence jsonb, room jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_now constant timestamptz := wijzer.clock();
    v_now_us constant bigint := logic.microseconds(v_now);
    v_batch constant bigint := nextval('data.object_seq');
    v_count bigint;
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    IF EXISTS (SELECT FROM unnest(p_submissions) g WHERE g.class IS NOT NULL) THEN
        PERFORM logic.make_classes(p_region, v_now, p_submissions);
    END IF;

    RETURN QUERY
    WITH sent AS MATERIALIZED (
        SELECT first.*, nextval('data.object_seq') AS referral_id, nextval('data.object_seq') AS step_id
        FROM (
            SELECT DISTINCT ON (g.account_id, g.idem_key) g.*
            FROM unnest(p_submissions) WITH ORDINALITY AS g (
                     account_id, organisation_id, idem_key, body_hash, domains, icpc, urgency, birth_year, area, name,
                     phone, email, language, text, table_no, table_version, rule_id, reason, inputs, offering_id,
                     owner_id, offering_code, offering_name, owner_code, owner_name, due_at, trail, candidates, client_id,
                     note_id, name_hash, phone_hash, email_hash, consent, basis, came_from, bsn, origin,
                     wishes, others, class, item)
            WHERE g.organisation_id = (
                      SELECT a.organisation_id FROM data.account a
                      WHERE a.region_id = p_region AND a.account_id = g.account_id AND a.ended_at IS NULL)
              AND EXISTS (
                      SELECT FROM data.organisation o
                      WHERE o.region_id = p_region AND o.organisation_id = g.owner_id AND o.ended_at IS NULL) IS TRUE
            ORDER BY g.account_id, g.idem_key, g.item) first
    ), claim AS (
        INSERT INTO data.idempotency AS i (region_id, account_id, idem_key, body_hash, operation, object_id, step_id,
                                           batch_id, item, at)
        SELECT p_region, s.account_id, s.idem_key, decode(s.body_hash, 'hex'), 'submit', s.referral_id, s.step_id,
               v_batch, s.item, v_now
        FROM sent s
        ON CONFLICT DO NOTHING
        RETURNING i.object_id
    ), made AS MATERIALIZED (
        SELECT * FROM sent s WHERE (s.referral_id IN (SELECT c.object_id FROM claim c)) IS TRUE
    ), reason AS MATERIALIZED (
        SELECT d.trail, d.candidates,
               sha256(convert_to(concat(p_texts[d.trail], p_texts[d.candidates]), 'UTF8')) AS hash
        FROM (SELECT DISTINCT m.trail, m.candidates FROM made m WHERE num_nonnulls(m.trail, m.candidates) > 0) d
    ), choice AS MATERIALIZED (
        SELECT d.consent, sha256(convert_to(p_texts[d.consent], 'UTF8')) AS hash
        FROM (SELECT DISTINCT m.consent FROM made m) d
    ), client AS (
        INSERT INTO data.client (region_id, client_id, birth_year, area, name, phone, email, bsn, language, name_hash,
                                 phone_hash, email_hash, created_at)
        SELECT p_region, m.client_id, m.birth_year, m.area, m.name, m.phone, m.email, m.bsn, m.language,
               logic.short_hash(m.name_hash), logic.short_hash(m.phone_hash), logic.short_hash(m.email_hash), v_now
        FROM made m
    ), consent AS (
        INSERT INTO data.consent (region_id, client_id, nr, at, account_id, organisation_id, basis, grants_hash)
        SELECT p_region, m.client_id, 1, v_now, m.account_id, m.organisation_id, m.basis,
               (SELECT c.hash FROM choice c WHERE c.consent = m.consent)
        FROM made m
    ), grants AS (
        -- Nearly always there already, which a look at the key tells. In order, so that two calls cannot deadlock.
        INSERT INTO data.grants (region_id, hash, grants)
        SELECT p_region, c.hash, p_texts[c.consent]::jsonb
        FROM choice c
        WHERE (SELECT g.hash FROM data.grants g WHERE g.region_id = p_region AND g.hash = c.hash) IS NULL
        ORDER BY c.hash
        ON CONFLICT DO NOTHING
    ), referral AS (
        -- A JSON array of plain codes is an array literal but for its brackets.
        INSERT INTO data.referral (region_id, referral_id, client_id, organisation_id, account_id, note_id, domains,
                                   icpc, urgency, created_at, origin, wishes, class_id)
        SELECT p_region, m.referral_id, m.client_id, m.organisation_id, m.account_id,
               CASE WHEN m.text IS NOT NULL THEN m.note_id END,
               translate(p_texts[m.domains], '[]', '{}')::text[], translate(p_texts[m.icpc], '[]', '{}')::text[], m.urgency, v_now,
               m.origin, translate(m.wishes, '[]', '{}')::text[],
               CASE WHEN m.class IS NOT NULL THEN (
                   SELECT k.class_id FROM data.class k
                   WHERE k.region_id = p_region AND k.organisation_id = m.organisation_id AND k.name = m.class) END
        FROM made m
    ), step AS (
        INSERT INTO data.step (region_id, step_id, referral_id, owner_id, offering_id, state, status, version,
                               promise_nr, created_at, offered_to, offer_group)
        SELECT p_region, m.step_id, m.referral_id, CASE WHEN m.others IS NULL THEN m.owner_id END, m.offering_id,
               CASE WHEN m.others IS NULL THEN 'sent' ELSE 'offered' END, 'requested', 1, 1, v_now,
               CASE WHEN m.others IS NOT NULL THEN m.owner_id END, CASE WHEN m.others IS NOT NULL THEN 1 END
        FROM made m
    ), reasoning AS (
        INSERT INTO data.reasoning (region_id, hash, trail, candidates)
        SELECT p_region, w.hash, p_texts[w.trail]::jsonb, p_texts[w.candidates]::jsonb
        FROM reason w
        WHERE (SELECT r.hash FROM data.reasoning r WHERE r.region_id = p_region AND r.hash = w.hash) IS NULL
        ORDER BY w.hash
        ON CONFLICT DO NOTHING
    ), decision AS (
        INSERT INTO data.decision (region_id, step_id, table_no, table_version, rule_id, reason, inputs,
                                   offering_code, offering_name, owner_code, owner_name, promise_label, reasoning)
        SELECT p_region, m.step_id, m.table_no, m.table_version, m.rule_id, p_texts[m.reason], p_texts[m.inputs]::jsonb,
               m.offering_code, m.offering_name, m.owner_code, m.owner_name,
               (SELECT k.label FROM data.promise_kind k WHERE k.region_id = p_region AND k.code = CASE WHEN m.others IS NULL THEN 'deliver' ELSE 'offer' END),
               (SELECT w.hash FROM reason w WHERE w.trail IS NOT DISTINCT FROM m.trail
                                             AND w.candidates IS NOT DISTINCT FROM m.candidates)
        FROM made m
    ), promise AS (
        INSERT INTO data.promise (region_id, step_id, nr, referral_id, kind, organisation_id, owner_id, referrer_id,
                                  started_at, due_at)
        SELECT p_region, m.step_id, 1, m.referral_id, CASE WHEN m.others IS NULL THEN 'deliver' ELSE 'offer' END,
               m.owner_id, CASE WHEN m.others IS NULL THEN m.owner_id END, m.organisation_id, v_now,
               m.due_at
        FROM made m
    ), note AS (
        INSERT INTO data.note (region_id, referral_id, note_id, step_id, account_id, at, text)
        SELECT p_region, m.referral_id, m.note_id, m.step_id, m.account_id, v_now, m.text
        FROM made m
        WHERE m.text IS NOT NULL
    ), event AS (
        INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version,
                                to_state, to_status, owner_id, offering_id, client_id, promise_kind,
                                promise_organisation_id, promise_due, note_id, role, came_from, consent_nr, origin,
                                offered_to, offer_group, domains, wishes, urgency, class_id)
        SELECT p_region, m.referral_id, v_now, 'referral-sent', m.account_id, m.organisation_id, m.step_id, 1,
               CASE WHEN m.others IS NULL THEN 'sent' ELSE 'offered' END, 'requested',
               CASE WHEN m.others IS NULL THEN m.owner_id END, m.offering_id, m.client_id,
               CASE WHEN m.others IS NULL THEN 'deliver' ELSE 'offer' END, m.owner_id, m.due_at,
               CASE WHEN m.text IS NOT NULL THEN m.note_id END,
               (SELECT a.role FROM data.account a WHERE a.region_id = p_region AND a.account_id = m.account_id),
               m.came_from, 1, m.origin,
               CASE WHEN m.others IS NOT NULL THEN m.owner_id END, CASE WHEN m.others IS NOT NULL THEN 1 END,
               translate(p_texts[m.domains], '[]', '{}')::text[], translate(m.wishes, '[]', '{}')::text[], m.urgency,
               CASE WHEN m.class IS NOT NULL THEN (
                   SELECT k.class_id FROM data.class k
                   WHERE k.region_id = p_region AND k.organisation_id = m.organisation_id AND k.name = m.class) END
        FROM made m
    )
    SELECT m.item::int, 'created', m.referral_id, m.step_id, v_now_us, logic.microseconds(m.due_at), NULL::int,
           NULL::int, NULL, NULL, NULL, NULL, NULL, NULL,
           (SELECT k.label FROM data.promise_kind k
            WHERE k.region_id = p_region AND k.code = CASE WHEN m.others IS NULL THEN 'deliver' ELSE 'offer' END), NULL::json,
           NULL::jsonb, NULL::jsonb
    FROM made m;

    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF EXISTS (SELECT FROM unnest(p_submissions) g WHERE g.others <> '[]') THEN
        PERFORM logic.offer_to_others(p_region, v_batch, v_now, p_submissions);
    END IF;
    IF v_count = cardinality(p_submissions) THEN
        RETURN;
    END IF;

    -- A statement of its own sees what others committed while the claim waited for them.
    RETURN QUERY
    SELECT g.item::int,
           CASE WHEN a.account_id IS NULL THEN 'account-unknown'
                WHEN i.account_id IS NULL THEN 'owner-unknown'
                WHEN r.referral_id IS NOT NULL THEN 'replayed'
                ELSE 'key-reused'
           END,
           r.referral_id, p.step_id, logic.microseconds(r.created_at), logic.microseconds(p.due_at), d.table_no,
           d.table_version, d.rule_id, d.reason, d.offering_code, d.offering_name, d.owner_code, d.owner_name,
           d.promise_label, logic.first_offered(p_region, r.referral_id),
           logic.evidence_decided(w.candidates, d.offering_code), logic.room_decided(w.candidates, d.offering_code)
    FROM (SELECT x.account_id, x.organisation_id, x.idem_key, x.body_hash, x.origin, x.item
          FROM unnest(p_submissions) WITH ORDINALITY AS x (
                   account_id, organisation_id, idem_key, body_hash, domains, icpc, urgency, birth_year, area, name,
                   phone, email, language, text, table_no, table_version, rule_id, reason, inputs, offering_id,
                   owner_id, offering_code, offering_name, owner_code, owner_name, due_at, trail, candidates, client_id,
                   note_id, name_hash, phone_hash, email_hash, consent, basis, came_from, bsn, origin, wishes, others, class, item)) g
    LEFT JOIN data.account a
        ON a.region_id = p_region AND a.account_id = g.account_id AND a.organisation_id = g.organisation_id
       AND a.ended_at IS NULL
    LEFT JOIN data.idempotency i
        ON i.region_id = p_region AND i.account_id = a.account_id AND i.idem_key = g.idem_key
    LEFT JOIN data.referral r
        ON r.region_id = p_region AND r.referral_id = i.object_id AND i.operation = 'submit'
       AND (i.body_hash = decode(g.body_hash, 'hex') OR r.origin = 'signal' AND g.origin = 'signal' AND i.body_hash = '')
    LEFT JOIN data.decision d ON d.region_id = p_region AND d.step_id = i.step_id AND r.referral_id IS NOT NULL
    LEFT JOIN data.reasoning w ON w.region_id = d.region_id AND w.hash = d.reasoning
    LEFT JOIN data.promise p ON p.region_id = p_region AND p.step_id = i.step_id AND p.nr = 1
                            AND r.referral_id IS NOT NULL
    WHERE (i.batch_id = v_batch AND i.item = g.item) IS NOT TRUE;
END
$$;
