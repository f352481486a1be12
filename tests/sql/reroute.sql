-- What follows a decline by table 6: the next candidate, the coordination with the history, or nothing. Every step that
-- follows has a decision of its own.
BEGIN;
\ir support/helpers.sql
SELECT plan(57);
CREATE FUNCTION test.next_of(at bigint) RETURNS bigint LANGUAGE sql RETURN (SELECT step_id FROM data.step WHERE previous_id = at);
CREATE FUNCTION test.owner_of(at bigint) RETURNS text LANGUAGE sql
RETURN (SELECT o.code FROM data.step s JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = s.owner_id WHERE s.step_id = at);
-- A decline as the daemon sends it; whoever works for the owner.
CREATE FUNCTION test.decline(at bigint, code text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    who text := 'worker2';
BEGIN
    IF test.owner_of(at) = 'ketenregie-deurne' THEN
        who := 'coordinator';
    ELSE
        UPDATE data.account a SET organisation_id = s.owner_id FROM data.step s WHERE s.step_id = at AND a.region_id = 1 AND a.name = 'worker2';
    END IF;
    RETURN (SELECT m.result FROM test.move(at, who, 'declined', '', code, after => test.after(code)) m);
END
$$;
CREATE FUNCTION test.why(at bigint) RETURNS text LANGUAGE sql
RETURN (SELECT d.table_no || ' ' || d.rule_id || ' ' || coalesce(d.offering_code, 'none') || ': ' || d.reason FROM data.decision d WHERE d.step_id = at);
CREATE FUNCTION test.due(at bigint) RETURNS timestamptz LANGUAGE sql
RETURN (SELECT due_at FROM data.promise WHERE step_id = at AND ended_at IS NULL);

-- One after another, until there is nobody left. LEVgroep has two of the five, and is asked once.
SELECT test.ranked_step('n', '{welzijn-op-recept,klantwijzer,buurtteam,ouderen-studenten}') AS n1 \gset
SELECT is(wijzer.get_referral(1, test.account('worker2'), test.referral_of(:n1))::text, NULL, 'a candidate sees nothing yet');
SELECT is(test.decline(:n1, 'capacity'), 'moved', 'the first declines');
UPDATE data.account SET organisation_id = (SELECT organisation_id FROM data.organisation WHERE region_id = 1 AND code = 'buurtteam')
WHERE region_id = 1 AND name = 'worker2';
SELECT test.next_of(:n1) AS n2 \gset
SELECT is(test.owner_of(:n2), 'buurtteam', 'the next candidate of another organisation gets it');
SELECT is(test.promises(:n2), 'deliver buurtteam', 'with a promise');
SELECT is(test.due(:n2), '2030-01-05 16:00Z'::timestamptz, 'as long as that of a first step');
SELECT is(test.state_of(:n2) || ' ' || (SELECT offering_id = test.offering('buurtteam') AND previous_id = :n1 FROM data.step WHERE step_id = :n2), 'sent true', 'sent, in its place');
SELECT is(test.why(:n2), '6 D01 buurtteam: Een ander aanbod kan ook passen. Ook goed: Buurtteam.', 'and a decision: both sentences');
SELECT is((SELECT inputs FROM data.decision WHERE step_id = :n2),
          '{"decline": "capacity", "urgency": "routine", "tries": 1, "candidates": ["buurtteam", "ouderen-studenten"]}'::jsonb, 'with the facts and who is left');
SELECT is((SELECT table_version FROM data.decision WHERE step_id = :n2), test.in_force(6), 'by the version in force');
SELECT is((SELECT promise_label FROM data.decision WHERE step_id = :n2), 'Ontvangst bevestigen of antwoord geven', 'and what is promised');
SELECT is(wijzer.get_referral(1, test.account('worker2'), test.referral_of(:n1)) -> 'client' -> 'name' #>> '{~,0,v}', test.sealed('J. Jansen'), 'who is asked next sees the client');
SELECT is(test.decline(:n2, 'age'), 'moved', 'the second declines');
SELECT test.next_of(:n2) AS n3 \gset
SELECT is(test.owner_of(:n3) || ' ' || ((SELECT inputs ->> 'tries' FROM data.decision WHERE step_id = :n3)), 'maatjespartner 2', 'the third gets it');
SELECT is(test.decline(:n3, 'not-fitting'), 'moved', 'the third declines');
SELECT test.next_of(:n3) AS n4 \gset
SELECT is(test.owner_of(:n4) || ', ' || test.promises(:n4), 'ketenregie-deurne, next-step ketenregie-deurne', 'nobody left: the coordination');
SELECT is(test.why(:n4), '6 D01 none: Een ander aanbod kan ook passen. Er is geen ander aanbod over: de ketenregie kijkt mee.', 'which is explained');
SELECT is((SELECT inputs -> 'candidates' FROM data.decision WHERE step_id = :n4), '[]'::jsonb, 'with nobody left');
SELECT is(test.due(:n4), '2030-01-02 16:00Z'::timestamptz, 'and its own time');
SELECT is((SELECT array_agg((a ->> 'step') || ' ' || (a ->> 'declineCode') || ' ' || (a -> 'declinedBy' ->> 'code') || ' ' || (a ->> 'next') || ' ' || coalesce(a -> 'offering' ->> 'code', '-'))
           FROM json_array_elements(wijzer.decision_record(1, test.account('coordinator'), test.referral_of(:n1)) -> 'after') a),
          ARRAY[wijzer.code(:n2) || ' capacity levgroep next-candidate buurtteam', wijzer.code(:n3) || ' age buurtteam next-candidate ouderen-studenten',
                wijzer.code(:n4) || ' not-fitting maatjespartner next-candidate -'], 'the history, in order');
SELECT is(test.decline(:n4, 'capacity') || ' ' || coalesce(test.next_of(:n4)::text, 'nothing'), 'moved nothing', 'the coordination''s own decline leads nowhere');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:n1)), 'declined', 'and is the end');
SELECT is((SELECT count(*) - count(DISTINCT owner_id) FROM data.step WHERE referral_id = test.referral_of(:n1)), 0::bigint, 'nobody was asked twice');

SELECT is(wijzer.get_referral(1, test.account('gp'), test.referral_of(:n1)) -> 'decision' ->> 'reason', 'Omdat het past.', 'the referral shows its first decision');

-- Who has ended is passed over: the offering, or its organisation.
SELECT test.ranked_step('e', '{welzijn-op-recept,buurtteam,ouderen-studenten,kunst-met-impact}') AS e1 \gset
UPDATE data.offering SET ended_at = now() WHERE region_id = 1 AND code = 'buurtteam';
UPDATE data.organisation SET ended_at = now() WHERE region_id = 1 AND code = 'maatjespartner';
SELECT is(test.decline(:e1, 'capacity'), 'moved', 'the first declines');
SELECT is(test.owner_of(test.next_of(:e1)), 'kunstpartner', 'ended ones are passed over');
UPDATE data.offering SET ended_at = NULL WHERE region_id = 1;
UPDATE data.organisation SET ended_at = NULL WHERE region_id = 1;

-- Urgent: other terms, and sooner to the coordination.
SELECT test.ranked_step('u', '{welzijn-op-recept,buurtteam,ouderen-studenten,kunst-met-impact}', 'soon') AS u1 \gset
SELECT is(test.decline(:u1, 'capacity'), 'moved', 'an urgent one is declined');
SELECT is(test.why(test.next_of(:u1)), '6 D02 buurtteam: Een ander aanbod kan ook passen, en er is haast. Ook goed: Buurtteam.', 'by the row for urgent ones');
SELECT is(test.due(test.next_of(:u1)), '2029-01-05 16:00Z'::timestamptz, 'due sooner');
SELECT is(test.decline(test.next_of(:u1), 'capacity') || test.decline(test.next_of(test.next_of(:u1)), 'capacity'), 'movedmoved', 'declined three times');
SELECT test.next_of(test.next_of(test.next_of(:u1))) AS u4 \gset
SELECT is(test.why(:u4), '6 D04 none: Drie keer geweigerd terwijl er haast is: de ketenregie kijkt mee.', 'the coordination, though there was a candidate left');
SELECT is((SELECT inputs -> 'candidates' FROM data.decision WHERE step_id = :u4), '["kunst-met-impact"]'::jsonb, 'whom it can see');
SELECT is(test.due(:u4), '2029-01-02 16:00Z'::timestamptz, 'with the urgent term');
-- The coordination forwards; what is declined then goes on where it was.
SELECT is((SELECT result FROM test.move(:u4, 'coordinator', 'declined-forwarded', '', 'capacity', '{klantwijzer}', after => test.after('capacity'))), 'moved', 'the coordinator forwards');
SELECT is(test.why(test.next_of(:u4)), NULL, 'a person''s choice has no decision of the rules');
SELECT is((SELECT inputs ->> 'tries' FROM data.decision d WHERE d.step_id = test.next_of(test.next_of(:u4))), NULL, 'nothing follows yet');

-- The other words of table 6.
SELECT test.ranked_step('s', '{welzijn-op-recept,buurtteam}') AS s1, test.ranked_step('q', '{welzijn-op-recept,buurtteam}') AS q1,
       test.ranked_step('h', '{welzijn-op-recept,buurtteam}') AS h1 \gset
SELECT is(test.decline(:s1, 'client-does-not-want'), 'moved', 'the client does not want it');
SELECT is(test.next_of(:s1), NULL, 'stop: nothing follows');
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:s1)), 'declined', 'and it ends');
SELECT is(test.decline(:q1, 'information-incomplete'), 'moved', 'information lacks');
SELECT is(test.owner_of(test.next_of(:q1)) || ' ' || test.why(test.next_of(:q1)), 'ketenregie-deurne 6 D06 none: De verwijzer weet meer: de ketenregie vraagt het na.', 'the coordination asks');
SELECT is(test.decline(:h1, 'safety'), 'moved', 'not safe');
SELECT is(test.owner_of(test.next_of(:h1)) || ' ' || test.why(test.next_of(:h1)), 'ketenregie-deurne 6 D05 none: Hier moet eerst iemand over nadenken: de ketenregie kijkt mee.', 'a coordinator thinks first');

-- A branch was somebody's choice: the coordination, whatever candidates the referral had.
SELECT test.ranked_step('b', '{welzijn-op-recept,ouderen-studenten}') AS b \gset
SELECT is(test.moves(:b, 'worker', '{accepted,first-contact}') || (SELECT result FROM test.move(:b, 'worker', 'passed-on', '', NULL, '{buurtteam}')), 'movedmoved', 'a coach passes on');
SELECT step_id AS b1 FROM data.step WHERE parent_id = :b \gset
SELECT is(test.decline(:b1, 'capacity'), 'moved', 'the branch is declined');
SELECT is(test.owner_of(test.next_of(:b1)) || ' ' || (SELECT parent_id FROM data.step WHERE step_id = test.next_of(:b1)), 'ketenregie-deurne ' || :b, 'the coordination, on the same parent');
SELECT is(test.why(test.next_of(:b1)), '6 D01 none: Een ander aanbod kan ook passen. Er is geen ander aanbod over: de ketenregie kijkt mee.', 'by the same rule');

-- Never a loop: a worker forwards neither to itself nor to who declined before; the coordinator may.
SELECT test.ranked_step('w', '{welzijn-op-recept,buurtteam}') AS w1 \gset
SELECT is((SELECT result FROM test.move(:w1, 'worker', 'declined-forwarded', '', 'capacity', '{klantwijzer}')), 'already-declined', 'LEVgroep does not ask itself');
SELECT is((SELECT result FROM test.move(:w1, 'worker', 'declined-forwarded', '', 'capacity', '{buurtteam}')), 'moved', 'but another');
UPDATE data.account SET organisation_id = (SELECT organisation_id FROM data.organisation WHERE region_id = 1 AND code = 'buurtteam')
WHERE region_id = 1 AND name = 'worker2';
SELECT test.next_of(:w1) AS w2 \gset
SELECT is((SELECT result FROM test.move(:w2, 'worker2', 'declined-forwarded', '', 'capacity', '{welzijn-op-recept}')), 'already-declined', 'which does not ask back');
SELECT is((SELECT result FROM test.move(:w2, 'worker2', 'declined', '', 'capacity', after => test.after('capacity'))), 'moved', 'it declines');
SELECT is((SELECT result FROM test.move(test.next_of(:w2), 'coordinator', 'declined-forwarded', '', 'capacity', '{welzijn-op-recept}')), 'moved', 'the coordinator may ask again');

-- Without table 6, and for decisions from before there were candidates.
SELECT test.ranked_step('o', '{welzijn-op-recept,buurtteam}') AS o1, test.new_step('f') AS f1 \gset
SELECT is((SELECT result FROM test.move(:o1, 'worker', 'declined', '', 'capacity')), 'moved', 'table 6 is not in force');
SELECT is(test.owner_of(test.next_of(:o1)) || ' ' || coalesce(test.why(test.next_of(:o1)), '-'), 'ketenregie-deurne -', 'the coordination, as the code says');
UPDATE data.decision SET trail = NULL, candidates = NULL, reasoning = NULL WHERE step_id = :f1;
SELECT is(test.decline(:f1, 'capacity'), 'moved', 'no candidates were kept');
SELECT is(test.owner_of(test.next_of(:f1)), 'ketenregie-deurne', 'the coordination');
SELECT is((SELECT result FROM test.move(test.next_of(:f1), 'coordinator', 'declined', '', 'capacity', after => '{"table": 6, "version": 6, "rules": []}')), 'moved', 'an answer without rows is none');

SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');
SELECT * FROM finish();
ROLLBACK;
