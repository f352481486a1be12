#include "tls_verify.h"

#include <openssl/x509v3.h>

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

static void log_refusal(X509_STORE_CTX *store, SSL *ssl)
{
    char serial[TLS_SERIAL] = "", address[ADDRESS_TEXT];
    const X509 *leaf = X509_STORE_CTX_get0_cert(store);
    if (leaf)
        tls_serial_text(leaf, serial);
    address_of_peer(SSL_get_fd(ssl), address);
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
static bool is_plain_uri(const ASN1_IA5STRING *uri)
{
    if (uri->length <= 0 || uri->length >= TLS_SAN)
        return false;
    for (int i = 0; i < uri->length; i++)
        if (uri->data[i] <= ' ' || uri->data[i] >= 0x7f)
            return false;
    return true;
}

static void read_san(const X509 *leaf, char out[TLS_SAN])
{
    const ASN1_IA5STRING *only = NULL;
    int found = 0;
    out[0] = '\0';
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI)
            continue;
        found++;
        only = name->d.uniformResourceIdentifier;
    }
    if (found == 1 && is_plain_uri(only)) {
        memcpy(out, only->data, (size_t)only->length);
        out[only->length] = '\0';
    }
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
