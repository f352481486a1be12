/*
 * Seals what a database holds from before names and texts were sealed. `wijzerd migrate` runs it after the
 * schemas; it goes on where it was interrupted, and does nothing where nothing is plain. A client gets its
 * key first (committed in the key database), then its rows are sealed a page at a time, each page one
 * transaction. Blocking; one thread; the migrating logins.
 */
#ifndef WIJZER_SEAL_PLAIN_H
#define WIJZER_SEAL_PLAIN_H

#include "config.h"

/* *sealed: how many rows. False with *err; what was sealed until then stays sealed. Progress goes to
 * standard error where that is a terminal. */
bool seal_plain(const struct config *config, int64_t *sealed, struct err *err);

#endif
