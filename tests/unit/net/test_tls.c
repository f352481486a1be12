#include <event2/event.h>

#include "net_harness.h"

/* A handshake without a socket's timing: the server's end is a plain SSL object on the pair's other end. */
struct shake {
    struct client client;
    SSL *server;
    int server_fd;
    bool is_done, is_refused; /* the server's view */
};

static void shake_start(struct shake *shake, struct world *world, struct tls_context *context,
                        const struct pki_identity *identity, int version)
{
    int pair[2];
    tcp_pair(pair);
    *shake = (struct shake){.server_fd = pair[1]};
    client_start(&shake->client, world, pair[0], identity, version);
    shake->server = tls_context_accept(context);
    assert_non_null(shake->server);
    SSL_set_fd(shake->server, pair[1]);
}

static void shake_server(struct shake *shake)
{
    if (shake->is_done || shake->is_refused)
        return;
    ERR_clear_error();
    int n = SSL_do_handshake(shake->server);
    int why = n == 1 ? 0 : SSL_get_error(shake->server, n);
    shake->is_done = n == 1;
    shake->is_refused = n != 1 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE;
}

/* True: the server completed the handshake. */
static bool shake_run(struct shake *shake)
{
    time_t start = time(NULL);
    while (!shake->is_done && !shake->is_refused) {
        assert_false(is_late(start));
        client_once(&shake->client, STEP_CONNECT, NULL, 0);
        shake_server(shake);
        struct pollfd both[2] = {{shake->server_fd, POLLIN, 0}, {shake->client.fd, POLLIN, 0}};
        poll(both, 2, shake->is_done || shake->is_refused ? 0 : 1);
    }
    client_once(&shake->client, STEP_CONNECT, NULL, 0);
    return shake->is_done;
}

static void shake_free(struct shake *shake)
{
    SSL_free(shake->server);
    close(shake->server_fd);
    client_free(&shake->client);
}

static bool try_client(struct world *world, const struct pki_identity *identity, int version,
                       struct tls_peer *peer)
{
    struct tls_context *context = world_context(world);
    struct shake shake;
    shake_start(&shake, world, context, identity, version);
    bool done = shake_run(&shake);
    if (peer)
        assert_int_equal(tls_peer_of(shake.server, peer), done);
    shake_free(&shake);
    tls_context_release(&context);
    assert_null(context);
    return done;
}

static void issuer_text(const struct pki_identity *ca, char out[TLS_ISSUER])
{
    unsigned char digest[32];
    unsigned length;
    X509_digest(ca->certificate, EVP_sha256(), digest, &length);
    for (size_t i = 0; i < length; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void test_good_client_is_known_by_issuer_and_san(void **state)
{
    struct world *world = *state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < 2; i++) {
        struct pki_identity good = world_good_client(world);
        struct tls_peer peer;
        char issuer[TLS_ISSUER];
        issuer_text(&world->client_ca_id, issuer);
        assert_true(try_client(world, &good, versions[i], &peer));
        assert_string_equal(peer.issuer, issuer);
        assert_string_equal(peer.san, GOOD_SAN);
        assert_string_equal(peer.serial, "1234");
        pki_free(&good);
    }
}

static void test_old_protocol_is_refused(void **state)
{
    struct world *world = *state;
    struct pki_identity good = world_good_client(world);
    assert_false(try_client(world, &good, TLS1_1_VERSION, NULL));
    pki_free(&good);
}

static void test_client_without_certificate_is_refused(void **state)
{
    assert_false(try_client(*state, NULL, TLS1_3_VERSION, NULL));
    assert_false(try_client(*state, NULL, TLS1_2_VERSION, NULL));
}

/* Each fault is refused in both protocol versions and logged with its serial, reason and address. */
static void refuse(struct world *world, struct pki_identity identity, const char *serial, const char *reason)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < 2; i++) {
        struct tls_peer peer;
        world_logged(world);
        assert_false(try_client(world, &identity, versions[i], &peer));
        const char *log = world_logged(world);
        assert_logged(log, "event=tls-refused");
        assert_logged(log, serial);
        assert_logged(log, reason);
        assert_logged(log, "address=127.0.0.1");
        assert_null(strstr(log, "leaf")); /* no subject names */
    }
    pki_free(&identity);
}

static void test_faulty_certificates_are_refused_and_logged(void **state)
{
    struct world *world = *state;
    const char *san = "URI:" GOOD_SAN;
    struct pki_leaf other = {.serial = 0x0A01, .san = san}, revoked = {.serial = 666, .san = san},
                    expired = {.serial = 0x0A02, .san = san, .from = -3 * PKI_DAY, .until = -60},
                    early = {.serial = 0x0A03, .san = san, .from = PKI_DAY, .until = 9 * PKI_DAY},
                    server = {.serial = 0x0A04, .san = san, .purpose = "serverAuth"};
    refuse(world, pki_issue(&world->other_ca, &other), "serial=0A01", "unable to get local issuer");
    refuse(world, world_client(world, expired), "serial=0A02", "expired");
    refuse(world, world_client(world, early), "serial=0A03", "not yet valid");
    refuse(world, world_client(world, server), "serial=0A04", "unsuitable certificate purpose");
    refuse(world, world_client(world, revoked), "serial=029A", "revoked");
}

static void test_time_is_the_clocks(void **state)
{
    struct world *world = *state;
    struct pki_identity good = world_good_client(world);
    struct tls_options options = world_options(world);
    struct err err = {0};
    options.crl = NULL;
    struct tls_context *context = tls_context_new(&options, &world->clock, &err);
    struct shake shake;
    world->clock.offset = 400 * PKI_DAY * MOMENT_SECOND;
    shake_start(&shake, world, context, &good, TLS1_3_VERSION);
    assert_false(shake_run(&shake));
    assert_logged(world_logged(world), "expired");
    world->clock.offset = 0;
    shake_free(&shake);
    tls_context_release(&context);
    pki_free(&good);
}

static void assert_san(struct world *world, struct pki_leaf leaf, const char *san)
{
    struct pki_identity identity = world_client(world, leaf);
    struct tls_peer peer;
    assert_true(try_client(world, &identity, TLS1_3_VERSION, &peer));
    assert_string_equal(peer.san, san);
    assert_int_equal(strlen(peer.issuer), 64);
    pki_free(&identity);
}

static void test_only_one_plain_name_is_an_identity(void **state)
{
    char longest[TLS_SAN], too_long[TLS_SAN + 1];
    memset(longest, 'u', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    memset(too_long, 'u', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    assert_san(*state, (struct pki_leaf){.san = "URI:urn:a:b,URI:urn:a:c"}, "");
    assert_san(*state, (struct pki_leaf){.san = "URI:urn:a:b,URI:urn:a:b"}, "");
    assert_san(*state, (struct pki_leaf){.san = "DNS:GP.Example,email:a@b.example"}, "dns:gp.example");
    assert_san(*state, (struct pki_leaf){.san = "DNS:gp.example,DNS:gp2.example"}, "");
    assert_san(*state, (struct pki_leaf){.san = "DNS:*.example"}, "");
    assert_san(*state, (struct pki_leaf){.san = "DNS:gp.example,URI:urn:a:b,URI:urn:a:c"}, "");
    assert_san(*state, (struct pki_leaf){.san = "URI:dns:gp.example"}, "");
    assert_san(*state, (struct pki_leaf){.san = "DNS:gp.example,URI:urn:a:b"}, "urn:a:b");
    assert_san(*state, (struct pki_leaf){.san = NULL}, "");
    assert_san(*state, (struct pki_leaf){.raw_uri = "urn:a:b\0:c", .raw_uri_length = 10}, "");
    assert_san(*state, (struct pki_leaf){.raw_uri = "urn:a:b\0", .raw_uri_length = 8}, "");
    assert_san(*state, (struct pki_leaf){.raw_uri = "urn:a\nb", .raw_uri_length = 7}, "");
    assert_san(*state, (struct pki_leaf){.raw_uri = "urn:a b", .raw_uri_length = 7}, "");
    assert_san(*state, (struct pki_leaf){.raw_uri = "urn:a\xc3\xa9", .raw_uri_length = 7}, "");
    assert_san(*state, (struct pki_leaf){.raw_uri = "", .raw_uri_length = 0}, "");
    assert_san(*state, (struct pki_leaf){.raw_uri = longest, .raw_uri_length = TLS_SAN - 1}, longest);
    assert_san(*state, (struct pki_leaf){.raw_uri = too_long, .raw_uri_length = TLS_SAN}, "");
}

/* A client that names its protocols gets http/1.1 or nothing; "" is one that names none. */
static bool offer(struct world *world, const char *protocols, unsigned length)
{
    struct tls_context *context = world_context(world);
    struct pki_identity good = world_good_client(world);
    const unsigned char *chosen = NULL;
    unsigned chosen_length = 0;
    struct shake shake;
    shake_start(&shake, world, context, &good, TLS1_3_VERSION);
    if (length)
        SSL_set_alpn_protos(shake.client.ssl, (const unsigned char *)protocols, length);
    bool done = shake_run(&shake);
    SSL_get0_alpn_selected(shake.client.ssl, &chosen, &chosen_length);
    if (done && length)
        assert_true(chosen_length == 8 && memcmp(chosen, "http/1.1", 8) == 0);
    shake_free(&shake);
    pki_free(&good);
    tls_context_release(&context);
    return done;
}

static void test_alpn_is_http_1_1(void **state)
{
    assert_true(offer(*state, "", 0));
    assert_true(offer(*state, "\x08http/1.1", 9));
    assert_true(offer(*state, "\x02h2\x08http/1.1", 12));
    assert_false(offer(*state, "\x02h2", 3));
    assert_false(offer(*state, "\x08http/1.0", 9));
}

/* A session that the client offers again is not resumed: its certificate is verified anew. */
static void test_sessions_are_not_resumed(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct world *world = *state;
    struct tls_context *context = world_context(world);
    struct pki_identity good = world_good_client(world);
    for (size_t i = 0; i < 2; i++) {
        struct shake first, second;
        char byte;
        shake_start(&first, world, context, &good, versions[i]);
        assert_true(shake_run(&first));
        assert_int_equal(client_once(&first.client, STEP_READ, &byte, 1),
                         -1); /* a ticket would be read here */
        SSL_SESSION *session = SSL_get1_session(first.client.ssl);
        assert_false(SSL_SESSION_has_ticket(session));
        shake_start(&second, world, context, &good, versions[i]);
        SSL_set_session(second.client.ssl, session);
        assert_true(shake_run(&second));
        assert_false(SSL_session_reused(second.server));
        SSL_SESSION_free(session);
        shake_free(&first);
        shake_free(&second);
    }
    pki_free(&good);
    tls_context_release(&context);
}

/* Two CAs and a CRL of one of them: who comes from the other cannot be checked, so does not come in. */
static void test_ca_without_crl_is_told_and_refused(void **state)
{
    struct world *world = *state;
    FILE *file = pki_open(world->directory, "clients.pem");
    PEM_write_X509(file, world->client_ca_id.certificate);
    PEM_write_X509(file, world->other_ca.certificate);
    fclose(file);
    struct tls_context *context = world_context(world);
    assert_logged(world_logged(world), "no CRL of this CA");
    tls_context_release(&context);
    struct pki_identity good = world_good_client(world);
    assert_true(try_client(world, &good, TLS1_3_VERSION, NULL));
    pki_free(&good);
    refuse(world, pki_issue(&world->other_ca, &(struct pki_leaf){.serial = 0x0B01, .san = "URI:" GOOD_SAN}),
           "serial=0B01", "unable to get certificate CRL");
}

/* ---- what a context refuses to be built of ---- */

static void assert_unusable(struct world *world, struct tls_options options, const char *file,
                            const char *reason)
{
    struct err err = {0};
    struct tls_context *context = tls_context_new(&options, &world->clock, &err);
    assert_null(context);
    assert_int_equal(err.code, ERR_TLS);
    if (!strstr(err.text, file) || !strstr(err.text, reason))
        fail_msg("'%s' should name %s and say '%s'", err.text, file, reason);
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_unusable_crl(void **state)
{
    struct world *world = *state;
    const struct pki_identity *ca = &world->client_ca_id;
    struct tls_options options = world_options(world);
    pki_write_crl(world->directory, "crl.pem", pki_crl(ca, 0, -9 * PKI_DAY, -60));
    assert_unusable(world, options, "crl.pem", "expired");
    pki_write_crl(world->directory, "crl.pem", pki_crl(ca, 0, PKI_DAY, 9 * PKI_DAY));
    assert_unusable(world, options, "crl.pem", "not valid yet");
    pki_write_crl(world->directory, "crl.pem", pki_crl(&world->other_ca, 0, -PKI_DAY, 30 * PKI_DAY));
    assert_unusable(world, options, "crl.pem", "no CRL of a CA");
    pki_write_text(world->directory, "crl.pem", "");
    assert_unusable(world, options, "crl.pem", "no usable CRL");
    pki_write_text(world->directory, "crl.pem", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n");
    assert_unusable(world, options, "crl.pem", "no usable CRL");
    options.crl = "/nonexistent/crl.pem";
    assert_unusable(world, options, "/nonexistent/crl.pem", "No such file");
    options.client_ca = NULL;
    assert_unusable(world, options, "/nonexistent/crl.pem", "without client CAs");
}

/* A CRL that has the CA's name and another's signature. */
static void test_forged_crl(void **state)
{
    struct world *world = *state;
    struct pki_identity forger = {world->other_ca.key, world->client_ca_id.certificate};
    pki_write_crl(world->directory, "crl.pem", pki_crl(&forger, 0, -PKI_DAY, 30 * PKI_DAY));
    assert_unusable(world, world_options(world), "crl.pem", "no CRL of a CA");
}

static void test_unusable_server_files(void **state)
{
    struct world *world = *state;
    struct pki_leaf expired = {.serial = 3, .from = -9 * PKI_DAY, .until = -60},
                    early = {.serial = 4, .from = PKI_DAY, .until = 9 * PKI_DAY};
    struct tls_options options = world_options(world);
    pki_write_key(world->directory, "server.key", world->other_ca.key);
    assert_unusable(world, options, "server.key", "mismatch");
    pki_write_text(world->directory, "server.key", "nonsense\n");
    assert_unusable(world, options, "server.key", "no usable key");
    const struct pki_leaf *leaves[] = {&expired, &early};
    const char *reasons[] = {"has expired", "not valid yet"};
    for (size_t i = 0; i < 2; i++) {
        struct pki_identity server = pki_issue(&world->server_ca, leaves[i]);
        pki_write_certificate(world->directory, "server.pem", server.certificate);
        pki_write_key(world->directory, "server.key", server.key);
        assert_unusable(world, options, "server.pem", reasons[i]);
        pki_free(&server);
    }
    pki_write_text(world->directory, "server.pem", "");
    assert_unusable(world, options, "server.pem", "no usable certificate");
    options.certificate = "/nonexistent/server.pem";
    assert_unusable(world, options, "/nonexistent/server.pem", "No such file");
}

static void test_key_with_pass_phrase_is_refused_not_asked_for(void **state)
{
    struct world *world = *state;
    FILE *file = pki_open(world->directory, "server.key");
    unsigned char phrase[] = "geheim";
    PEM_write_PrivateKey(file, world->server.key, EVP_aes_128_cbc(), phrase, 6, NULL, NULL);
    fclose(file);
    assert_unusable(world, world_options(world), "server.key", "no usable key");
}

static void test_unusable_client_ca(void **state)
{
    struct world *world = *state;
    pki_write_certificate(world->directory, "clients.pem", world->server.certificate);
    assert_unusable(world, world_options(world), "clients.pem", "not a CA");
    pki_write_text(world->directory, "clients.pem", "nothing\n");
    assert_unusable(world, world_options(world), "clients.pem", "no usable CA");
}

static void test_material_that_ends_soon_is_told(void **state)
{
    struct world *world = *state;
    struct pki_identity soon = pki_issue(
        &world->server_ca, &(struct pki_leaf){.serial = 0x77, .from = -PKI_DAY, .until = 13 * PKI_DAY});
    pki_write_certificate(world->directory, "server.pem", soon.certificate);
    pki_write_key(world->directory, "server.key", soon.key);
    pki_write_crl(world->directory, "crl.pem", pki_crl(&world->client_ca_id, 0, -PKI_DAY, 13 * PKI_DAY));
    struct tls_context *context = world_context(world);
    const char *log = world_logged(world);
    assert_logged(log, "event=tls-material");
    assert_logged(log, "the certificate ends within 14 days\" serial=77");
    assert_logged(log, "the CRL ends within 14 days");
    tls_context_release(&context);
    pki_free(&soon);
}

/* ---- reload ---- */

static void test_live_connection_is_judged_by_a_newer_context(void **state)
{
    struct world *world = *state;
    struct tls_context *first = world_context(world);
    struct pki_identity good = world_good_client(world);
    struct shake shake;
    shake_start(&shake, world, first, &good, TLS1_3_VERSION);
    assert_true(shake_run(&shake));
    assert_true(tls_context_still_trusts(first, shake.server));

    pki_write_crl(world->directory, "crl.pem", pki_crl(&world->client_ca_id, 0x1234, -PKI_DAY, 30 * PKI_DAY));
    struct tls_context *revoking = world_context(world);
    assert_false(tls_context_still_trusts(revoking, shake.server));
    assert_true(tls_context_still_trusts(first, shake.server));

    pki_write_certificate(world->directory, "clients.pem", world->other_ca.certificate);
    pki_write_crl(world->directory, "crl.pem", pki_crl(&world->other_ca, 0, -PKI_DAY, 30 * PKI_DAY));
    struct tls_context *foreign = world_context(world);
    assert_false(tls_context_still_trusts(foreign, shake.server));

    struct tls_options open_options = {.certificate = world->certificate, .key = world->key};
    struct tls_context *open = tls_context_new(&open_options, &world->clock, NULL);
    assert_true(tls_context_still_trusts(open, shake.server));

    tls_context_release(&first); /* the SSL object lives on */
    assert_true(SSL_write(shake.server, "x", 1) == 1);
    tls_context_release(&revoking);
    tls_context_release(&foreign);
    tls_context_release(&open);
    shake_free(&shake);
    pki_free(&good);
}

/* Without client CAs nobody is asked for a certificate and nobody has an identity. */
static void test_open_listener_asks_no_certificate(void **state)
{
    struct world *world = *state;
    struct tls_options options = {.certificate = world->certificate, .key = world->key};
    struct tls_context *context = tls_context_new(&options, &world->clock, NULL);
    struct shake shake;
    struct tls_peer peer;
    shake_start(&shake, world, context, NULL, TLS1_3_VERSION);
    assert_true(shake_run(&shake));
    assert_false(tls_peer_of(shake.server, &peer));
    assert_string_equal(peer.issuer, "");
    shake_free(&shake);
    tls_context_release(&context);
}

/* Where the file lists an intermediate CA alone, that is the anchor and the issuer. */
static void test_intermediate_is_an_anchor(void **state)
{
    struct world *world = *state;
    struct pki_identity middle = pki_authority("intermediate");
    X509_set_issuer_name(middle.certificate, X509_get_subject_name(world->other_ca.certificate));
    pki_must(X509_sign(middle.certificate, world->other_ca.key, EVP_sha256()) > 0, "sign intermediate");
    pki_write_certificate(world->directory, "clients.pem", middle.certificate);
    pki_write_crl(world->directory, "crl.pem", pki_crl(&middle, 0, -PKI_DAY, 30 * PKI_DAY));
    struct pki_identity client = pki_issue(&middle, &(struct pki_leaf){.serial = 9, .san = "URI:" GOOD_SAN});
    struct tls_peer peer;
    char issuer[TLS_ISSUER];
    issuer_text(&middle, issuer);
    assert_true(try_client(world, &client, TLS1_3_VERSION, &peer));
    assert_string_equal(peer.issuer, issuer);
    pki_free(&client);
    pki_free(&middle);
}

int main(void)
{
#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        NET_TEST(test_good_client_is_known_by_issuer_and_san),
        NET_TEST(test_old_protocol_is_refused),
        NET_TEST(test_client_without_certificate_is_refused),
        NET_TEST(test_faulty_certificates_are_refused_and_logged),
        NET_TEST(test_time_is_the_clocks),
        NET_TEST(test_only_one_plain_name_is_an_identity),
        NET_TEST(test_alpn_is_http_1_1),
        NET_TEST(test_sessions_are_not_resumed),
        NET_TEST(test_ca_without_crl_is_told_and_refused),
        NET_TEST(test_unusable_crl),
        NET_TEST(test_forged_crl),
        NET_TEST(test_unusable_server_files),
        NET_TEST(test_key_with_pass_phrase_is_refused_not_asked_for),
        NET_TEST(test_unusable_client_ca),
        NET_TEST(test_material_that_ends_soon_is_told),
        NET_TEST(test_live_connection_is_judged_by_a_newer_context),
        NET_TEST(test_open_listener_asks_no_certificate),
        NET_TEST(test_intermediate_is_an_anchor),
    };
    return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
