#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "slice.h"

#define S(text) slice_make("" text, sizeof(text) - 1)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void equal_needs_same_length_and_bytes(void **state)
{
    (void)state;
    assert_true(slice_equal(S("abc"), S("abc")));
    assert_false(slice_equal(S("abc"), S("ab")));
    assert_false(slice_equal(S("abc"), S("abd")));
    assert_true(slice_equal(S("a\0b"), S("a\0b")));
    assert_false(slice_equal(S("a\0b"), S("a\0c")));
    assert_true(slice_equal(SLICE_NONE, S("")));
}

static void is_tells_absent_from_empty(void **state)
{
    (void)state;
    assert_true(slice_is(S(""), ""));
    assert_false(slice_is(SLICE_NONE, ""));
    assert_true(slice_is(S("sent"), "sent"));
    assert_false(slice_is(S("sent"), "sen"));
    assert_false(slice_is(S("sen"), "sent"));
    assert_false(slice_is(S("a\0b"), "a"));
    assert_null(slice_of(NULL).ptr);
}

static void nocase_is_ascii_only(void **state)
{
    (void)state;
    assert_true(slice_equal_nocase(S("Content-LENGTH"), S("content-length")));
    assert_false(slice_equal_nocase(S("content-length"), S("content-lengths")));
    assert_false(slice_equal_nocase(S("[x"), S("{x"))); /* 0x5b and 0x7b differ by the case bit too */
    assert_false(slice_equal_nocase(S("\xc3\x8b"), S("\xc3\xab"))); /* Ë and ë */
    assert_true(slice_equal_nocase(SLICE_NONE, S("")));
}

static void starts_with_prefix(void **state)
{
    (void)state;
    assert_true(slice_starts(S("5751"), "57"));
    assert_true(slice_starts(S("57"), "57"));
    assert_false(slice_starts(S("5"), "57"));
    assert_false(slice_starts(S("5851"), "57"));
    assert_true(slice_starts(S("x"), ""));
    assert_true(slice_starts(SLICE_NONE, ""));
    assert_false(slice_starts(SLICE_NONE, "x"));
}

static void trim_takes_spaces_and_tabs(void **state)
{
    (void)state;
    assert_true(slice_is(slice_trim(S(" \t a b\t ")), "a b"));
    assert_true(slice_is(slice_trim(S(" \t ")), ""));
    assert_true(slice_is(slice_trim(S("\na\n")), "\na\n"));
    assert_null(slice_trim(SLICE_NONE).ptr);
}

static void cut_walks_all_parts(void **state)
{
    (void)state;
    struct slice rest = S("a,,b,");
    assert_true(slice_is(slice_cut(&rest, ','), "a"));
    assert_true(slice_is(slice_cut(&rest, ','), ""));
    assert_true(slice_is(slice_cut(&rest, ','), "b"));
    assert_true(slice_is(slice_cut(&rest, ','), ""));
    assert_null(rest.ptr);
    assert_null(slice_cut(&rest, ',').ptr);

    rest = S("");
    assert_true(slice_is(slice_cut(&rest, ','), ""));
    assert_null(slice_cut(&rest, ',').ptr);
}

static void u64_is_strict(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        uint64_t max;
        bool ok;
        uint64_t value;
    } rows[] = {
        {{"0", 1}, UINT64_MAX, true, 0},
        {{"007", 3}, 9, true, 7},
        {{"9", 1}, 9, true, 9},
        {{"10", 2}, 9, false, 0},
        {{"18446744073709551615", 20}, UINT64_MAX, true, UINT64_MAX},
        {{"18446744073709551616", 20}, UINT64_MAX, false, 0},
        {{"28446744073709551615", 20}, UINT64_MAX, false, 0},
        {{"99999999999999999999", 20}, UINT64_MAX, false, 0},
        {{"000000000000000000001", 21}, UINT64_MAX, false, 0},
        {{"", 0}, 9, false, 0},
        {{NULL, 0}, 9, false, 0},
        {{"+1", 2}, 9, false, 0},
        {{"-1", 2}, 9, false, 0},
        {{" 1", 2}, 9, false, 0},
        {{"1 ", 2}, 9, false, 0},
        {{"1\0", 2}, 9, false, 0},
        {{"0x1", 3}, 99, false, 0},
        {{"1e1", 3}, 99, false, 0},
        {{"1.0", 3}, 99, false, 0},
        {{"\xd9\xa1", 2}, 9, false, 0}, /* ARABIC-INDIC DIGIT ONE */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t value = 4242;
        assert_int_equal(slice_to_u64(rows[i].text, rows[i].max, &value), rows[i].ok);
        assert_true(value == (rows[i].ok ? rows[i].value : 4242));
    }
}

static void i64_is_strict(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        int64_t min, max;
        bool ok;
        int64_t value;
    } rows[] = {
        {{"-9223372036854775808", 20}, INT64_MIN, INT64_MAX, true, INT64_MIN},
        {{"-9223372036854775809", 20}, INT64_MIN, INT64_MAX, false, 0},
        {{"9223372036854775807", 19}, INT64_MIN, INT64_MAX, true, INT64_MAX},
        {{"9223372036854775808", 19}, INT64_MIN, INT64_MAX, false, 0},
        {{"-0", 2}, -1, 1, true, 0},
        {{"-5", 2}, -4, 4, false, 0},
        {{"5", 1}, -4, 4, false, 0},
        {{"-4", 2}, -4, 4, true, -4},
        {{"-", 1}, INT64_MIN, INT64_MAX, false, 0},
        {{"--5", 3}, INT64_MIN, INT64_MAX, false, 0},
        {{"-+5", 3}, INT64_MIN, INT64_MAX, false, 0},
        {{"- 5", 3}, INT64_MIN, INT64_MAX, false, 0},
        {{"+5", 2}, INT64_MIN, INT64_MAX, false, 0},
        {{"", 0}, INT64_MIN, INT64_MAX, false, 0},
        {{NULL, 0}, INT64_MIN, INT64_MAX, false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t value = 4242;
        assert_int_equal(slice_to_i64(rows[i].text, rows[i].min, rows[i].max, &value), rows[i].ok);
        assert_true(value == (rows[i].ok ? rows[i].value : 4242));
    }
}

static void utf8_table(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool ok;
        size_t length;
    } rows[] = {
        {"", true, 0},
        {"Ren\xc3\xa9", true, 4},
        {"\xe2\x82\xac", true, 1},      /* euro sign */
        {"\xf0\x9f\x98\x80", true, 1},  /* U+1F600 */
        {"\xc2\x80", true, 1},          /* lowest of two bytes */
        {"\xdf\xbf", true, 1},          /* highest of two bytes */
        {"\xe0\xa0\x80", true, 1},      /* lowest of three bytes */
        {"\xed\x9f\xbf", true, 1},      /* U+D7FF, just below the surrogates */
        {"\xee\x80\x80", true, 1},      /* U+E000, just above */
        {"\xef\xbf\xbf", true, 1},      /* U+FFFF */
        {"\xf0\x90\x80\x80", true, 1},  /* lowest of four bytes */
        {"\xf4\x8f\xbf\xbf", true, 1},  /* U+10FFFF */
        {"\xf4\x90\x80\x80", false, 0}, /* U+110000 */
        {"\xf5\x80\x80\x80", false, 0},
        {"\xf8\x88\x80\x80\x80", false, 0}, /* five bytes */
        {"\xff", false, 0},
        {"\xfe", false, 0},
        {"\x80", false, 0}, /* lone continuation */
        {"\xbf", false, 0},
        {"\xc0\x80", false, 0}, /* overlong NUL */
        {"\xc0\xaf", false, 0}, /* overlong slash */
        {"\xc1\xbf", false, 0},
        {"\xe0\x80\xaf", false, 0},
        {"\xe0\x9f\xbf", false, 0},
        {"\xf0\x80\x80\xaf", false, 0},
        {"\xf0\x8f\xbf\xbf", false, 0},
        {"\xed\xa0\x80", false, 0},             /* U+D800 */
        {"\xed\xaf\xbf", false, 0},             /* U+DBFF */
        {"\xed\xb0\x80", false, 0},             /* U+DC00 */
        {"\xed\xbf\xbf", false, 0},             /* U+DFFF */
        {"\xed\xa0\xbd\xed\xb8\x80", false, 0}, /* surrogate pair (CESU-8) */
        {"\xc3", false, 0},                     /* cut short */
        {"\xe2\x82", false, 0},
        {"\xf0\x9f\x98", false, 0},
        {"\xe2\x28\xa1", false, 0},     /* wrong second byte */
        {"\xe2\x82\x28", false, 0},     /* wrong third byte */
        {"\xf0\x9f\x98\x28", false, 0}, /* wrong fourth byte */
        {"a\xc3(", false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice text = slice_of(rows[i].bytes);
        assert_int_equal(slice_is_utf8(text), rows[i].ok);
        if (rows[i].ok)
            assert_int_equal(slice_utf8_length(text), rows[i].length);
    }
    assert_true(slice_is_utf8(SLICE_NONE));
    assert_true(slice_is_utf8(S("a\0b")));
}

/* Every code point encoded by the definition is accepted unless it is a surrogate. */
static void utf8_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        unsigned char b[4];
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        static const unsigned char lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
        uint32_t rest = c;
        for (size_t k = n - 1; k > 0; k--, rest >>= 6)
            b[k] = (unsigned char)(0x80 | (rest & 0x3F));
        b[0] = (unsigned char)(lead[n] | rest);
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        if (slice_is_utf8(slice_make((const char *)b, n)) == surrogate)
            fail_msg("U+%04X", (unsigned)c);
    }
}

static void hidden_points(void **state)
{
    (void)state;
    static const uint32_t hidden[] = {0xAD,   0x61C,  0x200B, 0x200E, 0x200F, 0x202A, 0x202E,
                                      0x2060, 0x2066, 0x2069, 0x206F, 0xFEFF, 0xFFF9, 0xFFFB};
    static const uint32_t shown[] = {' ',    'a',    0xAC,   0xAE,   0x61B,  0x200A, 0x200C,
                                     0x200D, 0x2010, 0x2029, 0x202F, 0x205F, 0x2070, 0x1F468};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        assert_true(utf8_point_hides(hidden[i]));
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        assert_false(utf8_point_hides(shown[i]));
}

static void clipping_cuts_between_characters(void **state)
{
    static const struct {
        const char *text;
        size_t most;
        const char *clipped;
    } rows[] = {{"abc", 3, "abc"},
                {"abc", 2, "ab"},
                {"abc", 0, ""},
                {"", 5, ""},
                {"a\xc3\xa9", 3, "a\xc3\xa9"},
                {"a\xc3\xa9"
                 "b",
                 2, "a"},
                {"\xe2\x82\xac", 2, ""}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true(slice_is(slice_clip(slice_of(rows[i].text), rows[i].most), rows[i].clipped));
    assert_null(slice_clip(SLICE_NONE, 3).ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_needs_same_length_and_bytes),
        cmocka_unit_test(is_tells_absent_from_empty),
        cmocka_unit_test(nocase_is_ascii_only),
        cmocka_unit_test(starts_with_prefix),
        cmocka_unit_test(trim_takes_spaces_and_tabs),
        cmocka_unit_test(cut_walks_all_parts),
        cmocka_unit_test(u64_is_strict),
        cmocka_unit_test(i64_is_strict),
        cmocka_unit_test(utf8_table),
        cmocka_unit_test(utf8_every_code_point),
        cmocka_unit_test(hidden_points),
        cmocka_unit_test(clipping_cuts_between_characters),
    };
    return cmocka_run_group_tests_name("slice", tests, NULL, NULL);
}
