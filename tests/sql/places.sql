-- How much room there is, groups with places and their lines, and whether an offering is still right: every result code, the order of
-- a line, what an end of a step gives up, promises that go up, what the history says.
BEGIN;
\ir support/helpers.sql
SELECT * FROM no_plan();
CREATE FUNCTION test.say(offering text, state text DEFAULT 'open', places int DEFAULT NULL, wait int DEFAULT NULL, who text DEFAULT 'worker',
                         key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.set_capacity(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(concat(offering, state, places)),
                                      offering, state, places, wait, '192.0.2.3')
$$;
CREATE FUNCTION test.confirm(offering text, who text DEFAULT 'worker', key text DEFAULT NULL) RETURNS TABLE (result text, answer json)
LANGUAGE sql AS $$
    SELECT * FROM wijzer.confirm_offering(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(offering), offering, '192.0.2.3')
$$;
CREATE FUNCTION test.make_group(places int, starts int DEFAULT 10, rolling boolean DEFAULT false, ends int DEFAULT NULL, who text DEFAULT 'worker',
                                offering text DEFAULT 'welzijn-op-recept', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.make_group(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(places::text), offering, 'Dinsdag',
                                    logic.today() + starts, logic.today() + ends, 'on-site', rolling, places, '192.0.2.3')
$$;
CREATE FUNCTION test.new_group(places int, starts int DEFAULT 10, rolling boolean DEFAULT false, ends int DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    made text;
BEGIN
    SELECT m.answer ->> 'id' INTO made FROM test.make_group(places, starts, rolling, ends) m;
    RETURN (SELECT g.group_id FROM data.offering_group g WHERE wijzer.code(g.group_id) = made);
END
$$;
CREATE FUNCTION test.change(at bigint, who text DEFAULT 'worker', name text DEFAULT NULL, starts date DEFAULT NULL, ends date DEFAULT NULL,
                            places int DEFAULT NULL, key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.change_group(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(concat(name, starts, ends, places)), at,
                                      name, starts, ends, places, '192.0.2.3')
$$;
CREATE FUNCTION test.call_off(at bigint, who text DEFAULT 'worker', key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.end_group(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash('end'), at, '192.0.2.3')
$$;
CREATE FUNCTION test.take(step bigint, at bigint, wait boolean DEFAULT false, persons int DEFAULT 1, who text DEFAULT 'worker', key text DEFAULT NULL)
RETURNS TABLE (result text, answer json, in_line bigint) LANGUAGE sql AS $$
    SELECT * FROM wijzer.take_place(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(concat(at, persons, wait)), step, at, persons,
                                    wait, '192.0.2.3')
$$;
CREATE FUNCTION test.leave(step bigint, who text DEFAULT 'worker', key text DEFAULT NULL) RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.leave_place(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash('leave'), step, '192.0.2.3')
$$;
CREATE FUNCTION test.attend(step bigint, attended boolean DEFAULT true, who text DEFAULT 'worker', key text DEFAULT NULL, day date DEFAULT logic.today())
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.mark_attendance(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(attended::text), step, attended,
                                         day, '192.0.2.3')
$$;
-- As the keeper does it.
CREATE FUNCTION test.settle() RETURNS int LANGUAGE sql AS $$
    SELECT coalesce(sum(wijzer.settle_group(1, g.group_id, ARRAY[logic.instant() + interval '2 days', logic.instant() + interval '1 day'], 50)), 0)::int
    FROM wijzer.groups_to_settle(1, 50) g
$$;
-- "taken 2 of 2, 1 waiting".
CREATE FUNCTION test.filled(at bigint) RETURNS text LANGUAGE sql
RETURN (SELECT format('taken %s of %s, %s waiting', g.taken, g.places, d.document ->> 'waiting')
        FROM data.offering_group g JOIN logic.group_document d USING (region_id, group_id) WHERE g.group_id = at);
CREATE FUNCTION test.place(step bigint) RETURNS text LANGUAGE sql RETURN (SELECT state || ' ' || persons FROM data.place WHERE step_id = step);
CREATE FUNCTION test.told(step bigint) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(concat_ws(' ', e.kind, e.persons, e.version, e.result) ORDER BY e.at, e.event_id) FROM data.event e
        WHERE e.step_id = step AND e.kind LIKE 'place-%');
CREATE FUNCTION test.noticed(wanted text) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(concat_ws(' ', o.code, a.name) ORDER BY n.at, n.notice_id) FROM data.notice n
        JOIN data.organisation o USING (region_id, organisation_id)
        LEFT JOIN data.account a ON a.region_id = n.region_id AND a.account_id = n.account_id WHERE n.kind = wanted);
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
CREATE FUNCTION test.accepted(key text) RETURNS bigint LANGUAGE sql AS $$
    SELECT s FROM test.new_step(key) s, LATERAL (SELECT test.moves(s, 'worker', '{accepted}')) m
$$;
CREATE FUNCTION test.offered(who text, wanted text) RETURNS json LANGUAGE sql
RETURN (SELECT i FROM json_array_elements(wijzer.list_offerings(1, test.account(who), NULL, NULL) -> 'items') i WHERE i ->> 'code' = wanted);
CREATE FUNCTION test.now_is(later interval) RETURNS text LANGUAGE sql AS $$ SELECT set_config('wijzer.clock_offset', later::text, true) $$;
CREATE FUNCTION test.snapshot(wanted text) RETURNS json LANGUAGE sql
RETURN (SELECT i FROM json_array_elements(wijzer.region_snapshot(1) -> 'offerings') i WHERE i ->> 'code' = wanted);
CREATE FUNCTION test.version() RETURNS bigint LANGUAGE sql RETURN (SELECT version FROM data.region WHERE region_id = 1);

-- Saying how much room there is.
SELECT test.version() AS version \gset
SELECT is((SELECT ARRAY[result, answer #>> '{capacity,state}', answer #>> '{capacity,places}', answer #>> '{capacity,waitDays}',
                        answer #>> '{capacity,by,name}', answer ->> 'freshness'] FROM test.say('welzijn-op-recept', 'open', 5, 7, key => 'k1')),
          '{set,open,5,7,worker,fresh}', 'a worker says it of the own offering');
SELECT is((SELECT result || ' ' || (answer #>> '{capacity,places}') FROM test.say('welzijn-op-recept', 'open', 5, 7, key => 'k1')), 'replayed 5', 'once');
SELECT is((SELECT result FROM test.say('welzijn-op-recept', 'open', 6, 7, key => 'k1')), 'key-reused', 'a key is for one call');
SELECT is((SELECT array_agg(s.result) FROM (VALUES ('full', 5), ('paused', 1), ('open', 0)) x (state, places), test.say('welzijn-op-recept', x.state, x.places) s),
          '{room-contradicts,room-contradicts,room-contradicts}', 'not what contradicts itself');
SELECT is((SELECT result FROM test.say('buurtteam')), 'not-yours', 'not of somebody else''s');
SELECT is((SELECT result FROM test.say('welzijn-op-recept', who => 'gp')), 'not-yours', 'a referrer says nothing');
SELECT is((SELECT result FROM test.say('welzijn-op-recept', who => 'steward')), 'not-yours', 'nor does a steward');
SELECT is((SELECT result FROM test.say('niet-bekend')), 'offering-unknown', 'of what is not there');
SELECT is((SELECT result FROM test.say('welzijn-op-recept', who => 'nobody')), 'account-unknown', 'by nobody');
SELECT is((SELECT result FROM test.say('join-us', 'paused', who => 'coordinator')), 'set', 'a coordinator does for a partner');
SELECT ok(test.version() > :version, 'routing hears of it');
SELECT is(test.snapshot('join-us') ->> 'capacity', 'paused', 'as it was said');
SELECT is((SELECT count(*) FROM data.capacity WHERE offering_id = test.offering('welzijn-op-recept') AND as_of = logic.today()), 1::bigint, 'of a day the last word');
SELECT is(test.offered('gp', 'welzijn-op-recept') #>> '{capacity,by,organisation,code}', 'levgroep', 'a referrer reads who said so');
SELECT is(test.offered('gp', 'kunst-met-impact') #>> '{capacity,by}', NULL, 'what came with the region, nobody said');
SELECT is(test.offered('gp', 'kunst-met-impact') ->> 'freshness', 'fresh', 'nine days ago');
SELECT is(test.offered('gp', 'wat-telt') ->> 'capacity', NULL, 'of some nothing was said');
SELECT is(wijzer.list_offerings(1, test.account('gp'), 'niet-bekend', NULL)::text, NULL, 'of an unknown organisation there is no list');
SELECT is(json_array_length(wijzer.list_offerings(1, test.account('gp'), 'buurtteam', NULL) -> 'items'), 1, 'of one organisation');
SELECT test.now_is('25 days') \g /dev/null
SELECT is(ARRAY[test.offered('gp', 'kunst-met-impact') ->> 'freshness', test.offered('gp', 'welzijn-op-recept') ->> 'freshness', test.offered('gp', 'wat-telt') ->> 'freshness'],
          '{stale,fresh,unknown}', 'it grows stale');
SELECT test.now_is('60 days') \g /dev/null
SELECT is(test.offered('gp', 'kunst-met-impact') ->> 'freshness', 'old', 'and old');
SELECT test.now_is('0') \g /dev/null

-- Groups.
SELECT is((SELECT ARRAY[result, answer ->> 'free', answer ->> 'joinable'] FROM test.make_group(2, key => 'g1')), '{made,2,true}', 'a group with two places');
SELECT is((SELECT result || ' ' || (answer ->> 'places') FROM test.make_group(2, key => 'g1')), 'replayed 2', 'once');
SELECT is((SELECT result FROM test.make_group(2, offering => 'buurtteam')), 'not-yours', 'of the own organisation');
SELECT is((SELECT result FROM test.make_group(2, who => 'gp')), 'not-yours', 'not by a referrer');
SELECT is((SELECT result FROM test.make_group(2, offering => 'x-y')), 'offering-unknown', 'of something');
SELECT is((SELECT result FROM test.make_group(2, -1)), 'starts-in-past', 'not from a day that has been');
SELECT is((SELECT result FROM test.make_group(2, -3, true, -1)), 'ends-in-past', 'nor one that is over, were it rolling');
SELECT is((SELECT array_agg(result) FROM unnest('{0,1}'::int[]) d, test.make_group(2, d)), '{made,made}', 'from today or later');
DELETE FROM data.offering_event WHERE group_id IN (SELECT group_id FROM data.offering_group WHERE starts_on <= logic.today() + 1);
DELETE FROM data.offering_group WHERE starts_on <= logic.today() + 1;
SELECT test.new_group(2) AS g \gset
SELECT test.new_group(3) AS h \gset
SELECT test.accepted('a') AS a, test.accepted('b') AS b, test.accepted('c') AS c, test.accepted('d') AS d, test.accepted('e') AS e, test.new_step('f') AS f \gset

SELECT is((SELECT result FROM test.take(:f, :g)), 'not-accepted', 'first accept');
SELECT is((SELECT result FROM test.take(:a, 3404825440)), 'group-unknown', 'no such group');
SELECT is((SELECT result FROM test.take(:a, :g, who => 'worker2')), 'not-found', 'not somebody else''s step');
SELECT is((SELECT result FROM test.take(:a, :g, who => 'gp')), 'not-yours', 'nor by who referred');
SELECT is((SELECT result FROM test.take(:a, :g, persons => 3)), 'group-too-small', 'more than there are');
SELECT is((SELECT result FROM test.take(:a, NULL)), 'nothing-offered', 'nothing was kept');
SELECT is((SELECT ARRAY[result, answer #>> '{place,state}', answer #>> '{place,group,name}'] FROM test.take(:a, :g, key => 't1')), '{taken,taken,Dinsdag}', 'a place');
SELECT is((SELECT result FROM test.take(:a, :g, key => 't1')), 'replayed', 'once');
SELECT is((SELECT result FROM test.take(:a, :g)), 'already-there', 'not twice');
SELECT is((SELECT result FROM test.take(:a, :h)), 'has-place', 'nor in two groups');
SELECT is((SELECT result FROM test.leave(:b)), 'no-place', 'who has none gives none up');
SELECT is((SELECT result FROM test.take(:b, :g)), 'taken', 'the last one');
SELECT is(test.snapshot('welzijn-op-recept') ->> 'capacity', 'open', 'the other groups have room');
SELECT is((SELECT result || in_line FROM test.take(:c, :g)), 'group-full0', 'and no more');
SELECT is((SELECT ARRAY[result, answer #>> '{place,state}', answer #>> '{place,line}'] FROM test.take(:c, :g, true, persons => 2)), '{waiting,waiting,1}', 'a couple stands in line');
SELECT is((SELECT ARRAY[result, answer #>> '{place,line}'] FROM test.take(:d, :g, true)), '{waiting,2}', 'somebody behind them');
SELECT is(test.filled(:g), 'taken 2 of 2, 3 waiting', 'as it is');
SELECT is(test.settle(), 0, 'nothing to tell');
SELECT throws_ok(format('UPDATE data.offering_group SET taken = 3 WHERE group_id = %s', :g), '23514', NULL, 'the table itself holds no more than there are');
SELECT is((SELECT result FROM test.change(:g, places => 1)), 'places-taken', 'nor fewer than are taken');

-- A place comes free: nobody passes who waits.
SELECT is((SELECT result FROM test.leave(:a, key => 'l1')), 'left', 'one gives it up');
SELECT is((SELECT result FROM test.leave(:a, key => 'l1')), 'replayed', 'once');
SELECT is((SELECT result || in_line FROM test.take(:e, :g)), 'group-full3', 'a newcomer does not get it');
SELECT is(test.settle(), 0, 'it is not enough for who is first, so all wait');
SELECT is((SELECT result FROM test.change(:g, places => 3)), 'changed', 'there are more');
SELECT is(test.broken(), NULL, 'for a moment nobody was told');
SELECT is(test.settle(), 1, 'now there are two');
SELECT is(ARRAY[test.place(:c), test.place(:d), test.filled(:g)], '{offered 2,waiting 1,"taken 3 of 3, 1 waiting"}', 'kept for the first');
SELECT is(test.noticed('place-offered'), '{levgroep}', 'whose worker is told');
SELECT is(test.told(:c), '{"place-waiting 2","place-offered 2 -1"}', 'in the history too');
SELECT is((SELECT p.kind || ' ' || p.level || ' ' || (p.due_at > now()) FROM data.promise p WHERE step_id = :c AND nr = -1), 'take-place 0 true', 'and has promised to say yes');
SELECT is((SELECT result FROM test.take(:c, :h)), 'has-place', 'another group is not this one');
SELECT is((SELECT result FROM test.take(:c, NULL)), 'taken', 'yes');
SELECT is(ARRAY[test.place(:c), test.filled(:g)], '{taken 2,"taken 3 of 3, 1 waiting"}', 'counted once');
SELECT is((SELECT ended_how::text FROM data.promise WHERE step_id = :c AND nr = -1), 'kept', 'kept');
SELECT is(test.settle(), 0, 'nothing is free');

-- What ends a step gives its place up.
SELECT is((SELECT result FROM test.move(:b, 'worker', 'client-withdrew', reason => 'Liever niet.')), 'moved', 'the client withdraws');
SELECT is(ARRAY[test.place(:b), test.filled(:g)], '{given-up 1,"taken 2 of 3, 1 waiting"}', 'and the place is free');
SELECT is(test.settle(), 1, 'the next one is told');
SELECT is(test.place(:d), 'offered 1', 'which is the one that waited');
SELECT is((SELECT result FROM test.move(:d, 'coordinator', 'reassigned', reason => 'Niemand belt.')), 'moved', 'the coordination takes the step');
SELECT is(ARRAY[test.place(:d), test.filled(:g)], '{given-up 1,"taken 2 of 3, 0 waiting"}', 'what was kept is free');
SELECT is((SELECT ended_how::text FROM data.promise WHERE step_id = :d AND nr < 0), 'released', 'nobody owes a yes');
SELECT test.take(:e, :g) \g /dev/null
SELECT is((SELECT result FROM wijzer.merge_referral(1, test.account('coordinator'), 'm', test.hash('m'), test.referral_of(:e), test.referral_of(:c), '192.0.2.3')), 'merged', 'a duplicate goes on in another');
SELECT is(ARRAY[test.place(:e), test.filled(:g)], '{given-up 1,"taken 2 of 3, 0 waiting"}', 'and gives its place up');
SELECT is(test.broken(), NULL, 'no invariant is violated');

-- Attendance.
SELECT is((SELECT result FROM test.attend(:a)), 'no-place', 'who has no place does not take part');
SELECT is((SELECT result FROM test.attend(:c)), 'not-on', 'nor before the group starts');
SELECT test.now_is('10 days') \g /dev/null
SELECT is((SELECT result FROM test.attend(:c, day => logic.today() + 1)), 'day-to-come', 'nor on a day that is still to come');
SELECT is((SELECT result FROM test.attend(:c, key => 'x')), 'marked', 'took part');
SELECT is((SELECT result FROM test.attend(:c, key => 'x')), 'replayed', 'once');
SELECT is((SELECT result FROM test.attend(:c, false)), 'marked', 'did not');
SELECT test.now_is('0') \g /dev/null
SELECT is(test.told(:c), '{"place-waiting 2","place-offered 2 -1","place-taken 2 -1","place-attended took-part","place-attended absent"}', 'the history says so');
SELECT is((SELECT json_agg(x #> '{group,name}') FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:c)) -> 'events') x WHERE x ->> 'kind' = 'place-taken')::text,
          '["Dinsdag"]', 'who referred reads which group');

-- What is full, and what that does to routing.
SELECT test.new_group(1) AS n \gset
SELECT test.version() AS version \gset
SELECT test.call_off(group_id) FROM data.offering_group WHERE group_id <> :n AND group_id <> :g \g /dev/null
SELECT is((SELECT result FROM test.change(:g, places => 2)), 'changed', 'one group is full');
SELECT test.accepted('n') AS x, test.accepted('o') AS y \gset
SELECT test.version() AS version \gset
SELECT is((SELECT result FROM test.take(:x, :n)), 'taken', 'the other as well');
SELECT is(test.snapshot('welzijn-op-recept') ->> 'capacity', 'waiting-list', 'so there is a waiting list');
SELECT is(ARRAY[test.offered('gp', 'welzijn-op-recept') #>> '{capacity,state}', test.offered('gp', 'welzijn-op-recept') #>> '{capacity,said}'], '{waiting-list,open}', 'whatever was said');
SELECT ok(test.version() > :version, 'of which routing hears');
SELECT test.version() AS version \gset
SELECT is((SELECT result FROM test.take(:y, :n, true)), 'waiting', 'one stands in line');
SELECT is(test.version(), :version::bigint, 'which is no news to it');

-- Its first day changes: whoever waits goes on waiting.
SELECT is((SELECT result FROM test.change(:n, starts => logic.today() - 300)), 'starts-in-past', 'not to a day that has been');
SELECT is((SELECT result FROM test.change(:n, starts => logic.today())), 'changed', 'to today');
SELECT is((SELECT result FROM test.change(:n, starts => logic.today() + 10)), 'changed', 'or later');
SELECT is(ARRAY[test.settle()::text, test.place(:y)], '{0,"waiting 1"}', 'the line stays');

-- Nobody joins any more, or it is called off.
SELECT test.now_is('11 days') \g /dev/null
SELECT is((SELECT ARRAY[i ->> 'begun', i ->> 'joinable'] FROM json_array_elements(test.offered('gp', 'welzijn-op-recept') -> 'groups') i WHERE i ->> 'id' = wijzer.code(:n)),
          '{true,false}', 'a group that has begun and not ended is still listed');
SELECT is((SELECT result FROM test.take(:a, :n)), 'group-closed', 'it has begun');
SELECT is(test.settle(), 1, 'who waited is told');
SELECT is(ARRAY[test.place(:y), test.place(:x)], '{lost 1,taken 1}', 'and has lost it, not who is in');
SELECT is(test.noticed('place-lost'), '{levgroep}', 'their worker hears');
SELECT is((SELECT array_agg(group_id ORDER BY group_id) FROM data.offering_group WHERE closed_at IS NOT NULL), ARRAY(SELECT unnest(ARRAY[:g, :n]::bigint[]) ORDER BY 1), 'closed once');
SELECT is(test.settle(), 0, 'nothing is left to do');
SELECT is((SELECT result FROM test.change(:n, starts => logic.today() + 5)), 'changed', 'it begins later after all');
SELECT is((SELECT result FROM test.take(:y, :n, true)), 'waiting', 'who lost it may stand there again');
SELECT is((SELECT result FROM test.change(:n, ends => logic.today())), 'dates-wrong', 'no end before the start');
SELECT is((SELECT result FROM test.change(:n, who => 'gp')), 'not-yours', 'by who keeps it');
SELECT is((SELECT result FROM test.change(3404825440)), 'not-found', 'if it is there');
SELECT is((SELECT result FROM test.call_off(:n, who => 'worker2')), 'not-yours', 'nor does another call it off');
SELECT is((SELECT result FROM test.call_off(:n)), 'ended', 'it is called off');
SELECT is((SELECT result FROM test.call_off(:n)), 'already-ended', 'again is nothing');
SELECT is((SELECT result FROM test.change(:n, places => 9)), 'group-ended', 'nor changed');
SELECT is(test.settle(), 2, 'all are told');
SELECT is(ARRAY[test.place(:x), test.place(:y), test.filled(:n)], '{lost 1,lost 1,"taken 0 of 1, 0 waiting"}', 'nobody has a place in it');
SELECT is(test.broken(), NULL, 'no invariant is violated');
-- One that people may join while it goes on.
SELECT test.new_group(1, -3, true) AS r, test.new_group(1, -3, true, 1) AS s \gset
SELECT is((SELECT result FROM test.take(:x, :r)), 'taken', 'in the middle of it');
SELECT is((SELECT result FROM test.take(:y, :s)), 'taken', 'until it ends');
SELECT is((SELECT result FROM test.change(:s, ends => logic.today() - 1)), 'ends-in-past', 'which is not before today');
SELECT is((SELECT ARRAY[i ->> 'begun', i ->> 'joinable'] FROM json_array_elements(test.offered('gp', 'welzijn-op-recept') -> 'groups') i WHERE i ->> 'id' = wijzer.code(:r)),
          '{true,true}', 'it has begun, and may be joined');
SELECT is((SELECT ARRAY[a.result, b.result] FROM test.attend(:x, day => logic.today() - 1) a, test.attend(:x) b), '{before-place,marked}', 'who joined today was not there yesterday');
SELECT test.now_is('13 days') \g /dev/null
SELECT is((SELECT result FROM test.take(:a, :s, true)), 'group-closed', 'not behind that');
SELECT is((SELECT count(*) FROM json_array_elements(test.offered('gp', 'welzijn-op-recept') -> 'groups') i WHERE i ->> 'id' = wijzer.code(:s)), 0::bigint, 'which is listed no more');
SELECT is((SELECT result FROM test.attend(:y)), 'not-on', 'nor does anybody take part in it');
SELECT is((SELECT result FROM test.take(:a, :r, true)), 'waiting', 'the other has a line');
SELECT test.settle() \g /dev/null
SELECT is(test.place(:y), 'taken 1', 'who was there has been there');

-- Who needs more than there would be holds nobody up for ever: then there are not fewer.
SELECT test.new_group(2, -3, true) AS q \gset
SELECT is((SELECT result FROM test.take(:y, :q)), 'has-place', 'one group at a time');
SELECT test.accepted('q1') AS q1, test.accepted('q2') AS q2, test.accepted('q3') AS q3 \gset
SELECT is(ARRAY[(SELECT result FROM test.take(:q1, :q)), (SELECT result FROM test.take(:q2, :q, true, persons => 2)), (SELECT result FROM test.take(:q3, :q, true))],
          '{taken,waiting,waiting}', 'a couple waits, and somebody behind them');
SELECT is((SELECT result FROM test.change(:q, places => 1)), 'places-taken', 'so many there must be');
SELECT test.leave(:q2) \g /dev/null
SELECT is((SELECT result FROM test.change(:q, places => 1)), 'changed', 'until the couple has gone');
SELECT test.leave(:q1) \g /dev/null
SELECT is(test.settle(), 1, 'the last in line gets the place');
SELECT is(test.place(:q3), 'offered 1', 'that is kept for them');
SELECT test.take(:q3, NULL), test.leave(:q3) \g /dev/null

-- A place that was kept and that nobody said yes to before nobody joins any more, is lost with the others.
SELECT test.new_group(1, 2) AS k \gset
SELECT test.take(:q1, :k), test.take(:q2, :k, true), test.leave(:q1) \g /dev/null
SELECT is(ARRAY[test.settle()::text, test.place(:q2)], '{1,"offered 1"}', 'kept until it begins');
SELECT test.now_is('16 days') \g /dev/null
SELECT is(test.settle(), 1, 'then it is told');
SELECT is(ARRAY[test.place(:q2), test.filled(:k)], '{lost 1,"taken 0 of 1, 0 waiting"}', 'and counted no more');
SELECT is((SELECT ended_how::text FROM data.promise WHERE step_id = :q2 AND nr < 0 ORDER BY nr LIMIT 1), 'released', 'nor promised');
SELECT test.now_is('13 days') \g /dev/null

-- A place that nobody says yes to goes up like every promise.
SELECT test.leave(:x) \g /dev/null
SELECT is(test.settle(), 1, 'kept');
SELECT test.now_is('16 days') \g /dev/null
SELECT is((SELECT array_agg(kind || ' ' || nr) FROM wijzer.late_promises(1, 50) WHERE step_id = :a AND nr < 0), '{"take-place -1"}', 'it is late');
SELECT is(test.broken() && '{"I6 promise that is late and was not escalated"}', true, 'which somebody must see');
SELECT test.take(:a, NULL) \g /dev/null
SELECT test.now_is('0') \g /dev/null

-- Is it still right?
SELECT is(wijzer.ask_offerings(1, now() + interval '29 days', 50), (SELECT count(*)::int FROM data.offering WHERE region_id = 1 AND confirmed_on IS NULL), 'asked of which nobody said so');
SELECT is(wijzer.ask_offerings(1, now() + interval '29 days', 50), 0, 'once');
SELECT is((SELECT count(*) FROM data.offering_promise p JOIN data.offering f USING (region_id, offering_id) WHERE f.code = 'wat-telt'), 1::bigint, 'of one');
SELECT is((SELECT ARRAY[result, answer ->> 'confirmedOn', answer ->> 'asked'] FROM test.confirm('wat-telt', 'coordinator', 'c1')), ARRAY['confirmed', logic.today()::text, NULL], 'it is');
SELECT is((SELECT result FROM test.confirm('wat-telt', 'coordinator', 'c1')), 'replayed', 'once');
SELECT is((SELECT result FROM test.confirm('wat-telt')), 'not-yours', 'by who keeps it');
SELECT is((SELECT result FROM test.confirm('geen')), 'offering-unknown', 'if it is there');
SELECT is((SELECT result FROM test.confirm('wat-telt', 'nobody')), 'account-unknown', 'and somebody');
SELECT test.now_is('22 days') \g /dev/null
SELECT is(wijzer.ask_offerings(1, now() + interval '29 days', 1), 1, 'every month');
SELECT is(wijzer.ask_offerings(1, now() + interval '29 days', 50) > 3, true, 'of all');
SELECT is((SELECT nr FROM data.offering_promise p JOIN data.offering f USING (region_id, offering_id) WHERE f.code = 'wat-telt' AND p.ended_at IS NULL), 2, 'anew');
SELECT is(test.offered('worker', 'welzijn-op-recept') #>> '{asked,overdue}', 'false', 'who owes it sees it');
SELECT is(test.offered('gp', 'welzijn-op-recept') ->> 'asked', NULL, 'nobody else');
SELECT is(wijzer.list_inbox(1, test.account('worker'), NULL, 1, NULL) ->> 'asked',
          (SELECT count(*)::text FROM data.offering_promise p JOIN data.organisation o USING (region_id, organisation_id)
           WHERE p.region_id = 1 AND p.ended_at IS NULL AND o.code = 'levgroep'), 'the inbox says how many they owe');
SELECT is(wijzer.list_inbox(1, test.account('gp'), NULL, 1, NULL) ->> 'asked', '0', 'who refers owes none');
SELECT is((SELECT array_agg(i ->> 'code') FROM json_array_elements(wijzer.list_offerings(1, test.account('worker2'), NULL, true) -> 'items') i), '{buurtteam}', 'as a list too');
SELECT is((SELECT array_agg(i #>> '{offering,code}') FROM json_array_elements(wijzer.list_notices(1, test.account('worker2'), NULL, 50, NULL) -> 'items') i), '{buurtteam}', 'and as a notice');
SELECT is((SELECT ARRAY[result, answer #>> '{capacity,places}', answer ->> 'asked'] FROM test.confirm('buurtteam', 'worker2')), '{confirmed,6,NULL}', 'with the room of before');
SELECT is(test.snapshot('buurtteam') ->> 'asOf', logic.today()::text, 'which is fresh again');
SELECT is((SELECT result FROM test.say('welzijn-op-recept', 'full')), 'set', 'saying something new is an answer as well');
SELECT is((SELECT count(*) FROM data.offering_promise p JOIN data.offering f USING (region_id, offering_id) WHERE f.code IN ('buurtteam', 'welzijn-op-recept') AND p.ended_how = 'kept'), 2::bigint, 'kept');
SELECT is(test.broken(), NULL, 'no invariant is violated');
-- Nobody answers.
UPDATE data.offering SET ended_at = now() WHERE region_id = 1 AND code NOT IN ('join-us', 'wat-telt', 'buurtteam', 'welzijn-op-recept');
SELECT is(wijzer.ask_offerings(1, now() + interval '29 days', 50), 0, 'what has ended is not asked');
SELECT is((SELECT count(*) FROM data.offering_promise p JOIN data.offering f USING (region_id, offering_id) WHERE p.ended_at IS NULL), 2::bigint, 'nor owed');
SELECT is((SELECT result FROM test.say('giz', who => 'coordinator')), 'offering-unknown', 'nor said');
CREATE FUNCTION test.raise(later interval) RETURNS int LANGUAGE sql AS $$
    SELECT test.now_is(later);
    SELECT wijzer.raise_confirmations(1, array_agg(l.step_id), array_agg(l.nr), array_agg(l.level), array_agg(l.is_raised),
               array_agg(CASE WHEN l.level + l.is_raised::int < 3 THEN logic.moment(l.from_us) + interval '1 day' END))
    FROM wijzer.late_confirmations(1, 50) l
$$;
SELECT test.now_is('28 days') \g /dev/null
SELECT is((SELECT count(*) FROM wijzer.late_confirmations(1, 50)), 0::bigint, 'before it is due nothing is late');
SELECT is(test.raise('30 days'), 0, 'it falls due');
SELECT is(test.raise('31 days'), 2, 'a day later they go up');
SELECT is(test.raise('31 days 1 hour'), 0, 'once');
SELECT is(wijzer.raise_confirmations(1, ARRAY[test.offering('join-us')], '{1}', '{0}', '{t}', ARRAY[now() + interval '40 days']), 0, 'another keeper comes too late');
SELECT is(test.raise('33 days'), 2, 'to the coordination');
SELECT is(test.raise('35 days'), 2, 'to the named person');
SELECT is((SELECT array_agg(DISTINCT level || ' ' || coalesce(raise_at::text, 'top')) FROM data.offering_promise WHERE ended_at IS NULL), '{"3 top"}', 'and no further');
SELECT is(test.raise('90 days'), 0, 'never again');
SELECT is(test.noticed('confirmation-overdue'), '{join-us,wijeindhoven,ketenregie-deurne,ketenregie-deurne,"ketenregie-deurne coordinator2","ketenregie-deurne coordinator2"}', 'who was told');
SELECT is((SELECT answer ->> 'freshness' FROM test.confirm('join-us', 'coordinator')), 'fresh', 'late is better than never');
SELECT test.now_is('0') \g /dev/null

-- How it answers, measured.
SELECT wijzer.measure_replies(1, '0') \g /dev/null
SELECT is((SELECT replies > 0 AND accepted BETWEEN 1 AND replies FROM data.offering_measure WHERE offering_id = test.offering('welzijn-op-recept')), true, 'how much it accepts');
SELECT is(test.offered('gp', 'welzijn-op-recept') ->> 'accepted', '1.000', 'which everybody reads');
SELECT is(wijzer.measure_replies(1, '0'), 0, 'measured again nothing changed');

-- Broken by hand, each is seen.
CREATE FUNCTION test.breaks(statement text, why text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    found text[];
BEGIN
    BEGIN
        EXECUTE statement;
        found := test.broken();
        RAISE EXCEPTION 'undone';
    EXCEPTION WHEN raise_exception THEN
        NULL;
    END;
    RETURN NEXT ok(why = ANY (found), why || ': ' || coalesce(found::text, 'nothing'));
END
$$;
SELECT test.breaks('UPDATE data.offering_group SET taken = taken + 1 WHERE taken < places', 'I4 a group counts other places than there are');
SELECT test.breaks('UPDATE data.offering_group SET places = places + 1', 'I4 group differs from its events');
SELECT test.breaks(format('UPDATE data.place SET state = ''waiting'' WHERE step_id = %s', :c), 'I4 place differs from its events');
SELECT test.breaks('UPDATE data.capacity SET places = 99 WHERE account_id IS NOT NULL', 'I4 what was said of room differs from its events');
SELECT test.breaks('UPDATE data.offering_promise SET level = 1 WHERE level = 0', 'I4 promise about an offering differs from its events');
SELECT test.breaks(format('UPDATE data.promise SET ended_how = ''released'' WHERE step_id = %s AND nr = -1', :c), 'I4 the end of a promise to take a place differs from its event');
SELECT test.breaks(format('UPDATE data.place SET state = ''taken'' WHERE step_id = %s', :b), 'I6 place of a step that has ended');
SELECT test.breaks(format('UPDATE data.offering_group SET places = 5, changed_at = now() - interval ''2 hours'' WHERE group_id = %s;
                           UPDATE data.place SET group_id = %1$s, state = ''waiting'', asked_at = now() - interval ''2 hours'' WHERE step_id = %s', :r, :y),
                   'I6 a place in a group is free, or the group is off, and who waits was not told');
SELECT test.breaks('INSERT INTO data.offering_promise SELECT 1, offering_id, 9, organisation_id, 0, now() - interval ''9 days'', now() - interval ''2 hours'' FROM data.offering WHERE region_id = 1 AND code = ''taaldoen''',
                   'I6 promise to say whether an offering is right that is late and was not escalated');
-- Nobody else's region.
SELECT is(wijzer.list_offerings(2, (SELECT account_id FROM data.account WHERE region_id = 2 AND name = 'gp'), NULL, NULL) #>> '{items,0,code}', 'welzijnscoach', 'another region has its own');
SELECT is((SELECT result FROM wijzer.set_capacity(2, (SELECT account_id FROM data.account WHERE region_id = 2 AND name = 'worker'), 'k', test.hash('k'), 'welzijn-op-recept', 'open', 1, 0)), 'offering-unknown', 'and knows nothing of this one');
SELECT * FROM finish();
ROLLBACK;
