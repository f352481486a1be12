/*
 * The order of the rows: the first block of the table stays as it is, so that the search for the first row
 * ends at once where people match one of the first; the others stand by their cells, the column that tells
 * rows apart best first, so that rows alike stand together and the summaries of bitmaps leave most blocks
 * out.
 */
#include "index_build.h"

/* One pass by the byte at `shift`; false where it is the same in all. */
static bool sort_by_byte(const struct sort_item *from, struct sort_item *to, size_t count, unsigned shift)
{
    size_t starts[256] = {0};
    for (size_t i = 0; i < count; i++)
        starts[from[i].key >> shift & 255]++;
    if (starts[from[0].key >> shift & 255] == count)
        return false;
    for (size_t i = 0, next = 0; i < 256; i++) {
        size_t here = starts[i];
        starts[i] = next;
        next += here;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i].key >> shift & 255]++] = from[i];
    return true;
}

void items_sort(struct sort_item *items, struct sort_item *spare, size_t count)
{
    struct sort_item *from = items, *to = spare;
    for (unsigned shift = 0; count > 1 && shift < 64; shift += 8) {
        if (!sort_by_byte(from, to, count, shift))
            continue;
        struct sort_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}

/* Which part of the people a column's cells let through on average, if all classes were as frequent. */
static double column_share(const struct build *build, uint32_t c)
{
    const struct draft *draft = &build->drafts[c];
    const struct column *column = &build->index->columns[c];
    double words = column->words.count + 1.0, let = 0;
    for (size_t r = 0; r < build->table->rule_count; r++) {
        const struct cell *cell = &draft->cells[r];
        switch ((enum cell_kind)cell->kind) {
        case CELL_ANY:
        case CELL_FEEL:
        case CELL_NOT_NULL:
            let += 1;
            break;
        case CELL_WORDS:
            let += cell->count / words;
            break;
        case CELL_NOT_WORDS:
            let += 1 - cell->count / words;
            break;
        case CELL_NUMBERS:
        case CELL_DATES:
            for (uint32_t i = cell->first; i < cell->first + cell->count; i++)
                let += (draft->spans[i].high - draft->spans[i].low + 1.0) / column->class_count;
            break;
        case CELL_FALSE:
        case CELL_TRUE:
            let += 0.5;
            break;
        case CELL_NULL:
        case CELL_KINDS:
            break;
        }
    }
    return let / (double)(build->table->rule_count + 1);
}

/* Columns by share, greatest first. */
static void sequence_columns(const struct build *build, uint8_t *sequence)
{
    double shares[TABLE_INPUTS];
    for (uint32_t c = 0; c < build->index->column_count; c++) {
        shares[c] = column_share(build, c);
        uint32_t at = c;
        for (; at > 0 && shares[sequence[at - 1]] < shares[c]; at--)
            sequence[at] = sequence[at - 1];
        sequence[at] = (uint8_t)c;
    }
}

static uint32_t cell_key(const struct draft *draft, const struct cell *cell)
{
    switch ((enum cell_kind)cell->kind) {
    case CELL_WORDS:
    case CELL_NOT_WORDS:
        return cell->count ? CELL_KINDS + draft->words[cell->first] : cell->kind;
    case CELL_NUMBERS:
    case CELL_DATES:
        return cell->count ? CELL_KINDS + draft->spans[cell->first].low : cell->kind;
    default:
        return cell->kind;
    }
}

static unsigned bits_of(uint32_t number)
{
    return number ? 32 - (unsigned)__builtin_clz(number) : 0;
}

/* Keys of 64 bits: one for whether it is in the first block, then as many columns as fit. */
static void make_keys(const struct build *build, struct sort_item *items)
{
    const struct index *index = build->index;
    unsigned left = 63;
    for (size_t r = 0; r < index->row_count; r++)
        items[r] = (struct sort_item){(uint64_t)(r >= BLOCK_ROWS) << left, (uint32_t)r};
    for (uint32_t i = index->column_count; i-- > 0 && left > 0;) {
        uint32_t c = index->sequence[i];
        const struct draft *draft = &build->drafts[c];
        if (index->columns[c].is_idle)
            continue;
        unsigned bits = bits_of(CELL_KINDS + index->columns[c].class_count), cut = 0;
        if (bits > left)
            cut = bits - left;
        left -= bits - cut;
        for (size_t r = 0; r < index->row_count; r++)
            items[r].key |= (uint64_t)(cell_key(draft, &draft->cells[r]) >> cut) << left;
    }
}

/* Within a block rows stand by position, so that its first bit is its first row. */
static void sort_block(uint32_t *order, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint32_t position = order[i], at = i;
        for (; at > 0 && order[at - 1] > position; at--)
            order[at] = order[at - 1];
        order[at] = position;
    }
}

static void order_blocks(struct index *index)
{
    for (uint32_t g = 0; g < index->group_count; g++)
        index->group_min[g] = UINT32_MAX;
    for (uint32_t b = 0; b < index->block_count; b++) {
        uint32_t first = b * BLOCK_ROWS, left = index->row_count - first;
        sort_block(index->order + first, left < BLOCK_ROWS ? left : BLOCK_ROWS);
        index->block_min[b] = index->order[first];
        uint32_t *least = &index->group_min[b / index->group_blocks];
        *least = index->block_min[b] < *least ? index->block_min[b] : *least;
    }
}

void rows_sort(struct build *build)
{
    struct index *index = build->index;
    struct sort_item *items = xcalloc(2 * (size_t)index->row_count + 1, sizeof *items);
    index->sequence = index_take(index, index->column_count, sizeof *index->sequence);
    sequence_columns(build, index->sequence);
    make_keys(build, items);
    items_sort(items, items + index->row_count, index->row_count);
    index->order = index_take(index, index->row_count, sizeof *index->order);
    index->group_min = index_take(index, index->group_count, sizeof *index->group_min);
    index->block_min = index_take(index, index->block_count, sizeof *index->block_min);
    for (uint32_t r = 0; r < index->row_count; r++)
        index->order[r] = items[r].value;
    order_blocks(index);
    free(items);
}
