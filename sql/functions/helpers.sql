-- Helpers of the interface, in a schema of their own that the daemon's login cannot use. They run with the rights
-- and the search_path of the function that calls them; the short ones are inlined.

-- Time is a dependency: tests and the demo shift it by the setting wijzer.clock_offset. One time for a whole statement,
-- so that views which ask for it are planned into their callers.
CREATE FUNCTION wijzer.clock() RETURNS timestamptz LANGUAGE sql STABLE
RETURN statement_timestamp() + coalesce(nullif(current_setting('wijzer.clock_offset', true), '')::interval, '0');

-- The time right now. For what waits for a lock: who gets it later must not carry an earlier time.
CREATE FUNCTION logic.instant() RETURNS timestamptz LANGUAGE sql VOLATILE
RETURN clock_timestamp() + coalesce(nullif(current_setting('wijzer.clock_offset', true), '')::interval, '0');

-- RFC 3339, UTC, whole seconds.
CREATE FUNCTION logic.iso(t timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

CREATE FUNCTION logic.microseconds(t timestamptz) RETURNS bigint LANGUAGE sql STABLE
RETURN (extract(epoch FROM t) * 1000000)::bigint;

CREATE FUNCTION logic.moment(microseconds bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
RETURN timestamptz 'epoch' + microseconds * interval '1 microsecond';

-- The id that people read out: proto/code.h describes it. Alphabet without vowels and look-alikes; the digits of the
-- scrambled id to base 23, and a check digit (3 is the inverse of 8, its weight, modulo 23). One expression and no
-- query, so that it is inlined wherever it is used.
CREATE FUNCTION wijzer.code(id bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN substr('23456789CDFGHJKMNPRTWXY', ((id * 2221713035 % 3404825447) / 148035889)::int + 1, 1)
    || substr('23456789CDFGHJKMNPRTWXY', ((id * 2221713035 % 3404825447) / 6436343 % 23)::int + 1, 1)
    || substr('23456789CDFGHJKMNPRTWXY', ((id * 2221713035 % 3404825447) / 279841 % 23)::int + 1, 1)
    || substr('23456789CDFGHJKMNPRTWXY', ((id * 2221713035 % 3404825447) / 12167 % 23)::int + 1, 1) || '-'
    || substr('23456789CDFGHJKMNPRTWXY', ((id * 2221713035 % 3404825447) / 529 % 23)::int + 1, 1)
    || substr('23456789CDFGHJKMNPRTWXY', ((id * 2221713035 % 3404825447) / 23 % 23)::int + 1, 1)
    || substr('23456789CDFGHJKMNPRTWXY', ((id * 2221713035 % 3404825447) % 23)::int + 1, 1)
    || substr('23456789CDFGHJKMNPRTWXY', (23 - (
          ((id * 2221713035 % 3404825447) / 148035889)
        + 2 * ((id * 2221713035 % 3404825447) / 6436343 % 23)
        + 3 * ((id * 2221713035 % 3404825447) / 279841 % 23)
        + 4 * ((id * 2221713035 % 3404825447) / 12167 % 23)
        + 5 * ((id * 2221713035 % 3404825447) / 529 % 23)
        + 6 * ((id * 2221713035 % 3404825447) / 23 % 23)
        + 7 * ((id * 2221713035 % 3404825447) % 23)
       ) * 3 % 23)::int % 23 + 1, 1);

-- Decisions with their reasons, wherever these are kept.
CREATE VIEW logic.decision AS
SELECT d.region_id, d.step_id, d.table_no, d.table_version, d.rule_id, d.reason, d.inputs, d.offering_code, d.offering_name,
       d.owner_code, d.owner_name, coalesce(d.trail, r.trail) AS trail, coalesce(d.candidates, r.candidates) AS candidates
FROM data.decision d
LEFT JOIN data.reasoning r ON r.region_id = d.region_id AND r.hash = d.reasoning;

-- How well it was proved, when it was decided, that the offering decided on works; null: it was not known.
CREATE FUNCTION logic.evidence_decided(p_candidates jsonb, p_offering_code text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT nullif(c -> 'evidence', 'null') FROM jsonb_array_elements(p_candidates) c WHERE c ->> 'code' = p_offering_code LIMIT 1);
END
$$;

-- How much room the offering decided on had, when it was decided; null: nobody had told.
CREATE FUNCTION logic.room_decided(p_candidates jsonb, p_offering_code text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT jsonb_build_object('asOf', c -> 'asOf', 'capacity', c -> 'capacity', 'freshness', c -> 'freshness')
            FROM jsonb_array_elements(p_candidates) c WHERE c ->> 'code' = p_offering_code AND c ->> 'capacity' IS NOT NULL LIMIT 1);
END
$$;

-- How often somebody tried to reach the client in a step, and spoke to nobody.
CREATE FUNCTION logic.attempts(p_region int, p_referral bigint, p_step bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(*) FROM data.event e
            WHERE e.region_id = p_region AND e.referral_id = p_referral AND e.step_id = p_step AND e.to_state = 'contact-attempt'
              AND e.kind = 'step-moved' AND e.result IS DISTINCT FROM 'spoke');
END
$$;

-- How many messages of a step the organisation that asks has not read; null where it takes no part in them.
CREATE FUNCTION logic.unread(p_step data.step) RETURNS int LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_role constant text := current_setting('wijzer.role', true);
    v_organisation constant int := nullif(current_setting('wijzer.organisation', true), '')::int;
BEGIN
    IF v_organisation IS NULL OR v_role = 'steward'
       OR NOT (v_role = 'coordinator' OR coalesce(v_organisation = p_step.owner_id, false) AND logic.is_helping(p_step.status, p_step.state)
               OR EXISTS (SELECT FROM data.referral r
                          WHERE r.region_id = p_step.region_id AND r.referral_id = p_step.referral_id
                            AND (r.organisation_id = v_organisation AND r.origin IS DISTINCT FROM 'signal'
                                 OR coalesce(r.director_id = v_organisation, false)
                                    AND logic.may_direct(r.region_id, r.referral_id, v_organisation)))) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT count(*) FROM data.message m
            WHERE m.region_id = p_step.region_id AND m.step_id = p_step.step_id AND m.organisation_id <> v_organisation
              AND m.nr > coalesce((SELECT k.message_nr FROM data.message_mark k
                                   WHERE k.region_id = p_step.region_id AND k.step_id = p_step.step_id
                                     AND k.organisation_id = v_organisation), 0));
END
$$;

-- The open promise to call back (functions/call_back.sql) of a step; all null: none.
CREATE FUNCTION logic.open_call_back(p_region int, p_step bigint) RETURNS data.promise LANGUAGE plpgsql STABLE AS $$
DECLARE
    promise data.promise;
BEGIN
    SELECT * INTO promise FROM data.promise p
    WHERE p.region_id = p_region AND p.step_id = p_step AND p.nr < 0 AND p.kind = 'call-back' AND p.ended_at IS NULL;
    RETURN promise;
END
$$;

CREATE FUNCTION logic.named(code text, name text) RETURNS json LANGUAGE sql STABLE
RETURN CASE WHEN code IS NOT NULL THEN json_build_object('code', code, 'name', name) END;

CREATE FUNCTION logic.word(code text, label text) RETURNS json LANGUAGE sql STABLE
RETURN CASE WHEN code IS NOT NULL THEN json_build_object('code', code, 'label', coalesce(label, code)) END;

CREATE TYPE logic.actor AS (account_id int, organisation_id int, name text, role text);

-- Whether the region has organisations of each of these kinds; null: of none of them.
CREATE FUNCTION logic.are_kinds(p_region int, p_kinds text[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM unnest(p_kinds) AS k (kind)
                       WHERE NOT EXISTS (SELECT FROM data.organisation o WHERE o.region_id = p_region AND o.kind = k.kind));
END
$$;

-- Whether an organisation may have the citizen service number: the region has a ground, and it is of a kind that may.
CREATE FUNCTION logic.may_have_bsn(p_region int, p_organisation int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.region g
                   JOIN data.organisation o ON o.region_id = g.region_id AND o.organisation_id = p_organisation
                   WHERE g.region_id = p_region AND g.bsn_ground IS NOT NULL AND o.kind = ANY (g.bsn_recipients));
END
$$;

-- Enters a region as an account: tells row-level security who is asking, for the rest of the transaction. All fields
-- are null (and the settings those of nobody) if there is no such account or it has ended.
CREATE FUNCTION logic.enter(p_region int, p_account int) RETURNS logic.actor LANGUAGE plpgsql AS $$
DECLARE
    actor logic.actor;
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true), set_config('wijzer.right', '', true),
            set_config('wijzer.forget', '', true);
    SELECT a.account_id, a.organisation_id, a.name, a.role INTO actor
    FROM data.account a
    WHERE a.region_id = p_region AND a.account_id = p_account AND a.ended_at IS NULL;
    PERFORM set_config('wijzer.account', coalesce(actor.account_id::text, ''), true),
            set_config('wijzer.organisation', coalesce(actor.organisation_id::text, ''), true),
            set_config('wijzer.role', coalesce(actor.role, ''), true),
            set_config('wijzer.bsn', CASE WHEN logic.may_have_bsn(p_region, actor.organisation_id) THEN 'on' ELSE '' END, true);
    RETURN actor;
END
$$;

-- Enters a region as the keeper of time, who is nobody.
CREATE FUNCTION logic.enter_as_keeper(p_region int) RETURNS logic.actor LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true), set_config('wijzer.right', '', true),
            set_config('wijzer.forget', '', true), set_config('wijzer.account', '', true),
            set_config('wijzer.organisation', '', true), set_config('wijzer.role', 'keeper', true),
            set_config('wijzer.bsn', '', true);
    RETURN NULL;
END
$$;

-- Of at most 15 digits, as to_hex() writes it.
CREATE FUNCTION logic.from_hex(digits text) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN ('x' || lpad(digits, 16, '0'))::bit(64)::bigint;

-- The best end of a step's branches, of theirs and so on; null: it has none, or one is open. Worked out whenever it is asked for.
CREATE FUNCTION logic.branch_outcome(p_region int, p_referral bigint, p_step bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        WITH RECURSIVE below AS (
            SELECT s.step_id, s.state, s.ended_at FROM data.step s
            WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.parent_id = p_step
            UNION ALL
            SELECT s.step_id, s.state, s.ended_at
            FROM below b
            JOIN data.step s ON s.region_id = p_region AND s.referral_id = p_referral AND s.parent_id = b.step_id
        )
        SELECT CASE WHEN bool_and(b.ended_at IS NOT NULL)
                    THEN (array_agg(b.state ORDER BY t.outcome_rank, b.step_id))[1] END
        FROM below b
        JOIN data.state t ON t.region_id = p_region AND t.code = b.state);
END
$$;

-- A place in a list: a due time (or any time) and an id, opaque to callers. Null for one that was not made here.
CREATE FUNCTION logic.cursor_text(phase text, at timestamptz, id bigint) RETURNS text LANGUAGE sql STABLE
RETURN phase || to_hex(coalesce(logic.microseconds(at), 0)) || '.' || to_hex(id);

CREATE TYPE logic.place AS (phase text, at timestamptz, id bigint);

CREATE FUNCTION logic.cursor_place(cursor text) RETURNS logic.place LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    part text[] := regexp_match(cursor, '^([a-z])([0-9a-f]{1,14})\.([0-9a-f]{1,14})$');
BEGIN
    IF part IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (part[1], logic.moment(logic.from_hex(part[2])), logic.from_hex(part[3]))::logic.place;
END
$$;

-- Whether the owner of a step has to do with the client for it: not one who declined it, lost it (to the coordination, or by a
-- merger), or whose turn has not come. What an organisation may see hangs on this. A step that is offered has no owner
-- (functions/offer.sql), so that none of this is about whom it is offered to.
CREATE FUNCTION logic.is_helping(p_status text, p_state text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN p_status NOT IN ('rejected', 'entered-in-error') AND p_state NOT IN ('reassigned', 'merged', 'planned', 'dropped');
