#include "rules.h"

#include <stdarg.h>
#include <stdio.h>

#include "json_in.h"

/* ---- documents ---- */

struct slice rules_dump(const json_t *json, struct arena *arena)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    struct slice copy = arena_slice(arena, slice_of(text ? text : "null"));
    free(text);
    return copy;
}

struct slice rules_join(const struct slice *pieces, size_t count, struct arena *arena)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += pieces[i].len;
    char *text = arena_alloc(arena, length + 1), *at = text;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].len)
            memcpy(at, pieces[i].ptr, pieces[i].len);
        at += pieces[i].len;
    }
    return slice_make(text, length);
}

static void take_head(json_t *json, struct arena *arena, struct rule_head *out)
{
    const struct question *question = question_of(out->table);
    const char *policy = json_string_value(json_object_get(json, "hitPolicy"));
    const char *status = json_string_value(json_object_get(json, "status"));
    out->version = (int)json_integer_value(json_object_get(json, "version"));
    out->based_on = (int)json_integer_value(json_object_get(json, "basedOn"));
    out->policy = policy ? (enum hit_policy)policy[0] : question->policy;
    out->status = arena_slice(arena, slice_of(status ? status : ""));
    out->examples = rules_dump(json_object_get(json, "examples"), arena);
    json_object_del(json, "examples");
    json_object_set_new(json, "code", json_string(question->code));
    json_object_set_new(json, "label", json_string(question->label));
    out->text = rules_dump(json, arena);
}

bool rule_head_read(struct slice document, struct arena *arena, struct rule_head *out)
{
    json_t *json = document.ptr ? json_loadb(document.ptr, document.len, 0, NULL) : NULL;
    out->table = (int)json_integer_value(json_object_get(json, "table"));
    bool good = question_of(out->table) && json_is_array(json_object_get(json, "examples"));
    if (good)
        take_head(json, arena, out);
    json_decref(json);
    return good;
}

/* ---- bodies ---- */

bool rules_is_object(const json_t *json)
{
    return json_is_object(json);
}

bool rules_is_array(const json_t *json)
{
    return json_is_array(json);
}

bool rules_is_text(const json_t *json)
{
    return json_is_string(json);
}

bool rules_is_number(const json_t *json)
{
    return json_is_integer(json) && json_integer_value(json) >= 1 && json_integer_value(json) <= INT32_MAX;
}

static const struct rule_member *member_of(const struct rule_member *members, const char *name)
{
    for (; members->name; members++)
        if (strcmp(members->name, name) == 0)
            return members;
    return NULL;
}

/* RFC 6901 wants ~ and / of a name escaped. */
static const char *pointer_to(struct arena *arena, const char *name)
{
    char *text = arena_alloc(arena, 2 * strlen(name) + 2), *at = text;
    *at++ = '/';
    for (; *name; name++) {
        bool escaped = *name == '~' || *name == '/';
        *at++ = escaped ? '~' : *name;
        if (escaped)
            *at++ = *name == '~' ? '0' : '1';
    }
    return text;
}

enum { NAME_SHOWN = 80 };

void rules_check_members(const json_t *body, const struct rule_member *members, struct issues *issues)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)body, name, value)
    {
        const struct rule_member *member = member_of(members, name);
        struct slice pointer = slice_of(pointer_to(issues->arena, name));
        if (!member)
            issues_add(issues, pointer.len > NAME_SHOWN ? slice_of("") : pointer, "unknown-field",
                       "this body has no such member");
        else if (!(member->nullable && json_is_null(value)) && !member->is(value))
            issues_add(issues, pointer, "type", "%s", member->expected);
    }
    for (; members->name; members++)
        if (members->required && !json_object_get(body, members->name))
            issues_add(issues, slice_of(pointer_to(issues->arena, members->name)), "required", "%s",
                       members->expected);
}

static struct issues *issues_of(struct desk_task *task)
{
    struct issues *issues = arena_alloc(task->arena, sizeof *issues);
    issues->arena = task->arena;
    return issues;
}

json_t *rules_body(struct desk_task *task, const struct rule_member *members)
{
    struct err err;
    struct issues *issues = issues_of(task);
    json_t *body = json_in_read(http_request_body(task->call->request), &err);
    if (!body) {
        desk_problem(task, err.code, arena_printf(task->arena, "%s", err.text), NULL);
        return NULL;
    }
    if (json_is_object(body))
        rules_check_members(body, members, issues);
    else
        issues_add(issues, slice_of(""), "type", "an object");
    if (issues->count == 0)
        return body;
    desk_problem(task, ERR_INVALID_BODY, NULL, issues);
    json_decref(body);
    return NULL;
}

void rules_refuse(struct desk_task *task, const char *pointer, const char *code, const char *format, ...)
{
    struct issues *issues = issues_of(task);
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    issues_add(issues, slice_of(pointer), code, "%s", text);
    desk_problem(task, ERR_INVALID_BODY, NULL, issues);
}

/* ---- on the desk ---- */

const char *rules_number(struct desk_task *task, int64_t number)
{
    return arena_printf(task->arena, "%lld", (long long)number);
}

const char **rules_params(struct desk_task *task, size_t more)
{
    const char **params = arena_array(task->arena, 2 + more, sizeof *params);
    params[0] = rules_number(task, task->call->account.region_id);
    params[1] = rules_number(task, task->call->account.id);
    return params;
}

static void take_row(void *arg, const PGresult *rows)
{
    struct rules_row *row = arg;
    struct arena *arena = row->task->arena;
    if (PQntuples(rows) == 0)
        return;
    struct slice document = store_text(rows, 0, "document");
    if (!document.ptr)
        document = store_text(rows, 0, "answer");
    row->result = arena_slice(arena, store_text(rows, 0, "result"));
    row->state = arena_slice(arena, store_text(rows, 0, "state"));
    row->detail = arena_slice(arena, store_text(rows, 0, "detail"));
    row->document = arena_slice(arena, document);
    row->version = store_number(rows, 0, "version", 0);
}

bool rules_ask(struct desk *desk, struct desk_task *task, enum store_statement statement,
               const char *const *params, struct rules_row *row)
{
    struct err err;
    *row = (struct rules_row){.task = task};
    if (asker_ask(desk_asker(desk), (int)statement, params, take_row, row, &err))
        return true;
    desk_error(task, &err);
    return false;
}

bool rules_head(struct desk *desk, struct desk_task *task, int64_t version, struct rule_head *head)
{
    const char **params = rules_params(task, 1);
    struct rules_row row;
    params[2] = rules_number(task, version);
    if (!rules_ask(desk, task, STORE_RULE_VERSION, params, &row))
        return false;
    if (!row.document.ptr)
        desk_problem(task, ERR_NOT_FOUND, NULL, NULL);
    else if (rule_head_read(row.document, task->arena, head))
        return true;
    desk_problem(task, ERR_INTERNAL, NULL, NULL);
    return false;
}

int rules_in_force(struct desk *desk, struct desk_task *task, int table)
{
    const char **params = rules_params(task, 0);
    struct rules_row row;
    params[1] = rules_number(task, table);
    if (!rules_ask(desk, task, STORE_RULE_VERSION_IN_FORCE, params, &row))
        return 0;
    if (row.version == 0)
        desk_problem(task, ERR_NOT_FOUND, "No version of this table is in force.", NULL);
    return (int)row.version;
}

struct edition *rules_edition(struct desk *desk, struct desk_task *task, const struct rule_head *head,
                              const struct region *region)
{
    struct err err;
    struct edition_wish wish = {.region_id = task->call->account.region_id,
                                .version = head->version,
                                .table = head->table,
                                .policy = head->policy,
                                .region = region,
                                .examples = head->examples};
    struct edition *edition = editions_get(desk_editions(desk), &wish, &err);
    if (!edition)
        desk_error(task, &err);
    return edition;
}

/* ---- results ---- */

static const struct {
    const char *word;
    enum err_code code;
    const char *detail;
} results[] = {
    {"created", ERR_NONE, NULL},
    {"requested", ERR_NONE, NULL},
    {"approved", ERR_NONE, NULL},
    {"discarded", ERR_NONE, NULL},
    {"rolled-back", ERR_NONE, NULL},
    {"replayed", ERR_NONE, NULL},
    {"key-reused", ERR_KEY_REUSED, NULL},
    {"account-unknown", ERR_UNKNOWN_ACCOUNT, NULL},
    {"not-yours", ERR_WRONG_ROLE, NULL},
    {"not-found", ERR_NOT_FOUND, NULL},
    {"same-person", ERR_SAME_PERSON, NULL},
    {"nothing-before", ERR_STATE_NOT_ALLOWED, "No version was in force before the present one."},
};

enum err_code rules_result(struct slice word)
{
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (slice_is(word, results[i].word))
            return results[i].code;
    return slice_is(word, "state-not-allowed") ? ERR_STATE_NOT_ALLOWED : ERR_INTERNAL;
}

const char *rules_result_detail(struct arena *arena, struct slice word, struct slice state)
{
    if (slice_is(word, "state-not-allowed") && state.len)
        return arena_printf(arena, "The version is %.*s, from which this is not possible.", SLICE_FMT(state));
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (slice_is(word, results[i].word))
            return results[i].detail;
    return NULL;
}
