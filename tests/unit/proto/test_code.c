#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "code.h"

static const char alphabet[] = "23456789CDFGHJKMNPRTWXY";

/* Computed apart from this code, in Python; the same as wijzer.code(bigint) gives. */
static const struct {
    int64_t id;
    const char *text;
} known[] = {
    {0, "2222-2222"},    {1, "M266-HJX7"},    {2, "92CD-46TG"},    {3, "Y2HJ-KRPX"},
    {4, "K2NR-6DM6"},    {1000, "GXGP-2X3J"}, {1001, "5XMX-JGY5"}, {1002, "RXW5-54W2"},
    {1003, "FY39-MNR6"}, {1004, "4Y7H-79NF"}, {1005, "PYDN-PXKW"}, {CODE_IDS - 1, "9YRR-FD4H"},
};
enum { KNOWN = sizeof known / sizeof known[0] };

static enum code_result parse(const char *text, int64_t *id)
{
    return code_parse(slice_of(text), id);
}

static void known_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        char text[CODE_TEXT];
        int64_t id = -1;
        assert_string_equal(code_text(known[i].id, text), known[i].text);
        assert_int_equal(parse(known[i].text, &id), CODE_OK);
        assert_int_equal(id, known[i].id);
    }
}

/* Random, with a fixed seed, and the edges around each power of the base. */
static void round_trips(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252U;
    for (int i = 0; i < 200000; i++) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        int64_t id = (int64_t)(random % (uint64_t)CODE_IDS), back = -1;
        char text[CODE_TEXT];
        assert_int_equal(parse(code_text(id, text), &back), CODE_OK);
        assert_int_equal(back, id);
    }
    for (int64_t power = 1; power <= CODE_IDS; power *= 23)
        for (int64_t id = power - 2; id <= power + 1; id++) {
            int64_t back = -1;
            char text[CODE_TEXT];
            if (id < 0 || id >= CODE_IDS)
                continue;
            assert_int_equal(parse(code_text(id, text), &back), CODE_OK);
            assert_int_equal(back, id);
        }
}

/* Every position, every other character. */
static void single_errors_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++)
        for (size_t at = 0; at < CODE_TEXT - 1; at++)
            for (const char *c = alphabet; *c; c++) {
                char text[CODE_TEXT];
                int64_t id = 77;
                code_text(known[i].id, text);
                if (text[at] == '-' || text[at] == *c)
                    continue;
                text[at] = *c;
                assert_int_equal(parse(text, &id), CODE_MISTYPED);
                assert_int_equal(id, 77);
            }
}

/* Every pair of positions, not only neighbours. */
static void swaps_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++)
        for (size_t a = 0; a < CODE_TEXT - 1; a++)
            for (size_t b = a + 1; b < CODE_TEXT - 1; b++) {
                char text[CODE_TEXT];
                int64_t id;
                code_text(known[i].id, text);
                if (text[a] == '-' || text[b] == '-' || text[a] == text[b])
                    continue;
                char first = text[a];
                text[a] = text[b];
                text[b] = first;
                assert_int_equal(parse(text, &id), CODE_MISTYPED);
            }
}

static void ways_of_writing(void **state)
{
    (void)state;
    static const char *const texts[] = {"GXGP-2X3J",       "GXGP2X3J",    "gxgp-2x3j", "gxgp2x3j",
                                        "GXGP 2X3J",       " GXGP-2X3J ", "gXgP-2x3J", "GX GP 2X 3J",
                                        "G-X-G-P-2-X-3-J", "GXGP - 2X3J"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t id = -1;
        assert_int_equal(parse(texts[i], &id), CODE_OK);
        assert_int_equal(id, 1000);
    }
}

static void what_is_no_code(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           "-",    "GXGP-2X3",         "GXGP-2X3JJ", "GXGP-2X3O", "GXGP-2X31",   "GXGP_2X3J",
        "GXGP\t2X3J", "1000", "GXGP-2X3\xC3\x89", "AEIOU-ABC",  "GXGP/2X3J", "GXGP2X3J2X3J"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t id = 77;
        assert_int_equal(parse(texts[i], &id), CODE_NOT_A_CODE);
        assert_int_equal(id, 77);
    }
    int64_t id;
    assert_int_equal(code_parse(slice_make("GXGP2X3J\0", 9), &id), CODE_NOT_A_CODE);
    assert_int_equal(code_parse(slice_make("GXGP\0002X3J", 9), &id), CODE_NOT_A_CODE);
    assert_int_equal(code_parse(SLICE_NONE, &id), CODE_NOT_A_CODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_codes),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(single_errors_are_found),
        cmocka_unit_test(swaps_are_found),
        cmocka_unit_test(ways_of_writing),
        cmocka_unit_test(what_is_no_code),
    };
    return cmocka_run_group_tests_name("code", tests, NULL, NULL);
}
