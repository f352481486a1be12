#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

enum { MODE = 0640 };

int logfile_open(const char *path, struct err *err)
{
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, MODE) : STDERR_FILENO;
    if (fd < 0)
        err_set_os(err, ERR_CONFIG, errno, "log-file %s", path);
    return fd;
}

bool logfile_reopen(const char *path, int fd, struct err *err)
{
    if (!path)
        return true;
    int fresh = logfile_open(path, err);
    if (fresh < 0)
        return false;
    bool done = dup3(fresh, fd, O_CLOEXEC) == fd || err_set_os(err, ERR_OS, errno, "log-file %s", path);
    close(fresh);
    return done;
}
