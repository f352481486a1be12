/*
 * Writing rule tables: drafts, discarding, rolling back.
 */
#include "rules.h"
#include "wire.h"

enum { DRAFT_RULES = 100000, DRAFT_EXAMPLES = 1000, NOTE_MAX = 500 };

/* ---- a draft ---- */

static bool is_note(const json_t *json)
{
    return json_is_string(json) &&
           slice_utf8_length(slice_make(json_string_value(json), json_string_length(json))) <= NOTE_MAX;
}

static bool are_rules(const json_t *json)
{
    return json_is_array(json) && json_array_size(json) <= DRAFT_RULES;
}

static bool are_examples(const json_t *json)
{
    return json_is_array(json) && json_array_size(json) <= DRAFT_EXAMPLES;
}

static const struct rule_member draft_members[] = {
    {"basedOn", rules_is_number, "the number of the version this was made from, or null", .nullable = true},
    {"note", is_note, "a text of at most 500 characters, or null", .nullable = true},
    {"rules", are_rules, "an array of at most 100,000 rows", .required = true},
    {"otherwise", rules_is_object, "the row for everything else", .required = true},
    {"examples", are_examples, "an array of at most 1,000 examples", .required = true},
    {0}};

enum { TEXT_MAX = 900 };

/* What is wrong with the rows, each by its place in the body. */
static void refuse_rows(struct desk_task *task, const struct table_faults *faults)
{
    struct issues *issues = arena_alloc(task->arena, sizeof *issues);
    size_t more = faults->more;
    issues->arena = task->arena;
    for (size_t i = 0; i < faults->count; i++) {
        const struct table_fault *fault = &faults->list[i];
        struct slice text = slice_clip(fault->text, TEXT_MAX);
        if (issues->count == ISSUES_MAX)
            more++;
        else if (fault->rule.len)
            issues_add(issues, slice_clip(fault->file, TEXT_MAX), "cell", "%.*s: %.*s",
                       SLICE_FMT(fault->rule), SLICE_FMT(text));
        else
            issues_add(issues, slice_clip(fault->file, TEXT_MAX), "cell", "%.*s", SLICE_FMT(text));
    }
    desk_problem(
        task, ERR_INVALID_BODY,
        more ? arena_printf(task->arena,
                            "The rows are not what this table takes. See `errors`; there are %zu more.", more)
             : NULL,
        issues);
}

/* What the database does not know although the daemon did: the region has changed meanwhile. */
static bool is_refused_word(struct desk_task *task, const struct rules_row *row)
{
    static const struct {
        const char *word, *pointer, *text;
    } words[] = {
        {"based-on-unknown", "/basedOn", "this table has no version"},
        {"offering-unknown", "/rules", "the region has no offering"},
        {"approach-unknown", "/rules", "the region has no approach"},
        {"rule-unknown-word", "/rules", "the region does not have the word"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_is(row->result, words[i].word)) {
            rules_refuse(task, words[i].pointer, "unknown-word", "%s \"%.*s\"", words[i].text,
                         SLICE_FMT(row->detail));
            return true;
        }
    return false;
}

static void answer_draft(struct desk_task *task, const struct rules_row *row)
{
    struct rule_head head;
    enum err_code code = rules_result(row->result);
    if (is_refused_word(task, row))
        return;
    if (code == ERR_NONE && rule_head_read(row->document, task->arena, &head))
        desk_json(task, 201, head.text,
                  arena_printf(task->arena, "Location: /v1/rule-versions/%d\r\n", head.version));
    else
        desk_problem(task, code == ERR_NONE ? ERR_INTERNAL : code, NULL, NULL);
}

static const char *note_of(struct desk_task *task, const json_t *body)
{
    const char *note = json_string_value(json_object_get(body, "note"));
    return note ? arena_text(task->arena, slice_of(note)) : NULL;
}

static void save(struct desk *desk, struct desk_task *task, const json_t *body, const struct table *table)
{
    const struct call *call = task->call;
    const struct question *question = question_of((int)call->id);
    int64_t based_on = json_integer_value(json_object_get(body, "basedOn"));
    const char **params = rules_params(task, 7);
    struct rules_row row;
    params[2] = arena_text(task->arena, call->key);
    params[3] = arena_text(task->arena, call_fingerprint(call, task->keyring, task->arena));
    params[4] = rules_number(task, question->number);
    params[5] = based_on ? rules_number(task, based_on) : NULL;
    params[6] = note_of(task, body);
    params[7] = arena_text(task->arena, rulebook_rows_json(question, table, task->arena));
    params[8] = arena_text(task->arena, rulebook_examples_json(question, table, task->arena));
    if (rules_ask(desk, task, STORE_SAVE_DRAFT, params, &row))
        answer_draft(task, &row);
}

static void work_draft(struct desk *desk, struct desk_task *task)
{
    const struct question *question = question_of((int)task->call->id);
    struct table_faults faults = {0};
    json_t *body = rules_body(task, draft_members);
    if (!body)
        return;
    const struct table *table = rulebook_document(question, task->region, body, task->arena, &faults);
    if (table)
        save(desk, task, body, table);
    else
        refuse_rows(task, &faults);
    json_decref(body);
}

void rules_draft(struct call *call)
{
    if (call->id <= RULE_TABLES)
        desk_hand_in(call, work_draft);
    else
        call_problem(call, ERR_NOT_FOUND, "There are seven tables, 1 to 7.", NULL);
}

/* ---- decisions about a version ---- */

static void on_decided(struct call *call, const PGresult *result)
{
    struct rule_head head;
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    enum err_code code = rules_result(word);
    if (code == ERR_NONE && !rule_head_read(store_text(result, 0, "answer"), call->arena, &head))
        code = ERR_INTERNAL;
    if (code == ERR_NONE) {
        call_json(call, 200, head.text, NULL);
        return;
    }
    struct slice state = PQntuples(result) ? store_text(result, 0, "state") : SLICE_NONE;
    const char *detail = rules_result_detail(call->arena, word, state);
    if (problem_kind(code)->status == 403)
        call_forbid(call, code, NULL, detail);
    else
        call_problem(call, code, detail, NULL);
}

/* `object`: the version, or the table; 0: none. */
static void decide(struct call *call, enum store_statement statement, int64_t object)
{
    const char **params = arena_array(call->arena, 5, sizeof *params);
    if (!call_says_nothing(call))
        return;
    params[0] = call_number(call, call->account.region_id);
    params[1] = call_number(call, call->account.id);
    params[2] = arena_text(call->arena, call->key);
    params[3] = arena_text(call->arena, call->hash);
    params[4] = object ? call_number(call, object) : NULL;
    call_query(call, statement, params, on_decided);
}

void rules_discard(struct call *call)
{
    decide(call, STORE_DISCARD_VERSION, call->id);
}

/* Of the table in the path, or of the one that changed last. */
void rules_roll_back(struct call *call)
{
    if (call->id <= RULE_TABLES)
        decide(call, STORE_ROLL_BACK, call->id);
    else
        call_problem(call, ERR_NOT_FOUND, "There are seven tables, 1 to 7.", NULL);
}
