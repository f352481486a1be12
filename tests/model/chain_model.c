#include "chain_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum owes { OWES_NOTHING, OWES_RECIPIENT, OWES_REFERRER, OWES_COORDINATOR, OWES_COUNT };
enum { NO_PARENT = 0, PATH_MOVES = 256 };
enum offer {
    TAKEN,
    OFFERED,
    ASKED
}; /* of a step that is of a round: asked: they accept, and wait for an answer */
enum made { SENT_ON, TO_COORDINATION, OFFERED_ON }; /* what new steps are */
enum act { MOVES, OPENS, ASKS, IS_REFUSED, LAPSES };

/* One step. A promise without a time or a second one are faults of the move that starts it. */
struct link {
    uint8_t state, status, parent; /* the number of the step it branched off from, from 1 */
    uint8_t owes;
    bool is_coordinations; /* without an offering: declining it leads nowhere */
    uint8_t after;         /* planned: the number of the step it waits for, from 1 */
    uint8_t round, offer;  /* 0: was never offered; OFFERED and ASKED: it is nobody's */
};

/* Bytes without gaps: compared and hashed as such. */
struct chain {
    struct link steps[MODEL_STEPS];
    uint8_t count, final; /* final: whose end told the outcome, from 1 */
    bool is_answered, has_contact, is_opened, is_closed;
};
_Static_assert(sizeof(struct chain) == MODEL_STEPS * 8 + 6, "no gaps");

/* How a state was reached. */
struct arrival {
    uint32_t from;
    uint8_t step, to, party, made, act;
};

struct search {
    const struct model *model;
    const struct machine *machine;
    /* What chain_plan() says: who may, and the status afterwards. */
    uint8_t may[MODEL_STATES][STATUS_COUNT][MODEL_STATES];
    uint8_t next[MODEL_STATES][STATUS_COUNT][MODEL_STATES];
    struct chain *chains;
    struct arrival *arrivals;
    size_t count, room;
    uint32_t *table; /* index of a state + 1; 0: free */
    size_t table_size;
    uint32_t *links; /* pairs: from, to; of moves that people make */
    size_t link_count, link_room;
    size_t moves;
    size_t starts;     /* the first states: sent, or offered to several */
    const char *fault; /* of a move, which led to state `broken` */
    uint32_t broken;
};

/* ---- states that were met ---- */

static size_t slot_of(const struct search *search, const struct chain *chain)
{
    const unsigned char *bytes = (const unsigned char *)chain;
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < sizeof *chain; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    size_t slot = (size_t)(hash ^ hash >> 32) & (search->table_size - 1);
    while (search->table[slot] && memcmp(&search->chains[search->table[slot] - 1], chain, sizeof *chain) != 0)
        slot = (slot + 1) & (search->table_size - 1);
    return slot;
}

static void grow(struct search *search)
{
    search->room = search->room ? 2 * search->room : 1 << 12;
    search->chains = xrealloc(search->chains, search->room * sizeof *search->chains);
    search->arrivals = xrealloc(search->arrivals, search->room * sizeof *search->arrivals);
    free(search->table);
    search->table_size = 4 * search->room;
    search->table = xcalloc(search->table_size, sizeof *search->table);
    for (size_t i = 0; i < search->count; i++)
        search->table[slot_of(search, &search->chains[i])] = (uint32_t)i + 1;
}

/* The number of the state, new or known. */
static uint32_t note_state(struct search *search, const struct chain *chain, struct arrival arrival)
{
    size_t slot = slot_of(search, chain);
    if (search->table[slot])
        return search->table[slot] - 1;
    if (search->count == search->room) {
        grow(search);
        slot = slot_of(search, chain);
    }
    search->chains[search->count] = *chain;
    search->arrivals[search->count] = arrival;
    search->table[slot] = (uint32_t)++search->count;
    return (uint32_t)search->count - 1;
}

static void note_link(struct search *search, uint32_t from, uint32_t to)
{
    if (search->link_count == search->link_room) {
        search->link_room = search->link_room ? 2 * search->link_room : 1 << 16;
        search->links = xrealloc(search->links, 2 * search->link_room * sizeof *search->links);
    }
    search->links[2 * search->link_count] = from;
    search->links[2 * search->link_count++ + 1] = to;
}

/* ---- what move_step() and open_feedback() do ---- */

static const struct state *state_of(const struct search *search, const struct link *link)
{
    return &search->machine->states[link->state];
}

static bool is_ended(const struct search *search, const struct link *link)
{
    return state_of(search, link)->is_end;
}

static uint8_t index_of(const struct machine *machine, const char *code)
{
    return (uint8_t)(machine_state(machine, slice_of(code)) - machine->states);
}

static void start_promise(struct search *search, struct link *link, enum owes owes)
{
    if (link->owes)
        search->fault = "a promise starts while another is open";
    link->owes = (uint8_t)owes;
}

/* Steps that are offered, each with the promise to answer. */
static void make_offers(const struct search *search, struct chain *chain, size_t made)
{
    uint8_t round = 1;
    for (size_t i = 0; i < chain->count; i++)
        if (chain->steps[i].round >= round)
            round = (uint8_t)(chain->steps[i].round + 1);
    for (size_t i = 0; i < made; i++)
        chain->steps[chain->count++] = (struct link){.state = index_of(search->machine, "offered"),
                                                     .status = STATUS_REQUESTED,
                                                     .owes = OWES_RECIPIENT,
                                                     .round = round,
                                                     .offer = OFFERED};
}

/* A new step, always with the promise to deliver or to decide the next step. */
static void make_step(const struct search *search, struct chain *chain, uint8_t parent, bool is_coordinations)
{
    chain->steps[chain->count++] = (struct link){.state = index_of(search->machine, "sent"),
                                                 .status = STATUS_REQUESTED,
                                                 .parent = parent,
                                                 .owes = OWES_RECIPIENT,
                                                 .is_coordinations = is_coordinations};
}

static bool is_planned(const struct search *search, const struct link *link)
{
    return slice_is(state_of(search, link)->code, "planned");
}

/* A branch that waits: its promise starts when what it waits for ends otherwise than well. */
static void plan_step(const struct search *search, struct chain *chain, uint8_t parent, uint8_t after)
{
    chain->steps[chain->count++] = (struct link){.state = index_of(search->machine, "planned"),
                                                 .status = STATUS_DRAFT,
                                                 .parent = parent,
                                                 .after = after};
}

static bool has_open_branch(const struct search *search, const struct chain *chain, size_t step)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->steps[i].parent == step + 1 && !is_ended(search, &chain->steps[i]))
            return true;
    return false;
}

static void wrap_up_parent(struct search *search, struct chain *chain, uint8_t parent)
{
    struct link *link = &chain->steps[parent - 1];
    if (!search->model->forgets_wrap_up && !is_ended(search, link) && !link->owes &&
        !has_open_branch(search, chain, parent - 1U))
        start_promise(search, link, OWES_RECIPIENT);
}

/* Whether a step waits for another, or is it. */
static bool waits_for(const struct search *search, const struct chain *chain, size_t step, size_t other)
{
    if (step == other || is_ended(search, &chain->steps[step]))
        return step == other;
    if (is_planned(search, &chain->steps[step]) &&
        waits_for(search, chain, chain->steps[step].after - 1U, other))
        return true;
    for (size_t i = 0; i < chain->count; i++)
        if (chain->steps[i].parent == step + 1 && waits_for(search, chain, i, other))
            return true;
    return false;
}

/* What waited for a step that ended is sent, follows what came in its place (from step `made` on), or must be
 * decided about. */
static void go_on_after(struct search *search, struct chain *chain, size_t step, size_t made)
{
    bool is_well = chain->steps[step].status == STATUS_COMPLETED;
    for (size_t i = 0; i < chain->count; i++) {
        struct link *link = &chain->steps[i];
        if (!is_planned(search, link) || link->after != step + 1)
            continue;
        if (!is_well && made < chain->count) {
            link->after = (uint8_t)(made + 1);
            continue;
        }
        if (is_well) {
            link->state = index_of(search->machine, "sent");
            link->status = STATUS_REQUESTED;
        }
        link->after = 0;
        start_promise(search, link, OWES_RECIPIENT);
    }
}

static bool all_ended(const struct search *search, const struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        if (!is_ended(search, &chain->steps[i]))
            return false;
    return true;
}

/* The best end of all steps: outcome_rank. */
static const char *outcome_of(const struct search *search, const struct chain *chain)
{
    static const char *const ranks[] = {"done-goal-reached", "done-partly",        "done-not-reached",
                                        "unreachable",       "client-withdrew",    "withdrawn",
                                        "declined",          "declined-forwarded", "entered-in-error"};
    for (size_t rank = 0; rank < sizeof ranks / sizeof ranks[0]; rank++)
        for (size_t i = 0; i < chain->count; i++)
            if (slice_is(state_of(search, &chain->steps[i])->code, ranks[rank]))
                return ranks[rank];
    return "reassigned"; /* of a step in whose place another one came, which is not reached */
}

static bool is_among(const char *word, const char *words)
{
    struct slice rest = slice_of(words);
    while (rest.ptr)
        if (slice_is(slice_cut(&rest, ' '), word))
            return true;
    return false;
}

/* L1, L4, L5 and L6 hold where the final feedback is opened. */
static bool closes(const struct search *search, const struct chain *chain)
{
    const char *outcome = outcome_of(search, chain);
    bool l2 = chain->is_answered || is_among(outcome, "withdrawn client-withdrew entered-in-error");
    bool l3 = chain->has_contact ||
              is_among(outcome,
                       "unreachable client-withdrew withdrawn declined declined-forwarded entered-in-error");
    return l2 && l3;
}

/* What entering the state starts. */
static void enter(struct search *search, struct chain *chain, size_t step, uint8_t to, uint8_t status)
{
    const struct state *state = &search->machine->states[to];
    struct link *link = &chain->steps[step];
    link->owes = OWES_NOTHING;
    link->after = 0;
    link->state = to;
    link->status = status;
    chain->is_answered |= status == STATUS_ACCEPTED || status == STATUS_REJECTED;
    chain->has_contact |= status == STATUS_IN_PROGRESS;
    if (state->is_end || state->promise.unit == SPAN_NONE)
        return;
    if (state->promise.unit == SPAN_DATE && !(state->needs & NEED_DATE))
        search->fault = "a promise starts that has no time";
    start_promise(search, link,
                  state->promise_party == PARTY_REFERRER      ? OWES_REFERRER
                  : state->promise_party == PARTY_COORDINATOR ? OWES_COORDINATOR
                                                              : OWES_RECIPIENT);
}

/* After the new steps: what the end of a step brings about. */
static void end_step(struct search *search, struct chain *chain, size_t step, size_t made)
{
    if (!is_ended(search, &chain->steps[step]))
        return;
    go_on_after(search, chain, step, made);
    if (chain->steps[step].parent)
        wrap_up_parent(search, chain, chain->steps[step].parent);
    if (!all_ended(search, chain))
        return;
    chain->final = (uint8_t)(step + 1);
    start_promise(search, &chain->steps[step], OWES_REFERRER);
}

/* ---- the search ---- */

static void reach(struct search *search, uint32_t from, const struct chain *chain, struct arrival arrival)
{
    uint32_t to = note_state(search, chain, arrival);
    search->moves++;
    if (search->fault && !search->broken)
        search->broken = to;
    if (arrival.party != PARTY_SYSTEM)
        note_link(search, from, to);
}

/* One move of one step, with `made` new steps. */
static void try_move(struct search *search, uint32_t from, struct chain chain, struct arrival arrival,
                     size_t made, enum made kind)
{
    size_t step = arrival.step - 1U;
    const struct link was = chain.steps[step];
    const struct state *to = &search->machine->states[arrival.to];
    if (chain.count + made > search->model->steps)
        return; /* beyond what is searched */
    enter(search, &chain, step, arrival.to, search->next[was.state][was.status][arrival.to]);
    uint8_t parent = slice_is(to->code, "passed-on") ? arrival.step : was.parent;
    size_t first = chain.count;
    if (kind == OFFERED_ON)
        make_offers(search, &chain, made);
    for (size_t i = 0; i < made && kind != OFFERED_ON; i++)
        make_step(search, &chain, parent, kind == TO_COORDINATION);
    end_step(search, &chain, step, first);
    arrival.made = (uint8_t)made;
    reach(search, from, &chain, arrival);
}

/* Passed on to one that comes after `after`, an open step or (the number behind the last) one made with it.
 */
static void try_order(struct search *search, uint32_t from, struct chain chain, struct arrival arrival,
                      size_t after)
{
    size_t step = arrival.step - 1U, made = after == chain.count ? 2 : 1;
    const struct link was = chain.steps[step];
    if (chain.count + made > search->model->steps ||
        (made == 1 && (is_ended(search, &chain.steps[after]) || waits_for(search, &chain, after, step))))
        return;
    enter(search, &chain, step, arrival.to, search->next[was.state][was.status][arrival.to]);
    if (made == 2)
        make_step(search, &chain, arrival.step, false);
    plan_step(search, &chain, arrival.step, (uint8_t)(after + 1));
    arrival.made = (uint8_t)made;
    reach(search, from, &chain, arrival);
}

/* A move with all the numbers of new steps that it can have. */
static void try_all(struct search *search, uint32_t from, const struct chain *chain, struct arrival arrival)
{
    struct slice to = search->machine->states[arrival.to].code;
    bool passes = slice_is(to, "passed-on") || slice_is(to, "declined-forwarded");
    bool declines = slice_is(to, "declined"), reassigns = slice_is(to, "reassigned");
    const struct link *link = &chain->steps[arrival.step - 1];
    for (size_t made = 1; passes && made < search->model->steps; made++)
        try_move(search, from, *chain, arrival, made, SENT_ON);
    if (slice_is(to, "passed-on") && machine_state(search->machine, slice_of("planned")))
        for (size_t after = 0; after <= chain->count; after++)
            try_order(search, from, *chain, arrival, after);
    if (!passes && !reassigns)
        try_move(search, from, *chain, arrival, 0, SENT_ON); /* where it declines: table 6 says stop */
    if (reassigns) {
        try_move(search, from, *chain, arrival, 1, SENT_ON);
        if (!link->is_coordinations) /* already there */
            try_move(search, from, *chain, arrival, 1, TO_COORDINATION);
    }
    if (declines && !link->is_coordinations) {
        try_move(search, from, *chain, arrival, 1, TO_COORDINATION);
        if (!link->parent) /* to the next candidate, or the next round */
            try_move(search, from, *chain, arrival, 1, SENT_ON);
        for (size_t made = 1; !link->parent && made < search->model->steps; made++)
            try_move(search, from, *chain, arrival, made, OFFERED_ON);
    }
}

/* ---- offers ---- */

static bool is_offer(const struct search *search, const struct link *link)
{
    return link->offer != TAKEN && !is_ended(search, link);
}

static void end_offer(const struct search *search, struct chain *chain, size_t step, size_t waits_for_it)
{
    struct link *link = &chain->steps[step];
    link->state = index_of(search->machine, "offer-gone");
    link->status = STATUS_CANCELLED;
    link->owes = OWES_NOTHING;
    for (size_t i = 0; i < chain->count; i++)
        if (is_planned(search, &chain->steps[i]) && chain->steps[i].after == step + 1)
            chain->steps[i].after = (uint8_t)(waits_for_it + 1);
}

/* Another open offer of the round of a step; chain->count: there is none. */
static size_t other_offer(const struct search *search, const struct chain *chain, size_t step)
{
    size_t i = 0;
    while (i < chain->count && (i == step || chain->steps[i].round != chain->steps[step].round ||
                                !is_offer(search, &chain->steps[i])))
        i++;
    return i;
}

static void end_others(const struct search *search, struct chain *chain, size_t step)
{
    for (size_t other; (other = other_offer(search, chain, step)) < chain->count;)
        end_offer(search, chain, other, step);
}

/* Whoever accepted is answered: the row is locked, and then looked at. */
static void answer_one(struct search *search, uint32_t from, struct chain chain, struct arrival arrival)
{
    size_t step = arrival.step - 1U;
    struct link *link = &chain.steps[step];
    bool is_gone = slice_is(state_of(search, link)->code, "offer-gone");
    if (is_ended(search, link) && !(is_gone && search->model->forgets_lock)) {
        link->offer = OFFERED;
        arrival.act = IS_REFUSED;
        reach(search, from, &chain, arrival);
        return;
    }
    link->offer = TAKEN;
    enter(search, &chain, step, arrival.to, STATUS_ACCEPTED);
    if (!search->model->forgets_others)
        end_others(search, &chain, step);
    reach(search, from, &chain, arrival);
}

/* A move of one of several offers. A decline leaves the others; what else ends it ends them. */
static void try_offer(struct search *search, uint32_t from, struct chain chain, struct arrival arrival)
{
    struct slice to = search->machine->states[arrival.to].code;
    size_t step = arrival.step - 1U, other = other_offer(search, &chain, step);
    if (slice_is(to, "declined") && other < chain.count) {
        for (size_t i = 0; i < chain.count; i++)
            if (is_planned(search, &chain.steps[i]) && chain.steps[i].after == step + 1)
                chain.steps[i].after = (uint8_t)(other + 1);
        try_move(search, from, chain, arrival, 0, SENT_ON);
        return;
    }
    end_others(search, &chain, step);
    if (slice_is(to, "withdrawal-asked")) { /* nobody has it, so nobody confirms */
        arrival.to = index_of(search->machine, "withdrawn");
        enter(search, &chain, step, arrival.to, STATUS_CANCELLED);
        end_step(search, &chain, step, chain.count);
        reach(search, from, &chain, arrival);
        return;
    }
    try_all(search, from, &chain, arrival);
}

/* Nobody answered: the round ends, and the coordination, the next candidate or the next round comes. */
static void lapse(struct search *search, uint32_t from, const struct chain *chain, size_t step)
{
    static const enum made kinds[] = {TO_COORDINATION, SENT_ON, OFFERED_ON};
    struct arrival arrival = {
        .from = from, .step = (uint8_t)(step + 1), .party = PARTY_SYSTEM, .act = LAPSES};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t made = 1; made == 1 || (kinds[k] == OFFERED_ON && made < search->model->steps); made++) {
            struct chain next = *chain;
            if (next.count + made > search->model->steps)
                break;
            size_t first = next.count;
            end_others(search, &next, step);
            end_offer(search, &next, step, first);
            if (kinds[k] == OFFERED_ON)
                make_offers(search, &next, made);
            else
                make_step(search, &next, NO_PARENT, kinds[k] == TO_COORDINATION);
            if (search->model->forgets_lapse)
                next.count = (uint8_t)first;
            arrival.made = (uint8_t)(next.count - first);
            memset(&next.steps[next.count], 0, (MODEL_STEPS - next.count) * sizeof next.steps[0]);
            reach(search, from, &next, arrival);
        }
}

static void expand_offer(struct search *search, uint32_t from, const struct chain *chain, size_t step)
{
    static const struct {
        const char *to;
        uint8_t party;
    } ways[] = {{"declined", PARTY_RECIPIENT},
                {"entered-in-error", PARTY_REFERRER},
                {"withdrawal-asked", PARTY_REFERRER},
                {"reassigned", PARTY_COORDINATOR}};
    const struct link *link = &chain->steps[step];
    struct arrival arrival = {.from = from,
                              .step = (uint8_t)(step + 1),
                              .to = index_of(search->machine, "accepted"),
                              .party = PARTY_RECIPIENT};
    if (link->offer == ASKED)
        answer_one(search, from, *chain, arrival);
    if (is_ended(search, link))
        return;
    if (link->offer == OFFERED && search->may[link->state][link->status][arrival.to] & PARTY_RECIPIENT) {
        struct chain asked = *chain;
        asked.steps[step].offer = ASKED;
        arrival.act = ASKS;
        reach(search, from, &asked, arrival);
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        arrival = (struct arrival){.from = from,
                                   .step = (uint8_t)(step + 1),
                                   .to = index_of(search->machine, ways[i].to),
                                   .party = ways[i].party};
        if (search->may[link->state][link->status][arrival.to] & ways[i].party)
            try_offer(search, from, *chain, arrival);
    }
    if (other_offer(search, chain, step) > step) /* once for a round */
        lapse(search, from, chain, step);
}

static uint8_t first_of(uint8_t parties)
{
    return parties & (uint8_t)-parties;
}

static void expand(struct search *search, uint32_t from)
{
    struct chain chain = search->chains[from];
    for (size_t i = 0; i < chain.count; i++)
        if (chain.steps[i].offer != TAKEN)
            expand_offer(search, from, &chain, i);
    for (size_t i = 0; i < chain.count; i++)
        for (size_t to = 0; to < search->machine->state_count; to++) {
            const struct link *link = &chain.steps[i];
            uint8_t may = search->may[link->state][link->status][to];
            if (is_ended(search, link) || link->offer != TAKEN || !may)
                continue;
            uint8_t people = may & (uint8_t)~PARTY_SYSTEM;
            try_all(search, from, &chain,
                    (struct arrival){.from = from,
                                     .step = (uint8_t)(i + 1),
                                     .to = (uint8_t)to,
                                     .party = people ? first_of(people) : PARTY_SYSTEM});
        }
    if (!chain.final || chain.is_opened)
        return;
    chain.is_opened = true;
    chain.is_closed = closes(search, &chain);
    chain.steps[chain.final - 1].owes = OWES_NOTHING;
    reach(search, from, &chain, (struct arrival){.from = from, .party = PARTY_REFERRER, .act = OPENS});
}

/* The plan of every command, for each party by itself; chain_move() must say the same. */
static void read_machine(struct search *search)
{
    static const unsigned parties[] = {PARTY_REFERRER, PARTY_RECIPIENT, PARTY_COORDINATOR, PARTY_SYSTEM};
    const struct machine *machine = search->machine;
    for (size_t to = 0; to < machine->state_count; to++)
        for (size_t p = 0; p < sizeof parties / sizeof parties[0]; p++) {
            struct arena *arena = arena_new(0);
            struct move move = {.to = machine->states[to].code, .party = parties[p], .brought = ~0U};
            struct plan plan;
            chain_plan(machine, &move, arena, &plan);
            for (size_t i = 0; i < plan.count; i++) {
                enum task_status next;
                unsigned missing;
                size_t from = (size_t)(plan.from[i] - machine->states);
                if (chain_move(machine, plan.from[i]->code, plan.from_status[i], &move, &next, &missing) !=
                        MOVE_OK ||
                    next != plan.next_status[i])
                    search->fault = "chain_plan() and chain_move() do not agree";
                search->may[from][plan.from_status[i]][to] |= (uint8_t)parties[p];
                search->next[from][plan.from_status[i]][to] = (uint8_t)plan.next_status[i];
            }
            arena_free(&arena);
        }
}

/* ---- what must hold ---- */

/* Whether who owes something about an open step can do anything with it. */
static bool can_act(const struct search *search, const struct link *link)
{
    static const uint8_t parties[OWES_COUNT] = {[OWES_RECIPIENT] = PARTY_RECIPIENT,
                                                [OWES_REFERRER] = PARTY_REFERRER,
                                                [OWES_COORDINATOR] = PARTY_COORDINATOR};
    for (size_t to = 0; to < search->machine->state_count; to++)
        if (search->may[link->state][link->status][to] & parties[link->owes])
            return true;
    return false;
}

static const char *check_step(const struct search *search, const struct chain *chain, size_t step)
{
    const struct link *link = &chain->steps[step];
    if (is_ended(search, link)) {
        bool is_final = chain->final == step + 1 && !chain->is_opened;
        return link->owes && !is_final ? "somebody owes something about it, and it has ended" : NULL;
    }
    if (!link->owes && is_planned(search, link))
        return link->after && !is_ended(search, &chain->steps[link->after - 1])
                   ? NULL
                   : "planned, and it waits for nothing";
    if (!link->owes)
        return has_open_branch(search, chain, step) ? NULL : "nobody is next to act, and no branch is open";
    return can_act(search, link) ? NULL : "who is next to act can do nothing";
}

/* Of each round one has it, or nobody yet. */
static const char *check_round(const struct search *search, const struct chain *chain, size_t step)
{
    const struct link *link = &chain->steps[step];
    for (size_t i = 0; link->round && link->offer == TAKEN && i < chain->count; i++) {
        if (i == step || chain->steps[i].round != link->round)
            continue;
        if (chain->steps[i].offer == TAKEN)
            return "two have taken what was offered once";
        if (is_offer(search, &chain->steps[i]))
            return "it is taken, and still offered to another";
    }
    return NULL;
}

/* What is wrong with it; NULL: nothing. *step: about which, from 1. */
static const char *check(const struct search *search, const struct chain *chain, size_t *step)
{
    bool is_owed = false;
    for (size_t i = 0; i < chain->count; i++) {
        const char *fault = check_round(search, chain, i);
        if (!fault)
            fault = check_step(search, chain, i);
        *step = i + 1;
        if (fault)
            return fault;
        is_owed |= chain->steps[i].owes != OWES_NOTHING;
    }
    *step = 0;
    if (chain->is_closed)
        return is_owed || !all_ended(search, chain) ? "it is closed, and something is open" : NULL;
    return is_owed ? NULL : "it is not closed, and nobody is next to act";
}

/* ---- telling ---- */

static void say(char path[MODEL_PATH], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(char path[MODEL_PATH], const char *format, ...)
{
    size_t used = strlen(path);
    va_list list;
    va_start(list, format);
    vsnprintf(path + used, MODEL_PATH - used, format, list);
    va_end(list);
}

static void say_chain(const struct search *search, const struct chain *chain, char path[MODEL_PATH])
{
    static const char *const words[OWES_COUNT] = {"nobody", "recipient", "referrer", "coordinator"};
    for (size_t i = 0; i < chain->count; i++) {
        const struct link *link = &chain->steps[i];
        say(path, "%sstep %zu %.*s", i ? ", " : "", i + 1, SLICE_FMT(state_of(search, link)->code));
        if (link->parent)
            say(path, " (branch of %u)", link->parent);
        if (link->owes || !is_ended(search, link))
            say(path, " [next: %s]", words[link->owes]);
    }
    say(path, "%s\n",
        chain->is_closed   ? ", closed"
        : chain->is_opened ? ", feedback opened, not closed"
                           : "");
}

static void say_move(const struct search *search, size_t nr, uint32_t state, char path[MODEL_PATH])
{
    const struct arrival *arrival = &search->arrivals[state];
    const char *who = arrival->party == PARTY_REFERRER      ? "referrer"
                      : arrival->party == PARTY_RECIPIENT   ? "recipient"
                      : arrival->party == PARTY_COORDINATOR ? "coordinator"
                                                            : "system";
    struct chain chain = search->chains[state];
    say(path, "%3zu. ", nr);
    static const char *const acts[] = {[ASKS] = "asks to accept", [IS_REFUSED] = "is refused"};
    if (state < search->starts)
        say(path, state ? "offered" : "sent");
    else if (arrival->act == OPENS)
        say(path, "%s opens the final feedback", who);
    else if (arrival->act == LAPSES)
        say(path, "nobody answers");
    else if (arrival->act != MOVES)
        say(path, "%s of step %u %s", who, arrival->step, acts[arrival->act]);
    else
        say(path, "%s moves step %u to %.*s", who, arrival->step,
            SLICE_FMT(search->machine->states[arrival->to].code));
    if (arrival->made)
        say(path, ", %u new", arrival->made);
    say(path, ": ");
    say_chain(search, &chain, path);
}

/* The shortest way to the state, and what is wrong there. */
static void say_path(const struct search *search, uint32_t state, size_t step, const char *fault,
                     char path[MODEL_PATH])
{
    uint32_t way[PATH_MOVES];
    size_t length = 0;
    way[length++] = state;
    while (state >= search->starts && length < PATH_MOVES)
        way[length++] = state = search->arrivals[state].from;
    for (size_t nr = 0; nr < length; nr++)
        say_move(search, nr, way[length - 1 - nr], path);
    if (step)
        say(path, "broken: step %zu: %s\n", step, fault);
    else
        say(path, "broken: %s\n", fault);
}

/* ---- both questions ---- */

static bool search_all(struct search *search, struct model_answer *answer)
{
    size_t step = 0;
    for (size_t offers = 0; offers <= search->model->steps; offers++) {
        struct chain first = {.count = 0};
        if (offers)
            make_offers(search, &first, offers);
        else
            make_step(search, &first, NO_PARENT, false);
        note_state(search, &first, (struct arrival){.from = 0});
        search->starts++;
        if (!machine_state(search->machine, slice_of("offer-gone")))
            break;
    }
    for (size_t at = 0; at < search->count; at++) {
        struct chain chain = search->chains[at];
        const char *fault = check(search, &chain, &step);
        answer->closed += chain.is_closed;
        if (fault) {
            say_path(search, (uint32_t)at, step, fault, answer->path);
            return false;
        }
        expand(search, (uint32_t)at);
        if (search->fault) {
            say_path(search, search->broken, 0, search->fault, answer->path);
            return false;
        }
    }
    return true;
}

/* Backwards from the closed ones along the moves of people: who is not met is in a trap. */
static bool find_trap(const struct search *search, struct model_answer *answer)
{
    uint32_t *first = xcalloc(search->count + 2, sizeof *first),
             *from = xcalloc(search->link_count + 1, sizeof *from);
    uint32_t *queue = xcalloc(search->count + 1, sizeof *queue);
    bool *leads_out = xcalloc(search->count + 1, sizeof *leads_out);
    size_t queued = 0, trapped = 0;
    for (size_t i = 0; i < search->link_count; i++)
        first[search->links[2 * i + 1] + 2]++;
    for (size_t i = 2; i < search->count + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < search->link_count; i++)
        from[first[search->links[2 * i + 1] + 1]++] = search->links[2 * i];
    for (size_t i = 0; i < search->count; i++)
        if ((leads_out[i] = search->chains[i].is_closed))
            queue[queued++] = (uint32_t)i;
    for (size_t at = 0; at < queued; at++)
        for (size_t i = first[queue[at]]; i < first[queue[at] + 1]; i++)
            if (!leads_out[from[i]]) {
                leads_out[from[i]] = true;
                queue[queued++] = from[i];
            }
    while (trapped < search->count && leads_out[trapped])
        trapped++;
    if (trapped < search->count)
        say_path(search, (uint32_t)trapped, 0, "it can never be closed from here", answer->path);
    free(first);
    free(from);
    free(queue);
    free(leads_out);
    return trapped == search->count;
}

void model_search(const struct model *model, struct model_answer *answer)
{
    struct search *search = xcalloc(1, sizeof *search);
    *answer = (struct model_answer){.states = 0};
    search->model = model;
    search->machine = model->machine;
    grow(search);
    read_machine(search);
    answer->holds = search_all(search, answer) && find_trap(search, answer);
    answer->states = search->count;
    answer->moves = search->moves;
    free(search->chains);
    free(search->arrivals);
    free(search->table);
    free(search->links);
    xfree(search);
}
