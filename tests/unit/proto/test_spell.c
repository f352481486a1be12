/* Secrets in letters: both ways, and what is no secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "spell.h"

static void numbers_become_letters(void **state)
{
    static const struct {
        unsigned char bytes[3];
        const char *text;
    } cases[] = {{{0, 0, 0}, "2222"},
                 {{0, 0, 1}, "3222"},
                 {{0, 0, 22}, "Y222"},
                 {{0, 0, 23}, "2322"},
                 {{0x04, 0x45, 0x20}, "YYYY"} /* 23^4 - 1 = 279840 */,
                 {{0x04, 0x45, 0x21}, "2222"}};
    char out[SPELL_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(spell(cases[i].bytes, 3, 4, out), cases[i].text);
}

static void a_code_and_a_pin(void **state)
{
    unsigned char bytes[SPELL_CODE_BYTES];
    char text[SPELL_TEXT], letters[SPELL_TEXT];
    (void)state;
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(strlen(spell(bytes, SPELL_CODE_BYTES, SPELL_CODE, text)), 19);
    assert_true(spell_read(slice_of(text), SPELL_CODE, letters));
    assert_int_equal(strlen(letters), SPELL_CODE);
    assert_int_equal(strlen(spell(bytes, SPELL_PIN_BYTES, SPELL_PIN, text)), 24);
    assert_true(spell_read(slice_of(text), SPELL_PIN, letters));
    assert_int_equal(bytes[0], 0xff); /* they are the caller's */
}

static void as_people_type_it(void **state)
{
    char letters[SPELL_TEXT];
    (void)state;
    assert_true(spell_read(slice_of("7kx3 9mtf-2CDG hj4r"), SPELL_CODE, letters));
    assert_string_equal(letters, "7KX39MTF2CDGHJ4R");
    static const char *const wrong[] = {"",
                                        "7KX3-9MTF-2CDG-HJ4",
                                        "7KX3-9MTF-2CDG-HJ4RR",
                                        "7KX3-9MTF-2CDG-HJ4O",
                                        "7KX3_9MTF_2CDG_HJ4R",
                                        "7KX3-9MTF-2CDG-HJ4\xc3\x89"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(spell_read(slice_of(wrong[i]), SPELL_CODE, letters));
    assert_false(spell_read(slice_make("7KX3-9MTF-2CDG-HJ4\0", 19), SPELL_CODE, letters));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_become_letters),
        cmocka_unit_test(a_code_and_a_pin),
        cmocka_unit_test(as_people_type_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
