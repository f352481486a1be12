/*
 * TLS 1.2 and 1.3 with OpenSSL. A `tls_context` is immutable once built: reload builds a new one from the
 * files, tests it (key fits certificate, certificates in date, CRL not stale), and publishes it by reference;
 * live connections keep the one they began with. On an mTLS listener a client certificate is required,
 * resumption is off (it would skip verification), renegotiation and compression are off, ALPN is http/1.1.
 * A client certificate that is refused in the handshake is logged as EV_TLS_REFUSED with serial, reason and
 * address. Verification uses the clock given. Identity of a peer = (SHA-256 of the CA certificate that issued
 * it, its one URI SAN).
 */
#ifndef WIJZER_TLS_H
#define WIJZER_TLS_H

#include <openssl/ssl.h>

#include "clock.h"
#include "err.h"
#include "slice.h"

struct tls_options {
    const char *certificate; /* PEM file: server certificate and chain */
    const char *key;         /* PEM file */
    const char *client_ca;   /* PEM file: CAs that may issue client certificates; NULL: none is asked */
    const char *crl;         /* PEM file with CRLs, or NULL */
};

struct tls_context;

/* Returned with one reference, or NULL with *err that names the file. Borrows `clock`
 * for as long as the context lives. Every CA of `client_ca` is an anchor, intermediate ones too. Warnings (a
 * certificate or CRL that ends within 14 days, a CA that has expired, a CA without a CRL) are logged as
 * EV_TLS_MATERIAL. */
struct tls_context *tls_context_new(const struct tls_options *options, const struct clock *clock,
                                    struct err *err);
struct tls_context *tls_context_hold(struct tls_context *context);
void tls_context_release(struct tls_context **context);
/* A server-side SSL object, owned by the caller; NULL when OpenSSL cannot make one (then the connection is
 * closed, never served in plain text). */
SSL *tls_context_accept(struct tls_context *context);

enum { TLS_ISSUER = 65, TLS_SERIAL = 49, TLS_SAN = 256 };

/* Who the peer proved to be. Empty strings where there is nothing. */
struct tls_peer {
    char issuer[TLS_ISSUER]; /* hex SHA-256 of the issuing CA's certificate (DER) */
    char serial[TLS_SERIAL]; /* upper-case hex, as openssl shows it; for logs */
    char san[TLS_SAN]; /* the URI SAN; "" where there is not exactly one, or one with a NUL or a control */
};

/* After the handshake. False: there is no verified certificate. */
bool tls_peer_of(SSL *ssl, struct tls_peer *out);
/* Whether the peer of a live connection is revoked or untrusted under a newer context. */
bool tls_context_still_trusts(struct tls_context *context, SSL *ssl);

#endif
