#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "suggest.h"

static void distances(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {{"", "", 0},
                 {"a", "", 1},
                 {"inbox", "inbox", 0},
                 {"inbox", "INBOX", 0},
                 {"inbxo", "inbox", 1},
                 {"ibnox", "inbox", 1},
                 {"inbo", "inbox", 1},
                 {"inboxx", "inbox", 1},
                 {"ca", "abc", 3},
                 {"acount", "account", 1},
                 {"kitten", "sitting", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice a = slice_of(cases[i].a), b = slice_of(cases[i].b);
        assert_int_equal(suggest_distance(a, b), cases[i].distance);
        assert_int_equal(suggest_distance(b, a), cases[i].distance);
    }
    char long_word[80];
    memset(long_word, 'x', sizeof long_word);
    assert_true(suggest_distance(slice_make(long_word, 80), slice_of("x")) == SIZE_MAX);
}

static void the_nearest_word(void **state)
{
    (void)state;
    static const char *const words[] = {"refer",    "inbox", NULL,       "report",     "feedback",
                                        "capacity", "age",   "accepted", "vocabulary", "social-network"};
    enum { COUNT = sizeof words / sizeof words[0] };
    static const struct {
        const char *typed, *meant;
    } cases[] = {{"refre", "refer"},
                 {"inbx", "inbox"},
                 {"reprot", "report"},
                 {"capasity", "capacity"},
                 {"acepted", "accepted"},
                 {"vocab", "vocabulary"},
                 {"social", "social-network"},
                 {"zzz", NULL},
                 {"x", NULL},
                 {"re", NULL},
                 {"", NULL},
                 {"FEEDBAKC", "feedback"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = suggest_word(cases[i].typed, words, COUNT);
        if (cases[i].meant)
            assert_string_equal(found, cases[i].meant);
        else
            assert_null(found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distances), cmocka_unit_test(the_nearest_word)};
    return cmocka_run_group_tests_name("client suggest", tests, NULL, NULL);
}
