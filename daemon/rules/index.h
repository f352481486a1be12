/*
 * An index on a table's rows: for each column and each class of values the rows that accept it, as bitmaps
 * with summaries above them, rows ordered so that those alike stand together. A decision looks up the class
 * of each fact and intersects; its cost hardly grows with the number of rows. Immutable after building; any
 * thread.
 *
 * Answers are the same as trying row after row with test_decide(): rows of the *table* (their position), in
 * ascending order. Cells that are TEST_FEEL count as possible and are verified with feel_test().
 */
#ifndef WIJZER_INDEX_H
#define WIJZER_INDEX_H

#include "table.h"

struct index;

/* Builds in memory of its own; borrows nothing of the table but the feel of TEST_FEEL cells, whose arena must
 * outlive it. Returns owned, never NULL. */
struct index *index_build(const struct table *table);
void index_free(struct index **index);
size_t index_bytes(const struct index *index); /* all memory it holds */
size_t index_rows(const struct index *index);

struct index_hits {
    uint32_t *rows; /* room for `room`, ascending */
    size_t room, count;
    bool is_cut; /* there were more */
};

/* The first row that is not NO: true, its position in *row, and whether it is UNKNOWN. `facts` has one fact
 * per input. `scope` and `arena` are only used by TEST_FEEL cells; may be NULL where there are none. */
bool index_first(const struct index *index, const struct fact *facts, const struct feel_scope *scope,
                 struct arena *arena, uint32_t *row, bool *is_unknown);
/* All rows that are YES into *yes, and all that are UNKNOWN into *unknown (NULL: not wanted). */
void index_all(const struct index *index, const struct fact *facts, const struct feel_scope *scope,
               struct arena *arena, struct index_hits *yes, struct index_hits *unknown);

#endif
