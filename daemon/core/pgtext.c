#include "pgtext.h"

#include <stdio.h>

#include "question.h"

/* Words ----------------------------------------------------------------------------------------------------
 */

struct reader {
    const char *at, *end;
};

static bool take(struct reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* In quotes; a backslash stands before what is to be taken as it is. */
static bool read_quoted(struct reader *r, char *copy, struct slice *out)
{
    size_t n = 0;
    while (r->at < r->end && *r->at != '"') {
        if (*r->at == '\\' && ++r->at == r->end)
            return false;
        copy[n++] = *r->at++;
    }
    *out = slice_make(copy, n);
    return take(r, '"');
}

static bool read_bare(struct reader *r, char *copy, struct slice *out)
{
    size_t n = 0;
    while (r->at < r->end && *r->at != ',' && *r->at != '}') {
        if (*r->at == '{' || *r->at == '"' || *r->at == '\\')
            return false;
        copy[n++] = *r->at++;
    }
    *out = slice_make(copy, n);
    return n > 0 && !slice_equal_nocase(*out, slice_of("NULL"));
}

static size_t count_commas(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == ',';
    return count;
}

bool pg_words(struct slice text, struct arena *arena, const struct slice **words, size_t *count)
{
    struct reader r = {text.ptr, text.ptr + text.len};
    char *copy = arena_alloc(arena, text.len + 1);
    struct slice *list = arena_array(arena, count_commas(text) + 1, sizeof *list);
    *words = list;
    *count = 0;
    if (!text.ptr || !take(&r, '{'))
        return false;
    if (take(&r, '}'))
        return r.at == r.end;
    do {
        struct slice *word = &list[*count];
        if (!(take(&r, '"') ? read_quoted(&r, copy, word) : read_bare(&r, copy, word)))
            return false;
        copy += word->len;
        ++*count;
    } while (take(&r, ','));
    return take(&r, '}') && r.at == r.end;
}

/* Ranges ---------------------------------------------------------------------------------------------------
 */

enum { NUMBER_MAX = 1000000000 };

/* A whole number up to `stop`; nothing there: `open`. */
static bool read_bound(struct reader *r, char stop, char other, int64_t open, int64_t *out)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at != stop && *r->at != other)
        r->at++;
    struct slice digits = slice_make(start, (size_t)(r->at - start));
    *out = open;
    return digits.len == 0 || slice_to_i64(digits, -NUMBER_MAX, NUMBER_MAX, out);
}

/* [18,66) or (,18]: as whole numbers, both ends inclusive. */
static bool read_range(struct reader *r, int64_t *low, int64_t *high)
{
    bool has_low = take(r, '[');
    if (!has_low && !take(r, '('))
        return false;
    if (!read_bound(r, ',', ',', KEY_MIN, low) || !take(r, ',') || !read_bound(r, ')', ']', KEY_MAX, high))
        return false;
    bool has_high = take(r, ']');
    if (!has_high && !take(r, ')'))
        return false;
    if (!has_low && *low != KEY_MIN)
        ++*low;
    if (!has_high && *high != KEY_MAX)
        --*high;
    return true;
}

/* PostgreSQL gives them in order and apart; anything else is refused. */
static bool add_range(struct key_range *list, uint32_t *count, int64_t low, int64_t high)
{
    if (low > high)
        return false;
    struct key_range range = {low == KEY_MIN ? KEY_MIN : integer_key(low),
                              high == KEY_MAX ? KEY_MAX : integer_key(high)};
    if (*count && (list[*count - 1].high == KEY_MAX || list[*count - 1].high >= range.low))
        return false;
    list[(*count)++] = range;
    return true;
}

bool pg_ranges(struct slice text, struct arena *arena, struct test *test)
{
    struct reader r = {text.ptr, text.ptr + text.len};
    struct key_range *list = arena_array(arena, count_commas(text) / 2 + 1, sizeof *list);
    *test = (struct test){.kind = TEST_NUMBERS, .ranges = list};
    if (!text.ptr || !take(&r, '{'))
        return false;
    if (take(&r, '}'))
        return r.at == r.end;
    do {
        int64_t low, high;
        if (!read_range(&r, &low, &high) || !add_range(list, &test->count, low, high))
            return false;
    } while (take(&r, ','));
    return take(&r, '}') && r.at == r.end;
}

struct slice pg_ranges_text(const struct test *test, struct arena *arena)
{
    enum { RANGE_TEXT = 48 };
    char *text = arena_alloc(arena, 3 + test->count * RANGE_TEXT), *at = text;
    *at++ = '{';
    for (uint32_t i = 0; i < test->count; i++) {
        struct key_range range = test->ranges[i];
        char low[24] = "", high[24] = "";
        if (range.low != KEY_MIN)
            snprintf(low, sizeof low, "%lld", (long long)key_integer(range.low));
        if (range.high != KEY_MAX)
            snprintf(high, sizeof high, "%lld", (long long)key_integer(range.high) + 1);
        at += snprintf(at, RANGE_TEXT, "%s%c%s,%s)", i ? "," : "", *low ? '[' : '(', low, high);
    }
    *at++ = '}';
    return slice_make(text, (size_t)(at - text));
}
