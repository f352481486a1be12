/*
 * TLS 1.2 and 1.3 with OpenSSL. A `tls_context` is immutable once built: reload builds a new one from the
 * files, tests it (key fits certificate, certificates in date, CRL not stale), and publishes it by reference;
 * live connections keep the one they began with. On an mTLS listener a client certificate is required,
 * resumption is off (it would skip verification), renegotiation and compression are off, ALPN is http/1.1.
 * A client certificate that is refused in the handshake is logged as EV_TLS_REFUSED with serial, reason and
 * address, and counted by reason. Verification uses the clock given. Identity of a peer = (SHA-256 of the CA
 * certificate that issued it, its one URI SAN, or where it has none its one DNS SAN).
 */
#ifndef WIJZER_TLS_H
#define WIJZER_TLS_H

#include <openssl/ssl.h>
#include <stdatomic.h>

#include "clock.h"
#include "err.h"
#include "slice.h"

/* Why a peer did not get through its handshake: X(enumerator, "word"). */
#define TLS_REFUSALS(X)                                                                                      \
    X(TLS_OTHER, "handshake")                                                                                \
    X(TLS_DEADLINE, "deadline")                                                                              \
    X(TLS_NO_CERTIFICATE, "no-certificate")                                                                  \
    X(TLS_EXPIRED, "expired")                                                                                \
    X(TLS_EARLY, "not-yet-valid")                                                                            \
    X(TLS_REVOKED, "revoked")                                                                                \
    X(TLS_CRL, "crl-missing-or-stale")                                                                       \
    X(TLS_PURPOSE, "purpose")                                                                                \
    X(TLS_CHAIN, "chain-too-long")                                                                           \
    X(TLS_SIGNATURE, "signature")                                                                            \
    X(TLS_UNTRUSTED, "untrusted")                                                                            \
    X(TLS_INVALID, "invalid")

enum tls_refusal {
#define X(refusal, word) refusal,
    TLS_REFUSALS(X)
#undef X
        TLS_REFUSAL_COUNT
};

const char *tls_refusal_word(enum tls_refusal refusal);

/* Of all contexts that were given it. Any thread. */
struct tls_counts {
    atomic_uint_fast64_t refused[TLS_REFUSAL_COUNT];
};

struct tls_options {
    const char *certificate; /* PEM file: server certificate and chain */
    const char *key;         /* PEM file */
    const char *client_ca;   /* PEM file: CAs that may issue client certificates; NULL: none is asked */
    const char *crl;         /* PEM file with CRLs, or NULL */
    const char *sent_along; /* PEM file with CA certificates that the server shows behind its chain, for those
                               who know them by a pin; or NULL */
    struct tls_counts *counts; /* borrowed, outlives every connection; or NULL */
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
    char san[TLS_SAN]; /* the URI SAN, or "dns:NAME" in lower case where there is no URI SAN at all; "" where
                          there is not exactly one, or one with a NUL, a control or a wild card */
};

/* Counts a refusal that was not one of the certificate; those are counted where they are found. */
void tls_count(SSL *ssl, enum tls_refusal refusal);
void tls_context_count(struct tls_context *context, enum tls_refusal refusal);

/* After the handshake. False: there is no verified certificate. */
bool tls_peer_of(SSL *ssl, struct tls_peer *out);
/* Whether the peer of a live connection is revoked or untrusted under a newer context. */
bool tls_context_still_trusts(struct tls_context *context, SSL *ssl);

#endif
