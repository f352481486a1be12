-- submit_referrals: every result, alone and mixed in one call.
BEGIN;
\ir support/helpers.sql
SELECT plan(28);

SELECT results_eq($$ SELECT item, result FROM test.submit('{a,b,a,a}', '{1,2,1,9}') ORDER BY item $$,
                  $$ VALUES (1, 'created'), (2, 'created'), (3, 'replayed'), (4, 'key-reused') $$,
                  'created, replayed and key-reused in one batch');
SELECT is((SELECT count(*) FROM data.referral), 2::bigint, 'a key that comes twice in a batch has one effect');
SELECT results_eq($$ SELECT result FROM test.submit('{b,c}', '{2,3}') ORDER BY item $$, $$ VALUES ('replayed'), ('created') $$,
                  'a later call replays the old and makes the new');
SELECT results_eq($$ SELECT referral_id, step_id, created_us, due_us FROM test.submit('{c}', '{3}') $$,
                  $$ SELECT r.referral_id, s.step_id, logic.microseconds(r.created_at),
                            logic.microseconds('2030-01-01 16:00Z')
                     FROM data.referral r JOIN data.step s USING (region_id, referral_id)
                     JOIN data.idempotency i ON i.object_id = r.referral_id WHERE i.idem_key = 'c' $$,
                  'a replay gives the ids and times of the first answer');
SELECT results_eq($$ SELECT table_no, table_version, reason, offering_code, owner_code, owner_name, promise_label
                     FROM test.submit('{c}', '{3}') $$,
                  $$ VALUES (3, 3, 'Omdat het past.', 'welzijn-op-recept', 'levgroep', 'LEVgroep',
                             'Ontvangst bevestigen of antwoord geven') $$, 'and the stored decision');
SELECT is((SELECT array_agg(x ORDER BY x) FROM (SELECT DISTINCT referral_id IS NULL AND step_id IS NULL AND rule_id IS NULL
           AS x FROM test.submit('{c}', '{other}')) y), '{t}', 'key-reused tells nothing of what was stored');
UPDATE data.organisation SET name = 'Anders genoemd' WHERE code = 'levgroep';
SELECT is((SELECT owner_name FROM test.submit('{c}', '{3}')), 'LEVgroep', 'a replay keeps the name as it was then');
SELECT is((SELECT result FROM test.submit('{c}', '{3}', 'gp2')), 'created', 'keys belong to an account');

-- Refusals do not spoil their neighbours.
SELECT results_eq($$
    SELECT item, result FROM wijzer.submit_referrals(1, ARRAY(
        SELECT (x.account, test.organisation_of('gp'), x.key, test.hash('x'), 1, 2, 'soon', 1990, '5756',
                test.sealed('N'), test.sealed('0612345678'), NULL, 'nl', NULL, 3, 3, 'R99', 3, 4, NULL, x.owner, NULL, NULL, 'levgroep', 'LEVgroep',
                '2030-01-01 16:00Z', NULL, NULL, nextval('data.object_seq'), NULL, test.hash('n'), test.hash('p'), NULL,
                5, 'standard', '192.0.2.7', NULL, NULL, NULL, NULL, NULL)::wijzer.submission
        FROM (VALUES (1, 'r1', test.account('gp'), test.organisation_of('worker')),
                     (2, 'r2', -1, test.organisation_of('worker')),
                     (3, 'r3', test.account('gp'), -1),
                     (4, 'r4', test.account('gp2'), test.organisation_of('worker'))) x (item, key, account, owner)
        ORDER BY x.item), ARRAY['["meaning"]', '[]', 'z', '{}', test.consent()]) ORDER BY item $$,
    $$ VALUES (1, 'created'), (2, 'account-unknown'), (3, 'owner-unknown'), (4, 'account-unknown') $$,
    'an unknown account, an unknown owner and an account of another organisation are refused one by one');
SELECT is((SELECT count(*) FROM data.idempotency WHERE idem_key IN ('r2', 'r3', 'r4')), 0::bigint, 'a refusal uses no key up');
SELECT is((SELECT count(*) FROM data.note n JOIN data.idempotency i ON i.object_id = n.referral_id WHERE i.idem_key = 'r1'),
          0::bigint, 'no text, no note');
SELECT is((SELECT icpc FROM data.referral r JOIN data.idempotency i ON i.object_id = r.referral_id WHERE i.idem_key = 'r1'),
          '{}', 'no codes, an empty list');
UPDATE data.account SET ended_at = now() WHERE region_id = 1 AND name = 'gp2';
SELECT is((SELECT result FROM test.submit('{e1}', '{1}', 'gp2')), 'account-unknown', 'an ended account is unknown');
UPDATE data.account SET ended_at = NULL;
UPDATE data.organisation SET ended_at = now() WHERE region_id = 1 AND code = 'levgroep';
SELECT is((SELECT result FROM test.submit('{e2}', '{1}')), 'owner-unknown', 'an ended organisation owns no new step');
UPDATE data.organisation SET ended_at = NULL;

-- What one referral leaves behind.
SELECT is((SELECT domains FROM data.referral r JOIN data.idempotency i ON i.object_id = r.referral_id WHERE idem_key = 'a'),
          '{social-network,meaning}', 'domains are stored as codes');
SELECT results_eq($$ SELECT s.state, s.status::text, s.version, o.code::text FROM data.step s
                     JOIN data.idempotency i ON i.step_id = s.step_id JOIN data.organisation o
                     ON o.region_id = s.region_id AND o.organisation_id = s.owner_id WHERE idem_key = 'a' $$,
                  $$ VALUES ('sent', 'requested', 1, 'levgroep') $$, 'the first step is sent');
SELECT is((SELECT test.promises(step_id) FROM data.idempotency WHERE idem_key = 'a'), 'deliver levgroep',
          'and its owner has promised to deliver');
SELECT is((SELECT test.opened(text) FROM data.note n JOIN data.idempotency i ON i.object_id = n.referral_id WHERE idem_key = 'a'),
          'Voelt zich alleen.', 'the text is a note');
SELECT is((SELECT inputs ->> 'age' FROM data.decision d JOIN data.idempotency i USING (region_id, step_id) WHERE idem_key = 'a'),
          '76', 'the decision keeps the facts as seen');
SELECT is((SELECT array_agg(DISTINCT logic.grants_of(c)) FROM data.consent c WHERE c.region_id = 1), ARRAY[test.consent()::jsonb], 'and the consent what was granted');
SELECT is((SELECT count(*) FROM data.grants WHERE region_id = 1), 1::bigint, 'what many grant alike is kept once');
SELECT is((SELECT count(*) FROM data.event e JOIN data.idempotency i ON i.object_id = e.referral_id WHERE idem_key = 'a'),
          1::bigint, 'one event');

-- Two regions, and many at once.
SELECT is((SELECT result FROM test.submit('{a}', '{1}', 'gp', 'welzijnscoach', 2)), 'created',
          'the same key in another region is another key');
SELECT is((SELECT result FROM test.submit('{a2}', '{1}', 'gp2', 'welzijnscoach', 2)), 'account-unknown',
          'an account of another region is unknown');
SELECT is((SELECT count(DISTINCT referral_id) FROM test.submit(
              (SELECT array_agg('m' || i) FROM generate_series(1, 128) i), (SELECT array_agg(i::text) FROM generate_series(1, 128) i))
           WHERE result = 'created'), 128::bigint, '128 in one call');
SELECT is((SELECT count(*) FROM test.submit('{}', '{}')), 0::bigint, 'none in one call');
SELECT is((SELECT to_timestamp(created_us / 1e6) > now() + interval '9 days' FROM (
              SELECT set_config('wijzer.clock_offset', '10 days', true)) c, test.submit('{clock}', '{1}')), true,
          'time is the shifted clock''s');
SELECT is_empty('SELECT * FROM test.violation', 'no invariant is violated');

SELECT * FROM finish();
ROLLBACK;
