/*
 * What the tests of lanes share: a loop with a pool on a private cluster, the tables and statements they use,
 * and `ask`, a job that remembers how it ended.
 */
#ifndef WIJZER_TEST_ASKING_H
#define WIJZER_TEST_ASKING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <fcntl.h>

#include "arena.h"
#include "cluster.h"
#include "lane.h"
#include "log.h"

#define MS INT64_C(1000)

static const char *const schema_sql =
    "create table public.t (id int primary key, note text);"
    "insert into public.t values (1, 'one');"
    "create table public.parent (id int primary key);"
    "create table public.child (id int primary key, parent int references public.parent "
    "  deferrable initially deferred);"
    "create table public.shape (id int); insert into public.shape values (1);"
    "create sequence public.turn;"
    "create function public.roll_back(n int) returns bigint language plpgsql as $$ declare i bigint; begin "
    "  i := nextval('public.turn'); if i % n <> 0 then raise sqlstate '40001'; end if; return i; end $$;"
    "create function public.end_self(n int, new_id int) returns void language plpgsql as $$ begin "
    "  insert into public.t values (new_id, 'ended'); "
    "  if nextval('public.turn') % n <> 0 then perform pg_terminate_backend(pg_backend_pid()); "
    "  perform pg_sleep(10); end if; end $$;"
    "create table public.late (id int primary key);"
    "create function public.end_late() returns trigger language plpgsql as $$ begin "
    "  perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(10); return null; end $$;"
    "create constraint trigger late after insert on public.late deferrable initially deferred "
    "  for each row execute function public.end_late();";

enum statement {
    PUT,
    PICK,
    DEFER,
    SLOW_PUT,
    SLOW_READ,
    SHAPE,
    ROLL_BACK,
    END_SELF,
    FORGET,
    SETTING,
    DIVIDE,
    COPY_OUT,
    END_LATE,
    STATEMENT_COUNT
};

static const struct pg_statement statements[STATEMENT_COUNT] = {
    [PUT] = {"put", "insert into public.t values ($1::int, $2::text)", 2, NULL, false},
    [PICK] = {"pick", "select note from public.t where id = $1::int", 1, NULL, true},
    [DEFER] = {"defer", "insert into public.child values ($1::int, $2::int)", 2, NULL, false},
    [SLOW_PUT] = {"slow_put", "insert into public.t select $1::int, pg_sleep($2::float8)::text", 2, NULL,
                  false},
    [SLOW_READ] = {"slow_read", "select $1::int, pg_sleep($2::float8)", 2, NULL, true},
    [SHAPE] = {"shape", "select * from public.shape", 0, NULL, true},
    [ROLL_BACK] = {"roll_back", "select public.roll_back($1::int)", 1, NULL, false},
    [END_SELF] = {"end_self", "select public.end_self($1::int, $2::int)", 2, NULL, false},
    [FORGET] = {"forget", "deallocate all", 0, NULL, false},
    [SETTING] = {"setting", "select current_setting($1::text)", 1, NULL, true},
    [DIVIDE] = {"divide", "select 1 / $1::int, $2::int", 2, NULL, true},
    [END_LATE] = {"end_late", "insert into public.late values ($1::int)", 1, NULL, false},
    [COPY_OUT] = {"copy_out", "copy public.t to stdout", 0, NULL, false},
};

struct world {
    struct cluster cluster, copy; /* a second one is only there where a test makes it */
    struct event_base *base;
    struct clock clock;
    struct pg_pool *pool;
    struct arena *memory; /* of the asks of one test, which must outlive the pool even where the test fails */
    struct proxy *proxy;
    unsigned calls; /* on_done calls seen */
    int next_id;
};

struct ask {
    struct pg_job job;
    struct world *world;
    char first[16], second[16];
    const char *params[2];
    enum { ASK_NEW, ASK_TAKEN, ASK_ANSWERED } state;
    enum pg_outcome outcome;
    struct err err;
    char value[64]; /* first column of the first row */
    int columns;
};

static inline struct pg_options default_options(const char *conninfo)
{
    return (struct pg_options){.conninfo = conninfo,
                               .statements = statements,
                               .statement_count = STATEMENT_COUNT,
                               .lanes = 2,
                               .in_flight = 64,
                               .queue = 10000,
                               .connect_timeout = 5000 * MS,
                               .job_timeout = 10000 * MS,
                               .backoff_min = 5 * MS,
                               .backoff_max = 200 * MS,
                               .application_name = "lane-test"};
}

static inline const char *world_conninfo(const struct world *world, char out[128])
{
    snprintf(out, 128, "host=%s user=postgres dbname=postgres", world->cluster.dir);
    return out;
}

static inline int64_t world_now(const struct world *world)
{
    return clock_monotonic(&world->clock);
}

static inline void on_nothing(evutil_socket_t socket, short what, void *arg)
{
    (void)socket, (void)what, (void)arg;
}

/* One turn of the loop that lasts at most 5 ms. */
static inline void world_turn(struct world *world)
{
    struct timeval soon = {0, 5000};
    event_base_once(world->base, -1, EV_TIMEOUT, on_nothing, NULL, &soon);
    event_base_loop(world->base, EVLOOP_ONCE);
}

static inline void world_run(struct world *world, int64_t duration)
{
    for (int64_t end = world_now(world) + duration; world_now(world) < end;)
        world_turn(world);
}

/* Until at least that many lanes are up; false after 20 seconds. */
static inline bool world_up(struct world *world, unsigned lanes)
{
    for (int64_t end = world_now(world) + 20000 * MS; pg_pool_up(world->pool) < lanes;) {
        if (world_now(world) > end)
            return false;
        world_turn(world);
    }
    return true;
}

static inline struct ask *ask_array(struct world *world, size_t count)
{
    return arena_array(world->memory, count, sizeof(struct ask));
}

static inline void on_answer(void *arg, const struct pg_reply *reply)
{
    struct ask *ask = arg;
    assert_int_equal(ask->state, ASK_TAKEN);
    assert_true((reply->err == NULL) == (reply->outcome == PG_COMMITTED));
    assert_true((reply->result != NULL) == (reply->outcome == PG_COMMITTED));
    ask->state = ASK_ANSWERED;
    ask->outcome = reply->outcome;
    if (reply->err)
        ask->err = *reply->err;
    if (reply->result) {
        ask->columns = PQnfields(reply->result);
        if (PQntuples(reply->result) > 0)
            snprintf(ask->value, sizeof ask->value, "%s", PQgetvalue(reply->result, 0, 0));
    }
    ask->world->calls++;
}

static inline bool ask_submit(struct world *world, struct ask *ask, struct err *err)
{
    ask->state = ASK_TAKEN;
    bool taken = pg_pool_submit(world->pool, &ask->job, err);
    if (!taken)
        ask->state = ASK_NEW;
    return taken;
}

static inline void ask_make(struct world *world, struct ask *ask, enum statement statement, const char *first,
                            const char *second)
{
    *ask = (struct ask){.world = world};
    snprintf(ask->first, sizeof ask->first, "%s", first ? first : "");
    snprintf(ask->second, sizeof ask->second, "%s", second ? second : "");
    ask->params[0] = ask->first;
    ask->params[1] = ask->second;
    ask->job.statement = &statements[statement];
    ask->job.params = ask->params;
    ask->job.on_done = on_answer;
    ask->job.arg = ask;
}

/* Makes and submits; the pool must take it. */
static inline void ask_start(struct world *world, struct ask *ask, enum statement statement,
                             const char *first, const char *second)
{
    struct err err = {.text = ""};
    ask_make(world, ask, statement, first, second);
    if (!ask_submit(world, ask, &err))
        fail_msg("not taken: %s", err.text);
}

static inline void ask_put(struct world *world, struct ask *ask)
{
    char id[16];
    snprintf(id, sizeof id, "%d", ++world->next_id);
    ask_start(world, ask, PUT, id, "put");
}

static inline void ask_wait(struct world *world, const struct ask *asks, size_t count)
{
    int64_t end = world_now(world) + 30000 * MS;
    for (size_t i = 0; i < count;) {
        if (asks[i].state != ASK_TAKEN)
            i++;
        else if (world_now(world) > end)
            fail_msg("job %zu of %zu has no end", i, count);
        else
            world_turn(world);
    }
}

static inline void ask_expect(const struct ask *ask, enum pg_outcome outcome, const char *sqlstate)
{
    if (ask->state != ASK_ANSWERED || ask->outcome != outcome || strcmp(ask->err.sqlstate, sqlstate) != 0)
        fail_msg("%s(%s): %s %s (%s) instead of %s %s", ask->job.statement->name, ask->first,
                 pg_outcome_word(ask->outcome), ask->err.sqlstate, ask->err.text, pg_outcome_word(outcome),
                 sqlstate);
}

static inline bool is_in_table(const struct world *world, const char *id)
{
    char sql[96];
    snprintf(sql, sizeof sql, "select count(*) from public.t where id = %s", id);
    long count = cluster_number(&world->cluster, sql);
    assert_in_range(count, 0, 1);
    return count == 1;
}

/* What was told and what is stored do not contradict each other. */
static inline void ask_expect_truth(const struct ask *ask)
{
    assert_int_equal(ask->state, ASK_ANSWERED);
    if (ask->outcome != PG_UNCERTAIN && is_in_table(ask->world, ask->first) != (ask->outcome == PG_COMMITTED))
        fail_msg("row %s: told %s, but the table says otherwise", ask->first, pg_outcome_word(ask->outcome));
}

static inline int world_setup(void **state)
{
    struct world *world = xcalloc(1, sizeof *world);
    *state = world;
    log_open(open("/dev/null", O_WRONLY), LOG_DEBUG);
    world->clock = clock_system(0);
    world->next_id = 100000;
    world->base = event_base_new();
    world->memory = arena_new(0);
    return cluster_new(&world->cluster) && cluster_start(&world->cluster, "") &&
                   cluster_sql(&world->cluster, schema_sql, NULL, 0)
               ? 0
               : -1;
}

static inline int world_teardown(void **state)
{
    struct world *world = *state;
    if (world->copy.dir[0])
        cluster_remove(&world->copy);
    if (world->cluster.dir[0])
        cluster_remove(&world->cluster);
    arena_free(&world->memory);
    event_base_free(world->base);
    libevent_global_shutdown();
    free(world);
    return 0;
}

/* A pool with these options, all lanes up. */
static inline void world_open(struct world *world, struct pg_options *options)
{
    char conninfo[128];
    struct err err = {.text = ""};
    if (!options->conninfo)
        options->conninfo = world_conninfo(world, conninfo);
    world->pool = pg_pool_new(world->base, &world->clock, options, &err);
    options->conninfo = NULL;
    if (!world->pool)
        fail_msg("no pool: %s", err.text);
    if (!world_up(world, options->lanes))
        fail_msg("the lanes do not come up");
}

static inline int pool_teardown(void **state)
{
    struct world *world = *state;
    pg_pool_free(&world->pool);
    arena_free(&world->memory);
    world->memory = arena_new(0);
    return 0;
}

#endif
