-- What stewards do: invite, look who is there, change roles, end accounts, revoke certificates, take other CAs' people in.
-- All of it locks the region's row first, so that it happens one after another in a region, and is told in
-- data.administration. What takes rights away adds one to data.region.rights, by which daemons know to ask again.

CREATE FUNCTION logic.begin_administration(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text,
                                           p_object bigint, OUT refusal text, OUT answer json) LANGUAGE plpgsql AS $$
BEGIN
    IF actor.account_id IS NULL OR actor.role <> 'steward' THEN
        refusal := CASE WHEN actor.account_id IS NULL THEN 'account-unknown' ELSE 'not-yours' END;
        RETURN;
    END IF;
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE;
    SELECT f.refusal, f.answer INTO refusal, answer
    FROM logic.find_answered(actor, p_region, p_key, p_hash, p_operation, p_object) f;
END
$$;

CREATE FUNCTION logic.keep_answer(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text,
                                  p_object bigint, p_at timestamptz, p_answer json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.idempotency (region_id, account_id, idem_key, body_hash, operation, object_id, at, answer)
    VALUES (p_region, actor.account_id, p_key, decode(p_hash, 'hex'), p_operation, p_object, p_at, p_answer);
END
$$;

CREATE FUNCTION logic.rights_changed(p_region int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.region r SET rights = r.rights + 1 WHERE r.region_id = p_region;
END
$$;

-- ---- invitations ----

CREATE FUNCTION logic.invitation_document(p_region int, p_invitation bigint, p_at timestamptz) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'id', wijzer.code(i.invitation_id), 'name', i.name, 'role', i.role,
            'organisation', logic.named(o.code, o.name),
            'account', CASE WHEN coalesce(i.used_by, i.account_id) IS NOT NULL
                            THEN wijzer.code(coalesce(i.used_by, i.account_id)) END,
            'state', coalesce(nullif(logic.invitation_fault(i, '', p_at), 'replayed'), 'open'),
            'madeBy', m.name, 'madeAt', logic.iso(i.made_at), 'expiresAt', logic.iso(i.expires_at),
            'usedAt', logic.iso(i.used_at), 'withdrawnAt', logic.iso(i.withdrawn_at), 'attempts', i.attempts)
        FROM data.invitation i
        JOIN data.organisation o USING (region_id, organisation_id)
        JOIN data.account m ON m.region_id = i.region_id AND m.account_id = i.made_by
        WHERE i.region_id = p_region AND i.invitation_id = p_invitation);
END
$$;

-- Where the invited will be: an organisation and a free name, or (p_target) an account that needs another key. refusal: null,
-- organisation-unknown, not-found, name-taken, already-invited.
CREATE FUNCTION logic.place_of_invited(p_region int, p_organisation text, p_target int, p_at timestamptz,
                                       INOUT name text, INOUT role text, OUT organisation_id int, OUT refusal text)
LANGUAGE plpgsql AS $$
DECLARE
    v_name text := place_of_invited.name;
    v_role text := place_of_invited.role;
    v_organisation int;
BEGIN
    IF p_target IS NOT NULL THEN
        SELECT a.organisation_id, a.name, a.role INTO v_organisation, v_name, v_role
        FROM data.account a WHERE a.region_id = p_region AND a.account_id = p_target AND a.ended_at IS NULL;
        refusal := CASE WHEN v_organisation IS NULL THEN 'not-found' END;
    ELSE
        SELECT o.organisation_id INTO v_organisation FROM data.organisation o
        WHERE o.region_id = p_region AND o.code = p_organisation AND o.ended_at IS NULL;
        refusal := CASE WHEN v_organisation IS NULL THEN 'organisation-unknown' END;
    END IF;
    IF refusal IS NULL AND p_target IS NULL
       AND EXISTS (SELECT FROM data.account a WHERE a.region_id = p_region AND a.organisation_id = v_organisation
                                                AND a.name = v_name) THEN
        refusal := 'name-taken';
    ELSIF EXISTS (SELECT FROM data.invitation i
                  WHERE i.region_id = p_region AND i.organisation_id = v_organisation AND i.name = v_name
                    AND logic.invitation_fault(i, '', p_at) IS NULL) THEN
        refusal := 'already-invited';
    END IF;
    name := v_name;
    role := v_role;
    organisation_id := v_organisation;
END
$$;

-- An invitation for a new account (p_organisation, p_role, p_name), or for another key of one that is there (p_target).
-- Asked again under the same key, an invitation that is still open takes the new code: the one before was never heard.
-- Results: invited, replayed, key-reused, account-unknown, not-yours, organisation-unknown, not-found, name-taken,
-- already-invited.
CREATE FUNCTION wijzer.make_invitation(p_region int, p_account int, p_key text, p_hash text, p_organisation text,
                                       p_role text, p_name text, p_target int, p_code_hash text, p_from text)
RETURNS TABLE (result text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_id bigint;
    v_at timestamptz;
    place record;
BEGIN
    SELECT b.refusal, b.answer INTO result, answer
    FROM logic.begin_administration(actor, p_region, p_key, p_hash, 'invite', NULL) b;
    v_at := logic.instant();
    IF result = 'replayed' THEN
        UPDATE data.invitation i SET code_hash = p_code_hash
        WHERE i.region_id = p_region AND logic.invitation_fault(i, '', v_at) IS NULL
          AND i.invitation_id = (SELECT d.object_id FROM data.idempotency d
                                 WHERE d.region_id = p_region AND d.account_id = p_account AND d.idem_key = p_key);
        result := CASE WHEN FOUND THEN 'replayed' ELSE 'key-reused' END;
    ELSIF result IS NULL THEN
        SELECT * INTO place FROM logic.place_of_invited(p_region, p_organisation, p_target, v_at, p_name, p_role);
        result := coalesce(place.refusal, 'invited');
    END IF;
    IF result = 'invited' THEN
        INSERT INTO data.invitation AS i (region_id, code_hash, organisation_id, name, role, account_id, made_by, made_at,
                                          expires_at)
        VALUES (p_region, p_code_hash, place.organisation_id, place.name, place.role, p_target, p_account, v_at,
                v_at + interval '7 days')
        RETURNING i.invitation_id INTO v_id;
        answer := logic.invitation_document(p_region, v_id, v_at);
        PERFORM logic.keep_answer(actor, p_region, p_key, p_hash, 'invite', v_id, v_at, answer),
                logic.note_administration(p_region, v_at, 'invited', p_account, p_target, v_id, NULL,
                                          json_build_object('organisation', place.organisation_id, 'role', place.role),
                                          p_from);
    END IF;
    RETURN NEXT;
END
$$;

-- Those that are open, and of the last 90 days the others; the newest first.
CREATE FUNCTION wijzer.list_invitations(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_at constant timestamptz := wijzer.clock();
BEGIN
    IF actor.role IS DISTINCT FROM 'steward' THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(logic.invitation_document(p_region, i.invitation_id, v_at) ORDER BY i.made_at DESC,
                                 i.invitation_id), '[]')
        FROM (SELECT x.invitation_id, x.made_at FROM data.invitation x
              WHERE x.region_id = p_region AND x.made_at > v_at - interval '90 days'
              ORDER BY x.made_at DESC, x.invitation_id LIMIT 500) i));
END
$$;

-- Results: withdrawn, replayed, key-reused, account-unknown, not-yours, not-found, state-not-allowed (used, expired).
CREATE FUNCTION wijzer.withdraw_invitation(p_region int, p_account int, p_key text, p_hash text, p_invitation bigint,
                                           p_from text)
RETURNS TABLE (result text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    invitation data.invitation;
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.answer INTO result, answer
    FROM logic.begin_administration(actor, p_region, p_key, p_hash, 'withdraw', p_invitation) b;
    IF result IS NULL THEN
        SELECT * INTO invitation FROM data.invitation i
        WHERE i.region_id = p_region AND i.invitation_id = p_invitation FOR NO KEY UPDATE;
        v_at := logic.instant();
        result := CASE logic.invitation_fault(invitation, '', v_at)
            WHEN 'unknown' THEN 'not-found' WHEN 'withdrawn' THEN 'withdrawn' WHEN 'used' THEN 'state-not-allowed'
            WHEN 'expired' THEN 'state-not-allowed' ELSE 'withdrawn' END;
    END IF;
    IF result = 'withdrawn' THEN
        UPDATE data.invitation i SET withdrawn_at = v_at, withdrawn_by = p_account
        WHERE i.region_id = p_region AND i.invitation_id = p_invitation AND i.withdrawn_at IS NULL;
        answer := logic.invitation_document(p_region, p_invitation, v_at);
        PERFORM logic.keep_answer(actor, p_region, p_key, p_hash, 'withdraw', p_invitation, v_at, answer),
                logic.note_administration(p_region, v_at, 'withdrawn', p_account, invitation.account_id, p_invitation,
                                          NULL, NULL, p_from);
    END IF;
    RETURN NEXT;
END
$$;

-- ---- accounts ----

CREATE FUNCTION logic.account_document(p_region int, p_account int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'id', wijzer.code(a.account_id), 'name', a.name, 'role', a.role, 'organisation', logic.named(o.code, o.name),
            'endedAt', logic.iso(a.ended_at),
            'identities', (
                SELECT coalesce(json_agg(json_build_object('issuer', i.issuer, 'san', i.san, 'issuedHere', i.is_listed,
                                                           'endedAt', logic.iso(i.ended_at)) ORDER BY i.issuer, i.san), '[]')
                FROM data.identity i WHERE i.region_id = a.region_id AND i.account_id = a.account_id),
            'certificates', (
                SELECT coalesce(json_agg(json_build_object('serial', c.serial, 'issuedAt', logic.iso(c.issued_at),
                                                           'notAfter', logic.iso(c.not_after),
                                                           'revokedAt', logic.iso(c.revoked_at), 'reason', c.reason)
                                         ORDER BY c.issued_at, c.serial), '[]')
                FROM data.certificate c WHERE c.region_id = a.region_id AND c.account_id = a.account_id))
        FROM data.account a
        JOIN data.organisation o USING (region_id, organisation_id)
        WHERE a.region_id = p_region AND a.account_id = p_account);
END
$$;

CREATE FUNCTION wijzer.list_accounts(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.role IS DISTINCT FROM 'steward' THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(logic.account_document(p_region, a.account_id) ORDER BY o.code, a.name), '[]')
        FROM data.account a JOIN data.organisation o USING (region_id, organisation_id)
        WHERE a.region_id = p_region));
END
$$;

-- Whether somebody else could still do what stewards do.
CREATE FUNCTION logic.has_other_steward(p_region int, p_target int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.account a JOIN data.organisation o USING (region_id, organisation_id)
                   WHERE a.region_id = p_region AND a.role = 'steward' AND a.account_id <> p_target
                     AND a.ended_at IS NULL AND o.ended_at IS NULL);
END
$$;

-- Ends an account: from now on its certificates let nobody in, and codes for it are withdrawn. Results: ended, replayed,
-- key-reused, account-unknown, not-yours, not-found, last-steward.
CREATE FUNCTION wijzer.end_account(p_region int, p_account int, p_key text, p_hash text, p_target int, p_from text)
RETURNS TABLE (result text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    target data.account;
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.answer INTO result, answer
    FROM logic.begin_administration(actor, p_region, p_key, p_hash, 'end-account', p_target) b;
    IF result IS NULL THEN
        SELECT * INTO target FROM data.account a WHERE a.region_id = p_region AND a.account_id = p_target FOR NO KEY UPDATE;
        v_at := logic.instant();
        result := CASE
            WHEN target.account_id IS NULL THEN 'not-found'
            WHEN target.role = 'steward' AND NOT logic.has_other_steward(p_region, p_target) THEN 'last-steward'
            ELSE 'ended' END;
    END IF;
    IF result = 'ended' THEN
        UPDATE data.account a SET ended_at = v_at
        WHERE a.region_id = p_region AND a.account_id = p_target AND a.ended_at IS NULL;
        UPDATE data.invitation i SET withdrawn_at = v_at, withdrawn_by = p_account
        WHERE i.region_id = p_region AND i.account_id = p_target AND i.withdrawn_at IS NULL AND i.used_at IS NULL;
        answer := logic.account_document(p_region, p_target);
        PERFORM logic.keep_answer(actor, p_region, p_key, p_hash, 'end-account', p_target, v_at, answer),
                logic.note_administration(p_region, v_at, 'ended', p_account, p_target, NULL, NULL, NULL, p_from),
                logic.rights_changed(p_region);
    END IF;
    RETURN NEXT;
END
$$;

-- Results: changed, replayed, key-reused, account-unknown, not-yours, not-found (ended too), last-steward.
CREATE FUNCTION wijzer.change_role(p_region int, p_account int, p_key text, p_hash text, p_target int, p_role text,
                                   p_from text)
RETURNS TABLE (result text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    target data.account;
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.answer INTO result, answer
    FROM logic.begin_administration(actor, p_region, p_key, p_hash, 'change-role', p_target) b;
    IF result IS NULL THEN
        SELECT * INTO target FROM data.account a
        WHERE a.region_id = p_region AND a.account_id = p_target AND a.ended_at IS NULL FOR NO KEY UPDATE;
        v_at := logic.instant();
        result := CASE
            WHEN target.account_id IS NULL THEN 'not-found'
            WHEN target.role = 'steward' AND p_role <> 'steward' AND NOT logic.has_other_steward(p_region, p_target)
                THEN 'last-steward'
            ELSE 'changed' END;
    END IF;
    IF result = 'changed' THEN
        UPDATE data.account a SET role = p_role WHERE a.region_id = p_region AND a.account_id = p_target;
        answer := logic.account_document(p_region, p_target);
        PERFORM logic.keep_answer(actor, p_region, p_key, p_hash, 'change-role', p_target, v_at, answer),
                logic.note_administration(p_region, v_at, 'role-changed', p_account, p_target, NULL, NULL,
                                          json_build_object('from', target.role, 'to', p_role), p_from),
                logic.rights_changed(p_region);
    END IF;
    RETURN NEXT;
END
$$;

-- ---- certificates ----

-- Every way in that an account has: our certificates, and identities that other CAs vouch for. The identities of our own CA
-- stay, but from now on only listed certificates count for them.
CREATE FUNCTION logic.revoke_all(p_region int, p_target int, p_by int, p_reason text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.certificate c SET revoked_at = p_at, revoked_by = p_by, reason = p_reason
    WHERE c.region_id = p_region AND c.account_id = p_target AND c.revoked_at IS NULL;
    UPDATE data.identity i SET ended_at = p_at
    WHERE i.region_id = p_region AND i.account_id = p_target AND NOT i.is_listed AND i.ended_at IS NULL;
END
$$;

-- One certificate by its serial. Of another CA it is written down as revoked, where p_issuer is a CA of the region's
-- identities. Returns whose it is (0: not known), or null: there is no such certificate.
CREATE FUNCTION logic.revoke_one(p_region int, p_issuer text, p_serial text, p_by int, p_reason text, p_at timestamptz)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_account int;
BEGIN
    UPDATE data.certificate c
    SET revoked_at = coalesce(c.revoked_at, p_at), revoked_by = coalesce(c.revoked_by, p_by),
        reason = coalesce(c.reason, p_reason)
    WHERE c.region_id = p_region AND c.serial = p_serial AND c.issuer = coalesce(p_issuer, c.issuer)
    RETURNING coalesce(c.account_id, 0) INTO v_account;
    IF v_account IS NULL
       AND EXISTS (SELECT FROM data.identity i WHERE i.region_id = p_region AND i.issuer = p_issuer) THEN
        INSERT INTO data.certificate (region_id, issuer, serial, revoked_at, revoked_by, reason)
        VALUES (p_region, p_issuer, p_serial, p_at, p_by, p_reason);
        v_account := 0;
    END IF;
    RETURN v_account;
END
$$;

-- Revokes one certificate (p_serial, and p_issuer where it is another CA's) or every way in of an account (p_target).
-- Results: revoked, replayed, key-reused, account-unknown, not-yours, not-found.
CREATE FUNCTION wijzer.revoke_certificate(p_region int, p_account int, p_key text, p_hash text, p_target int,
                                          p_serial text, p_issuer text, p_reason text, p_from text)
RETURNS TABLE (result text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_subject int;
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.answer INTO result, answer
    FROM logic.begin_administration(actor, p_region, p_key, p_hash, 'revoke', NULL) b;
    IF result IS NULL THEN
        v_at := logic.instant();
        IF p_target IS NULL THEN
            v_subject := logic.revoke_one(p_region, p_issuer, p_serial, p_account, p_reason, v_at);
        ELSE
            SELECT a.account_id INTO v_subject FROM data.account a
            WHERE a.region_id = p_region AND a.account_id = p_target;
            PERFORM logic.revoke_all(p_region, v_subject, p_account, p_reason, v_at);
        END IF;
        result := CASE WHEN v_subject IS NULL THEN 'not-found' ELSE 'revoked' END;
    END IF;
    IF result = 'revoked' THEN
        v_subject := nullif(v_subject, 0);
        answer := json_build_object('serial', p_serial, 'reason', p_reason, 'revokedAt', logic.iso(v_at), 'account',
                                    logic.account_document(p_region, v_subject));
        PERFORM logic.keep_answer(actor, p_region, p_key, p_hash, 'revoke', coalesce(v_subject, 0), v_at, answer),
                logic.note_administration(p_region, v_at, 'revoked', p_account, v_subject, NULL, p_serial,
                                          json_build_object('reason', p_reason, 'issuer', p_issuer), p_from),
                logic.rights_changed(p_region);
    END IF;
    RETURN NEXT;
END
$$;

-- A certificate for somebody who has one of ours: the same issuer and name, another key. Results: renewed, replayed,
-- key-reused, account-unknown, not-issued-here, too-many.
CREATE FUNCTION wijzer.renew_certificate(p_region int, p_account int, p_key text, p_hash text, p_san text, p_issuer text,
                                         p_serial text, p_not_after_us bigint, p_pem text, p_from text)
RETURNS TABLE (result text, pem text, serial text, not_after_us bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    most constant int := 10; -- certificates that one account has at a time
    v_answer json;
    v_at timestamptz;
BEGIN
    IF actor.account_id IS NULL THEN
        result := 'account-unknown';
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM FROM data.account a WHERE a.region_id = p_region AND a.account_id = p_account FOR NO KEY UPDATE;
    SELECT f.refusal, f.answer INTO result, v_answer
    FROM logic.find_answered(actor, p_region, p_key, p_hash, 'renew', p_account) f;
    v_at := logic.instant();
    IF result IS NULL THEN
        result := CASE
            WHEN NOT EXISTS (SELECT FROM data.identity i
                             WHERE i.region_id = p_region AND i.account_id = p_account AND i.issuer = p_issuer
                               AND i.san = p_san AND i.ended_at IS NULL) THEN 'not-issued-here'
            WHEN (SELECT count(*) FROM data.certificate c
                  WHERE c.region_id = p_region AND c.account_id = p_account AND c.revoked_at IS NULL
                    AND c.not_after > v_at) >= most THEN 'too-many'
            ELSE 'renewed' END;
    END IF;
    IF result = 'renewed' THEN
        PERFORM logic.add_certificate(p_region, p_account, p_issuer, p_serial, p_san, v_at, p_not_after_us, p_pem),
                logic.keep_answer(actor, p_region, p_key, p_hash, 'renew', p_account, v_at,
                                  json_build_object('serial', p_serial, 'issuer', p_issuer)),
                logic.note_administration(p_region, v_at, 'renewed', p_account, p_account, NULL, p_serial, NULL, p_from);
        v_answer := json_build_object('serial', p_serial, 'issuer', p_issuer);
    END IF;
    SELECT c.pem, c.serial, logic.microseconds(c.not_after) INTO pem, serial, not_after_us
    FROM data.certificate c
    WHERE c.region_id = p_region AND c.issuer = v_answer ->> 'issuer' AND c.serial = v_answer ->> 'serial';
    RETURN NEXT;
END
$$;

-- ---- people of other CAs ----

-- Whether a certificate's name means somebody else already, here or in another region: then it would mean nobody.
CREATE FUNCTION logic.is_taken(p_region int, p_issuer text, p_san text, p_target int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_taken boolean;
BEGIN
    PERFORM set_config('wijzer.scope', 'sign-in', true);
    v_taken := EXISTS (SELECT FROM data.identity i
                       WHERE i.issuer = p_issuer AND i.san = p_san AND i.ended_at IS NULL
                         AND (i.region_id, i.account_id) <> (p_region, p_target));
    PERFORM set_config('wijzer.scope', '', true);
    RETURN v_taken;
END
$$;

-- Lets an account in by a certificate of its organisation's own CA. Results: added, replayed, key-reused, account-unknown,
-- not-yours, not-found, identity-taken.
CREATE FUNCTION wijzer.add_identity(p_region int, p_account int, p_key text, p_hash text, p_target int, p_issuer text,
                                    p_san text, p_from text)
RETURNS TABLE (result text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.answer INTO result, answer
    FROM logic.begin_administration(actor, p_region, p_key, p_hash, 'add-identity', p_target) b;
    IF result IS NULL THEN
        v_at := logic.instant();
        result := CASE
            WHEN NOT EXISTS (SELECT FROM data.account a WHERE a.region_id = p_region AND a.account_id = p_target
                                                          AND a.ended_at IS NULL) THEN 'not-found'
            WHEN logic.is_taken(p_region, p_issuer, p_san, p_target) THEN 'identity-taken'
            ELSE 'added' END;
    END IF;
    IF result = 'added' THEN
        INSERT INTO data.identity AS i (region_id, issuer, san, account_id) VALUES (p_region, p_issuer, p_san, p_target)
        ON CONFLICT ON CONSTRAINT identity_pkey DO UPDATE SET account_id = excluded.account_id, ended_at = NULL;
        answer := logic.account_document(p_region, p_target);
        PERFORM logic.keep_answer(actor, p_region, p_key, p_hash, 'add-identity', p_target, v_at, answer),
                logic.note_administration(p_region, v_at, 'identity-added', p_account, p_target, NULL, NULL,
                                          json_build_object('issuer', p_issuer, 'san', p_san), p_from);
    END IF;
    RETURN NEXT;
END
$$;
