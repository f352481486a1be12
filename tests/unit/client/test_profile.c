#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profile.h"

static int setup(void **state)
{
    unsetenv("WIJZER_API");
    unsetenv("WIJZER_CA");
    unsetenv("WIJZER_PROFILE");
    *state = arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    struct arena *arena = *state;
    arena_free(&arena);
    return 0;
}

static void reads_a_good_profile(void **state)
{
    struct profile p;
    struct err err;
    const char *text =
        "# who I am\r\n\n  api = https://localhost:8443/ \nca=ca.pem\nname = Huisarts De Linde\n";
    assert_true(profile_parse(slice_of(text), "/p", *state, &p, &err));
    assert_string_equal(p.api, "https://localhost:8443");
    assert_string_equal(p.ca, "/p/ca.pem");
    assert_string_equal(p.cert, "/p/cert.pem");
    assert_string_equal(p.key, "/p/key.pem");
    assert_string_equal(p.name, "Huisarts De Linde");
}

static void absolute_ca_and_environment_go_first(void **state)
{
    struct profile p;
    const char *text = "api = https://a\nca = /etc/region.pem\n";
    assert_true(profile_parse(slice_of(text), "/p", *state, &p, NULL));
    assert_string_equal(p.ca, "/etc/region.pem");
    assert_null(p.name);
    setenv("WIJZER_API", "https://b:1", 1);
    setenv("WIJZER_CA", "/other.pem", 1);
    assert_true(profile_parse(slice_of(text), "/p", *state, &p, NULL));
    assert_string_equal(p.api, "https://b:1");
    assert_string_equal(p.ca, "/other.pem");
    assert_true(profile_parse(slice_of(""), "/p", *state, &p, NULL));
}

static void bad_lines_are_named(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"api = https://a\nwhat is this\n", "line 2: expected \"key = value\""},
        {"# c\n\napo = https://a\n", "line 3: unknown key \"apo\" (known: api, ca, name)"},
        {"api = https://a\napi = https://b\nca = c\n", "line 2: \"api\" is given twice"},
        {"api =\nca = c\n", "line 1: \"api\" has no value"},
        {"ca = c\n", "\"api\" is missing: where the service is, https://host:port"},
        {"api = https://a\n", "\"ca\" is missing: the file with the region's CA certificate"},
        {"api = http://a\nca = c\n", "\"api\" must look like https://host:port"},
        {"api = https://\nca = c\n", "\"api\" must look like https://host:port"},
        {"api = https://user@host\nca = c\n", "\"api\" must look like https://host:port"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct profile p;
        struct err err;
        assert_false(profile_parse(slice_of(cases[i].text), "/p", *state, &p, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_string_equal(err.text, cases[i].error);
    }
    struct profile p;
    assert_false(profile_parse(slice_make("api\0x", 5), "/p", *state, &p, NULL));
}

static void put(const char *dir, const char *name, const char *text, mode_t mode)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void a_directory_is_loaded_and_an_open_key_seen(void **state)
{
    char dir[] = "/tmp/wijzer-profile-XXXXXX";
    struct profile p;
    struct err err;
    assert_non_null(mkdtemp(dir));
    assert_false(profile_load(dir, *state, &p, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    put(dir, "profile", "api = https://a\nca = ca.pem\n", 0644);
    put(dir, "ca.pem", "x", 0644);
    put(dir, "cert.pem", "x", 0644);
    assert_false(profile_load(dir, *state, &p, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, "key.pem cannot be read"));
    put(dir, "key.pem", "x", 0600);
    assert_true(profile_load(dir, *state, &p, &err));
    assert_false(p.key_exposed);
    put(dir, "key.pem", "x", 0640);
    assert_true(profile_load(dir, *state, &p, &err));
    assert_true(p.key_exposed);
    put(dir, "profile", "api = https://a\nnonsense\n", 0644);
    assert_false(profile_load(dir, *state, &p, &err));
    assert_non_null(strstr(err.text, "/profile, line 2: "));
    const char *const names[] = {"profile", "ca.pem", "cert.pem", "key.pem"};
    for (size_t i = 0; i < 4; i++)
        unlink(arena_printf(*state, "%s/%s", dir, names[i]));
    assert_int_equal(rmdir(dir), 0);
}

static void the_directory_is_found(void **state)
{
    const char *dir;
    struct err err;
    setenv("HOME", "/home/x", 1);
    assert_true(profile_find(NULL, *state, &dir, &err));
    assert_string_equal(dir, "/home/x/.config/wijzer");
    setenv("WIJZER_PROFILE", "/env", 1);
    assert_true(profile_find(NULL, *state, &dir, &err));
    assert_string_equal(dir, "/env");
    assert_true(profile_find("/flag", *state, &dir, &err));
    assert_string_equal(dir, "/flag");
    unsetenv("WIJZER_PROFILE");
    unsetenv("HOME");
    assert_false(profile_find(NULL, *state, &dir, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_a_good_profile, setup, teardown),
        cmocka_unit_test_setup_teardown(absolute_ca_and_environment_go_first, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_lines_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_directory_is_loaded_and_an_open_key_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(the_directory_is_found, setup, teardown),
    };
    return cmocka_run_group_tests_name("client profile", tests, NULL, NULL);
}
