-- Included by the tests, inside their transaction: people of the demo region, and calls as the daemon makes them. What the
-- daemon computes (from which states a move is allowed, when a promise is due) is computed here from the same rows.

CREATE SCHEMA test;

CREATE FUNCTION test.account(n text, r int DEFAULT 1) RETURNS int LANGUAGE sql
RETURN (SELECT account_id FROM data.account WHERE region_id = r AND name = n);

CREATE FUNCTION test.organisation_of(n text, r int DEFAULT 1) RETURNS int LANGUAGE sql
RETURN (SELECT organisation_id FROM data.account WHERE region_id = r AND name = n);

CREATE FUNCTION test.offering(c text, r int DEFAULT 1) RETURNS int LANGUAGE sql
RETURN (SELECT offering_id FROM data.offering WHERE region_id = r AND code = c);

CREATE FUNCTION test.in_force(t int, r int DEFAULT 1) RETURNS int LANGUAGE sql RETURN wijzer.rule_version_in_force(r, t);

CREATE FUNCTION test.hash(body text) RETURNS text LANGUAGE sql RETURN encode(sha256(convert_to(body, 'UTF8')), 'hex');

-- What the daemon would seal; here it can be read again.
CREATE FUNCTION test.sealed(text text) RETURNS text LANGUAGE sql
RETURN 's1.' || translate(encode(convert_to(text, 'UTF8'), 'base64'), E'\n', '');
CREATE FUNCTION test.opened(sealed text) RETURNS text LANGUAGE sql
RETURN convert_from(decode(substr(sealed, 4), 'base64'), 'UTF8');

-- A sealed object of a document, as the daemon would show it.
CREATE FUNCTION test.shown(document json) RETURNS text LANGUAGE sql
RETURN CASE json_typeof(document) WHEN 'string' THEN document #>> '{}' WHEN 'null' THEN NULL ELSE (
    SELECT string_agg(CASE json_typeof(p.value) WHEN 'string' THEN p.value #>> '{}'
                      ELSE concat(p.value ->> 'before', test.opened(p.value ->> 'v'), p.value ->> 'after') END, '' ORDER BY p.n)
    FROM json_array_elements(document -> '~') WITH ORDINALITY AS p (value, n)) END;

-- Everybody who helps gets all but the notes of others and the citizen service number.
CREATE FUNCTION test.consent(fields int DEFAULT 2047) RETURNS text LANGUAGE sql
RETURN (SELECT json_agg(json_build_object('kind', k, 'fields', fields))::text
        FROM unnest('{coordination,welfare,team,alliance,municipality,partner,health,gp-practice}'::text[]) AS k);

-- One referral per key; body makes the hash. Goes to `offering` or, without one, to the coordination; `others` are the
-- candidates after it, in order. offer: it is offered to so many of them at once.
CREATE FUNCTION test.submit(keys text[], bodies text[], who text DEFAULT 'gp', offering text DEFAULT 'welzijn-op-recept',
                            region int DEFAULT 1, texts text DEFAULT 'Voelt zich alleen.',
                            due timestamptz DEFAULT '2030-01-01 16:00Z', urgency text DEFAULT 'routine',
                            others text[] DEFAULT NULL, consent text DEFAULT test.consent(), origin text DEFAULT NULL,
                            offer int DEFAULT NULL, wishes text DEFAULT NULL, class text DEFAULT NULL)
RETURNS TABLE (item int, result text, referral_id bigint, step_id bigint, created_us bigint, due_us bigint,
               table_no int, table_version int, rule_id text, reason text, offering_code text, offering_name text,
               owner_code text, owner_name text, promise_label text, offered json, evidence jsonb, room jsonb)
LANGUAGE sql AS $$
    SELECT s.*
    FROM (SELECT o.organisation_id, o.code, o.name, f.offering_id, f.code AS offering_code, f.name AS offering_name,
                 (SELECT u.rule_id FROM data.rule u
                  WHERE u.region_id = region AND u.version = test.in_force(3, region)
                    AND u.offering_id IS NOT DISTINCT FROM f.offering_id
                  ORDER BY u.position LIMIT 1) AS rule,
                 (SELECT json_agg(json_build_object('offering', x.offering_id, 'code', x.code, 'organisation',
                                                    x.organisation_id, 'reason', 'Ook goed: ' || x.name || '.', 'offer', offer) ORDER BY c.n)
                  FROM unnest(ARRAY[offering] || others) WITH ORDINALITY AS c (code, n)
                  JOIN data.offering x ON x.region_id = region AND x.code = c.code) AS candidates,
                 CASE WHEN offer IS NOT NULL THEN (SELECT coalesce(json_agg(json_build_array(x.offering_id, x.organisation_id) ORDER BY c.n), '[]')::text
                  FROM unnest(others[:offer - 1]) WITH ORDINALITY AS c (code, n)
                  JOIN data.offering x ON x.region_id = region AND x.code = c.code) END AS beside
          FROM data.organisation o
          LEFT JOIN data.offering f ON f.region_id = o.region_id AND f.organisation_id = o.organisation_id
                                   AND f.code = offering
          WHERE o.region_id = region
            AND (f.offering_id IS NOT NULL OR offering IS NULL
                 AND o.organisation_id = (SELECT g.coordination_id FROM data.region g WHERE g.region_id = region))) o,
         wijzer.submit_referrals(region, ARRAY(
             SELECT (test.account(who, region), test.organisation_of(who, region), k.key, test.hash(k.body),
                     1, 2, urgency, 1950, '5751', test.sealed('J. Jansen'),
                     test.sealed('+31 6 12345678'), NULL, 'nl', test.sealed(nullif(texts, '')), 3, test.in_force(3, region), o.rule, 3, 4, o.offering_id, o.organisation_id, o.offering_code, o.offering_name, o.code,
                     o.name, due, 5, 6, nextval('data.object_seq'), nextval('data.object_seq'), test.hash('name|j. jansen|1950'),
                     test.hash('phone|0612345678'), NULL, 7, 'standard', '192.0.2.7', NULL, origin, wishes, o.beside, class)::wijzer.submission
             FROM unnest(keys, bodies) WITH ORDINALITY AS k (key, body, item) ORDER BY k.item),
             ARRAY['["social-network","meaning"]', '["Z04"]', 'Omdat het past.', '{"area":5751,"age":76}',
                   json_build_array(json_build_object('table', 3, 'version', test.in_force(3, region), 'rules',
                                                      json_build_array(o.rule), 'unknown', '[]'::json))::text,
                   o.candidates::text, consent]) s
$$;

-- The id of the first step of a new referral.
CREATE FUNCTION test.new_step(key text, who text DEFAULT 'gp', offering text DEFAULT 'welzijn-op-recept')
RETURNS bigint LANGUAGE sql AS $$ SELECT step_id FROM test.submit(ARRAY[key], ARRAY[key], who, offering) $$;

-- The same with candidates: the first of them gets it.
CREATE FUNCTION test.ranked_step(key text, candidates text[], urgency text DEFAULT 'routine') RETURNS bigint LANGUAGE sql
AS $$ SELECT step_id FROM test.submit(ARRAY[key], ARRAY[key], 'gp', candidates[1], urgency => urgency,
                                      others => candidates[2:]) $$;

CREATE FUNCTION test.referral_of(at bigint) RETURNS bigint LANGUAGE sql
RETURN (SELECT referral_id FROM data.step WHERE step_id = at);

-- Table 6 in force as the daemon works it out for a decline code; null where it is not in force. In UNIQUE there is one
-- row, if not the one for everything else.
CREATE FUNCTION test.after(decline text, region int DEFAULT 1) RETURNS json LANGUAGE sql
RETURN (
    SELECT json_build_object('table', 6, 'version', v.version, 'rules', (
        SELECT json_agg(json_build_object('urgency', u.urgency, 'tries', t.tries, 'next', r.next, 'rule', r.rule_id,
                                          'reason', r.reason))
        FROM unnest('{routine,soon}'::text[]) AS u (urgency)
        CROSS JOIN generate_series(1, 20) AS t (tries)
        CROSS JOIN LATERAL (
            SELECT x.* FROM data.rule x
            WHERE x.region_id = after.region AND x.version = v.version
              AND (x.is_otherwise OR (x.decline IS NULL OR ('decline' = ANY (x.nots)) IS TRUE <> (after.decline = ANY (x.decline)))
                                     AND (x.urgency IS NULL OR u.urgency = ANY (x.urgency))
                                     AND (x.tries IS NULL OR t.tries <@ x.tries))
            ORDER BY x.is_otherwise
            LIMIT 1) r))
    FROM (SELECT wijzer.rule_version_in_force(after.region, 6) AS version) v
    WHERE v.version IS NOT NULL);

-- A move as the daemon plans it: allowed along the edges into the state, `unchanged` keeping the status.
CREATE FUNCTION test.move(at bigint, who text, state text, text text DEFAULT '', decline text DEFAULT NULL,
                          offerings text[] DEFAULT NULL, key text DEFAULT NULL, expected int DEFAULT NULL,
                          region int DEFAULT 1, reason text DEFAULT NULL, after json DEFAULT NULL, outcome text DEFAULT NULL, branches json DEFAULT NULL,
                          story boolean DEFAULT false)
RETURNS TABLE (result text, version int, at_state text, answer json) LANGUAGE sql AS $$
    SELECT m.*
    FROM (SELECT coalesce(array_agg(e.from_state::text), '{}') AS froms, coalesce(array_agg(f.status), '{}') AS status,
                 coalesce(array_agg(CASE t.status WHEN 'unchanged' THEN f.status ELSE t.status END), '{}') AS next,
                 min(t.set_by) AS set_by
          FROM data.edge e
          JOIN data.state t ON t.region_id = e.region_id AND t.code = e.to_state
          JOIN LATERAL (
              SELECT x.status FROM data.state x
              WHERE x.region_id = e.region_id AND x.code = e.from_state AND x.status <> 'unchanged'
              UNION ALL
              SELECT unnest('{requested,received,accepted,in-progress,on-hold}'::text[])
              WHERE e.from_state = 'withdrawal-asked') f ON true
          WHERE e.region_id = region AND e.to_state = state) p,
         wijzer.move_step(region, test.account(who, region), coalesce(key, gen_random_uuid()::text),
             test.hash(state || text), at, expected, state, coalesce(p.set_by, 2), p.froms, p.status, p.next,
             '{2030-02-01 16:00Z,2030-01-20 16:00Z}', test.sealed(nullif(text, '')), test.sealed(reason), '2030-02-01', CASE state WHEN 'contact-attempt' THEN 'phone' END, decline,
             (SELECT array_agg(test.offering(o, region)) FROM unnest(offerings) o),
             '{2030-01-02 16:00Z,2029-01-02 16:00Z}', '{2030-01-03 16:00Z,2029-01-03 16:00Z}',
             '{2030-01-04 16:00Z,2029-01-04 16:00Z}', after, '{2030-01-05 16:00Z,2029-01-05 16:00Z}', nextval('data.object_seq'), '192.0.2.8', outcome,
             json_build_object('branches', coalesce(branches, '[]'), 'deliver', '{2030-01-06 16:00Z,2029-01-06 16:00Z}'::text[],
                               'decide', '{2030-01-07 16:00Z,2029-01-07 16:00Z}'::text[]), story) m
$$;

-- Moves through several states; the last result.
CREATE FUNCTION test.moves(at bigint, who text, states text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    s text;
    r text;
BEGIN
    FOREACH s IN ARRAY states LOOP
        SELECT m.result INTO r FROM test.move(at, who, s) m;
        IF r <> 'moved' THEN
            RETURN r || ' at ' || s;
        END IF;
    END LOOP;
    RETURN r;
END
$$;

CREATE FUNCTION test.open_final(referral bigint, who text DEFAULT 'gp') RETURNS text LANGUAGE sql AS $$
    SELECT o.result FROM data.feedback f,
        wijzer.open_feedback(1, test.account(who), gen_random_uuid()::text, test.hash(''), f.feedback_id) o
    WHERE f.referral_id = referral AND f.is_final
$$;

-- A feedback as who it is addressed to reads it: its pieces, not cut.
CREATE FUNCTION test.feedback_text(step bigint, final boolean DEFAULT false) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    f record;
BEGIN
    SELECT x.region_id, x.feedback_id, x.to_id INTO f FROM data.feedback x WHERE x.step_id = step AND x.is_final = final
    ORDER BY x.feedback_id LIMIT 1;
    PERFORM set_config('wijzer.organisation', f.to_id::text, true), set_config('wijzer.role', 'referrer', true);
    RETURN (SELECT test.shown(d.document -> 'text') FROM logic.feedback_document d
            WHERE d.region_id = f.region_id AND d.feedback_id = f.feedback_id);
END
$$;

-- The open promises of a step: kind and code of the organisation that owes it.
CREATE FUNCTION test.promises(at bigint) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(p.kind || ' ' || o.code, ', ' ORDER BY p.nr), 'none')
    FROM data.promise p JOIN data.organisation o USING (region_id, organisation_id)
    WHERE p.step_id = at AND p.ended_at IS NULL
$$;

CREATE FUNCTION test.state_of(at bigint) RETURNS text LANGUAGE sql
RETURN (SELECT state FROM data.step WHERE step_id = at);

-- Every violation of every invariant, over all regions.
CREATE VIEW test.violation AS
SELECT 'I1' AS invariant, * FROM wijzer.i1_no_black_hole UNION ALL
SELECT 'I3', * FROM wijzer.i3_once UNION ALL
SELECT 'I4', * FROM wijzer.i4_history_whole UNION ALL
SELECT 'I6', * FROM wijzer.i6_every_promise_ends UNION ALL
SELECT 'I7', * FROM wijzer.i7_explained UNION ALL
SELECT 'I8', * FROM wijzer.i8_closed_by_facts;

-- The rulebook, as coordinators use it.
CREATE FUNCTION test.small(t int, weight int DEFAULT 10) RETURNS json LANGUAGE sql
RETURN CASE t
    WHEN 1 THEN json_build_array(json_build_object('rule_id', 'X01', 'domains', '{justice}'::text[], 'action', 'coordinator',
                                                   'reason', 'Eerst kijken.'),
                                 json_build_object('rule_id', 'X99', 'is_otherwise', true, 'action', 'continue', 'reason', 'Verder.'))
    WHEN 2 THEN json_build_array(json_build_object('rule_id', 'A01', 'approach', 'taal', 'weight', weight, 'reason', 'Taal.'),
                                 json_build_object('rule_id', 'A99', 'is_otherwise', true, 'reason', 'Geen aanpak.'))
    WHEN 3 THEN json_build_array(json_build_object('rule_id', 'R01', 'approaches', '{taal}'::text[], 'age', '{[18,120]}',
                                                   'offering', 'taaldoen', 'weight', weight, 'reason', 'Taalles.'),
                                 json_build_object('rule_id', 'R99', 'is_otherwise', true, 'reason', 'De ketenregie.'))
    WHEN 6 THEN json_build_array(json_build_object('rule_id', 'D01', 'nots', '{decline}'::text[], 'decline', '{duplicate}'::text[],
                                                   'next', 'next-candidate', 'reason', 'Iemand anders.'),
                                 json_build_object('rule_id', 'D99', 'is_otherwise', true, 'next', 'stop', 'reason', 'Klaar.'))
    END;

CREATE FUNCTION test.save(t int, rules json, who text DEFAULT 'coordinator', based int DEFAULT NULL, key text DEFAULT NULL,
                          body text DEFAULT 'x', examples json DEFAULT '[]', region int DEFAULT 1)
RETURNS TABLE (result text, version int, detail text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.save_draft(region, test.account(who, region), coalesce(key, gen_random_uuid()::text), test.hash(body),
                                    t, based, 'Proef', rules, examples)
$$;

CREATE FUNCTION test.ask(v int, who text DEFAULT 'coordinator', since timestamptz DEFAULT NULL, key text DEFAULT NULL,
                         body text DEFAULT 'x', region int DEFAULT 1)
RETURNS TABLE (result text, state text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.request_publication(region, test.account(who, region), coalesce(key, gen_random_uuid()::text),
                                             test.hash(body), v, '{dead-R01}', since, '{"findings": []}')
$$;

CREATE FUNCTION test.approve(v int, who text DEFAULT 'coordinator2', key text DEFAULT NULL, body text DEFAULT 'x',
                             region int DEFAULT 1)
RETURNS TABLE (result text, state text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.approve_version(region, test.account(who, region), coalesce(key, gen_random_uuid()::text),
                                         test.hash(body), v)
$$;

CREATE FUNCTION test.discard(v int, who text DEFAULT 'coordinator', key text DEFAULT NULL, body text DEFAULT 'x')
RETURNS TABLE (result text, state text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.discard_version(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(body), v)
$$;

CREATE FUNCTION test.roll_back(t int, who text DEFAULT 'coordinator', key text DEFAULT NULL, body text DEFAULT 'x')
RETURNS TABLE (result text, version int, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.roll_back(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(body), t)
$$;

-- Saved, asked for and approved in one go; the version.
CREATE FUNCTION test.published(t int, rules json, since timestamptz DEFAULT NULL) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v constant int := (SELECT s.version FROM test.save(t, rules) s);
BEGIN
    PERFORM test.ask(v, 'coordinator', since);
    PERFORM test.approve(v);
    RETURN v;
END
$$;

-- The emergency button and a client's rights, as the daemon calls them.
CREATE FUNCTION test.client_of(at bigint) RETURNS bigint LANGUAGE sql
RETURN (SELECT r.client_id FROM data.step s JOIN data.referral r USING (region_id, referral_id) WHERE s.step_id = at);

CREATE FUNCTION test.emergency(referral bigint, who text DEFAULT 'worker2', key text DEFAULT NULL, body text DEFAULT 'x',
                               due timestamptz DEFAULT '2030-01-01Z', region int DEFAULT 1)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.use_emergency(region, test.account(who, region), coalesce(key, gen_random_uuid()::text), test.hash(body),
                                       referral, nextval('data.object_seq'), test.sealed('Nood aan de deur.'), due, '192.0.2.9')
$$;

CREATE FUNCTION test.review(emergency bigint, who text DEFAULT 'coordinator', key text DEFAULT NULL, verdict text DEFAULT 'justified',
                            body text DEFAULT 'x')
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.review_emergency(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(body), emergency,
                                          verdict, nextval('data.object_seq'), test.sealed('Terecht.'), '192.0.2.9')
$$;

CREATE FUNCTION test.erase(client bigint, who text DEFAULT 'gp', key text DEFAULT NULL, body text DEFAULT 'x', region int DEFAULT 1)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.erase_client(region, test.account(who, region), coalesce(key, gen_random_uuid()::text), test.hash(body),
                                      client, '192.0.2.9')
$$;

CREATE FUNCTION test.correct(client bigint, who text DEFAULT 'gp', fields int DEFAULT 1, key text DEFAULT NULL, body text DEFAULT 'x',
                             email text DEFAULT NULL, seen_year int DEFAULT NULL, seen_name text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT k.* FROM (SELECT coalesce(seen_year, min(birth_year)) AS year, coalesce(seen_name, min(c.name)) AS name
                     FROM wijzer.client_to_correct(1, test.account(who), client) c) s,
                    wijzer.correct_client(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(body), client, fields,
                                        1949, '5757', 'en', test.sealed('A. de Boer'), test.sealed('0687654321'), email,
                                        test.hash('name|a. de boer|1949'), test.hash('phone|0687654321'), NULL, s.year, s.name,
                                        '192.0.2.9') k
$$;

CREATE FUNCTION test.restrict(client bigint, lift boolean, who text DEFAULT 'gp', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.restrict_client(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(lift::text), client,
                                         lift, '192.0.2.9')
$$;

-- Rows of tables that were read in this transaction, in the order of the table and by an index; and while a query ran, which has one
-- row and a value in it.
CREATE FUNCTION test.rows_read(tables regclass[]) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT sum(pg_stat_get_xact_tuples_returned(t.oid) + pg_stat_get_xact_tuples_fetched(t.oid))
    FROM (SELECT unnest(tables)::oid AS oid
          UNION ALL
          SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = ANY (tables)) t;
$$;
CREATE FUNCTION test.read(query text, tables regclass[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before constant bigint := test.rows_read(tables);
    found text;
BEGIN
    EXECUTE query INTO STRICT found;
    RETURN CASE WHEN found IS NOT NULL THEN test.rows_read(tables) - before END;
END
$$;
