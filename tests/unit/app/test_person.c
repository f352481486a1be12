/* Normal forms that are searched, and what is sealed of a referral. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/played_keys.h"
#include "person.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct arena *arena;
static const struct keyring *keyring;
static struct played played;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    played_start(&played);
    keyring = played_keyring();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keyring_release(&keyring);
    played_end(&played);
    arena_free(&arena);
    return 0;
}

static void assert_hash(struct slice hash, const char *of)
{
    char wanted[HASH_TEXT];
    keyring_hash(keyring, slice_of(of), wanted);
    if (!slice_is(hash, wanted))
        fail_msg("not the hash of %s", of);
}

static void names_are_lower_case_with_single_spaces(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"J. Jansen", "name|j. jansen|1950"},
                                           {"  Zoë   VAN der  Berg ", "name|zoë van der berg|1950"},
                                           {"ÅSA Ćosić", "name|åsa ćosić|1950"},
                                           {"A\xC2\xA0 B", "name|a b|1950"},
                                           {"李 小龙", "name|李 小龙|1950"}};
    for (size_t i = 0; i < COUNT(names); i++)
        assert_hash(person_hash_name(keyring, slice_of(names[i][0]), 1950, arena), names[i][1]);
    assert_null(person_hash_name(keyring, SLICE_NONE, 1950, arena).ptr);
}

static void numbers_are_as_dialled_at_home(void **state)
{
    (void)state;
    static const char *const numbers[][2] = {{"0612345678", "phone|0612345678"},
                                             {"+31 6 12345678", "phone|0612345678"},
                                             {"0031-6-1234 5678", "phone|0612345678"},
                                             {"(0493) 12 34 56", "phone|0493123456"},
                                             {"+49 30 123456", "phone|4930123456"}};
    for (size_t i = 0; i < COUNT(numbers); i++)
        assert_hash(person_hash_phone(keyring, slice_of(numbers[i][0]), arena), numbers[i][1]);
    assert_null(person_hash_phone(keyring, slice_of(""), arena).ptr);
}

static void addresses_are_lower_case(void **state)
{
    (void)state;
    assert_hash(person_hash_email(keyring, slice_of("Bjork@Example.ORG"), arena), "email|bjork@example.org");
    assert_null(person_hash_email(keyring, SLICE_NONE, arena).ptr);
}

static void another_region_has_other_hashes(void **state)
{
    (void)state;
    struct err err;
    const struct keyring *other = keyring_parse(
        "other.keys", slice_of("wrap 1 2026-11-28 " PLAYED_INDEX "\nindex " PLAYED_WRAP "\n"), NULL, &err);
    assert_non_null(other);
    assert_false(slice_equal(person_hash_email(keyring, slice_of("a@b"), arena),
                             person_hash_email(other, slice_of("a@b"), arena)));
    keyring_release(&other);
}

static void what_is_there_is_sealed(void **state)
{
    (void)state;
    struct wire_referral referral = {.client = {.name = slice_of("J. Jansen"), .birth_year = 1950},
                                     .text = slice_of("Alleen.")};
    struct client_key *key = played_client(&played, keyring, 12);
    struct stock_order order = {.client_id = 12, .note_id = 13, .key = key};
    struct person person;
    struct slice plain;
    struct err err;
    assert_true(person_seal(keyring, &order, &referral, arena, &person, &err));
    assert_true(client_key_open(key, 12, slice_of("name"), person.name, arena, &plain, &err));
    assert_true(slice_is(plain, "J. Jansen"));
    assert_true(client_key_open(key, 13, slice_of("text"), person.text, arena, &plain, &err));
    assert_true(slice_is(plain, "Alleen."));
    assert_false(
        client_key_open(key, 12, slice_of("text"), person.text, arena, &plain, &err)); /* another place */
    assert_true(person.client_id == 12 && person.note_id == 13);
    assert_null(person.phone.ptr);
    assert_null(person.email.ptr);
    assert_null(person.phone_hash.ptr);
    client_key_free(&key);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_are_lower_case_with_single_spaces),
        TEST(numbers_are_as_dialled_at_home),
        TEST(addresses_are_lower_case),
        TEST(another_region_has_other_hashes),
        TEST(what_is_there_is_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
