/* Built-in functions on lists and contexts. */
#include "feel_arguments.h"

/* Elements -------------------------------------------------------------------------------------------------
 */

/* Index of the first element that is equal, or `count`. */
static size_t index_in(struct evaluator *ev, const struct value *items, size_t count,
                       const struct value *value)
{
    size_t i = 0;
    while (i < count && charge(ev, 1) && !value_equal(&items[i], value))
        i++;
    return ev->is_exhausted ? count : i;
}

CALL(call_list_contains)
{
    const struct value *items;
    size_t item_count;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count))
        return value_null;
    return value_of_bool(index_in(ev, items, item_count, &arguments[1]) < item_count);
}

CALL(call_count)
{
    const struct value *items;
    size_t item_count;
    (void)ev, (void)count;
    return take_list(&arguments[0], &items, &item_count) ? value_of_int((int64_t)item_count) : value_null;
}

CALL(call_index_of)
{
    const struct value *items;
    size_t item_count, found = 0;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count))
        return value_null;
    struct value *out = evaluator_alloc(ev, item_count, sizeof *out);
    for (size_t i = 0; out && i < item_count && charge(ev, 1); i++)
        if (value_equal(&items[i], &arguments[1]))
            out[found++] = value_of_int((int64_t)i + 1);
    return list_of(ev, out, found);
}

/* Sums and extremes ----------------------------------------------------------------------------------------
 */

static struct value extreme(struct evaluator *ev, const struct value *arguments, size_t count, int sign)
{
    const struct value *items;
    size_t item_count;
    int order;
    take_all(arguments, count, &items, &item_count);
    if (item_count == 0)
        return value_null;
    struct value best = items[0];
    for (size_t i = 0; i < item_count && charge(ev, 1); i++) {
        if (!value_compare(&items[i], &best, &order))
            return value_null;
        if (order * sign > 0)
            best = items[i];
    }
    return best;
}

CALL(call_min)
{
    return extreme(ev, arguments, count, -1);
}

CALL(call_max)
{
    return extreme(ev, arguments, count, 1);
}

/* Folds numbers from the left; *out is the first of them before. */
static bool fold(struct evaluator *ev, const struct value *items, size_t count, enum operator op,
                 struct value *out)
{
    if (count == 0 || items[0].kind != VALUE_NUMBER)
        return false;
    *out = items[0];
    for (size_t i = 1; i < count && charge(ev, 1); i++) {
        if (items[i].kind != VALUE_NUMBER)
            return false;
        *out = arithmetic(ev, op, out, &items[i]);
    }
    return true;
}

static struct value fold_all(struct evaluator *ev, const struct value *arguments, size_t count,
                             enum operator op)
{
    const struct value *items;
    size_t item_count;
    struct value out;
    take_all(arguments, count, &items, &item_count);
    return fold(ev, items, item_count, op, &out) ? out : value_null;
}

CALL(call_sum)
{
    return fold_all(ev, arguments, count, OP_ADD);
}

CALL(call_product)
{
    return fold_all(ev, arguments, count, OP_MULTIPLY);
}

CALL(call_mean)
{
    const struct value *items;
    size_t item_count;
    struct value sum;
    take_all(arguments, count, &items, &item_count);
    if (!fold(ev, items, item_count, OP_ADD, &sum))
        return value_null;
    struct value number = value_of_int((int64_t)item_count);
    return arithmetic(ev, OP_DIVIDE, &sum, &number);
}

static int compare_numbers(const void *a, const void *b)
{
    const struct value *x = a, *y = b;
    return decimal_compare(x->number, y->number);
}

/* A sorted copy; NULL where not all are numbers. */
static struct value *sorted_numbers(struct evaluator *ev, const struct value *items, size_t count)
{
    struct value *copy = evaluator_alloc(ev, count, sizeof *copy);
    if (!copy || !charge(ev, count))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != VALUE_NUMBER)
            return NULL;
        copy[i] = items[i];
    }
    qsort(copy, count, sizeof *copy, compare_numbers);
    return copy;
}

CALL(call_median)
{
    const struct value *items;
    size_t item_count;
    take_all(arguments, count, &items, &item_count);
    struct value *sorted = item_count ? sorted_numbers(ev, items, item_count) : NULL;
    if (!sorted)
        return value_null;
    if (item_count % 2)
        return sorted[item_count / 2];
    struct value sum = arithmetic(ev, OP_ADD, &sorted[item_count / 2 - 1], &sorted[item_count / 2]);
    struct value two = value_of_int(2);
    return arithmetic(ev, OP_DIVIDE, &sum, &two);
}

/* The numbers that are there most often, ascending. */
CALL(call_mode)
{
    const struct value *items;
    size_t item_count, most = 0, found = 0;
    take_all(arguments, count, &items, &item_count);
    struct value *sorted = sorted_numbers(ev, items, item_count);
    if (!sorted)
        return value_null;
    for (size_t i = 0, run = 0; i < item_count; i++) {
        run = i && compare_numbers(&sorted[i], &sorted[i - 1]) == 0 ? run + 1 : 1;
        if (run > most) {
            most = run;
            found = 0;
        }
        if (run == most)
            sorted[found++] = sorted[i];
    }
    return list_of(ev, sorted, found);
}

/* Of a sample. */
CALL(call_stddev)
{
    const struct value *items;
    size_t item_count;
    take_all(arguments, count, &items, &item_count);
    struct value mean = call_mean(ev, arguments, count), sum = value_of_int(0);
    if (item_count < 2 || mean.kind != VALUE_NUMBER)
        return value_null;
    for (size_t i = 0; i < item_count && charge(ev, 1); i++) {
        struct value distance = arithmetic(ev, OP_SUBTRACT, &items[i], &mean);
        struct value square = arithmetic(ev, OP_MULTIPLY, &distance, &distance);
        sum = arithmetic(ev, OP_ADD, &sum, &square);
    }
    struct value number = value_of_int((int64_t)item_count - 1);
    sum = arithmetic(ev, OP_DIVIDE, &sum, &number);
    return sum.kind == VALUE_NUMBER && decimal_sqrt(sum.number, &sum.number) ? sum : value_null;
}

/* NO if one is false (all), YES if one is true (any), UNKNOWN if one is no boolean. */
static struct value quantify(struct evaluator *ev, const struct value *arguments, size_t count,
                             enum truth stop)
{
    const struct value *items;
    size_t item_count;
    enum truth result = truth_not(stop);
    take_all(arguments, count, &items, &item_count);
    for (size_t i = 0; i < item_count && charge(ev, 1); i++) {
        enum truth truth = truth_of(&items[i]);
        if (truth == stop)
            return truth_value(stop);
        result = truth == UNKNOWN ? UNKNOWN : result;
    }
    return truth_value(result);
}

CALL(call_all)
{
    return quantify(ev, arguments, count, NO);
}

CALL(call_any)
{
    return quantify(ev, arguments, count, YES);
}

/* New lists ------------------------------------------------------------------------------------------------
 */

static void copy_items(struct value *out, const struct value *items, size_t count)
{
    if (count)
        memcpy(out, items, count * sizeof *out);
}

CALL(call_append)
{
    const struct value *items;
    size_t item_count;
    if (!take_list(&arguments[0], &items, &item_count))
        return value_null;
    struct value *out = evaluator_alloc(ev, item_count + count - 1, sizeof *out);
    if (out) {
        copy_items(out, items, item_count);
        copy_items(out + item_count, arguments + 1, count - 1);
    }
    return list_of(ev, out, item_count + count - 1);
}

CALL(call_concatenate)
{
    const struct value *items;
    size_t item_count, total = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        if (!take_list(&arguments[i], &items, &item_count))
            return value_null;
        total += item_count;
    }
    struct value *out = evaluator_alloc(ev, total, sizeof *out);
    for (size_t i = 0; out && i < count; i++) {
        take_list(&arguments[i], &items, &item_count);
        copy_items(out + at, items, item_count);
        at += item_count;
    }
    return list_of(ev, out, total);
}

/* Position from 1, or from the end where it is negative, as an index; `end` is one more than the last. */
static bool take_index(const struct value *value, size_t count, size_t end, size_t *index)
{
    int64_t position;
    if (!take_int(value, &position) || position == 0 || position > (int64_t)end || position < -(int64_t)count)
        return false;
    *index = position > 0 ? (size_t)position - 1 : count - (size_t)-position;
    return true;
}

/* The list with `removed` elements at `index` replaced by those given. */
static struct value splice(struct evaluator *ev, const struct value *list, size_t index, size_t removed,
                           const struct value *added, size_t added_count)
{
    const struct value *items = NULL;
    size_t count = 0;
    take_list(list, &items, &count);
    struct value *out = evaluator_alloc(ev, count - removed + added_count, sizeof *out);
    if (out) {
        copy_items(out, items, index);
        copy_items(out + index, added, added_count);
        copy_items(out + index + added_count, items + index + removed, count - index - removed);
    }
    return list_of(ev, out, count - removed + added_count);
}

CALL(call_insert_before)
{
    const struct value *items;
    size_t item_count, index;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count) ||
        !take_index(&arguments[1], item_count, item_count + 1, &index))
        return value_null;
    return splice(ev, &arguments[0], index, 0, &arguments[2], 1);
}

CALL(call_remove)
{
    const struct value *items;
    size_t item_count, index;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count) ||
        !take_index(&arguments[1], item_count, item_count, &index))
        return value_null;
    return splice(ev, &arguments[0], index, 1, NULL, 0);
}

CALL(call_list_replace)
{
    const struct value *items;
    size_t item_count, index;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count) ||
        !take_index(&arguments[1], item_count, item_count, &index))
        return value_null;
    return splice(ev, &arguments[0], index, 1, &arguments[2], 1);
}

CALL(call_sublist)
{
    const struct value *items;
    size_t item_count, index;
    int64_t length;
    if (!take_list(&arguments[0], &items, &item_count) ||
        !take_index(&arguments[1], item_count, item_count, &index))
        return value_null;
    length = (int64_t)(item_count - index);
    if (count > 2 && arguments[2].kind != VALUE_NULL) {
        int64_t wanted;
        if (!take_int(&arguments[2], &wanted) || wanted < 0 || wanted > length)
            return value_null;
        length = wanted;
    }
    return list_of(ev, items + index, (size_t)length);
}

CALL(call_reverse)
{
    const struct value *items;
    size_t item_count;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count))
        return value_null;
    struct value *out = evaluator_alloc(ev, item_count, sizeof *out);
    for (size_t i = 0; out && i < item_count; i++)
        out[i] = items[item_count - 1 - i];
    return list_of(ev, out, item_count);
}

static struct value without_doubles(struct evaluator *ev, const struct value *list)
{
    const struct value *items;
    size_t count, kept = 0;
    if (!take_list(list, &items, &count))
        return value_null;
    struct value *out = evaluator_alloc(ev, count, sizeof *out);
    for (size_t i = 0; out && i < count && charge(ev, 1); i++)
        if (index_in(ev, out, kept, &items[i]) == kept)
            out[kept++] = items[i];
    return list_of(ev, out, kept);
}

CALL(call_distinct_values)
{
    (void)count;
    return without_doubles(ev, &arguments[0]);
}

CALL(call_union)
{
    struct value all = call_concatenate(ev, arguments, count);
    return without_doubles(ev, &all);
}

/* Writes what is no list, at every depth, to *out (NULL: only counts); charged before it is called. */
static size_t flatten(const struct value *value, struct value *out)
{
    size_t count = 0;
    if (value->kind != VALUE_LIST) {
        if (out)
            *out = *value;
        return 1;
    }
    for (size_t i = 0; i < value->list.count; i++)
        count += flatten(&value->list.items[i], out ? out + count : NULL);
    return count;
}

CALL(call_flatten)
{
    const struct value *items;
    size_t item_count;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count))
        return value_null;
    struct value list = list_of(ev, items, item_count);
    if (list.kind != VALUE_LIST)
        return value_null;
    size_t total = flatten(&list, NULL);
    struct value *out = evaluator_alloc(ev, total, sizeof *out);
    if (out)
        flatten(&list, out);
    return list_of(ev, out, total);
}

/* Contexts -------------------------------------------------------------------------------------------------
 */

/* The key may be a list of keys: a path. */
CALL(call_get_value)
{
    struct slice key;
    const struct value *keys;
    size_t key_count;
    struct value value = arguments[0];
    (void)count;
    if (!take_list(&arguments[1], &keys, &key_count) || key_count == 0)
        return value_null;
    for (size_t i = 0; i < key_count; i++) {
        if (value.kind != VALUE_CONTEXT || !take_string(&keys[i], &key))
            return value_null;
        value = member_of(ev, &value, key);
    }
    return value;
}

static struct value pair(struct evaluator *ev, const struct entry *from)
{
    struct entry *entries = evaluator_alloc(ev, 2, sizeof *entries);
    struct value *key = evaluator_alloc(ev, 1, sizeof *key);
    if (!entries || !key)
        return value_null;
    *key = value_of_string(from->name);
    entries[0] = (struct entry){slice_of("key"), key};
    entries[1] = (struct entry){slice_of("value"), from->value};
    return context_of(ev, entries, 2);
}

CALL(call_get_entries)
{
    (void)count;
    if (arguments[0].kind != VALUE_CONTEXT)
        return value_null;
    size_t entries = arguments[0].context.count;
    struct value *out = evaluator_alloc(ev, entries, sizeof *out);
    for (size_t i = 0; out && i < entries; i++)
        out[i] = pair(ev, &arguments[0].context.entries[i]);
    return list_of(ev, out, entries);
}

/* Entries that are to become a context; who makes it sees to the room. */
struct entry_list {
    struct entry *entries;
    size_t count;
};

static void entry_put(struct entry_list *list, struct slice name, const struct value *value)
{
    size_t at = 0;
    while (at < list->count && !slice_equal(list->entries[at].name, name))
        at++;
    list->entries[at] = (struct entry){name, value};
    list->count += at == list->count;
}

static struct value put_one(struct evaluator *ev, const struct value *context, struct slice key,
                            const struct value *value)
{
    size_t old = context->context.count;
    struct entry_list list = {evaluator_alloc(ev, old + 1, sizeof *list.entries), old};
    if (!list.entries || !charge(ev, old))
        return value_null;
    for (size_t i = 0; i < old; i++)
        list.entries[i] = context->context.entries[i];
    entry_put(&list, key, value);
    return context_of(ev, list.entries, list.count);
}

/* From the last key to the first; what is on the way must be there. */
static struct value put_path(struct evaluator *ev, const struct value *context, const struct value *keys,
                             size_t count, const struct value *value)
{
    struct slice key;
    if (context->kind != VALUE_CONTEXT || count == 0 || count > FEEL_DEPTH || !take_string(&keys[0], &key))
        return value_null;
    if (count == 1)
        return put_one(ev, context, key, value);
    struct value *inner = evaluator_alloc(ev, 1, sizeof *inner);
    struct value old = member_of(ev, context, key);
    if (!inner)
        return value_null;
    *inner = put_path(ev, &old, keys + 1, count - 1, value);
    return inner->kind == VALUE_NULL ? value_null : put_one(ev, context, key, inner);
}

CALL(call_context_put)
{
    const struct value *keys;
    size_t key_count;
    (void)count;
    if (!take_list(&arguments[1], &keys, &key_count))
        return value_null;
    return put_path(ev, &arguments[0], keys, key_count, &arguments[2]);
}

/* Of entries with key and value, as get entries() gives them. */
CALL(call_context)
{
    const struct value *items;
    size_t item_count;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count))
        return value_null;
    struct entry_list list = {evaluator_alloc(ev, item_count, sizeof *list.entries), 0};
    struct value *values = evaluator_alloc(ev, item_count, sizeof *values);
    for (size_t i = 0; list.entries && values && i < item_count; i++) {
        const struct entry *entries = items[i].kind == VALUE_CONTEXT ? items[i].context.entries : NULL;
        struct value key = member_of(ev, &items[i], slice_of("key"));
        bool has_value = false;
        for (size_t k = 0; entries && k < items[i].context.count; k++)
            has_value = has_value || slice_is(entries[k].name, "value");
        if (key.kind != VALUE_STRING || !has_value || !charge(ev, 1 + list.count))
            return value_null;
        values[i] = member_of(ev, &items[i], slice_of("value"));
        entry_put(&list, key.string, &values[i]);
        if (list.count != i + 1) /* a key that stands there twice */
            return value_null;
    }
    return list.entries && values ? context_of(ev, list.entries, list.count) : value_null;
}

/* The last of them that has a name says what it is. */
CALL(call_context_merge)
{
    const struct value *items;
    size_t item_count, room = 0;
    (void)count;
    if (!take_list(&arguments[0], &items, &item_count))
        return value_null;
    for (size_t i = 0; i < item_count; i++) {
        if (items[i].kind != VALUE_CONTEXT)
            return value_null;
        room += items[i].context.count;
    }
    struct entry_list list = {evaluator_alloc(ev, room, sizeof *list.entries), 0};
    for (size_t i = 0; list.entries && i < item_count; i++)
        for (size_t k = 0; k < items[i].context.count && charge(ev, 1 + list.count); k++)
            entry_put(&list, items[i].context.entries[k].name, items[i].context.entries[k].value);
    return list.entries ? context_of(ev, list.entries, list.count) : value_null;
}

const struct function functions_of_lists[] = {
    {"list contains", "list,element", 2, 2, false, call_list_contains},
    {"count", "list", 1, 1, false, call_count},
    {"min", "list", 1, MANY_ARGUMENTS, false, call_min},
    {"max", "list", 1, MANY_ARGUMENTS, false, call_max},
    {"sum", "list", 1, MANY_ARGUMENTS, false, call_sum},
    {"product", "list", 1, MANY_ARGUMENTS, false, call_product},
    {"mean", "list", 1, MANY_ARGUMENTS, false, call_mean},
    {"median", "list", 1, MANY_ARGUMENTS, false, call_median},
    {"mode", "list", 1, MANY_ARGUMENTS, false, call_mode},
    {"stddev", "list", 1, MANY_ARGUMENTS, false, call_stddev},
    {"all", "list", 1, MANY_ARGUMENTS, false, call_all},
    {"any", "list", 1, MANY_ARGUMENTS, false, call_any},
    {"append", "list,item", 2, MANY_ARGUMENTS, false, call_append},
    {"concatenate", "list", 1, MANY_ARGUMENTS, false, call_concatenate},
    {"insert before", "list,position,newItem", 3, 3, false, call_insert_before},
    {"remove", "list,position", 2, 2, false, call_remove},
    {"list replace", "list,position,newItem", 3, 3, false, call_list_replace},
    {"sublist", "list,start position,length", 2, 3, false, call_sublist},
    {"reverse", "list", 1, 1, false, call_reverse},
    {"index of", "list,match", 2, 2, false, call_index_of},
    {"union", "list", 1, MANY_ARGUMENTS, false, call_union},
    {"distinct values", "list", 1, 1, false, call_distinct_values},
    {"flatten", "list", 1, 1, false, call_flatten},
    {"get value", "context,key", 2, 2, false, call_get_value},
    {"get entries", "context", 1, 1, false, call_get_entries},
    {"context put", "context,key,value|context,keys,value", 3, 3, false, call_context_put},
    {"context", "entries", 1, 1, false, call_context},
    {"context merge", "contexts", 1, 1, false, call_context_merge},
    {0},
};
