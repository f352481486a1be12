#include "json_out.h"

#include "code.h"

enum { INTEGER_TEXT = 21 };

struct json_out json_out_new(struct arena *arena, size_t size)
{
    return (struct json_out){.arena = arena, .text = arena_alloc(arena, size), .size = size};
}

static void reserve(struct json_out *out, size_t more)
{
    if (out->size - out->len >= more)
        return;
    size_t size = (out->len + more) * 2;
    char *text = arena_alloc(out->arena, size);
    memcpy(text, out->text, out->len);
    out->text = text;
    out->size = size;
}

static void put(struct json_out *out, const char *bytes, size_t count)
{
    reserve(out, count);
    memcpy(out->text + out->len, bytes, count);
    out->len += count;
}

static void put_char(struct json_out *out, char c)
{
    reserve(out, 1);
    out->text[out->len++] = c;
}

struct slice json_out_slice(struct json_out *out)
{
    put_char(out, '\0');
    return slice_make(out->text, --out->len);
}

static bool needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

static void put_escaped(struct json_out *out, char c)
{
    static const char hex[] = "0123456789abcdef", plain[] = "\"\\\n\t\r", letters[] = "\"\\ntr";
    const char *known = memchr(plain, c, sizeof plain - 1);
    unsigned char byte = (unsigned char)c;
    if (known)
        put(out, (const char[]){'\\', letters[known - plain]}, 2);
    else
        put(out, (const char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6);
}

/* Copies runs without anything to escape in one piece. */
static void put_quoted(struct json_out *out, struct slice text)
{
    put_char(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!needs_escape((unsigned char)text.ptr[i]))
            continue;
        put(out, text.ptr + from, i - from);
        put_escaped(out, text.ptr[i]);
        from = i + 1;
    }
    if (text.len > from)
        put(out, text.ptr + from, text.len - from);
    put_char(out, '"');
}

/* What comes before a value; afterwards the next one needs a comma. */
static void lead(struct json_out *out, const char *name)
{
    if (out->comma)
        put_char(out, ',');
    out->comma = true;
    if (!name)
        return;
    put_char(out, '"');
    put(out, name, strlen(name));
    put(out, "\":", 2);
}

void out_open(struct json_out *out, const char *name, char bracket)
{
    lead(out, name);
    put_char(out, bracket);
    out->comma = false;
}

void out_close(struct json_out *out, char bracket)
{
    put_char(out, bracket);
    out->comma = true;
}

void out_text(struct json_out *out, const char *name, struct slice text)
{
    lead(out, name);
    put_quoted(out, text);
}

void out_integer(struct json_out *out, const char *name, int64_t value)
{
    char digits[INTEGER_TEXT], *end = digits + sizeof digits, *at = end;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    lead(out, name);
    put(out, at, (size_t)(end - at));
}

void out_raw(struct json_out *out, const char *name, struct slice json)
{
    lead(out, name);
    put(out, json.ptr, json.len);
}

void out_bool(struct json_out *out, const char *name, bool value)
{
    lead(out, name);
    put(out, value ? "true" : "false", value ? 4 : 5);
}

void out_null(struct json_out *out, const char *name)
{
    lead(out, name);
    put(out, "null", 4);
}

void out_moment(struct json_out *out, const char *name, moment at)
{
    char text[MOMENT_TEXT];
    out_text(out, name, slice_of(moment_text(at, text)));
}

void out_code(struct json_out *out, const char *name, int64_t id)
{
    char text[CODE_TEXT];
    out_text(out, name, slice_of(code_text(id, text)));
}

void out_raw_or_null(struct json_out *out, const char *name, struct slice json)
{
    if (json.ptr)
        out_raw(out, name, json);
    else
        out_null(out, name);
}
