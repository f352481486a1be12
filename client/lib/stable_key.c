#include "stable_key.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>

#include "file.h"

enum { SECRET = 32, DIGEST = 32 };
#define SECRET_NAME "send.key"

static bool make_secret(const char *dir, struct err *err)
{
    unsigned char bytes[SECRET];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return err_set(err, ERR_INTERNAL, "no random bytes");
    return file_write_new(dir, SECRET_NAME, slice_make((const char *)bytes, sizeof bytes), err);
}

static bool read_secret(const char *dir, struct arena *arena, struct slice *secret, struct err *err)
{
    const char *path = arena_printf(arena, "%s/" SECRET_NAME, dir);
    bool found = file_read(path, SECRET, arena, secret, err);
    /* Read again after making it: of two that make it at the same time, one stays. */
    if (!found && err->os == ENOENT)
        found = make_secret(dir, err) && file_read(path, SECRET, arena, secret, err);
    return found && (secret->len == SECRET || err_set(err, ERR_INTERNAL, "%s is torn", path));
}

bool stable_key(const char *profile_dir, struct slice text, struct arena *arena, char out[UUID_TEXT],
                struct err *err)
{
    unsigned char digest[DIGEST];
    struct slice secret;
    if (!read_secret(profile_dir, arena, &secret, err))
        return false;
    if (!HMAC(EVP_sha256(), secret.ptr, SECRET, (const unsigned char *)text.ptr, text.len, digest, NULL))
        return err_set(err, ERR_INTERNAL, "no HMAC");
    uuid_print(digest, 8, out);
    return true;
}
