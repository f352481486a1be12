/*
 * Why a referral went where it went. From what was stored with the decision and the rows of the versions it
 * names: of the region as it is now only the names of offerings are taken.
 */
#include "explain.h"
#include "json_out.h"
#include "rules.h"

struct explanation {
    struct desk *desk;
    struct desk_task *task;
    json_t *stored; /* wijzer.decision_record(); owned */
    struct record record;
};

/* A member of what is stored as JSON text; absent where it is null. */
static struct slice text_of(const struct explanation *e, const char *member)
{
    const json_t *json = json_object_get(e->stored, member);
    return json && !json_is_null(json) ? rules_dump(json, e->task->arena) : SLICE_NONE;
}

static struct slice string_of(const struct explanation *e, const char *member)
{
    const char *text = json_string_value(json_object_get(e->stored, member));
    return arena_slice(e->task->arena, slice_of(text ? text : ""));
}

static int number_of(const json_t *json, const char *member)
{
    return (int)json_integer_value(json_object_get(json, member));
}

/* ---- what was stored ---- */

/* Who may not see the facts is told which of them: answered. */
static bool is_withheld(struct explanation *e)
{
    struct slice words = text_of(e, "withheld");
    if (!words.ptr)
        return false;
    desk_problem(e->task, ERR_NOT_SHARED,
                 arena_printf(e->task->arena, "The decision went by what is not shared with you: %.*s.",
                              SLICE_FMT(words)),
                 NULL);
    return true;
}

/* The decision, or false: answered. */
static bool read_stored(struct explanation *e)
{
    struct desk_task *task = e->task;
    const char **params = rules_params(task, 2);
    struct rules_row row;
    params[2] = rules_number(task, task->call->id);
    params[3] = task->call->came_from;
    if (!rules_ask(e->desk, task, STORE_DECISION_RECORD, params, &row))
        return false;
    if (!row.document.ptr) {
        desk_problem(task, ERR_NOT_FOUND, NULL, NULL);
        return false;
    }
    e->stored = json_loadb(row.document.ptr, row.document.len, 0, NULL);
    return e->stored && !is_withheld(e);
}

/* Rows of one version, and what they compile to. False: answered. */
static bool take_version(struct explanation *e, int table, int version)
{
    struct rule_head head;
    struct err err;
    if (table < 1 || table > RULE_TABLES || !rules_head(e->desk, e->task, version, &head))
        return false;
    struct edition *edition = rules_edition(e->desk, e->task, &head, NULL);
    if (!edition)
        return false;
    e->record.tables[table] = edition->table;
    e->record.rulesets[table] = edition_ruleset(edition, &err);
    if (!e->record.rulesets[table])
        desk_error(e->task, &err);
    return e->record.rulesets[table] != NULL;
}

/* The versions that the trail names; of a decision from before there were trails, the one that decided. */
static bool take_versions(struct explanation *e)
{
    const json_t *trail = json_object_get(e->stored, "trail"), *entry;
    size_t index;
    if (!json_is_array(trail))
        return take_version(e, number_of(e->stored, "table"), number_of(e->stored, "version"));
    json_array_foreach((json_t *)(uintptr_t)trail, index, entry)
    {
        if (!take_version(e, number_of(entry, "table"), number_of(entry, "version")))
            return false;
    }
    return true;
}

static bool fill_record(struct explanation *e)
{
    struct err err;
    struct slice created = string_of(e, "createdAt");
    e->record.region = e->task->region;
    e->record.trail = text_of(e, "trail");
    e->record.candidates = text_of(e, "candidates");
    e->record.table = number_of(e->stored, "table");
    e->record.rule = string_of(e, "rule");
    if (!moment_parse(created, &e->record.at))
        e->record.at = clock_wall(desk_clock(e->desk));
    if (situation_read(text_of(e, "inputs"), e->task->arena, &e->record.situation, &err))
        return take_versions(e);
    desk_error(e->task, &err);
    return false;
}

/* ---- what was asked besides ---- */

static void refuse_parameter(struct desk_task *task, const char *name, const char *code, const char *text)
{
    struct issues *issues = arena_alloc(task->arena, sizeof *issues);
    issues->arena = task->arena;
    issues_add(issues, slice_of(name), code, "%s", text);
    desk_problem(task, ERR_INVALID_PARAMETER, NULL, issues);
}

/* False: answered. */
static bool put_why_not(struct explanation *e, struct json_out *out)
{
    struct slice code = call_parameter(e->task->call, "whyNot");
    if (!code.ptr) {
        out_null(out, "whyNot");
        return true;
    }
    const struct offering *offering = region_offering(e->task->region, code);
    if (offering)
        out_raw(out, "whyNot", explain_why_not(&e->record, offering, e->task->arena));
    else
        refuse_parameter(e->task, "?whyNot", "unknown-word",
                         "not an offering of this region; GET /v1/vocabulary lists them");
    return offering != NULL;
}

static bool put_what_if(struct explanation *e, struct json_out *out)
{
    struct slice change = call_parameter(e->task->call, "whatIf"), json;
    struct err err;
    if (!change.ptr) {
        out_null(out, "whatIf");
        return true;
    }
    bool good = explain_what_if(&e->record, change, e->task->arena, &json, &err);
    if (good)
        out_raw(out, "whatIf", json);
    else if (err.code == ERR_INVALID_PARAMETER)
        refuse_parameter(e->task, "?whatIf", "pattern", err.text);
    else
        desk_error(e->task, &err);
    return good;
}

/* ---- the answer ---- */

static void put_decision(struct explanation *e, struct json_out *out)
{
    static const char *const members[] = {"table",        "version",  "rule", "reason", "offering",
                                          "organisation", "evidence", "room", "offered"};
    out_open(out, "decision", '{');
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        out_raw_or_null(out, members[i], text_of(e, members[i]));
    out_close(out, '}');
}

static void answer(struct explanation *e)
{
    struct arena *arena = e->task->arena;
    struct json_out out = json_out_new(arena, 16384);
    struct slice after = text_of(e, "after"), candidates = e->record.candidates;
    out_open(&out, NULL, '{');
    out_code(&out, "referral", e->task->call->id);
    out_text(&out, "createdAt", string_of(e, "createdAt"));
    put_decision(e, &out);
    out_raw(&out, "facts", situation_json(&e->record.situation, arena));
    out_raw(&out, "tables", explain_tables(&e->record, arena));
    out_raw(&out, "candidates", candidates.ptr ? candidates : slice_of("null"));
    out_raw(&out, "after", after.ptr ? after : slice_of("[]"));
    if (!put_why_not(e, &out) || !put_what_if(e, &out))
        return;
    out_close(&out, '}');
    desk_json(e->task, 200, json_out_slice(&out), NULL);
}

static void work_explanation(struct desk *desk, struct desk_task *task)
{
    struct explanation *e = arena_alloc(task->arena, sizeof *e);
    e->desk = desk;
    e->task = task;
    if (read_stored(e) && fill_record(e))
        answer(e);
    json_decref(e->stored);
    editions_tidy(desk_editions(desk));
}

void rules_explain(struct call *call)
{
    desk_hand_in(call, work_explanation);
}
