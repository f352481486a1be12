#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "gcm.h"

/* As much as we may lock. */
static void raise_lock_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_MEMLOCK, &limit);
    }
}

bool keys_start(bool *is_locked, struct err *err)
{
    enum { FAILED, LOCKED, UNLOCKED };
    raise_lock_limit();
    int made = CRYPTO_secure_malloc_init(SECRET_HEAP, SECRET_PIECE);
    if (made == FAILED)
        return err_set(err, ERR_OS, "the secure heap of %d bytes cannot be made", SECRET_HEAP);
    *is_locked = made == LOCKED;
    return gcm_start(err);
}

void keys_stop(void)
{
    gcm_stop();
    CRYPTO_secure_malloc_done();
}

void *secret_alloc(size_t size, struct err *err)
{
    void *memory = OPENSSL_secure_zalloc(size);
    if (!memory)
        err_set(err, ERR_BUSY, "the secure heap is full");
    return memory;
}

void *secret_alloc_small(size_t size, struct err *err)
{
    if (CRYPTO_secure_used() + size > SECRET_HEAP - SECRET_RESERVE) {
        err_set(err, ERR_BUSY, "the secure heap is full");
        return NULL;
    }
    return secret_alloc(size, err);
}

void secret_wipe(void *memory, size_t size)
{
    OPENSSL_secure_clear_free(memory, size);
}

/* systemd makes this directory for the unit alone; access lists there show as bits of the group. */
static bool is_credential(const char *file)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    size_t n = directory ? strlen(directory) : 0;
    return n && strncmp(file, directory, n) == 0 && file[n] == '/' && !strstr(file + n, "/../");
}

static bool is_private(int fd, const char *file, struct err *err)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return err_set_os(err, ERR_CONFIG, errno, "%s", file);
    if (!S_ISREG(about.st_mode))
        return err_set(err, ERR_CONFIG, "%s: not a regular file", file);
    if (is_credential(file))
        return true;
    if (about.st_mode & (S_IRWXG | S_IRWXO))
        return err_set(err, ERR_CONFIG, "%s: others than its owner may use it (mode %03o); chmod 600 it",
                       file, (unsigned)about.st_mode & 0777);
    if (about.st_uid != geteuid() && about.st_uid != 0)
        return err_set(err, ERR_CONFIG, "%s: belongs to another user", file);
    return true;
}

static bool read_all(int fd, const char *file, char *text, size_t *len, struct err *err)
{
    ssize_t n = 0;
    *len = 0;
    while (*len < SECRET_FILE && (n = read(fd, text + *len, SECRET_FILE - *len)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_os(err, ERR_CONFIG, errno, "%s", file);
        *len += (size_t)n;
    }
    return *len < SECRET_FILE || err_set(err, ERR_CONFIG, "%s: larger than %d bytes", file, SECRET_FILE - 1);
}

char *secret_read(const char *file, size_t *len, struct err *err)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        err_set_os(err, ERR_CONFIG, errno, "%s", file);
        return NULL;
    }
    char *text = is_private(fd, file, err) ? secret_alloc(SECRET_FILE, err) : NULL;
    if (text && !read_all(fd, file, text, len, err))
        secret_free(text, SECRET_FILE);
    close(fd);
    return text;
}
