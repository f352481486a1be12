/*
 * Makes the bitmaps: for each column and class the rows that accept it.
 *
 * Memory: about BUDGET bytes a row are for bitmaps. Lines have at most half of it: one with more stretches
 * than its share has bitmaps for buckets of neighbouring ones; rows that accept only a few stretches (SHORT)
 * are patches, exact, of the others the bucket has all that accept anything in it. What is left is for words:
 * those that many blocks name have bitmaps, the others patches.
 */
#include "index_build.h"

#include "index_pages.h"

enum {
    BUDGET = 64,
    BUDGET_SMALL = 32,
    BUCKETS_MIN = 8,
    BUCKETS_LOW = 32,
    BUCKETS_HIGH = 128,
    SHORT = 4,
    BITMAPS_MAX = 60000
};

struct pair {
    uint32_t class, row;
};

/* Rows by class, ascending. */
struct lists {
    struct pair *pairs;
    size_t count, room;
    uint32_t *starts, *rows;
};

struct maker {
    struct build *build;
    struct index *index;
    struct draft *draft;
    struct column *column;
    struct pager pager;
    uint64_t *masks[CELL_KINDS];     /* rows by kind of cell */
    uint64_t *base, *running, *work; /* scratch, a word per block */
    size_t patch_count, patch_room;
    uint32_t dense_blocks; /* a class that differs in more blocks has a bitmap */
    uint32_t buckets;      /* most on one line */
};

/* ---- lists ---- */

static void lists_add(struct lists *lists, uint32_t class, uint32_t row)
{
    if (lists->count == lists->room) {
        lists->room = 2 * lists->room + 1024;
        lists->pairs = xrealloc(lists->pairs, lists->room * sizeof *lists->pairs);
    }
    lists->pairs[lists->count++] = (struct pair){class, row};
}

/* Sorts by class, from `first` on. */
static void lists_sort(struct lists *lists, uint32_t first, uint32_t classes)
{
    lists->starts = xcalloc((size_t)classes + 2, sizeof *lists->starts);
    lists->rows = xcalloc(lists->count, sizeof *lists->rows);
    for (size_t i = 0; i < lists->count; i++)
        lists->starts[lists->pairs[i].class - first + 2]++;
    for (uint32_t c = 2; c < classes + 2; c++)
        lists->starts[c] += lists->starts[c - 1];
    for (size_t i = 0; i < lists->count; i++)
        lists->rows[lists->starts[lists->pairs[i].class - first + 1]++] = lists->pairs[i].row;
    xfree(lists->pairs);
}

static void lists_free(struct lists *lists)
{
    free(lists->pairs);
    free(lists->starts);
    free(lists->rows);
}

/* ---- classes ---- */

static inline void flip(uint64_t *words, uint32_t row)
{
    words[row / BLOCK_ROWS] ^= UINT64_C(1) << row % BLOCK_ROWS;
}

static inline void set(uint64_t *words, uint32_t row)
{
    words[row / BLOCK_ROWS] |= UINT64_C(1) << row % BLOCK_ROWS;
}

static void add_patch(struct maker *maker, uint32_t block, uint64_t word)
{
    struct column *column = maker->column;
    uint32_t group = block / maker->index->group_blocks;
    if (maker->patch_count == maker->patch_room) {
        maker->patch_room = 2 * maker->patch_room + 256;
        column->patch_block = xrealloc(column->patch_block, maker->patch_room * sizeof *column->patch_block);
        column->patch_word = xrealloc(column->patch_word, maker->patch_room * sizeof *column->patch_word);
    }
    column->patch_block[maker->patch_count] =
        (uint16_t)(group * GROUP_BLOCKS + block - group * maker->index->group_blocks);
    column->patch_word[maker->patch_count++] = word;
}

static void patch_class(struct maker *maker, const uint64_t *base, const uint32_t *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count;) {
        uint32_t block = rows[i] / BLOCK_ROWS;
        uint64_t word = 0;
        for (; i < count && rows[i] / BLOCK_ROWS == block; i++)
            word |= UINT64_C(1) << rows[i] % BLOCK_ROWS;
        add_patch(maker, block, base[block] ^ word);
    }
}

static uint32_t blocks_of(const uint32_t *rows, uint32_t count)
{
    uint32_t blocks = 0;
    for (uint32_t i = 0; i < count; i++)
        blocks += i == 0 || rows[i] / BLOCK_ROWS != rows[i - 1] / BLOCK_ROWS;
    return blocks;
}

/* The class has the rows of `base` (which is bitmap `id`), but for `rows`, where it is the other way round.
 */
static void emit_class(struct maker *maker, uint32_t class, const uint64_t *base, uint32_t id,
                       const uint32_t *rows, uint32_t count)
{
    struct column *column = maker->column;
    const uint32_t first = (uint32_t)maker->patch_count, blocks = blocks_of(rows, count);
    column->patches[class] = first;
    column->bitmaps[class] = (uint16_t)id;
    if (blocks <= maker->dense_blocks || maker->index->bitmap_count >= BITMAPS_MAX) {
        patch_class(maker, base, rows, count);
        if (blocks > BARE)
            column->bitmaps[class] = (uint16_t)pager_patched(&maker->pager, id, column->patch_block + first,
                                                             column->patch_word + first, blocks);
        return;
    }
    memcpy(maker->work, base, maker->index->block_count * sizeof *base);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || rows[i] != rows[i - 1])
            flip(maker->work, rows[i]);
    column->bitmaps[class] = (uint16_t)pager_bitmap(&maker->pager, maker->work);
}

static void make_masks(struct maker *maker)
{
    const struct index *index = maker->index;
    for (int k = 0; k < CELL_KINDS; k++)
        memset(maker->masks[k], 0, index->block_count * sizeof *maker->masks[k]);
    for (uint32_t r = 0; r < index->row_count; r++)
        set(maker->masks[maker->draft->cells[index->order[r]].kind], r);
}

/* The rows whose cells are of these kinds, into maker->base; returns the bitmap. */
static uint32_t compose(struct maker *maker, unsigned kinds)
{
    const uint32_t blocks = maker->index->block_count;
    memset(maker->base, 0, blocks * sizeof *maker->base);
    for (int k = 0; k < CELL_KINDS; k++)
        for (uint32_t b = 0; kinds >> k & 1 && b < blocks; b++)
            maker->base[b] |= maker->masks[k][b];
    return pager_bitmap(&maker->pager, maker->base);
}

/* What accepts any value that no cell speaks of: cells of FEEL are tried on each row that is left. */
#define KIND(kind) (1U << (kind))
#define KINDS_PLAIN (KIND(CELL_ANY) | KIND(CELL_FEEL) | KIND(CELL_NOT_NULL))
static const unsigned special_kinds[CLASS_WORDS] = {
    [CLASS_NULL] = KIND(CELL_ANY) | KIND(CELL_FEEL) | KIND(CELL_NULL),
    [CLASS_OTHER] = KINDS_PLAIN,
    [CLASS_FALSE] = KINDS_PLAIN | KIND(CELL_FALSE),
    [CLASS_TRUE] = KINDS_PLAIN | KIND(CELL_TRUE),
    [CLASS_ANOTHER] = KINDS_PLAIN | KIND(CELL_NOT_WORDS),
};

static void make_specials(struct maker *maker)
{
    struct column *column = maker->column;
    column->any = compose(maker, KIND(CELL_ANY));
    column->negated = column->is_any_of ? compose(maker, KIND(CELL_NOT_WORDS)) : column->any;
    for (uint32_t class = 0; class < CLASS_WORDS; class ++)
        emit_class(maker, class, maker->base, compose(maker, special_kinds[class]), NULL, 0);
}

/* ---- words ---- */

static void list_words(const struct maker *maker, const struct draft *draft, struct lists *lists)
{
    const struct index *index = maker->index;
    for (uint32_t r = 0; draft->word_count > 0 && r < index->row_count; r++) {
        const struct cell *cell = &draft->cells[index->order[r]];
        if (cell->kind == CELL_WORDS || cell->kind == CELL_NOT_WORDS)
            for (uint32_t i = 0; i < cell->count; i++)
                lists_add(lists, draft->words[cell->first + i], r);
    }
}

static void make_words(struct maker *maker)
{
    const uint32_t words = maker->column->words.count;
    struct lists lists = {0};
    if (words == 0)
        return;
    list_words(maker, maker->draft, &lists);
    lists_sort(&lists, CLASS_WORDS, words);
    uint32_t id = compose(maker, special_kinds[CLASS_ANOTHER]);
    for (uint32_t i = 0; i < words; i++)
        emit_class(maker, CLASS_WORDS + i, maker->base, id, lists.rows + lists.starts[i],
                   lists.starts[i + 1] - lists.starts[i]);
    lists_free(&lists);
}

/* ---- lines ---- */

struct line_maker {
    const struct line *line;
    enum cell_kind kind;
    uint32_t bucket;     /* classes in one */
    bool has_shorts;     /* not in small tables, where looking at a row's span costs less */
    struct lists ends;   /* rows that begin or cease to accept at a class */
    struct lists shorts; /* rows that accept a few classes only */
};

static uint32_t classes_of(const struct draft *draft, const struct cell *cell)
{
    uint32_t classes = 0;
    for (uint32_t i = cell->first; i < cell->first + cell->count; i++)
        classes += draft->spans[i].high - draft->spans[i].low + 1;
    return classes;
}

static bool is_short(const struct line_maker *own, const struct draft *draft, const struct cell *cell)
{
    return own->bucket > 1 && own->has_shorts && classes_of(draft, cell) <= SHORT;
}

static void list_row(struct maker *maker, struct line_maker *own, const struct cell *cell, uint32_t row)
{
    const uint32_t end = own->line->first + own->line->count;
    bool is_few = is_short(own, maker->draft, cell);
    for (uint32_t i = cell->first; i < cell->first + cell->count; i++) {
        struct span span = maker->draft->spans[i];
        for (uint32_t class = span.low; is_few && class <= span.high; class ++)
            lists_add(&own->shorts, class, row);
        if (is_few)
            continue;
        lists_add(&own->ends, span.low, row);
        if (span.high < end)
            lists_add(&own->ends, span.high + 1, row);
    }
}

/* Flips what begins or ends at a class; `bucket` (may be NULL) keeps what was ever there. */
static void apply_ends(struct maker *maker, const struct line_maker *own, uint32_t i, uint64_t *bucket)
{
    for (uint32_t at = own->ends.starts[i]; at < own->ends.starts[i + 1]; at++) {
        uint32_t row = own->ends.rows[at], block = row / BLOCK_ROWS;
        flip(maker->running, row);
        if (bucket)
            bucket[block] |= maker->running[block];
    }
}

/* Classes start .. end - 1 of the line. */
static void make_bucket(struct maker *maker, const struct line_maker *own, uint32_t start, uint32_t end)
{
    apply_ends(maker, own, start, NULL);
    memcpy(maker->base, maker->running, maker->index->block_count * sizeof *maker->base);
    for (uint32_t i = start + 1; i < end; i++)
        apply_ends(maker, own, i, maker->base);
    uint32_t id = pager_bitmap(&maker->pager, maker->base);
    for (uint32_t i = start; i < end; i++)
        emit_class(maker, own->line->first + i, maker->base, id, own->shorts.rows + own->shorts.starts[i],
                   own->shorts.starts[i + 1] - own->shorts.starts[i]);
}

/* Rows whose spans must be kept. */
static bool is_kept(const struct maker *maker, const struct line_maker *own, const struct cell *cell)
{
    return cell->kind == own->kind && cell->count > 0 && !is_short(own, maker->draft, cell);
}

/* A cell of several ranges has its spans in column->more. */
static struct span many_spans(struct column *column, const struct draft *draft, const struct cell *cell)
{
    struct span at = {SPAN_MANY, column->more_count};
    column->more[column->more_count++] = cell->count;
    for (uint32_t i = cell->first; i < cell->first + cell->count; i++) {
        column->more[column->more_count++] = draft->spans[i].low;
        column->more[column->more_count++] = draft->spans[i].high;
    }
    return at;
}

static void make_room_for_spans(struct maker *maker, const struct line_maker *own)
{
    const struct index *index = maker->index;
    struct column *column = maker->column;
    size_t room = column->more_count;
    for (uint32_t r = 0; r < index->row_count; r++) {
        const struct cell *cell = &maker->draft->cells[r];
        if (is_kept(maker, own, cell) && cell->count > 1)
            room += 1 + 2 * (size_t)cell->count;
    }
    if (room > 0)
        column->more = xrealloc(column->more, room * sizeof *column->more);
    if (column->spans)
        return;
    column->spans = xcalloc(index->row_count, sizeof *column->spans);
    for (uint32_t r = 0; r < index->row_count; r++)
        column->spans[r] = (struct span){0, column->class_count};
}

static void keep_spans(struct maker *maker, const struct line_maker *own)
{
    struct column *column = maker->column;
    make_room_for_spans(maker, own);
    for (uint32_t r = 0; r < maker->index->row_count; r++) {
        const struct cell *cell = &maker->draft->cells[maker->index->order[r]];
        if (is_kept(maker, own, cell))
            column->spans[r] =
                cell->count == 1 ? maker->draft->spans[cell->first] : many_spans(column, maker->draft, cell);
    }
}

/* Halves the spans where they fit. */
static void narrow_spans(struct index *index, struct column *column)
{
    if (!column->spans)
        return;
    index->bytes += index->row_count * sizeof *column->spans;
    if (column->class_count >= NARROW_MANY || column->more_count >= NARROW_MANY)
        return;
    index->bytes -= index->row_count * (sizeof *column->spans - sizeof *column->narrow);
    column->narrow = xcalloc(index->row_count, sizeof *column->narrow);
    for (uint32_t r = 0; r < index->row_count; r++)
        column->narrow[r] =
            (struct narrow_span){(uint16_t)column->spans[r].low, (uint16_t)column->spans[r].high};
    xfree(column->spans);
}

/* Classes in a bucket: a quarter of what a cell covers on average, but not too few and not too many buckets.
 */
static uint32_t bucket_width(const struct maker *maker, const struct draft *draft, const struct line *line,
                             int which)
{
    uint64_t classes = (uint64_t)line->count + 1, cells = draft->kinds[line_kind(which)];
    uint64_t buckets = draft->covered[which] ? 4 * classes * cells / draft->covered[which] : 0;
    buckets = buckets < BUCKETS_LOW ? BUCKETS_LOW : buckets;
    buckets = buckets > maker->buckets ? maker->buckets : buckets;
    return (uint32_t)((classes - 1) / buckets + 1);
}

static void make_line(struct maker *maker, const struct line *line, int which)
{
    const struct index *index = maker->index;
    const uint32_t classes = line->count + 1;
    const enum cell_kind kind = line_kind(which);
    struct line_maker own = {.line = line, .kind = kind, .has_shorts = index->group_count > 1};
    own.bucket = bucket_width(maker, maker->draft, line, which);
    for (uint32_t r = 0; maker->draft->kinds[kind] > 0 && r < index->row_count; r++) {
        const struct cell *cell = &maker->draft->cells[index->order[r]];
        if (cell->kind == kind)
            list_row(maker, &own, cell, r);
    }
    bool is_coarse = own.bucket > 1 && own.ends.count > 0;
    lists_sort(&own.ends, line->first, classes);
    lists_sort(&own.shorts, line->first, classes);
    compose(maker, KINDS_PLAIN);
    memcpy(maker->running, maker->base, index->block_count * sizeof *maker->running);
    for (uint32_t i = 0; i < classes; i += own.bucket)
        make_bucket(maker, &own, i, classes - i < own.bucket ? classes : i + own.bucket);
    lists_free(&own.ends);
    lists_free(&own.shorts);
    if (is_coarse)
        keep_spans(maker, &own);
}

/* ---- columns ---- */

static void list_feel(struct maker *maker, uint32_t c, uint32_t *count)
{
    struct index *index = maker->index;
    if (maker->draft->kinds[CELL_FEEL] == 0)
        return;
    for (uint32_t r = 0; r < index->row_count; r++)
        if (maker->draft->cells[index->order[r]].kind == CELL_FEEL)
            index->feels[(*count)++] =
                (struct feel_cell){r, c, maker->build->table->rules[index->order[r]].tests[c].feel};
}

static int compare_feels(const void *left, const void *right)
{
    const struct feel_cell *a = left, *b = right;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

/* Cuts the column's lists to size. */
static void finish_column(struct maker *maker)
{
    struct column *column = maker->column;
    size_t patches = maker->patch_count;
    narrow_spans(maker->index, column);
    column->patches[column->class_count] = (uint32_t)patches;
    maker->index->bytes +=
        column->class_count * sizeof *column->bitmaps + column->more_count * sizeof *column->more;
    if (patches == 0) {
        xfree(column->patches);
        return;
    }
    column->patch_block = xrealloc(column->patch_block, patches * sizeof *column->patch_block);
    column->patch_word = xrealloc(column->patch_word, patches * sizeof *column->patch_word);
    maker->index->bytes += (column->class_count + 1) * sizeof *column->patches +
                           patches * (sizeof *column->patch_block + sizeof *column->patch_word);
}

static void make_column(struct maker *maker, uint32_t c)
{
    struct column *column = &maker->index->columns[c];
    maker->draft = &maker->build->drafts[c];
    maker->column = column;
    maker->patch_count = maker->patch_room = 0;
    if (column->is_idle)
        return;
    column->bitmaps = xcalloc(column->class_count, sizeof *column->bitmaps);
    column->patches = xcalloc((size_t)column->class_count + 1, sizeof *column->patches);
    make_masks(maker);
    make_specials(maker);
    make_words(maker);
    for (int i = 0; i < LINES; i++)
        make_line(maker, &column->lines[i], i);
    finish_column(maker);
}

/* ---- budget ---- */

/* Bytes of a bitmap whose pages are all its own. */
static uint64_t bitmap_bytes(const struct index *index, uint32_t pages)
{
    return pages * (uint64_t)index->group_blocks * sizeof *index->words +
           index->group_count * sizeof *index->pages + (1 + index->group_count) * sizeof *index->summaries;
}

static uint64_t line_bytes(const struct maker *maker)
{
    const struct index *index = maker->index;
    uint64_t bitmaps = 0;
    for (uint32_t c = 0; c < index->column_count; c++) {
        const struct draft *draft = &maker->build->drafts[c];
        for (int i = 0; i < LINES; i++) {
            const struct line *line = &index->columns[c].lines[i];
            if (line->count > 0)
                bitmaps += line->count / bucket_width(maker, draft, line, i) + 1;
        }
    }
    return bitmaps * bitmap_bytes(index, index->group_count);
}

/* What bitmaps of a column's words would take, added up by the number of blocks that name them. */
static void add_word_bytes(const struct maker *maker, uint32_t c, uint64_t *bytes)
{
    const struct index *index = maker->index;
    const uint32_t words = index->columns[c].words.count;
    struct lists lists = {0};
    list_words(maker, &maker->build->drafts[c], &lists);
    lists_sort(&lists, CLASS_WORDS, words);
    for (uint32_t i = 0; i < words; i++) {
        const uint32_t *rows = lists.rows + lists.starts[i];
        uint32_t count = lists.starts[i + 1] - lists.starts[i], pages = 0, last = UINT32_MAX;
        for (uint32_t r = 0; r < count; r++) {
            uint32_t group = rows[r] / BLOCK_ROWS / index->group_blocks;
            pages += group != last;
            last = group;
        }
        bytes[blocks_of(rows, count)] += bitmap_bytes(index, pages);
    }
    lists_free(&lists);
}

static void spread_budget(struct maker *maker)
{
    const struct index *index = maker->index;
    const bool is_small = index->group_count <= 1; /* fits in the processor's nearest memory whatever we do */
    const uint64_t budget = (uint64_t)(is_small ? BUDGET_SMALL : BUDGET) * index->row_count;
    maker->buckets = BUCKETS_HIGH;
    while (maker->buckets > BUCKETS_MIN && line_bytes(maker) > budget / (is_small ? 4 : 2))
        maker->buckets -= maker->buckets / 8;
    uint64_t taken = line_bytes(maker), left = budget > taken ? budget - taken : 0;
    uint64_t *bytes = xcalloc((size_t)index->block_count + 1, sizeof *bytes);
    for (uint32_t c = 0; c < index->column_count; c++)
        add_word_bytes(maker, c, bytes);
    uint32_t least = index->block_count / 8 < BARE ? index->block_count / 8 + 1 : BARE;
    maker->dense_blocks = index->block_count;
    while (maker->dense_blocks > least && bytes[maker->dense_blocks] <= left)
        left -= bytes[maker->dense_blocks--];
    free(bytes);
}

static void make_all(struct maker *maker)
{
    struct index *index = maker->index;
    memset(maker->base, 0, index->block_count * sizeof *maker->base);
    for (uint32_t r = 0; r < index->row_count; r++)
        set(maker->base, r);
    index->all = pager_bitmap(&maker->pager, maker->base);
}

static void make_columns(struct maker *maker)
{
    struct index *index = maker->index;
    uint32_t feel_count = 0;
    spread_budget(maker);
    make_all(maker);
    for (uint32_t c = 0; c < index->column_count; c++) {
        make_column(maker, c);
        list_feel(maker, c, &feel_count);
    }
    if (feel_count > 0)
        qsort(index->feels, feel_count, sizeof *index->feels, compare_feels);
}

void bits_make(struct build *build)
{
    struct index *index = build->index;
    struct maker maker = {.build = build, .index = index};
    uint64_t *scratch = xcalloc((CELL_KINDS + 3) * (size_t)index->block_count, sizeof *scratch);
    for (int k = 0; k < CELL_KINDS; k++)
        maker.masks[k] = scratch + (size_t)k * index->block_count;
    maker.base = scratch + (size_t)CELL_KINDS * index->block_count;
    maker.running = maker.base + index->block_count;
    maker.work = maker.running + index->block_count;
    pager_begin(&maker.pager, index);
    make_columns(&maker);
    pager_end(&maker.pager);
    free(scratch);
}
