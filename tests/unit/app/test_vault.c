// wraps: pg_pool_submit
/* The vault against databases that the test plays: fresh keys and ids in stock, keys of clients fetched and
 * kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/played_keys.h"
#include "log.h"
#include "vault.h"

enum { JOBS = 16, ORDERS = 3000 };

static struct world {
    struct event_base *base;
    struct clock clock;
    struct metrics metrics;
    struct played played;
    struct vault *vault;
    struct arena *arena;
    struct pg_job *jobs[JOBS]; /* unanswered, oldest first */
    unsigned job_count;
    bool is_refusing; /* the pools take nothing */
    struct stock_order orders[ORDERS];
    unsigned filled, failed;
    enum err_code code; /* of the last that failed */
    struct vault_wish wish;
    unsigned told, old_keyrings;
} * w;

static int64_t now; /* monotonic */

static int64_t played_monotonic(const struct clock *clock)
{
    (void)clock;
    return now;
}

bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err);
bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err)
{
    bool is_data = job->statement == &store_statements[STORE_RESERVE_IDS];
    assert_ptr_equal(pool, is_data ? (void *)&w->metrics : (void *)&w->played);
    if (w->is_refusing)
        return err_set(err, ERR_DATABASE_AWAY, "the test says so");
    assert_in_range(w->job_count, 0, JOBS - 1);
    w->jobs[w->job_count++] = job;
    return true;
}

static struct pg_job *next_job(void)
{
    assert_in_range(w->job_count, 1, JOBS);
    struct pg_job *job = w->jobs[0];
    memmove(&w->jobs[0], &w->jobs[1], --w->job_count * sizeof w->jobs[0]);
    return job;
}

static void answer_one(void)
{
    played_reply(&w->played, next_job());
}

static void answer_all(void)
{
    while (w->job_count)
        answer_one();
}

static void fail_one(enum pg_outcome outcome, enum err_code code)
{
    struct pg_job *job = next_job();
    struct err err;
    err_set(&err, code, "the test says so");
    job->on_done(job->arg, &(struct pg_reply){outcome, NULL, &err});
}

static void on_old_keyring(void *arg)
{
    ++((struct world *)arg)->old_keyrings;
}

static void start_vault(void)
{
    const struct keyring *keyring = played_keyring();
    w->vault = vault_new(&(struct stock_options){.base = w->base,
                                                 .clock = &w->clock,
                                                 .data = (struct pg_pool *)(void *)&w->metrics,
                                                 .keys = (struct pg_pool *)(void *)&w->played,
                                                 .metrics = &w->metrics,
                                                 .on_old_keyring = on_old_keyring,
                                                 .arg = w});
    assert_null(vault_keyring(w->vault, 1));
    vault_set_keyring(w->vault, 1, keyring);
    assert_ptr_equal(vault_keyring(w->vault, 1), keyring);
    keyring_release(&keyring);
}

static int set_up(void **state)
{
    w = xcalloc(1, sizeof *w);
    now = 1;
    *state = w;
    log_set_level(LOG_ERROR + 1);
    w->base = event_base_new();
    w->clock = clock_system(0);
    w->clock.monotonic = played_monotonic;
    w->arena = arena_new(0);
    played_start(&w->played);
    start_vault();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    while (w->job_count)
        fail_one(PG_NOT_SENT, ERR_DRAINING);
    vault_free(&w->vault);
    assert_int_equal(atomic_load(&w->metrics.fresh_keys), 0);
    assert_int_equal(atomic_load(&w->metrics.empty_stocks), 0);
    arena_free(&w->arena);
    event_base_free(w->base);
    played_end(&w->played);
    free(w);
    return 0;
}

/* ---- the stock ---- */

static void on_ordered(struct stock_order *order, const struct err *err)
{
    if (err) {
        w->failed++;
        w->code = err->code;
        return;
    }
    w->filled++;
    if (!order->wants_client)
        return;
    assert_int_equal(client_key_client(order->key), order->client_id);
    assert_non_null(played_row_of(&w->played, order->client_id)); /* committed before it is used */
    client_key_free(&order->key);
}

static void order(unsigned from, unsigned count, bool wants_client, bool wants_note)
{
    for (unsigned i = from; i < from + count; i++) {
        w->orders[i] = (struct stock_order){
            .wants_client = wants_client, .wants_note = wants_note, .on_done = on_ordered};
        vault_take(w->vault, 1, &w->orders[i]);
    }
}

static void the_stock_is_filled_beforehand(void **state)
{
    (void)state;
    assert_int_equal(w->job_count, 1);
    answer_one();
    assert_int_equal(atomic_load(&w->metrics.fresh_keys), 0); /* wrapped, not committed */
    answer_one();
    assert_int_equal(atomic_load(&w->metrics.fresh_keys), STOCK_LEAST);
    assert_int_equal(w->job_count, 0);
    order(0, 16, true, true);
    assert_int_equal(w->filled, 16);
    assert_int_equal(w->played.adds, 1);
    assert_int_equal(w->job_count, 0); /* half is left */
    order(16, 1, true, true);
    assert_int_equal(w->job_count, 1);
}

static void who_finds_nothing_waits_for_the_refill(void **state)
{
    (void)state;
    order(0, 5, true, true);
    assert_int_equal(w->filled, 0);
    assert_false(vault_is_quiet(w->vault));
    answer_all();
    assert_int_equal(w->filled, 5);
    assert_true(vault_is_quiet(w->vault));
}

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void ids_are_given_once(void **state)
{
    (void)state;
    static int64_t seen[2 * 1500];
    size_t count = 0;
    for (unsigned i = 0; i < 1500; i++) {
        order(i, 1, true, true);
        answer_all();
        seen[count++] = w->orders[i].client_id;
        seen[count++] = w->orders[i].note_id;
    }
    assert_int_equal(w->filled, 1500);
    qsort(seen, count, sizeof seen[0], by_number);
    for (size_t i = 1; i < count; i++)
        assert_true(seen[i - 1] > 0 && seen[i - 1] < seen[i]);
}

static void a_refill_grows_while_it_is_used_up_quickly(void **state)
{
    (void)state;
    answer_all();
    for (unsigned i = 0; i < 25; i++) {
        order(i * 100, 100, true, false);
        answer_all();
    }
    assert_int_equal(w->filled, 2500);
    assert_in_range(w->played.adds, 4, 12); /* 32 + 64 + ... */
    assert_in_range(atomic_load(&w->metrics.fresh_keys), 1, STOCK_MOST + STOCK_MOST / 2);
    now += 3600 * MOMENT_SECOND; /* then it gets smaller */
    size_t before = w->played.count;
    while (!w->job_count)
        order(2600, 1, true, false);
    answer_all();
    assert_in_range(w->played.count - before, 1, STOCK_MOST / 2);
}

static void who_wants_a_note_does_not_wait_for_keys(void **state)
{
    (void)state;
    order(0, 1, true, false);
    order(1, 1, false, true);
    answer_one(); /* ids are there, keys are not */
    assert_int_equal(w->filled, 1);
    assert_true(w->orders[1].note_id > 0);
    answer_one();
    assert_int_equal(w->filled, 2);
}

static void without_the_key_database_the_stock_is_used_up(void **state)
{
    (void)state;
    answer_all();
    order(0, 17, true, true);
    answer_one();
    fail_one(PG_NOT_SENT, ERR_DATABASE_AWAY);
    assert_int_equal(w->metrics.key_errors, 1);
    order(17, 15, true, true);
    assert_int_equal(w->filled, 32);
    assert_int_equal(w->failed, 0);
    order(32, 1, true, true);
    assert_int_equal(w->failed, 1);
    assert_int_equal(atomic_load(&w->metrics.empty_stocks), 1);
    assert_int_equal(w->code, ERR_BUSY);
    order(33, 1, false, true); /* ids came */
    assert_int_equal(w->filled, 33);
}

/* Ids come from the data database: they never run out because the other one is away. */
static void without_the_key_database_ids_go_on(void **state)
{
    (void)state;
    answer_all();
    order(0, 17, true, false);
    order(17, 30, false, true);
    answer_one();
    fail_one(PG_NOT_SENT, ERR_DATABASE_AWAY);
    for (unsigned i = 0; i < 200; i++) {
        order(100 + i, 1, false, true);
        while (w->job_count)
            if (w->jobs[0]->statement == &store_statements[STORE_RESERVE_IDS])
                answer_one();
            else
                fail_one(PG_NOT_SENT, ERR_DATABASE_AWAY);
    }
    assert_int_equal(w->failed, 0);
    order(400, 15, true, true);
    assert_int_equal(w->failed, 0);
    order(450, 1, true, true);
    assert_int_equal(w->failed, 1);
}

static void it_tries_again_by_itself(void **state)
{
    (void)state;
    order(0, 2, true, false);
    answer_one();
    fail_one(PG_REFUSED, ERR_INTERNAL);
    assert_int_equal(w->failed, 2); /* who waited is told at once */
    assert_int_equal(w->job_count, 0);
    event_base_loop(w->base, EVLOOP_ONCE);
    assert_int_equal(w->job_count, 1);
    answer_all();
    order(2, 1, true, false);
    assert_int_equal(w->filled, 1);
}

/* They may be there or not; used they are never. */
static void keys_of_an_uncertain_outcome_stay_unused(void **state)
{
    (void)state;
    answer_one();
    struct pg_job *job = next_job();
    struct err err;
    PQclear(played_add(&w->played, job)); /* it was committed */
    int64_t last = w->played.rows[w->played.count - 1].client_id;
    err_set(&err, ERR_UNCERTAIN, "the test says so");
    job->on_done(job->arg, &(struct pg_reply){PG_REFUSED, NULL, &err});
    assert_int_equal(atomic_load(&w->metrics.fresh_keys), 0);
    event_base_loop(w->base, EVLOOP_ONCE);
    answer_all();
    order(0, 1, true, false);
    assert_true(w->orders[0].client_id > last);
}

static void a_pool_that_takes_nothing_is_a_failure(void **state)
{
    (void)state;
    w->is_refusing = true;
    answer_one();
    order(0, 1, true, false);
    assert_int_equal(w->failed, 1);
    w->is_refusing = false;
    event_base_loop(w->base, EVLOOP_ONCE);
    answer_all();
    order(1, 1, true, false);
    assert_int_equal(w->filled, 1);
}

static void the_queue_is_bounded(void **state)
{
    (void)state;
    order(0, STOCK_WAITING + 3, true, false);
    assert_int_equal(w->failed, 3);
    assert_int_equal(w->code, ERR_BUSY);
    answer_all();
    assert_int_equal(w->filled, STOCK_WAITING);
}

static void at_the_end_who_waits_is_told(void **state)
{
    (void)state;
    order(0, 2, true, false);
    fail_one(PG_NOT_SENT, ERR_DRAINING);
    vault_free(&w->vault);
    assert_int_equal(w->failed, 2);
    start_vault();
}

/* ---- clients' keys ---- */

static void on_fetched(struct vault_wish *wish, const struct err *err)
{
    assert_ptr_equal(wish, &w->wish);
    w->told++;
    w->code = err ? err->code : ERR_NONE;
    for (size_t i = 0; !err && i < wish->count; i++) {
        const struct client_key *key = vault_key(w->vault, 1, wish->clients[i]);
        struct played_row *row = played_row_of(&w->played, wish->clients[i]);
        assert_true(!key == (!row || row->is_destroyed));
        assert_true(!key || client_key_client(key) == wish->clients[i]);
    }
}

static void fetch(const int64_t *clients, size_t count)
{
    w->told = 0;
    w->wish = (struct vault_wish){
        .region_id = 1, .clients = clients, .count = count, .arena = w->arena, .on_done = on_fetched};
    vault_fetch(w->vault, &w->wish);
}

/* A daemon that has just started knows no region: who asks is to come again. */
static void without_a_keyring_it_is_busy(void **state)
{
    (void)state;
    w->told = 0;
    w->wish = (struct vault_wish){.region_id = 2,
                                  .clients = (const int64_t[]){7},
                                  .count = 1,
                                  .arena = w->arena,
                                  .on_done = on_fetched};
    vault_fetch(w->vault, &w->wish);
    assert_int_equal(w->told, 1);
    assert_int_equal(w->code, ERR_BUSY);
}

/* Clients from..from+count-1 have keys. */
static void make_clients(int64_t from, size_t count)
{
    answer_all();
    for (size_t i = 0; i < count; i++) {
        struct client_key *key = played_client(&w->played, vault_keyring(w->vault, 1), from + (int64_t)i);
        client_key_free(&key);
    }
}

static void keys_are_fetched_in_one_call_and_kept(void **state)
{
    (void)state;
    static const int64_t clients[] = {7, 8, 9}, more[] = {9, 10, 7};
    make_clients(7, 4);
    fetch(clients, 3);
    assert_int_equal(w->told, 0);
    answer_one();
    assert_int_equal(w->told, 1);
    assert_int_equal(w->code, ERR_NONE);
    fetch(clients, 3);
    assert_int_equal(w->told, 1); /* at once */
    fetch(more, 3);
    answer_one();
    assert_int_equal(w->told, 1);
    assert_int_equal(w->played.gets, 2);
    assert_int_equal(w->played.asked, 4); /* the missing ones alone */
    assert_int_equal(w->metrics.key_wishes, 9);
    assert_int_equal(w->metrics.key_misses, 4);
}

static void they_are_kept_for_a_minute(void **state)
{
    (void)state;
    static const int64_t client[] = {7};
    make_clients(7, 1);
    fetch(client, 1);
    answer_one();
    now += VAULT_KEEPS - 1;
    fetch(client, 1);
    assert_int_equal(w->told, 1);
    played_row_of(&w->played, 7)->is_destroyed = true; /* on another daemon */
    now += 1;
    fetch(client, 1);
    assert_int_equal(w->told, 0);
    answer_one(); /* on_fetched() looks at the key */
    assert_int_equal(w->told, 1);
}

static void that_a_key_is_gone_is_kept_too(void **state)
{
    (void)state;
    static const int64_t client[] = {99};
    make_clients(7, 1);
    fetch(client, 1);
    answer_one();
    fetch(client, 1);
    assert_int_equal(w->told, 1);
    assert_int_equal(w->played.gets, 1);
}

static void a_forgotten_key_is_asked_anew(void **state)
{
    (void)state;
    static const int64_t clients[] = {7, 8};
    make_clients(7, 2);
    fetch(clients, 2);
    answer_one();
    played_row_of(&w->played, 7)->is_destroyed = true;
    vault_forget(w->vault, 1, 7);
    vault_forget(w->vault, 1, 1234);
    fetch(clients, 2);
    answer_one();
    assert_int_equal(w->told, 1);
}

/* What was read before it was destroyed must not be kept after. */
static void forgetting_reaches_what_is_on_its_way(void **state)
{
    (void)state;
    static const int64_t client[] = {7};
    make_clients(7, 1);
    fetch(client, 1);
    struct pg_job *job = next_job();
    PGresult *old = played_get(&w->played, job);
    played_row_of(&w->played, 7)->is_destroyed = true;
    vault_forget(w->vault, 1, 7);
    job->on_done(job->arg, &(struct pg_reply){PG_COMMITTED, old, NULL});
    PQclear(old);
    assert_int_equal(w->told, 0);
    answer_one();
    assert_int_equal(w->told, 1);
}

static void no_more_are_kept_than_fit(void **state)
{
    (void)state;
    static int64_t clients[VAULT_WISH + 1];
    enum { ROUNDS = 2 * VAULT_ROOM / VAULT_WISH };
    make_clients(10001, (size_t)ROUNDS * VAULT_WISH);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < VAULT_WISH; i++)
            clients[i] = 10001 + round * VAULT_WISH + i;
        fetch(clients, VAULT_WISH);
        answer_one();
        assert_int_equal(w->told, 1);
    }
    fetch(clients, VAULT_WISH); /* the last ones are there */
    assert_int_equal(w->told, 1);
    assert_null(vault_key(w->vault, 1, 10001));
    fetch(clients, VAULT_WISH + 1);
    assert_int_equal(w->code, ERR_INTERNAL);
}

static void failures_are_told(void **state)
{
    (void)state;
    static const int64_t client[] = {7};
    static const struct {
        enum pg_outcome outcome;
        enum err_code code, told;
    } cases[] = {{PG_NOT_SENT, ERR_DATABASE_AWAY, ERR_DATABASE_AWAY},
                 {PG_UNCERTAIN, ERR_UNCERTAIN, ERR_DATABASE_AWAY},
                 {PG_REFUSED, ERR_INTERNAL, ERR_INTERNAL}};
    make_clients(7, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fetch(client, 1);
        fail_one(cases[i].outcome, cases[i].code);
        assert_int_equal(w->told, 1);
        assert_int_equal(w->code, cases[i].told);
    }
    assert_int_equal(w->metrics.key_errors, 3);
    w->is_refusing = true;
    fetch(client, 1);
    assert_int_equal(w->code, ERR_DATABASE_AWAY);
}

static void a_key_that_does_not_unwrap_is_a_failure(void **state)
{
    (void)state;
    static const int64_t client[] = {7};
    make_clients(7, 1);
    struct played_row *row = played_row_of(&w->played, 7);
    row->wrapped[5] = row->wrapped[5] == 'A' ? 'B' : 'A';
    fetch(client, 1);
    answer_one();
    assert_int_equal(w->told, 1);
    assert_int_equal(w->code, ERR_INTERNAL);
}

static void a_wrapping_key_that_is_not_held_is_asked_for(void **state)
{
    (void)state;
    static const int64_t client[] = {7};
    make_clients(7, 1);
    played_row_of(&w->played, 7)->wrap_key = 2;
    fetch(client, 1);
    answer_one();
    assert_int_equal(w->told, 1);
    assert_int_equal(w->code, ERR_KEYS_NOT_LOADED);
    assert_int_equal(w->old_keyrings, 1);
}

/* keys.add() refuses what is wrapped by a key that is retired. */
static void keys_that_are_refused_ask_for_keyrings(void **state)
{
    (void)state;
    answer_one(); /* ids */
    struct pg_job *job = next_job();
    struct err err;
    err_set(&err, ERR_INTERNAL, "another refusal");
    job->on_done(job->arg, &(struct pg_reply){PG_REFUSED, NULL, &err});
    assert_int_equal(w->old_keyrings, 0);
    event_base_loop(w->base, EVLOOP_ONCE); /* it tries again */
    answer_one();
    job = next_job();
    snprintf(err.sqlstate, sizeof err.sqlstate, "55000");
    job->on_done(job->arg, &(struct pg_reply){PG_REFUSED, NULL, &err});
    assert_int_equal(w->old_keyrings, 1);
}

static void a_new_keyring_wraps_from_now_on(void **state)
{
    (void)state;
    static const char text[] =
        "wrap 1 2026-11-28 " PLAYED_WRAP "\nwrap 2 2027-11-28 "
        "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\nindex " PLAYED_INDEX "\n";
    static const int64_t client[] = {7};
    struct err err;
    const struct keyring *newer = keyring_parse("deurne.keys", slice_of(text), NULL, &err);
    assert_non_null(newer);
    make_clients(7, 1);
    vault_set_keyring(w->vault, 1, newer);
    keyring_release(&newer);
    order(0, 17, true, false);
    answer_all();
    assert_int_equal(w->played.rows[w->played.count - 1].wrap_key, 2);
    fetch(client, 1);
    answer_one();
    assert_int_equal(w->code, ERR_NONE); /* wrapped by the old one */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_stock_is_filled_beforehand),
        TEST(who_finds_nothing_waits_for_the_refill),
        TEST(ids_are_given_once),
        TEST(a_refill_grows_while_it_is_used_up_quickly),
        TEST(who_wants_a_note_does_not_wait_for_keys),
        TEST(without_the_key_database_the_stock_is_used_up),
        TEST(without_the_key_database_ids_go_on),
        TEST(it_tries_again_by_itself),
        TEST(keys_of_an_uncertain_outcome_stay_unused),
        TEST(a_pool_that_takes_nothing_is_a_failure),
        TEST(the_queue_is_bounded),
        TEST(at_the_end_who_waits_is_told),
        TEST(keys_are_fetched_in_one_call_and_kept),
        TEST(they_are_kept_for_a_minute),
        TEST(that_a_key_is_gone_is_kept_too),
        TEST(a_forgotten_key_is_asked_anew),
        TEST(forgetting_reaches_what_is_on_its_way),
        TEST(no_more_are_kept_than_fit),
        TEST(failures_are_told),
        TEST(without_a_keyring_it_is_busy),
        TEST(a_key_that_does_not_unwrap_is_a_failure),
        TEST(a_wrapping_key_that_is_not_held_is_asked_for),
        TEST(keys_that_are_refused_ask_for_keyrings),
        TEST(a_new_keyring_wraps_from_now_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
