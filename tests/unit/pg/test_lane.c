/* What a job is told, on a private PostgreSQL that is well. */
#include "asking.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "pool.h" /* to see a lane's state */

static void test_commit_gives_rows(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *put = ask_array(world, 1);
    struct ask *pick = ask_array(world, 1);
    world_open(world, &options);
    ask_put(world, put);
    ask_wait(world, put, 1);
    ask_expect(put, PG_COMMITTED, "");
    ask_start(world, pick, PICK, put->first, NULL);
    ask_wait(world, pick, 1);
    ask_expect(pick, PG_COMMITTED, "");
    assert_string_equal(pick->value, "put");
    assert_true(pg_pool_is_quiet(world->pool));
}

static void test_null_parameter(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *ask = ask_array(world, 1);
    struct err err;
    world_open(world, &options);
    ask_make(world, ask, PICK, NULL, NULL);
    ask->params[0] = NULL;
    assert_true(ask_submit(world, ask, &err));
    ask_wait(world, ask, 1);
    ask_expect(ask, PG_COMMITTED, "");
    assert_string_equal(ask->value, "");
}

/* The insert itself is answered well; the constraint speaks at commit. */
static void test_deferred_violation_is_refused(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 3);
    options.lanes = 1;
    world_open(world, &options);
    ask_put(world, &asks[0]);
    ask_start(world, &asks[1], DEFER, "1", "77");
    ask_put(world, &asks[2]);
    ask_wait(world, asks, 3);
    ask_expect(&asks[0], PG_COMMITTED, "");
    ask_expect(&asks[1], PG_REFUSED, "23503");
    ask_expect(&asks[2], PG_COMMITTED, "");
    assert_int_equal(cluster_number(&world->cluster, "select count(*) from public.child"), 0);
}

static void test_many_pipelined(void **state)
{
    enum { MANY = 3000 };
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, MANY);
    world_open(world, &options);
    int first = world->next_id + 1;
    for (int i = 0; i < MANY; i++)
        ask_put(world, &asks[i]);
    ask_wait(world, asks, MANY);
    for (int i = 0; i < MANY; i++)
        ask_expect(&asks[i], PG_COMMITTED, "");
    char sql[96];
    snprintf(sql, sizeof sql, "select count(*) from public.t where id between %d and %d", first,
             world->next_id);
    assert_int_equal(cluster_number(&world->cluster, sql), MANY);
    struct pg_stats stats;
    pg_pool_stats(world->pool, &stats);
    assert_int_equal(stats.jobs, MANY);
    assert_int_equal(stats.waiting + stats.in_flight, 0);
    assert_int_equal(stats.up, 2);
}

static void test_refused_does_not_disturb_neighbours(void **state)
{
    enum { MANY = 300 };
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, MANY);
    options.lanes = 1;
    world_open(world, &options);
    for (int i = 0; i < MANY; i++) {
        if (i % 3 == 1)
            ask_start(world, &asks[i], PUT, "1", "double");
        else
            ask_put(world, &asks[i]);
    }
    ask_wait(world, asks, MANY);
    for (int i = 0; i < MANY; i++)
        ask_expect(&asks[i], i % 3 == 1 ? PG_REFUSED : PG_COMMITTED, i % 3 == 1 ? "23505" : "");
    struct pg_stats stats;
    pg_pool_stats(world->pool, &stats);
    assert_int_equal(stats.refused, MANY / 3);
    assert_int_equal(stats.losses, 0);
}

/* Values of parameters do not come into the text of an error. */
static void test_error_text_quotes_no_data(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 2);
    world_open(world, &options);
    ask_start(world, &asks[0], PICK, "secret", NULL);
    ask_start(world, &asks[1], DIVIDE, "0", "1");
    ask_wait(world, asks, 2);
    ask_expect(&asks[0], PG_REFUSED, "22P02");
    ask_expect(&asks[1], PG_REFUSED, "22012");
    assert_null(strstr(asks[0].err.text, "secret"));
    assert_non_null(strstr(asks[0].err.text, "pick"));
    assert_int_equal(asks[0].err.code, ERR_INTERNAL);
}

static void test_submit_never_calls_back(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 10);
    world_open(world, &options);
    unsigned before = world->calls;
    assert_int_equal(pg_pool_idle(world->pool), 2);
    for (int i = 0; i < 10; i++) {
        ask_put(world, &asks[i]);
        assert_int_equal(world->calls, before);
    }
    assert_int_equal(pg_pool_idle(world->pool), 0); /* though none has been sent yet */
    assert_false(pg_pool_is_quiet(world->pool));
    ask_wait(world, asks, 10);
    assert_int_equal(world->calls, before + 10);
}

static void test_settings_of_a_connection(void **state)
{
    static const char *const expected[][2] = {{"application_name", "lane-test"},
                                              {"client_encoding", "UTF8"},
                                              {"search_path", ""},
                                              {"statement_timeout", "7s"},
                                              {"lock_timeout", "3500ms"},
                                              {"jit", "off"},
                                              {"idle_in_transaction_session_timeout", "7s"},
                                              {"work_mem", "5MB"}};
    struct world *world = *state;
    char conninfo[192];
    snprintf(conninfo, sizeof conninfo, "host=%s user=postgres dbname=postgres options='-c work_mem=5MB'",
             world->cluster.dir);
    struct pg_options options = default_options(conninfo);
    struct ask *asks = ask_array(world, 8);
    options.job_timeout = 7000 * MS;
    world_open(world, &options);
    for (size_t i = 0; i < 8; i++) {
        ask_make(world, &asks[i], SETTING, NULL, NULL);
        asks[i].params[0] = expected[i][0];
        struct err err;
        assert_true(ask_submit(world, &asks[i], &err));
    }
    ask_wait(world, asks, 8);
    for (size_t i = 0; i < 8; i++) {
        ask_expect(&asks[i], PG_COMMITTED, "");
        assert_string_equal(slice_is(slice_of(asks[i].value), "\"\"") ? "" : asks[i].value, expected[i][1]);
    }
}

static void test_statement_timeout_is_refused(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 2);
    options.lanes = 1;
    options.job_timeout = 1000 * MS;
    world_open(world, &options);
    ask_start(world, &asks[0], SLOW_PUT, "50", "20");
    ask_start(world, &asks[1], PICK, "1", NULL);
    ask_wait(world, asks, 2);
    ask_expect(&asks[0], PG_REFUSED, "57014");
    assert_int_equal(asks[0].err.code, ERR_BUSY);
    ask_expect(&asks[1], PG_COMMITTED, "");
    assert_false(is_in_table(world, "50"));
}

static void test_deadline_of_a_waiting_job(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 3);
    struct err err;
    options.lanes = options.in_flight = 1;
    world_open(world, &options);
    ask_start(world, &asks[0], SLOW_READ, "1", "2");
    ask_make(world, &asks[1], PUT, "60", "late");
    int64_t start = world_now(world);
    asks[1].job.deadline = start + 100 * MS;
    assert_true(ask_submit(world, &asks[1], &err));
    ask_start(world, &asks[2], PICK, "1", NULL);
    ask_wait(world, &asks[1], 1);
    assert_in_range(world_now(world) - start, 80 * MS, 1500 * MS);
    assert_int_equal(asks[0].state, ASK_TAKEN);
    ask_expect(&asks[1], PG_NOT_SENT, "");
    assert_int_equal(asks[1].err.code, ERR_BUSY);
    ask_wait(world, asks, 3);
    ask_expect(&asks[0], PG_COMMITTED, "");
    ask_expect(&asks[2], PG_COMMITTED, "");
    assert_false(is_in_table(world, "60"));
}

/* Its deadline is far before the server's timeout: the connection is dropped, the read behind it is sent
 * again on the next one. */
static void test_deadline_of_a_sent_job(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 2);
    struct err err;
    options.lanes = 1;
    options.job_timeout = 900 * MS;
    world_open(world, &options);
    ask_make(world, &asks[0], SLOW_PUT, "61", "5");
    int64_t start = world_now(world);
    asks[0].job.deadline = start + 50 * MS;
    assert_true(ask_submit(world, &asks[0], &err));
    ask_start(world, &asks[1], PICK, "1", NULL);
    ask_wait(world, asks, 2);
    assert_in_range(world_now(world) - start, 250 * MS, 10000 * MS);
    ask_expect(&asks[0], PG_UNCERTAIN, "");
    assert_int_equal(asks[0].err.code, ERR_UNCERTAIN);
    ask_expect(&asks[1], PG_COMMITTED, "");
    struct pg_stats stats;
    pg_pool_stats(world->pool, &stats);
    assert_int_equal(stats.uncertain, 1);
    assert_int_equal(stats.losses, 1);
    assert_int_equal(stats.connects, 2);
}

static void test_queue_full(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 6);
    struct ask *extra = ask_array(world, 1);
    struct err err;
    options.lanes = options.in_flight = 1;
    options.queue = 5;
    world_open(world, &options);
    ask_start(world, &asks[0], SLOW_READ, "1", "0.2");
    world_turn(world); /* it is sent */
    for (int i = 1; i < 6; i++)
        ask_start(world, &asks[i], PICK, "1", NULL);
    ask_make(world, extra, PICK, "1", NULL);
    assert_false(ask_submit(world, extra, &err));
    assert_int_equal(err.code, ERR_BUSY);
    ask_wait(world, asks, 6);
    assert_true(ask_submit(world, extra, &err));
    ask_wait(world, extra, 1);
    ask_expect(extra, PG_COMMITTED, "");
}

static void test_cancel(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 4);
    options.lanes = options.in_flight = 1;
    world_open(world, &options);
    ask_start(world, &asks[0], SLOW_READ, "1", "0.2");
    world_turn(world);
    ask_start(world, &asks[1], PUT, "70", "before");
    ask_start(world, &asks[2], PUT, "71", "cancelled");
    ask_start(world, &asks[3], PUT, "72", "behind");
    assert_false(pg_job_cancel(world->pool, &asks[0].job)); /* sent */
    assert_true(pg_job_cancel(world->pool, &asks[2].job));
    assert_false(pg_job_cancel(world->pool, &asks[2].job));
    asks[2].state = ASK_NEW; /* on_answer would fail now */
    ask_wait(world, asks, 4);
    world_run(world, 50 * MS);
    assert_true(is_in_table(world, "70"));
    assert_false(is_in_table(world, "71"));
    assert_true(is_in_table(world, "72"));
    assert_true(pg_pool_is_quiet(world->pool));
}

static void test_rollback_is_tried_again_once(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 2);
    world_open(world, &options);
    assert_true(cluster_sql(&world->cluster, "alter sequence public.turn restart", NULL, 0));
    ask_start(world, &asks[0], ROLL_BACK, "2", NULL); /* every second turn is well */
    ask_wait(world, &asks[0], 1);
    ask_expect(&asks[0], PG_COMMITTED, "");
    assert_string_equal(asks[0].value, "2");
    ask_start(world, &asks[1], ROLL_BACK, "1000", NULL);
    ask_wait(world, &asks[1], 1);
    ask_expect(&asks[1], PG_REFUSED, "40001");
    assert_int_equal(asks[1].err.code, ERR_BUSY);
    assert_int_equal(cluster_number(&world->cluster, "select last_value from public.turn"), 4);
}

/* Both lanes hold the old plan. */
static void test_changed_plan_is_prepared_again(void **state)
{
    enum { MANY = 20 };
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, MANY);
    world_open(world, &options);
    for (int i = 0; i < MANY; i++)
        ask_start(world, &asks[i], SHAPE, NULL, NULL);
    ask_wait(world, asks, MANY);
    assert_int_equal(asks[0].columns, 1);
    assert_true(cluster_sql(&world->cluster, "alter table public.shape add column more int", NULL, 0));
    for (int i = 0; i < MANY; i++) {
        if (i % 2)
            ask_put(world, &asks[i]);
        else
            ask_start(world, &asks[i], SHAPE, NULL, NULL);
    }
    ask_wait(world, asks, MANY);
    for (int i = 0; i < MANY; i++)
        ask_expect(&asks[i], PG_COMMITTED, "");
    assert_int_equal(asks[0].columns, 2);
}

static void test_forgotten_statements_are_prepared_again(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 3);
    options.lanes = 1;
    world_open(world, &options);
    ask_start(world, &asks[0], FORGET, NULL, NULL);
    ask_put(world, &asks[1]);
    ask_start(world, &asks[2], PICK, "1", NULL);
    ask_wait(world, asks, 3);
    for (int i = 0; i < 3; i++)
        ask_expect(&asks[i], PG_COMMITTED, "");
    assert_true(is_in_table(world, asks[1].first));
}

/* libpq cannot leave COPY in a pipeline. */
static void test_copy_ends_the_connection(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 2);
    options.lanes = 1;
    world_open(world, &options);
    ask_start(world, &asks[0], COPY_OUT, NULL, NULL);
    ask_wait(world, asks, 1);
    ask_expect(&asks[0], PG_UNCERTAIN, "");
    assert_true(world_up(world, 1));
    ask_put(world, &asks[1]);
    ask_wait(world, &asks[1], 1);
    ask_expect(&asks[1], PG_COMMITTED, "");
}

/* More than the socket holds: the lane is choked and goes on when it can. */
static void test_large_jobs(void **state)
{
    enum { MANY = 24, LARGE = 1500000 };
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, MANY);
    char *text = xcalloc(1, LARGE + 1), sql[96];
    memset(text, 'x', LARGE);
    world_open(world, &options);
    for (int i = 0; i < MANY; i++) {
        struct err err;
        ask_make(world, &asks[i], PUT, NULL, NULL);
        snprintf(asks[i].first, sizeof asks[i].first, "%d", ++world->next_id);
        asks[i].params[1] = text;
        assert_true(ask_submit(world, &asks[i], &err));
    }
    bool was_choked = false;
    while (!pg_pool_is_quiet(world->pool)) {
        was_choked |= world->pool->lanes[0].state == LANE_CHOKED;
        world_turn(world);
    }
    assert_true(was_choked);
    for (int i = 0; i < MANY; i++)
        ask_expect(&asks[i], PG_COMMITTED, "");
    snprintf(sql, sizeof sql, "select count(*) from public.t where length(note) = %d", LARGE);
    assert_int_equal(cluster_number(&world->cluster, sql), MANY);
    free(text);
}

static void test_free_ends_every_job(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 4);
    options.lanes = 1;
    options.in_flight = 2;
    world_open(world, &options);
    for (int i = 0; i < 4; i++)
        ask_start(world, &asks[i], SLOW_READ, "1", "3");
    world_turn(world);
    pg_pool_free(&world->pool);
    assert_null(world->pool);
    for (int i = 0; i < 4; i++)
        ask_expect(&asks[i], i < 2 ? PG_UNCERTAIN : PG_NOT_SENT, "");
}

static void on_answer_free(void *arg, const struct pg_reply *reply)
{
    struct ask *ask = arg;
    pg_pool_free(&ask->world->pool);
    on_answer(arg, reply); /* the reply is still readable */
}

static void test_free_inside_a_callback(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 4);
    options.lanes = 1;
    options.in_flight = 3;
    world_open(world, &options);
    for (int i = 0; i < 4; i++) {
        ask_start(world, &asks[i], PICK, "1", NULL);
        if (i == 0)
            asks[i].job.on_done = on_answer_free;
    }
    ask_wait(world, asks, 4);
    ask_expect(&asks[0], PG_COMMITTED, "");
    assert_string_equal(asks[0].value, "one");
    ask_expect(&asks[1], PG_UNCERTAIN, "");
    ask_expect(&asks[2], PG_UNCERTAIN, "");
    ask_expect(&asks[3], PG_NOT_SENT, "");
    world_run(world, 20 * MS);
}

struct chain {
    struct world *world;
    struct ask *ask;
    int left;
};

static void on_answer_next(void *arg, const struct pg_reply *reply)
{
    struct chain *chain = arg;
    assert_int_equal(reply->outcome, PG_COMMITTED);
    struct err err;
    if (--chain->left > 0)
        assert_true(pg_pool_submit(chain->world->pool, &chain->ask->job, &err));
}

static void test_submit_inside_a_callback(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct chain *chain = arena_alloc(world->memory, sizeof *chain);
    struct err err;
    world_open(world, &options);
    *chain = (struct chain){world, ask_array(world, 1), 200};
    ask_make(world, chain->ask, PICK, "1", NULL);
    chain->ask->job.on_done = on_answer_next;
    chain->ask->job.arg = chain;
    assert_true(pg_pool_submit(world->pool, &chain->ask->job, &err));
    for (int64_t end = world_now(world) + 20000 * MS; chain->left && world_now(world) < end;)
        world_turn(world);
    assert_int_equal(chain->left, 0);
}

struct reader {
    const struct pg_pool *pool;
    atomic_bool stop;
    uint64_t seen;
};

static void *read_stats(void *arg)
{
    struct reader *reader = arg;
    struct pg_stats stats;
    bool is_last;
    do {
        is_last = atomic_load(&reader->stop);
        pg_pool_stats(reader->pool, &stats);
        assert(stats.jobs >= reader->seen);
        reader->seen = stats.jobs;
        usleep(100);
    } while (!is_last);
    return NULL;
}

static void test_stats_from_another_thread(void **state)
{
    enum { MANY = 500 };
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, MANY);
    pthread_t thread;
    world_open(world, &options);
    struct reader reader = {.pool = world->pool};
    assert_int_equal(pthread_create(&thread, NULL, read_stats, &reader), 0);
    for (int i = 0; i < MANY; i++) {
        ask_put(world, &asks[i]);
        ask_wait(world, &asks[i], 1);
    }
    world_run(world, 5 * MS);
    atomic_store(&reader.stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(reader.seen, MANY);
}

static void test_unusable_options(void **state)
{
    static const char *const conninfos[] = {"host", "hots=x", "host=a,b hostaddr=127.0.0.1",
                                            "host=a,b port=1,2,3"};
    struct world *world = *state;
    struct err err;
    for (size_t i = 0; i < sizeof conninfos / sizeof conninfos[0]; i++) {
        struct pg_options options = default_options(conninfos[i]);
        assert_null(pg_pool_new(world->base, &world->clock, &options, &err));
        assert_int_equal(err.code, ERR_CONFIG);
    }
    struct pg_options options = default_options("host=/nowhere");
    options.lanes = 0;
    assert_null(pg_pool_new(world->base, &world->clock, &options, &err));
    options = default_options("host=/nowhere");
    options.backoff_max = options.backoff_min - 1;
    assert_null(pg_pool_new(world->base, &world->clock, &options, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_commit_gives_rows, pool_teardown),
        cmocka_unit_test_teardown(test_null_parameter, pool_teardown),
        cmocka_unit_test_teardown(test_deferred_violation_is_refused, pool_teardown),
        cmocka_unit_test_teardown(test_many_pipelined, pool_teardown),
        cmocka_unit_test_teardown(test_refused_does_not_disturb_neighbours, pool_teardown),
        cmocka_unit_test_teardown(test_error_text_quotes_no_data, pool_teardown),
        cmocka_unit_test_teardown(test_submit_never_calls_back, pool_teardown),
        cmocka_unit_test_teardown(test_settings_of_a_connection, pool_teardown),
        cmocka_unit_test_teardown(test_statement_timeout_is_refused, pool_teardown),
        cmocka_unit_test_teardown(test_deadline_of_a_waiting_job, pool_teardown),
        cmocka_unit_test_teardown(test_deadline_of_a_sent_job, pool_teardown),
        cmocka_unit_test_teardown(test_queue_full, pool_teardown),
        cmocka_unit_test_teardown(test_cancel, pool_teardown),
        cmocka_unit_test_teardown(test_rollback_is_tried_again_once, pool_teardown),
        cmocka_unit_test_teardown(test_changed_plan_is_prepared_again, pool_teardown),
        cmocka_unit_test_teardown(test_forgotten_statements_are_prepared_again, pool_teardown),
        cmocka_unit_test_teardown(test_copy_ends_the_connection, pool_teardown),
        cmocka_unit_test_teardown(test_large_jobs, pool_teardown),
        cmocka_unit_test_teardown(test_free_ends_every_job, pool_teardown),
        cmocka_unit_test_teardown(test_free_inside_a_callback, pool_teardown),
        cmocka_unit_test_teardown(test_submit_inside_a_callback, pool_teardown),
        cmocka_unit_test_teardown(test_stats_from_another_thread, pool_teardown),
        cmocka_unit_test(test_unusable_options),
    };
    return cmocka_run_group_tests_name("lane", tests, world_setup, world_teardown);
}
