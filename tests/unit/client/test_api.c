#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "api.h"
#include "json_doc.h"
#include "uuid.h"

static void when_to_try_again(void **state)
{
    (void)state;
    struct answer busy = {.status = 503, .retry_after = -1};
    struct answer asks = {.status = 503, .retry_after = 2};
    struct answer lost = {.outcome = CALL_UNCERTAIN, .retry_after = -1};
    assert_int_equal(retry_wait(&busy, 2, 20000), 200);
    assert_int_equal(retry_wait(&busy, 3, 20000), 400);
    assert_int_equal(retry_wait(&lost, 4, 20000), 800);
    assert_int_equal(retry_wait(&busy, 5, 20000), -1);
    assert_int_equal(retry_wait(&asks, 2, 20000), 2000);
    assert_int_equal(retry_wait(&asks, 2, 1500), -1); /* it would not fit */
    const struct answer finals[] = {{.status = 201},
                                    {.status = 422},
                                    {.status = 500},
                                    {.outcome = CALL_NOT_SENT},
                                    {.outcome = CALL_FOREIGN, .status = 503},
                                    {.outcome = CALL_NO_ENTRY},
                                    {.outcome = CALL_INTERRUPTED}};
    for (size_t i = 0; i < sizeof finals / sizeof finals[0]; i++)
        assert_int_equal(retry_wait(&finals[i], 2, 20000), -1);
}

static void only_our_problems_are_problems(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct slice ours = slice_of("{\"type\":\"urn:wijzer:problem:not-yours\",\"status\":403}");
    struct slice problem = slice_of("application/problem+json");
    assert_string_equal(problem_word(problem, ours, arena), "not-yours");
    assert_string_equal(problem_word(slice_of("application/problem+json; charset=utf-8"), ours, arena),
                        "not-yours");
    assert_null(problem_word(slice_of("text/html"), ours, arena));
    assert_null(problem_word(problem, slice_of("{\"type\":\"about:blank\"}"), arena));
    assert_null(problem_word(problem, slice_of("<html>"), arena));
    assert_null(problem_word(SLICE_NONE, ours, arena));
    arena_free(&arena);
}

static void query_values_are_escaped(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    assert_string_equal(api_escape(arena, "onis-welzijn_1.~"), "onis-welzijn_1.~");
    assert_string_equal(api_escape(arena, "a b&c=d/\xC3\xA9"), "a%20b%26c%3Dd%2F%C3%A9");
    arena_free(&arena);
}

static void keys_are_uuids_and_differ(void **state)
{
    (void)state;
    char a[UUID_TEXT], b[UUID_TEXT];
    assert_true(uuid_is(slice_of(uuid_new(a))));
    assert_true(uuid_is(slice_of(uuid_new(b))));
    assert_string_not_equal(a, b);
    assert_int_equal(a[14], '4');
    assert_non_null(strchr("89ab", a[19]));
    assert_false(uuid_is(slice_of("")));
    assert_false(uuid_is(slice_of("00000000-0000-4000-8000-00000000000G")));
    assert_false(uuid_is(slice_of("00000000/0000-4000-8000-000000000000")));
}

static void members_are_read_by_path(void **state)
{
    (void)state;
    moment at;
    json_t *d = document_parse(
        slice_of(
            "{\"a\":{\"b\":\"x\",\"n\":7,\"t\":true,\"z\":null,\"at\":\"2026-11-24T16:00:00Z\"},\"l\":[1]}"),
        NULL);
    assert_non_null(d);
    assert_string_equal(document_text(d, "a.b"), "x");
    assert_string_equal(document_text(d, "a.n"), "");
    assert_string_equal(document_text(d, "a.b.c"), "");
    assert_string_equal(document_text(NULL, "a"), "");
    assert_int_equal(document_number(d, "a.n", -1), 7);
    assert_int_equal(document_number(d, "a.b", -1), -1);
    assert_true(document_true(d, "a.t"));
    assert_null(document_at(d, "a.z"));
    assert_int_equal(json_array_size(document_list(d, "l")), 1);
    assert_null(document_list(d, "a"));
    assert_true(document_moment(d, "a.at", &at));
    assert_false(document_moment(d, "a.b", &at));
    json_decref(d);
    struct err err;
    assert_null(document_parse(slice_of("{\"a\":1,\"a\":2}"), &err));
    assert_int_equal(err.code, ERR_MALFORMED_JSON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(when_to_try_again),        cmocka_unit_test(only_our_problems_are_problems),
        cmocka_unit_test(query_values_are_escaped), cmocka_unit_test(keys_are_uuids_and_differ),
        cmocka_unit_test(members_are_read_by_path),
    };
    return cmocka_run_group_tests_name("client api", tests, NULL, NULL);
}
