#include "call.h"

#include <openssl/evp.h>

#include "routes.h"
#include "unseal.h"
#include "vault.h"
#include "wire.h"

enum { FINGERPRINT_TEXT = 8 + EVP_MAX_MD_SIZE, PAGE_DEFAULT = 50, PAGE_MAX = 200 };

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

void call_invalid(struct call *call, const struct issues *issues, const struct err *err)
{
    call_problem(call, err->code, err->code == ERR_INVALID_BODY ? NULL : err->text, issues);
}

void call_found(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        call_document(call, document, NULL);
    else
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
}

void call_listed(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        call_document(call, document, NULL);
    else
        call_refuse(call, ERR_INVALID_PARAMETER, "?cursor", "unknown-word", "not a cursor of this list");
}

const struct region *call_region(struct call *call)
{
    const struct region *region = worker_region(call->worker, call->account.region_id);
    if (!region)
        call_problem(call, ERR_NO_ROUTE_TABLE, NULL, NULL);
    return region;
}

const struct keyring *call_keyring(struct call *call)
{
    const struct keyring *keyring = vault_keyring(call->worker->vault, call->account.region_id);
    if (!keyring)
        call_problem(call, ERR_BUSY, "The keys of this region are not there.", NULL);
    return keyring;
}

const char **call_own_params(struct call *call, size_t count)
{
    const char **params = arena_array(call->arena, count, sizeof *params);
    params[0] = call_number(call, call->account.region_id);
    params[1] = call_number(call, call->account.id);
    return params;
}

const char **call_params(struct call *call, size_t count)
{
    const char **params = call_own_params(call, count);
    params[count - 1] = call->came_from;
    return params;
}

const char **call_write_params(struct call *call, size_t count)
{
    const char **params = call_params(call, count);
    params[2] = arena_text(call->arena, call->key);
    params[3] = arena_text(call->arena, call->hash);
    return params;
}

bool call_says_nothing(struct call *call)
{
    struct issues issues = {.arena = call->arena};
    struct err err;
    if (wire_decode_nothing(http_request_body(call->request), call->arena, &issues, &err))
        return true;
    call_invalid(call, &issues, &err);
    return false;
}

bool call_flag(struct call *call, const char *name, const char **out)
{
    struct slice text = call_parameter(call, name);
    if (text.ptr && !slice_is(text, "true") && !slice_is(text, "false")) {
        call_refuse(call, ERR_INVALID_PARAMETER, arena_printf(call->arena, "?%s", name), "type",
                    "true or false");
        return false;
    }
    *out = slice_is(text, "true") ? "true" : "false";
    return true;
}

/* A day of the query; absent: *day stays. */
static bool take_day(struct call *call, const char *name, int64_t *day)
{
    struct slice text = call_parameter(call, name);
    if (!text.ptr || date_parse(text, day))
        return true;
    call_refuse(call, ERR_INVALID_PARAMETER, arena_printf(call->arena, "?%s", name), "not-a-date",
                "a date of the calendar as YYYY-MM-DD, from 1900 on");
    return false;
}

bool call_period(struct call *call, const char *first_name, const char *last_name, int64_t *first,
                 int64_t *last)
{
    *first = INT64_MIN;
    *last = INT64_MAX;
    if (!take_day(call, first_name, first) || !take_day(call, last_name, last))
        return false;
    if (*first <= *last)
        return true;
    call_refuse(call, ERR_INVALID_PARAMETER, arena_printf(call->arena, "?%s", last_name), "range",
                arena_printf(call->arena, "`%s` or a later day", first_name));
    return false;
}

bool call_page(struct call *call, const char **size, const char **cursor)
{
    struct slice text = call_parameter(call, "pageSize"), at = call_parameter(call, "cursor");
    uint64_t count = PAGE_DEFAULT;
    if (text.ptr && (!slice_to_u64(text, PAGE_MAX, &count) || count == 0)) {
        call_refuse(call, ERR_INVALID_PARAMETER, "?pageSize", "range", "a whole number from 1 to 200");
        return false;
    }
    *size = call_number(call, (int64_t)count);
    *cursor = call_text(call, at);
    return true;
}

const char *call_number(struct call *call, int64_t number)
{
    return arena_number(call->arena, number);
}

const char *call_text(struct call *call, struct slice text)
{
    return text.ptr ? arena_text(call->arena, text) : NULL;
}

static const char *const method_words[HTTP_METHODS] = {"GET",   "HEAD",   "POST",   "PUT",
                                                       "PATCH", "DELETE", "OPTIONS"};

const char *call_method_word(enum http_method method)
{
    return method_words[method];
}

struct slice call_fingerprint(const struct call *call, const struct keyring *keyring, struct arena *arena)
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
    char text[FINGERPRINT_TEXT], *hex = arena_alloc(arena, HASH_TEXT);
    static const char about[] = "body|";
    memcpy(text, about, sizeof about - 1);
    memcpy(text + sizeof about - 1, digest, length);
    keyring_hash(keyring, slice_make(text, sizeof about - 1 + length), hex);
    return slice_make(hex, HASH_TEXT - 1);
}

/* ---- documents ---- */

/* A document whose keys are being fetched. */
struct disclosure {
    struct call *call;
    struct sealed_document sealed;
    struct vault_wish wish;
    const char *fields;
    bool is_write; /* what it tells of is committed */
};

static const struct client_key *key_of(void *arg, int64_t client_id)
{
    const struct disclosure *disclosure = arg;
    const struct vault_wish *wish = &disclosure->wish;
    return vault_key(disclosure->call->worker->vault, wish->region_id, client_id);
}

/* What was written stays; its answer comes when it is asked for again. */
static void answer_sealed(struct disclosure *disclosure, const struct err *err)
{
    struct err told = *err;
    if (disclosure->is_write)
        told.code = ERR_UNCERTAIN;
    call_error(disclosure->call, &told);
}

static void disclose(struct vault_wish *wish, const struct err *failed)
{
    struct disclosure *disclosure = wish->arg;
    struct call *call = disclosure->call;
    struct slice plain;
    struct err err;
    if (failed) {
        answer_sealed(disclosure, failed);
    } else if (unseal_write(&disclosure->sealed, key_of, disclosure, call->arena, &plain, &err)) {
        call_json(call, 200, plain, disclosure->fields);
    } else {
        metrics_add(&call->worker->metrics.unseal_failures, 1);
        answer_sealed(disclosure, &err);
    }
    http_request_release(call->request);
}

void call_document(struct call *call, struct slice document, const char *fields)
{
    struct disclosure *disclosure = arena_alloc(call->arena, sizeof *disclosure);
    struct sealed_document *sealed = &disclosure->sealed;
    struct err err;
    if (!unseal_find(document, call->arena, sealed, &err)) {
        metrics_add(&call->worker->metrics.unseal_failures, 1);
        call_error(call, &err);
        return;
    }
    if (sealed->count == 0) {
        call_json(call, 200, document, fields);
        return;
    }
    arena_wipe(call->arena);
    sealed->json = arena_slice(call->arena, document);
    disclosure->call = call;
    disclosure->fields = fields;
    disclosure->is_write = call->job.statement && !call->job.statement->is_read;
    disclosure->wish = (struct vault_wish){.region_id = call->account.region_id,
                                           .clients = sealed->clients,
                                           .count = sealed->client_count,
                                           .arena = call->arena,
                                           .on_done = disclose,
                                           .arg = disclosure};
    http_request_hold(call->request);
    vault_fetch(call->worker->vault, &disclosure->wish);
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
    if (!call->worker->pool) {
        call_problem(call, ERR_DRAINING, NULL, NULL);
        return;
    }
    if (!pg_pool_submit(call->worker->pool, &call->job, &err)) {
        call_problem(call, err.code, NULL, NULL);
        return;
    }
    http_request_hold(call->request);
}

struct slice call_problem_body(struct arena *arena, enum err_code code, uint64_t limit, int *status)
{
    *status = problem_kind(code)->status;
    return code == ERR_TOO_LARGE && limit ? problem_too_large(arena, limit)
                                          : problem_json(arena, code, NULL, NULL);
}
