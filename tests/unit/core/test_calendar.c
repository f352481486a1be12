#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "amsterdam.h"
#include "calendar.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct calendar no_closures = {NULL, 0};

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
    return d;
}

static void assert_due(const struct calendar *calendar, const char *from, struct span span, const char *date,
                       const char *expected)
{
    moment due;
    char text[MOMENT_TEXT];
    if (!calendar_due(calendar, at(from), span, slice_of(date), &due))
        fail_msg("no due time from %s", from);
    assert_string_equal(moment_text(due, text), expected);
}

/* Of each year: Good Friday is a working day, the rest is the official list. King's Day 2025 moves to
 * Saturday the 26th because the 27th is a Sunday; Liberation Day is a day off in 2025 and 2030 only. */
static const char *const days_off[] = {
    /* 2024 */ "2024-01-01",
    "2024-03-31",
    "2024-04-01",
    "2024-04-27",
    "2024-05-09",
    "2024-05-19",
    "2024-05-20",
    "2024-12-25",
    "2024-12-26",
    /* 2025 */ "2025-01-01",
    "2025-04-20",
    "2025-04-21",
    "2025-04-26",
    "2025-05-05",
    "2025-05-29",
    "2025-06-08",
    "2025-06-09",
    "2025-12-25",
    "2025-12-26",
    /* 2026 */ "2026-01-01",
    "2026-04-05",
    "2026-04-06",
    "2026-04-27",
    "2026-05-14",
    "2026-05-24",
    "2026-05-25",
    "2026-12-25",
    "2026-12-26",
    /* 2027 */ "2027-01-01",
    "2027-03-28",
    "2027-03-29",
    "2027-04-27",
    "2027-05-06",
    "2027-05-16",
    "2027-05-17",
    "2027-12-25",
    "2027-12-26",
    /* 2028 */ "2028-01-01",
    "2028-04-16",
    "2028-04-17",
    "2028-04-27",
    "2028-05-25",
    "2028-06-04",
    "2028-06-05",
    "2028-12-25",
    "2028-12-26",
    /* 2029 */ "2029-01-01",
    "2029-04-01",
    "2029-04-02",
    "2029-04-27",
    "2029-05-10",
    "2029-05-20",
    "2029-05-21",
    "2029-12-25",
    "2029-12-26",
    /* 2030 */ "2030-01-01",
    "2030-04-21",
    "2030-04-22",
    "2030-04-27",
    "2030-05-05",
    "2030-05-30",
    "2030-06-09",
    "2030-06-10",
    "2030-12-25",
    "2030-12-26",
};

/* Every day of seven years: off if it is in the list or in a weekend, else a working day. */
static void holidays_of_seven_years(void **state)
{
    (void)state;
    int64_t monday = day("2024-01-01");
    for (int64_t d = monday; d <= day("2030-12-31"); d++) {
        bool off = (d - monday) % 7 >= 5;
        for (size_t i = 0; i < COUNT(days_off); i++)
            off |= d == day(days_off[i]);
        if (calendar_is_working_day(&no_closures, d) == off) {
            char text[MOMENT_TEXT];
            fail_msg("%.10s", moment_text(d * 86400 * MOMENT_SECOND, text));
        }
    }
}

static void kings_day_moves_and_liberation_day_is_lustral(void **state)
{
    (void)state;
    assert_false(calendar_is_working_day(&no_closures, day("2026-04-27"))); /* Monday */
    assert_true(calendar_is_working_day(&no_closures, day("2027-04-26")));  /* the day before, a Monday */
    assert_true(calendar_is_working_day(&no_closures, day("2025-04-28")));  /* the Monday after a moved one */
    assert_false(calendar_is_working_day(&no_closures, day("2025-05-05"))); /* Monday */
    assert_true(calendar_is_working_day(&no_closures, day("2026-05-05")));  /* Tuesday */
    assert_false(calendar_is_working_day(&no_closures, day("2020-05-05")));
    assert_true(calendar_is_working_day(&no_closures, day("2026-04-03"))); /* Good Friday */
    assert_true(calendar_is_working_day(&no_closures, day("2026-12-24")));
    assert_true(calendar_is_working_day(&no_closures, day("2026-12-31")));
}

static void holidays_have_names(void **state)
{
    (void)state;
    static const struct {
        const char *day, *name;
    } named[] = {{"2027-01-01", "Nieuwjaarsdag"},      {"2027-03-28", "Eerste paasdag"},
                 {"2027-03-29", "Tweede paasdag"},     {"2027-04-27", "Koningsdag"},
                 {"2025-04-26", "Koningsdag"},         {"2030-05-05", "Bevrijdingsdag"},
                 {"2027-05-06", "Hemelvaartsdag"},     {"2027-05-16", "Eerste pinksterdag"},
                 {"2027-05-17", "Tweede pinksterdag"}, {"2027-12-25", "Eerste kerstdag"},
                 {"2027-12-26", "Tweede kerstdag"}};
    static const char *const plain[] = {"2025-04-27", "2027-05-05", "2027-03-26", "2027-05-07", "2027-01-02"};
    for (size_t i = 0; i < COUNT(named); i++)
        assert_string_equal(calendar_holiday(day(named[i].day)), named[i].name);
    for (size_t i = 0; i < COUNT(plain); i++)
        assert_null(calendar_holiday(day(plain[i])));
}

static void closures_are_days_off(void **state)
{
    (void)state;
    const int64_t days[] = {day("2026-12-24"), day("2026-12-28"), day("2026-12-31")};
    const struct calendar calendar = {days, COUNT(days)};
    for (size_t i = 0; i < COUNT(days); i++) {
        assert_false(calendar_is_working_day(&calendar, days[i]));
        assert_true(calendar_is_working_day(&no_closures, days[i]));
    }
    assert_true(calendar_is_working_day(&calendar, day("2026-12-23")));
    assert_true(calendar_is_working_day(&calendar, day("2026-12-29")));
    assert_true(calendar_is_working_day(&calendar, day("2027-01-04")));
    /* Wednesday 23 December: 24 closed, 25 and 26 Christmas, 27 Sunday, 28 closed, 29 one, 30 two, 31 closed,
     * 1 New Year, weekend, Monday 4 three */
    struct span one = {SPAN_WORKING_DAYS, 1}, three = {SPAN_WORKING_DAYS, 3};
    assert_due(&calendar, "2026-12-23T10:00:00Z", one, NULL, "2026-12-29T16:00:00Z");
    assert_due(&calendar, "2026-12-23T10:00:00Z", three, NULL, "2027-01-04T16:00:00Z");
}

static void working_days_are_counted_from_the_day_after(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int amount;
        const char *due;
    } rows[] = {
        {"2026-11-23T09:00:00Z", 1, "2026-11-24T16:00:00Z"}, /* Monday */
        {"2026-11-23T09:00:00Z", 5, "2026-11-30T16:00:00Z"}, /* over a weekend */
        {"2026-11-27T16:30:00Z", 1, "2026-11-30T16:00:00Z"}, /* Friday after five */
        {"2026-11-28T12:00:00Z", 1, "2026-11-30T16:00:00Z"}, /* Saturday */
        {"2026-11-29T12:00:00Z", 2, "2026-12-01T16:00:00Z"}, /* Sunday */
        {"2026-11-29T22:59:00Z", 1, "2026-11-30T16:00:00Z"}, /* still Sunday in Amsterdam */
        {"2026-11-29T23:00:00Z", 1, "2026-12-01T16:00:00Z"}, /* Monday in Amsterdam */
        {"2026-04-02T12:00:00Z", 2, "2026-04-07T15:00:00Z"}, /* Maundy Thursday: Friday, Easter, Tuesday */
        {"2026-04-06T12:00:00Z", 1, "2026-04-07T15:00:00Z"}, /* on Easter Monday itself */
        {"2026-04-24T12:00:00Z", 1, "2026-04-28T15:00:00Z"}, /* over King's Day */
        {"2026-05-13T12:00:00Z", 2, "2026-05-18T15:00:00Z"}, /* Ascension, then Friday and Monday */
        {"2026-12-31T12:00:00Z", 1, "2027-01-04T16:00:00Z"}, /* New Year is a Friday */
        {"2026-12-24T12:00:00Z", 2, "2026-12-29T16:00:00Z"}, /* Christmas */
        {"2026-03-27T12:00:00Z", 1, "2026-03-30T15:00:00Z"}, /* summer time begins in between */
        {"2026-10-23T12:00:00Z", 1, "2026-10-26T16:00:00Z"}, /* and ends */
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_due(&no_closures, rows[i].from, (struct span){SPAN_WORKING_DAYS, rows[i].amount}, NULL,
                   rows[i].due);
}

static void days_end_where_they_end(void **state)
{
    (void)state;
    struct span fortnight = {SPAN_DAYS, 14};
    assert_due(&no_closures, "2026-11-22T12:00:00Z", fortnight, NULL, "2026-12-06T16:00:00Z"); /* a Sunday */
    assert_due(&no_closures, "2026-12-20T12:00:00Z", fortnight, NULL, "2027-01-03T16:00:00Z");
    assert_due(&no_closures, "2026-03-20T12:00:00Z", fortnight, NULL, "2026-04-03T15:00:00Z");
    assert_due(&no_closures, "2026-10-20T12:00:00Z", fortnight, NULL, "2026-11-03T16:00:00Z");
    /* due on the very days on which the clock changes */
    assert_due(&no_closures, "2026-03-15T12:00:00Z", fortnight, NULL, "2026-03-29T15:00:00Z");
    assert_due(&no_closures, "2026-10-11T12:00:00Z", fortnight, NULL, "2026-10-25T16:00:00Z");
    /* starting in the doubled and just before the skipped hour */
    assert_due(&no_closures, "2026-10-25T00:30:00Z", fortnight, NULL, "2026-11-08T16:00:00Z");
    assert_due(&no_closures, "2026-10-25T01:30:00Z", fortnight, NULL, "2026-11-08T16:00:00Z");
    assert_due(&no_closures, "2026-03-29T00:59:59Z", fortnight, NULL, "2026-04-12T15:00:00Z");
    assert_due(&no_closures, "2024-02-28T12:00:00Z", (struct span){SPAN_DAYS, 1}, NULL,
               "2024-02-29T16:00:00Z");
}

static void months_are_clamped_to_their_end(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int amount;
        const char *due;
    } rows[] = {
        {"2026-11-22T12:00:00Z", 3, "2027-02-22T16:00:00Z"},
        {"2026-11-30T12:00:00Z", 3, "2027-02-28T16:00:00Z"},
        {"2023-11-30T12:00:00Z", 3, "2024-02-29T16:00:00Z"},
        {"2026-01-31T12:00:00Z", 1, "2026-02-28T16:00:00Z"},
        {"2026-08-31T12:00:00Z", 1, "2026-09-30T15:00:00Z"},
        {"2026-12-31T12:00:00Z", 1, "2027-01-31T16:00:00Z"},
        {"2026-12-31T12:00:00Z", 12, "2027-12-31T16:00:00Z"},
        {"2024-02-29T12:00:00Z", 12, "2025-02-28T16:00:00Z"},
        {"2026-12-15T12:00:00Z", 24, "2028-12-15T16:00:00Z"},
        {"2026-12-31T23:30:00Z", 1, "2027-02-01T16:00:00Z"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_due(&no_closures, rows[i].from, (struct span){SPAN_MONTHS, rows[i].amount}, NULL, rows[i].due);
}

static void a_date_is_that_day(void **state)
{
    (void)state;
    struct span date = {SPAN_DATE, 0};
    assert_due(&no_closures, "2026-11-22T12:00:00Z", date, "2026-12-01", "2026-12-01T16:00:00Z");
    assert_due(&no_closures, "2026-11-22T12:00:00Z", date, "2027-07-01", "2027-07-01T15:00:00Z");
    assert_due(&no_closures, "2026-11-22T20:00:00Z", date, "2026-11-22", "2026-11-22T16:00:00Z"); /* today */
    assert_due(&no_closures, "2026-11-22T12:00:00Z", date, "2036-11-22", "2036-11-22T16:00:00Z");
    static const char *const unusable[] = {"2026-11-21", "2016-12-01", "2037-01-01",
                                           "2206-12-01", "2026-02-30", "1-12-2026",
                                           "",           NULL,         "2026-12-01T00:00:00Z"};
    for (size_t i = 0; i < COUNT(unusable); i++) {
        moment due = 4242;
        assert_false(
            calendar_due(&no_closures, at("2026-11-22T12:00:00Z"), date, slice_of(unusable[i]), &due));
        assert_true(due == 4242);
    }
}

static void nothing_without_a_span(void **state)
{
    (void)state;
    static const struct span spans[] = {{SPAN_NONE, 0},         {SPAN_NONE, 5},   {SPAN_DAYS, 0},
                                        {SPAN_WORKING_DAYS, 0}, {SPAN_MONTHS, 0}, {SPAN_DAYS, -1},
                                        {SPAN_WORKING_DAYS, -3}};
    for (size_t i = 0; i < COUNT(spans); i++) {
        moment due = 4242;
        assert_false(
            calendar_due(&no_closures, at("2026-11-22T12:00:00Z"), spans[i], slice_of("2026-12-01"), &due));
        assert_true(due == 4242);
    }
}

/* Seven years of starts: due is 17:00 local, on a working day, with as many working days between as promised.
 */
static void counting_back_gives_the_amount(void **state)
{
    (void)state;
    for (int64_t start = day("2024-01-01"); start <= day("2030-12-31"); start++)
        for (int amount = 1; amount <= 5; amount += 2) {
            moment due, from = (start * 86400 + 11 * 3600) * MOMENT_SECOND;
            assert_true(
                calendar_due(&no_closures, from, (struct span){SPAN_WORKING_DAYS, amount}, SLICE_NONE, &due));
            int64_t last = amsterdam_day(due), count = 0;
            for (int64_t d = start + 1; d <= last; d++)
                count += calendar_is_working_day(&no_closures, d);
            assert_true(count == amount && calendar_is_working_day(&no_closures, last));
            moment local = due + amsterdam_offset(due) * 60 * MOMENT_SECOND;
            assert_true(local == (last * 86400 + 17 * 3600) * MOMENT_SECOND);
        }
}

/* On the clock in Amsterdam, also in the hour that the clock skips and in the one that comes twice. */
static void a_time_of_a_day(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"2026-12-03", "14:00", "2026-12-03T13:00:00Z"}, {"2026-07-03", "14:00", "2026-07-03T12:00:00Z"},
        {"2027-03-28", "01:59", "2027-03-28T00:59:00Z"}, {"2027-03-28", "02:30", "2027-03-28T01:30:00Z"},
        {"2027-03-28", "03:00", "2027-03-28T01:00:00Z"}, {"2027-10-31", "01:59", "2027-10-30T23:59:00Z"},
        {"2027-10-31", "02:30", "2027-10-31T00:30:00Z"}, {"2027-10-31", "03:00", "2027-10-31T02:00:00Z"},
        {"2027-01-01", "00:00", "2026-12-31T23:00:00Z"}, {"2027-06-30", "23:59", "2027-06-30T21:59:00Z"}};
    static const char *const wrong[][2] = {
        {"2026-12-3", "14:00"},  {"2026-12-03", "24:00"}, {"2026-12-03", "14:60"},  {"2026-12-03", "1400"},
        {"2026-12-03", "14.00"}, {"2026-12-03", "-1:00"}, {"2026-12-03", "14:000"}, {"", "14:00"}};
    char text[MOMENT_TEXT];
    moment at = 7;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(calendar_at(slice_of(wrong[i][0]), slice_of(wrong[i][1]), &at));
    assert_int_equal(at, 7);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(calendar_at(slice_of(cases[i][0]), slice_of(cases[i][1]), &at));
        assert_string_equal(moment_text(at, text), cases[i][2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_of_a_day),
        cmocka_unit_test(holidays_of_seven_years),
        cmocka_unit_test(kings_day_moves_and_liberation_day_is_lustral),
        cmocka_unit_test(holidays_have_names),
        cmocka_unit_test(closures_are_days_off),
        cmocka_unit_test(working_days_are_counted_from_the_day_after),
        cmocka_unit_test(days_end_where_they_end),
        cmocka_unit_test(months_are_clamped_to_their_end),
        cmocka_unit_test(a_date_is_that_day),
        cmocka_unit_test(nothing_without_a_span),
        cmocka_unit_test(counting_back_gives_the_amount),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
