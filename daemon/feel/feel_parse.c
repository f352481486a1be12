/* Tokens into a tree: operators, what follows an operand, and tests. Operands stand in feel_operand.c. */
#include <stdio.h>

#include "feel_parse.h"

static const unsigned char operator_levels[OPERATORS] = {
    [OP_OR] = LEVEL_OR,
    [OP_AND] = LEVEL_AND,
    [OP_EQUAL] = LEVEL_COMPARE,
    [OP_NOT_EQUAL] = LEVEL_COMPARE,
    [OP_LESS] = LEVEL_COMPARE,
    [OP_LESS_EQUAL] = LEVEL_COMPARE,
    [OP_GREATER] = LEVEL_COMPARE,
    [OP_GREATER_EQUAL] = LEVEL_COMPARE,
    [OP_ADD] = LEVEL_ADD,
    [OP_SUBTRACT] = LEVEL_ADD,
    [OP_MULTIPLY] = LEVEL_MULTIPLY,
    [OP_DIVIDE] = LEVEL_MULTIPLY,
    [OP_POWER] = LEVEL_POWER,
};

enum level operator_level(enum operator op)
{
    return (enum level)operator_levels[op];
}

/* Building -------------------------------------------------------------------------------------------------
 */

struct node *node_add(struct arena *arena, struct node_list *list)
{
    if (list->count == list->room) {
        uint32_t room = list->room ? list->room * 4 : 1;
        struct node *items = arena_array(arena, room, sizeof *items);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->room = room;
    }
    return &list->items[list->count++];
}

bool enter(struct parser *parser)
{
    if (++parser->depth <= FEEL_DEPTH)
        return true;
    return fail_at(parser, parser->token.start, "nested deeper than %d levels", FEEL_DEPTH);
}

void leave(struct parser *parser)
{
    parser->depth--;
}

bool expect(struct parser *parser, enum token_kind kind, const char *expected)
{
    if (parser->token.kind != kind)
        return fail_expected(parser, expected);
    advance(parser);
    return true;
}

/* A tree is deeper than its text is nested: six levels of operators stand between two parentheses. */
bool seal(struct parser *parser, struct node *node, enum node_kind kind, const struct node_list *list)
{
    enum { TREE_DEPTH = 8 * FEEL_DEPTH };
    unsigned deepest = 0;
    for (uint32_t i = 0; i < list->count; i++)
        deepest = list->items[i].depth > deepest ? list->items[i].depth : deepest;
    node->kind = (uint8_t)kind;
    node->depth = (uint16_t)(deepest + 1);
    node->items = list->items;
    node->count = list->count;
    if (deepest < TREE_DEPTH)
        return true;
    return fail_at(parser, parser->token.start, "nested deeper than %d levels", FEEL_DEPTH);
}

void make_constant(struct node *node, struct value value)
{
    *node = (struct node){.kind = NODE_CONSTANT, .depth = 1};
    node->value = value;
}

/* Moves `first` into a list of its own, to be an operand of what follows it. */
static struct node_list start_list(struct parser *parser, const struct node *first)
{
    struct node_list list = {0};
    *node_add(parser->arena, &list) = *first;
    return list;
}

/* Postfix --------------------------------------------------------------------------------------------------
 */

static bool parse_path(struct parser *parser, struct node *node)
{
    struct node_list list = start_list(parser, node);
    size_t end = parser->token.end;
    struct slice name = lex_member(parser, &end);
    if (!name.ptr) {
        advance(parser);
        return fail_expected(parser, "a name behind the dot");
    }
    *node = (struct node){.name = name};
    lex(parser, end);
    return seal(parser, node, NODE_PATH, &list);
}

static bool parse_filter(struct parser *parser, struct node *node)
{
    struct node_list list = start_list(parser, node);
    *node = (struct node){0};
    parser->in_members++;
    advance(parser);
    bool ok = parse_expression(parser, node_add(parser->arena, &list));
    parser->in_members--;
    return ok && expect(parser, TOKEN_BRACKET_CLOSE, "']'") && seal(parser, node, NODE_FILTER, &list);
}

/* Names of types that have a keyword in them. */
static struct slice type_word(struct parser *parser, size_t *end)
{
    static const char *const words[] = {"date and time", "days and time duration",
                                        "years and months duration"};
    size_t at = skip_space(parser->text, *end);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t found = match_name(parser->text, at, slice_of(words[i]));
        if (found) {
            *end = found;
            return slice_of(words[i]);
        }
    }
    return lex_member(parser, end);
}

/* "number", "list<date and time>": without spaces around the signs. */
static struct slice type_name(struct parser *parser, size_t *end)
{
    struct text type = text_new(parser->arena);
    int open = 0;
    do {
        struct slice name = type_word(parser, end);
        size_t at = skip_space(parser->text, *end);
        if (!name.ptr)
            return SLICE_NONE;
        text_add(&type, name);
        if (at < parser->text.len && parser->text.ptr[at] == '<') {
            text_add_char(&type, '<');
            *end = at + 1;
            open++;
            continue;
        }
        break;
    } while (open <= FEEL_DEPTH);
    for (; open > 0; open--) {
        *end = skip_space(parser->text, *end);
        if (*end >= parser->text.len || parser->text.ptr[*end] != '>')
            return SLICE_NONE;
        text_add_char(&type, '>');
        ++*end;
    }
    return text_slice(&type);
}

static bool parse_instance(struct parser *parser, struct node *node)
{
    struct node_list list = start_list(parser, node);
    advance(parser);
    size_t end = parser->token.end;
    if (parser->token.kind != TOKEN_OF)
        return fail_expected(parser, "'of'");
    struct slice type = type_name(parser, &end);
    if (!type.ptr) {
        advance(parser);
        return fail_expected(parser, "a type, such as number or list<string>");
    }
    *node = (struct node){.name = type};
    lex(parser, end);
    return seal(parser, node, NODE_INSTANCE, &list);
}

/* At the end of a range, "[" closes it where nothing follows that could be inside a filter. */
static bool closes_range(const struct parser *parser)
{
    size_t at = skip_space(parser->text, parser->token.end);
    if (!parser->is_range_end)
        return false;
    if (at == parser->text.len || strchr(",)]}", parser->text.ptr[at]))
        return true;
    struct parser ahead = *parser;
    struct feel_fault ignored;
    ahead.fault = &ignored;
    lex(&ahead, at);
    return (ahead.token.kind >= TOKEN_THEN && ahead.token.kind <= TOKEN_OF && ahead.token.kind != TOKEN_FOR &&
            ahead.token.kind != TOKEN_SOME && ahead.token.kind != TOKEN_EVERY) ||
           (ahead.token.kind == TOKEN_OPERATOR && ahead.token.op != OP_SUBTRACT);
}

static bool parse_postfix(struct parser *parser, struct node *node)
{
    if (!parse_operand(parser, node))
        return false;
    for (;;) {
        bool ok = true;
        if (parser->token.kind == TOKEN_DOT)
            ok = parse_path(parser, node);
        else if (parser->token.kind == TOKEN_BRACKET && !closes_range(parser))
            ok = parse_filter(parser, node);
        else if (parser->token.kind == TOKEN_INSTANCE)
            ok = parse_instance(parser, node);
        else
            return true;
        if (!ok)
            return false;
    }
}

/* Operators ------------------------------------------------------------------------------------------------
 */

static bool is_number(const struct node *node)
{
    return node->kind == NODE_CONSTANT && node->value.kind == VALUE_NUMBER;
}

static bool parse_negation(struct parser *parser, struct node *node)
{
    if (parser->token.kind != TOKEN_OPERATOR || parser->token.op != OP_SUBTRACT)
        return parse_postfix(parser, node);
    struct node_list list = {0};
    struct node *operand = node_add(parser->arena, &list);
    if (!enter(parser))
        return false;
    advance(parser);
    if (!parse_negation(parser, operand))
        return false;
    leave(parser);
    if (!is_number(operand))
        return seal(parser, node, NODE_NEGATE, &list);
    make_constant(node, number_of(decimal_negate(operand->value.number)));
    return true;
}

static bool at_operator(const struct parser *parser, enum level level)
{
    return parser->token.kind == TOKEN_OPERATOR && operator_levels[parser->token.op] == level;
}

static bool parse_level(struct parser *parser, enum level level, struct node *node);

/* Operands with operators of one level between them, from the left. */
static bool parse_chain(struct parser *parser, enum level level, struct node *node)
{
    struct node_list list = start_list(parser, node);
    struct text operators = text_new(parser->arena);
    while (at_operator(parser, level)) {
        text_add_char(&operators, (char)parser->token.op);
        advance(parser);
        if (!parse_level(parser, level + 1, node_add(parser->arena, &list)))
            return false;
    }
    *node = (struct node){.operators = (const uint8_t *)text_slice(&operators).ptr};
    return seal(parser, node, NODE_CHAIN, &list);
}

static bool parse_between(struct parser *parser, struct node *node)
{
    struct node_list list = start_list(parser, node);
    *node = (struct node){0};
    advance(parser);
    if (!parse_level(parser, LEVEL_ADD, node_add(parser->arena, &list)))
        return false;
    if (parser->token.kind != TOKEN_OPERATOR || parser->token.op != OP_AND)
        return fail_expected(parser, "'and' and the upper end");
    advance(parser);
    return parse_level(parser, LEVEL_ADD, node_add(parser->arena, &list)) &&
           seal(parser, node, NODE_BETWEEN, &list);
}

static bool parse_comparisons(struct parser *parser, struct node *node)
{
    for (;;) {
        bool ok = true;
        if (at_operator(parser, LEVEL_COMPARE))
            ok = parse_chain(parser, LEVEL_COMPARE, node);
        else if (parser->token.kind == TOKEN_BETWEEN)
            ok = parse_between(parser, node);
        else if (parser->token.kind == TOKEN_IN)
            ok = parse_in(parser, node);
        else
            return true;
        if (!ok)
            return false;
    }
}

static bool parse_level(struct parser *parser, enum level level, struct node *node)
{
    if (level == LEVEL_UNARY)
        return parse_negation(parser, node);
    if (!parse_level(parser, level + 1, node))
        return false;
    if (level == LEVEL_COMPARE)
        return parse_comparisons(parser, node);
    return !at_operator(parser, level) || parse_chain(parser, level, node);
}

bool parse_expression(struct parser *parser, struct node *out)
{
    bool was_range_end = parser->is_range_end;
    parser->is_range_end = false;
    if (!enter(parser) || !parse_level(parser, LEVEL_OR, out))
        return false;
    leave(parser);
    parser->is_range_end = was_range_end;
    return true;
}

bool parse_endpoint(struct parser *parser, bool is_end, struct node *out)
{
    bool was_range_end = parser->is_range_end;
    parser->is_range_end = is_end;
    if (!enter(parser) || !parse_level(parser, LEVEL_ADD, out))
        return false;
    leave(parser);
    parser->is_range_end = was_range_end;
    return true;
}

/* Tests ----------------------------------------------------------------------------------------------------
 */

/* "< 5" */
static bool parse_compare(struct parser *parser, struct node *out)
{
    struct node_list list = {0};
    uint8_t op = (uint8_t)parser->token.op;
    advance(parser);
    if (!parse_endpoint(parser, false, node_add(parser->arena, &list)) ||
        !seal(parser, out, NODE_COMPARE, &list))
        return false;
    out->op = op;
    return true;
}

/* "18-65" is arithmetic to FEEL, but never what a person meant who writes bare words. */
static bool is_meant_as_range(const struct parser *parser, const struct node *node)
{
    if (!parser->syntax || !(parser->syntax->options & FEEL_BARE_WORDS) || node->kind != NODE_CHAIN)
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!is_number(&node->items[i]) || (i && node->operators[i - 1] != OP_SUBTRACT))
            return false;
    return true;
}

static bool parse_test(struct parser *parser, struct node *out)
{
    size_t start = parser->token.start;
    bool saw_input = parser->saw_input;
    parser->saw_input = false;
    bool ok = at_operator(parser, LEVEL_COMPARE) ? parse_compare(parser, out) : parse_expression(parser, out);
    if (ok && is_meant_as_range(parser, out))
        return fail_at(parser, start,
                       "expected [18..65] for a range, date(\"2026-11-22\") for a date, found '%.*s'",
                       (int)(parser->token.start - start > 24 ? 24 : parser->token.start - start),
                       parser->text.ptr + start);
    if (!ok)
        return false;
    out->has_input = parser->saw_input;
    parser->saw_input |= saw_input;
    return true;
}

bool parse_tests(struct parser *parser, struct node *out)
{
    struct node_list list = {0};
    for (;;) {
        if (!parse_test(parser, node_add(parser->arena, &list)))
            return false;
        if (parser->token.kind != TOKEN_COMMA)
            break;
        advance(parser);
    }
    *out = (struct node){0};
    return seal(parser, out, NODE_TESTS, &list);
}

/* The tests behind "in": in parentheses several, which may turn out to be a range that is open at its start.
 */
static bool parse_in_tests(struct parser *parser, struct node *out)
{
    if (parser->token.kind != TOKEN_OPEN) {
        struct node_list list = {0};
        struct node *test = node_add(parser->arena, &list);
        bool ok = at_operator(parser, LEVEL_COMPARE) ? parse_compare(parser, test)
                                                     : parse_level(parser, LEVEL_ADD, test);
        *out = (struct node){0};
        return ok && seal(parser, out, NODE_TESTS, &list);
    }
    advance(parser);
    bool was_range_end = parser->is_range_end;
    parser->is_range_end = false;
    if (!parse_tests(parser, out))
        return false;
    parser->is_range_end = was_range_end;
    if (parser->token.kind == TOKEN_DOTS && out->count == 1 && !out->negated &&
        out->items[0].kind != NODE_COMPARE && out->items[0].kind != NODE_TESTS) {
        struct node low = out->items[0];
        struct node_list list = {0};
        return parse_range_end(parser, &low, false, node_add(parser->arena, &list)) &&
               seal(parser, out, NODE_TESTS, &list);
    }
    return expect(parser, TOKEN_CLOSE, "a comma or ')'");
}

bool parse_in(struct parser *parser, struct node *node)
{
    struct node_list list = start_list(parser, node);
    bool saw_input = parser->saw_input;
    *node = (struct node){0};
    advance(parser);
    if (!enter(parser) || !parse_in_tests(parser, node_add(parser->arena, &list)))
        return false;
    leave(parser);
    parser->saw_input = saw_input; /* a ? in there is another's */
    return seal(parser, node, NODE_IN, &list);
}

/* Whole texts ----------------------------------------------------------------------------------------------
 */

static bool start(struct parser *parser, struct slice text)
{
    if (text.len > FEEL_TEXT_MAX)
        return fail_at(parser, FEEL_TEXT_MAX, "longer than %d bytes", FEEL_TEXT_MAX);
    bool is_ascii = true;
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] == '\0')
            return fail_at(parser, at, "expected text, found a control character");
        if (is_ascii && (unsigned char)text.ptr[at] >= 0x80) {
            if (!slice_is_utf8(text))
                return fail_at(parser, at, "expected UTF-8 text");
            is_ascii = false;
        }
    }
    parser->text = slice_make(arena_text(parser->arena, text), text.len);
    lex(parser, 0);
    return !parser->has_failed;
}

static bool at_end(struct parser *parser, const char *expected)
{
    return parser->token.kind == TOKEN_END || fail_expected(parser, expected);
}

const struct feel *feel_parse_expression(struct slice text, const struct feel_syntax *syntax,
                                         struct arena *arena, struct feel_fault *fault)
{
    struct parser parser = {.syntax = syntax, .arena = arena, .fault = fault};
    struct feel *feel = arena_alloc(arena, sizeof *feel);
    if (start(&parser, text) && parse_expression(&parser, &feel->root) &&
        at_end(&parser, "an operator or the end"))
        return feel;
    return NULL;
}

/* "-" alone. */
static bool is_any(const struct parser *parser)
{
    return parser->token.kind == TOKEN_OPERATOR && parser->token.op == OP_SUBTRACT &&
           skip_space(parser->text, parser->token.end) == parser->text.len;
}

/* What may stand behind a call of the function not(). */
static bool continues(const struct parser *parser)
{
    enum token_kind kind = parser->token.kind;
    return kind == TOKEN_OPERATOR || kind == TOKEN_COMMA || kind == TOKEN_IN || kind == TOKEN_BETWEEN ||
           kind == TOKEN_INSTANCE || kind == TOKEN_DOT || kind == TOKEN_BRACKET;
}

/* not(...) around all of it. False with nothing failed: it is not so, and *parser is as it was. */
static bool parse_not(struct parser *parser, struct node *out)
{
    struct parser before = *parser;
    if (parser->token.kind != TOKEN_NOT)
        return false;
    advance(parser);
    if (parser->token.kind != TOKEN_OPEN)
        return fail_expected(parser, "'(' behind not");
    advance(parser);
    if (!parse_tests(parser, out))
        return false;
    if (parser->token.kind != TOKEN_CLOSE)
        return fail_expected(parser, "a comma or ')'");
    advance(parser);
    if (parser->token.kind == TOKEN_END) {
        out->negated = true;
        return true;
    }
    if (!continues(parser))
        return fail_expected(parser, "the end");
    *parser = before;
    return false;
}

static bool parse_whole_tests(struct parser *parser, struct node *out)
{
    if (is_any(parser)) {
        struct node_list none = {0};
        return seal(parser, out, NODE_TESTS, &none);
    }
    if (parse_not(parser, out))
        return true;
    if (parser->has_failed || !parse_tests(parser, out))
        return false;
    bool is_and = parser->token.kind == TOKEN_OPERATOR && parser->token.op == OP_AND;
    return at_end(parser, is_and ? "a comma or the end (>= 5 and < 7 is [5..7))" : "a comma or the end");
}

const struct feel *feel_parse_tests(struct slice text, const struct feel_syntax *syntax, struct arena *arena,
                                    struct feel_fault *fault)
{
    struct parser parser = {.syntax = syntax, .arena = arena, .fault = fault};
    struct feel *feel = arena_alloc(arena, sizeof *feel);
    return start(&parser, text) && parse_whole_tests(&parser, &feel->root) ? feel : NULL;
}
