/*
 * What a worker has ready to seal with in one region: ids for new clients and notes, and for each new client
 * its data key, already wrapped and committed in the key database. It is filled in the background, two round
 * trips for many: ids from the data database, then all their keys in one call to the key database. So no
 * submit waits for the key database, and submits go on for a while when it is away. Keys that were not surely
 * committed are never used; what is left at the end is lost, which leaves keys without a client and harms
 * nobody. One thread: the worker's.
 */
#ifndef WIJZER_STOCK_H
#define WIJZER_STOCK_H

#include "client_key.h"
#include "lane.h"
#include "metrics.h"

/* How much is made at a time: the least, then twice as much while that is used up quickly, to the most. */
enum { STOCK_LEAST = 32, STOCK_MOST = 1024, STOCK_WAITING = 1024 };

/* What somebody wants; their memory until on_done was called, once, now or later. */
struct stock_order {
    bool wants_client, wants_note;
    /* `err` NULL: the members below are filled. */
    void (*on_done)(struct stock_order *order, const struct err *err);
    void *arg;
    int64_t client_id, note_id; /* of what was wanted */
    struct client_key *key;     /* the client's; now the caller's */
    struct stock_order *next;   /* the stock's own */
};

struct stock_options { /* all borrowed */
    struct event_base *base;
    const struct clock *clock;
    struct pg_pool *data, *keys;
    struct metrics *metrics;
    void (*on_old_keyring)(
        void *arg); /* the keyring's keys are no longer those of the key database; or NULL */
    void *arg;
};

struct stock;

/* Holds the keyring, copies the options, begins to fill. */
struct stock *stock_new(const struct stock_options *options, int32_t region_id,
                        const struct keyring *keyring);
/* After the pools: orders that wait get ERR_DRAINING. */
void stock_free(struct stock **stock);
int32_t stock_region(const struct stock *stock);
const struct keyring *stock_keyring(const struct stock *stock);
/* Keys that are made from now on are wrapped by its newest. */
void stock_set_keyring(struct stock *stock, const struct keyring *keyring);
/* Fills the order now, or when more has come; ERR_BUSY where none comes. */
void stock_take(struct stock *stock, struct stock_order *order);
bool stock_is_quiet(const struct stock *stock); /* nobody waits */

#endif
