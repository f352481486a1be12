/*
 * The time that checking a table takes: check [ROWS [SHAPE]] prints one line of JSON, milliseconds by shape,
 * with what was found. The tables have 8 columns with closed lists, whole numbers and a boolean.
 *
 *   whole     U   boxes that divide all persons between them, without a gap or an overlap
 *   hidden    U   the same, with one box narrowed on one column
 *   layered   C   boxes that divide all persons, and as many more across them: no gap
 *   layered1  C   the same with one box left out where no other stands
 *   areas     C   for each area and problem one to four rows, divided by age, urgency, ..., with open rows
 *   shadows   F   boxes that divide all persons, and one row in ten that those before it take together
 *   random    F   rows at random, six cells in ten open
 *   hard      F   rows at random, each with half of nearly all columns: not to be proved in time
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "check.h"

enum { COLUMNS = 8 };

static const struct column {
    const char *name;
    uint32_t classes;
    enum test_kind kind;
} columns[COLUMNS] = {
    {"area", 400, TEST_WORDS},  {"age", 121, TEST_NUMBERS},   {"problem", 27, TEST_WORDS},
    {"urgency", 3, TEST_WORDS}, {"language", 8, TEST_WORDS},  {"score", 10, TEST_NUMBERS},
    {"alone", 2, TEST_BOOLEAN}, {"referrer", 40, TEST_WORDS},
};

struct box {
    uint32_t low[COLUMNS], high[COLUMNS];
};

struct maker {
    struct arena *arena;
    uint64_t state;
    struct slice *words[COLUMNS];
    struct box *boxes;
    size_t count;
    struct table table;
};

static uint32_t below(struct maker *maker, uint32_t count)
{
    uint64_t x = maker->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ x >> 31) >> 33) % count;
}

static struct box everybody(void)
{
    struct box box = {{0}, {0}};
    for (size_t c = 0; c < COLUMNS; c++)
        box.high[c] = columns[c].classes - 1;
    return box;
}

/* Divides the box into `count`, at random. */
static void divide(struct maker *maker, struct box box, size_t count)
{
    if (count <= 1) {
        maker->boxes[maker->count++] = box;
        return;
    }
    uint32_t c;
    do
        c = below(maker, COLUMNS);
    while (box.low[c] == box.high[c]);
    uint32_t width = box.high[c] - box.low[c] + 1, cut = box.low[c] + 1 + below(maker, width - 1);
    double part = (double)(cut - box.low[c]) / width;
    size_t first = (size_t)((double)count * part);
    first = first < 1 ? 1 : first > count - 1 ? count - 1 : first;
    struct box left = box, right = box;
    left.high[c] = cut - 1;
    right.low[c] = cut;
    divide(maker, left, first);
    divide(maker, right, count - first);
}

/* A box within `outer`, open on all but `narrow` columns in ten. */
static struct box within(struct maker *maker, struct box outer, uint32_t narrow)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        uint32_t width = outer.high[c] - outer.low[c] + 1;
        if (below(maker, 10) >= narrow)
            continue;
        outer.low[c] += below(maker, width);
        outer.high[c] = outer.low[c] + below(maker, outer.high[c] - outer.low[c] + 1);
    }
    return outer;
}

/* One row in each box of a coarse grid, as people write tables: area by area, problem by problem. */
static void divide_areas(struct maker *maker, size_t rows)
{
    for (uint32_t area = 0; maker->count < rows; area = (area + 1) % columns[0].classes)
        for (uint32_t problem = 0; problem < columns[2].classes && maker->count < rows; problem += 3) {
            struct box box = everybody();
            box.low[0] = box.high[0] = area;
            box.low[2] = problem;
            box.high[2] = problem + 2;
            divide(maker, box, 1 + below(maker, 4));
        }
}

/* ------------------------------------------------------------------------------------------------- table */

static void make_inputs(struct maker *maker)
{
    struct input *inputs = arena_array(maker->arena, COLUMNS, sizeof *inputs);
    static const enum value_type types[] = {
        [TEST_WORDS] = TYPE_STRING, [TEST_NUMBERS] = TYPE_NUMBER, [TEST_BOOLEAN] = TYPE_BOOLEAN};
    for (size_t c = 0; c < COLUMNS; c++) {
        struct value *allowed = arena_array(maker->arena, columns[c].classes, sizeof *allowed);
        maker->words[c] = arena_array(maker->arena, columns[c].classes, sizeof *maker->words[c]);
        for (uint32_t i = 0; i < columns[c].classes; i++) {
            maker->words[c][i] = slice_of(arena_printf(maker->arena, "%s%u", columns[c].name, i));
            allowed[i] = value_of_string(maker->words[c][i]);
        }
        inputs[c] = (struct input){
            .name = slice_of(columns[c].name), .type = types[columns[c].kind], .is_integer = true};
        if (columns[c].kind == TEST_WORDS) {
            inputs[c].allowed = allowed;
            inputs[c].allowed_count = columns[c].classes;
        }
    }
    maker->table.inputs = inputs;
    maker->table.input_count = COLUMNS;
}

static struct test make_test(struct maker *maker, size_t c, uint32_t low, uint32_t high)
{
    struct test test = {.kind = columns[c].kind};
    if (low == 0 && high == columns[c].classes - 1)
        return (struct test){.kind = TEST_ANY};
    if (test.kind == TEST_WORDS) {
        test.words = maker->words[c] + low;
        test.count = high - low + 1;
    } else if (test.kind == TEST_NUMBERS) {
        struct key_range *range = arena_alloc(maker->arena, sizeof *range);
        *range = (struct key_range){integer_key(low), integer_key(high)};
        test.ranges = range;
        test.count = 1;
    } else {
        test.boolean = low == 1;
    }
    return test;
}

static void make_rules(struct maker *maker)
{
    struct rule *rules = arena_array(maker->arena, maker->count + 1, sizeof *rules);
    static const struct feel *no_output;
    static const struct output output;
    for (size_t r = 0; r < maker->count; r++) {
        struct test *tests = arena_array(maker->arena, COLUMNS, sizeof *tests);
        for (size_t c = 0; c < COLUMNS; c++)
            tests[c] = make_test(maker, c, maker->boxes[r].low[c], maker->boxes[r].high[c]);
        rules[r] = (struct rule){.id = slice_of(arena_printf(maker->arena, "R%05zu", r + 1)),
                                 .tests = tests,
                                 .outputs = &no_output};
    }
    maker->table.rules = rules;
    maker->table.rule_count = maker->count;
    maker->table.outputs = &output;
    maker->table.output_count = 1;
}

/* ------------------------------------------------------------------------------------------------ shapes */

static void make_whole(struct maker *maker, size_t rows)
{
    divide(maker, everybody(), rows);
}

static void make_hidden(struct maker *maker, size_t rows)
{
    divide(maker, everybody(), rows);
    struct box *box = &maker->boxes[rows / 2];
    for (size_t c = 0; c < COLUMNS; c++)
        if (box->low[c] < box->high[c]) {
            box->high[c]--;
            return;
        }
}

static void make_layered(struct maker *maker, size_t rows)
{
    divide(maker, everybody(), rows / 2);
    while (maker->count < rows) {
        struct box box = maker->boxes[below(maker, (uint32_t)rows / 2)];
        for (size_t c = 0; c < COLUMNS; c++)
            if (below(maker, 4) == 0) {
                box.low[c] -= below(maker, box.low[c] + 1);
                box.high[c] += below(maker, columns[c].classes - box.high[c]);
            }
        maker->boxes[maker->count++] = box;
    }
}

static bool boxes_meet(const struct box *a, const struct box *b)
{
    for (size_t c = 0; c < COLUMNS; c++)
        if (a->high[c] < b->low[c] || b->high[c] < a->low[c])
            return false;
    return true;
}

static void make_layered_gap(struct maker *maker, size_t rows)
{
    make_layered(maker, rows);
    struct box hole = maker->boxes[rows / 4];
    size_t kept = 0;
    for (size_t c = 0; c < COLUMNS; c++)
        hole.high[c] = hole.low[c];
    for (size_t i = 0; i < rows; i++)
        if (!boxes_meet(&maker->boxes[i], &hole))
            maker->boxes[kept++] = maker->boxes[i];
    maker->count = kept;
}

static void make_areas(struct maker *maker, size_t rows)
{
    divide_areas(maker, rows);
    struct box outer = everybody();
    for (size_t i = 0; i < rows / 100; i++)
        maker->boxes[maker->count++] = within(maker, outer, 7);
}

static void make_shadows(struct maker *maker, size_t rows)
{
    divide(maker, everybody(), rows - rows / 10);
    while (maker->count < rows)
        maker->boxes[maker->count++] = within(maker, everybody(), 8);
}

static void make_random(struct maker *maker, size_t rows)
{
    while (maker->count < rows)
        maker->boxes[maker->count++] = within(maker, everybody(), 4);
}

static void make_hard(struct maker *maker, size_t rows)
{
    while (maker->count < rows) {
        struct box box = everybody();
        for (size_t c = 0; c < COLUMNS; c++) {
            uint32_t half = (columns[c].classes + 1) / 2;
            if (below(maker, 10) >= 9)
                continue;
            uint32_t end = below(maker, columns[c].classes + half - 1);
            box.low[c] = end < half ? 0 : end - half + 1;
            box.high[c] = end < columns[c].classes ? end : columns[c].classes - 1;
        }
        maker->boxes[maker->count++] = box;
    }
}

static const struct shape {
    const char *name;
    enum hit_policy policy;
    void (*make)(struct maker *maker, size_t rows);
} shapes[] = {
    {"whole", HIT_UNIQUE, make_whole},      {"hidden", HIT_UNIQUE, make_hidden},
    {"layered", HIT_COLLECT, make_layered}, {"layered1", HIT_COLLECT, make_layered_gap},
    {"areas", HIT_COLLECT, make_areas},     {"shadows", HIT_FIRST, make_shadows},
    {"random", HIT_FIRST, make_random},     {"hard", HIT_FIRST, make_hard},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void count_found(const struct findings *findings, size_t counts[FIND_KINDS])
{
    for (size_t i = 0; i < FIND_KINDS; i++)
        counts[i] = findings->more[i];
    for (size_t i = 0; i < findings->count; i++)
        counts[findings->list[i].kind]++;
}

static double now_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void measure(const struct shape *shape, size_t rows, bool is_first)
{
    struct maker maker = {.arena = arena_new(1 << 20), .state = 7};
    struct key_range domains[COLUMNS];
    struct findings findings;
    size_t counts[FIND_KINDS];
    for (size_t c = 0; c < COLUMNS; c++)
        domains[c] = (struct key_range){0, integer_key(columns[c].classes - 1)};
    maker.boxes = arena_array(maker.arena, rows * 2 + 8, sizeof *maker.boxes);
    maker.table =
        (struct table){.name = slice_of(shape->name), .policy = shape->policy, .aggregation = AGGREGATE_NONE};
    make_inputs(&maker);
    shape->make(&maker, rows);
    make_rules(&maker);
    double start = now_ms(CLOCK_MONOTONIC), start_cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID);
    check_table(&maker.table, &(struct check_options){.domains = domains}, maker.arena, &findings);
    double took = now_ms(CLOCK_MONOTONIC) - start, took_cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
    count_found(&findings, counts);
    printf("%s\"%s\":{\"ms\":%.0f,\"cpu_ms\":%.0f", is_first ? "" : ",", shape->name, took, took_cpu);
    for (size_t i = 0; i < FIND_KINDS; i++)
        if (counts[i])
            printf(",\"%s\":%zu", finding_word((enum finding_kind)i), counts[i]);
    printf("}");
    fflush(stdout);
    arena_free(&maker.arena);
}

int main(int argc, char **argv)
{
    uint64_t rows = 10000;
    if (argc > 1 && !slice_to_u64(slice_of(argv[1]), TABLE_RULES, &rows)) {
        fprintf(stderr, "usage: check [ROWS [SHAPE]]\n");
        return 2;
    }
    bool is_first = true;
    printf("{\"rows\":%" PRIu64 ",", rows);
    for (size_t i = 0; i < SHAPES; i++) {
        if (argc > 2 && strcmp(argv[2], shapes[i].name) != 0)
            continue;
        measure(&shapes[i], (size_t)rows, is_first);
        is_first = false;
    }
    printf("}\n");
    return 0;
}
