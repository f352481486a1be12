/*
 * A referral on its way: drawn up from flags, looked at, sent. Each function that returns false or a failing
 * exit code has said why.
 */
#ifndef WIJZER_REFER_H
#define WIJZER_REFER_H

#include "program.h"
#include "wire.h"

/* Its body, and what the person gave it as. */
struct draft {
    struct slice body;
    struct wire_referral referral; /* as the service will read it */
    bool from_stdin;               /* gone when we do not keep it */
    const char *key;               /* the Idempotency-Key; NULL: a fresh one */
    /* Says that the service has it; returns the exit code. */
    int (*say)(struct program *program, const struct draft *draft, const struct answer *answer);
};

bool draft_from_flags(struct program *program, struct draft *draft);
/* What can be seen to be wrong without any list of words, all at once. */
bool draft_check(struct program *program, struct draft *draft);
/* The region's words; they may have to be asked of the service. */
bool draft_check_words(struct program *program, const struct draft *draft);
/* Written to the spool first and sent then, so that whatever happens on the way (no answer, Ctrl-C, a power
 * cut) it is there; the service's word that it has it, or refuses it, takes it off again. */
int draft_submit(struct program *program, const struct draft *draft);

/* Who got it and cannot reach the client: whoever refers is told while the client may still be there. Nothing
 * where the service does not say, or this person may not ask. */
void refer_warn_of_consent(struct program *program, const char *id);

#endif
