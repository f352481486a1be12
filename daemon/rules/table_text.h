/* What the readers and writers of tables (CSV, DMN) share: canonical FEEL of the parts of a table, lists of
 * allowed values, and bits of text. */
#ifndef WIJZER_TABLE_TEXT_H
#define WIJZER_TABLE_TEXT_H

#include "table.h"

/* Canonical FEEL of a cell, and of an output ("null" for one that is not there). */
struct slice cell_text(const struct test *test, struct arena *arena);
struct slice output_text(const struct feel *output, struct arena *arena);

/* Allowed values as FEEL, separated by commas; absent: none are said. */
struct slice allowed_text(const struct value *allowed, size_t count, const struct feel *tests,
                          struct arena *arena);
/* The way back: literals separated by commas, or else tests. `tests` NULL: only literals will do. Text may be
 * empty. False: *fault says what was expected. */
bool allowed_parse(struct slice text, const struct feel_syntax *syntax, struct arena *arena,
                   const struct value **allowed, size_t *count, const struct feel **tests,
                   struct feel_fault *fault);

/* Whether an input is the fact of that name. */
bool table_has_input(const struct table *table, struct slice name);

/* As slice_cut() at the commas that stand outside quotes, parentheses and brackets. */
struct slice cut_at_comma(struct slice *rest);
/* UTF-8 of at most `max` bytes: without what was cut off in the middle of a character. */
struct slice cut_text(struct slice text, size_t max);
/* Without spaces, tabs and line ends at both ends. */
struct slice trim_all(struct slice text);

#endif
