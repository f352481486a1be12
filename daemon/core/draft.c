/* The API's document of a table's rows as a table: every fault is told, with its place in the document. What
 * cannot be stored as a cell of its column (words, ranges of whole numbers, true or false) is a fault.
 */
#include "clock.h"
#include "sheet.h"

enum { REASON_MAX = 500 };

struct draft {
    struct sheet sheet;
    const struct region *region;
    struct table_faults *faults;
    struct column inputs[QUESTION_INPUTS], outputs[QUESTION_OUTPUTS];
    struct memo cells[QUESTION_INPUTS]; /* struct cell, by its text */
    struct known {                      /* the words a column may hold, where that is limited */
        bool is_limited;
        struct memo words;
    } input_words[QUESTION_INPUTS], output_words[QUESTION_OUTPUTS];
    struct memo ids;
};

/* What was made of a cell's text. */
struct cell {
    struct test test;
    const char *wrong; /* NULL: nothing */
};

/* Where in the document. */
struct spot {
    size_t number;    /* of the row; the table's rule_count: otherwise */
    const char *part; /* "/when", "" */
    const char *name; /* of the member in it, or NULL */
};

static void fault(struct draft *draft, struct spot spot, const char *text)
{
    struct arena *arena = draft->sheet.arena;
    bool is_last = spot.number == draft->sheet.table->rule_count;
    const char *row = is_last ? "/otherwise" : arena_printf(arena, "/rules/%zu", spot.number);
    const char *name = spot.name ? arena_printf(arena, "/%s", spot.name) : "";
    table_fault_add(draft->faults, arena,
                    (struct table_fault){
                        .file = slice_of(arena_printf(arena, "%s%s%s", row, spot.part, name)),
                        .rule = draft->sheet.rules[spot.number].id,
                        .column = arena_slice(arena, slice_of(spot.name)),
                        .text = arena_slice(arena, slice_of(text)),
                    });
}

/* Words ----------------------------------------------------------------------------------------------------
 */

static void know_words(const struct draft *draft, const struct column *column, struct known *known)
{
    const struct slice *words;
    size_t count;
    bool is_new;
    known->words.arena = draft->sheet.arena;
    if (column->kind == COLUMN_NUMBER || column->kind == COLUMN_FLAG)
        return;
    if (column->words)
        for (size_t i = 0; column->words[i]; i++)
            memo_at(&known->words, slice_of(column->words[i]), &is_new);
    else if (region_words(draft->region, column->name, draft->sheet.arena, &words, &count))
        for (size_t i = 0; i < count; i++)
            memo_at(&known->words, words[i], &is_new);
    else
        return;
    known->is_limited = true;
}

static const char *word_wrong(const struct known *known, struct slice word, struct arena *arena)
{
    if (!is_code(word))
        return "expected words of 1 to 64 visible ASCII characters";
    if (known->is_limited && !memo_has(&known->words, word))
        return arena_printf(arena, "\"%.*s\" is no word of this column", SLICE_FMT(word));
    return NULL;
}

static void open_draft(struct draft *draft)
{
    const struct question *question = draft->sheet.question;
    for (size_t i = 0; i < question->input_count; i++) {
        draft->inputs[i] = about_column(question->inputs[i]);
        draft->cells[i].arena = draft->sheet.arena;
        know_words(draft, &draft->inputs[i], &draft->input_words[i]);
    }
    for (size_t i = 0; i < question->output_count; i++) {
        draft->outputs[i] = answer_column(question->outputs[i]);
        know_words(draft, &draft->outputs[i], &draft->output_words[i]);
    }
    draft->ids.arena = draft->sheet.arena;
}

/* Cells ----------------------------------------------------------------------------------------------------
 */

/* The whole numbers of `range` within the column's bounds; false: there are none. */
static bool whole_numbers(struct key_range range, const struct column *column, int64_t *low, int64_t *high)
{
    const int64_t unit = integer_key(1);
    *low = column->low;
    *high = column->high;
    if (range.low > integer_key(column->low))
        *low = floor_div(range.low, unit) + (range.low % unit != 0);
    if (range.high < integer_key(column->high))
        *high = floor_div(range.high, unit);
    return *low <= *high;
}

/* Ranges of whole numbers, adjacent ones joined: as they are stored and come back. */
static const char *whole_ranges(const struct column *column, struct test *test, struct arena *arena)
{
    struct key_range *list = arena_array(arena, test->count, sizeof *list);
    uint32_t count = 0;
    for (uint32_t i = 0; i < test->count; i++) {
        int64_t low, high;
        if (!whole_numbers(test->ranges[i], column, &low, &high))
            continue;
        if (count && list[count - 1].high + integer_key(1) >= integer_key(low))
            list[count - 1].high = integer_key(high);
        else
            list[count++] = (struct key_range){integer_key(low), integer_key(high)};
    }
    test->ranges = list;
    test->count = count;
    return count ? NULL
                 : arena_printf(arena, "no whole number from %d to %d is in it", (int)column->low,
                                (int)column->high);
}

static const char *test_wrong(const struct draft *draft, size_t input, struct test *test)
{
    const struct column *column = &draft->inputs[input];
    if (test->kind == TEST_ANY)
        return NULL;
    if (column->kind == COLUMN_FLAG)
        return test->kind == TEST_BOOLEAN ? NULL : "expected true, false or -";
    if (column->kind == COLUMN_NUMBER)
        return test->kind == TEST_NUMBERS ? whole_ranges(column, test, draft->sheet.arena)
                                          : "expected whole numbers, such as 18, [18..65] or >= 65";
    if (test->kind != TEST_WORDS || !test->count)
        return "expected words, such as \"a\",\"b\" or not(\"a\")";
    const char *wrong = NULL;
    for (uint32_t i = 0; !wrong && i < test->count; i++)
        wrong = word_wrong(&draft->input_words[input], test->words[i], draft->sheet.arena);
    return wrong;
}

static const struct cell *parse_cell(struct draft *draft, size_t input, struct slice text)
{
    static const struct feel_syntax syntax = {.options = FEEL_BARE_WORDS};
    struct arena *arena = draft->sheet.arena;
    struct cell *cell = arena_alloc(arena, sizeof *cell);
    struct feel_fault wrong;
    const struct feel *feel = feel_parse_tests(text, &syntax, arena, &wrong);
    if (!feel)
        cell->wrong = arena_printf(arena, "character %zu: %s", wrong.offset + 1, wrong.text);
    else if (!feel_simple(feel, arena, &cell->test))
        cell->wrong = "a cell of these tables is a list of values or ranges, without names or calculation";
    else
        cell->wrong = test_wrong(draft, input, &cell->test);
    cell->test.feel = NULL; /* shown by its values from now on, as it will be when it comes back */
    return cell;
}

static void read_cell(struct draft *draft, struct spot spot, size_t input, const json_t *json)
{
    bool is_new;
    if (!json_is_string(json)) {
        fault(draft, spot, "expected a text with a test, such as \"[18..65]\"");
        return;
    }
    struct slice text = slice_make(json_string_value(json), json_string_length(json));
    struct memo_entry *entry = memo_at(&draft->cells[input], text, &is_new);
    if (is_new)
        entry->value.pointer = parse_cell(draft, input, text);
    const struct cell *cell = entry->value.pointer;
    if (cell->wrong)
        fault(draft, spot, cell->wrong);
    else
        *sheet_test(&draft->sheet, spot.number, input) = cell->test;
}

static void read_when(struct draft *draft, size_t number, const json_t *when)
{
    const char *name;
    json_t *json;
    if (!json_is_object(when)) {
        fault(draft, (struct spot){number, "/when", NULL}, "expected an object");
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)when, name, json)
    {
        struct spot spot = {number, "/when", name};
        size_t i = 0;
        while (i < draft->sheet.question->input_count && strcmp(draft->inputs[i].name, name) != 0)
            i++;
        if (i < draft->sheet.question->input_count)
            read_cell(draft, spot, i, json);
        else
            fault(draft, spot, "is no condition of this table");
    }
}

/* Answers --------------------------------------------------------------------------------------------------
 */

/* What an answer may not be, beside what its column says. */
enum demand { MAY, MUST, MUST_NOT };

static bool is_word(const struct value *value, const char *word)
{
    return value->kind == VALUE_STRING && slice_is(value->string, word);
}

/* Of the row's answers, by output. */
static enum demand demand_of(const struct draft *draft, size_t output, const struct value *answers,
                             bool is_last)
{
    switch (draft->sheet.question->outputs[output]) {
    case ANSWER_OFFERING:
        if (draft->sheet.question->number == TABLE_EXCLUSION)
            return is_word(&answers[0], "offering") ? MUST : MUST_NOT;
        return is_last ? MUST_NOT : MAY;
    case ANSWER_APPROACH:
        return is_last ? MUST_NOT : MUST;
    case ANSWER_WEIGHT:
        if (is_last)
            return MUST_NOT;
        return answers[0].kind == VALUE_NULL ? MAY : MUST;
    case ANSWER_OFFER:
    case ANSWER_EVIDENCE:
        return is_last || answers[0].kind == VALUE_NULL ? MUST_NOT : MAY;
    case ANSWER_AMOUNT:
        return is_word(&answers[1], "state") ? MUST_NOT : MUST;
    case ANSWER_ESCALATE_AFTER:
        return MAY;
    default:
        return MUST;
    }
}

static const char *answer_wrong(const struct draft *draft, size_t output, const struct value *answers,
                                bool is_last)
{
    const struct value *value = &answers[output];
    bool is_null = value->kind == VALUE_NULL || (value->kind == VALUE_LIST && value->list.count == 0);
    enum demand demand = demand_of(draft, output, answers, is_last);
    if (is_null)
        return demand == MUST ? "is missing" : NULL;
    if (demand == MUST_NOT)
        return is_last ? "the row for everything else leads to the coordination: expected null"
                       : "does not go with the other answers: expected null";
    if (is_last && draft->sheet.question->outputs[output] == ANSWER_ACTION && !is_word(value, "continue"))
        return "the row for everything else continues: expected continue";
    if (value->kind == VALUE_STRING)
        return word_wrong(&draft->output_words[output], value->string, draft->sheet.arena);
    return NULL;
}

static void read_answers(struct draft *draft, size_t number, const json_t *then, struct value *answers)
{
    const char *name, *expected;
    json_t *json;
    json_object_foreach((json_t *)(uintptr_t)then, name, json)
    {
        struct spot spot = {number, "/then", name};
        size_t i = 0;
        while (i < draft->sheet.question->output_count && strcmp(draft->outputs[i].name, name) != 0)
            i++;
        if (i == draft->sheet.question->output_count)
            fault(draft, spot, "is no answer of this table");
        else if (!column_value(&draft->outputs[i], json, draft->sheet.arena, &answers[i], &expected))
            fault(draft, spot, expected);
    }
}

static void read_then(struct draft *draft, size_t number, const json_t *then)
{
    struct value answers[QUESTION_OUTPUTS] = {0};
    const struct question *question = draft->sheet.question;
    bool is_last = number == draft->sheet.table->rule_count;
    size_t before = draft->faults->count;
    if (!json_is_object(then)) {
        fault(draft, (struct spot){number, "/then", NULL}, "expected an object");
        return;
    }
    read_answers(draft, number, then, answers);
    if (is_last && question->number == TABLE_EXCLUSION && answers[0].kind == VALUE_NULL)
        answers[0] = value_of_string(slice_of("continue"));
    for (size_t i = 0; draft->faults->count == before && i < question->output_count; i++) {
        const char *wrong = answer_wrong(draft, i, answers, is_last);
        if (wrong)
            fault(draft, (struct spot){number, "/then", draft->outputs[i].name}, wrong);
        else if (answers[i].kind != VALUE_NULL)
            *sheet_answer(&draft->sheet, number, i) =
                sheet_literal(&draft->sheet, i, value_json(&answers[i], draft->sheet.arena), &answers[i]);
    }
}

/* Rows -----------------------------------------------------------------------------------------------------
 */

static void read_id(struct draft *draft, size_t number, const json_t *json)
{
    bool is_new;
    struct spot spot = {number, "", "id"};
    struct slice id = slice_make(json_string_value(json), json_string_length(json));
    if (!is_rule_id(id)) {
        fault(draft, spot, "expected a capital letter and at most 19 capitals, digits and dashes");
        return;
    }
    sheet_rule(&draft->sheet, number)->id = arena_slice(draft->sheet.arena, id);
    memo_at(&draft->ids, draft->sheet.rules[number].id, &is_new);
    if (!is_new)
        fault(draft, spot, "stands there twice");
}

static void read_reason(struct draft *draft, size_t number, const json_t *json)
{
    struct slice reason = slice_make(json_string_value(json), json_string_length(json));
    if (!reason.len || slice_utf8_length(reason) > REASON_MAX)
        fault(draft, (struct spot){number, "", "reason"},
              "expected the sentence why, of 1 to 500 characters");
    *sheet_reason(&draft->sheet, number) = arena_slice(draft->sheet.arena, reason);
}

static void read_draft_row(struct draft *draft, size_t number, const json_t *json)
{
    static const char *const members[] = {"id", "then", "reason", "when"};
    bool is_last = number == draft->sheet.table->rule_count;
    size_t member_count = is_last ? 3 : 4;
    const char *name;
    json_t *value;
    if (!json_is_object(json)) {
        fault(draft, (struct spot){number, "", NULL}, "expected an object");
        return;
    }
    read_id(draft, number, json_object_get(json, "id"));
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t i = 0;
        while (i < member_count && strcmp(members[i], name) != 0)
            i++;
        if (i == member_count)
            fault(draft, (struct spot){number, "", name}, "is no member of a row");
    }
    if (!is_last)
        read_when(draft, number, json_object_get(json, "when"));
    read_then(draft, number, json_object_get(json, "then"));
    read_reason(draft, number, json_object_get(json, "reason"));
}

const struct table *rulebook_document(const struct question *question, const struct region *region,
                                      const json_t *document, struct arena *arena,
                                      struct table_faults *faults)
{
    const json_t *rules = json_object_get(document, "rules");
    size_t count = json_array_size(rules);
    struct draft *draft = arena_alloc(arena, sizeof *draft);
    *faults = (struct table_faults){0};
    draft->region = region;
    draft->faults = faults;
    if (!json_is_array(rules) || count > TABLE_RULES) {
        const char *text = arena_printf(arena, "expected a list of at most %d rows", TABLE_RULES);
        table_fault_add(faults, arena,
                        (struct table_fault){.file = slice_of("/rules"), .text = slice_of(text)});
        return NULL;
    }
    sheet_open(&draft->sheet, question, question->policy, region, count, arena);
    open_draft(draft);
    for (size_t i = 0; i < count; i++)
        read_draft_row(draft, i, json_array_get(rules, i));
    read_draft_row(draft, count, json_object_get(document, "otherwise"));
    sheet_examples(&draft->sheet, json_object_get(document, "examples"), faults);
    return faults->count ? NULL : sheet_close(&draft->sheet, true);
}
