/*
 * Verifies sealed history from a plain dump of the database: every leaf, root, hash, signature and link of
 * the chain; that no sealed row is gone, changed, double or in another order; that no row stands before the
 * last horizon without a seal; and that roots exported earlier are in the chain. Rows and blocks may come in
 * any order; what has to be compared is sorted (sorter.h), so that memory is bounded. What is wrong is told
 * finding by finding, each naming log, block, row and what it is about as far as they are known. One thread.
 * Pure but for the scratch files.
 *
 * What it cannot see: a change of a row that is not sealed yet; the loss of the newest blocks together with
 * their rows, unless a root exported after them is given.
 */
#ifndef WIJZER_SEAL_VERIFY_H
#define WIJZER_SEAL_VERIFY_H

#include <stdio.h>

#include "seal_block.h"

/* X(enumerator, "word", "what is wrong"). */
#define SEAL_FAULTS(X)                                                                                       \
    X(SEAL_ROW_CHANGED, "changed", "is not what was sealed")                                                 \
    X(SEAL_ROW_REMOVED, "removed", "was sealed and is gone")                                                 \
    X(SEAL_ROW_INSERTED, "inserted", "stands among sealed rows and is in no block")                          \
    X(SEAL_ROW_BACKDATED, "inserted", "is in no block and dated before what the last block holds")           \
    X(SEAL_ROW_DOUBLE, "double", "is there more than once")                                                  \
    X(SEAL_ROW_SEALED_TWICE, "double", "is in this block and in an earlier one")                             \
    X(SEAL_ROW_MOVED, "reordered", "does not stand in order in its block")                                   \
    X(SEAL_BLOCK_UNREADABLE, "block-broken", "cannot be read as a block")                                    \
    X(SEAL_BLOCK_ROOT, "block-broken", "has leaves that do not give its root")                               \
    X(SEAL_BLOCK_HASH, "block-broken", "has a hash that is not of its head")                                 \
    X(SEAL_BLOCK_UNSIGNED, "signature-wrong", "has a signature that does not fit it")                        \
    X(SEAL_BLOCK_KEY, "key-unknown", "is signed by a key that is not among those given")                     \
    X(SEAL_BLOCK_MISSING, "block-missing", "is missing")                                                     \
    X(SEAL_BLOCK_DOUBLE, "block-double", "is there more than once")                                          \
    X(SEAL_BLOCK_UNCHAINED, "chain-broken", "does not follow on the block before")                           \
    X(SEAL_BLOCK_HORIZON, "chain-broken", "has a horizon that is not beyond that of the block before")       \
    X(SEAL_NOT_SEALED, "not-sealed", "has rows and not one block")                                           \
    X(SEAL_ROOT_GONE, "rolled-back", "was exported and is not there: history was rolled back")               \
    X(SEAL_ROOT_OTHER, "rolled-back", "is another than the one that was exported")

enum seal_fault {
#define X(fault, word, text) fault,
    SEAL_FAULTS(X)
#undef X
        SEAL_FAULT_COUNT
};
const char *seal_fault_word(enum seal_fault fault);
const char *seal_fault_text(enum seal_fault fault);

/* 0: not known, or not about one. */
struct seal_finding {
    enum seal_fault fault;
    int64_t region;
    struct slice region_code; /* absent where the dump did not tell it yet */
    enum seal_log_number log;
    int64_t block, id, about;
};

/* What a steward kept: a block that must be in the chain. */
struct seal_root {
    struct slice region_code;
    enum seal_log_number log;
    int64_t block;
    struct digest hash;
};

struct seal_summary { /* of one log of one region */
    int64_t region;
    struct slice region_code;
    enum seal_log_number log;
    int64_t blocks, sealed, unsealed;
    int64_t last; /* number of the last block; 0: none */
    moment sealed_at;
    struct digest hash; /* of the last block */
};

struct seal_verify_options { /* borrowed while it lives */
    const struct seal_key *const *keys;
    size_t key_count;
    const struct seal_root *roots;
    size_t root_count;
    FILE *(*scratch)(void); /* opens a file without a name */
    size_t chunk;           /* rows kept in memory; 0: a default */
    void (*on_finding)(void *arg, const struct seal_finding *finding);
    void *arg;
};

struct seal_verify;
struct seal_verify *seal_verify_new(const struct seal_verify_options *options);
void seal_verify_free(struct seal_verify **verify);
/* Pieces of any size. False with *err: it cannot be read to its end. */
bool seal_verify_feed(struct seal_verify *verify, struct slice bytes, struct err *err);
/* After the last piece; the comparing, and most findings, come here. False with *err: there was nothing to
 * verify, or the dump is cut off. */
bool seal_verify_end(struct seal_verify *verify, struct err *err);

/* After the end. */
size_t seal_verify_findings(const struct seal_verify *verify);
size_t seal_verify_summaries(const struct seal_verify *verify, const struct seal_summary **out);

#endif
