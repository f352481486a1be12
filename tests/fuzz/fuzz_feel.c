// links: feel
// runs: 60000
/* Properties of FEEL: what parses is printed as text that parses to the same text; evaluating ends, within
 * its memory; a cell that has a shape is decided by it as FEEL decides. The first byte chooses names and bare
 * words. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

enum { MEMORY = 64 * 1024 * 1024 };

static const struct slice names[] = {{"age", 3}, {"postal code", 11}, {"a-b", 3}, {"x", 1}};
enum { NAMES = sizeof names / sizeof names[0] };

typedef const struct feel *parse(struct slice text, const struct feel_syntax *syntax, struct arena *arena,
                                 struct feel_fault *fault);

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static void check_fault(struct slice text, const struct feel_fault *fault)
{
    require(fault->offset <= text.len, "a fault lies within the text");
    require(fault->text[0] && memchr(fault->text, '\0', sizeof fault->text), "a fault has a text");
}

/* Without bare words: printed words stand in quotes, so the syntax of names alone reads them back. */
static void check_text(parse *parse_text, const struct feel *feel, struct arena *arena)
{
    const struct feel_syntax syntax = {names, NAMES, 0};
    struct feel_fault fault = {.offset = 0};
    struct slice first = feel_text(feel, arena);
    require(slice_is_utf8(first), "printed text is UTF-8");
    if (first.len > FEEL_TEXT_MAX)
        return;
    const struct feel *again = parse_text(first, &syntax, arena, &fault);
    if (!again && strstr(fault.text, "nested deeper"))
        return; /* printing may add parentheses */
    if (!again)
        fprintf(stderr, "%.*s\nat %zu: %s\n", SLICE_FMT(first), fault.offset, fault.text);
    require(again, "printed text parses");
    struct slice second = feel_text(again, arena);
    if (!slice_equal(first, second))
        fprintf(stderr, "%.*s\n%.*s\n", SLICE_FMT(first), SLICE_FMT(second));
    require(slice_equal(first, second), "printed text is read back as the same");
}

static void check_value(const struct value *value, struct arena *arena)
{
    struct slice json = value_json(value, arena);
    json_t *read =
        json_loadb(json.ptr, json.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL);
    require(read || memmem(json.ptr, json.len, "E+", 2) || json.len > 300, "a value is JSON");
    json_decref(read);
    value_text(value, arena);
}

static void check_expression(struct slice text, const struct feel_syntax *syntax,
                             const struct feel_scope *scope)
{
    struct arena *arena = arena_new(0);
    struct feel_fault fault = {.offset = SIZE_MAX};
    const struct feel *feel = feel_parse_expression(text, syntax, arena, &fault);
    if (feel) {
        struct value value = feel_eval(feel, scope, arena);
        check_value(&value, arena);
        check_text(feel_parse_expression, feel, arena);
    } else {
        check_fault(text, &fault);
    }
    require(arena_size(arena) < MEMORY, "memory of an expression");
    arena_free(&arena);
}

/* Of the kind that the cell is about; another kind is NO to a shape and may be more to FEEL. */
static bool is_own_kind(const struct test *test, const struct fact *fact)
{
    static const enum fact_kind kinds[] = {[TEST_WORDS] = FACT_WORD,
                                           [TEST_NUMBERS] = FACT_NUMBER,
                                           [TEST_DATES] = FACT_DATE,
                                           [TEST_BOOLEAN] = FACT_BOOLEAN};
    if (test->kind == TEST_ANY || test->kind == TEST_NULL || fact->kind == FACT_NULL)
        return true;
    return test->kind < TEST_NULL && kinds[test->kind] == fact->kind;
}

static void check_shape(const struct feel *feel, const struct value *inputs, size_t count,
                        const struct feel_scope *scope, struct arena *arena)
{
    struct test test;
    if (!feel_simple(feel, arena, &test))
        return;
    for (size_t i = 0; i < count; i++) {
        struct fact fact = fact_of(&inputs[i], false, arena);
        if (is_own_kind(&test, &fact))
            require(test_decide(&test, &fact, false, scope, arena) ==
                        feel_test(feel, &inputs[i], scope, arena),
                    "a shape decides as FEEL does");
    }
}

static void check_tests(struct slice text, const struct feel_syntax *syntax, const struct feel_scope *scope,
                        const struct value *inputs, size_t count)
{
    struct arena *arena = arena_new(0);
    struct feel_fault fault = {.offset = SIZE_MAX};
    const struct feel *feel = feel_parse_tests(text, syntax, arena, &fault);
    struct test test;
    if (feel) {
        for (size_t i = 0; i < count; i++)
            require(feel_test(feel, &inputs[i], scope, arena) <= UNKNOWN, "a test has an answer");
        check_shape(feel, inputs, count, scope, arena);
        feel_simple_list(feel, arena, &test);
        check_text(feel_parse_tests, feel, arena);
    } else {
        check_fault(text, &fault);
    }
    require(arena_size(arena) < MEMORY, "memory of tests");
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    unsigned options = data[0] & 3U;
    const struct slice text = slice_make((const char *)data + 1, size - 1);
    const struct feel_syntax syntax = {names, data[0] & 4U ? NAMES : 0, options};
    struct value date, five = value_of_int(5), word = value_of_string(slice_of("a"));
    require(value_date_parse(slice_of("2026-11-22"), &date), "a date");
    struct value list = {.kind = VALUE_LIST};
    list.list.items = &word;
    list.list.count = 1;
    const struct value inputs[] = {value_null, five, word, date, value_of_bool(true), list};
    const struct entry entries[] = {
        {names[0], &five}, {names[1], &word}, {names[2], &list}, {names[3], &date}};
    const struct feel_scope scope = {entries, NAMES};
    check_expression(text, &syntax, &scope);
    check_tests(text, &syntax, &scope, inputs, sizeof inputs / sizeof inputs[0]);
    return 0;
}
