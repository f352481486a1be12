#include "wire_read.h"

static const char *const forms[] = {"at-once", "daily", "end-only", "standard", NULL};
static const char *const milestones[] = {"accepted", "first-contact", "started", "ended", "story", NULL};

static bool is_milestone(struct slice text)
{
    for (size_t i = 0; milestones[i]; i++)
        if (slice_is(text, milestones[i]))
            return true;
    return false;
}
static const struct form form_milestone = {is_milestone, "unknown-word",
                                           "accepted, first-contact, started, ended or story"};

static const struct field contract_fields[] = {
    {"organisation", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_contract, organisation)},
    {"form", FIELD_TEXT, true, .words = forms, AT(wire_contract, form)},
    {"milestones", FIELD_LIST, false, 1, WIRE_MILESTONES, &form_milestone,
     LIST_AT(wire_contract, milestones, milestone_count)},
};
static const struct record contract_record = RECORD(contract_fields);

/* Standard is what the region's rules say: it chooses nothing. Every other form says of what. */
static void check_milestones(const struct wire_contract *contract, struct issues *issues)
{
    bool is_standard = slice_is(contract->form, "standard");
    if (!contract->form.ptr || issues->count || is_standard == (contract->milestone_count == 0))
        return;
    issues_add(issues, slice_of("/milestones"), is_standard ? "contradiction" : "required", "%s",
               is_standard ? "with form standard there is nothing to choose"
                           : "say of what: accepted, first-contact, started, ended or story");
}

bool wire_decode_contract(struct slice json, struct arena *arena, struct wire_contract *out,
                          struct issues *issues, struct err *err)
{
    *out = (struct wire_contract){0};
    if (!wire_read(json, arena, &contract_record, out, issues, err))
        return false;
    check_milestones(out, issues);
    return wire_settle(issues, err);
}
