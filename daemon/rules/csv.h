/*
 * A decision table as a CSV file (RFC 4180) that people edit in a spreadsheet. Separator comma, semicolon
 * (Dutch Excel) or tab, found in the first line; lines end in LF or CRLF; a BOM is skipped; UTF-8, or else
 * Windows-1252 (of which Latin-1 is a part), which is converted; UTF-16 and NUL bytes are refused by name.
 * Formulas are not evaluated; on writing, text that a spreadsheet would take for one (= + - @ at the start,
 * but for the cell "-" and numbers) gets an apostrophe before it, which reading takes off.
 *
 *   first line   hit policy ("U", "C+", ...) or "rule", then a header per column:
 *                  name        an input; an expression is one too
 *                  > name      an output ("> " alone where the one output has no name)
 *                  # name      an annotation; "# reason" is the sentence why,
 *                                "# :sentence" that of examples where there is no such column
 *   then         lines whose first cell begins with a colon, about the columns:
 *                  :type       string, number, boolean, date, ..., or "words" (a list column, any of)
 *                  :values     allowed values, FEEL, separated by commas; for outputs in order of priority
 *                  :label      what people read
 *                  :names      names beside the inputs that expressions use; else they would be bare words
 *   then         rows: id, cells as FEEL unary tests, outputs as FEEL expressions, annotations. Bare words
 * are strings. An empty cell is "-" for an input and null for an output. :otherwise [id]  the row that holds
 * when no other does: outputs and annotations only :example [id]    a case: facts as literals (empty: not
 * known; words separated by commas on a list column), outputs as they must come out (empty: does not matter;
 * null: nothing), and its sentence under "# reason" empty lines are skipped.
 *
 * RFC 4180 by hand: the maintained libraries give fields without the line they stood on, and every fault here
 * names file, line and column.
 */
#ifndef WIJZER_CSV_H
#define WIJZER_CSV_H

#include "table.h"

enum { CSV_BYTES = 32 * 1024 * 1024, CSV_COLUMNS = 128 };

/* What a table of a known question says about its columns: types, lists, allowed values. */
struct csv_schema {
    const struct input *inputs;
    size_t input_count;
    const struct output *outputs;
    size_t output_count;
    enum hit_policy policy; /* the one that the table must have; 0: as the file says */
};

/* Of a table in a CSV file facts that are not there are not known (absent_is_unknown). In a column of strings
 * cells of digits are strings too, as postcodes are.
 * NULL: *faults says why, everything at once. `schema` NULL: a table by itself; otherwise columns must be of
 * the schema (any order, missing ones are "-"), and the table has the schema's columns in the schema's order.
 */
const struct table *csv_read(struct slice bytes, const char *file, const struct csv_schema *schema,
                             struct arena *arena, struct table_faults *faults);
/* Semicolons, CRLF, UTF-8 with BOM: what Dutch Excel opens with a double click. Reading it gives the same
 * table. */
struct slice csv_write(const struct table *table, struct arena *arena);

#endif
