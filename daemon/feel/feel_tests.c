/* Unary tests on an input. */
#include "feel_node.h"

static bool is_in_scope(const struct evaluator *ev, struct slice name)
{
    for (const struct frame *frame = ev->frame; frame; frame = frame->outer)
        for (size_t i = 0; i < frame->count; i++)
            if (slice_equal(frame->entries[i].name, name))
                return true;
    return false;
}

static enum truth test_compare(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, &node->items[0]);
    bool is_null = value.kind == VALUE_NULL && node->items[0].kind == NODE_CONSTANT;
    if (ev->input->kind == VALUE_NULL && !is_null)
        return NO;
    if (value.kind == VALUE_NULL && !is_null)
        return UNKNOWN;
    return compare((enum operator)node->op, ev->input, &value);
}

/* The input is the list, or in it, or in a range that is. */
static enum truth test_list(struct evaluator *ev, const struct value *list)
{
    enum truth result = NO;
    if (value_equal(ev->input, list))
        return YES;
    for (size_t i = 0; i < list->list.count && charge(ev, 1); i++) {
        const struct value *item = &list->list.items[i];
        if (value_equal(ev->input, item))
            return YES;
        if (item->kind == VALUE_RANGE && ev->input->kind != VALUE_NULL) {
            enum truth truth = range_includes(item->range, ev->input);
            if (truth == YES)
                return YES;
            result = truth == UNKNOWN ? UNKNOWN : result;
        }
    }
    return result;
}

static enum truth test_value(struct evaluator *ev, const struct value *value)
{
    if (value->kind == VALUE_LIST)
        return test_list(ev, value);
    if (value->kind == VALUE_RANGE && ev->input->kind != VALUE_RANGE)
        return ev->input->kind == VALUE_NULL ? NO : range_includes(value->range, ev->input);
    return value_equal(ev->input, value) ? YES : NO;
}

/* A condition by its form: what a boolean constant or variable says is compared with the input instead. */
static bool is_condition(const struct node *node)
{
    if (node->kind == NODE_CHAIN)
        return node->operators[0] < OP_ADD;
    return node->kind == NODE_BETWEEN || node->kind == NODE_IN || node->kind == NODE_SOME ||
           node->kind == NODE_EVERY || node->kind == NODE_INSTANCE;
}

/* Whether a truth that came out is the answer: what a call puts out may be a condition, or a value. */
static bool is_answer(const struct evaluator *ev, const struct node *node)
{
    if (node->has_input)
        return true;
    return ev->input->kind != VALUE_BOOLEAN &&
           (is_condition(node) || node->kind == NODE_CALL || node->kind == NODE_IF);
}

static enum truth test_expression(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, node);
    if (value.kind == VALUE_NULL) {
        if (node->has_input || is_condition(node) ||
            (node->kind == NODE_NAME && !is_in_scope(ev, node->name)))
            return UNKNOWN;
        return ev->input->kind == VALUE_NULL ? YES : NO;
    }
    if (value.kind == VALUE_BOOLEAN && is_answer(ev, node))
        return truth_of(&value);
    return test_value(ev, &value);
}

static enum truth test_one(struct evaluator *ev, const struct node *node)
{
    return node->kind == NODE_COMPARE ? test_compare(ev, node) : test_expression(ev, node);
}

/* A null input passes not(...) only where a test looks at ? itself, or null is what is excluded. */
static enum truth negate(const struct evaluator *ev, const struct node *tests, enum truth truth)
{
    if (ev->input->kind == VALUE_NULL && truth == NO) {
        for (uint32_t i = 0; i < tests->count; i++)
            if (tests->items[i].has_input)
                return YES;
        return NO;
    }
    return truth_not(truth);
}

enum truth evaluate_test(struct evaluator *ev, const struct node *test)
{
    enum truth result = NO;
    if (!ev->input)
        ev->input = &value_null;
    if (!charge(ev, 1))
        return UNKNOWN;
    if (test->kind != NODE_TESTS)
        return test_one(ev, test);
    if (test->count == 0)
        return YES;
    for (uint32_t i = 0; i < test->count && result != YES; i++) {
        enum truth truth = test_one(ev, &test->items[i]);
        result = truth == NO ? result : truth;
    }
    return test->negated ? negate(ev, test, result) : result;
}
