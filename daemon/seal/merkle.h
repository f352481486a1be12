/*
 * Merkle trees over leaf hashes (RFC 9162, 2.1, the same as RFC 6962): node = SHA-256(1 | left | right), the
 * left part being the largest power of two below the number of leaves. Pure.
 */
#ifndef WIJZER_MERKLE_H
#define WIJZER_MERKLE_H

#include "digest.h"

/* A tree of at most 2^24 leaves: what a proof of inclusion can be long. */
enum { MERKLE_PATH_MAX = 24 };

/* Of no leaves it is the hash of nothing. */
struct digest merkle_root(const struct digest *leaves, size_t count);

/* The proof that leaf `index` is in the tree, nearest first; returns its length, at most MERKLE_PATH_MAX. */
size_t merkle_path(const struct digest *leaves, size_t count, size_t index,
                   struct digest path[MERKLE_PATH_MAX]);
/* RFC 9162, 2.1.3.2. */
bool merkle_includes(const struct digest *root, size_t count, size_t index, const struct digest *leaf,
                     const struct digest *path, size_t length);

#endif
