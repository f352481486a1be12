/*
 * What stewards do: invitations, accounts and their roles, revoked certificates, people of other CAs.
 */
#include <openssl/rand.h>
#include <stdlib.h>

#include "code.h"
#include "handlers.h"
#include "json_out.h"
#include "spell.h"
#include "wire.h"

/* ---- results ---- */

static const struct {
    const char *word;
    enum err_code code; /* ERR_NONE: it was done */
    const char *detail;
} results[] = {
    {"invited", ERR_NONE, NULL},
    {"withdrawn", ERR_NONE, NULL},
    {"ended", ERR_NONE, NULL},
    {"changed", ERR_NONE, NULL},
    {"revoked", ERR_NONE, NULL},
    {"added", ERR_NONE, NULL},
    {"replayed", ERR_NONE, NULL},
    {"key-reused", ERR_KEY_REUSED, NULL},
    {"account-unknown", ERR_UNKNOWN_ACCOUNT, NULL},
    {"not-yours", ERR_WRONG_ROLE, NULL},
    {"not-found", ERR_NOT_FOUND, NULL},
    {"name-taken", ERR_TAKEN, "Somebody of this organisation has this name, or had it. Choose another."},
    {"already-invited", ERR_TAKEN, "There is an open invitation for this name. Withdraw it first."},
    {"identity-taken", ERR_TAKEN, "This issuer and name stand for another account already."},
    {"state-not-allowed", ERR_STATE_NOT_ALLOWED, "This invitation was used, or has expired."},
    {"last-steward", ERR_STATE_NOT_ALLOWED,
     "This is the only steward of the region. Make somebody else steward first."},
};

/* True: it was done, and is still to be answered. */
static bool is_done(struct call *call, const PGresult *result)
{
    struct slice word = store_text(result, 0, "result");
    enum err_code code = ERR_INTERNAL;
    const char *detail = NULL;
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (slice_is(word, results[i].word)) {
            code = results[i].code;
            detail = results[i].detail;
        }
    if (code == ERR_NONE)
        return true;
    if (slice_is(word, "organisation-unknown"))
        call_refuse(call, ERR_INVALID_BODY, "/organisation", "unknown-word",
                    "not an organisation of this region; GET /v1/vocabulary lists them");
    else if (problem_kind(code)->status == 403)
        call_forbid(call, code, NULL, detail);
    else
        call_problem(call, code, detail, NULL);
    return false;
}

static void on_changed(struct call *call, const PGresult *result)
{
    if (is_done(call, result))
        call_json(call, 200, store_text(result, 0, "answer"), NULL);
}

static void on_added(struct call *call, const PGresult *result)
{
    if (is_done(call, result))
        call_json(call, 201, store_text(result, 0, "answer"), NULL);
}

/* ---- bodies and parameters ---- */

/* False: answered. */
static bool read_body(struct call *call, enum wire_rights_kind kind, struct wire_rights *out)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct err err;
    bool good =
        kind == RIGHTS_KINDS
            ? wire_decode_nothing(http_request_body(call->request), call->arena, issues, &err)
            : wire_decode_rights(http_request_body(call->request), kind, call->arena, out, issues, &err);
    if (!good)
        call_invalid(call, issues, &err);
    return good;
}

/* An account of the body as a parameter, NULL where there is none. False: answered. */
static bool take_account(struct call *call, struct slice text, const char **param)
{
    int64_t id;
    *param = NULL;
    if (!text.ptr)
        return true;
    if (code_parse(text, &id) != CODE_OK) {
        call_refuse(call, ERR_INVALID_BODY, "/account", "pattern",
                    "the id of an account, such as GXGP-2X3J; GET /v1/accounts lists them");
        return false;
    }
    *param = call_number(call, id > INT32_MAX ? 0 : id);
    return true;
}

/* The account or invitation of the path. */
static const char *path_id(struct call *call, int64_t most)
{
    return call_number(call, call->id > most ? 0 : call->id);
}

/* ---- invitations ---- */

/* The code is heard here and never again: the database has its hash. */
static void on_invited(struct call *call, const PGresult *result)
{
    const struct door *door = call->worker->door;
    const char *address = call->worker->config->web_address;
    if (!is_done(call, result))
        return;
    struct json_out out = json_out_new(call->arena, 1024);
    out_open(&out, NULL, '{');
    out_text(&out, "code", slice_of(call->data));
    if (address)
        out_text(&out, "address", slice_of(address));
    else
        out_null(&out, "address");
    if (door && door->pin[0])
        out_text(&out, "pin", slice_of(door->pin));
    else
        out_null(&out, "pin");
    out_raw(&out, "invitation", store_text(result, 0, "answer"));
    out_close(&out, '}');
    call_json(call, 201, json_out_slice(&out), NULL);
}

static char *draw_code(struct arena *arena)
{
    unsigned char bytes[SPELL_CODE_BYTES];
    char *code = arena_alloc(arena, SPELL_TEXT);
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        abort(); /* without randomness no code is one */
    spell(bytes, sizeof bytes, SPELL_CODE, code);
    explicit_bzero(bytes, sizeof bytes);
    return code;
}

void invitations_post(struct call *call)
{
    struct wire_rights body;
    const char **params = call_write_params(call, 10);
    if (!read_body(call, RIGHTS_INVITE, &body) || !take_account(call, body.account, &params[7]))
        return;
    char *code = draw_code(call->arena);
    params[4] = call_text(call, body.organisation);
    params[5] = call_text(call, body.role);
    params[6] = call_text(call, body.name);
    params[8] = enrol_code_hash(call->arena, slice_of(code));
    call->data = code;
    call_query(call, STORE_MAKE_INVITATION, params, on_invited);
}

void invitations_withdraw(struct call *call)
{
    const char **params = call_write_params(call, 6);
    if (!read_body(call, RIGHTS_KINDS, NULL))
        return;
    params[4] = path_id(call, INT64_MAX);
    call_query(call, STORE_WITHDRAW_INVITATION, params, on_changed);
}

/* ---- lists ---- */

static void on_list(struct call *call, const PGresult *result)
{
    struct slice document = store_text(result, 0, "document");
    if (document.ptr)
        call_json(call, 200, document, NULL);
    else /* a steward no more, since a moment ago */
        call_forbid(call, ERR_WRONG_ROLE, NULL, NULL);
}

static void list(struct call *call, enum store_statement statement)
{
    call_query(call, statement, call_own_params(call, 2), on_list);
}

void invitations_list(struct call *call)
{
    list(call, STORE_LIST_INVITATIONS);
}

void accounts_list(struct call *call)
{
    list(call, STORE_LIST_ACCOUNTS);
}

/* ---- accounts, certificates, identities ---- */

void accounts_end(struct call *call)
{
    const char **params = call_write_params(call, 6);
    if (!read_body(call, RIGHTS_KINDS, NULL))
        return;
    params[4] = path_id(call, INT32_MAX);
    call_query(call, STORE_END_ACCOUNT, params, on_changed);
}

void accounts_role(struct call *call)
{
    struct wire_rights body;
    const char **params = call_write_params(call, 7);
    if (!read_body(call, RIGHTS_ROLE, &body))
        return;
    params[4] = path_id(call, INT32_MAX);
    params[5] = call_text(call, body.role);
    call_query(call, STORE_CHANGE_ROLE, params, on_changed);
}

void certificates_revoke(struct call *call)
{
    struct wire_rights body;
    const char **params = call_write_params(call, 9);
    if (!read_body(call, RIGHTS_REVOKE, &body) || !take_account(call, body.account, &params[4]))
        return;
    params[5] = call_text(call, body.serial);
    params[6] = call_text(call, body.issuer);
    params[7] = call_text(call, body.reason);
    call_query(call, STORE_REVOKE_CERTIFICATE, params, on_changed);
}

void identities_post(struct call *call)
{
    struct wire_rights body;
    const char **params = call_write_params(call, 8);
    if (!read_body(call, RIGHTS_IDENTITY, &body) || !take_account(call, body.account, &params[4]))
        return;
    params[5] = call_text(call, body.issuer);
    params[6] = call_text(call, body.san);
    call_query(call, STORE_ADD_IDENTITY, params, on_added);
}
