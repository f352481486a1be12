#include "identity.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"

static bool fail(struct err *err, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    err_set(err, ERR_TLS, "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
    ERR_clear_error();
    return false;
}

/* ---- making ---- */

static bool take_text(BIO *bio, struct arena *arena, struct slice *out)
{
    char *text = NULL;
    long length = BIO_get_mem_data(bio, &text);
    *out = arena_slice(arena, slice_make(text, (size_t)length));
    return length > 0;
}

bool identity_key(struct arena *arena, struct slice *key, struct err *err)
{
    EVP_PKEY *made = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_secmem());
    bool good = made && bio && PEM_write_bio_PKCS8PrivateKey(bio, made, NULL, NULL, 0, NULL, NULL) == 1 &&
                take_text(bio, arena, key);
    BIO_free(bio);
    EVP_PKEY_free(made);
    return good || fail(err, "no key can be made");
}

static EVP_PKEY *read_key(struct slice text)
{
    BIO *bio = BIO_new_mem_buf(text.ptr, (int)text.len);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "") : NULL;
    BIO_free(bio);
    return key;
}

bool identity_request(struct slice key, struct arena *arena, struct slice *csr, struct err *err)
{
    EVP_PKEY *mine = read_key(key);
    X509_REQ *req = X509_REQ_new();
    BIO *bio = BIO_new(BIO_s_mem());
    bool good = mine && req && bio && X509_REQ_set_version(req, X509_REQ_VERSION_1) == 1 &&
                X509_REQ_set_pubkey(req, mine) == 1 && X509_REQ_sign(req, mine, EVP_sha256()) > 0 &&
                PEM_write_bio_X509_REQ(bio, req) == 1 && take_text(bio, arena, csr);
    BIO_free(bio);
    X509_REQ_free(req);
    EVP_PKEY_free(mine);
    return good || fail(err, "no certificate request can be made");
}

/* ---- reading ---- */

static X509 *parse_certificate(struct slice text)
{
    BIO *bio = BIO_new_mem_buf(text.ptr, (int)text.len);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, (void *)(uintptr_t) "") : NULL;
    BIO_free(bio);
    return certificate;
}

/* Owned; NULL with *err. */
static X509 *read_certificate(const char *path, struct arena *arena, struct err *err)
{
    struct slice text;
    if (!file_read(path, IDENTITY_MAX, arena, &text, err))
        return NULL;
    X509 *certificate = parse_certificate(text);
    if (!certificate)
        fail(err, arena_printf(arena, "%s holds no certificate", path));
    return certificate;
}

static bool moment_of(const ASN1_TIME *at, moment *out)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(at, &tm) != 1)
        return false;
    *out = (moment)timegm(&tm) * MOMENT_SECOND;
    return true;
}

bool identity_life(const char *path, struct arena *arena, moment *from, moment *until, struct err *err)
{
    X509 *certificate = read_certificate(path, arena, err);
    if (!certificate)
        return false;
    bool good = moment_of(X509_get0_notBefore(certificate), from) &&
                moment_of(X509_get0_notAfter(certificate), until);
    X509_free(certificate);
    return good || fail(err, "the certificate has no times");
}

bool identity_fingerprint(const char *path, struct arena *arena, const char **out, struct err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    X509 *certificate = read_certificate(path, arena, err);
    if (!certificate)
        return false;
    bool good = X509_digest(certificate, EVP_sha256(), digest, &length) == 1;
    X509_free(certificate);
    char *hex = arena_alloc(arena, 2 * length + 1);
    for (unsigned i = 0; i < length; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    hex[2 * length] = '\0';
    *out = hex;
    return good || fail(err, "no SHA-256");
}

/* ---- replacing ---- */

static bool fit_together(struct slice key, struct slice certificate)
{
    EVP_PKEY *mine = read_key(key);
    X509 *theirs = parse_certificate(certificate);
    bool good = mine && theirs && X509_check_private_key(theirs, mine) == 1;
    X509_free(theirs);
    EVP_PKEY_free(mine);
    ERR_clear_error();
    return good;
}

static bool move(const char *dir, const char *from, const char *to, struct err *err)
{
    char source[4096], target[4096];
    int n = snprintf(source, sizeof source, "%s/%s", dir, from);
    int m = snprintf(target, sizeof target, "%s/%s", dir, to);
    if (n < 0 || m < 0 || (size_t)n >= sizeof source || (size_t)m >= sizeof target)
        return err_set(err, ERR_OS, "the path of %s is too long", to);
    if (rename(source, target) == 0 || errno == ENOENT)
        return true;
    return err_set_os(err, ERR_OS, errno, "%s cannot be replaced", target);
}

static bool put_in_place(const char *dir, struct err *err)
{
    return move(dir, "key.pem.new", "key.pem", err) && move(dir, "cert.pem.new", "cert.pem", err) &&
           file_sync_dir(dir, err);
}

bool identity_replace(const char *dir, struct slice key, struct slice certificate, struct err *err)
{
    if (!fit_together(key, certificate))
        return err_set(err, ERR_TLS, "the certificate is not for our key");
    return file_write(dir, "key.pem.new", key, err) && file_write(dir, "cert.pem.new", certificate, err) &&
           put_in_place(dir, err);
}

bool identity_settle(const char *dir, struct arena *arena, struct err *err)
{
    const char *certificate = arena_printf(arena, "%s/cert.pem.new", dir);
    return access(certificate, F_OK) != 0 || put_in_place(dir, err);
}
