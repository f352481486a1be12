#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, const char *path, size_t max, struct arena *arena, struct slice *text,
                     struct err *err)
{
    size_t used = 0, room = 0;
    char *bytes = NULL;
    int failed = 0;
    for (ssize_t n = 1; n > 0 && used <= max && !failed;) {
        if (used == room) {
            room = room ? room * 2 : 4096;
            bytes = xrealloc(bytes, room);
        }
        n = read(fd, bytes + used, room - used);
        failed = n < 0 && errno != EINTR ? errno : 0;
        used += n > 0 ? (size_t)n : 0;
        n = n < 0 ? 1 : n;
    }
    if (!failed && used <= max)
        *text = arena_slice(arena, slice_make(bytes, used));
    free(bytes);
    if (failed)
        return err_set_os(err, ERR_OS, failed, "%s cannot be read", path);
    return used <= max ? true : err_set(err, ERR_TOO_LARGE, "%s is larger than %zu bytes", path, max);
}

bool file_read(const char *path, size_t max, struct arena *arena, struct slice *text, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, "standard input", max, arena, text, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_set_os(err, ERR_OS, errno, "%s cannot be opened", path);
    bool good = read_all(fd, path, max, arena, text, err);
    close(fd);
    return good;
}

static bool write_all(int fd, struct slice text)
{
    while (text.len) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text = slice_make(text.ptr + n, text.len - (size_t)n);
    }
    return fchmod(fd, S_IRUSR | S_IWUSR) == 0 && fsync(fd) == 0;
}

bool file_sync_dir(const char *dir, struct err *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set_os(err, ERR_OS, errno, "%s cannot be opened", dir);
    int failed = fsync(fd) != 0 ? errno : 0;
    close(fd);
    return failed ? err_set_os(err, ERR_OS, failed, "%s cannot be flushed", dir) : true;
}

/* DIR/.NAME.ENDING, to be written first, and DIR/NAME. */
static bool make_paths(const char *dir, const char *name, const char *ending, char temp[PATH_MAX],
                       char path[PATH_MAX], struct err *err)
{
    int n = snprintf(temp, PATH_MAX, "%s/.%s.%s", dir, name, ending);
    int m = snprintf(path, PATH_MAX, "%s/%s", dir, name);
    if (n < 0 || m < 0 || n >= PATH_MAX || m >= PATH_MAX)
        return err_set(err, ERR_OS, "the path of %s is too long", name);
    return true;
}

/* 0, or errno. */
static int write_and_close(int fd, struct slice text)
{
    int failed = write_all(fd, text) ? 0 : errno;
    return close(fd) != 0 && !failed ? errno : failed;
}

bool file_write(const char *dir, const char *name, struct slice text, struct err *err)
{
    char temp[PATH_MAX], path[PATH_MAX];
    if (!make_paths(dir, name, "tmp", temp, path, err))
        return false;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return err_set_os(err, ERR_OS, errno, "%s cannot be written", temp);
    int failed = write_and_close(fd, text);
    if (!failed && rename(temp, path) != 0)
        failed = errno;
    if (failed) {
        unlink(temp);
        return err_set_os(err, ERR_OS, failed, "%s cannot be written", path);
    }
    return file_sync_dir(dir, err);
}

bool file_write_new(const char *dir, const char *name, struct slice text, struct err *err)
{
    char temp[PATH_MAX], path[PATH_MAX];
    if (!make_paths(dir, name, "XXXXXX", temp, path, err))
        return false;
    int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0)
        return err_set_os(err, ERR_OS, errno, "%s cannot be written", temp);
    int failed = write_and_close(fd, text);
    if (!failed && link(temp, path) != 0 && errno != EEXIST)
        failed = errno;
    unlink(temp);
    return failed ? err_set_os(err, ERR_OS, failed, "%s cannot be written", path) : file_sync_dir(dir, err);
}
