#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixture.h"
#include "routing.h"

/* Decides on the fixture's table. `domains` is a list with spaces; NULL is not known. */
static const char *decide(const struct region *region, const char *domains, const char *area, int age,
                          const char *urgency, struct decision *decision)
{
    struct slice list[8], rest = slice_of(domains);
    struct facts facts = {.domains = list, .area = slice_of(area), .urgency = slice_of(urgency), .age = age};
    while (rest.ptr)
        list[facts.domain_count++] = slice_cut(&rest, ' ');
    struct err err;
    if (!routing_decide(&region->routing, &facts, decision, &err))
        fail_msg("%s", err.text);
    return decision->rule->id.ptr;
}

static void first_hit_decides(void **state)
{
    const struct region *region = *state;
    static const struct {
        const char *domains, *area;
        int age;
        const char *urgency, *rule, *unknown; /* unknown: the row that could not be evaluated */
    } rows[] = {
        {"social-network", "5751", 74, "routine", "R04", NULL},
        {"social-network", "5752", 74, "routine", "R05", NULL}, /* R04 is for 5751 */
        {"social-network", "5751", 64, "routine", "R05", NULL},
        {"social-network", "5751", 65, "routine", "R04", NULL},
        {"social-network", "6041", 74, "routine", "R99", NULL}, /* outside the areas */
        {"housing", "5751", 74, "routine", "R99", NULL},
        {"finances", "5751", 18, "soon", "R01", NULL},
        {"finances", "6041", 18, "soon", "R01", NULL}, /* any area */
        {"finances", "5751", 18, "routine", "R02", NULL},
        {"finances", "5751", 17, "soon", "R99", NULL},
        {"physical-health", "5753", 55, "routine", "R03", NULL},
        {"physical-health", "5753", 54, "routine", "R99", NULL},
        {"physical-health", "5754", 80, "routine", "R99", NULL},
        {"housing social-network", "5751", 80, "routine", "R04", NULL},  /* any of the domains */
        {"social-network finances", "5751", 80, "routine", "R02", NULL}, /* the order of rows counts */
        {"day-activity", "5799", 30, "routine", "R05", NULL},            /* a prefix of the area */
        {"day-activity", "5800", 30, "routine", "R99", NULL},
        {"a-domain-of-next-year", "5751", 74, "routine", "R99", NULL}, /* known, and no rule asks for it */
        /* what is not known never becomes NO */
        {"finances", "5751", -1, "soon", "R99", "R01"},
        {"finances", "5751", 40, NULL, "R99", "R01"},
        {"finances", NULL, 40, "routine", "R99", "R02"},
        {"finances", "", 40, "routine", "R99", "R02"},
        {"finances", "5", 40, "routine", "R99", "R02"}, /* 5 may be 57 */
        {"finances", "57", 40, "routine", "R02", NULL}, /* is 57, whatever follows */
        {"finances", "58", 40, "routine", "R99", NULL},
        {"physical-health", "575", 60, "routine", "R99", "R03"},
        {"social-network", "5751", -1, "routine", "R99", "R04"},
        {NULL, "5751", 40, "routine", "R99", "R02"}, /* R01 is NO by its urgency, R02 unknown */
        {NULL, "5751", 12, "routine", "R99", NULL},  /* each row NO by age although the domain is unknown */
        {"housing", NULL, -1, NULL, "R99", NULL},    /* NO wins over UNKNOWN */
        {"physical-health", "6041", -1, "routine", "R99", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct decision d;
        const char *rule = decide(region, rows[i].domains, rows[i].area, rows[i].age, rows[i].urgency, &d);
        if (strcmp(rule, rows[i].rule) != 0)
            fail_msg("row %zu: %s, expected %s", i, rule, rows[i].rule);
        assert_int_equal(d.uncertain, rows[i].unknown != NULL);
        if (rows[i].unknown)
            assert_string_equal(d.unknown_rule->id.ptr, rows[i].unknown);
        else
            assert_null(d.unknown_rule);
    }
}

static void an_empty_table_has_no_answer(void **state)
{
    (void)state;
    struct routing_table table = {.number = 3, .version = 9};
    struct facts facts = {.age = 40};
    struct decision decision;
    struct err err;
    assert_false(routing_decide(&table, &facts, &decision, &err));
    assert_int_equal(err.code, ERR_NO_ROUTE_TABLE);
    assert_string_equal(err.text, "table 3, version 9, has no rules");
    struct rule rule = {.id = slice_of("R1"), .age_min = -1, .age_max = -1};
    table.rules = &rule;
    table.rule_count = 1;
    assert_false(routing_decide(&table, &facts, &decision, &err)); /* not prepared */
}

static void prepare_refuses_what_it_cannot_hold(void **state)
{
    (void)state;
    enum { N = ROUTING_DOMAINS + 1 };
    struct arena *arena = arena_new(0);
    struct slice domains[N], area = slice_of("57511");
    for (int i = 0; i < N; i++)
        domains[i] = slice_of(arena_printf(arena, "domain-%d", i));
    struct rule rules[] = {
        {.id = slice_of("R1"), .age_min = -1, .age_max = -1, .domains = domains, .domain_count = N - 1},
        {.id = slice_of("R2"), .age_min = -1, .age_max = -1, .domains = domains, .domain_count = 1}};
    struct routing_table table = {.rules = rules, .rule_count = 2};
    struct err err;
    assert_true(routing_prepare(&table, arena, &err));
    assert_int_equal(table.domain_count, ROUTING_DOMAINS);
    /* the last of 64 is told from the first */
    struct facts facts = {.domains = &domains[N - 2], .domain_count = 1, .age = -1};
    struct decision decision;
    assert_true(routing_decide(&table, &facts, &decision, &err));
    assert_ptr_equal(decision.rule, &rules[0]);

    rules[1].domains = &domains[N - 1];
    assert_false(routing_prepare(&table, arena, &err));
    assert_string_equal(err.text, "rule \"R2\": more than 64 different domains in the table");
    rules[1].domain_count = 0;
    rules[1].areas = &area;
    rules[1].area_count = 1;
    assert_false(routing_prepare(&table, arena, &err));
    assert_string_equal(err.text, "rule \"R2\": area \"57511\": expected 1 to 4 characters");
    area.len = 0;
    assert_false(routing_prepare(&table, arena, &err));
    arena_free(&arena);
}

/* Property: the same answer as a matcher written from the definition, on random tables and facts. ----------
 */

struct random {
    uint64_t state;
};

static unsigned below(struct random *r, unsigned n)
{
    r->state = r->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(r->state >> 33) % n;
}

static enum truth naive_domains(const struct rule *rule, const struct facts *facts)
{
    if (rule->domain_count == 0)
        return YES;
    if (facts->domain_count == 0)
        return UNKNOWN;
    for (size_t i = 0; i < rule->domain_count; i++)
        for (size_t k = 0; k < facts->domain_count; k++)
            if (strcmp(rule->domains[i].ptr, facts->domains[k].ptr) == 0)
                return YES;
    return NO;
}

static enum truth naive_areas(const struct rule *rule, const struct facts *facts)
{
    enum truth best = rule->area_count ? NO : YES;
    const char *area = facts->area.ptr ? facts->area.ptr : "";
    for (size_t i = 0; i < rule->area_count; i++) {
        const char *wanted = rule->areas[i].ptr;
        if (strncmp(area, wanted, strlen(wanted)) == 0)
            best = YES;
        else if (strncmp(wanted, area, strlen(area)) == 0 && best == NO)
            best = UNKNOWN;
    }
    return best;
}

static enum truth naive_age(const struct rule *rule, const struct facts *facts)
{
    if (rule->age_min == -1 && rule->age_max == -1)
        return YES;
    if (facts->age == -1)
        return UNKNOWN;
    if (rule->age_min != -1 && facts->age < rule->age_min)
        return NO;
    if (rule->age_max != -1 && facts->age > rule->age_max)
        return NO;
    return YES;
}

static enum truth naive_urgency(const struct rule *rule, const struct facts *facts)
{
    if (!rule->urgency.ptr)
        return YES;
    if (!facts->urgency.ptr)
        return UNKNOWN;
    return strcmp(rule->urgency.ptr, facts->urgency.ptr) == 0 ? YES : NO;
}

static struct decision naive_decide(const struct rule *rules, size_t count, const struct facts *facts)
{
    for (size_t i = 0; i < count; i++) {
        enum truth cells[] = {naive_domains(&rules[i], facts), naive_areas(&rules[i], facts),
                              naive_age(&rules[i], facts), naive_urgency(&rules[i], facts)};
        bool no = false, unknown = false;
        for (size_t k = 0; k < COUNT(cells); k++) {
            no |= cells[k] == NO;
            unknown |= cells[k] == UNKNOWN;
        }
        if (!no)
            return (struct decision){unknown ? &rules[count - 1] : &rules[i], unknown,
                                     unknown ? &rules[i] : NULL};
    }
    return (struct decision){&rules[count - 1], false, NULL};
}

static const char *const domain_words[] = {"finances", "housing",    "meaning",
                                           "justice",  "upbringing", "other"};
static const char *const area_words[] = {"5", "57", "575", "5751", "5752", "58", "5851", "6"};
static const char *const urgency_words[] = {"routine", "soon"};

static const struct slice *pick(struct random *r, struct arena *arena, const char *const *words, unsigned n,
                                size_t *count)
{
    struct slice *list = arena_array(arena, 4, sizeof *list);
    *count = below(r, 3) ? below(r, 4) : 0;
    for (size_t i = 0; i < *count; i++)
        list[i] = slice_of(words[below(r, n)]);
    return list;
}

static void random_rule(struct random *r, struct arena *arena, struct rule *rule)
{
    rule->domains = pick(r, arena, domain_words, COUNT(domain_words), &rule->domain_count);
    rule->areas = pick(r, arena, area_words, COUNT(area_words), &rule->area_count);
    rule->age_min = below(r, 2) ? (int)below(r, 6) : -1;
    rule->age_max = below(r, 2) ? (int)below(r, 6) + 3 : -1;
    rule->urgency = below(r, 3) ? SLICE_NONE : slice_of(urgency_words[below(r, 2)]);
}

static void agrees_with_the_definition(void **state)
{
    (void)state;
    struct random r = {20261122};
    unsigned hits = 0, unknowns = 0;
    for (int t = 0; t < 10000; t++) {
        struct arena *arena = arena_new(0);
        struct rule rules[12] = {0};
        struct routing_table table = {.rules = rules, .rule_count = 1 + below(&r, 12)};
        for (size_t i = 0; i + 1 < table.rule_count; i++)
            random_rule(&r, arena, &rules[i]);
        rules[table.rule_count - 1].age_min = rules[table.rule_count - 1].age_max = -1;
        struct err err;
        assert_true(routing_prepare(&table, arena, &err));
        for (int f = 0; f < 10; f++) {
            struct facts facts = {.age = (int)below(&r, 10) - 1};
            facts.domains = pick(&r, arena, domain_words, COUNT(domain_words), &facts.domain_count);
            facts.area = below(&r, 4) ? slice_of(area_words[below(&r, COUNT(area_words))]) : SLICE_NONE;
            facts.urgency = below(&r, 4) ? slice_of(urgency_words[below(&r, 2)]) : SLICE_NONE;
            struct decision is, should = naive_decide(rules, table.rule_count, &facts);
            assert_true(routing_decide(&table, &facts, &is, &err));
            if (is.rule != should.rule || is.uncertain != should.uncertain ||
                is.unknown_rule != should.unknown_rule)
                fail_msg("table %d, facts %d: rule %td, expected %td", t, f, is.rule - rules,
                         should.rule - rules);
            hits += is.rule != &rules[table.rule_count - 1];
            unknowns += is.uncertain;
        }
        arena_free(&arena);
    }
    assert_in_range(hits, 10000, 90000); /* the random tables are worth comparing on */
    assert_in_range(unknowns, 10000, 90000);
}

static void facts_are_shown_as_json(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct slice domains[] = {slice_of("housing"), slice_of("meaning")};
    struct facts facts = {domains, 2, slice_of("5751"), slice_of("soon"), slice_of("nl"), 74};
    struct slice json = facts_json(&facts, arena);
    assert_true(slice_is(json, "{\"domains\":[\"housing\",\"meaning\"],\"area\":\"5751\",\"age\":74,"
                               "\"urgency\":\"soon\",\"language\":\"nl\"}"));
    facts = (struct facts){.age = -1};
    json = facts_json(&facts, arena);
    assert_true(
        slice_is(json, "{\"domains\":[],\"area\":null,\"age\":null,\"urgency\":null,\"language\":null}"));
    arena_free(&arena);
}

/* Read back by a JSON library: any text comes through. */
static void facts_json_escapes(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    char nasty[64];
    for (int i = 0; i < 32; i++)
        nasty[i] = (char)(i + 1);
    memcpy(nasty + 32, "\"\\/\x7fRen\xc3\xa9\xe2\x80\xa8", 12);
    struct slice text = slice_make(nasty, 44);
    struct facts facts = {&text, 1, text, text, text, 2147483647};
    struct slice json = facts_json(&facts, arena);
    json_error_t wrong;
    json_t *read = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, &wrong);
    assert_non_null(read);
    const json_t *values[] = {json_array_get(json_object_get(read, "domains"), 0),
                              json_object_get(read, "area"), json_object_get(read, "urgency"),
                              json_object_get(read, "language")};
    for (size_t i = 0; i < COUNT(values); i++)
        assert_true(
            slice_equal(slice_make(json_string_value(values[i]), json_string_length(values[i])), text));
    assert_int_equal(json_integer_value(json_object_get(read, "age")), 2147483647);
    json_decref(read);
    arena_free(&arena);
}

static int load(void **state)
{
    *state = (void *)(uintptr_t)fixture_region();
    return 0;
}

static int unload(void **state)
{
    const struct region *region = *state;
    region_release(&region);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_hit_decides),
        cmocka_unit_test(an_empty_table_has_no_answer),
        cmocka_unit_test(prepare_refuses_what_it_cannot_hold),
        cmocka_unit_test(agrees_with_the_definition),
        cmocka_unit_test(facts_are_shown_as_json),
        cmocka_unit_test(facts_json_escapes),
    };
    return cmocka_run_group_tests_name("routing", tests, load, unload);
}
