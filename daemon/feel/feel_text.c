/* A tree as text: parsing it gives the same tree. */
#include "feel_node.h"

static const char *const operator_texts[OPERATORS] = {
    [OP_OR] = "or",    [OP_AND] = "and",       [OP_EQUAL] = "=",    [OP_NOT_EQUAL] = "!=",
    [OP_LESS] = "<",   [OP_LESS_EQUAL] = "<=", [OP_GREATER] = ">",  [OP_GREATER_EQUAL] = ">=",
    [OP_ADD] = "+",    [OP_SUBTRACT] = "-",    [OP_MULTIPLY] = "*", [OP_DIVIDE] = "/",
    [OP_POWER] = "**",
};

const char *operator_text(enum operator op)
{
    return operator_texts[op];
}

/* How strongly a node holds together; -1: not at all. */
static int node_level(const struct node *node)
{
    switch ((enum node_kind)node->kind) {
    case NODE_CHAIN:
        return (int)operator_level((enum operator)node->operators[0]);
    case NODE_BETWEEN:
    case NODE_IN:
    case NODE_INSTANCE: /* its type would take a "<" that follows */
        return LEVEL_COMPARE;
    case NODE_NEGATE:
        return LEVEL_UNARY;
    case NODE_CONSTANT:
        return node->value.kind == VALUE_NUMBER && decimal_sign(node->value.number) < 0 ? LEVEL_UNARY
                                                                                        : LEVEL_POSTFIX + 1;
    case NODE_PATH:
    case NODE_FILTER:
        return LEVEL_POSTFIX;
    case NODE_IF:
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY:
        return -1;
    default:
        return LEVEL_POSTFIX + 1;
    }
}

typedef void writer(struct text *text, const struct node *node);
static void write_node(struct text *text, const struct node *node);

/* In parentheses where it holds together less than `least`. */
static void write_operand(struct text *text, const struct node *node, int least)
{
    bool is_loose = node_level(node) < least;
    if (is_loose)
        text_add_char(text, '(');
    write_node(text, node);
    if (is_loose)
        text_add_char(text, ')');
}

static void write_constant(struct text *text, const struct node *node)
{
    value_write(text, &node->value);
}

static void write_name(struct text *text, const struct node *node)
{
    text_add(text, node->name);
}

static void write_input(struct text *text, const struct node *node)
{
    (void)node;
    text_add_char(text, '?');
}

static void write_items(struct text *text, const struct node *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (i)
            text_add_words(text, ", ");
        write_node(text, &node->items[i]);
    }
}

static void write_list(struct text *text, const struct node *node)
{
    text_add_char(text, '[');
    write_items(text, node);
    text_add_char(text, ']');
}

static void write_context(struct text *text, const struct node *node)
{
    text_add_char(text, '{');
    for (uint32_t i = 0; i < node->count; i++) {
        if (i)
            text_add_words(text, ", ");
        text_add_quoted(text, node->names[i]);
        text_add_words(text, ": ");
        write_node(text, &node->items[i]);
    }
    text_add_char(text, '}');
}

static bool is_open(const struct node *end, bool has_end)
{
    return end->kind == NODE_CONSTANT && end->value.kind == VALUE_NULL && !has_end;
}

static void write_range(struct text *text, const struct node *node)
{
    const struct node *low = &node->items[0], *high = &node->items[1];
    if (is_open(low, node->has_low) || is_open(high, node->has_high)) {
        bool is_low = is_open(high, node->has_high), has_end = is_low ? node->has_low : node->has_high;
        text_printf(text, "(%c%s ", is_low ? '>' : '<', has_end ? "=" : "");
        write_operand(text, is_low ? low : high, LEVEL_ADD);
        text_add_char(text, ')');
        return;
    }
    text_add_char(text, node->has_low ? '[' : '(');
    write_operand(text, low, 0);
    text_add_words(text, "..");
    write_operand(text, high, LEVEL_ADD);
    text_add_char(text, node->has_high ? ']' : ')');
}

/* Comparisons are written with parentheses when one is the left side of another. */
static void write_chain(struct text *text, const struct node *node)
{
    int level = node_level(node);
    for (uint32_t i = 0; i < node->count; i++) {
        if (i)
            text_printf(text, " %s ", operator_texts[node->operators[i - 1]]);
        write_operand(text, &node->items[i], level + 1);
    }
}

static void write_negate(struct text *text, const struct node *node)
{
    text_add_char(text, '-');
    write_operand(text, &node->items[0], LEVEL_UNARY);
}

static void write_between(struct text *text, const struct node *node)
{
    write_operand(text, &node->items[0], LEVEL_ADD);
    text_add_words(text, " between ");
    write_operand(text, &node->items[1], LEVEL_ADD);
    text_add_words(text, " and ");
    write_operand(text, &node->items[2], LEVEL_ADD);
}

static void write_in(struct text *text, const struct node *node)
{
    write_operand(text, &node->items[0], LEVEL_ADD);
    text_add_words(text, " in (");
    write_items(text, &node->items[1]);
    text_add_char(text, ')');
}

static void write_if(struct text *text, const struct node *node)
{
    text_add_words(text, "if ");
    write_node(text, &node->items[0]);
    text_add_words(text, " then ");
    write_node(text, &node->items[1]);
    text_add_words(text, " else ");
    write_node(text, &node->items[2]);
}

static void write_loop(struct text *text, const struct node *node)
{
    static const char *const words[NODE_KINDS] = {
        [NODE_FOR] = "for ", [NODE_SOME] = "some ", [NODE_EVERY] = "every "};
    text_add_words(text, words[node->kind]);
    for (uint32_t i = 0; i + 1 < node->count; i++) {
        if (i)
            text_add_words(text, ", ");
        text_add(text, node->names[i]);
        text_add_words(text, " in ");
        write_node(text, &node->items[i]);
    }
    text_add_words(text, node->kind == NODE_FOR ? " return " : " satisfies ");
    write_node(text, &node->items[node->count - 1]);
}

static void write_steps(struct text *text, const struct node *node)
{
    write_operand(text, &node->items[0], 0);
    text_add_words(text, "..");
    write_node(text, &node->items[1]);
}

/* Arguments by name where one between others is not given. */
static void write_call(struct text *text, const struct node *node)
{
    struct slice names = slice_of(node->function->parameters);
    bool by_name = false, is_first = true;
    for (uint32_t i = 0; i < node->count; i++)
        by_name = by_name || node->items[i].kind == NODE_ABSENT;
    text_printf(text, "%s(", node->function->name);
    names = slice_cut(&names, '|');
    for (uint32_t i = 0; i < node->count; i++) {
        struct slice name = slice_cut(&names, ',');
        if (node->items[i].kind == NODE_ABSENT)
            continue;
        text_add_words(text, is_first ? "" : ", ");
        is_first = false;
        if (by_name) {
            text_add(text, name);
            text_add_words(text, ": ");
        }
        write_node(text, &node->items[i]);
    }
    text_add_char(text, ')');
}

/* A known name may begin with a digit or a dot, with which a dot right before it would be another token. */
static void write_path(struct text *text, const struct node *node)
{
    char first = node->name.ptr[0];
    write_operand(text, &node->items[0], LEVEL_POSTFIX);
    text_add_words(text, first == '.' || (first >= '0' && first <= '9') ? ". " : ".");
    text_add(text, node->name);
}

static void write_filter(struct text *text, const struct node *node)
{
    write_operand(text, &node->items[0], LEVEL_POSTFIX);
    text_add_char(text, '[');
    write_node(text, &node->items[1]);
    text_add_char(text, ']');
}

static void write_instance(struct text *text, const struct node *node)
{
    write_operand(text, &node->items[0], LEVEL_POSTFIX);
    text_add_words(text, " instance of ");
    text_add(text, node->name);
}

static void write_compare(struct text *text, const struct node *node)
{
    text_printf(text, "%s ", operator_texts[node->op]);
    write_operand(text, &node->items[0], LEVEL_ADD);
}

/* A call of the function not() that is all there is: without parentheses it would be not(...) around tests.
 */
static bool is_call_of_not(const struct node *node)
{
    return node->count == 1 && node->items->kind == NODE_CALL &&
           strcmp(node->items->function->name, "not") == 0;
}

static void write_tests(struct text *text, const struct node *node)
{
    bool is_call = !node->negated && is_call_of_not(node);
    text_add_words(text, node->count == 0 ? "-" : node->negated ? "not(" : is_call ? "(" : "");
    write_items(text, node);
    text_add_words(text, node->negated || is_call ? ")" : "");
}

static void write_node(struct text *text, const struct node *node)
{
    static writer *const writers[NODE_KINDS] = {
        [NODE_CONSTANT] = write_constant,
        [NODE_NAME] = write_name,
        [NODE_INPUT] = write_input,
        [NODE_LIST] = write_list,
        [NODE_CONTEXT] = write_context,
        [NODE_RANGE] = write_range,
        [NODE_CHAIN] = write_chain,
        [NODE_NEGATE] = write_negate,
        [NODE_BETWEEN] = write_between,
        [NODE_IN] = write_in,
        [NODE_IF] = write_if,
        [NODE_FOR] = write_loop,
        [NODE_SOME] = write_loop,
        [NODE_EVERY] = write_loop,
        [NODE_STEPS] = write_steps,
        [NODE_CALL] = write_call,
        [NODE_PATH] = write_path,
        [NODE_FILTER] = write_filter,
        [NODE_INSTANCE] = write_instance,
        [NODE_COMPARE] = write_compare,
        [NODE_TESTS] = write_tests,
    };
    if (writers[node->kind])
        writers[node->kind](text, node);
}

struct slice feel_text(const struct feel *feel, struct arena *arena)
{
    struct text text = text_new(arena);
    write_node(&text, &feel->root);
    return text_slice(&text);
}
