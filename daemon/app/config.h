/*
 * Configuration: `key = value` lines with `#` comments. One table (config.c) holds for every key its type,
 * unit, bounds, default, whether a reload takes it over, and a line of documentation; the parser, `wijzerd
 * --check`, `wijzerd --show-config` and wijzerd.conf(5) all come from it. Unknown and repeated keys are
 * errors, told with their line. A config is immutable once read and counted; reload reads a new one whole and
 * swaps.
 */
#ifndef WIJZER_CONFIG_H
#define WIJZER_CONFIG_H

#include <stdio.h>

#include "err.h"
#include "log.h"

struct config {
    /* addresses */
    const char *api_listen, *metrics_listen;
    /* work */
    int64_t workers, lanes, submit_lanes, lane_in_flight, queue, batch;
    /* database */
    const char *database, *migrate_database, *sql_directory;
    /* keys */
    const char *key_database, *migrate_key_database, *region_keys;
    const char *pkcs11_module, *pkcs11_token, *pkcs11_key, *pkcs11_pin_file;
    /* TLS */
    const char *tls_certificate, *tls_key, *tls_client_ca, *tls_crl;
    /* joining */
    const char *web_listen, *web_address, *api_address, *web_ca, *enrol_ca_certificate, *enrol_ca_key;
    int64_t certificate_days;
    /* caps */
    int64_t max_connections, max_connections_per_address, max_connections_per_account, max_handshakes;
    /* times, microseconds */
    int64_t handshake_timeout, head_timeout, body_timeout, reply_timeout, idle_timeout;
    int64_t job_timeout, connect_timeout, drain_timeout, account_ttl;
    /* sealed history */
    const char *seal_key;
    int64_t seal_every;
    /* what goes out */
    const char *smtp_url, *smtp_user, *smtp_password_file, *mail_from, *outbound_ca;
    int64_t smtp_tls, webhooks, webhook_allow_private; /* 0 or 1 */
    int64_t mail_gather, outbound_timeout, outbound_attempts, outbound_backoff;
    /* files that are added */
    const char *clamd;
    int64_t clamd_timeout, attachment_limit; /* the latter in bytes */
    /* log */
    int64_t log_level;
    const char *log_file;
    int64_t clock_offset;
    /* what the process may do */
    const char *user;
    int64_t sandbox; /* 0 or 1 */
};

/* Reads a file (NULL: defaults only). On failure *err names file and line. Returned with one reference. */
const struct config *config_read(const char *path, struct err *err);
const struct config *config_hold(const struct config *config);
void config_release(const struct config **config);

/* Whether all is set that serving needs, and joining where it is on; *err names the key that is not. A reload
 * asks too: without tls-client-ca nobody would be asked for a certificate. */
bool config_is_complete(const struct config *config, struct err *err);

/* Every key with its value, one `key = value` a line, in a form that config_read() takes; a comment above it
 * says where the value came from (default, or the line). Passwords in connection strings are covered. */
void config_show(const struct config *config, FILE *out);
/* The list of keys for wijzerd.conf(5), in mdoc. */
void config_manual(FILE *out);

/* Names of keys that differ between two configs and need a restart, comma separated; "" if there are none. */
const char *config_restart_keys(const struct config *old, const struct config *new, char *out, size_t size);

#endif
