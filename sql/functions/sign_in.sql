-- Who is there: regions, accounts behind certificates.

-- The name of the last change in sqitch.plan and, where `wijzerd migrate` gave it, the digest of the files of this
-- interface; the daemon refuses a schema it was not built for.
CREATE FUNCTION wijzer.schema_version() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'pace' || coalesce('-' || nullif(:'interface', ''), '');

-- What the snapshot of a region is called: it grows with every change of what the snapshot holds, and when the time comes
-- from which a version of a rule table is in force.
CREATE FUNCTION logic.snapshot_version(p_region int, p_version bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_version + (SELECT count(*) FROM data.rule_table t
                        WHERE t.region_id = p_region AND t.status = 'published' AND t.effective_from <= wijzer.clock());
END
$$;

-- Versions of rule tables that will be in force once they are approved or their time comes, newest first, so that a
-- daemon can have them ready: "3:8 2:7", table and version.
CREATE FUNCTION logic.coming_versions(p_region int) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(string_agg(t.table_no || ':' || t.version, ' ' ORDER BY t.version DESC), '')
        FROM (SELECT x.table_no, x.version
              FROM data.rule_table x
              WHERE x.region_id = p_region
                AND (x.status = 'awaiting-approval' OR x.status = 'published' AND x.effective_from > wijzer.clock())
              ORDER BY x.version DESC LIMIT 8) t);
END
$$;

-- Polled twice a second: one row per region.
CREATE FUNCTION wijzer.regions() RETURNS TABLE (region_id int, code text, version bigint, coming text, rights bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('wijzer.scope', 'regions', true);
    RETURN QUERY SELECT r.region_id, r.code, logic.snapshot_version(r.region_id, r.version),
                        logic.coming_versions(r.region_id), r.rights
                 FROM data.region r ORDER BY r.region_id;
    PERFORM set_config('wijzer.scope', '', true);
END
$$;

-- The account behind a certificate: no row if it is unknown or ended, or known in more than one region, or if the
-- certificate was revoked, or is one that we should have issued and did not. Deny is the default, so nothing says which of
-- these it was.
CREATE FUNCTION wijzer.find_account(issuer text, san text, serial text DEFAULT NULL)
RETURNS TABLE (region_id int, region_code text, account_id int, account_name text, role text, organisation_id int,
               organisation_code text, organisation_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_region int;
    v_account int;
    must_be_listed boolean;
    was_issued boolean; -- and not revoked; null: it does not stand in data.certificate
BEGIN
    PERFORM set_config('wijzer.scope', 'sign-in', true);
    SELECT min(i.region_id), min(i.account_id), bool_or(i.is_listed) INTO v_region, v_account, must_be_listed
    FROM data.identity i
    WHERE i.issuer = find_account.issuer AND i.san = find_account.san AND i.ended_at IS NULL
    HAVING count(*) = 1;
    PERFORM set_config('wijzer.scope', '', true);
    IF v_region IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('wijzer.region', v_region::text, true);
    SELECT c.revoked_at IS NULL AND c.account_id = v_account INTO was_issued
    FROM data.certificate c
    WHERE c.region_id = v_region AND c.issuer = find_account.issuer AND c.serial = find_account.serial;
    IF NOT FOUND AND must_be_listed OR NOT was_issued THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT r.region_id, r.code, a.account_id, a.name::text, a.role, o.organisation_id, o.code::text, o.name
    FROM data.region r
    JOIN data.account a ON a.region_id = r.region_id
    JOIN data.organisation o ON o.region_id = a.region_id AND o.organisation_id = a.organisation_id
    WHERE r.region_id = v_region AND a.account_id = v_account AND a.ended_at IS NULL AND o.ended_at IS NULL;
END
$$;

-- Of peers that were let in before: those whom find_account still knows, by their place in the arrays.
CREATE FUNCTION wijzer.still_known(issuers text[], sans text[], serials text[]) RETURNS TABLE (item int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT k.n::int
    FROM unnest(issuers, sans, serials) WITH ORDINALITY AS k (issuer, san, serial, n)
    CROSS JOIN LATERAL wijzer.find_account(k.issuer, k.san, k.serial) f;
END
$$;

CREATE FUNCTION wijzer.me(region_id int, account_id int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor logic.actor := logic.enter($1, $2);
BEGIN
    RETURN (
        SELECT json_build_object('account', actor.name, 'role', actor.role, 'organisation',
                                  logic.named(o.code, o.name), 'region', logic.named(r.code, r.name))
        FROM data.region r JOIN data.organisation o ON o.region_id = r.region_id
        WHERE r.region_id = $1 AND o.organisation_id = actor.organisation_id);
END
$$;
