#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "slice.h"

static void fills_every_member(void **state)
{
    (void)state;
    struct err err;
    memset(&err, 'x', sizeof err);
    assert_false(err_set(&err, ERR_NOT_FOUND, "step %d", 7));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(err.os, 0);
    assert_string_equal(err.sqlstate, "");
    assert_string_equal(err.where, "fills_every_member");
    assert_string_equal(err.text, "step 7");
}

static void adds_the_reason_of_the_system(void **state)
{
    (void)state;
    struct err err;
    assert_false(err_set_os(&err, ERR_OS, ENOENT, "cannot open %s", "x.pem"));
    assert_int_equal(err.os, ENOENT);
    char expected[128];
    snprintf(expected, sizeof expected, "cannot open x.pem: %s", strerror(ENOENT));
    assert_string_equal(err.text, expected);
}

static void nobody_need_listen(void **state)
{
    (void)state;
    assert_false(err_set(NULL, ERR_BUSY, "%s", "full"));
}

static void long_text_is_cut_and_terminated(void **state)
{
    (void)state;
    struct err err;
    char text[1000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(err_set_os(&err, ERR_OS, EIO, "%s", text));
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

/* What is cut goes into JSON too, which takes no half characters. */
static void never_cuts_a_character_in_half(void **state)
{
    (void)state;
    struct err err;
    for (int pad = 240; pad < 260; pad++) {
        assert_false(
            err_set(&err, ERR_CONFIG, "%0*d\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x82\xac\xe2\x82\xac", pad, 0));
        assert_true(slice_is_utf8(slice_of(err.text)));
        assert_in_range(strlen(err.text), sizeof err.text - 5, sizeof err.text - 1);
    }
}

/* Telling more about a failure while handing it up: the old text is an argument of the new one. */
static void may_quote_its_own_text(void **state)
{
    (void)state;
    struct err err;
    assert_false(err_set(&err, ERR_CONFIG, "no such file"));
    assert_false(err_set(&err, ERR_TLS, "certificate: %s", err.text));
    assert_string_equal(err.text, "certificate: no such file");
}

static void every_code_has_its_own_word(void **state)
{
    (void)state;
    for (unsigned a = 0; a < ERR_COUNT; a++) {
        assert_non_null(err_word((enum err_code)a));
        for (unsigned b = 0; b < a; b++)
            assert_string_not_equal(err_word((enum err_code)a), err_word((enum err_code)b));
    }
    assert_string_equal(err_word((enum err_code)ERR_COUNT), "internal");
    assert_string_equal(err_word(ERR_VERSION), "version-conflict");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_every_member),
        cmocka_unit_test(adds_the_reason_of_the_system),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(long_text_is_cut_and_terminated),
        cmocka_unit_test(never_cuts_a_character_in_half),
        cmocka_unit_test(may_quote_its_own_text),
        cmocka_unit_test(every_code_has_its_own_word),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
