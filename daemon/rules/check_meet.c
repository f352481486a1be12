#include "check_meet.h"

enum { CELLS_MOST = 20000, BYTES_MOST = 192 << 20 };

struct rows_by_cell {
    uint32_t *first; /* by cell, and one more */
    uint32_t *positions;
};

static struct rows_by_cell rows_by_cell(const struct meet *meet, const struct column *column,
                                        struct arena *arena)
{
    struct rows_by_cell by = {arena_array(arena, column->cell_count + 2, sizeof *by.first),
                              arena_array(arena, meet->count + 1, sizeof *by.positions)};
    for (uint32_t p = 0; p < meet->count; p++)
        by.first[column->row_cells[meet->order[p]] + 2]++;
    for (uint32_t cell = 2; cell <= column->cell_count + 1; cell++)
        by.first[cell] += by.first[cell - 1];
    for (uint32_t p = 0; p < meet->count; p++)
        by.positions[by.first[column->row_cells[meet->order[p]] + 1]++] = p;
    return by;
}

static void add_rows(uint64_t *bits, const struct rows_by_cell *by, uint32_t cell)
{
    for (uint32_t i = by->first[cell]; i < by->first[cell + 1]; i++)
        bits[by->positions[i] / 64] |= UINT64_C(1) << (by->positions[i] % 64);
}

static void column_bits(struct meet *meet, struct meet_column *out, struct arena *arena)
{
    const struct column *column = &meet->space->columns[out->column];
    struct arena *scratch = arena_new(0);
    struct rows_by_cell by = rows_by_cell(meet, column, scratch);
    out->bits = arena_array(arena, column->cell_count, sizeof *out->bits);
    for (uint32_t a = 0; a < column->cell_count; a++)
        if (by.first[a] < by.first[a + 1])
            out->bits[a] = arena_array(arena, meet->words + 1, sizeof **out->bits);
    for (uint32_t a = 0; a < column->cell_count; a++)
        for (uint32_t b = 0; b <= a && out->bits[a]; b++) {
            if (!out->bits[b] || !cells_meet(column, &column->cells[a], &column->cells[b]))
                continue;
            add_rows(out->bits[a], &by, b);
            uint64_t rows_a = by.first[a + 1] - by.first[a], rows_b = by.first[b + 1] - by.first[b];
            out->density += rows_a * rows_b * (a == b ? 1 : 2);
            meet->steps += rows_a + rows_b;
            if (a != b)
                add_rows(out->bits[b], &by, a);
        }
    meet->steps += (uint64_t)column->cell_count * column->cell_count / 2;
    arena_free(&scratch);
}

static int by_density(const void *a, const void *b)
{
    const struct meet_column *x = a, *y = b;
    if (x->density != y->density)
        return x->density < y->density ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static bool all_pass(const struct meet *meet, const struct column *column)
{
    for (uint32_t p = 0; p < meet->count; p++)
        if (column->row_cells[meet->order[p]] != ALL_CELL)
            return false;
    return true;
}

void meet_build(struct meet *meet, const struct space *space, const uint32_t *order, uint32_t count,
                struct arena *arena)
{
    *meet = (struct meet){.space = space, .order = order, .count = count, .words = count / 64 + 1};
    meet->columns = arena_array(arena, space->column_count + 1, sizeof *meet->columns);
    meet->found = arena_array(arena, meet->words, sizeof *meet->found);
    size_t bytes = 0;
    for (size_t c = 0; c < space->column_count; c++) {
        const struct column *column = &space->columns[c];
        size_t more = (size_t)column->cell_count * meet->words * sizeof(uint64_t);
        if (all_pass(meet, column))
            continue;
        if (column->cell_count > CELLS_MOST || bytes + more > BYTES_MOST) {
            meet->late |= UINT64_C(1) << c;
            continue;
        }
        bytes += more;
        meet->columns[meet->column_count] = (struct meet_column){.column = c};
        column_bits(meet, &meet->columns[meet->column_count++], arena);
    }
    qsort(meet->columns, meet->column_count, sizeof *meet->columns, by_density);
}

static bool meets_late(const struct meet *meet, uint32_t a, uint32_t b)
{
    uint64_t late = meet->late & meet->space->active[a] & meet->space->active[b];
    for (; late; late &= late - 1) {
        size_t c = (size_t)__builtin_ctzll(late);
        if (!cells_meet(&meet->space->columns[c], space_cell(meet->space, a, c),
                        space_cell(meet->space, b, c)))
            return false;
    }
    return !(meet->space->none[a] | meet->space->none[b]);
}

/* One word of the rows that meet in all columns with bitmaps. */
static uint64_t word_of(struct meet *meet, uint32_t row, uint32_t word, uint64_t within)
{
    for (size_t i = 0; i < meet->column_count && within; i++) {
        const struct meet_column *column = &meet->columns[i];
        within &= column->bits[meet->space->columns[column->column].row_cells[row]][word];
    }
    return within;
}

uint32_t meet_before(struct meet *meet, uint32_t position, uint32_t *out)
{
    uint32_t row = meet->order[position], count = 0;
    for (uint32_t word = 0; word <= position / 64; word++) {
        uint64_t within = word < position / 64 ? ~UINT64_C(0) : (UINT64_C(1) << (position % 64)) - 1;
        for (within = word_of(meet, row, word, within); within; within &= within - 1) {
            uint32_t other = word * 64 + (uint32_t)__builtin_ctzll(within);
            if (!meet->late || meets_late(meet, row, meet->order[other]))
                out[count++] = other;
            meet->steps++;
        }
    }
    meet->steps += position / 64 + 1;
    return count;
}
