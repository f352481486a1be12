/* A decisionTable element as a table. */
#include "dmn_own.h"

enum { ANNOTATIONS = 32 };

struct table_reader {
    struct dmn_reader *reader;
    struct arena *arena;
    const struct dmn_node *node;
    struct table *table;
    struct input *inputs;
    struct output *outputs;
    struct slice *annotations;
    struct feel_syntax syntax;
    struct slice variable; /* the decision's own name */
};

static bool fault(struct table_reader *t, size_t line, struct slice rule, struct slice column,
                  const char *text)
{
    struct slice where = t->table->name;
    if (t->reader->model->decision_count > 1 && where.len)
        text = arena_printf(t->arena, "decision \"%.*s\": %s", SLICE_FMT(where), text);
    return dmn_fault(t->reader, line, rule, column, text);
}

static bool feel_fault_at(struct table_reader *t, size_t line, struct slice rule, struct slice column,
                          struct slice text, const struct feel_fault *found)
{
    enum { SHOWN = 60 };
    size_t offset = found->offset < text.len ? found->offset : text.len;
    return fault(t, line, rule, column,
                 arena_printf(t->arena, "%s, at character %zu of \"%.*s\"", found->text,
                              slice_utf8_length(slice_make(text.ptr, offset)) + 1,
                              SLICE_FMT(cut_text(text, SHOWN))));
}

/* Expressions in other languages would be taken for FEEL. */
static bool check_language(struct table_reader *t, const struct dmn_node *node, struct slice rule,
                           struct slice column)
{
    struct slice language = dmn_attribute(node, "expressionLanguage");
    for (size_t i = 0; i + 4 <= language.len; i++)
        if (slice_equal_nocase(slice_make(language.ptr + i, 4), slice_of("feel")))
            return true;
    if (language.len == 0)
        return true;
    return fault(
        t, node->line, rule, column,
        arena_printf(t->arena, "expected FEEL, found expression language \"%.*s\"", SLICE_FMT(language)));
}

/* ---- head ---- */

static void read_policy(struct table_reader *t)
{
    static const struct {
        const char *word;
        enum hit_policy policy;
    } policies[] = {
        {"UNIQUE", HIT_UNIQUE},
        {"ANY", HIT_ANY},
        {"PRIORITY", HIT_PRIORITY},
        {"FIRST", HIT_FIRST},
        {"COLLECT", HIT_COLLECT},
        {"RULE ORDER", HIT_RULE_ORDER},
        {"OUTPUT ORDER", HIT_OUTPUT_ORDER},
    };
    struct slice word = dmn_attribute(t->node, "hitPolicy");
    t->table->policy = HIT_UNIQUE;
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        if (!word.ptr || slice_is(word, policies[i].word)) {
            t->table->policy = policies[i].policy;
            return;
        }
    }
    fault(
        t, t->node->line, SLICE_NONE, SLICE_NONE,
        arena_printf(t->arena,
                     "expected hit policy UNIQUE, ANY, PRIORITY, FIRST, COLLECT, RULE ORDER or OUTPUT ORDER, "
                     "found \"%.*s\"",
                     SLICE_FMT(word)));
}

static void read_aggregation(struct table_reader *t)
{
    static const struct {
        const char *word;
        enum aggregation aggregation;
    } aggregations[] = {
        {"SUM", AGGREGATE_SUM}, {"COUNT", AGGREGATE_COUNT}, {"MIN", AGGREGATE_MIN}, {"MAX", AGGREGATE_MAX}};
    struct slice word = dmn_attribute(t->node, "aggregation");
    t->table->aggregation = AGGREGATE_NONE;
    if (!word.len)
        return;
    for (size_t i = 0; i < sizeof aggregations / sizeof aggregations[0]; i++) {
        if (slice_is(word, aggregations[i].word)) {
            /* It says something under COLLECT only. */
            t->table->aggregation =
                t->table->policy == HIT_COLLECT ? aggregations[i].aggregation : AGGREGATE_NONE;
            return;
        }
    }
    fault(t, t->node->line, SLICE_NONE, SLICE_NONE,
          arena_printf(t->arena, "expected aggregation SUM, COUNT, MIN or MAX, found \"%.*s\"",
                       SLICE_FMT(word)));
}

/* ---- inputs ---- */

static const struct input_data *data_find(const struct dmn_reader *reader, struct slice name)
{
    for (size_t i = 0; i < reader->model->input_count; i++)
        if (slice_equal(reader->model->inputs[i].name, name))
            return &reader->model->inputs[i];
    for (size_t i = 0; i < reader->model->decision_count; i++)
        if (slice_equal(reader->model->decisions[i].variable.name, name))
            return &reader->model->decisions[i].variable;
    return NULL;
}

/* Whether it is the fact of that name, and no expression: true is none. */
static bool is_fact_name(struct slice text)
{
    return dmn_is_plain_name(text) && !slice_is(text, "true") && !slice_is(text, "false") &&
           !slice_is(text, "null");
}

static void read_allowed_input(struct table_reader *t, const struct dmn_node *node, struct slice declared,
                               struct input *input)
{
    struct feel_fault found;
    const struct dmn_node *values = dmn_child(node, "inputValues");
    struct slice text = values ? dmn_child_text(values, "text") : declared;
    if (!allowed_parse(text, &t->syntax, t->arena, &input->allowed, &input->allowed_count,
                       &input->allowed_tests, &found) &&
        values)
        feel_fault_at(t, values->line, SLICE_NONE, input->name, text, &found);
}

static void read_input(struct table_reader *t, const struct dmn_node *node, struct input *input)
{
    const struct dmn_node *expression = dmn_child(node, "inputExpression");
    struct slice text = dmn_child_text(expression, "text");
    struct slice reference = trim_all(dmn_attribute(expression, "typeRef"));
    const struct input_data *data = data_find(t->reader, text);
    struct input_data type = dmn_type_of(t->reader, reference);
    struct feel_fault found;
    if (!reference.len && data)
        type = *data;
    *input = (struct input){.name = text,
                            .label = dmn_attribute(node, "label"),
                            .type = type.type,
                            .is_any_of = slice_is(dmn_attribute(node, "wijzer:list"), "any"),
                            .is_integer = slice_is(dmn_attribute(node, "wijzer:integer"), "true")};
    if (!input->label.len)
        input->label = text;
    if (!text.len) {
        fault(t, node->line, SLICE_NONE, input->label, "expected an input expression, found nothing");
        return;
    }
    if (!data && !is_fact_name(text) && check_language(t, expression, SLICE_NONE, text)) {
        input->expression = feel_parse_expression(text, &t->syntax, t->arena, &found);
        if (!input->expression)
            feel_fault_at(t, expression->line, SLICE_NONE, text, text, &found);
    }
    read_allowed_input(t, node, type.allowed, input);
}

/* ---- outputs ---- */

/* What the decision's own type says of an output, where the output itself says nothing. */
static struct input_data inherited_type(struct table_reader *t, struct slice reference, struct slice name)
{
    struct slice own = trim_all(dmn_attribute(t->node, "typeRef"));
    struct input_data type = dmn_type_of(t->reader, own.len ? own : reference);
    if (t->table->output_count == 1)
        return type;
    for (size_t i = 0; i < type.component_count; i++)
        if (slice_equal(type.components[i].name, name))
            return type.components[i];
    return (struct input_data){.type = TYPE_ANY};
}

static void read_allowed_output(struct table_reader *t, const struct dmn_node *node, struct slice declared,
                                struct output *output)
{
    struct feel_fault found;
    const struct feel *tests = NULL; /* they say no order */
    const struct dmn_node *values = dmn_child(node, "outputValues");
    struct slice text = values ? dmn_child_text(values, "text") : declared;
    if (!allowed_parse(text, &t->syntax, t->arena, &output->allowed, &output->allowed_count, &tests,
                       &found) &&
        values)
        feel_fault_at(t, values->line, SLICE_NONE, output->name, text, &found);
}

static void read_output(struct table_reader *t, const struct dmn_node *node, struct slice decision_type,
                        struct output *output)
{
    const struct dmn_node *otherwise = dmn_child(node, "defaultOutputEntry");
    struct slice name = trim_all(dmn_attribute(node, "name")), label = dmn_attribute(node, "label");
    struct slice reference = trim_all(dmn_attribute(node, "typeRef"));
    if (!name.len && t->table->output_count > 1)
        name = trim_all(label);
    struct input_data type =
        reference.len ? dmn_type_of(t->reader, reference) : inherited_type(t, decision_type, name);
    struct slice text = otherwise ? dmn_child_text(otherwise, "text") : SLICE_NONE;
    struct feel_fault found;
    *output = (struct output){.name = name, .label = label.len ? label : name, .type = type.type};
    if (!name.len && t->table->output_count > 1)
        fault(t, node->line, SLICE_NONE, SLICE_NONE,
              "expected a name for each of several outputs, found none");
    read_allowed_output(t, node, type.allowed, output);
    if (text.len && !slice_is(text, "-") && check_language(t, otherwise, SLICE_NONE, name)) {
        output->otherwise = feel_parse_expression(text, &t->syntax, t->arena, &found);
        if (!output->otherwise)
            feel_fault_at(t, otherwise->line, SLICE_NONE, name, text, &found);
    }
}

/* ---- columns ---- */

static size_t most_annotations(const struct dmn_node *node)
{
    size_t most = dmn_count(node, "annotation");
    for (const struct dmn_node *rule = dmn_child(node, "rule"); rule; rule = dmn_next(rule, "rule")) {
        size_t count = dmn_count(rule, "annotationEntry");
        most = count > most ? count : most;
    }
    return most;
}

static bool check_counts(struct table_reader *t)
{
    const struct table *table = t->table;
    size_t rules = dmn_count(t->node, "rule");
    const struct {
        size_t count, least, most;
        const char *what;
    } counts[] = {
        {table->input_count, 0, TABLE_INPUTS, "inputs"},
        {table->output_count, 1, TABLE_OUTPUTS, "outputs"},
        {table->annotation_count, 0, ANNOTATIONS, "annotations"},
        {rules, 0, TABLE_RULES, "rules"},
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (counts[i].count < counts[i].least || counts[i].count > counts[i].most)
            return fault(t, t->node->line, SLICE_NONE, SLICE_NONE,
                         arena_printf(t->arena, "expected %zu to %zu %s, found %zu", counts[i].least,
                                      counts[i].most, counts[i].what, counts[i].count));
    return true;
}

static void read_columns(struct table_reader *t, struct slice decision_type)
{
    size_t i = 0;
    for (const struct dmn_node *node = dmn_child(t->node, "input"); node; node = dmn_next(node, "input"))
        read_input(t, node, &t->inputs[i++]);
    i = 0;
    for (const struct dmn_node *node = dmn_child(t->node, "output"); node; node = dmn_next(node, "output"))
        read_output(t, node, decision_type, &t->outputs[i++]);
    i = 0;
    for (const struct dmn_node *node = dmn_child(t->node, "annotation"); node;
         node = dmn_next(node, "annotation"))
        t->annotations[i++] = trim_all(dmn_attribute(node, "name"));
}

/* ---- rules ---- */

static struct slice rule_id(const struct dmn_node *node)
{
    struct slice own = dmn_attribute(node, "wijzer:id");
    return own.len ? own : dmn_attribute(node, "id");
}

static void check_entries(struct table_reader *t, const struct dmn_node *rule, const char *what,
                          size_t expected)
{
    size_t count = dmn_count(rule, what);
    if (count != expected)
        fault(t, rule->line, rule_id(rule), SLICE_NONE,
              arena_printf(t->arena, "expected %zu elements \"%s\", found %zu", expected, what, count));
}

/* The tests of a cell; NULL: "-", or a fault. */
static const struct feel *read_tests(struct table_reader *t, const struct dmn_node *rule,
                                     const struct dmn_node *entry, struct slice column)
{
    struct slice text = dmn_child_text(entry, "text");
    struct feel_fault found;
    if (text.len == 0 || slice_is(text, "-") || !check_language(t, entry, rule_id(rule), column))
        return NULL;
    const struct feel *feel = feel_parse_tests(text, &t->syntax, t->arena, &found);
    if (!feel)
        feel_fault_at(t, entry->line, rule_id(rule), column, text, &found);
    return feel;
}

static const struct feel *read_result(struct table_reader *t, const struct dmn_node *rule,
                                      const struct dmn_node *entry, struct slice column)
{
    struct slice text = dmn_child_text(entry, "text");
    struct feel_fault found;
    if (text.len == 0 || slice_is(text, "-") || !check_language(t, entry, rule_id(rule), column))
        return NULL;
    const struct feel *feel = feel_parse_expression(text, &t->syntax, t->arena, &found);
    if (!feel)
        feel_fault_at(t, entry->line, rule_id(rule), column, text, &found);
    return feel;
}

/* The cell as it is; whether it is a set of values is seen when all of its column is there. */
static void read_cells(struct table_reader *t, const struct dmn_node *rule, struct test *tests)
{
    size_t i = 0;
    for (const struct dmn_node *entry = dmn_child(rule, "inputEntry"); entry && i < t->table->input_count;
         entry = dmn_next(entry, "inputEntry"), i++)
        tests[i].feel = read_tests(t, rule, entry, t->inputs[i].name);
}

static void read_rule(struct table_reader *t, const struct dmn_node *node, struct rule *rule)
{
    struct table *table = t->table;
    struct test *tests = arena_array(t->arena, table->input_count, sizeof *tests);
    const struct feel **outputs = arena_array(t->arena, table->output_count, sizeof *outputs);
    struct slice *annotations = arena_array(t->arena, table->annotation_count, sizeof *annotations);
    size_t i = 0;
    check_entries(t, node, "inputEntry", table->input_count);
    check_entries(t, node, "outputEntry", table->output_count);
    read_cells(t, node, tests);
    for (const struct dmn_node *entry = dmn_child(node, "outputEntry"); entry && i < table->output_count;
         entry = dmn_next(entry, "outputEntry"), i++)
        outputs[i] = read_result(t, node, entry, t->outputs[i].name);
    i = 0;
    for (const struct dmn_node *entry = dmn_child(node, "annotationEntry"); entry;
         entry = dmn_next(entry, "annotationEntry")) {
        const struct dmn_node *text = dmn_child(entry, "text");
        annotations[i++] = text ? text->text : SLICE_NONE;
    }
    *rule = (struct rule){rule_id(node), node->line, tests, outputs, annotations};
}

static bool is_list_test(const struct feel *feel, struct arena *arena)
{
    struct test test;
    return !feel_simple(feel, arena, &test) && feel_simple_list(feel, arena, &test);
}

/* A column is a list by our own mark, or by a cell that asks what is in it. */
static void find_lists(struct table_reader *t)
{
    for (size_t i = 0; i < t->table->input_count; i++) {
        struct input *input = &t->inputs[i];
        for (size_t k = 0; k < t->table->rule_count && !input->is_any_of; k++) {
            const struct feel *feel = t->table->rules[k].tests[i].feel;
            input->is_any_of = feel && is_list_test(feel, t->arena);
        }
        if (input->is_any_of)
            input->type = TYPE_STRING;
    }
}

/* On a list only what asks for its words is one of the simple sets; "a" alone compares with the whole list.
 */
static void simplify(struct arena *arena, const struct input *input, struct test *test)
{
    const struct feel *feel = test->feel;
    bool is_simple = feel && feel_simple(feel, arena, test);
    if (is_simple && input->is_any_of)
        is_simple = test->kind == TEST_NULL || test->kind == TEST_ANY;
    if (!is_simple && feel && input->is_any_of)
        is_simple = feel_simple_list(feel, arena, test);
    if (!is_simple)
        *test = (struct test){.kind = feel ? TEST_FEEL : TEST_ANY, .feel = feel};
}

static void simplify_all(struct table_reader *t)
{
    for (size_t k = 0; k < t->table->rule_count; k++) {
        struct test *tests = (struct test *)(uintptr_t)t->table->rules[k].tests;
        for (size_t i = 0; i < t->table->input_count; i++)
            simplify(t->arena, &t->inputs[i], &tests[i]);
    }
}

static void read_rules(struct table_reader *t)
{
    struct rule *rules = arena_array(t->arena, dmn_count(t->node, "rule"), sizeof *rules);
    t->table->rules = rules;
    for (const struct dmn_node *node = dmn_child(t->node, "rule"); node; node = dmn_next(node, "rule"))
        read_rule(t, node, &rules[t->table->rule_count++]);
    find_lists(t);
    simplify_all(t);
}

/* ---- our own: the row for all others, examples, names ---- */

static bool read_literal(struct table_reader *t, const struct dmn_node *node, struct value *values,
                         size_t count)
{
    struct feel_fault found;
    uint64_t column;
    struct slice text = trim_all(node->text);
    if (!slice_to_u64(dmn_attribute(node, "column"), count, &column) || column == 0)
        return fault(t, node->line, SLICE_NONE, SLICE_NONE,
                     arena_printf(t->arena, "expected a column from 1 to %zu", count));
    const struct feel *feel = feel_parse_expression(text, &t->syntax, t->arena, &found);
    if (!feel)
        return feel_fault_at(t, node->line, SLICE_NONE, SLICE_NONE, text, &found);
    if (!feel_constant(feel, &values[column - 1]))
        return fault(t, node->line, SLICE_NONE, SLICE_NONE, "expected a literal, found an expression");
    return true;
}

/* Those that are there and are null. */
static const bool *read_expected_nulls(struct table_reader *t, const struct dmn_node *node)
{
    bool *expects_null = arena_array(t->arena, t->table->output_count, sizeof *expects_null);
    uint64_t column;
    for (const struct dmn_node *child = node->first; child; child = child->next)
        if (slice_is(child->name, "wijzer:expected") && slice_is(trim_all(child->text), "null") &&
            slice_to_u64(dmn_attribute(child, "column"), t->table->output_count, &column) && column)
            expects_null[column - 1] = true;
    return expects_null;
}

static void read_example(struct table_reader *t, const struct dmn_node *node, struct example *example)
{
    struct value *facts = arena_array(t->arena, t->table->input_count, sizeof *facts);
    struct value *expected = arena_array(t->arena, t->table->output_count, sizeof *expected);
    for (const struct dmn_node *child = node->first; child; child = child->next) {
        if (slice_is(child->name, "wijzer:fact"))
            read_literal(t, child, facts, t->table->input_count);
        else if (slice_is(child->name, "wijzer:expected"))
            read_literal(t, child, expected, t->table->output_count);
    }
    *example = (struct example){.id = dmn_attribute(node, "id"),
                                .sentence = dmn_attribute(node, "sentence"),
                                .line = node->line,
                                .facts = facts,
                                .expected = expected,
                                .expects_null = read_expected_nulls(t, node)};
}

static void read_otherwise(struct table_reader *t, const struct dmn_node *node)
{
    struct rule *rule = arena_alloc(t->arena, sizeof *rule);
    struct test *tests = arena_array(t->arena, t->table->input_count, sizeof *tests);
    const struct feel **outputs = arena_array(t->arena, t->table->output_count, sizeof *outputs);
    struct slice *annotations = arena_array(t->arena, t->table->annotation_count, sizeof *annotations);
    size_t i = 0;
    for (const struct dmn_node *text = dmn_child(node, "wijzer:annotation");
         text && i < t->table->annotation_count; text = dmn_next(text, "wijzer:annotation"))
        annotations[i++] = text->text;
    for (i = 0; i < t->table->output_count; i++)
        outputs[i] = t->outputs[i].otherwise;
    *rule = (struct rule){dmn_attribute(node, "id"), node->line, tests, outputs, annotations};
    t->table->otherwise = rule;
}

static void read_own(struct table_reader *t)
{
    const struct dmn_node *own = dmn_child(t->node, "extensionElements");
    struct example *examples = arena_array(t->arena, dmn_count(own, "wijzer:example"), sizeof *examples);
    const struct dmn_node *otherwise = dmn_child(own, "wijzer:otherwise");
    t->table->absent_is_unknown =
        slice_is(dmn_attribute(dmn_child(own, "wijzer:table"), "absent"), "unknown");
    t->table->examples = examples;
    for (const struct dmn_node *node = dmn_child(own, "wijzer:example"); node;
         node = dmn_next(node, "wijzer:example"))
        read_example(t, node, &examples[t->table->example_count++]);
    if (otherwise)
        read_otherwise(t, otherwise);
}

static bool is_input(const struct table_reader *t, struct slice name)
{
    for (const struct dmn_node *node = dmn_child(t->node, "input"); node; node = dmn_next(node, "input"))
        if (slice_equal(dmn_child_text(dmn_child(node, "inputExpression"), "text"), name))
            return true;
    return false;
}

/* The model's names, and those that the table says cells may use. */
static void read_names(struct table_reader *t)
{
    const struct dmn_node *own = dmn_child(t->node, "extensionElements");
    size_t room = dmn_count(own, "wijzer:name") + t->reader->syntax.name_count, count = 0, other_count = 0;
    struct slice *names = arena_array(t->arena, room, sizeof *names);
    struct slice *others = arena_array(t->arena, room, sizeof *others);
    for (size_t i = 0; i < t->reader->syntax.name_count; i++)
        names[count++] = t->reader->syntax.names[i];
    for (const struct dmn_node *node = dmn_child(own, "wijzer:name"); node;
         node = dmn_next(node, "wijzer:name"))
        if (trim_all(node->text).len)
            names[count++] = trim_all(node->text);
    for (size_t i = 0; i < count; i++)
        if (!is_input(t, names[i]) && !slice_equal(names[i], t->variable))
            others[other_count++] = names[i];
    t->syntax = (struct feel_syntax){names, count, 0};
    t->table->names = others;
    t->table->name_count = other_count;
}

const struct table *dmn_table_read(struct dmn_reader *reader, const struct dmn_node *node,
                                   const struct dmn_decision *decision, struct slice type_reference)
{
    struct table *table = arena_alloc(reader->arena, sizeof *table);
    struct table_reader t = {.reader = reader,
                             .arena = reader->arena,
                             .node = node,
                             .table = table,
                             .variable = decision->variable.name};
    table->name = decision->name;
    table->id = decision->id;
    table->input_count = dmn_count(node, "input");
    table->output_count = dmn_count(node, "output");
    table->annotation_count = most_annotations(node);
    if (!check_counts(&t))
        return table;
    table->inputs = t.inputs = arena_array(t.arena, table->input_count, sizeof *t.inputs);
    table->outputs = t.outputs = arena_array(t.arena, table->output_count, sizeof *t.outputs);
    table->annotations = t.annotations = arena_array(t.arena, table->annotation_count, sizeof *t.annotations);
    read_names(&t);
    read_policy(&t);
    read_aggregation(&t);
    read_columns(&t, type_reference);
    read_rules(&t);
    read_own(&t);
    return table;
}
