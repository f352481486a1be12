/* Results as the database would give them, made by hand: rows of texts, NULL for SQL's. */
#ifndef WIJZER_TEST_ROWS_H
#define WIJZER_TEST_ROWS_H

#include <libpq-fe.h>
#include <string.h>

/* An empty result with these columns; to be cleared with PQclear(). */
static inline PGresult *make_rows(int columns, const char *const names[])
{
    PGresAttDesc attributes[20] = {{0}};
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    assert_non_null(result);
    assert_in_range(columns, 1, 20);
    for (int i = 0; i < columns; i++) {
        char *name = strdup(names[i]);
        attributes[i].name = name;
    }
    assert_int_equal(PQsetResultAttrs(result, columns, attributes), 1);
    for (int i = 0; i < columns; i++)
        free(attributes[i].name);
    return result;
}

static inline void set_cell(PGresult *result, int row, const char *column, const char *value)
{
    int field = PQfnumber(result, column);
    assert_true(field >= 0);
    assert_int_equal(PQsetvalue(result, row, field, value ? (char *)(uintptr_t)value : NULL,
                                value ? (int)strlen(value) : -1),
                     1);
}

#endif
