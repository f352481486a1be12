/*
 * A trial: the referrals of a period, decided once more with a version in the place of its table, a page at a
 * time. Nothing is written but who was looked at. What is compared is what the tables in force would say
 * today and what they would say with the version. All are counted; one by one are told those whose facts are
 * shared with who asks.
 */
#include "amsterdam.h"
#include "explain.h"
#include "json_out.h"
#include "rules.h"

enum { PAGE = 5000, ITEM_ARENA = 4096, DAY_SECONDS = 86400 };

static const struct rule_member trial_members[] = {
    {"since", rules_is_text, "a date, such as \"2026-01-01\"", .required = true},
    {"until", rules_is_text, "a date, such as \"2026-12-31\"", .required = false},
    {"cursor", rules_is_text, "the cursor of the page before", .required = false},
    {0}};

struct trial {
    struct desk_task *task;
    struct rule_head head;
    const char *since, *until, *cursor; /* parameters; until NULL: now */
    const struct ruleset *after[RULE_TABLES + 1];
    moment now;
    int64_t total, last; /* last: id of the last referral on the page */
    int done;
    size_t undecidable;
    struct moved *moved;
    size_t moved_count, moved_room, withheld;
    struct group *groups;
    size_t group_count, group_room;
    struct err err; /* why it cannot go on; ERR_NONE */
};

/* A referral that would go elsewhere. */
struct moved {
    int64_t id;
    struct slice code, created_at, facts;
    struct replay_result result;
    bool is_shown;
};

struct group {
    const struct offering *from, *to; /* NULL: the coordination */
    size_t count;
};

/* ---- what was asked ---- */

/* Midnight in Amsterdam: clocks are changed later in the day. */
static const char *midnight(struct arena *arena, int64_t day)
{
    moment winter = (day * DAY_SECONDS - 3600) * MOMENT_SECOND;
    moment at = (day * DAY_SECONDS - amsterdam_offset(winter) * 60) * MOMENT_SECOND;
    return moment_text(at, arena_alloc(arena, MOMENT_TEXT));
}

static bool take_date(struct desk_task *task, const json_t *body, const char *name, int64_t add,
                      const char **out)
{
    const json_t *text = json_object_get(body, name);
    int64_t day;
    if (!text)
        return true;
    if (!date_parse(slice_of(json_string_value(text)), &day)) {
        rules_refuse(task, arena_printf(task->arena, "/%s", name), "not-a-date",
                     "a date from 1900 on, such as \"2026-01-01\"");
        return false;
    }
    *out = midnight(task->arena, day + add);
    return true;
}

static bool take_cursor(struct trial *trial, const json_t *body)
{
    const char *text = json_string_value(json_object_get(body, "cursor"));
    uint64_t id = 0;
    if (text && !slice_to_u64(slice_of(text), INT64_MAX, &id)) {
        rules_refuse(trial->task, "/cursor", "pattern", "the cursor of the page before");
        return false;
    }
    trial->cursor = rules_number(trial->task, (int64_t)id);
    return true;
}

/* False: answered. */
static bool read_trial(struct trial *trial)
{
    json_t *body = rules_body(trial->task, trial_members);
    if (!body)
        return false;
    bool good = take_date(trial->task, body, "since", 0, &trial->since) &&
                take_date(trial->task, body, "until", 1, &trial->until) && take_cursor(trial, body);
    json_decref(body);
    return good;
}

/* The tables in force, with the version in the place of its own. False: answered. */
static bool take_tables(struct desk *desk, struct trial *trial)
{
    struct desk_task *task = trial->task;
    struct err err;
    if (trial->head.table > TABLE_OFFERING) {
        rules_refuse(task, "", "range",
                     "table %d does not decide where a referral goes; only tables 1 to 3 can be tried",
                     trial->head.table);
        return false;
    }
    struct edition *edition = rules_edition(desk, task, &trial->head, NULL);
    if (!edition)
        return false;
    for (int t = 1; t <= RULE_TABLES; t++)
        trial->after[t] = task->region->tables[t];
    trial->after[trial->head.table] = edition_ruleset(edition, &err);
    if (!trial->after[trial->head.table])
        desk_error(task, &err);
    return trial->after[trial->head.table] != NULL;
}

/* ---- the page ---- */

static void count_group(struct trial *trial, const struct offering *from, const struct offering *to)
{
    for (size_t i = 0; i < trial->group_count; i++)
        if (trial->groups[i].from == from && trial->groups[i].to == to) {
            trial->groups[i].count++;
            return;
        }
    if (trial->group_count == trial->group_room) {
        size_t room = trial->group_room ? 2 * trial->group_room : 64;
        struct group *grown = arena_array(trial->task->arena, room, sizeof *grown);
        if (trial->group_count)
            memcpy(grown, trial->groups, trial->group_count * sizeof *grown);
        trial->groups = grown;
        trial->group_room = room;
    }
    trial->groups[trial->group_count++] = (struct group){from, to, 1};
}

static void put_offering(struct json_out *out, const char *name, const struct offering *offering)
{
    if (!offering) {
        out_null(out, name);
        return;
    }
    out_open(out, name, '{');
    out_text(out, "code", offering->code);
    out_text(out, "name", offering->name);
    out_close(out, '}');
}

static void put_rule(struct json_out *out, const char *name, const struct ruleset *set,
                     const struct ruling *ruling)
{
    if (!set || !ruling) {
        out_null(out, name);
        return;
    }
    out_open(out, name, '{');
    out_integer(out, "table", set->question->number);
    out_integer(out, "version", set->version);
    out_text(out, "rule", ruling_id(set, ruling));
    out_close(out, '}');
}

static void put_moved(struct json_out *out, const struct moved *moved)
{
    const struct replay_result *result = &moved->result;
    out_open(out, NULL, '{');
    out_text(out, "referral", moved->code);
    out_text(out, "createdAt", moved->created_at);
    put_offering(out, "from", result->from);
    put_offering(out, "to", result->to);
    put_rule(out, "fromRule", result->from_set, result->from_ruling);
    put_rule(out, "toRule", result->to_set, result->to_ruling);
    out_raw(out, "facts", moved->facts);
    out_close(out, '}');
}

static void keep_moved(struct trial *trial, const PGresult *rows, int row, struct slice facts,
                       const struct replay_result *result)
{
    struct arena *arena = trial->task->arena;
    if (trial->moved_count == trial->moved_room) {
        size_t room = trial->moved_room ? 2 * trial->moved_room : 64;
        struct moved *grown = arena_array(arena, room, sizeof *grown);
        if (trial->moved_count)
            memcpy(grown, trial->moved, trial->moved_count * sizeof *grown);
        trial->moved = grown;
        trial->moved_room = room;
    }
    trial->moved[trial->moved_count++] =
        (struct moved){.id = trial->last,
                       .code = arena_slice(arena, store_text(rows, row, "code")),
                       .created_at = arena_slice(arena, store_text(rows, row, "created_at")),
                       .facts = arena_slice(arena, facts),
                       .result = *result};
}

/* The facts as a rule sees them now, whatever the form they were once stored in. */
static struct slice facts_of(struct slice inputs, struct arena *arena)
{
    struct situation situation;
    struct err err;
    return situation_read(inputs, arena, &situation, &err) ? situation_json(&situation, arena) : inputs;
}

/* False: no referral can be decided, trial->err says why. */
static bool try_referral(struct trial *trial, const PGresult *rows, int row, struct arena *arena)
{
    const struct region *region = trial->task->region;
    struct slice inputs = store_text(rows, row, "inputs");
    struct replay_result result;
    trial->last = store_number(rows, row, "referral_id", trial->last);
    trial->done++;
    if (!replay_decide(region, region->tables, trial->after, inputs, trial->now, arena, &result,
                       &trial->err)) {
        trial->undecidable++;
        return trial->err.code != ERR_NO_ROUTE_TABLE;
    }
    count_group(trial, result.from, result.to);
    if (result.moves)
        keep_moved(trial, rows, row, facts_of(inputs, arena), &result);
    return true;
}

static void take_page(void *arg, const PGresult *rows)
{
    struct trial *trial = arg;
    bool goes_on = true;
    for (int row = 0; goes_on && row < PQntuples(rows); row++) {
        struct arena *arena = arena_new(ITEM_ARENA);
        goes_on = try_referral(trial, rows, row, arena);
        arena_free(&arena);
    }
    if (goes_on)
        trial->err.code = ERR_NONE;
}

static void take_count(void *arg, const PGresult *rows)
{
    struct trial *trial = arg;
    trial->total = PQntuples(rows) ? store_number(rows, 0, "count", 0) : 0;
}

/* Whom it may be told of comes in the order of the ids, as those that moved. */
static void take_shown(void *arg, const PGresult *rows)
{
    struct trial *trial = arg;
    size_t at = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        int64_t id = store_number(rows, row, "referral_id", 0);
        while (at < trial->moved_count && trial->moved[at].id < id)
            at++;
        if (at < trial->moved_count && trial->moved[at].id == id) {
            trial->moved[at].is_shown = true;
            trial->withheld--;
        }
    }
}

/* Of which of those that moved more may be told than that they did. */
static bool ask_shown(struct desk *desk, struct trial *trial, struct err *err)
{
    struct desk_task *task = trial->task;
    const char **params = rules_params(task, 2);
    struct store_array ids;
    trial->withheld = trial->moved_count;
    if (!trial->moved_count)
        return true;
    store_array_begin(&ids, task->arena);
    for (size_t i = 0; i < trial->moved_count; i++)
        store_array_add_number(&ids, trial->moved[i].id, 0);
    params[2] = store_array_end(&ids);
    params[3] = task->call->came_from;
    return asker_ask(desk_asker(desk), STORE_REPLAY_SHOWN, params, take_shown, trial, err);
}

/* False: answered. */
static bool run(struct desk *desk, struct trial *trial)
{
    struct desk_task *task = trial->task;
    const char **params = rules_params(task, 4);
    struct err err;
    params[2] = trial->since;
    params[3] = trial->until;
    params[4] = trial->cursor;
    params[5] = rules_number(task, PAGE);
    bool asked = asker_ask(desk_asker(desk), STORE_REPLAY_COUNT, params, take_count, trial, &err) &&
                 asker_ask(desk_asker(desk), STORE_REPLAY_PAGE, params, take_page, trial, &err) &&
                 ask_shown(desk, trial, &err);
    if (!asked)
        desk_error(task, &err);
    else if (trial->err.code != ERR_NONE)
        desk_error(task, &trial->err);
    return asked && trial->err.code == ERR_NONE;
}

/* ---- the answer ---- */

static void put_groups(struct json_out *out, const struct trial *trial)
{
    out_open(out, "groups", '[');
    for (size_t i = 0; i < trial->group_count; i++) {
        const struct group *group = &trial->groups[i];
        out_open(out, NULL, '{');
        if (group->from)
            out_text(out, "from", group->from->code);
        else
            out_null(out, "from");
        if (group->to)
            out_text(out, "to", group->to->code);
        else
            out_null(out, "to");
        out_integer(out, "count", (int64_t)group->count);
        out_close(out, '}');
    }
    out_close(out, ']');
}

static void answer(struct trial *trial)
{
    struct desk_task *task = trial->task;
    struct json_out out = json_out_new(task->arena, 65536);
    out_open(&out, NULL, '{');
    out_integer(&out, "version", trial->head.version);
    out_integer(&out, "table", trial->head.table);
    out_integer(&out, "total", trial->total);
    out_integer(&out, "done", trial->done);
    if (trial->done == PAGE)
        out_text(&out, "cursor", slice_of(rules_number(task, trial->last)));
    else
        out_null(&out, "cursor");
    out_open(&out, "moved", '[');
    for (size_t i = 0; i < trial->moved_count; i++)
        if (trial->moved[i].is_shown)
            put_moved(&out, &trial->moved[i]);
    out_close(&out, ']');
    out_integer(&out, "withheld", (int64_t)trial->withheld);
    put_groups(&out, trial);
    out_integer(&out, "undecidable", (int64_t)trial->undecidable);
    out_close(&out, '}');
    desk_json(task, 200, json_out_slice(&out), NULL);
}

static void work_trial(struct desk *desk, struct desk_task *task)
{
    struct trial *trial = arena_alloc(task->arena, sizeof *trial);
    trial->task = task;
    trial->now = clock_wall(desk_clock(desk));
    if (read_trial(trial) && rules_head(desk, task, task->call->id, &trial->head) &&
        take_tables(desk, trial) && run(desk, trial))
        answer(trial);
    editions_tidy(desk_editions(desk));
}

void rules_try(struct call *call)
{
    desk_hand_in(call, work_trial);
}
