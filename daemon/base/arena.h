/*
 * An arena owns the memory of one request (or one job, or one snapshot): everything allocated from it
 * dies with it, so code that uses one needs no cleanup ladder. Not thread safe; used by one thread at a
 * time. Out of memory ends the process with a line on standard error: sizes are bounded by the callers.
 */
#ifndef WIJZER_ARENA_H
#define WIJZER_ARENA_H

#include <stdlib.h>

#include "slice.h"

struct arena;

/* Returns an owned arena; the first block is `first` bytes (0: a default). */
struct arena *arena_new(size_t first);
/* From now on it holds what nobody may find in memory afterwards: wiped when it is freed. */
void arena_wipe(struct arena *arena);
/* Frees all of it and nulls the pointer; NULL is fine. */
void arena_free(struct arena **arena);
/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* As arena_alloc for an array; ends the process where count * size overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* Copies, with a NUL behind it. */
char *arena_text(struct arena *arena, struct slice text);
/* As arena_text; an absent slice stays absent. */
struct slice arena_slice(struct arena *arena, struct slice text);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* In decimal digits; without the price of a format. */
char *arena_number(struct arena *arena, int64_t number);
/* Bytes taken from the system for this arena. */
size_t arena_size(const struct arena *arena);

/* malloc that ends the process instead of returning NULL; for long-lived objects. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
/* Frees and nulls. */
#define xfree(pointer)                                                                                       \
    do {                                                                                                     \
        free(pointer);                                                                                       \
        (pointer) = NULL;                                                                                    \
    } while (0)

#endif
