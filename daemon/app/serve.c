#include "serve.h"

#include <errno.h>
#include <event2/thread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "arena.h"
#include "board.h"
#include "conn.h"
#include "desk.h"
#include "handlers.h"
#include "keeper.h"
#include "outbound.h"
#include "keys.h"
#include "listener.h"
#include "logfile.h"
#include "region.h"
#include "routes.h"
#include "sandbox.h"
#include "tls.h"
#include "worker.h"

#define KEYS_EVERY (2 * MOMENT_SECOND)

const char *const app_schema_version = WIJZER_SCHEMA, *const app_keys_schema_version = WIJZER_KEYS_SCHEMA;

enum { MAILS = 256, METRICS_INPUT = 8192, METRICS_CONNECTIONS = 64 };

struct serve {
    struct app app;
    const struct config *config, *origin; /* in force; the one we started with */
    const struct keyrings *keyrings;
    const char *path;
    int log;
    struct event_base *base;
    struct event *signals[3], *mail_event, *drain_event;
    struct listener *api, *web, *metrics; /* web: NULL where it is off */
    struct conn_caps *metrics_caps;
    struct conn *scrapers[METRICS_CONNECTIONS]; /* connections of the metrics listener; NULL: a free place */
    struct http_server metrics_server;
    struct keeper *keeper;
    struct outbound *outbound;
    unsigned running;      /* workers that have not stopped */
    int64_t keys_asked_at; /* monotonic: when workers last made us read the keyrings; 0: never */
};

static struct tls_options tls_options_of(struct serve *serve, const struct config *config)
{
    return (struct tls_options){.certificate = config->tls_certificate,
                                .key = config->tls_key,
                                .client_ca = config->tls_client_ca,
                                .crl = config->tls_crl,
                                .counts = &serve->app.tls_counts};
}

/* To the worker with the fewest connections. */
static bool hand_over(struct serve *serve, enum mail_kind kind, int fd, const char *address)
{
    struct worker *least = serve->app.workers[0];
    for (unsigned i = 1; i < serve->app.worker_count; i++)
        if (worker_load(serve->app.workers[i]) < worker_load(least))
            least = serve->app.workers[i];
    struct worker_conn *place = worker_conn_new(least, address);
    if (mailbox_send(least->mailbox, (struct mail){(int)kind, fd, place}))
        return true;
    worker_conn_drop(place);
    return false;
}

static bool on_api_accept(void *arg, int fd, const char *address)
{
    return hand_over(arg, MAIL_CONNECTION, fd, address);
}

static bool on_web_accept(void *arg, int fd, const char *address)
{
    return hand_over(arg, MAIL_WEB, fd, address);
}

static struct conn **scraper_place(struct serve *serve, const struct conn *conn)
{
    for (size_t i = 0; i < METRICS_CONNECTIONS; i++)
        if (serve->scrapers[i] == conn)
            return &serve->scrapers[i];
    return NULL;
}

static void on_metrics_gone(void *arg, struct conn *conn)
{
    *scraper_place(arg, conn) = NULL;
}

static bool on_metrics_accept(void *arg, int fd, const char *address)
{
    struct serve *serve = arg;
    struct conn_options options = {.handshake_timeout = MOMENT_SECOND * 5, .input_limit = METRICS_INPUT};
    struct conn **place = scraper_place(serve, NULL);
    if (!place)
        return false;
    conn_caps_give(serve->metrics_caps, address); /* the places count, not the addresses */
    *place = conn_new(serve->base, fd, NULL, &http_conn_ops, &serve->metrics_server, &options,
                      &serve->app.clock, on_metrics_gone, serve);
    return true;
}

static bool send_all(struct serve *serve, enum mail_kind kind)
{
    bool all = true;
    for (unsigned i = 0; i < serve->app.worker_count; i++)
        all = mailbox_send(serve->app.workers[i]->mailbox, (struct mail){.kind = (int)kind}) && all;
    return all;
}

static void on_drain_timeout(evutil_socket_t fd, short what, void *arg)
{
    struct serve *serve = arg;
    (void)fd, (void)what;
    log_event(EV_NOTICE, LOG_T("text", "drain-timeout has passed; what is still open is closed"));
    for (unsigned i = 0; i < serve->app.worker_count; i++)
        event_base_loopexit(serve->app.workers[i]->base, NULL);
}

static void on_terminate(evutil_socket_t fd, short what, void *arg)
{
    struct serve *serve = arg;
    struct timeval limit = {serve->config->drain_timeout / MOMENT_SECOND,
                            serve->config->drain_timeout % MOMENT_SECOND};
    (void)fd, (void)what;
    if (atomic_exchange(&serve->app.is_draining, true))
        return;
    log_event(EV_DRAINING, LOG_N("connections", conn_caps_count(serve->app.caps)));
    listener_free(&serve->api);
    listener_free(&serve->web);
    event_add(serve->drain_event, &limit);
    if (!send_all(serve, MAIL_DRAIN))
        on_drain_timeout(-1, 0, serve);
}

/* Gives every worker a reference. */
static void share_door(struct serve *serve, struct door *door)
{
    for (unsigned i = 0; i < serve->app.worker_count; i++) {
        struct door *held = door_hold(door);
        struct mail mail = {.kind = MAIL_DOOR, .object = held};
        if (!mailbox_send(serve->app.workers[i]->mailbox, mail))
            door_release(&held);
    }
}

/* The same of these. Mailboxes are far larger than what reloads send. */
static void share(struct serve *serve, const struct config *config, struct tls_context *tls)
{
    for (unsigned i = 0; i < serve->app.worker_count; i++) {
        const struct config *held = config_hold(config);
        struct tls_context *context = tls_context_hold(tls);
        struct mailbox *mailbox = serve->app.workers[i]->mailbox;
        if (!mailbox_send(mailbox, (struct mail){.kind = MAIL_CONFIG, .object = (void *)(uintptr_t)held}))
            config_release(&held);
        if (!mailbox_send(mailbox, (struct mail){.kind = MAIL_TLS, .object = context}))
            tls_context_release(&context);
    }
}

/* The same of the keyrings. */
static void share_keys(struct serve *serve, const struct keyrings *keyrings)
{
    for (unsigned i = 0; i < serve->app.worker_count; i++) {
        const struct keyrings *held = keyrings_hold(keyrings);
        struct mail mail = {.kind = MAIL_KEYS, .object = (void *)(uintptr_t)held};
        if (!mailbox_send(serve->app.workers[i]->mailbox, mail))
            keyrings_release(&held);
    }
    outbound_set_keyrings(serve->outbound, keyrings);
}

static void use_caps(struct serve *serve)
{
    const struct config *config = serve->config;
    conn_caps_set(serve->app.caps, (unsigned)config->max_connections,
                  (unsigned)config->max_connections_per_address);
    conn_caps_set(serve->app.account_caps, UINT32_MAX, (unsigned)config->max_connections_per_account);
}

/* What a reload brings, complete and usable, or NULL with *err. */
static const struct config *read_anew(struct serve *serve, struct tls_context **tls, struct door **door,
                                      const struct keyrings **keyrings, struct err *err)
{
    const struct config *config = config_read(serve->path, err);
    *keyrings = NULL;
    if (config && config_is_complete(config, err) && (*keyrings = keys_read(config, err))) {
        struct tls_options options = tls_options_of(serve, config);
        *tls = tls_context_new(&options, &serve->app.clock, err);
        *door = *tls ? door_new(config, &serve->app.clock, &serve->app.tls_counts, err) : NULL;
        if (*door)
            return config;
        tls_context_release(tls);
    }
    keyrings_release(keyrings);
    config_release(&config);
    return NULL;
}

static void on_reload(evutil_socket_t fd, short what, void *arg)
{
    struct serve *serve = arg;
    struct tls_context *tls;
    struct door *door;
    const struct keyrings *keyrings;
    struct err err;
    char restart[256];
    (void)fd, (void)what;
    if (!logfile_reopen(serve->origin->log_file, serve->log, &err))
        log_error(EV_RELOAD_FAILED, &err);
    const struct config *config = read_anew(serve, &tls, &door, &keyrings, &err);
    if (!config) {
        log_error(EV_RELOAD_FAILED, &err);
        return;
    }
    config_restart_keys(serve->origin, config, restart, sizeof restart);
    share(serve, config, tls);
    share_keys(serve, keyrings);
    share_door(serve, door);
    tls_context_release(&tls);
    door_release(&door);
    keyrings_release(&serve->keyrings);
    config_release(&serve->config);
    serve->keyrings = keyrings;
    serve->config = config;
    use_caps(serve);
    clock_move(&serve->app.clock, config->clock_offset);
    log_set_level((enum log_level)config->log_level);
    log_event(EV_RELOADED, LOG_T("config", serve->path ? serve->path : "defaults"),
              LOG_T("needs-restart", restart[0] ? restart : NULL));
}

/* Keys were rotated and nobody told us: what the files have now may be what is lacking. Not more often than
 * every KEYS_EVERY, since each request that lacks a key asks. */
static void load_keys(struct serve *serve)
{
    int64_t now = clock_monotonic(&serve->app.clock);
    struct err err;
    if (serve->keys_asked_at && now - serve->keys_asked_at < KEYS_EVERY)
        return;
    serve->keys_asked_at = now;
    const struct keyrings *keyrings = keys_read(serve->config, &err);
    if (!keyrings) {
        log_error(EV_RELOAD_FAILED, &err);
        return;
    }
    share_keys(serve, keyrings);
    keyrings_release(&serve->keyrings);
    serve->keyrings = keyrings;
    log_event(EV_NOTICE, LOG_T("text", "keyrings read anew: one lacked a wrapping key that is in use"));
}

static void on_mail(evutil_socket_t fd, short what, void *arg)
{
    struct serve *serve = arg;
    struct mail mail;
    (void)fd, (void)what;
    while (mailbox_receive(serve->app.mailbox, &mail))
        if (mail.kind == MAIL_KEYS_OLD)
            load_keys(serve);
        else if (mail.kind == MAIL_STOPPED && --serve->running == 0)
            event_base_loopexit(serve->base, NULL);
}

static bool watch_signals(struct serve *serve)
{
    static const struct {
        int number;
        event_callback_fn handler;
    } table[] = {{SIGTERM, on_terminate}, {SIGINT, on_terminate}, {SIGHUP, on_reload}};
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        serve->signals[i] = evsignal_new(serve->base, table[i].number, table[i].handler, serve);
        if (!serve->signals[i] || event_add(serve->signals[i], NULL) != 0)
            return false;
    }
    return true;
}

static bool make_workers(struct serve *serve, struct err *err)
{
    struct tls_options options = tls_options_of(serve, serve->config);
    struct tls_context *tls = NULL;
    if (!(serve->keyrings = keys_read(serve->config, err)) ||
        !(tls = tls_context_new(&options, &serve->app.clock, err)))
        return false;
    unsigned count = (unsigned)serve->config->workers;
    serve->app.workers = xcalloc(count, sizeof(struct worker *));
    for (unsigned i = 0; i < count; i++) {
        struct worker *worker = worker_new(&serve->app, i, config_hold(serve->config), tls_context_hold(tls),
                                           keyrings_hold(serve->keyrings), err);
        if (!worker)
            break;
        serve->app.workers[serve->app.worker_count++] = worker;
    }
    tls_context_release(&tls);
    return serve->app.worker_count == count;
}

static bool start_desk(struct serve *serve, struct err *err)
{
    serve->app.desk = desk_new(&serve->app.clock, serve->config, err);
    return serve->app.desk && desk_start(serve->app.desk, err);
}

/* Before anybody can knock. */
static bool open_door(struct serve *serve, struct err *err)
{
    struct door *door = door_new(serve->config, &serve->app.clock, &serve->app.tls_counts, err);
    if (!door)
        return false;
    share_door(serve, door);
    door_release(&door);
    return true;
}

static bool start_workers(struct serve *serve, struct err *err)
{
    for (unsigned i = 0; i < serve->app.worker_count; i++, serve->running++)
        if (!worker_start(serve->app.workers[i], err))
            return false;
    return true;
}

static bool make_loop(struct serve *serve, struct err *err)
{
    serve->base = event_base_new();
    serve->app.mailbox = mailbox_new(MAILS);
    if (!serve->base || !serve->app.mailbox || !watch_signals(serve))
        return err_set_os(err, ERR_OS, errno, "event loop");
    serve->mail_event =
        event_new(serve->base, mailbox_fd(serve->app.mailbox), EV_READ | EV_PERSIST, on_mail, serve);
    serve->drain_event = evtimer_new(serve->base, on_drain_timeout, serve);
    event_add(serve->mail_event, NULL);
    serve->app.caps = conn_caps_new(1, 1);
    serve->app.account_caps = conn_caps_new(1, 1);
    serve->app.file_caps = conn_caps_new(ROUTE_FILES, ROUTE_FILES_OF_ACCOUNT);
    serve->app.organisation_files = conn_caps_new(ROUTE_FILES, ROUTE_FILES_OF_ORGANISATION);
    serve->metrics_caps = conn_caps_new(METRICS_CONNECTIONS, METRICS_CONNECTIONS);
    use_caps(serve);
    return true;
}

static bool listen_all(struct serve *serve, struct err *err)
{
    serve->metrics_server = (struct http_server){.app = &system_app,
                                                 .limits = {.head_timeout = MOMENT_SECOND * 5,
                                                            .body_timeout = MOMENT_SECOND * 5,
                                                            .reply_timeout = MOMENT_SECOND * 5,
                                                            .idle_timeout = MOMENT_SECOND * 60},
                                                 .clock = &serve->app.clock,
                                                 .context = &serve->app};
    serve->metrics = listener_new(serve->base, serve->config->metrics_listen, serve->metrics_caps,
                                  on_metrics_accept, serve, err);
    if (!serve->metrics)
        return false;
    serve->api =
        listener_new(serve->base, serve->config->api_listen, serve->app.caps, on_api_accept, serve, err);
    if (!serve->api)
        return false;
    if (serve->config->web_listen) {
        serve->web =
            listener_new(serve->base, serve->config->web_listen, serve->app.caps, on_web_accept, serve, err);
        if (!serve->web)
            return false;
        log_event(EV_LISTENING, LOG_T("what", "web"), LOG_N("port", listener_port(serve->web)));
    }
    log_event(EV_LISTENING, LOG_T("what", "api"), LOG_N("port", listener_port(serve->api)));
    log_event(EV_LISTENING, LOG_T("what", "metrics"), LOG_N("port", listener_port(serve->metrics)));
    return true;
}

/* As many descriptors as we may have; connections are capped by configuration. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void stop_workers(struct serve *serve)
{
    for (unsigned i = 0; i < serve->running; i++)
        event_base_loopexit(serve->app.workers[i]->base, NULL);
}

static void close_scrapers(struct serve *serve)
{
    for (size_t i = 0; i < METRICS_CONNECTIONS; i++)
        if (serve->scrapers[i])
            conn_abort(serve->scrapers[i]);
    for (int turn = 0; turn < 3; turn++) /* they rest for one */
        event_base_loop(serve->base, EVLOOP_NONBLOCK);
}

/* A signal that comes while we leave changes nothing: without its handler it would kill. */
static void shut_ears(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
}

static void serve_free(struct serve *serve, unsigned started)
{
    shut_ears();
    keeper_stop(&serve->keeper);
    outbound_stop(&serve->outbound);
    for (unsigned i = 0; i < started; i++)
        worker_join(serve->app.workers[i]);
    desk_stop(serve->app.desk); /* what it has done is mail that the workers still take */
    for (unsigned i = 0; i < serve->app.worker_count; i++)
        worker_free(&serve->app.workers[i]);
    free(serve->app.workers);
    listener_free(&serve->api);
    listener_free(&serve->web);
    listener_free(&serve->metrics);
    for (size_t i = 0; i < 3; i++)
        if (serve->signals[i])
            event_free(serve->signals[i]);
    if (serve->mail_event)
        event_free(serve->mail_event);
    if (serve->drain_event)
        event_free(serve->drain_event);
    if (serve->base) {
        close_scrapers(serve);
        event_base_free(serve->base);
    }
    desk_free(&serve->app.desk);
    board_free(&serve->app.board);
    mailbox_free(&serve->app.mailbox);
    conn_caps_free(&serve->app.caps);
    conn_caps_free(&serve->app.account_caps);
    conn_caps_free(&serve->app.file_caps);
    conn_caps_free(&serve->app.organisation_files);
    conn_caps_free(&serve->metrics_caps);
    keyrings_release(&serve->keyrings);
    config_release(&serve->config);
    config_release(&serve->origin);
}

bool serve(const struct config *config, const char *path, int log, struct err *err)
{
    struct serve serve = {.config = config, .origin = config_hold(config), .path = path, .log = log};
    serve.app.clock = clock_system(config->clock_offset);
    atomic_init(&serve.app.schema_fits, true);
    evthread_use_pthreads();
    raise_descriptors();
    serve.app.board = board_new();
    bool started = make_loop(&serve, err) && listen_all(&serve, err) && sandbox_enter(config, err) &&
                   make_workers(&serve, err) && open_door(&serve, err) && start_desk(&serve, err) &&
                   start_workers(&serve, err);
    unsigned running = serve.running;
    started = started && (serve.keeper = keeper_new(&serve.app, config, err)) &&
              keeper_start(serve.keeper, err) &&
              (serve.outbound = outbound_new(&serve.app, config, serve.keyrings, err)) &&
              outbound_start(serve.outbound, err);
    if (started) {
        log_event(EV_STARTED, LOG_T("version", WIJZER_VERSION), LOG_T("schema", app_schema_version),
                  LOG_N("workers", serve.app.worker_count), LOG_N("pid", getpid()));
        event_base_dispatch(serve.base);
        log_event(EV_STOPPED, LOG_N("pid", getpid()));
    } else {
        stop_workers(&serve);
    }
    serve_free(&serve, running);
    return started;
}
