// wraps: pg_pool_submit pg_pool_stats conn_peer
/* The operations of rule tables, with a database that the test plays: what they ask it, what they make of its
 * answers, and what becomes of a write whose outcome is uncertain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/api.h"

#define HEADERS "Idempotency-Key: k-1\r\nContent-Type: application/json\r\n"
#define HEAD(status)                                                                                         \
    "{\"table\":6,\"version\":8,\"status\":\"" status                                                        \
    "\",\"hitPolicy\":\"U\",\"name\":\"Vervolg\",\"examples\":[]}"
#define DRAFT                                                                                                \
    "{\"basedOn\":6,\"note\":null,\"rules\":[{\"id\":\"D01\",\"when\":{\"decline\":\"\\\"other\\\"\","       \
    "\"tries\":"                                                                                             \
    "\"[1..20]\"},\"then\":{\"next\":\"coordinator\"},\"reason\":\"Even "                                    \
    "overleggen.\"}],\"otherwise\":{\"id\":"                                                                 \
    "\"D99\",\"then\":{\"next\":\"stop\"},\"reason\":\"Klaar.\"},\"examples\":[]}"

/* One cell, by the name of its column. */
static PGresult *one_cell(const char *name, const char *value)
{
    const char *const names[] = {name};
    PGresult *rows = make_rows(1, names);
    set_cell(rows, 0, name, value);
    return rows;
}

#define MADE_FROM(status, based_on)                                                                          \
    "{\"table\":6,\"version\":9,\"status\":\"" status "\",\"basedOn\":" based_on                             \
    ",\"hitPolicy\":\"U\",\"name\":\"Vervolg\",\"examples\":[]}"

static PGresult *head_from_draft(void)
{
    return one_cell("document", MADE_FROM("draft", "7"));
}

static PGresult *head_from_3(void)
{
    return one_cell("document", MADE_FROM("draft", "3"));
}

static PGresult *head_from_nothing(void)
{
    return one_cell("document", MADE_FROM("draft", "null"));
}

static PGresult *head_from_8(void)
{
    return one_cell("document", MADE_FROM("draft", "8"));
}

static PGresult *waiting_head(void)
{
    return one_cell("document", MADE_FROM("awaiting-approval", "3"));
}

static PGresult *draft_head(void)
{
    return one_cell("document", HEAD("draft"));
}

static PGresult *published_head(void)
{
    return one_cell("document", HEAD("published"));
}

static PGresult *no_document(void)
{
    return one_cell("document", NULL);
}

static PGresult *in_force(void)
{
    return one_cell("version", "8");
}

static PGresult *not_in_force(void)
{
    return one_cell("version", NULL);
}

/* A table 6 without gap or overlap. */
static PGresult *rule_rows(void)
{
    static const char *const names[] = {"rule_id", "is_otherwise", "decline", "next", "reason"};
    static const char *const cells[][5] = {{"D01", "f", "{duplicate}", "stop", "Er loopt al iets."},
                                           {"D02", "f", NULL, "next-candidate", "Het volgende aanbod."},
                                           {"D99", "t", NULL, "coordinator", "De ketenregie kijkt mee."}};
    PGresult *rows = make_rows(5, names);
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < 5; i++)
            set_cell(rows, row, names[i], cells[row][i]);
    return rows;
}

static const char *result_word;

static PGresult *result_row(void)
{
    static const char *const names[] = {"result", "state", "detail", "answer"};
    PGresult *rows = make_rows(4, names);
    set_cell(rows, 0, "result", result_word);
    set_cell(rows, 0, "state", "discarded");
    set_cell(rows, 0, "detail", "golf");
    set_cell(rows, 0, "answer", HEAD("draft"));
    return rows;
}

static PGresult *nobody(void)
{
    static const char *const names[] = {"rule_id", "offering_code", "reason"};
    return make_rows(3, names);
}

#define GIVES(function)                                                                                      \
    {                                                                                                        \
        PG_COMMITTED, ERR_NONE, NULL, function                                                               \
    }

static void be(const char *role)
{
    api->role = role;
    skipped += 2 * MOMENT_SECOND;
}

static void a_version_is_shown_with_its_rows(void **state)
{
    (void)state;
    static const struct answer answers[] = {
        GIVES(in_force), GIVES(draft_head), GIVES(rule_rows), GIVES(draft_head), {0}};
    be("steward");
    api->answers = answers;
    assert_int_equal(ask("GET", "/v1/rule-tables/6", "", NULL), 200);
    assert_received("\"code\":\"declines\"");
    assert_received("\"columns\":[{\"name\":\"decline\"");
    assert_received("\"rules\":[{\"id\":\"D01\",\"when\":{\"decline\":\"\\\"duplicate\\\"\"}");
    assert_received("\"otherwise\":{\"id\":\"D99\"");
    assert_string_equal(api->asked[0], "rule_rows");
    assert_string_equal(api->params[1], "8");
    assert_int_equal(ask("GET", "/v1/rule-versions/8", "", NULL), 200); /* the rows are known now */
    assert_string_equal(api->asked[0], "rule_version");
    assert_received("\"rules\":[{\"id\":\"D01\"");
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    static const struct answer none[] = {GIVES(no_document)}, out[] = {GIVES(not_in_force)},
                               other[] = {GIVES(draft_head)};
    be("coordinator");
    api->answers = none;
    assert_problem(ask("GET", "/v1/rule-versions/9", "", NULL), 404, "not-found");
    api->answers = out;
    assert_problem(ask("GET", "/v1/rule-tables/6", "", NULL), 404, "not-found");
    api->answers = other;
    assert_problem(ask("GET", "/v1/rule-tables/5?version=8", "", NULL), 404, "not-found");
}

static void rows_that_do_not_hold_together_are_our_fault(void **state)
{
    (void)state;
    static const struct answer answers[] = {GIVES(draft_head), GIVES(nobody)};
    be("coordinator");
    api->answers = answers;
    assert_problem(ask("GET", "/v1/rule-versions/8", "", NULL), 404, "not-found");
}

static void a_draft_is_saved_as_rows(void **state)
{
    (void)state;
    static const struct answer answers[] = {GIVES(result_row)};
    char hash[65];
    be("coordinator");
    result_word = "created";
    api->answers = answers;
    assert_int_equal(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT), 201);
    assert_received("Location: /v1/rule-versions/8\r\n");
    assert_null(strstr(api->received, "examples"));
    assert_string_equal(api->params[2], "k-1");
    assert_string_equal(api->params[4], "6");
    assert_string_equal(api->params[5], "6");
    assert_null(api->params[6]);
    assert_non_null(strstr(api->params[7], "\"rule_id\":\"D01\""));
    assert_non_null(strstr(api->params[7], "\"is_otherwise\":true"));
    assert_string_equal(api->params[8], "[]");
    assert_int_equal(strspn(api->params[3], "0123456789abcdef"), 64);
    snprintf(hash, sizeof hash, "%s", api->params[3]);
    api->answers = answers;
    assert_int_equal(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT " "), 201);
    assert_string_not_equal(api->params[3], hash); /* bound to every byte */
}

static void faults_of_a_draft_are_told_by_place(void **state)
{
    (void)state;
    be("coordinator");
    char body[1000];
    snprintf(body, sizeof body, "%s", DRAFT);
    memcpy(strstr(body, "[1..20]"), "[1..2 x", 7);
    assert_problem(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, body), 422, "invalid-body");
    assert_received("\"pointer\":\"/rules/0/when/tries\"");
    assert_received("D01");
    assert_problem(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, "{\"rules\":{},\"a/b\":1}"), 422,
                   "invalid-body");
    assert_received("\"pointer\":\"/rules\"");
    assert_received("\"pointer\":\"/a~1b\"");
    assert_received("\"pointer\":\"/otherwise\",\"code\":\"required\"");
    assert_problem(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, "{"), 400, "malformed-json");
    assert_int_equal(api->jobs, 0);
}

static void refusals_of_the_database_have_their_problem(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int status;
        const char *type, *says;
    } cases[] = {{"key-reused", 422, "idempotency-key-reused", ""},
                 {"account-unknown", 403, "unknown-account", ""},
                 {"not-yours", 403, "wrong-role", ""},
                 {"based-on-unknown", 422, "invalid-body", "\"/basedOn\""},
                 {"offering-unknown", 422, "invalid-body", "golf"},
                 {"approach-unknown", 422, "invalid-body", "golf"},
                 {"rule-unknown-word", 422, "invalid-body", "golf"},
                 {"surprise", 500, "internal", ""}};
    static const struct answer answers[] = {GIVES(result_row)};
    be("coordinator");
    for (size_t i = 0; i < COUNT(cases); i++) {
        result_word = cases[i].word;
        api->answers = answers;
        assert_problem(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT), cases[i].status,
                       cases[i].type);
        assert_received(cases[i].says);
    }
}

static void decisions_about_a_version(void **state)
{
    (void)state;
    static const struct {
        const char *target, *word;
        int status;
        const char *type;
    } cases[] = {{"/v1/rule-versions/8/_discard", "discarded", 200, NULL},
                 {"/v1/rule-versions/8/_discard", "not-found", 404, "not-found"},
                 {"/v1/rule-tables/6/_rollback", "rolled-back", 200, NULL},
                 {"/v1/rule-tables/_rollback", "nothing-before", 409, "state-not-allowed"}};
    static const struct answer answers[] = {GIVES(result_row)};
    be("coordinator");
    for (size_t i = 0; i < COUNT(cases); i++) {
        result_word = cases[i].word;
        api->answers = answers;
        int status = ask("POST", cases[i].target, HEADERS, "{}");
        if (cases[i].type)
            assert_problem(status, cases[i].status, cases[i].type);
        assert_int_equal(status, cases[i].status);
    }
    assert_null(api->params[4]); /* of whatever table changed last */
    assert_received("No version was in force before");
}

/* A table 6 that holds together: what it says of one reason, and of all others. */
static PGresult *sound_rows(void)
{
    static const char *const names[] = {"rule_id", "is_otherwise", "decline", "next", "reason"};
    PGresult *rows = make_rows(5, names);
    set_cell(rows, 0, "rule_id", "D99");
    set_cell(rows, 0, "is_otherwise", "t");
    set_cell(rows, 0, "next", "coordinator");
    set_cell(rows, 0, "reason", "De ketenregie kijkt mee.");
    return rows;
}

static void approving_checks_again(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int status;
        const char *type;
    } cases[] = {{"approved", 200, NULL},
                 {"replayed", 200, NULL},
                 {"same-person", 403, "same-person"},
                 {"state-not-allowed", 409, "state-not-allowed"}};
    static const struct answer done[] = {GIVES(published_head), GIVES(result_row)},
                               broken[] = {GIVES(waiting_head), GIVES(rule_rows),     GIVES(rule_rows),
                                           GIVES(nobody),       GIVES(nobody),        GIVES(nobody),
                                           GIVES(in_force),     GIVES(published_head)};
    be("coordinator");
    for (size_t i = 0; i < COUNT(cases); i++) {
        result_word = cases[i].word;
        api->answers = done;
        int status = ask("POST", "/v1/rule-versions/8/_approve", HEADERS, "{}");
        if (cases[i].type)
            assert_problem(status, cases[i].status, cases[i].type);
        assert_int_equal(status, cases[i].status);
        assert_string_equal(api->asked[0], "approve_version");
    }
    result_word = "approved";
    api->answers = broken;
    assert_problem(ask("POST", "/v1/rule-versions/9/_approve", HEADERS, "{}"), 409, "not-publishable");
    assert_received("overlap-D01-D02");
    assert_not_received("outdated-8"); /* a warning, acknowledged by who asked */
}

/* Version 8 is in force; a draft from 3 takes back what came between, one from a draft from 8 does not. */
static void what_was_published_meanwhile_is_told(void **state)
{
    (void)state;
    static const struct answer outdated[] = {GIVES(head_from_3), GIVES(sound_rows),    GIVES(sound_rows),
                                             GIVES(nobody),      GIVES(nobody),        GIVES(nobody),
                                             GIVES(in_force),    GIVES(published_head)},
                               new[] = {GIVES(head_from_nothing), GIVES(nobody), GIVES(nobody), GIVES(nobody),
                                        GIVES(in_force)},
                               grandchild[] = {GIVES(head_from_draft), GIVES(nobody),   GIVES(nobody),
                                               GIVES(nobody),          GIVES(in_force), GIVES(head_from_8),
                                               GIVES(published_head)},
                               first[] = {GIVES(head_from_3), GIVES(nobody), GIVES(nobody), GIVES(nobody),
                                          GIVES(not_in_force)}; /* the rows are known after the first */
    be("coordinator");
    api->answers = outdated;
    assert_int_equal(ask("POST", "/v1/rule-versions/9/_check", HEADERS, "{}"), 200);
    assert_received("\"name\":\"outdated-8\",\"kind\":\"outdated\",\"severity\":\"warning\"");
    assert_received("Made from version 3, while version 8 is in force");
    api->answers = new;
    assert_int_equal(ask("POST", "/v1/rule-versions/9/_check", HEADERS, "{}"), 200);
    assert_received("\"outdated-8\"");
    api->answers = grandchild;
    assert_int_equal(ask("POST", "/v1/rule-versions/9/_check", HEADERS, "{}"), 200);
    assert_not_received("\"outdated-");
    assert_string_equal(api->asked[0], "rule_version");
    assert_string_equal(api->asked[2], "rule_version_in_force");
    api->answers = first;
    assert_int_equal(ask("POST", "/v1/rule-versions/9/_check", HEADERS, "{}"), 200);
    assert_not_received("\"outdated-");
    assert_string_equal(api->asked[0], "rule_version_in_force");
}

static void publishing_checks_first(void **state)
{
    (void)state;
    static const struct answer answers[] = {GIVES(draft_head), GIVES(rule_rows), GIVES(rule_rows),
                                            GIVES(nobody),     GIVES(nobody),    GIVES(nobody),
                                            GIVES(in_force),   GIVES(result_row)};
    be("coordinator");
    result_word = "requested";
    api->answers = answers;
    assert_problem(ask("POST", "/v1/rule-versions/8/_publish", HEADERS, "{}"), 409, "not-publishable");
    assert_received("overlap-D01-D02"); /* under U two rows hold for a duplicate */
    assert_string_not_equal(api->asked[0], "request_publication");
    static const struct answer again[] = {GIVES(published_head), GIVES(result_row)};
    result_word = "state-not-allowed";
    api->answers = again;
    assert_problem(ask("POST", "/v1/rule-versions/8/_publish", HEADERS, "{}"), 409, "state-not-allowed");
    assert_string_equal(api->asked[0], "request_publication"); /* which knows what was asked before */
}

static void an_uncertain_write_goes_twice_from_the_desk_too(void **state)
{
    (void)state;
    static const struct answer good[] = {{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL}, GIVES(result_row)},
                               bad[] = {{PG_UNCERTAIN, ERR_UNCERTAIN, NULL, NULL},
                                        {PG_NOT_SENT, ERR_DATABASE_AWAY, NULL, NULL}};
    be("coordinator");
    result_word = "created";
    api->answers = good;
    assert_int_equal(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT), 201);
    assert_int_equal(api->jobs, 2);
    api->answers = bad;
    assert_problem(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT), 503, "outcome-uncertain");
    assert_int_equal(api->jobs, 4);
    api->is_away = true;
    skipped = 0; /* who it is is still known */
    assert_problem(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT), 503, "database-away");
    api->is_away = false;
}

static void few_large_bodies_are_read_at_a_time(void **state)
{
    (void)state;
    static const struct answer answers[] = {GIVES(result_row)};
    be("coordinator");
    atomic_store(&api->app.drafts, 4);
    assert_problem(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT), 503, "busy");
    assert_int_equal(atomic_load(&api->app.drafts), 4);
    atomic_store(&api->app.drafts, 3);
    result_word = "created";
    api->answers = answers;
    assert_int_equal(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT), 201);
    assert_int_equal(atomic_load(&api->app.drafts), 3);
    atomic_store(&api->app.drafts, 0);
    send_request("POST", "/v1/rule-tables/6/_draft", HEADERS "Content-Length: 1000000\r\n", NULL);
    for (unsigned i = 0; i < 20000 && atomic_load(&api->app.drafts) == 0; i++)
        turn();
    assert_int_equal(atomic_load(&api->app.drafts), 1);
    hang_up(); /* in the middle of it */
    assert_int_equal(atomic_load(&api->app.drafts), 0);
}

static void only_tables_that_route_are_tried(void **state)
{
    (void)state;
    static const struct answer answers[] = {GIVES(draft_head)};
    be("coordinator");
    api->answers = answers;
    assert_problem(ask("POST", "/v1/rule-versions/8/_try", HEADERS, "{\"since\":\"2026-01-01\"}"), 422,
                   "invalid-body");
    assert_problem(ask("POST", "/v1/rule-versions/8/_try", HEADERS, "{\"since\":\"2026-13-01\"}"), 422,
                   "invalid-body");
    assert_received("\"/since\"");
}

/* The desk has it in hand though its client has gone. */
static void a_large_body_has_its_place_until_its_memory_goes(void **state)
{
    (void)state;
    static const struct answer answers[] = {GIVES(result_row), GIVES(result_row)};
    be("coordinator");
    result_word = "created";
    api->answers = answers;
    api->holds_desk = true;
    send_request("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT);
    await_count(&api->worker.tasks, 1);
    assert_int_equal(atomic_load(&api->app.drafts), 1);
    hang_up();
    turns(20);
    assert_int_equal(api->worker.tasks, 1);
    assert_int_equal(atomic_load(&api->app.drafts), 1);
    api->holds_desk = false;
    for (unsigned i = 0; i < 20000 && api->worker.tasks; i++)
        turn();
    turns(3);
    assert_int_equal(atomic_load(&api->app.drafts), 0);
    dial();
    assert_int_equal(ask("POST", "/v1/rule-tables/6/_draft", HEADERS, DRAFT), 201);
    assert_int_equal(atomic_load(&api->app.drafts), 0);
}

static void an_explanation_of_what_is_not_seen(void **state)
{
    (void)state;
    static const struct answer answers[] = {GIVES(no_document)};
    be("referrer");
    api->answers = answers;
    assert_problem(ask("GET", "/v1/referrals/GXGP-2X3J/explanation?whatIf=age%3D28", "", NULL), 404,
                   "not-found");
    assert_string_equal(api->asked[0], "decision_record");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_version_is_shown_with_its_rows),
        TEST(what_is_not_there_is_not_found),
        TEST(rows_that_do_not_hold_together_are_our_fault),
        TEST(a_draft_is_saved_as_rows),
        TEST(faults_of_a_draft_are_told_by_place),
        TEST(refusals_of_the_database_have_their_problem),
        TEST(decisions_about_a_version),
        TEST(approving_checks_again),
        TEST(what_was_published_meanwhile_is_told),
        TEST(publishing_checks_first),
        TEST(an_uncertain_write_goes_twice_from_the_desk_too),
        TEST(few_large_bodies_are_read_at_a_time),
        TEST(a_large_body_has_its_place_until_its_memory_goes),
        TEST(only_tables_that_route_are_tried),
        TEST(an_explanation_of_what_is_not_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
