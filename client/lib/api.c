#include "api.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "clock.h"
#include "json_doc.h"
#include "pin.h"
#include "sse.h"

enum { WAIT_FIRST_MS = 200, ERROR_TEXT = CURL_ERROR_SIZE };

struct api {
    const struct profile *profile;
    const volatile sig_atomic_t *interrupted;
    struct clock clock;
    CURL *curl;
    char *no_proxy;
    char error[ERROR_TEXT];
};

/* What one transfer brings in. */
struct inflow {
    CURL *curl;
    char *bytes; /* malloc'ed, grows */
    size_t len, room;
    bool too_large;
    struct sse *sse; /* of a stream; NULL: none is wanted */
    void (*on_event)(void *arg, struct slice data);
    void *arg;
    bool is_stream;
};

static struct slice header_of(CURL *curl, const char *name)
{
    struct curl_header *found = NULL;
    if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return SLICE_NONE;
    return slice_of(found->value);
}

static bool is_stream(const struct inflow *in)
{
    long status = 0;
    curl_easy_getinfo(in->curl, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 && slice_starts(header_of(in->curl, "Content-Type"), "text/event-stream");
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct inflow *in = context;
    size_t n = size * count;
    in->is_stream = in->sse && (in->is_stream || is_stream(in));
    if (in->is_stream)
        return sse_feed(in->sse, slice_make(bytes, n), in->on_event, in->arg) ? n : 0;
    if (n > API_BODY_MAX - in->len) {
        in->too_large = true;
        return 0;
    }
    if (n > in->room - in->len) {
        in->room = (in->len + n) * 2;
        in->bytes = xrealloc(in->bytes, in->room);
    }
    memcpy(in->bytes + in->len, bytes, n);
    in->len += n;
    return n;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct api *api = context;
    (void)a, (void)b, (void)c, (void)d;
    return api->interrupted && *api->interrupted;
}

/* The machine's own services are never behind a proxy. */
static char *no_proxy_list(void)
{
    const char *given = getenv("no_proxy");
    char *list = NULL;
    if (!given)
        given = getenv("NO_PROXY");
    if (asprintf(&list, "%s%slocalhost,127.0.0.1,::1", given ? given : "", given && *given ? "," : "") < 0)
        return NULL;
    return list;
}

/* libcurl checks that the certificate is for the host, whoever verified it. */
static CURLcode on_ssl_ctx(CURL *curl, void *ssl_ctx, void *pin)
{
    (void)curl;
    SSL_CTX_set_cert_verify_callback(ssl_ctx, pin_verify, pin);
    return CURLE_OK;
}

/* What stays the same for every call; kept by curl_easy_reset's counterpart below. */
static bool set_up(struct api *api)
{
    CURL *c = api->curl;
    const struct profile *p = api->profile;
    CURLcode bad = CURLE_OK;
    curl_easy_reset(c);
#define SET(option, value) bad = bad ? bad : curl_easy_setopt(c, option, value)
    SET(CURLOPT_ERRORBUFFER, api->error);
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CAINFO, p->ca);
    SET(CURLOPT_CAPATH, NULL); /* else the system's CAs are believed as well */
    if (p->pin) {
        SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
        SET(CURLOPT_SSL_CTX_DATA, (void *)(uintptr_t)p->pin);
    }
    if (p->cert) {
        SET(CURLOPT_SSLCERT, p->cert);
        SET(CURLOPT_SSLKEY, p->key);
    }
    SET(CURLOPT_NOPROXY, api->no_proxy);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)API_CONNECT_MS);
    SET(CURLOPT_USERAGENT, "wijzer/" WIJZER_VERSION);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, api);
#undef SET
    return bad == CURLE_OK;
}

struct api *api_open(const struct profile *profile, const volatile sig_atomic_t *interrupted, struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(err, ERR_TLS, "libcurl does not start");
        return NULL;
    }
    struct api *api = xcalloc(1, sizeof *api);
    api->profile = profile;
    api->interrupted = interrupted;
    api->clock = clock_system(0);
    api->no_proxy = no_proxy_list();
    api->curl = curl_easy_init();
    if (!api->curl || !api->no_proxy || !set_up(api)) {
        err_set(err, ERR_TLS, "libcurl cannot make a TLS connection");
        api_close(&api);
    }
    return api;
}

void api_close(struct api **api)
{
    if (!*api)
        return;
    curl_easy_cleanup((*api)->curl);
    free((*api)->no_proxy);
    xfree(*api);
    curl_global_cleanup();
}

static void add_header(struct curl_slist **list, struct arena *arena, const char *name, const char *value)
{
    struct curl_slist *grown =
        value ? curl_slist_append(*list, arena_printf(arena, "%s: %s", name, value)) : *list;
    if (grown)
        *list = grown;
}

static struct curl_slist *headers_of(const struct call *call, struct arena *arena)
{
    struct curl_slist *list = NULL;
    add_header(&list, arena, "Accept",
               arena_printf(arena, "%s, application/problem+json",
                            call->accept ? call->accept : "application/json"));
    add_header(&list, arena, "If-Match", call->if_match);
    add_header(&list, arena, "Last-Event-ID", call->last_id);
    if (strcmp(call->method, "POST") == 0) {
        add_header(&list, arena, "Idempotency-Key", call->key);
        add_header(&list, arena, "Content-Type", call->type ? call->type : "application/json");
        add_header(&list, arena, "Content-Disposition", call->disposition);
        add_header(&list, arena, "Expect", ""); /* no 100-continue round trip */
    }
    return list;
}

const char *problem_word(struct slice content_type, struct slice body, struct arena *arena)
{
    static const char prefix[] = "urn:wijzer:problem:";
    const char *word = NULL;
    if (!slice_starts(content_type, "application/problem+json"))
        return NULL;
    json_t *document = document_parse(body, NULL);
    const char *type = document_text(document, "type");
    if (strncmp(type, prefix, sizeof prefix - 1) == 0)
        word = arena_text(arena, slice_of(type + sizeof prefix - 1));
    json_decref(document);
    return word;
}

const char *api_escape(struct arena *arena, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *out = arena_alloc(arena, strlen(text) * 3 + 1), *at = out;
    for (; *text; text++) {
        if (strchr(plain, *text)) {
            *at++ = *text;
        } else {
            snprintf(at, 4, "%%%02X", (unsigned)(unsigned char)*text);
            at += 3;
        }
    }
    return out;
}

/* Whether our service said this: a 2xx of the type that was wanted, or a problem of its own. */
static bool is_ours(int status, struct slice type, const char *wanted, const char *problem)
{
    return problem || (status >= 200 && status < 300 && slice_starts(type, wanted));
}

/* The address of the page behind this one (RFC 8288, one link), below /v1. */
static const char *next_of(struct slice link, struct arena *arena)
{
    static const char start[] = "</v1", rel[] = ">; rel=\"next\"";
    const char *end = link.ptr ? memmem(link.ptr, link.len, rel, sizeof rel - 1) : NULL;
    if (!end || !slice_starts(link, start))
        return NULL;
    const char *path = link.ptr + sizeof start - 1;
    return arena_text(arena, slice_make(path, (size_t)(end - path)));
}

static void read_answer(struct api *api, const struct call *call, const struct inflow *in,
                        struct arena *arena, struct answer *out)
{
    long status = 0;
    uint64_t seconds;
    struct slice type = header_of(api->curl, "Content-Type");
    struct slice etag = header_of(api->curl, "ETag");
    curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, &status);
    out->status = (int)status;
    out->body = arena_slice(arena, slice_make(in->bytes ? in->bytes : "", in->len));
    out->etag = etag.ptr ? arena_text(arena, etag) : NULL;
    out->retry_after = -1;
    if (slice_to_u64(header_of(api->curl, "Retry-After"), 3600, &seconds))
        out->retry_after = (int)seconds;
    out->problem = problem_word(type, out->body, arena);
    out->next = next_of(header_of(api->curl, "Link"), arena);
    out->outcome = is_ours(out->status, type, call->accept ? call->accept : "application/json", out->problem)
                       ? CALL_ANSWERED
                       : CALL_FOREIGN;
    if (out->outcome == CALL_FOREIGN)
        snprintf(out->reason, sizeof out->reason, "HTTP %d", out->status);
}

/* libcurl's results before anything of the request can have reached the service. */
static const struct {
    CURLcode code;
    enum call_outcome outcome;
} before_sending[] = {
    {CURLE_COULDNT_RESOLVE_HOST, CALL_NOT_SENT},
    {CURLE_COULDNT_RESOLVE_PROXY, CALL_NOT_SENT},
    {CURLE_COULDNT_CONNECT, CALL_NOT_SENT},
    {CURLE_SSL_CONNECT_ERROR, CALL_NOT_SENT},
    {CURLE_PEER_FAILED_VERIFICATION, CALL_NOT_SENT},
    {CURLE_SSL_ISSUER_ERROR, CALL_NOT_SENT},
    {CURLE_SSL_CERTPROBLEM, CALL_NO_ENTRY},
    {CURLE_SSL_CACERT_BADFILE, CALL_NO_ENTRY},
    {CURLE_URL_MALFORMAT, CALL_NOT_SENT},
    {CURLE_PROXY, CALL_NOT_SENT},
};

/* With TLS 1.3 a refused certificate shows as an alert on the first read, after the request went out; the
 * service closes such a connection before it reads anything. */
static bool is_certificate_alert(const char *error)
{
    static const char *const alerts[] = {"alert bad certificate",
                                         "certificate required",
                                         "certificate expired",
                                         "certificate revoked",
                                         "unknown ca",
                                         "certificate unknown",
                                         "alert access denied",
                                         "unsupported certificate"};
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
        if (strcasestr(error, "alert") && strcasestr(error, alerts[i]))
            return true;
    return false;
}

static enum call_outcome outcome_of(struct api *api, CURLcode code)
{
    curl_off_t connected = 0;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return CALL_INTERRUPTED;
    if (is_certificate_alert(api->error))
        return CALL_NO_ENTRY;
    for (size_t i = 0; i < sizeof before_sending / sizeof before_sending[0]; i++)
        if (before_sending[i].code == code)
            return before_sending[i].outcome;
    curl_easy_getinfo(api->curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
    return code == CURLE_OPERATION_TIMEDOUT && connected == 0 ? CALL_NOT_SENT : CALL_UNCERTAIN;
}

/* `timeout_ms` 0: as long as something comes. */
static void transfer(struct api *api, const struct call *call, int64_t timeout_ms, struct inflow in,
                     struct arena *arena, struct answer *out)
{
    struct curl_slist *headers = headers_of(call, arena);
    in.curl = api->curl;
    bool post = strcmp(call->method, "POST") == 0;
    api->error[0] = '\0';
    curl_easy_setopt(api->curl, CURLOPT_URL, arena_printf(arena, "%s/v1%s", api->profile->api, call->path));
    curl_easy_setopt(api->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(api->curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(api->curl, CURLOPT_LOW_SPEED_LIMIT, timeout_ms ? 0L : 1L);
    curl_easy_setopt(api->curl, CURLOPT_LOW_SPEED_TIME, timeout_ms ? 0L : (long)API_SILENCE_S);
    curl_easy_setopt(api->curl, CURLOPT_WRITEDATA, &in);
    if (post) {
        curl_easy_setopt(api->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(api->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
        curl_easy_setopt(api->curl, CURLOPT_POSTFIELDS, call->body.ptr ? call->body.ptr : "");
    } else {
        curl_easy_setopt(api->curl, CURLOPT_HTTPGET, 1L);
    }
    CURLcode code = curl_easy_perform(api->curl);
    *out = (struct answer){.retry_after = -1};
    if (in.is_stream && code == CURLE_WRITE_ERROR) {
        out->outcome = CALL_FOREIGN;
        snprintf(out->reason, sizeof out->reason, "an event is too long");
    } else if (in.is_stream && code != CURLE_ABORTED_BY_CALLBACK) {
        out->status = 200;
        out->outcome = CALL_ANSWERED;
    } else if (code == CURLE_OK) {
        read_answer(api, call, &in, arena, out);
    } else {
        out->outcome = in.too_large ? CALL_FOREIGN : outcome_of(api, code);
        snprintf(out->reason, sizeof out->reason, "%s",
                 in.too_large ? "the answer is too large"
                              : (api->error[0] ? api->error : curl_easy_strerror(code)));
    }
    curl_slist_free_all(headers);
    free(in.bytes);
}

int64_t retry_wait(const struct answer *answer, int try, int64_t left)
{
    bool busy = answer->outcome == CALL_ANSWERED && answer->status == 503;
    if (try > API_TRIES || (!busy && answer->outcome != CALL_UNCERTAIN))
        return -1;
    int64_t wait = (int64_t)WAIT_FIRST_MS << (try - 2);
    if (busy && answer->retry_after >= 0 && answer->retry_after * INT64_C(1000) > wait)
        wait = answer->retry_after * INT64_C(1000);
    return wait < left ? wait : -1;
}

static void wait_ms(const struct api *api, int64_t ms)
{
    enum { PIECE = 100 };
    for (; ms > 0 && !(api->interrupted && *api->interrupted); ms -= PIECE) {
        struct timespec pause = {.tv_nsec = (ms < PIECE ? ms : PIECE) * 1000000};
        nanosleep(&pause, NULL);
    }
}

void api_call(struct api *api, const struct call *call, struct arena *arena, struct answer *out)
{
    int64_t start = clock_monotonic(&api->clock);
    int64_t budget = call->patient ? API_PATIENT_MS : API_BUDGET_MS;
    int64_t most = call->patient ? API_PATIENT_MS : call->once ? API_ONCE_MS : API_TOTAL_MS;
    for (int try = 1;; try++) {
        int64_t left = budget - (clock_monotonic(&api->clock) - start) / 1000;
        if (left < 1)
            left = 1;
        transfer(api, call, left < most ? left : most, (struct inflow){0}, arena, out);
        left = budget - (clock_monotonic(&api->clock) - start) / 1000;
        int64_t wait = call->once ? -1 : retry_wait(out, try + 1, left);
        if (wait < 0)
            return;
        wait_ms(api, wait);
    }
}

void api_stream(struct api *api, const char *path, struct sse *sse,
                void (*on_event)(void *arg, struct slice data), void *arg, struct arena *arena,
                struct answer *out)
{
    const char *last_id = sse_last_id(sse);
    struct call call = {.method = "GET", .path = path, .accept = "text/event-stream"};
    call.last_id = *last_id ? arena_text(arena, slice_of(last_id)) : NULL;
    sse_restart(sse);
    transfer(api, &call, 0, (struct inflow){.sse = sse, .on_event = on_event, .arg = arg}, arena, out);
}
