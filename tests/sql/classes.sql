-- A class sent as one act: each child a referral of its own under one name, what is sent again, who sees that they belong together,
-- how it goes with all of them.
BEGIN;
\ir support/helpers.sql
SELECT * FROM no_plan();

SELECT item, result, referral_id, step_id INTO TEMP first FROM test.submit(ARRAY['k1', 'k2', 'k3'], ARRAY['a', 'b', 'c'], class => 'Groep 5');
SELECT results_eq('SELECT DISTINCT result FROM first', $$ VALUES ('created') $$, 'three children of a class');
SELECT is((SELECT string_agg(format('%s %s %s', name, organisation_id = test.organisation_of('gp'), account_id = test.account('gp')), ', ') FROM data.class),
          'Groep 5 t t', 'one class, of who sent it');
SELECT is((SELECT count(DISTINCT r.class_id) || ' ' || count(DISTINCT r.client_id) FROM data.referral r JOIN first USING (referral_id)), '1 3',
          'each child a client of its own in it');
SELECT is((SELECT count(*) FROM data.event e JOIN data.referral r USING (region_id, referral_id)
           WHERE e.kind = 'referral-sent' AND e.class_id = r.class_id), 3::bigint, 'as the events tell');

-- Once more, with a fourth: who was sent is not sent again.
SELECT item, result, referral_id INTO TEMP second FROM test.submit(ARRAY['k1', 'k2', 'k3', 'k4'], ARRAY['a', 'b', 'c', 'd'], class => 'Groep 5');
SELECT is((SELECT string_agg(result, ' ' ORDER BY item) FROM second), 'replayed replayed replayed created', 'sent again: nobody twice');
SELECT is((SELECT count(*) FROM data.class) || ' ' || (SELECT count(*) FROM data.referral WHERE class_id IS NOT NULL), '1 4', 'the same class, of four now');
SELECT test.submit(ARRAY['x1'], ARRAY['x'], 'gp2', class => 'Groep 5') \g /dev/null
SELECT is((SELECT count(*) FROM data.class), 2::bigint, 'a class of that name at another organisation is another one');
SELECT test.submit(ARRAY['y1'], ARRAY['y']) \g /dev/null
SELECT is((SELECT class_id FROM data.referral ORDER BY referral_id DESC LIMIT 1), NULL, 'who is sent alone is in none');

-- Who sees it: who referred and who may know the name; not who may see all but that.
CREATE FUNCTION test.seen_class(at bigint, who text) RETURNS text LANGUAGE sql
AS $$ SELECT x -> 'class' ->> 'name' FROM json_array_elements(wijzer.list_inbox(1, test.account(who), NULL, 200, NULL) -> 'items') x
      WHERE x ->> 'referralId' = wijzer.code(at) $$;
SELECT referral_id AS r1, step_id AS s1 FROM first WHERE item = 1 \gset
SELECT step_id AS s2 FROM first WHERE item = 2 \gset
SELECT step_id AS s3 FROM first WHERE item = 3 \gset
SELECT is(test.seen_class(:r1, 'worker'), 'Groep 5', 'the partner sees which belong together');
SELECT is(wijzer.get_referral(1, test.account('gp'), :r1) -> 'class' ->> 'name', 'Groep 5', 'and who referred');
SELECT referral_id AS hidden FROM test.submit(ARRAY['k5'], ARRAY['e'], class => 'Groep 5', consent => test.consent(2046)) \gset
SELECT is(test.seen_class(:hidden, 'worker'), NULL, 'not where the name is not shared');
SELECT isnt(wijzer.get_referral(1, test.account('gp'), :hidden) ->> 'class', NULL, 'though it is in it');
SELECT referral_id AS offered FROM test.submit(ARRAY['k6'], ARRAY['f'], class => 'Groep 5', others => ARRAY['buurtteam'], offer => 2) \gset
SELECT is((SELECT x ->> 'class' FROM json_array_elements(wijzer.list_inbox(1, test.account('worker'), NULL, 200, NULL) -> 'items') x
           WHERE x ->> 'referralId' = wijzer.code(:offered)), NULL, 'nor in an offer without a name');

-- How it goes: counts that add up to how many were sent.
CREATE FUNCTION test.goes(who text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s %s: %s = %s + %s + %s + %s + %s', x -> 'organisation' ->> 'code', x ->> 'name', x ->> 'referred', x ->> 'waiting', x ->> 'accepted',
                  x ->> 'inGroup', x ->> 'inLine', x ->> 'ended')
    FROM json_array_elements(wijzer.list_classes(1, test.account(who), NULL) -> 'items') x ORDER BY 1 $$;
SELECT code AS practice FROM data.organisation WHERE organisation_id = test.organisation_of('gp') \gset
SELECT results_eq($$ SELECT * FROM test.goes('gp') $$, format('VALUES (%L)', :'practice' || ' Groep 5: 6 = 6 + 0 + 0 + 0 + 0'), 'all wait at first');
SELECT results_eq($$ SELECT * FROM test.goes('coordinator') $$, format('VALUES (%L)', :'practice' || ' Groep 5: 6 = 6 + 0 + 0 + 0 + 0'),
                  'a coordinator sees those of the region, and not that of one child');
SELECT is((SELECT count(*) FROM test.goes('gp2')), 1::bigint, 'which its own practice does');
SELECT is((wijzer.list_classes(1, test.account('coordinator'), NULL) #>> '{items,0,sentOn}'), logic.today()::text, 'of the day, not the moment');
SELECT is(wijzer.list_classes(1, test.account('worker'), NULL)::text, NULL, 'a worker none: their inbox shows them');
SELECT is(test.moves(:s1, 'worker', '{accepted}') || ' ' || test.moves(:s2, 'worker', '{accepted}') || ' ' || test.moves(:s3, 'worker', '{accepted}'), 'moved moved moved', 'three are taken');
SELECT results_eq($$ SELECT * FROM test.goes('gp') $$, format('VALUES (%L)', :'practice' || ' Groep 5: 6 = 3 + 3 + 0 + 0 + 0'), 'and counted');
SELECT answer ->> 'id' AS made FROM wijzer.make_group(1, test.account('worker'), 'g', test.hash('g'), 'welzijn-op-recept', 'Dinsdag',
    logic.today() + 10, NULL, 'on-site', false, 1, '192.0.2.3') \gset
SELECT group_id AS g FROM data.offering_group WHERE wijzer.code(group_id) = :'made' \gset
SELECT is((SELECT string_agg(t.result, ' ' ORDER BY s.n) FROM (VALUES (1, :s1), (2, :s2)) s (n, step), wijzer.take_place(1, test.account('worker'), 'p' || s.n,
    test.hash('p'), s.step, :g, 1, true, '192.0.2.3') t), 'taken waiting', 'one has a place, one stands in line');
SELECT results_eq($$ SELECT * FROM test.goes('gp') $$, format('VALUES (%L)', :'practice' || ' Groep 5: 6 = 3 + 1 + 1 + 1 + 0'), 'in the group, in its line');
SELECT is((SELECT result FROM test.move(:s3, 'worker', 'client-withdrew', reason => 'Verhuisd.')), 'moved', 'one stops');
SELECT results_eq($$ SELECT * FROM test.goes('gp') $$, format('VALUES (%L)', :'practice' || ' Groep 5: 6 = 3 + 0 + 1 + 1 + 1'), 'and has ended, the others not');

SELECT is((SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation), NULL, 'no invariant is violated');
UPDATE data.referral SET class_id = NULL WHERE referral_id = :r1;
SELECT is((SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation), '{I4 referral differs from its events}', 'who is taken out of a class is found');
UPDATE data.referral r SET class_id = x.class_id FROM data.referral x WHERE r.referral_id = :r1 AND x.referral_id = :hidden;
UPDATE data.event SET class_id = 1 WHERE class_id IS NOT NULL AND referral_id = :r1;
UPDATE data.referral SET class_id = 1 WHERE referral_id = :r1;
SELECT is((SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation), '{"I4 class of another organisation, or of none"}', 'and a class that is not there');
UPDATE data.referral r SET class_id = x.class_id FROM data.referral x WHERE r.referral_id = :r1 AND x.referral_id = :hidden;

-- Forgotten: of a class of which nobody is left nothing is told.
SELECT s.step_id AS of_gp2, r.client_id AS client_of_gp2 FROM data.referral r JOIN data.step s USING (region_id, referral_id)
WHERE r.class_id IS NOT NULL AND r.organisation_id = test.organisation_of('gp2') \gset
SELECT is((SELECT result FROM test.move(:of_gp2, 'gp2', 'entered-in-error', reason => 'Vergist.')) || ' ' || (SELECT result FROM test.erase(:client_of_gp2, 'gp2')),
          'moved erased', 'the only child is forgotten');
SELECT is((SELECT count(*) FROM test.goes('gp2')), 0::bigint, 'a class of which everybody was forgotten is told no more');
SELECT test.erase(client_id) FROM data.referral WHERE referral_id = :r1 \g /dev/null
SELECT is((SELECT count(*) FROM test.goes('gp')), 1::bigint, 'one of which others are left is');

SELECT * FROM finish();
ROLLBACK;
