/*
 * What stands between a table and its index while it is built: the cells by column, in few bytes. Private to
 * index_*.c. In order: cells_read() finds the classes, rows_sort() the order, bits_make() the bitmaps.
 */
#ifndef WIJZER_INDEX_BUILD_H
#define WIJZER_INDEX_BUILD_H

#include "index_own.h"

enum cell_kind {
    CELL_ANY,
    CELL_FEEL,
    CELL_NULL,
    CELL_NOT_NULL,
    CELL_FALSE,
    CELL_TRUE,
    CELL_WORDS,
    CELL_NOT_WORDS,
    CELL_NUMBERS,
    CELL_DATES,
    CELL_KINDS
};

/* Where its words or spans are in the draft's lists. */
struct cell {
    uint32_t kind, first, count;
};

struct draft {
    struct cell *cells; /* by position in the table */
    uint32_t *words;    /* classes */
    size_t word_count, word_room;
    struct key_range *ranges; /* of numbers and dates alike */
    struct span *spans;       /* the same as classes */
    size_t range_count, range_room;
    uint64_t covered[LINES];  /* classes, by all cells together */
    size_t kinds[CELL_KINDS]; /* how many cells */
};

struct build {
    const struct table *table;
    struct index *index;
    struct draft *drafts; /* by column */
};

struct sort_item {
    uint64_t key;
    uint32_t value;
};
/* Stable; `spare` has room for as many. */
void items_sort(struct sort_item *items, struct sort_item *spare, size_t count);

void cells_read(struct build *build);
void cells_free(struct build *build);
void rows_sort(struct build *build);
/* The kind of cells that are on a line. */
static inline enum cell_kind line_kind(int line)
{
    return line == LINE_NUMBERS ? CELL_NUMBERS : CELL_DATES;
}
void bits_make(struct build *build);

/* Owned memory that is counted as the index's. */
void *index_take(struct index *index, size_t count, size_t size);

#endif
