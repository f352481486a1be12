#include "region_key.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "gcm.h"

enum { ABOUT = 96 };
static const char prefix[] = "r1.";

static struct slice about(char out[ABOUT], int32_t region_id, const char *purpose)
{
    int length = snprintf(out, ABOUT, "wijzer region 1 %d %s", region_id, purpose);
    return slice_make(out, (size_t)length);
}

bool region_seal(const struct keyring *keyring, int32_t region_id, const char *purpose, struct slice plain,
                 struct arena *arena, struct slice *out, struct err *err)
{
    char text[ABOUT];
    unsigned char key[KEY_SIZE], *sealed = arena_alloc(arena, plain.len + GCM_EXTRA);
    keyring_derive(keyring, "region", key);
    bool done = gcm_seal(key, about(text, region_id, purpose), plain, sealed, err);
    OPENSSL_cleanse(key, sizeof key);
    if (!done)
        return false;
    char *value = arena_alloc(arena, sizeof prefix + BASE64_LENGTH(plain.len + GCM_EXTRA));
    memcpy(value, prefix, sizeof prefix - 1);
    base64_encode(sealed, plain.len + GCM_EXTRA, value + sizeof prefix - 1);
    *out = slice_of(value);
    return true;
}

bool region_open(const struct keyring *keyring, int32_t region_id, const char *purpose, struct slice sealed,
                 struct arena *arena, struct slice *out, struct err *err)
{
    char text[ABOUT];
    unsigned char key[KEY_SIZE], *bytes = arena_alloc(arena, sealed.len + 1);
    size_t size = 0, head = sizeof prefix - 1;
    if (sealed.len <= head || memcmp(sealed.ptr, prefix, head) != 0 ||
        !base64_decode(slice_make(sealed.ptr + head, sealed.len - head), bytes, &size) || size < GCM_EXTRA)
        return err_set(err, ERR_INTERNAL, "region %d: a sealed %s has another form", region_id, purpose);
    unsigned char *plain = arena_alloc(arena, size);
    keyring_derive(keyring, "region", key);
    bool done =
        gcm_open(key, about(text, region_id, purpose), slice_make((const char *)bytes, size), plain, err);
    OPENSSL_cleanse(key, sizeof key);
    *out = slice_make((const char *)plain, size - GCM_EXTRA);
    return done;
}

void region_secret(const struct keyring *keyring, int32_t region_id, int64_t subscription_id,
                   unsigned char out[REGION_SECRET])
{
    char text[ABOUT];
    unsigned char key[KEY_SIZE];
    int length = snprintf(text, sizeof text, "webhook %d %lld", region_id, (long long)subscription_id);
    keyring_derive(keyring, "webhook", key);
    hmac_sha256(key, slice_make(text, (size_t)length), out);
    OPENSSL_cleanse(key, sizeof key);
}
