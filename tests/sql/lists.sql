-- Inbox, chain and feedback: what is in them, in what order, page by page. The code and the clock.
BEGIN;
\ir support/helpers.sql
SELECT plan(46);

-- The id code: vectors worked out from the formula in proto/code.h by other means, and the formula again, digit by
-- digit with a search for the check character, for many more.
CREATE FUNCTION test.code(id bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n numeric := (id::numeric * 2221713035) % 3404825447;
    d int[] := '{}';
    total int := 0;
BEGIN
    FOR i IN 1..7 LOOP
        d := (n % 23)::int || d;
        n := div(n, 23);
    END LOOP;
    FOR i IN 1..7 LOOP
        total := total + i * d[i];
    END LOOP;
    FOR c IN 0..22 LOOP
        IF (total + 8 * c) % 23 = 0 THEN
            d := d || c;
            EXIT;
        END IF;
    END LOOP;
    RETURN (SELECT string_agg(substr('23456789CDFGHJKMNPRTWXY', x + 1, 1) || CASE WHEN i = 4 THEN '-' ELSE '' END, '' ORDER BY i)
            FROM unnest(d) WITH ORDINALITY AS u (x, i));
END
$$;
SELECT is(wijzer.code(id), text, 'code of ' || id)
FROM (VALUES (0::bigint, '2222-2222'),
             (1, 'M266-HJX7'),
             (2, '92CD-46TG'),
             (23, '266H-JX27'),
             (12345, '9Y44-HMH2'),
             (2222222222, 'T328-3D3H'),
             (3404825446, '9YRR-FD4H')) AS vector (id, text);
SELECT is_empty($$ SELECT x FROM generate_series(1, 3404825446, 7777777) x WHERE wijzer.code(x) <> test.code(x) $$, 'and of many more');

-- The clock.
SELECT ok(abs(extract(epoch FROM wijzer.clock() - clock_timestamp())) < 1, 'the clock is the machine''s');
SELECT set_config('wijzer.clock_offset', '-3 days', true) \g /dev/null
SELECT ok(abs(extract(epoch FROM wijzer.clock() - clock_timestamp()) + 3 * 86400) < 1, 'shifted by the setting');
SELECT set_config('wijzer.clock_offset', '', true) \g /dev/null

-- Who is there.
SELECT lives_ok($$ SELECT data.add_identity('deurne', 'levgroep', 'worker', repeat('ab', 32), 'urn:wijzer:deurne:levgroep:worker') $$, 'a certificate is made known');
SELECT lives_ok($$ SELECT data.add_identity('deurne', 'levgroep', 'worker', repeat('ab', 32), 'urn:wijzer:deurne:levgroep:worker') $$, 'twice');
SELECT throws_ok($$ SELECT data.add_identity('deurne', 'levgroep', 'nobody', repeat('ab', 32), 'x') $$, 'P0001', NULL, 'not for an account that is not there');
SET LOCAL ROLE wijzer_app;
SELECT results_eq($$ SELECT region_code, account_name, role, organisation_code FROM wijzer.find_account(repeat('ab', 32), 'urn:wijzer:deurne:levgroep:worker') $$,
                  $$ VALUES ('deurne', 'worker', 'worker', 'levgroep') $$, 'and found');
SELECT is_empty($$ SELECT * FROM wijzer.find_account(repeat('ac', 32), 'urn:wijzer:deurne:levgroep:worker') $$, 'not by another issuer');
SELECT results_eq('SELECT code FROM wijzer.regions()', $$ VALUES ('deurne'), ('elders') $$, 'the regions');
RESET ROLE;
INSERT INTO data.identity VALUES (2, repeat('ab', 32), 'urn:wijzer:deurne:levgroep:worker', test.account('worker', 2));
SELECT is_empty($$ SELECT * FROM wijzer.find_account(repeat('ab', 32), 'urn:wijzer:deurne:levgroep:worker') $$, 'nobody, when known in two regions');
DELETE FROM data.identity WHERE region_id = 2;
UPDATE data.account SET ended_at = now() WHERE account_id = test.account('worker');
SELECT is_empty($$ SELECT * FROM wijzer.find_account(repeat('ab', 32), 'urn:wijzer:deurne:levgroep:worker') $$, 'nor an ended account');
UPDATE data.account SET ended_at = NULL;
SELECT is(wijzer.me(1, test.account('gp')) ->> 'role', 'referrer', 'me');
SELECT is(json_array_length(wijzer.vocabulary(1, test.account('gp')) -> 'states'), 30, 'the vocabulary');
SELECT is(json_array_length(wijzer.region_snapshot(1) -> 'offerings'), 25, 'the snapshot holds all offerings');
SELECT is((SELECT array_agg((t ->> 'table')::int) FROM json_array_elements(wijzer.region_snapshot(1) -> 'tables') t),
          '{1,2,3,4,5,6,7}', 'and the rule tables in force');

-- Lists. Five of different due times, from two practices.
SELECT test.submit(ARRAY['l' || i], ARRAY['x'], CASE WHEN i % 2 = 0 THEN 'gp' ELSE 'gp2' END,
                   due => timestamptz '2030-01-01Z' + (7 * i % 5) * interval '1 hour') FROM generate_series(1, 5) i \g /dev/null
CREATE FUNCTION test.pages(call text, size int) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    page json;
    cursor text;
    ids text[] := '{}';
BEGIN
    LOOP
        EXECUTE format(call, size, cursor) INTO page;
        ids := ids || ARRAY(SELECT x ->> 'id' FROM json_array_elements(page -> 'items') x);
        cursor := page ->> 'next';
        EXIT WHEN cursor IS NULL;
        IF json_array_length(page -> 'items') <> size THEN
            RAISE EXCEPTION 'a page of % of %', json_array_length(page -> 'items'), size;
        END IF;
    END LOOP;
    RETURN ids;
END
$$;
SELECT is(test.pages('SELECT wijzer.list_inbox(1, test.account(''worker''), NULL, %s, %L)', n),
          (SELECT array_agg(wijzer.code(step_id) ORDER BY due_at) FROM data.promise), 'the inbox by due time, in pages of ' || n)
FROM unnest(ARRAY[1, 2, 5, 200]) n;
SELECT is(test.pages('SELECT wijzer.list_chain(1, test.account(''coordinator''), NULL, NULL, NULL, %s, %L)', n),
          (SELECT array_agg(wijzer.code(referral_id) ORDER BY due_at) FROM data.promise), 'the chain by due time, in pages of ' || n)
FROM unnest(ARRAY[1, 2, 5]) n;
SELECT is(cardinality(test.pages('SELECT wijzer.list_chain(1, test.account(''gp''), NULL, NULL, NULL, %s, %L)', 1)), 2, 'a referrer sees the own ones');
SELECT is(cardinality(test.pages('SELECT wijzer.list_chain(1, test.account(''worker''), NULL, NULL, NULL, %s, %L)', 2)), 5, 'a worker those the organisation is in');
SELECT is(cardinality(test.pages('SELECT wijzer.list_chain(1, test.account(''coordinator''), NULL, ''huisartsenpraktijk-vlierden'', ''open'', %s, %L)', 2)), 3, 'of one organisation');
SELECT is(cardinality(test.pages('SELECT wijzer.list_chain(1, test.account(''coordinator''), true, NULL, NULL, %s, %L)', 2)), 0, 'none is overdue');
SELECT is(wijzer.list_chain(1, test.account('coordinator'), NULL, 'nobody', NULL, 5, NULL)::text, NULL, 'an unknown organisation');
SELECT is(wijzer.list_inbox(1, test.account('worker'), NULL, 5, 'rubbish')::text, NULL, 'an unusable cursor');
SELECT is(cardinality(test.pages('SELECT wijzer.list_inbox(1, test.account(''gp''), NULL, %s, %L)', 5)), 0, 'the referrer owes nothing yet');

-- One of them asks back, one ends and is read: it moves from the inbox to the referrer's, and to the closed part.
SELECT step_id AS s FROM data.idempotency WHERE idem_key = 'l2' \gset
SELECT step_id AS t FROM data.idempotency WHERE idem_key = 'l4' \gset
SELECT test.move(:s, 'worker', 'question-to-referrer', 'Is er vervoer?') \g /dev/null
SELECT test.moves(:t, 'worker', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is(test.pages('SELECT wijzer.list_inbox(1, test.account(''gp''), NULL, %s, %L)', 1), ARRAY[wijzer.code(:t), wijzer.code(:s)], 'what the referrer owes: reading and answering');
SELECT is(test.open_final(test.referral_of(:t)), 'opened', 'read');
SELECT is(test.pages('SELECT wijzer.list_chain(1, test.account(''gp''), NULL, NULL, ''closed'', %s, %L)', 1), ARRAY[wijzer.code(test.referral_of(:t))], 'closed ones alone');
SELECT is((test.pages('SELECT wijzer.list_chain(1, test.account(''worker''), NULL, NULL, NULL, %s, %L)', n))[5], wijzer.code(test.referral_of(:t)), 'closed ones come last')
FROM unnest(ARRAY[1, 3]) n;
SELECT is(cardinality(test.pages('SELECT wijzer.list_feedback(1, test.account(''gp''), false, %s, %L)', 1)), 3, 'all feedback but the first contact, which by table 7 waits for its digest');
SELECT is(cardinality(test.pages('SELECT wijzer.list_feedback(1, test.account(''gp''), true, %s, %L)', 2)), 2, 'unread feedback');
SELECT set_config('wijzer.clock_offset', '10 years', true) \g /dev/null
SELECT is(cardinality(test.pages('SELECT wijzer.list_chain(1, test.account(''coordinator''), true, NULL, NULL, %s, %L)', 3)), 4, 'all open ones are overdue in ten years');
SELECT set_config('wijzer.clock_offset', '', true) \g /dev/null
SELECT is((SELECT count(*) FROM json_array_elements(wijzer.check(1, test.account('coordinator')) -> 'invariants') x
           WHERE x ->> 'status' = 'holds'), 6::bigint, 'check: six hold');
DELETE FROM data.promise WHERE step_id = :s;
SELECT is(wijzer.check(1, test.account('coordinator')) -> 'invariants' -> 0 -> 'examples' ->> 0, wijzer.code(test.referral_of(:s)), 'and names what is violated');

SELECT * FROM finish();
ROLLBACK;
