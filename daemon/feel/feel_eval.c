/* The value of a tree. Whatever has none is null; what takes too long or too much memory is null as a whole.
 */
#include <stdio.h>

#include "feel_node.h"

/* Limits ---------------------------------------------------------------------------------------------------
 */

bool charge(struct evaluator *ev, size_t steps)
{
    if (ev->is_exhausted || steps > ev->steps) {
        ev->is_exhausted = true;
        return false;
    }
    ev->steps -= steps;
    return true;
}

static bool charge_bytes(struct evaluator *ev, size_t bytes)
{
    if (ev->is_exhausted || bytes > ev->bytes) {
        ev->is_exhausted = true;
        return false;
    }
    ev->bytes -= bytes;
    return true;
}

void *evaluator_alloc(struct evaluator *ev, size_t count, size_t size)
{
    if (count > FEEL_BYTES || !charge_bytes(ev, count * size))
        return NULL;
    return arena_array(ev->arena, count, size);
}

/* A step for each value in it, and for each 64 bytes of text. */
static bool charge_value(struct evaluator *ev, const struct value *value)
{
    if (!charge(ev, value->kind == VALUE_STRING ? 1 + value->string.len / 64 : 1))
        return false;
    if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->list.count; i++)
            if (!charge_value(ev, &value->list.items[i]))
                return false;
    if (value->kind == VALUE_CONTEXT)
        for (size_t i = 0; i < value->context.count; i++)
            if (!charge_value(ev, value->context.entries[i].value))
                return false;
    return value->kind != VALUE_RANGE ||
           (charge_value(ev, &value->range->low) && charge_value(ev, &value->range->high));
}

struct value list_of(struct evaluator *ev, const struct value *items, size_t count)
{
    struct value list = {.kind = VALUE_LIST};
    list.list.items = items;
    list.list.count = items ? count : 0;
    return charge_value(ev, &list) ? list : value_null;
}

struct value context_of(struct evaluator *ev, const struct entry *entries, size_t count)
{
    struct value context = {.kind = VALUE_CONTEXT};
    context.context.entries = entries;
    context.context.count = entries ? count : 0;
    return charge_value(ev, &context) ? context : value_null;
}

struct value string_of(struct evaluator *ev, struct slice text)
{
    return charge_bytes(ev, text.len) ? value_of_string(text) : value_null;
}

struct value number_of(struct decimal number)
{
    struct value value = {.kind = VALUE_NUMBER};
    value.number = number;
    return value;
}

/* Three-valued logic ---------------------------------------------------------------------------------------
 */

struct value truth_value(enum truth truth)
{
    return truth == UNKNOWN ? value_null : value_of_bool(truth == YES);
}

enum truth truth_of(const struct value *value)
{
    return value->kind != VALUE_BOOLEAN ? UNKNOWN : value->boolean ? YES : NO;
}

enum truth truth_not(enum truth truth)
{
    return truth == UNKNOWN ? UNKNOWN : truth == YES ? NO : YES;
}

static enum truth truth_and(enum truth a, enum truth b)
{
    return a == NO || b == NO ? NO : a == UNKNOWN || b == UNKNOWN ? UNKNOWN : YES;
}

static enum truth equal_truth(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind && a->kind != VALUE_NULL && b->kind != VALUE_NULL)
        return UNKNOWN;
    return value_equal(a, b) ? YES : NO;
}

struct value equals(const struct value *a, const struct value *b)
{
    return truth_value(equal_truth(a, b));
}

enum truth compare(enum operator op, const struct value *a, const struct value *b)
{
    int order;
    if (op == OP_EQUAL || op == OP_NOT_EQUAL)
        return op == OP_EQUAL ? equal_truth(a, b) : truth_not(equal_truth(a, b));
    if (!value_compare(a, b, &order))
        return UNKNOWN;
    switch (op) {
    case OP_LESS:
        return order < 0 ? YES : NO;
    case OP_LESS_EQUAL:
        return order <= 0 ? YES : NO;
    case OP_GREATER:
        return order > 0 ? YES : NO;
    default:
        return order >= 0 ? YES : NO;
    }
}

enum truth range_includes(const struct range *range, const struct value *value)
{
    enum truth low = YES, high = YES;
    if (range->low.kind != VALUE_NULL || range->has_low)
        low = compare(range->has_low ? OP_GREATER_EQUAL : OP_GREATER, value, &range->low);
    if (range->high.kind != VALUE_NULL || range->has_high)
        high = compare(range->has_high ? OP_LESS_EQUAL : OP_LESS, value, &range->high);
    return truth_and(low, high);
}

/* Names and members ----------------------------------------------------------------------------------------
 */

static const struct value *find_entry(const struct entry *entries, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(entries[i].name, name))
            return entries[i].value;
    return NULL;
}

static const struct value *find_name(const struct evaluator *ev, struct slice name)
{
    for (const struct frame *frame = ev->frame; frame; frame = frame->outer) {
        const struct value *found = find_entry(frame->entries, frame->count, name);
        if (!found && frame->item && frame->item->kind == VALUE_CONTEXT)
            found = find_entry(frame->item->context.entries, frame->item->context.count, name);
        if (!found && frame->item && slice_is(name, "item"))
            found = frame->item;
        if (found)
            return found;
    }
    return NULL;
}

static struct value range_member(const struct range *range, struct slice name)
{
    if (slice_is(name, "start"))
        return range->low;
    if (slice_is(name, "end"))
        return range->high;
    if (slice_is(name, "start included"))
        return value_of_bool(range->has_low);
    return slice_is(name, "end included") ? value_of_bool(range->has_high) : value_null;
}

struct value member_of(struct evaluator *ev, const struct value *value, struct slice name)
{
    struct value part;
    if (!charge(ev, 1))
        return value_null;
    if (value->kind == VALUE_CONTEXT) {
        const struct value *found = find_entry(value->context.entries, value->context.count, name);
        return found ? *found : value_null;
    }
    if (value->kind == VALUE_RANGE)
        return range_member(value->range, name);
    if (value->kind != VALUE_LIST)
        return moment_part(value, name, &part) ? part : value_null;
    struct value *items = evaluator_alloc(ev, value->list.count, sizeof *items);
    for (size_t i = 0; items && i < value->list.count; i++)
        items[i] = member_of(ev, &value->list.items[i], name);
    return list_of(ev, items, value->list.count);
}

/* Arithmetic -----------------------------------------------------------------------------------------------
 */

static bool calculate(enum operator op, struct decimal a, struct decimal b, struct decimal *out)
{
    static bool (*const table[OPERATORS])(struct decimal a, struct decimal b, struct decimal * out) = {
        [OP_ADD] = decimal_add,       [OP_SUBTRACT] = decimal_subtract, [OP_MULTIPLY] = decimal_multiply,
        [OP_DIVIDE] = decimal_divide, [OP_POWER] = decimal_power,
    };
    return table[op](a, b, out);
}

static struct value concatenate(struct evaluator *ev, struct slice a, struct slice b)
{
    struct text text = text_new(ev->arena);
    if (!charge_bytes(ev, a.len + b.len))
        return value_null;
    text_add(&text, a);
    text_add(&text, b);
    return value_of_string(text_slice(&text));
}

struct value arithmetic(struct evaluator *ev, enum operator op, const struct value *a, const struct value *b)
{
    static bool (*const moments[OPERATORS])(const struct value *a, const struct value *b,
                                            struct value *out) = {
        [OP_ADD] = moment_add,
        [OP_SUBTRACT] = moment_subtract,
        [OP_MULTIPLY] = moment_multiply,
        [OP_DIVIDE] = moment_divide,
    };
    struct decimal number;
    struct value value;
    if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
        return calculate(op, a->number, b->number, &number) ? number_of(number) : value_null;
    if (op == OP_ADD && a->kind == VALUE_STRING && b->kind == VALUE_STRING)
        return concatenate(ev, a->string, b->string);
    return moments[op] && moments[op](a, b, &value) ? value : value_null;
}

/* Nodes ----------------------------------------------------------------------------------------------------
 */

static struct value eval_null(struct evaluator *ev, const struct node *node)
{
    (void)ev, (void)node;
    return value_null;
}

static struct value eval_constant(struct evaluator *ev, const struct node *node)
{
    (void)ev;
    return node->value;
}

/* partial is the one list that nobody has charged for yet. */
static struct value eval_name(struct evaluator *ev, const struct node *node)
{
    const struct value *found = find_name(ev, node->name);
    bool is_known = found && (!slice_is(node->name, "partial") || charge_value(ev, found));
    return is_known ? *found : value_null;
}

static struct value eval_input(struct evaluator *ev, const struct node *node)
{
    (void)node;
    return ev->input ? *ev->input : value_null;
}

static struct value eval_list(struct evaluator *ev, const struct node *node)
{
    struct value *items = evaluator_alloc(ev, node->count, sizeof *items);
    for (uint32_t i = 0; items && i < node->count; i++)
        items[i] = evaluate(ev, &node->items[i]);
    return list_of(ev, items, node->count);
}

/* Entries see those before them. */
static struct value eval_context(struct evaluator *ev, const struct node *node)
{
    struct entry *entries = evaluator_alloc(ev, node->count, sizeof *entries);
    struct value *values = evaluator_alloc(ev, node->count, sizeof *values);
    if (!entries || !values)
        return value_null;
    struct frame frame = {.entries = entries, .outer = ev->frame};
    ev->frame = &frame;
    for (uint32_t i = 0; i < node->count; i++) {
        values[i] = evaluate(ev, &node->items[i]);
        entries[i] = (struct entry){node->names[i], &values[i]};
        frame.count = i + 1;
    }
    ev->frame = frame.outer;
    return context_of(ev, entries, node->count);
}

static struct value eval_range(struct evaluator *ev, const struct node *node)
{
    struct range *range = evaluator_alloc(ev, 1, sizeof *range);
    if (!range)
        return value_null;
    *range = (struct range){evaluate(ev, &node->items[0]), evaluate(ev, &node->items[1]), node->has_low,
                            node->has_high};
    return (struct value){.kind = VALUE_RANGE, .range = range};
}

static struct value eval_logic(struct evaluator *ev, const struct node *node)
{
    bool is_and = node->operators[0] == OP_AND;
    enum truth result = is_and ? YES : NO, stop = is_and ? NO : YES;
    for (uint32_t i = 0; i < node->count; i++) {
        struct value value = evaluate(ev, &node->items[i]);
        enum truth truth = truth_of(&value);
        if (truth == stop)
            return value_of_bool(!is_and);
        if (truth == UNKNOWN)
            result = UNKNOWN;
    }
    return truth_value(result);
}

static struct value eval_chain(struct evaluator *ev, const struct node *node)
{
    if (node->operators[0] == OP_AND || node->operators[0] == OP_OR)
        return eval_logic(ev, node);
    struct value left = evaluate(ev, &node->items[0]);
    for (uint32_t i = 1; i < node->count; i++) {
        enum operator op =(enum operator) node->operators[i - 1];
        struct value right = evaluate(ev, &node->items[i]);
        left = op >= OP_ADD ? arithmetic(ev, op, &left, &right) : truth_value(compare(op, &left, &right));
    }
    return left;
}

static struct value eval_negate(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, &node->items[0]), negated;
    if (value.kind == VALUE_NUMBER)
        return number_of(decimal_negate(value.number));
    return moment_negate(&value, &negated) ? negated : value_null;
}

static struct value eval_between(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, &node->items[0]), low = evaluate(ev, &node->items[1]),
                 high = evaluate(ev, &node->items[2]);
    return truth_value(
        truth_and(compare(OP_GREATER_EQUAL, &value, &low), compare(OP_LESS_EQUAL, &value, &high)));
}

static struct value eval_in(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, &node->items[0]);
    const struct value *input = ev->input;
    ev->input = &value;
    enum truth truth = evaluate_test(ev, &node->items[1]);
    ev->input = input;
    return truth_value(truth);
}

static struct value eval_if(struct evaluator *ev, const struct node *node)
{
    struct value condition = evaluate(ev, &node->items[0]);
    return evaluate(ev, &node->items[truth_of(&condition) == YES ? 1 : 2]);
}

static struct value eval_call(struct evaluator *ev, const struct node *node)
{
    struct value *arguments = evaluator_alloc(ev, node->count, sizeof *arguments);
    for (uint32_t i = 0; arguments && i < node->count; i++)
        arguments[i] = evaluate(ev, &node->items[i]);
    return arguments && !ev->is_exhausted ? node->function->run(ev, arguments, node->count) : value_null;
}

static struct value eval_path(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, &node->items[0]);
    return member_of(ev, &value, node->name);
}

static struct value eval_instance(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, &node->items[0]);
    return value_of_bool(is_instance(&value, node->name));
}

static struct value element_at(const struct value *list, struct decimal number)
{
    int64_t position, count = (int64_t)list->list.count;
    if (!decimal_to_int(number, &position) || position == 0 || position > count || position < -count)
        return value_null;
    return list->list.items[position > 0 ? position - 1 : count + position];
}

static struct value select_items(struct evaluator *ev, const struct value *list, const struct node *condition)
{
    struct value *items = evaluator_alloc(ev, list->list.count, sizeof *items);
    struct frame frame = {.outer = ev->frame};
    size_t count = 0;
    if (!items)
        return value_null;
    ev->frame = &frame;
    for (size_t i = 0; i < list->list.count && !ev->is_exhausted; i++) {
        frame.item = &list->list.items[i];
        struct value value = evaluate(ev, condition);
        if (truth_of(&value) == YES)
            items[count++] = list->list.items[i];
    }
    ev->frame = frame.outer;
    return list_of(ev, items, count);
}

/* By position where the condition is a number, else those for which it holds. What is no list is one of
 * itself. */
static struct value eval_filter(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, &node->items[0]), list = value;
    struct value index = evaluate(ev, &node->items[1]);
    if (value.kind != VALUE_LIST) {
        struct value *copy = evaluator_alloc(ev, 1, sizeof *copy);
        if (!copy)
            return value_null;
        *copy = value;
        list = (struct value){.kind = VALUE_LIST};
        list.list.items = copy;
        list.list.count = value.kind != VALUE_NULL;
    }
    if (index.kind == VALUE_NUMBER)
        return element_at(&list, index.number);
    return select_items(ev, &list, &node->items[1]);
}

/* Loops ----------------------------------------------------------------------------------------------------
 */

/* Whole numbers or dates from low to high, or down. */
static struct value count_steps(struct evaluator *ev, const struct value *low, const struct value *high)
{
    int64_t first, last;
    if (low->kind != high->kind)
        return value_null;
    if (low->kind == VALUE_DATE) {
        first = low->moment.day;
        last = high->moment.day;
    } else if (low->kind != VALUE_NUMBER || !decimal_to_int(low->number, &first) ||
               !decimal_to_int(high->number, &last)) {
        return value_null;
    }
    uint64_t distance = first < last ? (uint64_t)last - (uint64_t)first : (uint64_t)first - (uint64_t)last;
    struct value *items = distance < FEEL_STEPS ? evaluator_alloc(ev, distance + 1, sizeof *items) : NULL;
    if (!items) {
        ev->is_exhausted = true;
        return value_null;
    }
    for (uint64_t i = 0; i <= distance; i++) {
        int64_t at = first < last ? first + (int64_t)i : first - (int64_t)i;
        items[i] = low->kind == VALUE_DATE ? *low : value_of_int(at);
        if (low->kind == VALUE_DATE)
            items[i].moment.day = at;
    }
    return list_of(ev, items, distance + 1);
}

static struct value eval_steps(struct evaluator *ev, const struct node *node)
{
    struct value low = evaluate(ev, &node->items[0]), high = evaluate(ev, &node->items[1]);
    return count_steps(ev, &low, &high);
}

/* What a loop goes over; null stays null. */
static struct value domain_of(struct evaluator *ev, const struct node *node)
{
    struct value value = evaluate(ev, node);
    if (value.kind == VALUE_LIST || value.kind == VALUE_NULL)
        return value;
    if (value.kind == VALUE_RANGE)
        return count_steps(ev, &value.range->low, &value.range->high);
    struct value *copy = evaluator_alloc(ev, 1, sizeof *copy);
    if (copy)
        *copy = value;
    return list_of(ev, copy, 1);
}

struct loop {
    const struct node *node;
    struct value *results; /* of for */
    size_t count, room;
    enum truth truth; /* of some, every */
    bool is_null;     /* a domain was null */
};

/* What for ... return has put out so far is called partial in there. */
static struct value evaluate_body(struct evaluator *ev, const struct loop *loop)
{
    struct value partial = {.kind = VALUE_LIST};
    struct entry entry = {slice_of("partial"), &partial};
    struct frame frame = {.entries = &entry, .count = loop->node->kind == NODE_FOR, .outer = ev->frame};
    partial.list.items = loop->results;
    partial.list.count = loop->count;
    ev->frame = &frame;
    struct value value = evaluate(ev, &loop->node->items[loop->node->count - 1]);
    ev->frame = frame.outer;
    return value;
}

static void loop_body(struct evaluator *ev, struct loop *loop)
{
    struct value value = evaluate_body(ev, loop);
    if (loop->node->kind != NODE_FOR) {
        enum truth truth = truth_of(&value), stop = loop->node->kind == NODE_SOME ? YES : NO;
        if (loop->truth != stop && truth != truth_not(stop))
            loop->truth = truth;
        return;
    }
    if (loop->count == loop->room) {
        size_t room = loop->room ? loop->room * 2 : 8;
        struct value *results = evaluator_alloc(ev, room, sizeof *results);
        if (!results)
            return;
        if (loop->count)
            memcpy(results, loop->results, loop->count * sizeof *results);
        loop->results = results;
        loop->room = room;
    }
    loop->results[loop->count++] = value;
}

static void loop_over(struct evaluator *ev, struct loop *loop, uint32_t iterator)
{
    if (iterator == loop->node->count - 1) {
        loop_body(ev, loop);
        return;
    }
    struct value domain = domain_of(ev, &loop->node->items[iterator]);
    struct entry entry = {.name = loop->node->names[iterator]};
    struct frame frame = {.entries = &entry, .count = 1, .outer = ev->frame};
    if (domain.kind == VALUE_NULL) {
        loop->is_null = true;
        return;
    }
    ev->frame = &frame;
    for (size_t i = 0; i < domain.list.count && charge(ev, 1); i++) {
        entry.value = &domain.list.items[i];
        loop_over(ev, loop, iterator + 1);
    }
    ev->frame = frame.outer;
}

static struct value eval_loop(struct evaluator *ev, const struct node *node)
{
    struct loop loop = {.node = node, .truth = node->kind == NODE_EVERY ? YES : NO};
    loop_over(ev, &loop, 0);
    if (loop.is_null)
        return value_null;
    return node->kind == NODE_FOR ? list_of(ev, loop.results, loop.count) : truth_value(loop.truth);
}

/* Types ----------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *word;
    enum value_kind kind;
} instance_types[] = {
    {"boolean", VALUE_BOOLEAN},
    {"number", VALUE_NUMBER},
    {"string", VALUE_STRING},
    {"date", VALUE_DATE},
    {"time", VALUE_TIME},
    {"date and time", VALUE_DATE_TIME},
    {"years and months duration", VALUE_YEARS_MONTHS},
    {"days and time duration", VALUE_DAYS_TIME},
    {"range", VALUE_RANGE},
    {"list", VALUE_LIST},
    {"context", VALUE_CONTEXT},
    {"Null", VALUE_NULL},
};

static bool is_instance_of_each(const struct value *value, struct slice type)
{
    if (value->kind == VALUE_RANGE)
        return (value->range->low.kind == VALUE_NULL || is_instance(&value->range->low, type)) &&
               (value->range->high.kind == VALUE_NULL || is_instance(&value->range->high, type));
    for (size_t i = 0; i < value->list.count; i++)
        if (!is_instance(&value->list.items[i], type))
            return false;
    return true;
}

bool is_instance(const struct value *value, struct slice type)
{
    struct slice inner = type, outer = slice_cut(&inner, '<');
    if (slice_is(type, "Any"))
        return value->kind != VALUE_NULL;
    for (size_t i = 0; i < sizeof instance_types / sizeof instance_types[0]; i++) {
        if (!slice_is(outer, instance_types[i].word))
            continue;
        if (value->kind != instance_types[i].kind || !inner.ptr)
            return value->kind == instance_types[i].kind;
        inner.len -= inner.len > 0; /* ">" */
        return (value->kind == VALUE_LIST || value->kind == VALUE_RANGE) && is_instance_of_each(value, inner);
    }
    return false;
}

/* The whole ------------------------------------------------------------------------------------------------
 */

struct value evaluate(struct evaluator *ev, const struct node *node)
{
    static struct value (*const table[NODE_KINDS])(struct evaluator * ev, const struct node *node) = {
        [NODE_ABSENT] = eval_null,   [NODE_CONSTANT] = eval_constant,
        [NODE_NAME] = eval_name,     [NODE_INPUT] = eval_input,
        [NODE_LIST] = eval_list,     [NODE_CONTEXT] = eval_context,
        [NODE_RANGE] = eval_range,   [NODE_CHAIN] = eval_chain,
        [NODE_NEGATE] = eval_negate, [NODE_BETWEEN] = eval_between,
        [NODE_IN] = eval_in,         [NODE_IF] = eval_if,
        [NODE_FOR] = eval_loop,      [NODE_SOME] = eval_loop,
        [NODE_EVERY] = eval_loop,    [NODE_STEPS] = eval_steps,
        [NODE_CALL] = eval_call,     [NODE_PATH] = eval_path,
        [NODE_FILTER] = eval_filter, [NODE_INSTANCE] = eval_instance,
        [NODE_COMPARE] = eval_null,  [NODE_TESTS] = eval_null,
    };
    if (!charge(ev, 1))
        return value_null;
    return table[node->kind](ev, node);
}

static struct evaluator evaluator_new(const struct frame *frame, const struct value *input,
                                      struct arena *arena)
{
    return (struct evaluator){
        .arena = arena, .frame = frame, .input = input, .steps = FEEL_STEPS, .bytes = FEEL_BYTES};
}

struct value feel_eval(const struct feel *expression, const struct feel_scope *scope, struct arena *arena)
{
    struct frame frame = {.entries = scope ? scope->entries : NULL, .count = scope ? scope->count : 0};
    struct evaluator ev = evaluator_new(&frame, NULL, arena);
    struct value value = evaluate(&ev, &expression->root);
    return ev.is_exhausted ? value_null : value;
}

enum truth feel_test(const struct feel *tests, const struct value *input, const struct feel_scope *scope,
                     struct arena *arena)
{
    struct frame frame = {.entries = scope ? scope->entries : NULL, .count = scope ? scope->count : 0};
    struct evaluator ev = evaluator_new(&frame, input, arena);
    enum truth truth = evaluate_test(&ev, &tests->root);
    return ev.is_exhausted ? UNKNOWN : truth;
}

bool feel_constant(const struct feel *expression, struct value *out)
{
    const struct node *node = &expression->root;
    if (node->kind == NODE_TESTS && node->count == 1 && !node->negated)
        node = &node->items[0];
    if (node->kind != NODE_CONSTANT)
        return false;
    *out = node->value;
    return true;
}
