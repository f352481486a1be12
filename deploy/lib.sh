# shellcheck shell=bash
# What the commands of deploy/ and tests/ share: where things are, how to speak, free ports, who we are.
# Sourced, never run. Sets: root (the clone), var (where everything made lies).

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck disable=SC2034 # used by those who source this
var=$root/var

# Progress goes to standard output, one line per step; what is wrong goes to standard error, one line.
say() {
    printf '%s\n' "$*"
}

warn() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
    warn "$*"
    exit 1
}

is_root() {
    [ "$(id -u)" -eq 0 ]
}

# Runs a command as root: directly, or through sudo for a user who has it.
as_root() {
    if is_root; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo -- "$@"
    else
        die "root is needed for: $* (run this as root, or as a user with sudo)"
    fi
}

# A TCP port on 127.0.0.1 that nobody listens on, outside the range the kernel hands out by itself.
# With arguments: the first of them that is free, else another one, which is given once alone to those who share a
# directory $WIJZER_PORTS: what was found free is still free when its program comes to listen.
free_port() {
    perl -MIO::Socket::INET -MFcntl -e '
        sub is_ours { my $dir = $ENV{WIJZER_PORTS} or return 1; sysopen(my $mark, "$dir/$_[0]", O_CREAT | O_EXCL | O_WRONLY) }
        sub is_free { IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $_[0], Proto => "tcp",
                                            Listen => 1, ReuseAddr => 1) }
        sub give { print "$_[0]\n"; exit 0 }
        for my $port (@ARGV) { give($port) if $port && is_free($port) }
        for (1 .. 2000) { my $port = 20000 + int(rand(12000)); give($port) if is_free($port) && is_ours($port) }
        exit 1' -- "$@" || die "no free TCP port was found on 127.0.0.1"
}

# Whether the process of a pid file lives and is the program we think it is (a pid may have been given to another).
# pid_alive FILE WORD-OF-ITS-COMMAND-LINE: prints the pid.
pid_alive() {
    local pid
    [ -s "$1" ] || return 1
    read -r pid <"$1" || [ -n "$pid" ] || return 1
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    grep -qsF -- "$2" "/proc/$pid/cmdline" || return 1
    printf '%s\n' "$pid"
}

# Whether a process has ended; one that only waits to be reaped has.
is_gone() { # PID
    ! grep -qs '^State:[[:space:]]*[^Z]' "/proc/$1/status"
}

# wait_for SECONDS COMMAND...: tries ten times a second.
wait_for() {
    local tries=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# One line per step of work whose output goes to a log: logged LOG "what" COMMAND...
# On failure the line says where the log is and its last lines are shown.
logged() {
    local log=$1 what=$2 start=$SECONDS
    shift 2
    mkdir -p "$(dirname "$log")"
    printf '  %s ... ' "$what"
    if "$@" >"$log" 2>&1; then
        printf 'ok (%d s)\n' $((SECONDS - start))
    else
        local status=$?
        printf 'FAILED (%d s)\n' $((SECONDS - start))
        tail -n 25 "$log" | sed 's/^/    | /' >&2
        warn "$what failed; the whole log is $log"
        return "$status"
    fi
}
