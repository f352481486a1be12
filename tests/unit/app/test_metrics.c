// wraps: pg_pool_stats
/* /metrics is text that Prometheus takes: every family has its HELP and TYPE once, before its samples; names
 * and labels are well formed; a histogram adds up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "board.h"
#include "core/fixture.h"
#include "log.h"
#include "routes.h"
#include "worker.h"

enum { WORKERS = 2 };

static struct app *app;
static struct worker *workers[WORKERS];
static struct arena *arena;
static struct board *board;

void __wrap_pg_pool_stats(const struct pg_pool *pool, struct pg_stats *out);
void __wrap_pg_pool_stats(const struct pg_pool *pool, struct pg_stats *out)
{
    (void)pool;
    *out = (struct pg_stats){.jobs = 10, .lanes = 2, .up = 1};
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    board = board_new();
    app = xcalloc(1, sizeof *app);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = xcalloc(1, sizeof *workers[i]);
        workers[i]->app = app;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < WORKERS; i++)
        free(workers[i]);
    free(app);
    arena_free(&arena);
    board_free(&board);
    return 0;
}

static const char *page(void)
{
    struct slice text = metrics_text(workers, WORKERS, board, arena);
    return arena_text(arena, text);
}

static bool is_name_char(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || c == '_' || (!first && c >= '0' && c <= '9');
}

static size_t name_length(const char *text)
{
    size_t n = 0;
    while (is_name_char(text[n], n == 0))
        n++;
    return n;
}

/* Behind a sample's name: {label="value",...} */
static const char *skip_labels(const char *at)
{
    if (*at != '{')
        return at;
    do {
        size_t n = name_length(++at);
        assert_true(n > 0);
        at += n;
        assert_memory_equal(at, "=\"", 2);
        at += 2;
        at += strcspn(at, "\"\\\n");
        assert_int_equal(*at++, '"');
    } while (*at == ',');
    assert_int_equal(*at, '}');
    return at + 1;
}

/* The family of a sample is its name, less what a histogram adds. */
static size_t family_length(const char *name, size_t length, const char *type)
{
    static const char *const endings[] = {"_bucket", "_sum", "_count"};
    for (size_t i = 0; strcmp(type, "histogram") == 0 && i < 3; i++) {
        size_t n = strlen(endings[i]);
        if (length > n && memcmp(name + length - n, endings[i], n) == 0)
            return length - n;
    }
    return length;
}

static void check_sample(const char *line, const char *family, const char *type)
{
    char *end;
    size_t length = name_length(line);
    const char *at = skip_labels(line + length);
    assert_int_equal(family_length(line, length, type), strlen(family));
    assert_memory_equal(line, family, strlen(family));
    assert_int_equal(*at++, ' ');
    assert_true(strtod(at, &end) >= 0);
    assert_true(end > at);
    assert_int_equal(*end, '\0');
}

static void the_page_is_well_formed(void **state)
{
    (void)state;
    char family[80] = "", type[20] = "", seen[8192] = " ";
    size_t used = 1;
    metrics_request(&workers[0]->metrics, 0, 200, 700);
    metrics_request(&workers[0]->metrics, METRICS_ROUTES - 1, 404, 10);
    metrics_request(&workers[1]->metrics, 5, 0, 99999999);
    char *text = arena_text(arena, slice_of(page()));
    assert_int_equal(text[strlen(text) - 1], '\n');
    unsigned samples = 0;
    text[strlen(text) - 1] = '\0';
    for (char *line; (line = strsep(&text, "\n"));) {
        char word[84];
        if (strncmp(line, "# HELP ", 7) == 0) {
            assert_int_equal(sscanf(line, "# HELP %79s", family), 1);
            snprintf(word, sizeof word, " %s ", family);
            assert_null(strstr(seen, word)); /* a family stands in one place */
            used += (size_t)snprintf(seen + used, sizeof seen - used, "%s ", family);
            assert_true(used < sizeof seen);
            type[0] = '\0';
        } else if (line[0] == '#') {
            assert_int_equal(sscanf(line, "# TYPE %83s %19s", word, type), 2);
            assert_string_equal(word, family);
            bool ends = strlen(family) > 6 && strcmp(family + strlen(family) - 6, "_total") == 0;
            assert_int_equal(ends, strcmp(type, "counter") == 0);
        } else {
            assert_string_not_equal(type, "");
            check_sample(line, family, type);
            samples++;
        }
    }
    assert_true(samples > 20);
}

static void assert_line(const char *text, const char *line)
{
    const char *at = strstr(text, line);
    if (!at || at[strlen(line)] != '\n' || (at > text && at[-1] != '\n'))
        fail_msg("no line %s in\n%s", line, text);
}

static void workers_are_added_up(void **state)
{
    (void)state;
    atomic_store(&workers[0]->metrics.connections, 3);
    atomic_store(&workers[1]->metrics.connections, 4);
    metrics_add(&workers[0]->metrics.referrals, 5);
    metrics_add(&workers[1]->metrics.referrals, 6);
    metrics_request(&workers[0]->metrics, 1, 503, 1000);
    metrics_request(&workers[1]->metrics, 1, 503, 1000);
    const char *text = page();
    assert_line(text, "wijzer_connections 7");
    assert_line(text, "wijzer_referrals_total 11");
    assert_line(text, "wijzer_lanes_up 4");
    assert_line(text, "wijzer_jobs_total 40");
    char line[100];
    snprintf(line, sizeof line, "wijzer_requests_total{route=\"%s\",status=\"5xx\"} 2", routes[1].name);
    assert_line(text, line);
}

static void durations_fall_into_their_buckets(void **state)
{
    (void)state;
    metrics_request(&workers[0]->metrics, 1, 200, 0);
    metrics_request(&workers[0]->metrics, 1, 200, 500);
    metrics_request(&workers[0]->metrics, 1, 200, 501);
    metrics_request(&workers[1]->metrics, 1, 200, 6000000);
    const char *text = page();
    assert_line(text, "wijzer_request_seconds_bucket{le=\"0.0005\"} 2");
    assert_line(text, "wijzer_request_seconds_bucket{le=\"0.001\"} 3");
    assert_line(text, "wijzer_request_seconds_bucket{le=\"5\"} 3");
    assert_line(text, "wijzer_request_seconds_bucket{le=\"+Inf\"} 4");
    assert_line(text, "wijzer_request_seconds_count 4");
    assert_line(text, "wijzer_request_seconds_sum 6.001001");
}

static void tables_in_force_are_named(void **state)
{
    (void)state;
    const struct region *region = fixture_region();
    char line[100];
    board_show(board, region, 250000);
    const char *text = page();
    assert_line(text, "wijzer_rule_table_version{region=\"deurne\",table=\"3\"} 13");
    snprintf(line, sizeof line, "wijzer_rule_table_rules{region=\"deurne\",table=\"3\"} %zu",
             region->tables[3]->rule_count);
    assert_line(text, line);
    assert_null(strstr(text, "table=\"4\"")); /* none in force */
    assert_line(text, "wijzer_rule_snapshot_build_seconds{region=\"deurne\"} 0.25");
    assert_line(text, "wijzer_rule_snapshot_stale{region=\"deurne\"} 0");
    assert_true(board_mark_stale(board, region->id));
    assert_false(board_mark_stale(board, region->id + 1));
    assert_line(page(), "wijzer_rule_snapshot_stale{region=\"deurne\"} 1");
    the_page_is_well_formed(state);
    region_release(&region);
}

static void odd_numbers_find_a_place(void **state)
{
    (void)state;
    metrics_request(&workers[0]->metrics, 9999, 999, -5);
    metrics_request(&workers[0]->metrics, 0, -1, 1);
    assert_line(page(), "wijzer_requests_total{route=\"none\",status=\"0xx\"} 1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_page_is_well_formed),           TEST(workers_are_added_up),
        TEST(durations_fall_into_their_buckets), TEST(tables_in_force_are_named),
        TEST(odd_numbers_find_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
