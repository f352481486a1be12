/*
 * Handlers of closing by facts: that the client was told how it ended, how far loops are closed, and how
 * partners answer. Who may say and see what, the database decides.
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

static bool take_by(struct call *call, const char **by)
{
    static const char *const words[] = {"region", "referrer", "partner", "area"};
    struct slice text = call_parameter(call, "by");
    *by = call_text(call, text);
    if (!text.ptr)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_is(text, words[i]))
            return true;
    call_refuse(call, ERR_INVALID_PARAMETER, "?by", "unknown-word", "region, referrer, partner or area");
    return false;
}

void closure_rates(struct call *call)
{
    const char **params = call_own_params(call, 5);
    if (take_period(call, &params[2], &params[3]) && take_by(call, &params[4]))
        call_query(call, STORE_CLOSURE_RATES, params, on_figures);
}

void partner_figures(struct call *call)
{
    const char **params = call_own_params(call, 4);
    if (take_period(call, &params[2], &params[3]))
        call_query(call, STORE_PARTNER_FIGURES, params, on_figures);
}
