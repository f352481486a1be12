#include "sealer.h"

#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "seal_block.h"
#include "seal_file.h"

enum { PAGE = 4 * SEAL_BLOCK, FIRST_BLOCK = 16384, ADD_PARAMS = 16 };
#define A_WHILE (MOMENT_SECOND / 2)

/* What is known of one log of one region from one look to the next. */
struct watched_log {
    int32_t region;
    int64_t number; /* of the last block that was seen; 0: none */
    int64_t due_at; /* monotonic; of the region, in its first log */
    bool is_told;   /* that transactions are numbered lower than history */
};

struct sealer {
    const struct clock *clock;
    struct asker *asker;
    struct seal_key *key; /* NULL: nothing is sealed */
    int64_t every;
    struct watched_log (*logs)[SEAL_LOGS]; /* by region */
    size_t region_count;
    struct seal_facts *page; /* PAGE of them */
    struct seal_row *row;
};

/* Where one log goes on. */
struct place {
    int log;
    struct slice names[SEAL_COLUMNS];
    size_t name_count;
    struct seal_columns columns;
    int64_t next; /* number of the next block */
    struct digest previous;
    int64_t horizon, up_to, final_below;
    moment now;
    bool is_behind;
};

/* One look at one region. */
struct looking {
    struct sealer *sealer;
    struct arena *arena; /* of the look */
    struct arena *brief; /* of a page, which takes megabytes */
    int32_t region;
    struct watched_log *logs;
    struct place places[SEAL_LOGS];
    size_t place_count;
    struct place *place; /* that is being sealed */
    size_t count;        /* rows in the page */
    bool is_readable, is_taken, has_more;
    int64_t begun;
    struct err *err;
};

/* ---- where to go on ---- */

/* "{a,b}" of plain names. */
static void take_names(struct looking *looking, struct place *place, struct slice text)
{
    struct slice rest = arena_slice(looking->arena, text);
    rest = rest.len > 2 ? slice_make(rest.ptr + 1, rest.len - 2) : SLICE_NONE;
    while (rest.ptr && place->name_count < SEAL_COLUMNS)
        place->names[place->name_count++] = slice_cut(&rest, ',');
}

static void take_place(struct looking *looking, const PGresult *rows, int row)
{
    struct place *place = &looking->places[looking->place_count];
    int log = seal_log_find(store_text(rows, row, "log"));
    if (log == SEAL_LOGS)
        return;
    looking->place_count++;
    *place = (struct place){.log = log,
                            .next = store_number(rows, row, "block_no", 1),
                            .horizon = store_number(rows, row, "horizon", 0),
                            .up_to = store_number(rows, row, "up_to", 0),
                            .final_below = store_number(rows, row, "final_below", 0),
                            .now = store_number(rows, row, "now_us", 0),
                            .is_behind = slice_is(store_text(rows, row, "is_behind"), "t")};
    digest_parse(store_text(rows, row, "previous"), &place->previous); /* zeroes before the first */
    take_names(looking, place, store_text(rows, row, "columns"));
}

static void take_places(void *arg, const PGresult *rows)
{
    struct looking *looking = arg;
    for (int row = 0; row < PQntuples(rows) && looking->place_count < SEAL_LOGS; row++)
        take_place(looking, rows, row);
}

static const char *number_text(struct looking *looking, int64_t number)
{
    return arena_printf(looking->brief, "%lld", (long long)number);
}

/* Told once, as long as it lasts. */
static bool is_in_order(struct looking *looking, const struct place *place)
{
    struct watched_log *log = &looking->logs[place->log];
    if (place->next <= log->number)
        log_event(EV_SEAL_FAILED, LOG_T("text", "history went back: blocks that were there are gone"),
                  LOG_N("region", looking->region), LOG_T("log", seal_logs[place->log].name),
                  LOG_N("block", log->number), LOG_N("last", place->next - 1));
    log->number = place->next - 1;
    if (place->is_behind && !log->is_told)
        log_event(
            EV_SEAL_FAILED,
            LOG_T("text", "transactions are numbered lower than history; restored? run wijzerd migrate"),
            LOG_N("region", looking->region), LOG_T("log", seal_logs[place->log].name));
    log->is_told = place->is_behind;
    return !place->is_behind;
}

/* ---- reading ---- */

static bool take_row(struct looking *looking, struct slice text, struct seal_facts *facts)
{
    const struct place *place = looking->place;
    struct slice cells[SEAL_COLUMNS];
    char *scratch = arena_alloc(looking->brief, text.len);
    long count = seal_record(text, scratch, cells, SEAL_COLUMNS);
    if (count < 0 || (size_t)count != place->name_count)
        return err_set(looking->err, ERR_SCHEMA, "a row of log %s does not fit its columns",
                       seal_logs[place->log].name);
    seal_row_take(looking->sealer->row, &place->columns, cells, facts);
    return true;
}

static void take_rows(void *arg, const PGresult *rows)
{
    struct looking *looking = arg;
    int count = PQntuples(rows) < PAGE ? PQntuples(rows) : PAGE;
    looking->count = 0;
    looking->is_readable = true;
    for (int row = 0; row < count && looking->is_readable; row++)
        looking->is_readable =
            take_row(looking, slice_make(PQgetvalue(rows, row, 0), (size_t)PQgetlength(rows, row, 0)),
                     &looking->sealer->page[looking->count++]);
}

static bool read_page(struct looking *looking)
{
    const struct place *place = looking->place;
    const char *params[] = {number_text(looking, looking->region),    seal_logs[place->log].name,
                            number_text(looking, place->horizon),     number_text(looking, place->up_to),
                            number_text(looking, place->final_below), number_text(looking, PAGE)};
    return asker_ask(looking->sealer->asker, STORE_SEAL_ROWS, params, take_rows, looking, looking->err) &&
           looking->is_readable;
}

/* ---- one block ---- */

static const char *hex_text(struct looking *looking, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(looking->brief, 2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return text;
}

static const char *numbers_text(struct looking *looking, const int64_t *numbers, size_t count)
{
    struct store_array array;
    store_array_begin(&array, looking->brief);
    for (size_t i = 0; i < count; i++)
        store_array_add_number(&array, numbers[i], INT64_MIN);
    return store_array_end(&array);
}

static void take_added(void *arg, const PGresult *rows)
{
    struct looking *looking = arg;
    looking->is_taken = !PQntuples(rows) || !slice_is(store_text(rows, 0, "is_added"), "t");
}

/* What there is to say about a block, and its rows. */
struct sheet {
    struct seal_block block;
    int64_t ids[SEAL_BLOCK], abouts[SEAL_BLOCK];
    struct digest leaves[SEAL_BLOCK];
    uint8_t signature[SEAL_SIGNATURE];
};

static bool add(struct looking *looking, const struct sheet *sheet, const struct digest *hash)
{
    const struct seal_block *block = &sheet->block;
    size_t count = (size_t)block->count;
    const char *params[ADD_PARAMS] = {number_text(looking, block->region),
                                      seal_logs[block->log].name,
                                      number_text(looking, block->number),
                                      hex_text(looking, block->previous.bytes, DIGEST_SIZE),
                                      hex_text(looking, block->root.bytes, DIGEST_SIZE),
                                      number_text(looking, block->count),
                                      number_text(looking, block->horizon),
                                      number_text(looking, block->up_to),
                                      number_text(looking, block->until),
                                      number_text(looking, block->sealed_at),
                                      numbers_text(looking, sheet->ids, count),
                                      numbers_text(looking, sheet->abouts, count),
                                      hex_text(looking, (const uint8_t *)sheet->leaves, count * DIGEST_SIZE),
                                      hex_text(looking, hash->bytes, DIGEST_SIZE),
                                      block->key_id,
                                      hex_text(looking, sheet->signature, SEAL_SIGNATURE)};
    return asker_ask(looking->sealer->asker, STORE_SEAL_ADD, params, take_added, looking, looking->err);
}

static int order_ids(const void *a, const void *b)
{
    int64_t x = ((const struct seal_facts *)a)->id, y = ((const struct seal_facts *)b)->id;
    return (x > y) - (x < y);
}

/* `facts` in order of transaction and number; left in order of number. */
static void fill(struct sheet *sheet, struct seal_facts *facts, size_t count)
{
    qsort(facts, count, sizeof *facts, order_ids);
    for (size_t i = 0; i < count; i++) {
        sheet->ids[i] = facts[i].id;
        sheet->abouts[i] = facts[i].about;
        sheet->leaves[i] = facts[i].leaf;
        if (i == 0 || facts[i].at > sheet->block.until)
            sheet->block.until = facts[i].at;
    }
    seal_block_fill(&sheet->block, sheet->ids, sheet->abouts, sheet->leaves, count);
}

/* False with *err; looking->is_taken: another daemon was quicker. */
static bool seal_block(struct looking *looking, struct seal_facts *facts, size_t count, bool is_last)
{
    struct place *place = looking->place;
    struct sheet *sheet = arena_alloc(looking->brief, sizeof *sheet);
    sheet->block = (struct seal_block){.region = looking->region,
                                       .log = (enum seal_log_number)place->log,
                                       .number = place->next,
                                       .previous = place->previous,
                                       .horizon = is_last ? place->final_below : facts[count - 1].tx,
                                       .up_to = is_last ? 0 : facts[count - 1].id,
                                       .sealed_at = place->now};
    fill(sheet, facts, count);
    if (!seal_block_sign(&sheet->block, looking->sealer->key, sheet->signature, looking->err))
        return false;
    struct digest hash = seal_block_hash(&sheet->block);
    if (!add(looking, sheet, &hash))
        return false;
    if (looking->is_taken)
        return true;
    log_event(EV_SEALED, LOG_N("region", looking->region), LOG_T("log", seal_logs[place->log].name),
              LOG_N("block", place->next), LOG_N("rows", count));
    looking->logs[place->log].number = place->next++;
    place->previous = hash;
    place->horizon = sheet->block.horizon;
    place->up_to = sheet->block.up_to;
    return true;
}

/* ---- all of it ---- */

static bool seal_page(struct looking *looking)
{
    bool is_full = looking->count == PAGE;
    for (size_t at = 0; at < looking->count && !looking->is_taken; at += SEAL_BLOCK) {
        size_t left = looking->count - at, count = left < SEAL_BLOCK ? left : SEAL_BLOCK;
        if (!seal_block(looking, looking->sealer->page + at, count, !is_full && count == left))
            return false;
    }
    return true;
}

static bool seal_next_page(struct looking *looking)
{
    arena_free(&looking->brief);
    looking->brief = arena_new(FIRST_BLOCK);
    return read_page(looking) && seal_page(looking);
}

/* Page by page until all is sealed, another daemon is at it, or it has taken a while. */
static bool seal_log(struct looking *looking)
{
    while (seal_next_page(looking)) {
        if (looking->count < PAGE || looking->is_taken)
            return true;
        looking->has_more =
            looking->has_more || clock_monotonic(looking->sealer->clock) - looking->begun > A_WHILE;
        if (looking->has_more)
            return true;
    }
    return false;
}

static bool find_columns(struct looking *looking)
{
    struct place *place = looking->place;
    return seal_columns_find(&seal_logs[place->log], place->names, place->name_count, &place->columns,
                             looking->err);
}

static bool seal_region(struct looking *looking)
{
    const char *params[] = {number_text(looking, looking->region)};
    if (!asker_ask(looking->sealer->asker, STORE_SEAL_NEXT, params, take_places, looking, looking->err))
        return false;
    for (size_t i = 0; i < looking->place_count; i++) {
        looking->place = &looking->places[i];
        looking->is_taken = false;
        if (is_in_order(looking, looking->place) && !(find_columns(looking) && seal_log(looking)))
            return false;
    }
    return true;
}

static struct watched_log *watch(struct sealer *sealer, int32_t region)
{
    for (size_t i = 0; i < sealer->region_count; i++)
        if (sealer->logs[i][0].region == region)
            return sealer->logs[i];
    sealer->logs = xrealloc(sealer->logs, (sealer->region_count + 1) * sizeof *sealer->logs);
    struct watched_log *logs = sealer->logs[sealer->region_count++];
    memset(logs, 0, sizeof *sealer->logs);
    logs[0].region = region;
    return logs;
}

void sealer_look(struct sealer *sealer, int32_t region)
{
    struct err err;
    int64_t now = clock_monotonic(sealer->clock);
    struct watched_log *logs = watch(sealer, region);
    if (!sealer->key || now < logs[0].due_at)
        return;
    struct looking looking = {.sealer = sealer, .region = region, .logs = logs, .begun = now, .err = &err};
    looking.arena = arena_new(0);
    looking.brief = arena_new(FIRST_BLOCK);
    if (!seal_region(&looking) && err.code != ERR_DRAINING)
        log_error(EV_SEAL_FAILED, &err);
    logs[0].due_at = looking.has_more ? 0 : clock_monotonic(sealer->clock) + sealer->every;
    arena_free(&looking.brief);
    arena_free(&looking.arena);
}

/* ---- its life ---- */

/* A key that can sign. */
static struct seal_key *read_key(const char *path, struct err *err)
{
    struct seal_key *key = seal_key_read(path, err);
    if (!key || seal_key_can_sign(key))
        return key;
    err_set(err, ERR_CONFIG, "%s: a public key cannot sign", path);
    seal_key_free(&key);
    return NULL;
}

bool sealer_check(const struct config *config, struct err *err)
{
    struct seal_key *key = config->seal_key ? read_key(config->seal_key, err) : NULL;
    bool ok = key || !config->seal_key;
    seal_key_free(&key);
    return ok;
}

struct sealer *sealer_new(const struct clock *clock, const struct config *config, struct asker *asker,
                          struct err *err)
{
    struct sealer *sealer = xcalloc(1, sizeof *sealer);
    *sealer = (struct sealer){.clock = clock, .asker = asker, .every = config->seal_every};
    if (!config->seal_key) {
        log_event(EV_NOT_SEALED, LOG_T("text", "seal-key is not set: history is not sealed"));
        return sealer;
    }
    sealer->page = xcalloc(PAGE, sizeof *sealer->page);
    sealer->row = seal_row_new();
    sealer->key = read_key(config->seal_key, err);
    if (!sealer->key)
        sealer_free(&sealer);
    return sealer;
}

void sealer_free(struct sealer **sealer)
{
    struct sealer *s = *sealer;
    if (!s)
        return;
    seal_key_free(&s->key);
    if (s->row)
        seal_row_free(&s->row);
    free(s->page);
    free(s->logs);
    xfree(*sealer);
}
