-- A daemon that began on an empty database keeps the plans it made there until the server has counted the tables. What it asks all
-- the time must do with those plans: it may choose a poor index, it may not go through every referral for every other.
BEGIN;
\ir support/helpers.sql
SELECT plan(8);

SELECT result FROM wijzer.subscribe(1, test.account('worker'), 'all', test.hash('a'), 'mail', '{notice,step,feedback,question}', 'r1.a',
                                    test.hash('a'), false) \g /dev/null
-- Everything that is in this transaction counts as final.
CREATE OR REPLACE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE RETURN data.current_tx() + 1;

CREATE FUNCTION test.read(query text) RETURNS bigint LANGUAGE sql VOLATILE
RETURN test.read(query, '{data.client,data.referral,data.step,data.promise,data.feedback,data.event,data.notice,data.dispatch}');
CREATE TEMP TABLE rounds (n, what, query, most) AS
VALUES (1, 'what goes out', 'SELECT made FROM wijzer.make_dispatches(1, 1000, 0)', 1000000),
       (2, 'letters to send', 'SELECT count(*) FROM wijzer.claim_letters(1, ''{mail}'', 32, 1000000)', 5000),
       (3, 'live events', 'SELECT count(*) FROM wijzer.new_events(1, 0, 0, 50)', 50000),
       (4, 'events in pages', format('SELECT wijzer.list_events(1, %s, 50, NULL)', test.account('worker')), 5000);

SELECT cmp_ok(test.read(query), '<', 100::bigint, what || ' when there is nothing') FROM rounds ORDER BY n;
CREATE TEMP TABLE made AS SELECT test.new_step('day-' || n) AS step FROM generate_series(1, 150) n;
SELECT count(test.moves(step, 'worker', '{accepted,first-contact}')) FROM made \g /dev/null
SELECT cmp_ok(test.read(query), '<', most::bigint, what || ' of the first 150 referrals') FROM rounds ORDER BY n;
SELECT * FROM finish();
ROLLBACK;
