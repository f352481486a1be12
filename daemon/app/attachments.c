/*
 * Handlers of the files of a step. One that comes is looked at (media.h), sealed under the client's key with
 * its name and its hash, shown to the virus scanner where there is one, and stored; nothing plain goes to the
 * database. Each holds one of few places while it comes or goes: of one that goes until the last byte has
 * left.
 */
#include "digest.h"
#include "handlers.h"
#include "media.h"
#include "note.h"
#include "outcome.h"
#include "routes.h"
#include "scan.h"

enum { PIECE_NAME, PIECE_DIGEST, PIECE_CONTENT };

struct attachment {
    struct note note; /* first */
    const struct media *media;
    struct slice content;
    struct scan scan;
};

/* What the key is bound to: name and type stand in the head. */
static struct slice fingerprint(const struct call *call, const struct keyring *keyring,
                                const struct attachment *attachment)
{
    struct slice body = call_fingerprint(call, keyring, call->arena);
    const char *about =
        arena_printf(call->arena, "file|%.*s|%s|%.*s", SLICE_FMT(body), attachment->media->type,
                     SLICE_FMT(attachment->note.texts[PIECE_NAME].words));
    char *hex = arena_alloc(call->arena, HASH_TEXT);
    keyring_hash(keyring, slice_of(about), hex);
    return slice_make(hex, HASH_TEXT - 1);
}

static void on_added(struct call *call, const PGresult *result)
{
    outcome_tell(call, result, 201);
}

static void store(struct call *call, const struct attachment *attachment)
{
    const char **params = call_write_params(call, 12);
    params[4] = call_number(call, call->id);
    params[5] = attachment->note.id;
    params[6] = attachment->media->type;
    params[7] = call_number(call, (int64_t)attachment->content.len);
    params[8] = attachment->note.texts[PIECE_NAME].sealed;
    params[9] = attachment->note.texts[PIECE_DIGEST].sealed;
    params[10] = attachment->note.texts[PIECE_CONTENT].sealed;
    call_query(call, STORE_ADD_ATTACHMENT, params, on_added);
}

static void on_scanned(struct scan *scan, const struct err *err)
{
    struct call *call = scan->arg;
    struct worker *worker = call->worker;
    if (!err) {
        store(call, call->data);
    } else {
        if (err->code == ERR_VIRUS)
            log_event(EV_VIRUS_FOUND, LOG_T("name", scan->name), LOG_N("region", call->account.region_id),
                      LOG_N("account", call->account.id));
        call_error(call, err);
    }
    worker->tasks--;
    http_request_release(call->request);
}

static void on_sealed(struct call *call, struct note *note)
{
    struct attachment *attachment = (struct attachment *)note;
    const struct config *config = call->worker->config;
    if (!config->clamd) {
        store(call, attachment);
        return;
    }
    attachment->scan = (struct scan){
        .content = attachment->content, .timeout = config->clamd_timeout, .on_done = on_scanned, .arg = call};
    http_request_hold(call->request);
    call->worker->tasks++; /* the worker stays until it has come back */
    scan_start(&attachment->scan, call->worker->base, config->clamd);
}

void attachments_add(struct call *call)
{
    struct attachment *attachment = arena_alloc(call->arena, sizeof *attachment);
    const struct http_head *head = http_request_head(call->request);
    struct slice name = SLICE_NONE;
    attachment->media = media_find(http_field(head, "Content-Type"));
    attachment->content = http_request_body(call->request);
    media_name(http_field(head, "Content-Disposition"), call->arena,
               &name); /* both were good when it was admitted */
    const char *fault = media_fault(attachment->media, name, attachment->content);
    const struct keyring *keyring = fault ? NULL : call_keyring(call);
    if (fault)
        call_problem(call, ERR_INVALID_BODY, fault, NULL);
    if (!keyring)
        return;
    const struct digest digest = digest_of(attachment->content);
    const char *hex = digest_hex(&digest, arena_alloc(call->arena, DIGEST_HEX));
    arena_wipe(call->arena);
    attachment->note = (struct note){.texts = {[PIECE_NAME] = {"name", name, NULL},
                                               [PIECE_DIGEST] = {"digest", slice_of(hex), NULL},
                                               [PIECE_CONTENT] = {"content", attachment->content, NULL}},
                                     .on_sealed = on_sealed};
    call->hash = fingerprint(call, keyring, attachment);
    const char **params = call_params(call, 5);
    params[2] = call_number(call, call->id);
    params[3] = "attachment";
    note_seal(call, &attachment->note, STORE_CLIENT_TO_WRITE, params);
}

void attachments_list(struct call *call)
{
    const char **params = call_params(call, 4);
    params[2] = call_number(call, call->id);
    call_query(call, STORE_LIST_ATTACHMENTS, params, call_found);
}

/* ---- one that goes ---- */

struct file {
    struct call *call;
    int64_t client_id;
    struct slice name, content; /* sealed */
    const char *media;
    struct vault_wish wish;
};

static void answer_file(struct call *call, struct slice name, struct slice content, const char *media)
{
    const char *type = strcmp(media, "text/plain") == 0 ? "text/plain; charset=utf-8" : media;
    struct file_place *place = call->place;
    call->place = NULL; /* given back when it has left */
    http_reply(call->request,
               &(struct http_reply){
                   .status = 200,
                   .content_type = type,
                   .body = content,
                   .fields = arena_printf(call->arena,
                                          "Content-Disposition: %s\r\n"
                                          "X-Content-Type-Options: nosniff\r\n"
                                          "Content-Security-Policy: default-src 'none'; sandbox\r\n",
                                          media_disposition(name, call->arena)),
                   .on_sent = file_place_give,
                   .sent_arg = place});
}

static void on_key(struct vault_wish *wish, const struct err *failed)
{
    struct file *file = wish->arg;
    struct call *call = file->call;
    const struct client_key *key =
        failed ? NULL : vault_key(call->worker->vault, wish->region_id, file->client_id);
    struct slice name, content;
    struct err err;
    if (failed) {
        call_error(call, failed);
    } else if (!key) {
        call_problem(call, ERR_STATE_NOT_ALLOWED,
                     "This client was forgotten: there is nothing left to do this to.", NULL);
    } else if (client_key_open(key, call->id, slice_of("name"), file->name, call->arena, &name, &err) &&
               client_key_open(key, call->id, slice_of("content"), file->content, call->arena, &content,
                               &err)) {
        answer_file(call, name, content, file->media);
    } else {
        metrics_add(&call->worker->metrics.unseal_failures, 1);
        call_error(call, &err);
    }
    http_request_release(call->request);
}

static void on_got(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (!slice_is(word, "found")) {
        outcome_tell(call, result, 200);
        return;
    }
    struct file *file = arena_alloc(call->arena, sizeof *file);
    arena_wipe(call->arena);
    *file = (struct file){.call = call,
                          .client_id = store_number(result, 0, "client_id", 0),
                          .name = arena_slice(call->arena, store_text(result, 0, "name")),
                          .content = arena_slice(call->arena, store_text(result, 0, "content")),
                          .media = arena_text(call->arena, store_text(result, 0, "media"))};
    file->wish = (struct vault_wish){.region_id = call->account.region_id,
                                     .clients = &file->client_id,
                                     .count = 1,
                                     .arena = call->arena,
                                     .on_done = on_key,
                                     .arg = file};
    http_request_hold(call->request);
    vault_fetch(call->worker->vault, &file->wish);
}

void attachments_get(struct call *call)
{
    const char **params = call_params(call, 5);
    params[2] = call_number(call, call->id);
    if (call_flag(call, "forClient", &params[3]))
        call_query(call, STORE_GET_ATTACHMENT, params, on_got);
}
