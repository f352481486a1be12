/* Dumps, fed whole, cut at every byte, and byte by byte; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "arena.h"
#include "dump.h"

/* What the sink was told, written down. */
struct transcript {
    char text[4096];
    size_t used;
};

static void say(struct transcript *transcript, struct slice text)
{
    assert_true(transcript->used + text.len < sizeof transcript->text);
    memcpy(transcript->text + transcript->used, text.ptr ? text.ptr : "", text.len);
    transcript->used += text.len;
}

static bool on_table(void *arg, struct slice schema, struct slice table, const struct slice *columns,
                     size_t count)
{
    if (!slice_is(schema, "data") && !slice_is(schema, "Odd \"schema\""))
        return false;
    say(arg, table);
    for (size_t i = 0; i < count; i++) {
        say(arg, slice_of(i ? "," : "("));
        say(arg, columns[i]);
    }
    say(arg, slice_of(")\n"));
    return true;
}

static bool on_row(void *arg, const struct slice *cells, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        say(arg, slice_of(i ? "|" : "  "));
        say(arg, cells[i].ptr ? cells[i] : slice_of("<null>"));
    }
    say(arg, slice_of("\n"));
    return !slice_is(cells[0], "stop") || err_set(err, ERR_INTERNAL, "stopped");
}

static bool read_pieces(const char *text, size_t first, size_t then, struct transcript *out, struct err *err)
{
    struct dump *dump = dump_new(&(struct dump_sink){on_table, on_row, out});
    size_t length = strlen(text);
    bool ok = true;
    memset(out, 0, sizeof *out);
    for (size_t at = 0, size = first; ok && at < length; at += size, size = then) {
        size = size < length - at ? size : length - at;
        char *piece = xcalloc(1, size + 1); /* so that reading behind it shows */
        memcpy(piece, text + at, size);
        ok = dump_feed(dump, slice_make(piece, size), err);
        xfree(piece);
    }
    ok = ok && dump_end(dump, err);
    dump_free(&dump);
    return ok;
}

static void check(const char *text, const char *expected)
{
    struct transcript transcript;
    struct err err;
    size_t length = strlen(text);
    for (size_t cut = 0; cut < length; cut++) {
        assert_true(read_pieces(text, cut ? cut : 1, length, &transcript, &err));
        assert_string_equal(transcript.text, expected);
    }
    assert_true(read_pieces(text, 1, 1, &transcript, &err));
    assert_string_equal(transcript.text, expected);
}

static void check_refused(const char *text, const char *why)
{
    struct transcript transcript;
    struct err err;
    assert_false(read_pieces(text, 1, 1, &transcript, &err));
    assert_non_null(strstr(err.text, why));
    assert_false(read_pieces(text, strlen(text), 1, &transcript, &err));
    assert_non_null(strstr(err.text, why));
}

static void test_plain(void **state)
{
    (void)state;
    check("--\n-- PostgreSQL database dump\n--\n\n\\restrict abc'def\n\nSET timeout = 0;\n"
          "CREATE TABLE data.event (a int, b text);\n\n"
          "COPY data.event (a, b) FROM stdin;\n1\tx\n2\t\\N\n3\t\n\\.\n\n"
          "COPY public.other (a) FROM stdin;\n\\.x\n\\\\.\n.\\.\nCOPY data.no (a) FROM stdin;\n\\.\n"
          "COPY data.empty (a) FROM stdin;\n\\.\nCOPY data.none () FROM stdin;\n\n\n\\.\nSELECT 1;\n",
          "event(a,b)\n  1|x\n  2|<null>\n  3|\nempty(a)\n");
}

static void test_escapes(void **state)
{
    (void)state;
    check("COPY data.t (a, b) FROM "
          "stdin;\nx\\ty\\\\z\\b\\f\\v\\r\\q\t\\101\\18\n\\\\N\t\\\\.\n\\n\t\\N\\N\n\\.\n",
          "t(a,b)\n  x\ty\\z\b\f\v\rq|A\0018\n  \\N|\\.\n  \n|NN\n");
}

static void test_names(void **state)
{
    (void)state;
    check("copy \"Odd \"\"schema\"\"\".\"ta ble\" (\"a b\",c ,\"d\"\"\")\n  from\tSTDIN ;\n1\t2\t3\n\\.\n",
          "ta ble(a b,c,d\")\n  1|2|3\n");
}

/* A COPY that stands in text is none. */
static void test_text(void **state)
{
    (void)state;
    check("CREATE FUNCTION data.f() AS $$\nCOPY data.a (a) FROM stdin;\n1\n\\.\n$ $a$ $$;\n"
          "CREATE FUNCTION data.g() AS $b_1$\n$$;\nCOPY data.b (a) FROM stdin;\n$b_1 $b_$b_1$;\n"
          "COMMENT ON TABLE data.t IS 'it''s;\nCOPY data.c (a) FROM stdin;\n';\n"
          "COMMENT ON TABLE data.t IS E'\\';\nCOPY data.d (a) FROM stdin;\n\\\\';\n"
          "/* ;\n/* ; */\nCOPY data.e (a) FROM stdin;\n*/ -- COPY data.f (a) FROM stdin;\n"
          "SELECT \";\nCOPY data.g (a) FROM stdin;\", $1 - 2, a--;\n;\n"
          "COPY data.h TO stdout;\nCOPYX;\n"
          "COPY /* really */ data.real (a) FROM stdin; -- yes\n1\n\\.\n",
          "real(a)\n  1\n");
}

static void test_refused(void **state)
{
    (void)state;
    check_refused("COPY data.t (a, b) FROM stdin;\n1\n\\.\n", "line 2 of the dump: a row with fewer cells");
    check_refused("\nCOPY data.t (a, b) FROM stdin;\n1\t2\t3\n\\.\n",
                  "line 3 of the dump: a row with more cells");
    check_refused("COPY data.t (a, b) FROM stdin;\n1\t2\n", "cut off");
    check_refused("COPY data.t (a, b) FROM stdin;\n1\t2\n\\.", "cut off");
    check_refused("CREATE TABLE data.t (", "cut off");
    check_refused("CREATE TABLE data.t ('", "cut off");
    check_refused("COPY data.t (a, b) FROM stdin WITH (FORMAT csv);\n1,2\n\\.\n", "pg_dump does not write");
    check_refused("COPY data.t FROM stdin;\n1\t2\n\\.\n", "pg_dump does not write");
    check_refused("COPY data.t (a) FROM stdin;\nstop\nmore\n\\.\n", "stopped");
}

/* Memory is bounded by a row of a wanted table; of others a line may be of any length. */
static void test_long(void **state)
{
    struct transcript transcript;
    struct err err;
    size_t length = DUMP_ROW + 100;
    char *text = xcalloc(1, length + 100);
    (void)state;
    for (int wanted = 0; wanted < 2; wanted++) {
        int n = snprintf(text, 64, "COPY %s.t (a) FROM stdin;\n", wanted ? "data" : "public");
        memset(text + n, 'x', length);
        memcpy(text + (size_t)n + length, "\n\\.\n", 5);
        assert_true(read_pieces(text, 65536, 65536, &transcript, &err) == !wanted);
    }
    assert_non_null(strstr(err.text, "longer than any"));
    xfree(text);
}

static void test_wide(void **state)
{
    char text[4096];
    int n = snprintf(text, sizeof text, "COPY data.wide (a");
    (void)state;
    for (int i = 0; i < DUMP_COLUMNS; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, ", c%d", i);
    snprintf(text + n, sizeof text - (size_t)n,
             ") FROM stdin;\n1\n\\.\nCOPY data.t (a) FROM stdin;\n1\n\\.\n");
    check(text, "t(a)\n  1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain),   cmocka_unit_test(test_escapes),
                                       cmocka_unit_test(test_names),   cmocka_unit_test(test_text),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_long),
                                       cmocka_unit_test(test_wide)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
