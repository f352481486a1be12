#include "index_build.h"

void *index_take(struct index *index, size_t count, size_t size)
{
    index->bytes += count * size;
    return xcalloc(count, size);
}

static void set_sizes(struct index *index, const struct table *table)
{
    if (table->rule_count > (size_t)GROUPS_MAX * GROUP_BLOCKS * BLOCK_ROWS ||
        table->input_count > TABLE_INPUTS)
        abort(); /* whoever makes tables keeps to TABLE_RULES and TABLE_INPUTS */
    index->row_count = (uint32_t)table->rule_count;
    index->block_count = (index->row_count + BLOCK_ROWS - 1) / BLOCK_ROWS;
    index->group_count = (index->block_count + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
    index->group_blocks = index->group_count ? (index->block_count - 1) / index->group_count + 1 : 1;
    index->column_count = (uint32_t)table->input_count;
}

struct index *index_build(const struct table *table)
{
    struct index *index = xcalloc(1, sizeof *index);
    struct build build = {.table = table, .index = index};
    index->bytes = sizeof *index;
    set_sizes(index, table);
    index->columns = index_take(index, index->column_count, sizeof *index->columns);
    cells_read(&build);
    rows_sort(&build);
    bits_make(&build);
    cells_free(&build);
    return index;
}

static void free_column(struct column *column)
{
    vocabulary_free(&column->words);
    for (int i = 0; i < LINES; i++) {
        xfree(column->lines[i].cuts);
        xfree(column->lines[i].steps);
    }
    xfree(column->bitmaps);
    xfree(column->patches);
    xfree(column->patch_block);
    xfree(column->patch_word);
    xfree(column->spans);
    xfree(column->narrow);
    xfree(column->more);
}

void index_free(struct index **index)
{
    if (!*index)
        return;
    for (uint32_t c = 0; c < (*index)->column_count; c++)
        free_column(&(*index)->columns[c]);
    xfree((*index)->columns);
    xfree((*index)->summaries);
    xfree((*index)->sequence);
    xfree((*index)->pages);
    xfree((*index)->words);
    xfree((*index)->order);
    xfree((*index)->block_min);
    xfree((*index)->group_min);
    xfree((*index)->feels);
    xfree(*index);
}

size_t index_bytes(const struct index *index)
{
    return index->bytes;
}

size_t index_rows(const struct index *index)
{
    return index->row_count;
}
