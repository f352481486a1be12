# shellcheck shell=bash disable=SC2154
# The measurements of tests/bench/run. Sourced by it; uses root, dir, bin, reps, duration, json.

# ---- statistics and output ----

median() { # numbers on standard input
    sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# result NAME UNIT AIM FILE: FILE has a line "VALUE AGAINST" per repetition. The ratio is taken per repetition.
result() {
    local name=$1 unit=$2 aim=$3 file=$4 value against ratio min max n
    value=$(awk '{ print $1 }' "$file" | median)
    against=$(awk '{ print $2 }' "$file" | median)
    ratio=$(awk '{ print $1 / $2 }' "$file" | median)
    min=$(awk '{ print $1 / $2 }' "$file" | sort -g | head -n 1)
    max=$(awk '{ print $1 / $2 }' "$file" | sort -g | tail -n 1)
    n=$(wc -l <"$file")
    if [ "$json" = yes ]; then
        printf '{"name":"%s","value":%.6g,"unit":"%s","against":%.6g,"ratio":%.4g,"min":%.4g,"max":%.4g,"n":%d,"aim":"%s"}\n' \
            "$name" "$value" "$unit" "$against" "$ratio" "$min" "$max" "$n" "$aim"
    else
        printf '%-12s %10.6g %-14s against %10.6g   ratio %.2f (%.2f to %.2f, n=%d)   aim %s\n' \
            "$name" "$value" "$unit" "$against" "$ratio" "$min" "$max" "$n" "$aim"
    fi
}

field() { # NAME of a flat JSON object on standard input
    sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p"
}

# ---- the world ----

# A cluster of its own for every run: what an earlier one, or an earlier schema, left behind would be measured with it.
make_cluster() {
    "$root/deploy/cluster" destroy "$dir/pg" >/dev/null
    rm -rf "$dir/keys"
    "$root/deploy/cluster" up "$dir/pg" shared_buffers=256MB max_wal_size=4GB checkpoint_timeout=15min >&2
    eval "$("$root/deploy/cluster" env "$dir/pg" | sed 's/^/export /')"
}

prepare_region() {
    write_config "$dir/wijzerd.conf" "$dir/pg" "$dir/pki" "$dir/keys" 0 0
    migrate "$bin/daemon/app/wijzerd" "$dir/wijzerd.conf" >"$dir/migrate.log" 2>&1 ||
        die "migrate failed; see $dir/migrate.log"
    load_region "$dir/pg"
    region_keyrings "$bin/daemon/app/wijzerd" "$dir/wijzerd.conf" "$dir/keys" >>"$dir/migrate.log" 2>&1
    region_identities "$dir/pg" "$dir/pki"
}

start_daemon() { # KEY=VALUE...
    local api metrics
    api=$(free_port) metrics=$(free_port)
    write_config "$dir/wijzerd.conf" "$dir/pg" "$dir/pki" "$dir/keys" "$api" "$metrics" log-level=warn \
        max-connections-per-account=100000 max-connections-per-address=100000 max-connections=100000 \
        idle-timeout=10m "$@"
    "$bin/daemon/app/wijzerd" --config "$dir/wijzerd.conf" 2>"$dir/wijzerd.log" &
    daemon=$!
    api_port=$api metrics_port=$metrics
    wait_for 20 curl -sf "http://127.0.0.1:$metrics/readyz" || die "the daemon is not ready; see $dir/wijzerd.log"
}

stop_daemon() {
    [ -n "${daemon:-}" ] || return 0
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
    daemon=
}

load_daemon() { # MODE CONNECTIONS SECONDS [PATH [PROFILE]]
    local profile=$dir/pki/profiles/${5:-gp}
    "$bin/tests/bench/load" "$1" 127.0.0.1 "$api_port" "$2" "$3" "$dir/pki/ca/ca.pem" "$profile/cert.pem" \
        "$profile/key.pem" "${4:-/}" 2>>"$dir/load.log"
}

# nginx as one would set it up for speed; one worker per core, as it recommends.
start_nginx() { # DIRECTORY-TO-SERVE CLIENT-CERTIFICATES(on|off) WORKERS
    nginx_port=$(free_port)
    mkdir -p "$dir/nginx"
    cat >"$dir/nginx/nginx.conf" <<CONF
worker_processes $3;
daemon off;
pid $dir/nginx/nginx.pid;
error_log $dir/nginx/error.log;
$(is_root && echo 'user root;')
worker_rlimit_nofile 65536;
events { worker_connections 20000; }
http {
    access_log off;
    sendfile on;
    tcp_nodelay on;
    keepalive_requests 100000000;
    keepalive_timeout 600s;
    client_body_temp_path $dir/nginx/body;
    proxy_temp_path $dir/nginx/proxy;
    fastcgi_temp_path $dir/nginx/fastcgi;
    uwsgi_temp_path $dir/nginx/uwsgi;
    scgi_temp_path $dir/nginx/scgi;
    open_file_cache max=100;
    server {
        listen 127.0.0.1:$nginx_port ssl;
        ssl_certificate $dir/pki/server/cert.pem;
        ssl_certificate_key $dir/pki/server/key.pem;
        ssl_client_certificate $dir/pki/ca/ca.pem;
        ssl_verify_client $2;
        ssl_session_tickets off;
        ssl_protocols TLSv1.2 TLSv1.3;
        root $1;
        default_type application/json;
    }
}
CONF
    nginx -c "$dir/nginx/nginx.conf" -e "$dir/nginx/error.log" &
    nginx=$!
    wait_for 10 curl -sk --cert "$dir/pki/profiles/gp/cert.pem" --key "$dir/pki/profiles/gp/key.pem" \
        "https://127.0.0.1:$nginx_port/" || die "nginx did not start; see $dir/nginx/error.log"
}

stop_nginx() {
    [ -n "${nginx:-}" ] || return 0
    kill "$nginx" 2>/dev/null || true
    wait "$nginx" 2>/dev/null || true
    nginx=
}

# ---- (a), (b), (f): submit ----

# The same rows as the load generator sends, written by one call per transaction. What the daemon sealed, and how it
# decided, is taken from a referral that it has just stored; ids rise, as the daemon's do, and hashes differ.
write_pgbench_script() {
    query "select format('select * from wijzer.submit_referrals(1, array[(%s, %s, gen_random_uuid()::text, %L, 1, 2, %L, :y, :a, %L, %L, null, %L, %L, %s, %s, %L, 3, 4, %s, %s, %L, %L, %L, %L, now() + interval ''2 days'', 5, 6, :id::bigint, :id::bigint + 1, lpad(to_hex(:id::bigint), 16, ''0''), lpad(to_hex(:id::bigint), 16, ''0''), null, 7, %L, %L, null, null, null, null, null)::wijzer.submission], array[%L, %L, %L, %L, %L, %L, %L]);',
            r.account_id, r.organisation_id, repeat('ab', 32), r.urgency, c.name, c.phone, c.language, n.text,
            d.table_no, d.table_version, d.rule_id, s.offering_id, s.owner_id, d.offering_code, d.offering_name,
            d.owner_code, d.owner_name, k.basis, '127.0.0.1',
            '[\"social-network\"]', '[]', d.reason, d.inputs, t.trail, t.candidates, g.grants)
        from data.referral r
        join data.step s using (region_id, referral_id)
        join data.decision d using (region_id, step_id)
        join data.client c using (region_id, client_id)
        join data.consent k using (region_id, client_id)
        join data.note n using (region_id, note_id)
        join data.grants g on g.region_id = r.region_id and g.hash = k.grants_hash
        join data.reasoning t on t.region_id = r.region_id and t.hash = d.reasoning
        where r.region_id = 1 and r.domains = '{social-network}' limit 1" >"$dir/call.sql"
    [ -s "$dir/call.sql" ] || die "no referral to take the rows from"
    {
        printf '\\set %s\n' 'y random(1930, 1989)' 'a random(5751, 5754)' 'n :n + 2' 'id :base + :client_id * 1000000000 + :n'
        cat "$dir/call.sql"
    } >"$dir/submit.sql"
}

query() {
    "$root/deploy/cluster" psql "$dir/pg" -d wijzer -At -F ' ' -c "$1"
}

san_of() { # PROFILE
    sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" "$dir/pki/sans.json"
}

pgbench_tps() { # CLIENTS SECONDS
    PGUSER=wijzer_app pgbench -n -M prepared -f "$dir/submit.sql" -c "$1" -j "$(($1 > 1 ? 2 : 1))" -T "$2" \
        -D n=0 -D base="$(date +%s%6N)" wijzer 2>"$dir/pgbench.log" | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}

best_pgbench() {
    local clients best=0 tps
    for clients in 1 2 4 8 16 32 64; do
        tps=$(pgbench_tps "$clients" 2)
        best=$(awk -v a="$best" -v b="${tps:-0}" 'BEGIN { print (a > b) ? a : b }')
    done
    printf '%s\n' "$best"
}

measure_submit() { # FILE NAME DAEMON-SETTINGS...
    local file=$1 name=$2 i rate against
    shift 2
    : >"$file"
    start_daemon "$@"
    load_daemon submit 64 2 >/dev/null # warm
    query analyze >/dev/null           # as autovacuum does within a minute
    write_pgbench_script
    for i in $(seq "$reps"); do
        query checkpoint >/dev/null
        against=$(best_pgbench)
        query checkpoint >/dev/null
        rate=$(load_daemon submit 64 "$duration" | field rate)
        printf '%s %s\n' "$rate" "$against" >>"$file"
        progress "$name $i/$reps: $rate referrals/s against $against"
    done
    stop_daemon
}

bench_submit() {
    measure_submit "$dir/submit.txt" submit
    result submit referrals/s '>= 1.2' "$dir/submit.txt"
}

bench_submit_slow() {
    "$root/deploy/cluster" stop "$dir/pg"
    "$root/deploy/cluster" start "$dir/pg" "LD_PRELOAD=$bin/tests/bench/libslowflush.so" WIJZER_FLUSH_US=1000
    measure_submit "$dir/submit-slow.txt" submit-slow submit-lanes=8
    "$root/deploy/cluster" restart "$dir/pg" >&2
    result submit-slow referrals/s '>= 0.8' "$dir/submit-slow.txt"
}

# ---- submit beside a former build ----

# What secrecy costs: the same load on the build of the time before names were sealed and reads were kept, with its own
# database and daemon, in turn with ours.
former_revision=${WIJZER_FORMER:-d529b57}

prepare_former() {
    local former=$dir/former
    [ -d "$former/.git" ] || git clone -q "$root" "$former" || die "no clone of the former build"
    git -C "$former" checkout -q "$former_revision" || die "$former_revision is not in the history"
    progress "former build ($former_revision)"
    (cd "$former" && cmake --preset release && cmake --build --preset release -j2 --target wijzerd load) \
        >"$dir/former.log" 2>&1 || die "the former build failed; see $dir/former.log"
}

# Both builds begin with an empty database every time, so that neither is measured on what it wrote before.
our_rate() {
    make_cluster
    prepare_region >&2
    start_daemon
    load_daemon submit 64 2 >/dev/null
    query checkpoint >/dev/null
    load_daemon submit 64 "$duration" | field rate
    stop_daemon
}

bench_secrecy() {
    local file=$dir/secrecy.txt i ours former_was
    prepare_former
    : >"$file"
    for i in $(seq "$reps"); do
        former_was=$("$root/tests/bench/former" "$dir/former" "$duration")
        our_rate >"$dir/rate" # not in a subshell: the cluster is another one afterwards
        ours=$(cat "$dir/rate")
        printf '%s %s\n' "$ours" "$former_was" >>"$file"
        progress "secrecy $i/$reps: $ours referrals/s, the former build $former_was"
    done
    result secrecy referrals/s '>= 0.85' "$file"
}

# ---- latency ----

bench_latency() {
    local file=$dir/latency.txt i own bare
    : >"$file"
    query 'create table if not exists public.bench_commit (n int)' >/dev/null
    query 'grant insert on public.bench_commit to wijzer_app' >/dev/null
    echo 'insert into public.bench_commit values (1);' >"$dir/commit.sql"
    start_daemon
    for i in $(seq "$reps"); do
        rm -f "$dir"/commit_log.*
        (cd "$dir" && PGUSER=wijzer_app pgbench -n -M prepared -f commit.sql -c 1 -T "$duration" -l \
            --log-prefix=commit_log wijzer >/dev/null 2>&1)
        bare=$(awk '{ print $3 }' "$dir"/commit_log.* | median)
        own=$(load_daemon submit 1 "$duration" | field p50_us)
        printf '%s %s\n' "$own" "$bare" >>"$file"
        progress "latency $i/$reps: $own us against $bare us"
    done
    stop_daemon
    result latency us '<= 4' "$file"
}

# ---- (c), (d): status reads ----

bench_status() {
    local file=$dir/status.txt i own against path answer
    : >"$file"
    start_daemon
    answer=$(load_daemon submit 1 0.2)
    query analyze >/dev/null # as autovacuum does within a minute
    path=/v1/referrals/$(query "select wijzer.code(max(referral_id)) from data.referral where region_id = 1 and
        account_id = (select account_id from data.identity where region_id = 1 and san = '$(san_of gp)' limit 1)")/status
    rm -rf "$dir/www" && mkdir -p "$dir/www"
    curl -s --cacert "$dir/pki/ca/ca.pem" --cert "$dir/pki/profiles/gp/cert.pem" \
        --key "$dir/pki/profiles/gp/key.pem" "https://localhost:$api_port$path" >"$dir/www/status.json"
    start_nginx "$dir/www" off auto
    progress "status: $(wc -c <"$dir/www/status.json") bytes (${answer:0:1})"
    for i in $(seq "$reps"); do
        own=$(load_daemon get 64 "$duration" "$path" | field rate)
        against=$("$bin/tests/bench/load" get 127.0.0.1 "$nginx_port" 64 "$duration" "$dir/pki/ca/ca.pem" - - \
            /status.json 2>>"$dir/load.log" | field rate)
        printf '%s %s\n' "$own" "$against" >>"$file"
        progress "status $i/$reps: $own reads/s against $against"
    done
    stop_nginx
    stop_daemon
    result status reads/s '>= 0.4' "$file"
}

# ---- (e): memory of idle connections ----

# Proportional set size in KiB of a process and its children.
memory_of() {
    local pid
    for pid in "$1" $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
        awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup"
    done | sum
}

stop_hold() {
    [ -n "${hold:-}" ] || return 0
    kill "$hold" 2>/dev/null || true
    wait "$hold" 2>/dev/null || true
    hold=
}

# KiB per connection that 5,000 idle ones add: hold_memory PID PORT PATH
hold_memory() {
    local before after count=5000
    before=$(memory_of "$1")
    rm -f "$dir/hold.out"
    "$bin/tests/bench/load" hold 127.0.0.1 "$2" "$count" 60 "$dir/pki/ca/ca.pem" "$dir/pki/profiles/gp/cert.pem" \
        "$dir/pki/profiles/gp/key.pem" "$3" >"$dir/hold.out" 2>>"$dir/load.log" &
    hold=$!
    wait_for 120 grep -q held "$dir/hold.out" || die "the connections were not all opened; see $dir/load.log"
    sleep 1
    after=$(memory_of "$1")
    stop_hold
    awk -v a="$after" -v b="$before" -v n="$count" 'BEGIN { print (a - b) / n }'
}

bench_idle_memory() {
    local file=$dir/idle-memory.txt i own against
    : >"$file"
    ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    mkdir -p "$dir/www" && echo '{}' >"$dir/www/livez"
    for i in $(seq "$reps"); do
        start_daemon
        own=$(hold_memory "$daemon" "$api_port" /livez)
        stop_daemon
        start_nginx "$dir/www" on 1
        against=$(hold_memory "$nginx" "$nginx_port" /livez)
        stop_nginx
        printf '%s %s\n' "$own" "$against" >>"$file"
        progress "idle-memory $i/$reps: $own KiB against $against KiB"
    done
    result idle-memory KiB/connection '<= 1.3' "$file"
}

# ---- event streams ----

# Opens COUNT event streams as NAME for SECONDS and waits until they are there; their process goes into `listeners`.
listen_as() { # NAME COUNT SECONDS
    local profile=$dir/pki/profiles/$1 out=$dir/listen-$1.out
    rm -f "$out"
    "$bin/tests/bench/load" listen 127.0.0.1 "$api_port" "$2" "$3" "$dir/pki/ca/ca.pem" "$profile/cert.pem" "$profile/key.pem" \
        "$dir/told-$1.txt" >"$out" 2>>"$dir/load.log" &
    listeners+=($!)
    wait_for 120 grep -q "\"held\":$2" "$out" || die "the streams were not all opened; see $dir/load.log"
}

# Microseconds from the answer to the telling, of each reader, sorted; and how many should have been told.
event_lags() { # READERS...
    local name
    for name in "$@"; do
        awk 'NR == FNR { at[$1] = $2; next } $1 in at { print $2 - at[$1] }' "$dir/answered.txt" "$dir/told-$name.txt"
    done | sort -g
}

# 5,000 streams, of which ten hear of each referral: practice, partner, coordination.
bench_events() {
    local file=$dir/events.txt i rate p99 told wanted name pid
    : >"$file"
    ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    for i in $(seq "$reps"); do
        start_daemon
        load_daemon submit 16 1 >/dev/null
        rate=$(load_daemon submit 64 "$duration" | field rate)
        listeners=()
        listen_as gp2 2495 $((duration + 40))
        listen_as worker2 2495 $((duration + 35))
        listen_as gp 4 $((duration + 8))
        listen_as worker 4 $((duration + 8))
        listen_as coordinator 2 $((duration + 8))
        "$bin/tests/bench/load" paced 127.0.0.1 "$api_port" 64 "$duration" "$dir/pki/ca/ca.pem" "$dir/pki/profiles/gp/cert.pem" \
            "$dir/pki/profiles/gp/key.pem" "$dir/answered.txt" "$(awk -v r="$rate" 'BEGIN { print r / 2 }')" >"$dir/paced.json"
        for pid in "${listeners[@]:2}"; do wait "$pid" || die "a stream was lost; see $dir/load.log"; done
        for pid in "${listeners[@]:0:2}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
        event_lags gp worker coordinator >"$dir/lags.txt"
        told=$(wc -l <"$dir/lags.txt")
        wanted=$((10 * $(wc -l <"$dir/answered.txt")))
        [ "$told" -eq "$wanted" ] || die "of $wanted tellings $told came"
        p99=$(awk -v n="$told" 'NR >= n * 0.99 { print $1 / 1000; exit }' "$dir/lags.txt")
        printf '%s 100\n' "$p99" >>"$file"
        progress "events $i/$reps: p99 $p99 ms at $(field rate <"$dir/paced.json") referrals/s of $rate"
        stop_daemon
    done
    result events ms '<= 1' "$file"
}

# KiB per open stream that 5,000 add, over an idle connection of the same daemon.
bench_stream_memory() {
    local file=$dir/stream-memory.txt i own against before count=5000 pid
    : >"$file"
    ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    for i in $(seq "$reps"); do
        start_daemon
        against=$(hold_memory "$daemon" "$api_port" /livez)
        stop_daemon
        start_daemon
        before=$(memory_of "$daemon")
        listeners=()
        listen_as gp "$count" 60
        sleep 1
        own=$(awk -v a="$(memory_of "$daemon")" -v b="$before" -v n="$count" 'BEGIN { print (a - b) / n }')
        for pid in "${listeners[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
        stop_daemon
        printf '%s %s\n' "$own" "$against" >>"$file"
        progress "stream-memory $i/$reps: $own KiB against $against KiB"
    done
    result stream-memory KiB/stream '<= 1.3' "$file"
}

# ---- many referrals ----

# What is read with many referrals in the database and with few: NAME PROFILE PATH.
large_reads() {
    cat <<TABLE
chain-large coordinator /v1/referrals
chain-own-large worker /v1/referrals
chain-sent-large gp /v1/referrals
inbox-large worker /v1/inbox
referral-large gp /v1/referrals/$(query "select wijzer.code(max(referral_id)) from data.referral where region_id = 1")
TABLE
}

referrals() {
    query 'select count(*) from data.referral where region_id = 1'
}

# Sends referrals until so many are there, and lets the database settle as it would by itself in time.
fill_to() { # COUNT
    local there
    while there=$(referrals) && [ "$there" -lt "$1" ]; do
        progress "large: $there of $1 referrals"
        load_daemon submit 64 "$(awk -v n="$(($1 - there))" 'BEGIN { s = n / 4000; print (s > 20 ? 20 : s < 0.3 ? 0.3 : s) }')" >"$dir/large.json" ||
            die "a referral was refused; see $dir/large.json"
    done
    query 'vacuum analyze' >/dev/null
    query checkpoint >/dev/null
}

# p99 of each read over four connections, and how many referrals a second go in; a line "NAME FIGURE" per repetition.
measure_large() { # FILE
    local i name profile path
    : >"$1"
    for i in $(seq "$reps"); do
        while read -r name profile path; do
            load_daemon get 4 1 "$path" "$profile" >/dev/null # warm
            load_daemon get 4 "$duration" "$path" "$profile" >"$dir/large.json" || die "a request failed; see $dir/large.json"
            printf '%s %s\n' "$name" "$(field p99_us <"$dir/large.json")" >>"$1"
        done < <(large_reads)
    done
    for i in $(seq "$reps"); do
        query checkpoint >/dev/null
        printf 'submit-large %s\n' "$(load_daemon submit 64 "$duration" | field rate)" >>"$1"
    done
    progress "large: $(tr '\n' ' ' <"$1")"
}

# All of them open: nobody answers, so every list is as long as it can be. A small database is measured before a large one;
# WIJZER_LARGE: how many referrals are many.
bench_large() {
    local name few=10000 many=${WIJZER_LARGE:-1000000}
    make_cluster
    prepare_region >&2
    start_daemon
    fill_to "$few"
    measure_large "$dir/few.txt"
    fill_to "$many"
    measure_large "$dir/many.txt"
    stop_daemon
    while read -r name _; do
        paste -d ' ' <(large_figures "$name" many) <(large_figures "$name" few) >"$dir/$name.txt"
        result "$name" us '<= 2' "$dir/$name.txt"
    done < <(large_reads)
    paste -d ' ' <(large_figures submit-large many) <(large_figures submit-large few) >"$dir/submit-large.txt"
    result submit-large referrals/s '>= 0.9' "$dir/submit-large.txt"
}

large_figures() { # NAME few|many
    sed -n "s/^$1 //p" "$dir/$2.txt"
}

# ---- rules ----

# Each line of FILE with ROWS rules is one of a run; NAME is a field of it.
rules_field() { # ROWS NAME
    grep "\"rules\":$1," "$dir/rules/ours.txt" | field "$2"
}

# A figure of ours against what it may be at most.
rules_limit() { # NAME UNIT ROWS FIELD LIMIT
    rules_field "$3" "$4" | sed "s/\$/ $5/" >"$dir/rules/$1.txt"
    result "$1" "$2" '<= 1' "$dir/rules/$1.txt"
}

# Decisions a second against the best engine of the same repetition.
rules_ratio() { # NAME ROWS FIELD AIM
    local i
    for i in $(seq "$reps"); do
        printf '%s %s\n' "$(rules_field "$2" "$3" | sed -n "${i}p")" \
            "$(field "$3" <"$dir/rules/engines-$2-$i.txt" | sort -g | tail -n 1)"
    done >"$dir/rules/$1.txt"
    result "$1" decisions/s "$4" "$dir/rules/$1.txt"
}

measure_rules() {
    local i rows
    for i in $(seq "$reps"); do
        for rows in 100 10000 100000; do
            "$bin/tests/bench/rules" measure "$rows" "$duration" >>"$dir/rules/ours.txt" || die "the index is wrong"
        done
        for rows in 100 10000; do
            node "$root/tests/bench/engines/run.mjs" "$dir/rules/$rows.json" "$duration" \
                >"$dir/rules/engines-$rows-$i.txt" || die "an engine disagrees or failed"
            progress "rules $i/$reps: $(tr '\n' ' ' <"$dir/rules/engines-$rows-$i.txt")"
        done
    done
}

bench_rules() {
    local rows hit
    # shellcheck source=../api/packages.sh
    (cd "$root/tests/bench/engines" && . "$root/tests/api/packages.sh")
    rm -rf "$dir/rules" && mkdir -p "$dir/rules"
    for rows in 100 10000; do
        "$bin/tests/bench/rules" make "$rows" "$dir/rules/$rows.json" || die "no room for the table"
    done
    measure_rules
    rules_ratio rules-early-100 100 early_rate -
    rules_ratio rules-late-100 100 late_rate -
    rules_ratio rules-early-10000 10000 early_rate '>= 50'
    rules_ratio rules-late-10000 10000 late_rate '>= 1000'
    for rows in 100 10000 100000; do
        for hit in early late; do
            rules_limit "rules-p50-$hit-$rows" ns "$rows" "${hit}_p50" 500
            rules_limit "rules-p99-$hit-$rows" ns "$rows" "${hit}_p99" 2000
        done
        rules_limit "rules-bytes-$rows" bytes/rule "$rows" bytes 150
    done
    rules_limit rules-build-100000 ms 100000 build_ms 300
}

# ---- check ----

bench_check() {
    local i
    rm -f "$dir/check.txt"
    for i in $(seq "$reps"); do
        "$bin/tests/bench/check" >"$dir/check-$i.json" || die "the checker is wrong"
        progress "check $i/$reps: $(tr '\n' ' ' <"$dir/check-$i.json")"
        sed 's/[{,]"ms":/\n&/g' "$dir/check-$i.json" | field ms | sort -g | tail -n 1 | sed 's/$/ 5000/' >>"$dir/check.txt"
    done
    result check ms '<= 1' "$dir/check.txt"
}

# ---- publish ----

# api PROFILE METHOD PATH [BODY-FILE]: what is answered.
api() {
    curl -sS --max-time 300 --cacert "$dir/pki/ca/ca.pem" --cert "$dir/pki/profiles/$1/cert.pem" \
        --key "$dir/pki/profiles/$1/key.pem" -X "$2" -H 'Content-Type: application/json' \
        -H "Idempotency-Key: $RANDOM-$RANDOM-$SECONDS" ${4:+--data-binary "@$4"} "https://localhost:$api_port$3"
}

in_force() { # VERSION
    curl -s "http://127.0.0.1:$metrics_port/readyz" | grep -q "\"3\":$1[,}]"
}

# A draft of 100,000 rules is handed in before, and checked, published and approved while referrals arrive. Its p99 over
# that of the same load alone; a failed request ends it. Prints the seconds from approval to being in force to a file.
publish_once() { # NUMBER-OF-REPETITION
    local version begun
    node "$root/tests/bench/draft.mjs" 100000 "$1" >"$dir/draft.json"
    version=$(api coordinator POST /v1/rule-tables/3/_draft "$dir/draft.json" | field version)
    [ -n "$version" ] || die "the draft was not taken"
    load_daemon submit 16 30 >"$dir/publish-load.json" &
    load=$!
    echo '{"acknowledged":["dead","unproved","no-capacity","no-evidence","shadowed","empty","outdated"]}' >"$dir/publish.json"
    api coordinator POST "/v1/rule-versions/$version/_publish" "$dir/publish.json" >"$dir/published.json"
    grep -q '"status":"awaiting-approval"' "$dir/published.json" || die "not published; see $dir/published.json"
    sleep 5 # a second person needs longer than that
    echo '{}' >"$dir/empty.json"
    api coordinator2 POST "/v1/rule-versions/$version/_approve" "$dir/empty.json" >"$dir/approved.json"
    begun=$(date +%s%N)
    wait_for 30 in_force "$version" || die "never in force; see $dir/approved.json"
    awk -v ns="$(($(date +%s%N) - begun))" 'BEGIN { print ns / 1e6, 1000 }' >>"$dir/publish-seen.txt"
    wait "$load"
    [ "$(field failed <"$dir/publish-load.json")" = 0 ] || die "requests failed: $(cat "$dir/publish-load.json")"
}

bench_publish() {
    local i base
    : >"$dir/publish.txt" && : >"$dir/publish-seen.txt"
    start_daemon
    load_daemon submit 16 2 >/dev/null # warm
    for i in $(seq "$reps"); do
        base=$(load_daemon submit 16 30 | field p99_us)
        publish_once "$i"
        printf '%s %s\n' "$(field p99_us <"$dir/publish-load.json")" "$base" >>"$dir/publish.txt"
        progress "publish $i/$reps: p99 $(tail -n 1 "$dir/publish.txt"), in force after $(tail -n 1 "$dir/publish-seen.txt")"
    done
    stop_daemon
    result publish us '<= 2' "$dir/publish.txt"
    result publish-seen ms '<= 1' "$dir/publish-seen.txt"
}

# ---- seal ----

unsealed() {
    query 'select sum(unsealed) from wijzer.seal_status(1)'
}

all_sealed() {
    [ "$(unsealed)" = 0 ]
}

# A million events as referrals make them, 500 to a transaction.
make_events() { # COUNT
    query 'truncate data.event, data.access, data.seal' >/dev/null
    query "do \$\$ begin for i in 0 .. $1 / 500 - 1 loop
        insert into data.event (region_id, referral_id, at, kind, account_id, organisation_id, step_id, version, to_state,
            to_status, owner_id, offering_id, client_id, promise_kind, promise_organisation_id, promise_due, note_id)
        select 1, i * 500 + g, clock_timestamp(), 'referral-sent', 2, 3, 10000000 + i * 500 + g, 1, 'sent', 'requested', 4, 5,
            20000000 + i * 500 + g, 'deliver', 4, now() + interval '2 days', 30000000 + i * 500 + g
        from generate_series(1, 500) g; commit; end loop; end \$\$" >/dev/null
    query 'vacuum analyze data.event' >/dev/null
}

# Seconds and peak KiB of verifying the dump: a sample of its high-water mark every 50 ms.
verify_dump() {
    local begun pid peak=0 now
    begun=$(date +%s%N)
    "$bin/daemon/app/wijzerd" seal verify --dump "$dir/seal.sql" --key "$dir/pki/seal.pub" >"$dir/verify.txt" &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        now=$(awk '/^VmHWM:/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
        peak=${now:-$peak}
        sleep 0.05
    done
    wait "$pid" || die "history does not hold; see $dir/verify.txt"
    awk -v ns="$(($(date +%s%N) - begun))" -v peak="$peak" 'BEGIN { print ns / 1e9, peak }'
}

# How fast history is sealed, beside how fast referrals come in; what verifying a million events takes, beside writing the
# dump and beside its size.
bench_seal() {
    local i begun rate submitted written seconds peak count=1000000
    : >"$dir/seal.txt" && : >"$dir/seal-verify.txt" && : >"$dir/seal-memory.txt"
    for i in $(seq "$reps"); do
        start_daemon seal-every=1h
        submitted=$(load_daemon submit 64 "$duration" | field rate)
        stop_daemon
        make_events "$count"
        begun=$(date +%s%N)
        start_daemon seal-every=1s
        wait_for 600 all_sealed || die "not sealed within ten minutes"
        rate=$(awk -v n="$count" -v ns="$(($(date +%s%N) - begun))" 'BEGIN { print n / ns * 1e9 }')
        stop_daemon
        begun=$(date +%s%N)
        pg_dump wijzer >"$dir/seal.sql"
        written=$(awk -v ns="$(($(date +%s%N) - begun))" 'BEGIN { print ns / 1e9 }')
        read -r seconds peak < <(verify_dump)
        printf '%s %s\n' "$rate" "$submitted" >>"$dir/seal.txt"
        printf '%s %s\n' "$seconds" "$written" >>"$dir/seal-verify.txt"
        awk -v peak="$peak" -v size="$(stat -c %s "$dir/seal.sql")" 'BEGIN { print peak / 1024, size / 1048576 }' >>"$dir/seal-memory.txt"
        progress "seal $i/$reps: $rate events/s, verified in $seconds s with $peak KiB"
    done
    rm -f "$dir/seal.sql"
    result seal events/s '>= 1' "$dir/seal.txt"
    result seal-verify s '<= 2' "$dir/seal-verify.txt"
    result seal-memory MiB '<= 0.5' "$dir/seal-memory.txt"
}

# Referrals a second while history is sealed, over those while it is not.
bench_seal_submit() {
    local i own against
    : >"$dir/seal-submit.txt"
    for i in $(seq "$reps"); do
        start_daemon seal-every=1h
        load_daemon submit 64 1 >/dev/null # warm
        against=$(load_daemon submit 64 "$duration" | field rate)
        stop_daemon
        query checkpoint >/dev/null
        start_daemon seal-every=1s
        load_daemon submit 64 1 >/dev/null
        own=$(load_daemon submit 64 "$duration" | field rate)
        stop_daemon
        query checkpoint >/dev/null
        printf '%s %s\n' "$own" "$against" >>"$dir/seal-submit.txt"
        progress "seal-submit $i/$reps: $own referrals/s against $against"
    done
    result seal-submit referrals/s '>= 0.95' "$dir/seal-submit.txt"
}
