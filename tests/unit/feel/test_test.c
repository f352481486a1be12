/* Cells as sets of words and keys: the keys, the shapes, the facts, and that deciding by them is deciding by
 * FEEL. */
#include "feel_fixture.h"

static uint64_t random_state = 88172645463325252;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % limit;
}

static bool key_of(const char *text, int64_t *key)
{
    struct decimal number;
    assert_true(decimal_parse(slice_of(text), &number));
    return number_key(number, key);
}

static void numbers_have_keys(void **state)
{
    static const struct {
        const char *number;
        int64_t key;
    } rows[] = {
        {"0", 0},
        {"5", 10000000},
        {"-5", -10000000},
        {"17.5", 35000000},
        {"0.000001", 2},
        {"-0.000001", -2},
        {"0.0000001", 1},
        {"-0.0000001", -1},
        {"0.0000019", 3},
        {"1999999999999.999999", INT64_C(3999999999999999998)},
        {"1999999999999.9999999", INT64_C(3999999999999999999)},
        {"-1999999999999.9999999", INT64_C(-3999999999999999999)},
    };
    static const char *const beyond[] = {"2000000000000", "-2000000000000", "2e12", "1e6000",
                                         "-2000000000000.0000001"};
    int64_t key;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(key_of(rows[i].number, &key));
        if (key != rows[i].key)
            fail_msg("%s: %lld", rows[i].number, (long long)key);
    }
    for (size_t i = 0; i < COUNT(beyond); i++)
        assert_false(key_of(beyond[i], &key));
    assert_int_equal(integer_key(5), 10000000);
    assert_int_equal(integer_key(-5), -10000000);
}

static void keys_have_text(void **state)
{
    struct arena *arena = arena_new(0);
    (void)state;
    assert_string_equal(printed(arena, key_text(integer_key(17), TEST_NUMBERS, arena)), "17");
    assert_string_equal(printed(arena, key_text(35000000, TEST_NUMBERS, arena)), "17.5");
    assert_string_equal(printed(arena, key_text(1, TEST_NUMBERS, arena)), "0.0000005");
    assert_string_equal(printed(arena, key_text(2 * 20779, TEST_DATES, arena)), "2026-11-22");
    assert_string_equal(printed(arena, key_text(2 * 20779 + 1, TEST_DATES, arena)), "2026-11-22");
    assert_string_equal(printed(arena, key_text(-1, TEST_DATES, arena)), "1969-12-31");
    assert_true(key_text(KEY_MAX, TEST_NUMBERS, arena).len > 0);
    assert_true(key_text(KEY_MIN, TEST_DATES, arena).len > 0);
    arena_free(&arena);
}

static bool simple(struct arena *arena, const char *text, struct test *test)
{
    return feel_simple(tests_of(arena, text, NULL), arena, test);
}

/* A test as its text, without the text it was parsed from. */
static const char *shape(struct arena *arena, const char *text)
{
    struct test test;
    if (!simple(arena, text, &test))
        return "no shape";
    test.feel = NULL;
    return printed(arena, test_text(&test, true, arena));
}

static void cells_have_shapes(void **state)
{
    static const struct {
        const char *cell, *shape;
    } rows[] = {
        {"-", "-"},
        {"\"a\"", "a"},
        {"\"a\", \"b\", \"a\"", "a, b"},
        {"not(\"a b\", \"null\", \"c-d\", \"-e\")", "not(\"a b\", \"null\", c-d, \"-e\")"},
        {"5", "5"},
        {"5.000000", "5"},
        {"-5", "-5"},
        {"< 5", "< 5"},
        {"<= 5", "<= 5"},
        {"> 5", "> 5"},
        {">= 5.25", ">= 5.25"},
        {"= 5", "5"},
        {"!= 5", "< 5, > 5"},
        {"[18..65)", "[18..65)"},
        {"]18..65[", "(18..65)"},
        {"(< 5)", "< 5"},
        {"7, 5, 6", "5, 6, 7"},
        {"[1..3], [2..5], 9", "[1..5], 9"},
        {"[1..3), [3..5]", "[1..5]"},
        {"[1..3), (3..5]", "[1..3), (3..5]"},
        {"< 5, >= 5", "< 0, >= 0"},
        {"< 5, > 3", "< 0, >= 0"},
        {"> 3, > 5", "> 3"},
        {"[8..5]", "(0..0)"},
        {"(5..5)", "(0..0)"},
        {"[8..5], 3", "3"},
        {"not(5)", "< 5, > 5"},
        {"not(< 5)", ">= 5"},
        {"not(> 5)", "<= 5"},
        {"not([1..5], 7)", "< 1, (5..7), > 7"},
        {"not([8..5])", "< 0, >= 0"},
        {"not(< 5, >= 5)", "(0..0)"},
        {"(0..0.000001)", "(0..0.000001)"},
        {"date(\"2026-11-22\")", "date(\"2026-11-22\")"},
        {"< date(\"2026-11-22\")", "<= date(\"2026-11-21\")"},
        {"> date(\"2026-11-22\")", ">= date(\"2026-11-23\")"},
        {"not(date(\"2026-11-22\"))", "<= date(\"2026-11-21\"), >= date(\"2026-11-23\")"},
        {"(date(\"2026-11-20\")..date(\"2026-11-22\"))", "date(\"2026-11-21\")"},
        {"(date(\"2026-11-21\")..date(\"2026-11-22\"))", "(date(\"1970-01-01\")..date(\"1970-01-01\"))"},
        {"date(\"2026-11-22\"), date(\"2026-11-23\")", "[date(\"2026-11-22\")..date(\"2026-11-23\")]"},
        {"true", "true"},
        {"not(true)", "false"},
        {"null", "null"},
        {"not(null)", "not(null)"},
        {"\"a\", 5", "no shape"},
        {"\"a\", null", "no shape"},
        {"true, false", "no shape"},
        {"5, date(\"2026-11-22\")", "no shape"},
        {"age", "no shape"},
        {"< age", "no shape"},
        {"[1..age]", "no shape"},
        {"? > 5", "no shape"},
        {"5 + 1", "no shape"},
        {"> \"a\"", "no shape"},
        {"= \"a\"", "no shape"},
        {"[\"a\"..\"b\"]", "no shape"},
        {"[\"a\", \"b\"]", "no shape"},
        {"0.0000001", "no shape"},
        {"< 2000000000000", "no shape"},
        {"[1..3000000000000]", "no shape"},
        {"[null..5]", "no shape"},
        {"[1..\"a\"]", "no shape"},
        {"time(\"10:00:00\")", "no shape"},
        {"> duration(\"P1Y\")", "no shape"},
        {"= null", "no shape"},
        {"> null", "no shape"},
        {"= true", "no shape"},
        {"= [1..5]", "no shape"},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        same_text(rows[i].cell, rows[i].shape, shape(arena, rows[i].cell));
    arena_free(&arena);
}

static void ranges_are_sorted_and_apart(void **state)
{
    struct arena *arena = arena_new(0);
    struct test test;
    (void)state;
    assert_true(simple(arena, "> 5", &test));
    assert_int_equal(test.kind, TEST_NUMBERS);
    assert_int_equal(test.count, 1);
    assert_int_equal(test.ranges[0].low, 10000001);
    assert_true(test.ranges[0].high == KEY_MAX);
    assert_true(simple(arena, "<= 5", &test));
    assert_true(test.ranges[0].low == KEY_MIN);
    assert_int_equal(test.ranges[0].high, 10000000);
    assert_true(simple(arena, "date(\"1970-01-02\")", &test));
    assert_int_equal(test.kind, TEST_DATES);
    assert_int_equal(test.ranges[0].low, 2);
    assert_int_equal(test.ranges[0].high, 3);
    assert_true(simple(arena, "[8..5]", &test));
    assert_int_equal(test.count, 0);
    arena_free(&arena);
}

static void tests_are_printed_as_typed_or_bare(void **state)
{
    struct arena *arena = arena_new(0);
    struct test test;
    (void)state;
    assert_true(simple(arena, "not( 5 )", &test));
    assert_string_equal(printed(arena, test_text(&test, true, arena)), "not(5)");
    assert_true(simple(arena, "\"join-us\",\"5\",\"true\",\"x y\"", &test));
    assert_string_equal(printed(arena, test_text(&test, true, arena)), "join-us, \"5\", \"true\", \"x y\"");
    assert_string_equal(printed(arena, test_text(&test, false, arena)),
                        "\"join-us\", \"5\", \"true\", \"x y\"");
    struct test feel = {.kind = TEST_FEEL, .feel = tests_of(arena, "?>5", NULL)};
    assert_string_equal(printed(arena, test_text(&feel, true, arena)), "? > 5");
    arena_free(&arena);
}

static void list_cells_are_recognised(void **state)
{
    static const struct {
        const char *cell, *shape;
    } rows[] = {
        {"list contains(?, \"a\")", "a"},
        {"list contains(?, \"a\") or list contains(?, \"b\")", "a, b"},
        {"list contains(?, \"a\"), list contains(?, \"b\")", "a, b"},
        {"list contains(?, \"a\") or list contains(?, \"a\")", "a"},
        {"not(list contains(?, \"a\"))", "not(a)"},
        {"not(list contains(?, \"a\") or list contains(?, \"b\"))", "not(a, b)"},
        {"not(not(list contains(?, \"a\")))", "a"},
        {"list contains(?, \"a\") and list contains(?, \"b\")", "no shape"},
        {"list contains(?, 5)", "no shape"},
        {"list contains(x, \"a\")", "no shape"},
        {"list contains([\"a\"], ?)", "no shape"},
        {"contains(?, \"a\")", "no shape"},
        {"\"a\"", "no shape"},
        {"-", "no shape"},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct test test;
        bool found = feel_simple_list(tests_of(arena, rows[i].cell, NULL), arena, &test);
        same_text(rows[i].cell, rows[i].shape,
                  found ? printed(arena, test_text(&test, true, arena)) : "no shape");
    }
    arena_free(&arena);
}

static void values_become_facts(void **state)
{
    static const struct {
        const char *value;
        bool is_any_of;
        enum fact_kind kind;
        int64_t key;
    } rows[] = {
        {"null", false, FACT_NULL, 0},
        {"\"a\"", false, FACT_WORD, 0},
        {"\"a\"", true, FACT_WORDS, 0},
        {"[\"a\", \"b\"]", true, FACT_WORDS, 0},
        {"[]", true, FACT_WORDS, 0},
        {"[\"a\"]", false, FACT_OTHER, 0},
        {"[1]", true, FACT_WORDS, 0},
        {"[1]", false, FACT_OTHER, 0},
        {"5", false, FACT_NUMBER, 10000000},
        {"0.0000001", false, FACT_NUMBER, 1},
        {"3e12", false, FACT_NUMBER, KEY_MAX},
        {"-3e12", false, FACT_NUMBER, KEY_MIN},
        {"date(\"1970-01-03\")", false, FACT_DATE, 4},
        {"true", false, FACT_BOOLEAN, 0},
        {"time(\"10:00:00\")", false, FACT_OTHER, 0},
        {"{}", false, FACT_OTHER, 0},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct value value = value_of(arena, rows[i].value);
        struct fact fact = fact_of(&value, rows[i].is_any_of, arena);
        if (fact.kind != rows[i].kind || fact.key != rows[i].key || fact.value != &value)
            fail_msg("%s: kind %d, key %lld", rows[i].value, (int)fact.kind, (long long)fact.key);
    }
    arena_free(&arena);
}

static enum truth decide(struct arena *arena, const char *cell, const struct fact *fact, bool is_any_of)
{
    struct test test = {.kind = TEST_FEEL};
    if (!simple(arena, cell, &test))
        test.feel = tests_of(arena, cell, NULL);
    return test_decide(&test, fact, is_any_of, NULL, arena);
}

static void what_is_not_known_is_unknown(void **state)
{
    static const char *const cells[] = {
        "\"a\"", "not(\"a\")", "5", "not(5)", "true", "null", "not(null)", "date(\"2026-11-22\")", "[8..5]"};
    struct arena *arena = arena_new(0);
    const struct fact absent = {.kind = FACT_ABSENT};
    (void)state;
    assert_int_equal(decide(arena, "-", &absent, false), YES);
    for (size_t i = 0; i < COUNT(cells); i++)
        assert_int_equal(decide(arena, cells[i], &absent, false), UNKNOWN);
    arena_free(&arena);
}

static void another_kind_is_no(void **state)
{
    static const char *const cells[] = {"\"a\"",
                                        "not(\"a\")",
                                        "5",
                                        "not(5)",
                                        "true",
                                        "not(true)",
                                        "date(\"2026-11-22\")",
                                        "not(date(\"2026-11-22\"))"};
    static const char *const values[] = {"null", "time(\"10:00:00\")", "[\"a\"]"};
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(cells); i++)
        for (size_t j = 0; j < COUNT(values); j++) {
            struct value value = value_of(arena, values[j]);
            struct fact fact = fact_of(&value, false, arena);
            assert_int_equal(decide(arena, cells[i], &fact, false), NO);
        }
    const struct fact number = {.kind = FACT_NUMBER, .key = 0}, word = {.kind = FACT_WORD, .word = S("a")};
    assert_int_equal(decide(arena, "not(\"a\")", &number, false), NO);
    assert_int_equal(decide(arena, "not(5)", &word, false), NO);
    assert_int_equal(decide(arena, "null", &word, false), NO);
    assert_int_equal(decide(arena, "not(null)", &word, false), YES);
    arena_free(&arena);
}

static void list_columns_ask_for_any(void **state)
{
    static const struct {
        const char *cell, *value;
        enum truth truth;
    } rows[] = {
        {"\"a\"", "[\"b\", \"a\"]", YES},
        {"\"a\"", "[\"b\"]", NO},
        {"\"a\", \"c\"", "[\"b\", \"c\"]", YES},
        {"\"a\"", "[]", NO},
        {"not(\"a\")", "[]", YES},
        {"not(\"a\")", "[\"b\", \"a\"]", NO},
        {"not(\"a\")", "[\"b\"]", YES},
        {"\"a\"", "\"a\"", YES},
        {"not(\"a\")", "null", NO},
        {"\"a\"", "null", NO},
        {"\"a\"", "[null, \"a\"]", YES},
        {"not(\"a\")", "[1]", YES},
        {"not(\"a\")", "[1, \"a\"]", NO},
        {"-", "[]", YES},
        {"null", "null", YES},
        {"null", "[]", NO},
        {"count(?) = 1", "\"a\"", YES},
        {"count(?) > 1", "[\"a\", \"b\"]", YES},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct value value = value_of(arena, rows[i].value);
        struct fact fact = fact_of(&value, true, arena);
        if (decide(arena, rows[i].cell, &fact, true) != rows[i].truth)
            fail_msg("%s of %s", rows[i].cell, rows[i].value);
    }
    arena_free(&arena);
}

/* A fact may be without the value it was made of. */
static void facts_alone_will_do(void **state)
{
    static const struct slice words[] = {{"a", 1}, {"b", 1}};
    const struct fact word = {.kind = FACT_WORD, .word = S("abc")},
                      number = {.kind = FACT_NUMBER, .key = 35000000},
                      date = {.kind = FACT_DATE, .key = 2 * 20779},
                      boolean = {.kind = FACT_BOOLEAN, .boolean = true},
                      list = {.kind = FACT_WORDS, .count = 2, .words = words}, null = {.kind = FACT_NULL};
    struct arena *arena = arena_new(0);
    (void)state;
    assert_int_equal(decide(arena, "contains(?, \"b\")", &word, false), YES);
    assert_int_equal(decide(arena, "? = 17.5", &number, false), YES);
    assert_int_equal(decide(arena, "? = date(\"2026-11-22\")", &date, false), YES);
    assert_int_equal(decide(arena, "? = true", &boolean, false), YES);
    assert_int_equal(decide(arena, "? = [\"a\", \"b\"]", &list, true), YES);
    assert_int_equal(decide(arena, "? = null", &null, false), YES);
    arena_free(&arena);
}

/* Random cells ----------------------------------------------------------------------------------------------
 */

enum column { NUMBERS, DATES, WORDS, BOOLEANS, COLUMNS };

static const char *random_literal(struct arena *arena, enum column column)
{
    static const char *const numbers[] = {"", ".5", ".000001", ".0000005"};
    switch (column) {
    case NUMBERS:
        return arena_printf(arena, "%s%u%s", random_below(3) ? "" : "-", random_below(4),
                            numbers[random_below(4)]);
    case DATES:
        return arena_printf(arena, "date(\"2026-11-%02u\")", 20 + random_below(5));
    case WORDS:
        return arena_printf(arena, "\"%c\"", 'a' + (char)random_below(4));
    default:
        return random_below(2) ? "true" : "false";
    }
}

static const char *random_test(struct arena *arena, enum column column)
{
    static const char *const operators[] = {"<", "<=", ">", ">=", "=", "!="};
    const char *low = random_literal(arena, column), *high = random_literal(arena, column);
    uint32_t form = column == WORDS || column == BOOLEANS ? 0 : random_below(4);
    if (form == 1)
        return arena_printf(arena, "%s %s", operators[random_below(6)], low);
    if (form == 2)
        return arena_printf(arena, "%c%s..%s%c", random_below(2) ? '[' : '(', low, high,
                            random_below(2) ? ']' : ')');
    if (form == 3)
        return arena_printf(arena, "(%s %s)", operators[random_below(4)], low);
    return low;
}

static const char *random_cell(struct arena *arena, enum column column)
{
    uint32_t count = column == BOOLEANS ? 1 : 1 + random_below(4);
    const char *cell = random_test(arena, column);
    if (random_below(12) == 0)
        return random_below(2) ? "null" : "-";
    while (--count)
        cell = arena_printf(arena, "%s, %s", cell, random_test(arena, column));
    return random_below(3) ? cell : arena_printf(arena, "not(%s)", cell);
}

static void check_random_cell(struct arena *arena, enum column column, uint32_t *shaped)
{
    const char *cell = random_cell(arena, column);
    const struct feel *feel = tests_of(arena, cell, NULL);
    struct test test, again;
    if (!feel_simple(feel, arena, &test))
        return;
    ++*shaped;
    test.feel = NULL;
    const char *text = printed(arena, test_text(&test, random_below(2), arena));
    const struct feel_syntax bare = {NULL, 0, FEEL_BARE_WORDS};
    assert_true(feel_simple(tests_of(arena, text, &bare), arena, &again));
    for (int i = 0; i < 12; i++) {
        struct value value = i ? value_of(arena, random_literal(arena, column)) : value_null;
        struct fact fact = fact_of(&value, false, arena);
        enum truth expected = feel_test(feel, &value, NULL, arena);
        if (test_decide(&test, &fact, false, NULL, arena) != expected)
            fail_msg("%s of %s: FEEL says %d", cell, printed(arena, value_text(&value, arena)),
                     (int)expected);
        if (test_decide(&again, &fact, false, NULL, arena) != expected)
            fail_msg("%s, printed %s, of %s", cell, text, printed(arena, value_text(&value, arena)));
    }
}

static void keys_decide_as_feel_does(void **state)
{
    enum { CELLS = 20000 };
    uint32_t shaped = 0;
    (void)state;
    for (uint32_t i = 0; i < CELLS; i++) {
        struct arena *arena = arena_new(0);
        check_random_cell(arena, (enum column)(i % COLUMNS), &shaped);
        arena_free(&arena);
    }
    assert_true(shaped > CELLS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_keys),
        cmocka_unit_test(keys_have_text),
        cmocka_unit_test(cells_have_shapes),
        cmocka_unit_test(ranges_are_sorted_and_apart),
        cmocka_unit_test(tests_are_printed_as_typed_or_bare),
        cmocka_unit_test(list_cells_are_recognised),
        cmocka_unit_test(values_become_facts),
        cmocka_unit_test(what_is_not_known_is_unknown),
        cmocka_unit_test(another_kind_is_no),
        cmocka_unit_test(list_columns_ask_for_any),
        cmocka_unit_test(facts_alone_will_do),
        cmocka_unit_test(keys_decide_as_feel_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
