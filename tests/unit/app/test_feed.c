// wraps: pg_pool_submit http_stream_begin http_stream_write http_stream_unsent
/* Streams that come again far behind: they read in turns, a few at a time, and each is told all, once. The
 * database and the readers are the test's; event n of the region has the id e<n>.<n>. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "app/rows.h"
#include "feed.h"

enum { STREAMS = 40, LANES = 4, READING = 2, PAGE = 100, EVENTS = 1000, JOBS = STREAMS + 16, ID = 40 };

struct http_stream {
    void (*on_end)(void *arg);
    void *arg;
    int64_t last; /* the number of the event it was told last */
    unsigned pages;
};

static struct fixture {
    struct app app;
    struct worker worker;
    struct feed *feed;
    struct http_stream readers[STREAMS];
    unsigned reader_count;
    struct pg_job *jobs[JOBS]; /* not answered, in order */
    unsigned job_count, pages; /* `pages`: how many of them read a page */
    bool is_away;
} * f;

static bool is_page(const struct pg_job *job)
{
    return job->statement == &store_statements[STORE_EVENTS_AFTER];
}

bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err);
bool __wrap_pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err)
{
    (void)pool;
    if (f->is_away)
        return err_set(err, ERR_DATABASE_AWAY, "the test says so");
    assert_true(f->job_count < JOBS);
    f->jobs[f->job_count++] = job;
    f->pages += is_page(job);
    return true;
}

struct http_stream *__wrap_http_stream_begin(struct http_request *request, const char *content_type,
                                             const char *fields, void (*on_end)(void *arg), void *arg);
struct http_stream *__wrap_http_stream_begin(struct http_request *request, const char *content_type,
                                             const char *fields, void (*on_end)(void *arg), void *arg)
{
    (void)request, (void)content_type, (void)fields;
    struct http_stream *reader = &f->readers[f->reader_count++];
    reader->on_end = on_end;
    reader->arg = arg;
    return reader;
}

/* An event that it is told is the one behind the last. */
void __wrap_http_stream_write(struct http_stream *reader, struct slice text);
void __wrap_http_stream_write(struct http_stream *reader, struct slice text)
{
    char id[ID];
    if (!slice_starts(text, "id: ") || !memmem(text.ptr, text.len, "\ndata: ", 7))
        return; /* a beat */
    reader->last++;
    snprintf(id, sizeof id, "id: e%llx.%llx\n", (unsigned long long)reader->last,
             (unsigned long long)reader->last);
    assert_memory_equal(text.ptr, id, strlen(id));
}

size_t __wrap_http_stream_unsent(const struct http_stream *reader);
size_t __wrap_http_stream_unsent(const struct http_stream *reader)
{
    (void)reader;
    return 0;
}

static void set_place(PGresult *rows, int row, int64_t place)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)place);
    set_cell(rows, row, "tx", text);
    set_cell(rows, row, "event_id", text);
}

/* Up to so many events after a place, then the place to go on from. */
static PGresult *events(int64_t after, int64_t most)
{
    static const char *const names[] = {"tx",         "event_id", "kind",    "document",  "parties",
                                        "offered_to", "offer",    "is_full", "offer_kind"};
    PGresult *rows = make_rows(9, names);
    int row = 0;
    for (; row < most && after < EVENTS; row++) {
        set_place(rows, row, ++after);
        set_cell(rows, row, "kind", "loop-closed");
        set_cell(rows, row, "document", "{}");
        set_cell(rows, row, "parties", "{}");
    }
    set_place(rows, row, after);
    set_cell(rows, row, "is_full", after < EVENTS ? "t" : "f");
    return rows;
}

static int64_t read_number(const char *text, int base)
{
    return text ? strtoll(text, NULL, base) : EVENTS;
}

static PGresult *roll(void)
{
    static const char *const names[] = {"item"};
    PGresult *rows = make_rows(1, names);
    for (int i = 0; i < STREAMS; i++) {
        char item[16];
        snprintf(item, sizeof item, "%d", i + 1);
        set_cell(rows, i, "item", item);
    }
    return rows;
}

static PGresult *rows_of(const struct pg_job *job)
{
    if (is_page(job))
        return events(read_number(job->params[3] + 1, 16), read_number(job->params[2], 10));
    if (job->statement == &store_statements[STORE_NEW_EVENTS])
        return events(read_number(job->params[1], 10), read_number(job->params[3], 10));
    assert_ptr_equal(job->statement, &store_statements[STORE_STILL_ACCOUNTS]);
    return roll();
}

static struct pg_job *take_job(void)
{
    struct pg_job *job = f->jobs[0];
    assert_true(f->job_count > 0);
    memmove(&f->jobs[0], &f->jobs[1], --f->job_count * sizeof f->jobs[0]);
    f->pages -= is_page(job);
    return job;
}

static void answer(void)
{
    struct pg_job *job = take_job();
    PGresult *rows = rows_of(job);
    if (is_page(job))
        f->readers[read_number(job->params[1], 10)].pages++;
    job->on_done(job->arg, &(struct pg_reply){PG_COMMITTED, rows, NULL});
    PQclear(rows);
}

static void refuse(void)
{
    struct err err;
    struct pg_job *job = take_job();
    err_set(&err, ERR_DATABASE_AWAY, "the test says so");
    job->on_done(job->arg, &(struct pg_reply){PG_NOT_SENT, NULL, &err});
}

/* Until nothing waits for an answer; at no time more than READING pages do. */
static void answer_all(void)
{
    while (f->job_count) {
        assert_in_range(f->pages, 0, READING);
        answer();
    }
}

/* A reader who had all before `after`. Its account is its number. */
static struct http_stream *come_again(int64_t after)
{
    struct http_stream *reader = &f->readers[f->reader_count];
    struct call call = {.worker = &f->worker, .account = {1, (int32_t)f->reader_count, 7, ROLE_COORDINATOR}};
    PGresult *rows = events(after, 0);
    reader->last = after;
    feed_open(f->feed, &call, rows);
    PQclear(rows);
    return reader;
}

static void go_away(struct http_stream *reader)
{
    reader->on_end(reader->arg);
    reader->on_end = NULL;
}

static int set_up(void **state)
{
    f = xcalloc(1, sizeof *f);
    log_set_level(LOG_ERROR + 1);
    struct config *config = xcalloc(1, sizeof *config);
    config->lanes = LANES;
    f->app.clock = clock_system(0);
    f->worker.app = &f->app;
    f->worker.config = config;
    f->worker.base = event_base_new();
    f->feed = feed_new(&f->worker);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    feed_stop(f->feed);
    while (f->job_count) /* as a pool does that is freed */
        refuse();
    for (unsigned i = 0; i < f->reader_count; i++)
        if (f->readers[i].on_end)
            go_away(&f->readers[i]);
    feed_free(&f->feed);
    event_base_free(f->worker.base);
    free((void *)(uintptr_t)f->worker.config);
    xfree(f);
    return 0;
}

static void tick(void)
{
    event_base_loop(f->worker.base, EVLOOP_ONCE);
}

/* The region is listened to, so that what comes next is behind. */
static void begin(void)
{
    come_again(EVENTS);
    tick();
    answer_all();
}

static void a_few_read_at_a_time_and_all_get_all(void **state)
{
    (void)state;
    begin();
    while (f->reader_count < STREAMS)
        come_again(f->reader_count);
    assert_int_equal(f->pages, READING);
    tick();
    assert_int_equal(f->job_count, READING + 2); /* what is new and the roll call wait behind no more */
    answer_all();
    for (unsigned i = 0; i < STREAMS; i++)
        assert_int_equal(f->readers[i].last, EVENTS);
}

static void who_is_very_far_behind_keeps_nobody_out(void **state)
{
    (void)state;
    begin();
    struct http_stream *far = come_again(0);
    while (f->reader_count < STREAMS)
        come_again(EVENTS - PAGE);
    unsigned near = 0;
    while (near < STREAMS - 2) {
        answer();
        near = 0;
        for (unsigned i = 2; i < STREAMS; i++)
            near += f->readers[i].last == EVENTS;
    }
    assert_in_range(far->pages, 1, 2);
    answer_all();
    assert_int_equal(far->last, EVENTS);
    assert_in_range(far->pages, EVENTS / PAGE, EVENTS / PAGE + 1);
}

/* One that waits first in line, one in the middle, one that waits last, and one that reads. */
static void who_goes_while_it_waits_is_not_read(void **state)
{
    (void)state;
    static const unsigned gone[] = {1, 3, 20, STREAMS - 1};
    begin();
    while (f->reader_count < STREAMS)
        come_again(0);
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        go_away(&f->readers[gone[i]]);
    answer_all();
    assert_int_equal(f->readers[1].last, 0);
    assert_int_equal(f->readers[1].pages, 1); /* it was asked for already */
    for (size_t i = 1; i < sizeof gone / sizeof gone[0]; i++)
        assert_int_equal(f->readers[gone[i]].pages, 0);
    for (unsigned i = 0; i < STREAMS; i++)
        assert_int_equal(f->readers[i].last, f->readers[i].on_end ? EVENTS : 0);
}

static void a_database_that_was_away_is_asked_again(void **state)
{
    (void)state;
    begin();
    come_again(0);
    come_again(0);
    come_again(0);
    f->is_away = true;
    while (f->job_count)
        refuse();
    come_again(0);
    tick();
    assert_int_equal(f->job_count, 0);
    f->is_away = false;
    for (int i = 0; i < 2; i++) {
        tick();
        answer_all();
    }
    for (unsigned i = 0; i < f->reader_count; i++)
        assert_int_equal(f->readers[i].last, EVENTS);
}

static void nothing_is_asked_once_it_stopped(void **state)
{
    (void)state;
    begin();
    while (f->reader_count < STREAMS)
        come_again(0);
    feed_stop(f->feed);
    while (f->job_count)
        refuse();
    assert_int_equal(f->pages, 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_few_read_at_a_time_and_all_get_all), T(who_is_very_far_behind_keeps_nobody_out),
        T(who_goes_while_it_waits_is_not_read),  T(a_database_that_was_away_is_asked_again),
        T(nothing_is_asked_once_it_stopped),
    };
    return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
