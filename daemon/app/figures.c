/*
 * Handlers of closing by facts: that the client was told how it ended, how far loops are closed, and how
 * partners answer, how clients moved, what the help is estimated to save. Who may say and see what, the
 * database decides.
 */
#include "handlers.h"
#include "outcome.h"
#include "wire.h"

static void on_told(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 200);
}

void client_tell(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_client_answer answer;
    struct err err;
    if (!wire_decode_client_answer(http_request_body(call->request), call->arena, &answer, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 7);
    params[4] = call_number(call, call->id);
    params[5] = call_text(call, answer.helped);
    call_query(call, STORE_TELL_CLIENT, params, on_told);
}

static void on_figures(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        call_json(call, 200, document, NULL);
    else
        call_forbid(call, ERR_WRONG_ROLE, NULL, NULL);
}

/* The days of the period as they were sent, which are dates to the database too. */
static bool take_period(struct call *call, const char **first, const char **last)
{
    int64_t from, to;
    *first = call_text(call, call_parameter(call, "from"));
    *last = call_text(call, call_parameter(call, "to"));
    return call_period(call, "from", "to", &from, &to);
}

/* ?by as one of the words (NULL at the end), which are `listed`; refused otherwise. */
static bool take_by(struct call *call, const char **by, const char *const *words, const char *listed)
{
    struct slice text = call_parameter(call, "by");
    *by = call_text(call, text);
    if (!text.ptr)
        return true;
    for (size_t i = 0; words[i]; i++)
        if (slice_is(text, words[i]))
            return true;
    call_refuse(call, ERR_INVALID_PARAMETER, "?by", "unknown-word", listed);
    return false;
}

void closure_rates(struct call *call)
{
    static const char *const words[] = {"region", "referrer", "partner", "area", NULL};
    const char **params = call_own_params(call, 5);
    if (take_period(call, &params[2], &params[3]) &&
        take_by(call, &params[4], words, "region, referrer, partner or area"))
        call_query(call, STORE_CLOSURE_RATES, params, on_figures);
}

void partner_figures(struct call *call)
{
    const char **params = call_own_params(call, 4);
    if (take_period(call, &params[2], &params[3]))
        call_query(call, STORE_PARTNER_FIGURES, params, on_figures);
}

void movement_get(struct call *call)
{
    static const char *const words[] = {"domain", "area", NULL};
    const char **params = call_own_params(call, 5);
    if (take_period(call, &params[2], &params[3]) && take_by(call, &params[4], words, "domain or area"))
        call_query(call, STORE_MOVEMENT, params, on_figures);
}

/* ---- what outcomes are assumed to save ---- */

void savings_get(struct call *call)
{
    const char **params = call_own_params(call, 4);
    if (take_period(call, &params[2], &params[3]))
        call_query(call, STORE_SAVINGS, params, on_figures);
}

void assumptions_list(struct call *call)
{
    call_query(call, STORE_LIST_ASSUMPTIONS, call_own_params(call, 2), on_figures);
}

static void on_stated(struct call *call, const PGresult *result)
{
    static const struct {
        const char *word, *pointer, *detail;
    } unknown[] = {
        {"outcome-unknown", "/outcome",
         "not a state in which referrals of this region end; GET /v1/vocabulary lists states"},
        {"domain-unknown", "/domain", "not a life domain of this region; GET /v1/vocabulary lists them"}};
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        if (!slice_is(word, unknown[i].word))
            continue;
        call_refuse(call, ERR_INVALID_BODY, unknown[i].pointer, "unknown-word", unknown[i].detail);
        return;
    }
    outcome_tell(call, result, 201);
}

void assumptions_state(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_assumption wire;
    struct err err;
    if (!wire_decode_assumption(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 10);
    params[4] = call_text(call, wire.outcome);
    params[5] = call_text(call, wire.domain);
    params[6] = call_number(call, wire.amount);
    params[7] = call_text(call, wire.source);
    params[8] = call_text(call, wire.effective_from);
    call_query(call, STORE_STATE_ASSUMPTION, params, on_stated);
}
