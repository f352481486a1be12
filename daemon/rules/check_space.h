/*
 * What the checker works on: every column of a table cut into *classes*, values that no cell of the column
 * tells apart (a word, "another word", the numbers between two boundaries, true, false, null), and every cell
 * as a set of classes. Persons are combinations of one class per column; on a list column, of a set of words.
 * Equal cells of a column are one. Rows may be added at the end, which take out what has been reported
 * already.
 */
#ifndef WIJZER_CHECK_SPACE_H
#define WIJZER_CHECK_SPACE_H

#include "check.h"

enum { LIST_MOST = 64 }; /* words of a set that can be thought of, whatever list_max says */

enum class_kind {
    CLASS_WORD,
    CLASS_OTHER,
    CLASS_NUMBER,
    CLASS_DATE,
    CLASS_BOOLEAN,
    CLASS_NULL,
    CLASS_ANYTHING
};

struct class
{
    enum class_kind kind;
    bool boolean;
    struct slice word;
    struct key_range keys;
};

struct span { /* of class numbers, both inclusive */
    uint32_t low, high;
};

enum cell_kind {
    CELL_ALL,    /* every person */
    CELL_SOME,   /* a class in the spans; on a list column: at least one word in them */
    CELL_NOT,    /* list columns only: no word in the spans */
    CELL_WITH,   /* list columns only: every word in the spans; in rows that are added */
    CELL_NONE,   /* nobody */
    CELL_OPAQUE, /* cannot be analysed */
};

struct cell {
    enum cell_kind kind;
    uint32_t span_count;
    uint32_t size;            /* classes in the spans */
    uint32_t low, high;       /* the first and the last class in them */
    const struct span *spans; /* ascending, disjoint, not touching */
};

enum { ALL_CELL = 0, OPAQUE_CELL = 1 }; /* numbers of cells that every column has */

struct column {
    const struct input *input;
    bool is_list, can_be_empty;
    unsigned list_max;
    const struct class *classes;
    uint32_t class_count;
    struct cell *cells;
    uint32_t cell_count, cell_room;
    uint32_t *slots; /* hash table: cell number + 1 */
    uint32_t slot_count;
    uint32_t *row_cells; /* by row */
};

struct space {
    struct arena *arena;
    const struct table *table;
    struct column *columns;
    size_t column_count;
    uint32_t row_count, row_room; /* those of the table come first */
    uint64_t *active;             /* by row: columns that have a condition */
    uint64_t *opaque, *none;      /* by row: columns that cannot be analysed; that nobody passes */
    bool is_void;                 /* a column without any value: there are no persons */
};

/* One column of a person. */
struct choice {
    bool is_any;    /* does not matter */
    uint32_t count; /* classes; other than 1 on list columns only */
    uint32_t classes[LIST_MOST];
};

/* `extra`: how many rows may be added. Everything lives in `arena`. */
void space_build(struct space *space, const struct table *table, const struct check_options *options,
                 uint32_t extra, struct arena *arena);
uint32_t space_add_row(struct space *space, const uint32_t *cells);
/* The number of the cell with these spans (copied); normalised: what takes everybody is ALL_CELL. */
uint32_t column_intern(struct space *space, struct column *column, enum cell_kind kind,
                       const struct span *spans, uint32_t count);
/* Classes in ascending order, without repeats, as spans; returns how many spans. */
uint32_t spans_of(const uint32_t *classes, uint32_t count, struct span *out);
/* Spans of what of 0 .. count-1 is not in these. Room: span_count + 1. */
uint32_t spans_rest(const struct span *spans, uint32_t span_count, uint32_t count, struct span *out);

bool spans_have(const struct cell *cell, uint32_t class);
uint32_t spans_common(const struct cell *a, const struct cell *b); /* classes in both */
bool spans_meet(const struct cell *a, const struct cell *b);

/* Whether a person with this choice passes; opaque: false; is_any: whether anybody does. */
bool cell_takes(const struct cell *cell, const struct choice *choice);
/* Whether one person can pass both; opaque counts as ALL. */
bool cells_meet(const struct column *column, const struct cell *a, const struct cell *b);
/* Whether everybody who passes `inner` passes `outer`; opaque: false. */
bool cell_covers(const struct column *column, const struct cell *outer, const struct cell *inner);
/* The least choice that passes both; they meet. */
struct choice cells_common(const struct column *column, const struct cell *a, const struct cell *b);

static inline const struct cell *space_cell(const struct space *space, uint32_t row, size_t column)
{
    const struct column *c = &space->columns[column];
    return &c->cells[c->row_cells[row]];
}

/* A value of the class, as simple as can be; and of a choice: VALUE_NULL for is_any, a list on list columns.
 */
struct value class_value(const struct column *column, uint32_t class, struct arena *arena);
struct value choice_value(const struct column *column, const struct choice *choice, struct arena *arena);

#endif
