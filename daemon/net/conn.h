/*
 * One connection: a socket with or without TLS on a worker's event loop, moving bytes between the network and
 * one protocol (an ops table: HTTP is the only one there is). The connection owns its bufferevent and one
 * lazy timer for the running phase (handshake, head, body, reply, idle): a total deadline, owned from accept
 * on, that activity does not extend. It obeys the four rules for bufferevent_openssl: back-pressure by
 * toggling EV_READ, no partial writes, missing close_notify is an end of file, and a deadline of our own for
 * the handshake.
 *
 * Everything here is called on the thread of the connection's event base, and all callbacks come from the
 * loop: no conn_* function calls back into the protocol. A connection that ended rests for one loop turn,
 * because callbacks may still be pending; until it is gone every function below may be called and does
 * nothing. The process must ignore SIGPIPE.
 */
#ifndef WIJZER_CONN_H
#define WIJZER_CONN_H

#include <event2/buffer.h>
#include <event2/event.h>
#include <sys/socket.h>

#include "clock.h"
#include "err.h"
#include "tls.h"

struct conn;

enum conn_end {                    /* why a connection ended */
                CONN_END_PEER,     /* the peer closed or broke it */
                CONN_END_DEADLINE, /* the phase's deadline passed */
                CONN_END_LOCAL,    /* we closed it */
                CONN_END_TLS       /* the handshake failed */
};

struct conn_ops {
    /* The handshake is done (or there is none) and conn_peer() is known: make the protocol's state; the
     * returned value is conn_data(). The handshake's deadline goes on until conn_phase() sets another. */
    void *(*on_open)(struct conn *conn, void *context);
    /* New bytes: read them from `input` with evbuffer calls; what is left comes again with the next bytes,
     * and after conn_resume(). Not called while paused. */
    void (*on_input)(struct conn *conn, struct evbuffer *input);
    /* All that was written has left for the kernel. May be NULL. */
    void (*on_flushed)(struct conn *conn);
    /* The phase deadline passed. Return true to keep the connection (a last reply was written: it is closed
     * once flushed, or after a short grace); false to close it now. NULL: close. */
    bool (*on_deadline)(struct conn *conn);
    /* The connection has ended, whatever the cause (our own conn_abort too): free the protocol's state.
     * Called once for each on_open, from the loop. A peer that goes away while reading is paused ends up here
     * at once (noticed by EPOLLRDHUP). conn_data, conn_peer and conn_address still answer. */
    void (*on_close)(struct conn *conn, enum conn_end why);
};

struct conn_line {
    struct conn *first, *last;
    unsigned count;
};

/* Bounds the TLS handshakes that run at the same time on one event base; the others wait in line, their
 * deadline running. For each that waits, the one that has run longest must end within `patience` of its
 * start: a handshake takes two round trips, so peers that connect and say nothing do not keep others out.
 * Zero it and set `limit` (0: no bound) and `patience` (microseconds; 0: none); it must outlive its
 * connections. */
struct conn_gate {
    unsigned limit;
    int64_t patience;
    struct conn_line running, waiting; /* to read; oldest first */
    struct conn *unhurried;            /* the oldest running one that may still take its time; NULL: none */
    unsigned hurried;                  /* those before it */
};

struct conn_options {
    int64_t handshake_timeout; /* microseconds, from accept */
    size_t input_limit;        /* most unread bytes before reading stops until conn_resume() (soft: one record
                                  more); 0: no limit */
    struct conn_gate *gate;    /* NULL: handshakes are not bounded */
};

/* Takes `fd` (non-blocking) and, where given, one reference of `tls`; copies the options, borrows `ops` and
 * `clock`. `on_gone` (may be NULL) is told when all has been freed, for the caps. Never returns NULL: if TLS
 * cannot be started the connection ends at once, told by on_gone alone. */
struct conn *conn_new(struct event_base *base, int fd, struct tls_context *tls, const struct conn_ops *ops,
                      void *context, const struct conn_options *options, const struct clock *clock,
                      void (*on_gone)(void *arg, struct conn *conn), void *arg);

void *conn_data(struct conn *conn);
/* NULL without TLS or without a client certificate. Lives as long as the connection. */
const struct tls_peer *conn_peer(struct conn *conn);
/* The TLS object, for tls_context_still_trusts(); NULL in plain text, before the handshake and after the end.
 */
SSL *conn_ssl(struct conn *conn);
/* Numeric address of the other side, for logs and caps. */
const char *conn_address(struct conn *conn);

/* Starts a phase that must end within `timeout` microseconds (0: no deadline). Replaces the one before. */
void conn_phase(struct conn *conn, int64_t timeout);
/* Stops and resumes reading; while stopped, a peer that goes away is still noticed. Pausing is lazy: it costs
 * nothing until the peer sends something more. After resuming, unread bytes are handed over again. */
void conn_pause(struct conn *conn);
void conn_resume(struct conn *conn);
/* Copies; head and body go out in one TLS record where they fit, and at once where the socket takes them. */
void conn_write(struct conn *conn, struct slice head, struct slice body);
size_t conn_unsent(struct conn *conn);
/* Closes after what was written is flushed (with close_notify). While bytes are unsent the running phase's
 * deadline holds, or a grace of 2 s where that ends later; then the peer's own end is awaited for at most 2
 * s, so that a reply is not destroyed by bytes that were still coming. on_input is not called any more.
 * Idempotent. */
void conn_finish(struct conn *conn);
/* Closes now: what is unsent is lost. */
void conn_abort(struct conn *conn);

#endif
