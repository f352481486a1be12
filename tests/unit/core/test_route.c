#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixture.h"
#include "random.h"
#include "route.h"

static const moment now = INT64_C(20779) * 86400 * MOMENT_SECOND; /* 2026-11-22 */

static struct arena *arena;

/* A person as text: "domains=finances,housing;age=40", by situation_set(). */
static struct situation person(const char *text)
{
    struct situation situation = {0};
    struct slice rest = slice_of(text);
    struct err err;
    while (rest.ptr && rest.len) {
        struct slice value = slice_cut(&rest, ';'), name = slice_cut(&value, '=');
        if (!situation_set(&situation, name, value, arena, &err))
            fail_msg("%s", err.text);
    }
    return situation;
}

static struct routing decide(const struct region *region, const char *text)
{
    struct situation situation = person(text);
    struct routing routing;
    struct err err;
    if (!route_decide(region, NULL, &situation, now, &routing, &err))
        fail_msg("%s", err.text);
    return routing;
}

/* "13 11": the candidates' ids. */
static const char *candidates_of(const struct routing *routing)
{
    const char *text = "";
    for (size_t i = 0; i < routing->candidate_count; i++)
        text = arena_printf(arena, "%s%s%d", text, i ? " " : "", routing->candidates[i].offering->id);
    return text;
}

/* Decisions ------------------------------------------------------------------------------------------------
 */

static void the_tables_decide_together(void **state)
{
    const struct region *region = *state;
    static const struct {
        const char *facts, *candidates;
        int table;
        const char *rule, *unknown; /* unknown: the row that could not be judged */
    } rows[] = {
        /* table 1 */
        {"domains=finances;age=40;area=5751;urgency=soon", "13", 1, "X02", NULL},
        {"domains=finances;age=17;area=5751;urgency=soon", "", 3, "B99", NULL},
        {"domains=justice,finances;age=40;area=5751;urgency=soon", "", 1, "X01", NULL},
        /* tables 2 and 3 */
        {"domains=finances;age=40;area=5751;urgency=routine", "13", 3, "B01", NULL},
        {"domains=finances;age=40;area=6041;urgency=routine", "", 3, "B05", NULL},
        {"domains=housing;age=40;area=5751;urgency=routine", "", 3, "B99", NULL},
        {"domains=day-activity;age=40;area=5799;urgency=routine", "11", 3, "B02", NULL},
        {"domains=day-activity;age=40;area=5800;urgency=routine", "", 3, "B05", NULL},
        {"domains=physical-health;age=55;area=5753;urgency=routine", "14", 3, "B04", NULL},
        {"domains=physical-health;age=54;area=5753;urgency=routine", "", 3, "B99", NULL},
        /* 12: 60 + 50, 14: 60 + 45, 11: 50 + 50 */
        {"domains=social-network;age=74;area=5751;urgency=routine;mobility=independent", "12 14 11", 3, "B03",
         NULL},
        {"domains=social-network;age=74;area=5752;urgency=routine;mobility=independent", "14 11", 3, "B04",
         NULL},
        {"domains=social-network;age=64;area=5751;urgency=routine;mobility=independent", "11", 3, "B02",
         NULL},
        /* at home the coach weighs 90 + 50 */
        {"domains=social-network;age=74;area=5751;urgency=routine;mobility=housebound", "11 12 14", 3, "B02",
         NULL},
        {"domains=social-network,finances;age=74;area=5751;urgency=routine;mobility=limited", "13 12 14 11",
         3, "B01", NULL},
        /* what is not known is never no */
        {"domains=finances;area=5751;urgency=soon", "", 3, "B99", "X02"},
        {"domains=finances;age=40;area=5751", "", 3, "B99", "X02"},
        {"domains=finances;age=17;area=5751", "", 3, "B99", NULL}, /* NO by the age, whatever the urgency */
        {"domains=finances;age=40;urgency=routine", "", 3, "B99", "B01"},
        {"domains=day-activity;age=40;urgency=routine", "", 3, "B99", "B02"},
        {"age=40;area=5751;urgency=routine", "", 3, "B99", "A01"},
        {"", "", 3, "B99", "X01"},
        /* a row that cannot be judged does not stop those that can */
        {"domains=social-network;age=74;area=5751;urgency=routine", "12 14 11", 3, "B03", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct routing routing = decide(region, rows[i].facts);
        struct slice rule = ruling_id(routing.set, routing.ruling);
        if (strcmp(candidates_of(&routing), rows[i].candidates) != 0 ||
            routing.set->question->number != rows[i].table || !slice_is(rule, rows[i].rule))
            fail_msg("%s: %s by table %d, %.*s", rows[i].facts, candidates_of(&routing),
                     routing.set->question->number, SLICE_FMT(rule));
        assert_int_equal(routing.uncertain, rows[i].unknown != NULL);
        if (rows[i].unknown &&
            !slice_is(ruling_id(routing.unknown_set, routing.unknown_ruling), rows[i].unknown))
            fail_msg("%s: in doubt about %.*s", rows[i].facts,
                     SLICE_FMT(ruling_id(routing.unknown_set, routing.unknown_ruling)));
    }
}

static void the_reason_tells_of_doubt(void **state)
{
    struct routing routing = decide(*state, "domains=finances;area=5751;urgency=soon");
    assert_true(
        slice_is(route_reason(&routing, arena),
                 "Geen regel past: de ketenregisseur kijkt mee. (Regel X02 was niet te beoordelen: er "
                 "ontbrak een gegeven.)"));
    routing = decide(*state, "domains=day-activity;age=40;area=5800;urgency=routine");
    assert_true(slice_is(route_reason(&routing, arena), "Buiten het gebied."));
}

static void a_table_that_lacks_is_told(void **state)
{
    const struct region *region = *state;
    struct situation situation = {0};
    struct routing routing;
    for (int table = 1; table <= 3; table++) {
        struct region without = *region;
        struct err err;
        without.tables[table] = NULL;
        assert_false(route_decide(&without, NULL, &situation, now, &routing, &err));
        assert_int_equal(err.code, ERR_NO_ROUTE_TABLE);
        assert_string_equal(
            err.text, arena_printf(arena, "table %d (%s) is not in force", table, question_of(table)->code));
    }
}

static void other_tables_may_be_tried(void **state)
{
    const struct region *region = *state;
    const struct ruleset *sets[RULE_TABLES + 1] = {NULL};
    static const char *const rows[] = {
        "rule_id=B01;offering_id=12;offering_code=samen-eten;weight=5;reason=x",
        "rule_id=B99;is_otherwise=t;reason=y"};
    sets[1] = region->tables[1];
    sets[2] = region->tables[2];
    sets[3] = text_ruleset(3, 0, 77, rows, COUNT(rows));
    struct situation situation = person("domains=housing;age=40;area=5751;urgency=routine");
    struct routing routing;
    struct err err;
    assert_true(route_decide(region, sets, &situation, now, &routing, &err));
    assert_string_equal(candidates_of(&routing), "12");
    assert_true(routing.set == sets[3] && routing.candidates[0].weight == 5 &&
                routing.candidates[0].approach == RULING_NONE);
    ruleset_release(&sets[3]);
}

/* The rows weigh 50, 40 and 30 and name 12, 11 and 14; the first asks `asks` and its offering has `has`. */
static struct routing decide_by_evidence(struct region *with, struct offering *offerings,
                                         const struct ruleset **sets, enum evidence has, const char *asks,
                                         bool has_others)
{
    const char *rows[] = {
        arena_printf(arena, "rule_id=B01;offering_id=12;offering_code=o;weight=50;evidence=%s;reason=x",
                     asks),
        "rule_id=B02;offering_id=11;offering_code=o;weight=40;evidence=well-described;reason=x",
        "rule_id=B03;offering_id=14;offering_code=o;weight=30;reason=x",
        "rule_id=B99;is_otherwise=t;reason=y"};
    if (!has_others)
        rows[1] = rows[2] = "rule_id=B02;domains={justice};weight=1;reason=x";
    if (!has_others)
        rows[2] = "rule_id=B03;domains={justice};weight=1;reason=x";
    memcpy(offerings, with->offerings, with->offering_count * sizeof *offerings);
    with->offerings = offerings;
    for (size_t i = 0; i < with->offering_count; i++)
        if (offerings[i].id == 12) {
            offerings[i].evidence = has;
            offerings[i].evidence_source = slice_of("Databank \"X\"");
            offerings[i].evidence_as_of = 20000;
        } else if (offerings[i].id == 11)
            offerings[i].evidence = EVIDENCE_STRONG;
    sets[1] = with->tables[1];
    sets[2] = with->tables[2];
    sets[3] = text_ruleset(3, 0, 77, rows, COUNT(rows));
    struct situation situation = person("domains=housing;age=40;area=5751;urgency=routine");
    struct routing routing;
    struct err err;
    assert_true(route_decide(with, sets, &situation, now, &routing, &err));
    return routing;
}

static void a_row_asks_for_evidence(void **state)
{
    const struct region *region = *state;
    struct offering *offerings = arena_array(arena, region->offering_count, sizeof *offerings);
    for (enum evidence has = EVIDENCE_UNKNOWN; has <= EVIDENCE_STRONG; has++)
        for (enum evidence asks = EVIDENCE_DESCRIBED; asks <= EVIDENCE_STRONG; asks++) {
            const struct ruleset *sets[RULE_TABLES + 1] = {NULL};
            struct region with = *region;
            struct routing routing =
                decide_by_evidence(&with, offerings, sets, has, evidence_word(asks), true);
            assert_string_equal(candidates_of(&routing), has >= asks ? "12 11 14" : "11 14");
            assert_int_equal(routing.lack_count, has < asks);
            /* What is not known is not no. */
            assert_int_equal(routing.traces[2].unknown_count, has == EVIDENCE_UNKNOWN);
            assert_false(routing.uncertain);
            ruleset_release(&sets[3]);
        }
}

static void what_is_proved_too_little_is_told(void **state)
{
    const struct region *region = *state;
    struct offering *offerings = arena_array(arena, region->offering_count, sizeof *offerings);
    const struct ruleset *sets[RULE_TABLES + 1] = {NULL};
    struct region with = *region;
    struct routing routing =
        decide_by_evidence(&with, offerings, sets, EVIDENCE_DESCRIBED, "good-indications", false);
    assert_string_equal(candidates_of(&routing), "");
    assert_false(routing.uncertain);
    assert_true(slice_is(route_reason(&routing, arena),
                         "y (Regel B01 past wel, maar vraagt meer bewijs dan er van dat aanbod is.)"));
    assert_non_null(
        strstr(route_trail_json(&routing, arena).ptr,
               "\"table\":3,\"version\":77,\"rules\":[\"B99\"],\"unknown\":[],\"lacks\":[{\"rule\":"
               "\"B01\",\"offering\":12,\"code\":\"samen-eten\",\"has\":\"well-described\",\"asks\":"
               "\"good-indications\"}]}"));
    ruleset_release(&sets[3]);
    with = *region;
    routing = decide_by_evidence(&with, offerings, sets, EVIDENCE_UNKNOWN, "good-indications", false);
    assert_true(routing.uncertain);
    assert_true(slice_is(route_reason(&routing, arena),
                         "y (Regel B01 was niet te beoordelen: er ontbrak een gegeven.)"));
    assert_non_null(strstr(route_trail_json(&routing, arena).ptr,
                           "\"unknown\":[\"B01\"],\"lacks\":[{\"rule\":\"B01\",\"offering\":12,\"code\":"
                           "\"samen-eten\",\"has\":null,\"asks\":\"good-indications\"}]}"));
    ruleset_release(&sets[3]);
    with = *region;
    routing = decide_by_evidence(&with, offerings, sets, EVIDENCE_GOOD, "good-indications", false);
    assert_null(strstr(route_trail_json(&routing, arena).ptr, "lacks"));
    assert_non_null(
        strstr(route_candidates_json(&routing, arena).ptr,
               "\"evidence\":{\"asOf\":\"2024-10-04\",\"code\":\"good-indications\",\"label\":\"Goede "
               "aanwijzingen dat het werkt\",\"source\":\"Databank \\\"X\\\"\"}}]"));
    offerings[1].evidence = EVIDENCE_FIRST; /* of which the region has no word */
    assert_string_equal(region_evidence(&with, EVIDENCE_FIRST).ptr, "first-indications");
    ruleset_release(&sets[3]);
}

/* What has ended is so whatever is known of it, and more rows than are kept are cut. */
static void evidence_beside_ends_and_cuts(void **state)
{
    enum { MANY = ROUTE_ROWS + 8 };
    const struct region *region = *state;
    struct offering *offerings = arena_array(arena, region->offering_count, sizeof *offerings);
    const struct ruleset *sets[RULE_TABLES + 1] = {NULL, region->tables[1], region->tables[2]};
    const char *rows[MANY + 1];
    struct region with = *region;
    struct situation situation = person("domains=housing;age=40;area=5751;urgency=routine");
    struct routing routing;
    struct err err;
    memcpy(offerings, with.offerings, with.offering_count * sizeof *offerings);
    with.offerings = offerings;
    for (int i = 0; i < MANY; i++)
        rows[i] = arena_printf(
            arena, "rule_id=B%02d;offering_id=12;offering_code=o;weight=%d;evidence=well-founded;reason=x", i,
            i);
    rows[MANY] = "rule_id=B99;is_otherwise=t;reason=y";
    sets[3] = text_ruleset(3, 0, 77, rows, COUNT(rows));
    assert_true(route_decide(&with, sets, &situation, now, &routing, &err));
    assert_int_equal(routing.lack_count, ROUTE_ROWS);
    assert_int_equal(routing.traces[2].unknown_count, ROUTE_ROWS);
    assert_true(routing.traces[2].is_cut && routing.uncertain && !routing.candidate_count);
    for (size_t i = 0; i < with.offering_count; i++)
        offerings[i].ended |= offerings[i].id == 12;
    assert_true(route_decide(&with, sets, &situation, now, &routing, &err));
    assert_int_equal(routing.lack_count, 0);
    assert_true(
        slice_is(route_reason(&routing, arena), "y (Regel B39 past wel, maar dat aanbod is gestopt.)"));
    ruleset_release(&sets[3]);
}

/* "12 14": to whom it is offered where these four rows weigh 50, 40, 30 and 20 and say so many, "-" none. */
static const char *offered_by(const struct region *region, const char *first, const char *second,
                              const char *third, const char *fourth, struct slice *json)
{
    static const int ids[] = {12, 11, 13, 14};
    const char *offers[] = {first, second, third, fourth}, *rows[5], *text = "";
    const struct ruleset *sets[RULE_TABLES + 1] = {NULL, region->tables[1], region->tables[2]};
    for (int i = 0; i < 4; i++)
        rows[i] =
            arena_printf(arena, "rule_id=B%02d;offering_id=%d;offering_code=o;weight=%d;offer=%s;reason=x",
                         i + 1, ids[i], 50 - 10 * i, offers[i]);
    for (int i = 0; i < 4; i++)
        if (*offers[i] == '-')
            rows[i] = arena_printf(arena, "rule_id=B%02d;offering_id=%d;offering_code=o;weight=%d;reason=x",
                                   i + 1, ids[i], 50 - 10 * i);
    rows[4] = "rule_id=B99;is_otherwise=t;reason=y";
    sets[3] = text_ruleset(3, 0, 77, rows, COUNT(rows));
    struct situation situation = person("domains=housing;age=40;area=5751;urgency=routine");
    const struct candidate *offered[ROUTE_OFFERS];
    struct routing routing;
    struct err err;
    assert_true(route_decide(region, sets, &situation, now, &routing, &err));
    size_t count = route_offered(&routing, offered);
    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s%d", text, i ? " " : "", offered[i]->offering->id);
    if (json)
        *json = route_offered_json(&routing, arena);
    ruleset_release(&sets[3]);
    return text;
}

static void who_comes_first_says_to_how_many(void **state)
{
    struct slice json;
    assert_string_equal(offered_by(*state, "-", "3", "3", "3", &json), "");
    assert_null(json.ptr);
    assert_string_equal(offered_by(*state, "1", "3", "3", "3", NULL), "12");
    assert_string_equal(offered_by(*state, "2", "3", "3", "3", NULL),
                        "12 13"); /* 11 is of the same organisation */
    assert_string_equal(offered_by(*state, "5", "-", "-", "1", &json), "12 14");
    assert_true(slice_is(
        json, "[{\"organisation\":{\"code\":\"welzijn\",\"name\":\"Welzijn Deurne\"},\"offering\":"
              "{\"code\":\"samen-eten\",\"name\":\"Samen eten\"}},{\"organisation\":{\"code\":"
              "\"sport\",\"name\":\"Sport en Bewegen\"},\"offering\":{\"code\":\"beweeggroep\",\"name\":"
              "\"Beweeggroep 55+\"}}]"));
}

static void what_ended_is_no_candidate(void **state)
{
    (void)state;
    json_t *document = fixture_json(), *offerings = json_object_get(document, "offerings");
    json_object_set_new(json_array_get(offerings, 1), "ended", json_true());
    json_object_set_new(json_array_get(json_object_get(document, "organisations"), 3), "ended", json_true());
    struct err err;
    const struct region *region = compile_json(document, &err);
    assert_non_null(region);
    struct routing routing = decide(region, "domains=social-network;age=74;area=5751;urgency=routine");
    assert_string_equal(candidates_of(&routing), "14 11");
    assert_true(slice_is(ruling_id(routing.set, routing.ruling), "B04"));
    /* all that match have ended: the row for everything else, which the trail names too */
    routing = decide(region, "domains=finances;age=40;area=5751;urgency=routine");
    assert_string_equal(candidates_of(&routing), "");
    assert_true(slice_is(ruling_id(routing.set, routing.ruling), "B99") && !routing.uncertain);
    assert_int_equal(routing.traces[2].row_count, 2);
    assert_string_equal(
        route_reason(&routing, arena).ptr,
        "Geen regel past: de ketenregisseur kijkt mee. (Regel B01 past wel, maar dat aanbod is "
        "gestopt.)");
    /* table 1 sent it there: its row stands, and the coordination gets it */
    routing = decide(region, "domains=finances;age=40;area=5751;urgency=soon");
    assert_string_equal(candidates_of(&routing), "");
    assert_true(slice_is(ruling_id(routing.set, routing.ruling), "X02"));
    assert_non_null(
        strstr(route_reason(&routing, arena).ptr, " (Regel X02 past wel, maar dat aanbod is gestopt.)"));
    routing = decide(region, "domains=social-network;age=74;area=5751;urgency=routine");
    assert_null(strstr(route_reason(&routing, arena).ptr, "gestopt")); /* there is another */
    region_release(&region);

    document = fixture_json();
    json_array_remove(json_object_get(document, "offerings"), 2);
    region = compile_json(document, &err);
    routing = decide(region, "domains=finances;age=40;area=5751;urgency=routine");
    assert_string_equal(candidates_of(&routing), "");
    region_release(&region);
}

static void the_first_form_decides_alone(void **state)
{
    const struct region *region = *state;
    const struct ruleset *sets[RULE_TABLES + 1] = {NULL};
    static const struct {
        const char *facts, *candidates, *rule, *unknown;
    } rows[] = {
        {"domains=social-network;area=5751;age=74;urgency=routine", "12", "R04", NULL},
        {"domains=social-network;area=5752;age=74;urgency=routine", "11", "R05", NULL},
        {"domains=finances;area=6041;age=18;urgency=soon", "13", "R01", NULL},
        {"domains=housing;area=5751;age=18;urgency=soon", "", "R99", NULL},
        {"domains=finances;area=5751;age=40", "", "R99", "R01"},
    };
    sets[3] = written_ruleset(3, 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct situation situation = person(rows[i].facts);
        struct routing routing;
        struct err err;
        assert_true(route_decide(region, sets, &situation, now, &routing, &err));
        assert_string_equal(candidates_of(&routing), rows[i].candidates);
        assert_true(slice_is(ruling_id(routing.set, routing.ruling), rows[i].rule));
        assert_int_equal(routing.uncertain, rows[i].unknown != NULL);
        assert_true(!rows[i].unknown ||
                    slice_is(ruling_id(sets[3], routing.unknown_ruling), rows[i].unknown));
        assert_true(!routing.traces[0].set && !routing.traces[1].set && routing.traces[2].set);
    }
    ruleset_release(&sets[3]);
}

/* Ranking --------------------------------------------------------------------------------------------------
 */

/* Two offerings, the second in all but one thing no worse: each key in turn decides, whatever comes after it.
 */
static void each_key_ranks(void **state)
{
    (void)state;
    static const char *const first[] = {"rule_id=X99;is_otherwise=t;action=continue;reason=x"};
    static const char *const second[] = {"rule_id=A99;is_otherwise=t;reason=x"};
    struct organisation organisation = {.id = 1};
    int64_t today = now / (86400 * MOMENT_SECOND);
    const struct offering better[] = {
        {.id = 11, .as_of = DAY_UNKNOWN, .confirmed = DAY_UNKNOWN, .reply_hours = -1}, /* weight 51 */
        {.id = 11, .capacity = CAPACITY_OPEN, .as_of = today, .confirmed = DAY_UNKNOWN, .reply_hours = -1},
        {.id = 11,
         .capacity = CAPACITY_OPEN,
         .as_of = today - 30,
         .confirmed = DAY_UNKNOWN,
         .reply_hours = -1},
        {.id = 11,
         .capacity = CAPACITY_FULL,
         .as_of = today - 31,
         .confirmed = DAY_UNKNOWN,
         .reply_hours = -1},
        {.id = 11,
         .capacity = CAPACITY_WAITING_LIST,
         .as_of = today,
         .confirmed = DAY_UNKNOWN,
         .reply_hours = -1},
        {.id = 11,
         .capacity = CAPACITY_FULL,
         .as_of = DAY_UNKNOWN,
         .confirmed = DAY_UNKNOWN,
         .reply_hours = -1},
        {.id = 11,
         .capacity = CAPACITY_PAUSED,
         .as_of = today - 60,
         .confirmed = DAY_UNKNOWN,
         .reply_hours = -1}, /* stale before old */
        {.id = 11, .capacity = CAPACITY_FULL, .as_of = today, .confirmed = DAY_UNKNOWN, .reply_hours = -1},
        {.id = 11,
         .capacity = CAPACITY_PAUSED,
         .as_of = today - 61,
         .confirmed = DAY_UNKNOWN,
         .reply_hours = -1},
        {.id = 11,
         .capacity = CAPACITY_OPEN,
         .as_of = today - 9,
         .stale_days = 10,
         .confirmed = DAY_UNKNOWN,
         .reply_hours = -1}, /* as the region has it */
        {.id = 11, .as_of = DAY_UNKNOWN, .confirmed = today - 1, .reply_hours = -1},
        {.id = 11, .as_of = DAY_UNKNOWN, .confirmed = -9000, .reply_hours = -1},
        {.id = 11, .as_of = DAY_UNKNOWN, .confirmed = DAY_UNKNOWN, .reply_hours = 4},
        {.id = 11, .as_of = DAY_UNKNOWN, .confirmed = DAY_UNKNOWN, .reply_hours = 900},
        {.id = 11, .as_of = DAY_UNKNOWN, .confirmed = DAY_UNKNOWN, .reply_hours = -1}, /* the id */
    };
    const struct offering worse[COUNT(better)] = {
        {.id = 10, .capacity = CAPACITY_OPEN, .as_of = today, .confirmed = today, .reply_hours = 0},
        {.id = 10, .as_of = DAY_UNKNOWN, .confirmed = today, .reply_hours = 0},
        {.id = 10, .capacity = CAPACITY_OPEN, .as_of = today - 31, .confirmed = today, .reply_hours = 0},
        {.id = 10,
         .capacity = CAPACITY_WAITING_LIST,
         .as_of = today - 30,
         .confirmed = today,
         .reply_hours = 0},
        {.id = 10, .capacity = CAPACITY_FULL, .as_of = today, .confirmed = today, .reply_hours = 0},
        {.id = 10, .capacity = CAPACITY_WAITING_LIST, .as_of = today, .confirmed = today, .reply_hours = 0},
        {.id = 10, .capacity = CAPACITY_OPEN, .as_of = today - 61, .confirmed = today, .reply_hours = 0},
        {.id = 10, .capacity = CAPACITY_PAUSED, .as_of = today, .confirmed = today, .reply_hours = 0},
        {.id = 10, .capacity = CAPACITY_WAITING_LIST, .as_of = today, .confirmed = today, .reply_hours = 0},
        {.id = 10,
         .capacity = CAPACITY_OPEN,
         .as_of = today - 11,
         .stale_days = 10,
         .confirmed = today,
         .reply_hours = 0},
        {.id = 10, .as_of = DAY_UNKNOWN, .confirmed = today - 2, .reply_hours = 0},
        {.id = 10, .as_of = DAY_UNKNOWN, .confirmed = DAY_UNKNOWN, .reply_hours = 0},
        {.id = 10, .as_of = DAY_UNKNOWN, .confirmed = DAY_UNKNOWN, .reply_hours = 5},
        {.id = 10, .as_of = DAY_UNKNOWN, .confirmed = DAY_UNKNOWN, .reply_hours = -1},
        {.id = 12, .as_of = DAY_UNKNOWN, .confirmed = DAY_UNKNOWN, .reply_hours = -1},
    };
    const struct ruleset *sets[RULE_TABLES + 1] = {NULL, text_ruleset(1, 0, 1, first, 1),
                                                   text_ruleset(2, 0, 2, second, 1)};
    for (size_t i = 0; i < COUNT(better); i++) {
        const char *rows[] = {
            arena_printf(arena, "rule_id=B1;offering_id=%d;offering_code=a;weight=50;reason=x", worse[i].id),
            arena_printf(arena, "rule_id=B2;offering_id=11;offering_code=b;weight=%d;reason=x", i ? 50 : 51),
            "rule_id=B99;is_otherwise=t;reason=y"};
        struct offering list[] = {worse[i].id < 11 ? worse[i] : better[i],
                                  worse[i].id < 11 ? better[i] : worse[i]};
        list[0].organisation = list[1].organisation = &organisation;
        struct region region = {.offerings = list, .offering_count = 2, .coordination = &organisation};
        struct situation situation = {0};
        struct routing routing;
        sets[3] = text_ruleset(3, 0, 3, rows, COUNT(rows));
        assert_true(route_decide(&region, sets, &situation, now, &routing, NULL));
        if (routing.candidate_count != 2 || routing.candidates[0].offering->id != 11)
            fail_msg("pair %zu: %s", i, candidates_of(&routing));
        ruleset_release(&sets[3]);
    }
    ruleset_release(&sets[1]);
    ruleset_release(&sets[2]);
}

/* More rows, candidates and offerings than are kept: the best are, and what was cut is told. */
static void many_rows_are_cut_from_the_back(void **state)
{
    (void)state;
    enum { ROWS = 1500, OFFERINGS = 40 };
    static const char *const first[] = {"rule_id=X99;is_otherwise=t;action=continue;reason=x"};
    static const char *const second[] = {"rule_id=A99;is_otherwise=t;reason=x"};
    const char **rows = arena_array(arena, ROWS + 1, sizeof *rows);
    struct organisation organisation = {.id = 1};
    struct offering *offerings = arena_array(arena, OFFERINGS, sizeof *offerings);
    for (int i = 0; i < OFFERINGS; i++)
        offerings[i] = (struct offering){.id = i + 1,
                                         .organisation = &organisation,
                                         .as_of = DAY_UNKNOWN,
                                         .confirmed = DAY_UNKNOWN,
                                         .reply_hours = -1};
    for (int i = 0; i < ROWS; i++) /* the last row weighs most */
        rows[i] = arena_printf(arena, "rule_id=B%d;offering_id=%d;offering_code=a;weight=%d;reason=x", i,
                               i % OFFERINGS + 1, i * 1000 / ROWS);
    rows[ROWS] = "rule_id=Z99;is_otherwise=t;reason=y";
    struct region region = {
        .offerings = offerings, .offering_count = OFFERINGS, .coordination = &organisation};
    const struct ruleset *sets[RULE_TABLES + 1] = {NULL, text_ruleset(1, 0, 1, first, 1),
                                                   text_ruleset(2, 0, 2, second, 1),
                                                   text_ruleset(3, 0, 3, rows, ROWS + 1)};
    struct situation situation = {0};
    struct routing routing;
    assert_true(route_decide(&region, sets, &situation, now, &routing, NULL));
    assert_int_equal(routing.candidate_count, ROUTE_CANDIDATES);
    for (int i = 0; i < ROUTE_CANDIDATES; i++)
        assert_in_range(routing.candidates[i].weight, (ROWS - ROUTE_CANDIDATES - 1) * 1000 / ROWS, 999);
    assert_true(slice_is(ruling_id(sets[3], routing.candidates[0].ruling), "B1499"));
    const struct trace *trace = &routing.traces[2];
    assert_true(trace->is_cut && trace->row_count == ROUTE_ROWS);
    for (int i = 0; i < ROUTE_CANDIDATES; i++)
        assert_ptr_equal(&sets[3]->rulings[trace->rows[i]], routing.candidates[i].ruling);
    assert_true(trace->rows[ROUTE_CANDIDATES] == 0);
    for (int i = 1; i <= 3; i++)
        ruleset_release(&sets[i]);
}

/* The definition -------------------------------------------------------------------------------------------
 */

struct definition {
    int offerings[BOOK_OFFERINGS], weights[BOOK_OFFERINGS];
    size_t count;
    int table; /* and the row that decides; rule_count: the one for everything else */
    size_t row;
    bool uncertain;
};

static enum truth row_truth(const struct book *book, int table, size_t row, const struct situation *situation)
{
    const struct question *question = question_of(table);
    const struct rule *rule = &book->tables[table]->rules[row];
    bool no = false, unknown = false;
    for (size_t i = 0; i < question->input_count; i++) {
        enum truth truth = test_decide(&rule->tests[i], &situation->facts[question->inputs[i]],
                                       book->tables[table]->inputs[i].is_any_of, NULL, NULL);
        no |= truth == NO;
        unknown |= truth == UNKNOWN;
    }
    return no ? NO : unknown ? UNKNOWN : YES;
}

static struct slice word_answer(const struct book *book, int table, size_t row, size_t output)
{
    struct value value = value_null;
    const struct feel *feel = book->tables[table]->rules[row].outputs[output];
    return feel && feel_constant(feel, &value) && value.kind == VALUE_STRING ? value.string : SLICE_NONE;
}

static int weight_answer(const struct book *book, int table, size_t row)
{
    struct value value = value_null;
    const struct feel *feel = book->tables[table]->rules[row].outputs[1];
    int64_t units = 0;
    bool exact;
    if (feel && feel_constant(feel, &value))
        decimal_units(value.number, 0, &units, &exact);
    return (int)units;
}

static int class_of(const struct offering *offering)
{
    int64_t today = now / (86400 * MOMENT_SECOND);
    if (offering->capacity == CAPACITY_UNKNOWN || offering->as_of == DAY_UNKNOWN ||
        offering->as_of < today - 60)
        return 2;
    if (offering->as_of < today - 30)
        return 1;
    return offering->capacity == CAPACITY_OPEN ? 0 : offering->capacity == CAPACITY_WAITING_LIST ? 3 : 4;
}

/* Whether offering a at weight wa comes before b at wb. */
static bool comes_before(const struct offering *a, int wa, const struct offering *b, int wb)
{
    int hours_a = a->reply_hours < 0 ? INT32_MAX : a->reply_hours,
        hours_b = b->reply_hours < 0 ? INT32_MAX : b->reply_hours;
    if (wa != wb)
        return wa > wb;
    if (class_of(a) != class_of(b))
        return class_of(a) < class_of(b);
    if (a->confirmed != b->confirmed)
        return a->confirmed > b->confirmed;
    return hours_a != hours_b ? hours_a < hours_b : a->id < b->id;
}

static void define_candidate(const struct book *book, struct definition *out, int id, int weight)
{
    for (int i = 0; i < BOOK_OFFERINGS; i++)
        if (book->offerings[i].id == id && book->offerings[i].ended)
            return;
    if (id < 11 || id >= 11 + BOOK_OFFERINGS)
        return;
    for (size_t i = 0; i < out->count; i++)
        if (out->offerings[i] == id) {
            if (out->weights[i] < weight)
                out->weights[i] = weight;
            return;
        }
    out->offerings[out->count] = id;
    out->weights[out->count++] = weight;
}

static void define_order(const struct book *book, struct definition *out)
{
    for (size_t i = 0; i < out->count; i++)
        for (size_t n = i + 1; n < out->count; n++)
            if (comes_before(&book->offerings[out->offerings[n] - 11], out->weights[n],
                             &book->offerings[out->offerings[i] - 11], out->weights[i])) {
                int id = out->offerings[i], weight = out->weights[i];
                out->offerings[i] = out->offerings[n];
                out->weights[i] = out->weights[n];
                out->offerings[n] = id;
                out->weights[n] = weight;
            }
}

static int offering_of(const struct book *book, int table, size_t row)
{
    return book->sets[table]->rulings[row].number;
}

/* The first row that is not NO. */
static enum truth define_first(const struct book *book, int table, const struct situation *situation,
                               size_t *row)
{
    for (*row = 0; *row < book->tables[table]->rule_count; ++*row) {
        enum truth truth = row_truth(book, table, *row, situation);
        if (truth != NO)
            return truth;
    }
    return YES;
}

static void define_nobody(const struct book *book, struct definition *out)
{
    out->table = 3;
    out->row = book->tables[3]->rule_count;
}

static void define_former(const struct book *book, const struct situation *situation, struct definition *out)
{
    size_t row;
    enum truth truth = define_first(book, 3, situation, &row);
    define_nobody(book, out);
    out->uncertain = truth == UNKNOWN;
    if (truth == UNKNOWN)
        return;
    out->row = row;
    if (offering_of(book, 3, row))
        define_candidate(book, out, offering_of(book, 3, row), 0);
}

/* True: tables 2 and 3 are to be asked. */
static bool define_exclusion(const struct book *book, const struct situation *situation,
                             struct definition *out)
{
    size_t row;
    enum truth truth = define_first(book, 1, situation, &row);
    define_nobody(book, out);
    out->uncertain = truth == UNKNOWN;
    if (truth == UNKNOWN)
        return false;
    if (row == book->tables[1]->rule_count || slice_is(word_answer(book, 1, row, 0), "continue"))
        return true;
    out->table = 1;
    out->row = row;
    if (slice_is(word_answer(book, 1, row, 0), "offering"))
        define_candidate(book, out, offering_of(book, 1, row), 0);
    return false;
}

struct approaches {
    struct slice words[BOOK_ROWS];
    int weights[BOOK_ROWS];
    size_t count, unknown;
};

static void define_approaches(const struct book *book, const struct situation *situation,
                              struct approaches *approaches)
{
    *approaches = (struct approaches){.count = 0};
    for (size_t row = 0; row < book->tables[2]->rule_count; row++) {
        enum truth truth = row_truth(book, 2, row, situation);
        approaches->unknown += truth == UNKNOWN;
        if (truth != YES)
            continue;
        approaches->words[approaches->count] = word_answer(book, 2, row, 0);
        approaches->weights[approaches->count++] = weight_answer(book, 2, row);
    }
}

static int best_weight(const struct book *book, size_t row, const struct approaches *approaches)
{
    const struct test *test = &book->tables[3]->rules[row].tests[0];
    int best = 0;
    if (test->kind != TEST_WORDS || test->negated)
        return 0;
    for (size_t i = 0; i < approaches->count; i++)
        for (uint32_t n = 0; n < test->count; n++)
            if (slice_equal(test->words[n], approaches->words[i]) && approaches->weights[i] > best)
                best = approaches->weights[i];
    return best;
}

static void define(const struct book *book, const struct situation *person_, struct definition *out)
{
    struct situation situation = *person_;
    struct approaches approaches;
    size_t unknown = 0;
    int nobody_weight = -1;
    *out = (struct definition){.count = 0};
    if (!define_exclusion(book, &situation, out))
        return;
    define_approaches(book, &situation, &approaches);
    if (approaches.count || !approaches.unknown)
        situation_words(&situation, ABOUT_APPROACH, approaches.words, approaches.count);
    for (size_t row = 0; row < book->tables[3]->rule_count; row++) {
        enum truth truth = row_truth(book, 3, row, &situation);
        int weight = weight_answer(book, 3, row);
        unknown += truth == UNKNOWN;
        if (truth != YES)
            continue;
        if (offering_of(book, 3, row))
            define_candidate(book, out, offering_of(book, 3, row),
                             weight + best_weight(book, row, &approaches));
        else if (weight > nobody_weight) {
            nobody_weight = weight;
            out->row = row;
        }
    }
    define_order(book, out);
    out->uncertain = !out->count && unknown + approaches.unknown;
}

static void compare(const struct book *book, const struct situation *situation, bool former, int number)
{
    struct definition should = {.count = 0};
    struct routing is;
    if (former)
        define_former(book, situation, &should);
    else
        define(book, situation, &should);
    assert_true(route_decide(&book->region, book->sets, situation, now, &is, NULL));
    if (is.candidate_count != should.count || is.uncertain != should.uncertain)
        fail_msg("book %d: %zu candidates, expected %zu", number, is.candidate_count, should.count);
    for (size_t i = 0; i < should.count; i++)
        if (is.candidates[i].offering->id != should.offerings[i] ||
            is.candidates[i].weight != should.weights[i])
            fail_msg("book %d: candidate %zu is %d, expected %d", number, i, is.candidates[i].offering->id,
                     should.offerings[i]);
    assert_int_equal(is.set->question->number, should.table);
    if (!should.count)
        assert_int_equal(is.ruling - is.set->rulings, should.row);
    else
        assert_ptr_equal(is.ruling, is.candidates[0].ruling);
}

static void agrees_with_the_definition(void **state)
{
    (void)state;
    struct random r = {20261122};
    for (int number = 0; number < 3000; number++) {
        struct book book;
        bool former = number % 10 == 0;
        random_book(&r, &book, former);
        for (int i = 0; i < 8; i++) {
            struct situation situation = random_person(&r, &book, i < 5 ? 10 : 8);
            compare(&book, &situation, former, number);
        }
        free_book(&book);
    }
}

/* JSON -----------------------------------------------------------------------------------------------------
 */

static void what_is_stored(void **state)
{
    struct routing routing = decide(*state, "domains=social-network;age=74;area=5752;urgency=routine");
    assert_string_equal(route_trail_json(&routing, arena).ptr,
                        "[{\"table\":1,\"version\":11,\"rules\":[\"X99\"],\"unknown\":[]},{\"table\":2,"
                        "\"version\":12,\"rules\":[\"A02\","
                        "\"A03\"],\"unknown\":[\"A05\"]},{\"table\":3,\"version\":13,\"rules\":[\"B04\","
                        "\"B02\"],\"unknown\":[]}]");
    assert_string_equal(
        route_candidates_json(&routing, arena).ptr,
        "[{\"offering\":14,\"code\":\"beweeggroep\",\"name\":\"Beweeggroep "
        "55+\",\"organisation\":5,\"owner\":\"sport\","
        "\"ownerName\":\"Sport en Bewegen\",\"table\":3,\"rule\":\"B04\",\"reason\":\"Wie 55 of ouder is kan "
        "bewegen in "
        "een "
        "groep.\",\"approach\":\"group\",\"weight\":105,\"asOf\":\"2026-11-18\",\"capacity\":\"open\","
        "\"freshness\":\"fresh\","
        "\"confirmed\":null,"
        "\"replyHours\":8},{\"offering\":11,\"code\":\"welzijnscoach\",\"name\":\"Welzijnscoach\","
        "\"organisation\":3,"
        "\"owner\":\"welzijn\",\"ownerName\":\"Welzijn Deurne\",\"table\":3,\"rule\":\"B02\",\"reason\":\"De "
        "welzijnscoach "
        "zoekt samen wat "
        "past.\",\"approach\":\"coach\",\"weight\":100,\"asOf\":\"2026-11-20\",\"capacity\":\"open\","
        "\"freshness\":\"fresh\","
        "\"confirmed\":\"2026-11-01\",\"replyHours\":20}]");
    routing = decide(*state, "domains=justice;age=74;area=5752;urgency=soon");
    assert_string_equal(route_trail_json(&routing, arena).ptr,
                        "[{\"table\":1,\"version\":11,\"rules\":[\"X01\"],\"unknown\":[]},{\"table\":2,"
                        "\"version\":12,\"rules\":[],\"unknown\":[],\"asked\":false},{\"table\":3,"
                        "\"version\":13,\"rules\":[],\"unknown\":[],\"asked\":false}]");
    assert_string_equal(route_candidates_json(&routing, arena).ptr, "[]");
    routing = decide(*state, "domains=finances;age=40;area=5752;urgency=soon");
    struct slice json = route_candidates_json(&routing, arena);
    assert_non_null(strstr(json.ptr, "\"table\":1,\"rule\":\"X02\""));
    assert_non_null(strstr(json.ptr, "\"approach\":null,\"weight\":0"));
}

static void situations_are_shown_and_read(void **state)
{
    (void)state;
    static const char empty[] = "{\"domains\":null,\"icpc\":null,\"age\":null,\"area\":null,\"language\":"
                                "null,\"urgency\":null,\"mobility\":null,"
                                "\"digitalSkill\":null,\"lvb\":null,\"occupation\":null,\"household\":null,"
                                "\"referrer\":null,\"referrerRole\":null,"
                                "\"declines\":null}";
    static const char full[] =
        "{\"domains\":[\"housing\",\"meaning\"],\"icpc\":[\"Z01\"],\"age\":0,\"area\":5751,\"language\":"
        "\"nl\",\"urgency\":"
        "\"soon\",\"mobility\":\"limited\",\"digitalSkill\":\"none\",\"lvb\":false,\"occupation\":\"school\","
        "\"household\":"
        "\"alone\",\"referrer\":\"praktijk-a\",\"referrerRole\":\"referrer\",\"declines\":[]}";
    struct situation situation = {0};
    struct err err;
    assert_string_equal(situation_json(&situation, arena).ptr, empty);
    assert_true(situation_read(slice_of(full), arena, &situation, &err));
    assert_string_equal(situation_json(&situation, arena).ptr, full);
    assert_string_equal(situation_snapshot(&situation, arena).ptr, full);
    assert_true(situation_read(slice_of(empty), arena, &situation, &err));
    assert_string_equal(situation_json(&situation, arena).ptr, empty);
    assert_string_equal(situation_snapshot(&situation, arena).ptr, "{}");
    /* as it was stored before there were seven tables */
    assert_true(situation_read(
        slice_of("{\"domains\":[],\"area\":\"5751\",\"age\":74,\"urgency\":\"routine\",\"language\":"
                 "null}"),
        arena, &situation, &err));
    assert_int_equal(situation.facts[ABOUT_DOMAINS].kind, FACT_ABSENT);
    assert_true(situation.facts[ABOUT_AREA].key == integer_key(5751));
    assert_true(situation_read(slice_of("{\"area\":\"57\"}"), arena, &situation, &err));
    assert_int_equal(situation.facts[ABOUT_AREA].kind, FACT_ABSENT);
    /* of the other tables, too */
    assert_true(situation_read(slice_of("{\"tries\":3,\"decline\":\"capacity\",\"approach\":[]}"), arena,
                               &situation, &err));
    assert_true(situation.facts[ABOUT_TRIES].key == integer_key(3) &&
                situation.facts[ABOUT_APPROACH].kind == FACT_WORDS);
    static const struct {
        const char *json, *text;
    } wrong[] = {
        {"{\"shoes\":1}", "facts: shoes: is no fact"},
        {"{\"age\":\"74\"}", "facts: age: expected a whole number from 0 to 120"},
        {"{\"age\":121}", "facts: age: expected a whole number from 0 to 120"},
        {"{\"domains\":\"housing\"}", "facts: domains: expected a list of words"},
        {"{\"lvb\":1}", "facts: lvb: expected true or false"},
        {"{\"urgency\":7}", "facts: urgency: expected a word"},
        {"[]", "facts: expected an object"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(situation_read(slice_of(wrong[i].json), arena, &situation, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_string_equal(err.text, wrong[i].text);
    }
    assert_false(situation_read(SLICE_NONE, arena, &situation, &err));
}

/* Read back by a JSON library: any text comes through. */
static void situations_escape(void **state)
{
    (void)state;
    char nasty[64];
    for (int i = 0; i < 32; i++)
        nasty[i] = (char)(i + 1);
    memcpy(nasty + 32, "\"\\/\x7fRen\xc3\xa9\xe2\x80\xa8", 12);
    struct slice text = slice_make(nasty, 44);
    struct situation situation = {0};
    situation_word(&situation, ABOUT_LANGUAGE, text);
    situation_words(&situation, ABOUT_DOMAINS, &text, 1);
    struct slice json = situation_json(&situation, arena);
    json_t *read = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *word = json_object_get(read, "language"),
                 *item = json_array_get(json_object_get(read, "domains"), 0);
    assert_true(slice_equal(slice_make(json_string_value(word), json_string_length(word)), text));
    assert_true(slice_equal(slice_make(json_string_value(item), json_string_length(item)), text));
    json_decref(read);
}

static void facts_are_set_by_text(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *json; /* JSON NULL: refused */
    } rows[] = {
        {"age", "28", "28"},
        {"age", " 28 ", "28"},
        {"age", "", "null"},
        {"age", "28.5", NULL},
        {"age", "121", NULL},
        {"age", "old", NULL},
        {"area", "5751", "5751"},
        {"area", "575", NULL},
        {"lvb", "true", "true"},
        {"lvb", "false", "false"},
        {"lvb", "ja", NULL},
        {"urgency", "soon", "\"soon\""},
        {"urgency", "now", NULL},
        {"domains", "finances, housing", "[\"finances\",\"housing\"]"},
        {"domains", "a,,b", NULL},
        {"domains", "", "null"},
        {"declines", "", "[]"},
        {"language", "nl", "\"nl\""},
        {" language ", "n l", NULL},
        {"shoes", "1", NULL},
        {"digital_skill", "none", NULL},
        {"digitalSkill", "none", "\"none\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct situation situation = {0};
        struct err err = {.code = ERR_NONE};
        bool ok = situation_set(&situation, slice_of(rows[i].name), slice_of(rows[i].text), arena, &err);
        assert_int_equal(ok, rows[i].json != NULL);
        assert_int_equal(err.code, ok ? ERR_NONE : ERR_INVALID_PARAMETER);
        if (!ok)
            continue;
        const char *member =
            arena_printf(arena, "\"%.*s\":%s", SLICE_FMT(slice_trim(slice_of(rows[i].name))), rows[i].json);
        assert_non_null(strstr(situation_json(&situation, arena).ptr, member));
    }
}

/* Tables 5 and 6 -------------------------------------------------------------------------------------------
 */

static void promises_are_looked_up(void **state)
{
    const struct region *region = *state;
    struct span span = {0};
    assert_true(rule_promise(region, slice_of("deliver"), slice_of("soon"), &span));
    assert_true(span.unit == SPAN_WORKING_DAYS && span.amount == 1);
    assert_true(rule_promise(region, slice_of("first-contact"), slice_of("routine"), &span));
    assert_true(span.unit == SPAN_MONTHS && span.amount == 2);
    assert_false(
        rule_promise(region, slice_of("deliver"), slice_of("routine"), &span)); /* as the state says */
    assert_false(rule_promise(region, slice_of("answer"), slice_of("soon"), &span));
    assert_false(rule_promise(region, slice_of("deliver"), SLICE_NONE, &span)); /* cannot be judged */
    assert_int_equal(rule_escalation(region, slice_of("first-contact"), slice_of("soon"), 0), 4);
    assert_int_equal(rule_escalation(region, slice_of("first-contact"), slice_of("routine"), 2), 4);
    assert_int_equal(rule_escalation(region, slice_of("answer"), slice_of("soon"), 0),
                     1);                                                              /* it does not say */
    assert_int_equal(rule_escalation(region, slice_of("deliver"), SLICE_NONE, 0), 1); /* cannot be judged */
    struct region without = *region;
    without.tables[TABLE_PROMISES] = NULL;
    assert_false(rule_promise(&without, slice_of("deliver"), slice_of("soon"), &span));
    assert_int_equal(rule_escalation(&without, slice_of("first-contact"), slice_of("soon"), 0), 1);
}

/* Bits in the order of the words: name 1, birth-year 2, area 4, phone 8, ... bsn 4096. */
static void fields_are_granted_by_approach_and_kind(void **state)
{
    static const char *const rows[] = {
        "rule_id=G01;recipient={gp-practice};fields={name,birth-year,area,phone,email,language,domains,icpc,"
        "text,"
        "urgency,situation,notes,bsn};reason=Zorg.",
        "rule_id=G02;approaches={coach};recipient={welfare};fields={name,phone};reason=Bellen.",
        "rule_id=G03;approaches={group};recipient={welfare};fields={name,email};reason=Uitnodigen.",
        "rule_id=G04;recipient={sport};reason=Niets.",
        "rule_id=G99;is_otherwise=t;fields={name};reason=De naam."};
    static const struct {
        const char *approaches, *recipient;
        unsigned fields;
    } cases[] = {{"coach", "gp-practice", 8191},
                 {"coach", "welfare", 1 | 8},
                 {"group", "welfare", 1 | 16},
                 {"coach,group", "welfare", 1 | 8 | 16},
                 {"", "welfare", 1},
                 {"debt-help", "welfare", 1},
                 {"", "gp-practice", 8191},
                 {"coach", "sport", 0},
                 {"coach", "nobody-knows", 1}};
    struct region region = *(const struct region *)*state;
    unsigned fields = 7;
    assert_false(rule_fields(&region, NULL, 0, slice_of("welfare"), &fields)); /* not in force */
    region.tables[TABLE_FIELDS] = text_ruleset(TABLE_FIELDS, 0, 14, rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice approaches[4], rest = slice_of(cases[i].approaches);
        size_t count = 0;
        while (rest.len)
            approaches[count++] = slice_cut(&rest, ',');
        assert_true(rule_fields(&region, approaches, count, slice_of(cases[i].recipient), &fields));
        assert_int_equal(fields, cases[i].fields);
    }
    ruleset_release(&region.tables[TABLE_FIELDS]);
}

static void approaches_of_a_routing_are_listed(void **state)
{
    struct slice approaches[ROUTE_ROWS];
    struct routing routing = decide(*state, "domains=social-network;age=70;area=5751;urgency=routine");
    assert_int_equal(route_approaches(&routing, approaches), 2);
    assert_true(slice_is(approaches[0], "coach") && slice_is(approaches[1], "group"));
    routing = decide(*state, "domains=finances;area=5751;urgency=soon;age=40"); /* table 1 decides alone */
    assert_int_equal(route_approaches(&routing, approaches), 0);
}

static void declines_are_followed(void **state)
{
    const struct region *region = *state;
    static const struct {
        const char *decline;
        int tries;
        enum after_decline after;
        const char *rule;
    } rows[] = {
        {"capacity", 1, AFTER_NEXT_CANDIDATE, "D01"},
        {"capacity", 3, AFTER_NEXT_CANDIDATE, "D01"},
        {"capacity", 4, AFTER_COORDINATOR, "D02"},
        {"duplicate", 1, AFTER_STOP, "D03"},
        {"client-not-reached", 20, AFTER_WAIT, "D04"},
        {"information-incomplete", 2, AFTER_ASK_REFERRER, "D05"},
        {"other", 1, AFTER_COORDINATOR, "D99"},
    };
    enum after_decline after;
    const struct ruling *ruling;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(rule_after_decline(region, slice_of(rows[i].decline), slice_of("routine"), rows[i].tries,
                                       &after, &ruling));
        assert_int_equal(after, rows[i].after);
        assert_true(slice_is(ruling_id(region->tables[TABLE_DECLINES], ruling), rows[i].rule));
    }
    assert_string_equal(after_decline_word(AFTER_NEXT_CANDIDATE), "next-candidate");
    assert_string_equal(after_decline_word(AFTER_STOP), "stop");
    struct region without = *region;
    without.tables[TABLE_DECLINES] = NULL;
    assert_false(rule_after_decline(&without, slice_of("capacity"), slice_of("soon"), 1, &after, &ruling));
}

static int load(void **state)
{
    arena = arena_new(0);
    *state = (void *)(uintptr_t)fixture_region();
    return 0;
}

static int unload(void **state)
{
    const struct region *region = *state;
    region_release(&region);
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_decide_together),
        cmocka_unit_test(the_reason_tells_of_doubt),
        cmocka_unit_test(a_table_that_lacks_is_told),
        cmocka_unit_test(other_tables_may_be_tried),
        cmocka_unit_test(a_row_asks_for_evidence),
        cmocka_unit_test(what_is_proved_too_little_is_told),
        cmocka_unit_test(evidence_beside_ends_and_cuts),
        cmocka_unit_test(who_comes_first_says_to_how_many),
        cmocka_unit_test(what_ended_is_no_candidate),
        cmocka_unit_test(the_first_form_decides_alone),
        cmocka_unit_test(each_key_ranks),
        cmocka_unit_test(many_rows_are_cut_from_the_back),
        cmocka_unit_test(agrees_with_the_definition),
        cmocka_unit_test(what_is_stored),
        cmocka_unit_test(situations_are_shown_and_read),
        cmocka_unit_test(situations_escape),
        cmocka_unit_test(facts_are_set_by_text),
        cmocka_unit_test(promises_are_looked_up),
        cmocka_unit_test(fields_are_granted_by_approach_and_kind),
        cmocka_unit_test(approaches_of_a_routing_are_listed),
        cmocka_unit_test(declines_are_followed),
    };
    return cmocka_run_group_tests_name("route", tests, load, unload);
}
