/* What the daemon may still do once it is shut in, and what ends it: in a child process each, since there is
 * no way out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "sandbox.h"

static const struct config shut = {.user = "root", .sandbox = 1};

/* The child's status; what it logged in `said`. */
static int inside(int (*act)(void), char said[4096])
{
    char path[] = "/tmp/wijzer-sandbox-XXXXXX";
    int log = mkstemp(path), status;
    assert_true(log >= 0);
    unlink(path);
    pid_t child = fork();
    if (child == 0) {
        struct err err;
        struct config config = shut;
        if (geteuid() != 0)
            config.user = NULL;
        log_open(log, LOG_INFO);
        _exit(sandbox_enter(&config, &err) ? act() : 99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    ssize_t n = pread(log, said, 4095, 0);
    said[n > 0 ? n : 0] = '\0';
    close(log);
    return status;
}

static int starts_a_program(void)
{
    char *const words[] = {"true", NULL};
    execv("/bin/true", words);
    return 1;
}

static int forks(void)
{
    return syscall(SYS_fork) < 0;
}

static int listens_anew(void)
{
    struct sockaddr address = {.sa_family = AF_INET};
    return bind(socket(AF_INET, SOCK_STREAM, 0), &address, sizeof address);
}

static int reads_packets(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0);
}

static int mounts(void)
{
    return (int)syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
}

static int becomes_another(void)
{
    return (int)syscall(SYS_setuid, 0);
}

static int gains_capabilities(void)
{
    return (int)syscall(SYS_capset, NULL, NULL);
}

static int makes_a_namespace(void)
{
    return (int)syscall(SYS_unshare, 0);
}

static int removes_a_file(void)
{
    return unlink("/tmp/wijzer-nothing");
}

static int loads_a_key(void)
{
    return (int)syscall(SYS_keyctl, 0, 0, 0, 0, 0);
}

#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
static int clones_a_process(void)
{
    return (int)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static int writes_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
           MAP_FAILED;
}

static int makes_data_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int traces(void)
{
    return (int)syscall(SYS_ptrace, 0, 0, 0, 0);
}

static int signals_others(void)
{
    return (int)syscall(SYS_tgkill, 1, 1, 0);
}
#endif

static void what_is_refused_ends_it_and_is_told(void **state)
{
    (void)state;
    static int (*const acts[])(void) = {
        starts_a_program,
        forks,
        listens_anew,
        reads_packets,
        mounts,
        becomes_another,
        gains_capabilities,
        makes_a_namespace,
        removes_a_file,
        loads_a_key,
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
        clones_a_process,
        writes_code,
        makes_data_code,
        traces,
        signals_others
#endif
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        char said[4096];
        int status = inside(acts[i], said);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
            fail_msg("act %zu: status %x, %s", i, (unsigned)status, said);
        assert_non_null(strstr(said, "level=error event=system-call-refused"));
        assert_non_null(strstr(said, " call="));
    }
}

static void *nothing(void *arg)
{
    return arg;
}

/* Threads, names, files, sockets, locked memory: what serving takes. */
static int serves(void)
{
    pthread_t thread;
    struct addrinfo *found = NULL;
    struct rlimit limit;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
        return 1;
    if (getaddrinfo("localhost", "5432", NULL, &found) != 0)
        return 2;
    freeaddrinfo(found);
    int file = open("/etc/hostname", O_RDONLY | O_CLOEXEC), sock = socket(AF_INET, SOCK_STREAM, 0);
    if (file < 0 || sock < 0 || close(file) != 0 || close(sock) != 0)
        return 3;
    if (page == MAP_FAILED || mlock(page, 4096) != 0 || mprotect(page, 4096, PROT_NONE) != 0)
        return 4;
    if (socket(AF_NETLINK, SOCK_RAW, 0) >= 0 || errno != EAFNOSUPPORT)
        return 5;
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max != 0)
        return 6;
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
    if (prctl(PR_SET_DUMPABLE, 1) == 0)
        return 7;
#endif
    return 0;
}

static void what_serving_takes_goes_on(void **state)
{
    (void)state;
    char said[4096];
    int status = inside(serves, said);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_non_null(strstr(said, "system-calls=filtered"));
}

static void root_is_asked_whom_to_become(void **state)
{
    (void)state;
    struct err err;
    struct config config = {.user = NULL};
    assert_int_equal(sandbox_is_told_user(&config, &err), geteuid() != 0);
    config.user = "root";
    assert_true(sandbox_is_told_user(&config, &err));
    config.user = "nobody-of-this-name";
    assert_false(sandbox_enter(&config, &err));
    assert_non_null(strstr(err.text, "there is no login 'nobody-of-this-name'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_refused_ends_it_and_is_told),
        cmocka_unit_test(what_serving_takes_goes_on),
        cmocka_unit_test(root_is_asked_whom_to_become),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
