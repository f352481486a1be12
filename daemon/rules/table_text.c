#include "table_text.h"

#include "text.h"

struct slice cell_text(const struct test *test, struct arena *arena)
{
    return test->kind == TEST_FEEL ? feel_text(test->feel, arena) : test_text(test, false, arena);
}

struct slice output_text(const struct feel *output, struct arena *arena)
{
    return output ? feel_text(output, arena) : slice_of("null");
}

struct slice allowed_text(const struct value *allowed, size_t count, const struct feel *tests,
                          struct arena *arena)
{
    struct text out = text_new(arena);
    if (count == 0)
        return tests ? feel_text(tests, arena) : SLICE_NONE;
    for (size_t i = 0; i < count; i++) {
        text_add_words(&out, i ? ", " : "");
        text_add(&out, value_text(&allowed[i], arena));
    }
    return text_slice(&out);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

struct slice trim_all(struct slice text)
{
    while (text.len && is_blank(text.ptr[0]))
        text = slice_make(text.ptr + 1, text.len - 1);
    while (text.len && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

struct slice cut_text(struct slice text, size_t max)
{
    text.len = text.len < max ? text.len : max;
    size_t start = text.len, tail;
    if (text.len == 0)
        return text;
    while (start && ((unsigned char)text.ptr[start - 1] & 0xC0U) == 0x80U)
        start--;
    start -= start > 0;
    tail = text.len - start;
    return slice_is_utf8(slice_make(text.ptr + start, tail)) ? text : slice_make(text.ptr, start);
}

struct slice cut_at_comma(struct slice *rest)
{
    struct slice all = *rest;
    size_t depth = 0, at = 0;
    bool quoted = false;
    for (; at < all.len; at++) {
        char byte = all.ptr[at];
        if (quoted && byte == '\\')
            at += at + 1 < all.len;
        else if (byte == '"')
            quoted = !quoted;
        else if (!quoted && memchr("([{", byte, 3))
            depth++;
        else if (!quoted && depth && memchr(")]}", byte, 3))
            depth--;
        else if (!quoted && !depth && byte == ',')
            break;
    }
    *rest = at < all.len ? slice_make(all.ptr + at + 1, all.len - at - 1) : SLICE_NONE;
    return slice_make(all.ptr, at);
}

static bool is_literal(struct slice text, const struct feel_syntax *syntax, struct arena *arena,
                       struct value *value)
{
    struct feel_fault ignored;
    const struct feel *feel = feel_parse_expression(text, syntax, arena, &ignored);
    return feel && feel_constant(feel, value) && value->kind != VALUE_RANGE;
}

static size_t comma_count(struct slice text)
{
    size_t count = 0;
    for (struct slice rest = text; rest.ptr; count++)
        cut_at_comma(&rest);
    return count;
}

bool allowed_parse(struct slice text, const struct feel_syntax *syntax, struct arena *arena,
                   const struct value **allowed, size_t *count, const struct feel **tests,
                   struct feel_fault *fault)
{
    *allowed = NULL;
    *count = 0;
    text = trim_all(text);
    if (text.len == 0 || slice_is(text, "-"))
        return true;
    struct value *values = arena_array(arena, comma_count(text), sizeof *values);
    size_t found = 0;
    struct slice rest = text;
    while (rest.ptr && is_literal(trim_all(cut_at_comma(&rest)), syntax, arena, &values[found]))
        found++;
    if (!rest.ptr && found == comma_count(text)) {
        *allowed = values;
        *count = found;
        return true;
    }
    if (tests && (*tests = feel_parse_tests(text, syntax, arena, fault)))
        return true;
    if (!tests)
        *fault = (struct feel_fault){0, "expected values separated by commas"};
    return false;
}

bool table_has_input(const struct table *table, struct slice name)
{
    for (size_t i = 0; i < table->input_count; i++)
        if (!table->inputs[i].expression && slice_equal(table->inputs[i].name, name))
            return true;
    return false;
}
