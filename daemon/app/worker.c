#include "worker.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "conn.h"
#include "desk.h"
#include "feed.h"
#include "rights.h"
#include "routes.h"
#include "status.h"
#include "store.h"
#include "submit.h"
#include "store_keys.h"
#include "vault.h"

enum { MAILS = 1024, INPUT_LIMIT = 65536, DRAIN_POLL_MS = 20 };
enum { KEY_LANES = 2 }; /* one fetches while the other adds */
#define HANDSHAKE_PATIENCE MOMENT_SECOND

/* A place in the worker's list. */
struct worker_conn {
    struct worker *worker;
    struct conn *conn;
    struct worker_conn *next, **back;
    uint64_t number; /* no other of this worker ever has it */
    bool is_web;     /* of web-listen */
    char address[];  /* its key in the caps */
};

unsigned worker_load(const struct worker *worker)
{
    return atomic_load_explicit(&worker->metrics.connections, memory_order_relaxed);
}

const struct region *worker_region(const struct worker *worker, int32_t id)
{
    for (unsigned i = 0; i < worker->region_count; i++)
        if (worker->regions[i]->id == id)
            return worker->regions[i];
    return NULL;
}

/* Drained: nothing is open, nothing waits. */
static void on_drain_poll(evutil_socket_t fd, short what, void *arg)
{
    struct worker *worker = arg;
    struct timeval again = {0, DRAIN_POLL_MS * 1000};
    (void)fd, (void)what;
    if (!worker->conns && worker->tasks == 0 && batch_queue_is_empty(worker->submit) &&
        batch_queue_is_empty(worker->statuses) && vault_is_quiet(worker->vault) &&
        pg_pool_is_quiet(worker->pool) && pg_pool_is_quiet(worker->submits) && pg_pool_is_quiet(worker->keys))
        event_base_loopexit(worker->base, NULL);
    else
        event_add(worker->drain_event, &again);
}

/* Those that have proved who they are. */
void worker_each_peer(struct worker *worker, void (*on_peer)(void *arg, uint64_t number, struct conn *conn),
                      void *arg)
{
    for (struct worker_conn *place = worker->conns, *next; place; place = next) {
        next = place->next;
        if (place->conn && conn_ssl(place->conn) && conn_peer(place->conn))
            on_peer(arg, place->number, place->conn);
    }
}

static void on_conn_gone(void *arg, struct conn *conn)
{
    struct worker_conn *place = arg;
    struct worker *worker = place->worker;
    (void)conn;
    *place->back = place->next;
    if (place->next)
        place->next->back = place->back;
    conn_caps_give(worker->app->caps, place->address);
    atomic_fetch_sub_explicit(&worker->metrics.connections, 1, memory_order_relaxed);
    free(place);
}

struct worker_conn *worker_conn_new(struct worker *worker, const char *address)
{
    size_t n = strlen(address) + 1;
    struct worker_conn *place = xcalloc(1, sizeof *place + n);
    place->worker = worker;
    memcpy(place->address, address, n);
    atomic_fetch_add_explicit(&worker->metrics.connections, 1, memory_order_relaxed);
    return place;
}

void worker_conn_drop(struct worker_conn *place)
{
    atomic_fetch_sub_explicit(&place->worker->metrics.connections, 1, memory_order_relaxed);
    free(place);
}

static void serve_connection(struct worker *worker, struct mail mail, struct tls_context *tls,
                             struct http_server *server)
{
    struct worker_conn *place = mail.object;
    struct conn_options options = {.handshake_timeout = worker->config->handshake_timeout,
                                   .input_limit = INPUT_LIMIT,
                                   .gate = &worker->gate};
    place->number = ++worker->conn_number;
    place->is_web = server == &worker->web_server;
    place->next = worker->conns;
    place->back = &worker->conns;
    if (place->next)
        place->next->back = &place->next;
    worker->conns = place;
    place->conn = conn_new(worker->base, (int)mail.value, tls_context_hold(tls), &http_conn_ops, server,
                           &options, &worker->app->clock, on_conn_gone, place);
    if (worker->is_draining)
        conn_abort(place->conn);
}

static void take_connection(struct worker *worker, struct mail mail)
{
    serve_connection(worker, mail, worker->tls, &worker->server);
}

/* Web-listen stays open until a restart, also where a reload has taken its settings away. */
static void take_web(struct worker *worker, struct mail mail)
{
    struct worker_conn *place = mail.object;
    if (!worker->door || !worker->door->tls) {
        close((int)mail.value);
        conn_caps_give(worker->app->caps, place->address);
        worker_conn_drop(place);
        return;
    }
    serve_connection(worker, mail, worker->door->tls, &worker->web_server);
}

static void take_door(struct worker *worker, struct mail mail)
{
    door_release(&worker->door);
    worker->door = mail.object;
}

/* A region without keys takes nothing in and shows nothing of a client. */
static void use_keyring(struct worker *worker, const struct region *region)
{
    const struct keyring *keyring = worker->keyrings ? keyrings_find(worker->keyrings, region->code) : NULL;
    if (keyring)
        vault_set_keyring(worker->vault, region->id, keyring);
    else
        log_event(EV_KEYS_FAILED, LOG_S("region", region->code), LOG_T("text", "the region has no keyring"));
}

static void take_keys(struct worker *worker, struct mail mail)
{
    keyrings_release(&worker->keyrings);
    worker->keyrings = mail.object;
    for (unsigned i = 0; i < worker->region_count; i++)
        use_keyring(worker, worker->regions[i]);
}

static void take_region(struct worker *worker, struct mail mail)
{
    const struct region *region = mail.object;
    use_keyring(worker, region);
    for (unsigned i = 0; i < worker->region_count; i++)
        if (worker->regions[i]->id == region->id) {
            region_release(&worker->regions[i]);
            worker->regions[i] = region;
            return;
        }
    if (worker->region_count < WORKER_REGIONS)
        worker->regions[worker->region_count++] = region;
    else
        region_release(&region);
}

static void use_limits(struct worker *worker)
{
    const struct config *config = worker->config;
    worker->gate.limit = (unsigned)config->max_handshakes;
    worker->gate.patience = HANDSHAKE_PATIENCE;
    worker->server.limits = (struct http_limits){.head_timeout = config->head_timeout,
                                                 .body_timeout = config->body_timeout,
                                                 .reply_timeout = config->reply_timeout,
                                                 .idle_timeout = config->idle_timeout};
    worker->web_server.limits = worker->server.limits;
}

static void take_config(struct worker *worker, struct mail mail)
{
    config_release(&worker->config);
    worker->config = mail.object;
    use_limits(worker);
}

static void close_distrusted(struct worker *worker)
{
    for (struct worker_conn *place = worker->conns, *next; place; place = next) {
        next = place->next;
        SSL *ssl = place->conn && !place->is_web ? conn_ssl(place->conn) : NULL;
        if (ssl && !tls_context_still_trusts(worker->tls, ssl))
            conn_abort(place->conn);
    }
}

static void on_handshakes_over(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    close_distrusted(arg);
}

/* New connections get the new context; those whose certificate it no longer trusts are closed. A handshake
 * that runs goes on under the old context, so who is there is looked at again when it must be over. */
static void take_tls(struct worker *worker, struct mail mail)
{
    int64_t left = worker->config->handshake_timeout + MOMENT_SECOND / 10;
    struct timeval after = {left / MOMENT_SECOND, left % MOMENT_SECOND};
    tls_context_release(&worker->tls);
    worker->tls = mail.object;
    close_distrusted(worker);
    event_add(worker->trust_event, &after);
}

static void take_rights(struct worker *worker, struct mail mail)
{
    (void)mail;
    rights_check(worker);
    feed_check_rights(worker->feed);
}

static void on_rights_again(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    rights_check(arg);
}

static void take_forget(struct worker *worker, struct mail mail)
{
    for (unsigned i = 0; i < worker->region_count; i++)
        vault_forget(worker->vault, worker->regions[i]->id, mail.value);
}

static void take_task(struct worker *worker, struct mail mail)
{
    (void)worker;
    desk_take_back(mail.object);
}

static void take_drain(struct worker *worker, struct mail mail)
{
    (void)mail;
    worker->is_draining = worker->server.draining = worker->web_server.draining = true;
    for (struct worker_conn *place = worker->conns, *next; place; place = next) {
        next = place->next;
        if (place->conn)
            http_conn_drain(place->conn);
    }
    on_drain_poll(-1, 0, worker);
}

static void on_mail(evutil_socket_t fd, short what, void *arg)
{
    static void (*const takers[])(struct worker *, struct mail) = {
        [MAIL_CONNECTION] = take_connection,
        [MAIL_WEB] = take_web,
        [MAIL_REGION] = take_region,
        [MAIL_CONFIG] = take_config,
        [MAIL_TLS] = take_tls,
        [MAIL_DOOR] = take_door,
        [MAIL_RIGHTS] = take_rights,
        [MAIL_TASK] = take_task,
        [MAIL_DRAIN] = take_drain,
        [MAIL_KEYS] = take_keys,
        [MAIL_FORGET] = take_forget,
    };
    struct worker *worker = arg;
    struct mail mail;
    (void)fd, (void)what;
    while (mailbox_receive(worker->mailbox, &mail))
        takers[mail.kind](worker, mail);
}

static struct batch_queue *queue_new(struct worker *worker, const struct batch_kind *kind,
                                     struct pg_pool *pool, struct pg_pool *spare, int64_t lanes)
{
    const struct config *config = worker->config;
    return batch_queue_new(worker->base, pool, spare, &worker->metrics, kind, (unsigned)config->queue,
                           (unsigned)config->batch, (unsigned)lanes);
}

static struct pg_pool *pool_new(struct worker *worker, const char *conninfo,
                                const struct pg_statement *statements, unsigned count, int64_t lanes,
                                struct err *err)
{
    const struct config *config = worker->config;
    struct pg_options options = {.conninfo = conninfo,
                                 .statements = statements,
                                 .statement_count = count,
                                 .lanes = (unsigned)lanes,
                                 .in_flight = (unsigned)config->lane_in_flight,
                                 .queue = (unsigned)config->queue,
                                 .connect_timeout = config->connect_timeout,
                                 .job_timeout = config->job_timeout,
                                 .backoff_min = MOMENT_SECOND / 20,
                                 .backoff_max = MOMENT_SECOND * 2,
                                 .application_name = "wijzerd"};
    return pg_pool_new(worker->base, &worker->app->clock, &options, err);
}

/* A mailbox that is full has this in it already, or will have it again. */
static void on_old_keyring(void *arg)
{
    struct worker *worker = arg;
    mailbox_send(worker->app->mailbox, (struct mail){.kind = MAIL_KEYS_OLD});
}

static struct vault *make_vault(struct worker *worker)
{
    return vault_new(&(struct stock_options){.base = worker->base,
                                             .clock = &worker->app->clock,
                                             .data = worker->pool,
                                             .keys = worker->keys,
                                             .metrics = &worker->metrics,
                                             .on_old_keyring = on_old_keyring,
                                             .arg = worker});
}

static bool make_lanes(struct worker *worker, struct err *err)
{
    const struct config *config = worker->config;
    worker->pool = pool_new(worker, config->database, store_statements, STORE_COUNT, config->lanes, err);
    if (!worker->pool)
        return false;
    worker->submits = pool_new(worker, config->database, &store_statements[STORE_SUBMIT_REFERRALS], 1,
                               config->submit_lanes, err);
    if (!worker->submits)
        return false;
    worker->keys = pool_new(worker, config->key_database, keys_statements, KEYS_COUNT, KEY_LANES, err);
    if (!worker->keys)
        return false;
    worker->vault = make_vault(worker);
    worker->submit = queue_new(worker, &submit_kind, worker->submits, worker->pool, config->submit_lanes);
    worker->statuses = queue_new(worker, &status_kind, worker->pool, NULL, config->lanes);
    worker->feed = feed_new(worker);
    return true;
}

struct worker *worker_new(struct app *app, unsigned id, const struct config *config, struct tls_context *tls,
                          const struct keyrings *keyrings, struct err *err)
{
    struct worker *worker = xcalloc(1, sizeof *worker);
    worker->app = app;
    worker->id = id;
    worker->config = config;
    worker->tls = tls;
    worker->keyrings = keyrings;
    worker->base = event_base_new();
    worker->mailbox = mailbox_new(MAILS);
    worker->server = (struct http_server){.app = &route_app, .clock = &app->clock, .context = worker};
    worker->web_server = (struct http_server){.app = &route_web_app, .clock = &app->clock, .context = worker};
    use_limits(worker);
    if (!worker->base || !worker->mailbox) {
        err_set_os(err, ERR_OS, errno, "worker %u", id);
        worker_free(&worker);
        return NULL;
    }
    worker->mail_event =
        event_new(worker->base, mailbox_fd(worker->mailbox), EV_READ | EV_PERSIST, on_mail, worker);
    event_add(worker->mail_event, NULL);
    worker->drain_event = evtimer_new(worker->base, on_drain_poll, worker);
    worker->trust_event = evtimer_new(worker->base, on_handshakes_over, worker);
    worker->rights_event = evtimer_new(worker->base, on_rights_again, worker);
    if (!make_lanes(worker, err))
        worker_free(&worker);
    return worker;
}

static void *run(void *arg)
{
    struct worker *worker = arg;
    event_base_loop(worker->base, EVLOOP_NO_EXIT_ON_EMPTY);
    mailbox_send(worker->app->mailbox, (struct mail){.kind = MAIL_STOPPED});
    return NULL;
}

bool worker_start(struct worker *worker, struct err *err)
{
    int failed = pthread_create(&worker->thread, NULL, run, worker);
    return !failed || err_set_os(err, ERR_OS, failed, "worker %u", worker->id);
}

void worker_join(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
}

/* Mail that nobody will read any more. */
static void drop_mail(struct worker *worker)
{
    struct mail mail;
    while (worker->mailbox && mailbox_receive(worker->mailbox, &mail)) {
        const struct region *region = mail.object;
        const struct config *config = mail.object;
        struct tls_context *tls = mail.object;
        struct door *door = mail.object;
        const struct keyrings *keyrings = mail.object;
        if (mail.kind == MAIL_CONNECTION || mail.kind == MAIL_WEB) {
            struct worker_conn *place = mail.object;
            close((int)mail.value);
            conn_caps_give(worker->app->caps, place->address);
            worker_conn_drop(place);
        } else if (mail.kind == MAIL_REGION) {
            region_release(&region);
        } else if (mail.kind == MAIL_CONFIG) {
            config_release(&config);
        } else if (mail.kind == MAIL_TLS) {
            tls_context_release(&tls);
        } else if (mail.kind == MAIL_DOOR) {
            door_release(&door);
        } else if (mail.kind == MAIL_KEYS) {
            keyrings_release(&keyrings);
        } else if (mail.kind == MAIL_TASK) {
            desk_take_back(mail.object);
        }
    }
}

/* Connections that outlived the drain timeout. */
static void abort_connections(struct worker *worker)
{
    for (struct worker_conn *place = worker->conns, *next; place; place = next) {
        next = place->next;
        conn_abort(place->conn);
    }
    for (int turn = 0; worker->conns && turn < 100; turn++)
        event_base_loop(worker->base, EVLOOP_NONBLOCK);
}

static void free_events(struct worker *worker)
{
    struct event **events[] = {&worker->mail_event, &worker->drain_event, &worker->trust_event,
                               &worker->rights_event};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (*events[i])
            event_free(*events[i]);
        *events[i] = NULL;
    }
}

/* First what calls back, then what it calls: the loop turns once more for the connections. */
void worker_free(struct worker **worker)
{
    struct worker *w = *worker;
    if (!w)
        return;
    free_events(w);
    if (w->feed)
        feed_stop(w->feed);
    drop_mail(w);
    pg_pool_free(&w->pool);
    pg_pool_free(&w->submits);
    pg_pool_free(&w->keys);
    vault_free(&w->vault);
    batch_queue_free(&w->submit);
    batch_queue_free(&w->statuses);
    if (w->base)
        abort_connections(w);
    feed_free(&w->feed);
    for (unsigned i = 0; i < w->region_count; i++)
        region_release(&w->regions[i]);
    mailbox_free(&w->mailbox);
    tls_context_release(&w->tls);
    door_release(&w->door);
    keyrings_release(&w->keyrings);
    config_release(&w->config);
    if (w->base)
        event_base_free(w->base);
    xfree(*worker);
}
