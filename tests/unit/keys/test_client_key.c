#include "keys_fixture.h"

#include <openssl/crypto.h>

#include "client_key.h"

#define ONE_KEY "wrap 1 2026-11-28 " KEY_A "\nindex " KEY_I "\n"
#define TWO_KEYS "wrap 1 2026-11-28 " KEY_A "\nwrap 2 2026-11-29 " KEY_B "\nindex " KEY_I "\n"

enum { REGION = 7 };
static const int64_t client = 4021;

struct fixture {
    const struct keyring *keyring;
    struct client_key *key;
    char wrapped[WRAPPED_TEXT_MAX];
    struct arena *arena;
};

static int key_start(void **state)
{
    static struct fixture fixture;
    struct err err;
    fixture.keyring = fixture_keyring(ONE_KEY);
    fixture.arena = arena_new(0);
    fixture.key = client_key_new(fixture.keyring, REGION, client, fixture.wrapped, &err);
    assert_non_null(fixture.key);
    *state = &fixture;
    return 0;
}

static int key_end(void **state)
{
    struct fixture *fixture = *state;
    client_key_free(&fixture->key);
    keyring_release(&fixture->keyring);
    arena_free(&fixture->arena);
    return 0;
}

static struct slice sealed_in(struct fixture *fixture, int64_t record, const char *field, const char *text)
{
    struct slice out;
    struct err err;
    assert_true(client_key_seal(fixture->key, record, field, slice_of(text), fixture->arena, &out, &err));
    return out;
}

static bool opens(struct fixture *fixture, const struct client_key *key, int64_t record, const char *field,
                  struct slice sealed, struct slice *out)
{
    struct err err;
    return client_key_open(key, record, slice_of(field), sealed, fixture->arena, out, &err);
}

static void what_is_sealed_opens_again(void **state)
{
    static const char *const texts[] = {"", "x", "Sofie de Vries", "na een verhuizing \xe2\x82\xac 3",
                                        "\n\t\"{\"~\":"};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct slice sealed = sealed_in(fixture, 12, "text", texts[i]), out;
        assert_true(slice_starts(sealed, "s1."));
        assert_true(opens(fixture, fixture->key, 12, "text", sealed, &out));
        assert_true(slice_is(out, texts[i]));
    }
}

static void an_absent_text_stays_absent(void **state)
{
    struct fixture *fixture = *state;
    struct slice out = slice_of("x");
    struct err err;
    assert_true(client_key_seal(fixture->key, 1, "name", SLICE_NONE, fixture->arena, &out, &err));
    assert_null(out.ptr);
}

static void a_long_text_is_sealed_one_too_long_is_not(void **state)
{
    struct fixture *fixture = *state;
    struct slice plain = {arena_alloc(fixture->arena, SEALED_PLAIN_MAX + 1), SEALED_PLAIN_MAX}, sealed, out;
    struct err err;
    assert_true(client_key_seal(fixture->key, 1, "text", plain, fixture->arena, &sealed, &err));
    assert_true(opens(fixture, fixture->key, 1, "text", sealed, &out));
    assert_true(slice_equal(plain, out));
    plain.len++;
    assert_false(client_key_seal(fixture->key, 1, "text", plain, fixture->arena, &sealed, &err));
}

static void two_seals_of_one_text_differ(void **state)
{
    assert_false(slice_equal(sealed_in(*state, 1, "name", "Jan"), sealed_in(*state, 1, "name", "Jan")));
}

static void a_seal_opens_only_in_its_own_place(void **state)
{
    struct fixture *fixture = *state;
    struct slice sealed = sealed_in(fixture, 12, "text", "geheim"), out;
    struct err err;
    char other_wrapped[WRAPPED_TEXT_MAX];
    struct client_key *other = client_key_new(fixture->keyring, REGION, client + 1, other_wrapped, &err);
    assert_false(opens(fixture, fixture->key, 13, "text", sealed, &out));
    assert_null(out.ptr);
    assert_false(opens(fixture, fixture->key, 12, "reason", sealed, &out));
    assert_false(opens(fixture, fixture->key, 12, "tex", sealed, &out));
    assert_false(opens(fixture, other, 12, "text", sealed, &out));
    client_key_free(&other);
}

static void a_field_name_that_could_mislead_is_refused(void **state)
{
    static const char *const names[] = {
        "", "a b", "Name", "1", "te\nxt", "naam\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct fixture *fixture = *state;
    struct slice sealed = sealed_in(fixture, 12, "text", "geheim"), out;
    struct err err;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_false(client_key_seal(fixture->key, 12, names[i], slice_of("x"), fixture->arena, &out, &err));
        assert_false(opens(fixture, fixture->key, 12, names[i], sealed, &out));
    }
    assert_false(opens(fixture, fixture->key, 12, NULL, sealed, &out));
}

static void every_flipped_bit_of_a_seal_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct slice sealed = sealed_in(fixture, 12, "text", "geheim!"), out;
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        char *copy = arena_text(fixture->arena, sealed);
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        if (opens(fixture, fixture->key, 12, "text", slice_make(copy, sealed.len), &out))
            fail_msg("bit %zu", bit);
    }
}

static void every_shorter_or_longer_seal_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct slice sealed = sealed_in(fixture, 12, "text", "geheim"), out;
    for (size_t n = 0; n < sealed.len; n++)
        assert_false(opens(fixture, fixture->key, 12, "text", slice_make(sealed.ptr, n), &out));
    char *longer = arena_printf(fixture->arena, "%.*sAAAA", SLICE_FMT(sealed));
    assert_false(opens(fixture, fixture->key, 12, "text", slice_of(longer), &out));
    assert_false(opens(fixture, fixture->key, 12, "text", SLICE_NONE, &out));
}

static struct client_key *unwrapped(struct fixture *fixture, int32_t region, int64_t id, int number,
                                    const char *text)
{
    struct err err;
    return client_key_unwrap(fixture->keyring, region, id, number, slice_of(text), &err);
}

static void a_wrapped_key_unwraps_to_the_same_key(void **state)
{
    struct fixture *fixture = *state;
    struct slice out, sealed = sealed_in(fixture, 12, "text", "geheim");
    struct client_key *key = unwrapped(fixture, REGION, client, 1, fixture->wrapped);
    assert_non_null(key);
    assert_true(client_key_client(key) == client);
    assert_true(opens(fixture, key, 12, "text", sealed, &out));
    assert_true(slice_is(out, "geheim"));
    client_key_free(&key);
    assert_null(key);
}

static void a_wrapped_key_is_bound_to_region_client_and_number(void **state)
{
    struct fixture *fixture = *state;
    assert_null(unwrapped(fixture, REGION + 1, client, 1, fixture->wrapped));
    assert_null(unwrapped(fixture, REGION, client + 1, 1, fixture->wrapped));
    assert_null(unwrapped(fixture, REGION, client, 2, fixture->wrapped));
    assert_null(unwrapped(fixture, REGION, client, 0, fixture->wrapped));
}

static void every_flipped_bit_of_a_wrapped_key_is_refused(void **state)
{
    struct fixture *fixture = *state;
    size_t n = strlen(fixture->wrapped);
    for (size_t bit = 0; bit < n * 8; bit++) {
        char *copy = arena_text(fixture->arena, slice_of(fixture->wrapped));
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        if (unwrapped(fixture, REGION, client, 1, copy))
            fail_msg("bit %zu", bit);
    }
    for (size_t len = 0; len < n; len++)
        assert_null(unwrapped(fixture, REGION, client, 1,
                              arena_text(fixture->arena, slice_make(fixture->wrapped, len))));
}

static void another_regions_wrapping_key_does_not_unwrap(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    const struct keyring *other = fixture_keyring("wrap 1 2026-11-28 " KEY_B "\nindex " KEY_I "\n");
    assert_null(client_key_unwrap(other, REGION, client, 1, slice_of(fixture->wrapped), &err));
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_string_equal(err.text, "the key of client 4021 of region 7 does not unwrap");
    keyring_release(&other);
}

static void a_rotated_keyring_unwraps_old_keys_and_wraps_by_the_new(void **state)
{
    struct fixture *fixture = *state;
    struct slice out, sealed = sealed_in(fixture, 12, "text", "geheim");
    struct err err;
    char wrapped[WRAPPED_TEXT_MAX];
    const struct keyring *rotated = fixture_keyring(TWO_KEYS);
    struct client_key *key = client_key_unwrap(rotated, REGION, client, 1, slice_of(fixture->wrapped), &err),
                      *again;
    assert_non_null(key);
    assert_true(client_key_wrap(key, rotated, wrapped, &err));
    assert_null(client_key_unwrap(rotated, REGION, client, 1, slice_of(wrapped), &err));
    again = client_key_unwrap(rotated, REGION, client, 2, slice_of(wrapped), &err);
    assert_non_null(again);
    assert_true(opens(fixture, again, 12, "text", sealed, &out));
    client_key_free(&again);
    client_key_free(&key);
    keyring_release(&rotated);
}

/* The first bytes of a freed piece are the heap's own list; the key lies behind them. */
static void a_freed_key_is_wiped(void **state)
{
    struct fixture *fixture = *state;
    struct client_key *key = unwrapped(fixture, REGION, client, 1, fixture->wrapped);
    const unsigned char *bytes = (const unsigned char *)key;
    unsigned char before = 0, after = 0;
    assert_int_equal(CRYPTO_secure_allocated(key), 1);
    for (size_t i = 16; i < SECRET_PIECE; i++)
        before |= bytes[i];
    client_key_free(&key);
    for (size_t i = 16; i < SECRET_PIECE; i++)
        after |= bytes[i];
    assert_int_not_equal(before, 0);
    assert_int_equal(after, 0);
}

static void the_heap_holds_many_keys_and_says_when_it_is_full(void **state)
{
    enum { MANY = 110000 };
    struct fixture *fixture = *state;
    struct client_key **keys = calloc(MANY, sizeof *keys);
    struct err err = {.code = ERR_NONE};
    size_t n = 0;
    while (n < MANY && (keys[n] = client_key_unwrap(fixture->keyring, REGION, client, 1,
                                                    slice_of(fixture->wrapped), &err)))
        n++;
    print_message("%zu client keys fit\n", n);
    assert_true(n > 95000 && n < MANY);
    assert_int_equal(err.code, ERR_BUSY);
    const struct keyring *keyring = fixture_keyring(TWO_KEYS); /* the reserve is still there */
    keyring_release(&keyring);
    for (size_t i = 0; i < n; i++)
        client_key_free(&keys[i]);
    free(keys);
    struct client_key *key = unwrapped(fixture, REGION, client, 1, fixture->wrapped);
    assert_non_null(key);
    client_key_free(&key);
}

#define KEY_TEST(test) cmocka_unit_test_setup_teardown(test, key_start, key_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEY_TEST(what_is_sealed_opens_again),
        KEY_TEST(an_absent_text_stays_absent),
        KEY_TEST(a_long_text_is_sealed_one_too_long_is_not),
        KEY_TEST(two_seals_of_one_text_differ),
        KEY_TEST(a_seal_opens_only_in_its_own_place),
        KEY_TEST(a_field_name_that_could_mislead_is_refused),
        KEY_TEST(every_flipped_bit_of_a_seal_is_refused),
        KEY_TEST(every_shorter_or_longer_seal_is_refused),
        KEY_TEST(a_wrapped_key_unwraps_to_the_same_key),
        KEY_TEST(a_wrapped_key_is_bound_to_region_client_and_number),
        KEY_TEST(every_flipped_bit_of_a_wrapped_key_is_refused),
        KEY_TEST(another_regions_wrapping_key_does_not_unwrap),
        KEY_TEST(a_rotated_keyring_unwraps_old_keys_and_wraps_by_the_new),
        KEY_TEST(a_freed_key_is_wiped),
        KEY_TEST(the_heap_holds_many_keys_and_says_when_it_is_full),
    };
    return cmocka_run_group_tests_name("client_key", tests, fixture_start, fixture_end);
}
