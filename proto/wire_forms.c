/* What a text must look like. */
#include "code.h"
#include "wire_read.h"

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
bool wire_is_blank(struct slice text)
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

static bool is_id(struct slice text)
{
    int64_t id;
    return code_parse(text, &id) == CODE_OK;
}

const struct form form_line = {is_line, "control-character",
                               "text on one line, without control characters and hidden ones"};
const struct form form_free_text = {
    is_free_text, "control-character",
    "text without control characters other than newline and tab, and without hidden ones"};
const struct form form_word = {is_word, "pattern", "a code of lower case letters, digits and single dashes"};
const struct form form_icpc = {is_icpc, "pattern", "an ICPC code of chapter Z such as Z04"};
const struct form form_area = {is_area, "pattern", "the four digits of a postcode such as 5751"};
const struct form form_phone = {is_phone, "pattern",
                                "a phone number: digits, spaces, ( ) and -, a + in front; at least 6 digits"};
const struct form form_email = {is_email, "pattern", "an email address: one @ with something on both sides"};
const struct form form_language = {is_language, "pattern",
                                   "a language code of two lower case letters (ISO 639-1)"};
const struct form form_bsn = {is_bsn, "pattern",
                              "nine digits that pass the eleven test of a citizen service number"};
const struct form form_date = {is_date, "not-a-date", "a date of the calendar as YYYY-MM-DD, from 1900 on"};

const struct form form_signal = {
    is_signal, "pattern",
    "the id of the signal at your system: letters, digits and - . _, a letter among them; nothing personal"};
const struct form form_serial = {is_serial, "pattern",
                                 "a serial number in hexadecimal, digits and A to F, two by two"};
const struct form form_fingerprint = {is_fingerprint, "pattern",
                                      "a SHA-256 in hexadecimal, 64 digits and a to f"};
const struct form form_san = {is_san, "pattern", "a name without blanks, such as dns:zorg.example"};
const struct form form_step = {is_id, "pattern", "the id of a step"};
