#include "seal_block.h"

#include <stdio.h>

#include "arena.h"
#include "merkle.h"

enum { LINE = 48 };

static struct digest rows_digest(const int64_t *ids, const int64_t *abouts, size_t count)
{
    char *text = xcalloc(count + 1, LINE);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, LINE, "%lld %lld\n", (long long)ids[i], (long long)abouts[i]);
    struct digest digest = digest_of(slice_make(text, used));
    xfree(text);
    return digest;
}

void seal_block_rows(struct seal_block *block, const int64_t *ids, const int64_t *abouts, size_t count)
{
    block->rows = rows_digest(ids, abouts, count);
    block->count = (int64_t)count;
}

void seal_block_fill(struct seal_block *block, const int64_t *ids, const int64_t *abouts,
                     const struct digest *leaves, size_t count)
{
    block->root = merkle_root(leaves, count);
    seal_block_rows(block, ids, abouts, count);
}

struct slice seal_block_head(const struct seal_block *block, char out[SEAL_HEAD])
{
    char previous[DIGEST_HEX], root[DIGEST_HEX], rows[DIGEST_HEX];
    int n = snprintf(
        out, SEAL_HEAD,
        "wijzer-seal=1\nregion=%lld\nlog=%s\nblock=%lld\nprevious=%s\nroot=%s\nrows=%s\ncount=%lld\n"
        "horizon=%lld\nup-to=%lld\nuntil=%lld\nsealed-at=%lld\nkey=%s\n",
        (long long)block->region, seal_logs[block->log].name, (long long)block->number,
        digest_hex(&block->previous, previous), digest_hex(&block->root, root),
        digest_hex(&block->rows, rows), (long long)block->count, (long long)block->horizon,
        (long long)block->up_to, (long long)block->until, (long long)block->sealed_at, block->key_id);
    return slice_make(out, (size_t)n);
}

struct digest seal_block_hash(const struct seal_block *block)
{
    char head[SEAL_HEAD];
    return digest_with(DIGEST_BLOCK, seal_block_head(block, head), SLICE_NONE);
}

bool seal_block_sign(struct seal_block *block, const struct seal_key *key, uint8_t signature[SEAL_SIGNATURE],
                     struct err *err)
{
    char head[SEAL_HEAD];
    snprintf(block->key_id, sizeof block->key_id, "%s", seal_key_id(key));
    return seal_key_sign(key, seal_block_head(block, head), signature, err);
}
