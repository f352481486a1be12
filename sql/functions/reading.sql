-- Reading one thing. Null (or no row) where it does not exist or the reader is no party to it: the two are not told
-- apart. What a reader may not see inside (client, texts) is null, by the views of sight.sql and not by these functions. Every
-- read is kept in the access log, in the same transaction, and so is what was refused.

-- Whether a system signalled it: that system hears how it stands, as a word, and no more.
CREATE FUNCTION logic.is_signal(p_region int, p_referral bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM data.referral r
                   WHERE r.region_id = p_region AND r.referral_id = p_referral AND r.origin = 'signal');
END
$$;

-- Whether an account may see a referral at all. In plpgsql, as everything here that holds a query of its own: its plan is
-- kept, while a function in SQL that cannot be inlined is planned anew in every call.
CREATE FUNCTION logic.may_see(actor logic.actor, p_region int, p_referral bigint, p_referrer int) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN actor.role IN ('coordinator', 'steward')
        OR actor.organisation_id = p_referrer AND NOT logic.is_signal(p_region, p_referral)
        OR EXISTS (SELECT FROM data.step s
                   WHERE s.region_id = p_region AND s.referral_id = p_referral
                     AND s.owner_id = actor.organisation_id)
        OR EXISTS (SELECT FROM data.emergency e
                   WHERE e.region_id = p_region AND e.referral_id = p_referral AND e.account_id = actor.account_id
                     AND e.until > wijzer.clock());
END
$$;

-- Reason and text of a note as one.
CREATE FUNCTION logic.note_text(client bigint, note bigint, reason text, words text) RETURNS json LANGUAGE sql STABLE
RETURN CASE WHEN reason IS NULL THEN logic.sealed(client, note, 'text', words)
            WHEN words IS NULL THEN logic.sealed(client, note, 'reason', reason)
            ELSE json_build_object('~', json_build_array(
                json_build_object('c', client, 'r', note, 'f', 'reason', 'v', reason, 'after', E'\n'),
                json_build_object('c', client, 'r', note, 'f', 'text', 'v', words))) END;

-- An event in words, as far as all who may see it have the same: what happened, the state that was come to, why it was declined.
CREATE VIEW logic.event_card AS
SELECT e.*,
       CASE WHEN e.kind = 'step-moved' OR e.kind = 'step-made' AND e.to_state IN ('planned', 'offered') THEN coalesce(e.state_label, e.to_state)
            ELSE coalesce((SELECT k.label FROM data.event_kind k
                           WHERE k.region_id = e.region_id AND k.code = e.kind), e.kind) END AS label,
       logic.word(e.to_state, e.state_label) AS state,
       (SELECT logic.word(c.code, c.label) FROM data.decline_code c
        WHERE c.region_id = e.region_id AND c.code = e.decline_code) AS decline,
       CASE WHEN e.group_id IS NOT NULL THEN (
           SELECT json_build_object('id', wijzer.code(g.group_id), 'name', g.name, 'persons', e.persons) FROM data.offering_group g
           WHERE g.region_id = e.region_id AND g.group_id = e.group_id) END AS in_group
FROM (SELECT x.*, (SELECT t.label FROM data.state t
                   WHERE t.region_id = x.region_id AND t.code = x.to_state) AS state_label
      FROM data.event x) e;

CREATE VIEW logic.event_document AS
SELECT e.region_id, e.referral_id, e.event_id, e.at,
       json_build_object(
           'at', logic.iso(e.at), 'kind', e.kind, 'label', e.label,
           'actor', (SELECT json_build_object('name', a.name, 'organisation', (
                         SELECT logic.named(o.code, o.name) FROM data.organisation o
                         WHERE o.region_id = e.region_id AND o.organisation_id = e.organisation_id))
                     FROM data.account a WHERE a.region_id = e.region_id AND a.account_id = e.account_id),
           'stepId', wijzer.code(e.step_id), 'state', e.state,
           -- What somebody noted for a call back is for colleagues.
           'text', CASE WHEN e.kind <> 'call-back-promised'
                             OR e.organisation_id = nullif(current_setting('wijzer.organisation', true), '')::int
                        THEN logic.note_text(n.client_id, n.note_id, n.reason, n.text) END,
           'declineCode', e.decline,
           'director', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                        WHERE o.region_id = e.region_id AND o.organisation_id = e.director_id),
           -- Whether it helped is for who helped, not for a steward.
           'helped', CASE WHEN current_setting('wijzer.role', true) <> 'steward' THEN e.helped END,
           -- Of contact with the client: by which way, how it went, and which attempt of the step it was; the day that was named.
           'with', wijzer.code(CASE e.kind WHEN 'referral-merged' THEN e.merged_into WHEN 'referral-joined' THEN e.object_id END),
           'channel', e.channel, 'date', e.on_date, 'group', e.in_group,
           'result', CASE WHEN current_setting('wijzer.role', true) <> 'steward' THEN e.result END,
           'attempt', CASE WHEN e.to_state = 'contact-attempt' AND e.kind = 'step-moved' THEN (
               SELECT count(*) FROM data.event b
               WHERE b.region_id = e.region_id AND b.referral_id = e.referral_id AND b.step_id = e.step_id
                 AND b.to_state = 'contact-attempt' AND b.kind = 'step-moved' AND b.version <= e.version) END,
           'due', CASE WHEN e.kind IN ('call-back-promised', 'place-offered') THEN logic.iso(e.promise_due) END,
           'late', CASE WHEN e.kind = 'promise-overdue' THEN logic.late_document(e.region_id, e.step_id, e.version, e.level) END,
           'score', CASE WHEN n.text IS NOT NULL THEN e.score END) AS document
FROM logic.event_card e
LEFT JOIN LATERAL (SELECT * FROM logic.note_seen x
                   WHERE x.region_id = e.region_id AND x.referral_id = e.referral_id AND x.note_id = e.note_id OFFSET 0) n ON true;

-- A row's reason tells of the facts it went by: null for who may not see these.
CREATE VIEW logic.decision_document AS
SELECT d.region_id, d.step_id, d.table_no,
       json_build_object(
           'table', d.table_no, 'version', d.table_version, 'rule', CASE WHEN x.is_shown THEN d.rule_id END,
           'reason', CASE WHEN x.is_shown THEN d.reason END,
           'offering', logic.named(d.offering_code, d.offering_name),
           'organisation', logic.named(d.owner_code, d.owner_name),
           'evidence', logic.evidence_decided(d.candidates, d.offering_code),
           'room', CASE WHEN s.offer_group IS NULL THEN logic.room_decided(d.candidates, d.offering_code) END,
           'offered', logic.offered(s.region_id, s.referral_id, s.offer_group)) AS document
FROM logic.decision d
JOIN data.step s ON s.region_id = d.region_id AND s.step_id = d.step_id
JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
CROSS JOIN LATERAL (
    SELECT logic.shows_facts(logic.sight_of(d.region_id, r.client_id), logic.fields_of_facts(d.inputs)) AS is_shown OFFSET 0) x;

CREATE FUNCTION wijzer.get_referral(p_region int, p_account int, p_referral bigint, p_from text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    seen record;
BEGIN
    SELECT r.client_id, r.fields, r.ground, r.consent_nr,
        json_build_object(
            'id', wijzer.code(r.referral_id),
            'state', CASE WHEN r.closed_at IS NULL THEN 'open' ELSE 'closed' END,
            'outcome', (SELECT logic.word(st.code, st.label) FROM data.state st
                        WHERE st.region_id = p_region AND st.code = r.outcome),
            'createdAt', logic.iso(r.created_at), 'closedAt', logic.iso(r.closed_at),
            'origin', coalesce(r.origin, 'referrer'), 'mergedInto', wijzer.code(r.merged_into),
            'referrer', json_build_object('organisation', r.referrer, 'account', (
                SELECT a.name FROM data.account a WHERE a.region_id = p_region AND a.account_id = r.account_id)),
            'director', r.director, 'domains', r.domains, 'wishes', r.wishes, 'icpc', r.icpc, 'urgency', r.urgency, 'class', r.class, 'client', r.client, 'text', r.text,
            'decision', (
                SELECT d.document FROM data.step s
                JOIN logic.decision_document d ON d.region_id = s.region_id AND d.step_id = s.step_id
                WHERE s.region_id = p_region AND s.referral_id = p_referral AND s.parent_id IS NULL
                  AND s.previous_id IS NULL AND d.table_no <= 3
                LIMIT 1),
            'next', (
                SELECT p.document FROM data.step c
                JOIN logic.promise_card p ON p.region_id = c.region_id AND p.step_id = c.step_id
                WHERE c.region_id = p_region AND c.referral_id = goes_on.id
                ORDER BY p.due_at, c.step_id, p.nr LIMIT 1),
            'steps', (
                SELECT json_agg(d.document ORDER BY d.created_at, d.step_id) FROM logic.step_document d
                WHERE d.region_id = p_region AND d.referral_id = p_referral),
            'events', (
                SELECT coalesce(json_agg(e.document ORDER BY e.at, e.event_id), '[]') FROM logic.event_document e
                WHERE e.region_id = p_region AND e.referral_id = p_referral),
            'loop', (
                SELECT json_build_object('l1', l.l1, 'l2', l.l2, 'l2InTime', l.l2_in_time, 'l3', l.l3, 'l3Contact', l.l3_contact, 'l4', l.l4, 'l5', l.l5,
                                         'l6', l.l6, 'l7', l.l7, 'fullyClosed', l.fully_closed)
                FROM wijzer.loop l WHERE l.region_id = p_region AND l.referral_id = p_referral)) AS document
    INTO seen
    FROM logic.referral_card r
    CROSS JOIN LATERAL (SELECT logic.followed(r.referral_id, r.merged_into, r.outcome) AS id OFFSET 0) goes_on
    WHERE r.region_id = p_region AND r.referral_id = p_referral
      AND logic.may_see(actor, p_region, p_referral, r.organisation_id);
    IF FOUND THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'referral', 'granted', p_referral, ARRAY[seen.client_id], seen.fields,
                                  seen.ground, seen.consent_nr, NULL, p_from);
    ELSE
        PERFORM logic.note_refused(actor, p_region, 'R', 'referral', p_referral, p_referral, p_from);
    END IF;
    RETURN seen.document;
END
$$;

CREATE TYPE wijzer.status_request AS (account_id int, referral_id bigint, came_from text);

-- How referrals stand, for programs that ask often: a row for each pair of account and referral, with codes and ids by
-- a few keys, which the daemon puts into words from its snapshot. The step is the one on which something is due
-- first; where nothing is due, the last one; null where there is no such referral for that account. How a referral stands tells
-- nothing of who it is about, so that it is read without a trace; an attempt that is refused leaves one.
CREATE FUNCTION wijzer.get_statuses(p_region int, p_requests wijzer.status_request[])
RETURNS TABLE (item bigint, is_closed boolean, outcome text, step_id bigint, state text, owner_id int,
               promise_kind text, promise_organisation_id int, due_us bigint, level int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT i.account_id, i.referral_id, i.came_from, i.item, found.*
        FROM unnest(p_requests) WITH ORDINALITY AS i (account_id, referral_id, came_from, item)
        LEFT JOIN LATERAL (
            SELECT r.closed_at IS NOT NULL, CASE WHEN NOT x.signals THEN r.outcome END, s.step_id,
                   CASE WHEN x.signals THEN 'received' ELSE s.state END,
                   CASE WHEN x.signals THEN (SELECT g.coordination_id FROM data.region g WHERE g.region_id = p_region)
                        ELSE coalesce(s.owner_id, s.offered_to) END,
                   CASE WHEN NOT x.signals THEN p.kind END, CASE WHEN NOT x.signals THEN p.organisation_id END,
                   CASE WHEN NOT x.signals THEN (extract(epoch FROM p.due_at) * 1000000)::bigint END,
                   CASE WHEN NOT x.signals THEN p.level END
            FROM data.account a, data.referral r, data.step s
            LEFT JOIN data.promise p
                ON p.region_id = s.region_id AND p.step_id = s.step_id AND p.nr = s.promise_nr AND p.ended_at IS NULL
            CROSS JOIN LATERAL (
                -- Whoever signalled it, and does not help: received, or closed.
                SELECT coalesce(r.origin = 'signal' AND a.role IN ('referrer', 'worker') AND NOT EXISTS (
                    SELECT FROM data.step o
                    WHERE o.region_id = p_region AND o.referral_id = i.referral_id AND o.owner_id = a.organisation_id), false)
                    AS signals) x
            WHERE a.region_id = p_region AND a.account_id = i.account_id AND a.ended_at IS NULL
              AND r.region_id = p_region AND r.referral_id = i.referral_id
              AND s.region_id = p_region AND s.referral_id = i.referral_id
              AND (a.role IN ('coordinator', 'steward') OR a.organisation_id = r.organisation_id
                   OR EXISTS (SELECT FROM data.step x
                              WHERE x.region_id = p_region AND x.referral_id = i.referral_id
                                AND x.owner_id = a.organisation_id)
                   OR EXISTS (SELECT FROM data.emergency e
                              WHERE e.region_id = p_region AND e.referral_id = i.referral_id AND e.account_id = i.account_id
                                AND e.until > wijzer.clock()))
            ORDER BY p.due_at, s.step_id DESC
            LIMIT 1) found (is_closed, outcome, step_id, state, owner_id, kind, organisation_id, due_us, level) ON true
    ), refused AS (
        INSERT INTO data.access (region_id, at, action, what, outcome, account_id, organisation_id, role, came_from, object_id,
                                 client_ids, ground, detail)
        SELECT p_region, logic.instant(), 'R', 'referral', 'refused', a.account_id, a.organisation_id, a.role, k.came_from,
               k.referral_id, ARRAY(SELECT r.client_id FROM data.referral r WHERE r.region_id = p_region AND r.referral_id = k.referral_id),
               'none', 'status'
        FROM asked k
        JOIN data.account a ON a.region_id = p_region AND a.account_id = k.account_id AND a.ended_at IS NULL
        WHERE k.step_id IS NULL
    )
    SELECT k.item, k.is_closed, k.outcome, k.step_id, k.state, k.owner_id, k.kind, k.organisation_id, k.due_us, k.level FROM asked k;
END
$$;

CREATE FUNCTION wijzer.get_step(p_region int, p_account int, p_step bigint, p_from text DEFAULT NULL)
RETURNS TABLE (version int, document json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    seen record;
BEGIN
    SELECT d.version, d.document, d.client_id, d.fields, d.ground, d.consent_nr INTO seen
    FROM logic.inbox_document d
    WHERE d.region_id = p_region AND d.step_id = p_step AND actor.role <> 'steward'
      AND logic.may_see(actor, p_region, d.referral_id, d.referrer_id);
    IF NOT FOUND AND logic.is_offered_to(actor, p_region, p_step) THEN
        SELECT o.* INTO seen FROM logic.offer_card(p_region, p_step) o;
    END IF;
    IF seen.version IS NOT NULL THEN
        PERFORM logic.note_access(actor, p_region, 'R', 'step', 'granted', p_step, ARRAY[seen.client_id], seen.fields,
                                  seen.ground, seen.consent_nr, NULL, p_from);
        RETURN QUERY SELECT seen.version, seen.document;
    ELSE
        PERFORM logic.note_refused(actor, p_region, 'R', 'step', p_step,
                                   (SELECT s.referral_id FROM data.step s WHERE s.region_id = p_region AND s.step_id = p_step),
                                   p_from);
    END IF;
END
$$;

CREATE FUNCTION wijzer.vocabulary(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object(
        'domains', (
            SELECT json_agg(logic.word(d.code, d.label) ORDER BY d.position, d.code)
            FROM data.domain d WHERE d.region_id = p_region),
        'states', (
            SELECT json_agg(json_build_object(
                'code', s.code, 'label', s.label, 'status', s.status, 'needs', logic.need_words(s.needs),
                'setBy', logic.party_words(s.set_by)) ORDER BY s.position, s.code)
            FROM data.state s WHERE s.region_id = p_region),
        'declineCodes', (
            SELECT json_agg(json_build_object('code', c.code, 'label', c.label, 'next', c.next)
                            ORDER BY c.position, c.code)
            FROM data.decline_code c WHERE c.region_id = p_region),
        'evidence', (
            SELECT coalesce(json_agg(logic.word(e.code, e.label) ORDER BY e.position, e.code), '[]')
            FROM data.evidence_level e WHERE e.region_id = p_region),
        'offerings', (
            SELECT coalesce(json_agg(json_build_object('code', f.code, 'name', f.name, 'organisation',
                                                       logic.named(o.code, o.name)) ORDER BY f.name), '[]')
            FROM data.offering f JOIN data.organisation o USING (region_id, organisation_id)
            WHERE f.region_id = p_region AND f.ended_at IS NULL AND o.ended_at IS NULL),
        'organisations', (
            SELECT json_agg(logic.named(o.code, o.name) ORDER BY o.name)
            FROM data.organisation o WHERE o.region_id = p_region AND o.ended_at IS NULL));
END
$$;
