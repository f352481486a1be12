/*
 * The API on a real connection over the loopback, in plain text, with a certificate that the test lends and a
 * database that it plays. Programs that include this begin with "// wraps: pg_pool_submit pg_pool_stats
 * conn_peer".
 */
#ifndef WIJZER_TEST_API_H
#define WIJZER_TEST_API_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/played_keys.h"
#include "app/rows.h"
#include "arena.h"
#include "board.h"
#include "call.h"
#include "core/fixture.h"
#include "desk.h"
#include "routes.h"
#include "status.h"
#include "submit.h"
#include "vault.h"

enum { RECEIVED = 1 << 17, LOGGED = 1 << 16, JOBS = 16, PARAMS = 40, PATIENCE = 5000 /* milliseconds */ };

/* How the database answers whatever is not the question who calls; one after the other, the last one again.
 */
struct answer {
    enum pg_outcome outcome;
    enum err_code code; /* of what is not PG_COMMITTED */
    const char *sqlstate;
    PGresult *(*rows)(void);
};

struct api {
    struct event_base *base;
    struct app app;
    struct worker worker, *workers[1];
    struct tls_peer peer;
    bool has_peer, is_known, is_away; /* the database knows the account; takes no job */
    const char *role;
    const struct answer *answers;
    bool holds_jobs, holds_sign_ins; /* the database answers these not, for now */
    bool holds_desk;                 /* the desk does not work, for now */
    struct pg_job *pending[JOBS];
    const char *asked[JOBS]; /* names of the last jobs, the newest first */
    unsigned jobs, sign_ins; /* so far; sign_ins are not among the jobs */
    char *params[PARAMS];    /* of the last job; NULL for SQL's */
    int64_t last_deadline;   /* as it was handed in */
    struct pg_stats stats, submit_stats, key_stats;
    struct played played;  /* key database, and ids */
    const char *client_id; /* of every step; NULL: it is not the account's */
    bool has_no_keys;      /* the key database takes no job */
    struct conn *conn;
    int client, log;
    char received[RECEIVED], logged[LOGGED];
    size_t used;
    bool at_end;
};

static struct api *api;
static int64_t skipped; /* microseconds that the monotonic clock was moved */

/* Monday 23 November 2026, 09:00 in Amsterdam. */
static moment fixed_wall(const struct clock *clock)
{
    return INT64_C(1795420800) * MOMENT_SECOND + clock->offset;
}

static int64_t moved_monotonic(const struct clock *clock)
{
    struct timespec now;
    (void)clock;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MOMENT_SECOND + now.tv_nsec / 1000 + skipped;
}

/* ---- the database and the certificate ---- */

static void reply_to(struct pg_job *job, const struct answer *answer);

static void keep_params(const struct pg_job *job)
{
    if (job) {
        memmove(&api->asked[1], &api->asked[0], (JOBS - 1) * sizeof api->asked[0]);
        api->asked[0] = job->statement->name;
    }
    for (int i = 0; i < PARAMS; i++) {
        const char *value = job && i < job->statement->param_count ? job->params[i] : NULL;
        xfree(api->params[i]);
        api->params[i] = value ? xstrdup(value) : NULL;
    }
}

static void pend(struct pg_job *job)
{
    for (unsigned i = 0; i < JOBS; i++)
        if (!api->pending[i]) {
            api->pending[i] = job;
            return;
        }
    fail_msg("more than %d jobs", JOBS);
}

/* What the access log is told beside what is asked. */
static bool is_log(const struct pg_job *job)
{
    return job->statement == &store_statements[STORE_NOTE_REFUSAL];
}

bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err);
bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err)
{
    assert_non_null(pool);
    if (is_played(job)) {
        if (pool == api->worker.keys && api->has_no_keys)
            return err_set(err, ERR_DATABASE_AWAY, "the test says so");
        assert_true((pool == api->worker.pool) == (job->statement == &store_statements[STORE_RESERVE_IDS]));
        pend(job);
        return true;
    }
    if (api->is_away)
        return err_set(err, ERR_DATABASE_AWAY, "the test says so");
    if (job->statement == &store_statements[STORE_FIND_ACCOUNT]) {
        api->sign_ins++;
    } else if (job->statement != &store_statements[STORE_CLIENT_OF_STEP] && !is_log(job)) {
        api->jobs++;
        keep_params(job);
    }
    api->last_deadline = job->deadline;
    job->deadline = 1;              /* the pool's own from now on */
    if (pool != api->worker.pool) { /* the desk's: it waits for nothing else */
        if (!api->answers)
            fail_msg("nobody expected %s", job->statement->name);
        reply_to(job, api->answers++);
        return true;
    }
    pend(job);
    return true;
}

void __wrap_pg_pool_stats(const struct pg_pool *pool, struct pg_stats *out);
void __wrap_pg_pool_stats(const struct pg_pool *pool, struct pg_stats *out)
{
    assert_non_null(pool);
    *out = pool == api->worker.keys      ? api->key_stats
           : pool == api->worker.submits ? api->submit_stats
                                         : api->stats;
}

const struct tls_peer *__wrap_conn_peer(struct conn *conn);
const struct tls_peer *__wrap_conn_peer(struct conn *conn)
{
    assert_non_null(conn);
    return api->has_peer ? &api->peer : NULL;
}

static PGresult *account_row(void)
{
    static const char *const names[] = {"region_id", "account_id", "organisation_id", "role"};
    PGresult *result = make_rows(4, names);
    if (!api->is_known)
        return result;
    set_cell(result, 0, "region_id", "1");
    set_cell(result, 0, "account_id", "7");
    set_cell(result, 0, "organisation_id", "2");
    set_cell(result, 0, "role", api->role);
    return result;
}

static PGresult *client_row(void)
{
    static const char *const names[] = {"client_id"};
    PGresult *result = make_rows(1, names);
    set_cell(result, 0, "client_id", api->client_id);
    return result;
}

static void reply_to(struct pg_job *job, const struct answer *answer)
{
    struct err err;
    err_set(&err, answer->code, "the test says so");
    snprintf(err.sqlstate, sizeof err.sqlstate, "%s", answer->sqlstate ? answer->sqlstate : "");
    bool is_good = answer->outcome == PG_COMMITTED;
    PGresult *rows = is_good && answer->rows ? answer->rows() : NULL;
    job->on_done(job->arg, &(struct pg_reply){answer->outcome, rows, is_good ? NULL : &err});
    PQclear(rows);
}

static void play_database(void)
{
    static const struct answer signs_in = {PG_COMMITTED, ERR_NONE, NULL, account_row};
    static const struct answer client = {PG_COMMITTED, ERR_NONE, NULL, client_row};
    static const struct answer kept = {PG_COMMITTED, ERR_NONE, NULL, NULL};
    for (unsigned i = 0; i < JOBS; i++) {
        struct pg_job *job = api->pending[i];
        bool is_sign_in = job && job->statement == &store_statements[STORE_FIND_ACCOUNT];
        if (!job || (!is_played(job) && (is_sign_in ? api->holds_sign_ins : api->holds_jobs)))
            continue;
        api->pending[i] = NULL;
        if (is_played(job)) {
            played_reply(&api->played, job);
        } else if (is_sign_in) {
            reply_to(job, &signs_in);
        } else if (job->statement == &store_statements[STORE_CLIENT_OF_STEP]) {
            reply_to(job, &client);
        } else if (is_log(job)) {
            reply_to(job, &kept);
        } else if (api->answers) {
            const struct answer *answer = api->answers++;
            reply_to(job, answer);
        } else {
            fail_msg("nobody expected %s", job->statement->name);
        }
    }
}

/* ---- the client ---- */

static void on_gone(void *arg, struct conn *conn)
{
    (void)arg;
    if (api->conn == conn)
        api->conn = NULL;
}

static int connect_pair(int *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    *server = accept(listener, NULL, NULL);
    close(listener);
    fcntl(*server, F_SETFL, O_NONBLOCK);
    fcntl(client, F_SETFL, O_NONBLOCK);
    return client;
}

/* The desk does what lies there, in this thread, and the worker gets it back. */
static void play_desk(void)
{
    struct mail mail;
    if (!api->holds_desk)
        desk_work(api->app.desk, true);
    while (mailbox_receive(api->worker.mailbox, &mail)) {
        assert_int_equal(mail.kind, MAIL_TASK);
        desk_take_back(mail.object);
    }
}

static void turn(void)
{
    struct timespec nap = {0, 100000};
    event_base_loop(api->base, EVLOOP_NONBLOCK);
    play_database();
    play_desk();
    nanosleep(&nap, NULL);
}

static inline void turns(unsigned count)
{
    while (count--)
        turn();
}

/* The client leaves, and the server notices. */
static inline void hang_up(void)
{
    if (api->client >= 0)
        close(api->client);
    api->client = -1;
    for (unsigned i = 0; api->conn && i < 20000; i++)
        turn();
    assert_null(api->conn);
}

/* A new connection; the old one lives on when it is `kept` by the caller. */
static inline void dial(void)
{
    static const struct conn_options options = {.handshake_timeout = 5 * MOMENT_SECOND, .input_limit = 65536};
    int server;
    api->client = connect_pair(&server);
    api->conn = conn_new(api->base, server, NULL, &http_conn_ops, &api->worker.server, &options,
                         &api->app.clock, on_gone, NULL);
}

static void receive(void)
{
    ssize_t n = recv(api->client, api->received + api->used, sizeof api->received - 1 - api->used, 0);
    api->at_end = n == 0;
    if (n > 0)
        api->used += (size_t)n;
    api->received[api->used] = '\0';
}

static bool has_reply(bool is_head)
{
    const char *end = strstr(api->received, "\r\n\r\n"), *length = strstr(api->received, "Content-Length: ");
    if (!end || !length)
        return false;
    return is_head || strlen(end + 4) >= strtoul(length + 16, NULL, 10);
}

static void send_request(const char *method, const char *target, const char *fields, const char *body)
{
    char text[70000];
    int n = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: x\r\n%s", method, target, fields);
    assert_in_range(n, 1, (int)sizeof text - 1);
    size_t used = (size_t)n;
    if (body)
        n = snprintf(text + used, sizeof text - used, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        n = snprintf(text + used, sizeof text - used, "\r\n");
    assert_in_range(n, 1, (int)(sizeof text - used) - 1);
    used += (size_t)n;
    api->received[api->used = 0] = '\0';
    assert_int_equal(send(api->client, text, used, MSG_NOSIGNAL), (ssize_t)used);
}

static inline void await_reply(bool is_head)
{
    for (unsigned i = 0; !has_reply(is_head); i++) {
        if (i == 20000 || api->at_end)
            fail_msg("no answer; received\n%s", api->received);
        turn();
        receive();
    }
    turns(3); /* the answer has left, so the connection takes the next request */
}

static inline void await_count(const unsigned *count, unsigned wanted)
{
    for (unsigned i = 0; i < 20000 && *count < wanted; i++)
        turn();
    assert_int_equal(*count, wanted);
}

/* Sends a request and runs until its answer is there; returns the status. */
static inline int ask(const char *method, const char *target, const char *fields, const char *body)
{
    if (api->client < 0 || !api->conn) {
        hang_up();
        dial();
    }
    send_request(method, target, fields, body);
    await_reply(strcmp(method, "HEAD") == 0);
    return (int)strtol(api->received + strlen("HTTP/1.1 "), NULL, 10);
}

static inline void assert_received(const char *text)
{
    if (!strstr(api->received, text))
        fail_msg("wanted:\n%s\nreceived:\n%s", text, api->received);
}

static inline void assert_not_received(const char *text)
{
    if (strstr(api->received, text))
        fail_msg("not wanted:\n%s\nreceived:\n%s", text, api->received);
}

/* A 503 or 429 says when to come back. */
static inline void assert_problem(int status, int wanted, const char *word)
{
    char type[80];
    snprintf(type, sizeof type, "\"type\":\"urn:wijzer:problem:%s\"", word);
    assert_received(type);
    assert_int_equal(status, wanted);
    assert_received("Content-Type: application/problem+json\r\n");
    if (wanted == 503 || wanted == 429)
        assert_received("Retry-After: ");
}

/* What was logged since the last call. */
static inline const char *take_log(void)
{
    off_t size = lseek(api->log, 0, SEEK_END);
    assert_in_range(size, 0, LOGGED - 1);
    ssize_t n = pread(api->log, api->logged, (size_t)size, 0);
    api->logged[n > 0 ? n : 0] = '\0';
    assert_int_equal(ftruncate(api->log, 0), 0);
    lseek(api->log, 0, SEEK_SET);
    return api->logged;
}

/* ---- the daemon's part ---- */

enum { API_CLIENT = 77 }; /* has a key */

/* Ids and keys are in stock when a test begins. */
static inline void set_up_vault(struct worker *worker)
{
    const struct keyring *keyring = played_keyring();
    played_start(&api->played);
    worker->keys = (struct pg_pool *)(void *)&api->played; /* never looked into */
    worker->vault = vault_new(&(struct stock_options){.base = api->base,
                                                      .clock = &api->app.clock,
                                                      .data = worker->pool,
                                                      .keys = worker->keys,
                                                      .metrics = &worker->metrics});
    vault_set_keyring(worker->vault, 1, keyring);
    struct client_key *key = played_client(&api->played, keyring, API_CLIENT);
    client_key_free(&key);
    keyring_release(&keyring);
    play_database();
    play_database();
    assert_int_equal(atomic_load(&worker->metrics.fresh_keys), STOCK_LEAST);
    api->client_id = "77";
    api->submit_stats.up = api->key_stats.up = 1;
}

static inline int set_up(void **state)
{
    struct err err;
    signal(SIGPIPE, SIG_IGN);
    api = xcalloc(1, sizeof *api);
    skipped = 0;
    api->log = memfd_create("log", MFD_CLOEXEC);
    log_open(api->log, LOG_INFO);
    api->base = event_base_new();
    api->app.clock = (struct clock){fixed_wall, moved_monotonic, 0};
    api->app.account_caps = conn_caps_new(UINT32_MAX, 2);
    api->app.workers = api->workers;
    api->app.worker_count = 1;
    atomic_init(&api->app.schema_fits, true);
    atomic_init(&api->app.regions, 1);
    struct worker *worker = api->workers[0] = &api->worker;
    worker->app = &api->app;
    worker->base = api->base;
    worker->config = config_read(NULL, &err);
    worker->pool = (struct pg_pool *)(void *)api; /* never looked into */
    worker->submits = (struct pg_pool *)(void *)&api->submit_stats;
    worker->submit = batch_queue_new(api->base, worker->pool, NULL, &worker->metrics, &submit_kind, 4, 4, 1);
    worker->statuses =
        batch_queue_new(api->base, worker->pool, NULL, &worker->metrics, &status_kind, 4, 4, 1);
    worker->regions[worker->region_count++] = fixture_region();
    set_up_vault(worker);
    worker->mailbox = mailbox_new(64);
    api->app.board = board_new();
    api->app.desk = desk_new(&api->app.clock, worker->config, &err);
    assert_non_null(api->app.desk);
    worker->server = (struct http_server){.app = &route_app, .clock = &api->app.clock, .context = worker};
    worker->server.limits =
        (struct http_limits){60 * MOMENT_SECOND, 60 * MOMENT_SECOND, 60 * MOMENT_SECOND, 60 * MOMENT_SECOND};
    snprintf(api->peer.issuer, sizeof api->peer.issuer, "%064d", 1);
    snprintf(api->peer.serial, sizeof api->peer.serial, "5E71A1");
    snprintf(api->peer.san, sizeof api->peer.san, "urn:wijzer:deurne:praktijk-a:arts");
    api->has_peer = api->is_known = true;
    api->role = "referrer";
    api->stats.up = 1;
    api->client = -1;
    dial();
    *state = api;
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    hang_up();
    turns(5);
    bool clean = true;
    for (unsigned i = 0; i < JOBS; i++) /* a refill may be under way */
        if (api->pending[i] && is_played(api->pending[i]))
            play_database();
        else
            clean = clean && !api->pending[i];
    vault_free(&api->worker.vault);
    clean = clean && conn_caps_count(api->app.account_caps) == 0 && atomic_load(&api->app.drafts) == 0;
    batch_queue_free(&api->worker.submit);
    batch_queue_free(&api->worker.statuses);
    clean = clean && api->worker.tasks == 0 && atomic_load(&api->app.drafts) == 0;
    desk_free(&api->app.desk);
    board_free(&api->app.board);
    mailbox_free(&api->worker.mailbox);
    region_release(&api->worker.regions[0]);
    config_release(&api->worker.config);
    conn_caps_free(&api->app.account_caps);
    event_base_free(api->base);
    log_open(2, LOG_INFO);
    close(api->log);
    keep_params(NULL);
    played_end(&api->played);
    free(api);
    return clean ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
