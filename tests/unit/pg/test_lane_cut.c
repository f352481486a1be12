/*
 * The connection is cut after every possible number of bytes, in both directions, while four jobs are under
 * way: what the caller is told and what is in the table must never contradict each other.
 */
#include <limits.h>

#include "proxy.h"

enum { JOBS = 4, FIRST = 0, DOUBLE = 1, LAST = 2, READ = 3, MARGIN = 40 };

/* Two inserts, between them one that is refused, and a read. Ids have the same length always. */
static void submit_four(struct world *world, struct ask asks[JOBS])
{
    ask_put(world, &asks[FIRST]);
    ask_start(world, &asks[DOUBLE], PUT, "1", "double");
    ask_put(world, &asks[LAST]);
    ask_start(world, &asks[READ], PICK, "1", NULL);
}

static void open_through(struct world *world, const struct proxy *proxy)
{
    char conninfo[128];
    snprintf(conninfo, sizeof conninfo, "host=%s user=postgres dbname=postgres", proxy->dir);
    struct pg_options options = default_options(conninfo);
    options.lanes = 1;
    options.backoff_min = 1 * MS;
    world_open(world, &options);
}

struct tally {
    unsigned lost_after_commit, lost_before_commit, sent_again;
};

static void cut_once(struct world *world, struct proxy *proxy, enum direction d, long limit,
                     struct ask asks[JOBS])
{
    proxy->next_limit[d] = limit;
    open_through(world, proxy);
    submit_four(world, asks);
    ask_wait(world, asks, JOBS);
    pg_pool_free(&world->pool);
    world_turn(world);
}

/* A job that was lost may still run: the server notices the cut only when it has read what came before. */
static void wait_for_backends(const struct world *world)
{
    for (int i = 0; i < 500; i++) {
        if (cluster_number(&world->cluster, "select count(*) from pg_stat_activity where application_name = "
                                            "'lane-test'") == 0)
            return;
        usleep(10000);
    }
    fail_msg("backends stay behind");
}

static bool row_is_there(const char *ids, const struct ask *ask)
{
    char needle[24];
    snprintf(needle, sizeof needle, ",%s,", ask->first);
    return strstr(ids, needle) != NULL;
}

static void judge(const struct ask asks[JOBS], const char *ids, struct tally *tally)
{
    static const int writes[] = {FIRST, LAST};
    for (int i = 0; i < 2; i++) {
        const struct ask *ask = &asks[writes[i]];
        bool is_there = row_is_there(ids, ask);
        if (ask->outcome == PG_UNCERTAIN) {
            tally->lost_after_commit += is_there;
            tally->lost_before_commit += !is_there;
        } else if (is_there != (ask->outcome == PG_COMMITTED)) {
            fail_msg("row %s: told %s, but the table says otherwise", ask->first,
                     pg_outcome_word(ask->outcome));
        }
    }
    if (asks[DOUBLE].outcome != PG_UNCERTAIN)
        ask_expect(&asks[DOUBLE], PG_REFUSED, "23505");
    ask_expect(&asks[READ], PG_COMMITTED, "");
    assert_string_equal(asks[READ].value, "one");
    tally->sent_again += asks[READ].job.tries > 0;
}

static void measure(struct world *world, struct proxy *proxy, long from[DIRECTIONS], long to[DIRECTIONS])
{
    struct ask *asks = ask_array(world, JOBS);
    open_through(world, proxy);
    memcpy(from, proxy->last_count, sizeof proxy->last_count);
    submit_four(world, asks);
    ask_wait(world, asks, JOBS);
    memcpy(to, proxy->last_count, sizeof proxy->last_count);
    pg_pool_free(&world->pool);
    world_turn(world);
    for (int d = 0; d < DIRECTIONS; d++)
        from[d] -= MARGIN;
}

static void cut_direction(struct world *world, enum direction d, struct tally *tally)
{
    static char ids[64 * 1024];
    struct proxy *proxy = proxy_open(world);
    long from[DIRECTIONS], to[DIRECTIONS];
    measure(world, proxy, from, to);
    size_t count = (size_t)(to[d] - from[d]) + 1;
    assert_in_range(count, 200, 2000);
    struct ask(*asks)[JOBS] = arena_array(world->memory, count, sizeof *asks);
    for (size_t i = 0; i < count; i++)
        cut_once(world, proxy, d, from[d] + (long)i, asks[i]);
    wait_for_backends(world);
    assert_true(cluster_sql(&world->cluster, "select ',' || string_agg(id::text, ',') || ',' from public.t",
                            ids, sizeof ids));
    for (size_t i = 0; i < count; i++)
        judge(asks[i], ids, tally);
}

static void test_cut_on_the_way_to_the_server(void **state)
{
    struct tally tally = {0, 0, 0};
    cut_direction(*state, TO_SERVER, &tally);
    assert_true(tally.lost_before_commit > 0); /* or the cuts were in the wrong place */
    assert_true(tally.sent_again > 0);
}

static void test_cut_on_the_way_to_the_client(void **state)
{
    struct tally tally = {0, 0, 0};
    cut_direction(*state, TO_CLIENT, &tally);
    assert_true(tally.lost_after_commit > 0);
    assert_true(tally.sent_again > 0);
}

static int cut_teardown(void **state)
{
    struct world *world = *state;
    proxy_close(&world->proxy);
    return pool_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_cut_on_the_way_to_the_server, cut_teardown),
        cmocka_unit_test_teardown(test_cut_on_the_way_to_the_client, cut_teardown),
    };
    return cmocka_run_group_tests_name("lane cut", tests, world_setup, world_teardown);
}
