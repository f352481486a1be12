// wraps: pg_pool_submit pg_pool_stats conn_peer
/* What is let through to a handler and what is refused at the head, and which problem each refusal of the
 * database becomes: through the whole of the daemon's HTTP side, with a database that the test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/api.h"

#define STEP "/v1/steps/" GOOD
#define GOOD "GXGP-2X3J"
#define KEY "Idempotency-Key: k-1\r\n"
#define JSON "Content-Type: application/json\r\n"
#define MATCH "If-Match: \"3\"\r\n"

static PGresult *document(void)
{
    static const char *const names[] = {"document", "version"};
    PGresult *result = make_rows(2, names);
    set_cell(result, 0, "document", "{\"a\":1}");
    set_cell(result, 0, "version", "4");
    return result;
}

static PGresult *null_document(void)
{
    static const char *const names[] = {"document", "version"};
    PGresult *result = make_rows(2, names);
    set_cell(result, 0, "document", NULL);
    return result;
}

static const struct answer good[] = {{PG_COMMITTED, ERR_NONE, NULL, document},
                                     {PG_COMMITTED, ERR_NONE, NULL, document}};

/* ---- refused at the head ---- */

static void every_refusal_has_its_status(void **state)
{
    (void)state;
    char long_key[200] = "Idempotency-Key: ";
    memset(long_key + strlen(long_key), 'k', 129);
    memcpy(long_key + strlen(long_key), "\r\n", 3);
    const struct {
        const char *role, *method, *target, *fields, *body;
        int status;
        const char *word, *says;
    } cases[] = {
        {"worker", "GET", "/v1/nowhere", "", NULL, 404, "not-found", ""},
        {"worker", "GET", "/v1/steps/" GOOD "/", "", NULL, 404, "not-found", ""},
        {"worker", "GET", "/v1/steps", "", NULL, 404, "not-found", ""},
        {"worker", "GET", "/V1/me", "", NULL, 404, "not-found", ""},
        {"worker", "GET", "/metrics", "", NULL, 404, "not-found", ""},
        {"worker", "PUT", "/v1/referrals", "", NULL, 405, "method-not-allowed", "Allow: POST, GET, HEAD\r\n"},
        {"worker", "DELETE", STEP, "", NULL, 405, "method-not-allowed", "Allow: GET, HEAD\r\n"},
        {"worker", "OPTIONS", "/v1/inbox", "", NULL, 405, "method-not-allowed", "Allow: GET, HEAD\r\n"},
        {"worker", "GET", STEP "/_accept", "", NULL, 405, "method-not-allowed", "Allow: POST\r\n"},
        {"worker", "HEAD", STEP "/_accept", "", NULL, 405, NULL, "Allow: POST\r\n"},
        {"referrer", "GET", "/v1/referrals/_preview", "", NULL, 405, "method-not-allowed", "Allow: POST\r\n"},
        {"worker", "GET", "/v1/steps/_accept", "", NULL, 404, "not-found", ""},
        {"worker", "GET", "/v1/steps/GXGP-2X3K", "", NULL, 400, "mistyped-id", "check character"},
        {"worker", "GET", "/v1/steps/GXGP", "", NULL, 400, "mistyped-id", "eight characters"},
        {"worker", "GET", "/v1/inbox?pagesize=5", "", NULL, 400, "invalid-parameter",
         "\"unknown-parameter\""},
        {"worker", "GET", "/v1/inbox?overdue=true", "", NULL, 400, "invalid-parameter", "\"?overdue\""},
        {"worker", "GET", "/v1/inbox?pageSize=5&pageSize=5", "", NULL, 400, "invalid-parameter",
         "\"repeated\""},
        {"worker", "GET", "/v1/inbox?pageSize=0", "", NULL, 400, "invalid-parameter", "\"?pageSize\""},
        {"worker", "GET", "/v1/inbox?pageSize=201", "", NULL, 400, "invalid-parameter", "\"range\""},
        {"worker", "GET", "/v1/inbox?pageSize=", "", NULL, 400, "invalid-parameter", "\"?pageSize\""},
        {"worker", "GET", "/v1/inbox?pageSize", "", NULL, 400, "invalid-parameter", "\"?pageSize\""},
        {"worker", "GET", "/v1/inbox?pageSize=+5", "", NULL, 400, "invalid-parameter", "\"?pageSize\""},
        {"worker", "GET", "/v1/inbox?cursor=%C3", "", NULL, 400, "invalid-parameter", "\"encoding\""},
        {"worker", "GET", "/v1/referrals?overdue=yes", "", NULL, 400, "invalid-parameter", "\"?overdue\""},
        {"worker", "GET", "/v1/referrals?status=all", "", NULL, 400, "invalid-parameter", "\"?status\""},
        {"worker", "POST", STEP "/_accept", MATCH JSON, "{}", 400, "idempotency-key-missing", "\"required\""},
        {"worker", "POST", STEP "/_accept", "Idempotency-Key:\r\n" MATCH JSON, "{}", 400,
         "idempotency-key-missing", "\"pattern\""},
        {"worker", "POST", STEP "/_accept", "Idempotency-Key: a b\r\n" MATCH JSON, "{}", 400,
         "idempotency-key-missing", "\"pattern\""},
        {"worker", "POST", STEP "/_accept", "Idempotency-Key: \xc3\xa9\r\n" MATCH JSON, "{}", 400,
         "idempotency-key-missing", "\"pattern\""},
        {"steward", "POST", "/v1/referrals", long_key, "{}", 403, "wrong-role", ""},
        {"referrer", "POST", "/v1/referrals", long_key, "{}", 400, "idempotency-key-missing", "\"pattern\""},
        {"worker", "POST", STEP "/_accept", KEY "Idempotency-Key: k-2\r\n" MATCH JSON, "{}", 400,
         "invalid-parameter", "\"repeated\""},
        {"worker", "POST", STEP "/_accept", KEY JSON, "{}", 428, "if-match-missing", "\"If-Match\""},
        {"worker", "POST", STEP "/_accept", KEY JSON "If-Match: 3\r\n", "{}", 400, "invalid-parameter",
         "\"pattern\""},
        {"worker", "POST", STEP "/_accept", KEY JSON "If-Match: W/\"3\"\r\n", "{}", 400, "invalid-parameter",
         ""},
        {"worker", "POST", STEP "/_accept", KEY JSON "If-Match: \"\"\r\n", "{}", 400, "invalid-parameter",
         ""},
        {"worker", "POST", STEP "/_accept", KEY JSON "If-Match: \"-1\"\r\n", "{}", 400, "invalid-parameter",
         ""},
        {"worker", "POST", STEP "/_accept", KEY JSON MATCH "If-Match: \"4\"\r\n", "{}", 400,
         "invalid-parameter", "\"repeated\""},
        {"worker", "POST", STEP "/_accept", KEY MATCH, "{}", 415, "media-type-not-supported", ""},
        {"worker", "POST", STEP "/_accept", KEY MATCH "Content-Type: text/json\r\n", "{}", 415,
         "media-type-not-supported", ""},
        {"worker", "POST", STEP "/_accept", KEY MATCH JSON, "{", 400, "malformed-json", ""},
        {"worker", "POST", STEP "/_accept", KEY MATCH JSON, "{\"x\":1}", 422, "invalid-body", "\"/x\""},
        {"referrer", "POST", "/v1/feedback/" GOOD "/_open", KEY, "{}", 415, "media-type-not-supported", ""},
        {"referrer", "POST", "/v1/feedback/" GOOD "/_open", KEY JSON, "{\"x\":1}", 422, "invalid-body",
         "\"/x\""},
        {"steward", "GET", STEP, "", NULL, 403, "wrong-role", ""},
        {"referrer", "POST", STEP "/_accept", KEY MATCH JSON, "{}", 403, "wrong-role", ""},
        {"nonsense", "GET", "/v1/me", "", NULL, 403, "wrong-role", ""},
        {"worker", "GET", "/v1/rule-tables", "", NULL, 403, "wrong-role", ""},
        {"referrer", "GET", "/v1/rule-tables/3", "", NULL, 403, "wrong-role", ""},
        {"worker", "GET", "/v1/referrals/" GOOD "/explanation", "", NULL, 403, "wrong-role", ""},
        {"steward", "GET", "/v1/referrals/" GOOD "/explanation", "", NULL, 403, "wrong-role", ""},
        {"steward", "POST", "/v1/rule-tables/3/_draft", KEY JSON, "{}", 403, "wrong-role", ""},
        {"steward", "POST", "/v1/rule-versions/8/_try", KEY JSON, "{}", 403, "wrong-role", ""},
        {"steward", "POST", "/v1/rule-versions/8/_publish", KEY JSON, "{}", 403, "wrong-role", ""},
        {"steward", "POST", "/v1/rule-versions/8/_approve", KEY JSON, "{}", 403, "wrong-role", ""},
        {"steward", "POST", "/v1/rule-tables/_rollback", KEY JSON, "{}", 403, "wrong-role", ""},
        {"coordinator", "GET", "/v1/rule-tables/0", "", NULL, 404, "not-found", ""},
        {"coordinator", "GET", "/v1/rule-tables/03", "", NULL, 404, "not-found", ""},
        {"coordinator", "GET", "/v1/rule-tables/8", "", NULL, 404, "not-found", "seven tables"},
        {"coordinator", "GET", "/v1/rule-tables/offering", "", NULL, 404, "not-found", ""},
        {"coordinator", "GET", "/v1/rule-tables/99999999999", "", NULL, 404, "not-found", ""},
        {"coordinator", "GET", "/v1/rule-tables/-3", "", NULL, 404, "not-found", ""},
        {"coordinator", "GET", "/v1/rule-versions/3/", "", NULL, 404, "not-found", ""},
        {"coordinator", "GET", "/v1/rule-tables/3?version=0", "", NULL, 400, "invalid-parameter",
         "\"range\""},
        {"coordinator", "GET", "/v1/rule-tables/3?version=x", "", NULL, 400, "invalid-parameter",
         "\"?version\""},
        {"coordinator", "GET", "/v1/rule-versions/3?version=4", "", NULL, 400, "invalid-parameter",
         "\"unknown-parameter\""},
        {"coordinator", "DELETE", "/v1/rule-versions/3", "", NULL, 405, "method-not-allowed",
         "Allow: GET, HEAD\r\n"},
        {"coordinator", "POST", "/v1/rule-versions/3/_approve", JSON, "{}", 400, "idempotency-key-missing",
         ""},
        {"coordinator", "POST", "/v1/rule-versions/3/_approve", KEY JSON, "{\"x\":1}", 422, "invalid-body",
         "\"/x\""},
        {"coordinator", "POST", "/v1/rule-tables/8/_rollback", KEY JSON, "{}", 404, "not-found", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        api->role = cases[i].role;
        skipped += 2 * MOMENT_SECOND; /* so that the role is asked again */
        int status = ask(cases[i].method, cases[i].target, cases[i].fields, cases[i].body);
        if (status != cases[i].status || (cases[i].says[0] && !strstr(api->received, cases[i].says)))
            fail_msg("case %zu, %s %s: wanted %d %s, received\n%s", i, cases[i].method, cases[i].target,
                     cases[i].status, cases[i].says, api->received);
        if (cases[i].word)
            assert_problem(status, cases[i].status, cases[i].word);
        assert_received("API-Version: 1.0.0\r\n");
        assert_int_equal(api->jobs, 0);
    }
}

static void a_large_body_is_refused_before_it_is_read(void **state)
{
    (void)state;
    api->role = "worker";
    send_request("POST", STEP "/_accept", KEY MATCH JSON "Content-Length: 10000000\r\n", NULL);
    await_reply(false);
    assert_problem(413, 413, "body-too-large");
}

/* 2000 characters that a client wrote as escapes are still 2000 characters. */
static void the_longest_text_fits_however_it_is_escaped(void **state)
{
    (void)state;
    static const struct answer moves[] = {{PG_REFUSED, ERR_INTERNAL, "XX000", NULL}};
    static char body[2000 * 12 + 100];
    size_t used = (size_t)snprintf(body, sizeof body, "{\"text\":\"");
    for (int i = 0; i < 2000; i++, used += 12)
        memcpy(body + used, "\\ud83d\\ude00", 12);
    memcpy(body + used, "\"}", 3);
    api->role = "worker";
    api->answers = moves;
    assert_problem(ask("POST", STEP "/_accept", KEY MATCH JSON, body), 500, "internal");
}

static void what_is_in_order_reaches_the_database(void **state)
{
    (void)state;
    api->role = "coordinator";
    api->answers = good;
    assert_int_equal(ask("GET",
                         "/v1/referrals?overdue=true&organisation=welzijn&status=open&pageSize=7&cursor=o%31",
                         "", NULL),
                     200);
    assert_received("{\"a\":1}");
    assert_string_equal(api->params[0], "1");
    assert_string_equal(api->params[1], "7");
    assert_string_equal(api->params[2], "true");
    assert_string_equal(api->params[3], "welzijn");
    assert_string_equal(api->params[4], "open");
    assert_string_equal(api->params[5], "7");
    assert_string_equal(api->params[6], "o1");
    assert_int_equal(ask("GET", "/v1/steps/gxgp2x3j", "", NULL), 200);
    assert_received("ETag: \"4\"\r\n");
}

static void head_is_a_get_without_its_body(void **state)
{
    (void)state;
    api->answers = good;
    assert_int_equal(ask("HEAD", "/v1/me", "", NULL), 200);
    assert_received("Content-Length: 7\r\n");
    assert_string_equal(strstr(api->received, "\r\n\r\n") + 4, "");
}

static void what_is_not_there_is_told(void **state)
{
    (void)state;
    static const struct answer nothing[] = {{PG_COMMITTED, ERR_NONE, NULL, null_document},
                                            {PG_COMMITTED, ERR_NONE, NULL, null_document},
                                            {PG_COMMITTED, ERR_NONE, NULL, null_document}};
    api->answers = nothing;
    assert_problem(ask("GET", "/v1/referrals/" GOOD, "", NULL), 404, "not-found");
    assert_problem(ask("GET", "/v1/referrals?cursor=x", "", NULL), 400, "invalid-parameter");
    assert_received("\"?cursor\"");
    assert_problem(ask("GET", "/v1/referrals?organisation=x", "", NULL), 400, "invalid-parameter");
    assert_received("\"?organisation\"");
}

/* ---- who calls ---- */

static void strangers_are_refused_and_logged(void **state)
{
    (void)state;
    api->is_known = false;
    assert_problem(ask("GET", "/v1/me", "", NULL), 403, "unknown-account");
    const char *log = take_log();
    assert_non_null(
        strstr(log, "event=account-refused reason=unknown-account serial=5E71A1 address=127.0.0.1"));
    assert_problem(ask("GET", "/v1/nowhere", "", NULL), 403, "unknown-account"); /* not even what there is */
    api->peer.san[0] = '\0';
    assert_problem(ask("GET", "/v1/me", "", NULL), 403, "unknown-account");
    assert_non_null(strstr(take_log(), "reason=no-single-san serial=5E71A1"));
    api->has_peer = false;
    assert_problem(ask("GET", "/v1/me", "", NULL), 403, "unknown-account");
    assert_non_null(strstr(take_log(), "reason=no-certificate"));
    assert_int_equal(ask("GET", "/livez", "", NULL), 200);
}

static void a_wrong_role_is_logged_by_serial(void **state)
{
    (void)state;
    assert_problem(ask("GET", "/v1/checks", "", NULL), 403, "wrong-role");
    assert_non_null(strstr(take_log(), "event=account-refused reason=wrong-role serial=5E71A1"));
    assert_problem(ask("POST", STEP "/_report", KEY MATCH JSON, "{\"state\":\"accepted\"}"), 403,
                   "wrong-role");
    assert_non_null(strstr(take_log(), "event=account-refused reason=wrong-role serial=5E71A1"));
}

static void the_account_is_asked_again_after_its_time(void **state)
{
    (void)state;
    static const struct answer answers[] = {{PG_COMMITTED, ERR_NONE, NULL, document},
                                            {PG_COMMITTED, ERR_NONE, NULL, document}};
    api->answers = answers;
    assert_int_equal(ask("GET", "/v1/me", "", NULL), 200);
    assert_int_equal(ask("GET", "/v1/me", "", NULL), 200);
    assert_int_equal(api->sign_ins, 1);
    assert_int_equal(conn_caps_count(api->app.account_caps), 1);
    skipped += 2 * MOMENT_SECOND;
    api->is_known = false; /* closed in the meantime */
    assert_problem(ask("GET", "/v1/me", "", NULL), 403, "unknown-account");
    assert_int_equal(api->sign_ins, 2);
    assert_int_equal(conn_caps_count(api->app.account_caps), 0);
}

static void an_account_has_so_many_connections(void **state)
{
    (void)state;
    static const struct answer answers[] = {{PG_COMMITTED, ERR_NONE, NULL, document},
                                            {PG_COMMITTED, ERR_NONE, NULL, document},
                                            {PG_COMMITTED, ERR_NONE, NULL, document}};
    int clients[2];
    struct conn *conns[2];
    api->answers = answers;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask("GET", "/v1/me", "", NULL), 200);
        clients[i] = api->client;
        conns[i] = api->conn;
        dial();
    }
    assert_problem(ask("GET", "/v1/me", "", NULL), 429, "too-many-requests");
    assert_non_null(strstr(take_log(), "reason=too-many-connections"));
    close(clients[0]);
    for (unsigned i = 0; i < 20000 && conn_caps_count(api->app.account_caps) == 2; i++)
        turn();
    assert_int_equal(ask("GET", "/v1/me", "", NULL), 200); /* there is room again */
    hang_up();
    api->client = clients[1];
    api->conn = conns[1];
}

static void without_a_database_nobody_is_let_in(void **state)
{
    (void)state;
    api->is_away = true;
    assert_problem(ask("GET", "/v1/me", "", NULL), 503, "database-away");
    api->is_away = false;
    atomic_store(&api->app.schema_fits, false);
    assert_problem(ask("GET", "/v1/me", "", NULL), 503, "database-away");
    assert_int_equal(api->sign_ins, 0);
}

static void draining_takes_nothing_new(void **state)
{
    (void)state;
    api->worker.is_draining = api->worker.server.draining = true;
    assert_problem(ask("GET", "/v1/me", "", NULL), 503, "draining");
    assert_received("Connection: close\r\n");
}

static void readiness_says_why_not(void **state)
{
    (void)state;
    api->has_peer = false;
    assert_int_equal(ask("GET", "/readyz", "", NULL), 200);
    assert_received("\"regions\":[]");
    board_show(api->app.board, api->worker.regions[0], 1000);
    assert_int_equal(ask("GET", "/readyz", "", NULL), 200);
    assert_received("\"regions\":[{\"code\":\"deurne\",\"version\":");
    assert_received("\"tables\":{\"1\":");
    api->stats.up = 0;
    assert_problem(ask("GET", "/readyz", "", NULL), 503, "busy");
    assert_received("database-away");
    api->stats.up = 1;
    api->submit_stats.up = 0;
    assert_problem(ask("GET", "/readyz", "", NULL), 503, "busy");
    api->submit_stats.up = 1;
    api->key_stats.up = 0; /* while there is something in stock, that is told and no more */
    assert_int_equal(ask("GET", "/readyz", "", NULL), 200);
    assert_received("\"keyDatabase\":\"away\"");
    atomic_fetch_add(&api->worker.metrics.empty_stocks, 1);
    assert_problem(ask("GET", "/readyz", "", NULL), 503, "busy");
    assert_received("key-database-away");
    atomic_fetch_sub(&api->worker.metrics.empty_stocks, 1);
    api->key_stats.up = 1;
    atomic_store(&api->app.regions, 0);
    assert_problem(ask("GET", "/readyz", "", NULL), 503, "busy");
    assert_received("no-region-loaded");
    atomic_store(&api->app.is_draining, true);
    assert_problem(ask("GET", "/readyz", "", NULL), 503, "busy");
    assert_received("draining");
}

static PGresult *moved(void)
{
    static const char *const names[] = {"result", "version", "state", "answer"};
    PGresult *result = make_rows(4, names);
    set_cell(result, 0, "result", "moved");
    set_cell(result, 0, "version", "4");
    set_cell(result, 0, "answer", "{\"id\":\"x\"}");
    return result;
}

/* ---- what is sealed ---- */

static const char *sealed_name; /* a document's, NULL: of somebody without a key */

static PGresult *sealed_document(void)
{
    static const char *const names[] = {"document", "version"};
    PGresult *result = make_rows(2, names);
    char text[512];
    snprintf(text, sizeof text,
             "{\"name\" : {\"~\" : [{\"c\" : %d, \"r\" : 77, \"f\" : \"name\", \"v\" : \"%s\"}]}}",
             sealed_name ? API_CLIENT : 78, sealed_name ? sealed_name : "s1.AAAA");
    set_cell(result, 0, "document", text);
    set_cell(result, 0, "version", "4");
    return result;
}

/* What the client's key made of a text; the key database has it wrapped. */
static struct slice seal(const char *field, const char *plain, int64_t record, struct arena *arena)
{
    const struct keyring *keyring = played_keyring();
    const struct played_row *row = played_row_of(&api->played, API_CLIENT);
    struct slice sealed;
    struct err err;
    struct client_key *key =
        client_key_unwrap(keyring, 1, API_CLIENT, row->wrap_key, slice_of(row->wrapped), &err);
    assert_true(client_key_seal(key, record, field, slice_of(plain), arena, &sealed, &err));
    client_key_free(&key);
    keyring_release(&keyring);
    return sealed;
}

static void sealed_values_are_opened_for_the_reader(void **state)
{
    (void)state;
    static const struct answer answers[] = {{PG_COMMITTED, ERR_NONE, NULL, sealed_document},
                                            {PG_COMMITTED, ERR_NONE, NULL, sealed_document}};
    struct arena *arena = arena_new(0);
    sealed_name = arena_text(arena, seal("name", "J. \"Jan\"", API_CLIENT, arena));
    api->role = "worker";
    for (int i = 0; i < 2; i++) { /* the second time the key is at hand */
        api->answers = answers;
        assert_int_equal(ask("GET", STEP, "", NULL), 200);
        assert_received("{\"name\" : \"J. \\\"Jan\\\"\"}");
        assert_received("ETag: \"4\"");
        assert_int_equal(api->played.gets, 1);
        assert_string_equal(api->params[3], "127.0.0.1");
    }
    sealed_name = NULL;
    api->answers = answers;
    assert_int_equal(ask("GET", STEP, "", NULL), 200);
    assert_received("{\"name\" : null}");
    arena_free(&arena);
}

static void without_keys_a_reader_comes_again(void **state)
{
    (void)state;
    static const struct answer answers[] = {{PG_COMMITTED, ERR_NONE, NULL, sealed_document}};
    struct arena *arena = arena_new(0);
    sealed_name = arena_text(arena, seal("name", "J. Jansen", API_CLIENT, arena));
    api->role = "worker";
    api->has_no_keys = true;
    api->answers = answers;
    assert_problem(ask("GET", STEP, "", NULL), 503, "database-away");
    assert_not_received("Jansen");
    api->has_no_keys = false;
    sealed_name = arena_text(arena, seal("phone", "J. Jansen", API_CLIENT, arena)); /* of another field */
    api->answers = answers;
    assert_problem(ask("GET", STEP, "", NULL), 500, "internal");
    assert_int_equal(api->worker.metrics.unseal_failures, 1);
    arena_free(&arena);
}

static PGresult *not_found(void)
{
    static const char *const names[] = {"result", "version", "state", "answer"};
    PGresult *result = make_rows(4, names);
    set_cell(result, 0, "result", "not-found");
    return result;
}

#define DECLINE "{\"code\":\"capacity\",\"text\":\"Geen plaats.\"}"

static int decline(const struct answer *answer)
{
    api->role = "worker";
    api->answers = answer;
    return ask("POST", STEP "/_decline", KEY MATCH JSON, DECLINE);
}

static void what_is_written_about_a_client_is_sealed(void **state)
{
    (void)state;
    static const struct answer answer[] = {{PG_COMMITTED, ERR_NONE, NULL, moved}};
    struct arena *arena = arena_new(0);
    assert_int_equal(decline(answer), 200);
    int64_t note;
    assert_true(slice_to_i64(slice_of(api->params[23]), 1, INT64_MAX, &note));
    assert_true(slice_starts(slice_of(api->params[12]), "s1."));
    assert_null(api->params[13]);
    assert_string_equal(api->params[24], "127.0.0.1");
    assert_int_equal(strlen(api->params[12]), seal("text", "Geen plaats.", note, arena).len);
    arena_free(&arena);
}

static void who_is_no_party_writes_nothing(void **state)
{
    (void)state;
    static const struct answer answer[] = {{PG_COMMITTED, ERR_NONE, NULL, not_found}};
    api->client_id = NULL;
    assert_problem(decline(answer), 404, "not-found");
    assert_null(api->params[12]);
    assert_null(api->params[23]);
    assert_string_equal(api->params[5], "-1");
}

static void about_an_erased_client_nothing_is_written(void **state)
{
    (void)state;
    played_row_of(&api->played, API_CLIENT)->is_destroyed = true;
    assert_problem(decline(NULL), 409, "state-not-allowed");
    assert_received("erased");
    assert_int_equal(api->jobs, 0);
}

static void without_a_keyring_nothing_is_taken_in(void **state)
{
    (void)state;
    struct vault *vault = api->worker.vault;
    api->worker.vault = vault_new(&(struct stock_options){.base = api->base});
    assert_problem(decline(NULL), 503, "busy");
    vault_free(&api->worker.vault);
    api->worker.vault = vault;
}

/* ---- what the database says ---- */

static void a_read_that_fails_has_its_problem(void **state)
{
    (void)state;
    static const struct {
        struct answer answer;
        int status;
        const char *word;
    } cases[] = {
        {{PG_REFUSED, ERR_BUSY, "57014", NULL}, 503, "busy"},
        {{PG_REFUSED, ERR_BUSY, "55P03", NULL}, 503, "busy"},
        {{PG_REFUSED, ERR_BUSY, "53300", NULL}, 503, "busy"},
        {{PG_REFUSED, ERR_BUSY, "40001", NULL}, 503, "busy"},
        {{PG_REFUSED, ERR_DATABASE_AWAY, "57P01", NULL}, 503, "database-away"},
        {{PG_REFUSED, ERR_DATABASE_AWAY, "25006", NULL}, 503, "database-away"},
        {{PG_REFUSED, ERR_INTERNAL, "42883", NULL}, 500, "internal"},
        {{PG_NOT_SENT, ERR_BUSY, NULL, NULL}, 503, "busy"},
        {{PG_NOT_SENT, ERR_DATABASE_AWAY, NULL, NULL}, 503, "database-away"},
        {{PG_NOT_SENT, ERR_DRAINING, NULL, NULL}, 503, "draining"},
        {{PG_UNCERTAIN, ERR_DATABASE_AWAY, NULL, NULL}, 503, "database-away"}, /* the pool has tried again */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        api->answers = &cases[i].answer;
        assert_problem(ask("GET", "/v1/me", "", NULL), cases[i].status, cases[i].word);
        assert_int_equal(api->jobs, i + 1);
        assert_null(strstr(api->received, "the test says so")); /* the log's words are not the caller's */
    }
}

static void an_uncertain_write_is_sent_again_once(void **state)
{
    (void)state;
    static const struct {
        struct answer answers[2];
        int status;
        const char *word;
    } cases[] = {
        {{{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}, {PG_COMMITTED, ERR_NONE, NULL, moved}}, 200, NULL},
        {{{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}, {PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}},
         503,
         "outcome-uncertain"},
        {{{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}, {PG_NOT_SENT, ERR_BUSY, NULL, NULL}},
         503,
         "outcome-uncertain"},
        {{{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}, {PG_REFUSED, ERR_BUSY, "55P03", NULL}},
         503,
         "outcome-uncertain"},
        {{{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}, {PG_REFUSED, ERR_INTERNAL, "XX000", NULL}},
         503,
         "outcome-uncertain"},
    };
    api->role = "worker";
    for (size_t i = 0; i < COUNT(cases); i++) {
        api->answers = cases[i].answers;
        int status = ask("POST", STEP "/_accept", KEY MATCH JSON, "{}");
        if (cases[i].word)
            assert_problem(status, cases[i].status, cases[i].word);
        assert_int_equal(status, cases[i].status);
        assert_int_equal(api->jobs, 2 * (i + 1));
        assert_int_equal(api->last_deadline, 0); /* with time of its own */
    }
    api->answers = &cases[1].answers[0];
    api->holds_jobs = true;
    send_request("POST", STEP "/_accept", KEY MATCH JSON, "{}");
    await_count(&api->jobs, 2 * COUNT(cases) + 1);
    api->is_away = true; /* the pool does not take it again */
    api->holds_jobs = false;
    await_reply(false);
    assert_problem(503, 503, "outcome-uncertain");
}

/* pg_pool_free() ends what is in flight after its pointer was cleared. */
static void with_the_pool_gone_nothing_is_sent_again(void **state)
{
    (void)state;
    static const struct answer uncertain[] = {{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}};
    api->role = "worker";
    api->holds_jobs = true;
    send_request("POST", STEP "/_accept", KEY MATCH JSON, "{}");
    await_count(&api->jobs, 1);
    api->worker.pool = NULL;
    api->answers = uncertain;
    api->holds_jobs = false;
    await_reply(false);
    assert_problem(503, 503, "outcome-uncertain");
    assert_int_equal(api->jobs, 1);
}

static const char *move_word;

static PGresult *refused_move(void)
{
    static const char *const names[] = {"result", "version", "state", "answer"};
    PGresult *result = make_rows(4, names);
    set_cell(result, 0, "result", move_word);
    set_cell(result, 0, "version", "9");
    set_cell(result, 0, "state", "paused");
    return result;
}

static void refused_moves_have_their_status(void **state)
{
    (void)state;
    static const struct answer refusal = {PG_COMMITTED, ERR_NONE, NULL, refused_move};
    static const struct {
        const char *word;
        int status;
        const char *type, *says;
    } cases[] = {{"key-reused", 422, "idempotency-key-reused", ""},
                 {"not-found", 404, "not-found", ""},
                 {"version-conflict", 412, "version-conflict", ""},
                 {"state-not-allowed", 409, "state-not-allowed", "paused"},
                 {"not-yours", 403, "not-yours", ""},
                 {"offering-unknown", 503, "busy", ""},
                 {"account-unknown", 403, "unknown-account", ""},
                 {"surprise", 500, "internal", ""}};
    api->role = "worker";
    for (size_t i = 0; i < COUNT(cases); i++) {
        move_word = cases[i].word;
        api->answers = &refusal;
        take_log();
        assert_problem(ask("POST", STEP "/_accept", KEY MATCH JSON, "{}"), cases[i].status, cases[i].type);
        assert_received(cases[i].says);
        bool logged = strstr(take_log(), "event=account-refused") != NULL;
        assert_int_equal(logged, cases[i].status == 403);
    }
}

static void moves_carry_what_was_asked(void **state)
{
    (void)state;
    static const struct answer answers[] = {{PG_COMMITTED, ERR_NONE, NULL, moved},
                                            {PG_COMMITTED, ERR_NONE, NULL, moved}};
    api->role = "worker";
    api->answers = answers;
    assert_int_equal(ask("POST", STEP "/_report", KEY JSON "If-Match: *\r\n",
                         "{\"state\":\"intake-planned\",\"date\":\"2026-11-23\"}"),
                     200);
    assert_received("ETag: \"4\"\r\n");
    assert_null(api->params[5]); /* any version */
    assert_string_equal(api->params[6], "intake-planned");
    /* routine and soon: a date that was given is the promise itself */
    assert_string_equal(api->params[11], "{\"2026-11-23T16:00:00Z\",\"2026-11-23T16:00:00Z\"}");
    assert_string_equal(api->params[14], "2026-11-23");
    assert_int_equal(ask("POST", STEP "/_accept", KEY JSON MATCH, "{}"), 200);
    assert_string_equal(api->params[5], "3");
}

static void dates_lie_within_reach(void **state)
{
    (void)state;
    static const struct {
        const char *body, *says;
    } cases[] = {{"{\"state\":\"intake-planned\",\"date\":\"2026-11-22\"}", "\"/date\""},
                 {"{\"state\":\"intake-planned\",\"date\":\"2087-01-01\"}", "\"/date\""},
                 {"{\"state\":\"intake-planned\"}", "\"required\""},
                 {"{\"state\":\"nonsense\"}", "\"/state\""}};
    api->role = "worker";
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_problem(ask("POST", STEP "/_report", KEY MATCH JSON, cases[i].body), 422, "invalid-body");
        assert_received(cases[i].says);
        assert_int_equal(api->jobs, 0);
    }
}

/* ---- clients that leave ---- */

static void who_left_is_not_answered(void **state)
{
    (void)state;
    static const struct answer answers[] = {{PG_COMMITTED, ERR_NONE, NULL, document}};
    const atomic_uint_fast64_t *gone = &api->worker.metrics.requests[3][0];
    assert_string_equal(routes[3].name, "me");
    api->answers = answers;
    api->holds_sign_ins = api->holds_jobs = true;
    send_request("GET", "/v1/me", "", NULL);
    await_count(&api->sign_ins, 1);
    hang_up(); /* while the database looks up who it is */
    api->holds_sign_ins = false;
    turns(5);
    assert_int_equal(api->jobs, 0);
    dial();
    send_request("GET", "/v1/me", "", NULL);
    await_count(&api->jobs, 1);
    hang_up(); /* while it looks up what was asked */
    api->holds_jobs = false;
    turns(5);
    assert_int_equal(*gone, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_refusal_has_its_status),
        TEST(a_large_body_is_refused_before_it_is_read),
        TEST(the_longest_text_fits_however_it_is_escaped),
        TEST(what_is_in_order_reaches_the_database),
        TEST(head_is_a_get_without_its_body),
        TEST(what_is_not_there_is_told),
        TEST(strangers_are_refused_and_logged),
        TEST(a_wrong_role_is_logged_by_serial),
        TEST(the_account_is_asked_again_after_its_time),
        TEST(an_account_has_so_many_connections),
        TEST(without_a_database_nobody_is_let_in),
        TEST(draining_takes_nothing_new),
        TEST(readiness_says_why_not),
        TEST(sealed_values_are_opened_for_the_reader),
        TEST(without_keys_a_reader_comes_again),
        TEST(what_is_written_about_a_client_is_sealed),
        TEST(who_is_no_party_writes_nothing),
        TEST(about_an_erased_client_nothing_is_written),
        TEST(without_a_keyring_nothing_is_taken_in),
        TEST(a_read_that_fails_has_its_problem),
        TEST(an_uncertain_write_is_sent_again_once),
        TEST(with_the_pool_gone_nothing_is_sent_again),
        TEST(refused_moves_have_their_status),
        TEST(moves_carry_what_was_asked),
        TEST(dates_lie_within_reach),
        TEST(who_left_is_not_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
