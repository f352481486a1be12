#include "request.h"

#include <stdlib.h>

#include "reply.h"

enum {
    ARENA_FIRST = 8192,   /* the parser, a usual head and answer, and some for the handler */
    SKIP_MAX = 64 * 1024, /* an unread body up to here is dropped: cheaper than another handshake */
    UNAVAILABLE = 503
};

enum state {
    IDLE,      /* between requests; reads */
    HEAD,      /* a request has begun; reads */
    DECIDING,  /* the application was asked on_head */
    BODY,      /* it accepted; reads */
    HANDLING,  /* the application was asked on_request */
    FLUSHING,  /* the answer is on its way */
    STREAMING, /* the answer goes on */
    CLOSING,   /* the last answer is on its way, and the rest is up to conn_finish() */
    STATES
};

#define TO(state) (1u << (state))
static const unsigned edges[STATES] = {
    [IDLE] = TO(HEAD) | TO(CLOSING),
    [HEAD] = TO(DECIDING) | TO(CLOSING),
    [DECIDING] = TO(BODY) | TO(FLUSHING) | TO(CLOSING),
    [BODY] = TO(HANDLING) | TO(CLOSING),
    [HANDLING] = TO(FLUSHING) | TO(STREAMING) | TO(CLOSING),
    [FLUSHING] = TO(IDLE) | TO(CLOSING),
    [STREAMING] = TO(CLOSING),
    [CLOSING] = 0,
};

enum phase { PHASE_NONE, PHASE_HEAD, PHASE_BODY, PHASE_REPLY, PHASE_IDLE };

struct http_conn {
    struct conn *conn;
    struct http_server *server;
    struct evbuffer *input;       /* the connection's, only while on_input() runs */
    struct http_request *request; /* of HEAD, DECIDING, BODY, HANDLING; else NULL */
    void *app_data;
    void (*free_app_data)(void *data);
    void (*on_sent)(void *arg); /* of the answer that is on its way; NULL: nobody asked */
    void *sent_arg;
    struct http_stream *stream; /* owned; of STREAMING, and until the end */
    uint64_t skip;              /* bytes of an unread body that stand before the next request */
    enum state state;
    enum phase phase; /* whose deadline runs */
    bool draining, serving;
};

struct http_request {
    struct http_conn *hc; /* NULL once answered, or the client has gone */
    struct http_server *server;
    struct arena *arena; /* holds this request too */
    struct http_parser *parser;
    void *data;
    char *body;
    size_t body_used, body_room;
    uint64_t body_limit; /* 0: not accepted yet */
    int64_t begun;
    int64_t body_timeout, reply_timeout; /* 0: the server's */
    unsigned references;                 /* holds, and one while hc points here */
};

struct http_stream {
    struct http_conn *hc;
    void (*on_end)(void *arg);
    void *arg;
};

static void set_state(struct http_conn *hc, enum state next)
{
    if (!(edges[hc->state] & TO(next)))
        abort();
    hc->state = next;
}

/* ---- a request's life ---- */

static void begin_request(struct http_conn *hc)
{
    struct arena *arena = arena_new(ARENA_FIRST);
    struct http_request *request = arena_alloc(arena, sizeof *request);
    *request = (struct http_request){.hc = hc,
                                     .server = hc->server,
                                     .arena = arena,
                                     .parser = http_parser_new(arena),
                                     .begun = clock_monotonic(hc->server->clock),
                                     .references = 1};
    hc->request = request;
    set_state(hc, HEAD);
}

void http_request_hold(struct http_request *request)
{
    request->references++;
}

void http_request_release(struct http_request *request)
{
    struct arena *arena = request->arena;
    if (--request->references > 0)
        return;
    if (request->server->app->on_free)
        request->server->app->on_free(request);
    arena_free(&arena);
}

static void detach(struct http_conn *hc)
{
    hc->request->hc = NULL;
    hc->request = NULL;
}

static void tell_end(struct http_request *request, int status)
{
    const struct http_server *server = request->server;
    if (server->app->on_end)
        server->app->on_end(request, status, clock_monotonic(server->clock) - request->begun,
                            server->context);
}

/* ---- deadlines ---- */

static enum phase phase_of(const struct http_conn *hc)
{
    static const enum phase phases[STATES] = {
        [IDLE] = PHASE_IDLE, [HEAD] = PHASE_HEAD,      [DECIDING] = PHASE_REPLY,
        [BODY] = PHASE_BODY, [HANDLING] = PHASE_REPLY, [FLUSHING] = PHASE_REPLY,
    };
    return hc->state == IDLE && hc->skip ? PHASE_BODY : phases[hc->state];
}

static int64_t first_set(int64_t own, int64_t usual)
{
    return own ? own : usual;
}

/* A phase's deadline is total: it is armed when the phase begins and not again. */
static void arm(struct http_conn *hc, enum phase phase)
{
    const struct http_limits *limits = &hc->server->limits;
    const struct http_request *request = hc->request;
    const int64_t timeouts[] = {
        [PHASE_HEAD] = limits->head_timeout,
        [PHASE_BODY] = first_set(request ? request->body_timeout : 0, limits->body_timeout),
        [PHASE_REPLY] = first_set(request ? request->reply_timeout : 0, limits->reply_timeout),
        [PHASE_IDLE] = limits->idle_timeout,
    };
    if (hc->state == STREAMING)
        return;
    if (phase == PHASE_NONE || phase == hc->phase)
        return;
    hc->phase = phase;
    conn_phase(hc->conn, timeouts[phase]);
}

/* ---- answering ---- */

/* Whether another request may follow; where a body is unread, it is to be skipped first. */
static bool may_keep(struct http_conn *hc, const struct http_head *head)
{
    if (!head->keep_alive || hc->draining || hc->server->draining)
        return false;
    if (hc->state == HANDLING || (hc->state == DECIDING && !head->has_body))
        return true;
    if (hc->state != DECIDING || head->chunked || head->expects_continue || head->content_length > SKIP_MAX)
        return false;
    hc->skip = head->content_length;
    return true;
}

static void tell_sent(struct http_conn *hc)
{
    void (*on_sent)(void *arg) = hc->on_sent;
    hc->on_sent = NULL;
    if (on_sent)
        on_sent(hc->sent_arg);
}

void http_reply(struct http_request *request, const struct http_reply *reply)
{
    struct http_conn *hc = request->hc;
    if (!hc) {
        if (reply->on_sent)
            reply->on_sent(reply->sent_arg);
        return;
    }
    hc->on_sent = reply->on_sent;
    hc->sent_arg = reply->sent_arg;
    const struct http_head *head = http_parser_head(request->parser);
    bool keep = !reply->close && may_keep(hc, head);
    struct slice text = reply_head(hc->server, request->arena, reply, head->minor, keep);
    tell_end(request, reply->status);
    set_state(hc, keep ? FLUSHING : CLOSING);
    arm(hc, PHASE_REPLY);
    detach(hc);
    conn_write(hc->conn, text, head->method == HTTP_HEAD ? SLICE_NONE : reply->body);
    if (!keep)
        conn_finish(hc->conn);
    http_request_release(request);
}

struct http_stream *http_stream_begin(struct http_request *request, const char *content_type,
                                      const char *fields, void (*on_end)(void *arg), void *arg)
{
    struct http_conn *hc = request->hc;
    struct http_reply reply = {
        .status = 200, .content_type = content_type, .fields = fields, .is_open = true};
    if (!hc)
        return NULL;
    const struct http_head *head = http_parser_head(request->parser);
    if (head->method == HTTP_HEAD) {
        http_reply(request, &reply);
        return NULL;
    }
    struct slice text = reply_head(hc->server, request->arena, &reply, head->minor, false);
    tell_end(request, reply.status);
    set_state(hc, STREAMING);
    conn_phase(hc->conn, 0);
    hc->phase = PHASE_NONE;
    hc->stream = xcalloc(1, sizeof *hc->stream);
    *hc->stream = (struct http_stream){hc, on_end, arg};
    detach(hc);
    conn_write(hc->conn, text, SLICE_NONE);
    http_request_release(request);
    if (hc->draining || hc->server->draining)
        http_stream_finish(hc->stream);
    return hc->stream;
}

void http_stream_write(struct http_stream *stream, struct slice text)
{
    if (stream->hc->state == STREAMING)
        conn_write(stream->hc->conn, text, SLICE_NONE);
}

size_t http_stream_unsent(const struct http_stream *stream)
{
    return conn_unsent(stream->hc->conn);
}

void http_stream_finish(struct http_stream *stream)
{
    if (stream->hc->state == STREAMING)
        set_state(stream->hc, CLOSING);
    conn_finish(stream->hc->conn);
}

void http_stream_abort(struct http_stream *stream)
{
    if (stream->hc->state == STREAMING)
        set_state(stream->hc, CLOSING);
    conn_abort(stream->hc->conn);
}

static void refuse(struct http_request *request, enum err_code code)
{
    int status = 400;
    struct slice body = request->server->app->problem(request->arena, code, request->body_limit, &status);
    struct http_reply reply = {.status = status,
                               .content_type = "application/problem+json",
                               .body = body,
                               .fields = status == UNAVAILABLE ? "Retry-After: 1\r\n" : NULL,
                               .close = true};
    http_reply(request, &reply);
}

/* ---- reading ---- */

static void append_body(struct http_request *request, struct slice piece)
{
    size_t need = request->body_used + piece.len, length = http_request_head(request)->content_length;
    if (need > request->body_room) { /* grows with what arrives, not with what was announced */
        size_t room = length && 2 * need > length ? length : 2 * need;
        char *body = arena_alloc(request->arena, room);
        if (request->body_used)
            memcpy(body, request->body, request->body_used);
        request->body = body;
        request->body_room = room;
    }
    memcpy(request->body + request->body_used, piece.ptr, piece.len);
    request->body_used = need;
}

static size_t unread(const struct http_conn *hc)
{
    return hc->input ? evbuffer_get_length(hc->input) : 0;
}

/* Gives the parser the first stretch of the input, or nothing where nothing is at hand. */
static enum http_event feed(struct http_conn *hc, enum err_code *refusal)
{
    struct evbuffer_iovec stretch = {NULL, 0};
    struct slice piece;
    if (unread(hc))
        evbuffer_peek(hc->input, -1, NULL, &stretch, 1);
    struct slice input = slice_make(stretch.iov_base, stretch.iov_len);
    enum http_event event = http_parser_feed(hc->request->parser, &input, &piece, refusal);
    if (event == HTTP_BODY)
        append_body(hc->request, piece);
    if (stretch.iov_len > input.len)
        evbuffer_drain(hc->input, stretch.iov_len - input.len);
    return event;
}

/* Calls the application, which may answer at once: the request outlives the call. */
static void ask(struct http_conn *hc, void (*callback)(struct http_request *request, void *context))
{
    struct http_request *request = hc->request;
    http_request_hold(request);
    callback(request, hc->server->context);
    http_request_release(request);
}

/* A step does what can be done in a state with the bytes at hand; false: wait. */
static bool step_idle(struct http_conn *hc)
{
    size_t n = unread(hc);
    if (hc->skip && n) {
        size_t skipped = n < hc->skip ? n : (size_t)hc->skip;
        evbuffer_drain(hc->input, skipped);
        hc->skip -= skipped;
        n -= skipped;
    }
    if (n == 0)
        return false;
    begin_request(hc);
    return true;
}

static bool step_parse(struct http_conn *hc)
{
    enum err_code refusal;
    switch (feed(hc, &refusal)) {
    case HTTP_NEED_MORE:
        return unread(hc) > 0;
    case HTTP_HEAD_DONE:
        set_state(hc, DECIDING);
        ask(hc, hc->server->app->on_head);
        break;
    case HTTP_BODY:
        break;
    case HTTP_DONE:
        set_state(hc, HANDLING);
        ask(hc, hc->server->app->on_request);
        break;
    case HTTP_REFUSED:
        refuse(hc->request, refusal);
        break;
    }
    return true;
}

static bool step_wait(struct http_conn *hc)
{
    (void)hc;
    return false;
}

static bool (*const steps[STATES])(struct http_conn *hc) = {
    [IDLE] = step_idle,     [HEAD] = step_parse,    [DECIDING] = step_wait,  [BODY] = step_parse,
    [HANDLING] = step_wait, [FLUSHING] = step_wait, [STREAMING] = step_wait, [CLOSING] = step_wait,
};

/* ---- going on ---- */

static bool is_waiting(const struct http_conn *hc)
{
    return hc->state == DECIDING || hc->state == HANDLING || hc->state == FLUSHING || hc->state == STREAMING;
}

/* Goes on as far as it can, then waits: for the peer, or for the application. A client that runs ahead is not
 * read while the application or the network is at work. */
static void serve(struct http_conn *hc)
{
    if (hc->serving)
        return; /* called by the application from below: the loop goes on when it returns */
    hc->serving = true;
    while (steps[hc->state](hc))
        ;
    hc->serving = false;
    arm(hc, phase_of(hc));
    if (is_waiting(hc))
        conn_pause(hc->conn);
    else
        conn_resume(hc->conn); /* which hands over what is unread */
}

void http_accept(struct http_request *request, uint64_t body_limit)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct http_conn *hc = request->hc;
    if (!hc)
        return;
    const struct http_head *head = http_request_head(request);
    request->body_limit = body_limit;
    if (head->content_length > body_limit) {
        refuse(request, ERR_TOO_LARGE);
        return;
    }
    http_parser_limit(request->parser, body_limit);
    set_state(hc, BODY);
    if (head->expects_continue && unread(hc) == 0)
        conn_write(hc->conn, slice_make(go_on, sizeof go_on - 1), SLICE_NONE);
    serve(hc);
}

void http_request_patience(struct http_request *request, int64_t body_timeout, int64_t reply_timeout)
{
    request->body_timeout = body_timeout;
    request->reply_timeout = reply_timeout;
    if (request->hc)
        request->hc->phase = PHASE_NONE; /* the answer's deadline may run already */
}

/* ---- what the connection tells ---- */

static void *on_open(struct conn *conn, void *context)
{
    struct http_conn *hc = xcalloc(1, sizeof *hc);
    hc->conn = conn;
    hc->server = context;
    arm(hc, PHASE_HEAD);
    return hc;
}

static void on_input(struct conn *conn, struct evbuffer *input)
{
    struct http_conn *hc = conn_data(conn);
    hc->input = input;
    serve(hc);
    hc->input = NULL;
}

static void on_flushed(struct conn *conn)
{
    struct http_conn *hc = conn_data(conn);
    if (hc->state != FLUSHING || conn_unsent(conn) > 0)
        return;
    tell_sent(hc);
    if (hc->draining) {
        set_state(hc, CLOSING);
        conn_finish(conn);
        return;
    }
    set_state(hc, IDLE);
    hc->phase = PHASE_NONE; /* the next request may be here already: its deadlines are its own */
    serve(hc);
}

/* What the client is told whose request did not get through a state in time. */
static enum err_code overdue(const struct http_conn *hc)
{
    static const enum err_code codes[STATES] = {
        [HEAD] = ERR_TIMEOUT, [DECIDING] = ERR_BUSY, [BODY] = ERR_TIMEOUT, [HANDLING] = ERR_UNCERTAIN};
    if (!hc->request || !http_parser_has_begun(hc->request->parser))
        return ERR_NONE;
    enum http_method method = http_request_head(hc->request)->method;
    bool safe = method == HTTP_GET || method == HTTP_HEAD || method == HTTP_OPTIONS;
    return hc->state == HANDLING && safe ? ERR_BUSY : codes[hc->state];
}

static bool on_deadline(struct conn *conn)
{
    struct http_conn *hc = conn_data(conn);
    enum err_code code = overdue(hc);
    if (code == ERR_NONE)
        return false;
    refuse(hc->request, code);
    return true;
}

static void on_close(struct conn *conn, enum conn_end why)
{
    struct http_conn *hc = conn_data(conn);
    struct http_request *request = hc->request;
    (void)why;
    if (request) {
        if (hc->state != HEAD)
            tell_end(request, 0);
        detach(hc);
        http_request_release(request);
    }
    tell_sent(hc);
    if (hc->stream)
        hc->stream->on_end(hc->stream->arg);
    if (hc->free_app_data)
        hc->free_app_data(hc->app_data);
    free(hc->stream);
    free(hc);
}

const struct conn_ops http_conn_ops = {on_open, on_input, on_flushed, on_deadline, on_close};

/* Before on_open, conn_data() is still the context; what on_open makes begins with its connection. */
static struct http_conn *opened(struct conn *conn)
{
    void *data = conn_data(conn);
    struct conn *first = NULL;
    if (data)
        memcpy(&first, data, sizeof(void *));
    return first == conn ? data : NULL;
}

void http_conn_drain(struct conn *conn)
{
    struct http_conn *hc = opened(conn);
    if (hc && (hc->state == IDLE || hc->state == STREAMING))
        set_state(hc, CLOSING);
    if (!hc || hc->state == CLOSING)
        conn_finish(conn);
    else
        hc->draining = true;
}

/* ---- what the application asks ---- */

const struct http_head *http_request_head(const struct http_request *request)
{
    return http_parser_head(request->parser);
}

struct slice http_request_body(const struct http_request *request)
{
    return slice_make(request->body ? request->body : "", request->body_used);
}

struct arena *http_request_arena(struct http_request *request)
{
    return request->arena;
}

struct conn *http_request_conn(struct http_request *request)
{
    return request->hc ? request->hc->conn : NULL;
}

void *http_request_data(const struct http_request *request)
{
    return request->data;
}

void http_request_set_data(struct http_request *request, void *data)
{
    request->data = data;
}

bool http_request_is_gone(const struct http_request *request)
{
    return request->hc == NULL;
}

void *http_conn_app_data(struct conn *conn)
{
    const struct http_conn *hc = opened(conn);
    return hc ? hc->app_data : NULL;
}

void http_conn_set_app_data(struct conn *conn, void *data, void (*free_data)(void *data))
{
    struct http_conn *hc = conn_data(conn);
    if (hc->free_app_data)
        hc->free_app_data(hc->app_data);
    hc->app_data = data;
    hc->free_app_data = free_data;
}
