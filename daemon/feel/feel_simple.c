/* Unary tests as a set of words or of keys, where they are one. */
#include "test.h"

#include "feel_node.h"
#include "test_keys.h"

/* One test, without negation. */
static bool test_kind_of(const struct node *node, enum test_kind *kind)
{
    const struct node *constant = node->kind == NODE_COMPARE ? &node->items[0] : node;
    if (constant->kind != NODE_CONSTANT)
        return false;
    const struct value *value = &constant->value;
    if (value->kind == VALUE_RANGE && node->kind != NODE_COMPARE)
        value = value->range->low.kind != VALUE_NULL ? &value->range->low : &value->range->high;
    switch (value->kind) {
    case VALUE_STRING:
        *kind = TEST_WORDS;
        return node->kind == NODE_CONSTANT && constant->value.kind == VALUE_STRING;
    case VALUE_NUMBER:
        *kind = TEST_NUMBERS;
        return true;
    case VALUE_DATE:
        *kind = TEST_DATES;
        return true;
    case VALUE_BOOLEAN:
        *kind = TEST_BOOLEAN;
        return node->kind == NODE_CONSTANT && constant->value.kind == VALUE_BOOLEAN;
    case VALUE_NULL:
        *kind = TEST_NULL;
        return node->kind == NODE_CONSTANT && constant->value.kind == VALUE_NULL;
    default:
        return false;
    }
}

/* Words ----------------------------------------------------------------------------------------------------
 */

static bool has_word(const struct slice *words, uint32_t count, struct slice word)
{
    for (uint32_t i = 0; i < count; i++)
        if (slice_equal(words[i], word))
            return true;
    return false;
}

static void simple_words(const struct node *tests, struct arena *arena, struct test *out)
{
    struct slice *words = arena_array(arena, tests->count, sizeof *words);
    for (uint32_t i = 0; i < tests->count; i++)
        if (!has_word(words, out->count, tests->items[i].value.string))
            words[out->count++] = tests->items[i].value.string;
    out->words = words;
    out->negated = tests->negated;
}

/* Ranges ---------------------------------------------------------------------------------------------------
 */

/* The keys of the values that `op` holds for; false where that takes more decimals than keys have. An equal
 * date is two keys, so that one day follows the other without a key between them. */
static bool keys_of(enum operator op, const struct value *value, struct key_range *out)
{
    int64_t low, high;
    if (value->kind == VALUE_DATE) {
        if (!date_key(value->moment.day, &low))
            return false;
        high = low + 1;
    } else {
        if (value->kind != VALUE_NUMBER || !number_key(value->number, &low) || low & 1)
            return false;
        high = low;
    }
    *out = (struct key_range){KEY_MIN, KEY_MAX};
    if (op == OP_EQUAL || op == OP_GREATER_EQUAL)
        out->low = low;
    if (op == OP_EQUAL || op == OP_LESS_EQUAL)
        out->high = high;
    if (op == OP_GREATER)
        out->low = high + 1;
    if (op == OP_LESS)
        out->high = low - 1;
    return true;
}

/* Of a constant range; one that is empty has its ends crossed. */
static bool keys_of_range(const struct range *range, struct key_range *out)
{
    struct key_range low = {KEY_MIN, KEY_MAX}, high = low;
    bool is_open_low = range->low.kind == VALUE_NULL, is_open_high = range->high.kind == VALUE_NULL;
    if ((is_open_low && (is_open_high || range->has_low)) || (is_open_high && range->has_high))
        return false;
    if (!is_open_low && !is_open_high && range->low.kind != range->high.kind)
        return false;
    if (!is_open_low && !keys_of(range->has_low ? OP_GREATER_EQUAL : OP_GREATER, &range->low, &low))
        return false;
    if (!is_open_high && !keys_of(range->has_high ? OP_LESS_EQUAL : OP_LESS, &range->high, &high))
        return false;
    *out = (struct key_range){low.low, high.high};
    return true;
}

struct range_list {
    struct key_range *ranges;
    uint32_t count;
};

static void add_range(struct range_list *list, struct key_range range)
{
    if (range.low <= range.high)
        list->ranges[list->count++] = range;
}

static bool add_test(struct range_list *list, const struct node *node)
{
    struct key_range range;
    if (node->kind == NODE_COMPARE && node->op == OP_NOT_EQUAL) {
        if (!keys_of(OP_LESS, &node->items[0].value, &range))
            return false;
        add_range(list, range);
        keys_of(OP_GREATER, &node->items[0].value, &range);
    } else if (node->kind == NODE_COMPARE) {
        if (!keys_of((enum operator)node->op, &node->items[0].value, &range))
            return false;
    } else if (node->value.kind == VALUE_RANGE) {
        if (!keys_of_range(node->value.range, &range))
            return false;
    } else if (!keys_of(OP_EQUAL, &node->value, &range)) {
        return false;
    }
    add_range(list, range);
    return true;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct key_range *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

/* Ascending, with those that overlap or touch made one. */
static void merge_ranges(struct range_list *list)
{
    uint32_t kept = 0;
    if (list->count > 1)
        qsort(list->ranges, list->count, sizeof *list->ranges, compare_ranges);
    for (uint32_t i = 0; i < list->count; i++) {
        struct key_range *last = kept ? &list->ranges[kept - 1] : NULL, range = list->ranges[i];
        if (last && (last->high == KEY_MAX || range.low <= last->high + 1))
            last->high = range.high > last->high ? range.high : last->high;
        else
            list->ranges[kept++] = range;
    }
    list->count = kept;
}

/* Everything between them; there is room for one more. */
static void invert_ranges(struct range_list *list)
{
    int64_t next = KEY_MIN;
    uint32_t count = 0;
    bool is_full = false;
    for (uint32_t i = 0; i < list->count; i++) {
        struct key_range range = list->ranges[i];
        if (range.low > next)
            list->ranges[count++] = (struct key_range){next, range.low - 1};
        is_full = range.high == KEY_MAX;
        next = is_full ? KEY_MAX : range.high + 1;
    }
    if (!is_full)
        list->ranges[count++] = (struct key_range){next, KEY_MAX};
    list->count = count;
}

static bool simple_ranges(const struct node *tests, struct arena *arena, struct test *out)
{
    struct range_list list = {.ranges = arena_array(arena, tests->count * 2 + 1, sizeof *list.ranges)};
    for (uint32_t i = 0; i < tests->count; i++)
        if (!add_test(&list, &tests->items[i]))
            return false;
    merge_ranges(&list);
    if (tests->negated)
        invert_ranges(&list);
    out->ranges = list.ranges;
    out->count = list.count;
    return true;
}

/* The shapes -----------------------------------------------------------------------------------------------
 */

bool feel_simple(const struct feel *feel, struct arena *arena, struct test *out)
{
    const struct node *tests = &feel->root;
    enum test_kind kind = TEST_ANY, other;
    struct test test = {.feel = feel};
    if (tests->kind != NODE_TESTS)
        return false;
    for (uint32_t i = 0; i < tests->count; i++)
        if (!test_kind_of(&tests->items[i], i ? &other : &kind) || (i && other != kind))
            return false;
    test.kind = kind;
    if (kind == TEST_WORDS) {
        simple_words(tests, arena, &test);
    } else if (kind == TEST_NUMBERS || kind == TEST_DATES) {
        if (!simple_ranges(tests, arena, &test))
            return false;
    } else if (tests->count > 1) {
        return false;
    } else if (kind == TEST_BOOLEAN) {
        test.boolean = tests->items[0].value.boolean != tests->negated;
    } else {
        test.negated = tests->negated;
    }
    *out = test;
    return true;
}

/* list contains(?, "a") */
static bool contained_word(const struct node *node, struct slice *word)
{
    if (node->kind != NODE_CALL || strcmp(node->function->name, "list contains") != 0 || node->count != 2 ||
        node->items[0].kind != NODE_INPUT || node->items[1].kind != NODE_CONSTANT ||
        node->items[1].value.kind != VALUE_STRING)
        return false;
    *word = node->items[1].value.string;
    return true;
}

/* not(...) may stand as a test or as a function: takes it off. */
static const struct node *without_not(const struct node *node, bool *negated)
{
    while (node->kind == NODE_CALL && strcmp(node->function->name, "not") == 0 && node->count == 1) {
        *negated = !*negated;
        node = &node->items[0];
    }
    return node;
}

bool feel_simple_list(const struct feel *feel, struct arena *arena, struct test *out)
{
    const struct node *tests = &feel->root;
    struct test test = {.kind = TEST_WORDS, .negated = tests->negated, .feel = feel};
    if (tests->kind != NODE_TESTS || tests->count == 0)
        return false;
    const struct node *node = without_not(&tests->items[0], &test.negated), *items = node;
    uint32_t count = 1;
    struct slice word;
    if (tests->count > 1) {
        items = tests->items;
        count = tests->count;
    } else if (node->kind == NODE_CHAIN && node->operators[0] == OP_OR) {
        items = node->items;
        count = node->count;
    }
    struct slice *words = arena_array(arena, count, sizeof *words);
    for (uint32_t i = 0; i < count; i++) {
        if (!contained_word(&items[i], &word))
            return false;
        if (!has_word(words, test.count, word))
            words[test.count++] = word;
    }
    test.words = words;
    *out = test;
    return true;
}
