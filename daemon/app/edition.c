#include "edition.h"

#include <stdlib.h>

#include "arena.h"

enum { FIRST_BLOCK = 65536, KEPT = 16, KEPT_RULES = 300000 };

/* ---- one ---- */

static int column_of(const void *rows, const char *name)
{
    return PQfnumber(rows, name);
}

static struct slice cell_of(const void *rows, size_t row, int column)
{
    return column < 0 ? SLICE_NONE : store_cell(rows, (int)row, column);
}

struct rule_source edition_source(const PGresult *rows)
{
    return (struct rule_source){rows, (size_t)PQntuples(rows), column_of, cell_of};
}

/* The ids in the order of the table: the row for everything else comes last, wherever it stood. */
static const int32_t *offering_ids(const PGresult *rows, struct arena *arena)
{
    int count = PQntuples(rows), at = 0, last = PQfnumber(rows, "is_otherwise");
    int32_t *ids = arena_array(arena, (size_t)count, sizeof *ids);
    for (int pass = 0; pass < 2; pass++)
        for (int row = 0; row < count; row++)
            if (slice_is(cell_of(rows, (size_t)row, last), "t") == (pass == 1))
                ids[at++] = (int32_t)store_number(rows, row, "offering_id", 0);
    return ids;
}

static bool has_offerings(const struct question *question)
{
    for (size_t i = 0; i < question->output_count; i++)
        if (question->outputs[i] == ANSWER_OFFERING)
            return true;
    return false;
}

static bool read_rows(struct edition *edition, const PGresult *rows, const struct edition_wish *wish,
                      struct err *err)
{
    struct rule_source source = edition_source(rows);
    edition->question = question_of(wish->table);
    edition->policy = wish->policy ? wish->policy : edition->question ? edition->question->policy : 0;
    if (!edition->question || source.count == 0)
        return err_set(err, ERR_NOT_FOUND, "region %d, table %d: there are no rows of version %d",
                       wish->region_id, wish->table, wish->version);
    edition->table = rulebook_rows(edition->question, edition->policy, edition->region, &source,
                                   wish->examples, edition->arena, err);
    if (edition->table && has_offerings(edition->question))
        edition->offering_ids = offering_ids(rows, edition->arena);
    return edition->table != NULL;
}

struct edition *edition_read(const PGresult *rows, const struct edition_wish *wish, struct err *err)
{
    struct edition *edition = xcalloc(1, sizeof *edition);
    edition->region_id = wish->region_id;
    edition->version = wish->version;
    edition->region = wish->region ? region_hold(wish->region) : NULL;
    edition->arena = arena_new(FIRST_BLOCK);
    edition->has_examples = wish->examples.ptr != NULL;
    if (!read_rows(edition, rows, wish, err))
        edition_free(&edition);
    return edition;
}

void edition_free(struct edition **edition)
{
    struct edition *e = *edition;
    if (!e)
        return;
    ruleset_release(&e->set);
    region_release(&e->region);
    arena_free(&e->arena);
    xfree(*edition);
}

const struct ruleset *edition_ruleset(struct edition *edition, struct err *err)
{
    if (!edition->set)
        edition->set =
            ruleset_build(edition->question, edition->version, edition->table, edition->offering_ids, err);
    return edition->set;
}

/* ---- the last few ---- */

struct editions {
    struct asker *asker;
    struct edition **list;
    size_t count, room;
    uint64_t clock; /* grows with every use */
};

struct editions *editions_new(struct asker *asker)
{
    struct editions *editions = xcalloc(1, sizeof *editions);
    editions->asker = asker;
    return editions;
}

static void drop(struct editions *editions, size_t at)
{
    edition_free(&editions->list[at]);
    editions->list[at] = editions->list[--editions->count];
}

void editions_free(struct editions **editions)
{
    if (!*editions)
        return;
    while ((*editions)->count)
        drop(*editions, 0);
    free((*editions)->list);
    xfree(*editions);
}

static void add(struct editions *editions, struct edition *edition)
{
    if (editions->count == editions->room) {
        editions->room = editions->room ? 2 * editions->room : KEPT;
        editions->list = xrealloc(editions->list, editions->room * sizeof(struct edition *));
    }
    editions->list[editions->count++] = edition;
}

struct reading {
    const struct edition_wish *wish;
    struct edition *edition;
    struct err *err;
};

static void take(void *arg, const PGresult *rows)
{
    struct reading *reading = arg;
    reading->edition = edition_read(rows, reading->wish, reading->err);
}

static struct edition *load(struct editions *editions, const struct edition_wish *wish, struct err *err)
{
    struct reading reading = {wish, NULL, err};
    struct arena *arena = arena_new(0);
    const char *params[2] = {arena_printf(arena, "%d", wish->region_id),
                             arena_printf(arena, "%d", wish->version)};
    asker_ask(editions->asker, STORE_RULE_ROWS, params, take, &reading, err);
    arena_free(&arena);
    if (reading.edition)
        add(editions, reading.edition);
    return reading.edition;
}

static bool satisfies(const struct edition *edition, const struct edition_wish *wish)
{
    return edition->region_id == wish->region_id && edition->version == wish->version &&
           (edition->has_examples || !wish->examples.ptr) &&
           (!wish->region || (edition->region && edition->region->version == wish->region->version));
}

struct edition *editions_get(struct editions *editions, const struct edition_wish *wish, struct err *err)
{
    struct edition *found = NULL;
    for (size_t i = 0; i < editions->count && !found; i++)
        if (satisfies(editions->list[i], wish))
            found = editions->list[i];
    if (!found)
        found = load(editions, wish, err);
    if (found)
        found->used = ++editions->clock;
    return found;
}

void editions_tidy(struct editions *editions)
{
    for (;;) {
        size_t rules = 0, oldest = 0;
        for (size_t i = 0; i < editions->count; i++) {
            rules += editions->list[i]->table->rule_count;
            if (editions->list[i]->used < editions->list[oldest]->used)
                oldest = i;
        }
        if (editions->count <= KEPT && rules <= KEPT_RULES)
            return;
        drop(editions, oldest);
    }
}
