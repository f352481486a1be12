#include <stdio.h>

#include "code.h"
#include "wire_read.h"

static const char *const roles[] = {"referrer", "worker", "coordinator", "steward", NULL};
static const char *const revocations[] = {"key-lost", "key-stolen", "left", "replaced", "mistake", NULL};
static const char *const origins[] = {"referrer", "self", "desk", "signal", NULL};
static const char *const urgencies[] = {"routine", "soon", NULL};
static const char *const mobilities[] = {"independent", "limited", "housebound", NULL};
static const char *const skills[] = {"good", "some", "none", NULL};
static const char *const occupations[] = {"working", "school", "unemployed", "retired", "unable", NULL};
static const char *const households[] = {"alone", "couple", "family", "single-parent", "with-others", NULL};
static const char *const wishes[] = {"group",       "one-to-one",  "at-home", "nearby",
                                     "daytime",     "evening",     "weekend", "online",
                                     "same-gender", "interpreter", NULL};
const char *const wire_channels[] = {"phone", "visit", "email", "letter", "video", "sms", NULL};
const char *const wire_results[] = {"no-answer", "voicemail", "wrong-number", "message-left", "not-home",
                                    "spoke",     NULL};

/* ---- the bodies, as tables ---- */

enum {
    TEXT_LENGTH = 2000,
    REASON_LENGTH = 500,
    NAME_LENGTH = 200,
    SIGNAL_LENGTH = 64,
    CLASS_LENGTH = 80,
    CODE_LONGEST = 16
};

static const struct field client_fields[] = {
    {"name", FIELD_TEXT, true, 1, NAME_LENGTH, &form_line, AT(wire_client, name)},
    {"birthYear", FIELD_INTEGER, true, 1900, 2100, AT(wire_client, birth_year)},
    {"area", FIELD_TEXT, true, 4, 4, &form_area, AT(wire_client, area)},
    {"phone", FIELD_TEXT, true, 6, 20, &form_phone, AT(wire_client, phone)},
    {"email", FIELD_TEXT, false, 3, 254, &form_email, AT(wire_client, email)},
    {"language", FIELD_TEXT, false, 2, 2, &form_language, AT(wire_client, language), .fallback = "nl"},
    {"bsn", FIELD_TEXT, false, 9, 9, &form_bsn, AT(wire_client, bsn)},
};
static const struct record client_record = RECORD(client_fields);

static const struct field situation_fields[] = {
    {"mobility", FIELD_TEXT, false, .words = mobilities, AT(wire_situation, mobility)},
    {"digitalSkill", FIELD_TEXT, false, .words = skills, AT(wire_situation, digital_skill)},
    {"mildIntellectualDisability", FIELD_FLAG, false, AT(wire_situation, lvb)},
    {"occupation", FIELD_TEXT, false, .words = occupations, AT(wire_situation, occupation)},
    {"household", FIELD_TEXT, false, .words = households, AT(wire_situation, household)},
};
static const struct record situation_record = RECORD(situation_fields);

static const struct field referral_fields[] = {
    {"domains", FIELD_LIST, true, 1, WIRE_DOMAINS, &form_word, LIST_AT(wire_referral, domains, domain_count)},
    {"icpc", FIELD_LIST, false, 0, WIRE_ICPC, &form_icpc, LIST_AT(wire_referral, icpc, icpc_count)},
    {"client", FIELD_RECORD, true, .record = &client_record, AT(wire_referral, client)},
    {"text", FIELD_TEXT, false, 0, TEXT_LENGTH, &form_free_text, AT(wire_referral, text), .fallback = ""},
    {"urgency", FIELD_TEXT, false, .words = urgencies, AT(wire_referral, urgency), .fallback = "routine"},
    {"situation", FIELD_RECORD, false, .record = &situation_record, AT(wire_referral, situation)},
    {"wishes", FIELD_LIST, false, 0, WIRE_WISHES, .words = wishes,
     LIST_AT(wire_referral, wishes, wish_count)},
    {"consent", FIELD_RECORD, false, .record = &wire_consent_record, AT(wire_referral, consent)},
    {"origin", FIELD_TEXT, false, .words = origins, AT(wire_referral, origin), .fallback = "referrer"},
    {"signal", FIELD_TEXT, false, 4, SIGNAL_LENGTH, &form_signal, AT(wire_referral, signal)},
    {"class", FIELD_TEXT, false, 1, CLASS_LENGTH, &form_line, AT(wire_referral, class_name)},
};
static const struct record referral_record = RECORD(referral_fields);

static const struct field merger_fields[] = {
    {"into", FIELD_TEXT, true, 1, CODE_LONGEST, &form_line, AT(wire_merger, into)},
};
static const struct record merger_record = RECORD(merger_fields);

static const char *const outcomes[] = {"reached", "partly", "not-reached", NULL};

#define MOVE_TEXT                                                                                            \
    {                                                                                                        \
        "text", FIELD_TEXT, false, 0, TEXT_LENGTH, &form_free_text, AT(wire_move, text)                      \
    }
#define MOVE_REASON                                                                                          \
    {                                                                                                        \
        "reason", FIELD_TEXT, false, 0, REASON_LENGTH, &form_free_text, AT(wire_move, reason)                \
    }
#define MOVE_OFFERINGS                                                                                       \
    {                                                                                                        \
        "offerings", FIELD_LIST, false, 1, WIRE_OFFERINGS, &form_word,                                       \
            LIST_AT(wire_move, offerings, offering_count)                                                    \
    }
#define MOVE_STORY                                                                                           \
    {                                                                                                        \
        "story", FIELD_FLAG, false, AT(wire_move, is_story)                                                  \
    }

static const struct field accept_fields[] = {MOVE_TEXT};
static const struct field decline_fields[] = {
    {"code", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_move, decline_code)},
    MOVE_TEXT,
    MOVE_OFFERINGS,
};
enum { ID_LENGTH = 9 };

static const struct field branch_fields[] = {
    {"offering", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_branch, offering)},
    {"after", FIELD_INTEGER, false, 1, WIRE_OFFERINGS, AT(wire_branch, after)},
    {"afterStep", FIELD_TEXT, false, 5, ID_LENGTH, &form_step, AT(wire_branch, after_step)},
};
static const struct record branch_record = {branch_fields, sizeof branch_fields / sizeof branch_fields[0],
                                            sizeof(struct wire_branch)};

static const struct field report_fields[] = {
    {"state", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_move, state)},
    MOVE_TEXT,
    MOVE_REASON,
    {"date", FIELD_TEXT, false, 10, 10, &form_date, AT(wire_move, date)},
    {"channel", FIELD_TEXT, false, .words = wire_channels, AT(wire_move, channel)},
    {"result", FIELD_TEXT, false, .words = wire_results, AT(wire_move, result)},
    MOVE_OFFERINGS,
    {"branches", FIELD_RECORDS, false, 1, WIRE_OFFERINGS, .record = &branch_record,
     LIST_AT(wire_move, branches, branch_count)},
    MOVE_STORY,
};
static const struct field complete_fields[] = {
    {"outcome", FIELD_TEXT, true, .words = outcomes, AT(wire_move, state)},
    MOVE_TEXT,
    MOVE_REASON,
    MOVE_STORY,
};
static const struct field answer_fields[] = {
    {"text", FIELD_TEXT, true, 1, TEXT_LENGTH, &form_free_text, AT(wire_move, text)},
};
static const struct field reassign_fields[] = {
    {"offerings", FIELD_LIST, true, 0, 1, &form_word, LIST_AT(wire_move, offerings, offering_count)},
    {"reason", FIELD_TEXT, true, 1, REASON_LENGTH, &form_free_text, AT(wire_move, reason)},
};
static const struct record move_records[] = {
    [MOVE_ACCEPT] = RECORD(accept_fields), [MOVE_DECLINE] = RECORD(decline_fields),
    [MOVE_REPORT] = RECORD(report_fields), [MOVE_COMPLETE] = RECORD(complete_fields),
    [MOVE_ANSWER] = RECORD(answer_fields), [MOVE_REASSIGN] = RECORD(reassign_fields),
};

enum { CODE_LENGTH = 60, CSR_LENGTH = 8192, SERIAL_LENGTH = 48, FINGERPRINT_LENGTH = 64, SAN_LENGTH = 255 };

#define RIGHTS_ACCOUNT(required)                                                                             \
    {                                                                                                        \
        "account", FIELD_TEXT, required, 1, CODE_LENGTH, &form_line, AT(wire_rights, account)                \
    }

static const struct field invite_fields[] = {
    RIGHTS_ACCOUNT(false),
    {"organisation", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_rights, organisation)},
    {"role", FIELD_TEXT, false, .words = roles, AT(wire_rights, role)},
    {"name", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_rights, name)},
};
static const struct field role_fields[] = {
    {"role", FIELD_TEXT, true, .words = roles, AT(wire_rights, role)},
};
static const struct field revoke_fields[] = {
    RIGHTS_ACCOUNT(false),
    {"serial", FIELD_TEXT, false, 2, SERIAL_LENGTH, &form_serial, AT(wire_rights, serial)},
    {"issuer", FIELD_TEXT, false, FINGERPRINT_LENGTH, FINGERPRINT_LENGTH, &form_fingerprint,
     AT(wire_rights, issuer)},
    {"reason", FIELD_TEXT, true, .words = revocations, AT(wire_rights, reason)},
};
static const struct field identity_fields[] = {
    RIGHTS_ACCOUNT(true),
    {"issuer", FIELD_TEXT, true, FINGERPRINT_LENGTH, FINGERPRINT_LENGTH, &form_fingerprint,
     AT(wire_rights, issuer)},
    {"san", FIELD_TEXT, true, 1, SAN_LENGTH, &form_san, AT(wire_rights, san)},
};
static const struct field enrol_fields[] = {
    {"code", FIELD_TEXT, true, 1, CODE_LENGTH, &form_line, AT(wire_rights, code)},
    {"csr", FIELD_TEXT, true, 1, CSR_LENGTH, &form_free_text, AT(wire_rights, csr)},
};
static const struct field renew_fields[] = {
    {"csr", FIELD_TEXT, true, 1, CSR_LENGTH, &form_free_text, AT(wire_rights, csr)},
};
static const struct record rights_records[RIGHTS_KINDS] = {
    [RIGHTS_INVITE] = RECORD(invite_fields), [RIGHTS_ROLE] = RECORD(role_fields),
    [RIGHTS_REVOKE] = RECORD(revoke_fields), [RIGHTS_IDENTITY] = RECORD(identity_fields),
    [RIGHTS_ENROL] = RECORD(enrol_fields),   [RIGHTS_RENEW] = RECORD(renew_fields),
};

static bool issues_has(const struct issues *issues, const char *pointer)
{
    for (size_t i = 0; i < issues->count; i++)
        if (slice_is(issues->list[i].pointer, pointer))
            return true;
    return false;
}

/* Of a signal there is an id; nobody has spoken with the client, so that there is neither a text nor a choice
 * of theirs. */
static void check_origin(const struct wire_referral *referral, struct issues *issues)
{
    bool is_signal = slice_is(referral->origin, "signal");
    if (!referral->origin.ptr)
        return; /* said already */
    if (!is_signal && referral->signal.ptr)
        issues_add(issues, slice_of("/signal"), "not-taken", "only with the origin signal");
    if (!is_signal)
        return;
    if (!referral->signal.ptr && !issues_has(issues, "/signal"))
        issues_add(issues, slice_of("/signal"), "required", "the id of the signal at your system");
    if (referral->class_name.ptr)
        issues_add(issues, slice_of("/class"), "not-taken", "a signal is of one client: it has no class");
    if (referral->text.len)
        issues_add(issues, slice_of("/text"), "not-taken", "a signal brings no text: nobody would see it");
    if (referral->consent.choices)
        issues_add(issues, slice_of("/consent"), "not-taken",
                   "a signal brings no choices of the client: whoever helps asks them");
}

bool wire_decode_referral(struct slice json, struct arena *arena, struct wire_referral *out,
                          struct issues *issues, struct err *err)
{
    *out = (struct wire_referral){.situation.lvb = -1};
    if (!wire_read(json, arena, &referral_record, out, issues, err))
        return false;
    wire_check_choices(&out->consent, "/consent", true, issues);
    check_origin(out, issues);
    return wire_settle(issues, err);
}

bool wire_decode_merger(struct slice json, struct arena *arena, struct wire_merger *out,
                        struct issues *issues, struct err *err)
{
    *out = (struct wire_merger){0};
    if (!wire_read(json, arena, &merger_record, out, issues, err))
        return false;
    if (out->into.ptr && code_parse(out->into, &out->into_id) != CODE_OK)
        issues_add(issues, slice_of("/into"), "pattern", "the id of a referral, such as GXGP-2X3J");
    return wire_settle(issues, err);
}

bool wire_decode_nothing(struct slice json, struct arena *arena, struct issues *issues, struct err *err)
{
    static const struct record nothing = {0};
    struct slice document = json.len ? json : slice_of("{}");
    return wire_read(document, arena, &nothing, NULL, issues, err) && wire_settle(issues, err);
}

/* The rules that look at two fields. */
static void check_move_text(const struct wire_move *move, struct issues *issues)
{
    bool is_other = slice_is(move->decline_code, "other");
    if ((!is_other && !move->is_story) || move->text.ptr)
        return;
    for (size_t i = 0; i < issues->count; i++)
        if (slice_is(issues->list[i].pointer, "/text"))
            return;
    issues_add(issues, slice_of("/text"), "required", "%s",
               is_other ? "the code \"other\" says nothing without a text" : "a story is a text");
}

/* Branches say where to go, as offerings do; each comes after at most one other, which stands before it. */
static void check_branches(struct wire_move *move, struct issues *issues)
{
    if (!move->branches)
        return;
    if (move->offering_count)
        issues_add(issues, slice_of("/branches"), "unknown-field", "either offerings or branches");
    if (!slice_is(move->state, "passed-on"))
        issues_add(issues, slice_of("/branches"), "unknown-field", "only of the state passed-on");
    move->offering_count = 0;
    for (size_t i = 0; i < move->branch_count; i++) {
        const struct wire_branch *branch = &move->branches[i];
        char pointer[64];
        snprintf(pointer, sizeof pointer, "/branches/%zu/after", i);
        struct slice at = arena_slice(issues->arena, slice_of(pointer));
        if (branch->after > (int)i)
            issues_add(issues, at, "range", "a branch comes after one that stands before it in the list");
        if (branch->after && branch->after_step.ptr)
            issues_add(issues, at, "unknown-field", "either after or afterStep");
        move->offerings[move->offering_count++] = branch->offering;
    }
}

/* The state that a body of this kind asks for. */
static struct slice state_asked(const struct wire_move *move)
{
    static const struct {
        const char *outcome, *state;
    } ends[] = {
        {"reached", "done-goal-reached"}, {"partly", "done-partly"}, {"not-reached", "done-not-reached"}};
    switch (move->kind) {
    case MOVE_ACCEPT:
        return slice_of("accepted");
    case MOVE_DECLINE:
        return slice_of(move->offering_count ? "declined-forwarded" : "declined");
    case MOVE_ANSWER:
        return slice_of("received");
    case MOVE_REASSIGN:
        return slice_of("reassigned");
    case MOVE_COMPLETE:
        for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
            if (slice_is(move->state, ends[i].outcome))
                return slice_of(ends[i].state);
        break;
    case MOVE_REPORT:
        break;
    }
    return move->state;
}

bool wire_decode_move(struct slice json, enum wire_move_kind kind, struct arena *arena, struct wire_move *out,
                      struct issues *issues, struct err *err)
{
    *out = (struct wire_move){.kind = kind};
    if (!wire_read(json, arena, &move_records[kind], out, issues, err))
        return false;
    check_move_text(out, issues);
    check_branches(out, issues);
    out->state = state_asked(out);
    if (out->result.ptr && !slice_is(out->state, "contact-attempt"))
        issues_add(issues, slice_of("/result"), "contradiction", "a result goes with a contact attempt");
    return wire_settle(issues, err);
}

static bool is_told(const struct issues *issues, const char *pointer)
{
    for (size_t i = 0; i < issues->count; i++)
        if (slice_is(issues->list[i].pointer, pointer))
            return true;
    return false;
}

static void demand(struct slice value, const char *pointer, const char *words, struct issues *issues)
{
    if (!value.ptr && !is_told(issues, pointer))
        issues_add(issues, slice_of(pointer), "required", "%s", words);
}

/* For somebody new, or for an account that is there already. */
static void check_invited(const struct wire_rights *rights, struct issues *issues)
{
    static const char words[] = "organisation, role and name belong together; or an account alone";
    if (is_told(issues, "/account"))
        return;
    if (rights->account.ptr && (rights->organisation.ptr || rights->role.ptr || rights->name.ptr)) {
        issues_add(issues, slice_of("/account"), "conflict", "%s", words);
    } else if (!rights->account.ptr) {
        demand(rights->organisation, "/organisation", words, issues);
        demand(rights->role, "/role", words, issues);
        demand(rights->name, "/name", words, issues);
    }
}

/* One certificate, or all of an account. */
static void check_revoked(const struct wire_rights *rights, struct issues *issues)
{
    static const char words[] = "the serial of one certificate, or an account alone";
    if (is_told(issues, "/account") || is_told(issues, "/serial"))
        return;
    if (rights->account.ptr && (rights->serial.ptr || rights->issuer.ptr))
        issues_add(issues, slice_of("/account"), "conflict", "%s", words);
    else if (!rights->account.ptr)
        demand(rights->serial, "/serial", words, issues);
}

bool wire_decode_rights(struct slice json, enum wire_rights_kind kind, struct arena *arena,
                        struct wire_rights *out, struct issues *issues, struct err *err)
{
    *out = (struct wire_rights){0};
    if (!wire_read(json, arena, &rights_records[kind], out, issues, err))
        return false;
    if (kind == RIGHTS_INVITE)
        check_invited(out, issues);
    if (kind == RIGHTS_REVOKE)
        check_revoked(out, issues);
    return wire_settle(issues, err);
}
