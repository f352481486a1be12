-- For deploy/backup and deploy/restore, not for the daemon: run as owner or superuser.

-- Tells of a backup before it is taken, so that a key destroyed meanwhile counts as held by it.
CREATE FUNCTION keys.note_backup(p_at timestamptz, p_expires_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO data.backup AS b (taken_at, expires_at) VALUES (p_at, p_expires_at)
    ON CONFLICT (taken_at) DO UPDATE SET expires_at = greatest(b.expires_at, excluded.expires_at);
END
$$;

-- After a restore: destroys what had been destroyed after the backup was taken; of `p_clients` (erased, as the data tells) how
-- many had come back.
CREATE FUNCTION keys.destroy_again(p_region int, p_clients bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM data.client_key k WHERE k.region_id = p_region AND k.client_id = ANY (p_clients);
    GET DIAGNOSTICS gone = ROW_COUNT;
    INSERT INTO data.destroyed AS d (region_id, client_id)
    SELECT p_region, i.client_id FROM unnest(p_clients) AS i (client_id) ON CONFLICT DO NOTHING;
    RETURN gone;
END
$$;
