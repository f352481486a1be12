-- Deploy wijzer-keys:client_keys to pg
-- requires: roles
-- The wrapped data key of each client, and nothing else that tells of anybody: ids of regions and clients are numbers.

BEGIN;

CREATE SCHEMA data AUTHORIZATION keys_owner;
SET LOCAL ROLE keys_owner;

-- base64 of nonce, ciphertext and tag: 60 bytes (daemon/keys/client_key.h).
CREATE DOMAIN data.wrapped AS text CHECK (octet_length(VALUE) = 80); -- its letters are seen when it is opened

CREATE TABLE data.client_key (
    region_id  int          NOT NULL,
    client_id  bigint       NOT NULL,
    wrapped    data.wrapped NOT NULL,
    wrap_key   int          NOT NULL CHECK (wrap_key > 0),
    PRIMARY KEY (region_id, client_id)
);

-- What may never come back: neither by keys.add nor by a backup that still holds it.
CREATE TABLE data.destroyed (
    region_id    int         NOT NULL,
    client_id    bigint      NOT NULL,
    destroyed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (region_id, client_id)
);

-- Wrapping keys that were taken out of use: nothing is wrapped by them any more.
CREATE TABLE data.retired (
    region_id  int         NOT NULL,
    wrap_key   int         NOT NULL,
    retired_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (region_id, wrap_key)
);

-- Of the whole database, so without a region: when a backup was begun, and when it will have been removed.
CREATE TABLE data.backup (
    taken_at   timestamptz NOT NULL PRIMARY KEY,
    expires_at timestamptz NOT NULL CHECK (expires_at >= taken_at)
);

COMMIT;
