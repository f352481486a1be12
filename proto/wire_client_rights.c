#include "wire_read.h"

enum { TEXT_LENGTH = 2000, REASON_LENGTH = 500, NAME_LENGTH = 200, KEY_NUMBER = 999999 };

static const char *const verdicts[] = {"justified", "not-justified", NULL};
static const char *const helped[] = {"yes", "partly", "no", "not-known", NULL};
static const char *const start_events[] = {"loop-closed", "last-step-ended", "logged", NULL};
static const char *const key_actions[] = {"rotate", "retire", NULL};

static const struct field emergency_fields[] = {
    {"reason", FIELD_TEXT, true, 1, REASON_LENGTH, &form_free_text, AT(wire_emergency, reason)},
};
static const struct record emergency_record = RECORD(emergency_fields);

static const struct field review_fields[] = {
    {"verdict", FIELD_TEXT, true, .words = verdicts, AT(wire_review, verdict)},
    {"text", FIELD_TEXT, false, 0, TEXT_LENGTH, &form_free_text, AT(wire_review, text)},
};
static const struct record review_record = RECORD(review_fields);

static const struct field client_answer_fields[] = {
    {"helped", FIELD_TEXT, true, .words = helped, AT(wire_client_answer, helped)},
};
static const struct record client_answer_record = RECORD(client_answer_fields);

static const struct field correction_fields[] = {
    {"name", FIELD_TEXT, false, 1, NAME_LENGTH, &form_line, AT(wire_correction, name)},
    {"birthYear", FIELD_INTEGER, false, 1900, 2100, AT(wire_correction, birth_year)},
    {"area", FIELD_TEXT, false, 4, 4, &form_area, AT(wire_correction, area)},
    {"phone", FIELD_TEXT, false, 6, 20, &form_phone, AT(wire_correction, phone)},
    {"email", FIELD_TEXT, false, 3, 254, &form_email, AT(wire_correction, email)},
    {"noEmail", FIELD_FLAG, false, AT(wire_correction, no_email)},
    {"language", FIELD_TEXT, false, 2, 2, &form_language, AT(wire_correction, language)},
};
static const struct record correction_record = RECORD(correction_fields);

static const struct field restriction_fields[] = {
    {"lift", FIELD_FLAG, false, AT(wire_restriction, lift)},
};
static const struct record restriction_record = RECORD(restriction_fields);

static const struct field retention_fields[] = {
    {"law", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_retention, law)},
    {"startEvent", FIELD_TEXT, true, .words = start_events, AT(wire_retention, start_event)},
    {"years", FIELD_INTEGER, true, 1, 100, AT(wire_retention, years)},
    {"validFrom", FIELD_TEXT, true, 10, 10, &form_date, AT(wire_retention, valid_from)},
    {"kinds", FIELD_LIST, false, 1, WIRE_KINDS, &form_word, LIST_AT(wire_retention, kinds, kind_count)},
};
static const struct record retention_record = RECORD(retention_fields);

static const struct field bsn_fields[] = {
    {"ground", FIELD_TEXT, false, 0, NAME_LENGTH, &form_line, AT(wire_bsn, ground)},
    {"recipients", FIELD_LIST, false, 1, WIRE_KINDS, &form_word,
     LIST_AT(wire_bsn, recipients, recipient_count)},
};
static const struct record bsn_record = RECORD(bsn_fields);

static const struct field key_change_fields[] = {
    {"action", FIELD_TEXT, true, .words = key_actions, AT(wire_key_change, action)},
    {"key", FIELD_INTEGER, false, 1, KEY_NUMBER, AT(wire_key_change, key)},
};
static const struct record key_change_record = RECORD(key_change_fields);

bool wire_decode_emergency(struct slice json, struct arena *arena, struct wire_emergency *out,
                           struct issues *issues, struct err *err)
{
    *out = (struct wire_emergency){0};
    return wire_read(json, arena, &emergency_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_review(struct slice json, struct arena *arena, struct wire_review *out,
                        struct issues *issues, struct err *err)
{
    *out = (struct wire_review){0};
    return wire_read(json, arena, &review_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_client_answer(struct slice json, struct arena *arena, struct wire_client_answer *out,
                               struct issues *issues, struct err *err)
{
    *out = (struct wire_client_answer){0};
    return wire_read(json, arena, &client_answer_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_correction(struct slice json, struct arena *arena, struct wire_correction *out,
                            struct issues *issues, struct err *err)
{
    *out = (struct wire_correction){0};
    if (!wire_read(json, arena, &correction_record, out, issues, err))
        return false;
    bool is_empty = !out->name.ptr && !out->area.ptr && !out->phone.ptr && !out->email.ptr &&
                    !out->language.ptr && !out->birth_year && !out->no_email;
    if (!issues->count && is_empty)
        issues_add(issues, slice_of(""), "required", "name at least one field to be corrected");
    if (out->email.ptr && out->no_email)
        issues_add(issues, slice_of("/noEmail"), "contradiction", "there is an email address, too");
    return wire_settle(issues, err);
}

bool wire_decode_restriction(struct slice json, struct arena *arena, struct wire_restriction *out,
                             struct issues *issues, struct err *err)
{
    *out = (struct wire_restriction){0};
    return wire_read(json, arena, &restriction_record, out, issues, err) && wire_settle(issues, err);
}

bool wire_decode_retention(struct slice json, struct arena *arena, struct wire_retention *out,
                           struct issues *issues, struct err *err)
{
    *out = (struct wire_retention){0};
    if (!wire_read(json, arena, &retention_record, out, issues, err))
        return false;
    if (out->start_event.ptr && slice_is(out->law, "access-log") != slice_is(out->start_event, "logged"))
        issues_add(issues, slice_of("/startEvent"), "contradiction",
                   "logged goes with the law access-log, and with no other");
    return wire_settle(issues, err);
}

bool wire_decode_bsn(struct slice json, struct arena *arena, struct wire_bsn *out, struct issues *issues,
                     struct err *err)
{
    *out = (struct wire_bsn){0};
    if (!wire_read(json, arena, &bsn_record, out, issues, err))
        return false;
    if (!out->ground.ptr && out->recipient_count && !issues->count)
        issues_add(issues, slice_of("/ground"), "required",
                   "name the legal ground; leave both out to switch it off");
    if (out->ground.ptr && !out->recipient_count && !issues->count)
        issues_add(issues, slice_of("/recipients"), "required",
                   "name the kinds of organisations that may have it");
    return wire_settle(issues, err);
}

bool wire_decode_key_change(struct slice json, struct arena *arena, struct wire_key_change *out,
                            struct issues *issues, struct err *err)
{
    *out = (struct wire_key_change){0};
    if (!wire_read(json, arena, &key_change_record, out, issues, err))
        return false;
    bool is_retire = slice_is(out->action, "retire");
    if (is_retire && !out->key && !issues->count)
        issues_add(issues, slice_of("/key"), "required", "name the wrapping key that is to be retired");
    if (!is_retire && out->key && !issues->count)
        issues_add(issues, slice_of("/key"), "contradiction", "rotate adds a wrapping key, and names none");
    return wire_settle(issues, err);
}
