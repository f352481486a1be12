-- Four eyes: what one proposes, somebody else approves, and who one lets in, raises or gives a key is not somebody else. A
-- colleague hears of every coordinator and steward that comes.
BEGIN;
\ir support/helpers.sql
SELECT no_plan();
SELECT test.account('coordinator') AS coordinator, test.account('coordinator2') AS coordinator2, test.account('steward') AS steward,
       repeat('a', 64) AS ca \gset

-- Somebody invites and the invited joins.
CREATE FUNCTION test.bring_in(n text, role text, who text DEFAULT 'steward', organisation text DEFAULT 'maatjespartner', target int DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT wijzer.make_invitation(1, test.account(who), gen_random_uuid()::text, test.hash(n), organisation, role, n, target,
                                  test.hash('code ' || n || coalesce(target, 0)), '192.0.2.1');
    SELECT result FROM wijzer.enrol(test.hash('code ' || n || coalesce(target, 0)), '192.0.2.7', n,
        (SELECT format('urn:wijzer:deurne:%s:%s', coalesce(min(o.code), organisation), n)
         FROM data.account a JOIN data.organisation o USING (region_id, organisation_id) WHERE a.account_id = target),
        repeat('a', 64), upper(substr(test.hash(n || coalesce(target, 0)), 1, 8)),
        logic.microseconds(wijzer.clock() + interval '90 days'), 'PEM') $$;
CREATE FUNCTION test.raise_to(n text, role text, who text DEFAULT 'steward') RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.change_role(1, test.account(who), gen_random_uuid()::text, test.hash(n), test.account(n), role, '192.0.2.1') $$;
-- What the approver gets on a proposal of the other, of each kind; then it is as before.
CREATE FUNCTION test.four_eyes(proposer text, approver text, OUT retention text, OUT bsn text, OUT keys text) LANGUAGE plpgsql AS $$
DECLARE
    v_nr int;
BEGIN
    PERFORM wijzer.propose_retention(1, test.account(proposer), gen_random_uuid()::text, test.hash('p'), 'wmo-2015', 'loop-closed', 9, '2026-01-01', NULL);
    SELECT result INTO retention FROM wijzer.approve_retention(1, test.account(approver), gen_random_uuid()::text, test.hash('a'),
                                                               (SELECT max(nr) FROM data.retention));
    PERFORM wijzer.propose_bsn(1, test.account(proposer), gen_random_uuid()::text, test.hash('p'), 'Wabvpz', '{health}');
    SELECT result INTO bsn FROM wijzer.approve_bsn(1, test.account(approver), gen_random_uuid()::text, test.hash('a'),
                                                   (SELECT max(nr) FROM data.bsn_proposal));
    PERFORM wijzer.propose_key_change(1, test.account(proposer), gen_random_uuid()::text, test.hash('p'), 'rotate', NULL);
    SELECT result INTO keys FROM wijzer.approve_key_change(1, test.account(approver), gen_random_uuid()::text, test.hash('a'),
                                                           (SELECT max(nr) FROM data.key_change));
END
$$;
CREATE FUNCTION test.eyes(proposer text, approver text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN retention = bsn AND bsn = keys THEN retention ELSE concat_ws(' but ', retention, bsn, keys) END
    FROM test.four_eyes(proposer, approver) $$;

SELECT is(test.eyes('steward', 'coordinator'), 'approved', 'two people who are there from the start');
SELECT is(test.bring_in('jan', 'coordinator'), 'enrolled', 'a steward lets a coordinator in');
SELECT is(test.eyes('steward', 'jan'), 'same-person', 'who does not approve what the steward proposed');
SELECT is(test.eyes('jan', 'steward'), 'same-person', 'nor the other way round');
SELECT is(test.eyes('steward', 'coordinator'), 'approved', 'somebody else does');
SELECT is(test.eyes('jan', 'coordinator2'), 'approved', 'also for the newcomer');
SELECT is(test.bring_in('piet', 'worker'), 'enrolled', 'a worker');
SELECT test.bring_in('steward2', 'steward') \g /dev/null
SELECT is(test.raise_to('piet', 'coordinator', 'steward2'), 'changed', 'raised by a steward whom the first let in');
SELECT is(test.eyes('steward2', 'piet'), 'same-person', 'is not somebody else than who raised them');
SELECT is(test.eyes('steward', 'piet'), 'same-person', 'nor than who let them in');
SELECT test.bring_in('kees', 'coordinator', 'steward2') \g /dev/null
SELECT is(test.eyes('steward', 'kees'), 'same-person', 'nor than who let in who let them in');
SELECT is(test.eyes('kees', 'jan'), 'approved', 'two who came by the same steward are two people');
SELECT is(test.raise_to('worker', 'coordinator'), 'changed', 'somebody from the start is raised');
SELECT is(test.eyes('steward', 'worker'), 'same-person', 'and is not somebody else than who did that');
SELECT is(test.eyes('steward', 'coordinator2'), 'approved', 'who kept their own key is somebody else');
SELECT is(test.bring_in('coordinator2', NULL, 'steward', NULL, :coordinator2), 'enrolled', 'who gets another key by the steward');
SELECT is(test.eyes('steward', 'coordinator2'), 'same-person', 'is not: the steward may have it');
SELECT is(test.eyes('steward2', 'worker'), 'approved', 'another steward had no hand in the worker');
SELECT result FROM wijzer.add_identity(1, test.account('steward2'), 'id', test.hash('id'), test.account('worker'), :'ca', 'dns:lev.example', '192.0.2.1') \gset
SELECT is(:'result'::text, 'added', 'a certificate of another CA');
SELECT is(test.eyes('steward2', 'worker'), 'same-person', 'is a key too');

-- The other approvals ask the same.
SELECT test.raise_to('steward', 'coordinator', 'steward2') \g /dev/null
SELECT version AS v FROM test.save(2, test.small(2), 'steward') \gset
SELECT result FROM test.ask(:v, 'coordinator') \g /dev/null
SELECT is((SELECT result FROM test.approve(:v, 'jan')), 'same-person', 'a rule table: not who wrote it let in');
SELECT is((SELECT result FROM test.approve(:v, 'steward')), 'same-person', 'nor who wrote it');
SELECT version AS v2 FROM test.save(2, test.small(2), 'coordinator') \gset
SELECT result FROM test.ask(:v2, 'steward') \g /dev/null
SELECT is((SELECT result FROM test.approve(:v2, 'jan')), 'same-person', 'nor who asked for it let in');
SELECT test.new_step('a') AS a \gset
SELECT result FROM test.emergency(test.referral_of(:a), 'steward') \g /dev/null
SELECT emergency_id AS e FROM data.emergency \gset
SELECT is((SELECT result FROM test.review(:e, 'jan')), 'same-person', 'an emergency: not who used it let in');
DELETE FROM data.named_person;
INSERT INTO data.named_person VALUES (1, 'emergency', test.account('jan'));
SELECT is((SELECT account_id FROM logic.named_for(1, 'emergency', test.account('steward'))), :coordinator, 'who is therefore asked last of all');
SELECT is((SELECT result FROM test.review(:e, 'coordinator')), 'reviewed', 'somebody else looks');

-- Told to the coordination.
CREATE FUNCTION test.told(who text, unread boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s is %s by %s', x -> 'kind' ->> 'code', x -> 'account' ->> 'name', x -> 'account' ->> 'role', x -> 'account' ->> 'by'), ', ' ORDER BY n)
    FROM json_array_elements(wijzer.list_notices(1, test.account(who), unread, 100, NULL) -> 'items') WITH ORDINALITY AS i (x, n)
    WHERE x -> 'account' ->> 'name' IS NOT NULL $$;
SELECT is(test.told('coordinator'), 'enrolled jan is coordinator by steward, enrolled steward2 is steward by steward, role-changed piet is coordinator by steward2, ' ||
    'enrolled kees is coordinator by steward2, role-changed worker is coordinator by steward, enrolled coordinator2 is coordinator by steward, ' ||
    'identity-added worker is coordinator by steward2, role-changed steward is coordinator by steward2', 'coordinators hear of every new coordinator and steward');
SELECT is(test.told('steward2'), NULL, 'the steward who made them sees and marks none of it');
SELECT is(test.told('jan'), NULL, 'nor who sits elsewhere');
SELECT notice_id AS of_2 FROM data.notice n JOIN data.administration m ON m.administration_id = n.object_id
WHERE n.client_id IS NULL AND m.subject_id = :coordinator2 \gset
CREATE FUNCTION test.read(who text, notice bigint) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.read_notice(1, test.account(who), gen_random_uuid()::text, test.hash('n'), notice, '192.0.2.9') $$;
SELECT is(test.read('steward2', :of_2), 'not-found', 'a steward marks nothing');
SELECT is(test.read('coordinator2', :of_2), 'same-person', 'nor who it is about');
SELECT is(test.read('steward', :of_2), 'same-person', 'or who gave them the key');
SELECT is(test.read('coordinator', :of_2), 'read', 'a colleague does');
SELECT is(test.told('coordinator', true) LIKE '%coordinator2 is%', false, 'for all of them');
SELECT is((SELECT count(*) FROM data.access WHERE NULL = ANY (client_ids) OR array_position(client_ids, NULL) IS NOT NULL), 0::bigint, 'the access log names nobody for it');

SELECT * FROM finish();
ROLLBACK;
