-- What happens, as it happens: in the order in which it became final, to who takes part. That nothing is skipped while
-- transactions are open is in two_sessions.sql.
BEGIN;
\ir support/helpers.sql
SELECT plan(55);
SELECT test.new_step('a') AS a, test.new_step('b', 'gp2') AS b \gset
SELECT test.organisation_of('gp') AS practice, test.organisation_of('gp2') AS practice2, test.organisation_of('worker') AS welfare \gset

CREATE FUNCTION test.events(who text, cursor text DEFAULT NULL, size int DEFAULT 200) RETURNS json LANGUAGE sql
RETURN wijzer.list_events(1, test.account(who), size, cursor);
CREATE FUNCTION test.kinds(page json) RETURNS text LANGUAGE sql
RETURN (SELECT coalesce(string_agg(i ->> 'kind', ' ' ORDER BY n), '') FROM json_array_elements(page -> 'items') WITH ORDINALITY AS x (i, n));
-- Nothing of this transaction is final while it runs: its events are put into transactions of long ago, in the order given.
CREATE FUNCTION test.settle(VARIADIC kinds text[] DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
    UPDATE data.event e SET tx = 2 + coalesce((SELECT max(x.tx) FROM data.event x WHERE x.tx <> data.current_tx()), 0)
                                 + coalesce(array_position(kinds, e.kind), 0)
    WHERE e.tx = data.current_tx() $$;
-- Of a page's items, a member.
CREATE FUNCTION test.item(page json, nr int, VARIADIC path text[]) RETURNS text LANGUAGE sql
RETURN page -> 'items' -> nr #>> path;

DELETE FROM data.event WHERE tx <> data.current_tx();
SELECT is(test.kinds(test.events('coordinator')), '', 'what is not final is not told');
SELECT is(test.events('coordinator') ->> 'more', 'false', 'and there is no more');
SELECT isnt(test.events('coordinator') ->> 'next', NULL, 'but a place to go on from');
SELECT test.settle();
SELECT is(test.kinds(test.events('coordinator')), 'referral-sent referral-sent', 'then it is');
SELECT is(test.kinds(test.events('gp')), 'referral-sent', 'who referred hears of their own');
SELECT is(test.item(test.events('gp'), 0, 'referralId'), wijzer.code(test.referral_of(:a)), 'and not of others');
SELECT is(test.kinds(test.events('worker')), 'referral-sent referral-sent', 'who has a step of both hears of both');
SELECT is(test.kinds(test.events('worker2')), '', 'who has none of neither');
SELECT is(test.events('steward')::text, NULL, 'a steward hears nothing');
SELECT is(wijzer.list_events(1, -1, 10, NULL)::text, NULL, 'nor does nobody');
SELECT is(wijzer.list_events(2, test.account('coordinator'), 10, NULL)::text, NULL, 'nor somebody of another region');
SELECT is(test.events('gp', c)::text, NULL, format('%s is no cursor', c)) FROM unnest('{x1.1,e1,e.1,e1.,e1.g,e1234567890abcdef1.1}'::text[]) c;

-- What it tells.
SELECT is(test.item(test.events('gp'), 0, 'owner', 'code'), 'levgroep', 'whose step it is');
SELECT is(test.item(test.events('gp'), 0, 'by', 'code'), 'huisartsenpraktijk-de-peel', 'who did it');
SELECT is(test.item(test.events('gp'), 0, 'promise', 'who', 'code'), 'levgroep', 'who is next');
SELECT is((SELECT array_agg(k ORDER BY k) FROM json_object_keys(test.events('gp') -> 'items' -> 0) k),
          '{at,by,declineCode,director,group,id,kind,label,level,outcome,owner,promise,referralId,state,stepId}', 'and nothing of the client');

-- On from a place, once each.
SELECT test.events('worker') ->> 'next' AS place \gset
SELECT is(test.kinds(test.events('worker', :'place')), '', 'on from there nothing is new');
SELECT is(test.kinds(test.events('worker', test.item(test.events('worker'), 0, 'id'))), 'referral-sent', 'every event is a place');
SELECT is(test.kinds(test.events('worker', NULL, 1)) || (test.events('worker', NULL, 1) ->> 'more'), 'referral-senttrue', 'a page of one');
SELECT is(test.kinds(test.events('worker', test.events('worker', NULL, 1) ->> 'next', 1)), 'referral-sent', 'and the next');

-- A new party hears from then on; what is changed about a client is not told here.
SELECT test.moves(:a, 'worker', '{received,accepted}') \g /dev/null
SELECT test.move(:a, 'worker', 'first-contact') \g /dev/null
SELECT test.move(:a, 'worker', 'passed-on', offerings => '{buurtteam}') \g /dev/null
INSERT INTO data.event (region_id, referral_id, at, kind) VALUES (1, test.referral_of(:a), now(), 'consent-changed');
SELECT test.settle('step-moved', 'consent-changed', 'step-made') \g /dev/null
SELECT is(test.kinds(test.events('gp2', test.item(test.events('gp2'), 0, 'id'))), '', 'who has nothing to do with it hears nothing');
SELECT is(test.kinds(test.events('worker', test.item(test.events('worker'), 1, 'id'))),
          'director-changed step-moved step-moved step-moved step-moved step-made', 'in the order of transactions, then of numbers');
SELECT is((SELECT array_agg(i #>> '{state,code}' ORDER BY n) FROM json_array_elements(test.events('gp') -> 'items') WITH ORDINALITY x (i, n) WHERE i ->> 'kind' = 'step-moved'),
          '{received,accepted,first-contact,passed-on}', 'by number within one');
SELECT is(test.item(test.events('worker2'), -1, 'kind'), 'step-made', 'a new partner hears of their step');

-- The same for a daemon that tells many.
SELECT is((SELECT array_agg(n.kind) FROM wijzer.new_events(1, 0, 0, 100) n),
          '{referral-sent,referral-sent,director-changed,step-moved,step-moved,step-moved,step-moved,step-made,NULL}', 'all of the region, then a place');
SELECT is((SELECT array_agg(p ORDER BY p) FROM wijzer.new_events(1, 0, 0, 100) n, unnest(n.parties) p WHERE n.kind = 'step-made'),
          (SELECT array_agg(x ORDER BY x) FROM unnest(ARRAY[:practice, :welfare, test.organisation_of('worker2')]) x), 'with those who take part');
SELECT is((SELECT count(*) FROM wijzer.new_events(1, NULL, NULL, 100)), 1::bigint, 'from now on there is nothing yet');
SELECT is((SELECT ARRAY[count(n.kind)::text, bool_or(n.is_full)::text] FROM wijzer.new_events(1, 0, 0, 2) n), '{2,true}', 'a page of two is full');
SELECT ok((SELECT n.tx = l.tx AND n.event_id = 5 FROM wijzer.new_events(1, l.tx, 5, 100) n), 'a place ahead is kept')
FROM (SELECT logic.final_below() AS tx) l;
SELECT is((SELECT array_agg(item) FROM wijzer.still_accounts(1, ARRAY[test.account('gp'), test.account('worker'), test.account('gp2'), -1],
              ARRAY[:practice, :practice, :practice2, 1], '{referrer,worker,worker,worker}')), '{1}', 'who is still who they were');
-- Whom a step is offered to is told of that step alone, that it is offered and that it is gone.
SELECT max(tx) AS before FROM data.event WHERE tx <> data.current_tx() \gset
INSERT INTO data.account (region_id, organisation_id, name, role)
SELECT 1, o.organisation_id, n.name, n.role FROM data.organisation o
JOIN (VALUES ('gemeente-deurne', 'taal', 'worker'), ('maatjespartner', 'maat', 'worker'), ('buurtteam', 'team-gp', 'referrer')) AS n (code, name, role)
  ON n.code = o.code
WHERE o.region_id = 1;
CREATE FUNCTION test.offered_step(key text) RETURNS bigint LANGUAGE sql AS $$
    SELECT step_id FROM test.submit(ARRAY[key], ARRAY[key], 'gp', 'welzijn-op-recept', others => '{buurtteam,taaldoen}', offer => 3) $$;
CREATE FUNCTION test.step_to(first bigint, organisation text) RETURNS bigint LANGUAGE sql
RETURN (SELECT max(s.step_id) FROM data.step s JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = coalesce(s.owner_id, s.offered_to)
        WHERE s.referral_id = test.referral_of(first) AND o.code = organisation);
-- Of what somebody is told since: kind, state, whether the referral is named, and whether the step is the one given.
CREATE FUNCTION test.told(who text, step bigint, since bigint) RETURNS text[] LANGUAGE sql
RETURN (SELECT array_agg(concat_ws(' ', i ->> 'kind', i #>> '{state,code}', CASE WHEN i ->> 'referralId' IS NOT NULL THEN 'of' END,
                                   CASE WHEN i ->> 'stepId' IS DISTINCT FROM wijzer.code(step) THEN 'other' END) ORDER BY n)
        FROM json_array_elements(test.events(who, 'e' || to_hex(since) || '.7fffffff') -> 'items') WITH ORDINALITY x (i, n));
SELECT test.offered_step('o') AS o1 \gset
SELECT test.step_to(:o1, 'buurtteam') AS o2, test.step_to(:o1, 'gemeente-deurne') AS o3 \gset
SELECT test.settle() \g /dev/null
SELECT is(test.told(who, step, :before), '{"step-made offered"}', who || ' is told of the own offer alone')
FROM (VALUES ('worker', :o1::bigint), ('worker2', :o2), ('taal', :o3)) AS w (who, step);
SELECT is(test.told(who, NULL, :before), NULL, who || ' is told nothing') FROM unnest('{team-gp,maat,gp2}'::text[]) who;
SELECT is((SELECT jsonb_pretty(i::jsonb - '{id,at,promise}'::text[]) FROM json_array_elements(test.events('worker2', 'e' || to_hex(:before::bigint) || '.7fffffff') -> 'items') i),
          jsonb_pretty(format('{"kind": "step-made", "label": "Aangeboden (zonder naam)", "referralId": null, "stepId": "%s", "by": null, "level": null, "group": null,
              "state": {"code": "offered", "label": "Aangeboden (zonder naam)"}, "owner": {"code": "buurtteam", "name": "Buurtteam"}, "declineCode": null,
              "director": null, "outcome": null}', wijzer.code(:o2))::jsonb), 'this much');
SELECT is((SELECT array_agg(concat_ws(' ', o.code, (n.offer::json ->> 'stepId') = wijzer.code(x.step), n.offered_to = ANY (n.parties)) ORDER BY n.event_id)
           FROM wijzer.new_events(1, :before::bigint, 2147483647, 100) n JOIN data.organisation o ON o.region_id = 1 AND o.organisation_id = n.offered_to
           JOIN (VALUES ('levgroep', :o1::bigint), ('buurtteam', :o2), ('gemeente-deurne', :o3)) AS x (code, step) ON x.code = o.code),
          '{"levgroep t f","buurtteam t f","gemeente-deurne t f"}', 'so is a daemon that tells many');
SELECT is((SELECT count(*) FROM wijzer.new_events(1, :before::bigint, 2147483647, 100) n JOIN json_array_elements(test.events('worker2', 'e' || to_hex(:before::bigint) || '.7fffffff') -> 'items') i
           ON i::text = n.offer), 1::bigint, 'in the same words');
-- One declines, and another accepts.
SELECT test.move(:o1, 'worker', 'declined', decline => 'capacity', after => test.after('capacity')) \g /dev/null
SELECT test.settle() \g /dev/null
SELECT is(test.told('worker', :o1, :before), '{"step-made offered","step-moved declined"}', 'who declines, that they did');
SELECT is(test.told('taal', :o3, :before), '{"step-made offered"}', 'others hear nothing of it');
SELECT test.move(:o2, 'worker2', 'accepted') \g /dev/null
SELECT test.settle() \g /dev/null
SELECT is(test.told('taal', :o3, :before), '{"step-made offered","step-moved offer-gone"}', 'that it is gone');
SELECT is(test.told('worker', :o1, :before), '{"step-made offered","step-moved declined"}', 'not who had declined');
SELECT is((SELECT i ->> 'by' FROM json_array_elements(test.events('taal', 'e' || to_hex(:before::bigint) || '.7fffffff') -> 'items') i WHERE i ->> 'kind' = 'step-moved'), NULL, 'not by whom');
SELECT is(test.told('worker2', :o2, :before), test.told('gp', :o2, :before), 'who has it is told as others who take part');
SELECT ok('step-moved accepted of' = ANY (test.told('worker2', :o2, :before)), 'by its referral');
-- Withdrawn, taken away, merged: the same words.
SELECT test.offered_step('p') AS p1, test.offered_step('q') AS q1, test.offered_step('r') AS r1, test.offered_step('s') AS s1 \gset
SELECT test.move(test.step_to(:p1, 'gemeente-deurne'), 'gp', 'withdrawal-asked', reason => 'Toch niet.'), test.move(test.step_to(:q1, 'gemeente-deurne'), 'coordinator', 'reassigned', reason => 'Haast.'),
       wijzer.merge_referral(1, test.account('coordinator'), 'mk', test.hash(''), test.referral_of(:r1), test.referral_of(:s1)) \g /dev/null
SELECT test.settle() \g /dev/null
SELECT is((SELECT count(*) FROM json_array_elements(test.events('taal', 'e' || to_hex(:before::bigint) || '.7fffffff') -> 'items') i
           WHERE i ->> 'label' = 'Aanbod vervallen' AND i ->> 'stepId' = wijzer.code(test.step_to(x, 'gemeente-deurne'))), 1::bigint, 'gone, and not why')
FROM unnest(ARRAY[:p1, :q1, :r1]::bigint[]) x;
SELECT is((SELECT array_agg(DISTINCT concat_ws(' ', i ->> 'referralId', i ->> 'declineCode', i ->> 'by', i ->> 'director')) FROM json_array_elements(test.events('taal', 'e' || to_hex(:before::bigint) || '.7fffffff') -> 'items') i),
          ARRAY[''], 'and nothing of others');
SELECT * FROM finish();
ROLLBACK;
