/*
 * A look by a virus scanner, in the protocol of clamd(8) (zINSTREAM): one connection for one file, on the
 * worker's event loop, nothing of it blocks. It ends within `timeout` whatever the scanner does, and what it
 * says is read up to a bound. Only "stream: OK" is clean: a scanner that cannot be reached, hangs up, answers
 * late or anything else has found nothing out, and nobody may go on as if it had. One thread: the loop's.
 */
#ifndef WIJZER_SCAN_H
#define WIJZER_SCAN_H

#include <event2/event.h>

#include "arena.h"
#include "err.h"

enum { SCAN_NAME_MAX = 80 };

struct scan {
    struct slice content; /* borrowed until on_done */
    int64_t timeout;      /* microseconds */
    /* Once, from the loop. err NULL: clean. ERR_VIRUS: `name` is what it was called. ERR_SCANNER_AWAY:
     * err->text says why. */
    void (*on_done)(struct scan *scan, const struct err *err);
    void *arg;
    char name[SCAN_NAME_MAX];
    /* the scan's own */
    struct bufferevent *stream;
    struct event *timer;
    struct err err;
};

/* `server`: the path of a unix socket, or a numeric address with its port. The caller's memory until on_done.
 */
void scan_start(struct scan *scan, struct event_base *base, const char *server);

#endif
