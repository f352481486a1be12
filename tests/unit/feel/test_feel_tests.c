/* Unary tests: whether an input passes. */
#include "feel_fixture.h"

struct row {
    const char *tests, *input;
    enum truth truth;
};

static const struct slice names[] = {{"limit", 5}, {"flag", 4}, {"nothing", 7}, {"missing", 7}, {"words", 5}};

static enum truth decide(struct arena *arena, const char *text, const char *input_text)
{
    static const struct feel_syntax syntax = {names, COUNT(names), 0};
    struct value limit = value_of_int(10), flag = value_of_bool(true), nothing = value_null;
    struct value words = value_of(arena, "[\"a\", \"b\"]"), input = value_of(arena, input_text);
    const struct entry entries[] = {
        {names[0], &limit}, {names[1], &flag}, {names[2], &nothing}, {names[4], &words}};
    const struct feel_scope scope = {entries, COUNT(entries)};
    return feel_test(tests_of(arena, text, &syntax), &input, &scope, arena);
}

static void check_rows(const struct row *rows, size_t count)
{
    static const char *const words[] = {"no", "yes", "unknown"};
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < count; i++) {
        enum truth truth = decide(arena, rows[i].tests, rows[i].input);
        if (truth != rows[i].truth)
            fail_msg("%s of %s: expected %s, found %s", rows[i].tests, rows[i].input, words[rows[i].truth],
                     words[truth]);
    }
    arena_free(&arena);
}

static void values_and_comparisons(void **state)
{
    static const struct row rows[] = {
        {"-", "5", YES},
        {"-", "null", YES},
        {"5", "5.0", YES},
        {"5", "6", NO},
        {"5", "\"5\"", NO},
        {"\"a\"", "\"a\"", YES},
        {"\"a\"", "\"A\"", NO},
        {"\"a\"", "\"a \"", NO},
        {"\"a\", \"b\"", "\"b\"", YES},
        {"\"a\", \"b\"", "\"c\"", NO},
        {"< 5", "4.999", YES},
        {"< 5", "5", NO},
        {"<= 5", "5", YES},
        {"> 5", "5", NO},
        {">= 5", "5", YES},
        {"!= 5", "6", YES},
        {"!= 5", "5", NO},
        {"= 5", "5", YES},
        {"< 5, > 7", "6", NO},
        {"< 5, > 7", "8", YES},
        {"< 5", "\"a\"", UNKNOWN},
        {"[1..5]", "1", YES},
        {"[1..5]", "5", YES},
        {"(1..5)", "1", NO},
        {"(1..5)", "5", NO},
        {"]1..5[", "3", YES},
        {"[1..5]", "\"a\"", UNKNOWN},
        {"[5..1]", "3", NO},
        {"(< 5)", "4", YES},
        {"[\"a\"..\"c\"]", "\"bb\"", YES},
        {"true", "true", YES},
        {"true", "false", NO},
        {"date(\"2026-11-22\")", "date(\"2026-11-22\")", YES},
        {"< date(\"2026-11-22\")", "date(\"2026-11-21\")", YES},
        {"[date(\"2026-01-01\")..date(\"2026-12-31\")]", "date(\"2026-11-22\")", YES},
        {"> @\"2026-11-22T10:00:00\"", "@\"2026-11-22T10:00:01\"", YES},
        {"> @\"P1Y\"", "@\"P13M\"", YES},
        {"> @\"10:00:00\"", "@\"11:00:00\"", YES},
        {"[\"a\", \"b\"]", "\"a\"", YES},
        {"[\"a\", \"b\"]", "[\"a\", \"b\"]", YES},
        {"[\"a\", \"b\"]", "[\"b\"]", NO},
        {"[[1..3], 7]", "2", YES},
        {"[[1..3], 7]", "5", NO},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void null_passes_only_what_says_so(void **state)
{
    static const struct row rows[] = {
        {"null", "null", YES},
        {"null", "5", NO},
        {"not(null)", "null", NO},
        {"not(null)", "5", YES},
        {"5", "null", NO},
        {"\"a\", null", "null", YES},
        {"< 5", "null", NO},
        {"!= 5", "null", NO},
        {"!= null", "5", YES},
        {"!= null", "null", NO},
        {"= null", "null", YES},
        {"[1..5]", "null", NO},
        {"true", "null", NO},
        {"not(5)", "null", NO},
        {"not(true)", "null", NO},
        {"not(\"a\", null)", "null", NO},
        {"not(\"a\", null)", "\"b\"", YES},
        {"not(< 5)", "null", NO},
        {"? = null", "null", YES},
        {"? != null", "null", NO},
        {"not(? = null)", "null", NO},
        {"not(? = 5)", "null", YES},
        {"? > 5", "null", UNKNOWN},
        {"not(? > 5)", "null", UNKNOWN},
        {"[1, null]", "null", YES},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void negation(void **state)
{
    static const struct row rows[] = {
        {"not(\"a\")", "\"b\"", YES},
        {"not(\"a\")", "\"a\"", NO},
        {"not(\"a\", \"b\")", "\"b\"", NO},
        {"not(< 5)", "5", YES},
        {"not([1..5], 7)", "6", YES},
        {"not([1..5], 7)", "7", NO},
        {"not(true)", "false", YES},
        {"not(< 5)", "\"a\"", UNKNOWN},
        {"not(contains(?, \"a\"))", "\"bbb\"", YES},
        {"not(contains(?, \"a\"))", "\"bab\"", NO},
        {"not(contains(?, \"a\")) and ? != \"c\"", "\"bbb\"", YES},
        {"not(contains(?, \"a\")) and ? != \"c\"", "\"c\"", NO},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void expressions_see_the_input_and_others(void **state)
{
    static const struct row rows[] = {
        {"? > 5", "6", YES},
        {"? > 5", "5", NO},
        {"? > 5 and ? < 7", "6", YES},
        {"? in (1, 6)", "6", YES},
        {"? between 1 and 6", "6", YES},
        {"contains(?, \"x\")", "\"axb\"", YES},
        {"contains(?, \"x\")", "5", UNKNOWN},
        {"starts with(?, \"57\"), \"x\"", "\"5751\"", YES},
        {"list contains(?, \"a\")", "[\"a\", \"b\"]", YES},
        {"list contains(?, \"a\") or list contains(?, \"c\")", "[\"b\"]", NO},
        {"some w in ? satisfies w = \"b\"", "[\"a\", \"b\"]", YES},
        {"count(?) > 1", "[\"a\", \"b\"]", YES},
        {"abs(?)", "5", YES},
        {"abs(?)", "-5", NO},
        {"limit", "10", YES},
        {"limit", "9", NO},
        {"> limit", "11", YES},
        {"> limit", "10", NO},
        {"[limit..limit + 5]", "15", YES},
        {"limit - 1", "9", YES},
        {"words", "\"b\"", YES},
        {"words", "\"c\"", NO},
        {"limit > 5", "\"anything\"", YES},
        {"limit > 50", "\"anything\"", NO},
        {"starts with(words[1], \"a\")", "\"anything\"", YES},
        {"starts with(words[1], \"b\")", "\"anything\"", NO},
        {"not(starts with(words[1], \"b\"))", "\"anything\"", YES},
        {"if limit > 5 then true else false", "\"anything\"", YES},
        {"even(limit)", "false", NO},
        {"max(words)", "\"b\"", YES},
        {"max(nothing)", "null", YES},
        {"limit > 5", "true", YES},
        {"limit > 5", "false", NO},
        {"flag", "true", YES},
        {"flag", "false", NO},
        {"flag", "\"x\"", NO},
        {"nothing", "null", YES},
        {"nothing", "5", NO},
        {"missing", "5", UNKNOWN},
        {"> missing", "5", UNKNOWN},
        {"missing, 5", "5", YES},
        {"missing, 7", "5", UNKNOWN},
        {"missing > 5", "5", UNKNOWN},
        {"[missing..10]", "50", NO},
        {"[missing..10]", "5", UNKNOWN},
        {"not(missing)", "5", UNKNOWN},
        {"for i in 1..1000000 return i", "5", UNKNOWN},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void no_input_and_no_scope_are_null(void **state)
{
    struct arena *arena = arena_new(0);
    (void)state;
    assert_int_equal(feel_test(tests_of(arena, "null", NULL), NULL, NULL, arena), YES);
    assert_int_equal(feel_test(tests_of(arena, "5", NULL), NULL, NULL, arena), NO);
    assert_int_equal(feel_test(tests_of(arena, "limit", NULL), NULL, NULL, arena), UNKNOWN);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_comparisons),
        cmocka_unit_test(null_passes_only_what_says_so),
        cmocka_unit_test(negation),
        cmocka_unit_test(expressions_see_the_input_and_others),
        cmocka_unit_test(no_input_and_no_scope_are_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
