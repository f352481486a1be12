/* Keys by the vectors of RFC 8032, 7.1; what is no Ed25519 key is refused; heads of blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "seal_block.h"

/* TEST 2 of the RFC. */
static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                          "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
                          "-----END PRIVATE KEY-----\n";
static const char signature_hex[] = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

static void test_vector(void **state)
{
    struct err err;
    uint8_t signature[SEAL_SIGNATURE], expected[SEAL_SIGNATURE];
    char text[SEAL_PEM];
    (void)state;
    struct seal_key *key = seal_key_parse(slice_of(pem), &err);
    assert_non_null(key);
    assert_true(seal_key_can_sign(key));
    assert_true(seal_key_sign(key, slice_of("\x72"), signature, &err));
    assert_int_equal(hex_bytes(slice_of(signature_hex), expected, sizeof expected), SEAL_SIGNATURE);
    assert_memory_equal(signature, expected, SEAL_SIGNATURE);
    assert_true(seal_key_text(key, true, text, &err));
    assert_string_equal(text, pem);
    assert_true(seal_key_text(key, false, text, &err));
    struct seal_key *public = seal_key_parse(slice_of(text), &err);
    assert_non_null(public);
    assert_string_equal(seal_key_id(public), seal_key_id(key));
    assert_false(seal_key_can_sign(public));
    assert_true(seal_key_verify(public, slice_of("\x72"), signature));
    assert_false(seal_key_verify(public, slice_of("\x73"), signature));
    signature[5] ^= 1;
    assert_false(seal_key_verify(public, slice_of("\x72"), signature));
    assert_false(seal_key_sign(public, slice_of("\x72"), signature, &err));
    assert_false(seal_key_text(public, true, text, &err));
    seal_key_free(&public);
    seal_key_free(&key);
}

static void test_strange(void **state)
{
    /* an elliptic curve, which signs otherwise; nothing; half a key */
    static const char *const bad[] = {"-----BEGIN PUBLIC KEY-----\n"
                                      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
                                      "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
                                      "-----END PUBLIC KEY-----\n",
                                      "", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n"};
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(seal_key_parse(slice_of(bad[i]), &err));
        assert_int_equal(err.code, ERR_CONFIG);
    }
}

static void test_new(void **state)
{
    struct err err;
    (void)state;
    struct seal_key *a = seal_key_new(&err), *b = seal_key_new(&err);
    assert_non_null(a);
    assert_string_not_equal(seal_key_id(a), seal_key_id(b));
    assert_int_equal(strlen(seal_key_id(a)), SEAL_KEY_ID - 1);
    seal_key_free(&a);
    seal_key_free(&b);
}

static void test_head(void **state)
{
    static const int64_t ids[] = {5, 6}, abouts[] = {77, 0};
    struct seal_block block = {
        .region = 1, .log = SEAL_EVENT, .number = 3, .horizon = 900, .until = 10, .sealed_at = 20};
    struct digest leaves[] = {digest_of(slice_of("a")), digest_of(slice_of("b"))}, before;
    uint8_t signature[SEAL_SIGNATURE];
    char head[SEAL_HEAD];
    struct err err;
    (void)state;
    struct seal_key *key = seal_key_parse(slice_of(pem), &err);
    seal_block_fill(&block, ids, abouts, leaves, 2);
    assert_true(seal_block_sign(&block, key, signature, &err));
    struct slice text = seal_block_head(&block, head);
    assert_true(slice_starts(text, "wijzer-seal=1\nregion=1\nlog=event\nblock=3\nprevious=0000"));
    assert_non_null(strstr(head, "\ncount=2\nhorizon=900\nup-to=0\nuntil=10\nsealed-at=20\nkey="));
    assert_true(seal_key_verify(key, text, signature));
    before = seal_block_hash(&block);
    seal_block_fill(&block, ids, ids, leaves, 2);
    struct digest after = seal_block_hash(&block);
    assert_false(digest_equal(&before, &after));
    seal_key_free(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vector), cmocka_unit_test(test_strange),
                                       cmocka_unit_test(test_new), cmocka_unit_test(test_head)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
