-- Deploy wijzer:rulebook to pg
-- The region's rulebook: seven questions, each a decision table of fixed columns, in versions that are numbered over all
-- tables of the region. A version is written once: its rows are append-only, and of its head only what says how far it has
-- come may change, along draft -> awaiting-approval -> published, or until it is in force to discarded.
--
-- The former version knew table 3 alone, with hit policy FIRST. Its versions keep their numbers and rows, so that old
-- decisions are explained from them, and are never in force again. The one in force becomes table 1 with the same rows
-- (first hit, straight to an offering or to the coordination): every person goes where they went. Every region gets the
-- standard approaches, so that tables 2 and 3 can be written.

BEGIN;

-- What interface.sql made stands on these tables; it is made anew by running it again.
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;

CREATE SCHEMA former AUTHORIZATION wijzer_owner;
SET ROLE wijzer_owner;
ALTER TABLE data.rule SET SCHEMA former;
ALTER TABLE data.rule_table SET SCHEMA former;

ALTER DOMAIN data.operation DROP CONSTRAINT operation_check;
ALTER DOMAIN data.operation ADD CONSTRAINT operation_check CHECK (VALUE IN (
    'submit', 'move', 'open', 'save-draft', 'request-publication', 'approve', 'discard', 'roll-back'));

-- Ways to help, by which table 2 answers and table 3 chooses.
CREATE TABLE data.approach (
    region_id int       NOT NULL REFERENCES data.region,
    code      data.code NOT NULL,
    label     text      NOT NULL,
    position  int       NOT NULL,
    PRIMARY KEY (region_id, code)
);
CALL data.isolate('data.approach');

-- Those that every region begins with. What is there already (reworded by the region) is left alone.
CREATE FUNCTION data.seed_approaches(p_region int) RETURNS void LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO data.approach (region_id, code, label, position)
    SELECT p_region, code, label, row_number() OVER ()
    FROM (VALUES
        ('welzijnscoach', 'Gesprekken met een welzijnscoach'),
        ('maatje', 'Een maatje aan huis'),
        ('groep', 'Samen met anderen in een groep'),
        ('buurtteam', 'Hulp van het buurtteam'),
        ('schuldhulp', 'Hulp bij geld en schulden'),
        ('regie', 'Eén regisseur voor alle hulp'),
        ('training', 'Een training'),
        ('werk', 'Naar werk of een eigen onderneming'),
        ('taal', 'Taalles en inburgering'),
        ('opvoedhulp', 'Hulp bij opvoeden'),
        ('leefstijl', 'Gezonder leven')) AS word (code, label)
    ON CONFLICT DO NOTHING;
$$;

CREATE TABLE data.rule_table (
    region_id      int         NOT NULL REFERENCES data.region,
    version        int         NOT NULL CHECK (version >= 1),
    table_no       int         NOT NULL CHECK (table_no BETWEEN 1 AND 7),
    hit_policy     text        NOT NULL,
    name           text        NOT NULL CHECK (name <> ''),
    note           text        NOT NULL DEFAULT '',
    based_on       int,         -- the version that was edited
    restores       int,         -- of a rollback: the version whose rows these are
    status         text        NOT NULL,
    author_id      int,         -- account; null: came with the region
    created_at     timestamptz NOT NULL,
    published_by   int,         -- who asked for publication
    published_at   timestamptz,
    acknowledged   text[]      NOT NULL DEFAULT '{}', -- warnings, by name
    findings       json,        -- of the check at that time
    approver_id    int,
    approved_at    timestamptz,
    effective_from timestamptz, -- asked for; after approval: from when it is in force
    discarded_at   timestamptz,
    PRIMARY KEY (region_id, version),
    UNIQUE (region_id, version, table_no),
    FOREIGN KEY (region_id, based_on, table_no) REFERENCES data.rule_table (region_id, version, table_no),
    FOREIGN KEY (region_id, restores, table_no) REFERENCES data.rule_table (region_id, version, table_no),
    FOREIGN KEY (region_id, author_id) REFERENCES data.account,
    FOREIGN KEY (region_id, published_by) REFERENCES data.account,
    FOREIGN KEY (region_id, approver_id) REFERENCES data.account,
    -- FIRST in table 3: kept from before this change.
    CONSTRAINT rule_table_policy
        CHECK (hit_policy = ('{F,C,C,U,U,U,U}'::text[])[table_no] OR table_no = 3 AND hit_policy = 'F'),
    CONSTRAINT rule_table_status CHECK (CASE status
        WHEN 'draft' THEN acknowledged = '{}' AND num_nonnulls(
            published_by, published_at, findings, approver_id, approved_at, effective_from, discarded_at) = 0
        WHEN 'awaiting-approval' THEN num_nulls(published_by, published_at) = 0
            AND num_nonnulls(approver_id, approved_at, discarded_at) = 0
        WHEN 'published' THEN num_nulls(published_at, approved_at, effective_from) = 0 AND discarded_at IS NULL
        WHEN 'discarded' THEN discarded_at IS NOT NULL AND CASE
            WHEN approved_at IS NULL THEN approver_id IS NULL
            -- Withdrawn before its time came: who approved it is kept.
            ELSE num_nulls(published_at, approver_id, effective_from) = 0 AND discarded_at < effective_from END
        ELSE false END),
    -- Four eyes. A rollback brings back what two people agreed on before.
    CONSTRAINT rule_table_second_person
        CHECK (restores IS NOT NULL OR approver_id <> author_id AND approver_id <> published_by),
    CONSTRAINT rule_table_approved
        CHECK (status <> 'published' OR num_nulls(published_by, approver_id) = 0 OR restores IS NOT NULL OR author_id IS NULL
               OR table_no = 3 AND hit_policy = 'F')
);
CALL data.isolate('data.rule_table', append_only => true);
GRANT UPDATE (status, published_by, published_at, acknowledged, findings, approver_id, approved_at, effective_from,
              discarded_at) ON data.rule_table TO wijzer_owner;
-- What has been in force or was discarded is out of everybody's reach, and nothing becomes a draft again. The time is that
-- of wijzer.clock().
CREATE POLICY region_decide ON data.rule_table FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (status IN ('draft', 'awaiting-approval')
                OR status = 'published' AND effective_from > statement_timestamp()
                   + coalesce(nullif(current_setting('wijzer.clock_offset', true), '')::interval, '0')))
    WITH CHECK (region_id = nullif(current_setting('wijzer.region', true), '')::int AND status <> 'draft');
-- The poll for changes asks for all regions at once.
CREATE POLICY every_region ON data.rule_table FOR SELECT
    USING ((SELECT current_setting('wijzer.scope', true)) = 'regions');

-- A cell with words. None is no cell: null is.
CREATE DOMAIN data.words AS text[] CHECK (cardinality(VALUE) > 0 AND array_position(VALUE, NULL) IS NULL);

-- The rows of all seven tables; the views below show each with its own columns. A null input means any, a null output
-- none. nots names inputs that must be none of their words. Words of the region are checked when a draft is saved.
CREATE TABLE data.rule (
    region_id      int     NOT NULL,
    version        int     NOT NULL,
    rule_id        text    NOT NULL CHECK (rule_id ~ '^[A-Z][A-Z0-9-]{0,19}$'), -- stable over versions
    table_no       int     NOT NULL,
    position       int     NOT NULL,
    is_otherwise   boolean NOT NULL, -- holds when no other row does
    nots           data.words,
    domains        data.words,
    icpc           data.words,
    age            int4multirange,
    area           int4multirange, -- PC4
    language       data.words,
    urgency        data.words,
    mobility       data.words,
    digital_skill  data.words,
    lvb            boolean,
    occupation     data.words,
    household      data.words,
    referrer       data.words,     -- organisations
    referrer_role  data.words,
    declines       data.words,
    approaches     data.words,
    recipient      data.words,     -- kinds of organisations
    promise        data.words,
    level          int4multirange,
    decline        data.words,
    tries          int4multirange,
    milestone      data.words,     -- states
    action         text,
    offering_id    int,
    approach       text,
    weight         int,
    fields         data.words,
    amount         int,
    unit           text,
    escalate_after int,
    next           text,
    form           text,
    channel        text,
    reason         text    NOT NULL CHECK (reason <> ''), -- the sentence why
    PRIMARY KEY (region_id, version, rule_id),
    UNIQUE (region_id, version, position),
    FOREIGN KEY (region_id, version, table_no) REFERENCES data.rule_table (region_id, version, table_no),
    FOREIGN KEY (region_id, offering_id) REFERENCES data.offering,
    FOREIGN KEY (region_id, approach) REFERENCES data.approach,
    CONSTRAINT rule_columns CHECK (CASE table_no
        WHEN 1 THEN num_nonnulls(
            mobility, digital_skill, occupation, approaches, recipient, promise, level, decline, tries, milestone,
            approach, weight, fields, amount, unit, escalate_after, next, form, channel) = 0
        WHEN 2 THEN num_nonnulls(
            area, referrer_role, declines, approaches, recipient, promise, level, decline, tries, milestone,
            action, offering_id, fields, amount, unit, escalate_after, next, form, channel) = 0
        WHEN 3 THEN num_nonnulls(
            icpc, referrer, referrer_role, recipient, promise, level, decline, tries, milestone,
            action, approach, fields, amount, unit, escalate_after, next, form, channel) = 0
        ELSE num_nonnulls(
            domains, icpc, age, area, language, mobility, digital_skill, lvb, occupation, household, referrer_role,
            declines, action, offering_id, approach, weight) = 0 AND CASE table_no
            WHEN 4 THEN num_nonnulls(urgency, referrer, promise, level, decline, tries, milestone,
                                     amount, unit, escalate_after, next, form, channel) = 0
            WHEN 5 THEN num_nonnulls(referrer, approaches, recipient, decline, tries, milestone,
                                     fields, next, form, channel) = 0
            WHEN 6 THEN num_nonnulls(referrer, approaches, recipient, promise, level, milestone,
                                     fields, amount, unit, escalate_after, form, channel) = 0
            ELSE num_nonnulls(urgency, approaches, recipient, promise, level, decline, tries,
                              fields, amount, unit, escalate_after, next) = 0 END
        END),
    CONSTRAINT rule_answer CHECK (CASE table_no
        WHEN 1 THEN action IS NOT NULL AND (action = 'offering') = (offering_id IS NOT NULL)
        WHEN 2 THEN (approach IS NULL) = (weight IS NULL)
        WHEN 5 THEN unit = 'state' OR num_nulls(unit, amount) = 0
        WHEN 6 THEN next IS NOT NULL
        WHEN 7 THEN form IS NOT NULL
        ELSE true END),
    CONSTRAINT rule_otherwise CHECK (NOT is_otherwise OR num_nonnulls(
        nots, domains, icpc, age, area, language, urgency, mobility, digital_skill, lvb, occupation, household,
        referrer, referrer_role, declines, approaches, recipient, promise, level, decline, tries, milestone) = 0),
    CONSTRAINT rule_nots CHECK (nots IS NULL OR nots <@ ARRAY[
        CASE WHEN domains IS NOT NULL THEN 'domains' END, CASE WHEN icpc IS NOT NULL THEN 'icpc' END,
        CASE WHEN language IS NOT NULL THEN 'language' END, CASE WHEN urgency IS NOT NULL THEN 'urgency' END,
        CASE WHEN mobility IS NOT NULL THEN 'mobility' END,
        CASE WHEN digital_skill IS NOT NULL THEN 'digital_skill' END,
        CASE WHEN occupation IS NOT NULL THEN 'occupation' END,
        CASE WHEN household IS NOT NULL THEN 'household' END, CASE WHEN referrer IS NOT NULL THEN 'referrer' END,
        CASE WHEN referrer_role IS NOT NULL THEN 'referrer_role' END,
        CASE WHEN declines IS NOT NULL THEN 'declines' END, CASE WHEN approaches IS NOT NULL THEN 'approaches' END,
        CASE WHEN recipient IS NOT NULL THEN 'recipient' END, CASE WHEN promise IS NOT NULL THEN 'promise' END,
        CASE WHEN decline IS NOT NULL THEN 'decline' END, CASE WHEN milestone IS NOT NULL THEN 'milestone' END]),
    CONSTRAINT rule_words CHECK (
        urgency <@ '{routine,soon}'::text[] AND mobility <@ '{independent,limited,housebound}'::text[]
        AND digital_skill <@ '{good,some,none}'::text[]
        AND occupation <@ '{working,school,unemployed,retired,unable}'::text[]
        AND household <@ '{alone,couple,family,single-parent,with-others}'::text[]
        AND referrer_role <@ '{referrer,worker,coordinator}'::text[]
        AND fields <@ '{name,birth-year,area,phone,email,language,domains,icpc,text,urgency,situation}'::text[]
        AND action IN ('continue', 'offering', 'coordinator')
        AND unit IN ('working-days', 'days', 'months', 'state')
        AND next IN ('next-candidate', 'coordinator', 'ask-referrer', 'wait', 'stop')
        AND form IN ('at-once', 'digest', 'end', 'none') AND channel IN ('wijzer', 'email', 'his')),
    CONSTRAINT rule_numbers CHECK (
        NOT isempty(age) AND age <@ '{[0,120]}'::int4multirange
        AND NOT isempty(area) AND area <@ '{[1000,9999]}'::int4multirange
        AND NOT isempty(level) AND level <@ '{[0,3]}'::int4multirange
        AND NOT isempty(tries) AND tries <@ '{[1,20]}'::int4multirange
        AND weight BETWEEN 0 AND 1000 AND amount BETWEEN 0 AND 1000 AND escalate_after >= 0)
);
CALL data.isolate('data.rule', append_only => true);
CREATE UNIQUE INDEX rule_one_otherwise ON data.rule (region_id, version) WHERE is_otherwise;

-- Cases beside a table, which must come out as they say before it is published.
CREATE TABLE data.rule_example (
    region_id  int   NOT NULL,
    version    int   NOT NULL,
    example_id text  NOT NULL CHECK (example_id <> ''),
    position   int   NOT NULL,
    sentence   text  NOT NULL, -- "Een man van 74 in 5751 die zich alleen voelt gaat naar de welzijnscoach."
    facts      jsonb NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
    expected   jsonb NOT NULL CHECK (jsonb_typeof(expected) = 'object'),
    PRIMARY KEY (region_id, version, example_id),
    FOREIGN KEY (region_id, version) REFERENCES data.rule_table
);
CALL data.isolate('data.rule_example', append_only => true);

-- Each question with its own columns, for people who read plain SQL.
CREATE VIEW data.exclusion_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, domains, icpc, age, area, urgency, language, lvb,
       household, referrer, referrer_role, declines, action,
       (SELECT f.code FROM data.offering f WHERE f.region_id = r.region_id AND f.offering_id = r.offering_id) AS offering,
       reason
FROM data.rule r WHERE table_no = 1;

CREATE VIEW data.approach_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, domains, icpc, age, urgency, language, lvb, mobility,
       digital_skill, occupation, household, referrer, approach, weight, reason
FROM data.rule WHERE table_no = 2;

CREATE VIEW data.offering_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, approaches, domains, age, area, urgency, language, lvb,
       mobility, digital_skill, occupation, household, declines,
       (SELECT f.code FROM data.offering f WHERE f.region_id = r.region_id AND f.offering_id = r.offering_id) AS offering,
       weight, reason
FROM data.rule r WHERE table_no = 3;

CREATE VIEW data.fields_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, approaches, recipient, fields, reason
FROM data.rule WHERE table_no = 4;

CREATE VIEW data.promises_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, promise, urgency, level, amount, unit, escalate_after,
       reason
FROM data.rule WHERE table_no = 5;

CREATE VIEW data.declines_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, decline, urgency, tries, next, reason
FROM data.rule WHERE table_no = 6;

CREATE VIEW data.feedback_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, milestone, referrer, form, channel, reason
FROM data.rule WHERE table_no = 7;

-- What there is already, region by region, as row-level security wants it.
CREATE PROCEDURE former.keep(p_region int) LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF EXISTS (SELECT FROM former.rule_table t WHERE t.region_id = p_region AND t.table_no <> 3) THEN
        RAISE EXCEPTION 'region % has rule tables besides table 3, which nothing has read so far; remove them first',
            p_region;
    END IF;
    INSERT INTO data.rule_table (region_id, version, table_no, hit_policy, name, status, author_id, created_at,
                                 published_at, approver_id, approved_at, effective_from, discarded_at)
    SELECT p_region, t.version, 3, 'F', t.name, CASE WHEN t.published_at IS NULL THEN 'discarded' ELSE 'published' END,
           t.author_id, coalesce(t.published_at, now()), t.published_at,
           CASE WHEN t.published_at IS NOT NULL THEN t.approver_id END, t.published_at,
           CASE WHEN t.published_at IS NOT NULL THEN least(t.published_at, now()) END,
           CASE WHEN t.published_at IS NULL THEN now() END
    FROM former.rule_table t
    WHERE t.region_id = p_region;
    -- A row without conditions at the end was the catch-all. The beginning of a PC4 stands for all that begin with it.
    INSERT INTO data.rule (region_id, version, rule_id, table_no, position, is_otherwise, domains, area, age, urgency,
                           offering_id, reason)
    SELECT p_region, r.version, r.rule_id, 3, r.position,
           num_nonnulls(r.domains, r.areas, r.age_min, r.age_max, r.urgency) = 0
           AND r.position = max(r.position) OVER (PARTITION BY r.version),
           r.domains,
           (SELECT range_agg(int4range(greatest(rpad(a, 4, '0')::int, 1000), rpad(a, 4, '9')::int, '[]'))
            FROM unnest(r.areas) AS a),
           CASE WHEN num_nonnulls(r.age_min, r.age_max) > 0
                THEN int4multirange(int4range(least(coalesce(r.age_min, 0), 120), least(coalesce(r.age_max, 120), 120), '[]'))
           END,
           CASE WHEN r.urgency IS NOT NULL THEN ARRAY[r.urgency] END, r.offering_id, r.reason
    FROM former.rule r
    WHERE r.region_id = p_region;
END
$$;

CREATE PROCEDURE former.go_on(p_region int, p_version int) LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    last constant int := (SELECT max(t.version) FROM data.rule_table t WHERE t.region_id = p_region);
BEGIN
    INSERT INTO data.rule_table (region_id, version, table_no, hit_policy, name, note, status, created_at, published_at,
                                 approved_at, effective_from)
    SELECT p_region, last + n.table_no, n.table_no, n.hit_policy, n.name,
           format('Omgezet van tabel 3, versie %s.', p_version), 'published', now(), now(), now(), now()
    FROM (VALUES (1, 'F', 'Uitsluiten en veiligheid'), (2, 'C', 'Vraag en situatie naar aanpak'),
                 (3, 'C', 'Aanpak, gebied en groep naar aanbod')) AS n (table_no, hit_policy, name);
    INSERT INTO data.rule (region_id, version, rule_id, table_no, position, is_otherwise, domains, area, age, urgency,
                           action, offering_id, reason)
    SELECT p_region, last + 1, r.rule_id, 1, r.position, false, r.domains, r.area, r.age, r.urgency,
           CASE WHEN r.offering_id IS NULL THEN 'coordinator' ELSE 'offering' END, r.offering_id, r.reason
    FROM data.rule r
    WHERE r.region_id = p_region AND r.version = p_version;
    INSERT INTO data.rule (region_id, version, rule_id, table_no, position, is_otherwise, action, reason)
    SELECT p_region, last + n.table_no, 'OTHERWISE', n.table_no,
           (SELECT coalesce(max(r.position), 0) + 1 FROM data.rule r
            WHERE r.region_id = p_region AND r.version = last + n.table_no), true, n.action, n.reason
    FROM (VALUES (1, 'continue', 'Geen reden om uit te sluiten.'), (2, NULL, 'Geen aanpak gekozen.'),
                 (3, NULL, 'Geen regel past: de ketenregie kijkt mee en zoekt een passende plek.'))
         AS n (table_no, action, reason);
END
$$;

DO $$
DECLARE
    region int;
    in_force int;
BEGIN
    PERFORM set_config('wijzer.scope', 'regions', true);
    FOREACH region IN ARRAY ARRAY(SELECT r.region_id FROM data.region r ORDER BY r.region_id) LOOP
        PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', region::text, true);
        CALL former.keep(region);
        PERFORM data.seed_approaches(region);
        UPDATE data.region r SET version = r.version + 1 WHERE r.region_id = region;
        SELECT max(t.version) INTO in_force FROM data.rule_table t
        WHERE t.region_id = region AND t.status = 'published';
        IF in_force IS NOT NULL THEN
            CALL former.go_on(region, in_force);
        END IF;
    END LOOP;
    PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', '', true);
END
$$;

RESET ROLE;
DROP SCHEMA former CASCADE;
COMMIT;
