-- Deploy wijzer:rights to pg
-- What a client may ask for (a copy, a correction, restriction, to be forgotten), how long things are kept, what happens when
-- somebody breaks the glass, the citizen service number where a region has a ground for it, and who agreed to a change of keys.

BEGIN;
SET ROLE wijzer_owner;

-- The words are those of the functions that claim a key; a list here would have to be written anew by every change.
ALTER DOMAIN data.operation DROP CONSTRAINT operation_check;
ALTER DOMAIN data.operation ADD CONSTRAINT operation_check CHECK (VALUE ~ '^[a-z]+(-[a-z]+)*$');

-- Who has been forgotten has no year of birth, area or language either. key_destroyed_at: the client's key is gone from the key
-- database; keys_gone_at: from when no backup of that database holds it. Erased without a destroyed key is not finished.
ALTER TABLE data.client
    ALTER COLUMN birth_year DROP NOT NULL,
    ALTER COLUMN area DROP NOT NULL,
    ALTER COLUMN language DROP NOT NULL,
    ADD COLUMN key_destroyed_at timestamptz,
    ADD COLUMN keys_gone_at timestamptz;
GRANT SELECT (key_destroyed_at, keys_gone_at) ON data.client TO wijzer_owner;
CREATE INDEX client_key_to_destroy ON data.client (region_id, client_id) WHERE erased_at IS NOT NULL AND key_destroyed_at IS NULL;

-- Texts are forgotten with the client, those of feedback and of before too, and the facts that decisions went by: age, area and
-- situation are enough to know somebody again.
GRANT UPDATE (plain_text, plain_reason) ON data.note TO wijzer_owner;
GRANT UPDATE (inputs) ON data.decision TO wijzer_owner;
CREATE POLICY forget ON data.decision FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (SELECT current_setting('wijzer.forget', true)) = 'on');
CREATE POLICY forget ON data.feedback FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (SELECT current_setting('wijzer.forget', true)) = 'on');

-- There is something for you: a kind and ids, no content. What the client has a right to hear, for_client, the organisation
-- tells them (they do not use Wijzer); it is read when it was told. Without a client it is about somebody's rights.
CREATE TABLE data.notice (
    region_id       int         NOT NULL,
    notice_id       bigint      NOT NULL DEFAULT nextval('data.object_seq'),
    at              timestamptz NOT NULL,
    organisation_id int         NOT NULL,
    account_id      int,        -- for this person alone; null: for the organisation
    client_id       bigint,
    referral_id     bigint,
    kind            data.code   NOT NULL, -- a kind of event: emergency-used, client-corrected, ...; or of data.administration
    for_client      boolean     NOT NULL DEFAULT false,
    object_id       bigint,     -- what else it is about: an emergency, or without a client a row of data.administration
    read_at         timestamptz,
    read_by         int,
    PRIMARY KEY (region_id, notice_id),
    CHECK ((read_at IS NULL) = (read_by IS NULL)),
    CHECK ((client_id IS NULL) = (referral_id IS NULL)),
    CHECK (client_id IS NOT NULL OR object_id IS NOT NULL AND NOT for_client)
);
ALTER TABLE data.notice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_add ON data.notice FOR INSERT
    WITH CHECK (region_id = nullif(current_setting('wijzer.region', true), '')::int);
CREATE POLICY addressee_read ON data.notice FOR SELECT
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND (organisation_id = (SELECT nullif(current_setting('wijzer.organisation', true), '')::int)
                OR (SELECT current_setting('wijzer.role', true)) = 'keeper' -- whose a refused attempt was
                OR for_client AND ((SELECT current_setting('wijzer.right', true)) = client_id::text
                                   OR (SELECT current_setting('wijzer.role', true)) = 'coordinator')));
CREATE POLICY addressee_change ON data.notice FOR UPDATE
    USING (region_id = (SELECT nullif(current_setting('wijzer.region', true), '')::int)
           AND organisation_id = (SELECT nullif(current_setting('wijzer.organisation', true), '')::int));
REVOKE UPDATE, DELETE, TRUNCATE ON data.notice FROM PUBLIC, wijzer_owner;
GRANT UPDATE (read_at, read_by) ON data.notice TO wijzer_owner;
CREATE INDEX notice_unread ON data.notice (region_id, organisation_id, at, notice_id) WHERE read_at IS NULL;
CREATE INDEX notice_by_organisation ON data.notice (region_id, organisation_id, at, notice_id);
CREATE INDEX notice_by_client ON data.notice (region_id, client_id) WHERE for_client;

-- What the second look found, in words; when it was escalated last.
ALTER TABLE data.emergency
    ADD COLUMN review_note_id bigint,
    ADD COLUMN escalated_at timestamptz,
    ADD CHECK (level BETWEEN 0 AND 3);
CREATE INDEX emergency_reviewed ON data.emergency (region_id, reviewed_at DESC, emergency_id) WHERE reviewed_at IS NOT NULL;

-- To whom an escalation goes at last: a person, by duty.
CREATE TABLE data.named_person (
    region_id  int  NOT NULL,
    duty       text NOT NULL CHECK (duty IN ('emergency')),
    account_id int  NOT NULL,
    PRIMARY KEY (region_id, duty),
    FOREIGN KEY (region_id, account_id) REFERENCES data.account
);
CALL data.isolate('data.named_person');

-- How long: of each law the approved row that is valid last. Of several laws that apply to a client the longest one holds.
-- kinds: of organisations that own a step; null: any. Rows of the start have nobody who proposed or approved them.
CREATE TABLE data.retention (
    region_id   int         NOT NULL REFERENCES data.region,
    nr          int         NOT NULL,
    law         data.code   NOT NULL, -- wmo-2015, wgbo, access-log, ...
    start_event text        NOT NULL CHECK (start_event IN ('loop-closed', 'last-step-ended', 'logged')),
    years       int         NOT NULL CHECK (years BETWEEN 1 AND 100),
    valid_from  date        NOT NULL,
    kinds       text[],
    proposed_at timestamptz NOT NULL,
    proposed_by int,
    approved_at timestamptz,
    approved_by int,
    PRIMARY KEY (region_id, nr),
    CHECK ((law = 'access-log') = (start_event = 'logged')),
    CHECK (approved_by <> proposed_by),
    CHECK ((proposed_by IS NULL AND approved_at IS NOT NULL) OR (approved_by IS NULL) = (approved_at IS NULL))
);
CALL data.isolate('data.retention');
REVOKE UPDATE, DELETE, TRUNCATE ON data.retention FROM PUBLIC, wijzer_owner;
GRANT UPDATE (approved_at, approved_by) ON data.retention TO wijzer_owner;

-- What was removed by which law, day by day, and the oldest that remains.
CREATE TABLE data.retention_proof (
    region_id int         NOT NULL REFERENCES data.region,
    day       date        NOT NULL,
    law       data.code   NOT NULL,
    at        timestamptz NOT NULL,
    removed   int         NOT NULL,
    oldest    timestamptz, -- start of the oldest that was looked at and stays; null: there is none
    PRIMARY KEY (region_id, day, law)
);
CALL data.isolate('data.retention_proof');
REVOKE DELETE, TRUNCATE ON data.retention_proof FROM PUBLIC, wijzer_owner;

-- The citizen service number: off without a legal ground. One proposes, another approves.
ALTER TABLE data.region
    ADD COLUMN bsn_ground text CHECK (length(bsn_ground) BETWEEN 1 AND 200),
    ADD COLUMN bsn_recipients text[] NOT NULL DEFAULT '{}'; -- kinds of organisations that may have it
CREATE TABLE data.bsn_proposal (
    region_id   int         NOT NULL REFERENCES data.region,
    nr          int         NOT NULL,
    ground      text        CHECK (length(ground) BETWEEN 1 AND 200), -- null: off
    recipients  text[]      NOT NULL,
    proposed_at timestamptz NOT NULL,
    proposed_by int         NOT NULL,
    approved_at timestamptz,
    approved_by int         CHECK (approved_by <> proposed_by),
    PRIMARY KEY (region_id, nr),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL))
);
CALL data.isolate('data.bsn_proposal');
REVOKE UPDATE, DELETE, TRUNCATE ON data.bsn_proposal FROM PUBLIC, wijzer_owner;
GRANT UPDATE (approved_at, approved_by) ON data.bsn_proposal TO wijzer_owner;

-- A change of the region's wrapping keys: one proposes, another approves, and whoever is at the daemon's machine does it, once.
CREATE TABLE data.key_change (
    region_id   int         NOT NULL REFERENCES data.region,
    nr          int         NOT NULL,
    action      text        NOT NULL CHECK (action IN ('rotate', 'retire')),
    key_nr      int         CHECK (key_nr >= 1), -- the wrapping key to be retired
    proposed_at timestamptz NOT NULL,
    proposed_by int         NOT NULL,
    approved_at timestamptz,
    approved_by int         CHECK (approved_by <> proposed_by),
    done_at     timestamptz,
    PRIMARY KEY (region_id, nr),
    CHECK ((action = 'retire') = (key_nr IS NOT NULL)),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK (done_at IS NULL OR approved_at IS NOT NULL)
);
CALL data.isolate('data.key_change');
REVOKE UPDATE, DELETE, TRUNCATE ON data.key_change FROM PUBLIC, wijzer_owner;
GRANT UPDATE (approved_at, approved_by, done_at) ON data.key_change TO wijzer_owner;

-- What every region begins with. What is there already is left alone. The access log is kept: see sql/README.md.
CREATE FUNCTION data.seed_retention(p_region int) RETURNS void LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO data.retention (region_id, nr, law, start_event, years, valid_from, kinds, proposed_at, approved_at)
    VALUES (p_region, 1, 'wmo-2015', 'last-step-ended', 15, '2015-01-01', NULL, now(), now()),
           (p_region, 2, 'wgbo', 'last-step-ended', 20, '2020-01-01', '{gp-practice,health}', now(), now()),
           (p_region, 3, 'access-log', 'logged', 5, '2018-01-01', NULL, now(), now())
    ON CONFLICT DO NOTHING;
$$;

DO $$
DECLARE
    region int;
BEGIN
    PERFORM set_config('wijzer.scope', 'regions', true);
    FOREACH region IN ARRAY ARRAY(SELECT r.region_id FROM data.region r ORDER BY r.region_id) LOOP
        PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', region::text, true);
        PERFORM data.seed_retention(region);
        -- Feedback that was read is read again from where it stands: no answer with a text is kept any more.
        UPDATE data.idempotency i SET answer = NULL WHERE i.region_id = region AND i.operation = 'open';
    END LOOP;
    PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', '', true);
END
$$;

-- Of whom something has ended: where retention looks.
CREATE INDEX referral_ended ON data.referral (region_id, client_id) WHERE ended_at IS NOT NULL;

RESET ROLE;
COMMIT;
