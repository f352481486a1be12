/* Certificates made in the test: EC P-256 keys, a CA and leaves with the fault that the test wants. */
#ifndef WIJZER_TEST_NET_PKI_H
#define WIJZER_TEST_NET_PKI_H

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PKI_DAY 86400L

struct pki_identity {
    EVP_PKEY *key;
    X509 *certificate;
};

struct pki_leaf {
    long serial;
    long from, until;    /* seconds from now; both 0: yesterday to next year */
    const char *purpose; /* extended key usage; NULL: none */
    const char *san;     /* OpenSSL's syntax, "URI:..."; NULL: none */
    const char *raw_uri; /* one URI SAN of these bytes, instead of `san` */
    int raw_uri_length;
};

static inline void pki_must(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "pki: %s\n", what);
        abort();
    }
}

static inline void pki_extension(X509 *subject, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, subject, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    pki_must(extension != NULL, value);
    X509_add_ext(subject, extension, -1);
    X509_EXTENSION_free(extension);
}

static inline X509 *pki_blank(const char *name, long serial, EVP_PKEY *key, long from, long until)
{
    X509 *certificate = X509_new();
    X509_NAME *subject = X509_get_subject_name(certificate);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), until);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_pubkey(certificate, key);
    return certificate;
}

static inline struct pki_identity pki_authority(const char *name)
{
    struct pki_identity ca = {EVP_EC_gen("P-256"), NULL};
    ca.certificate = pki_blank(name, 1, ca.key, -PKI_DAY, 3650 * PKI_DAY);
    X509_set_issuer_name(ca.certificate, X509_get_subject_name(ca.certificate));
    pki_extension(ca.certificate, ca.certificate, NID_basic_constraints, "critical,CA:TRUE");
    pki_extension(ca.certificate, ca.certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    pki_must(X509_sign(ca.certificate, ca.key, EVP_sha256()) > 0, "sign CA");
    return ca;
}

static inline void pki_raw_uri(X509 *certificate, const char *bytes, int length)
{
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_IA5STRING *uri = ASN1_IA5STRING_new();
    ASN1_STRING_set(uri, bytes, length);
    GENERAL_NAME_set0_value(name, GEN_URI, uri);
    sk_GENERAL_NAME_push(names, name);
    pki_must(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1, "raw uri");
    GENERAL_NAMES_free(names);
}

static inline struct pki_identity pki_issue(const struct pki_identity *ca, const struct pki_leaf *leaf)
{
    long from = leaf->from || leaf->until ? leaf->from : -PKI_DAY;
    long until = leaf->from || leaf->until ? leaf->until : 365 * PKI_DAY;
    struct pki_identity made = {EVP_EC_gen("P-256"), NULL};
    made.certificate = pki_blank("leaf", leaf->serial, made.key, from, until);
    X509_set_issuer_name(made.certificate, X509_get_subject_name(ca->certificate));
    pki_extension(made.certificate, ca->certificate, NID_basic_constraints, "critical,CA:FALSE");
    if (leaf->purpose)
        pki_extension(made.certificate, ca->certificate, NID_ext_key_usage, leaf->purpose);
    if (leaf->raw_uri)
        pki_raw_uri(made.certificate, leaf->raw_uri, leaf->raw_uri_length);
    else if (leaf->san)
        pki_extension(made.certificate, ca->certificate, NID_subject_alt_name, leaf->san);
    pki_must(X509_sign(made.certificate, ca->key, EVP_sha256()) > 0, "sign leaf");
    return made;
}

static inline void pki_free(struct pki_identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->certificate);
    *identity = (struct pki_identity){NULL, NULL};
}

/* A CRL of `ca` that revokes `serial` (0: none) and was valid from..until seconds from now. */
static inline X509_CRL *pki_crl(const struct pki_identity *ca, long serial, long from, long until)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *at = X509_gmtime_adj(NULL, from);
    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->certificate));
    X509_CRL_set1_lastUpdate(crl, at);
    if (serial) {
        X509_REVOKED *revoked = X509_REVOKED_new();
        ASN1_INTEGER *number = ASN1_INTEGER_new();
        ASN1_INTEGER_set(number, serial);
        X509_REVOKED_set_serialNumber(revoked, number);
        X509_REVOKED_set_revocationDate(revoked, at);
        X509_CRL_add0_revoked(crl, revoked);
        ASN1_INTEGER_free(number);
    }
    ASN1_TIME_free(at);
    at = X509_gmtime_adj(NULL, until);
    X509_CRL_set1_nextUpdate(crl, at);
    ASN1_TIME_free(at);
    pki_must(X509_CRL_sign(crl, ca->key, EVP_sha256()) > 0, "sign CRL");
    return crl;
}

static inline FILE *pki_open(const char *directory, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    pki_must(file != NULL, path);
    return file;
}

static inline void pki_write_certificate(const char *directory, const char *name, X509 *certificate)
{
    FILE *file = pki_open(directory, name);
    PEM_write_X509(file, certificate);
    fclose(file);
}

static inline void pki_write_key(const char *directory, const char *name, EVP_PKEY *key)
{
    FILE *file = pki_open(directory, name);
    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
}

/* Takes `crl`. */
static inline void pki_write_crl(const char *directory, const char *name, X509_CRL *crl)
{
    FILE *file = pki_open(directory, name);
    PEM_write_X509_CRL(file, crl);
    fclose(file);
    X509_CRL_free(crl);
}

static inline void pki_write_text(const char *directory, const char *name, const char *text)
{
    FILE *file = pki_open(directory, name);
    fputs(text, file);
    fclose(file);
}

#endif
