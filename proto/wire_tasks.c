#include "wire_read.h"

enum {
    MESSAGE_LENGTH = 2000,
    MESSAGES = 1000,
    NOTE_LENGTH = 500,
    GOAL_LENGTH = 500,
    TIME_LENGTH = 5,
    TOP_SCORE = 10
};

static const char *const ends[] = {"reached", "partly", "not-reached", "dropped", NULL};

/* "14:00" */
static bool is_time(struct slice text)
{
    for (size_t i = 0; i < TIME_LENGTH; i++)
        if (text.len != TIME_LENGTH || (i == 2 ? text.ptr[i] != ':' : text.ptr[i] < '0' || text.ptr[i] > '9'))
            return false;
    return memcmp(text.ptr, "24", 2) < 0 && text.ptr[3] < '6';
}
static const struct form form_time = {is_time, "pattern", "a time of the day as HH:MM such as 14:00"};

static const struct field call_back_fields[] = {
    {"on", FIELD_TEXT, true, 10, 10, &form_date, AT(wire_call_back, on)},
    {"at", FIELD_TEXT, false, TIME_LENGTH, TIME_LENGTH, &form_time, AT(wire_call_back, at)},
    {"note", FIELD_TEXT, false, 0, NOTE_LENGTH, &form_free_text, AT(wire_call_back, note)},
    {"instead", FIELD_FLAG, false, AT(wire_call_back, instead)},
};
static const struct record call_back_record = RECORD(call_back_fields);

static const struct field called_back_fields[] = {
    {"channel", FIELD_TEXT, false, .words = wire_channels, AT(wire_called_back, channel)},
    {"result", FIELD_TEXT, false, .words = wire_results, AT(wire_called_back, result)},
};
static const struct record called_back_record = RECORD(called_back_fields);

static const struct field goal_fields[] = {
    {"text", FIELD_TEXT, true, 1, GOAL_LENGTH, &form_free_text, AT(wire_goal, text)},
    {"domain", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_goal, domain)},
    {"score", FIELD_INTEGER, false, 1, TOP_SCORE, AT(wire_goal, score)},
};
static const struct record goal_record = RECORD(goal_fields);

static const struct field goal_score_fields[] = {
    {"score", FIELD_INTEGER, true, 1, TOP_SCORE, AT(wire_goal_score, score)},
};
static const struct record goal_score_record = RECORD(goal_score_fields);

static const struct field goal_end_fields[] = {
    {"state", FIELD_TEXT, true, .words = ends, AT(wire_goal_end, state)},
};
static const struct record goal_end_record = RECORD(goal_end_fields);

static const struct field text_message_fields[] = {
    {"text", FIELD_TEXT, true, 1, MESSAGE_LENGTH, &form_free_text, AT(wire_text_message, text)},
};
static const struct record text_message_record = RECORD(text_message_fields);

static const struct field message_mark_fields[] = {
    {"upTo", FIELD_INTEGER, true, 1, MESSAGES, AT(wire_message_mark, up_to)},
};
static const struct record message_mark_record = RECORD(message_mark_fields);

bool wire_decode_text_message(struct slice json, struct arena *arena, struct wire_text_message *out,
                              struct issues *issues, struct err *err)
{
    *out = (struct wire_text_message){0};
    return wire_read(json, arena, &text_message_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_message_mark(struct slice json, struct arena *arena, struct wire_message_mark *out,
                              struct issues *issues, struct err *err)
{
    *out = (struct wire_message_mark){0};
    return wire_read(json, arena, &message_mark_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_call_back(struct slice json, struct arena *arena, struct wire_call_back *out,
                           struct issues *issues, struct err *err)
{
    *out = (struct wire_call_back){0};
    return wire_read(json, arena, &call_back_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_called_back(struct slice json, struct arena *arena, struct wire_called_back *out,
                             struct issues *issues, struct err *err)
{
    *out = (struct wire_called_back){0};
    return wire_read(json, arena, &called_back_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_goal(struct slice json, struct arena *arena, struct wire_goal *out, struct issues *issues,
                      struct err *err)
{
    *out = (struct wire_goal){0};
    return wire_read(json, arena, &goal_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_goal_score(struct slice json, struct arena *arena, struct wire_goal_score *out,
                            struct issues *issues, struct err *err)
{
    *out = (struct wire_goal_score){0};
    return wire_read(json, arena, &goal_score_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_goal_end(struct slice json, struct arena *arena, struct wire_goal_end *out,
                          struct issues *issues, struct err *err)
{
    *out = (struct wire_goal_end){0};
    return wire_read(json, arena, &goal_end_record, out, issues, err) && wire_settle(issues, err);
}
