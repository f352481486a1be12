#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"

static bool is_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static void gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1);
    for (size_t size = 0; size < 300; size++) {
        char *p = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        assert_true(is_zero(p, size));
        memset(p, 0xAB, size);
    }
    arena_free(&arena);
    assert_null(arena);
    arena_free(&arena);
}

static void allocations_do_not_overlap(void **state)
{
    (void)state;
    enum { N = 500 };
    struct arena *arena = arena_new(64);
    unsigned char *p[N];
    for (size_t i = 0; i < N; i++) {
        p[i] = arena_alloc(arena, i % 97 + 1);
        memset(p[i], (int)(i & 0xff), i % 97 + 1);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < i % 97 + 1; k++)
            assert_int_equal(p[i][k], i & 0xff);
    arena_free(&arena);
}

static void copies_text_with_nul(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    char source[] = "a\0b";
    char *copy = arena_text(arena, slice_make(source, 3));
    struct slice slice = arena_slice(arena, slice_make(source, 3));
    source[0] = 'x';
    assert_memory_equal(copy, "a\0b", 4);
    assert_memory_equal(slice.ptr, "a\0b", 4);
    assert_int_equal(slice.len, 3);
    assert_string_equal(arena_text(arena, SLICE_NONE), "");
    arena_free(&arena);
}

static void copy_of_absent_stays_absent(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    assert_null(arena_slice(arena, SLICE_NONE).ptr);
    struct slice empty = arena_slice(arena, slice_of(""));
    assert_non_null(empty.ptr);
    assert_int_equal(empty.len, 0);
    arena_free(&arena);
}

static void printf_fits_any_length(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16);
    assert_string_equal(arena_printf(arena, "%s-%d", "step", 7), "step-7");
    char *big = arena_printf(arena, "%0*d", 5000, 1);
    assert_int_equal(strlen(big), 5000);
    assert_string_equal(arena_printf(arena, "%s", ""), "");
    arena_free(&arena);
}

static void numbers_are_in_decimal_digits(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    static const struct {
        int64_t number;
        const char *text;
    } rows[] = {{0, "0"},
                {7, "7"},
                {10, "10"},
                {-1, "-1"},
                {1234567890123, "1234567890123"},
                {INT64_MAX, "9223372036854775807"},
                {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(arena_number(arena, rows[i].number), rows[i].text);
    arena_free(&arena);
}

/* One large body must not make the small allocations after it take as much again. */
static void one_large_allocation_does_not_double_the_rest(void **state)
{
    (void)state;
    enum { LARGE = 1 << 20 };
    struct arena *arena = arena_new(4096);
    arena_alloc(arena, LARGE);
    for (int i = 0; i < 2000; i++)
        arena_alloc(arena, 64);
    assert_in_range(arena_size(arena), LARGE + 128000, LARGE + LARGE / 2);
    arena_free(&arena);
}

/* The room left in a block is used although a large piece came between. */
static void large_piece_leaves_the_open_block(void **state)
{
    (void)state;
    struct arena *arena = arena_new(4096);
    char *before = arena_alloc(arena, 16);
    arena_alloc(arena, 1 << 20);
    char *after = arena_alloc(arena, 16);
    assert_true(after > before && after < before + 4096);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_aligned_memory),
        cmocka_unit_test(allocations_do_not_overlap),
        cmocka_unit_test(copies_text_with_nul),
        cmocka_unit_test(copy_of_absent_stays_absent),
        cmocka_unit_test(printf_fits_any_length),
        cmocka_unit_test(numbers_are_in_decimal_digits),
        cmocka_unit_test(one_large_allocation_does_not_double_the_rest),
        cmocka_unit_test(large_piece_leaves_the_open_block),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
