-- Sealed history. The daemon reads what is final and not sealed, hashes and signs it, and adds the block; nothing here is on
-- anybody's way. Final is a row whose transaction is below the oldest one still running: no transaction below that can add
-- another one, whatever numbers sequences gave out.

-- The logs: table of schema data, the column that numbers its rows, and the one that says what they are about.
CREATE FUNCTION logic.sealed_logs() RETURNS TABLE (log text, id_column text, about_column text) LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    VALUES ('event', 'event_id', 'referral_id'), ('access', 'access_id', 'object_id');
END;

-- Below this number of a transaction everything has ended.
CREATE FUNCTION logic.final_below() RETURNS bigint LANGUAGE sql VOLATILE
RETURN pg_snapshot_xmin(pg_current_snapshot())::text::bigint + data.tx_offset();

-- The last block; nulls before the first.
CREATE FUNCTION logic.last_seal(p_region int, p_log text) RETURNS data.seal LANGUAGE plpgsql STABLE AS $$
DECLARE
    last data.seal;
BEGIN
    SELECT s.* INTO last FROM data.seal s
    WHERE s.region_id = p_region AND s.log = p_log ORDER BY s.block_no DESC LIMIT 1;
    RETURN last;
END
$$;

-- Where the next block of each log begins: after row `up_to` of transaction `horizon`, and what is final now. is_behind: the
-- cluster counts lower than history does, as after a restore without data.continue_history().
CREATE FUNCTION wijzer.seal_next(p_region int)
RETURNS TABLE (log text, columns text[], block_no bigint, previous text, horizon bigint, up_to bigint, final_below bigint,
               is_behind boolean, now_us bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_log text;
    v_last data.seal;
    v_final bigint;
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    FOR v_log IN SELECT l.log FROM logic.sealed_logs() l LOOP
        v_last := logic.last_seal(p_region, v_log);
        v_final := logic.final_below();
        RETURN QUERY
        SELECT v_log,
               ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                     WHERE a.attrelid = ('data.' || v_log)::regclass AND a.attnum > 0 AND NOT a.attisdropped
                     ORDER BY a.attnum),
               coalesce(v_last.block_no, 0) + 1, encode(v_last.hash, 'hex'), coalesce(v_last.horizon, 0),
               coalesce(v_last.up_to, 0), v_final, v_final < coalesce(v_last.horizon, 0),
               logic.microseconds(wijzer.clock());
    END LOOP;
END
$$;

-- The next rows to be sealed, at most so many, in order of transaction and number, each as PostgreSQL writes a row. How far
-- they reach is looked up first, so that a large backlog is not sorted for every page; the plan is made for the numbers given,
-- and a block range index is worth its while at any size.
CREATE FUNCTION wijzer.seal_rows(p_region int, p_log text, p_horizon bigint, p_up_to bigint, p_final_below bigint, p_most int)
RETURNS TABLE (line text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
SET bytea_output = 'hex' SET enable_seqscan = off SET jit = off AS $$
DECLARE
    v_id text;
    v_where text;
    v_end bigint;
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    SELECT l.id_column INTO STRICT v_id FROM logic.sealed_logs() l WHERE l.log = p_log;
    v_where := format('FROM data.%I r WHERE r.region_id = %s AND r.tx >= %s AND r.tx < %%s AND (r.tx > %s OR r.%I > %s)',
                      p_log, p_region, p_horizon, p_horizon, v_id, p_up_to);
    EXECUTE format('SELECT max(x.tx) + 1 FROM (SELECT r.tx ' || v_where || ' LIMIT %s) x', p_final_below, p_most) INTO v_end;
    IF v_end IS NOT NULL THEN
        RETURN QUERY EXECUTE format('SELECT r::text ' || v_where || ' ORDER BY r.tx, r.%I LIMIT %s', v_end, v_id, p_most);
    END IF;
END
$$;

-- Adds a block. False: another daemon was quicker, or it does not follow the last one.
CREATE FUNCTION wijzer.seal_add(
    p_region int, p_log text, p_block bigint, p_previous text, p_root text, p_count int, p_horizon bigint, p_up_to bigint,
    p_until_us bigint, p_sealed_us bigint, p_ids bigint[], p_abouts bigint[], p_leaves text, p_hash text, p_key text,
    p_signature text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_last data.seal;
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    v_last := logic.last_seal(p_region, p_log);
    IF p_block <> coalesce(v_last.block_no, 0) + 1
       OR decode(p_previous, 'hex') <> coalesce(v_last.hash, decode(repeat('00', 32), 'hex')) THEN
        RETURN false;
    END IF;
    INSERT INTO data.seal (region_id, log, block_no, previous, root, count, horizon, up_to, until, sealed_at, ids, abouts,
                           leaves, hash, key_id, signature)
    VALUES (p_region, p_log, p_block, decode(p_previous, 'hex'), decode(p_root, 'hex'), p_count, p_horizon, p_up_to,
            logic.moment(p_until_us), logic.moment(p_sealed_us), p_ids, p_abouts, decode(p_leaves, 'hex'),
            decode(p_hash, 'hex'), p_key, decode(p_signature, 'hex'))
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

-- The last block of each log, all that its hash is made of; block_no is null before the first. unsealed: rows that are in no
-- block yet.
CREATE FUNCTION wijzer.seal_status(p_region int)
RETURNS TABLE (log text, block_no bigint, previous text, root text, ids bigint[], abouts bigint[], horizon bigint,
               up_to bigint, until_us bigint, sealed_us bigint, hash text, key_id text, signature text, unsealed bigint,
               is_behind boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_log record;
    v_last data.seal;
    v_unsealed bigint;
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    FOR v_log IN SELECT l.* FROM logic.sealed_logs() l LOOP
        v_last := logic.last_seal(p_region, v_log.log);
        EXECUTE format('SELECT count(*) FROM data.%I r WHERE r.region_id = %s AND r.tx >= %s AND (r.tx > %s OR r.%I > %s)',
                       v_log.log, p_region, coalesce(v_last.horizon, 0), coalesce(v_last.horizon, 0), v_log.id_column,
                       coalesce(v_last.up_to, 0)) INTO v_unsealed;
        RETURN QUERY
        SELECT v_log.log, v_last.block_no, encode(v_last.previous, 'hex'), encode(v_last.root, 'hex'), v_last.ids,
               v_last.abouts, v_last.horizon, v_last.up_to, logic.microseconds(v_last.until),
               logic.microseconds(v_last.sealed_at), encode(v_last.hash, 'hex'), v_last.key_id,
               encode(v_last.signature, 'hex'), v_unsealed, logic.final_below() < coalesce(v_last.horizon, 0);
    END LOOP;
END
$$;

-- After a restore into another cluster transactions are counted from the beginning again: lifts the numbers given from now on
-- above all that history knows. Changes nothing where they are there already. interface.sql runs it, so `wijzerd migrate` does.
CREATE OR REPLACE PROCEDURE data.continue_history() LANGUAGE plpgsql SET search_path = '' SET enable_seqscan = off AS $$
DECLARE
    v_now constant bigint := pg_current_xact_id()::text::bigint + data.tx_offset();
    v_most bigint := v_now;
    v_found bigint;
    v_region int;
    v_log text;
BEGIN
    PERFORM set_config('wijzer.scope', 'regions', true);
    FOREACH v_region IN ARRAY ARRAY(SELECT r.region_id FROM data.region r) LOOP
        PERFORM set_config('wijzer.region', v_region::text, true);
        FOR v_log IN SELECT l.log FROM logic.sealed_logs() l LOOP
            EXECUTE format('SELECT max(r.tx) FROM data.%I r WHERE r.region_id = $1 AND r.tx > $2', v_log)
                INTO v_found USING v_region, v_now;
            v_most := greatest(v_most, v_found, (logic.last_seal(v_region, v_log)).horizon);
        END LOOP;
    END LOOP;
    PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', '', true);
    IF v_most > v_now THEN
        EXECUTE format('CREATE OR REPLACE FUNCTION data.tx_offset() RETURNS bigint LANGUAGE sql STABLE RETURN %s::bigint',
                       data.tx_offset() + v_most - v_now);
    END IF;
END
$$;
