#include "authority.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "arena.h"
#include "log.h"
#include "tls_verify.h"

enum { DAY = 86400, BEFORE = 300, SERIAL_BITS = 128 };

struct authority {
    atomic_uint references;
    const struct clock *clock;
    X509 *certificate;
    EVP_PKEY *key;
    int64_t days;
    char fingerprint[TLS_ISSUER];
};

static time_t seconds_of(const struct clock *clock)
{
    return (time_t)(clock_wall(clock) / MOMENT_SECOND);
}

/* ---- building ---- */

static bool fail(struct err *err, const char *file, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    err_set(err, ERR_TLS, "%s: %s%s%s", file, what, reason ? ": " : "", reason ? reason : "");
    ERR_clear_error();
    return false;
}

/* A key with a pass phrase is refused instead of asked for on the terminal. */
static int no_pass_phrase(char *buffer, int size, int writing, void *arg)
{
    (void)buffer, (void)size, (void)writing, (void)arg;
    return -1;
}

static bool read_files(struct authority *authority, const struct authority_options *options, struct err *err)
{
    BIO *bio = BIO_new_file(options->certificate, "r");
    authority->certificate = bio ? PEM_read_bio_X509(bio, NULL, no_pass_phrase, NULL) : NULL;
    BIO_free(bio);
    if (!authority->certificate)
        return fail(err, options->certificate, "no usable certificate");
    bio = BIO_new_file(options->key, "r");
    authority->key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL) : NULL;
    BIO_free(bio);
    if (!authority->key || X509_check_private_key(authority->certificate, authority->key) != 1)
        return fail(err, options->key, "no usable key for the CA");
    return true;
}

static void warn(const char *file, const char *what)
{
    log_event(EV_TLS_MATERIAL, LOG_T("file", file), LOG_T("what", what));
}

static bool check_certificate(const struct authority *authority, const struct authority_options *options,
                              struct err *err)
{
    X509 *certificate = authority->certificate;
    time_t now = seconds_of(authority->clock), later = now + options->days * DAY;
    if (X509_check_ca(certificate) != 1 || !(X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN))
        return err_set(err, ERR_TLS, "%s: is not the certificate of a CA that may sign certificates",
                       options->certificate);
    if (X509_cmp_time(X509_get0_notAfter(certificate), &now) <= 0 ||
        X509_cmp_time(X509_get0_notBefore(certificate), &now) > 0)
        return err_set(err, ERR_TLS, "%s: the CA has expired or is not valid yet", options->certificate);
    if (X509_cmp_time(X509_get0_notAfter(certificate), &later) <= 0)
        warn(options->certificate, "the CA ends before the certificates it would give; they end with it");
    return true;
}

/* Whether the file holds this certificate. */
static bool holds(const char *file, const X509 *certificate)
{
    BIO *bio = BIO_new_file(file, "r");
    bool found = false;
    for (X509 *one; bio && !found && (one = PEM_read_bio_X509(bio, NULL, no_pass_phrase, NULL));) {
        found = X509_cmp(one, certificate) == 0;
        X509_free(one);
    }
    BIO_free(bio);
    ERR_clear_error();
    return found;
}

static bool take_fingerprint(struct authority *authority)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!X509_digest(authority->certificate, EVP_sha256(), digest, &length) || 2 * length + 1 != TLS_ISSUER)
        return false;
    for (unsigned i = 0; i < length; i++) {
        authority->fingerprint[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        authority->fingerprint[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    return true;
}

static bool build(struct authority *authority, const struct authority_options *options, struct err *err)
{
    struct stat st;
    if (!read_files(authority, options, err) || !check_certificate(authority, options, err))
        return false;
    if (!take_fingerprint(authority))
        return fail(err, options->certificate, "no fingerprint");
    if (!holds(options->client_ca, authority->certificate))
        return err_set(err, ERR_TLS, "%s: is not among the CAs of tls-client-ca (%s): nobody would get in",
                       options->certificate, options->client_ca);
    if (stat(options->key, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)))
        warn(options->key, "others than its owner may read the CA's key");
    return true;
}

struct authority *authority_new(const struct authority_options *options, const struct clock *clock,
                                struct err *err)
{
    struct authority *authority = xcalloc(1, sizeof *authority);
    ERR_clear_error();
    atomic_init(&authority->references, 1);
    authority->clock = clock;
    authority->days = options->days;
    if (!build(authority, options, err))
        authority_release(&authority);
    return authority;
}

struct authority *authority_hold(struct authority *authority)
{
    atomic_fetch_add_explicit(&authority->references, 1, memory_order_relaxed);
    return authority;
}

void authority_release(struct authority **authority)
{
    struct authority *mine = *authority;
    *authority = NULL;
    if (!mine || atomic_fetch_sub_explicit(&mine->references, 1, memory_order_acq_rel) != 1)
        return;
    X509_free(mine->certificate);
    EVP_PKEY_free(mine->key); /* OpenSSL wipes it */
    free(mine);
}

const char *authority_fingerprint(const struct authority *authority)
{
    return authority->fingerprint;
}

/* ---- signing ---- */

static bool set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    ASN1_INTEGER *serial = NULL;
    bool good = number && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                (serial = BN_to_ASN1_INTEGER(number, NULL)) &&
                X509_set_serialNumber(certificate, serial) == 1;
    ASN1_INTEGER_free(serial);
    BN_free(number);
    return good;
}

/* Not beyond the CA's own end. */
static bool set_times(const struct authority *authority, X509 *certificate, int64_t *not_after)
{
    time_t now = seconds_of(authority->clock), end = now + authority->days * DAY;
    const ASN1_TIME *last = X509_get0_notAfter(authority->certificate);
    bool is_cut = X509_cmp_time(last, &end) < 0;
    struct tm last_tm;
    if (is_cut && ASN1_TIME_to_tm(last, &last_tm) != 1)
        return false;
    *not_after = is_cut ? timegm(&last_tm) : end;
    return ASN1_TIME_set(X509_getm_notBefore(certificate), now - BEFORE) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)*not_after);
}

static bool add_extension(const struct authority *authority, X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, authority->certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool good = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

/* Not by a text for OpenSSL's configuration parser, which gives commas and colons a meaning. RFC
 * 5280, 4.1.2.6: critical, since the subject is empty. */
static bool add_san(X509 *certificate, const char *san)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_IA5STRING *uri = ASN1_IA5STRING_new();
    bool good = names && name && uri && ASN1_STRING_set(uri, san, -1) == 1;
    if (good) {
        GENERAL_NAME_set0_value(name, GEN_URI, uri);
        uri = NULL;
        good = sk_GENERAL_NAME_push(names, name) > 0;
        if (good)
            name = NULL;
        good = good && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 1, 0) == 1;
    }
    ASN1_IA5STRING_free(uri);
    GENERAL_NAME_free(name);
    GENERAL_NAMES_free(names);
    return good;
}

static bool add_extensions(const struct authority *authority, X509 *certificate, const char *san)
{
    bool names_key = X509_get0_subject_key_id(authority->certificate);
    return add_extension(authority, certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(authority, certificate, NID_key_usage, "critical,digitalSignature") &&
           add_extension(authority, certificate, NID_ext_key_usage, "clientAuth") &&
           add_extension(authority, certificate, NID_subject_key_identifier, "hash") &&
           (!names_key || add_extension(authority, certificate, NID_authority_key_identifier, "keyid")) &&
           add_san(certificate, san);
}

static bool write_pem(X509 *certificate, char **out)
{
    char *text = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    bool good = bio && PEM_write_bio_X509(bio, certificate) == 1;
    long length = good ? BIO_get_mem_data(bio, &text) : 0;
    *out = good ? xcalloc(1, (size_t)length + 1) : NULL;
    if (good)
        memcpy(*out, text, (size_t)length);
    BIO_free(bio);
    return good;
}

static bool fill(const struct authority *authority, X509 *certificate, const struct csr *csr, const char *san,
                 int64_t *not_after)
{
    bool has_digest = EVP_PKEY_get_base_id(authority->key) != EVP_PKEY_ED25519;
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate)) == 1 &&
           X509_set_pubkey(certificate, csr->key) == 1 && set_times(authority, certificate, not_after) &&
           add_extensions(authority, certificate, san) &&
           X509_sign(certificate, authority->key, has_digest ? EVP_sha256() : NULL) > 0;
}

bool authority_sign(const struct authority *authority, const struct csr *csr, const char *san,
                    struct authority_certificate *out, struct err *err)
{
    X509 *certificate = X509_new();
    *out = (struct authority_certificate){0};
    bool good = certificate && fill(authority, certificate, csr, san, &out->not_after) &&
                write_pem(certificate, &out->pem);
    if (good)
        tls_serial_text(certificate, out->serial);
    X509_free(certificate);
    return good || fail(err, "enrol-ca", "cannot sign a certificate");
}
