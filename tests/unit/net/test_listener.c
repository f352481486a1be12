#include <event2/event.h>
#include <pthread.h>
#include <sys/resource.h>

#include "address.h"
#include "listener.h"
#include "net_harness.h"

enum { MOST = 64 };

/* Takes, counts and keeps what the listener accepts. */
struct taker {
    int fds[MOST];
    unsigned count;
    char address[ADDRESS_TEXT];
    bool refuses;
};

static bool on_accept(void *arg, int fd, const char *address)
{
    struct taker *taker = arg;
    if (taker->refuses || taker->count == MOST)
        return false;
    snprintf(taker->address, sizeof taker->address, "%s", address);
    taker->fds[taker->count++] = fd;
    return true;
}

static void taker_close(struct taker *taker, struct conn_caps *caps)
{
    for (; taker->count; taker->count--) {
        close(taker->fds[taker->count - 1]);
        conn_caps_give(caps, taker->address);
    }
}

static int dial(int family, unsigned port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } at;
    memset(&at, 0, sizeof at);
    at.any.sa_family = (sa_family_t)family;
    if (family == AF_INET) {
        at.four.sin_port = htons((uint16_t)port);
        at.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        at.six.sin6_port = htons((uint16_t)port);
        at.six.sin6_addr = in6addr_loopback;
    }
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t length = family == AF_INET ? sizeof at.four : sizeof at.six;
    if (fd >= 0 && connect(fd, &at.any, length) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool is_at_end(int fd)
{
    char byte;
    struct pollfd state = {fd, POLLIN, 0};
    return poll(&state, 1, 1000) == 1 && recv(fd, &byte, 1, MSG_DONTWAIT) <= 0;
}

static struct listener *listen_at(struct world *world, const char *where, struct conn_caps *caps,
                                  struct taker *taker)
{
    struct err err = {0};
    struct listener *listener = listener_new(world->base, where, caps, on_accept, taker, &err);
    if (!listener)
        fail_msg("%s", err.text);
    return listener;
}

static bool has_ipv6(void)
{
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool has = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
    if (fd >= 0)
        close(fd);
    return has;
}

static void test_listens_on_both_families(void **state)
{
    static const struct {
        const char *where, *address;
        int family;
    } rows[] = {
        {"127.0.0.1:0", "127.0.0.1", AF_INET}, {"[::1]:0", "::1", AF_INET6}, {":0", "127.0.0.1", AF_INET}};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].family == AF_INET6 && !has_ipv6()) {
            print_message("no IPv6 on this machine: [::1] not tried\n");
            continue;
        }
        struct conn_caps *caps = conn_caps_new(10, 10);
        struct taker taker = {.count = 0};
        struct listener *listener = listen_at(world, rows[i].where, caps, &taker);
        assert_true(listener_port(listener) > 0);
        int fd = dial(rows[i].family, listener_port(listener));
        assert_true(fd >= 0);
        TURN_UNTIL(world->base, taker.count == 1);
        assert_string_equal(taker.address, rows[i].address);
        int no_delay = 0;
        socklen_t length = sizeof no_delay;
        getsockopt(taker.fds[0], IPPROTO_TCP, TCP_NODELAY, &no_delay, &length);
        assert_true(no_delay);
        assert_true(fcntl(taker.fds[0], F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(taker.fds[0], F_GETFD) & FD_CLOEXEC);
        close(fd);
        taker_close(&taker, caps);
        assert_int_equal(conn_caps_count(caps), 0);
        listener_free(&listener);
        assert_null(listener);
        conn_caps_free(&caps);
    }
}

static void test_unusable_places(void **state)
{
    static const char *const places[] = {
        "",      "127.0.0.1",    "127.0.0.1:",    "127.0.0.1:65536", "127.0.0.1:+1", "::1:80",
        "[::1]", "localhost:80", "127.0.0.1:80 ", "[::1]x:80",       "1.2.3:4:5",    "256.0.0.1:1"};
    struct world *world = *state;
    struct conn_caps *caps = conn_caps_new(1, 1);
    struct taker taker = {.count = 0};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct err err = {0};
        if (listener_new(world->base, places[i], caps, on_accept, &taker, &err))
            fail_msg("listens on '%s'", places[i]);
        assert_int_equal(err.code, ERR_CONFIG);
    }
    struct listener *first = listen_at(world, "127.0.0.1:0", caps, &taker);
    char where[32];
    struct err err = {0};
    snprintf(where, sizeof where, "127.0.0.1:%u", listener_port(first));
    assert_null(listener_new(world->base, where, caps, on_accept, &taker, &err));
    assert_int_equal(err.code, ERR_OS);
    assert_int_equal(err.os, EADDRINUSE);
    assert_non_null(strstr(err.text, where));
    listener_free(&first);
    conn_caps_free(&caps);
}

static void test_at_most_ten_in_a_turn(void **state)
{
    struct world *world = *state;
    struct conn_caps *caps = conn_caps_new(MOST, MOST);
    struct taker taker = {.count = 0};
    struct listener *listener = listen_at(world, "127.0.0.1:0", caps, &taker);
    int fds[25];
    for (size_t i = 0; i < 25; i++)
        fds[i] = dial(AF_INET, listener_port(listener));
    static const unsigned after[] = {10, 20, 25};
    for (size_t i = 0; i < 3; i++) {
        event_base_loop(world->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
        assert_int_equal(taker.count, after[i]);
    }
    for (size_t i = 0; i < 25; i++)
        close(fds[i]);
    taker_close(&taker, caps);
    listener_free(&listener);
    conn_caps_free(&caps);
}

static void test_caps_per_address_and_process(void **state)
{
    (void)state;
    struct conn_caps *caps = conn_caps_new(3, 2);
    assert_true(conn_caps_take(caps, "10.0.0.1"));
    assert_true(conn_caps_take(caps, "10.0.0.1"));
    assert_false(conn_caps_take(caps, "10.0.0.1"));
    assert_true(conn_caps_take(caps, "10.0.0.2"));
    assert_false(conn_caps_take(caps, "10.0.0.3"));
    assert_int_equal(conn_caps_count(caps), 3);
    conn_caps_give(caps, "10.0.0.1");
    assert_true(conn_caps_take(caps, "10.0.0.3"));
    conn_caps_set(caps, 2, 1); /* those who are in stay; nobody comes in */
    conn_caps_give(caps, "10.0.0.3");
    assert_false(conn_caps_take(caps, "10.0.0.3"));
    conn_caps_set(caps, 10, 2);
    assert_true(conn_caps_take(caps, "10.0.0.2"));
    assert_false(conn_caps_take(caps, "10.0.0.2"));
    conn_caps_give(caps, "10.0.0.2");
    conn_caps_give(caps, "10.0.0.2");
    conn_caps_give(caps, "10.0.0.1");
    assert_int_equal(conn_caps_count(caps), 0);
    conn_caps_free(&caps);
    assert_null(caps);
}

static void *take_and_give(void *arg)
{
    char address[ADDRESS_TEXT];
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(address, sizeof address, "10.0.0.%u", i % 7);
        if (conn_caps_take(arg, address))
            conn_caps_give(arg, address);
    }
    return NULL;
}

static void test_caps_from_many_threads(void **state)
{
    (void)state;
    struct conn_caps *caps = conn_caps_new(3, 2);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, caps), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(conn_caps_count(caps), 0);
    conn_caps_free(&caps);
}

static void test_over_the_cap_is_closed_and_logged(void **state)
{
    struct world *world = *state;
    struct conn_caps *caps = conn_caps_new(10, 1);
    struct taker taker = {.count = 0};
    struct listener *listener = listen_at(world, "127.0.0.1:0", caps, &taker);
    int first = dial(AF_INET, listener_port(listener)), second = dial(AF_INET, listener_port(listener));
    world_logged(world);
    TURN_UNTIL(world->base, taker.count == 1);
    turn(world->base, 5);
    assert_true(is_at_end(second));
    assert_logged(world_logged(world),
                  "event=connection-refused reason=\"too many connections\" address=127.0.0.1");
    close(second);
    taker_close(&taker, caps); /* a place is given back: the next one gets in */
    second = dial(AF_INET, listener_port(listener));
    TURN_UNTIL(world->base, taker.count == 1);
    taker_close(&taker, caps);
    taker.refuses = true;
    close(second);
    second = dial(AF_INET, listener_port(listener));
    turn(world->base, 500);
    assert_true(is_at_end(second));
    assert_int_equal(conn_caps_count(caps), 0);
    close(first);
    close(second);
    listener_free(&listener);
    conn_caps_free(&caps);
}

/* With no descriptor left the listener pauses, with the loop asleep, and goes on once there is one again. */
static void test_pauses_without_descriptors(void **state)
{
    struct world *world = *state;
    struct conn_caps *caps = conn_caps_new(10, 10);
    struct taker taker = {.count = 0};
    struct listener *listener = listen_at(world, "127.0.0.1:0", caps, &taker);
    int fd = dial(AF_INET, listener_port(listener));
    struct rlimit before, none;
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 0; /* open ones stay open */
    uint64_t pauses = log_count(EV_ACCEPT_PAUSED);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    TURN_UNTIL(world->base, log_count(EV_ACCEPT_PAUSED) == pauses + 1);
    int64_t begin = clock_monotonic(&world->clock);
    turn(world->base, 30);
    bool slept = clock_monotonic(&world->clock) - begin >= 25000;
    TURN_UNTIL(world->base, log_count(EV_ACCEPT_PAUSED) == pauses + 2);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_true(slept);
    assert_int_equal(taker.count, 0);
    TURN_UNTIL(world->base, taker.count == 1);
    const char *log = world_logged(world);
    assert_logged(log, "event=accept-paused reason=\"no descriptors\"");
    assert_logged(log, "milliseconds=50");
    assert_logged(log, "milliseconds=100");
    close(fd);
    taker_close(&taker, caps);
    listener_free(&listener);
    conn_caps_free(&caps);
}

static void test_stopped_listener_accepts_nothing(void **state)
{
    struct world *world = *state;
    struct conn_caps *caps = conn_caps_new(10, 10);
    struct taker taker = {.count = 0};
    struct listener *listener = listen_at(world, "127.0.0.1:0", caps, &taker);
    unsigned port = listener_port(listener);
    listener_stop(listener);
    int fd = dial(AF_INET, port);
    for (int i = 0; i < 3; i++)
        turn(world->base, 5);
    assert_int_equal(taker.count, 0);
    listener_free(&listener);
    assert_true(is_at_end(fd));
    assert_int_equal(dial(AF_INET, port), -1);
    close(fd);
    conn_caps_free(&caps);
}

static void test_address_text(void **state)
{
    (void)state;
    char text[ADDRESS_TEXT];
    struct sockaddr_in6 mapped = {.sin6_family = AF_INET6};
    memcpy(mapped.sin6_addr.s6_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x01\x02\x03", 16);
    address_text((struct sockaddr *)&mapped, text);
    assert_string_equal(text, "10.1.2.3");
    memcpy(mapped.sin6_addr.s6_addr, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    address_text((struct sockaddr *)&mapped, text);
    assert_string_equal(text, "2001:db8::1");
    struct sockaddr local = {.sa_family = AF_UNIX};
    address_text(&local, text);
    assert_string_equal(text, "");
    address_of_peer(-1, text);
    assert_string_equal(text, "");
}

int main(void)
{
#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        NET_TEST(test_listens_on_both_families),       NET_TEST(test_unusable_places),
        NET_TEST(test_at_most_ten_in_a_turn),          cmocka_unit_test(test_caps_per_address_and_process),
        cmocka_unit_test(test_caps_from_many_threads), NET_TEST(test_over_the_cap_is_closed_and_logged),
        NET_TEST(test_pauses_without_descriptors),     NET_TEST(test_stopped_listener_accepts_nothing),
        cmocka_unit_test(test_address_text),
    };
    return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
