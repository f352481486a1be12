# shellcheck shell=bash
# Shared by tests/run and the shell parts of the tests: the run's directory, totals, the template database.
# Sourced, never run.

. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/lib.sh"

# One row of the final table. Counting is by each runner's own totals.
names=() results=() passes=() fails=() seconds=()
note_part() { # NAME RESULT PASSED FAILED SECONDS
    names+=("$1") results+=("$2") passes+=("$3") fails+=("$4") seconds+=("$5")
}

sum() { # adds up the numbers on standard input
    awk '{ total += $1 } END { print total + 0 }'
}

# Reads a log of `node --test --test-reporter=tap`: prints "PASSED FAILED".
node_totals() { # FILE
    awk '/^# pass / { p += $3 } /^# fail / { f += $3 } /^# cancelled / { f += $3 } END { print p + 0, f + 0 }' "$1"
}

# cmocka prints "[  PASSED  ] 12 test(s)." and "[  FAILED  ] 1 test(s), listed below:".
cmocka_totals() { # FILE
    sed -n 's/^\[  \(PASSED\|FAILED\)  \] \([0-9]*\) test(s).*/\1 \2/p' "$1" |
        awk '$1 == "PASSED" { p += $2 } $1 == "FAILED" { f += $2 } END { print p + 0, f + 0 }'
}

# "N passed, N failed" on a line of its own, as our own runners end.
plain_totals() { # FILE
    awk '/^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3 } END { print p + 0, f + 0 }' "$1"
}

# Ends what a test left behind in a directory of worlds: daemons by their pid files, then clusters.
sweep_worlds() { # DIR
    local file pid
    [ -d "$1" ] || return 0
    while IFS= read -r file; do
        if pid=$(pid_alive "$file" wijzer); then
            kill -9 "$pid" 2>/dev/null || true
        fi
    done < <(find "$1" -name '*.pid' -not -path '*/pgdata/*' 2>/dev/null)
    while IFS= read -r file; do
        "$root/deploy/cluster" destroy "$(dirname "$file")" >/dev/null 2>&1 || true
    done < <(find "$1" -name socket -type f -not -path '*/pgdata/*' 2>/dev/null)
    rm -rf "$1"
}
