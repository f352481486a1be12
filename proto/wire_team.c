#include "wire_read.h"

static const struct field pick_up_fields[] = {
    {"takeOver", FIELD_FLAG, false, AT(wire_pick_up, take_over)},
};
static const struct record pick_up_record = RECORD(pick_up_fields);

bool wire_decode_pick_up(struct slice json, struct arena *arena, struct wire_pick_up *out,
                         struct issues *issues, struct err *err)
{
    *out = (struct wire_pick_up){0};
    return wire_read(json, arena, &pick_up_record, out, issues, err) && wire_settle(issues, err);
}
