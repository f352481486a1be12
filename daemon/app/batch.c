#include "batch.h"

#include <stdlib.h>

#include "log.h"

struct batch {
    struct batch_queue *queue;
    struct arena *arena;
    struct pg_job job;
    const char *params[3];
    struct batch_item *items[BATCH_ITEMS];
    unsigned count;
};

struct batch_queue {
    struct pg_pool *pool, *spare;
    struct metrics *metrics;
    const struct batch_kind *kind;
    struct event *flush; /* runs at the end of the loop's turn */
    struct batch_item *head, **tail;
    unsigned waiting, limit, batch, lanes, in_flight;
};

static void on_flush(evutil_socket_t fd, short what, void *arg);

struct batch_queue *batch_queue_new(struct event_base *base, struct pg_pool *pool, struct pg_pool *spare,
                                    struct metrics *metrics, const struct batch_kind *kind, unsigned limit,
                                    unsigned batch, unsigned lanes)
{
    struct batch_queue *queue = xcalloc(1, sizeof *queue);
    *queue = (struct batch_queue){.pool = pool,
                                  .spare = spare,
                                  .metrics = metrics,
                                  .kind = kind,
                                  .limit = limit,
                                  .batch = batch < BATCH_ITEMS ? batch : BATCH_ITEMS,
                                  .lanes = lanes};
    queue->tail = &queue->head;
    queue->flush = event_new(base, -1, 0, on_flush, queue);
    return queue;
}

/* What was sent before with an uncertain outcome stays so, whatever became of it afterwards. */
static void fail(struct batch_queue *queue, struct batch_item *item, const struct err *err)
{
    struct err told = *err;
    if (item->was_uncertain)
        told.code = ERR_UNCERTAIN;
    queue->kind->fail(item, &told);
}

void batch_queue_free(struct batch_queue **queue)
{
    struct batch_queue *q = *queue;
    if (!q)
        return;
    struct err err;
    err_set(&err, ERR_DRAINING, "the daemon stops");
    for (struct batch_item *item = q->head, *next; item; item = next) {
        next = item->next;
        fail(q, item, &err);
    }
    event_free(q->flush);
    xfree(*queue);
}

bool batch_queue_is_empty(const struct batch_queue *queue)
{
    return queue->waiting == 0 && queue->in_flight == 0;
}

/* To a lane that is free at once; behind what a lane does already only what makes a batch worth its commit,
 * so that the lane goes on while the answers to the one before are written. */
static bool may_send(const struct batch_queue *queue)
{
    if (queue->in_flight < queue->lanes)
        return queue->waiting > 0;
    return queue->in_flight < 2 * queue->lanes && queue->waiting >= queue->batch / 2;
}

static void enqueue(struct batch_queue *queue, struct batch_item *item)
{
    item->next = NULL;
    *queue->tail = item;
    queue->tail = &item->next;
    queue->waiting++;
    if (may_send(queue))
        event_active(queue->flush, EV_TIMEOUT, 0);
}

bool batch_queue_add(struct batch_queue *queue, struct batch_item *item, struct err *err)
{
    if (queue->waiting >= queue->limit)
        return err_set(err, ERR_BUSY, "%u items wait", queue->waiting);
    item->is_alone = item->was_uncertain = false;
    enqueue(queue, item);
    return true;
}

static bool may_join(const struct batch *batch, const struct batch_item *item)
{
    bool (*may)(const struct batch_item *, const struct batch_item *) = batch->queue->kind->may_join;
    if (batch->count == 0)
        return true;
    if (item->is_alone || item->region_id != batch->items[0]->region_id)
        return false;
    for (unsigned i = 0; may && i < batch->count; i++)
        if (!may(batch->items[i], item))
            return false;
    return true;
}

/* Takes the first item and those behind it that may go with it. */
static void fill(struct batch *batch, struct batch_queue *queue)
{
    struct batch_item **at = &queue->head;
    unsigned most = queue->head->is_alone ? 1 : queue->batch;
    while (*at && batch->count < most) {
        struct batch_item *item = *at;
        if (!may_join(batch, item)) {
            at = &item->next;
            continue;
        }
        *at = item->next;
        batch->items[batch->count++] = item;
        queue->waiting--;
    }
    while (*at)
        at = &(*at)->next;
    queue->tail = at;
}

/* The texts that the items of a batch share, as far as they are known. */
struct shared {
    struct slice *texts;
    size_t count, size;
    struct store_array array;
};

/* The text's place among the shared ones, from 1. */
static size_t share(struct shared *shared, struct slice text, struct arena *arena)
{
    for (size_t i = shared->count; i > 0; i--)
        if (slice_equal(shared->texts[i - 1], text))
            return i;
    if (shared->count == shared->size) {
        size_t size = shared->size ? shared->size * 2 : 32;
        struct slice *grown = arena_alloc(arena, size * sizeof *grown);
        if (shared->count)
            memcpy(grown, shared->texts, shared->count * sizeof *grown);
        shared->texts = grown;
        shared->size = size;
    }
    shared->texts[shared->count++] = text;
    store_array_add(&shared->array, text);
    return shared->count;
}

static void share_fields(struct shared *shared, const struct batch_kind *kind, struct slice *fields,
                         struct arena *arena)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->shared & BATCH_FIELD(i) && fields[i].ptr)
            fields[i] = slice_of(arena_number(arena, (int64_t)share(shared, fields[i], arena)));
}

/* The items as an array of the composite type, and what they share as one of texts. */
static void write_items(struct batch *batch)
{
    const struct batch_kind *kind = batch->queue->kind;
    struct slice fields[BATCH_FIELDS];
    struct shared shared = {.texts = NULL};
    struct store_array array;
    store_array_begin(&array, batch->arena);
    store_array_begin(&shared.array, batch->arena);
    for (unsigned i = 0; i < batch->count; i++) {
        kind->fields(batch->items[i], fields, batch->arena);
        share_fields(&shared, kind, fields, batch->arena);
        store_array_add(&array, store_record(fields, kind->field_count, batch->arena));
    }
    batch->params[1] = store_array_end(&array);
    batch->params[2] = kind->shared ? store_array_end(&shared.array) : NULL;
}

static void batch_free(struct batch *batch)
{
    struct arena *arena = batch->arena;
    arena_free(&arena);
}

static void on_batch_done(void *arg, const struct pg_reply *reply);

/* Fails the items that have no answer yet. */
static void fail_rest(struct batch *batch, const struct err *err)
{
    for (unsigned i = 0; i < batch->count; i++)
        if (batch->items[i])
            fail(batch->queue, batch->items[i], err);
}

static bool submit(struct batch_queue *queue, struct pg_job *job, struct err *err)
{
    if (pg_pool_submit(queue->pool, job, err))
        return true;
    return err->code == ERR_DATABASE_AWAY && queue->spare && pg_pool_submit(queue->spare, job, err);
}

static void send_batch(struct batch_queue *queue)
{
    const struct batch_kind *kind = queue->kind;
    struct arena *arena = arena_new(8192);
    struct batch *batch = arena_alloc(arena, sizeof *batch);
    struct err err;
    batch->queue = queue;
    batch->arena = arena;
    fill(batch, queue);
    batch->params[0] = arena_printf(arena, "%d", batch->items[0]->region_id);
    write_items(batch);
    batch->job = (struct pg_job){.statement = &store_statements[kind->statement],
                                 .params = batch->params,
                                 .on_done = on_batch_done,
                                 .arg = batch};
    if (submit(queue, &batch->job, &err)) {
        queue->in_flight++;
        if (!batch->job.statement->is_read)
            metrics_add(&queue->metrics->batches, 1);
        return;
    }
    fail_rest(batch, &err);
    batch_free(batch);
}

static void on_flush(evutil_socket_t fd, short what, void *arg)
{
    struct batch_queue *queue = arg;
    (void)fd, (void)what;
    while (may_send(queue))
        send_batch(queue);
}

static void take_row(struct batch *batch, const PGresult *result, int row)
{
    struct batch_queue *queue = batch->queue;
    int64_t number = store_number(result, row, "item", 0);
    if (number < 1 || number > batch->count || !batch->items[number - 1])
        return;
    if (queue->kind->take_row(batch->items[number - 1], result, row, batch->arena, queue->metrics))
        batch->items[number - 1] = NULL;
}

static void take_rows(struct batch *batch, const PGresult *result)
{
    struct err err;
    for (int row = 0; row < PQntuples(result); row++)
        take_row(batch, result, row);
    err_set(&err, ERR_INTERNAL, "%s gave no answer for an item", batch->job.statement->name);
    fail_rest(batch, &err);
}

/* Back into the queue, each to be sent by itself. */
static void split(struct batch *batch, const struct err *err)
{
    log_error(EV_BATCH_SPLIT, err);
    metrics_add(&batch->queue->metrics->batch_splits, 1);
    for (unsigned i = 0; i < batch->count; i++) {
        batch->items[i]->is_alone = true;
        enqueue(batch->queue, batch->items[i]);
    }
}

/* Once more; a second time it is told. */
static void repeat(struct batch *batch, const struct err *err)
{
    for (unsigned i = 0; i < batch->count; i++) {
        if (batch->items[i]->was_uncertain)
            continue;
        batch->items[i]->was_uncertain = true;
        enqueue(batch->queue, batch->items[i]);
        batch->items[i] = NULL;
    }
    fail_rest(batch, err);
}

/* Whether the server had no time or room for anybody: then more and smaller jobs would make it worse. */
static bool is_overload(const struct err *err)
{
    return err->code == ERR_DATABASE_AWAY || strcmp(err->sqlstate, "57014") == 0 ||
           strncmp(err->sqlstate, "53", 2) == 0;
}

static void refuse(struct batch *batch, const struct err *err)
{
    if (batch->count > 1 && !is_overload(err))
        split(batch, err);
    else
        fail_rest(batch, err);
}

static void on_batch_done(void *arg, const struct pg_reply *reply)
{
    struct batch *batch = arg;
    struct batch_queue *queue = batch->queue;
    queue->in_flight--;
    switch (reply->outcome) {
    case PG_COMMITTED:
        take_rows(batch, reply->result);
        break;
    case PG_REFUSED:
        refuse(batch, reply->err);
        break;
    case PG_UNCERTAIN:
        repeat(batch, reply->err);
        break;
    case PG_NOT_SENT:
        fail_rest(batch, reply->err);
        break;
    }
    batch_free(batch);
    if (queue->head)
        event_active(queue->flush, EV_TIMEOUT, 0);
}
