/*
 * Every way that one referral can go: a breadth-first search over all that people can do with it, up to
 * MODEL_STEPS steps, on a compiled machine (daemon/core/chain.h) with the consequences that
 * wijzer.move_step() and open_feedback() draw (new steps, promises, wrapping up, the outcome, closing by
 * L1-L6), written down here a second time. In every state that can be reached two things must hold:
 *
 *   I1       while it is not closed, of every open step either exactly one party owes something by some time,
 * and can do something, or it follows open branches no trap  from there people can get to a state in which it
 * is closed
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
    bool forgets_wrap_up;          /* a mistake, to see that it is found */
};

struct model_answer {
    size_t states, moves, closed; /* how many; states in which the referral is closed */
    bool holds;
    char path[MODEL_PATH]; /* where it does not hold: how one gets there, and what is wrong there */
};

void model_search(const struct model *model, struct model_answer *answer);

#endif
