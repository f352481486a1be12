#include "history_rows.h"

const struct history_shape history_shapes[HISTORY_ALL] = {
    [HISTORY_REFERRAL] = {"referral",
                          "referral_id",
                          NULL,
                          "referral_id",
                          14,
                          {"client_id", "organisation_id", "account_id", "created_at", "outcome", "ended_at",
                           "closed_at", "origin", "merged_into", "director_id", "domains", "wishes",
                           "urgency", "class_id"}},
    [HISTORY_STEP] = {"step",
                      "step_id",
                      NULL,
                      "step_id",
                      15,
                      {"owner_id", "offering_id", "parent_id", "previous_id", "state", "status", "version",
                       "promise_nr", "decline_code", "created_at", "ended_at", "assignee_id", "after_id",
                       "offered_to", "offer_group"}},
    [HISTORY_PROMISE] = {"promise",
                         "step_id",
                         "nr",
                         "step_id, nr",
                         9,
                         {"kind", "organisation_id", "owner_id", "referrer_id", "level", "started_at",
                          "due_at", "ended_at", "ended_how"}},
    [HISTORY_FEEDBACK] = {"feedback",
                          "feedback_id",
                          NULL,
                          "feedback_id",
                          10,
                          {"step_id", "state", "from_id", "to_id", "at", "is_final", "opened_at", "opened_by",
                           "form", "story"}},
    [HISTORY_GOAL] = {"goal",
                      "goal_id",
                      NULL,
                      "goal_id",
                      7,
                      {"step_id", "state", "score_first", "score", "created_at", "ended_at", "domain"}},
    [HISTORY_MESSAGE] = {"message",
                         "message_id",
                         NULL,
                         "message_id",
                         5,
                         {"step_id", "nr", "organisation_id", "account_id", "at"}},
    [HISTORY_ATTACHMENT] = {"attachment",
                            "attachment_id",
                            NULL,
                            "attachment_id",
                            7,
                            {"step_id", "nr", "organisation_id", "account_id", "at", "media", "size"}},
    [HISTORY_MARK] = {"message_mark",
                      "step_id",
                      "organisation_id",
                      "step_id, organisation_id",
                      3,
                      {"message_nr", "account_id", "at"}},
    [HISTORY_PLACE] = {"place", "step_id", NULL, "step_id", 4, {"group_id", "persons", "state", "asked_at"}},
    [HISTORY_EVENT] =
        {"event", "event_id", NULL, "at, event_id", 41, {"at",           "kind",
                                                         "account_id",   "organisation_id",
                                                         "step_id",      "version",
                                                         "from_state",   "to_state",
                                                         "from_status",  "to_status",
                                                         "owner_id",     "offering_id",
                                                         "parent_id",    "previous_id",
                                                         "client_id",    "decline_code",
                                                         "promise_kind", "promise_organisation_id",
                                                         "promise_due",  "feedback_id",
                                                         "outcome",      "level",
                                                         "origin",       "merged_into",
                                                         "result",       "score",
                                                         "object_id",    "after_id",
                                                         "director_id",  "form",
                                                         "offered_to",   "offer_group",
                                                         "message_nr",   "group_id",
                                                         "persons",      "domains",
                                                         "wishes",       "urgency",
                                                         "media",        "size",
                                                         "class_id"}},
    [HISTORY_GROUP] = {"offering_group",
                       "group_id",
                       NULL,
                       "group_id",
                       9,
                       {"name", "starts_on", "ends_on", "way", "rolling", "places", "taken", "created_at",
                        "ended_at"}},
    [HISTORY_EVIDENCE] =
        {"evidence", "offering_id", NULL, "offering_id", 5, {"level", "source", "as_of", "account_id", "at"}},
    [HISTORY_CONFIRMATION] = {"offering_promise",
                              "nr",
                              NULL,
                              "nr",
                              6,
                              {"organisation_id", "level", "started_at", "due_at", "ended_at", "ended_how"}},
    [HISTORY_OFFERING_EVENT] = {"offering_event",
                                "event_id",
                                NULL,
                                "at, event_id",
                                17,
                                {"at", "kind", "organisation_id", "places", "group_id", "name", "starts_on",
                                 "ends_on", "way", "rolling", "nr", "due_at", "level", "account_id", "as_of",
                                 "evidence", "source"}},
};

const char history_unsaid[] = "";

/* ---- rows ---- */

struct history *history_new(struct arena *arena, int64_t referral_id, struct history_sink sink)
{
    struct history *history = arena_alloc(arena, sizeof *history);
    history->arena = arena;
    history->referral_id = referral_id;
    history->sink = sink;
    for (int i = 0; i < HISTORY_ALL; i++) {
        history->told[i].end = &history->told[i].first;
        history->found[i].end = &history->found[i].first;
    }
    return history;
}

static struct row *find(const struct rows *rows, int64_t id, int64_t nr)
{
    struct row *row = rows->first;
    while (row && (row->id != id || row->nr != nr))
        row = row->next;
    return row;
}

static struct row *add(struct history *history, struct rows *rows, enum history_table table, int64_t id,
                       int64_t nr)
{
    struct row *row = arena_alloc(history->arena, sizeof *row);
    row->id = id;
    row->nr = nr;
    row->cells = arena_array(history->arena, history_shapes[table].count, sizeof *row->cells);
    *rows->end = row;
    rows->end = &row->next;
    return row;
}

void history_row(struct history *history, enum history_table table, int64_t id, int64_t nr,
                 const struct slice *cells)
{
    struct row *row = add(history, &history->found[table], table, id, nr);
    for (size_t i = 0; i < history_shapes[table].count; i++)
        row->cells[i] = arena_slice(history->arena, cells[i]);
}

struct row *history_tell(struct history *history, enum history_table table, int64_t id, int64_t nr)
{
    return add(history, &history->told[table], table, id, nr);
}

struct row *history_told(const struct history *history, enum history_table table, int64_t id, int64_t nr)
{
    return find(&history->told[table], id, nr);
}

int64_t history_number(struct slice cell)
{
    int64_t value = 0;
    slice_to_i64(cell, INT64_MIN, INT64_MAX, &value);
    return value;
}

void history_event(struct history *history, int64_t id, const struct slice *cells)
{
    size_t count = history_shapes[HISTORY_EVENT].count;
    struct slice *copy = arena_array(history->arena, count, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = arena_slice(history->arena, cells[i]);
    struct event event = {.id = id,
                          .step = history_number(copy[EVENT_STEP]),
                          .version = history_number(copy[EVENT_VERSION]),
                          .feedback = history_number(copy[EVENT_FEEDBACK]),
                          .level = history_number(copy[EVENT_LEVEL]),
                          .object = history_number(copy[EVENT_OBJECT]),
                          .cells = copy};
    history_apply(history, &event);
}

/* ---- comparing ---- */

static void report_row(const struct history *history, enum history_fault fault, enum history_table table,
                       const struct row *row)
{
    struct history_finding finding = {.fault = fault, .table = table, .id = row->id, .nr = row->nr};
    history->sink.on_finding(history->sink.arg, &finding);
}

static void compare_cells(const struct history *history, enum history_table table, const struct row *says,
                          const struct row *is)
{
    for (size_t i = 0; i < history_shapes[table].count; i++) {
        struct slice a = is->cells[i], b = says->cells[i];
        if (b.ptr == history_unsaid)
            continue;
        if (a.ptr ? b.ptr && slice_equal(a, b) : !b.ptr)
            continue;
        struct history_finding finding = {.fault = HISTORY_DIFFERS,
                                          .table = table,
                                          .id = is->id,
                                          .nr = is->nr,
                                          .column = history_shapes[table].columns[i],
                                          .state = a,
                                          .events = b};
        history->sink.on_finding(history->sink.arg, &finding);
    }
}

static void compare_table(const struct history *history, enum history_table table)
{
    for (struct row *is = history->found[table].first; is; is = is->next) {
        struct row *says = find(&history->told[table], is->id, is->nr);
        if (!says) {
            report_row(history, HISTORY_UNTOLD, table, is);
            continue;
        }
        says->is_met = true;
        compare_cells(history, table, says, is);
    }
    for (const struct row *says = history->told[table].first; says; says = says->next)
        if (!says->is_met)
            report_row(history, HISTORY_GONE, table, says);
}

void history_compare(struct history *history)
{
    for (int table = 0; table < HISTORY_ALL; table++)
        compare_table(history, (enum history_table)table);
}

const char *history_fault_word(enum history_fault fault)
{
    static const char *const words[HISTORY_FAULTS] = {[HISTORY_DIFFERS] = "differs",
                                                      [HISTORY_GONE] = "gone",
                                                      [HISTORY_UNTOLD] = "untold",
                                                      [HISTORY_BROKEN] = "event-does-not-follow",
                                                      [HISTORY_UNKNOWN] = "kind-unknown"};
    return words[fault];
}
