#include "wire_read.h"

enum { REASON_LENGTH = 500 };

static const struct field pick_up_fields[] = {
    {"takeOver", FIELD_FLAG, false, AT(wire_pick_up, take_over)},
};
static const struct record pick_up_record = RECORD(pick_up_fields);

static const struct field reopening_fields[] = {
    {"reason", FIELD_TEXT, true, 1, REASON_LENGTH, &form_free_text, AT(wire_reopening, reason)},
    {"offering", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_reopening, offering)},
};
static const struct record reopening_record = RECORD(reopening_fields);

static const struct field direction_fields[] = {
    {"organisation", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_direction, organisation)},
};
static const struct record direction_record = RECORD(direction_fields);

bool wire_decode_direction(struct slice json, struct arena *arena, struct wire_direction *out,
                           struct issues *issues, struct err *err)
{
    *out = (struct wire_direction){SLICE_NONE};
    return wire_read(json, arena, &direction_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_pick_up(struct slice json, struct arena *arena, struct wire_pick_up *out,
                         struct issues *issues, struct err *err)
{
    *out = (struct wire_pick_up){0};
    return wire_read(json, arena, &pick_up_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_reopening(struct slice json, struct arena *arena, struct wire_reopening *out,
                           struct issues *issues, struct err *err)
{
    *out = (struct wire_reopening){0};
    return wire_read(json, arena, &reopening_record, out, issues, err) && wire_settle(issues, err);
}

static const char *const channels[] = {"mail", "webhook", NULL};
static const char *const notice_kinds[] = {"notice", "step", "feedback", "question", "message", NULL};

static const struct field subscription_fields[] = {
    {"channel", FIELD_TEXT, true, 1, WORD_LENGTH, .words = channels, AT(wire_subscription, channel)},
    {"address", FIELD_TEXT, true, 1, REASON_LENGTH, &form_line, AT(wire_subscription, address)},
    {"kinds", FIELD_LIST, false, 1, WIRE_NOTICE_KINDS, .words = notice_kinds,
     LIST_AT(wire_subscription, kinds, kind_count)},
    {"personal", FIELD_FLAG, false, AT(wire_subscription, personal)},
};
static const struct record subscription_record = RECORD(subscription_fields);

bool wire_decode_subscription(struct slice json, struct arena *arena, struct wire_subscription *out,
                              struct issues *issues, struct err *err)
{
    *out = (struct wire_subscription){0};
    return wire_read(json, arena, &subscription_record, out, issues, err) && wire_settle(issues, err);
}
