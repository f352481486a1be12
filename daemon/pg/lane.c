#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"

#define TO(state) (1u << (state))

static const struct {
    const char *word;
    bool is_up; /* connected and takes, or soon takes, jobs */
    enum { TIMER_KEEP, TIMER_OFF, TIMER_REST, TIMER_CONNECT } timer;
    unsigned next;
} states[LANE_STATE_COUNT] = {
    [LANE_RESTING] = {"resting", false, TIMER_REST, TO(LANE_CONNECTING) | TO(LANE_CLOSED)},
    [LANE_CONNECTING] = {"connecting", false, TIMER_CONNECT,
                         TO(LANE_PREPARING) | TO(LANE_RESTING) | TO(LANE_CLOSED)},
    [LANE_PREPARING] = {"preparing", false, TIMER_KEEP, TO(LANE_UP) | TO(LANE_RESTING) | TO(LANE_CLOSED)},
    [LANE_UP] = {"up", true, TIMER_OFF,
                 TO(LANE_CHOKED) | TO(LANE_RETIRING) | TO(LANE_RESTING) | TO(LANE_CLOSED)},
    [LANE_CHOKED] = {"choked", true, TIMER_OFF,
                     TO(LANE_UP) | TO(LANE_RETIRING) | TO(LANE_RESTING) | TO(LANE_CLOSED)},
    [LANE_RETIRING] = {"retiring", false, TIMER_OFF, TO(LANE_RESTING) | TO(LANE_CLOSED)},
    [LANE_CLOSED] = {"closed", false, TIMER_OFF, 0},
};

static void on_lane_io(evutil_socket_t socket, short what, void *arg);
static void on_lane_timer(evutil_socket_t socket, short what, void *arg);

bool lane_is_up(const struct pg_lane *lane)
{
    return states[lane->state].is_up;
}

static void lane_arm(struct pg_lane *lane, int64_t delay)
{
    struct timeval after = {delay / MOMENT_SECOND, delay % MOMENT_SECOND};
    event_add(&lane->timer, &after);
}

static void lane_set_state(struct pg_lane *lane, enum lane_state to)
{
    enum lane_state from = lane->state;
    if (!(states[from].next & TO(to))) {
        fprintf(stderr, "lane %u: no edge from %s to %s\n", lane->number, states[from].word, states[to].word);
        abort();
    }
    lane->state = to;
    if (states[to].timer == TIMER_OFF)
        event_del(&lane->timer);
    else if (states[to].timer != TIMER_KEEP)
        lane_arm(lane, states[to].timer == TIMER_REST ? lane->rest : lane->pool->options.connect_timeout);
    if (states[to].is_up && !states[from].is_up)
        pool_lane_up(lane->pool, lane);
    else if (!states[to].is_up && states[from].is_up)
        pool_lane_down(lane->pool);
}

static void lane_unwatch(struct pg_lane *lane)
{
    event_del(&lane->read);
    event_del(&lane->write);
    if (lane->watched >= 0)
        close(lane->watched);
    lane->watched = -1;
}

/* PQconnectPoll may change the socket, so events are made afresh. They are on a descriptor of our own: libpq
 * closes its own as soon as it meets the end, and another thread may have that number before we come to take
 * our events away. False: no descriptor is left. */
static bool lane_watch(struct pg_lane *lane)
{
    struct event_base *base = lane->pool->base;
    lane_unwatch(lane);
    lane->watched = fcntl(PQsocket(lane->conn), F_DUPFD_CLOEXEC, 0);
    if (lane->watched < 0)
        return false;
    event_assign(&lane->read, base, lane->watched, EV_READ | EV_PERSIST, on_lane_io, lane);
    event_assign(&lane->write, base, lane->watched, EV_WRITE | EV_PERSIST, on_lane_io, lane);
    return true;
}

static void answer_clear(struct answer *answer)
{
    PQclear(answer->result);
    answer->result = NULL;
    answer->kind = ANSWER_NONE;
}

static void lane_disconnect(struct pg_lane *lane)
{
    lane_unwatch(lane);
    answer_clear(&lane->answer);
    PQfinish(lane->conn);
    lane->conn = NULL;
}

/* Before the connection is gone: `why` may be libpq's own text. */
static void lane_tell_down(struct pg_lane *lane, const char *why)
{
    struct slice line = slice_make(why, strcspn(why, "\n"));
    const char *host = lane->pool->hosts.list[lane->host].label;
    err_set(&lane->pool->trouble, ERR_DATABASE_AWAY, "%s: %.*s", host, SLICE_FMT(line));
    log_event(EV_LANE_DOWN, LOG_N("lane", lane->number), LOG_T("host", host),
              LOG_T("state", states[lane->state].word), LOG_N("unanswered", lane->in_flight),
              LOG_S("why", line));
}

/* min, 2 min, 4 min ... up to max; of that a random part of at least half, so that lanes and daemons spread.
 */
static int64_t back_off(const struct pg_options *options, unsigned rounds)
{
    int64_t delay = options->backoff_min;
    for (unsigned i = 1; i < rounds && delay < options->backoff_max; i++)
        delay *= 2;
    if (delay > options->backoff_max)
        delay = options->backoff_max;
    return delay / 2 + pool_jitter(delay / 2 + 1);
}

/* An attempt failed: the next host at once, or a rest after all of them. */
static void lane_fail(struct pg_lane *lane, const char *why)
{
    struct pg_pool *pool = lane->pool;
    lane_tell_down(lane, why);
    lane_disconnect(lane);
    lane->host = (lane->host + 1) % pool->hosts.count;
    lane->tried = (lane->tried + 1) % pool->hosts.count;
    lane->rounds += lane->tried == 0;
    lane->rest = lane->tried ? 0 : back_off(&pool->options, lane->rounds);
    lane_set_state(lane, LANE_RESTING);
    if (lane->tried == 0)
        pool_round_failed(pool);
}

/* A connection that answered jobs was sound and is tried again soon; one that was lost before it answered
 * anything counts as a failed round, or a server that accepts and drops would be hammered. */
static void lane_rest_after_loss(struct pg_lane *lane)
{
    const struct pg_options *options = &lane->pool->options;
    lane->rounds = lane->answered ? 0 : lane->rounds + 1;
    lane->rest = lane->answered ? pool_jitter(options->backoff_min) : back_off(options, lane->rounds);
    lane_set_state(lane, LANE_RESTING);
}

/* The connection is gone, or must go. Of the first job an error may have been told before its Sync: then it
 * was rolled back, whatever happened next. Rows told before the Sync prove nothing. */
static void lane_lose(struct pg_lane *lane, const char *why)
{
    struct pg_pool *pool = lane->pool;
    struct job_list orphans = lane->sent;
    struct pg_job *refused = NULL;
    struct answer error = {.kind = ANSWER_NONE};
    lane_tell_down(lane, why);
    TALLY(pool->in_flight, -lane->in_flight);
    lane->sent = (struct job_list){NULL, NULL};
    lane->in_flight = 0;
    if (lane->answer.kind == ANSWER_ERROR) {
        error = lane->answer;
        refused = job_pop(&orphans);
    }
    struct job_list first = {NULL, NULL};
    if (lane->answer.kind == ANSWER_ROWS)
        job_push(&first, job_pop(&orphans));
    enum ending ending = lane->ending;
    lane_disconnect(lane);
    lane_rest_after_loss(lane);
    pool_orphans(pool, &orphans, ending);
    pool_orphans(pool, &first, ENDING_BROKEN);
    if (refused)
        pool_answer(pool, lane, refused, &error);
}

static void lane_break(struct pg_lane *lane, const char *why)
{
    if (lane->state == LANE_CONNECTING || lane->state == LANE_PREPARING) {
        lane_fail(lane, why);
        return;
    }
    if (lane->state != LANE_RETIRING)
        TALLY(lane->pool->losses, 1);
    lane_lose(lane, why);
}

/* Notices may quote data, so only their kind is logged. */
static void on_notice(void *arg, const PGresult *result)
{
    const struct pg_lane *lane = arg;
    log_event(EV_NOTICE, LOG_N("lane", lane->number),
              LOG_T("severity", PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED)),
              LOG_T("sqlstate", PQresultErrorField(result, PG_DIAG_SQLSTATE)));
}

static void lane_connect(struct pg_lane *lane)
{
    struct pg_pool *pool = lane->pool;
    if (lane->tried == 0)
        lane->host = pool->good_host;
    lane->answered = 0;
    lane->prepared = 0;
    lane->ending = ENDING_BROKEN;
    lane->conn = hosts_connect(&pool->hosts, lane->host);
    lane_set_state(lane, LANE_CONNECTING);
    if (!lane->conn || PQstatus(lane->conn) == CONNECTION_BAD) {
        lane_fail(lane, lane->conn ? PQerrorMessage(lane->conn) : "no memory");
        return;
    }
    PQsetNoticeReceiver(lane->conn, on_notice, lane);
    if (!lane_watch(lane)) {
        lane_fail(lane, strerror(errno));
        return;
    }
    event_add(&lane->write, NULL);
}

/* All statements in one pipeline: one round trip whatever their number. */
static bool lane_send_prepares(struct pg_lane *lane)
{
    const struct pg_options *options = &lane->pool->options;
    if (PQsetnonblocking(lane->conn, 1) != 0 || !PQenterPipelineMode(lane->conn))
        return false;
    for (size_t i = 0; i < options->statement_count; i++) {
        const struct pg_statement *s = &options->statements[i];
        if (!PQsendPrepare(lane->conn, s->name, s->sql, s->param_types ? s->param_count : 0, s->param_types))
            return false;
    }
    return PQpipelineSync(lane->conn) != 0;
}

/* Writes what libpq holds back; false: the connection is broken. */
static bool lane_flush(struct pg_lane *lane)
{
    int rest = PQflush(lane->conn);
    if (rest < 0)
        return false;
    if (rest > 0)
        event_add(&lane->write, NULL);
    else
        event_del(&lane->write);
    if (rest > 0 && lane->state == LANE_UP)
        lane_set_state(lane, LANE_CHOKED);
    else if (rest == 0 && lane->state == LANE_CHOKED)
        lane_set_state(lane, LANE_UP);
    return true;
}

static void lane_prepare(struct pg_lane *lane)
{
    lane_set_state(lane, LANE_PREPARING);
    event_add(&lane->read, NULL);
    if (!lane_send_prepares(lane) || !lane_flush(lane))
        lane_break(lane, PQerrorMessage(lane->conn));
}

static void lane_poll(struct pg_lane *lane)
{
    lane_unwatch(lane);
    PostgresPollingStatusType status = PQconnectPoll(lane->conn);
    if (status == PGRES_POLLING_FAILED) {
        lane_fail(lane, PQerrorMessage(lane->conn));
        return;
    }
    if (!lane_watch(lane))
        lane_fail(lane, strerror(errno));
    else if (status == PGRES_POLLING_OK)
        lane_prepare(lane);
    else
        event_add(status == PGRES_POLLING_READING ? &lane->read : &lane->write, NULL);
}

static bool lane_on_ready(struct pg_lane *lane)
{
    struct pg_pool *pool = lane->pool;
    if (lane->answer.kind == ANSWER_ERROR)
        return false;
    answer_clear(&lane->answer);
    lane->tried = 0;
    pool->good_host = lane->host;
    TALLY(pool->connects, 1);
    log_event(EV_LANE_UP, LOG_N("lane", lane->number), LOG_T("host", pool->hosts.list[lane->host].label),
              LOG_N("backend", PQbackendPID(lane->conn)));
    lane_set_state(lane, LANE_UP);
    return true;
}

/* The implicit transaction has ended: what was answered before is now true. */
static bool lane_on_sync(struct pg_lane *lane)
{
    if (lane->state == LANE_PREPARING)
        return lane_on_ready(lane);
    if (!lane->sent.head || lane->answer.kind == ANSWER_NONE)
        return false;
    struct answer answer = lane->answer;
    struct pg_job *job = job_pop(&lane->sent);
    lane->answer = (struct answer){.kind = ANSWER_NONE};
    lane->in_flight--;
    lane->answered++;
    TALLY(lane->pool->in_flight, -1u);
    pool_answer(lane->pool, lane, job, &answer);
    answer_clear(&answer);
    return true;
}

static bool lane_on_rows(struct pg_lane *lane, PGresult *result)
{
    if (lane->state == LANE_PREPARING)
        lane->prepared++;
    if (lane->answer.kind == ANSWER_ERROR) {
        PQclear(result);
        return false; /* nothing runs after an error, before the Sync */
    }
    answer_clear(&lane->answer);
    lane->answer.kind = ANSWER_ROWS;
    lane->answer.result = result;
    return true;
}

static const char *lane_statement_name(const struct pg_lane *lane)
{
    const struct pg_options *options = &lane->pool->options;
    if (lane->sent.head)
        return lane->sent.head->statement->name;
    return lane->prepared < options->statement_count ? options->statements[lane->prepared].name : "Sync";
}

/* Three kinds: without SQLSTATE libpq made it, and the connection is broken; FATAL is about the connection,
 * of which 57P01 is sent by a server that runs nothing more; else it is the answer to this statement, also
 * when it comes after rows (a deferred constraint at commit). */
static bool lane_on_error(struct pg_lane *lane, PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool is_answer = state && !verdict_is_fatal(result);
    if (state && !is_answer && strcmp(state, "57P01") == 0)
        lane->ending = ENDING_TERMINATED;
    if (is_answer && lane->answer.kind != ANSWER_ERROR) {
        answer_clear(&lane->answer);
        lane->answer.kind = ANSWER_ERROR;
        lane->answer.verdict = verdict_of(result, lane_statement_name(lane), &lane->answer.err);
    }
    PQclear(result);
    return is_answer;
}

/* Takes the result. False: the connection is of no more use. */
static bool lane_take(struct pg_lane *lane, PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_PIPELINE_SYNC:
        PQclear(result);
        return lane_on_sync(lane);
    case PGRES_EMPTY_QUERY:
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        return lane_on_rows(lane, result);
    case PGRES_FATAL_ERROR:
        return lane_on_error(lane, result);
    case PGRES_PIPELINE_ABORTED: /* of the statements prepared after one that failed */
        PQclear(result);
        return lane->state == LANE_PREPARING;
    default: /* COPY, which libpq cannot end in a pipeline */
        PQclear(result);
        return false;
    }
}

static bool lane_expects(const struct pg_lane *lane)
{
    return lane->state == LANE_PREPARING || lane->sent.head;
}

/* Takes all results that are here. Each statement gives its results and a NULL, a Sync gives no NULL; two in
 * a row mean that libpq expects nothing more, whatever we do. */
static bool lane_drain(struct pg_lane *lane)
{
    unsigned nulls = 0;
    while (lane_expects(lane) && !PQisBusy(lane->conn)) {
        PGresult *result = PQgetResult(lane->conn);
        if (!result && ++nulls > 1)
            return false;
        if (!result)
            continue;
        nulls = 0;
        if (!lane_take(lane, result))
            return false;
    }
    return true;
}

static void lane_drop_notifications(struct pg_lane *lane)
{
    for (PGnotify *n = PQnotifies(lane->conn); n; n = PQnotifies(lane->conn))
        PQfreemem(n);
}

static const char *lane_why(const struct pg_lane *lane)
{
    const char *words = PQerrorMessage(lane->conn);
    if (lane->state == LANE_PREPARING && lane->answer.kind == ANSWER_ERROR)
        return lane->answer.err.text;
    return words[0] ? words : "an answer that does not fit";
}

/* Writes, reads, and takes results after each: once libpq has seen the end it has also forgotten which
 * commands it sent, and makes nothing of the results that it still holds. Callbacks may close the lane on the
 * way. */
static void lane_service(struct pg_lane *lane)
{
    bool is_sound = lane_flush(lane);
    is_sound = lane_drain(lane) && is_sound;
    if (is_sound && lane->state != LANE_CLOSED) {
        is_sound = PQconsumeInput(lane->conn) != 0;
        is_sound = lane_drain(lane) && is_sound;
    }
    if (lane->state == LANE_CLOSED)
        return;
    if (is_sound)
        lane_drop_notifications(lane);
    if (!is_sound || PQstatus(lane->conn) == CONNECTION_BAD)
        lane_break(lane, lane_why(lane));
    else if (lane->state == LANE_RETIRING && !lane->sent.head)
        lane_break(lane, "its statements or its host are of no more use");
    pool_wake(lane->pool);
}

static void on_lane_io(evutil_socket_t socket, short what, void *arg)
{
    struct pg_lane *lane = arg;
    struct pg_pool *pool = lane->pool;
    (void)socket, (void)what;
    pool_enter(pool);
    if (lane->state == LANE_CONNECTING)
        lane_poll(lane);
    else
        lane_service(lane);
    pool_leave(pool);
}

static void on_lane_timer(evutil_socket_t socket, short what, void *arg)
{
    struct pg_lane *lane = arg;
    struct pg_pool *pool = lane->pool;
    (void)socket, (void)what;
    pool_enter(pool);
    if (lane->state == LANE_RESTING)
        lane_connect(lane);
    else
        lane_fail(lane, "no answer within connect-timeout");
    pool_leave(pool);
}

void lane_open(struct pg_lane *lane, struct pg_pool *pool, unsigned number)
{
    lane->pool = pool;
    lane->number = number;
    lane->state = LANE_RESTING;
    lane->watched = -1;
    event_assign(&lane->read, pool->base, -1, 0, on_lane_io, lane);
    event_assign(&lane->write, pool->base, -1, 0, on_lane_io, lane);
    event_assign(&lane->timer, pool->base, -1, 0, on_lane_timer, lane);
    lane_arm(lane, 0);
}

/* A write that fails makes libpq read what the server said last: results are taken at once, as above. */
static void lane_after_write(struct pg_lane *lane, bool is_sound)
{
    is_sound = lane_drain(lane) && is_sound;
    if (!is_sound && lane->state != LANE_CLOSED)
        lane_break(lane, lane_why(lane));
}

bool lane_send(struct pg_lane *lane, struct pg_job *job, int64_t now)
{
    const struct pg_statement *statement = job->statement;
    if (!PQsendQueryPrepared(lane->conn, statement->name, statement->param_count, job->params, NULL, NULL,
                             0)) {
        lane_after_write(lane, false);
        return false; /* without its Sync it cannot commit */
    }
    job->stage = JOB_SENT;
    job->lane = lane;
    job->sent_at = now;
    job_push(&lane->sent, job);
    lane->in_flight++;
    TALLY(lane->pool->in_flight, 1);
    bool is_sound = PQpipelineSync(lane->conn) != 0;
    lane_after_write(lane, is_sound && lane_flush(lane));
    return true;
}

void lane_drop(struct pg_lane *lane, const char *why)
{
    lane_break(lane, why);
}

void lane_retire(struct pg_lane *lane)
{
    if (!lane_is_up(lane))
        return;
    lane_set_state(lane, LANE_RETIRING);
    event_active(&lane->read, EV_READ, 0);
}

void lane_hurry(struct pg_lane *lane)
{
    if (lane->state != LANE_RESTING || lane->tried)
        return;
    lane->rounds = 0;
    lane_arm(lane, pool_jitter(lane->pool->options.backoff_min));
}

void lane_close(struct pg_lane *lane)
{
    if (lane->conn)
        lane_disconnect(lane);
    lane_set_state(lane, LANE_CLOSED);
}
