/*
 * The two-layer state machine of a step. Layer 1 is FHIR's Task.status, in code. Layer 2 is data: business
 * states and the edges between them are rows of the region, each state mapping to exactly one status (or to
 * none: "unchanged", which keeps the status the step has). One pure function, chain_move(), decides.
 * No edge returns to `requested`; within it (an anonymous offer becomes a sent step) only the system moves.
 * A referrer sets a state of status `received` (the answer to a question) only from a state whose promise the
 * referrer owes, whatever the row allows.
 *
 * The daemon does not know the step's present state when a command arrives, and asks the database only once:
 * chain_plan() therefore says for which (state, status) pairs the command is allowed, and the SQL function
 * applies it if the locked row is in one of them. Both go through chain_move(), so the logic exists once.
 */
#ifndef WIJZER_CHAIN_H
#define WIJZER_CHAIN_H

#include "arena.h"
#include "calendar.h"
#include "err.h"

/* FHIR R4 Task.status; STATUS_UNCHANGED is ours, for states that keep it. */
#define TASK_STATUSES(X)                                                                                     \
    X(STATUS_DRAFT, "draft")                                                                                 \
    X(STATUS_REQUESTED, "requested")                                                                         \
    X(STATUS_RECEIVED, "received")                                                                           \
    X(STATUS_ACCEPTED, "accepted")                                                                           \
    X(STATUS_REJECTED, "rejected")                                                                           \
    X(STATUS_IN_PROGRESS, "in-progress")                                                                     \
    X(STATUS_ON_HOLD, "on-hold")                                                                             \
    X(STATUS_COMPLETED, "completed")                                                                         \
    X(STATUS_FAILED, "failed")                                                                               \
    X(STATUS_CANCELLED, "cancelled")                                                                         \
    X(STATUS_ENTERED_IN_ERROR, "entered-in-error")                                                           \
    X(STATUS_UNCHANGED, "unchanged")

enum task_status {
#define X(status, word) status,
    TASK_STATUSES(X)
#undef X
        STATUS_COUNT
};

/* Who stands in which relation to the step; an account may be several at once. */
enum party {
    PARTY_REFERRER = 1,    /* referrer of the organisation that referred */
    PARTY_RECIPIENT = 2,   /* worker (or coordinator) of the organisation that owns the step */
    PARTY_COORDINATOR = 4, /* coordinator of the region */
    PARTY_SYSTEM = 8       /* the daemon itself */
};

/* What a report must bring along, bits. */
enum need {
    NEED_TEXT = 1,
    NEED_REASON = 2,
    NEED_DATE = 4,
    NEED_CHANNEL = 8,
    NEED_DECLINE_CODE = 16,
    NEED_OFFERINGS = 32
};

struct state {
    struct slice code, label;
    enum task_status status;
    unsigned set_by;           /* parties */
    unsigned needs;            /* needs */
    struct span promise;       /* what starts on entering; SPAN_NONE: nothing */
    struct slice promise_kind; /* its word: "answer", "first-contact", ... */
    unsigned promise_party;    /* who owes it: PARTY_REFERRER, PARTY_RECIPIENT or PARTY_COORDINATOR */
    bool feedback;             /* the referrer is told */
    bool is_end;               /* by layer 1 */
};

struct machine {
    const struct state *states;
    size_t state_count;
    const bool *edges; /* [from * state_count + to] */
};

enum task_status task_status_parse(struct slice word); /* STATUS_COUNT if unknown */
const char *task_status_word(enum task_status status);
bool task_status_is_end(enum task_status status);
/* Layer 1: the static matrix of FHIR's state machine, as far as referral needs it. */
bool task_status_may_follow(enum task_status from, enum task_status to);

/* NULL if the region has no such state. */
const struct state *machine_state(const struct machine *machine, struct slice code);

/* What a command brings; bits of `enum need` say which fields were filled. */
struct move {
    struct slice to;  /* business state asked for */
    unsigned party;   /* parties the actor is */
    unsigned brought; /* needs that were filled */
};

enum move_result {
    MOVE_OK,
    MOVE_UNKNOWN_STATE, /* no such business state */
    MOVE_NOT_ALLOWED,   /* no edge from here, or layer 1 forbids it, or the step has ended */
    MOVE_WRONG_PARTY,   /* this party may not set that state */
    MOVE_INCOMPLETE     /* a need was not filled: *missing */
};

/* Decides one move from one place. `status` is the step's present layer-1 status; it must be the one of state
 * `from`, unless that is an "unchanged" state. On MOVE_OK *next is the status afterwards; on MOVE_INCOMPLETE
 * *missing says which needs are open, else it is 0. */
enum move_result chain_move(const struct machine *machine, struct slice from, enum task_status status,
                            const struct move *move, enum task_status *next, unsigned *missing);

/* For one command: every (state, status) from which it is allowed, with the status afterwards. The arrays are
 * the arena's. With count 0, `result` says why it is allowed from nowhere: the reason nearest to being
 * allowed (a need missing before a wrong party before no edge). */
struct plan {
    const struct state *to;
    const struct state **from;
    enum task_status *from_status, *next_status;
    size_t count;
    enum move_result result;
    unsigned missing;
};
void chain_plan(const struct machine *machine, const struct move *move, struct arena *arena,
                struct plan *out);

#endif
