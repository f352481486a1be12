#include "conn_private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    DISCARD = 16 * 1024, /* bytes read at once of what nobody will look at */
    DISCARDS_PER_TURN = 4
};

void conn_watch_stop(struct conn *conn)
{
    if (!conn->watch)
        return;
    int fd = event_get_fd(conn->watch);
    event_free(conn->watch);
    conn->watch = NULL;
    if (fd != conn->fd)
        close(fd);
}

static void watch(struct conn *conn, int fd, event_callback_fn on_ready)
{
    conn->watch = event_new(conn->base, fd, EV_READ | EV_PERSIST, on_ready, conn);
    if (conn->watch)
        event_add(conn->watch, NULL);
    else if (fd != conn->fd)
        close(fd);
}

static void on_hangup(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    conn_close(arg, CONN_END_PEER);
}

/* libevent's EV_CLOSED alone does not do: a reset (EPOLLERR) is not delivered to it, and epoll_wait spins. So
 * an epoll instance of its own asks for the peer's end and nothing else, and is readable when that comes.
 * Without a descriptor to spare the phase's deadline has to do. */
void conn_watch_hangup(struct conn *conn)
{
    struct epoll_event only_the_end = {.events = EPOLLRDHUP};
    conn_watch_stop(conn);
    int inner = epoll_create1(EPOLL_CLOEXEC);
    if (inner < 0)
        return;
    if (epoll_ctl(inner, EPOLL_CTL_ADD, conn->fd, &only_the_end) == 0)
        watch(conn, inner, on_hangup);
    else
        close(inner);
}

static void on_discard(evutil_socket_t fd, short what, void *arg)
{
    char junk[DISCARD];
    ssize_t got = 0;
    (void)what;
    for (int i = 0; i < DISCARDS_PER_TURN; i++) {
        got = recv(fd, junk, sizeof junk, MSG_DONTWAIT);
        if (got <= 0)
            break;
    }
    bool is_over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    if (is_over)
        conn_close(arg, CONN_END_LOCAL);
}

void conn_watch_discard(struct conn *conn)
{
    conn_watch_stop(conn);
    watch(conn, conn->fd, on_discard);
}
