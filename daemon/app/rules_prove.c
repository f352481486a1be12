/*
 * Checking a version, asking for its publication, and approving it, which is refused where the check found
 * what stands in the way: errors are to be mended, warnings to be acknowledged by name by who asks.
 */
#include "json_out.h"
#include "rules.h"
#include "rules_find.h"

static const struct rule_member no_members[] = {{0}};

/* ---- checking ---- */

static void put_more(struct json_out *out, const struct found_list *found)
{
    out_open(out, "more", '{');
    for (int kind = 0; kind < FOUND_COUNT; kind++)
        if (found->more[kind])
            out_integer(out, found_word((enum found_kind)kind), (int64_t)found->more[kind]);
    out_close(out, '}');
}

static void put_proved(struct json_out *out, const struct found_list *found)
{
    out_open(out, "proved", '[');
    for (int kind = 0; kind < FOUND_COUNT; kind++)
        if (found->is_proved[kind])
            out_text(out, NULL, slice_of(found_word((enum found_kind)kind)));
    out_close(out, ']');
}

static void answer_check(struct desk_task *task, const struct rule_head *head, const struct found_list *found)
{
    struct json_out out = json_out_new(task->arena, 512);
    out_open(&out, NULL, '{');
    out_integer(&out, "version", head->version);
    out_integer(&out, "table", head->table);
    put_more(&out, found);
    put_proved(&out, found);
    out_bool(&out, "isPublishable", !found_has_errors(found));
    out_raw(&out, "findings", found_json(found, task->arena));
    out_close(&out, '}');
    desk_json(task, 200, json_out_slice(&out), NULL);
}

static void work_check(struct desk *desk, struct desk_task *task)
{
    struct rule_head head;
    struct found_list found;
    json_t *body = rules_body(task, no_members);
    if (!body)
        return;
    json_decref(body);
    if (rules_head(desk, task, task->call->id, &head) && rules_find(desk, task, &head, &found))
        answer_check(task, &head, &found);
    editions_tidy(desk_editions(desk));
}

void rules_check(struct call *call)
{
    desk_hand_in(call, work_check);
}

/* ---- publishing ---- */

static const struct rule_member publication_members[] = {
    {"acknowledged", rules_is_array, "an array of names of warnings", .required = false},
    {"effectiveFrom", rules_is_text, "a moment, such as \"2026-12-01T00:00:00Z\"", .required = false},
    {0}};

enum { ACKNOWLEDGED = 1000, NAME_MAX_LENGTH = 100, TEXT_MAX = 900 };

struct publication {
    struct slice *names;
    size_t name_count;
    const char *effective_from; /* as a parameter; NULL: at once */
};

static bool take_names(struct desk_task *task, const json_t *list, struct publication *out)
{
    out->name_count = json_array_size(list);
    if (out->name_count > ACKNOWLEDGED) {
        rules_refuse(task, "/acknowledged", "too-many", "at most %d names", ACKNOWLEDGED);
        return false;
    }
    out->names = arena_array(task->arena, out->name_count + 1, sizeof *out->names);
    for (size_t i = 0; i < out->name_count; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (!name || !*name || strlen(name) > NAME_MAX_LENGTH) {
            rules_refuse(task, arena_printf(task->arena, "/acknowledged/%zu", i), "type",
                         "the name of a warning");
            return false;
        }
        out->names[i] = arena_slice(task->arena, slice_of(name));
    }
    return true;
}

static bool take_moment(struct desk_task *task, const json_t *text, struct publication *out)
{
    moment at;
    out->effective_from = NULL;
    if (!text)
        return true;
    if (!moment_parse(slice_of(json_string_value(text)), &at) ||
        at < FIRST_DATE * INT64_C(86400) * MOMENT_SECOND) {
        rules_refuse(task, "/effectiveFrom", "pattern",
                     "a moment from 1900 on, such as \"2026-12-01T00:00:00Z\"");
        return false;
    }
    out->effective_from = moment_text(at, arena_alloc(task->arena, MOMENT_TEXT));
    return true;
}

/* False: answered. */
static bool read_publication(struct desk_task *task, struct publication *out)
{
    json_t *body = rules_body(task, publication_members);
    if (!body)
        return false;
    bool good = take_names(task, json_object_get(body, "acknowledged"), out) &&
                take_moment(task, json_object_get(body, "effectiveFrom"), out);
    json_decref(body);
    return good;
}

/* By its own name, or all of its kind by the word of the kind. */
static bool is_acknowledged(const struct publication *publication, const struct found *one)
{
    for (size_t i = 0; i < publication->name_count; i++)
        if (slice_equal(publication->names[i], one->name) ||
            slice_is(publication->names[i], found_word(one->kind)))
            return true;
    return false;
}

static bool is_kind_acknowledged(const struct publication *publication, enum found_kind kind)
{
    for (size_t i = 0; i < publication->name_count; i++)
        if (slice_is(publication->names[i], found_word(kind)))
            return true;
    return false;
}

/* Warnings that were found beside those that are listed can only be acknowledged all together. */
static void add_unlisted(const struct publication *publication, const struct found_list *found,
                         struct issues *issues)
{
    for (int k = 0; k < FOUND_COUNT; k++) {
        enum found_kind kind = (enum found_kind)k;
        if (found->more[kind] && (found_is_error(kind) || !is_kind_acknowledged(publication, kind)))
            issues_add(issues, slice_of(found_word(kind)), found_word(kind), "%zu more of this kind%s",
                       found->more[kind],
                       found_is_error(kind) ? "" : "; acknowledge them all by the word of the kind");
    }
}

/* Whether something stands in the way; then it is answered. */
static bool is_refused(struct desk_task *task, const struct publication *publication,
                       const struct found_list *found)
{
    struct issues *issues = arena_alloc(task->arena, sizeof *issues);
    issues->arena = task->arena;
    for (size_t i = 0; i < found->count; i++) {
        const struct found *one = &found->list[i];
        struct slice text = slice_clip(one->text, TEXT_MAX);
        if (found_is_error(one->kind) || !is_acknowledged(publication, one))
            issues_add(issues, one->name, found_word(one->kind), "%.*s", SLICE_FMT(text));
    }
    add_unlisted(publication, found, issues);
    if (issues->count == 0)
        return false;
    desk_problem(
        task, ERR_NOT_PUBLISHABLE,
        found_has_errors(found)
            ? NULL
            : "There are warnings that were not acknowledged. Send their names in `acknowledged`, or "
              "the word of a kind for all of that kind.",
        issues);
    return true;
}

static void answer_decided(struct desk_task *task, const struct rules_row *row)
{
    struct rule_head head;
    enum err_code code = rules_result(row->result);
    if (code == ERR_NONE && rule_head_read(row->document, task->arena, &head))
        desk_json(task, 200, head.text, NULL);
    else
        desk_problem(task, code == ERR_NONE ? ERR_INTERNAL : code,
                     rules_result_detail(task->arena, row->result, row->state), NULL);
}

static void request(struct desk *desk, struct desk_task *task, const struct publication *publication,
                    const struct found_list *found)
{
    const struct call *call = task->call;
    const char **params = rules_params(task, 6);
    struct store_array names;
    struct rules_row row;
    store_array_begin(&names, task->arena);
    for (size_t i = 0; i < publication->name_count; i++)
        store_array_add(&names, publication->names[i]);
    params[2] = arena_text(task->arena, call->key);
    params[3] = arena_text(task->arena, call->hash);
    params[4] = rules_number(task, call->id);
    params[5] = store_array_end(&names);
    params[6] = publication->effective_from;
    params[7] = arena_text(task->arena, found_json(found, task->arena));
    if (rules_ask(desk, task, STORE_REQUEST_PUBLICATION, params, &row))
        answer_decided(task, &row);
}

/* A draft is checked first. What is no draft any more is not: the database says whether this was asked
 * before, or that it cannot be asked. */
static void work_publication(struct desk *desk, struct desk_task *task)
{
    struct publication publication = {0};
    struct rule_head head;
    struct found_list found = {.arena = task->arena};
    if (!read_publication(task, &publication) || !rules_head(desk, task, task->call->id, &head))
        return;
    if (slice_is(head.status, "draft") &&
        (!rules_find(desk, task, &head, &found) || is_refused(task, &publication, &found)))
        return;
    request(desk, task, &publication, &found);
}

static void work_publish(struct desk *desk, struct desk_task *task)
{
    work_publication(desk, task);
    editions_tidy(desk_editions(desk));
}

void rules_publish(struct call *call)
{
    desk_hand_in(call, work_publish);
}

/* ---- approving ---- */

/* Between asking and approving an offering may have ended. Warnings were acknowledged by who asked. */
static bool is_broken(struct desk_task *task, const struct found_list *found)
{
    struct issues *issues = arena_alloc(task->arena, sizeof *issues);
    issues->arena = task->arena;
    for (size_t i = 0; i < found->count; i++) {
        const struct found *one = &found->list[i];
        struct slice text = slice_clip(one->text, TEXT_MAX);
        if (found_is_error(one->kind))
            issues_add(issues, one->name, found_word(one->kind), "%.*s", SLICE_FMT(text));
    }
    if (issues->count)
        desk_problem(task, ERR_NOT_PUBLISHABLE, NULL, issues);
    return issues->count != 0;
}

static void approve(struct desk *desk, struct desk_task *task)
{
    const struct call *call = task->call;
    const char **params = rules_params(task, 3);
    struct rules_row row;
    params[2] = arena_text(task->arena, call->key);
    params[3] = arena_text(task->arena, call->hash);
    params[4] = rules_number(task, call->id);
    if (rules_ask(desk, task, STORE_APPROVE_VERSION, params, &row))
        answer_decided(task, &row);
}

/* As with asking: what does not wait for approval is for the database to judge. */
static void work_approval(struct desk *desk, struct desk_task *task)
{
    struct rule_head head;
    struct found_list found;
    json_t *body = rules_body(task, no_members);
    if (!body)
        return;
    json_decref(body);
    if (!rules_head(desk, task, task->call->id, &head))
        return;
    if (!slice_is(head.status, "awaiting-approval") ||
        (rules_find(desk, task, &head, &found) && !is_broken(task, &found)))
        approve(desk, task);
    editions_tidy(desk_editions(desk));
}

void rules_approve(struct call *call)
{
    desk_hand_in(call, work_approval);
}
