// wraps: pg_pool_submit
/* The submit queue against a database that the test plays itself: what goes together, what is sent again, and
 * what each item is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "rows.h"
#include "store.h"
#include "status.h"
#include "submit.h"

enum { JOBS = 64, ITEMS = 64, LANES = 2, BATCH = 4, LIMIT = 8 };

struct told {
    unsigned times;
    enum submit_result result;
    enum err_code code;
    char rule[16], offering[32], promise[64];
    int64_t referral_id, step_id;
    int version;
};

struct world {
    struct event_base *base;
    struct batch_queue *queue;
    struct metrics metrics;
    struct pg_job *jobs[JOBS]; /* as they were given to the pool; NULL once answered */
    unsigned sent;
    enum err_code refuses; /* the pool does not take jobs: why */
    bool has_spare;        /* the other pool takes them */
    struct wire_referral referral;
    struct submit_item items[ITEMS];
    struct told told[ITEMS];
    char keys[ITEMS][16];
};

static struct world *world; /* the fake pool has no argument of its own */

/* The other pool of the same database; never looked into. */
static struct pg_pool *const spare = (struct pg_pool *)&world;

bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err);
bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err)
{
    if (world->refuses && !(pool && world->has_spare))
        return err_set(err, world->refuses, "the test says so");
    assert_in_range(world->sent, 0, JOBS - 1);
    world->jobs[world->sent++] = job;
    return true;
}

static void on_done(struct submit_item *item, enum submit_result result, const struct err *err)
{
    struct told *told = item->arg;
    told->times++;
    told->result = result;
    if (result == SUBMIT_FAILED) {
        assert_non_null(err);
        told->code = err->code;
    }
    told->referral_id = item->receipt.referral_id;
    told->step_id = item->receipt.step_id;
    told->version = item->receipt.decision.version;
    snprintf(told->rule, sizeof told->rule, "%.*s", SLICE_FMT(item->receipt.decision.rule));
    snprintf(told->offering, sizeof told->offering, "%.*s", SLICE_FMT(item->receipt.decision.offering.code));
    snprintf(told->promise, sizeof told->promise, "%.*s", SLICE_FMT(item->receipt.next.what.name));
}

static void set_item(unsigned i)
{
    snprintf(world->keys[i], sizeof world->keys[i], "key-%u", i);
    world->items[i] = (struct submit_item){.batched.region_id = 1,
                                           .account_id = 7,
                                           .organisation_id = 2,
                                           .key = slice_of(world->keys[i]),
                                           .hash = slice_of("ab"),
                                           .domains = slice_of("[]"),
                                           .icpc = slice_of("[]"),
                                           .referral = &world->referral,
                                           .inputs = slice_of("{}"),
                                           .offering_id = 11,
                                           .owner_id = 3,
                                           .on_done = on_done,
                                           .arg = &world->told[i]};
    world->items[i].receipt.decision.table = 3;
    world->items[i].receipt.decision.version = 5;
    world->items[i].receipt.decision.rule = slice_of("R05");
    world->items[i].receipt.decision.offering.code = slice_of("coach");
}

static int set_up(void **state)
{
    world = xcalloc(1, sizeof *world);
    world->base = event_base_new();
    world->queue =
        batch_queue_new(world->base, NULL, spare, &world->metrics, &submit_kind, LIMIT, BATCH, LANES);
    world->referral.client.name = slice_of("N");
    for (unsigned i = 0; i < ITEMS; i++)
        set_item(i);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bool quiet = true;
    batch_queue_free(&world->queue);
    event_base_free(world->base);
    for (unsigned i = 0; i < world->sent; i++)
        quiet = quiet && !world->jobs[i];
    free(world);
    return quiet ? 0 : -1;
}

static void turn(void)
{
    event_base_loop(world->base, EVLOOP_NONBLOCK);
}

static void add(unsigned i)
{
    struct err err;
    assert_true(batch_queue_add(world->queue, &world->items[i].batched, &err));
}

static void add_many(unsigned from, unsigned count)
{
    for (unsigned i = from; i < from + count; i++)
        add(i);
}

/* The keys of a job's items in their order, "key-0 key-2". */
static const char *keys_of(unsigned job)
{
    static char keys[512];
    size_t used = 0;
    keys[0] = '\0';
    for (const char *at = strstr(world->jobs[job]->params[1], "key-"); at; at = strstr(at + 1, "key-"))
        used += (size_t)snprintf(keys + used, sizeof keys - used, "%s%.*s", used ? " " : "",
                                 (int)strcspn(at, "\\"), at);
    return keys;
}

static unsigned count_of(unsigned job)
{
    unsigned count = 1;
    for (const char *c = keys_of(job); *c; c++)
        count += *c == ' ';
    return count;
}

static void answer(unsigned number, enum pg_outcome outcome, PGresult *result, const struct err *err)
{
    struct pg_job *job = world->jobs[number];
    assert_non_null(job);
    world->jobs[number] = NULL;
    job->on_done(job->arg, &(struct pg_reply){outcome, result, err});
    PQclear(result);
    turn();
}

static void spoil(unsigned number, enum pg_outcome outcome, enum err_code code, const char *sqlstate)
{
    struct err err;
    err_set(&err, code, "the test says so");
    snprintf(err.sqlstate, sizeof err.sqlstate, "%s", sqlstate);
    answer(number, outcome, NULL, &err);
}

static const char *const columns[] = {"item",       "result",     "referral_id",   "step_id",
                                      "created_us", "due_us",     "table_no",      "table_version",
                                      "rule_id",    "reason",     "offering_code", "offering_name",
                                      "owner_code", "owner_name", "promise_label"};

static PGresult *no_rows(void)
{
    return make_rows(sizeof columns / sizeof columns[0], columns);
}

static void add_row(PGresult *result, int row, unsigned item, const char *word)
{
    char number[12], id[12];
    snprintf(number, sizeof number, "%u", item);
    snprintf(id, sizeof id, "%u", 100 + item);
    set_cell(result, row, "item", number);
    set_cell(result, row, "result", word);
    set_cell(result, row, "referral_id", id);
    set_cell(result, row, "step_id", "55");
    set_cell(result, row, "promise_label", "Antwoord");
}

static PGresult *created(unsigned count)
{
    PGresult *result = no_rows();
    for (unsigned i = 0; i < count; i++)
        add_row(result, (int)i, count - i, "created"); /* in no particular order */
    return result;
}

static void commit(unsigned job)
{
    PGresult *result = created(count_of(job));
    answer(job, PG_COMMITTED, result, NULL);
}

static void assert_told(unsigned i, enum submit_result result)
{
    assert_int_equal(world->told[i].times, 1);
    assert_int_equal(world->told[i].result, result);
}

static void assert_failed(unsigned i, enum err_code code)
{
    assert_told(i, SUBMIT_FAILED);
    assert_string_equal(err_word(world->told[i].code), err_word(code));
}

/* ---- what goes together ---- */

static void one_goes_at_once(void **state)
{
    (void)state;
    add(0);
    assert_int_equal(world->sent, 0); /* at the end of the turn */
    assert_false(batch_queue_is_empty(world->queue));
    turn();
    assert_int_equal(world->sent, 1);
    assert_string_equal(keys_of(0), "key-0");
    assert_string_equal(world->jobs[0]->params[0], "1");
    assert_int_equal(world->jobs[0]->statement->param_count, 3);
    commit(0);
    assert_told(0, SUBMIT_CREATED);
    assert_int_equal(world->told[0].referral_id, 101);
    assert_int_equal(world->told[0].step_id, 55);
    assert_string_equal(world->told[0].promise, "Antwoord");
    assert_string_equal(world->told[0].rule, "R05"); /* our own decision stands */
    assert_true(batch_queue_is_empty(world->queue));
}

static void what_waits_goes_together(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LANES; i++) {
        add(i);
        turn();
    }
    add(LANES);
    turn();
    assert_int_equal(world->sent, LANES); /* both lanes are busy, and one is not worth a commit */
    add_many(LANES + 1, 5);
    turn();
    assert_int_equal(world->sent, 2 * LANES); /* what is waits behind those that run */
    assert_int_equal(count_of(LANES), BATCH);
    assert_int_equal(count_of(LANES + 1), 2);
    add_many(LANES + 6, 3);
    turn();
    assert_int_equal(world->sent, 2 * LANES); /* one behind each, no more */
    commit(0);
    assert_int_equal(world->sent, 2 * LANES + 1);
    assert_int_equal(count_of(2 * LANES), 3);
    for (unsigned i = 1; i <= 2 * LANES; i++)
        commit(i);
    for (unsigned i = 0; i < LANES + 9; i++)
        assert_told(i, SUBMIT_CREATED);
    assert_int_equal(world->metrics.batches, 2 * LANES + 1);
    assert_int_equal(world->metrics.referrals, LANES + 9);
}

static void rows_find_their_items(void **state)
{
    (void)state;
    add_many(0, 3);
    turn();
    commit(0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(world->told[i].referral_id, 101 + i);
}

static void the_other_pool_takes_it_while_there_is_no_lane(void **state)
{
    (void)state;
    world->refuses = ERR_DATABASE_AWAY;
    world->has_spare = true;
    add(0);
    turn();
    assert_int_equal(world->sent, 1);
    commit(0);
    assert_told(0, SUBMIT_CREATED);
    world->refuses = ERR_BUSY; /* who has lanes and no room is not helped by another */
    add(1);
    turn();
    assert_int_equal(world->sent, 1);
    assert_failed(1, ERR_BUSY);
}

static void regions_are_not_mixed(void **state)
{
    (void)state;
    world->items[1].batched.region_id = 2;
    add_many(0, 4);
    turn();
    assert_int_equal(world->sent, 2);
    assert_string_equal(keys_of(0), "key-0 key-2 key-3");
    assert_string_equal(world->jobs[0]->params[0], "1");
    assert_string_equal(keys_of(1), "key-1");
    assert_string_equal(world->jobs[1]->params[0], "2");
    commit(0);
    commit(1);
}

static void a_key_is_never_twice_in_a_batch(void **state)
{
    (void)state;
    world->items[1].key = world->items[0].key;
    world->items[2].key = world->items[0].key;
    world->items[2].account_id = 8; /* another account's key is another key */
    add_many(0, 3);
    turn();
    assert_string_equal(keys_of(0), "key-0 key-0");
    assert_string_equal(keys_of(1), "key-0");
    commit(0);
    commit(1);
    assert_told(1, SUBMIT_CREATED);
}

static void a_full_queue_refuses(void **state)
{
    (void)state;
    struct err err;
    add_many(0, LIMIT);
    assert_false(batch_queue_add(world->queue, &world->items[LIMIT].batched, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(world->told[LIMIT].times, 0);
    turn();
    add(LIMIT); /* two batches have left */
    commit(0);
    commit(1);
    commit(2);
    assert_told(LIMIT, SUBMIT_CREATED);
}

/* ---- when it goes wrong ---- */

static void a_refused_batch_is_sent_item_by_item(void **state)
{
    (void)state;
    add_many(0, 3);
    turn();
    spoil(0, PG_REFUSED, ERR_INTERNAL, "23514");
    assert_int_equal(world->sent, 1 + LANES);
    assert_string_equal(keys_of(1), "key-0");
    assert_string_equal(keys_of(2), "key-1");
    commit(1);
    assert_string_equal(keys_of(3), "key-2");
    spoil(2, PG_REFUSED, ERR_INTERNAL, "23514");
    commit(3);
    assert_told(0, SUBMIT_CREATED);
    assert_failed(1, ERR_INTERNAL);
    assert_told(2, SUBMIT_CREATED);
    assert_int_equal(world->metrics.batch_splits, 1);
}

static void what_is_sent_alone_takes_nobody_along(void **state)
{
    (void)state;
    add_many(0, 2);
    turn();
    spoil(0, PG_REFUSED, ERR_INTERNAL, "23514");
    add_many(2, 2);
    turn();
    commit(1);
    assert_string_equal(keys_of(3), "key-2 key-3");
    commit(2);
    commit(3);
}

/* A lock that one key waits for is that item's trouble; a server without time or room is everybody's, and
 * more jobs would make it worse. */
static void an_overloaded_database_is_not_asked_more(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum err_code code;
    } cases[] = {{"57014", ERR_BUSY}, {"53200", ERR_BUSY}, {"57P01", ERR_DATABASE_AWAY}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        add_many(3 * i, 3);
        turn();
        spoil(i, PG_REFUSED, cases[i].code, cases[i].sqlstate);
        assert_int_equal(world->sent, i + 1);
        for (unsigned k = 0; k < 3; k++)
            assert_failed(3 * i + k, cases[i].code);
    }
    add_many(20, 2);
    turn();
    spoil(3, PG_REFUSED, ERR_BUSY, "55P03");
    assert_int_equal(world->sent, 6);
    spoil(4, PG_REFUSED, ERR_BUSY, "55P03");
    commit(5);
    assert_failed(20, ERR_BUSY);
    assert_told(21, SUBMIT_CREATED);
}

static void an_uncertain_batch_is_sent_again_once(void **state)
{
    (void)state;
    add_many(0, 2);
    turn();
    spoil(0, PG_UNCERTAIN, ERR_UNCERTAIN, "");
    assert_string_equal(keys_of(1), "key-0 key-1");
    assert_int_equal(world->told[0].times, 0);
    spoil(1, PG_UNCERTAIN, ERR_UNCERTAIN, "");
    assert_int_equal(world->sent, 2);
    assert_failed(0, ERR_UNCERTAIN);
    assert_failed(1, ERR_UNCERTAIN);
}

static void sent_again_it_may_succeed(void **state)
{
    (void)state;
    add(0);
    turn();
    spoil(0, PG_UNCERTAIN, ERR_UNCERTAIN, "");
    commit(1);
    assert_told(0, SUBMIT_CREATED);
}

static void on_status(struct status_item *item, const PGresult *result, int row, const struct err *err)
{
    (void)result, (void)row;
    *(enum err_code *)item->arg = err->code;
}

/* The counter of batches is one of transactions that store referrals; reads go in batches too. */
static void reads_are_no_stored_batches(void **state)
{
    (void)state;
    enum err_code told = ERR_NONE;
    struct err err;
    struct status_item item = {.batched.region_id = 1, .on_done = on_status, .arg = &told};
    struct batch_queue *queue =
        batch_queue_new(world->base, NULL, NULL, &world->metrics, &status_kind, LIMIT, BATCH, LANES);
    assert_true(batch_queue_add(queue, &item.batched, &err));
    turn();
    assert_int_equal(world->sent, 1);
    assert_int_equal(world->metrics.batches, 0);
    spoil(0, PG_NOT_SENT, ERR_DATABASE_AWAY, "");
    assert_int_equal(told, ERR_DATABASE_AWAY);
    batch_queue_free(&queue);
}

static void not_sent_is_told(void **state)
{
    (void)state;
    add(0);
    turn();
    spoil(0, PG_NOT_SENT, ERR_DATABASE_AWAY, "");
    assert_failed(0, ERR_DATABASE_AWAY);
}

/* Whatever comes after an uncertain outcome, it stays uncertain until the database has told. */
static void uncertain_stays_uncertain(void **state)
{
    (void)state;
    static const struct {
        enum pg_outcome outcome;
        enum err_code code;
    } cases[] = {{PG_NOT_SENT, ERR_DATABASE_AWAY}, {PG_REFUSED, ERR_BUSY}, {PG_REFUSED, ERR_INTERNAL}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        add(i);
        turn();
        spoil(2 * i, PG_UNCERTAIN, ERR_UNCERTAIN, "");
        spoil(2 * i + 1, cases[i].outcome, cases[i].code, "");
        assert_failed(i, ERR_UNCERTAIN);
    }
    add(10);
    turn();
    world->refuses = ERR_DATABASE_AWAY; /* the pool does not even take it */
    spoil(6, PG_UNCERTAIN, ERR_UNCERTAIN, "");
    assert_failed(10, ERR_UNCERTAIN);
}

static void a_pool_that_takes_nothing_is_told(void **state)
{
    (void)state;
    world->refuses = ERR_DATABASE_AWAY;
    add_many(0, 6);
    turn();
    for (unsigned i = 0; i < 6; i++)
        assert_failed(i, ERR_DATABASE_AWAY);
    assert_true(batch_queue_is_empty(world->queue));
}

static void a_missing_row_is_internal(void **state)
{
    (void)state;
    add_many(0, 2);
    turn();
    PGresult *result = no_rows();
    add_row(result, 0, 2, "created");
    add_row(result, 1, 2, "created"); /* twice, and out of range: passed over */
    add_row(result, 2, 9, "created");
    add_row(result, 3, 0, "created");
    answer(0, PG_COMMITTED, result, NULL);
    assert_failed(0, ERR_INTERNAL);
    assert_told(1, SUBMIT_CREATED);
}

static void an_unknown_result_is_internal(void **state)
{
    (void)state;
    add(0);
    turn();
    PGresult *result = no_rows();
    add_row(result, 0, 1, "surprise");
    answer(0, PG_COMMITTED, result, NULL);
    assert_failed(0, ERR_INTERNAL);
}

static void refusals_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum submit_result result;
    } cases[] = {{"key-reused", SUBMIT_KEY_REUSED},
                 {"account-unknown", SUBMIT_ACCOUNT_UNKNOWN},
                 {"owner-unknown", SUBMIT_OWNER_UNKNOWN}};
    for (unsigned i = 0; i < 3; i++) {
        add(i);
        turn();
        PGresult *result = no_rows();
        add_row(result, 0, 1, cases[i].word);
        answer(i, PG_COMMITTED, result, NULL);
        assert_told(i, cases[i].result);
    }
}

static void a_replay_takes_the_stored_decision(void **state)
{
    (void)state;
    add_many(0, 2);
    turn();
    PGresult *result = no_rows();
    add_row(result, 0, 1, "replayed");
    set_cell(result, 0, "table_no", "3");
    set_cell(result, 0, "table_version", "2");
    set_cell(result, 0, "rule_id", "R99");
    set_cell(result, 0, "reason", "Toen");
    set_cell(result, 0, "owner_code", "ketenregie");
    set_cell(result, 0, "owner_name", "Ketenregie");
    add_row(result, 1, 2, "replayed");
    set_cell(result, 1, "table_version", "4");
    set_cell(result, 1, "offering_code", "eten");
    answer(0, PG_COMMITTED, result, NULL);
    assert_told(0, SUBMIT_REPLAYED);
    assert_string_equal(world->told[0].rule, "R99");
    assert_string_equal(world->told[0].offering,
                        ""); /* to the coordinator then, whatever the table says now */
    assert_int_equal(world->told[0].version, 2);
    assert_string_equal(world->told[1].offering, "eten");
    assert_int_equal(world->metrics.replays, 2);
    assert_int_equal(world->metrics.referrals, 0);
}

/* ---- the end ---- */

static void what_waits_at_the_end_is_told(void **state)
{
    (void)state;
    add(0);
    turn();
    add(1);
    spoil(0, PG_NOT_SENT, ERR_DRAINING, ""); /* sends item 1 */
    world->refuses = ERR_NONE;
    add(2);
    spoil(1, PG_UNCERTAIN, ERR_UNCERTAIN, ""); /* sends 1 and 2 */
    struct pg_job *job = world->jobs[2];
    struct err err;
    err_set(&err, ERR_UNCERTAIN, "the pool was closed");
    add(3);
    world->jobs[2] = NULL;
    job->on_done(job->arg,
                 &(struct pg_reply){PG_UNCERTAIN, NULL, &err}); /* as pg_pool_free() does: no turn */
    batch_queue_free(&world->queue);
    assert_null(world->queue);
    assert_failed(0, ERR_DRAINING);
    assert_failed(1, ERR_UNCERTAIN);
    assert_failed(2, ERR_UNCERTAIN); /* it may be stored: "nothing was stored" would be a guess */
    assert_failed(3, ERR_DRAINING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Long texts that items have in common go once, beside them, and each item names their places. */
static void what_items_share_is_sent_once(void **state)
{
    (void)state;
    world->items[1].domains = slice_of("[\"housing\"]");
    world->items[1].inputs = slice_of("{\"age\":40}");
    world->items[2].trail = slice_of("[]");
    add_many(0, 3);
    turn();
    assert_string_equal(world->jobs[0]->params[2],
                        "{\"[]\",\"{}\",\"[\\\"housing\\\"]\",\"{\\\"age\\\":40}\"}");
    static const char *const parts[] = {",\\\"ab\\\",\\\"1\\\",\\\"1\\\",",
                                        ",\\\"ab\\\",\\\"3\\\",\\\"1\\\",", "\\\"R05\\\",,\\\"2\\\",",
                                        "\\\"R05\\\",,\\\"4\\\","};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!strstr(world->jobs[0]->params[1], parts[i]))
            fail_msg("%s is not in %s", parts[i], world->jobs[0]->params[1]);
    commit(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_goes_at_once),
        TEST(what_waits_goes_together),
        TEST(the_other_pool_takes_it_while_there_is_no_lane),
        TEST(rows_find_their_items),
        TEST(regions_are_not_mixed),
        TEST(what_items_share_is_sent_once),
        TEST(a_key_is_never_twice_in_a_batch),
        TEST(a_full_queue_refuses),
        TEST(a_refused_batch_is_sent_item_by_item),
        TEST(what_is_sent_alone_takes_nobody_along),
        TEST(an_overloaded_database_is_not_asked_more),
        TEST(an_uncertain_batch_is_sent_again_once),
        TEST(sent_again_it_may_succeed),
        TEST(not_sent_is_told),
        TEST(uncertain_stays_uncertain),
        TEST(a_pool_that_takes_nothing_is_told),
        TEST(a_missing_row_is_internal),
        TEST(reads_are_no_stored_batches),
        TEST(an_unknown_result_is_internal),
        TEST(refusals_are_told),
        TEST(a_replay_takes_the_stored_decision),
        TEST(what_waits_at_the_end_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
