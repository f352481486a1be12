#include "scan.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/util.h>
#include <stdio.h>
#include <sys/un.h>

enum { PIECE = 256 * 1024, ANSWER_MAX = 512, MICRO = 1000000 };

static void finish(struct scan *scan, enum err_code code, const char *text)
{
    if (scan->stream)
        bufferevent_free(scan->stream);
    if (scan->timer)
        event_free(scan->timer);
    scan->stream = NULL;
    scan->timer = NULL;
    if (code != ERR_NONE)
        err_set(&scan->err, code, "%s", text);
    scan->on_done(scan, code == ERR_NONE ? NULL : &scan->err);
}

/* The name in "stream: NAME FOUND", as far as it is made of letters that names are made of. */
static bool take_found(struct scan *scan, struct slice answer)
{
    static const char begin[] = "stream: ", end[] = " FOUND";
    size_t least = sizeof begin - 1 + sizeof end - 1, n = 0;
    if (answer.len <= least || !slice_starts(answer, begin) ||
        memcmp(answer.ptr + answer.len - (sizeof end - 1), end, sizeof end - 1) != 0)
        return false;
    for (const char *at = answer.ptr + sizeof begin - 1; at < answer.ptr + answer.len - (sizeof end - 1);
         at++)
        if (n + 1 < SCAN_NAME_MAX)
            scan->name[n++] = *at > ' ' && *at < 0x7f ? *at : '_';
    scan->name[n] = '\0';
    return true;
}

static void judge(struct scan *scan, struct slice answer)
{
    if (slice_is(answer, "stream: OK"))
        finish(scan, ERR_NONE, NULL);
    else if (take_found(scan, answer))
        finish(scan, ERR_VIRUS, scan->name);
    else
        finish(scan, ERR_SCANNER_AWAY, "the scanner gave no verdict");
}

static void on_readable(struct bufferevent *stream, void *arg)
{
    struct evbuffer *input = bufferevent_get_input(stream);
    size_t length = evbuffer_get_length(input);
    char text[ANSWER_MAX];
    ev_ssize_t n = evbuffer_copyout(input, text, length < sizeof text ? length : sizeof text);
    const char *end = n > 0 ? memchr(text, '\0', (size_t)n) : NULL;
    if (end)
        judge(arg, slice_make(text, (size_t)(end - text)));
    else if (length >= sizeof text)
        finish(arg, ERR_SCANNER_AWAY, "the scanner's answer does not end");
}

static void on_event(struct bufferevent *stream, short what, void *arg)
{
    (void)stream;
    if (what & BEV_EVENT_EOF)
        finish(arg, ERR_SCANNER_AWAY, "the scanner hung up");
    else if (what & BEV_EVENT_ERROR)
        finish(arg, ERR_SCANNER_AWAY, evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    finish(arg, ERR_SCANNER_AWAY, "the scanner did not answer in time");
}

static void on_refused(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    finish(arg, ERR_SCANNER_AWAY, "no connection to the scanner can be made");
}

static bool connect_to(struct bufferevent *stream, const char *server)
{
    struct sockaddr_storage place = {0};
    int length = sizeof place;
    if (server[0] == '/') {
        struct sockaddr_un *path = (struct sockaddr_un *)&place;
        path->sun_family = AF_UNIX;
        snprintf(path->sun_path, sizeof path->sun_path, "%s", server);
        length = sizeof *path;
    } else if (evutil_parse_sockaddr_port(server, (struct sockaddr *)&place, &length) < 0) {
        return false;
    }
    return bufferevent_socket_connect(stream, (struct sockaddr *)&place, length) == 0;
}

/* The whole file, by reference; how fast it leaves is up to the scanner. */
static void put_content(struct scan *scan)
{
    struct evbuffer *output = bufferevent_get_output(scan->stream);
    static const char begin[] = "zINSTREAM";
    uint32_t none = 0;
    evbuffer_add(output, begin, sizeof begin);
    for (size_t at = 0; at < scan->content.len; at += PIECE) {
        size_t n = scan->content.len - at < PIECE ? scan->content.len - at : PIECE;
        uint32_t length = htonl((uint32_t)n);
        evbuffer_add(output, &length, sizeof length);
        evbuffer_add_reference(output, scan->content.ptr + at, n, NULL, NULL);
    }
    evbuffer_add(output, &none, sizeof none);
}

void scan_start(struct scan *scan, struct event_base *base, const char *server)
{
    struct timeval limit = {scan->timeout / MICRO, scan->timeout % MICRO}, now = {0, 0};
    scan->name[0] = '\0';
    scan->stream = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    scan->timer = NULL;
    bool is_on_its_way = scan->stream != NULL;
    if (is_on_its_way) {
        bufferevent_setcb(scan->stream, on_readable, NULL, on_event, scan);
        bufferevent_enable(scan->stream, EV_READ | EV_WRITE);
        put_content(scan);
        is_on_its_way = connect_to(scan->stream, server);
    }
    if (!is_on_its_way && scan->stream) {
        bufferevent_free(scan->stream);
        scan->stream = NULL;
    }
    scan->timer = event_new(base, -1, 0, is_on_its_way ? on_late : on_refused, scan);
    if (!scan->timer || event_add(scan->timer, is_on_its_way ? &limit : &now) < 0)
        abort(); /* no memory */
}
