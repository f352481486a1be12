/*
 * A block: up to SEAL_BLOCK rows of one log of one region, sealed together and chained to the block before.
 * What is hashed and signed is its head, a text of one NAME=VALUE a line (seal_block.c):
 *
 *     block hash = SHA-256(2 | head)      signature = Ed25519(head)
 *
 * `previous` is the hash of the block before (zeroes in block 1), `root` the Merkle root over the leaves in
 * the order of `ids`, which ascend; `rows` is the SHA-256 of "ID ABOUT\n" for each row. All rows of
 * transactions below `horizon` are sealed with this block, and those of transaction `horizon` itself up to id
 * `up_to`. Pure.
 */
#ifndef WIJZER_SEAL_BLOCK_H
#define WIJZER_SEAL_BLOCK_H

#include "seal_key.h"
#include "seal_row.h"

enum { SEAL_BLOCK = 4096, SEAL_HEAD = 768 };

struct seal_block {
    int64_t region;
    enum seal_log_number log;
    int64_t number; /* from 1 */
    struct digest previous, root, rows;
    int64_t count;
    int64_t horizon, up_to;
    moment until; /* time of its newest row */
    moment sealed_at;
    char key_id[SEAL_KEY_ID];
};

/* Fills in rows and count. */
void seal_block_rows(struct seal_block *block, const int64_t *ids, const int64_t *abouts, size_t count);
/* Fills in root, rows and count. */
void seal_block_fill(struct seal_block *block, const int64_t *ids, const int64_t *abouts,
                     const struct digest *leaves, size_t count);
/* The head; borrowed from `out`. */
struct slice seal_block_head(const struct seal_block *block, char out[SEAL_HEAD]);
struct digest seal_block_hash(const struct seal_block *block);
/* Writes the key's id into the block and signs its head. */
bool seal_block_sign(struct seal_block *block, const struct seal_key *key, uint8_t signature[SEAL_SIGNATURE],
                     struct err *err);

#endif
