/*
 * What the commands of rule tables share: tables and versions as people type them, the service's documents,
 * files, and what is said of faults. The handlers themselves are in program.h.
 */
#ifndef WIJZER_RULES_H
#define WIJZER_RULES_H

#include "program.h"
#include "rules_table.h"
#include "rules_words.h"

/* "3" or "offering" as 1..7; 0: it is none, and that was said. */
int rules_table_number(struct program *program, const char *word);
/* The number of a version; 0: it is none, and that was said. */
int64_t rules_version_number(struct program *program, const char *word);

/* The words to render with; the vocabulary is fetched if it is not there. */
struct wording rules_wording(struct program *program);

/* GET of a table in force (`version` 0) or of any version of it. NULL: explained, *code is the exit code. */
const json_t *rules_fetch(struct program *program, int table, int64_t version, struct answer *answer,
                          int *code);
/* The version that says best which columns a table has: in force, or else the newest there is. NULL without a
 * word where there is none at all (*code EXIT_DONE), or explained. */
const json_t *rules_columns(struct program *program, int table, int *code);

/* POST without members. NULL: explained. */
const json_t *rules_post(struct program *program, const char *path, struct slice body, struct answer *answer,
                         int *code);

/* All of a regular file (or of standard input for "-"), never more than `max` bytes, and not before its size
 * was looked at. False: said. */
bool rules_read_file(struct program *program, const char *path, size_t max, struct slice *bytes);
/* Whether it is XML rather than CSV. */
bool rules_is_xml(struct slice bytes);
/* The table of a file's bytes, CSV or DMN (of which --decision names one), in the columns of the schema; NULL
 * as schema: as the file has them. NULL: said. */
const struct table *rules_parse(struct program *program, const char *path, struct slice bytes,
                                const struct csv_schema *schema);

/* Says what is wrong with a file, fault by fault. Returns EXIT_INPUT. */
int rules_reject(struct program *program, enum text head, const char *file,
                 const struct table_faults *faults);

/* Sends a table as a draft. On success says so and *code is EXIT_DONE. False: the table itself was refused,
 * fault by fault with the lines of `file`, and can be mended; *code is EXIT_INPUT. True with another *code:
 * explained. */
bool rules_send_draft(struct program *program, int table, const struct table *draft, int64_t based_on,
                      const char *file, int *code);

#endif
