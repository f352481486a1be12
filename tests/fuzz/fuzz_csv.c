// links: rules
// runs: 50000
/* A CSV file is a table or it is refused with reasons that can be shown; a table is written so that reading
 * it gives the same, and it decides anything without harm. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "csv.h"

static void check_refusal(const struct table_faults *faults)
{
    if (faults->count == 0)
        abort();
    for (size_t i = 0; i < faults->count; i++)
        if (faults->list[i].text.len == 0 || !slice_is_utf8(faults->list[i].text) ||
            !slice_is_utf8(faults->list[i].column) || !slice_is_utf8(faults->list[i].rule))
            abort();
}

static void check_written(const struct table *table, struct arena *arena)
{
    struct table_faults faults;
    struct slice difference = SLICE_NONE;
    struct slice text = csv_write(table, arena);
    const struct table *again = csv_read(text, "again.csv", NULL, arena, &faults);
    if (!again && faults.count)
        fprintf(stderr, "line %zu: %.*s\n", faults.list[0].line, SLICE_FMT(faults.list[0].text));
    if (again && table_equal(table, again, arena, &difference))
        return;
    fprintf(stderr, "%.*s\n%.*s\n", SLICE_FMT(difference), SLICE_FMT(text));
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    struct outcome outcome;
    const struct failed_example *failed;
    const struct table *table =
        csv_read(slice_make((const char *)data, size), "fuzz.csv", NULL, arena, &faults);
    if (table) {
        check_written(table, arena);
        table_decide(table, &(struct feel_scope){NULL, 0}, arena, &outcome);
        table_examples(table, arena, &failed);
    } else {
        check_refusal(&faults);
    }
    arena_free(&arena);
    return 0;
}
