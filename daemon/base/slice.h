/*
 * A slice is a view on bytes that somebody else owns; it is passed by value and never freed.
 * It may hold any byte, NUL too. A slice with ptr == NULL is "absent"; one with len 0 is "empty".
 */
#ifndef WIJZER_SLICE_H
#define WIJZER_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *ptr;
    size_t len;
};

/* For printf's "%.*s": SLICE_FMT(s) gives the two arguments. */
#define SLICE_FMT(s) (int)(s).len, (s).ptr ? (s).ptr : ""

#define SLICE_NONE ((struct slice){NULL, 0})

/* Borrows a NUL-terminated string; NULL gives SLICE_NONE. */
static inline struct slice slice_of(const char *text)
{
    return text ? (struct slice){text, strlen(text)} : SLICE_NONE;
}

static inline struct slice slice_make(const char *ptr, size_t len)
{
    return (struct slice){ptr, len};
}

static inline bool slice_is(struct slice a, const char *text)
{
    return a.ptr && a.len == strlen(text) && memcmp(a.ptr, text, a.len) == 0;
}

bool slice_equal(struct slice a, struct slice b);
/* ASCII only, as HTTP field names compare. */
bool slice_equal_nocase(struct slice a, struct slice b);
bool slice_starts(struct slice text, const char *prefix);
/* Without spaces and tabs at both ends. */
struct slice slice_trim(struct slice text);
/* Splits *rest at the first `separator`: returns what stands before it and moves *rest behind it. At the
 * end returns the remainder and makes *rest absent; of an absent rest it returns SLICE_NONE. */
struct slice slice_cut(struct slice *rest, char separator);

/* The one integer parser: decimal digits only, no sign but a leading '-' for the signed one, no space, no
 * leading "+", all bytes used, no overflow, min <= value <= max. False leaves *out untouched. */
bool slice_to_u64(struct slice text, uint64_t max, uint64_t *out);
bool slice_to_i64(struct slice text, int64_t min, int64_t max, int64_t *out);

/* Well-formed UTF-8 by RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF. */
bool slice_is_utf8(struct slice text);
/* At most the first `most` bytes of well-formed UTF-8, cut between characters. */
struct slice slice_clip(struct slice text, size_t most);
/* Number of code points of well-formed UTF-8. */
size_t slice_utf8_length(struct slice text);
/* Whether a code point hides text or turns its direction: zero width, bidirectional and other invisible
 * format characters. Not the joiners U+200C and U+200D, by which Persian and Indic names and families of
 * emoji are spelled, nor the tags of U+E0000, by which the flags of regions are. */
bool utf8_point_hides(uint32_t point);

#endif
