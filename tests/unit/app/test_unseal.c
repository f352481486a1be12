// wraps: client_key_open
/* Sealed values in documents: what is found, what is never taken for one, what becomes of each. A value opens
 * to what stands behind its "s1.", if record and field are those that the test sealed it for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "unseal.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SEALED(client, value) "{\"c\":" #client ",\"r\":5,\"f\":\"name\",\"v\":\"s1." value "\"}"

static struct arena *arena;
static int64_t asked[8];
static size_t asked_count;

bool __wrap_client_key_open(const struct client_key *key, int64_t record_id, struct slice field,
                            struct slice sealed, struct arena *of, struct slice *out, struct err *err);
bool __wrap_client_key_open(const struct client_key *key, int64_t record_id, struct slice field,
                            struct slice sealed, struct arena *of, struct slice *out, struct err *err)
{
    assert_non_null(key);
    assert_ptr_equal(of, arena);
    if (record_id != 5 || !slice_starts(sealed, "s1.") || !field.len)
        return err_set(err, ERR_INTERNAL, "does not open");
    *out = arena_slice(of, slice_make(sealed.ptr + 3, sealed.len - 3));
    return true;
}

/* Clients from 90 on were erased. */
static const struct client_key *key_of(void *arg, int64_t client_id)
{
    assert_null(arg);
    if (asked_count < COUNT(asked))
        asked[asked_count++] = client_id;
    return client_id < 90 ? (const struct client_key *)(const void *)asked : NULL;
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    asked_count = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static bool unseal(struct slice json, struct slice *out, struct err *err)
{
    struct sealed_document document;
    return unseal_find(json, arena, &document, err) && unseal_write(&document, key_of, NULL, arena, out, err);
}

static void assert_unsealed(const char *json, const char *wanted)
{
    struct slice out;
    struct err err;
    if (!unseal(slice_of(json), &out, &err))
        fail_msg("%s: %s", json, err.text);
    if (!slice_is(out, wanted))
        fail_msg("of %s\nwanted %s\ncame   %.*s", json, wanted, SLICE_FMT(out));
}

static void a_document_without_any_is_itself(void **state)
{
    (void)state;
    static const char *const documents[] = {"", "null", "{\"a\":[1,2,{\"b\":\"c\"}]}", "{\"text\":\"~\"}"};
    for (size_t i = 0; i < COUNT(documents); i++) {
        struct slice out, json = slice_of(documents[i]);
        struct err err;
        assert_true(unseal(json, &out, &err));
        assert_ptr_equal(out.ptr, json.ptr);
        assert_int_equal(out.len, json.len);
    }
}

static void a_value_becomes_a_string(void **state)
{
    (void)state;
    assert_unsealed("{\"name\" : {\"~\" : [" SEALED(7, "J. Jansen") "]}, \"n\":1}",
                    "{\"name\" : \"J. Jansen\", \"n\":1}");
    assert_unsealed("{ \"~\":[" SEALED(7, "x") "]}", "\"x\"");
    assert_unsealed("[{\n\t\"~\"\r\n: [" SEALED(7, "x") ", null]},{\"~\":[" SEALED(8, "y") "]}]",
                    "[\"x\",\"y\"]");
}

static void what_was_written_is_escaped(void **state)
{
    (void)state;
    assert_unsealed("{\"~\":[" SEALED(7, "a\\\"b\\\\c\\n\\u0001é{\\\"~\\\":[]}") "]}",
                    "\"a\\\"b\\\\c\\n\\u0001é{\\\"~\\\":[]}\"");
}

static void nothing_inside_a_string_is_taken_for_one(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{\"text\":\"{\\\"~\\\":[{\\\"c\\\":1}]}\"}",
        "[\"a\\\"~\",\"~\"]",            /* holds the bytes "~" where a string ends */
        "[\"{\",\"~\",\":[1]}\"]",       /* a brace in a string, then the string ~ */
        "{\"a\":\"~\",\"b\":\"{\\\\\"}", /* a backslash at the end of a string */
        "{\"x\":1,\"~\":[3]}",           /* not the first member: nothing that the database writes */
    };
    for (size_t i = 0; i < COUNT(documents); i++)
        assert_unsealed(documents[i], documents[i]);
    assert_int_equal(asked_count, 0);
}

static void clients_are_listed_once(void **state)
{
    (void)state;
    struct sealed_document document;
    struct err err;
    char json[8192], *at = json;
    for (int i = 0; i < 90; i++)
        at += sprintf(at, "%s{\"~\":[{\"c\":%d,\"r\":5,\"f\":\"name\",\"v\":\"s1.x\"}]}", i ? "," : "[",
                      1 + i / 3);
    sprintf(at, ",{\"~\":[\"words\"]},{\"~\":[" SEALED(1, "x") "]}]");
    assert_true(unseal_find(slice_of(json), arena, &document, &err));
    assert_int_equal(document.count, 92);
    assert_int_equal(document.client_count, 30);
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(document.clients[i], i + 1);
}

static void of_an_erased_client_nothing_is_left(void **state)
{
    (void)state;
    assert_unsealed("{\"~\":[" SEALED(90, "x") "]}", "null");
    assert_unsealed("{\"~\":[" SEALED(90, "x") "," SEALED(91, "y") "]}", "null");
    assert_unsealed("{\"~\":[" SEALED(90, "x") "," SEALED(7, "y") "]}", "\"y\"");
    assert_unsealed("{\"~\":[\"Klaar.\"," SEALED(90, "x") "]}", "\"Klaar.\"");
    assert_unsealed("{\"~\":[]}", "null");
    assert_unsealed("{\"~\":[null]}", "null");
    assert_unsealed("{\"~\":[\"\"]}", "\"\"");
    assert_unsealed("{\"~\":[" SEALED(7, "") "]}", "\"\"");
}

#define REASON(client, value)                                                                                \
    "{\"c\":" #client ",\"r\":5,\"f\":\"reason\",\"v\":\"s1." value                                          \
    "\",\"before\":\" Reden: \",\"after\":\".\",\"clip\":true}"

static void words_stand_around_what_is_there(void **state)
{
    (void)state;
    assert_unsealed("{\"~\":[\"A.\"," REASON(7, "vol") "]}", "\"A. Reden: vol.\"");
    assert_unsealed("{\"~\":[\"A.\"," REASON(7, "vol. ") "]}", "\"A. Reden: vol.\"");
    assert_unsealed("{\"~\":[\"A.\"," REASON(7, "") "]}", "\"A.\"");
    assert_unsealed("{\"~\":[\"A.\"," REASON(90, "vol") "]}", "\"A.\"");
}

#define TEN "123456789é"
#define CLIPPED(value)                                                                                       \
    "{\"c\":7,\"r\":5,\"f\":\"text\",\"v\":\"s1." value "\",\"before\":\"<\",\"after\":\">\",\"clip\":true}"

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    /* 3 words, 30 characters and 2 around them */
    assert_unsealed("{\"~\":[\"abc\"," CLIPPED(TEN TEN TEN) "],\"most\":35}", "\"abc<" TEN TEN TEN ">\"");
    assert_unsealed("{\"~\":[\"abc\"," CLIPPED(TEN TEN TEN) "],\"most\":34}",
                    "\"abc<" TEN TEN "12345678…>\"");
    assert_unsealed("{\"~\":[\"abc\"," CLIPPED(TEN TEN TEN) "],\"most\":25}", "\"abc<" TEN "123456789…>\"");
    assert_unsealed("{\"~\":[\"abc\"," CLIPPED(TEN TEN TEN) "],\"most\":24}", "\"abc\"");
    /* the last one first, then the one before it */
    assert_unsealed("{\"~\":[" CLIPPED(TEN TEN TEN) ",\"|\"," CLIPPED(TEN TEN) "],\"most\":40}",
                    "\"<" TEN TEN TEN ">|\"");
    assert_unsealed("{\"~\":[" CLIPPED(TEN TEN TEN) ",\"|\"," CLIPPED(TEN TEN) "],\"most\":31}",
                    "\"<" TEN TEN "1234567…>|\"");
    /* nothing that may be cut */
    assert_unsealed("{\"~\":[\"ééééé\"],\"most\":3}", "\"éé…\"");
    assert_unsealed("{\"~\":[\"ééé\"],\"most\":3}", "\"ééé\"");
    assert_unsealed("{\"~\":[\"a\\n\\tb\\u007f\\u0085c\\u2028d é\"],\"most\":30,\"line\":true}",
                    "\"a  b  c d é\"");
    assert_unsealed("{\"~\":[\"a\\nb\"]}", "\"a\\nb\"");
}

static void malformed_objects_are_refused(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{\"~\":[",
        "{\"~\":",
        "{\"~\":[\"a]}",
        "[\"~\",\"a",
        "{\"~\":\"a\"}",
        "{\"~\":{}}",
        "{\"~\":[1]}",
        "{\"~\":[[]]}",
        "{\"~\":[],\"most\":0}",
        "{\"~\":[],\"line\":false}",
        "{\"~\":[],\"most\":\"3\"}",
        "{\"~\":[],\"least\":3}",
        "{\"~\":[],\"~\":[]}",
        "{\"~\":[}]",
        "{\"~\":[[[[[[[[[[]]]]]]]]]]}",
        "{\"~\":[{}]}",
        "{\"~\":[{\"c\":7,\"r\":5,\"f\":\"name\"}]}",
        "{\"~\":[{\"c\":0,\"r\":5,\"f\":\"a\",\"v\":\"s1.\"}]}",
        "{\"~\":[{\"c\":\"7\",\"r\":5,\"f\":\"a\",\"v\":\"s1.\"}]}",
        "{\"~\":[{\"c\":7,\"r\":5,\"f\":\"a\",\"v\":\"s1.\",\"x\":1}]}",
        "{\"~\":[{\"c\":7,\"r\":5,\"f\":\"a\",\"v\":\"s1.\",\"clip\":1}]}",
        "{\"~\":[{\"c\":7,\"r\":6,\"f\":\"a\",\"v\":\"s1.\"}]}", /* of another record: does not open */
    };
    for (size_t i = 0; i < COUNT(documents); i++) {
        struct slice out;
        struct err err = {0};
        if (unseal(slice_of(documents[i]), &out, &err))
            fail_msg("taken: %s", documents[i]);
        assert_int_equal(err.code, ERR_INTERNAL);
    }
}

/* Cut anywhere, a document is refused or its sealed part is whole; never is anything read behind its end. */
static void no_beginning_of_a_document_is_read_beyond(void **state)
{
    (void)state;
    static const char json[] = "[{\"a\":{\"~\" : [\"w\"," REASON(7, "v\\\"ol") "],\"most\":50}},\"\\\\\"]";
    for (size_t i = 0; i < sizeof json - 1; i++) {
        char *copy = malloc(i ? i : 1); /* so that the sanitizer sees it */
        struct slice out;
        struct err err;
        memcpy(copy, json, i);
        if (unseal(slice_make(copy, i), &out, &err))
            assert_true(out.len <= i);
        free(copy);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_document_without_any_is_itself), TEST(a_value_becomes_a_string),
        TEST(what_was_written_is_escaped),      TEST(nothing_inside_a_string_is_taken_for_one),
        TEST(clients_are_listed_once),          TEST(of_an_erased_client_nothing_is_left),
        TEST(words_stand_around_what_is_there), TEST(what_is_too_long_is_cut),
        TEST(malformed_objects_are_refused),    TEST(no_beginning_of_a_document_is_read_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
