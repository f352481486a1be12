-- Anonymous offers: what whom it is offered to sees, who gets it, and that every round ends.
BEGIN;
\ir support/helpers.sql
SELECT plan(119);
CREATE FUNCTION test.broken() RETURNS text[] LANGUAGE sql RETURN (SELECT array_agg(DISTINCT invariant || ' ' || reason) FROM test.violation);
-- A new referral that is offered to the first three: LEVgroep (worker), the team (worker2), and the municipality (taal).
CREATE FUNCTION test.offered_step(key text, offer int DEFAULT 3, candidates text[] DEFAULT '{welzijn-op-recept,buurtteam,taaldoen,ouderen-studenten}',
                                  consent text DEFAULT test.consent(), origin text DEFAULT NULL, who text DEFAULT 'gp') RETURNS bigint LANGUAGE sql AS $$
    SELECT step_id FROM test.submit(ARRAY[key], ARRAY[key], who, candidates[1], others => candidates[2:], offer => offer, consent => consent,
                                    origin => origin, wishes => '["group","evening"]') $$;
CREATE FUNCTION test.step_to(first bigint, organisation text) RETURNS bigint LANGUAGE sql
RETURN (SELECT max(s.step_id) FROM data.step s JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = coalesce(s.owner_id, s.offered_to)
        WHERE s.referral_id = test.referral_of(first) AND o.code = organisation);
CREATE FUNCTION test.rounds(first bigint) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(concat_ws(' ', s.offer_group, s.state, o.code, CASE WHEN s.owner_id IS NULL THEN 'offered' ELSE 'owns' END, p.kind) ORDER BY s.step_id)
        FROM data.step s JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = coalesce(s.owner_id, s.offered_to)
        LEFT JOIN data.promise p ON p.region_id = s.region_id AND p.step_id = s.step_id AND p.ended_at IS NULL
        WHERE s.referral_id = test.referral_of(first));
CREATE FUNCTION test.decline(at bigint, who text, code text DEFAULT 'capacity', key text DEFAULT NULL) RETURNS text LANGUAGE sql
RETURN (SELECT result FROM test.move(at, who, 'declined', '', code, after => (test.after(code)::jsonb || '{"offer": ["2030-01-08T16:00:00Z", "2029-01-08T16:00:00Z"]}')::json, key => key));
CREATE FUNCTION test.inbox(who text) RETURNS json LANGUAGE sql RETURN wijzer.list_inbox(1, test.account(who), NULL, 200, NULL) -> 'items';
CREATE FUNCTION test.in_inbox(who text, step bigint) RETURNS json LANGUAGE sql
RETURN (SELECT i FROM json_array_elements(test.inbox(who)) i WHERE i ->> 'id' = wijzer.code(step));

INSERT INTO data.account (region_id, organisation_id, name, role)
SELECT 1, o.organisation_id, n.name, n.role FROM data.organisation o
JOIN (VALUES ('gemeente-deurne', 'taal', 'worker'), ('maatjespartner', 'maat', 'worker'), ('buurtteam', 'team-gp', 'referrer'),
             ('ketenregie-deurne', 'regie', 'worker'), ('join-us', 'join', 'worker')) AS n (code, name, role) ON n.code = o.code
WHERE o.region_id = 1;

-- To three of four at once.
SELECT test.offered_step('a') AS a1 \gset
SELECT test.referral_of(:a1) AS a, test.step_to(:a1, 'buurtteam') AS a2, test.step_to(:a1, 'gemeente-deurne') AS a3 \gset
SELECT is(test.rounds(:a1), '{1 offered levgroep offered offer,1 offered buurtteam offered offer,1 offered gemeente-deurne offered offer}', 'a step each, and each a promise');
SELECT is((SELECT result || promise_label FROM test.submit('{a}', '{a}', offering => 'welzijn-op-recept')), 'replayedReageren op het aanbod', 'once');
SELECT is((SELECT count(*) FROM data.step WHERE referral_id = :a), 3::bigint, 'without another round');
SELECT is(test.broken(), NULL, 'all holds');
SELECT is((SELECT count(DISTINCT step_id) FROM data.decision JOIN data.step USING (region_id, step_id) WHERE referral_id = :a), 1::bigint, 'one decision');

-- Whoever guesses the referral behind an offer has no emergency in it.
SELECT is(wijzer.client_for_emergency(1, test.account('worker2'), :a), NULL, 'no key for an emergency');
SELECT is((SELECT result FROM test.emergency(:a, 'worker2')), 'not-found', 'and none to use');

-- What is shown: age band, area, domains and wishes.
SELECT test.in_inbox('worker2', :a2) AS offer \gset
SELECT is((:'offer'::jsonb) - 'createdAt' - 'promise', format('{"id": "%s", "referralId": null, "parentId": null, "previousId": null, "afterId": null,
    "state": {"code": "offered", "label": "Aangeboden (zonder naam)"}, "status": "requested", "organisation": {"code": "buurtteam", "name": "Buurtteam"},
    "offering": {"code": "buurtteam", "name": "Buurtteam"}, "version": 1, "assignee": null, "declineCode": null, "callBack": null, "attempts": null,
    "endedAt": null, "client": null, "text": null, "referrer": null, "urgency": null,
    "domains": [{"code": "social-network", "label": "Mensen om je heen"}, {"code": "meaning", "label": "Zingeving"}],
    "offer": {"ageBand": {"from": %s, "to": %s}, "area": "5751", "wishes": ["group", "evening"]}}', wijzer.code(:a2),
    (extract(year FROM now())::int - 1950) / 10 * 10, (extract(year FROM now())::int - 1950) / 10 * 10 + 9)::jsonb, 'an offer in the inbox');
SELECT is((SELECT document::jsonb FROM wijzer.get_step(1, test.account('worker2'), :a2)), :'offer'::jsonb, 'and by itself');
SELECT is((SELECT row(what, outcome, object_id, fields, ground)::text FROM data.access WHERE account_id = test.account('worker2') ORDER BY access_id DESC LIMIT 1),
          format('(step,granted,%s,70,consent)', :a2), 'which is kept, with what was seen');
SELECT is(test.in_inbox('coordinator', :a2)::text, NULL, 'it is in nobody else''s inbox');
SELECT is((SELECT count(*) FROM json_array_elements(wijzer.list_inbox(1, test.account('worker2'), 'mine', 200, NULL) -> 'items') i WHERE i ->> 'id' = wijzer.code(:a2)), 0::bigint, 'nobody has picked it up');
SELECT is(test.in_inbox('team-gp', :a2)::text, NULL, 'it is for workers');
SELECT is((SELECT array_agg(who) FROM unnest('{worker2,team-gp,taal,maat,worker,regie}'::text[]) who, wijzer.get_step(1, test.account(who), :a1) s
           WHERE s.document::text ~ 'Jansen|6 12345678|1950|Voelt'), NULL, 'nobody sees who it is');

-- No other way leads to more: by every function that reads, of those it is offered to, and of a worker at the coordination.
CREATE FUNCTION test.everything(who text, first bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    me constant int := test.account(who);
    r constant bigint := test.referral_of(first);
    c constant bigint := test.client_of(first);
BEGIN
    RETURN concat_ws(E'\n',
        wijzer.get_referral(1, me, r), (SELECT string_agg(t::text, '') FROM data.step s, wijzer.get_step(1, me, s.step_id) t WHERE s.referral_id = r AND s.offered_to IS DISTINCT FROM test.organisation_of(who)),
        wijzer.list_chain(1, me, NULL, NULL, NULL, 200, NULL), wijzer.list_chain(1, me, NULL, NULL, 'closed', 200, NULL), wijzer.list_feedback(1, me, NULL, 200, NULL),
        wijzer.list_goals(1, me, r), wijzer.decision_record(1, me, r), wijzer.get_disclosure(1, me, r), (SELECT string_agg(t::text, '') FROM wijzer.get_consent(1, me, c) t),
        (SELECT string_agg(t::text, '') FROM wijzer.access_log_of_client(1, me, c, 100, NULL, 'json', '/') t WHERE t.result = 'listed'),
        (SELECT string_agg(t.step_id::text, '') FROM wijzer.get_statuses(1, ARRAY[(me, r, NULL)::wijzer.status_request]) t),
        (SELECT string_agg(e ->> 'referralId', '') FROM json_array_elements(wijzer.list_events(1, me, 200, NULL) -> 'items') e WHERE e ->> 'referralId' = wijzer.code(r)),
        wijzer.list_notices(1, me, NULL, 200, NULL) -> 'items' ->> 0, wijzer.overview(1, me, NULL, NULL),
        wijzer.client_to_reopen(1, me, r), (SELECT string_agg(t::text, '') FROM wijzer.client_to_correct(1, me, c) t), (SELECT wijzer.export_client(1, me, c)::text));
END
$$;
SELECT is(regexp_replace(test.everything(who, :a1), '\{"items" ?: ?\[\], "?next"? ?: ?null(, "unread" : 0)?\}|"next" : null|[{}\[\] ,:\n]|"(items|next|unread)"|null|0', '', 'g'), '', who || ' finds nothing else')
FROM unnest('{worker,worker2,taal,maat,regie}'::text[]) who;
SELECT is((SELECT array_agg(who) FROM unnest('{gp,worker,worker2,taal,maat,regie}'::text[]) who WHERE logic.takes_part(1, :a, test.organisation_of(who))), '{gp}', 'who referred alone takes part');
SELECT ok(wijzer.client_of_step(1, test.account('worker2'), :a2) = test.client_of(:a2) AND wijzer.client_of_step(1, test.account('worker2'), :a3) IS NULL
          AND wijzer.client_of_step(1, test.account('maat'), :a2) IS NULL, 'what is written about an offer is sealed for who may answer it');
SELECT is((SELECT array_agg(result ORDER BY n) FROM (VALUES (1, test.account('worker2')), (2, test.account('maat')), (3, test.account('coordinator'))) AS w (n, who),
           wijzer.pick_up_step(1, who, gen_random_uuid()::text, test.hash(''), :a2, false)), '{not-found,not-found,not-yours}', 'nobody picks up what is nobody''s');
SELECT is((SELECT result FROM wijzer.set_goal(1, test.account('worker2'), 'g', test.hash(''), :a2, nextval('data.object_seq'), test.sealed('x'), 'meaning', 5)), 'not-found', 'nor sets a goal');
SELECT is((SELECT result FROM wijzer.promise_call_back(1, test.account('worker2'), 'cb', test.hash(''), :a2, now() + interval '1 day', false, false, NULL, NULL)), 'not-found', 'nor promises a call');

-- What parties see: to whom it was offered.
SELECT is((SELECT array_agg(s -> 'organisation' ->> 'code') FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), :a) -> 'steps') s), '{levgroep,buurtteam,gemeente-deurne}', 'who referred sees whom it is offered to');
SELECT is((SELECT array_agg((o -> 'organisation' ->> 'code') || ' ' || (o -> 'offering' ->> 'code') || ' ' || (o -> 'state' ->> 'code')) FROM json_array_elements(wijzer.get_referral(1, test.account('gp'), :a) -> 'decision' -> 'offered') o),
          '{"levgroep welzijn-op-recept offered","buurtteam buurtteam offered","gemeente-deurne taaldoen offered"}', 'the decision tells it');
SELECT is((SELECT array_agg(o -> 'organisation' ->> 'code') FROM json_array_elements(wijzer.decision_record(1, test.account('coordinator'), :a) -> 'offered') o), '{levgroep,buurtteam,gemeente-deurne}', 'and the explanation');
SELECT is((SELECT owner_id FROM wijzer.get_statuses(1, ARRAY[(test.account('gp'), :a, NULL)::wijzer.status_request])), test.organisation_of('taal'), 'how it stands');
SELECT is((SELECT array_agg(p -> 'organisation' ->> 'code') FROM json_array_elements(wijzer.get_disclosure(1, test.account('gp'), :a) -> 'parties') p), '{ketenregie-deurne}', 'nobody it is offered to is told who it is');

-- Who may do what with it.
SELECT is((SELECT result FROM test.move(:a2, 'maat', 'accepted')), 'not-found', 'a stranger cannot accept');
SELECT is((SELECT result FROM test.move(:a3, 'worker2', 'accepted')), 'not-found', 'nor can one accept the offer of another');
SELECT is((SELECT result FROM test.move(:a2, 'gp', 'accepted')), 'not-yours', 'nor who referred');
SELECT is((SELECT result FROM test.move(:a2, 'coordinator', 'accepted')), 'not-yours', 'nor the coordination');
SELECT is((SELECT result FROM test.move(:a2, 'worker2', 'client-withdrew', reason => 'x')), 'state-not-allowed', 'who does not know the client does not speak for them');
SELECT is(test.decline(:a2, 'worker2', 'duplicate'), 'code-not-yours', 'nor declines for their reasons');

-- The first to accept has it.
SELECT is((SELECT result FROM test.move(:a2, 'worker2', 'accepted', key => 'win')), 'moved', 'the first to accept');
SELECT is(test.rounds(:a1), '{1 offer-gone levgroep offered,1 accepted buurtteam owns first-contact,1 offer-gone gemeente-deurne offered}', 'has it, and the others are over');
SELECT is((SELECT array_agg(ended_how::text ORDER BY step_id) FROM data.promise WHERE referral_id = :a AND kind = 'offer'), '{released,kept,released}', 'nobody owes an answer any more');
SELECT is((SELECT result FROM test.move(:a1, 'worker', 'accepted', expected => 1)), 'offer-gone', 'who comes later is told so');
SELECT is((SELECT row(answer)::text FROM test.move(:a3, 'taal', 'accepted')), '()', 'and nothing else');
SELECT is(test.decline(:a3, 'taal'), 'offer-gone', 'nor is there anything to decline');
SELECT is((SELECT result FROM test.move(:a2, 'worker2', 'accepted', key => 'win')), 'replayed', 'who was first was so once');
SELECT is(test.in_inbox('worker', :a1)::text, NULL, 'it vanishes from the inboxes of the others');
SELECT is((SELECT document::jsonb - '{id,createdAt,endedAt,state,status,version,organisation,offering}'::text[] FROM wijzer.get_step(1, test.account('worker'), :a1)) || jsonb_build_object('x', (SELECT document -> 'state' ->> 'label' FROM wijzer.get_step(1, test.account('worker'), :a1))),
          '{"referralId": null, "parentId": null, "previousId": null, "afterId": null, "promise": null, "assignee": null, "declineCode": null, "callBack": null, "attempts": null,
            "client": null, "domains": null, "text": null, "referrer": null, "urgency": null, "offer": null, "x": "Aanbod vervallen"}', 'of it they see that it is over');
SELECT is(test.shown(wijzer.get_referral(1, test.account('worker2'), :a) -> 'client' -> 'name'), 'J. Jansen', 'who has it sees who it is');
SELECT ok(length(test.everything('worker2', :a1)) > 2000, 'by all these ways');
SELECT is(regexp_replace(test.everything('taal', :a1), '"next" : null|[{}\[\] ,:\n]|"(items|next|unread)"|null|0', '', 'g'), '', 'who lost sees nothing afterwards either');
SELECT is(test.feedback_text(:a2), 'Buurtteam neemt de verwijzing aan en belt de inwoner binnen twee weken.', 'who referred hears who took it');
SELECT is((SELECT array_agg(kind || ' ' || coalesce(to_state, '-')) FROM (SELECT * FROM data.event WHERE referral_id = :a AND account_id IS NULL ORDER BY event_id) e), '{"step-moved offer-gone","step-moved offer-gone"}', 'the system ended the others');
SELECT is(test.broken(), NULL, 'all holds');
SELECT is(test.moves(:a2, 'worker2', '{first-contact,done-goal-reached}'), 'moved', 'it goes on as any other');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = :a), 'done-goal-reached', 'to its outcome: an offer that is gone has none');
SELECT is(test.open_final(:a), 'opened');
SELECT ok((SELECT closed_at IS NOT NULL FROM data.referral WHERE referral_id = :a) AND (SELECT l1 AND l2 AND l2_in_time AND l3 AND l4 FROM wijzer.loop WHERE referral_id = :a), 'and the loop closes');
SELECT is((SELECT array_agg((i -> 'organisation' ->> 'code') || ' ' || (i ->> 'steps') || ' ' || (i ->> 'answered') || ' ' || (i ->> 'overdue'))
           FROM json_array_elements((SELECT document FROM wijzer.partner_figures(1, test.account('coordinator'), NULL, NULL)) -> 'items') i), '{"buurtteam 1 1 0"}', 'who was too late was asked nothing');

-- Declined: the others stay; the last decline leads on, to the next round or candidate.
SELECT test.offered_step('b', 2) AS b1 \gset
SELECT test.step_to(:b1, 'buurtteam') AS b2 \gset
SELECT is(test.decline(:b1, 'worker', 'capacity', 'dk'), 'moved', 'one declines');
SELECT is(test.decline(:b1, 'worker', 'capacity', 'dk'), 'replayed', 'once');
SELECT is((SELECT answer -> 'referralId' #>> '{}' FROM data.idempotency WHERE idem_key = 'dk'), NULL, 'without being told of which referral');
SELECT is(test.rounds(:b1), '{1 declined levgroep offered,1 offered buurtteam offered offer}', 'the other stays');
SELECT is((SELECT count(*) FROM data.feedback WHERE referral_id = test.referral_of(:b1)), 0::bigint, 'who referred need not hear of it');
SELECT is((SELECT document ->> 'offer' FROM wijzer.get_step(1, test.account('worker'), :b1)), NULL, 'who declined sees no more of it');
SELECT is((SELECT result FROM test.move(:b1, 'worker', 'accepted')), 'state-not-allowed', 'nor can they change their mind');
SELECT test.offered_step('b6', 2) AS e1 \gset
SELECT test.decline(:e1, 'worker') \g /dev/null
SELECT is((SELECT result FROM test.move(test.step_to(:e1, 'buurtteam'), 'worker2', 'accepted', offerings => '{welzijn-op-recept}')), 'moved',
          'nor do others learn of it by saying where it would go');
SELECT is(test.decline(:b2, 'worker2'), 'moved', 'the last one too');
SELECT is(test.rounds(:b1), '{1 declined levgroep offered,1 declined buurtteam offered,2 offered gemeente-deurne offered offer,2 offered maatjespartner offered offer}', 'the next round');
SELECT is((SELECT array_agg(due_at) FROM data.promise WHERE referral_id = test.referral_of(:b1) AND ended_at IS NULL), '{2030-01-08 16:00Z,2030-01-08 16:00Z}'::timestamptz[], 'with the time of an offer');
SELECT is((SELECT inputs ->> 'tries' || ' ' || offering_code FROM data.decision WHERE step_id = test.step_to(:b1, 'gemeente-deurne')), '1 taaldoen', 'a round is one try, and explained');
SELECT is((SELECT array_agg(o -> 'organisation' ->> 'code') FROM json_array_elements(wijzer.decision_record(1, test.account('coordinator'), test.referral_of(:b1)) -> 'after' -> 0 -> 'offered') o), '{gemeente-deurne,maatjespartner}', 'to whom as well');
SELECT is(test.broken(), NULL, 'all holds');
SELECT test.decline(test.step_to(:b1, 'gemeente-deurne'), 'taal'), test.decline(test.step_to(:b1, 'maatjespartner'), 'maat') \g /dev/null
SELECT is((test.rounds(:b1))[5:], '{"sent ketenregie-deurne owns next-step"}', 'nobody left: the coordination');
SELECT is(test.broken(), NULL, 'all holds');
SELECT test.offered_step('b5', 2) AS d1 \gset
SELECT test.decline(:d1, 'worker'), test.decline(test.step_to(:d1, 'buurtteam'), 'worker2', 'other') \g /dev/null
SELECT is((test.rounds(:d1))[3:], '{"sent ketenregie-deurne owns next-step"}', 'by the code of the last one table 6 says the coordination');

-- Nobody answers: the round goes on without them, and that they were late is counted.
SELECT step_id AS t1 FROM test.submit('{t}', '{t}', 'gp', 'welzijn-op-recept', others => '{buurtteam,taaldoen}', offer => 2, due => now() + interval '2 days') \gset
SELECT test.step_to(:t1, 'buurtteam') AS t2 \gset
SELECT is((SELECT count(*) FROM wijzer.lapsed_offers(1, 100)), 0::bigint, 'in time nothing happens');
SELECT set_config('wijzer.clock_offset', '3 days', true) \g /dev/null
SELECT is((SELECT count(*) FROM wijzer.late_promises(1, 100)), 0::bigint, 'late, it is not raised as other promises are');
SELECT is((SELECT array_agg(step_id) FROM wijzer.lapsed_offers(1, 100)), ARRAY[:t1::bigint], 'the round has run out');
SELECT is(wijzer.lapse_offers(1, ARRAY[:t1], NULL, '{2030-01-02Z,2030-01-02Z}', '{2030-01-03Z,2030-01-03Z}'), 1, 'it goes on');
SELECT is(wijzer.lapse_offers(1, ARRAY[:t1], NULL, '{2030-01-02Z,2030-01-02Z}', '{2030-01-03Z,2030-01-03Z}'), 0, 'once');
SELECT is(test.rounds(:t1), '{1 offer-gone levgroep offered,1 offer-gone buurtteam offered,sent ketenregie-deurne owns next-step}', 'without table 6: to the coordination');
SELECT is((SELECT array_agg(ended_how || ' ' || level) FROM data.promise WHERE referral_id = test.referral_of(:t1) AND kind = 'offer'), '{"escalated 1","escalated 1"}', 'the promises went up');
SELECT is((SELECT result FROM test.move(:t1, 'worker', 'accepted')), 'offer-over', 'who comes now is too late, and nobody was first');
SELECT is(test.broken(), NULL, 'all holds');
SELECT step_id AS u1 FROM test.submit('{u}', '{u}', 'gp', 'welzijn-op-recept', others => '{buurtteam,taaldoen}', offer => 2, due => now() + interval '4 days') \gset
SELECT set_config('wijzer.clock_offset', '5 days', true) \g /dev/null
SELECT is(wijzer.lapse_offers(1, ARRAY(SELECT step_id FROM wijzer.lapsed_offers(1, 100)), '{"version": 0, "rules": [{"urgency": "routine", "tries": 1, "next": "stop", "rule": "D07", "reason": "x"}]}',
                              '{2030-01-02Z,2030-01-02Z}', '{2030-01-03Z,2030-01-03Z}'), 1, 'that nobody answers');
SELECT is((test.rounds(:u1))[3:], '{"sent ketenregie-deurne owns next-step"}', 'is never the end');
SELECT is(wijzer.lapse_offers(1, ARRAY[test.offered_step('v', 1)], NULL, '{2030-01-02Z,2030-01-02Z}', '{2030-01-03Z,2030-01-03Z}'), 0, 'a round that has time is left alone');
SELECT step_id AS w1 FROM test.submit('{w}', '{w}', 'gp', 'welzijn-op-recept', others => '{buurtteam,taaldoen}', offer => 1, due => now() + interval '6 days') \gset
SELECT set_config('wijzer.clock_offset', '7 days', true) \g /dev/null
SELECT wijzer.lapse_offers(1, ARRAY[:w1], (test.after('capacity')::jsonb || '{"offer": ["2030-01-08T16:00:00Z", "2029-01-08T16:00:00Z"]}')::json, '{2030-01-02Z,2030-01-02Z}', '{2030-01-03Z,2030-01-03Z}') \g /dev/null
SELECT is(test.rounds(:w1), '{1 offer-gone levgroep offered,2 offered buurtteam offered offer}', 'by table 6 the next round');
SELECT is(test.broken(), NULL, 'all holds');
SELECT set_config('wijzer.clock_offset', '0 days', true) \g /dev/null

-- Withdrawn, entered in error, taken by the coordination, merged: every offer ends.
SELECT test.offered_step('x') AS x1, test.offered_step('y') AS y1, test.offered_step('z') AS z1, test.offered_step('m') AS m1, test.offered_step('n') AS n1 \gset
SELECT is((SELECT result FROM test.move(test.step_to(:x1, 'buurtteam'), 'gp', 'withdrawal-asked', reason => 'Toch niet.')), 'moved', 'withdrawn: nobody has to confirm it');
SELECT is(test.rounds(:x1) || (SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:x1)), '{1 offer-gone levgroep offered,1 withdrawn buurtteam offered feedback,1 offer-gone gemeente-deurne offered,withdrawn}', 'and it ends');
SELECT is((SELECT result FROM test.move(:x1, 'worker', 'accepted')), 'offer-over', 'there is nothing to accept');
SELECT is((SELECT result FROM test.move(:y1, 'gp', 'entered-in-error', reason => 'Verkeerde.')), 'moved', 'entered in error');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:y1)), 'entered-in-error', 'ends it');
SELECT is((SELECT result FROM test.move(:z1, 'coordinator', 'reassigned', reason => 'Haast.')), 'moved', 'the coordination takes it');
SELECT is(test.rounds(:z1), '{1 reassigned levgroep offered,1 offer-gone buurtteam offered,1 offer-gone gemeente-deurne offered,sent ketenregie-deurne owns next-step}', 'from all of them');
SELECT is((SELECT result FROM wijzer.merge_referral(1, test.account('coordinator'), 'mk', test.hash(''), test.referral_of(:m1), test.referral_of(:n1))), 'merged', 'merged');
SELECT is((SELECT array_agg(DISTINCT state) FROM data.step WHERE referral_id = test.referral_of(:m1)), '{merged}', 'with its offers');
SELECT is((SELECT count(*) FROM data.notice n JOIN data.account a ON a.organisation_id = n.organisation_id AND a.name IN ('worker', 'worker2', 'taal')
           WHERE n.referral_id IN (test.referral_of(:x1), test.referral_of(:y1), test.referral_of(:z1), test.referral_of(:m1))), 0::bigint, 'who was only offered it is told nothing of it');
SELECT is(test.broken(), NULL, 'all holds');

-- What consent does not grant is not shown before either; of who is restricted nothing.
SELECT test.offered_step('c', 1, '{buurtteam,taaldoen}', test.consent(64)) AS c1, test.offered_step('r', 1, '{buurtteam,taaldoen}') AS r1 \gset
SELECT test.restrict(test.client_of(:r1), false) \g /dev/null
SELECT is(test.in_inbox('worker2', :c1) ->> 'offer' || json_array_length(test.in_inbox('worker2', :c1) -> 'domains'), '{"ageBand" : null, "area" : null, "wishes" : ["group","evening"]}2', 'only domains and wishes');
SELECT is((test.in_inbox('worker2', :r1) ->> 'offer') || coalesce(test.in_inbox('worker2', :r1) ->> 'domains', '-'), '{"ageBand" : null, "area" : null, "wishes" : null}-', 'restricted: nothing');

-- By themself: no referrer, and the desk is a worker.
SELECT test.offered_step('s', 2, '{buurtteam,taaldoen}', origin => 'self', who => 'worker') AS s1 \gset
SELECT is(test.in_inbox('worker2', :s1) -> 'referralId' #>> '{}', NULL, 'who came by themself is as unknown');
SELECT is(test.in_inbox('worker2', :s1) -> 'offer' ->> 'area', '5751', 'and offered');
SELECT is(test.broken(), NULL, 'all holds');

-- Who directs is told that a round of offers ended: once, when it is over, by whatever way.
CREATE FUNCTION test.directed(key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    s constant bigint := test.offered_step(key, 2, '{welzijn-op-recept,buurtteam,taaldoen,ouderen-studenten}');
    branch bigint;
BEGIN
    PERFORM test.moves(s, 'worker', '{accepted,first-contact}');
    PERFORM test.move(s, 'worker', 'passed-on', offerings => '{buurtteam}');
    SELECT max(step_id) INTO branch FROM data.step WHERE parent_id = s;
    PERFORM test.moves(branch, 'worker2', '{accepted}');
    PERFORM wijzer.direct_referral(1, test.account('worker'), 'd' || key, test.hash('d'), test.referral_of(s), 'buurtteam');
    PERFORM test.move(s, 'coordinator', 'reassigned', offerings => '{join-us}', reason => 'x');
    RETURN s;
END
$$;
CREATE FUNCTION test.told_director(first bigint) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(n.kind, ' ' ORDER BY n.notice_id) FROM data.notice n
        WHERE n.referral_id = test.referral_of(first) AND n.organisation_id = test.organisation_of('worker2'));

SELECT test.directed('dir') AS f1 \gset
SELECT is((SELECT o.code FROM data.referral r JOIN data.organisation o ON o.region_id = r.region_id AND o.organisation_id = r.director_id WHERE r.referral_id = test.referral_of(:f1)),
          'buurtteam', 'a director with a branch of its own');
SELECT is(test.told_director(:f1), 'director-changed step-reassigned', 'heard that the coordination took a step');
SELECT is(test.decline(test.step_to(:f1, 'join-us'), 'join'), 'moved', 'who has it now declines');
SELECT is((SELECT array_agg(s.state || ' ' || o.code ORDER BY s.step_id) FROM data.step s JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = s.offered_to
           WHERE s.referral_id = test.referral_of(:f1) AND s.ended_at IS NULL), '{"offered gemeente-deurne","offered maatjespartner"}', 'and it is offered to two others');
SELECT is(test.told_director(:f1), 'director-changed step-reassigned branch-declined', 'of which the decline is told');
SELECT is(test.decline(test.step_to(:f1, 'gemeente-deurne'), 'taal'), 'moved', 'one of them declines');
SELECT is(test.told_director(:f1), 'director-changed step-reassigned branch-declined', 'while the other may accept it is over for nobody');
SELECT is(test.decline(test.step_to(:f1, 'maatjespartner'), 'maat'), 'moved', 'the last too');
SELECT is(test.told_director(:f1), 'director-changed step-reassigned branch-declined branch-declined', 'nobody took it: the director is told');
SELECT test.directed('dir2') AS f1 \gset
SELECT test.decline(test.step_to(:f1, 'join-us'), 'join') \g /dev/null
SELECT is((SELECT result FROM test.move(test.step_to(:f1, 'gemeente-deurne'), 'gp', 'withdrawal-asked', reason => 'Toch niet.')), 'moved', 'who referred withdraws what is offered');
SELECT is(test.told_director(:f1), 'director-changed step-reassigned branch-declined branch-ended', 'which the director is told, once');
SELECT test.directed('dir3') AS f1 \gset
SELECT test.decline(test.step_to(:f1, 'join-us'), 'join') \g /dev/null
SELECT is((SELECT result FROM test.move(test.step_to(:f1, 'gemeente-deurne'), 'taal', 'accepted')), 'moved', 'one accepts');
SELECT is(test.told_director(:f1), 'director-changed step-reassigned branch-declined', 'which ends nothing');
SELECT test.directed('dir4') AS f1 \gset
SELECT test.decline(test.step_to(:f1, 'join-us'), 'join') \g /dev/null
UPDATE data.promise SET due_at = now() - interval '1 minute' WHERE referral_id = test.referral_of(:f1) AND kind = 'offer' AND ended_at IS NULL;
SELECT is(wijzer.lapse_offers(1, ARRAY(SELECT l.step_id FROM wijzer.lapsed_offers(1, 100) l WHERE test.referral_of(l.step_id) = test.referral_of(:f1)), NULL, '{2030-01-02Z,2030-01-02Z}', '{2030-01-03Z,2030-01-03Z}'), 1, 'nobody answers');
SELECT is(test.told_director(:f1), 'director-changed step-reassigned branch-declined branch-ended', 'and the director hears that nobody took it');
SELECT is((SELECT array_agg(DISTINCT o.code::text) FROM data.notice n JOIN data.organisation o USING (region_id, organisation_id)
           WHERE n.referral_id = test.referral_of(:f1) AND o.code IN ('gemeente-deurne', 'maatjespartner')), NULL, 'whom it was only offered to hears nothing');

-- An invariant finds what must not be: a second winner.
UPDATE data.step SET owner_id = offered_to, offered_to = NULL, state = 'accepted', status = 'accepted', promise_nr = NULL WHERE step_id IN (:s1, test.step_to(:s1, 'gemeente-deurne'));
SELECT ok('I1 offer that two have taken' = ANY (test.broken()), 'two who have it are found');

SELECT * FROM finish();
ROLLBACK;
