-- Two sessions at once. A second session sees committed rows only, so these are cleared away at the end.
DROP SCHEMA IF EXISTS test CASCADE;
\ir support/helpers.sql
SELECT plan(44);
SELECT 'race-' || gen_random_uuid() AS key \gset
SELECT format('host=%s port=%s dbname=%s user=%s', split_part(current_setting('unix_socket_directories'), ',', 1),
              current_setting('port'), current_database(), current_user) AS server \gset
SELECT dblink_connect('one', :'server'), dblink_connect('two', :'server') \g /dev/null

-- The same key in two open transactions: the second waits for the first and then replays.
SELECT dblink_exec('one', 'BEGIN'), dblink_exec('two', 'BEGIN') \g /dev/null
SELECT referral_id AS first FROM dblink('one', format('SELECT result, referral_id FROM test.submit(ARRAY[%L], ARRAY[''x''])', :'key'))
    AS r (result text, referral_id bigint) \gset
SELECT dblink_send_query('two', format('SELECT result, referral_id FROM test.submit(ARRAY[%L, %L], ARRAY[''x'', ''x''])', :'key', :'key' || '-b')) \g /dev/null
SELECT pg_sleep(0.2) \g /dev/null
SELECT is(dblink_is_busy('two'), 1, 'the second call waits for the first');
SELECT dblink_exec('one', 'COMMIT') \g /dev/null
SELECT results_eq($$ SELECT * FROM dblink_get_result('two') AS r (result text, referral_id bigint) WHERE result = 'replayed' $$,
                  format('VALUES (''replayed'', %s::bigint)', :first), 'and then replays its referral');
SELECT count(*) FROM dblink_get_result('two') AS r (result text, referral_id bigint) \g /dev/null
SELECT dblink_exec('two', 'COMMIT') \g /dev/null
SELECT is((SELECT count(*) FROM data.referral r JOIN data.idempotency i ON i.object_id = r.referral_id WHERE i.idem_key LIKE :'key' || '%'),
          2::bigint, 'one effect for each key');

-- If the first rolls back, the second creates.
SELECT dblink_exec('one', 'BEGIN') \g /dev/null
SELECT * FROM dblink('one', format('SELECT result FROM test.submit(ARRAY[%L], ARRAY[''x''])', :'key' || '-r')) AS r (result text) \g /dev/null
SELECT dblink_send_query('two', format('SELECT result FROM test.submit(ARRAY[%L], ARRAY[''x''])', :'key' || '-r')) \g /dev/null
SELECT pg_sleep(0.1) \g /dev/null
SELECT dblink_exec('one', 'ROLLBACK') \g /dev/null
SELECT is((SELECT result FROM dblink_get_result('two') AS r (result text)), 'created', 'what was rolled back is created by the other');
SELECT count(*) FROM dblink_get_result('two') AS r (result text) \g /dev/null

-- Two moves of one step: one wins, the other is told.
SELECT i.step_id AS step FROM data.idempotency i WHERE i.idem_key = :'key' \gset
SELECT dblink_exec('one', 'BEGIN') \g /dev/null
SELECT * FROM dblink('one', format('SELECT result FROM test.move(%s, ''worker'', ''accepted'', expected => 1)', :step)) AS r (result text) \g /dev/null
SELECT dblink_send_query('two', format('SELECT result FROM test.move(%s, ''worker'', ''received'', expected => 1)', :step)) \g /dev/null
SELECT pg_sleep(0.1) \g /dev/null
SELECT dblink_exec('one', 'COMMIT') \g /dev/null
SELECT is((SELECT result FROM dblink_get_result('two') AS r (result text)), 'version-conflict', 'of two moves at once one wins');
SELECT count(*) FROM dblink_get_result('two') AS r (result text) \g /dev/null

-- Two colleagues pick it up at once: one has it, the other waits and is told who.
SELECT dblink_exec('one', 'BEGIN') \g /dev/null
SELECT * FROM dblink('one', format('SELECT result FROM wijzer.pick_up_step(1, test.account(''worker''), %L, test.hash(''''), %s, false)', :'key' || '-p1', :step)) AS r (result text) \g /dev/null
SELECT dblink_send_query('two', format('SELECT result || '' '' || colleague FROM wijzer.pick_up_step(1, test.account(''worker3''), %L, test.hash(''''), %s, false)', :'key' || '-p2', :step)) \g /dev/null
SELECT pg_sleep(0.1) \g /dev/null
SELECT is(dblink_is_busy('two'), 1, 'a colleague who picks up at the same time waits');
SELECT dblink_exec('one', 'COMMIT') \g /dev/null
SELECT is((SELECT result FROM dblink_get_result('two') AS r (result text)), 'taken worker', 'and is told who has it');
SELECT count(*) FROM dblink_get_result('two') AS r (result text) \g /dev/null

-- Who waits longer for the lock is later in time too, though the call began earlier.
SELECT dblink_exec('one', 'BEGIN') \g /dev/null
SELECT * FROM dblink('one', format('SELECT 1 FROM data.referral WHERE referral_id = test.referral_of(%s) FOR UPDATE', :step)) AS r (n int) \g /dev/null
SELECT dblink_send_query('two', format('SELECT result FROM test.move(%s, ''worker'', ''contact-attempt'')', :step)) \g /dev/null
SELECT pg_sleep(0.1) \g /dev/null
SELECT * FROM dblink('one', format('SELECT result FROM test.move(%s, ''worker'', ''contact-attempt'')', :step)) AS r (result text) \g /dev/null
SELECT dblink_exec('one', 'COMMIT') \g /dev/null
SELECT is((SELECT result FROM dblink_get_result('two') AS r (result text)), 'moved', 'a call that waited goes on');
SELECT count(*) FROM dblink_get_result('two') AS r (result text) \g /dev/null
SELECT is_empty(format('SELECT * FROM (SELECT at, lag(at) OVER (ORDER BY version) AS before FROM data.event WHERE step_id = %s AND version IS NOT NULL) e
                        WHERE at < before', :step), 'and its time is after that of the one it waited for');

-- The last two branches end at the same time: exactly one of them rolls up.
SELECT test.moves(:step, 'worker', '{first-contact}') \g /dev/null
SELECT test.move(:step, 'worker', 'declined-forwarded') \g /dev/null
SELECT test.move(:step, 'worker', 'passed-on', '', NULL, '{klantwijzer,welzijn-op-recept}') \g /dev/null
SELECT test.moves(:step, 'worker', '{taking-part,done-partly}') \g /dev/null
SELECT min(step_id) AS s1, max(step_id) AS s2 FROM data.step WHERE parent_id = :step \gset
SELECT dblink_exec('one', 'BEGIN') \g /dev/null
SELECT * FROM dblink('one', format('SELECT result FROM test.move(%s, ''worker'', ''declined'', '''', ''duplicate'')', :s1)) AS r (result text) \g /dev/null
SELECT dblink_send_query('two', format('SELECT result FROM test.move(%s, ''worker'', ''declined'', '''', ''duplicate'')', :s2)) \g /dev/null
SELECT pg_sleep(0.1) \g /dev/null
SELECT is(dblink_is_busy('two'), 1, 'what happens to one referral happens one after another');
SELECT dblink_exec('one', 'COMMIT') \g /dev/null
SELECT is((SELECT result FROM dblink_get_result('two') AS r (result text)), 'moved', 'both branches end');
SELECT count(*) FROM dblink_get_result('two') AS r (result text) \g /dev/null
SELECT is((SELECT outcome FROM data.referral WHERE referral_id = test.referral_of(:step)), 'done-partly', 'and the outcome is rolled up');
SELECT is((SELECT count(*) FROM data.event WHERE referral_id = test.referral_of(:step) AND kind = 'outcome-rolled-up'), 1::bigint, 'once');

-- The steps before two planned ones end at the same time, one of them twice: each planned one is sent once.
SELECT step_id AS parent FROM test.submit(ARRAY[:'key' || '-t'], ARRAY['x']) \gset
SELECT test.moves(:parent, 'worker', '{accepted,first-contact}'),
       test.move(:parent, 'worker', 'passed-on', offerings => '{buurtteam,klantwijzer,taaldoen,welzijn-op-recept}',
                 branches => '[{}, {}, {"after": 1}, {"after": 2}]') \g /dev/null
SELECT min(step_id) FILTER (WHERE offering_id = test.offering('buurtteam')) AS left, min(step_id) FILTER (WHERE offering_id = test.offering('klantwijzer')) AS right
FROM data.step WHERE parent_id = :parent \gset
SELECT test.moves(:left, 'worker2', '{accepted,first-contact}'), test.moves(:right, 'worker', '{accepted,first-contact}') \g /dev/null
SELECT dblink_exec('one', 'BEGIN') \g /dev/null
SELECT * FROM dblink('one', format('SELECT result FROM test.move(%s, ''worker2'', ''done-goal-reached'')', :left)) AS r (result text) \g /dev/null
SELECT dblink_send_query('two', format('SELECT string_agg(result, '' '' ORDER BY n) FROM (SELECT 1 AS n, result FROM test.move(%s, ''worker2'', ''done-partly'') UNION ALL SELECT 2, result FROM test.move(%s, ''worker'', ''done-partly'')) x', :left, :right)) \g /dev/null
SELECT pg_sleep(0.1) \g /dev/null
SELECT is(dblink_is_busy('two'), 1, 'who ends another branch at the same time waits');
SELECT dblink_exec('one', 'COMMIT') \g /dev/null
SELECT is((SELECT result FROM dblink_get_result('two') AS r (result text)), 'state-not-allowed moved', 'one ends once');
SELECT count(*) FROM dblink_get_result('two') AS r (result text) \g /dev/null
SELECT is((SELECT array_agg(row(state, version)::text) FROM data.step WHERE parent_id = :parent AND after_id IS NOT NULL), '{"(sent,2)","(sent,2)"}', 'and each planned one is sent once');

-- Two drafts at once: each its own number, and no hole.
SELECT max(version) AS last FROM data.rule_table WHERE region_id = 1 \gset
CREATE FUNCTION test.saved(key text) RETURNS text LANGUAGE sql AS $$ SELECT result || ' ' || version FROM test.save(3, test.small(3), key => key) $$;
CREATE FUNCTION test.both(first text, second text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    answers text[] := '{}';
    waits int;
    one text;
BEGIN
    PERFORM dblink_exec('one', 'BEGIN');
    answers := answers || ARRAY(SELECT r.answer FROM dblink('one', first) AS r (answer text));
    PERFORM dblink_send_query('two', second);
    FOR i IN 1..500 LOOP -- until it has its answer, or waits for a lock
        EXIT WHEN dblink_is_busy('two') = 0 OR EXISTS (SELECT FROM pg_locks WHERE NOT granted);
        PERFORM pg_sleep(0.02);
    END LOOP;
    waits := dblink_is_busy('two');
    PERFORM dblink_exec('one', 'COMMIT');
    answers := answers || ARRAY(SELECT r.answer FROM dblink_get_result('two') AS r (answer text));
    PERFORM FROM dblink_get_result('two') AS r (answer text);
    RETURN answers || waits::text;
END
$$;
SELECT is(test.both(format('SELECT test.saved(%L)', :'key' || '-d1'), format('SELECT test.saved(%L)', :'key' || '-d2')),
          ARRAY['created ' || :last + 1, 'created ' || :last + 2, '1'], 'two drafts at once: one waits, and gets the next number');
SELECT is(test.both(format('SELECT test.saved(%L)', :'key' || '-d3'), format('SELECT test.saved(%L)', :'key' || '-d3')),
          ARRAY['created ' || :last + 3, 'replayed ' || :last + 3, '1'], 'the same one twice at once is one');
SELECT is(test.both(format('SELECT result FROM test.ask(%s)', :last + 1), format('SELECT result FROM test.discard(%s)', :last + 1)),
          '{requested,discarded,1}', 'discarded while it is asked for: one after the other');
SELECT is(test.both(format('SELECT result FROM test.discard(%s)', :last + 2), format('SELECT result || state FROM test.ask(%s)', :last + 2)),
          '{discarded,state-not-alloweddiscarded,1}', 'and the other way about: too late');
SELECT is((SELECT result FROM test.ask(:last + 3)), 'requested', 'a version is asked for');
SELECT is(test.both(format('SELECT result FROM test.approve(%s)', :last + 3), format('SELECT result || state FROM test.approve(%s)', :last + 3)),
          '{approved,state-not-allowedpublished,1}', 'two approvals at once: one counts');
SELECT is((SELECT version FROM test.save(3, test.small(3), key => :'key' || '-d4')), :last + 4, 'one more');
SELECT is((SELECT result FROM test.ask(:last + 4)), 'requested', 'asked for');
SELECT is(test.both(format('SELECT result FROM test.approve(%s)', :last + 4), format('SELECT result || state FROM test.discard(%s)', :last + 4)),
          '{approved,state-not-allowedpublished,1}', 'discarded while it is approved: too late');
SELECT is(test.both('SELECT result || version FROM test.roll_back(3)', 'SELECT result || version FROM test.roll_back(3, ''coordinator2'')'),
          ARRAY['rolled-back' || :last + 5, 'rolled-back' || :last + 6, '1'], 'two rollbacks at once go back twice');
SELECT is((SELECT array_agg(restores ORDER BY version) FROM data.rule_table WHERE region_id = 1 AND restores IS NOT NULL), ARRAY[:last + 3, 3], 'one version each');

-- Two reviewers at once: one counts. Two keepers at once: each level once. Two who erase: once.
SELECT i.step_id AS two FROM data.idempotency i WHERE i.idem_key = :'key' || '-b' \gset
SELECT result FROM test.emergency(test.referral_of(:two)) \g /dev/null
SELECT emergency_id AS e FROM data.emergency WHERE referral_id = test.referral_of(:two) \gset
UPDATE data.emergency SET due_at = now() WHERE emergency_id = :e;
SELECT is(test.both('SELECT wijzer.escalate_emergencies(1, now() + interval ''1 day'')::text', 'SELECT wijzer.escalate_emergencies(1, now() + interval ''1 day'')::text'),
          '{1,0,0}', 'two keepers at once: one escalates, the other passes by');
UPDATE data.emergency SET due_at = now() WHERE emergency_id = :e;
SELECT is(test.both(format('SELECT result FROM test.review(%s)', :e), 'SELECT wijzer.escalate_emergencies(1, now() + interval ''1 day'')::text'),
          '{reviewed,0,0}', 'what is being reviewed is not escalated');
SELECT is((SELECT count(*) FROM data.event WHERE kind = 'emergency-overdue' AND object_id = :e), 1::bigint, 'one level');
SELECT result FROM test.emergency(test.referral_of(:two), 'gp2') \g /dev/null
SELECT emergency_id AS e FROM data.emergency WHERE referral_id = test.referral_of(:two) AND account_id = test.account('gp2') \gset
SELECT is(test.both(format('SELECT result FROM test.review(%s)', :e), format('SELECT result FROM test.review(%s, ''coordinator2'')', :e)),
          '{reviewed,already-reviewed,1}', 'two reviewers at once: one counts');
SELECT is(test.both(format('SELECT result FROM test.emergency(test.referral_of(%s), key => %L)', :two, :'key' || '-e'),
                    format('SELECT result FROM test.emergency(test.referral_of(%s), key => %L)', :two, :'key' || '-e')), '{used,replayed,1}', 'the button twice at once is once');
SELECT test.client_of(:two) AS client \gset
SELECT is(test.both(format('SELECT result FROM test.move(%s, ''worker'', ''accepted'')', :two), format('SELECT result FROM test.erase(%s)', :client)),
          '{moved,still-open,1}', 'who is at work goes before who erases');
SELECT test.moves(:two, 'worker', '{first-contact,taking-part,done-partly}') \g /dev/null
SELECT test.review(emergency_id, CASE account_id WHEN test.account('coordinator') THEN 'coordinator2' ELSE 'coordinator' END)
FROM data.emergency WHERE referral_id = test.referral_of(:two) AND reviewed_at IS NULL \g /dev/null
SELECT is(test.both(format('SELECT result FROM test.erase(%s)', :client), format('SELECT result FROM test.erase(%s, ''coordinator'')', :client)),
          '{erased,already-erased,1}', 'two who erase: once');
SELECT is(test.both(format('SELECT wijzer.key_destroyed(1, %s, now()) ->> ''status''', :client), format('SELECT wijzer.key_destroyed(1, %s, now()) ->> ''status''', :client)),
          '{done,done,1}', 'two keepers destroy the same key');
SELECT is((SELECT array_agg(kind ORDER BY event_id) FROM data.event WHERE referral_id = test.referral_of(:two) AND kind LIKE 'client-%'), '{client-erased,client-key-destroyed}', 'told once');

-- Two keepers make digests of two days at once, when the clock of one is behind: what waits comes in one of them.
INSERT INTO data.feedback (region_id, feedback_id, referral_id, step_id, state, from_id, to_id, at, form)
SELECT 1, nextval('data.object_seq'), referral_id, step_id, 'accepted', owner_id, test.organisation_of('gp'), '2026-01-02Z', 'daily'
FROM data.step WHERE step_id = :two;
SELECT is(test.both($$ SELECT wijzer.make_digests(1, '2026-01-05') $$, $$ SELECT wijzer.make_digests(1, '2026-01-06') $$), '{1,0,1}', 'the second keeper waits, and finds nothing left');
SELECT is((SELECT count(*) FROM data.feedback_digest WHERE since < '2026-01-02Z' AND until >= '2026-01-02Z'), 1::bigint, 'so a feedback comes once');
DELETE FROM data.feedback WHERE at = '2026-01-02Z';
DELETE FROM data.notice WHERE kind = 'feedback-digest';
DELETE FROM data.feedback_digest;

-- Numbers of events commit out of order: one that is open hides what comes after it, until it is there too.
SELECT count(*) FROM test.submit(ARRAY[:'key' || '-before'], ARRAY['x']) \g /dev/null
SELECT wijzer.list_events(1, test.account('coordinator'), 1, logic.event_cursor(logic.final_below(), 0)) ->> 'next' AS place \gset
CREATE FUNCTION test.sent_after(place text) RETURNS bigint[] LANGUAGE sql
RETURN (SELECT coalesce(array_agg(d.referral_id ORDER BY n.tx, n.event_id), '{}')
        FROM logic.event_place(place) p, wijzer.new_events(1, p.tx, p.id, 100) n
        JOIN data.event d ON d.region_id = 1 AND d.tx = n.tx AND d.event_id = n.event_id);
SELECT dblink_exec('one', 'BEGIN') \g /dev/null
SELECT r.id AS early FROM dblink('one', format('SELECT referral_id FROM test.submit(ARRAY[%L], ARRAY[''x''])', :'key' || '-early')) AS r (id bigint) \gset
SELECT r.id AS late FROM dblink('two', format('SELECT referral_id FROM test.submit(ARRAY[%L], ARRAY[''x''])', :'key' || '-late')) AS r (id bigint) \gset
SELECT is(test.sent_after(:'place'), '{}', 'what was committed behind an open transaction is not told yet');
SELECT is(json_array_length(wijzer.list_events(1, test.account('coordinator'), 100, :'place') -> 'items'), 0, 'in no page either');
SELECT wijzer.list_events(1, test.account('coordinator'), 100, :'place') ->> 'next' AS meanwhile \gset
SELECT dblink_exec('one', 'COMMIT') \g /dev/null
SELECT is(test.sent_after(:'place'), ARRAY[:early, :late]::bigint[], 'then both are, the earlier one first');
SELECT is(test.sent_after(:'meanwhile'), ARRAY[:early, :late]::bigint[], 'also to who has read on meanwhile');
SELECT is(json_array_length(wijzer.list_events(1, test.account('coordinator'), 100,
              wijzer.list_events(1, test.account('coordinator'), 1, :'meanwhile') ->> 'next') -> 'items'), 1, 'each once');

SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');
SELECT dblink_disconnect('one'), dblink_disconnect('two') \g /dev/null
SELECT * FROM finish();

CREATE TEMP TABLE mine AS SELECT r.referral_id, r.client_id FROM data.referral r
JOIN data.idempotency i ON i.operation = 'submit' AND i.object_id = r.referral_id WHERE i.idem_key LIKE :'key' || '%';
DELETE FROM data.idempotency WHERE object_id IN (SELECT referral_id FROM mine UNION ALL SELECT client_id FROM mine UNION ALL
    SELECT emergency_id FROM data.emergency JOIN mine USING (referral_id) UNION ALL SELECT step_id FROM data.step JOIN mine USING (referral_id));
DELETE FROM data.event WHERE referral_id IN (SELECT referral_id FROM mine);
DELETE FROM data.feedback WHERE referral_id IN (SELECT referral_id FROM mine);
DELETE FROM data.note WHERE referral_id IN (SELECT referral_id FROM mine);
DELETE FROM data.notice WHERE client_id IN (SELECT client_id FROM mine);
DELETE FROM data.emergency WHERE client_id IN (SELECT client_id FROM mine);
DELETE FROM data.promise WHERE referral_id IN (SELECT referral_id FROM mine);
DELETE FROM data.decision WHERE step_id IN (SELECT step_id FROM data.step JOIN mine USING (referral_id));
DELETE FROM data.step WHERE referral_id IN (SELECT referral_id FROM mine);
DELETE FROM data.referral WHERE referral_id IN (SELECT referral_id FROM mine);
DELETE FROM data.client WHERE client_id IN (SELECT client_id FROM mine);
DELETE FROM data.idempotency WHERE operation NOT IN ('submit', 'move', 'open') AND object_id > :last;
-- A version cannot be deleted: checking that nothing refers to it needs a right that nobody has.
SET session_replication_role = replica;
DELETE FROM data.rule WHERE region_id = 1 AND version > :last;
DELETE FROM data.rule_table WHERE region_id = 1 AND version > :last;
DROP SCHEMA test CASCADE;
