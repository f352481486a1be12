/* Text into tokens. What is a name depends on which are known, so tokens are read one at a time. */
#include <stdarg.h>
#include <stdio.h>

#include "feel_node.h"

/* Faults ---------------------------------------------------------------------------------------------------
 */

bool fail_at(struct parser *parser, size_t offset, const char *format, ...)
{
    struct feel_fault *fault = parser->fault;
    va_list args;
    if (parser->has_failed)
        return false;
    parser->has_failed = true;
    fault->offset = offset;
    va_start(args, format);
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return false;
}

bool fail_expected(struct parser *parser, const char *expected)
{
    const struct token *token = &parser->token;
    struct slice found = slice_make(parser->text.ptr + token->start, token->end - token->start);
    if (token->kind == TOKEN_END)
        return fail_at(parser, token->start, "expected %s, found the end", expected);
    size_t length = slice_clip(found, 32).len;
    return fail_at(parser, token->start, "expected %s, found '%.*s%s'", expected, (int)length, found.ptr,
                   length < found.len ? "..." : "");
}

static void bad_token(struct parser *parser, size_t offset, const char *text)
{
    parser->token.kind = TOKEN_BAD;
    fail_at(parser, offset, "%s", text);
}

/* Characters -----------------------------------------------------------------------------------------------
 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_space_rune(uint32_t rune)
{
    return rune == 0x85 || rune == 0xA0 || rune == 0x1680 || rune == 0x180E ||
           (rune >= 0x2000 && rune <= 0x200B) || rune == 0x2028 || rune == 0x2029 || rune == 0x202F ||
           rune == 0x205F || rune == 0x3000 || rune == 0xFEFF;
}

/* Quotation marks that word processors put in the place of ". */
static bool is_quote_rune(uint32_t rune)
{
    return (rune >= 0x2018 && rune <= 0x201F) || rune == 0xAB || rune == 0xBB;
}

/* Length of the space at `at`, 0 if there is none. */
static size_t space_length(struct slice text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    size_t end = at;
    return is_space_rune(rune_next(text, &end)) ? end - at : 0;
}

/* Length of the letter, digit or other part of a name at `at`, 0 if there is none. */
static size_t name_length(struct slice text, size_t at)
{
    if (at >= text.len)
        return 0;
    char c = text.ptr[at];
    if ((unsigned char)c < 0x80)
        return is_letter(c) || is_digit(c);
    size_t end = at;
    uint32_t rune = rune_next(text, &end);
    return is_space_rune(rune) || is_quote_rune(rune) ? 0 : end - at;
}

static size_t skip_comment(struct slice text, size_t at)
{
    bool is_line = text.ptr[at + 1] == '/';
    for (size_t i = at + 2; i < text.len; i++) {
        if (is_line && text.ptr[i] == '\n')
            return i + 1;
        if (!is_line && text.ptr[i] == '*' && i + 1 < text.len && text.ptr[i + 1] == '/')
            return i + 2;
    }
    return text.len;
}

size_t skip_space(struct slice text, size_t at)
{
    while (at < text.len) {
        size_t space = space_length(text, at);
        bool is_comment =
            text.ptr[at] == '/' && at + 1 < text.len && (text.ptr[at + 1] == '/' || text.ptr[at + 1] == '*');
        if (!space && !is_comment)
            break;
        at = is_comment ? skip_comment(text, at) : at + space;
    }
    return at;
}

static size_t identifier_end(struct slice text, size_t at)
{
    for (size_t length; (length = name_length(text, at)) > 0;)
        at += length;
    return at;
}

/* Names and words ------------------------------------------------------------------------------------------
 */

size_t match_name(struct slice text, size_t at, struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (at >= text.len)
            return 0;
        if (name.ptr[i] == ' ') {
            size_t next = skip_space(text, at);
            if (next == at)
                return 0;
            at = next;
            while (i + 1 < name.len && name.ptr[i + 1] == ' ')
                i++;
        } else if (name.ptr[i] == text.ptr[at]) {
            at++;
        } else {
            return 0;
        }
    }
    if (name.len == 0)
        return 0;
    char last = name.ptr[name.len - 1];
    bool ends_in_letter = (unsigned char)last >= 0x80 || is_letter(last) || is_digit(last);
    return ends_in_letter && name_length(text, at) ? 0 : at;
}

static void keep_longest(struct parser *parser, size_t at, struct slice name, size_t *end,
                         struct slice *longest)
{
    if (name.len == 0 || name.ptr[0] != parser->text.ptr[at])
        return;
    size_t found = match_name(parser->text, at, name);
    if (found > *end) {
        *end = found;
        *longest = name;
    }
}

static size_t known_name(struct parser *parser, size_t at, struct slice *name)
{
    size_t end = 0;
    for (const struct local *local = parser->locals; local; local = local->outer)
        keep_longest(parser, at, local->name, &end, name);
    if (!parser->syntax)
        return end;
    for (size_t i = 0; i < parser->syntax->name_count; i++)
        keep_longest(parser, at, parser->syntax->names[i], &end, name);
    return end;
}

static const struct keyword {
    const char *word;
    enum token_kind kind;
    enum operator op;
} keywords[] = {
    {"true", TOKEN_TRUE, OP_NONE},
    {"false", TOKEN_FALSE, OP_NONE},
    {"null", TOKEN_NULL, OP_NONE},
    {"not", TOKEN_NOT, OP_NONE},
    {"and", TOKEN_OPERATOR, OP_AND},
    {"or", TOKEN_OPERATOR, OP_OR},
    {"in", TOKEN_IN, OP_NONE},
    {"between", TOKEN_BETWEEN, OP_NONE},
    {"if", TOKEN_IF, OP_NONE},
    {"then", TOKEN_THEN, OP_NONE},
    {"else", TOKEN_ELSE, OP_NONE},
    {"for", TOKEN_FOR, OP_NONE},
    {"return", TOKEN_RETURN, OP_NONE},
    {"some", TOKEN_SOME, OP_NONE},
    {"every", TOKEN_EVERY, OP_NONE},
    {"instance", TOKEN_INSTANCE, OP_NONE},
    {"satisfies", TOKEN_SATISFIES, OP_NONE},
    {"of", TOKEN_OF, OP_NONE},
};

static const struct keyword *find_keyword(struct slice word)
{
    if (word.len < 2 || word.len > 9)
        return NULL;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (keywords[i].word[0] == word.ptr[0] && slice_is(word, keywords[i].word))
            return &keywords[i];
    return NULL;
}

/* With bare words, "join-us" is one. */
static size_t bare_end(struct slice text, size_t end)
{
    while (end + 1 < text.len && text.ptr[end] == '-' && name_length(text, end + 1))
        end = identifier_end(text, end + 1);
    return end;
}

bool is_bare_word(struct slice text)
{
    if (text.len == 0 || !is_letter(text.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_letter(c) && !is_digit(c) && (c != '-' || i + 1 == text.len || text.ptr[i + 1] == '-'))
            return false;
    }
    return !find_keyword(text);
}

/* Identifiers with single spaces between them, up to a keyword. */
static struct slice lex_words(struct parser *parser, size_t *end)
{
    struct slice text = parser->text;
    struct text name = text_new(parser->arena);
    size_t at = skip_space(text, *end);
    struct slice first = SLICE_NONE;
    while (at < text.len && name_length(text, at) && !is_digit(text.ptr[at])) {
        struct slice word = slice_make(text.ptr + at, identifier_end(text, at) - at);
        if (first.ptr && find_keyword(word))
            break;
        if (!first.ptr) {
            first = word;
        } else {
            if (name.len == 0)
                text_add(&name, first);
            text_add_char(&name, ' ');
            text_add(&name, word);
        }
        *end = at + word.len;
        at = skip_space(text, *end);
    }
    return name.len ? text_slice(&name) : first;
}

struct slice lex_member(struct parser *parser, size_t *end)
{
    struct slice known = SLICE_NONE;
    size_t at = skip_space(parser->text, *end), known_end = 0;
    if (at < parser->text.len)
        known_end = known_name(parser, at, &known);
    struct slice words = lex_words(parser, end);
    if (known_end <= *end)
        return words;
    *end = known_end;
    return known;
}

static bool opens_call(struct slice text, size_t at)
{
    at = skip_space(text, at);
    return at < text.len && (text.ptr[at] == '(' || name_length(text, at));
}

static bool lex_function(struct parser *parser, size_t at, size_t word_end)
{
    size_t length;
    if (!opens_call(parser->text, word_end))
        return false;
    const struct function *function =
        function_match(slice_make(parser->text.ptr + at, parser->text.len - at), &length);
    if (!function)
        return false;
    parser->token.kind = TOKEN_FUNCTION;
    parser->token.function = function;
    parser->token.end = at + length;
    return true;
}

static void lex_word(struct parser *parser, size_t at)
{
    struct token *token = &parser->token;
    struct slice text = parser->text, name = SLICE_NONE;
    size_t plain = identifier_end(text, at), end = plain, known = known_name(parser, at, &name);
    bool is_bare = parser->syntax && parser->syntax->options & FEEL_BARE_WORDS && !parser->in_members;
    if (is_bare)
        end = bare_end(text, plain);
    const struct keyword *keyword = end == plain ? find_keyword(slice_make(text.ptr + at, end - at)) : NULL;
    token->kind = TOKEN_NAME;
    token->is_known = known >= end && !(keyword && known == end);
    token->end = token->is_known ? known : end;
    token->text = token->is_known ? name : slice_make(text.ptr + at, end - at);
    if ((!keyword || token->is_known) && lex_function(parser, at, token->end))
        return;
    if (token->is_known)
        return;
    if (keyword) {
        token->kind = keyword->kind;
        token->op = keyword->op;
    } else if (parser->in_members) {
        token->end = at;
        token->text = lex_member(parser, &token->end);
        token->is_known = true;
    }
}

/* Literals -------------------------------------------------------------------------------------------------
 */

static void lex_number(struct parser *parser, size_t at)
{
    struct slice text = parser->text;
    size_t end = at;
    while (end < text.len && is_digit(text.ptr[end]))
        end++;
    if (end + 1 < text.len && text.ptr[end] == '.' && is_digit(text.ptr[end + 1]))
        for (end++; end < text.len && is_digit(text.ptr[end]);)
            end++;
    if (end < text.len && (text.ptr[end] == 'e' || text.ptr[end] == 'E')) {
        size_t digits = end + 1;
        digits += digits < text.len && (text.ptr[digits] == '+' || text.ptr[digits] == '-');
        if (digits < text.len && is_digit(text.ptr[digits]))
            for (end = digits; end < text.len && is_digit(text.ptr[end]);)
                end++;
    }
    parser->token.kind = TOKEN_NUMBER;
    parser->token.end = end;
    if (!decimal_parse(slice_make(text.ptr + at, end - at), &parser->token.number))
        bad_token(parser, at, "expected a number of at most 34 digits");
}

static bool read_hex(struct slice text, size_t at, size_t digits, uint32_t *rune)
{
    *rune = 0;
    if (at + digits > text.len)
        return false;
    for (size_t i = at; i < at + digits; i++) {
        char c = text.ptr[i];
        unsigned lower = (unsigned char)c | 0x20U;
        if (!is_digit(c) && !(lower >= 'a' && lower <= 'f'))
            return false;
        *rune = *rune << 4 | (is_digit(c) ? (unsigned)(c - '0') : lower - 'a' + 10);
    }
    return true;
}

/* What stands behind \u or \U at `at`; two halves of a UTF-16 pair are one. False: not a character. */
static bool read_escaped_rune(struct slice text, size_t *at, uint32_t *rune)
{
    size_t digits = text.ptr[*at] == 'u' ? 4 : 6, end = *at + 1 + digits;
    uint32_t low;
    if (!read_hex(text, *at + 1, digits, rune))
        return false;
    if (*rune >= 0xD800 && *rune < 0xDC00 && end + 6 <= text.len && text.ptr[end] == '\\' &&
        text.ptr[end + 1] == 'u' && read_hex(text, end + 2, 4, &low) && low >= 0xDC00 && low < 0xE000) {
        *rune = 0x10000 + ((*rune - 0xD800) << 10 | (low - 0xDC00));
        end += 6;
    }
    *at = end;
    return *rune && *rune <= 0x10FFFF && (*rune < 0xD800 || *rune >= 0xE000);
}

/* A backslash that begins no escape is a backslash. */
static bool unescape(struct parser *parser, struct slice text, size_t *at, struct text *out)
{
    static const char from[] = "nrt\"'\\", to[] = "\n\r\t\"'\\";
    size_t start = *at;
    char c = start + 1 < text.len ? text.ptr[start + 1] : '\0';
    const char *found = c ? strchr(from, c) : NULL;
    uint32_t rune;
    *at = start + 1;
    if (found) {
        text_add_char(out, to[found - from]);
        *at = start + 2;
    } else if (c == 'u' || c == 'U') {
        if (!read_escaped_rune(text, at, &rune))
            return fail_at(parser, start, "expected the four digits of a character behind \\u");
        text_add_rune(out, rune);
    } else {
        text_add_char(out, '\\');
    }
    return true;
}

/* From behind the opening quote. */
static void lex_string(struct parser *parser, size_t at, enum token_kind kind)
{
    struct token *token = &parser->token;
    struct slice text = parser->text;
    size_t end = at;
    bool has_escape = false;
    for (; end < text.len && text.ptr[end] != '"'; end++)
        if (text.ptr[end] == '\\') {
            has_escape = true;
            end++;
        }
    if (end >= text.len) {
        bad_token(parser, token->start, "expected a closing quote (\") for the text that begins here");
        return;
    }
    token->kind = kind;
    token->end = end + 1;
    token->text = slice_make(text.ptr + at, end - at);
    if (!has_escape)
        return;
    struct text plain = text_new(parser->arena);
    while (at < end)
        if (text.ptr[at] != '\\')
            text_add_char(&plain, text.ptr[at++]);
        else if (!unescape(parser, slice_make(text.ptr, end), &at, &plain)) {
            token->kind = TOKEN_BAD;
            return;
        }
    token->text = text_slice(&plain);
}

/* Signs ----------------------------------------------------------------------------------------------------
 */

static const struct sign {
    char text[3];
    enum token_kind kind;
    enum operator op;
} signs[] = {
    /* two characters before one */
    {"**", TOKEN_OPERATOR, OP_POWER},
    {"<=", TOKEN_OPERATOR, OP_LESS_EQUAL},
    {">=", TOKEN_OPERATOR, OP_GREATER_EQUAL},
    {"!=", TOKEN_OPERATOR, OP_NOT_EQUAL},
    {"..", TOKEN_DOTS, OP_NONE},
    {"<", TOKEN_OPERATOR, OP_LESS},
    {">", TOKEN_OPERATOR, OP_GREATER},
    {"=", TOKEN_OPERATOR, OP_EQUAL},
    {"+", TOKEN_OPERATOR, OP_ADD},
    {"-", TOKEN_OPERATOR, OP_SUBTRACT},
    {"*", TOKEN_OPERATOR, OP_MULTIPLY},
    {"/", TOKEN_OPERATOR, OP_DIVIDE},
    {"(", TOKEN_OPEN, OP_NONE},
    {")", TOKEN_CLOSE, OP_NONE},
    {"[", TOKEN_BRACKET, OP_NONE},
    {"]", TOKEN_BRACKET_CLOSE, OP_NONE},
    {"{", TOKEN_BRACE, OP_NONE},
    {"}", TOKEN_BRACE_CLOSE, OP_NONE},
    {",", TOKEN_COMMA, OP_NONE},
    {":", TOKEN_COLON, OP_NONE},
    {".", TOKEN_DOT, OP_NONE},
    {"?", TOKEN_QUESTION, OP_NONE},
};

static bool lex_sign(struct parser *parser, size_t at)
{
    struct slice rest = slice_make(parser->text.ptr + at, parser->text.len - at);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (signs[i].text[0] != rest.ptr[0] || !slice_starts(rest, signs[i].text))
            continue;
        parser->token.kind = signs[i].kind;
        parser->token.op = signs[i].op;
        parser->token.end = at + strlen(signs[i].text);
        return true;
    }
    return false;
}

static void lex_unknown(struct parser *parser, size_t at)
{
    size_t end = at;
    uint32_t rune = rune_next(parser->text, &end);
    if (is_quote_rune(rune) || rune == '\'')
        bad_token(parser, at, "expected a straight double quote (\")");
    else if (rune < ' ' || rune == 0x7F)
        bad_token(parser, at, "expected text, found a control character");
    else
        fail_at(parser, at, "expected a value or an operator, found '%.*s'", (int)(end - at),
                parser->text.ptr + at);
    parser->token.kind = TOKEN_BAD;
    parser->token.end = end;
}

void lex(struct parser *parser, size_t at)
{
    struct slice text = parser->text;
    at = skip_space(text, at);
    parser->token = (struct token){.kind = TOKEN_END, .start = at, .end = at};
    if (at == text.len)
        return;
    char c = text.ptr[at];
    if (c == '"')
        lex_string(parser, at + 1, TOKEN_STRING);
    else if (is_digit(c) || (c == '.' && at + 1 < text.len && is_digit(text.ptr[at + 1])))
        lex_number(parser, at);
    else if (name_length(text, at))
        lex_word(parser, at);
    else if (c == '@' && at + 1 < text.len && text.ptr[at + 1] == '"')
        lex_string(parser, at + 2, TOKEN_AT);
    else if (!lex_sign(parser, at))
        lex_unknown(parser, at);
}
