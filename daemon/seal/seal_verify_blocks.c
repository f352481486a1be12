/* The blocks: each by itself as it is read, then their chain. */
#include <stdio.h>

#include "merkle.h"
#include "seal_verify_own.h"

#define NUMBER_MAX (INT64_C(1) << 53)
enum { MISSING_TOLD = 10 };

/* ---- one block ---- */

struct reading {
    struct seal_verify *verify;
    const struct slice *cells;
    struct seal_block block;
    struct digest hash, root; /* as they stand in the table */
    uint8_t signature[SEAL_SIGNATURE];
};

static struct slice cell(const struct reading *reading, enum seal_column column)
{
    return reading->cells[reading->verify->places[column]];
}

/* bytea, "\x0123". */
static struct slice hex_of(const struct reading *reading, enum seal_column column)
{
    struct slice text = cell(reading, column);
    return slice_starts(text, "\\x") ? slice_make(text.ptr + 2, text.len - 2) : SLICE_NONE;
}

static bool number(const struct reading *reading, enum seal_column column, int64_t *out)
{
    return slice_to_i64(cell(reading, column), INT64_MIN, INT64_MAX, out);
}

/* Enough to name it. */
static bool read_name(struct reading *reading)
{
    int log = seal_log_find(cell(reading, COLUMN_LOG));
    reading->block.log = log < SEAL_LOGS ? (enum seal_log_number)log : SEAL_EVENT;
    return number(reading, COLUMN_REGION, &reading->block.region) &&
           number(reading, COLUMN_BLOCK, &reading->block.number) && log < SEAL_LOGS;
}

static bool read_head(struct reading *reading)
{
    struct seal_block *block = &reading->block;
    struct slice key = cell(reading, COLUMN_KEY);
    if (key.len != SEAL_KEY_ID - 1)
        return false;
    memcpy(block->key_id, key.ptr, key.len);
    return number(reading, COLUMN_COUNT, &block->count) && number(reading, COLUMN_HORIZON, &block->horizon) &&
           number(reading, COLUMN_UP_TO, &block->up_to) &&
           seal_moment(cell(reading, COLUMN_UNTIL), &block->until) &&
           seal_moment(cell(reading, COLUMN_SEALED_AT), &block->sealed_at) &&
           digest_parse(hex_of(reading, COLUMN_PREVIOUS), &block->previous) &&
           digest_parse(hex_of(reading, COLUMN_ROOT), &reading->root) &&
           digest_parse(hex_of(reading, COLUMN_HASH), &reading->hash) &&
           hex_bytes(hex_of(reading, COLUMN_SIGNATURE), reading->signature, SEAL_SIGNATURE) == SEAL_SIGNATURE;
}

static bool read_rows(struct reading *reading)
{
    struct seal_verify *verify = reading->verify;
    int64_t count = reading->block.count;
    struct slice leaves = hex_of(reading, COLUMN_LEAVES);
    return count > 0 && count <= SEAL_BLOCK &&
           seal_numbers(cell(reading, COLUMN_IDS), verify->ids, SEAL_BLOCK) == count &&
           seal_numbers(cell(reading, COLUMN_ABOUTS), verify->abouts, SEAL_BLOCK) == count && leaves.ptr &&
           hex_bytes(leaves, (uint8_t *)verify->leaves, (size_t)count * DIGEST_SIZE) ==
               (long)count * DIGEST_SIZE;
}

static void tell(const struct reading *reading, enum seal_fault fault, int64_t id, int64_t about)
{
    struct seal_finding finding = verify_finding(fault, reading->block.region, (int32_t)reading->block.log);
    finding.block = reading->block.number;
    finding.id = id;
    finding.about = about;
    verify_tell(reading->verify, finding);
}

static void check_signature(const struct reading *reading)
{
    const struct seal_verify_options *options = &reading->verify->options;
    char head[SEAL_HEAD];
    struct slice text = seal_block_head(&reading->block, head);
    for (size_t i = 0; i < options->key_count; i++) {
        if (strcmp(seal_key_id(options->keys[i]), reading->block.key_id) != 0)
            continue;
        if (!seal_key_verify(options->keys[i], text, reading->signature))
            tell(reading, SEAL_BLOCK_UNSIGNED, 0, 0);
        return;
    }
    tell(reading, SEAL_BLOCK_KEY, 0, 0);
}

static void check_block(struct reading *reading)
{
    struct seal_verify *verify = reading->verify;
    size_t count = (size_t)reading->block.count;
    seal_block_fill(&reading->block, verify->ids, verify->abouts, verify->leaves, count);
    if (!digest_equal(&reading->block.root, &reading->root))
        tell(reading, SEAL_BLOCK_ROOT, 0, 0);
    reading->block.root = reading->root;
    struct digest hash = seal_block_hash(&reading->block);
    if (!digest_equal(&hash, &reading->hash))
        tell(reading, SEAL_BLOCK_HASH, 0, 0);
    reading->hash = hash;
    check_signature(reading);
    for (size_t i = 1; i < count; i++)
        if (verify->ids[i] <= verify->ids[i - 1])
            tell(reading, SEAL_ROW_MOVED, verify->ids[i], verify->abouts[i]);
}

static bool note_block(const struct reading *reading, struct err *err)
{
    const struct seal_block *block = &reading->block;
    struct seal_verify *verify = reading->verify;
    struct noted_block noted = {.region = block->region,
                                .number = block->number,
                                .horizon = block->horizon,
                                .up_to = block->up_to,
                                .count = block->count,
                                .until = block->until,
                                .sealed_at = block->sealed_at,
                                .log = (int32_t)block->log,
                                .previous = block->previous,
                                .hash = reading->hash};
    for (int64_t i = 0; i < block->count; i++) {
        struct noted_row row = {.region = block->region,
                                .id = verify->ids[i],
                                .about = verify->abouts[i],
                                .block = block->number,
                                .log = (int32_t)block->log,
                                .leaf = verify->leaves[i]};
        if (!sorter_add(verify->rows, &row, err))
            return false;
    }
    return sorter_add(verify->blocks, &noted, err);
}

bool verify_take_block(struct seal_verify *verify, const struct slice *cells, struct err *err)
{
    struct reading reading = {.verify = verify, .cells = cells};
    if (!read_name(&reading) || reading.block.number < 1 || reading.block.number > NUMBER_MAX ||
        !read_head(&reading) || !read_rows(&reading)) {
        tell(&reading, SEAL_BLOCK_UNREADABLE, 0, 0);
        return true;
    }
    check_block(&reading);
    return note_block(&reading, err);
}

/* ---- the chain ---- */

static void tell_block(struct seal_verify *verify, const struct chain *chain, enum seal_fault fault,
                       int64_t number)
{
    struct seal_finding finding = verify_finding(fault, chain->summary.region, (int32_t)chain->summary.log);
    finding.block = number;
    verify_tell(verify, finding);
}

static void check_link(struct seal_verify *verify, const struct chain *chain, const struct noted_block *block)
{
    static const struct digest none;
    int64_t expected = chain->summary.last + 1;
    if (block->number < expected)
        tell_block(verify, chain, SEAL_BLOCK_DOUBLE, block->number);
    for (int64_t missing = expected; missing < block->number && missing < expected + MISSING_TOLD; missing++)
        tell_block(verify, chain, SEAL_BLOCK_MISSING, missing);
    const struct digest *before = chain->summary.last ? &chain->summary.hash : &none;
    if (block->number == expected && !digest_equal(&block->previous, before))
        tell_block(verify, chain, SEAL_BLOCK_UNCHAINED, block->number);
    bool is_beyond =
        block->horizon > chain->horizon || (block->horizon == chain->horizon && block->up_to > chain->up_to);
    if (chain->summary.last && !is_beyond)
        tell_block(verify, chain, SEAL_BLOCK_HORIZON, block->number);
}

static void check_roots(struct seal_verify *verify, const struct chain *chain,
                        const struct noted_block *block)
{
    struct slice code = verify_code(verify, block->region);
    for (size_t i = 0; i < verify->options.root_count; i++) {
        const struct seal_root *root = &verify->options.roots[i];
        if (root->block != block->number || (int32_t)root->log != block->log ||
            !slice_equal(root->region_code, code))
            continue;
        verify->root_seen[i] = true;
        if (!digest_equal(&root->hash, &block->hash))
            tell_block(verify, chain, SEAL_ROOT_OTHER, block->number);
    }
}

static void tell_roots_gone(struct seal_verify *verify)
{
    for (size_t i = 0; i < verify->options.root_count; i++) {
        const struct seal_root *root = &verify->options.roots[i];
        if (verify->root_seen[i])
            continue;
        struct seal_finding finding = verify_finding(SEAL_ROOT_GONE, 0, (int32_t)root->log);
        finding.region_code = root->region_code;
        finding.block = root->block;
        verify_tell(verify, finding);
    }
}

static void link_block(struct seal_verify *verify, const struct noted_block *block)
{
    struct chain *chain = verify_chain(verify, block->region, block->log);
    check_link(verify, chain, block);
    check_roots(verify, chain, block);
    chain->summary.blocks++;
    chain->summary.last = block->number;
    chain->summary.sealed_at = block->sealed_at;
    chain->summary.hash = block->hash;
    chain->horizon = block->horizon;
    chain->up_to = block->up_to;
    chain->until = block->until;
}

bool verify_chains(struct seal_verify *verify, struct err *err)
{
    const struct noted_block *block;
    if (!sorter_sort(verify->blocks, err))
        return false;
    while ((block = sorter_next(verify->blocks, err)))
        link_block(verify, block);
    if (err->code != ERR_NONE)
        return false;
    tell_roots_gone(verify);
    return true;
}
