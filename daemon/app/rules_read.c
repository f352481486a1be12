/*
 * Reading rule tables: the list of the seven, one version with its rows, and what a table says of given
 * facts.
 */
#include "explain.h"
#include "rules.h"

/* ---- the list ---- */

static void put_question(json_t *item)
{
    const struct question *question = question_of((int)json_integer_value(json_object_get(item, "table")));
    if (!question)
        return;
    json_object_set_new(item, "code", json_string(question->code));
    json_object_set_new(item, "label", json_string(question->label));
}

static void on_tables(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    json_t *json = document.ptr ? json_loadb(document.ptr, document.len, 0, NULL) : NULL, *item;
    size_t index;
    if (!json) {
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    json_array_foreach(json_object_get(json, "items"), index, item) put_question(item);
    call_json(call, 200, rules_dump(json, call->arena), NULL);
    json_decref(json);
}

void rules_list(struct call *call)
{
    call_query(call, STORE_LIST_RULE_TABLES, call_own_params(call, 2), on_tables);
}

/* ---- one version ---- */

static void answer_version(struct desk *desk, struct desk_task *task, const struct rule_head *head)
{
    struct edition *edition = rules_edition(desk, task, head, NULL);
    if (!edition)
        return;
    const struct slice pieces[] = {
        slice_make(head->text.ptr, head->text.len - 1), /* without the closing brace */
        slice_of(",\"columns\":"),
        question_columns_json(edition->question, task->region, task->arena),
        slice_of(","),
        rulebook_document_text(edition->question, edition->table, task->arena),
        slice_of("}"),
    };
    desk_json(task, 200, rules_join(pieces, sizeof pieces / sizeof pieces[0], task->arena), NULL);
    editions_tidy(desk_editions(desk));
}

static void work_version(struct desk *desk, struct desk_task *task)
{
    struct rule_head head;
    if (rules_head(desk, task, task->call->id, &head))
        answer_version(desk, task, &head);
}

/* The version that was asked for (call->data), or the one in force. */
static void work_table(struct desk *desk, struct desk_task *task)
{
    const struct call *call = task->call;
    const int64_t *wanted = call->data;
    int64_t version = *wanted ? *wanted : rules_in_force(desk, task, (int)call->id);
    struct rule_head head;
    if (version == 0 || !rules_head(desk, task, version, &head))
        return;
    if (head.table == call->id)
        answer_version(desk, task, &head);
    else
        desk_problem(task, ERR_NOT_FOUND, "This version is of another table.", NULL);
}

void rules_version(struct call *call)
{
    desk_hand_in(call, work_version);
}

/* Whether the path names one of the tables; false: answered. */
static bool is_table(struct call *call)
{
    if (call->id <= RULE_TABLES)
        return true;
    call_problem(call, ERR_NOT_FOUND, "There are seven tables, 1 to 7.", NULL);
    return false;
}

void rules_table(struct call *call)
{
    struct slice text = call_parameter(call, "version");
    int64_t *wanted = arena_alloc(call->arena, sizeof *wanted);
    if (!is_table(call))
        return;
    if (text.ptr && !slice_to_i64(text, 1, INT32_MAX, wanted)) {
        call_refuse(call, ERR_INVALID_PARAMETER, "?version", "range", "the number of a version");
        return;
    }
    call->data = wanted;
    desk_hand_in(call, work_table);
}

/* ---- asking a table ---- */

static const struct rule_member question_members[] = {
    {"facts", rules_is_object, "facts, by the names of the columns", .required = true},
    {"version", rules_is_number, "the number of a version", .required = false},
    {0}};

static void answer_evaluation(struct desk *desk, struct desk_task *task, const struct rule_head *head,
                              const struct situation *situation)
{
    struct edition *edition = rules_edition(desk, task, head, NULL);
    if (!edition)
        return;
    desk_json(task, 200,
              explain_evaluate(edition->question, head->version, edition->table, situation, task->arena),
              NULL);
    editions_tidy(desk_editions(desk));
}

static void work_evaluation(struct desk *desk, struct desk_task *task)
{
    struct situation situation;
    struct rule_head head;
    struct err err;
    json_t *body = rules_body(task, question_members);
    if (!body)
        return;
    int64_t version = json_integer_value(json_object_get(body, "version"));
    struct slice facts = rules_dump(json_object_get(body, "facts"), task->arena);
    json_decref(body);
    if (!situation_read(facts, task->arena, &situation, &err)) {
        rules_refuse(task, "/facts", "unknown-word", "%s", err.text);
        return;
    }
    if (version == 0)
        version = rules_in_force(desk, task, (int)task->call->id);
    if (version == 0 || !rules_head(desk, task, version, &head))
        return;
    if (head.table == task->call->id)
        answer_evaluation(desk, task, &head, &situation);
    else
        rules_refuse(task, "/version", "unknown-word", "version %d is of another table, %d", head.version,
                     head.table);
}

void rules_evaluate(struct call *call)
{
    if (is_table(call))
        desk_hand_in(call, work_evaluation);
}
