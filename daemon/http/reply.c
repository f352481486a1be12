#include "reply.h"

#include <stdio.h>

enum {
    SECONDS_PER_DAY = 86400,
    HEAD_FIXED = 192, /* status line, Date, names and numbers of our own fields */
    NO_CONTENT = 204
};

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

/* A status without a phrase is fine (RFC 9112 §4): empty. */
static const char *reason_of(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "";
}

static const char *date_field(struct http_server *server)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t now = clock_wall(server->clock) / MOMENT_SECOND, year;
    if (now == server->date_second && server->date[0])
        return server->date;
    unsigned month, day, second = (unsigned)(now % SECONDS_PER_DAY);
    int64_t since = now / SECONDS_PER_DAY;
    civil_from_days(since, &year, &month, &day);
    snprintf(server->date, sizeof server->date, "Date: %s, %02u %s %04u %02u:%02u:%02u GMT\r\n",
             days[(since + 4) % 7], day % 100, months[(month - 1) % 12], (unsigned)year % 10000,
             second / 3600 % 24, second / 60 % 60, second % 60);
    server->date_second = now;
    return server->date;
}

/* Into room that was measured before. */
static char *put_slice(char *at, struct slice text)
{
    if (text.len)
        memcpy(at, text.ptr, text.len);
    return at + text.len;
}

static char *put(char *at, const char *text)
{
    return put_slice(at, slice_of(text));
}

static char *put_number(char *at, size_t value)
{
    char digits[20];
    size_t n = 0;
    do
        digits[n++] = (char)('0' + value % 10);
    while (value /= 10);
    while (n)
        *at++ = digits[--n];
    return at;
}

static char *put_status(char *at, int status)
{
    at = put(at, "HTTP/1.1 ");
    at = put_number(at, (size_t)status);
    at = put(at, " ");
    at = put(at, reason_of(status));
    return put(at, "\r\n");
}

static char *put_content(char *at, const struct http_reply *reply)
{
    if (reply->content_type) {
        at = put(at, "Content-Type: ");
        at = put(at, reply->content_type);
        at = put(at, "\r\n");
    }
    if (reply->status == NO_CONTENT || reply->is_open)
        return at;
    at = put(at, "Content-Length: ");
    at = put_number(at, reply->body.len);
    return put(at, "\r\n");
}

static size_t length_of(const char *text)
{
    return text ? strlen(text) : 0;
}

struct slice reply_head(struct http_server *server, struct arena *arena, const struct http_reply *reply,
                        int minor, bool keep_alive)
{
    const char *own = server->app->server_fields;
    size_t room =
        HEAD_FIXED + HTTP_DATE + length_of(own) + length_of(reply->content_type) + length_of(reply->fields);
    char *text = arena_alloc(arena, room), *at = put_status(text, reply->status);
    at = put(at, date_field(server));
    if (own)
        at = put(at, own);
    at = put_content(at, reply);
    if (!keep_alive)
        at = put(at, "Connection: close\r\n");
    else if (minor == 0)
        at = put(at, "Connection: keep-alive\r\n");
    if (reply->fields)
        at = put(at, reply->fields);
    at = put(at, "\r\n");
    return slice_make(text, (size_t)(at - text));
}
