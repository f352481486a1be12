/*
 * What the events of one referral say that its rows are (invariant I4), by replaying them one by one in their
 * order, and where the rows of the current state differ. Says nothing of how the rows were made: a second way
 * to the same answer. Cells are the texts that PostgreSQL writes, absent for null; a replay copies them, so a
 * value need not be understood to be compared.
 *
 * One history is one referral, or one offering with its groups and what is owed about it; it lives in the
 * caller's arena and copies what it is given. Pure.
 */
#ifndef WIJZER_HISTORY_H
#define WIJZER_HISTORY_H

#include "arena.h"

enum history_table {
    HISTORY_REFERRAL,
    HISTORY_STEP,
    HISTORY_PROMISE,
    HISTORY_FEEDBACK,
    HISTORY_GOAL,
    HISTORY_MESSAGE,
    HISTORY_ATTACHMENT,
    HISTORY_MARK,
    HISTORY_PLACE,
    HISTORY_STATES, /* those above are the current state */
    HISTORY_EVENT = HISTORY_STATES,
    HISTORY_TABLES, /* those above are of a referral, those below of an offering */
    HISTORY_GROUP = HISTORY_TABLES,
    HISTORY_EVIDENCE,     /* how well it is proved to work: one row */
    HISTORY_CONFIRMATION, /* promises to say whether what is said of it is still right */
    HISTORY_OFFERING_EVENT,
    HISTORY_ALL
};
enum { HISTORY_CELLS = 44 };

/* How a table is read: its keys beside region_id (and referral_id or offering_id), then what is compared, in
 * the order of cells. */
struct history_shape {
    const char *name, *id, *nr; /* of the table, of its keys; nr NULL: one key */
    const char *order; /* within a referral. Numbers of events are handed out in lots, so time comes first */
    size_t count;
    const char *columns[HISTORY_CELLS];
};
extern const struct history_shape history_shapes[HISTORY_ALL];

enum history_fault {
    HISTORY_DIFFERS, /* column of (table, id, nr): `state` is there, the events say `events` */
    HISTORY_GONE,    /* the events tell of a row that is not there */
    HISTORY_UNTOLD,  /* a row of which no event tells */
    HISTORY_BROKEN,  /* event `id` cannot follow those before: `text` */
    HISTORY_UNKNOWN, /* event `id` is of a kind that this program does not know */
    HISTORY_FAULTS
};
const char *history_fault_word(enum history_fault fault);

struct history_finding {
    enum history_fault fault;
    enum history_table table;
    int64_t id, nr;             /* nr 0: the table has one key */
    const char *column;         /* DIFFERS */
    struct slice state, events; /* DIFFERS; absent: null */
    struct slice kind;          /* BROKEN, UNKNOWN */
    const char *text;           /* BROKEN */
};

struct history_sink {
    void (*on_finding)(void *arg,
                       const struct history_finding *finding); /* what it points at lives for the call */
    void *arg;
};

struct history;
struct history *history_new(struct arena *arena, int64_t referral_id, struct history_sink sink);
/* The next event: `cells` as in its shape. Tells at once where it cannot follow, and goes on as well as it
 * can. */
void history_event(struct history *history, int64_t id, const struct slice *cells);
/* A row of the current state, in any order. */
void history_row(struct history *history, enum history_table table, int64_t id, int64_t nr,
                 const struct slice *cells);
/* After the last: tells every difference. */
void history_compare(struct history *history);

/* The same of an offering. How many persons have a place in its groups is told by the histories of referrals:
 * each says what it knows to on_place; what they come to is given back before comparing. */
void history_offering_event(struct history *history, int64_t id, const struct slice *cells);
void history_places(const struct history *history,
                    void (*on_place)(void *arg, int64_t group, int64_t persons), void *arg);
void history_taken(struct history *history, int64_t (*persons_in)(void *arg, int64_t group), void *arg);

#endif
