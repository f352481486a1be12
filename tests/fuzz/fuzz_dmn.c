// links: rules
// runs: 60000
/* A DMN file is a model or it is refused with reasons that can be shown; its tables are written so that
 * reading them gives the same, and it decides anything without harm. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "dmn.h"

static void check_refusal(const struct table_faults *faults)
{
    if (faults->count == 0)
        abort();
    for (size_t i = 0; i < faults->count; i++)
        if (faults->list[i].text.len == 0 || !slice_is_utf8(faults->list[i].text))
            abort();
}

static void check_written(const struct table *table, struct arena *arena)
{
    struct table_faults faults;
    struct slice difference = SLICE_NONE;
    struct slice text = dmn_write(table, arena);
    const struct dmn_model *again = dmn_read(text, "again.dmn", arena, &faults);
    if (!again && faults.count)
        fprintf(stderr, "line %zu: %.*s\n", faults.list[0].line, SLICE_FMT(faults.list[0].text));
    if (again && table_equal(table, again->decisions[0].table, arena, &difference))
        return;
    fprintf(stderr, "%.*s\n%.*s\n", SLICE_FMT(difference), SLICE_FMT(text));
    abort();
}

static void check_model(const struct dmn_model *model, struct arena *arena)
{
    const struct feel_scope nothing = {NULL, 0};
    struct outcome outcome;
    struct err err;
    for (size_t i = 0; i < model->decision_count; i++) {
        const struct dmn_decision *decision = &model->decisions[i];
        if (decision->table)
            check_written(decision->table, arena);
        if (!dmn_decide(model, decision, &nothing, arena, &outcome, &err) && err.code != ERR_CONFIG)
            abort();
    }
    if (!dmn_find(model, NULL, &err) && (err.code != ERR_CONFIG || !slice_is_utf8(slice_of(err.text))))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    const struct dmn_model *model =
        dmn_read(slice_make((const char *)data, size), "fuzz.dmn", arena, &faults);
    if (model)
        check_model(model, arena);
    else
        check_refusal(&faults);
    arena_free(&arena);
    return 0;
}
