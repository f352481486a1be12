/* Private to feel_builtins*.c: arguments as what a function needs. What is not, makes the call null. A list
 * of one element stands for the element (OMG DMN 1.5, 10.3.2.9.4). */
#ifndef WIJZER_FEEL_ARGUMENTS_H
#define WIJZER_FEEL_ARGUMENTS_H

#include "feel_node.h"

#define CALL(function)                                                                                       \
    static struct value function(struct evaluator *ev, const struct value *arguments, size_t count)

static inline const struct value *take_single(const struct value *value)
{
    return value->kind == VALUE_LIST && value->list.count == 1 ? &value->list.items[0] : value;
}

static inline bool take_string(const struct value *value, struct slice *out)
{
    value = take_single(value);
    if (value->kind == VALUE_STRING)
        *out = value->string;
    return value->kind == VALUE_STRING;
}

static inline bool take_number(const struct value *value, struct decimal *out)
{
    value = take_single(value);
    if (value->kind == VALUE_NUMBER)
        *out = value->number;
    return value->kind == VALUE_NUMBER;
}

static inline bool take_int(const struct value *value, int64_t *out)
{
    struct decimal number;
    return take_number(value, &number) && decimal_round(number, 0, ROUND_TO_ZERO, &number) &&
           decimal_to_int(number, out);
}

/* A list, or what is no list as one of itself; null is none. */
static inline bool take_list(const struct value *value, const struct value **items, size_t *count)
{
    if (value->kind == VALUE_NULL)
        return false;
    *items = value->kind == VALUE_LIST ? value->list.items : value;
    *count = value->kind == VALUE_LIST ? value->list.count : 1;
    return true;
}

/* The arguments themselves, or the one list that they are. */
static inline void take_all(const struct value *arguments, size_t count, const struct value **items,
                            size_t *item_count)
{
    bool is_list = count == 1 && arguments[0].kind == VALUE_LIST;
    *items = is_list ? arguments[0].list.items : arguments;
    *item_count = is_list ? arguments[0].list.count : count;
}

#endif
