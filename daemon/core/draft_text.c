/* A table as the API's document, and as rows for the database.
 */
#include "json_fact.h"
#include "pgtext.h"
#include "question.h"

/* The API's document ---------------------------------------------------------------------------------------
 */

static void write_answer(struct json_out *out, const char *name, const struct feel *answer)
{
    struct value value;
    if (answer && feel_constant(answer, &value))
        out_raw(out, name, value_json(&value, out->arena));
    else
        out_null(out, name);
}

void rulebook_write_then(struct json_out *out, const struct question *question, const struct rule *rule)
{
    out_open(out, "then", '{');
    /* Most rows are not offered and ask for no evidence, and those of before there was either never did. */
    for (size_t i = 0; i < question->output_count; i++)
        if (rule->outputs[i] || !answer_came_later(question->outputs[i]))
            write_answer(out, answer_word(question->outputs[i]), rule->outputs[i]);
    out_close(out, '}');
}

static void write_when(struct json_out *out, const struct question *question, const struct rule *rule)
{
    out_open(out, "when", '{');
    for (size_t i = 0; i < question->input_count; i++)
        if (rule->tests[i].kind != TEST_ANY)
            out_text(out, about_name(question->inputs[i]), test_text(&rule->tests[i], false, out->arena));
    out_close(out, '}');
}

static void write_rule(struct json_out *out, const char *name, const struct question *question,
                       const struct rule *rule, bool has_conditions)
{
    out_open(out, name, '{');
    out_text(out, "id", rule->id);
    if (has_conditions)
        write_when(out, question, rule);
    rulebook_write_then(out, question, rule);
    out_text(out, "reason", rule->annotations[0]);
    out_close(out, '}');
}

static void write_example(struct json_out *out, const struct question *question,
                          const struct example *example)
{
    out_open(out, NULL, '{');
    out_text(out, "id", example->id);
    out_text(out, "sentence", example->sentence);
    out_open(out, "facts", '{');
    for (size_t i = 0; i < question->input_count; i++)
        if (example->facts[i].kind != VALUE_NULL)
            out_raw(out, about_name(question->inputs[i]), value_json(&example->facts[i], out->arena));
    out_close(out, '}');
    out_open(out, "expect", '{');
    for (size_t i = 0; i < question->output_count; i++)
        if (example_expects(example, i))
            out_raw(out, answer_word(question->outputs[i]), value_json(&example->expected[i], out->arena));
    out_close(out, '}');
    out_close(out, '}');
}

static void write_examples(struct json_out *out, const char *name, const struct question *question,
                           const struct table *table)
{
    out_open(out, name, '[');
    for (size_t i = 0; i < table->example_count; i++)
        write_example(out, question, &table->examples[i]);
    out_close(out, ']');
}

struct slice rulebook_document_text(const struct question *question, const struct table *table,
                                    struct arena *arena)
{
    struct json_out out = json_out_new(arena, 1024 + 256 * table->rule_count);
    out_open(&out, "rules", '[');
    for (size_t i = 0; i < table->rule_count; i++)
        write_rule(&out, NULL, question, &table->rules[i], true);
    out_close(&out, ']');
    if (table->otherwise)
        write_rule(&out, "otherwise", question, table->otherwise, false);
    write_examples(&out, "examples", question, table);
    return json_out_slice(&out);
}

struct slice rulebook_examples_json(const struct question *question, const struct table *table,
                                    struct arena *arena)
{
    struct json_out out = json_out_new(arena, 1024);
    write_examples(&out, NULL, question, table);
    return json_out_slice(&out);
}

/* Rows -----------------------------------------------------------------------------------------------------
 */

static void write_cell(struct json_out *out, const char *name, const struct test *test)
{
    switch (test->kind) {
    case TEST_NUMBERS:
        out_text(out, name, pg_ranges_text(test, out->arena));
        return;
    case TEST_BOOLEAN:
        out_bool(out, name, test->boolean);
        return;
    case TEST_WORDS:
        out_open(out, name, '[');
        for (uint32_t i = 0; i < test->count; i++)
            out_text(out, NULL, test->words[i]);
        out_close(out, ']');
        return;
    default:
        return;
    }
}

static void write_nots(struct json_out *out, const struct question *question, const struct rule *rule)
{
    bool is_open = false;
    for (size_t i = 0; i < question->input_count; i++) {
        if (rule->tests[i].kind != TEST_WORDS || !rule->tests[i].negated)
            continue;
        if (!is_open)
            out_open(out, "nots", '[');
        is_open = true;
        out_text(out, NULL, slice_of(about_column(question->inputs[i]).sql));
    }
    if (is_open)
        out_close(out, ']');
}

static void write_row(struct json_out *out, const struct question *question, const struct rule *rule,
                      bool is_otherwise)
{
    out_open(out, NULL, '{');
    out_text(out, "rule_id", rule->id);
    out_bool(out, "is_otherwise", is_otherwise);
    write_nots(out, question, rule);
    for (size_t i = 0; i < question->input_count; i++)
        write_cell(out, about_column(question->inputs[i]).sql, &rule->tests[i]);
    for (size_t i = 0; i < question->output_count; i++)
        if (rule->outputs[i])
            write_answer(out, answer_column(question->outputs[i]).sql, rule->outputs[i]);
    out_text(out, "reason", rule->annotations[0]);
    out_close(out, '}');
}

struct slice rulebook_rows_json(const struct question *question, const struct table *table,
                                struct arena *arena)
{
    struct json_out out = json_out_new(arena, 1024 + 256 * table->rule_count);
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < table->rule_count; i++)
        write_row(&out, question, &table->rules[i], false);
    if (table->otherwise)
        write_row(&out, question, table->otherwise, true);
    out_close(&out, ']');
    return json_out_slice(&out);
}
