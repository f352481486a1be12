/*
 * What people see. A screen writes texts (texts.h) to a stream and knows the language, the terminal's
 * abilities and the present moment. Every value put into a text is made harmless first: whatever a
 * terminal could take for a command (control characters, C1 codes, direction overrides, bytes that are no
 * UTF-8) becomes "?" or a space. The templates are ours and trusted.
 */
#ifndef WIJZER_SCREEN_H
#define WIJZER_SCREEN_H

#include <stdio.h>

#include "clock.h"
#include "texts.h"

struct screen {
    FILE *file;
    struct arena *arena; /* borrowed, for what is composed on the way */
    enum language language;
    bool colour; /* styles are shown */
    bool utf8;   /* box drawing can be shown */
    moment now;
};

/* The values of a template: VALUES(a, b). */
#define VALUES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Colour only on a terminal, without NO_COLOR and TERM=dumb; UTF-8 by the locale. */
struct screen screen_of(FILE *file, struct arena *arena, enum language language, moment now);

/* Writes the text, without and with a newline; `values` NULL: none. */
void screen_put(const struct screen *screen, enum text text, const char *const *values);
void screen_say(const struct screen *screen, enum text text, const char *const *values);
void screen_newline(const struct screen *screen);
/* "  Label       ", ready for a value. */
void screen_label(const struct screen *screen, enum text label);
/* A labelled line; nothing at all when the value is empty. */
void screen_field(const struct screen *screen, enum text label, const char *value);
/* A text of possibly many lines, wrapped, each line `indent` spaces in; with `first` false the first line is
 * already indented. */
void screen_block(const struct screen *screen, size_t indent, bool first, const char *text);

/* The text with its values and without styles, in the screen's arena. */
const char *screen_text(const struct screen *screen, enum text text, const char *const *values);
/* "1 regel", "3 regels": `one` for one, else `many` with the number. */
const char *screen_count(const struct screen *screen, int64_t number, enum text one, enum text many);
/* A copy that can do no harm on a terminal; a line break becomes a space. */
const char *text_harmless(struct arena *arena, const char *value);
/* Spaces to add to reach `width` columns (one per code point). */
const char *text_padding(struct arena *arena, const char *text, size_t width);

#endif
