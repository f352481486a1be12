/* Tables for the checker's tests: written down as text, or made at random. */
#ifndef WIJZER_CHECK_TABLES_H
#define WIJZER_CHECK_TABLES_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "check.h"

enum { ROWS_MOST = 64, COLUMNS_MOST = 8 };

struct made { /* a table that can be written to */
    struct arena *arena;
    struct table table;
    struct input inputs[COLUMNS_MOST];
    struct output output;
    struct rule rules[ROWS_MOST];
    struct test tests[ROWS_MOST][COLUMNS_MOST];
    const struct feel *outputs[ROWS_MOST];
};

static inline void made_start(struct made *made, enum hit_policy policy)
{
    memset(made, 0, sizeof *made);
    made->arena = arena_new(0);
    made->output = (struct output){.name = slice_of("result")};
    made->table = (struct table){.name = slice_of("test"), .policy = policy, .aggregation = AGGREGATE_NONE};
    made->table.inputs = made->inputs;
    made->table.outputs = &made->output;
    made->table.output_count = 1;
    made->table.rules = made->rules;
}

static inline void made_end(struct made *made)
{
    arena_free(&made->arena);
}

static inline struct input *made_input(struct made *made, const char *name, enum value_type type)
{
    struct input *input = &made->inputs[made->table.input_count++];
    *input = (struct input){.name = slice_of(name), .type = type};
    return input;
}

/* Adds a row with the tests of made->tests, and an output as FEEL. */
static inline void made_row(struct made *made, const char *output)
{
    size_t row = made->table.rule_count++;
    struct feel_fault fault;
    made->outputs[row] = feel_parse_expression(slice_of(output), NULL, made->arena, &fault);
    assert_non_null(made->outputs[row]);
    made->rules[row] = (struct rule){.id = slice_of(arena_printf(made->arena, "R%02zu", row + 1)),
                                     .tests = made->tests[row],
                                     .outputs = &made->outputs[row]};
}

static inline struct test made_test(struct made *made, struct slice text)
{
    struct feel_fault fault;
    struct feel_syntax syntax = {.options = FEEL_BARE_WORDS};
    struct test test;
    const struct feel *feel = feel_parse_tests(text, &syntax, made->arena, &fault);
    if (!feel)
        fail_msg("%.*s: %s", SLICE_FMT(text), fault.text);
    if (!feel_simple(feel, made->arena, &test))
        test = (struct test){.kind = TEST_FEEL};
    test.feel = feel;
    return test;
}

/* "young | <= 17 | now": an output, then a cell for each input. */
static inline void made_line(struct made *made, const char *line)
{
    struct slice rest = slice_of(line), output = slice_trim(slice_cut(&rest, '|'));
    for (size_t c = 0; c < made->table.input_count; c++)
        made->tests[made->table.rule_count][c] = made_test(made, slice_trim(slice_cut(&rest, '|')));
    made_row(made, arena_text(made->arena, output));
}

static inline size_t count_kind(const struct findings *findings, enum finding_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += findings->list[i].kind == kind;
    return count;
}

static inline const struct finding *nth_of(const struct findings *findings, enum finding_kind kind, size_t n)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].kind == kind && n-- == 0)
            return &findings->list[i];
    fail_msg("there is no such %s", finding_word(kind));
    return NULL;
}

#endif
