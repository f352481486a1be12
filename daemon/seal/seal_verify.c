#include "seal_verify.h"

#include "seal_verify_own.h"

enum { CHUNK = 1 << 17, BLOCK_CHUNK = 1 << 14 };

static const struct {
    const char *word, *text;
} faults[SEAL_FAULT_COUNT] = {
#define X(fault, word, text) [fault] = {(word), (text)},
    SEAL_FAULTS(X)
#undef X
};

static const char *const seal_columns[SEAL_COLUMN_COUNT] = {
#define X(column, name) [column] = (name),
    SEAL_COLUMN_LIST(X)
#undef X
};

const char *seal_fault_word(enum seal_fault fault)
{
    return faults[fault].word;
}

const char *seal_fault_text(enum seal_fault fault)
{
    return faults[fault].text;
}

/* ---- telling ---- */

struct seal_finding verify_finding(enum seal_fault fault, int64_t region, int32_t log)
{
    return (struct seal_finding){.fault = fault, .region = region, .log = (enum seal_log_number)log};
}

void verify_tell(struct seal_verify *verify, struct seal_finding finding)
{
    if (!finding.region_code.ptr)
        finding.region_code = verify_code(verify, finding.region);
    verify->findings++;
    verify->options.on_finding(verify->options.arg, &finding);
}

struct slice verify_code(const struct seal_verify *verify, int64_t region)
{
    for (size_t i = 0; i < verify->code_count; i++)
        if (verify->codes[i].region == region)
            return verify->codes[i].code;
    return SLICE_NONE;
}

struct chain *verify_chain(struct seal_verify *verify, int64_t region, int32_t log)
{
    for (size_t i = verify->chain_count; i-- > 0;)
        if (verify->chains[i].summary.region == region &&
            verify->chains[i].summary.log == (enum seal_log_number)log)
            return &verify->chains[i];
    verify->chains = xrealloc(verify->chains, (verify->chain_count + 1) * sizeof *verify->chains);
    struct chain *chain = &verify->chains[verify->chain_count++];
    *chain = (struct chain){.summary = {.region = region, .log = (enum seal_log_number)log}};
    return chain;
}

/* ---- reading ---- */

static bool find_places(struct seal_verify *verify, const char *const *wanted, size_t wanted_count,
                        const struct slice *columns, size_t count)
{
    for (size_t i = 0; i < wanted_count; i++) {
        size_t place = 0;
        while (place < count && !slice_is(columns[place], wanted[i]))
            place++;
        if (place == count)
            return false;
        verify->places[i] = place;
    }
    return true;
}

static bool on_table(void *arg, struct slice schema, struct slice table, const struct slice *columns,
                     size_t count)
{
    static const char *const region_columns[] = {"region_id", "code"};
    struct seal_verify *verify = arg;
    verify->table = TABLE_NONE;
    if (!slice_is(schema, "data"))
        return false;
    if (slice_is(table, "region")) {
        verify->table = TABLE_REGION;
        verify->has_columns = find_places(verify, region_columns, 2, columns, count);
    } else if (slice_is(table, "seal")) {
        verify->table = TABLE_SEAL;
        verify->has_seals = true;
        verify->has_columns = find_places(verify, seal_columns, SEAL_COLUMN_COUNT, columns, count);
    } else if ((verify->log = seal_log_find(table)) < SEAL_LOGS) {
        const char *needed[] = {"region_id", seal_logs[verify->log].id, "tx", "at"};
        verify->table = TABLE_LOG;
        verify->has_log[verify->log] = true;
        verify->has_columns = find_places(verify, needed, 4, columns, count);
        verify->has_names =
            seal_columns_find(&seal_logs[verify->log], columns, count, &verify->columns, NULL);
    }
    return verify->table != TABLE_NONE;
}

static void take_region(struct seal_verify *verify, const struct slice *cells)
{
    struct code code = {.code = arena_slice(verify->arena, cells[verify->places[1]])};
    if (!slice_to_i64(cells[verify->places[0]], INT32_MIN, INT32_MAX, &code.region) || !code.code.ptr)
        return;
    verify->codes = xrealloc(verify->codes, (verify->code_count + 1) * sizeof code);
    verify->codes[verify->code_count++] = code;
}

static bool take_log_row(struct seal_verify *verify, const struct slice *cells, struct err *err)
{
    struct seal_facts facts;
    if (!verify->has_names)
        return err_set(err, ERR_SCHEMA, "table data.%s has a column whose name cannot be sealed",
                       seal_logs[verify->log].name);
    seal_row_take(verify->row, &verify->columns, cells, &facts);
    struct noted_row row = {.region = facts.region,
                            .id = facts.id,
                            .about = facts.about,
                            .tx = facts.tx,
                            .at = facts.at,
                            .log = verify->log,
                            .leaf = facts.leaf};
    return sorter_add(verify->rows, &row, err);
}

static bool on_row(void *arg, const struct slice *cells, size_t count, struct err *err)
{
    struct seal_verify *verify = arg;
    (void)count;
    if (!verify->has_columns)
        return err_set(err, ERR_SCHEMA,
                       "a table of the dump lacks columns that sealing needs: is it of this program?");
    switch (verify->table) {
    case TABLE_REGION:
        take_region(verify, cells);
        return true;
    case TABLE_SEAL:
        return verify_take_block(verify, cells, err);
    case TABLE_LOG:
        return take_log_row(verify, cells, err);
    case TABLE_NONE:
        break;
    }
    return true;
}

bool seal_verify_feed(struct seal_verify *verify, struct slice bytes, struct err *err)
{
    return dump_feed(verify->dump, bytes, err);
}

/* ---- the end ---- */

static void summarise(struct seal_verify *verify)
{
    verify->summaries = xcalloc(verify->chain_count, sizeof *verify->summaries);
    for (size_t i = 0; i < verify->chain_count; i++) {
        struct chain *chain = &verify->chains[i];
        chain->summary.region_code = verify_code(verify, chain->summary.region);
        if (!chain->summary.blocks && chain->rows)
            verify_tell(verify,
                        verify_finding(SEAL_NOT_SEALED, chain->summary.region, (int32_t)chain->summary.log));
        verify->summaries[i] = chain->summary;
    }
}

bool seal_verify_end(struct seal_verify *verify, struct err *err)
{
    if (!dump_end(verify->dump, err))
        return false;
    if (!verify->has_log[SEAL_EVENT] || !verify->has_seals)
        return err_set(err, ERR_CONFIG,
                       "the dump has no rows of table data.%s; it must be plain text with COPY",
                       verify->has_seals ? "event" : "seal");
    if (!verify_chains(verify, err) || !verify_rows(verify, err))
        return false;
    summarise(verify);
    return true;
}

size_t seal_verify_findings(const struct seal_verify *verify)
{
    return verify->findings;
}

size_t seal_verify_summaries(const struct seal_verify *verify, const struct seal_summary **out)
{
    *out = verify->summaries;
    return verify->chain_count;
}

/* ---- its life ---- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int first_of(const int *comparisons, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (comparisons[i])
            return comparisons[i];
    return 0;
}

/* By row; what blocks say of it, in order, before the row itself. */
static int order_rows(const void *a, const void *b)
{
    const struct noted_row *x = a, *y = b;
    const int by[] = {compare_numbers(x->region, y->region),
                      compare_numbers(x->log, y->log),
                      compare_numbers(x->id, y->id),
                      compare_numbers(x->block == 0, y->block == 0),
                      compare_numbers(x->block, y->block),
                      compare_numbers(x->about, y->about),
                      memcmp(x->leaf.bytes, y->leaf.bytes, DIGEST_SIZE)};
    return first_of(by, sizeof by / sizeof by[0]);
}

static int order_blocks(const void *a, const void *b)
{
    const struct noted_block *x = a, *y = b;
    const int by[] = {compare_numbers(x->region, y->region), compare_numbers(x->log, y->log),
                      compare_numbers(x->number, y->number),
                      memcmp(x->hash.bytes, y->hash.bytes, DIGEST_SIZE)};
    return first_of(by, sizeof by / sizeof by[0]);
}

struct seal_verify *seal_verify_new(const struct seal_verify_options *options)
{
    struct seal_verify *verify = xcalloc(1, sizeof *verify);
    size_t chunk = options->chunk ? options->chunk : CHUNK;
    verify->options = *options;
    verify->arena = arena_new(0);
    verify->dump = dump_new(&(struct dump_sink){on_table, on_row, verify});
    verify->rows = sorter_new(sizeof(struct noted_row), chunk, order_rows, options->scratch);
    verify->blocks = sorter_new(sizeof(struct noted_block), BLOCK_CHUNK, order_blocks, options->scratch);
    verify->row = seal_row_new();
    verify->ids = xcalloc(SEAL_BLOCK, sizeof *verify->ids);
    verify->abouts = xcalloc(SEAL_BLOCK, sizeof *verify->abouts);
    verify->leaves = xcalloc(SEAL_BLOCK, sizeof *verify->leaves);
    verify->root_seen = xcalloc(options->root_count, sizeof *verify->root_seen);
    return verify;
}

void seal_verify_free(struct seal_verify **verify)
{
    struct seal_verify *v = *verify;
    if (!v)
        return;
    dump_free(&v->dump);
    sorter_free(&v->rows);
    sorter_free(&v->blocks);
    seal_row_free(&v->row);
    free(v->ids);
    free(v->abouts);
    free(v->leaves);
    free(v->root_seen);
    free(v->codes);
    free(v->chains);
    free(v->summaries);
    arena_free(&v->arena);
    xfree(*verify);
}
