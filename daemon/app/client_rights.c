/*
 * Handlers of what a client may ask for: a copy of everything, a correction, restriction, and being
 * forgotten. Being forgotten is two steps in two databases: first the data, then, once that is committed, the
 * client's key. Where the second cannot be done now, the answer says so and the keeper goes on with it
 * (chores.h).
 */
#include <stdio.h>

#include "handlers.h"
#include "outcome.h"
#include "person.h"
#include "store_keys.h"
#include "vault.h"
#include "wire.h"

enum { NAME = 1, BIRTH_YEAR = 2, AREA = 4, PHONE = 8, EMAIL = 16, LANGUAGE = 32, CORRECT_PARAMS = 18 };

static void on_done(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 200);
}

/* ---- a copy of everything ---- */

void client_export(struct call *call)
{
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_EXPORT_CLIENT, params, call_found);
}

/* ---- a correction ---- */

/* The hash of a name holds the year of birth, so of the two the other is looked up; what was seen goes back
 * with the correction, for the database to compare under its lock. */
struct correction {
    struct call *call;
    struct wire_correction wire;
    int64_t client_id;
    int birth_year;           /* as it is */
    struct slice sealed_name; /* as it is; the arena's */
    struct vault_wish wish;
};

static int fields_of(const struct wire_correction *wire)
{
    return (wire->name.ptr ? NAME : 0) | (wire->birth_year ? BIRTH_YEAR : 0) | (wire->area.ptr ? AREA : 0) |
           (wire->phone.ptr ? PHONE : 0) | (wire->email.ptr || wire->no_email ? EMAIL : 0) |
           (wire->language.ptr ? LANGUAGE : 0);
}

/* The name as it will be, for its hash. */
static bool name_of(const struct correction *correction, const struct client_key *key, struct slice *name,
                    struct err *err)
{
    *name = correction->wire.name;
    if (name->ptr || !correction->wire.birth_year || !correction->sealed_name.ptr)
        return true;
    return client_key_open(key, correction->client_id, slice_of("name"), correction->sealed_name,
                           correction->call->arena, name, err);
}

static bool seal_into(const struct correction *correction, const struct client_key *key, const char **params,
                      struct err *err)
{
    const struct wire_correction *wire = &correction->wire;
    const struct {
        const char *field;
        struct slice plain;
        size_t place;
    } fields[] = {{"name", wire->name, 9}, {"phone", wire->phone, 10}, {"email", wire->email, 11}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct slice sealed;
        if (!fields[i].plain.ptr)
            continue;
        if (!client_key_seal(key, correction->client_id, fields[i].field, fields[i].plain,
                             correction->call->arena, &sealed, err))
            return false;
        params[fields[i].place] = call_text(correction->call, sealed);
    }
    return true;
}

static void run_correction(struct correction *correction, const struct client_key *key)
{
    struct call *call = correction->call;
    const struct wire_correction *wire = &correction->wire;
    const struct keyring *keyring = call_keyring(call);
    const char **params = call_write_params(call, CORRECT_PARAMS);
    struct slice name;
    struct err err;
    if (!keyring)
        return;
    if (!seal_into(correction, key, params, &err) || !name_of(correction, key, &name, &err)) {
        call_error(call, &err);
        return;
    }
    int year = wire->birth_year ? wire->birth_year : correction->birth_year;
    params[4] = call_number(call, call->id);
    params[5] = call_number(call, fields_of(wire));
    params[6] = wire->birth_year ? call_number(call, wire->birth_year) : NULL;
    params[7] = call_text(call, wire->area);
    params[8] = call_text(call, wire->language);
    params[12] = call_text(call, person_hash_name(keyring, name, year, call->arena));
    params[13] = call_text(call, person_hash_phone(keyring, wire->phone, call->arena));
    params[14] = call_text(call, person_hash_email(keyring, wire->email, call->arena));
    params[15] = correction->birth_year ? call_number(call, correction->birth_year) : NULL;
    params[16] = call_text(call, correction->sealed_name);
    call_query(call, STORE_CORRECT_CLIENT, params, on_done);
}

static void on_correction_key(struct vault_wish *wish, const struct err *failed)
{
    struct correction *correction = wish->arg;
    struct call *call = correction->call;
    const struct client_key *key =
        failed ? NULL : vault_key(call->worker->vault, wish->region_id, correction->client_id);
    if (failed)
        call_error(call, failed);
    else if (!key)
        call_problem(call, ERR_STATE_NOT_ALLOWED, "This client was forgotten: there is nothing to correct.",
                     NULL);
    else
        run_correction(correction, key);
    http_request_release(call->request);
}

static void on_correctable(struct call *call, const PGresult *result)
{
    struct correction *correction = call->data;
    if (PQntuples(result) == 0) {
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    correction->client_id = store_number(result, 0, "client_id", 0);
    correction->birth_year = (int)store_number(result, 0, "birth_year", 0);
    struct slice name = store_text(result, 0, "name");
    correction->sealed_name = name.ptr ? arena_slice(call->arena, name) : SLICE_NONE;
    correction->wish = (struct vault_wish){.region_id = call->account.region_id,
                                           .clients = &correction->client_id,
                                           .count = 1,
                                           .arena = call->arena,
                                           .on_done = on_correction_key,
                                           .arg = correction};
    http_request_hold(call->request);
    vault_fetch(call->worker->vault, &correction->wish);
}

static void check_year(struct call *call, const struct wire_correction *wire, struct issues *issues)
{
    int64_t year;
    unsigned month, day;
    civil_from_days(clock_wall(&call->worker->app->clock) / (86400 * MOMENT_SECOND), &year, &month, &day);
    if (wire->birth_year > year)
        issues_add(issues, slice_of("/birthYear"), "range", "a year that has begun");
}

void client_correct(struct call *call)
{
    struct correction *correction = arena_alloc(call->arena, sizeof *correction);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct err err;
    *correction = (struct correction){.call = call};
    if (!wire_decode_correction(http_request_body(call->request), call->arena, &correction->wire, issues,
                                &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    check_year(call, &correction->wire, issues);
    if (issues->count) {
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        return;
    }
    arena_wipe(call->arena);
    call->data = correction;
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_CLIENT_TO_CORRECT, params, on_correctable);
}

/* ---- restriction ---- */

void client_restrict(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_restriction wire;
    struct err err;
    if (!wire_decode_restriction(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 7);
    params[4] = call_number(call, call->id);
    params[5] = wire.lift ? "true" : "false";
    call_query(call, STORE_RESTRICT_CLIENT, params, on_done);
}

/* ---- being forgotten ---- */

struct erasure {
    struct call *call;
    struct slice pending; /* the answer where the key stays for now; the arena's */
    const char *params[2];
    struct pg_job job;
};

/* The data is gone, and the key with it: that is told by the database that knows the client. */
static void on_key_gone(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    call_json(call, document.ptr ? 200 : 202,
              document.ptr ? document : ((struct erasure *)call->data)->pending, NULL);
}

/* In every worker. Where the mail is full the key goes by itself (vault.h). */
static void forget_key(const struct app *app, int64_t client_id)
{
    for (unsigned i = 0; i < app->worker_count; i++)
        mailbox_send(app->workers[i]->mailbox, (struct mail){.kind = MAIL_FORGET, .value = client_id});
}

static void on_destroyed(void *arg, const struct pg_reply *reply)
{
    struct erasure *erasure = arg;
    struct call *call = erasure->call;
    if (reply->outcome == PG_COMMITTED && PQntuples(reply->result)) {
        const char **params = arena_array(call->arena, 3, sizeof *params);
        params[0] = erasure->params[0];
        params[1] = erasure->params[1];
        params[2] = call_text(call, store_text(reply->result, 0, "gone_at"));
        forget_key(call->worker->app, call->id);
        call_query(call, STORE_KEY_DESTROYED, params, on_key_gone);
    } else {
        log_error(EV_JOB_FAILED, reply->err);
        call_json(call, 202, erasure->pending, NULL);
    }
    http_request_release(call->request);
}

static void destroy_key(struct call *call, struct slice answer)
{
    struct erasure *erasure = arena_alloc(call->arena, sizeof *erasure);
    struct err err;
    *erasure = (struct erasure){.call = call, .pending = arena_slice(call->arena, answer)};
    erasure->params[0] = call_number(call, call->account.region_id);
    erasure->params[1] = call_number(call, call->id);
    erasure->job = (struct pg_job){.statement = &keys_statements[KEYS_DESTROY],
                                   .params = erasure->params,
                                   .on_done = on_destroyed,
                                   .arg = erasure};
    call->data = erasure;
    if (call->worker->keys && pg_pool_submit(call->worker->keys, &erasure->job, &err))
        http_request_hold(call->request);
    else
        call_json(call, 202, erasure->pending, NULL);
}

static void on_erased(struct call *call, const PGresult *result)
{
    struct slice answer = outcome_answer(result);
    if (answer.ptr && slice_is(store_text(result, 0, "state"), "pending"))
        destroy_key(call, answer);
    else
        outcome_tell(call, result, 200);
}

void client_erase(struct call *call)
{
    if (!call_says_nothing(call))
        return;
    const char **params = call_write_params(call, 6);
    params[4] = call_number(call, call->id);
    call_query(call, STORE_ERASE_CLIENT, params, on_erased);
}
