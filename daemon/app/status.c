#include "status.h"

enum { FIELDS = 3 };

/* In the order of the type wijzer.status_request. */
static void fields(const struct batch_item *batched, struct slice *out, struct arena *arena)
{
    const struct status_item *item = (const struct status_item *)(const void *)batched;
    out[0] = slice_of(arena_number(arena, item->account_id));
    out[1] = slice_of(arena_number(arena, item->referral_id));
    out[2] = item->came_from;
}

static bool take_row(struct batch_item *batched, const PGresult *result, int row, struct arena *arena,
                     struct metrics *metrics)
{
    struct status_item *item = (struct status_item *)(void *)batched;
    (void)arena, (void)metrics;
    item->on_done(item, result, row, NULL);
    return true;
}

static void fail(struct batch_item *batched, const struct err *err)
{
    struct status_item *item = (struct status_item *)(void *)batched;
    item->on_done(item, NULL, 0, err);
}

const struct batch_kind status_kind = {.statement = STORE_GET_STATUSES,
                                       .field_count = FIELDS,
                                       .fields = fields,
                                       .take_row = take_row,
                                       .fail = fail};
