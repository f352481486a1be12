#include "call.h"

#include <openssl/evp.h>

#include "routes.h"

static const struct {
    enum role role;
    const char *word;
} roles[] = {{ROLE_REFERRER, "referrer"},
             {ROLE_WORKER, "worker"},
             {ROLE_COORDINATOR, "coordinator"},
             {ROLE_STEWARD, "steward"}};

enum role role_parse(struct slice word)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (slice_is(word, roles[i].word))
            return roles[i].role;
    return 0;
}

struct slice role_word(enum role role)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (roles[i].role == role)
            return slice_of(roles[i].word);
    return SLICE_NONE;
}

struct slice call_parameter(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->query_count; i++)
        if (slice_is(call->query[i].name, name))
            return call->query[i].value;
    return SLICE_NONE;
}

void call_json(struct call *call, int status, struct slice body, const char *fields)
{
    http_reply(call->request,
               &(struct http_reply){
                   .status = status, .content_type = "application/json", .body = body, .fields = fields});
}

void call_problem(struct call *call, enum err_code code, const char *detail, const struct issues *issues)
{
    const struct problem_kind *kind = problem_kind(code);
    http_reply(call->request, &(struct http_reply){.status = kind->status,
                                                   .content_type = "application/problem+json",
                                                   .body = problem_json(call->arena, code, detail, issues),
                                                   .fields = kind->status == 503 || kind->status == 429
                                                                 ? "Retry-After: 1\r\n"
                                                                 : NULL});
}

void call_forbid(struct call *call, enum err_code code, const char *reason, const char *detail)
{
    struct conn *conn = http_request_conn(call->request);
    const struct tls_peer *peer = conn ? conn_peer(conn) : NULL;
    metrics_refusal(&call->worker->metrics, reason ? reason : err_word(code));
    log_event(EV_ACCOUNT_REFUSED, LOG_T("reason", reason ? reason : err_word(code)),
              LOG_T("serial", peer ? peer->serial : NULL), LOG_T("address", conn ? conn_address(conn) : NULL),
              LOG_T("route", call->route ? call->route->name : NULL));
    call_problem(call, code, detail, NULL);
}

void call_refuse(struct call *call, enum err_code code, const char *pointer, const char *issue,
                 const char *detail)
{
    struct issues issues = {.arena = call->arena};
    issues_add(&issues, slice_of(pointer), issue, "%s", detail);
    call_problem(call, code, NULL, &issues);
}

void call_error(struct call *call, const struct err *err)
{
    if (problem_kind(err->code)->level == LOG_ERROR)
        log_error(EV_REQUEST_FAILED, err);
    call_problem(call, err->code, NULL, NULL);
}

const struct region *call_region(struct call *call)
{
    const struct region *region = worker_region(call->worker, call->account.region_id);
    if (!region)
        call_problem(call, ERR_NO_ROUTE_TABLE, NULL, NULL);
    return region;
}

const char *call_number(struct call *call, int64_t number)
{
    return arena_printf(call->arena, "%lld", (long long)number);
}

static const char *const method_words[HTTP_METHODS] = {"GET",   "HEAD",   "POST",   "PUT",
                                                       "PATCH", "DELETE", "OPTIONS"};

const char *call_method_word(enum http_method method)
{
    return method_words[method];
}

struct slice call_fingerprint(const struct call *call, struct arena *arena)
{
    const struct http_head *head = http_request_head(call->request);
    struct slice body = http_request_body(call->request);
    const char *line = arena_printf(arena, "%s %.*s\n", method_words[head->method], SLICE_FMT(head->path));
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL) ||
        !EVP_DigestUpdate(context, line, strlen(line)) || !EVP_DigestUpdate(context, body.ptr, body.len) ||
        !EVP_DigestFinal_ex(context, digest, &length))
        abort(); /* no memory, or no SHA-256: nothing can be promised then */
    EVP_MD_CTX_free(context);
    char *hex = arena_alloc(arena, 2 * length + 1);
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    return slice_make(hex, 2 * length);
}

/* Sends a write again whose outcome is not known, once and with time of its own; its key makes that safe.
 * Reads were sent again by the pool. Without a pool the daemon is stopping. */
static bool repeat(struct call *call)
{
    struct err err;
    if (call->was_repeated || call->job.statement->is_read)
        return false;
    call->was_repeated = true;
    call->job.deadline = 0;
    return call->worker->pool && pg_pool_submit(call->worker->pool, &call->job, &err);
}

/* What became of the second sending says nothing about the first. */
static void answer_failed(struct call *call, const struct err *err)
{
    struct err told = *err;
    if (call->was_repeated)
        told.code = ERR_UNCERTAIN;
    call_error(call, &told);
}

static void on_job_done(void *arg, const struct pg_reply *reply)
{
    struct call *call = arg;
    struct http_request *request = call->request;
    if (reply->outcome == PG_UNCERTAIN && repeat(call))
        return; /* still held */
    if (reply->outcome == PG_COMMITTED)
        call->on_result(call, reply->result);
    else
        answer_failed(call, reply->err);
    http_request_release(request);
}

void call_query(struct call *call, enum store_statement statement, const char *const *params,
                void (*on_result)(struct call *call, const PGresult *result))
{
    struct err err;
    call->job = (struct pg_job){
        .statement = &store_statements[statement], .params = params, .on_done = on_job_done, .arg = call};
    call->on_result = on_result;
    call->was_repeated = false;
    if (!pg_pool_submit(call->worker->pool, &call->job, &err)) {
        call_problem(call, err.code, NULL, NULL);
        return;
    }
    http_request_hold(call->request);
}

struct slice call_problem_body(struct arena *arena, enum err_code code, int *status)
{
    *status = problem_kind(code)->status;
    return problem_json(arena, code, NULL, NULL);
}
