# shellcheck shell=bash disable=SC2154
# What deploy/backup and deploy/restore share: settings, names of backups, the two databases. Sourced after lib.sh, never
# run.

bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || die "PostgreSQL's programs are not installed (deploy/packages runtime)"

config=/etc/wijzer/wijzerd.conf

setting() { # KEY
    local value
    value=$(sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$config" | head -n 1) || die "$config cannot be read"
    printf '%s\n' "${value%"${value##*[![:space:]]}"}"
}

# The conninfo of a login that owns one of the databases. It becomes an argument that others on the machine can see, so it
# may name a passfile and hold no password.
login() { # data|keys
    local key value
    case $1 in data) key=migrate-database ;; *) key=migrate-key-database ;; esac
    value=$(setting "$key")
    [ -n "$value" ] || die "$config: $key is not set"
    [[ ! $value =~ password=|://[^/@]*:[^/@]*@ ]] || die "$config: $key holds a password; name a passfile instead"
    printf '%s\n' "$value"
}

sql() { # data|keys [ARG...]: psql, values alone
    local which=$1
    shift
    "$bin/psql" -X -At -q -v ON_ERROR_STOP=1 -d "$(login "$which")" "$@"
}

# Backups are named KIND-TAKEN.dump, or KIND-TAKEN.until-GONE.dump; times are UTC, so that names sort by time.
stamp() { # [TIME]
    date -u -d "${1:-now}" +%Y%m%dT%H%M%SZ
}

stamped() { # STAMP: as date and PostgreSQL read it
    printf '%s\n' "$1" | sed -E 's/^(....)(..)(..)T(..)(..)(..)Z$/\1-\2-\3T\4:\5:\6Z/'
}

newest() { # data|keys DIR: the file, or nothing
    find "$2" -maxdepth 1 -name "$1-*.dump" -printf '%f\n' 2>/dev/null | sort | tail -n 1 | sed "s|^|$2/|"
}

has_schema() { # data|keys
    [ "$(sql "$1" -c "SELECT to_regnamespace('data') IS NOT NULL")" = t ]
}

# ---- what both databases must agree on: who has a key, who is erased. Lines "REGION:CLIENT", sorted ----

living_clients() { # psql of the data...
    "$@" -c "SELECT region_id || ':' || client_id FROM data.client WHERE erased_at IS NULL" | sort
}

erased_clients() {
    "$@" -c "SELECT region_id || ':' || client_id FROM data.client WHERE erased_at IS NOT NULL" | sort
}

clients_with_key() { # psql of the keys...
    "$@" -c "SELECT region_id || ':' || client_id FROM data.client_key" | sort
}
