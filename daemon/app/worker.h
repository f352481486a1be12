/*
 * A worker: a thread with an event loop, its connections, its database lanes and its view of the regions.
 * It owns all it touches; what comes from elsewhere comes by mail.
 */
#ifndef WIJZER_WORKER_H
#define WIJZER_WORKER_H

#include <pthread.h>

#include "app.h"
#include "lane.h"
#include "keyrings.h"
#include "metrics.h"
#include "region.h"
#include "request.h"
#include "batch.h"
#include "door.h"
#include "tls.h"

enum { WORKER_REGIONS = 256 };

struct worker {
    struct app *app;
    unsigned id;
    pthread_t thread;
    struct event_base *base;
    struct event *mail_event, *drain_event, *trust_event, *rights_event;
    struct mailbox *mailbox;
    const struct config *config;     /* one reference */
    struct tls_context *tls;         /* for new connections; one reference */
    const struct keyrings *keyrings; /* of all regions; one reference */
    struct door *door; /* for those who have no certificate; one reference; NULL until it came */
    struct http_server server, web_server;
    struct conn_gate gate;   /* bounds handshakes that run at once */
    struct pg_pool *pool;    /* of the database */
    struct pg_pool *submits; /* of the database too: new referrals, which no slow read holds up */
    struct pg_pool *keys;    /* of the key database */
    struct vault *vault;
    struct batch_queue *submit, *statuses;
    struct feed *feed;                            /* its open event streams */
    const struct region *regions[WORKER_REGIONS]; /* each one reference */
    unsigned region_count;
    struct worker_conn *conns; /* list */
    uint64_t conn_number;      /* of the last that came */
    unsigned tasks;            /* of its calls that are on the desk */
    bool is_draining;
    struct metrics metrics;
};

/* Takes references of config, tls and keyrings. NULL with *err if the loop or the lanes cannot be made. */
struct worker *worker_new(struct app *app, unsigned id, const struct config *config, struct tls_context *tls,
                          const struct keyrings *keyrings, struct err *err);
/* Starts its thread. */
bool worker_start(struct worker *worker, struct err *err);
/* After its thread has ended. */
void worker_join(struct worker *worker);
void worker_free(struct worker **worker);

/* A place for a connection that is on its way to the worker by mail (MAIL_CONNECTION's object); it counts in
 * worker_load() at once. Dropped where the mail could not be sent. Any thread. */
struct worker_conn *worker_conn_new(struct worker *worker, const char *address);
void worker_conn_drop(struct worker_conn *place);
/* Connections it serves now; any thread. */
unsigned worker_load(const struct worker *worker);
/* Its thread only: connections that have a verified certificate, the newest first; `number` is a connection's
 * own and rises with every one. The callback may end the one it was given. */
void worker_each_peer(struct worker *worker, void (*on_peer)(void *arg, uint64_t number, struct conn *conn),
                      void *arg);
/* Its thread only. NULL if that region has not been loaded. */
const struct region *worker_region(const struct worker *worker, int32_t id);

#endif
