-- Duplicates: what looks like one person, one referral going on in another, what is refused, the end that comes from the other one,
-- and standing by itself again.
BEGIN;
\ir support/helpers.sql
SELECT plan(103);
CREATE FUNCTION test.came(key text, origin text, who text, offering text DEFAULT 'welzijn-op-recept') RETURNS bigint LANGUAGE sql AS $$
    SELECT step_id FROM test.submit(ARRAY[key], ARRAY[key], who, offering, origin => origin) $$;
CREATE FUNCTION test.merge(referral bigint, other bigint, who text DEFAULT 'coordinator', key text DEFAULT NULL, region int DEFAULT 1)
RETURNS TABLE (result text, answer json) LANGUAGE sql AS $$
    SELECT * FROM wijzer.merge_referral(region, test.account(who, region), coalesce(key, gen_random_uuid()::text), test.hash(other::text), referral, other, '192.0.2.9') $$;
CREATE FUNCTION test.reopen(referral bigint, who text) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.reopen_referral(1, test.account(who), gen_random_uuid()::text, test.hash(''), referral, NULL, nextval('data.object_seq'), test.sealed('Toch apart.'),
        '{2030-05-01 16:00Z,2030-04-01 16:00Z}', '{2030-05-02 16:00Z,2030-04-02 16:00Z}') $$;
CREATE FUNCTION test.facts(referral bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', CASE WHEN l1 THEN 'L1' END, CASE WHEN l2 THEN 'L2' END, CASE WHEN l3 THEN 'L3' END,
                     CASE WHEN l4 THEN 'L4' END, CASE WHEN l5 THEN 'L5' END, CASE WHEN l6 THEN 'L6' END, CASE WHEN l7 THEN 'L7' END,
                     CASE WHEN closed_at IS NOT NULL THEN 'closed' END)
    FROM wijzer.loop WHERE referral_id = referral $$;
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
CREATE FUNCTION test.alike(who text DEFAULT 'coordinator') RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg((i -> 'by')::text || ' ' || (SELECT string_agg(r ->> 'id', ',' ORDER BY r ->> 'createdAt', r ->> 'id') FROM json_array_elements(i -> 'referrals') r))
        FROM json_array_elements(wijzer.list_duplicates(1, test.account(who), 50) -> 'items') i);
CREATE FUNCTION test.codes(VARIADIC ids bigint[]) RETURNS text LANGUAGE sql RETURN (SELECT string_agg(wijzer.code(i), ',' ORDER BY wijzer.code(i)) FROM unnest(ids) i);
CREATE FUNCTION test.fields(at bigint, who text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM logic.enter(1, test.account(who));
    RETURN (SELECT (logic.sight_of(1, test.client_of(at))).fields);
END $$;
-- Another person.
CREATE FUNCTION test.becomes(at bigint, names bigint, phones bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE data.client SET name_hash = names, phone_hash = phones WHERE client_id = test.client_of(at) $$;

SELECT test.new_step('d', 'gp') AS d, test.came('s', 'self', 'worker2') AS s, test.new_step('x', 'gp2') AS x, test.new_step('y', 'gp') AS y \gset
SELECT test.referral_of(:d) AS rd, test.referral_of(:s) AS rs, test.referral_of(:x) AS rx, test.referral_of(:y) AS ry \gset
SELECT test.becomes(:x, 11, 12), test.becomes(:y, 21, 12) \g /dev/null

-- ---- what looks like one person ----

SELECT is(cardinality(test.alike()), 2, 'two groups');
SELECT is((SELECT count(*) FROM unnest(test.alike()) a WHERE a LIKE '%name%phone%' AND a LIKE '%' || wijzer.code(:rd) || '%' AND a LIKE '%' || wijzer.code(:rs) || '%'), 1::bigint, 'by name and phone');
SELECT is((SELECT count(*) FROM unnest(test.alike()) a WHERE a NOT LIKE '%name%' AND a LIKE '%' || wijzer.code(:rx) || '%' AND a LIKE '%' || wijzer.code(:ry) || '%'), 1::bigint, 'by phone alone');
SELECT is(test.alike(w), NULL, 'not for ' || w) FROM unnest('{gp,worker,steward}'::text[]) w;
SELECT is((SELECT row(what, outcome, fields, cardinality(client_ids))::text FROM data.access WHERE what = 'duplicates' ORDER BY access_id DESC LIMIT 1), '(duplicates,granted,0,4)', 'that they looked is kept');
SELECT is(wijzer.list_duplicates(1, test.account('coordinator'), 50)::text LIKE '%Jansen%', false, 'it tells nothing of the client');

-- ---- refused ----

SELECT is((SELECT result FROM test.merge(:rd, :rs, w)), 'not-yours', 'not by ' || w) FROM unnest('{gp,worker,steward}'::text[]) w;
SELECT is((SELECT result FROM test.merge(:rd, :rs, 'nobody')), 'account-unknown', 'not by nobody');
SELECT is((SELECT result FROM test.merge(:rd, :rs, region => 2)), 'not-found', 'not from another region');
SELECT is((SELECT result FROM test.merge(1, :rs)), 'not-found', 'there is no such referral');
SELECT is((SELECT result FROM test.merge(:rd, 1)), 'into-unknown', 'nor such another');
SELECT is((SELECT result FROM test.merge(:rd, :rd)), 'same-referral', 'not into itself');
SELECT is((SELECT result FROM test.merge(:rd, :rx)), 'not-alike', 'not two persons');
UPDATE data.client SET restricted_at = now() WHERE client_id = test.client_of(:s);
SELECT is((SELECT result FROM test.merge(:rd, :rs)), 'restricted', 'not what is locked');
UPDATE data.client SET restricted_at = NULL WHERE client_id = test.client_of(:s);
SELECT is((SELECT count(*) FROM data.event WHERE kind = 'referral-merged') , 0::bigint, 'then nothing happens');

-- ---- merged ----

SELECT test.moves(:d, 'worker', '{accepted}') \g /dev/null
UPDATE data.referral SET domains = '{finances,meaning}', wishes = '{at-home,daytime}', urgency = 'soon' WHERE referral_id = :rd;
UPDATE data.referral SET wishes = '{daytime}' WHERE referral_id = :rs;
SELECT result, answer FROM test.merge(:rd, :rs, key => 'k') \gset m_
SELECT is((SELECT row(domains, wishes, urgency)::text FROM data.referral WHERE referral_id = :rs), '("{social-network,meaning,finances}","{daytime,at-home}",soon)', 'what was asked is asked there');
SELECT is((SELECT row(domains, wishes, urgency, object_id, account_id)::text FROM data.event WHERE kind = 'referral-joined' AND referral_id = :rs),
          row('{social-network,meaning,finances}'::text[], '{daytime,at-home}'::text[], 'soon'::text, :rd::bigint, test.account('coordinator'))::text, 'which its history tells');
SELECT is((SELECT e ->> 'with' FROM json_array_elements(wijzer.get_referral(1, test.account('worker'), :rs) -> 'events') e WHERE e ->> 'kind' = 'referral-joined'), wijzer.code(:rd), 'with the number of the other');
SELECT is((SELECT e ->> 'with' FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), :rd) -> 'events') e WHERE e ->> 'kind' = 'referral-merged'), wijzer.code(:rs), 'and there with that of this one');
SELECT is((SELECT array_agg(d ->> 'code') FROM json_array_elements(wijzer.get_referral(1, test.account('worker'), :rs) -> 'domains') d), '{social-network,meaning,finances}', 'whoever works there reads it');
SELECT is((SELECT string_agg(o.code || ' ' || n.kind || ' ' || wijzer.code(n.referral_id), ', ' ORDER BY o.code, n.kind, n.referral_id) FROM data.notice n JOIN data.organisation o USING (region_id, organisation_id)
           WHERE n.kind IN ('referral-joined', 'referral-merged') AND o.code <> 'levgroep'),
          format('buurtteam referral-joined %s, huisartsenpraktijk-de-peel referral-merged %s', wijzer.code(:rs), wijzer.code(:rd)), 'the two who sent them hear of it');
SELECT is((SELECT array_agg(n.kind ORDER BY n.kind) FROM data.notice n WHERE n.organisation_id = test.organisation_of('worker')), '{referral-joined,referral-merged}', 'and who works on the one, and worked on the other');
SELECT is((:'m_answer'::json -> 'added')::jsonb, '{"domains": [{"code": "finances", "label": "Geld en schulden"}], "wishes": ["at-home"], "urgency": "soon"}', 'whoever merges is told what was added');
SELECT is(:'m_result' || (:'m_answer'::json ->> 'mergedInto'), 'merged' || wijzer.code(:rs), 'the GP''s referral goes on in the one at the desk');
SELECT is((SELECT result || answer::text FROM test.merge(:rd, :rs, key => 'k')), 'replayed' || :'m_answer', 'the same again is the same');
SELECT is((SELECT result FROM test.merge(:rd, :rx, key => 'k')), 'key-reused', 'another under its key is refused');
SELECT is((SELECT result FROM test.merge(:rd, :rs)), 'already-merged', 'once');
SELECT is((SELECT result FROM test.merge(:rs, :ry)), 'is-followed', 'no chains: what is followed stays');
SELECT test.becomes(:y, (SELECT name_hash FROM data.client WHERE client_id = test.client_of(:d)), 12) \g /dev/null
SELECT is((SELECT result FROM test.merge(:ry, :rd)), 'goes-on-elsewhere', 'nor into what goes on elsewhere');
SELECT is(test.state_of(:d) || ' ' || test.promises(:d), 'merged none', 'its step has ended without an outcome');
SELECT is((SELECT row(outcome, ended_at, closed_at, merged_into)::text FROM data.referral WHERE referral_id = :rd), row(NULL, NULL, NULL, :rs)::text, 'it is open and goes on there');
SELECT is(test.facts(:rd), 'L1 L2', 'its loop is open');
SELECT is(test.broken(), NULL, 'it has somebody who is next: the invariants hold');
SELECT is(wijzer.get_referral(1, test.account('gp'), :rd) -> 'next' -> 'what' ->> 'code', 'deliver', 'who sent it sees who is next');
SELECT is(wijzer.get_referral(1, test.account('gp'), :rd) ->> 'mergedInto', wijzer.code(:rs), 'and where it went');
SELECT is(wijzer.get_referral(1, test.account('gp'), :rs)::text, NULL, 'but not the other one');
SELECT is(i -> 'next' -> 'what' ->> 'code' || coalesce(i ->> 'currentStep', ' -'), 'deliver -', 'it stays in the chain')
FROM json_array_elements(wijzer.list_chain(1, test.account('gp'), NULL, NULL, 'open', 50, NULL) -> 'items') i WHERE i ->> 'id' = wijzer.code(:rd);
SELECT is((SELECT count(*) FROM json_array_elements(wijzer.list_chain(1, test.account('coordinator'), NULL, NULL, NULL, 1, NULL) -> 'items') i), 1::bigint, 'page by page');
SELECT is(test.fields(:d, 'worker'), 0, 'whose step ended sees no more of its client');
SELECT is(test.fields(:s, 'gp'), 0, 'nor does who sent it see the other client');
SELECT is((SELECT count(*) FROM data.feedback WHERE referral_id = :rd AND state = 'merged'), 0::bigint, 'to who sent it the notice is enough, by rule table 7');
SELECT is((SELECT count(*) FROM unnest(test.alike()) a WHERE a LIKE '%' || wijzer.code(:rd) || '%'), 0::bigint, 'it is no candidate any more');

-- ---- the other one ends ----

SELECT test.moves(:s, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT is(test.facts(:rd), 'L1 L2 L3', 'what happens there happens to it');
SELECT is((SELECT result FROM test.move(:s, 'worker', 'done-partly', 'Geheim verhaal.')), 'moved', 'the other one ends');
SELECT is(test.facts(:rd) || '; ' || test.promises(:d), 'L1 L2 L3 L4 L5; feedback ' || (SELECT code FROM data.organisation WHERE region_id = 1 AND organisation_id = test.organisation_of('gp')), 'it ends with it, and the GP is to read so');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = :rd), 'done-partly', 'with the same outcome');
SELECT matches(test.feedback_text(:d, true), 'samengevoegd.*Uitkomst: afgerond, doel deels bereikt', 'the GP reads that');
SELECT unalike(test.feedback_text(:d, true), '%Geheim%', 'and nothing of what was written there');
SELECT is(test.promises(:s), 'tell-client levgroep', 'the client is to be told by who helped');
SELECT is(test.broken(), NULL, 'the invariants hold');
SELECT is(test.open_final(:rd, 'gp'), 'opened', 'the GP reads it');
SELECT is(test.facts(:rd), 'L1 L2 L3 L4 L5 L6 closed', 'that closes the loop');
SELECT is((SELECT result FROM wijzer.tell_client(1, test.account('worker'), 't', test.hash('yes'), :rs, 'yes')), 'told', 'the client is told');
SELECT is(test.facts(:rs), 'L1 L2 L3 L4 L5 L6 L7 closed', 'that closes the other one');
SELECT is((SELECT result FROM test.merge(:ry, :rs)), 'has-ended', 'nothing goes on in what has ended');

-- Reopening the other one leaves it as it ended; reopening it lets it stand by itself.
SELECT is(test.reopen(:rs, 'worker'), 'reopened', 'the other one goes on');
SELECT is(test.facts(:rd), 'L1 L2 L3 L4 L5 L6 closed', 'what followed stays closed');
SELECT is(test.broken(), NULL, 'the invariants hold');
SELECT is(test.reopen(:rd, 'gp'), 'reopened', 'the GP reopens theirs');
SELECT is((SELECT row(outcome, merged_into)::text FROM data.referral WHERE referral_id = :rd), '(,)', 'it stands by itself');
SELECT is(test.broken(), NULL, 'the invariants hold');

-- A merger in error is undone while the other one is open; two of them; a self-referral and a signal that follow.
SELECT is((SELECT result FROM test.merge(:rd, :rs)), 'merged', 'once more');
SELECT is(test.reopen(:rd, 'coordinator'), 'reopened', 'in error: undone');
SELECT is(test.broken(), NULL, 'the invariants hold');
SELECT test.came('f1', 'self', 'worker2') AS f1, test.came('f2', 'signal', 'gp2') AS f2, test.new_step('z') AS z \gset
SELECT is((SELECT array_agg(m.result) FROM unnest(ARRAY[:f1, :f2]::bigint[]) f, test.merge(test.referral_of(f), test.referral_of(:z)) m), '{merged,merged}', 'two go on in one');
SELECT is((SELECT result FROM test.erase(test.client_of(:f1), 'coordinator')), 'erased', 'one of them is forgotten meanwhile');
SELECT test.moves(:z, 'worker', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is(test.promises(:f1) || ', ' || test.promises(:f2), (SELECT 'tell-client ' || d.code || ', tell-client ' || k.code FROM data.organisation d, data.organisation k
    WHERE d.region_id = 1 AND d.organisation_id = test.organisation_of('worker2') AND k.region_id = 1 AND k.organisation_id = logic.coordination_of(1)), 'the desk tells, and the coordination');
SELECT is((SELECT count(*) FROM data.feedback WHERE referral_id = test.referral_of(:f2)), 0::bigint, 'a system that signals is told nothing');
SELECT is((SELECT array_agg(t.result) FROM (VALUES (:f1, 'worker2'), (:f2, 'coordinator')) f (step, who), wijzer.tell_client(1, test.account(f.who), 'u' || f.step, test.hash('yes'), test.referral_of(f.step), 'yes') t), '{told,told}', 'they do');
SELECT is(test.broken(), NULL, 'all invariants hold');
SELECT is(test.facts(test.referral_of(:f1)) || ', ' || test.facts(test.referral_of(:f2)), 'L1 L2 L3 L4 L5 L6 L7 closed, L1 L2 L3 L4 L5 L6 L7 closed', 'closed');
SELECT is(test.broken(), NULL, 'all invariants hold');

-- What had branches goes on where it branched off; where that had ended, in the branch that was at work, not in one never sent.
CREATE FUNCTION test.goes_on(step bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat(f.code, ' ', s.previous_id) FROM data.step s JOIN data.offering f ON f.region_id = 1 AND f.offering_id = s.offering_id
    WHERE s.referral_id = test.referral_of(step) AND s.ended_at IS NULL $$;
SELECT test.new_step('tree') AS t, test.new_step('tree 2') AS u, test.new_step('goes on') AS v \gset
SELECT test.moves(s, 'worker', '{accepted,first-contact}'), (SELECT result FROM test.move(s, 'worker', 'passed-on', offerings => '{buurtteam,klantwijzer,taaldoen}', branches => '[{}, {}, {"after": 1}]'))
FROM unnest(ARRAY[:t, :u]::bigint[]) s \g /dev/null
SELECT min(step_id) AS u1 FROM data.step WHERE parent_id = :u \gset
SELECT is(test.moves(:u1, 'worker2', '{accepted,first-contact}'), 'moved', 'of three branches one is at work, one was sent, one is planned');
SELECT is(test.moves(:u, 'worker', '{done-not-reached}'), 'moved', 'and what they branched off from has ended');
SELECT is((SELECT array_agg(m.result) FROM unnest(ARRAY[:t, :u]::bigint[]) s, test.merge(test.referral_of(s), test.referral_of(:v)) m), '{merged,merged}', 'both go on in another');
SELECT test.reopen(test.referral_of(:t), 'gp'), test.reopen(test.referral_of(:u), 'gp') \g /dev/null
SELECT is(test.goes_on(:t), 'welzijn-op-recept ' || :t, 'where it branched off');
SELECT is(test.goes_on(:u), 'buurtteam ' || :u1, 'at work');

-- Where the two asked the same nothing is added; what may not be seen is not told.
SELECT test.new_step('m1') AS m1, test.new_step('m2') AS m2 \gset
SELECT step_id AS m3 FROM test.submit('{m3}', '{m3}', consent => test.consent(1)) \gset
SELECT is((SELECT (answer -> 'added')::jsonb FROM test.merge(test.referral_of(:m1), test.referral_of(:m2))), '{"domains": [], "wishes": [], "urgency": null}', 'the same');
UPDATE data.referral SET domains = '{finances}' WHERE referral_id = test.referral_of(:m3);
SELECT is((SELECT (answer -> 'added')::jsonb FROM test.merge(test.referral_of(:m3), test.referral_of(:m2))), '{"domains": null, "wishes": null, "urgency": null}', 'not shown');
SELECT is((SELECT domains::text FROM data.referral WHERE referral_id = test.referral_of(:m2)), '{social-network,meaning,finances}', 'yet not lost');

-- Who promised to call back need not: the step is nobody's any more.
SELECT test.new_step('called', 'gp') AS cb, test.new_step('calls on', 'gp2') AS co \gset
SELECT test.moves(:cb, 'worker', '{accepted}') \g /dev/null
SELECT is((SELECT result FROM wijzer.promise_call_back(1, test.account('worker'), 'cb', test.hash(''), :cb, '2031-01-02 09:00Z', false, false, NULL, NULL)),
          'promised', 'a call back is promised');
SELECT test.merge(test.referral_of(:cb), test.referral_of(:co)) \g /dev/null
SELECT is((SELECT array_agg(ended_how::text) FROM data.promise WHERE step_id = :cb AND nr < 0), '{released}', 'a merger releases it');
SELECT is(test.broken(), NULL, 'and all invariants hold');

-- That it goes on elsewhere is told as the contract of who sent it says; the end always is.
CREATE FUNCTION test.contract(milestones text[], form text) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.set_contract(1, test.account('gp'), gen_random_uuid()::text, test.hash(form), NULL, milestones, form) $$;
CREATE FUNCTION test.told(step bigint) RETURNS text LANGUAGE sql
RETURN (SELECT coalesce((SELECT string_agg(concat_ws(' ', f.state, f.form, CASE WHEN f.is_final THEN 'final' END), ', ' ORDER BY f.at, f.feedback_id)
                         FROM data.feedback f WHERE f.step_id = step), 'nothing')
               || coalesce('; ' || (SELECT string_agg(concat_ws(' ', e.kind, e.form), ', ' ORDER BY e.at, e.event_id) FROM data.event e
                                    WHERE e.step_id = step AND e.feedback_id IS NOT NULL AND e.kind IN ('step-moved', 'outcome-rolled-up')), ''));
SELECT is(test.contract('{ended}', 'end-only'), 'set', 'a practice that hears of the end alone');
SELECT test.new_step('c1') AS c1, test.new_step('into', 'gp2') AS into \gset
SELECT is((SELECT result FROM test.merge(test.referral_of(:c1), test.referral_of(:into))), 'merged', 'its referral goes on elsewhere');
SELECT is(test.told(:c1), 'nothing', 'it is not told so');
SELECT is((SELECT count(*) FROM data.notice WHERE referral_id = test.referral_of(:c1) AND organisation_id = test.organisation_of('gp') AND kind = 'referral-merged'), 1::bigint, 'but for a notice');
SELECT is(test.contract('{ended}', 'at-once'), 'set', 'then it wants to hear of every end at once');
SELECT test.new_step('c3') AS c3 \gset
SELECT is((SELECT result FROM test.merge(test.referral_of(:c3), test.referral_of(:into))), 'merged', 'and one goes on there');
SELECT is(test.told(:c3), 'merged; step-moved', 'which it hears');
SELECT is(test.contract('{ended}', 'daily'), 'set', 'now it wants to hear of ends once a day');
SELECT test.new_step('c2') AS c2 \gset
SELECT is((SELECT result FROM test.merge(test.referral_of(:c2), test.referral_of(:into))), 'merged', 'another one goes on there');
SELECT is(test.told(:c2), 'merged daily; step-moved daily', 'which waits for its digest');
SELECT test.moves(:into, 'worker', '{accepted,first-contact,done-goal-reached}') \g /dev/null
SELECT is(test.told(c), t, 'the end is told at once') FROM (VALUES (:c1, 'merged final; outcome-rolled-up'), (:c2, 'merged daily, merged final; step-moved daily, outcome-rolled-up')) AS x (c, t);
SELECT is((SELECT array_agg(test.open_final(test.referral_of(c), 'gp')) FROM unnest(ARRAY[:c1, :c2]::bigint[]) c), '{opened,opened}', 'and read');
SELECT is(test.facts(test.referral_of(:c1)) || ', ' || test.facts(test.referral_of(:c2)), 'L1 L2 L3 L4 L5 L6 closed, L1 L2 L3 L4 L5 L6 closed', 'that closes both');
SELECT is(test.broken(), NULL, 'and all invariants hold');

-- The view finds what is wrong.
UPDATE data.referral SET merged_into = :rs WHERE referral_id = test.referral_of(:z);
SELECT is(test.broken() @> '{I4 referral differs from its events,I1 goes on in one that goes on in another}', true, 'a merger that no event tells, and a chain of them');
SELECT * FROM finish();
ROLLBACK;
