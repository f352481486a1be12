-- For `wijzerd migrate` alone: what was written before change `secrecy` stands in plain columns until it has sealed it. Functions
-- of schema logic, run as superuser; each works in one region. Nothing here can make a sealed value plain.

RESET ROLE;
GRANT CREATE ON SCHEMA logic TO wijzer_vault;
SET LOCAL ROLE wijzer_vault;

-- The next rows that are plain: kind client (a name, b phone, c email), note (a text, b reason) or feedback (a text). record is
-- the id that a seal binds.
CREATE FUNCTION logic.plain_rows(p_region int, p_size int)
RETURNS TABLE (kind text, client_id bigint, record bigint, referral_id bigint, birth_year int, a text, b text, c text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true), set_config('wijzer.role', 'keeper', true);
    RETURN QUERY
    SELECT * FROM (
        SELECT 'client', x.client_id, x.client_id, NULL::bigint, x.birth_year, x.plain_name, x.plain_phone, x.plain_email
        FROM data.client x
        WHERE x.region_id = p_region AND num_nonnulls(x.plain_name, x.plain_phone, x.plain_email) > 0
        UNION ALL
        SELECT 'note', r.client_id, x.note_id, x.referral_id, NULL, nullif(x.plain_text, ''), nullif(x.plain_reason, ''), NULL
        FROM data.note x
        JOIN data.referral r ON r.region_id = x.region_id AND r.referral_id = x.referral_id
        WHERE x.region_id = p_region AND num_nonnulls(x.plain_text, x.plain_reason) > 0
        UNION ALL
        SELECT 'feedback', r.client_id, x.feedback_id, x.referral_id, NULL, x.plain_text, NULL, NULL
        FROM data.feedback x
        JOIN data.referral r ON r.region_id = x.region_id AND r.referral_id = x.referral_id
        WHERE x.region_id = p_region AND x.plain_text IS NOT NULL) plain
    LIMIT p_size;
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA logic FROM wijzer_vault;
REVOKE EXECUTE ON FUNCTION logic.plain_rows FROM PUBLIC;
SET LOCAL ROLE wijzer_owner;

-- Puts what was sealed in its place; the plain text goes.
CREATE FUNCTION logic.put_sealed(p_region int, p_kind text, p_record bigint, p_referral bigint, p_a text, p_b text, p_c text,
                                 p_name_hash text, p_phone_hash text, p_email_hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true), set_config('wijzer.role', 'keeper', true);
    IF p_kind = 'client' THEN
        UPDATE data.client c
        SET name = p_a, phone = p_b, email = p_c, name_hash = logic.short_hash(p_name_hash),
            phone_hash = logic.short_hash(p_phone_hash), email_hash = logic.short_hash(p_email_hash),
            plain_name = NULL, plain_phone = NULL, plain_email = NULL
        WHERE c.region_id = p_region AND c.client_id = p_record;
    ELSIF p_kind = 'note' THEN
        UPDATE data.note n SET text = p_a, reason = p_b, plain_text = NULL, plain_reason = NULL
        WHERE n.region_id = p_region AND n.referral_id = p_referral AND n.note_id = p_record;
    ELSE
        UPDATE data.feedback f SET former = p_a, plain_text = NULL
        WHERE f.region_id = p_region AND f.feedback_id = p_record;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no % % to seal', p_kind, p_record;
    END IF;
END
$$;
