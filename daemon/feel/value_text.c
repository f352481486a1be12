/* Values as text: FEEL's literals, and JSON. */
#include "value.h"

#include "moment.h"

typedef void write_value(struct text *text, const struct value *value);

static const char *const literal_names[] = {
    [VALUE_DATE] = "date",
    [VALUE_TIME] = "time",
    [VALUE_DATE_TIME] = "date and time",
    [VALUE_YEARS_MONTHS] = "duration",
    [VALUE_DAYS_TIME] = "duration",
};

static void write_items(struct text *text, const struct value *value, write_value *write)
{
    text_add_char(text, '[');
    for (size_t i = 0; i < value->list.count; i++) {
        if (i)
            text_add_words(text, ", ");
        write(text, &value->list.items[i]);
    }
    text_add_char(text, ']');
}

static void write_entries(struct text *text, const struct value *value, write_value *write)
{
    text_add_char(text, '{');
    for (size_t i = 0; i < value->context.count; i++) {
        if (i)
            text_add_words(text, ", ");
        text_add_quoted(text, value->context.entries[i].name);
        text_add_words(text, ": ");
        write(text, value->context.entries[i].value);
    }
    text_add_char(text, '}');
}

/* An end that is open has no bracket of its own: "(< 5)". */
static void write_range(struct text *text, const struct range *range)
{
    bool no_low = range->low.kind == VALUE_NULL && !range->has_low;
    bool no_high = range->high.kind == VALUE_NULL && !range->has_high;
    if (no_low && !no_high) {
        text_add_words(text, range->has_high ? "(<= " : "(< ");
        value_write(text, &range->high);
        text_add_char(text, ')');
    } else if (no_high && !no_low) {
        text_add_words(text, range->has_low ? "(>= " : "(> ");
        value_write(text, &range->low);
        text_add_char(text, ')');
    } else {
        text_add_char(text, range->has_low ? '[' : '(');
        value_write(text, &range->low);
        text_add_words(text, "..");
        value_write(text, &range->high);
        text_add_char(text, range->has_high ? ']' : ')');
    }
}

static bool write_scalar(struct text *text, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        text_add_words(text, "null");
        return true;
    case VALUE_BOOLEAN:
        text_add_words(text, value->boolean ? "true" : "false");
        return true;
    case VALUE_NUMBER:
        text_add(text, decimal_text(value->number, text->arena));
        return true;
    case VALUE_STRING:
        text_add_quoted(text, value->string);
        return true;
    default:
        return false;
    }
}

void value_write(struct text *text, const struct value *value)
{
    if (write_scalar(text, value))
        return;
    if (value->kind == VALUE_LIST) {
        write_items(text, value, value_write);
    } else if (value->kind == VALUE_CONTEXT) {
        write_entries(text, value, value_write);
    } else if (value->kind == VALUE_RANGE) {
        write_range(text, value->range);
    } else {
        text_printf(text, "%s(\"", literal_names[value->kind]);
        moment_write(text, value);
        text_add_words(text, "\")");
    }
}

static void write_json(struct text *text, const struct value *value)
{
    if (write_scalar(text, value))
        return;
    if (value->kind == VALUE_LIST) {
        write_items(text, value, write_json);
    } else if (value->kind == VALUE_CONTEXT) {
        write_entries(text, value, write_json);
    } else if (value->kind == VALUE_RANGE) {
        struct text range = text_new(text->arena);
        write_range(&range, value->range);
        text_add_quoted(text, text_slice(&range));
    } else {
        text_add_char(text, '"');
        moment_write(text, value);
        text_add_char(text, '"');
    }
}

struct slice value_text(const struct value *value, struct arena *arena)
{
    struct text text = text_new(arena);
    value_write(&text, value);
    return text_slice(&text);
}

struct slice value_json(const struct value *value, struct arena *arena)
{
    struct text text = text_new(arena);
    write_json(&text, value);
    return text_slice(&text);
}
