/*
 * SHA-256, as the seals use it: 32 bytes, made of a whole text at once or of pieces. One prefix byte keeps
 * what is hashed apart: 0 a leaf, 1 a node of a tree (RFC 9162, 2.1.1), 2 a block. Any thread; a hasher is
 * used by one.
 */
#ifndef WIJZER_DIGEST_H
#define WIJZER_DIGEST_H

#include "err.h"
#include "slice.h"

enum { DIGEST_SIZE = 32, DIGEST_HEX = 2 * DIGEST_SIZE + 1 };
enum digest_prefix { DIGEST_LEAF, DIGEST_NODE, DIGEST_BLOCK };

struct digest {
    uint8_t bytes[DIGEST_SIZE];
};

static inline bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

/* Of all the bytes. */
struct digest digest_of(struct slice bytes);
/* Of the prefix byte and what follows it; `second` may be absent. */
struct digest digest_with(enum digest_prefix prefix, struct slice first, struct slice second);

/* Lower-case hexadecimal, with a NUL; returns `out`. */
const char *digest_hex(const struct digest *digest, char out[DIGEST_HEX]);
/* Exactly 64 digits, upper or lower case. */
bool digest_parse(struct slice hex, struct digest *out);
/* Any even number of digits into at most `most` bytes; the number of bytes, or -1. */
long hex_bytes(struct slice hex, uint8_t *out, size_t most);

#endif
