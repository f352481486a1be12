-- The invariants on the live database, in the region of the actor.

CREATE FUNCTION logic.violated(id text, name text, detail text, view regclass) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
    violations bigint;
    examples json;
    reason text;
BEGIN
    EXECUTE format('SELECT count(*),
                           coalesce(to_json((array_agg(wijzer.code(coalesce(v.referral_id, v.step_id))))[1:5]), ''[]''),
                           min(v.reason)
                    FROM %s v', view) INTO violations, examples, reason;
    RETURN json_build_object('id', id, 'name', name, 'status', CASE violations WHEN 0 THEN 'holds' ELSE 'violated' END,
                             'violations', violations, 'examples', examples, 'detail', coalesce(reason, detail));
END
$$;

CREATE FUNCTION logic.not_checked(id text, name text, detail text) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object('id', id, 'name', name, 'status', 'not-checked', 'violations', 0, 'examples', '[]'::json,
                         'detail', detail);

-- Every view reads the whole region, so hashing is right whatever the statistics say: on a table that has just been
-- filled they say that it is empty, and a nested loop would not come back.
CREATE FUNCTION wijzer.check(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_nestloop = off SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('invariants', json_build_array(
        logic.violated('I1', 'No black hole', 'Every open referral has a next actor and a time.',
                       'wijzer.i1_no_black_hole'),
        logic.not_checked('I2', 'Acknowledged is durable',
                          'Proved by the system tests, which kill daemon and database under load.'),
        logic.violated('I3', 'Once', 'Every idempotency key has one effect.', 'wijzer.i3_once'),
        logic.violated('I4', 'History is whole', 'State equals the replay of events.', 'wijzer.i4_history_whole'),
        logic.not_checked('I5', 'Nobody sees what consent does not grant them',
                          'Proved by the tests of row-level security, which try to read as every organisation.'),
        logic.violated('I6', 'Every promise ends', 'Open promises can still be kept.', 'wijzer.i6_every_promise_ends'),
        logic.violated('I7', 'Every decision can be explained', 'Reason, version and row are stored.',
                       'wijzer.i7_explained'),
        logic.violated('I8', 'A loop is closed by facts', 'Every closed referral satisfies L1-L6.',
                       'wijzer.i8_closed_by_facts')));
END
$$;
