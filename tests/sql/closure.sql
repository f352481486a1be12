-- Closing by facts: L7 and who may say it, each of the seven facts missing on its own, the rates of a period, and how partners answer.
BEGIN;
\ir support/helpers.sql
SELECT plan(103);
SELECT test.account('gp') AS gp, test.account('worker') AS worker, test.account('coordinator') AS coordinator, test.account('steward') AS steward,
       test.organisation_of('gp') AS practice, test.organisation_of('worker') AS welfare \gset

CREATE FUNCTION test.tell(referral bigint, who text DEFAULT 'gp', helped text DEFAULT 'yes', key text DEFAULT NULL, region int DEFAULT 1)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.tell_client(region, test.account(who, region), coalesce(key, gen_random_uuid()::text), test.hash(helped), referral,
                                     helped, '192.0.2.9') $$;
-- A referral that goes the whole way; the last word says how far.
CREATE FUNCTION test.goes(key text, up_to text DEFAULT 'told', who text DEFAULT 'gp') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    step constant bigint := test.new_step(key, who);
BEGIN
    PERFORM test.moves(step, 'worker', '{accepted,first-contact,done-goal-reached}');
    IF up_to <> 'ended' THEN
        PERFORM test.open_final(test.referral_of(step), who);
    END IF;
    IF up_to = 'told' THEN
        PERFORM test.tell(test.referral_of(step), who);
    END IF;
    RETURN test.referral_of(step);
END $$;
CREATE FUNCTION test.facts(referral bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', CASE WHEN l1 THEN 'L1' END, CASE WHEN l2_in_time THEN 'L2' WHEN l2 THEN 'late' END, CASE WHEN l3_contact THEN 'L3' WHEN l3 THEN 'excused' END,
                     CASE WHEN l4 THEN 'L4' END, CASE WHEN l5 THEN 'L5' END, CASE WHEN l6 THEN 'L6' END, CASE WHEN l7 THEN 'L7' END,
                     CASE WHEN closed_at IS NOT NULL THEN 'closed' END, CASE WHEN fully_closed THEN 'fully' END)
    FROM wijzer.loop WHERE referral_id = referral $$;

-- L1 to L3 of each partner of a referral.
CREATE FUNCTION test.partners(referral bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', i -> 'organisation' ->> 'code', CASE WHEN i -> 'l1' ->> 'count' = '1' THEN 'L1' ELSE '-' END,
                                CASE WHEN i -> 'l2' ->> 'count' = '1' THEN 'L2' ELSE '-' END,
                                CASE WHEN i -> 'l3' ->> 'count' = '1' THEN 'L3' ELSE '-' END), ', ')
    FROM wijzer.closure_rates(1, test.account('coordinator'), '2031-01-01', '2031-01-01', 'partner') c, json_array_elements(c.document -> 'items') i $$;

-- ---- L7 ----

SELECT test.new_step('a') AS a \gset
SELECT test.referral_of(:a) AS r \gset
SELECT is(test.facts(:r), 'L1', 'sent: delivered, no more');
SELECT is((SELECT result FROM test.tell(:r)), 'not-ended', 'not before it has ended');
SELECT is((SELECT result FROM test.tell(:r, 'coordinator')), 'not-ended', 'not by a coordinator either');
SELECT test.moves(:a, 'worker', '{accepted,first-contact,taking-part}') \g /dev/null
SELECT is((SELECT result FROM test.tell(:r, 'worker')), 'not-ended', 'nor while somebody is at work');
SELECT test.moves(:a, 'worker', '{done-partly}') \g /dev/null
SELECT is(test.facts(:r), 'L1 L2 L3 L4 L5', 'it has ended');
SELECT is(t.result, 'not-found', who || ' does not speak for this client') FROM unnest('{gp2,worker2,steward}'::text[]) who, test.tell(:r, who) t;
SELECT is((SELECT array_agg(ROW(action, outcome, role, client_ids)::text ORDER BY role) FROM data.access WHERE what = 'client-asked'),
          (SELECT array_agg(ROW('U', 'refused', w, ARRAY[test.client_of(:a)])::text ORDER BY w) FROM unnest('{referrer,steward,worker}'::text[]) w), 'which is kept');
SELECT is((SELECT result FROM test.tell(:r, 'gp', region => 2)), 'not-found', 'nor does another region');
SELECT is((SELECT result FROM test.tell(1)), 'not-found', 'there is no such referral');
SELECT is((SELECT result FROM wijzer.tell_client(1, 0, 'k', test.hash('x'), :r, 'yes')), 'account-unknown', 'nobody says nothing');
SELECT throws_ok(format('SELECT * FROM wijzer.tell_client(1, %s, %L, %L, %s, %L)', :gp, 'k', test.hash('x'), :r, 'perhaps'), 'P0001', NULL, 'another word is a defect');
SELECT result, answer FROM test.tell(:r, 'gp', 'partly', 'k1') \gset t_
SELECT is(:'t_result' || (:'t_answer'::json ->> 'helped') || (:'t_answer'::json ->> 'referralId'), 'toldpartly' || wijzer.code(:r), 'who referred does');
SELECT is((SELECT result || answer::text FROM test.tell(:r, 'gp', 'partly', 'k1')), 'replayed' || (:'t_answer'), 'the same again is the same');
SELECT is((SELECT result FROM test.tell(:r, 'gp', 'no', 'k1')), 'key-reused', 'another word under its key is refused');
SELECT is((SELECT array_agg(ROW(account_id, organisation_id, role, came_from, object_id, helped)::text) FROM data.event WHERE kind = 'client-asked'),
          ARRAY[ROW(:gp, :practice, 'referrer', '192.0.2.9', test.client_of(:a), 'partly')::text], 'one event carries it');
SELECT is(test.facts(:r), 'L1 L2 L3 L4 L5 L7', 'L7 holds before L6');
SELECT is(test.open_final(:r), 'opened', 'the referrer reads how it ended');
SELECT is(test.facts(:r), 'L1 L2 L3 L4 L5 L6 L7 closed fully', 'closed, and fully');
SELECT is((SELECT result FROM test.tell(:r, 'worker', 'no')), 'told', 'who helped may correct it');
SELECT is((SELECT result FROM test.tell(:r, 'coordinator', 'not-known')), 'told', 'and so may a coordinator, also with no answer');
SELECT is((SELECT array_agg(e ->> 'helped') FROM json_array_elements(wijzer.get_referral(1, :gp, :r) -> 'events') e WHERE e ->> 'kind' = 'client-asked'),
          '{partly,no,not-known}', 'the history holds all of them, the last one counts');
SELECT is((SELECT array_agg(e ->> 'helped') FROM json_array_elements(wijzer.get_referral(1, :steward, :r) -> 'events') e WHERE e ->> 'kind' = 'client-asked'),
          '{NULL,NULL,NULL}', 'a steward is not told whether it helped');
SELECT is((SELECT string_agg(l.key, ' ' ORDER BY l.key) FROM json_each_text(wijzer.get_referral(1, :gp, :r) -> 'loop') l WHERE l.value = 'true'),
          'fullyClosed l1 l2 l2InTime l3 l3Contact l4 l5 l6 l7', 'and the referral shows its facts');
-- Who declined does not speak for the client; a branch that was worked on does.
SELECT test.new_step('d') AS d \gset
SELECT test.move(:d, 'worker', 'declined', decline => 'duplicate') \g /dev/null
SELECT is((SELECT result FROM test.tell(test.referral_of(:d), 'worker')), 'not-found', 'who declined does not say so');
SELECT is((SELECT result FROM test.tell(test.referral_of(:d), 'gp', 'no')), 'told', 'who referred does, also of a decline');
SELECT is(test.facts(test.referral_of(:d)), 'L1 L2 excused L4 L5 L7', 'a decline with a code is an answer, after which no contact comes');
SELECT test.new_step('u') AS u \gset
SELECT test.moves(:u, 'worker', '{accepted,contact-attempt,contact-attempt,contact-attempt,unreachable}') \g /dev/null
SELECT is(test.facts(test.referral_of(:u)), 'L1 L2 excused L4 L5', 'nor with who was never reached');
SELECT test.open_final(test.referral_of(:u)) \g /dev/null
SELECT is(test.facts(test.referral_of(:u)), 'L1 L2 excused L4 L5 L6 closed', 'whose loop closes all the same');
-- Forgotten.
SELECT test.goes('f', 'opened') AS f \gset
SELECT is((SELECT result FROM test.erase((SELECT client_id FROM data.referral WHERE referral_id = :f))), 'erased', 'a client asks to be forgotten');
SELECT is((SELECT result FROM test.tell(:f)), 'erased', 'of whom nothing more is kept');
SELECT is((SELECT count(*) FROM test.violation), 0::bigint, 'no invariant is broken by all this');

-- ---- each fact missing on its own ----

DELETE FROM data.event; DELETE FROM data.promise; DELETE FROM data.feedback; DELETE FROM data.step; DELETE FROM data.referral;
DELETE FROM data.notice;
SELECT test.goes('all') AS all, test.goes('1') AS m1, test.goes('2') AS m2, test.goes('3') AS m3, test.goes('4') AS m4, test.goes('5') AS m5,
       test.goes('6', 'ended') AS m6, test.goes('7', 'opened') AS m7 \gset
SELECT is((SELECT result FROM test.tell(:m6)), 'told', 'told before the referrer has looked');
UPDATE data.event SET owner_id = NULL WHERE referral_id = :m1;
UPDATE data.promise SET due_at = ended_at - interval '1 second' WHERE referral_id = :m2 AND kind = 'deliver';
UPDATE data.event SET to_status = 'on-hold' WHERE referral_id = :m3 AND to_status = 'in-progress';
UPDATE data.step SET ended_at = NULL WHERE referral_id = :m4;
UPDATE data.event SET outcome = 'done-partly' WHERE referral_id = :m5 AND kind = 'outcome-rolled-up';
SELECT is(test.facts(:all), 'L1 L2 L3 L4 L5 L6 L7 closed fully', 'all seven');
SELECT is(test.facts(:m1), 'L2 L3 L4 L5 L6 L7 closed', 'not delivered');
SELECT is(test.facts(:m2), 'L1 late L3 L4 L5 L6 L7 closed fully', 'answered late: a fact that stays, and closes all the same');
SELECT is(test.facts(:m3), 'L1 L2 L4 L5 L6 L7 closed', 'no contact');
SELECT is(test.facts(:m4), 'L1 L2 L3 L5 L6 L7 closed', 'a step is open');
SELECT is(test.facts(:m5), 'L1 L2 L3 L4 L6 L7 closed', 'not rolled up');
SELECT is(test.facts(:m6), 'L1 L2 L3 L4 L5 L7', 'not opened');
SELECT is(test.facts(:m7), 'L1 L2 L3 L4 L5 L6 closed', 'the client does not know');
SELECT is_empty($$ SELECT * FROM wijzer.i8_closed_by_facts WHERE referral_id = (SELECT referral_id FROM data.promise WHERE kind = 'deliver' AND due_at < ended_at) $$,
    'an answer that came late breaks no invariant');
SELECT is((SELECT count(*) FROM wijzer.i8_closed_by_facts), 4::bigint, 'what is missing does: L1, L3, L4, L5');
-- The promise to answer, from its beginning to its end.
SELECT test.new_step('q') AS q \gset
SELECT test.moves(:q, 'worker', '{received}') \g /dev/null
SELECT is(test.facts(test.referral_of(:q)), 'L1', 'to receive is not to answer');
UPDATE data.promise SET due_at = ended_at - interval '1 second' WHERE step_id = :q AND kind = 'deliver';
SELECT test.moves(:q, 'worker', '{accepted}') \g /dev/null
SELECT is(test.facts(test.referral_of(:q)), 'L1 late', 'who received it late answered late');
UPDATE data.promise SET due_at = ended_at WHERE step_id = :q AND kind = 'deliver';
SELECT is(test.facts(test.referral_of(:q)), 'L1 L2', 'on the moment itself is in time');
UPDATE data.promise SET due_at = ended_at - interval '1 second' WHERE step_id = :q AND kind = 'answer';
SELECT is(test.facts(test.referral_of(:q)), 'L1 late', 'and so is the answer itself');

-- ---- the rates ----

CREATE FUNCTION test.rates(who text, by text DEFAULT NULL, first date DEFAULT NULL, last date DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT CASE c.result WHEN 'listed' THEN coalesce((
        SELECT string_agg(concat_ws(' ', coalesce(i -> 'organisation' ->> 'code', i ->> 'area', by, 'region'), i ->> 'referrals', i -> 'l1' ->> 'count',
                                    i -> 'l2' ->> 'count', i -> 'l3' ->> 'count', i -> 'l4' ->> 'count', i -> 'l5' ->> 'count',
                                    i -> 'l6' ->> 'count', i -> 'l7' ->> 'count', i -> 'closed' ->> 'count', i -> 'fullyClosed' ->> 'count'), ', ')
        FROM json_array_elements(c.document -> 'items') i), '-') ELSE c.result END
    FROM wijzer.closure_rates(1, test.account(who), first, last, by) c $$;
SELECT is(test.rates('coordinator'), 'region 9 8 7 7 7 7 7 7 7 2', 'each rate misses its own, and the one that is still open');
SELECT is((SELECT ROW(document -> 'items' -> 0 -> 'l1' ->> 'share', document -> 'items' -> 0 -> 'l7' ->> 'share', document ->> 'by')::text
           FROM wijzer.closure_rates(1, :coordinator, NULL, NULL, NULL)), '(0.8889,0.7778,region)', 'with shares');
SELECT test.goes('other', 'opened', 'gp2') AS o \gset
SELECT test.new_step('two') AS two \gset
SELECT test.move(:two, 'worker', 'declined-forwarded', decline => 'capacity', offerings => '{buurtteam}') \g /dev/null
SELECT is(test.rates('coordinator', 'referrer'), 'huisartsenpraktijk-de-peel 10 9 8 7 7 7 7 7 7 2, huisartsenpraktijk-vlierden 1 1 1 1 1 1 1 0 1 0', 'by who referred');
SELECT is(test.rates('coordinator', 'partner'), 'buurtteam 1 1 0 0 0 0 0 0 0 0, levgroep 11 10 9 8 8 8 8 7 8 2', 'by partner: a referral counts with each that owned a step of it, once, by its own answer');
SELECT is(test.rates('steward'), 'region 11 10 9 8 8 8 8 7 8 2', 'counts are no content: a steward sees them');
SELECT is(test.rates('steward', 'partner'), test.rates('coordinator', 'partner'), 'of everybody');
SELECT is(test.rates('gp'), 'huisartsenpraktijk-de-peel 10 9 8 7 7 7 7 7 7 2', 'a referrer sees the own row');
SELECT is(test.rates('gp2', 'referrer'), 'huisartsenpraktijk-vlierden 1 1 1 1 1 1 1 0 1 0', 'another one theirs');
SELECT is(test.rates('worker2'), 'buurtteam 1 1 0 0 0 0 0 0 0 0', 'a worker the own row as a partner');
SELECT is(test.rates(w[1], w[2]), 'not-yours', w[1] || ' does not see ' || w[2])
FROM (VALUES ('{gp,region}'::text[]), ('{gp,partner}'), ('{worker,region}'), ('{worker,referrer}'), ('{gp,area}'), ('{worker,area}'), ('{steward,area}')) x (w);
SELECT is((SELECT result FROM wijzer.closure_rates(1, 0, NULL, NULL, NULL)), 'not-yours', 'nobody sees nothing');
SELECT is((SELECT document -> 'items' -> 0 ->> 'referrals' FROM wijzer.closure_rates(2, test.account('coordinator', 2), NULL, NULL, NULL)), '0', 'another region has its own');
SELECT is(test.rates('gp', NULL, '2020-01-01', '2020-01-31'), 'huisartsenpraktijk-de-peel 0 0 0 0 0 0 0 0 0 0', 'a row also where there was nothing');
SELECT is((SELECT document -> 'items' -> 0 -> 'l1' ->> 'share' FROM wijzer.closure_rates(1, :coordinator, '2020-01-01', '2020-01-31', NULL)), NULL, 'of nothing there is no share');
SELECT is(test.rates('coordinator', 'partner', '2020-01-01', '2020-01-31'), '-', 'and no row by partner');

-- By where clients live; small numbers are not told.
SELECT is(test.rates('coordinator', 'area'), '5751 11 10 9 8 8 8 8 7 8 2', 'all of them live in one area');
UPDATE data.client SET area = '5756' WHERE client_id IN (SELECT client_id FROM data.referral ORDER BY referral_id LIMIT 4);
SELECT is((SELECT array_agg(concat_ws(' ', i ->> 'area', i ->> 'referrals')) FROM wijzer.closure_rates(1, :coordinator, NULL, NULL, 'area') c, json_array_elements(c.document -> 'items') i),
          '{11}'::text[], 'one with four is not, nor by what is missing of the region: the smallest other goes with it');
UPDATE data.client SET area = '5757' WHERE client_id IN (SELECT client_id FROM data.referral ORDER BY referral_id LIMIT 5 OFFSET 4);
SELECT is((SELECT array_agg(concat_ws(' ', i ->> 'area', i ->> 'referrals')) FROM wijzer.closure_rates(1, :coordinator, NULL, NULL, 'area') c, json_array_elements(c.document -> 'items') i),
          '{5757 5,6}'::text[], 'two small ones stand together once they are enough');

-- Days are those of Amsterdam, also where the clock is put forward and back.
SELECT is((SELECT array_agg((logic.period_of(d, d)).until - (logic.period_of(d, d)).since) FROM unnest('{2026-03-29,2026-10-25,2026-10-26}'::date[]) d),
          '{23:00,25:00,24:00}'::interval[], 'a day of 23 hours, one of 25, and one of 24');
UPDATE data.referral SET created_at = '2026-03-28 22:59:59.999999Z' WHERE referral_id = :m1;
UPDATE data.referral SET created_at = '2026-03-28 23:00Z' WHERE referral_id = :m2;
UPDATE data.referral SET created_at = '2026-03-29 21:59:59.999999Z' WHERE referral_id = :m3;
UPDATE data.referral SET created_at = '2026-03-29 22:00Z' WHERE referral_id = :m4;
UPDATE data.referral SET created_at = '2026-10-24 21:59:59.999999Z' WHERE referral_id = :m5;
UPDATE data.referral SET created_at = '2026-10-24 22:00Z' WHERE referral_id = :m6;
UPDATE data.referral SET created_at = '2026-10-25 22:59:59.999999Z' WHERE referral_id = :m7;
UPDATE data.referral SET created_at = '2026-10-25 23:00Z' WHERE referral_id = :all;
SELECT is(test.rates('coordinator', NULL, d, d), f, 'on ' || d)
FROM (VALUES ('2026-03-29'::date, 'region 2 2 1 1 2 2 2 2 2 1'), ('2026-10-25', 'region 2 2 2 2 2 2 1 1 1 0')) x (d, f);
SELECT set_config('wijzer.clock_offset', ('2026-12-31 23:30Z'::timestamptz - now())::text, true) \g /dev/null
SELECT is((SELECT concat_ws(' ', document ->> 'from', document ->> 'to') FROM wijzer.closure_rates(1, :coordinator, NULL, NULL, NULL)), '2026-10-04 2027-01-01', 'without a period: the last 90 days here');
SELECT is((logic.period_of('2028-01-01', NULL)).last, '2028-01-01'::date, 'a day that is still to come ends on it');
SELECT set_config('wijzer.clock_offset', '', true) \g /dev/null

-- ---- partners ----

DELETE FROM data.event; DELETE FROM data.promise; DELETE FROM data.feedback; DELETE FROM data.step; DELETE FROM data.referral; DELETE FROM data.notice;
SELECT test.new_step('p1') AS p1, test.new_step('p2') AS p2, test.new_step('p3') AS p3, test.new_step('p4') AS p4, test.new_step('p5') AS p5 \gset
SELECT test.moves(:p1, 'worker', '{received,accepted,first-contact}'), test.moves(:p2, 'worker', '{accepted}'),
       test.move(:p3, 'worker', 'declined', decline => 'duplicate') \g /dev/null
-- p1 answered after 10 hours and had contact after 5 days, p2 answered after 30 hours and late, p3 declined after 20 hours; p4 waits and is
-- late, p5 waits.
UPDATE data.event SET at = (SELECT s.created_at FROM data.step s WHERE s.step_id = event.step_id) + CASE WHEN to_status = 'in-progress' THEN interval '5 days'
    ELSE CASE step_id WHEN :p1 THEN interval '10 hours' WHEN :p2 THEN interval '30 hours' ELSE interval '20 hours' END END
WHERE kind = 'step-moved';
UPDATE data.promise SET due_at = ended_at - interval '1 second' WHERE step_id = :p2 AND kind = 'deliver';
UPDATE data.promise SET due_at = wijzer.clock() - interval '1 day' WHERE step_id = :p4;
CREATE FUNCTION test.partner(who text, n int DEFAULT 0) RETURNS text LANGUAGE sql AS $$
    SELECT CASE c.result WHEN 'listed' THEN concat_ws(' ', i -> 'organisation' ->> 'code', i ->> 'steps', i ->> 'answered', i -> 'hoursToAnswer' ->> 'median',
        i -> 'hoursToAnswer' ->> 'p90', i -> 'daysToFirstContact' ->> 'median', i -> 'answeredInTime' ->> 'count', i -> 'answeredInTime' ->> 'share',
        i -> 'declines' -> 0 ->> 'code', i -> 'declines' -> 0 ->> 'count', i ->> 'open', i ->> 'overdue') ELSE c.result END
    FROM wijzer.partner_figures(1, test.account(who), NULL, NULL) c, LATERAL (SELECT c.document -> 'items' -> n) x (i) $$;
SELECT is(test.partner('coordinator'), 'levgroep 5 3 20.0 28.0 5.0 2 0.5000 duplicate 1 4 1', 'received, answered, how long, in time, declined, open and overdue');
SELECT is(test.partner('worker'), test.partner('coordinator'), 'a worker sees the own organisation');
SELECT is(test.partner('worker2'), 'buurtteam 0 0 0 0 0', 'also where nothing came');
SELECT is(test.partner('coordinator', 1), '', 'organisations without steps are left out');
SELECT is(test.partner(w), 'not-yours', w || ' does not see how partners answer') FROM unnest('{gp,steward}'::text[]) w;
SELECT is((SELECT concat_ws(' ', i ->> 'steps', i ->> 'open', i ->> 'overdue') FROM (SELECT document -> 'items' -> 0 AS i FROM wijzer.partner_figures(1, :coordinator, '2020-01-01', '2020-01-31')) x),
          '0 4 1', 'what is open now does not go by the period');
SELECT is((SELECT count(*) FROM data.access WHERE what NOT IN ('client-asked', 'referral')), 0::bigint, 'figures are about no client: the access log does not grow');

-- What goes on counts as open again, also of what the client said.
SELECT test.goes('again') AS again \gset
SELECT is(test.facts(:again), 'L1 L2 L3 L4 L5 L6 L7 closed fully', 'told and asked');
SELECT is((SELECT result FROM wijzer.reopen_referral(1, :gp, 'reopen', test.hash(''), :again, NULL, nextval('data.object_seq'), test.sealed('Zij is terug.'),
    '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}')), 'reopened', 'it goes on');
SELECT is(test.facts(:again), 'L1 L2 L3', 'and open again');
-- ---- who was asked later ----

-- L1 to L3 of each partner of the referrals of a day that is still to come.
CREATE FUNCTION test.partners() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', i -> 'organisation' ->> 'code', i -> 'l1' ->> 'count', i -> 'l2' ->> 'count', i -> 'l3' ->> 'count'), ', ')
    FROM wijzer.closure_rates(1, test.account('coordinator'), '2031-01-01', '2031-01-01', 'partner') c, json_array_elements(c.document -> 'items') i $$;
SELECT test.new_step('n') AS n \gset
UPDATE data.referral SET created_at = '2031-01-01 12:00Z' WHERE referral_id = test.referral_of(:n);
SELECT test.move(:n, 'worker', 'declined-forwarded', decline => 'capacity', offerings => '{buurtteam}') \g /dev/null
SELECT step_id AS n2 FROM data.step WHERE previous_id = :n \gset
SELECT is(test.facts(test.referral_of(:n)) || ': ' || test.partners(), 'L1 L2: buurtteam 1 0 0, levgroep 1 1 0', 'the first one declined in time: its answer, not the next one''s');
UPDATE data.promise SET due_at = started_at - interval '1 second' WHERE step_id = :n2;
SELECT is(test.facts(test.referral_of(:n)), 'L1 late', 'the next one should have answered by now');
SELECT test.moves(:n2, 'worker2', '{accepted,first-contact}') \g /dev/null
SELECT is(test.facts(test.referral_of(:n)), 'L1 late L3', 'and did so too late');
SELECT is(test.partners(), 'buurtteam 1 0 1, levgroep 1 1 0', 'which is told of that one alone, and so is the contact');
SELECT is((SELECT string_agg(i -> 'organisation' ->> 'code' || ' ' || (i -> 'answeredInTime' ->> 'count'), ', ' ORDER BY i -> 'organisation' ->> 'code')
           FROM wijzer.partner_figures(1, :coordinator, (now() - interval '1 day')::date, NULL) f, json_array_elements(f.document -> 'items') i
           WHERE i -> 'organisation' ->> 'code' = 'buurtteam' AND (i ->> 'answered')::int = 1), 'buurtteam 0', 'as the figures of partners say');
SELECT test.goes('again') AS again \gset
UPDATE data.referral SET created_at = CASE referral_id WHEN :again THEN '2031-01-01 12:00Z' ELSE now() END
WHERE referral_id IN (test.referral_of(:n), :again);
SELECT result FROM wijzer.reopen_referral(1, :gp, 'again', test.hash('x'), :again, NULL, nextval('data.object_seq'), test.sealed('Weer.'),
    '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}') \g /dev/null
SELECT max(step_id) AS again2 FROM data.step WHERE referral_id = :again \gset
SELECT is(test.facts(:again) || ': ' || test.partners(), 'L1 L2 L3: levgroep 1 1 1', 'reopened: what was answered was in time');
UPDATE data.promise SET due_at = started_at - interval '1 second' WHERE step_id = :again2 AND ended_at IS NULL;
SELECT test.moves(:again2, 'worker', '{accepted}') \g /dev/null
SELECT is(test.facts(:again) || ': ' || test.partners(), 'L1 late L3: levgroep 1 0 1', 'but the second time it was not');

-- ---- what is planned has not come yet ----

INSERT INTO data.account (region_id, organisation_id, name, role)
SELECT 1, organisation_id, 'taal', 'worker' FROM data.offering WHERE region_id = 1 AND code = 'taaldoen';
CREATE FUNCTION test.came(first date, last date) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT concat_ws(' ', i ->> 'steps', i -> 'hoursToAnswer' ->> 'median', i -> 'daysToFirstContact' ->> 'median', i ->> 'open')
                     FROM json_array_elements(c.document -> 'items') i
                     WHERE i -> 'organisation' ->> 'code' = (SELECT o.code FROM data.organisation o WHERE o.region_id = 1 AND o.organisation_id = test.organisation_of('taal'))), '-')
    FROM wijzer.partner_figures(1, test.account('coordinator'), first, last) c $$;
CREATE FUNCTION test.taal(first date, last date) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', i ->> 'referrals', i -> 'l1' ->> 'count', i -> 'l2' ->> 'count', i -> 'l3' ->> 'count'), ', ')
    FROM wijzer.closure_rates(1, test.account('coordinator'), first, last, 'partner') c, json_array_elements(c.document -> 'items') i
    WHERE i -> 'organisation' ->> 'code' = (SELECT o.code FROM data.organisation o WHERE o.region_id = 1 AND o.organisation_id = test.organisation_of('taal')) $$;
SELECT ((now() - interval '2 months') AT TIME ZONE 'Europe/Amsterdam')::date AS then, (now() AT TIME ZONE 'Europe/Amsterdam')::date AS today, test.new_step('ordered') AS o \gset
SELECT test.moves(:o, 'worker', '{accepted,first-contact}'),
       test.move(:o, 'worker', 'passed-on', offerings => '{buurtteam,taaldoen,relatie-apk}', branches => '[{}, {"after": 1}, {"after": 1}]') \g /dev/null
SELECT (SELECT step_id FROM data.step WHERE parent_id = :o AND offering_id = test.offering('buurtteam')) AS o1,
       (SELECT step_id FROM data.step WHERE parent_id = :o AND offering_id = test.offering('taaldoen')) AS o2,
       (SELECT step_id FROM data.step WHERE parent_id = :o AND offering_id = test.offering('relatie-apk')) AS o3 \gset
-- All of that was two months ago.
UPDATE data.step SET created_at = created_at - interval '2 months' WHERE referral_id = test.referral_of(:o);
UPDATE data.event SET at = at - interval '2 months' WHERE referral_id = test.referral_of(:o);
UPDATE data.referral SET created_at = created_at - interval '2 months' WHERE referral_id = test.referral_of(:o);
SELECT is(test.came(:'then', :'today'), '-', 'a step that is planned has not come to its partner, and is not open there');
SELECT is(test.taal(:'then', :'then'), NULL, 'nor is it delivered to them');
SELECT test.move(:o3, 'worker', 'dropped', reason => 'Niet nodig.') \g /dev/null
SELECT is((SELECT count(*) FROM wijzer.closure_rates(1, :coordinator, :'then', :'then', 'partner') c, json_array_elements(c.document -> 'items') i
           WHERE i -> 'organisation' ->> 'code' = (SELECT g.code FROM data.step s JOIN data.organisation g ON g.region_id = s.region_id AND g.organisation_id = s.owner_id WHERE s.step_id = :o3)),
          0::bigint, 'nor one that was dropped before it was sent');
SELECT test.moves(:o1, 'worker2', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is(test.state_of(:o2), 'sent', 'the one before it ends, and it is sent');
SELECT is(test.taal(:'then', :'then') || '; ' || test.came(:'then', :'today'), '1 1 0 0; 1 1', 'now it is delivered, has come and is open');
SELECT test.moves(:o2, 'taal', '{accepted,first-contact}') \g /dev/null
UPDATE data.event SET at = (SELECT e.at FROM data.event e WHERE e.step_id = :o2 AND e.to_state = 'sent') + CASE to_state WHEN 'accepted' THEN interval '6 hours' ELSE interval '3 days' END
WHERE step_id = :o2 AND to_state IN ('accepted', 'first-contact');
SELECT is(test.came(:'today', :'today'), '1 6.0 3.0 1', 'its partner answered after six hours, not after two months');
SELECT is(test.came(:'then', :'then'), '0 1', 'and it came when it was sent');
SELECT wijzer.measure_replies(1) \g /dev/null
SELECT is((SELECT concat_ws(' ', replies, median_hours, contact_days) FROM data.offering_measure WHERE region_id = 1 AND offering_id = test.offering('taaldoen')), '1 6 3',
          'by which candidates are ranked as well');

SELECT * FROM finish();
ROLLBACK;
