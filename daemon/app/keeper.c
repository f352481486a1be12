#include "keeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "region.h"
#include "store.h"
#include "worker.h"

struct watched {
    int32_t id;
    int64_t wanted, loaded; /* versions; 0: none */
    int64_t refused;        /* a version that did not compile, not to be tried again */
};

struct keeper {
    struct app *app;
    pthread_t thread;
    struct event_base *base;
    struct event *tick;
    struct pg_pool *pool;
    struct pg_job job;
    bool is_asking;
    struct watched regions[WORKER_REGIONS];
    unsigned region_count;
    struct watched *loading;
    char id[16];
    const char *params[1];
};

static void load_next(struct keeper *keeper);

static void ask(struct keeper *keeper, enum store_statement statement, pg_on_done *on_done)
{
    struct err err;
    keeper->job = (struct pg_job){.statement = &store_statements[statement],
                                  .params = keeper->params,
                                  .on_done = on_done,
                                  .arg = keeper};
    keeper->is_asking = pg_pool_submit(keeper->pool, &keeper->job, &err);
}

/* To every worker; false if one has no room now. A worker that got it twice is none the worse. */
static bool publish(struct keeper *keeper, const struct region *region)
{
    bool all = true;
    for (unsigned i = 0; i < keeper->app->worker_count; i++) {
        const struct region *held = region_hold(region);
        struct mail mail = {.kind = MAIL_REGION, .object = (void *)(uintptr_t)held};
        if (!mailbox_send(keeper->app->workers[i]->mailbox, mail)) {
            region_release(&held);
            all = false;
        }
    }
    return all;
}

static void count_loaded(struct keeper *keeper)
{
    unsigned count = 0;
    for (unsigned i = 0; i < keeper->region_count; i++)
        count += keeper->regions[i].loaded != 0;
    atomic_store(&keeper->app->regions, count);
}

static void take_snapshot(struct keeper *keeper, struct slice document)
{
    struct watched *watched = keeper->loading;
    struct err err;
    const struct region *region = document.ptr ? region_compile(document, &err) : NULL;
    if (!region) {
        if (!document.ptr)
            err_set(&err, ERR_INTERNAL, "region %d has no snapshot", watched->id);
        log_error(EV_REGION_FAILED, &err);
        watched->refused = watched->wanted;
        return;
    }
    if (publish(keeper, region)) {
        watched->loaded = watched->wanted;
        count_loaded(keeper);
        log_event(EV_REGION_LOADED, LOG_S("region", region->code), LOG_N("version", region->version),
                  LOG_N("table", region->routing.number), LOG_N("table_version", region->routing.version),
                  LOG_N("rules", region->routing.rule_count));
    }
    region_release(&region);
}

static void on_snapshot(void *arg, const struct pg_reply *reply)
{
    struct keeper *keeper = arg;
    keeper->is_asking = false;
    if (reply->outcome != PG_COMMITTED) {
        log_error(EV_REGION_FAILED, reply->err);
        return; /* the next tick asks again */
    }
    take_snapshot(keeper, PQntuples(reply->result) ? store_text(reply->result, 0, "snapshot") : SLICE_NONE);
    load_next(keeper);
}

/* Loads the first region that changed, if there is one. */
static void load_next(struct keeper *keeper)
{
    for (unsigned i = 0; i < keeper->region_count; i++) {
        struct watched *watched = &keeper->regions[i];
        if (watched->wanted == watched->loaded || watched->wanted == watched->refused)
            continue;
        keeper->loading = watched;
        snprintf(keeper->id, sizeof keeper->id, "%d", watched->id);
        keeper->params[0] = keeper->id;
        ask(keeper, STORE_REGION_SNAPSHOT, on_snapshot);
        return;
    }
}

static struct watched *watch(struct keeper *keeper, int32_t id)
{
    for (unsigned i = 0; i < keeper->region_count; i++)
        if (keeper->regions[i].id == id)
            return &keeper->regions[i];
    if (keeper->region_count == WORKER_REGIONS)
        return NULL;
    struct watched *watched = &keeper->regions[keeper->region_count++];
    *watched = (struct watched){.id = id};
    return watched;
}

static void check_schema(struct keeper *keeper, struct slice version)
{
    bool fits = slice_is(version, app_schema_version);
    bool was = atomic_exchange(&keeper->app->schema_fits, fits);
    if (!fits && was)
        log_event(EV_REGION_FAILED, LOG_T("text", "the database has another schema than this program needs"),
                  LOG_S("schema", version), LOG_T("needed", app_schema_version));
}

static void on_regions(void *arg, const struct pg_reply *reply)
{
    struct keeper *keeper = arg;
    keeper->is_asking = false;
    if (reply->outcome != PG_COMMITTED)
        return; /* the lane has logged it */
    for (int row = 0; row < PQntuples(reply->result); row++) {
        struct watched *watched = watch(keeper, (int32_t)store_number(reply->result, row, "region_id", 0));
        if (watched)
            watched->wanted = store_number(reply->result, row, "version", 0);
        check_schema(keeper, store_text(reply->result, row, "schema_version"));
    }
    if (atomic_load(&keeper->app->schema_fits))
        load_next(keeper);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct keeper *keeper = arg;
    (void)fd, (void)what;
    if (!keeper->is_asking)
        ask(keeper, STORE_REGIONS, on_regions);
}

static void *run(void *arg)
{
    struct keeper *keeper = arg;
    event_base_dispatch(keeper->base);
    return NULL;
}

static void keeper_free(struct keeper *keeper)
{
    pg_pool_free(&keeper->pool);
    if (keeper->tick)
        event_free(keeper->tick);
    if (keeper->base)
        event_base_free(keeper->base);
    free(keeper);
}

static bool prepare(struct keeper *keeper, const struct config *config, struct err *err)
{
    struct pg_options options = {.conninfo = config->database,
                                 .statements = store_statements,
                                 .statement_count = STORE_COUNT,
                                 .lanes = 1,
                                 .in_flight = 4,
                                 .queue = 16,
                                 .connect_timeout = config->connect_timeout,
                                 .job_timeout = config->job_timeout,
                                 .backoff_min = MOMENT_SECOND / 20,
                                 .backoff_max = MOMENT_SECOND * 2,
                                 .application_name = "wijzerd-keeper"};
    struct timeval second = {1, 0};
    keeper->base = event_base_new();
    if (!keeper->base)
        return err_set_os(err, ERR_OS, errno, "keeper");
    keeper->pool = pg_pool_new(keeper->base, &keeper->app->clock, &options, err);
    if (!keeper->pool)
        return false;
    keeper->tick = event_new(keeper->base, -1, EV_PERSIST, on_tick, keeper);
    event_add(keeper->tick, &second);
    event_active(keeper->tick, EV_TIMEOUT, 0);
    return true;
}

struct keeper *keeper_start(struct app *app, const struct config *config, struct err *err)
{
    struct keeper *keeper = xcalloc(1, sizeof *keeper);
    keeper->app = app;
    int failed = 0;
    if (!prepare(keeper, config, err) || (failed = pthread_create(&keeper->thread, NULL, run, keeper))) {
        if (failed)
            err_set_os(err, ERR_OS, failed, "keeper");
        keeper_free(keeper);
        return NULL;
    }
    return keeper;
}

void keeper_stop(struct keeper **keeper)
{
    if (!*keeper)
        return;
    event_base_loopexit((*keeper)->base, NULL);
    pthread_join((*keeper)->thread, NULL);
    keeper_free(*keeper);
    *keeper = NULL;
}
