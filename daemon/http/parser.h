/*
 * A strict HTTP/1.1 request parser (RFC 9110, RFC 9112): a push parser without I/O. It is fed bytes in pieces
 * of any size, consumes what it understands, and stops at three points: the head is complete, a piece of body
 * is there, the message is complete. How the bytes were cut into pieces never changes what it says. Whatever
 * is ambiguous is refused, with the status to answer; after a refusal the connection must close. Pure: its
 * only memory is the arena it was made in, which grows with the head (to less than 5 * HTTP_HEAD_MAX) and
 * never with the body. One parser per message.
 */
#ifndef WIJZER_PARSER_H
#define WIJZER_PARSER_H

#include "arena.h"
#include "err.h"
#include "slice.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHODS
};

enum { HTTP_FIELDS = 64, HTTP_HEAD_MAX = 16384, HTTP_TARGET_MAX = 2048 };

struct http_field {
    struct slice name, value;
};

struct http_head {
    enum http_method method;
    struct slice target; /* as sent, origin-form */
    struct slice path;   /* before '?', percent-decoded: UTF-8, no controls, no dot segments */
    struct slice query;  /* after '?', raw; absent if there is none */
    int minor;           /* HTTP/1.minor: 0 or 1 */
    struct http_field fields[HTTP_FIELDS];
    size_t field_count;
    bool has_body; /* chunked, or a Content-Length above 0 */
    bool chunked, expects_continue, keep_alive;
    uint64_t content_length; /* 0 when chunked */
};

enum http_event {
    HTTP_NEED_MORE, /* all bytes were consumed */
    HTTP_HEAD_DONE, /* head is filled; call again to go on to the body */
    HTTP_BODY,      /* *piece holds body bytes, borrowed from the input */
    HTTP_DONE,      /* the message is complete; bytes after it are the next request's */
    HTTP_REFUSED    /* *refusal says why; every further call says the same */
};

struct http_parser;

/* Made in `arena`, which must outlive it. */
struct http_parser *http_parser_new(struct arena *arena);
/* Consumes from the front of *input. The head's slices live as long as the arena. At most as many body bytes
 * are taken as http_parser_limit() allowed after HTTP_HEAD_DONE (none without it); more is refused with
 * ERR_TOO_LARGE, before reading it where Content-Length tells. */
enum http_event http_parser_feed(struct http_parser *parser, struct slice *input, struct slice *piece,
                                 enum err_code *refusal);
void http_parser_limit(struct http_parser *parser, uint64_t body_limit);
/* What was read so far; whole and judged from HTTP_HEAD_DONE on, zeros and absent slices before. */
const struct http_head *http_parser_head(const struct http_parser *parser);
/* Whether a byte of the message has been seen (for 408 against a silent close); an empty line before is none.
 */
bool http_parser_has_begun(const struct http_parser *parser);

/* First field of that name, or absent. */
struct slice http_field(const struct http_head *head, const char *name);
/* Decodes %xx of a query part into `out` of at least text.len bytes; false on a bad escape, %00 or malformed
 * UTF-8. */
bool http_unescape(struct slice text, char *out, struct slice *decoded);

#endif
