/*
 * Whether rows together take everybody in a box (one cell per column), and if not, a person they leave out:
 * the question behind gaps and shadowed rows. A search that splits the box column by column, as two-level
 * logic minimisers decide tautology [Brayton et al., Logic Minimization Algorithms for VLSI Synthesis, 1984,
 * ch. 4]:
 *
 *   - a row without a condition left takes everybody; no rows: a hole
 *   - a class of a column that no row with a condition there takes is the only one worth looking at
 *   - parts of the rows that share no columns are decided apart
 *   - what has been found whole is remembered, by its rows as far as the columns left see them
 *   - of few rows, those within another are dropped; if no two of the rest meet, counting persons decides
 *   - else the column that cuts the rows into the smallest pieces is split; pieces that hold more rows than a
 *     neighbour's, and the same ones, are left out
 *
 * Exact whenever it ends. Work is counted in steps: one look at one row in one column, more or less.
 */
#ifndef WIJZER_CHECK_COVER_H
#define WIJZER_CHECK_COVER_H

#include "check_pile.h"
#include "check_space.h"

enum cover_answer { COVER_WHOLE, COVER_HOLE, COVER_UNKNOWN /* steps ran out */ };

struct relation { /* of a cell with the box's cell of its column */
    uint32_t stamp;
    uint32_t pass;  /* the last pass over rows that met it */
    uint32_t group; /* its number in that pass */
    uint32_t size;  /* single classes of the box that it takes */
    float share;    /* the part of them */
    bool is_whole;  /* takes all of the box */
};

struct memo_entry {
    uint64_t hash, mask;
    uint32_t first, count; /* rows in memo.rows; count 0: free */
};

struct memo {
    struct memo_entry *entries;
    uint32_t count, room;
    uint32_t *rows;
    size_t row_count, row_room;
};

struct cover {
    const struct space *space;
    uint64_t steps, limit;
    bool trusts_opaque;     /* cells that cannot be analysed take everybody; else the rows given have none */
    struct choice *choices; /* by column: the hole */
    /* the task */
    const uint32_t *rows; /* of the space; below, rows are positions in this */
    size_t count;
    uint64_t *active; /* columns of the box where the row does not take all */
    uint32_t *cells;  /* by row and column */
    size_t row_room;
    uint32_t *box;               /* by column: cell */
    struct cell *domain;         /* by column: the box's single classes */
    struct relation **relations; /* by column, by cell */
    uint32_t *relation_room, *stamps;
    uint32_t pass;
    uint64_t *marks; /* by class */
    struct memo memo;
    struct pile pile, task_pile;
};

void cover_open(struct cover *cover, const struct space *space, struct arena *arena);
void cover_close(struct cover *cover);

/* Sets the task. Borrows `rows`; copies `box`. `goes_on`: same box, and the rows of the last task come first,
 * so that what was found whole then still is. */
void cover_task(struct cover *cover, const uint32_t *box, const uint32_t *rows, size_t count, bool goes_on);
/* COVER_HOLE: cover->choices is a person left out. */
enum cover_answer cover_find(struct cover *cover);
/* A hole in which at most `most` columns matter. COVER_WHOLE: there is none so small. */
enum cover_answer cover_few(struct cover *cover, unsigned most);
/* The least choice on one column that none of these rows takes on it; rows without a condition there are not
 * looked at. On list columns one may be missed where cells exclude words. */
bool cover_escape(struct cover *cover, const uint32_t *rows, size_t count, size_t column, struct choice *out);

/* ---- for check_cover.c, check_split.c and check_small.c ---- */

struct node {
    uint32_t *rows;
    size_t count;
    uint64_t mask; /* columns not decided */
    unsigned left; /* cover_few: columns that may still matter */
};
typedef enum cover_answer visit_fn(struct cover *cover, struct node node);

static inline bool cover_spend(struct cover *cover, uint64_t steps)
{
    cover->steps += steps;
    return cover->steps <= cover->limit;
}

static inline uint32_t cover_cell(const struct cover *cover, size_t column, uint32_t row)
{
    return cover->cells[row * cover->space->column_count + column];
}

struct relation *cover_relation(struct cover *cover, size_t column, uint32_t cell);

/* Calls `visit` for the pieces of the node by `column`, until one is not whole. No class may escape (but
 * where cells of a list column exclude words). */
enum cover_answer split_column(struct cover *cover, const struct node *node, size_t column, visit_fn *visit);

/* For few rows: drops those within others. True: the rest is whole, by counting. */
bool small_is_whole(struct cover *cover, struct node *node);

#define FOR_COLUMNS(column, mask)                                                                            \
    for (uint64_t rest_##column = (mask); rest_##column; rest_##column &= rest_##column - 1)                 \
        for (size_t column = (size_t)__builtin_ctzll(rest_##column), once_##column = 1; once_##column;       \
             once_##column = 0)

#endif
