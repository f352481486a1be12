#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_text_same_key, setup, teardown),
        cmocka_unit_test_setup_teardown(another_secret_another_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_torn_secret_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
