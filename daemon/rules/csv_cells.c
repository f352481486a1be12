/* Cells as people type them. */
#include "csv_own.h"
#include "text.h"

#include <ctype.h>

static bool is_word_byte(char byte)
{
    unsigned char c = (unsigned char)byte;
    return c >= 0x80 || isalnum(c) || c == '_' || c == '.' || c == '-' || c == '@' || c == '?';
}

/* ---- strings of digits ---- */

static bool is_digits(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isdigit((unsigned char)text.ptr[i]))
            return false;
    return text.len > 0;
}

/* Pieces between commas that are digits and nothing else, put in quotes. */
static void quote_pieces(struct text *out, struct slice cell)
{
    for (struct slice rest = cell; rest.ptr;) {
        struct slice piece = cut_at_comma(&rest);
        bool is_quoted = is_digits(trim_all(piece));
        text_add_words(out, is_quoted ? "\"" : "");
        text_add(out, is_quoted ? trim_all(piece) : piece);
        text_add_words(out, is_quoted ? "\"" : "");
        text_add_words(out, rest.ptr ? "," : "");
    }
}

static struct slice quote_digits(struct slice cell, struct arena *arena)
{
    static const char opening[] = "not(";
    size_t length = sizeof opening - 1;
    struct text out = text_new(arena);
    bool is_negated = slice_starts(cell, opening) && cell.ptr[cell.len - 1] == ')';
    if (!is_negated) {
        quote_pieces(&out, cell);
        return text_slice(&out);
    }
    text_add_words(&out, opening);
    quote_pieces(&out, slice_make(cell.ptr + length, cell.len - length - 1));
    text_add_words(&out, ")");
    return text_slice(&out);
}

/* ---- dates ---- */

/* Length of a date that begins at `at` and is a token by itself, or 0. */
static size_t date_at(struct slice text, size_t at)
{
    enum { DATE_LENGTH = 10 };
    struct value value;
    if (at + DATE_LENGTH > text.len || (at && is_word_byte(text.ptr[at - 1]) && text.ptr[at - 1] != '.'))
        return 0;
    if (at + DATE_LENGTH < text.len && is_word_byte(text.ptr[at + DATE_LENGTH]) &&
        text.ptr[at + DATE_LENGTH] != '.')
        return 0;
    return value_date_parse(slice_make(text.ptr + at, DATE_LENGTH), &value) ? DATE_LENGTH : 0;
}

static struct slice quote_dates(struct slice cell, struct arena *arena)
{
    struct text out = text_new(arena);
    bool quoted = false;
    for (size_t at = 0; at < cell.len;) {
        size_t length = quoted ? 0 : date_at(cell, at);
        if (length) {
            text_printf(&out, "date(\"%.*s\")", (int)length, cell.ptr + at);
            at += length;
            continue;
        }
        if (quoted && cell.ptr[at] == '\\' && at + 1 < cell.len)
            text_add_char(&out, cell.ptr[at++]);
        else if (cell.ptr[at] == '"')
            quoted = !quoted;
        text_add_char(&out, cell.ptr[at++]);
    }
    return text_slice(&out);
}

struct slice csv_feel(struct slice cell, enum value_type type, struct arena *arena)
{
    if (type == TYPE_STRING)
        return quote_digits(cell, arena);
    return type == TYPE_DATE ? quote_dates(cell, arena) : cell;
}

bool csv_is_of_type(const struct value *value, enum value_type type)
{
    static const enum value_type types[] = {
        [VALUE_BOOLEAN] = TYPE_BOOLEAN,
        [VALUE_NUMBER] = TYPE_NUMBER,
        [VALUE_STRING] = TYPE_STRING,
        [VALUE_DATE] = TYPE_DATE,
        [VALUE_TIME] = TYPE_TIME,
        [VALUE_DATE_TIME] = TYPE_DATE_TIME,
        [VALUE_YEARS_MONTHS] = TYPE_YEARS_MONTHS,
        [VALUE_DAYS_TIME] = TYPE_DAYS_TIME,
        [VALUE_CONTEXT] = TYPE_ANY,
    };
    return type == TYPE_ANY || value->kind == VALUE_NULL || types[value->kind] == type;
}

/* ---- literals ---- */

static bool constant(struct csv_reader *reader, struct slice text, struct value *out,
                     struct feel_fault *fault)
{
    static const struct feel_syntax bare = {.options = FEEL_BARE_WORDS};
    const struct feel *feel = feel_parse_expression(text, &bare, reader->arena, fault);
    if (!feel)
        return false;
    *fault = (struct feel_fault){0, "expected a literal, found an expression"};
    return feel_constant(feel, out);
}

static bool is_quoted(struct slice text)
{
    return text.len && text.ptr[0] == '"';
}

static bool string_literal(struct csv_reader *reader, struct slice text, struct value *out,
                           struct feel_fault *fault)
{
    if (is_quoted(text))
        return constant(reader, text, out, fault);
    *out = value_of_string(text);
    return true;
}

static bool words_literal(struct csv_reader *reader, struct slice cell, struct value *out,
                          struct feel_fault *fault)
{
    size_t count = 0;
    for (struct slice rest = cell; rest.ptr; count++)
        cut_at_comma(&rest);
    struct value *items = arena_array(reader->arena, count, sizeof *items);
    *out = (struct value){.kind = VALUE_LIST, .list = {items, 0}};
    if (slice_is(cell, "[]"))
        return true;
    for (struct slice rest = cell; rest.ptr;) {
        struct slice word = trim_all(cut_at_comma(&rest));
        if (word.len == 0) {
            *fault = (struct feel_fault){(size_t)(word.ptr - cell.ptr), "expected a word, found nothing"};
            return false;
        }
        if (!string_literal(reader, word, &items[out->list.count++], fault))
            return false;
    }
    return true;
}

bool csv_literal(struct csv_reader *reader, struct slice cell, enum value_type type, bool is_any_of,
                 struct value *out, struct feel_fault *fault)
{
    struct slice text = trim_all(cell);
    *out = value_null;
    if (text.len == 0)
        return true;
    if (is_any_of)
        return words_literal(reader, text, out, fault);
    if (type == TYPE_STRING && !string_literal(reader, text, out, fault))
        return false;
    if (type != TYPE_STRING && !constant(reader, csv_feel(text, type, reader->arena), out, fault))
        return false;
    if (csv_is_of_type(out, type))
        return true;
    *fault = (struct feel_fault){0, ""};
    snprintf(fault->text, sizeof fault->text, "expected %s, found something else", value_type_word(type));
    return false;
}

static bool is_plain(struct slice text, bool in_list)
{
    if (text.len == 0 || is_quoted(text) || trim_all(text).len != text.len || slice_is(text, "[]"))
        return false;
    return !in_list || !memchr(text.ptr, ',', text.len);
}

/* What stands in brackets would keep commas together. */
static bool is_plain_word(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (memchr("\"([{)]}", text.ptr[i], 7))
            return false;
    return is_plain(text, true);
}

static void add_word(struct text *out, const struct value *item, struct arena *arena)
{
    if (item->kind == VALUE_STRING && is_plain_word(item->string))
        text_add(out, item->string);
    else
        text_add(out, value_text(item, arena));
}

struct slice csv_literal_text(const struct value *value, enum value_type type, bool is_any_of,
                              struct arena *arena)
{
    struct text out = text_new(arena);
    if (value->kind == VALUE_NULL)
        return slice_of("");
    if (is_any_of && value->kind == VALUE_LIST) {
        for (size_t i = 0; i < value->list.count; i++) {
            text_add_words(&out, i ? "," : "");
            add_word(&out, &value->list.items[i], arena);
        }
        return value->list.count ? text_slice(&out) : slice_of("[]");
    }
    if (is_any_of) {
        add_word(&out, value, arena);
        return text_slice(&out);
    }
    bool is_bare = type == TYPE_STRING && value->kind == VALUE_STRING && is_plain(value->string, false);
    return is_bare ? value->string : value_text(value, arena);
}
