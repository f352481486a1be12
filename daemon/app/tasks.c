/*
 * Handlers of what a worker does between one state and the next: calling back on the day that was promised,
 * goals in the client's own words. Texts are sealed here; who may, the database decides.
 */
#include "amsterdam.h"
#include "handlers.h"
#include "note.h"
#include "outcome.h"
#include "region.h"
#include "wire.h"

static void tell(struct call *call, const PGresult *result, int status)
{
    if (PQntuples(result) && slice_is(store_text(result, 0, "result"), "not-yours"))
        call_forbid(call, ERR_NOT_YOURS, NULL,
                    "Only who works for the organisation that owns the step promises, calls and sets goals.");
    else
        outcome_tell(call, result, status);
}

static void on_made(struct call *call, const PGresult *result)
{
    tell(call, result, 201);
}

static void on_done(struct call *call, const PGresult *result)
{
    tell(call, result, 200);
}

/* ---- calling back ---- */

struct call_back {
    struct note note; /* first */
    moment due;
    bool instead, is_day_off;
};

static void promise_call_back(struct call *call, struct note *note)
{
    const struct call_back *promise = (const struct call_back *)note;
    const char **params = call_write_params(call, 11);
    char text[MOMENT_TEXT];
    params[4] = call_number(call, call->id);
    params[5] = call_text(call, slice_of(moment_text(promise->due, text)));
    params[6] = promise->instead ? "true" : "false";
    params[7] = promise->is_day_off ? "true" : "false";
    params[8] = note->id;
    params[9] = note->texts[0].sealed;
    call_query(call, STORE_PROMISE_CALL_BACK, params, on_made);
}

/* When it is due: at the time that was named, else at the end of the working day. False: not in the future,
 * or out of sight. */
static bool due_of(struct call *call, const struct region *region, const struct wire_call_back *wire,
                   struct call_back *promise)
{
    moment now = clock_wall(&call->worker->app->clock);
    return calendar_due(&region->calendar, now, (struct span){SPAN_DATE, 0}, wire->on, &promise->due) &&
           (!wire->at.ptr || calendar_at(wire->on, wire->at, &promise->due)) && promise->due > now;
}

void steps_call_back(struct call *call)
{
    struct call_back *promise = arena_alloc(call->arena, sizeof *promise);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    const struct region *region = call_region(call);
    struct wire_call_back wire;
    struct err err;
    if (!region)
        return;
    if (!wire_decode_call_back(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    if (!due_of(call, region, &wire, promise)) {
        issues->arena = call->arena;
        issues_add(issues, slice_of(wire.at.ptr ? "/at" : "/on"), "range",
                   "a moment from now to ten years ahead; without a time a day is over at 17:00");
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        return;
    }
    promise->note = (struct note){.texts = {{"text", wire.note, NULL}}, .on_sealed = promise_call_back};
    promise->instead = wire.instead;
    promise->is_day_off = !calendar_is_working_day(&region->calendar, amsterdam_day(promise->due));
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    note_seal(call, &promise->note, STORE_CLIENT_OF_STEP, params);
}

void steps_called_back(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_called_back wire;
    struct err err;
    if (!wire_decode_called_back(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 8);
    params[4] = call_number(call, call->id);
    params[5] = call_text(call, wire.channel);
    params[6] = call_text(call, wire.result);
    call_query(call, STORE_KEEP_CALL_BACK, params, on_done);
}

/* ---- goals ---- */

struct goal {
    struct note note; /* first */
    const char *domain, *score;
};

static void set_goal(struct call *call, struct note *note)
{
    const struct goal *goal = (const struct goal *)note;
    const char **params = call_write_params(call, 10);
    params[4] = call_number(call, call->id);
    params[5] = note->id;
    params[6] = note->texts[0].sealed;
    params[7] = goal->domain;
    params[8] = goal->score;
    call_query(call, STORE_SET_GOAL, params, on_made);
}

void goals_set(struct call *call)
{
    struct goal *goal = arena_alloc(call->arena, sizeof *goal);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    const struct region *region = call_region(call);
    struct wire_goal wire;
    struct err err;
    if (!region)
        return;
    if (!wire_decode_goal(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    if (!region_domain(region, wire.domain)) {
        issues->arena = call->arena;
        issues_add(issues, slice_of("/domain"), "unknown-word",
                   "not a life domain of this region; GET /v1/vocabulary lists them");
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        return;
    }
    *goal = (struct goal){.note = {.texts = {{"text", wire.text, NULL}}, .on_sealed = set_goal},
                          .domain = call_text(call, wire.domain),
                          .score = wire.score ? call_number(call, wire.score) : NULL};
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    note_seal(call, &goal->note, STORE_CLIENT_OF_STEP, params);
}

static const char **goal_params(struct call *call, const char *value)
{
    const char **params = call_write_params(call, 7);
    params[4] = call_number(call, call->id);
    params[5] = value;
    return params;
}

void goals_score(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_goal_score wire;
    struct err err;
    if (wire_decode_goal_score(http_request_body(call->request), call->arena, &wire, issues, &err))
        call_query(call, STORE_SCORE_GOAL, goal_params(call, call_number(call, wire.score)), on_done);
    else
        call_invalid(call, issues, &err);
}

void goals_end(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_goal_end wire;
    struct err err;
    if (wire_decode_goal_end(http_request_body(call->request), call->arena, &wire, issues, &err))
        call_query(call, STORE_END_GOAL, goal_params(call, call_text(call, wire.state)), on_done);
    else
        call_invalid(call, issues, &err);
}

void goals_list(struct call *call)
{
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_LIST_GOALS, params, call_found);
}
