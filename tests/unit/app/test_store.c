/* Array literals as PostgreSQL reads them, and the shape of the statement and route tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "routes.h"
#include "store.h"

static void elements_are_quoted(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct store_array array;
    store_array_begin(&array, arena);
    store_array_add(&array, slice_of("plain"));
    store_array_add(&array, slice_of("a \"b\" \\ {c},d"));
    store_array_add(&array, SLICE_NONE);
    store_array_add(&array, slice_of("NULL"));
    store_array_add(&array, slice_of(""));
    store_array_add_number(&array, -7, -1);
    store_array_add_number(&array, -1, -1);
    assert_string_equal(store_array_end(&array),
                        "{\"plain\",\"a \\\"b\\\" \\\\ {c},d\",NULL,\"NULL\",\"\",-7,NULL}");
    arena_free(&arena);
}

static void an_empty_array_is_one(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct store_array array;
    store_array_begin(&array, arena);
    assert_string_equal(store_array_end(&array), "{}");
    arena_free(&arena);
}

static void long_arrays_grow(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct store_array array;
    char element[100];
    memset(element, '"', sizeof element);
    store_array_begin(&array, arena);
    for (int i = 0; i < 1000; i++)
        store_array_add(&array, slice_make(element, sizeof element));
    assert_int_equal(strlen(store_array_end(&array)), 1000 * (2 * sizeof element + 2) + 999 + 2);
    arena_free(&arena);
}

static void records_quote_their_fields(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    const struct slice fields[] = {slice_of("7"), SLICE_NONE, slice_of(""), slice_of("a \"b\" \\ (c),d\n")};
    struct slice record = store_record(fields, 4, arena);
    assert_string_equal(arena_text(arena, record), "(\"7\",,\"\",\"a \"\"b\"\" \\\\ (c),d\n\")");
    assert_string_equal(arena_text(arena, store_record(fields, 0, arena)), "()");
    arena_free(&arena);
}

/* The highest $n in a statement is its number of parameters. */
static void statements_count_their_parameters(void **state)
{
    (void)state;
    for (int i = 0; i < STORE_COUNT; i++) {
        const struct pg_statement *statement = &store_statements[i];
        int highest = 0;
        for (const char *at = strchr(statement->sql, '$'); at; at = strchr(at + 1, '$')) {
            int number = 0;
            assert_int_equal(sscanf(at + 1, "%d", &number), 1);
            if (number > highest)
                highest = number;
        }
        assert_int_equal(highest, statement->param_count);
        assert_non_null(strstr(statement->sql, "wijzer."));
    }
}

/* Deny by default: whatever changes something names its roles and demands a key. */
static void routes_name_roles_and_demands(void **state)
{
    (void)state;
    for (unsigned i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        assert_non_null(route->handle);
        if (route->demands & DEMANDS_NOBODY)
            assert_int_equal(route->method, HTTP_GET);
        else if (!(route->demands & DEMANDS_CODE))
            assert_int_not_equal(route->roles, 0);
        if (route->method == HTTP_POST)
            assert_true(route->demands & DEMANDS_KEY);
        else
            assert_int_equal(route->body_limit, 0);
        /* Who picks a step up, when somebody is called back, which place in a group: no version tells of it.
         */
        static const char *const beside[] = {"pick-up", "put-back", "call-back", "called-back",
                                             "place",   "leave",    "attend"};
        bool moves = true;
        for (size_t n = 0; n < sizeof beside / sizeof beside[0]; n++)
            moves = moves && strcmp(route->name, beside[n]) != 0;
        if (strncmp(route->path, "/v1/steps/{id}/_", 16) == 0)
            assert_int_equal(moves, (route->demands & DEMANDS_MATCH) != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_quoted),
        cmocka_unit_test(an_empty_array_is_one),
        cmocka_unit_test(long_arrays_grow),
        cmocka_unit_test(records_quote_their_fields),
        cmocka_unit_test(statements_count_their_parameters),
        cmocka_unit_test(routes_name_roles_and_demands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
