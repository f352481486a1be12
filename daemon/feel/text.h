/* Text that grows in an arena while it is written. */
#ifndef WIJZER_TEXT_H
#define WIJZER_TEXT_H

#include "arena.h"

struct text {
    struct arena *arena;
    char *bytes;
    size_t len, room;
};

static inline struct text text_new(struct arena *arena)
{
    return (struct text){.arena = arena};
}

void text_add(struct text *text, struct slice piece);
void text_add_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A code point as UTF-8. */
void text_add_rune(struct text *text, uint32_t rune);
/* In double quotes, with the escapes that JSON and FEEL share. */
void text_add_quoted(struct text *text, struct slice piece);
/* What was written; never absent. */
struct slice text_slice(const struct text *text);

static inline void text_add_words(struct text *text, const char *words)
{
    text_add(text, slice_of(words));
}

/* The code point at *at, which moves behind it; of text that is UTF-8. */
uint32_t rune_next(struct slice text, size_t *at);

#endif
