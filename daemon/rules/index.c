#include "index_own.h"

/* A class of a fact on a column, where a bitmap alone does not say it. */
struct part {
    uint32_t bitmap;
    const uint16_t *block;
    const uint64_t *word;
    uint32_t next, end; /* patches not yet passed: blocks are asked for in ascending order */
};

/* A column whose accepting rows are those of a part, or of several: a set of words on a list. */
struct mixed {
    uint32_t first, end; /* in query->parts */
    uint32_t negated;    /* bitmap of the rows for which all parts count; NO_BITMAP: none */
};

/* A column whose bitmaps hold a row too many. */
struct check {
    const struct column *column;
    uint32_t class;
};

enum { PARTS = TABLE_INPUTS + 64 };
#define NO_BITMAP UINT32_MAX

struct query {
    const struct index *index;
    const struct fact *facts;
    const struct feel_scope *scope;
    struct arena *arena;
    uint32_t limit; /* rows from this position on are not wanted */
    uint32_t summary_count, plain_count, mixed_count, absent_count, check_count, part_count;
    const uint64_t *summaries[TABLE_INPUTS + 1]; /* to be intersected, and so are bitmaps and mixed columns */
    const uint32_t *plain[TABLE_INPUTS + 4];     /* pages of bitmaps that say all of a column */
    const uint64_t *words[TABLE_INPUTS + 4];     /* the same: the page of this group */
    uint32_t absent[TABLE_INPUTS];               /* bitmaps of "-", where the fact is not known */
    struct mixed mixed[TABLE_INPUTS];
    struct check checks[TABLE_INPUTS];
    uint64_t summary[1 + GROUPS_MAX]; /* of mixed columns that have none */
    struct part *parts, *more_parts;  /* more_parts: owned, where room[] is too small */
    struct part room[PARTS];
    uint64_t groups, blocks; /* not yet passed, and blocks of the group */
    uint32_t group;
    bool has_summary;
};

/* ---- from facts to bitmaps ---- */

static uint32_t fact_class(const struct column *column, const struct fact *fact)
{
    switch (fact->kind) {
    case FACT_NULL:
        return CLASS_NULL;
    case FACT_WORD:
        return vocabulary_find(&column->words, fact->word);
    case FACT_NUMBER:
        return line_class(&column->lines[LINE_NUMBERS], fact->key);
    case FACT_DATE:
        return line_class(&column->lines[LINE_DATES], fact->key);
    case FACT_BOOLEAN:
        return fact->boolean ? CLASS_TRUE : CLASS_FALSE;
    case FACT_ABSENT:
    case FACT_WORDS:
    case FACT_OTHER:
        break;
    }
    return CLASS_OTHER;
}

static uint32_t patch_count(const struct column *column, uint32_t class)
{
    return column->patches ? column->patches[class + 1] - column->patches[class] : 0;
}

static void add_part(struct query *query, const struct column *column, uint32_t class)
{
    struct part *part = &query->parts[query->part_count++];
    part->bitmap = column->bitmaps[class];
    part->block = column->patch_block;
    part->word = column->patch_word;
    part->next = column->patches ? column->patches[class] : 0;
    part->end = part->next + patch_count(column, class);
}

static void add_summary(struct query *query, uint64_t groups, const uint64_t *summary)
{
    query->groups &= groups;
    query->summaries[query->summary_count++] = summary;
}

static void add_bitmap_summary(struct query *query, uint32_t bitmap)
{
    const uint64_t *summary = index_summary(query->index, bitmap);
    add_summary(query, summary[0], summary);
}

static void add_bitmap(struct query *query, uint32_t bitmap)
{
    add_bitmap_summary(query, bitmap);
    query->plain[query->plain_count++] = index_pages(query->index, bitmap);
}

/* Which blocks the parts from `first` on may have rows in; returns which groups. */
static uint64_t summarise(const struct query *query, uint32_t first, uint64_t summary[1 + GROUPS_MAX])
{
    const uint32_t words = 1 + query->index->group_count;
    uint64_t groups = 0;
    memset(summary, 0, words * sizeof *summary);
    for (uint32_t p = first; p < query->part_count; p++) {
        const struct part *part = &query->parts[p];
        const uint64_t *bitmap = index_summary(query->index, part->bitmap);
        groups |= bitmap[0];
        for (uint32_t i = 1; i < words; i++)
            summary[i] |= bitmap[i];
        for (uint32_t i = part->next; i < part->end && part->end - part->next <= BARE; i++) {
            summary[1 + part->block[i] / GROUP_BLOCKS] |= UINT64_C(1) << part->block[i] % GROUP_BLOCKS;
            groups |= UINT64_C(1) << part->block[i] / GROUP_BLOCKS;
        }
    }
    return groups;
}

static void add_own_summary(struct query *query, uint32_t first)
{
    uint64_t summary[1 + GROUPS_MAX];
    if (!query->has_summary) {
        query->has_summary = true;
        add_summary(query, summarise(query, first, query->summary), query->summary);
        return;
    }
    query->groups &= summarise(query, first, summary);
    for (uint32_t i = 1; i <= query->index->group_count; i++)
        query->summary[i] &= summary[i];
}

static void add_class(struct query *query, const struct column *column, uint32_t class)
{
    const uint32_t first = query->part_count, patches = patch_count(column, class);
    if (patches == 0) {
        add_bitmap(query, column->bitmaps[class]);
        return;
    }
    add_part(query, column, class);
    query->mixed[query->mixed_count++] = (struct mixed){first, query->part_count, NO_BITMAP};
    if (patches > BARE)
        add_bitmap_summary(query, column->bitmaps[class]);
    else
        add_own_summary(query, first);
}

/* Words that stand in no cell change nothing in a set that has others. */
static void add_set(struct query *query, const struct column *column, const struct fact *fact)
{
    uint32_t first = query->part_count, class = CLASS_ANOTHER;
    for (uint32_t i = 0; i < fact->count; i++) {
        class = vocabulary_find(&column->words, fact->words[i]);
        if (class != CLASS_ANOTHER)
            add_part(query, column, class);
    }
    if (query->part_count == first) {
        add_class(query, column, CLASS_ANOTHER);
        return;
    }
    query->mixed[query->mixed_count++] = (struct mixed){first, query->part_count, column->negated};
    add_own_summary(query, first);
}

static void add_fact(struct query *query, const struct column *column, const struct fact *fact)
{
    if (column->is_idle)
        return;
    if (fact->kind == FACT_ABSENT) {
        query->absent[query->absent_count++] = column->any;
    } else if (fact->kind == FACT_WORDS && column->is_any_of) {
        add_set(query, column, fact);
    } else {
        uint32_t class = fact_class(column, fact);
        add_class(query, column, class);
        if ((column->spans || column->narrow) && class >= column->lines[0].first)
            query->checks[query->check_count++] = (struct check){column, class};
    }
}

static void make_parts(struct query *query, const struct fact *facts)
{
    size_t count = 0;
    for (uint32_t c = 0; c < query->index->column_count; c++)
        count += facts[c].kind == FACT_WORDS ? facts[c].count : 1;
    if (count > PARTS)
        query->parts = query->more_parts = xcalloc(count, sizeof *query->parts);
}

static void query_begin(struct query *query, const struct index *index, const struct fact *facts,
                        const struct feel_scope *scope, struct arena *arena)
{
    query->index = index;
    query->facts = facts;
    query->scope = scope;
    query->arena = arena;
    query->limit = UINT32_MAX;
    query->summary_count = query->plain_count = query->mixed_count = 0;
    query->absent_count = query->check_count = query->part_count = 0;
    query->parts = query->room;
    query->more_parts = NULL;
    query->has_summary = false;
    query->groups = ~UINT64_C(0);
    make_parts(query, facts);
    for (uint32_t i = 0; i < index->column_count; i++)
        add_fact(query, &index->columns[index->sequence[i]], &facts[index->sequence[i]]);
    if (query->summary_count == 0)
        add_bitmap(query, index->all);
    for (; query->plain_count % 4; query->plain_count++) /* see block_rows() */
        query->plain[query->plain_count] = query->plain[query->plain_count - 1];
    query->blocks = 0;
}

static void query_end(struct query *query)
{
    free(query->more_parts);
}

/* ---- intersecting ---- */

/* Blocks within the group from here on. */
static uint64_t bitmap_word(const struct query *query, uint32_t bitmap, uint32_t block)
{
    return index_page(query->index, index_pages(query->index, bitmap)[query->group])[block];
}

static uint64_t part_word(const struct query *query, struct part *part, uint32_t block)
{
    const uint32_t at = query->group * GROUP_BLOCKS + block;
    while (part->next < part->end && part->block[part->next] < at)
        part->next++;
    if (part->next < part->end && part->block[part->next] == at)
        return part->word[part->next];
    return bitmap_word(query, part->bitmap, block);
}

/* Rows with positive words want one of the parts, those with negated words all. */
static uint64_t mixed_word(struct query *query, const struct mixed *mixed, uint32_t block)
{
    uint64_t any = 0, all = ~UINT64_C(0);
    for (uint32_t p = mixed->first; p < mixed->end; p++) {
        uint64_t word = part_word(query, &query->parts[p], block);
        any |= word;
        all &= word;
    }
    uint64_t negated = mixed->negated == NO_BITMAP ? 0 : bitmap_word(query, mixed->negated, block);
    return (any & ~negated) | (all & negated);
}

/* All of the plain ones, four at a time, before looking whether a row is left: quicker than guessing when to
 * stop. */
static uint64_t block_rows(struct query *query, uint32_t block)
{
    uint64_t rows = ~UINT64_C(0);
    for (uint32_t i = 0; i < query->plain_count; i += 4)
        rows &= (query->words[i][block] & query->words[i + 1][block]) &
                (query->words[i + 2][block] & query->words[i + 3][block]);
    for (uint32_t m = 0; m < query->mixed_count && rows; m++)
        rows &= mixed_word(query, &query->mixed[m], block);
    return rows;
}

/* Goes on to the next group that may have rows: false at the end. */
static bool next_group(struct query *query)
{
    const struct index *index = query->index;
    while (query->groups) {
        uint32_t group = (uint32_t)__builtin_ctzll(query->groups);
        query->groups &= query->groups - 1;
        if (index->group_min[group] >= query->limit)
            continue;
        uint64_t blocks = ~UINT64_C(0);
        for (uint32_t i = 0; i < query->summary_count; i++)
            blocks &= query->summaries[i][1 + group];
        if (!blocks)
            continue;
        query->group = group;
        query->blocks = blocks;
        for (uint32_t i = 0; i < query->plain_count; i++)
            query->words[i] = index_page(index, query->plain[i][group]);
        return true;
    }
    return false;
}

/* The next block of the group, or of those behind it, that has rows which no fact excludes. */
static bool next_block(struct query *query, uint32_t *block, uint64_t *rows)
{
    while (query->blocks || next_group(query)) {
        *block = (uint32_t)__builtin_ctzll(query->blocks);
        query->blocks &= query->blocks - 1;
        if (query->index->block_min[query->group * query->index->group_blocks + *block] >= query->limit)
            continue;
        *rows = block_rows(query, *block);
        if (*rows)
            return true;
    }
    return false;
}

static uint32_t first_row(const struct query *query, uint32_t block)
{
    return (query->group * query->index->group_blocks + block) * BLOCK_ROWS;
}

/* Those of a block that accept whatever the facts are that are not known. */
static uint64_t certain_rows(const struct query *query, uint32_t block, uint64_t rows)
{
    for (uint32_t i = 0; i < query->absent_count; i++)
        rows &= bitmap_word(query, query->absent[i], block);
    return rows;
}

/* ---- what bitmaps do not say ---- */

static struct span row_span(const struct column *column, uint32_t row)
{
    if (!column->narrow)
        return column->spans[row];
    struct narrow_span span = column->narrow[row];
    return (struct span){span.low == NARROW_MANY ? SPAN_MANY : span.low, span.high};
}

static bool has_class(const struct column *column, uint32_t row, uint32_t class)
{
    struct span span = row_span(column, row);
    if (span.low != SPAN_MANY)
        return class >= span.low && class <= span.high;
    const uint32_t *more = column->more + span.high;
    for (uint32_t i = 0; i < more[0]; i++)
        if (class >= more[1 + 2 * i] && class <= more[2 + 2 * i])
            return true;
    return false;
}

static const struct feel_cell *first_feel(const struct index *index, uint32_t row)
{
    uint32_t low = 0, high = index->feel_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index->feels[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return index->feels + low;
}

static enum truth judge_feel(const struct query *query, uint32_t row, bool is_certain)
{
    const struct index *index = query->index;
    enum truth truth = is_certain ? YES : UNKNOWN;
    for (const struct feel_cell *cell = first_feel(index, row);
         cell < index->feels + index->feel_count && cell->row == row; cell++) {
        struct test test = {.kind = TEST_FEEL, .feel = cell->feel};
        enum truth here = test_decide(&test, &query->facts[cell->column],
                                      index->columns[cell->column].is_any_of, query->scope, query->arena);
        if (here == NO)
            return NO;
        truth = here == UNKNOWN ? UNKNOWN : truth;
    }
    return truth;
}

static enum truth judge(const struct query *query, uint32_t row, bool is_certain)
{
    for (uint32_t i = 0; i < query->check_count; i++)
        if (!has_class(query->checks[i].column, row, query->checks[i].class))
            return NO;
    if (query->index->feel_count > 0)
        return judge_feel(query, row, is_certain);
    return is_certain ? YES : UNKNOWN;
}

/* ---- the first ---- */

static bool first_of_block(struct query *query, uint32_t block, uint64_t rows, bool *is_unknown)
{
    uint64_t certain = certain_rows(query, block, rows);
    for (; rows; rows &= rows - 1) {
        uint32_t bit = (uint32_t)__builtin_ctzll(rows), row = first_row(query, block) + bit;
        uint32_t position = query->index->order[row];
        if (position >= query->limit)
            return false;
        enum truth truth = judge(query, row, certain >> bit & 1);
        if (truth == NO)
            continue;
        query->limit = position;
        *is_unknown = truth == UNKNOWN;
        return true;
    }
    return false;
}

bool index_first(const struct index *index, const struct fact *facts, const struct feel_scope *scope,
                 struct arena *arena, uint32_t *row, bool *is_unknown)
{
    struct query query;
    uint32_t block;
    uint64_t rows;
    query_begin(&query, index, facts, scope, arena);
    while (next_block(&query, &block, &rows))
        first_of_block(&query, block, rows, is_unknown);
    query_end(&query);
    if (query.limit == UINT32_MAX)
        return false;
    *row = query.limit;
    return true;
}

/* ---- all ---- */

enum { FEW = 48 }; /* positions that are sorted as they are; more are marked in a set */

struct sink {
    struct index_hits *hits; /* NULL: not wanted */
    uint64_t *marks;         /* owned; a bit per position */
    size_t row_count, total;
};

static void mark(struct sink *sink, uint32_t position)
{
    sink->marks[position / 64] |= UINT64_C(1) << position % 64;
}

static void sink_add(struct sink *sink, uint32_t position)
{
    struct index_hits *hits = sink->hits;
    sink->total++;
    if (!sink->marks && hits->count < hits->room && hits->count < FEW) {
        size_t at = hits->count++;
        for (; at > 0 && hits->rows[at - 1] > position; at--)
            hits->rows[at] = hits->rows[at - 1];
        hits->rows[at] = position;
        return;
    }
    if (!sink->marks) {
        sink->marks = xcalloc(sink->row_count / 64 + 1, sizeof *sink->marks);
        for (size_t i = 0; i < hits->count; i++)
            mark(sink, hits->rows[i]);
    }
    mark(sink, position);
}

static struct sink sink_begin(const struct index *index, struct index_hits *hits)
{
    if (hits)
        hits->count = 0;
    return (struct sink){hits, NULL, index->row_count, 0};
}

static void sink_end(struct sink *sink)
{
    struct index_hits *hits = sink->hits;
    if (!hits)
        return;
    hits->is_cut = sink->total > hits->room;
    if (!sink->marks)
        return;
    hits->count = 0;
    for (size_t w = 0; w <= sink->row_count / 64 && hits->count < hits->room; w++)
        for (uint64_t bits = sink->marks[w]; bits && hits->count < hits->room; bits &= bits - 1)
            hits->rows[hits->count++] = (uint32_t)(w * 64 + (unsigned)__builtin_ctzll(bits));
    free(sink->marks);
}

static void sort_out(struct query *query, uint32_t block, uint64_t rows, struct sink *yes,
                     struct sink *unknown)
{
    uint64_t certain = certain_rows(query, block, rows);
    for (; rows; rows &= rows - 1) {
        uint32_t bit = (uint32_t)__builtin_ctzll(rows), row = first_row(query, block) + bit;
        enum truth truth = judge(query, row, certain >> bit & 1);
        if (truth == YES && yes->hits)
            sink_add(yes, query->index->order[row]);
        else if (truth == UNKNOWN && unknown->hits)
            sink_add(unknown, query->index->order[row]);
    }
}

void index_all(const struct index *index, const struct fact *facts, const struct feel_scope *scope,
               struct arena *arena, struct index_hits *yes, struct index_hits *unknown)
{
    struct query query;
    struct sink sinks[2] = {sink_begin(index, yes), sink_begin(index, unknown)};
    uint32_t block;
    uint64_t rows;
    query_begin(&query, index, facts, scope, arena);
    while (next_block(&query, &block, &rows)) {
        if (!unknown)
            rows = certain_rows(&query, block, rows);
        sort_out(&query, block, rows, &sinks[0], &sinks[1]);
    }
    query_end(&query);
    sink_end(&sinks[0]);
    sink_end(&sinks[1]);
}
