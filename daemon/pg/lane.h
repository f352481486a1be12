/*
 * Database lanes. A pool belongs to one event loop and holds a few lanes; a lane is one libpq connection in
 * pipeline mode. A job is one statement of the static table = one implicit transaction = one Sync; it has
 * succeeded when its Sync came back without an error since the one before, and only then is its callback
 * told PG_COMMITTED. Jobs wait in a bounded queue and go to the lane with the least in flight. Lanes
 * reconnect by themselves with jittered back-off, trying the hosts of the conninfo in order, each with a
 * timer of its own. Everything runs on the loop's thread; callbacks come from the loop, never from inside
 * pg_pool_submit(). Facts behind this: libpq's manual, chapter 34.5, and what was measured on it.
 */
#ifndef WIJZER_LANE_H
#define WIJZER_LANE_H

#include <event2/event.h>
#include <libpq-fe.h>

#include "clock.h"
#include "err.h"
#include "slice.h"

enum pg_outcome {
    PG_COMMITTED, /* the transaction is durable; `result` holds its rows */
    PG_REFUSED,   /* the server said no, nothing was written: err.sqlstate */
    PG_NOT_SENT,  /* never reached the server: queue full, no connection, deadline before sending */
    PG_UNCERTAIN  /* sent, and the connection or the deadline ended before Sync */
};

/* One prepared statement; a table of these is static. */
struct pg_statement {
    const char *name;
    const char *sql;
    int param_count;
    const Oid *param_types; /* NULL: inferred */
    bool is_read;           /* may be sent again after PG_UNCERTAIN */
};

struct pg_reply {
    enum pg_outcome outcome;
    const PGresult *result; /* borrowed for the callback, NULL unless PG_COMMITTED */
    const struct err *err;  /* NULL if PG_COMMITTED */
};

typedef void pg_on_done(void *arg, const struct pg_reply *reply);

/* A job is the caller's memory: it and what `params` point to must live until on_done was called (exactly
 * once, unless pg_job_cancel came first). Text parameters, NUL-terminated; NULL is SQL NULL. */
struct pg_job {
    const struct pg_statement *statement;
    const char *const *params;
    int64_t deadline; /* monotonic microseconds; 0: the pool's default from submit */
    pg_on_done *on_done;
    void *arg;
    /* the pool's own from here on */
    struct pg_job *next;
    struct pg_lane *lane;
    int64_t sent_at;
    int stage;
    unsigned tries;
};

struct pg_options {
    const char *conninfo; /* libpq keywords; several hosts separated by commas */
    const struct pg_statement *statements;
    size_t statement_count;
    unsigned lanes;          /* 1..64 */
    unsigned in_flight;      /* most jobs sent and unanswered on one lane */
    unsigned queue;          /* most jobs waiting in the pool */
    int64_t connect_timeout; /* per host, microseconds */
    int64_t job_timeout;     /* default deadline; also the server's statement_timeout */
    int64_t backoff_min, backoff_max;
    const char *application_name;
};

struct pg_pool;

/* Copies what it needs of options; `base` and `clock` are borrowed for the pool's life. Starts connecting at
 * once; never blocks. NULL with *err on an unusable conninfo. */
struct pg_pool *pg_pool_new(struct event_base *base, const struct clock *clock,
                            const struct pg_options *options, struct err *err);
/* Ends waiting jobs with PG_NOT_SENT and sent ones with PG_UNCERTAIN, calling their on_done before it
 * returns, then closes and nulls the pointer. May be called inside an on_done: the reply of that callback
 * stays readable until it returns, and no on_done comes after. */
void pg_pool_free(struct pg_pool **pool);

/* False (ERR_BUSY: the queue is full, ERR_DATABASE_AWAY: no lane has been up for longer than a moment): the
 * job was not taken and on_done will not be called. While lanes are merely reconnecting for the first time
 * jobs are queued. */
bool pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err);
/* True: the job waited and is removed; it will never be sent and on_done will not be called. False: it has
 * been sent, or its end is on its way; on_done will still be called, and only then is its memory free again.
 */
bool pg_job_cancel(struct pg_pool *pool, struct pg_job *job);

/* Number of lanes that are connected and have nothing in flight, less the jobs that wait to go out in this
 * turn of the loop; and number of lanes that are connected at all. */
unsigned pg_pool_idle(const struct pg_pool *pool);
unsigned pg_pool_up(const struct pg_pool *pool);
/* Whether nothing waits and nothing is in flight (for draining). */
bool pg_pool_is_quiet(const struct pg_pool *pool);

struct pg_stats { /* counters since the start; written by the loop's thread, read by any (relaxed atomics) */
    uint64_t jobs, refused, not_sent, uncertain, connects, losses;
    unsigned lanes, up, waiting, in_flight;
};
void pg_pool_stats(const struct pg_pool *pool, struct pg_stats *out);

const char *pg_outcome_word(enum pg_outcome outcome);

#endif
