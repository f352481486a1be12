#include "media.h"

#include <stdio.h>

enum {
    TAG_MAX = 12,
    TAIL = 1024,
    ZIP_END = 22,
    ZIP_ENTRY = 46,
    ZIP_LOCAL = 30,
    COMMENT_MAX = 65535,
    ENTRIES_MAX = 4096
};
#define UNPACKED_MAX ((uint64_t)128 << 20)

/* ---- bytes ---- */

static unsigned byte_at(struct slice text, size_t at)
{
    return (unsigned char)text.ptr[at];
}

static uint32_t little(struct slice text, size_t at, unsigned count)
{
    uint32_t value = 0;
    while (count--)
        value = value << 8 | byte_at(text, at + count);
    return value;
}

static uint32_t big(struct slice text, size_t at)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++)
        value = value << 8 | byte_at(text, at + i);
    return value;
}

static struct slice part(struct slice text, size_t at, size_t len)
{
    return slice_make(text.ptr + at, len);
}

static bool stands(struct slice text, size_t at, const char *bytes, size_t count)
{
    return at <= text.len && text.len - at >= count && memcmp(text.ptr + at, bytes, count) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool stands_nocase(struct slice text, size_t at, const char *word)
{
    size_t n = strlen(word), i = 0;
    while (i < n && at + i < text.len && lower(text.ptr[at + i]) == word[i])
        i++;
    return i == n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

/* ---- ZIP ---- */

/* Where the record stands by which readers find an archive from behind; text.len: nowhere. */
static size_t zip_end(struct slice content)
{
    size_t least = content.len > ZIP_END + COMMENT_MAX ? content.len - ZIP_END - COMMENT_MAX : 0;
    for (size_t at = content.len >= ZIP_END ? content.len - ZIP_END + 1 : 0; at-- > least;)
        if (stands(content, at, "PK\5\6", 4) && little(content, at + 20, 2) == content.len - at - ZIP_END)
            return at;
    return content.len;
}

struct zip_entry {
    struct slice name;
    uint32_t method, packed, unpacked, local;
};

struct zip {
    struct slice content;
    size_t at, end; /* of the directory */
    uint32_t count;
};

static const char broken[] = "The archive is damaged, or something stands before or behind it.";

/* One disk, the directory right before its end record, no comment. */
static const char *zip_open(struct slice content, struct zip *zip)
{
    size_t end = zip_end(content);
    *zip = (struct zip){.content = content, .end = end};
    if (end == content.len || !stands(content, 0, "PK\3\4", 4) || little(content, end + 20, 2) != 0)
        return broken;
    uint32_t size = little(content, end + 12, 4), start = little(content, end + 16, 4);
    zip->count = little(content, end + 10, 2);
    zip->at = start;
    bool is_whole = little(content, end + 4, 4) == 0 && little(content, end + 8, 2) == zip->count &&
                    start <= end && end - start == size && zip->count >= 1 && zip->count <= ENTRIES_MAX;
    return is_whole ? NULL : broken;
}

/* A path of its own tree, in the letters that these formats use. */
static bool is_path(struct slice name)
{
    struct slice rest = name;
    if (!name.len || name.ptr[0] == '/')
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] < ' ' || name.ptr[i] == '\\' || name.ptr[i] == ':' ||
            name.ptr[i] == 0x7f)
            return false;
    while (rest.ptr) {
        struct slice piece = slice_cut(&rest, '/');
        if (slice_is(piece, "..") || slice_is(piece, "."))
            return false;
    }
    return true;
}

static const char *zip_next(struct zip *zip, struct zip_entry *entry)
{
    struct slice content = zip->content;
    if (zip->end - zip->at < ZIP_ENTRY || !stands(content, zip->at, "PK\1\2", 4))
        return broken;
    size_t name = little(content, zip->at + 28, 2),
           more = little(content, zip->at + 30, 2) + little(content, zip->at + 32, 2);
    uint32_t flags = little(content, zip->at + 8, 2);
    *entry = (struct zip_entry){.method = little(content, zip->at + 10, 2),
                                .packed = little(content, zip->at + 20, 4),
                                .unpacked = little(content, zip->at + 24, 4),
                                .local = little(content, zip->at + 42, 4)};
    if (zip->end - zip->at - ZIP_ENTRY < name + more)
        return broken;
    entry->name = part(content, zip->at + ZIP_ENTRY, name);
    zip->at += ZIP_ENTRY + name + more;
    if (flags & 0x2041) /* encrypted, or the directory is */
        return "The archive is encrypted.";
    if ((entry->method != 0 && entry->method != 8) || !is_path(entry->name))
        return "The archive holds what a document does not.";
    bool is_there = entry->local < zip->end && zip->end - entry->local > ZIP_LOCAL + name &&
                    stands(content, entry->local, "PK\3\4", 4) &&
                    little(content, entry->local + 26, 2) == name &&
                    memcmp(content.ptr + entry->local + ZIP_LOCAL, entry->name.ptr, name) == 0;
    size_t data = is_there ? entry->local + ZIP_LOCAL + name + little(content, entry->local + 28, 2) : 0;
    return is_there && data <= zip->end && entry->packed <= zip->end - data ? NULL : broken;
}

/* What an archive must hold, and what it may not. */
struct zip_rule {
    const char *needs[3];
    const char *bars[4];      /* in any path, in small letters */
    const char *first, *says; /* the first entry, stored, and its bytes; NULL: any */
};

static bool holds(struct slice text, const char *word)
{
    for (size_t at = 0; at < text.len; at++)
        if (stands_nocase(text, at, word))
            return true;
    return false;
}

static bool begins_so(struct slice content, const struct zip_entry *entry, const struct zip_rule *rule)
{
    size_t data = ZIP_LOCAL + entry->name.len + little(content, entry->local + 28, 2);
    return entry->local == 0 && entry->method == 0 && slice_is(entry->name, rule->first) &&
           slice_is(part(content, data, entry->packed), rule->says);
}

static const char *zip_fault(struct slice content, const struct zip_rule *rule)
{
    struct zip zip;
    const char *fault = zip_open(content, &zip);
    uint64_t unpacked = 0;
    unsigned found = 0;
    bool begins_at_once = false;
    for (uint32_t n = 0; !fault && n < zip.count; n++) {
        struct zip_entry entry;
        fault = zip_next(&zip, &entry);
        if (fault)
            break;
        unpacked += entry.unpacked;
        begins_at_once = begins_at_once || entry.local == 0;
        if (n == 0 && rule->first && !begins_so(content, &entry, rule))
            fault = "The content is not that of the declared type.";
        for (size_t i = 0; i < 3; i++)
            if (slice_is(entry.name, rule->needs[i]))
                found |= 1u << i;
        for (size_t i = 0; i < 4; i++)
            if (rule->bars[i] && holds(entry.name, rule->bars[i]))
                fault = "The document holds macros, or what such a document does not.";
    }
    if (fault)
        return fault;
    if (zip.at != zip.end || !begins_at_once)
        return broken;
    if (unpacked > UNPACKED_MAX)
        return "The document is too large when it is unpacked.";
    for (size_t i = 0; i < 3; i++)
        if (!(found & 1u << i))
            return "The content is not that of the declared type.";
    return NULL;
}

static const char *docx_fault(struct slice content)
{
    static const struct zip_rule rule = {{"[Content_Types].xml", "_rels/.rels", "word/document.xml"},
                                         {"vbaproject.bin", "activex/", "vbadata.xml", "mimetype"},
                                         NULL,
                                         NULL};
    return zip_fault(content, &rule);
}

static const char *odt_fault(struct slice content)
{
    static const struct zip_rule rule = {{"mimetype", "content.xml", "META-INF/manifest.xml"},
                                         {"basic/", "scripts/", "dialogs/"},
                                         "mimetype",
                                         "application/vnd.oasis.opendocument.text"};
    return zip_fault(content, &rule);
}

/* ---- what is no archive ---- */

static const char not_it[] = "The content is not that of the declared type.";
static const char archive[] = "The file is an archive besides.";
static const char more[] = "Something stands behind the end of the file.";

static const char *pdf_fault(struct slice content)
{
    bool begins = content.len > 8 && stands(content, 0, "%PDF-", 5) &&
                  (content.ptr[5] == '1' || content.ptr[5] == '2') && content.ptr[6] == '.';
    size_t least = content.len > TAIL ? content.len - TAIL : 0, at = content.len;
    if (!begins)
        return not_it;
    while (at > least && is_blank(content.ptr[at - 1]))
        at--;
    return at < 13 || !stands(content, at - 5, "%%EOF", 5) ? more
           : zip_end(content) != content.len               ? archive
                                                           : NULL;
}

/* CRC-32 as ISO 15948, annex D. */
static uint32_t crc_of(struct slice text)
{
    static const uint32_t nibbles[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < text.len; i++) {
        crc ^= byte_at(text, i);
        crc = crc >> 4 ^ nibbles[crc & 15];
        crc = crc >> 4 ^ nibbles[crc & 15];
    }
    return ~crc;
}

static bool is_letters(struct slice text, size_t at)
{
    for (size_t i = at; i < at + 4; i++)
        if (lower(text.ptr[i]) < 'a' || lower(text.ptr[i]) > 'z')
            return false;
    return true;
}

static const char *png_fault(struct slice content)
{
    enum { MARK = 8, CHUNK = 12, HEADER = 13 };
    size_t at = MARK;
    if (!stands(content, 0, "\211PNG\r\n\032\n", MARK))
        return not_it;
    while (content.len - at >= CHUNK) {
        uint32_t length = big(content, at);
        bool is_first = at == MARK;
        if (length > content.len - at - CHUNK || !is_letters(content, at + 4) ||
            is_first != stands(content, at + 4, "IHDR", 4) || (is_first && length != HEADER) ||
            crc_of(part(content, at + 4, 4 + (size_t)length)) != big(content, at + 8 + length))
            return "The picture is damaged.";
        bool is_last = stands(content, at + 4, "IEND", 4);
        at += CHUNK + (size_t)length;
        if (is_last)
            return length                            ? "The picture is damaged."
                   : at < content.len                ? more
                   : zip_end(content) != content.len ? archive
                                                     : NULL;
    }
    return "The picture is damaged.";
}

/* Behind its last byte; 0: it does not end, or is none. */
static size_t jpeg_end(struct slice content, size_t at)
{
    if (!stands(content, at, "\xff\xd8\xff", 3))
        return 0;
    at += 2;
    while (content.len - at >= 2) {
        unsigned mark = byte_at(content, at + 1);
        if (byte_at(content, at) != 0xff)
            return 0;
        if (mark == 0xff) { /* fill */
            at++;
            continue;
        }
        if (mark == 0xd9)
            return at + 2;
        if (mark == 0xd8 || mark == 0 || content.len - at < 4)
            return 0;
        size_t length = byte_at(content, at + 2) << 8 | byte_at(content, at + 3);
        if (length < 2 || length > content.len - at - 2)
            return 0;
        at += 2 + length;
        if (mark == 0xda) /* what is coded follows, in which 0xff stands only before 0 and restarts */
            while (content.len - at >= 2 && (byte_at(content, at) != 0xff || byte_at(content, at + 1) == 0 ||
                                             (byte_at(content, at + 1) & 0xf8) == 0xd0))
                at++;
    }
    return 0;
}

/* A camera may put smaller pictures behind the first, and fill up with zeros. */
static const char *jpeg_fault(struct slice content)
{
    size_t at = jpeg_end(content, 0), next;
    if (!at)
        return stands(content, 0, "\xff\xd8\xff", 3) ? "The picture is damaged." : not_it;
    while ((next = jpeg_end(content, at)) != 0)
        at = next;
    while (at < content.len && content.ptr[at] == 0)
        at++;
    return at < content.len ? more : zip_end(content) != content.len ? archive : NULL;
}

/* What a browser or a shell would take for something else than words, at the beginning or anywhere. */
static bool is_program(struct slice text)
{
    static const char *const beginnings[] = {
        "<!doctype", "<html", "<head", "<body",  "<iframe", "<svg",         "<?xml", "<?php",
        "<!--",      "<h1",   "<div",  "<table", "<style",  "<title",       "<p>",   "<a ",
        "<br",       "#!",    "%pdf-", "%!ps",   "{\\rtf",  "mime-version:"};
    static const char *const anywhere[] = {"<script", "<iframe", "<object",    "<embed",
                                           "<html",   "<svg",    "javascript:"};
    size_t at = stands(text, 0, "\xef\xbb\xbf", 3) ? 3 : 0;
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (stands_nocase(text, at, beginnings[i]))
            return true;
    for (; at < text.len; at++)
        for (size_t i = 0;
             (text.ptr[at] == '<' || lower(text.ptr[at]) == 'j') && i < sizeof anywhere / sizeof anywhere[0];
             i++)
            if (stands_nocase(text, at, anywhere[i]))
                return true;
    return false;
}

static const char *text_fault(struct slice content)
{
    if (!slice_is_utf8(content))
        return "The text is not UTF-8.";
    for (size_t i = 0; i < content.len; i++)
        if (((unsigned char)content.ptr[i] < ' ' && !is_blank(content.ptr[i])) || content.ptr[i] == 0x7f)
            return "The text holds control characters.";
    return is_program(content)               ? "The text is a page or a program."
           : zip_end(content) != content.len ? archive
                                             : NULL;
}

/* ---- what it says it is ---- */

const struct media media_kinds[MEDIA_KINDS] = {
    {"application/pdf", ".pdf", pdf_fault},
    {"image/png", ".png", png_fault},
    {"image/jpeg", ".jpg .jpeg", jpeg_fault},
    {"text/plain", ".txt", text_fault},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", docx_fault},
    {"application/vnd.oasis.opendocument.text", ".odt", odt_fault},
};

const struct media *media_find(struct slice content_type)
{
    struct slice rest = content_type, type = slice_trim(slice_cut(&rest, ';'));
    for (size_t i = 0; i < MEDIA_KINDS; i++) {
        if (!slice_equal_nocase(type, slice_of(media_kinds[i].type)))
            continue;
        bool is_text = media_kinds[i].fault == text_fault;
        struct slice parameter = slice_trim(rest);
        return !rest.ptr || (is_text && slice_equal_nocase(parameter, slice_of("charset=utf-8")))
                   ? &media_kinds[i]
                   : NULL;
    }
    return NULL;
}

static bool ends_so(const struct media *media, struct slice name)
{
    struct slice rest = slice_of(media->ends);
    while (rest.ptr) {
        struct slice end = slice_cut(&rest, ' ');
        if (name.len > end.len && slice_equal_nocase(part(name, name.len - end.len, end.len), end))
            return true;
    }
    return false;
}

const char *media_fault(const struct media *media, struct slice name, struct slice content)
{
    if (!ends_so(media, name))
        return "The name does not end as files of the declared type do.";
    return content.len ? media->fault(content) : "The file is empty.";
}

/* ---- names ---- */

/* The first point of well-formed UTF-8, and its length. */
static size_t point_of(struct slice text, uint32_t *point)
{
    unsigned first = byte_at(text, 0);
    size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    *point = length == 1 ? first : first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++)
        *point = *point << 6 | (byte_at(text, i) & 0x3f);
    return length;
}

static bool is_name(struct slice name)
{
    if (!name.len || !slice_is_utf8(name) || slice_utf8_length(name) > MEDIA_NAME_MAX || name.ptr[0] == '.' ||
        name.ptr[0] == ' ' || name.ptr[name.len - 1] == '.' || name.ptr[name.len - 1] == ' ')
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] < ' ' || name.ptr[i] == 0x7f || strchr("/\\:*?\"<>|", name.ptr[i]))
            return false;
    for (size_t i = 0; i < name.len;) {
        uint32_t point;
        i += point_of(part(name, i, name.len - i), &point);
        if (utf8_point_hides(point))
            return false;
    }
    return true;
}

static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Takes a token off the front; absent: none stands there. */
static struct slice take_token(struct slice *rest)
{
    size_t n = 0;
    while (n < rest->len && is_token_char(rest->ptr[n]))
        n++;
    struct slice token = n ? part(*rest, 0, n) : SLICE_NONE;
    *rest = part(*rest, n, rest->len - n);
    return token;
}

static void skip_blanks(struct slice *rest)
{
    while (rest->len && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t'))
        *rest = part(*rest, 1, rest->len - 1);
}

static bool take_char(struct slice *rest, char c)
{
    bool is_it = rest->len && rest->ptr[0] == c;
    if (is_it)
        *rest = part(*rest, 1, rest->len - 1);
    return is_it;
}

/* A token or a quoted string of ASCII. */
static bool take_value(struct slice *rest, struct arena *arena, struct slice *value)
{
    if (!take_char(rest, '"')) {
        *value = take_token(rest);
        return value->ptr != NULL;
    }
    char *out = arena_alloc(arena, rest->len + 1);
    size_t n = 0;
    while (rest->len && rest->ptr[0] != '"') {
        take_char(rest, '\\');
        if (!rest->len || (unsigned char)rest->ptr[0] >= 0x7f || (unsigned char)rest->ptr[0] < ' ')
            return false;
        out[n++] = rest->ptr[0];
        *rest = part(*rest, 1, rest->len - 1);
    }
    *value = slice_make(out, n);
    return take_char(rest, '"');
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

/* UTF-8''percent-encoded; a language tag may stand between the quotes. */
static bool decode_extended(struct slice value, struct arena *arena, struct slice *name)
{
    struct slice rest = value, charset = slice_cut(&rest, '\''), language = slice_cut(&rest, '\'');
    (void)language;
    if (!rest.ptr || !slice_equal_nocase(charset, slice_of("UTF-8")))
        return false;
    char *out = arena_alloc(arena, rest.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.ptr[i];
        if (c == '%') {
            bool are_two = rest.len - i > 2;
            int high = are_two ? hex_of(rest.ptr[i + 1]) : -1, low = are_two ? hex_of(rest.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (strchr("'*%", c)) {
            return false;
        }
        out[n++] = c;
    }
    *name = slice_make(out, n);
    return true;
}

bool media_name(struct slice disposition, struct arena *arena, struct slice *name)
{
    struct slice rest = slice_trim(disposition), plain = SLICE_NONE, extended = SLICE_NONE;
    if (!rest.ptr || !slice_equal_nocase(take_token(&rest), slice_of("attachment")))
        return false;
    for (skip_blanks(&rest); rest.len; skip_blanks(&rest)) {
        struct slice value;
        if (!take_char(&rest, ';'))
            return false;
        skip_blanks(&rest);
        struct slice what = take_token(&rest);
        if (!take_char(&rest, '=') || !take_value(&rest, arena, &value))
            return false;
        if (slice_equal_nocase(what, slice_of("filename")) && !plain.ptr)
            plain = value;
        else if (!slice_equal_nocase(what, slice_of("filename*")) || extended.ptr ||
                 !decode_extended(value, arena, &extended))
            return false;
    }
    *name = extended.ptr ? extended : plain;
    return name->ptr && is_name(*name) && (!plain.ptr || !extended.ptr || is_name(plain));
}

const char *media_disposition(struct slice name, struct arena *arena)
{
    char *plain = arena_alloc(arena, name.len + 1), *coded = arena_alloc(arena, 3 * name.len + 1);
    size_t p = 0, c = 0;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char byte = (unsigned char)name.ptr[i];
        bool is_simple = (byte >= '0' && byte <= '9') ||
                         (lower((char)byte) >= 'a' && lower((char)byte) <= 'z') || byte == '.' ||
                         byte == '-' || byte == '_';
        if (byte < 0x80)
            plain[p++] = byte < ' ' || byte == '"' || byte == '\\' || byte == 0x7f ? '_' : (char)byte;
        else if (byte >= 0xc0)
            plain[p++] = '_';
        if (is_simple)
            coded[c++] = (char)byte;
        else
            c += (size_t)snprintf(coded + c, 4, "%%%02X", byte);
    }
    return arena_printf(arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s", plain, coded);
}
