-- What goes out of Wijzer: that there is something for an organisation, by mail or webhook, with a kind and ids and no content.
-- Nobody who writes waits for it. The keeper derives dispatches from events and notices below the horizon, in the transaction
-- that moves the region's place, so that none is missed and none comes twice, whenever it is killed. A sender claims a letter for a
-- while, sends it, and says what became of it; if it dies in between, another sends the letter again, under the same number: at
-- least once.

-- ---- subscribing ----

-- The address is for those who hear there; who may end any sees that it is there, and whose.
CREATE VIEW logic.subscription_document AS
SELECT s.region_id, s.subscription_id,
       json_build_object(
           'id', wijzer.code(s.subscription_id),
           'organisation', (SELECT logic.named(o.code, o.name) FROM data.organisation o
                            WHERE o.region_id = s.region_id AND o.organisation_id = s.organisation_id),
           'channel', s.channel,
           'address', CASE WHEN s.organisation_id::text = current_setting('wijzer.organisation', true)
                                AND coalesce(s.account_id::text, current_setting('wijzer.account', true)) = current_setting('wijzer.account', true)
                           THEN s.address END,
           'kinds', to_json(s.kinds),
           'personal', s.account_id IS NOT NULL, 'madeAt', logic.iso(s.made_at),
           'madeBy', (SELECT a.name FROM data.account a WHERE a.region_id = s.region_id AND a.account_id = s.made_by),
           'endedAt', logic.iso(s.ended_at)) AS document
FROM data.subscription s;

-- The first subscription of a region begins where history is now; what is looked at is never what was before it.
CREATE FUNCTION logic.begin_dispatches(p_region int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_final bigint;
BEGIN
    PERFORM FROM data.dispatch_place p WHERE p.region_id = p_region FOR UPDATE;
    IF EXISTS (SELECT FROM data.subscription s WHERE s.region_id = p_region AND s.ended_at IS NULL) THEN
        RETURN;
    END IF;
    v_final := logic.final_below();
    INSERT INTO data.dispatch_place AS p (region_id, event_tx, event_id, notice_tx, notice_id)
    VALUES (p_region, v_final, 0, v_final, 0)
    ON CONFLICT (region_id) DO UPDATE SET event_tx = v_final, event_id = 0, notice_tx = v_final, notice_id = 0
    WHERE p.event_tx < v_final;
END
$$;

-- p_personal: for the account alone. Results: subscribed, replayed, key-reused, account-unknown, not-yours, already-subscribed,
-- too-many (an organisation has at most 20).
CREATE FUNCTION wijzer.subscribe(p_region int, p_account int, p_key text, p_hash text, p_channel text, p_kinds text[], p_address text,
                                 p_address_hash text, p_personal boolean)
RETURNS TABLE (result text, answer json, subscription_id bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_id constant bigint := nextval('data.object_seq');
    asked record;
BEGIN
    PERFORM FROM data.organisation o
    WHERE o.region_id = p_region AND o.organisation_id = actor.organisation_id FOR NO KEY UPDATE;
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator}', p_key, p_hash, 'subscribe', NULL);
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN EXISTS (SELECT FROM data.subscription s
                     WHERE s.region_id = p_region AND s.organisation_id = actor.organisation_id AND s.channel = p_channel
                       AND s.address_hash = p_address_hash AND s.ended_at IS NULL
                       AND s.account_id IS NOT DISTINCT FROM CASE WHEN p_personal THEN p_account END) THEN 'already-subscribed'
        WHEN (SELECT count(*) FROM data.subscription s
              WHERE s.region_id = p_region AND s.organisation_id = actor.organisation_id AND s.ended_at IS NULL) >= 20 THEN 'too-many'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'subscribe', v_id, logic.instant()) THEN 'key-reused'
        ELSE 'subscribed' END;
    answer := asked.answer;
    IF result = 'replayed' THEN
        SELECT i.object_id INTO subscription_id FROM data.idempotency i
        WHERE i.region_id = p_region AND i.account_id = p_account AND i.idem_key = p_key;
    ELSIF result = 'subscribed' THEN
        PERFORM logic.begin_dispatches(p_region);
        INSERT INTO data.subscription (region_id, subscription_id, organisation_id, account_id, channel, kinds, address, address_hash,
                                       made_at, made_by)
        VALUES (p_region, v_id, actor.organisation_id, CASE WHEN p_personal THEN p_account END, p_channel,
                ARRAY(SELECT DISTINCT k FROM unnest(p_kinds) k ORDER BY k), p_address, p_address_hash, logic.instant(), p_account);
        subscription_id := v_id;
        SELECT logic.keep_answer(actor, p_region, p_key, d.document) INTO answer
        FROM logic.subscription_document d WHERE d.region_id = p_region AND d.subscription_id = v_id;
    END IF;
    RETURN NEXT;
END
$$;

-- Those that are there of the own organisation, personal ones of oneself alone; for coordinators and stewards, who may end any, all
-- of the region. Null: unknown account.
CREATE FUNCTION wijzer.list_subscriptions(p_region int, p_account int) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
BEGIN
    IF actor.account_id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(d.document ORDER BY s.organisation_id <> actor.organisation_id, s.organisation_id, s.subscription_id), '[]')
        FROM data.subscription s
        JOIN logic.subscription_document d ON d.region_id = s.region_id AND d.subscription_id = s.subscription_id
        WHERE s.region_id = p_region AND s.ended_at IS NULL
          AND (actor.role IN ('coordinator', 'steward')
               OR s.organisation_id = actor.organisation_id AND coalesce(s.account_id, p_account) = p_account)), 'next', NULL);
END
$$;

-- What waits goes with it: the first of it at once, what is more with logic.tidy_dispatches.
CREATE FUNCTION logic.end_subscription(p_region int, p_subscription bigint, p_by int, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.subscription s SET ended_at = p_at, ended_by = p_by
    WHERE s.region_id = p_region AND s.subscription_id = p_subscription AND s.ended_at IS NULL;
    UPDATE data.dispatch d SET state = 'dropped', ended_at = p_at, leased_until = NULL
    WHERE d.region_id = p_region AND d.dispatch_id = ANY (ARRAY(
        SELECT x.dispatch_id FROM data.dispatch x
        WHERE x.region_id = p_region AND x.subscription_id = p_subscription AND x.state = 'waiting'
        ORDER BY x.next_at
        LIMIT 1000));
END
$$;

-- By the organisation itself (a personal one by that person), or a coordinator or steward. Results: ended, replayed, key-reused,
-- account-unknown, not-found; one that has ended already is ended again without effect.
CREATE FUNCTION wijzer.unsubscribe(p_region int, p_account int, p_key text, p_hash text, p_subscription bigint)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked record;
    v_found boolean;
BEGIN
    SELECT true INTO v_found FROM data.subscription s
    WHERE s.region_id = p_region AND s.subscription_id = p_subscription
      AND (actor.role IN ('coordinator', 'steward')
           OR s.organisation_id = actor.organisation_id AND coalesce(s.account_id, p_account) = p_account)
    FOR UPDATE;
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator,steward}', p_key, p_hash, 'unsubscribe', p_subscription);
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN v_found IS NULL THEN 'not-found'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'unsubscribe', p_subscription, logic.instant()) THEN 'key-reused'
        ELSE 'ended' END;
    answer := asked.answer;
    IF result = 'ended' THEN
        PERFORM logic.end_subscription(p_region, p_subscription, p_account, logic.instant());
        SELECT logic.keep_answer(actor, p_region, p_key, json_build_object('id', wijzer.code(s.subscription_id), 'endedAt', logic.iso(s.ended_at)))
        INTO answer
        FROM data.subscription s WHERE s.region_id = p_region AND s.subscription_id = p_subscription;
    END IF;
    RETURN NEXT;
END
$$;

-- ---- what goes out ----

-- Whether an account that a subscription is for is still there; null: it is for an organisation.
CREATE FUNCTION logic.is_heard(p_region int, p_account int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_account IS NULL OR EXISTS (SELECT FROM data.account a WHERE a.region_id = p_region AND a.account_id = p_account
                                                                     AND a.ended_at IS NULL);
END
$$;

-- Whether an event is the first word of feedback that can be read at once. What waits for a digest goes out with that; of a last
-- word two events may tell. First is what was written first: numbers of two sessions are in no order.
CREATE FUNCTION logic.is_word_of_feedback(e data.event) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN e.feedback_id IS NOT NULL AND e.kind <> 'feedback-opened'
           AND EXISTS (SELECT FROM data.feedback f
                       WHERE f.region_id = e.region_id AND f.feedback_id = e.feedback_id AND f.form IS NULL)
           AND NOT EXISTS (SELECT FROM data.event x
                           WHERE x.region_id = e.region_id AND x.referral_id = e.referral_id AND x.feedback_id = e.feedback_id
                             AND (coalesce(x.tx, 0), x.event_id) < (e.tx, e.event_id));
END
$$;

-- Derives at most p_size causes of each kind into dispatches and moves the place, both or neither. p_gather: microseconds that a
-- mail waits for others. is_full: there may be more. Nothing where another daemon is at it.
CREATE FUNCTION wijzer.make_dispatches(p_region int, p_size int, p_gather bigint)
RETURNS TABLE (made int, is_full boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_final constant bigint := logic.final_below();
    v_now constant timestamptz := wijzer.clock();
    place data.dispatch_place;
    last_event record;
    last_notice record;
    v_more int;
BEGIN
    made := 0;
    is_full := false;
    IF NOT EXISTS (SELECT FROM data.subscription s WHERE s.region_id = p_region AND s.ended_at IS NULL) THEN
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT * INTO place FROM data.dispatch_place p WHERE p.region_id = p_region FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NEXT;
        RETURN;
    END IF;

    SELECT l.tx, l.event_id, count(*) OVER () AS count INTO last_event
    FROM (SELECT e.tx, e.event_id FROM data.event e
          WHERE e.region_id = p_region AND (e.tx, e.event_id) > (place.event_tx, place.event_id) AND e.tx < v_final
          ORDER BY e.tx, e.event_id
          LIMIT p_size) l
    ORDER BY l.tx DESC, l.event_id DESC
    LIMIT 1;
    IF last_event.tx IS NOT NULL THEN
        INSERT INTO data.dispatch (region_id, subscription_id, organisation_id, cause, cause_id, kind, referral_id, step_id, at, next_at)
        -- Whom a step is offered to is told of that step alone.
        SELECT p_region, s.subscription_id, s.organisation_id, 'event', e.event_id, w.kind,
               CASE WHEN w.kind = 'step' AND e.owner_id IS NULL THEN NULL ELSE e.referral_id END, e.step_id, e.at,
               v_now + CASE s.channel WHEN 'mail' THEN p_gather ELSE 0 END * interval '1 microsecond'
        FROM data.event e
        -- One referral for each event, also by a plan that was made when there was none.
        CROSS JOIN LATERAL (SELECT x.organisation_id, x.origin FROM data.referral x
                            WHERE x.region_id = e.region_id AND x.referral_id = e.referral_id OFFSET 0) r
        CROSS JOIN LATERAL (VALUES
            -- A planned step is its organisation's when it is sent.
            ('step', CASE WHEN e.kind = 'referral-sent' OR e.kind = 'step-made' AND e.to_state IS DISTINCT FROM 'planned'
                          THEN coalesce(e.owner_id, e.offered_to)
                          WHEN e.kind = 'step-moved' AND e.from_state = 'planned' AND e.to_status = 'requested'
                          THEN (SELECT t.owner_id FROM data.step t WHERE t.region_id = e.region_id AND t.step_id = e.step_id) END),
            ('question', CASE WHEN e.kind = 'step-moved' AND e.to_state = 'question-to-referrer'
                              THEN CASE WHEN r.origin = 'signal' THEN logic.coordination_of(p_region) ELSE r.organisation_id END END),
            ('feedback', CASE WHEN logic.is_word_of_feedback(e) THEN r.organisation_id END)
            UNION ALL
            SELECT 'message', t.organisation_id FROM logic.talkers(p_region, e.step_id) AS t (organisation_id)
            WHERE e.kind IN ('message-sent', 'attachment-added') AND t.organisation_id <> e.organisation_id
        ) AS w (kind, organisation_id)
        JOIN data.subscription s ON s.region_id = e.region_id AND s.organisation_id = w.organisation_id AND w.kind = ANY (s.kinds)
                                AND s.ended_at IS NULL AND s.made_at <= e.at AND logic.is_heard(p_region, s.account_id)
        WHERE e.region_id = p_region AND (e.tx, e.event_id) > (place.event_tx, place.event_id)
          AND (e.tx, e.event_id) <= (last_event.tx, last_event.event_id)
        ORDER BY e.tx, e.event_id
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
    END IF;

    SELECT l.tx, l.notice_id, count(*) OVER () AS count INTO last_notice
    FROM (SELECT n.tx, n.notice_id FROM data.notice n
          WHERE n.region_id = p_region AND (n.tx, n.notice_id) > (place.notice_tx, place.notice_id) AND n.tx < v_final
          ORDER BY n.tx, n.notice_id
          LIMIT p_size) l
    ORDER BY l.tx DESC, l.notice_id DESC
    LIMIT 1;
    IF last_notice.tx IS NOT NULL THEN
        INSERT INTO data.dispatch (region_id, subscription_id, organisation_id, cause, cause_id, kind, referral_id, at, next_at)
        -- A digest is feedback to who asked for that.
        SELECT p_region, s.subscription_id, s.organisation_id, 'notice', n.notice_id,
               CASE WHEN n.kind = 'feedback-digest' AND 'feedback' = ANY (s.kinds) THEN 'feedback' ELSE 'notice' END, n.referral_id, n.at,
               v_now + CASE s.channel WHEN 'mail' THEN p_gather ELSE 0 END * interval '1 microsecond'
        FROM data.notice n
        JOIN data.subscription s ON s.region_id = n.region_id AND s.organisation_id = n.organisation_id
                                AND ('notice' = ANY (s.kinds) OR n.kind = 'feedback-digest' AND 'feedback' = ANY (s.kinds))
                                AND s.ended_at IS NULL AND s.made_at <= n.at AND logic.is_heard(p_region, s.account_id)
                                AND (s.account_id IS NULL OR n.account_id IS NULL OR n.account_id = s.account_id)
        WHERE n.region_id = p_region AND (n.tx, n.notice_id) > (place.notice_tx, place.notice_id)
          AND (n.tx, n.notice_id) <= (last_notice.tx, last_notice.notice_id)
        ORDER BY n.tx, n.notice_id
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS v_more = ROW_COUNT;
        made := made + v_more;
    END IF;

    IF last_event.tx IS NOT NULL OR last_notice.tx IS NOT NULL THEN
        UPDATE data.dispatch_place p
        SET event_tx = coalesce(last_event.tx, p.event_tx), event_id = coalesce(last_event.event_id, p.event_id),
            notice_tx = coalesce(last_notice.tx, p.notice_tx), notice_id = coalesce(last_notice.notice_id, p.notice_id)
        WHERE p.region_id = p_region;
    END IF;
    is_full := coalesce(last_event.count = p_size, false) OR coalesce(last_notice.count = p_size, false);
    RETURN NEXT;
END
$$;

-- At most p_size at a time: what has ended 30 days ago (90 where it was dead) is forgotten, what waits for a subscription that has
-- ended is dropped, and what nobody could send for a week (its channel is not set up here) is dead, so that it can be seen and sent
-- by hand, and does not go out behind all that was said since. How many it was.
CREATE FUNCTION wijzer.tidy_dispatches(p_region int, p_size int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now constant timestamptz := logic.instant();
    v_count int := 0;
    v_more int;
    s record;
BEGIN
    DELETE FROM data.dispatch d
    WHERE d.region_id = p_region AND d.dispatch_id = ANY (ARRAY(
        SELECT x.dispatch_id FROM data.dispatch x
        WHERE x.region_id = p_region AND x.ended_at < v_now - interval '30 days'
          AND (x.state <> 'dead' OR x.ended_at < v_now - interval '90 days')
        ORDER BY x.ended_at
        LIMIT p_size));
    GET DIAGNOSTICS v_more = ROW_COUNT;
    v_count := v_count + v_more;
    FOR s IN SELECT x.subscription_id, x.ended_at FROM data.subscription x WHERE x.region_id = p_region LOOP
        UPDATE data.dispatch d
        SET state = CASE WHEN s.ended_at IS NOT NULL THEN 'dropped' ELSE 'dead' END, ended_at = v_now, leased_until = NULL,
            letter_id = coalesce(d.letter_id, d.dispatch_id),
            last_error = CASE WHEN s.ended_at IS NOT NULL THEN d.last_error ELSE 'too-old' END
        WHERE d.region_id = p_region AND d.state = 'waiting' AND d.dispatch_id = ANY (ARRAY(
            SELECT x.dispatch_id FROM data.dispatch x
            WHERE x.region_id = p_region AND x.subscription_id = s.subscription_id AND x.state = 'waiting'
              AND (s.ended_at IS NOT NULL OR x.next_at < v_now - interval '7 days')
            ORDER BY x.next_at
            LIMIT p_size));
        GET DIAGNOSTICS v_more = ROW_COUNT;
        v_count := v_count + v_more;
    END LOOP;
    RETURN v_count;
END
$$;

-- Letters that are to be sent now, one of each subscription at a time, and none to who has a rest because the last one failed, so
-- that a receiver that is slow or broken holds up nobody else. p_lease: microseconds for which they are the caller's. They belong
-- to one sender: of two that ask at once, one gets a letter. body: of a webhook; count: how many dispatches a mail tells of.
CREATE FUNCTION wijzer.claim_letters(p_region int, p_channels text[], p_size int, p_lease bigint)
RETURNS TABLE (letter_id bigint, attempt int, subscription_id bigint, channel text, address text, kinds text[], count int, body text,
               webhook_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now timestamptz := logic.instant();
    v_first data.dispatch;
    v_code constant text := (SELECT g.code FROM data.region g WHERE g.region_id = p_region);
    v_left int := p_size;
    s record;
BEGIN
    FOR s IN
        SELECT x.subscription_id, x.channel, x.address
        FROM data.subscription x
        CROSS JOIN LATERAL (
            SELECT d.next_at FROM data.dispatch d
            WHERE d.region_id = p_region AND d.subscription_id = x.subscription_id AND d.state = 'waiting'
            ORDER BY d.next_at
            LIMIT 1) first
        WHERE x.region_id = p_region AND x.ended_at IS NULL AND x.channel = ANY (p_channels)
          AND (x.rest_until IS NULL OR x.rest_until <= v_now) AND first.next_at <= v_now
        ORDER BY first.next_at
        FOR NO KEY UPDATE OF x SKIP LOCKED
    LOOP
        EXIT WHEN v_left = 0;
        -- Looked at again now that nobody else can claim for this subscription.
        SELECT d.* INTO v_first FROM data.dispatch d
        WHERE d.region_id = p_region AND d.subscription_id = s.subscription_id AND d.state = 'waiting' AND d.next_at <= v_now
        ORDER BY d.next_at, d.dispatch_id
        LIMIT 1;
        -- The last, not whether there is any: an index answers that whatever the planner expects.
        CONTINUE WHEN NOT FOUND OR (
            SELECT max(d.leased_until) FROM data.dispatch d
            WHERE d.region_id = p_region AND d.subscription_id = s.subscription_id AND d.leased_until IS NOT NULL) > v_now;
        letter_id := coalesce(v_first.letter_id, v_first.dispatch_id);
        IF v_first.letter_id IS NULL AND s.channel = 'mail' THEN
            UPDATE data.dispatch d SET letter_id = claim_letters.letter_id
            WHERE d.region_id = p_region AND d.subscription_id = s.subscription_id AND d.state = 'waiting' AND d.letter_id IS NULL;
        ELSIF v_first.letter_id IS NULL THEN
            UPDATE data.dispatch d SET letter_id = claim_letters.letter_id
            WHERE d.region_id = p_region AND d.dispatch_id = v_first.dispatch_id;
        END IF;
        UPDATE data.dispatch d
        SET attempts = v_first.attempts + 1, leased_until = v_now + p_lease * interval '1 microsecond',
            next_at = v_now + p_lease * interval '1 microsecond'
        WHERE d.region_id = p_region AND d.letter_id = claim_letters.letter_id AND d.state = 'waiting';
        GET DIAGNOSTICS count = ROW_COUNT;
        attempt := v_first.attempts + 1;
        subscription_id := s.subscription_id;
        channel := s.channel;
        address := s.address;
        kinds := ARRAY(SELECT DISTINCT d.kind FROM data.dispatch d
                       WHERE d.region_id = p_region AND d.letter_id = claim_letters.letter_id ORDER BY 1);
        webhook_id := v_code || '.' || wijzer.code(letter_id);
        body := CASE s.channel WHEN 'webhook' THEN json_build_object(
            'id', webhook_id, 'type', v_first.kind, 'region', v_code, 'at', logic.iso(v_first.at),
            'noticeId', CASE v_first.cause WHEN 'notice' THEN wijzer.code(v_first.cause_id) END,
            'referralId', wijzer.code(v_first.referral_id), 'stepId', wijzer.code(v_first.step_id))::text END;
        v_left := v_left - 1;
        RETURN NEXT;
    END LOOP;
END
$$;

-- What became of a letter. `sent` counts whoever says it; `retry` (after p_wait microseconds), `dead` and `gone` (its subscription
-- ends, which is a notice to who heard there) only of the attempt that was the last. Whoever did not take it has a rest of p_rest
-- microseconds from all letters, until one arrives. The number of dispatches that it changed.
CREATE FUNCTION wijzer.settle_letter(p_region int, p_letter bigint, p_attempt int, p_what text, p_error text, p_wait bigint, p_rest bigint)
RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keeper constant logic.actor := logic.enter_as_keeper(p_region);
    v_now constant timestamptz := logic.instant();
    v_count int;
    v_subscription constant bigint := (SELECT d.subscription_id FROM data.dispatch d
                                       WHERE d.region_id = p_region AND d.letter_id = p_letter LIMIT 1);
BEGIN
    -- First this, as who claims a letter does.
    PERFORM FROM data.subscription s WHERE s.region_id = p_region AND s.subscription_id = v_subscription FOR NO KEY UPDATE;
    UPDATE data.dispatch d
    SET state = CASE p_what WHEN 'retry' THEN 'waiting' WHEN 'sent' THEN 'sent' ELSE 'dead' END,
        ended_at = CASE WHEN p_what <> 'retry' THEN v_now END, leased_until = NULL, last_error = p_error,
        next_at = v_now + p_wait * interval '1 microsecond'
    WHERE d.region_id = p_region AND d.letter_id = p_letter AND d.state = 'waiting' AND (p_what = 'sent' OR d.attempts = p_attempt);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count > 0 THEN
        UPDATE data.subscription s SET rest_until = CASE WHEN p_what <> 'sent' THEN v_now + p_rest * interval '1 microsecond' END
        WHERE s.region_id = p_region AND s.subscription_id = v_subscription AND (p_what <> 'sent' OR s.rest_until IS NOT NULL);
    END IF;
    IF p_what = 'gone' AND v_count > 0 THEN
        PERFORM logic.end_subscription(p_region, v_subscription, NULL, v_now);
        INSERT INTO data.notice (region_id, at, organisation_id, account_id, kind, object_id)
        SELECT p_region, v_now, s.organisation_id, s.account_id, 'subscription-gone', s.subscription_id
        FROM data.subscription s WHERE s.region_id = p_region AND s.subscription_id = v_subscription;
    END IF;
    RETURN v_count;
END
$$;

-- ---- looking back ----

-- What an organisation sees of its own; of those of others a coordinator or steward sees that they are there, not what about.
CREATE FUNCTION logic.delivery_document(d data.dispatch, p_organisation int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'id', wijzer.code(d.dispatch_id), 'at', logic.iso(d.at), 'kind', d.kind, 'channel', s.channel,
            'subscriptionId', wijzer.code(d.subscription_id), 'organisation', logic.named(o.code, o.name), 'state', d.state,
            'attempts', d.attempts, 'nextAt', CASE d.state WHEN 'waiting' THEN logic.iso(d.next_at) END, 'error', d.last_error,
            'endedAt', logic.iso(d.ended_at),
            'referralId', CASE d.organisation_id WHEN p_organisation THEN wijzer.code(d.referral_id) END,
            'stepId', CASE d.organisation_id WHEN p_organisation THEN wijzer.code(d.step_id) END)
        FROM data.subscription s
        JOIN data.organisation o ON o.region_id = s.region_id AND o.organisation_id = s.organisation_id
        WHERE s.region_id = d.region_id AND s.subscription_id = d.subscription_id);
END
$$;

-- The newest first; a coordinator or steward those of the region. p_dead: only what nobody tries any more. Null: unusable cursor or
-- unknown account.
CREATE FUNCTION wijzer.list_deliveries(p_region int, p_account int, p_dead boolean, p_page_size int, p_cursor text) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    size constant int := logic.page_size(p_page_size);
    place constant logic.place := logic.cursor_place(p_cursor);
BEGIN
    IF actor.account_id IS NULL OR p_cursor IS NOT NULL AND place.id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT logic.page(array_agg(logic.delivery_document(d, actor.organisation_id) ORDER BY d.at DESC, d.dispatch_id DESC),
                          array_agg(logic.cursor_text('d', d.at, d.dispatch_id) ORDER BY d.at DESC, d.dispatch_id DESC), size)
        -- Of the two one is read: dead letters have an index of their own.
        FROM (SELECT d.* FROM ((
                  SELECT x.* FROM data.dispatch x
                  WHERE p_dead AND x.region_id = p_region AND x.state = 'dead'
                    AND (actor.role IN ('coordinator', 'steward') OR x.organisation_id = actor.organisation_id)
                    AND (p_cursor IS NULL OR (x.at, x.dispatch_id) < (place.at, place.id))
                  ORDER BY x.at DESC, x.dispatch_id DESC
                  LIMIT size + 1)
              UNION ALL (
                  SELECT x.* FROM data.dispatch x
                  WHERE p_dead IS NOT TRUE AND x.region_id = p_region
                    AND (actor.role IN ('coordinator', 'steward') OR x.organisation_id = actor.organisation_id)
                    AND (p_cursor IS NULL OR (x.at, x.dispatch_id) < (place.at, place.id))
                  ORDER BY x.at DESC, x.dispatch_id DESC
                  LIMIT size + 1)) d) d);
END
$$;

-- Dead letters wait again, under their old numbers: that of one dispatch, or (p_dispatch null) those that the account sees, the oldest
-- 10,000 in a call. Results:
-- redelivered, replayed, key-reused, account-unknown, not-found, not-dead, subscription-ended; answer: how many.
CREATE FUNCTION wijzer.redeliver(p_region int, p_account int, p_key text, p_hash text, p_dispatch bigint)
RETURNS TABLE (result text, answer json) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    asked record;
    v_one record;
    v_count int;
    v_now timestamptz;
BEGIN
    SELECT d.state, d.letter_id, s.ended_at INTO v_one
    FROM data.dispatch d
    JOIN data.subscription s ON s.region_id = d.region_id AND s.subscription_id = d.subscription_id
    WHERE d.region_id = p_region AND d.dispatch_id = p_dispatch
      AND (actor.role IN ('coordinator', 'steward') OR d.organisation_id = actor.organisation_id)
    FOR UPDATE OF d;
    v_now := logic.instant();
    asked := logic.asked_before(actor, p_region, '{referrer,worker,coordinator,steward}', p_key, p_hash, 'redeliver', coalesce(p_dispatch, 0));
    result := CASE
        WHEN asked.refusal IS NOT NULL THEN asked.refusal
        WHEN p_dispatch IS NOT NULL AND v_one.state IS NULL THEN 'not-found'
        WHEN v_one.ended_at IS NOT NULL THEN 'subscription-ended'
        WHEN v_one.state <> 'dead' THEN 'not-dead'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'redeliver', coalesce(p_dispatch, 0), v_now) THEN 'key-reused'
        ELSE 'redelivered' END;
    answer := asked.answer;
    IF result = 'redelivered' THEN
        UPDATE data.dispatch d SET state = 'waiting', ended_at = NULL, attempts = 0, next_at = v_now, last_error = NULL
        WHERE d.region_id = p_region AND d.state = 'dead' AND d.dispatch_id = ANY (ARRAY(
            SELECT x.dispatch_id FROM data.dispatch x
            WHERE x.region_id = p_region AND x.state = 'dead'
              AND (p_dispatch IS NULL OR x.letter_id = v_one.letter_id)
              AND (actor.role IN ('coordinator', 'steward') OR x.organisation_id = actor.organisation_id)
              AND EXISTS (SELECT FROM data.subscription s WHERE s.region_id = p_region AND s.subscription_id = x.subscription_id
                          AND s.ended_at IS NULL)
            ORDER BY x.at, x.dispatch_id
            LIMIT 10000));
        GET DIAGNOSTICS v_count = ROW_COUNT;
        answer := logic.keep_answer(actor, p_region, p_key, json_build_object('redelivered', v_count));
    END IF;
    RETURN NEXT;
END
$$;
