#include "note.h"

static bool has_words(const struct note *note)
{
    for (size_t i = 0; i < NOTE_TEXTS; i++)
        if (note->texts[i].words.len)
            return true;
    return false;
}

static bool seal_texts(struct note *note, const struct client_key *key, struct err *err)
{
    struct arena *arena = note->call->arena;
    for (size_t i = 0; i < NOTE_TEXTS; i++) {
        struct note_text *text = &note->texts[i];
        struct slice sealed;
        if (!text->words.len)
            continue;
        if (!client_key_seal(key, note->order.note_id, text->field, text->words, arena, &sealed, err))
            return false;
        text->sealed = arena_text(arena, sealed);
    }
    return true;
}

static void on_key(struct vault_wish *wish, const struct err *failed)
{
    struct note *note = wish->arg;
    struct call *call = note->call;
    const struct client_key *key =
        failed ? NULL : vault_key(call->worker->vault, wish->region_id, note->client_id);
    struct err err;
    if (failed)
        call_error(call, failed);
    else if (!key)
        call_problem(
            call, ERR_STATE_NOT_ALLOWED,
            "What was known about this client has been erased, so nothing can be written about them.", NULL);
    else if (!seal_texts(note, key, &err))
        call_error(call, &err);
    else
        note->on_sealed(call, note);
    http_request_release(call->request);
}

static void on_id(struct stock_order *order, const struct err *failed)
{
    struct note *note = order->arg;
    struct call *call = note->call;
    if (failed) {
        call_error(call, failed);
        http_request_release(call->request);
        return;
    }
    note->id = call_number(call, order->note_id);
    note->wish = (struct vault_wish){.region_id = call->account.region_id,
                                     .clients = &note->client_id,
                                     .count = 1,
                                     .arena = call->arena,
                                     .on_done = on_key,
                                     .arg = note};
    vault_fetch(call->worker->vault, &note->wish); /* still held */
}

static void on_client(struct call *call, const PGresult *result)
{
    struct note *note = call->data;
    note->client_id = PQntuples(result) ? store_number(result, 0, "client_id", 0) : 0;
    if (!note->client_id && note->on_stranger) {
        note->on_stranger(call, note);
        return;
    }
    if (!note->client_id) {
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    if (!has_words(note)) {
        note->on_sealed(call, note);
        return;
    }
    note->order = (struct stock_order){.wants_note = true, .on_done = on_id, .arg = note};
    http_request_hold(call->request);
    vault_take(call->worker->vault, call->account.region_id, &note->order);
}

void note_seal(struct call *call, struct note *note, enum store_statement statement,
               const char *const *params)
{
    note->call = call;
    call->data = note;
    call_query(call, statement, params, on_client);
}
