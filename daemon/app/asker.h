/*
 * The database for a thread that does one thing at a time: a pool with one lane on a loop of its own, used as
 * if it blocked. While it waits for an answer, and while it rests, the loop turns, so that a lost connection
 * comes back by itself. Its thread only, but for asker_stop().
 */
#ifndef WIJZER_ASKER_H
#define WIJZER_ASKER_H

#include "config.h"
#include "mailbox.h"
#include "store.h"

struct asker;

/* `clock` is borrowed; `config` for the call. `timeout`: of a job, microseconds. NULL with *err. */
struct asker *asker_new(const struct clock *clock, const struct config *config, int64_t timeout,
                        const char *name, struct err *err);
/* The same of the key database: its statements are enum keys_statement. */
struct asker *asker_new_for_keys(const struct clock *clock, const struct config *config, int64_t timeout,
                                 const char *name, struct err *err);
void asker_free(struct asker **asker);
/* Any thread: what waits ends now, and every question from now on gets ERR_DRAINING. */
void asker_stop(struct asker *asker);

/* Turns the loop until `mailbox` has mail (NULL: none is expected), `timeout` microseconds have passed (0: no
 * matter how long) or it was stopped. False: it was stopped. */
bool asker_rest(struct asker *asker, const struct mailbox *mailbox, int64_t timeout);

/* Runs a statement (enum store_statement). True: it is committed, and `take` (may be NULL) has seen its rows,
 * which live for that call only. False: *err. A write of which the outcome is uncertain is sent once again,
 * as call_query() does: it carries a key. */
bool asker_ask(struct asker *asker, int statement, const char *const *params,
               void (*take)(void *arg, const PGresult *result), void *arg, struct err *err);

#endif
