/*
 * Reads one JSON document strictly (RFC 8259): well-formed UTF-8 without a byte order mark, no NUL, all bytes
 * used, no duplicate names, no lone surrogate, no number that does not fit, nesting no deeper than
 * JSON_DEPTH. Depth is checked by a flat scan before the recursive parser sees the bytes. No I/O.
 */
#ifndef WIJZER_JSON_IN_H
#define WIJZER_JSON_IN_H

#include <jansson.h>

#include "err.h"
#include "slice.h"

enum { JSON_DEPTH = 8, JSON_VALUES = 3000000 };

/* Returns an owned value, or NULL with ERR_MALFORMED_JSON in *err. Its text names line and column (both from
 * 1, in characters) and what is wrong there, and repeats nothing of the document. */
json_t *json_in_read(struct slice json, struct err *err);

#endif
