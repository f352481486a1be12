/*
 * Requests and replies. The HTTP layer parses, keeps deadlines and order, and asks the application twice:
 * on_head before any byte of the body is read (route, role, size), and on_request when the body is there.
 * Pipelined requests are served one at a time, in order; the next one begins when the answer has left for the
 * kernel. A request lives until it was answered (or its connection has gone) and every hold was released: a
 * handler that waits for the database holds it, and a reply to a request whose client has gone, or which was
 * answered already (its deadline passed), is dropped silently. One thread: the worker's.
 */
#ifndef WIJZER_REQUEST_H
#define WIJZER_REQUEST_H

#include "arena.h"
#include "conn.h"
#include "parser.h"

struct http_request;

struct http_app {
    /* The head is there. Answer now with http_reply() (refusals), or let it go on with http_accept(), now or
     * later (after asking the database who this is). */
    void (*on_head)(struct http_request *request, void *context);
    /* The body is complete (empty where there is none). Answer with http_reply(), now or later. */
    void (*on_request)(struct http_request *request, void *context);
    /* Told once per request when its answer was written, or its client went (status 0): log and metrics. Also
     * of messages that were refused before on_head: their head may be unfinished (absent target) and data is
     * NULL. Not of a client that went before on_head. The time is from the first byte of the request. */
    void (*on_end)(struct http_request *request, int status, int64_t microseconds, void *context);
    /* A malformed or over-limit request: the body of the answer. The reply's body must be the arena's.
     * `limit`: how many bytes http_accept() allowed; 0: nothing was accepted yet. */
    struct slice (*problem)(struct arena *arena, enum err_code code, uint64_t limit, int *status);
    const char *server_fields; /* "API-Version: 1.0.0\r\n" and the like, added to every answer */
    /* NULL, or told once per request when nothing holds it any more and its memory goes: after on_end, and
     * long after where work goes on for a client that went. */
    void (*on_free)(struct http_request *request);
};

struct http_limits {
    int64_t head_timeout, body_timeout, reply_timeout, idle_timeout; /* microseconds, totals */
};

enum { HTTP_DATE = 40 }; /* "Date: Sun, 22 Nov 2026 14:05:00 GMT\r\n" and NUL */

/* One per worker: not shared between threads. The timeouts may be changed at any time. */
struct http_server {
    const struct http_app *app;
    struct http_limits limits;
    const struct clock *clock;
    void *context;       /* handed to the app */
    bool draining;       /* set: answers carry "Connection: close", and idle connections are to be closed */
    int64_t date_second; /* the layer's own: the Date field as of this second */
    char date[HTTP_DATE];
};

/* The ops for conn_new(); its context is the `struct http_server *`. */
extern const struct conn_ops http_conn_ops;
/* For draining: closes the connection if it is between requests, else after the present answer. */
void http_conn_drain(struct conn *conn);

const struct http_head *http_request_head(const struct http_request *request);
struct slice http_request_body(const struct http_request *request);
struct arena *http_request_arena(struct http_request *request);
struct conn *http_request_conn(struct http_request *request); /* NULL once answered or the client has gone */
/* A pointer of the application's, per request and per connection (the latter survives requests, is set from
 * on_head on, and `free_data` is called with it when the connection goes or another is set). */
void *http_request_data(const struct http_request *request);
void http_request_set_data(struct http_request *request, void *data);
void *http_conn_app_data(struct conn *conn);
void http_conn_set_app_data(struct conn *conn, void *data, void (*free_data)(void *data));

/* From on_head or later, once: takes the body, at most `body_limit` bytes (more: 413); sends 100 Continue
 * where it was asked for. Called later, it may call on_request itself. */
void http_accept(struct http_request *request, uint64_t body_limit);
/* For an operation that is known to take longer: other deadlines for this request's body and for its answer,
 * from now on. Before http_accept(). */
void http_request_patience(struct http_request *request, int64_t body_timeout, int64_t reply_timeout);

struct http_reply {
    int status;
    const char *content_type; /* NULL with an empty body */
    struct slice body;        /* copied */
    const char *fields;       /* further fields, "ETag: \"3\"\r\n", or NULL */
    bool close;
    bool is_open; /* the layer's own: of an answer that goes on, which has no length */
    /* NULL, or told once with `sent_arg` when the answer has left or its client has gone, at once where there
     * is nobody to answer: until then it takes memory. */
    void (*on_sent)(void *arg);
    void *sent_arg;
};
/* Once; allowed from on_head on. An answer before the body was taken keeps the connection only where what is
 * unread is small. HEAD gets the fields of the answer without its body. */
void http_reply(struct http_request *request, const struct http_reply *reply);

/* An answer that goes on: a head without a length, then what is written, until either side closes the
 * connection (RFC 9112 §6.3, the eighth case). It takes the place of http_reply(), from on_request on; the
 * request and its memory end with it. No deadline runs: the application sees to readers that stand still. */
struct http_stream;

/* `fields` as in struct http_reply. While it is being drained the stream ends at once, as always told by
 * `on_end`. `on_end` is called once, from the loop, when the connection has gone, whoever ended it; until
 * then the stream may be used. NULL: there is none to write to (the client has gone, or asked HEAD and has
 * its answer), and on_end is not called. */
struct http_stream *http_stream_begin(struct http_request *request, const char *content_type,
                                      const char *fields, void (*on_end)(void *arg), void *arg);
/* Copies. After the end of the stream it does nothing. */
void http_stream_write(struct http_stream *stream, struct slice text);
/* Bytes that the reader has not taken yet. */
size_t http_stream_unsent(const struct http_stream *stream);
/* Closes it when what was written has left, or now. */
void http_stream_finish(struct http_stream *stream);
void http_stream_abort(struct http_stream *stream);

void http_request_hold(struct http_request *request);
void http_request_release(struct http_request *request);
/* Whether nobody waits for an answer any more: the client has gone, or it was answered. */
bool http_request_is_gone(const struct http_request *request);

#endif
