/*
 * What went wrong. A function that can fail takes `struct err *err` last and returns bool (or a pointer);
 * false means *err is filled. `code` decides what the caller of the API is told (proto/problem.h maps it to
 * problem type and HTTP status); `text` is for the log and for people who run the program: it names the
 * object by id and never carries personal data.
 */
#ifndef WIJZER_ERR_H
#define WIJZER_ERR_H

#include <stdbool.h>

/* X(enumerator, "kebab-case word"): the word is the last part of the problem type. */
#define ERR_CODES(X)                                                                                         \
    X(ERR_NONE, "none")                                                                                      \
    X(ERR_MALFORMED_REQUEST, "malformed-request")                                                            \
    X(ERR_MALFORMED_JSON, "malformed-json")                                                                  \
    X(ERR_INVALID_PARAMETER, "invalid-parameter")                                                            \
    X(ERR_INVALID_BODY, "invalid-body")                                                                      \
    X(ERR_MISTYPED_ID, "mistyped-id")                                                                        \
    X(ERR_KEY_MISSING, "idempotency-key-missing")                                                            \
    X(ERR_KEY_REUSED, "idempotency-key-reused")                                                              \
    X(ERR_UNKNOWN_ACCOUNT, "unknown-account")                                                                \
    X(ERR_WRONG_ROLE, "wrong-role")                                                                          \
    X(ERR_NOT_YOURS, "not-yours")                                                                            \
    X(ERR_NOT_FOUND, "not-found")                                                                            \
    X(ERR_METHOD, "method-not-allowed")                                                                      \
    X(ERR_UNKNOWN_METHOD, "method-not-implemented")                                                          \
    X(ERR_TIMEOUT, "request-timeout")                                                                        \
    X(ERR_STATE_NOT_ALLOWED, "state-not-allowed")                                                            \
    X(ERR_NOT_PUBLISHABLE, "not-publishable")                                                                \
    X(ERR_SAME_PERSON, "same-person")                                                                        \
    X(ERR_NOT_SHARED, "not-shared")                                                                          \
    X(ERR_CODE_REFUSED, "code-refused")                                                                      \
    X(ERR_TAKEN, "already-taken")                                                                            \
    X(ERR_OFFER_TAKEN, "offer-taken")                                                                        \
    X(ERR_VERSION, "version-conflict")                                                                       \
    X(ERR_VERSION_MISSING, "if-match-missing")                                                               \
    X(ERR_TOO_LARGE, "body-too-large")                                                                       \
    X(ERR_TARGET_TOO_LONG, "target-too-long")                                                                \
    X(ERR_MEDIA_TYPE, "media-type-not-supported")                                                            \
    X(ERR_EXPECTATION, "expectation-failed")                                                                 \
    X(ERR_HEAD_TOO_LARGE, "head-too-large")                                                                  \
    X(ERR_TOO_MANY, "too-many-requests")                                                                     \
    X(ERR_INTERNAL, "internal")                                                                              \
    X(ERR_CODING, "coding-not-implemented")                                                                  \
    X(ERR_BUSY, "busy")                                                                                      \
    X(ERR_DATABASE_AWAY, "database-away")                                                                    \
    X(ERR_UNCERTAIN, "outcome-uncertain")                                                                    \
    X(ERR_DRAINING, "draining")                                                                              \
    X(ERR_KEYS_NOT_LOADED, "keys-not-loaded")                                                                \
    X(ERR_HTTP_VERSION, "http-version-not-supported")                                                        \
    X(ERR_VIRUS, "virus-found")                                                                              \
    X(ERR_SCANNER_AWAY, "scanner-away")                                                                      \
    X(ERR_NO_ROUTE_TABLE, "no-rule-table")                                                                   \
    X(ERR_CONFIG, "config")                                                                                  \
    X(ERR_OS, "system")                                                                                      \
    X(ERR_TLS, "tls")                                                                                        \
    X(ERR_SCHEMA, "schema")                                                                                  \
    X(ERR_UNREACHABLE, "unreachable")

enum err_code {
#define X(code, word) code,
    ERR_CODES(X)
#undef X
        ERR_COUNT
};

struct err {
    enum err_code code;
    int os;            /* errno, or 0 */
    char sqlstate[6];  /* of PostgreSQL, or "" */
    const char *where; /* the function that failed, static text */
    char text[256];
};

/* Fills *err (which may be NULL) and returns false, so that a failing function may `return err_set(...)`.
 * Text that is too long is cut between characters; err->text itself may be among the arguments. */
#define err_set(err, code, ...) err_fill((err), (code), 0, __func__, __VA_ARGS__)
/* The same, remembering errno and adding its text. */
#define err_set_os(err, code, errnum, ...) err_fill((err), (code), (errnum), __func__, __VA_ARGS__)

bool err_fill(struct err *err, enum err_code code, int os, const char *where, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The kebab-case word of a code; "internal" for a number that is none. */
const char *err_word(enum err_code code);

#endif
