#include "seal_row.h"

#include "arena.h"

enum { NAME_MAX_BYTES = 63, NUMBER = 24 };

const struct seal_log seal_logs[SEAL_LOGS] = {
    [SEAL_EVENT] = {"event", "event_id", "referral_id"},
    [SEAL_ACCESS] = {"access", "access_id", "object_id"},
};

int seal_log_find(struct slice name)
{
    int i = 0;
    while (i < SEAL_LOGS && !slice_is(name, seal_logs[i].name))
        i++;
    return i;
}

struct seal_row {
    char *bytes;
    size_t used, size;
};

struct seal_row *seal_row_new(void)
{
    return xcalloc(1, sizeof(struct seal_row));
}

void seal_row_free(struct seal_row **row)
{
    if (*row)
        xfree((*row)->bytes);
    xfree(*row);
}

struct slice seal_row_bytes(const struct seal_row *row)
{
    return slice_make(row->bytes, row->used);
}

/* ---- times ---- */

/* Exactly `digits` digits at text[*at]. */
static bool number_at(struct slice text, size_t *at, size_t digits, int64_t *out)
{
    if (text.len - *at < digits)
        return false;
    int64_t number = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = text.ptr[*at + i];
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (c - '0');
    }
    *at += digits;
    *out = number;
    return true;
}

static bool char_at(struct slice text, size_t *at, char c)
{
    if (*at >= text.len || text.ptr[*at] != c)
        return false;
    ++*at;
    return true;
}

/* ".25" as 250000; nothing as 0. */
static bool fraction_at(struct slice text, size_t *at, int64_t *out)
{
    *out = 0;
    if (!char_at(text, at, '.'))
        return true;
    size_t digits = 0;
    int64_t one;
    for (; digits < 6 && *at < text.len && number_at(text, at, 1, &one); digits++)
        *out = *out * 10 + one;
    for (size_t i = digits; i < 6; i++)
        *out *= 10;
    return digits > 0;
}

/* "+01", "-03:30", "+00:19:32", up to the end: seconds ahead of UTC. */
static bool offset_at(struct slice text, size_t *at, int64_t *out)
{
    int64_t hours, minutes = 0, seconds = 0;
    bool is_behind = char_at(text, at, '-');
    if ((!is_behind && !char_at(text, at, '+')) || !number_at(text, at, 2, &hours))
        return false;
    if (char_at(text, at, ':') && !number_at(text, at, 2, &minutes))
        return false;
    if (char_at(text, at, ':') && !number_at(text, at, 2, &seconds))
        return false;
    *out = (hours * 60 + minutes) * 60 + seconds;
    *out = is_behind ? -*out : *out;
    return *at == text.len && hours < 16 && minutes < 60 && seconds < 60;
}

bool seal_moment(struct slice text, moment *out)
{
    int64_t year, month, day, hour, minute, second, fraction, offset;
    size_t at = 0;
    bool fits = number_at(text, &at, 4, &year) && char_at(text, &at, '-') &&
                number_at(text, &at, 2, &month) && char_at(text, &at, '-') && number_at(text, &at, 2, &day) &&
                char_at(text, &at, ' ') && number_at(text, &at, 2, &hour) && char_at(text, &at, ':') &&
                number_at(text, &at, 2, &minute) && char_at(text, &at, ':') &&
                number_at(text, &at, 2, &second) && fraction_at(text, &at, &fraction) &&
                offset_at(text, &at, &offset);
    if (!fits || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t days = days_from_civil(year, (unsigned)month, (unsigned)day);
    *out = ((days * 24 + hour) * 3600 + minute * 60 + second - offset) * MOMENT_SECOND + fraction;
    return true;
}

/* ---- the bytes ---- */

static void put(struct seal_row *row, struct slice bytes)
{
    if (row->size - row->used < bytes.len) {
        row->size = (row->size + bytes.len) * 2;
        row->bytes = xrealloc(row->bytes, row->size);
    }
    memcpy(row->bytes + row->used, bytes.ptr, bytes.len);
    row->used += bytes.len;
}

static void put_byte(struct seal_row *row, char byte)
{
    put(row, slice_make(&byte, 1));
}

/* The digits of a number at the end of `out`. */
static struct slice digits_of(uint64_t number, bool is_negative, char out[NUMBER])
{
    char *at = out + NUMBER;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    if (is_negative)
        *--at = '-';
    return slice_make(at, (size_t)(out + NUMBER - at));
}

static void put_column(struct seal_row *row, struct slice name, struct slice cell)
{
    char length[NUMBER], number[NUMBER];
    moment at;
    bool is_time = seal_moment(cell, &at);
    if (is_time)
        cell = digits_of(at < 0 ? -(uint64_t)at : (uint64_t)at, at < 0, number);
    put(row, name);
    put(row, slice_make(is_time ? "=t" : "=s", 2));
    put(row, digits_of(cell.len, false, length));
    put_byte(row, ':');
    put(row, cell);
    put_byte(row, '\n');
}

/* ---- columns ---- */

static bool is_name(struct slice name)
{
    if (!name.len || name.len > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
            return false;
    }
    return true;
}

static size_t place_of(struct slice name, const struct slice *names, size_t count)
{
    size_t i = 0;
    while (i < count && !slice_equal(names[i], name))
        i++;
    return i;
}

bool seal_columns_find(const struct seal_log *log, const struct slice *names, size_t count,
                       struct seal_columns *out, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!is_name(names[i]) || place_of(names[i], names, i) < i)
            return err_set(err, ERR_SCHEMA, "table %s has a column whose name cannot be sealed", log->name);
    *out = (struct seal_columns){.names = names,
                                 .count = count,
                                 .region = place_of(slice_of("region_id"), names, count),
                                 .id = place_of(slice_of(log->id), names, count),
                                 .about = place_of(slice_of(log->about), names, count),
                                 .tx = place_of(slice_of("tx"), names, count),
                                 .at = place_of(slice_of("at"), names, count)};
    return true;
}

/* ---- rows ---- */

static int64_t number_of(const struct seal_columns *columns, size_t place, const struct slice *cells)
{
    int64_t number;
    return place < columns->count && slice_to_i64(cells[place], INT64_MIN, INT64_MAX, &number) ? number : 0;
}

void seal_row_take(struct seal_row *row, const struct seal_columns *columns, const struct slice *cells,
                   struct seal_facts *out)
{
    row->used = 0;
    for (size_t i = 0; i < columns->count; i++)
        if (cells[i].ptr)
            put_column(row, columns->names[i], cells[i]);
    *out = (struct seal_facts){.region = number_of(columns, columns->region, cells),
                               .id = number_of(columns, columns->id, cells),
                               .about = number_of(columns, columns->about, cells),
                               .tx = number_of(columns, columns->tx, cells),
                               .leaf = digest_with(DIGEST_LEAF, seal_row_bytes(row), SLICE_NONE)};
    if (columns->at < columns->count)
        seal_moment(cells[columns->at], &out->at);
}

/* ---- PostgreSQL's own texts ---- */

/* One cell at text[*at], up to the comma or parenthesis that ends it. Inside quotes a quote or backslash is
 * doubled (or follows a backslash). NULL is nothing at all. */
static bool record_cell(struct slice text, size_t *at, char **scratch, struct slice *out)
{
    const char *begin = *scratch;
    bool is_quoted = false, was_quoted = false;
    for (; *at < text.len; ++*at) {
        char c = text.ptr[*at];
        if (!is_quoted && (c == ',' || c == ')'))
            break;
        bool has_next = *at + 1 < text.len;
        if (c == '"' && !(is_quoted && has_next && text.ptr[*at + 1] == '"')) {
            is_quoted = !is_quoted;
            was_quoted = true;
            continue;
        }
        if (c == '"' || c == '\\') {
            if (!has_next)
                return false;
            c = text.ptr[++*at];
        }
        *(*scratch)++ = c;
    }
    size_t length = (size_t)(*scratch - begin);
    *out = length || was_quoted ? slice_make(begin, length) : SLICE_NONE;
    return *at < text.len;
}

long seal_record(struct slice text, char *scratch, struct slice *cells, size_t most)
{
    size_t at = 1, count = 0;
    if (text.len < 2 || text.ptr[0] != '(')
        return -1;
    for (;; at++) {
        if (count == most || !record_cell(text, &at, &scratch, &cells[count]))
            return -1;
        count++;
        if (text.ptr[at] == ')')
            return at + 1 == text.len ? (long)count : -1;
    }
}

long seal_numbers(struct slice text, int64_t *out, size_t most)
{
    size_t count = 0;
    if (text.len < 2 || text.ptr[0] != '{' || text.ptr[text.len - 1] != '}')
        return -1;
    struct slice rest = slice_make(text.ptr + 1, text.len - 2);
    while (rest.ptr && rest.len + count) {
        struct slice word = slice_cut(&rest, ',');
        if (count == most)
            return -1;
        if (slice_is(word, "NULL"))
            out[count] = 0;
        else if (!slice_to_i64(word, INT64_MIN, INT64_MAX, &out[count]))
            return -1;
        count++;
    }
    return (long)count;
}
