// links: http
// runs: 3000
/* Properties of the HTTP parser: however a stream is cut, it says the same; and what it lets through is sane.
 */
#include "fuzz.h"

#include "http/transcript.h"

enum { BODY_LIMIT = 4096 };

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static bool has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' ? text.ptr[i] != '\t' : text.ptr[i] == 0x7f)
            return true;
    return false;
}

static void check_path(struct slice path)
{
    require(path.len > 0 && path.ptr[0] == '/', "a path begins with a slash");
    require(!has_control(path) && slice_is_utf8(path), "a path is UTF-8 without controls");
    while (path.ptr) {
        struct slice segment = slice_cut(&path, '/');
        require(!slice_is(segment, "..") && !slice_is(segment, "."), "a path has no dot segments");
    }
}

static void check_query(struct slice query)
{
    char *out = xcalloc(1, query.len);
    struct slice decoded;
    if (query.ptr && http_unescape(query, out, &decoded)) {
        require(decoded.len <= query.len && slice_is_utf8(decoded), "decoding does not grow");
        require(!memchr(decoded.ptr, '\0', decoded.len), "a decoded query has no NUL");
    }
    free(out);
}

static void check_head(const struct http_head *head)
{
    check_path(head->path);
    check_query(head->query);
    require(head->target.len <= HTTP_TARGET_MAX && head->field_count <= HTTP_FIELDS, "limits");
    for (size_t i = 0; i < head->field_count; i++) {
        struct slice name = head->fields[i].name, value = head->fields[i].value;
        require(name.len > 0 && !memchr(name.ptr, ' ', name.len) && !memchr(name.ptr, ':', name.len),
                "field names");
        require(!has_control(value) && slice_equal(value, slice_trim(value)), "field values");
    }
    require(head->minor == 0 || http_field(head, "host").len > 0, "a host on HTTP/1.1");
    require(!head->chunked || !http_field(head, "content-length").ptr, "one framing");
    require(head->has_body == (head->chunked || head->content_length), "has_body");
    require(!head->has_body || head->method == HTTP_POST || head->method == HTTP_PUT ||
                head->method == HTTP_PATCH || head->method == HTTP_OPTIONS,
            "methods with a body");
}

/* The first message, fed whole. */
static void check_message(struct slice raw)
{
    struct arena *arena = arena_new(0);
    struct http_parser *parser = http_parser_new(arena);
    struct slice input = raw, piece;
    enum http_event event = HTTP_BODY;
    uint64_t body = 0;
    while (event == HTTP_HEAD_DONE || event == HTTP_BODY) {
        enum err_code refusal;
        event = http_parser_feed(parser, &input, &piece, &refusal);
        require((event == HTTP_REFUSED) == (refusal != ERR_NONE), "a refusal has a reason");
        if (event == HTTP_HEAD_DONE) {
            check_head(http_parser_head(parser));
            http_parser_limit(parser, BODY_LIMIT);
        }
        body += event == HTTP_BODY ? piece.len : 0;
    }
    const struct http_head *head = http_parser_head(parser);
    require(body <= BODY_LIMIT, "the body's limit");
    require(event != HTTP_DONE || head->chunked || body == head->content_length, "the body's length");
    require(arena_size(arena) < 5 * HTTP_HEAD_MAX, "memory");
    arena_free(&arena);
}

static void check_cut(struct slice raw, size_t first, size_t size, const char *whole, size_t whole_length)
{
    size_t length;
    char *cut = transcript_of(raw, first, size, BODY_LIMIT, &length);
    require(length == whole_length && memcmp(cut, whole, length) == 0, "cut or whole, the same is said");
    free(cut);
}

static size_t hash(struct slice raw)
{
    size_t value = 5381;
    for (size_t i = 0; i < raw.len; i++)
        value = value * 33 + (unsigned char)raw.ptr[i];
    return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice raw = slice_make((const char *)data, size);
    size_t length, chosen = hash(raw);
    if (size == 0)
        return 0;
    char *whole = transcript_of(raw, size, size, BODY_LIMIT, &length);
    check_message(raw);
    check_cut(raw, 1, 1, whole, length);
    check_cut(raw, 1 + chosen % size, size, whole, length);
    check_cut(raw, 1 + chosen / 7 % size, 1 + chosen % 37, whole, length);
    free(whole);
    return 0;
}
