#include "dues.h"

#include "route.h"
#include "store.h"

enum { TRIES = 20 }; /* declines of one referral that rule table 6 tells apart */

/* In the order of the database's arrays. */
static const char *const urgencies[] = {"routine", "soon"};
enum { URGENCIES = sizeof urgencies / sizeof urgencies[0] };

const struct due_promise due_next_step = {"next-step", {SPAN_WORKING_DAYS, 1}};

struct due_promise due_of_state(const struct region *region, const char *code, struct arena *arena)
{
    const struct state *state = machine_state(&region->machine, slice_of(code));
    if (!state || !state->promise_kind.ptr)
        return (struct due_promise){"", {SPAN_NONE, 0}};
    return (struct due_promise){arena_text(arena, state->promise_kind), state->promise};
}

static bool due(const struct region *region, moment now, struct due_promise promise, size_t urgency,
                struct slice date, moment *at)
{
    struct span span = promise.span;
    if (span.unit != SPAN_DATE)
        rule_promise(region, slice_of(promise.kind), slice_of(urgencies[urgency]), &span);
    return calendar_due(&region->calendar, now, span, date, at);
}

const char *dues_text(const struct region *region, moment now, struct due_promise promise, struct slice date,
                      struct arena *arena)
{
    char text[MOMENT_TEXT];
    struct store_array array;
    moment at;
    if (promise.span.unit == SPAN_NONE)
        return NULL;
    store_array_begin(&array, arena);
    for (size_t i = 0; i < URGENCIES; i++) {
        if (!due(region, now, promise, i, date, &at))
            return NULL;
        store_array_add(&array, slice_of(moment_text(at, text)));
    }
    return store_array_end(&array);
}

void dues_put(struct json_out *out, const char *name, const struct region *region, moment now,
              struct due_promise promise)
{
    char text[MOMENT_TEXT];
    moment at;
    out_open(out, name, '[');
    for (size_t i = 0; i < URGENCIES; i++)
        if (due(region, now, promise, i, SLICE_NONE, &at))
            out_text(out, NULL, slice_of(moment_text(at, text)));
    out_close(out, ']');
}

/* For one urgency and every number of tries. */
static void put_after(struct json_out *out, const struct region *region, struct slice code,
                      const char *urgency)
{
    const struct ruleset *set = region->tables[TABLE_DECLINES];
    for (int tries = 1; tries <= TRIES; tries++) {
        enum after_decline after;
        const struct ruling *ruling;
        if (!rule_after_decline(region, code, slice_of(urgency), tries, &after, &ruling))
            continue;
        out_open(out, NULL, '{');
        out_text(out, "urgency", slice_of(urgency));
        out_integer(out, "tries", tries);
        out_text(out, "next", slice_of(after_decline_word(after)));
        out_text(out, "rule", ruling_id(set, ruling));
        out_text(out, "reason", ruling_reason(set, ruling));
        out_close(out, '}');
    }
}

const char *dues_after_decline(const struct region *region, moment now, struct slice code,
                               struct arena *arena)
{
    const struct ruleset *set = region->tables[TABLE_DECLINES];
    if (!set)
        return NULL;
    struct json_out out = json_out_new(arena, 8192);
    out_open(&out, NULL, '{');
    out_integer(&out, "table", TABLE_DECLINES);
    out_integer(&out, "version", set->version);
    out_open(&out, "rules", '[');
    for (size_t i = 0; i < URGENCIES; i++)
        put_after(&out, region, code, urgencies[i]);
    out_close(&out, ']');
    dues_put(&out, "offer", region, now, due_of_state(region, "offered", arena));
    out_close(&out, '}');
    return json_out_slice(&out).ptr;
}
