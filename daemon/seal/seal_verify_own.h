/* What the parts of the verifier share. */
#ifndef WIJZER_SEAL_VERIFY_OWN_H
#define WIJZER_SEAL_VERIFY_OWN_H

#include "arena.h"
#include "dump.h"
#include "sorter.h"
#include "seal_verify.h"

/* X(enumerator, "column") of data.seal. */
#define SEAL_COLUMN_LIST(X)                                                                                  \
    X(COLUMN_REGION, "region_id")                                                                            \
    X(COLUMN_LOG, "log")                                                                                     \
    X(COLUMN_BLOCK, "block_no")                                                                              \
    X(COLUMN_PREVIOUS, "previous")                                                                           \
    X(COLUMN_ROOT, "root")                                                                                   \
    X(COLUMN_COUNT, "count")                                                                                 \
    X(COLUMN_HORIZON, "horizon")                                                                             \
    X(COLUMN_UP_TO, "up_to")                                                                                 \
    X(COLUMN_UNTIL, "until")                                                                                 \
    X(COLUMN_SEALED_AT, "sealed_at")                                                                         \
    X(COLUMN_IDS, "ids")                                                                                     \
    X(COLUMN_ABOUTS, "abouts")                                                                               \
    X(COLUMN_LEAVES, "leaves")                                                                               \
    X(COLUMN_HASH, "hash")                                                                                   \
    X(COLUMN_KEY, "key_id")                                                                                  \
    X(COLUMN_SIGNATURE, "signature")

enum seal_column {
#define X(column, name) column,
    SEAL_COLUMN_LIST(X)
#undef X
        SEAL_COLUMN_COUNT
};

/* A row of a log, or what a block says about one. */
struct noted_row {
    int64_t region, id, about;
    int64_t block; /* 0: the row itself */
    int64_t tx;    /* of the row itself, as is `at` */
    moment at;
    int32_t log;
    struct digest leaf;
};

struct noted_block {
    int64_t region, number, horizon, up_to, count;
    moment until, sealed_at;
    int32_t log;
    struct digest previous, hash;
};

/* What is known of one log of one region. */
struct chain {
    struct seal_summary summary;
    int64_t horizon, up_to; /* of the last block */
    moment until;
    int64_t rows;
};

struct code {
    int64_t region;
    struct slice code;
};

struct seal_verify {
    struct seal_verify_options options;
    struct arena *arena; /* codes of regions */
    struct dump *dump;
    struct sorter *rows, *blocks;
    struct seal_row *row;
    /* the table that is being read */
    enum { TABLE_NONE, TABLE_REGION, TABLE_LOG, TABLE_SEAL } table;
    int log;
    struct seal_columns columns;
    bool has_names;                   /* that can be sealed */
    size_t places[SEAL_COLUMN_COUNT]; /* of data.seal's columns; or two of data.region's */
    bool has_columns, has_seals, has_log[SEAL_LOGS];
    /* one block, as it is read */
    int64_t *ids, *abouts;
    struct digest *leaves;
    /* what came of it */
    struct code *codes;
    size_t code_count;
    struct chain *chains;
    size_t chain_count;
    bool *root_seen;
    size_t findings;
    struct seal_summary *summaries;
};

struct seal_finding verify_finding(enum seal_fault fault, int64_t region, int32_t log);
void verify_tell(struct seal_verify *verify, struct seal_finding finding);
struct slice verify_code(const struct seal_verify *verify, int64_t region);
struct chain *verify_chain(struct seal_verify *verify, int64_t region, int32_t log);

/* A row of data.seal. */
bool verify_take_block(struct seal_verify *verify, const struct slice *cells, struct err *err);
/* All of it has come: the chain, then the rows. */
bool verify_chains(struct seal_verify *verify, struct err *err);
bool verify_rows(struct seal_verify *verify, struct err *err);

#endif
