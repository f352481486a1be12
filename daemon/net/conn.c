#include "conn_private.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "log.h"

enum {
    GRACE = 2 * 1000 * 1000, /* microseconds */
    CHAIN = 64 * 1024 - 64,  /* bytes in one chain of output: they leave, and are freed, together */
    RECORD = 16 * 1024       /* bytes of the largest TLS record */
};

#define TO(state) (1u << (state))
static const unsigned edges[CONN_STATES] = {
    [CONN_WAITING] = TO(CONN_OPENING) | TO(CONN_CLOSED),
    [CONN_OPENING] = TO(CONN_OPEN) | TO(CONN_LINGERING) | TO(CONN_CLOSED),
    [CONN_OPEN] = TO(CONN_FLUSHING) | TO(CONN_LINGERING) | TO(CONN_CLOSED),
    [CONN_FLUSHING] = TO(CONN_LINGERING) | TO(CONN_CLOSED),
    [CONN_LINGERING] = TO(CONN_CLOSED),
    [CONN_CLOSED] = 0,
};

static void gate_run(struct conn_gate *gate);

/* ---- state ---- */

static void line_leave(struct conn_line *line, struct conn *conn)
{
    *(conn->before ? &conn->before->after : &line->first) = conn->after;
    *(conn->after ? &conn->after->before : &line->last) = conn->before;
    conn->before = conn->after = NULL;
    line->count--;
}

static void line_join(struct conn_line *line, struct conn *conn)
{
    conn->before = line->last;
    *(line->last ? &line->last->after : &line->first) = conn;
    line->last = conn;
    line->count++;
}

static void handshake_begins(struct conn_gate *gate, struct conn *conn)
{
    conn->started = clock_monotonic(conn->clock);
    line_join(&gate->running, conn);
    if (!gate->unhurried)
        gate->unhurried = conn;
}

/* Who is hurried stands before who is not. */
static void handshake_ends(struct conn_gate *gate, struct conn *conn)
{
    if (conn == gate->unhurried)
        gate->unhurried = conn->after;
    else if (conn->is_hurried)
        gate->hurried--;
    line_leave(&gate->running, conn);
    gate_run(gate);
}

static void set_state(struct conn *conn, enum conn_state next)
{
    enum conn_state old = (enum conn_state)conn->state;
    if (!(edges[old] & TO(next)))
        abort();
    conn->state = (unsigned char)next;
    if (!conn->gate)
        return;
    if (old == CONN_WAITING)
        line_leave(&conn->gate->waiting, conn);
    if (next == CONN_OPENING)
        handshake_begins(conn->gate, conn);
    if (old == CONN_OPENING)
        handshake_ends(conn->gate, conn);
}

/* ---- the timer: lazy, so that a new phase seldom touches libevent's heap ---- */

static struct timeval time_left(int64_t microseconds)
{
    if (microseconds < 0)
        microseconds = 0;
    return (struct timeval){microseconds / MOMENT_SECOND, microseconds % MOMENT_SECOND};
}

/* A timer that fires earlier than the new deadline is left alone: it looks again when it fires. */
static void set_deadline(struct conn *conn, int64_t deadline)
{
    conn->deadline = deadline;
    if (!deadline || (conn->armed && conn->armed <= deadline))
        return;
    struct timeval left = time_left(deadline - clock_monotonic(conn->clock) + 1000);
    conn->armed = deadline;
    evtimer_add(&conn->timer, &left);
}

static void count_refusal(struct conn *conn, enum tls_refusal refusal)
{
    SSL *ssl = conn->bev ? bufferevent_openssl_get_ssl(conn->bev) : NULL;
    if (ssl)
        tls_count(ssl, refusal);
    else if (conn->tls)
        tls_context_count(conn->tls, refusal);
}

static void on_deadline(struct conn *conn)
{
    switch ((enum conn_state)conn->state) {
    case CONN_WAITING:
    case CONN_OPENING:
        log_event(EV_TLS_REFUSED, LOG_T("reason", "handshake deadline"), LOG_T("address", conn->address));
        count_refusal(conn, TLS_DEADLINE);
        conn_close(conn, CONN_END_DEADLINE);
        break;
    case CONN_OPEN:
        conn->end = CONN_END_DEADLINE;
        if (conn->ops->on_deadline && conn->ops->on_deadline(conn))
            conn_finish(conn);
        else
            conn_close(conn, CONN_END_DEADLINE);
        break;
    default:
        conn_close(conn, (enum conn_end)conn->end);
    }
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct conn *conn = arg;
    int64_t deadline = conn->deadline;
    (void)fd, (void)what;
    conn->armed = 0;
    if (deadline && clock_monotonic(conn->clock) < deadline) {
        set_deadline(conn, deadline);
    } else if (deadline) {
        conn->deadline = 0;
        on_deadline(conn);
    }
}

/* ---- the end ---- */

static void on_rest(evutil_socket_t fd, short what, void *arg)
{
    struct conn *conn = arg;
    (void)fd, (void)what;
    if (conn->is_opened)
        conn->ops->on_close(conn, (enum conn_end)conn->end);
    if (conn->on_gone)
        conn->on_gone(conn->arg, conn);
    free(conn->peer);
    free(conn);
}

/* close_notify, once; only where no write is pending inside OpenSSL and no error has come before. */
static void say_goodbye(struct conn *conn)
{
    SSL *ssl = conn_ssl(conn);
    if (!ssl || !SSL_is_init_finished(ssl) || conn_unsent(conn) ||
        (SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN))
        return;
    ERR_clear_error();
    SSL_shutdown(ssl);
    ERR_clear_error();
}

void conn_close(struct conn *conn, enum conn_end why)
{
    static const struct timeval next_turn = {0, 0};
    if (conn->state == CONN_CLOSED)
        return;
    if (why == CONN_END_LOCAL || why == CONN_END_DEADLINE)
        say_goodbye(conn);
    conn_watch_stop(conn);
    if (conn->bev)
        bufferevent_free(conn->bev); /* closes the descriptor */
    else
        close(conn->fd);
    conn->bev = NULL;
    conn->fd = -1;
    conn->end = (unsigned char)why;
    tls_context_release(&conn->tls);
    event_del(&conn->timer);
    event_assign(&conn->timer, conn->base, -1, 0, on_rest, conn);
    evtimer_add(&conn->timer, &next_turn);
    set_state(conn, CONN_CLOSED);
}

static void linger(struct conn *conn)
{
    set_state(conn, CONN_LINGERING);
    bufferevent_disable(conn->bev, EV_READ | EV_WRITE);
    say_goodbye(conn);
    shutdown(conn->fd, SHUT_WR);
    conn_watch_discard(conn);
    set_deadline(conn, clock_monotonic(conn->clock) + GRACE);
}

/* ---- what the bufferevent tells; always from the loop, never inside one of our own calls to it ---- */

static void stop_reading(struct conn *conn)
{
    conn->reading = READING_STOPPED;
    bufferevent_disable(conn->bev, EV_READ);
    conn_watch_hangup(conn);
}

static void on_readable(struct bufferevent *bev, void *arg)
{
    struct conn *conn = arg;
    struct evbuffer *input = bufferevent_get_input(bev);
    if (conn->state != CONN_OPEN) {
        evbuffer_drain(input, evbuffer_get_length(input));
        return;
    }
    if (conn->reading == READING && evbuffer_get_length(input))
        conn->ops->on_input(conn, input);
    else if (conn->reading == READING_PAUSED)
        stop_reading(conn);
    if (conn->state == CONN_OPEN && conn->reading != READING_STOPPED && conn->input_limit &&
        evbuffer_get_length(input) >= conn->input_limit)
        stop_reading(conn);
}

static void on_writable(struct bufferevent *bev, void *arg)
{
    struct conn *conn = arg;
    (void)bev;
    if (conn_unsent(conn) || !conn->is_flush_owed)
        return; /* more was written meanwhile; or nothing was: libevent calls for an empty buffer too */
    conn->is_flush_owed = false;
    if (conn->state == CONN_OPEN && conn->ops->on_flushed)
        conn->ops->on_flushed(conn);
    else if (conn->state == CONN_FLUSHING)
        linger(conn);
}

static bool take_peer(struct conn *conn, SSL *ssl)
{
    if (!(SSL_get_verify_mode(ssl) & SSL_VERIFY_FAIL_IF_NO_PEER_CERT))
        return true;
    conn->peer = xcalloc(1, sizeof *conn->peer);
    return tls_peer_of(ssl, conn->peer);
}

static void on_connected(struct conn *conn)
{
    SSL *ssl = bufferevent_openssl_get_ssl(conn->bev);
    if (ssl && !take_peer(conn, ssl)) {
        log_event(EV_TLS_REFUSED, LOG_T("reason", "no verified issuer"), LOG_T("address", conn->address));
        count_refusal(conn, TLS_UNTRUSTED);
        conn_close(conn, CONN_END_TLS);
        return;
    }
    set_state(conn, CONN_OPEN);
    conn->is_opened = true;
    conn->data = conn->ops->on_open(conn, conn->data);
}

/* A refused certificate was logged where its serial is known; a peer that just left is no event. */
static void log_handshake(struct conn *conn, unsigned long code)
{
    if (!code || ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return;
    const char *reason = ERR_reason_error_string(code);
    bool none = ERR_GET_REASON(code) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
    log_event(EV_TLS_REFUSED, LOG_T("reason", reason ? reason : "handshake failed"),
              LOG_T("address", conn->address));
    count_refusal(conn, none ? TLS_NO_CERTIFICATE : TLS_OTHER);
}

/* A client of TLS 1.3 has its request on the way before it can know that its certificate is refused. Closing
 * on unread bytes resets the connection, and the alert that says why is lost; so they are read away. */
static void fail_handshake(struct conn *conn)
{
    unsigned long code = bufferevent_get_openssl_error(conn->bev);
    int reason = ERR_GET_REASON(code);
    log_handshake(conn, code);
    if (!code ||
        (reason != SSL_R_CERTIFICATE_VERIFY_FAILED && reason != SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)) {
        conn_close(conn, CONN_END_TLS);
        return;
    }
    conn->end = CONN_END_TLS;
    linger(conn);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct conn *conn = arg;
    (void)bev;
    if (conn->state == CONN_OPENING && (what & BEV_EVENT_CONNECTED)) {
        on_connected(conn);
    } else if (conn->state == CONN_OPENING) {
        fail_handshake(conn);
    } else if (conn->state == CONN_FLUSHING && !(what & BEV_EVENT_ERROR)) {
        bufferevent_enable(conn->bev, EV_WRITE); /* the peer reads on, though it will send no more */
    } else if (conn->state != CONN_CLOSED) {
        if (!(what & BEV_EVENT_ERROR))
            say_goodbye(conn);
        conn_close(conn, CONN_END_PEER);
    }
}

/* ---- the beginning ---- */

static struct bufferevent *make_bufferevent(struct conn *conn, SSL *ssl)
{
    /* Deferred: what we write from a callback, or the peer's end found while writing, never calls back at
     * once. */
    const int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
    if (ssl)
        return bufferevent_openssl_socket_new(conn->base, conn->fd, ssl, BUFFEREVENT_SSL_ACCEPTING, options);
    return bufferevent_socket_new(conn->base, conn->fd, options);
}

static void start(struct conn *conn)
{
    bool is_tls = conn->tls;
    SSL *ssl = is_tls ? tls_context_accept(conn->tls) : NULL;
    if (!is_tls || ssl)
        conn->bev = make_bufferevent(conn, ssl);
    if (!conn->bev) { /* the SSL object went with it */
        log_event(EV_CONN_REFUSED, LOG_T("reason", "no memory"), LOG_T("address", conn->address));
        conn_close(conn, CONN_END_LOCAL);
        return;
    }
    tls_context_release(&conn->tls);
    set_state(conn, CONN_OPENING);
    bufferevent_setcb(conn->bev, on_readable, on_writable, on_event, conn);
    bufferevent_enable(conn->bev, EV_READ | EV_WRITE);
    if (!is_tls)
        bufferevent_trigger_event(conn->bev, BEV_EVENT_CONNECTED, BEV_TRIG_DEFER_CALLBACKS);
}

/* One that runs is hurried for each that waits. */
static void gate_hurry(struct conn_gate *gate)
{
    while (gate->patience && gate->unhurried && gate->hurried < gate->waiting.count) {
        struct conn *conn = gate->unhurried;
        int64_t deadline = conn->started + gate->patience;
        conn->is_hurried = true;
        gate->unhurried = conn->after;
        gate->hurried++;
        if (!conn->deadline || conn->deadline > deadline)
            set_deadline(conn, deadline);
    }
}

/* A start that fails goes from waiting to closed and does not come back here. */
static void gate_run(struct conn_gate *gate)
{
    while (gate->waiting.first && (!gate->limit || gate->running.count < gate->limit))
        start(gate->waiting.first);
    gate_hurry(gate);
}

struct conn *conn_new(struct event_base *base, int fd, struct tls_context *tls, const struct conn_ops *ops,
                      void *context, const struct conn_options *options, const struct clock *clock,
                      void (*on_gone)(void *arg, struct conn *conn), void *arg)
{
    struct conn *conn = xcalloc(1, sizeof *conn);
    *conn = (struct conn){.base = base, .tls = tls, .ops = ops, .data = context, .clock = clock, .fd = fd};
    conn->on_gone = on_gone;
    conn->arg = arg;
    conn->gate = tls ? options->gate : NULL;
    conn->input_limit = options->input_limit;
    conn->end = CONN_END_LOCAL;
    address_of_peer(fd, conn->address);
    event_assign(&conn->timer, base, -1, 0, on_timer, conn);
    if (options->handshake_timeout)
        set_deadline(conn, clock_monotonic(clock) + options->handshake_timeout);
    if (conn->gate) {
        line_join(&conn->gate->waiting, conn);
        gate_run(conn->gate);
    } else {
        start(conn);
    }
    return conn;
}

/* ---- what the protocol asks ---- */

void *conn_data(struct conn *conn)
{
    return conn->data;
}

const struct tls_peer *conn_peer(struct conn *conn)
{
    return conn->peer;
}

SSL *conn_ssl(struct conn *conn)
{
    bool has = conn->state == CONN_OPEN || conn->state == CONN_FLUSHING || conn->state == CONN_LINGERING;
    return has ? bufferevent_openssl_get_ssl(conn->bev) : NULL;
}

const char *conn_address(struct conn *conn)
{
    return conn->address;
}

void conn_phase(struct conn *conn, int64_t timeout)
{
    if (conn->state == CONN_OPEN)
        set_deadline(conn, timeout ? clock_monotonic(conn->clock) + timeout : 0);
}

void conn_pause(struct conn *conn)
{
    if (conn->state == CONN_OPEN && conn->reading == READING)
        conn->reading = READING_PAUSED;
}

void conn_resume(struct conn *conn)
{
    if (conn->state != CONN_OPEN || conn->reading == READING)
        return;
    if (conn->reading == READING_STOPPED) {
        conn_watch_stop(conn);
        bufferevent_enable(conn->bev, EV_READ);
    }
    conn->reading = READING;
    if (evbuffer_get_length(bufferevent_get_input(conn->bev)))
        bufferevent_trigger(conn->bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
}

/* Copies from *rest as much as fits into `into`. */
static size_t copy_some(char *into, size_t room, struct slice *rest)
{
    size_t take = rest->len < room ? rest->len : room;
    if (!rest->ptr || !take)
        return 0;
    memcpy(into, rest->ptr, take);
    *rest = slice_make(rest->ptr + take, rest->len - take);
    return take;
}

/* Each chain becomes one SSL_write of its own, so head and body share one; long ones are cut into chains, so
 * that memory is given back while they leave. */
static void write_buffered(struct conn *conn, struct slice head, struct slice body)
{
    struct evbuffer *output = bufferevent_get_output(conn->bev);
    while (head.len + body.len) {
        size_t want = head.len + body.len < CHAIN ? head.len + body.len : CHAIN;
        struct evbuffer_iovec room;
        if (evbuffer_reserve_space(output, (ev_ssize_t)want, &room, 1) != 1) {
            conn_close(conn, CONN_END_LOCAL); /* no memory: a reply with a hole in it must not go out */
            return;
        }
        size_t used = copy_some(room.iov_base, want, &head);
        used += copy_some((char *)room.iov_base + used, want - used, &body);
        room.iov_len = used;
        evbuffer_commit_space(output, &room, 1);
    }
}

/* Returns how many bytes left for the kernel, or -1 when the connection is broken. What OpenSSL has begun to
 * write and could not finish counts as nothing: it must be offered again, the same bytes first. */
static ssize_t send_now(struct conn *conn, const char *bytes, size_t length)
{
    SSL *ssl = conn_ssl(conn);
    if (!ssl) {
        ssize_t sent = send(conn->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        return sent >= 0 ? sent : errno == EAGAIN || errno == EINTR ? 0 : -1;
    }
    ERR_clear_error();
    int sent = SSL_write(ssl, bytes, (int)length);
    int why = sent > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl, sent);
    ERR_clear_error();
    return sent > 0 ? sent : why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ ? 0 : -1;
}

/* The usual reply is one record and leaves at once: libevent would wait for the socket to become writable,
 * which costs two epoll_ctl and a turn of the loop. Only when nothing is buffered, so that the order is kept.
 */
static void write_directly(struct conn *conn, struct slice head, struct slice body)
{
    char record[RECORD];
    size_t length = copy_some(record, sizeof record, &head);
    length += copy_some(record + length, sizeof record - length, &body);
    ssize_t sent = send_now(conn, record, length);
    if (sent < 0)
        conn_close(conn, CONN_END_PEER);
    else if ((size_t)sent < length)
        write_buffered(conn, slice_make(record + sent, length - (size_t)sent), SLICE_NONE);
    else if (conn->ops->on_flushed)
        bufferevent_trigger(conn->bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
}

void conn_write(struct conn *conn, struct slice head, struct slice body)
{
    size_t length = head.len + body.len;
    if (conn->state != CONN_OPEN || !length)
        return;
    conn->is_flush_owed = true;
    if (length <= RECORD && !conn_unsent(conn))
        write_directly(conn, head, body);
    else
        write_buffered(conn, head, body);
}

size_t conn_unsent(struct conn *conn)
{
    return conn->bev ? evbuffer_get_length(bufferevent_get_output(conn->bev)) : 0;
}

void conn_finish(struct conn *conn)
{
    if (conn->state == CONN_WAITING || conn->state == CONN_OPENING)
        conn_close(conn, CONN_END_LOCAL);
    if (conn->state != CONN_OPEN)
        return;
    conn_watch_stop(conn);
    if (!conn_unsent(conn)) {
        linger(conn);
        return;
    }
    set_state(conn, CONN_FLUSHING);
    bufferevent_disable(conn->bev, EV_READ);
    int64_t grace = clock_monotonic(conn->clock) + GRACE;
    if (conn->deadline < grace)
        set_deadline(conn, grace);
}

void conn_abort(struct conn *conn)
{
    conn_close(conn, CONN_END_LOCAL);
}
