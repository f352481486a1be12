/* Rows as bytes: the same from a query and a dump, different for different rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "seal_row.h"

static void test_moments(void **state)
{
    static const struct {
        const char *text;
        int64_t at;
    } good[] = {{"1970-01-01 00:00:00+00", 0},
                {"2026-11-28 10:15:00.25+01", 1795857300250000},
                {"2026-11-28 09:15:00.250000+00", 1795857300250000},
                {"2026-11-28 05:45:00.25-03:30", 1795857300250000},
                {"1900-01-01 00:19:32+00:19:32", -2208988800000000}};
    static const char *const bad[] = {"",
                                      "2026-11-28",
                                      "2026-11-28 10:15:00",
                                      "2026-11-28T10:15:00+01",
                                      "2026-11-28 10:15:00.+01",
                                      "2026-11-28 10:15:00.1234567+01",
                                      "2026-11-28 10:15:00+1",
                                      "2026-11-28 10:15:00+01 BC",
                                      "infinity",
                                      "2026-13-28 10:15:00+01",
                                      "2026-11-28 10:15:00+01:",
                                      "12026-11-28 10:15:00+01"};
    moment at;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(seal_moment(slice_of(good[i].text), &at));
        assert_int_equal(at, good[i].at);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(seal_moment(slice_of(bad[i]), &at));
    assert_false(seal_moment(SLICE_NONE, &at));
}

/* "name=value name=value"; "-" is NULL. */
static struct digest leaf_of(struct seal_row *row, const char *text, struct seal_facts *facts)
{
    struct slice names[SEAL_COLUMNS], cells[SEAL_COLUMNS], rest = slice_of(text);
    struct seal_facts own;
    struct err err;
    size_t count = 0;
    while (rest.ptr) {
        struct slice word = slice_cut(&rest, '|');
        names[count] = slice_cut(&word, '=');
        cells[count++] = slice_is(word, "-") ? SLICE_NONE : word;
    }
    struct seal_columns columns;
    assert_true(seal_columns_find(&seal_logs[SEAL_EVENT], names, count, &columns, &err));
    seal_row_take(row, &columns, cells, facts ? facts : &own);
    return (facts ? facts : &own)->leaf;
}

static void test_bytes(void **state)
{
    struct seal_row *row = seal_row_new();
    struct seal_facts facts;
    (void)state;
    leaf_of(row,
            "region_id=1|referral_id=77|event_id=5|tx=900|at=2026-11-28 "
            "10:15:00+01|kind=referral-sent|channel=-|note=",
            &facts);
    assert_true(slice_is(seal_row_bytes(row), "region_id=s1:1\nreferral_id=s2:77\nevent_id=s1:5\ntx=s3:900\n"
                                              "at=t16:1795857300000000\nkind=s13:referral-sent\nnote=s0:\n"));
    assert_int_equal(facts.region, 1);
    assert_int_equal(facts.id, 5);
    assert_int_equal(facts.about, 77);
    assert_int_equal(facts.tx, 900);
    assert_int_equal(facts.at, 1795857300000000);
    seal_row_free(&row);
}

static void assert_same(struct seal_row *row, const char *a, const char *b, bool is_same)
{
    struct digest x = leaf_of(row, a, NULL), y = leaf_of(row, b, NULL);
    assert_true(digest_equal(&x, &y) == is_same);
}

static void test_same_and_not(void **state)
{
    struct seal_row *row = seal_row_new();
    (void)state;
    assert_same(row, "a=2026-11-28 10:15:00+01", "a=2026-11-28 09:15:00.000+00", true);
    assert_same(row, "a=1|b=-", "a=1", true); /* a column that came later */
    assert_same(row, "a=1|b=", "a=1", false);
    assert_same(row, "a=1|b=2", "a=2|b=1", false);
    assert_same(row, "a=1|b=2", "b=2|a=1", false);
    assert_same(row, "a=x\nb=s1:y", "a=x|b=y", false);
    assert_same(row, "a=1795857300000000", "a=2026-11-28 10:15:00+01", false);
    seal_row_free(&row);
}

static void test_names(void **state)
{
    static const char *const bad[] = {"", "Kind", "a b", "a=", "\xc3\xa9"};
    struct seal_columns columns;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct slice name = slice_of(bad[i]);
        assert_false(seal_columns_find(&seal_logs[SEAL_EVENT], &name, 1, &columns, &err));
    }
    struct slice twice[] = {slice_of("a"), slice_of("a")};
    assert_false(seal_columns_find(&seal_logs[SEAL_EVENT], twice, 2, &columns, &err));
    assert_true(seal_columns_find(&seal_logs[SEAL_EVENT], twice, 1, &columns, &err));
    assert_int_equal(columns.tx, 1); /* there is none */
}

static void check_record(const char *text, long count, const char *const *expected)
{
    struct slice cells[4];
    char *scratch = xcalloc(1, strlen(text));
    assert_int_equal(seal_record(slice_of(text), scratch, cells, 4), count);
    for (long i = 0; i < count; i++)
        if (expected[i])
            assert_true(slice_is(cells[i], expected[i]));
        else
            assert_null(cells[i].ptr);
    xfree(scratch);
}

static void test_records(void **state)
{
    static const char *const bad[] = {"", "(", "1,2", "(1", "(1)x", "(\"1)", "(1,2,3,4,5)", "(\\"};
    (void)state;
    check_record("(1,,\"\",\"a \"\"b\"\" \\\\, (c)\")", 4,
                 (const char *const[]){"1", NULL, "", "a \"b\" \\, (c)"});
    check_record("(,)", 2, (const char *const[]){NULL, NULL});
    check_record("(\"2026-11-28 10:15:00+01\",\"{1,2}\")", 2,
                 (const char *const[]){"2026-11-28 10:15:00+01", "{1,2}"});
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_record(bad[i], -1, NULL);
}

static void test_numbers(void **state)
{
    static const char *const bad[] = {"", "{", "1,2", "{1,}", "{,1}", "{a}", "{1,2,3,4}", "{1 }"};
    int64_t numbers[3];
    (void)state;
    assert_int_equal(seal_numbers(slice_of("{}"), numbers, 3), 0);
    assert_int_equal(seal_numbers(slice_of("{7,NULL,-2}"), numbers, 3), 3);
    assert_int_equal(numbers[0], 7);
    assert_int_equal(numbers[1], 0);
    assert_int_equal(numbers[2], -2);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(seal_numbers(slice_of(bad[i]), numbers, 3), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_moments),      cmocka_unit_test(test_bytes),
                                       cmocka_unit_test(test_same_and_not), cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_records),      cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
