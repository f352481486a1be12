/* The rule tables in force: the part of the compiler that takes the rulesets the document names.
 */
#include "compile.h"

static bool read_table(struct compiler *c, const struct row *row, int versions[RULE_TABLES + 1])
{
    static const char *const members[] = {"table", "version", "since", NULL};
    int64_t table, version;
    struct slice since;
    if (!row_members(row, members) || !row_int(row, "table", 1, RULE_TABLES, &table) ||
        !row_int(row, "version", 1, INT32_MAX, &version) || !row_code(row, "since", &since))
        return false;
    if (!moment_parse(since, &c->region->since[table]))
        return row_fail(row, "since: expected a moment such as 2026-11-22T14:05:00Z");
    if (versions[table])
        return row_fail(row, "table %d stands there twice", (int)table);
    versions[table] = (int)version;
    return true;
}

bool read_tables(struct compiler *c, int versions[RULE_TABLES + 1])
{
    json_t *list;
    for (int table = 0; table <= RULE_TABLES; table++)
        versions[table] = 0;
    if (!row_list(&c->top, "tables", &list))
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct row row = compile_row(c, "tables", i, json_array_get(list, i));
        if (!read_table(c, &row, versions))
            return false;
    }
    return true;
}

/* An offering that rows name and the document lacks is remembered, by the first row that names it. */
static void lose_offering(struct region *region, const struct ruleset *set, int32_t id, struct arena *arena)
{
    size_t row = 0;
    if (region->lost_count++)
        return;
    while (set->rulings[row].number != id)
        row++;
    region->lost_table = set->question->number;
    region->lost_rule = arena_slice(arena, ruling_id(set, &set->rulings[row]));
    region->lost_offering = id;
}

bool compile_tables(struct compiler *c)
{
    struct region *region = c->region;
    int versions[RULE_TABLES + 1];
    if (!read_tables(c, versions))
        return false;
    for (int table = 1; table <= RULE_TABLES; table++) {
        const struct ruleset *set = c->rulesets ? c->rulesets[table] : NULL;
        if (!versions[table])
            continue;
        if (!set || set->version != versions[table] || set->question->number != table)
            return row_fail(&c->top, "tables: version %d of table %d was not given", versions[table], table);
        region->tables[table] = ruleset_hold(set);
        for (size_t i = 0; i < set->offering_count; i++)
            if (!region_offering_by_id(region, set->offerings[i]))
                lose_offering(region, set, set->offerings[i], c->arena);
    }
    return true;
}
