/* A SoftHSM of this test's own: a token with AES keys, of which one wraps keyring files. The keys are of
 * letters and digits, since softhsm2-util imports no others whole. */
#include "keys_fixture.h"

#include "client_key.h"
#include "keyring_file.h"

#define MODULE "/usr/lib/softhsm/libsofthsm2.so"

static struct keyring_token token;

static void run(const char *command)
{
    if (system(command) != 0)
        fail_msg("%s", command);
}

static int token_start(void **state)
{
    char command[1024];
    fixture_start(state);
    snprintf(command, sizeof command, "directories.tokendir = %s/tokens\nobjectstore.backend = file\n",
             fixture_directory);
    setenv("SOFTHSM2_CONF", fixture_write("softhsm2.conf", command, 0600), 1);
    snprintf(command, sizeof command,
             "cd %s && mkdir tokens && openssl rand -hex 16 | head -c 32 >aes && openssl rand -hex 16 | head "
             "-c 32 >aes2 && {"
             " softhsm2-util --init-token --free --label deurne --so-pin 12345678 --pin 4321 &&"
             " softhsm2-util --import aes --aes --token deurne --label region --id 01 --pin 4321 &&"
             " softhsm2-util --import aes --aes --token deurne --label twin --id 02 --pin 4321 --force &&"
             " softhsm2-util --import aes2 --aes --token deurne --label twin --id 03 --pin 4321 --force &&"
             " softhsm2-util --import aes2 --aes --token deurne --label other --id 04 --pin 4321 --force;"
             " } >/dev/null",
             fixture_directory);
    run(command);
    fixture_write("pin", "4321\n", 0600);
    static char pin[256];
    snprintf(pin, sizeof pin, "%s", fixture_path("pin"));
    token = (struct keyring_token){.module = MODULE, .token = "deurne", .key = "region", .pin_file = pin};
    return 0;
}

static void a_key_wrapped_by_the_token_comes_back(void **state)
{
    struct err err;
    unsigned char key[KEY_SIZE] = "0123456789abcdef0123456789abcde", wrapped[TOKEN_WRAPPED], again[KEY_SIZE];
    (void)state;
    struct token *open = token_open(&token, &err);
    if (!open)
        fail_msg("%s", err.text);
    assert_true(token_wrap(open, slice_of("wrap 1"), key, wrapped, &err));
    assert_true(token_unwrap(open, slice_of("wrap 1"), wrapped, again, &err));
    assert_memory_equal(key, again, KEY_SIZE);
    assert_false(token_unwrap(open, slice_of("wrap 2"), wrapped, again, &err));
    assert_false(token_unwrap(open, slice_of("index"), wrapped, again, &err));
    token_close(&open);
    assert_null(open);
}

static void every_flipped_bit_is_refused(void **state)
{
    struct err err;
    unsigned char key[KEY_SIZE] = {7}, wrapped[TOKEN_WRAPPED], again[KEY_SIZE];
    struct token *open = token_open(&token, &err);
    (void)state;
    assert_true(token_wrap(open, slice_of("index"), key, wrapped, &err));
    for (size_t bit = 0; bit < 8 * sizeof wrapped; bit++) {
        wrapped[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_false(token_unwrap(open, slice_of("index"), wrapped, again, &err));
        wrapped[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_true(token_unwrap(open, slice_of("index"), wrapped, again, &err));
    token_close(&open);
}

/* A file made by the token: no key lies in it, and it is as good as another. */
static void a_keyring_file_by_the_token(void **state)
{
    struct err err;
    int number;
    char wrapped[WRAPPED_TEXT_MAX], file[256];
    (void)state;
    snprintf(file, sizeof file, "%s", fixture_path("token.keys"));
    struct keyring_edit edit = {.file = file, .today = 20785, .token = &token};
    if (!keyring_file_new(&edit, &err))
        fail_msg("%s", err.text);
    const struct keyring *keyring = keyring_read(file, &token, &err);
    assert_non_null(keyring);
    struct client_key *key = client_key_new(keyring, 1, 2, wrapped, &err), *again;
    assert_true(keyring_file_rotate(&edit, &number, &err));
    const struct keyring *rotated = keyring_read(file, &token, &err);
    assert_int_equal(keyring_newest(rotated), 2);
    again = client_key_unwrap(rotated, 1, 2, 1, slice_of(wrapped), &err);
    assert_non_null(again);
    client_key_free(&again);
    client_key_free(&key);
    keyring_release(&rotated);
    keyring_release(&keyring);

    assert_null(keyring_read(file, NULL, &err));
    assert_non_null(strstr(err.text, "token.keys:2: wrapped by a token's key, but no token is configured"));
    struct keyring_token other = token;
    other.key = "other";
    assert_null(keyring_read(file, &other, &err));
    assert_non_null(strstr(err.text, "token.keys:2: token deurne: unwrap: "));
}

static void what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *module, *token, *key, *pin, *complaint;
    } rows[] = {
        {"/nowhere.so", NULL, NULL, NULL, "/nowhere.so: not a PKCS#11 module that can be loaded"},
        {"libc.so.6", NULL, NULL, NULL, "libc.so.6: not a PKCS#11 module that can be loaded"},
        {NULL, "elders", NULL, NULL, MODULE ": has no token with the label 'elders'"},
        {NULL, NULL, "nokey", NULL, "token deurne: no AES key with the label 'nokey'"},
        {NULL, NULL, "twin", NULL, "token deurne: more than one AES key with the label 'twin'"},
        {NULL, NULL, NULL, "9999", "token deurne: login: the PIN is wrong (PKCS#11 0xa0)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err;
        struct keyring_token settings = token;
        settings.module = rows[i].module ? rows[i].module : token.module;
        settings.token = rows[i].token ? rows[i].token : token.token;
        settings.key = rows[i].key ? rows[i].key : token.key;
        settings.pin_file = rows[i].pin ? fixture_write("wrong-pin", rows[i].pin, 0600) : token.pin_file;
        assert_null(token_open(&settings, &err));
        assert_string_equal(err.text, rows[i].complaint);
    }
}

static void the_pin_file_must_be_private(void **state)
{
    struct err err;
    struct keyring_token settings = token;
    (void)state;
    settings.pin_file = fixture_write("open-pin", "4321", 0644);
    assert_null(token_open(&settings, &err));
    assert_non_null(strstr(err.text, "open-pin: others than its owner may use it"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_wrapped_by_the_token_comes_back),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(a_keyring_file_by_the_token),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(the_pin_file_must_be_private),
    };
    return cmocka_run_group_tests_name("token", tests, token_start, fixture_end);
}
