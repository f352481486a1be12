/*
 * The statements of a dump, character by character: where one ends, and what a COPY among them says. Knows
 * comments, quoted strings and names, dollar quotes and psql's backslash commands, so that a COPY inside a
 * function's body is none. Pure.
 */
#ifndef WIJZER_DUMP_LEX_H
#define WIJZER_DUMP_LEX_H

#include <stdbool.h>

#include "slice.h"

struct dump_lex;
struct dump_lex *dump_lex_new(void);
void dump_lex_free(struct dump_lex **lex);

/* True where a statement that may be a COPY is complete, which is at the end of its line: *statement, without
 * its semicolon and comments, lives until the next character. */
bool dump_lex_feed(struct dump_lex *lex, char c, struct slice *statement);
/* Between statements. */
bool dump_lex_is_idle(const struct dump_lex *lex);

struct dump_copy {
    struct slice schema, table;
    size_t column_count;
};
enum dump_copy_kind { DUMP_COPY_NONE, DUMP_COPY_TABLE, DUMP_COPY_WIDE, DUMP_COPY_STRANGE };

/* What "COPY schema.table (a, b) FROM stdin" says; quoted names are unquoted inside `text`, where the slices
 * lie. WIDE: it has more than `most` columns. STRANGE: COPY from standard input in another form. */
enum dump_copy_kind dump_copy_parse(char *text, size_t length, struct dump_copy *out, struct slice *columns,
                                    size_t most);

#endif
