/* Tokens into a tree: what stands between operators. */
#include <stdio.h>

#include "feel_parse.h"

static const char OPERAND[] = "a number, a \"text\", a name or another value";

/* Constants ------------------------------------------------------------------------------------------------
 */

static bool all_constant(const struct node_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].kind != NODE_CONSTANT)
            return false;
    return true;
}

static struct value constant_list(struct parser *parser, const struct node_list *list)
{
    struct value value = {.kind = VALUE_LIST};
    struct value *items = arena_array(parser->arena, list->count, sizeof *items);
    for (uint32_t i = 0; i < list->count; i++)
        items[i] = list->items[i].value;
    value.list.items = items;
    value.list.count = list->count;
    return value;
}

/* A range whose ends are constants is one; an open end is the constant null. */
static bool make_range(struct parser *parser, const struct node ends[2], bool has_low, bool has_high,
                       struct node *out)
{
    *out = (struct node){.has_low = has_low, .has_high = has_high};
    if (ends[0].kind != NODE_CONSTANT || ends[1].kind != NODE_CONSTANT) {
        struct node_list list = {0};
        *node_add(parser->arena, &list) = ends[0];
        *node_add(parser->arena, &list) = ends[1];
        return seal(parser, out, NODE_RANGE, &list);
    }
    struct range *range = arena_alloc(parser->arena, sizeof *range);
    *range = (struct range){ends[0].value, ends[1].value, has_low, has_high};
    make_constant(out, (struct value){.kind = VALUE_RANGE, .range = range});
    return true;
}

bool parse_range_end(struct parser *parser, const struct node *low, bool has_low, struct node *out)
{
    struct node ends[2] = {*low, {0}};
    advance(parser);
    if (!parse_endpoint(parser, true, &ends[1]))
        return false;
    enum token_kind close = parser->token.kind;
    if (close != TOKEN_CLOSE && close != TOKEN_BRACKET && close != TOKEN_BRACKET_CLOSE)
        return fail_expected(parser, "']' or ')' behind the range");
    advance(parser);
    return make_range(parser, ends, has_low, close == TOKEN_BRACKET_CLOSE, out);
}

/* "(< 5)", from the operator on. */
static bool parse_open_range(struct parser *parser, struct node *out)
{
    enum operator op = parser->token.op;
    bool is_low = op == OP_GREATER || op == OP_GREATER_EQUAL, has_end = op != OP_LESS && op != OP_GREATER;
    struct node ends[2];
    make_constant(&ends[0], value_null);
    make_constant(&ends[1], value_null);
    if (op < OP_EQUAL || op > OP_GREATER_EQUAL || op == OP_NOT_EQUAL)
        return fail_expected(parser, OPERAND);
    advance(parser);
    if (!parse_endpoint(parser, false, &ends[is_low ? 0 : 1]))
        return false;
    if (op == OP_EQUAL)
        ends[0] = ends[1];
    return expect(parser, TOKEN_CLOSE, "')'") &&
           make_range(parser, ends, has_end && (is_low || op == OP_EQUAL), has_end && !is_low, out);
}

/* Brackets -------------------------------------------------------------------------------------------------
 */

/* From the first element on, which may turn out to be the low end of a range. */
static bool parse_elements(struct parser *parser, struct node *out)
{
    struct node_list list = {0};
    while (parser->token.kind != TOKEN_BRACKET_CLOSE || list.count) {
        if (!parse_expression(parser, node_add(parser->arena, &list)))
            return false;
        if (parser->token.kind == TOKEN_DOTS && list.count == 1)
            return parse_range_end(parser, &list.items[0], true, out);
        if (parser->token.kind != TOKEN_COMMA)
            break;
        advance(parser);
    }
    if (!expect(parser, TOKEN_BRACKET_CLOSE, "a comma or ']'"))
        return false;
    if (!all_constant(&list))
        return seal(parser, out, NODE_LIST, &list);
    make_constant(out, constant_list(parser, &list));
    return true;
}

static bool parse_parenthesis(struct parser *parser, struct node *out)
{
    advance(parser);
    if (parser->token.kind == TOKEN_OPERATOR && parser->token.op != OP_SUBTRACT)
        return parse_open_range(parser, out);
    if (!parse_expression(parser, out))
        return false;
    if (parser->token.kind != TOKEN_DOTS)
        return expect(parser, TOKEN_CLOSE, "')'");
    struct node low = *out;
    return parse_range_end(parser, &low, false, out);
}

/* "]1..5]" */
static bool parse_reversed_range(struct parser *parser, struct node *out)
{
    struct node low = {0};
    advance(parser);
    if (!parse_expression(parser, &low))
        return false;
    if (parser->token.kind != TOKEN_DOTS)
        return fail_expected(parser, "'..' and the upper end");
    return parse_range_end(parser, &low, false, out);
}

/* Contexts and loops ---------------------------------------------------------------------------------------
 */

static void add_local(struct parser *parser, struct slice name)
{
    struct local *local = arena_alloc(parser->arena, sizeof *local);
    *local = (struct local){name, parser->locals};
    parser->locals = local;
}

struct name_list {
    struct slice *names;
    size_t count, room;
};

static void name_add(struct parser *parser, struct name_list *list, struct slice name)
{
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 4 : 4;
        struct slice *names = arena_array(parser->arena, room, sizeof *names);
        if (list->count)
            memcpy(names, list->names, list->count * sizeof *names);
        list->names = names;
        list->room = room;
    }
    list->names[list->count++] = name;
}

/* A name that is about to be declared; the token behind it becomes the current one. */
static bool parse_new_name(struct parser *parser, struct slice *name)
{
    size_t end = parser->token.start;
    *name = lex_member(parser, &end);
    if (!name->ptr)
        return fail_expected(parser, "a name");
    lex(parser, end);
    return true;
}

static bool parse_entry(struct parser *parser, struct node_list *list, struct name_list *names)
{
    struct slice name = parser->token.text;
    if (parser->token.kind == TOKEN_STRING)
        advance(parser);
    else if (!parse_new_name(parser, &name))
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (slice_equal(names->names[i], name))
            return fail_at(parser, parser->token.start, "the name '%.*s' stands there twice",
                           (int)(name.len < 40 ? name.len : 40), name.ptr);
    if (!expect(parser, TOKEN_COLON, "':' and a value") ||
        !parse_expression(parser, node_add(parser->arena, list)))
        return false;
    name_add(parser, names, name);
    add_local(parser, name);
    return true;
}

static bool parse_context(struct parser *parser, struct node *out)
{
    struct node_list list = {0};
    struct name_list names = {0};
    const struct local *locals = parser->locals;
    advance(parser);
    while (parser->token.kind != TOKEN_BRACE_CLOSE || list.count) {
        if (!parse_entry(parser, &list, &names))
            return false;
        if (parser->token.kind != TOKEN_COMMA)
            break;
        advance(parser);
    }
    parser->locals = locals;
    *out = (struct node){.names = names.names};
    return expect(parser, TOKEN_BRACE_CLOSE, "a comma or '}'") && seal(parser, out, NODE_CONTEXT, &list);
}

/* "1..5" behind "in" is a domain too. */
static bool parse_domain(struct parser *parser, struct node *out)
{
    struct node_list ends = {0};
    if (!parse_expression(parser, out))
        return false;
    if (parser->token.kind != TOKEN_DOTS)
        return true;
    *node_add(parser->arena, &ends) = *out;
    advance(parser);
    *out = (struct node){0};
    return parse_expression(parser, node_add(parser->arena, &ends)) && seal(parser, out, NODE_STEPS, &ends);
}

static bool parse_loop(struct parser *parser, struct node *out)
{
    static const enum node_kind kinds[] = {
        [TOKEN_FOR] = NODE_FOR, [TOKEN_SOME] = NODE_SOME, [TOKEN_EVERY] = NODE_EVERY};
    struct node_list list = {0};
    struct name_list names = {0};
    const struct local *locals = parser->locals;
    enum token_kind kind = parser->token.kind;
    struct slice name;
    do {
        lex(parser, parser->token.end);
        if (!parse_new_name(parser, &name) || !expect(parser, TOKEN_IN, "'in' and a list") ||
            !parse_domain(parser, node_add(parser->arena, &list)))
            return false;
        name_add(parser, &names, name);
        add_local(parser, name);
    } while (parser->token.kind == TOKEN_COMMA);
    if (kind == TOKEN_FOR)
        add_local(parser, slice_of("partial"));
    bool ok = kind == TOKEN_FOR ? expect(parser, TOKEN_RETURN, "a comma or 'return'")
                                : expect(parser, TOKEN_SATISFIES, "a comma or 'satisfies'");
    if (!ok || !parse_expression(parser, node_add(parser->arena, &list)))
        return false;
    parser->locals = locals;
    lex(parser, parser->token.start); /* names that were longer are gone */
    *out = (struct node){.names = names.names};
    return seal(parser, out, kinds[kind], &list);
}

static bool parse_if(struct parser *parser, struct node *out)
{
    struct node_list list = {0};
    advance(parser);
    return parse_expression(parser, node_add(parser->arena, &list)) && expect(parser, TOKEN_THEN, "'then'") &&
           parse_expression(parser, node_add(parser->arena, &list)) && expect(parser, TOKEN_ELSE, "'else'") &&
           parse_expression(parser, node_add(parser->arena, &list)) && seal(parser, out, NODE_IF, &list);
}

/* Calls ----------------------------------------------------------------------------------------------------
 */

/* Position of `name` in "from,to", or -1. */
static int parameter_position(struct slice parameters, struct slice name)
{
    for (int i = 0; parameters.ptr; i++)
        if (slice_equal(slice_cut(&parameters, ','), name))
            return i;
    return -1;
}

/* Puts arguments that were named in the places of one way of calling. */
static bool place_arguments(struct parser *parser, struct slice parameters, const struct node_list *given,
                            const struct name_list *names, struct node_list *out)
{
    *out = (struct node_list){0};
    for (size_t i = 0; i < names->count; i++) {
        int position = parameter_position(parameters, names->names[i]);
        if (position < 0)
            return false;
        while (out->count <= (uint32_t)position)
            node_add(parser->arena, out);
        if (out->items[position].kind != NODE_ABSENT)
            return false;
        out->items[position] = given->items[i];
    }
    return true;
}

static bool resolve_arguments(struct parser *parser, const struct function *function, size_t start,
                              const struct name_list *names, struct node_list *list)
{
    struct slice ways = slice_of(function->parameters);
    struct node_list placed;
    if (names->count == 0)
        return true;
    while (ways.ptr)
        if (place_arguments(parser, slice_cut(&ways, '|'), list, names, &placed)) {
            *list = placed;
            return true;
        }
    return fail_at(parser, start, "expected arguments called %s in %s()", function->parameters,
                   function->name);
}

static bool check_count(struct parser *parser, const struct function *function, size_t start, uint32_t count)
{
    char most[24] = "";
    if (count >= function->least && (function->most == MANY_ARGUMENTS || count <= function->most))
        return true;
    if (function->most == MANY_ARGUMENTS)
        snprintf(most, sizeof most, " or more");
    else if (function->most != function->least)
        snprintf(most, sizeof most, " to %d", function->most);
    return fail_at(parser, start, "expected %d%s arguments in %s(), found %u", function->least, most,
                   function->name, count);
}

/* Whether the current token begins "name:". */
static bool is_named_argument(struct parser *parser)
{
    size_t end = parser->token.start;
    struct slice name = parser->token.kind == TOKEN_NAME || parser->token.kind == TOKEN_FUNCTION ||
                                parser->token.kind == TOKEN_IN
                            ? lex_member(parser, &end)
                            : SLICE_NONE;
    end = skip_space(parser->text, end);
    return name.ptr && end < parser->text.len && parser->text.ptr[end] == ':';
}

static bool parse_argument(struct parser *parser, struct node_list *list, struct name_list *names)
{
    bool is_named = is_named_argument(parser);
    struct slice name;
    if (list->count && is_named != (names->count > 0))
        return fail_expected(parser, "all arguments with names or all without");
    if (is_named) {
        if (!parse_new_name(parser, &name) || !expect(parser, TOKEN_COLON, "':'"))
            return false;
        name_add(parser, names, name);
    }
    return parse_expression(parser, node_add(parser->arena, list));
}

static bool parse_arguments(struct parser *parser, struct node_list *list, struct name_list *names)
{
    if (!expect(parser, TOKEN_OPEN, "'('"))
        return false;
    while (parser->token.kind != TOKEN_CLOSE || list->count) {
        if (!parse_argument(parser, list, names))
            return false;
        if (parser->token.kind != TOKEN_COMMA)
            break;
        advance(parser);
    }
    return expect(parser, TOKEN_CLOSE, "a comma or ')'");
}

static const char *literal_example(const char *name)
{
    static const struct {
        const char *name, *example;
    } examples[] = {
        {"date", "a date that exists, such as date(\"2026-11-22\")"},
        {"time", "a time that exists, such as time(\"10:15:00\")"},
        {"date and time", "a moment that exists, such as date and time(\"2026-11-22T10:15:00\")"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (strcmp(name, examples[i].name) == 0)
            return examples[i].example;
    return "a duration, such as duration(\"P1Y2M\") or duration(\"P1DT2H\")";
}

/* date("2026-11-22") is a constant; one that is no date is a fault, though the standard would say null. */
static bool fold_literal(struct parser *parser, const struct function *function, size_t start,
                         const struct node_list *list, struct node *out)
{
    struct evaluator ev = {.arena = parser->arena, .steps = FEEL_STEPS, .bytes = FEEL_BYTES};
    struct value arguments = constant_list(parser, list);
    struct value value = function->run(&ev, arguments.list.items, list->count);
    if (value.kind == VALUE_NULL && arguments.list.items[0].kind != VALUE_NULL)
        return fail_at(parser, start, "expected %s", literal_example(function->name));
    make_constant(out, value);
    return true;
}

static bool parse_call(struct parser *parser, const struct function *function, struct node *out)
{
    struct node_list list = {0};
    struct name_list names = {0};
    size_t start = parser->token.start;
    advance(parser);
    if (!parse_arguments(parser, &list, &names) ||
        !resolve_arguments(parser, function, start, &names, &list) ||
        !check_count(parser, function, start, list.count))
        return false;
    if (function->is_literal && all_constant(&list))
        return fold_literal(parser, function, start, &list, out);
    *out = (struct node){.function = function};
    return seal(parser, out, NODE_CALL, &list);
}

/* not(...) is a function with the name of a keyword. */
static bool parse_not_call(struct parser *parser, struct node *out)
{
    size_t length;
    struct slice rest =
        slice_make(parser->text.ptr + parser->token.start, parser->text.len - parser->token.start);
    const struct function *function = function_match(rest, &length);
    if (!function) {
        advance(parser);
        return fail_expected(parser, "'(' behind not");
    }
    size_t start = parser->token.start;
    if (!parse_call(parser, function, out))
        return false;
    const struct node *argument = out->kind == NODE_CALL ? &out->items[0] : NULL;
    if (argument && argument->kind == NODE_CONSTANT && argument->value.kind > VALUE_BOOLEAN)
        return fail_at(parser, start,
                       "expected a condition in not(...); around tests it must stand around all");
    return true;
}

/* Names and literals ---------------------------------------------------------------------------------------
 */

static bool refuse_call(struct parser *parser, struct slice name)
{
    if (slice_is(name, "now") || slice_is(name, "today"))
        return fail_at(
            parser, parser->token.start,
            "expected a fact in the place of %.*s(): a table that reads the clock cannot be proved",
            (int)name.len, name.ptr);
    return fail_at(parser, parser->token.start, "expected a function of FEEL, found '%.*s('",
                   (int)(name.len < 40 ? name.len : 40), name.ptr);
}

static bool parse_name(struct parser *parser, struct node *out)
{
    const struct token name = parser->token;
    unsigned options = parser->syntax ? parser->syntax->options : 0;
    size_t next = skip_space(parser->text, name.end);
    if (!name.is_known && next < parser->text.len && parser->text.ptr[next] == '(')
        return refuse_call(parser, name.text);
    if (!name.is_known && options & FEEL_BARE_WORDS) {
        make_constant(out, value_of_string(name.text));
    } else if (!name.is_known && options & FEEL_KNOWN_NAMES) {
        return fail_expected(parser, "a name that is known, or a \"text\" in quotes");
    } else {
        *out = (struct node){.kind = NODE_NAME, .depth = 1};
        out->name = arena_slice(parser->arena, name.text);
    }
    advance(parser);
    return true;
}

static bool parse_at(struct parser *parser, struct node *out)
{
    struct slice text = parser->token.text;
    struct value value;
    if (!value_date_parse(text, &value) && !value_date_time_parse(text, &value) &&
        !value_time_parse(text, &value) && !value_duration_parse(text, &value))
        return fail_expected(parser, "a date, a time or a duration, such as @\"2026-11-22\"");
    make_constant(out, value);
    advance(parser);
    return true;
}

static bool parse_literal(struct parser *parser, struct node *out)
{
    enum token_kind kind = parser->token.kind;
    if (kind == TOKEN_NUMBER)
        make_constant(out, number_of(parser->token.number));
    else if (kind == TOKEN_STRING)
        make_constant(out, value_of_string(parser->token.text));
    else
        make_constant(out, kind == TOKEN_NULL ? value_null : value_of_bool(kind == TOKEN_TRUE));
    advance(parser);
    return true;
}

static bool parse_question(struct parser *parser, struct node *out)
{
    *out = (struct node){.kind = NODE_INPUT, .depth = 1};
    parser->saw_input = true;
    advance(parser);
    return true;
}

static bool parse_brackets(struct parser *parser, struct node *out)
{
    advance(parser);
    return parse_elements(parser, out);
}

static bool parse_function(struct parser *parser, struct node *out)
{
    return parse_call(parser, parser->token.function, out);
}

bool parse_operand(struct parser *parser, struct node *out)
{
    typedef bool parse(struct parser * parser, struct node * out);
    static parse *const operands[] = {
        [TOKEN_NUMBER] = parse_literal,   [TOKEN_STRING] = parse_literal,
        [TOKEN_TRUE] = parse_literal,     [TOKEN_FALSE] = parse_literal,
        [TOKEN_NULL] = parse_literal,     [TOKEN_AT] = parse_at,
        [TOKEN_NAME] = parse_name,        [TOKEN_FUNCTION] = parse_function,
        [TOKEN_NOT] = parse_not_call,     [TOKEN_IF] = parse_if,
        [TOKEN_FOR] = parse_loop,         [TOKEN_SOME] = parse_loop,
        [TOKEN_EVERY] = parse_loop,       [TOKEN_OPEN] = parse_parenthesis,
        [TOKEN_BRACKET] = parse_brackets, [TOKEN_BRACKET_CLOSE] = parse_reversed_range,
        [TOKEN_BRACE] = parse_context,    [TOKEN_QUESTION] = parse_question,
    };
    parse *operand = operands[parser->token.kind];
    return operand ? operand(parser, out) : fail_expected(parser, OPERAND);
}
