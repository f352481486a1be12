/*
 * The rule index under load: rules make N FILE writes a table of N rows, facts and the rows they must match,
 * for the other engines (engines/run.mjs); rules measure N prints one JSON object with the times of the same
 * table.
 *
 * The table has 8 columns as routing tables have them: few rows leave a column open, so that of 100,000 rows
 * about two match a person. Early people match one of the first rows, late ones none before the last tenth.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "index.h"

enum { COLUMNS = 8, PEOPLE = 2000, CHECKED = 200, EARLY_ROWS = 10, ROOM = 64 };

enum column_kind { WORDS, RANGE, FLAG };

/* `count`: words there are, or the greatest number; `wide`: words in a cell at most, or the widest range. */
static const struct column {
    const char *name;
    enum column_kind kind;
    uint32_t open; /* percent of cells */
    uint32_t count, wide;
} columns[COLUMNS] = {
    {"area", WORDS, 5, 200, 3},   {"problem", WORDS, 5, 12, 2},    {"referrer", WORDS, 5, 40, 3},
    {"urgency", WORDS, 30, 3, 1}, {"language", WORDS, 30, 8, 1},   {"age", RANGE, 10, 100, 40},
    {"alone", FLAG, 40, 2, 1},    {"score", RANGE, 30, 1000, 700},
};

struct people {
    struct fact facts[PEOPLE][COLUMNS];
    uint32_t rows[PEOPLE]; /* that they match first */
};

struct advice {
    uint32_t offering;
    uint32_t id; /* of the row, in the snapshot's text */
    int32_t weight;
};

struct bench {
    struct arena *arena;
    uint64_t state;
    struct table table;
    struct slice *words[COLUMNS];
    struct advice *advice;
    struct people early, late;
};

static uint64_t next(struct bench *bench)
{
    uint64_t x = bench->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint32_t below(struct bench *bench, uint32_t count)
{
    return (uint32_t)(next(bench) % count);
}

/* ---- table ---- */

static int64_t key_of(int64_t number) /* of a whole number: test.h */
{
    return number * 2000000;
}

static struct test make_test(struct bench *bench, size_t c)
{
    const struct column *column = &columns[c];
    struct test test = {.kind = TEST_ANY};
    if (below(bench, 100) < column->open)
        return test;
    if (column->kind == FLAG) {
        test.kind = TEST_BOOLEAN;
        test.boolean = below(bench, 2);
    } else if (column->kind == RANGE) {
        struct key_range *range = arena_alloc(bench->arena, sizeof *range);
        uint32_t low = below(bench, column->count), width = 1 + below(bench, column->wide);
        *range = (struct key_range){key_of(low), key_of(low + width) - 1};
        test = (struct test){.kind = TEST_NUMBERS, .count = 1, .ranges = range};
    } else {
        uint32_t first = below(bench, column->count), count = 1 + below(bench, column->wide);
        struct slice *words = arena_array(bench->arena, count, sizeof *words);
        for (uint32_t i = 0; i < count; i++)
            words[i] = bench->words[c][(first + i) % column->count];
        test = (struct test){.kind = TEST_WORDS, .count = count, .words = words};
    }
    return test;
}

static void make_words(struct bench *bench)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        bench->words[c] = arena_array(bench->arena, columns[c].count, sizeof *bench->words[c]);
        for (uint32_t i = 0; i < columns[c].count; i++)
            bench->words[c][i] = slice_of(arena_printf(bench->arena, "%s-%u", columns[c].name, i));
    }
}

static void make_table(struct bench *bench, uint32_t rows)
{
    struct input *inputs = arena_array(bench->arena, COLUMNS, sizeof *inputs);
    struct rule *rules = arena_array(bench->arena, rows, sizeof *rules);
    make_words(bench);
    for (size_t c = 0; c < COLUMNS; c++)
        inputs[c].name = slice_of(columns[c].name);
    bench->advice = arena_array(bench->arena, rows, sizeof *bench->advice);
    for (uint32_t r = 0; r < rows; r++) {
        struct test *tests = arena_array(bench->arena, COLUMNS, sizeof *tests);
        for (size_t c = 0; c < COLUMNS; c++)
            tests[c] = make_test(bench, c);
        rules[r].tests = tests;
        bench->advice[r] = (struct advice){below(bench, 500), 8 * r, (int32_t)below(bench, 100)};
    }
    bench->table = (struct table){
        .policy = HIT_FIRST, .inputs = inputs, .input_count = COLUMNS, .rules = rules, .rule_count = rows};
}

/* ---- people ---- */

static struct fact fact_for(struct bench *bench, size_t c, const struct test *test)
{
    const struct column *column = &columns[c];
    bool is_open = test->kind == TEST_ANY;
    if (column->kind == FLAG)
        return (struct fact){.kind = FACT_BOOLEAN, .boolean = is_open ? below(bench, 2) : test->boolean};
    if (column->kind == RANGE) {
        int64_t low = is_open ? 0 : test->ranges[0].low / key_of(1);
        int64_t high = is_open ? column->count : (test->ranges[0].high + 1) / key_of(1) - 1;
        return (struct fact){.kind = FACT_NUMBER,
                             .key = key_of(low + below(bench, (uint32_t)(high - low + 1)))};
    }
    return (struct fact){.kind = FACT_WORD,
                         .word = is_open ? bench->words[c][below(bench, column->count)]
                                         : test->words[below(bench, test->count)]};
}

static bool is_word(const struct test *test, struct slice word)
{
    for (uint32_t i = 0; i < test->count; i++)
        if (slice_equal(test->words[i], word))
            return true;
    return false;
}

static bool takes(const struct test *test, const struct fact *fact)
{
    switch (test->kind) {
    case TEST_WORDS:
        return is_word(test, fact->word);
    case TEST_NUMBERS:
        return fact->key >= test->ranges[0].low && fact->key <= test->ranges[0].high;
    case TEST_BOOLEAN:
        return fact->boolean == test->boolean;
    default:
        return true;
    }
}

static bool row_takes(const struct bench *bench, uint32_t row, const struct fact *facts)
{
    for (size_t c = 0; c < COLUMNS; c++)
        if (!takes(&bench->table.rules[row].tests[c], &facts[c]))
            return false;
    return true;
}

/* The row that takes them first, by trying one after another. */
static uint32_t first_row(const struct bench *bench, const struct fact *facts)
{
    uint32_t row = 0;
    while (!row_takes(bench, row, facts))
        row++;
    return row;
}

/* People who match first one of the rows `from` to `to` - 1. */
static void make_people(struct bench *bench, const struct index *index, struct people *people, uint32_t from,
                        uint32_t to)
{
    for (size_t i = 0; i < PEOPLE;) {
        uint32_t row = from + below(bench, to - from);
        bool is_unknown;
        for (size_t c = 0; c < COLUMNS; c++)
            people->facts[i][c] = fact_for(bench, c, &bench->table.rules[row].tests[c]);
        if (!index_first(index, people->facts[i], NULL, NULL, &people->rows[i], &is_unknown))
            people->rows[i] = UINT32_MAX; /* which check() finds */
        i += people->rows[i] >= from;
    }
}

static struct bench *make_bench(uint32_t rows)
{
    struct arena *arena = arena_new(0);
    struct bench *bench = arena_alloc(arena, sizeof *bench);
    bench->arena = arena;
    bench->state = rows;
    make_table(bench, rows);
    struct index *index = index_build(&bench->table);
    make_people(bench, index, &bench->early, 0, EARLY_ROWS);
    make_people(bench, index, &bench->late, rows - rows / 10, rows);
    index_free(&index);
    return bench;
}

/* ---- for the other engines ---- */

static void print_test(FILE *file, const struct test *test)
{
    switch (test->kind) {
    case TEST_WORDS:
        for (uint32_t i = 0; i < test->count; i++)
            fprintf(file, "%s\"%.*s\"", i ? "," : "{\"in\":[", SLICE_FMT(test->words[i]));
        fputs("]}", file);
        break;
    case TEST_NUMBERS:
        fprintf(file, "{\"from\":%" PRId64 ",\"below\":%" PRId64 "}", test->ranges[0].low / key_of(1),
                (test->ranges[0].high + 1) / key_of(1));
        break;
    case TEST_BOOLEAN:
        fprintf(file, "{\"is\":%s}", test->boolean ? "true" : "false");
        break;
    default:
        fputs("null", file);
    }
}

static void print_fact(FILE *file, const struct fact *fact)
{
    if (fact->kind == FACT_WORD)
        fprintf(file, "\"%.*s\"", SLICE_FMT(fact->word));
    else if (fact->kind == FACT_NUMBER)
        fprintf(file, "%" PRId64, fact->key / key_of(1));
    else
        fputs(fact->boolean ? "true" : "false", file);
}

static void print_people(FILE *file, const char *name, const struct people *people)
{
    fprintf(file, ",\n\"%s\":[", name);
    for (size_t i = 0; i < PEOPLE; i++) {
        fprintf(file, "%s{\"row\":%" PRIu32 ",\"facts\":[", i ? ",\n" : "\n", people->rows[i]);
        for (size_t c = 0; c < COLUMNS; c++) {
            fputs(c ? "," : "", file);
            print_fact(file, &people->facts[i][c]);
        }
        fputs("]}", file);
    }
    fputs("]", file);
}

static bool write_bench(const struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    for (size_t c = 0; c < COLUMNS; c++)
        fprintf(file, "%s{\"name\":\"%s\",\"type\":\"%s\"}", c ? "," : "{\"columns\":[", columns[c].name,
                columns[c].kind == WORDS   ? "string"
                : columns[c].kind == RANGE ? "number"
                                           : "boolean");
    fputs("],\n\"rows\":[", file);
    for (size_t r = 0; r < bench->table.rule_count; r++) {
        fputs(r ? ",\n[" : "\n[", file);
        for (size_t c = 0; c < COLUMNS; c++) {
            fputs(c ? "," : "", file);
            print_test(file, &bench->table.rules[r].tests[c]);
        }
        fputs("]", file);
    }
    fputs("]", file);
    print_people(file, "early", &bench->early);
    print_people(file, "late", &bench->late);
    fputs("}\n", file);
    return fclose(file) == 0;
}

/* ---- measuring ---- */

static int64_t now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

static int compare_times(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

/* From facts to offerings in order: all rows that match, by weight, each offering once. */
static size_t decide(const struct bench *bench, const struct index *index, const struct fact *facts,
                     uint32_t ranked[ROOM])
{
    struct index_hits hits = {.rows = ranked, .room = ROOM};
    index_all(index, facts, NULL, NULL, &hits, NULL);
    for (size_t i = 1; i < hits.count; i++) {
        uint32_t row = ranked[i];
        size_t at = i;
        for (; at > 0 && bench->advice[ranked[at - 1]].weight < bench->advice[row].weight; at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = row;
    }
    return hits.count;
}

/* Some of the people again by trying row after row; the engines do so for all. */
static void check(const struct bench *bench, const struct index *index, const struct people *people)
{
    for (size_t i = 0; i < CHECKED; i++) {
        uint32_t row = UINT32_MAX, ranked[ROOM];
        bool is_unknown;
        size_t count = decide(bench, index, people->facts[i], ranked), found = 0;
        bool is_right = index_first(index, people->facts[i], NULL, NULL, &row, &is_unknown) &&
                        row == first_row(bench, people->facts[i]) && !is_unknown;
        for (size_t k = 0; k < count; k++)
            found += ranked[k] == row && row_takes(bench, ranked[k], people->facts[i]);
        if (!is_right || found != 1) {
            fprintf(stderr, "rules: person %zu matches row %" PRIu32 ", not %" PRIu32 "\n", i,
                    people->rows[i], row);
            exit(1);
        }
    }
}

/* Nanoseconds per decision on facts to ranked result, clock included: in the middle, and of the slowest 1 %.
 */
static void print_ranked(const struct bench *bench, const struct index *index, const char *name,
                         const struct people *people)
{
    enum { ROUNDS = 50 };
    int64_t *times = xcalloc((size_t)ROUNDS * PEOPLE, sizeof *times);
    size_t matched = 0;
    for (size_t i = 0; i < (size_t)ROUNDS * PEOPLE; i++) {
        struct fact facts[COLUMNS]; /* as just made */
        uint32_t ranked[ROOM];
        memcpy(facts, people->facts[i % PEOPLE], sizeof facts);
        int64_t start = now();
        matched += decide(bench, index, facts, ranked);
        times[i] = now() - start;
    }
    qsort(times, (size_t)ROUNDS * PEOPLE, sizeof *times, compare_times);
    printf(",\"%s_p50\":%" PRId64 ",\"%s_p99\":%" PRId64 ",\"%s_matched\":%.2f", name,
           times[ROUNDS * PEOPLE / 2], name, times[ROUNDS * PEOPLE / 100 * 99], name,
           (double)matched / ROUNDS / PEOPLE);
    free(times);
}

/* Decisions a second for the first row. */
static void print_first(const struct index *index, const char *name, const struct people *people,
                        double seconds)
{
    int64_t start = now(), end = start + (int64_t)(seconds * 1e9), at = start;
    size_t count = 0, sum = 0;
    for (; at < end; at = now()) {
        for (size_t i = 0; i < PEOPLE; i++) {
            uint32_t row = 0;
            bool is_unknown;
            sum += index_first(index, people->facts[i], NULL, NULL, &row, &is_unknown) ? row : 0;
        }
        count += PEOPLE;
    }
    printf(",\"%s_rate\":%.0f,\"%s_row\":%.0f", name, (double)count / ((double)(at - start) / 1e9), name,
           (double)sum / (double)count);
}

static void measure(const struct bench *bench, double seconds)
{
    int64_t best = INT64_MAX;
    struct index *index = NULL;
    for (int i = 0; i < 5; i++) {
        index_free(&index);
        int64_t start = now();
        index = index_build(&bench->table);
        best = now() - start < best ? now() - start : best;
    }
    check(bench, index, &bench->early);
    check(bench, index, &bench->late);
    size_t bytes = index_bytes(index) + bench->table.rule_count * sizeof *bench->advice;
    printf("{\"rules\":%zu,\"build_ms\":%.3f,\"bytes\":%.1f", bench->table.rule_count, (double)best / 1e6,
           (double)bytes / (double)bench->table.rule_count);
    print_ranked(bench, index, "early", &bench->early);
    print_ranked(bench, index, "late", &bench->late);
    print_first(index, "early", &bench->early, seconds);
    print_first(index, "late", &bench->late, seconds);
    puts("}");
    index_free(&index);
}

int main(int argc, char **argv)
{
    uint64_t rows = 0;
    double seconds = argc > 3 ? strtod(argv[3], NULL) : 1;
    if (argc < 3 || !slice_to_u64(slice_of(argv[2]), TABLE_RULES, &rows) || rows < 2 * EARLY_ROWS) {
        fputs("usage: rules make ROWS FILE | rules measure ROWS [SECONDS]\n", stderr);
        return 2;
    }
    struct bench *bench = make_bench((uint32_t)rows);
    bool is_done = true;
    if (strcmp(argv[1], "make") == 0 && argc > 3)
        is_done = write_bench(bench, argv[3]);
    else
        measure(bench, seconds);
    struct arena *arena = bench->arena;
    arena_free(&arena);
    return is_done ? 0 : 1;
}
