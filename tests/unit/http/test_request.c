/* Requests and replies over real connections on the loopback, in plain text. The application of these tests
 * does by path what a real one would do: answer at once, later, or never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "request.h"

enum { RECEIVED = 1 << 16, LARGE_BODY = 1 << 20, PATIENCE = 20000 /* milliseconds */ };

struct fixture {
    struct event_base *base;
    struct clock clock;
    struct http_app app;
    struct http_server server;
    struct conn *conn; /* NULL when it has gone */
    int client;
    char received[RECEIVED];
    size_t used;
    bool at_end, was_reset;
    struct http_request *pending; /* held */
    struct http_stream *stream;   /* NULL when it has ended */
    unsigned heads, requests, ends, gone, freed, stream_ends;
    int last_status;
};

static moment fixed_wall(const struct clock *clock)
{
    return clock->offset;
}

/* ---- the application ---- */

static bool path_is(struct http_request *request, const char *path)
{
    return slice_is(http_request_head(request)->path, path);
}

static void keep_pending(struct fixture *f, struct http_request *request)
{
    http_request_hold(request);
    f->pending = request;
}

static void answer(struct http_request *request, int status, struct slice body)
{
    struct http_reply reply = {
        .status = status, .content_type = "text/plain", .body = body, .fields = "X: y\r\n"};
    http_reply(request, &reply);
}

static void on_head(struct http_request *request, void *context)
{
    struct fixture *f = context;
    f->heads++;
    if (path_is(request, "/refused"))
        answer(request, 403, slice_of("no"));
    else if (path_is(request, "/later-head"))
        keep_pending(f, request);
    else if (path_is(request, "/aborts"))
        conn_abort(http_request_conn(request));
    else if (path_is(request, "/patient")) {
        http_request_patience(request, 5 * MOMENT_SECOND, 5 * MOMENT_SECOND);
        http_accept(request, LARGE_BODY);
    } else
        http_accept(request, path_is(request, "/small") ? 10 : LARGE_BODY);
}

static void on_stream_end(void *arg)
{
    struct fixture *f = arg;
    f->stream = NULL;
    f->stream_ends++;
}

static void on_request(struct http_request *request, void *context)
{
    struct fixture *f = context;
    f->requests++;
    if (path_is(request, "/stream")) {
        f->stream = http_stream_begin(request, "text/event-stream", "X: y\r\n", on_stream_end, f);
        return;
    }
    if (path_is(request, "/later") || path_is(request, "/patient"))
        keep_pending(f, request);
    else if (path_is(request, "/echo"))
        answer(request, 200, http_request_body(request));
    else if (path_is(request, "/large"))
        answer(request, 200, slice_make(arena_alloc(http_request_arena(request), 16 << 20), 16 << 20));
    else if (path_is(request, "/empty"))
        http_reply(request, &(struct http_reply){.status = 204});
    else if (!path_is(request, "/never"))
        answer(request, 200, slice_of("now"));
}

static void on_end(struct http_request *request, int status, int64_t microseconds, void *context)
{
    struct fixture *f = context;
    assert_true(microseconds >= 0);
    assert_non_null(http_request_conn(request));
    f->ends++;
    f->last_status = status;
}

static struct slice problem(struct arena *arena, enum err_code code, uint64_t limit, int *status)
{
    (void)limit;
    static const struct {
        enum err_code code;
        int status;
    } statuses[] = {{ERR_TIMEOUT, 408},        {ERR_TOO_LARGE, 413}, {ERR_EXPECTATION, 417},
                    {ERR_UNKNOWN_METHOD, 501}, {ERR_BUSY, 503},      {ERR_UNCERTAIN, 503}};
    *status = 400;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].code == code)
            *status = statuses[i].status;
    return arena_slice(arena, slice_of(err_word(code)));
}

static void on_gone(void *arg, struct conn *conn)
{
    struct fixture *f = arg;
    assert_ptr_equal(conn, f->conn);
    f->conn = NULL;
    f->gone++;
}

static void count_freed(void *data)
{
    ++*(unsigned *)data;
}

/* ---- the two ends ---- */

/* A connected pair of loopback sockets: TCP, because what a close does to unread bytes is TCP's. */
static void make_pair(int *server, int *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    *client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(*client, (struct sockaddr *)&address, sizeof address), 0);
    *server = accept(listener, NULL, NULL);
    assert_true(*server >= 0);
    close(listener);
    assert_int_equal(fcntl(*server, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(*client, F_SETFL, O_NONBLOCK), 0);
}

static void reconnect(struct fixture *f)
{
    static const struct conn_options options = {.handshake_timeout = 5 * MOMENT_SECOND, .input_limit = 65536};
    int server;
    if (f->client >= 0)
        close(f->client);
    make_pair(&server, &f->client);
    f->received[f->used = 0] = '\0';
    f->at_end = f->was_reset = false;
    f->conn = conn_new(f->base, server, NULL, &http_conn_ops, &f->server, &options, &f->clock, on_gone, f);
}

static int set_up(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    signal(SIGPIPE, SIG_IGN);
    f->base = event_base_new();
    f->clock = clock_system(0);
    f->clock.wall = fixed_wall;
    f->clock.offset = INT64_C(784111777) * MOMENT_SECOND;
    f->app = (struct http_app){on_head, on_request, on_end, problem, "API-Version: 1.0.0\r\n", NULL};
    f->server = (struct http_server){.app = &f->app, .clock = &f->clock, .context = f};
    f->server.limits =
        (struct http_limits){5 * MOMENT_SECOND, 5 * MOMENT_SECOND, 5 * MOMENT_SECOND, 5 * MOMENT_SECOND};
    f->client = -1;
    reconnect(f);
    *state = f;
    return 0;
}

static void receive(struct fixture *f)
{
    ssize_t n = recv(f->client, f->received + f->used, sizeof f->received - 1 - f->used, 0);
    if (n > 0)
        f->used += (size_t)n;
    f->at_end |= n == 0;
    f->was_reset |= n < 0 && errno != EAGAIN;
    f->received[f->used] = '\0';
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void turn(struct fixture *f)
{
    struct timespec nap = {0, 200000};
    event_base_loop(f->base, EVLOOP_NONBLOCK);
    nanosleep(&nap, NULL);
}

static void turns(struct fixture *f, int count)
{
    while (count--)
        turn(f);
}

/* Runs the loop until the client has received `text`, all that follows included. */
static void await(struct fixture *f, const char *text)
{
    int64_t last = milliseconds() + PATIENCE;
    while (!strstr(f->received, text)) {
        if (milliseconds() > last || f->at_end || f->was_reset)
            fail_msg("wanted:\n%s\nreceived:\n%s", text, f->received);
        turn(f);
        receive(f);
    }
}

static void await_end(struct fixture *f)
{
    int64_t last = milliseconds() + PATIENCE;
    while (!f->at_end) {
        if (milliseconds() > last || f->was_reset)
            fail_msg("wanted the end, received%s:\n%s", f->was_reset ? " a reset after" : "", f->received);
        turn(f);
        receive(f);
    }
}

static void await_count(struct fixture *f, const unsigned *count, unsigned wanted)
{
    int64_t last = milliseconds() + PATIENCE;
    while (*count < wanted && milliseconds() < last)
        turn(f);
    assert_int_equal(*count, wanted);
}

static void send_text(struct fixture *f, const char *text)
{
    assert_int_equal(send(f->client, text, strlen(text), 0), (ssize_t)strlen(text));
}

static void release_pending(struct fixture *f)
{
    http_request_release(f->pending);
    f->pending = NULL;
}

/* The client leaves; what the connection held must be given back (the leak checker looks). */
static int tear_down(void **state)
{
    struct fixture *f = *state;
    close(f->client);
    int64_t last = milliseconds() + PATIENCE;
    while (f->conn && milliseconds() < last)
        turn(f);
    bool clean = !f->conn && !f->pending;
    event_base_free(f->base);
    free(f);
    return clean ? 0 : -1;
}

/* ---- answers ---- */

#define FIELDS "Host: a\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" FIELDS "\r\n"

static void test_answers_exactly(void **state)
{
    struct fixture *f = *state;
    send_text(f, GET("/now"));
    await(f, "now");
    assert_string_equal(f->received, "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                     "API-Version: 1.0.0\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
                                     "X: y\r\n\r\nnow");
    assert_int_equal(f->ends, 1);
    assert_int_equal(f->last_status, 200);
    f->clock.offset += MOMENT_SECOND;
    f->received[f->used = 0] = '\0';
    send_text(f, GET("/now"));
    await(f, "now");
    assert_non_null(strstr(f->received, "08:49:38 GMT"));
    assert_int_equal(f->gone, 0);
}

static void test_head_has_no_body(void **state)
{
    struct fixture *f = *state;
    send_text(f, "HEAD /now HTTP/1.1\r\n" FIELDS "\r\n" GET("/empty"));
    await(f, "No Content");
    await(f, "\r\n\r\nHTTP/1.1 204");
    assert_non_null(strstr(f->received, "Content-Length: 3\r\nX: y\r\n\r\nHTTP/1.1 204"));
    assert_null(strstr(strstr(f->received, "204"), "Content-Length"));
}

static void test_closes_when_asked(void **state)
{
    static const struct {
        const char *request, *field; /* NULL: stays open without saying so */
        bool closes;
    } rows[] = {
        {"GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "Connection: close\r\n", true},
        {"GET /now HTTP/1.0\r\n\r\n", "Connection: close\r\n", true},
        {"GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "Connection: keep-alive\r\n", false},
        {GET("/now"), NULL, false},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        send_text(f, rows[i].request);
        await(f, "now");
        assert_true(rows[i].field ? strstr(f->received, rows[i].field) != NULL
                                  : strstr(f->received, "Connection") == NULL);
        if (rows[i].closes)
            await_end(f);
        turns(f, 5);
        receive(f);
        assert_int_equal(f->at_end, rows[i].closes);
        close(f->client);
        f->client = -1;
        await_count(f, &f->gone, (unsigned)i + 1);
        reconnect(f);
    }
}

/* ---- order ---- */

static void test_pipelines_one_at_a_time(void **state)
{
    struct fixture *f = *state;
    send_text(f, GET("/later") GET("/now") GET("/refused"));
    await_count(f, &f->requests, 1);
    send_text(f, GET("/now"));
    turns(f, 5);
    assert_int_equal(f->heads, 1);
    answer(f->pending, 200, slice_of("later"));
    assert_true(http_request_is_gone(f->pending));
    assert_null(http_request_conn(f->pending));
    answer(f->pending, 500, slice_of("twice"));
    release_pending(f);
    await_count(f, &f->ends, 4);
    await(f, "later");
    receive(f);
    char *later = strstr(f->received, "later"), *now = strstr(later, "now"), *no = strstr(now, "no");
    assert_non_null(no);
    assert_null(strstr(f->received, "twice"));
}

static void test_serves_long_pipelines(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 50; i++)
        send_text(f, GET("/now"));
    await_count(f, &f->ends, 50);
    assert_int_equal(f->gone, 0);
}

/* ---- bodies ---- */

static void test_takes_bodies(void **state)
{
    struct fixture *f = *state;
    const char *text = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nhello, sized";
    for (size_t i = 0; i < strlen(text); i++) {
        assert_int_equal(send(f->client, text + i, 1, 0), 1);
        event_base_loop(f->base, EVLOOP_NONBLOCK);
    }
    await(f, "hello, sized");
    send_text(f, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nhello, \r\n");
    turns(f, 3);
    send_text(f, "7\r\nchunked\r\n0\r\n\r\n");
    await(f, "Content-Length: 14\r\nX: y\r\n\r\nhello, chunked");
    send_text(f, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    await(f, "Content-Length: 0\r\n");
    assert_int_equal(f->requests, 3);
}

static void test_takes_large_bodies(void **state)
{
    struct fixture *f = *state;
    enum { SIZE = 300000 };
    char *body = xcalloc(1, SIZE);
    memset(body, 'a', SIZE);
    send_text(f, "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n");
    for (size_t sent = 0; sent < SIZE;) {
        ssize_t n = send(f->client, body + sent, SIZE - sent, 0);
        sent += n > 0 ? (size_t)n : 0;
        turn(f);
    }
    free(body);
    await(f, "now");
    assert_int_equal(f->last_status, 200);
}

static void test_decides_before_the_body(void **state)
{
    struct fixture *f = *state;
    send_text(f, "POST /later-head HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    await_count(f, &f->heads, 1);
    turns(f, 5);
    assert_int_equal(f->requests, 0);
    http_accept(f->pending, 5);
    await(f, "now");
    assert_true(slice_is(http_request_body(f->pending), "hello"));
    release_pending(f);
    send_text(f, GET("/later-head"));
    await_count(f, &f->heads, 2);
    http_accept(f->pending, 5);
    assert_int_equal(f->requests, 2);
    release_pending(f);
}

static void test_skips_small_unread_bodies(void **state)
{
    struct fixture *f = *state;
    send_text(f, "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET ");
    await(f, "\r\n\r\nno");
    send_text(f, "/" GET("/now"));
    await(f, "\r\n\r\nnow");
    assert_int_equal(f->heads, 2);
    assert_null(strstr(f->received, "Connection: close"));
}

static void test_closes_on_large_unread_bodies(void **state)
{
    static const char *const requests[] = {
        "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\nhello",
        "POST /refused HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        send_text(f, requests[i]);
        await_end(f);
        assert_non_null(strstr(f->received, "HTTP/1.1 403 Forbidden"));
        assert_non_null(strstr(f->received, "Connection: close"));
        assert_null(strstr(f->received, "100 Continue"));
        close(f->client);
        f->client = -1;
        await_count(f, &f->gone, (unsigned)i + 1);
        reconnect(f);
    }
}

static void test_continues_only_after_acceptance(void **state)
{
    struct fixture *f = *state;
    send_text(f, "POST /later-head HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    await_count(f, &f->heads, 1);
    turns(f, 5);
    receive(f);
    assert_int_equal(f->used, 0);
    http_accept(f->pending, 5);
    release_pending(f);
    await(f, "HTTP/1.1 100 Continue\r\n\r\n");
    turns(f, 5); /* that this was flushed is not the end of the request */
    send_text(f, "hello");
    await(f, "\r\n\r\nnow");
    assert_int_equal(f->ends, 1);
}

/* ---- refusals ---- */

static void test_refuses_and_closes(void **state)
{
    static const struct {
        const char *request, *status;
    } rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
        {"BREW / HTTP/1.1\r\n", "HTTP/1.1 501 Not Implemented\r\n"},
        {"POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n",
         "HTTP/1.1 413 Content Too Large\r\n"},
        {"POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n",
         "HTTP/1.1 413 Content Too Large\r\n"},
        {"POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n", "HTTP/1.1 413 "},
        {"POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\n", "HTTP/1.1 400 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n", "HTTP/1.1 417 "},
        {"\x16\x03\x01", "HTTP/1.1 400 "},
    };
    struct fixture *f = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        send_text(f, rows[i].request);
        await_end(f);
        assert_int_equal(strncmp(f->received, rows[i].status, strlen(rows[i].status)), 0);
        assert_non_null(strstr(f->received, "Content-Type: application/problem+json\r\n"));
        assert_non_null(strstr(f->received, "Connection: close\r\n"));
        assert_int_equal(f->ends, i + 1);
        close(f->client);
        f->client = -1;
        await_count(f, &f->gone, i + 1);
        reconnect(f);
    }
    assert_int_equal(f->requests, 0);
}

/* A client in the middle of a large upload must still be able to read why it was refused. */
static void test_refusal_survives_an_upload(void **state)
{
    struct fixture *f = *state;
    static char block[65536];
    int64_t last = milliseconds() + 300;
    send_text(f, "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    while (milliseconds() < last) {
        ssize_t n = send(f->client, block, sizeof block, 0);
        assert_true(n > 0 || errno == EAGAIN);
        turn(f);
    }
    await_end(f);
    assert_non_null(strstr(f->received, "HTTP/1.1 413 "));
    assert_non_null(strstr(f->received, "body-too-large"));
}

/* ---- deadlines ---- */

enum { SOON = 60 * 1000 };

static void trickle(struct fixture *f, const char *head, const char *filling)
{
    int64_t last = milliseconds() + PATIENCE;
    send_text(f, head);
    for (size_t i = 0; !f->used && !f->at_end; i++) {
        if (i % 20 == 0 && send(f->client, filling + i / 20 % strlen(filling), 1, 0) != 1)
            break;
        turn(f);
        receive(f);
        assert_true(milliseconds() < last);
    }
}

static void test_head_deadline_is_total(void **state)
{
    struct fixture *f = *state;
    send_text(f, GET("/now"));
    await(f, "now");
    f->server.limits.head_timeout = SOON;
    f->received[f->used = 0] = '\0';
    trickle(f, "GET / HTTP/1.1\r\nA: ", "a");
    await_end(f);
    assert_non_null(strstr(f->received, "HTTP/1.1 408 Request Timeout\r\n"));
    assert_int_equal(f->last_status, 408);
    assert_int_equal(f->heads, 1);
}

static void test_body_deadline_is_total(void **state)
{
    struct fixture *f = *state;
    f->server.limits.body_timeout = SOON;
    trickle(f, "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", "a");
    await_end(f);
    assert_non_null(strstr(f->received, "HTTP/1.1 408 Request Timeout\r\n"));
    assert_int_equal(f->requests, 0);
    assert_int_equal(f->ends, 1);
}

static void test_silence_is_closed_silently(void **state)
{
    struct fixture *f = *state;
    close(f->client);
    f->client = -1;
    await_count(f, &f->gone, 1);
    f->server.limits.head_timeout = SOON;
    reconnect(f); /* never sends anything */
    await_end(f);
    assert_int_equal(f->used, 0);
    await_count(f, &f->gone, 2);
    reconnect(f);
    send_text(f, "\r\n"); /* nor is this a request */
    await_end(f);
    assert_int_equal(f->used, 0);
    await_count(f, &f->gone, 3);
    f->server.limits.head_timeout = 5 * MOMENT_SECOND;
    f->server.limits.idle_timeout = SOON;
    reconnect(f);
    send_text(f, GET("/now"));
    await_end(f);
    assert_non_null(strstr(f->received, "now"));
    assert_null(strstr(f->received, "408"));
    assert_int_equal(f->ends, 1);
}

static void test_late_handler_is_answered_for(void **state)
{
    static const struct {
        const char *request, *word;
    } rows[] = {
        {GET("/later"), "busy"},
        {"POST /later HTTP/1.1\r\nHost: a\r\n\r\n", "outcome-uncertain"},
        {"POST /later-head HTTP/1.1\r\nHost: a\r\n\r\n", "busy"},
    };
    struct fixture *f = *state;
    f->server.limits.reply_timeout = SOON;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        send_text(f, rows[i].request);
        await_end(f);
        assert_non_null(strstr(f->received, "HTTP/1.1 503 "));
        assert_non_null(strstr(f->received, "Retry-After: 1\r\n"));
        assert_non_null(strstr(f->received, rows[i].word));
        assert_true(http_request_is_gone(f->pending));
        http_accept(f->pending, 5);
        answer(f->pending, 200, slice_of("too late"));
        release_pending(f);
        assert_int_equal(f->ends, i + 1);
        close(f->client);
        f->client = -1;
        await_count(f, &f->gone, i + 1);
        reconnect(f);
    }
}

/* Its body and its answer may take longer than those of others; the request after it has the usual time
 * again. */
static void test_patience_is_of_one_request(void **state)
{
    struct fixture *f = *state;
    struct timespec nap = {0, 1000};
    f->server.limits.body_timeout = f->server.limits.reply_timeout = SOON;
    send_text(f, "POST /patient HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
    int64_t until = clock_monotonic(f->server.clock) + 3 * SOON;
    while (clock_monotonic(f->server.clock) < until) {
        event_base_loop(f->base, EVLOOP_NONBLOCK);
        nanosleep(&nap, NULL);
    }
    send_text(f, "b");
    await_count(f, &f->requests, 1);
    until = clock_monotonic(f->server.clock) + 3 * SOON;
    while (clock_monotonic(f->server.clock) < until) {
        event_base_loop(f->base, EVLOOP_NONBLOCK);
        nanosleep(&nap, NULL);
    }
    assert_false(http_request_is_gone(f->pending));
    answer(f->pending, 200, slice_of("at last"));
    release_pending(f);
    send_text(f, GET("/later"));
    await_end(f);
    assert_non_null(strstr(f->received, "at last"));
    assert_non_null(strstr(f->received, "HTTP/1.1 503 "));
    release_pending(f);
}

static void test_slow_reader_is_closed(void **state)
{
    struct fixture *f = *state;
    f->server.limits.reply_timeout = SOON;
    send_text(f, GET("/large")); /* more than the sockets hold */
    await_count(f, &f->gone, 1);
    assert_int_equal(f->ends, 1);
}

/* ---- lives ---- */

static void test_drops_the_reply_to_who_has_gone(void **state)
{
    struct fixture *f = *state;
    for (unsigned i = 0; i < 2; i++) { /* the second with more bytes behind it, so that reading is paused */
        send_text(f, i ? GET("/later") GET("/now") : GET("/later"));
        await_count(f, &f->requests, i + 1);
        http_conn_set_app_data(f->conn, &f->freed, count_freed);
        assert_ptr_equal(http_conn_app_data(http_request_conn(f->pending)), &f->freed);
        close(f->client);
        f->client = -1;
        await_count(f, &f->gone, i + 1);
        assert_int_equal(f->freed, i + 1);
        assert_int_equal(f->ends, i + 1);
        assert_int_equal(f->last_status, 0);
        assert_true(http_request_is_gone(f->pending));
        answer(f->pending, 200, slice_of("nobody hears"));
        assert_int_equal(f->ends, i + 1);
        release_pending(f);
        reconnect(f);
    }
}

static void test_held_request_outlives_its_answer(void **state)
{
    struct fixture *f = *state;
    int mine = 0;
    send_text(f, "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    await_count(f, &f->requests, 1);
    http_request_set_data(f->pending, &mine);
    answer(f->pending, 200, slice_of("yes"));
    await(f, "yes");
    assert_ptr_equal(http_request_data(f->pending), &mine);
    assert_true(slice_is(http_request_body(f->pending), "hello"));
    release_pending(f);
}

static void test_application_may_abort(void **state)
{
    struct fixture *f = *state;
    send_text(f, GET("/aborts"));
    await_count(f, &f->gone, 1);
    assert_int_equal(f->ends, 1);
    assert_int_equal(f->last_status, 0);
}

static void test_drains(void **state)
{
    struct fixture *f = *state;
    send_text(f, GET("/now"));
    await(f, "now");
    turns(f, 3);
    http_conn_drain(f->conn); /* between requests: at once */
    await_end(f);
    close(f->client);
    f->client = -1;
    await_count(f, &f->gone, 1);
    reconnect(f);
    http_conn_drain(f->conn); /* not open yet: at once */
    await_end(f);
    close(f->client);
    f->client = -1;
    await_count(f, &f->gone, 2);
    reconnect(f);
    send_text(f, GET("/later"));
    await_count(f, &f->requests, 2);
    http_conn_drain(f->conn); /* in a request: after its answer */
    turns(f, 3);
    answer(f->pending, 200, slice_of("last"));
    release_pending(f);
    await_end(f);
    assert_non_null(strstr(f->received, "Connection: close\r\n"));
    assert_non_null(strstr(f->received, "last"));
}

/* ---- answers that go on ---- */

static void test_streams(void **state)
{
    struct fixture *f = *state;
    f->server.limits.reply_timeout = f->server.limits.idle_timeout = MOMENT_SECOND / 20;
    send_text(f, GET("/stream") GET("/now"));
    await(f, "\r\n\r\n");
    assert_string_equal(f->received, "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                     "API-Version: 1.0.0\r\nContent-Type: text/event-stream\r\n"
                                     "Connection: close\r\nX: y\r\n\r\n");
    assert_int_equal(f->ends, 1); /* the request has its answer */
    assert_int_equal(f->last_status, 200);
    http_stream_write(f->stream, slice_of("one "));
    await(f, "one ");
    turns(f, 300); /* no deadline runs */
    http_stream_write(f->stream, slice_of("two"));
    await(f, "one two");
    assert_int_equal(f->requests, 1); /* what was sent behind it is never read */
    assert_int_equal(f->gone + f->stream_ends, 0);
    http_stream_finish(f->stream);
    http_stream_write(f->stream, slice_of("three"));
    await_end(f);
    assert_null(strstr(f->received, "three"));
    await_count(f, &f->stream_ends, 1);
    assert_int_equal(f->requests, 1);
}

static void test_stream_ends_with_its_reader(void **state)
{
    struct fixture *f = *state;
    send_text(f, GET("/stream"));
    await(f, "\r\n\r\n");
    close(f->client);
    f->client = -1;
    await_count(f, &f->stream_ends, 1);
    assert_int_equal(f->gone, 1);
}

/* A reader that stands still is seen by what it has not taken. */
static void test_stream_tells_what_is_unsent(void **state)
{
    struct fixture *f = *state;
    char *text = xcalloc(1, LARGE_BODY);
    send_text(f, GET("/stream"));
    await(f, "\r\n\r\n");
    assert_int_equal(http_stream_unsent(f->stream), 0);
    for (int i = 0; i < 16; i++)
        http_stream_write(f->stream, slice_make(text, LARGE_BODY));
    turns(f, 50);
    assert_true(http_stream_unsent(f->stream) > LARGE_BODY);
    http_stream_abort(f->stream);
    http_stream_write(f->stream, slice_make(text, LARGE_BODY));
    assert_int_equal(f->stream_ends, 0); /* told from the loop */
    await_count(f, &f->stream_ends, 1);
    free(text);
}

static void test_drain_ends_streams(void **state)
{
    struct fixture *f = *state;
    send_text(f, GET("/stream"));
    await(f, "\r\n\r\n");
    http_stream_write(f->stream, slice_of("last"));
    http_conn_drain(f->conn);
    await_end(f);
    assert_non_null(strstr(f->received, "\r\n\r\nlast"));
    await_count(f, &f->stream_ends, 1);
}

/* Drained while the application was still at work: it does not begin something that never ends. */
static void test_no_stream_outlives_a_drain(void **state)
{
    struct fixture *f = *state;
    send_text(f, GET("/later"));
    while (!f->pending)
        turn(f);
    http_conn_drain(f->conn);
    f->stream = http_stream_begin(f->pending, "text/event-stream", NULL, on_stream_end, f);
    assert_non_null(f->stream);
    release_pending(f);
    await_end(f);
    await_count(f, &f->stream_ends, 1);
}

static void test_no_stream_for_head(void **state)
{
    struct fixture *f = *state;
    send_text(f, "HEAD /stream HTTP/1.1\r\n" FIELDS "\r\n" GET("/now"));
    await(f, "now");
    assert_non_null(strstr(f->received, "text/event-stream\r\nX: y\r\n\r\nHTTP/1.1 200"));
    assert_null(f->stream);
    assert_int_equal(f->stream_ends, 0);
}

static void test_draining_server_says_close(void **state)
{
    struct fixture *f = *state;
    f->server.draining = true;
    send_text(f, GET("/now"));
    await_end(f);
    assert_non_null(strstr(f->received, "Connection: close\r\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
        T(test_answers_exactly),
        T(test_head_has_no_body),
        T(test_closes_when_asked),
        T(test_pipelines_one_at_a_time),
        T(test_serves_long_pipelines),
        T(test_takes_bodies),
        T(test_takes_large_bodies),
        T(test_decides_before_the_body),
        T(test_skips_small_unread_bodies),
        T(test_closes_on_large_unread_bodies),
        T(test_continues_only_after_acceptance),
        T(test_refuses_and_closes),
        T(test_refusal_survives_an_upload),
        T(test_head_deadline_is_total),
        T(test_body_deadline_is_total),
        T(test_silence_is_closed_silently),
        T(test_late_handler_is_answered_for),
        T(test_patience_is_of_one_request),
        T(test_slow_reader_is_closed),
        T(test_drops_the_reply_to_who_has_gone),
        T(test_held_request_outlives_its_answer),
        T(test_application_may_abort),
        T(test_drains),
        T(test_draining_server_says_close),
        T(test_streams),
        T(test_stream_ends_with_its_reader),
        T(test_stream_tells_what_is_unsent),
        T(test_drain_ends_streams),
        T(test_no_stream_outlives_a_drain),
        T(test_no_stream_for_head),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
