// wraps: pg_pool_submit pg_pool_stats conn_peer
/* POST /v1/referrals and its preview: all problems at once, the route, the receipt, keys and replays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/api.h"

#define HEADERS "Idempotency-Key: k-1\r\nContent-Type: application/json\r\n"
#define CLIENT                                                                                               \
    "\"client\":{\"name\":\"J. Jansen\",\"birthYear\":1950,\"area\":\"5751\",\"phone\":\"0612345678\"}"
#define REFERRAL "{\"domains\":[\"social-network\"]," CLIENT "}"

static const char *word; /* of the row that comes back */

static PGresult *row(void)
{
    static const char *const names[] = {"item",       "result",     "referral_id",   "step_id",
                                        "created_us", "due_us",     "table_no",      "table_version",
                                        "rule_id",    "reason",     "offering_code", "offering_name",
                                        "owner_code", "owner_name", "promise_label"};
    PGresult *result = make_rows(COUNT(names), names);
    set_cell(result, 0, "item", "1");
    set_cell(result, 0, "result", word);
    set_cell(result, 0, "referral_id", "1");
    set_cell(result, 0, "step_id", "2");
    set_cell(result, 0, "created_us", "1795420800000000");
    set_cell(result, 0, "due_us", "1795622400000000");
    set_cell(result, 0, "promise_label", "Antwoord geven");
    if (strcmp(word, "replayed") == 0) {
        set_cell(result, 0, "table_no", "3");
        set_cell(result, 0, "table_version", "1");
        set_cell(result, 0, "rule_id", "R99");
        set_cell(result, 0, "reason", "Zo was het toen.");
        set_cell(result, 0, "owner_code", "ketenregie");
        set_cell(result, 0, "owner_name", "Ketenregie Deurne");
    }
    return result;
}

static const struct answer one_row[] = {{PG_COMMITTED, ERR_NONE, NULL, row}};

static int post(const char *body)
{
    api->answers = one_row;
    return ask("POST", "/v1/referrals", HEADERS, body);
}

static void a_referral_is_routed_and_stored(void **state)
{
    (void)state;
    word = "created";
    assert_int_equal(post(REFERRAL), 201);
    assert_received("Location: /v1/referrals/");
    assert_received("\"table\":3,\"version\":13,\"rule\":\"B03\"");
    assert_received("\"samen-eten\"");
    assert_received("\"Antwoord geven\"");
    assert_string_equal(api->params[0], "1");
    static const char begin[] = "{\"(\\\"7\\\",\\\"2\\\",\\\"k-1\\\",\\\"";
    assert_memory_equal(api->params[1], begin, strlen(begin));
    assert_non_null(
        strstr(api->params[1], ",\\\"1\\\",\\\"2\\\",\\\"routine\\\",")); /* domains and ICPC codes */
    static const char shared[] = "{\"[\\\"social-network\\\"]\",\"[]\",\"";
    assert_memory_equal(api->params[2], shared, strlen(shared));
    assert_non_null(strstr(api->params[1], "\\\",,\\\"nl\\\",,")); /* neither email nor text */
    assert_non_null(strstr(api->params[1], ",\\\"12\\\","));       /* the offering */
    assert_non_null(strstr(api->params[1], ",\\\"2026-11-25T16:00:00Z\\\","));
    assert_non_null(strstr(api->params[2], ",\"[{\\\"table\\\":1,\\\"version\\\":11,"));
    assert_non_null(strstr(api->params[2], ",\"[{\\\"offering\\\":12,"));
    assert_int_equal(api->worker.metrics.referrals, 1);
}

/* Fields of the item that was sent: each quoted, or nothing between two commas. */
static struct slice field_of(unsigned number)
{
    static const char quote[] = "\\\"";
    const char *at = strchr(api->params[1], '(');
    for (assert_non_null(at), at++; number > 0; number--, at++)
        if (strncmp(at, quote, 2) == 0) {
            for (at += 2; strncmp(at, quote, 2) != 0 || strncmp(at + 2, quote, 2) == 0;)
                at += strncmp(at, quote, 2) == 0 ? 4 : 1;
            at += 2;
        }
    if (strncmp(at, quote, 2) != 0)
        return SLICE_NONE;
    const char *end = strstr(at += 2, quote);
    return slice_make(at, (size_t)(end - at));
}

enum {
    NAME = 9,
    PHONE = 10,
    EMAIL = 11,
    TEXT = 13,
    CLIENT_ID = 28,
    NOTE = 29,
    NAME_HASH = 30,
    CONSENT = 33,
    BASIS = 34,
    FROM = 35,
    BSN = 36
};

static void assert_opens(const struct client_key *key, int64_t record, const char *name, unsigned field,
                         const char *plain)
{
    struct arena *arena = arena_new(0);
    struct slice opened;
    struct err err;
    if (!client_key_open(key, record, slice_of(name), field_of(field), arena, &opened, &err))
        fail_msg("%s: %s", name, err.text);
    if (!slice_is(opened, plain))
        fail_msg("%s: %.*s", name, SLICE_FMT(opened));
    arena_free(&arena);
}

/* No plain text of a person goes to the database; what goes opens under the key that the key database has. */
static void a_client_is_sealed_under_a_key_of_their_own(void **state)
{
    (void)state;
    word = "created";
    assert_int_equal(post("{\"domains\":[\"social-network\"]," CLIENT ",\"text\":\"Alleen, sinds kort.\"}"),
                     201);
    static const char *const plain[] = {"Jansen", "0612345678", "Alleen"};
    for (size_t i = 0; i < COUNT(plain); i++)
        assert_null(strstr(api->params[1], plain[i])), assert_null(strstr(api->params[2], plain[i]));
    int64_t client, note;
    struct err err;
    assert_true(slice_to_i64(field_of(CLIENT_ID), 1, INT64_MAX, &client));
    assert_true(slice_to_i64(field_of(NOTE), 1, INT64_MAX, &note));
    assert_int_not_equal(client, note);
    const struct played_row *row = played_row_of(&api->played, client);
    assert_non_null(row);
    const struct keyring *keyring = played_keyring();
    struct client_key *key =
        client_key_unwrap(keyring, 1, client, row->wrap_key, slice_of(row->wrapped), &err);
    assert_opens(key, client, "name", NAME, "J. Jansen");
    assert_opens(key, client, "phone", PHONE, "0612345678");
    assert_opens(key, note, "text", TEXT, "Alleen, sinds kort.");
    assert_null(field_of(EMAIL).ptr);
    assert_null(field_of(BSN).ptr);
    assert_int_equal(field_of(NAME_HASH).len, 16);
    assert_true(slice_is(field_of(BASIS), "standard"));
    assert_true(slice_is(field_of(FROM), "127.0.0.1"));
    assert_non_null(strstr(api->params[2], "{\\\"kind\\\":\\\"welfare\\\",\\\"fields\\\":873}"));
    client_key_free(&key);
    keyring_release(&keyring);
}

static void without_the_key_database_the_stock_is_used_up(void **state)
{
    (void)state;
    word = "created";
    api->has_no_keys = true;
    for (unsigned i = 0; i < STOCK_LEAST; i++)
        assert_int_equal(post(REFERRAL), 201);
    assert_problem(post(REFERRAL), 503, "busy");
    api->has_no_keys = false;
}

static void a_replay_tells_the_stored_decision(void **state)
{
    (void)state;
    word = "replayed";
    assert_int_equal(post(REFERRAL), 201);
    assert_received("\"rule\":\"R99\"");
    assert_received("\"ketenregie\"");
    assert_received("\"offering\":null");
    assert_null(strstr(api->received, "samen-eten"));
}

static void refusals_have_their_status(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int status;
        const char *type;
    } cases[] = {{"key-reused", 422, "idempotency-key-reused"},
                 {"account-unknown", 403, "unknown-account"},
                 {"owner-unknown", 503, "busy"},
                 {"surprise", 500, "internal"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        word = cases[i].word;
        assert_problem(post(REFERRAL), cases[i].status, cases[i].type);
    }
}

static void failures_have_their_status(void **state)
{
    (void)state;
    static const struct {
        struct answer answers[2];
        const char *type;
        int status;
    } cases[] = {
        {{{PG_REFUSED, ERR_BUSY, "57014", NULL}}, "busy", 503},
        {{{PG_REFUSED, ERR_INTERNAL, "XX000", NULL}}, "internal", 500},
        {{{PG_NOT_SENT, ERR_DATABASE_AWAY, NULL, NULL}}, "database-away", 503},
        {{{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}, {PG_NOT_SENT, ERR_DATABASE_AWAY, NULL, NULL}},
         "outcome-uncertain",
         503},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        api->answers = cases[i].answers;
        assert_problem(ask("POST", "/v1/referrals", HEADERS, REFERRAL), cases[i].status, cases[i].type);
    }
}

/* The fourth field of the first item. */
static const char *fingerprint(void)
{
    const char *at = strstr(api->params[1], "\\\"k-1\\\",\\\"");
    assert_non_null(at);
    return at + strlen("\\\"k-1\\\",\\\"");
}

/* The key is bound to method, path and body, byte by byte. */
static void the_fingerprint_is_of_the_whole_request(void **state)
{
    (void)state;
    char first[65];
    word = "created";
    assert_int_equal(post(REFERRAL), 201);
    snprintf(first, sizeof first, "%.64s", fingerprint());
    assert_int_equal(strspn(first, "0123456789abcdef"), 64);
    assert_int_equal(post(REFERRAL), 201);
    assert_memory_equal(fingerprint(), first, 64);
    assert_int_equal(post(REFERRAL " "), 201);
    assert_memory_not_equal(fingerprint(), first, 64);
}

static unsigned occurrences(const char *text)
{
    unsigned count = 0;
    for (const char *at = api->received; (at = strstr(at, text)); at++)
        count++;
    return count;
}

static void all_problems_are_told_once(void **state)
{
    (void)state;
    static const struct {
        const char *body, *pointers[4];
    } cases[] = {
        {"{\"domains\":[\"social-network\",\"golf\"]," CLIENT "}", {"\"/domains/1\""}},
        {"{\"domains\":[\"golf\",\"polo\"]," CLIENT "}", {"\"/domains/0\"", "\"/domains/1\""}},
        {"{\"domains\":[\"golf\"],\"x\":1," CLIENT "}", {"\"/domains/0\"", "\"/x\""}},
        /* an element that is no code is left out of the list: the others must not move up */
        {"{\"domains\":[\"NO!\",\"golf\"]," CLIENT "}", {"\"/domains/0\""}},
        {"{\"domains\":[\"golf\"],\"client\":{\"name\":\"J\",\"birthYear\":2027,\"area\":\"5751\",\"phone\":"
         "\"1\"}}",
         {"\"/domains/0\"", "\"/client/birthYear\"", "\"/client/phone\""}},
        {"{\"domains\":[\"housing\"],\"client\":{\"name\":\"J\",\"birthYear\":9999,\"area\":\"5751\","
         "\"phone\":\"0612345678\"}}",
         {"\"/client/birthYear\""}},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int preview = 0; preview < 2; preview++) {
            int status =
                ask("POST", preview ? "/v1/referrals/_preview" : "/v1/referrals", HEADERS, cases[i].body);
            unsigned wanted = 0;
            assert_problem(status, 422, "invalid-body");
            for (; wanted < 4 && cases[i].pointers[wanted]; wanted++)
                if (occurrences(cases[i].pointers[wanted]) != 1)
                    fail_msg("wanted %s once:\n%s", cases[i].pointers[wanted], api->received);
            assert_int_equal(occurrences("\"pointer\""), wanted);
            assert_int_equal(api->jobs, 0);
        }
}

static void a_preview_stores_nothing(void **state)
{
    (void)state;
    assert_int_equal(ask("POST", "/v1/referrals/_preview", HEADERS, REFERRAL), 200);
    assert_received("\"rule\":\"B03\"");
    assert_received("\"candidates\":[{\"offering\":{\"code\":\"samen-eten\"");
    assert_received("\"capacity\":\"open\",\"asOf\":\"2026-11-18\"");
    assert_null(strstr(api->received, "createdAt"));
    assert_int_equal(api->jobs, 0);
}

static void without_a_rule_table_nothing_is_decided(void **state)
{
    (void)state;
    api->worker.region_count = 0;
    assert_problem(ask("POST", "/v1/referrals", HEADERS, REFERRAL), 503, "no-rule-table");
    api->worker.region_count = 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_referral_is_routed_and_stored),
        TEST(a_client_is_sealed_under_a_key_of_their_own),
        TEST(without_the_key_database_the_stock_is_used_up),
        TEST(a_replay_tells_the_stored_decision),
        TEST(refusals_have_their_status),
        TEST(failures_have_their_status),
        TEST(the_fingerprint_is_of_the_whole_request),
        TEST(all_problems_are_told_once),
        TEST(a_preview_stores_nothing),
        TEST(without_a_rule_table_nothing_is_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
