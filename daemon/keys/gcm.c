#include "gcm.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

/* Fetching by name takes a lock and costs as much as sealing a name does. Set before threads start, constant
 * then. */
static EVP_CIPHER *cipher;
static EVP_MAC_CTX *mac; /* knows its digest, has no key: copied for each use */

static EVP_MAC_CTX *keyless_hmac(void)
{
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
    EVP_MAC_free(algorithm);
    if (context && EVP_MAC_CTX_set_params(context, parameters) == 1)
        return context;
    EVP_MAC_CTX_free(context);
    return NULL;
}

/* How often this process was forked off another: changes in a child that has one thread yet. */
static unsigned forks;

static void on_fork(void)
{
    forks++;
}

bool gcm_start(struct err *err)
{
    static bool is_watched;
    if (!is_watched && pthread_atfork(NULL, NULL, on_fork) != 0)
        return err_set(err, ERR_OS, "forks cannot be watched");
    is_watched = true;
    gcm_stop();
    cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    mac = keyless_hmac();
    return (cipher && mac) || err_set(err, ERR_INTERNAL, "OpenSSL has no AES-256-GCM or no HMAC");
}

void gcm_stop(void)
{
    EVP_CIPHER_free(cipher);
    EVP_MAC_CTX_free(mac);
    cipher = NULL;
    mac = NULL;
}

static const unsigned char *bytes_of(struct slice text)
{
    return (const unsigned char *)(text.ptr ? text.ptr : "");
}

/* Random nonces in stock: the generator takes longer for twelve bytes than all else of sealing, and hardly
 * more for many. A nonce is no secret, so they may lie here. Each thread has its own, and so has a process
 * that was forked: what the other has must not come twice. (Asking for the process id each time is a system
 * call too many.) */
enum { NONCES = 64 };
static _Thread_local struct {
    unsigned char bytes[NONCES][GCM_NONCE];
    unsigned left, forks;
} nonces;

static bool next_nonce(unsigned char *out)
{
    if (nonces.left == 0 || nonces.forks != forks) {
        nonces.left = 0;
        if (RAND_bytes((unsigned char *)nonces.bytes, sizeof nonces.bytes) != 1)
            return false;
        nonces.left = NONCES;
        nonces.forks = forks;
    }
    memcpy(out, nonces.bytes[--nonces.left], GCM_NONCE);
    return true;
}

static bool encipher(EVP_CIPHER_CTX *context, const unsigned char *key, struct slice about,
                     struct slice plain, unsigned char *out)
{
    unsigned char *body = out + GCM_NONCE, *tag = body + plain.len;
    int n;
    return next_nonce(out) && EVP_EncryptInit_ex2(context, cipher, key, out, NULL) == 1 &&
           EVP_EncryptUpdate(context, NULL, &n, bytes_of(about), (int)about.len) == 1 &&
           EVP_EncryptUpdate(context, body, &n, bytes_of(plain), (int)plain.len) == 1 &&
           EVP_EncryptFinal_ex(context, tag, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, tag) == 1;
}

bool gcm_seal(const unsigned char key[KEY_SIZE], struct slice about, struct slice plain, unsigned char *out,
              struct err *err)
{
    EVP_CIPHER_CTX *context = plain.len <= INT_MAX - GCM_EXTRA ? EVP_CIPHER_CTX_new() : NULL;
    bool is_sealed = context && encipher(context, key, about, plain, out);
    EVP_CIPHER_CTX_free(context); /* wipes its key schedule */
    return is_sealed || err_set(err, ERR_INTERNAL, "a value could not be sealed");
}

static bool decipher(EVP_CIPHER_CTX *context, const unsigned char *key, struct slice about,
                     struct slice sealed, unsigned char *out)
{
    const unsigned char *nonce = bytes_of(sealed), *body = nonce + GCM_NONCE;
    unsigned char tag[GCM_TAG];
    size_t size = sealed.len - GCM_EXTRA;
    int n;
    memcpy(tag, body + size, GCM_TAG);
    return EVP_DecryptInit_ex2(context, cipher, key, nonce, NULL) == 1 &&
           EVP_DecryptUpdate(context, NULL, &n, bytes_of(about), (int)about.len) == 1 &&
           EVP_DecryptUpdate(context, out, &n, body, (int)size) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, tag) == 1 &&
           EVP_DecryptFinal_ex(context, out + size, &n) == 1;
}

bool gcm_open(const unsigned char key[KEY_SIZE], struct slice about, struct slice sealed, unsigned char *out,
              struct err *err)
{
    if (sealed.len < GCM_EXTRA || sealed.len > INT_MAX)
        return err_set(err, ERR_INTERNAL, "a sealed value of %zu bytes", sealed.len);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool is_open = context && decipher(context, key, about, sealed, out);
    EVP_CIPHER_CTX_free(context);
    if (!is_open)
        OPENSSL_cleanse(out, sealed.len - GCM_EXTRA);
    return is_open ||
           err_set(err, ERR_INTERNAL, "a sealed value does not open: another key, another place, or changed");
}

void hmac_sha256(const unsigned char key[KEY_SIZE], struct slice text, unsigned char out[HMAC_SIZE])
{
    size_t n;
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(mac);
    bool is_done = context && EVP_MAC_init(context, key, KEY_SIZE, NULL) == 1 &&
                   EVP_MAC_update(context, bytes_of(text), text.len) == 1 &&
                   EVP_MAC_final(context, out, &n, HMAC_SIZE) == 1 && n == HMAC_SIZE;
    EVP_MAC_CTX_free(context);
    if (!is_done) { /* out of memory: as everywhere, the end */
        fputs("wijzer: HMAC-SHA-256 failed\n", stderr);
        abort();
    }
}

void base64_encode(const unsigned char *bytes, size_t size, char *out)
{
    EVP_EncodeBlock((unsigned char *)out, bytes, (int)size);
}

/* 0..63, or -1. */
static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters of which the last `padding` are '=': three bytes less that many. */
static bool base64_group(const char *text, size_t padding, unsigned char *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = i < 4 - padding ? base64_digit(text[i]) : 0;
        if (digit < 0)
            return false;
        value = value << 6 | (uint32_t)digit;
    }
    for (size_t i = 0; i < 3 - padding; i++)
        out[i] = (unsigned char)(value >> (16 - 8 * i));
    return (value & ((1u << 8 * padding) - 1)) == 0;
}

bool base64_decode(struct slice text, unsigned char *out, size_t *size)
{
    size_t padding = 0;
    if (text.len % 4 != 0)
        return false;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < text.len; i += 4)
        if (!base64_group(text.ptr + i, i + 4 == text.len ? padding : 0, out + i / 4 * 3))
            return false;
    *size = text.len / 4 * 3 - padding;
    return true;
}

void hex_encode(const unsigned char *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * size] = '\0';
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(struct slice text, unsigned char *out, size_t size)
{
    if (text.len != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}
