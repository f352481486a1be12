#include "chain.h"

#define BIT(n) (1u << (unsigned)(n))

static const char *const status_words[STATUS_COUNT] = {
#define X(status, word) [status] = (word),
    TASK_STATUSES(X)
#undef X
};

/* The statuses that may come after a status. An end has no successor; nothing returns to requested, but
 * requested itself may change its business state (an offer without a name is sent), by the system alone. */
static const unsigned successors[STATUS_COUNT] = {
    [STATUS_DRAFT] = BIT(STATUS_REQUESTED) | BIT(STATUS_CANCELLED) | BIT(STATUS_ENTERED_IN_ERROR),
    [STATUS_REQUESTED] = BIT(STATUS_REQUESTED) | BIT(STATUS_RECEIVED) | BIT(STATUS_ACCEPTED) |
                         BIT(STATUS_REJECTED) | BIT(STATUS_CANCELLED) | BIT(STATUS_ENTERED_IN_ERROR),
    [STATUS_RECEIVED] = BIT(STATUS_RECEIVED) | BIT(STATUS_ACCEPTED) | BIT(STATUS_REJECTED) |
                        BIT(STATUS_CANCELLED) | BIT(STATUS_ENTERED_IN_ERROR),
    [STATUS_ACCEPTED] = BIT(STATUS_ACCEPTED) | BIT(STATUS_IN_PROGRESS) | BIT(STATUS_ON_HOLD) |
                        BIT(STATUS_FAILED) | BIT(STATUS_REJECTED) | BIT(STATUS_CANCELLED) |
                        BIT(STATUS_ENTERED_IN_ERROR),
    [STATUS_IN_PROGRESS] = BIT(STATUS_IN_PROGRESS) | BIT(STATUS_ON_HOLD) | BIT(STATUS_COMPLETED) |
                           BIT(STATUS_FAILED) | BIT(STATUS_CANCELLED) | BIT(STATUS_ENTERED_IN_ERROR),
    [STATUS_ON_HOLD] = BIT(STATUS_IN_PROGRESS) | BIT(STATUS_ON_HOLD) | BIT(STATUS_COMPLETED) |
                       BIT(STATUS_FAILED) | BIT(STATUS_CANCELLED) | BIT(STATUS_ENTERED_IN_ERROR),
};

enum task_status task_status_parse(struct slice word)
{
    int status = 0;
    while (status < STATUS_COUNT && !slice_is(word, status_words[status]))
        status++;
    return (enum task_status)status;
}

const char *task_status_word(enum task_status status)
{
    return (unsigned)status < STATUS_COUNT ? status_words[status] : "unknown";
}

/* A status a step can be in and leave again. */
static bool is_open(enum task_status status)
{
    return (unsigned)status < STATUS_COUNT && successors[status] != 0;
}

bool task_status_is_end(enum task_status status)
{
    return (unsigned)status < STATUS_UNCHANGED && !is_open(status);
}

bool task_status_may_follow(enum task_status from, enum task_status to)
{
    if (!is_open(from) || (unsigned)to >= STATUS_COUNT)
        return false;
    return to == STATUS_UNCHANGED || (successors[from] & BIT(to)) != 0;
}

const struct state *machine_state(const struct machine *machine, struct slice code)
{
    for (size_t i = 0; i < machine->state_count; i++)
        if (slice_equal(machine->states[i].code, code))
            return &machine->states[i];
    return NULL;
}

static bool has_edge(const struct machine *machine, const struct state *from, const struct state *to)
{
    size_t row = (size_t)(from - machine->states), column = (size_t)(to - machine->states);
    return machine->edges[row * machine->state_count + column];
}

/* Only the owner of a step moves it, so two things are not for everyone whom the row allows: within requested
 * the system alone moves, and a referrer sets `received` only where the answer is the referrer's to give. */
static unsigned parties_for(const struct state *from, enum task_status status, const struct state *to)
{
    unsigned may = to->set_by;
    if (status == STATUS_REQUESTED && to->status == STATUS_REQUESTED)
        may &= PARTY_SYSTEM;
    if (to->status == STATUS_RECEIVED && from->promise_party != PARTY_REFERRER)
        may &= ~(unsigned)PARTY_REFERRER;
    return may;
}

static enum move_result decide(const struct machine *machine, const struct state *from,
                               enum task_status status, const struct state *to, const struct move *move,
                               enum task_status *next, unsigned *missing)
{
    if (from->status != STATUS_UNCHANGED && from->status != status)
        return MOVE_NOT_ALLOWED;
    if (!has_edge(machine, from, to) || !task_status_may_follow(status, to->status))
        return MOVE_NOT_ALLOWED;
    if ((move->party & parties_for(from, status, to)) == 0)
        return MOVE_WRONG_PARTY;
    *missing = to->needs & ~move->brought;
    if (*missing)
        return MOVE_INCOMPLETE;
    *next = to->status == STATUS_UNCHANGED ? status : to->status;
    return MOVE_OK;
}

enum move_result chain_move(const struct machine *machine, struct slice from, enum task_status status,
                            const struct move *move, enum task_status *next, unsigned *missing)
{
    const struct state *at = machine_state(machine, from), *to = machine_state(machine, move->to);
    *missing = 0;
    if (!at || !to)
        return MOVE_UNKNOWN_STATE;
    return decide(machine, at, status, to, move, next, missing);
}

/* Of two reasons why nothing is allowed, the one that is nearer to being allowed. */
static void note_refusal(struct plan *plan, enum move_result result, unsigned missing)
{
    if (result > plan->result)
        plan->result = result;
    if (result == MOVE_INCOMPLETE)
        plan->missing = missing;
}

static void try_pair(const struct machine *machine, const struct state *from, enum task_status status,
                     const struct move *move, struct plan *plan)
{
    enum task_status next;
    unsigned missing = 0;
    enum move_result result = decide(machine, from, status, plan->to, move, &next, &missing);
    if (result != MOVE_OK) {
        note_refusal(plan, result, missing);
        return;
    }
    plan->from[plan->count] = from;
    plan->from_status[plan->count] = status;
    plan->next_status[plan->count] = next;
    plan->count++;
}

static size_t pair_count(const struct machine *machine)
{
    size_t count = 0;
    for (size_t i = 0; i < machine->state_count; i++)
        count += machine->states[i].status == STATUS_UNCHANGED ? STATUS_UNCHANGED : 1;
    return count;
}

void chain_plan(const struct machine *machine, const struct move *move, struct arena *arena, struct plan *out)
{
    size_t room = pair_count(machine);
    *out = (struct plan){
        .to = machine_state(machine, move->to),
        .from =
            arena_array(arena, room, sizeof *out->from), /* pointers: NOLINT(bugprone-sizeof-expression) */
        .from_status = arena_array(arena, room, sizeof *out->from_status),
        .next_status = arena_array(arena, room, sizeof *out->next_status),
        .result = MOVE_UNKNOWN_STATE,
    };
    if (!out->to)
        return;
    out->result = MOVE_NOT_ALLOWED;
    for (size_t i = 0; i < machine->state_count; i++) {
        const struct state *from = &machine->states[i];
        if (from->status != STATUS_UNCHANGED) {
            try_pair(machine, from, from->status, move, out);
            continue;
        }
        for (int status = 0; status < STATUS_UNCHANGED; status++)
            try_pair(machine, from, (enum task_status)status, move, out);
    }
    if (out->count) {
        out->result = MOVE_OK;
        out->missing = 0;
    }
}
