-- Trees of steps: branches that come after another, what becomes of them, and who directs.
BEGIN;
\ir support/helpers.sql
SELECT plan(149);
CREATE FUNCTION test.pass_on(step bigint, who text, target text[], branches json DEFAULT NULL, key text DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$ SELECT result FROM test.move(step, who, 'passed-on', '', NULL, target, key, branches => branches) $$;
-- A new referral of which the first step is under way.
CREATE FUNCTION test.begun(key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    s constant bigint := test.new_step(key);
BEGIN
    PERFORM test.moves(s, 'worker', '{accepted,first-contact}');
    RETURN s;
END
$$;
CREATE FUNCTION test.branch(parent bigint, offering text) RETURNS bigint LANGUAGE sql
RETURN (SELECT max(step_id) FROM data.step WHERE parent_id = parent AND offering_id = test.offering(offering));
CREATE FUNCTION test.done(step bigint, who text, how text DEFAULT 'done-goal-reached') RETURNS text LANGUAGE sql
RETURN test.moves(step, who, ARRAY['accepted', 'first-contact', how]);
CREATE FUNCTION test.direct(step bigint, who text, organisation text, key text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.direct_referral(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(organisation),
                                              test.referral_of(step), organisation, '192.0.2.9') $$;
CREATE FUNCTION test.director(step bigint) RETURNS text LANGUAGE sql
RETURN (SELECT o.code FROM data.referral r JOIN data.organisation o ON o.region_id = r.region_id AND o.organisation_id = r.director_id
        WHERE r.referral_id = test.referral_of(step));
CREATE FUNCTION test.reopen(step bigint, offering text) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.reopen_referral(1, test.account('gp'), gen_random_uuid()::text, test.hash(''), test.referral_of(step),
        CASE WHEN offering IS NOT NULL THEN test.offering(offering) END, nextval('data.object_seq'), test.sealed('Weer.'),
        '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}') $$;
CREATE FUNCTION test.notices(step bigint) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(n.kind || ' ' || o.code ORDER BY n.notice_id) FROM data.notice n JOIN data.organisation o USING (region_id, organisation_id)
        WHERE n.referral_id = test.referral_of(step));
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
CREATE FUNCTION test.client_in(step bigint, who text) RETURNS text LANGUAGE sql
AS $$ SELECT test.shown(document -> 'client' -> 'name') FROM wijzer.get_step(1, test.account(who), step) $$;
CREATE FUNCTION test.inbox(who text) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(i ->> 'id') FROM json_array_elements(wijzer.list_inbox(1, test.account(who), NULL, 200, NULL) -> 'items') i);

INSERT INTO data.account (region_id, organisation_id, name, role)
SELECT 1, organisation_id, 'taal', 'worker' FROM data.offering WHERE region_id = 1 AND code = 'taaldoen';

-- Money first, then the language course: two branches of one command.
SELECT test.begun('a') AS a \gset
SELECT is(test.pass_on(:a, 'worker', '{buurtteam,taaldoen}', '[{}, {"after": 1}]', 'k'), 'moved', 'a branch after another');
SELECT is(test.pass_on(:a, 'worker', '{buurtteam,taaldoen}', '[{}, {"after": 1}]', 'k'), 'replayed', 'once');
SELECT test.branch(:a, 'buurtteam') AS a1, test.branch(:a, 'taaldoen') AS a2 \gset
SELECT is(test.state_of(:a1) || ' ' || test.promises(:a1), 'sent deliver buurtteam', 'the first is sent');
SELECT is((SELECT row(state, status, version, promise_nr, after_id = :a1)::text FROM data.step WHERE step_id = :a2), '(planned,draft,1,,t)', 'the second is planned');
SELECT is(test.promises(:a2), 'none', 'nobody owes anything about it');
SELECT is(test.broken(), NULL, 'which is no black hole');
SELECT is((SELECT d -> 'promise' ->> 'what' FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'steps') d
           WHERE d ->> 'id' = wijzer.code(:a2)), NULL, 'the document says so');
SELECT is((SELECT d ->> 'afterId' FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'steps') d
           WHERE d ->> 'id' = wijzer.code(:a2)), wijzer.code(:a1), 'and what it waits for');

-- Who will get it.
\set later taal
SELECT is(wijzer.code(:a2) = ANY (test.inbox(:'later')), NULL, 'has nothing in the inbox');
SELECT is(test.client_in(:a2, :'later'), NULL, 'does not see the client');
SELECT is((SELECT count(*) FROM logic.helpers_of(1, (SELECT client_id FROM data.referral WHERE referral_id = test.referral_of(:a)))
           WHERE steps <> '{}' AND organisation_id = test.organisation_of(:'later')), 0::bigint, 'is told of no changes')
FROM (SELECT set_config('wijzer.region', '1', true)) x;
SELECT is((SELECT result FROM test.move(:a2, :'later', 'sent')), 'not-yours', 'does not send it to themself');
SELECT is((SELECT result FROM test.move(:a2, :'later', 'accepted')), 'not-yours', 'nor accepts it');
SELECT is((SELECT result FROM wijzer.pick_up_step(1, test.account(:'later'), 'p', test.hash('p'), :a2, false)), 'not-yours', 'nor picks it up');
SELECT is((SELECT result FROM wijzer.tell_client(1, test.account(:'later'), 't', test.hash('t'), test.referral_of(:a), 'yes')), 'not-found', 'nor speaks for the client');

-- The first ends well.
SELECT is(test.done(:a1, 'worker2', 'done-partly'), 'moved', 'the first ends well, partly');
SELECT is((SELECT row(state, status, version, promise_nr, after_id = :a1)::text FROM data.step WHERE step_id = :a2), '(sent,requested,2,2,t)', 'and the second is sent');
SELECT is(test.promises(:a2) || (SELECT to_char(due_at, ' YYYY-MM-DD') FROM data.promise WHERE step_id = :a2), 'deliver ' || (SELECT o.code FROM data.organisation o WHERE region_id = 1 AND organisation_id = test.organisation_of(:'later')) || ' 2030-01-06', 'with a promise');
SELECT is((SELECT row(kind, account_id, from_state, to_state, promise_kind)::text FROM data.event WHERE step_id = :a2 AND version = 2), '(step-moved,,planned,sent,deliver)', 'by the system, as the history tells');
SELECT is((SELECT count(*) FROM data.event WHERE step_id = :a1 AND to_state = 'done-partly' AND tx = (SELECT tx FROM data.event e WHERE e.step_id = :a2 AND version = 2)), 1::bigint, 'in one go');
SELECT is(wijzer.code(:a2) = ANY (test.inbox(:'later')), true, 'it is in the inbox now');
SELECT is(test.client_in(:a2, :'later'), 'J. Jansen', 'with the client');
SELECT is(test.promises(:a), 'none', 'the step above rests');
SELECT is((SELECT d -> 'branchOutcome' ->> 'code' FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'steps') d
           WHERE d ->> 'id' = wijzer.code(:a)), NULL, 'its branches have no outcome while one is open');
SELECT is(test.done(:a2, :'later', 'done-not-reached'), 'moved', 'the second ends');
SELECT is(test.promises(:a), 'wrap-up levgroep', 'and the step above is wrapped up');
SELECT is((SELECT d -> 'branchOutcome' ->> 'code' FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'steps') d
           WHERE d ->> 'id' = wijzer.code(:a)), 'done-partly', 'the best of its branches is their outcome');
SELECT is(test.broken(), NULL, 'all holds');

-- It ends otherwise: somebody decides.
SELECT test.begun('b') AS b \gset
SELECT test.pass_on(:b, 'worker', '{buurtteam,taaldoen,klantwijzer}', '[{}, {"after": 1}, {"after": 2}]') \g /dev/null
SELECT test.branch(:b, 'buurtteam') AS b1, test.branch(:b, 'taaldoen') AS b2, test.branch(:b, 'klantwijzer') AS b3 \gset
SELECT is(test.done(:b1, 'worker2', 'done-not-reached'), 'moved', 'the first ends without success');
SELECT is(test.state_of(:b2) || ' ' || test.promises(:b2), 'planned decide levgroep', 'who passed on decides about the second');
SELECT is(wijzer.code(:b2) = ANY (test.inbox('worker')), true, 'in whose inbox it stands');
SELECT is(wijzer.code(:b2) = ANY (test.inbox(:'later')) IS TRUE, false, 'and not in that of who would get it');
SELECT is(test.promises(:b3), 'none', 'the third waits on');
SELECT is(test.promises(:b), 'none', 'and so does the step above');
SELECT is(test.broken(), NULL, 'nothing is lost');
SELECT is((SELECT result FROM test.move(:b2, 'worker2', 'dropped', reason => 'x')), 'not-yours', 'no other decides');
SELECT is((SELECT result FROM test.move(:b2, 'gp', 'dropped', reason => 'x')), 'not-yours', 'nor who referred');
SELECT is((SELECT result FROM test.move(:b2, 'gp', 'sent')), 'not-yours', 'nor sends it');
SELECT is((SELECT result FROM test.move(:b2, 'taal', 'sent')), 'not-yours', 'nor who would get it');
SELECT is((SELECT result FROM test.move(:b2, 'worker', 'sent')), 'moved', 'it is sent anyway');
SELECT is(test.promises(:b2), 'deliver ' || (SELECT o.code FROM data.organisation o WHERE region_id = 1 AND organisation_id = test.organisation_of(:'later')), 'to who was planned');
SELECT is((SELECT result FROM test.move(:b3, 'worker', 'dropped', reason => 'Niet meer nodig.')), 'moved', 'what is planned can be dropped at any time');
SELECT is((SELECT row(state, status, ended_at IS NOT NULL)::text FROM data.step WHERE step_id = :b3), '(dropped,cancelled,t)', 'then it has ended');
SELECT is((SELECT result FROM test.move(:b3, 'worker', 'sent')), 'state-not-allowed', 'for good');
SELECT is((SELECT count(*) FROM data.step s WHERE s.step_id = :b3 AND EXISTS (
    SELECT FROM data.account a WHERE a.organisation_id = s.owner_id AND a.role = 'worker' AND test.client_in(:b3, a.name) IS NOT NULL
      AND a.organisation_id NOT IN (test.organisation_of('worker'), test.organisation_of('worker2'), test.organisation_of(:'later')))), 0::bigint, 'who would have got it never saw the client');
SELECT test.done(:b2, :'later') \g /dev/null
SELECT is(test.promises(:b), 'wrap-up levgroep', 'with the last one the step above is wrapped up');
SELECT is((SELECT result FROM test.move(:b, 'worker', 'done-goal-reached')), 'moved');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:b)), 'done-goal-reached', 'what was dropped does not count');
SELECT is(test.broken(), NULL, 'all holds');

-- A line of three: dropping the second is a decision about the third, by the coordinator too.
SELECT test.begun('c') AS c \gset
SELECT test.pass_on(:c, 'worker', '{buurtteam,taaldoen,klantwijzer}', '[{}, {"after": 1}, {"after": 2}]') \g /dev/null
SELECT test.branch(:c, 'buurtteam') AS c1, test.branch(:c, 'taaldoen') AS c2, test.branch(:c, 'klantwijzer') AS c3 \gset
SELECT is((SELECT result FROM test.move(:c2, 'coordinator', 'dropped', reason => 'Kan niet.')), 'moved', 'a coordinator may');
SELECT is(test.promises(:c3), 'decide levgroep', 'what waited for it needs a decision');
SELECT is(test.promises(:c1), 'deliver buurtteam', 'the first goes on');
SELECT is(test.broken(), NULL, 'all holds');

-- Declined: another comes in its place, and the planned one follows.
SELECT (SELECT result FROM test.move(:c1, 'worker2', 'declined', decline => 'capacity', after => test.after('capacity'))) \g /dev/null
SELECT test.begun('d') AS d \gset
SELECT test.pass_on(:d, 'worker', '{buurtteam,taaldoen}', '[{}, {"after": 1}]') \g /dev/null
SELECT test.branch(:d, 'buurtteam') AS d1, test.branch(:d, 'taaldoen') AS d2 \gset
SELECT is((SELECT result FROM test.move(:d1, 'worker2', 'declined', decline => 'capacity', after => test.after('capacity'))), 'moved', 'declined');
SELECT max(step_id) AS d3 FROM data.step WHERE previous_id = :d1 \gset
SELECT is((SELECT after_id FROM data.step WHERE step_id = :d2), :d3::bigint, 'it waits for the one in its place');
SELECT is((SELECT row(kind, version, after_id = :d3)::text FROM data.event WHERE step_id = :d2 ORDER BY event_id DESC LIMIT 1), '(step-follows,,t)', 'as the history tells');
SELECT is((SELECT result FROM test.move(:d3, 'coordinator', 'reassigned', offerings => '{klantwijzer}', reason => 'x')), 'moved', 'reassigned');
SELECT max(step_id) AS d4 FROM data.step WHERE previous_id = :d3 \gset
SELECT is((SELECT after_id FROM data.step WHERE step_id = :d2), :d4::bigint, 'and so on');
SELECT is(test.broken(), NULL, 'all holds');
SELECT (SELECT result FROM test.move(:d4, 'coordinator', 'reassigned', reason => 'x')) \g /dev/null
SELECT max(step_id) AS d5 FROM data.step WHERE previous_id = :d4 \gset
SELECT is((SELECT result FROM test.move(:d5, 'coordinator', 'declined', decline => 'other', text => 'x')), 'moved', 'the coordination finds nothing');
SELECT is(test.promises(:d2), 'decide levgroep', 'then somebody decides');
SELECT is((SELECT result FROM test.move(:d2, 'worker', 'dropped', reason => 'x')), 'moved');
SELECT is(test.promises(:d), 'wrap-up levgroep', 'and the step above does not rest for ever');
SELECT is(test.broken(), NULL, 'all holds');

-- Declined, and nothing comes in its place: the step above never rests for ever.
SELECT test.begun('e') AS e \gset
SELECT test.pass_on(:e, 'worker', '{buurtteam}') \g /dev/null
SELECT test.branch(:e, 'buurtteam') AS e1 \gset
SELECT is((SELECT result FROM test.move(:e1, 'worker2', 'declined', decline => 'client-does-not-want', after => test.after('client-does-not-want'))), 'moved', 'a branch is declined for good');
SELECT is((SELECT count(*) FROM data.step WHERE previous_id = :e1) || ' ' || test.promises(:e), '0 wrap-up levgroep', 'its parent is wrapped up');

-- After an open step of before; the parent passes on again.
SELECT test.begun('f') AS f \gset
SELECT test.pass_on(:f, 'worker', '{buurtteam}') \g /dev/null
SELECT test.branch(:f, 'buurtteam') AS f1 \gset
SELECT is(test.pass_on(:f, 'worker', '{taaldoen}', json_build_array(json_build_object('step', :f1))), 'moved', 'after an open step');
SELECT test.branch(:f, 'taaldoen') AS f2 \gset
SELECT is((SELECT after_id FROM data.step WHERE step_id = :f2), :f1::bigint, 'planned');
SELECT is(test.pass_on(:f, 'worker', '{klantwijzer}', json_build_array(json_build_object('step', :f))), 'after-waits', 'not after the step itself, which would wait for it');
SELECT is(test.pass_on(:f, 'worker', '{klantwijzer}', json_build_array(json_build_object('step', :e))), 'after-unknown', 'nor after one of another referral');
SELECT is(test.pass_on(:f, 'worker', '{klantwijzer}', json_build_array(json_build_object('step', 1))), 'after-unknown', 'nor one that is not there');
SELECT test.moves(:f1, 'worker2', '{accepted,first-contact}') \g /dev/null
SELECT is(test.pass_on(:f1, 'worker2', '{klantwijzer}', json_build_array(json_build_object('step', :f))), 'after-waits', 'nor a branch of a branch after what is above both');
SELECT is(test.pass_on(:f1, 'worker2', '{klantwijzer}', json_build_array(json_build_object('step', :f2))), 'after-waits', 'nor after what waits for it');
SELECT is((SELECT count(*) FROM data.step WHERE referral_id = test.referral_of(:f)), 3::bigint, 'refused is refused');
SELECT test.moves(:f1, 'worker2', '{done-goal-reached}') \g /dev/null
SELECT is(test.pass_on(:f, 'worker', '{klantwijzer}', json_build_array(json_build_object('step', :f1))), 'after-unknown', 'nor after one that has ended');
SELECT is(test.state_of(:f2), 'sent', 'what waited has been sent');

-- What was planned for is gone by then: somebody decides, and cannot send it there.
SELECT test.begun('g') AS g \gset
SELECT test.pass_on(:g, 'worker', '{buurtteam,taaldoen}', '[{}, {"after": 1}]') \g /dev/null
SELECT test.branch(:g, 'buurtteam') AS g1, test.branch(:g, 'taaldoen') AS g2 \gset
SAVEPOINT ended;
UPDATE data.offering SET ended_at = now() WHERE region_id = 1 AND code = 'taaldoen';
SELECT is(test.done(:g1, 'worker2'), 'moved', 'the first ends well');
SELECT is(test.promises(:g2), 'decide levgroep', 'an offering that has ended gets nothing');
SELECT is((SELECT result FROM test.move(:g2, 'worker', 'sent')), 'offering-ended', 'also not by hand');
SELECT is((SELECT result FROM test.move(:g2, 'worker', 'dropped', reason => 'x')), 'moved', 'it is dropped');
SELECT is(test.broken(), NULL, 'all holds');
ROLLBACK TO ended;

-- The step above has ended before: who owned it still decides, and the last drop ends the referral.
SELECT is((SELECT result FROM test.move(:g, 'worker', 'done-partly')), 'moved', 'the step above ends first');
SELECT test.moves(:g1, 'worker2', '{accepted,first-contact,done-not-reached}') \g /dev/null
SELECT is(test.promises(:g2), 'decide levgroep', 'who owned it decides');
SELECT is((SELECT result FROM test.move(:g2, 'worker', 'dropped', reason => 'Geheim van J.')), 'moved');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:g)), 'done-partly', 'and so the referral ends');
SELECT is((SELECT note_id FROM data.feedback WHERE step_id = :g2 AND is_final), NULL, 'why is not for who would have got it');
SELECT is(test.broken(), NULL, 'all holds');

-- A region of before.
SAVEPOINT before;
DELETE FROM data.edge WHERE region_id = 1 AND 'planned' IN (from_state, to_state);
DELETE FROM data.state WHERE region_id = 1 AND code = 'planned' AND NOT EXISTS (SELECT FROM data.step WHERE state = 'planned' AND false);
SELECT test.begun('h') AS h \gset
SELECT is(test.pass_on(:h, 'worker', '{buurtteam,taaldoen}', '[{}, {"after": 1}]'), 'order-unknown', 'without the word nothing is planned');
SELECT is(test.pass_on(:h, 'worker', '{buurtteam,taaldoen}', '[{}, {}]'), 'moved', 'but passed on as ever');
ROLLBACK TO before;
UPDATE data.state SET set_by = 9 WHERE region_id = 1 AND code = 'sent';
SELECT data.seed_vocabulary(1) \g /dev/null
SELECT is((SELECT set_by FROM data.state WHERE region_id = 1 AND code = 'sent'), 15, 'seeding anew lets who planned a step send it');

-- ---- who directs ----
SELECT is(test.director(:a), 'levgroep', 'who branches off directs');
SELECT is((SELECT array_agg(row(account_id = test.account('worker'), director_id = test.organisation_of('worker'))::text) FROM data.event
           WHERE referral_id = test.referral_of(:a) AND kind = 'director-changed'), '{"(t,t)"}', 'which is an event, once');
SELECT is(test.notices(:a), '{"branch-ended levgroep","branch-ended levgroep"}', 'the director is told that branches ended');
SELECT is(test.notices(:e), '{"branch-declined levgroep"}', 'and that one was declined');
SELECT is((wijzer.get_referral(1, test.account('gp'), test.referral_of(:a)) -> 'director' ->> 'code'), 'levgroep', 'the document says who');

SELECT test.new_step('i') AS i \gset
SELECT is(test.director(:i), NULL, 'before, the coordination directs');
SELECT is(test.direct(:i, 'worker', 'levgroep'), 'not-yours', 'a worker does not name itself');
SELECT is(test.direct(:i, 'worker2', 'levgroep'), 'not-found', 'nor does a stranger');
SELECT is(test.direct(:i, 'steward', 'levgroep'), 'not-yours', 'nor a steward');
SELECT is(test.direct(:i, 'gp', 'nergens'), 'organisation-unknown', 'an organisation that is not there');
SELECT is(test.direct(:i, 'gp', 'buurtteam'), 'has-no-part', 'one that has no part in it');
SELECT is(test.direct(:i, 'gp', 'levgroep', 'd1'), 'directed', 'who referred names one that owns a step');
SELECT is(test.direct(:i, 'gp', 'levgroep', 'd1'), 'replayed', 'once');
SELECT is(test.direct(:i, 'gp', 'buurtteam', 'd1'), 'key-reused', 'under one key');
SELECT is(test.director(:i), 'levgroep', 'it directs');
SELECT is(test.notices(:i), '{"director-changed levgroep"}', 'and is told');
SELECT is(test.direct(:i, 'gp', 'levgroep'), 'not-yours', 'who referred does not take it away');
SELECT is(test.direct(:i, 'worker', 'levgroep'), 'already-directs', 'again is nothing new');
SELECT test.moves(:i, 'worker', '{accepted,first-contact}'), test.pass_on(:i, 'worker', '{buurtteam,taaldoen}', '[{}, {"after": 1}]') \g /dev/null
SELECT test.branch(:i, 'buurtteam') AS i1, test.branch(:i, 'taaldoen') AS i2 \gset
SELECT is((SELECT count(*) FROM data.event WHERE referral_id = test.referral_of(:i) AND kind = 'director-changed'), 1::bigint, 'passing on changes nothing then');
SELECT is(test.direct(:i, 'worker', (SELECT o.code FROM data.organisation o JOIN data.step s ON s.owner_id = o.organisation_id AND s.region_id = o.region_id WHERE s.step_id = :i2)), 'has-no-part', 'not to one for whom a step is only planned');
SELECT is(test.direct(:i, 'worker', 'buurtteam'), 'directed', 'the director hands over');
SELECT is(test.notices(:i), '{"director-changed levgroep","director-changed buurtteam"}', 'and the new one is told');
SELECT is(test.direct(:i, 'worker', 'levgroep'), 'not-yours', 'and directs no more');
SELECT is((SELECT result FROM test.move(:i1, 'worker2', 'declined', decline => 'client-does-not-want', after => test.after('client-does-not-want'))), 'moved', 'the director declines');
SELECT is(test.director(:i), NULL, 'and directs no more: the coordination does');
SELECT is((test.notices(:i))[3], 'director-changed ketenregie-deurne', 'which is told');
SELECT is(test.promises(:i2), 'decide levgroep', 'who planned a step decides about it then');
SELECT is(test.direct(:i, 'coordinator', 'levgroep'), 'directed', 'a coordinator names one');
SELECT is(test.direct(:i, 'coordinator2', 'ketenregie-deurne'), 'directed', 'and takes it to the coordination');
SELECT is(test.director(:i), NULL, 'which directs where nobody else does');
SELECT is((test.notices(:i))[4:], '{"director-changed levgroep","director-changed levgroep"}', 'who loses it is told');
SELECT is(test.broken(), NULL, 'all holds');

-- A decision that is owed goes with nobody: whoever owes it may, and so may who directs by now.
SELECT test.direct(:i, 'coordinator', 'levgroep') \g /dev/null
SELECT is((SELECT result FROM test.move(:i2, 'worker', 'sent')), 'moved', 'sent');
SELECT is(test.direct(:b, 'coordinator', 'levgroep'), 'has-ended', 'of what has ended nobody directs any more');

-- A branch of a branch: who planned it decides, not the director; and the director where who planned it has none of it any more.
SELECT test.begun('l') AS l \gset
SELECT test.pass_on(:l, 'worker', '{buurtteam,welzijn-op-recept}') \g /dev/null
SELECT test.branch(:l, 'buurtteam') AS l1, test.branch(:l, 'welzijn-op-recept') AS l2 \gset
SELECT test.moves(:l1, 'worker2', '{accepted,first-contact}') \g /dev/null
SELECT is(test.pass_on(:l1, 'worker2', '{taaldoen}', json_build_array(json_build_object('step', :l2))), 'moved', 'planned below a branch');
SELECT test.branch(:l1, 'taaldoen') AS l3 \gset
SELECT is(test.done(:l2, 'worker', 'done-not-reached'), 'moved', 'what it waits for ends without success');
SELECT is(test.director(:l) || ' ' || test.promises(:l3), 'levgroep decide buurtteam', 'who planned it decides, though another directs');
SELECT is(wijzer.code(:l3) = ANY (test.inbox('worker2')), true, 'in whose inbox it stands');
SELECT is((SELECT result FROM test.move(:l3, 'worker2', 'dropped', reason => 'Niet meer nodig.')), 'moved', 'and who drops it');

-- Passed on to who cannot reach the client: who referred is told.
SELECT step_id AS n FROM test.submit('{n}', '{n}', consent => '[{"kind": "welfare", "fields": 2047}, {"kind": "team", "fields": 2039}]') \gset
SELECT test.moves(:n, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT is(test.pass_on(:n, 'worker', '{buurtteam}'), 'moved', 'to one who sees no phone number');
SELECT is((SELECT array_agg(ROW(organisation_id, account_id, client_id)::text) FROM data.notice WHERE kind = 'branch-not-shared'),
          ARRAY[ROW(test.organisation_of('gp'), NULL, test.client_of(:n))::text], 'who referred is told, once');
SELECT is((SELECT count(*) FROM data.notice WHERE kind = 'branch-not-shared' AND referral_id <> test.referral_of(:n)), 0::bigint, 'and not where all is shared');
-- A director that ends its own step without success while branches go on directs no more.
SELECT test.begun('m') AS m, test.begun('n') AS n, test.begun('o') AS o \gset
SELECT test.pass_on(s, 'worker', '{buurtteam,taaldoen}', '[{}, {"after": 1}]') FROM unnest(ARRAY[:m, :n, :o]::bigint[]) s \g /dev/null
SELECT is((SELECT result FROM test.move(:m, 'worker', 'client-withdrew', reason => 'Wil niet.')), 'moved', 'the director ends its step, and branches go on');
SELECT is(test.director(:m), NULL, 'the coordination directs');
SELECT is(test.notices(:m), '{"director-changed ketenregie-deurne"}', 'and is told');
SELECT is(test.direct(:m, 'gp', 'buurtteam'), 'directed', 'who referred may hand it over then');
SELECT is(test.broken(), NULL, 'all holds');
SELECT is((SELECT result FROM test.move(:n, 'worker', 'done-goal-reached')) || ' ' || test.director(:n), 'moved levgroep', 'who ends it well goes on directing');
-- At the very end nobody has to direct; reopened elsewhere, somebody else does.
SELECT test.done(test.branch(:o, 'buurtteam'), 'worker2'), test.done(test.branch(:o, 'taaldoen'), :'later'), test.moves(:o, 'worker', '{done-not-reached}') \g /dev/null
SELECT is((SELECT ended_at IS NOT NULL FROM data.referral WHERE referral_id = test.referral_of(:o)) || ' ' || test.director(:o), 'true levgroep', 'at the end nothing changes');
SELECT is('director-changed ketenregie-deurne' = ANY (test.notices(:o)), false, 'nor is anybody told');
SELECT is(test.reopen(:o, 'buurtteam'), 'reopened', 'reopened with another');
SELECT is(test.director(:o), NULL, 'the coordination directs');
SELECT is('director-changed ketenregie-deurne' = ANY (test.notices(:o)), true, 'and is told');
SELECT test.begun('p') AS p \gset
SELECT test.pass_on(:p, 'worker', '{buurtteam}'), test.done(test.branch(:p, 'buurtteam'), 'worker2'), test.moves(:p, 'worker', '{done-not-reached}') \g /dev/null
SELECT is(test.reopen(:p, NULL) || ' ' || test.director(:p), 'reopened levgroep', 'reopened where it was, it is the same as before');
SELECT is(test.broken(), NULL, 'all holds');

-- What is late reaches the director as well as the coordination.
SELECT test.begun('j') AS j \gset
SELECT test.pass_on(:j, 'worker', '{buurtteam}') \g /dev/null
SELECT test.branch(:j, 'buurtteam') AS j1 \gset
UPDATE data.promise SET due_at = now() - interval '1 day' WHERE step_id = :j1 AND ended_at IS NULL;
CREATE FUNCTION test.raise(step bigint, lvl int, up boolean) RETURNS int LANGUAGE sql
AS $$ SELECT wijzer.raise_promises(1, ARRAY[step], ARRAY[1], ARRAY[lvl], ARRAY[up], ARRAY[now() - interval '1 minute']) $$;
SELECT test.raise(:j1, 0, false), test.raise(:j1, 0, true), test.raise(:j1, 1, true) \g /dev/null
SELECT is(test.notices(:j), '{"promise-overdue buurtteam","promise-overdue levgroep","promise-overdue ketenregie-deurne"}', 'level 2: the director and the coordination');

-- What the invariants find.
SELECT test.begun('k') AS k \gset
SELECT test.pass_on(:k, 'worker', '{buurtteam,taaldoen}', '[{}, {"after": 1}]') \g /dev/null
SELECT test.branch(:k, 'buurtteam') AS k1, test.branch(:k, 'taaldoen') AS k2 \gset
SAVEPOINT whole;
UPDATE data.step SET after_id = step_id WHERE step_id = :k2;
SELECT coalesce(test.broken(), '{}') AS itself \gset
ROLLBACK TO whole;
UPDATE data.step SET after_id = NULL WHERE step_id = :k2;
SELECT coalesce(test.broken(), '{}') AS nothing \gset
ROLLBACK TO whole;
UPDATE data.referral SET director_id = test.organisation_of('worker2') WHERE referral_id = test.referral_of(:b);
SELECT coalesce(test.broken(), '{}') AS nobody \gset
ROLLBACK TO whole;
SELECT is(:'itself'::text[] @> ARRAY['I1 planned step that waits for itself', 'I4 step differs from its events'], true, 'a planned step that waits for itself');
SELECT is('I1 planned step that waits for nothing' = ANY (:'nothing'::text[]), true, 'or for nothing');
SELECT is('I4 referral differs from its events' = ANY (:'nobody'::text[]), true, 'a director that nobody named');
SELECT * FROM finish();
ROLLBACK;
