/* Decimals, dates and durations, and values from and to JSON. */
#include "feel_fixture.h"

#include <stdlib.h>

#include "decimal.h"
#include "moment.h"

static struct decimal number(const char *text)
{
    struct decimal out;
    if (!decimal_parse(slice_of(text), &out))
        fail_msg("%s is no number", text);
    return out;
}

static void numbers_are_read_and_written(void **state)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"0", "0"},
        {"-0", "0"},
        {"000", "0"},
        {"007", "7"},
        {"-12.50e3", "-12500"},
        {"12.50", "12.5"},
        {".5", "0.5"},
        {"1E+2", "100"},
        {"1e-7", "0.0000001"},
        {"9999999999999999999999999999999999", "9999999999999999999999999999999999"},
        {"0.1234567890123456789012345678901234", "0.1234567890123456789012345678901234"},
        {"1234567890123456789.01", "1234567890123456789.01"},
        {"1e33", "1000000000000000000000000000000000"},
        {"1e34", "1E+34"},
        {"1e40", "1E+40"},
        {"1.5e40", "1.5E+40"},
        {"1e-40", "0.0000000000000000000000000000000000000001"},
        {"-1e-41", "-1E-41"},
        {"1.25e-50", "1.25E-50"},
        {"9e6144", "9E+6144"},
        {"1e-6176", "1E-6176"},
        {"0e6144", "0"},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct decimal value = number(rows[i].text);
        same_text(rows[i].text, rows[i].printed, printed(arena, decimal_text(value, arena)));
        assert_int_equal(decimal_compare(number(rows[i].printed), value), 0);
    }
    arena_free(&arena);
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "-",
                                        ".",
                                        "1.",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1e",
                                        "1e+",
                                        "e5",
                                        "1.2.3",
                                        "1,5",
                                        "0x10",
                                        "NaN",
                                        "inf",
                                        "--1",
                                        "1e6145",
                                        "10e6144",
                                        "1e-6177",
                                        "1e99999999999999999999",
                                        "12345678901234567890123456789012345"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct decimal out = {{7, 7}};
        if (decimal_parse(slice_of(texts[i]), &out))
            fail_msg("'%s' was taken for a number", texts[i]);
        assert_int_equal(out.w[0], 7);
    }
}

static void numbers_have_an_order(void **state)
{
    static const char *const ascending[] = {"-9e6144",   "-1e20",   "-5.01", "-5",   "-1e-6176",
                                            "0",         "1e-6176", "0.1",   "0.11", "5",
                                            "5.0000001", "1e20",    "9e6144"};
    (void)state;
    for (size_t i = 0; i < COUNT(ascending); i++)
        for (size_t j = 0; j < COUNT(ascending); j++)
            assert_int_equal(decimal_compare(number(ascending[i]), number(ascending[j])), (i > j) - (i < j));
    assert_int_equal(decimal_compare(number("100"), number("1e2")), 0);
    assert_int_equal(decimal_compare(number("-0"), number("0")), 0);
}

static void units_round_down(void **state)
{
    static const struct {
        const char *text;
        unsigned digits;
        bool fits;
        int64_t units;
        bool exact;
    } rows[] = {
        {"17.5", 6, true, 17500000, true},
        {"-17.5", 0, true, -18, false},
        {"17.9", 0, true, 17, false},
        {"1e3", 2, true, 100000, true},
        {"1e-30", 6, true, 0, false},
        {"-1e-30", 6, true, -1, false},
        {"0", 6, true, 0, true},
        {"9223372036854775807", 0, true, INT64_MAX, true},
        {"-9223372036854775807", 0, true, -INT64_MAX, true},
        {"9223372036854775808", 0, false, 0, false},
        {"-9223372036854775808.5", 0, false, 0, false},
        {"1e19", 0, false, 0, false},
        {"1e6000", 6, false, 0, false},
        {"1e-6000", 6, true, 0, false},
        {"5", 40, false, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t units = 0;
        bool exact = false, fits = decimal_units(number(rows[i].text), rows[i].digits, &units, &exact);
        if (fits != rows[i].fits || (fits && (units != rows[i].units || exact != rows[i].exact)))
            fail_msg("%s: %d %lld %d", rows[i].text, fits, (long long)units, exact);
    }
}

static void integers_keep_their_value(void **state)
{
    static const int64_t numbers[] = {0, 1, -1, 1000000, INT64_MAX, INT64_MIN + 1, INT64_MIN};
    struct arena *arena = arena_new(0);
    char text[32];
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        int64_t back;
        snprintf(text, sizeof text, "%lld", (long long)numbers[i]);
        assert_string_equal(printed(arena, decimal_text(decimal_of_int(numbers[i]), arena)), text);
        if (numbers[i] != INT64_MIN) {
            assert_true(decimal_to_int(decimal_of_int(numbers[i]), &back));
            assert_int_equal(back, numbers[i]);
        }
    }
    arena_free(&arena);
}

static void results_without_end_are_refused(void **state)
{
    struct decimal out = {{7, 7}}, huge = number("9e6144"), zero = number("0");
    (void)state;
    assert_false(decimal_add(huge, huge, &out));
    assert_false(decimal_multiply(huge, huge, &out));
    assert_false(decimal_divide(huge, zero, &out));
    assert_false(decimal_divide(zero, zero, &out));
    assert_false(decimal_modulo(huge, zero, &out));
    assert_false(decimal_sqrt(number("-1"), &out));
    assert_false(decimal_exp(huge, &out));
    assert_false(decimal_log(zero, &out));
    assert_false(decimal_power(zero, number("-1"), &out));
    assert_false(decimal_power(number("10"), number("6500.5"), &out));
    assert_int_equal(out.w[0], 7);
    assert_true(decimal_subtract(number("0.3"), number("0.1"), &out));
    assert_int_equal(decimal_compare(out, number("0.2")), 0);
}

static void dates_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t day;
    } good[] = {
        {"1970-01-01", 0},     {"1969-12-31", -1},      {"2026-11-22", 20779},    {"2024-02-29", 19782},
        {"2000-02-29", 11016}, {"0000-03-01", -719468}, {"-0001-12-31", -719529}, {"12026-11-22", 3673204},
    };
    static const char *const bad[] = {"",
                                      "2026-11-31",
                                      "2026-02-29",
                                      "1900-02-29",
                                      "2026-13-01",
                                      "2026-00-01",
                                      "2026-01-00",
                                      "26-01-01",
                                      "2026-1-1",
                                      "2026-11-22 ",
                                      " 2026-11-22",
                                      "2026/11/22",
                                      "02026-11-22",
                                      "1000000000-01-01",
                                      "+2026-11-22",
                                      "2026-11-22Z"};
    struct value value;
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct text text = text_new(arena);
        assert_true(value_date_parse(slice_of(good[i].text), &value));
        assert_int_equal(value.moment.day, good[i].day);
        moment_write(&text, &value);
        assert_string_equal(printed(arena, text_slice(&text)), good[i].text);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (value_date_parse(slice_of(bad[i]), &value))
            fail_msg("'%s' was taken for a date", bad[i]);
    arena_free(&arena);
}

typedef bool parse(struct slice text, struct value *out);

static void check_moment(parse *read, const char *text, const char *expected)
{
    struct arena *arena = arena_new(0);
    struct text out = text_new(arena);
    struct value value;
    bool ok = read(slice_of(text), &value);
    if (ok != (expected != NULL))
        fail_msg("'%s' was %s", text, ok ? "taken" : "refused");
    if (ok) {
        moment_write(&out, &value);
        same_text(text, expected, printed(arena, text_slice(&out)));
    }
    arena_free(&arena);
}

static void times_and_durations_are_read(void **state)
{
    static const struct {
        parse *read;
        const char *text, *printed; /* NULL: refused */
    } rows[] = {
        {value_time_parse, "10:15:30", "10:15:30"},
        {value_time_parse, "10:15:30.120000000999", "10:15:30.12"},
        {value_time_parse, "10:15:30Z", "10:15:30Z"},
        {value_time_parse, "10:15:30+00:00", "10:15:30Z"},
        {value_time_parse, "10:15:30-05:30", "10:15:30-05:30"},
        {value_time_parse, "10:15:30+01:00:30", "10:15:30+01:00:30"},
        {value_time_parse, "24:00:00", NULL},
        {value_time_parse, "10:60:00", NULL},
        {value_time_parse, "10:15:60", NULL},
        {value_time_parse, "10:15", NULL},
        {value_time_parse, "1:15:00", NULL},
        {value_time_parse, "10:15:30.", NULL},
        {value_time_parse, "10:15:30+15:00", NULL},
        {value_time_parse, "10:15:30@Europe/Paris", NULL},
        {value_time_parse, "", NULL},
        {value_date_time_parse, "2026-11-22T10:15:30", "2026-11-22T10:15:30"},
        {value_date_time_parse, "2026-11-22", "2026-11-22T00:00:00"},
        {value_date_time_parse, "2026-11-22T", NULL},
        {value_date_time_parse, "2026-11-22 10:15:30", NULL},
        {value_duration_parse, "P1Y2M", "P1Y2M"},
        {value_duration_parse, "P14M", "P1Y2M"},
        {value_duration_parse, "-P13M", "-P1Y1M"},
        {value_duration_parse, "P0Y", "P0M"},
        {value_duration_parse, "P1DT2H3M4.500S", "P1DT2H3M4.5S"},
        {value_duration_parse, "PT90M", "PT1H30M"},
        {value_duration_parse, "PT0.000000001S", "PT0.000000001S"},
        {value_duration_parse, "-PT0S", "PT0S"},
        {value_duration_parse, "P1D", "P1D"},
        {value_duration_parse, "P", NULL},
        {value_duration_parse, "PT", NULL},
        {value_duration_parse, "P1", NULL},
        {value_duration_parse, "P1DT", NULL},
        {value_duration_parse, "P1M1Y", NULL},
        {value_duration_parse, "P1Y1D", NULL},
        {value_duration_parse, "P1YT1M", NULL},
        {value_duration_parse, "PT1S1H", NULL},
        {value_duration_parse, "P1.5D", NULL},
        {value_duration_parse, "PT1.H", NULL},
        {value_duration_parse, "P1H", NULL},
        {value_duration_parse, "P9999999999999D", NULL},
        {value_duration_parse, "1D", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_moment(rows[i].read, rows[i].text, rows[i].printed);
}

static void types_have_words(void **state)
{
    (void)state;
    for (enum value_type type = TYPE_ANY; type <= TYPE_DAYS_TIME; type++)
        assert_int_equal(value_type_parse(slice_of(value_type_word(type))), type);
    assert_int_equal(value_type_parse(S("dateTime")), TYPE_DATE_TIME);
    assert_int_equal(value_type_parse(S("yearMonthDuration")), TYPE_YEARS_MONTHS);
    assert_int_equal(value_type_parse(S("dayTimeDuration")), TYPE_DAYS_TIME);
    assert_int_equal(value_type_parse(S("tLoan")), TYPE_ANY);
    assert_string_equal(value_type_word(TYPE_ANY), "Any");
}

static const char *through_json(struct arena *arena, const char *text, enum value_type type, struct err *err)
{
    struct value value;
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    bool ok = value_from_json(json, type, arena, &value, err);
    json_decref(json);
    return ok ? printed(arena, value_json(&value, arena)) : NULL;
}

static void json_becomes_values_and_back(void **state)
{
    static const struct {
        const char *json;
        enum value_type type;
        const char *back;
    } rows[] = {
        {"null", TYPE_NUMBER, "null"},
        {"true", TYPE_BOOLEAN, "true"},
        {"5", TYPE_NUMBER, "5"},
        {"-9223372036854775808", TYPE_ANY, "-9223372036854775808"},
        {"98.83", TYPE_NUMBER, "98.83"},
        {"0.1", TYPE_ANY, "0.1"},
        {"1e300", TYPE_ANY, "1E+300"},
        {"\"a\\\"b\\u0001\\n\"", TYPE_STRING, "\"a\\\"b\\u0001\\n\""},
        {"\"2026-11-22\"", TYPE_ANY, "\"2026-11-22\""},
        {"\"2026-11-22\"", TYPE_DATE, "\"2026-11-22\""},
        {"\"10:15:00Z\"", TYPE_TIME, "\"10:15:00Z\""},
        {"\"2026-11-22T10:15:00\"", TYPE_DATE_TIME, "\"2026-11-22T10:15:00\""},
        {"\"P14M\"", TYPE_YEARS_MONTHS, "\"P1Y2M\""},
        {"\"PT36H\"", TYPE_DAYS_TIME, "\"P1DT12H\""},
        {"[1, null, [2]]", TYPE_NUMBER, "[1, null, [2]]"},
        {"[\"2026-11-22\"]", TYPE_DATE, "[\"2026-11-22\"]"},
        {"{\"a\": {\"b c\": []}}", TYPE_ANY, "{\"a\": {\"b c\": []}}"},
    };
    struct arena *arena = arena_new(0);
    struct err err = {.text = ""};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *back = through_json(arena, rows[i].json, rows[i].type, &err);
        if (!back)
            fail_msg("%s: %s", rows[i].json, err.text);
        same_text(rows[i].json, rows[i].back, back);
    }
    arena_free(&arena);
}

static void json_of_another_type_is_an_error(void **state)
{
    static const struct {
        const char *json;
        enum value_type type;
        const char *text;
    } rows[] = {
        {"5", TYPE_STRING, "expected string, found a number"},
        {"\"5\"", TYPE_NUMBER, "expected number, found a string"},
        {"5.5", TYPE_BOOLEAN, "expected boolean, found a number"},
        {"true", TYPE_NUMBER, "expected number, found true"},
        {"{}", TYPE_STRING, "expected string, found an object"},
        {"[1, \"a\"]", TYPE_NUMBER, "expected number, found a string"},
        {"\"22-11-2026\"", TYPE_DATE, "expected date as \"2026-11-22\", found another text"},
        {"\"P1D\"", TYPE_YEARS_MONTHS, "expected years and months duration as \"P1Y2M\", found another text"},
        {"\"P1Y\"", TYPE_DAYS_TIME, "expected days and time duration as \"P1DT2H\", found another text"},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = {.code = ERR_NONE};
        assert_null(through_json(arena, rows[i].json, rows[i].type, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        same_text(rows[i].json, rows[i].text, err.text);
    }
    arena_free(&arena);
}

static void json_has_a_depth(void **state)
{
    struct arena *arena = arena_new(0);
    struct err err;
    char text[128] = "";
    (void)state;
    for (int depth = 31; depth <= 33; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[2 * depth] = '\0';
        const char *back = through_json(arena, text, TYPE_ANY, &err);
        assert_int_equal(back != NULL, depth <= 33);
    }
    memset(text, '[', 40);
    memset(text + 40, ']', 40);
    text[80] = '\0';
    assert_null(through_json(arena, text, TYPE_ANY, &err));
    assert_string_equal(err.text, "nested deeper than 32 levels");
    arena_free(&arena);
}

static void ranges_are_text_in_json(void **state)
{
    struct arena *arena = arena_new(0);
    struct value value = value_of(arena, "[[1..5), (> date(\"2026-11-22\"))]");
    (void)state;
    assert_string_equal(printed(arena, value_json(&value, arena)),
                        "[\"[1..5)\", \"(> date(\\\"2026-11-22\\\"))\"]");
    arena_free(&arena);
}

static void values_are_printed_as_literals(void **state)
{
    static const char *const texts[] = {
        "null",
        "true",
        "-1.5",
        "1E+50",
        "\"a\\\"\\\\\\n\\u0002é\"",
        "date(\"-0001-12-31\")",
        "time(\"10:00:00.5+01:00\")",
        "date and time(\"2026-11-22T00:00:00Z\")",
        "duration(\"-P1Y\")",
        "duration(\"PT0S\")",
        "[1, [\"a\", null]]",
        "{\"a b\": {\"c\": [1..5)}}",
        "(< 5)",
        "(>= date(\"2026-11-22\"))",
        "(1..5]",
        "[null..5]",
        "[]",
        "{}",
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct value value = value_of(arena, texts[i]);
        same_text(texts[i], texts[i], printed(arena, value_text(&value, arena)));
    }
    arena_free(&arena);
}

static void equal_is_of_one_kind(void **state)
{
    static const char *const different[] = {"null",
                                            "true",
                                            "false",
                                            "1",
                                            "\"1\"",
                                            "date(\"1970-01-01\")",
                                            "date and time(\"1970-01-01\")",
                                            "time(\"00:00:00\")",
                                            "duration(\"P0M\")",
                                            "duration(\"PT0S\")",
                                            "[1]",
                                            "[]",
                                            "{}",
                                            "[1..1]",
                                            "{a: 1}"};
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(different); i++)
        for (size_t j = 0; j < COUNT(different); j++) {
            struct value a = value_of(arena, different[i]), b = value_of(arena, different[j]);
            assert_int_equal(value_equal(&a, &b), i == j);
        }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_and_written),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(numbers_have_an_order),
        cmocka_unit_test(units_round_down),
        cmocka_unit_test(integers_keep_their_value),
        cmocka_unit_test(results_without_end_are_refused),
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(times_and_durations_are_read),
        cmocka_unit_test(types_have_words),
        cmocka_unit_test(json_becomes_values_and_back),
        cmocka_unit_test(json_of_another_type_is_an_error),
        cmocka_unit_test(json_has_a_depth),
        cmocka_unit_test(ranges_are_text_in_json),
        cmocka_unit_test(values_are_printed_as_literals),
        cmocka_unit_test(equal_is_of_one_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
