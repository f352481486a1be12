/*
 * When promises fall due, for the database, which knows neither calendar nor rule tables: each twice, for a
 * routine referral and for one that is wanted soon. And what follows a decline by table 6. Texts are the
 * arena's. Any thread.
 */
#ifndef WIJZER_DUES_H
#define WIJZER_DUES_H

#include "arena.h"
#include "json_out.h"
#include "region.h"

struct due_promise {
    const char *kind;
    struct span span;
};
extern const struct due_promise due_next_step; /* of the coordination */

/* The promise that a state of this code starts on entering; span SPAN_NONE: it starts none. */
struct due_promise due_of_state(const struct region *region, const char *code, struct arena *arena);

/* As an array of two; NULL where there is no promise. A date that came with a report is the promise itself.
 */
const char *dues_text(const struct region *region, moment now, struct due_promise promise, struct slice date,
                      struct arena *arena);
/* The same as a member of a document. */
void dues_put(struct json_out *out, const char *name, const struct region *region, moment now,
              struct due_promise promise);

/* What follows a decline with this code (absent: nobody answered), worked out for all that only the database
 * knows: how urgent the referral is, how often it was declined. {"table":6,"version","rules":[{"urgency",
 * "tries","next","rule","reason"}],"offer":[due, due]}; NULL where table 6 is not in force. */
const char *dues_after_decline(const struct region *region, moment now, struct slice code,
                               struct arena *arena);

#endif
