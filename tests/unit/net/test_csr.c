/* Certificate requests that are taken and refused, and what the CA makes of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "arena.h"
#include "authority.h"
#include "net/net_pki.h"

#define SAN "urn:wijzer:deurne:levgroep:anna"

/* What a request asks for, and how it is made. */
struct wish {
    const char *subject;  /* a common name; NULL: none */
    const char *san;      /* OpenSSL's syntax; NULL: none */
    int nid;              /* another extension ... */
    const char *value;    /* ... with this value; NULL: none */
    const char *password; /* challengePassword; NULL: none */
    const EVP_MD *digest; /* NULL: SHA-256 */
    const char *raw_uri;  /* a URI of these bytes */
    int raw_uri_length;
};

static void add_raw(STACK_OF(X509_EXTENSION) * extensions, const struct wish *wish)
{
    X509 *carrier = X509_new();
    pki_raw_uri(carrier, wish->raw_uri, wish->raw_uri_length);
    sk_X509_EXTENSION_push(extensions, X509_EXTENSION_dup(X509_get_ext(carrier, 0)));
    X509_free(carrier);
}

/* PEM, the caller's to free. */
static char *make(EVP_PKEY *key, const struct wish *wish)
{
    X509_REQ *req = X509_REQ_new();
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    if (wish->subject)
        X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(req), "CN", MBSTRING_ASC,
                                   (const unsigned char *)wish->subject, -1, -1, 0);
    if (wish->san)
        sk_X509_EXTENSION_push(extensions, X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, wish->san));
    if (wish->raw_uri)
        add_raw(extensions, wish);
    if (wish->value)
        sk_X509_EXTENSION_push(extensions, X509V3_EXT_conf_nid(NULL, NULL, wish->nid, wish->value));
    if (sk_X509_EXTENSION_num(extensions))
        assert_int_equal(X509_REQ_add_extensions(req, extensions), 1);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    if (wish->password)
        X509_REQ_add1_attr_by_NID(req, NID_pkcs9_challengePassword, MBSTRING_ASC,
                                  (const unsigned char *)wish->password, -1);
    X509_REQ_set_pubkey(req, key);
    assert_true(X509_REQ_sign(req, key, wish->digest ? wish->digest : EVP_sha256()) > 0);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    PEM_write_bio_X509_REQ(bio, req);
    long length = BIO_get_mem_data(bio, &text);
    char *copy = xcalloc(1, (size_t)length + 1);
    memcpy(copy, text, (size_t)length);
    BIO_free(bio);
    X509_REQ_free(req);
    return copy;
}

static enum csr_fault judge(const char *pem)
{
    struct csr csr;
    enum csr_fault fault = csr_read(slice_of(pem), &csr);
    if (fault != CSR_GOOD)
        assert_null(csr.key);
    csr_free(&csr);
    return fault;
}

static void wishes_are_judged(void **state)
{
    const struct {
        struct wish wish;
        enum csr_fault fault;
    } cases[] = {
        {{0}, CSR_GOOD},
        {{.subject = SAN}, CSR_GOOD},
        {{.san = "URI:" SAN}, CSR_GOOD},
        {{.subject = SAN, .san = "URI:" SAN}, CSR_GOOD},
        {{.san = "URI:urn:a,URI:urn:b"}, CSR_NAMES},
        {{.san = "DNS:localhost"}, CSR_NAMES},
        {{.san = "URI:urn:a,DNS:localhost"}, CSR_NAMES},
        {{.san = "email:a@b"}, CSR_NAMES},
        {{.raw_uri = "urn:a\0b", .raw_uri_length = 7}, CSR_NAMES},
        {{.raw_uri = "urn:a b", .raw_uri_length = 7}, CSR_NAMES},
        {{.subject = "with a blank"}, CSR_NAMES},
        {{.nid = NID_basic_constraints, .value = "critical,CA:TRUE"}, CSR_WISHES},
        {{.nid = NID_key_usage, .value = "keyCertSign"}, CSR_WISHES},
        {{.nid = NID_ext_key_usage, .value = "serverAuth"}, CSR_WISHES},
        {{.san = "URI:" SAN, .nid = NID_ext_key_usage, .value = "clientAuth"}, CSR_WISHES},
        {{.password = "secret"}, CSR_WISHES},
        {{.san = "URI:" SAN, .password = "secret"}, CSR_WISHES},
        {{.digest = EVP_sha1()}, CSR_SIGNATURE},
        {{.digest = EVP_sha512()}, CSR_GOOD},
    };
    EVP_PKEY *key = EVP_EC_gen("P-256");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *pem = make(key, &cases[i].wish);
        enum csr_fault fault = judge(pem);
        if (fault != cases[i].fault)
            fail_msg("case %zu: %s, expected %s", i, csr_fault_word(fault), csr_fault_word(cases[i].fault));
        free(pem);
    }
    EVP_PKEY_free(key);
}

static void keys_are_judged(void **state)
{
    (void)state;
    const struct {
        EVP_PKEY *key;
        enum csr_fault fault;
    } cases[] = {{EVP_EC_gen("P-256"), CSR_GOOD}, {EVP_EC_gen("P-384"), CSR_GOOD},
                 {EVP_EC_gen("P-521"), CSR_KEY},  {EVP_EC_gen("secp256k1"), CSR_KEY},
                 {EVP_RSA_gen(2048), CSR_GOOD},   {EVP_RSA_gen(1024), CSR_KEY}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *pem = make(cases[i].key, &(struct wish){0});
        enum csr_fault fault = judge(pem);
        if (fault != cases[i].fault)
            fail_msg("key %zu: %s", i, csr_fault_word(fault));
        free(pem);
        EVP_PKEY_free(cases[i].key);
    }
}

static void forms_are_judged(void **state)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    char *pem = make(key, &(struct wish){0}), text[3 * CSR_MAX];
    (void)state;
    const char *const formats[] = {"x%s", "%sx", "\n%s", "%s%s", "Name: x\n%s"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const char *format = formats[i];
        char *at = text;
        for (; *format; format++)
            if (*format == '%') {
                at += sprintf(at, "%s", pem);
                format++;
            } else {
                *at++ = *format;
            }
        *at = '\0';
        assert_int_equal(judge(text), CSR_FORM);
    }
    sprintf(text, "%s \n\t\r\n", pem);
    assert_int_equal(judge(text), CSR_GOOD);
    assert_int_equal(judge(""), CSR_FORM);
    assert_int_equal(judge("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"),
                     CSR_FORM);
    memset(text, 'A', CSR_MAX + 1);
    text[CSR_MAX + 1] = '\0';
    assert_int_equal(judge(text), CSR_SIZE);
    for (size_t n = 0; n < strlen(pem) - 1; n++) { /* cut anywhere */
        struct csr csr;
        assert_int_not_equal(csr_read(slice_make(pem, n), &csr), CSR_GOOD);
    }
    free(pem);
    EVP_PKEY_free(key);
}

static void a_request_signed_by_another_key_is_refused(void **state)
{
    EVP_PKEY *mine = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
    X509_REQ *req = X509_REQ_new();
    char text[CSR_MAX] = "";
    (void)state;
    X509_REQ_set_pubkey(req, mine);
    assert_true(X509_REQ_sign(req, other, EVP_sha256()) > 0);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509_REQ(bio, req);
    assert_true(BIO_read(bio, text, sizeof text - 1) > 0);
    assert_int_equal(judge(text), CSR_SIGNATURE);
    BIO_free(bio);
    X509_REQ_free(req);
    EVP_PKEY_free(mine);
    EVP_PKEY_free(other);
}

/* ---- the CA ---- */

static void write_file(const char *path, X509 *certificate, EVP_PKEY *key)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    if (certificate)
        PEM_write_X509(file, certificate);
    if (key)
        PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
}

static void the_ca_signs_for_clients_and_one_name(void **state)
{
    char dir[] = "/tmp/wijzer-csr-XXXXXX", ca_path[64], key_path[64];
    struct clock clock = clock_system(0);
    struct pki_identity ca = pki_authority("Toetreden");
    EVP_PKEY *key = EVP_EC_gen("P-256");
    char *pem = make(key, &(struct wish){.san = "URI:" SAN});
    struct authority_certificate first, second;
    struct csr csr;
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(ca_path, sizeof ca_path, "%s/ca.pem", dir);
    snprintf(key_path, sizeof key_path, "%s/ca.key", dir);
    write_file(ca_path, ca.certificate, NULL);
    write_file(key_path, NULL, ca.key);
    chmod(key_path, 0600);
    struct authority_options options = {
        .certificate = ca_path, .key = key_path, .client_ca = ca_path, .days = 90};
    struct authority *authority = authority_new(&options, &clock, &err);
    assert_non_null(authority);
    assert_int_equal(csr_read(slice_of(pem), &csr), CSR_GOOD);
    assert_true(csr_may_be(&csr, SAN));
    assert_false(csr_may_be(&csr, SAN "x"));
    assert_true(authority_sign(authority, &csr, SAN, &first, &err));
    assert_true(authority_sign(authority, &csr, SAN, &second, &err));
    assert_int_equal(strlen(first.serial), 32);
    assert_string_not_equal(first.serial, second.serial);
    BIO *bio = BIO_new_mem_buf(first.pem, -1);
    X509 *made = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    assert_non_null(made);
    assert_int_equal(X509_verify(made, ca.key), 1);
    assert_int_equal(X509_check_purpose(made, X509_PURPOSE_SSL_CLIENT, 0), 1);
    assert_int_equal(X509_check_purpose(made, X509_PURPOSE_SSL_SERVER, 0), 0);
    assert_int_equal(X509_check_ca(made), 0);
    assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(made), key), 1);
    time_t before = time(NULL) - 299, long_ago = time(NULL) - 320;
    assert_int_equal(X509_cmp_time(X509_get0_notBefore(made), &before), -1);
    assert_int_equal(X509_cmp_time(X509_get0_notBefore(made), &long_ago), 1);
    X509_free(made);
    BIO_free(bio);
    free(first.pem);
    free(second.pem);
    csr_free(&csr);
    authority_release(&authority);

    options.key = ca_path; /* no key at all */
    assert_null(authority_new(&options, &clock, &err));
    assert_int_equal(err.code, ERR_TLS);
    options.key = key_path;
    options.client_ca = "/dev/null"; /* nobody would get in */
    assert_null(authority_new(&options, &clock, &err));
    assert_non_null(strstr(err.text, "tls-client-ca"));
    unlink(ca_path);
    unlink(key_path);
    rmdir(dir);
    free(pem);
    EVP_PKEY_free(key);
    X509_free(ca.certificate);
    EVP_PKEY_free(ca.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wishes_are_judged),
        cmocka_unit_test(keys_are_judged),
        cmocka_unit_test(forms_are_judged),
        cmocka_unit_test(a_request_signed_by_another_key_is_refused),
        cmocka_unit_test(the_ca_signs_for_clients_and_one_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
