/* The published rule table of the snapshot: the part of the compiler that checks every reference of a rule.
 */
#include "compile.h"

enum { AGE_MAX = 150, TABLE_MAX = 7 };

static bool read_areas(const struct row *row, struct rule *rule)
{
    struct slice *areas;
    if (!row_codes(row, "areas", &areas, &rule->area_count))
        return false;
    rule->areas = areas;
    for (size_t i = 0; i < rule->area_count; i++) {
        uint64_t digits;
        if (areas[i].len > ROUTING_AREA_MAX || !slice_to_u64(areas[i], 9999, &digits))
            return row_fail(row, "areas: \"%.*s\": expected four digits, or the first of them",
                            SLICE_FMT(areas[i]));
    }
    return true;
}

static bool read_domains(const struct compiler *c, const struct row *row, struct rule *rule)
{
    struct slice *domains;
    if (!row_codes(row, "domains", &domains, &rule->domain_count))
        return false;
    rule->domains = domains;
    for (size_t i = 0; i < rule->domain_count; i++)
        if (!region_domain(c->region, domains[i]))
            return row_fail(row, "domains: there is no domain \"%.*s\"", SLICE_FMT(domains[i]));
    return true;
}

static bool read_ages(const struct row *row, struct rule *rule)
{
    int64_t min, max;
    if (!row_int_or_null(row, "ageMin", 0, AGE_MAX, -1, &min) ||
        !row_int_or_null(row, "ageMax", 0, AGE_MAX, -1, &max))
        return false;
    if (min >= 0 && max >= 0 && min > max)
        return row_fail(row, "ageMin: %d is more than ageMax, %d", (int)min, (int)max);
    rule->age_min = (int)min;
    rule->age_max = (int)max;
    return true;
}

static bool read_urgency(const struct row *row, struct rule *rule)
{
    if (!row_code_or_null(row, "urgency", &rule->urgency))
        return false;
    return !rule->urgency.ptr || slice_is(rule->urgency, "routine") || slice_is(rule->urgency, "soon") ||
           row_fail(row, "urgency: expected routine or soon, or null");
}

/* An offering is its organisation's; a rule without one leads to the coordinator. */
static bool read_target(const struct compiler *c, const struct row *row, struct rule *rule)
{
    int64_t offering_id, organisation_id;
    if (!row_int_or_null(row, "offering", 1, INT32_MAX, 0, &offering_id) ||
        !row_int(row, "organisation", 1, INT32_MAX, &organisation_id))
        return false;
    rule->offering_id = (int32_t)offering_id;
    rule->organisation_id = (int32_t)organisation_id;
    const struct organisation *owner = c->region->coordination;
    if (rule->offering_id) {
        const struct offering *offering = region_offering_by_id(c->region, rule->offering_id);
        if (!offering)
            return row_fail(row, "offering: there is no offering %d", rule->offering_id);
        owner = offering->organisation;
    }
    if (!region_organisation(c->region, rule->organisation_id))
        return row_fail(row, "organisation: there is no organisation %d", rule->organisation_id);
    return owner->id == rule->organisation_id ||
           row_fail(row, "organisation: %d is not that of the %s, %d", rule->organisation_id,
                    rule->offering_id ? "offering" : "coordinator", owner->id);
}

static bool read_rule(struct compiler *c, struct row *row, void *element)
{
    static const char *const members[] = {"id",      "domains",  "areas",        "ageMin", "ageMax",
                                          "urgency", "offering", "organisation", "reason", NULL};
    struct rule *rule = element;
    return row_open(row, members) && row_code(row, "id", &rule->id) && read_domains(c, row, rule) &&
           read_areas(row, rule) && read_ages(row, rule) && read_urgency(row, rule) &&
           read_target(c, row, rule) && row_text(row, "reason", &rule->reason);
}

static bool check_last(struct compiler *c, const struct routing_table *table, json_t *rows)
{
    if (table->rule_count == 0)
        return row_fail(&c->top, "routing: a table must have a last rule that catches all");
    size_t last = table->rule_count - 1;
    const struct rule *rule = &table->rules[last];
    struct row row = compile_row(c, "rules", last, json_array_get(rows, last));
    row.name = rule->id.ptr;
    if (rule->domain_count || rule->area_count || rule->age_min >= 0 || rule->age_max >= 0 ||
        rule->urgency.ptr)
        return row_fail(&row, "the last rule must catch all: no domains, areas, ages or urgency");
    return rule->organisation_id == c->region->coordination->id ||
           row_fail(&row, "the last rule must lead to the coordinator");
}

bool compile_routing(struct compiler *c)
{
    static const char *const members[] = {"table", "version", "rules", NULL};
    struct routing_table *table = &c->region->routing;
    struct row row = compile_row(c, "routing", ROW_ALONE, json_object_get(c->top.json, "routing"));
    int64_t number, version;
    if (json_is_null(row.json))
        return true;
    if (!row_open(&row, members) || !row_int(&row, "table", 1, TABLE_MAX, &number) ||
        !row_int(&row, "version", 1, INT32_MAX, &version))
        return false;
    table->number = (int)number;
    table->version = (int)version;
    table->rules = compile_list(c, &row, "rules", "id", sizeof(struct rule), read_rule, &table->rule_count);
    return table->rules && check_last(c, table, json_object_get(row.json, "rules")) &&
           routing_prepare(table, c->arena, c->err);
}
