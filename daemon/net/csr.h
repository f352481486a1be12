/*
 * A request for a certificate (PKCS #10, RFC 2986) as somebody sends it who has a key and is to get a name.
 * All of it is checked before anything of it is believed: one PEM block and nothing else, a signature by the
 * key itself, a key that is strong enough, and no wish but a name. Whether the name is theirs is for who
 * knows them. Pure; memory is OpenSSL's.
 */
#ifndef WIJZER_CSR_H
#define WIJZER_CSR_H

#include <openssl/x509.h>

#include "slice.h"
#include "tls.h"

enum { CSR_MAX = 8192 /* bytes of PEM */, CSR_HASH = 65 };

/* What is wrong with a request: X(enumerator, "word for log and metrics", "for who sent it"). */
#define CSR_FAULTS(X)                                                                                        \
    X(CSR_GOOD, "none", "")                                                                                  \
    X(CSR_SIZE, "csr-size", "a certificate request has at most 8192 bytes")                                  \
    X(CSR_FORM, "csr-form", "expected one PEM block CERTIFICATE REQUEST (PKCS #10) and nothing else")        \
    X(CSR_KEY, "csr-key", "the key must be P-256, P-384, Ed25519, or RSA of 2048 to 4096 bits")              \
    X(CSR_SIGNATURE, "csr-signature", "the request is not signed by its own key, or with a weak digest")     \
    X(CSR_WISHES, "csr-wishes", "the request asks for more than a name")                                     \
    X(CSR_NAMES, "csr-names", "the request asks for another name than the one it gets; ask for none")

enum csr_fault {
#define X(fault, word, text) fault,
    CSR_FAULTS(X)
#undef X
};

struct csr {
    EVP_PKEY *key;           /* owned */
    char san[TLS_SAN];       /* the URI that is asked for; "" none */
    char name[TLS_SAN];      /* the common name that is asked for; "" none */
    char key_hash[CSR_HASH]; /* hex SHA-256 of the public key (SubjectPublicKeyInfo, DER) */
};

const char *csr_fault_word(enum csr_fault fault);
const char *csr_fault_text(enum csr_fault fault);

/* CSR_GOOD: *out is filled and to be given to csr_free(). */
enum csr_fault csr_read(struct slice pem, struct csr *out);
/* Whether the names that it asks for, if any, are this one. */
bool csr_may_be(const struct csr *csr, const char *san);
void csr_free(struct csr *csr);

#endif
