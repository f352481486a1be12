/*
 * Health, metrics and the contract itself. The same health answers are given on the API and, in plain HTTP on
 * a loopback port, by the main thread.
 */
#include "board.h"
#include "handlers.h"
#include "json_out.h"
#include "metrics.h"
#include "openapi.h"

/* Whether a worker can reach it, for referrals and for all else. */
static bool has_data(const struct app *app)
{
    for (unsigned i = 0; i < app->worker_count; i++) {
        struct pg_stats stats, submits;
        pg_pool_stats(app->workers[i]->pool, &stats);
        pg_pool_stats(app->workers[i]->submits, &submits);
        if (stats.up && submits.up)
            return true;
    }
    return false;
}

static bool has_keys(const struct app *app)
{
    struct pg_stats stats = {0};
    for (unsigned i = 0; i < app->worker_count && stats.up == 0; i++)
        pg_pool_stats(app->workers[i]->keys, &stats);
    return stats.up > 0;
}

/* Whether referrals of every region can still be taken in without the key database. */
static bool has_stock(const struct app *app)
{
    for (unsigned i = 0; i < app->worker_count; i++)
        if (atomic_load_explicit(&app->workers[i]->metrics.empty_stocks, memory_order_relaxed) == 0)
            return true;
    return false;
}

/* Whether work can be done now; *why is a word where it cannot. */
static bool is_ready(const struct app *app, const char **why)
{
    *why = atomic_load(&app->is_draining)      ? "draining"
           : !has_data(app)                    ? "database-away"
           : !has_keys(app) && !has_stock(app) ? "key-database-away"
           : !atomic_load(&app->schema_fits)   ? "schema-unknown"
           : atomic_load(&app->regions) == 0   ? "no-region-loaded"
                                               : NULL;
    return *why == NULL;
}

static struct http_reply live_reply(void)
{
    return (struct http_reply){
        .status = 200, .content_type = "application/json", .body = slice_of("{\"status\":\"live\"}")};
}

/* {"code","version","tables":{"1":4,...}}: what is in force in a region. */
static void put_notice(struct json_out *out, const struct notice *notice)
{
    static const char *const names[RULE_TABLES + 1] = {"", "1", "2", "3", "4", "5", "6", "7"};
    out_open(out, NULL, '{');
    out_text(out, "code", notice->code);
    out_integer(out, "version", notice->version);
    out_open(out, "tables", '{');
    for (int t = 1; t <= RULE_TABLES; t++)
        if (notice->versions[t])
            out_integer(out, names[t], notice->versions[t]);
    out_close(out, '}');
    out_close(out, '}');
}

static struct slice ready_body(const struct app *app, struct arena *arena)
{
    struct notice *notices = NULL;
    size_t count = board_read(app->board, arena, &notices);
    struct json_out out = json_out_new(arena, 256);
    out_open(&out, NULL, '{');
    out_text(&out, "status", slice_of("ready"));
    out_text(&out, "schema", slice_of(app_schema_version));
    out_text(&out, "keyDatabase", slice_of(has_keys(app) ? "up" : "away"));
    out_open(&out, "regions", '[');
    for (size_t i = 0; i < count; i++)
        put_notice(&out, &notices[i]);
    out_close(&out, ']');
    out_close(&out, '}');
    return json_out_slice(&out);
}

static struct http_reply ready_reply(const struct app *app, struct arena *arena)
{
    const char *why;
    if (is_ready(app, &why))
        return (struct http_reply){
            .status = 200, .content_type = "application/json", .body = ready_body(app, arena)};
    return (struct http_reply){
        .status = 503,
        .content_type = "application/problem+json",
        .body = problem_json(arena, ERR_BUSY, arena_printf(arena, "Not ready: %s.", why), NULL),
        .fields = "Retry-After: 1\r\n"};
}

void system_livez(struct call *call)
{
    struct http_reply reply = live_reply();
    http_reply(call->request, &reply);
}

void system_readyz(struct call *call)
{
    struct http_reply reply = ready_reply(call->worker->app, call->arena);
    http_reply(call->request, &reply);
}

void system_openapi(struct call *call)
{
    call_json(call, 200, slice_make((const char *)openapi_json, openapi_json_size), NULL);
}

/* The metrics listener. */

static struct http_reply problem_reply(struct arena *arena, enum err_code code)
{
    return (struct http_reply){.status = problem_kind(code)->status,
                               .content_type = "application/problem+json",
                               .body = problem_json(arena, code, NULL, NULL),
                               .fields = code == ERR_METHOD ? "Allow: GET, HEAD\r\n" : NULL};
}

static void on_head(struct http_request *request, void *context)
{
    const struct app *app = context;
    const struct http_head *head = http_request_head(request);
    struct arena *arena = http_request_arena(request);
    struct http_reply reply;
    if (head->method != HTTP_GET && head->method != HTTP_HEAD)
        reply = problem_reply(arena, ERR_METHOD);
    else if (slice_is(head->path, "/livez"))
        reply = live_reply();
    else if (slice_is(head->path, "/readyz"))
        reply = ready_reply(app, arena);
    else if (slice_is(head->path, "/metrics"))
        reply = (struct http_reply){.status = 200,
                                    .content_type = "text/plain; version=0.0.4; charset=utf-8",
                                    .body = metrics_text(app->workers, app->worker_count, app->board, arena)};
    else
        reply = problem_reply(arena, ERR_NOT_FOUND);
    http_reply(request, &reply);
}

static void on_request(struct http_request *request, void *context)
{
    (void)request, (void)context; /* answered at the head */
}

static void on_end(struct http_request *request, int status, int64_t microseconds, void *context)
{
    (void)request, (void)status, (void)microseconds, (void)context;
}

const struct http_app system_app = {
    .on_head = on_head,
    .on_request = on_request,
    .on_end = on_end,
    .problem = call_problem_body,
    .server_fields = CALL_SERVER_FIELDS,
};
