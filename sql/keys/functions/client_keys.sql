-- The keys of clients: added, got, destroyed.

-- The name of the last change in sqitch.plan and the digest that `wijzerd migrate` gave, as wijzer.schema_version().
CREATE FUNCTION keys.schema_version() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'client_keys' || coalesce('-' || nullif(:'interface', ''), '');

-- Stores wrapped keys (base64) of new clients; all or none. The same again changes nothing, so that a call whose outcome was
-- not seen may be repeated. Raises where a client has another key, or had one that was destroyed, and where the wrapping key
-- has been retired: then a daemon has not been told to reload, which knows that by the SQLSTATE.
CREATE FUNCTION keys.add(p_region int, p_clients bigint[], p_wrapped text[], p_wrap_key int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    added bigint;
BEGIN
    INSERT INTO data.client_key AS k (region_id, client_id, wrapped, wrap_key)
    SELECT p_region, i.client_id, i.wrapped, p_wrap_key
    FROM unnest(p_clients, p_wrapped) AS i (client_id, wrapped)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF added <> cardinality(p_clients) AND EXISTS (
        SELECT FROM unnest(p_clients, p_wrapped) AS i (client_id, wrapped)
        LEFT JOIN data.client_key k ON k.region_id = p_region AND k.client_id = i.client_id
        WHERE k.wrapped IS DISTINCT FROM i.wrapped OR k.wrap_key <> p_wrap_key) THEN
        RAISE EXCEPTION 'a client of region % has another key', p_region;
    END IF;
    IF EXISTS (SELECT FROM data.destroyed d WHERE d.region_id = p_region AND d.client_id = ANY (p_clients)) THEN
        RAISE EXCEPTION 'a client of region % had a key that was destroyed', p_region;
    END IF;
    -- Behind the INSERT, whose lock keys.retire() takes as well: whoever came second sees what the first has done.
    IF EXISTS (SELECT FROM data.retired r WHERE r.region_id = p_region AND r.wrap_key = p_wrap_key) THEN
        RAISE EXCEPTION 'wrapping key % of region % has been retired; reload the daemon', p_wrap_key, p_region
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
END
$$;

-- Of these clients those that have a key: the others were erased, or never had one.
CREATE FUNCTION keys.get(p_region int, p_clients bigint[])
RETURNS TABLE (client_id bigint, wrapped text, wrap_key int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT k.client_id, k.wrapped::text, k.wrap_key
    FROM data.client_key k WHERE k.region_id = p_region AND k.client_id = ANY (p_clients);
END
$$;

-- Destroys a client's key, for ever. destroyed: it was there. gone_at: from when no backup of this database holds it either;
-- the same when asked again.
CREATE FUNCTION keys.destroy(p_region int, p_client bigint) RETURNS TABLE (destroyed boolean, gone_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM data.client_key k WHERE k.region_id = p_region AND k.client_id = p_client;
    destroyed := FOUND;
    INSERT INTO data.destroyed AS d (region_id, client_id) VALUES (p_region, p_client) ON CONFLICT DO NOTHING;
    SELECT greatest(d.destroyed_at, (SELECT max(b.expires_at) FROM data.backup b WHERE b.taken_at <= d.destroyed_at))
    INTO gone_at
    FROM data.destroyed d WHERE d.region_id = p_region AND d.client_id = p_client;
    RETURN NEXT;
END
$$;
