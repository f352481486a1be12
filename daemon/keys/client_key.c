#include "client_key.h"

#include <stdio.h>

#include <openssl/rand.h>

#include "gcm.h"
#include "secret.h"

struct client_key {
    int64_t client_id;
    int32_t region_id;
    unsigned char key[KEY_SIZE];
};

_Static_assert(sizeof(struct client_key) <= SECRET_PIECE, "a client key is one piece of the secure heap");

enum { WRAPPED_SIZE = KEY_SIZE + GCM_EXTRA, ABOUT_MAX = 128 };
_Static_assert(BASE64_LENGTH(WRAPPED_SIZE) < WRAPPED_TEXT_MAX, "a wrapped key fits its text");

static const char seal_version[] = "s1.";
enum { SEAL_VERSION = sizeof seal_version - 1 };

static struct slice about_wrapping(const struct client_key *key, int wrap_key, char out[ABOUT_MAX])
{
    int n = snprintf(out, ABOUT_MAX, "wijzer key 1 %d %lld %d", key->region_id, (long long)key->client_id,
                     wrap_key);
    return slice_make(out, (size_t)n);
}

/* SLICE_NONE for a name that could be taken for something else. */
static struct slice about_value(const struct client_key *key, int64_t record_id, struct slice field,
                                char out[ABOUT_MAX])
{
    if (field.len == 0 || field.len > FIELD_NAME_MAX)
        return SLICE_NONE;
    for (size_t i = 0; i < field.len; i++)
        if ((field.ptr[i] < 'a' || field.ptr[i] > 'z') && field.ptr[i] != '-')
            return SLICE_NONE;
    int n = snprintf(out, ABOUT_MAX, "wijzer 1 %d %lld %lld %.*s", key->region_id, (long long)key->client_id,
                     (long long)record_id, SLICE_FMT(field));
    return slice_make(out, (size_t)n);
}

static struct client_key *blank(int32_t region_id, int64_t client_id, struct err *err)
{
    struct client_key *key = secret_alloc_small(sizeof *key, err);
    if (key) {
        key->region_id = region_id;
        key->client_id = client_id;
    }
    return key;
}

struct client_key *client_key_new(const struct keyring *keyring, int32_t region_id, int64_t client_id,
                                  char wrapped[WRAPPED_TEXT_MAX], struct err *err)
{
    struct client_key *key = blank(region_id, client_id, err);
    if (!key)
        return NULL;
    if (RAND_priv_bytes(key->key, KEY_SIZE) != 1) {
        err_set(err, ERR_INTERNAL, "no random bytes for a client key");
        client_key_free(&key);
    } else if (!client_key_wrap(key, keyring, wrapped, err)) {
        client_key_free(&key);
    }
    return key;
}

bool client_key_wrap(const struct client_key *key, const struct keyring *keyring,
                     char wrapped[WRAPPED_TEXT_MAX], struct err *err)
{
    unsigned char bytes[WRAPPED_SIZE];
    char about[ABOUT_MAX];
    int newest = keyring_newest(keyring);
    struct slice plain = slice_make((const char *)key->key, KEY_SIZE);
    if (!gcm_seal(keyring_wrapping_key(keyring, newest), about_wrapping(key, newest, about), plain, bytes,
                  err))
        return false;
    base64_encode(bytes, sizeof bytes, wrapped);
    return true;
}

static bool unwrap(struct client_key *key, const struct keyring *keyring, int wrap_key, struct slice wrapped,
                   struct err *err)
{
    unsigned char bytes[WRAPPED_SIZE + 3];
    char about[ABOUT_MAX];
    size_t size;
    struct err inner;
    const unsigned char *by = keyring_wrapping_key(keyring, wrap_key);
    if (!by)
        return err_set(err, ERR_KEYS_NOT_LOADED, "the keyring of region %d has no wrapping key %d",
                       key->region_id, wrap_key);
    if (wrapped.len == BASE64_LENGTH(WRAPPED_SIZE) && base64_decode(wrapped, bytes, &size) &&
        size == WRAPPED_SIZE &&
        gcm_open(by, about_wrapping(key, wrap_key, about), slice_make((const char *)bytes, size), key->key,
                 &inner))
        return true;
    return err_set(err, ERR_INTERNAL, "the key of client %lld of region %d does not unwrap",
                   (long long)key->client_id, key->region_id);
}

struct client_key *client_key_unwrap(const struct keyring *keyring, int32_t region_id, int64_t client_id,
                                     int wrap_key, struct slice wrapped, struct err *err)
{
    struct client_key *key = blank(region_id, client_id, err);
    if (key && !unwrap(key, keyring, wrap_key, wrapped, err))
        client_key_free(&key);
    return key;
}

void client_key_free(struct client_key **key)
{
    secret_free(*key, sizeof **key);
}

int64_t client_key_client(const struct client_key *key)
{
    return key->client_id;
}

static bool complain(const struct client_key *key, int64_t record_id, const char *what, struct err *err)
{
    return err_set(err, ERR_INTERNAL, "client %lld of region %d, record %lld: %s", (long long)key->client_id,
                   key->region_id, (long long)record_id, what);
}

bool client_key_seal(const struct client_key *key, int64_t record_id, const char *field, struct slice plain,
                     struct arena *arena, struct slice *out, struct err *err)
{
    char place[ABOUT_MAX];
    struct slice about = about_value(key, record_id, slice_of(field), place);
    *out = SLICE_NONE;
    if (!plain.ptr)
        return true;
    if (!about.ptr || plain.len > SEALED_PLAIN_MAX)
        return complain(key, record_id, "no such field, or a text that is too long", err);
    size_t size = plain.len + GCM_EXTRA, length = SEAL_VERSION + BASE64_LENGTH(size);
    unsigned char *bytes = arena_alloc(arena, size);
    char *text = arena_alloc(arena, length + 1);
    if (!gcm_seal(key->key, about, plain, bytes, err))
        return false;
    memcpy(text, seal_version, SEAL_VERSION);
    base64_encode(bytes, size, text + SEAL_VERSION);
    *out = slice_make(text, length);
    return true;
}

bool client_key_open(const struct client_key *key, int64_t record_id, struct slice field, struct slice sealed,
                     struct arena *arena, struct slice *out, struct err *err)
{
    char place[ABOUT_MAX];
    struct slice about = about_value(key, record_id, field, place);
    *out = SLICE_NONE;
    if (!about.ptr || !slice_starts(sealed, seal_version) || sealed.len > 2 * SEALED_PLAIN_MAX)
        return complain(key, record_id, "not a sealed value", err);
    struct slice text = slice_make(sealed.ptr + SEAL_VERSION, sealed.len - SEAL_VERSION);
    unsigned char *bytes = arena_alloc(arena, text.len / 4 * 3 + 1);
    size_t size;
    if (!base64_decode(text, bytes, &size) || size < GCM_EXTRA)
        return complain(key, record_id, "not a sealed value", err);
    char *plain = arena_alloc(arena, size - GCM_EXTRA + 1);
    struct err inner;
    if (!gcm_open(key->key, about, slice_make((const char *)bytes, size), (unsigned char *)plain, &inner))
        return complain(key, record_id, inner.text, err);
    *out = slice_make(plain, size - GCM_EXTRA);
    return true;
}
