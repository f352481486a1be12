#include "seal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"

enum { KEY_MAX = 16384 };

static struct slice read_all(int fd, const char *path, size_t most, struct err *err)
{
    char *text = xcalloc(1, most + 1);
    size_t used = 0;
    ssize_t n;
    while (used <= most && (n = read(fd, text + used, most + 1 - used)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            err_set_os(err, ERR_CONFIG, errno, "%s", path);
            free(text);
            return SLICE_NONE;
        }
        used += (size_t)n;
    }
    if (used <= most)
        return slice_make(text, used);
    err_set(err, ERR_CONFIG, "%s: larger than %zu bytes", path, most);
    free(text);
    return SLICE_NONE;
}

struct slice file_read(const char *path, size_t most, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_set_os(err, ERR_CONFIG, errno, "%s", path);
        return SLICE_NONE;
    }
    struct slice text = read_all(fd, path, most, err);
    close(fd);
    return text;
}

static bool is_private(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !(status.st_mode & S_IROTH);
}

struct seal_key *seal_key_read(const char *path, struct err *err)
{
    struct err why;
    struct slice text = file_read(path, KEY_MAX, err);
    if (!text.ptr)
        return NULL;
    struct seal_key *key = seal_key_parse(text, &why);
    OPENSSL_cleanse((char *)(uintptr_t)text.ptr, text.len);
    free((char *)(uintptr_t)text.ptr);
    if (!key) {
        err_set(err, ERR_CONFIG, "%s: %s", path, why.text);
    } else if (seal_key_can_sign(key) && !is_private(path)) {
        err_set(err, ERR_CONFIG, "%s: a private key that everybody may read; chmod 600 it, or make another",
                path);
        seal_key_free(&key);
    }
    return key;
}

static bool write_key(const struct seal_key *key, const char *path, struct err *err)
{
    char text[SEAL_PEM];
    if (!seal_key_text(key, true, text, err))
        return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fsync(fd) == 0;
    if (!ok)
        err_set_os(err, ERR_CONFIG, errno, "%s", path);
    if (fd >= 0)
        close(fd);
    OPENSSL_cleanse(text, sizeof text);
    return ok;
}

struct seal_key *seal_key_make(const char *path, struct err *err)
{
    struct seal_key *key = seal_key_new(err);
    if (key && !write_key(key, path, err))
        seal_key_free(&key);
    return key;
}
