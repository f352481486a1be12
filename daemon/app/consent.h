/*
 * What a client's data is shared as when a referral is sent: which fields each kind of recipient gets.
 * Without a choice of the client's own it is the region's short-cut: rule table 4, asked for the approaches
 * that fit this person and every kind of organisation of the region, so that what is granted is what was
 * looked up then, whatever the table says later. Pure; memory is the arena's.
 */
#ifndef WIJZER_CONSENT_H
#define WIJZER_CONSENT_H

#include "route.h"

struct consent {
    struct slice grants; /* JSON, as sql/README.md, "Consent", has it */
    struct slice basis;  /* "standard" */
};

/* Fields as bits (sql/README.md) that every kind of recipient gets where table 4 is not in force: enough to
 * call. */
enum { CONSENT_CALL = 1 | 8 | 32 | 64 | 256 | 512 };

/* The region's short-cut. */
struct consent consent_standard(const struct region *region, const struct routing *routing,
                                struct arena *arena);

#endif
