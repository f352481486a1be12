/*
 * The last events of a region, in order: what open streams are told from. It says from where on it holds
 * everything, so that a reader knows whether it can go on here or has to read on elsewhere first. Bounded in
 * number and bytes; pure, one thread.
 */
#ifndef WIJZER_RING_H
#define WIJZER_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slice.h"

/* A place in the order of events: behind an event, or (id 0) before all those of a transaction. */
struct place {
    int64_t tx, id;
};
/* Below, at or above 0, as for qsort. */
int place_compare(struct place a, struct place b);

struct told {
    struct place place;
    struct slice text;
    int32_t *parties; /* organisations */
    size_t party_count;
    int32_t offered_to; /* 0: nobody; its workers, who are no party, are told `offer` instead */
    struct slice offer;
};
bool told_concerns(const struct told *told, int32_t organisation);

struct ring;

/* At most `events`, of together at most `bytes` of text. */
struct ring *ring_new(size_t events, size_t bytes);
void ring_free(struct ring **ring);

/* Empties it: it holds everything after `from`, which is nothing yet. */
void ring_begin(struct ring *ring, struct place from);
/* Copies. Events come in order; the oldest make room. */
void ring_add(struct ring *ring, const struct told *told);
/* There is nothing else up to `to`. */
void ring_reach(struct ring *ring, struct place to);

struct place ring_from(const struct ring *ring);
struct place ring_to(const struct ring *ring);
size_t ring_count(const struct ring *ring);
/* The nth event, 0 the oldest; valid until the next ring_add() or ring_begin(). */
const struct told *ring_at(const struct ring *ring, size_t n);
/* How many of its events lie at or before `place`: the first one after it is ring_at() of that. */
size_t ring_after(const struct ring *ring, struct place place);

#endif
