#include "code.h"
#include "json_out.h"
#include "wire_read.h"

const char *const wire_sharable[WIRE_SHARABLE + 1] = {"name",      "birth-year", "area", "phone", "email",
                                                      "language",  "domains",    "icpc", "text",  "urgency",
                                                      "situation", "notes",      "bsn",  NULL};

enum { ID_LENGTH = 9, SEARCH_NAME = 200, BODY_SIZE = 512 };

static bool is_step(struct slice text)
{
    int64_t id;
    return slice_is(text, "first") || code_parse(text, &id) == CODE_OK;
}

static const struct form step = {is_step, "pattern", "first, or the id of a step"};

static const struct field choice_fields[] = {
    {"organisation", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_choice, organisation)},
    {"kind", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_choice, kind)},
    {"step", FIELD_TEXT, false, 5, ID_LENGTH, &step, AT(wire_choice, step)},
    {"fields", FIELD_LIST, true, 0, WIRE_SHARABLE, .words = wire_sharable,
     LIST_AT(wire_choice, fields, field_count)},
};
static const struct record choice_record = {choice_fields, sizeof choice_fields / sizeof choice_fields[0],
                                            sizeof(struct wire_choice)};

static const struct field consent_fields[] = {
    {"choices", FIELD_RECORDS, true, 0, WIRE_CHOICES, .record = &choice_record,
     LIST_AT(wire_consent, choices, choice_count)},
};
const struct record wire_consent_record = RECORD(consent_fields);

static const struct field withdrawal_fields[] = {
    {"organisation", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_withdrawal, organisation)},
    {"kind", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_withdrawal, kind)},
};
static const struct record withdrawal_record = RECORD(withdrawal_fields);

static const struct field search_fields[] = {
    {"name", FIELD_TEXT, false, 1, SEARCH_NAME, &form_line, AT(wire_search, name)},
    {"birthYear", FIELD_INTEGER, false, 1900, 2100, AT(wire_search, birth_year)},
    {"phone", FIELD_TEXT, false, 6, 20, &form_phone, AT(wire_search, phone)},
    {"email", FIELD_TEXT, false, 3, 254, &form_email, AT(wire_search, email)},
};
static const struct record search_record = RECORD(search_fields);

/* Whether something is wrong there, or in it. */
static bool is_told(const struct issues *issues, const char *pointer)
{
    size_t length = strlen(pointer);
    for (size_t i = 0; i < issues->count; i++) {
        struct slice at = issues->list[i].pointer;
        if (slice_starts(at, pointer) && (at.len == length || at.ptr[length] == '/'))
            return true;
    }
    return false;
}

/* What stands twice counts for nothing: of two choices about one recipient we would have to guess. */
static bool is_repeated(const struct wire_consent *consent, size_t at)
{
    const struct wire_choice *choice = &consent->choices[at];
    for (size_t i = 0; i < at; i++) {
        const struct wire_choice *before = &consent->choices[i];
        if (slice_equal(before->organisation, choice->organisation) &&
            slice_equal(before->kind, choice->kind) && slice_equal(before->step, choice->step))
            return true;
    }
    return false;
}

void wire_check_choices(const struct wire_consent *consent, const char *at, bool is_new,
                        struct issues *issues)
{
    for (size_t i = 0; i < consent->choice_count; i++) {
        const struct wire_choice *choice = &consent->choices[i];
        const char *pointer = arena_printf(issues->arena, "%s/choices/%zu", at, i);
        if (is_told(issues, pointer))
            continue;
        if (choice->organisation.ptr && choice->kind.ptr)
            issues_add(issues, slice_of(pointer), "conflict", "an organisation or a kind of organisation");
        else if (!choice->organisation.ptr && !choice->kind.ptr)
            issues_add(issues, slice_of(pointer), "required", "an organisation or a kind of organisation");
        else if (is_repeated(consent, i))
            issues_add(issues, slice_of(pointer), "duplicate", "this recipient stands there already");
        else if (is_new && choice->step.ptr && !slice_is(choice->step, "first"))
            issues_add(issues, slice_of(arena_printf(issues->arena, "%s/step", pointer)), "pattern",
                       "a new referral has no steps yet: first, or left out");
    }
}

bool wire_decode_consent(struct slice json, struct arena *arena, struct wire_consent *out,
                         struct issues *issues, struct err *err)
{
    *out = (struct wire_consent){0};
    if (!wire_read(json, arena, &wire_consent_record, out, issues, err))
        return false;
    wire_check_choices(out, "", false, issues);
    return wire_settle(issues, err);
}

bool wire_decode_withdrawal(struct slice json, struct arena *arena, struct wire_withdrawal *out,
                            struct issues *issues, struct err *err)
{
    *out = (struct wire_withdrawal){0};
    if (!wire_read(json, arena, &withdrawal_record, out, issues, err))
        return false;
    if (out->organisation.ptr && out->kind.ptr)
        issues_add(issues, slice_of("/kind"), "conflict",
                   "an organisation, a kind of organisation, or neither for everybody");
    return wire_settle(issues, err);
}

/* A name with its year of birth, or one of the other two. */
static void check_search(const struct wire_search *search, struct issues *issues)
{
    static const char words[] = "a name with birthYear, a phone number, or an email address";
    bool named = search->name.ptr || search->birth_year;
    int ways = named + (search->phone.ptr != NULL) + (search->email.ptr != NULL);
    if (issues->count)
        return;
    if (ways != 1)
        issues_add(issues, slice_of(""), ways ? "conflict" : "required", "%s", words);
    else if (named && !search->name.ptr)
        issues_add(issues, slice_of("/name"), "required", "%s", words);
    else if (named && !search->birth_year)
        issues_add(issues, slice_of("/birthYear"), "required", "%s", words);
}

bool wire_decode_search(struct slice json, struct arena *arena, struct wire_search *out,
                        struct issues *issues, struct err *err)
{
    *out = (struct wire_search){0};
    if (!wire_read(json, arena, &search_record, out, issues, err))
        return false;
    check_search(out, issues);
    return wire_settle(issues, err);
}

unsigned wire_fields(const struct wire_choice *choice)
{
    unsigned bits = 0;
    for (size_t i = 0; i < choice->field_count; i++)
        for (unsigned bit = 0; wire_sharable[bit]; bit++)
            if (slice_is(choice->fields[i], wire_sharable[bit]))
                bits |= 1u << bit;
    return bits;
}

static void write_present(struct json_out *out, const char *name, struct slice text)
{
    if (text.ptr)
        out_text(out, name, text);
}

void wire_write_choices(struct json_out *out, const struct wire_consent *consent)
{
    out_open(out, "choices", '[');
    for (size_t i = 0; i < consent->choice_count; i++) {
        const struct wire_choice *choice = &consent->choices[i];
        out_open(out, NULL, '{');
        write_present(out, "organisation", choice->organisation);
        write_present(out, "kind", choice->kind);
        write_present(out, "step", choice->step);
        out_open(out, "fields", '[');
        for (size_t f = 0; f < choice->field_count; f++)
            out_text(out, NULL, choice->fields[f]);
        out_close(out, ']');
        out_close(out, '}');
    }
    out_close(out, ']');
}

/* ---- what each party would see ---- */

enum { NAME, BIRTH_YEAR, AREA, PHONE, EMAIL, LANGUAGE, DOMAINS, ICPC, TEXT, URGENCY };

static bool sees(const struct wire_party *party, unsigned bit)
{
    return party->fields & (1u << bit);
}

static void write_seen(struct json_out *out, const char *name, bool seen, struct slice text)
{
    if (seen && text.ptr)
        out_text(out, name, text);
    else
        out_null(out, name);
}

static void write_fields(struct json_out *out, const char *name, unsigned fields)
{
    out_open(out, name, '[');
    for (unsigned bit = 0; bit < WIRE_SHARABLE; bit++)
        if (fields & (1u << bit))
            out_text(out, NULL, slice_of(wire_sharable[bit]));
    out_close(out, ']');
}

static void write_client_seen(struct json_out *out, const struct wire_party *party,
                              const struct wire_client *client)
{
    if (party->fields == 0) {
        out_null(out, "client");
        return;
    }
    out_open(out, "client", '{');
    write_seen(out, "name", sees(party, NAME), client->name);
    if (sees(party, BIRTH_YEAR))
        out_integer(out, "birthYear", client->birth_year);
    else
        out_null(out, "birthYear");
    write_seen(out, "area", sees(party, AREA), client->area);
    write_seen(out, "phone", sees(party, PHONE), client->phone);
    write_seen(out, "email", sees(party, EMAIL), client->email);
    write_seen(out, "language", sees(party, LANGUAGE), client->language);
    out_null(out, "bsn");
    out_close(out, '}');
}

static void write_need_seen(struct json_out *out, const struct wire_party *party,
                            const struct wire_disclosure *disclosure)
{
    const struct wire_referral *referral = disclosure->referral;
    if (sees(party, DOMAINS)) {
        out_open(out, "domains", '[');
        for (size_t i = 0; i < referral->domain_count; i++) {
            out_open(out, NULL, '{');
            out_text(out, "code", disclosure->domains[i].code);
            out_text(out, "label", disclosure->domains[i].name);
            out_close(out, '}');
        }
        out_close(out, ']');
    } else {
        out_null(out, "domains");
    }
    if (sees(party, ICPC)) {
        out_open(out, "icpc", '[');
        for (size_t i = 0; i < referral->icpc_count; i++)
            out_text(out, NULL, referral->icpc[i]);
        out_close(out, ']');
    } else {
        out_null(out, "icpc");
    }
    write_seen(out, "text", sees(party, TEXT), referral->text);
    write_seen(out, "urgency", sees(party, URGENCY), referral->urgency);
}

void wire_write_disclosure(struct json_out *out, const struct wire_disclosure *disclosure)
{
    out_open(out, "disclosure", '{');
    out_text(out, "basis", disclosure->basis);
    out_open(out, "parties", '[');
    for (size_t i = 0; i < disclosure->count; i++) {
        const struct wire_party *party = &disclosure->parties[i];
        out_open(out, NULL, '{');
        out_open(out, "organisation", '{');
        out_text(out, "code", party->organisation.code);
        out_text(out, "name", party->organisation.name);
        out_close(out, '}');
        out_text(out, "kind", party->kind);
        write_fields(out, "fields", party->fields);
        write_fields(out, "withheld", ((1u << WIRE_SHARABLE) - 1) & ~party->fields);
        write_client_seen(out, party, &disclosure->referral->client);
        write_need_seen(out, party, disclosure);
        out_close(out, '}');
    }
    out_close(out, ']');
    out_close(out, '}');
}

struct slice wire_encode_consent(const struct wire_consent *consent, struct arena *arena)
{
    struct json_out out = json_out_new(arena, BODY_SIZE);
    out_open(&out, NULL, '{');
    wire_write_choices(&out, consent);
    out_close(&out, '}');
    return json_out_slice(&out);
}

struct slice wire_encode_withdrawal(const struct wire_withdrawal *withdrawal, struct arena *arena)
{
    struct json_out out = json_out_new(arena, BODY_SIZE);
    out_open(&out, NULL, '{');
    write_present(&out, "organisation", withdrawal->organisation);
    write_present(&out, "kind", withdrawal->kind);
    out_close(&out, '}');
    return json_out_slice(&out);
}

struct slice wire_encode_search(const struct wire_search *search, struct arena *arena)
{
    struct json_out out = json_out_new(arena, BODY_SIZE);
    out_open(&out, NULL, '{');
    write_present(&out, "name", search->name);
    if (search->birth_year)
        out_integer(&out, "birthYear", search->birth_year);
    write_present(&out, "phone", search->phone);
    write_present(&out, "email", search->email);
    out_close(&out, '}');
    return json_out_slice(&out);
}
