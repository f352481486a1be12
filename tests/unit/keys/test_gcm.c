#include "keys_fixture.h"

#include <pthread.h>
#include <sys/wait.h>

#include "gcm.h"

static struct slice bytes_of(const char *hex, unsigned char *room)
{
    size_t n = strlen(hex) / 2;
    assert_true(hex_decode(slice_of(hex), room, n));
    return slice_make((const char *)room, n);
}

/* The Galois/Counter Mode of Operation (McGrew, Viega), test cases 14 and 16. */
static void known_answers_open(void **state)
{
    static const struct {
        const char *key, *about, *sealed, *plain;
    } rows[] = {
        {"0000000000000000000000000000000000000000000000000000000000000000", "",
         "000000000000000000000000"
         "cea7403d4d606b6e074ec5d3baf39d18"
         "d0d1c8a799996bf0265b98b5d48ab919",
         "00000000000000000000000000000000"},
        {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
         "feedfacedeadbeeffeedfacedeadbeefabaddad2",
         "cafebabefacedbaddecaf888"
         "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
         "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
         "76fc6ece0f4e1768cddf8853bb2d551b",
         "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
         "b16aedf5aa0de657ba637b39"}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char key[KEY_SIZE], about[64], sealed[128], plain[128], out[128];
        struct err err;
        struct slice expected = bytes_of(rows[i].plain, plain), box = bytes_of(rows[i].sealed, sealed);
        bytes_of(rows[i].key, key);
        assert_true(gcm_open(key, bytes_of(rows[i].about, about), box, out, &err));
        assert_int_equal(box.len - GCM_EXTRA, expected.len);
        assert_memory_equal(out, expected.ptr, expected.len);
    }
}

static void what_was_deciphered_is_wiped_when_refused(void **state)
{
    unsigned char key[KEY_SIZE] = {1}, sealed[5 + GCM_EXTRA], out[5] = "xxxx";
    struct err err;
    (void)state;
    assert_true(gcm_seal(key, SLICE_NONE, slice_of("geldt"), sealed, &err));
    sealed[sizeof sealed - 1] ^= 1;
    assert_false(gcm_open(key, SLICE_NONE, slice_make((const char *)sealed, sizeof sealed), out, &err));
    assert_memory_equal(out, "\0\0\0\0\0", 5);
    assert_false(gcm_open(key, SLICE_NONE, slice_make((const char *)sealed, GCM_EXTRA - 1), out, &err));
}

static void nonces_differ(void **state)
{
    unsigned char key[KEY_SIZE] = {1}, a[1 + GCM_EXTRA], b[1 + GCM_EXTRA];
    struct err err;
    (void)state;
    assert_true(gcm_seal(key, SLICE_NONE, slice_of("x"), a, &err));
    assert_true(gcm_seal(key, SLICE_NONE, slice_of("x"), b, &err));
    assert_memory_not_equal(a, b, GCM_NONCE);
}

/* RFC 4231; shorter keys are filled up with zeros, as HMAC does. */
static void hmac_vectors(void **state)
{
    static const struct {
        const char *key, *text, *hash;
    } rows[] = {{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b000000000000000000000000", "4869205468657265",
                 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
                {"4a65666500000000000000000000000000000000000000000000000000000000",
                 "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
                {"0102030405060708090a0b0c0d0e0f1011121314151617181900000000000000",
                 "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdc"
                 "dcdcdcdcd",
                 "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char key[KEY_SIZE], text[64], hash[HMAC_SIZE];
        char hex[2 * HMAC_SIZE + 1];
        bytes_of(rows[i].key, key);
        hmac_sha256(key, bytes_of(rows[i].text, text), hash);
        hex_encode(hash, sizeof hash, hex);
        assert_string_equal(hex, rows[i].hash);
    }
}

/* RFC 4648 section 10, and what is not canonical. */
static void base64_table(void **state)
{
    static const struct {
        const char *text, *plain; /* NULL: refused */
    } rows[] = {{"", ""},
                {"Zg==", "f"},
                {"Zm8=", "fo"},
                {"Zm9v", "foo"},
                {"Zm9vYg==", "foob"},
                {"Zm9vYmE=", "fooba"},
                {"Zm9vYmFy", "foobar"},
                {"Zh==", NULL}, /* unused bits */
                {"Zm9=", NULL},
                {"Zg=", NULL},
                {"Zg", NULL},
                {"Zg==Zg==", NULL},
                {"Z===", NULL},
                {"====", NULL},
                {"Zm9v\n", NULL},
                {" Zm9", NULL},
                {"Zm-_", NULL},
                {"Zm9v====", NULL}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char out[16];
        char text[32];
        size_t size;
        bool is_good = base64_decode(slice_of(rows[i].text), out, &size);
        if (is_good != (rows[i].plain != NULL))
            fail_msg("'%s'", rows[i].text);
        if (!is_good)
            continue;
        assert_int_equal(size, strlen(rows[i].plain));
        assert_memory_equal(out, rows[i].plain, size);
        base64_encode(out, size, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void hex_is_lower_case_and_whole(void **state)
{
    unsigned char out[2];
    (void)state;
    assert_true(hex_decode(slice_of("0aff"), out, 2));
    assert_int_equal(out[0], 10);
    assert_int_equal(out[1], 255);
    assert_false(hex_decode(slice_of("0AFF"), out, 2));
    assert_false(hex_decode(slice_of("0aff0"), out, 2));
    assert_false(hex_decode(slice_of("0af"), out, 2));
    assert_false(hex_decode(slice_of("0xff"), out, 2));
}

/* ---- nonces in stock ---- */

enum { SEALS = 300 };
static unsigned char seen[3][SEALS][GCM_NONCE];

static void take_nonces(unsigned char (*out)[GCM_NONCE])
{
    unsigned char key[KEY_SIZE] = {1}, sealed[1 + GCM_EXTRA];
    struct err err;
    for (int i = 0; i < SEALS; i++) {
        if (!gcm_seal(key, SLICE_NONE, slice_of("x"), sealed, &err))
            abort();
        memcpy(out[i], sealed, GCM_NONCE);
    }
}

static void *in_a_thread(void *arg)
{
    take_nonces(arg);
    return NULL;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, GCM_NONCE);
}

/* Of this thread, of another, and of a child that was forked with some in stock: none comes twice. */
static void no_nonce_comes_twice(void **state)
{
    int pipe_of[2];
    pthread_t thread;
    (void)state;
    assert_int_equal(pipe(pipe_of), 0);
    pid_t child = fork();
    if (child == 0) {
        unsigned char own[SEALS][GCM_NONCE];
        take_nonces(own);
        _exit(write(pipe_of[1], own, sizeof own) == (ssize_t)sizeof own ? 0 : 1);
    }
    assert_true(child > 0);
    take_nonces(seen[0]);
    assert_int_equal(pthread_create(&thread, NULL, in_a_thread, seen[1]), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(read(pipe_of[0], seen[2], sizeof seen[2]), (ssize_t)sizeof seen[2]);
    close(pipe_of[0]);
    close(pipe_of[1]);
    waitpid(child, NULL, 0);
    unsigned char(*all)[GCM_NONCE] = seen[0];
    qsort(all, sizeof seen / GCM_NONCE, GCM_NONCE, by_bytes);
    for (size_t i = 1; i < sizeof seen / GCM_NONCE; i++)
        assert_memory_not_equal(all[i - 1], all[i], GCM_NONCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers_open),
        cmocka_unit_test(what_was_deciphered_is_wiped_when_refused),
        cmocka_unit_test(nonces_differ),
        cmocka_unit_test(no_nonce_comes_twice),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(base64_table),
        cmocka_unit_test(hex_is_lower_case_and_whole),
    };
    return cmocka_run_group_tests_name("gcm", tests, fixture_start, fixture_end);
}
