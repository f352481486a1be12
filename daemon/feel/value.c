#include "value.h"

#include <stdio.h>

#include "decimal.h"
#include "moment.h"

const struct value value_null = {.kind = VALUE_NULL};

/* Types ----------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *word;
    enum value_type type;
} type_words[] = {
    {"string", TYPE_STRING},
    {"number", TYPE_NUMBER},
    {"boolean", TYPE_BOOLEAN},
    {"date", TYPE_DATE},
    {"time", TYPE_TIME},
    {"date and time", TYPE_DATE_TIME},
    {"dateTime", TYPE_DATE_TIME},
    {"years and months duration", TYPE_YEARS_MONTHS},
    {"yearMonthDuration", TYPE_YEARS_MONTHS},
    {"days and time duration", TYPE_DAYS_TIME},
    {"dayTimeDuration", TYPE_DAYS_TIME},
};
enum { TYPE_WORDS = sizeof type_words / sizeof type_words[0] };

enum value_type value_type_parse(struct slice word)
{
    for (size_t i = 0; i < TYPE_WORDS; i++)
        if (slice_is(word, type_words[i].word))
            return type_words[i].type;
    return TYPE_ANY;
}

const char *value_type_word(enum value_type type)
{
    for (size_t i = 0; i < TYPE_WORDS; i++)
        if (type_words[i].type == type)
            return type_words[i].word;
    return "Any";
}

struct value value_of_bool(bool boolean)
{
    return (struct value){.kind = VALUE_BOOLEAN, .boolean = boolean};
}

struct value value_of_int(int64_t number)
{
    return (struct value){.kind = VALUE_NUMBER, .number = decimal_of_int(number)};
}

struct value value_of_string(struct slice text)
{
    return (struct value){.kind = VALUE_STRING, .string = text};
}

/* From JSON ------------------------------------------------------------------------------------------------
 */

enum { JSON_DEPTH = 32 };

struct reader {
    enum value_type type;
    struct arena *arena;
    struct err *err;
};

static const char *json_kind(const json_t *json)
{
    static const char *const words[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a number",  [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null",
    };
    return words[json_typeof(json)];
}

static bool refuse_type(const struct reader *reader, const json_t *json)
{
    return err_set(reader->err, ERR_CONFIG, "expected %s, found %s", value_type_word(reader->type),
                   json_kind(json));
}

static bool is_type(const struct reader *reader, enum value_type type)
{
    return reader->type == TYPE_ANY || reader->type == type;
}

typedef bool parse_text(struct slice text, struct value *out);

static bool parse_months(struct slice text, struct value *out)
{
    return value_duration_parse(text, out) && out->kind == VALUE_YEARS_MONTHS;
}

static bool parse_days(struct slice text, struct value *out)
{
    return value_duration_parse(text, out) && out->kind == VALUE_DAYS_TIME;
}

static bool read_string(const struct reader *reader, const json_t *json, struct value *out)
{
    static const struct {
        parse_text *parse;
        const char *example;
    } forms[] = {
        [TYPE_DATE] = {value_date_parse, "2026-11-22"},
        [TYPE_TIME] = {value_time_parse, "10:15:00"},
        [TYPE_DATE_TIME] = {value_date_time_parse, "2026-11-22T10:15:00"},
        [TYPE_YEARS_MONTHS] = {parse_months, "P1Y2M"},
        [TYPE_DAYS_TIME] = {parse_days, "P1DT2H"},
    };
    struct slice text = slice_make(json_string_value(json), json_string_length(json));
    if (is_type(reader, TYPE_STRING)) {
        *out = value_of_string(arena_slice(reader->arena, text));
        return true;
    }
    if (!forms[reader->type].parse)
        return refuse_type(reader, json);
    struct value value;
    if (!forms[reader->type].parse(text, &value))
        return err_set(reader->err, ERR_CONFIG, "expected %s as \"%s\", found another text",
                       value_type_word(reader->type), forms[reader->type].example);
    *out = value;
    return true;
}

/* The shortest text that is that double. */
static bool read_real(const struct reader *reader, double number, struct value *out)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    *out = (struct value){.kind = VALUE_NUMBER};
    return decimal_parse(slice_of(text), &out->number) ||
           err_set(reader->err, ERR_CONFIG, "expected a number, found %s", text);
}

static bool read_json(const struct reader *reader, const json_t *json, int depth, struct value *out);

static bool read_array(const struct reader *reader, const json_t *json, int depth, struct value *out)
{
    size_t count = json_array_size(json);
    struct value *items = arena_array(reader->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        if (!read_json(reader, json_array_get(json, i), depth + 1, &items[i]))
            return false;
    *out = (struct value){.kind = VALUE_LIST};
    out->list.items = items;
    out->list.count = count;
    return true;
}

static bool read_object(const struct reader *reader, json_t *json, int depth, struct value *out)
{
    size_t count = 0;
    const char *key;
    json_t *member;
    if (reader->type != TYPE_ANY)
        return refuse_type(reader, json);
    struct entry *entries = arena_array(reader->arena, json_object_size(json), sizeof *entries);
    json_object_foreach(json, key, member)
    {
        struct value *value = arena_alloc(reader->arena, sizeof *value);
        if (!read_json(reader, member, depth + 1, value))
            return false;
        entries[count++] = (struct entry){arena_slice(reader->arena, slice_of(key)), value};
    }
    *out = (struct value){.kind = VALUE_CONTEXT};
    out->context.entries = entries;
    out->context.count = count;
    return true;
}

static bool read_json(const struct reader *reader, const json_t *json, int depth, struct value *out)
{
    if (depth > JSON_DEPTH)
        return err_set(reader->err, ERR_CONFIG, "nested deeper than %d levels", JSON_DEPTH);
    *out = value_null;
    switch (json_typeof(json)) {
    case JSON_NULL:
        return true;
    case JSON_STRING:
        return read_string(reader, json, out);
    case JSON_ARRAY:
        return read_array(reader, json, depth, out);
    case JSON_OBJECT:
        return read_object(reader, (json_t *)json, depth, out); /* only read, but jansson's loop asks so */
    case JSON_TRUE:
    case JSON_FALSE:
        *out = value_of_bool(json_is_true(json));
        return is_type(reader, TYPE_BOOLEAN) || refuse_type(reader, json);
    case JSON_INTEGER:
        *out = value_of_int(json_integer_value(json));
        return is_type(reader, TYPE_NUMBER) || refuse_type(reader, json);
    case JSON_REAL:
        return is_type(reader, TYPE_NUMBER) ? read_real(reader, json_real_value(json), out)
                                            : refuse_type(reader, json);
    }
    return refuse_type(reader, json);
}

bool value_from_json(const json_t *json, enum value_type type, struct arena *arena, struct value *out,
                     struct err *err)
{
    struct reader reader = {.type = type, .arena = arena, .err = err};
    struct value value;
    if (!read_json(&reader, json, 0, &value))
        return false;
    *out = value;
    return true;
}

/* Order and equality ---------------------------------------------------------------------------------------
 */

static bool equal_lists(const struct value *a, const struct value *b)
{
    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count; i++)
        if (!value_equal(&a->list.items[i], &b->list.items[i]))
            return false;
    return true;
}

static const struct value *member(const struct value *context, struct slice name)
{
    for (size_t i = 0; i < context->context.count; i++)
        if (slice_equal(context->context.entries[i].name, name))
            return context->context.entries[i].value;
    return NULL;
}

static bool equal_contexts(const struct value *a, const struct value *b)
{
    if (a->context.count != b->context.count)
        return false;
    for (size_t i = 0; i < a->context.count; i++) {
        const struct value *other = member(b, a->context.entries[i].name);
        if (!other || !value_equal(a->context.entries[i].value, other))
            return false;
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
    int order;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOLEAN:
        return a->boolean == b->boolean;
    case VALUE_STRING:
        return slice_equal(a->string, b->string);
    case VALUE_LIST:
        return equal_lists(a, b);
    case VALUE_CONTEXT:
        return equal_contexts(a, b);
    case VALUE_RANGE:
        return a->range->has_low == b->range->has_low && a->range->has_high == b->range->has_high &&
               value_equal(&a->range->low, &b->range->low) && value_equal(&a->range->high, &b->range->high);
    default:
        return value_compare(a, b, &order) && order == 0;
    }
}

/* UTF-8 has the order of its code points. */
static int compare_strings(struct slice a, struct slice b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order)
        return order < 0 ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

bool value_compare(const struct value *a, const struct value *b, int *order)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NUMBER:
        *order = decimal_compare(a->number, b->number);
        return true;
    case VALUE_STRING:
        *order = compare_strings(a->string, b->string);
        return true;
    default:
        return moment_compare(a, b, order);
    }
}
