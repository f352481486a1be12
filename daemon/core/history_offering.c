#include "history_rows.h"

/* Cells of an event of an offering, in the order of its shape. */
enum {
    SAID_AT,
    SAID_KIND,
    SAID_ORGANISATION,
    SAID_PLACES,
    SAID_GROUP,
    SAID_NAME,
    SAID_STARTS,
    SAID_ENDS,
    SAID_WAY,
    SAID_ROLLING,
    SAID_NR,
    SAID_DUE,
    SAID_LEVEL,
    SAID_ACCOUNT,
    SAID_AS_OF,
    SAID_EVIDENCE,
    SAID_SOURCE
};

/* ---- groups ---- */

/* An event of a group tells all that is known of it. */
static void put_group(struct row *group, const struct slice *said)
{
    group->cells[GROUP_NAME] = said[SAID_NAME];
    group->cells[GROUP_STARTS] = said[SAID_STARTS];
    group->cells[GROUP_ENDS] = said[SAID_ENDS];
    group->cells[GROUP_WAY] = said[SAID_WAY];
    group->cells[GROUP_ROLLING] = said[SAID_ROLLING];
    group->cells[GROUP_PLACES] = said[SAID_PLACES];
}

static const char *apply_made(struct history *history, const struct slice *said)
{
    int64_t id = history_number(said[SAID_GROUP]);
    if (history_told(history, HISTORY_GROUP, id, 0))
        return "makes a group that is there";
    struct row *group = history_tell(history, HISTORY_GROUP, id, 0);
    group->cells[GROUP_CREATED] = said[SAID_AT];
    put_group(group, said);
    return NULL;
}

static const char *apply_changed(struct history *history, const struct slice *said)
{
    struct row *group = history_told(history, HISTORY_GROUP, history_number(said[SAID_GROUP]), 0);
    if (!group)
        return "is about a group that is not there";
    put_group(group, said);
    return group->cells[GROUP_ENDED].ptr ? "changes a group that was called off" : NULL;
}

static const char *apply_ended(struct history *history, const struct slice *said)
{
    const char *fault = apply_changed(history, said);
    struct row *group = history_told(history, HISTORY_GROUP, history_number(said[SAID_GROUP]), 0);
    if (group)
        group->cells[GROUP_ENDED] = said[SAID_AT];
    return fault;
}

/* ---- how well it is proved to work ---- */

/* The last word holds. */
static const char *apply_evidence(struct history *history, const struct slice *said)
{
    int64_t offering = history->referral_id;
    struct row *evidence = history_told(history, HISTORY_EVIDENCE, offering, 0);
    if (!evidence)
        evidence = history_tell(history, HISTORY_EVIDENCE, offering, 0);
    evidence->cells[EVIDENCE_LEVEL] = said[SAID_EVIDENCE];
    evidence->cells[EVIDENCE_SOURCE] = said[SAID_SOURCE];
    evidence->cells[EVIDENCE_AS_OF] = said[SAID_AS_OF];
    evidence->cells[EVIDENCE_ACCOUNT] = said[SAID_ACCOUNT];
    evidence->cells[EVIDENCE_AT] = said[SAID_AT];
    return said[SAID_EVIDENCE].ptr && !said[SAID_SOURCE].ptr ? "tells a level without its source" : NULL;
}

/* ---- whether it is still right ---- */

static const char *apply_asked(struct history *history, const struct slice *said)
{
    int64_t nr = history_number(said[SAID_NR]);
    const struct row *before = history_told(history, HISTORY_CONFIRMATION, nr - 1, 0);
    if (history_told(history, HISTORY_CONFIRMATION, nr, 0))
        return "asks what was asked before";
    struct row *promise = history_tell(history, HISTORY_CONFIRMATION, nr, 0);
    promise->cells[CONFIRMATION_ORGANISATION] = said[SAID_ORGANISATION];
    promise->cells[CONFIRMATION_LEVEL] = slice_of("0");
    promise->cells[CONFIRMATION_STARTED] = said[SAID_AT];
    promise->cells[CONFIRMATION_DUE] = said[SAID_DUE];
    return nr > 1 && !before                                  ? "does not follow the number before"
           : before && !before->cells[CONFIRMATION_ENDED].ptr ? "asks while it is being asked"
                                                              : NULL;
}

static const char no_promise[] = "is about a promise that is not open";

/* The open one of this number. */
static struct row *promise_of(const struct history *history, const struct slice *said)
{
    struct row *promise = history_told(history, HISTORY_CONFIRMATION, history_number(said[SAID_NR]), 0);
    return promise && !promise->cells[CONFIRMATION_ENDED].ptr ? promise : NULL;
}

static const char *end_promise(const struct history *history, const struct slice *said, const char *how)
{
    struct row *promise = promise_of(history, said);
    if (!promise)
        return no_promise;
    promise->cells[CONFIRMATION_ENDED] = said[SAID_AT];
    promise->cells[CONFIRMATION_HOW] = slice_of(how);
    return NULL;
}

/* What is said of room confirms it; it may be said where nobody asked. */
static const char *apply_said(struct history *history, const struct slice *said)
{
    return said[SAID_NR].ptr ? end_promise(history, said, "kept") : NULL;
}

static const char *apply_released(struct history *history, const struct slice *said)
{
    return end_promise(history, said, "released");
}

static const char *apply_overdue(struct history *history, const struct slice *said)
{
    struct row *promise = promise_of(history, said);
    if (!promise)
        return no_promise;
    bool is_next = history_number(said[SAID_LEVEL]) == history_number(promise->cells[CONFIRMATION_LEVEL]) + 1;
    promise->cells[CONFIRMATION_LEVEL] = said[SAID_LEVEL];
    return is_next ? NULL : "does not follow the level before";
}

/* ---- events ---- */

static const struct {
    const char *kind;
    const char *(*apply)(struct history *history, const struct slice *said);
} kinds[] = {{"group-made", apply_made},
             {"group-changed", apply_changed},
             {"group-ended", apply_ended},
             {"group-closed", apply_changed}, /* nobody joins it any more */
             {"capacity-set", apply_said},
             {"offering-confirmed", apply_said},
             {"evidence-set", apply_evidence},
             {"confirmation-asked", apply_asked},
             {"confirmation-overdue", apply_overdue},
             {"confirmation-released", apply_released}};

void history_offering_event(struct history *history, int64_t id, const struct slice *cells)
{
    size_t count = history_shapes[HISTORY_OFFERING_EVENT].count;
    struct slice *said = arena_array(history->arena, count, sizeof *said);
    struct history_finding finding = {
        .fault = HISTORY_UNKNOWN, .table = HISTORY_OFFERING_EVENT, .id = id, .kind = cells[SAID_KIND]};
    for (size_t i = 0; i < count; i++)
        said[i] = arena_slice(history->arena, cells[i]);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (slice_is(cells[SAID_KIND], kinds[i].kind)) {
            finding.fault = HISTORY_BROKEN;
            finding.text = kinds[i].apply(history, said);
            if (!finding.text)
                return;
            break;
        }
    history->sink.on_finding(history->sink.arg, &finding);
}

/* ---- places ---- */

void history_places(const struct history *history,
                    void (*on_place)(void *arg, int64_t group, int64_t persons), void *arg)
{
    for (const struct row *place = history->told[HISTORY_PLACE].first; place; place = place->next)
        if (slice_is(place->cells[PLACE_STATE], "offered") || slice_is(place->cells[PLACE_STATE], "taken"))
            on_place(arg, history_number(place->cells[PLACE_GROUP]),
                     history_number(place->cells[PLACE_PERSONS]));
}

void history_taken(struct history *history, int64_t (*persons_in)(void *arg, int64_t group), void *arg)
{
    for (struct row *group = history->told[HISTORY_GROUP].first; group; group = group->next)
        group->cells[GROUP_TAKEN] =
            slice_of(arena_printf(history->arena, "%lld", (long long)persons_in(arg, group->id)));
}
