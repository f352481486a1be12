#include "sse.h"

#include <stdlib.h>

#include "arena.h"

/* Text that grows; a NUL behind it. */
struct text {
    char *bytes;
    size_t len, room;
};

struct sse {
    struct text line, data, next_id, last_id;
    bool has_data, after_cr, is_refused;
};

static void add(struct text *text, struct slice more)
{
    if (text->len + more.len + 1 > text->room) {
        text->room = 2 * (text->len + more.len + 1);
        text->bytes = xrealloc(text->bytes, text->room);
    }
    if (more.len)
        memcpy(text->bytes + text->len, more.ptr, more.len);
    text->len += more.len;
    text->bytes[text->len] = '\0';
}

static void put(struct text *text, struct slice value)
{
    text->len = 0;
    add(text, value);
}

static struct slice slice_of_text(const struct text *text)
{
    return slice_make(text->bytes ? text->bytes : "", text->len);
}

struct sse *sse_new(void)
{
    return xcalloc(1, sizeof(struct sse));
}

void sse_free(struct sse **sse)
{
    if (!*sse)
        return;
    free((*sse)->line.bytes);
    free((*sse)->data.bytes);
    free((*sse)->next_id.bytes);
    free((*sse)->last_id.bytes);
    xfree(*sse);
}

const char *sse_last_id(const struct sse *sse)
{
    return slice_of_text(&sse->last_id).ptr;
}

void sse_restart(struct sse *sse)
{
    sse->line.len = sse->data.len = 0;
    sse->has_data = sse->after_cr = sse->is_refused = false;
    put(&sse->next_id, slice_of_text(&sse->last_id));
}

/* "field: value"; a line that begins with a colon is a comment. */
static void take_field(struct sse *sse, struct slice line)
{
    struct slice value = line, field = slice_cut(&value, ':');
    if (value.len && value.ptr[0] == ' ')
        value = slice_make(value.ptr + 1, value.len - 1);
    if (slice_is(field, "data")) {
        if (sse->has_data)
            add(&sse->data, slice_of("\n"));
        sse->has_data = true;
        add(&sse->data, value);
    } else if (slice_is(field, "id") && !(value.len && memchr(value.ptr, '\0', value.len))) {
        put(&sse->next_id, value);
    }
}

static void take_line(struct sse *sse, void (*on_event)(void *arg, struct slice data), void *arg)
{
    if (sse->line.len) {
        take_field(sse, slice_of_text(&sse->line));
        sse->is_refused = sse->data.len > SSE_LINE_MAX;
    } else { /* an empty line ends an event */
        put(&sse->last_id, slice_of_text(&sse->next_id));
        if (sse->has_data)
            on_event(arg, slice_of_text(&sse->data));
        sse->data.len = 0;
        sse->has_data = false;
    }
    sse->line.len = 0;
}

bool sse_feed(struct sse *sse, struct slice bytes, void (*on_event)(void *arg, struct slice data), void *arg)
{
    size_t from = 0;
    for (size_t i = 0; i < bytes.len && !sse->is_refused; i++) {
        char c = bytes.ptr[i];
        bool ends = c == '\r' || (c == '\n' && !sse->after_cr), is_second = c == '\n' && sse->after_cr;
        sse->after_cr = c == '\r';
        if (!ends && !is_second)
            continue;
        add(&sse->line, slice_make(bytes.ptr + from, i - from));
        from = i + 1;
        if (ends)
            take_line(sse, on_event, arg);
        else
            sse->line.len = 0;
    }
    if (!sse->is_refused)
        add(&sse->line, slice_make(bytes.ptr + from, bytes.len - from));
    sse->is_refused |= sse->line.len > SSE_LINE_MAX;
    return !sse->is_refused;
}
