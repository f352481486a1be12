/* Piles of every size around the edges of a chunk come back sorted and whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sorter.h"

static int order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static FILE *scratch(void)
{
    return tmpfile();
}

static FILE *no_scratch(void)
{
    return NULL;
}

static void check(size_t count, size_t chunk)
{
    struct sorter *sorter = sorter_new(sizeof(uint64_t), chunk, order, scratch);
    struct err err;
    uint64_t number = 12345, sum = 0, last = 0;
    for (size_t i = 0; i < count; i++) {
        number = number * 6364136223846793005U + 1442695040888963407U;
        uint64_t small = number >> 50; /* with doubles */
        sum += small;
        assert_true(sorter_add(sorter, &small, &err));
    }
    assert_true(sorter_sort(sorter, &err));
    const uint64_t *next;
    size_t seen = 0;
    for (; (next = sorter_next(sorter, &err)); seen++) {
        assert_true(*next >= last);
        last = *next;
        sum -= last;
    }
    assert_int_equal(err.code, ERR_NONE);
    assert_int_equal(seen, count);
    assert_int_equal(sum, 0);
    assert_null(sorter_next(sorter, &err));
    sorter_free(&sorter);
}

static void test_sizes(void **state)
{
    (void)state;
    for (size_t count = 0; count < 50; count++)
        check(count, 7);
    check(5000, 1000);
    check(5001, 1000);
    check(4999, 300);
    check(3, 1);
}

static void test_no_file(void **state)
{
    struct sorter *sorter = sorter_new(sizeof(uint64_t), 1, order, no_scratch);
    struct err err;
    uint64_t number = 1;
    (void)state;
    assert_true(sorter_add(sorter, &number, &err));
    assert_false(sorter_add(sorter, &number, &err));
    assert_int_equal(err.code, ERR_OS);
    sorter_free(&sorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sizes), cmocka_unit_test(test_no_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
