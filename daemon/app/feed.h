/*
 * Open event streams (server-sent events) of a worker. While somebody listens in a region the worker asks the
 * database every few milliseconds what is new there, once for all of them, and tells each what they may see:
 * a coordinator the region, others what their organisation takes part in. Nobody is told of an event before
 * all that came before it is final, so that a place (the id of an event) says for ever what has been told.
 *
 * A stream that begins at a place of before reads pages for itself until it reaches what the worker holds,
 * then goes on with the others. Only a few streams of a worker read a page at a time, in turns: however many
 * come again after a weekend, other requests go on, and so do the streams that are not behind. What a reader
 * has not taken is bounded: it waits, and who is so slow that the worker no longer holds what comes next, or
 * takes nothing at all, is closed and comes again with Last-Event-ID. When somebody's rights change, streams
 * of accounts that are no more what they were end; after an hour every stream does, so that none outlives its
 * certificate for long.
 */
#ifndef WIJZER_FEED_H
#define WIJZER_FEED_H

#include "call.h"

struct feed;

/* `worker` is borrowed; its pool and base are there. */
struct feed *feed_new(struct worker *worker);
/* Before the pools are freed: nothing is asked any more. */
void feed_stop(struct feed *feed);
/* After the pools and the connections have gone. */
void feed_free(struct feed **feed);

/* Answers with a stream that goes on from the place in the last row of wijzer.events_after(), asked for no
 * events: what has happened since is read in its turn. */
void feed_open(struct feed *feed, struct call *call, const PGresult *rows);

/* Rights have changed: who is still who they were? Asked again until it is known. */
void feed_check_rights(struct feed *feed);

#endif
