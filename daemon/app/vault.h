/*
 * A worker's keys: of each region the keyring and a stock of fresh client keys (stock.h), and the client keys
 * it unwrapped lately. Those are kept for VAULT_KEEPS, at most VAULT_ROOM of them, the least used one going
 * first, and wiped when they go. So an erasure on another daemon takes effect here within that time;
 * vault_forget() at once. That a client's key is gone is remembered as long. Missing keys are fetched from
 * the key database, on lanes of its own, in one call for all that a document needs. One thread: the worker's.
 */
#ifndef WIJZER_VAULT_H
#define WIJZER_VAULT_H

#include "stock.h"

enum { VAULT_ROOM = 4096, VAULT_WISH = 1024 };
#define VAULT_KEEPS (60 * MOMENT_SECOND)

struct vault;

/* Copies the options, which borrow: loop, clock, pools and metrics outlive it, but see vault_free(). */
struct vault *vault_new(const struct stock_options *options);
/* After the pools, whose ends it is told: orders that wait get ERR_DRAINING. Wipes all. */
void vault_free(struct vault **vault);

/* A region's keyring, from now on; it is held. The first one begins to fill the region's stock. */
void vault_set_keyring(struct vault *vault, int32_t region_id, const struct keyring *keyring);
/* Borrowed for the present turn of the loop; NULL: the region has none. */
const struct keyring *vault_keyring(const struct vault *vault, int32_t region_id);

/* As stock_take(). The region must have a keyring. */
void vault_take(struct vault *vault, int32_t region_id, struct stock_order *order);

/* Keys of clients that are wanted together; the caller's memory until on_done was called, once, now or later.
 */
struct vault_wish {
    int32_t region_id;
    const int64_t *clients; /* at most VAULT_WISH */
    size_t count;
    struct arena *arena; /* for what is sent */
    /* `err` NULL: vault_key() tells of each of them, until this returns. ERR_DATABASE_AWAY: the key database
     * is. ERR_KEYS_NOT_LOADED: the keyring lacks a wrapping key; options.on_old_keyring was told. ERR_BUSY:
     * the region has no keyring (yet). */
    void (*on_done)(struct vault_wish *wish, const struct err *err);
    void *arg;
    /* the vault's own */
    struct vault *vault;
    struct pg_job job;
    const char *params[2];
    int64_t *asked;
    size_t asked_count;
    uint64_t forgets;
    unsigned tries;
};
void vault_fetch(struct vault *vault, struct vault_wish *wish);
/* Borrowed; NULL: the client's key is gone. Within on_done, of a client that was wished for. */
const struct client_key *vault_key(const struct vault *vault, int32_t region_id, int64_t client_id);

/* Forgets a client's key now: it was destroyed. */
void vault_forget(struct vault *vault, int32_t region_id, int64_t client_id);
/* Whether nobody waits for fresh keys; what waits for the key database is in its pool. */
bool vault_is_quiet(const struct vault *vault);

#endif
