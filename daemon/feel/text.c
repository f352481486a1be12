#include "text.h"

#include <stdarg.h>
#include <stdio.h>

static void make_room(struct text *text, size_t more)
{
    size_t room = text->room ? text->room : 32;
    if (text->room - text->len >= more && text->bytes)
        return;
    while (room - text->len < more)
        room *= 2;
    char *bytes = arena_alloc(text->arena, room);
    if (text->bytes)
        memcpy(bytes, text->bytes, text->len);
    text->bytes = bytes;
    text->room = room;
}

void text_add(struct text *text, struct slice piece)
{
    make_room(text, piece.len);
    if (piece.len)
        memcpy(text->bytes + text->len, piece.ptr, piece.len);
    text->len += piece.len;
}

void text_add_char(struct text *text, char c)
{
    text_add(text, slice_make(&c, 1));
}

void text_printf(struct text *text, const char *format, ...)
{
    char piece[128]; /* for numbers and short words; longer ones are cut */
    va_list args;
    va_start(args, format);
    int n = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    if (n > 0)
        text_add(text, slice_make(piece, (size_t)n < sizeof piece ? (size_t)n : sizeof piece - 1));
}

void text_add_rune(struct text *text, uint32_t rune)
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t count = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    char bytes[4];
    for (size_t i = count; i-- > 1; rune >>= 6)
        bytes[i] = (char)(0x80 | (rune & 0x3F));
    bytes[0] = (char)(marks[count == 1 ? 0 : count] | rune);
    text_add(text, slice_make(bytes, count));
}

uint32_t rune_next(struct slice text, size_t *at)
{
    const unsigned char *p = (const unsigned char *)text.ptr + *at;
    size_t left = text.len - *at;
    size_t count = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (count > left)
        count = left;
    uint32_t rune = count == 1 ? p[0] : p[0] & (0x7FU >> count);
    for (size_t i = 1; i < count; i++)
        rune = rune << 6 | (p[i] & 0x3FU);
    *at += count;
    return rune;
}

static void add_escaped(struct text *text, char c)
{
    static const char letters[] = {['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"', ['\\'] = '\\'};
    unsigned char byte = (unsigned char)c;
    if (byte < sizeof letters && letters[byte])
        text_printf(text, "\\%c", letters[byte]);
    else if (byte < ' ')
        text_printf(text, "\\u%04X", byte);
    else
        text_add_char(text, c);
}

void text_add_quoted(struct text *text, struct slice piece)
{
    size_t plain = 0;
    text_add_char(text, '"');
    for (size_t i = 0; i < piece.len; i++) {
        unsigned char c = (unsigned char)piece.ptr[i];
        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        text_add(text, slice_make(piece.ptr + plain, i - plain));
        add_escaped(text, piece.ptr[i]);
        plain = i + 1;
    }
    text_add(text, slice_make(piece.ptr + plain, piece.len - plain));
    text_add_char(text, '"');
}

struct slice text_slice(const struct text *text)
{
    return slice_make(text->bytes ? text->bytes : "", text->len);
}
