// links: core
// runs: 5000
/* Any events whatever: what they say is taken as the state, and then nothing differs; of a state with one
 * cell changed, that cell alone does. Events are read from six bytes each. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "history.h"

enum { EVENTS = 200, EVENT_SIZE = 6, ROWS = 3 * EVENTS };

/* A row as it must be, learned from what was found to be missing and different. */
struct row {
    enum history_table table;
    int64_t id, nr;
    struct slice cells[HISTORY_CELLS];
};

struct trial {
    struct arena *arena;
    const uint8_t *data;
    size_t event_count;
    struct row rows[ROWS];
    size_t row_count;
    size_t differs, broken, other; /* found, by fault */
    const char *column;            /* of the last that differs */
};

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void on_finding(void *arg, const struct history_finding *finding)
{
    struct trial *trial = arg;
    struct row *row = trial->rows;
    switch (finding->fault) {
    case HISTORY_BROKEN:
        demand(finding->table == HISTORY_EVENT && finding->text && finding->kind.ptr);
        trial->broken++;
        return;
    case HISTORY_UNKNOWN:
        demand(finding->table == HISTORY_EVENT);
        trial->broken++;
        return;
    case HISTORY_GONE:
        demand(trial->row_count < ROWS && finding->table < HISTORY_STATES);
        trial->rows[trial->row_count++] =
            (struct row){finding->table, finding->id, finding->nr, {SLICE_NONE}};
        trial->other++;
        return;
    case HISTORY_DIFFERS:
        trial->differs++;
        trial->column = finding->column;
        demand(!slice_equal(finding->state, finding->events) || !finding->state.ptr != !finding->events.ptr);
        while (row->table != finding->table || row->id != finding->id || row->nr != finding->nr)
            row++;
        for (size_t i = 0; i < history_shapes[finding->table].count; i++)
            if (history_shapes[finding->table].columns[i] == finding->column)
                row->cells[i] = arena_slice(trial->arena, finding->events);
        return;
    default:
        trial->other++;
    }
}

static size_t column_of(const char *name)
{
    size_t i = 0;
    while (strcmp(history_shapes[HISTORY_EVENT].columns[i], name) != 0)
        i++;
    return i;
}

static void set(struct slice *cells, const char *name, struct arena *arena, unsigned value)
{
    cells[column_of(name)] = value ? slice_of(arena_number(arena, value)) : SLICE_NONE;
}

static void feed_event(struct history *history, struct arena *arena, const uint8_t *b, size_t n)
{
    static const char *const kinds[16] = {
        "referral-sent",   "step-made",       "step-moved",        "step-moved",
        "step-moved",      "promise-started", "promise-overdue",   "promise-overdue",
        "step-moved",      "step-made",       "outcome-rolled-up", "feedback-opened",
        "feedback-opened", "loop-closed",     "client-told",       "unheard-of"};
    static const char *const statuses[8] = {"requested", "received",  "accepted", "in-progress",
                                            "on-hold",   "completed", "rejected", "nonsense"};
    struct slice cells[HISTORY_CELLS] = {SLICE_NONE};
    cells[column_of("kind")] = slice_of(kinds[b[0] % 16]);
    set(cells, "at", arena, (unsigned)n + 1);
    set(cells, "step_id", arena, b[1] % 4);
    set(cells, "version", arena, b[2] % 8);
    set(cells, "from_state", arena, b[3] % 4);
    set(cells, "to_state", arena, b[3] / 4 % 4);
    cells[column_of("from_status")] = slice_of(statuses[b[4] % 8]);
    cells[column_of("to_status")] = slice_of(statuses[b[4] / 8 % 8]);
    set(cells, "owner_id", arena, b[1] / 4 % 4);
    set(cells, "organisation_id", arena, b[1] / 16);
    set(cells, "account_id", arena, b[5]);
    set(cells, "feedback_id", arena, b[5] % 4);
    set(cells, "level", arena, b[5] / 4 % 4);
    set(cells, "promise_kind", arena, b[5] / 16 % 4);
    set(cells, "promise_due", arena, b[5] / 16);
    set(cells, "outcome", arena, b[4] / 64);
    cells[column_of("domains")] = slice_of("{one}"); /* of what is not said nothing can differ */
    set(cells, "wishes", arena, b[3] / 16 % 4);
    set(cells, "urgency", arena, b[3] / 64);
    history_event(history, (int64_t)n + 1, cells);
}

static void replay(struct trial *trial)
{
    struct arena *arena = arena_new(0);
    struct history *history =
        history_new(arena, 1, (struct history_sink){.on_finding = on_finding, .arg = trial});
    size_t count = trial->row_count;
    trial->differs = trial->broken = trial->other = 0;
    for (size_t i = 0; i < trial->event_count; i++)
        feed_event(history, arena, trial->data + i * EVENT_SIZE, i);
    for (size_t i = 0; i < count; i++)
        history_row(history, trial->rows[i].table, trial->rows[i].id, trial->rows[i].nr,
                    trial->rows[i].cells);
    history_compare(history);
    arena_free(&arena);
}

/* One cell of the state is not what it was. */
static void change_one(struct trial *trial, size_t size)
{
    struct row *row = &trial->rows[trial->data[size - 1] % trial->row_count];
    size_t column = trial->data[0] % history_shapes[row->table].count;
    row->cells[column] = row->cells[column].ptr && size % 2 ? SLICE_NONE : slice_of("changed");
    replay(trial);
    demand(trial->differs == 1 && trial->other == 0);
    demand(trial->column == history_shapes[row->table].columns[column]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trial *trial = xcalloc(1, sizeof *trial);
    trial->arena = arena_new(0);
    trial->data = data;
    trial->event_count = size / EVENT_SIZE < EVENTS ? size / EVENT_SIZE : EVENTS;
    replay(trial); /* learns the rows */
    demand(trial->other == trial->row_count && trial->differs == 0);
    size_t broken = trial->broken;
    replay(trial); /* learns their cells */
    demand(trial->other == 0 && trial->broken == broken);
    replay(trial); /* now it is the same */
    demand(trial->other == 0 && trial->differs == 0 && trial->broken == broken);
    if (trial->row_count)
        change_one(trial, size);
    arena_free(&trial->arena);
    xfree(trial);
    return 0;
}
