#include "pool.h"

#include <stdlib.h>

#include "log.h"

/* `moment_of_grace`: with no lane up for this long the database is away; a lane that reconnects takes less.
 */
static const int64_t moment_of_grace = 100 * 1000;
/* Past its deadline a sent job is given this long at least, or a quarter of job_timeout, so that the
 * server's own timeout answers first and the neighbours on the lane are spared. */
static const int64_t least_patience = 250 * 1000;
/* How often a job goes out again: after a rollback or a lost read once; where it certainly never began more
 * often, for each lane or host may have to learn the same thing. */
enum { TRIES_ROLLED_BACK = 1, TRIES_NOT_BEGUN = 3, LANES_MAX = 64 };

static const struct {
    enum pg_outcome outcome;
    enum err_code code;
    const char *words;
} endings[JOB_STAGE_COUNT] = {
    [JOB_LATE] = {PG_NOT_SENT, ERR_BUSY, "its deadline passed while it waited for a lane"},
    [JOB_LATE_AWAY] = {PG_NOT_SENT, ERR_DATABASE_AWAY, "its deadline passed while the database was away"},
    [JOB_TURNED_AWAY] = {PG_NOT_SENT, ERR_DATABASE_AWAY,
                         "the server closed the connection before running it"},
    [JOB_LOST] = {PG_UNCERTAIN, ERR_UNCERTAIN, "the connection broke before its commit was known"},
    [JOB_OVERDUE] = {PG_UNCERTAIN, ERR_UNCERTAIN, "its deadline passed before its commit was known"},
    [JOB_CLOSED_WAITING] = {PG_NOT_SENT, ERR_DRAINING, "the pool was closed while it waited"},
    [JOB_CLOSED_SENT] = {PG_UNCERTAIN, ERR_UNCERTAIN, "the pool was closed before its commit was known"},
};

const char *pg_outcome_word(enum pg_outcome outcome)
{
    static const char *const words[] = {"committed", "refused", "not-sent", "uncertain"};
    return (unsigned)outcome < sizeof words / sizeof words[0] ? words[outcome] : "unknown";
}

void job_push(struct job_list *list, struct pg_job *job)
{
    job->next = NULL;
    if (list->tail)
        list->tail->next = job;
    else
        list->head = job;
    list->tail = job;
}

struct pg_job *job_pop(struct job_list *list)
{
    struct pg_job *job = list->head;
    if (!job)
        return NULL;
    list->head = job->next;
    if (!list->head)
        list->tail = NULL;
    job->next = NULL;
    return job;
}

void job_prepend(struct job_list *list, struct job_list *front)
{
    if (!front->head)
        return;
    front->tail->next = list->head;
    if (!list->head)
        list->tail = front->tail;
    list->head = front->head;
    *front = (struct job_list){NULL, NULL};
}

int64_t pool_jitter(int64_t limit)
{
    uint32_t below = limit > UINT32_MAX ? UINT32_MAX : limit < 1 ? 1 : (uint32_t)limit;
    return arc4random_uniform(below);
}

static void pool_count_outcome(struct pg_pool *pool, enum pg_outcome outcome)
{
    if (outcome == PG_REFUSED)
        TALLY(pool->refused, 1);
    else if (outcome == PG_NOT_SENT)
        TALLY(pool->not_sent, 1);
    else if (outcome == PG_UNCERTAIN)
        TALLY(pool->uncertain, 1);
}

static void job_tell(struct pg_pool *pool, struct pg_job *job, const struct pg_reply *reply)
{
    pool_count_outcome(pool, reply->outcome);
    job->stage = JOB_DONE;
    job->lane = NULL;
    job->on_done(job->arg, reply); /* the job may be gone now */
}

static void job_tell_ending(struct pg_pool *pool, struct pg_job *job)
{
    struct err err;
    enum job_stage stage = (enum job_stage)job->stage;
    enum err_code code = endings[stage].code;
    if (code == ERR_UNCERTAIN && job->statement->is_read)
        code = ERR_DATABASE_AWAY; /* a read leaves nothing to be uncertain about */
    err_set(&err, code, "%s: %s", job->statement->name, endings[stage].words);
    job_tell(pool, job, &(struct pg_reply){endings[stage].outcome, NULL, &err});
}

static void job_end(struct pg_pool *pool, struct pg_job *job, enum job_stage stage)
{
    job->stage = (int)stage;
    job_push(&pool->ended, job);
}

static void pool_tell_endings(struct pg_pool *pool)
{
    for (struct pg_job *job = job_pop(&pool->ended); job; job = job_pop(&pool->ended))
        job_tell_ending(pool, job);
}

static void pool_release(struct pg_pool *pool)
{
    arena_free(&pool->arena);
    xfree(pool->lanes);
    free(pool);
}

void pool_enter(struct pg_pool *pool)
{
    pool->depth++;
}

void pool_leave(struct pg_pool *pool)
{
    pool_tell_endings(pool);
    if (--pool->depth == 0 && pool->state == POOL_CLOSED)
        pool_release(pool);
}

void pool_wake(struct pg_pool *pool)
{
    if (pool->state == POOL_OPEN && pool->waiting.head)
        event_active(&pool->dispatch, EV_TIMEOUT, 0);
}

void pool_lane_up(struct pg_pool *pool, struct pg_lane *lane)
{
    TALLY(pool->up, 1);
    for (unsigned i = 0; i < pool->options.lanes; i++)
        if (&pool->lanes[i] != lane)
            lane_hurry(&pool->lanes[i]);
    pool_wake(pool);
}

void pool_lane_down(struct pg_pool *pool)
{
    TALLY(pool->up, -1u);
    if (TALLIED(pool->up) == 0)
        pool->away_at = clock_monotonic(pool->clock) + moment_of_grace;
}

void pool_round_failed(struct pg_pool *pool)
{
    if (TALLIED(pool->up) == 0)
        pool->away_at = clock_monotonic(pool->clock);
}

static bool pool_is_away(const struct pg_pool *pool, int64_t now)
{
    return TALLIED(pool->up) == 0 && now >= pool->away_at;
}

/* Deadlines have one timer for the whole pool: it fires at the earliest that was ever asked for and then
 * looks at all jobs. Jobs are mostly long gone by then, so this costs next to nothing for each of them. */
static void pool_check_by(struct pg_pool *pool, int64_t at, int64_t now)
{
    if (at >= pool->check_at)
        return;
    int64_t delay = (at > now ? at - now : 0) + 1000;
    struct timeval after = {delay / MOMENT_SECOND, delay % MOMENT_SECOND};
    pool->check_at = at;
    event_add(&pool->check, &after);
}

static int64_t job_patience(const struct pg_pool *pool, const struct pg_job *job)
{
    int64_t quarter = pool->options.job_timeout / 4;
    return job->deadline + (quarter > least_patience ? quarter : least_patience);
}

static void pool_wait(struct pg_pool *pool, struct job_list *front)
{
    for (struct pg_job *job = front->head; job; job = job->next) {
        job->stage = JOB_WAITING;
        job->lane = NULL;
        TALLY(pool->waiting_count, 1);
    }
    int64_t now = clock_monotonic(pool->clock);
    for (struct pg_job *job = front->head; job; job = job->next)
        pool_check_by(pool, job->deadline, now);
    job_prepend(&pool->waiting, front);
    pool_wake(pool);
}

/* Before what waits; false where its time or its tries are used up. */
static bool job_again(struct pg_pool *pool, struct pg_job *job, unsigned tries, struct job_list *to)
{
    if (pool->state == POOL_CLOSED || job->tries >= tries || job->deadline <= clock_monotonic(pool->clock))
        return false;
    job->tries++;
    job_push(to, job);
    return true;
}

void pool_orphans(struct pg_pool *pool, struct job_list *orphans, enum ending ending)
{
    struct job_list again = {NULL, NULL};
    int64_t now = clock_monotonic(pool->clock);
    for (struct pg_job *job = job_pop(orphans); job; job = job_pop(orphans)) {
        bool is_unbegun = ending == ENDING_TERMINATED;
        unsigned tries = is_unbegun ? TRIES_NOT_BEGUN : job->statement->is_read ? TRIES_ROLLED_BACK : 0;
        if (job_again(pool, job, tries, &again))
            continue;
        if (is_unbegun)
            job_end(pool, job, JOB_TURNED_AWAY);
        else
            job_end(pool, job, now >= job_patience(pool, job) ? JOB_OVERDUE : JOB_LOST);
    }
    pool_wait(pool, &again);
}

/* A change of the schema makes the statements of all lanes stale at once. */
static void pool_retire_all(struct pg_pool *pool)
{
    for (unsigned i = 0; i < pool->options.lanes; i++)
        lane_retire(&pool->lanes[i]);
}

static void pool_leave_host(struct pg_pool *pool, struct pg_lane *lane)
{
    if (pool->good_host == lane->host)
        pool->good_host = (lane->host + 1) % pool->hosts.count;
    lane->answered = 0; /* it proved nothing, so the next attempt backs off */
    lane_retire(lane);
}

/* How often a job with this verdict goes out again, after what its verdict asks for was done. */
static unsigned pool_obey(struct pg_pool *pool, struct pg_lane *lane, enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_AGAIN:
        return TRIES_ROLLED_BACK;
    case VERDICT_STALE:
        pool_retire_all(pool);
        return TRIES_NOT_BEGUN;
    case VERDICT_WRONG_HOST:
        pool_leave_host(pool, lane);
        return TRIES_NOT_BEGUN + pool->hosts.count;
    default:
        return 0;
    }
}

void pool_answer(struct pg_pool *pool, struct pg_lane *lane, struct pg_job *job, struct answer *answer)
{
    struct job_list again = {NULL, NULL};
    if (answer->kind == ANSWER_ROWS) {
        job_tell(pool, job, &(struct pg_reply){PG_COMMITTED, answer->result, NULL});
        return;
    }
    unsigned tries = pool_obey(pool, lane, answer->verdict);
    if (job_again(pool, job, tries, &again)) {
        pool_wait(pool, &again);
        return;
    }
    log_error(EV_JOB_FAILED, &answer->err);
    job_tell(pool, job, &(struct pg_reply){PG_REFUSED, NULL, &answer->err});
}

static struct pg_lane *pool_choose(struct pg_pool *pool)
{
    struct pg_lane *best = NULL;
    for (unsigned i = 0; i < pool->options.lanes; i++) {
        struct pg_lane *lane = &pool->lanes[i];
        if (lane->state == LANE_UP && lane->in_flight < pool->options.in_flight &&
            (!best || lane->in_flight < best->in_flight))
            best = lane;
    }
    return best;
}

static struct pg_job *pool_next_job(struct pg_pool *pool)
{
    struct pg_job *job = job_pop(&pool->waiting);
    if (job)
        TALLY(pool->waiting_count, -1u);
    return job;
}

static void pool_send(struct pg_pool *pool, struct pg_lane *lane, struct pg_job *job, int64_t now)
{
    struct job_list back = {NULL, NULL};
    if (job->deadline <= now) {
        job_end(pool, job, JOB_LATE);
    } else if (lane_send(lane, job, now)) {
        /* it is the lane's */
    } else if (pool->state == POOL_CLOSED) {
        job_end(pool, job, JOB_CLOSED_WAITING);
    } else {
        job_push(&back, job);
        pool_wait(pool, &back);
    }
}

/* Jobs of one turn of the loop go out together. (libpq 15 writes at every Sync; from 17 on it need not.) */
static void on_dispatch(evutil_socket_t socket, short what, void *arg)
{
    struct pg_pool *pool = arg;
    (void)socket, (void)what;
    pool_enter(pool);
    int64_t now = clock_monotonic(pool->clock);
    while (pool->waiting.head) {
        struct pg_lane *lane = pool_choose(pool);
        if (!lane)
            break;
        pool_send(pool, lane, pool_next_job(pool), now);
    }
    pool_leave(pool);
}

static void pool_end_late(struct pg_pool *pool, int64_t now)
{
    struct job_list keep = {NULL, NULL};
    enum job_stage stage = pool_is_away(pool, now) ? JOB_LATE_AWAY : JOB_LATE;
    for (struct pg_job *job = job_pop(&pool->waiting); job; job = job_pop(&pool->waiting)) {
        if (job->deadline > now) {
            job_push(&keep, job);
            pool_check_by(pool, job->deadline, now);
        } else {
            TALLY(pool->waiting_count, -1u);
            job_end(pool, job, stage);
        }
    }
    pool->waiting = keep;
}

static void pool_drop_overdue(struct pg_pool *pool, struct pg_lane *lane, int64_t now)
{
    for (const struct pg_job *job = lane->sent.head; job; job = job->next) {
        int64_t until = job_patience(pool, job);
        if (until <= now) {
            lane_drop(lane, "a job is overdue");
            return;
        }
        pool_check_by(pool, until, now);
    }
}

static void on_check(evutil_socket_t socket, short what, void *arg)
{
    struct pg_pool *pool = arg;
    (void)socket, (void)what;
    pool_enter(pool);
    int64_t now = clock_monotonic(pool->clock);
    pool->check_at = INT64_MAX;
    for (unsigned i = 0; i < pool->options.lanes && pool->state == POOL_OPEN; i++)
        pool_drop_overdue(pool, &pool->lanes[i], now);
    if (pool->state == POOL_OPEN)
        pool_end_late(pool, now);
    pool_leave(pool);
}

static bool options_are_sound(const struct pg_options *o, struct err *err)
{
    if (o->lanes < 1 || o->lanes > LANES_MAX || o->in_flight < 1 || o->queue < 1)
        return err_set(err, ERR_CONFIG, "lanes must be 1..%d, in-flight and queue at least 1", LANES_MAX);
    if (o->connect_timeout <= 0 || o->job_timeout <= 0 || o->backoff_min <= 0 ||
        o->backoff_max < o->backoff_min)
        return err_set(err, ERR_CONFIG,
                       "timeouts and back-off must be positive, and back-off's max not below min");
    return true;
}

static void pool_start(struct pg_pool *pool)
{
    event_assign(&pool->dispatch, pool->base, -1, 0, on_dispatch, pool);
    event_assign(&pool->check, pool->base, -1, 0, on_check, pool);
    pool->check_at = INT64_MAX;
    pool->away_at = clock_monotonic(pool->clock) + pool->options.connect_timeout;
    pool->lanes = xcalloc(pool->options.lanes, sizeof *pool->lanes);
    for (unsigned i = 0; i < pool->options.lanes; i++)
        lane_open(&pool->lanes[i], pool, i);
}

struct pg_pool *pg_pool_new(struct event_base *base, const struct clock *clock,
                            const struct pg_options *options, struct err *err)
{
    if (!options_are_sound(options, err))
        return NULL;
    struct pg_pool *pool = xcalloc(1, sizeof *pool);
    pool->arena = arena_new(0);
    if (!hosts_parse(&pool->hosts, pool->arena, options, err)) {
        pool_release(pool);
        return NULL;
    }
    pool->base = base;
    pool->clock = clock;
    pool->options = *options;
    pool->options.conninfo = pool->options.application_name = NULL;
    err_set(&pool->trouble, ERR_DATABASE_AWAY, "no connection was made yet");
    pool_start(pool);
    return pool;
}

static void pool_close(struct pg_pool *pool)
{
    pool->state = POOL_CLOSED;
    event_del(&pool->dispatch);
    event_del(&pool->check);
    for (unsigned i = 0; i < pool->options.lanes; i++) {
        struct pg_lane *lane = &pool->lanes[i];
        for (struct pg_job *job = job_pop(&lane->sent); job; job = job_pop(&lane->sent))
            job_end(pool, job, JOB_CLOSED_SENT);
        TALLY(pool->in_flight, -lane->in_flight);
        lane->in_flight = 0;
        lane_close(lane);
    }
    for (struct pg_job *job = pool_next_job(pool); job; job = pool_next_job(pool))
        job_end(pool, job, JOB_CLOSED_WAITING);
}

void pg_pool_free(struct pg_pool **pointer)
{
    struct pg_pool *pool = *pointer;
    *pointer = NULL;
    if (!pool || pool->state == POOL_CLOSED)
        return;
    pool_enter(pool);
    pool_close(pool);
    pool_leave(pool);
}

bool pg_pool_submit(struct pg_pool *pool, struct pg_job *job, struct err *err)
{
    int64_t now = clock_monotonic(pool->clock);
    if (pool->state == POOL_CLOSED)
        return err_set(err, ERR_DRAINING, "the pool is closed");
    if (pool_is_away(pool, now))
        return err_set(err, ERR_DATABASE_AWAY, "%.200s", pool->trouble.text);
    if (TALLIED(pool->waiting_count) >= pool->options.queue)
        return err_set(err, ERR_BUSY, "%u jobs wait already", pool->options.queue);
    job->deadline = job->deadline ? job->deadline : now + pool->options.job_timeout;
    if (job->deadline > INT64_MAX / 2)
        job->deadline = INT64_MAX / 2; /* room for patience */
    job->stage = JOB_WAITING;
    job->lane = NULL;
    job->tries = 0;
    job->sent_at = 0;
    job_push(&pool->waiting, job);
    TALLY(pool->waiting_count, 1);
    TALLY(pool->jobs, 1);
    pool_check_by(pool, job->deadline, now);
    pool_wake(pool);
    return true;
}

bool pg_job_cancel(struct pg_pool *pool, struct pg_job *job)
{
    if (job->stage != JOB_WAITING)
        return false;
    struct job_list keep = {NULL, NULL};
    for (struct pg_job *one = job_pop(&pool->waiting); one; one = job_pop(&pool->waiting))
        if (one != job)
            job_push(&keep, one);
    pool->waiting = keep;
    TALLY(pool->waiting_count, -1u);
    job->stage = JOB_DONE;
    return true;
}

unsigned pg_pool_idle(const struct pg_pool *pool)
{
    unsigned idle = 0, waiting = TALLIED(pool->waiting_count);
    for (unsigned i = 0; i < pool->options.lanes; i++)
        idle += pool->lanes[i].state == LANE_UP && pool->lanes[i].in_flight == 0;
    return idle > waiting ? idle - waiting : 0;
}

unsigned pg_pool_up(const struct pg_pool *pool)
{
    return TALLIED(pool->up);
}

bool pg_pool_is_quiet(const struct pg_pool *pool)
{
    return TALLIED(pool->waiting_count) == 0 && TALLIED(pool->in_flight) == 0 && !pool->ended.head;
}

void pg_pool_stats(const struct pg_pool *pool, struct pg_stats *out)
{
    *out = (struct pg_stats){
        .jobs = TALLIED(pool->jobs),
        .refused = TALLIED(pool->refused),
        .not_sent = TALLIED(pool->not_sent),
        .uncertain = TALLIED(pool->uncertain),
        .connects = TALLIED(pool->connects),
        .losses = TALLIED(pool->losses),
        .lanes = pool->options.lanes,
        .up = TALLIED(pool->up),
        .waiting = TALLIED(pool->waiting_count),
        .in_flight = TALLIED(pool->in_flight),
    };
}
