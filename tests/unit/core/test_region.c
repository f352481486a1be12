#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "region.h"

static void the_fixture_compiles(void **state)
{
    (void)state;
    const struct region *region = fixture_region();
    assert_int_equal(region->id, 1);
    assert_true(slice_is(region->code, "deurne"));
    assert_true(slice_is(region->name, "Deurne"));
    assert_true(region->version == 7);
    assert_int_equal(region->organisation_count, 5);
    assert_true(slice_is(region->coordination->code, "ketenregie"));
    assert_int_equal(region->offering_count, 4);
    assert_int_equal(region->domain_count, 15);
    assert_int_equal(region->decline_code_count, 14);
    assert_int_equal(region->promise_kind_count, 17);
    assert_int_equal(region->machine.state_count, 30);
    assert_int_equal(region->calendar.closure_count, 2);
    assert_int_equal(region->approach_count, 3);
    assert_int_equal(region->icpc_count, 4);
    assert_true(slice_is(region->icpc[3], "Z25") && slice_is(region->recipients[4], "welfare"));
    assert_int_equal(region->recipient_count, 5);
    assert_true(slice_is(region->coordination->kind, "coordination") && !region->coordination->ended);

    static const int versions[RULE_TABLES + 1] = {0, 11, 12, 13, 0, 15, 16, 0};
    for (int table = 1; table <= RULE_TABLES; table++) {
        assert_int_equal(region->tables[table] ? region->tables[table]->version : 0, versions[table]);
        assert_true(!region->tables[table] || region->tables[table]->question->number == table);
    }
    moment since;
    assert_true(moment_parse(slice_of("2026-06-01T00:00:00Z"), &since) && region->since[3] == since);
    assert_int_equal(region->lost_count, 0);

    const struct state *waiting = machine_state(&region->machine, slice_of("waiting-list"));
    assert_true(slice_is(waiting->label, "Wachtlijst") && waiting->feedback && !waiting->is_end);
    assert_true(waiting->promise.unit == SPAN_DATE && waiting->promise_party == PARTY_RECIPIENT);
    const struct state *taking_part = machine_state(&region->machine, slice_of("taking-part"));
    assert_true(taking_part->promise.unit == SPAN_MONTHS && taking_part->promise.amount == 3);
    assert_true(slice_is(taking_part->promise_kind, "follow-up"));
    assert_true(machine_state(&region->machine, slice_of("withdrawn"))->promise.unit == SPAN_NONE);
    region_release(&region);
    assert_null(region);
    region_release(&region);
}

static void things_are_found_by_id_and_code(void **state)
{
    (void)state;
    const struct region *region = fixture_region();
    for (int32_t id = 1; id <= 5; id++)
        assert_int_equal(region_organisation(region, id)->id, id);
    assert_null(region_organisation(region, 0));
    assert_null(region_organisation(region, 6));
    for (int32_t id = 11; id <= 14; id++)
        assert_int_equal(region_offering_by_id(region, id)->id, id);
    assert_null(region_offering_by_id(region, 1));
    const struct offering *offering = region_offering(region, slice_of("geldloket"));
    assert_true(offering->id == 13 && slice_is(offering->organisation->code, "schuldhulp"));
    assert_null(region_offering(region, slice_of("geldloke")));
    int64_t day;
    assert_true(date_parse(slice_of("2026-11-15"), &day) && offering->as_of == day);
    assert_true(date_parse(slice_of("2026-11-10"), &day) && offering->confirmed == day);
    assert_true(offering->capacity == CAPACITY_WAITING_LIST && offering->reply_hours == 30 &&
                !offering->ended);
    offering = region_offering(region, slice_of("samen-eten"));
    assert_true(offering->capacity == CAPACITY_UNKNOWN && offering->as_of == DAY_UNKNOWN &&
                offering->reply_hours == -1);
    assert_int_equal(region_offering_by_id(region, 11)->capacity, CAPACITY_OPEN);
    assert_true(region_offering_by_id(region, 14)->confirmed == DAY_UNKNOWN);
    assert_true(slice_is(region_approach(region, slice_of("group"))->label, "Groep"));
    assert_null(region_approach(region, slice_of("groups")));
    assert_true(slice_is(region_domain(region, slice_of("housing"))->label, "Wonen"));
    assert_null(region_domain(region, SLICE_NONE));
    assert_int_equal(region_decline_code(region, slice_of("duplicate"))->next, NEXT_STOP);
    assert_int_equal(region_decline_code(region, slice_of("client-not-reached"))->next, NEXT_WAIT);
    assert_int_equal(region_decline_code(region, slice_of("safety"))->next, NEXT_ASK_REFERRER);
    assert_int_equal(region_decline_code(region, slice_of("capacity"))->next, NEXT_REROUTE);
    assert_null(region_decline_code(region, slice_of("full")));
    assert_true(slice_is(region_promise_kind(region, slice_of("deliver"))->label, "Ontvangst bevestigen"));
    assert_null(region_promise_kind(region, slice_of("never")));
    region_release(&region);
}

/* The order of rows in the document does not matter. */
static void lists_may_come_in_any_order(void **state)
{
    (void)state;
    json_t *document = fixture_json();
    static const char *const lists[] = {"organisations", "offerings", "closures", "edges", "tables"};
    for (size_t i = 0; i < COUNT(lists); i++) {
        json_t *list = json_object_get(document, lists[i]), *turned = json_array();
        for (size_t k = json_array_size(list); k > 0; k--)
            json_array_append(turned, json_array_get(list, k - 1));
        json_object_set_new(document, lists[i], turned);
    }
    struct err err;
    const struct region *region = compile_json(document, &err);
    assert_non_null(region);
    assert_int_equal(region_offering_by_id(region, 11)->organisation->id, 3);
    assert_true(region->calendar.closures[0] < region->calendar.closures[1]);
    region_release(&region);
}

static void put_at(json_t *document, const char *path, const char *value);

static void a_region_may_have_no_table_yet(void **state)
{
    (void)state;
    json_t *document = fixture_json();
    json_object_set_new(document, "tables", json_array());
    struct err err;
    const struct region *region = compile_json(document, &err);
    assert_non_null(region);
    for (int table = 0; table <= RULE_TABLES; table++)
        assert_null(region->tables[table]);
    region_release(&region);
}

/* What ended is still there where a rule names it; with its organisation ends what that offers. */
static void what_ended_is_known_as_such(void **state)
{
    (void)state;
    json_t *document = fixture_json();
    put_at(document, "offerings/0/ended", "true");
    put_at(document, "organisations/3/ended", "true");
    put_at(document, "offerings/3/capacity", "\"full\"");
    struct err err;
    const struct region *region = compile_json(document, &err);
    assert_non_null(region);
    assert_true(region_offering_by_id(region, 11)->ended && !region_offering_by_id(region, 12)->ended);
    assert_true(region_offering_by_id(region, 13)->ended && region_organisation(region, 4)->ended);
    assert_int_equal(region_offering_by_id(region, 14)->capacity, CAPACITY_FULL);
    region_release(&region);
}

/* An offering that is gone does not stop a region; it is remembered. */
static void a_lost_offering_is_remembered(void **state)
{
    (void)state;
    json_t *document = fixture_json(), *offerings = json_object_get(document, "offerings");
    json_array_remove(offerings, 2);
    json_array_remove(offerings, 0);
    struct err err;
    const struct region *region = compile_json(document, &err);
    assert_non_null(region);
    assert_int_equal(region->lost_count, 3); /* 13 by tables 1 and 3, 11 by table 3 */
    assert_true(region->lost_table == 1 && region->lost_offering == 13 && slice_is(region->lost_rule, "X02"));
    region_release(&region);
}

static void tables_must_be_given_in_their_version(void **state)
{
    (void)state;
    struct err err;
    int versions[RULE_TABLES + 1];
    json_t *document = fixture_json();
    char *text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    assert_true(region_tables(slice_of(text), versions, &err));
    static const int expected[RULE_TABLES + 1] = {0, 11, 12, 13, 0, 15, 16, 0};
    assert_memory_equal(versions, expected, sizeof versions);
    assert_null(region_compile(slice_of(text), NULL, &err));
    assert_string_equal(err.text, "snapshot \"deurne\": tables: version 11 of table 1 was not given");
    const struct ruleset *sets[RULE_TABLES + 1] = {NULL};
    for (int table = 1; table <= RULE_TABLES; table++)
        sets[table] = written_ruleset(table, versions[table]);
    const struct ruleset *third = sets[3];
    sets[3] = sets[2]; /* of another question */
    assert_null(region_compile(slice_of(text), sets, &err));
    assert_string_equal(err.text, "snapshot \"deurne\": tables: version 13 of table 3 was not given");
    sets[3] = written_ruleset(3, 1); /* another version */
    assert_null(region_compile(slice_of(text), sets, &err));
    ruleset_release(&sets[3]);
    sets[3] = third;
    const struct region *region = region_compile(slice_of(text), sets, &err);
    assert_non_null(region);
    for (int table = 1; table <= RULE_TABLES; table++)
        ruleset_release(&sets[table]);
    assert_true(slice_is(ruling_id(region->tables[3], region->tables[3]->rulings), "B01")); /* held */
    region_release(&region);
    free(text);
}

/* Broken documents: at `path` ("states/3/label") put `value` (JSON; NULL: take the member away); the error
 * text must be as given. */
static const struct broken {
    const char *path, *value, *text;
} broken[] = {
    /* the document */
    {"name", NULL, "snapshot \"deurne\": name: is missing"},
    {"name", "7", "snapshot \"deurne\": name: expected a text that is not empty"},
    {"code", "\"\"", "snapshot \"\": code: expected a code of 1 to 64 visible ASCII characters"},
    {"code", "\"de urne\"",
     "snapshot \"de urne\": code: expected a code of 1 to 64 visible ASCII characters"},
    {"extra", "1", "snapshot \"deurne\": extra: is not known here"},
    {"id", "0", "snapshot \"deurne\": id: expected a whole number from 1 to 2147483647"},
    {"id", "2147483648", "snapshot \"deurne\": id: expected a whole number from 1 to 2147483647"},
    {"id", "1.0", "snapshot \"deurne\": id: expected a whole number from 1 to 2147483647"},
    {"version", "-1", "snapshot \"deurne\": version: expected a whole number from 0 to 9223372036854775807"},
    {"coordination", "9", "snapshot \"deurne\": coordination: there is no organisation 9"},
    {"coordination", "null",
     "snapshot \"deurne\": coordination: expected a whole number from 1 to 2147483647"},
    {"organisations", "{}", "snapshot \"deurne\": organisations: expected a list"},
    {"closures", "[\"2026-02-30\"]",
     "snapshot \"deurne\": closures: \"2026-02-30\": expected a date such as 2026-12-24"},
    {"closures", "[20261224]",
     "snapshot \"deurne\": closures: expected a code of 1 to 64 visible ASCII characters"},
    {"edges", "null", "snapshot \"deurne\": edges: expected a list"},
    /* names */
    {"organisations/1", "\"praktijk\"", "organisations[1]: expected an object"},
    {"organisations/1/name", "\"\"",
     "organisations[1] \"praktijk-a\": name: expected a text that is not empty"},
    {"organisations/2/id", "2", "organisations[2] \"welzijn\": id 2 stands there twice"},
    {"organisations/2/code", "\"praktijk-a\"",
     "organisations[2] \"praktijk-a\": code praktijk-a stands there twice"},
    {"organisations/2/agb", "\"1\"", "organisations[2] \"welzijn\": agb: is not known here"},
    {"offerings/0/organisation", "8",
     "offerings[0] \"welzijnscoach\": organisation: there is no organisation 8"},
    {"offerings/1/id", "11", "offerings[1] \"samen-eten\": id 11 stands there twice"},
    {"offerings/3/code", "\"geldloket\"", "offerings[3] \"geldloket\": code geldloket stands there twice"},
    {"domains/3/label", "null", "domains[3] \"housing\": label: expected a text that is not empty"},
    {"domains/3/code", "\"finances\"", "domains[3] \"finances\": code finances stands there twice"},
    {"promiseKinds/0/code", "\"x\"", "promise of state \"sent\": kind: there is no promise kind \"deliver\""},
    {"declineCodes/0/next", "\"loop\"",
     "declineCodes[0] \"capacity\": next: expected reroute, wait, stop or ask-referrer"},
    /* states */
    {"states/3/code", "\"sent\"", "states[3] \"sent\": code sent stands there twice"},
    {"states/3/status", "\"arrived\"",
     "states[3] \"received\": status: \"arrived\" is not a status of a task"},
    {"states/3/setBy", "[\"boss\"]", "states[3] \"received\": setBy: \"boss\" is not known here"},
    {"states/3/setBy", "[]", "states[3] \"received\": setBy: nobody may set this state"},
    {"states/3/needs", "[\"money\"]", "states[3] \"received\": needs: \"money\" is not known here"},
    {"states/3/feedback", "0", "states[3] \"received\": feedback: expected true or false"},
    {"states/3/promise", NULL, "states[3] \"received\": promise: is missing"},
    {"states/3/promise", "null",
     "states[3] \"received\": promise: an open state that starts no promise and no new step leaves nobody to "
     "act"},
    {"states/3/promise", "5", "promise of state \"received\": expected an object"},
    {"states/3/promise/unit", "\"weeks\"",
     "promise of state \"received\": unit: \"weeks\" is not known here"},
    {"states/3/promise/amount", "0",
     "promise of state \"received\": amount: expected a whole number from 1 to 1000"},
    {"states/3/promise/party", "\"system\"",
     "promise of state \"received\": party: the system cannot owe a promise"},
    {"states/3/promise/party", NULL, "promise of state \"received\": party: is missing"},
    {"states/3/promise/by", "1", "promise of state \"received\": by: is not known here"},
    {"states/6/needs", "[]",
     "states[6] \"waiting-list\": promise: falls due on a date, and needs has no \"date\""},
    {"states/6/promise/amount", "3",
     "promise of state \"waiting-list\": amount: expected a whole number from 0 to 0"},
    {"states/2/code", "\"posted\"",
     "snapshot \"deurne\": states: there is no state \"sent\" with status requested, in which a step begins"},
    /* edges */
    {"edges/0", "[\"sent\"]", "edges[0]: expected two state codes"},
    {"edges/0", "[\"sent\",\"received\",\"accepted\"]", "edges[0]: expected two state codes"},
    {"edges/0", "[\"sent\",1]", "edges[0]: expected two state codes"},
    {"edges/0", "[\"nowhere\",\"sent\"]", "edges[0]: there is no state \"nowhere\""},
    {"edges/0", "[\"sent\",\"nowhere\"]", "edges[0]: there is no state \"nowhere\""},
    {"edges/1", "[\"draft\",\"sent\"]", "edges[1]: \"draft\" to \"sent\" stands there twice"},
    {"edges/1", "[\"received\",\"sent\"]",
     "edges[1]: \"received\" to \"sent\": requested may not follow received"},
    {"edges/1", "[\"declined\",\"sent\"]",
     "edges[1]: \"declined\" to \"sent\": requested may not follow rejected"},
    {"edges/1", "[\"withdrawn\",\"withdrawal-asked\"]",
     "edges[1]: \"withdrawn\" to \"withdrawal-asked\": unchanged may not follow cancelled"},
    {"edges/1", "[\"withdrawal-asked\",\"draft\"]",
     "edges[1]: \"withdrawal-asked\" to \"draft\": draft may not follow unchanged"},
    {"edges/1", "[\"sent\",\"done-partly\"]",
     "edges[1]: \"sent\" to \"done-partly\": completed may not follow requested"},
    {"edges", "[[\"sent\",\"accepted\"]]",
     "states[0] \"draft\": no edge leaves this state, and it is not an end"},
    /* offerings */
    {"organisations/1/kind", NULL, "organisations[1] \"praktijk-a\": kind: is missing"},
    {"organisations/1/ended", "null", "organisations[1] \"praktijk-a\": ended: expected true or false"},
    {"offerings/0/capacity", "\"half\"",
     "offerings[0] \"welzijnscoach\": capacity: expected open, waiting-list, full or paused, or null"},
    {"offerings/0/capacity", NULL, "offerings[0] \"welzijnscoach\": capacity: is missing"},
    {"offerings/0/asOf", "\"2026-13-01\"",
     "offerings[0] \"welzijnscoach\": asOf: expected a date such as 2026-12-24, or null"},
    {"offerings/0/confirmed", "7",
     "offerings[0] \"welzijnscoach\": confirmed: expected a code of 1 to 64 visible ASCII characters"},
    {"offerings/0/replyHours", "-1",
     "offerings[0] \"welzijnscoach\": replyHours: expected a whole number from 0 to 2147483647, or null"},
    {"offerings/0/ended", "0", "offerings[0] \"welzijnscoach\": ended: expected true or false"},
    {"approaches/1/code", "\"coach\"", "approaches[1] \"coach\": code coach stands there twice"},
    {"icpc", "[1]", "snapshot \"deurne\": icpc: expected a code of 1 to 64 visible ASCII characters"},
    {"recipients", "null", "snapshot \"deurne\": recipients: expected a list"},
    /* the tables in force */
    {"tables", "{}", "snapshot \"deurne\": tables: expected a list"},
    {"tables/0/table", "8", "tables[0]: table: expected a whole number from 1 to 7"},
    {"tables/0/version", "0", "tables[0]: version: expected a whole number from 1 to 2147483647"},
    {"tables/1/table", "1", "tables[1]: table 1 stands there twice"},
    {"tables/0/since", "\"yesterday\"", "tables[0]: since: expected a moment such as 2026-11-22T14:05:00Z"},
    {"tables/0/rules", "[]", "tables[0]: rules: is not known here"},
    {"tables/0/version", "99", "snapshot \"deurne\": tables: version 99 of table 1 was not given"},
};

static void put_at(json_t *document, const char *path, const char *value)
{
    json_t *at = document;
    struct slice rest = slice_of(path), member = slice_cut(&rest, '/');
    for (; rest.ptr; member = slice_cut(&rest, '/')) {
        uint64_t index;
        char name[32];
        snprintf(name, sizeof name, "%.*s", SLICE_FMT(member));
        at = slice_to_u64(member, 1000, &index) ? json_array_get(at, index) : json_object_get(at, name);
        assert_non_null(at);
    }
    uint64_t index;
    if (!value)
        assert_int_equal(json_object_del(at, member.ptr), 0);
    else if (slice_to_u64(member, 1000, &index))
        assert_int_equal(json_array_set_new(at, index, json_loads(value, JSON_DECODE_ANY, NULL)), 0);
    else
        assert_int_equal(json_object_set_new(at, member.ptr, json_loads(value, JSON_DECODE_ANY, NULL)), 0);
}

static void broken_documents_are_refused_by_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        json_t *document = fixture_json();
        put_at(document, broken[i].path, broken[i].value);
        struct err err = {.code = ERR_NONE};
        const struct region *region = compile_json(document, &err);
        if (region)
            fail_msg("taken: %s = %s", broken[i].path, broken[i].value ? broken[i].value : "(none)");
        assert_int_equal(err.code, ERR_CONFIG);
        assert_string_equal(err.text, broken[i].text);
    }
}

/* An edge to itself is no way out. */
static void an_open_state_needs_a_way_out(void **state)
{
    (void)state;
    json_t *document = fixture_json(), *edges = json_object_get(document, "edges");
    for (size_t i = json_array_size(edges); i > 0; i--) {
        const json_t *edge = json_array_get(edges, i - 1);
        const char *from = json_string_value(json_array_get(edge, 0)),
                   *to = json_string_value(json_array_get(edge, 1));
        if (strcmp(from, "paused") == 0 && strcmp(to, "paused") != 0)
            json_array_remove(edges, i - 1);
    }
    struct err err;
    assert_null(compile_json(document, &err));
    assert_string_equal(err.text, "states[14] \"paused\": no edge leaves this state, and it is not an end");
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        const char *starts;
    } rows[] = {
        {{"", 0}, "snapshot: line 1, column 0: "},
        {{NULL, 0}, "snapshot: line 1, column 0: "},
        {{"{\n \"id\": }", 10}, "snapshot: line 2, column 8: "},
        {{"[]", 2}, "snapshot: expected an object"},
        {{"7", 1}, "snapshot: line 1, column 1: "},
        {{"{} {}", 5}, "snapshot: line 1, column 4: "},
        {{"{\"id\":1,\"id\":2}", 15}, "snapshot: line 1, column 12: duplicate object key"},
        {{"{\"code\":\"\xff\"}", 12}, "snapshot: line 1, column "},
        {{"{\"code\":\"\\u0000\"}", 17}, "snapshot: line 1, column "},
        {{"{}", 2}, "snapshot: code: is missing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = {.code = ERR_NONE};
        assert_null(region_compile(rows[i].text, NULL, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        if (!slice_starts(slice_of(err.text), rows[i].starts))
            fail_msg("%s", err.text);
    }
    assert_null(region_compile(slice_of("{}"), NULL, NULL)); /* nobody listens */
}

/* Each text cut off anywhere is refused (and read within its bounds). */
static void every_prefix_is_refused(void **state)
{
    (void)state;
    json_t *document = fixture_json();
    char *text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    size_t len = strlen(text);
    for (size_t n = 0; n < len; n += n < len - 300 ? 101 : 1) {
        char *part = malloc(n ? n : 1);
        memcpy(part, text, n);
        struct err err;
        assert_null(region_compile(slice_make(part, n), NULL, &err));
        free(part);
    }
    free(text);
}

/* Threads hold and release one region while the owner lets go of it: the last one out frees it, once. */
enum { THREADS = 4, ROUNDS = 20000 };

static void *reader(void *argument)
{
    const struct region *mine = argument; /* a reference given to this thread */
    size_t seen = 0;
    for (int i = 0; i < ROUNDS; i++) {
        const struct region *held = region_hold(mine);
        seen += held->tables[TABLE_APPROACH]->rule_count;
        region_release(&held);
    }
    region_release(&mine);
    return (void *)(uintptr_t)seen;
}

static void threads_share_a_region(void **state)
{
    (void)state;
    const struct region *region = fixture_region();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, reader, (void *)(uintptr_t)region_hold(region)),
                         0);
    region_release(&region);
    for (int i = 0; i < THREADS; i++) {
        void *seen;
        pthread_join(threads[i], &seen);
        assert_true((uintptr_t)seen == (uintptr_t)ROUNDS * 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fixture_compiles),
        cmocka_unit_test(things_are_found_by_id_and_code),
        cmocka_unit_test(lists_may_come_in_any_order),
        cmocka_unit_test(a_region_may_have_no_table_yet),
        cmocka_unit_test(what_ended_is_known_as_such),
        cmocka_unit_test(a_lost_offering_is_remembered),
        cmocka_unit_test(tables_must_be_given_in_their_version),
        cmocka_unit_test(broken_documents_are_refused_by_row),
        cmocka_unit_test(an_open_state_needs_a_way_out),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(threads_share_a_region),
    };
    return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
