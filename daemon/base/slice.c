#include "slice.h"

bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool slice_starts(struct slice text, const char *prefix)
{
    size_t n = strlen(prefix);
    return n == 0 || (text.len >= n && memcmp(text.ptr, prefix, n) == 0);
}

struct slice slice_trim(struct slice text)
{
    while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text.ptr++, text.len--;
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

struct slice slice_cut(struct slice *rest, char separator)
{
    if (!rest->ptr)
        return SLICE_NONE;
    const char *at = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
    struct slice head = *rest;
    if (!at) {
        *rest = SLICE_NONE;
        return head;
    }
    head.len = (size_t)(at - rest->ptr);
    *rest = slice_make(at + 1, rest->len - head.len - 1);
    return head;
}

bool slice_to_u64(struct slice text, uint64_t max, uint64_t *out)
{
    if (text.len == 0 || text.len > 20)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c < '0' || c > '9')
            return false;
        uint64_t digit = (uint64_t)(c - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (value > max)
        return false;
    *out = value;
    return true;
}

bool slice_to_i64(struct slice text, int64_t min, int64_t max, int64_t *out)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    uint64_t magnitude;
    if (negative)
        text.ptr++, text.len--;
    if (!slice_to_u64(text, (uint64_t)INT64_MAX + (negative ? 1 : 0), &magnitude))
        return false;
    int64_t value = !negative ? (int64_t)magnitude : magnitude ? -(int64_t)(magnitude - 1) - 1 : 0;
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

/* Length of the well-formed sequence at `p`, 0 if there is none. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
    static const struct {
        unsigned char first, last, second_min, second_max;
        size_t length;
    } shapes[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    if (p[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (p[0] < shapes[i].first || p[0] > shapes[i].last)
            continue;
        size_t n = shapes[i].length;
        if (left < n || p[1] < shapes[i].second_min || p[1] > shapes[i].second_max)
            return 0;
        for (size_t k = 2; k < n; k++)
            if (p[k] < 0x80 || p[k] > 0xBF)
                return 0;
        return n;
    }
    return 0;
}

bool slice_is_utf8(struct slice text)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    for (size_t i = 0; i < text.len;) {
        size_t n = utf8_sequence(p + i, text.len - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

struct slice slice_clip(struct slice text, size_t most)
{
    if (text.len <= most)
        return text;
    while (most && ((unsigned char)text.ptr[most] & 0xC0) == 0x80)
        most--;
    return slice_make(text.ptr, most);
}

size_t slice_utf8_length(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.ptr[i] & 0xC0) != 0x80)
            count++;
    return count;
}

bool utf8_point_hides(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0xAD, 0xAD},     {0x61C, 0x61C},   {0x200B, 0x200B}, {0x200E, 0x200F},
                  {0x202A, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}
