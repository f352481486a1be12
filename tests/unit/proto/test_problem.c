#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "openapi.h"
#include "problem.h"

static int new_arena(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int free_arena(void **state)
{
    arena_free((struct arena **)state);
    return 0;
}

static json_t *parse(struct slice json)
{
    json_t *root = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    return root;
}

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    assert_non_null(value);
    return value;
}

static const struct {
    enum err_code code;
    int status;
    bool retryable;
} statuses[] = {
    {ERR_MALFORMED_REQUEST, 400, false},
    {ERR_MALFORMED_JSON, 400, false},
    {ERR_INVALID_PARAMETER, 400, false},
    {ERR_INVALID_BODY, 422, false},
    {ERR_MISTYPED_ID, 400, false},
    {ERR_KEY_MISSING, 400, false},
    {ERR_KEY_REUSED, 422, false},
    {ERR_UNKNOWN_ACCOUNT, 403, false},
    {ERR_WRONG_ROLE, 403, false},
    {ERR_NOT_YOURS, 403, false},
    {ERR_NOT_FOUND, 404, false},
    {ERR_METHOD, 405, false},
    {ERR_UNKNOWN_METHOD, 501, false},
    {ERR_TIMEOUT, 408, true},
    {ERR_STATE_NOT_ALLOWED, 409, false},
    {ERR_NOT_PUBLISHABLE, 409, false},
    {ERR_SAME_PERSON, 403, false},
    {ERR_NOT_SHARED, 403, false},
    {ERR_CODE_REFUSED, 403, false},
    {ERR_TAKEN, 409, false},
    {ERR_OFFER_TAKEN, 409, false},
    {ERR_VERSION, 412, false},
    {ERR_VERSION_MISSING, 428, false},
    {ERR_TOO_LARGE, 413, false},
    {ERR_TARGET_TOO_LONG, 414, false},
    {ERR_MEDIA_TYPE, 415, false},
    {ERR_EXPECTATION, 417, false},
    {ERR_HEAD_TOO_LARGE, 431, false},
    {ERR_TOO_MANY, 429, true},
    {ERR_INTERNAL, 500, false},
    {ERR_CODING, 501, false},
    {ERR_BUSY, 503, true},
    {ERR_DATABASE_AWAY, 503, true},
    {ERR_UNCERTAIN, 503, true},
    {ERR_DRAINING, 503, true},
    {ERR_KEYS_NOT_LOADED, 503, true},
    {ERR_HTTP_VERSION, 505, false},
    {ERR_NO_ROUTE_TABLE, 503, true},
    {ERR_VIRUS, 422, false},
    {ERR_SCANNER_AWAY, 503, true},
};
enum { STATUSES = sizeof statuses / sizeof statuses[0] };

static void statuses_of_the_contract(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATUSES; i++) {
        const struct problem_kind *kind = problem_kind(statuses[i].code);
        assert_int_equal(kind->status, statuses[i].status);
        assert_int_equal(kind->retryable, statuses[i].retryable);
    }
}

static void every_code_has_a_row(void **state)
{
    (void)state;
    for (unsigned code = 0; code < ERR_COUNT; code++) {
        const struct problem_kind *kind = problem_kind((enum err_code)code);
        assert_int_equal(kind->code, code);
        assert_in_range(kind->status, 400, 599);
        assert_true(kind->title && kind->title[0] && kind->detail && kind->detail[0]);
    }
    assert_int_equal(problem_kind(ERR_COUNT)->code, ERR_INTERNAL);
    assert_int_equal(problem_kind((enum err_code)9999)->code, ERR_INTERNAL);
}

static void a_problem_as_json(void **state)
{
    json_t *root = parse(problem_json(*state, ERR_NOT_FOUND, NULL, NULL));
    assert_string_equal(text(root, "type"), "urn:wijzer:problem:not-found");
    assert_string_equal(text(root, "title"), problem_kind(ERR_NOT_FOUND)->title);
    assert_string_equal(text(root, "detail"), problem_kind(ERR_NOT_FOUND)->detail);
    assert_int_equal(json_integer_value(json_object_get(root, "status")), 404);
    assert_int_equal(json_object_size(root), 4);
    json_decref(root);

    root = parse(problem_json(*state, ERR_MISTYPED_ID, "\"\\\n\x01\x7f \xC3\xA9", NULL));
    assert_string_equal(text(root, "detail"), "\"\\\n\x01\x7f \xC3\xA9");
    json_decref(root);
}

/* What failed inside is for the log, never for the caller. */
static void inner_faults_are_not_told(void **state)
{
    static const enum err_code inner[] = {ERR_NONE, ERR_INTERNAL, ERR_CONFIG,     ERR_OS,
                                          ERR_TLS,  ERR_SCHEMA,   ERR_UNREACHABLE};
    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++) {
        json_t *root = parse(problem_json(*state, inner[i], "cannot open /etc/secret", NULL));
        assert_string_equal(text(root, "type"), "urn:wijzer:problem:internal");
        assert_string_equal(text(root, "detail"), problem_kind(ERR_INTERNAL)->detail);
        assert_int_equal(json_integer_value(json_object_get(root, "status")), 500);
        json_decref(root);
    }
}

static void issues_in_order(void **state)
{
    struct issues issues = {.arena = *state};
    char pointer[] = "/client/name";
    issues_add(&issues, slice_of(pointer), "too-short", "expected at least %d characters", 1);
    issues_add(&issues, slice_of("?pageSize"), "range", "%s", "expected a number from 1 to 200");
    memset(pointer, 'x', sizeof pointer - 1); /* it was copied */
    json_t *root = parse(problem_json(*state, ERR_INVALID_BODY, NULL, &issues));
    const json_t *errors = json_object_get(root, "errors");
    assert_int_equal(json_array_size(errors), 2);
    assert_string_equal(text(json_array_get(errors, 0), "pointer"), "/client/name");
    assert_string_equal(text(json_array_get(errors, 0), "code"), "too-short");
    assert_string_equal(text(json_array_get(errors, 0), "detail"), "expected at least 1 characters");
    assert_string_equal(text(json_array_get(errors, 1), "pointer"), "?pageSize");
    json_decref(root);

    issues.count = 0;
    root = parse(problem_json(*state, ERR_INVALID_BODY, NULL, &issues));
    assert_null(json_object_get(root, "errors"));
    json_decref(root);
}

static void issues_are_bounded(void **state)
{
    struct issues issues = {.arena = *state};
    for (int i = 0; i < ISSUES_MAX + 10; i++)
        issues_add(&issues, slice_of(arena_printf(*state, "/%d", i)), "type", "%*d", 500, i);
    assert_int_equal(issues.count, ISSUES_MAX);
    assert_true(slice_is(issues.list[ISSUES_MAX - 1].pointer, "/49"));
    assert_int_equal(issues.list[0].detail.len, 500); /* not cut */
}

/* The (status, type) pairs of the schema Problem in the contract. */
static bool contract_has(const json_t *pairs, int status, const char *type)
{
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *properties = json_object_get(json_array_get(pairs, i), "properties");
        const json_t *types = json_object_get(json_object_get(properties, "type"), "enum");
        json_t *wanted = json_object_get(json_object_get(properties, "status"), "const");
        for (size_t k = 0; k < json_array_size(types); k++)
            if (strcmp(json_string_value(json_array_get(types, k)), type) == 0)
                return json_integer_value(wanted) == status;
    }
    return false;
}

/* The contract that is built in is whole, and knows every problem with its status. */
static void contract_knows_every_problem(void **state)
{
    json_t *root = parse(slice_make((const char *)openapi_json, openapi_json_size));
    const json_t *components = json_object_get(root, "components");
    const json_t *problem = json_object_get(json_object_get(components, "schemas"), "Problem");
    const json_t *pairs = json_object_get(problem, "oneOf");
    size_t types = 0;
    for (size_t i = 0; i < json_array_size(pairs); i++)
        types += json_array_size(json_object_get(
            json_object_get(json_object_get(json_array_get(pairs, i), "properties"), "type"), "enum"));
    assert_int_equal(types, STATUSES);
    for (size_t i = 0; i < STATUSES; i++) {
        const char *type = arena_printf(*state, "urn:wijzer:problem:%s", err_word(statuses[i].code));
        assert_true(contract_has(pairs, statuses[i].status, type));
    }
    json_decref(root);
}

static void too_large_says_how_much_may_come(void **state)
{
    json_t *root = parse(problem_too_large(*state, 5242880));
    assert_string_equal(json_string_value(json_object_get(root, "type")),
                        "urn:wijzer:problem:body-too-large");
    assert_int_equal(json_integer_value(json_object_get(root, "status")), 413);
    assert_int_equal(json_integer_value(json_object_get(root, "limit")), 5242880);
    assert_string_equal(json_string_value(json_object_get(root, "detail")),
                        "The body is larger than the 5242880 bytes that this operation takes.");
    json_decref(root);
}

int main(void)
{
#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_of_the_contract),
        cmocka_unit_test(every_code_has_a_row),
        WITH_ARENA(a_problem_as_json),
        WITH_ARENA(inner_faults_are_not_told),
        WITH_ARENA(issues_in_order),
        WITH_ARENA(issues_are_bounded),
        WITH_ARENA(too_large_says_how_much_may_come),
        WITH_ARENA(contract_knows_every_problem),
    };
    return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
