/*
 * Handlers of duplicates: which referrals may be about one person, and that one of them goes on in another.
 */
#include "handlers.h"
#include "outcome.h"
#include "wire.h"

static void on_merged(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 200);
}

void referrals_merge(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_merger merger;
    struct err err;
    if (!wire_decode_merger(http_request_body(call->request), call->arena, &merger, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 7);
    params[4] = call_number(call, call->id);
    params[5] = call_number(call, merger.into_id);
    call_query(call, STORE_MERGE_REFERRAL, params, on_merged);
}

void duplicates_list(struct call *call)
{
    const char *cursor;
    const char **params = call_params(call, 4);
    if (call_page(call, &params[2], &cursor))
        call_query(call, STORE_LIST_DUPLICATES, params, call_found);
}
