/* Lanes when the database, a host or a connection fails. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "asking.h"

/* Every close of this program and its libraries, libpq's among them: what was watched then is counted, for
 * another thread could have the number at once. */
static struct {
    const struct event_base *base; /* NULL: nobody looks */
    int fd;
    unsigned closed, watched;
} closes;

static int count_watched(const struct event_base *base, const struct event *event, void *arg)
{
    (void)base, (void)arg;
    closes.watched += event_get_fd(event) == closes.fd;
    return 0;
}

int close(int fd)
{
    int (*really)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
    if (closes.base) {
        closes.fd = fd;
        closes.closed++;
        event_base_foreach_event((struct event_base *)closes.base, count_watched, NULL);
    }
    return really(fd);
}

/* A TCP port of this machine: listening but never answering, or dead. */
static int make_port(bool is_listening, int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(*fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(*fd, (struct sockaddr *)&address, &size), 0);
    if (is_listening)
        assert_int_equal(listen(*fd, 16), 0);
    return ntohs(address.sin_port);
}

/* A dead port, then one that takes the connection and says nothing, then the good one. */
static void test_hosts_are_tried_in_order(void **state)
{
    struct world *world = *state;
    int dead, hole, dead_port = make_port(false, &dead), hole_port = make_port(true, &hole);
    char conninfo[192];
    snprintf(conninfo, sizeof conninfo,
             "host=127.0.0.1,127.0.0.1,%s port=%d,%d,5432 user=postgres dbname=postgres", world->cluster.dir,
             dead_port, hole_port);
    struct pg_options options = default_options(conninfo);
    struct ask *asks = ask_array(world, 2);
    options.connect_timeout = 800 * MS;
    int64_t start = world_now(world);
    struct err err;
    world->pool = pg_pool_new(world->base, &world->clock, &options, &err);
    assert_non_null(world->pool);
    ask_start(world, &asks[0], PICK, "1", NULL); /* waits for the first connection */
    ask_wait(world, asks, 1);
    assert_in_range(world_now(world) - start, 790 * MS, 10000 * MS);
    ask_expect(&asks[0], PG_COMMITTED, "");
    /* After a loss the host that worked comes first: nothing else fails. */
    assert_true(world_up(world, 2));
    uint64_t downs = log_count(EV_LANE_DOWN);
    cluster_sql(&world->cluster,
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where "
                "application_name = 'lane-test'",
                NULL, 0);
    for (struct pg_stats stats = {.lanes = 0}; stats.losses < 2; pg_pool_stats(world->pool, &stats))
        world_turn(world);
    assert_true(world_up(world, 2));
    assert_int_equal(log_count(EV_LANE_DOWN) - downs, 2);
    close(dead);
    close(hole);
}

/* No host answers: jobs are taken while the first connection is awaited, and refused from the first failed
 * round on. */
static void test_nobody_there(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options("host=/nonexistent port=5432");
    struct ask *waiting = ask_array(world, 1);
    struct ask *late = ask_array(world, 1);
    struct err err;
    world->pool = pg_pool_new(world->base, &world->clock, &options, &err);
    assert_non_null(world->pool);
    ask_make(world, waiting, PICK, "1", NULL);
    waiting->job.deadline = world_now(world) + 150 * MS;
    assert_true(ask_submit(world, waiting, &err));
    world_run(world, 20 * MS);
    ask_make(world, late, PICK, "1", NULL);
    assert_false(ask_submit(world, late, &err));
    assert_int_equal(err.code, ERR_DATABASE_AWAY);
    assert_non_null(strstr(err.text, "/nonexistent"));
    ask_wait(world, waiting, 1);
    ask_expect(waiting, PG_NOT_SENT, "");
    assert_int_equal(waiting->err.code, ERR_DATABASE_AWAY);
    assert_int_equal(pg_pool_up(world->pool), 0);
}

/* The rests between attempts grow, so a database that is away is not hammered. */
static void test_back_off(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options("host=/nonexistent port=5432");
    struct err err;
    options.lanes = 1;
    options.backoff_min = 10 * MS;
    options.backoff_max = 160 * MS;
    uint64_t before = log_count(EV_LANE_DOWN);
    world->pool = pg_pool_new(world->base, &world->clock, &options, &err);
    world_run(world, 800 * MS);
    /* at most 5+10+20+40+80+80..., at least 10+20+40+80+160+160... */
    assert_in_range(log_count(EV_LANE_DOWN) - before, 3, 15);
}

static void test_statement_that_cannot_be_prepared(void **state)
{
    static const struct pg_statement wrong[] = {{"fine", "select 1", 0, NULL, true},
                                                {"broken", "select * from public.missing", 0, NULL, true},
                                                {"behind", "select 2", 0, NULL, true}};
    struct world *world = *state;
    char conninfo[128];
    struct pg_options options = default_options(world_conninfo(world, conninfo));
    struct ask *ask = ask_array(world, 1);
    struct err err;
    options.statements = wrong;
    options.statement_count = 3;
    uint64_t before = log_count(EV_LANE_DOWN);
    world->pool = pg_pool_new(world->base, &world->clock, &options, &err);
    for (int64_t end = world_now(world) + 20000 * MS;
         log_count(EV_LANE_DOWN) < before + options.lanes && world_now(world) < end;)
        world_run(world, 10 * MS);
    assert_int_equal(pg_pool_up(world->pool), 0);
    ask_make(world, ask, PICK, "1", NULL);
    assert_false(ask_submit(world, ask, &err));
    assert_int_equal(err.code, ERR_DATABASE_AWAY);
    assert_non_null(strstr(err.text, "broken"));
}

/* The server says that it ends the connection before it has run the job: nothing was written, so the job and
 * those behind it go out again by themselves. */
static void test_terminated_before_the_end_of_a_job(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 3);
    struct ask *stubborn = ask_array(world, 1);
    options.lanes = 1;
    world_open(world, &options);
    assert_true(cluster_sql(&world->cluster, "alter sequence public.turn restart", NULL, 0));
    ask_start(world, &asks[0], END_SELF, "2", "200"); /* the second time it goes well */
    ask_put(world, &asks[1]);
    ask_start(world, &asks[2], PUT, "1", "double");
    ask_wait(world, asks, 3);
    ask_expect(&asks[0], PG_COMMITTED, "");
    ask_expect(&asks[1], PG_COMMITTED, "");
    ask_expect(&asks[2], PG_REFUSED, "23505");
    assert_true(is_in_table(world, "200"));
    assert_true(is_in_table(world, asks[1].first));
    ask_start(world, stubborn, END_SELF, "1000", "201"); /* never */
    ask_wait(world, stubborn, 1);
    ask_expect(stubborn, PG_NOT_SENT, "");
    assert_int_equal(stubborn->err.code, ERR_DATABASE_AWAY);
    assert_false(is_in_table(world, "201"));
}

/* Ended during its commit, after its rows came: the rows prove nothing and neither does the end. */
static void test_terminated_at_commit(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 2);
    options.lanes = 1;
    world_open(world, &options);
    ask_start(world, &asks[0], END_LATE, "1", NULL);
    ask_put(world, &asks[1]);
    ask_wait(world, asks, 2);
    ask_expect(&asks[0], PG_UNCERTAIN, "");
    ask_expect(&asks[1], PG_COMMITTED, "");
    assert_int_equal(cluster_number(&world->cluster, "select count(*) from public.late"), 0);
}

/* The first lane that finds the database again calls the others, however long they meant to rest. */
static void test_lanes_return_together(void **state)
{
    struct world *world = *state;
    char link[64], conninfo[128];
    snprintf(link, sizeof link, "%s-link", world->cluster.dir);
    snprintf(conninfo, sizeof conninfo, "host=%s user=postgres dbname=postgres", link);
    struct pg_options options = default_options(conninfo);
    struct err err;
    options.lanes = 8;
    options.backoff_max = 20000 * MS;
    world->pool = pg_pool_new(world->base, &world->clock, &options, &err);
    assert_non_null(world->pool);
    world_run(world, 5000 * MS); /* by now they rest for seconds */
    assert_int_equal(symlink(world->cluster.dir, link), 0);
    assert_true(world_up(world, 1));
    int64_t start = world_now(world);
    assert_true(world_up(world, 8));
    unlink(link);
    assert_in_range(world_now(world) - start, 0, 2000 * MS);
}

/* Backends are ended at random moments while jobs flow; every answer is true afterwards. */
static void test_backends_terminated_under_load(void **state)
{
    enum { MANY = 1500, EVERY = 100 };
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, MANY);
    options.in_flight = 16;
    world_open(world, &options);
    unsigned committed = 0;
    for (int i = 0; i < MANY; i++) {
        char id[16];
        struct err err;
        snprintf(id, sizeof id, "%d", ++world->next_id);
        ask_make(world, &asks[i], PUT, id, "load");
        while (!ask_submit(world, &asks[i], &err))
            world_turn(world);
        if (i % 10 == 9)
            event_base_loop(world->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
        if (i % EVERY == EVERY - 1)
            assert_true(cluster_sql(&world->cluster,
                                    "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                                    "where application_name = 'lane-test'",
                                    NULL, 0));
    }
    ask_wait(world, asks, MANY);
    for (int i = 0; i < MANY; i++) {
        committed += asks[i].outcome == PG_COMMITTED;
        if (asks[i].outcome == PG_REFUSED) /* a job that ran twice would find its own row */
            fail_msg("row %s: refused, %s", asks[i].first, asks[i].err.text);
        if (i % 50 == 0 || asks[i].outcome == PG_NOT_SENT)
            ask_expect_truth(&asks[i]);
    }
    char sql[128];
    snprintf(sql, sizeof sql, "select count(*) from public.t where id between %s and %s", asks[0].first,
             asks[MANY - 1].first);
    assert_in_range(cluster_number(&world->cluster, sql), committed, MANY);
    assert_true(committed > MANY / 2);
    struct pg_stats stats;
    pg_pool_stats(world->pool, &stats);
    assert_true(stats.losses > 0);
}

/* One connection breaks without a word (its backend is killed, and the server restarts all of them). */
static void test_backend_killed(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 3);
    char command[128];
    options.lanes = 1;
    world_open(world, &options);
    ask_start(world, &asks[0], SLOW_PUT, "210", "20");
    ask_put(world, &asks[1]);
    ask_start(world, &asks[2], PICK, "1", NULL);
    world_run(world, 50 * MS);
    long pid = cluster_number(&world->cluster,
                              "select pid from pg_stat_activity where application_name = 'lane-test'");
    assert_true(pid > 1);
    snprintf(command, sizeof command, "kill -9 %ld", pid);
    assert_true(cluster_run(&world->cluster, "%s", command));
    ask_wait(world, asks, 3);
    ask_expect(&asks[0], PG_UNCERTAIN, "");
    ask_expect(&asks[1], PG_UNCERTAIN, "");
    ask_expect(&asks[2], PG_COMMITTED, "");
    assert_false(is_in_table(world, "210"));
}

static void test_nothing_is_watched_that_is_closed(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 1);
    world_open(world, &options);
    assert_true(world_up(world, options.lanes));
    closes.closed = closes.watched = 0;
    closes.base = world->base;
    cluster_number(&world->cluster, "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                                    "where application_name = 'lane-test'");
    ask_put(world, &asks[0]);
    ask_wait(world, asks, 1);
    world_run(world, 100 * MS);
    assert_true(world_up(world, options.lanes));
    pg_pool_free(&world->pool);
    closes.base = NULL;
    assert_true(closes.closed >= 2 * options.lanes);
    assert_int_equal(closes.watched, 0);
}

static void test_database_stops_and_returns(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 3);
    struct err err;
    world_open(world, &options);
    ask_put(world, &asks[0]);
    ask_wait(world, asks, 1);
    ask_expect(&asks[0], PG_COMMITTED, "");
    ask_start(world, &asks[1], SLOW_PUT, "220", "20");
    world_run(world, 20 * MS);
    assert_true(cluster_stop(&world->cluster, "immediate"));
    int64_t start = world_now(world);
    ask_wait(world, asks, 2);
    ask_expect(&asks[1], PG_UNCERTAIN, "");
    world_run(world, 150 * MS);
    ask_make(world, &asks[2], PICK, "1", NULL);
    assert_false(ask_submit(world, &asks[2], &err));
    assert_int_equal(err.code, ERR_DATABASE_AWAY);
    assert_in_range(world_now(world) - start, 0, 5000 * MS);
    assert_true(cluster_start(&world->cluster, ""));
    start = world_now(world);
    assert_true(world_up(world, 2));
    assert_in_range(world_now(world) - start, 0, 5000 * MS);
    assert_true(ask_submit(world, &asks[2], &err));
    ask_wait(world, &asks[2], 1);
    ask_expect(&asks[2], PG_COMMITTED, "");
    assert_true(is_in_table(world, asks[0].first)); /* what was acknowledged is there */
    assert_false(is_in_table(world, "220"));
}

/* A backend that hangs: the deadline ends the wait. */
static void test_server_that_hangs(void **state)
{
    struct world *world = *state;
    struct pg_options options = default_options(NULL);
    struct ask *asks = ask_array(world, 2);
    options.lanes = 1;
    options.job_timeout = 400 * MS;
    world_open(world, &options);
    long pid = cluster_number(&world->cluster,
                              "select pid from pg_stat_activity where application_name = 'lane-test'");
    assert_true(pid > 1);
    assert_true(cluster_run(&world->cluster, "kill -STOP %ld", pid));
    int64_t start = world_now(world);
    ask_put(world, &asks[0]);
    ask_wait(world, asks, 1);
    assert_in_range(world_now(world) - start, 600 * MS, 10000 * MS);
    ask_expect(&asks[0], PG_UNCERTAIN, "");
    assert_true(cluster_run(&world->cluster, "kill -CONT %ld", pid));
    assert_true(world_up(world, 1));
    ask_start(world, &asks[1], PICK, "1", NULL);
    ask_wait(world, &asks[1], 1);
    ask_expect(&asks[1], PG_COMMITTED, "");
}

/* The second host is a copy of the cluster that cannot write. */
static void start_read_only_host(struct world *world)
{
    assert_true(cluster_stop(&world->cluster, "fast"));
    assert_true(cluster_copy(&world->copy, &world->cluster));
    assert_true(cluster_start(&world->cluster, ""));
    assert_true(cluster_start(&world->copy, "-c default_transaction_read_only=on"));
}

static void test_read_only_host(void **state)
{
    struct world *world = *state;
    char conninfo[192];
    start_read_only_host(world);
    snprintf(conninfo, sizeof conninfo, "host=%s,%s user=postgres dbname=postgres target_session_attrs=any",
             world->copy.dir, world->cluster.dir);
    struct pg_options options = default_options(conninfo);
    struct ask *asks = ask_array(world, 4);
    world_open(world, &options);
    for (int i = 0; i < 4; i++)
        ask_put(world, &asks[i]);
    ask_wait(world, asks, 4);
    for (int i = 0; i < 4; i++) {
        ask_expect(&asks[i], PG_COMMITTED, "");
        assert_true(is_in_table(world, asks[i].first));
    }
    pg_pool_free(&world->pool);

    /* Without a word about it, a pool of several hosts looks for one that can write. */
    snprintf(conninfo, sizeof conninfo, "host=%s,%s user=postgres dbname=postgres", world->copy.dir,
             world->cluster.dir);
    options = default_options(conninfo);
    uint64_t before = log_count(EV_LANE_DOWN);
    world_open(world, &options);
    assert_true(log_count(EV_LANE_DOWN) > before);
    ask_put(world, &asks[0]);
    ask_wait(world, asks, 1);
    ask_expect(&asks[0], PG_COMMITTED, "");
    assert_true(is_in_table(world, asks[0].first));
    pg_pool_free(&world->pool);

    /* Alone it is refused in the end, with reads in between still answered. */
    snprintf(conninfo, sizeof conninfo, "host=%s user=postgres dbname=postgres", world->copy.dir);
    options = default_options(conninfo);
    world_open(world, &options);
    ask_put(world, &asks[0]);
    ask_start(world, &asks[1], PICK, "1", NULL);
    ask_wait(world, asks, 2);
    ask_expect(&asks[0], PG_REFUSED, "25006");
    assert_int_equal(asks[0].err.code, ERR_DATABASE_AWAY);
    ask_expect(&asks[1], PG_COMMITTED, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_hosts_are_tried_in_order, pool_teardown),
        cmocka_unit_test_teardown(test_nobody_there, pool_teardown),
        cmocka_unit_test_teardown(test_back_off, pool_teardown),
        cmocka_unit_test_teardown(test_statement_that_cannot_be_prepared, pool_teardown),
        cmocka_unit_test_teardown(test_terminated_before_the_end_of_a_job, pool_teardown),
        cmocka_unit_test_teardown(test_terminated_at_commit, pool_teardown),
        cmocka_unit_test_teardown(test_lanes_return_together, pool_teardown),
        cmocka_unit_test_teardown(test_backends_terminated_under_load, pool_teardown),
        cmocka_unit_test_teardown(test_server_that_hangs, pool_teardown),
        cmocka_unit_test_teardown(test_read_only_host, pool_teardown),
        cmocka_unit_test_teardown(test_backend_killed, pool_teardown),
        cmocka_unit_test_teardown(test_nothing_is_watched_that_is_closed, pool_teardown),
        cmocka_unit_test_teardown(test_database_stops_and_returns, pool_teardown),
    };
    return cmocka_run_group_tests_name("lane faults", tests, world_setup, world_teardown);
}
