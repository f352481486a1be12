-- Feedback contracts: what a practice wants to hear of, and in which form. Without one rule table 7 in force says, else
-- everything is told at once. What asks something of the referrer and the last word are always told at once, whatever they say:
-- the stopped clock and L6 stand on them.

-- What a state tells of: accepted, first-contact, started, ended; declined (no word of contracts: a decline that is not the end is
-- not told under one); null for what is always told.
CREATE FUNCTION logic.milestone_of(s data.state) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN (s).milestone IS NOT NULL THEN (s).milestone
            WHEN (s).code = 'first-contact' THEN 'first-contact'
            ELSE CASE (s).status WHEN 'accepted' THEN 'accepted' WHEN 'rejected' THEN 'declined' WHEN 'in-progress' THEN 'started'
                                 WHEN 'on-hold' THEN 'started' WHEN 'completed' THEN 'ended' WHEN 'failed' THEN 'ended'
                                 WHEN 'cancelled' THEN 'ended' WHEN 'entered-in-error' THEN 'ended' END END;

-- The contract in force of a practice. All null: none.
CREATE FUNCTION logic.contract_of(p_region int, p_organisation int) RETURNS data.feedback_contract LANGUAGE plpgsql STABLE AS $$
DECLARE
    found data.feedback_contract;
BEGIN
    SELECT * INTO found FROM data.feedback_contract c
    WHERE c.region_id = p_region AND c.organisation_id = p_organisation
    ORDER BY c.version DESC
    LIMIT 1;
    IF found.form = 'standard' THEN
        RETURN NULL;
    END IF;
    RETURN found;
END
$$;

-- The form that rule table 7 in force gives a state and a practice: at-once, digest, end, none; null: not in force. Both facts are
-- always known and each is one word, so that a row is met or not, never unknown; daemon/core says the same (a test compares).
CREATE FUNCTION logic.form_by_rules(p_region int, p_state text, p_organisation int, p_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT r.form
        FROM logic.tables_in_force(p_region, p_at) t
        JOIN data.rule r ON r.region_id = p_region AND r.version = t.version
        JOIN data.organisation o ON o.region_id = p_region AND o.organisation_id = p_organisation
        WHERE t.table_no = 7
          AND (r.is_otherwise
               OR (r.milestone IS NULL OR (p_state = ANY (r.milestone)) <> coalesce('milestone' = ANY (r.nots), false))
              AND (r.referrer IS NULL OR (o.code = ANY (r.referrer)) <> coalesce('referrer' = ANY (r.nots), false)))
        ORDER BY r.is_otherwise, r.position
        LIMIT 1);
END
$$;

-- How a practice hears of a milestone that is not the last word: at-once, daily, or none.
CREATE FUNCTION logic.form_of(m logic.move, p_milestone text, p_state text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    contract constant data.feedback_contract := logic.contract_of(m.region_id, m.referrer_id);
BEGIN
    IF p_milestone IS NULL THEN
        RETURN 'at-once';
    ELSIF contract.version IS NOT NULL THEN
        RETURN CASE WHEN contract.form <> 'end-only' AND p_milestone = ANY (contract.milestones) THEN contract.form ELSE 'none' END;
    END IF;
    RETURN CASE CASE WHEN p_milestone <> 'story' THEN logic.form_by_rules(m.region_id, p_state, m.referrer_id, m.at) END
        WHEN 'digest' THEN 'daily' WHEN 'end' THEN 'none' WHEN 'none' THEN 'none' ELSE 'at-once' END;
END
$$;

-- Whether a story is told, and how. p_is_end: with the last word, which who hears of the end alone hears too.
CREATE FUNCTION logic.form_of_story(m logic.move, p_is_end boolean) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    contract constant data.feedback_contract := logic.contract_of(m.region_id, m.referrer_id);
BEGIN
    RETURN CASE WHEN p_is_end AND contract.form = 'end-only' AND 'story' = ANY (contract.milestones) THEN 'at-once'
                ELSE logic.form_of(m, 'story', NULL) END;
END
$$;

-- What happened meanwhile, for who hears of the end alone: " Aangenomen op 3-11-2026, eerste contact op 8-11-2026."; else nothing.
CREATE FUNCTION logic.meanwhile(m logic.move) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF (logic.contract_of(m.region_id, m.referrer_id)).form IS DISTINCT FROM 'end-only' THEN
        RETURN '';
    END IF;
    RETURN (
        SELECT coalesce(' ' || upper(left(x.told, 1)) || substr(x.told, 2) || '.', '')
        FROM (SELECT nullif(concat_ws(', ', 'aangenomen op ' || logic.short_day(min(e.at) FILTER (WHERE e.to_status = 'accepted')),
                                      'eerste contact op ' || logic.short_day(min(e.at) FILTER (WHERE e.to_status = 'in-progress'))),
                            '') AS told
              FROM data.event e
              WHERE e.region_id = m.region_id AND e.referral_id = m.referral_id AND e.kind = 'step-moved') x);
END
$$;

-- "3-11-2026", in Amsterdam.
CREATE FUNCTION logic.short_day(at timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN to_char(at AT TIME ZONE 'Europe/Amsterdam', 'FMDD-FMMM-YYYY');

-- Up to when a practice's daily feedback was brought; -infinity: never.
CREATE FUNCTION logic.digested_until(p_region int, p_organisation int) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT max(d.until) FROM data.feedback_digest d
                     WHERE d.region_id = p_region AND d.organisation_id = p_organisation), '-infinity');
END
$$;

-- A note that the worker calls a story, as feedback of its own (who was helped, in a few lines). p_form: at-once or daily.
CREATE FUNCTION logic.tell_story(m logic.move, p_state text, p_note bigint, p_form text, p_from text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_feedback constant bigint := nextval('data.object_seq');
    v_form constant text := nullif(p_form, 'at-once');
BEGIN
    INSERT INTO data.feedback (region_id, feedback_id, referral_id, step_id, state, from_id, to_id, at, note_id, lead, form, story)
    SELECT m.region_id, v_feedback, m.referral_id, m.step_id, p_state, o.organisation_id, m.referrer_id, m.at, p_note,
           left(format('%s vertelt:', o.name), 200), v_form, true
    FROM data.step s
    JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = s.owner_id
    WHERE s.region_id = m.region_id AND s.step_id = m.step_id;
    INSERT INTO data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, feedback_id, form, came_from)
    VALUES (m.region_id, m.referral_id, m.at, 'story-told', m.account_id, m.organisation_id, m.step_id, v_feedback, v_form, p_from);
END
$$;
