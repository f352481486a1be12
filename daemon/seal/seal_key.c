#include "seal_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "arena.h"
#include "digest.h"

struct seal_key {
    EVP_PKEY *pkey;
    bool can_sign;
    char id[SEAL_KEY_ID];
};

static bool name(struct seal_key *key)
{
    unsigned char *der = NULL;
    char hex[DIGEST_HEX];
    int length = i2d_PUBKEY(key->pkey, &der);
    if (length <= 0)
        return false;
    struct digest digest = digest_of(slice_make((const char *)der, (size_t)length));
    OPENSSL_free(der);
    snprintf(key->id, sizeof key->id, "%s", digest_hex(&digest, hex));
    return true;
}

/* Takes the key. */
static struct seal_key *wrap(EVP_PKEY *pkey, bool can_sign, struct err *err)
{
    struct seal_key *key = xcalloc(1, sizeof *key);
    key->pkey = pkey;
    key->can_sign = can_sign;
    if (!pkey || EVP_PKEY_get_id(pkey) != EVP_PKEY_ED25519 || !name(key)) {
        err_set(err, ERR_CONFIG, "not an Ed25519 key in PEM");
        seal_key_free(&key);
    }
    return key;
}

struct seal_key *seal_key_new(struct err *err)
{
    return wrap(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), true, err);
}

/* A key under a password is not asked for one at the terminal. */
static int no_password(char *out, int size, int writing, void *arg)
{
    (void)out, (void)size, (void)writing, (void)arg;
    return -1;
}

struct seal_key *seal_key_parse(struct slice pem, struct err *err)
{
    if (pem.len > INT32_MAX)
        return wrap(NULL, false, err);
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    bool can_sign = pkey != NULL;
    if (bio && !pkey && BIO_reset(bio) >= 0)
        pkey = PEM_read_bio_PUBKEY(bio, NULL, no_password, NULL);
    BIO_free(bio);
    return wrap(pkey, can_sign, err);
}

void seal_key_free(struct seal_key **key)
{
    if (*key)
        EVP_PKEY_free((*key)->pkey);
    xfree(*key);
}

const char *seal_key_id(const struct seal_key *key)
{
    return key->id;
}

bool seal_key_can_sign(const struct seal_key *key)
{
    return key->can_sign;
}

bool seal_key_text(const struct seal_key *key, bool is_private, char out[SEAL_PEM], struct err *err)
{
    BIO *bio = BIO_new(is_private ? BIO_s_secmem() : BIO_s_mem());
    bool is_written = bio && (is_private ? key->can_sign && PEM_write_bio_PKCS8PrivateKey(
                                                                bio, key->pkey, NULL, NULL, 0, NULL, NULL)
                                         : PEM_write_bio_PUBKEY(bio, key->pkey));
    int n = is_written ? BIO_read(bio, out, SEAL_PEM - 1) : -1;
    BIO_free(bio);
    if (n <= 0)
        return err_set(err, ERR_INTERNAL, "the key cannot be written as PEM");
    out[n] = '\0';
    return true;
}

bool seal_key_sign(const struct seal_key *key, struct slice text, uint8_t signature[SEAL_SIGNATURE],
                   struct err *err)
{
    size_t length = SEAL_SIGNATURE;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && key->can_sign && EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) == 1 &&
              EVP_DigestSign(context, signature, &length, (const unsigned char *)text.ptr, text.len) == 1 &&
              length == SEAL_SIGNATURE;
    EVP_MD_CTX_free(context);
    return ok || err_set(err, ERR_INTERNAL, "key %s cannot sign", key->id);
}

bool seal_key_verify(const struct seal_key *key, struct slice text, const uint8_t signature[SEAL_SIGNATURE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok =
        context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pkey) == 1 &&
        EVP_DigestVerify(context, signature, SEAL_SIGNATURE, (const unsigned char *)text.ptr, text.len) == 1;
    EVP_MD_CTX_free(context);
    return ok;
}
