#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "stable_key.h"

struct place {
    struct arena *arena;
    char dir[64];
    const char *secret;
};

static int setup(void **state)
{
    struct place *place = xcalloc(1, sizeof *place);
    place->arena = arena_new(0);
    snprintf(place->dir, sizeof place->dir, "/tmp/wijzer-key-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    place->secret = arena_printf(place->arena, "%s/send.key", place->dir);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    unlink(place->secret);
    assert_int_equal(rmdir(place->dir), 0);
    arena_free(&place->arena);
    free(place);
    return 0;
}

static void same_text_same_key(void **state)
{
    struct place *place = *state;
    char a[UUID_TEXT], b[UUID_TEXT], c[UUID_TEXT];
    struct stat st;
    struct err err;
    assert_true(stable_key(place->dir, slice_of("an"), place->arena, a, &err));
    assert_true(stable_key(place->dir, slice_of("an"), place->arena, b, &err));
    assert_true(stable_key(place->dir, slice_of("ben"), place->arena, c, &err));
    assert_true(uuid_is(slice_of(a)));
    assert_int_equal(a[14], '8');
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_int_equal(stat(place->secret, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

/* Whoever knows the text and not the secret knows nothing of the key. */
static void another_secret_another_key(void **state)
{
    struct place *place = *state;
    char a[UUID_TEXT], b[UUID_TEXT];
    struct err err;
    assert_true(stable_key(place->dir, slice_of("an"), place->arena, a, &err));
    assert_int_equal(unlink(place->secret), 0);
    assert_true(stable_key(place->dir, slice_of("an"), place->arena, b, &err));
    assert_string_not_equal(a, b);
}

static void a_torn_secret_is_told(void **state)
{
    struct place *place = *state;
    char a[UUID_TEXT];
    struct err err;
    assert_true(file_write(place->dir, "send.key", slice_of("short"), &err));
    assert_false(stable_key(place->dir, slice_of("an"), place->arena, a, &err));
    assert_int_equal(err.code, ERR_INTERNAL);
}

/* What one command of several makes of the text, once all may begin. */
_Noreturn static void make_key(const struct place *place, int begin, int out)
{
    char key[UUID_TEXT] = "", byte;
    struct err err;
    bool good = read(begin, &byte, 1) == 0 &&
                stable_key(place->dir, slice_of("an"), place->arena, key, &err) &&
                write(out, key, sizeof key) == (ssize_t)sizeof key;
    _exit(good ? 0 : 1);
}

static void of_commands_that_begin_together_all_have_one_secret(void **state)
{
    enum { TIMES = 40, COMMANDS = 6 };
    struct place *place = *state;
    for (int time = 0; time < TIMES; time++) {
        char first[UUID_TEXT], key[UUID_TEXT];
        int begin[2], keys[2], status;
        assert_int_equal(pipe(begin), 0);
        assert_int_equal(pipe(keys), 0);
        for (int i = 0; i < COMMANDS; i++) {
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                close(begin[1]);
                make_key(place, begin[0], keys[1]);
            }
        }
        close(begin[0]);
        close(begin[1]);
        close(keys[1]);
        assert_int_equal(read(keys[0], first, sizeof first), sizeof first);
        for (int i = 1; i < COMMANDS; i++) {
            assert_int_equal(read(keys[0], key, sizeof key), sizeof key);
            assert_string_equal(key, first);
        }
        close(keys[0]);
        for (int i = 0; i < COMMANDS; i++) {
            assert_true(wait(&status) > 0);
            assert_int_equal(status, 0);
        }
        assert_int_equal(unlink(place->secret), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_text_same_key, setup, teardown),
        cmocka_unit_test_setup_teardown(another_secret_another_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_torn_secret_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(of_commands_that_begin_together_all_have_one_secret, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
