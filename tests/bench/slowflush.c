/*
 * Preloaded into PostgreSQL by the bench: adds WIJZER_FLUSH_US microseconds to every fdatasync(), which is
 * how the server flushes its log on Linux, to measure what a disk with slow flushes does.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int fd)
{
    static int (*real)(int);
    static long delay = -1;
    if (!real) {
        *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
        const char *text = getenv("WIJZER_FLUSH_US");
        delay = text ? strtol(text, NULL, 10) : 0;
    }
    int result = real(fd);
    struct timespec pause = {delay / 1000000, delay % 1000000 * 1000};
    nanosleep(&pause, NULL);
    return result;
}
