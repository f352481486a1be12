-- The views see what they are for: each fact is broken by hand (as superuser, whom no policy stops) and undone.
BEGIN;
\ir support/helpers.sql
SELECT plan(39);
SELECT test.new_step('o') AS o, test.new_step('p') AS p, test.new_step('z') AS z \gset
SELECT is(test.moves(:p, 'worker', '{accepted,first-contact}'), 'moved', 'a referral under way');
SELECT is((SELECT result FROM test.move(:p, 'worker', 'passed-on', '', NULL, '{buurtteam}')), 'moved', 'with a branch');
SELECT is(test.moves(:z, 'worker', '{accepted,first-contact,done-partly}') || ' ' || test.open_final(test.referral_of(:z)),
          'moved opened', 'and a closed one');
SELECT is_empty('SELECT * FROM test.violation', 'nothing is violated');

CREATE FUNCTION test.breaks(invariant text, because text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    s text;
    seen text;
BEGIN
    BEGIN
        FOREACH s IN ARRAY statements LOOP
            EXECUTE s;
        END LOOP;
        SELECT string_agg(DISTINCT v.reason, '; ') INTO seen FROM test.violation v WHERE v.invariant = breaks.invariant;
        RAISE SQLSTATE 'UNDO1';
    EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
        NULL;
    END;
    RETURN ok(coalesce(seen LIKE '%' || because || '%', false), invariant || ' sees: ' || because);
END
$$;

SELECT test.breaks('I1', 'nobody has promised', format('UPDATE data.promise SET ended_at = now(), ended_how = ''kept'' WHERE step_id = %s', :o));
SELECT test.breaks('I1', 'without a promise and without an open branch', format('DELETE FROM data.promise WHERE step_id = %s', :o));
SELECT test.breaks('I1', 'more than one open promise', format('INSERT INTO data.promise SELECT region_id, step_id, 9, referral_id, kind, organisation_id, owner_id, referrer_id, 0, started_at, due_at FROM data.promise WHERE step_id = %s', :o));
SELECT test.breaks('I1', 'does not know', format('UPDATE data.step SET promise_nr = NULL WHERE step_id = %s', :o));
SELECT test.breaks('I1', 'not open', format('UPDATE data.step SET promise_nr = 7 WHERE step_id = %s', :o));
SELECT test.breaks('I1', 'has ended', 'UPDATE data.organisation SET ended_at = now() WHERE code = ''levgroep''');
SELECT test.breaks('I1', 'closed, and a step', format('UPDATE data.referral SET outcome = ''declined'', ended_at = now(), closed_at = now() WHERE referral_id = %s', test.referral_of(:o)));
SELECT test.breaks('I3', 'without an idempotency key', 'DELETE FROM data.idempotency WHERE operation = ''submit''');
SELECT test.breaks('I3', 'more than one', 'INSERT INTO data.idempotency (region_id, account_id, idem_key, body_hash, operation, object_id, at) SELECT region_id, account_id, idem_key || ''x'', body_hash, operation, object_id, at FROM data.idempotency WHERE operation = ''submit''');
SELECT test.breaks('I3', 'without an answer', 'UPDATE data.idempotency SET answer = NULL WHERE operation = ''move''');
SELECT test.breaks('I4', 'missing or double', format('DELETE FROM data.event WHERE step_id = %s AND version = 2', :p));
SELECT test.breaks('I4', 'step differs', format('UPDATE data.step SET owner_id = owner_id + 1 WHERE step_id = %s', :p));
SELECT test.breaks('I4', 'time of the end', format('UPDATE data.step SET ended_at = now() WHERE step_id = %s', :o));
SELECT test.breaks('I4', 'does not follow', format('UPDATE data.event SET to_state = ''received'' WHERE step_id = %s AND version = 2', :p));
SELECT test.breaks('I4', 'promise differs', format('UPDATE data.promise SET due_at = due_at + interval ''1 day'' WHERE step_id = %s', :o));
SELECT test.breaks('I4', 'referral differs', format('UPDATE data.referral SET closed_at = NULL WHERE referral_id = %s', test.referral_of(:z)));
SELECT test.breaks('I4', 'referral without events', format('DELETE FROM data.event WHERE referral_id = %s', test.referral_of(:z)));
SELECT test.breaks('I4', 'client who is not there', format('UPDATE data.referral SET client_id = 9 WHERE referral_id = %s', test.referral_of(:o)));
SELECT test.breaks('I4', 'step of a referral', format('UPDATE data.step SET referral_id = 9 WHERE step_id = %s', :o));
SELECT test.breaks('I4', 'promise about a step', format('UPDATE data.promise SET referral_id = 9 WHERE step_id = %s', :o));
SELECT test.breaks('I6', 'closed referral', format('UPDATE data.promise SET ended_at = NULL, ended_how = NULL WHERE step_id = %s AND kind = ''feedback''', :z));
SELECT test.breaks('I6', 'step that has ended', format('UPDATE data.promise SET ended_at = NULL, ended_how = NULL WHERE step_id = %s', :z));
SELECT test.breaks('I7', 'without a decision', format('DELETE FROM data.decision WHERE step_id = %s', :o));
SELECT test.breaks('I7', 'row that is not there', format('UPDATE data.decision SET rule_id = ''R98'' WHERE step_id = %s', :o));
SELECT test.breaks('I7', 'without a reason', format('UPDATE data.decision SET reason = '''' WHERE step_id = %s', :o));
SELECT test.breaks('I7', 'never published', format('UPDATE data.decision SET table_version = %s WHERE step_id = %s', (SELECT version FROM test.save(3, test.small(3))), :o));
SELECT test.breaks('I7', 'never published', format('UPDATE data.decision SET table_no = 2 WHERE step_id = %s', :o));
SELECT test.breaks('I7', 'trail names a row that is not there', format('UPDATE data.decision SET trail = ''[{"table": 2, "version": 2, "rules": ["A98"]}]'' WHERE step_id = %s', :o));
SELECT test.breaks('I7', 'trail names a row that is not there', format('UPDATE data.decision SET trail = ''[{"table": 2, "version": 2, "rules": ["A01"], "unknown": ["A98"]}]'' WHERE step_id = %s', :o));
SELECT test.ranked_step('q', '{welzijn-op-recept,buurtteam}') AS q \gset
SELECT is((SELECT result FROM test.move(:q, 'worker', 'declined', '', 'capacity', after => test.after('capacity'))), 'moved', 'one went to the next candidate');
SELECT test.breaks('I7', 'next candidate without a decision', format('DELETE FROM data.decision WHERE step_id = (SELECT step_id FROM data.step WHERE previous_id = %s)', :q));
SELECT test.breaks('I7', 'step that is not there', format('UPDATE data.decision SET step_id = -step_id WHERE step_id = %s', :o));
SELECT test.breaks('I8', 'not L6', 'DELETE FROM data.event WHERE kind = ''feedback-opened''');
SELECT test.breaks('I8', 'not L3', 'DELETE FROM data.event WHERE to_status = ''in-progress''');

SELECT is_empty('SELECT * FROM test.violation', 'all of it was undone');
SELECT * FROM finish();
ROLLBACK;
