#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/un.h>

#include "arena.h"

enum type { TEXT, COUNT, DURATION, LEVEL, SWITCH, PLACE, LOOPBACK, CONNINFO, SERVER };

/* A config as it is kept: the public part first. */
struct kept {
    struct config values;
    atomic_int references;
    struct arena *arena;
    const char *path;
    int lines[96]; /* where each key was set; 0: default */
};

/* X(field, "key", type, min, max, "default", reloadable, "documentation"); durations in milliseconds here,
 * NULL default: no value. */
#define KEYS(X)                                                                                              \
    X(api_listen, "api-listen", PLACE, 0, 0, "127.0.0.1:8443", false,                                        \
      "Address and port of the API, with mutual TLS. Port 0 lets the system choose.")                        \
    X(metrics_listen, "metrics-listen", LOOPBACK, 0, 0, "127.0.0.1:9443", false,                             \
      "Loopback address and port for /metrics, /livez and /readyz, in plain HTTP.")                          \
    X(workers, "workers", COUNT, 1, 64, "1", false,                                                          \
      "Worker threads; each has its own connections and database lanes.")                                    \
    X(lanes, "lanes", COUNT, 1, 64, "2", false,                                                              \
      "Database connections of each worker, for all but new referrals.")                                     \
    X(submit_lanes, "submit-lanes", COUNT, 1, 64, "1", false,                                                \
      "Database connections of each worker for new referrals. One keeps two processors busy; use more "      \
      "where a flush of the database's disk is slow.")                                                       \
    X(lane_in_flight, "lane-in-flight", COUNT, 1, 1024, "64", false,                                         \
      "Most jobs sent and unanswered on one database connection.")                                           \
    X(queue, "queue", COUNT, 1, 100000, "2048", false,                                                       \
      "Most jobs, and most referrals, that wait for a database connection in one worker; beyond it, 503.")   \
    X(batch, "batch", COUNT, 1, 256, "32", false, "Most referrals in one transaction.")                      \
    X(database, "database", CONNINFO, 0, 0, NULL, false,                                                     \
      "Connection string of libpq for the daemon's login; several hosts, separated by commas, are tried "    \
      "in order.")                                                                                           \
    X(migrate_database, "migrate-database", CONNINFO, 0, 0, NULL, false,                                     \
      "Connection string for wijzerd migrate: a login that may create roles and schemas.")                   \
    X(key_database, "key-database", CONNINFO, 0, 0, NULL, false,                                             \
      "Connection string of libpq for the daemon's login at the database of the clients' wrapped keys, "     \
      "which has other backups than the data.")                                                              \
    X(migrate_key_database, "migrate-key-database", CONNINFO, 0, 0, NULL, false,                             \
      "Connection string for wijzerd migrate and deploy/backup: a login that may create roles and schemas "  \
      "there.")                                                                                              \
    X(region_keys, "region-keys", TEXT, 0, 0, NULL, true,                                                    \
      "Directory with the keyring of each region, CODE.keys; a reload reads them anew.")                     \
    X(pkcs11_module, "pkcs11-module", TEXT, 0, 0, NULL, true,                                                \
      "PKCS#11 module whose token wraps the keys of the keyrings; with it, new keys are wrapped.")           \
    X(pkcs11_token, "pkcs11-token", TEXT, 0, 0, NULL, true, "Label of that token.")                          \
    X(pkcs11_key, "pkcs11-key", TEXT, 0, 0, NULL, true, "Label of the AES key in the token.")                \
    X(pkcs11_pin_file, "pkcs11-pin-file", TEXT, 0, 0, NULL, true,                                            \
      "File with the token's PIN in its first line, readable by its owner alone.")                           \
    X(sql_directory, "sql-directory", TEXT, 0, 0, "/usr/share/wijzer/sql", false,                            \
      "Where sqitch.plan and the SQL files are, for wijzerd migrate.")                                       \
    X(tls_certificate, "tls-certificate", TEXT, 0, 0, NULL, true,                                            \
      "PEM file with the server's certificate and its chain.")                                               \
    X(tls_key, "tls-key", TEXT, 0, 0, NULL, true, "PEM file with the server's private key.")                 \
    X(tls_client_ca, "tls-client-ca", TEXT, 0, 0, NULL, true,                                                \
      "PEM file with the authorities that may issue client certificates.")                                   \
    X(tls_crl, "tls-crl", TEXT, 0, 0, NULL, true, "PEM file with their revocation lists.")                   \
    X(web_listen, "web-listen", PLACE, 0, 0, NULL, false,                                                    \
      "Address and port for those who have no certificate yet: joining with the code of an invitation, and " \
      "nothing else. Off where it is not set.")                                                              \
    X(web_address, "web-address", TEXT, 0, 0, NULL, true,                                                    \
      "HOST:PORT by which people reach web-listen: stands in the command that an invitation shows.")         \
    X(api_address, "api-address", TEXT, 0, 0, NULL, true,                                                    \
      "HOST:PORT by which people reach api-listen: goes into the profiles of those who join.")               \
    X(web_ca, "web-ca", TEXT, 0, 0, NULL, true,                                                              \
      "PEM file with the CA of tls-certificate: those who join know the service by it.")                     \
    X(enrol_ca_certificate, "enrol-ca-certificate", TEXT, 0, 0, NULL, true,                                  \
      "PEM file with the CA that gives certificates to those who join or renew; it must be in "              \
      "tls-client-ca. Use a CA of its own.")                                                                 \
    X(enrol_ca_key, "enrol-ca-key", TEXT, 0, 0, NULL, true, "PEM file with its private key.")                \
    X(certificate_days, "certificate-days", COUNT, 1, 825, "90", true,                                       \
      "How long a certificate is good that it gives. Clients renew theirs when a third is left.")            \
    X(max_connections, "max-connections", COUNT, 1, 1000000, "10000", true,                                  \
      "Most connections of the process.")                                                                    \
    X(max_connections_per_address, "max-connections-per-address", COUNT, 1, 1000000, "256", true,            \
      "Most connections from one address.")                                                                  \
    X(max_connections_per_account, "max-connections-per-account", COUNT, 1, 1000000, "128", true,            \
      "Most connections of one account.")                                                                    \
    X(max_handshakes, "max-handshakes", COUNT, 1, 100000, "512", true,                                       \
      "Most TLS handshakes that one worker has under way; more than one address may have, so that one "      \
      "address "                                                                                             \
      "cannot hold up the others.")                                                                          \
    X(handshake_timeout, "handshake-timeout", DURATION, 100, 60000, "5s", true,                              \
      "From accept to the end of the TLS handshake.")                                                        \
    X(head_timeout, "head-timeout", DURATION, 100, 60000, "10s", true,                                       \
      "From the first byte of a request to the end of its head.")                                            \
    X(body_timeout, "body-timeout", DURATION, 100, 600000, "20s", true, "For the whole body.")               \
    X(reply_timeout, "reply-timeout", DURATION, 100, 600000, "30s", true,                                    \
      "From the complete request until its answer has left.")                                                \
    X(idle_timeout, "idle-timeout", DURATION, 100, 86400000, "120s", true, "Between two requests.")          \
    X(job_timeout, "job-timeout", DURATION, 100, 600000, "5s", false,                                        \
      "For one database job, waiting included; also the server's statement_timeout.")                        \
    X(connect_timeout, "connect-timeout", DURATION, 100, 60000, "3s", false,                                 \
      "For connecting to one database host.")                                                                \
    X(drain_timeout, "drain-timeout", DURATION, 100, 600000, "20s", true,                                    \
      "How long SIGTERM waits for work in flight.")                                                          \
    X(account_ttl, "account-ttl", DURATION, 0, 60000, "1s", true,                                            \
      "How long a connection goes without asking the database again who its account is.")                    \
    X(seal_key, "seal-key", TEXT, 0, 0, NULL, false,                                                         \
      "PEM file with the Ed25519 key that signs sealed history, made by wijzerd seal key. "                  \
      "Without it nothing is sealed.")                                                                       \
    X(seal_every, "seal-every", DURATION, 100, 3600000, "10s", false,                                        \
      "How often what has been written since is sealed.")                                                    \
    X(smtp_url, "smtp-url", TEXT, 0, 0, NULL, false,                                                         \
      "Mail server that takes what goes out, smtp://HOST:PORT or smtps://HOST:PORT. Without it no mail "     \
      "goes out.")                                                                                           \
    X(smtp_tls, "smtp-tls", SWITCH, 0, 1, "on", false,                                                       \
      "Whether the mail server must speak TLS (STARTTLS with smtp://). Off only for one on this machine.")   \
    X(smtp_user, "smtp-user", TEXT, 0, 0, NULL, false,                                                       \
      "Login at the mail server; none where it is not set.")                                                 \
    X(smtp_password_file, "smtp-password-file", TEXT, 0, 0, NULL, false,                                     \
      "File with its password in its first line, readable by its owner alone.")                              \
    X(mail_from, "mail-from", TEXT, 0, 0, NULL, false, "Address from which mail comes.")                     \
    X(mail_gather, "mail-gather", DURATION, 0, 3600000, "60s", false,                                        \
      "How long the first message for somebody waits for others, to be one mail with them.")                 \
    X(webhooks, "webhooks", SWITCH, 0, 1, "off", false, "Whether webhooks go out.")                          \
    X(webhook_allow_private, "webhook-allow-private", SWITCH, 0, 1, "off", false,                            \
      "Whether a webhook may reach addresses of this machine and of private networks.")                      \
    X(outbound_ca, "outbound-ca", TEXT, 0, 0, NULL, false,                                                   \
      "PEM file with the authorities by which mail server and webhooks are known; default: those of the "    \
      "system.")                                                                                             \
    X(outbound_timeout, "outbound-timeout", DURATION, 100, 60000, "10s", false,                              \
      "For sending one mail or webhook, connecting included.")                                               \
    X(outbound_attempts, "outbound-attempts", COUNT, 1, 50, "7", false,                                      \
      "How often it is tried before it is dead.")                                                            \
    X(outbound_backoff, "outbound-backoff", DURATION, 10, 3600000, "60s", false,                             \
      "How long after the first failure it is tried again; the waits that follow are 5, 30, 120, 480 and "   \
      "1440 times as long, each more or less a fifth. So long is left alone, with all its letters, who did " \
      "not take one.")                                                                                       \
    X(attachment_limit, "attachment-limit", COUNT, 1, 8388608, "5242880", true,                              \
      "Most bytes of a file that somebody adds to a step.")                                                  \
    X(clamd, "clamd", SERVER, 0, 0, NULL, true,                                                              \
      "Virus scanner that looks at files before they are stored: the path of clamd's unix socket, or its "   \
      "address and port. While it does not answer no file is stored. Without it files are not scanned.")     \
    X(clamd_timeout, "clamd-timeout", DURATION, 100, 30000, "10s", true,                                     \
      "For scanning one file, connecting included.")                                                         \
    X(log_level, "log-level", LEVEL, 0, 0, "info", true, "Lowest level written: debug, info, warn, error.")  \
    X(log_file, "log-file", TEXT, 0, 0, NULL, false,                                                         \
      "File to append the log to, opened again by every reload; default standard error.")                    \
    X(user, "user", TEXT, 0, 0, NULL, false,                                                                 \
      "Login the daemon becomes where it is started as root, once it listens; it must be able to read the "  \
      "files named here. As root it does not start without it.")                                             \
    X(sandbox, "sandbox", SWITCH, 0, 1, "on", false,                                                         \
      "Whether the daemon may make the system calls of its table alone; any other ends it by SIGSYS. Off "   \
      "only to find out which.")                                                                             \
    X(clock_offset, "clock-offset", DURATION, -3153600000000, 3153600000000, "0s", true,                     \
      "Moves the daemon's clock; for tests.")

struct key {
    const char *name;
    enum type type;
    int64_t min, max;
    const char *preset;
    bool reloadable;
    const char *doc;
    size_t offset;
};

static const struct key keys[] = {
#define X(field, name, type, min, max, preset, reloadable, doc)                                              \
    {name, type, min, max, preset, reloadable, doc, offsetof(struct config, field)},
    KEYS(X)
#undef X
};

enum { KEY_COUNT = sizeof keys / sizeof keys[0], FILE_MAX = 65536 };
_Static_assert(KEY_COUNT <= sizeof((struct kept){0}.lines) / sizeof(int),
               "struct kept remembers every key's line");

static const char *const level_words[] = {"debug", "info", "warn", "error"};

static const char *const switch_words[] = {"off", "on"};

static const char **text_at(struct config *config, const struct key *key)
{
    return (const char **)(void *)((char *)config + key->offset);
}

static int64_t *number_at(struct config *config, const struct key *key)
{
    return (int64_t *)(void *)((char *)config + key->offset);
}

static const char *text_of(const struct config *config, const struct key *key)
{
    return *(const char *const *)(const void *)((const char *)config + key->offset);
}

static int64_t number_of(const struct config *config, const struct key *key)
{
    return *(const int64_t *)(const void *)((const char *)config + key->offset);
}

/* "500ms", "10s", "2m", "1h", "30d" as milliseconds; a number without a unit is refused. */
static bool parse_duration(struct slice text, int64_t *milliseconds)
{
    static const struct {
        const char *suffix;
        int64_t unit;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t n = strlen(units[i].suffix);
        int64_t amount;
        if (text.len <= n || memcmp(text.ptr + text.len - n, units[i].suffix, n) != 0)
            continue;
        if (!slice_to_i64(slice_make(text.ptr, text.len - n), -1000000000, 1000000000, &amount))
            continue;
        *milliseconds = amount * units[i].unit;
        return true;
    }
    return false;
}

static bool set_duration(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    int64_t ms;
    if (!parse_duration(value, &ms))
        return err_set(err, ERR_CONFIG, "%s: expected a duration such as 500ms, 10s or 2m", key->name);
    if (ms < key->min || ms > key->max)
        return err_set(err, ERR_CONFIG, "%s: must lie between %lldms and %lldms", key->name,
                       (long long)key->min, (long long)key->max);
    *number_at(&kept->values, key) = ms * 1000;
    return true;
}

static bool set_count(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    if (!slice_to_i64(value, key->min, key->max, number_at(&kept->values, key)))
        return err_set(err, ERR_CONFIG, "%s: expected a whole number from %lld to %lld", key->name,
                       (long long)key->min, (long long)key->max);
    return true;
}

static bool set_level(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    enum log_level level;
    if (!log_level_parse(value, &level))
        return err_set(err, ERR_CONFIG, "%s: expected debug, info, warn or error", key->name);
    *number_at(&kept->values, key) = level;
    return true;
}

static bool set_switch(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    bool is_on = slice_is(value, switch_words[1]);
    if (!is_on && !slice_is(value, switch_words[0]))
        return err_set(err, ERR_CONFIG, "%s: expected on or off", key->name);
    *number_at(&kept->values, key) = is_on;
    return true;
}

static bool set_text(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    if (value.len == 0)
        return err_set(err, ERR_CONFIG, "%s: a value is missing", key->name);
    *text_at(&kept->values, key) = arena_text(kept->arena, value);
    return true;
}

/* The address part of "address:port", "[v6]:port" or ":port" as listen() will take it. */
static bool split_place(struct slice value, char host[64])
{
    struct in6_addr address;
    const char *colon = value.len ? memrchr(value.ptr, ':', value.len) : NULL;
    uint64_t port;
    if (!colon ||
        !slice_to_u64(slice_make(colon + 1, (size_t)(value.ptr + value.len - colon) - 1), 65535, &port))
        return false;
    size_t n = (size_t)(colon - value.ptr);
    bool is_six = n > 2 && value.ptr[0] == '[' && value.ptr[n - 1] == ']';
    snprintf(host, 64, "%.*s", is_six ? (int)n - 2 : (int)n, value.ptr + is_six);
    return n < 64 && (n == 0 || inet_pton(is_six ? AF_INET6 : AF_INET, host, &address) == 1);
}

static bool set_place(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    char host[64];
    if (!split_place(value, host))
        return err_set(err, ERR_CONFIG, "%s: expected address:port, [address]:port or :port", key->name);
    if (key->type == LOOPBACK && strncmp(host, "127.", 4) != 0 && strcmp(host, "::1") != 0)
        return err_set(err, ERR_CONFIG, "%s: must be a loopback address, such as 127.0.0.1", key->name);
    return set_text(kept, key, value, err);
}

/* A socket in the file system, or an address with its port; a name would have to be looked up while others
 * wait. */
static bool set_server(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    char host[64];
    bool is_path = value.len && value.ptr[0] == '/';
    if (is_path ? value.len >= sizeof((struct sockaddr_un *)0)->sun_path
                : !split_place(value, host) || !host[0])
        return err_set(err, ERR_CONFIG, "%s: expected /path/of/a/socket, address:port or [address]:port",
                       key->name);
    return set_text(kept, key, value, err);
}

static bool has_control(struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (((unsigned char)line.ptr[i] < ' ' && line.ptr[i] != '\t') || line.ptr[i] == 0x7f)
            return true;
    return false;
}

static bool has_secret(const PQconninfoOption *option)
{
    return option->val && strcmp(option->dispchar, "*") == 0;
}

/* Percent-encoding in a URI can hide what a line of ours may not hold. */
static bool is_showable(const PQconninfoOption *options)
{
    for (const PQconninfoOption *option = options; option->keyword; option++)
        if (option->val && !has_secret(option) &&
            (has_control(slice_of(option->val)) || !slice_is_utf8(slice_of(option->val))))
            return false;
    return true;
}

/* libpq's own words are not used: they quote the string, passwords too. */
static bool set_conninfo(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    PQconninfoOption *options = PQconninfoParse(arena_text(kept->arena, value), NULL);
    if (!options)
        return err_set(err, ERR_CONFIG, "%s: not a connection string (libpq, \"Connection Strings\")",
                       key->name);
    bool showable = is_showable(options);
    PQconninfoFree(options);
    if (!showable)
        return err_set(err, ERR_CONFIG, "%s: a control character, or not UTF-8", key->name);
    return set_text(kept, key, value, err);
}

static bool set_value(struct kept *kept, const struct key *key, struct slice value, struct err *err)
{
    static bool (*const setters[])(struct kept *, const struct key *, struct slice, struct err *) = {
        [TEXT] = set_text,      [COUNT] = set_count,       [DURATION] = set_duration,
        [LEVEL] = set_level,    [SWITCH] = set_switch,     [PLACE] = set_place,
        [LOOPBACK] = set_place, [CONNINFO] = set_conninfo, [SERVER] = set_server};
    return setters[key->type](kept, key, value, err);
}

static const struct key *find_key(struct slice name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (slice_is(name, keys[i].name))
            return &keys[i];
    return NULL;
}

static bool complain_unknown(struct slice name, struct err *err)
{
    enum { SHOWN = 60 };
    size_t n = name.len < SHOWN ? name.len : SHOWN;
    while (n && n < name.len && ((unsigned char)name.ptr[n] & 0xc0) == 0x80)
        n--; /* not in the middle of a character */
    return err_set(err, ERR_CONFIG, "unknown key '%.*s'", (int)n, name.ptr);
}

static bool read_line(struct kept *kept, struct slice line, int number, struct err *err)
{
    struct slice rest = slice_trim(line);
    if (rest.len == 0 || rest.ptr[0] == '#')
        return true;
    if (has_control(line))
        return err_set(err, ERR_CONFIG, "a control character");
    struct slice name = slice_trim(slice_cut(&rest, '='));
    if (!rest.ptr)
        return err_set(err, ERR_CONFIG, "expected `key = value`");
    const struct key *key = find_key(name);
    if (!key)
        return complain_unknown(name, err);
    int *set_on = &kept->lines[key - keys];
    if (*set_on)
        return err_set(err, ERR_CONFIG, "%s: set twice, first on line %d", key->name, *set_on);
    *set_on = number;
    return set_value(kept, key, slice_trim(rest), err);
}

static bool read_text(struct kept *kept, const char *path, struct slice text, struct err *err)
{
    int number = 0;
    for (struct slice rest = text; rest.ptr;) {
        struct slice line = slice_cut(&rest, '\n');
        struct err inner;
        number++;
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (!read_line(kept, line, number, &inner))
            return err_set(err, ERR_CONFIG, "%s:%d: %s", path, number, inner.text);
    }
    return true;
}

static bool read_file(struct kept *kept, const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return err_set_os(err, ERR_CONFIG, errno, "%s", path);
    char *text = arena_alloc(kept->arena, FILE_MAX);
    size_t n = fread(text, 1, FILE_MAX, file);
    bool failed = ferror(file);
    fclose(file);
    if (failed)
        return err_set(err, ERR_CONFIG, "%s: cannot be read", path);
    if (n == FILE_MAX)
        return err_set(err, ERR_CONFIG, "%s: larger than %d bytes", path, FILE_MAX);
    if (memchr(text, '\0', n) || !slice_is_utf8(slice_make(text, n)))
        return err_set(err, ERR_CONFIG, "%s: not UTF-8 text", path);
    return read_text(kept, path, slice_make(text, n), err);
}

static bool set_presets(struct kept *kept, struct err *err)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].preset && !set_value(kept, &keys[i], slice_of(keys[i].preset), err))
            return false;
    return true;
}

const struct config *config_read(const char *path, struct err *err)
{
    struct kept *kept = xcalloc(1, sizeof *kept);
    const struct config *config = &kept->values;
    kept->arena = arena_new(0);
    kept->path = path ? arena_text(kept->arena, slice_of(path)) : "no configuration";
    atomic_init(&kept->references, 1);
    if (!set_presets(kept, err) || (path && !read_file(kept, path, err)))
        config_release(&config);
    return config;
}

const struct config *config_hold(const struct config *config)
{
    struct kept *kept = (struct kept *)(uintptr_t)config;
    atomic_fetch_add(&kept->references, 1);
    return config;
}

void config_release(const struct config **config)
{
    struct kept *kept = (struct kept *)(uintptr_t)*config;
    if (kept && atomic_fetch_sub(&kept->references, 1) == 1) {
        arena_free(&kept->arena);
        free(kept);
    }
    *config = NULL;
}

/* The largest unit that keeps it whole. */
static void show_duration(int64_t microseconds, char out[32])
{
    int64_t ms = microseconds / 1000;
    if (ms % 1000)
        snprintf(out, 32, "%lldms", (long long)ms);
    else
        snprintf(out, 32, "%llds", (long long)(ms / 1000));
}

static bool is_text(const struct key *key)
{
    return key->type == TEXT || key->type >= PLACE;
}

/* 'value' as libpq reads it. */
static void show_quoted(const char *value, FILE *out)
{
    fputc('\'', out);
    for (; *value; value++)
        fprintf(out, *value == '\'' || *value == '\\' ? "\\%c" : "%c", *value);
    fputc('\'', out);
}

static void show_option(const PQconninfoOption *option, FILE *out)
{
    fprintf(out, " %s=", option->keyword);
    if (has_secret(option))
        fputs("********", out);
    else if (option->val[0] && !strpbrk(option->val, " \t'\\"))
        fputs(option->val, out);
    else
        show_quoted(option->val, out);
}

/* As it was written, or word by word where a secret is to be covered. */
static void show_conninfo(const char *conninfo, FILE *out)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    bool secret = false;
    for (const PQconninfoOption *option = options; option && option->keyword; option++)
        secret = secret || has_secret(option);
    if (!secret)
        fprintf(out, " %s", conninfo);
    for (const PQconninfoOption *option = options; secret && option->keyword; option++)
        if (option->val)
            show_option(option, out);
    PQconninfoFree(options);
}

static const char *show_value(const struct config *config, const struct key *key, char out[32])
{
    switch (key->type) {
    case TEXT:
    case PLACE:
    case LOOPBACK:
    case CONNINFO:
    case SERVER:
        return text_of(config, key);
    case LEVEL:
        return level_words[number_of(config, key)];
    case SWITCH:
        return switch_words[number_of(config, key)];
    case DURATION:
        show_duration(number_of(config, key), out);
        return out;
    case COUNT:
        snprintf(out, 32, "%lld", (long long)number_of(config, key));
        return out;
    }
    return NULL;
}

void config_show(const struct config *config, FILE *out)
{
    const struct kept *kept = (const struct kept *)(const void *)config;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        char number[32];
        const char *value = show_value(config, &keys[i], number);
        if (kept->lines[i])
            fprintf(out, "# line %d\n", kept->lines[i]);
        else
            fprintf(out, "# default%s\n", value ? "" : ": none");
        fprintf(out, "%s%s =", value ? "" : "#", keys[i].name);
        if (value && keys[i].type == CONNINFO)
            show_conninfo(value, out);
        else if (value)
            fprintf(out, " %s", value);
        fputc('\n', out);
    }
}

/* One sentence a line, as mdoc wants it. */
static void manual_doc(const char *doc, FILE *out)
{
    for (const char *end; (end = strstr(doc, ". ")); doc = end + 2)
        fprintf(out, "%.*s\n", (int)(end + 1 - doc), doc);
    fprintf(out, "%s\n", doc);
}

static void manual_bounds(const struct key *key, FILE *out)
{
    char low[32], high[32];
    show_duration(key->min * 1000, low);
    show_duration(key->max * 1000, high);
    if (key->type == DURATION)
        fprintf(out, "From %s to %s.\n", low, high);
    if (key->type == COUNT)
        fprintf(out, "From %lld to %lld.\n", (long long)key->min, (long long)key->max);
}

void config_manual(FILE *out)
{
    static const char *const types[] = {
        [TEXT] = "text",        [COUNT] = "number",        [DURATION] = "duration",
        [LEVEL] = "level",      [SWITCH] = "on|off",       [PLACE] = "address",
        [LOOPBACK] = "address", [CONNINFO] = "connection", [SERVER] = "server"};
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct key *key = &keys[i];
        fprintf(out, ".It Ic %s No = Ar %s\n", key->name, types[key->type]);
        manual_doc(key->doc, out);
        manual_bounds(key, out);
        if (key->preset)
            fprintf(out, "Default: %s.\n", key->preset);
        fprintf(out, "%s\n", key->reloadable ? "Taken over by a reload." : "Needs a restart.");
    }
}

static bool differs(const struct key *key, const struct config *a, const struct config *b)
{
    if (!is_text(key))
        return number_of(a, key) != number_of(b, key);
    const char *x = text_of(a, key), *y = text_of(b, key);
    return x != y && (!x || !y || strcmp(x, y) != 0);
}

bool config_is_complete(const struct config *config, struct err *err)
{
    bool web = config->web_listen, enrol = web || config->enrol_ca_certificate || config->enrol_ca_key;
    const struct {
        const char *key, *value;
        bool is_spared;
    } required[] = {{"database", config->database, false},
                    {"key-database", config->key_database, false},
                    {"region-keys", config->region_keys, false},
                    {"tls-certificate", config->tls_certificate, false},
                    {"tls-key", config->tls_key, false},
                    {"tls-client-ca", config->tls_client_ca, false},
                    {"web-address", config->web_address, !web},
                    {"api-address", config->api_address, !web},
                    {"web-ca", config->web_ca, !web},
                    {"enrol-ca-certificate", config->enrol_ca_certificate, !enrol},
                    {"enrol-ca-key", config->enrol_ca_key, !enrol},
                    {"mail-from", config->mail_from, !config->smtp_url},
                    {"smtp-password-file", config->smtp_password_file, !config->smtp_user}};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
        if (!required[i].value && !required[i].is_spared)
            return err_set(err, ERR_CONFIG, "%s: %s is not set",
                           ((const struct kept *)(const void *)config)->path, required[i].key);
    int token =
        !!config->pkcs11_module + !!config->pkcs11_token + !!config->pkcs11_key + !!config->pkcs11_pin_file;
    return token == 0 || token == 4 ||
           err_set(err, ERR_CONFIG, "%s: of pkcs11-module, -token, -key and -pin-file all or none are set",
                   ((const struct kept *)(const void *)config)->path);
}

const char *config_restart_keys(const struct config *old, const struct config *new, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (keys[i].reloadable || !differs(&keys[i], old, new))
            continue;
        int n = snprintf(out + used, size - used, "%s%s", used ? ", " : "", keys[i].name);
        if (n < 0 || (size_t)n >= size - used)
            break;
        used += (size_t)n;
    }
    return out;
}
