#include "digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

/* Fetched once: looking the algorithm up costs more than hashing a row. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void free_algorithm(void)
{
    EVP_MD_free(sha256);
}

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    if (!sha256)
        abort(); /* OpenSSL without SHA-256 */
    atexit(free_algorithm);
}

static struct digest hash(const struct slice *pieces, size_t count)
{
    struct digest out;
    pthread_once(&once, fetch);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestInit_ex2(context, sha256, NULL);
    for (size_t i = 0; ok && i < count; i++)
        ok = !pieces[i].len || EVP_DigestUpdate(context, pieces[i].ptr, pieces[i].len);
    if (!ok || !EVP_DigestFinal_ex(context, out.bytes, NULL))
        abort(); /* out of memory */
    EVP_MD_CTX_free(context);
    return out;
}

struct digest digest_of(struct slice bytes)
{
    return hash(&bytes, 1);
}

struct digest digest_with(enum digest_prefix prefix, struct slice first, struct slice second)
{
    char byte = (char)prefix;
    const struct slice pieces[] = {slice_make(&byte, 1), first, second};
    return hash(pieces, sizeof pieces / sizeof pieces[0]);
}

const char *digest_hex(const struct digest *digest, char out[DIGEST_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        out[2 * i] = digits[digest->bytes[i] >> 4];
        out[2 * i + 1] = digits[digest->bytes[i] & 15];
    }
    out[DIGEST_HEX - 1] = '\0';
    return out;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

long hex_bytes(struct slice hex, uint8_t *out, size_t most)
{
    if (hex.len % 2 || hex.len / 2 > most)
        return -1;
    for (size_t i = 0; i < hex.len / 2; i++) {
        int high = digit(hex.ptr[2 * i]), low = digit(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return (long)(hex.len / 2);
}

bool digest_parse(struct slice hex, struct digest *out)
{
    struct digest read;
    if (hex_bytes(hex, read.bytes, DIGEST_SIZE) != DIGEST_SIZE)
        return false;
    *out = read;
    return true;
}
