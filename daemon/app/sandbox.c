#include "sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CAPABILITIES = 64 };

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* ---- the table: calls that are made with any argument ---- */

static const int allowed[] = {
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mlock), SCMP_SYS(mlock2),
    SCMP_SYS(munlock), SCMP_SYS(membarrier),
    /* files: read at a reload, by libpq, the resolver and OpenSSL; written is the log alone */
    SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(close), SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64),
    SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat),
    SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(fstatfs), SCMP_SYS(statfs), SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
    SCMP_SYS(getcwd), SCMP_SYS(fcntl), SCMP_SYS(flock), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
    SCMP_SYS(fsync), SCMP_SYS(umask),
    /* what a token's module does besides when a reload opens it again (SoftHSM keeps a generation in its
       files) */
    SCMP_SYS(ftruncate),
    /* waiting, and waking threads */
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),
    SCMP_SYS(eventfd2), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
    /* sockets: accepted ones, and connections to the database and the resolver; bind and listen are over */
    SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(connect), SCMP_SYS(socketpair), SCMP_SYS(sendto),
    SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg),
    SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
    SCMP_SYS(shutdown),
    /* time and chance */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getrusage), SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    /* threads and signals of this process; clone is below */
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address), SCMP_SYS(gettid),
    SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler), SCMP_SYS(getcpu), SCMP_SYS(setpriority),
    SCMP_SYS(getpriority), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    /* who we are */
    SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getresuid),
    SCMP_SYS(getresgid), SCMP_SYS(getgroups), SCMP_SYS(getrlimit)};

/* What a PKCS#11 module does besides, where one is configured: SoftHSM keeps a counter in a file. */
static const int allowed_token[] = {SCMP_SYS(ftruncate), SCMP_SYS(pwrite64), SCMP_SYS(fdatasync)};

/* The leak check stops all threads by a process of its own; shadows are mapped as they are needed. */
static const int allowed_sanitized[] = {SCMP_SYS(clone),
                                        SCMP_SYS(clone3),
                                        SCMP_SYS(ptrace),
                                        SCMP_SYS(wait4),
                                        SCMP_SYS(prctl),
                                        SCMP_SYS(mmap),
                                        SCMP_SYS(mprotect),
                                        SCMP_SYS(personality),
                                        SCMP_SYS(kill),
                                        SCMP_SYS(tgkill),
                                        SCMP_SYS(ioctl),
                                        SCMP_SYS(prlimit64),
                                        SCMP_SYS(process_vm_readv),
                                        SCMP_SYS(mincore),
                                        SCMP_SYS(getdents),
                                        SCMP_SYS(sched_setaffinity)};

/* ---- calls that depend on an argument; of those that one row allows, the rest is refused ---- */

#define ALLOW SCMP_ACT_ALLOW
#define ANSWER(os) SCMP_ACT_ERRNO(os)
#define IS(n, value)                                                                                         \
    {                                                                                                        \
        (n), SCMP_CMP_EQ, (scmp_datum_t)(value), 0                                                           \
    }
#define HAS_NOT(n, value)                                                                                    \
    {                                                                                                        \
        (n), SCMP_CMP_NE, (scmp_datum_t)(value), 0                                                           \
    }
#define MASKED(n, mask, value)                                                                               \
    {                                                                                                        \
        (n), SCMP_CMP_MASKED_EQ, (scmp_datum_t)(mask), (scmp_datum_t)(value)                                 \
    }
#define OWN_PROCESS ((scmp_datum_t)-1) /* stands for our process id in the table */

enum { NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET };

static const struct {
    int call;
    uint32_t action;
    unsigned count;
    struct scmp_arg_cmp argument;
} limited[] = {
    {SCMP_SYS(socket), ALLOW, 1, IS(0, AF_UNIX)},
    {SCMP_SYS(socket), ALLOW, 1, IS(0, AF_INET)},
    {SCMP_SYS(socket), ALLOW, 1, IS(0, AF_INET6)},
    {SCMP_SYS(socket), ANSWER(EAFNOSUPPORT), 1, IS(0, AF_NETLINK)}, /* the resolver asks, and does without */
#if !SANITIZED
    {SCMP_SYS(mmap), ALLOW, 1, MASKED(2, PROT_EXEC, 0)},
    {SCMP_SYS(mmap), ALLOW, 1, MASKED(2, PROT_EXEC | PROT_WRITE, PROT_EXEC)}, /* a library is loaded */
    {SCMP_SYS(mprotect), ALLOW, 1, MASKED(2, PROT_EXEC, 0)},
    {SCMP_SYS(clone), ALLOW, 1, MASKED(0, CLONE_THREAD | NAMESPACES, CLONE_THREAD)},
    {SCMP_SYS(clone3), ANSWER(ENOSYS), 0, {0}}, /* flags out of sight; the C library takes clone then */
    {SCMP_SYS(prctl), ALLOW, 1, IS(0, PR_SET_NAME)},
    {SCMP_SYS(prctl), ANSWER(EPERM), 1, HAS_NOT(0, PR_SET_NAME)},
    {SCMP_SYS(prlimit64), ALLOW, 1, IS(2, 0)}, /* reads */
    {SCMP_SYS(tgkill), ALLOW, 1, IS(0, OWN_PROCESS)},
    {SCMP_SYS(ioctl), ALLOW, 1, IS(1, FIONREAD)},
    {SCMP_SYS(ioctl), ALLOW, 1, IS(1, FIONBIO)},
    {SCMP_SYS(ioctl), ANSWER(ENOTTY), 1, IS(1, TCGETS)},
#endif
};

/* ---- a refused call is told ---- */

/* The kernel brings us here instead of making the call. What was locked may be locked still, so nothing but
 * write(). */
static void on_refused(int number, siginfo_t *info, void *context)
{
    static const char text[] =
        "level=error event=system-call-refused text=\"not in the table of daemon/app/sandbox.c\" call=";
    char line[sizeof text + 16];
    size_t used = sizeof text - 1;
    (void)context;
    memcpy(line, text, used);
    char digits[12];
    size_t n = 0;
    for (unsigned call = (unsigned)info->si_syscall; n == 0 || call; call /= 10)
        digits[n++] = (char)('0' + call % 10);
    while (n)
        line[used++] = digits[--n];
    line[used++] = '\n';
    if (write(log_fd(), line, used) < 0)
        (void)number; /* it ends all the same */
    signal(SIGSYS, SIG_DFL);
    raise(SIGSYS); /* blocked until we return */
}

static bool tell_refusals(struct err *err)
{
    struct sigaction action = {.sa_sigaction = on_refused, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    return sigaction(SIGSYS, &action, NULL) == 0 || err_set_os(err, ERR_OS, errno, "SIGSYS");
}

/* ---- the filter ---- */

static void add_allowed(scmp_filter_ctx filter, const int *calls, size_t count, int *failed)
{
    for (size_t i = 0; i < count && !*failed; i++)
        *failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
}

static void add_limited(scmp_filter_ctx filter, int *failed)
{
    for (size_t i = 0; i < sizeof limited / sizeof limited[0] && !*failed; i++) {
        struct scmp_arg_cmp argument = limited[i].argument;
        if (argument.datum_a == OWN_PROCESS)
            argument.datum_a = (scmp_datum_t)getpid();
        *failed =
            seccomp_rule_add_array(filter, limited[i].action, limited[i].call, limited[i].count, &argument);
    }
}

static bool fill(scmp_filter_ctx filter, const struct config *config, int *failed)
{
    *failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (!*failed)
        *failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
    add_allowed(filter, allowed, sizeof allowed / sizeof allowed[0], failed);
    if (config->pkcs11_module)
        add_allowed(filter, allowed_token, sizeof allowed_token / sizeof allowed_token[0], failed);
    if (SANITIZED)
        add_allowed(filter, allowed_sanitized, sizeof allowed_sanitized / sizeof allowed_sanitized[0],
                    failed);
    add_limited(filter, failed);
    return !*failed;
}

static bool filter_calls(const struct config *config, struct err *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    int failed = -ENOMEM;
    bool done = filter && fill(filter, config, &failed) && (failed = seccomp_load(filter)) == 0;
    if (filter)
        seccomp_release(filter);
    if (!done)
        return err_set_os(err, ERR_OS, -failed, "the filter of system calls (setting sandbox)");
    return tell_refusals(err);
}

/* ---- who we are ---- */

bool sandbox_is_told_user(const struct config *config, struct err *err)
{
    if (geteuid() != 0 || config->user)
        return true;
    return err_set(err, ERR_CONFIG,
                   "started as root: set `user` to the login the daemon is to become, or to root");
}

/* The login of `user`, or NULL where there is nothing to change. */
static bool find_login(const char *name, const struct passwd **login, struct err *err)
{
    *login = NULL;
    if (!name || (geteuid() == 0 && strcmp(name, "root") == 0))
        return true;
    errno = 0;
    *login = getpwnam(name);
    if (!*login)
        return err_set(err, ERR_CONFIG, "user: there is no login '%s'", name);
    if ((*login)->pw_uid == geteuid())
        *login = NULL;
    else if (geteuid() != 0)
        return err_set(err, ERR_CONFIG, "user: only root can become '%s'", name);
    return true;
}

/* The log file stays ours to open again. */
static bool become(const char *name, struct err *err)
{
    const struct passwd *login;
    if (!find_login(name, &login, err))
        return false;
    if (!login)
        return true;
    if ((log_fd() != STDERR_FILENO && fchown(log_fd(), login->pw_uid, login->pw_gid) != 0) ||
        initgroups(name, login->pw_gid) != 0 || setgid(login->pw_gid) != 0 || setuid(login->pw_uid) != 0)
        return err_set_os(err, ERR_OS, errno, "user %s", name);
    return true;
}

/* ---- capabilities, core files ---- */

static bool has_capabilities(bool *has, struct err *err)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &head, data) != 0)
        return err_set_os(err, ERR_OS, errno, "capabilities");
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        *has = *has || data[i].permitted || data[i].inheritable;
    return true;
}

/* Nothing to drop is nothing to call: a unit that gives none may refuse the call as well. */
static bool drop_capabilities(struct err *err)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    bool has = false;
    if (!has_capabilities(&has, err))
        return false;
    if (has && syscall(SYS_capset, &head, none) != 0)
        return err_set_os(err, ERR_OS, errno, "capabilities");
    return true;
}

/* What a program started from here could have; needs CAP_SETPCAP, without which nothing could be had anyway.
 */
static void bound_capabilities(void)
{
    for (int i = 0; i < CAPABILITIES; i++)
        if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1 && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0)
            return;
}

/* Memory holds personal data and keys. */
static bool forbid_cores(struct err *err)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_set_os(err, ERR_OS, errno, "core files and new privileges");
    return true;
}

bool sandbox_enter(const struct config *config, struct err *err)
{
    bound_capabilities();
    if (!become(config->user, err) || !drop_capabilities(err) || !forbid_cores(err) ||
        (config->sandbox && !filter_calls(config, err)))
        return false;
    log_event(geteuid() == 0 || !config->sandbox ? EV_EXPOSED : EV_SHUT_IN,
              LOG_T("system-calls", config->sandbox ? "filtered" : "all"), LOG_N("uid", geteuid()));
    return true;
}
