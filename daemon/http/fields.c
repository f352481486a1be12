/* Field lines, and what the fields that frame a message say together (RFC 9112 §6, RFC 9110 §7.2, §10.1.1).
 */
#include "chars.h"
#include "message.h"

enum { PORT_DIGITS = 5, PORT_MAX = 65535, CHUNK_DIGITS = 15 };

enum err_code field_line_read(struct slice line, struct http_field *field)
{
    struct slice value = line, name = slice_cut(&value, ':');
    if (!value.ptr || !chars_are(name, CHAR_TOKEN)) /* so no space before the colon, no folded line */
        return ERR_MALFORMED_REQUEST;
    *field = (struct http_field){name, slice_trim(value)};
    return ERR_NONE;
}

/* What was found while going through the fields. */
struct framing {
    struct http_head *head;
    unsigned hosts, lengths, codings;
    struct slice coding;
    bool close, keep_alive, unmet; /* unmet: an expectation that is not 100-continue */
};

/* The length of an address in brackets or a registered name at the front, 0 if it is neither. */
static size_t host_length(struct slice text)
{
    size_t i = 0;
    if (text.len && text.ptr[0] == '[') {
        for (i = 1; i < text.len && (char_hex(text.ptr[i]) >= 0 || text.ptr[i] == ':' || text.ptr[i] == '.');)
            i++;
        return i > 1 && i < text.len && text.ptr[i] == ']' ? i + 1 : 0;
    }
    while (i < text.len && char_is(text.ptr[i], CHAR_HOST))
        i++;
    return i;
}

static enum err_code read_host(struct framing *framing, struct slice value)
{
    size_t length = host_length(value);
    uint64_t port;
    framing->hosts++;
    if (length == 0)
        return ERR_MALFORMED_REQUEST;
    if (length == value.len)
        return ERR_NONE;
    struct slice digits = slice_make(value.ptr + length + 1, value.len - length - 1);
    bool good =
        value.ptr[length] == ':' && digits.len <= PORT_DIGITS && slice_to_u64(digits, PORT_MAX, &port);
    return good ? ERR_NONE : ERR_MALFORMED_REQUEST;
}

static enum err_code read_length(struct framing *framing, struct slice value)
{
    framing->lengths++;
    return slice_to_u64(value, INT64_MAX, &framing->head->content_length) ? ERR_NONE : ERR_MALFORMED_REQUEST;
}

static enum err_code read_coding(struct framing *framing, struct slice value)
{
    framing->codings++;
    framing->coding = value;
    return ERR_NONE;
}

static enum err_code read_expectation(struct framing *framing, struct slice value)
{
    framing->head->expects_continue = true;
    framing->unmet |= !slice_equal_nocase(value, slice_of("100-continue"));
    return ERR_NONE;
}

static enum err_code read_connection(struct framing *framing, struct slice value)
{
    while (value.ptr) {
        struct slice option = slice_trim(slice_cut(&value, ','));
        framing->close |= slice_equal_nocase(option, slice_of("close"));
        framing->keep_alive |= slice_equal_nocase(option, slice_of("keep-alive"));
    }
    return ERR_NONE;
}

static const struct {
    const char *name;
    size_t length;
    enum err_code (*read)(struct framing *framing, struct slice value);
} known[] = {
    {"host", 4, read_host},
    {"content-length", 14, read_length},
    {"transfer-encoding", 17, read_coding},
    {"expect", 6, read_expectation},
    {"connection", 10, read_connection},
};

static enum err_code read_known(struct framing *framing, const struct http_field *field)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (field->name.len == known[i].length &&
            slice_equal_nocase(field->name, slice_make(known[i].name, known[i].length)))
            return known[i].read(framing, field->value);
    return ERR_NONE;
}

/* A list with a coding that we do not have is 501; chunked in any other way than alone and plain is 400. */
static enum err_code judge_coding(struct slice value)
{
    if (slice_is(value, "chunked"))
        return ERR_NONE;
    while (value.ptr) {
        struct slice coding = slice_trim(slice_cut(&value, ','));
        if (chars_are(coding, CHAR_TOKEN) && !slice_equal_nocase(coding, slice_of("chunked")))
            return ERR_CODING;
    }
    return ERR_MALFORMED_REQUEST;
}

static enum err_code judge_body(const struct framing *framing)
{
    struct http_head *head = framing->head;
    if (framing->lengths + framing->codings > 1)
        return ERR_MALFORMED_REQUEST;
    if (framing->codings) {
        enum err_code code = head->minor == 0 ? ERR_MALFORMED_REQUEST : judge_coding(framing->coding);
        if (code != ERR_NONE)
            return code;
        head->chunked = true;
    }
    head->has_body = head->chunked || head->content_length > 0;
    bool bodiless = head->method == HTTP_GET || head->method == HTTP_HEAD || head->method == HTTP_DELETE;
    return head->has_body && bodiless ? ERR_MALFORMED_REQUEST : ERR_NONE;
}

enum err_code fields_judge(struct http_head *head)
{
    struct framing framing = {.head = head};
    for (size_t i = 0; i < head->field_count; i++) {
        enum err_code code = read_known(&framing, &head->fields[i]);
        if (code != ERR_NONE)
            return code;
    }
    if (framing.hosts > 1 || (framing.hosts == 0 && head->minor == 1))
        return ERR_MALFORMED_REQUEST;
    enum err_code code = judge_body(&framing);
    if (code != ERR_NONE)
        return code;
    if (framing.unmet)
        return ERR_EXPECTATION;
    head->expects_continue = head->expects_continue && head->has_body && head->minor == 1;
    head->keep_alive = !framing.close && (head->minor == 1 || framing.keep_alive);
    return ERR_NONE;
}

enum err_code chunk_line_read(struct slice line, uint64_t *size, size_t *extension)
{
    size_t i = 0;
    *size = 0;
    for (; i < line.len && i <= CHUNK_DIGITS && char_hex(line.ptr[i]) >= 0; i++)
        *size = *size << 4 | (uint64_t)char_hex(line.ptr[i]);
    *extension = line.len - i;
    if (i == 0 || i > CHUNK_DIGITS || (i < line.len && line.ptr[i] != ';'))
        return ERR_MALFORMED_REQUEST;
    return ERR_NONE;
}

struct slice http_field(const struct http_head *head, const char *name)
{
    struct slice wanted = slice_of(name);
    for (size_t i = 0; i < head->field_count; i++)
        if (slice_equal_nocase(head->fields[i].name, wanted))
            return head->fields[i].value;
    return SLICE_NONE;
}
