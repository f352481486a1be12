// wraps: pg_pool_submit
/* What the keeper does with what the database says: reads what changed and no more, keeps what it has where
 * the new does not hold together, asks again where the database was not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "app/rows.h"
#include "arena.h"
#include "board.h"
#include "core/fixture.h"
#include "keeper.h"
#include "store.h"
#include "worker.h"

static struct fixture {
    struct app app;
    struct worker worker, *workers[1];
    struct keeper *keeper;
    /* what the database says */
    int64_t version, rights;
    int tables[RULE_TABLES + 1]; /* versions in force */
    bool is_away, is_spoilt;     /* answers nothing; the rows do not hold together */
    const char *schema, *coming;
    enum store_statement away; /* answers all but this; STORE_COUNT: none */
    unsigned asked[STORE_COUNT];
    enum store_statement last_asked;
    int regions, measured; /* how many there are; the one that was measured last */
    int64_t monotonic;
} * f;

static int64_t monotonic(const struct clock *clock)
{
    (void)clock;
    return f->monotonic;
}

static PGresult *region_rows(void)
{
    static const char *const names[] = {"region_id", "code", "version", "coming", "rights", "schema_version"};
    PGresult *rows = make_rows(6, names);
    char version[24], rights[24], id[16];
    snprintf(rights, sizeof rights, "%lld", (long long)f->rights);
    snprintf(version, sizeof version, "%lld", (long long)f->version);
    for (int i = 0; i < f->regions; i++) {
        snprintf(id, sizeof id, "%d", i + 1);
        set_cell(rows, i, "region_id", id);
        set_cell(rows, i, "code", "deurne");
        set_cell(rows, i, "version", version);
        set_cell(rows, i, "coming", f->coming);
        set_cell(rows, i, "rights", rights);
        set_cell(rows, i, "schema_version", f->schema);
    }
    return rows;
}

static PGresult *snapshot_row(void)
{
    static const char *const names[] = {"snapshot"};
    PGresult *rows = make_rows(1, names);
    json_t *document = fixture_json(), *tables = json_array();
    json_object_set_new(document, "version", json_integer(f->version));
    for (int t = 1; t <= RULE_TABLES; t++)
        if (f->tables[t])
            json_array_append_new(tables, json_pack("{s:i,s:i,s:s}", "table", t, "version", f->tables[t],
                                                    "since", "2026-01-01T00:00:00Z"));
    json_object_set_new(document, "tables", tables);
    char *text = json_dumps(document, JSON_COMPACT);
    set_cell(rows, 0, "snapshot", text);
    free(text);
    json_decref(document);
    return rows;
}

/* The smallest table there is: the row for everything else. */
static PGresult *rule_rows(void)
{
    static const char *const names[] = {"rule_id", "is_otherwise", "action", "offering_id", "next", "reason"};
    PGresult *rows = make_rows(6, names);
    set_cell(rows, 0, "rule_id", "R99");
    set_cell(rows, 0, "is_otherwise", f->is_spoilt ? "f" : "t");
    set_cell(rows, 0, "action", "continue");
    set_cell(rows, 0, "next", "coordinator");
    set_cell(rows, 0, "reason", "Al het andere.");
    return rows;
}

static PGresult *rows_of(enum store_statement statement)
{
    static const char *const names[] = {"measure_replies"};
    switch (statement) {
    case STORE_REGIONS:
        return region_rows();
    case STORE_REGION_SNAPSHOT:
        return snapshot_row();
    case STORE_RULE_ROWS:
        return rule_rows();
    case STORE_MEASURE_REPLIES:
        return make_rows(1, names);
    case STORE_APPLY_RETENTION:
    case STORE_PROVE_RETENTION:
    case STORE_ESCALATE_EMERGENCIES:
    case STORE_LATE_PROMISES:
    case STORE_LATE_CONFIRMATIONS:
    case STORE_ASK_OFFERINGS:
    case STORE_GROUPS_TO_SETTLE:
    case STORE_LAPSED_OFFERS:
    case STORE_MAKE_DIGESTS:
    case STORE_KEYS_TO_DESTROY: /* nothing to do: test_chores.c */
        return make_rows(1, names);
    default:
        fail_msg("nobody expected %s", store_statements[statement].name);
    }
    return NULL;
}

bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err);
bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err)
{
    enum store_statement statement = (enum store_statement)(job->statement - store_statements);
    assert_non_null(pool);
    f->asked[statement]++;
    f->last_asked = statement;
    if (statement == STORE_MEASURE_REPLIES)
        f->measured = atoi(job->params[0]);
    if (f->is_away || statement == f->away)
        return err_set(err, ERR_DATABASE_AWAY, "the test says so");
    PGresult *rows = rows_of(statement);
    job->on_done(job->arg, &(struct pg_reply){PG_COMMITTED, rows, NULL});
    PQclear(rows);
    return true;
}

static int set_up(void **state)
{
    struct err err;
    const struct config *config = config_read(NULL, &err);
    f = xcalloc(1, sizeof *f);
    log_set_level(LOG_ERROR + 1);
    f->app.clock = clock_system(0);
    f->app.board = board_new();
    f->app.workers = f->workers;
    f->app.worker_count = 1;
    f->workers[0] = &f->worker;
    f->worker.mailbox = mailbox_new(3);
    atomic_init(&f->app.schema_fits, true);
    f->keeper = keeper_new(&f->app, config, &err);
    assert_non_null(f->keeper);
    f->version = 7;
    f->regions = 1;
    f->tables[TABLE_EXCLUSION] = 4;
    f->tables[TABLE_DECLINES] = 5;
    f->schema = app_schema_version;
    f->coming = "";
    f->away = STORE_COUNT;
    config_release(&config);
    *state = f;
    return 0;
}

/* What the worker got since; its reference is given back. NULL: nothing. */
static const struct region *take_mail(void)
{
    static const struct region *last;
    struct mail mail;
    region_release(&last);
    if (!mailbox_receive(f->worker.mailbox, &mail))
        return NULL;
    assert_int_equal(mail.kind, MAIL_REGION);
    last = mail.object;
    return last;
}

static int tear_down(void **state)
{
    (void)state;
    while (take_mail())
        ;
    keeper_stop(&f->keeper);
    mailbox_free(&f->worker.mailbox);
    board_free(&f->app.board);
    log_set_level(LOG_INFO);
    free(f);
    return 0;
}

static struct notice notice(void)
{
    struct arena *arena = arena_new(0);
    struct notice *notices, copy = {0};
    if (board_read(f->app.board, arena, &notices))
        copy = notices[0];
    arena_free(&arena);
    copy.code = SLICE_NONE;
    return copy;
}

static void a_region_is_loaded_once(void **state)
{
    (void)state;
    keeper_look(f->keeper);
    const struct region *region = take_mail();
    assert_non_null(region);
    assert_int_equal(region->version, 7);
    assert_int_equal(region->tables[TABLE_EXCLUSION]->version, 4);
    assert_null(region->tables[TABLE_APPROACH]);
    assert_int_equal(region->tables[TABLE_DECLINES]->version, 5);
    assert_int_equal(atomic_load(&f->app.regions), 1);
    keeper_look(f->keeper);
    assert_null(take_mail());
    assert_int_equal(f->asked[STORE_REGIONS], 2);
    assert_int_equal(f->asked[STORE_REGION_SNAPSHOT], 1);
    assert_int_equal(f->asked[STORE_RULE_ROWS], 2);
    assert_int_equal(f->asked[STORE_MEASURE_REPLIES], 1); /* once an hour */
    assert_int_equal(notice().versions[TABLE_EXCLUSION], 4);
    assert_int_equal(notice().versions[TABLE_APPROACH], 0);
    assert_true(notice().bytes > 0);
    assert_false(notice().is_stale);
}

static void only_the_rows_of_new_versions_are_read(void **state)
{
    (void)state;
    keeper_look(f->keeper);
    const struct region *region = region_hold(take_mail());
    const struct ruleset *declines = region->tables[TABLE_DECLINES];
    f->version = 8;
    f->tables[TABLE_EXCLUSION] = 9;
    keeper_look(f->keeper);
    const struct region *next = take_mail();
    assert_int_equal(next->tables[TABLE_EXCLUSION]->version, 9);
    assert_ptr_equal(next->tables[TABLE_DECLINES], declines);
    assert_int_equal(f->asked[STORE_RULE_ROWS], 3);
    assert_int_equal(region->tables[TABLE_EXCLUSION]->version, 4); /* whoever holds the old one */
    region_release(&region);
    assert_int_equal(notice().versions[TABLE_EXCLUSION], 9);
}

static void what_comes_is_read_ahead_of_time(void **state)
{
    (void)state;
    f->coming = "1:9 2:8";
    keeper_look(f->keeper);
    assert_int_equal(take_mail()->tables[TABLE_EXCLUSION]->version, 4);
    assert_int_equal(f->asked[STORE_RULE_ROWS], 4);
    keeper_look(f->keeper);
    assert_int_equal(f->asked[STORE_RULE_ROWS], 4);
    f->version = 8;
    f->tables[TABLE_EXCLUSION] = 9;
    f->coming = "2:8";
    keeper_look(f->keeper);
    assert_int_equal(take_mail()->tables[TABLE_EXCLUSION]->version, 9);
    assert_int_equal(f->asked[STORE_RULE_ROWS], 4);
    f->coming = ""; /* discarded; and then it comes again */
    keeper_look(f->keeper);
    f->coming = "2:8";
    keeper_look(f->keeper);
    assert_int_equal(f->asked[STORE_RULE_ROWS], 5);
}

static void what_comes_and_does_not_hold_together_waits(void **state)
{
    (void)state;
    keeper_look(f->keeper);
    assert_non_null(take_mail());
    f->is_spoilt = true;
    f->coming = "1:9";
    keeper_look(f->keeper);
    keeper_look(f->keeper);
    assert_int_equal(f->asked[STORE_RULE_ROWS], 3); /* not read again and again */
    assert_false(notice().is_stale);
    f->away = STORE_RULE_ROWS;
    f->coming = "2:8 1:9";
    keeper_look(f->keeper);
    f->away = STORE_COUNT;
    keeper_look(f->keeper); /* asked again where the database was not there */
    assert_int_equal(f->asked[STORE_RULE_ROWS], 5);
}

/* It reads much, and nothing else is done meanwhile: one region at a look, behind all else. */
static void reply_times_are_measured_one_region_at_a_time(void **state)
{
    static const int order[] = {1, 2, 3, 0};
    (void)state;
    f->app.clock.monotonic = monotonic;
    f->monotonic = 7200 * MOMENT_SECOND;
    f->regions = 3;
    f->version = 0; /* none of them has a snapshot, and so no chores */
    for (int hour = 0; hour < 2; hour++) {
        for (size_t i = 0; i < COUNT(order); i++) {
            f->measured = 0;
            keeper_look(f->keeper);
            assert_int_equal(f->measured, order[i]);
            assert_int_equal(f->last_asked == STORE_MEASURE_REPLIES, order[i] > 0);
            f->monotonic += MOMENT_SECOND / 2;
        }
        f->monotonic += 3600 * MOMENT_SECOND;
    }
}

static void a_measure_that_failed_is_tried_again_in_a_while(void **state)
{
    /* minutes from the look before, and how often it was asked by then; the fourth one succeeds */
    static const struct {
        int minutes;
        unsigned asked;
    } looks[] = {{0, 1}, {0, 1}, {4, 1}, {1, 2}, {9, 2}, {1, 3}, {19, 3}, {1, 4}, {59, 4}, {1, 5}};
    (void)state;
    f->app.clock.monotonic = monotonic;
    f->monotonic = 7200 * MOMENT_SECOND;
    for (size_t i = 0; i < COUNT(looks); i++) {
        f->away = f->asked[STORE_MEASURE_REPLIES] < 3 ? STORE_MEASURE_REPLIES : STORE_COUNT;
        f->monotonic += looks[i].minutes * 60 * MOMENT_SECOND;
        keeper_look(f->keeper);
        assert_int_equal(f->asked[STORE_MEASURE_REPLIES], looks[i].asked);
    }
}

static void what_does_not_hold_together_changes_nothing(void **state)
{
    (void)state;
    uint64_t failed = log_count(EV_REGION_FAILED);
    keeper_look(f->keeper);
    assert_non_null(take_mail());
    f->version = 8;
    f->tables[TABLE_EXCLUSION] = 9;
    f->is_spoilt = true;
    keeper_look(f->keeper);
    assert_null(take_mail());
    assert_int_equal(log_count(EV_REGION_FAILED), failed + 1);
    assert_true(notice().is_stale);
    assert_int_equal(notice().versions[TABLE_EXCLUSION], 4);
    keeper_look(f->keeper); /* not tried again and again */
    assert_int_equal(f->asked[STORE_REGION_SNAPSHOT], 2);
    f->version = 9;
    f->is_spoilt = false;
    keeper_look(f->keeper);
    assert_non_null(take_mail());
    assert_false(notice().is_stale);
}

static void a_lost_database_is_asked_again(void **state)
{
    (void)state;
    static const enum store_statement lost[] = {STORE_REGIONS, STORE_REGION_SNAPSHOT, STORE_RULE_ROWS};
    for (size_t i = 0; i < COUNT(lost); i++) {
        f->version++;
        f->tables[TABLE_EXCLUSION]++;
        f->away = lost[i];
        keeper_look(f->keeper);
        assert_null(take_mail());
        assert_false(notice().is_stale); /* nobody said that it is wrong */
        f->away = STORE_COUNT;
        keeper_look(f->keeper);
        assert_int_equal(take_mail()->version, f->version);
    }
}

static void a_worker_without_room_gets_it_later(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(mailbox_send(f->worker.mailbox, (struct mail){.kind = MAIL_REGION}));
    keeper_look(f->keeper);
    assert_int_equal(atomic_load(&f->app.regions), 0);
    for (int i = 0; i < 3; i++)
        take_mail();
    keeper_look(f->keeper);
    assert_non_null(take_mail());
    assert_int_equal(atomic_load(&f->app.regions), 1);
}

static int next_mail(void)
{
    struct mail mail;
    return mailbox_receive(f->worker.mailbox, &mail) ? (int)mail.kind : -1;
}

static void changed_rights_are_told(void **state)
{
    (void)state;
    f->rights = 5;
    keeper_look(f->keeper);
    assert_non_null(take_mail());
    assert_null(take_mail()); /* what was so at the start is no change */
    keeper_look(f->keeper);
    assert_int_equal(next_mail(), -1);
    f->rights = 6;
    keeper_look(f->keeper);
    assert_int_equal(next_mail(), MAIL_RIGHTS);
    keeper_look(f->keeper);
    assert_int_equal(next_mail(), -1); /* once */
    for (int i = 0; i < 3; i++)
        assert_true(mailbox_send(f->worker.mailbox, (struct mail){.kind = MAIL_RIGHTS}));
    f->rights = 7;
    keeper_look(f->keeper); /* no room */
    for (int i = 0; i < 3; i++)
        next_mail();
    keeper_look(f->keeper);
    assert_int_equal(next_mail(), MAIL_RIGHTS);
}

static void another_schema_is_not_read(void **state)
{
    (void)state;
    f->schema = "another";
    keeper_look(f->keeper);
    assert_false(atomic_load(&f->app.schema_fits));
    assert_null(take_mail());
    f->schema = app_schema_version;
    keeper_look(f->keeper);
    assert_true(atomic_load(&f->app.schema_fits));
    assert_non_null(take_mail());
}

static void its_thread_can_be_stopped(void **state)
{
    (void)state;
    struct err err;
    assert_true(keeper_start(f->keeper, &err));
    keeper_stop(&f->keeper);
    assert_null(f->keeper);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_region_is_loaded_once),
        TEST(only_the_rows_of_new_versions_are_read),
        TEST(what_comes_is_read_ahead_of_time),
        TEST(what_comes_and_does_not_hold_together_waits),
        TEST(reply_times_are_measured_one_region_at_a_time),
        TEST(a_measure_that_failed_is_tried_again_in_a_while),
        TEST(what_does_not_hold_together_changes_nothing),
        TEST(a_lost_database_is_asked_again),
        TEST(a_worker_without_room_gets_it_later),
        TEST(changed_rights_are_told),
        TEST(another_schema_is_not_read),
        TEST(its_thread_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
