#include "keys_fixture.h"

#include <fcntl.h>

#include "client_key.h"
#include "keyring_file.h"
#include "keyrings.h"

#define WRAP_1 "wrap 1 2026-11-28 " KEY_A "\n"
#define WRAP_2 "wrap 2 2026-11-29 " KEY_B "\n"
#define INDEX "index " KEY_I "\n"

static void a_file_is_read(void **state)
{
    struct err err;
    int number;
    int64_t made;
    (void)state;
    const char *file = fixture_write("good.keys", "# of the region\n\n" WRAP_1 WRAP_2 INDEX, 0600);
    const struct keyring *keyring = keyring_read(file, NULL, &err);
    assert_non_null(keyring);
    assert_int_equal(keyring_newest(keyring), 2);
    assert_true(keyring_has(keyring, 1) && keyring_has(keyring, 2) && !keyring_has(keyring, 3));
    assert_true(keyring_wrap(keyring, 1, &number, &made));
    assert_int_equal(number, 2);
    assert_int_equal(made, 20786); /* 2026-11-29 */
    assert_false(keyring_wrap(keyring, 2, &number, &made));
    const struct keyring *held = keyring_hold(keyring);
    keyring_release(&keyring);
    assert_null(keyring);
    assert_true(keyring_has(held, 1));
    keyring_release(&held);
}

static void hashes_are_hmac_by_the_index_key(void **state)
{
    char hash[HASH_TEXT];
    const struct keyring *keyring = fixture_keyring(WRAP_1 INDEX);
    (void)state;
    keyring_hash(keyring, slice_of("Hi There"), hash); /* RFC 4231, test case 1 */
    assert_string_equal(hash, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    keyring_release(&keyring);
}

static void faults_are_told_by_line_and_without_the_key(void **state)
{
    static const struct {
        const char *text, *complaint;
    } rows[] = {
        {"", "f: no wrapping key; expected a line `wrap NUMBER YYYY-MM-DD KEY`"},
        {INDEX, "f: no wrapping key; expected a line `wrap NUMBER YYYY-MM-DD KEY`"},
        {WRAP_1, "f: no index key; expected a line `index KEY`"},
        {WRAP_1 INDEX "index " KEY_B "\n", "f:3: a second index key; expected one"},
        {"\n#x\nkey 1\n", "f:3: expected `wrap NUMBER YYYY-MM-DD KEY`, `index KEY` or a comment"},
        {KEY_A "\n", "f:1: expected `wrap NUMBER YYYY-MM-DD KEY`, `index KEY` or a comment"},
        {" " INDEX, "f:1: expected `wrap NUMBER YYYY-MM-DD KEY`, `index KEY` or a comment"},
        {"wrap\n", "f:1: expected a number from 1 to 999999 behind `wrap`"},
        {"wrap " KEY_A "\n", "f:1: expected a number from 1 to 999999 behind `wrap`"},
        {"wrap 0 2026-11-28 " KEY_A "\n", "f:1: expected a number from 1 to 999999 behind `wrap`"},
        {"wrap 01 2026-11-28 " KEY_A "\n", "f:1: expected a number from 1 to 999999 behind `wrap`"},
        {"wrap 1000000 2026-11-28 " KEY_A "\n", "f:1: expected a number from 1 to 999999 behind `wrap`"},
        {"wrap -1 2026-11-28 " KEY_A "\n", "f:1: expected a number from 1 to 999999 behind `wrap`"},
        {"wrap  1 2026-11-28 " KEY_A "\n", "f:1: expected a number from 1 to 999999 behind `wrap`"},
        {WRAP_1 "wrap 1 2026-11-29 " KEY_B "\n",
         "f:2: expected a number above 1, that of the wrapping key before"},
        {WRAP_2 WRAP_1, "f:2: expected a number above 2, that of the wrapping key before"},
        {"wrap 1 " KEY_A "\n", "f:1: expected a date, YYYY-MM-DD, behind the number"},
        {"wrap 1 2026-02-30 " KEY_A "\n", "f:1: expected a date, YYYY-MM-DD, behind the number"},
        {"wrap 1 28-11-2026 " KEY_A "\n", "f:1: expected a date, YYYY-MM-DD, behind the number"},
        {"wrap 1 2026-11-28\n", "f:1: expected a key of 64 lower-case hexadecimal digits"},
        {"wrap 1 2026-11-28 " KEY_A "0\n", "f:1: expected a key of 64 lower-case hexadecimal digits"},
        {"wrap 1 2026-11-28 " KEY_A " \n", "f:1: expected a key of 64 lower-case hexadecimal digits"},
        {"wrap 1 2026-11-28 " KEY_A "\r\n", "f:1: expected a key of 64 lower-case hexadecimal digits"},
        {"wrap 1 2026-11-28 00112233445566778899AABBccddeeff00112233445566778899aabbccddeeff\n",
         "f:1: expected a key of 64 lower-case hexadecimal digits"},
        {"index\n", "f:1: expected a key of 64 lower-case hexadecimal digits"},
        {"wrap 1 2026-11-28 pkcs11 " KEY_A "\n",
         "f:1: expected a wrapped key of 120 lower-case hexadecimal digits"},
        {"wrap 1 2026-11-28 pkcs11 " KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabb\n",
         "f:1: wrapped by a token's key, but no token is configured"},
        {WRAP_1 "wrap 2 2026-11-29 " KEY_A "\n" INDEX, "f:2: this key is in the file already"},
        {WRAP_1 "index " KEY_A "\n", "f:2: this key is in the file already"},
        {"index " KEY_A "\n" WRAP_1, "f:2: this key is in the file already"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err;
        assert_null(keyring_parse("f", slice_of(rows[i].text), NULL, &err));
        assert_string_equal(err.text, rows[i].complaint);
        assert_int_equal(err.code, ERR_CONFIG);
    }
}

static void too_many_wrapping_keys_are_refused(void **state)
{
    struct err err;
    struct arena *arena = arena_new(0);
    char *text = arena_text(arena, slice_of("index " KEY_I "\n"));
    (void)state;
    for (int i = 1; i <= KEYRING_WRAPS + 1; i++)
        text = arena_printf(arena, "%swrap %d 2026-11-28 %064x\n", text, i, (unsigned)i);
    assert_null(keyring_parse("f", slice_of(text), NULL, &err));
    assert_string_equal(err.text, "f:34: more than 32 wrapping keys");
    arena_free(&arena);
}

static void a_nul_is_no_end(void **state)
{
    static const char text[] = WRAP_1 INDEX "\0wrap";
    struct err err;
    (void)state;
    assert_null(keyring_parse("f", slice_make(text, sizeof text - 1), NULL, &err));
}

static void a_file_that_others_may_read_is_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0660, 0666};
    struct err err;
    (void)state;
    for (size_t i = 0; i < COUNT(modes); i++) {
        const char *file = fixture_write("open.keys", WRAP_1 INDEX, modes[i]);
        assert_null(keyring_read(file, NULL, &err));
        assert_non_null(strstr(err.text, "open.keys: others than its owner may use it (mode 6"));
    }
}

static void systemds_credentials_are_taken_as_they_are(void **state)
{
    struct err err;
    (void)state;
    const char *file = fixture_write("credential.keys", WRAP_1 INDEX, 0440);
    assert_null(keyring_read(file, NULL, &err));
    setenv("CREDENTIALS_DIRECTORY", fixture_directory, 1);
    const struct keyring *keyring = keyring_read(file, NULL, &err);
    assert_non_null(keyring);
    keyring_release(&keyring);
    setenv("CREDENTIALS_DIRECTORY", fixture_path("other"), 1);
    assert_null(keyring_read(file, NULL, &err));
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void what_is_no_file_is_refused(void **state)
{
    struct err err;
    (void)state;
    assert_null(keyring_read(fixture_path("nowhere.keys"), NULL, &err));
    assert_non_null(strstr(err.text, "nowhere.keys: No such file"));
    assert_null(keyring_read(fixture_directory, NULL, &err));
    assert_non_null(strstr(err.text, "not a regular file"));
    assert_int_equal(mkfifo(fixture_path("pipe"), 0600), 0);
    assert_null(keyring_read(fixture_path("pipe"), NULL, &err));
    assert_non_null(strstr(err.text, "not a regular file"));
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    struct err err;
    (void)state;
    const char *file = fixture_write("large.keys", WRAP_1 INDEX, 0600);
    assert_int_equal(truncate(file, SECRET_FILE), 0);
    assert_null(keyring_read(file, NULL, &err));
    assert_non_null(strstr(err.text, "large.keys: larger than 65535 bytes"));
}

static void keyrings_are_found_by_code(void **state)
{
    struct err err;
    const char *home;
    (void)state;
    assert_int_equal(mkdir(home = fixture_path("regions"), 0700), 0);
    assert_null(keyrings_read(home, NULL, &err));
    assert_non_null(strstr(err.text, "holds no keyring"));
    fixture_write("regions/elders.keys", WRAP_1 INDEX, 0600);
    fixture_write("regions/deurne.keys", WRAP_2 INDEX, 0600);
    fixture_write("regions/README", "not a key", 0644);
    const struct keyrings *keyrings = keyrings_read(fixture_path("regions"), NULL, &err);
    assert_non_null(keyrings);
    assert_int_equal(keyrings_count(keyrings), 2);
    assert_string_equal(keyrings_code(keyrings, 0), "deurne");
    assert_int_equal(keyring_newest(keyrings_find(keyrings, slice_of("deurne"))), 2);
    assert_int_equal(keyring_newest(keyrings_find(keyrings, slice_of("elders"))), 1);
    assert_null(keyrings_find(keyrings, slice_of("elder")));
    const struct keyrings *held = keyrings_hold(keyrings);
    keyrings_release(&keyrings);
    keyrings_release(&held);
    fixture_write("regions/Deurne.keys", WRAP_1 INDEX, 0600);
    assert_null(keyrings_read(fixture_path("regions"), NULL, &err));
    assert_non_null(strstr(err.text, "named by its region's code"));
    assert_int_equal(unlink(fixture_path("regions/Deurne.keys")), 0);
    fixture_write("regions/elders.keys", WRAP_1, 0600);
    assert_null(keyrings_read(fixture_path("regions"), NULL, &err));
    assert_non_null(strstr(err.text, "elders.keys: no index key"));
}

static char *text_of(struct arena *arena, const char *file)
{
    size_t len;
    struct err err;
    char *text = secret_read(file, &len, &err);
    assert_non_null(text);
    char *copy = arena_text(arena, slice_make(text, len));
    secret_free(text, SECRET_FILE);
    return copy;
}

static void a_file_is_made_rotated_and_retired(void **state)
{
    struct arena *arena = arena_new(0);
    struct err err;
    struct stat about;
    int number;
    (void)state;
    const char *file = arena_text(arena, slice_of(fixture_path("made.keys")));
    struct keyring_edit edit = {.file = file, .today = 20785};
    assert_true(keyring_file_new(&edit, &err));
    assert_int_equal(stat(file, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_false(keyring_file_new(&edit, &err));
    assert_non_null(strstr(err.text, "is there already"));
    char *first = text_of(arena, file);
    assert_non_null(strstr(first, "\nwrap 1 2026-11-28 "));

    edit.today++;
    assert_true(keyring_file_rotate(&edit, &number, &err));
    assert_int_equal(number, 2);
    char *second = text_of(arena, file);
    assert_true(slice_starts(slice_of(second), first)); /* nothing else has changed */
    assert_non_null(strstr(second, "\nwrap 2 2026-11-29 "));

    assert_false(keyring_file_retire(&edit, 2, &err));
    assert_string_equal(err.text, "wrapping key 2 is the newest, which wraps; rotate first");
    assert_false(keyring_file_retire(&edit, 3, &err));
    assert_string_equal(err.text, "there is no wrapping key 3");
    assert_string_equal(text_of(arena, file), second);
    assert_true(keyring_file_retire(&edit, 1, &err));
    char *third = text_of(arena, file);
    assert_null(strstr(third, "wrap 1 "));
    assert_non_null(strstr(third, strstr(second, "wrap 2 ")));
    assert_int_not_equal(access(fixture_path("made.keys.new"), F_OK), 0);
    arena_free(&arena);
}

static void what_a_broken_change_left_is_no_hindrance(void **state)
{
    char file[128];
    struct err err;
    int number;
    (void)state;
    snprintf(file, sizeof file, "%s", fixture_write("left.keys", WRAP_1 INDEX, 0600));
    fixture_write("left.keys.new", "half", 0600);
    struct keyring_edit edit = {.file = file, .today = 20785};
    assert_true(keyring_file_rotate(&edit, &number, &err));
    assert_int_equal(number, 2);
}

static void a_faulty_file_is_not_changed(void **state)
{
    char file[128];
    struct err err;
    int number;
    struct arena *arena = arena_new(0);
    (void)state;
    snprintf(file, sizeof file, "%s", fixture_write("faulty.keys", WRAP_1 "oops\n" INDEX, 0600));
    struct keyring_edit edit = {.file = file, .today = 20785};
    assert_false(keyring_file_rotate(&edit, &number, &err));
    assert_non_null(strstr(err.text, "faulty.keys:2: expected"));
    assert_string_equal(text_of(arena, file), WRAP_1 "oops\n" INDEX);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(hashes_are_hmac_by_the_index_key),
        cmocka_unit_test(faults_are_told_by_line_and_without_the_key),
        cmocka_unit_test(too_many_wrapping_keys_are_refused),
        cmocka_unit_test(a_nul_is_no_end),
        cmocka_unit_test(a_file_that_others_may_read_is_refused),
        cmocka_unit_test(systemds_credentials_are_taken_as_they_are),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_file_that_is_too_large_is_refused),
        cmocka_unit_test(keyrings_are_found_by_code),
        cmocka_unit_test(a_file_is_made_rotated_and_retired),
        cmocka_unit_test(what_a_broken_change_left_is_no_hindrance),
        cmocka_unit_test(a_faulty_file_is_not_changed),
    };
    return cmocka_run_group_tests_name("keyring", tests, fixture_start, fixture_end);
}
