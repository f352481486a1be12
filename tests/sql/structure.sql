-- What the schema must look like: read from the catalogue, so that a new table cannot forget it.
\getenv last_change SQITCH_LAST
BEGIN;
SELECT * FROM no_plan();

SELECT matches(wijzer.schema_version(), '^' || :'last_change' || '(-[0-9a-f]{12})?$', 'schema_version() begins with the last change of the plan');

SELECT is_empty($$
    SELECT conrelid::regclass, conname
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.connamespace = 'data'::regnamespace AND c.contype IN ('p', 'u', 'f', 'x') AND a.attname <> 'region_id' $$,
    'region_id leads every primary key, unique constraint and foreign key');
SELECT is_empty($$
    SELECT conrelid::regclass, conname
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]
    WHERE c.connamespace = 'data'::regnamespace AND c.contype = 'f' AND a.attname <> 'region_id' $$,
    'every foreign key refers to a region''s row: none crosses regions');
SELECT is_empty($$
    SELECT i.indexrelid::regclass
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE c.relnamespace = 'data'::regnamespace AND a.attname <> 'region_id'
      AND i.indexrelid NOT IN ('data.identity_by_certificate'::regclass, 'data.invitation_by_code'::regclass,
                               'data.access_by_client'::regclass) $$,
    'region_id leads every index but those that find the region, and the inverted one of clients');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace = 'data'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p') $$,
    'every table has a primary key');
SELECT is_empty($$
    SELECT tgrelid::regclass, tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT tgisinternal AND c.relnamespace IN ('data'::regnamespace, 'wijzer'::regnamespace) $$,
    'no triggers');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace = 'data'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity) $$,
    'row-level security is forced on every table');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace = 'data'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
                      AND coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
                          LIKE '%wijzer.region%') $$,
    'every table has a policy on the region');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
    WHERE c.relnamespace IN ('data'::regnamespace, 'wijzer'::regnamespace, 'logic'::regnamespace)
      AND r.rolname <> CASE WHEN c.oid IN ('logic.client_seen'::regclass, 'logic.note_seen'::regclass, 'logic.offer_seen'::regclass,
                                           'logic.feedback_seen'::regclass, 'logic.client_hash'::regclass, 'logic.access_about'::regclass,
                                           'logic.emergency_seen'::regclass, 'logic.message_seen'::regclass,
                                           'logic.attachment_seen'::regclass, 'logic.client_remains'::regclass)
                            THEN 'wijzer_vault' ELSE 'wijzer_owner' END $$,
    'wijzer_owner owns every relation but the views that apply consent or search');
SELECT ok(NOT r.rolsuper AND NOT r.rolbypassrls AND NOT r.rolcanlogin AND NOT pg_has_role('wijzer_owner', r.oid, 'MEMBER')
          AND NOT pg_has_role('wijzer_app', r.oid, 'MEMBER'), 'whose owner nobody can become') FROM pg_roles r WHERE r.rolname = 'wijzer_vault';
SELECT is_empty($$
    SELECT c.oid::regclass, a.attname
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'data'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND (t.typname = 'sealed' OR a.attname LIKE 'plain_%') AND has_column_privilege('wijzer_owner', c.oid, a.attnum, 'SELECT') $$,
    'the functions'' owner reads no sealed column');
SELECT ok(NOT rolsuper AND NOT rolbypassrls AND NOT rolcanlogin, 'the owner is subject to row-level security')
FROM pg_roles WHERE rolname = 'wijzer_owner';

-- Append-only.
SELECT is_empty($$
    SELECT polrelid::regclass, polname FROM pg_policy
    WHERE polrelid IN ('data.event'::regclass, 'data.decision'::regclass, 'data.note'::regclass, 'data.rule'::regclass,
                       'data.rule_example'::regclass, 'data.administration'::regclass, 'data.seal'::regclass, 'data.access'::regclass,
                       'data.consent'::regclass, 'data.grants'::regclass, 'data.reasoning'::regclass)
      AND polcmd NOT IN ('r', 'a') AND NOT (polrelid IN ('data.note'::regclass, 'data.decision'::regclass) AND polcmd = 'w') $$,
    'no policy lets anybody change or delete what is append-only (but a note''s texts can be forgotten)');
SELECT ok(NOT has_table_privilege('wijzer_owner', t, 'UPDATE') AND NOT has_table_privilege('wijzer_owner', t, 'DELETE'),
          'not even the owner may change or delete in ' || t)
FROM unnest(ARRAY['data.event', 'data.decision', 'data.rule', 'data.rule_example', 'data.rule_table', 'data.administration', 'data.seal',
                  'data.access', 'data.consent', 'data.grants', 'data.reasoning']) AS t;
SELECT is((SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
           WHERE a.attrelid = 'data.rule_table'::regclass AND a.attnum > 0
             AND has_column_privilege('wijzer_owner', a.attrelid, a.attnum, 'UPDATE')),
          '{acknowledged,approved_at,approver_id,discarded_at,effective_from,findings,published_at,published_by,status}',
          'of a version only how far it has come may change');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class c
    WHERE c.relkind = 'v' AND c.relnamespace IN ('data'::regnamespace, 'wijzer'::regnamespace)
      AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false) $$,
    'views that people read hold the reader to row-level security');
SELECT ok(NOT has_table_privilege('wijzer_owner', 'data.rule_table', 'TRUNCATE'), 'no version is truncated');

-- The daemon's login.
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace IN ('data'::regnamespace, 'wijzer'::regnamespace, 'logic'::regnamespace)
      AND (c.relkind IN ('r', 'p', 'v')
           AND has_table_privilege('wijzer_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
           OR c.relkind = 'S' AND has_sequence_privilege('wijzer_app', c.oid, 'USAGE, SELECT, UPDATE')) $$,
    'wijzer_app has no right on any table, view or sequence');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace IN ('data'::regnamespace, 'logic'::regnamespace)
      AND has_function_privilege('wijzer_app', p.oid, 'EXECUTE') $$,
    'wijzer_app may execute nothing outside schema wijzer');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'wijzer'::regnamespace
      AND p.proname NOT IN ('clock', 'code', 'schema_version')
      AND NOT (p.prosecdef AND 'search_path=""' = ANY (p.proconfig)) $$,
    'functions of the interface are security definer with a pinned search_path');
SELECT ok(NOT has_schema_privilege('wijzer_app', 'data', 'USAGE, CREATE')
          AND NOT has_schema_privilege('wijzer_app', 'logic', 'USAGE, CREATE')
          AND NOT has_schema_privilege('wijzer_app', 'wijzer', 'CREATE')
          AND has_schema_privilege('wijzer_app', 'wijzer', 'USAGE'), 'wijzer_app uses schema wijzer alone');

SELECT * FROM finish();
ROLLBACK;
