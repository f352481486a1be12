/* States and edges of the snapshot: the part of the compiler that checks the region's machine against
 * layer 1. */
#include "compile.h"

enum { AMOUNT_MAX = 1000 };

/* A word and the bit or number it stands for. */
struct meaning {
    const char *word;
    unsigned value;
};

static const struct meaning parties[] = {{"referrer", PARTY_REFERRER},
                                         {"recipient", PARTY_RECIPIENT},
                                         {"coordinator", PARTY_COORDINATOR},
                                         {"system", PARTY_SYSTEM},
                                         {NULL, 0}};

static const struct meaning needs[] = {{"text", NEED_TEXT},
                                       {"reason", NEED_REASON},
                                       {"date", NEED_DATE},
                                       {"channel", NEED_CHANNEL},
                                       {"decline-code", NEED_DECLINE_CODE},
                                       {"offerings", NEED_OFFERINGS},
                                       {NULL, 0}};

static const struct meaning units[] = {{"none", SPAN_NONE}, {"working-days", SPAN_WORKING_DAYS},
                                       {"days", SPAN_DAYS}, {"months", SPAN_MONTHS},
                                       {"date", SPAN_DATE}, {NULL, 0}};

static bool look_up(const struct row *row, const char *member, const struct meaning *meanings,
                    struct slice word, unsigned *out)
{
    while (meanings->word && !slice_is(word, meanings->word))
        meanings++;
    *out = meanings->value;
    return meanings->word || row_fail(row, "%s: \"%.*s\" is not known here", member, SLICE_FMT(word));
}

static bool read_bits(const struct row *row, const char *member, const struct meaning *meanings,
                      unsigned *out)
{
    struct slice *words;
    size_t count;
    unsigned bit;
    *out = 0;
    if (!row_codes(row, member, &words, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!look_up(row, member, meanings, words[i], &bit))
            return false;
        *out |= bit;
    }
    return true;
}

/* The promise is a row of its own inside the state's, and goes by the state's name. */
static bool read_promise(struct compiler *c, const struct row *state_row, struct state *state)
{
    static const char *const members[] = {"kind", "unit", "amount", "party", NULL};
    struct row row =
        compile_row(c, "promise of state", ROW_ALONE, json_object_get(state_row->json, "promise"));
    row.name = state_row->name;
    if (json_is_null(row.json))
        return true;
    struct slice unit, party;
    unsigned number;
    int64_t amount;
    if (!row_members(&row, members) || !row_code(&row, "kind", &state->promise_kind) ||
        !row_code(&row, "unit", &unit) || !row_code(&row, "party", &party) ||
        !look_up(&row, "unit", units, unit, &number) ||
        !look_up(&row, "party", parties, party, &state->promise_party))
        return false;
    state->promise.unit = (enum span_unit)number;
    bool counted = state->promise.unit != SPAN_NONE && state->promise.unit != SPAN_DATE;
    if (!row_int(&row, "amount", counted ? 1 : 0, counted ? AMOUNT_MAX : 0, &amount))
        return false;
    state->promise.amount = (int)amount;
    if (state->promise_party == PARTY_SYSTEM)
        return row_fail(&row, "party: the system cannot owe a promise");
    return region_promise_kind(c->region, state->promise_kind) ||
           row_fail(&row, "kind: there is no promise kind \"%.*s\"", SLICE_FMT(state->promise_kind));
}

/* Whoever is in an open state must be waiting for somebody (no black hole). */
static bool check_state(const struct row *row, const struct state *state)
{
    if (state->promise.unit == SPAN_DATE && !(state->needs & NEED_DATE))
        return row_fail(row, "promise: falls due on a date, and needs has no \"date\"");
    bool waits = state->promise.unit != SPAN_NONE || (state->needs & NEED_OFFERINGS);
    return state->is_end || waits ||
           row_fail(row,
                    "promise: an open state that starts no promise and no new step leaves nobody to act");
}

static bool read_state(struct compiler *c, struct row *row, void *element)
{
    static const char *const members[] = {"code",  "label",   "status",   "setBy",
                                          "needs", "promise", "feedback", NULL};
    struct state *state = element;
    struct slice status;
    if (!row_open(row, members) || !row_code(row, "code", &state->code) ||
        !row_text(row, "label", &state->label) || !row_code(row, "status", &status) ||
        !read_bits(row, "setBy", parties, &state->set_by) || !read_bits(row, "needs", needs, &state->needs) ||
        !row_bool(row, "feedback", &state->feedback) || !read_promise(c, row, state))
        return false;
    state->status = task_status_parse(status);
    if (state->status == STATUS_COUNT)
        return row_fail(row, "status: \"%.*s\" is not a status of a task", SLICE_FMT(status));
    state->is_end = task_status_is_end(state->status);
    if (!state->set_by)
        return row_fail(row, "setBy: nobody may set this state");
    return check_state(row, state);
}

/* Whether layer 1 lets a step come from one state into the other; an "unchanged" state may have been entered
 * in any status, so there one is enough. */
static bool is_lawful(const struct state *from, const struct state *to)
{
    if (from->status != STATUS_UNCHANGED)
        return task_status_may_follow(from->status, to->status);
    for (int status = 0; status < STATUS_UNCHANGED; status++)
        if (task_status_may_follow((enum task_status)status, to->status))
            return true;
    return false;
}

static const struct state *edge_end(const struct row *row, const struct machine *machine, struct slice code)
{
    const struct state *state = machine_state(machine, code);
    if (!state)
        row_fail(row, "there is no state \"%.*s\"", SLICE_FMT(code));
    return state;
}

static bool add_edge(const struct row *row, const struct machine *machine, bool *edges)
{
    const char *from_word, *to_word;
    if (json_unpack(row->json, "[s, s!]", &from_word, &to_word) != 0)
        return row_fail(row, "expected two state codes");
    const struct state *from = edge_end(row, machine, slice_of(from_word));
    const struct state *to = from ? edge_end(row, machine, slice_of(to_word)) : NULL;
    if (!to)
        return false;
    bool *edge =
        &edges[(size_t)(from - machine->states) * machine->state_count + (size_t)(to - machine->states)];
    if (*edge)
        return row_fail(row, "\"%s\" to \"%s\" stands there twice", from_word, to_word);
    if (!is_lawful(from, to))
        return row_fail(row, "\"%s\" to \"%s\": %s may not follow %s", from_word, to_word,
                        task_status_word(to->status), task_status_word(from->status));
    *edge = true;
    return true;
}

static bool compile_edges(struct compiler *c, struct machine *machine)
{
    json_t *list, *json;
    size_t i;
    bool *edges = arena_array(c->arena, machine->state_count * machine->state_count, sizeof *edges);
    if (!row_list(&c->top, "edges", &list))
        return false;
    json_array_foreach(list, i, json)
    {
        struct row row = compile_row(c, "edges", i, json);
        if (!add_edge(&row, machine, edges))
            return false;
    }
    machine->edges = edges;
    return true;
}

/* A step must be able to leave every state that is not an end. */
static bool check_ways_out(struct compiler *c, const struct machine *machine)
{
    json_t *rows = json_object_get(c->top.json, "states");
    for (size_t from = 0; from < machine->state_count; from++) {
        bool leaves = machine->states[from].is_end;
        for (size_t to = 0; to < machine->state_count; to++)
            leaves |= to != from && machine->edges[from * machine->state_count + to];
        struct row row = compile_row(c, "states", from, json_array_get(rows, from));
        row.name = machine->states[from].code.ptr;
        if (!leaves)
            return row_fail(&row, "no edge leaves this state, and it is not an end");
    }
    return true;
}

bool compile_machine(struct compiler *c)
{
    struct machine *machine = &c->region->machine;
    machine->states =
        compile_list(c, &c->top, "states", "code", sizeof(struct state), read_state, &machine->state_count);
    if (!machine->states)
        return false;
    const struct state *sent = machine_state(machine, slice_of("sent"));
    if (!sent || sent->status != STATUS_REQUESTED)
        return row_fail(&c->top,
                        "states: there is no state \"sent\" with status requested, in which a step begins");
    return compile_edges(c, machine) && check_ways_out(c, machine);
}
