/* The request line: method, target (origin-form only) and version. */
#include "chars.h"
#include "message.h"

static const char *const methods[HTTP_METHODS] = {
    [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",      [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS"};

static enum err_code read_method(struct slice word, enum http_method *method)
{
    for (int i = 0; i < HTTP_METHODS; i++)
        if (slice_is(word, methods[i])) {
            *method = (enum http_method)i;
            return ERR_NONE;
        }
    return chars_are(word, CHAR_TOKEN) ? ERR_UNKNOWN_METHOD : ERR_MALFORMED_REQUEST;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum err_code read_version(struct slice word, int *minor)
{
    if (word.len != 8 || !slice_starts(word, "HTTP/") || !is_digit(word.ptr[5]) || word.ptr[6] != '.' ||
        !is_digit(word.ptr[7]))
        return ERR_MALFORMED_REQUEST;
    if (word.ptr[5] != '1' || word.ptr[7] > '1')
        return ERR_HTTP_VERSION;
    *minor = word.ptr[7] - '0';
    return ERR_NONE;
}

/* The byte that the escape at the front of `text` stands for, or -1. */
static int escape_value(struct slice text)
{
    if (text.len < 3)
        return -1;
    int high = char_hex(text.ptr[1]), low = char_hex(text.ptr[2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Writes at most text.len bytes to `out`; false on a bad escape or an escaped NUL. */
static bool unescape(struct slice text, char *out, size_t *length)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%') {
            out[n++] = text.ptr[i];
            continue;
        }
        int value = escape_value(slice_make(text.ptr + i, text.len - i));
        if (value <= 0)
            return false;
        out[n++] = (char)value;
        i += 2;
    }
    *length = n;
    return true;
}

bool http_unescape(struct slice text, char *out, struct slice *decoded)
{
    size_t length;
    if (!unescape(text, out, &length) || !slice_is_utf8(slice_make(out, length)))
        return false;
    *decoded = slice_make(out, length);
    return true;
}

/* An escape that decodes to a separator or a control would mean one thing here and another further on. */
static bool has_hidden_byte(struct slice text, struct slice decoded)
{
    size_t before = 0, after = 0;
    for (size_t i = 0; i < text.len; i++)
        before += text.ptr[i] == '/';
    for (size_t i = 0; i < decoded.len; i++) {
        after += decoded.ptr[i] == '/';
        if (!char_is(decoded.ptr[i], CHAR_TEXT) || decoded.ptr[i] == '\t')
            return true;
    }
    return before != after;
}

static bool has_dot_segment(struct slice path)
{
    while (path.ptr) {
        struct slice segment = slice_cut(&path, '/');
        if (slice_is(segment, ".") || slice_is(segment, ".."))
            return true;
    }
    return false;
}

static bool read_path(struct slice raw, struct arena *arena, struct slice *path)
{
    *path = raw;
    if (memchr(raw.ptr, '%', raw.len)) {
        char *out = arena_alloc(arena, raw.len);
        if (!http_unescape(raw, out, path) || has_hidden_byte(raw, *path))
            return false;
    }
    return !has_dot_segment(*path);
}

static bool has_good_escapes(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '%' && escape_value(slice_make(text.ptr + i, text.len - i)) <= 0)
            return false;
    return true;
}

static enum err_code read_target(struct slice target, struct arena *arena, struct http_head *head)
{
    if (target.len > HTTP_TARGET_MAX)
        return ERR_TARGET_TOO_LONG;
    if (!chars_are(target, CHAR_TARGET) || target.ptr[0] != '/')
        return ERR_MALFORMED_REQUEST;
    head->target = head->query = target;
    struct slice raw = slice_cut(&head->query, '?');
    if (!read_path(raw, arena, &head->path) || !has_good_escapes(head->query))
        return ERR_MALFORMED_REQUEST;
    return ERR_NONE;
}

enum err_code request_line_read(struct slice line, struct arena *arena, struct http_head *head)
{
    struct slice version = line, method = slice_cut(&version, ' '), target = slice_cut(&version, ' ');
    enum err_code code = read_version(version, &head->minor);
    if (code == ERR_NONE)
        code = read_method(method, &head->method);
    if (code == ERR_NONE)
        code = read_target(target, arena, head);
    return code;
}
