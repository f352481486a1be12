// wraps: asker_ask asker_rest
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "chores.h"
#include "rows.h"
#include "store_keys.h"

/* A database and a key database of which the test says what they answer; time goes on when the test says so.
 */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
enum { MANY = 200 };

struct fixture {
    struct clock clock;
    int64_t monotonic;
    moment wall;
    int asked[STORE_COUNT], destroyed, rested;
    int pages, removed; /* pages of clients before the last one; on each of them this many are forgotten */
    int orphans;        /* erased clients whose keys are there */
    int refusals;       /* of the key database, before it answers */
    bool is_away;       /* the database itself */
    const char *late;   /* level of the promise that is late; NULL: none is */
    char due[64], after[64], gone[64], raised[200], digests[64]; /* the day of the last ones */
    const char *lapsed; /* a step of a round of offers; NULL: there is none */
    char gone_on[200];
    const char *made; /* how many; NULL: 1 */
    /* Many things 1..count that are still to be done, and those that the database refuses. */
    struct {
        int statement; /* that does them */
        int count, refused[60], done[MANY + 1], last;
    } many;
};
static struct fixture *f;
/* Never looked into: the asker is the test's. */
static struct asker *const data = (struct asker *)&f, *const keys = (struct asker *)&data;

static moment wall(const struct clock *clock)
{
    (void)clock;
    return f->wall;
}

static int64_t monotonic(const struct clock *clock)
{
    (void)clock;
    return f->monotonic;
}

static PGresult *one_row(const char *first, const char *first_value, const char *second,
                         const char *second_value)
{
    const char *const names[] = {first, second};
    PGresult *rows = make_rows(second ? 2 : 1, names);
    set_cell(rows, 0, first, first_value);
    if (second)
        set_cell(rows, 0, second, second_value);
    return rows;
}

/* One that fell due or went up just now, and at level 0 has no time to go up yet. */
static PGresult *late_rows(void)
{
    static const char *const names[] = {"step_id", "nr", "kind", "urgency", "level", "is_raised", "from_us"};
    const char *values[] = {"4711", "2", "answer", "routine", f->late, "f", ""};
    char from[24];
    PGresult *rows = make_rows(7, names);
    if (!f->late)
        return rows;
    snprintf(from, sizeof from, "%lld", (long long)f->wall);
    values[5] = strcmp(f->late, "0") == 0 ? "f" : "t";
    values[6] = from;
    for (size_t i = 0; i < 7; i++)
        set_cell(rows, 0, names[i], values[i]);
    return rows;
}

static bool is_refused(int64_t number)
{
    for (size_t i = 0; i < COUNT(f->many.refused) && f->many.refused[i]; i++)
        if (f->many.refused[i] == number)
            return true;
    return false;
}

/* Those that are to be done, behind `after`; what else a row holds is of a promise that fell due. */
static PGresult *many_rows(const char *column, int after, int most)
{
    static const char *const names[] = {"step_id", "nr",        "kind",    "urgency",
                                        "level",   "is_raised", "from_us", "client_id"};
    static const char *const values[] = {"", "1", "answer", "routine", "1", "t", "0", ""};
    PGresult *rows = make_rows(COUNT(names), names);
    for (int i = after + 1, row = 0; i <= f->many.count && row < most; i++) {
        char number[16];
        if (f->many.done[i])
            continue;
        for (size_t at = 0; at < COUNT(names); at++)
            set_cell(rows, row, names[at], values[at]);
        snprintf(number, sizeof number, "%d", i);
        set_cell(rows, row++, column, number);
    }
    return rows;
}

/* The database does all of {"1","2"}, each once, or refuses all. */
static bool do_many(const char *array)
{
    int numbers[MANY], count = 0;
    for (const char *at = array; (at = strpbrk(at, "0123456789")); at += strspn(at, "0123456789")) {
        assert_true(count < MANY);
        numbers[count++] = atoi(at);
    }
    for (int i = 0; i < count; i++)
        if (is_refused(numbers[i]))
            return false;
    for (int i = 0; i < count; i++)
        assert_int_equal(++f->many.done[numbers[i]], 1);
    return true;
}

/* A page of clients: all of them are done, or none. */
static bool do_page(const char *after, const char *size)
{
    int from = atoi(after), to = from + atoi(size);
    if (to > f->many.count)
        to = f->many.count;
    for (int i = from + 1; i <= to; i++)
        if (is_refused(i))
            return false;
    for (int i = from + 1; i <= to; i++)
        assert_int_equal(++f->many.done[i], 1);
    f->many.last = to < f->many.count ? to : 0;
    return true;
}

/* Whether the database, or the one of keys, refuses it. */
static bool is_many_refused(int statement, const char *const *params)
{
    if (statement != f->many.statement)
        return false;
    return statement == STORE_APPLY_RETENTION ? !do_page(params[1], params[2]) : !do_many(params[1]);
}

static PGresult *rows_of_many(int statement, const char *const *params)
{
    bool is_of = statement == STORE_LATE_PROMISES     ? f->many.statement == STORE_RAISE_PROMISES
                 : statement == STORE_LAPSED_OFFERS   ? f->many.statement == STORE_LAPSE_OFFERS
                 : statement == STORE_KEYS_TO_DESTROY ? f->many.statement == STORE_KEY_DESTROYED
                                                      : f->many.statement == statement;
    char number[16];
    if (!is_of)
        return NULL;
    switch (statement) {
    case STORE_LATE_PROMISES:
    case STORE_LAPSED_OFFERS:
        return many_rows("step_id", 0, atoi(params[1]));
    case STORE_KEYS_TO_DESTROY:
        return many_rows("client_id", atoi(params[2]), atoi(params[1]));
    case STORE_APPLY_RETENTION:
        snprintf(number, sizeof number, "%d", f->many.last);
        return one_row("last", f->many.last ? number : "", "removed", "0");
    default:
        return one_row("count", "1", NULL, NULL);
    }
}

static PGresult *data_rows(int statement, const char *const *params)
{
    static const char *const none[] = {"none"}, *const client[] = {"client_id"};
    char last[16], removed[16];
    PGresult *rows = rows_of_many(statement, params);
    if (rows)
        return rows;
    switch (statement) {
    case STORE_ESCALATE_EMERGENCIES:
        snprintf(f->due, sizeof f->due, "%s", params[1]);
        return one_row("count", "1", NULL, NULL);
    case STORE_MAKE_DIGESTS:
        snprintf(f->digests, sizeof f->digests, "%s", params[1]);
        return one_row("count", f->made ? f->made : "1", NULL, NULL);
    case STORE_LATE_PROMISES:
        return late_rows();
    case STORE_LATE_CONFIRMATIONS:
    case STORE_ASK_OFFERINGS:
    case STORE_GROUPS_TO_SETTLE: /* nothing to do */
        return make_rows(1, none);
    case STORE_LAPSED_OFFERS:
        return f->lapsed ? one_row("step_id", f->lapsed, NULL, NULL)
                         : make_rows(1, (const char *[]){"step_id"});
    case STORE_LAPSE_OFFERS:
        snprintf(f->gone_on, sizeof f->gone_on, "%s %s %s", params[1], params[2] ? "table 6" : "no table 6",
                 params[3]);
        f->lapsed = NULL;
        return one_row("count", "1", NULL, NULL);
    case STORE_RAISE_PROMISES:
        snprintf(f->raised, sizeof f->raised, "%s %s %s %s %s", params[1], params[2], params[3], params[4],
                 params[5]);
        return one_row("count", "1", NULL, NULL);
    case STORE_APPLY_RETENTION:
        snprintf(f->after, sizeof f->after, "%s", params[1]);
        snprintf(last, sizeof last, "%d", f->asked[statement] * 100);
        snprintf(removed, sizeof removed, "%d", f->removed);
        return one_row("last", f->pages-- > 0 ? last : "", "removed", removed);
    case STORE_KEYS_TO_DESTROY:
        rows = make_rows(1, client);
        for (int i = 0; i < f->orphans; i++)
            set_cell(rows, i, "client_id", "7");
        return rows;
    case STORE_KEY_DESTROYED:
        f->orphans--;
        snprintf(f->gone, sizeof f->gone, "%s", params[2] ? params[2] : "never");
        return make_rows(1, none);
    case STORE_PROVE_RETENTION:
        return make_rows(1, none);
    case STORE_PASS_RETENTION:
        f->many.last = atoi(params[1]) + 1;
        assert_true(is_refused(f->many.last));
        snprintf(last, sizeof last, "%d", f->many.last);
        return one_row("client_id", last, NULL, NULL);
    default:
        fail_msg("nobody expected %s", store_statements[statement].name);
    }
    return NULL;
}

bool __wrap_asker_ask(struct asker *asker, int statement, const char *const *params,
                      void (*take)(void *arg, const PGresult *result), void *arg, struct err *err);
bool __wrap_asker_ask(struct asker *asker, int statement, const char *const *params,
                      void (*take)(void *arg, const PGresult *result), void *arg, struct err *err)
{
    PGresult *rows;
    if (asker == keys) {
        assert_int_equal(statement, KEYS_DESTROY);
        if (f->refusals-- > 0)
            return err_set(err, ERR_DATABASE_AWAY, "the test says so");
        if (f->many.statement == STORE_KEY_DESTROYED && is_refused(atoi(params[1])))
            return err_set(err, ERR_INTERNAL, "the test says so");
        f->destroyed++;
        rows = one_row("destroyed", "t", "gone_at", "2026-12-08 03:00:00+00");
    } else {
        assert_ptr_equal(asker, data);
        f->asked[statement]++;
        if (f->is_away)
            return err_set(err, ERR_DATABASE_AWAY, "the test says so");
        if (is_many_refused(statement, params))
            return err_set(err, ERR_INTERNAL, "the test says so");
        rows = data_rows(statement, params);
    }
    if (take)
        take(arg, rows);
    PQclear(rows);
    return true;
}

bool __wrap_asker_rest(struct asker *asker, const struct mailbox *mailbox, int64_t timeout);
bool __wrap_asker_rest(struct asker *asker, const struct mailbox *mailbox, int64_t timeout)
{
    assert_ptr_equal(asker, keys);
    assert_null(mailbox);
    assert_true(timeout <= MOMENT_SECOND);
    f->rested++;
    return true;
}

static int set_up(void **state)
{
    f = xcalloc(1, sizeof *f);
    log_set_level(LOG_ERROR + 1);
    f->clock = (struct clock){.wall = wall, .monotonic = monotonic};
    f->monotonic = MOMENT_SECOND;
    assert_true(moment_parse(slice_of("2026-11-27T10:00:00Z"), &f->wall)); /* a Friday */
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    xfree(f);
    return 0;
}

static void look(struct chore_times *times)
{
    static const struct region region = {.id = 1};
    chores_look(&(struct chores){&f->clock, data, keys}, &region, times);
}

static void a_second_look_is_due_the_next_working_day(void **state)
{
    struct chore_times times = {0};
    (void)state;
    look(&times);
    assert_string_equal(f->due, "2026-11-30T16:00:00Z");
    look(&times); /* half a second later there is nothing to do */
    assert_int_equal(f->asked[STORE_ESCALATE_EMERGENCIES], 1);
    f->monotonic += 2 * MOMENT_SECOND;
    look(&times);
    assert_int_equal(f->asked[STORE_ESCALATE_EMERGENCIES], 2);
}

static void promises_that_nobody_kept_go_up(void **state)
{
    static const struct {
        const char *level, *raised;
    } cases[] = {/* it fell due: only its time is set, a working day later, as no table says more */
                 {"0", "{\"4711\"} {\"2\"} {0} {\"f\"} {\"2026-11-30T16:00:00Z\"}"},
                 {"1", "{\"4711\"} {\"2\"} {1} {\"t\"} {\"2026-11-30T16:00:00Z\"}"},
                 {"2", "{\"4711\"} {\"2\"} {2} {\"t\"} {NULL}"}}; /* higher it does not go */
    struct chore_times times = {0};
    (void)state;
    look(&times);
    assert_int_equal(f->asked[STORE_RAISE_PROMISES], 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f->late = cases[i].level;
        f->monotonic += 2 * MOMENT_SECOND;
        look(&times);
        assert_string_equal(f->raised, cases[i].raised);
    }
    assert_int_equal(f->asked[STORE_RAISE_PROMISES], 3 * 4); /* as long as there is more, and not for ever */
}

/* Offers of which the time ran out; the region of these tests has no table 6. */
static void offers_that_nobody_answered_go_on(void **state)
{
    struct chore_times times = {0};
    (void)state;
    f->lapsed = "4711";
    look(&times);
    assert_string_equal(f->gone_on,
                        "{\"4711\"} no table 6 {\"2026-11-30T16:00:00Z\",\"2026-11-30T16:00:00Z\"}");
    f->monotonic += 2 * MOMENT_SECOND;
    look(&times);
    assert_int_equal(f->asked[STORE_LAPSE_OFFERS], 1);
}

static void look_at(struct chore_times *times, const char *at)
{
    assert_true(moment_parse(slice_of(at), &f->wall));
    f->monotonic += 2 * MOMENT_SECOND;
    look(times);
}

static void digests_are_made_once_a_working_day_at_seven(void **state)
{
    struct chore_times times = {0};
    (void)state;
    look_at(&times, "2026-11-27T05:59:59Z"); /* a Friday: what Thursday should have brought */
    assert_int_equal(f->asked[STORE_MAKE_DIGESTS], 1);
    assert_string_equal(f->digests, "2026-11-26");
    f->made = "-1"; /* the clock of the database is behind */
    look_at(&times, "2026-11-27T06:00:00Z");
    f->made = NULL;
    look_at(&times, "2026-11-27T06:00:02Z");
    assert_int_equal(f->asked[STORE_MAKE_DIGESTS], 3);
    assert_string_equal(f->digests, "2026-11-27");
    look_at(&times, "2026-11-27T16:00:00Z");
    look_at(&times, "2026-11-28T10:00:00Z"); /* nobody works */
    look_at(&times, "2026-11-29T10:00:00Z");
    assert_int_equal(f->asked[STORE_MAKE_DIGESTS], 3);
    f->is_away = true;
    look_at(&times, "2026-11-30T06:00:00Z");
    f->is_away = false;
    look_at(&times, "2026-11-30T06:00:02Z");
    assert_int_equal(f->asked[STORE_MAKE_DIGESTS], 5);
    assert_string_equal(f->digests, "2026-11-30");
    /* The clock goes forward and back on Sundays; seven stays seven. */
    look_at(&times, "2027-03-26T05:59:59Z");
    assert_string_equal(f->digests, "2027-03-25");
    look_at(&times, "2027-03-26T06:00:00Z");
    assert_string_equal(f->digests, "2027-03-26");
    look_at(&times, "2027-03-30T04:59:59Z"); /* the Tuesday after Easter */
    assert_int_equal(f->asked[STORE_MAKE_DIGESTS], 7);
    look_at(&times, "2027-03-30T05:00:00Z");
    assert_string_equal(f->digests, "2027-03-30");
    look_at(&times, "2027-11-01T05:59:59Z");
    assert_string_equal(f->digests, "2027-10-29");
    look_at(&times, "2027-11-01T06:00:00Z");
    assert_string_equal(f->digests, "2027-11-01");
}

/* No daemon was there on Friday; on Saturday one is. */
static void a_digest_that_was_missed_comes_at_once(void **state)
{
    struct chore_times times = {0};
    (void)state;
    look_at(&times, "2027-11-06T10:00:00Z");
    look_at(&times, "2027-11-07T10:00:00Z");
    assert_int_equal(f->asked[STORE_MAKE_DIGESTS], 1);
    assert_string_equal(f->digests, "2027-11-05");
}

static void retention_is_once_a_day_a_few_pages_at_a_time(void **state)
{
    struct chore_times times = {0};
    (void)state;
    f->pages = 12;
    f->removed = 3;
    look(&times);
    assert_int_equal(f->asked[STORE_APPLY_RETENTION], 10);
    assert_int_equal(f->asked[STORE_PROVE_RETENTION], 0);
    look(&times); /* it goes on where it was */
    assert_int_equal(f->asked[STORE_APPLY_RETENTION], 13);
    assert_string_equal(f->after, "1200");
    assert_int_equal(f->asked[STORE_PROVE_RETENTION], 1);
    look(&times);
    assert_int_equal(f->asked[STORE_APPLY_RETENTION], 13);
    f->wall += 24 * 3600 * MOMENT_SECOND;
    look(&times);
    assert_int_equal(f->asked[STORE_APPLY_RETENTION], 14);
    assert_string_equal(f->after, "0");
    assert_int_equal(f->asked[STORE_PROVE_RETENTION], 2);
}

static void retention_waits_for_the_database(void **state)
{
    struct chore_times times = {0};
    (void)state;
    f->is_away = true;
    look(&times);
    assert_int_equal(f->asked[STORE_APPLY_RETENTION], 1);
    f->is_away = false;
    look(&times);
    assert_int_equal(f->asked[STORE_PROVE_RETENTION], 1);
}

static void keys_are_destroyed_and_that_is_told(void **state)
{
    struct chore_times times = {0};
    (void)state;
    f->orphans = 1;
    look(&times);
    assert_int_equal(f->destroyed, 1);
    assert_string_equal(f->gone, "2026-12-08 03:00:00+00");
    assert_int_equal(f->rested, 0);
}

static void a_key_database_that_is_away_is_asked_again_later(void **state)
{
    struct chore_times times = {0};
    (void)state;
    f->orphans = 1;
    f->refusals = 2; /* at once, and after a moment in which it might have come back */
    look(&times);
    assert_int_equal(f->rested, 1);
    assert_int_equal(f->destroyed, 0);
    assert_int_equal(f->asked[STORE_KEY_DESTROYED], 0);
    f->monotonic += 2 * MOMENT_SECOND;
    look(&times);
    assert_int_equal(f->asked[STORE_KEYS_TO_DESTROY], 1);
    f->monotonic += 5 * MOMENT_SECOND;
    look(&times);
    assert_int_equal(f->destroyed, 1);
    assert_int_equal(f->orphans, 0);
}

static void all_but_these_are_done(void)
{
    for (int i = 1; i <= f->many.count; i++)
        assert_int_equal(f->many.done[i], !is_refused(i));
}

/* Two of two hundred, the oldest one too. */
static void make_many(int statement)
{
    f->many.statement = statement;
    f->many.count = MANY;
    f->many.refused[0] = 1;
    f->many.refused[1] = 57;
}

static void a_promise_that_is_refused_holds_up_no_other(void **state)
{
    static const int statements[] = {STORE_RAISE_PROMISES, STORE_LAPSE_OFFERS};
    (void)state;
    for (size_t i = 0; i < COUNT(statements); i++) {
        struct chore_times times = {0};
        uint64_t told = log_count(EV_JOB_FAILED);
        memset(&f->many, 0, sizeof f->many);
        make_many(statements[i]);
        look(&times);
        all_but_these_are_done();
        assert_int_equal(log_count(EV_JOB_FAILED), told + 2); /* once each */
        int asked = f->asked[statements[i]];
        f->monotonic += 2 * MOMENT_SECOND;
        look(&times);
        assert_int_equal(f->asked[statements[i]], asked); /* not again and again */
        f->monotonic += 60 * MOMENT_SECOND;
        f->many.refused[0] = 57; /* the other one is mended */
        look(&times);
        all_but_these_are_done();
    }
}

static void promises_wait_for_the_database(void **state)
{
    struct chore_times times = {0};
    (void)state;
    make_many(STORE_RAISE_PROMISES);
    f->is_away = true;
    look(&times);
    f->is_away = false;
    f->monotonic += 2 * MOMENT_SECOND;
    look(&times);
    all_but_these_are_done();
}

static void a_key_that_is_refused_holds_up_no_other(void **state)
{
    struct chore_times times = {0};
    uint64_t told = log_count(EV_JOB_FAILED);
    (void)state;
    make_many(STORE_KEY_DESTROYED);
    f->many.count = 20;
    look(&times);
    assert_int_equal(f->many.done[1], 0);
    assert_int_equal(f->many.done[20], 1);
    assert_int_equal(f->destroyed, 19);
    assert_int_equal(f->rested, 0); /* it is not away */
    assert_int_equal(log_count(EV_JOB_FAILED), told + 1);
}

static void a_page_of_keys_that_are_refused_holds_up_no_other(void **state)
{
    struct chore_times times = {0};
    (void)state;
    make_many(STORE_KEY_DESTROYED);
    for (int i = 0; i < 55; i++)
        f->many.refused[i] = i + 1;
    for (int i = 0; i < 5; i++) {
        look(&times);
        f->monotonic += 5 * MOMENT_SECOND;
    }
    all_but_these_are_done();
    f->many.refused[0] = 2; /* one is mended */
    look(&times);
    all_but_these_are_done();
}

static void a_client_who_cannot_be_forgotten_holds_up_no_other(void **state)
{
    struct chore_times times = {0};
    (void)state;
    make_many(STORE_APPLY_RETENTION);
    look(&times);
    look(&times);
    assert_int_equal(f->asked[STORE_APPLY_RETENTION], 1); /* not twice a second */
    for (int i = 0; i < 40 && (!i || times.is_keeping); i++) {
        f->monotonic += 5 * MOMENT_SECOND;
        look(&times);
    }
    all_but_these_are_done();
    assert_int_equal(f->asked[STORE_PASS_RETENTION], 2);
    assert_int_equal(f->asked[STORE_PROVE_RETENTION], 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_second_look_is_due_the_next_working_day),
        T(promises_that_nobody_kept_go_up),
        T(offers_that_nobody_answered_go_on),
        T(digests_are_made_once_a_working_day_at_seven),
        T(a_digest_that_was_missed_comes_at_once),
        T(retention_is_once_a_day_a_few_pages_at_a_time),
        T(retention_waits_for_the_database),
        T(keys_are_destroyed_and_that_is_told),
        T(a_key_database_that_is_away_is_asked_again_later),
        T(a_promise_that_is_refused_holds_up_no_other),
        T(promises_wait_for_the_database),
        T(a_key_that_is_refused_holds_up_no_other),
        T(a_page_of_keys_that_are_refused_holds_up_no_other),
        T(a_client_who_cannot_be_forgotten_holds_up_no_other),
    };
    return cmocka_run_group_tests_name("chores", tests, NULL, NULL);
}
