#include "test.h"

#include "feel_node.h"
#include "test_keys.h"

enum { KEY_DIGITS = 6 };
#define KEY_NUMBERS INT64_C(2000000000000)
#define KEY_UNITS INT64_C(1000000)

/* Keys -----------------------------------------------------------------------------------------------------
 */

bool number_key(struct decimal number, int64_t *key)
{
    int64_t units;
    bool exact;
    if (!decimal_units(number, KEY_DIGITS, &units, &exact) || units >= KEY_NUMBERS * KEY_UNITS ||
        units < -KEY_NUMBERS * KEY_UNITS || (units == -KEY_NUMBERS * KEY_UNITS && exact))
        return false;
    *key = 2 * units + !exact;
    return true;
}

int64_t integer_key(int64_t number)
{
    return 2 * KEY_UNITS * number;
}

bool date_key(int64_t day, int64_t *key)
{
    if (day > INT64_MAX / 4 || day < INT64_MIN / 4)
        return false;
    *key = 2 * day;
    return true;
}

static struct value date_of_key(int64_t key)
{
    struct value date = {.kind = VALUE_DATE};
    date.moment.day = key >> 1; /* rounds down */
    date.moment.offset = NO_OFFSET;
    return date;
}

/* A number of ten-millionths: half a unit stands for an odd key. */
static struct value number_of_key(int64_t key)
{
    struct decimal number = decimal_of_int(key), scale = decimal_of_int(2 * KEY_UNITS);
    bool divided = decimal_divide(number, scale, &number); /* 34 digits hold it exactly */
    return divided ? number_of(number) : value_null;
}

static bool is_writable_day(int64_t key)
{
    return key / 2 < INT64_C(365000000000) && key / 2 > INT64_C(-365000000000);
}

struct slice key_text(int64_t key, enum test_kind kind, struct arena *arena)
{
    struct text text = text_new(arena);
    if (kind == TEST_DATES && is_writable_day(key)) {
        struct value date = date_of_key(key);
        moment_write(&text, &date);
    } else {
        struct value number = number_of_key(key);
        value_write(&text, &number);
    }
    return text_slice(&text);
}

/* Facts ----------------------------------------------------------------------------------------------------
 */

/* What is no string is in no set of words, so that a list with nulls in it is the list without them. */
static struct fact fact_of_words(const struct value *value, struct arena *arena)
{
    struct fact fact = {.kind = FACT_WORDS, .value = value};
    struct slice *words = arena_array(arena, value->list.count, sizeof *words);
    for (size_t i = 0; i < value->list.count; i++)
        if (value->list.items[i].kind == VALUE_STRING)
            words[fact.count++] = value->list.items[i].string;
    fact.words = words;
    return fact;
}

static struct fact fact_of_word(const struct value *value, bool is_any_of, struct arena *arena)
{
    struct fact fact = {.kind = FACT_WORD, .word = value->string, .value = value};
    if (!is_any_of)
        return fact;
    struct slice *words = arena_alloc(arena, sizeof *words);
    *words = value->string;
    return (struct fact){.kind = FACT_WORDS, .count = 1, .words = words, .value = value};
}

/* A number beyond the keys lies beyond every end that a cell can have, so that the last key will do. */
static int64_t nearest_key(struct decimal number)
{
    int64_t key;
    if (number_key(number, &key))
        return key;
    return decimal_sign(number) < 0 ? KEY_MIN : KEY_MAX;
}

struct fact fact_of(const struct value *value, bool is_any_of, struct arena *arena)
{
    struct fact fact = {.kind = FACT_OTHER, .value = value};
    switch (value->kind) {
    case VALUE_NULL:
        fact.kind = FACT_NULL;
        break;
    case VALUE_STRING:
        return fact_of_word(value, is_any_of, arena);
    case VALUE_LIST:
        if (is_any_of && value->list.count <= UINT32_MAX)
            return fact_of_words(value, arena);
        break;
    case VALUE_BOOLEAN:
        fact.kind = FACT_BOOLEAN;
        fact.boolean = value->boolean;
        break;
    case VALUE_NUMBER:
        fact.kind = FACT_NUMBER;
        fact.key = nearest_key(value->number);
        break;
    case VALUE_DATE:
        if (date_key(value->moment.day, &fact.key))
            fact.kind = FACT_DATE;
        break;
    default:
        break;
    }
    return fact;
}

/* Deciding -------------------------------------------------------------------------------------------------
 */

static bool has_word(const struct test *test, struct slice word)
{
    for (uint32_t i = 0; i < test->count; i++)
        if (slice_equal(test->words[i], word))
            return true;
    return false;
}

static enum truth decide_words(const struct test *test, const struct fact *fact, bool is_any_of)
{
    const struct slice *words = fact->kind == FACT_WORD ? &fact->word : fact->words;
    uint32_t count = fact->kind == FACT_WORD ? 1 : fact->count;
    bool found = false;
    if (fact->kind != FACT_WORD && (fact->kind != FACT_WORDS || !is_any_of))
        return NO;
    for (uint32_t i = 0; i < count && !found; i++)
        found = has_word(test, words[i]);
    return found != test->negated ? YES : NO;
}

static enum truth decide_ranges(const struct test *test, int64_t key)
{
    for (uint32_t i = 0; i < test->count; i++)
        if (key >= test->ranges[i].low && key <= test->ranges[i].high)
            return YES;
    return NO;
}

/* The value that a fact was made of, or one like it. */
static struct value value_of_fact(const struct fact *fact, struct arena *arena)
{
    struct value list = {.kind = VALUE_LIST};
    struct value *items;
    if (fact->value)
        return *fact->value;
    switch (fact->kind) {
    case FACT_WORD:
        return value_of_string(fact->word);
    case FACT_WORDS:
        items = arena_array(arena, fact->count, sizeof *items);
        for (uint32_t i = 0; i < fact->count; i++)
            items[i] = value_of_string(fact->words[i]);
        list.list.items = items;
        list.list.count = fact->count;
        return list;
    case FACT_NUMBER:
        return number_of_key(fact->key);
    case FACT_DATE:
        return date_of_key(fact->key);
    case FACT_BOOLEAN:
        return value_of_bool(fact->boolean);
    default:
        return value_null;
    }
}

static enum truth decide_feel(const struct test *test, const struct fact *fact, bool is_any_of,
                              const struct feel_scope *scope, struct arena *arena)
{
    struct value value = value_of_fact(fact, arena);
    if (is_any_of && value.kind == VALUE_STRING) { /* a list column's input is a list */
        struct value *item = arena_alloc(arena, sizeof *item);
        *item = value;
        value = (struct value){.kind = VALUE_LIST};
        value.list.items = item;
        value.list.count = 1;
    }
    return feel_test(test->feel, &value, scope, arena);
}

enum truth test_decide(const struct test *test, const struct fact *fact, bool is_any_of,
                       const struct feel_scope *scope, struct arena *arena)
{
    if (test->kind == TEST_ANY)
        return YES;
    if (fact->kind == FACT_ABSENT)
        return UNKNOWN;
    switch (test->kind) {
    case TEST_WORDS:
        return decide_words(test, fact, is_any_of);
    case TEST_NUMBERS:
        return fact->kind == FACT_NUMBER ? decide_ranges(test, fact->key) : NO;
    case TEST_DATES:
        return fact->kind == FACT_DATE ? decide_ranges(test, fact->key) : NO;
    case TEST_BOOLEAN:
        return fact->kind == FACT_BOOLEAN && fact->boolean == test->boolean ? YES : NO;
    case TEST_NULL:
        return (fact->kind == FACT_NULL) != test->negated ? YES : NO;
    default:
        return decide_feel(test, fact, is_any_of, scope, arena);
    }
}

/* Writing --------------------------------------------------------------------------------------------------
 */

static void write_word(struct text *text, struct slice word, bool bare)
{
    if (bare && is_bare_word(word))
        text_add(text, word);
    else
        text_add_quoted(text, word);
}

static void write_words(struct text *text, const struct test *test, bool bare)
{
    text_add_words(text, test->negated ? "not(" : "");
    for (uint32_t i = 0; i < test->count; i++) {
        text_add_words(text, i ? ", " : "");
        write_word(text, test->words[i], bare);
    }
    text_add_words(text, test->negated ? ")" : "");
}

/* An end of a range as a value, and whether it belongs to it. */
static struct value end_value(int64_t key, enum test_kind kind, bool is_low, bool *has_end)
{
    int64_t odd = key & 1;
    *has_end = kind == TEST_DATES || !odd;
    if (kind == TEST_DATES)
        return date_of_key(is_low ? key + odd : key);
    return number_of_key(key + (odd ? (is_low ? -1 : 1) : 0));
}

static void write_range(struct text *text, const struct test *test, struct key_range keys)
{
    bool has_low, has_high, is_open_low = keys.low == KEY_MIN, is_open_high = keys.high == KEY_MAX;
    struct value low = end_value(is_open_low ? 0 : keys.low, test->kind, true, &has_low);
    struct value high = end_value(is_open_high ? 0 : keys.high, test->kind, false, &has_high);
    if (is_open_low) {
        text_add_words(text, has_high ? "<= " : "< ");
        value_write(text, &high);
    } else if (is_open_high) {
        text_add_words(text, has_low ? ">= " : "> ");
        value_write(text, &low);
    } else if (value_equal(&low, &high)) {
        value_write(text, &low);
    } else {
        text_add_char(text, has_low ? '[' : '(');
        value_write(text, &low);
        text_add_words(text, "..");
        value_write(text, &high);
        text_add_char(text, has_high ? ']' : ')');
    }
}

static void write_ranges(struct text *text, const struct test *test)
{
    const char *zero = test->kind == TEST_DATES ? "date(\"1970-01-01\")" : "0";
    if (test->count == 0) /* no value at all */
        text_printf(text, "(%s..%s)", zero, zero);
    else if (test->ranges[0].low == KEY_MIN && test->ranges[0].high == KEY_MAX) /* every value but null */
        text_printf(text, "< %s, >= %s", zero, zero);
    for (uint32_t i = 0; i < test->count; i++) {
        if (test->ranges[i].low == KEY_MIN && test->ranges[i].high == KEY_MAX)
            break;
        text_add_words(text, i ? ", " : "");
        write_range(text, test, test->ranges[i]);
    }
}

struct slice test_text(const struct test *test, bool bare, struct arena *arena)
{
    struct text text = text_new(arena);
    switch (test->kind) {
    case TEST_ANY:
        text_add_char(&text, '-');
        break;
    case TEST_WORDS:
        write_words(&text, test, bare);
        break;
    case TEST_NUMBERS:
    case TEST_DATES:
        if (test->feel) /* as it was typed: not(5), < date("2026-11-22") */
            return feel_text(test->feel, arena);
        write_ranges(&text, test);
        break;
    case TEST_BOOLEAN:
        text_add_words(&text, test->boolean ? "true" : "false");
        break;
    case TEST_NULL:
        text_add_words(&text, test->negated ? "not(null)" : "null");
        break;
    case TEST_FEEL:
        return feel_text(test->feel, arena);
    }
    return text_slice(&text);
}
