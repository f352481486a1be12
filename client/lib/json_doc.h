/*
 * The service's JSON documents, read by path. Members that are absent or of another type read as empty, so
 * that a newer or older service never makes a screen fail. What is read comes from outside: whoever prints
 * it makes control characters harmless first.
 */
#ifndef WIJZER_JSON_DOC_H
#define WIJZER_JSON_DOC_H

#include <jansson.h>

#include "clock.h"
#include "err.h"

/* Returns an owned document (json_decref), or NULL with ERR_MALFORMED_JSON. */
json_t *document_parse(struct slice text, struct err *err);

/* A member by a path of names with dots, "decision.offering.name". Borrowed; NULL when absent or null. */
const json_t *document_at(const json_t *document, const char *path);
/* Its text; "" when it is no string. Borrowed. */
const char *document_text(const json_t *document, const char *path);
int64_t document_number(const json_t *document, const char *path, int64_t otherwise);
bool document_true(const json_t *document, const char *path);
/* Its moment; false when it is none. */
bool document_moment(const json_t *document, const char *path, moment *at);
/* The list at a path; NULL when it is none (json_array_size(NULL) is 0). */
const json_t *document_list(const json_t *document, const char *path);

#endif
