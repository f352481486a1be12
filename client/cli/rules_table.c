#include "rules_table.h"

#include "json_doc.h"
#include "json_out.h"
#include "table_text.h"

enum { QUESTIONS = 7, ANSWERS = 4, NOWHERE = -1 };

/* The seven questions, and what only they answer. */
static const struct {
    const char *code;
    const char *answers[ANSWERS];
} questions[QUESTIONS] = {
    {"exclusion", {"action", "offering"}},
    {"approach", {"approach", "weight"}},
    {"offering", {"offering", "weight", "offer", "evidence"}},
    {"fields", {"fields"}},
    {"promises", {"amount", "unit", "escalateAfter"}},
    {"declines", {"next"}},
    {"feedback", {"form", "channel"}},
};

const char *rules_code(int table)
{
    return table >= 1 && table <= QUESTIONS ? questions[table - 1].code : NULL;
}

static bool is_answer_of(int question, struct slice name)
{
    for (size_t i = 0; i < ANSWERS && questions[question].answers[i]; i++)
        if (slice_is(name, questions[question].answers[i]))
            return true;
    return false;
}

int rules_question(const struct table *table)
{
    int found = 0, matches = 0;
    for (int q = 0; q < QUESTIONS; q++) {
        bool fits = table->output_count > 0;
        for (size_t i = 0; i < table->output_count; i++)
            fits = fits && is_answer_of(q, table->outputs[i].name);
        if (fits) {
            found = q + 1;
            matches++;
        }
    }
    return matches == 1 ? found : 0;
}

static void complain(struct table_faults *faults, struct arena *arena, struct table_fault where,
                     const char *text)
{
    where.text = slice_of(text);
    table_fault_add(faults, arena, where);
}

/* ---- columns ---- */

static const struct value *values_of(const json_t *column, struct arena *arena, size_t *count)
{
    const json_t *list = document_list(column, "values");
    struct value *values = arena_array(arena, json_array_size(list), sizeof *values);
    *count = json_array_size(list);
    for (size_t i = 0; i < *count; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        values[i] = value_of_string(arena_slice(arena, slice_of(word ? word : "")));
    }
    return values;
}

static struct slice text_of(const json_t *object, const char *name, struct arena *arena)
{
    return arena_slice(arena, slice_of(document_text(object, name)));
}

static struct input input_of(const json_t *column, struct arena *arena)
{
    struct input input = {.name = text_of(column, "name", arena),
                          .label = text_of(column, "label", arena),
                          .type = value_type_parse(slice_of(document_text(column, "type"))),
                          .is_any_of = document_true(column, "isList")};
    input.is_integer = input.type == TYPE_NUMBER;
    input.allowed = values_of(column, arena, &input.allowed_count);
    return input;
}

static struct output output_of(const json_t *column, struct arena *arena)
{
    struct output output = {.name = text_of(column, "name", arena),
                            .label = text_of(column, "label", arena),
                            .type = value_type_parse(slice_of(document_text(column, "type")))};
    if (document_true(column, "isList"))
        output.type = TYPE_ANY; /* its words are the service's to judge */
    else
        output.allowed = values_of(column, arena, &output.allowed_count);
    return output;
}

bool rules_schema(const json_t *document, struct arena *arena, struct csv_schema *out)
{
    const json_t *columns = document_list(document, "columns");
    size_t count = json_array_size(columns);
    struct input *inputs = arena_array(arena, count, sizeof *inputs);
    struct output *outputs = arena_array(arena, count, sizeof *outputs);
    const char *policy = document_text(document, "hitPolicy");
    *out = (struct csv_schema){.inputs = inputs, .outputs = outputs};
    for (size_t i = 0; i < count; i++) {
        const json_t *column = json_array_get(columns, i);
        const char *kind = document_text(column, "kind");
        if (strcmp(kind, "input") == 0 && out->input_count < TABLE_INPUTS)
            inputs[out->input_count++] = input_of(column, arena);
        if (strcmp(kind, "output") == 0 && out->output_count < TABLE_OUTPUTS)
            outputs[out->output_count++] = output_of(column, arena);
    }
    out->policy = (enum hit_policy)(unsigned char)*policy;
    return out->output_count > 0 && *policy;
}

static const struct feel **answers_new(struct arena *arena, size_t count)
{
    return arena_array(arena, count,
                       sizeof(struct feel *)); /* pointers: NOLINT(bugprone-sizeof-expression) */
}

/* ---- from the document ---- */

struct reading {
    const struct csv_schema *schema;
    struct arena *arena;
    struct table_faults *faults;
};

static bool read_cell(struct reading *r, const json_t *when, size_t column, struct slice rule,
                      struct test *test)
{
    const struct input *input = &r->schema->inputs[column];
    const json_t *text = json_object_getn(when, input->name.ptr, input->name.len);
    struct feel_fault fault;
    *test = (struct test){.kind = TEST_ANY};
    if (!text)
        return true;
    struct slice cell = slice_of(json_string_value(text) ? json_string_value(text) : "");
    const struct feel *feel = feel_parse_tests(cell, NULL, r->arena, &fault);
    if (!feel) {
        complain(r->faults, r->arena, (struct table_fault){.rule = rule, .column = input->name},
                 arena_text(r->arena, slice_of(fault.text)));
        return false;
    }
    if (!feel_simple(feel, r->arena, test) && !(input->is_any_of && feel_simple_list(feel, r->arena, test)))
        *test = (struct test){.kind = TEST_FEEL};
    test->feel = feel;
    return true;
}

/* A JSON value of a column; a list of the column's words is one too. */
static bool read_value(struct reading *r, const json_t *json, enum value_type type, struct value *out)
{
    struct err err;
    if (!json_is_array(json))
        return value_from_json(json ? json : json_null(), type, r->arena, out, &err);
    struct value *items = arena_array(r->arena, json_array_size(json), sizeof *items);
    for (size_t i = 0; i < json_array_size(json); i++)
        if (!value_from_json(json_array_get(json, i), type, r->arena, &items[i], &err))
            return false;
    *out = (struct value){.kind = VALUE_LIST, .list = {items, json_array_size(json)}};
    return true;
}

static const char *expected_text(const struct reading *r, enum value_type type)
{
    return arena_printf(r->arena, "expected a %s", value_type_word(type));
}

static const struct feel *read_answer(struct reading *r, const json_t *then, size_t column, struct slice rule)
{
    const struct output *output = &r->schema->outputs[column];
    const json_t *json = json_object_getn(then, output->name.ptr, output->name.len);
    struct value value;
    struct feel_fault fault = {0};
    if (!json || json_is_null(json))
        return NULL;
    const struct feel *feel =
        read_value(r, json, output->type, &value)
            ? feel_parse_expression(value_text(&value, r->arena), NULL, r->arena, &fault)
            : NULL;
    if (!feel)
        complain(r->faults, r->arena, (struct table_fault){.rule = rule, .column = output->name},
                 expected_text(r, output->type));
    return feel;
}

static struct rule read_rule(struct reading *r, const json_t *document)
{
    const struct csv_schema *schema = r->schema;
    const json_t *when = document_at(document, "when"), *then = document_at(document, "then");
    struct test *tests = arena_array(r->arena, schema->input_count, sizeof *tests);
    const struct feel **outputs = answers_new(r->arena, schema->output_count);
    struct slice *reason = arena_alloc(r->arena, sizeof *reason);
    struct slice id = text_of(document, "id", r->arena);
    for (size_t i = 0; i < schema->input_count; i++)
        read_cell(r, when, i, id, &tests[i]);
    for (size_t i = 0; i < schema->output_count; i++)
        outputs[i] = read_answer(r, then, i, id);
    *reason = text_of(document, "reason", r->arena);
    return (struct rule){.id = id, .tests = tests, .outputs = outputs, .annotations = reason};
}

static struct example read_example(struct reading *r, const json_t *document)
{
    const struct csv_schema *schema = r->schema;
    struct value *facts = arena_array(r->arena, schema->input_count, sizeof *facts);
    struct value *expected = arena_array(r->arena, schema->output_count, sizeof *expected);
    bool *expects_null = arena_array(r->arena, schema->output_count, sizeof *expects_null);
    struct slice id = text_of(document, "id", r->arena);
    for (size_t i = 0; i < schema->input_count; i++) {
        const struct input *input = &schema->inputs[i];
        const json_t *fact =
            json_object_getn(document_at(document, "facts"), input->name.ptr, input->name.len);
        if (!read_value(r, fact, input->type, &facts[i]))
            complain(r->faults, r->arena, (struct table_fault){.rule = id, .column = input->name},
                     expected_text(r, input->type));
    }
    for (size_t i = 0; i < schema->output_count; i++) {
        const struct output *output = &schema->outputs[i];
        const json_t *value =
            json_object_getn(document_at(document, "expect"), output->name.ptr, output->name.len);
        expects_null[i] = json_is_null(value);
        if (!read_value(r, value, output->type, &expected[i]))
            complain(r->faults, r->arena, (struct table_fault){.rule = id, .column = output->name},
                     expected_text(r, output->type));
    }
    return (struct example){.id = id,
                            .sentence = text_of(document, "sentence", r->arena),
                            .facts = facts,
                            .expected = expected,
                            .expects_null = expects_null};
}

static void read_rules(struct reading *r, const json_t *document, struct table *table)
{
    const json_t *list = document_list(document, "rules");
    size_t count = json_array_size(list) < TABLE_RULES ? json_array_size(list) : TABLE_RULES;
    struct rule *rules = arena_array(r->arena, count, sizeof *rules);
    for (size_t i = 0; i < count; i++)
        rules[i] = read_rule(r, json_array_get(list, i));
    table->rules = rules;
    table->rule_count = count;
}

static void read_examples(struct reading *r, const json_t *document, struct table *table)
{
    const json_t *list = document_list(document, "examples");
    struct example *examples = arena_array(r->arena, json_array_size(list), sizeof *examples);
    for (size_t i = 0; i < json_array_size(list); i++)
        examples[i] = read_example(r, json_array_get(list, i));
    table->examples = examples;
    table->example_count = json_array_size(list);
}

/* The row for everything else: its answers are also the defaults of the outputs. */
static void set_otherwise(struct table *table, const struct rule *otherwise, struct arena *arena)
{
    struct output *outputs = arena_array(arena, table->output_count, sizeof *outputs);
    memcpy(outputs, table->outputs, table->output_count * sizeof *outputs);
    for (size_t i = 0; otherwise && i < table->output_count; i++)
        outputs[i].otherwise = otherwise->outputs[i];
    table->otherwise = otherwise;
    table->outputs = outputs;
}

const struct table *rules_table(const json_t *document, struct arena *arena, struct table_faults *faults)
{
    static const struct slice reason[] = {{"reason", 6}};
    struct csv_schema schema;
    struct table *table = arena_alloc(arena, sizeof *table);
    if (!rules_schema(document, arena, &schema)) {
        complain(faults, arena, (struct table_fault){0}, "there are no columns");
        return NULL;
    }
    struct reading reading = {&schema, arena, faults};
    *table = (struct table){.name = text_of(document, "name", arena),
                            .id = text_of(document, "code", arena),
                            .policy = schema.policy,
                            .aggregation = AGGREGATE_NONE,
                            .inputs = schema.inputs,
                            .input_count = schema.input_count,
                            .outputs = schema.outputs,
                            .output_count = schema.output_count,
                            .annotations = reason,
                            .annotation_count = 1,
                            .absent_is_unknown = true};
    read_rules(&reading, document, table);
    read_examples(&reading, document, table);
    if (document_at(document, "otherwise")) {
        struct rule *otherwise = arena_alloc(arena, sizeof *otherwise);
        *otherwise = read_rule(&reading, document_at(document, "otherwise"));
        set_otherwise(table, otherwise, arena);
    }
    return faults->count ? NULL : table;
}

/* ---- into the columns of the question ---- */

struct fitting {
    const struct table *from;
    const struct csv_schema *schema;
    struct slice file;
    struct arena *arena;
    struct table_faults *faults;
    int inputs[TABLE_INPUTS], outputs[TABLE_OUTPUTS]; /* where a column of the schema stands in `from` */
    int reason;
};

static void find_inputs(struct fitting *f)
{
    for (size_t i = 0; i < f->schema->input_count; i++)
        f->inputs[i] = NOWHERE;
    for (size_t k = 0; k < f->from->input_count; k++) {
        bool found = false;
        for (size_t i = 0; i < f->schema->input_count; i++)
            if (slice_equal(f->from->inputs[k].name, f->schema->inputs[i].name)) {
                f->inputs[i] = (int)k;
                found = true;
            }
        if (!found)
            complain(f->faults, f->arena,
                     (struct table_fault){.file = f->file, .column = f->from->inputs[k].name},
                     "this table has no such input");
    }
}

static void find_outputs(struct fitting *f)
{
    for (size_t i = 0; i < f->schema->output_count; i++) {
        f->outputs[i] = NOWHERE;
        for (size_t k = 0; k < f->from->output_count; k++)
            if (slice_equal(f->from->outputs[k].name, f->schema->outputs[i].name) ||
                (!f->from->outputs[k].name.len && f->schema->output_count == 1))
                f->outputs[i] = (int)k;
        /* Tables of before there were offers and evidence have no columns for them. */
        if (f->outputs[i] == NOWHERE && !slice_is(f->schema->outputs[i].name, "offer") &&
            !slice_is(f->schema->outputs[i].name, "evidence"))
            complain(f->faults, f->arena,
                     (struct table_fault){.file = f->file, .column = f->schema->outputs[i].name},
                     "this output is missing");
    }
    if (f->from->output_count > f->schema->output_count)
        complain(f->faults, f->arena, (struct table_fault){.file = f->file},
                 arena_printf(f->arena, "this table has %zu outputs, the file %zu", f->schema->output_count,
                              f->from->output_count));
}

/* The annotation called reason, else the first. */
static int reason_of(const struct table *table)
{
    for (size_t k = 0; k < table->annotation_count; k++)
        if (slice_equal_nocase(table->annotations[k], slice_of("reason")))
            return (int)k;
    return table->annotation_count ? 0 : NOWHERE;
}

static struct rule fit_rule(const struct fitting *f, const struct rule *from)
{
    struct test *tests = arena_array(f->arena, f->schema->input_count, sizeof *tests);
    const struct feel **outputs = answers_new(f->arena, f->schema->output_count);
    struct slice *reason = arena_alloc(f->arena, sizeof *reason);
    for (size_t i = 0; i < f->schema->input_count; i++)
        tests[i] = f->inputs[i] == NOWHERE || !from->tests ? (struct test){.kind = TEST_ANY}
                                                           : from->tests[f->inputs[i]];
    for (size_t i = 0; i < f->schema->output_count; i++)
        outputs[i] = f->outputs[i] == NOWHERE ? NULL : from->outputs[f->outputs[i]];
    *reason = f->reason == NOWHERE || !from->annotations ? slice_of("") : from->annotations[f->reason];
    return (struct rule){from->id, from->line, tests, outputs, reason};
}

static struct example fit_example(const struct fitting *f, const struct example *from)
{
    struct value *facts = arena_array(f->arena, f->schema->input_count, sizeof *facts);
    struct value *expected = arena_array(f->arena, f->schema->output_count, sizeof *expected);
    bool *expects_null = arena_array(f->arena, f->schema->output_count, sizeof *expects_null);
    for (size_t i = 0; i < f->schema->input_count; i++)
        facts[i] = f->inputs[i] == NOWHERE ? value_null : from->facts[f->inputs[i]];
    for (size_t i = 0; i < f->schema->output_count; i++) {
        expected[i] = f->outputs[i] == NOWHERE ? value_null : from->expected[f->outputs[i]];
        expects_null[i] = f->outputs[i] != NOWHERE && expected[i].kind == VALUE_NULL &&
                          example_expects(from, (size_t)f->outputs[i]);
    }
    return (struct example){from->id, from->sentence, from->line, facts, expected, expects_null};
}

/* A file that has only defaults, and no row that holds them, gets one. */
static const struct rule *fit_otherwise(const struct fitting *f)
{
    struct rule *otherwise = arena_alloc(f->arena, sizeof *otherwise);
    if (f->from->otherwise) {
        *otherwise = fit_rule(f, f->from->otherwise);
        return otherwise;
    }
    const struct feel **outputs = answers_new(f->arena, f->from->output_count);
    bool any = false;
    for (size_t i = 0; i < f->from->output_count; i++) {
        outputs[i] = f->from->outputs[i].otherwise;
        any = any || outputs[i];
    }
    *otherwise = fit_rule(f, &(struct rule){.outputs = outputs});
    return any ? otherwise : NULL;
}

const struct table *rules_fit(const struct table *table, const struct csv_schema *schema, const char *file,
                              struct arena *arena, struct table_faults *faults)
{
    static const struct slice reason[] = {{"reason", 6}};
    struct fitting fitting = {table, schema, slice_of(file), arena, faults, {0}, {0}, reason_of(table)};
    if (schema->policy && (table->policy != schema->policy || table->aggregation != AGGREGATE_NONE))
        complain(faults, arena, (struct table_fault){.file = slice_of(file)},
                 arena_printf(arena, "hit policy %s, but this table has %s",
                              hit_policy_text(table->policy, table->aggregation),
                              hit_policy_text(schema->policy, AGGREGATE_NONE)));
    find_inputs(&fitting);
    find_outputs(&fitting);
    if (faults->count)
        return NULL;
    struct rule *rules = arena_array(arena, table->rule_count, sizeof *rules);
    for (size_t i = 0; i < table->rule_count; i++)
        rules[i] = fit_rule(&fitting, &table->rules[i]);
    struct example *examples = arena_array(arena, table->example_count, sizeof *examples);
    for (size_t i = 0; i < table->example_count; i++)
        examples[i] = fit_example(&fitting, &table->examples[i]);
    struct table *fitted = arena_alloc(arena, sizeof *fitted);
    *fitted = *table;
    fitted->inputs = schema->inputs;
    fitted->input_count = schema->input_count;
    fitted->outputs = schema->outputs;
    fitted->output_count = schema->output_count;
    fitted->annotations = reason;
    fitted->annotation_count = 1;
    fitted->rules = rules;
    fitted->examples = examples;
    set_otherwise(fitted, fit_otherwise(&fitting), arena);
    return fitted;
}

/* ---- what a file leaves out ---- */

/* Up to the end of the first line; a line break between quotes is none. */
static struct slice first_line(struct slice bytes)
{
    bool quoted = false;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == '"')
            quoted = !quoted;
        else if (bytes.ptr[i] == '\n' && !quoted)
            return slice_make(bytes.ptr, i + 1);
    }
    return bytes;
}

const struct table *rules_header(struct slice csv, struct arena *arena)
{
    struct table_faults ignored = {0};
    return csv_read(first_line(csv), "", NULL, arena, &ignored);
}

const struct input *const *rules_missing(const struct table *file, const struct csv_schema *schema,
                                         struct arena *arena, size_t *count)
{
    const struct input **missing = arena_array(
        arena, schema->input_count, sizeof *missing); /* pointers: NOLINT(bugprone-sizeof-expression) */
    *count = 0;
    for (size_t i = 0; i < schema->input_count; i++) {
        bool found = false;
        for (size_t k = 0; k < file->input_count; k++)
            found = found || slice_equal(file->inputs[k].name, schema->inputs[i].name);
        if (!found)
            missing[(*count)++] = &schema->inputs[i];
    }
    return missing;
}

/* ---- into the body of a draft ---- */

struct writing {
    const struct table *table;
    struct slice file;
    struct arena *arena;
    struct table_faults *faults;
    struct json_out out;
    int reason;
    uint64_t last_rule, last_example; /* highest numbers of ids so far */
};

/* A name goes into the JSON as it is. */
static bool is_plain(struct slice name)
{
    bool plain = name.len > 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '_');
    }
    return plain;
}

static void check_names(struct writing *w)
{
    for (size_t i = 0; i < w->table->input_count; i++)
        if (!is_plain(w->table->inputs[i].name))
            complain(w->faults, w->arena,
                     (struct table_fault){.file = w->file, .column = w->table->inputs[i].name},
                     "no table has such an input");
    for (size_t i = 0; i < w->table->output_count; i++)
        if (!is_plain(w->table->outputs[i].name))
            complain(w->faults, w->arena,
                     (struct table_fault){.file = w->file, .column = w->table->outputs[i].name},
                     "no table has such an output");
}

/* The number behind the letter of an id such as "R07"; 0: it has none. */
static uint64_t number_of(struct slice id, char letter)
{
    uint64_t number = 0;
    if (id.len > 1 && id.ptr[0] == letter)
        slice_to_u64(slice_make(id.ptr + 1, id.len - 1), UINT32_MAX, &number);
    return number;
}

static void find_numbers(struct writing *w)
{
    const struct table *table = w->table;
    for (size_t i = 0; i < table->rule_count; i++) {
        uint64_t number = number_of(table->rules[i].id, 'R');
        w->last_rule = number > w->last_rule ? number : w->last_rule;
    }
    for (size_t i = 0; i < table->example_count; i++) {
        uint64_t number = number_of(table->examples[i].id, 'E');
        w->last_example = number > w->last_example ? number : w->last_example;
    }
}

/* The row's own id, or the next free one. */
static struct slice id_of(struct writing *w, struct slice id, char letter, uint64_t *last)
{
    if (id.len)
        return id;
    if (letter == 'R' && w->table->otherwise && number_of(w->table->otherwise->id, letter) == *last + 1)
        ++*last;
    return slice_of(arena_printf(w->arena, "%c%02llu", letter, (unsigned long long)++*last));
}

/* A name of a file ends where its cell does, without a NUL. */
static const char *name_text(const struct writing *w, struct slice name)
{
    return arena_text(w->arena, name);
}

static void write_cells(struct writing *w, const struct rule *rule)
{
    out_open(&w->out, "when", '{');
    for (size_t i = 0; i < w->table->input_count; i++)
        if (rule->tests[i].kind != TEST_ANY)
            out_text(&w->out, name_text(w, w->table->inputs[i].name), cell_text(&rule->tests[i], w->arena));
    out_close(&w->out, '}');
}

static void write_answers(struct writing *w, const struct rule *rule)
{
    out_open(&w->out, "then", '{');
    for (size_t i = 0; i < w->table->output_count; i++) {
        const struct output *output = &w->table->outputs[i];
        struct value value = value_null;
        if (rule->outputs[i] && !feel_constant(rule->outputs[i], &value))
            complain(w->faults, w->arena,
                     (struct table_fault){w->file, rule->line, rule->id, output->name, SLICE_NONE},
                     arena_printf(w->arena, "expected a fixed value, found %.*s",
                                  SLICE_FMT(feel_text(rule->outputs[i], w->arena))));
        out_raw(&w->out, name_text(w, output->name), value_json(&value, w->arena));
    }
    out_close(&w->out, '}');
}

static void write_rule(struct writing *w, const char *name, const struct rule *rule, bool is_otherwise)
{
    out_open(&w->out, name, '{');
    out_text(&w->out, "id", id_of(w, rule->id, 'R', &w->last_rule));
    if (!is_otherwise)
        write_cells(w, rule);
    write_answers(w, rule);
    out_text(&w->out, "reason",
             rule->annotations && w->reason != NOWHERE ? rule->annotations[w->reason] : slice_of(""));
    out_close(&w->out, '}');
}

static void write_example(struct writing *w, const struct example *example)
{
    out_open(&w->out, NULL, '{');
    out_text(&w->out, "id", id_of(w, example->id, 'E', &w->last_example));
    out_text(&w->out, "sentence", example->sentence);
    out_open(&w->out, "facts", '{');
    for (size_t i = 0; i < w->table->input_count; i++)
        if (example->facts[i].kind != VALUE_NULL)
            out_raw(&w->out, name_text(w, w->table->inputs[i].name),
                    value_json(&example->facts[i], w->arena));
    out_close(&w->out, '}');
    out_open(&w->out, "expect", '{');
    for (size_t i = 0; i < w->table->output_count; i++)
        if (example_expects(example, i))
            out_raw(&w->out, name_text(w, w->table->outputs[i].name),
                    value_json(&example->expected[i], w->arena));
    out_close(&w->out, '}');
    out_close(&w->out, '}');
}

static void write_table(struct writing *w)
{
    const struct table *table = w->table;
    out_open(&w->out, "rules", '[');
    for (size_t i = 0; i < table->rule_count; i++)
        write_rule(w, NULL, &table->rules[i], false);
    out_close(&w->out, ']');
    if (table->otherwise)
        write_rule(w, "otherwise", table->otherwise, true);
    else
        complain(w->faults, w->arena, (struct table_fault){.file = w->file},
                 "the row for everything else (:otherwise) is missing");
    out_open(&w->out, "examples", '[');
    for (size_t i = 0; i < table->example_count; i++)
        write_example(w, &table->examples[i]);
    out_close(&w->out, ']');
}

struct slice rules_draft(const struct table *table, int64_t based_on, const char *note, const char *file,
                         struct arena *arena, struct table_faults *faults)
{
    struct writing w = {table, slice_of(file), arena, faults, json_out_new(arena, 4096), reason_of(table), 0,
                        0};
    find_numbers(&w);
    check_names(&w);
    if (faults->count)
        return SLICE_NONE;
    out_open(&w.out, NULL, '{');
    if (based_on)
        out_integer(&w.out, "basedOn", based_on);
    if (note)
        out_text(&w.out, "note", slice_of(note));
    write_table(&w);
    out_close(&w.out, '}');
    return faults->count ? SLICE_NONE : json_out_slice(&w.out);
}

/* ---- back to the line ---- */

/* The service puts the id of the row before what it says of it; so does who shows the fault. */
static struct slice without_rule(struct slice text, struct slice rule)
{
    size_t skip = rule.len + 2;
    bool doubled = rule.len && text.len >= skip && memcmp(text.ptr, rule.ptr, rule.len) == 0 &&
                   memcmp(text.ptr + rule.len, ": ", 2) == 0;
    return doubled ? slice_make(text.ptr + skip, text.len - skip) : text;
}

struct table_fault rules_fault(const struct table *table, const char *pointer, const char *text,
                               const char *file, struct arena *arena)
{
    struct table_fault fault = {.file = slice_of(file), .text = slice_of(text)};
    struct slice rest = slice_of(pointer);
    uint64_t index;
    slice_cut(&rest, '/');
    struct slice list = slice_cut(&rest, '/');
    struct slice number = slice_is(list, "otherwise") ? slice_of("0") : slice_cut(&rest, '/');
    bool numbered = slice_to_u64(number, UINT32_MAX, &index);
    if (numbered && slice_is(list, "rules") && index < table->rule_count) {
        fault.line = table->rules[index].line;
        fault.rule = table->rules[index].id;
    } else if (numbered && slice_is(list, "examples") && index < table->example_count) {
        fault.line = table->examples[index].line;
        fault.rule = table->examples[index].id;
    } else if (slice_is(list, "otherwise") && table->otherwise) {
        fault.line = table->otherwise->line;
        fault.rule = table->otherwise->id;
    } else if (*pointer) {
        fault.column = arena_slice(arena, slice_of(pointer));
        return fault;
    }
    fault.text = without_rule(fault.text, fault.rule);
    /* "when/age", "then/offering", "facts/age"; "id" and "reason" stand alone. */
    struct slice part = slice_cut(&rest, '/');
    fault.column = arena_slice(arena, rest.len ? rest : part);
    return fault;
}
