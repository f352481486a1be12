-- What past referrals and decisions tell about rules: replay, dead rows, capacity, reply times, explanation; and what the
-- snapshot says of offerings.
BEGIN;
\ir support/helpers.sql
SELECT plan(66);
SELECT test.account('coordinator') AS c, test.account('steward') AS st \gset

-- Replay: first decisions of a period, a page at a time.
SELECT test.submit((SELECT array_agg('r' || i) FROM generate_series(1, 7) i), '{1,2,3,4,5,6,7}') \g /dev/null
UPDATE data.referral SET created_at = created_at - interval '1 year'
WHERE referral_id = (SELECT object_id FROM data.idempotency WHERE idem_key = 'r3');
CREATE FUNCTION test.replay(who int, size int, since timestamptz DEFAULT now() - interval '1 day', until timestamptz DEFAULT NULL)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    last bigint := 0;
    seen text := '';
    n int;
BEGIN
    LOOP
        SELECT seen || coalesce(string_agg(p.code, ' ' ORDER BY p.referral_id) || '|', ''), max(p.referral_id), count(*)
        INTO seen, last, n FROM wijzer.replay_page(1, who, since, until, last, size) p;
        EXIT WHEN n < size;
    END LOOP;
    RETURN seen;
END
$$;
SELECT is(replace(test.replay(:c, n), '|', ' '), (SELECT string_agg(wijzer.code(referral_id) || ' ', '' ORDER BY referral_id) FROM data.referral WHERE created_at > now() - interval '1 day'),
          'every referral of the period once, in pages of ' || n) FROM unnest(ARRAY[1, 2, 4, 100]) n;
SELECT is(length(test.replay(:c, 100, now() - interval '2 years')), 70, 'of a longer period one more');
SELECT is(length(test.replay(:c, 100, now() - interval '2 years', now() - interval '1 day')), 10, 'of an earlier one that one alone');
SELECT is(test.replay(:c, 100, now() + interval '1 day'), '', 'of the future none');
SELECT is(wijzer.replay_count(1, :c, now() - interval '1 day', NULL), 6::bigint, 'counted beforehand');
SELECT is(wijzer.replay_count(1, :c, now() - interval '2 years', now() - interval '1 day'), 1::bigint, 'up to a time');
SELECT is(test.replay(test.account(x), 100) || wijzer.replay_count(1, test.account(x), '2000-01-01Z', NULL), '0', 'a ' || x || ' replays nothing') FROM unnest('{gp,worker}'::text[]) x;
SELECT is((SELECT count(*) FROM wijzer.replay_page(2, test.account('coordinator', 2), '2000-01-01Z', NULL, 0, 100)), 0::bigint, 'another region has none');
SELECT results_eq(format('SELECT DISTINCT inputs, offering_code, created_at LIKE ''____-__-__T__:__:__Z'' FROM wijzer.replay_page(1, %s, now() - interval ''1 day'', NULL, 0, 9)', :c),
                  $$ VALUES ('{"age": 76, "area": 5751}', 'welzijn-op-recept', true) $$, 'with the facts, and what was chosen then');

-- Dead rows: those that decided nothing in the last twelve months, by trail, by row, and by table 6.
CREATE FUNCTION test.dead(v int, VARIADIC ids text[]) RETURNS text LANGUAGE sql
RETURN (SELECT coalesce(string_agg(d.rule_id, ' ' ORDER BY d.rule_id), '') FROM wijzer.dead_rules(1, v) d WHERE d.rule_id = ANY (ids));
SELECT is(test.dead(3, 'R01', 'R02', 'R99'), 'R02', 'a row of a trail is alive, one that is in none is dead, the one for everything else is neither');
UPDATE data.decision SET trail = NULL, reasoning = NULL;
SELECT is(test.dead(3, 'R01', 'R02'), 'R02', 'without trails by the row that is named');
UPDATE data.decision SET trail = '[{"table": 2, "version": 2, "rules": ["A05", "A06"]}, {"table": 1, "version": 1, "rules": ["X05"], "unknown": ["X04"]}]';
SELECT is(test.dead(2, 'A05', 'A06', 'A07') || test.dead(1, 'X04', 'X05'), 'A07X04', 'in every table of the trail; who could not be judged did not decide');
SELECT is((SELECT count(*) FROM wijzer.dead_rules(1, v)), 0::bigint, 'table ' || v || ' keeps no decisions') FROM unnest(ARRAY[4, 5, 7]) v;
SELECT is(test.dead(6, 'D01'), 'D01', 'nothing was declined');
SELECT test.ranked_step('dd', '{welzijn-op-recept,buurtteam}') AS dd \gset
SELECT test.move(:dd, 'worker', 'declined', '', 'capacity', after => test.after('capacity')) \g /dev/null
SELECT is(test.dead(6, 'D01', 'D02'), 'D02', 'now something was');
UPDATE data.step SET created_at = created_at - interval '400 days';
SELECT is(test.dead(3, 'R01', 'R02'), 'R01 R02', 'longer ago than twelve months does not count');
UPDATE data.step SET created_at = created_at + interval '400 days';

-- Offerings that rows name and that nobody keeps up.
SELECT is_empty('SELECT * FROM wijzer.offerings_without_capacity(1, 3)', 'all offerings of the demo have capacity data');
DELETE FROM data.capacity WHERE offering_id = test.offering('taaldoen');
UPDATE data.offering SET ended_at = now() WHERE offering_id = test.offering('jpf');
UPDATE data.organisation SET ended_at = now() WHERE region_id = 1 AND code = 'kwadraad';
SELECT results_eq('SELECT * FROM wijzer.offerings_without_capacity(1, 3)',
    $$ VALUES ('R13', 'jpf', 'ended'), ('R21', 'relatie-apk', 'organisation-ended'), ('R22', 'relatie-apk', 'organisation-ended'), ('R25', 'taaldoen', 'no-capacity-data') $$,
    'each row with its reason');

-- The snapshot: ended ones are there as long as a rule in force names them.
CREATE FUNCTION test.in_snapshot(list text, c text) RETURNS json LANGUAGE sql
RETURN (SELECT x FROM json_array_elements(wijzer.region_snapshot(1) -> list) x WHERE x ->> 'code' = c);
SELECT is(test.in_snapshot('offerings', 'jpf') ->> 'ended', 'true', 'an ended offering that a rule names');
SELECT is(test.in_snapshot('offerings', 'relatie-apk') ->> 'ended', 'true', 'one whose organisation has ended');
SELECT is(test.in_snapshot('organisations', 'kwadraad') ->> 'ended', 'true', 'and that organisation');
SELECT is(test.in_snapshot('organisations', 'levgroep')::jsonb - 'id', '{"code": "levgroep", "name": "LEVgroep", "kind": "welfare", "ended": false}'::jsonb, 'others are as they are');
UPDATE data.organisation SET ended_at = now() WHERE region_id = 1 AND code IN ('movisie', 'huisartsenpraktijk-vlierden');
SELECT is(test.in_snapshot('organisations', 'movisie')::text, NULL, 'an ended organisation that nobody names is gone');
SELECT is(test.in_snapshot('offerings', 'databank-interventies')::text, NULL, 'with its offering');
SELECT is(test.in_snapshot('organisations', 'huisartsenpraktijk-vlierden') ->> 'ended', 'true', 'one that is named as a referrer is there');
SELECT test.published(3, test.small(3)) \g /dev/null
SELECT is(test.in_snapshot('offerings', 'jpf')::text, NULL, 'once no rule in force names it, it is gone too');
UPDATE data.organisation SET ended_at = NULL;
UPDATE data.offering SET ended_at = NULL;
DELETE FROM data.capacity WHERE offering_id = test.offering('buurtteam');
INSERT INTO data.capacity (region_id, offering_id, as_of, account_id, state, places, wait_days)
SELECT 1, test.offering('buurtteam'), current_date + d, :c, s, NULL, NULL FROM (VALUES (-9, 'open'), (-3, 'full'), (5, 'waiting-list')) AS x (d, s);
SELECT is((test.in_snapshot('offerings', 'buurtteam') ->> 'capacity') || ' ' || (test.in_snapshot('offerings', 'buurtteam') ->> 'asOf'), 'full ' || (current_date - 3), 'what was said last counts, but not what is said of later');
SELECT is((test.in_snapshot('offerings', 'taaldoen') ->> 'capacity'), NULL, 'nothing known is null');
SELECT is(test.in_snapshot('offerings', 'klantwijzer') ->> 'confirmed', (SELECT confirmed_on::text FROM data.offering WHERE region_id = 1 AND code = 'klantwijzer'), 'when it was confirmed');
SELECT is(json_array_length(wijzer.region_snapshot(1) -> x), n, n || ' ' || x) FROM (VALUES ('approaches', 11), ('icpc', 27), ('recipients', 8), ('tables', 7)) AS v (x, n);

-- How long it takes to answer.
DELETE FROM data.event WHERE kind <> 'referral-sent';
CREATE FUNCTION test.answered(at bigint, hours int, answer text DEFAULT 'accepted') RETURNS void LANGUAGE sql AS $$
    INSERT INTO data.event (region_id, referral_id, at, kind, step_id, version, to_status)
    SELECT region_id, referral_id, created_at + hours * interval '1 hour', 'step-moved', step_id, 50 + hours, answer FROM data.step WHERE step_id = at
$$;
SELECT test.answered(step_id, (10 * row_number() OVER (ORDER BY step_id))::int) FROM (
    SELECT step_id FROM data.step WHERE offering_id = test.offering('welzijn-op-recept') ORDER BY step_id LIMIT 3) x \g /dev/null
SELECT (wijzer.region_snapshot(1) ->> 'version')::bigint AS measured \gset
SELECT is(wijzer.measure_replies(1, '0'), 1, 'one offering has answers');
SELECT results_eq('SELECT replies, median_hours FROM data.offering_measure', 'VALUES (3, 20)', 'and a median of 10, 20 and 30 hours');
SELECT is(test.in_snapshot('offerings', 'welzijn-op-recept') ->> 'replyHours', '20', 'which the snapshot shows');
SELECT is((wijzer.region_snapshot(1) ->> 'version')::bigint, (:measured + 1)::bigint, 'as a new version');
UPDATE data.offering_measure SET measured_at = measured_at - interval '50 minutes';
SELECT is(wijzer.measure_replies(1, '0'), 0, 'the same again changes nothing');
SELECT is((wijzer.region_snapshot(1) ->> 'version')::bigint, (:measured + 1)::bigint, 'and makes no new version');
UPDATE data.event SET at = at + interval '90 minutes' WHERE kind = 'step-moved';
SELECT is(wijzer.measure_replies(1, '0'), 0, 'up to a tenth is no change');
SELECT is((SELECT median_hours FROM data.offering_measure), 20, 'and keeps what it was compared with');
UPDATE data.event SET at = at + interval '2 hours' WHERE kind = 'step-moved';
SELECT is(wijzer.measure_replies(1), 0, 'not where it was done lately, though nothing was new then');
SELECT is((SELECT median_hours FROM data.offering_measure), 20, 'by whomever');
UPDATE data.offering_measure SET measured_at = measured_at - interval '51 minutes';
SAVEPOINT later;
SELECT is(wijzer.measure_replies(1), 1, 'an hour later it is');
ROLLBACK TO later;
UPDATE data.offering_measure SET measured_at = measured_at + interval '1 day';
SELECT is(wijzer.measure_replies(1, '0'), 1, 'more is');
SELECT is((SELECT median_hours FROM data.offering_measure), 24, 'kept');
UPDATE data.event SET to_status = 'on-hold' WHERE kind = 'step-moved';
SELECT is(wijzer.measure_replies(1, '0'), 1, 'answers that are too long ago, or none');
SELECT is((SELECT count(*) FROM data.offering_measure), 0::bigint, 'leave no measure');

-- The record of a decision.
SELECT test.roll_back(3) \g /dev/null
SELECT test.ranked_step('x', '{welzijn-op-recept,buurtteam}') AS x \gset
SELECT test.referral_of(:x) AS xr \gset
SELECT is(wijzer.decision_record(1, test.account('gp'), :xr)::jsonb - 'createdAt' - 'trail' - 'candidates' - 'rule' - 'version', format('{"referral": "%s",
    "step": "%s", "table": 3, "reason": "Omdat het past.", "offering": {"code": "welzijn-op-recept", "name": "Welzijn op Recept"},
    "organisation": {"code": "levgroep", "name": "LEVgroep"}, "inputs": {"age": 76, "area": 5751}, "evidence": null, "room": null, "offered": null, "after": []}',
    wijzer.code(:xr), wijzer.code(:x))::jsonb, 'the referrer reads why');
SELECT is((SELECT string_agg(k, ' ') FROM json_object_keys(wijzer.decision_record(1, test.account('gp'), :xr)) k),
          'referral createdAt step table version rule reason offering evidence room organisation inputs trail candidates offered after', 'all that was stored');
SELECT is(wijzer.decision_record(1, test.account('gp'), :xr) -> 'candidates' -> 1 ->> 'code', 'buurtteam', 'with the candidates');
SELECT ok(wijzer.decision_record(1, test.account(x), :xr) IS NOT NULL, 'the ' || x || ' may read it') FROM unnest('{worker,coordinator,coordinator2}'::text[]) x;
SELECT is(wijzer.decision_record(1, test.account(x), :xr)::text, NULL, x || ' may not') FROM unnest('{gp2,worker2,steward}'::text[]) x;
SELECT is(wijzer.decision_record(2, test.account('coordinator', 2), :xr)::text, NULL, 'nor another region');
SELECT is(wijzer.decision_record(1, -1, :xr)::text, NULL, 'nor nobody');
SELECT ok(wijzer.decision_record(1, test.account('coordinator'), :xr)::text NOT LIKE '%s1.%', 'it holds no identity');

SELECT * FROM finish();
ROLLBACK;
