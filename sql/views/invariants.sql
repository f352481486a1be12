-- The invariants that can be seen in the data, each a view that must be empty: region, what it is about, why.
-- security_invoker: the reader's row-level security holds; a superuser sees every region.
-- I2 (acknowledged is durable) and I5 (nobody sees more) are proved by tests, not by data.

-- I1: every referral that is not closed has somebody who is next to act and a time by which. Of one that goes on in another and has
-- not ended that is the other one's.
CREATE VIEW wijzer.i1_no_black_hole WITH (security_invoker = true) AS
SELECT r.region_id, r.referral_id, NULL::bigint AS step_id, 'not closed, and nobody has promised anything' AS reason
FROM data.referral r
WHERE r.closed_at IS NULL
  AND NOT EXISTS (SELECT FROM data.step s
                  JOIN data.promise p ON p.region_id = s.region_id AND p.step_id = s.step_id AND p.nr > 0 AND p.ended_at IS NULL
                  WHERE s.region_id = r.region_id AND s.referral_id = r.referral_id)
  AND (r.merged_into IS NULL OR r.ended_at IS NOT NULL)
UNION ALL
SELECT r.region_id, r.referral_id, NULL,
       CASE WHEN f.referral_id IS NULL THEN 'goes on in a referral that is not there'
            WHEN f.merged_into IS NOT NULL THEN 'goes on in one that goes on in another'
            WHEN s.step_id IS NOT NULL THEN 'goes on in another, and has an open step'
            ELSE 'goes on in one that has ended' END
FROM data.referral r
LEFT JOIN data.referral f ON f.region_id = r.region_id AND f.referral_id = r.merged_into
LEFT JOIN LATERAL (SELECT x.step_id FROM data.step x
                   WHERE x.region_id = r.region_id AND x.referral_id = r.referral_id AND x.ended_at IS NULL
                   LIMIT 1) s ON true
WHERE r.merged_into IS NOT NULL
  AND (f.referral_id IS NULL OR f.merged_into IS NOT NULL OR s.step_id IS NOT NULL
       OR r.ended_at IS NULL AND f.ended_at IS NOT NULL)
UNION ALL
SELECT s.region_id, s.referral_id, s.step_id,
       CASE s.state WHEN 'planned' THEN 'planned step that waits for nothing'
                    ELSE 'open step without a promise and without an open branch' END
FROM data.step s
WHERE s.ended_at IS NULL
  AND NOT EXISTS (SELECT FROM data.promise p
                  WHERE p.region_id = s.region_id AND p.step_id = s.step_id AND p.nr > 0 AND p.ended_at IS NULL)
  AND NOT EXISTS (SELECT FROM data.step c
                  WHERE c.region_id = s.region_id AND c.referral_id = s.referral_id AND c.parent_id = s.step_id
                    AND c.ended_at IS NULL)
  AND NOT (s.state = 'planned' AND EXISTS (
      SELECT FROM data.step a
      WHERE a.region_id = s.region_id AND a.referral_id = s.referral_id AND a.step_id = s.after_id AND a.ended_at IS NULL))
UNION ALL
-- Who waits for a parent waits for its open branches.
SELECT s.region_id, s.referral_id, s.step_id, 'planned step that waits for itself'
FROM data.step s
WHERE s.state = 'planned' AND s.promise_nr IS NULL AND logic.waits_for(s.region_id, s.referral_id, s.after_id, s.step_id)
UNION ALL
SELECT r.region_id, r.referral_id, NULL, 'director without a step'
FROM data.referral r
WHERE r.director_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM data.step s
                  WHERE s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.owner_id = r.director_id
                    AND s.state NOT IN ('planned', 'dropped', 'reassigned') AND s.status NOT IN ('rejected', 'entered-in-error'))
UNION ALL
-- Who accepts first has it, alone; until then it is offered, and nobody's.
SELECT s.region_id, s.referral_id, s.step_id,
       CASE WHEN num_nonnulls(s.owner_id, s.offered_to) <> 1 THEN 'step that neither is somebody''s nor offered, or both'
            WHEN s.offered_to IS NOT NULL AND s.offer_group IS NULL THEN 'offer that is of no round'
            WHEN s.offered_to IS NOT NULL AND s.ended_at IS NULL AND s.state <> 'offered' THEN 'offer that goes on as if it were taken'
            WHEN s.owner_id IS NOT NULL THEN 'offer that two have taken'
            ELSE 'offer that is open, and taken by another' END
FROM data.step s
LEFT JOIN LATERAL (SELECT x.step_id FROM data.step x
                   WHERE x.region_id = s.region_id AND x.referral_id = s.referral_id AND x.offer_group = s.offer_group
                     AND x.step_id <> s.step_id AND x.owner_id IS NOT NULL
                   LIMIT 1) taken ON s.offer_group IS NOT NULL
WHERE num_nonnulls(s.owner_id, s.offered_to) <> 1
   OR s.offered_to IS NOT NULL AND (s.offer_group IS NULL OR s.ended_at IS NULL AND s.state <> 'offered')
   OR taken.step_id IS NOT NULL AND (s.owner_id IS NOT NULL OR s.ended_at IS NULL)
UNION ALL
-- To call back and to take a place are promises beside it (nr below zero), of each of which there is one at most as well.
SELECT p.region_id, p.referral_id, p.step_id, 'step with more than one open promise'
FROM data.promise p
WHERE p.ended_at IS NULL
GROUP BY p.region_id, p.referral_id, p.step_id, CASE WHEN p.nr < 0 THEN p.kind END
HAVING count(*) > 1
UNION ALL
SELECT p.region_id, p.referral_id, p.step_id, 'open promise that its step does not know'
FROM data.promise p
JOIN data.step s ON s.region_id = p.region_id AND s.step_id = p.step_id
WHERE p.ended_at IS NULL AND p.nr > 0 AND s.promise_nr IS DISTINCT FROM p.nr
UNION ALL
SELECT s.region_id, s.referral_id, s.step_id, 'step that counts on a promise that is not open'
FROM data.step s
LEFT JOIN data.promise p ON p.region_id = s.region_id AND p.step_id = s.step_id AND p.nr = s.promise_nr
                        AND p.ended_at IS NULL
WHERE s.promise_nr IS NOT NULL AND p.step_id IS NULL
UNION ALL
SELECT p.region_id, p.referral_id, p.step_id, 'promise of an organisation that is unknown or has ended'
FROM data.promise p
LEFT JOIN data.organisation o ON o.region_id = p.region_id AND o.organisation_id = p.organisation_id
                             AND o.ended_at IS NULL
WHERE p.ended_at IS NULL AND o.organisation_id IS NULL
UNION ALL
SELECT r.region_id, r.referral_id, NULL, 'closed, and a step or promise is open'
FROM data.referral r
JOIN data.step s ON s.region_id = r.region_id AND s.referral_id = r.referral_id
WHERE r.closed_at IS NOT NULL AND (s.ended_at IS NULL OR s.promise_nr IS NOT NULL);

-- I3: one key, one effect; one effect, one key.
CREATE VIEW wijzer.i3_once WITH (security_invoker = true) AS
SELECT r.region_id, r.referral_id, NULL::bigint AS step_id,
       CASE count(i.object_id) WHEN 0 THEN 'referral without an idempotency key'
                               ELSE 'referral under more than one idempotency key' END AS reason
FROM data.referral r
LEFT JOIN data.idempotency i ON i.region_id = r.region_id AND i.object_id = r.referral_id AND i.operation = 'submit'
GROUP BY r.region_id, r.referral_id
HAVING count(i.object_id) <> 1
UNION ALL
SELECT i.region_id, i.object_id, i.step_id, 'idempotency key of a referral that is not there'
FROM data.idempotency i
LEFT JOIN data.referral r ON r.region_id = i.region_id AND r.referral_id = i.object_id
WHERE i.operation = 'submit' AND r.referral_id IS NULL
UNION ALL
SELECT e.region_id, e.referral_id, NULL, 'sent more than once'
FROM data.event e
WHERE e.kind = 'referral-sent'
GROUP BY e.region_id, e.referral_id
HAVING count(*) > 1
UNION ALL
SELECT i.region_id, NULL, i.object_id, 'idempotency key without an answer'
FROM data.idempotency i
WHERE i.operation NOT IN ('submit', 'open') AND i.answer IS NULL;

-- What the events say the steps are: the last one about each.
CREATE VIEW logic.replayed_step WITH (security_invoker = true) AS
SELECT e.region_id, e.referral_id, e.step_id,
       (array_agg(e.owner_id ORDER BY e.version DESC) FILTER (WHERE e.owner_id IS NOT NULL))[1] AS owner_id,
       CASE WHEN bool_and(e.owner_id IS NULL) THEN min(e.offered_to) END AS offered_to, min(e.offer_group) AS offer_group,
       min(e.offering_id) AS offering_id, min(e.parent_id) AS parent_id,
       min(e.previous_id) AS previous_id, max(e.version) AS version,
       (SELECT (array_agg(x.after_id ORDER BY x.at DESC, x.event_id DESC))[1] FROM data.event x
        WHERE x.region_id = e.region_id AND x.referral_id = e.referral_id AND x.step_id = e.step_id
          AND x.after_id IS NOT NULL) AS after_id,
       (array_agg(e.to_state ORDER BY e.version DESC))[1] AS state,
       (array_agg(e.to_status ORDER BY e.version DESC))[1] AS status,
       (array_agg(e.decline_code ORDER BY e.version DESC))[1] AS decline_code,
       count(*) = max(e.version) AND count(DISTINCT e.version) = max(e.version) AS is_whole
FROM data.event e
WHERE e.kind IN ('referral-sent', 'step-made', 'step-moved', 'promise-started')
GROUP BY e.region_id, e.referral_id, e.step_id;

-- Where an offering, its groups, what was said of its room or what is owed about it differs from its events.
CREATE VIEW logic.offering_difference WITH (security_invoker = true) AS
SELECT g.region_id, g.offering_id, 'a group counts other places than there are' AS reason
FROM data.offering_group g
WHERE g.taken <> (SELECT coalesce(sum(p.persons), 0) FROM data.place p
                  WHERE p.region_id = g.region_id AND p.group_id = g.group_id AND p.state IN ('offered', 'taken'))
UNION ALL
SELECT coalesce(g.region_id, e.region_id), coalesce(g.offering_id, e.offering_id), 'group differs from its events'
FROM data.offering_group g
FULL JOIN (SELECT DISTINCT ON (x.region_id, x.group_id) x.*,
                  max(x.at) FILTER (WHERE x.kind = 'group-ended') OVER (PARTITION BY x.region_id, x.group_id) AS ended_at
           FROM data.offering_event x
           WHERE x.group_id IS NOT NULL
           ORDER BY x.region_id, x.group_id, x.at DESC, x.event_id DESC) e
    ON e.region_id = g.region_id AND e.group_id = g.group_id
WHERE (g.offering_id, g.name, g.starts_on, g.ends_on, g.way, g.rolling, g.places, g.ended_at)
      IS DISTINCT FROM (e.offering_id, e.name, e.starts_on, e.ends_on, e.way, e.rolling, e.places, e.ended_at)
UNION ALL
-- What came with the region was said by nobody, and has no event.
SELECT coalesce(c.region_id, e.region_id), coalesce(c.offering_id, e.offering_id), 'what was said of room differs from its events'
FROM (SELECT * FROM data.capacity x WHERE x.account_id IS NOT NULL) c
FULL JOIN (SELECT DISTINCT ON (x.region_id, x.offering_id, x.as_of) x.*
           FROM data.offering_event x
           WHERE x.state IS NOT NULL
           ORDER BY x.region_id, x.offering_id, x.as_of, x.at DESC, x.event_id DESC) e
    ON e.region_id = c.region_id AND e.offering_id = c.offering_id AND e.as_of = c.as_of
WHERE (c.state, c.places, c.wait_days, c.account_id) IS DISTINCT FROM (e.state, e.places, e.wait_days, e.account_id)
UNION ALL
SELECT coalesce(c.region_id, e.region_id), coalesce(c.offering_id, e.offering_id), 'what was said of the evidence differs from its events'
FROM data.evidence c
FULL JOIN (SELECT DISTINCT ON (x.region_id, x.offering_id) x.*
           FROM data.offering_event x
           WHERE x.kind = 'evidence-set'
           ORDER BY x.region_id, x.offering_id, x.at DESC, x.event_id DESC) e
    ON e.region_id = c.region_id AND e.offering_id = c.offering_id
WHERE (c.level, c.source, c.as_of, c.account_id, c.at) IS DISTINCT FROM (e.evidence, e.source, e.as_of, e.account_id, e.at)
UNION ALL
SELECT coalesce(p.region_id, e.region_id), coalesce(p.offering_id, e.offering_id), 'promise about an offering differs from its events'
FROM data.offering_promise p
FULL JOIN (SELECT x.region_id, x.offering_id, x.nr, min(x.organisation_id) FILTER (WHERE x.kind = 'confirmation-asked') AS organisation_id,
                  min(x.at) FILTER (WHERE x.kind = 'confirmation-asked') AS started_at, min(x.due_at) AS due_at,
                  count(x.level) AS level, max(x.level) AS top,
                  min(x.at) FILTER (WHERE x.kind IN ('capacity-set', 'offering-confirmed', 'confirmation-released')) AS ended_at
           FROM data.offering_event x
           WHERE x.nr IS NOT NULL
           GROUP BY x.region_id, x.offering_id, x.nr) e
    ON e.region_id = p.region_id AND e.offering_id = p.offering_id AND e.nr = p.nr
WHERE (p.organisation_id, p.started_at, p.due_at, p.level, p.level, p.ended_at)
      IS DISTINCT FROM (e.organisation_id, e.started_at, e.due_at, e.level, coalesce(e.top, 0), e.ended_at);

-- I4: the state equals what the events say.
CREATE VIEW wijzer.i4_history_whole WITH (security_invoker = true) AS
SELECT coalesce(s.region_id, e.region_id) AS region_id, coalesce(s.referral_id, e.referral_id) AS referral_id,
       coalesce(s.step_id, e.step_id) AS step_id,
       CASE WHEN e.step_id IS NULL THEN 'step without events'
            WHEN s.step_id IS NULL THEN 'events of a step that is not there'
            WHEN NOT e.is_whole THEN 'an event of the step is missing or double'
            ELSE 'step differs from its events' END AS reason
FROM data.step s
FULL JOIN logic.replayed_step e
    ON e.region_id = s.region_id AND e.referral_id = s.referral_id AND e.step_id = s.step_id
WHERE e.is_whole IS NOT TRUE
   OR (s.owner_id, s.offered_to, s.offer_group, s.offering_id, s.parent_id, s.previous_id, s.after_id, s.version, s.state, s.status, s.decline_code)
      IS DISTINCT FROM
      (e.owner_id, e.offered_to, e.offer_group, e.offering_id, e.parent_id, e.previous_id, e.after_id, e.version, e.state, e.status, e.decline_code)
UNION ALL
SELECT s.region_id, s.referral_id, s.step_id, 'time of the end does not fit the status'
FROM data.step s
WHERE (s.ended_at IS NOT NULL)
      <> (s.status IN ('rejected', 'completed', 'failed', 'cancelled', 'entered-in-error'))
UNION ALL
SELECT e.region_id, e.referral_id, e.step_id, 'event does not follow the one before'
FROM (SELECT x.region_id, x.referral_id, x.step_id, x.from_state, x.from_status,
             lag(x.to_state) OVER history AS before_state, lag(x.to_status) OVER history AS before_status
      FROM data.event x
      WHERE x.kind IN ('referral-sent', 'step-made', 'step-moved', 'promise-started')
      WINDOW history AS (PARTITION BY x.region_id, x.referral_id, x.step_id ORDER BY x.version)) e
WHERE (e.from_state, e.from_status) IS DISTINCT FROM (e.before_state, e.before_status)
UNION ALL
SELECT coalesce(p.region_id, e.region_id), coalesce(p.referral_id, e.referral_id), coalesce(p.step_id, e.step_id),
       'promise differs from its event'
FROM data.promise p
FULL JOIN (SELECT * FROM data.event x WHERE x.promise_kind IS NOT NULL) e
    ON e.region_id = p.region_id AND e.referral_id = p.referral_id AND e.step_id = p.step_id AND e.version = p.nr
WHERE (p.kind, p.organisation_id, p.due_at, p.started_at)
      IS DISTINCT FROM (e.promise_kind, e.promise_organisation_id, e.promise_due, e.at)
UNION ALL
SELECT p.region_id, p.referral_id, p.step_id, 'level of a promise differs from its events'
FROM data.promise p
LEFT JOIN (SELECT x.region_id, x.step_id, x.version, max(x.level) AS level, count(*) AS count FROM data.event x
           WHERE x.kind = 'promise-overdue'
           GROUP BY x.region_id, x.step_id, x.version) e
    ON e.region_id = p.region_id AND e.step_id = p.step_id AND e.version = p.nr
WHERE (p.level, p.level) IS DISTINCT FROM (coalesce(e.level, 0), coalesce(e.count, 0))
UNION ALL
-- What happens to one referral happens one after another, so that its events are in order of time.
SELECT coalesce(s.region_id, e.region_id), coalesce(s.referral_id, e.referral_id), coalesce(s.step_id, e.step_id),
       'who has picked the step up differs from its events'
FROM (SELECT * FROM data.step x WHERE x.assignee_id IS NOT NULL) s
FULL JOIN (SELECT x.region_id, x.referral_id, x.step_id,
                  (array_agg(CASE x.kind WHEN 'step-picked-up' THEN x.account_id END ORDER BY x.at DESC, x.event_id DESC))[1]
                      AS assignee_id
           FROM data.event x
           WHERE x.kind IN ('step-picked-up', 'step-put-back')
           GROUP BY x.region_id, x.referral_id, x.step_id) e
    ON e.region_id = s.region_id AND e.referral_id = s.referral_id AND e.step_id = s.step_id
WHERE s.assignee_id IS DISTINCT FROM e.assignee_id
UNION ALL
SELECT s.region_id, s.referral_id, s.step_id, 'picked up by somebody of another organisation'
FROM data.step s
LEFT JOIN data.account a ON a.region_id = s.region_id AND a.account_id = s.assignee_id
WHERE s.assignee_id IS NOT NULL AND a.organisation_id IS DISTINCT FROM s.owner_id
UNION ALL
SELECT coalesce(p.region_id, e.region_id), coalesce(p.referral_id, e.referral_id), coalesce(p.step_id, e.step_id),
       'the end of a call-back differs from its event'
FROM (SELECT * FROM data.promise x WHERE x.nr < 0 AND x.kind = 'call-back' AND x.ended_at IS NOT NULL) p
FULL JOIN (SELECT * FROM data.event x WHERE x.kind IN ('call-back-kept', 'call-back-released')) e
    ON e.region_id = p.region_id AND e.step_id = p.step_id AND e.version = p.nr
WHERE (p.ended_at, 'call-back-' || p.ended_how) IS DISTINCT FROM (e.at, e.kind)
UNION ALL
SELECT coalesce(g.region_id, e.region_id), coalesce(g.referral_id, e.referral_id), coalesce(g.step_id, e.step_id),
       'goal differs from its events'
FROM data.goal g
FULL JOIN (SELECT x.region_id, x.referral_id, x.step_id, x.object_id,
                  coalesce((array_agg(x.result ORDER BY x.at DESC, x.event_id DESC) FILTER (WHERE x.kind = 'goal-ended'))[1],
                           'active') AS state,
                  (array_agg(x.score ORDER BY x.at, x.event_id) FILTER (WHERE x.score IS NOT NULL))[1] AS score_first,
                  (array_agg(x.score ORDER BY x.at DESC, x.event_id DESC) FILTER (WHERE x.score IS NOT NULL))[1] AS score,
                  min(x.at) FILTER (WHERE x.kind = 'goal-set') AS created_at,
                  max(x.at) FILTER (WHERE x.kind = 'goal-ended') AS ended_at
           FROM data.event x
           WHERE x.kind IN ('goal-set', 'goal-scored', 'goal-ended')
           GROUP BY x.region_id, x.referral_id, x.step_id, x.object_id) e
    ON e.region_id = g.region_id AND e.referral_id = g.referral_id AND e.step_id = g.step_id AND e.object_id = g.goal_id
WHERE (g.state, g.score_first, g.score, g.created_at, g.ended_at)
      IS DISTINCT FROM (e.state, e.score_first, e.score, e.created_at, e.ended_at)
UNION ALL
SELECT coalesce(m.region_id, e.region_id), coalesce(m.referral_id, e.referral_id), coalesce(m.step_id, e.step_id),
       CASE coalesce(m.kind, e.kind) WHEN 'message-sent' THEN 'message differs from its event' ELSE 'file differs from its event' END
FROM (SELECT x.region_id, x.referral_id, x.step_id, x.message_id AS id, x.nr, x.organisation_id, x.account_id, x.at,
             'message-sent' AS kind
      FROM data.message x
      UNION ALL
      SELECT x.region_id, x.referral_id, x.step_id, x.attachment_id, x.nr, x.organisation_id, x.account_id, x.at, 'attachment-added'
      FROM data.attachment x) m
FULL JOIN (SELECT * FROM data.event x WHERE x.kind IN ('message-sent', 'attachment-added')) e
    ON e.region_id = m.region_id AND e.referral_id = m.referral_id AND e.kind = m.kind AND e.object_id = m.id
WHERE (m.step_id, m.nr, m.organisation_id, m.account_id, m.at)
      IS DISTINCT FROM (e.step_id, e.message_nr, e.organisation_id, e.account_id, e.at)
UNION ALL
SELECT coalesce(k.region_id, e.region_id), coalesce(k.referral_id, e.referral_id), coalesce(k.step_id, e.step_id),
       'what an organisation has read differs from its events'
FROM data.message_mark k
FULL JOIN (SELECT x.region_id, x.referral_id, x.step_id, x.organisation_id, max(x.message_nr) AS message_nr, max(x.at) AS at
           FROM data.event x
           WHERE x.kind = 'message-read'
           GROUP BY x.region_id, x.referral_id, x.step_id, x.organisation_id) e
    ON e.region_id = k.region_id AND e.step_id = k.step_id AND e.organisation_id = k.organisation_id
WHERE (k.message_nr, k.at) IS DISTINCT FROM (e.message_nr, e.at)
UNION ALL
SELECT m.region_id, m.referral_id, m.step_id, 'message or file of a step that is not there'
FROM (SELECT x.region_id, x.referral_id, x.step_id FROM data.message x
      UNION
      SELECT x.region_id, x.referral_id, x.step_id FROM data.attachment x) m
LEFT JOIN data.step s ON s.region_id = m.region_id AND s.step_id = m.step_id AND s.referral_id = m.referral_id
WHERE s.step_id IS NULL
UNION ALL
SELECT m.region_id, m.referral_id, m.step_id, 'messages of a step are not numbered one by one'
FROM data.message m
GROUP BY m.region_id, m.referral_id, m.step_id
HAVING count(*) <> max(m.nr)
UNION ALL
SELECT coalesce(p.region_id, e.region_id), coalesce(p.referral_id, e.referral_id), coalesce(p.step_id, e.step_id),
       'the end of a promise to take a place differs from its event'
FROM (SELECT * FROM data.promise x WHERE x.nr < 0 AND x.kind = 'take-place' AND x.ended_at IS NOT NULL) p
FULL JOIN (SELECT * FROM data.event x WHERE x.kind IN ('place-taken', 'place-given-up', 'place-lost') AND x.version IS NOT NULL) e
    ON e.region_id = p.region_id AND e.step_id = p.step_id AND e.version = p.nr
WHERE (p.ended_at, p.ended_how::text) IS DISTINCT FROM (e.at, CASE e.kind WHEN 'place-taken' THEN 'kept' ELSE 'released' END)
UNION ALL
SELECT coalesce(p.region_id, e.region_id), coalesce(p.referral_id, e.referral_id), coalesce(p.step_id, e.step_id),
       'place differs from its events'
FROM data.place p
FULL JOIN (SELECT x.region_id, x.referral_id, x.step_id,
                  (array_agg(substr(x.kind, 7) ORDER BY x.at DESC, x.event_id DESC))[1] AS state,
                  (array_agg(x.group_id ORDER BY x.at DESC, x.event_id DESC))[1] AS group_id,
                  (array_agg(x.persons ORDER BY x.at DESC, x.event_id DESC))[1] AS persons
           FROM data.event x
           WHERE x.kind LIKE 'place-%' AND x.kind <> 'place-attended'
           GROUP BY x.region_id, x.referral_id, x.step_id) e
    ON e.region_id = p.region_id AND e.referral_id = p.referral_id AND e.step_id = p.step_id
WHERE (p.state, p.group_id, p.persons) IS DISTINCT FROM (e.state, e.group_id, e.persons)
UNION ALL
SELECT d.region_id, NULL, NULL, d.reason FROM logic.offering_difference d
UNION ALL
SELECT r.region_id, r.referral_id, NULL,
       CASE WHEN e.sent_at IS NULL THEN 'referral without events' ELSE 'referral differs from its events' END
FROM data.referral r
LEFT JOIN (
    SELECT x.region_id, x.referral_id,
           min(x.at) FILTER (WHERE x.kind = 'referral-sent') AS sent_at,
           min(x.account_id) FILTER (WHERE x.kind = 'referral-sent') AS account_id,
           min(x.organisation_id) FILTER (WHERE x.kind = 'referral-sent') AS organisation_id,
           min(x.client_id) AS client_id, min(x.origin) AS origin, min(x.class_id) AS class_id,
           (array_agg(x.merged_into ORDER BY x.at DESC, x.event_id DESC)
               FILTER (WHERE x.kind IN ('referral-merged', 'referral-reopened')))[1] AS merged_into,
           (array_agg(x.director_id ORDER BY x.at DESC, x.event_id DESC)
               FILTER (WHERE x.kind = 'director-changed'))[1] AS director_id,
           -- The last of them; a reopening has no outcome and no time of its own, and what was before it counts no more.
           (array_agg(x.outcome ORDER BY x.at DESC, x.event_id DESC)
               FILTER (WHERE x.kind IN ('outcome-rolled-up', 'referral-reopened')))[1] AS outcome,
           (array_agg(CASE x.kind WHEN 'outcome-rolled-up' THEN x.at END ORDER BY x.at DESC, x.event_id DESC)
               FILTER (WHERE x.kind IN ('outcome-rolled-up', 'referral-reopened')))[1] AS ended_at,
           (array_agg(CASE x.kind WHEN 'loop-closed' THEN x.at END ORDER BY x.at DESC, x.event_id DESC)
               FILTER (WHERE x.kind IN ('loop-closed', 'referral-reopened')))[1] AS closed_at
    FROM data.event x
    GROUP BY x.region_id, x.referral_id) e ON e.region_id = r.region_id AND e.referral_id = r.referral_id
WHERE (r.created_at, r.account_id, r.organisation_id, r.client_id, r.outcome, r.ended_at, r.closed_at, r.origin::text, r.merged_into, r.director_id, r.class_id)
      IS DISTINCT FROM
      (e.sent_at, e.account_id, e.organisation_id, e.client_id, e.outcome, e.ended_at, e.closed_at, e.origin, e.merged_into, e.director_id, e.class_id)
UNION ALL
SELECT r.region_id, r.referral_id, NULL, 'class of another organisation, or of none'
FROM data.referral r
LEFT JOIN data.class k ON k.region_id = r.region_id AND k.class_id = r.class_id
WHERE r.class_id IS NOT NULL AND k.organisation_id IS DISTINCT FROM r.organisation_id
UNION ALL
SELECT e.region_id, e.referral_id, NULL, 'ends, closings and reopenings do not follow each other'
FROM (SELECT x.region_id, x.referral_id, x.kind, lag(x.kind) OVER history AS before
      FROM data.event x
      WHERE x.kind IN ('outcome-rolled-up', 'loop-closed', 'referral-reopened', 'referral-merged')
      WINDOW history AS (PARTITION BY x.region_id, x.referral_id ORDER BY x.at, x.event_id)) e
WHERE CASE e.kind WHEN 'outcome-rolled-up' THEN e.before NOT IN ('referral-reopened', 'referral-merged')
                  WHEN 'referral-merged' THEN e.before <> 'referral-reopened'
                  WHEN 'loop-closed' THEN e.before IS DISTINCT FROM 'outcome-rolled-up'
                  ELSE coalesce(e.before, e.kind) = 'referral-reopened' END
UNION ALL
SELECT e.region_id, e.referral_id, NULL, 'events of a referral that is not there'
FROM data.event e
LEFT JOIN data.referral r ON r.region_id = e.region_id AND r.referral_id = e.referral_id
WHERE e.kind = 'referral-sent' AND r.referral_id IS NULL
UNION ALL
SELECT r.region_id, r.referral_id, NULL, 'referral of a client who is not there'
FROM data.referral r
LEFT JOIN data.client c ON c.region_id = r.region_id AND c.client_id = r.client_id
WHERE c.client_id IS NULL
UNION ALL
SELECT s.region_id, s.referral_id, s.step_id, 'step of a referral that is not there'
FROM data.step s
LEFT JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
WHERE r.referral_id IS NULL
UNION ALL
SELECT p.region_id, p.referral_id, p.step_id, 'promise about a step that is not there'
FROM data.promise p
LEFT JOIN data.step s ON s.region_id = p.region_id AND s.step_id = p.step_id AND s.referral_id = p.referral_id
WHERE s.step_id IS NULL;

-- I6: a promise ends. Open ones belong to somebody who can still keep them; ended ones say how.
CREATE VIEW wijzer.i6_every_promise_ends WITH (security_invoker = true) AS
SELECT p.region_id, p.referral_id, p.step_id,
       CASE WHEN s.ended_at IS NOT NULL AND p.kind NOT IN ('feedback', 'tell-client') THEN 'open promise of a step that has ended'
            WHEN r.closed_at IS NOT NULL THEN 'open promise of a closed referral'
            ELSE 'what follows the end is promised before it' END AS reason
FROM data.promise p
JOIN data.step s ON s.region_id = p.region_id AND s.step_id = p.step_id
JOIN data.referral r ON r.region_id = s.region_id AND r.referral_id = s.referral_id
WHERE p.ended_at IS NULL
  AND (s.ended_at IS NOT NULL AND p.kind NOT IN ('feedback', 'tell-client') OR r.closed_at IS NOT NULL
       OR p.kind IN ('feedback', 'tell-client') AND r.ended_at IS NULL)
UNION ALL
SELECT p.region_id, p.referral_id, p.step_id, 'promise that ended before it started'
FROM data.promise p
WHERE p.ended_at < p.started_at
UNION ALL
-- A keeper that was away for an hour is no keeper.
SELECT p.region_id, p.referral_id, p.step_id, 'promise that is late and was not escalated'
FROM data.promise p
WHERE p.ended_at IS NULL AND p.level < 3 AND coalesce(p.raise_at, p.due_at) < wijzer.clock() - interval '1 hour'
UNION ALL
-- So are those about offerings.
SELECT p.region_id, NULL, NULL, 'promise to say whether an offering is right that is late and was not escalated'
FROM data.offering_promise p
WHERE p.ended_at IS NULL AND p.level < 3 AND coalesce(p.raise_at, p.due_at) < wijzer.clock() - interval '1 hour'
UNION ALL
SELECT g.region_id, NULL, NULL, 'a place in a group is free, or the group is off, and who waits was not told'
FROM logic.unsettled_group g
WHERE g.is_owed AND g.since < wijzer.clock() - interval '1 hour'
UNION ALL
SELECT p.region_id, p.referral_id, p.step_id, 'place of a step that has ended'
FROM data.place p
JOIN data.step s ON s.region_id = p.region_id AND s.step_id = p.step_id
WHERE s.ended_at IS NOT NULL AND p.state IN ('waiting', 'offered', 'taken')
UNION ALL
-- What is told once a day is told: five days have gone by since on which people work, as far as the calendar here goes.
SELECT f.region_id, f.referral_id, f.step_id, 'feedback that no digest brought'
FROM data.feedback f
WHERE f.form = 'daily' AND f.at < wijzer.clock() - interval '5 days' AND f.opened_at IS NULL
  AND NOT EXISTS (SELECT FROM data.feedback_digest d
                  WHERE d.region_id = f.region_id AND d.organisation_id = f.to_id AND d.until >= f.at)
  AND 5 < (SELECT count(*) FROM generate_series(f.at::date + 1, wijzer.clock()::date, '1 day') AS t (day)
           WHERE extract(isodow FROM t.day) < 6
             AND NOT EXISTS (SELECT FROM data.closure c WHERE c.region_id = f.region_id AND c.day = t.day::date))
UNION ALL
-- The second look at an emergency is a promise too, and so is an erasure.
SELECT e.region_id, e.referral_id, NULL,
       CASE WHEN e.level < 3 THEN 'emergency of which the second look is overdue and was not escalated'
            ELSE 'emergency that nobody has reviewed' END
FROM data.emergency e
WHERE e.reviewed_at IS NULL AND e.due_at < wijzer.clock() - interval '1 hour'
UNION ALL
SELECT c.region_id, r.referral_id, NULL, 'client who was erased, and whose key was not destroyed within a day'
FROM data.client c
JOIN data.referral r ON r.region_id = c.region_id AND r.client_id = c.client_id
WHERE c.key_destroyed_at IS NULL AND c.erased_at < wijzer.clock() - interval '1 day'
UNION ALL
SELECT x.region_id, r.referral_id, NULL, 'client who was erased, and of whom something is left'
FROM logic.client_remains x
JOIN data.referral r ON r.region_id = x.region_id AND r.client_id = x.client_id;

-- Which rows the trails of decisions name: each kind of trail taken apart once, with one of its steps.
CREATE VIEW logic.trail_rule WITH (security_invoker = true) AS
SELECT d.region_id, d.step_id, (t.element ->> 'table')::int AS table_no, (t.element ->> 'version')::int AS version,
       r.rule_id
FROM (SELECT x.region_id, x.trail, min(x.step_id) AS step_id FROM logic.decision x
      WHERE x.trail IS NOT NULL
      GROUP BY x.region_id, x.trail) d
CROSS JOIN LATERAL jsonb_array_elements(d.trail) AS t (element)
CROSS JOIN LATERAL jsonb_array_elements_text((t.element -> 'rules') || coalesce(t.element -> 'unknown', '[]'))
    AS r (rule_id);

-- Whether a step was offered together with one that has the decision.
CREATE FUNCTION logic.is_decided(s data.step) RETURNS boolean LANGUAGE sql STABLE
RETURN s.offer_group IS NOT NULL AND EXISTS (
    SELECT FROM data.step x
    JOIN data.decision d ON d.region_id = x.region_id AND d.step_id = x.step_id
    WHERE x.region_id = s.region_id AND x.referral_id = s.referral_id AND x.offer_group = s.offer_group
      AND x.previous_id IS NOT DISTINCT FROM s.previous_id);

-- I7: every decision can be explained from what is stored.
CREATE VIEW wijzer.i7_explained WITH (security_invoker = true) AS
SELECT s.region_id, s.referral_id, s.step_id,
       CASE WHEN d.reason = '' THEN 'decision without a reason'
            WHEN t.status IS DISTINCT FROM 'published' THEN 'decision by a version that was never published'
            ELSE 'decision by a row that is not there' END AS reason
FROM data.decision d
JOIN data.step s ON s.region_id = d.region_id AND s.step_id = d.step_id
LEFT JOIN data.rule_table t
    ON t.region_id = d.region_id AND t.version = d.table_version AND t.table_no = d.table_no
LEFT JOIN data.rule u
    ON u.region_id = d.region_id AND u.version = d.table_version AND u.table_no = d.table_no AND u.rule_id = d.rule_id
WHERE d.reason = '' OR t.status IS DISTINCT FROM 'published' OR u.rule_id IS NULL
UNION ALL
SELECT s.region_id, s.referral_id, s.step_id, 'first step without a decision'
FROM data.step s
LEFT JOIN data.decision d ON d.region_id = s.region_id AND d.step_id = s.step_id
WHERE s.parent_id IS NULL AND s.previous_id IS NULL AND d.step_id IS NULL AND NOT logic.is_decided(s)
UNION ALL
SELECT s.region_id, s.referral_id, s.step_id, 'went to the next candidate without a decision'
FROM data.step s
JOIN data.step p ON p.region_id = s.region_id AND p.step_id = s.previous_id AND p.state = 'declined'
LEFT JOIN data.decision d ON d.region_id = s.region_id AND d.step_id = s.step_id AND d.table_no = 6
WHERE s.offering_id IS NOT NULL AND d.step_id IS NULL AND NOT logic.is_decided(s)
  AND NOT EXISTS (SELECT FROM data.event e -- somebody reopened the referral, and said why
                  WHERE e.region_id = s.region_id AND e.referral_id = s.referral_id AND e.kind = 'referral-reopened'
                    AND e.step_id = p.step_id AND e.at = s.created_at)
UNION ALL
SELECT v.region_id, NULL, v.step_id, 'trail names a row that is not there'
FROM logic.trail_rule v
LEFT JOIN data.rule u
    ON u.region_id = v.region_id AND u.version = v.version AND u.table_no = v.table_no AND u.rule_id = v.rule_id
WHERE u.rule_id IS NULL
UNION ALL
SELECT s.region_id, s.referral_id, s.step_id, 'declined without a code'
FROM data.step s
WHERE s.status = 'rejected' AND s.decline_code IS NULL
UNION ALL
SELECT d.region_id, NULL, d.step_id, 'the reasons of a decision are not there'
FROM data.decision d
LEFT JOIN data.reasoning r ON r.region_id = d.region_id AND r.hash = d.reasoning
WHERE d.reasoning IS NOT NULL AND r.hash IS NULL
UNION ALL
SELECT d.region_id, NULL, d.step_id, 'decision about a step that is not there'
FROM data.decision d
LEFT JOIN data.step s ON s.region_id = d.region_id AND s.step_id = d.step_id
WHERE s.step_id IS NULL
UNION ALL
SELECT e.region_id, e.referral_id, e.step_id, 'new step that nobody made'
FROM data.event e
WHERE e.kind = 'step-made'
  -- The system goes on where nobody answered an offer; what was offered with the first step comes in nobody's place.
  AND (e.account_id IS NULL AND NOT EXISTS (
           SELECT FROM data.step p WHERE p.region_id = e.region_id AND p.step_id = e.previous_id AND p.state = 'offer-gone')
       OR e.parent_id IS NULL AND e.previous_id IS NULL AND e.offer_group IS DISTINCT FROM 1);

-- I8: a loop is closed by facts.
CREATE VIEW wijzer.i8_closed_by_facts WITH (security_invoker = true) AS
SELECT l.region_id, l.referral_id, NULL::bigint AS step_id,
       'closed, but not ' || concat_ws(', ', CASE WHEN NOT l.l1 THEN 'L1' END, CASE WHEN NOT l.l2 THEN 'L2' END,
                                       CASE WHEN NOT l.l3 THEN 'L3' END, CASE WHEN NOT l.l4 THEN 'L4' END,
                                       CASE WHEN NOT l.l5 THEN 'L5' END, CASE WHEN NOT l.l6 THEN 'L6' END) AS reason
FROM wijzer.loop l
WHERE l.closed_at IS NOT NULL AND NOT (l.l1 AND l.l2 AND l.l3 AND l.l4 AND l.l5 AND l.l6);
