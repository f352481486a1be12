/* A table as a DMN 1.5 model: one decision, and the inputs that it names. Elements stand in the order that
 * the schema of the standard (DMN15.xsd) asks for. */
#include "dmn_own.h"
#include "text.h"

#include <ctype.h>

#define WORDS_TYPE "tWords"

struct dmn_writer {
    const struct table *table;
    struct arena *arena;
    struct text out;
};

/* ---- XML ---- */

/* A character that XML cannot hold becomes U+FFFD. */
static void put_escaped(struct dmn_writer *w, struct slice text, bool in_attribute)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_broken = (c == 0xEF && i + 2 < text.len && (unsigned char)text.ptr[i + 1] == 0xBF &&
                          (unsigned char)text.ptr[i + 2] >= 0xBE); /* U+FFFE, U+FFFF */
        if (c == '<')
            text_add_words(&w->out, "&lt;");
        else if (c == '>')
            text_add_words(&w->out, "&gt;");
        else if (c == '&')
            text_add_words(&w->out, "&amp;");
        else if (c == '"' && in_attribute)
            text_add_words(&w->out, "&quot;");
        else if (c == '\r' || (in_attribute && (c == '\n' || c == '\t')))
            text_printf(&w->out, "&#%u;", (unsigned)c);
        else if (is_broken || (c < 0x20 && c != '\n' && c != '\t'))
            text_add_words(&w->out, "\xef\xbf\xbd");
        else
            text_add_char(&w->out, text.ptr[i]);
        i += is_broken ? 2 : 0;
    }
}

static void put(struct dmn_writer *w, const char *xml)
{
    text_add_words(&w->out, xml);
}

/* ` name="value"`; nothing for an empty value. */
static void put_attribute(struct dmn_writer *w, const char *name, struct slice value)
{
    if (!value.len)
        return;
    text_printf(&w->out, " %s=\"", name);
    put_escaped(w, value, true);
    put(w, "\"");
}

static void put_element(struct dmn_writer *w, const char *name, struct slice text)
{
    text_printf(&w->out, "<%s>", name);
    put_escaped(w, text, false);
    text_printf(&w->out, "</%s>", name);
}

/* `<name><text>...</text></name>` on a line of its own. */
static void put_text(struct dmn_writer *w, const char *indent, const char *name, struct slice text)
{
    text_printf(&w->out, "%s<%s>", indent, name);
    put_element(w, "text", text);
    text_printf(&w->out, "</%s>\n", name);
}

/* What XML takes for an id, and what is not one of ours, which begin with "_". */
static bool is_xml_id(struct slice id)
{
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.ptr[i];
        if (!isalpha(c) && (i == 0 || (!isdigit(c) && c != '-' && c != '_' && c != '.')))
            return false;
    }
    return id.len > 0;
}

/* ---- columns ---- */

static bool is_first(const struct table *table, size_t input)
{
    for (size_t i = 0; i < input; i++)
        if (!table->inputs[i].expression && slice_equal(table->inputs[i].name, table->inputs[input].name))
            return false;
    return !table->inputs[input].expression;
}

static struct slice type_reference(const struct input *input)
{
    if (input->is_any_of)
        return slice_of(WORDS_TYPE);
    return input->type == TYPE_ANY ? SLICE_NONE : slice_of(value_type_word(input->type));
}

static void put_input(struct dmn_writer *w, const struct input *input, size_t index)
{
    struct slice values = allowed_text(input->allowed, input->allowed_count, input->allowed_tests, w->arena);
    struct slice text = input->expression ? feel_text(input->expression, w->arena) : input->name;
    text_printf(&w->out, "      <input id=\"_column%zu\"", index + 1);
    put_attribute(w, "label", input->label);
    put(w, input->is_any_of ? " wijzer:list=\"any\"" : "");
    put(w, input->is_integer ? " wijzer:integer=\"true\"" : "");
    put(w, ">\n        <inputExpression");
    put_attribute(w, "typeRef", type_reference(input));
    put(w, ">");
    put_element(w, "text", text);
    put(w, "</inputExpression>\n");
    if (values.len)
        put_text(w, "        ", "inputValues", values);
    put(w, "      </input>\n");
}

static void put_output(struct dmn_writer *w, const struct output *output, size_t index)
{
    struct slice values = allowed_text(output->allowed, output->allowed_count, NULL, w->arena);
    text_printf(&w->out, "      <output id=\"_output%zu\"", index + 1);
    put_attribute(w, "label", output->label);
    put_attribute(w, "name", output->name);
    if (output->type != TYPE_ANY)
        put_attribute(w, "typeRef", slice_of(value_type_word(output->type)));
    put(w, ">\n");
    if (values.len)
        put_text(w, "        ", "outputValues", values);
    if (output->otherwise)
        put_text(w, "        ", "defaultOutputEntry", feel_text(output->otherwise, w->arena));
    put(w, "      </output>\n");
}

/* ---- rules ---- */

/* list contains(?, "a") or list contains(?, "b") */
static struct slice list_test(struct dmn_writer *w, const struct test *test)
{
    struct text out = text_new(w->arena);
    text_add_words(&out, test->negated ? "not(" : "");
    for (uint32_t i = 0; i < test->count; i++) {
        text_add_words(&out, i ? " or list contains(?, " : "list contains(?, ");
        text_add_quoted(&out, test->words[i]);
        text_add_words(&out, ")");
    }
    text_add_words(&out, test->negated ? ")" : "");
    return text_slice(&out);
}

static struct slice test_cell(struct dmn_writer *w, const struct input *input, const struct test *test)
{
    bool is_list = input->is_any_of && test->kind == TEST_WORDS;
    return is_list ? list_test(w, test) : cell_text(test, w->arena);
}

static void put_rule(struct dmn_writer *w, const struct rule *rule)
{
    const struct table *table = w->table;
    put(w, "      <rule");
    put_attribute(w, is_xml_id(rule->id) ? "id" : "wijzer:id", rule->id);
    put(w, ">\n");
    for (size_t i = 0; i < table->input_count; i++)
        put_text(w, "        ", "inputEntry", test_cell(w, &table->inputs[i], &rule->tests[i]));
    for (size_t i = 0; i < table->output_count; i++)
        put_text(w, "        ", "outputEntry", output_text(rule->outputs[i], w->arena));
    for (size_t i = 0; i < table->annotation_count; i++)
        put_text(w, "        ", "annotationEntry", rule->annotations[i]);
    put(w, "      </rule>\n");
}

/* ---- our own ---- */

static void put_otherwise(struct dmn_writer *w, const struct rule *rule)
{
    put(w, "        <wijzer:otherwise");
    put_attribute(w, "id", rule->id);
    put(w, ">");
    for (size_t i = 0; i < w->table->annotation_count; i++)
        put_element(w, "wijzer:annotation", rule->annotations[i]);
    put(w, "</wijzer:otherwise>\n");
}

static void put_value(struct dmn_writer *w, const char *name, size_t column, const struct value *value)
{
    text_printf(&w->out, "<wijzer:%s column=\"%zu\">", name, column + 1);
    put_escaped(w, value_text(value, w->arena), false);
    text_printf(&w->out, "</wijzer:%s>", name);
}

static void put_example(struct dmn_writer *w, const struct example *example)
{
    put(w, "        <wijzer:example");
    put_attribute(w, "id", example->id);
    put_attribute(w, "sentence", example->sentence);
    put(w, ">");
    for (size_t i = 0; i < w->table->input_count; i++)
        if (example->facts[i].kind != VALUE_NULL)
            put_value(w, "fact", i, &example->facts[i]);
    for (size_t i = 0; i < w->table->output_count; i++)
        if (example_expects(example, i))
            put_value(w, "expected", i, &example->expected[i]);
    put(w, "</wijzer:example>\n");
}

static bool has_other_names(const struct table *table)
{
    for (size_t i = 0; i < table->name_count; i++)
        if (!table_has_input(table, table->names[i]))
            return true;
    return false;
}

static void put_own(struct dmn_writer *w)
{
    const struct table *table = w->table;
    if (!table->absent_is_unknown && !table->otherwise && !table->example_count && !has_other_names(table))
        return;
    put(w, "      <extensionElements>\n");
    if (table->absent_is_unknown)
        put(w, "        <wijzer:table absent=\"unknown\"/>\n");
    for (size_t i = 0; i < table->name_count; i++) {
        if (table_has_input(table, table->names[i]))
            continue;
        put(w, "        ");
        put_element(w, "wijzer:name", table->names[i]);
        put(w, "\n");
    }
    if (table->otherwise)
        put_otherwise(w, table->otherwise);
    for (size_t i = 0; i < table->example_count; i++)
        put_example(w, &table->examples[i]);
    put(w, "      </extensionElements>\n");
}

/* ---- the model ---- */

static const char *policy_word(enum hit_policy policy)
{
    switch (policy) {
    case HIT_UNIQUE:
        return "UNIQUE";
    case HIT_ANY:
        return "ANY";
    case HIT_PRIORITY:
        return "PRIORITY";
    case HIT_FIRST:
        return "FIRST";
    case HIT_COLLECT:
        return "COLLECT";
    case HIT_RULE_ORDER:
        return "RULE ORDER";
    case HIT_OUTPUT_ORDER:
        return "OUTPUT ORDER";
    }
    return "UNIQUE";
}

static const char *aggregation_word(const struct table *table)
{
    if (table->policy != HIT_COLLECT)
        return NULL;
    switch (table->aggregation) {
    case AGGREGATE_SUM:
        return "SUM";
    case AGGREGATE_COUNT:
        return "COUNT";
    case AGGREGATE_MIN:
        return "MIN";
    case AGGREGATE_MAX:
        return "MAX";
    case AGGREGATE_NONE:
        break;
    }
    return NULL;
}

static void put_table(struct dmn_writer *w)
{
    const struct table *table = w->table;
    put(w, "    <decisionTable id=\"_table\"");
    put_attribute(w, "hitPolicy", slice_of(policy_word(table->policy)));
    put_attribute(w, "aggregation", slice_of(aggregation_word(table)));
    put(w, ">\n");
    put_own(w);
    for (size_t i = 0; i < table->input_count; i++)
        put_input(w, &table->inputs[i], i);
    for (size_t i = 0; i < table->output_count; i++)
        put_output(w, &table->outputs[i], i);
    for (size_t i = 0; i < table->annotation_count; i++) {
        put(w, "      <annotation");
        put_attribute(w, "name", table->annotations[i]);
        put(w, "/>\n");
    }
    for (size_t i = 0; i < table->rule_count; i++)
        put_rule(w, &table->rules[i]);
    put(w, "    </decisionTable>\n");
}

static void put_decision(struct dmn_writer *w, struct slice name)
{
    const struct table *table = w->table;
    put(w, "  <decision");
    put_attribute(w, "id", is_xml_id(table->id) ? table->id : slice_of("_decision"));
    put_attribute(w, "name", name);
    put(w, ">\n    <variable");
    put_attribute(w, "name", name);
    put(w, "/>\n");
    for (size_t i = 0; i < table->input_count; i++)
        if (is_first(table, i))
            text_printf(&w->out,
                        "    <informationRequirement><requiredInput href=\"#_input%zu\"/>"
                        "</informationRequirement>\n",
                        i + 1);
    put_table(w);
    put(w, "  </decision>\n");
}

static void put_input_data(struct dmn_writer *w, const struct input *input, size_t index)
{
    text_printf(&w->out, "  <inputData id=\"_input%zu\"", index + 1);
    put_attribute(w, "name", input->name);
    put(w, ">\n    <variable");
    put_attribute(w, "name", input->name);
    put_attribute(w, "typeRef", type_reference(input));
    put(w, "/>\n  </inputData>\n");
}

static bool has_words(const struct table *table)
{
    for (size_t i = 0; i < table->input_count; i++)
        if (table->inputs[i].is_any_of)
            return true;
    return false;
}

struct slice dmn_write(const struct table *table, struct arena *arena)
{
    struct dmn_writer w = {.table = table, .arena = arena, .out = text_new(arena)};
    struct slice name = table->name.len ? table->name : slice_of("table");
    put(&w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<definitions id=\"_definitions\"");
    put_attribute(&w, "name", name);
    put(&w, " namespace=\"urn:wijzer:tables\" exporter=\"wijzer\"\n"
            "    xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
            "xmlns:wijzer=\"" DMN_OWN_NAMESPACE "\">\n");
    if (has_words(table))
        put(&w, "  <itemDefinition name=\"" WORDS_TYPE "\" isCollection=\"true\"><typeRef>string</typeRef>"
                "</itemDefinition>\n");
    put_decision(&w, name);
    for (size_t i = 0; i < table->input_count; i++)
        if (is_first(table, i))
            put_input_data(&w, &table->inputs[i], i);
    put(&w, "</definitions>\n");
    return text_slice(&w.out);
}
