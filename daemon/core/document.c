#include "document.h"

#include <stdarg.h>
#include <stdio.h>

enum { CODE_MAX = 64 };

bool row_fail(const struct row *row, const char *format, ...)
{
    char text[sizeof row->err->text], place[96];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (row->index == ROW_ALONE)
        snprintf(place, sizeof place, "%s", row->list);
    else
        snprintf(place, sizeof place, "%s[%zu]", row->list, row->index);
    if (row->name)
        return err_set(row->err, ERR_CONFIG, "%s \"%.64s\": %s", place, row->name, text);
    return err_set(row->err, ERR_CONFIG, "%s: %s", place, text);
}

static bool is_member(const char *const *members, const char *name)
{
    while (*members && strcmp(*members, name) != 0)
        members++;
    return *members != NULL;
}

bool row_open(struct row *row, const char *const *members)
{
    row->name = json_string_value(json_object_get(row->json, members[0]));
    return row_members(row, members);
}

bool row_members(const struct row *row, const char *const *members)
{
    const char *name;
    json_t *value;
    if (!json_is_object(row->json))
        return row_fail(row, "expected an object");
    for (const char *const *member = members; *member; member++)
        if (!json_object_get(row->json, *member))
            return row_fail(row, "%s: is missing", *member);
    json_object_foreach(row->json, name, value) if (!is_member(members, name)) return row_fail(
        row, "%.64s: is not known here", name);
    return true;
}

static bool is_null(const struct row *row, const char *member)
{
    return json_is_null(json_object_get(row->json, member));
}

bool row_text(const struct row *row, const char *member, struct slice *out)
{
    const json_t *value = json_object_get(row->json, member);
    if (!json_is_string(value) || json_string_length(value) == 0)
        return row_fail(row, "%s: expected a text that is not empty", member);
    *out = arena_slice(row->arena, slice_make(json_string_value(value), json_string_length(value)));
    return true;
}

static bool take_code(const struct row *row, const char *member, const json_t *value, struct slice *out)
{
    struct slice text = slice_make(json_string_value(value), json_string_length(value));
    bool ok = text.len >= 1 && text.len <= CODE_MAX;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] > ' ' && text.ptr[i] < 0x7f;
    if (!ok)
        return row_fail(row, "%s: expected a code of 1 to %d visible ASCII characters", member,
                        (int)CODE_MAX);
    *out = arena_slice(row->arena, text);
    return true;
}

bool row_code(const struct row *row, const char *member, struct slice *out)
{
    return take_code(row, member, json_object_get(row->json, member), out);
}

bool row_code_or_null(const struct row *row, const char *member, struct slice *out)
{
    *out = SLICE_NONE;
    return is_null(row, member) || row_code(row, member, out);
}

static bool take_int(const struct row *row, const char *member, int64_t min, int64_t max, const char *or_null,
                     int64_t *out)
{
    const json_t *value = json_object_get(row->json, member);
    if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max)
        return row_fail(row, "%s: expected a whole number from %lld to %lld%s", member, (long long)min,
                        (long long)max, or_null);
    *out = json_integer_value(value);
    return true;
}

bool row_int(const struct row *row, const char *member, int64_t min, int64_t max, int64_t *out)
{
    return take_int(row, member, min, max, "", out);
}

bool row_int_or_null(const struct row *row, const char *member, int64_t min, int64_t max, int64_t if_null,
                     int64_t *out)
{
    *out = if_null;
    return is_null(row, member) || take_int(row, member, min, max, ", or null", out);
}

bool row_bool(const struct row *row, const char *member, bool *out)
{
    const json_t *value = json_object_get(row->json, member);
    if (!json_is_boolean(value))
        return row_fail(row, "%s: expected true or false", member);
    *out = json_is_true(value);
    return true;
}

bool row_list(const struct row *row, const char *member, json_t **out)
{
    *out = json_object_get(row->json, member);
    return json_is_array(*out) || row_fail(row, "%s: expected a list", member);
}

bool row_codes(const struct row *row, const char *member, struct slice **out, size_t *count)
{
    json_t *list;
    if (!row_list(row, member, &list))
        return false;
    *count = json_array_size(list);
    *out = arena_array(row->arena, *count, sizeof **out);
    for (size_t i = 0; i < *count; i++)
        if (!take_code(row, member, json_array_get(list, i), *out + i))
            return false;
    return true;
}
