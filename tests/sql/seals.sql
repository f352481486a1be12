-- Sealed history: what is final and not sealed, blocks that follow each other, nobody who changes one, numbers of transactions
-- that go on after a restore.
BEGIN;
\ir support/helpers.sql
SELECT plan(47);

CREATE FUNCTION test.add(block bigint, previous text, horizon bigint, up_to bigint DEFAULT 0, hash text DEFAULT NULL, region int DEFAULT 1)
RETURNS boolean LANGUAGE sql AS $$
    SELECT wijzer.seal_add(region, 'event', block, previous, repeat('ab', 32), 2, horizon, up_to, 1700000000000001, 1700000010000000,
                           '{1,2}', '{100,NULL}', repeat('01', 64), coalesce(hash, lpad(to_hex(block), 64, '0')), repeat('0a', 8), repeat('cd', 64))
$$;
CREATE FUNCTION test.nothing() RETURNS text LANGUAGE sql RETURN repeat('00', 32);
-- What would be sealed: numbers of events.
CREATE FUNCTION test.next(horizon bigint DEFAULT 0, up_to bigint DEFAULT 0, most int DEFAULT 100, below bigint DEFAULT 100)
RETURNS bigint[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg(split_part(trim('(' FROM line), ',', 3)::bigint ORDER BY n), '{}')
    FROM wijzer.seal_rows(1, 'event', horizon, up_to, below, most) WITH ORDINALITY AS s (line, n)
$$;

CREATE VIEW test.places AS SELECT * FROM wijzer.seal_next(1) WHERE log = 'event';
CREATE VIEW test.statuses AS SELECT * FROM wijzer.seal_status(1) WHERE log = 'event';

-- Before the first block.
SELECT is((SELECT log || ' ' || block_no FROM test.places), 'event 1', 'the first block is number 1');
SELECT ok(previous IS NULL AND horizon = 0 AND up_to = 0 AND NOT is_behind AND final_below > 0, 'nothing is before it')
FROM test.places;
SELECT is((SELECT columns[1:5] FROM test.places), '{region_id,referral_id,event_id,tx,at}', 'columns in order of the table');
SELECT is((SELECT columns FROM test.places), (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'data.event'::regclass AND attnum > 0 AND NOT attisdropped), 'all of them');
SELECT is((SELECT block_no::text || unsealed FROM test.statuses), NULL, 'no last block');
SELECT results_eq('SELECT log, columns[1:4] FROM wijzer.seal_next(1)', $$ VALUES ('event', '{region_id,referral_id,event_id,tx}'::text[]),
    ('access', '{region_id,access_id,tx,at}') $$, 'events and the access log');

-- What is running is not final.
SELECT test.new_step('s1') AS s \gset
SELECT ok((SELECT min(tx) FROM data.event) = pg_current_xact_id()::text::bigint, 'an event knows its transaction');
SELECT ok((SELECT final_below <= pg_current_xact_id()::text::bigint FROM test.places), 'which is not final before it ends');
SELECT is(test.next(below => (SELECT final_below FROM test.places)), '{}', 'so nothing is sealed of it');
SELECT is((SELECT unsealed FROM test.statuses), 1::bigint, 'it waits');

-- Pages in order of transaction and number.
SELECT set_config('wijzer.region', '1', true) \g /dev/null
INSERT INTO data.event (region_id, referral_id, event_id, tx, at, kind, channel, on_date, promise_due)
SELECT 1, 500, n, t, '2026-07-01 12:00:00.25+02', 'k"(' || n || '), \', CASE WHEN n = 1 THEN '' END, '2026-07-02', '2026-12-01 12:00:00+01'
FROM (VALUES (4, 10), (1, 20), (3, 20), (2, 20), (5, 30), (6, 30)) AS v (n, t);
SELECT is(test.next(), '{4,1,2,3,5,6}', 'by transaction, then number');
SELECT is(test.next(most => 2), '{4,1}', 'a page may end inside a transaction');
SELECT is(test.next(20, 1), '{2,3,5,6}', 'and the next begins there');
SELECT is(test.next(20, 3), '{5,6}', 'behind the last of it');
SELECT is(test.next(21), '{5,6}', 'a horizon between transactions');
SELECT is(test.next(below => 30), '{4,1,2,3}', 'what is not final waits');
SELECT is(test.next(30, 6), '{}', 'nothing left');
SET LOCAL timezone = 'Asia/Tokyo';
SET LOCAL datestyle = 'German';
SELECT is((SELECT line FROM wijzer.seal_rows(1, 'event', 0, 1, 21, 2) LIMIT 1 OFFSET 1),
    '(1,500,1,20,"2026-07-01 10:00:00.25+00","k""(1), \\",,,,,,,,,,,,,,,"",2026-07-02,,,"2026-12-01 11:00:00+00",,,' || repeat(',', (SELECT cardinality(columns) - 28 FROM test.places)) || ')',
    'a row is written the same whatever the session''s time zone and style');
RESET timezone;
RESET datestyle;
INSERT INTO data.access (region_id, access_id, tx, at, action, what, outcome, ground) VALUES (1, 7, 20, '2026-07-01 12:00+02', 'R', 'inbox', 'granted', 'none');
SELECT is((SELECT line FROM wijzer.seal_rows(1, 'access', 0, 0, 100, 10)), '(1,7,20,"2026-07-01 10:00:00+00",R,inbox,granted,,,,,,{},0,none,,)', 'the access log too');
SELECT throws_ok($$ SELECT * FROM wijzer.seal_rows(1, 'client', 0, 0, 100, 10) $$, 'P0002', NULL, 'only logs are read');
SELECT is((SELECT count(*) FROM wijzer.seal_rows(2, 'event', 0, 0, 1000, 10)), 0::bigint, 'each region by itself');

-- Blocks follow each other.
SELECT ok(NOT test.add(2, test.nothing(), 21), 'the first block is number 1');
SELECT ok(NOT test.add(1, repeat('11', 32), 21), 'and nothing is before it');
SELECT ok(test.add(1, test.nothing(), 20, 1), 'the first block');
SELECT ok(NOT test.add(1, test.nothing(), 20, 1), 'not twice');
SELECT ok(NOT test.add(2, test.nothing(), 21), 'the second follows the first');
SELECT ok(test.add(2, lpad('1', 64, '0'), 21), 'the second block');
SELECT is((SELECT block_no || ' ' || previous || ' ' || horizon || ' ' || up_to FROM test.places), '3 ' || lpad('2', 64, '0') || ' 21 0', 'there it goes on');
SELECT is((SELECT row(block_no, previous, root, ids, abouts, horizon, up_to, until_us, sealed_us, hash, key_id, signature)::text FROM test.statuses),
    (SELECT row(2, lpad('1', 64, '0'), repeat('ab', 32), '{1,2}'::bigint[], '{100,NULL}'::bigint[], 21, 0, 1700000000000001, 1700000010000000, lpad('2', 64, '0'),
                repeat('0a', 8), repeat('cd', 64))::text), 'the last block as it was given');
SELECT is((SELECT unsealed FROM test.statuses), 3::bigint, 'what waits');
SELECT ok(test.add(1, test.nothing(), 5, region => 2), 'another region has a chain of its own');
SELECT throws_ok('SELECT test.add(3, lpad(''2'', 64, ''0''), 22, hash => ''00'')', '23514', NULL, 'what is no hash is a defect');

-- Nobody changes a block.
SET LOCAL ROLE wijzer_owner;
SELECT set_config('wijzer.region', '1', true) \g /dev/null
SELECT throws_ok(c, '42501', NULL, c) FROM unnest(ARRAY['UPDATE data.seal SET count = 1', 'DELETE FROM data.seal', 'TRUNCATE data.seal']) AS c;
SELECT is((SELECT count(*) FROM data.seal), 2::bigint, 'a region sees its own');
RESET ROLE;
SET LOCAL ROLE wijzer_app;
SELECT throws_ok('SELECT * FROM data.seal', '42501', NULL, 'the daemon has the functions alone');
SELECT throws_ok('CALL data.continue_history()', '42501', NULL, 'and does not renumber');
RESET ROLE;

-- After a restore the cluster counts from the beginning.
SELECT is(data.tx_offset(), 0::bigint, 'nothing is added where it was made');
CALL data.continue_history();
SELECT is(data.tx_offset(), 0::bigint, 'nor when history is behind');
SELECT ok(test.add(3, lpad('2', 64, '0'), 5000000000), 'a horizon that this cluster has not reached');
SELECT ok(is_behind, 'is told') FROM test.places;
SELECT ok(is_behind, 'to people as well') FROM test.statuses;
CALL data.continue_history();
SELECT is(data.current_tx(), 5000000000, 'numbers go on there');
SELECT set_config('wijzer.region', '2', true) \g /dev/null
INSERT INTO data.event (region_id, referral_id, event_id, tx, at, kind) VALUES (2, 500, 1, 6000000000, now(), 'k');
CALL data.continue_history();
SELECT is(data.current_tx(), 6000000000, 'and beyond any event');
CALL data.continue_history();
SELECT is(data.current_tx(), 6000000000, 'once');
SELECT test.new_step('s2') AS s2 \gset
SELECT is((SELECT max(tx) FROM data.event WHERE region_id = 1), 6000000000, 'an event has the new number');

SELECT * FROM finish();
ROLLBACK;
