#include "sheet.h"

static const struct slice annotation = {"reason", 6};

/* 1 + the output that is the weight; 0: none is. */
static size_t weight_of(const struct question *question)
{
    for (size_t i = 0; i < question->output_count; i++)
        if (question->outputs[i] == ANSWER_WEIGHT)
            return i + 1;
    return 0;
}

void sheet_open(struct sheet *sheet, const struct question *question, enum hit_policy policy,
                const struct region *region, size_t count, struct arena *arena)
{
    struct csv_schema schema;
    question_schema(question, region, arena, &schema);
    struct table *table = arena_alloc(arena, sizeof *table);
    struct rule *rules = arena_array(arena, count + 1, sizeof *rules);
    struct test *tests = arena_array(arena, (count + 1) * question->input_count, sizeof *tests);
    const struct feel **outputs =
        arena_array(arena, (count + 1) * question->output_count, sizeof(const struct feel *));
    struct slice *reasons = arena_array(arena, count + 1, sizeof *reasons);
    for (size_t i = 0; i <= count; i++) {
        rules[i].tests = tests + i * question->input_count;
        rules[i].outputs = outputs + i * question->output_count;
        rules[i].annotations = reasons + i;
    }
    *table = (struct table){.name = slice_of(question->label),
                            .id = slice_of(question->code),
                            .policy = policy ? policy : question->policy,
                            .aggregation = AGGREGATE_NONE,
                            .inputs = schema.inputs,
                            .input_count = schema.input_count,
                            .outputs = schema.outputs,
                            .output_count = schema.output_count,
                            .annotations = &annotation,
                            .annotation_count = 1,
                            .rules = rules,
                            .rule_count = count,
                            .ranked_by = weight_of(question),
                            .absent_is_unknown = true};
    *sheet = (struct sheet){.question = question, .arena = arena, .table = table, .rules = rules};
    for (size_t i = 0; i < question->output_count; i++)
        sheet->literals[i].arena = arena;
}

struct rule *sheet_rule(struct sheet *sheet, size_t number)
{
    return &sheet->rules[number];
}

/* What the rules point to is const for all but this file, which made it. */
#define OWN(type, pointer) ((type)(uintptr_t)(pointer))

struct test *sheet_test(struct sheet *sheet, size_t number, size_t input)
{
    return OWN(struct test *, sheet->rules[number].tests + input);
}

const struct feel **sheet_answer(struct sheet *sheet, size_t number, size_t output)
{
    return OWN(const struct feel **, sheet->rules[number].outputs + output);
}

struct slice *sheet_reason(struct sheet *sheet, size_t number)
{
    return OWN(struct slice *, sheet->rules[number].annotations);
}

const struct feel *sheet_literal(struct sheet *sheet, size_t output, struct slice key,
                                 const struct value *value)
{
    bool is_new;
    struct memo_entry *entry = memo_at(&sheet->literals[output], key, &is_new);
    struct feel_fault fault;
    if (is_new)
        entry->value.pointer =
            feel_parse_expression(value_text(value, sheet->arena), NULL, sheet->arena, &fault);
    return entry->value.pointer;
}

const struct table *sheet_close(struct sheet *sheet, bool has_otherwise)
{
    struct table *table = sheet->table;
    if (!has_otherwise)
        return table;
    table->otherwise = &sheet->rules[table->rule_count];
    struct output *outputs = arena_array(sheet->arena, table->output_count, sizeof *outputs);
    for (size_t i = 0; i < table->output_count; i++) {
        outputs[i] = table->outputs[i];
        outputs[i].otherwise = table->otherwise->outputs[i];
    }
    table->outputs = outputs;
    return table;
}

/* Values of JSON -------------------------------------------------------------------------------------------
 */

static bool word_value(const struct column *column, const json_t *json, struct arena *arena,
                       struct value *out)
{
    struct slice word = slice_make(json_string_value(json), json_string_length(json));
    if (!is_code(word) || (column->words && word_number(column->words, word) < 0))
        return false;
    *out = value_of_string(arena_slice(arena, word));
    return true;
}

static bool words_value(const struct column *column, const json_t *json, struct arena *arena,
                        struct value *out)
{
    if (!json_is_array(json))
        return false;
    size_t count = json_array_size(json);
    struct value *items = arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        if (!word_value(column, json_array_get(json, i), arena, &items[i]))
            return false;
    out->kind = VALUE_LIST;
    out->list.items = items;
    out->list.count = count;
    return true;
}

static bool number_value(const struct column *column, const json_t *json, struct value *out)
{
    if (!json_is_integer(json) || json_integer_value(json) < column->low ||
        json_integer_value(json) > column->high)
        return false;
    *out = value_of_int(json_integer_value(json));
    return true;
}

static const char *expected_of(const struct column *column, struct arena *arena)
{
    if (column->kind == COLUMN_FLAG)
        return "expected true or false";
    if (column->kind == COLUMN_NUMBER)
        return arena_printf(arena, "expected a whole number from %d to %d", (int)column->low,
                            (int)column->high);
    const char *what = column->kind == COLUMN_WORDS ? "a list of words" : "a word";
    if (!column->words)
        return arena_printf(arena, "expected %s", what);
    const char *text = arena_printf(arena, "expected %s out of %s", what, column->words[0]);
    for (size_t i = 1; column->words[i]; i++)
        text = arena_printf(arena, "%s, %s", text, column->words[i]);
    return text;
}

bool column_value(const struct column *column, const json_t *json, struct arena *arena, struct value *out,
                  const char **expected)
{
    bool ok = false;
    *out = value_null;
    if (json_is_null(json))
        return true;
    switch (column->kind) {
    case COLUMN_WORD:
        ok = word_value(column, json, arena, out);
        break;
    case COLUMN_WORDS:
        ok = words_value(column, json, arena, out);
        break;
    case COLUMN_NUMBER:
        ok = number_value(column, json, out);
        break;
    case COLUMN_FLAG:
        ok = json_is_boolean(json);
        *out = value_of_bool(json_is_true(json));
    }
    if (!ok)
        *expected = expected_of(column, arena);
    return ok;
}

/* Examples -------------------------------------------------------------------------------------------------
 */

struct place {
    struct table_faults *faults;
    struct arena *arena;
    size_t index;
    struct slice id;
};

static void fault(const struct place *place, const char *part, const char *name, const char *text)
{
    const char *slash = name ? "/" : "";
    struct slice pointer = slice_of(
        arena_printf(place->arena, "/examples/%zu%s%s%s", place->index, part, slash, name ? name : ""));
    table_fault_add(place->faults, place->arena,
                    (struct table_fault){.file = pointer,
                                         .rule = place->id,
                                         .column = arena_slice(place->arena, slice_of(name)),
                                         .text = arena_slice(place->arena, slice_of(text))});
}

/* Members of `json` by the names of columns. */
static struct value *read_values(const struct place *place, const char *part, const json_t *json,
                                 const struct column *columns, size_t count)
{
    struct value *values = arena_array(place->arena, count, sizeof *values);
    const char *name, *expected;
    json_t *value;
    if (!json_is_object(json))
        fault(place, part, NULL, "expected an object");
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t i = 0;
        while (i < count && strcmp(columns[i].name, name) != 0)
            i++;
        if (i == count)
            fault(place, part, name, "is no column of this table");
        else if (!column_value(&columns[i], value, place->arena, &values[i], &expected))
            fault(place, part, name, expected);
    }
    return values;
}

static struct slice text_of(const json_t *json, const char *member, struct arena *arena)
{
    const json_t *text = json_object_get(json, member);
    return arena_slice(arena, slice_make(json_string_value(text), json_string_length(text)));
}

static void read_example(struct sheet *sheet, struct place *place, const json_t *json, struct example *out)
{
    const struct question *question = sheet->question;
    struct column inputs[QUESTION_INPUTS], outputs[QUESTION_OUTPUTS];
    for (size_t i = 0; i < question->input_count; i++)
        inputs[i] = about_column(question->inputs[i]);
    for (size_t i = 0; i < question->output_count; i++)
        outputs[i] = answer_column(question->outputs[i]);
    out->id = text_of(json, "id", sheet->arena);
    out->sentence = text_of(json, "sentence", sheet->arena);
    place->id = out->id;
    if (!is_rule_id(out->id))
        fault(place, "/id", NULL, "expected a capital letter and at most 19 capitals, digits and dashes");
    if (!out->sentence.len)
        fault(place, "/sentence", NULL, "expected a sentence");
    out->facts = read_values(place, "/facts", json_object_get(json, "facts"), inputs, question->input_count);
    const json_t *expect = json_object_get(json, "expect");
    out->expected = read_values(place, "/expect", expect, outputs, question->output_count);
    bool *expects_null = arena_array(sheet->arena, question->output_count, sizeof *expects_null);
    for (size_t i = 0; i < question->output_count; i++)
        expects_null[i] = json_is_null(json_object_get(expect, outputs[i].name));
    out->expects_null = expects_null;
}

void sheet_examples(struct sheet *sheet, const json_t *examples, struct table_faults *faults)
{
    struct place place = {.faults = faults, .arena = sheet->arena};
    if (!examples || json_is_null(examples))
        return;
    if (!json_is_array(examples)) {
        table_fault_add(
            faults, sheet->arena,
            (struct table_fault){.file = slice_of("/examples"), .text = slice_of("expected a list")});
        return;
    }
    size_t count = json_array_size(examples);
    struct example *list = arena_array(sheet->arena, count, sizeof *list);
    struct memo seen = {.arena = sheet->arena};
    for (size_t i = 0; i < count; i++) {
        bool is_new;
        place.index = i;
        read_example(sheet, &place, json_array_get(examples, i), &list[i]);
        memo_at(&seen, list[i].id, &is_new);
        if (!is_new)
            fault(&place, "/id", NULL, "stands there twice");
    }
    sheet->table->examples = list;
    sheet->table->example_count = count;
}
