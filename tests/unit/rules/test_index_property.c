/*
 * The index against trying row after row, on random tables: every kind of cell and fact, from one row to some
 * thousands. The matcher here is written from the definitions in test.h and shares nothing with the index;
 * cells of FEEL it leaves to test_decide(), and of all others it says the same as test_decide().
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "index.h"

enum { TABLES = 12000, BIG_TABLES = 8, FACTS = 8, COLUMNS_MAX = 12, WORDS = 4000, FEELS = 5 };

static const char *const feels[FEELS] = {
    "? > limit",                 /* null for a word: not known */
    "string length(?) > 4",      /* null for a number */
    "? != null and ? = \"abc\"", /* false for a number */
    "count(?) = 2",
    "starts with(?, \"word\") or limit = 3",
};

/* ---- chance ---- */

struct chance {
    uint64_t state;
};

static uint64_t next(struct chance *chance)
{
    uint64_t x = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint32_t below(struct chance *chance, uint32_t count)
{
    return (uint32_t)(next(chance) % count);
}

static bool percent(struct chance *chance, uint32_t share)
{
    return below(chance, 100) < share;
}

/* ---- random tables ---- */

/* What a column's cells are made of. */
struct style {
    uint32_t any;   /* percent of cells that are "-" */
    uint32_t kinds; /* bit per test_kind that may occur */
    uint32_t words; /* how many there are */
    uint32_t negated;
    int64_t reach; /* keys lie within plus and minus this */
    bool is_points;
    bool is_any_of;
};

struct world {
    struct chance chance;
    struct arena *arena;
    struct style styles[COLUMNS_MAX];
    struct input inputs[COLUMNS_MAX];
    struct rule *rules;
    struct table table;
    uint32_t absent; /* percent of facts */
    const struct feel *feels[FEELS];
    struct value limit;
    struct entry entry;
    struct feel_scope scope;
};

static struct slice word(struct world *world, uint32_t i)
{
    static const char *const odd[] = {"",     "a",        "ab",        "abc",
                                      "abcd", "abcdefgh", "abcdefghi", "abcdefghijklmnopq"};
    if (i < sizeof odd / sizeof *odd)
        return slice_of(odd[i]);
    return slice_of(arena_printf(world->arena, "%s%u", i % 3 ? "word-" : "", i));
}

static void make_words(struct world *world, const struct style *style, struct test *test)
{
    uint32_t most = percent(&world->chance, 5) ? 20 : 3, wanted = below(&world->chance, most) + 1;
    struct slice *words = arena_array(world->arena, wanted, sizeof *words);
    uint32_t first = below(&world->chance, style->words); /* 7 divides no count of words: all differ */
    for (uint32_t i = 0; i < wanted && i < style->words; i++)
        words[test->count++] = word(world, (first + i * 7 % style->words) % style->words);
    test->words = words;
    test->negated = percent(&world->chance, style->negated);
}

static int64_t key_within(struct world *world, int64_t reach)
{
    return (int64_t)(next(&world->chance) % (uint64_t)(2 * reach + 1)) - reach;
}

static void make_ranges(struct world *world, const struct style *style, struct test *test)
{
    uint32_t wanted = percent(&world->chance, 20) ? below(&world->chance, 5) : 1;
    struct key_range *ranges = arena_array(world->arena, wanted + 1, sizeof *ranges);
    int64_t low = percent(&world->chance, 10) ? KEY_MIN : key_within(world, style->reach);
    for (uint32_t i = 0; i < wanted; i++) {
        int64_t base = low == KEY_MIN ? -style->reach : low;
        int64_t high = style->is_points && low != KEY_MIN ? low : base + key_within(world, style->reach) / 4;
        high = high < low ? low : high;
        if (i + 1 == wanted && percent(&world->chance, 10))
            high = KEY_MAX;
        ranges[test->count++] = (struct key_range){low, high};
        if (high == KEY_MAX)
            break;
        low = high + 2 + below(&world->chance, 5);
    }
    test->ranges = ranges;
}

static struct test make_test(struct world *world, const struct style *style)
{
    struct test test = {.kind = TEST_ANY};
    if (percent(&world->chance, style->any))
        return test;
    do
        test.kind = (enum test_kind)below(&world->chance, TEST_FEEL + 1);
    while (!(style->kinds >> test.kind & 1));
    if (test.kind == TEST_FEEL)
        test.feel = world->feels[below(&world->chance, FEELS)];
    if (test.kind == TEST_WORDS)
        make_words(world, style, &test);
    else if (test.kind == TEST_NUMBERS || test.kind == TEST_DATES)
        make_ranges(world, style, &test);
    test.boolean = percent(&world->chance, 50);
    if (test.kind == TEST_NULL)
        test.negated = percent(&world->chance, 50);
    return test;
}

static struct style make_style(struct chance *chance)
{
    static const uint32_t anys[] = {0, 5, 30, 60, 95, 100};
    static const uint32_t words[] = {1, 3, 12, 60, WORDS};
    static const int64_t reaches[] = {2, 20, 1000, 1000000000};
    static const uint32_t kinds[] = {1 << TEST_WORDS,   1 << TEST_WORDS,   1 << TEST_WORDS, 1 << TEST_NUMBERS,
                                     1 << TEST_NUMBERS, 1 << TEST_BOOLEAN, 1 << TEST_DATES, 0x7e};
    struct style style = {
        .any = anys[below(chance, 6)],
        .kinds = kinds[below(chance, 8)],
        .words = words[below(chance, 5)],
        .negated = percent(chance, 60) ? 0 : below(chance, 101),
        .reach = reaches[below(chance, 4)],
        .is_points = percent(chance, 30),
        .is_any_of = percent(chance, 25),
    };
    if (percent(chance, 10))
        style.kinds |= 1 << TEST_NULL;
    if (percent(chance, 10))
        style.kinds |= 1 << TEST_FEEL;
    return style;
}

static void parse_feels(struct world *world)
{
    const struct feel_syntax syntax = {.names = &world->entry.name, .name_count = 1};
    struct feel_fault fault;
    world->entry.name = slice_of("limit");
    for (int i = 0; i < FEELS; i++) {
        world->feels[i] = feel_parse_tests(slice_of(feels[i]), &syntax, world->arena, &fault);
        assert_non_null(world->feels[i]);
    }
    world->limit = value_of_int(3);
    world->entry.value = &world->limit;
    world->scope = (struct feel_scope){&world->entry, 1};
}

static uint32_t row_count(struct chance *chance)
{
    if (percent(chance, 2))
        return 1000 + below(chance, 4000);
    return percent(chance, 30) ? 1 + below(chance, 8) : 1 + below(chance, 300);
}

static void make_styles(struct world *world, uint32_t columns)
{
    bool is_wide = percent(&world->chance, 5); /* every row has stretches of its own: buckets */
    for (uint32_t c = 0; c < columns; c++) {
        world->styles[c] = make_style(&world->chance);
        if (is_wide)
            world->styles[c] = (struct style){.any = below(&world->chance, 30),
                                              .kinds = 1 << TEST_NUMBERS,
                                              .words = 1,
                                              .reach = 1000000,
                                              .is_points = percent(&world->chance, 20)};
    }
}

/* More words than there is room for bitmaps of their own, each in many blocks; and stretches by the ten
 * thousands. */
static void make_big_styles(struct world *world, uint32_t columns)
{
    static const uint32_t words[] = {300, 500, 2000};
    for (uint32_t c = 0; c < columns; c++)
        world->styles[c] = (struct style){.any = below(&world->chance, 10),
                                          .kinds = c < 3 ? 1 << TEST_WORDS : 1 << TEST_NUMBERS,
                                          .words = words[c % 3],
                                          .negated = c == 1 ? 5 : 0,
                                          .reach = INT64_C(1) << 60,
                                          .is_any_of = c == 0 && percent(&world->chance, 50)};
}

static void make_world(struct world *world, uint64_t seed, bool is_big)
{
    *world = (struct world){.chance = {seed}, .arena = arena_new(0)};
    struct chance *chance = &world->chance;
    uint32_t columns = is_big ? 4 : 1 + below(chance, COLUMNS_MAX), rows = is_big ? 40000 : row_count(chance);
    parse_feels(world);
    if (is_big)
        make_big_styles(world, columns);
    else
        make_styles(world, columns);
    for (uint32_t c = 0; c < columns; c++)
        world->inputs[c].is_any_of = world->styles[c].is_any_of;
    world->rules = arena_array(world->arena, rows, sizeof *world->rules);
    for (uint32_t r = 0; r < rows; r++) {
        struct test *tests = arena_array(world->arena, columns, sizeof *tests);
        for (uint32_t c = 0; c < columns; c++)
            tests[c] = make_test(world, &world->styles[c]);
        world->rules[r].tests = r > 0 && percent(chance, 3) ? world->rules[below(chance, r)].tests : tests;
    }
    world->table = (struct table){
        .inputs = world->inputs, .input_count = columns, .rules = world->rules, .rule_count = rows};
    world->absent = percent(chance, 50) ? 0 : below(chance, 60);
}

/* ---- random facts ---- */

static void set_words(struct world *world, const struct style *style, struct fact *fact)
{
    uint32_t count = below(&world->chance, percent(&world->chance, 3) ? 200 : 5);
    struct slice *words = arena_array(world->arena, count + 1, sizeof *words);
    for (uint32_t i = 0; i < count; i++)
        words[i] = word(world, below(&world->chance, style->words + 2));
    fact->kind = FACT_WORDS;
    fact->words = words;
    fact->count = count;
}

static struct fact any_fact(struct world *world, const struct style *style)
{
    struct chance *chance = &world->chance;
    struct fact fact = {.kind = (enum fact_kind)below(chance, FACT_OTHER + 1)};
    fact.boolean = percent(chance, 50);
    fact.key =
        percent(chance, 5) ? (percent(chance, 50) ? KEY_MIN : KEY_MAX) : key_within(world, style->reach + 2);
    fact.word = word(world, below(chance, style->words + 2));
    if (fact.kind == FACT_WORDS || (style->is_any_of && percent(chance, 80)))
        set_words(world, style, &fact);
    return fact;
}

/* A fact that the cell takes, most of the time. */
static struct fact fact_for(struct world *world, const struct style *style, const struct test *test)
{
    struct fact fact = any_fact(world, style);
    if (percent(&world->chance, world->absent))
        return (struct fact){.kind = FACT_ABSENT};
    if (percent(&world->chance, 15))
        return fact;
    if (test->kind == TEST_WORDS && test->count > 0 && !style->is_any_of) {
        fact.kind = FACT_WORD;
        if (!test->negated)
            fact.word = test->words[below(&world->chance, test->count)];
    } else if (test->kind == TEST_WORDS) {
        set_words(world, style, &fact);
    } else if ((test->kind == TEST_NUMBERS || test->kind == TEST_DATES) && test->count > 0) {
        struct key_range range = test->ranges[below(&world->chance, test->count)];
        fact.kind = test->kind == TEST_NUMBERS ? FACT_NUMBER : FACT_DATE;
        fact.key = percent(&world->chance, 50) ? range.low : range.high;
        if (percent(&world->chance, 20) && fact.key > KEY_MIN && fact.key < KEY_MAX)
            fact.key += percent(&world->chance, 50) ? 1 : -1;
    } else if (test->kind == TEST_BOOLEAN) {
        fact.kind = FACT_BOOLEAN;
        fact.boolean = test->boolean;
    }
    return fact;
}

/* ---- row after row ---- */

static bool has_word(const struct test *test, struct slice wanted)
{
    for (uint32_t i = 0; i < test->count; i++)
        if (slice_equal(test->words[i], wanted))
            return true;
    return false;
}

static bool takes_words(const struct test *test, const struct fact *fact, bool is_any_of)
{
    if (fact->kind == FACT_WORD)
        return has_word(test, fact->word) != test->negated;
    if (fact->kind != FACT_WORDS || !is_any_of)
        return false;
    bool has_one = false;
    for (uint32_t i = 0; i < fact->count; i++)
        has_one |= has_word(test, fact->words[i]);
    return has_one != test->negated;
}

static bool takes_key(const struct test *test, int64_t key)
{
    for (uint32_t i = 0; i < test->count; i++)
        if (test->ranges[i].low <= key && key <= test->ranges[i].high)
            return true;
    return false;
}

static enum truth try_cell(const struct test *test, const struct fact *fact, bool is_any_of)
{
    if (test->kind == TEST_ANY)
        return YES;
    if (fact->kind == FACT_ABSENT)
        return UNKNOWN;
    switch (test->kind) {
    case TEST_WORDS:
        return takes_words(test, fact, is_any_of) ? YES : NO;
    case TEST_NUMBERS:
        return fact->kind == FACT_NUMBER && takes_key(test, fact->key) ? YES : NO;
    case TEST_DATES:
        return fact->kind == FACT_DATE && takes_key(test, fact->key) ? YES : NO;
    case TEST_BOOLEAN:
        return fact->kind == FACT_BOOLEAN && fact->boolean == test->boolean ? YES : NO;
    case TEST_NULL:
        return (fact->kind == FACT_NULL) != test->negated ? YES : NO;
    default:
        return NO;
    }
}

/* Cells of FEEL are decided by test_decide(); of the others it must say what we say. */
static void check_cell(struct world *world, const struct test *test, const struct fact *fact, bool is_any_of,
                       enum truth *truth)
{
    enum truth reference = test_decide(test, fact, is_any_of, &world->scope, world->arena);
    if (test->kind == TEST_FEEL)
        *truth = reference;
    assert_int_equal(*truth, reference);
}

static enum truth try_row(struct world *world, const struct rule *rule, const struct fact *facts)
{
    const struct table *table = &world->table;
    enum truth truth = YES;
    for (size_t c = 0; c < table->input_count; c++) {
        const struct test *test = &rule->tests[c];
        bool is_any_of = table->inputs[c].is_any_of, is_feel = test->kind == TEST_FEEL;
        enum truth here = is_feel ? UNKNOWN : try_cell(test, &facts[c], is_any_of);
        if (is_feel || percent(&world->chance, 1))
            check_cell(world, test, &facts[c], is_any_of, &here);
        if (here == NO)
            return NO;
        truth = here == UNKNOWN ? UNKNOWN : truth;
    }
    return truth;
}

/* ---- comparing ---- */

struct answer {
    uint32_t *rows[3]; /* by truth */
    size_t counts[3];
    size_t first; /* not NO; rule_count: none */
};

static struct answer try_all(struct world *world, const struct fact *facts)
{
    const struct table *table = &world->table;
    struct answer answer = {.first = table->rule_count};
    for (int t = 0; t < 3; t++)
        answer.rows[t] = arena_array(world->arena, table->rule_count, sizeof *answer.rows[t]);
    for (size_t r = 0; r < table->rule_count; r++) {
        enum truth truth = try_row(world, &table->rules[r], facts);
        answer.rows[truth][answer.counts[truth]++] = (uint32_t)r;
        if (truth != NO && answer.first == table->rule_count)
            answer.first = r;
    }
    return answer;
}

static void compare_list(const struct index_hits *hits, const uint32_t *rows, size_t count)
{
    size_t wanted = count < hits->room ? count : hits->room;
    assert_int_equal(hits->is_cut, count > hits->room);
    assert_int_equal(hits->count, wanted);
    if (wanted > 0)
        assert_memory_equal(hits->rows, rows, wanted * sizeof *rows);
}

static size_t compare(struct world *world, const struct index *index, const struct fact *facts)
{
    const struct table *table = &world->table;
    struct answer answer = try_all(world, facts);
    uint32_t row = 0;
    bool is_unknown = false;
    bool is_found = index_first(index, facts, &world->scope, world->arena, &row, &is_unknown);
    assert_int_equal(is_found, answer.first < table->rule_count);
    if (is_found) {
        assert_int_equal(row, answer.first);
        assert_int_equal(is_unknown, try_row(world, &table->rules[row], facts) == UNKNOWN);
    }
    size_t room = percent(&world->chance, 80) ? table->rule_count : below(&world->chance, 60);
    struct index_hits yes = {.rows = arena_array(world->arena, room, sizeof(uint32_t)), .room = room};
    struct index_hits unknown = {.rows = arena_array(world->arena, room, sizeof(uint32_t)), .room = room};
    index_all(index, facts, &world->scope, world->arena, &yes, &unknown);
    compare_list(&yes, answer.rows[YES], answer.counts[YES]);
    compare_list(&unknown, answer.rows[UNKNOWN], answer.counts[UNKNOWN]);
    index_all(index, facts, &world->scope, world->arena, &yes, NULL);
    compare_list(&yes, answer.rows[YES], answer.counts[YES]);
    return answer.counts[YES];
}

/* How many of the facts had rows. */
static size_t compare_world(uint64_t seed, bool is_big)
{
    struct world world;
    size_t hits = 0;
    make_world(&world, seed, is_big);
    struct index *index = index_build(&world.table);
    assert_int_equal(index_rows(index), world.table.rule_count);
    for (int i = 0; i < FACTS; i++) {
        struct fact facts[COLUMNS_MAX];
        const struct rule *rule = &world.rules[below(&world.chance, (uint32_t)world.table.rule_count)];
        for (size_t c = 0; c < world.table.input_count; c++)
            facts[c] = fact_for(&world, &world.styles[c], &rule->tests[c]);
        hits += compare(&world, index, facts) > 0;
    }
    index_free(&index);
    assert_null(index);
    arena_free(&world.arena);
    return hits;
}

/* Most facts are made to fit a row; were there few hits, the tests would prove little. */
static void index_equals_row_after_row(void **state)
{
    (void)state;
    size_t hits = 0;
    for (uint64_t seed = 0; seed < TABLES; seed++)
        hits += compare_world(seed, false);
    assert_true(hits > (size_t)TABLES * FACTS / 4);
}

static void big_tables_too(void **state)
{
    (void)state;
    size_t hits = 0;
    for (uint64_t seed = 0; seed < BIG_TABLES; seed++)
        hits += compare_world(seed, true);
    assert_true(hits > (size_t)BIG_TABLES * FACTS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_equals_row_after_row),
        cmocka_unit_test(big_tables_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
