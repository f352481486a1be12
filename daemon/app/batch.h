/*
 * Adaptive batches: items that arrive while the lanes are busy go together in the next call of a set-based
 * function, those of one region in one transaction; with one waiting it is a batch of one, sent at the end of
 * the loop's turn. A batch that the database refuses is sent again item by item, so that one bad item never
 * spoils its neighbours, unless the refusal is a want of time or room; one whose outcome is uncertain is sent
 * again once: what goes this way is a read, or carries a key that makes that safe. A `batch_kind` says which
 * function, how an item is written for it and how its rows are taken. Items belong to the caller and are
 * answered exactly once, from the loop. One thread.
 */
#ifndef WIJZER_BATCH_H
#define WIJZER_BATCH_H

#include "arena.h"
#include "metrics.h"
#include "store.h"

/* The first member of every item. */
struct batch_item {
    int32_t region_id;
    /* the queue's own */
    struct batch_item *next;
    bool is_alone, was_uncertain;
};

enum { BATCH_FIELDS = 44, BATCH_ITEMS = 256 };
#define BATCH_FIELD(n) ((uint64_t)1 << (n))

struct batch_kind {
    /* A function (region_id, array of a composite type[, array of texts]) that gives rows with a column
     * `item`, from 1. */
    enum store_statement statement;
    /* Fills the fields of an item's composite value, in their order; an absent slice is NULL. Texts may be
     * the arena's. */
    size_t field_count;
    void (*fields)(const struct batch_item *item, struct slice *out, struct arena *arena);
    /* Of these fields the composite value holds the place, from 1, in the array of texts, where each text
     * stands once; 0: there are none, and no such array. */
    uint64_t shared;
    /* Whether two items may go together; NULL: any two of one region. */
    bool (*may_join)(const struct batch_item *a, const struct batch_item *b);
    /* Answers an item from its row; false if the row says nothing. Texts for it may be the arena's, which
     * lives until this returns. */
    bool (*take_row)(struct batch_item *item, const PGresult *result, int row, struct arena *arena,
                     struct metrics *metrics);
    void (*fail)(struct batch_item *item, const struct err *err);
};

struct batch_queue;

/* `pool`, `spare` (NULL: none), `metrics` and `kind` are borrowed. At most `limit` items wait; `batch` go
 * together; `lanes` batches are under way at a time, and as many again behind them where enough waits. While
 * `pool` has no lane, `spare`, another of the same database, takes them: what came back for others came back
 * for these. */
struct batch_queue *batch_queue_new(struct event_base *base, struct pg_pool *pool, struct pg_pool *spare,
                                    struct metrics *metrics, const struct batch_kind *kind, unsigned limit,
                                    unsigned batch, unsigned lanes);
/* Ends what waits with ERR_DRAINING, or ERR_UNCERTAIN where it was sent before. Call after the pool is freed.
 */
void batch_queue_free(struct batch_queue **queue);
/* False with ERR_BUSY when the queue is full. */
bool batch_queue_add(struct batch_queue *queue, struct batch_item *item, struct err *err);
bool batch_queue_is_empty(const struct batch_queue *queue);

#endif
