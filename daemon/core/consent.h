/*
 * Consent: what a client wants whom to see (sql/README.md, "Consent"). Here grants are made of the client's
 * choices or of the region's short-cut (rule table 4), and the question is answered what one organisation
 * gets by them, for a referral that is not stored yet. Afterwards PostgreSQL answers it; both count the same
 * entry. Pure.
 */
#ifndef WIJZER_CONSENT_H
#define WIJZER_CONSENT_H

#include "route.h"
#include "wire.h"

enum { CONSENT_FIELDS_ALL = (1 << WIRE_SHARABLE) - 1 };

struct grant {
    int32_t organisation_id; /* 0: of the kind */
    struct slice kind;       /* absent where an organisation is meant */
    struct slice step;       /* absent: every step; "first", or the decimal id of a step */
    unsigned fields;         /* bits, in the order of wire_sharable */
};

struct grants {
    const struct grant *list; /* the arena's */
    size_t count;
};

/* The client's own choice: exactly that. What the region does not know is reported at `at` ("/consent"). */
struct grants consent_chosen(const struct region *region, const struct wire_consent *consent, const char *at,
                             struct arena *arena, struct issues *issues);

/* The region's short-cut: for each kind of organisation what table 4 says where these approaches apply. Where
 * the table is not in force, nothing is granted. */
struct grants consent_standard(const struct region *region, const struct slice *approaches, size_t count,
                               struct arena *arena);

/* What the most specific entry gives an organisation; `is_first`: it would own the referral's first step. */
unsigned consent_fields(struct grants grants, const struct organisation *organisation, bool is_first);

/* As data.consent has them. */
struct slice consent_json(struct grants grants, struct arena *arena);

#endif
