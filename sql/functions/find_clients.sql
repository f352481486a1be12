-- Exact search by keyed hashes. Only clients of whom the account may see what it searches by: else a search would tell that
-- somebody's phone number is this one. The search is kept in the access log with whom it found.

-- name_hash is of the name and the year of birth together. At most one of the three is given; 50 clients at most.
CREATE FUNCTION wijzer.find_clients(p_region int, p_account int, p_name_hash text, p_phone_hash text, p_email_hash text,
                                    p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked constant text := CASE WHEN p_name_hash IS NOT NULL THEN 'name' WHEN p_phone_hash IS NOT NULL THEN 'phone' ELSE 'email' END;
    needed constant int := CASE asked WHEN 'name' THEN 3 WHEN 'phone' THEN 8 ELSE 16 END;
    hash constant bigint := logic.short_hash(coalesce(p_name_hash, p_phone_hash, p_email_hash));
    found record;
BEGIN
    IF actor.account_id IS NULL THEN
        RETURN NULL;
    END IF;
    WITH hit AS MATERIALIZED (
        SELECT h.client_id FROM logic.client_hash h WHERE asked = 'name' AND h.region_id = p_region AND h.name_hash = hash
        UNION ALL
        SELECT h.client_id FROM logic.client_hash h WHERE asked = 'phone' AND h.region_id = p_region AND h.phone_hash = hash
        UNION ALL
        SELECT h.client_id FROM logic.client_hash h WHERE asked = 'email' AND h.region_id = p_region AND h.email_hash = hash
    ), seen AS MATERIALIZED (
        SELECT c.* FROM hit
        CROSS JOIN LATERAL (SELECT * FROM logic.client_seen x WHERE x.region_id = p_region AND x.client_id = hit.client_id OFFSET 0) c
        WHERE c.fields & needed = needed AND c.erased_at IS NULL
        ORDER BY c.client_id DESC
        LIMIT 50
    )
    SELECT coalesce(json_agg(json_build_object(
               'id', wijzer.code(s.client_id), 'name', logic.sealed(s.client_id, s.client_id, 'name', s.name),
               'birthYear', s.birth_year, 'area', s.area,
               'phone', logic.sealed(s.client_id, s.client_id, 'phone', s.phone),
               'email', logic.sealed(s.client_id, s.client_id, 'email', s.email), 'language', s.language,
               'referrals', (
                   SELECT coalesce(json_agg(json_build_object(
                              'id', wijzer.code(r.referral_id), 'state', CASE WHEN r.closed_at IS NULL THEN 'open' ELSE 'closed' END,
                              'createdAt', logic.iso(r.created_at)) ORDER BY r.created_at DESC, r.referral_id), '[]')
                   FROM data.referral r
                   WHERE r.region_id = p_region AND r.client_id = s.client_id
                     AND logic.may_see(actor, p_region, r.referral_id, r.organisation_id))) ORDER BY s.client_id DESC), '[]') AS items,
           array_agg(s.client_id) AS clients, array_agg(s.fields & 63) AS fields, array_agg(s.ground) AS grounds,
           array_agg(s.consent_nr) AS consents
    INTO found
    FROM seen s;
    IF found.clients IS NULL THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'search', 'granted', NULL, NULL, 0, 'none', NULL, asked, p_from);
    ELSE
        PERFORM logic.note_page(actor, p_region, 'search', asked, p_from, found.clients, found.fields, found.grounds, found.consents);
    END IF;
    RETURN json_build_object('items', found.items);
END
$$;
