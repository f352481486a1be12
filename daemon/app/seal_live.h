/*
 * The live database as the dump that pg_dump would make of the tables that verifying needs: one snapshot,
 * read only, streamed. Wants a login that row-level security does not bind, else it fails.
 */
#ifndef WIJZER_SEAL_LIVE_H
#define WIJZER_SEAL_LIVE_H

#include "err.h"
#include "slice.h"

bool seal_live_read(const char *conninfo, bool (*feed)(void *arg, struct slice bytes, struct err *err),
                    void *arg, struct err *err);

#endif
