/*
 * Handlers that read: the database composes the document, the daemon forwards its bytes.
 */
#include "handlers.h"
#include "status.h"
#include "wire.h"

/* Of a list, NULL means that the cursor or a code in the query is none of ours. */
static void on_list(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        call_document(call, document, NULL);
    else
        call_refuse(call, ERR_INVALID_PARAMETER,
                    call_parameter(call, "organisation").ptr ? "?organisation" : "?cursor", "unknown-word",
                    "not an organisation of this region, or not a cursor of this list");
}

static void on_step(struct call *call, const PGresult *result)
{
    if (PQntuples(result) == 0) {
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    call_document(
        call, store_text(result, 0, "document"),
        arena_printf(call->arena, "ETag: \"%lld\"\r\n", (long long)store_number(result, 0, "version", 0)));
}

static bool is_origin(struct slice word)
{
    return slice_is(word, "referrer") || slice_is(word, "self") || slice_is(word, "desk") ||
           slice_is(word, "signal");
}

void referrals_list(struct call *call)
{
    const char **params = call_own_params(call, 9);
    struct slice organisation = call_parameter(call, "organisation"), status = call_parameter(call, "status");
    struct slice origin = call_parameter(call, "origin"), capacity = call_parameter(call, "capacity");
    if (status.ptr && !slice_is(status, "open") && !slice_is(status, "closed")) {
        call_refuse(call, ERR_INVALID_PARAMETER, "?status", "unknown-word", "open or closed");
        return;
    }
    if (origin.ptr && !is_origin(origin)) {
        call_refuse(call, ERR_INVALID_PARAMETER, "?origin", "unknown-word", "referrer, self, desk or signal");
        return;
    }
    if (capacity.ptr && !slice_is(capacity, "none")) {
        call_refuse(call, ERR_INVALID_PARAMETER, "?capacity", "unknown-word", "none");
        return;
    }
    params[7] = call_text(call, origin);
    params[8] = capacity.ptr ? "true" : NULL;
    if (!call_flag(call, "overdue", &params[2]) || !call_page(call, &params[5], &params[6]))
        return;
    params[3] = call_text(call, organisation);
    params[4] = call_text(call, status);
    call_query(call, STORE_LIST_CHAIN, params, on_list);
}

void referrals_get(struct call *call)
{
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_GET_REFERRAL, params, call_found);
}

static struct wire_named word_of(const struct word *word, struct slice code)
{
    return (struct wire_named){code, word ? word->label : code};
}

static struct wire_named organisation_of(const struct region *region, int64_t id)
{
    const struct organisation *organisation = region_organisation(region, (int32_t)id);
    return organisation ? (struct wire_named){organisation->code, organisation->name}
                        : (struct wire_named){slice_of("ended"), slice_of("ended")};
}

static struct wire_named state_of(const struct region *region, struct slice code)
{
    const struct state *state = code.ptr ? machine_state(&region->machine, code) : NULL;
    return (struct wire_named){code, state ? state->label : code};
}

/* The database gives codes and ids; their words are the region's. */
static struct wire_status status_of(const struct region *region, const PGresult *result, int row, moment now)
{
    struct slice kind = store_text(result, row, "promise_kind");
    struct wire_status status = {
        .step_id = store_number(result, row, "step_id", 0),
        .is_closed = slice_is(store_text(result, row, "is_closed"), "t"),
        .outcome = state_of(region, store_text(result, row, "outcome")),
        .state = state_of(region, store_text(result, row, "state")),
        .organisation = organisation_of(region, store_number(result, row, "owner_id", 0)),
        .what = word_of(kind.ptr ? region_promise_kind(region, kind) : NULL, kind),
        .who = organisation_of(region, store_number(result, row, "promise_organisation_id", 0)),
        .by = store_number(result, row, "due_us", 0),
        .level = (int)store_number(result, row, "level", 0),
    };
    status.is_overdue = status.by < now;
    return status;
}

static void answer_status(struct call *call, const PGresult *result, int row)
{
    if (!store_text(result, row, "step_id").ptr) {
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    const struct region *region = call_region(call);
    if (!region)
        return;
    struct wire_status status = status_of(region, result, row, clock_wall(&call->worker->app->clock));
    status.referral_id = call->id;
    call_json(call, 200, wire_encode_status(&status, call->arena), NULL);
}

static void on_status(struct status_item *item, const PGresult *result, int row, const struct err *err)
{
    struct call *call = item->arg;
    struct http_request *request = call->request;
    if (result)
        answer_status(call, result, row);
    else
        call_error(call, err);
    http_request_release(request);
}

void referrals_status(struct call *call)
{
    struct status_item *item = arena_alloc(call->arena, sizeof *item);
    struct err err;
    *item = (struct status_item){.batched.region_id = call->account.region_id,
                                 .account_id = call->account.id,
                                 .referral_id = call->id,
                                 .came_from = slice_of(call->came_from),
                                 .on_done = on_status,
                                 .arg = call};
    if (!batch_queue_add(call->worker->statuses, &item->batched, &err)) {
        call_error(call, &err);
        return;
    }
    http_request_hold(call->request);
}

void steps_get(struct call *call)
{
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_GET_STEP, params, on_step);
}

void inbox_list(struct call *call)
{
    const char **params = call_params(call, 6);
    struct slice picked = call_parameter(call, "picked");
    if (picked.ptr && !slice_is(picked, "mine") && !slice_is(picked, "nobody") && !slice_is(picked, "all")) {
        call_refuse(call, ERR_INVALID_PARAMETER, "?picked", "unknown-word", "mine, nobody or all");
        return;
    }
    if (!call_page(call, &params[3], &params[4]))
        return;
    params[2] = slice_is(picked, "all") ? NULL : call_text(call, picked);
    call_query(call, STORE_LIST_INBOX, params, on_list);
}

void feedback_list(struct call *call)
{
    const char **params = call_params(call, 6);
    if (call_flag(call, "unread", &params[2]) && call_page(call, &params[3], &params[4]))
        call_query(call, STORE_LIST_FEEDBACK, params, on_list);
}

static void on_opened(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    struct slice answer = PQntuples(result) ? store_text(result, 0, "answer") : SLICE_NONE;
    if (answer.ptr)
        call_document(call, answer, NULL);
    else
        call_problem(call, slice_is(word, "key-reused") ? ERR_KEY_REUSED : ERR_NOT_FOUND, NULL, NULL);
}

void feedback_open(struct call *call)
{
    if (!call_says_nothing(call))
        return;
    const char **params = call_write_params(call, 6);
    params[4] = call_number(call, call->id);
    call_query(call, STORE_OPEN_FEEDBACK, params, on_opened);
}

void feedback_get(struct call *call)
{
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_GET_FEEDBACK, params, call_found);
}

void checks_get(struct call *call)
{
    call_query(call, STORE_CHECK, call_own_params(call, 2), call_found);
}

void vocabulary_get(struct call *call)
{
    call_query(call, STORE_VOCABULARY, call_own_params(call, 2), call_found);
}

void me_get(struct call *call)
{
    call_query(call, STORE_ME, call_own_params(call, 2), call_found);
}
