/* Tables, facts and results as text, for the tests of daemon/rules. */
#ifndef WIJZER_TABLE_FIXTURE_H
#define WIJZER_TABLE_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "csv.h"
#include "dmn.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline void print_faults(const struct table_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        print_error("line %zu, rule \"%.*s\", column \"%.*s\": %.*s\n", faults->list[i].line,
                    SLICE_FMT(faults->list[i].rule), SLICE_FMT(faults->list[i].column),
                    SLICE_FMT(faults->list[i].text));
}

/* A table from CSV text; it must be right. */
static inline struct table *table_of(const char *csv, struct arena *arena)
{
    struct table_faults faults;
    const struct table *table = csv_read(slice_of(csv), "test.csv", NULL, arena, &faults);
    if (!table)
        print_faults(&faults);
    assert_non_null(table);
    return (struct table *)(uintptr_t)table;
}

/* A JSON object as facts; dates are written {"date": "2026-11-22"}. */
static inline struct value fact_value(const json_t *json, struct arena *arena)
{
    struct value value;
    struct err err;
    const json_t *date = json_object_get(json, "date");
    if (!value_from_json(date ? date : json, date ? TYPE_DATE : TYPE_ANY, arena, &value, &err))
        fail_msg("%s", err.text);
    return value;
}

static inline struct feel_scope facts_of(const char *text, struct arena *arena)
{
    const char *key;
    json_t *member;
    size_t count = 0;
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    struct entry *entries = arena_array(arena, json_object_size(json), sizeof *entries);
    json_object_foreach(json, key, member)
    {
        struct value *value = arena_alloc(arena, sizeof *value);
        *value = fact_value(member, arena);
        entries[count++] = (struct entry){slice_of(arena_text(arena, slice_of(key))), value};
    }
    json_decref(json);
    return (struct feel_scope){entries, count};
}

static inline const char *result_text(const struct outcome *outcome, struct arena *arena)
{
    return arena_text(arena, value_json(&outcome->result, arena));
}

/* Compares the result with JSON, member by member. */
static inline void assert_result(const struct outcome *outcome, const char *expected, struct arena *arena)
{
    json_t *found_json = json_loads(result_text(outcome, arena), JSON_DECODE_ANY, NULL);
    json_t *expected_json = json_loads(expected, JSON_DECODE_ANY, NULL);
    assert_non_null(found_json);
    assert_non_null(expected_json);
    if (!json_equal(found_json, expected_json))
        fail_msg("expected %s, found %s (%.*s)", expected, result_text(outcome, arena),
                 SLICE_FMT(outcome->complaint));
    json_decref(found_json);
    json_decref(expected_json);
}

#endif
