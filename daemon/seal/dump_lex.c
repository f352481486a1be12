#include "dump_lex.h"

#include <strings.h>

#include "arena.h"

enum { STATEMENT = 1 << 17, TAG = 66 };

enum place {
    BETWEEN,       /* before a statement */
    INSIDE,        /* a statement */
    AFTER,         /* a statement, on its last line */
    LINE_COMMENT,  /* -- */
    BLOCK_COMMENT, /* nests */
    STRING,
    ESCAPE_STRING, /* E'' */
    NAME,
    DOLLAR_TAG, /* between the dollars */
    DOLLAR,
    COMMAND /* of psql: \connect, \restrict */
};

struct dump_lex {
    enum place place, outer; /* outer: where a comment began */
    char *text;              /* of the statement; its first STATEMENT bytes */
    size_t used;
    char last;     /* the character before; in a string, 0 behind an escaped one */
    char tag[TAG]; /* with its dollars */
    size_t tag_length;
    size_t tag_seen; /* characters of the closing tag that have come */
    int depth;       /* of comments */
};

struct dump_lex *dump_lex_new(void)
{
    struct dump_lex *lex = xcalloc(1, sizeof *lex);
    lex->text = xcalloc(1, STATEMENT);
    return lex;
}

void dump_lex_free(struct dump_lex **lex)
{
    if (*lex)
        xfree((*lex)->text);
    xfree(*lex);
}

bool dump_lex_is_idle(const struct dump_lex *lex)
{
    return lex->place == BETWEEN || lex->place == AFTER ||
           (lex->place == LINE_COMMENT && lex->outer != INSIDE) || lex->place == COMMAND;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c & 0x80);
}

static void note(struct dump_lex *lex, char c)
{
    if (lex->used < STATEMENT)
        lex->text[lex->used] = c;
    lex->used++;
}

/* A COPY of the widest table that PostgreSQL knows is shorter than what is kept. */
static struct slice statement_of(const struct dump_lex *lex)
{
    return slice_make(lex->text, lex->used < STATEMENT ? lex->used : STATEMENT);
}

/* What opens it was taken for a part of the statement. */
static void begin_comment(struct dump_lex *lex, enum place place)
{
    lex->used -= 2;
    lex->outer = lex->used ? INSIDE : BETWEEN;
    lex->place = place;
    lex->depth = 1;
    lex->last = 0;
}

static void begin_dollar(struct dump_lex *lex)
{
    lex->place = DOLLAR_TAG;
    lex->tag[0] = '$';
    lex->tag_length = 1;
}

static void in_statement(struct dump_lex *lex, char c)
{
    char last = lex->last;
    bool before_is_word = lex->used > 1 && lex->used <= STATEMENT && is_word(lex->text[lex->used - 2]);
    note(lex, c);
    if (c == ';') {
        lex->used--;
        lex->place = AFTER;
    } else if (c == '-' && last == '-') {
        begin_comment(lex, LINE_COMMENT);
        return;
    } else if (c == '*' && last == '/') {
        begin_comment(lex, BLOCK_COMMENT);
        return;
    } else if (c == '\'') {
        lex->place = (last == 'E' || last == 'e') && !before_is_word ? ESCAPE_STRING : STRING;
        c = 0;
    } else if (c == '"') {
        lex->place = NAME;
    } else if (c == '$' && !is_word(last)) {
        begin_dollar(lex);
    }
    lex->last = c;
}

static void between(struct dump_lex *lex, char c)
{
    lex->used = 0;
    if (c == '\\') {
        lex->place = COMMAND;
    } else if (!is_blank(c)) {
        lex->place = INSIDE;
        lex->last = 0;
        in_statement(lex, c);
    }
}

static void in_line_comment(struct dump_lex *lex, char c)
{
    if (c != '\n')
        return;
    lex->place = lex->outer;
    lex->last = 0;
}

static void in_block_comment(struct dump_lex *lex, char c)
{
    if (lex->last == '/' && c == '*') {
        lex->depth++;
        c = 0;
    } else if (lex->last == '*' && c == '/') {
        lex->depth--;
        c = 0;
    }
    lex->last = c;
    if (lex->depth == 0)
        lex->place = lex->outer;
}

static void in_quotes(struct dump_lex *lex, char c)
{
    note(lex, c);
    bool is_escaped = lex->place == ESCAPE_STRING && lex->last == '\\';
    if (!is_escaped && c == (lex->place == NAME ? '"' : '\''))
        lex->place = INSIDE; /* a doubled one opens it again */
    lex->last = is_escaped ? 0 : c;
}

static void in_dollar_tag(struct dump_lex *lex, char c)
{
    if (c != '$' && (!is_word(c) || lex->tag_length == TAG - 1)) {
        lex->place = INSIDE; /* a parameter, $1, or no quote at all */
        lex->last = 0;
        in_statement(lex, c);
        return;
    }
    note(lex, c);
    lex->tag[lex->tag_length++] = c;
    lex->tag_seen = 0;
    if (c == '$')
        lex->place = DOLLAR;
}

/* A tag has dollars at its ends only, so that a character that does not fit can only begin it anew. */
static void in_dollar(struct dump_lex *lex, char c)
{
    bool fits = c == lex->tag[lex->tag_seen];
    lex->tag_seen = fits ? lex->tag_seen + 1 : c == '$';
    if (lex->tag_seen == lex->tag_length) {
        lex->place = INSIDE;
        lex->last = 0;
    }
}

bool dump_lex_feed(struct dump_lex *lex, char c, struct slice *statement)
{
    switch (lex->place) {
    case BETWEEN:
        between(lex, c);
        return false;
    case INSIDE:
        in_statement(lex, c);
        return false;
    case AFTER:
        if (c != '\n')
            return false;
        lex->place = BETWEEN;
        *statement = statement_of(lex);
        return true;
    case LINE_COMMENT:
        in_line_comment(lex, c);
        return false;
    case BLOCK_COMMENT:
        in_block_comment(lex, c);
        return false;
    case STRING:
    case ESCAPE_STRING:
    case NAME:
        in_quotes(lex, c);
        return false;
    case DOLLAR_TAG:
        in_dollar_tag(lex, c);
        return false;
    case DOLLAR:
        in_dollar(lex, c);
        return false;
    case COMMAND:
        if (c == '\n')
            lex->place = BETWEEN;
        return false;
    }
    return false;
}

/* ---- COPY ---- */

static void skip_blanks(const char *text, size_t length, size_t *at)
{
    while (*at < length && is_blank(text[*at]))
        ++*at;
}

/* A keyword, followed by no character of a word. */
static bool keyword(const char *text, size_t length, size_t *at, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(text, length, at);
    if (length - *at < n || strncasecmp(text + *at, word, n) != 0 ||
        (*at + n < length && is_word(text[*at + n])))
        return false;
    *at += n;
    return true;
}

static bool mark(const char *text, size_t length, size_t *at, char c)
{
    skip_blanks(text, length, at);
    if (*at >= length || text[*at] != c)
        return false;
    ++*at;
    return true;
}

/* "" inside quotes is one; unquoted in place. */
static bool quoted_name(char *text, size_t length, size_t *at, struct slice *out)
{
    char *begin = text + ++*at, *to = begin;
    while (*at < length) {
        char c = text[(*at)++];
        bool is_doubled = c == '"' && *at < length && text[*at] == '"';
        if (c == '"' && !is_doubled) {
            *out = slice_make(begin, (size_t)(to - begin));
            return true;
        }
        *at += is_doubled;
        *to++ = c;
    }
    return false;
}

static bool name(char *text, size_t length, size_t *at, struct slice *out)
{
    skip_blanks(text, length, at);
    if (*at < length && text[*at] == '"')
        return quoted_name(text, length, at, out);
    size_t begin = *at;
    while (*at < length && (is_word(text[*at]) || text[*at] == '$'))
        ++*at;
    *out = slice_make(text + begin, *at - begin);
    return *at > begin;
}

/* "(a, b)" or "()"; the number, or -1. */
static long names(char *text, size_t length, size_t *at, struct slice *columns, size_t most)
{
    size_t count = 0;
    if (!mark(text, length, at, '('))
        return -1;
    if (mark(text, length, at, ')'))
        return 0;
    do {
        struct slice column;
        if (!name(text, length, at, &column))
            return -1;
        if (count < most)
            columns[count] = column;
        count++;
    } while (mark(text, length, at, ','));
    return mark(text, length, at, ')') ? (long)count : -1;
}

static bool reads_input(const char *text, size_t length)
{
    for (size_t at = 0; at + 5 <= length; at++)
        if (strncasecmp(text + at, "stdin", 5) == 0)
            return true;
    return false;
}

enum dump_copy_kind dump_copy_parse(char *text, size_t length, struct dump_copy *out, struct slice *columns,
                                    size_t most)
{
    size_t at = 0;
    if (!keyword(text, length, &at, "copy"))
        return DUMP_COPY_NONE;
    bool has_input = reads_input(text + at, length - at); /* before names are unquoted */
    bool is_named = name(text, length, &at, &out->schema) && mark(text, length, &at, '.') &&
                    name(text, length, &at, &out->table);
    long count = is_named ? names(text, length, &at, columns, most) : -1;
    bool ends = count >= 0 && keyword(text, length, &at, "from") && keyword(text, length, &at, "stdin");
    skip_blanks(text, length, &at);
    if (!ends || at < length)
        return has_input ? DUMP_COPY_STRANGE : DUMP_COPY_NONE;
    out->column_count = (size_t)count;
    return (size_t)count > most ? DUMP_COPY_WIDE : DUMP_COPY_TABLE;
}
