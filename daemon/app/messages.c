/*
 * Handlers of what the parties to a step write to each other. Texts are sealed here; who may, the database
 * decides. What is read is marked by a call of its own: a GET changes nothing.
 */
#include "handlers.h"
#include "note.h"
#include "outcome.h"
#include "wire.h"

static void on_sent(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 201);
}

static void send_message(struct call *call, struct note *note)
{
    const char **params = call_write_params(call, 8);
    params[4] = call_number(call, call->id);
    params[5] = note->id;
    params[6] = note->texts[0].sealed;
    call_query(call, STORE_SEND_MESSAGE, params, on_sent);
}

void messages_send(struct call *call)
{
    struct note *note = arena_alloc(call->arena, sizeof *note);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_text_message wire;
    struct err err;
    if (!wire_decode_text_message(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    *note = (struct note){.texts = {{"text", wire.text, NULL}}, .on_sealed = send_message};
    const char **params = call_params(call, 5);
    params[2] = call_number(call, call->id);
    params[3] = "message";
    note_seal(call, note, STORE_CLIENT_TO_WRITE, params);
}

static void on_read(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 200);
}

void messages_read(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct wire_message_mark wire;
    struct err err;
    if (!wire_decode_message_mark(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    const char **params = call_write_params(call, 7);
    params[4] = call_number(call, call->id);
    params[5] = call_number(call, wire.up_to);
    call_query(call, STORE_READ_MESSAGES, params, on_read);
}

static void on_listed(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (slice_is(word, "cursor-unknown"))
        call_refuse(call, ERR_INVALID_PARAMETER, "?cursor", "unknown-word", "not a cursor of this list");
    else
        call_found(call, result);
}

void messages_list(struct call *call)
{
    const char **params = call_params(call, 6);
    params[2] = call_number(call, call->id);
    if (call_page(call, &params[3], &params[4]))
        call_query(call, STORE_LIST_MESSAGES, params, on_listed);
}

void messages_unread(struct call *call)
{
    const char **params = call_own_params(call, 4);
    if (call_page(call, &params[2], &params[3]))
        call_query(call, STORE_LIST_UNREAD, params, call_listed);
}
