// wraps: tls_context_hold tls_context_release tls_context_still_trusts conn_ssl
/* A worker's mail: connections, regions, reloads, drain; and its end with all of that still there. TLS is
 * played: connections are plain, and the test says when a handshake is done and who is trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "core/fixture.h"
#include "worker.h"

static struct fixture {
    struct app app;
    struct worker *worker;
    bool is_handshaken, is_trusted;
    unsigned checks;
} * f;

struct tls_context *__wrap_tls_context_hold(struct tls_context *context);
struct tls_context *__wrap_tls_context_hold(struct tls_context *context)
{
    (void)context;
    return NULL; /* plain */
}

void __wrap_tls_context_release(struct tls_context **context);
void __wrap_tls_context_release(struct tls_context **context)
{
    *context = NULL;
}

bool __wrap_tls_context_still_trusts(struct tls_context *context, SSL *ssl);
bool __wrap_tls_context_still_trusts(struct tls_context *context, SSL *ssl)
{
    (void)context;
    assert_non_null(ssl);
    f->checks++;
    return f->is_trusted;
}

SSL *__wrap_conn_ssl(struct conn *conn);
SSL *__wrap_conn_ssl(struct conn *conn)
{
    assert_non_null(conn);
    return f->is_handshaken ? (SSL *)(void *)f : NULL;
}

static const struct config *config_of(const char *text)
{
    char path[] = "/tmp/wijzer-worker-XXXXXX";
    struct err err;
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    const struct config *config = config_read(path, &err);
    unlink(path);
    if (!config)
        fail_msg("%s", err.text);
    return config;
}

static int set_up(void **state)
{
    struct err err;
    signal(SIGPIPE, SIG_IGN);
    f = xcalloc(1, sizeof *f);
    log_set_level(LOG_ERROR); /* there is no database to connect to */
    f->app.clock = clock_system(0);
    f->app.caps = conn_caps_new(100, 100);
    f->app.account_caps = conn_caps_new(100, 100);
    f->app.mailbox = mailbox_new(4);
    const struct config *config = config_of("database = host=127.0.0.1 port=1 connect_timeout=1\n"
                                            "key-database = host=127.0.0.1 port=1 connect_timeout=1\n"
                                            "handshake-timeout = 500ms\nidle-timeout = 60s\n");
    f->worker = worker_new(&f->app, 0, config, NULL, NULL, &err);
    assert_non_null(f->worker);
    f->is_trusted = true;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    worker_free(&f->worker);
    bool clean = conn_caps_count(f->app.caps) == 0;
    mailbox_free(&f->app.mailbox);
    conn_caps_free(&f->app.caps);
    conn_caps_free(&f->app.account_caps);
    free(f);
    return clean ? 0 : -1;
}

static void turns(unsigned count)
{
    struct timespec nap = {0, 1000000};
    while (count--) {
        event_base_loop(f->worker->base, EVLOOP_NONBLOCK);
        nanosleep(&nap, NULL);
    }
}

static void await_load(unsigned load)
{
    for (unsigned i = 0; i < 3000 && worker_load(f->worker) != load; i++)
        turns(1);
    assert_int_equal(worker_load(f->worker), load);
}

static void mail(enum mail_kind kind, int64_t value, void *object)
{
    assert_true(mailbox_send(f->worker->mailbox, (struct mail){(int)kind, value, object}));
}

/* A connection on its way to the worker; returns the client's end. */
static int dial(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    int server = accept(listener, NULL, NULL);
    close(listener);
    fcntl(server, F_SETFL, O_NONBLOCK);
    assert_true(conn_caps_take(f->app.caps, "127.0.0.1"));
    mail(MAIL_CONNECTION, server, worker_conn_new(f->worker, "127.0.0.1"));
    return client;
}

static void a_connection_counts_from_its_mail_to_its_end(void **state)
{
    (void)state;
    int client = dial();
    assert_int_equal(worker_load(f->worker), 1);
    turns(5);
    assert_int_equal(worker_load(f->worker), 1);
    close(client);
    await_load(0);
    assert_int_equal(conn_caps_count(f->app.caps), 0);
}

static void a_reload_closes_who_is_not_trusted_any_more(void **state)
{
    (void)state;
    f->is_handshaken = true;
    int client = dial();
    turns(5);
    mail(MAIL_TLS, 0, NULL);
    turns(5);
    assert_int_equal(worker_load(f->worker), 1); /* trusted: lives on */
    assert_int_equal(f->checks, 1);
    f->is_trusted = false;
    mail(MAIL_TLS, 0, NULL);
    await_load(0);
    close(client);
}

/* Who was in the handshake under the old context is looked at when it must be over. */
static void a_handshake_does_not_slip_through_a_reload(void **state)
{
    (void)state;
    int client = dial();
    turns(5);
    f->is_trusted = false;
    mail(MAIL_TLS, 0, NULL);
    turns(5);
    assert_int_equal(worker_load(f->worker), 1);
    f->is_handshaken = true;
    await_load(0);
    close(client);
}

static void the_newest_region_is_used(void **state)
{
    (void)state;
    assert_null(worker_region(f->worker, 1));
    const struct region *first = fixture_region(), *second = fixture_region();
    mail(MAIL_REGION, 0, (void *)(uintptr_t)first);
    turns(2);
    assert_ptr_equal(worker_region(f->worker, 1), first);
    mail(MAIL_REGION, 0, (void *)(uintptr_t)second);
    turns(2);
    assert_ptr_equal(worker_region(f->worker, 1), second);
    assert_null(worker_region(f->worker, 2));
}

static void a_reload_changes_the_limits(void **state)
{
    (void)state;
    mail(MAIL_CONFIG, 0, (void *)(uintptr_t)config_of("idle-timeout = 7s\n"));
    turns(2);
    assert_int_equal(f->worker->server.limits.idle_timeout, 7 * MOMENT_SECOND);
}

static void an_idle_worker_drains_at_once(void **state)
{
    (void)state;
    int client = dial();
    struct mail stopped;
    struct err err;
    turns(5);
    assert_true(worker_start(f->worker, &err));
    mail(MAIL_DRAIN, 0, NULL);
    close(client);
    worker_join(f->worker);
    assert_int_equal(worker_load(f->worker), 0);
    assert_true(mailbox_receive(f->app.mailbox, &stopped));
    assert_int_equal(stopped.kind, MAIL_STOPPED);
}

static void what_comes_while_draining_is_closed(void **state)
{
    (void)state;
    mail(MAIL_DRAIN, 0, NULL);
    turns(2);
    int client = dial();
    await_load(0);
    close(client);
}

/* The drain timeout has passed: connections are open, mail is unread, the drain still polls. */
static void a_worker_ends_with_everything_open(void **state)
{
    (void)state;
    int busy = dial();
    turns(5);
    assert_int_equal(send(busy, "GET /v1/me HTTP/1.1\r\n", 21, MSG_NOSIGNAL), 21);
    turns(5);
    mail(MAIL_DRAIN, 0, NULL);
    turns(5);
    assert_int_equal(worker_load(f->worker), 1); /* its request has begun */
    int late = dial();
    mail(MAIL_REGION, 0, (void *)(uintptr_t)fixture_region());
    mail(MAIL_CONFIG, 0, (void *)(uintptr_t)config_of(""));
    worker_free(&f->worker);
    assert_null(f->worker);
    close(busy);
    close(late);
    assert_int_equal(conn_caps_count(f->app.caps), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_connection_counts_from_its_mail_to_its_end),
        TEST(a_reload_closes_who_is_not_trusted_any_more),
        TEST(a_handshake_does_not_slip_through_a_reload),
        TEST(the_newest_region_is_used),
        TEST(a_reload_changes_the_limits),
        TEST(an_idle_worker_drains_at_once),
        TEST(what_comes_while_draining_is_closed),
        TEST(a_worker_ends_with_everything_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
