/*
 * A region compiled from the database: its words, state machine, decline codes, offerings, organisations and
 * the published rule table, as one immutable snapshot. Built off the hot path from the document that
 * wijzer.region_snapshot() returns (sql/README.md describes it), published by pointer, counted; the last
 * reader frees it. All slices point into the snapshot's own arena. Pure: no I/O, no clock.
 */
#ifndef WIJZER_REGION_H
#define WIJZER_REGION_H

#include "arena.h"
#include "calendar.h"
#include "chain.h"
#include "err.h"
#include "routing.h"

struct organisation {
    int32_t id;
    struct slice code, name;
};

struct offering {
    int32_t id;
    struct slice code, name;
    const struct organisation *organisation;
};

struct word { /* a code with the label the region shows for it */
    struct slice code, label;
};

struct decline_code {
    struct slice code, label;
    enum decline_next { NEXT_REROUTE, NEXT_WAIT, NEXT_STOP, NEXT_ASK_REFERRER } next;
};

struct region {
    int32_t id;
    struct slice code, name;
    int64_t version;                          /* of the whole snapshot, grows with every change */
    const struct organisation *organisations; /* ascending by id, as are the offerings */
    size_t organisation_count;
    const struct organisation *coordination; /* where the catch-all leads */
    const struct offering *offerings;
    size_t offering_count;
    const struct word *domains;
    size_t domain_count;
    const struct decline_code *decline_codes;
    size_t decline_code_count;
    const struct word *promise_kinds;
    size_t promise_kind_count;
    struct machine machine;
    struct routing_table routing; /* no rules: none is published yet */
    struct calendar calendar;
};

/* Compiles the JSON document. NULL (ERR_CONFIG, the row and the member named in *err) for one that does not
 * hold together: a member missing, unknown or of another type; a code or id twice, or one that is referred to
 * and not there; an edge that layer 1 forbids; an open state that leaves nobody to act or that nothing
 * leaves; a rule table whose last row does not catch all and lead to the coordinator. Returned with one
 * reference. */
const struct region *region_compile(struct slice json, struct err *err);
/* Any thread. region_hold() returns its argument; region_release() nulls the pointer, and NULL is fine. */
const struct region *region_hold(const struct region *region);
void region_release(const struct region **region);

/* NULL if there is none. */
const struct organisation *region_organisation(const struct region *region, int32_t id);
const struct offering *region_offering(const struct region *region, struct slice code);
const struct offering *region_offering_by_id(const struct region *region, int32_t id);
const struct word *region_domain(const struct region *region, struct slice code);
const struct decline_code *region_decline_code(const struct region *region, struct slice code);
const struct word *region_promise_kind(const struct region *region, struct slice code);

#endif
