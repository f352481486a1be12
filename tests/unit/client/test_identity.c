/* Keys, requests and pairs of files on this machine; and knowing a service by a pin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "file.h"
#include "identity.h"
#include "net/net_pki.h"
#include "pin.h"
#include "spell.h"

static char dir[] = "/tmp/wijzer-identity-XXXXXX";

static int set_up(void **state)
{
    snprintf(dir, sizeof dir, "/tmp/wijzer-identity-XXXXXX");
    assert_non_null(mkdtemp(dir));
    *state = arena_new(0);
    return 0;
}

static const char *path(struct arena *arena, const char *name)
{
    return arena_printf(arena, "%s/%s", dir, name);
}

static int tear_down(void **state)
{
    struct arena *arena = *state;
    static const char *const names[] = {"key.pem", "cert.pem", "key.pem.new", "cert.pem.new", "ca.pem"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(path(arena, names[i]));
    rmdir(dir);
    arena_free(&arena);
    return 0;
}

/* A certificate for a key made here, as PEM. */
static struct slice sign(struct arena *arena, struct slice key, const struct pki_identity *ca)
{
    BIO *in = BIO_new_mem_buf(key.ptr, (int)key.len), *out = BIO_new(BIO_s_mem());
    EVP_PKEY *mine = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    assert_non_null(mine);
    X509 *certificate = pki_blank("x", 7, mine, -3600, 7200);
    X509_set_issuer_name(certificate, X509_get_subject_name(ca->certificate));
    assert_true(X509_sign(certificate, ca->key, EVP_sha256()) > 0);
    char *text = NULL;
    PEM_write_bio_X509(out, certificate);
    long length = BIO_get_mem_data(out, &text);
    struct slice pem = arena_slice(arena, slice_make(text, (size_t)length));
    X509_free(certificate);
    EVP_PKEY_free(mine);
    BIO_free(in);
    BIO_free(out);
    return pem;
}

static void a_pair_replaces_a_pair(void **state)
{
    struct arena *arena = *state;
    struct pki_identity ca = pki_authority("CA");
    struct slice key, other, csr, read;
    struct err err;
    struct stat st;
    moment from, until;
    assert_true(identity_key(arena, &key, &err));
    assert_true(identity_key(arena, &other, &err));
    assert_true(identity_request(key, arena, &csr, &err));
    assert_true(slice_starts(csr, "-----BEGIN CERTIFICATE REQUEST-----\n"));
    struct slice certificate = sign(arena, key, &ca);
    assert_false(identity_replace(dir, other, certificate, &err)); /* not for this key */
    assert_int_not_equal(stat(path(arena, "key.pem"), &st), 0);
    assert_true(identity_replace(dir, key, certificate, &err));
    assert_int_equal(stat(path(arena, "key.pem"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(identity_life(path(arena, "cert.pem"), arena, &from, &until, &err));
    assert_int_equal((until - from) / MOMENT_SECOND, 10800);
    /* Cut short after the first rename, and before any. */
    struct slice next = sign(arena, other, &ca);
    assert_true(file_write(dir, "key.pem", other, &err) && file_write(dir, "cert.pem.new", next, &err));
    assert_true(identity_settle(dir, arena, &err));
    assert_true(file_read(path(arena, "cert.pem"), IDENTITY_MAX, arena, &read, &err));
    assert_true(slice_equal(read, next));
    assert_true(file_write(dir, "key.pem.new", key, &err) && identity_settle(dir, arena, &err));
    assert_true(file_read(path(arena, "key.pem"), IDENTITY_MAX, arena, &read, &err));
    assert_true(slice_equal(read, other)); /* a key without its certificate changes nothing */
    assert_false(identity_request(slice_of("no key"), arena, &csr, &err));
    assert_false(identity_life(path(arena, "key.pem"), arena, &from, &until, &err));
    X509_free(ca.certificate);
    EVP_PKEY_free(ca.key);
}

static const char *pin_of(const X509 *certificate, char letters[SPELL_TEXT])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length;
    char shown[SPELL_TEXT];
    X509_digest(certificate, EVP_sha256(), digest, &length);
    spell(digest, SPELL_PIN_BYTES, SPELL_PIN, shown);
    assert_true(spell_read(slice_of(shown), SPELL_PIN, letters));
    return letters;
}

static int shown(X509 *leaf, X509 *ca, char *pin)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *check = X509_STORE_CTX_new();
    STACK_OF(X509) *chain = sk_X509_new_null();
    sk_X509_push(chain, leaf);
    if (ca)
        sk_X509_push(chain, ca);
    X509_STORE_CTX_init(check, store, leaf, chain);
    int good = pin_verify(check, pin);
    assert_int_equal(good, X509_STORE_CTX_get_error(check) == X509_V_OK);
    X509_STORE_CTX_free(check);
    X509_STORE_free(store);
    sk_X509_free(chain);
    return good;
}

static void a_service_is_known_by_its_pin(void **state)
{
    struct pki_identity ca = pki_authority("CA"), other = pki_authority("CA");
    struct pki_leaf leaf = {.serial = 3, .purpose = "serverAuth", .san = "DNS:localhost"};
    struct pki_leaf old = {.serial = 4, .from = -7200, .until = -3600, .purpose = "serverAuth"};
    struct pki_leaf client = {.serial = 5, .purpose = "clientAuth"};
    char right[SPELL_TEXT], wrong[SPELL_TEXT];
    (void)state;
    pin_of(ca.certificate, right);
    pin_of(other.certificate, wrong);
    struct pki_identity server = pki_issue(&ca, &leaf), stale = pki_issue(&ca, &old),
                        person = pki_issue(&ca, &client), forged = pki_issue(&other, &leaf);
    assert_int_equal(shown(server.certificate, ca.certificate, right), 1);
    assert_int_equal(shown(server.certificate, ca.certificate, wrong), 0);
    assert_int_equal(shown(server.certificate, NULL, right), 0); /* the CA is not shown */
    assert_int_equal(shown(forged.certificate, ca.certificate, right), 0);
    assert_int_equal(shown(stale.certificate, ca.certificate, right), 0);
    assert_int_equal(shown(person.certificate, ca.certificate, right), 0);
    struct pki_identity *all[] = {&ca, &other, &server, &stale, &person, &forged};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        X509_free(all[i]->certificate);
        EVP_PKEY_free(all[i]->key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pair_replaces_a_pair, set_up, tear_down),
        cmocka_unit_test(a_service_is_known_by_its_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
