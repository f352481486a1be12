/*
 * Handlers of the emergency button, its second look, and notices. What a reason says is sealed here; who may
 * press, look and review, the database decides.
 */
#include "handlers.h"
#include "note.h"
#include "outcome.h"
#include "region.h"
#include "wire.h"

static const struct span second_look = {SPAN_WORKING_DAYS, 2};

static void on_made(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 201);
}

static void on_done(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 200);
}

/* ---- the button ---- */

static void use(struct call *call, struct note *note)
{
    const struct region *region = call_region(call);
    moment due;
    char text[MOMENT_TEXT];
    if (!region)
        return;
    if (!calendar_due(&region->calendar, clock_wall(&call->worker->app->clock), second_look, SLICE_NONE,
                      &due)) {
        call_problem(call, ERR_INTERNAL, NULL, NULL);
        return;
    }
    const char **params = call_write_params(call, 9);
    params[4] = call_number(call, call->id);
    params[5] = note->id;
    params[6] = note->texts[0].sealed;
    params[7] = arena_text(call->arena, slice_of(moment_text(due, text)));
    call_query(call, STORE_USE_EMERGENCY, params, on_made);
}

void emergency_use(struct call *call)
{
    struct note *note = arena_alloc(call->arena, sizeof *note);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_emergency emergency;
    struct err err;
    if (!wire_decode_emergency(http_request_body(call->request), call->arena, &emergency, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    *note = (struct note){.texts = {{"reason", emergency.reason, NULL}}, .on_sealed = use};
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    note_seal(call, note, STORE_CLIENT_FOR_EMERGENCY, params);
}

void emergencies_list(struct call *call)
{
    const char **params = call_params(call, 5);
    if (call_page(call, &params[2], &params[3]))
        call_query(call, STORE_LIST_EMERGENCIES, params, call_listed);
}

/* ---- the second look ---- */

struct review {
    struct note note; /* first */
    const char *verdict;
};

static void review(struct call *call, struct note *note)
{
    const struct review *looked = (const struct review *)note;
    const char **params = call_write_params(call, 9);
    params[4] = call_number(call, call->id);
    params[5] = looked->verdict;
    params[6] = note->id;
    params[7] = note->texts[0].sealed;
    call_query(call, STORE_REVIEW_EMERGENCY, params, on_done);
}

void emergency_review(struct call *call)
{
    struct review *looked = arena_alloc(call->arena, sizeof *looked);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_review wire;
    struct err err;
    if (!wire_decode_review(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    *looked = (struct review){.note = {.texts = {{"text", wire.text, NULL}}, .on_sealed = review},
                              .verdict = arena_text(call->arena, wire.verdict)};
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    note_seal(call, &looked->note, STORE_CLIENT_OF_EMERGENCY, params);
}

/* ---- notices ---- */

void notices_list(struct call *call)
{
    const char **params = call_params(call, 6);
    if (call_flag(call, "unread", &params[2]) && call_page(call, &params[3], &params[4]))
        call_query(call, STORE_LIST_NOTICES, params, call_listed);
}

void notices_read(struct call *call)
{
    if (!call_says_nothing(call))
        return;
    const char **params = call_write_params(call, 6);
    params[4] = call_number(call, call->id);
    call_query(call, STORE_READ_NOTICE, params, on_done);
}
