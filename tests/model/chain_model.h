/*
 * Every way that one referral can go: a breadth-first search over all that people can do with it, up to
 * MODEL_STEPS steps, on a compiled machine (daemon/core/chain.h) with the consequences that
 * wijzer.move_step() and open_feedback() draw (new steps, promises, wrapping up, the outcome, closing by
 * L1-L6), written down here a second time. In every state that can be reached this must hold:
 *
 *   I1       while it is not closed, of every open step either exactly one party owes something by some time,
 * and can do something, or it follows open branches no trap  from there people can get to a state in which it
 * is closed
 *
 * Steps may be offered to several at once. Whoever accepts asks first and is answered later, so that any
 * number of them ask before the first is answered; of each round one at most may have it then, and nobody
 * else an open offer.
 *
 * Where one does not, the answer holds the shortest way there, move by move. No I/O.
 */
#ifndef WIJZER_CHAIN_MODEL_H
#define WIJZER_CHAIN_MODEL_H

#include "chain.h"

enum { MODEL_STEPS = 4, MODEL_STATES = 32, MODEL_PATH = 8192 };

struct model {
    const struct machine *machine; /* at most MODEL_STATES states; a referral begins in "sent" */
    size_t steps;                  /* at most so many in one referral */
    /* Mistakes, to see that they are found. */
    bool forgets_wrap_up;
    bool forgets_lock;   /* who accepts is answered by what the step was when they asked */
    bool forgets_others; /* who accepts leaves the offers to others as they are */
    bool forgets_lapse;  /* offers that nobody answered end, and nothing comes in their place */
};

struct model_answer {
    size_t states, moves, closed; /* how many; states in which the referral is closed */
    bool holds;
    char path[MODEL_PATH]; /* where it does not hold: how one gets there, and what is wrong there */
};

void model_search(const struct model *model, struct model_answer *answer);

#endif
