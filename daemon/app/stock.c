#include "stock.h"

#include <event2/event.h>

#include "log.h"
#include "store.h"
#include "store_keys.h"

/* A refill begins when half of what one brings is left, so that much more fits. */
enum { ROOM = STOCK_MOST + STOCK_MOST / 2 };
/* Refills closer together than this are made larger, further apart smaller. */
#define OFTEN (2 * MOMENT_SECOND)
#define SELDOM (60 * MOMENT_SECOND)
#define BACKOFF_LEAST (MOMENT_SECOND / 10)
#define BACKOFF_MOST (5 * MOMENT_SECOND)

static const char RETIRED[] = "55000"; /* of keys.add(): the wrapping key is */

struct fresh {
    int64_t client_id;
    struct client_key *key;
};

/* What is in stock goes out in the order it came in, lowest ids first: rows with ascending keys fill the
 * pages of their indexes, others leave them half empty. */
struct ring {
    size_t first, count; /* of ROOM places */
};

/* One refill. */
struct refill {
    struct arena *arena;
    struct pg_job job;
    const char *params[4];
    struct fresh made[STOCK_MOST]; /* of which the keys are not committed yet */
    size_t made_count, clients, notes;
};

enum stock_state {
    STOCK_RESTING,
    STOCK_RESERVING, /* ids are on their way */
    STOCK_ADDING,    /* keys are on their way to the key database */
    STOCK_FAILED,    /* the timer tries again */
    STOCK_STATES
};

struct stock {
    struct stock_options options;
    int32_t region_id;
    const struct keyring *keyring; /* one reference */
    struct fresh fresh[ROOM];
    int64_t notes[ROOM];
    struct ring fresh_ring, note_ring;
    enum stock_state state;
    struct refill *refill; /* NULL unless one is under way */
    size_t size;           /* of a refill */
    int64_t began_at;      /* the last refill, monotonic */
    int64_t backoff;
    struct event *again;
    struct stock_order *head, **tail;
    size_t waiting;
};

static void set_state(struct stock *stock, enum stock_state state)
{
    static const bool edges[STOCK_STATES][STOCK_STATES] = {
        [STOCK_RESTING] = {[STOCK_RESERVING] = true},
        [STOCK_RESERVING] = {[STOCK_RESTING] = true, [STOCK_ADDING] = true, [STOCK_FAILED] = true},
        [STOCK_ADDING] = {[STOCK_RESTING] = true, [STOCK_FAILED] = true},
        [STOCK_FAILED] = {[STOCK_RESERVING] = true}};
    if (!edges[stock->state][state])
        abort();
    stock->state = state;
    if (state == STOCK_RESTING)
        stock->backoff = BACKOFF_LEAST;
    if (state == STOCK_FAILED) {
        struct timeval after = {stock->backoff / MOMENT_SECOND, stock->backoff % MOMENT_SECOND};
        event_add(stock->again, &after);
        stock->backoff = stock->backoff * 2 < BACKOFF_MOST ? stock->backoff * 2 : BACKOFF_MOST;
    }
}

/* The place of who leaves first. */
static size_t ring_take(struct ring *ring)
{
    size_t place = ring->first;
    ring->first = (ring->first + 1) % ROOM;
    ring->count--;
    return place;
}

/* The place of who comes last. */
static size_t ring_add(struct ring *ring)
{
    return (ring->first + ring->count++) % ROOM;
}

static struct fresh take_fresh(struct stock *stock)
{
    struct metrics *metrics = stock->options.metrics;
    struct fresh fresh = stock->fresh[ring_take(&stock->fresh_ring)];
    atomic_fetch_sub_explicit(&metrics->fresh_keys, 1, memory_order_relaxed);
    if (stock->fresh_ring.count == 0)
        atomic_fetch_add_explicit(&metrics->empty_stocks, 1, memory_order_relaxed);
    return fresh;
}

static void add_fresh(struct stock *stock, struct fresh fresh)
{
    struct metrics *metrics = stock->options.metrics;
    if (stock->fresh_ring.count == 0)
        atomic_fetch_sub_explicit(&metrics->empty_stocks, 1, memory_order_relaxed);
    stock->fresh[ring_add(&stock->fresh_ring)] = fresh;
    atomic_fetch_add_explicit(&metrics->fresh_keys, 1, memory_order_relaxed);
}

/* ---- taking ---- */

static bool can_fill(const struct stock *stock, const struct stock_order *order)
{
    return (!order->wants_client || stock->fresh_ring.count) &&
           (!order->wants_note || stock->note_ring.count);
}

static void fill(struct stock *stock, struct stock_order *order)
{
    if (order->wants_client) {
        struct fresh fresh = take_fresh(stock);
        order->client_id = fresh.client_id;
        order->key = fresh.key;
    }
    if (order->wants_note)
        order->note_id = stock->notes[ring_take(&stock->note_ring)];
    order->on_done(order, NULL);
}

static struct stock_order *unlink_order(struct stock *stock, struct stock_order **at)
{
    struct stock_order *order = *at;
    *at = order->next;
    if (!*at)
        stock->tail = at;
    stock->waiting--;
    return order;
}

/* Those who wait, in order; who wants a note only does not wait for a key. */
static void serve(struct stock *stock)
{
    for (struct stock_order **at = &stock->head; *at;)
        if (can_fill(stock, *at))
            fill(stock, unlink_order(stock, at));
        else
            at = &(*at)->next;
}

static void turn_away(struct stock *stock, const struct err *err)
{
    while (stock->head) {
        struct stock_order *order = unlink_order(stock, &stock->head);
        order->on_done(order, err);
    }
}

/* ---- refilling ---- */

static void end_refill(struct stock *stock)
{
    struct refill *refill = stock->refill;
    struct arena *arena = refill->arena;
    for (size_t i = 0; i < refill->made_count; i++)
        client_key_free(&refill->made[i].key);
    stock->refill = NULL;
    arena_free(&arena);
}

static void refill_failed(struct stock *stock, const struct err *err)
{
    struct err busy;
    end_refill(stock);
    set_state(stock, STOCK_FAILED);
    metrics_add(&stock->options.metrics->key_errors, 1);
    log_error(EV_KEYS_FAILED, err);
    serve(stock);
    err_set(&busy, ERR_BUSY, "region %d: no fresh client keys", stock->region_id);
    turn_away(stock, &busy);
}

static void refill_done(struct stock *stock)
{
    struct refill *refill = stock->refill;
    for (size_t i = 0; i < refill->made_count && stock->fresh_ring.count < ROOM; i++) {
        add_fresh(stock, refill->made[i]);
        refill->made[i].key = NULL;
    }
    end_refill(stock);
    set_state(stock, STOCK_RESTING);
    serve(stock);
}

static void maybe_refill(struct stock *stock);

static void on_added(void *arg, const struct pg_reply *reply)
{
    struct stock *stock = arg;
    if (reply->outcome == PG_REFUSED && strcmp(reply->err->sqlstate, RETIRED) == 0 &&
        stock->options.on_old_keyring)
        stock->options.on_old_keyring(stock->options.arg);
    if (reply->outcome != PG_COMMITTED) { /* or it may have been: then these keys stay unused */
        refill_failed(stock, reply->err);
        return;
    }
    refill_done(stock);
    maybe_refill(stock);
}

/* Keys for the ids, wrapped; then the call that stores them. */
static bool add_keys(struct stock *stock, const int64_t *ids, struct err *err)
{
    struct refill *refill = stock->refill;
    struct arena *arena = refill->arena;
    struct store_array clients, wrapped;
    char text[WRAPPED_TEXT_MAX];
    store_array_begin(&clients, arena);
    store_array_begin(&wrapped, arena);
    for (size_t i = 0; i < refill->clients; i++) {
        struct fresh *made = &refill->made[i];
        made->client_id = ids[i];
        made->key = client_key_new(stock->keyring, stock->region_id, ids[i], text, err);
        if (!made->key)
            return false;
        refill->made_count++;
        store_array_add_number(&clients, ids[i], 0);
        store_array_add(&wrapped, slice_of(text));
    }
    refill->params[0] = arena_printf(arena, "%d", stock->region_id);
    refill->params[1] = store_array_end(&clients);
    refill->params[2] = store_array_end(&wrapped);
    refill->params[3] = arena_printf(arena, "%d", keyring_newest(stock->keyring));
    refill->job = (struct pg_job){
        .statement = &keys_statements[KEYS_ADD], .params = refill->params, .on_done = on_added, .arg = stock};
    return pg_pool_submit(stock->options.keys, &refill->job, err);
}

/* "{1,2,3}" into at most `room` numbers; how many there are. */
static size_t read_ids(struct slice text, int64_t *ids, size_t room)
{
    size_t count = 0;
    if (text.len < 2)
        return 0;
    for (struct slice rest = slice_make(text.ptr + 1, text.len - 2); rest.ptr && count < room; count++)
        if (!slice_to_i64(slice_cut(&rest, ','), 1, INT64_MAX, &ids[count]))
            return 0;
    return count;
}

static void on_reserved(void *arg, const struct pg_reply *reply)
{
    struct stock *stock = arg;
    struct refill *refill = stock->refill;
    struct err err;
    size_t wanted = refill->clients + refill->notes;
    if (reply->outcome != PG_COMMITTED) {
        refill_failed(stock, reply->err);
        return;
    }
    int64_t *ids = arena_array(refill->arena, wanted, sizeof *ids);
    if (read_ids(store_text(reply->result, 0, "ids"), ids, wanted) != wanted) {
        err_set(&err, ERR_INTERNAL, "reserve_ids did not give %zu ids", wanted);
        refill_failed(stock, &err);
        return;
    }
    for (size_t i = refill->clients; i < wanted && stock->note_ring.count < ROOM; i++)
        stock->notes[ring_add(&stock->note_ring)] = ids[i];
    serve(stock);
    if (refill->clients == 0) {
        refill_done(stock);
        maybe_refill(stock);
    } else if (add_keys(stock, ids, &err))
        set_state(stock, STOCK_ADDING);
    else
        refill_failed(stock, &err);
}

/* Whether of what there are `count` more is wanted. */
static bool is_low(const struct stock *stock, size_t count)
{
    return count < stock->size / 2;
}

static void adapt(struct stock *stock)
{
    int64_t now = clock_monotonic(stock->options.clock), since = now - stock->began_at;
    if (stock->began_at && since < OFTEN && stock->size < STOCK_MOST)
        stock->size *= 2;
    else if (since > SELDOM && stock->size > STOCK_LEAST)
        stock->size /= 2;
    stock->began_at = now;
}

static void begin_refill(struct stock *stock, bool wants_clients, bool wants_notes)
{
    struct arena *arena = arena_new(65536);
    struct refill *refill = arena_alloc(arena, sizeof *refill);
    struct err err;
    refill->arena = arena;
    refill->clients = wants_clients ? stock->size : 0;
    refill->notes = wants_notes ? stock->size : 0;
    refill->params[0] = arena_printf(arena, "%zu", refill->clients + refill->notes);
    refill->job = (struct pg_job){.statement = &store_statements[STORE_RESERVE_IDS],
                                  .params = refill->params,
                                  .on_done = on_reserved,
                                  .arg = stock};
    stock->refill = refill;
    set_state(stock, STOCK_RESERVING);
    if (!pg_pool_submit(stock->options.data, &refill->job, &err))
        refill_failed(stock, &err);
}

static void maybe_refill(struct stock *stock)
{
    bool wants_clients = is_low(stock, stock->fresh_ring.count),
         wants_notes = is_low(stock, stock->note_ring.count);
    if (stock->state != STOCK_RESTING || !(wants_clients || wants_notes))
        return;
    adapt(stock);
    begin_refill(stock, wants_clients, wants_notes);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    struct stock *stock = arg;
    (void)fd, (void)what;
    if (stock->state == STOCK_FAILED)
        begin_refill(stock, is_low(stock, stock->fresh_ring.count), true);
}

/* ---- the whole ---- */

struct stock *stock_new(const struct stock_options *options, int32_t region_id, const struct keyring *keyring)
{
    struct stock *stock = xcalloc(1, sizeof *stock);
    stock->options = *options;
    stock->region_id = region_id;
    stock->keyring = keyring_hold(keyring);
    stock->size = STOCK_LEAST;
    stock->backoff = BACKOFF_LEAST;
    stock->tail = &stock->head;
    stock->again = evtimer_new(options->base, on_again, stock);
    atomic_fetch_add_explicit(&options->metrics->empty_stocks, 1, memory_order_relaxed);
    maybe_refill(stock);
    return stock;
}

void stock_free(struct stock **stock)
{
    struct stock *s = *stock;
    struct err err;
    if (!s)
        return;
    err_set(&err, ERR_DRAINING, "the daemon stops");
    turn_away(s, &err);
    if (s->refill)
        end_refill(s);
    while (s->fresh_ring.count) {
        struct fresh fresh = take_fresh(s);
        client_key_free(&fresh.key);
    }
    atomic_fetch_sub_explicit(&s->options.metrics->empty_stocks, 1, memory_order_relaxed);
    keyring_release(&s->keyring);
    event_free(s->again);
    xfree(*stock);
}

int32_t stock_region(const struct stock *stock)
{
    return stock->region_id;
}

const struct keyring *stock_keyring(const struct stock *stock)
{
    return stock->keyring;
}

void stock_set_keyring(struct stock *stock, const struct keyring *keyring)
{
    keyring_hold(keyring);
    keyring_release(&stock->keyring);
    stock->keyring = keyring;
}

void stock_take(struct stock *stock, struct stock_order *order)
{
    bool lacks_key = order->wants_client && stock->fresh_ring.count == 0;
    struct err err;
    if (can_fill(stock, order)) {
        fill(stock, order);
    } else if ((stock->state == STOCK_FAILED && lacks_key) || stock->waiting >= STOCK_WAITING) {
        err_set(&err, ERR_BUSY, "region %d: no fresh client keys", stock->region_id);
        order->on_done(order, &err);
    } else {
        order->next = NULL;
        *stock->tail = order;
        stock->tail = &order->next;
        stock->waiting++;
        if (stock->state == STOCK_FAILED) /* ids do not need the key database */
            begin_refill(stock, false, true);
    }
    maybe_refill(stock);
}

bool stock_is_quiet(const struct stock *stock)
{
    return stock->waiting == 0;
}
