-- Deploy wijzer:secrecy to pg
-- Who may see what. Names, addresses and texts are sealed by the daemon before they come here; what a recipient gets of a
-- client is granted per field; who read what is kept.

BEGIN;

-- The only role that reads sealed columns: owner of the views that apply consent, and of nothing else.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wijzer_vault') THEN
        CREATE ROLE wijzer_vault NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'wijzer_vault', 'USAGE') THEN
        EXECUTE format('GRANT wijzer_vault TO %I', current_user);
    END IF;
END
$$;
GRANT USAGE ON SCHEMA data TO wijzer_vault;

SET ROLE wijzer_owner;

-- Sealed by the daemon under the client's key: "s1." and base64. No plain text gets past this.
CREATE DOMAIN data.sealed AS text CHECK (VALUE LIKE 's1.%');

-- What was written before: plain, until `wijzerd migrate` has sealed it. Nothing new gets in.
ALTER TABLE data.client RENAME COLUMN name TO plain_name;
ALTER TABLE data.client RENAME COLUMN phone TO plain_phone;
ALTER TABLE data.client RENAME COLUMN email TO plain_email;
ALTER TABLE data.client
    ALTER COLUMN plain_name DROP NOT NULL,
    ALTER COLUMN plain_phone DROP NOT NULL,
    ADD CONSTRAINT client_nothing_plain CHECK (num_nonnulls(plain_name, plain_phone, plain_email) = 0) NOT VALID,
    ADD COLUMN name data.sealed,
    ADD COLUMN phone data.sealed,
    ADD COLUMN email data.sealed,
    ADD COLUMN bsn data.sealed,
    -- The first eight bytes of a keyed hash, for exact search; null once erased.
    ADD COLUMN name_hash bigint,
    ADD COLUMN phone_hash bigint,
    ADD COLUMN email_hash bigint,
    ADD COLUMN restricted_at timestamptz, -- processing is restricted: recipients get nothing
    ADD COLUMN erased_at timestamptz;
CREATE INDEX client_by_name ON data.client (region_id, name_hash) WHERE name_hash IS NOT NULL;
CREATE INDEX client_by_phone ON data.client (region_id, phone_hash) WHERE phone_hash IS NOT NULL;
CREATE INDEX client_by_email ON data.client (region_id, email_hash) WHERE email_hash IS NOT NULL;

ALTER TABLE data.note RENAME COLUMN text TO plain_text;
ALTER TABLE data.note RENAME COLUMN reason TO plain_reason;
ALTER TABLE data.note
    ALTER COLUMN plain_text DROP NOT NULL,
    ALTER COLUMN plain_reason DROP NOT NULL,
    ALTER COLUMN plain_reason DROP DEFAULT,
    ADD CONSTRAINT note_nothing_plain CHECK (num_nonnulls(plain_text, plain_reason) = 0) NOT VALID,
    ADD COLUMN text data.sealed,
    ADD COLUMN reason data.sealed,
    ADD COLUMN erased_at timestamptz;

-- What the referrer reads is put together when it is read: words of the region here, what somebody wrote in the note.
ALTER TABLE data.feedback RENAME COLUMN text TO plain_text;
ALTER TABLE data.feedback
    ALTER COLUMN plain_text DROP NOT NULL,
    ADD CONSTRAINT feedback_nothing_plain CHECK (plain_text IS NULL) NOT VALID,
    ADD COLUMN former data.sealed, -- what plain_text was
    ADD COLUMN note_id bigint,
    ADD COLUMN lead text CHECK (length(lead) <= 500),
    ADD COLUMN reason text, -- in the region's words, where there is a code; else the note's
    ADD COLUMN ending text NOT NULL DEFAULT '';

-- What may be shared with whom: of each change a row, the last one counts. grants: [{"kind": "welfare" | "organisation": id,
-- "step": "first" | id, "fields": bits}], without "step" for every step; the most specific one counts (organisation before
-- kind, with a step before without). The bits are in sql/README.md.
CREATE DOMAIN data.basis AS text CHECK (VALUE IN ('standard', 'own-choice', 'changed', 'withdrawn', 'before'));
CREATE TABLE data.consent (
    region_id       int         NOT NULL,
    client_id       bigint      NOT NULL,
    nr              int         NOT NULL,
    at              timestamptz NOT NULL,
    account_id      int,        -- who recorded it; null: came with this change of the schema
    organisation_id int,
    basis           data.basis  NOT NULL,
    grants          jsonb,
    grants_hash     bytea,      -- of data.grants, instead
    PRIMARY KEY (region_id, client_id, nr),
    CHECK (num_nonnulls(grants, grants_hash) = 1)
);
CALL data.isolate('data.consent', append_only => true);
-- What most referrals begin with is the region's short-cut, the same for many: once, under its own hash.
CREATE TABLE data.grants (
    region_id int   NOT NULL,
    hash      bytea NOT NULL, -- SHA-256 of what the daemon sent
    grants    jsonb NOT NULL,
    PRIMARY KEY (region_id, hash)
);
CALL data.isolate('data.grants', append_only => true);

-- Access beyond consent, with a reason, for a while; somebody else looks at it afterwards.
CREATE TABLE data.emergency (
    region_id       int         NOT NULL,
    emergency_id    bigint      NOT NULL,
    referral_id     bigint      NOT NULL,
    client_id       bigint      NOT NULL,
    account_id      int         NOT NULL,
    organisation_id int         NOT NULL,
    note_id         bigint      NOT NULL, -- the reason
    at              timestamptz NOT NULL,
    until           timestamptz NOT NULL CHECK (until > at),
    due_at          timestamptz NOT NULL, -- the second look
    level           int         NOT NULL DEFAULT 0, -- of escalation
    reviewed_at     timestamptz,
    reviewed_by     int,
    verdict         text        CHECK (verdict IN ('justified', 'not-justified')),
    PRIMARY KEY (region_id, emergency_id),
    FOREIGN KEY (region_id, referral_id) REFERENCES data.referral,
    CHECK ((reviewed_at IS NULL) = (reviewed_by IS NULL) AND (reviewed_at IS NULL) = (verdict IS NULL)),
    CHECK (reviewed_by <> account_id)
);
CALL data.isolate('data.emergency');
REVOKE DELETE, TRUNCATE ON data.emergency FROM PUBLIC, wijzer_owner;
CREATE INDEX emergency_by_client ON data.emergency (region_id, client_id);
CREATE INDEX emergency_open ON data.emergency (region_id, due_at) WHERE reviewed_at IS NULL;

-- Who, from where and on what ground: an event is an entry of the access log too.
ALTER TABLE data.event
    ADD COLUMN role text,
    ADD COLUMN came_from text,   -- network address
    ADD COLUMN consent_nr int,   -- of a consent that was recorded
    ADD COLUMN fields int,       -- of what was changed or disclosed, as bits
    ADD COLUMN object_id bigint; -- what else it was about

-- Who read what, and what was refused (NEN 7513); what was written stands in data.event.
CREATE SEQUENCE data.access_seq AS bigint CACHE 64;
CREATE TABLE data.access (
    region_id       int         NOT NULL,
    access_id       bigint      NOT NULL DEFAULT nextval('data.access_seq'),
    tx              xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at              timestamptz NOT NULL,
    action          text        NOT NULL CHECK (action IN ('C', 'R', 'U', 'D', 'E')),
    what            text        NOT NULL, -- referral, step, inbox, feedback, explanation, search, export, access-log, ...
    outcome         text        NOT NULL CHECK (outcome IN ('granted', 'refused')),
    account_id      int,        -- null: the system
    organisation_id int,
    role            text,
    came_from       text,
    object_id       bigint,     -- referral, step, ...; of the route table a refusal has none
    client_ids      bigint[]    NOT NULL DEFAULT '{}',
    fields          int         NOT NULL DEFAULT 0, -- what was disclosed of them, as bits
    ground          text        NOT NULL, -- referrer, consent, emergency, right, none
    consent_nr      int,        -- where it was about one client
    detail          text,       -- a code: the route that was refused, the format of an export
    PRIMARY KEY (region_id, access_id)
);
CALL data.isolate('data.access', append_only => true);
-- A client's own entries. Without the region, since an inverted index takes it only with an extension; ids of clients
-- are unique over all regions.
CREATE INDEX access_by_client ON data.access USING gin (client_ids);

-- Rows about a client: the parties to the referral (the organisation that referred, owners of a step), who used the
-- emergency button, the coordinators, and the keeper of time. What they get of a row, the views of wijzer_vault say.
CREATE OR REPLACE PROCEDURE data.isolate_parties(target regclass, referral text)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    here constant text := 'region_id = (SELECT nullif(current_setting(''wijzer.region'', true), '''')::int)';
    written constant text := 'region_id = nullif(current_setting(''wijzer.region'', true), '''')::int';
    role constant text := '(SELECT current_setting(''wijzer.role'', true))';
    organisation constant text :=
        '(SELECT nullif(current_setting(''wijzer.organisation'', true), '''')::int)';
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS region_add ON %s', target);
    EXECUTE format('DROP POLICY IF EXISTS party_read ON %s', target);
    EXECUTE format('CREATE POLICY region_add ON %s FOR INSERT WITH CHECK (%s)', target, written);
    EXECUTE format($policy$
        CREATE POLICY party_read ON %1$s FOR SELECT USING (
            %2$s AND (%3$s IN ('coordinator', 'keeper') OR %3$s IN ('referrer', 'worker') AND EXISTS (
                SELECT FROM data.referral r
                WHERE r.region_id = %1$s.region_id AND r.%5$I = %1$s.%5$I
                  AND (r.organisation_id = %4$s OR EXISTS (
                      SELECT FROM data.step s
                      WHERE s.region_id = r.region_id AND s.referral_id = r.referral_id AND s.owner_id = %4$s)
                      OR EXISTS (
                      SELECT FROM data.emergency e
                      WHERE e.region_id = r.region_id AND e.client_id = r.client_id AND e.organisation_id = %4$s)))))
        $policy$, target, here, role, organisation, referral);
END
$$;
CALL data.isolate_parties('data.client', 'client_id');
CALL data.isolate_parties('data.note', 'referral_id');
CALL data.isolate_parties('data.feedback', 'referral_id');
-- Corrections, restriction and erasure.
CREATE POLICY region_change ON data.client FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int));
CREATE POLICY region_change ON data.note FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int));
CREATE POLICY keeper_seals ON data.feedback FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (SELECT current_setting('wijzer.role', true)) = 'keeper');

-- The functions write sealed columns and read them through the views of wijzer_vault alone.
REVOKE SELECT, DELETE, TRUNCATE ON data.client FROM PUBLIC, wijzer_owner;
GRANT SELECT (region_id, client_id, created_at, restricted_at, erased_at) ON data.client TO wijzer_owner;
REVOKE SELECT ON data.note FROM PUBLIC, wijzer_owner;
GRANT SELECT (region_id, referral_id, note_id, step_id, account_id, at, erased_at) ON data.note TO wijzer_owner;
GRANT UPDATE (text, reason, plain_text, plain_reason, erased_at) ON data.note TO wijzer_owner; -- to seal, and to forget
REVOKE SELECT ON data.feedback FROM PUBLIC, wijzer_owner;
GRANT SELECT (region_id, feedback_id, referral_id, step_id, state, from_id, to_id, at, is_final, opened_at, opened_by)
    ON data.feedback TO wijzer_owner;
GRANT SELECT ON data.client, data.note, data.feedback, data.referral, data.step, data.consent, data.grants, data.emergency,
                data.account, data.organisation TO wijzer_vault;

-- Whoever helps with a referral of before sees on what was seen then.
CREATE PROCEDURE data.grant_as_before(p_region int) LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO data.consent (region_id, client_id, nr, at, basis, grants)
    SELECT p_region, r.client_id, 1, now(), 'before',
           '[{"kind": "coordination", "fields": 4095}]' || coalesce((
               SELECT jsonb_agg(DISTINCT jsonb_build_object('organisation', s.owner_id, 'fields', 4095))
               FROM data.step s
               WHERE s.region_id = p_region AND s.referral_id = r.referral_id), '[]')
    FROM data.referral r
    WHERE r.region_id = p_region;
END
$$;

DO $$
DECLARE
    region int;
BEGIN
    PERFORM set_config('wijzer.scope', 'regions', true);
    FOREACH region IN ARRAY ARRAY(SELECT r.region_id FROM data.region r ORDER BY r.region_id) LOOP
        PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', region::text, true);
        CALL data.grant_as_before(region);
    END LOOP;
    PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', '', true);
END
$$;
DROP PROCEDURE data.grant_as_before(int);

-- Two more kinds of data that table 4 may grant: what other helpers wrote, and the citizen service number.
ALTER TABLE data.rule DROP CONSTRAINT rule_words;
ALTER TABLE data.rule ADD CONSTRAINT rule_words CHECK (
        urgency <@ '{routine,soon}'::text[] AND mobility <@ '{independent,limited,housebound}'::text[]
        AND digital_skill <@ '{good,some,none}'::text[]
        AND occupation <@ '{working,school,unemployed,retired,unable}'::text[]
        AND household <@ '{alone,couple,family,single-parent,with-others}'::text[]
        AND referrer_role <@ '{referrer,worker,coordinator}'::text[]
        AND fields <@ '{name,birth-year,area,phone,email,language,domains,icpc,text,urgency,situation,notes,bsn}'::text[]
        AND action IN ('continue', 'offering', 'coordinator')
        AND unit IN ('working-days', 'days', 'months', 'state')
        AND next IN ('next-candidate', 'coordinator', 'ask-referrer', 'wait', 'stop')
        AND form IN ('at-once', 'digest', 'end', 'none') AND channel IN ('wijzer', 'email', 'his')) NOT VALID;
ALTER TABLE data.rule VALIDATE CONSTRAINT rule_words;

RESET ROLE;
COMMIT;
