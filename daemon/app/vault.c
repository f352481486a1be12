#include "vault.h"

#include <event2/event.h>

#include "log.h"
#include "store.h"
#include "store_keys.h"

enum { BUCKETS = 8192, REGIONS = 256, TRIES = 3, SWEEP_SECONDS = 15 };

/* A client's key, or that it is gone. */
struct kept {
    int32_t region_id;
    int64_t client_id;
    struct client_key *key; /* NULL: gone */
    int64_t until;          /* monotonic */
    struct kept *next;      /* in its bucket */
    struct kept *newer, *older;
};

struct vault {
    struct stock_options options;
    struct stock *stocks[REGIONS];
    size_t stock_count;
    struct kept *buckets[BUCKETS];
    struct kept *newest, *oldest; /* by use */
    size_t kept_count;
    uint64_t forgets;
    struct event *sweep;
};

/* ---- what is kept ---- */

static size_t bucket_of(int32_t region_id, int64_t client_id)
{
    uint64_t mixed =
        ((uint64_t)client_id ^ (uint64_t)(uint32_t)region_id << 40) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) % BUCKETS;
}

static struct kept **place_of(const struct vault *vault, int32_t region_id, int64_t client_id)
{
    struct kept **at = (struct kept **)(uintptr_t)&vault->buckets[bucket_of(region_id, client_id)];
    while (*at && ((*at)->client_id != client_id || (*at)->region_id != region_id))
        at = &(*at)->next;
    return at;
}

static void unlink_kept(struct vault *vault, struct kept *kept)
{
    *(kept->newer ? &kept->newer->older : &vault->newest) = kept->older;
    *(kept->older ? &kept->older->newer : &vault->oldest) = kept->newer;
}

static void link_newest(struct vault *vault, struct kept *kept)
{
    kept->newer = NULL;
    kept->older = vault->newest;
    *(vault->newest ? &vault->newest->newer : &vault->oldest) = kept;
    vault->newest = kept;
}

static void drop(struct vault *vault, struct kept *kept)
{
    struct kept **place = place_of(vault, kept->region_id, kept->client_id);
    *place = kept->next;
    unlink_kept(vault, kept);
    client_key_free(&kept->key);
    free(kept);
    vault->kept_count--;
}

/* Takes the key. */
static void keep(struct vault *vault, int32_t region_id, int64_t client_id, struct client_key *key)
{
    struct kept *kept = *place_of(vault, region_id, client_id);
    if (kept)
        drop(vault, kept);
    while (vault->kept_count >= VAULT_ROOM)
        drop(vault, vault->oldest);
    kept = xcalloc(1, sizeof *kept);
    kept->region_id = region_id;
    kept->client_id = client_id;
    kept->key = key;
    kept->until = clock_monotonic(vault->options.clock) + VAULT_KEEPS;
    *place_of(vault, region_id, client_id) = kept;
    link_newest(vault, kept);
    vault->kept_count++;
}

/* Whether it is there and still counts; then it is the one used last. */
static bool use(struct vault *vault, int32_t region_id, int64_t client_id, int64_t now)
{
    struct kept *kept = *place_of(vault, region_id, client_id);
    if (!kept || kept->until <= now)
        return false;
    unlink_kept(vault, kept);
    link_newest(vault, kept);
    return true;
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct vault *vault = arg;
    int64_t now = clock_monotonic(vault->options.clock);
    (void)fd, (void)what;
    for (struct kept *kept = vault->oldest, *newer; kept; kept = newer) {
        newer = kept->newer;
        if (kept->until <= now)
            drop(vault, kept);
    }
}

const struct client_key *vault_key(const struct vault *vault, int32_t region_id, int64_t client_id)
{
    const struct kept *kept = *place_of(vault, region_id, client_id);
    return kept ? kept->key : NULL;
}

void vault_forget(struct vault *vault, int32_t region_id, int64_t client_id)
{
    struct kept *kept = *place_of(vault, region_id, client_id);
    vault->forgets++; /* what is on its way may still hold it */
    if (kept)
        drop(vault, kept);
}

/* ---- fetching ---- */

static void fetch(struct vault *vault, struct vault_wish *wish);

static void fetch_failed(struct vault_wish *wish, const struct err *err)
{
    struct err told = *err;
    if (told.code == ERR_UNCERTAIN) /* it was a read */
        told.code = ERR_DATABASE_AWAY;
    if (told.code == ERR_KEYS_NOT_LOADED && wish->vault->options.on_old_keyring)
        wish->vault->options.on_old_keyring(wish->vault->options.arg);
    metrics_add(&wish->vault->options.metrics->key_errors, 1);
    log_error(EV_KEYS_FAILED, err);
    wish->on_done(wish, &told);
}

/* Keeps one row's key. */
static bool take_key(struct vault_wish *wish, const PGresult *rows, int row, struct err *err)
{
    const struct keyring *keyring = vault_keyring(wish->vault, wish->region_id);
    int64_t client_id = store_number(rows, row, "client_id", 0);
    struct client_key *key =
        client_key_unwrap(keyring, wish->region_id, client_id, (int)store_number(rows, row, "wrap_key", 0),
                          store_text(rows, row, "wrapped"), err);
    if (key)
        keep(wish->vault, wish->region_id, client_id, key);
    return key != NULL;
}

/* Of those that were asked and did not come the keys are gone. */
static bool take_keys(struct vault_wish *wish, const PGresult *rows, struct err *err)
{
    struct vault *vault = wish->vault;
    int64_t now = clock_monotonic(vault->options.clock);
    for (int row = 0; row < PQntuples(rows); row++)
        if (!take_key(wish, rows, row, err))
            return false;
    for (size_t i = 0; i < wish->asked_count; i++)
        if (!use(vault, wish->region_id, wish->asked[i], now))
            keep(vault, wish->region_id, wish->asked[i], NULL);
    return true;
}

static void on_fetched(void *arg, const struct pg_reply *reply)
{
    struct vault_wish *wish = arg;
    struct vault *vault = wish->vault;
    struct err err;
    if (reply->outcome != PG_COMMITTED)
        fetch_failed(wish, reply->err);
    else if (wish->forgets != vault->forgets)
        fetch(vault, wish);
    else if (take_keys(wish, reply->result, &err))
        fetch(vault, wish); /* others may have gone meanwhile */
    else
        fetch_failed(wish, &err);
}

/* The clients whose keys are not there; how many. */
static size_t list_missing(struct vault *vault, struct vault_wish *wish)
{
    int64_t now = clock_monotonic(vault->options.clock);
    wish->asked_count = 0;
    for (size_t i = 0; i < wish->count; i++)
        if (!use(vault, wish->region_id, wish->clients[i], now))
            wish->asked[wish->asked_count++] = wish->clients[i];
    return wish->asked_count;
}

static void send_fetch(struct vault *vault, struct vault_wish *wish)
{
    struct store_array clients;
    struct err err;
    store_array_begin(&clients, wish->arena);
    for (size_t i = 0; i < wish->asked_count; i++)
        store_array_add_number(&clients, wish->asked[i], 0);
    wish->params[0] = arena_printf(wish->arena, "%d", wish->region_id);
    wish->params[1] = store_array_end(&clients);
    wish->forgets = vault->forgets;
    wish->job = (struct pg_job){
        .statement = &keys_statements[KEYS_GET], .params = wish->params, .on_done = on_fetched, .arg = wish};
    if (!pg_pool_submit(vault->options.keys, &wish->job, &err))
        fetch_failed(wish, &err);
}

/* Tells, or asks for what is missing. */
static void fetch(struct vault *vault, struct vault_wish *wish)
{
    struct err err;
    if (list_missing(vault, wish) == 0) {
        wish->on_done(wish, NULL);
    } else if (wish->tries++ == TRIES) {
        err_set(&err, ERR_BUSY, "region %d: keys are forgotten all the time", wish->region_id);
        wish->on_done(wish, &err);
    } else {
        if (wish->tries == 1)
            metrics_add(&vault->options.metrics->key_misses, wish->asked_count);
        send_fetch(vault, wish);
    }
}

void vault_fetch(struct vault *vault, struct vault_wish *wish)
{
    struct err err;
    wish->vault = vault;
    wish->tries = 0;
    if (wish->count > VAULT_WISH || !vault_keyring(vault, wish->region_id)) {
        err_set(&err, wish->count > VAULT_WISH ? ERR_INTERNAL : ERR_BUSY, "region %d: keys of %zu clients",
                wish->region_id, wish->count);
        wish->on_done(wish, &err);
        return;
    }
    wish->asked = arena_array(wish->arena, wish->count, sizeof *wish->asked);
    metrics_add(&vault->options.metrics->key_wishes, wish->count);
    fetch(vault, wish);
}

/* ---- regions ---- */

static struct stock *stock_of(const struct vault *vault, int32_t region_id)
{
    for (size_t i = 0; i < vault->stock_count; i++)
        if (stock_region(vault->stocks[i]) == region_id)
            return vault->stocks[i];
    return NULL;
}

void vault_set_keyring(struct vault *vault, int32_t region_id, const struct keyring *keyring)
{
    struct stock *stock = stock_of(vault, region_id);
    if (stock)
        stock_set_keyring(stock, keyring);
    else if (vault->stock_count < REGIONS)
        vault->stocks[vault->stock_count++] = stock_new(&vault->options, region_id, keyring);
}

const struct keyring *vault_keyring(const struct vault *vault, int32_t region_id)
{
    const struct stock *stock = stock_of(vault, region_id);
    return stock ? stock_keyring(stock) : NULL;
}

void vault_take(struct vault *vault, int32_t region_id, struct stock_order *order)
{
    stock_take(stock_of(vault, region_id), order);
}

/* ---- the whole ---- */

struct vault *vault_new(const struct stock_options *options)
{
    static const struct timeval often = {SWEEP_SECONDS, 0};
    struct vault *vault = xcalloc(1, sizeof *vault);
    vault->options = *options;
    vault->sweep = event_new(options->base, -1, EV_PERSIST, on_sweep, vault);
    event_add(vault->sweep, &often);
    return vault;
}

void vault_free(struct vault **vault)
{
    struct vault *v = *vault;
    if (!v)
        return;
    for (size_t i = 0; i < v->stock_count; i++)
        stock_free(&v->stocks[i]);
    while (v->oldest)
        drop(v, v->oldest);
    event_free(v->sweep);
    xfree(*vault);
}

bool vault_is_quiet(const struct vault *vault)
{
    for (size_t i = 0; i < vault->stock_count; i++)
        if (!stock_is_quiet(vault->stocks[i]))
            return false;
    return true;
}
