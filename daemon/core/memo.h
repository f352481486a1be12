/*
 * Remembers what was made of a text, so that cells that repeat are read once. Keys are borrowed. One thread.
 * Private to this library.
 */
#ifndef WIJZER_MEMO_H
#define WIJZER_MEMO_H

#include "arena.h"

struct memo {
    struct arena *arena;
    struct memo_entry {
        struct slice key;
        uint32_t hash;
        bool taken;
        union {
            const void *pointer;
            uint32_t number;
        } value;
    } * entries;
    size_t room, count; /* room: a power of two, or 0 */
};

/* A hash of bytes that differs little from random. */
uint32_t memo_hash(struct slice key);
/* The entry of `key`, and whether it is new (its value zero). Good until the next call. */
struct memo_entry *memo_at(struct memo *memo, struct slice key, bool *is_new);
bool memo_has(const struct memo *memo, struct slice key);

#endif
