/*
 * Counters of a worker: written by its own thread, read by the thread that serves /metrics (relaxed atomics;
 * each number is right by itself). metrics_text() adds up all workers in the Prometheus text format 0.0.4.
 */
#ifndef WIJZER_METRICS_H
#define WIJZER_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "arena.h"
#include "lane.h"

enum { METRICS_ROUTES = 160, METRICS_CLASSES = 6, METRICS_BUCKETS = 14, METRICS_REASONS = 16 };

struct metrics {
    atomic_uint_fast64_t requests[METRICS_ROUTES]
                                 [METRICS_CLASSES]; /* [route][status / 100], class 0: client gone */
    atomic_uint_fast64_t buckets[METRICS_BUCKETS], duration_sum; /* microseconds */
    atomic_uint_fast64_t account_refusals[METRICS_REASONS], enrol_refusals[METRICS_REASONS];
    atomic_uint_fast64_t enrolments, renewals;
    atomic_uint_fast64_t referrals, replays, batches, batch_splits;
    atomic_uint_fast64_t key_wishes, key_misses, key_errors, unseal_failures;
    atomic_int_fast64_t fresh_keys; /* in stock, of all regions */
    atomic_uint empty_stocks;       /* regions that have none */
    atomic_uint connections;
    atomic_uint streams; /* open event streams */
    atomic_uint_fast64_t events_told, slow_streams;
};

/* One answered request; `route` is its index in the route table, or the last slot for none. */
void metrics_request(struct metrics *metrics, unsigned route, int status, int64_t microseconds);

/* Somebody with a certificate who is not let in, and somebody who does not get one; by a reason of the tables
 * in metrics.c, all others together. */
void metrics_refusal(struct metrics *metrics, const char *reason);
void metrics_enrol_refusal(struct metrics *metrics, const char *reason);

static inline void metrics_add(atomic_uint_fast64_t *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

struct worker;
struct board;
/* The whole exposition; memory is the arena's. `board` NULL: no region was shown. */
struct slice metrics_text(struct worker *const *workers, unsigned count, struct board *board,
                          struct arena *arena);

#endif
