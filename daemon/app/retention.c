/*
 * Handlers of what two people decide about a region: how long things are kept, whether citizen service
 * numbers are taken, and changes of its wrapping keys, which `wijzerd keys` then does.
 */
#include "handlers.h"
#include "outcome.h"
#include "region.h"
#include "wire.h"

static void on_document(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        call_json(call, 200, document, NULL);
    else
        call_forbid(call, ERR_WRONG_ROLE, NULL, NULL);
}

static void on_proposed(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 201);
}

static void on_approved(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 200);
}

static void show(struct call *call, enum store_statement statement)
{
    call_query(call, statement, call_own_params(call, 2), on_document);
}

/* Kinds of organisations as an array; an issue for each that the region does not have. */
static const char *kinds_param(struct call *call, const struct region *region, const struct slice *kinds,
                               size_t count, const char *pointer, struct issues *issues)
{
    struct store_array array;
    store_array_begin(&array, call->arena);
    for (size_t i = 0; i < count; i++) {
        if (!region_has_kind(region, kinds[i]))
            issues_add(issues, slice_of(arena_printf(call->arena, "%s/%zu", pointer, i)), "unknown-word",
                       "not a kind of organisation of this region");
        store_array_add(&array, kinds[i]);
    }
    return count ? store_array_end(&array) : NULL;
}

/* ---- how long ---- */

void retention_list(struct call *call)
{
    show(call, STORE_LIST_RETENTION);
}

void retention_proof(struct call *call)
{
    show(call, STORE_RETENTION_PROOF);
}

void retention_propose(struct call *call)
{
    const struct region *region = call_region(call);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_retention wire;
    struct err err;
    if (!region)
        return;
    if (!wire_decode_retention(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 9);
    params[4] = arena_text(call->arena, wire.law);
    params[5] = arena_text(call->arena, wire.start_event);
    params[6] = call_number(call, wire.years);
    params[7] = arena_text(call->arena, wire.valid_from);
    params[8] = kinds_param(call, region, wire.kinds, wire.kind_count, "/kinds", issues);
    if (issues->count)
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
    else
        call_query(call, STORE_PROPOSE_RETENTION, params, on_proposed);
}

static void approve(struct call *call, enum store_statement statement)
{
    if (!call_says_nothing(call))
        return;
    const char **params = call_write_params(call, 5);
    params[4] = call_number(call, call->id);
    call_query(call, statement, params, on_approved);
}

void retention_approve(struct call *call)
{
    approve(call, STORE_APPROVE_RETENTION);
}

/* ---- citizen service numbers ---- */

void bsn_get(struct call *call)
{
    show(call, STORE_GET_BSN);
}

void bsn_propose(struct call *call)
{
    const struct region *region = call_region(call);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_bsn wire;
    struct err err;
    if (!region)
        return;
    if (!wire_decode_bsn(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 6);
    params[4] = call_text(call, wire.ground);
    params[5] = kinds_param(call, region, wire.recipients, wire.recipient_count, "/recipients", issues);
    if (issues->count)
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
    else
        call_query(call, STORE_PROPOSE_BSN, params, on_proposed);
}

void bsn_approve(struct call *call)
{
    approve(call, STORE_APPROVE_BSN);
}

/* ---- wrapping keys ---- */

void key_changes_list(struct call *call)
{
    show(call, STORE_GET_KEY_CHANGES);
}

void key_changes_propose(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_key_change wire;
    struct err err;
    if (!wire_decode_key_change(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 6);
    params[4] = arena_text(call->arena, wire.action);
    params[5] = wire.key ? call_number(call, wire.key) : NULL;
    call_query(call, STORE_PROPOSE_KEY_CHANGE, params, on_proposed);
}

void key_changes_approve(struct call *call)
{
    approve(call, STORE_APPROVE_KEY_CHANGE);
}
