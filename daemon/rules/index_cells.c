/* Reads the cells of a table: words become classes, ranges of keys cut their line into classes. */
#include "index_build.h"

/* Room for `more` elements behind `count`. */
static void *grow(void *list, size_t *room, size_t count, size_t more, size_t size)
{
    if (count + more <= *room)
        return list;
    *room = 2 * (count + more) + 16;
    return xrealloc(list, *room * size);
}

static void read_words(struct draft *draft, struct vocabulary *words, const struct test *test,
                       struct cell *cell)
{
    draft->words =
        grow(draft->words, &draft->word_room, draft->word_count, test->count, sizeof *draft->words);
    cell->kind = test->negated ? CELL_NOT_WORDS : CELL_WORDS;
    cell->first = (uint32_t)draft->word_count;
    cell->count = test->count;
    for (uint32_t i = 0; i < test->count; i++)
        draft->words[draft->word_count++] = vocabulary_add(words, test->words[i]);
}

static void read_ranges(struct draft *draft, const struct test *test, struct cell *cell)
{
    draft->ranges =
        grow(draft->ranges, &draft->range_room, draft->range_count, test->count, sizeof *draft->ranges);
    cell->kind = test->kind == TEST_NUMBERS ? CELL_NUMBERS : CELL_DATES;
    cell->first = (uint32_t)draft->range_count;
    cell->count = test->count;
    for (uint32_t i = 0; i < test->count; i++)
        draft->ranges[draft->range_count++] = test->ranges[i];
}

static void read_cell(struct draft *draft, struct column *column, const struct test *test, struct cell *cell)
{
    switch (test->kind) {
    case TEST_ANY:
        cell->kind = CELL_ANY;
        break;
    case TEST_WORDS:
        read_words(draft, &column->words, test, cell);
        break;
    case TEST_NUMBERS:
    case TEST_DATES:
        read_ranges(draft, test, cell);
        break;
    case TEST_BOOLEAN:
        cell->kind = test->boolean ? CELL_TRUE : CELL_FALSE;
        break;
    case TEST_NULL:
        cell->kind = test->negated ? CELL_NOT_NULL : CELL_NULL;
        break;
    case TEST_FEEL:
        cell->kind = CELL_FEEL;
        break;
    }
    draft->kinds[cell->kind]++;
}

static void read_feel(struct build *build)
{
    struct index *index = build->index;
    for (uint32_t c = 0; c < index->column_count; c++)
        index->feel_count += (uint32_t)build->drafts[c].kinds[CELL_FEEL];
    if (index->feel_count > 0)
        index->feels = index_take(index, index->feel_count, sizeof *index->feels);
}

/* Keys as numbers without a sign, in the same order. */
static uint64_t unsigned_key(int64_t key)
{
    return (uint64_t)key ^ UINT64_C(1) << 63;
}

static int64_t signed_key(uint64_t key)
{
    return (int64_t)(key ^ UINT64_C(1) << 63);
}

/* Every key where a range begins or the one behind its end; returns how many. */
static size_t collect_cuts(const struct build *build, const struct draft *draft, enum cell_kind kind,
                           struct sort_item *items)
{
    size_t count = 0;
    for (size_t r = 0; r < build->table->rule_count; r++) {
        const struct cell *cell = &draft->cells[r];
        for (uint32_t i = 0; cell->kind == kind && i < cell->count; i++) {
            struct key_range range = draft->ranges[cell->first + i];
            if (range.low > KEY_MIN)
                items[count++].key = unsigned_key(range.low);
            if (range.high < KEY_MAX)
                items[count++].key = unsigned_key(range.high + 1);
        }
    }
    return count;
}

static void cut_line(struct build *build, const struct draft *draft, enum cell_kind kind, struct line *line)
{
    if (draft->kinds[kind] == 0)
        return;
    struct sort_item *items = xcalloc(4 * draft->range_count + 1, sizeof *items);
    size_t count = collect_cuts(build, draft, kind, items);
    items_sort(items, items + count, count);
    uint32_t distinct = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || items[i].key != items[i - 1].key)
            items[distinct++].key = items[i].key;
    line->cuts = index_take(build->index, distinct, sizeof *line->cuts);
    line->count = distinct;
    for (uint32_t i = 0; i < distinct; i++)
        line->cuts[i] = signed_key(items[i].key);
    build->index->bytes += line_finish(line);
    free(items);
}

static void find_spans(struct build *build, struct draft *draft, const struct line *line, int which)
{
    for (size_t r = 0; draft->kinds[line_kind(which)] > 0 && r < build->table->rule_count; r++) {
        const struct cell *cell = &draft->cells[r];
        if (cell->kind != line_kind(which))
            continue;
        for (uint32_t i = cell->first; i < cell->first + cell->count; i++) {
            struct span span = {line_class(line, draft->ranges[i].low),
                                line_class(line, draft->ranges[i].high)};
            draft->spans[i] = span;
            draft->covered[which] += span.high - span.low + 1;
        }
    }
}

static void number_classes(struct build *build, struct draft *draft, struct column *column)
{
    build->index->bytes += vocabulary_finish(&column->words);
    draft->spans = xcalloc(draft->range_count, sizeof *draft->spans);
    column->class_count = CLASS_WORDS + column->words.count;
    for (int i = 0; i < LINES; i++) {
        struct line *line = &column->lines[i];
        cut_line(build, draft, line_kind(i), line);
        line->first = column->class_count;
        column->class_count += line->count + 1;
        find_spans(build, draft, line, i);
    }
}

void cells_read(struct build *build)
{
    const struct table *table = build->table;
    struct index *index = build->index;
    build->drafts = xcalloc(table->input_count, sizeof *build->drafts);
    for (size_t c = 0; c < table->input_count; c++) {
        build->drafts[c].cells = xcalloc(table->rule_count, sizeof *build->drafts[c].cells);
        index->columns[c].is_any_of = table->inputs[c].is_any_of;
    }
    for (size_t r = 0; r < table->rule_count; r++)
        for (size_t c = 0; c < table->input_count; c++)
            read_cell(&build->drafts[c], &index->columns[c], &table->rules[r].tests[c],
                      &build->drafts[c].cells[r]);
    for (size_t c = 0; c < table->input_count; c++) {
        index->columns[c].is_idle = build->drafts[c].kinds[CELL_ANY] == table->rule_count;
        number_classes(build, &build->drafts[c], &index->columns[c]);
    }
    read_feel(build);
}

void cells_free(struct build *build)
{
    for (uint32_t c = 0; c < build->index->column_count; c++) {
        struct draft *draft = &build->drafts[c];
        xfree(draft->cells);
        xfree(draft->words);
        xfree(draft->ranges);
        xfree(draft->spans);
    }
    xfree(build->drafts);
}
