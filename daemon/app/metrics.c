#include "metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "board.h"
#include "log.h"
#include "routes.h"
#include "worker.h"

/* Upper bounds of the duration buckets, microseconds; the last one is +Inf. */
static const int64_t bounds[METRICS_BUCKETS - 1] = {500,    1000,   2000,   5000,    10000,   20000,  50000,
                                                    100000, 200000, 500000, 1000000, 2000000, 5000000};

void metrics_request(struct metrics *metrics, unsigned route, int status, int64_t microseconds)
{
    unsigned bucket = 0, class = (unsigned)status / 100;
    while (bucket < METRICS_BUCKETS - 1 && microseconds > bounds[bucket])
        bucket++;
    metrics_add(&metrics->requests[route < METRICS_ROUTES ? route : METRICS_ROUTES - 1]
                                  [class < METRICS_CLASSES ? class : 0],
                1);
    metrics_add(&metrics->buckets[bucket], 1);
    metrics_add(&metrics->duration_sum, (uint64_t)(microseconds > 0 ? microseconds : 0));
}

/* The first is for all that are not here. */
static const char *const account_reasons[] = {
    "other",          "unknown-account",      "wrong-role",  "not-yours",     "no-single-san",
    "no-certificate", "too-many-connections", "same-person", "rights-changed"};
static const char *const enrol_reasons[] = {"other",
                                            "unknown",
                                            "used",
                                            "expired",
                                            "withdrawn",
                                            "locked",
                                            "name-taken",
                                            "organisation-ended",
                                            "csr-size",
                                            "csr-form",
                                            "csr-key",
                                            "csr-signature",
                                            "csr-wishes",
                                            "csr-names",
                                            "not-issued-here",
                                            "too-many"};
enum {
    ACCOUNT_REASONS = sizeof account_reasons / sizeof account_reasons[0],
    ENROL_REASONS = sizeof enrol_reasons / sizeof enrol_reasons[0]
};
_Static_assert((int)ACCOUNT_REASONS <= (int)METRICS_REASONS && (int)ENROL_REASONS <= (int)METRICS_REASONS,
               "every reason has its counter");

static void count_reason(atomic_uint_fast64_t *counters, const char *const *reasons, size_t count,
                         const char *reason)
{
    size_t at = count - 1;
    while (at > 0 && strcmp(reasons[at], reason) != 0)
        at--;
    metrics_add(&counters[at], 1);
}

void metrics_refusal(struct metrics *metrics, const char *reason)
{
    count_reason(metrics->account_refusals, account_reasons, ACCOUNT_REASONS, reason);
}

void metrics_enrol_refusal(struct metrics *metrics, const char *reason)
{
    count_reason(metrics->enrol_refusals, enrol_reasons, ENROL_REASONS, reason);
}

struct page {
    struct arena *arena;
    char *text;
    size_t used, size;
};

static void put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct page *page, const char *format, ...)
{
    for (;;) {
        va_list args;
        va_start(args, format);
        int n = vsnprintf(page->text + page->used, page->size - page->used, format, args);
        va_end(args);
        if (n < 0)
            return;
        if ((size_t)n < page->size - page->used) {
            page->used += (size_t)n;
            return;
        }
        char *grown = arena_alloc(page->arena, page->size * 2);
        memcpy(grown, page->text, page->used);
        page->text = grown;
        page->size *= 2;
    }
}

static void head(struct page *page, const char *name, const char *type, const char *help)
{
    put(page, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static uint64_t read_counter(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void put_requests(struct page *page, struct worker *const *workers, unsigned count)
{
    head(page, "wijzer_requests_total", "counter",
         "Requests by route and class of status; 0xx: client gone.");
    for (unsigned route = 0; route < METRICS_ROUTES; route++)
        for (unsigned class = 0; class < METRICS_CLASSES; class ++) {
            uint64_t sum = 0;
            for (unsigned i = 0; i < count; i++)
                sum += read_counter(&workers[i]->metrics.requests[route][class]);
            if (sum)
                put(page, "wijzer_requests_total{route=\"%s\",status=\"%uxx\"} %llu\n",
                    route < route_count ? routes[route].name : "none", class, (unsigned long long)sum);
        }
}

static void put_durations(struct page *page, struct worker *const *workers, unsigned count)
{
    uint64_t running = 0, total = 0;
    head(page, "wijzer_request_seconds", "histogram", "From the head of a request to its answer.");
    for (unsigned bucket = 0; bucket < METRICS_BUCKETS; bucket++) {
        for (unsigned i = 0; i < count; i++)
            running += read_counter(&workers[i]->metrics.buckets[bucket]);
        if (bucket < METRICS_BUCKETS - 1)
            put(page, "wijzer_request_seconds_bucket{le=\"%g\"} %llu\n", (double)bounds[bucket] / 1e6,
                (unsigned long long)running);
        else
            put(page, "wijzer_request_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)running);
    }
    for (unsigned i = 0; i < count; i++)
        total += read_counter(&workers[i]->metrics.duration_sum);
    put(page, "wijzer_request_seconds_sum %.6f\nwijzer_request_seconds_count %llu\n", (double)total / 1e6,
        (unsigned long long)running); /* as in +Inf, also while workers count on */
}

/* All reasons, those with nothing too: an alarm wants to see zero. */
static void put_refusals(struct page *page, struct worker *const *workers, unsigned count, bool is_enrolment)
{
    const char *name = is_enrolment ? "wijzer_enrolment_refusals_total" : "wijzer_account_refusals_total";
    const char *const *reasons = is_enrolment ? enrol_reasons : account_reasons;
    head(page, name, "counter",
         is_enrolment ? "Requests for a certificate that were refused, by reason."
                      : "Requests and connections of verified certificates that were refused, by reason.");
    for (size_t i = 0; i < (is_enrolment ? (size_t)ENROL_REASONS : (size_t)ACCOUNT_REASONS); i++) {
        uint64_t sum = 0;
        for (unsigned w = 0; w < count; w++)
            sum += read_counter(is_enrolment ? &workers[w]->metrics.enrol_refusals[i]
                                             : &workers[w]->metrics.account_refusals[i]);
        put(page, "%s{reason=\"%s\"} %llu\n", name, reasons[i], (unsigned long long)sum);
    }
}

static void put_tls_refusals(struct page *page, const struct tls_counts *counts)
{
    head(page, "wijzer_tls_refusals_total", "counter", "Handshakes that were refused, by reason.");
    for (int i = 0; i < TLS_REFUSAL_COUNT; i++)
        put(page, "wijzer_tls_refusals_total{reason=\"%s\"} %llu\n", tls_refusal_word((enum tls_refusal)i),
            (unsigned long long)read_counter(&counts->refused[i]));
}

/* One number of a worker; the table below publishes their sums. */
struct gauge {
    const char *name, *type, *help;
    uint64_t (*read)(const struct worker *worker);
};

#define READ(name, expression)                                                                               \
    static uint64_t name(const struct worker *worker)                                                        \
    {                                                                                                        \
        return expression;                                                                                   \
    }
READ(read_connections, worker_load(worker))
READ(read_streams, (uint64_t)atomic_load_explicit(&worker->metrics.streams, memory_order_relaxed))
READ(read_events_told, read_counter(&worker->metrics.events_told))
READ(read_slow_streams, read_counter(&worker->metrics.slow_streams))
READ(read_referrals, read_counter(&worker->metrics.referrals))
READ(read_replays, read_counter(&worker->metrics.replays))
READ(read_enrolments, read_counter(&worker->metrics.enrolments))
READ(read_renewals, read_counter(&worker->metrics.renewals))
READ(read_batches, read_counter(&worker->metrics.batches))
READ(read_splits, read_counter(&worker->metrics.batch_splits))
READ(read_fresh_keys, (uint64_t)atomic_load_explicit(&worker->metrics.fresh_keys, memory_order_relaxed))
READ(read_key_wishes, read_counter(&worker->metrics.key_wishes))
READ(read_key_misses, read_counter(&worker->metrics.key_misses))
READ(read_key_errors, read_counter(&worker->metrics.key_errors))
READ(read_unseal_failures, read_counter(&worker->metrics.unseal_failures))

/* Of the lanes of the database, those for new referrals included. */
static struct pg_stats stats_of(const struct worker *worker)
{
    struct pg_stats stats, submits;
    pg_pool_stats(worker->pool, &stats);
    pg_pool_stats(worker->submits, &submits);
    stats.jobs += submits.jobs;
    stats.refused += submits.refused;
    stats.not_sent += submits.not_sent;
    stats.uncertain += submits.uncertain;
    stats.losses += submits.losses;
    stats.lanes += submits.lanes;
    stats.up += submits.up;
    stats.waiting += submits.waiting;
    stats.in_flight += submits.in_flight;
    return stats;
}
READ(read_lanes, stats_of(worker).lanes)
READ(read_up, stats_of(worker).up)
READ(read_waiting, stats_of(worker).waiting)
READ(read_in_flight, stats_of(worker).in_flight)
READ(read_jobs, stats_of(worker).jobs)
READ(read_refused, stats_of(worker).refused)
READ(read_not_sent, stats_of(worker).not_sent)
READ(read_uncertain, stats_of(worker).uncertain)
READ(read_losses, stats_of(worker).losses)

static unsigned key_lanes_up(const struct worker *worker)
{
    struct pg_stats stats;
    pg_pool_stats(worker->keys, &stats);
    return stats.up;
}
READ(read_key_lanes_up, key_lanes_up(worker))

static const struct gauge gauges[] = {
    {"wijzer_connections", "gauge", "Open connections of the API.", read_connections},
    {"wijzer_event_streams", "gauge", "Open event streams.", read_streams},
    {"wijzer_events_told_total", "counter", "Events that came in for open streams, by each worker.",
     read_events_told},
    {"wijzer_slow_streams_total", "counter",
     "Event streams that were closed because their reader was too slow.", read_slow_streams},
    {"wijzer_referrals_total", "counter", "Referrals stored.", read_referrals},
    {"wijzer_replays_total", "counter", "Referrals answered again for the same Idempotency-Key.",
     read_replays},
    {"wijzer_enrolments_total", "counter", "Certificates given for the code of an invitation.",
     read_enrolments},
    {"wijzer_renewals_total", "counter", "Certificates renewed.", read_renewals},
    {"wijzer_batches_total", "counter", "Transactions that stored referrals.", read_batches},
    {"wijzer_batch_splits_total", "counter", "Batches sent again item by item.", read_splits},
    {"wijzer_lanes", "gauge", "Database lanes.", read_lanes},
    {"wijzer_lanes_up", "gauge", "Database lanes that are connected.", read_up},
    {"wijzer_jobs_waiting", "gauge", "Database jobs that wait for a lane.", read_waiting},
    {"wijzer_jobs_in_flight", "gauge", "Database jobs sent and unanswered.", read_in_flight},
    {"wijzer_jobs_total", "counter", "Database jobs done.", read_jobs},
    {"wijzer_jobs_refused_total", "counter", "Database jobs that the server refused.", read_refused},
    {"wijzer_jobs_not_sent_total", "counter", "Database jobs that never reached the server.", read_not_sent},
    {"wijzer_jobs_uncertain_total", "counter", "Database jobs with an unknown outcome.", read_uncertain},
    {"wijzer_lane_losses_total", "counter", "Database connections lost.", read_losses},
    {"wijzer_key_lanes_up", "gauge", "Lanes of the key database that are connected.", read_key_lanes_up},
    {"wijzer_fresh_keys", "gauge", "Keys in stock for new clients.", read_fresh_keys},
    {"wijzer_key_wishes_total", "counter", "Client keys wanted for an answer or a text.", read_key_wishes},
    {"wijzer_key_misses_total", "counter", "Those that had to be fetched from the key database.",
     read_key_misses},
    {"wijzer_key_errors_total", "counter",
     "Calls of the key database that failed, with what filling the stock needs.", read_key_errors},
    {"wijzer_unseal_failures_total", "counter", "Answers with a sealed value that does not open.",
     read_unseal_failures},
};

static void put_log_events(struct page *page)
{
    head(page, "wijzer_log_events_total", "counter", "Log events, held-back lines included.");
    for (int event = 0; event < LOG_EVENT_COUNT; event++)
        put(page, "wijzer_log_events_total{event=\"%s\"} %llu\n", log_event_word((enum log_event)event),
            (unsigned long long)log_count((enum log_event)event));
}

/* Of the tables in force: a sample per region and table. */
static void put_tables(struct page *page, const struct notice *notices, size_t count, const char *name,
                       const char *help, uint64_t (*read)(const struct notice *notice, int table))
{
    head(page, name, "gauge", help);
    for (size_t i = 0; i < count; i++)
        for (int table = 1; table <= RULE_TABLES; table++)
            if (notices[i].versions[table])
                put(page, "%s{region=\"%.*s\",table=\"%d\"} %llu\n", name, SLICE_FMT(notices[i].code), table,
                    (unsigned long long)read(&notices[i], table));
}

static uint64_t read_table_version(const struct notice *notice, int table)
{
    return (uint64_t)notice->versions[table];
}

static uint64_t read_table_rules(const struct notice *notice, int table)
{
    return notice->rules[table];
}

static double read_bytes(const struct notice *notice)
{
    return (double)notice->bytes;
}

static double read_build(const struct notice *notice)
{
    return (double)notice->build_us / 1e6;
}

static double read_stale(const struct notice *notice)
{
    return notice->is_stale;
}

/* One number of a region's snapshot. */
static const struct {
    const char *name, *help;
    double (*read)(const struct notice *notice);
} snapshot_gauges[] = {
    {"wijzer_rule_snapshot_bytes", "Memory of the rule tables in force.", read_bytes},
    {"wijzer_rule_snapshot_build_seconds", "Reading and building the snapshot in use.", read_build},
    {"wijzer_rule_snapshot_stale", "1: a newer snapshot could not be built; see the log.", read_stale},
};

static void put_rules(struct page *page, struct board *board)
{
    struct notice *notices = NULL;
    size_t count = board_read(board, page->arena, &notices);
    put_tables(page, notices, count, "wijzer_rule_table_version", "Version of the rule table in force.",
               read_table_version);
    put_tables(page, notices, count, "wijzer_rule_table_rules", "Rows of the rule table in force.",
               read_table_rules);
    for (size_t g = 0; g < sizeof snapshot_gauges / sizeof snapshot_gauges[0]; g++) {
        head(page, snapshot_gauges[g].name, "gauge", snapshot_gauges[g].help);
        for (size_t i = 0; i < count; i++)
            put(page, "%s{region=\"%.*s\"} %.9g\n", snapshot_gauges[g].name, SLICE_FMT(notices[i].code),
                snapshot_gauges[g].read(&notices[i]));
    }
}

struct slice metrics_text(struct worker *const *workers, unsigned count, struct board *board,
                          struct arena *arena)
{
    struct page page = {.arena = arena, .text = arena_alloc(arena, 8192), .size = 8192};
    for (size_t g = 0; g < sizeof gauges / sizeof gauges[0]; g++) {
        uint64_t sum = 0;
        for (unsigned i = 0; i < count; i++)
            sum += gauges[g].read(workers[i]);
        head(&page, gauges[g].name, gauges[g].type, gauges[g].help);
        put(&page, "%s %llu\n", gauges[g].name, (unsigned long long)sum);
    }
    put_requests(&page, workers, count);
    put_durations(&page, workers, count);
    put_refusals(&page, workers, count, false);
    put_refusals(&page, workers, count, true);
    if (count)
        put_tls_refusals(&page, &workers[0]->app->tls_counts);
    put_rules(&page, board);
    put_log_events(&page);
    return slice_make(page.text, page.used);
}
