/*
 * Handlers of offerings: how much room there is and whether that is still right, how well they are proved to
 * work, their groups, and the places of steps in those. Who may, and who of two gets the last place, the
 * database decides.
 */
#include "amsterdam.h"
#include "handlers.h"
#include "outcome.h"
#include "wire.h"

/* ---- offerings ---- */

static void on_offerings(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        call_document(call, document, NULL);
    else
        call_refuse(call, ERR_INVALID_PARAMETER, "?organisation", "unknown-word",
                    "not an organisation of this region; GET /v1/vocabulary lists them");
}

void offerings_list(struct call *call)
{
    const char **params = call_own_params(call, 4);
    params[2] = call_text(call, call_parameter(call, "organisation"));
    if (call_flag(call, "asked", &params[3]))
        call_query(call, STORE_LIST_OFFERINGS, params, on_offerings);
}

static void tell(struct call *call, const PGresult *result, int status)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    issues->arena = call->arena;
    if (slice_is(word, "offering-unknown")) {
        issues_add(issues, slice_of("/offering"), "unknown-word",
                   "not an offering of this region; GET /v1/offerings lists them");
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
    } else if (slice_is(word, "as-of-ahead")) {
        issues_add(issues, slice_of("/asOf"), "range", "today or a day that has been");
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
    } else if (slice_is(word, "not-yours"))
        call_forbid(
            call, ERR_NOT_YOURS, NULL,
            "Only who works for the organisation of an offering, or a coordinator, says what there is.");
    else
        outcome_tell(call, result, status);
}

static void on_said(struct call *call, const PGresult *result)
{
    tell(call, result, 201);
}

static void on_proved(struct call *call, const PGresult *result)
{
    if (PQntuples(result) && slice_is(store_text(result, 0, "result"), "not-yours"))
        call_forbid(call, ERR_NOT_YOURS, NULL,
                    "Only a coordinator notes how well it is proved that an offering works.");
    else
        on_said(call, result);
}

static void on_changed(struct call *call, const PGresult *result)
{
    tell(call, result, 200);
}

/* NULL: not known. */
static const char *number_or_none(struct call *call, int number)
{
    return number < 0 ? NULL : call_number(call, number);
}

void offerings_set(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_capacity wire;
    struct err err;
    if (!wire_decode_capacity(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 9);
    params[4] = call_text(call, wire.offering);
    params[5] = call_text(call, wire.state);
    params[6] = number_or_none(call, wire.places);
    params[7] = number_or_none(call, wire.wait_days);
    call_query(call, STORE_SET_CAPACITY, params, on_said);
}

void offerings_confirm(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_confirmation wire;
    struct err err;
    if (!wire_decode_confirmation(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 6);
    params[4] = call_text(call, wire.offering);
    call_query(call, STORE_CONFIRM_OFFERING, params, on_said);
}

void offerings_prove(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_evidence wire;
    struct err err;
    if (!wire_decode_evidence(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 9);
    params[4] = call_text(call, wire.offering);
    params[5] = slice_is(wire.level, "none") ? NULL : call_text(call, wire.level);
    params[6] = call_text(call, wire.source);
    params[7] = call_text(call, wire.as_of);
    call_query(call, STORE_SET_EVIDENCE, params, on_proved);
}

/* ---- groups ---- */

void groups_make(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_group wire;
    struct err err;
    if (!wire_decode_group(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 12);
    params[4] = call_text(call, wire.offering);
    params[5] = call_text(call, wire.name);
    params[6] = call_text(call, wire.starts_on);
    params[7] = call_text(call, wire.ends_on);
    params[8] = call_text(call, wire.way);
    params[9] = wire.rolling ? "true" : "false";
    params[10] = call_number(call, wire.places);
    call_query(call, STORE_MAKE_GROUP, params, on_said);
}

void groups_change(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_group wire;
    struct err err;
    if (!wire_decode_group_change(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 10);
    params[4] = call_number(call, call->id);
    params[5] = call_text(call, wire.name);
    params[6] = call_text(call, wire.starts_on);
    params[7] = call_text(call, wire.ends_on);
    params[8] = number_or_none(call, wire.places);
    call_query(call, STORE_CHANGE_GROUP, params, on_changed);
}

void groups_end(struct call *call)
{
    if (!call_says_nothing(call))
        return;
    const char **params = call_write_params(call, 6);
    params[4] = call_number(call, call->id);
    call_query(call, STORE_END_GROUP, params, on_changed);
}

/* ---- places of steps ---- */

static void on_placed(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (slice_is(word, "group-full"))
        call_problem(call, ERR_STATE_NOT_ALLOWED,
                     "There is no place for this step in the group now. With wait it stands in its line.",
                     NULL);
    else if (slice_is(word, "not-yours"))
        call_forbid(call, ERR_NOT_YOURS, NULL,
                    "Only who works for the organisation that owns the step finds it a place.");
    else
        outcome_tell(call, result, 200);
}

void steps_place(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_place wire;
    struct err err;
    if (!wire_decode_place(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 9);
    params[4] = call_number(call, call->id);
    params[5] = wire.group.ptr ? call_number(call, wire.group_id) : NULL;
    params[6] = call_number(call, wire.persons);
    params[7] = wire.wait ? "true" : "false";
    call_query(call, STORE_TAKE_PLACE, params, on_placed);
}

void steps_leave(struct call *call)
{
    if (!call_says_nothing(call))
        return;
    const char **params = call_write_params(call, 6);
    params[4] = call_number(call, call->id);
    call_query(call, STORE_LEAVE_PLACE, params, on_placed);
}

/* "2026-12-07": today in Amsterdam. */
static const char *today_text(const struct call *call)
{
    return date_print(amsterdam_day(clock_wall(&call->worker->app->clock)),
                      arena_alloc(call->arena, DATE_TEXT));
}

void steps_attend(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    const char *today = today_text(call);
    struct wire_attendance wire;
    struct err err;
    if (!wire_decode_attendance(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    if (wire.on.ptr && memcmp(wire.on.ptr, today, wire.on.len) > 0) {
        issues_add(issues, slice_of("/on"), "range", "today or a day that has been");
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        return;
    }
    const char **params = call_write_params(call, 8);
    params[4] = call_number(call, call->id);
    params[5] = wire.attended ? "true" : "false";
    params[6] = wire.on.ptr ? call_text(call, wire.on) : today;
    call_query(call, STORE_MARK_ATTENDANCE, params, on_placed);
}
