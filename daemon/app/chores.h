/*
 * What is done by the clock for every region, whether or not anybody asks: a promise that nobody kept and a
 * second look at an emergency that is late are escalated, offers that nobody answered go on, the digests of a
 * working day are made from 07:00 on (Amsterdam), the keys of erased clients are destroyed where that could
 * not be done at once, and once a day who has been kept long enough is forgotten, a page at a time. What the
 * database refuses is passed over and told, and comes again later: it holds up nothing behind it. Any
 * number of daemons may do it: the database hands out each thing once. Blocks while it asks; the keeper's
 * thread only.
 */
#ifndef WIJZER_CHORES_H
#define WIJZER_CHORES_H

#include "asker.h"
#include "route.h"

/* Those that are left alone for a while when something of them failed. */
enum chore { CHORE_OFFERS, CHORE_PROMISES, CHORE_CONFIRMATIONS, CHORE_KEYS, CHORE_RETENTION, CHORES };

/* How far a region's chores are; zeroed at first. */
struct chore_times {
    int64_t looked_at;          /* monotonic; 0: never */
    int64_t not_before[CHORES]; /* monotonic */
    int64_t keys_after;         /* the client behind whom keys are destroyed next */
    int64_t kept_day;           /* days since 1970, and 1: the last one on which retention began; 0: none */
    int64_t kept_after;         /* the client behind which it goes on */
    int kept_size;              /* how many it looks at next in one transaction */
    bool is_keeping;
    int64_t digest_day; /* days since 1970: the last working day whose digests were made; 0: none */
};

struct chores {
    const struct clock *clock; /* borrowed */
    struct asker *data, *keys; /* borrowed */
};

/* A look at one region: little, and soon over. */
void chores_look(const struct chores *chores, const struct region *region, struct chore_times *times);

#endif
