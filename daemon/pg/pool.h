/*
 * What lane.c and pool.c share. A lane reports upwards by the pool_ functions, the pool commands by the lane_
 * functions. Every callback of libevent runs between pool_enter() and pool_leave(), which hands out the ends
 * that were collected on the way and frees the pool if a caller asked for that meanwhile: so the memory of
 * pool and lanes outlives any callback, and only lane->state needs another look after one. Private to
 * daemon/pg.
 */
#ifndef WIJZER_POOL_H
#define WIJZER_POOL_H

#include <event2/event_struct.h>
#include <stdatomic.h>

#include "hosts.h"
#include "verdict.h"

/* Where a job is; from JOB_LATE on it has ended and only its caller does not know yet. */
enum job_stage {
    JOB_DONE,
    JOB_WAITING,
    JOB_SENT,
    JOB_LATE,        /* deadline passed while it waited for a lane */
    JOB_LATE_AWAY,   /* deadline passed while no lane was up */
    JOB_TURNED_AWAY, /* the server closed before it ran, more than once */
    JOB_LOST,        /* connection broke between sending and Sync */
    JOB_OVERDUE,     /* deadline passed between sending and Sync */
    JOB_CLOSED_WAITING,
    JOB_CLOSED_SENT,
    JOB_STAGE_COUNT
};

struct job_list {
    struct pg_job *head, *tail;
};

void job_push(struct job_list *list, struct pg_job *job);
struct pg_job *job_pop(struct job_list *list);
/* Moves all of `front` before what `list` holds. */
void job_prepend(struct job_list *list, struct job_list *front);

enum lane_state {
    LANE_RESTING,    /* no connection; the timer starts the next attempt */
    LANE_CONNECTING, /* PQconnectPoll; the timer ends the attempt */
    LANE_PREPARING,  /* the statements are on their way; the same timer */
    LANE_UP,
    LANE_CHOKED,   /* up, but its output waits for the socket: gets no more jobs */
    LANE_RETIRING, /* gets no more jobs; reconnects when the last one is answered */
    LANE_CLOSED,
    LANE_STATE_COUNT
};

/* What has come of the first unanswered job. */
struct answer {
    enum { ANSWER_NONE, ANSWER_ROWS, ANSWER_ERROR } kind;
    PGresult *result; /* owned; ANSWER_ROWS */
    enum verdict verdict;
    struct err err; /* ANSWER_ERROR */
};

/* How a connection ended, as far as it matters for the jobs that were sent and not answered. */
enum ending {
    ENDING_BROKEN,    /* anything may have happened to them */
    ENDING_TERMINATED /* the server said so before it ran them: none of them was begun or will be */
};

struct pg_lane {
    struct pg_pool *pool;
    unsigned number;
    enum lane_state state;
    PGconn *conn;                    /* NULL: resting or closed */
    int watched;                     /* a descriptor of conn's socket, the lane's own; -1: none */
    struct event read, write, timer; /* assigned; read and write to `watched` while there is one */
    struct job_list sent;            /* in the order of sending */
    unsigned in_flight;
    struct answer answer; /* of sent.head, or of preparing */
    unsigned prepared;    /* statements the server took */
    enum ending ending;
    unsigned host, tried, rounds; /* index; hosts failed in this round; rounds failed in a row */
    uint64_t answered;            /* jobs, on this connection */
    int64_t rest;                 /* how long LANE_RESTING lasts, microseconds */
};

struct pg_pool {
    struct event_base *base;
    const struct clock *clock;
    struct arena *arena; /* of the texts in hosts */
    struct pg_hosts hosts;
    struct pg_options options; /* strings of it are not kept */
    struct event dispatch, check;
    struct pg_lane *lanes;
    struct job_list waiting, ended;
    unsigned good_host; /* where rounds begin: the one that worked last */
    int64_t away_at;    /* with no lane up: from when on jobs are not taken */
    int64_t check_at;   /* when `check` looks for deadlines; INT64_MAX: not armed */
    struct err trouble; /* why the last attempt or connection failed */
    unsigned depth;
    enum { POOL_OPEN, POOL_CLOSED } state;
    atomic_uint up, waiting_count, in_flight;
    atomic_uint_fast64_t jobs, refused, not_sent, uncertain, connects, losses;
};

/* Written by one thread, read by any: no read-modify-write is needed. */
#define TALLY(counter, by)                                                                                   \
    atomic_store_explicit(&(counter), atomic_load_explicit(&(counter), memory_order_relaxed) + (by),         \
                          memory_order_relaxed)
#define TALLIED(counter) atomic_load_explicit(&(counter), memory_order_relaxed)

/* lane.c */
void lane_open(struct pg_lane *lane, struct pg_pool *pool, unsigned number);
/* Takes the job, or returns false and is down. */
bool lane_send(struct pg_lane *lane, struct pg_job *job, int64_t now);
/* Drops the connection because a job is overdue. */
void lane_drop(struct pg_lane *lane, const char *why);
/* Reconnects as soon as what was sent is answered. */
void lane_retire(struct pg_lane *lane);
/* Makes a lane that rests try soon: another one has found the database. */
void lane_hurry(struct pg_lane *lane);
/* For ever; what was sent stays in lane->sent for the pool to end. */
void lane_close(struct pg_lane *lane);
bool lane_is_up(const struct pg_lane *lane);

/* pool.c, called by lanes */
void pool_enter(struct pg_pool *pool);
void pool_leave(struct pg_pool *pool);
void pool_lane_up(struct pg_pool *pool, struct pg_lane *lane);
void pool_lane_down(struct pg_pool *pool);
void pool_round_failed(struct pg_pool *pool);
/* The job's Sync came (or can never come, after an error): tells the caller, or queues the job again. */
void pool_answer(struct pg_pool *pool, struct pg_lane *lane, struct pg_job *job, struct answer *answer);
/* The jobs that a lost connection left unanswered. */
void pool_orphans(struct pg_pool *pool, struct job_list *orphans, enum ending ending);
/* Dispatches in this turn of the loop. */
void pool_wake(struct pg_pool *pool);
/* Uniform in [0, limit) microseconds. */
int64_t pool_jitter(int64_t limit);

#endif
