#include "code.h"
#include "wire_read.h"

enum {
    NAME_LENGTH = 80,
    MOST_PLACES = 10000,
    MOST_DAYS = 1000,
    MOST_PERSONS = 1000,
    SOURCE_LENGTH = 200,
    CODE_LONGEST = 16,
    DATE_LENGTH = 10
};

static const char *const states[] = {"open", "waiting-list", "full", "paused", NULL};
static const char *const ways[] = {"on-site", "online", NULL};

static const struct field capacity_fields[] = {
    {"offering", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_capacity, offering)},
    {"state", FIELD_TEXT, true, .words = states, AT(wire_capacity, state)},
    {"places", FIELD_INTEGER, false, 0, MOST_PLACES, AT(wire_capacity, places)},
    {"waitDays", FIELD_INTEGER, false, 0, MOST_DAYS, AT(wire_capacity, wait_days)},
};
static const struct record capacity_record = RECORD(capacity_fields);

static const char *const levels[] = {"well-described",
                                     "well-founded",
                                     "first-indications",
                                     "good-indications",
                                     "strong-indications",
                                     "none",
                                     NULL};
static const struct field evidence_fields[] = {
    {"offering", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_evidence, offering)},
    {"level", FIELD_TEXT, true, .words = levels, AT(wire_evidence, level)},
    {"source", FIELD_TEXT, false, 1, SOURCE_LENGTH, &form_line, AT(wire_evidence, source)},
    {"asOf", FIELD_TEXT, false, 10, 10, &form_date, AT(wire_evidence, as_of)},
};
static const struct record evidence_record = RECORD(evidence_fields);

static const struct field confirmation_fields[] = {
    {"offering", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_confirmation, offering)},
};
static const struct record confirmation_record = RECORD(confirmation_fields);

static const struct field group_fields[] = {
    {"offering", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_group, offering)},
    {"name", FIELD_TEXT, true, 1, NAME_LENGTH, &form_line, AT(wire_group, name)},
    {"startsOn", FIELD_TEXT, true, 10, 10, &form_date, AT(wire_group, starts_on)},
    {"endsOn", FIELD_TEXT, false, 10, 10, &form_date, AT(wire_group, ends_on)},
    {"way", FIELD_TEXT, false, .words = ways, AT(wire_group, way), .fallback = "on-site"},
    {"rolling", FIELD_FLAG, false, AT(wire_group, rolling)},
    {"places", FIELD_INTEGER, true, 1, MOST_PLACES, AT(wire_group, places)},
};
static const struct record group_record = RECORD(group_fields);

static const struct field group_change_fields[] = {
    {"name", FIELD_TEXT, false, 1, NAME_LENGTH, &form_line, AT(wire_group, name)},
    {"startsOn", FIELD_TEXT, false, 10, 10, &form_date, AT(wire_group, starts_on)},
    {"endsOn", FIELD_TEXT, false, 10, 10, &form_date, AT(wire_group, ends_on)},
    {"places", FIELD_INTEGER, false, 1, MOST_PLACES, AT(wire_group, places)},
};
static const struct record group_change_record = RECORD(group_change_fields);

static const struct field place_fields[] = {
    {"group", FIELD_TEXT, false, 1, CODE_LONGEST, &form_line, AT(wire_place, group)},
    {"persons", FIELD_INTEGER, false, 1, MOST_PERSONS, AT(wire_place, persons)},
    {"wait", FIELD_FLAG, false, AT(wire_place, wait)},
};
static const struct record place_record = RECORD(place_fields);

static const struct field attendance_fields[] = {
    {"attended", FIELD_FLAG, true, AT(wire_attendance, attended)},
    {"on", FIELD_TEXT, false, 10, 10, &form_date, AT(wire_attendance, on)},
};
static const struct record attendance_record = RECORD(attendance_fields);

static const struct field closure_fields[] = {
    {"day", FIELD_TEXT, true, 10, 10, &form_date, AT(wire_closure, day)},
    {"name", FIELD_TEXT, false, 1, NAME_LENGTH, &form_line, AT(wire_closure, name)},
};
static const struct record closure_record = RECORD(closure_fields);

static const struct field closure_end_fields[] = {
    {"day", FIELD_TEXT, true, 10, 10, &form_date, AT(wire_closure_end, day)},
};
static const struct record closure_end_record = RECORD(closure_end_fields);

bool wire_decode_capacity(struct slice json, struct arena *arena, struct wire_capacity *out,
                          struct issues *issues, struct err *err)
{
    *out = (struct wire_capacity){.places = -1, .wait_days = -1};
    return wire_read(json, arena, &capacity_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_evidence(struct slice json, struct arena *arena, struct wire_evidence *out,
                          struct issues *issues, struct err *err)
{
    *out = (struct wire_evidence){0};
    if (!wire_read(json, arena, &evidence_record, out, issues, err))
        return false;
    bool is_none = slice_is(out->level, "none");
    if (!issues->count && !is_none && !out->source.ptr)
        issues_add(issues, slice_of("/source"), "required",
                   "where the level is written: a title or an address");
    if (!issues->count && is_none && out->source.ptr)
        issues_add(issues, slice_of("/source"), "conflict",
                   "what is not known is written nowhere: leave it out");
    return wire_settle(issues, err);
}

bool wire_decode_confirmation(struct slice json, struct arena *arena, struct wire_confirmation *out,
                              struct issues *issues, struct err *err)
{
    *out = (struct wire_confirmation){0};
    return wire_read(json, arena, &confirmation_record, out, issues, err) && wire_settle(issues, err);
}

/* Dates written alike are in order as texts are. */
static void check_days(const struct wire_group *group, struct issues *issues)
{
    if (!issues->count && group->starts_on.ptr && group->ends_on.ptr &&
        memcmp(group->ends_on.ptr, group->starts_on.ptr, DATE_LENGTH) < 0)
        issues_add(issues, slice_of("/endsOn"), "range", "not before the day on which it starts");
}

bool wire_decode_group(struct slice json, struct arena *arena, struct wire_group *out, struct issues *issues,
                       struct err *err)
{
    *out = (struct wire_group){0};
    if (!wire_read(json, arena, &group_record, out, issues, err))
        return false;
    check_days(out, issues);
    return wire_settle(issues, err);
}

bool wire_decode_group_change(struct slice json, struct arena *arena, struct wire_group *out,
                              struct issues *issues, struct err *err)
{
    *out = (struct wire_group){.places = -1};
    if (!wire_read(json, arena, &group_change_record, out, issues, err))
        return false;
    check_days(out, issues);
    if (!issues->count && !out->name.ptr && !out->starts_on.ptr && !out->ends_on.ptr && out->places < 0)
        issues_add(issues, slice_of(""), "required", "say what changes: name, startsOn, endsOn or places");
    return wire_settle(issues, err);
}

bool wire_decode_place(struct slice json, struct arena *arena, struct wire_place *out, struct issues *issues,
                       struct err *err)
{
    *out = (struct wire_place){.persons = 1};
    if (!wire_read(json, arena, &place_record, out, issues, err))
        return false;
    if (out->group.ptr && !issues->count && code_parse(out->group, &out->group_id) != CODE_OK)
        issues_add(issues, slice_of("/group"), "pattern", "an id of a group such as 7KX3-9MTF");
    return wire_settle(issues, err);
}

bool wire_decode_attendance(struct slice json, struct arena *arena, struct wire_attendance *out,
                            struct issues *issues, struct err *err)
{
    *out = (struct wire_attendance){0};
    return wire_read(json, arena, &attendance_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_closure(struct slice json, struct arena *arena, struct wire_closure *out,
                         struct issues *issues, struct err *err)
{
    *out = (struct wire_closure){0};
    return wire_read(json, arena, &closure_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_closure_end(struct slice json, struct arena *arena, struct wire_closure_end *out,
                             struct issues *issues, struct err *err)
{
    *out = (struct wire_closure_end){0};
    return wire_read(json, arena, &closure_end_record, out, issues, err) && wire_settle(issues, err);
}
