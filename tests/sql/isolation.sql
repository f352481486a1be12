-- Who sees what: as the daemon's login, between regions and organisations; and below the functions, as the owner whom
-- row-level security binds.
BEGIN;
\ir support/helpers.sql
SELECT plan(62);
SELECT test.new_step('a') AS a \gset
SELECT test.referral_of(:a) AS r, test.account('gp') AS gp, test.account('gp2') AS gp2, test.account('worker') AS worker,
       test.account('worker2') AS worker2, test.account('coordinator') AS coordinator, test.account('steward') AS steward,
       test.account('gp', 2) AS gp_2, test.account('worker', 2) AS worker_2, test.account('coordinator', 2) AS coordinator_2 \gset
SELECT step_id AS elders FROM test.submit('{e}', '{e}', 'gp', 'welzijnscoach', 2) \gset
SELECT test.referral_of(:elders) AS relders, test.sealed('J. Jansen') AS jansen, test.sealed('Voelt zich alleen.') AS words \gset

SET LOCAL ROLE wijzer_app;
-- Nothing but the functions.
SELECT throws_ok('SELECT * FROM ' || t, '42501', NULL, 'the daemon cannot read ' || t)
FROM unnest(ARRAY['data.client', 'data.referral', 'data.event', 'wijzer.loop', 'wijzer.i1_no_black_hole']) AS t;
SELECT throws_ok('SELECT nextval(''data.object_seq'')', '42501', NULL, 'nor take a number');
SELECT throws_ok('INSERT INTO data.note VALUES (1)', '42501', NULL, 'nor write');
SELECT throws_ok('SELECT data.seed_vocabulary(1)', '42501', NULL, 'nor seed a region');
SELECT ok(NOT pg_has_role('wijzer_app', 'wijzer_owner', 'MEMBER'), 'nor become the owner');

-- Between organisations.
SELECT is(wijzer.get_referral(1, :gp, :r) -> 'client' -> 'name' #>> '{~,0,v}', :'jansen', 'who referred sees the client');
SELECT is(wijzer.get_referral(1, :gp, :r) -> 'text' #>> '{~,0,v}', :'words', 'and the text');
SELECT is(wijzer.get_referral(1, :worker, :r) -> 'client' -> 'name' #>> '{~,0,v}', :'jansen', 'who owns the step sees the client');
SELECT is(wijzer.get_referral(1, :coordinator, :r) -> 'client' -> 'name' #>> '{~,0,v}', :'jansen', 'the coordinator sees the client');
SELECT is(wijzer.get_referral(1, :gp2, :r)::text, NULL, 'another practice sees nothing');
SELECT is(wijzer.get_referral(1, :worker2, :r)::text, NULL, 'another partner sees nothing');
SELECT is(wijzer.get_referral(1, :steward, :r) ->> 'client', NULL, 'a steward sees the referral without the client');
SELECT ok(wijzer.get_referral(1, :steward, :r) IS NOT NULL AND wijzer.get_referral(1, :steward, :r) ->> 'text' IS NULL
          AND wijzer.get_referral(1, :steward, :r) -> 'events' -> 0 ->> 'text' IS NULL, 'and without texts');
SELECT is((SELECT count(*) FROM wijzer.get_step(1, :worker, :a)), 1::bigint, 'the owner reads the step');
SELECT is((SELECT count(*) FROM wijzer.get_step(1, :gp, :a)), 1::bigint, 'the referrer reads the step');
SELECT is((SELECT count(*) FROM wijzer.get_step(1, x, :a)), 0::bigint, 'others do not')
FROM unnest(ARRAY[:gp2, :worker2, :steward]) x;
SELECT is(wijzer.list_chain(1, :gp2, NULL, NULL, NULL, 50, NULL) -> 'items' ->> 0, NULL, 'another practice''s chain is empty');
SELECT is(wijzer.list_chain(1, :worker2, NULL, NULL, NULL, 50, NULL) -> 'items' ->> 0, NULL, 'another partner''s chain is empty');
SELECT is(wijzer.list_inbox(1, :worker2, NULL, 50, NULL) -> 'items' ->> 0, NULL, 'and the inbox');
SELECT is(json_array_length(wijzer.list_chain(1, :steward, NULL, NULL, NULL, 50, NULL) -> 'items'), 1, 'the steward sees that it exists');

-- Between regions.
SELECT is(wijzer.get_referral(2, :coordinator_2, :r)::text, NULL, 'the coordinator of another region sees nothing');
SELECT is(wijzer.get_referral(1, :coordinator_2, :r)::text, NULL, 'nor by naming our region');
SELECT is(wijzer.get_referral(1, :coordinator, :relders)::text, NULL, 'nor we theirs');
SELECT is(wijzer.get_referral(2, :coordinator, :relders)::text, NULL, 'nor by naming theirs');
SELECT is(json_array_length(wijzer.list_chain(2, :coordinator_2, NULL, NULL, NULL, 50, NULL) -> 'items'), 1, 'each region has its own chain');
SELECT is((SELECT result FROM wijzer.move_step(2, :worker_2, 'x', repeat('0', 64), :a, NULL, 'accepted', 2, '{sent}', '{requested}',
    '{accepted}', '{now,now}', '', NULL, NULL, NULL, NULL, NULL, '{now,now}', '{now,now}', '{now,now}', NULL, '{now,now}')), 'not-found', 'a step of another region is not moved');
SELECT is((SELECT result FROM wijzer.move_step(1, :worker_2, 'x', repeat('0', 64), :a, NULL, 'accepted', 2, '{sent}', '{requested}',
    '{accepted}', '{now,now}', '', NULL, NULL, NULL, NULL, NULL, '{now,now}', '{now,now}', '{now,now}', NULL, '{now,now}')), 'account-unknown', 'nor by an account of another region');
-- The rulebook of another region.
SELECT is(wijzer.rule_version(1, :coordinator_2, 3)::text, NULL, 'a version of another region is not read');
SELECT is(wijzer.list_rule_tables(1, :coordinator_2)::text, NULL, 'nor the list');
SELECT is((SELECT result FROM wijzer.save_draft(1, :coordinator_2, 'x', repeat('0', 64), 3, NULL, '', '[]', '[]')), 'account-unknown', 'nothing is written there');
SELECT is((SELECT result FROM wijzer.request_publication(1, :coordinator_2, 'x', repeat('0', 64), 3, '{}', NULL, NULL)), 'account-unknown', 'or asked for');
SELECT is((SELECT result FROM wijzer.approve_version(1, :coordinator_2, 'x', repeat('0', 64), 3)), 'account-unknown', 'or approved');
SELECT is((SELECT result FROM wijzer.discard_version(1, :coordinator_2, 'x', repeat('0', 64), 3)), 'account-unknown', 'or discarded');
SELECT is((SELECT result FROM wijzer.roll_back(1, :coordinator_2, 'x', repeat('0', 64), 3)), 'account-unknown', 'or rolled back');
SELECT is((SELECT result || ' ' || detail FROM wijzer.save_draft(2, :coordinator_2, 'x', repeat('0', 64), 3, NULL, '',
    '[{"rule_id": "R01", "offering": "taaldoen", "reason": "x"}, {"rule_id": "R99", "is_otherwise": true, "reason": "x"}]', '[]')),
    'offering-unknown taaldoen', 'an offering of another region is unknown');
SELECT is((SELECT result FROM wijzer.discard_version(2, :coordinator_2, 'x', repeat('0', 64), 7)), 'not-found', 'as is a version');
SELECT is((SELECT count(*) FROM wijzer.replay_page(1, :coordinator_2, '2000-01-01Z', NULL, 0, 10)), 0::bigint, 'its referrals are not replayed');
SELECT is((SELECT array_agg(DISTINCT offering_code) FROM wijzer.rule_rows(2, 3)), '{welzijnscoach,NULL}'::text[], 'the same number in two regions are two versions');
SELECT is((SELECT count(*) FROM wijzer.replay_page(2, :coordinator_2, '2000-01-01Z', NULL, 0, 10)), 1::bigint, 'its own are');
SELECT throws_ok('SELECT * FROM ' || t, '42501', NULL, 'the daemon cannot read ' || t)
FROM unnest(ARRAY['data.rule', 'data.rule_table', 'data.offering_rule', 'data.capacity']) AS t;
SELECT set_config('wijzer.region', '2', true), set_config('wijzer.role', 'coordinator', true) \g /dev/null
SELECT is(wijzer.get_referral(1, :gp2, :r)::text, NULL, 'settings made beforehand open nothing');
RESET ROLE;

-- Below the functions: the owner under row-level security.
CREATE FUNCTION test.seen(r int, who text, as_role text, t text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM set_config('wijzer.region', r::text, true), set_config('wijzer.role', as_role, true),
            set_config('wijzer.organisation', coalesce(test.organisation_of(who, r)::text, ''), true);
    SET LOCAL ROLE wijzer_owner;
    EXECUTE 'SELECT count(*) FROM ' || t INTO n;
    RESET ROLE;
    RETURN n;
END
$$;
SELECT is(test.seen(1, 'gp', 'referrer', 'data.client'), 1::bigint, 'clients: the referring organisation');
SELECT is(test.seen(1, 'worker', 'worker', 'data.note'), 1::bigint, 'notes: the owner of a step');
SELECT is(test.seen(1, 'gp2', 'referrer', 'data.client'), 0::bigint, 'clients: not another practice');
SELECT is(test.seen(1, 'worker2', 'worker', 'data.note'), 0::bigint, 'notes: not another partner');
SELECT is(test.seen(1, 'steward', 'steward', 'data.client'), 0::bigint, 'clients: not the steward');
SELECT is(test.seen(1, 'coordinator', 'coordinator', 'data.client'), 1::bigint, 'clients: the coordinator, of one region');
SELECT is(test.seen(3, 'gp', 'coordinator', 'data.event'), 0::bigint, 'events: nothing in a region that is not there');
SELECT is((SELECT sum(test.seen(2, 'gp', 'coordinator', c.oid::regclass::text)
                      - (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s WHERE region_id = 2', c.oid::regclass),
                                                             false, true, '')))[1]::text::bigint)
           FROM pg_class c WHERE c.relnamespace = 'data'::regnamespace AND c.relkind = 'r'), 0::numeric,
          'in every table the owner sees the rows of the current region and no others');
SELECT test.seen(1, 'gp', 'referrer', 'data.client') \g /dev/null
SET LOCAL ROLE wijzer_owner;
SELECT throws_ok('UPDATE data.event SET kind = ''x''', '42501', NULL, 'the owner cannot change an event');
SELECT throws_ok('DELETE FROM data.event', '42501', NULL, 'nor delete one');
SELECT is((SELECT count(*) FROM data.rule_table WHERE region_id <> 1), 0::bigint, 'the owner sees no version of another region');
SELECT throws_ok('INSERT INTO data.closure VALUES (2, now(), '''')', '42501', NULL, 'nor write into another region');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
