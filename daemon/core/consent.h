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

enum { CONSENT_FIELDS_ALL = (1 << WIRE_SHARABLE) - 1, CONSENT_BSN = 1 << (WIRE_SHARABLE - 1) };

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

struct consent {
    struct grants grants;
    struct slice basis; /* "standard", "own-choice" or "law" */
};

/* What every kind of recipient gets where table 4 is not in force: enough to call. */
enum { CONSENT_CALL = 1 | 8 | 32 | 64 | 256 | 512 };
/* Name, area, phone and domains. */
enum { CONSENT_LAW = 1 | 4 | 8 | 64 };

/* The client's own choice: exactly that. What the region does not know, and who may not have the citizen
 * service number, is reported at `at` ("/consent"). */
struct consent consent_chosen(const struct region *region, const struct wire_consent *consent, const char *at,
                              struct arena *arena, struct issues *issues);

/* The region's short-cut: rule table 4, asked for the approaches that fit this person and every kind of
 * organisation of the region, so that what is granted is what was looked up then, whatever the table says
 * later. */
struct consent consent_standard(const struct region *region, const struct routing *routing,
                                struct arena *arena);

/* Of a signal, with which nobody asked the client: enough to approach them, for every kind of organisation of
 * the region. */
struct consent consent_by_law(const struct region *region, struct arena *arena);

/* What the most specific entry gives an organisation; `is_first`: it would own the referral's first step. */
unsigned consent_fields(struct grants grants, const struct organisation *organisation, bool is_first);

/* As data.consent has them. */
struct slice consent_json(struct grants grants, struct arena *arena);

#endif
