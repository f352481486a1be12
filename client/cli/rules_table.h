/*
 * A rule table both ways: the document of the API (RuleTable, RuleDraft in proto/openapi.yaml) and the struct
 * table that files are read into and written from (daemon/rules). Everything is the arena's; nothing here
 * talks to anyone.
 */
#ifndef WIJZER_RULES_TABLE_H
#define WIJZER_RULES_TABLE_H

#include <jansson.h>

#include "csv.h"

/* The columns of a table by its document. False: the document names none. */
bool rules_schema(const json_t *document, struct arena *arena, struct csv_schema *out);

/* The document's rows and examples. NULL: *faults says what the service wrote that is no table. */
const struct table *rules_table(const json_t *document, struct arena *arena, struct table_faults *faults);

/* The same table in the columns of the schema (a DMN file has its own order, and lacks those that do not
 * matter). NULL: *faults. */
const struct table *rules_fit(const struct table *table, const struct csv_schema *schema, const char *file,
                              struct arena *arena, struct table_faults *faults);

/* A CSV file's columns without its rows; NULL: its first line tells none. */
const struct table *rules_header(struct slice csv, struct arena *arena);
/* The inputs that a file leaves out: of its rules they are "any". */
const struct input *const *rules_missing(const struct table *file, const struct csv_schema *schema,
                                         struct arena *arena, size_t *count);

/* The body of a draft. Rows without an id get the next free one ("R12"), so that a row can be added in a
 * spreadsheet without looking for one. `based_on` 0: nothing; `note` NULL: none. Absent: *faults says what
 * the service cannot take (an answer that is no fixed value, no row for everything else). */
struct slice rules_draft(const struct table *table, int64_t based_on, const char *note, const char *file,
                         struct arena *arena, struct table_faults *faults);

/* What the service found wrong with a draft at a JSON pointer ("/rules/3/when/age"), by the line that row
 * came from. */
struct table_fault rules_fault(const struct table *table, const char *pointer, const char *text,
                               const char *file, struct arena *arena);

/* The number of the question whose answers the table gives; 0: none, or more than one. */
int rules_question(const struct table *table);

/* "exclusion", ...; NULL for a number that is none of 1..7. */
const char *rules_code(int table);

#endif
