#include "rights.h"

#include <stdlib.h>

#include "arena.h"
#include "conn.h"
#include "session.h"
#include "store.h"

enum { PEERS = 500, FIRST_BLOCK = 16384 };
#define AGAIN (MOMENT_SECOND / 2)

/* A roll call of some of the peers; lives until it is answered. */
struct roll {
    struct worker *worker;
    struct arena *arena;
    struct pg_job job;
    const char *params[3];
    struct store_array issuers, sans, serials;
    uint64_t numbers[PEERS]; /* of the connections, falling: the newest stands first in the worker's list */
    bool is_known[PEERS];
    size_t count;
};

static void free_roll(struct roll *roll)
{
    arena_free(&roll->arena);
    free(roll);
}

static void try_again(struct worker *worker)
{
    struct timeval later = {AGAIN / MOMENT_SECOND, AGAIN % MOMENT_SECOND};
    if (worker->rights_event) /* else the worker is going */
        evtimer_add(worker->rights_event, &later);
}

static int compare_falling(const void *key, const void *element)
{
    uint64_t a = *(const uint64_t *)key, b = *(const uint64_t *)element;
    return a < b ? 1 : a > b ? -1 : 0;
}

/* Between two requests it is closed at once, else after the present answer. */
static void look_at(void *arg, uint64_t number, struct conn *conn)
{
    const struct roll *roll = arg;
    const uint64_t *found = bsearch(&number, roll->numbers, roll->count, sizeof number, compare_falling);
    if (!found || roll->is_known[found - roll->numbers])
        return;
    log_event(EV_ACCOUNT_REFUSED, LOG_T("reason", "rights-changed"), LOG_T("serial", conn_peer(conn)->serial),
              LOG_T("address", conn_address(conn)));
    metrics_refusal(&roll->worker->metrics, "rights-changed");
    http_conn_drain(conn);
}

static void on_answer(void *arg, const struct pg_reply *reply)
{
    struct roll *roll = arg;
    if (reply->outcome == PG_COMMITTED) {
        store_mark_items(reply->result, roll->is_known, roll->count);
        worker_each_peer(roll->worker, look_at, roll);
    } else {
        try_again(roll->worker);
    }
    free_roll(roll);
}

static struct roll *new_roll(struct worker *worker)
{
    struct roll *roll = xcalloc(1, sizeof *roll);
    roll->worker = worker;
    roll->arena = arena_new(FIRST_BLOCK);
    store_array_begin(&roll->issuers, roll->arena);
    store_array_begin(&roll->sans, roll->arena);
    store_array_begin(&roll->serials, roll->arena);
    return roll;
}

static void ask(struct roll *roll)
{
    struct err err;
    roll->params[0] = store_array_end(&roll->issuers);
    roll->params[1] = store_array_end(&roll->sans);
    roll->params[2] = store_array_end(&roll->serials);
    roll->job = (struct pg_job){.statement = &store_statements[STORE_STILL_KNOWN],
                                .params = roll->params,
                                .on_done = on_answer,
                                .arg = roll};
    if (pg_pool_submit(roll->worker->pool, &roll->job, &err))
        return;
    try_again(roll->worker);
    free_roll(roll);
}

/* The roll that is being filled, by the worker's list. */
struct filling {
    struct worker *worker;
    struct roll *roll;
};

static void add_peer(void *arg, uint64_t number, struct conn *conn)
{
    struct filling *filling = arg;
    const struct tls_peer *peer = conn_peer(conn);
    session_forget(conn);
    if (!filling->roll)
        filling->roll = new_roll(filling->worker);
    struct roll *roll = filling->roll;
    store_array_add(&roll->issuers, slice_of(peer->issuer));
    store_array_add(&roll->sans, slice_of(peer->san));
    store_array_add(&roll->serials, slice_of(peer->serial));
    roll->numbers[roll->count++] = number;
    if (roll->count == PEERS) {
        ask(roll);
        filling->roll = NULL;
    }
}

void rights_check(struct worker *worker)
{
    struct filling filling = {.worker = worker};
    worker_each_peer(worker, add_peer, &filling);
    if (filling.roll)
        ask(filling.roll);
}
