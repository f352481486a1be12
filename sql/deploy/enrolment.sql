-- Deploy wijzer:enrolment to pg
-- How people come and go: invitations with a code that is used once, the certificates that were issued for them, and who
-- changed whose rights. A code is kept as its SHA-256 alone: 72 random bits need no salt, and nothing here opens a door.

BEGIN;
SET ROLE wijzer_owner;

ALTER DOMAIN data.operation DROP CONSTRAINT operation_check;
ALTER DOMAIN data.operation ADD CONSTRAINT operation_check CHECK (VALUE IN (
    'submit', 'move', 'open', 'save-draft', 'request-publication', 'approve', 'discard', 'roll-back', 'invite', 'withdraw',
    'renew', 'end-account', 'change-role', 'revoke', 'add-identity'));

-- Grows with every change of somebody's rights: daemons look at it twice a second and ask again who their peers are.
ALTER TABLE data.region ADD COLUMN rights bigint NOT NULL DEFAULT 1;

-- Of these only certificates that stand in data.certificate count; the others are their own CA's to give.
ALTER TABLE data.identity ADD COLUMN is_listed boolean NOT NULL DEFAULT false;

CREATE TABLE data.invitation (
    region_id       int         NOT NULL,
    invitation_id   bigint      NOT NULL DEFAULT nextval('data.object_seq'),
    code_hash       text        NOT NULL CHECK (code_hash ~ '^[0-9a-f]{64}$'),
    organisation_id int         NOT NULL,
    name            data.code   NOT NULL,
    role            text        NOT NULL CHECK (role IN ('referrer', 'worker', 'coordinator', 'steward')),
    account_id      int,        -- whose next key it is for; null: the account is made when the code is used
    made_by         int         NOT NULL,
    made_at         timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL CHECK (expires_at > made_at),
    withdrawn_at    timestamptz,
    withdrawn_by    int,
    used_at         timestamptz,
    used_by         int,        -- the account
    request_hash    text,       -- what it was used with, for who asks again because the answer was lost
    attempts        int         NOT NULL DEFAULT 0, -- since it could not be used any more
    PRIMARY KEY (region_id, invitation_id),
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation,
    FOREIGN KEY (region_id, account_id) REFERENCES data.account,
    FOREIGN KEY (region_id, made_by) REFERENCES data.account,
    FOREIGN KEY (region_id, withdrawn_by) REFERENCES data.account,
    FOREIGN KEY (region_id, used_by) REFERENCES data.account,
    CHECK (used_at IS NULL OR withdrawn_at IS NULL),
    CHECK ((used_at IS NULL) = (used_by IS NULL) AND (used_at IS NULL) = (request_hash IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CALL data.isolate('data.invitation');
-- A code says of itself which region it is for, so this index cannot begin with it.
CREATE INDEX invitation_by_code ON data.invitation (code_hash);
CREATE POLICY enrol ON data.invitation FOR SELECT
    USING ((SELECT current_setting('wijzer.scope', true)) = 'enrol');

CREATE TABLE data.certificate (
    region_id  int         NOT NULL,
    issuer     text        NOT NULL CHECK (issuer ~ '^[0-9a-f]{64}$'), -- hex SHA-256 of the CA's certificate (DER)
    serial     text        NOT NULL CHECK (serial ~ '^([0-9A-F]{2}){1,24}$'),
    account_id int,        -- null: of another CA, known here because it was revoked
    san        text,
    issued_at  timestamptz,
    not_after  timestamptz,
    pem        text,       -- the certificate, which is public
    revoked_at timestamptz,
    revoked_by int,
    reason     text        CHECK (reason IN ('key-lost', 'key-stolen', 'left', 'replaced', 'mistake')),
    PRIMARY KEY (region_id, issuer, serial),
    FOREIGN KEY (region_id, account_id) REFERENCES data.account,
    FOREIGN KEY (region_id, revoked_by) REFERENCES data.account,
    CHECK (num_nulls(account_id, san, issued_at, not_after, pem) IN (0, 5)),
    CHECK (num_nulls(revoked_at, revoked_by, reason) IN (0, 3)),
    CHECK (account_id IS NOT NULL OR revoked_at IS NOT NULL)
);
CALL data.isolate('data.certificate');
CREATE INDEX certificate_of_account ON data.certificate (region_id, account_id);

-- Codes that were none, by network address; '*' is everywhere together. Before a code is known there is no region: these
-- rows stand in region 0, which no account can enter.
CREATE TABLE data.wrong_code (
    region_id    int         NOT NULL CHECK (region_id = 0),
    address      text        NOT NULL,
    since        timestamptz NOT NULL, -- the ten minutes that are counted begin here
    wrong        int         NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (region_id, address)
);
CALL data.isolate('data.wrong_code');

-- Who changed whose rights. Append-only, so without foreign keys, as the other append-only tables.
CREATE TABLE data.administration (
    region_id         int         NOT NULL,
    administration_id bigint      NOT NULL DEFAULT nextval('data.event_seq'),
    at                timestamptz NOT NULL,
    kind              data.code   NOT NULL, -- invited, withdrawn, enrolled, renewed, ended, role-changed, revoked, identity-added
    account_id        int         NOT NULL, -- who did it
    subject_id        int,        -- whose rights
    invitation_id     bigint,
    serial            text,
    what              json,       -- words and ids, never a code or a key
    came_from         text,       -- network address
    PRIMARY KEY (region_id, administration_id)
);
CALL data.isolate('data.administration', true);

RESET ROLE;
COMMIT;
