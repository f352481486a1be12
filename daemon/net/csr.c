#include "csr.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tls_verify.h"

const char *csr_fault_word(enum csr_fault fault)
{
    static const char *const words[] = {
#define X(enumerator, word, text) [enumerator] = (word),
        CSR_FAULTS(X)
#undef X
    };
    return words[fault];
}

const char *csr_fault_text(enum csr_fault fault)
{
    static const char *const texts[] = {
#define X(enumerator, word, text) [enumerator] = (text),
        CSR_FAULTS(X)
#undef X
    };
    return texts[fault];
}

/* ---- form ---- */

static bool is_space(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!memchr(" \t\r\n", text.ptr[i], 4))
            return false;
    return true;
}

/* The one block that the text is: DER, owned; NULL. */
static unsigned char *decode(struct slice pem, long *length)
{
    char *name = NULL, *header = NULL, *rest = NULL;
    unsigned char *der = NULL;
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    bool good = bio && PEM_read_bio(bio, &name, &header, &der, length) == 1 &&
                strcmp(name, PEM_STRING_X509_REQ) == 0 && !*header;
    long left = good ? BIO_get_mem_data(bio, &rest) : 0;
    good = good && is_space(slice_make(rest, (size_t)left));
    OPENSSL_free(name);
    OPENSSL_free(header);
    BIO_free(bio);
    if (!good) {
        OPENSSL_free(der);
        return NULL;
    }
    return der;
}

/* Owned; NULL: it is none, or something stands before or behind it. */
static X509_REQ *parse(struct slice pem)
{
    long length = 0;
    if (!slice_starts(pem, "-----BEGIN " PEM_STRING_X509_REQ "-----"))
        return NULL;
    unsigned char *der = decode(pem, &length);
    const unsigned char *at = der;
    X509_REQ *req = der ? d2i_X509_REQ(NULL, &at, length) : NULL;
    if (req && (at != der + length || X509_REQ_get_version(req) != X509_REQ_VERSION_1)) {
        X509_REQ_free(req);
        req = NULL;
    }
    OPENSSL_free(der);
    return req;
}

/* ---- key and signature ---- */

static bool is_good_curve(const EVP_PKEY *key)
{
    char group[32];
    size_t length = 0;
    return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &length) &&
           (strcmp(group, SN_X9_62_prime256v1) == 0 || strcmp(group, SN_secp384r1) == 0);
}

/* Longer keys than 4096 bits cost whoever verifies more than they give. */
static bool is_good_rsa(const EVP_PKEY *key)
{
    BIGNUM *exponent = NULL;
    int bits = EVP_PKEY_get_bits(key);
    bool good = bits >= 2048 && bits <= 4096 &&
                EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) && BN_is_odd(exponent) &&
                BN_num_bits(exponent) >= 17 && BN_num_bits(exponent) <= 64;
    BN_free(exponent);
    return good;
}

static bool is_good_key(const EVP_PKEY *key)
{
    if (!key)
        return false;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
        return is_good_curve(key);
    case EVP_PKEY_ED25519:
        return true;
    case EVP_PKEY_RSA:
        return is_good_rsa(key);
    }
    return false;
}

static bool is_good_digest(int digest)
{
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
}

/* By its own key: who asks has it. */
static bool is_well_signed(X509_REQ *req, EVP_PKEY *key)
{
    int digest = NID_undef, kind = NID_undef;
    int nid = X509_REQ_get_signature_nid(req);
    bool strong = nid == NID_ED25519 || (OBJ_find_sigid_algs(nid, &digest, &kind) && is_good_digest(digest));
    return strong && X509_REQ_verify(req, key) == 1;
}

static bool hash_key(const X509_REQ *req, char out[CSR_HASH])
{
    unsigned char digest[EVP_MAX_MD_SIZE], *der = NULL;
    unsigned length = 0;
    int size = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY((X509_REQ *)(uintptr_t)req), &der);
    bool good = size > 0 && EVP_Digest(der, (size_t)size, digest, &length, EVP_sha256(), NULL) == 1 &&
                2 * length + 1 == CSR_HASH;
    OPENSSL_free(der);
    for (unsigned i = 0; good && i < length; i++) {
        out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    out[good ? 2 * length : 0] = '\0';
    return good;
}

/* ---- wishes and names ---- */

/* The one name that the extension asks for. */
static enum csr_fault read_san(const GENERAL_NAMES *names, struct csr *out)
{
    const GENERAL_NAME *only = sk_GENERAL_NAME_num(names) == 1 ? sk_GENERAL_NAME_value(names, 0) : NULL;
    bool good = only && only->type == GEN_URI && tls_name_text(only->d.ia5, "", out->san);
    return good ? CSR_GOOD : CSR_NAMES;
}

/* What may be asked for: one subjectAltName. */
static enum csr_fault read_extensions(const STACK_OF(X509_EXTENSION) * extensions, struct csr *out)
{
    if (sk_X509_EXTENSION_num(extensions) != 1)
        return CSR_WISHES;
    X509_EXTENSION *extension = sk_X509_EXTENSION_value(extensions, 0);
    if (OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_subject_alt_name)
        return CSR_WISHES;
    GENERAL_NAMES *names = X509V3_EXT_d2i(extension);
    enum csr_fault fault = read_san(names, out);
    GENERAL_NAMES_free(names);
    return fault;
}

/* Attributes are passwords and other things of which nothing is wanted; one asks for extensions. */
static enum csr_fault read_wishes(X509_REQ *req, struct csr *out)
{
    int count = X509_REQ_get_attr_count(req);
    if (count == 0)
        return CSR_GOOD;
    const X509_ATTRIBUTE *only = X509_REQ_get_attr(req, 0);
    if (count > 1 || X509_ATTRIBUTE_count(only) != 1 ||
        OBJ_obj2nid(X509_ATTRIBUTE_get0_object((X509_ATTRIBUTE *)(uintptr_t)only)) != NID_ext_req)
        return CSR_WISHES;
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(req);
    enum csr_fault fault = read_extensions(extensions, out);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return fault;
}

/* Nobody is known by a subject, so it is empty, or holds the name that is meant anyway. */
static enum csr_fault read_subject(const X509_REQ *req, struct csr *out)
{
    const X509_NAME *subject = X509_REQ_get_subject_name(req);
    int count = X509_NAME_entry_count(subject);
    if (count == 0)
        return CSR_GOOD;
    const X509_NAME_ENTRY *only = X509_NAME_get_entry(subject, 0);
    bool good = count == 1 && OBJ_obj2nid(X509_NAME_ENTRY_get_object(only)) == NID_commonName &&
                tls_name_text(X509_NAME_ENTRY_get_data(only), "", out->name);
    return good ? CSR_GOOD : CSR_NAMES;
}

static enum csr_fault check(X509_REQ *req, struct csr *out)
{
    if (!is_good_key(out->key) || !hash_key(req, out->key_hash))
        return CSR_KEY;
    if (!is_well_signed(req, out->key))
        return CSR_SIGNATURE;
    enum csr_fault fault = read_wishes(req, out);
    return fault == CSR_GOOD ? read_subject(req, out) : fault;
}

enum csr_fault csr_read(struct slice pem, struct csr *out)
{
    *out = (struct csr){0};
    if (pem.len > CSR_MAX)
        return CSR_SIZE;
    X509_REQ *req = parse(pem);
    if (!req) {
        ERR_clear_error();
        return CSR_FORM;
    }
    out->key = X509_REQ_get_pubkey(req);
    enum csr_fault fault = check(req, out);
    X509_REQ_free(req);
    ERR_clear_error();
    if (fault != CSR_GOOD)
        csr_free(out);
    return fault;
}

bool csr_may_be(const struct csr *csr, const char *san)
{
    return (!csr->san[0] || strcmp(csr->san, san) == 0) && (!csr->name[0] || strcmp(csr->name, san) == 0);
}

void csr_free(struct csr *csr)
{
    EVP_PKEY_free(csr->key);
    csr->key = NULL;
}
