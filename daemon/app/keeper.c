#include "keeper.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "arena.h"
#include "asker.h"
#include "board.h"
#include "chores.h"
#include "edition.h"
#include "region.h"
#include "sealer.h"
#include "worker.h"

enum { NICE = 5, FIRST_BLOCK = 16384, LOG_VERSIONS = 128, COMING = 8, COMING_TEXT = 128 };
#define TICK (MOMENT_SECOND / 2)
#define HOUR (3600 * MOMENT_SECOND)
#define MEASURE_REST (300 * MOMENT_SECOND) /* after a failure, twice as long after each further one */
#define JOB_TIMEOUT (30 * MOMENT_SECOND)   /* the rows of a large table, on a busy server */

/* A version that will be in force later, compiled ahead of time. */
struct coming {
    int table, version;        /* 0: nothing here */
    const struct ruleset *set; /* one reference; NULL: its rows do not hold together */
};

struct watched {
    int32_t id;
    int64_t wanted, loaded;      /* versions; 0: none */
    int64_t refused;             /* a version that did not compile, not to be tried again */
    int64_t measure_at;          /* monotonic: when its reply times are due; 0: at once */
    int64_t measure_rest;        /* how long it rested after failing last; 0: it did not */
    const struct region *region; /* what was published last; one reference */
    struct chore_times chores;
    const struct ruleset *sets[RULE_TABLES + 1]; /* of what was published last; each one reference */
    char wanted_coming[COMING_TEXT];             /* "3:8 2:7", as the database said last */
    struct coming coming[COMING];
};

struct keeper {
    struct app *app;
    pthread_t thread;
    bool is_running;
    struct asker *asker, *keys; /* of the data and of the key database */
    struct sealer *sealer;
    struct watched regions[WORKER_REGIONS];
    unsigned region_count;
    int64_t rights, rights_seen; /* over all regions: told to the workers, and seen last; -1: not yet */
};

/* A snapshot in the making. */
struct making {
    struct keeper *keeper;
    struct watched *watched;
    struct arena *arena;
    struct slice document;
    int versions[RULE_TABLES + 1];
    const struct ruleset *sets[RULE_TABLES + 1]; /* each one reference */
    int table;                                   /* whose rows are being read */
    int64_t begun;
    struct err *err;
};

/* ---- publishing ---- */

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

/* "1:4 2:5 3:12": the tables in force with their versions. */
static const char *versions_text(const struct region *region, char out[LOG_VERSIONS])
{
    size_t used = 0;
    out[0] = '\0';
    for (int t = 1; t <= RULE_TABLES && used < LOG_VERSIONS; t++)
        if (region->tables[t])
            used += (size_t)snprintf(out + used, LOG_VERSIONS - used, "%s%d:%d", used ? " " : "", t,
                                     region->tables[t]->version);
    return out;
}

static void tell_loaded(const struct region *region, int64_t build_us)
{
    char versions[LOG_VERSIONS];
    size_t rules = 0;
    for (int t = 1; t <= RULE_TABLES; t++)
        rules += region->tables[t] ? region->tables[t]->rule_count : 0;
    log_event(EV_REGION_LOADED, LOG_S("region", region->code), LOG_N("version", region->version),
              LOG_T("tables", versions_text(region, versions)), LOG_N("rules", rules), LOG_N("us", build_us));
    if (region->lost_count)
        log_event(EV_NOTICE, LOG_T("text", "rules in force name offerings that the region does not have"),
                  LOG_S("region", region->code), LOG_N("offerings", region->lost_count),
                  LOG_N("table", region->lost_table), LOG_S("rule", region->lost_rule),
                  LOG_N("offering", region->lost_offering));
}

/* The rulesets of the snapshot become those that the next one may share. */
static void keep_sets(struct making *making)
{
    for (int t = 0; t <= RULE_TABLES; t++) {
        ruleset_release(&making->watched->sets[t]);
        making->watched->sets[t] = making->sets[t];
        making->sets[t] = NULL;
    }
}

static void show(struct making *making, const struct region *region)
{
    struct keeper *keeper = making->keeper;
    int64_t build_us = clock_monotonic(&keeper->app->clock) - making->begun;
    if (!publish(keeper, region))
        return; /* the next look tries again */
    making->watched->loaded = making->watched->wanted;
    region_release(&making->watched->region);
    making->watched->region = region_hold(region);
    keep_sets(making);
    board_show(keeper->app->board, region, build_us);
    count_loaded(keeper);
    tell_loaded(region, build_us);
}

/* ---- making ---- */

static void refuse(struct making *making)
{
    log_error(EV_REGION_FAILED, making->err);
    making->watched->refused = making->watched->wanted;
    board_mark_stale(making->keeper->app->board, making->watched->id);
}

static void take_document(void *arg, const PGresult *rows)
{
    struct making *making = arg;
    making->document =
        arena_slice(making->arena, PQntuples(rows) ? store_text(rows, 0, "snapshot") : SLICE_NONE);
}

static void take_rows(void *arg, const PGresult *rows)
{
    struct making *making = arg;
    struct rule_source source = edition_source(rows);
    making->sets[making->table] =
        ruleset_load(question_of(making->table), 0, making->versions[making->table], &source, making->err);
}

/* The one we have, or NULL. */
static const struct ruleset *set_at_hand(const struct watched *watched, int table, int version)
{
    const struct ruleset *had = watched->sets[table];
    for (size_t i = 0; (!had || had->version != version) && i < COMING; i++)
        had = watched->coming[i].set;
    return had && had->version == version ? had : NULL;
}

/* The ruleset of one table: the one we have, or a new one. *refused: the rows do not hold together. */
static bool take_set(struct making *making, int table, bool *refused)
{
    const struct ruleset *had = set_at_hand(making->watched, table, making->versions[table]);
    if (had) {
        making->sets[table] = ruleset_hold(had);
        return true;
    }
    const char *params[2] = {arena_printf(making->arena, "%d", making->watched->id),
                             arena_printf(making->arena, "%d", making->versions[table])};
    making->table = table;
    *refused = asker_ask(making->keeper->asker, STORE_RULE_ROWS, params, take_rows, making, making->err) &&
               !making->sets[table];
    return making->sets[table] != NULL;
}

/* False: *refused says whether it is the snapshot's fault, or the database was not there. */
static bool take_sets(struct making *making, bool *refused)
{
    *refused = true;
    if (!making->document.ptr)
        return err_set(making->err, ERR_INTERNAL, "region %d has no snapshot", making->watched->id);
    if (!region_tables(making->document, making->versions, making->err))
        return false;
    for (int t = 1; t <= RULE_TABLES; t++)
        if (making->versions[t] && !take_set(making, t, refused))
            return false;
    return true;
}

static void make(struct making *making)
{
    const char *params[1] = {arena_printf(making->arena, "%d", making->watched->id)};
    bool refused = true;
    if (!asker_ask(making->keeper->asker, STORE_REGION_SNAPSHOT, params, take_document, making,
                   making->err)) {
        log_error(EV_REGION_FAILED, making->err);
        return; /* the next look asks again */
    }
    const struct region *region =
        take_sets(making, &refused) ? region_compile(making->document, making->sets, making->err) : NULL;
    if (region)
        show(making, region);
    else if (refused)
        refuse(making);
    else
        log_error(EV_REGION_FAILED, making->err);
    region_release(&region);
}

static void load(struct keeper *keeper, struct watched *watched, void (*what)(struct making *making))
{
    struct err err;
    struct making making = {.keeper = keeper, .watched = watched, .err = &err};
    making.arena = arena_new(FIRST_BLOCK);
    making.begun = clock_monotonic(&keeper->app->clock);
    what(&making);
    for (int t = 0; t <= RULE_TABLES; t++)
        ruleset_release(&making.sets[t]);
    arena_free(&making.arena);
}

/* ---- making ready ---- */

/* The next "3:8" of *rest; false at the end. */
static bool next_coming(struct slice *rest, struct coming *out)
{
    uint64_t table, version;
    struct slice word = slice_cut(rest, ' '), number = slice_cut(&word, ':');
    if (!slice_to_u64(number, RULE_TABLES, &table) || !slice_to_u64(word, INT32_MAX, &version))
        return false;
    *out = (struct coming){(int)table, (int)version, NULL};
    return table > 0;
}

/* What comes no more gives its place back; one that is in force now is held with the snapshot. */
static void forget_coming(struct watched *watched)
{
    for (size_t i = 0; i < COMING; i++) {
        struct slice rest = slice_of(watched->wanted_coming);
        struct coming one;
        bool is_wanted = false;
        while (!is_wanted && next_coming(&rest, &one))
            is_wanted = one.version == watched->coming[i].version;
        if (is_wanted)
            continue;
        ruleset_release(&watched->coming[i].set);
        watched->coming[i] = (struct coming){0};
    }
}

/* Where it stands or may stand. */
static struct coming *place_of(struct watched *watched, int version)
{
    struct coming *empty = NULL;
    for (size_t i = 0; i < COMING; i++) {
        if (watched->coming[i].version == version)
            return &watched->coming[i];
        if (!watched->coming[i].version)
            empty = &watched->coming[i];
    }
    return empty;
}

/* Reading many rows takes a second or two: done before they are needed, a version is in force at once. */
static void make_ready(struct making *making)
{
    struct watched *watched = making->watched;
    struct slice rest = slice_of(watched->wanted_coming);
    struct coming one;
    while (next_coming(&rest, &one)) {
        struct coming *place = place_of(watched, one.version);
        bool refused = false;
        if (!place || place->version)
            continue;
        making->versions[one.table] = one.version;
        if (!take_set(making, one.table, &refused) && !refused)
            return; /* the database was not there */
        place->table = one.table;
        place->version = one.version;
        place->set = making->sets[one.table];
        making->sets[one.table] = NULL;
    }
}

/* ---- looking ---- */

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

static void take_wanted(struct watched *watched, const PGresult *rows, int row)
{
    watched->wanted = store_number(rows, row, "version", 0);
    snprintf(watched->wanted_coming, sizeof watched->wanted_coming, "%.*s",
             SLICE_FMT(store_text(rows, row, "coming")));
}

static void take_regions(void *arg, const PGresult *rows)
{
    struct keeper *keeper = arg;
    keeper->rights_seen = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        struct watched *watched = watch(keeper, (int32_t)store_number(rows, row, "region_id", 0));
        if (watched)
            take_wanted(watched, rows, row);
        keeper->rights_seen += store_number(rows, row, "rights", 0);
        check_schema(keeper, store_text(rows, row, "schema_version"));
    }
}

/* Somebody's rights have changed: workers ask again who their peers are. One that has no room now hears it at
 * the next look. */
static void tell_rights(struct keeper *keeper)
{
    bool all = true;
    if (keeper->rights == keeper->rights_seen)
        return;
    for (unsigned i = 0; keeper->rights >= 0 && i < keeper->app->worker_count; i++)
        all = mailbox_send(keeper->app->workers[i]->mailbox, (struct mail){.kind = MAIL_RIGHTS}) && all;
    if (all)
        keeper->rights = keeper->rights_seen;
}

/* When it is asked for again. */
static void put_off(struct watched *watched, int64_t now, bool has_failed)
{
    int64_t rest = watched->measure_rest ? 2 * watched->measure_rest : MEASURE_REST;
    watched->measure_rest = !has_failed ? 0 : rest < HOUR ? rest : HOUR;
    watched->measure_at = now + (has_failed ? watched->measure_rest : HOUR);
}

/* Once an hour, and at the start; where another daemon did it lately, the database leaves it at that. */
static void measure(struct keeper *keeper, struct watched *watched)
{
    char id[16];
    const char *params[1] = {id};
    struct err err;
    snprintf(id, sizeof id, "%d", watched->id);
    bool is_done = asker_ask(keeper->asker, STORE_MEASURE_REPLIES, params, NULL, NULL, &err);
    if (!is_done)
        log_error(EV_JOB_FAILED, &err);
    put_off(watched, clock_monotonic(&keeper->app->clock), !is_done);
}

/* One region at a time, who has waited longest: it reads a year, and nothing else is looked at meanwhile. */
static void measure_one(struct keeper *keeper)
{
    struct watched *first = NULL;
    for (unsigned i = 0; i < keeper->region_count; i++)
        if (!first || keeper->regions[i].measure_at < first->measure_at)
            first = &keeper->regions[i];
    if (first && first->measure_at <= clock_monotonic(&keeper->app->clock))
        measure(keeper, first);
}

void keeper_look(struct keeper *keeper)
{
    struct err err;
    if (!asker_ask(keeper->asker, STORE_REGIONS, NULL, take_regions, keeper, &err))
        return; /* the lane has logged it */
    if (!atomic_load(&keeper->app->schema_fits))
        return;
    tell_rights(keeper);
    for (unsigned i = 0; i < keeper->region_count; i++) {
        struct watched *watched = &keeper->regions[i];
        if (watched->wanted != watched->loaded && watched->wanted != watched->refused)
            load(keeper, watched, make);
        forget_coming(watched);
        if (watched->wanted_coming[0])
            load(keeper, watched, make_ready);
    }
    for (unsigned i = 0; i < keeper->region_count; i++) {
        struct watched *watched = &keeper->regions[i];
        struct chores chores = {&keeper->app->clock, keeper->asker, keeper->keys};
        if (watched->region)
            chores_look(&chores, watched->region, &watched->chores);
        sealer_look(keeper->sealer, keeper->regions[i].id);
    }
    measure_one(keeper);
}

/* ---- its life ---- */

static void *run(void *arg)
{
    struct keeper *keeper = arg;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* of this thread, on Linux */
    do
        keeper_look(keeper);
    while (asker_rest(keeper->asker, NULL, TICK));
    return NULL;
}

struct keeper *keeper_new(struct app *app, const struct config *config, struct err *err)
{
    struct keeper *keeper = xcalloc(1, sizeof *keeper);
    keeper->app = app;
    keeper->rights = -1;
    keeper->asker = asker_new(&app->clock, config, JOB_TIMEOUT, "wijzerd-keeper", err);
    keeper->sealer = keeper->asker ? sealer_new(&app->clock, config, keeper->asker, err) : NULL;
    if (keeper->sealer)
        keeper->keys = asker_new_for_keys(&app->clock, config, JOB_TIMEOUT, "wijzerd-keeper", err);
    if (!keeper->keys)
        keeper_stop(&keeper);
    return keeper;
}

bool keeper_start(struct keeper *keeper, struct err *err)
{
    int failed = pthread_create(&keeper->thread, NULL, run, keeper);
    keeper->is_running = !failed;
    return !failed || err_set_os(err, ERR_OS, failed, "keeper");
}

static void forget_region(struct watched *watched)
{
    for (int t = 0; t <= RULE_TABLES; t++)
        ruleset_release(&watched->sets[t]);
    region_release(&watched->region);
    watched->wanted_coming[0] = '\0';
    forget_coming(watched);
}

void keeper_stop(struct keeper **keeper)
{
    struct keeper *k = *keeper;
    if (!k)
        return;
    if (k->is_running) {
        asker_stop(k->asker);
        asker_stop(k->keys);
        pthread_join(k->thread, NULL);
    }
    sealer_free(&k->sealer);
    asker_free(&k->asker);
    asker_free(&k->keys);
    for (unsigned i = 0; i < k->region_count; i++)
        forget_region(&k->regions[i]);
    xfree(*keeper);
}
