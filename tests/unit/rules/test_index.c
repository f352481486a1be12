#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "index.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S(text) slice_make("" text, sizeof(text) - 1)

enum { ROOM = 9000, COLUMNS = 8 };

/* A table under construction, and the answers of its index. */
struct fixture {
    struct arena *arena;
    struct input inputs[COLUMNS];
    struct rule *rules;
    struct table table;
    struct index *index;
    uint32_t yes_rows[ROOM], unknown_rows[ROOM];
    struct index_hits yes, unknown;
};

static int setup(void **state)
{
    struct arena *arena = arena_new(0);
    struct fixture *f = arena_alloc(arena, sizeof *f);
    f->arena = arena;
    f->yes = (struct index_hits){.rows = f->yes_rows, .room = ROOM};
    f->unknown = (struct index_hits){.rows = f->unknown_rows, .room = ROOM};
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    struct arena *arena = f->arena;
    index_free(&f->index);
    arena_free(&arena);
    return 0;
}

static const struct test any = {.kind = TEST_ANY};

static void make_rows(struct fixture *f, size_t columns, size_t rows)
{
    f->rules = arena_array(f->arena, rows, sizeof *f->rules);
    for (size_t r = 0; r < rows; r++) {
        struct test *tests = arena_array(f->arena, columns, sizeof *tests);
        for (size_t c = 0; c < columns; c++)
            tests[c] = any;
        f->rules[r].tests = tests;
    }
    f->table =
        (struct table){.inputs = f->inputs, .input_count = columns, .rules = f->rules, .rule_count = rows};
}

static void put(struct fixture *f, size_t row, size_t column, struct test test)
{
    ((struct test *)f->rules[row].tests)[column] = test;
}

static struct test words_of(struct fixture *f, bool negated, size_t count, const char *const *texts)
{
    struct slice *words = arena_array(f->arena, count, sizeof *words);
    for (size_t i = 0; i < count; i++)
        words[i] = slice_of(texts[i]);
    return (struct test){.kind = TEST_WORDS, .negated = negated, .count = (uint32_t)count, .words = words};
}

static struct test word_test(struct fixture *f, const char *text)
{
    return words_of(f, false, 1, &text);
}

static struct test range_test(struct fixture *f, int64_t low, int64_t high)
{
    struct key_range *range = arena_alloc(f->arena, sizeof *range);
    *range = (struct key_range){low, high};
    return (struct test){.kind = TEST_NUMBERS, .count = 1, .ranges = range};
}

static struct fact word_fact(const char *text)
{
    return (struct fact){.kind = FACT_WORD, .word = slice_of(text)};
}

static struct fact number_fact(int64_t key)
{
    return (struct fact){.kind = FACT_NUMBER, .key = key};
}

static void build(struct fixture *f)
{
    index_free(&f->index);
    f->index = index_build(&f->table);
}

static void ask(struct fixture *f, const struct fact *facts)
{
    index_all(f->index, facts, NULL, f->arena, &f->yes, &f->unknown);
}

static void assert_rows(const struct index_hits *hits, size_t count, const uint32_t *rows)
{
    assert_int_equal(hits->count, count);
    if (count > 0)
        assert_memory_equal(hits->rows, rows, count * sizeof *rows);
}
#define ASSERT_ROWS(hits, ...)                                                                               \
    assert_rows(hits, COUNT(((const uint32_t[]){__VA_ARGS__})), (const uint32_t[]){__VA_ARGS__})

static void no_rows_match_nobody(void **state)
{
    struct fixture *f = *state;
    struct fact facts[2] = {word_fact("a"), {.kind = FACT_ABSENT}};
    uint32_t row;
    bool is_unknown;
    make_rows(f, 2, 0);
    build(f);
    ask(f, facts);
    assert_int_equal(f->yes.count + f->unknown.count, 0);
    assert_false(index_first(f->index, facts, NULL, NULL, &row, &is_unknown));
    assert_int_equal(index_rows(f->index), 0);
}

static void one_row(void **state)
{
    struct fixture *f = *state;
    make_rows(f, 1, 1);
    put(f, 0, 0, word_test(f, "debt"));
    build(f);
    ask(f, &(struct fact){.kind = FACT_WORD, .word = S("debt")});
    ASSERT_ROWS(&f->yes, 0);
    ask(f, &(struct fact){.kind = FACT_WORD, .word = S("deb")});
    assert_int_equal(f->yes.count + f->unknown.count, 0);
    ask(f, &(struct fact){.kind = FACT_ABSENT});
    ASSERT_ROWS(&f->unknown, 0);
    ask(f, &(struct fact){.kind = FACT_NULL});
    assert_int_equal(f->yes.count + f->unknown.count, 0);
}

/* Sizes around the ends of blocks and groups: all rows open, one apart. */
static void open_rows_of_every_size(void **state)
{
    static const size_t sizes[] = {1, 2, 63, 64, 65, 4095, 4096, 4097, 8192, 8193};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        uint32_t row = UINT32_MAX;
        bool is_unknown = true;
        struct fact facts[2] = {word_fact("a"), word_fact("b")};
        make_rows(f, 2, sizes[i]);
        build(f);
        ask(f, facts);
        assert_int_equal(f->yes.count, sizes[i]);
        for (size_t r = 0; r < sizes[i]; r++)
            assert_int_equal(f->yes.rows[r], r);
        assert_true(index_first(f->index, facts, NULL, NULL, &row, &is_unknown));
        assert_int_equal(row, 0);
        assert_false(is_unknown);
        put(f, sizes[i] - 1, 1, word_test(f, "c"));
        build(f);
        ask(f, facts);
        assert_int_equal(f->yes.count, sizes[i] - 1);
        facts[1] = word_fact("c");
        ask(f, facts);
        assert_int_equal(f->yes.count, sizes[i]);
        facts[1].kind = FACT_ABSENT;
        ask(f, facts);
        assert_int_equal(f->yes.count, sizes[i] - 1);
        ASSERT_ROWS(&f->unknown, (uint32_t)sizes[i] - 1);
    }
}

static void room_that_is_short_keeps_the_first(void **state)
{
    struct fixture *f = *state;
    struct fact fact = word_fact("a");
    make_rows(f, 1, 500);
    build(f);
    for (size_t room = 0; room < 500; room = room * 2 + 1) {
        f->yes.room = room;
        ask(f, &fact);
        assert_int_equal(f->yes.count, room);
        assert_true(f->yes.is_cut);
        for (size_t r = 0; r < room; r++)
            assert_int_equal(f->yes.rows[r], r);
    }
    f->yes.room = 500;
    ask(f, &fact);
    assert_false(f->yes.is_cut);
    assert_int_equal(f->yes.count, 500);
}

static void keys_at_both_ends_of_the_line(void **state)
{
    struct fixture *f = *state;
    make_rows(f, 1, 5);
    put(f, 0, 0, range_test(f, KEY_MIN, KEY_MAX));
    put(f, 1, 0, range_test(f, KEY_MIN, KEY_MIN));
    put(f, 2, 0, range_test(f, KEY_MAX, KEY_MAX));
    put(f, 3, 0, range_test(f, -1, 0));
    put(f, 4, 0, range_test(f, KEY_MIN, -2));
    build(f);
    struct fact fact = number_fact(KEY_MIN);
    ask(f, &fact);
    ASSERT_ROWS(&f->yes, 0, 1, 4);
    fact.key = KEY_MAX;
    ask(f, &fact);
    ASSERT_ROWS(&f->yes, 0, 2);
    fact.key = -2;
    ask(f, &fact);
    ASSERT_ROWS(&f->yes, 0, 4);
    fact.key = -1;
    ask(f, &fact);
    ASSERT_ROWS(&f->yes, 0, 3);
    fact.key = 1;
    ask(f, &fact);
    ASSERT_ROWS(&f->yes, 0);
    fact.kind = FACT_DATE; /* numbers are no dates */
    ask(f, &fact);
    assert_int_equal(f->yes.count, 0);
}

/* Every row a stretch of its own: more than there are bitmaps for, so that ends inside a bucket matter. */
static void thousands_of_stretches(void **state)
{
    struct fixture *f = *state;
    make_rows(f, 2, 6000);
    for (uint32_t r = 0; r < 6000; r++) {
        put(f, r, 0, range_test(f, 10 * r, 10 * r + 9 + r % 3000));
        put(f, r, 1, range_test(f, 10 * r, 10 * r));
    }
    build(f);
    for (uint32_t r = 0; r < 6000; r += 7) {
        struct fact facts[2] = {number_fact(10 * r + 9 + r % 3000), number_fact(10 * r)};
        ask(f, facts);
        ASSERT_ROWS(&f->yes, r);
        facts[0].key++;
        ask(f, facts);
        assert_int_equal(f->yes.count, 0);
    }
}

static void a_cell_of_several_stretches(void **state)
{
    struct fixture *f = *state;
    make_rows(f, 1, 3000);
    for (uint32_t r = 0; r < 3000; r++) {
        struct key_range *ranges = arena_array(f->arena, 3, sizeof *ranges);
        for (uint32_t i = 0; i < 3; i++)
            ranges[i] = (struct key_range){(r + i * 1000) * 100, (r + i * 1000) * 100 + 50000};
        put(f, r, 0, (struct test){.kind = TEST_NUMBERS, .count = 3, .ranges = ranges});
    }
    build(f);
    for (int64_t key = 0; key < 500000; key += 9973) {
        struct fact fact = number_fact(key);
        size_t at = 0;
        ask(f, &fact);
        for (int64_t r = 0; r < 3000; r++) {
            bool is_in = false;
            for (int64_t low = r * 100; low <= (r + 2000) * 100; low += 100000)
                is_in |= key >= low && key <= low + 50000;
            if (is_in)
                assert_int_equal(f->yes.rows[at++], r);
        }
        assert_int_equal(f->yes.count, at);
    }
}

static void many_words_of_every_length(void **state)
{
    struct fixture *f = *state;
    make_rows(f, 2, 5000);
    for (uint32_t r = 0; r < 5000; r++) {
        put(f, r, 0,
            word_test(f, arena_printf(f->arena, "%.*s%u", (int)(r % 24), "abcdefghijklmnopqrstuvwx", r)));
        put(f, r, 1, word_test(f, r % 2 ? "odd" : "even"));
    }
    build(f);
    for (uint32_t r = 0; r < 5000; r++) {
        struct fact facts[2] = {
            word_fact(arena_printf(f->arena, "%.*s%u", (int)(r % 24), "abcdefghijklmnopqrstuvwx", r)),
            word_fact(r % 2 ? "odd" : "even")};
        ask(f, facts);
        ASSERT_ROWS(&f->yes, r);
        facts[1] = word_fact(r % 2 ? "even" : "odd");
        ask(f, facts);
        assert_int_equal(f->yes.count, 0);
    }
}

static void an_empty_word_is_a_word(void **state)
{
    struct fixture *f = *state;
    make_rows(f, 1, 2);
    put(f, 0, 0, word_test(f, ""));
    build(f);
    ask(f, &(struct fact){.kind = FACT_WORD, .word = S("")});
    ASSERT_ROWS(&f->yes, 0, 1);
    ask(f, &(struct fact){.kind = FACT_WORD});
    ASSERT_ROWS(&f->yes, 0, 1);
    ask(f, &(struct fact){.kind = FACT_WORD, .word = S("x")});
    ASSERT_ROWS(&f->yes, 1);
}

static void lists_want_one_of_the_words_or_none(void **state)
{
    struct fixture *f = *state;
    const struct slice words[] = {S("a"), S("nowhere"), S("c")};
    make_rows(f, 1, 5);
    f->inputs[0].is_any_of = true;
    put(f, 0, 0, words_of(f, false, 2, (const char *[]){"a", "b"}));
    put(f, 1, 0, words_of(f, true, 2, (const char *[]){"b", "c"}));
    put(f, 2, 0, words_of(f, true, 1, (const char *[]){"b"}));
    put(f, 3, 0, word_test(f, "b"));
    build(f);
    struct fact fact = {.kind = FACT_WORDS, .words = words, .count = 1};
    ask(f, &fact); /* a */
    ASSERT_ROWS(&f->yes, 0, 1, 2, 4);
    fact.count = 3; /* a, nowhere, c */
    ask(f, &fact);
    ASSERT_ROWS(&f->yes, 0, 2, 4);
    fact.words = words + 1, fact.count = 1; /* nowhere */
    ask(f, &fact);
    ASSERT_ROWS(&f->yes, 1, 2, 4);
    fact.count = 0; /* known to be none */
    ask(f, &fact);
    ASSERT_ROWS(&f->yes, 1, 2, 4);
    assert_int_equal(f->unknown.count, 0);
    ask(f, &(struct fact){.kind = FACT_WORD, .word = S("b")});
    ASSERT_ROWS(&f->yes, 0, 3, 4);
}

/* A fact with more words than a query has room for without asking for memory. */
static void a_long_list_of_words(void **state)
{
    struct fixture *f = *state;
    struct slice *words = arena_array(f->arena, 1000, sizeof *words);
    make_rows(f, 1, 1000);
    f->inputs[0].is_any_of = true;
    for (uint32_t r = 0; r < 1000; r++) {
        words[r] = slice_of(arena_printf(f->arena, "w%u", r));
        put(f, r, 0, word_test(f, words[r].ptr));
    }
    build(f);
    ask(f, &(struct fact){.kind = FACT_WORDS, .words = words, .count = 1000});
    assert_int_equal(f->yes.count, 1000);
    ask(f, &(struct fact){.kind = FACT_WORDS, .words = words + 10, .count = 500});
    assert_int_equal(f->yes.count, 500);
    assert_int_equal(f->yes.rows[0], 10);
}

static void first_tells_what_is_not_known(void **state)
{
    struct fixture *f = *state;
    uint32_t row;
    bool is_unknown;
    struct fact facts[2] = {{.kind = FACT_ABSENT}, word_fact("y")};
    make_rows(f, 2, 3);
    put(f, 0, 0, word_test(f, "a"));
    put(f, 0, 1, word_test(f, "x"));
    put(f, 1, 0, word_test(f, "a"));
    build(f);
    assert_true(index_first(f->index, facts, NULL, NULL, &row, &is_unknown));
    assert_int_equal(row, 1);
    assert_true(is_unknown);
    facts[0] = word_fact("b");
    assert_true(index_first(f->index, facts, NULL, NULL, &row, &is_unknown));
    assert_int_equal(row, 2);
    assert_false(is_unknown);
}

/* Rows alike stand together in the index, whatever their place; the first in the table must still win. */
static void first_is_by_place_in_the_table(void **state)
{
    struct fixture *f = *state;
    struct fact facts[2] = {word_fact("b"), word_fact("z")};
    make_rows(f, 2, 9000);
    for (uint32_t r = 0; r < 9000; r++) {
        put(f, r, 0, word_test(f, r % 2 ? "a" : "b"));
        put(f, r, 1, word_test(f, r < 7000 ? "y" : "z"));
    }
    put(f, 8998, 0, any);
    build(f);
    uint32_t row;
    bool is_unknown;
    assert_true(index_first(f->index, facts, NULL, NULL, &row, &is_unknown));
    assert_int_equal(row, 7000);
    facts[0] = word_fact("c");
    assert_true(index_first(f->index, facts, NULL, NULL, &row, &is_unknown));
    assert_int_equal(row, 8998);
}

static void cells_of_feel_are_tried(void **state)
{
    struct fixture *f = *state;
    const struct value one = value_of_int(1), two = value_of_int(2);
    const struct entry entries[] = {{S("least"), &one}};
    const struct feel_scope scope = {entries, 1};
    const struct feel_syntax syntax = {.names = &entries[0].name, .name_count = 1};
    struct feel_fault fault;
    const struct feel *feel = feel_parse_tests(S("? > least"), &syntax, f->arena, &fault);
    assert_non_null(feel);
    make_rows(f, 2, 3);
    put(f, 0, 0, (struct test){.kind = TEST_FEEL, .feel = feel});
    put(f, 1, 0, (struct test){.kind = TEST_FEEL, .feel = feel});
    put(f, 1, 1, word_test(f, "x"));
    build(f);
    struct fact facts[2] = {{.kind = FACT_NUMBER, .key = integer_key(2), .value = &two}, word_fact("x")};
    index_all(f->index, facts, &scope, f->arena, &f->yes, &f->unknown);
    ASSERT_ROWS(&f->yes, 0, 1, 2);
    facts[0] = (struct fact){.kind = FACT_NUMBER, .key = integer_key(1), .value = &one};
    index_all(f->index, facts, &scope, f->arena, &f->yes, &f->unknown);
    ASSERT_ROWS(&f->yes, 2);
    facts[0].kind = FACT_ABSENT;
    facts[1] = word_fact("y");
    index_all(f->index, facts, &scope, f->arena, &f->yes, &f->unknown);
    ASSERT_ROWS(&f->yes, 2);
    ASSERT_ROWS(&f->unknown, 0);
}

/* What the header promises of memory: columns with a word or a number for every few rows stay small. */
static void memory_is_bounded(void **state)
{
    struct fixture *f = *state;
    const uint32_t rows = 20000;
    make_rows(f, COLUMNS, rows);
    for (uint32_t r = 0; r < rows; r++) {
        put(f, r, 0, word_test(f, arena_printf(f->arena, "street-%u", r * 7919 % 2000)));
        put(f, r, 1, word_test(f, arena_printf(f->arena, "person-%u", r * 104729 % 10000)));
        put(f, r, 2, range_test(f, r * 31 % 997, r * 31 % 997 + 400));
        put(f, r, 3, range_test(f, r * 17 % 9973, r * 17 % 9973));
        for (size_t c = 4; c < COLUMNS; c++)
            put(f, r, c, word_test(f, arena_printf(f->arena, "w%u", (r * (uint32_t)c) % 9)));
    }
    build(f);
    assert_true(index_bytes(f->index) < 150 * (size_t)rows);
    assert_true(index_bytes(f->index) > 10 * (size_t)rows); /* it is counted at all */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(no_rows_match_nobody),
        TEST(one_row),
        TEST(open_rows_of_every_size),
        TEST(room_that_is_short_keeps_the_first),
        TEST(keys_at_both_ends_of_the_line),
        TEST(thousands_of_stretches),
        TEST(a_cell_of_several_stretches),
        TEST(many_words_of_every_length),
        TEST(an_empty_word_is_a_word),
        TEST(lists_want_one_of_the_words_or_none),
        TEST(a_long_list_of_words),
        TEST(first_tells_what_is_not_known),
        TEST(first_is_by_place_in_the_table),
        TEST(cells_of_feel_are_tried),
        TEST(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
