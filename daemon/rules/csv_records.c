#include "csv_records.h"

#include <errno.h>
#include <iconv.h>

#include "csv.h"

enum { RECORDS = TABLE_RULES + 1024 }; /* rows, and lines about them */

struct splitter {
    struct slice bytes;
    size_t at, line;
    char separator;
    struct slice file;
    struct arena *arena;
    struct table_faults *faults;
    struct slice fields[CSV_COLUMNS];
    size_t count; /* fields of the record so far; may go beyond CSV_COLUMNS */
};

static bool fault_at(struct splitter *s, size_t line, const char *text)
{
    table_fault_add(s->faults, s->arena,
                    (struct table_fault){.file = s->file, .line = line, .text = slice_of(text)});
    return false;
}

static size_t line_of(struct slice bytes, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += bytes.ptr[i] == '\n';
    return line;
}

/* ---- encoding ---- */

static bool is_control(char byte)
{
    return (unsigned char)byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
}

static bool check_bytes(struct splitter *s)
{
    for (size_t i = 0; i < s->bytes.len; i++) {
        char byte = s->bytes.ptr[i];
        if (byte == '\0')
            return fault_at(s, line_of(s->bytes, i),
                            "expected text, found a NUL byte (UTF-16 is not taken: save as CSV UTF-8)");
        if (is_control(byte))
            return fault_at(s, line_of(s->bytes, i),
                            arena_printf(s->arena, "expected text, found control character 0x%02x",
                                         (unsigned)(unsigned char)byte));
    }
    return true;
}

/* Windows-1252 has at most three bytes of UTF-8 for each of its own. */
static bool convert(struct splitter *s)
{
    char *in = (char *)(uintptr_t)s->bytes.ptr;
    size_t left = s->bytes.len, room = s->bytes.len * 3;
    char *text = arena_alloc(s->arena, room + 1), *out = text;
    iconv_t converter = iconv_open("UTF-8", "WINDOWS-1252");
    if (converter == (iconv_t)-1) // NOLINT(performance-no-int-to-ptr)
        return fault_at(s, 0, "expected UTF-8, and this system cannot convert Windows-1252");
    size_t done = iconv(converter, &in, &left, &out, &room);
    iconv_close(converter);
    if (done == (size_t)-1) {
        size_t at = s->bytes.len - left;
        return fault_at(s, line_of(s->bytes, at),
                        arena_printf(s->arena,
                                     "expected UTF-8 or Windows-1252, found byte 0x%02x, which is neither",
                                     (unsigned)(unsigned char)s->bytes.ptr[at]));
    }
    s->bytes = slice_make(text, (size_t)(out - text));
    return true;
}

static size_t first_bad_utf8(struct slice bytes)
{
    size_t good = 0, bad = bytes.len;
    while (bad - good > 1) {
        size_t middle = good + (bad - good) / 2;
        size_t cut = middle; /* not within a character */
        while (cut > good && ((unsigned char)bytes.ptr[cut] & 0xC0U) == 0x80U)
            cut--;
        if (cut == good)
            break;
        if (slice_is_utf8(slice_make(bytes.ptr + good, cut - good)))
            good = cut;
        else
            bad = cut;
    }
    return good;
}

static bool decode(struct splitter *s)
{
    bool has_bom = slice_starts(s->bytes, "\xef\xbb\xbf");
    if (slice_starts(s->bytes, "\xff\xfe") || slice_starts(s->bytes, "\xfe\xff"))
        return fault_at(s, 1, "expected UTF-8 or Windows-1252, found UTF-16: save as CSV UTF-8");
    if (has_bom)
        s->bytes = slice_make(s->bytes.ptr + 3, s->bytes.len - 3);
    if (!check_bytes(s))
        return false;
    if (slice_is_utf8(s->bytes))
        return true;
    if (has_bom)
        return fault_at(s, line_of(s->bytes, first_bad_utf8(s->bytes)),
                        "expected UTF-8, as the byte order mark says, found something else");
    return convert(s);
}

/* ---- separator ---- */

/* The one that the first line has most of; "sep=;" before it, as Excel writes, decides and is skipped. */
static void find_separator(struct splitter *s)
{
    static const char separators[] = {';', '\t', ','};
    size_t counts[sizeof separators] = {0}, best = 0;
    bool quoted = false;
    if (slice_starts(s->bytes, "sep=") && s->bytes.len > 5 && memchr("\r\n", s->bytes.ptr[5], 2)) {
        s->separator = s->bytes.ptr[4];
        s->at = s->bytes.ptr[5] == '\r' && s->bytes.len > 6 && s->bytes.ptr[6] == '\n' ? 7 : 6;
        s->line = 2;
        return;
    }
    for (size_t i = 0; i < s->bytes.len && (quoted || s->bytes.ptr[i] != '\n'); i++) {
        quoted = quoted != (s->bytes.ptr[i] == '"');
        for (size_t k = 0; k < sizeof separators; k++)
            counts[k] += !quoted && s->bytes.ptr[i] == separators[k];
    }
    for (size_t k = 1; k < sizeof separators; k++)
        best = counts[k] > counts[best] ? k : best;
    s->separator = separators[best];
}

/* ---- fields ---- */

static bool is_line_end(const struct splitter *s)
{
    return s->at == s->bytes.len || s->bytes.ptr[s->at] == '\n' || s->bytes.ptr[s->at] == '\r';
}

static bool is_field_end(const struct splitter *s)
{
    return is_line_end(s) || s->bytes.ptr[s->at] == s->separator;
}

static struct slice plain_field(struct splitter *s)
{
    size_t start = s->at;
    while (!is_field_end(s))
        s->at++;
    return slice_make(s->bytes.ptr + start, s->at - start);
}

/* The field's text, when s->at is behind its opening quote; false where the closing one is missing. */
static bool quoted_text(struct splitter *s, struct slice *text)
{
    const char *bytes = s->bytes.ptr;
    size_t start = s->at, doubled = 0;
    for (; s->at < s->bytes.len; s->at++) {
        s->line += bytes[s->at] == '\n';
        if (bytes[s->at] != '"')
            continue;
        if (s->at + 1 == s->bytes.len || bytes[s->at + 1] != '"')
            break;
        s->at++;
        doubled++;
    }
    *text = slice_make(bytes + start, s->at - start);
    if (s->at == s->bytes.len)
        return false;
    s->at++;
    if (doubled == 0)
        return true;
    char *copy = arena_alloc(s->arena, text->len - doubled + 1);
    size_t length = 0;
    for (size_t i = 0; i < text->len; i++) {
        copy[length++] = text->ptr[i];
        i += text->ptr[i] == '"';
    }
    *text = slice_make(copy, length);
    return true;
}

static bool quoted_field(struct splitter *s, struct slice *text)
{
    size_t opened = s->line;
    s->at++;
    if (!quoted_text(s, text)) {
        fault_at(s, opened,
                 arena_printf(s->arena, "field %zu: expected a closing quote, found the end of the file",
                              s->count + 1));
        return false;
    }
    if (is_field_end(s))
        return true;
    fault_at(s, s->line,
             arena_printf(s->arena,
                          "field %zu: expected the separator behind the closing quote, found text (a field "
                          "with quotes in it is written with all of them doubled, in quotes)",
                          s->count + 1));
    plain_field(s);
    return true;
}

static void skip_line_end(struct splitter *s)
{
    if (s->at == s->bytes.len)
        return;
    bool is_return = s->bytes.ptr[s->at++] == '\r';
    bool is_pair = is_return && s->at < s->bytes.len && s->bytes.ptr[s->at] == '\n';
    if (is_return && !is_pair && s->at < s->bytes.len)
        fault_at(s, s->line, "expected a line to end in LF or CRLF, found CR alone");
    s->at += is_pair;
    s->line++;
}

/* False: the end of the file came within quotes. */
static bool read_record(struct splitter *s)
{
    s->count = 0;
    for (;;) {
        struct slice field;
        if (s->at < s->bytes.len && s->bytes.ptr[s->at] == '"') {
            if (!quoted_field(s, &field))
                return false;
        } else {
            field = plain_field(s);
        }
        if (s->count < CSV_COLUMNS)
            s->fields[s->count] = field;
        s->count++;
        if (is_line_end(s))
            break;
        s->at++;
    }
    skip_line_end(s);
    return true;
}

static bool is_empty(const struct splitter *s)
{
    size_t i = 0;
    while (i < s->count && i < CSV_COLUMNS && s->fields[i].len == 0)
        i++;
    return i == s->count;
}

static size_t count_lines(struct slice bytes)
{
    size_t count = 1;
    for (size_t i = 0; i < bytes.len && count <= RECORDS; i++)
        count += bytes.ptr[i] == '\n' || bytes.ptr[i] == '\r';
    return count;
}

static void keep_record(struct splitter *s, size_t line, struct record *record)
{
    size_t count = s->count < CSV_COLUMNS ? s->count : CSV_COLUMNS;
    struct slice *fields = arena_array(s->arena, count, sizeof *fields);
    memcpy(fields, s->fields, count * sizeof *fields);
    *record = (struct record){line, fields, count};
    if (s->count > CSV_COLUMNS)
        fault_at(
            s, line,
            arena_printf(s->arena, "expected at most %d columns, found %zu", (int)CSV_COLUMNS, s->count));
}

static bool split(struct splitter *s, struct records *out)
{
    size_t room = count_lines(s->bytes), count = 0;
    struct record *list = arena_array(s->arena, room < RECORDS ? room : RECORDS, sizeof *list);
    while (s->at < s->bytes.len) {
        size_t line = s->line;
        if (!read_record(s))
            break;
        if (is_empty(s))
            continue;
        if (count == RECORDS)
            return fault_at(s, line,
                            arena_printf(s->arena, "expected at most %d rows, found more", (int)TABLE_RULES));
        keep_record(s, line, &list[count++]);
    }
    *out = (struct records){list, count};
    return true;
}

bool csv_records(struct slice bytes, struct slice file, struct arena *arena, struct records *out,
                 struct table_faults *faults)
{
    struct splitter *s = arena_alloc(arena, sizeof *s);
    *s = (struct splitter){.bytes = bytes, .line = 1, .file = file, .arena = arena, .faults = faults};
    if (bytes.len > CSV_BYTES)
        return fault_at(s, 0,
                        arena_printf(arena, "expected at most %d MB, found %zu bytes",
                                     (int)CSV_BYTES / 1024 / 1024, bytes.len));
    if (!decode(s))
        return false;
    find_separator(s);
    return split(s, out);
}
