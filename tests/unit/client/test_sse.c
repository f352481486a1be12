/* Server-sent events out of bytes, however they are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "sse.h"

struct heard {
    char text[4096];
};

static void hear(void *arg, struct slice data)
{
    struct heard *heard = arg;
    size_t used = strlen(heard->text);
    snprintf(heard->text + used, sizeof heard->text - used, "[%.*s]", SLICE_FMT(data));
}

struct row {
    const char *name, *bytes, *heard, *last_id;
};
static const struct row rows[] = {
    {"one event", "id: e1.2\nevent: x\ndata: {\"a\": 1}\n\n", "[{\"a\": 1}]", "e1.2"},
    {"several", "id: 1\ndata: a\n\nid: 2\ndata: b\n\n", "[a][b]", "2"},
    {"lines of data", "data: a\ndata: b\ndata\n\n", "[a\nb\n]", ""},
    {"an id without data is no event", "id: 7\n\n", "", "7"},
    {"an id stays until the next", "id: 7\ndata: a\n\ndata: b\n\n", "[a][b]", "7"},
    {"an empty id forgets", "id: 7\n\nid\n\n", "", ""},
    {"a comment", ": hello\n\ndata: a\n\n", "[a]", ""},
    {"no space after the colon", "data:a\n\n", "[a]", ""},
    {"one space alone is taken off", "data:  a\n\n", "[ a]", ""},
    {"other line ends", "id: 1\r\ndata: a\r\n\r\nid: 2\rdata: b\r\r", "[a][b]", "2"},
    {"what has no end is no event", "id: 3\ndata: a\n", "", ""},
    {"empty data is an event", "data\n\n", "[]", ""},
    {"an unknown field", "retry: 2000\nfoo: bar\ndata: a\n\n", "[a]", ""},
};

static void check(const struct row *row, size_t piece)
{
    struct sse *sse = sse_new();
    struct heard heard = {""};
    size_t length = strlen(row->bytes);
    for (size_t at = 0; at < length; at += piece) {
        size_t n = length - at < piece ? length - at : piece;
        char *bytes = xcalloc(1, n); /* of its own, so that reading too far is seen */
        memcpy(bytes, row->bytes + at, n);
        assert_true(sse_feed(sse, slice_make(bytes, n), hear, &heard));
        free(bytes);
    }
    if (strcmp(heard.text, row->heard) != 0 || strcmp(sse_last_id(sse), row->last_id) != 0)
        fail_msg("%s, by %zu: heard %s, last id %s", row->name, piece, heard.text, sse_last_id(sse));
    sse_free(&sse);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t piece = 1; piece <= strlen(rows[i].bytes); piece++)
            check(&rows[i], piece);
}

static void test_a_new_connection_keeps_the_last_id(void **state)
{
    struct sse *sse = sse_new();
    struct heard heard = {""};
    (void)state;
    sse_feed(sse, slice_of("id: 5\ndata: a\n\nid: 6\ndata: hal"), hear, &heard);
    assert_string_equal(sse_last_id(sse), "5");
    sse_restart(sse);
    sse_feed(sse, slice_of("data: b\n\n"), hear, &heard);
    assert_string_equal(heard.text, "[a][b]");
    assert_string_equal(sse_last_id(sse), "5");
    sse_free(&sse);
    sse_free(&sse);
}

/* Whoever sends without end is not taken in. */
static void test_too_long(void **state)
{
    struct sse *sse = sse_new();
    struct heard heard = {""};
    char *text = xcalloc(1, SSE_LINE_MAX);
    (void)state;
    memset(text, 'x', SSE_LINE_MAX);
    assert_true(sse_feed(sse, slice_make(text, SSE_LINE_MAX), hear, &heard));
    assert_false(sse_feed(sse, slice_of("x"), hear, &heard));
    assert_false(sse_feed(sse, slice_of("\n\ndata: a\n\n"), hear, &heard));
    sse_restart(sse);
    bool is_taken = true;
    for (int i = 0; i < 1100 && is_taken; i++)
        is_taken = sse_feed(sse, slice_of("data: "), hear, &heard) &&
                   sse_feed(sse, slice_make(text, 1000), hear, &heard) &&
                   sse_feed(sse, slice_of("\n"), hear, &heard);
    assert_false(is_taken);
    assert_string_equal(heard.text, "");
    free(text);
    sse_free(&sse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_a_new_connection_keeps_the_last_id),
                                       cmocka_unit_test(test_too_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
