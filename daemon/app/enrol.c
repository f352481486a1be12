/*
 * Joining and renewing: a code or a certificate, and a certificate request, become a certificate. What is
 * wrong with a code is told to log and metrics; whoever typed it hears the same in every case.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "conn.h"
#include "handlers.h"
#include "json_out.h"
#include "wire.h"

/* Between the database's answers: texts of the arena, nothing that would have to be freed. */
struct joining {
    struct slice csr;
    const char *code_hash, *request; /* hex SHA-256 */
    const char *san, *pem, *serial;
    int64_t not_after; /* seconds */
};

static const char *hex_sha256(struct arena *arena, const char *first, const char *second)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    const char *text = arena_printf(arena, "%s%s", first, second);
    if (EVP_Digest(text, strlen(text), digest, &length, EVP_sha256(), NULL) != 1)
        abort(); /* no memory, or no SHA-256: nothing can be promised then */
    char *hex = arena_alloc(arena, 2 * length + 1);
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    hex[2 * length] = '\0';
    return hex;
}

const char *enrol_code_hash(struct arena *arena, struct slice code)
{
    char letters[SPELL_TEXT];
    /* What is no code hashes to what no code has, and is counted as a wrong one. */
    bool is_code = spell_read(code, SPELL_CODE, letters);
    return hex_sha256(arena, is_code ? "" : "?", is_code ? letters : arena_text(arena, code));
}

/* ---- refusing ---- */

/* The log and the metrics get the reason; the caller only where it is about the request itself. */
static void tell_refusal(struct call *call, const char *reason)
{
    const struct conn *conn = http_request_conn(call->request);
    metrics_enrol_refusal(&call->worker->metrics, reason);
    log_event(EV_ENROL_REFUSED, LOG_T("reason", reason),
              LOG_T("address", conn ? conn_address((struct conn *)(uintptr_t)conn) : NULL),
              LOG_N("region", call->account.region_id), LOG_N("account", call->account.id));
}

static void refuse_csr(struct call *call, enum csr_fault fault)
{
    tell_refusal(call, csr_fault_word(fault));
    call_refuse(call, ERR_INVALID_BODY, "/csr", csr_fault_word(fault), csr_fault_text(fault));
}

static void refuse_code(struct call *call, const char *reason)
{
    tell_refusal(call, reason);
    call_problem(call, ERR_CODE_REFUSED, NULL, NULL);
}

/* The CA, or NULL: answered. */
static const struct authority *authority_of(struct call *call)
{
    const struct door *door = call->worker->door;
    if (!door || !door->authority)
        call_problem(call, ERR_NOT_FOUND, "This service issues no certificates.", NULL);
    return door ? door->authority : NULL;
}

/* False: answered. */
static bool read_body(struct call *call, enum wire_rights_kind kind, struct wire_rights *out)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct err err;
    if (wire_decode_rights(http_request_body(call->request), kind, call->arena, out, issues, &err))
        return true;
    call_invalid(call, issues, &err);
    return false;
}

/* ---- signing ---- */

/* Into joining->pem, serial and not_after; false: answered. */
static bool sign(struct call *call, const struct authority *authority, struct joining *joining)
{
    struct csr csr;
    struct authority_certificate made = {0};
    struct err err;
    enum csr_fault fault = csr_read(joining->csr, &csr);
    if (fault == CSR_GOOD && !csr_may_be(&csr, joining->san))
        fault = CSR_NAMES;
    bool signed_now = fault == CSR_GOOD && authority_sign(authority, &csr, joining->san, &made, &err);
    csr_free(&csr);
    if (fault != CSR_GOOD)
        refuse_csr(call, fault);
    else if (!signed_now)
        call_error(call, &err);
    if (!signed_now)
        return false;
    joining->pem = arena_text(call->arena, slice_of(made.pem));
    joining->serial = arena_text(call->arena, slice_of(made.serial));
    joining->not_after = made.not_after;
    free(made.pem);
    return true;
}

static const char *not_after_us(struct call *call, const struct joining *joining)
{
    return call_number(call, joining->not_after * MOMENT_SECOND);
}

static void put_certificate(struct json_out *out, struct slice pem, struct slice serial, int64_t not_after)
{
    out_text(out, "certificate", pem);
    out_text(out, "serial", serial);
    out_moment(out, "notAfter", not_after);
}

/* ---- joining ---- */

static void ask_code(struct call *call);

static void answer_enrolled(struct call *call, struct slice pem, struct slice serial, int64_t not_after,
                            struct slice me)
{
    const struct door *door = call->worker->door;
    const char *api = call->worker->config->api_address;
    struct json_out out = json_out_new(call->arena, 4096);
    out_open(&out, NULL, '{');
    put_certificate(&out, pem, serial, not_after);
    out_text(&out, "ca", slice_of(door->ca ? door->ca : ""));
    out_text(&out, "api", slice_of(arena_printf(call->arena, "https://%s", api ? api : "")));
    out_raw(&out, "me", me);
    out_close(&out, '}');
    call_json(call, 201, json_out_slice(&out), NULL);
}

static void on_enrolled(struct call *call, const PGresult *result)
{
    const struct joining *joining = call->data;
    struct slice word = store_text(result, 0, "result");
    call->account.region_id = (int32_t)store_number(result, 0, "region_id", 0);
    call->account.id = (int32_t)store_number(result, 0, "account_id", 0);
    if (slice_is(word, "replayed")) { /* the same request twice at once, or sent again: it was done */
        ask_code(call);
    } else if (slice_is(word, "enrolled")) {
        metrics_add(&call->worker->metrics.enrolments, 1);
        log_event(EV_ENROLLED, LOG_T("what", "joined"), LOG_N("region", call->account.region_id),
                  LOG_N("account", call->account.id), LOG_T("serial", joining->serial));
        answer_enrolled(call, slice_of(joining->pem), slice_of(joining->serial),
                        joining->not_after * MOMENT_SECOND, store_text(result, 0, "answer"));
    } else {
        refuse_code(call, arena_text(call->arena, store_text(result, 0, "fault")));
    }
}

static void enrol(struct call *call)
{
    struct joining *joining = call->data;
    struct conn *conn = http_request_conn(call->request);
    const struct authority *authority = authority_of(call);
    if (!authority || !sign(call, authority, joining))
        return;
    const char **params = arena_array(call->arena, 8, sizeof *params);
    params[0] = joining->code_hash;
    params[1] = conn ? arena_text(call->arena, slice_of(conn_address(conn))) : "";
    params[2] = joining->request;
    params[3] = joining->san;
    params[4] = arena_text(call->arena, slice_of(authority_fingerprint(authority)));
    params[5] = joining->serial;
    params[6] = not_after_us(call, joining);
    params[7] = joining->pem;
    call_query(call, STORE_ENROL, params, on_enrolled);
}

static void on_code(struct call *call, const PGresult *result)
{
    struct joining *joining = call->data;
    struct slice word = store_text(result, 0, "result");
    call->account.region_id = (int32_t)store_number(result, 0, "region_id", 0);
    joining->san = arena_text(call->arena, store_text(result, 0, "san"));
    if (slice_is(word, "open"))
        enrol(call);
    else if (slice_is(word, "replayed"))
        answer_enrolled(call, store_text(result, 0, "pem"), store_text(result, 0, "serial"),
                        store_number(result, 0, "not_after_us", 0), store_text(result, 0, "answer"));
    else
        refuse_code(call, arena_text(call->arena, store_text(result, 0, "fault")));
}

static void ask_code(struct call *call)
{
    const struct joining *joining = call->data;
    struct conn *conn = http_request_conn(call->request);
    const char **params = arena_array(call->arena, 3, sizeof *params);
    params[0] = joining->code_hash;
    params[1] = conn ? arena_text(call->arena, slice_of(conn_address(conn))) : "";
    params[2] = joining->request;
    call_query(call, STORE_OPEN_CODE, params, on_code);
}

/* The request is checked before the code: so who sends nonsense learns nothing about codes. */
void enrolments_post(struct call *call)
{
    struct wire_rights body;
    struct csr csr;
    if (!authority_of(call) || !read_body(call, RIGHTS_ENROL, &body))
        return;
    enum csr_fault fault = csr_read(body.csr, &csr);
    if (fault != CSR_GOOD) {
        refuse_csr(call, fault);
        return;
    }
    struct joining *joining = arena_alloc(call->arena, sizeof *joining);
    *joining = (struct joining){.csr = body.csr, .code_hash = enrol_code_hash(call->arena, body.code)};
    joining->request = hex_sha256(call->arena, csr.key_hash, arena_text(call->arena, call->key));
    csr_free(&csr);
    call->data = joining;
    ask_code(call);
}

/* ---- renewing ---- */

static void answer_renewed(struct call *call, const PGresult *result)
{
    struct slice serial = store_text(result, 0, "serial");
    struct json_out out = json_out_new(call->arena, 2048);
    out_open(&out, NULL, '{');
    put_certificate(&out, store_text(result, 0, "pem"), serial, store_number(result, 0, "not_after_us", 0));
    out_close(&out, '}');
    metrics_add(&call->worker->metrics.renewals, 1);
    log_event(EV_ENROLLED, LOG_T("what", "renewed"), LOG_N("region", call->account.region_id),
              LOG_N("account", call->account.id), LOG_S("serial", serial));
    call_json(call, 201, json_out_slice(&out), NULL);
}

static void on_renewed(struct call *call, const PGresult *result)
{
    static const struct {
        const char *word;
        enum err_code code;
        const char *detail;
    } refusals[] = {
        {"key-reused", ERR_KEY_REUSED, NULL},
        {"account-unknown", ERR_UNKNOWN_ACCOUNT, NULL},
        {"not-issued-here", ERR_STATE_NOT_ALLOWED,
         "Your certificate was not issued here: the CA that gave it renews it."},
        {"too-many", ERR_STATE_NOT_ALLOWED,
         "This account has ten certificates that are still good. Ask the steward to revoke some."},
    };
    struct slice word = store_text(result, 0, "result");
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (slice_is(word, refusals[i].word)) {
            tell_refusal(call, refusals[i].word);
            call_problem(call, refusals[i].code, refusals[i].detail, NULL);
            return;
        }
    answer_renewed(call, result);
}

static void renew(struct call *call, const struct authority *authority, struct joining *joining,
                  const char *address)
{
    const char **params = arena_array(call->arena, 10, sizeof *params);
    if (!sign(call, authority, joining))
        return;
    params[0] = call_number(call, call->account.region_id);
    params[1] = call_number(call, call->account.id);
    params[2] = arena_text(call->arena, call->key);
    params[3] = arena_text(call->arena, call->hash);
    params[4] = joining->san;
    params[5] = arena_text(call->arena, slice_of(authority_fingerprint(authority)));
    params[6] = joining->serial;
    params[7] = not_after_us(call, joining);
    params[8] = joining->pem;
    params[9] = arena_text(call->arena, slice_of(address));
    call_query(call, STORE_RENEW_CERTIFICATE, params, on_renewed);
}

/* For the name of the certificate that calls, whatever the account is called. */
void certificates_renew(struct call *call)
{
    struct wire_rights body;
    const struct authority *authority = authority_of(call);
    struct conn *conn = http_request_conn(call->request);
    const struct tls_peer *peer = conn ? conn_peer(conn) : NULL;
    if (!authority || !read_body(call, RIGHTS_RENEW, &body))
        return;
    if (!peer || strcmp(peer->issuer, authority_fingerprint(authority)) != 0) {
        tell_refusal(call, "not-issued-here");
        call_problem(call, ERR_STATE_NOT_ALLOWED,
                     "Your certificate was not issued here: the CA that gave it renews it.", NULL);
        return;
    }
    struct joining *joining = arena_alloc(call->arena, sizeof *joining);
    *joining = (struct joining){.csr = body.csr, .san = arena_text(call->arena, slice_of(peer->san))};
    renew(call, authority, joining, conn_address(conn));
}
