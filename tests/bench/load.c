/*
 * A load generator for the benches: keep-alive connections over TLS (with a client certificate where given),
 * one request in flight on each, one thread, epoll and OpenSSL without a library in between so that it takes
 * as little of the machine as it can. Prints one JSON object.
 *
 *   load submit HOST PORT CONNECTIONS SECONDS CA CERT KEY        POST /v1/referrals, a new key each
 *   load get    HOST PORT CONNECTIONS SECONDS CA CERT KEY PATH   GET PATH
 *   load hold   HOST PORT CONNECTIONS SECONDS CA CERT KEY PATH   opens them, one GET each, holds them idle
 *   load listen HOST PORT CONNECTIONS SECONDS CA CERT KEY FILE   opens that many event streams, and writes
 * which referrals were told, and when load paced  HOST PORT CONNECTIONS SECONDS CA CERT KEY FILE RATE
 * `submit`, so many a second; writes which referrals were answered, and when
 *
 * "-" for CERT and KEY: no client certificate. `hold` and `listen` print "held" once all are open and wait
 * for the seconds to pass. Lines of FILE: id, and microseconds of the machine's monotonic clock.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER = 65536, REQUEST = 2048, SAMPLES = 4000000, BURST = 256 };

enum mode { SUBMIT, GET, HOLD, LISTEN, PACED };

struct peer {
    int fd;
    SSL *ssl;
    bool is_open, is_idle;
    char request[REQUEST];
    size_t request_size, sent;
    size_t received;
    int64_t started;
    char *answer;
};

struct load {
    enum mode mode;
    const char *host, *path;
    int port, epoll;
    unsigned connections, open;
    int64_t ends;
    SSL_CTX *tls;
    struct peer *peers;
    uint32_t *samples; /* microseconds */
    size_t sample_count;
    uint64_t answered, failed, serial, salt;
    size_t body_bytes;
    FILE *file;
    double rate; /* a second; 0: as fast as it goes */
    int64_t began;
    uint64_t begun;
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "failed");
    ERR_print_errors_fp(stderr);
    exit(1);
}

static SSL_CTX *make_tls(const char *ca, const char *cert, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (!tls || (strcmp(ca, "-") != 0 && SSL_CTX_load_verify_locations(tls, ca, NULL) != 1))
        die(ca);
    if (strcmp(cert, "-") != 0 && (SSL_CTX_use_certificate_chain_file(tls, cert) != 1 ||
                                   SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1))
        die(cert);
    SSL_CTX_set_verify(tls, strcmp(ca, "-") == 0 ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    return tls;
}

/* Many sources on loopback, so that caps by address and the range of ports do not matter. */
static int connect_to(const struct load *load, unsigned index)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)};
    struct sockaddr_in from = {.sin_family = AF_INET};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    from.sin_addr.s_addr = htonl(0x7f000001u + (index / 100u) % 200u);
    if (fd < 0 || inet_pton(AF_INET, load->host, &to.sin_addr) != 1)
        die("socket");
    if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void open_peer(struct load *load, unsigned index)
{
    struct peer *peer = &load->peers[index];
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    peer->fd = connect_to(load, index);
    peer->ssl = SSL_new(load->tls);
    if (!peer->ssl || SSL_set_fd(peer->ssl, peer->fd) != 1 || SSL_connect(peer->ssl) != 1)
        die("TLS handshake");
    fcntl(peer->fd, F_SETFL, fcntl(peer->fd, F_GETFL) | O_NONBLOCK);
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, peer->fd, &event) != 0)
        die("epoll");
    peer->is_open = peer->is_idle = true;
    load->open++;
}

static void compose(struct load *load, struct peer *peer)
{
    char body[512];
    if (load->mode == LISTEN) {
        peer->request_size = (size_t)snprintf(
            peer->request, REQUEST,
            "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
        return;
    }
    if (load->mode != SUBMIT && load->mode != PACED) {
        peer->request_size = (size_t)snprintf(peer->request, REQUEST,
                                              "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", load->path);
        return;
    }
    uint64_t serial = load->serial++;
    int n = snprintf(
        body, sizeof body,
        "{\"domains\":[\"social-network\"],\"client\":{\"name\":\"Proef Persoon %llu\",\"birthYear\":%d,"
        "\"area\":\"575%d\",\"phone\":\"06 %08llu\"},\"text\":\"Weduwe, komt nergens meer, slaapt slecht "
        "sinds de zomer.\"}",
        (unsigned long long)serial, 1930 + (int)(serial % 60), 1 + (int)(serial % 4),
        (unsigned long long)(serial % 100000000));
    peer->request_size =
        (size_t)snprintf(peer->request, REQUEST,
                         "POST /v1/referrals HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                         "application/json\r\nIdempotency-Key: "
                         "%016llx-%012llu\r\nContent-Length: %d\r\n\r\n%s",
                         (unsigned long long)load->salt, (unsigned long long)serial, n, body);
}

static void pump_write(struct load *load, struct peer *peer)
{
    while (peer->sent < peer->request_size) {
        int n = SSL_write(peer->ssl, peer->request + peer->sent, (int)(peer->request_size - peer->sent));
        if (n <= 0)
            return; /* a request fits any socket buffer; what does not is counted as no answer */
        peer->sent += (size_t)n;
    }
    (void)load;
}

static void start(struct load *load, struct peer *peer)
{
    compose(load, peer);
    peer->sent = peer->received = 0;
    peer->is_idle = false;
    peer->started = now_us();
    pump_write(load, peer);
}

static void lose(struct load *load, struct peer *peer)
{
    load->failed += !peer->is_idle;
    SSL_free(peer->ssl);
    close(peer->fd);
    peer->is_open = false;
    load->open--;
}

/* Size of the whole answer once its head is there, else 0. */
static size_t answer_size(struct load *load, const struct peer *peer)
{
    const char *end = memmem(peer->answer, peer->received, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t head = (size_t)(end - peer->answer) + 4;
    const char *field = strcasestr(peer->answer, "\r\nContent-Length:");
    size_t body = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    load->body_bytes = body;
    return head + body;
}

/* The value of "name" behind `text`, as ours writes JSON. */
static void note(const struct load *load, const char *text, const char *name, int64_t at)
{
    const char *found = text ? strstr(text, name) : NULL;
    const char *value = found ? strchr(found + strlen(name), '"') : NULL;
    if (value)
        fprintf(load->file, "%.9s %lld\n", value + 1, (long long)at);
}

/* Events come whole, or the rest comes later; the head of the answer is one of them. */
static void take_events(struct load *load, struct peer *peer)
{
    int64_t at = now_us();
    char *text = peer->answer, *end;
    while ((end = strstr(text, "\n\n")) || (end = strstr(text, "\r\n\r\n"))) {
        *end = '\0';
        if (strstr(text, "HTTP/1.1 200"))
            peer->is_idle = true;
        else if (strstr(text, "event: referral-sent"))
            note(load, text, "\"referralId\" : ", at);
        text = end + (end[1] == '\n' ? 2 : 4);
    }
    peer->received -= (size_t)(text - peer->answer);
    memmove(peer->answer, text, peer->received + 1);
}

/* Whether the next referral is due by the rate asked for. */
static bool is_due(const struct load *load)
{
    return !load->rate || (double)load->begun < load->rate * (double)(now_us() - load->began) / 1e6;
}

static void begin_next(struct load *load, struct peer *peer)
{
    if (load->mode == HOLD || now_us() >= load->ends || !is_due(load))
        return;
    load->begun++;
    start(load, peer);
}

static void finish(struct load *load, struct peer *peer)
{
    bool good = strncmp(peer->answer, "HTTP/1.1 2", 10) == 0;
    int64_t took = now_us() - peer->started;
    if (!good && load->failed < 3)
        fprintf(stderr, "load: %.*s\n", (int)peer->received, peer->answer);
    load->answered += good;
    load->failed += !good;
    if (good && load->sample_count < SAMPLES)
        load->samples[load->sample_count++] = (uint32_t)took;
    if (good && load->file)
        note(load, strstr(peer->answer, "\r\n\r\n"), "\"id\":", now_us());
    peer->is_idle = true;
    begin_next(load, peer);
}

static void on_readable(struct load *load, struct peer *peer)
{
    for (;;) {
        int n = SSL_read(peer->ssl, peer->answer + peer->received, (int)(ANSWER - 1 - peer->received));
        if (n <= 0) {
            int why = SSL_get_error(peer->ssl, n);
            if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
                lose(load, peer);
            return;
        }
        peer->received += (size_t)n;
        peer->answer[peer->received] = '\0';
        if (load->mode == LISTEN) {
            take_events(load, peer);
            continue;
        }
        size_t whole = answer_size(load, peer);
        if (whole && peer->received >= whole)
            finish(load, peer);
    }
}

static unsigned busy(const struct load *load)
{
    unsigned count = 0;
    for (unsigned i = 0; i < load->connections; i++)
        count += load->peers[i].is_open && !load->peers[i].is_idle;
    return count;
}

/* One turn of the loop; false when nothing came within `milliseconds`. */
static bool turn(struct load *load, int milliseconds)
{
    struct epoll_event events[BURST];
    int n = epoll_wait(load->epoll, events, BURST, milliseconds);
    for (int i = 0; i < n; i++) {
        struct peer *peer = &load->peers[events[i].data.u32];
        if (peer->is_open)
            on_readable(load, peer);
    }
    return n > 0;
}

static void open_all(struct load *load)
{
    char *shared = load->mode == HOLD ? malloc(ANSWER) : NULL;
    bool in_turn = shared || load->mode == LISTEN;
    load->peers = calloc(load->connections, sizeof *load->peers);
    load->samples = malloc(SAMPLES * sizeof *load->samples);
    if (!load->peers || !load->samples)
        die("memory");
    for (unsigned i = 0; i < load->connections; i++) {
        load->peers[i].answer = shared ? shared : malloc(ANSWER);
        open_peer(load, i);
        if (in_turn) { /* one at a time: they share the buffer */
            start(load, &load->peers[i]);
            while (load->peers[i].is_open && !load->peers[i].is_idle && turn(load, 5000))
                ;
        }
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t percentile(const struct load *load, double part)
{
    return load->sample_count ? load->samples[(size_t)((double)(load->sample_count - 1) * part)] : 0;
}

static void run(struct load *load, double seconds)
{
    int64_t began = now_us();
    load->began = began;
    load->ends = began + (int64_t)(seconds * 1e6);
    for (unsigned i = 0; i < load->connections; i++)
        begin_next(load, &load->peers[i]);
    while (now_us() < load->ends + 10000000 && (busy(load) || now_us() < load->ends)) {
        turn(load, load->rate ? 1 : 100);
        for (unsigned i = 0; load->rate && i < load->connections; i++)
            if (load->peers[i].is_open && load->peers[i].is_idle)
                begin_next(load, &load->peers[i]);
    }
    double took = (double)(now_us() - began) / 1e6;
    load->failed += busy(load);
    qsort(load->samples, load->sample_count, sizeof *load->samples, by_size);
    printf("{\"answered\":%llu,\"failed\":%llu,\"seconds\":%.3f,\"rate\":%.1f,\"p50_us\":%u,\"p99_us\":%u,"
           "\"body_bytes\":%zu}\n",
           (unsigned long long)load->answered, (unsigned long long)load->failed, took,
           (double)load->answered / took, percentile(load, 0.5), percentile(load, 0.99), load->body_bytes);
}

static void hold(struct load *load, double seconds)
{
    int64_t ends = now_us() + (int64_t)(seconds * 1e6);
    printf("{\"held\":%u}\n", load->open);
    fflush(stdout);
    while (now_us() < ends)
        turn(load, 100);
    printf("{\"still_open\":%u}\n", load->open);
}

int main(int argc, char **argv)
{
    static const char *const modes[] = {"submit", "get", "hold", "listen", "paced"};
    struct load load = {.mode = GET, .path = "/"};
    if (argc < 9) {
        fprintf(stderr, "load submit|get|hold|listen|paced HOST PORT CONNECTIONS SECONDS CA CERT KEY [PATH | "
                        "FILE [RATE]]\n");
        return 2;
    }
    for (int i = 0; i < 5; i++)
        if (strcmp(argv[1], modes[i]) == 0)
            load.mode = (enum mode)i;
    load.host = argv[2];
    load.port = (int)strtol(argv[3], NULL, 10);
    load.connections = (unsigned)strtoul(argv[4], NULL, 10);
    double seconds = strtod(argv[5], NULL);
    load.tls = make_tls(argv[6], argv[7], argv[8]);
    load.path = argc > 9 ? argv[9] : "/";
    load.rate = argc > 10 ? strtod(argv[10], NULL) : 0;
    if (load.mode >= LISTEN && !(load.file = fopen(load.path, "w")))
        die(load.path);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (getrandom(&load.salt, sizeof load.salt, 0) != sizeof load.salt)
        die("getrandom");
    open_all(&load);
    if (load.mode == HOLD || load.mode == LISTEN)
        hold(&load, seconds);
    else
        run(&load, seconds);
    if (load.file && fclose(load.file) != 0)
        die(load.path);
    return load.failed ? 1 : 0;
}
