/* The last events of a region: order, bounds, and from where on they are complete. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ring.h"

static void add(struct ring *ring, int64_t tx, int64_t id, const char *text)
{
    int32_t parties[] = {7, (int32_t)id};
    struct told told = {.place = {tx, id}, .text = slice_of(text), .parties = parties, .party_count = 2};
    ring_add(ring, &told);
}

static void is_at(struct place place, int64_t tx, int64_t id)
{
    assert_int_equal(place.tx, tx);
    assert_int_equal(place.id, id);
}

static void test_keeps_order_and_copies(void **state)
{
    struct ring *ring = ring_new(3, 1000);
    char text[] = "one";
    (void)state;
    ring_begin(ring, (struct place){5, 0});
    is_at(ring_from(ring), 5, 0);
    is_at(ring_to(ring), 5, 0);
    add(ring, 5, 9, text);
    text[0] = 'x';
    add(ring, 6, 2, "two");
    ring_reach(ring, (struct place){8, 0});
    assert_int_equal(ring_count(ring), 2);
    assert_true(slice_is(ring_at(ring, 0)->text, "one"));
    assert_true(told_concerns(ring_at(ring, 1), 2));
    assert_true(told_concerns(ring_at(ring, 1), 7));
    assert_false(told_concerns(ring_at(ring, 1), 9));
    is_at(ring_from(ring), 5, 0);
    is_at(ring_to(ring), 8, 0);
    ring_reach(ring, (struct place){7, 0}); /* never back */
    is_at(ring_to(ring), 8, 0);
    ring_free(&ring);
    assert_null(ring);
    ring_free(&ring);
}

static void test_finds_what_comes_after(void **state)
{
    static const struct {
        struct place place;
        size_t after;
    } rows[] = {{{0, 0}, 0}, {{2, 3}, 0}, {{2, 4}, 1},         {{2, 5}, 1},
                {{3, 0}, 1}, {{3, 1}, 2}, {{3, INT64_MAX}, 3}, {{9, 9}, 3}};
    struct ring *ring = ring_new(8, 1000);
    (void)state;
    assert_int_equal(ring_after(ring, (struct place){1, 1}), 0);
    ring_begin(ring, (struct place){1, 0});
    add(ring, 2, 4, "a");
    add(ring, 3, 1, "b");
    add(ring, 3, 2, "c");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(ring_after(ring, rows[i].place), rows[i].after);
    ring_free(&ring);
}

/* Who stands before `from` has missed something. */
static void test_oldest_make_room(void **state)
{
    struct ring *ring = ring_new(3, 10);
    (void)state;
    ring_begin(ring, (struct place){1, 0});
    for (int id = 1; id <= 7; id++)
        add(ring, 2, id, "ab");
    assert_int_equal(ring_count(ring), 3);
    is_at(ring_from(ring), 2, 4);
    assert_int_equal(ring_at(ring, 0)->place.id, 5);
    add(ring, 2, 8, "abcdefgh"); /* by bytes */
    assert_int_equal(ring_count(ring), 2);
    is_at(ring_from(ring), 2, 6);
    add(ring, 2, 9, "more than there is room for"); /* is kept alone */
    assert_int_equal(ring_count(ring), 1);
    is_at(ring_from(ring), 2, 8);
    ring_begin(ring, (struct place){4, 0});
    assert_int_equal(ring_count(ring), 0);
    is_at(ring_from(ring), 4, 0);
    ring_free(&ring);
}

/* What another is told in its place is kept with it, and counts. */
static void test_holds_what_another_is_told(void **state)
{
    int32_t parties[] = {7};
    char text[] = "all", offer[] = "less";
    struct told told = {.place = {2, 1},
                        .text = slice_of(text),
                        .parties = parties,
                        .party_count = 1,
                        .offered_to = 8,
                        .offer = slice_of(offer)};
    struct ring *ring = ring_new(3, 10);
    (void)state;
    ring_begin(ring, (struct place){1, 0});
    ring_add(ring, &told);
    offer[0] = text[0] = 'x';
    assert_int_equal(ring_at(ring, 0)->offered_to, 8);
    assert_true(slice_is(ring_at(ring, 0)->text, "all"));
    assert_true(slice_is(ring_at(ring, 0)->offer, "less"));
    assert_false(told_concerns(ring_at(ring, 0), 8));
    add(ring, 2, 2, "four");
    assert_int_equal(ring_count(ring), 1); /* 7 bytes and 4 are too many */
    assert_int_equal(ring_at(ring, 0)->offered_to, 0);
    ring_free(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_order_and_copies), cmocka_unit_test(test_finds_what_comes_after),
        cmocka_unit_test(test_oldest_make_room), cmocka_unit_test(test_holds_what_another_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
