/*
 * Strict reading of the rows of a JSON document: a row has exactly the members it should have, each of the
 * right type. The first thing that is wrong ends the reading with ERR_CONFIG and a text that names list, row
 * and member, such as
 *
 *   rules[6] "R07": ageMax: expected a whole number from 0 to 150, or null
 *
 * Texts are copied into the arena. Private to this library.
 */
#ifndef WIJZER_DOCUMENT_H
#define WIJZER_DOCUMENT_H

#include <jansson.h>

#include "arena.h"
#include "err.h"

struct row {
    const char *list; /* "rules" */
    size_t index;     /* ROW_ALONE: the row is not in a list */
    const char *name; /* what the row calls itself, or NULL; lives as long as the JSON */
    json_t *json;
    struct arena *arena;
    struct err *err;
};
#define ROW_ALONE SIZE_MAX

/* Makes a row of `json`, which must be an object with exactly these members (`members` ends with NULL); the
 * first member is what the row is named by in error texts. */
bool row_open(struct row *row, const char *const *members);
/* The same for a row that has its name already. */
bool row_members(const struct row *row, const char *const *members);
bool row_fail(const struct row *row, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Not empty. */
bool row_text(const struct row *row, const char *member, struct slice *out);
/* A text of 1..64 visible ASCII characters. */
bool row_code(const struct row *row, const char *member, struct slice *out);
bool row_code_or_null(const struct row *row, const char *member, struct slice *out);
bool row_int(const struct row *row, const char *member, int64_t min, int64_t max, int64_t *out);
bool row_int_or_null(const struct row *row, const char *member, int64_t min, int64_t max, int64_t if_null,
                     int64_t *out);
bool row_bool(const struct row *row, const char *member, bool *out);
/* An array, borrowed from the JSON. */
bool row_list(const struct row *row, const char *member, json_t **out);
/* An array of codes. */
bool row_codes(const struct row *row, const char *member, struct slice **out, size_t *count);

#endif
