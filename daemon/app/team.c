/*
 * Handlers of a team's inbox: a colleague takes a step for themself, and puts it back. Who may, and who of
 * two was first, the database decides.
 */
#include "handlers.h"
#include "note.h"
#include "outcome.h"
#include "steps.h"
#include "wire.h"

static void on_handed(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (slice_is(word, "taken"))
        call_problem(call, ERR_TAKEN,
                     arena_printf(call->arena, "%.*s has picked this step up.",
                                  SLICE_FMT(store_text(result, 0, "colleague"))),
                     NULL);
    else if (slice_is(word, "step-ended"))
        call_problem(call, ERR_STATE_NOT_ALLOWED, "The step has ended: there is nothing left to pick up.",
                     NULL);
    else if (slice_is(word, "not-yours"))
        call_forbid(call, ERR_NOT_YOURS, NULL,
                    "Only who works for the organisation that owns the step picks it up and puts it back.");
    else
        outcome_tell(call, result, 200);
}

void steps_pick_up(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_pick_up wire;
    struct err err;
    if (!wire_decode_pick_up(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 7);
    params[4] = call_number(call, call->id);
    params[5] = wire.take_over ? "true" : "false";
    call_query(call, STORE_PICK_UP_STEP, params, on_handed);
}

void steps_put_back(struct call *call)
{
    if (!call_says_nothing(call))
        return;
    const char **params = call_write_params(call, 6);
    params[4] = call_number(call, call->id);
    call_query(call, STORE_PUT_BACK_STEP, params, on_handed);
}

/* ---- a referral goes on ---- */

struct reopening {
    struct note note;     /* first */
    const char *offering; /* its id, or NULL */
};

static void on_reopened(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 200);
}

static void reopen(struct call *call, struct note *note)
{
    const struct region *region = call_region(call);
    if (!region)
        return;
    const char **params = call_write_params(call, 11);
    params[4] = call_number(call, call->id);
    params[5] = ((struct reopening *)note)->offering;
    params[6] = note->id;
    params[7] = note->texts[0].sealed;
    params[8] = steps_due_deliver(call, region);
    params[9] = steps_due_next(call, region);
    call_query(call, STORE_REOPEN_REFERRAL, params, on_reopened);
}

void referrals_reopen(struct call *call)
{
    struct reopening *reopening = arena_alloc(call->arena, sizeof *reopening);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    const struct region *region = call_region(call);
    struct wire_reopening wire;
    struct err err;
    if (!region)
        return;
    if (!wire_decode_reopening(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const struct offering *offering = wire.offering.ptr ? region_offering(region, wire.offering) : NULL;
    if (wire.offering.ptr && !offering) {
        issues_add(issues, slice_of("/offering"), "unknown-word",
                   "not an offering of this region; GET /v1/vocabulary lists them");
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        return;
    }
    *reopening = (struct reopening){.note = {.texts = {{"reason", wire.reason, NULL}}, .on_sealed = reopen},
                                    .offering = offering ? call_number(call, offering->id) : NULL};
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    note_seal(call, &reopening->note, STORE_CLIENT_TO_REOPEN, params);
}

/* ---- who directs ---- */

static void on_directed(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (slice_is(word, "organisation-unknown"))
        call_refuse(call, ERR_INVALID_BODY, "/organisation", "unknown-word",
                    "not an organisation of this region; GET /v1/vocabulary lists them");
    else if (slice_is(word, "has-no-part"))
        call_problem(call, ERR_STATE_NOT_ALLOWED,
                     "Only an organisation with an open or completed step of this referral can direct it.",
                     NULL);
    else if (slice_is(word, "has-ended"))
        call_problem(call, ERR_STATE_NOT_ALLOWED, "The referral has ended: there is nothing left to direct.",
                     NULL);
    else if (slice_is(word, "not-yours"))
        call_forbid(call, ERR_NOT_YOURS, NULL,
                    "The director hands over, or a coordinator; who referred, while nobody directs.");
    else
        outcome_tell(call, result, 200);
}

void referrals_direct(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_direction wire;
    struct err err;
    if (!wire_decode_direction(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 7);
    params[4] = call_number(call, call->id);
    params[5] = arena_text(call->arena, wire.organisation);
    call_query(call, STORE_DIRECT_REFERRAL, params, on_directed);
}
