#include "listener.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "address.h"
#include "arena.h"
#include "log.h"

enum {
    ACCEPTS_PER_TURN = 10, /* a mutual handshake costs 0.7 ms of CPU */
    BACKLOG = 511,
    PAUSE_FIRST = 50, /* milliseconds; doubles up to the longest */
    PAUSE_LONGEST = 1600,
    HOST_TEXT = 64,
    PORT_TEXT = 6
};

struct listener {
    int fd;
    unsigned pause; /* milliseconds of the pause that runs or ran last; 0: none since the last accept */
    struct conn_caps *caps;
    listener_on_accept *on_accept;
    void *arg;
    struct event readable, resume;
};

/* ---- where to listen ---- */

struct place {
    char host[HOST_TEXT], port[PORT_TEXT]; /* host "" is every address */
};

static bool copy_text(struct slice text, char *out, size_t size)
{
    if (text.len >= size)
        return false;
    memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
    return true;
}

/* "address:port", "[v6]:port", ":port". */
static bool parse_place(const char *where, struct place *out)
{
    const char *colon = strrchr(where, ':');
    uint64_t port;
    if (!colon || !slice_to_u64(slice_of(colon + 1), 65535, &port))
        return false;
    struct slice host = slice_make(where, (size_t)(colon - where));
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = slice_make(host.ptr + 1, host.len - 2);
    else if (memchr(host.ptr, ':', host.len))
        return false;
    return copy_text(slice_of(colon + 1), out->port, sizeof out->port) &&
           copy_text(host, out->host, sizeof out->host);
}

/* Owned; NULL with *err. */
static struct addrinfo *resolve(const char *where, struct err *err)
{
    struct addrinfo *found = NULL;
    struct place place;
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    bool is_place = parse_place(where, &place);
    if (is_place && !place.host[0])
        hints.ai_family = AF_INET6;
    if (!is_place || getaddrinfo(place.host[0] ? place.host : NULL, place.port, &hints, &found) != 0) {
        err_set(err, ERR_CONFIG, "%s: is not a numeric address:port, [address]:port or :port", where);
        return NULL;
    }
    return found;
}

static int open_socket(const struct addrinfo *at, bool is_every)
{
    int on = 1, only_six = !is_every;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_six, sizeof only_six);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

/* Every address: both families through one socket, or IPv4 alone where the system has no IPv6. */
static int open_every(const struct addrinfo *six)
{
    int fd = open_socket(six, true);
    if (fd >= 0 || errno != EAFNOSUPPORT)
        return fd;
    struct sockaddr_in any = {.sin_family = AF_INET};
    any.sin_port = ((const struct sockaddr_in6 *)(const void *)six->ai_addr)->sin6_port;
    struct addrinfo four = {
        .ai_family = AF_INET, .ai_addr = (struct sockaddr *)&any, .ai_addrlen = sizeof any};
    return open_socket(&four, true);
}

static int open_where(const char *where, struct err *err)
{
    struct addrinfo *at = resolve(where, err);
    if (!at)
        return -1;
    int fd = where[0] == ':' ? open_every(at) : open_socket(at, false);
    if (fd < 0)
        err_set_os(err, ERR_OS, errno, "%s: cannot listen", where);
    freeaddrinfo(at);
    return fd;
}

/* ---- accepting ---- */

static void refuse(int fd, const char *reason, const char *address)
{
    log_event(EV_CONN_REFUSED, LOG_T("reason", reason), LOG_T("address", address));
    close(fd);
}

static void hand_over(struct listener *listener, int fd, const struct sockaddr *peer)
{
    char address[ADDRESS_TEXT];
    int on = 1;
    address_text(peer, address);
    if (!conn_caps_take(listener->caps, address)) {
        refuse(fd, "too many connections", address);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!listener->on_accept(listener->arg, fd, address)) {
        conn_caps_give(listener->caps, address);
        refuse(fd, "nobody takes it", address);
    }
}

/* The waiting connection cannot be taken now and would wake us for ever; let it wait in the backlog. */
static void pause_accepting(struct listener *listener, int reason)
{
    listener->pause = listener->pause ? listener->pause * 2 : PAUSE_FIRST;
    if (listener->pause > PAUSE_LONGEST)
        listener->pause = PAUSE_LONGEST;
    struct timeval length = {listener->pause / 1000, listener->pause % 1000 * 1000};
    event_del(&listener->readable);
    evtimer_add(&listener->resume, &length);
    log_event(EV_ACCEPT_PAUSED,
              LOG_T("reason", reason == EMFILE || reason == ENFILE ? "no descriptors" : "no memory"),
              LOG_N("errno", reason), LOG_N("milliseconds", listener->pause));
}

static bool is_exhausted(int reason)
{
    return reason == EMFILE || reason == ENFILE || reason == ENOBUFS || reason == ENOMEM;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;
    (void)what;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
        socklen_t length = sizeof peer;
        int taken = accept4(fd, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (taken < 0) {
            if (is_exhausted(errno))
                pause_accepting(listener, errno);
            return; /* none left, or one that left us; level-triggered: others wake us again */
        }
        listener->pause = 0;
        hand_over(listener, taken, (const struct sockaddr *)&peer);
    }
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;
    (void)fd, (void)what;
    event_add(&listener->readable, NULL);
}

struct listener *listener_new(struct event_base *base, const char *where, struct conn_caps *caps,
                              listener_on_accept *on_accept, void *arg, struct err *err)
{
    int fd = open_where(where, err);
    if (fd < 0)
        return NULL;
    struct listener *listener = xcalloc(1, sizeof *listener);
    listener->fd = fd;
    listener->caps = caps;
    listener->on_accept = on_accept;
    listener->arg = arg;
    event_assign(&listener->readable, base, fd, EV_READ | EV_PERSIST, on_readable, listener);
    event_assign(&listener->resume, base, -1, 0, on_resume, listener);
    event_add(&listener->readable, NULL);
    return listener;
}

unsigned listener_port(const struct listener *listener)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } at = {.any.sa_family = AF_UNSPEC};
    socklen_t length = sizeof at;
    if (getsockname(listener->fd, &at.any, &length) != 0)
        return 0;
    return ntohs(at.any.sa_family == AF_INET6 ? at.six.sin6_port : at.four.sin_port);
}

void listener_stop(struct listener *listener)
{
    event_del(&listener->readable);
    event_del(&listener->resume);
}

void listener_free(struct listener **listener)
{
    if (!*listener)
        return;
    listener_stop(*listener);
    close((*listener)->fd);
    xfree(*listener);
}
