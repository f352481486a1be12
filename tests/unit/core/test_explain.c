#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "explain.h"
#include "fixture.h"
#include "random.h"

static const moment now = INT64_C(20779) * 86400 * MOMENT_SECOND; /* 2026-11-22 */

static struct arena *arena;
static const struct region *region;

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

/* What is stored of a decision. */
static void store(struct record *record)
{
    struct routing routing;
    struct err err;
    if (!route_decide(record->region, record->rulesets, &record->situation, record->at, &routing, &err))
        fail_msg("%s", err.text);
    record->trail = route_trail_json(&routing, arena);
    record->candidates = route_candidates_json(&routing, arena);
    record->table = routing.set->question->number;
    record->rule = ruling_id(routing.set, routing.ruling);
    assert_true(situation_read(situation_json(&record->situation, arena), arena, &record->situation, NULL));
}

/* A decision of the region Deurne. */
static struct record record_of(const char *facts)
{
    struct record record = {.region = region, .at = now, .situation = person(facts)};
    for (int table = 1; table <= 3; table++) {
        const struct written *written = &written_tables[table - 1];
        record.rulesets[table] = region->tables[table];
        record.tables[table] = text_table(table, 0, written->rows, written->count, arena);
    }
    store(&record);
    return record;
}

static const struct ruleset *former_set;

/* A decision of before there were seven tables: no trail, no candidates, the inputs in their old form. */
static struct record former_record(const char *inputs, const char *rule)
{
    struct record record = {.region = region, .at = now, .table = 3, .rule = slice_of(rule)};
    record.rulesets[3] = former_set;
    record.tables[3] = text_table(3, HIT_FIRST, former_rows, COUNT(former_rows), arena);
    assert_true(situation_read(slice_of(inputs), arena, &record.situation, NULL));
    return record;
}

static void assert_json(struct slice is, const char *should)
{
    json_error_t wrong;
    json_t *a = json_loadb(is.ptr, is.len, JSON_REJECT_DUPLICATES, &wrong),
           *b = json_loads(should, 0, &wrong);
    if (!a || !b)
        fail_msg("%s: %.*s", wrong.text, SLICE_FMT(is));
    if (!json_equal(a, b))
        fail_msg("%.*s", SLICE_FMT(is));
    json_decref(a);
    json_decref(b);
}

/* A part of the JSON, "rules/0/id". */
static struct slice part(struct slice text, const char *path)
{
    json_t *document = json_loadb(text.ptr, text.len, 0, NULL), *at = document;
    struct slice rest = slice_of(path);
    while (rest.ptr) {
        struct slice member = slice_cut(&rest, '/');
        uint64_t index;
        at = slice_to_u64(member, 1000, &index) ? json_array_get(at, index)
                                                : json_object_get(at, arena_text(arena, member));
    }
    char *dumped = at ? json_dumps(at, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    struct slice copy = arena_slice(arena, slice_of(dumped));
    free(dumped);
    json_decref(document);
    return copy;
}

/* Tables ---------------------------------------------------------------------------------------------------
 */

static void the_rows_that_decided_are_shown(void **state)
{
    (void)state;
    struct record record = record_of("domains=finances;age=40;area=5751;urgency=routine");
    assert_json(
        explain_tables(&record, arena),
        "[{\"table\":1,\"version\":11,\"code\":\"exclusion\",\"label\":\"Is er iets waardoor de gewone weg "
        "niet kan?\","
        "\"rules\":[{\"id\":\"X99\",\"reason\":\"Geen reden om uit te "
        "sluiten.\",\"cells\":[],\"then\":{\"action\":\"continue\","
        "\"offering\":null}}],\"unknown\":[],\"otherwise\":true},{\"table\":2,\"version\":12,\"code\":"
        "\"approach\",\"label\":"
        "\"Welke aanpak past bij deze vraag?\",\"rules\":[{\"id\":\"A01\",\"reason\":\"Geldzorgen vragen "
        "schuldhulp.\","
        "\"cells\":[{\"column\":\"domains\",\"label\":\"Leefgebieden\",\"test\":\"\\\"finances\\\"\","
        "\"fact\":[\"finances\"],"
        "\"truth\":\"yes\"}],\"then\":{\"approach\":\"debt-help\",\"weight\":80}}],\"unknown\":[],"
        "\"otherwise\":false},{"
        "\"table\":3,\"version\":13,\"code\":\"offering\",\"label\":\"Welk aanbod past bij die aanpak, dit "
        "gebied en deze "
        "inwoner?\",\"rules\":[{\"id\":\"B01\",\"reason\":\"Volwassenen met geldzorgen gaan naar het "
        "Geldloket.\",\"cells\":[{"
        "\"column\":\"approach\",\"label\":\"Aanpak\",\"test\":\"\\\"debt-help\\\"\",\"fact\":[\"debt-help\"]"
        ",\"truth\":\"yes\"},{"
        "\"column\":\"age\",\"label\":\"Leeftijd\",\"test\":\"[18..120]\",\"fact\":40,\"truth\":\"yes\"},{"
        "\"column\":\"area\","
        "\"label\":\"Postcode (4 "
        "cijfers)\",\"test\":\"[5700..5799]\",\"fact\":5751,\"truth\":\"yes\"}],\"then\":{\"offering\":"
        "\"geldloket\",\"weight\":50}}],\"unknown\":[],\"otherwise\":false}]");
    record = record_of("domains=finances;area=5751;urgency=soon");
    struct slice json = explain_tables(&record, arena);
    assert_true(slice_is(part(json, "0/unknown"), "[\"X02\"]"));
    assert_true(slice_is(part(json, "0/rules"), "[]") && slice_is(part(json, "0/otherwise"), "false"));
    assert_null(part(json, "1").ptr); /* not asked */
}

static void an_old_decision_is_shown(void **state)
{
    (void)state;
    struct record record = former_record("{\"domains\":[\"social-network\"],\"area\":\"5751\",\"age\":74,"
                                         "\"urgency\":\"routine\",\"language\":null}",
                                         "R04");
    assert_json(
        explain_tables(&record, arena),
        "[{\"table\":3,\"version\":1,\"code\":\"offering\",\"label\":\"Welk aanbod past bij die aanpak, dit "
        "gebied en deze "
        "inwoner?\",\"rules\":[{\"id\":\"R04\",\"reason\":\"Ouderen in Deurne-dorp kunnen samen "
        "eten.\",\"cells\":[{\"column\":"
        "\"domains\",\"label\":\"Leefgebieden\",\"test\":\"\\\"social-network\\\", "
        "\\\"participation\\\"\",\"fact\":[\"social-"
        "network\"],\"truth\":\"yes\"},{\"column\":\"age\",\"label\":\"Leeftijd\",\"test\":\"[65..120]\","
        "\"fact\":74,\"truth\":"
        "\"yes\"},{\"column\":\"area\",\"label\":\"Postcode (4 "
        "cijfers)\",\"test\":\"5751\",\"fact\":5751,\"truth\":\"yes\"}],"
        "\"then\":{\"offering\":\"samen-eten\",\"weight\":null}}],\"unknown\":[],\"otherwise\":false}]");
    record =
        former_record("{\"domains\":[\"finances\"],\"area\":null,\"age\":40,\"urgency\":\"routine\"}", "R99");
    struct slice json = explain_tables(&record, arena);
    assert_true(slice_is(part(json, "0/unknown"), "[\"R02\"]") &&
                slice_is(part(json, "0/otherwise"), "true"));
}

/* Why not --------------------------------------------------------------------------------------------------
 */

static struct slice why_not(const struct record *record, const char *offering)
{
    return explain_why_not(record, region_offering(region, slice_of(offering)), arena);
}

static void failed_cells_are_shown(void **state)
{
    (void)state;
    struct record record =
        record_of("domains=social-network;age=60;area=5752;urgency=routine;mobility=independent");
    assert_json(why_not(&record, "samen-eten"),
                "{\"offering\":{\"code\":\"samen-eten\",\"name\":\"Samen "
                "eten\"},\"rules\":[{\"table\":3,\"id\":\"B03\",\"failed\":[{"
                "\"column\":\"approach\",\"label\":\"Aanpak\",\"test\":\"\\\"group\\\"\",\"fact\":[\"coach\"]"
                "},{\"column\":\"age\",\"label\":"
                "\"Leeftijd\",\"test\":\"[65..120]\",\"fact\":60},{\"column\":\"area\",\"label\":\"Postcode "
                "(4 cijfers)\",\"test\":\"5751"
                "\",\"fact\":5752}]},{\"table\":2,\"id\":\"A03\",\"failed\":[{\"column\":\"age\",\"label\":"
                "\"Leeftijd\",\"test\":\"[65..120]"
                "\",\"fact\":60}]},{\"table\":2,\"id\":\"A04\",\"failed\":[{\"column\":\"domains\",\"label\":"
                "\"Leefgebieden\",\"test\":\"\\\""
                "physical-health\\\"\",\"fact\":[\"social-network\"]}]}],\"smallestChange\":[{\"fact\":"
                "\"age\",\"label\":\"Leeftijd\","
                "\"from\":60,\"to\":65},{\"fact\":\"area\",\"label\":\"Postcode (4 "
                "cijfers)\",\"from\":5752,\"to\":5751}],\"note\":\"Van "
                "lijsten zijn alleen kleine veranderingen geprobeerd.\"}");
    /* outweighed: 12 has 60 + 50, 14 has 60 + 45 */
    record = record_of("domains=social-network;age=74;area=5751;urgency=routine;mobility=independent");
    struct slice json = why_not(&record, "beweeggroep");
    assert_true(slice_is(part(json, "rules/0/failed"), "[]"));
    assert_json(part(json, "rules/0/outweighedBy"),
                "{\"code\":\"samen-eten\",\"name\":\"Samen eten\",\"weight\":110}");
    assert_json(part(json, "smallestChange"),
                "[{\"fact\":\"area\",\"label\":\"Postcode (4 cijfers)\",\"from\":5751,\"to\":5752}]");
    json = why_not(&record, "samen-eten");
    assert_true(slice_is(part(json, "note"), "\"Dit aanbod is gekozen.\"") &&
                slice_is(part(json, "smallestChange"), "null"));
    /* not known, so not chosen */
    record = record_of("domains=day-activity;age=40;urgency=routine");
    json = why_not(&record, "welzijnscoach");
    assert_json(part(json, "rules/0/failed"),
                "[{\"column\":\"area\",\"label\":\"Postcode (4 cijfers)\",\"test\":\"[5700.."
                "5799]\",\"fact\":null}]");
    assert_json(part(json, "smallestChange"),
                "[{\"fact\":\"area\",\"label\":\"Postcode (4 cijfers)\",\"from\":null,\"to\":5700}]");
}

static void tables_that_shut_it_out_are_overcome(void **state)
{
    (void)state;
    struct record record = record_of("domains=justice,finances;age=40;area=5751;urgency=soon");
    struct slice json = why_not(&record, "geldloket");
    assert_true(slice_is(part(json, "rules/0/table"), "1") && slice_is(part(json, "rules/0/failed"), "[]"));
    assert_null(part(json, "rules/0/outweighedBy").ptr); /* nobody was */
    assert_json(part(json, "smallestChange"), "[{\"fact\":\"domains\",\"label\":\"Leefgebieden\",\"from\":["
                                              "\"justice\",\"finances\"],\"to\":[\"finances\"]}]");
}

static void what_cannot_be_is_told(void **state)
{
    (void)state;
    json_t *document = fixture_json();
    json_object_set_new(json_array_get(json_object_get(document, "offerings"), 1), "ended", json_true());
    const struct region *before = region, *ended = compile_json(document, NULL);
    region = ended;
    struct record record =
        record_of("domains=social-network;age=74;area=5751;urgency=routine;mobility=independent");
    region = before;
    record.region = before; /* as it is known now: open again; then it was no candidate */
    struct slice json = why_not(&record, "samen-eten");
    assert_true(slice_is(part(json, "note"), "\"Dit aanbod was toen gestopt.\""));
    assert_true(slice_is(part(json, "smallestChange"), "null"));
    struct offering stranger = {.id = 99, .code = slice_of("x"), .name = slice_of("X")};
    json = explain_why_not(&record, &stranger, arena);
    assert_true(slice_is(part(json, "note"), "\"Geen enkele regel noemt dit aanbod.\"") &&
                slice_is(part(json, "rules"), "[]"));
    record.rulesets[2] = NULL;
    json = why_not(&record, "samen-eten");
    assert_true(slice_is(part(json, "note"), "\"De beslistabellen van toen zijn niet alle drie bekend.\""));
    region_release(&ended);
}

/* Table 1 decided alone; the other two are named all the same, for what is asked afterwards. */
static void tables_not_asked_explain_too(void **state)
{
    (void)state;
    struct record record = record_of("domains=justice,finances;age=40;area=5751;urgency=soon"),
                  known = record;
    struct slice json = explain_tables(&record, arena);
    assert_true(slice_is(part(json, "0/rules/0/id"), "\"X01\""));
    assert_null(part(json, "1").ptr);
    for (int table = 1; table <= 3; table++) { /* what the trail names, as the daemon takes it */
        record.tables[table] = NULL;
        record.rulesets[table] = NULL;
    }
    json_t *trail = json_loadb(record.trail.ptr, record.trail.len, 0, NULL);
    for (size_t i = 0; i < json_array_size(trail); i++) {
        int table = (int)json_integer_value(json_object_get(json_array_get(trail, i), "table"));
        record.tables[table] = known.tables[table];
        record.rulesets[table] = known.rulesets[table];
    }
    json_decref(trail);
    struct err err;
    assert_true(explain_what_if(&record, slice_of("urgency=routine"), arena, &json, &err));
    assert_true(slice_is(part(json, "decision/rule"), "\"B01\""));
    json = why_not(&record, "welzijnscoach");
    assert_true(slice_is(part(json, "rules/0/id"), "\"B02\""));
    assert_non_null(part(json, "smallestChange/0/fact").ptr);
}

/* As such decisions were stored once: with the one table that was asked. */
static void a_trail_of_table_1_alone_gets_a_note(void **state)
{
    (void)state;
    struct record record = record_of("domains=justice,finances;age=40;area=5751;urgency=soon");
    struct slice json;
    struct err err;
    record.trail = slice_of("[{\"table\":1,\"version\":11,\"rules\":[\"X01\"],\"unknown\":[]}]");
    for (int table = 2; table <= 3; table++) {
        record.tables[table] = NULL;
        record.rulesets[table] = NULL;
    }
    assert_true(slice_is(part(explain_tables(&record, arena), "0/rules/0/id"), "\"X01\""));
    assert_true(explain_what_if(&record, slice_of("age=28"), arena, &json, &err));
    assert_json(json,
                "{\"change\":[{\"fact\":\"age\",\"to\":28}],\"decision\":null,\"candidates\":[],\"note\":"
                "\"De beslistabellen van toen zijn niet alle drie bekend.\"}");
    json = why_not(&record, "geldloket");
    assert_true(slice_is(part(json, "note"), "\"De beslistabellen van toen zijn niet alle drie bekend.\""));
}

/* The capacity as it was stored decides, not the present one. */
static void capacity_is_that_of_then(void **state)
{
    (void)state;
    struct record record =
        record_of("domains=social-network;age=74;area=5751;urgency=routine;mobility=independent");
    struct region later = *region;
    struct offering *offerings = arena_array(arena, later.offering_count, sizeof *offerings);
    for (size_t i = 0; i < later.offering_count; i++) {
        offerings[i] = region->offerings[i];
        offerings[i].capacity = CAPACITY_FULL;
        offerings[i].ended = true;
    }
    later.offerings = offerings;
    record.region = &later;
    struct slice json;
    assert_true(explain_what_if(&record, slice_of("age=74"), arena, &json, NULL));
    assert_true(slice_equal(part(json, "candidates"), part(record.candidates, "")) ||
                slice_is(part(json, "candidates/0/code"), "\"samen-eten\""));
    assert_true(slice_is(part(json, "candidates/1/capacity"), "\"open\""));
    assert_true(slice_is(part(json, "candidates/0/capacity"), "null"));
}

static void an_old_decision_has_its_why_not(void **state)
{
    (void)state;
    struct record record = former_record("{\"domains\":[\"social-network\"],\"area\":\"5751\",\"age\":64,"
                                         "\"urgency\":\"routine\",\"language\":null}",
                                         "R05");
    struct slice json = why_not(&record, "samen-eten");
    assert_json(part(json, "rules"), "[{\"table\":3,\"id\":\"R04\",\"failed\":[{\"column\":\"age\",\"label\":"
                                     "\"Leeftijd\",\"test\":\"[65..120]\","
                                     "\"fact\":64}]}]");
    assert_json(part(json, "smallestChange"),
                "[{\"fact\":\"age\",\"label\":\"Leeftijd\",\"from\":64,\"to\":65}]");
    record = former_record(
        "{\"domains\":[\"social-network\"],\"area\":\"5751\",\"age\":74,\"urgency\":\"routine\"}", "R04");
    json = why_not(&record, "welzijnscoach"); /* an earlier row took it */
    assert_json(part(json, "rules/0/outweighedBy"),
                "{\"code\":\"samen-eten\",\"name\":\"Samen eten\",\"weight\":0}");
    assert_json(part(json, "smallestChange"),
                "[{\"fact\":\"area\",\"label\":\"Postcode (4 cijfers)\",\"from\":5751,\"to\":5750}]");
    assert_true(explain_what_if(&record, slice_of("age=64"), arena, &json, NULL));
    assert_true(slice_is(part(json, "decision/rule"), "\"R05\""));
}

/* Three facts at once: found by what the rows ask for. */
static void three_facts_are_found(void **state)
{
    (void)state;
    struct record record = record_of("domains=housing;age=30;area=6041;urgency=routine;mobility=independent");
    struct slice json = why_not(&record, "samen-eten");
    assert_json(part(json, "smallestChange"), "[{\"fact\":\"domains\",\"label\":\"Leefgebieden\",\"from\":["
                                              "\"housing\"],\"to\":[\"housing\",\"physical-health\"]},{"
                                              "\"fact\":\"age\",\"label\":\"Leeftijd\",\"from\":30,"
                                              "\"to\":65},{\"fact\":\"area\",\"label\":\"Postcode (4 "
                                              "cijfers)\",\"from\":6041,\"to\":5751}]");
    assert_true(slice_is(part(json, "note"), "\"Van lijsten zijn alleen kleine veranderingen geprobeerd.\""));
}

/* Where there is too much to try, it says so; and it ends. */
static void a_search_that_ends_says_so(void **state)
{
    (void)state;
    static const char *const first[] = {"rule_id=X99;is_otherwise=t;action=continue;reason=x"};
    static const char *const third[] = {
        "rule_id=B1;approaches={rare};offering_id=12;offering_code=samen-eten;weight=1;reason=x",
        "rule_id=B2;approaches={p};offering_id=13;offering_code=geldloket;weight=9;reason=x",
        "rule_id=B9;is_otherwise=t;reason=y"};
    const char *second[62];
    for (int i = 0; i < 60; i++)
        second[i] = arena_printf(
            arena, "rule_id=A%d;domains={d%d};icpc={i%d};age={[%d,%d)};approach=p;weight=1;reason=x", i, i, i,
            i, i + 1);
    second[60] =
        "rule_id=A61;domains={d1};icpc={i2};age={[3,4)};urgency={soon};language={x};lvb=t;approach=rare;"
        "weight=1;reason=x";
    second[61] = "rule_id=A99;is_otherwise=t;reason=y";
    struct record record = {.region = region, .at = now};
    record.situation = person("domains=d5;icpc=i6;age=80;urgency=routine;language=nl;lvb=false");
    const struct ruleset *sets[] = {NULL, text_ruleset(1, 0, 1, first, 1), text_ruleset(2, 0, 2, second, 62),
                                    text_ruleset(3, 0, 3, third, 3)};
    memcpy(record.rulesets, sets, sizeof sets);
    record.tables[1] = text_table(1, 0, first, 1, arena);
    record.tables[2] = text_table(2, 0, second, 62, arena);
    record.tables[3] = text_table(3, 0, third, 3, arena);
    store(&record);
    struct slice json = why_not(&record, "samen-eten");
    assert_true(slice_is(
        part(json, "note"),
        "\"Met hooguit 2 andere gegevens komt dit aanbod niet vooraan; van meer tegelijk is niet alles "
        "geprobeerd. Van lijsten zijn alleen kleine veranderingen geprobeerd.\""));
    assert_true(slice_is(part(json, "smallestChange/5/fact"), "\"lvb\"")); /* by what the rows ask for */
    for (int table = 1; table <= 3; table++)
        ruleset_release(&sets[table]);
}

/* Brute force ----------------------------------------------------------------------------------------------
 */

struct least {
    size_t count; /* of facts; 0: nothing leads there */
    uint64_t distance;
};

static const struct slice words_d[] = {{"d1", 2}, {"d2", 2}, {"d3", 2}, {"d4", 2}};

static void take_least(struct least *least, size_t count, uint64_t distance)
{
    if (!least->count || count < least->count || (count == least->count && distance < least->distance))
        *least = (struct least){count, distance};
}

static unsigned bits_of(const struct fact *set)
{
    unsigned bits = 0;
    for (uint32_t i = 0; set->kind == FACT_WORDS && i < set->count; i++)
        bits |= 1U << (set->words[i].ptr[1] - '1');
    return bits;
}

static uint64_t number_distance(const struct fact *was, int64_t number)
{
    int64_t step = was->key / integer_key(1) - number;
    return was->kind != FACT_NUMBER ? 1 : (uint64_t)(step < 0 ? -step : step);
}

struct brute {
    const struct record *record;
    struct situation situation;
    int32_t offering;
    size_t count;
    uint64_t distance;
    struct least least;
};

static void brute_end(struct brute *b)
{
    struct routing routing;
    if (b->least.count &&
        (b->count > b->least.count || (b->count == b->least.count && b->distance >= b->least.distance)))
        return;
    assert_true(
        route_decide(b->record->region, b->record->rulesets, &b->situation, b->record->at, &routing, NULL));
    if (b->count && routing.candidate_count && routing.candidates[0].offering->id == b->offering)
        take_least(&b->least, b->count, b->distance);
}

/* Every fact in turn: as it is, and all it could be. */
static void brute_fact(struct brute *b, int step);

static void brute_try(struct brute *b, int step, enum about about, struct fact fact, uint64_t distance)
{
    struct fact was = b->situation.facts[about];
    b->situation.facts[about] = fact;
    b->count++;
    b->distance += distance;
    brute_fact(b, step + 1);
    b->distance -= distance;
    b->count--;
    b->situation.facts[about] = was;
}

static void brute_numbers(struct brute *b, int step, enum about about, const int64_t *numbers, size_t count)
{
    const struct fact *was = &b->record->situation.facts[about];
    for (size_t i = 0; i < count; i++)
        if (was->kind != FACT_NUMBER || was->key != integer_key(numbers[i]))
            brute_try(b, step, about, (struct fact){.kind = FACT_NUMBER, .key = integer_key(numbers[i])},
                      number_distance(was, numbers[i]));
}

static void brute_domains(struct brute *b, int step)
{
    const struct fact *was = &b->record->situation.facts[ABOUT_DOMAINS];
    for (unsigned bits = 1; bits < 16; bits++) {
        struct slice words[4];
        struct fact fact = {.kind = FACT_WORDS, .words = words};
        for (unsigned i = 0; i < 4; i++)
            if (bits >> i & 1)
                words[fact.count++] = words_d[i];
        if (bits != bits_of(was))
            brute_try(b, step, ABOUT_DOMAINS, fact, (uint64_t)__builtin_popcount(bits ^ bits_of(was)));
    }
}

static void brute_fact(struct brute *b, int step)
{
    static const int64_t ages[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 120},
                         areas[] = {5750, 5751, 5752, 5753, 5754, 5755, 9999};
    static const char *const urgencies[] = {"routine", "soon"};
    const struct situation *was = &b->record->situation;
    if (step == 5) {
        brute_end(b);
        return;
    }
    brute_fact(b, step + 1);
    if (step == 0)
        brute_domains(b, step);
    if (step == 1)
        brute_numbers(b, step, ABOUT_AGE, ages, COUNT(ages));
    if (step == 2)
        brute_numbers(b, step, ABOUT_AREA, areas, COUNT(areas));
    for (int i = 0; step == 3 && i < 2; i++)
        if (!slice_is(was->facts[ABOUT_URGENCY].word, urgencies[i]))
            brute_try(b, step, ABOUT_URGENCY,
                      (struct fact){.kind = FACT_WORD, .word = slice_of(urgencies[i])}, 1);
    for (int i = 0; step == 4 && i < 2; i++)
        if (was->facts[ABOUT_LVB].kind != FACT_BOOLEAN || was->facts[ABOUT_LVB].boolean != i)
            brute_try(b, step, ABOUT_LVB, (struct fact){.kind = FACT_BOOLEAN, .boolean = i}, 1);
}

/* What the explanation says; and that it leads there. */
static struct least told(const struct record *record, const struct offering *offering)
{
    struct slice json = explain_why_not(record, offering, arena);
    json_t *document = json_loadb(json.ptr, json.len, 0, NULL),
           *inputs = json_loads(situation_json(&record->situation, arena).ptr, 0, NULL);
    const json_t *change = json_object_get(document, "smallestChange");
    struct least least = {json_array_size(change), 0};
    for (size_t i = 0; i < least.count; i++) {
        const json_t *item = json_array_get(change, i);
        json_object_set(inputs, json_string_value(json_object_get(item, "fact")),
                        json_object_get(item, "to"));
    }
    struct situation changed;
    struct routing routing;
    char *text = json_dumps(inputs, 0);
    assert_true(situation_read(slice_of(text), arena, &changed, NULL));
    assert_true(route_decide(record->region, record->rulesets, &changed, record->at, &routing, NULL));
    if (least.count && (!routing.candidate_count || routing.candidates[0].offering->id != offering->id))
        fail_msg("does not lead there: %.*s", SLICE_FMT(json));
    static const enum about numbers[] = {ABOUT_AGE, ABOUT_AREA}, plain[] = {ABOUT_URGENCY, ABOUT_LVB};
    const struct situation *was = &record->situation;
    for (size_t i = 0; i < 2; i++) {
        const struct fact *fact = &changed.facts[numbers[i]];
        if (fact->kind == FACT_NUMBER &&
            (was->facts[numbers[i]].kind != FACT_NUMBER || was->facts[numbers[i]].key != fact->key))
            least.distance += number_distance(&was->facts[numbers[i]], fact->key / integer_key(1));
        fact = &changed.facts[plain[i]];
        least.distance += fact->kind != was->facts[plain[i]].kind ||
                          fact->boolean != was->facts[plain[i]].boolean ||
                          !slice_equal(fact->word, was->facts[plain[i]].word);
    }
    least.distance += (uint64_t)__builtin_popcount(bits_of(&changed.facts[ABOUT_DOMAINS]) ^
                                                   bits_of(&was->facts[ABOUT_DOMAINS]));
    free(text);
    json_decref(inputs);
    json_decref(document);
    return least;
}

/* Nothing is stored of what was no candidate, so that is how the offerings are from the start. */
static void forget_capacities(struct book *book)
{
    for (int i = 0; i < BOOK_OFFERINGS; i++) {
        book->offerings[i].capacity = CAPACITY_UNKNOWN;
        book->offerings[i].as_of = book->offerings[i].confirmed = DAY_UNKNOWN;
        book->offerings[i].reply_hours = -1;
        book->offerings[i].ended = false;
    }
}

static void the_smallest_change_is_the_smallest(void **state)
{
    (void)state;
    struct random r = {7};
    unsigned counts[6] = {0};
    for (int number = 0; number < 400; number++) {
        struct book book;
        random_book(&r, &book, number % 6 == 0);
        forget_capacities(&book);
        struct record record = {.region = &book.region, .at = now};
        memcpy(record.tables, book.tables, sizeof record.tables);
        memcpy(record.rulesets, book.sets, sizeof record.rulesets);
        record.situation = random_person(&r, &book, 9);
        store(&record);
        const struct offering *offering = &book.offerings[below(&r, BOOK_OFFERINGS)];
        struct brute brute = {.record = &record, .situation = record.situation, .offering = offering->id};
        bool is_chosen =
            strstr(record.candidates.ptr, arena_printf(arena, "[{\"offering\":%d,", offering->id));
        if (!is_chosen)
            brute_fact(&brute, 0);
        struct least is = told(&record, offering), should = brute.least;
        counts[should.count]++;
        if (is.count != should.count || is.distance != should.distance)
            fail_msg("book %d: %zu facts at %d, expected %zu at %d", number, is.count, (int)is.distance,
                     should.count, (int)should.distance);
        free_book(&book);
    }
    assert_true(counts[1] > 40 && counts[2] > 10 && counts[3] > 4); /* worth comparing */
}

/* What if --------------------------------------------------------------------------------------------------
 */

static void other_facts_may_be_tried(void **state)
{
    (void)state;
    struct record record =
        record_of("domains=social-network;age=64;area=5751;urgency=routine;mobility=independent");
    struct slice json;
    struct err err;
    assert_true(explain_what_if(&record, slice_of("age=28; domains=finances,housing"), arena, &json, &err));
    assert_json(part(json, "change"),
                "[{\"fact\":\"age\",\"to\":28},{\"fact\":\"domains\",\"to\":[\"finances\",\"housing\"]}]");
    assert_json(part(json, "decision"),
                "{\"table\":3,\"version\":13,\"rule\":\"B01\",\"reason\":"
                "\"Volwassenen met geldzorgen gaan naar het Geldloket."
                "\",\"offering\":{\"code\":\"geldloket\",\"name\":\"Geldloket\"},"
                "\"organisation\":{\"code\":\"schuldhulp\",\"name\":"
                "\"Schuldhulp Deurne\"},\"evidence\":null,\"room\":null,\"offered\":null}");
    assert_true(slice_is(part(json, "candidates/0/weight"), "130"));
    assert_true(explain_what_if(&record, slice_of("area="), arena, &json, &err));
    assert_json(part(json, "change"), "[{\"fact\":\"area\",\"to\":null}]");
    assert_true(slice_is(part(json, "decision/offering"), "null") &&
                slice_is(part(json, "decision/organisation/code"), "\"ketenregie\""));
    assert_true(explain_what_if(&record, slice_of("icpc=Z01,Z25;referrer=praktijk-a"), arena, &json, &err));
    static const char *const wrong[] = {"shoes=1",
                                        "age",
                                        "age=old",
                                        "",
                                        "age=3;",
                                        "tries=3",
                                        "approach=coach",
                                        "=3",
                                        "age=28;area",
                                        "age=28;age=29",
                                        "domains=finances,geld",
                                        "icpc=Q99",
                                        "referrer=x",
                                        "declines=x"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(explain_what_if(&record, slice_of(wrong[i]), arena, &json, &err));
        assert_int_equal(err.code, ERR_INVALID_PARAMETER);
    }
    assert_false(explain_what_if(&record, slice_of("icpc=Q99"), arena, &json, &err));
    assert_string_equal(err.text, "icpc: the region has no \"Q99\"; it has Z01, Z04, Z06, Z25");
    assert_false(explain_what_if(&record, slice_of("mobility=flying"), arena, &json, &err));
    assert_string_equal(err.text, "mobility: \"flying\" is no value of it: expected one of independent, "
                                  "limited, housebound");
    assert_false(explain_what_if(&record, slice_of("age=121"), arena, &json, &err));
    assert_string_equal(err.text, "age: \"121\" is no value of it: expected a whole number from 0 to 120");
}

static void one_table_is_evaluated(void **state)
{
    (void)state;
    const struct table *table = text_table(2, 0, approach_rows, COUNT(approach_rows), arena);
    struct situation situation = person("domains=social-network;age=74");
    assert_json(explain_evaluate(question_of(2), 12, table, &situation, arena),
                "{\"table\":2,\"version\":12,\"outputs\":[{\"approach\":\"coach\",\"weight\":50},{"
                "\"approach\":\"group\","
                "\"weight\":60}],\"matched\":[{\"rule\":\"A02\",\"then\":{\"approach\":\"coach\",\"weight\":"
                "50},\"reason\":\"De "
                "coach zoekt samen wat "
                "past.\"},{\"rule\":\"A03\",\"then\":{\"approach\":\"group\",\"weight\":60},\"reason\":"
                "\"Ouderen ontmoeten elkaar in een groep.\"}],\"unknown\":[\"A05\"],\"otherwise\":false}");
    table = text_table(6, 0, decline_rows, COUNT(decline_rows), arena);
    situation = person("decline=other;tries=2;urgency=soon");
    assert_json(explain_evaluate(question_of(6), 16, table, &situation, arena),
                "{\"table\":6,\"version\":16,\"outputs\":\"coordinator\",\"matched\":[],\"unknown\":[],"
                "\"otherwise\":true}");
}

/* Replay ---------------------------------------------------------------------------------------------------
 */

static void a_replay_tells_what_moves(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "rule_id=N01;approaches={coach,group};offering_id=14;offering_code=beweeggroep;weight=90;reason=x",
        "rule_id=N02;approaches={debt-help};offering_id=13;offering_code=geldloket;weight=1;reason=x",
        "rule_id=N99;is_otherwise=t;reason=y"};
    const struct ruleset *after[RULE_TABLES + 1];
    memcpy(after, region->tables, sizeof after);
    after[3] = text_ruleset(3, 0, 20, rows, COUNT(rows));
    struct replay_result result;
    struct err err;
    static const struct {
        const char *inputs;
        int from, to;
        const char *from_rule, *to_rule;
    } lines[] = {
        {"{\"domains\":[\"social-network\"],\"age\":74,\"area\":5751,\"urgency\":\"routine\",\"mobility\":"
         "\"limited\"}",
         12, 14, "B03", "N01"},
        {"{\"domains\":[\"finances\"],\"age\":40,\"area\":\"5751\",\"urgency\":\"routine\"}", 13, 13, "B01",
         "N02"},
        {"{\"domains\":[\"finances\"],\"age\":40,\"area\":\"6041\",\"urgency\":\"routine\"}", 0, 13, "B05",
         "N02"},
        {"{\"domains\":[\"housing\"],\"age\":40,\"area\":\"5751\",\"urgency\":\"routine\"}", 0, 0, "B99",
         "N99"},
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_true(replay_decide(region, region->tables, after, slice_of(lines[i].inputs), now, arena,
                                  &result, &err));
        assert_int_equal(result.from ? result.from->id : 0, lines[i].from);
        assert_int_equal(result.to ? result.to->id : 0, lines[i].to);
        assert_int_equal(result.moves, lines[i].from != lines[i].to);
        assert_true(slice_is(ruling_id(result.from_set, result.from_ruling), lines[i].from_rule));
        assert_true(slice_is(ruling_id(result.to_set, result.to_ruling), lines[i].to_rule));
        assert_false(result.is_uncertain);
    }
    assert_false(
        replay_decide(region, region->tables, after, slice_of("{\"shoes\":1}"), now, arena, &result, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_true(replay_decide(region, region->tables, after, slice_of("{}"), now, arena, &result, &err));
    assert_true(result.is_uncertain && !result.moves);
    ruleset_release(&after[3]);
    assert_false(replay_decide(region, region->tables, after, slice_of("{}"), now, arena, &result, &err));
    assert_int_equal(err.code, ERR_NO_ROUTE_TABLE);
}

static int load(void **state)
{
    (void)state;
    arena = arena_new(0);
    region = fixture_region();
    former_set = written_ruleset(3, 1);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    region_release(&region);
    ruleset_release(&former_set);
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rows_that_decided_are_shown),
        cmocka_unit_test(an_old_decision_is_shown),
        cmocka_unit_test(failed_cells_are_shown),
        cmocka_unit_test(tables_that_shut_it_out_are_overcome),
        cmocka_unit_test(what_cannot_be_is_told),
        cmocka_unit_test(tables_not_asked_explain_too),
        cmocka_unit_test(a_trail_of_table_1_alone_gets_a_note),
        cmocka_unit_test(capacity_is_that_of_then),
        cmocka_unit_test(an_old_decision_has_its_why_not),
        cmocka_unit_test(three_facts_are_found),
        cmocka_unit_test(a_search_that_ends_says_so),
        cmocka_unit_test(the_smallest_change_is_the_smallest),
        cmocka_unit_test(other_facts_may_be_tried),
        cmocka_unit_test(one_table_is_evaluated),
        cmocka_unit_test(a_replay_tells_what_moves),
    };
    return cmocka_run_group_tests_name("explain", tests, load, unload);
}
