/*
 * Handlers of subscriptions (where an organisation hears outside Wijzer that there is something for it) and
 * of what became of what went out. Addresses are sealed and opened here by a key of the region; the secret of
 * a webhook is worked out, and told once.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/crypto.h>

#include "address.h"
#include "gcm.h"
#include "handlers.h"
#include "letter.h"
#include "outcome.h"
#include "region.h"
#include "region_key.h"
#include "wire.h"

/* ---- documents ---- */

/* Opens each string "r1....", of which none can stand in a document but addresses: no name has a full stop.
 * What was sealed holds nothing that JSON escapes (host_of(), letter_is_address()). NULL: *err. */
static const char *open_addresses(struct call *call, const struct keyring *keyring, struct slice document,
                                  struct err *err)
{
    const char *rest = arena_text(call->arena, document), *out = "", *found;
    while ((found = strstr(rest, "\"r1."))) {
        const char *end = strchr(found + 1, '"');
        struct slice address;
        if (!end ||
            !region_open(keyring, call->account.region_id, "address",
                         slice_make(found + 1, (size_t)(end - found - 1)), call->arena, &address, err))
            return NULL;
        out = arena_printf(call->arena, "%s%.*s\"%.*s", out, (int)(found - rest), rest, SLICE_FMT(address));
        rest = end;
    }
    return arena_printf(call->arena, "%s%s", out, rest);
}

static void show(struct call *call, int status, struct slice document, const char *more)
{
    const struct keyring *keyring = call_keyring(call);
    struct err err;
    if (!keyring)
        return;
    const char *text = open_addresses(call, keyring, document, &err);
    if (!text)
        call_error(call, &err);
    else if (!more)
        call_json(call, status, slice_of(text), NULL);
    else
        call_json(
            call, status,
            slice_of(arena_printf(call->arena, "%.*s%s}", (int)(strrchr(text, '}') - text), text, more)),
            NULL);
}

static void on_list(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        show(call, 200, document, NULL);
    else
        call_problem(call, ERR_UNKNOWN_ACCOUNT, NULL, NULL);
}

/* ---- subscribing ---- */

static const char *secret_text(struct call *call, int64_t subscription)
{
    unsigned char secret[REGION_SECRET];
    char text[BASE64_LENGTH(REGION_SECRET) + 1];
    const struct keyring *keyring = call_keyring(call);
    if (!keyring)
        return NULL;
    region_secret(keyring, call->account.region_id, subscription, secret);
    base64_encode(secret, sizeof secret, text);
    OPENSSL_cleanse(secret, sizeof secret);
    return arena_printf(call->arena, ",\"secret\":\"whsec_%s\"", text);
}

static void on_subscribed(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    struct slice answer = outcome_answer(result);
    if (slice_is(word, "already-subscribed")) {
        call_problem(call, ERR_STATE_NOT_ALLOWED, "Your organisation hears at this address already.", NULL);
    } else if (slice_is(word, "too-many")) {
        call_problem(call, ERR_STATE_NOT_ALLOWED,
                     "An organisation has at most 20 subscriptions: end one that is not needed.", NULL);
    } else if (!answer.ptr) {
        outcome_tell(call, result, 201);
    } else {
        const char *secret = call->data ? secret_text(call, store_number(result, 0, "subscription_id", 0))
                                        : ",\"secret\":null";
        if (secret)
            show(call, 201, answer, secret);
    }
}

/* The host of an address that is https, without a user, and has nothing that JSON or a header would have to
 * escape; NULL: it is none. */
static const char *host_of(struct slice text, struct arena *arena)
{
    char *scheme = NULL, *user = NULL, *host = NULL;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || text.ptr[i] == '"' || text.ptr[i] == '\\')
            return NULL;
    CURLU *url = curl_url();
    bool good = url && !curl_url_set(url, CURLUPART_URL, arena_text(arena, text), 0) &&
                !curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) && slice_is(slice_of(scheme), "https") &&
                curl_url_get(url, CURLUPART_USER, &user, 0) != 0 &&
                !curl_url_get(url, CURLUPART_HOST, &host, 0);
    const char *kept = good ? arena_text(arena, slice_of(host)) : NULL;
    curl_free(scheme);
    curl_free(user);
    curl_free(host);
    curl_url_cleanup(url);
    return kept;
}

/* Whether a host is written as an address that no webhook reaches here; names are looked at when something is
 * sent (outbound.c). */
static bool is_inside(const char *host, struct arena *arena)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } address = {.any.sa_family = AF_UNSPEC};
    if (host[0] == '[' && inet_pton(AF_INET6, arena_printf(arena, "%.*s", (int)strlen(host) - 2, host + 1),
                                    &address.six.sin6_addr) == 1)
        address.any.sa_family = AF_INET6;
    else if (inet_pton(AF_INET, host, &address.four.sin_addr) == 1)
        address.any.sa_family = AF_INET;
    return address.any.sa_family != AF_UNSPEC && !address_is_public(&address.any);
}

static const char *wanted(struct call *call, const struct wire_subscription *wire)
{
    if (slice_is(wire->channel, "mail"))
        return letter_is_address(wire->address) ? NULL : "a mail address such as team@example.org";
    const char *host = host_of(wire->address, call->arena);
    if (!host)
        return "an address that begins with https://";
    return !call->worker->config->webhook_allow_private && is_inside(host, call->arena)
               ? "an address of the public internet, none of this machine or of a private network"
               : NULL;
}

static bool is_usable(struct call *call, const struct wire_subscription *wire)
{
    const char *want = wanted(call, wire);
    if (want)
        call_refuse(call, ERR_INVALID_BODY, "/address", "pattern", want);
    return !want;
}

/* Nobody should rely on what is not set up: it would be found dead a week later. */
static bool is_set_up(struct call *call, const struct wire_subscription *wire)
{
    const struct config *config = call->worker->config;
    bool is_mail = slice_is(wire->channel, "mail"),
         is_there = is_mail ? config->smtp_url != NULL : config->webhooks != 0;
    if (!is_there)
        call_problem(call, ERR_STATE_NOT_ALLOWED,
                     is_mail ? "This service has not been set up to send mail."
                             : "This service has not been set up to send webhooks.",
                     NULL);
    return is_there;
}

static const char *kinds_array(struct call *call, const struct wire_subscription *wire)
{
    struct store_array array;
    if (!wire->kind_count)
        return "{notice,step,feedback,question,message}";
    store_array_begin(&array, call->arena);
    for (size_t i = 0; i < wire->kind_count; i++)
        store_array_add(&array, wire->kinds[i]);
    return store_array_end(&array);
}

void subscriptions_post(struct call *call)
{
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    const struct keyring *keyring = call_keyring(call);
    struct wire_subscription wire;
    struct slice sealed;
    struct err err;
    if (!keyring)
        return;
    if (!wire_decode_subscription(http_request_body(call->request), call->arena, &wire, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    if (!is_usable(call, &wire) || !is_set_up(call, &wire))
        return;
    if (!region_seal(keyring, call->account.region_id, "address", wire.address, call->arena, &sealed, &err)) {
        call_error(call, &err);
        return;
    }
    char *hash = arena_alloc(call->arena, HASH_TEXT);
    keyring_hash(keyring, slice_of(arena_printf(call->arena, "address|%.*s", SLICE_FMT(wire.address))), hash);
    const char **params = call_own_params(call, 9);
    params[2] = call_text(call, call->key);
    params[3] = call_text(call, call->hash);
    params[4] = call_text(call, wire.channel);
    params[5] = kinds_array(call, &wire);
    params[6] = call_text(call, sealed);
    params[7] = hash;
    params[8] = wire.personal ? "true" : "false";
    call->data = slice_is(wire.channel, "webhook") ? call : NULL;
    call_query(call, STORE_SUBSCRIBE, params, on_subscribed);
}

void subscriptions_list(struct call *call)
{
    call_query(call, STORE_LIST_SUBSCRIPTIONS, call_own_params(call, 2), on_list);
}

static void on_done(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (slice_is(word, "not-dead"))
        call_problem(call, ERR_STATE_NOT_ALLOWED, "It is not dead: it was sent, or is tried again by itself.",
                     NULL);
    else if (slice_is(word, "subscription-ended"))
        call_problem(call, ERR_STATE_NOT_ALLOWED, "The subscription has ended: nobody hears there any more.",
                     NULL);
    else
        outcome_tell(call, result, 200);
}

/* One that changes something by id (0: by none). */
static void change(struct call *call, enum store_statement statement)
{
    if (!call_says_nothing(call))
        return;
    const char **params = call_own_params(call, 5);
    params[2] = call_text(call, call->key);
    params[3] = call_text(call, call->hash);
    params[4] = call->path_id.ptr ? call_number(call, call->id) : NULL;
    call_query(call, statement, params, on_done);
}

void subscriptions_end(struct call *call)
{
    change(call, STORE_UNSUBSCRIBE);
}

/* ---- what went out ---- */

static void on_deliveries(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        call_json(call, 200, document, NULL);
    else
        call_refuse(call, ERR_INVALID_PARAMETER, "?cursor", "unknown-word", "not a cursor of this list");
}

void deliveries_list(struct call *call)
{
    const char **params = call_own_params(call, 5);
    if (call_flag(call, "dead", &params[2]) && call_page(call, &params[3], &params[4]))
        call_query(call, STORE_LIST_DELIVERIES, params, on_deliveries);
}

void deliveries_redeliver(struct call *call)
{
    change(call, STORE_REDELIVER);
}
