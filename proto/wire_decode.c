#include <stdio.h>

#include "code.h"
#include "json_in.h"
#include "wire_read.h"

/* ---- what a text must look like ---- */

/* The code point at *at of well-formed UTF-8; moves *at behind it. */
static uint32_t next_point(struct slice text, size_t *at)
{
    unsigned char lead = (unsigned char)text.ptr[(*at)++];
    if (lead < 0x80)
        return lead;
    uint32_t point = lead & (lead < 0xE0 ? 0x1Fu : lead < 0xF0 ? 0x0Fu : 0x07u);
    while (*at < text.len && ((unsigned char)text.ptr[*at] & 0xC0) == 0x80)
        point = point << 6 | ((unsigned char)text.ptr[(*at)++] & 0x3Fu);
    return point;
}

/* White space as \s of ECMA-262, which is what the patterns of openapi.yaml mean by it. */
static bool is_blank_point(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || c == ' ' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

static bool is_control_point(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/* The joiners show nothing by themselves. */
static bool is_blank(struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = next_point(text, &at);
        if (!is_blank_point(c) && c != 0x200C && c != 0x200D)
            return false;
    }
    return true;
}

/* Not what would make a text read otherwise than it is: another line, hidden or turned text. */
static bool is_line_point(uint32_t c)
{
    return !is_control_point(c) && !utf8_point_hides(c) && c != 0x2028 && c != 0x2029;
}

static bool is_line(struct slice text)
{
    for (size_t at = 0; at < text.len;)
        if (!is_line_point(next_point(text, &at)))
            return false;
    return true;
}

static bool is_free_text(struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = next_point(text, &at);
        bool is_break = c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029;
        if (!is_break && !is_line_point(c))
            return false;
    }
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* "social-network": groups of lower case letters and digits, a letter first, single dashes between. */
static bool is_word(struct slice text)
{
    char before = '-';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '-' ? before == '-' : !is_lower(c) && !is_digit(c))
            return false;
        before = c;
    }
    return text.len > 0 && is_lower(text.ptr[0]) && before != '-';
}

static bool is_icpc(struct slice text)
{
    return text.len == 3 && text.ptr[0] == 'Z' && is_digit(text.ptr[1]) && is_digit(text.ptr[2]);
}

static bool is_area(struct slice text)
{
    uint64_t number;
    return text.len == 4 && text.ptr[0] != '0' && slice_to_u64(text, 9999, &number);
}

static bool is_phone(struct slice text)
{
    unsigned digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        digits += is_digit(c);
        if (!is_digit(c) && c != ' ' && c != '(' && c != ')' && c != '-' && (c != '+' || i > 0))
            return false;
    }
    return digits >= 6;
}

static bool is_email(struct slice text)
{
    size_t at_signs = 0, where = 0;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = next_point(text, &at);
        if (is_blank_point(c) || !is_line_point(c))
            return false;
        if (c == '@') {
            at_signs++;
            where = start;
        }
    }
    return at_signs == 1 && where > 0 && where + 1 < text.len;
}

/* Letters, digits and - . _ with a letter among them: no phone number, address, date or citizen service
 * number is one. */
static bool is_signal(struct slice text)
{
    bool has_letter = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = is_lower(c) || (c >= 'A' && c <= 'Z');
        if (!is_letter && !is_digit(c) && (i == 0 || !strchr("-._", c)))
            return false;
        has_letter = has_letter || is_letter;
    }
    return has_letter;
}

static bool is_language(struct slice text)
{
    return text.len == 2 && is_lower(text.ptr[0]) && is_lower(text.ptr[1]);
}

static bool is_date(struct slice text)
{
    int64_t day;
    return date_parse(text, &day);
}

static bool is_hex(struct slice text, const char *digits)
{
    for (size_t i = 0; i < text.len; i++)
        if (!memchr(digits, text.ptr[i], 16))
            return false;
    return text.len % 2 == 0;
}

static bool is_serial(struct slice text)
{
    return is_hex(text, "0123456789ABCDEF");
}

static bool is_fingerprint(struct slice text)
{
    return is_hex(text, "0123456789abcdef");
}

static bool is_san(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f)
            return false;
    return true;
}

/* The eleven test: nine digits, weighed 9 8 7 6 5 4 3 2 -1, are together divisible by 11; not all are zero.
 */
static bool is_bsn(struct slice text)
{
    int sum = 0, digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.len != 9 || !is_digit(text.ptr[i]))
            return false;
        int digit = text.ptr[i] - '0';
        digits += digit;
        sum += digit * (i < 8 ? 9 - (int)i : -1);
    }
    return digits > 0 && sum % 11 == 0;
}

const struct form form_line = {is_line, "control-character",
                               "text on one line, without control characters and hidden ones"};
const struct form form_free_text = {
    is_free_text, "control-character",
    "text without control characters other than newline and tab, and without hidden ones"};
const struct form form_word = {is_word, "pattern", "a code of lower case letters, digits and single dashes"};
static const struct form icpc = {is_icpc, "pattern", "an ICPC code of chapter Z such as Z04"};
const struct form form_area = {is_area, "pattern", "the four digits of a postcode such as 5751"};
const struct form form_phone = {is_phone, "pattern",
                                "a phone number: digits, spaces, ( ) and -, a + in front; at least 6 digits"};
const struct form form_email = {is_email, "pattern", "an email address: one @ with something on both sides"};
const struct form form_language = {is_language, "pattern",
                                   "a language code of two lower case letters (ISO 639-1)"};
static const struct form bsn = {is_bsn, "pattern",
                                "nine digits that pass the eleven test of a citizen service number"};
const struct form form_date = {is_date, "not-a-date", "a date of the calendar as YYYY-MM-DD, from 1900 on"};

static const struct form signal_form = {
    is_signal, "pattern",
    "the id of the signal at your system: letters, digits and - . _, a letter among them; nothing personal"};
static const struct form serial = {is_serial, "pattern",
                                   "a serial number in hexadecimal, digits and A to F, two by two"};
static const struct form fingerprint = {is_fingerprint, "pattern",
                                        "a SHA-256 in hexadecimal, 64 digits and a to f"};
static const struct form san = {is_san, "pattern", "a name without blanks, such as dns:zorg.example"};

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
    KEY_SHOWN = 64,
    SIGNAL_LENGTH = 64,
    CODE_LONGEST = 16
};

static const struct field client_fields[] = {
    {"name", FIELD_TEXT, true, 1, NAME_LENGTH, &form_line, AT(wire_client, name)},
    {"birthYear", FIELD_INTEGER, true, 1900, 2100, AT(wire_client, birth_year)},
    {"area", FIELD_TEXT, true, 4, 4, &form_area, AT(wire_client, area)},
    {"phone", FIELD_TEXT, true, 6, 20, &form_phone, AT(wire_client, phone)},
    {"email", FIELD_TEXT, false, 3, 254, &form_email, AT(wire_client, email)},
    {"language", FIELD_TEXT, false, 2, 2, &form_language, AT(wire_client, language), .fallback = "nl"},
    {"bsn", FIELD_TEXT, false, 9, 9, &bsn, AT(wire_client, bsn)},
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
    {"icpc", FIELD_LIST, false, 0, WIRE_ICPC, &icpc, LIST_AT(wire_referral, icpc, icpc_count)},
    {"client", FIELD_RECORD, true, .record = &client_record, AT(wire_referral, client)},
    {"text", FIELD_TEXT, false, 0, TEXT_LENGTH, &form_free_text, AT(wire_referral, text), .fallback = ""},
    {"urgency", FIELD_TEXT, false, .words = urgencies, AT(wire_referral, urgency), .fallback = "routine"},
    {"situation", FIELD_RECORD, false, .record = &situation_record, AT(wire_referral, situation)},
    {"wishes", FIELD_LIST, false, 0, WIRE_WISHES, .words = wishes,
     LIST_AT(wire_referral, wishes, wish_count)},
    {"consent", FIELD_RECORD, false, .record = &wire_consent_record, AT(wire_referral, consent)},
    {"origin", FIELD_TEXT, false, .words = origins, AT(wire_referral, origin), .fallback = "referrer"},
    {"signal", FIELD_TEXT, false, 4, SIGNAL_LENGTH, &signal_form, AT(wire_referral, signal)},
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
static bool is_id(struct slice text)
{
    int64_t id;
    return code_parse(text, &id) == CODE_OK;
}

static const struct form step_id = {is_id, "pattern", "the id of a step"};

enum { ID_LENGTH = 9 };

static const struct field branch_fields[] = {
    {"offering", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_branch, offering)},
    {"after", FIELD_INTEGER, false, 1, WIRE_OFFERINGS, AT(wire_branch, after)},
    {"afterStep", FIELD_TEXT, false, 5, ID_LENGTH, &step_id, AT(wire_branch, after_step)},
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
    {"serial", FIELD_TEXT, false, 2, SERIAL_LENGTH, &serial, AT(wire_rights, serial)},
    {"issuer", FIELD_TEXT, false, FINGERPRINT_LENGTH, FINGERPRINT_LENGTH, &fingerprint,
     AT(wire_rights, issuer)},
    {"reason", FIELD_TEXT, true, .words = revocations, AT(wire_rights, reason)},
};
static const struct field identity_fields[] = {
    RIGHTS_ACCOUNT(true),
    {"issuer", FIELD_TEXT, true, FINGERPRINT_LENGTH, FINGERPRINT_LENGTH, &fingerprint,
     AT(wire_rights, issuer)},
    {"san", FIELD_TEXT, true, 1, SAN_LENGTH, &san, AT(wire_rights, san)},
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

/* ---- reading by the tables ---- */

struct reader {
    struct arena *arena;
    struct issues *issues;
};

/* Where we are, as a chain back to the root: a pointer is only written when something is wrong. */
struct place {
    const struct place *parent;
    struct slice name; /* absent: an element, by index */
    size_t index;
};

static struct slice escape_name(struct arena *arena, struct slice name)
{
    char *out = arena_alloc(arena, name.len * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        out[len++] = c == '~' || c == '/' ? '~' : c;
        if (c == '~' || c == '/')
            out[len++] = c == '~' ? '0' : '1';
    }
    return slice_make(out, len);
}

/* RFC 6901; the root (NULL) is the empty text. */
static struct slice pointer_to(struct arena *arena, const struct place *place)
{
    if (!place)
        return slice_of("");
    struct slice parent = pointer_to(arena, place->parent);
    if (!place->name.ptr)
        return slice_of(arena_printf(arena, "%.*s/%zu", SLICE_FMT(parent), place->index));
    struct slice name = escape_name(arena, place->name);
    return slice_of(arena_printf(arena, "%.*s/%.*s", SLICE_FMT(parent), SLICE_FMT(name)));
}

#define COMPLAIN(reader, place, ...)                                                                         \
    issues_add((reader)->issues, pointer_to((reader)->arena, (place)), __VA_ARGS__)

static struct slice text_of(const json_t *value)
{
    return slice_make(json_string_value(value), json_string_length(value));
}

static bool is_one_of(struct slice text, const char *const *words)
{
    while (*words && !slice_is(text, *words))
        words++;
    return *words != NULL;
}

static void complain_word(struct reader *reader, const struct place *place, const char *const *words)
{
    const char *list = words[0];
    for (size_t i = 1; words[i]; i++)
        list = arena_printf(reader->arena, "%s, %s", list, words[i]);
    COMPLAIN(reader, place, "unknown-word", "expected one of: %s", list);
}

/* One text against its limits; the first thing that is wrong is told. */
static bool check_text(struct reader *reader, const struct place *place, const struct field *field,
                       struct slice text, int64_t min, int64_t max)
{
    if (field->words) {
        if (is_one_of(text, field->words))
            return true;
        complain_word(reader, place, field->words);
        return false;
    }
    int64_t length = is_blank(text) ? 0 : (int64_t)slice_utf8_length(text);
    if (length == 0 && min > 0)
        COMPLAIN(reader, place, "too-short", "expected %s; it is empty", field->form->expected);
    else if (length < min)
        COMPLAIN(reader, place, "too-short", "expected at least %lld characters", (long long)min);
    else if ((int64_t)slice_utf8_length(text) > max)
        COMPLAIN(reader, place, "too-long", "expected at most %lld characters", (long long)max);
    else if (!field->form->fits(text))
        COMPLAIN(reader, place, field->form->code, "expected %s", field->form->expected);
    else
        return true;
    return false;
}

static void read_text(struct reader *reader, const struct place *place, const struct field *field,
                      const json_t *value, void *out)
{
    if (!json_is_string(value)) {
        COMPLAIN(reader, place, "type", "expected a text");
        return;
    }
    struct slice text = text_of(value);
    if (!check_text(reader, place, field, text, field->min, field->max))
        return;
    *(struct slice *)out = is_blank(text) ? slice_of(field->fallback) : arena_slice(reader->arena, text);
}

static void read_integer(struct reader *reader, const struct place *place, const struct field *field,
                         const json_t *value, void *out)
{
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value))
        COMPLAIN(reader, place, "type", "expected a whole number");
    else if (number < field->min || number > field->max)
        COMPLAIN(reader, place, "range", "expected a number from %lld to %lld", (long long)field->min,
                 (long long)field->max);
    else
        *(int *)out = (int)number;
}

/* 0 or 1 into an int, whose value before says that it was left out. */
static void read_flag(struct reader *reader, const struct place *place, const json_t *value, void *out)
{
    if (!json_is_boolean(value))
        COMPLAIN(reader, place, "type", "expected true or false");
    else
        *(int *)out = json_is_true(value);
}

static bool is_among(struct slice text, const struct slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(text, list[i]))
            return true;
    return false;
}

static bool check_count(struct reader *reader, const struct place *place, const struct field *field,
                        size_t count)
{
    if ((int64_t)count < field->min)
        COMPLAIN(reader, place, "too-few", "expected at least %lld", (long long)field->min);
    else if ((int64_t)count > field->max)
        COMPLAIN(reader, place, "too-many", "expected at most %lld", (long long)field->max);
    else
        return true;
    return false;
}

/* A list of distinct texts into `list`, which has room for field->max. */
static void read_list(struct reader *reader, const struct place *place, const struct field *field,
                      const json_t *value, struct slice *list, size_t *count)
{
    if (!json_is_array(value)) {
        COMPLAIN(reader, place, "type", "expected a list");
        return;
    }
    if (!check_count(reader, place, field, json_array_size(value)))
        return;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *element = json_array_get(value, i);
        struct place here = {place, SLICE_NONE, i};
        if (!json_is_string(element))
            COMPLAIN(reader, &here, "type", "expected a text");
        else if (is_among(text_of(element), list, *count))
            COMPLAIN(reader, &here, "duplicate", "it is in the list already");
        else if (check_text(reader, &here, field, text_of(element), 1, WORD_LENGTH))
            list[(*count)++] = arena_slice(reader->arena, text_of(element));
    }
}

static void read_record(struct reader *reader, const struct place *place, const struct record *record,
                        const json_t *value, char *out);

/* A list of records into memory of its own: even an empty one is there afterwards. */
static void read_records(struct reader *reader, const struct place *place, const struct field *field,
                         const json_t *value, char **list, size_t *count)
{
    if (!json_is_array(value)) {
        COMPLAIN(reader, place, "type", "expected a list");
        return;
    }
    size_t size = json_array_size(value);
    if (!check_count(reader, place, field, size))
        return;
    *list = arena_array(reader->arena, size + 1, field->record->size);
    memset(*list, 0, (size + 1) * field->record->size);
    for (size_t i = 0; i < size; i++) {
        struct place here = {place, SLICE_NONE, i};
        read_record(reader, &here, field->record, json_array_get(value, i),
                    *list + (*count)++ * field->record->size);
    }
}

static void read_field(struct reader *reader, const struct place *place, const struct field *field,
                       const json_t *value, char *out)
{
    char *member = out + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
        read_text(reader, place, field, value, member);
        break;
    case FIELD_INTEGER:
        read_integer(reader, place, field, value, member);
        break;
    case FIELD_FLAG:
        read_flag(reader, place, value, member);
        break;
    case FIELD_LIST:
        read_list(reader, place, field, value, (struct slice *)(void *)member,
                  (size_t *)(void *)(out + field->count_offset));
        break;
    case FIELD_RECORD:
        read_record(reader, place, field->record, value, member);
        break;
    case FIELD_RECORDS:
        read_records(reader, place, field, value, (char **)(void *)member,
                     (size_t *)(void *)(out + field->count_offset));
        break;
    }
}

static void complain_unknown(struct reader *reader, const struct place *place)
{
    /* Whoever sends an endless name does not get it back. */
    if (place->name.len > KEY_SHOWN)
        COMPLAIN(reader, place->parent, "unknown-field",
                 "a field with a name longer than %d bytes is not known here", KEY_SHOWN);
    else
        COMPLAIN(reader, place, "unknown-field", "this field is not known here");
}

static const struct field *find_field(const struct record *record, struct slice name)
{
    for (size_t i = 0; i < record->count; i++)
        if (slice_is(name, record->fields[i].name))
            return &record->fields[i];
    return NULL;
}

/* For what was left out: the fallback, or a complaint. */
static void read_absent(struct reader *reader, const struct place *place, const struct field *field,
                        char *out)
{
    struct place here = {place, slice_of(field->name), 0};
    if (field->required)
        COMPLAIN(reader, &here, "required", "this field is missing");
    else if (field->type == FIELD_TEXT)
        *(struct slice *)(void *)(out + field->offset) = slice_of(field->fallback);
}

/* `out` is zeroed memory of the record's C type. */
static void read_record(struct reader *reader, const struct place *place, const struct record *record,
                        const json_t *value, char *out)
{
    if (!json_is_object(value)) {
        COMPLAIN(reader, place, "type", "expected an object");
        return;
    }
    /* jansson iterates in the order of the document. */
    for (void *at = json_object_iter((json_t *)value); at; at = json_object_iter_next((json_t *)value, at)) {
        struct place here = {place, slice_make(json_object_iter_key(at), json_object_iter_key_len(at)), 0};
        const struct field *field = find_field(record, here.name);
        if (field)
            read_field(reader, &here, field, json_object_iter_value(at), out);
        else
            complain_unknown(reader, &here);
    }
    for (size_t i = 0; i < record->count; i++)
        if (!json_object_get(value, record->fields[i].name))
            read_absent(reader, place, &record->fields[i], out);
}

bool wire_settle(const struct issues *issues, struct err *err)
{
    if (issues->count == 0)
        return true;
    return err_set(err, ERR_INVALID_BODY, "%zu problem%s in the body, the first is %s", issues->count,
                   issues->count == 1 ? "" : "s", issues->list[0].code);
}

bool wire_read(struct slice json, struct arena *arena, const struct record *record, void *out,
               struct issues *issues, struct err *err)
{
    issues->arena = arena;
    issues->count = 0;
    json_t *root = json_in_read(json, err);
    if (!root)
        return false;
    struct reader reader = {arena, issues};
    read_record(&reader, NULL, record, root, out);
    json_decref(root);
    return true;
}

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
