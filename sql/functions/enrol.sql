-- Joining with a code, by somebody who is nobody yet. The region is not known before the code is; wrong codes are counted
-- by network address and everywhere together, and lock. What is wrong with a code is for log and metrics: whoever typed it
-- hears the same in every case.

-- What addresses count as one: of IPv6 the first 64 bits, which is what one customer gets.
CREATE FUNCTION logic.address_key(p_address text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN p_address ~ ':' THEN network(set_masklen(split_part(p_address, '%', 1)::inet, 64))::text
                ELSE p_address END;
EXCEPTION
    WHEN invalid_text_representation THEN
        RETURN p_address;
END
$$;

-- Whether codes are taken from here now. Holds the address's row, so that guesses of one address come one after another
-- and none slips in before the tenth is counted.
CREATE FUNCTION logic.is_locked(p_address text, p_at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.wrong_code AS w (region_id, address, since, wrong) VALUES (0, p_address, p_at, 0)
    ON CONFLICT (region_id, address) DO UPDATE SET wrong = w.wrong;
    RETURN EXISTS (SELECT FROM data.wrong_code w
                   WHERE w.region_id = 0 AND w.address IN (p_address, '*') AND w.locked_until > p_at);
END
$$;

-- One more wrong code: at `most` of them within ten minutes it is locked for so long.
CREATE FUNCTION logic.count_wrong(p_address text, p_at timestamptz, most int, p_lock interval) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.wrong_code AS w (region_id, address, since, wrong) VALUES (0, p_address, p_at, 1)
    ON CONFLICT (region_id, address) DO UPDATE
        SET since = CASE WHEN w.since > p_at - interval '10 minutes' THEN w.since ELSE p_at END,
            wrong = CASE WHEN w.since > p_at - interval '10 minutes' THEN w.wrong + 1 ELSE 1 END;
    UPDATE data.wrong_code w SET locked_until = p_at + p_lock, since = p_at, wrong = 0
    WHERE w.region_id = 0 AND w.address = p_address AND w.wrong >= most;
END
$$;

-- Addresses are kept no longer than they are of use.
CREATE FUNCTION logic.forget_addresses(p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM data.wrong_code w
    WHERE w.region_id = 0 AND w.address IN (
        SELECT x.address FROM data.wrong_code x
        WHERE x.region_id = 0 AND x.since < p_at - interval '1 day' AND (x.locked_until < p_at) IS NOT FALSE
        ORDER BY x.since LIMIT 100 FOR UPDATE SKIP LOCKED);
END
$$;

-- The invitation of a code, entered and locked; all null where there is none.
CREATE FUNCTION logic.find_invitation(p_code_hash text) RETURNS data.invitation LANGUAGE plpgsql AS $$
DECLARE
    v_region int;
    v_id bigint;
    invitation data.invitation;
BEGIN
    PERFORM set_config('wijzer.scope', 'enrol', true);
    SELECT min(i.region_id), min(i.invitation_id) INTO v_region, v_id
    FROM data.invitation i WHERE i.code_hash = p_code_hash HAVING count(*) = 1;
    PERFORM set_config('wijzer.scope', '', true);
    IF v_region IS NOT NULL THEN
        PERFORM set_config('wijzer.region', v_region::text, true);
        SELECT * INTO invitation FROM data.invitation i
        WHERE i.region_id = v_region AND i.invitation_id = v_id FOR NO KEY UPDATE;
    END IF;
    RETURN invitation;
END
$$;

-- Why an invitation cannot be used now, or null. `replayed`: it was used with this very request a moment ago, and the
-- answer was lost.
CREATE FUNCTION logic.invitation_fault(invitation data.invitation, p_request text, p_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN invitation.invitation_id IS NULL THEN 'unknown'
    WHEN invitation.withdrawn_at IS NOT NULL THEN 'withdrawn'
    WHEN invitation.request_hash = p_request AND invitation.used_at > p_at - interval '10 minutes' THEN 'replayed'
    WHEN invitation.used_at IS NOT NULL THEN 'used'
    WHEN invitation.expires_at <= p_at THEN 'expired' END;

-- Whom a code lets in. fault: null, `replayed`, `locked`, or what is wrong with the code; the wrong ones are counted here.
-- Leaves the transaction in the invitation's region.
CREATE FUNCTION logic.try_code(p_code_hash text, p_address text, p_request text, OUT invitation data.invitation,
                               OUT fault text) LANGUAGE plpgsql AS $$
DECLARE
    v_at constant timestamptz := logic.instant();
    v_address constant text := logic.address_key(p_address);
BEGIN
    PERFORM set_config('wijzer.region', '0', true);
    IF logic.is_locked(v_address, v_at) THEN
        fault := 'locked';
        RETURN;
    END IF;
    invitation := logic.find_invitation(p_code_hash);
    fault := logic.invitation_fault(invitation, p_request, v_at);
    IF fault IS NULL OR fault = 'replayed' THEN
        RETURN;
    END IF;
    UPDATE data.invitation i SET attempts = i.attempts + 1
    WHERE i.region_id = invitation.region_id AND i.invitation_id = invitation.invitation_id;
    PERFORM set_config('wijzer.region', '0', true);
    PERFORM logic.count_wrong(v_address, v_at, 10, interval '1 hour'), logic.count_wrong('*', v_at, 1000, interval '10 minutes');
    PERFORM logic.forget_addresses(v_at);
END
$$;

-- The name that the certificate of an account carries.
CREATE FUNCTION logic.own_san(p_region int, p_organisation int, p_name text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT format('urn:wijzer:%s:%s:%s', r.code, o.code, p_name)
            FROM data.region r JOIN data.organisation o USING (region_id)
            WHERE r.region_id = p_region AND o.organisation_id = p_organisation AND o.ended_at IS NULL);
END
$$;

-- Who somebody is, as wijzer.me tells it; for who cannot ask yet.
CREATE FUNCTION logic.me_document(p_region int, p_account int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object('account', a.name, 'role', a.role, 'organisation', logic.named(o.code, o.name),
                                 'region', logic.named(r.code, r.name))
        FROM data.account a
        JOIN data.region r USING (region_id)
        JOIN data.organisation o USING (region_id, organisation_id)
        WHERE a.region_id = p_region AND a.account_id = p_account);
END
$$;

-- Writes down who changed whose rights, and tells the coordination where it should know.
CREATE FUNCTION logic.note_administration(p_region int, p_at timestamptz, p_kind text, p_account int, p_subject int,
                                          p_invitation bigint, p_serial text, p_what json, p_from text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
BEGIN
    INSERT INTO data.administration (region_id, at, kind, account_id, subject_id, invitation_id, serial, what, came_from)
    VALUES (p_region, p_at, p_kind, p_account, p_subject, p_invitation, p_serial, p_what, p_from)
    RETURNING administration_id INTO v_id;
    PERFORM logic.notify_of_rights(p_region, p_kind, p_subject, v_id, p_at);
END
$$;

CREATE FUNCTION logic.add_certificate(p_region int, p_account int, p_issuer text, p_serial text, p_san text,
                                      p_at timestamptz, p_not_after_us bigint, p_pem text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.certificate (region_id, issuer, serial, account_id, san, issued_at, not_after, pem)
    VALUES (p_region, p_issuer, p_serial, p_account, p_san, p_at, logic.moment(p_not_after_us), p_pem);
END
$$;

-- Before a certificate is made: may this code be used, and for which name? Uses nothing up. result: open, replayed (with the
-- certificate of that time), refused.
CREATE FUNCTION wijzer.open_code(p_code_hash text, p_address text, p_request text)
RETURNS TABLE (result text, fault text, region_id int, san text, account_id int, pem text, serial text, not_after_us bigint,
               answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    tried record;
    invitation data.invitation;
BEGIN
    tried := logic.try_code(p_code_hash, p_address, p_request);
    invitation := tried.invitation;
    fault := tried.fault;
    region_id := invitation.region_id;
    account_id := invitation.used_by;
    IF fault IS NULL THEN
        san := logic.own_san(region_id, invitation.organisation_id, invitation.name);
        fault := CASE WHEN san IS NULL THEN 'organisation-ended' END;
    END IF;
    IF fault = 'replayed' THEN
        SELECT c.pem, c.serial, logic.microseconds(c.not_after), logic.me_document(invitation.region_id, invitation.used_by)
        INTO pem, serial, not_after_us, answer
        FROM data.certificate c
        JOIN data.administration a ON a.region_id = c.region_id AND a.serial = c.serial AND a.kind = 'enrolled'
        WHERE c.region_id = invitation.region_id AND c.account_id = invitation.used_by
          AND a.invitation_id = invitation.invitation_id;
    END IF;
    result := CASE WHEN fault IS NULL THEN 'open' WHEN fault = 'replayed' THEN fault ELSE 'refused' END;
    RETURN NEXT;
END
$$;

-- The account of an invitation, made now or there already; null: the name was taken meanwhile, or the account has ended.
CREATE FUNCTION logic.join_account(invitation data.invitation) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_account int;
BEGIN
    IF invitation.account_id IS NULL THEN
        INSERT INTO data.account AS a (region_id, organisation_id, name, role)
        VALUES (invitation.region_id, invitation.organisation_id, invitation.name, invitation.role)
        ON CONFLICT (region_id, organisation_id, name) DO NOTHING
        RETURNING a.account_id INTO v_account;
    ELSE
        SELECT a.account_id INTO v_account FROM data.account a
        WHERE a.region_id = invitation.region_id AND a.account_id = invitation.account_id AND a.ended_at IS NULL;
    END IF;
    RETURN v_account;
END
$$;

-- Uses a code, once: makes the account, its identity and the row of its certificate, or nothing. result: enrolled, refused
-- (of two at once the second: used), replayed (of the same request twice at once the second: open_code has the answer).
CREATE FUNCTION wijzer.enrol(p_code_hash text, p_address text, p_request text, p_san text, p_issuer text, p_serial text,
                             p_not_after_us bigint, p_pem text)
RETURNS TABLE (result text, fault text, region_id int, account_id int, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_at constant timestamptz := logic.instant();
    tried record;
    invitation data.invitation;
BEGIN
    tried := logic.try_code(p_code_hash, p_address, p_request);
    invitation := tried.invitation;
    fault := tried.fault;
    region_id := invitation.region_id;
    IF fault IS NULL AND logic.own_san(region_id, invitation.organisation_id, invitation.name) IS DISTINCT FROM p_san THEN
        fault := 'organisation-ended';
    END IF;
    IF fault IS NULL THEN
        account_id := logic.join_account(invitation);
        fault := CASE WHEN account_id IS NULL THEN 'name-taken' END;
    END IF;
    IF fault IS NULL THEN
        UPDATE data.invitation i SET used_at = v_at, used_by = enrol.account_id, request_hash = p_request
        WHERE i.region_id = invitation.region_id AND i.invitation_id = invitation.invitation_id;
        INSERT INTO data.identity AS i (region_id, issuer, san, account_id, is_listed)
        VALUES (invitation.region_id, p_issuer, p_san, enrol.account_id, true)
        ON CONFLICT ON CONSTRAINT identity_pkey
            DO UPDATE SET account_id = excluded.account_id, is_listed = i.is_listed OR i.ended_at IS NOT NULL, ended_at = NULL;
        PERFORM logic.add_certificate(invitation.region_id, enrol.account_id, p_issuer, p_serial, p_san, v_at,
                                      p_not_after_us, p_pem),
                logic.note_administration(invitation.region_id, v_at, 'enrolled', enrol.account_id, enrol.account_id,
                                          invitation.invitation_id, p_serial,
                                          json_build_object('role', invitation.role, 'invitedBy', invitation.made_by),
                                          p_address);
        answer := logic.me_document(invitation.region_id, enrol.account_id);
    END IF;
    result := CASE WHEN fault IS NULL THEN 'enrolled' WHEN fault = 'replayed' THEN fault ELSE 'refused' END;
    RETURN NEXT;
END
$$;
