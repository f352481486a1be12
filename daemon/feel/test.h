/*
 * A cell as a set of values: what nearly all cells of real tables are. Words are strings; numbers and dates
 * become *keys* on one line of int64, so that sets are unions of closed ranges whatever the ends were:
 *
 *   number n:  2 * floor(n * 10^6), plus 1 if that was not exact    (|n| < 2 * 10^12, else no key)
 *   date:      2 * days since 1970-01-01
 *
 * so "> 5" is [10000001 .. KEY_MAX] and "<= 5" is [KEY_MIN .. 10000000]. The odd key behind a date belongs to
 * its day: "= d" is [2d .. 2d + 1] and "> d" begins at 2d + 2, so that days which follow each other touch. A
 * cell that needs more decimals, or is no such set, is TEST_FEEL and decided by feel_test(). A fact that is a
 * number beyond the keys has KEY_MIN or KEY_MAX, which is as good: no cell's end lies there.
 *
 * On a column that is a list (is_any_of), the fact is a set of words; TEST_WORDS is YES if any of them is in
 * `words`, and negated: if none of them is.
 */
#ifndef WIJZER_TEST_H
#define WIJZER_TEST_H

#include "feel.h"

#define KEY_MIN INT64_MIN
#define KEY_MAX INT64_MAX

enum test_kind {
    TEST_ANY,     /* "-" */
    TEST_WORDS,   /* one of, or negated: none of */
    TEST_NUMBERS, /* in one of the ranges of keys (negation has been worked out) */
    TEST_DATES,   /* the same, of dates */
    TEST_BOOLEAN, /* is `boolean` */
    TEST_NULL,    /* the input is null (negated: is not) */
    TEST_FEEL     /* anything else */
};

struct key_range {
    int64_t low, high; /* both inclusive, low <= high */
};

struct test {
    enum test_kind kind;
    bool negated; /* words, null */
    bool boolean;
    uint32_t count;
    union {
        const struct slice *words;      /* distinct, in order of appearance */
        const struct key_range *ranges; /* ascending, disjoint, not touching */
    };
    const struct feel *feel; /* what was parsed; may be NULL but for TEST_FEEL */
};

/* The fact of one column. */
enum fact_kind {
    FACT_ABSENT, /* not known: UNKNOWN to every test but TEST_ANY */
    FACT_NULL,   /* known to be nothing (FEEL's null) */
    FACT_WORD,
    FACT_WORDS,  /* a set, for columns that are lists; count 0: known to be none */
    FACT_NUMBER, /* key */
    FACT_DATE,   /* key */
    FACT_BOOLEAN,
    FACT_OTHER /* a value without a key or word: only feel_test() decides */
};

struct fact {
    enum fact_kind kind;
    bool boolean;
    uint32_t count;
    int64_t key;
    struct slice word;
    const struct slice *words;
    const struct value *value; /* for TEST_FEEL; may be NULL where no cell needs it */
};

bool number_key(struct decimal number, int64_t *key);
int64_t integer_key(int64_t number); /* |number| < 2 * 10^12 */
/* The number that a key stands for, or for an odd one a number between its neighbours: for people. */
struct slice key_text(int64_t key, enum test_kind kind, struct arena *arena); /* "17", "17.5", "2026-11-22" */

/* The fact that a value is, on a column (is_any_of: a list becomes FACT_WORDS of the strings in it, a string
 * too). */
struct fact fact_of(const struct value *value, bool is_any_of, struct arena *arena);

/* Decides one cell, by the definitions above; the reference that the index is compared with. A fact of
 * another kind than the test is NO (of FACT_OTHER and TEST_FEEL: feel_test() on fact->value and scope). */
enum truth test_decide(const struct test *test, const struct fact *fact, bool is_any_of,
                       const struct feel_scope *scope, struct arena *arena);

/* FEEL text of a simple test: -, "a","b", not("a"), [18..65), <= 5, true, null. With bare, words that are
 * plain codes stand without quotes: not where one of them is also the name of a fact, which would be read
 * instead. Ranges are printed as they were typed where `feel` is there. */
struct slice test_text(const struct test *test, bool bare, struct arena *arena);

#endif
