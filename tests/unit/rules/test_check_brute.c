/* The checker compared with trying every person, on random tables with small domains. */
#include "check_tables.h"

enum { TABLES = 4000, CHOICES_MOST = 128, LIST_MAX = 3, LOW = 0, HIGH = 6, MOST = 40 };

enum column_shape { WORDS, CLOSED, LIST, CLOSED_LIST, EMPTY_LIST, WHOLE, NUMBER, YES_NO, NULLS, SHAPES };

struct brute {
    struct made made;
    enum column_shape shapes[COLUMNS_MOST];
    struct key_range domains[COLUMNS_MOST];
    bool can_be_empty[COLUMNS_MOST];
    struct fact facts[COLUMNS_MOST][CHOICES_MOST];
    uint32_t fact_count[COLUMNS_MOST];
    bool passes[ROWS_MOST][COLUMNS_MOST][CHOICES_MOST];
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % sides;
}

static const char *const words[] = {"a", "b", "c", "d"};
enum { WORD_COUNT = 4, CLOSED_COUNT = 3 };

/* ------------------------------------------------------------------------------------------ random tables */

static struct test word_test(struct made *made, bool may_negate)
{
    struct slice *list = arena_array(made->arena, WORD_COUNT, sizeof *list);
    struct test test = {.kind = TEST_WORDS, .negated = may_negate && dice(3) == 0, .words = list};
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (dice(3) == 0)
            list[test.count++] = slice_of(words[i]);
    if (!test.count)
        list[test.count++] = slice_of(words[dice(CLOSED_COUNT)]);
    return test;
}

static struct test range_test(struct made *made, bool is_whole)
{
    struct key_range *ranges = arena_array(made->arena, 2, sizeof *ranges);
    struct test test = {.kind = TEST_NUMBERS, .ranges = ranges};
    int64_t at = integer_key(LOW) - 2000000 * (int64_t)dice(2);
    for (int i = 0; i < 2 && at < integer_key(HIGH); i++) {
        int64_t low = at + 2000000 * (int64_t)dice(5) + (dice(3) == 0),
                high = low + 2000000 * (int64_t)dice(4);
        if (!is_whole && dice(4) == 0)
            high += 1000000;
        if (dice(3) == 0 && high > low)
            high--;
        if (dice(6) == 0)
            high = KEY_MAX;
        ranges[test.count++] = (struct key_range){low, high};
        if (high == KEY_MAX || dice(3))
            break;
        at = high + 2;
    }
    if (dice(12) == 0)
        test.count = 0; /* [8..5] */
    return test;
}

static struct test random_test(struct made *made, enum column_shape shape, uint32_t any_in_8)
{
    if (dice(8) < any_in_8)
        return (struct test){.kind = TEST_ANY};
    switch (shape) {
    case WHOLE:
    case NUMBER:
        return range_test(made, shape == WHOLE);
    case YES_NO:
        return (struct test){.kind = TEST_BOOLEAN, .boolean = dice(2)};
    case NULLS:
        if (dice(3) == 0)
            return (struct test){.kind = TEST_NULL, .negated = dice(2)};
        return word_test(made, true);
    default:
        return word_test(made, true);
    }
}

static void random_input(struct brute *brute, size_t column)
{
    struct made *made = &brute->made;
    enum column_shape shape = brute->shapes[column] = dice(SHAPES);
    struct input *input = made_input(made, arena_printf(made->arena, "c%zu", column), TYPE_STRING);
    brute->domains[column] = (struct key_range){KEY_MIN, KEY_MAX};
    input->is_any_of = shape == LIST || shape == CLOSED_LIST || shape == EMPTY_LIST;
    brute->can_be_empty[column] = shape == EMPTY_LIST;
    if (shape == CLOSED || shape == CLOSED_LIST || (shape == EMPTY_LIST && dice(2))) {
        struct value *allowed = arena_array(made->arena, CLOSED_COUNT, sizeof *allowed);
        for (size_t i = 0; i < CLOSED_COUNT; i++)
            allowed[i] = value_of_string(slice_of(words[i]));
        input->allowed = allowed;
        input->allowed_count = CLOSED_COUNT;
    }
    if (shape == WHOLE || shape == NUMBER) {
        input->type = TYPE_NUMBER;
        input->is_integer = shape == WHOLE;
        brute->domains[column] = (struct key_range){integer_key(LOW), integer_key(HIGH)};
    }
    if (shape == YES_NO)
        input->type = TYPE_BOOLEAN;
}

static void random_table(struct brute *brute, enum hit_policy policy)
{
    static const char *const outputs[] = {"\"x\"", "\"y\"", "\"z\""};
    struct made *made = &brute->made;
    struct value *allowed;
    made_start(made, policy);
    size_t columns = 1 + dice(4), rows = 1 + dice(dice(3) ? 8 : 24);
    uint32_t any_in_8 = dice(7);
    for (size_t c = 0; c < columns; c++)
        random_input(brute, c);
    allowed = arena_array(made->arena, 2, sizeof *allowed);
    allowed[0] = value_of_string(slice_of("y"));
    allowed[1] = value_of_string(slice_of("x"));
    made->output.allowed = allowed;
    made->output.allowed_count = 2;
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++)
            made->tests[r][c] = random_test(made, brute->shapes[c], any_in_8);
        made_row(made, outputs[dice(3)]);
    }
}

/* -------------------------------------------------------------------------------------------- all persons */

static void add_fact(struct brute *brute, size_t column, struct fact fact)
{
    assert_true(brute->fact_count[column] < CHOICES_MOST);
    brute->facts[column][brute->fact_count[column]++] = fact;
}

static void add_sets(struct brute *brute, size_t column, uint32_t universe, bool can_be_empty)
{
    for (uint32_t set = can_be_empty ? 0 : 1; set < 1u << universe; set++) {
        struct slice *list = arena_array(brute->made.arena, universe, sizeof *list);
        uint32_t count = 0;
        for (uint32_t i = 0; i < universe; i++)
            if (set >> i & 1)
                list[count++] = slice_of(i < WORD_COUNT ? words[i] : "other");
        if (count <= LIST_MAX)
            add_fact(brute, column, (struct fact){.kind = FACT_WORDS, .count = count, .words = list});
    }
}

static bool has_nulls(const struct brute *brute, size_t column)
{
    for (size_t r = 0; r < brute->made.table.rule_count; r++)
        if (brute->made.tests[r][column].kind == TEST_NULL)
            return true;
    return false;
}

static void all_facts(struct brute *brute, size_t column)
{
    const struct input *input = &brute->made.inputs[column];
    uint32_t universe = input->allowed_count ? CLOSED_COUNT : WORD_COUNT + 1;
    static const int64_t near[] = {0, 1, 2, 3, 4, 5, 500000, 999999}; /* around ends, and before the next */
    int64_t step = input->is_integer ? 2000000 : 1000000;
    switch (brute->shapes[column]) {
    case LIST:
    case CLOSED_LIST:
    case EMPTY_LIST:
        add_sets(brute, column, universe, brute->can_be_empty[column]);
        return;
    case WHOLE:
    case NUMBER:
        for (int64_t key = integer_key(LOW); key <= integer_key(HIGH); key += step) {
            for (size_t i = 0; i < (input->is_integer || key == integer_key(HIGH) ? 1 : COUNT(near)); i++)
                add_fact(brute, column, (struct fact){.kind = FACT_NUMBER, .key = key + near[i]});
        }
        return;
    case YES_NO:
        add_fact(brute, column, (struct fact){.kind = FACT_BOOLEAN, .boolean = true});
        add_fact(brute, column, (struct fact){.kind = FACT_BOOLEAN, .boolean = false});
        return;
    default:
        for (uint32_t i = 0; i < universe; i++)
            add_fact(brute, column,
                     (struct fact){.kind = FACT_WORD, .word = slice_of(i < WORD_COUNT ? words[i] : "other")});
        if (has_nulls(brute, column))
            add_fact(brute, column, (struct fact){.kind = FACT_NULL});
    }
}

/* Tries the last fact on all rows; false: one before it is taken by the same rows. */
static bool try_fact(struct brute *brute, size_t column, const struct fact *fact, uint32_t at)
{
    const struct table *table = &brute->made.table;
    for (size_t r = 0; r < table->rule_count; r++)
        brute->passes[r][column][at] =
            test_decide(&brute->made.tests[r][column], fact, table->inputs[column].is_any_of, NULL,
                        brute->made.arena) == YES;
    for (uint32_t f = 0; f < at; f++) {
        bool is_same = true;
        for (size_t r = 0; r < table->rule_count && is_same; r++)
            is_same = brute->passes[r][column][f] == brute->passes[r][column][at];
        if (is_same)
            return false;
    }
    return true;
}

static void try_facts(struct brute *brute)
{
    for (size_t c = 0; c < brute->made.table.input_count; c++) {
        uint32_t kept = 0;
        all_facts(brute, c);
        for (uint32_t f = 0; f < brute->fact_count[c]; f++) {
            struct fact fact = brute->facts[c][f];
            if (try_fact(brute, c, &fact, kept))
                brute->facts[c][kept++] = fact;
        }
        brute->fact_count[c] = kept;
    }
}

struct person {
    uint32_t facts[COLUMNS_MOST];
};

/* The next person; columns of `fixed` stay as they are. */
static bool next_person(const struct brute *brute, struct person *person, unsigned fixed)
{
    for (size_t c = 0; c < brute->made.table.input_count; c++) {
        if (fixed >> c & 1)
            continue;
        if (++person->facts[c] < brute->fact_count[c])
            return true;
        person->facts[c] = 0;
    }
    return false;
}

static bool row_matches(const struct brute *brute, size_t row, const struct person *person)
{
    for (size_t c = 0; c < brute->made.table.input_count; c++)
        if (!brute->passes[row][c][person->facts[c]])
            return false;
    return true;
}

/* ----------------------------------------------------------------------------------- what is right, by
 * trying */

struct truth_of {
    bool has_gap;
    bool meet[ROWS_MOST][ROWS_MOST];
    bool is_seen[ROWS_MOST], is_first[ROWS_MOST]; /* matched by somebody; before all others */
};

/* Rows in the order in which they decide. */
static void order_rows(const struct brute *brute, uint32_t *order)
{
    static const char *const priorities[] = {"y", "x", "z"};
    size_t count = 0, rows = brute->made.table.rule_count;
    if (brute->made.table.policy != HIT_PRIORITY) {
        for (uint32_t r = 0; r < rows; r++)
            order[r] = r;
        return;
    }
    for (size_t p = 0; p < 3; p++)
        for (uint32_t r = 0; r < rows; r++) {
            struct value value;
            assert_true(feel_constant(brute->made.outputs[r], &value));
            if (slice_is(value.string, priorities[p]))
                order[count++] = r;
        }
}

static void find_truth(const struct brute *brute, struct truth_of *truth)
{
    uint32_t order[ROWS_MOST], rows = (uint32_t)brute->made.table.rule_count;
    struct person person = {{0}};
    memset(truth, 0, sizeof *truth);
    order_rows(brute, order);
    do {
        uint32_t matched[ROWS_MOST], count = 0;
        for (uint32_t i = 0; i < rows; i++)
            if (row_matches(brute, order[i], &person))
                matched[count++] = order[i];
        truth->has_gap |= count == 0;
        for (uint32_t i = 0; i < count; i++) {
            truth->is_seen[matched[i]] = true;
            truth->is_first[matched[i]] |= i == 0;
            for (uint32_t j = 0; j < count; j++)
                truth->meet[matched[i]][matched[j]] = true;
        }
    } while (next_person(brute, &person, 0));
}

/* Which fact of the column has the value; of several that are alike the first. */
static uint32_t fact_like(struct brute *brute, size_t column, const struct value *value)
{
    struct fact fact = fact_of(value, brute->made.inputs[column].is_any_of, brute->made.arena);
    for (uint32_t f = 0; f < brute->fact_count[column]; f++) {
        bool is_like = true;
        for (size_t r = 0; r < brute->made.table.rule_count && is_like; r++)
            is_like = brute->passes[r][column][f] ==
                      (test_decide(&brute->made.tests[r][column], &fact, brute->made.inputs[column].is_any_of,
                                   NULL, brute->made.arena) == YES);
        if (is_like)
            return f;
    }
    fail_msg("column %zu: %.*s is nobody's value", column, SLICE_FMT(value_text(value, brute->made.arena)));
    return 0;
}

/* The columns that have a value; VALUE_NULL says "any", unless null is a value there that makes a difference.
 */
static unsigned read_person(struct brute *brute, const struct value *values, struct person *person)
{
    unsigned fixed = 0;
    memset(person, 0, sizeof *person);
    for (size_t c = 0; c < brute->made.table.input_count; c++) {
        if (values[c].kind == VALUE_NULL)
            continue;
        fixed |= 1u << c;
        person->facts[c] = fact_like(brute, c, &values[c]);
    }
    return fixed;
}

static bool nobody_like(const struct brute *brute, struct person person, unsigned fixed)
{
    for (size_t c = 0; c < brute->made.table.input_count; c++)
        if (!(fixed >> c & 1))
            person.facts[c] = 0;
    do {
        for (size_t r = 0; r < brute->made.table.rule_count; r++)
            if (row_matches(brute, r, &person))
                return false;
    } while (next_person(brute, &person, fixed));
    return true;
}

/* Whether some person fixed on these columns only is a gap. */
static bool gap_on(const struct brute *brute, unsigned columns)
{
    struct person person = {{0}};
    unsigned others = ~columns;
    do {
        if (nobody_like(brute, person, columns))
            return true;
    } while (next_person(brute, &person, others));
    return false;
}

/* --------------------------------------------------------------------------------------------- comparison */

static void show(const struct brute *brute)
{
    const struct table *table = &brute->made.table;
    printf("%c, seed %llu\n", table->policy, (unsigned long long)seed);
    for (size_t c = 0; c < table->input_count; c++)
        printf(" c%zu: shape %d%s\n", c, brute->shapes[c], table->inputs[c].allowed_count ? " closed" : "");
    for (size_t r = 0; r < table->rule_count; r++) {
        printf(" R%02zu", r + 1);
        for (size_t c = 0; c < table->input_count; c++) {
            struct slice text = test_text(&brute->made.tests[r][c], true, brute->made.arena);
            printf(" | %.*s", SLICE_FMT(text));
        }
        printf("\n");
    }
}

#define EXPECT(condition, ...)                                                                               \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            show(brute);                                                                                     \
            fail_msg(__VA_ARGS__);                                                                           \
        }                                                                                                    \
    } while (0)

static bool null_is_a_value(const struct brute *brute)
{
    for (size_t c = 0; c < brute->made.table.input_count; c++)
        if (has_nulls(brute, c))
            return true;
    return false;
}

static void compare_gaps(struct brute *brute, const struct truth_of *truth, const struct findings *found)
{
    size_t gaps = count_kind(found, FIND_GAP), columns = brute->made.table.input_count;
    EXPECT(found->is_proved[FIND_GAP] == (gaps < MOST || !found->more[FIND_GAP]), "not proved");
    EXPECT((gaps > 0) == truth->has_gap, "%zu gaps, truth %d", gaps, truth->has_gap);
    if (null_is_a_value(brute))
        return; /* a person cannot say whether null is meant */
    size_t fewest = columns + 1;
    for (size_t i = 0; i < gaps; i++) {
        struct person person;
        const struct finding *gap = nth_of(found, FIND_GAP, i);
        unsigned fixed = read_person(brute, gap->person, &person);
        EXPECT(nobody_like(brute, person, fixed), "no gap: %.*s", SLICE_FMT(gap->text));
        for (size_t c = 0; c < columns; c++)
            EXPECT(!(fixed >> c & 1) || !nobody_like(brute, person, fixed & ~(1u << c)),
                   "c%zu does not matter: %.*s", c, SLICE_FMT(gap->text));
        size_t bits = (size_t)__builtin_popcount(fixed);
        fewest = bits < fewest ? bits : fewest;
    }
    for (unsigned set = 0; gaps && set < 1u << columns; set++)
        EXPECT((size_t)__builtin_popcount(set) >= fewest || !gap_on(brute, set), "fewer columns: %x", set);
}

static void compare_pairs(struct brute *brute, const struct truth_of *truth, const struct findings *found,
                          enum finding_kind kind)
{
    size_t pairs = 0, rows = brute->made.table.rule_count;
    EXPECT(found->is_proved[kind], "not proved");
    for (size_t a = 0; a < rows; a++)
        for (size_t b = a + 1; b < rows; b++) {
            struct value x, y;
            feel_constant(brute->made.outputs[a], &x);
            feel_constant(brute->made.outputs[b], &y);
            pairs += truth->meet[a][b] && (kind == FIND_OVERLAP || !value_equal(&x, &y));
        }
    EXPECT(pairs == count_kind(found, kind) + found->more[kind], "%zu pairs, found %zu and %zu", pairs,
           count_kind(found, kind), found->more[kind]);
    for (size_t i = 0; i < count_kind(found, kind); i++) {
        const struct finding *pair = nth_of(found, kind, i);
        struct person person;
        unsigned fixed = read_person(brute, pair->person, &person);
        EXPECT(pair->row_count == 2 && truth->meet[pair->rows[0]][pair->rows[1]], "%.*s",
               SLICE_FMT(pair->text));
        if (null_is_a_value(brute))
            continue;
        do {
            EXPECT(row_matches(brute, pair->rows[0], &person) && row_matches(brute, pair->rows[1], &person),
                   "%.*s", SLICE_FMT(pair->text));
        } while (next_person(brute, &person, fixed));
    }
}

static void compare_rows(struct brute *brute, const struct truth_of *truth, const struct findings *found,
                         enum finding_kind kind)
{
    bool is_found[ROWS_MOST] = {false};
    EXPECT(found->is_proved[kind], "not proved");
    for (size_t i = 0; i < count_kind(found, kind); i++)
        is_found[nth_of(found, kind, i)->rows[0]] = true;
    for (size_t r = 0; r < brute->made.table.rule_count; r++) {
        bool expected = kind == FIND_EMPTY ? !truth->is_seen[r] : truth->is_seen[r] && !truth->is_first[r];
        EXPECT(is_found[r] == expected, "%s R%02zu: %d, truth %d", finding_word(kind), r + 1, is_found[r],
               expected);
    }
}

/* Rows said to take all people of another do so. */
static void compare_takers(struct brute *brute, const struct findings *found)
{
    for (size_t i = 0; i < count_kind(found, FIND_SHADOWED); i++) {
        const struct finding *finding = nth_of(found, FIND_SHADOWED, i);
        struct person person = {{0}};
        do {
            bool is_taken = !row_matches(brute, finding->rows[0], &person);
            for (size_t t = 1; t < finding->row_count && !is_taken; t++)
                is_taken = row_matches(brute, finding->rows[t], &person);
            EXPECT(is_taken, "%.*s", SLICE_FMT(finding->text));
        } while (next_person(brute, &person, 0));
    }
}

static void compare(struct brute *brute)
{
    struct findings found;
    struct truth_of truth;
    struct check_options options = {
        .most = MOST, .list_max = LIST_MAX, .domains = brute->domains, .can_be_empty = brute->can_be_empty};
    try_facts(brute);
    find_truth(brute, &truth);
    check_table(&brute->made.table, &options, brute->made.arena, &found);
    compare_rows(brute, &truth, &found, FIND_EMPTY);
    compare_gaps(brute, &truth, &found);
    if (brute->made.table.policy == HIT_UNIQUE)
        compare_pairs(brute, &truth, &found, FIND_OVERLAP);
    if (brute->made.table.policy == HIT_ANY)
        compare_pairs(brute, &truth, &found, FIND_CONFLICT);
    if (brute->made.table.policy == HIT_FIRST || brute->made.table.policy == HIT_PRIORITY) {
        compare_rows(brute, &truth, &found, FIND_SHADOWED);
        compare_takers(brute, &found);
    }
    assert_int_equal(count_kind(&found, FIND_UNPROVED), found.more[FIND_GAP]);
}

static void compare_many(enum hit_policy policy, uint64_t start)
{
    static struct brute brute;
    for (uint64_t i = 0; i < TABLES; i++) {
        memset(&brute, 0, sizeof brute);
        seed = start + i;
        dice(2);
        random_table(&brute, policy);
        compare(&brute);
        made_end(&brute.made);
    }
}

static void unique_tables(void **state)
{
    (void)state;
    compare_many(HIT_UNIQUE, 1000000);
}

static void any_tables(void **state)
{
    (void)state;
    compare_many(HIT_ANY, 2000000);
}

static void first_tables(void **state)
{
    (void)state;
    compare_many(HIT_FIRST, 3000000);
}

static void priority_tables(void **state)
{
    (void)state;
    compare_many(HIT_PRIORITY, 4000000);
}

static void collect_tables(void **state)
{
    (void)state;
    compare_many(HIT_COLLECT, 5000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unique_tables),   cmocka_unit_test(any_tables),     cmocka_unit_test(first_tables),
        cmocka_unit_test(priority_tables), cmocka_unit_test(collect_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
