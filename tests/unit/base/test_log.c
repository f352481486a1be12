#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

enum { CAPTURE = 1 << 20 };

static FILE *sink_file;
static int sink_fd;
static char captured[CAPTURE];

/* What was written since the last call. */
static const char *read_sink(void)
{
    ssize_t n = pread(sink_fd, captured, sizeof captured - 1, 0);
    assert_true(n >= 0);
    captured[n] = '\0';
    assert_int_equal(ftruncate(sink_fd, 0), 0);
    assert_int_equal(lseek(sink_fd, 0, SEEK_SET), 0);
    return captured;
}

static void next_second(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct timespec rest = {.tv_sec = 0, .tv_nsec = 999999999L - now.tv_nsec};
    nanosleep(&rest, NULL);
    struct timespec a_bit = {.tv_sec = 0, .tv_nsec = 5000000};
    nanosleep(&a_bit, NULL);
}

static int set_up(void **state)
{
    (void)state;
    sink_file = tmpfile();
    if (!sink_file)
        return -1;
    sink_fd = fileno(sink_file);
    log_open(sink_fd, LOG_INFO);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    log_open(2, LOG_INFO);
    return fclose(sink_file);
}

static unsigned count_lines(const char *text, const char *having)
{
    unsigned n = 0;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        assert_non_null(end);
        const char *hit = strstr(line, having);
        n += hit && hit < end;
    }
    return n;
}

static void writes_one_line(void **state)
{
    (void)state;
    log_event(EV_LISTENING, LOG_T("on", "127.0.0.1:8443"), LOG_N("workers", -2), LOG_S("none", SLICE_NONE));
    const char *line = read_sink();
    assert_true(slice_starts(slice_of(line), "at=20"));
    assert_non_null(strstr(line, "Z level=info event=listening on=127.0.0.1:8443 workers=-2\n"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void quotes_what_is_not_plain(void **state)
{
    (void)state;
    static const struct {
        struct slice value;
        const char *shown;
    } rows[] = {
        {{"plain", 5}, " v=plain\n"},
        {{"", 0}, " v=\"\"\n"},
        {{"two words", 9}, " v=\"two words\"\n"},
        {{"a=b", 3}, " v=\"a=b\"\n"},
        {{"say \"no\"", 8}, " v=\"say \\x22no\\x22\"\n"},
        {{"back\\slash", 10}, " v=\"back\\x5cslash\"\n"},
        {{"x\nat=now level=info event=forged", 32}, " v=\"x\\x0aat=now level=info event=forged\"\n"},
        {{"x\r\n\t", 4}, " v=\"x\\x0d\\x0a\\x09\"\n"},
        {{"a\0b", 3}, " v=\"a\\x00b\"\n"},
        {{"\x1b[31mred", 8}, " v=\"\\x1b[31mred\"\n"},
        {{"\x7f", 1}, " v=\"\\x7f\"\n"},
        {{"Ren\xc3\xa9", 5}, " v=\"Ren\\xc3\\xa9\"\n"},
        {{"\xe2\x80\xa8", 3}, " v=\"\\xe2\\x80\\xa8\"\n"}, /* LINE SEPARATOR */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        log_event(EV_NOTICE, LOG_S("v", rows[i].value));
        const char *line = read_sink();
        assert_non_null(strstr(line, rows[i].shown));
        assert_int_equal(count_lines(line, "at="), 1);
    }
}

/* No byte a caller may send can start a second line or end the quotes. */
static void every_byte_stays_inside_its_line(void **state)
{
    (void)state;
    for (int half = 0; half < 8; half++) {
        char bytes[32];
        for (int i = 0; i < 32; i++)
            bytes[i] = (char)(half * 32 + i);
        log_event(EV_NOTICE, LOG_S("v", slice_make(bytes, sizeof bytes)), LOG_N("end", 1));
        const char *line = read_sink();
        assert_int_equal(count_lines(line, "event=notice"), 1);
        assert_non_null(strstr(line, "\" end=1\n"));
        unsigned quotes = 0;
        for (const char *p = line; *p; p++) {
            quotes += *p == '"';
            assert_true(*p == '\n' || ((unsigned char)*p >= ' ' && (unsigned char)*p < 0x7f));
        }
        assert_int_equal(quotes, 2);
    }
}

static void assert_well_formed(const char *line)
{
    size_t length = strlen(line);
    assert_in_range(length, 900, 1024);
    assert_ptr_equal(strchr(line, '\n'), line + length - 1);
    unsigned quotes = 0;
    for (const char *p = line; *p; p++) {
        quotes += *p == '"';
        if (*p == '\\')
            assert_true(p[1] == 'x' && p[2] != '"' && p[3] != '"' && p[3] != ' ');
    }
    assert_int_equal(quotes % 2, 0);
    bool whole = strstr(line, " tail=\"x y\" n=5\n") != NULL;
    bool cut = strstr(line, " cut=true\n") != NULL;
    assert_true(whole != cut);
}

/* A line that is too long is cut, but is still a line: quotes closed, no half escape, and it says so. */
static void long_lines_are_cut_well_formed(void **state)
{
    (void)state;
    static const char fillers[] = {'a', ' ', '\n', '\xff'};
    static const enum log_event events[] = {EV_STARTED, EV_STOPPED, EV_DRAINING, EV_RELOADED, EV_LANE_UP};
    size_t lines = 0;
    for (size_t f = 0; f < sizeof fillers; f++) {
        size_t unit = f < 2 ? 1 : 4; /* characters that one byte becomes */
        char text[1000];
        memset(text, fillers[f], sizeof text);
        for (size_t n = 900 / unit; n < 970 / unit; n++) {
            log_event(events[lines++ % 5], LOG_S("v", slice_make(text, n)), LOG_T("tail", "x y"),
                      LOG_N("n", 5));
            assert_well_formed(read_sink());
        }
    }
}

static void levels_filter_but_count(void **state)
{
    (void)state;
    uint64_t before = log_count(EV_STARTED);
    log_set_level(LOG_ERROR);
    log_event(EV_STARTED, LOG_N("n", 1));
    log_event(EV_JOB_FAILED, LOG_N("n", 2));
    log_set_level(LOG_INFO);
    const char *text = read_sink();
    assert_int_equal(count_lines(text, "event=started"), 0);
    assert_int_equal(count_lines(text, "event=job-failed n=2"), 1);
    assert_true(log_count(EV_STARTED) == before + 1);
}

static unsigned held_back(const char *text, const char *of)
{
    unsigned n, sum = 0;
    char key[64];
    snprintf(key, sizeof key, "of=%s lines=", of);
    for (const char *p = text; (p = strstr(p, key)); sum += n) {
        p += strlen(key);
        n = (unsigned)strtoul(p, NULL, 10);
    }
    return sum;
}

static void floods_are_held_back_and_told(void **state)
{
    (void)state;
    next_second(); /* with the full allowance of lines */
    uint64_t before = log_count(EV_NOTICE), told = log_count(EV_SUPPRESSED);
    for (int i = 0; i < 200; i++)
        log_event(EV_NOTICE, LOG_N("i", i));
    next_second();
    log_event(EV_NOTICE, LOG_N("i", 200));
    const char *text = read_sink();
    unsigned written = count_lines(text, "event=notice");
    assert_in_range(written, 51, 101); /* a second may have ended between */
    assert_int_equal(written + held_back(text, "notice"), 201);
    assert_true(log_count(EV_NOTICE) == before + 201);
    assert_true(log_count(EV_SUPPRESSED) == told + count_lines(text, "event=log-suppressed"));
}

/* A flood that stops must not keep its count to itself for ever. */
static void another_event_tells_what_was_held_back(void **state)
{
    (void)state;
    next_second(); /* with the full allowance of lines */
    for (int i = 0; i < 200; i++)
        log_event(EV_TLS_REFUSED, LOG_N("i", i));
    next_second();
    log_event(EV_STARTED, LOG_N("i", 1));
    const char *text = read_sink();
    assert_int_equal(count_lines(text, "event=tls-refused") + held_back(text, "tls-refused"), 200);
    assert_int_equal(count_lines(text, "event=started"), 1);
}

static void held_back_lines_follow_the_level(void **state)
{
    (void)state;
    next_second(); /* with the full allowance of lines */
    for (int i = 0; i < 200; i++)
        log_event(EV_JOB_FAILED, LOG_N("i", i));
    log_set_level(LOG_ERROR);
    next_second();
    log_event(EV_JOB_FAILED, LOG_N("i", 200));
    log_set_level(LOG_INFO);
    next_second();
    log_event(EV_STARTED, LOG_N("i", 1));
    const char *text = read_sink();
    const char *last = strstr(text, "event=job-failed i=200");
    assert_non_null(last);
    const char *told = strstr(text, "of=job-failed");
    assert_true(told == NULL || told > last || count_lines(text, "event=job-failed") > 51);
    assert_int_equal(count_lines(text, "event=job-failed") + held_back(text, "job-failed"), 201);
}

static void errors_are_shown_whole(void **state)
{
    (void)state;
    struct err err;
    assert_false(err_set_os(&err, ERR_TLS, ENOENT, "key \"k\""));
    memcpy(err.sqlstate, "57P01", 6);
    log_error(EV_RELOAD_FAILED, &err);
    const char *line = read_sink();
    assert_non_null(strstr(line, " level=error event=reload-failed code=tls "));
    assert_non_null(strstr(line, " where=errors_are_shown_whole "));
    assert_non_null(strstr(line, " errno=2 "));
    assert_non_null(strstr(line, " sqlstate=57P01 "));
    assert_non_null(strstr(line, " text=\"key \\x22k\\x22: No such file or directory\"\n"));

    assert_false(err_set(&err, ERR_BUSY, "queue"));
    log_error(EV_JOB_FAILED, &err);
    line = read_sink();
    assert_null(strstr(line, "errno="));
    assert_null(strstr(line, "sqlstate="));
}

static void leaves_errno_alone(void **state)
{
    (void)state;
    log_open(-1, LOG_INFO);
    errno = EADDRINUSE;
    log_event(EV_ACCEPT_PAUSED, LOG_N("i", 1));
    assert_int_equal(errno, EADDRINUSE);
    log_open(sink_fd, LOG_INFO);
}

static void level_words(void **state)
{
    (void)state;
    enum log_level level = LOG_ERROR;
    assert_true(log_level_parse(slice_of("debug"), &level) && level == LOG_DEBUG);
    assert_true(log_level_parse(slice_of("info"), &level) && level == LOG_INFO);
    assert_true(log_level_parse(slice_of("warn"), &level) && level == LOG_WARN);
    assert_true(log_level_parse(slice_of("error"), &level) && level == LOG_ERROR);
    assert_false(log_level_parse(slice_of("INFO"), &level));
    assert_false(log_level_parse(SLICE_NONE, &level));
    for (unsigned e = 0; e < LOG_EVENT_COUNT; e++)
        assert_true(strlen(log_event_word((enum log_event)e)) > 0);
}

static void *log_many(void *number)
{
    for (int i = 0; i < 500; i++)
        log_event((enum log_event)(EV_STARTED + i % 10), LOG_N("thread", (intptr_t)number),
                  LOG_T("v", "a b"));
    return NULL;
}

static void threads_do_not_mix_lines(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (intptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, (void *)i), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    const char *text = read_sink();
    unsigned lines = 0;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1, lines++)
        assert_true(slice_starts(slice_of(line), "at=20"));
    assert_int_equal(lines, count_lines(text, " v=\"a b\"\n") + count_lines(text, "event=log-suppressed"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(writes_one_line),
        TEST(quotes_what_is_not_plain),
        TEST(every_byte_stays_inside_its_line),
        TEST(long_lines_are_cut_well_formed),
        TEST(levels_filter_but_count),
        TEST(floods_are_held_back_and_told),
        TEST(another_event_tells_what_was_held_back),
        TEST(held_back_lines_follow_the_level),
        TEST(errors_are_shown_whole),
        TEST(leaves_errno_alone),
        TEST(level_words),
        TEST(threads_do_not_mix_lines),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
