/*
 * Problem details (RFC 9457): one table maps an error code to problem type, HTTP status, title, whether a
 * caller may send the same again, and the log level. `type` is "urn:wijzer:problem:" and the word of the
 * code. Body problems are collected, not thrown one by one, each with a JSON pointer (RFC 6901).
 */
#ifndef WIJZER_PROBLEM_H
#define WIJZER_PROBLEM_H

#include <jansson.h>

#include "arena.h"
#include "err.h"
#include "log.h"

struct problem_kind {
    enum err_code code;
    int status;
    bool retryable;
    enum log_level level;
    const char *title;  /* the same for every occurrence, English */
    const char *detail; /* what the caller is told where nothing more precise is known */
};

/* Never NULL. */
const struct problem_kind *problem_kind(enum err_code code);

/* One thing wrong with a body or a parameter. */
struct issue {
    struct slice pointer; /* "/client/birthYear"; of a parameter or header "?pageSize", "Idempotency-Key" */
    const char *code;     /* required, unknown-field, type, too-long, range, ...: openapi.yaml has them all */
    struct slice detail;  /* what was expected, no content of the body */
};

enum { ISSUES_MAX = 50 };

/* All that is wrong, in document order. Memory is the arena's. */
struct issues {
    struct arena *arena; /* borrowed */
    struct issue list[ISSUES_MAX];
    size_t count; /* those that did not fit are dropped */
};

void issues_add(struct issues *issues, struct slice pointer, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The body of an application/problem+json answer; `detail` NULL takes the table's, `issues` may be NULL. */
struct slice problem_json(struct arena *arena, enum err_code code, const char *detail,
                          const struct issues *issues);
/* That a body is too large, with how many bytes may come (at least 1). */
struct slice problem_too_large(struct arena *arena, uint64_t limit);

#endif
