/*
 * When a new step falls due, as an array of two for the database: for a routine referral and for one that is
 * wanted soon. The arena's; NULL where the region has no such promise.
 */
#ifndef WIJZER_STEPS_H
#define WIJZER_STEPS_H

#include "call.h"
#include "region.h"

/* At an offering: the promise of the state `sent`. */
const char *steps_due_deliver(struct call *call, const struct region *region);
/* At the coordination. */
const char *steps_due_next(struct call *call, const struct region *region);

#endif
