#include "memo.h"

/* FNV-1a, mixed at the end because short keys differ in their last bytes. */
uint32_t memo_hash(struct slice key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.ptr[i]) * UINT64_C(1099511628211);
    return (uint32_t)(hash ^ (hash >> 32));
}

static struct memo_entry *find(const struct memo *memo, struct slice key, uint32_t hash)
{
    for (size_t i = hash;; i++) {
        struct memo_entry *entry = &memo->entries[i & (memo->room - 1)];
        if (!entry->taken || (entry->hash == hash && slice_equal(entry->key, key)))
            return entry;
    }
}

static void grow(struct memo *memo)
{
    struct memo old = *memo;
    memo->room = old.room ? 4 * old.room : 64;
    memo->entries = arena_array(memo->arena, memo->room, sizeof *memo->entries);
    for (size_t i = 0; i < old.room; i++)
        if (old.entries[i].taken)
            *find(memo, old.entries[i].key, old.entries[i].hash) = old.entries[i];
}

struct memo_entry *memo_at(struct memo *memo, struct slice key, bool *is_new)
{
    if (2 * memo->count >= memo->room)
        grow(memo);
    uint32_t hash = memo_hash(key);
    struct memo_entry *entry = find(memo, key, hash);
    *is_new = !entry->taken;
    if (*is_new) {
        entry->key = key;
        entry->hash = hash;
        entry->taken = true;
        memo->count++;
    }
    return entry;
}

bool memo_has(const struct memo *memo, struct slice key)
{
    return memo->room && find(memo, key, memo_hash(key))->taken;
}
