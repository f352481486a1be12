/*
 * FEEL, the expression language of DMN 1.5 (chapter 10), as far as decision tables need it: unary tests,
 * literals of every type, ranges, lists, contexts, arithmetic, comparison, and/or/not, in, between, if, for,
 * some/every, paths, filters, and the built-in functions that the standard's decision tables use
 * (feel_builtins*.c have the tables). A parsed expression is immutable and belongs to its arena; evaluating
 * allocates in the arena given. No I/O, no clock (now() and today() are refused by name).
 *
 * Limits: 4096 bytes of text, 64 levels of nesting, FEEL_STEPS steps of evaluation; beyond them parsing
 * fails and evaluating gives null.
 *
 * Names may hold spaces ("Approval Status"): the longest name of `names` that fits is taken. A name that is
 * not in scope is null when evaluated, as in the standard; with FEEL_BARE_WORDS a bare word that is no name
 * and no keyword is a string (for tables typed by people: finances instead of "finances").
 */
#ifndef WIJZER_FEEL_H
#define WIJZER_FEEL_H

#include "truth.h"
#include "value.h"

enum { FEEL_TEXT_MAX = 4096, FEEL_DEPTH = 64, FEEL_STEPS = 100000 };

/* FEEL_BARE_WORDS: words are letters, digits, _ and, within, - ("join-us", so a minus needs spaces); where
 * people mean a range or a date by 18-65, parsing fails. FEEL_KNOWN_NAMES: a name that is not among `names`
 * is a fault. */
enum feel_option { FEEL_BARE_WORDS = 1, FEEL_KNOWN_NAMES = 2 };

struct feel; /* a parsed expression, or parsed unary tests */

struct feel_syntax {
    const struct slice
        *names; /* of inputs, of other decisions, and of members that no identifier is ("a-b") */
    size_t name_count;
    unsigned options;
};

/* Where parsing failed: bytes from the start, 0-based, and what would have been right there. */
struct feel_fault {
    size_t offset;
    char text[160]; /* "expected a number, a string or a date, found ')'" */
};

/* NULL: *fault is filled. `syntax` may be NULL. */
const struct feel *feel_parse_expression(struct slice text, const struct feel_syntax *syntax,
                                         struct arena *arena, struct feel_fault *fault);
/* Unary tests: "-", <= 5, "a","b", not(...), [1..5], null, or an expression with ? for the input. */
const struct feel *feel_parse_tests(struct slice text, const struct feel_syntax *syntax, struct arena *arena,
                                    struct feel_fault *fault);

/* Variables by name. */
struct feel_scope {
    const struct entry *entries;
    size_t count;
};

/* The value of an expression; null where it has none. */
struct value feel_eval(const struct feel *expression, const struct feel_scope *scope, struct arena *arena);
/* Whether the input passes. The standard's unary tests are two-valued but for null; here a test that cannot
 * be computed (null where a boolean is needed) is UNKNOWN. An input that is null passes "-" and null, and
 * fails comparisons. */
enum truth feel_test(const struct feel *tests, const struct value *input, const struct feel_scope *scope,
                     struct arena *arena);

/* If the tests (or the expression) is one constant, without names: its value. */
bool feel_constant(const struct feel *expression, struct value *out);

/*
 * The simple shape of unary tests, which the index and the checker work with; see test.h. False where there
 * is none (an expression with ?, names, mixed types, null among values): then only feel_test() decides.
 */
struct test;
bool feel_simple(const struct feel *tests, struct arena *arena, struct test *out);
/* The same for the cell of a list column in standard FEEL: list contains(?, "a") or list contains(?, "b"), or
 * not(...) around it, as TEST_WORDS. */
bool feel_simple_list(const struct feel *tests, struct arena *arena, struct test *out);

/* Canonical text: parsing it gives the same. */
struct slice feel_text(const struct feel *feel, struct arena *arena);

#endif
