#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Blocks grow to MAX_BLOCK; what is larger gets a block of its own. */
enum { DEFAULT_BLOCK = 4096, MAX_BLOCK = 65536, ALIGNMENT = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGNMENT) char bytes[];
};

struct arena {
    struct block *top;
    size_t total;
    bool is_wiped; /* when it is freed */
};

static void out_of_memory(void)
{
    fputs("wijzer: out of memory\n", stderr);
    abort();
}

void *xcalloc(size_t count, size_t size)
{
    void *p = calloc(count, size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *xrealloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

char *xstrdup(const char *text)
{
    char *p = strdup(text);
    if (!p)
        out_of_memory();
    return p;
}

static struct block *new_block(struct arena *arena, size_t size)
{
    struct block *block = malloc(sizeof *block + size);
    if (!block)
        out_of_memory();
    block->next = NULL;
    block->size = size;
    block->used = 0;
    arena->total += sizeof *block + size;
    return block;
}

struct arena *arena_new(size_t first)
{
    struct arena *arena = xcalloc(1, sizeof *arena);
    arena->top = new_block(arena, first ? first : DEFAULT_BLOCK);
    return arena;
}

void arena_wipe(struct arena *arena)
{
    arena->is_wiped = true;
}

void arena_free(struct arena **arena)
{
    if (!*arena)
        return;
    for (struct block *b = (*arena)->top; b;) {
        struct block *next = b->next;
        if ((*arena)->is_wiped)
            explicit_bzero(b->bytes, b->used);
        free(b);
        b = next;
    }
    xfree(*arena);
}

/* A block with room for `size`: a large piece goes behind the top, whose room stays open for small ones. */
static struct block *add_block(struct arena *arena, size_t size)
{
    size_t grown = arena->top->size < MAX_BLOCK / 2 ? arena->top->size * 2 : MAX_BLOCK;
    struct block *block = new_block(arena, size > grown ? size : grown);
    if (size > grown) {
        block->next = arena->top->next;
        arena->top->next = block;
    } else {
        block->next = arena->top;
        arena->top = block;
    }
    return block;
}

/* Not zeroed. */
static char *take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        out_of_memory();
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct block *block = arena->top;
    if (block->size - block->used < size)
        block = add_block(arena, size);
    char *p = block->bytes + block->used;
    block->used += size;
    return p;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory();
    return arena_alloc(arena, count * size);
}

char *arena_text(struct arena *arena, struct slice text)
{
    char *p = take(arena, text.len + 1);
    if (text.len)
        memcpy(p, text.ptr, text.len);
    p[text.len] = '\0';
    return p;
}

struct slice arena_slice(struct arena *arena, struct slice text)
{
    return text.ptr ? slice_make(arena_text(arena, text), text.len) : SLICE_NONE;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        out_of_memory();
    char *p = take(arena, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

char *arena_number(struct arena *arena, int64_t number)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    *--at = '\0';
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    size_t size = (size_t)(digits + sizeof digits - at);
    return memcpy(take(arena, size), at, size);
}

size_t arena_size(const struct arena *arena)
{
    return arena->total;
}
