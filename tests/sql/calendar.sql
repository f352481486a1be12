-- The region's own closures: who sets them, once, and that daemons hear of it.
BEGIN;
\ir support/helpers.sql
SELECT plan(26);
CREATE FUNCTION test.close(day text, name text DEFAULT NULL, who text DEFAULT 'coordinator', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.close_day(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(day || coalesce(name, '')), day::date, name, '192.0.2.1') $$;
CREATE FUNCTION test.open(day text, who text DEFAULT 'coordinator', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.open_day(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(day), day::date, '192.0.2.1') $$;
CREATE FUNCTION test.version(region int DEFAULT 1) RETURNS bigint LANGUAGE sql
RETURN (SELECT version FROM wijzer.regions() r WHERE r.region_id = region);
CREATE FUNCTION test.listed(who text DEFAULT 'worker') RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', i ->> 'day', i ->> 'kind', i ->> 'name'), ', ' ORDER BY n)
    FROM json_array_elements(wijzer.list_closures(1, test.account(who), '{2027-04-27,2027-05-06}', '{Koningsdag,Hemelvaartsdag}') -> 'items')
         WITH ORDINALITY AS x (i, n) $$;
SELECT set_config('wijzer.clock_offset', ('2026-11-24 23:30Z'::timestamptz - clock_timestamp())::text, true) \g /dev/null
DELETE FROM data.closure WHERE region_id = 1;

SELECT is(test.listed(), '2027-04-27 holiday Koningsdag, 2027-05-06 holiday Hemelvaartsdag', 'at first the public holidays alone');
SELECT test.version() AS before, test.version(2) AS other \gset
SELECT is((SELECT result FROM test.close('2027-05-07', who => w)), 'not-yours', w || ' closes nothing') FROM unnest('{gp,worker,steward}'::text[]) w;
SELECT is((SELECT result FROM wijzer.close_day(1, 0, 'k', test.hash('x'), '2027-05-07', NULL)), 'account-unknown', 'nor does nobody');
SELECT is((SELECT result FROM test.close('2026-11-24')), 'day-out', 'no day that has been, as days are in Amsterdam');
SELECT is((SELECT result FROM test.close('2036-11-26')), 'day-out', 'nor one ten years away');
SELECT is((SELECT count(*) FROM data.closure WHERE region_id = 1), 0::bigint, 'nothing was written');
SELECT is(test.version(), :before::bigint, 'and nobody told');
SELECT result, answer FROM test.close('2027-05-07', 'Brugdag', key => 'c1') \gset c_
SELECT is(:'c_result' || ' ' || (:'c_answer'::jsonb)::text, 'closed {"day": "2027-05-07", "kind": "closure", "name": "Brugdag"}', 'a coordinator closes');
SELECT is(test.version(), (:before + 1)::bigint, 'every daemon is to take it up');
SELECT is(test.version(2), :other::bigint, 'of this region');
SELECT is(wijzer.region_snapshot(1) ->> 'closures', '["2027-05-07"]', 'it is in the snapshot');
SELECT is((SELECT result || answer::text FROM test.close('2027-05-07', 'Brugdag', key => 'c1')), 'replayed' || :'c_answer', 'once');
SELECT is((SELECT result FROM test.close('2027-05-08', 'Brugdag', key => 'c1')), 'key-reused', 'under one key');
SELECT is((SELECT result FROM test.close('2027-05-07')), 'already-closed', 'it is closed now');
SELECT is((SELECT result FROM test.close('2026-11-25')), 'closed', 'today too, and without a name');
SELECT is(test.listed('gp'), '2026-11-25 closure, 2027-04-27 holiday Koningsdag, 2027-05-06 holiday Hemelvaartsdag, 2027-05-07 closure Brugdag', 'everybody sees them');
SELECT is(wijzer.list_closures(1, 0, '{}', '{}')::text, NULL, 'but nobody');
SELECT is((SELECT result FROM test.open('2027-05-07', 'worker')), 'not-yours', 'a worker does not open');
SELECT is((SELECT result FROM test.open('2027-05-08')), 'not-closed', 'nor anybody what is open');
SELECT is((SELECT result || (answer ->> 'name') FROM test.open('2027-05-07', key => 'o1')), 'openedBrugdag', 'a coordinator opens again');
SELECT is((SELECT result FROM test.open('2027-05-07', key => 'o1')), 'replayed', 'once');
SELECT is((SELECT array_agg(c.day) FROM data.closure c WHERE region_id = 1), '{2026-11-25}', 'the other stays');
SELECT is(test.version(), (:before + 3)::bigint, 'each change is told');
SELECT is((SELECT array_agg(kind || ' ' || (what ->> 'day') ORDER BY administration_id) FROM data.administration
           WHERE region_id = 1 AND account_id = test.account('coordinator') AND kind LIKE 'day-%'),
          '{day-closed 2027-05-07,day-closed 2026-11-25,day-opened 2027-05-07}', 'who did it is kept');

SELECT * FROM finish();
ROLLBACK;
