/*
 * What a parser said about a stream of messages, as text, so that two ways of feeding it can be compared.
 * Pieces of a body are written without a mark between them: how they were cut is no part of what was said.
 */
#ifndef WIJZER_TRANSCRIPT_H
#define WIJZER_TRANSCRIPT_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser.h"

struct transcript {
    char *text; /* owned, NUL-terminated */
    size_t used, room;
    struct arena *arena; /* of the present message */
    struct http_parser *parser;
    uint64_t body_limit;
    bool in_body, ended; /* ended: refused */
};

static void transcript_put(struct transcript *t, struct slice bytes)
{
    if (t->used + bytes.len + 1 > t->room) {
        t->room = 2 * (t->used + bytes.len + 1);
        t->text = xrealloc(t->text, t->room);
    }
    if (bytes.len)
        memcpy(t->text + t->used, bytes.ptr, bytes.len);
    t->used += bytes.len;
    t->text[t->used] = '\0';
}

static void transcript_word(struct transcript *t, const char *before, struct slice bytes, const char *after)
{
    transcript_put(t, slice_of(before));
    transcript_put(t, bytes);
    transcript_put(t, slice_of(after));
}

static void transcript_begin(struct transcript *t, uint64_t body_limit)
{
    *t = (struct transcript){.body_limit = body_limit, .arena = arena_new(0)};
    t->parser = http_parser_new(t->arena);
    transcript_put(t, slice_of(""));
}

static void transcript_head(struct transcript *t)
{
    static const char *const methods[HTTP_METHODS] = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};
    const struct http_head *head = http_parser_head(t->parser);
    char numbers[64];
    transcript_word(t, methods[head->method], SLICE_NONE, " ");
    transcript_put(t, head->path);
    if (head->query.ptr)
        transcript_word(t, " ?", head->query, "");
    snprintf(numbers, sizeof numbers, " 1.%d length=%llu", head->minor,
             (unsigned long long)head->content_length);
    transcript_put(t, slice_of(numbers));
    transcript_put(t, slice_of(head->has_body ? " body" : ""));
    transcript_put(t, slice_of(head->chunked ? " chunked" : ""));
    transcript_put(t, slice_of(head->expects_continue ? " expects" : ""));
    transcript_put(t, slice_of(head->keep_alive ? "\n" : " close\n"));
    for (size_t i = 0; i < head->field_count; i++) {
        transcript_word(t, "  ", head->fields[i].name, "=");
        transcript_word(t, "", head->fields[i].value, "\n");
    }
}

static void transcript_next(struct transcript *t)
{
    arena_free(&t->arena);
    t->arena = arena_new(0);
    t->parser = http_parser_new(t->arena);
    t->in_body = false;
}

static void transcript_event(struct transcript *t, enum http_event event, struct slice piece,
                             enum err_code refusal)
{
    if (event == HTTP_HEAD_DONE) {
        transcript_head(t);
        http_parser_limit(t->parser, t->body_limit);
    } else if (event == HTTP_BODY) {
        transcript_word(t, t->in_body ? "" : "[", piece, "");
        t->in_body = true;
    } else if (event == HTTP_DONE) {
        transcript_put(t, slice_of(t->in_body ? "]\ndone\n" : "done\n"));
        transcript_next(t);
    } else if (event == HTTP_REFUSED) {
        transcript_word(t, t->in_body ? "]\nrefused " : "refused ", slice_of(err_word(refusal)), "\n");
        t->ended = true;
    }
}

/* Feeds one piece, from a heap copy of exactly its size so that the sanitizer sees every byte read beyond it.
 */
static void transcript_feed(struct transcript *t, struct slice piece)
{
    char *copy = xcalloc(1, piece.len);
    if (piece.len)
        memcpy(copy, piece.ptr, piece.len);
    struct slice input = slice_make(copy, piece.len), body;
    enum http_event event = HTTP_HEAD_DONE;
    while (!t->ended && event != HTTP_NEED_MORE) {
        enum err_code refusal;
        event = http_parser_feed(t->parser, &input, &body, &refusal);
        assert(event != HTTP_NEED_MORE || input.len == 0);
        transcript_event(t, event, body, refusal);
    }
    free(copy);
}

static void transcript_end(struct transcript *t)
{
    if (!t->ended && http_parser_has_begun(t->parser))
        transcript_put(t, slice_of("more\n"));
    arena_free(&t->arena);
}

/* All of `raw` in pieces of `size` bytes, the first one of `first`. Returns owned text. */
static char *transcript_of(struct slice raw, size_t first, size_t size, uint64_t body_limit, size_t *length)
{
    struct transcript t;
    transcript_begin(&t, body_limit);
    for (size_t at = 0, n = first; at < raw.len; at += n, n = size)
        transcript_feed(&t, slice_make(raw.ptr + at, n = raw.len - at < n ? raw.len - at : n));
    transcript_end(&t);
    *length = t.used;
    return t.text;
}

#endif
