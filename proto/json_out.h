/*
 * Writes JSON text straight into an arena: a buffer that grows by doubling, commas put where they belong.
 * For the answers on the hot path and for problem bodies; no tree is built. The text is valid UTF-8 JSON if
 * the slices given are valid UTF-8. Control characters, quotes and backslashes are escaped, the rest is
 * copied as it is. Used by one thread at a time, as the arena. Cannot fail.
 *
 *     struct json_out out = json_out_new(arena, 512);
 *     out_open(&out, NULL, '{');
 *     out_text(&out, "name", slice_of("J. Jansen"));
 *     out_close(&out, '}');
 *     return json_out_slice(&out);
 *
 * `name` is the member's name, a literal that needs no escaping; NULL inside an array or at the top.
 */
#ifndef WIJZER_JSON_OUT_H
#define WIJZER_JSON_OUT_H

#include "arena.h"
#include "clock.h"

struct json_out {
    struct arena *arena; /* borrowed */
    char *text;          /* the arena's */
    size_t len, size;
    bool comma; /* the next value needs one before it */
};

/* `size` is a guess of the bytes needed, at least 1. */
struct json_out json_out_new(struct arena *arena, size_t size);
/* What was written so far; followed by a NUL that is not counted. */
struct slice json_out_slice(struct json_out *out);

void out_open(struct json_out *out, const char *name, char bracket);
void out_close(struct json_out *out, char bracket);
void out_text(struct json_out *out, const char *name, struct slice text);
void out_integer(struct json_out *out, const char *name, int64_t value);
void out_bool(struct json_out *out, const char *name, bool value);
void out_null(struct json_out *out, const char *name);
/* RFC 3339 in UTC. */
void out_moment(struct json_out *out, const char *name, moment at);
/* JSON text as it is; it must be one value. */
void out_raw(struct json_out *out, const char *name, struct slice json);
/* The same; null where there is none. */
void out_raw_or_null(struct json_out *out, const char *name, struct slice json);
/* The code of an id (code.h). */
void out_code(struct json_out *out, const char *name, int64_t id);

#endif
