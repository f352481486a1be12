#include "unseal.h"

#include <jansson.h>

#include "json_out.h"

/* ---- finding ---- */

struct scan {
    struct slice json;
    size_t at;
    struct arena *arena;
    struct sealed_document *out;
    size_t text_room, client_room;
    struct err *err;
};

static bool fail(const struct scan *scan, const char *what)
{
    return err_set(scan->err, ERR_INTERNAL, "byte %zu of a document: %s", scan->at, what);
}

/* From a quote to behind the one that ends it. */
static bool skip_string(struct scan *scan)
{
    size_t at = scan->at + 1;
    while (at < scan->json.len && scan->json.ptr[at] != '"')
        at += scan->json.ptr[at] == '\\' ? 2 : 1;
    if (at >= scan->json.len)
        return fail(scan, "a string does not end");
    scan->at = at + 1;
    return true;
}

static size_t skip_blanks(struct slice json, size_t at)
{
    while (at < json.len &&
           (json.ptr[at] == ' ' || json.ptr[at] == '\n' || json.ptr[at] == '\t' || json.ptr[at] == '\r'))
        at++;
    return at;
}

/* Whether the object that begins here has "~" as its first member. */
static bool is_sealed(const struct scan *scan)
{
    static const char name[] = {'"', '~', '"'};
    size_t at = skip_blanks(scan->json, scan->at + 1);
    if (scan->json.len - at < sizeof name || memcmp(scan->json.ptr + at, name, sizeof name) != 0)
        return false;
    at = skip_blanks(scan->json, at + sizeof name);
    return at < scan->json.len && scan->json.ptr[at] == ':';
}

/* From a brace to behind the one that ends it. */
static bool skip_object(struct scan *scan)
{
    unsigned depth = 0;
    while (scan->at < scan->json.len) {
        char c = scan->json.ptr[scan->at];
        if (c == '"') {
            if (!skip_string(scan))
                return false;
            continue;
        }
        scan->at++;
        if ((c == '{' || c == '[') && ++depth > UNSEAL_DEPTH)
            return fail(scan, "a sealed object is too deep");
        if ((c == '}' || c == ']') && --depth == 0)
            return true;
    }
    return fail(scan, "a sealed object does not end");
}

/* Twice the room, as arrays grow in an arena. */
static void *grow(struct arena *arena, const void *old, size_t count, size_t size, size_t *room)
{
    *room = *room ? 2 * *room : 16;
    void *grown = arena_array(arena, *room, size);
    if (count)
        memcpy(grown, old, count * size);
    return grown;
}

static void add_client(struct scan *scan, int64_t client_id)
{
    struct sealed_document *out = scan->out;
    for (size_t i = out->client_count; i > 0; i--) /* mostly the one before */
        if (out->clients[i - 1] == client_id)
            return;
    if (out->client_count == scan->client_room)
        out->clients =
            grow(scan->arena, out->clients, out->client_count, sizeof *out->clients, &scan->client_room);
    out->clients[out->client_count++] = client_id;
}

/* ---- one object ---- */

static bool take_id(const json_t *json, int64_t *out)
{
    *out = json_integer_value(json);
    return *out > 0;
}

static bool take_text(const json_t *json, struct arena *arena, struct slice *out)
{
    const char *text = json_string_value(json);
    *out = arena_slice(arena, text ? slice_make(text, json_string_length(json)) : SLICE_NONE);
    return text != NULL;
}

static bool take_member(struct sealed_piece *piece, const char *name, const json_t *value,
                        struct arena *arena)
{
    const struct {
        const char *name;
        struct slice *text;
        int64_t *id;
    } members[] = {{"c", NULL, &piece->client_id},   {"r", NULL, &piece->record_id},
                   {"f", &piece->field, NULL},       {"v", &piece->value, NULL},
                   {"before", &piece->before, NULL}, {"after", &piece->after, NULL}};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strcmp(name, members[i].name) == 0)
            return members[i].id ? take_id(value, members[i].id) : take_text(value, arena, members[i].text);
    piece->may_clip = json_is_true(value);
    return strcmp(name, "clip") == 0 && json_is_boolean(value);
}

static bool take_sealed(struct sealed_piece *piece, const json_t *json, struct arena *arena)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        if (!take_member(piece, name, value, arena))
            return false;
    }
    return piece->client_id && piece->record_id && piece->field.ptr && piece->value.ptr;
}

static bool take_pieces(struct scan *scan, const json_t *list, struct sealed_text *text)
{
    size_t count = json_array_size(list);
    struct sealed_piece *pieces = arena_array(scan->arena, count, sizeof *pieces);
    for (size_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(list, i);
        struct sealed_piece *piece = &pieces[text->count];
        if (json_is_null(json))
            continue;
        if (json_is_string(json) ? !take_text(json, scan->arena, &piece->words)
                                 : !take_sealed(piece, json, scan->arena))
            return fail(scan, "a sealed piece is not of its form");
        if (!piece->words.ptr)
            add_client(scan, piece->client_id);
        text->count++;
    }
    text->pieces = pieces;
    return true;
}

static bool take_object(struct scan *scan, const json_t *json, struct sealed_text *text)
{
    const json_t *list = json_object_get(json, "~"), *most = json_object_get(json, "most"),
                 *line = json_object_get(json, "line");
    int64_t limit = 0;
    if (!json_is_array(list) || json_object_size(json) != 1u + (most ? 1u : 0u) + (line ? 1u : 0u) ||
        (line && !json_is_true(line)))
        return fail(scan, "a sealed object is not of its form");
    if (most && !take_id(most, &limit))
        return fail(scan, "a sealed object has no right limit");
    text->most = (size_t)limit;
    text->is_line = line != NULL;
    return take_pieces(scan, list, text);
}

static bool read_object(struct scan *scan)
{
    struct sealed_document *out = scan->out;
    struct sealed_text text = {.start = scan->at};
    if (!skip_object(scan))
        return false;
    text.end = scan->at;
    json_t *json =
        json_loadb(scan->json.ptr + text.start, text.end - text.start, JSON_REJECT_DUPLICATES, NULL);
    bool is_read = json ? take_object(scan, json, &text) : fail(scan, "a sealed object is no JSON");
    json_decref(json);
    if (!is_read)
        return false;
    if (out->count == scan->text_room)
        out->texts = grow(scan->arena, out->texts, out->count, sizeof *out->texts, &scan->text_room);
    out->texts[out->count++] = text;
    return true;
}

bool unseal_find(struct slice json, struct arena *arena, struct sealed_document *out, struct err *err)
{
    struct scan scan = {.json = json, .arena = arena, .out = out, .err = err};
    *out = (struct sealed_document){.json = json};
    if (!json.len || !memmem(json.ptr, json.len, "\"~\"", 3))
        return true;
    while (scan.at < json.len) {
        bool is_good = true;
        if (json.ptr[scan.at] == '"')
            is_good = skip_string(&scan);
        else if (json.ptr[scan.at] == '{' && is_sealed(&scan))
            is_good = read_object(&scan);
        else
            scan.at++;
        if (!is_good)
            return false;
    }
    return true;
}

/* ---- writing ---- */

/* A piece as it will stand in the text. */
struct part {
    struct slice before, text, after;
    bool is_there, may_clip;
};

static size_t part_length(const struct part *part)
{
    return slice_utf8_length(part->before) + slice_utf8_length(part->text) + slice_utf8_length(part->after);
}

/* Without the full stops and spaces at its end. */
static struct slice without_stop(struct slice text)
{
    while (text.len && (text.ptr[text.len - 1] == '.' || text.ptr[text.len - 1] == ' '))
        text.len--;
    return text;
}

static bool open_piece(const struct sealed_piece *piece, const struct client_key *key, struct arena *arena,
                       struct part *part, struct err *err)
{
    *part =
        (struct part){.text = piece->words, .is_there = piece->words.ptr || key, .may_clip = piece->may_clip};
    if (piece->words.ptr || !key)
        return true;
    if (!client_key_open(key, piece->record_id, piece->field, piece->value, arena, &part->text, err))
        return false;
    if (piece->after.len && piece->after.ptr[0] == '.')
        part->text = without_stop(part->text);
    if (part->text.len) {
        part->before = piece->before;
        part->after = piece->after;
    }
    return true;
}

/* The first `count` characters. */
static struct slice first_characters(struct slice text, size_t count)
{
    size_t at = 0;
    for (; at < text.len; at++)
        if (((unsigned char)text.ptr[at] & 0xC0) != 0x80 && count-- == 0)
            break;
    return slice_make(text.ptr, at);
}

static char *put(char *at, struct slice text)
{
    if (text.len)
        memcpy(at, text.ptr, text.len);
    return at + text.len;
}

/* At most `most` characters, the last of which says that there was more. */
static struct slice cut(struct slice text, size_t most, struct arena *arena)
{
    static const char more[] = "…";
    struct slice kept = first_characters(text, most - 1);
    char *copy = arena_alloc(arena, kept.len + sizeof more);
    put(put(copy, kept), slice_of(more));
    return slice_make(copy, kept.len + sizeof more - 1);
}

static void fit(struct part *parts, size_t count, size_t most, struct arena *arena)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += part_length(&parts[i]);
    for (size_t i = count; i > 0 && total > most; i--) {
        struct part *part = &parts[i - 1];
        size_t length = slice_utf8_length(part->text), excess = total - most;
        if (!part->may_clip || length == 0)
            continue;
        if (length >= excess + UNSEAL_LEAST) {
            part->text = cut(part->text, length - excess, arena);
            return;
        }
        total -= part_length(part);
        part->before = part->text = part->after = slice_of("");
    }
}

static struct slice join(const struct part *parts, size_t count, struct arena *arena)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += parts[i].before.len + parts[i].text.len + parts[i].after.len;
    char *text = arena_alloc(arena, length + 1), *at = text;
    for (size_t i = 0; i < count; i++)
        at = put(put(put(at, parts[i].before), parts[i].text), parts[i].after);
    return slice_make(text, length);
}

/* Without control characters: those of ASCII, and in UTF-8 C2 80 to C2 9F and the separators of lines and
 * paragraphs, E2 80 A8 and A9. */
static struct slice one_line(struct slice text, struct arena *arena)
{
    char *copy = arena_alloc(arena, text.len + 1), *to = copy;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        unsigned char next = i + 1 < text.len ? (unsigned char)text.ptr[i + 1] : 0,
                      last = i + 2 < text.len ? (unsigned char)text.ptr[i + 2] : 0;
        bool is_c1 = c == 0xC2 && next >= 0x80 && next < 0xA0,
             is_break = c == 0xE2 && next == 0x80 && (last == 0xA8 || last == 0xA9);
        i += is_c1 ? 1 : is_break ? 2 : 0;
        *to++ = c < ' ' || c == 0x7F || is_c1 || is_break ? ' ' : (char)c;
    }
    return slice_make(copy, (size_t)(to - copy));
}

/* The JSON value of one object. */
static bool write_text(const struct sealed_text *text, unseal_key *key_of, void *arg, struct arena *arena,
                       struct slice *out, struct err *err)
{
    struct part *parts = arena_array(arena, text->count, sizeof *parts);
    bool is_there = false;
    for (size_t i = 0; i < text->count; i++) {
        const struct sealed_piece *piece = &text->pieces[i];
        const struct client_key *key = piece->words.ptr ? NULL : key_of(arg, piece->client_id);
        if (!open_piece(piece, key, arena, &parts[i], err))
            return false;
        is_there = is_there || parts[i].is_there;
    }
    if (text->most)
        fit(parts, text->count, text->most, arena);
    struct slice whole = join(parts, text->count, arena);
    if (text->most && slice_utf8_length(whole) > text->most)
        whole = cut(whole, text->most, arena); /* the region's own words are too many */
    if (text->is_line)
        whole = one_line(whole, arena);
    struct json_out json = json_out_new(arena, whole.len + 16);
    if (is_there)
        out_text(&json, NULL, whole);
    else
        out_null(&json, NULL);
    *out = json_out_slice(&json);
    return true;
}

bool unseal_write(const struct sealed_document *document, unseal_key *key_of, void *arg, struct arena *arena,
                  struct slice *out, struct err *err)
{
    struct slice *values = arena_array(arena, document->count, sizeof *values);
    size_t length = document->json.len, from = 0;
    if (document->count == 0) {
        *out = document->json;
        return true;
    }
    for (size_t i = 0; i < document->count; i++) {
        const struct sealed_text *text = &document->texts[i];
        if (!write_text(text, key_of, arg, arena, &values[i], err))
            return false;
        length += values[i].len - (text->end - text->start);
    }
    char *whole = arena_alloc(arena, length + 1), *at = whole;
    for (size_t i = 0; i < document->count; i++) {
        at = put(at, slice_make(document->json.ptr + from, document->texts[i].start - from));
        at = put(at, values[i]);
        from = document->texts[i].end;
    }
    put(at, slice_make(document->json.ptr + from, document->json.len - from));
    *out = slice_make(whole, length);
    return true;
}
