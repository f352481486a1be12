/* What does not parse and where, limits, and that printed text is read back as the same. */
#include "feel_fixture.h"

struct fault_row {
    const char *text;
    size_t offset;
    const char *message; /* how it begins */
};

static const struct slice names[] = {{"age", 3}, {"postal code", 11}};
static const struct feel_syntax bare = {names, COUNT(names), FEEL_BARE_WORDS};
static const struct feel_syntax known = {names, COUNT(names), FEEL_KNOWN_NAMES};

typedef const struct feel *parse(struct slice text, const struct feel_syntax *syntax, struct arena *arena,
                                 struct feel_fault *fault);

static void check_faults(parse *parse_text, const struct feel_syntax *syntax, const struct fault_row *rows,
                         size_t count)
{
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < count; i++) {
        struct feel_fault fault = {.offset = 9999};
        if (parse_text(slice_of(rows[i].text), syntax, arena, &fault))
            fail_msg("%s: it parses", rows[i].text);
        if (fault.offset != rows[i].offset ||
            strncmp(fault.text, rows[i].message, strlen(rows[i].message)) != 0)
            fail_msg("%s: found %zu: %s", rows[i].text, fault.offset, fault.text);
    }
    arena_free(&arena);
}

static void faults_of_expressions_say_where(void **state)
{
    static const struct fault_row rows[] = {
        {"", 0, "expected a number, a \"text\", a name or another value, found the end"},
        {"1 +", 3, "expected a number, a \"text\", a name or another value, found the end"},
        {"* 5", 0, "expected a number, a \"text\", a name or another value, found '*'"},
        {"1 2", 2, "expected an operator or the end, found '2'"},
        {"(1", 2, "expected ')', found the end"},
        {"1)", 1, "expected an operator or the end, found ')'"},
        {"[1, 2", 5, "expected a comma or ']', found the end"},
        {"[1..", 4, "expected a number, a \"text\""},
        {"[1..2", 5, "expected ']' or ')' behind the range, found the end"},
        {"]1, 2]", 2, "expected '..' and the upper end, found ','"},
        {"{a: 1", 5, "expected a comma or '}', found the end"},
        {"{a 1}", 3, "expected ':' and a value, found '1'"},
        {"{a: 1, a: 2}", 8, "the name 'a' stands there twice"},
        {"{1: 1}", 1, "expected a name, found '1'"},
        {"\"abc", 0, "expected a closing quote (\") for the text that begins here"},
        {"1 + \"abc\\\"", 4, "expected a closing quote"},
        {"\xE2\x80\x9C"
         "a\xE2\x80\x9D",
         0, "expected a straight double quote (\")"},
        {"'a'", 0, "expected a straight double quote (\")"},
        {"\"ab\\u12\"", 3, "expected the four digits of a character behind \\u"},
        {"\"\\uD800\"", 1, "expected the four digits of a character"},
        {"1 \x01", 2, "expected text, found a control character"},
        {"5; 6", 1, "expected a value or an operator, found ';'"},
        {"\xC3", 0, "expected UTF-8 text"},
        {"abc \xFF", 4, "expected UTF-8 text"},
        {"12345678901234567890123456789012345", 0, "expected a number of at most 34 digits"},
        {"1e9999", 0, "expected a number of at most 34 digits"},
        {"if 1 then 2", 11, "expected 'else', found the end"},
        {"if 1 else 2", 5, "expected 'then', found 'else'"},
        {"for x 1", 6, "expected 'in' and a list, found '1'"},
        {"for x in [1] do x", 13, "expected a comma or 'return', found 'do'"},
        {"some x in [1] return x", 14, "expected a comma or 'satisfies', found 'return'"},
        {"1 between 2", 11, "expected 'and' and the upper end, found the end"},
        {"a.", 2, "expected a name behind the dot, found the end"},
        {"a.5", 1, "expected an operator or the end, found '.5'"},
        {"1 instance number", 11, "expected 'of', found 'number'"},
        {"1 instance of 5", 14, "expected a type, such as number"},
        {"today()", 0, "expected a fact in the place of today(): a table that reads the clock"},
        {"1 + now ()", 4, "expected a fact in the place of now()"},
        {"sort([1])", 0, "expected a function of FEEL, found 'sort('"},
        {"abs(1, 2)", 0, "expected 1 arguments in abs(), found 2"},
        {"substring(\"a\")", 0, "expected 2 to 3 arguments in substring(), found 1"},
        {"append([1])", 0, "expected 2 or more arguments in append(), found 1"},
        {"abs(x: 1)", 0, "expected arguments called n in abs()"},
        {"floor(n: 1, 2)", 12, "expected all arguments with names or all without, found '2'"},
        {"floor(n: 1, n: 2)", 0, "expected arguments called n,scale in floor()"},
        {"date(\"2026-02-30\")", 0, "expected a date that exists, such as date(\"2026-11-22\")"},
        {"1 + date(\"22-11-2026\")", 4, "expected a date that exists"},
        {"time(\"24:00:00\")", 0, "expected a time that exists"},
        {"date and time(\"2026-11-22 10:00\")", 0, "expected a moment that exists"},
        {"duration(\"P1Y1D\")", 0, "expected a duration, such as"},
        {"@\"tomorrow\"", 0, "expected a date, a time or a duration, such as @\"2026-11-22\""},
        {"not \"a\"", 4, "expected '(' behind not, found '\"a\"'"},
        {"not(\"a\")", 0, "expected a condition in not(...)"},
        {"1 in (1, 2", 10, "expected a comma or ')', found the end"},
        {"1 in (< 1..2)", 9, "expected a comma or ')', found '..'"},
        {"(!= 5)", 1, "expected a number, a \"text\""},
    };
    (void)state;
    check_faults(feel_parse_expression, NULL, rows, COUNT(rows));
}

static void faults_of_tests_say_where(void **state)
{
    static const struct fault_row rows[] = {
        {"", 0, "expected a number, a \"text\", a name or another value, found the end"},
        {"5 5", 2, "expected a comma or the end, found '5'"},
        {"5,", 2, "expected a number, a \"text\""},
        {"1,,2", 2, "expected a number, a \"text\", a name or another value, found ','"},
        {"=> 5", 1, "expected a number, a \"text\", a name or another value, found '>'"},
        {">= 5 and < 7", 5, "expected a comma or the end (>= 5 and < 7 is [5..7)), found 'and'"},
        {"not(", 4, "expected a number, a \"text\""},
        {"not(5", 5, "expected a comma or ')', found the end"},
        {"not 5", 4, "expected '(' behind not, found '5'"},
        {"not(5) 6", 7, "expected the end, found '6'"},
        {"\"a\", not(\"b\")", 5, "expected a condition in not(...)"},
        {"-, 5", 1, "expected a number"},
        {"< ", 2, "expected a number, a \"text\", a name or another value, found the end"},
        {"< 5 6", 4, "expected a comma or the end, found '6'"},
    };
    (void)state;
    check_faults(feel_parse_tests, NULL, rows, COUNT(rows));
}

static void faults_where_people_write_bare_words(void **state)
{
    static const struct fault_row rows[] = {
        {"18-65", 0, "expected [18..65] for a range, date(\"2026-11-22\") for a date, found '18-65'"},
        {"5, 2026-11-22", 3, "expected [18..65] for a range"},
        {"join us", 5, "expected a comma or the end, found 'us'"},
        {"what(1)", 0, "expected a function of FEEL"},
    };
    static const struct fault_row unknown[] = {
        {"agee > 5", 0, "expected a name that is known, or a \"text\" in quotes, found 'agee'"},
        {"age > x", 6, "expected a name that is known"},
    };
    (void)state;
    check_faults(feel_parse_tests, &bare, rows, COUNT(rows));
    check_faults(feel_parse_tests, &known, unknown, COUNT(unknown));
}

/* The opening sign `count` times, a 1, and the closing sign as often. */
static struct slice nested(struct arena *arena, const char *open, const char *close, size_t count)
{
    size_t width = strlen(open) + strlen(close);
    char *text = arena_alloc(arena, count * width + 2), *at = text;
    for (size_t i = 0; i < count; i++, at += strlen(open))
        memcpy(at, open, strlen(open));
    *at++ = '1';
    for (size_t i = 0; i < count; i++, at += strlen(close))
        memcpy(at, close, strlen(close));
    return slice_make(text, (size_t)(at - text));
}

static const struct {
    const char *open, *close;
} shapes[] = {
    {"(", ")"},      {"[", "]"},
    {"- ", ""},      {"{a:", "}"},
    {"not(1=", ")"}, {"abs(", ")"},
    {"(<", ")"},     {"[1..", "]"},
    {"1 in (", ")"}, {"if 1 then ", " else 2"},
    {"[1][", "]"},   {"for i in ", " return 1"},
    {"1+(", ")"},    {"1 between 1 and (", ")"},
};

static void nesting_has_a_limit(void **state)
{
    struct arena *arena = arena_new(0);
    struct feel_fault fault;
    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        if (!feel_parse_expression(nested(arena, shapes[i].open, shapes[i].close, 25), NULL, arena, &fault))
            fail_msg("%s 25 times: %zu: %s", shapes[i].open, fault.offset, fault.text);
        size_t most = FEEL_TEXT_MAX / (strlen(shapes[i].open) + strlen(shapes[i].close)) - 1;
        struct slice deep = nested(arena, shapes[i].open, shapes[i].close, most);
        assert_null(feel_parse_expression(deep, NULL, arena, &fault));
        if (strcmp(fault.text, "nested deeper than 64 levels") != 0)
            fail_msg("%s: %s", shapes[i].open, fault.text);
        assert_null(feel_parse_tests(deep, NULL, arena, &fault));
    }
    assert_non_null(feel_parse_expression(nested(arena, "(", ")", FEEL_DEPTH - 1), NULL, arena, &fault));
    assert_null(feel_parse_expression(nested(arena, "(", ")", FEEL_DEPTH), NULL, arena, &fault));
    assert_int_equal(fault.offset, FEEL_DEPTH);
    arena_free(&arena);
}

/* Ten thousand parentheses are too long before they are too deep. */
static void text_has_a_limit(void **state)
{
    struct arena *arena = arena_new(0);
    struct feel_fault fault;
    (void)state;
    assert_null(feel_parse_expression(nested(arena, "(", ")", 10000), NULL, arena, &fault));
    assert_string_equal(fault.text, "longer than 4096 bytes");
    assert_int_equal(fault.offset, FEEL_TEXT_MAX);
    struct slice sum = nested(arena, "1+", "", FEEL_TEXT_MAX / 2 - 1);
    const struct feel *feel = feel_parse_expression(sum, NULL, arena, &fault);
    assert_non_null(feel); /* a long chain is not deep */
    struct value value = feel_eval(feel, NULL, arena);
    assert_string_equal(printed(arena, value_text(&value, arena)), "2048");
    arena_free(&arena);
}

/* Chains to the left are trees too: a.a.a..., 1 in (1) in (1)... */
static void trees_to_the_left_have_a_limit(void **state)
{
    static const char *const tails[] = {".a", "[1]", " in 1", " between 1 and 1", " instance of a"};
    struct arena *arena = arena_new(0);
    struct feel_fault fault;
    (void)state;
    for (size_t i = 0; i < COUNT(tails); i++) {
        struct slice tail = nested(arena, tails[i], "", FEEL_TEXT_MAX / strlen(tails[i]) - 1);
        char *text = arena_text(arena, tail);
        text[tail.len - 1] = ' ';
        struct slice whole = slice_of(arena_printf(arena, "a%s", text));
        const struct feel *feel = feel_parse_expression(whole, NULL, arena, &fault);
        if (feel)
            feel_eval(feel, NULL, arena);
        else
            assert_string_equal(fault.text, "nested deeper than 64 levels");
    }
    arena_free(&arena);
}

static const char *const expressions[] = {
    "1 + 2 * 3 - 4 / 5 ** 6",
    "(1 + 2) * (3 - (4 - 5))",
    "2 ** (3 ** 2)",
    "-(1 + 2)",
    "-x ** 2",
    "(-5)[1]",
    "(1 < 2) = true",
    "1 = (2 = 3)",
    "a and (b or c) and not(d)",
    "(if a then 1 else 2) + 1",
    "if a then for i in [1..3], j in 1..i return i else {a: 1, \"b c\": [a]}",
    "some x in (for y in z return y) satisfies every q in x satisfies q > 1",
    "x between 1 + 1 and 2 * 3 and true",
    "x in (< 5, > 6, [7..8), \"a\")",
    "x in ((1..5))",
    "x in y and z",
    "(x in y) in z",
    "[a..b], [a+1..b[1])",
    "]a..b[",
    "(< a + 1)",
    "(>= a)",
    "(= 5)",
    "[null..5]",
    "(null..5]",
    "a.b.c[d.e > 1].f",
    "[1..5][1]",
    "x instance of list<date and time>",
    "(x instance of number) < 3",
    "(-x instance of number) <= 3",
    "[(x instance of number)..3]",
    "{\"1\": 2, b: x . 1}",
    "{\".5\": 2, b: x . .5}",
    "{\"..\": 2, b: [x . .. .. 3]}",
    "{\"2 of 3\": 2, b: 5 . 2 of 3 + .5}",
    "substring(string: \"a\", start position: 2)",
    "number(from: \"5\", decimal separator: \".\")",
    "time(hour: 1, minute: 2, second: 3)",
    "duration(\"P1Y\") + @\"-PT36H\"",
    "\"a\\\"b\\\\ \\u0001 é\"",
    "1e40",
    "-0",
    "-1e-50",
    "{}",
    "[]",
    "?",
};

static const char *const tests[] = {
    "-",
    "null",
    "not(null)",
    "< 5",
    ">= -5",
    "!= \"a\"",
    "= 5",
    "\"a\",\"b\"",
    "not(\"a\", < 5)",
    "[1..5], (6..7]",
    "? > 5 and ? < 7",
    "contains(?, \"a\")",
    "not(contains(?, \"a\"))",
    "not(?) and true",
    "(< 5)",
    "[\"a\", \"b\"]",
    "< age",
    "[age..age + 5)",
    "postal code",
    "date(\"2026-11-22\")",
    "true, false",
};

static const char *reprinted(struct arena *arena, parse *parse_text, const char *text)
{
    struct feel_fault fault = {0};
    const struct feel *feel =
        parse_text(slice_of(text), &(struct feel_syntax){names, COUNT(names), 0}, arena, &fault);
    if (!feel)
        fail_msg("%s: at %zu: %s", text, fault.offset, fault.text);
    return printed(arena, feel_text(feel, arena));
}

static void check_reprint(struct arena *arena, parse *parse_text, const char *text)
{
    const char *first = reprinted(arena, parse_text, text);
    same_text(text, first, reprinted(arena, parse_text, first));
}

static void printed_text_is_read_back(void **state)
{
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(expressions); i++)
        if (!strstr(expressions[i], "], ["))
            check_reprint(arena, feel_parse_expression, expressions[i]);
    for (size_t i = 0; i < COUNT(tests); i++)
        check_reprint(arena, feel_parse_tests, tests[i]);
    for (size_t i = 0; i < COUNT(expressions); i++)
        check_reprint(arena, feel_parse_tests, expressions[i]);
    arena_free(&arena);
}

static void printed_text_is_canonical(void **state)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"  1+2*3 ", "1 + 2 * 3"},
        {"((1))", "1"},
        {"(1+2)*3", "(1 + 2) * 3"},
        {"2**(3**2)", "2 ** (3 ** 2)"},
        {"1-(2-3)", "1 - (2 - 3)"},
        {"(1-2)-3", "(1 - 2) - 3"},
        {"-(-(x))", "--x"},
        {"(-5).a", "(-5).a"},
        {"postal   code", "postal code"},
        {"]1..5[", "(1..5)"},
        {"@\"P14M\"", "duration(\"P1Y2M\")"},
        {"1.500", "1.5"},
        {"10e3", "10000"},
        {"a.  b   c", "a.b c"},
        {"{\"1\": 2, b: 5 . 1}", "{\"1\": 2, \"b\": 5. 1}"},
        {"{\"1\": 2, b: \"a\". 1 [1]}", "{\"1\": 2, \"b\": \"a\". 1[1]}"},
        {"{\".\": 2, b: x . .}", "{\".\": 2, \"b\": x. .}"},
        {"1 .e5", "1.e5"},
        {"[1...5]", "[1..0.5]"},
        {"(x instance of number) < 3", "(x instance of number) < 3"},
        {"x instance of number and y", "x instance of number and y"},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        same_text(rows[i].text, rows[i].printed, reprinted(arena, feel_parse_expression, rows[i].text));
    arena_free(&arena);
}

/* not(...) around tests and the function not() as a test are two things, written in two ways. */
static void call_of_not_is_no_negated_test(void **state)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"not(x)", "not(x)"},
        {"(not(x))", "(not(x))"},
        {"not(x), y", "not(x), y"},
        {"(not(x)) and y", "not(x) and y"},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        same_text(rows[i].text, rows[i].printed, reprinted(arena, feel_parse_tests, rows[i].text));
        check_reprint(arena, feel_parse_tests, rows[i].text);
    }
    arena_free(&arena);
}

static void bare_words_are_texts(void **state)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"finances", "\"finances\""},
        {"join-us, jpf_2", "\"join-us\", \"jpf_2\""},
        {"not(finances)", "not(\"finances\")"},
        {"age", "age"},
        {"age-group", "\"age-group\""},
        {"age - 5", "age - 5"},
        {"> age", "> age"},
        {"postal code", "postal code"},
        {"true", "true"},
        {"null", "null"},
        {"date", "\"date\""},
        {"date(\"2026-11-22\")", "date(\"2026-11-22\")"},
        {"zorg-én-welzijn", "\"zorg-én-welzijn\""},
        {"-5", "-5"},
        {"- 5", "-5"},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        same_text(rows[i].text, rows[i].printed,
                  printed(arena, feel_text(tests_of(arena, rows[i].text, &bare), arena)));
    arena_free(&arena);
}

/* Every cut of a text parses or has its fault within it; nothing behind its end is read. */
static void every_beginning_is_handled(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(expressions); i++)
        for (size_t n = 0; n <= strlen(expressions[i]); n++) {
            struct arena *arena = arena_new(0);
            char *cut = malloc(n ? n : 1);
            struct feel_fault fault = {.offset = 0};
            assert_non_null(cut);
            memcpy(cut, expressions[i], n);
            if (!feel_parse_expression(slice_make(cut, n), NULL, arena, &fault)) {
                assert_true(fault.offset <= n);
                assert_true(strlen(fault.text) > 0);
            }
            feel_parse_tests(slice_make(cut, n), &bare, arena, &fault);
            free(cut);
            arena_free(&arena);
        }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(faults_of_expressions_say_where),
        cmocka_unit_test(faults_of_tests_say_where),
        cmocka_unit_test(faults_where_people_write_bare_words),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(text_has_a_limit),
        cmocka_unit_test(trees_to_the_left_have_a_limit),
        cmocka_unit_test(printed_text_is_read_back),
        cmocka_unit_test(printed_text_is_canonical),
        cmocka_unit_test(call_of_not_is_no_negated_test),
        cmocka_unit_test(bare_words_are_texts),
        cmocka_unit_test(every_beginning_is_handled),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
