/* Built-in functions on text. Positions are in characters (code points), from 1; negative ones from the end.
 */
#include "feel_arguments.h"
#include "feel_regex.h"

/* The byte at which character `index` begins (0-based), or the length. */
static size_t byte_of(struct slice text, size_t index)
{
    size_t at = 0;
    while (index-- && at < text.len)
        rune_next(text, &at);
    return at;
}

/* Byte of the first `part`, or SIZE_MAX. */
static size_t find(struct slice text, struct slice part)
{
    const char *found = part.len == 0 ? text.ptr : memmem(text.ptr, text.len, part.ptr, part.len);
    return found || part.len == 0 ? (size_t)(found - text.ptr) : SIZE_MAX;
}

static bool take_two(const struct value *arguments, struct slice *a, struct slice *b)
{
    return take_string(&arguments[0], a) && take_string(&arguments[1], b);
}

CALL(call_substring)
{
    struct slice text;
    int64_t start, length = INT64_MAX;
    (void)ev;
    if (!take_string(&arguments[0], &text) || !take_int(&arguments[1], &start) || start == 0)
        return value_null;
    if (count > 2 && arguments[2].kind != VALUE_NULL && (!take_int(&arguments[2], &length) || length < 0))
        return value_null;
    int64_t characters = (int64_t)slice_utf8_length(text);
    start = start > 0 ? start - 1 : characters + start;
    if (start < 0 || start > characters)
        return value_null;
    size_t from = byte_of(text, (size_t)start);
    text.ptr += from, text.len -= from;
    text.len = byte_of(text, (size_t)length);
    return value_of_string(text);
}

CALL(call_string_length)
{
    struct slice text;
    (void)ev, (void)count;
    return take_string(&arguments[0], &text) ? value_of_int((int64_t)slice_utf8_length(text)) : value_null;
}

static struct value map_runes(struct evaluator *ev, const struct value *value, uint32_t (*map)(uint32_t rune))
{
    struct slice from;
    struct text text = text_new(ev->arena);
    if (!take_string(value, &from) || !charge(ev, from.len / 64))
        return value_null;
    for (size_t at = 0; at < from.len;)
        text_add_rune(&text, map(rune_next(from, &at)));
    return string_of(ev, text_slice(&text));
}

CALL(call_upper_case)
{
    (void)count;
    return map_runes(ev, &arguments[0], rune_upper);
}

CALL(call_lower_case)
{
    (void)count;
    return map_runes(ev, &arguments[0], rune_lower);
}

CALL(call_substring_before)
{
    struct slice text, part;
    (void)ev, (void)count;
    if (!take_two(arguments, &text, &part))
        return value_null;
    size_t at = find(text, part);
    return value_of_string(slice_make(text.ptr, at == SIZE_MAX ? 0 : at));
}

CALL(call_substring_after)
{
    struct slice text, part;
    (void)ev, (void)count;
    if (!take_two(arguments, &text, &part))
        return value_null;
    size_t at = find(text, part);
    if (at == SIZE_MAX)
        return value_of_string(slice_of(""));
    return value_of_string(slice_make(text.ptr + at + part.len, text.len - at - part.len));
}

CALL(call_contains)
{
    struct slice text, part;
    (void)ev, (void)count;
    return take_two(arguments, &text, &part) ? value_of_bool(find(text, part) != SIZE_MAX) : value_null;
}

CALL(call_starts_with)
{
    struct slice text, part;
    (void)ev, (void)count;
    if (!take_two(arguments, &text, &part))
        return value_null;
    return value_of_bool(part.len <= text.len && slice_equal(slice_make(text.ptr, part.len), part));
}

CALL(call_ends_with)
{
    struct slice text, part;
    (void)ev, (void)count;
    if (!take_two(arguments, &text, &part))
        return value_null;
    return value_of_bool(part.len <= text.len &&
                         slice_equal(slice_make(text.ptr + text.len - part.len, part.len), part));
}

/* Patterns -------------------------------------------------------------------------------------------------
 */

static struct regex *take_pattern(struct evaluator *ev, const struct value *pattern,
                                  const struct value *flags)
{
    struct slice text, letters = SLICE_NONE;
    if (!take_string(pattern, &text) || (flags && flags->kind != VALUE_NULL && !take_string(flags, &letters)))
        return NULL;
    return regex_compile(ev, text, letters);
}

CALL(call_matches)
{
    struct slice text;
    struct regex_match match;
    struct regex *regex = take_pattern(ev, &arguments[1], count > 2 ? &arguments[2] : NULL);
    if (!regex || !take_string(&arguments[0], &text))
        return value_null;
    return value_of_bool(regex_search(ev, regex, text, 0, &match));
}

/* $1 is the first group, \$ a dollar. False where it is written in another way. */
static bool add_replacement(struct text *out, struct slice replacement, struct slice text,
                            const struct regex_match *match)
{
    for (size_t i = 0; i < replacement.len; i++) {
        char c = replacement.ptr[i], next = i + 1 < replacement.len ? replacement.ptr[i + 1] : '\0';
        if (c != '$' && c != '\\') {
            text_add_char(out, c);
            continue;
        }
        i++;
        if (c == '\\' && (next == '$' || next == '\\')) {
            text_add_char(out, next);
        } else if (c == '$' && next >= '0' && next <= '9') {
            size_t group = (size_t)(next - '0');
            if (match->from[group] != SIZE_MAX && match->to[group] != SIZE_MAX)
                text_add(out,
                         slice_make(text.ptr + match->from[group], match->to[group] - match->from[group]));
        } else {
            return false;
        }
    }
    return true;
}

/* A pattern that matches nothing at all would do so everywhere: null, as in XPath. */
static bool matches_nothing(struct evaluator *ev, struct regex *regex)
{
    struct regex_match match;
    return regex_search(ev, regex, slice_of(""), 0, &match);
}

static bool next_match(struct evaluator *ev, struct regex *regex, struct slice text, size_t at,
                       struct regex_match *match)
{
    return at <= text.len && regex_search(ev, regex, text, at, match) && match->to[0] > match->from[0];
}

CALL(call_replace)
{
    struct slice text, replacement;
    struct regex_match match;
    struct regex *regex = take_pattern(ev, &arguments[1], count > 3 ? &arguments[3] : NULL);
    if (!regex || !take_string(&arguments[0], &text) || !take_string(&arguments[2], &replacement) ||
        matches_nothing(ev, regex))
        return value_null;
    struct text out = text_new(ev->arena);
    size_t at = 0;
    while (out.len <= FEEL_BYTES / 4 && next_match(ev, regex, text, at, &match)) {
        text_add(&out, slice_make(text.ptr + at, match.from[0] - at));
        if (!add_replacement(&out, replacement, text, &match))
            return value_null;
        at = match.to[0];
    }
    text_add(&out, slice_make(text.ptr + at, text.len - at));
    return string_of(ev, text_slice(&out));
}

CALL(call_split)
{
    struct slice text;
    struct regex_match match;
    struct regex *regex = take_pattern(ev, &arguments[1], NULL);
    (void)count;
    if (!regex || !take_string(&arguments[0], &text) || matches_nothing(ev, regex))
        return value_null;
    struct value *items = evaluator_alloc(ev, text.len + 1, sizeof *items);
    size_t at = 0, item_count = 0;
    while (items && next_match(ev, regex, text, at, &match)) {
        items[item_count++] = value_of_string(slice_make(text.ptr + at, match.from[0] - at));
        at = match.to[0];
    }
    if (items)
        items[item_count++] = value_of_string(slice_make(text.ptr + at, text.len - at));
    return list_of(ev, items, item_count);
}

CALL(call_string_join)
{
    const struct value *items;
    size_t item_count, joined = 0;
    struct slice between = SLICE_NONE, piece;
    struct text text = text_new(ev->arena);
    if (!take_list(&arguments[0], &items, &item_count) ||
        (count > 1 && arguments[1].kind != VALUE_NULL && !take_string(&arguments[1], &between)))
        return value_null;
    for (size_t i = 0; i < item_count && charge(ev, 1 + between.len / 64) && text.len <= FEEL_BYTES; i++) {
        if (items[i].kind == VALUE_NULL)
            continue;
        if (!take_string(&items[i], &piece))
            return value_null;
        text_add(&text, joined++ ? between : SLICE_NONE);
        text_add(&text, piece);
    }
    return string_of(ev, text_slice(&text));
}

const struct function functions_of_text[] = {
    {"substring", "string,start position,length", 2, 3, false, call_substring},
    {"string length", "string", 1, 1, false, call_string_length},
    {"upper case", "string", 1, 1, false, call_upper_case},
    {"lower case", "string", 1, 1, false, call_lower_case},
    {"substring before", "string,match", 2, 2, false, call_substring_before},
    {"substring after", "string,match", 2, 2, false, call_substring_after},
    {"contains", "string,match", 2, 2, false, call_contains},
    {"starts with", "string,match", 2, 2, false, call_starts_with},
    {"ends with", "string,match", 2, 2, false, call_ends_with},
    {"matches", "input,pattern,flags", 2, 3, false, call_matches},
    {"replace", "input,pattern,replacement,flags", 3, 4, false, call_replace},
    {"split", "string,delimiter", 2, 2, false, call_split},
    {"string join", "list,delimiter", 1, 2, false, call_string_join},
    {0},
};
