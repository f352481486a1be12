#include "outbound.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "address.h"
#include "asker.h"
#include "letter.h"
#include "region_key.h"
#include "worker.h"

enum {
    NICE = 5,
    SLOTS = 32,
    CAUSES = 500,
    TIDY = 5000,
    BODY_MOST = 16384,
    NUMBER = 24,
    MAILS = 16,
    TURN_MS = 50,
    WORD = 41
};
#define TICK (MOMENT_SECOND / 2)
#define TIDY_EVERY (60 * MOMENT_SECOND)
#define JOB_TIMEOUT (30 * MOMENT_SECOND)

struct outbound {
    struct app *app;
    const struct config *config;
    const struct keyrings *keyrings;
    pthread_t thread;
    bool is_running;
    struct asker *asker;
    struct mailbox *mailbox;
    CURLM *multi;
    char *password; /* of smtp-user, in the secure heap, or NULL */
    struct region_known {
        int32_t id;
        char code[WORD];
        bool is_due; /* after a look, and where a letter of it has ended: there may be another for who had it
                      */
    } regions[WORKER_REGIONS];
    unsigned region_count, first; /* first: at whom claiming begins, in turn */
    int64_t tidied_at;
    struct sending *sendings[SLOTS]; /* NULL: free */
    unsigned under_way;
};

/* One letter on its way. */
struct sending {
    struct outbound *outbound;
    struct arena *arena;
    CURL *curl;
    struct curl_slist *fields, *to;
    int32_t region_id;
    int64_t letter_id, attempt;
    bool is_mail, is_refused; /* is_refused: its address is none that may be reached */
    struct slice rest;        /* of the mail that is still to be read */
    size_t answered;
};

static bool ask(struct outbound *outbound, int statement, const char *const *params,
                void (*take)(void *arg, const PGresult *rows), void *arg)
{
    struct err err;
    if (asker_ask(outbound->asker, statement, params, take, arg, &err))
        return true;
    if (err.code != ERR_DATABASE_AWAY && err.code != ERR_DRAINING)
        log_error(EV_JOB_FAILED, &err);
    return false;
}

/* ---- saying what became of it ---- */

static void settle(struct sending *sending, enum letter_fate fate, const char *word)
{
    const struct config *config = sending->outbound->config;
    uint32_t chance = 0;
    RAND_bytes((unsigned char *)&chance, sizeof chance);
    if (fate == LETTER_RETRY && sending->attempt >= config->outbound_attempts)
        fate = LETTER_DEAD;
    const char *params[7] = {
        arena_printf(sending->arena, "%d", sending->region_id),
        arena_printf(sending->arena, "%lld", (long long)sending->letter_id),
        arena_printf(sending->arena, "%lld", (long long)sending->attempt),
        letter_fate_word(fate),
        word,
        arena_printf(sending->arena, "%lld",
                     (long long)letter_wait(sending->attempt, config->outbound_backoff, chance)),
        arena_printf(sending->arena, "%lld", (long long)config->outbound_backoff)};
    log_event(fate == LETTER_SENT    ? EV_LETTER_SENT
              : fate == LETTER_RETRY ? EV_LETTER_FAILED
                                     : EV_LETTER_DEAD,
              LOG_N("region", sending->region_id), LOG_N("letter", sending->letter_id),
              LOG_N("attempt", sending->attempt), LOG_T("channel", sending->is_mail ? "mail" : "webhook"),
              LOG_T("error", word));
    ask(sending->outbound, STORE_SETTLE_LETTER, params, NULL, NULL);
}

static void drop(struct sending *sending)
{
    if (sending->curl)
        curl_easy_cleanup(sending->curl);
    curl_slist_free_all(sending->fields);
    curl_slist_free_all(sending->to);
    struct arena *arena = sending->arena;
    arena_wipe(arena);
    arena_free(&arena);
}

/* The word that is kept of a failure: what kind it is, no address and no text of the other side. */
static const char *word_of(const struct sending *sending, CURLcode code, long status)
{
    if (sending->is_refused)
        return "address-refused";
    if (status > 0)
        return arena_printf(sending->arena, sending->is_mail ? "smtp-%ld" : "http-%ld", status);
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return "timeout";
    case CURLE_COULDNT_RESOLVE_HOST:
        return "name-unknown";
    case CURLE_COULDNT_CONNECT:
        return "no-connection";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
        return "tls";
    default:
        return arena_printf(sending->arena, "transfer-%d", (int)code);
    }
}

static enum letter_fate fate_of(const struct sending *sending, CURLcode code, long status)
{
    if (sending->is_refused)
        return LETTER_DEAD;
    if (!sending->is_mail)
        return status ? letter_fate_http(status) : LETTER_RETRY;
    if (code == CURLE_OK)
        return LETTER_SENT;
    bool is_judged = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR;
    return is_judged ? letter_fate_smtp(status) : LETTER_RETRY;
}

static void finish(struct outbound *outbound, CURL *curl, CURLcode code)
{
    struct sending *sending = NULL;
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&sending);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(outbound->multi, curl);
    enum letter_fate fate = fate_of(sending, code, status);
    settle(sending, fate, fate == LETTER_SENT ? NULL : word_of(sending, code, status));
    for (size_t i = 0; i < SLOTS; i++)
        if (outbound->sendings[i] == sending)
            outbound->sendings[i] = NULL;
    for (unsigned i = 0; i < outbound->region_count; i++)
        if (outbound->regions[i].id == sending->region_id)
            outbound->regions[i].is_due = true;
    outbound->under_way--;
    drop(sending);
}

/* ---- sending ---- */

static size_t on_read(char *out, size_t size, size_t count, void *arg)
{
    struct sending *sending = arg;
    size_t most = size * count, n = sending->rest.len < most ? sending->rest.len : most;
    if (n)
        memcpy(out, sending->rest.ptr, n);
    sending->rest = slice_make(sending->rest.ptr + n, sending->rest.len - n);
    return n;
}

/* What is answered is not looked at; more than a little ends it, and the status counts. */
static size_t on_answer(char *bytes, size_t size, size_t count, void *arg)
{
    struct sending *sending = arg;
    (void)bytes;
    sending->answered += size * count;
    return sending->answered > BODY_MOST ? 0 : size * count;
}

/* The address as it was resolved: a name that leads inside gets no connection. */
static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sending *sending = arg;
    (void)purpose;
    if (!sending->is_mail && !sending->outbound->config->webhook_allow_private &&
        !address_is_public(&address->addr)) {
        sending->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    sending->is_refused = false;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_all(struct sending *sending, const char *protocols)
{
    const struct config *config = sending->outbound->config;
    CURL *curl = sending->curl;
    curl_easy_setopt(curl, CURLOPT_PRIVATE, sending);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(config->outbound_timeout / 1000));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, sending);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, sending);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L); /* every one is judged by its own address */
    if (config->outbound_ca)
        curl_easy_setopt(curl, CURLOPT_CAINFO, config->outbound_ca);
}

static void set_mail(struct sending *sending, const char *to, struct slice kinds, int64_t count,
                     const char *id)
{
    const struct config *config = sending->outbound->config;
    const char *domain = strchr(config->mail_from, '@');
    struct mail_letter letter = {
        config->mail_from, to, id, kinds, count, clock_wall(&sending->outbound->app->clock)};
    sending->rest = letter_mail(&letter, sending->arena);
    sending->to = curl_slist_append(NULL, to);
    set_all(sending, "smtp,smtps");
    curl_easy_setopt(
        sending->curl, CURLOPT_URL,
        arena_printf(sending->arena, "%s/%s", config->smtp_url, domain ? domain + 1 : "localhost"));
    curl_easy_setopt(sending->curl, CURLOPT_USE_SSL,
                     config->smtp_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    curl_easy_setopt(sending->curl, CURLOPT_MAIL_FROM, config->mail_from);
    curl_easy_setopt(sending->curl, CURLOPT_MAIL_RCPT, sending->to);
    curl_easy_setopt(sending->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(sending->curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(sending->curl, CURLOPT_READDATA, sending);
    if (config->smtp_user) {
        curl_easy_setopt(sending->curl, CURLOPT_USERNAME, config->smtp_user);
        curl_easy_setopt(sending->curl, CURLOPT_PASSWORD, sending->outbound->password);
    }
}

static void add_field(struct sending *sending, const char *name, const char *value)
{
    sending->fields = curl_slist_append(sending->fields, arena_printf(sending->arena, "%s: %s", name, value));
}

static void set_webhook(struct sending *sending, const struct keyring *keyring, const char *url,
                        int64_t subscription, const char *id, struct slice body)
{
    unsigned char secret[REGION_SECRET];
    int64_t now = clock_wall(&sending->outbound->app->clock) / MOMENT_SECOND;
    region_secret(keyring, sending->region_id, subscription, secret);
    const char *signature = letter_signature(secret, id, now, body, sending->arena);
    OPENSSL_cleanse(secret, sizeof secret);
    add_field(sending, "Content-Type", "application/json");
    add_field(sending, "User-Agent", "wijzerd");
    add_field(sending, "Expect", "");
    add_field(sending, "webhook-id", id);
    add_field(sending, "webhook-timestamp", arena_printf(sending->arena, "%lld", (long long)now));
    add_field(sending, "webhook-signature", signature);
    set_all(sending, "https");
    curl_easy_setopt(sending->curl, CURLOPT_URL, url);
    curl_easy_setopt(sending->curl, CURLOPT_HTTPHEADER, sending->fields);
    curl_easy_setopt(sending->curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
    curl_easy_setopt(sending->curl, CURLOPT_POSTFIELDS, body.ptr);
}

/* Whether it is on its way; else it was settled. */
static bool fill(struct sending *sending, const struct region_known *region, const PGresult *rows, int row)
{
    const struct keyring *keyring = keyrings_find(sending->outbound->keyrings, slice_of(region->code));
    struct arena *arena = sending->arena;
    struct slice address;
    struct err err;
    err_set(&err, ERR_INTERNAL, "region %s has no keyring", region->code);
    if (!keyring || !region_open(keyring, region->id, "address", store_text(rows, row, "address"), arena,
                                 &address, &err)) {
        log_error(EV_KEYS_FAILED, &err);
        return false;
    }
    const char *to = arena_text(arena, address), *id = arena_text(arena, store_text(rows, row, "webhook_id"));
    if (sending->is_mail)
        set_mail(sending, to, store_text(rows, row, "kinds"), store_number(rows, row, "count", 1), id);
    else
        set_webhook(sending, keyring, to, store_number(rows, row, "subscription_id", 0), id,
                    arena_slice(arena, store_text(rows, row, "body")));
    return true;
}

struct claiming {
    struct outbound *outbound;
    const struct region_known *region;
    struct sending *unsendable[SLOTS];
    size_t unsendable_count;
};

static void send_row(struct claiming *claiming, const PGresult *rows, int row)
{
    struct outbound *outbound = claiming->outbound;
    struct arena *arena = arena_new(0);
    struct sending *sending = arena_alloc(arena, sizeof *sending);
    *sending = (struct sending){.outbound = outbound,
                                .arena = arena,
                                .curl = curl_easy_init(),
                                .region_id = claiming->region->id,
                                .letter_id = store_number(rows, row, "letter_id", 0),
                                .attempt = store_number(rows, row, "attempt", 1),
                                .is_mail = slice_is(store_text(rows, row, "channel"), "mail")};
    size_t slot = 0;
    while (slot < SLOTS && outbound->sendings[slot])
        slot++;
    if (slot == SLOTS || !sending->curl || !fill(sending, claiming->region, rows, row) ||
        curl_multi_add_handle(outbound->multi, sending->curl) != CURLM_OK) {
        claiming->unsendable[claiming->unsendable_count++] = sending;
        return;
    }
    outbound->sendings[slot] = sending;
    outbound->under_way++;
}

static void take_letters(void *arg, const PGresult *rows)
{
    struct claiming *claiming = arg;
    for (int row = 0; row < PQntuples(rows) && row < SLOTS; row++)
        send_row(claiming, rows, row);
}

/* Channels that are set up, as an array of the database; NULL: none. */
static const char *channels(const struct config *config)
{
    if (config->smtp_url)
        return config->webhooks ? "{mail,webhook}" : "{mail}";
    return config->webhooks ? "{webhook}" : NULL;
}

static void claim(struct outbound *outbound, const struct region_known *region)
{
    char id[NUMBER], size[NUMBER], lease[NUMBER];
    struct claiming claiming = {.outbound = outbound, .region = region};
    snprintf(id, sizeof id, "%d", region->id);
    snprintf(size, sizeof size, "%u", SLOTS - outbound->under_way);
    snprintf(lease, sizeof lease, "%lld", (long long)(3 * outbound->config->outbound_timeout));
    ask(outbound, STORE_CLAIM_LETTERS, (const char *[]){id, channels(outbound->config), size, lease},
        take_letters, &claiming);
    for (size_t i = 0; i < claiming.unsendable_count; i++) {
        settle(claiming.unsendable[i], LETTER_RETRY, "not-sendable");
        drop(claiming.unsendable[i]);
    }
}

/* ---- looking ---- */

static void take_made(void *arg, const PGresult *rows)
{
    *(bool *)arg = PQntuples(rows) && slice_is(store_text(rows, 0, "is_full"), "t");
}

/* A page of them; whether there may be more. */
static bool derive(struct outbound *outbound, const struct region_known *region)
{
    char id[NUMBER], size[NUMBER], gather[NUMBER];
    bool is_full = false;
    snprintf(id, sizeof id, "%d", region->id);
    snprintf(size, sizeof size, "%d", CAUSES);
    snprintf(gather, sizeof gather, "%lld", (long long)outbound->config->mail_gather);
    return ask(outbound, STORE_MAKE_DISPATCHES, (const char *[]){id, size, gather}, take_made, &is_full) &&
           is_full;
}

static void tidy(struct outbound *outbound, const struct region_known *region)
{
    char id[NUMBER], size[NUMBER];
    snprintf(id, sizeof id, "%d", region->id);
    snprintf(size, sizeof size, "%d", TIDY);
    ask(outbound, STORE_TIDY_DISPATCHES, (const char *[]){id, size}, NULL, NULL);
}

static void take_regions(void *arg, const PGresult *rows)
{
    struct outbound *outbound = arg;
    outbound->region_count = 0;
    for (int row = 0; row < PQntuples(rows) && outbound->region_count < WORKER_REGIONS; row++) {
        struct region_known *region = &outbound->regions[outbound->region_count++];
        region->id = (int32_t)store_number(rows, row, "region_id", 0);
        snprintf(region->code, sizeof region->code, "%.*s", SLICE_FMT(store_text(rows, row, "code")));
        region->is_due = true;
    }
}

/* For each region in turn, so that none has all the slots for ever. */
static void claim_in_turn(struct outbound *outbound)
{
    if (!atomic_load(&outbound->app->schema_fits) || !channels(outbound->config))
        return;
    outbound->first++;
    for (unsigned i = 0; i < outbound->region_count && outbound->under_way < SLOTS; i++) {
        struct region_known *region = &outbound->regions[(outbound->first + i) % outbound->region_count];
        if (region->is_due)
            claim(outbound, region);
        region->is_due = false;
    }
}

/* A page of each region and no more: what is under way waits for it. Whether there is more to make. */
static bool look(struct outbound *outbound, int64_t now)
{
    bool has_more = false, is_tidied = outbound->tidied_at && now - outbound->tidied_at < TIDY_EVERY;
    if (!atomic_load(&outbound->app->schema_fits) ||
        !ask(outbound, STORE_REGIONS, NULL, take_regions, outbound))
        return false;
    for (unsigned i = 0; i < outbound->region_count; i++) {
        has_more = derive(outbound, &outbound->regions[i]) || has_more;
        if (!is_tidied)
            tidy(outbound, &outbound->regions[i]);
    }
    outbound->tidied_at = is_tidied ? outbound->tidied_at : now;
    return has_more;
}

static void take_mail(struct outbound *outbound)
{
    struct mail mail;
    while (mailbox_receive(outbound->mailbox, &mail)) {
        keyrings_release(&outbound->keyrings);
        outbound->keyrings = mail.object;
    }
}

/* Whether something ended, so that there may be more to do at once. */
static bool turn(struct outbound *outbound)
{
    int running, left;
    bool has_ended = false;
    curl_multi_perform(outbound->multi, &running);
    curl_multi_poll(outbound->multi, NULL, 0, TURN_MS, NULL);
    curl_multi_perform(outbound->multi, &running);
    for (CURLMsg *message; (message = curl_multi_info_read(outbound->multi, &left));)
        if (message->msg == CURLMSG_DONE) {
            finish(outbound, message->easy_handle, message->data.result);
            has_ended = true;
        }
    return has_ended;
}

static void *run(void *arg)
{
    struct outbound *outbound = arg;
    int64_t looked_at = 0;
    bool has_ended = false, has_more = false;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* of this thread, on Linux */
    do {
        int64_t now = clock_monotonic(&outbound->app->clock);
        take_mail(outbound);
        if (!looked_at || has_more || now - looked_at >= TICK) {
            has_more = look(outbound, now);
            looked_at = now;
        }
        claim_in_turn(outbound);
        has_ended = outbound->under_way && turn(outbound);
    } while (asker_rest(outbound->asker, outbound->mailbox,
                        outbound->under_way || has_ended || has_more ? 1 : TICK));
    return NULL;
}

/* ---- its life ---- */

static bool read_password(struct outbound *outbound, struct err *err)
{
    const char *file = outbound->config->smtp_password_file;
    size_t length;
    if (!outbound->config->smtp_user)
        return true;
    outbound->password = secret_read(file, &length, err);
    if (!outbound->password)
        return false;
    for (size_t i = 0; i < length; i++)
        if (outbound->password[i] == '\n' || outbound->password[i] == '\r')
            outbound->password[i] = '\0';
    return true;
}

struct outbound *outbound_new(struct app *app, const struct config *config, const struct keyrings *keyrings,
                              struct err *err)
{
    struct outbound *outbound = xcalloc(1, sizeof *outbound);
    err_set(err, ERR_OS, "outbound");
    outbound->app = app;
    outbound->config = config_hold(config);
    outbound->keyrings = keyrings_hold(keyrings);
    outbound->mailbox = mailbox_new(MAILS);
    outbound->multi = curl_global_init(CURL_GLOBAL_DEFAULT) ? NULL : curl_multi_init();
    outbound->asker = asker_new(&app->clock, config, JOB_TIMEOUT, "wijzerd-outbound", err);
    if (!outbound->asker || !outbound->mailbox || !outbound->multi || !read_password(outbound, err)) {
        outbound_stop(&outbound);
        return NULL;
    }
    return outbound;
}

bool outbound_start(struct outbound *outbound, struct err *err)
{
    int failed = pthread_create(&outbound->thread, NULL, run, outbound);
    outbound->is_running = !failed;
    return !failed || err_set_os(err, ERR_OS, failed, "outbound");
}

void outbound_set_keyrings(struct outbound *outbound, const struct keyrings *keyrings)
{
    const struct keyrings *held = keyrings_hold(keyrings);
    struct mail mail = {.kind = MAIL_KEYS, .object = (void *)(uintptr_t)held};
    if (!mailbox_send(outbound->mailbox, mail))
        keyrings_release(&held);
}

void outbound_stop(struct outbound **outbound)
{
    struct outbound *o = *outbound;
    if (!o)
        return;
    if (o->is_running) {
        asker_stop(o->asker);
        pthread_join(o->thread, NULL);
    }
    for (size_t i = 0; i < SLOTS; i++) {
        if (!o->sendings[i])
            continue;
        curl_multi_remove_handle(o->multi, o->sendings[i]->curl);
        drop(o->sendings[i]);
    }
    if (o->mailbox)
        take_mail(o);
    if (o->multi)
        curl_multi_cleanup(o->multi);
    curl_global_cleanup();
    asker_free(&o->asker);
    mailbox_free(&o->mailbox);
    secret_free(o->password, SECRET_FILE);
    keyrings_release(&o->keyrings);
    config_release(&o->config);
    xfree(*outbound);
}
