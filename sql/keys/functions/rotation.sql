-- Wrapping keys come and go; clients' keys stay.

-- How many client keys each wrapping key wraps.
CREATE FUNCTION keys.census() RETURNS TABLE (region_id int, wrap_key int, clients bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT k.region_id, k.wrap_key, count(*) FROM data.client_key k
    GROUP BY k.region_id, k.wrap_key ORDER BY k.region_id, k.wrap_key;
END
$$;

-- The next clients behind p_after whose keys are wrapped by another wrapping key than this.
CREATE FUNCTION keys.rewrap_page(p_region int, p_not_wrap_key int, p_after bigint, p_size int)
RETURNS TABLE (client_id bigint, wrapped text, wrap_key int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT k.client_id, k.wrapped::text, k.wrap_key FROM data.client_key k
    WHERE k.region_id = p_region AND k.wrap_key <> p_not_wrap_key AND k.client_id > p_after
    ORDER BY k.client_id LIMIT p_size;
END
$$;

-- Puts the same keys, wrapped anew, in the place of the old; how many. Who was erased meanwhile stays so.
CREATE FUNCTION keys.rewrap(p_region int, p_clients bigint[], p_wrapped text[], p_wrap_key int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE data.client_key k SET wrapped = i.wrapped, wrap_key = p_wrap_key
    FROM unnest(p_clients, p_wrapped) AS i (client_id, wrapped)
    WHERE k.region_id = p_region AND k.client_id = i.client_id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF EXISTS (SELECT FROM data.retired r WHERE r.region_id = p_region AND r.wrap_key = p_wrap_key) THEN
        RAISE EXCEPTION 'wrapping key % of region % has been retired', p_wrap_key, p_region;
    END IF;
    RETURN changed;
END
$$;

-- Takes a wrapping key out of use for ever; returns how many client keys it still wraps: then it is not retired. The lock
-- makes writers wait, not readers.
CREATE FUNCTION keys.retire(p_region int, p_wrap_key int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    used bigint;
BEGIN
    LOCK TABLE data.client_key IN SHARE ROW EXCLUSIVE MODE;
    SELECT count(*) INTO used FROM data.client_key k WHERE k.region_id = p_region AND k.wrap_key = p_wrap_key;
    IF used = 0 THEN
        INSERT INTO data.retired AS r (region_id, wrap_key) VALUES (p_region, p_wrap_key) ON CONFLICT DO NOTHING;
    END IF;
    RETURN used;
END
$$;
