/* Consent before a referral is stored: choices to grants, what an organisation gets by them, the JSON. The
 * database counts the same entry: tests/sql/secrecy.sql has these cases too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "consent.h"
#include "fixture.h"

static int new_arena(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int free_arena(void **state)
{
    struct arena *arena = *state;
    arena_free(&arena);
    return 0;
}

static const struct organisation welfare = {.id = 7, .code = {"lev", 3}, .kind = {"welfare", 7}};
static const struct organisation team = {.id = 8, .code = {"team", 4}, .kind = {"team", 4}};

static unsigned fields_of(const struct grant *list, size_t count, bool is_first)
{
    return consent_fields((struct grants){list, count}, &welfare, is_first);
}

static void the_most_specific_entry_counts(void **state)
{
    (void)state;
    const struct grant kind = {.kind = slice_of("welfare"), .fields = 1};
    const struct grant kind_first = {.kind = slice_of("welfare"), .step = slice_of("first"), .fields = 2};
    const struct grant named = {.organisation_id = 7, .fields = 4};
    const struct grant named_first = {.organisation_id = 7, .step = slice_of("first"), .fields = 8};
    const struct grant other = {.kind = slice_of("team"), .fields = 16};
    const struct grant nothing = {.organisation_id = 7, .fields = 0};
    const struct grant all[] = {kind, kind_first, named, named_first, other};
    assert_int_equal(fields_of(NULL, 0, true), 0);
    assert_int_equal(fields_of(&other, 1, true), 0);
    assert_int_equal(fields_of(&kind, 1, false), 1);
    assert_int_equal(fields_of((const struct grant[]){kind_first, kind}, 2, true), 2);
    assert_int_equal(fields_of((const struct grant[]){kind_first, kind}, 2, false), 1);
    assert_int_equal(fields_of((const struct grant[]){kind_first, named}, 2, true), 4);
    assert_int_equal(fields_of(all, 5, true), 8);
    assert_int_equal(fields_of(all, 5, false), 4);
    assert_int_equal(fields_of((const struct grant[]){kind, nothing}, 2, true), 0);
    assert_int_equal(consent_fields((struct grants){all, 5}, &team, true), 16);
}

static void choices_become_grants(void **state)
{
    const struct region *region = fixture_region();
    const struct organisation *first = &region->organisations[0];
    struct wire_choice choices[] = {
        {.organisation = first->code,
         .step = slice_of("first"),
         .fields = {slice_of("name"), slice_of("bsn")},
         .field_count = 2},
        {.kind = region->recipients[0], .fields = {slice_of("text")}, .field_count = 1},
        {.organisation = slice_of("circus")},
        {.kind = slice_of("circus")},
        {.kind = slice_of("welfare"), .fields = {slice_of("bsn")}, .field_count = 1}};
    struct issues issues = {.arena = *state};
    struct wire_consent good = {choices, 2}, bad = {choices, 5};
    struct consent consent = consent_chosen(region, &good, "/consent", *state, &issues);
    assert_int_equal(issues.count, 0);
    assert_true(slice_is(consent.basis, "own-choice"));
    assert_string_equal(
        consent_json(consent.grants, *state).ptr,
        arena_printf(
            *state,
            "[{\"organisation\":%d,\"step\":\"first\",\"fields\":4097},{\"kind\":\"%.*s\",\"fields\":256}]",
            first->id, SLICE_FMT(region->recipients[0])));
    consent_chosen(region, &bad, "/consent", *state, &issues);
    assert_int_equal(issues.count, 3);
    assert_true(slice_is(issues.list[0].pointer, "/consent/choices/2/organisation"));
    assert_true(slice_is(issues.list[1].pointer, "/consent/choices/3/kind"));
    assert_true(slice_is(issues.list[2].pointer, "/consent/choices/4/fields"));
    region_release(&region);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)
    const struct CMUnitTest tests[] = {T(the_most_specific_entry_counts), T(choices_become_grants)};
    return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
