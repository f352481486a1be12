/*
 * Listening sockets on the main thread. An accepted descriptor goes to the least-loaded receiver's mailbox;
 * at most ten are accepted per loop turn. Caps on connections per process and per address are kept here; when
 * descriptors run out (EMFILE, ENFILE) accepting pauses with back-off instead of spinning.
 */
#ifndef WIJZER_LISTENER_H
#define WIJZER_LISTENER_H

#include <event2/event.h>

#include "err.h"
#include "mailbox.h"

struct listener;

/* Counts connections; shared by all listeners of the process, thread safe. */
struct conn_caps;
struct conn_caps *conn_caps_new(unsigned per_process, unsigned per_address);
void conn_caps_free(struct conn_caps **caps);
void conn_caps_set(struct conn_caps *caps, unsigned per_process, unsigned per_address);
/* Takes a place; false: a cap is reached. `address` is the numeric text. */
bool conn_caps_take(struct conn_caps *caps, const char *address);
void conn_caps_give(struct conn_caps *caps, const char *address);
unsigned conn_caps_count(struct conn_caps *caps);

/* Called on the main thread for an accepted, non-blocking descriptor with TCP_NODELAY that holds a place in
 * the caps; takes it. False: nobody could take it (the listener closes it and gives the place back). */
typedef bool listener_on_accept(void *arg, int fd, const char *address);

/* Listens on "address:port", "[v6]:port" or ":port" (loopback is not assumed); port 0 lets the system choose.
 */
struct listener *listener_new(struct event_base *base, const char *where, struct conn_caps *caps,
                              listener_on_accept *on_accept, void *arg, struct err *err);
/* The port it listens on. */
unsigned listener_port(const struct listener *listener);
/* Stops accepting (drain); freeing closes the socket. */
void listener_stop(struct listener *listener);
void listener_free(struct listener **listener);

#endif
