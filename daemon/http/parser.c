#include "parser.h"

#include "chars.h"
#include "message.h"

enum {
    LINE_BLOCK = 1024,                       /* first room for head bytes; most heads fit */
    REQUEST_LINE_MAX = HTTP_TARGET_MAX + 64, /* with room for any method, the version and CRLF */
    CHUNK_LINE_MAX = 1024,
    CHUNK_END = 2,                 /* CRLF and nothing else */
    EXTENSIONS_MAX = HTTP_HEAD_MAX /* of all chunks of one message */
};

enum parser_state {
    AT_REQUEST_LINE,
    AT_FIELD,
    AT_BODY,
    AT_SIZED_BODY,
    AT_CHUNK_SIZE,
    AT_CHUNK_DATA,
    AT_CHUNK_END,
    AT_TRAILER,
    AT_END,
    AT_REFUSAL
};

struct http_parser {
    enum parser_state state;
    enum err_code refusal;
    struct arena *arena;
    char *line;        /* the line being collected; lines that are kept lie before it */
    size_t used, room; /* bytes of it so far, and how many fit */
    bool after_cr, after_blank;
    size_t fields_size;             /* bytes of request line, fields and trailers so far */
    size_t trailers;                /* field lines among the latter */
    size_t extensions;              /* bytes of chunk extensions */
    uint64_t body_limit, body_left; /* what may still come; what is left of this chunk or body */
    struct http_head head;
};

struct http_parser *http_parser_new(struct arena *arena)
{
    struct http_parser *parser = arena_alloc(arena, sizeof *parser);
    parser->arena = arena;
    return parser;
}

void http_parser_limit(struct http_parser *parser, uint64_t body_limit)
{
    parser->body_limit = body_limit;
}

const struct http_head *http_parser_head(const struct http_parser *parser)
{
    return &parser->head;
}

bool http_parser_has_begun(const struct http_parser *parser)
{
    return parser->state != AT_REQUEST_LINE || parser->used > 0;
}

/* Steps return an event, or this to go on with the next step. */
enum { GO_ON = HTTP_REFUSED + 1 };

static int go(struct http_parser *parser, enum parser_state state)
{
    parser->state = state;
    return GO_ON;
}

static int refuse(struct http_parser *parser, enum err_code code)
{
    parser->refusal = code;
    return go(parser, AT_REFUSAL);
}

/* What was kept stays where it is (its slices point there); only the unfinished line moves to a larger block.
 */
static void append(struct http_parser *parser, const char *bytes, size_t n)
{
    if (parser->used + n > parser->room) {
        size_t room = 2 * (parser->used + n);
        room = room < LINE_BLOCK      ? LINE_BLOCK
               : room < HTTP_HEAD_MAX ? room
                                      : HTTP_HEAD_MAX; /* no line is longer */
        char *block = arena_alloc(parser->arena, room);
        if (parser->used)
            memcpy(block, parser->line, parser->used);
        parser->line = block;
        parser->room = room;
    }
    memcpy(parser->line + parser->used, bytes, n);
    parser->used += n;
}

enum line { LINE_MORE, LINE_WHOLE, LINE_BAD, LINE_LONG };

/* How many of the n bytes belong to the present line, its LF included. */
static size_t scan_line(struct http_parser *parser, const char *bytes, size_t n, enum line *found)
{
    size_t i = 0;
    *found = LINE_MORE;
    while (i < n && *found == LINE_MORE) {
        char c = bytes[i++];
        if (char_is(c, CHAR_TEXT) && !parser->after_cr)
            continue;
        if (c == '\r' && !parser->after_cr)
            parser->after_cr = true;
        else
            *found = c == '\n' && parser->after_cr ? LINE_WHOLE : LINE_BAD;
    }
    return i;
}

/* Moves bytes from *input to the line, `most` at most, CRLF included. When it is whole, *line is what stands
 * before the CRLF, valid until the next call unless keep_line(). */
static enum line take_line(struct http_parser *parser, struct slice *input, size_t most, struct slice *line)
{
    enum line found;
    size_t left = most - parser->used, n = input->len < left ? input->len : left;
    n = scan_line(parser, input->ptr, n, &found);
    if (found == LINE_BAD)
        return LINE_BAD;
    append(parser, input->ptr, n);
    *input = slice_make(input->ptr + n, input->len - n);
    if (found == LINE_WHOLE) {
        *line = slice_make(parser->line, parser->used - 2);
        parser->used = 0;
        parser->after_cr = false;
    } else if (parser->used == most) {
        return LINE_LONG;
    }
    return found;
}

static void keep_line(struct http_parser *parser, struct slice line)
{
    parser->line += line.len + 2;
    parser->room -= line.len + 2;
}

static int step_request_line(struct http_parser *parser, struct slice *input, struct slice *piece)
{
    struct slice line;
    (void)piece;
    switch (take_line(parser, input, REQUEST_LINE_MAX, &line)) {
    case LINE_MORE:
        return HTTP_NEED_MORE;
    case LINE_BAD:
        return refuse(parser, ERR_MALFORMED_REQUEST);
    case LINE_LONG:
        return refuse(parser, ERR_TARGET_TOO_LONG);
    case LINE_WHOLE:
        break;
    }
    if (line.len == 0 &&
        !parser->after_blank) { /* RFC 9112 §2.2: one empty line before a request is forgiven */
        parser->after_blank = true;
        return GO_ON;
    }
    enum err_code code = request_line_read(line, parser->arena, &parser->head);
    if (code != ERR_NONE)
        return refuse(parser, code);
    keep_line(parser, line);
    parser->fields_size += line.len + 2;
    return go(parser, AT_FIELD);
}

/* A field line of the head or the trailers; *line is empty at their end. GO_ON when it is whole. */
static int take_field_line(struct http_parser *parser, struct slice *input, struct slice *line)
{
    switch (take_line(parser, input, HTTP_HEAD_MAX - parser->fields_size, line)) {
    case LINE_MORE:
        return HTTP_NEED_MORE;
    case LINE_BAD:
        refuse(parser, ERR_MALFORMED_REQUEST);
        return HTTP_REFUSED;
    case LINE_LONG:
        refuse(parser, ERR_HEAD_TOO_LARGE);
        return HTTP_REFUSED;
    case LINE_WHOLE:
        break;
    }
    parser->fields_size += line->len + 2;
    return GO_ON;
}

static int end_head(struct http_parser *parser)
{
    enum err_code code = fields_judge(&parser->head);
    if (code != ERR_NONE)
        return refuse(parser, code);
    parser->state = AT_BODY;
    return HTTP_HEAD_DONE;
}

static int step_field(struct http_parser *parser, struct slice *input, struct slice *piece)
{
    struct http_head *head = &parser->head;
    struct slice line;
    (void)piece;
    int taken = take_field_line(parser, input, &line);
    if (taken != GO_ON)
        return taken;
    if (line.len == 0)
        return end_head(parser);
    if (head->field_count == HTTP_FIELDS)
        return refuse(parser, ERR_HEAD_TOO_LARGE);
    enum err_code code = field_line_read(line, &head->fields[head->field_count]);
    if (code != ERR_NONE)
        return refuse(parser, code);
    head->field_count++;
    keep_line(parser, line);
    return GO_ON;
}

/* Counts `size` body bytes against the limit before they are read. */
static bool admit(struct http_parser *parser, uint64_t size)
{
    if (size > parser->body_limit)
        return false;
    parser->body_limit -= size;
    parser->body_left = size;
    return true;
}

static int step_body(struct http_parser *parser, struct slice *input, struct slice *piece)
{
    (void)input;
    (void)piece;
    if (!parser->head.has_body)
        return go(parser, AT_END);
    if (parser->head.chunked)
        return go(parser, AT_CHUNK_SIZE);
    return admit(parser, parser->head.content_length) ? go(parser, AT_SIZED_BODY)
                                                      : refuse(parser, ERR_TOO_LARGE);
}

static int take_piece(struct http_parser *parser, struct slice *input, struct slice *piece,
                      enum parser_state after)
{
    size_t n = input->len < parser->body_left ? input->len : (size_t)parser->body_left;
    *piece = slice_make(input->ptr, n);
    *input = slice_make(input->ptr + n, input->len - n);
    parser->body_left -= n;
    if (parser->body_left == 0)
        parser->state = after;
    return HTTP_BODY;
}

static int step_sized_body(struct http_parser *parser, struct slice *input, struct slice *piece)
{
    return take_piece(parser, input, piece, AT_END);
}

static int step_chunk_size(struct http_parser *parser, struct slice *input, struct slice *piece)
{
    struct slice line;
    size_t extension;
    uint64_t size;
    (void)piece;
    enum line taken = take_line(parser, input, CHUNK_LINE_MAX, &line);
    if (taken == LINE_MORE)
        return HTTP_NEED_MORE;
    if (taken != LINE_WHOLE || chunk_line_read(line, &size, &extension) != ERR_NONE)
        return refuse(parser, ERR_MALFORMED_REQUEST);
    parser->extensions += extension;
    if (parser->extensions > EXTENSIONS_MAX || !admit(parser, size))
        return refuse(parser, ERR_TOO_LARGE);
    return go(parser, size ? AT_CHUNK_DATA : AT_TRAILER);
}

static int step_chunk_data(struct http_parser *parser, struct slice *input, struct slice *piece)
{
    return take_piece(parser, input, piece, AT_CHUNK_END);
}

static int step_chunk_end(struct http_parser *parser, struct slice *input, struct slice *piece)
{
    struct slice line;
    (void)piece;
    enum line taken = take_line(parser, input, CHUNK_END, &line);
    if (taken == LINE_MORE)
        return HTTP_NEED_MORE;
    return taken == LINE_WHOLE ? go(parser, AT_CHUNK_SIZE) : refuse(parser, ERR_MALFORMED_REQUEST);
}

/* Trailers must be well formed and are forgotten: merged into the fields they could change what was decided.
 */
static int step_trailer(struct http_parser *parser, struct slice *input, struct slice *piece)
{
    struct http_field ignored;
    struct slice line;
    (void)piece;
    int taken = take_field_line(parser, input, &line);
    if (taken != GO_ON)
        return taken;
    if (line.len == 0)
        return go(parser, AT_END);
    if (++parser->trailers > HTTP_FIELDS)
        return refuse(parser, ERR_HEAD_TOO_LARGE);
    enum err_code code = field_line_read(line, &ignored);
    return code == ERR_NONE ? GO_ON : refuse(parser, code);
}

static const struct {
    int (*step)(struct http_parser *parser, struct slice *input, struct slice *piece);
    bool takes_bytes;
} steps[] = {
    [AT_REQUEST_LINE] = {step_request_line, true},
    [AT_FIELD] = {step_field, true},
    [AT_BODY] = {step_body, false},
    [AT_SIZED_BODY] = {step_sized_body, true},
    [AT_CHUNK_SIZE] = {step_chunk_size, true},
    [AT_CHUNK_DATA] = {step_chunk_data, true},
    [AT_CHUNK_END] = {step_chunk_end, true},
    [AT_TRAILER] = {step_trailer, true},
};

enum http_event http_parser_feed(struct http_parser *parser, struct slice *input, struct slice *piece,
                                 enum err_code *refusal)
{
    int event = GO_ON;
    *piece = SLICE_NONE;
    while (event == GO_ON) {
        if (parser->state == AT_REFUSAL)
            event = HTTP_REFUSED;
        else if (parser->state == AT_END)
            event = HTTP_DONE;
        else if (input->len == 0 && steps[parser->state].takes_bytes)
            event = HTTP_NEED_MORE;
        else
            event = steps[parser->state].step(parser, input, piece);
    }
    *refusal = event == HTTP_REFUSED ? parser->refusal : ERR_NONE;
    return (enum http_event)event;
}
