#include "tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#include "arena.h"
#include "log.h"
#include "tls_verify.h"

enum { SOON = 14 * 86400 /* seconds before an end at which we warn */, DEPTH = 4 };

/* Forward secrecy and authenticated encryption only. AES-128 first: no weaker in practice, and both its work
 * and its handshake digests are smaller. */
static const char suites[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"; /* 1.3 */
static const char ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK";
static const char groups[] = "X25519:P-256:P-384";

struct tls_context {
    atomic_uint references;
    SSL_CTX *ssl;
    const struct clock *clock;
    bool mutual; /* a client certificate is required */
};

/* What one build of a context works with. */
struct build {
    SSL_CTX *ssl;
    const struct tls_options *options;
    time_t now;
    struct err *err;
};

static time_t seconds_of(const struct clock *clock)
{
    return (time_t)(clock_wall(clock) / MOMENT_SECOND);
}

/* Tells OpenSSL's reason (of the oldest error: the root of the others) and empties its queue. */
static bool fail(struct build *build, const char *file, const char *what)
{
    unsigned long code = ERR_peek_error();
    const char *reason =
        ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
    err_set(build->err, ERR_TLS, "%s: %s%s%s", file, what, reason ? ": " : "", reason ? reason : "");
    ERR_clear_error();
    return false;
}

static bool is_past(const ASN1_TIME *at, time_t now)
{
    return X509_cmp_time(at, &now) <= 0; /* a time that cannot be read counts as past */
}

static void warn(const char *file, const X509 *certificate, const char *what)
{
    char serial[TLS_SERIAL] = "";
    if (certificate)
        tls_serial_text(certificate, serial);
    log_event(EV_TLS_MATERIAL, LOG_T("file", file), LOG_T("what", what),
              LOG_T("serial", certificate ? serial : NULL));
}

/* ---- the server's own certificate ---- */

static bool check_dates(struct build *build, const X509 *certificate)
{
    const char *file = build->options->certificate;
    if (is_past(X509_get0_notAfter(certificate), build->now))
        return err_set(build->err, ERR_TLS, "%s: the certificate has expired", file);
    if (!is_past(X509_get0_notBefore(certificate), build->now))
        return err_set(build->err, ERR_TLS, "%s: the certificate is not valid yet", file);
    if (is_past(X509_get0_notAfter(certificate), build->now + SOON))
        warn(file, certificate, "the certificate ends within 14 days");
    return true;
}

/* A key with a pass phrase is refused instead of asked for on the terminal. */
static int no_pass_phrase(char *buffer, int size, int writing, void *arg)
{
    (void)buffer, (void)size, (void)writing, (void)arg;
    return -1;
}

static bool load_identity(struct build *build)
{
    const struct tls_options *options = build->options;
    STACK_OF(X509) *chain = NULL;
    if (!options->certificate || !options->key)
        return err_set(build->err, ERR_TLS, "a server certificate and its key are needed");
    SSL_CTX_set_default_passwd_cb(build->ssl, no_pass_phrase);
    if (SSL_CTX_use_certificate_chain_file(build->ssl, options->certificate) != 1)
        return fail(build, options->certificate, "no usable certificate");
    if (SSL_CTX_use_PrivateKey_file(build->ssl, options->key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(build->ssl) != 1)
        return fail(build, options->key, "no usable key for the certificate");
    if (!check_dates(build, SSL_CTX_get0_certificate(build->ssl)))
        return false;
    SSL_CTX_get0_chain_certs(build->ssl, &chain);
    for (int i = 0; i < sk_X509_num(chain); i++)
        if (!check_dates(build, sk_X509_value(chain, i)))
            return false;
    return true;
}

/* Whoever was told the CA's fingerprint finds it here. It is added to the chain of the file. */
static bool load_sent_along(struct build *build)
{
    const char *file = build->options->sent_along;
    BIO *bio = BIO_new_file(file, "r");
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, no_pass_phrase, NULL) : NULL;
    BIO_free(bio);
    if (!certificate || X509_check_ca(certificate) == 0 ||
        SSL_CTX_add0_chain_cert(build->ssl, certificate) != 1) {
        X509_free(certificate);
        return fail(build, file, "no usable CA certificate");
    }
    return true;
}

/* ---- the CAs of clients ---- */

static const STACK_OF(X509_OBJECT) * trusted(const struct build *build)
{
    return X509_STORE_get0_objects(SSL_CTX_get_cert_store(build->ssl));
}

/* An expired CA is told, not refused: beside its successor it does no harm, and alone it refuses its clients.
 */
static bool check_authority(struct build *build, X509 *certificate)
{
    const char *file = build->options->client_ca;
    if (X509_check_ca(certificate) == 0)
        return err_set(build->err, ERR_TLS, "%s: holds a certificate that is not a CA's", file);
    if (is_past(X509_get0_notAfter(certificate), build->now))
        warn(file, certificate, "the CA has expired: its clients are refused");
    else if (is_past(X509_get0_notAfter(certificate), build->now + SOON))
        warn(file, certificate, "the CA ends within 14 days");
    return true;
}

static bool load_authorities(struct build *build)
{
    const char *file = build->options->client_ca;
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(file);
    if (!names || SSL_CTX_load_verify_file(build->ssl, file) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return fail(build, file, "no usable CA certificate");
    }
    SSL_CTX_set_client_CA_list(build->ssl, names);
    for (int i = 0; i < sk_X509_OBJECT_num(trusted(build)); i++) {
        X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(trusted(build), i));
        if (certificate && !check_authority(build, certificate))
            return false;
    }
    return true;
}

/* ---- revocation ---- */

/* Whether `crl` was made by `certificate`. */
static bool is_made_by(X509_CRL *crl, X509 *certificate)
{
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(certificate)) != 0)
        return false;
    bool verified = X509_CRL_verify(crl, X509_get0_pubkey(certificate)) == 1;
    ERR_clear_error();
    return verified;
}

static bool check_crl(struct build *build, X509_CRL *crl)
{
    const char *file = build->options->crl;
    const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
    if (!is_past(X509_CRL_get0_lastUpdate(crl), build->now))
        return err_set(build->err, ERR_TLS, "%s: the CRL is not valid yet", file);
    if (next && is_past(next, build->now))
        return err_set(build->err, ERR_TLS, "%s: the CRL has expired: get a new one from the CA", file);
    if (next && is_past(next, build->now + SOON))
        warn(file, NULL, "the CRL ends within 14 days");
    return true;
}

/* A CA without a CRL has its clients refused; only a file that serves none of the CAs is an error. */
static bool check_coverage(struct build *build, STACK_OF(X509_CRL) * crls)
{
    unsigned covered = 0;
    for (int i = 0; i < sk_X509_OBJECT_num(trusted(build)); i++) {
        X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(trusted(build), i));
        bool found = false;
        for (int j = 0; certificate && !found && j < sk_X509_CRL_num(crls); j++)
            found = is_made_by(sk_X509_CRL_value(crls, j), certificate);
        covered += found;
        if (certificate && !found)
            warn(build->options->crl, certificate, "no CRL of this CA: its clients are refused");
    }
    return covered ? true
                   : err_set(build->err, ERR_TLS, "%s: holds no CRL of a CA in %s", build->options->crl,
                             build->options->client_ca);
}

static STACK_OF(X509_CRL) * read_crls(const char *file)
{
    STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();
    BIO *bio = BIO_new_file(file, "r");
    X509_CRL *crl;
    while (bio && (crl = PEM_read_bio_X509_CRL(bio, NULL, no_pass_phrase, NULL)))
        if (!sk_X509_CRL_push(crls, crl))
            X509_CRL_free(crl);
    bool whole =
        bio && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE; /* the end of the file */
    BIO_free(bio);
    if (!whole || sk_X509_CRL_num(crls) == 0) {
        sk_X509_CRL_pop_free(crls, X509_CRL_free);
        return NULL;
    }
    ERR_clear_error();
    return crls;
}

static bool load_crls(struct build *build)
{
    X509_STORE *store = SSL_CTX_get_cert_store(build->ssl);
    STACK_OF(X509_CRL) *crls = read_crls(build->options->crl);
    if (!crls)
        return fail(build, build->options->crl, "no usable CRL");
    bool good = true;
    for (int i = 0; good && i < sk_X509_CRL_num(crls); i++) {
        X509_CRL *crl = sk_X509_CRL_value(crls, i);
        good = check_crl(build, crl) &&
               (X509_STORE_add_crl(store, crl) == 1 || fail(build, build->options->crl, "unusable CRL"));
    }
    good = good && check_coverage(build, crls);
    sk_X509_CRL_pop_free(crls, X509_CRL_free);
    return good;
}

static bool require_clients(struct build *build)
{
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(build->ssl);
    /* Every CA of the file is an anchor, an intermediate one too. */
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
    if (!load_authorities(build))
        return false;
    if (build->options->crl) {
        if (!load_crls(build))
            return false;
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    }
    X509_VERIFY_PARAM_set_flags(param, flags);
    X509_VERIFY_PARAM_set_depth(param, DEPTH);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT);
    SSL_CTX_set_verify(build->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, tls_verify);
    return true;
}

/* ---- the context ---- */

/* RFC 7301: http/1.1 or nothing. A client that names no protocol does not come here. */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                   unsigned in_length, void *arg)
{
    static const char only[] = "http/1.1";
    (void)ssl, (void)arg;
    for (unsigned at = 0; at < in_length && in[at] < in_length - at; at += 1u + in[at])
        if (in[at] == sizeof only - 1 && memcmp(in + at + 1, only, sizeof only - 1) == 0) {
            *out = in + at + 1;
            *out_length = in[at];
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool set_protocol(SSL_CTX *ssl)
{
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS); /* 19 KiB for an idle connection instead of 51 */
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(ssl, on_alpn, NULL);
    SSL_CTX_set_security_level(ssl, 2);
    return SSL_CTX_set_num_tickets(ssl, 0) == 1 && SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(ssl, suites) == 1 && SSL_CTX_set_cipher_list(ssl, ciphers) == 1 &&
           SSL_CTX_set1_groups_list(ssl, groups) == 1;
}

static bool build_all(struct build *build)
{
    if (!build->ssl || !set_protocol(build->ssl))
        return fail(build, "OpenSSL", "cannot make a context");
    if (build->options->crl && !build->options->client_ca)
        return err_set(build->err, ERR_TLS, "%s: a CRL without client CAs", build->options->crl);
    SSL_CTX_set_app_data(build->ssl, build->options->counts);
    return load_identity(build) && (!build->options->client_ca || require_clients(build)) &&
           (!build->options->sent_along || load_sent_along(build));
}

struct tls_context *tls_context_new(const struct tls_options *options, const struct clock *clock,
                                    struct err *err)
{
    ERR_clear_error();
    struct build build = {SSL_CTX_new(TLS_server_method()), options, seconds_of(clock), err};
    if (!build_all(&build)) {
        SSL_CTX_free(build.ssl);
        return NULL;
    }
    struct tls_context *context = xcalloc(1, sizeof *context);
    atomic_init(&context->references, 1);
    context->ssl = build.ssl;
    context->clock = clock;
    context->mutual = options->client_ca != NULL;
    return context;
}

struct tls_context *tls_context_hold(struct tls_context *context)
{
    atomic_fetch_add_explicit(&context->references, 1, memory_order_relaxed);
    return context;
}

void tls_context_release(struct tls_context **context)
{
    struct tls_context *mine = *context;
    *context = NULL;
    if (!mine || atomic_fetch_sub_explicit(&mine->references, 1, memory_order_acq_rel) != 1)
        return;
    SSL_CTX_free(mine->ssl);
    free(mine);
}

SSL *tls_context_accept(struct tls_context *context)
{
    SSL *ssl = SSL_new(context->ssl);
    if (!ssl) {
        ERR_clear_error();
        return NULL;
    }
    SSL_set_accept_state(ssl);
    X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), seconds_of(context->clock));
    return ssl;
}

void tls_context_count(struct tls_context *context, enum tls_refusal refusal)
{
    struct tls_counts *counts = SSL_CTX_get_app_data(context->ssl);
    if (counts)
        atomic_fetch_add_explicit(&counts->refused[refusal], 1, memory_order_relaxed);
}

bool tls_context_still_trusts(struct tls_context *context, SSL *ssl)
{
    if (!context->mutual)
        return true;
    X509 *leaf = SSL_get0_peer_certificate(ssl);
    X509_STORE_CTX *check = X509_STORE_CTX_new();
    bool trusted_still = false;
    if (leaf && check &&
        X509_STORE_CTX_init(check, SSL_CTX_get_cert_store(context->ssl), leaf,
                            SSL_get_peer_cert_chain(ssl))) {
        X509_STORE_CTX_set_default(check, "ssl_client");
        X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(check), SSL_CTX_get0_param(context->ssl));
        X509_STORE_CTX_set_time(check, 0, seconds_of(context->clock));
        X509_STORE_CTX_set_verify_cb(check, tls_verify);
        trusted_still = X509_verify_cert(check) == 1;
    }
    X509_STORE_CTX_free(check);
    ERR_clear_error();
    return trusted_still;
}
