/*
 * Handlers about consent: what is in force, its changes, what each party sees, and looking for a client.
 */
#include "consent.h"
#include "handlers.h"
#include "person.h"
#include "wire.h"

static void on_consent(struct call *call, const PGresult *result)
{
    if (PQntuples(result) == 0) {
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    call_document(
        call, store_text(result, 0, "document"),
        arena_printf(call->arena, "ETag: \"%lld\"\r\n", (long long)store_number(result, 0, "version", 0)));
}

void consent_get(struct call *call)
{
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_GET_CONSENT, params, on_consent);
}

/* What the database found wrong with grants that the snapshot knew: [[1, "step"], ...], or of a withdrawal
 * ["kind"]. */
static void add_wrong(struct issues *issues, struct slice detail)
{
    json_t *list = json_loadb(detail.ptr, detail.len, 0, NULL);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *place = json_array_get(list, i);
        const char *member = json_string_value(json_is_array(place) ? json_array_get(place, 1) : place);
        const char *at = "/";
        if (json_is_array(place))
            at = arena_printf(issues->arena, "/choices/%lld/",
                              (long long)json_integer_value(json_array_get(place, 0)));
        issues_add(issues, slice_of(arena_printf(issues->arena, "%s%s", at, member ? member : "")),
                   "unknown-word", "not of this region, or not of this client");
    }
    json_decref(list);
}

static void answer_refused(struct call *call, struct slice word, const PGresult *result)
{
    static const struct {
        const char *word;
        enum err_code code;
        const char *detail;
    } refusals[] = {
        {"not-found", ERR_NOT_FOUND, NULL},
        {"key-reused", ERR_KEY_REUSED, NULL},
        {"account-unknown", ERR_UNKNOWN_ACCOUNT, NULL},
        {"erased", ERR_STATE_NOT_ALLOWED, "This client was forgotten: there is nothing to consent to."},
        {"version-conflict", ERR_VERSION,
         "If-Match does not name the consent in force. Read it again, then decide again."},
        {"choice-unknown", ERR_INVALID_BODY, NULL}};
    struct issues issues = {.arena = call->arena};
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (!slice_is(word, refusals[i].word))
            continue;
        if (refusals[i].code == ERR_INVALID_BODY)
            add_wrong(&issues, store_text(result, 0, "detail"));
        if (refusals[i].code == ERR_UNKNOWN_ACCOUNT)
            call_forbid(call, ERR_UNKNOWN_ACCOUNT, NULL, NULL);
        else
            call_problem(call, refusals[i].code, refusals[i].detail, &issues);
        return;
    }
    call_problem(call, ERR_INTERNAL, NULL, NULL);
}

static void on_changed(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    struct slice answer = PQntuples(result) ? store_text(result, 0, "answer") : SLICE_NONE;
    if (!answer.ptr) {
        answer_refused(call, word, result);
        return;
    }
    call_document(
        call, answer,
        arena_printf(call->arena, "ETag: \"%lld\"\r\n", (long long)store_number(result, 0, "version", 0)));
}

/* Region, account, key, hash, client and the number that was seen; the rest and where from are the caller's.
 */
static const char **change_params(struct call *call, size_t count)
{
    const char **params = call_write_params(call, count);
    params[4] = call_number(call, call->id);
    params[5] = call->expected_version < 0 ? NULL : call_number(call, call->expected_version);
    return params;
}

void consent_change(struct call *call)
{
    const struct region *region = call_region(call);
    struct wire_consent consent;
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct err err;
    if (!region)
        return;
    if (!wire_decode_consent(http_request_body(call->request), call->arena, &consent, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    struct consent chosen = consent_chosen(region, &consent, "", call->arena, issues);
    if (issues->count) {
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        return;
    }
    const char **params = change_params(call, 9);
    params[6] = arena_text(call->arena, consent_json(chosen.grants, call->arena));
    params[7] = "changed";
    call_query(call, STORE_CHANGE_CONSENT, params, on_changed);
}

void consent_withdraw(struct call *call)
{
    struct wire_withdrawal withdrawal;
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct err err;
    if (!wire_decode_withdrawal(http_request_body(call->request), call->arena, &withdrawal, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = change_params(call, 9);
    params[6] = call_text(call, withdrawal.organisation);
    params[7] = call_text(call, withdrawal.kind);
    call_query(call, STORE_WITHDRAW_CONSENT, params, on_changed);
}

void disclosure_get(struct call *call)
{
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_GET_DISCLOSURE, params, call_found);
}

/* What is looked for goes to the database as a keyed hash and nowhere else. */
void clients_search(struct call *call)
{
    struct wire_search search;
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct err err;
    const struct keyring *keyring = call_keyring(call);
    if (!keyring)
        return;
    if (!wire_decode_search(http_request_body(call->request), call->arena, &search, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_params(call, 6);
    params[2] = call_text(call, person_hash_name(keyring, search.name, search.birth_year, call->arena));
    params[3] = call_text(call, person_hash_phone(keyring, search.phone, call->arena));
    params[4] = call_text(call, person_hash_email(keyring, search.email, call->arena));
    call_query(call, STORE_FIND_CLIENTS, params, call_found);
}
