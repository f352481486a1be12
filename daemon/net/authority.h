/*
 * The region's own CA, in the hands of the daemon: it gives certificates to those who were invited. Immutable
 * and counted; a reload builds a new one whole from the files. The key is in this process alone and is never
 * logged. It should be a CA of its own that can do nothing else, so that what is lost with it is known.
 */
#ifndef WIJZER_AUTHORITY_H
#define WIJZER_AUTHORITY_H

#include "csr.h"

struct authority_options {
    const char *certificate; /* PEM file with the CA's certificate */
    const char *key;         /* PEM file with its key, without a pass phrase */
    const char *client_ca;   /* PEM file with the CAs that are believed: it must be among them */
    int64_t days;            /* a certificate is good for so long */
};

struct authority;

/* Returned with one reference, or NULL with *err that names the file. Warns (EV_TLS_MATERIAL) where the CA
 * ends before a certificate would, or others than the owner may read the key. */
struct authority *authority_new(const struct authority_options *options, const struct clock *clock,
                                struct err *err);
struct authority *authority_hold(struct authority *authority);
void authority_release(struct authority **authority);

/* Hex SHA-256 of its certificate: the issuer of identities. Lives as long as the authority. */
const char *authority_fingerprint(const struct authority *authority);

struct authority_certificate {
    char *pem; /* owned */
    char serial[TLS_SERIAL];
    int64_t not_after; /* seconds since 1970 */
};

/* A certificate for the key under this URI and no other name, for clients alone, from five minutes ago on
 * (clocks differ), with a random serial of 128 bits. Any thread. */
bool authority_sign(const struct authority *authority, const struct csr *csr, const char *san,
                    struct authority_certificate *out, struct err *err);

#endif
