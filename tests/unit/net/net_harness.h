/*
 * What the tests of daemon/net share: a directory with certificates, a server context, connections over
 * loopback TCP, and a client driven in the same thread by turning the server's loop between its steps.
 */
#ifndef WIJZER_TEST_NET_HARNESS_H
#define WIJZER_TEST_NET_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "clock.h"
#include "log.h"
#include "net_pki.h"
#include "tls.h"

#define GOOD_SAN "urn:wijzer:deurne:practice-a:gp"
#define WITHIN 20 /* seconds in which whatever a test waits for must have come */

struct world {
    char directory[64];
    char certificate[96], key[96], client_ca[96], crl[96], log_path[96];
    struct pki_identity server_ca, client_ca_id, other_ca, server;
    struct event_base *base;
    struct clock clock;
    int log_fd;
};

static inline void world_path(const struct world *world, char out[96], const char *name)
{
    snprintf(out, 96, "%s/%s", world->directory, name);
}

static inline void world_open_log(struct world *world)
{
    world_path(world, world->log_path, "log");
    world->log_fd = open(world->log_path, O_RDWR | O_CREAT | O_APPEND, 0600);
    log_open(world->log_fd, LOG_DEBUG);
}

static inline int world_setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    signal(SIGPIPE, SIG_IGN);
    snprintf(world->directory, sizeof world->directory, "/tmp/wijzer-net-XXXXXX");
    pki_must(mkdtemp(world->directory) != NULL, "mkdtemp");
    world_open_log(world);
    world->clock = clock_system(0);
    world->server_ca = pki_authority("server ca");
    world->client_ca_id = pki_authority("client ca");
    world->other_ca = pki_authority("another ca");
    world->server = pki_issue(&world->server_ca, &(struct pki_leaf){.serial = 2, .san = "DNS:localhost"});
    pki_write_certificate(world->directory, "server.pem", world->server.certificate);
    pki_write_key(world->directory, "server.key", world->server.key);
    pki_write_certificate(world->directory, "clients.pem", world->client_ca_id.certificate);
    pki_write_crl(world->directory, "crl.pem", pki_crl(&world->client_ca_id, 666, -PKI_DAY, 30 * PKI_DAY));
    world_path(world, world->certificate, "server.pem");
    world_path(world, world->key, "server.key");
    world_path(world, world->client_ca, "clients.pem");
    world_path(world, world->crl, "crl.pem");
    world->base = event_base_new();
    *state = world;
    return 0;
}

static inline int world_teardown(void **state)
{
    struct world *world = *state;
    char command[128];
    event_base_free(world->base);
    pki_free(&world->server_ca);
    pki_free(&world->client_ca_id);
    pki_free(&world->other_ca);
    pki_free(&world->server);
    log_open(2, LOG_INFO);
    close(world->log_fd);
    snprintf(command, sizeof command, "rm -rf '%s'", world->directory);
    int status = system(command);
    free(world);
    return status;
}

static inline struct tls_options world_options(struct world *world)
{
    return (struct tls_options){.certificate = world->certificate,
                                .key = world->key,
                                .client_ca = world->client_ca,
                                .crl = world->crl};
}

static inline struct tls_context *world_context(struct world *world)
{
    struct tls_options options = world_options(world);
    struct err err = {0};
    struct tls_context *context = tls_context_new(&options, &world->clock, &err);
    if (!context)
        fail_msg("%s", err.text);
    return context;
}

static inline struct pki_identity world_client(struct world *world, struct pki_leaf leaf)
{
    if (!leaf.serial)
        leaf.serial = 0x1234;
    return pki_issue(&world->client_ca_id, &leaf);
}

static inline struct pki_identity world_good_client(struct world *world)
{
    return world_client(world, (struct pki_leaf){.san = "URI:" GOOD_SAN, .purpose = "clientAuth"});
}

/* What was logged since the last call, as text that lives until the next. */
static inline const char *world_logged(struct world *world)
{
    static char text[8192];
    ssize_t n = pread(world->log_fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    pki_must(ftruncate(world->log_fd, 0) == 0, "ftruncate");
    return text;
}

static inline void assert_logged(const char *log, const char *part)
{
    if (!strstr(log, part))
        fail_msg("'%s' is not in the log: %s", part, log);
}

/* Two ends of a loopback TCP connection: [0] the client's, [1] the server's; both non-blocking, with small
 * buffers in the kernel so that a megabyte does not fit. */
static inline void tcp_pair(int out[2])
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int on = 1, small = 64 * 1024, listening = socket(AF_INET, SOCK_STREAM, 0);
    pki_must(bind(listening, (struct sockaddr *)&at, length) == 0 && listen(listening, 1) == 0, "listen");
    getsockname(listening, (struct sockaddr *)&at, &length);
    out[0] = socket(AF_INET, SOCK_STREAM, 0);
    pki_must(connect(out[0], (struct sockaddr *)&at, length) == 0, "connect");
    out[1] = accept4(listening, NULL, NULL, SOCK_NONBLOCK);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    setsockopt(out[0], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(out[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(out[0], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    setsockopt(out[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    close(listening);
}

static inline void stop_loop(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    event_base_loopbreak(arg);
}

/* Turns the loop for at most `milliseconds`, one pass of events at most. */
static inline void turn(struct event_base *base, int milliseconds)
{
    struct timeval at_most = {milliseconds / 1000, milliseconds % 1000 * 1000};
    struct event *stop = evtimer_new(base, stop_loop, base);
    evtimer_add(stop, &at_most);
    event_base_loop(base, EVLOOP_ONCE);
    event_free(stop);
}

static inline bool is_late(time_t start)
{
    return time(NULL) - start > WITHIN;
}

/* Turns the loop until `condition` holds; the test fails when it never does. */
#define TURN_UNTIL(base, condition)                                                                          \
    do {                                                                                                     \
        time_t turn_start = time(NULL);                                                                      \
        while (!(condition)) {                                                                               \
            if (is_late(turn_start))                                                                         \
                fail_msg("never came: %s", #condition);                                                      \
            turn((base), 2);                                                                                 \
        }                                                                                                    \
    } while (0)

struct client {
    struct event_base *base; /* the server's, turned while the client waits */
    SSL_CTX *context;
    SSL *ssl;
    int fd;
};

static inline void client_start(struct client *client, struct world *world, int fd,
                                const struct pki_identity *identity, int version)
{
    client->base = world->base;
    client->fd = fd;
    client->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(client->context, version ? version : TLS1_3_VERSION);
    SSL_CTX_set_options(client->context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client->context), world->server_ca.certificate);
    SSL_CTX_set_verify(client->context, SSL_VERIFY_PEER, NULL);
    if (identity) {
        SSL_CTX_use_certificate(client->context, identity->certificate);
        SSL_CTX_use_PrivateKey(client->context, identity->key);
    }
    client->ssl = SSL_new(client->context);
    SSL_set_fd(client->ssl, fd);
    SSL_set_connect_state(client->ssl);
}

static inline void client_free(struct client *client)
{
    SSL_free(client->ssl);
    SSL_CTX_free(client->context);
    if (client->fd >= 0)
        close(client->fd);
    *client = (struct client){.fd = -1};
}

enum client_step { STEP_CONNECT, STEP_READ, STEP_WRITE };

static inline int client_once(struct client *client, enum client_step step, void *bytes, int size)
{
    ERR_clear_error();
    switch (step) {
    case STEP_CONNECT:
        return SSL_do_handshake(client->ssl);
    case STEP_READ:
        return SSL_read(client->ssl, bytes, size);
    default:
        return SSL_write(client->ssl, bytes, size);
    }
}

/* Steps until done, turning the loop in between: > 0 done, 0 the end, < 0 refused. */
static inline int client_do(struct client *client, enum client_step step, void *bytes, int size)
{
    time_t start = time(NULL);
    while (!is_late(start)) {
        int n = client_once(client, step, bytes, size);
        int why = n > 0 ? 0 : SSL_get_error(client->ssl, n);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
            return n > 0 ? n : why == SSL_ERROR_ZERO_RETURN ? 0 : -1;
        turn(client->base, 2);
    }
    fail_msg("the client waits for ever");
    return -1;
}

static inline bool client_connect(struct client *client)
{
    return client_do(client, STEP_CONNECT, NULL, 0) > 0;
}

static inline void client_write(struct client *client, const char *text)
{
    int length = (int)strlen(text);
    char copy[256];
    memcpy(copy, text, (size_t)length);
    assert_int_equal(client_do(client, STEP_WRITE, copy, length), length);
}

#endif
