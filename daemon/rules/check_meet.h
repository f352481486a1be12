/*
 * Which rows can match the same person: for each row, those before it in a given order, by bitmaps of the
 * rows that each cell of a column meets. Rows with cells that cannot be analysed meet wherever the other
 * cells do; see meet_is_certain().
 */
#ifndef WIJZER_CHECK_MEET_H
#define WIJZER_CHECK_MEET_H

#include "check_space.h"

struct meet_column {
    size_t column;
    uint64_t **bits;  /* by cell: positions whose cell meets it; NULL: cell of no row */
    uint64_t density; /* bits set, over all rows */
};

struct meet {
    const struct space *space;
    const uint32_t *order; /* rows by position */
    uint32_t count, words;
    struct meet_column *columns; /* with bitmaps, the ones that rule out most first */
    size_t column_count;
    uint64_t late; /* columns with too many cells for bitmaps: looked at pair by pair */
    uint64_t *found;
    uint64_t steps;
};

/* Borrows `order`; everything lives in `arena`. */
void meet_build(struct meet *meet, const struct space *space, const uint32_t *order, uint32_t count,
                struct arena *arena);
/* Positions before `position` that meet it, ascending, into out (room: position). Adds to meet->steps. */
uint32_t meet_before(struct meet *meet, uint32_t position, uint32_t *out);

/* False: one of the two has a cell that cannot be analysed. */
static inline bool meet_is_certain(const struct space *space, uint32_t a, uint32_t b)
{
    return !(space->opaque[a] | space->opaque[b]);
}

#endif
