/*
 * The databases as `wijzerd keys` asks them: one blocking connection to each, made when it is first needed,
 * as the daemon's logins. Functions return false with *err where a database cannot be reached or refuses. One
 * thread.
 */
#ifndef WIJZER_KEYS_STORE_H
#define WIJZER_KEYS_STORE_H

#include <libpq-fe.h>

#include "arena.h"
#include "config.h"

struct keys_store {
    const struct config *config;
    PGconn *data, *keys; /* NULL: not connected */
};

void keys_store_close(struct keys_store *store);

/* All regions, in the order of their ids. */
struct keys_region {
    int32_t id;
    const char *code; /* the arena's */
};
bool keys_store_regions(struct keys_store *store, struct arena *arena, struct keys_region **out,
                        size_t *count, struct err *err);
bool keys_store_region(struct keys_store *store, struct slice code, int32_t *id, struct err *err);

/* Takes the change ("rotate"; "retire" of a wrapping key, else 0) that two people agreed to; *is_agreed:
 * there was one. It counts as done when keys_store_end_change() has succeeded; closed before, it may be taken
 * again. */
bool keys_store_begin_change(struct keys_store *store, int32_t region_id, const char *action,
                             int32_t wrap_key, bool *is_agreed, struct err *err);
bool keys_store_end_change(struct keys_store *store, struct err *err);

/* How many client keys a wrapping key wraps. */
struct keys_count {
    int32_t region_id, wrap_key;
    int64_t clients;
};
bool keys_store_census(struct keys_store *store, struct arena *arena, struct keys_count **out, size_t *count,
                       struct err *err);

/* The next client keys behind `after` that are not wrapped by `not_by` (0: all); *count 0 at the end. */
struct keys_wrapped {
    int64_t client_id;
    struct slice wrapped;
    int32_t wrap_key;
};
bool keys_store_page(struct keys_store *store, int32_t region_id, int32_t not_by, int64_t after,
                     struct arena *arena, struct keys_wrapped **out, size_t *count, struct err *err);
/* Stores them as they are now, all wrapped by `wrap_key`. */
bool keys_store_rewrap(struct keys_store *store, int32_t region_id, const struct keys_wrapped *keys,
                       size_t count, int32_t wrap_key, struct err *err);
/* *left: client keys that it still wraps; 0: it is retired. */
bool keys_store_retire(struct keys_store *store, int32_t region_id, int32_t wrap_key, int64_t *left,
                       struct err *err);

#endif
