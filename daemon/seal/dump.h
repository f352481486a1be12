/*
 * A streaming reader of pg_dump's plain format: finds `COPY schema.table (columns) FROM stdin;` among the
 * statements and hands out the rows of those tables that are wanted, unescaped, one by one. Push: bytes are
 * fed as they come, in pieces of any size; memory is bounded by the longest row of a wanted table (DUMP_ROW).
 * Statements are read well enough to tell COPY from what stands in comments, strings and function bodies. A
 * dump that is cut off inside a table, or has rows that do not fit its columns, is an error. Pure.
 */
#ifndef WIJZER_DUMP_H
#define WIJZER_DUMP_H

#include "err.h"
#include "slice.h"

enum { DUMP_COLUMNS = 128, DUMP_ROW = 4 << 20 };

struct dump_sink {
    /* A table begins: whether its rows are wanted. Names live for the call. `columns` live until the table's
     * end. */
    bool (*on_table)(void *arg, struct slice schema, struct slice table, const struct slice *columns,
                     size_t count);
    /* A row of it; an absent cell is NULL. Cells live for the call. False with *err ends the reading. */
    bool (*on_row)(void *arg, const struct slice *cells, size_t count, struct err *err);
    void *arg;
};

struct dump;
struct dump *dump_new(const struct dump_sink *sink);
void dump_free(struct dump **dump);
/* False with *err, which names the line; nothing more is to be fed then. */
bool dump_feed(struct dump *dump, struct slice bytes, struct err *err);
/* The end has come: false where it came too early. */
bool dump_end(const struct dump *dump, struct err *err);

#endif
