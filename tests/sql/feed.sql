-- What happens, as it happens: in the order in which it became final, to who takes part. That nothing is skipped while
-- transactions are open is in two_sessions.sql.
BEGIN;
\ir support/helpers.sql
SELECT plan(35);
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
SELECT * FROM finish();
ROLLBACK;
