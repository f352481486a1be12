-- Steps, promises and referrals as documents. Views and not functions, so that a list is planned as one query. Words and
-- names are looked up by sub-selects, not joined: each is one step down an index whatever the planner believes, and the
-- joins that are left are few enough to be planned exactly.

-- To whom a promise that nobody kept has gone at last (logic.named_for); null below the last level.
CREATE FUNCTION logic.last_resort(p_region int, p_level int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN p_level = 3 THEN (SELECT logic.person(p_region, n.account_id)
                                       FROM logic.named_for(p_region, 'promises', NULL) n) END;
END
$$;

-- What was not kept and to whom that went: at the first level to who owes it, then to the coordination.
CREATE FUNCTION logic.late_document(p_region int, p_step bigint, p_nr int, p_level int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'what', logic.word(p.kind, (SELECT k.label FROM data.promise_kind k
                                        WHERE k.region_id = p.region_id AND k.code = p.kind)),
            'level', p_level, 'stepId', wijzer.code(p_step),
            'who', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                    WHERE o.region_id = p_region AND o.organisation_id = CASE p_level WHEN 1 THEN p.organisation_id
                                                                             ELSE logic.coordination_of(p_region) END))
        FROM data.promise p
        WHERE p.region_id = p_region AND p.step_id = p_step AND p.nr = p_nr);
END
$$;

CREATE VIEW logic.promise_card AS
SELECT p.region_id, p.step_id, p.nr, p.referral_id, p.due_at,
       json_build_object(
           'what', logic.word(p.kind, (SELECT k.label FROM data.promise_kind k
                                       WHERE k.region_id = p.region_id AND k.code = p.kind)),
           'who', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                   WHERE o.region_id = p.region_id AND o.organisation_id = p.organisation_id),
           'by', logic.iso(p.due_at), 'overdue', p.due_at < wijzer.clock(), 'level', p.level,
           'person', logic.last_resort(p.region_id, p.level)) AS document
FROM data.promise p
WHERE p.ended_at IS NULL;

-- What a step has in a group; null: nothing. line: in which place it stands there, from 1.
CREATE FUNCTION logic.place_document(p_region int, p_step bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'group', json_build_object('id', wijzer.code(g.group_id), 'name', g.name, 'startsOn', g.starts_on, 'way', g.way,
                                       'joinable', logic.may_join(g, logic.today())),
            'state', p.state, 'persons', p.persons,
            'line', CASE p.state WHEN 'waiting' THEN (
                SELECT count(*) FROM data.place x
                WHERE x.region_id = p.region_id AND x.group_id = p.group_id AND x.state = 'waiting'
                  AND (x.asked_at, x.step_id) <= (p.asked_at, p.step_id)) END,
            'by', (SELECT logic.iso(b.due_at) FROM data.promise b
                   WHERE b.region_id = p.region_id AND b.step_id = p.step_id AND b.nr < 0 AND b.kind = 'take-place'
                     AND b.ended_at IS NULL))
        FROM data.place p
        JOIN data.offering_group g ON g.region_id = p.region_id AND g.group_id = p.group_id
        WHERE p.region_id = p_region AND p.step_id = p_step AND p.state IN ('waiting', 'offered', 'taken'));
END
$$;

-- What the worker asked the referrer about a step last, and what came back; null: nothing was asked, or the answer is no longer
-- needed. To the referrer the question is addressed, as feedback; else a text is seen by who sees the notes.
CREATE FUNCTION logic.question_of(p_region int, p_referral bigint, p_step bigint) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'at', logic.iso(q.at),
            'text', coalesce(
                (SELECT logic.sealed(n.client_id, n.note_id, 'text', n.text) FROM logic.note_seen n
                 WHERE n.region_id = p_region AND n.referral_id = p_referral AND n.note_id = q.note_id),
                (SELECT logic.sealed(f.client_id, f.note_id, 'text', f.note_text) FROM logic.feedback_seen f
                 WHERE f.region_id = p_region AND f.referral_id = p_referral AND f.note_id = q.note_id LIMIT 1)),
            'answeredAt', logic.iso(a.at),
            'answer', (SELECT logic.sealed(n.client_id, n.note_id, 'text', n.text) FROM logic.note_seen n
                       WHERE n.region_id = p_region AND n.referral_id = p_referral AND n.note_id = a.note_id))
        FROM (SELECT e.* FROM data.event e
              WHERE e.region_id = p_region AND e.referral_id = p_referral AND e.step_id = p_step
                AND e.kind = 'step-moved' AND e.to_state = 'question-to-referrer'
              ORDER BY e.version DESC LIMIT 1) q
        LEFT JOIN data.event a ON a.region_id = p_region AND a.referral_id = p_referral AND a.step_id = p_step
                              AND a.kind = 'step-moved' AND a.to_state = 'received' AND a.version = q.version + 1);
END
$$;

-- What the client was promised beside a step, to be called back; with what was noted for it, which is for colleagues.
CREATE FUNCTION logic.call_back_of(s data.step, p_noted boolean) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    b data.promise;
    note json;
BEGIN
    SELECT * INTO b FROM data.promise p
    WHERE p.region_id = (s).region_id AND p.step_id = (s).step_id AND p.nr < 0 AND p.kind = 'call-back' AND p.ended_at IS NULL;
    IF b.nr IS NULL THEN
        RETURN NULL;
    ELSIF NOT p_noted THEN
        RETURN json_build_object('by', logic.iso(b.due_at), 'overdue', b.due_at < wijzer.clock(), 'level', b.level,
                                 'person', logic.last_resort(b.region_id, b.level));
    END IF;
    IF (s).owner_id = nullif(current_setting('wijzer.organisation', true), '')::int THEN
        SELECT logic.sealed(n.client_id, n.note_id, 'text', n.text) INTO note
        FROM data.event e
        CROSS JOIN LATERAL (SELECT * FROM logic.note_seen x
                            WHERE x.region_id = e.region_id AND x.referral_id = e.referral_id AND x.note_id = e.note_id OFFSET 0) n
        WHERE e.region_id = b.region_id AND e.referral_id = b.referral_id AND e.step_id = b.step_id
          AND e.kind = 'call-back-promised' AND e.version = b.nr;
    END IF;
    RETURN json_build_object('by', logic.iso(b.due_at), 'overdue', b.due_at < wijzer.clock(), 'level', b.level,
                             'person', logic.last_resort(b.region_id, b.level), 'note', note);
END
$$;

CREATE VIEW logic.step_card AS
SELECT s.region_id, s.step_id, s.referral_id, s.parent_id, s.previous_id, s.after_id, s.version, s.status, s.created_at, s.ended_at,
       logic.word(s.state, (SELECT t.label FROM data.state t
                            WHERE t.region_id = s.region_id AND t.code = s.state)) AS state,
       (SELECT logic.named(o.code, o.name) FROM data.organisation o
        WHERE o.region_id = s.region_id AND o.organisation_id = coalesce(s.owner_id, s.offered_to)) AS organisation,
       (SELECT logic.named(f.code, f.name) FROM data.offering f
        WHERE f.region_id = s.region_id AND f.offering_id = s.offering_id) AS offering,
       p.document AS promise, p.due_at,
       (SELECT logic.word(c.code, c.label) FROM data.decline_code c
        WHERE c.region_id = s.region_id AND c.code = s.decline_code) AS decline_code,
       -- Who has taken it: a name for colleagues, for who referred and for coordinators. Whoever has ended has nothing.
       CASE WHEN s.assignee_id IS NOT NULL
                 AND (current_setting('wijzer.role', true) = 'coordinator'
                      OR nullif(current_setting('wijzer.organisation', true), '')::int IN (s.owner_id, (
                          SELECT r.organisation_id FROM data.referral r
                          WHERE r.region_id = s.region_id AND r.referral_id = s.referral_id)))
            THEN (SELECT json_build_object('name', a.name, 'mine', a.account_id = nullif(current_setting('wijzer.account', true), '')::int)
                  FROM data.account a
                  WHERE a.region_id = s.region_id AND a.account_id = s.assignee_id AND a.ended_at IS NULL) END AS assignee,
       CASE WHEN s.ended_at IS NULL THEN logic.call_back_of(s, false) END AS call_back,
       CASE WHEN s.ended_at IS NULL THEN logic.call_back_of(s, true) END AS call_back_noted,
       CASE WHEN s.ended_at IS NULL THEN logic.place_document(s.region_id, s.step_id) END AS place,
       CASE WHEN s.status IN ('received', 'accepted') THEN logic.question_of(s.region_id, s.referral_id, s.step_id) END AS question,
       CASE WHEN s.status = 'accepted' THEN logic.attempts(s.region_id, s.referral_id, s.step_id) END AS attempts,
       logic.unread(s) AS unread
FROM data.step s
LEFT JOIN logic.promise_card p ON p.region_id = s.region_id AND p.step_id = s.step_id AND p.nr = s.promise_nr;

-- Whose promises say who is next: of a referral that goes on in another one, until that one ends, the other's.
CREATE FUNCTION logic.followed(referral bigint, merged_into bigint, outcome text) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN CASE WHEN outcome IS NULL THEN coalesce(merged_into, referral) ELSE referral END;

-- Of ids and words of the region alone: commands answer with it and keep it, and a kept answer has no text.
CREATE VIEW logic.step_document AS
SELECT c.region_id, c.step_id, c.referral_id, c.version, c.created_at,
       json_build_object(
           'id', wijzer.code(c.step_id), 'referralId', wijzer.code(c.referral_id),
           'parentId', wijzer.code(c.parent_id), 'previousId', wijzer.code(c.previous_id), 'afterId', wijzer.code(c.after_id),
           'state', c.state, 'status', c.status, 'organisation', c.organisation, 'offering', c.offering,
           'version', c.version, 'promise', c.promise, 'assignee', c.assignee, 'declineCode', c.decline_code,
           'callBack', c.call_back, 'attempts', c.attempts, 'unread', c.unread, 'place', c.place,
           'createdAt', logic.iso(c.created_at), 'endedAt', logic.iso(c.ended_at),
           'branchOutcome', (SELECT logic.word(t.code, t.label) FROM data.state t
                             WHERE t.region_id = c.region_id
                               AND t.code = logic.branch_outcome(c.region_id, c.referral_id, c.step_id))) AS document
FROM logic.step_card c;

-- What is about the client comes from the view that applies consent; a field that is not granted is null, and so is the
-- client of who may see nothing. Who sees nothing of the client (a steward) sees no reasons for help either.
CREATE VIEW logic.referral_card AS
SELECT r.region_id, r.referral_id, r.client_id, r.account_id, r.organisation_id, r.outcome, r.created_at, r.closed_at, r.origin, r.merged_into,
       c.fields, c.ground, c.consent_nr,
       CASE WHEN c.fields & 512 <> 0 THEN r.urgency END AS urgency,
       CASE WHEN c.fields & 128 <> 0 THEN r.icpc END AS icpc,
       (SELECT logic.named(o.code, o.name) FROM data.organisation o
        WHERE o.region_id = r.region_id AND o.organisation_id = r.organisation_id) AS referrer,
       (SELECT logic.named(o.code, o.name) FROM data.organisation o
        WHERE o.region_id = r.region_id AND o.organisation_id = r.director_id) AS director,
       CASE WHEN c.fields & 64 <> 0 THEN (
           SELECT coalesce(json_agg(logic.word(x.code, (SELECT d.label FROM data.domain d
                                                        WHERE d.region_id = r.region_id AND d.code = x.code))
                                    ORDER BY x.n), '[]')
           FROM unnest(r.domains) WITH ORDINALITY AS x (code, n)) END AS domains,
       CASE WHEN c.fields & 64 <> 0 THEN coalesce(to_json(r.wishes::text[]), '[]') END AS wishes,
       CASE WHEN c.fields > 0 THEN json_build_object(
           'id', wijzer.code(c.client_id), 'name', logic.sealed(c.client_id, c.client_id, 'name', c.name),
           'phone', logic.sealed(c.client_id, c.client_id, 'phone', c.phone),
           'email', logic.sealed(c.client_id, c.client_id, 'email', c.email), 'birthYear', c.birth_year, 'area', c.area,
           'language', c.language, 'bsn', logic.sealed(c.client_id, c.client_id, 'bsn', c.bsn),
           'erased', c.erased_at IS NOT NULL) END AS client,
       -- Who shares a class says much of who it is: for who may know the name.
       CASE WHEN c.fields & 1 <> 0 AND c.erased_at IS NULL AND r.class_id IS NOT NULL THEN (
           SELECT json_build_object('id', wijzer.code(k.class_id), 'name', k.name) FROM data.class k
           WHERE k.region_id = r.region_id AND k.class_id = r.class_id) END AS class,
       -- Null for who may not see it; empty where there is none.
       CASE WHEN c.fields & 256 <> 0 THEN
           CASE WHEN n.text IS NULL AND c.erased_at IS NULL THEN to_json(''::text) ELSE logic.sealed(c.client_id, n.note_id, 'text', n.text) END
       END AS text
FROM data.referral r
LEFT JOIN LATERAL (SELECT * FROM logic.client_seen x WHERE x.region_id = r.region_id AND x.client_id = r.client_id OFFSET 0) c ON true
LEFT JOIN LATERAL (SELECT * FROM logic.note_seen x
                   WHERE x.region_id = r.region_id AND x.referral_id = r.referral_id AND x.note_id = r.note_id OFFSET 0) n ON true;

-- A step with what somebody needs to act on it.
CREATE VIEW logic.inbox_document AS
SELECT c.region_id, c.step_id, c.referral_id, r.organisation_id AS referrer_id, c.version, r.client_id, r.fields, r.ground,
       r.consent_nr,
       json_build_object(
           'id', wijzer.code(c.step_id), 'referralId', wijzer.code(c.referral_id),
           'parentId', wijzer.code(c.parent_id), 'previousId', wijzer.code(c.previous_id), 'afterId', wijzer.code(c.after_id),
           'state', c.state, 'status', c.status, 'organisation', c.organisation, 'offering', c.offering,
           'version', c.version, 'promise', c.promise, 'assignee', c.assignee, 'declineCode', c.decline_code,
           'callBack', c.call_back_noted, 'attempts', c.attempts, 'unread', c.unread, 'place', c.place, 'question', c.question,
           'createdAt', logic.iso(c.created_at), 'endedAt', logic.iso(c.ended_at),
           'client', r.client, 'domains', r.domains, 'wishes', r.wishes, 'text', r.text, 'referrer', r.referrer,
           'urgency', r.urgency, 'class', r.class) AS document
FROM logic.step_card c
JOIN logic.referral_card r ON r.region_id = c.region_id AND r.referral_id = c.referral_id;
