#include "suggest.h"

enum { WORD_MAX = 63 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t suggest_distance(struct slice a, struct slice b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    if (a.len > WORD_MAX || b.len > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *spare = before;
        before = above, above = row, row = spare;
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = lower(a.ptr[i - 1]), y = lower(b.ptr[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b.ptr[j - 2]) && y == lower(a.ptr[i - 2]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return row[b.len];
}

static const char *only_start(struct slice typed, const char *const *words, size_t count)
{
    const char *found = NULL;
    for (size_t i = 0; i < count && typed.len >= 3; i++) {
        struct slice word = slice_of(words[i]);
        if (word.len <= typed.len || !slice_equal_nocase(slice_make(word.ptr, typed.len), typed))
            continue;
        if (found)
            return NULL;
        found = words[i];
    }
    return found;
}

const char *suggest_word(const char *typed, const char *const *words, size_t count)
{
    struct slice text = slice_of(typed);
    const char *best = NULL;
    size_t limit = text.len / 3 ? text.len / 3 : 1;
    size_t nearest = limit + 1;
    for (size_t i = 0; i < count; i++) {
        struct slice word = slice_of(words[i]);
        size_t distance = word.ptr ? suggest_distance(text, word) : SIZE_MAX;
        /* One letter typed for another one-letter word is no likeness at all. */
        if (distance < nearest && distance < (text.len > word.len ? text.len : word.len)) {
            nearest = distance;
            best = words[i];
        }
    }
    return best ? best : only_start(text, words, count);
}
