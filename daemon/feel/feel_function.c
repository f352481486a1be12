/* The built-in functions by name. */
#include "feel_node.h"

static bool opens(struct slice text, size_t at)
{
    at = skip_space(text, at);
    return at < text.len && text.ptr[at] == '(';
}

const struct function *function_match(struct slice text, size_t *length)
{
    static const struct function *const tables[] = {functions_of_values, functions_of_text,
                                                    functions_of_lists, functions_of_ranges};
    const struct function *found = NULL;
    *length = 0;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (const struct function *function = tables[i]; function->name; function++) {
            if (function->name[0] != text.ptr[0])
                continue;
            size_t end = match_name(text, 0, slice_of(function->name));
            if (end > *length && opens(text, end)) {
                *length = end;
                found = function;
            }
        }
    return found;
}
