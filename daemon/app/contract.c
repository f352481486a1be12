/*
 * Handlers of what a practice hears back: its feedback contract, the digests that it brings, and the headline
 * overview. Who may see and set what, the database decides.
 */
#include "handlers.h"
#include "outcome.h"
#include "wire.h"

void contracts_list(struct call *call)
{
    call_query(call, STORE_LIST_CONTRACTS, call_own_params(call, 2), call_found);
}

static void refuse_organisation(struct call *call, const char *code, const char *words)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    issues->arena = call->arena;
    issues_add(issues, slice_of("/organisation"), code, "%s", words);
    call_problem(call, ERR_INVALID_BODY, NULL, issues);
}

static void on_set(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (slice_is(word, "organisation-needed"))
        refuse_organisation(call, "required", "say of which organisation");
    else if (slice_is(word, "organisation-unknown"))
        refuse_organisation(call, "unknown-word",
                            "not an organisation of this region; GET /v1/vocabulary lists them");
    else
        outcome_tell(call, result, 201);
}

void contracts_set(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_contract contract;
    struct store_array milestones;
    struct err err;
    if (!wire_decode_contract(http_request_body(call->request), call->arena, &contract, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    store_array_begin(&milestones, call->arena);
    for (size_t i = 0; i < contract.milestone_count; i++)
        store_array_add(&milestones, contract.milestones[i]);
    const char **params = call_write_params(call, 7);
    params[4] = call_text(call, contract.organisation);
    params[5] = store_array_end(&milestones);
    params[6] = call_text(call, contract.form);
    call_query(call, STORE_SET_CONTRACT, params, on_set);
}

void digests_list(struct call *call)
{
    const char **params = call_params(call, 5);
    if (call_page(call, &params[2], &params[3]))
        call_query(call, STORE_LIST_DIGESTS, params, call_listed);
}

/* The days of the period as they were sent, which are dates to the database too. */
void overview_get(struct call *call)
{
    const char **params = call_params(call, 5);
    int64_t from, to;
    params[2] = call_text(call, call_parameter(call, "from"));
    params[3] = call_text(call, call_parameter(call, "to"));
    if (call_period(call, "from", "to", &from, &to))
        call_query(call, STORE_OVERVIEW, params, call_found);
}
