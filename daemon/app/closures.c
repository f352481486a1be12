/*
 * Handlers of the days on which the region is closed: its own, and the public holidays that core/calendar.h
 * knows. A change is a new version of the region, which every daemon takes up.
 */
#include "amsterdam.h"
#include "calendar.h"
#include "handlers.h"
#include "outcome.h"
#include "wire.h"

enum { YEARS = 2 }; /* this one and the next, which is near in December */

void closures_list(struct call *call)
{
    const char **params = call_own_params(call, 4);
    int64_t year = amsterdam_time(clock_wall(&call->worker->app->clock)).year;
    struct store_array days, names;
    store_array_begin(&days, call->arena);
    store_array_begin(&names, call->arena);
    for (int64_t day = days_from_civil(year, 1, 1); day < days_from_civil(year + YEARS, 1, 1); day++) {
        const char *name = calendar_holiday(day);
        char date[DATE_TEXT];
        if (!name)
            continue;
        store_array_add(&days, slice_of(date_print(day, date)));
        store_array_add(&names, slice_of(name));
    }
    params[2] = store_array_end(&days);
    params[3] = store_array_end(&names);
    call_query(call, STORE_LIST_CLOSURES, params, call_found);
}

static void on_closed(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 201);
}

static void on_opened(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 200);
}

void closures_add(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_closure wire;
    struct err err;
    if (!wire_decode_closure(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    static const struct calendar public = {NULL, 0};
    int64_t day;
    if (date_parse(wire.day, &day) && !calendar_is_working_day(&public, day)) {
        call_problem(call, ERR_STATE_NOT_ALLOWED,
                     "That day is no working day already: a weekend or a public holiday.", NULL);
        return;
    }
    const char **params = call_write_params(call, 7);
    params[4] = call_text(call, wire.day);
    params[5] = call_text(call, wire.name);
    call_query(call, STORE_CLOSE_DAY, params, on_closed);
}

void closures_end(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_closure_end wire;
    struct err err;
    if (!wire_decode_closure_end(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 6);
    params[4] = call_text(call, wire.day);
    call_query(call, STORE_OPEN_DAY, params, on_opened);
}
