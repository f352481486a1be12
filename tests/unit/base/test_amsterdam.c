#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "amsterdam.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static moment at(const char *text)
{
    moment m;
    if (!moment_parse(slice_of(text), &m))
        fail_msg("not a moment: %s", text);
    return m;
}

static int64_t day(const char *text)
{
    int64_t d;
    if (!date_parse(slice_of(text), &d))
        fail_msg("not a date: %s", text);
    char back[DATE_TEXT];
    assert_string_equal(date_print(d, back), text);
    return d;
}

static const char *shown(const char *utc)
{
    static char out[40];
    struct wall_time t = amsterdam_time(at(utc));
    snprintf(out, sizeof out, "%04lld-%02u-%02u %02u:%02u %u", (long long)t.year, t.month, t.day, t.hour,
             t.minute, t.weekday);
    return out;
}

static void over_the_changes(void **state)
{
    (void)state;
    assert_string_equal(shown("2026-11-24T16:00:00Z"), "2026-11-24 17:00 2");
    assert_string_equal(shown("2026-07-01T22:30:00Z"), "2026-07-02 00:30 4");
    /* summer time begins on 29 March 2026 and ends on 25 October 2026 */
    assert_string_equal(shown("2026-03-29T00:59:59Z"), "2026-03-29 01:59 0");
    assert_string_equal(shown("2026-03-29T01:00:00Z"), "2026-03-29 03:00 0");
    assert_string_equal(shown("2026-10-25T00:59:59Z"), "2026-10-25 02:59 0");
    assert_string_equal(shown("2026-10-25T01:00:00Z"), "2026-10-25 02:00 0");
    /* a month of March that ends on a Sunday; the year turns at 23:00 UTC */
    assert_string_equal(shown("2024-03-31T01:00:00Z"), "2024-03-31 03:00 0");
    assert_string_equal(shown("2026-12-31T23:00:00Z"), "2027-01-01 00:00 5");
    assert_string_equal(shown("2028-02-29T12:00:00Z"), "2028-02-29 13:00 2");
}

static void offset_changes_at_one_utc(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to; /* summer time */
    } years[] = {
        {"2024-03-31T01:00:00Z", "2024-10-27T01:00:00Z"}, {"2025-03-30T01:00:00Z", "2025-10-26T01:00:00Z"},
        {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"}, {"2027-03-28T01:00:00Z", "2027-10-31T01:00:00Z"},
        {"2028-03-26T01:00:00Z", "2028-10-29T01:00:00Z"}, {"2029-03-25T01:00:00Z", "2029-10-28T01:00:00Z"},
        {"2030-03-31T01:00:00Z", "2030-10-27T01:00:00Z"},
    };
    for (size_t i = 0; i < COUNT(years); i++) {
        moment from = at(years[i].from), to = at(years[i].to);
        assert_int_equal(amsterdam_offset(from - 1), 60);
        assert_int_equal(amsterdam_offset(from), 120);
        assert_int_equal(amsterdam_offset(to - 1), 120);
        assert_int_equal(amsterdam_offset(to), 60);
    }
    assert_int_equal(amsterdam_offset(at("2026-01-01T00:00:00Z")), 60);
    assert_int_equal(amsterdam_offset(at("2026-12-31T23:59:59Z")), 60);
}

static void civil_day_is_local(void **state)
{
    (void)state;
    assert_true(amsterdam_day(at("2026-01-14T22:59:59Z")) == day("2026-01-14"));
    assert_true(amsterdam_day(at("2026-01-14T23:00:00Z")) == day("2026-01-15"));
    assert_true(amsterdam_day(at("2026-07-14T21:59:59Z")) == day("2026-07-14"));
    assert_true(amsterdam_day(at("2026-07-14T22:00:00Z")) == day("2026-07-15"));
    assert_true(amsterdam_day(at("2026-12-31T23:00:00Z")) == day("2027-01-01"));
    assert_true(amsterdam_day(at("2026-03-28T23:30:00Z")) == day("2026-03-29"));
    assert_true(amsterdam_day(at("2026-10-24T22:30:00Z")) == day("2026-10-25"));
}

/* Every hour of forty years beside the time zone database, where the machine has one. */
static void agrees_with_the_time_zone_database(void **state)
{
    (void)state;
    setenv("TZ", "Europe/Amsterdam", 1);
    tzset();
    time_t summer = (time_t)(at("2026-07-01T12:00:00Z") / MOMENT_SECOND);
    struct tm tm;
    if (localtime_r(&summer, &tm)->tm_gmtoff != 7200) {
        print_message("skipped: no time zone Europe/Amsterdam on this machine (package tzdata)\n");
        unsetenv("TZ");
        tzset();
        skip();
    }
    for (moment m = at("2000-01-01T00:00:00Z"); m < at("2038-01-01T00:00:00Z"); m += 3600 * MOMENT_SECOND) {
        time_t seconds = (time_t)(m / MOMENT_SECOND);
        localtime_r(&seconds, &tm);
        if (tm.tm_gmtoff != amsterdam_offset(m) * 60)
            fail_msg("offset at %lld", (long long)seconds);
        struct wall_time t = amsterdam_time(m);
        assert_int_equal(t.year, tm.tm_year + 1900);
        assert_int_equal(t.month, tm.tm_mon + 1);
        assert_int_equal(t.day, tm.tm_mday);
        assert_int_equal(t.weekday, tm.tm_wday);
        assert_int_equal(t.hour, tm.tm_hour);
        assert_int_equal(t.minute, tm.tm_min);
    }
    unsetenv("TZ");
    tzset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_the_changes),
        cmocka_unit_test(offset_changes_at_one_utc),
        cmocka_unit_test(civil_day_is_local),
        cmocka_unit_test(agrees_with_the_time_zone_database),
    };
    return cmocka_run_group_tests_name("amsterdam", tests, NULL, NULL);
}
