-- For deploy and the steward, not for the daemon: functions of schema data, run as owner or superuser.

-- Makes a certificate known: the issuing CA (hex SHA-256 of its DER, lower case) and the SAN. The same again changes
-- nothing; an ended identity comes back. Returns the account's id; raises where region, organisation or account is
-- unknown, since a deployment that goes on would lock people out silently.
CREATE OR REPLACE FUNCTION data.add_identity(
    region_code text, organisation_code text, account_name text, issuer text, san text)
RETURNS int LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_region int;
    v_account int;
BEGIN
    PERFORM set_config('wijzer.scope', 'regions', true);
    SELECT r.region_id INTO v_region FROM data.region r WHERE r.code = region_code;
    PERFORM set_config('wijzer.scope', '', true);
    PERFORM set_config('wijzer.region', v_region::text, true);
    SELECT a.account_id INTO v_account
    FROM data.account a JOIN data.organisation o USING (region_id, organisation_id)
    WHERE a.region_id = v_region AND o.code = organisation_code AND a.name = account_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no account % of organisation % in region %', account_name, organisation_code, region_code;
    END IF;
    INSERT INTO data.identity AS i (region_id, issuer, san, account_id)
    VALUES (v_region, add_identity.issuer, add_identity.san, v_account)
    ON CONFLICT ON CONSTRAINT identity_pkey
        DO UPDATE SET account_id = excluded.account_id, ended_at = NULL;
    RETURN v_account;
END
$$;
