/* The trees of RFC 6962 by its reference vectors; proofs of every leaf in trees of every small size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "merkle.h"

enum { VECTORS = 8, LARGEST = 70 };

static const char *const inputs[VECTORS] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const roots[VECTORS + 1] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static void test_vectors(void **state)
{
    struct digest leaves[VECTORS], root;
    char hex[DIGEST_HEX];
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        uint8_t bytes[16];
        long n = hex_bytes(slice_of(inputs[i]), bytes, sizeof bytes);
        assert_true(n >= 0);
        leaves[i] = digest_with(DIGEST_LEAF, slice_make((char *)bytes, (size_t)n), SLICE_NONE);
    }
    for (size_t n = 0; n <= VECTORS; n++) {
        root = merkle_root(leaves, n);
        assert_string_equal(digest_hex(&root, hex), roots[n]);
    }
}

static void make_leaves(struct digest *leaves)
{
    for (size_t i = 0; i < LARGEST; i++)
        leaves[i] = digest_with(DIGEST_LEAF, slice_make((char *)&i, sizeof i), SLICE_NONE);
}

static void test_proofs(void **state)
{
    struct digest leaves[LARGEST], path[MERKLE_PATH_MAX];
    (void)state;
    make_leaves(leaves);
    for (size_t count = 1; count <= LARGEST; count++) {
        struct digest root = merkle_root(leaves, count);
        for (size_t i = 0; i < count; i++) {
            size_t length = merkle_path(leaves, count, i, path);
            assert_true(merkle_includes(&root, count, i, &leaves[i], path, length));
            assert_false(merkle_includes(&root, count, i, &leaves[(i + 1) % LARGEST], path, length));
            assert_false(merkle_includes(&root, count, count, &leaves[i], path, length));
            if (length) {
                assert_false(merkle_includes(&root, count, i, &leaves[i], path, length - 1));
                path[0].bytes[0] ^= 1;
                assert_false(merkle_includes(&root, count, i, &leaves[i], path, length));
            }
        }
    }
}

/* A leaf is not taken for a node, nor one order for another. */
static void test_apart(void **state)
{
    struct digest leaves[LARGEST];
    (void)state;
    make_leaves(leaves);
    struct digest root = merkle_root(leaves, 2);
    struct digest swapped[] = {leaves[1], leaves[0]};
    struct digest other = merkle_root(swapped, 2);
    assert_false(digest_equal(&root, &other));
    char both[2 * DIGEST_SIZE];
    memcpy(both, leaves, sizeof both);
    struct digest leaf = digest_with(DIGEST_LEAF, slice_make(both, sizeof both), SLICE_NONE);
    assert_false(digest_equal(&root, &leaf));
}

static void test_hex(void **state)
{
    struct digest digest = digest_of(slice_of("abc")), back;
    char hex[DIGEST_HEX];
    (void)state;
    assert_string_equal(digest_hex(&digest, hex),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(digest_parse(slice_of(hex), &back));
    assert_true(digest_equal(&digest, &back));
    assert_false(digest_parse(slice_of("ba78"), &back));
    assert_int_equal(hex_bytes(slice_of("0g"), back.bytes, 4), -1);
    assert_int_equal(hex_bytes(slice_of("012"), back.bytes, 4), -1);
    assert_int_equal(hex_bytes(slice_of("0123456789"), back.bytes, 4), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_proofs),
                                       cmocka_unit_test(test_apart), cmocka_unit_test(test_hex)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
