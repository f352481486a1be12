/* Random tables with everything in them that a table can hold, for round trips. */
#ifndef WIJZER_TABLE_RANDOM_H
#define WIJZER_TABLE_RANDOM_H

#include "table_fixture.h"

struct dice {
    uint64_t state;
    struct arena *arena;
};

static inline size_t roll(struct dice *dice, size_t sides)
{
    dice->state = dice->state * 6364136223846793005U + 1442695040888963407U;
    return (size_t)(dice->state >> 33) % sides;
}

static inline const char *one_of(struct dice *dice, const char *const *words, size_t count)
{
    return words[roll(dice, count)];
}
#define ONE_OF(dice, ...)                                                                                    \
    one_of(dice, (const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static inline const char *random_text(struct dice *dice)
{
    return ONE_OF(dice, "", "because", "says \"no\"", "two\nlines", "two\r\nlines", "a;b", "a,b", "a\tb",
                  "=1+1", "+31", "-", "-5", "-x", "@x", "'", "'=x", "''x", " lead", "trail ",
                  "caf\xc3\xa9 \xe2\x82\xac 5", "<b>&amp;</b>", "]]>", "# x", "> y", ":type", "null",
                  "\xf0\x9f\x98\x80");
}

/* FEEL of a string. */
static inline const char *random_word(struct dice *dice)
{
    return ONE_OF(dice, "\"finances\"", "\"housing\"", "\"social-network\"", "\"5751\"", "\"a,b\"", "\"not\"",
                  "\"null\"", "\"true\"", "\"say \\\"hi\\\"\"", "\" space \"", "\"\"", "\"-\"",
                  "\"caf\xc3\xa9\"", "\"age\"", "\"birth year\"", "\"=x\"", "\"[]\"", "\"some\"",
                  "\"a\\\\b\"", "\"tab\\there\"", "\"<&>\"");
}

static inline const char *random_number(struct dice *dice)
{
    return ONE_OF(dice, "0", "1", "18", "-5", "65.5", "0.000001", "1000000", "249.04");
}

static inline const char *random_date(struct dice *dice)
{
    return ONE_OF(dice, "date(\"2026-11-22\")", "date(\"1999-12-31\")", "date(\"2024-02-29\")");
}

static inline const char *random_value(struct dice *dice, enum value_type type)
{
    if (type == TYPE_NUMBER)
        return random_number(dice);
    if (type == TYPE_DATE)
        return random_date(dice);
    if (type == TYPE_BOOLEAN)
        return ONE_OF(dice, "true", "false");
    return random_word(dice);
}

static inline const char *random_words(struct dice *dice)
{
    const char *text = random_word(dice);
    for (size_t i = roll(dice, 3); i; i--)
        text = arena_printf(dice->arena, "%s, %s", text, random_word(dice));
    return roll(dice, 4) ? text : arena_printf(dice->arena, "not(%s)", text);
}

/* A cell of an ordered type. */
static inline const char *random_range(struct dice *dice, enum value_type type)
{
    const char *a = random_value(dice, type), *b = random_value(dice, type);
    switch (roll(dice, 6)) {
    case 0:
        return arena_printf(dice->arena, "%s %s", ONE_OF(dice, "<", "<=", ">", ">="), a);
    case 1:
        return arena_printf(dice->arena, "%s%s..%s%s", ONE_OF(dice, "[", "(", "]"), a, b,
                            ONE_OF(dice, "]", ")", "["));
    case 2:
        return arena_printf(dice->arena, "%s, > %s", a, b);
    case 3:
        return arena_printf(dice->arena, "not(%s, %s)", a, b);
    default:
        return a;
    }
}

static inline const char *random_cell(struct dice *dice, const struct input *input)
{
    if (roll(dice, 3) == 0)
        return "-";
    if (roll(dice, 12) == 0)
        return ONE_OF(dice, "null", "not(null)", "? = age", "? in (age, 5)",
                      "if age > 5 then ? = 3 else ? = 4");
    switch (input->type) {
    case TYPE_NUMBER:
    case TYPE_DATE:
        return random_range(dice, input->type);
    case TYPE_BOOLEAN:
        return ONE_OF(dice, "true", "false");
    default:
        return random_words(dice);
    }
}

static inline const struct feel *random_output(struct dice *dice, enum value_type type,
                                               const struct feel_syntax *syntax)
{
    struct feel_fault fault;
    const char *text = roll(dice, 8)
                           ? random_value(dice, type)
                           : ONE_OF(dice, "null", "age + 1", "if age > 5 then 1 else 2", "birth year");
    if (type == TYPE_ANY && roll(dice, 4) == 0)
        text =
            ONE_OF(dice, "[1, 2]", "{a: 1, b: \"x\"}", "date(\"2026-11-22\")", "duration(\"P1Y\")", "1.50");
    const struct feel *feel = feel_parse_expression(slice_of(text), syntax, dice->arena, &fault);
    if (!feel)
        fail_msg("%s: %s", text, fault.text);
    return roll(dice, 10) ? feel : NULL;
}

static inline struct value random_constant(struct dice *dice, enum value_type type)
{
    struct feel_fault fault;
    struct value value = value_null;
    const struct feel *feel =
        feel_parse_expression(slice_of(random_value(dice, type)), NULL, dice->arena, &fault);
    assert_true(feel && feel_constant(feel, &value));
    return value;
}

static inline struct value random_fact(struct dice *dice, const struct input *input)
{
    if (roll(dice, 4) == 0)
        return value_null;
    if (!input->is_any_of)
        return random_constant(dice, input->type);
    size_t count = roll(dice, 4);
    struct value *items = arena_array(dice->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = random_constant(dice, TYPE_STRING);
    return (struct value){.kind = VALUE_LIST, .list = {items, count}};
}

static inline void random_allowed(struct dice *dice, enum value_type type, const struct value **allowed,
                                  size_t *count)
{
    struct value *values = arena_array(dice->arena, 3, sizeof *values);
    *count = roll(dice, 3);
    for (size_t i = 0; i < *count; i++)
        values[i] = random_constant(dice, type);
    *allowed = values;
}

static inline struct test random_test(struct dice *dice, const struct input *input,
                                      const struct feel_syntax *syntax)
{
    struct feel_fault fault;
    struct test test = {.kind = TEST_ANY};
    const char *text = random_cell(dice, input);
    const struct feel *feel = feel_parse_tests(slice_of(text), syntax, dice->arena, &fault);
    if (!feel)
        fail_msg("%s: %s", text, fault.text);
    if (!feel_simple(feel, dice->arena, &test))
        test = (struct test){.kind = TEST_FEEL, .feel = feel};
    return test;
}

static inline struct rule random_rule(struct dice *dice, const struct table *table, size_t number,
                                      const struct feel_syntax *syntax)
{
    struct test *tests = arena_array(dice->arena, table->input_count, sizeof *tests);
    const struct feel **outputs = arena_array(dice->arena, table->output_count, sizeof *outputs);
    struct slice *annotations = arena_array(dice->arena, table->annotation_count, sizeof *annotations);
    const char *form = ONE_OF(dice, "R%zu", "%zu", "R %zu", "-%zu", "\xc3\xa9%zu", "=%zu", "_x%zu");
    char id[32];
    for (size_t i = 0; i < table->input_count; i++)
        tests[i] = random_test(dice, &table->inputs[i], syntax);
    for (size_t i = 0; i < table->output_count; i++)
        outputs[i] = random_output(dice, table->outputs[i].type, syntax);
    for (size_t i = 0; i < table->annotation_count; i++)
        annotations[i] = slice_of(random_text(dice));
    for (const char *at = form; (at = strstr(at, "%zu")); at++) {
        snprintf(id, sizeof id, "%.*s%zu", (int)(at - form), form, number);
        break;
    }
    return (struct rule){roll(dice, 6) ? slice_of(arena_text(dice->arena, slice_of(id))) : SLICE_NONE, 0,
                         tests, outputs, annotations};
}

static inline void random_columns(struct dice *dice, struct table *table)
{
    static const char *const inputs[] = {"age",   "birth year",   "domains", "Stra\xc3\x9f-e",
                                         "since", "car.price * 2"};
    static const enum value_type types[] = {TYPE_NUMBER,  TYPE_STRING, TYPE_STRING,
                                            TYPE_BOOLEAN, TYPE_DATE,   TYPE_NUMBER};
    struct feel_fault fault;
    struct input *in = arena_array(dice->arena, COUNT(inputs), sizeof *in);
    struct output *out = arena_array(dice->arena, 3, sizeof *out);
    struct slice *annotations = arena_array(dice->arena, 3, sizeof *annotations);
    table->input_count = roll(dice, COUNT(inputs) + 1);
    table->output_count = 1 + roll(dice, 3);
    table->annotation_count = roll(dice, 3);
    for (size_t i = 0; i < table->input_count; i++) {
        in[i] = (struct input){.name = slice_of(inputs[i]),
                               .type = types[i],
                               .is_any_of = i == 2,
                               .is_integer = i == 0 && roll(dice, 2)};
        in[i].label = roll(dice, 2) ? slice_of("A \"label\"; or so") : in[i].name;
        if (i == 5)
            in[i].expression = feel_parse_expression(in[i].name, NULL, dice->arena, &fault);
        random_allowed(dice, in[i].type, &in[i].allowed, &in[i].allowed_count);
        if (types[i] == TYPE_NUMBER && !in[i].allowed_count && roll(dice, 2))
            in[i].allowed_tests = feel_parse_tests(slice_of("[0..120]"), NULL, dice->arena, &fault);
    }
    for (size_t i = 0; i < table->output_count; i++) {
        out[i].name = slice_of((const char *const[]){"offering", "in days", "since when"}[i]);
        out[i].type = (const enum value_type[]){TYPE_STRING, TYPE_ANY, TYPE_DATE}[i];
        if (table->output_count == 1 && roll(dice, 2))
            out[i].name = SLICE_NONE;
        out[i].label = roll(dice, 2) ? slice_of("Label") : out[i].name;
        random_allowed(dice, out[i].type == TYPE_ANY ? TYPE_NUMBER : out[i].type, &out[i].allowed,
                       &out[i].allowed_count);
    }
    for (size_t i = 0; i < table->annotation_count; i++)
        annotations[i] = slice_of((const char *const[]){"note", "reason"}[i]);
    table->inputs = in;
    table->outputs = out;
    table->annotations = annotations;
}

static inline void random_rows(struct dice *dice, struct table *table)
{
    static const struct slice names[] = {{"age", 3}, {"birth year", 10}};
    const struct feel_syntax syntax = {names, COUNT(names), 0};
    struct output *out = (struct output *)(uintptr_t)table->outputs;
    struct rule *rules = arena_array(dice->arena, 8, sizeof *rules);
    struct rule *otherwise = arena_array(dice->arena, 1, sizeof *otherwise);
    struct example *examples = arena_array(dice->arena, 4, sizeof *examples);
    table->rule_count = roll(dice, 8);
    table->example_count = roll(dice, 4);
    for (size_t i = 0; i < table->rule_count; i++)
        rules[i] = random_rule(dice, table, i, &syntax);
    for (size_t i = 0; i < table->output_count; i++)
        if (roll(dice, 2))
            out[i].otherwise = random_output(dice, out[i].type, &syntax);
    if (roll(dice, 2)) {
        *otherwise = random_rule(dice, table, 99, &syntax);
        table->otherwise = otherwise;
    }
    for (size_t i = 0; i < table->example_count; i++) {
        struct value *facts = arena_array(dice->arena, table->input_count, sizeof *facts);
        struct value *expected = arena_array(dice->arena, table->output_count, sizeof *expected);
        for (size_t k = 0; k < table->input_count; k++)
            facts[k] = random_fact(dice, &table->inputs[k]);
        bool *expects_null = arena_array(dice->arena, table->output_count, sizeof *expects_null);
        for (size_t k = 0; k < table->output_count; k++) {
            expected[k] = roll(dice, 3) ? random_constant(dice, table->outputs[k].type) : value_null;
            expects_null[k] = expected[k].kind == VALUE_NULL && roll(dice, 2);
        }
        examples[i] = (struct example){slice_of(arena_printf(dice->arena, "E%zu", i)),
                                       slice_of(random_text(dice)),
                                       0,
                                       facts,
                                       expected,
                                       expects_null};
    }
    table->rules = rules;
    table->examples = examples;
}

static inline const struct table *random_table(uint64_t seed, struct arena *arena)
{
    static const char *const policies[] = {"U", "A", "P", "F", "R", "O", "C", "C+", "C#", "C<", "C>"};
    static const struct slice names[] = {{"age", 3}, {"birth year", 10}};
    struct dice dice = {seed * 0x9E3779B97F4A7C15U + 1, arena};
    struct table *table = arena_alloc(arena, sizeof *table);
    assert_true(hit_policy_parse(slice_of(one_of(&dice, policies, COUNT(policies))), &table->policy,
                                 &table->aggregation));
    table->name = slice_of("Where to <go>");
    table->names = names;
    table->name_count = COUNT(names);
    random_columns(&dice, table);
    random_rows(&dice, table);
    return table;
}

#endif
