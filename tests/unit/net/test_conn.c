#include <event2/buffer.h>
#include <event2/event.h>

#include "conn.h"
#include "net_harness.h"

/* A protocol that records what it is told and does what the test asks of it. */
struct probe {
    unsigned opened, flushed, deadlines, closed, gone;
    enum conn_end end;
    size_t received;    /* bytes */
    bool is_ordered;    /* each byte was its position, modulo 251 */
    size_t pause_every; /* pause after so many bytes; 0: never */
    size_t next_pause;
    bool is_paused;
    bool keeps_input;      /* leave the bytes where they are */
    size_t largest;        /* the most input that was ever offered at once */
    const char *reply;     /* written at each input */
    bool finishes, aborts; /* after the reply */
    bool aborts_on_open, aborts_on_deadline, aborts_on_flushed;
    const char *last_words; /* written at the deadline, and then kept */
    char san[TLS_SAN];
    struct conn *conn; /* NULL once gone */
};

static void *on_open(struct conn *conn, void *context)
{
    struct probe *probe = context;
    probe->opened++;
    if (conn_peer(conn))
        memcpy(probe->san, conn_peer(conn)->san, TLS_SAN);
    if (probe->aborts_on_open)
        conn_abort(conn);
    return probe;
}

static void take_input(struct probe *probe, struct evbuffer *input)
{
    unsigned char bytes[4096];
    size_t length;
    while ((length = (size_t)evbuffer_remove(input, bytes, sizeof bytes)) > 0)
        for (size_t i = 0; i < length; i++, probe->received++)
            probe->is_ordered &= bytes[i] == probe->received % 251;
}

static void on_input(struct conn *conn, struct evbuffer *input)
{
    struct probe *probe = conn_data(conn);
    assert_false(probe->is_paused);
    if (evbuffer_get_length(input) > probe->largest)
        probe->largest = evbuffer_get_length(input);
    if (!probe->keeps_input)
        take_input(probe, input);
    if (probe->pause_every && probe->received >= probe->next_pause) {
        conn_pause(conn);
        probe->is_paused = true;
        probe->next_pause += probe->pause_every;
    }
    if (probe->reply)
        conn_write(conn, slice_of(probe->reply), slice_of("+"));
    if (probe->finishes)
        conn_finish(conn);
    if (probe->aborts)
        conn_abort(conn);
}

static void on_flushed(struct conn *conn)
{
    struct probe *probe = conn_data(conn);
    probe->flushed++;
    if (probe->aborts_on_flushed)
        conn_abort(conn);
}

static bool on_deadline(struct conn *conn)
{
    struct probe *probe = conn_data(conn);
    probe->deadlines++;
    if (probe->aborts_on_deadline)
        conn_abort(conn);
    if (probe->last_words)
        conn_write(conn, slice_of(probe->last_words), SLICE_NONE);
    return probe->last_words;
}

static void on_close(struct conn *conn, enum conn_end why)
{
    struct probe *probe = conn_data(conn);
    assert_ptr_equal(probe->conn, conn);
    probe->closed++;
    probe->end = why;
}

static void on_gone(void *arg, struct conn *conn)
{
    struct probe *probe = arg;
    assert_ptr_equal(probe->conn, conn);
    probe->gone++;
    probe->conn = NULL;
}

static const struct conn_ops ops = {on_open, on_input, on_flushed, on_deadline, on_close};

/* One connection with its client. */
struct scene {
    struct world *world;
    struct tls_context *context;
    struct pki_identity identity;
    struct client client;
    struct probe probe;
    struct conn_options options;
};

static void scene_open(struct scene *scene, struct world *world, bool is_tls)
{
    int pair[2];
    scene->world = world;
    scene->probe.is_ordered = true;
    scene->probe.next_pause = scene->probe.pause_every;
    if (!scene->options.handshake_timeout)
        scene->options.handshake_timeout = 10 * MOMENT_SECOND;
    tcp_pair(pair);
    scene->client = (struct client){.base = world->base, .fd = pair[0]};
    if (is_tls) {
        scene->context = world_context(world);
        scene->identity = world_good_client(world);
        client_start(&scene->client, world, pair[0], &scene->identity, TLS1_3_VERSION);
    }
    scene->probe.conn = conn_new(world->base, pair[1], is_tls ? tls_context_hold(scene->context) : NULL, &ops,
                                 &scene->probe, &scene->options, &world->clock, on_gone, &scene->probe);
}

/* With the handshake done. */
static void scene_begin(struct scene *scene, struct world *world, bool is_tls)
{
    scene_open(scene, world, is_tls);
    if (is_tls)
        assert_true(client_connect(&scene->client));
    TURN_UNTIL(world->base, scene->probe.opened == 1);
}

static void scene_end(struct scene *scene)
{
    client_free(&scene->client);
    if (scene->probe.conn)
        conn_abort(scene->probe.conn);
    TURN_UNTIL(scene->world->base, scene->probe.gone == 1);
    assert_int_equal(scene->probe.closed, scene->probe.opened);
    tls_context_release(&scene->context);
    pki_free(&scene->identity);
}

/* The client's bytes, plain or in TLS: > 0, 0 at the end, < 0 broken. */
static int scene_read(struct scene *scene, char *bytes, int size)
{
    if (scene->client.ssl)
        return client_do(&scene->client, STEP_READ, bytes, size);
    ssize_t n;
    time_t start = time(NULL);
    while ((n = recv(scene->client.fd, bytes, (size_t)size, MSG_DONTWAIT)) < 0 && errno == EAGAIN) {
        assert_false(is_late(start));
        turn(scene->world->base, 2);
    }
    return (int)n;
}

static void scene_say(struct scene *scene, const char *text)
{
    if (scene->client.ssl)
        client_write(&scene->client, text);
    else
        assert_int_equal(send(scene->client.fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void scene_hear(struct scene *scene, const char *text)
{
    char bytes[256] = "";
    size_t heard = 0;
    while (heard < strlen(text)) {
        int n = scene_read(scene, bytes + heard, (int)(sizeof bytes - 1 - heard));
        if (n <= 0)
            fail_msg("the end instead of '%s', after '%s'", text, bytes);
        heard += (size_t)n;
    }
    assert_string_equal(bytes, text);
}

/* The next close of `fd` breaks the connection. */
static void reset(int fd)
{
    struct linger at_once = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* ---- the ordinary way ---- */

static void test_request_and_reply(void **state)
{
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.reply = "hello"};
        scene_begin(&scene, *state, is_tls);
        assert_string_equal(conn_address(scene.probe.conn), "127.0.0.1");
        assert_string_equal(scene.probe.san, is_tls ? GOOD_SAN : "");
        assert_int_equal(conn_peer(scene.probe.conn) != NULL, is_tls);
        assert_int_equal(conn_ssl(scene.probe.conn) != NULL, is_tls);
        for (unsigned i = 1; i <= 3; i++) {
            scene_say(&scene, "hi");
            scene_hear(&scene, "hello+");
            TURN_UNTIL(scene.world->base, scene.probe.flushed == i);
        }
        client_free(&scene.client);
        TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
        assert_int_equal(scene.probe.end, CONN_END_PEER);
        scene_end(&scene);
    }
}

/* Head and body that fit come in one TLS record: one SSL_read gets them. */
static void test_head_and_body_share_a_record(void **state)
{
    struct scene scene = {.probe.reply = "head"};
    char bytes[64];
    scene_begin(&scene, *state, true);
    scene_say(&scene, "x");
    assert_int_equal(scene_read(&scene, bytes, sizeof bytes), 5);
    scene_end(&scene);
}

enum { LARGE = 3 * 1024 * 1024 + 77 };

static unsigned char *large_bytes(void)
{
    unsigned char *bytes = malloc(LARGE);
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (unsigned char)(i % 251);
    return bytes;
}

static ssize_t send_some(struct scene *scene, unsigned char *bytes, size_t left)
{
    int length = left > 40000 ? 40000 : (int)left; /* records of more than one size */
    if (!scene->client.ssl)
        return send(scene->client.fd, bytes, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
    return client_once(&scene->client, STEP_WRITE, bytes, length);
}

static void test_large_input_arrives_whole_through_pauses(void **state)
{
    unsigned char *bytes = large_bytes();
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.pause_every = 100000};
        time_t start = time(NULL);
        scene_begin(&scene, *state, is_tls);
        if (is_tls)
            SSL_set_mode(scene.client.ssl, SSL_MODE_ENABLE_PARTIAL_WRITE);
        for (size_t sent = 0, turns = 0; scene.probe.received < LARGE; turns++) {
            assert_false(is_late(start));
            ssize_t n = sent < LARGE ? send_some(&scene, bytes + sent, LARGE - sent) : 0;
            sent += n > 0 ? (size_t)n : 0;
            turn(scene.world->base, 2);
            if (scene.probe.is_paused && turns % 3 == 0) {
                scene.probe.is_paused = false;
                conn_resume(scene.probe.conn);
            }
        }
        assert_true(scene.probe.received == LARGE && scene.probe.is_ordered);
        assert_true(scene.probe.next_pause > (size_t)20 * 100000); /* it did pause, again and again */
        scene_end(&scene);
    }
    free(bytes);
}

static void test_large_output_arrives_whole(void **state)
{
    unsigned char *bytes = large_bytes();
    char *got = malloc(LARGE);
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.reply = NULL};
        scene_begin(&scene, *state, is_tls);
        conn_write(scene.probe.conn, slice_make((char *)bytes, 100),
                   slice_make((char *)bytes + 100, LARGE - 100));
        assert_true(conn_unsent(scene.probe.conn) > 0);
        assert_int_equal(scene.probe.flushed, 0);
        conn_finish(scene.probe.conn);
        size_t heard = 0;
        int n;
        while (heard < LARGE && (n = scene_read(&scene, got + heard, (int)(LARGE - heard))) > 0)
            heard += (size_t)n;
        assert_int_equal(heard, LARGE);
        assert_memory_equal(got, bytes, LARGE);
        assert_int_equal(scene_read(&scene, got, 1), 0);
        scene_end(&scene);
    }
    free(bytes);
    free(got);
}

/* Replies of one record go past the buffer until the socket is full; from there on the order must still hold.
 */
static void test_many_small_writes_to_a_slow_reader(void **state)
{
    enum { PIECE = 10007 };
    unsigned char *bytes = large_bytes();
    char *got = malloc(LARGE);
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.reply = NULL};
        scene_begin(&scene, *state, is_tls);
        for (size_t at = 0; at < LARGE; at += PIECE) {
            size_t length = LARGE - at < PIECE ? LARGE - at : PIECE;
            conn_write(scene.probe.conn, slice_make((char *)bytes + at, length / 3),
                       slice_make((char *)bytes + at + length / 3, length - length / 3));
            if (at == 0)
                assert_int_equal(conn_unsent(scene.probe.conn), 0);
        }
        assert_true(conn_unsent(scene.probe.conn) > 0);
        size_t heard = 0;
        int n;
        while (heard < LARGE && (n = scene_read(&scene, got + heard, (int)(LARGE - heard))) > 0)
            heard += (size_t)n;
        assert_int_equal(heard, LARGE);
        assert_memory_equal(got, bytes, LARGE);
        TURN_UNTIL(scene.world->base, scene.probe.flushed > 0);
        assert_int_equal(conn_unsent(scene.probe.conn), 0);
        scene_end(&scene);
    }
    free(bytes);
    free(got);
}

/* Writing to a peer that has just broken the connection is no more than its end. */
static void test_write_to_a_broken_peer(void **state)
{
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.reply = NULL};
        scene_begin(&scene, *state, is_tls);
        reset(scene.client.fd);
        client_free(&scene.client);
        conn_write(scene.probe.conn, slice_of("x"), SLICE_NONE);
        assert_int_equal(scene.probe.closed, 0);
        TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
        assert_int_equal(scene.probe.end, CONN_END_PEER);
        scene_end(&scene);
    }
}

/* Unread input is bounded, and comes when reading is resumed. */
static void test_input_limit_stops_reading(void **state)
{
    unsigned char *bytes = large_bytes();
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.keeps_input = true, .options.input_limit = 8000};
        scene_begin(&scene, *state, is_tls);
        for (size_t turns = 0, sent = 0; turns < 60; turns++) {
            ssize_t n = sent < LARGE ? send_some(&scene, bytes + sent, LARGE - sent) : 0;
            sent += n > 0 ? (size_t)n : 0;
            turn(scene.world->base, 1);
        }
        assert_in_range(scene.probe.largest, 8000, 8000 + 40000);
        scene.probe.keeps_input = false;
        conn_resume(scene.probe.conn);
        size_t held = scene.probe.largest;
        TURN_UNTIL(scene.world->base, scene.probe.received >= held);
        assert_true(scene.probe.is_ordered);
        scene_end(&scene);
    }
    free(bytes);
}

/* What was left unread is offered again at resuming, though the peer sends nothing more. */
static void test_unread_input_comes_again(void **state)
{
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.keeps_input = true};
        scene_begin(&scene, *state, is_tls);
        scene_say(&scene, "pipelined");
        TURN_UNTIL(scene.world->base, scene.probe.largest == strlen("pipelined"));
        conn_pause(scene.probe.conn);
        scene.probe.keeps_input = false;
        turn(scene.world->base, 5);
        assert_int_equal(scene.probe.received, 0);
        conn_resume(scene.probe.conn);
        assert_int_equal(scene.probe.received, 0); /* from the loop, not from inside */
        TURN_UNTIL(scene.world->base, scene.probe.received == strlen("pipelined"));
        scene_end(&scene);
    }
}

/* ---- a peer that goes away ---- */

/* In all four ways of pausing: the pause that costs nothing, and the one after more bytes came. */
static void test_peer_that_vanishes_while_paused_is_noticed(void **state)
{
    for (int way = 0; way < 8; way++) {
        bool is_tls = way & 1, is_stopped = way & 2, is_reset = way & 4;
        struct scene scene = {.probe.pause_every = 1};
        scene_begin(&scene, *state, is_tls);
        scene_say(&scene, "x");
        TURN_UNTIL(scene.world->base, scene.probe.is_paused);
        if (is_stopped) {
            scene_say(&scene, "y");
            for (int i = 0; i < 5; i++)
                turn(scene.world->base, 5);
            scene_say(&scene, "z"); /* unread in the kernel */
        }
        assert_int_equal(scene.probe.closed, 0);
        if (is_reset)
            reset(scene.client.fd);
        client_free(&scene.client);
        TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
        assert_int_equal(scene.probe.closed, 1);
        assert_int_equal(scene.probe.end, CONN_END_PEER);
        scene_end(&scene);
    }
}

/* While stopped nothing keeps the loop awake: no byte that waits in the kernel, and nothing that comes more.
 */
static void test_stopped_reading_does_not_spin(void **state)
{
    struct scene scene = {.probe.pause_every = 1};
    scene_begin(&scene, *state, false);
    scene_say(&scene, "x");
    TURN_UNTIL(scene.world->base, scene.probe.is_paused);
    scene_say(&scene, "y");
    turn(scene.world->base, 5);
    scene_say(&scene, "z");
    for (int i = 0; i < 4; i++)
        turn(scene.world->base, 5);
    int64_t before = clock_monotonic(&scene.world->clock);
    turn(scene.world->base, 50);
    assert_true(clock_monotonic(&scene.world->clock) - before >= 40000);
    scene.probe.is_paused = false;
    scene.probe.pause_every = 0;
    scene.probe.is_ordered = true;
    conn_resume(scene.probe.conn);
    TURN_UNTIL(scene.world->base, scene.probe.received == 3);
    scene_end(&scene);
}

/* ---- deadlines ---- */

static void test_slow_handshake_is_cut(void **state)
{
    struct world *world = *state;
    for (int dripping = 0; dripping < 2; dripping++) {
        struct scene scene = {.options.handshake_timeout = 80000};
        int64_t begin = clock_monotonic(&world->clock);
        scene_open(&scene, world, true);
        world_logged(world);
        /* A record's header that promises 512 bytes, and then a byte now and then: activity does not extend.
         */
        static const char header[] = {0x16, 3, 1, 2, 0, 1, 0, 1, (char)0xfc, 3, 3};
        for (size_t i = 0; !scene.probe.gone; i++) {
            assert_true(clock_monotonic(&world->clock) - begin < WITHIN * MOMENT_SECOND);
            if (dripping)
                send(scene.client.fd, i < sizeof header ? header + i : "", 1, MSG_NOSIGNAL);
            poll(NULL, 0, 2);
            turn(world->base, 5);
        }
        assert_int_equal(scene.probe.opened, 0);
        assert_true(clock_monotonic(&world->clock) - begin >= 80000);
        assert_logged(world_logged(world), "reason=\"handshake deadline\" address=127.0.0.1");
        scene_end(&scene);
    }
}

static void test_phase_deadline(void **state)
{
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.reply = NULL};
        scene_begin(&scene, *state, is_tls);
        conn_phase(scene.probe.conn, 50000);
        scene_say(&scene, "activity extends nothing");
        TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
        assert_int_equal(scene.probe.deadlines, 1);
        assert_int_equal(scene.probe.end, CONN_END_DEADLINE);
        scene_end(&scene);
    }
}

static void test_phases_replace_each_other(void **state)
{
    struct scene scene = {.probe.reply = NULL};
    scene_begin(&scene, *state, false);
    int64_t begin = clock_monotonic(&scene.world->clock);
    conn_phase(scene.probe.conn, 20000);
    conn_phase(scene.probe.conn, 0);
    for (int i = 0; i < 5; i++)
        turn(scene.world->base, 10);
    assert_int_equal(scene.probe.deadlines, 0);
    conn_phase(scene.probe.conn, 10 * MOMENT_SECOND);
    conn_phase(scene.probe.conn, 20000);
    conn_phase(scene.probe.conn, 150000); /* later than what the timer waits for */
    TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
    assert_int_equal(scene.probe.deadlines, 1);
    assert_true(clock_monotonic(&scene.world->clock) - begin >= 150000);
    scene_end(&scene);
}

/* A last reply at the deadline reaches the peer, and then the connection ends. */
static void test_last_words_at_the_deadline(void **state)
{
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.last_words = "408"};
        char byte;
        scene_begin(&scene, *state, is_tls);
        conn_phase(scene.probe.conn, 20000);
        scene_hear(&scene, "408");
        assert_int_equal(scene_read(&scene, &byte, 1), 0);
        client_free(&scene.client);
        TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
        assert_int_equal(scene.probe.closed, 1);
        scene_end(&scene);
    }
}

/* ---- ends of our own ---- */

static void test_finish_flushes_and_says_goodbye(void **state)
{
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.reply = "bye", .probe.finishes = true};
        char byte;
        scene_begin(&scene, *state, is_tls);
        scene_say(&scene, "x");
        scene_hear(&scene, "bye+");
        assert_int_equal(scene_read(&scene, &byte, 1), 0);
        if (is_tls)
            assert_true(SSL_get_shutdown(scene.client.ssl) & SSL_RECEIVED_SHUTDOWN);
        conn_finish(scene.probe.conn); /* again: nothing */
        conn_write(scene.probe.conn, slice_of("too late"), SLICE_NONE);
        client_free(&scene.client);
        TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
        assert_int_equal(scene.probe.end, CONN_END_LOCAL);
        scene_end(&scene);
    }
}

/* The close_notify is on the wire, not only the end of the socket: the client here does not forgive its
 * absence. */
static void test_goodbye_is_a_close_notify(void **state)
{
    struct scene scene = {.probe.reply = NULL};
    char byte;
    scene_begin(&scene, *state, true);
    SSL_clear_options(scene.client.ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);
    conn_finish(scene.probe.conn);
    assert_int_equal(scene_read(&scene, &byte, 1), 0);
    scene_end(&scene);
}

/* A peer that was still sending (a body refused by its size) gets the reply, not a reset. */
static void test_finish_with_unread_bytes_does_not_reset(void **state)
{
    unsigned char *bytes = large_bytes();
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.reply = "413", .probe.finishes = true};
        time_t begin = time(NULL);
        char byte;
        scene_begin(&scene, *state, is_tls);
        if (is_tls)
            SSL_set_mode(scene.client.ssl, SSL_MODE_ENABLE_PARTIAL_WRITE);
        for (size_t sent = 0; sent < LARGE;) {
            ssize_t n = send_some(&scene, bytes + sent, LARGE - sent);
            if (n <= 0 && errno != EAGAIN)
                fail_msg("reset after %zu bytes: %s", sent, strerror(errno));
            sent += n > 0 ? (size_t)n : 0;
            assert_false(is_late(begin));
            turn(scene.world->base, 1);
        }
        scene_hear(&scene, "413+");
        assert_int_equal(scene_read(&scene, &byte, 1), 0);
        scene_end(&scene);
    }
    free(bytes);
}

/* A peer that neither reads nor leaves is dropped after the grace. */
static void test_finish_does_not_wait_for_ever(void **state)
{
    struct scene scene = {.probe.reply = NULL};
    unsigned char *bytes = large_bytes();
    scene_begin(&scene, *state, false);
    conn_write(scene.probe.conn, slice_make((char *)bytes, LARGE), slice_make((char *)bytes, LARGE));
    conn_phase(scene.probe.conn, 0);
    int64_t begin = clock_monotonic(&scene.world->clock);
    conn_finish(scene.probe.conn);
    assert_true(conn_unsent(scene.probe.conn) > 0);
    TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
    int64_t took = clock_monotonic(&scene.world->clock) - begin;
    assert_in_range(took, 1900000, 10000000);
    free(bytes);
    scene_end(&scene);
}

/* Aborting inside any callback is safe; the others stay silent afterwards, and everything still answers. */
static void test_abort_inside_callbacks(void **state)
{
    for (int is_tls = 0; is_tls < 2; is_tls++)
        for (int where = 0; where < 4; where++) {
            struct scene scene = {.probe = {.reply = "bye",
                                            .aborts_on_open = where == 0,
                                            .aborts = where == 1,
                                            .aborts_on_flushed = where == 2,
                                            .aborts_on_deadline = where == 3,
                                            .last_words = where == 3 ? "x" : NULL}};
            scene_begin(&scene, *state, is_tls);
            if (where == 1 || where == 2)
                scene_say(&scene, "x");
            if (where == 3)
                conn_phase(scene.probe.conn, 10000);
            TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
            assert_int_equal(scene.probe.closed, 1);
            assert_int_equal(scene.probe.end, CONN_END_LOCAL);
            scene_end(&scene);
        }
}

/* Between the end and on_gone the connection rests: nothing that is asked of it then does harm. */
static void test_resting_connection_ignores_everything(void **state)
{
    for (int is_tls = 0; is_tls < 2; is_tls++) {
        struct scene scene = {.probe.reply = NULL};
        scene_begin(&scene, *state, is_tls);
        struct conn *conn = scene.probe.conn;
        conn_abort(conn);
        assert_int_equal(scene.probe.closed, 0); /* told from the loop, never from inside */
        conn_abort(conn);
        conn_finish(conn);
        conn_write(conn, slice_of("x"), slice_of("y"));
        conn_pause(conn);
        conn_resume(conn);
        conn_phase(conn, 1);
        assert_int_equal(conn_unsent(conn), 0);
        assert_null(conn_ssl(conn));
        assert_string_equal(conn_address(conn), "127.0.0.1");
        assert_ptr_equal(conn_data(conn), &scene.probe);
        TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
        assert_int_equal(scene.probe.closed, 1);
        scene_end(&scene);
    }
}

/* ---- handshakes that fail, and how many run at once ---- */

static void test_refused_handshake_never_opens(void **state)
{
    struct world *world = *state;
    struct scene scene = {.probe.reply = NULL};
    scene_open(&scene, world, true);
    world_logged(world);
    send(scene.client.fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL);
    TURN_UNTIL(world->base, scene.probe.gone == 1);
    assert_int_equal(scene.probe.opened, 0);
    assert_logged(world_logged(world), "event=tls-refused reason=\"http request\" address=127.0.0.1");
    scene_end(&scene);
}

static void test_refused_certificate_is_logged_once(void **state)
{
    struct world *world = *state;
    struct scene scene = {.probe.reply = NULL};
    uint64_t before = log_count(EV_TLS_REFUSED);
    pki_write_crl(world->directory, "crl.pem", pki_crl(&world->client_ca_id, 0x1234, -PKI_DAY, 30 * PKI_DAY));
    scene_open(&scene, world, true);
    char byte;
    client_connect(&scene.client);
    assert_int_equal(scene_read(&scene, &byte, 1), -1);
    TURN_UNTIL(world->base, scene.probe.gone == 1);
    assert_int_equal(log_count(EV_TLS_REFUSED) - before, 1);
    assert_logged(world_logged(world), "serial=1234 reason=\"certificate revoked\" address=127.0.0.1");
    scene_end(&scene);
}

static void test_peer_that_leaves_in_the_handshake_is_no_event(void **state)
{
    struct scene scene = {.probe.reply = NULL};
    uint64_t before = log_count(EV_TLS_REFUSED);
    scene_open(&scene, *state, true);
    client_free(&scene.client);
    TURN_UNTIL(scene.world->base, scene.probe.gone == 1);
    assert_int_equal(log_count(EV_TLS_REFUSED), before);
    scene_end(&scene);
}

static void test_gate_bounds_handshakes(void **state)
{
    struct world *world = *state;
    struct conn_gate gate = {.limit = 2};
    struct scene scenes[5];
    memset(scenes, 0, sizeof scenes);
    for (size_t i = 0; i < 5; i++) {
        scenes[i].options.gate = &gate;
        scene_open(&scenes[i], world, true);
    }
    assert_int_equal(gate.running.count, 2);
    assert_int_equal(gate.waiting.count, 3);
    conn_abort(scenes[3].probe.conn); /* out of the middle of the line */
    assert_int_equal(gate.waiting.count, 2);
    assert_true(client_connect(&scenes[0].client));
    TURN_UNTIL(world->base, scenes[0].probe.opened == 1);
    assert_int_equal(gate.running.count, 2);
    assert_int_equal(gate.waiting.count, 1);
    client_free(&scenes[1].client); /* leaves in the middle of its handshake */
    TURN_UNTIL(world->base, gate.waiting.count == 0);
    assert_true(client_connect(&scenes[2].client));
    assert_true(client_connect(&scenes[4].client));
    TURN_UNTIL(world->base, scenes[2].probe.opened && scenes[4].probe.opened);
    assert_int_equal(gate.running.count, 0);
    assert_null(gate.waiting.first);
    for (size_t i = 0; i < 5; i++)
        scene_end(&scenes[i]);
}

static void test_deadline_holds_in_the_line_too(void **state)
{
    struct world *world = *state;
    struct conn_gate gate = {.limit = 1};
    struct scene first = {.options.gate = &gate},
                 second = {.options = {.gate = &gate, .handshake_timeout = 30000}};
    scene_open(&first, world, true);
    scene_open(&second, world, true);
    TURN_UNTIL(world->base, second.probe.gone == 1);
    assert_int_equal(gate.running.count, 1);
    assert_int_equal(gate.waiting.count, 0);
    scene_end(&second);
    scene_end(&first);
}

/* Whoever connects and says nothing gives way as soon as somebody waits, and not before. */
static void test_silent_handshakes_give_way(void **state)
{
    struct world *world = *state;
    struct conn_gate gate = {.limit = 2, .patience = 50000};
    struct scene scenes[4];
    memset(scenes, 0, sizeof scenes);
    for (size_t i = 0; i < 4; i++)
        scenes[i].options = (struct conn_options){.gate = &gate, .handshake_timeout = 60 * MOMENT_SECOND};
    scene_open(&scenes[0], world, true);
    scene_open(&scenes[1], world, true);
    assert_int_equal(gate.hurried, 0);
    scene_open(&scenes[2], world, true);
    assert_int_equal(gate.hurried, 1);
    TURN_UNTIL(world->base, scenes[0].probe.gone == 1);
    assert_int_equal(scenes[1].probe.gone, 0);
    assert_int_equal(gate.hurried, 0);
    assert_true(client_connect(&scenes[2].client));
    TURN_UNTIL(world->base, scenes[2].probe.opened == 1);
    scene_open(&scenes[3], world, true); /* there is room again: nobody is hurried */
    assert_int_equal(gate.hurried, 0);
    assert_int_equal(gate.running.count, 2);
    for (size_t i = 0; i < 4; i++)
        scene_end(&scenes[i]);
    assert_int_equal(gate.running.count, 0);
    assert_null(gate.unhurried);
}

/* ---- reload ---- */

static void test_old_connection_outlives_its_context(void **state)
{
    struct world *world = *state;
    struct scene old = {.probe.reply = "old"}, new = {.probe.reply = "new"};
    scene_begin(&old, world, true);
    pki_write_crl(world->directory, "crl.pem", pki_crl(&world->client_ca_id, 0x99, -PKI_DAY, 30 * PKI_DAY));
    scene_begin(&new, world, true);
    tls_context_release(&old.context);
    scene_say(&old, "x");
    scene_hear(&old, "old+");
    scene_say(&new, "x");
    scene_hear(&new, "new+");
    assert_true(tls_context_still_trusts(new.context, conn_ssl(old.probe.conn)));
    pki_write_crl(world->directory, "crl.pem", pki_crl(&world->client_ca_id, 0x1234, -PKI_DAY, 30 * PKI_DAY));
    struct tls_context *revoking = world_context(world);
    assert_false(tls_context_still_trusts(revoking, conn_ssl(old.probe.conn)));
    tls_context_release(&revoking);
    scene_end(&old);
    scene_end(&new);
}

int main(void)
{
#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        NET_TEST(test_request_and_reply),
        NET_TEST(test_head_and_body_share_a_record),
        NET_TEST(test_large_input_arrives_whole_through_pauses),
        NET_TEST(test_large_output_arrives_whole),
        NET_TEST(test_many_small_writes_to_a_slow_reader),
        NET_TEST(test_write_to_a_broken_peer),
        NET_TEST(test_input_limit_stops_reading),
        NET_TEST(test_unread_input_comes_again),
        NET_TEST(test_peer_that_vanishes_while_paused_is_noticed),
        NET_TEST(test_stopped_reading_does_not_spin),
        NET_TEST(test_slow_handshake_is_cut),
        NET_TEST(test_phase_deadline),
        NET_TEST(test_phases_replace_each_other),
        NET_TEST(test_last_words_at_the_deadline),
        NET_TEST(test_finish_flushes_and_says_goodbye),
        NET_TEST(test_goodbye_is_a_close_notify),
        NET_TEST(test_finish_with_unread_bytes_does_not_reset),
        NET_TEST(test_finish_does_not_wait_for_ever),
        NET_TEST(test_abort_inside_callbacks),
        NET_TEST(test_resting_connection_ignores_everything),
        NET_TEST(test_refused_handshake_never_opens),
        NET_TEST(test_refused_certificate_is_logged_once),
        NET_TEST(test_peer_that_leaves_in_the_handshake_is_no_event),
        NET_TEST(test_gate_bounds_handshakes),
        NET_TEST(test_deadline_holds_in_the_line_too),
        NET_TEST(test_silent_handshakes_give_way),
        NET_TEST(test_old_connection_outlives_its_context),
    };
    return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}
