/*
 * A region compiled from the database: its words, state machine, decline codes, offerings, organisations and
 * the rule tables in force, as one immutable snapshot. Built off the hot path from the document that
 * wijzer.region_snapshot() returns (sql/README.md describes it) and the rulesets that it names, published by
 * pointer, counted; the last reader frees it. All slices point into the snapshot's own arena; rulesets are
 * held. Pure: no I/O, no clock.
 */
#ifndef WIJZER_REGION_H
#define WIJZER_REGION_H

#include "arena.h"
#include "calendar.h"
#include "chain.h"
#include "err.h"
#include "rulebook.h"

struct organisation {
    int32_t id;
    struct slice code, name;
    struct slice kind; /* "welfare", "practice", ... */
    bool ended;        /* known only because a rule in force still names it or an offering of it */
};

#define DAY_UNKNOWN INT64_MIN

struct offering {
    int32_t id;
    struct slice code, name;
    const struct organisation *organisation;
    enum capacity {
        CAPACITY_UNKNOWN,
        CAPACITY_OPEN,
        CAPACITY_WAITING_LIST,
        CAPACITY_FULL,
        CAPACITY_PAUSED
    } capacity;
    int64_t as_of;                /* of the capacity, days since 1970; DAY_UNKNOWN */
    int64_t confirmed;            /* when it was last said to be right; DAY_UNKNOWN */
    int stale_days, old_days;     /* after how many days the capacity is stale, and old; 0: as is usual */
    int reply_hours;              /* median of the last year; -1: not known */
    bool ended;                   /* it or its organisation: never a candidate */
    enum evidence evidence;       /* how well it is proved to work */
    struct slice evidence_source; /* where that is written; absent: unknown */
    int64_t evidence_as_of;       /* of the source; DAY_UNKNOWN */
};
const char *
capacity_word(enum capacity capacity); /* "open", "waiting-list", "full", "paused"; NULL: unknown */

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
    const struct slice *bsn_recipients;      /* kinds that may have citizen service numbers */
    size_t bsn_recipient_count;              /* 0: the region takes none */
    const struct offering *offerings;
    size_t offering_count;
    const struct word *domains;
    size_t domain_count;
    const struct decline_code *decline_codes;
    size_t decline_code_count;
    const struct word *promise_kinds;
    size_t promise_kind_count;
    struct machine machine;
    struct calendar calendar;
    const struct word *approaches;
    size_t approach_count;
    const struct word *evidence; /* the region's words for it */
    size_t evidence_count;
    const struct slice *icpc; /* codes that referrals may name */
    size_t icpc_count;
    const struct slice *recipients; /* kinds of organisations */
    size_t recipient_count;
    const struct ruleset *tables[RULE_TABLES + 1]; /* by number; NULL: not in force. Held */
    moment since[RULE_TABLES + 1];                 /* in force since */
    /* Rows that name an offering the snapshot lacks, which then is no candidate: for a line in the log. */
    size_t lost_count; /* offerings */
    int lost_table;    /* of the first, its table, row and id */
    struct slice lost_rule;
    int32_t lost_offering;
};

/* Which versions the document says are in force, by table number; 0: none. What is needed before
 * region_compile(). False as there. */
bool region_tables(struct slice json, int versions[RULE_TABLES + 1], struct err *err);
/* Compiles the JSON document. `rulesets` are RULE_TABLES + 1 pointers by table number, which are held; NULL
 * as a whole: none. NULL (ERR_CONFIG, the row and the member named in *err) for a document that does not hold
 * together: a member missing, unknown or of another type; a code or id twice, or one that is referred to and
 * not there; an edge that layer 1 forbids; an open state that leaves nobody to act or that nothing leaves; a
 * table in force whose ruleset was not given in that version. Returned with one reference. */
const struct region *region_compile(struct slice json, const struct ruleset *const *rulesets,
                                    struct err *err);
/* Any thread. region_hold() returns its argument; region_release() nulls the pointer, and NULL is fine. */
const struct region *region_hold(const struct region *region);
void region_release(const struct region **region);

/* NULL if there is none. */
const struct organisation *region_organisation(const struct region *region, int32_t id);
const struct offering *region_offering(const struct region *region, struct slice code);
const struct offering *region_offering_by_id(const struct region *region, int32_t id);
const struct word *region_domain(const struct region *region, struct slice code);
/* Whether the region has organisations of this kind. */
bool region_has_kind(const struct region *region, struct slice kind);
/* Whether organisations of this kind may have citizen service numbers here. */
bool region_may_have_bsn(const struct region *region, struct slice kind);
const struct decline_code *region_decline_code(const struct region *region, struct slice code);
/* What the region calls it; the code where it has no word; absent: unknown. */
struct slice region_evidence(const struct region *region, enum evidence evidence);
const struct word *region_approach(const struct region *region, struct slice code);
const struct word *region_promise_kind(const struct region *region, struct slice code);

#endif
