/*
 * Server-sent events (WHATWG HTML §9.2.6), cut out of a stream of bytes. Pure; how the bytes were cut never
 * changes what it says. One thread.
 */
#ifndef WIJZER_SSE_H
#define WIJZER_SSE_H

#include <stdbool.h>

#include "slice.h"

enum { SSE_LINE_MAX = 1024 * 1024 }; /* of one line, and of the data of one event */

struct sse;

struct sse *sse_new(void);
void sse_free(struct sse **sse);

/* Takes bytes; `on_event` is called for each event with data: its data, lines joined by "\n", borrowed for
 * the call. False: a line or an event is too long; nothing more is taken. */
bool sse_feed(struct sse *sse, struct slice bytes, void (*on_event)(void *arg, struct slice data), void *arg);
/* The id that came last, "" before there was one: from there a new stream goes on. Borrowed until more is
 * fed. */
const char *sse_last_id(const struct sse *sse);
/* Forgets what was begun and not ended, as for a new connection; the last id stays. */
void sse_restart(struct sse *sse);

#endif
