/* A small sealed history as a dump, in memory, to be tampered with. */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "seal_verify.h"

enum { HISTORY_ROWS = 12, HISTORY_BLOCKS = 3, PER_BLOCK = 4, HISTORY_FINDINGS = 64 };

struct history_row {
    int64_t id, about, tx;
    char at[40];
    char kind[40];
};

struct history_block {
    struct seal_block block;
    int64_t ids[SEAL_BLOCK], abouts[SEAL_BLOCK];
    struct digest leaves[SEAL_BLOCK], hash;
    uint8_t signature[SEAL_SIGNATURE];
};

struct history {
    struct seal_key *key;
    struct history_row rows[HISTORY_ROWS + 4];
    size_t row_count;
    struct history_block blocks[HISTORY_BLOCKS + 2];
    size_t block_count;
};

static const char *const history_names[] = {"region_id", "referral_id", "event_id", "tx",
                                            "at",        "kind",        "channel"};

static inline struct digest history_leaf(const struct history_row *row)
{
    char region[] = "1", about[24], id[24], tx[24];
    snprintf(about, sizeof about, "%lld", (long long)row->about);
    snprintf(id, sizeof id, "%lld", (long long)row->id);
    snprintf(tx, sizeof tx, "%lld", (long long)row->tx);
    struct slice names[7], cells[] = {slice_of(region),  slice_of(about),     slice_of(id), slice_of(tx),
                                      slice_of(row->at), slice_of(row->kind), SLICE_NONE};
    for (size_t i = 0; i < 7; i++)
        names[i] = slice_of(history_names[i]);
    struct seal_row *buffer = seal_row_new();
    struct seal_facts facts;
    struct seal_columns columns;
    if (!seal_columns_find(&seal_logs[SEAL_EVENT], names, 7, &columns, NULL))
        abort();
    seal_row_take(buffer, &columns, cells, &facts);
    seal_row_free(&buffer);
    return facts.leaf;
}

/* Seals block `i` again: what it holds, its link and its signature. */
static inline void history_seal(struct history *history, size_t i, const struct seal_key *key)
{
    struct history_block *made = &history->blocks[i];
    struct err err;
    if (i)
        made->block.previous = history->blocks[i - 1].hash;
    seal_block_fill(&made->block, made->ids, made->abouts, made->leaves, (size_t)made->block.count);
    if (!seal_block_sign(&made->block, key, made->signature, &err))
        abort();
    made->hash = seal_block_hash(&made->block);
}

/* Twelve rows of referrals 100.., the last of transaction 2000+; three blocks. */
static inline void history_make(struct history *history)
{
    struct err err;
    *history =
        (struct history){.key = seal_key_new(&err), .row_count = HISTORY_ROWS, .block_count = HISTORY_BLOCKS};
    for (size_t i = 0; i < HISTORY_ROWS; i++) {
        struct history_row *row = &history->rows[i];
        *row = (struct history_row){
            .id = 10 + (int64_t)i, .about = 100 + (int64_t)i / 2, .tx = 1000 + 10 * (int64_t)i};
        snprintf(row->at, sizeof row->at, "2026-11-28 10:%02zu:00+00", i);
        snprintf(row->kind, sizeof row->kind, "kind-%zu", i);
    }
    for (size_t b = 0; b < HISTORY_BLOCKS; b++) {
        struct history_block *made = &history->blocks[b];
        made->block = (struct seal_block){.region = 1, .number = (int64_t)b + 1, .count = PER_BLOCK};
        for (size_t i = 0; i < PER_BLOCK; i++) {
            const struct history_row *row = &history->rows[b * PER_BLOCK + i];
            made->ids[i] = row->id;
            made->abouts[i] = row->about;
            made->leaves[i] = history_leaf(row);
            made->block.horizon = row->tx + 5;
            seal_moment(slice_of(row->at), &made->block.until);
        }
        made->block.sealed_at = made->block.until + 10 * MOMENT_SECOND;
        history_seal(history, b, history->key);
    }
}

static inline void history_free(struct history *history)
{
    seal_key_free(&history->key);
}

static inline void put_hex(FILE *out, const uint8_t *bytes, size_t count)
{
    fputs("\\\\x", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%02x", bytes[i]);
    fputc('\t', out);
}

static inline void put_numbers(FILE *out, const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%c%lld", i ? ',' : '{', (long long)numbers[i]);
    fputs("}\t", out);
}

static inline const char *pg_time(moment at, char out[MOMENT_TEXT + 4])
{
    moment_text(at, out);
    out[10] = ' ';
    memcpy(strchr(out, 'Z'), "+00", 4);
    return out;
}

static inline void put_block(FILE *out, const struct history_block *made)
{
    const struct seal_block *block = &made->block;
    char until[MOMENT_TEXT + 4], sealed_at[MOMENT_TEXT + 4];
    fprintf(out, "%lld\t%s\t%lld\t", (long long)block->region, seal_logs[block->log].name,
            (long long)block->number);
    put_hex(out, block->previous.bytes, DIGEST_SIZE);
    put_hex(out, block->root.bytes, DIGEST_SIZE);
    fprintf(out, "%lld\t%lld\t%lld\t%s\t%s\t", (long long)block->count, (long long)block->horizon,
            (long long)block->up_to, pg_time(block->until, until), pg_time(block->sealed_at, sealed_at));
    put_numbers(out, made->ids, (size_t)block->count);
    put_numbers(out, made->abouts, (size_t)block->count);
    put_hex(out, (const uint8_t *)made->leaves, (size_t)block->count * DIGEST_SIZE);
    put_hex(out, made->hash.bytes, DIGEST_SIZE);
    put_hex(out, made->signature, SEAL_SIGNATURE);
    fprintf(out, "%s\n", block->key_id);
}

static inline void put_rows(FILE *out, const struct history *history)
{
    fputs("COPY data.event (region_id, referral_id, event_id, tx, at, kind, channel) FROM stdin;\n", out);
    for (size_t i = 0; i < history->row_count; i++) {
        const struct history_row *row = &history->rows[i];
        fprintf(out, "1\t%lld\t%lld\t%lld\t%s\t%s\t\\N\n", (long long)row->about, (long long)row->id,
                (long long)row->tx, row->at, row->kind);
    }
    fputs("\\.\n", out);
}

static inline void put_blocks(FILE *out, const struct history *history)
{
    fputs("COPY data.seal (region_id, log, block_no, previous, root, count, horizon, up_to, until, "
          "sealed_at, ids, "
          "abouts, leaves, hash, signature, key_id) FROM stdin;\n",
          out);
    for (size_t i = 0; i < history->block_count; i++)
        put_block(out, &history->blocks[i]);
    fputs("\\.\n", out);
}

/* As pg_dump orders it, or the other way round. Owned. Not inlined: gcc 12 would take the text for a local.
 */
static __attribute__((noinline, unused)) char *history_dump(const struct history *history, bool is_reversed)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (is_reversed)
        put_blocks(out, history);
    else
        put_rows(out, history);
    fputs("COPY data.region (region_id, code, name) FROM stdin;\n1\tdeurne\tDeurne\n\\.\n", out);
    if (is_reversed)
        put_rows(out, history);
    else
        put_blocks(out, history);
    fclose(out);
    return text;
}

#endif
