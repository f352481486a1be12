/*
 * A row of a log as bytes that are the same wherever it comes from, a query or a dump: for every column that
 * is not NULL, in the order of the table,
 *
 *     NAME=sLENGTH:TEXT\n      the text as PostgreSQL writes it
 *     NAME=tLENGTH:MICROSECONDS\n      a moment with a time zone, since 1970 in UTC, whatever offset it came
 * with
 *
 * so that no two rows give the same bytes, and a column that is added later (NULL in old rows) changes
 * nothing. The leaf of a row is SHA-256(0 | these bytes). A row that names the same column twice or has other
 * names than lower-case letters, digits and underscores has no leaf. Pure; a row is used by one thread.
 */
#ifndef WIJZER_SEAL_ROW_H
#define WIJZER_SEAL_ROW_H

#include "clock.h"
#include "digest.h"

enum { SEAL_COLUMNS = 128 };

/* The logs that are sealed: tables of schema data that are only added to. */
struct seal_log {
    const char *name;  /* also the table's */
    const char *id;    /* column with the number of a row, unique in its region */
    const char *about; /* column with what it is about, to name it by; may be NULL in a row */
};
enum seal_log_number { SEAL_EVENT, SEAL_ACCESS, SEAL_LOGS };
extern const struct seal_log seal_logs[SEAL_LOGS];
/* Its number; SEAL_LOGS if there is none. */
int seal_log_find(struct slice name);

/* What is known of a row beside its bytes; a column that is not there or no number is 0. */
struct seal_facts {
    int64_t region, id, about, tx;
    moment at;
    struct digest leaf;
};

/* The columns of a table, looked at once for all its rows. */
struct seal_columns {
    const struct slice *names; /* borrowed */
    size_t count;
    size_t region, id, about, tx, at; /* places; `count` where there is no such column */
};
/* False with *err where a name is not fit to be sealed, or is there twice. */
bool seal_columns_find(const struct seal_log *log, const struct slice *names, size_t count,
                       struct seal_columns *out, struct err *err);

struct seal_row; /* a buffer that is used again for every row */
struct seal_row *seal_row_new(void);
void seal_row_free(struct seal_row **row);
/* `cells` in the order of the columns; absent ones are NULL. */
void seal_row_take(struct seal_row *row, const struct seal_columns *columns, const struct slice *cells,
                   struct seal_facts *out);
/* The bytes of the row that was taken last. */
struct slice seal_row_bytes(const struct seal_row *row);

/* A timestamptz as PostgreSQL writes it in DateStyle ISO, "2026-11-28 10:15:00.25+01": false if it is not
 * exactly of that shape. */
bool seal_moment(struct slice text, moment *out);

/* A composite as PostgreSQL writes it, "(1,,\"a \"\"b\"\"\")", cell by cell: unquoted into `scratch`, which
 * has at least text.len bytes. Returns the number of cells, or -1 where it is none or has more than `most`.
 */
long seal_record(struct slice text, char *scratch, struct slice *cells, size_t most);
/* An array of whole numbers, "{1,2,NULL}"; NULL is 0. The number of them, or -1. */
long seal_numbers(struct slice text, int64_t *out, size_t most);

#endif
