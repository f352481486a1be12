/* The inside of a connection, for conn.c and conn_watch.c alone. */
#ifndef WIJZER_CONN_PRIVATE_H
#define WIJZER_CONN_PRIVATE_H

#include <event2/event_struct.h>

#include "address.h"
#include "conn.h"

enum conn_state {
    CONN_WAITING,   /* in line for a handshake: no bufferevent yet */
    CONN_OPENING,   /* in the handshake */
    CONN_OPEN,      /* the protocol's */
    CONN_FLUSHING,  /* conn_finish: bytes are unsent */
    CONN_LINGERING, /* all is sent and our end is closed; the peer's end is awaited */
    CONN_CLOSED,    /* resting */
    CONN_STATES
};

enum conn_reading {
    READING,
    READING_PAUSED, /* lazily: EV_READ is still on, until something comes */
    READING_STOPPED /* EV_READ is off; the hangup watch is on */
};

/* Kept small: thousands of them idle. */
struct conn {
    struct event_base *base;
    struct bufferevent *bev; /* NULL while waiting and when closed */
    struct tls_context *tls; /* held while waiting, then the SSL object holds what it needs */
    const struct conn_ops *ops;
    void *data; /* the context until on_open has given the protocol's own */
    const struct clock *clock;
    void (*on_gone)(void *arg, struct conn *conn);
    void *arg;
    struct tls_peer *peer;
    struct event *watch;         /* made when first needed: see conn_watch.c */
    struct conn_gate *gate;      /* only of TLS connections */
    struct conn *before, *after; /* in one of the gate's lines */
    int64_t started;             /* the handshake */
    int64_t deadline;            /* monotonic; 0: none */
    int64_t armed;               /* when `timer` fires; 0: not pending */
    size_t input_limit;
    int fd;
    unsigned char state, reading, end; /* conn_state, conn_reading, conn_end */
    bool is_opened;                    /* on_open was called, so on_close is owed */
    bool is_flush_owed;                /* something was written since on_flushed */
    bool is_hurried;                   /* counted in the gate's `hurried` */
    char address[ADDRESS_TEXT];
    struct event timer;
};

/* Ends the connection: everything but the struct is freed, and that rests for one turn. */
void conn_close(struct conn *conn, enum conn_end why);

/* A second look at the socket while the bufferevent does not read; one at a time. Looks for the peer's end
 * only (then closes) or reads and forgets what the peer still sends, so that closing does not reset a reply
 * that is on its way (closes at the peer's end). */
void conn_watch_hangup(struct conn *conn);
void conn_watch_discard(struct conn *conn);
void conn_watch_stop(struct conn *conn);

#endif
