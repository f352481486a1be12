#include "tls_verify.h"

#include <openssl/x509v3.h>
#include <strings.h>

#include "address.h"
#include "log.h"
#include "tls.h"

_Static_assert((int)TLS_SERIAL == 2 * TLS_SERIAL_BYTES + 1, "one length of a serial");

static void hex_text(const unsigned char *bytes, size_t count, const char *digits, char *out)
{
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * count] = '\0';
}

void tls_serial_text(const X509 *certificate, char out[TLS_SERIAL])
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    out[0] = '\0';
    if (serial && serial->length >= 0 && serial->length <= TLS_SERIAL_BYTES)
        hex_text(serial->data, (size_t)serial->length, "0123456789ABCDEF", out);
}

const char *tls_refusal_word(enum tls_refusal refusal)
{
    static const char *const words[TLS_REFUSAL_COUNT] = {
#define X(enumerator, word) [enumerator] = (word),
        TLS_REFUSALS(X)
#undef X
    };
    return words[refusal];
}

enum tls_refusal tls_refusal_of(int error)
{
    static const struct {
        int error;
        enum tls_refusal refusal;
    } table[] = {{X509_V_ERR_CERT_HAS_EXPIRED, TLS_EXPIRED},
                 {X509_V_ERR_CERT_NOT_YET_VALID, TLS_EARLY},
                 {X509_V_ERR_CERT_REVOKED, TLS_REVOKED},
                 {X509_V_ERR_UNABLE_TO_GET_CRL, TLS_CRL},
                 {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, TLS_CRL},
                 {X509_V_ERR_CRL_HAS_EXPIRED, TLS_CRL},
                 {X509_V_ERR_CRL_NOT_YET_VALID, TLS_CRL},
                 {X509_V_ERR_CRL_SIGNATURE_FAILURE, TLS_CRL},
                 {X509_V_ERR_INVALID_PURPOSE, TLS_PURPOSE},
                 {X509_V_ERR_INVALID_CA, TLS_PURPOSE},
                 {X509_V_ERR_CERT_CHAIN_TOO_LONG, TLS_CHAIN},
                 {X509_V_ERR_PATH_LENGTH_EXCEEDED, TLS_CHAIN},
                 {X509_V_ERR_CERT_SIGNATURE_FAILURE, TLS_SIGNATURE},
                 {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, TLS_UNTRUSTED},
                 {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, TLS_UNTRUSTED},
                 {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, TLS_UNTRUSTED},
                 {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, TLS_UNTRUSTED},
                 {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, TLS_UNTRUSTED}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].error == error)
            return table[i].refusal;
    return TLS_INVALID;
}

void tls_count(SSL *ssl, enum tls_refusal refusal)
{
    struct tls_counts *counts = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (counts)
        atomic_fetch_add_explicit(&counts->refused[refusal], 1, memory_order_relaxed);
}

static void log_refusal(X509_STORE_CTX *store, SSL *ssl)
{
    char serial[TLS_SERIAL] = "", address[ADDRESS_TEXT];
    const X509 *leaf = X509_STORE_CTX_get0_cert(store);
    if (leaf)
        tls_serial_text(leaf, serial);
    address_of_peer(SSL_get_fd(ssl), address);
    tls_count(ssl, tls_refusal_of(X509_STORE_CTX_get_error(store)));
    log_event(EV_TLS_REFUSED, LOG_T("serial", serial),
              LOG_T("reason", X509_verify_cert_error_string(X509_STORE_CTX_get_error(store))),
              LOG_T("address", address));
}

int tls_verify(int ok, X509_STORE_CTX *store)
{
    if (ok)
        return 1;
    if (X509_STORE_CTX_get_error(store) == X509_V_ERR_UNABLE_TO_GET_CRL &&
        X509_STORE_CTX_get_error_depth(store) > 0) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    if (ssl)
        log_refusal(store, ssl);
    return 0;
}

/* Visible ASCII, as RFC 3986 wants it; so a NUL, a control or a space hides nothing. */
static bool is_plain(const ASN1_IA5STRING *text)
{
    for (int i = 0; i < text->length; i++)
        if (text->data[i] <= ' ' || text->data[i] >= 0x7f)
            return false;
    return text->length > 0;
}

bool tls_name_text(const ASN1_IA5STRING *name, const char *prefix, char out[TLS_SAN])
{
    size_t used = strlen(prefix);
    if (!is_plain(name) || used + (size_t)name->length >= TLS_SAN)
        return false;
    memcpy(out, prefix, used);
    memcpy(out + used, name->data, (size_t)name->length);
    out[used + (size_t)name->length] = '\0';
    return true;
}

/* Of several nobody knows which is meant. */
struct found {
    const ASN1_IA5STRING *only;
    int count;
};

static void find_names(const GENERAL_NAMES *names, struct found *uri, struct found *dns)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        struct found *found = name->type == GEN_URI ? uri : name->type == GEN_DNS ? dns : NULL;
        if (!found)
            continue;
        found->count++;
        found->only = name->d.ia5;
    }
}

/* Names of hosts are the same in upper and lower case; one with a wild card is no name. */
static void read_dns(const ASN1_IA5STRING *name, char out[TLS_SAN])
{
    if (!tls_name_text(name, "dns:", out) || strchr(out, '*'))
        out[0] = '\0';
    for (char *at = out; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
}

static void read_san(const X509 *leaf, char out[TLS_SAN])
{
    struct found uri = {0}, dns = {0};
    out[0] = '\0';
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    find_names(names, &uri, &dns);
    /* A URI of the scheme "dns" would look like a DNS name. */
    if (uri.count == 1 && (!tls_name_text(uri.only, "", out) || strncasecmp(out, "dns:", 4) == 0))
        out[0] = '\0';
    if (uri.count == 0 && dns.count == 1)
        read_dns(dns.only, out);
    GENERAL_NAMES_free(names);
}

bool tls_peer_of(SSL *ssl, struct tls_peer *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    memset(out, 0, sizeof *out);
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    if (SSL_get_verify_result(ssl) != X509_V_OK || sk_X509_num(chain) < 2)
        return false;
    if (!X509_digest(sk_X509_value(chain, 1), EVP_sha256(), digest, &length) || 2 * length + 1 != TLS_ISSUER)
        return false;
    hex_text(digest, length, "0123456789abcdef", out->issuer);
    tls_serial_text(sk_X509_value(chain, 0), out->serial);
    read_san(sk_X509_value(chain, 0), out->san);
    return true;
}
