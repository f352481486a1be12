/*
 * Which bytes may stand where in a message: one table, by the grammars of RFC 9110 §5.6.2 and RFC 3986.
 */
#ifndef WIJZER_CHARS_H
#define WIJZER_CHARS_H

#include "slice.h"

enum http_char {
    CHAR_TEXT = 1,   /* in a line at all: no control but the tab */
    CHAR_TOKEN = 2,  /* in a method or field name */
    CHAR_TARGET = 4, /* in a target: path and query of a URI, '%' included */
    CHAR_HOST = 8    /* in a registered name */
};

extern const unsigned char http_chars[256];

static inline bool char_is(char c, enum http_char kind)
{
    return (http_chars[(unsigned char)c] & kind) != 0;
}

/* Not empty, and every byte of that kind. */
bool chars_are(struct slice text, enum http_char kind);
/* 0..15, or -1. */
int char_hex(char c);

#endif
