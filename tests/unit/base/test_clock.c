#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "clock.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void parses_and_writes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        moment at;
        const char *again;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
        {"1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"},
        {"2026-11-22T14:05:00.123456Z", INT64_C(1795356300123456), "2026-11-22T14:05:00.123456Z"},
        {"2026-11-22T14:05:00.1234569Z", INT64_C(1795356300123456), "2026-11-22T14:05:00.123456Z"},
        {"2026-11-22T14:05:00.5Z", INT64_C(1795356300500000), "2026-11-22T14:05:00.500000Z"},
        {"2026-11-22T15:05:00+01:00", INT64_C(1795356300000000), "2026-11-22T14:05:00Z"},
        {"2026-11-22T09:35:00-04:30", INT64_C(1795356300000000), "2026-11-22T14:05:00Z"},
        {"2026-11-22t14:05:00z", INT64_C(1795356300000000), "2026-11-22T14:05:00Z"},
        {"2026-11-22T14:05:00-00:00", INT64_C(1795356300000000), "2026-11-22T14:05:00Z"},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000000), "2024-02-29T00:00:00Z"},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000000), "2017-01-01T00:00:00Z"},
        {"2017-01-01T00:59:60+01:00", INT64_C(1483228800000000), "2017-01-01T00:00:00Z"},
        {"0000-01-01T00:00:00Z", INT64_C(-62167219200000000), "0000-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59Z", INT64_C(253402300799000000), "9999-12-31T23:59:59Z"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        moment at = 1;
        char text[MOMENT_TEXT];
        assert_true(moment_parse(slice_of(rows[i].text), &at));
        assert_true(at == rows[i].at);
        assert_string_equal(moment_text(at, text), rows[i].again);
    }
}

static void refuses_what_is_not_rfc_3339(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "2026-11-22",
        "2026-11-22T14:05Z",
        "2026-11-22T14:05:00",
        "2026-11-22 14:05:00Z",
        "2026-13-22T14:05:00Z",
        "2026-00-22T14:05:00Z",
        "2026-11-31T14:05:00Z",
        "2026-11-00T14:05:00Z",
        "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T14:60:00Z",
        "2026-11-22T14:05:61Z",
        "2026-11-22T14:05:60Z",
        "2026-11-22T23:59:60+01:00",
        "2026-11-22T14:05:00.Z",
        "2026-11-22T14:05:00,5Z",
        "2026-11-22T14:05:00+0100",
        "2026-11-22T14:05:00+24:00",
        "2026-11-22T14:05:00+01:60",
        "2026-11-22T14:05:00+1:00",
        "2026-11-22T14:05:00ZZ",
        "2026-11-22T14:05:00Z ",
        " 2026-11-22T14:05:00Z",
        "26-11-22T14:05:00Z",
        "+2026-11-22T14:05:00Z",
        "2026-11-22T-4:05:00Z",
        "20261122T140500Z",
        /* bytes that are T, Z with the high bit set */
        "2026-11-22\xd4"
        "14:05:00Z",
        "2026-11-22T14:05:00\xda",
        "2026-11-22\xf4"
        "14:05:00Z",
        "2026-11-22\x74\x00",
        /* outside of what can be written again */
        "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        moment at = 4242;
        if (moment_parse(slice_of(rows[i]), &at))
            fail_msg("taken: %s", rows[i]);
        assert_true(at == 4242);
    }
    moment at;
    assert_false(moment_parse(slice_make("2026-11-22T14:05:00Z\0", 21), &at));
    assert_false(moment_parse(SLICE_NONE, &at));
}

static void every_prefix_is_refused(void **state)
{
    (void)state;
    struct slice whole = slice_of("2026-11-22T14:05:00.5+01:00");
    moment at;
    for (size_t n = 0; n < whole.len; n++)
        assert_false(moment_parse(slice_make(whole.ptr, n), &at));
    assert_true(moment_parse(whole, &at));
}

static void random_moments_round_trip(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int i = 0; i < 100000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        moment at = (moment)(seed >> 1) % (INT64_C(315569520000000000)) - INT64_C(62167219200000000);
        char text[MOMENT_TEXT];
        moment again;
        assert_true(moment_parse(slice_of(moment_text(at, text)), &again));
        assert_true(again == at);
    }
}

static void moments_that_cannot_be_written_give_empty_text(void **state)
{
    (void)state;
    static const moment rows[] = {INT64_MIN, INT64_MAX, INT64_C(253402300800000000),
                                  INT64_C(-62167219200000001)};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[MOMENT_TEXT];
        assert_string_equal(moment_text(rows[i], text), "");
    }
}

/* Every day of five centuries, beside the C library. */
static void civil_days_agree_with_gmtime(void **state)
{
    (void)state;
    for (int64_t day = -100000; day <= 100000; day++) {
        time_t seconds = (time_t)(day * 86400);
        struct tm tm;
        gmtime_r(&seconds, &tm);
        int64_t year;
        unsigned month, dom;
        civil_from_days(day, &year, &month, &dom);
        assert_true(year == tm.tm_year + 1900 && month == (unsigned)tm.tm_mon + 1 &&
                    dom == (unsigned)tm.tm_mday);
        assert_true(days_from_civil(year, month, dom) == day);
        assert_int_equal(weekday_of(day), tm.tm_wday);
    }
}

static void dates_are_strict(void **state)
{
    (void)state;
    int64_t day = 4242;
    assert_true(date_parse(slice_of("1970-01-01"), &day) && day == 0);
    assert_true(date_parse(slice_of("2026-12-01"), &day) && day == days_from_civil(2026, 12, 1));
    assert_true(date_parse(slice_of("2024-02-29"), &day));
    assert_true(date_parse(slice_of("1900-01-01"), &day) && day == days_from_civil(1900, 1, 1));
    assert_true(date_parse(slice_of("9999-12-31"), &day) && day == days_from_civil(9999, 12, 31));
    static const char *const wrong[] = {
        "",           "2026-12-1",   "2026-12-001", "2025-02-29",           "2026-12-32", "2026/12/01",
        "01-12-2026", "2026-12-01 ", " 2026-12-01", "2026-12-01T00:00:00Z", "20261201",   "2026-1a-01",
        "0000-01-01", "0001-01-01",  "1899-12-31",  "10000-01-01"};
    day = 4242;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(date_parse(slice_of(wrong[i]), &day));
    assert_false(date_parse(SLICE_NONE, &day));
    assert_true(day == 4242);
}

static void the_system_clock_is_moved_by_its_offset(void **state)
{
    (void)state;
    struct clock plain = clock_system(0), moved = clock_system(3600 * MOMENT_SECOND);
    moment before = clock_wall(&plain), there = clock_wall(&moved), after = clock_wall(&plain);
    assert_true(there >= before + 3600 * MOMENT_SECOND && there <= after + 3600 * MOMENT_SECOND);
    int64_t a = clock_monotonic(&moved), b = clock_monotonic(&plain);
    assert_true(b >= a && b - a < 60 * MOMENT_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_and_writes),
        cmocka_unit_test(refuses_what_is_not_rfc_3339),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(random_moments_round_trip),
        cmocka_unit_test(moments_that_cannot_be_written_give_empty_text),
        cmocka_unit_test(civil_days_agree_with_gmtime),
        cmocka_unit_test(dates_are_strict),
        cmocka_unit_test(the_system_clock_is_moved_by_its_offset),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
