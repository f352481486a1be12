-- Deploy wijzer:people to pg
-- Who takes part. Organisations and accounts are ended, never deleted: the history speaks of them.

BEGIN;
SET ROLE wijzer_owner;

CREATE TABLE data.organisation (
    region_id       int         NOT NULL REFERENCES data.region,
    organisation_id int         NOT NULL DEFAULT nextval('data.people_seq'),
    code            data.code   NOT NULL,
    name            text        NOT NULL CHECK (name <> ''),
    kind            data.code   NOT NULL, -- gp-practice, welfare, municipality, coordination, partner, ...
    ended_at        timestamptz,
    PRIMARY KEY (region_id, organisation_id),
    UNIQUE (region_id, code)
);
CALL data.isolate('data.organisation');
ALTER TABLE data.region ADD FOREIGN KEY (region_id, coordination_id) REFERENCES data.organisation;

CREATE TABLE data.account (
    region_id       int         NOT NULL,
    account_id      int         NOT NULL DEFAULT nextval('data.people_seq'),
    organisation_id int         NOT NULL,
    name            data.code   NOT NULL,
    role            text        NOT NULL CHECK (role IN ('referrer', 'worker', 'coordinator', 'steward')),
    ended_at        timestamptz,
    PRIMARY KEY (region_id, account_id),
    UNIQUE (region_id, organisation_id, name),
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation
);
CALL data.isolate('data.account');

-- By which certificate an account is known: the issuing CA (hex SHA-256 of its DER) and the SAN.
CREATE TABLE data.identity (
    region_id  int         NOT NULL,
    issuer     text        NOT NULL CHECK (issuer ~ '^[0-9a-f]{64}$'),
    san        text        NOT NULL CHECK (san <> ''),
    account_id int         NOT NULL,
    ended_at   timestamptz,
    PRIMARY KEY (region_id, issuer, san),
    FOREIGN KEY (region_id, account_id) REFERENCES data.account
);
CALL data.isolate('data.identity');
-- At sign-in the region is what is asked for, so this index cannot begin with it.
CREATE INDEX identity_by_certificate ON data.identity (issuer, san);
CREATE POLICY sign_in ON data.identity FOR SELECT
    USING ((SELECT current_setting('wijzer.scope', true)) = 'sign-in');

CREATE TABLE data.offering (
    region_id       int       NOT NULL,
    offering_id     int       NOT NULL DEFAULT nextval('data.people_seq'),
    code            data.code NOT NULL,
    name            text      NOT NULL CHECK (name <> ''),
    organisation_id int       NOT NULL,
    kind            text      NOT NULL,
    domains         text[],   -- null: all life domains
    age_min         int       CHECK (age_min >= 0),
    age_max         int       CHECK (age_max >= age_min),
    municipality    text,     -- null: any
    for_whom        text      NOT NULL DEFAULT '',
    facts           text      NOT NULL DEFAULT '',
    asks            text      NOT NULL DEFAULT '', -- what it asks of the chain
    ended_at        timestamptz,
    PRIMARY KEY (region_id, offering_id),
    UNIQUE (region_id, code),
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation
);
CALL data.isolate('data.offering');

RESET ROLE;
COMMIT;
