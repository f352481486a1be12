/*
 * A byte-counting proxy on the test's own loop: a unix socket in a directory of its own, passed on to the
 * private cluster. Its next connection is cut after so many bytes in one direction, those after it are left
 * alone. Everything is written at once and blocking, for the amounts are small.
 */
#ifndef WIJZER_TEST_PROXY_H
#define WIJZER_TEST_PROXY_H

#include <sys/socket.h>
#include <limits.h>
#include <sys/un.h>

#include "asking.h"

enum direction { TO_SERVER, TO_CLIENT, DIRECTIONS };

struct proxy;

struct link {
    struct proxy *proxy;
    int fd[DIRECTIONS]; /* fd[d]: where bytes of direction d are written to */
    struct event *event[DIRECTIONS];
    long limit[DIRECTIONS], count[DIRECTIONS];
    struct link *next;
};

struct proxy {
    struct world *world;
    char dir[32], path[64], target[64];
    int listener;
    struct event *event;
    struct link *links;
    long next_limit[DIRECTIONS]; /* of the next connection; LONG_MAX: none */
    long last_count[DIRECTIONS]; /* of the connection that passed bytes last */
};

static inline int proxy_socket(const char *path, bool is_listener)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int result = is_listener ? bind(fd, (struct sockaddr *)&address, sizeof address)
                             : connect(fd, (struct sockaddr *)&address, sizeof address);
    if (result == 0 && (!is_listener || listen(fd, 16) == 0))
        return fd;
    close(fd);
    return -1;
}

static inline void link_close(struct link *link)
{
    struct link **at = &link->proxy->links;
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
    for (int d = 0; d < DIRECTIONS; d++) {
        event_free(link->event[d]);
        close(link->fd[d]);
    }
    free(link);
}

static inline void link_pass(struct link *link, enum direction d)
{
    char bytes[65536];
    long room = link->limit[d] - link->count[d];
    ssize_t n = recv(link->fd[!d], bytes, room < (long)sizeof bytes ? (size_t)room : sizeof bytes, 0);
    bool ok = n > 0;
    for (ssize_t sent = 0; ok && sent < n;) {
        ssize_t m = send(link->fd[d], bytes + sent, (size_t)(n - sent), MSG_NOSIGNAL);
        ok = m > 0;
        sent += m;
    }
    link->count[d] += n > 0 ? n : 0;
    link->proxy->last_count[d] = link->count[d];
    if (!ok || link->count[d] >= link->limit[d])
        link_close(link);
}

static inline void on_client_bytes(evutil_socket_t socket, short what, void *arg)
{
    (void)socket, (void)what;
    link_pass(arg, TO_SERVER);
}

static inline void on_server_bytes(evutil_socket_t socket, short what, void *arg)
{
    (void)socket, (void)what;
    link_pass(arg, TO_CLIENT);
}

static inline void on_proxy_accept(evutil_socket_t socket, short what, void *arg)
{
    struct proxy *proxy = arg;
    (void)what;
    int client = accept(socket, NULL, NULL), server = proxy_socket(proxy->target, false);
    assert_true(client >= 0 && server >= 0);
    struct link *link = xcalloc(1, sizeof *link);
    *link = (struct link){.proxy = proxy, .fd = {[TO_SERVER] = server, [TO_CLIENT] = client}};
    for (int d = 0; d < DIRECTIONS; d++) {
        link->limit[d] = proxy->next_limit[d];
        proxy->next_limit[d] = LONG_MAX;
        proxy->last_count[d] = 0;
    }
    link->event[TO_SERVER] =
        event_new(proxy->world->base, client, EV_READ | EV_PERSIST, on_client_bytes, link);
    link->event[TO_CLIENT] =
        event_new(proxy->world->base, server, EV_READ | EV_PERSIST, on_server_bytes, link);
    link->next = proxy->links;
    proxy->links = link;
    for (int d = 0; d < DIRECTIONS; d++)
        event_add(link->event[d], NULL);
}

/* It is the world's, so that a test that fails leaves nothing behind. */
static inline struct proxy *proxy_open(struct world *world)
{
    struct proxy *proxy = world->proxy = xcalloc(1, sizeof *proxy);
    *proxy = (struct proxy){.world = world, .next_limit = {LONG_MAX, LONG_MAX}};
    snprintf(proxy->dir, sizeof proxy->dir, "/tmp/wijzer-px-XXXXXX");
    assert_non_null(mkdtemp(proxy->dir));
    snprintf(proxy->path, sizeof proxy->path, "%s/.s.PGSQL.5432", proxy->dir);
    snprintf(proxy->target, sizeof proxy->target, "%s/.s.PGSQL.5432", world->cluster.dir);
    proxy->listener = proxy_socket(proxy->path, true);
    assert_true(proxy->listener >= 0);
    proxy->event = event_new(world->base, proxy->listener, EV_READ | EV_PERSIST, on_proxy_accept, proxy);
    event_add(proxy->event, NULL);
    return proxy;
}

static inline void proxy_close(struct proxy **pointer)
{
    struct proxy *proxy = *pointer;
    *pointer = NULL;
    if (!proxy)
        return;
    while (proxy->links)
        link_close(proxy->links);
    event_free(proxy->event);
    close(proxy->listener);
    unlink(proxy->path);
    rmdir(proxy->dir);
    free(proxy);
}

#endif
