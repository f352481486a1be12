-- How residents moved by their own scores: goals that were scored twice, by life domain and area, and small numbers that are not told.
BEGIN;
\ir support/helpers.sql
SELECT plan(27);
SELECT test.account('coordinator') AS coordinator, test.organisation_of('gp2') AS other_practice, test.organisation_of('worker2') AS other_partner \gset

-- A goal of a step, with the scores that were given one after another (null: not asked).
CREATE FUNCTION test.goal(step bigint, domain text, scores int[], who text DEFAULT 'worker') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    goal constant bigint := nextval('data.object_seq');
    score int;
BEGIN
    PERFORM wijzer.set_goal(1, test.account(who), gen_random_uuid()::text, test.hash(''), step, goal, test.sealed('Weer naar de markt.'), domain, scores[1], '192.0.2.9');
    FOREACH score IN ARRAY scores[2:] LOOP
        PERFORM wijzer.score_goal(1, test.account(who), gen_random_uuid()::text, test.hash(score::text), goal, score, '192.0.2.9');
    END LOOP;
    RETURN goal;
END $$;
CREATE FUNCTION test.taken(key text, who text DEFAULT 'gp', domain text DEFAULT NULL, scores int[] DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    step constant bigint := test.new_step(key, who);
BEGIN
    PERFORM test.moves(step, 'worker', '{accepted,first-contact}');
    IF domain IS NOT NULL THEN
        PERFORM test.goal(step, domain, scores);
    END IF;
    RETURN step;
END $$;
-- "domain goals/clients first > last difference, ..."; what stands together is "-".
CREATE FUNCTION test.moved(by text DEFAULT NULL, who text DEFAULT 'coordinator', first date DEFAULT NULL, last date DEFAULT NULL) RETURNS text LANGUAGE sql
RETURN (SELECT CASE result WHEN 'listed' THEN coalesce((
            SELECT string_agg(concat(coalesce(i #>> '{domain,code}', i ->> 'area', '-'), ' ', i ->> 'goals', '/', i ->> 'clients', ' ', i ->> 'first', ' > ', i ->> 'last',
                                     ' ', i ->> 'difference'), ', ' ORDER BY n)
            FROM json_array_elements(document -> 'items') WITH ORDINALITY AS x (i, n)), 'none') ELSE result END
        FROM wijzer.movement(1, test.account(who), first, last, by));

SELECT is(test.moved(), 'none', 'nothing moved yet');
SELECT is((SELECT document ->> 'by' FROM wijzer.movement(1, :coordinator, NULL, NULL, NULL)), 'domain', 'by life domain, if nothing is said');

-- ---- what is measured twice ----

SELECT test.taken('h1', 'gp', 'housing', '{2,9}') AS h1, test.taken('h2', 'gp', 'housing', '{4,4}') AS h2, test.taken('h3', 'gp', 'housing', '{7,3}') AS h3,
       test.taken('h4', 'gp', 'housing', '{NULL,5,6}') AS h4 \gset
SELECT test.goal(:h1, 'housing', '{6,8,10}') AS second \gset
SELECT is(test.moved(), 'none', 'five goals, but of four clients: of one of them somebody could know');
SELECT test.taken('h5', 'gp', 'housing', '{5}') AS h5 \gset
SELECT is(test.moved(), 'none', 'and one score is no movement');
SELECT test.goal(:h5, 'housing', '{NULL,5}') AS late \gset
SELECT is(test.moved(), 'none', 'nor is the first one when it came later');
SELECT result FROM wijzer.score_goal(1, test.account('worker'), 'again', test.hash('8'), :late, 8, '192.0.2.9') \g /dev/null
-- first: 2 4 7 5 6 5 = 29 / 6; last: 9 4 3 6 10 8 = 40 / 6; difference: 7 0 -4 1 4 3 = 11 / 6
SELECT is(test.moved(), 'housing 6/5 4.83 > 6.67 1.83', 'six goals of five clients, by hand: 29 / 6, 40 / 6, 11 / 6');
SELECT result FROM wijzer.end_goal(1, test.account('worker'), 'end', test.hash(''), :late, 'dropped', '192.0.2.9') \g /dev/null
SELECT is(test.moved(), 'housing 6/5 4.83 > 6.67 1.83', 'also where the goal was let go of: it was measured');
SELECT test.goal(:h1, 'finances', '{1,2}') AS f1, test.goal(:h2, 'finances', '{1,4}') AS f2, test.goal(:h3, 'social-network', '{2,8}') AS s3, test.goal(:h4, 'social-network', '{10,9}') AS s4 \gset
-- first: 29 + 1 1 2 10 = 43 / 10; last: 40 + 2 4 8 9 = 63 / 10
SELECT is(test.moved(), '- 10/5 4.30 > 6.30 2.00', 'small domains are not told; while they are few together, the smallest of the others goes with them, or they were what is missing');
SELECT test.goal(:h5, 'meaning', '{6,8}') AS m5 \gset
-- first: 1 1 2 10 6 = 20 / 5; last: 2 4 8 9 8 = 31 / 5
SELECT is(test.moved(), 'housing 6/5 4.83 > 6.67 1.83, - 5/5 4.00 > 6.20 2.20', 'of five clients together they are one row: 20 / 5, 31 / 5');
SELECT is((SELECT i -> 'domain' ->> 'label' FROM wijzer.movement(1, :coordinator, NULL, NULL, 'domain') m, json_array_elements(m.document -> 'items') i LIMIT 1),
          (SELECT label FROM data.domain WHERE region_id = 1 AND code = 'housing'), 'with the region''s word for it');

-- ---- by area ----

-- Everybody of test.submit() lives in 5751. First: 29 + 20 = 49 / 11; last: 40 + 31 = 71 / 11; difference 22 / 11.
SELECT is(test.moved('area'), '5751 11/5 4.45 > 6.45 2.00', 'by area: 49 / 11, 71 / 11, 22 / 11');
UPDATE data.client SET area = '5756' WHERE client_id = test.client_of(:h5);
SELECT is(test.moved('area'), '- 11/5 4.45 > 6.45 2.00', 'two small ones stand together');
SELECT test.taken('h6', 'gp', 'housing', '{1,10}') AS h6 \gset
-- 5751 has five clients now, the other one: 49 + 1 = 50 / 12, last 71 + 10 = 81 / 12
SELECT is(test.moved('area'), '- 12/6 4.17 > 6.75 2.58', 'nor is one that is enough, while it would tell of the only small one: 50 / 12, 81 / 12');
SELECT is((SELECT array_agg(i ->> 'domain') FROM wijzer.movement(1, :coordinator, NULL, NULL, 'area') m, json_array_elements(m.document -> 'items') i), '{NULL}'::text[], 'without a domain');

-- ---- whose, and when ----

SELECT is(test.moved('area', w), 'not-yours', 'by area not for a ' || w) FROM unnest('{gp,worker,steward,nobody}'::text[]) w;
SELECT is(test.moved(who => 'steward'), test.moved(), 'a steward sees all by domain');
SELECT is(test.moved(who => 'worker') || ' | ' || test.moved(who => 'worker2') || ' | ' || test.moved(who => 'gp2'), test.moved() || ' | none | none', 'a partner what was set in its own steps, and another nothing');
UPDATE data.referral SET organisation_id = :other_practice WHERE referral_id = test.referral_of(:h1);
-- Without those of h1 (2 > 9, 6 > 10, 1 > 2), with that of h6 (1 > 10): of housing 22 and 31, of four clients elsewhere 19 and 29
SELECT is(test.moved(who => 'gp') || ' | ' || test.moved(who => 'gp2'), '- 9/5 4.56 > 6.67 2.11 | none', 'a practice those whom it referred');
UPDATE data.referral SET organisation_id = test.organisation_of('gp') WHERE referral_id = test.referral_of(:h1);
SELECT is(test.moved('colour'), 'not-yours', 'there is no other way');
SELECT is(test.moved(first => '2020-01-01', last => '2020-02-01'), 'none', 'of a period: by the date of the referral');
SELECT test.moves(:h6, 'worker', '{done-goal-reached}') || test.open_final(test.referral_of(:h6)) \g /dev/null
SELECT is((SELECT result FROM test.erase(test.client_of(:h6))), 'erased', 'a client asks to be forgotten');
SELECT is(test.moved(), 'housing 7/6 4.29 > 7.14 2.86, - 5/5 4.00 > 6.20 2.20', 'and still counts, as in the other figures: 30 / 7, 50 / 7');
-- Four in 5751, one elsewhere, one of whom no area is left: 50 / 12, 81 / 12, 31 / 12.
SELECT is(test.moved('area'), '- 12/6 4.17 > 6.75 2.58', 'also where no area is left: with the others, who are too few in theirs');
SELECT is((SELECT count(*) FROM data.access WHERE what = 'movement'), 0::bigint, 'which tells of no client');

SELECT * FROM finish();
ROLLBACK;
