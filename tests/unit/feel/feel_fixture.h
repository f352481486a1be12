/* For the tests of FEEL: an arena per table of cases, and short ways to parse, evaluate and print. */
#ifndef WIJZER_TEST_FEEL_FIXTURE_H
#define WIJZER_TEST_FEEL_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "test.h"

#define S(text) slice_make("" text, sizeof(text) - 1)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline const char *printed(struct arena *arena, struct slice text)
{
    return arena_text(arena, text);
}

/* The value of FEEL text; fails the test where it does not parse. */
static inline struct value value_of(struct arena *arena, const char *text)
{
    struct feel_fault fault = {0};
    const struct feel *feel = feel_parse_expression(slice_of(text), NULL, arena, &fault);
    if (!feel)
        fail_msg("%s: at %zu: %s", text, fault.offset, fault.text);
    return feel_eval(feel, NULL, arena);
}

static inline const struct feel *tests_of(struct arena *arena, const char *text,
                                          const struct feel_syntax *syntax)
{
    struct feel_fault fault = {0};
    const struct feel *feel = feel_parse_tests(slice_of(text), syntax, arena, &fault);
    if (!feel)
        fail_msg("%s: at %zu: %s", text, fault.offset, fault.text);
    return feel;
}

/* Says which case of a table it is about. */
static inline void same_text(const char *about, const char *expected, const char *found)
{
    if (strcmp(expected, found) != 0)
        fail_msg("%s: expected %s, found %s", about, expected, found);
}

#endif
