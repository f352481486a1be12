# shellcheck shell=bash disable=SC2154
# How the demo region gets its certificates, its rows and its daemon's configuration; shared by deploy/demo and the
# tests so that both run the same thing. Sourced after lib.sh, never run.

# Who is who: profile name, organisation code, account, what a reader sees. The SAN of a certificate is
# urn:wijzer:deurne:ORGANISATION:ACCOUNT. The accounts themselves are rows of sql/demo/region.sql.
people() {
    cat <<'TABLE'
gp|huisartsenpraktijk-de-peel|gp|Verwijzer (Huisartsenpraktijk De Peel)
gp2|huisartsenpraktijk-vlierden|gp2|Verwijzer (Huisartsenpraktijk Vlierden)
worker|levgroep|worker|Uitvoerder (LEVgroep)
worker3|levgroep|worker3|Uitvoerder (LEVgroep, collega)
worker2|buurtteam|worker2|Uitvoerder (Buurtteam)
coordinator|ketenregie-deurne|coordinator|Ketenregisseur (Ketenregie Deurne)
coordinator2|ketenregie-deurne|coordinator2|Tweede ketenregisseur (Ketenregie Deurne)
steward|ketenregie-deurne|steward|Beheerder (Ketenregie Deurne)
TABLE
}

# write_config FILE CLUSTER PKI KEYS API-PORT METRICS-PORT [KEY=VALUE...]
write_config() {
    local file=$1 cluster=$2 pki=$3 keys=$4 api=$5 metrics=$6 setting
    shift 6
    {
        printf '# written by %s\n' "${0##*/}"
        printf 'api-listen = 127.0.0.1:%s\nmetrics-listen = 127.0.0.1:%s\n' "$api" "$metrics"
        printf 'database = %s application_name=wijzerd\n' "$("$root/deploy/cluster" conninfo "$cluster" wijzer_app)"
        printf 'migrate-database = %s\n' "$("$root/deploy/cluster" conninfo "$cluster" postgres)"
        printf 'key-database = %s application_name=wijzerd\n' "$("$root/deploy/cluster" conninfo "$cluster" wijzer_keys)"
        printf 'migrate-key-database = %s\n' "$("$root/deploy/cluster" conninfo "$cluster" postgres@wijzer_keys)"
        printf 'region-keys = %s\n' "$keys"
        printf 'sql-directory = %s/sql\n' "$root"
        printf 'tls-certificate = %s/server/cert.pem\ntls-key = %s/server/key.pem\n' "$pki" "$pki"
        printf 'seal-key = %s/seal.key\n' "$pki"
        if [ -s "$pki/client-cas.pem" ]; then
            printf 'tls-client-ca = %s/client-cas.pem\n' "$pki"
        else
            printf 'tls-client-ca = %s/ca/ca.pem\n' "$pki"
        fi
        ! is_root || printf 'user = root\n'
        for setting in "$@"; do
            printf '%s = %s\n' "${setting%%=*}" "${setting#*=}"
        done
    } >"$file.new"
    mv "$file.new" "$file"
}

# A CA of the region, the key that seals its history, the server's certificate and a profile directory per person, where
# they are missing.
# region_certificates PKI [PROFILES [API-URL]]
region_certificates() {
    local pki=$1 profiles=${2:-$1/profiles} api=${3:-https://localhost:1} name organisation account who san sans=''
    "$root/deploy/pki" ca "$pki/ca" 'Samenwerkingsregio Deurne (demo)'
    [ -s "$pki/seal.key" ] || (umask 077 && openssl genpkey -algorithm ed25519 -out "$pki/seal.key")
    [ -s "$pki/seal.pub" ] || openssl pkey -in "$pki/seal.key" -pubout -out "$pki/seal.pub"
    [ -s "$pki/server/cert.pem" ] || "$root/deploy/pki" server "$pki/ca" "$pki/server"
    while IFS='|' read -r name organisation account who; do
        san=urn:wijzer:deurne:$organisation:$account
        [ -s "$profiles/$name/cert.pem" ] || "$root/deploy/pki" client "$pki/ca" "$profiles/$name" "$san"
        "$root/deploy/pki" profile "$profiles/$name" "$api" "$who"
        sans+=${sans:+, }"\"$name\": \"$san\""
    done < <(people)
    printf '{%s}\n' "$sans" >"$pki/sans.json"
}

# A CA of its own for those who join with a code, and the settings for it, one a line.
# region_joining PKI API-PORT WEB-PORT
region_joining() {
    local pki=$1
    "$root/deploy/pki" ca "$pki/join-ca" 'Toetreden Deurne (demo)'
    cat "$pki/ca/ca.pem" "$pki/join-ca/ca.pem" >"$pki/client-cas.pem"
    printf '%s\n' "web-listen=127.0.0.1:$3" "web-address=localhost:$3" "api-address=localhost:$2" "web-ca=$pki/ca/ca.pem" \
        "enrol-ca-certificate=$pki/join-ca/ca.pem" "enrol-ca-key=$pki/join-ca/ca.key"
}

# The keyrings of the demo's regions, where they are missing.
region_keyrings() { # WIJZERD CONFIG KEYS
    local code
    for code in deurne elders; do
        [ -s "$3/$code.keys" ] || "$1" keys new "$code" --config "$2"
    done
}

# migrate WIJZERD CONFIG
migrate() {
    "$1" migrate --config "$2"
}

# The demo region's rows; harmless to run again.
load_region() { # CLUSTER
    "$root/deploy/cluster" psql "$1" -q -v ON_ERROR_STOP=1 -f "$root/sql/demo/region.sql"
}

# Tells the database which certificate is which account; harmless to run again.
region_identities() { # CLUSTER PKI
    local issuer name organisation account who
    issuer=$("$root/deploy/pki" fingerprint "$2/ca")
    while IFS='|' read -r name organisation account who; do
        printf "SELECT data.add_identity('deurne', '%s', '%s', '%s', 'urn:wijzer:deurne:%s:%s');\n" \
            "$organisation" "$account" "$issuer" "$organisation" "$account"
    done < <(people) | "$root/deploy/cluster" psql "$1" -q -o /dev/null -v ON_ERROR_STOP=1
}

# What a reader sees of a person, and the profile of somebody who works at an organisation.
person() { # PROFILE
    people | awk -F '|' -v name="$1" '$1 == name { print $4 }'
}

worker_of() { # ORGANISATION-CODE
    local found
    found=$(people | awk -F '|' -v code="$1" '$2 == code && $1 !~ /^(gp|steward)/ { print $1; exit }')
    [ -n "$found" ] || die "nobody of organisation '$1' has a profile in the demo"
    printf '%s\n' "$found"
}
