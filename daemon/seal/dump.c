#include "dump.h"

#include <stdint.h>

#include "arena.h"
#include "dump_lex.h"

enum { FIRST_ROW = 1 << 16 };

enum state { STATEMENTS, ROWS, SKIPPED }; /* SKIPPED: rows of a table that nobody wants */

struct dump {
    struct dump_sink sink;
    struct dump_lex *lex;
    enum state state;
    char *line; /* what there is of the present one, but for statements */
    size_t used, size;
    uint64_t number; /* of the present line, from 1 */
    bool is_rest;    /* of SKIPPED: the line began in a piece before, so that it is not "\." */
    char *names;     /* the statement that began the table */
    struct slice columns[DUMP_COLUMNS], cells[DUMP_COLUMNS];
    size_t column_count;
};

struct dump *dump_new(const struct dump_sink *sink)
{
    struct dump *dump = xcalloc(1, sizeof *dump);
    dump->sink = *sink;
    dump->lex = dump_lex_new();
    dump->number = 1;
    dump->size = FIRST_ROW;
    dump->line = xcalloc(1, dump->size);
    return dump;
}

void dump_free(struct dump **dump)
{
    if (*dump) {
        dump_lex_free(&(*dump)->lex);
        xfree((*dump)->line);
        xfree((*dump)->names);
    }
    xfree(*dump);
}

static bool fail(const struct dump *dump, struct err *err, const char *what)
{
    return err_set(err, ERR_CONFIG, "line %llu of the dump: %s", (unsigned long long)dump->number, what);
}

/* ---- rows ---- */

/* The character that follows a backslash at text[*at - 1]; moves *at behind it. */
static char unescape(struct slice text, size_t *at)
{
    static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
    char c = text.ptr[(*at)++];
    const char *known = c ? strchr(from, c) : NULL;
    if (known)
        return to[known - from];
    if (c < '0' || c > '7')
        return c;
    int value = c - '0';
    for (int i = 1; i < 3 && *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '7'; i++)
        value = value * 8 + (text.ptr[(*at)++] - '0');
    return (char)value;
}

/* In place: what is unescaped is never longer. */
static struct slice unescape_cell(char *cell, size_t length)
{
    struct slice text = slice_make(cell, length);
    if (slice_is(text, "\\N"))
        return SLICE_NONE;
    const char *slash = memchr(cell, '\\', length);
    if (!slash)
        return text;
    char *to = cell + (slash - cell);
    for (size_t at = (size_t)(slash - cell); at < length;) {
        char c = cell[at++];
        *to++ = c == '\\' && at < length ? unescape(text, &at) : c;
    }
    return slice_make(cell, (size_t)(to - cell));
}

static bool take_row(struct dump *dump, struct err *err)
{
    char *at = dump->line, *end = dump->line + dump->used;
    size_t count = 0;
    for (;; at++) {
        char *tab = memchr(at, '\t', (size_t)(end - at));
        if (count == dump->column_count)
            return fail(dump, err, "a row with more cells than its table has columns");
        dump->cells[count++] = unescape_cell(at, (size_t)((tab ? tab : end) - at));
        if (!tab)
            break;
        at = tab;
    }
    if (count < dump->column_count)
        return fail(dump, err, "a row with fewer cells than its table has columns");
    return dump->sink.on_row(dump->sink.arg, dump->cells, count, err);
}

static bool keep(struct dump *dump, const char *bytes, size_t count, struct err *err)
{
    if (dump->used + count > DUMP_ROW)
        return fail(dump, err, "a row that is longer than any of this table can be");
    while (dump->size - dump->used < count) {
        dump->size *= 2;
        dump->line = xrealloc(dump->line, dump->size);
    }
    memcpy(dump->line + dump->used, bytes, count);
    dump->used += count;
    return true;
}

/* A line of a table, without its end. */
static bool end_line(struct dump *dump, struct err *err)
{
    bool is_last = slice_is(slice_make(dump->line, dump->used), "\\.");
    bool ok = is_last || dump->state == SKIPPED || take_row(dump, err);
    if (is_last)
        dump->state = STATEMENTS;
    dump->used = 0;
    dump->number++;
    return ok;
}

/* Of a line that is skipped no more is kept than tells whether it is the last one. */
static bool keep_some(struct dump *dump, const char *bytes, size_t count, struct err *err)
{
    if (dump->state == SKIPPED && dump->used + count > 2) {
        dump->used = 0;
        count = 0;
        dump->is_rest = true;
    }
    return dump->is_rest || keep(dump, bytes, count, err);
}

static bool feed_rows(struct dump *dump, struct slice *bytes, struct err *err)
{
    while (bytes->len && dump->state != STATEMENTS) {
        const char *end = memchr(bytes->ptr, '\n', bytes->len);
        size_t count = end ? (size_t)(end - bytes->ptr) : bytes->len;
        if (!keep_some(dump, bytes->ptr, count, err))
            return false;
        *bytes = slice_make(bytes->ptr + count + (end != NULL), bytes->len - count - (end != NULL));
        if (!end)
            return true;
        dump->is_rest = false;
        if (!end_line(dump, err))
            return false;
    }
    return true;
}

/* ---- statements ---- */

static bool begin_table(struct dump *dump, struct slice statement, struct err *err)
{
    struct dump_copy copy;
    xfree(dump->names);
    dump->names = xcalloc(1, statement.len + 1);
    memcpy(dump->names, statement.ptr, statement.len);
    switch (dump_copy_parse(dump->names, statement.len, &copy, dump->columns, DUMP_COLUMNS)) {
    case DUMP_COPY_NONE:
        return true; /* another statement */
    case DUMP_COPY_STRANGE:
        return fail(dump, err, "a COPY that pg_dump does not write");
    case DUMP_COPY_WIDE: /* more columns than any table of ours */
        dump->state = SKIPPED;
        return true;
    case DUMP_COPY_TABLE:
        break;
    }
    dump->column_count = copy.column_count;
    bool is_wanted = copy.column_count && dump->sink.on_table(dump->sink.arg, copy.schema, copy.table,
                                                              dump->columns, copy.column_count);
    dump->state = is_wanted ? ROWS : SKIPPED;
    return true;
}

static bool feed_statements(struct dump *dump, struct slice *bytes, struct err *err)
{
    while (bytes->len && dump->state == STATEMENTS) {
        struct slice statement;
        char c = *bytes->ptr;
        bool is_complete = dump_lex_feed(dump->lex, c, &statement);
        dump->number += c == '\n';
        *bytes = slice_make(bytes->ptr + 1, bytes->len - 1);
        if (is_complete && !begin_table(dump, statement, err))
            return false;
    }
    return true;
}

bool dump_feed(struct dump *dump, struct slice bytes, struct err *err)
{
    bool ok = true;
    while (ok && bytes.len)
        ok = dump->state == STATEMENTS ? feed_statements(dump, &bytes, err) : feed_rows(dump, &bytes, err);
    return ok;
}

bool dump_end(const struct dump *dump, struct err *err)
{
    if (dump->state != STATEMENTS || !dump_lex_is_idle(dump->lex))
        return fail(dump, err, "the dump is cut off here");
    return true;
}
