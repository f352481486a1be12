-- Writing the rulebook: drafts, publication by two people, rollback. A version's rows are written once, with the version;
-- afterwards only its status moves. All of this locks the region's row first, so that it happens one after another in a
-- region: version numbers have no holes, and of two decisions about one version the second sees the first.

-- A row of a draft as it comes: members named after the columns, the offering by its code.
CREATE TYPE logic.draft_rule AS (
    rule_id text, is_otherwise boolean, nots text[], domains text[], icpc text[], age int4multirange,
    area int4multirange, language text[], urgency text[], mobility text[], digital_skill text[], lvb boolean,
    occupation text[], household text[], referrer text[], referrer_role text[], declines text[], approaches text[],
    recipient text[], promise text[], level int4multirange, decline text[], tries int4multirange, milestone text[],
    action text, offering text, approach text, weight int, offer int, evidence text, fields text[], amount int, unit text,
    escalate_after int, next text, form text, channel text, reason text);

-- Did this account ask the same before? refusal: null (go on), `key-reused`, or `replayed` with the answer given then.
-- p_object null: what a key was used for is told by its operation and body alone.
CREATE FUNCTION logic.find_answered(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text,
                                    p_object bigint, OUT refusal text, OUT answer json) LANGUAGE plpgsql AS $$
DECLARE
    done data.idempotency;
BEGIN
    SELECT * INTO done FROM data.idempotency i
    WHERE i.region_id = p_region AND i.account_id = actor.account_id AND i.idem_key = p_key;
    IF FOUND THEN
        IF done.operation = p_operation AND done.object_id = coalesce(p_object, done.object_id)
           AND done.body_hash = decode(p_hash, 'hex') THEN
            refusal := 'replayed';
            answer := done.answer;
        ELSE
            refusal := 'key-reused';
        END IF;
    END IF;
END
$$;

-- May this account write here, and did it ask the same before? refusal: null (go on), a result code, or `replayed` with
-- the answer given then.
CREATE FUNCTION logic.begin_writing(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text,
                                    p_object bigint, OUT refusal text, OUT answer json) LANGUAGE plpgsql AS $$
BEGIN
    IF actor.account_id IS NULL OR actor.role <> 'coordinator' THEN
        refusal := CASE WHEN actor.account_id IS NULL THEN 'account-unknown' ELSE 'not-yours' END;
        RETURN;
    END IF;
    PERFORM FROM data.region r WHERE r.region_id = p_region FOR NO KEY UPDATE;
    SELECT f.refusal, f.answer INTO refusal, answer
    FROM logic.find_answered(actor, p_region, p_key, p_hash, p_operation, p_object) f;
END
$$;

-- Takes the key before anything is done under it. False: another call, not about the rulebook, was quicker.
CREATE FUNCTION logic.claim(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text, p_object bigint,
                            p_at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.idempotency (region_id, account_id, idem_key, body_hash, operation, object_id, at)
    VALUES (p_region, actor.account_id, p_key, decode(p_hash, 'hex'), p_operation, p_object, p_at)
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

-- The answer to a call that did something, kept for who asks again.
CREATE FUNCTION logic.answered(actor logic.actor, p_region int, p_key text, p_version int, p_at timestamptz) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
    document constant json := logic.rule_version_document(p_region, p_version, p_at);
BEGIN
    UPDATE data.idempotency i SET answer = document
    WHERE i.region_id = p_region AND i.account_id = actor.account_id AND i.idem_key = p_key;
    RETURN document;
END
$$;

CREATE FUNCTION logic.next_version(p_region int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT coalesce(max(t.version), 0) + 1 FROM data.rule_table t WHERE t.region_id = p_region);
END
$$;

-- What the snapshot holds has changed.
CREATE FUNCTION logic.region_changed(p_region int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data.region r SET version = r.version + 1 WHERE r.region_id = p_region;
END
$$;

CREATE FUNCTION logic.first_unknown(words text[], known text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT w.word FROM unnest(words) WITH ORDINALITY AS w (word, n) WHERE w.word <> ALL (known)
            ORDER BY w.n LIMIT 1);
END
$$;

-- The first word that the region does not know (columns with fixed words have a check). One look at each row, whole cells
-- at a time; only the row that fails is taken apart. Null: all are known.
CREATE FUNCTION logic.unknown_word(p_region int, p_rules logic.draft_rule[], OUT kind text, OUT word text)
LANGUAGE plpgsql AS $$
DECLARE
    known_domains constant text[] := ARRAY(SELECT d.code FROM data.domain d WHERE d.region_id = p_region);
    known_codes constant text[] := ARRAY(SELECT i.code FROM data.icpc i WHERE i.region_id = p_region);
    known_organisations constant text[] := ARRAY(SELECT o.code FROM data.organisation o WHERE o.region_id = p_region);
    known_kinds constant text[] := ARRAY(SELECT DISTINCT o.kind FROM data.organisation o WHERE o.region_id = p_region);
    known_declines constant text[] := ARRAY(SELECT c.code FROM data.decline_code c WHERE c.region_id = p_region);
    known_approaches constant text[] := ARRAY(SELECT a.code FROM data.approach a WHERE a.region_id = p_region);
    known_promises constant text[] := ARRAY(SELECT k.code FROM data.promise_kind k WHERE k.region_id = p_region);
    known_states constant text[] := ARRAY(SELECT s.code FROM data.state s WHERE s.region_id = p_region);
    bad logic.draft_rule;
BEGIN
    SELECT r.offering INTO word
    FROM unnest(p_rules) r
    WHERE r.offering IS NOT NULL
      AND NOT EXISTS (SELECT FROM data.offering f WHERE f.region_id = p_region AND f.code = r.offering)
    LIMIT 1;
    IF FOUND THEN
        kind := 'offering-unknown';
        RETURN;
    END IF;
    SELECT r.* INTO bad
    FROM unnest(p_rules) r
    WHERE r.approach <> ALL (known_approaches) AND r.approach IS NOT NULL
       OR r.approaches <@ known_approaches IS FALSE
       OR (r.domains <@ known_domains AND r.icpc <@ known_codes AND r.referrer <@ known_organisations
           AND r.recipient <@ known_kinds AND r.declines <@ known_declines AND r.decline <@ known_declines
           AND r.promise <@ known_promises AND r.milestone <@ known_states) IS FALSE
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    word := logic.first_unknown(bad.approach || bad.approaches, known_approaches);
    kind := CASE WHEN word IS NULL THEN 'rule-unknown-word' ELSE 'approach-unknown' END;
    word := coalesce(word, logic.first_unknown(bad.domains, known_domains), logic.first_unknown(bad.icpc, known_codes),
                     logic.first_unknown(bad.referrer, known_organisations),
                     logic.first_unknown(bad.recipient, known_kinds),
                     logic.first_unknown(bad.declines || bad.decline, known_declines),
                     logic.first_unknown(bad.promise, known_promises),
                     logic.first_unknown(bad.milestone, known_states));
END
$$;

-- The rows of a version, in the order given, the one for everything else last.
CREATE FUNCTION logic.add_rules(p_region int, p_version int, p_table int, p_rules logic.draft_rule[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.rule (
        region_id, version, rule_id, table_no, position, is_otherwise, nots, domains, icpc, age, area, language, urgency,
        mobility, digital_skill, lvb, occupation, household, referrer, referrer_role, declines, approaches, recipient,
        promise, level, decline, tries, milestone, action, offering_id, approach, weight, offer, evidence, fields, amount,
        unit, escalate_after, next, form, channel, reason)
    SELECT p_region, p_version, r.rule_id, p_table,
           CASE WHEN r.is_otherwise THEN cardinality(p_rules) + 1 ELSE r.ordinality END, coalesce(r.is_otherwise, false),
           r.nots, r.domains, r.icpc, r.age, r.area, r.language, r.urgency, r.mobility, r.digital_skill, r.lvb,
           r.occupation, r.household, r.referrer, r.referrer_role, r.declines, r.approaches, r.recipient, r.promise,
           r.level, r.decline, r.tries, r.milestone, r.action, f.offering_id, r.approach, r.weight, r.offer, r.evidence, r.fields, r.amount,
           r.unit, r.escalate_after, r.next, r.form, r.channel, r.reason
    FROM unnest(p_rules) WITH ORDINALITY AS r
    LEFT JOIN data.offering f ON f.region_id = p_region AND f.code = r.offering;
    IF NOT EXISTS (SELECT FROM data.rule r WHERE r.region_id = p_region AND r.version = p_version AND r.is_otherwise) THEN
        RAISE EXCEPTION 'version % has no row for everything else', p_version;
    END IF;
END
$$;

CREATE FUNCTION logic.add_examples(p_region int, p_version int, p_examples json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.rule_example (region_id, version, example_id, position, sentence, facts, expected)
    SELECT p_region, p_version, e.id, e.n, coalesce(e.sentence, ''), coalesce(e.facts, '{}'), coalesce(e.expect, '{}')
    FROM ROWS FROM (json_to_recordset(p_examples) AS (id text, sentence text, facts jsonb, expect jsonb))
         WITH ORDINALITY AS e (id, sentence, facts, expect, n);
END
$$;

-- A new draft. Results: created, replayed, key-reused, account-unknown, not-yours, based-on-unknown, and for the first word
-- that the region does not know (in detail) offering-unknown, approach-unknown, rule-unknown-word. Rows that break a check
-- of data.rule are a defect of the caller.
CREATE FUNCTION wijzer.save_draft(p_region int, p_account int, p_key text, p_hash text, p_table int, p_based_on int,
                                  p_note text, p_rules json, p_examples json)
RETURNS TABLE (result text, version int, detail text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    rules logic.draft_rule[];
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.answer INTO result, answer
    FROM logic.begin_writing(actor, p_region, p_key, p_hash, 'save-draft', NULL) b;
    IF result = 'replayed' AND (answer ->> 'table')::int <> p_table THEN
        result := 'key-reused';
        answer := NULL;
    END IF;
    IF result IS NOT NULL THEN
        version := (answer ->> 'version')::int;
        RETURN NEXT;
        RETURN;
    END IF;
    IF p_based_on IS NOT NULL AND NOT EXISTS (
        SELECT FROM data.rule_table t
        WHERE t.region_id = p_region AND t.version = p_based_on AND t.table_no = p_table) THEN
        RETURN QUERY SELECT 'based-on-unknown', NULL::int, p_based_on::text, NULL::json;
        RETURN;
    END IF;
    rules := ARRAY(SELECT r FROM json_populate_recordset(NULL::logic.draft_rule, p_rules) r);
    SELECT u.kind, u.word INTO result, detail FROM logic.unknown_word(p_region, rules) u;
    IF result IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;

    v_at := logic.instant();
    version := logic.next_version(p_region);
    IF NOT logic.claim(actor, p_region, p_key, p_hash, 'save-draft', version, v_at) THEN
        RETURN QUERY SELECT 'key-reused', NULL::int, NULL::text, NULL::json;
        RETURN;
    END IF;
    INSERT INTO data.rule_table (region_id, version, table_no, hit_policy, name, note, based_on, status, author_id,
                                 created_at)
    SELECT p_region, save_draft.version, q.table_no, q.hit_policy, q.name, coalesce(p_note, ''), p_based_on, 'draft',
           p_account, v_at
    FROM logic.question q
    WHERE q.table_no = p_table;
    PERFORM logic.add_rules(p_region, version, p_table, rules);
    PERFORM logic.add_examples(p_region, version, coalesce(p_examples, '[]'));
    result := 'created';
    answer := logic.answered(actor, p_region, p_key, version, v_at);
    RETURN NEXT;
END
$$;

-- May still be withdrawn: approved for later. Not in the last seconds before, so that whoever looks at the time while
-- this is not yet committed does not decide by a version that was never in force.
CREATE FUNCTION logic.is_to_come(head data.rule_table, p_at timestamptz) RETURNS boolean LANGUAGE sql STABLE
RETURN (head).status = 'published' AND (head).effective_from > p_at + interval '5 seconds';

-- What the three decisions about a version have in common. refusal null: go on, the key is claimed.
CREATE FUNCTION logic.begin_decision(actor logic.actor, p_region int, p_key text, p_hash text, p_operation text,
                                     p_version int, p_from text[], OUT refusal text, OUT state text, OUT answer json,
                                     OUT decided_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    head data.rule_table;
BEGIN
    SELECT b.refusal, b.answer INTO refusal, answer
    FROM logic.begin_writing(actor, p_region, p_key, p_hash, p_operation, p_version) b;
    IF refusal IN ('account-unknown', 'not-yours') THEN
        RETURN;
    END IF;
    SELECT * INTO head FROM data.rule_table t WHERE t.region_id = p_region AND t.version = p_version;
    state := coalesce(answer ->> 'status', head.status);
    IF refusal IS NOT NULL THEN
        RETURN;
    END IF;
    decided_at := logic.instant();
    refusal := CASE
        WHEN head.version IS NULL THEN 'not-found'
        WHEN head.status <> ALL (p_from) AND NOT (p_operation = 'discard' AND logic.is_to_come(head, decided_at))
            THEN 'state-not-allowed'
        WHEN p_operation = 'approve' AND (logic.may_be_one(p_region, actor.account_id, head.author_id)
                                          OR logic.may_be_one(p_region, actor.account_id, head.published_by)) THEN 'same-person'
        WHEN NOT logic.claim(actor, p_region, p_key, p_hash, p_operation, p_version, decided_at) THEN 'key-reused'
    END;
END
$$;

-- Somebody who has looked at the findings asks for publication; a second person approves. Results: requested, replayed,
-- key-reused, account-unknown, not-yours, not-found, state-not-allowed.
CREATE FUNCTION wijzer.request_publication(p_region int, p_account int, p_key text, p_hash text, p_version int,
                                           p_acknowledged text[], p_effective_from timestamptz, p_findings json)
RETURNS TABLE (result text, state text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.state, b.answer, b.decided_at INTO result, state, answer, v_at
    FROM logic.begin_decision(actor, p_region, p_key, p_hash, 'request-publication', p_version, '{draft}') b;
    IF result IS NULL THEN
        UPDATE data.rule_table t
        SET status = 'awaiting-approval', published_by = p_account, published_at = v_at,
            acknowledged = coalesce(p_acknowledged, '{}'), findings = p_findings, effective_from = p_effective_from
        WHERE t.region_id = p_region AND t.version = p_version;
        result := 'requested';
        state := 'awaiting-approval';
        answer := logic.answered(actor, p_region, p_key, p_version, v_at);
    END IF;
    RETURN NEXT;
END
$$;

-- The second person: neither who wrote it nor who asked. In force from when it was asked for, but not in the past. Results:
-- approved, replayed, key-reused, account-unknown, not-yours, not-found, state-not-allowed, same-person.
CREATE FUNCTION wijzer.approve_version(p_region int, p_account int, p_key text, p_hash text, p_version int)
RETURNS TABLE (result text, state text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.state, b.answer, b.decided_at INTO result, state, answer, v_at
    FROM logic.begin_decision(actor, p_region, p_key, p_hash, 'approve', p_version, '{awaiting-approval}') b;
    IF result IS NULL THEN
        UPDATE data.rule_table t
        SET status = 'published', approver_id = p_account, approved_at = v_at,
            effective_from = greatest(t.effective_from, v_at)
        WHERE t.region_id = p_region AND t.version = p_version;
        PERFORM logic.region_changed(p_region);
        result := 'approved';
        state := 'published';
        answer := logic.answered(actor, p_region, p_key, p_version, v_at);
    END IF;
    RETURN NEXT;
END
$$;

-- A version that is not in force yet: a draft, what waits for approval, what was approved for later (what is in force goes
-- on, so that one person will do). Results: discarded, replayed, key-reused, account-unknown, not-yours, not-found,
-- state-not-allowed.
CREATE FUNCTION wijzer.discard_version(p_region int, p_account int, p_key text, p_hash text, p_version int)
RETURNS TABLE (result text, state text, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_at timestamptz;
BEGIN
    SELECT b.refusal, b.state, b.answer, b.decided_at INTO result, state, answer, v_at
    FROM logic.begin_decision(actor, p_region, p_key, p_hash, 'discard', p_version, '{draft,awaiting-approval}') b;
    IF result IS NULL THEN
        UPDATE data.rule_table t SET status = 'discarded', discarded_at = v_at
        WHERE t.region_id = p_region AND t.version = p_version;
        IF state = 'published' THEN
            PERFORM logic.region_changed(p_region);
        END IF;
        result := 'discarded';
        state := 'discarded';
        answer := logic.answered(actor, p_region, p_key, p_version, v_at);
    END IF;
    RETURN NEXT;
END
$$;

-- The version that was in force before this one. A rollback stands for what it restores, so that rolling back twice goes
-- two versions back instead of returning to what was rolled back. Null: there was none.
CREATE FUNCTION logic.version_before(p_region int, p_version int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        WITH RECURSIVE line AS (
            SELECT t.table_no, t.version, t.restores, t.effective_from FROM logic.effective_table t
            WHERE t.region_id = p_region AND t.version = p_version
            UNION ALL
            SELECT t.table_no, t.version, t.restores, t.effective_from FROM line
            JOIN logic.effective_table t ON t.region_id = p_region AND t.version = line.restores
        )
        SELECT t.version
        FROM line
        JOIN logic.effective_table t ON t.region_id = p_region AND t.table_no = line.table_no
        WHERE line.restores IS NULL AND (t.effective_from, t.version) < (line.effective_from, line.version)
        ORDER BY t.effective_from DESC, t.version DESC
        LIMIT 1);
END
$$;

-- A new version with the rows and examples of the one before: at once and by one person, since two agreed on it before.
-- p_table null: the table that changed last. Results: rolled-back, replayed, key-reused, account-unknown, not-yours,
-- nothing-before.
CREATE FUNCTION wijzer.roll_back(p_region int, p_account int, p_key text, p_hash text, p_table int)
RETURNS TABLE (result text, version int, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    actor constant logic.actor := logic.enter(p_region, p_account);
    v_at timestamptz;
    before int;
BEGIN
    SELECT b.refusal, b.answer INTO result, answer
    FROM logic.begin_writing(actor, p_region, p_key, p_hash, 'roll-back', NULL) b;
    IF result = 'replayed' AND (answer ->> 'table')::int <> p_table THEN
        result := 'key-reused';
        answer := NULL;
    END IF;
    version := (answer ->> 'version')::int;
    IF result IS NULL THEN
        v_at := logic.instant();
        SELECT logic.version_before(p_region, f.version) INTO before
        FROM logic.tables_in_force(p_region, v_at) f
        WHERE f.table_no = coalesce(p_table, f.table_no)
        ORDER BY f.since DESC, f.version DESC
        LIMIT 1;
        version := CASE WHEN before IS NOT NULL THEN logic.next_version(p_region) END;
        result := CASE
            WHEN before IS NULL THEN 'nothing-before'
            WHEN NOT logic.claim(actor, p_region, p_key, p_hash, 'roll-back', version, v_at) THEN 'key-reused'
            ELSE 'rolled-back' END;
    END IF;
    IF result = 'rolled-back' THEN
        PERFORM logic.restore_version(p_region, before, version, p_account, v_at);
        answer := logic.answered(actor, p_region, p_key, version, v_at);
    END IF;
    RETURN NEXT;
END
$$;

CREATE FUNCTION logic.restore_version(p_region int, p_old int, p_new int, p_account int, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO data.rule_table (region_id, version, table_no, hit_policy, name, note, restores, status, author_id,
                                 created_at, published_by, published_at, approver_id, approved_at, effective_from)
    SELECT p_region, p_new, t.table_no, t.hit_policy, t.name, format('Terug naar versie %s.', p_old), p_old, 'published',
           p_account, p_at, p_account, p_at, t.approver_id, p_at, p_at
    FROM data.rule_table t
    WHERE t.region_id = p_region AND t.version = p_old;
    INSERT INTO data.rule (
        region_id, version, rule_id, table_no, position, is_otherwise, nots, domains, icpc, age, area, language, urgency,
        mobility, digital_skill, lvb, occupation, household, referrer, referrer_role, declines, approaches, recipient,
        promise, level, decline, tries, milestone, action, offering_id, approach, weight, offer, evidence, fields, amount,
        unit, escalate_after, next, form, channel, reason)
    SELECT p_region, p_new, r.rule_id, r.table_no, r.position, r.is_otherwise, r.nots, r.domains, r.icpc, r.age, r.area,
           r.language, r.urgency, r.mobility, r.digital_skill, r.lvb, r.occupation, r.household, r.referrer,
           r.referrer_role, r.declines, r.approaches, r.recipient, r.promise, r.level, r.decline, r.tries, r.milestone,
           r.action, r.offering_id, r.approach, r.weight, r.offer, r.evidence, r.fields, r.amount, r.unit, r.escalate_after, r.next, r.form,
           r.channel, r.reason
    FROM data.rule r
    WHERE r.region_id = p_region AND r.version = p_old;
    INSERT INTO data.rule_example (region_id, version, example_id, position, sentence, facts, expected)
    SELECT p_region, p_new, e.example_id, e.position, e.sentence, e.facts, e.expected
    FROM data.rule_example e
    WHERE e.region_id = p_region AND e.version = p_old;
    PERFORM logic.region_changed(p_region);
END
$$;
