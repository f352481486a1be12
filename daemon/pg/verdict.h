/*
 * What an error of the server means for the job and for its connection. Private to daemon/pg.
 */
#ifndef WIJZER_VERDICT_H
#define WIJZER_VERDICT_H

#include <libpq-fe.h>

#include "err.h"

enum verdict {
    VERDICT_REFUSED,    /* the answer: told to the caller */
    VERDICT_AGAIN,      /* rolled back through no fault of its own: sent once more */
    VERDICT_STALE,      /* the prepared statements are not those of this schema: reconnect, then again */
    VERDICT_WRONG_HOST, /* it cannot write: reconnect to the next host, then again */
    VERDICT_COUNT
};

/* Fills *err from an error result: code, SQLSTATE and a text without values of parameters (`about` names the
 * statement). A result made by libpq itself has no SQLSTATE. */
enum verdict verdict_of(const PGresult *result, const char *about, struct err *err);
/* Whether the server ends the connection with this error (FATAL, PANIC). */
bool verdict_is_fatal(const PGresult *result);

#endif
