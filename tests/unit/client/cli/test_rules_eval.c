/* `wijzer rules eval`, run as the program runs it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "program.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char directory[] = "/tmp/wijzer-eval-XXXXXX";

struct ran {
    int code;
    char out[8192], err[8192];
};

static void take_file(FILE *file, char *text, size_t room)
{
    rewind(file);
    text[fread(text, 1, room - 1, file)] = '\0';
    fclose(file);
}

/* Runs with standard output and standard error in files. */
static struct ran run(char **arguments, int count)
{
    struct ran ran;
    FILE *out = tmpfile(), *err = tmpfile();
    assert_true(out && err);
    fflush(stdout);
    fflush(stderr);
    int out_before = dup(STDOUT_FILENO), err_before = dup(STDERR_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    ran.code = program_main(count, arguments);
    fflush(stdout);
    fflush(stderr);
    dup2(out_before, STDOUT_FILENO);
    dup2(err_before, STDERR_FILENO);
    close(out_before);
    close(err_before);
    take_file(out, ran.out, sizeof ran.out);
    take_file(err, ran.err, sizeof ran.err);
    return ran;
}
#define RUN(...)                                                                                             \
    run((char *[]){(char[]){"wijzer"}, (char[]){"rules"}, (char[]){"eval"}, __VA_ARGS__},                    \
        3 + (int)(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)))

static char *path_of(const char *name)
{
    static char paths[4][128];
    static size_t next;
    char *path = paths[next++ % COUNT(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static char *put_file(const char *name, const char *text)
{
    char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static char flag_facts[] = "--facts", flag_decision[] = "--decision", flag_lang[] = "--lang=en";

static const char csv[] = "F;age;domains;since;> offering;> days;# reason\n"
                          ":type;integer;words;date;string;number\n"
                          "R1;[18..65);finances,housing;-;coach;5;x\n"
                          "R2;> 65;-;>= 2026-01-01;join-us;7;y\n"
                          ":otherwise R9;;;;none;;z\n";

#define DMN(inside)                                                                                          \
    "<definitions name=\"m\" namespace=\"urn:m\" "                                                           \
    "xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\">" inside "</definitions>"
#define LEVEL                                                                                                \
    "<decision id=\"l\" name=\"Level\"><decisionTable><input><inputExpression "                              \
    "typeRef=\"number\"><text>a</text>"                                                                      \
    "</inputExpression></input><output/><rule id=\"r1\"><inputEntry><text>&lt; "                             \
    "5</text></inputEntry><outputEntry>"                                                                     \
    "<text>\"low\"</text></outputEntry></rule></decisionTable></decision>"
#define TOP                                                                                                  \
    "<decision id=\"t\" name=\"Top\"><informationRequirement><requiredDecision href=\"#l\"/>"                \
    "</informationRequirement><decisionTable "                                                               \
    "hitPolicy=\"COLLECT\"><input><inputExpression><text>Level</text>"                                       \
    "</inputExpression></input><output/><rule "                                                              \
    "id=\"r2\"><inputEntry><text>\"low\"</text></inputEntry><outputEntry>"                                   \
    "<text>Level</text></outputEntry></rule></decisionTable></decision>"
#define A "<inputData name=\"a\"><variable name=\"a\" typeRef=\"number\"/></inputData>"

static void assert_json(const char *text, const char *expected)
{
    json_t *found = json_loads(text, 0, NULL), *wanted = json_loads(expected, 0, NULL);
    assert_non_null(wanted);
    if (!found || !json_equal(found, wanted))
        fail_msg("expected %s\nfound %s", expected, text);
    json_decref(found);
    json_decref(wanted);
}

static void a_csv_table_is_evaluated(void **state)
{
    struct ran ran = RUN(put_file("t.csv", csv), flag_facts,
                         put_file("f.json", "{\"age\": 70, \"since\": \"2026-05-01\"}"));
    (void)state;
    assert_int_equal(ran.code, 0);
    assert_string_equal(ran.err, "");
    assert_json(ran.out,
                "{\"decision\":null,\"hitPolicy\":\"F\",\"outputs\":{\"offering\":\"join-us\",\"days\":7},"
                "\"matched\":[{\"row\":2,\"id\":\"R2\",\"line\":4,\"outputs\":{\"offering\":\"join-us\","
                "\"days\":7},\"deciding\":true}],\"unknown\":[],\"otherwise\":false,\"complaint\":null}");
}

static void what_is_not_known_is_said(void **state)
{
    struct ran ran = RUN(put_file("t.csv", csv), flag_facts, put_file("f.json", "{\"age\": 20}"));
    (void)state;
    assert_int_equal(ran.code, 0);
    assert_json(ran.out, "{\"decision\":null,\"hitPolicy\":\"F\",\"outputs\":null,\"matched\":[],\"unknown\":"
                         "[{\"row\":1,\"id\":\"R1\",\"line\":3}],\"otherwise\":false,\"complaint\":"
                         "\"R1 could not be judged: a fact that it needs is not known\"}");
    ran = RUN(put_file("t.csv", csv), flag_facts, put_file("f.json", "{\"age\": 5}"));
    assert_json(ran.out,
                "{\"decision\":null,\"hitPolicy\":\"F\",\"outputs\":{\"offering\":\"none\",\"days\":null},"
                "\"matched\":[],\"unknown\":[],\"otherwise\":true,\"complaint\":null}");
}

static void a_chain_of_a_model_is_evaluated(void **state)
{
    char *facts = put_file("f.json", "{\"a\": 1}");
    /* the content says what it is, not the name */
    struct ran ran = RUN(put_file("model.csv", DMN(A LEVEL TOP)), flag_facts, facts);
    static const char expected[] =
        "{\"decision\":\"Top\",\"hitPolicy\":\"C\",\"outputs\":[\"low\"],\"matched\":[{\"row\":1,"
        "\"id\":\"r2\",\"line\":1,\"outputs\":\"low\",\"deciding\":true}],\"unknown\":[],"
        "\"otherwise\":false,\"complaint\":null}";
    (void)state;
    assert_int_equal(ran.code, 0);
    assert_json(ran.out, expected);
    ran = RUN(path_of("model.csv"), flag_facts, put_file("f.json", "{\"Level\": \"low\"}"));
    assert_json(ran.out, expected);
    char name[] = "Level";
    ran = RUN(path_of("model.csv"), flag_decision, name, flag_facts, put_file("f.json", "{\"a\": 1}"));
    assert_non_null(strstr(ran.out, "\"outputs\":\"low\""));
}

struct refusal {
    const char *table, *facts, *decision;
    const char *says; /* on standard error */
};

static void bad_input_is_refused(void **state)
{
    static const struct refusal cases[] = {
        {"F;age;> b\n:type;number;string\nR07;ouder;x\nR08;5;]\n", "{}", NULL,
         "t.in:3: column \"age\", rule R07: expected numbers such as 18, < 65 or [18..65), found ouder\n"},
        {"F;age;> b\n:type;number;string\nR07;ouder;x\nR08;5;]\n", "{}", NULL,
         "t.in:4: column \"b\", rule R08: expected "},
        {"", "{}", NULL, "t.in: expected a table, found an empty file"},
        {"<a/>", "{}", NULL, "t.in:1: expected a DMN model"},
        {"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "{}", NULL,
         "t.in:1: expected no document type"},
        {DMN(A LEVEL TOP), "{}", "Nope", "expected a decision called \"Nope\", found: \"Level\", \"Top\""},
        {DMN("<decision id=\"l\" name=\"L\"><context/></decision>"), "{}", "L",
         "decision \"L\" is no decision table but of the kind \"context\""},
        {DMN("<decision id=\"l\" name=\"Level\"><context/></decision>" TOP), "{}", NULL,
         "it requires decision \"Level\", which is no decision table but of the kind \"context\""},
        {DMN(LEVEL "<decision id=\"x\" name=\"X\"/>"), "{}", NULL,
         "one of these decisions: \"Level\", \"X\""},
        {csv, "{}", "X", "is a CSV file"},
        {csv, "[1]", NULL, "must be a JSON object"},
        {csv, "{\"age\": }", NULL, "is not valid JSON"},
        {csv, "{\"age\": 1, \"age\": 2}", NULL, "is not valid JSON"},
        {csv, "{\"age\": \"70\"}", NULL, "\"age\" is not right: expected number"},
        {csv, "{\"since\": \"2026-13-01\"}", NULL, "\"since\" is not right: expected date"},
        {csv, "{\"domains\": [1]}", NULL, "\"domains\" is not right: expected string"},
        {DMN("<inputData name=\"h\"><variable name=\"h\" typeRef=\"tH\"/></inputData><itemDefinition "
             "name=\"tH\">"
             "<itemComponent name=\"on\"><typeRef>date</typeRef></itemComponent></itemDefinition>" LEVEL),
         "{\"h\": {\"on\": \"now\"}}", NULL, "\"h\" is not right: expected date"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char name[64];
        char *table = put_file("t.in", cases[i].table), *facts = put_file("f.json", cases[i].facts);
        snprintf(name, sizeof name, "%s", cases[i].decision ? cases[i].decision : "");
        struct ran ran = cases[i].decision ? RUN(table, flag_facts, facts, flag_decision, name, flag_lang)
                                           : RUN(table, flag_facts, facts, flag_lang);
        if (ran.code != EXIT_INPUT || !strstr(ran.err, cases[i].says) || ran.out[0])
            fail_msg("case %zu: code %d, says: %s", i, ran.code, ran.err);
    }
}

static void what_is_no_file_is_refused(void **state)
{
    char *facts = put_file("f.json", "{}"), *fifo = path_of("fifo");
    struct ran ran = RUN(directory, flag_facts, facts, flag_lang);
    (void)state;
    assert_int_equal(ran.code, EXIT_INPUT);
    assert_non_null(strstr(ran.err, "is not an ordinary file"));
    assert_int_equal(mkfifo(fifo, 0600), 0);
    ran = RUN(fifo, flag_facts, facts, flag_lang); /* and does not wait for a writer */
    assert_int_equal(ran.code, EXIT_INPUT);
    ran = RUN(put_file("t.csv", csv), flag_facts, fifo, flag_lang);
    assert_int_equal(ran.code, EXIT_INPUT);
    ran = RUN(path_of("absent"), flag_facts, facts, flag_lang);
    assert_non_null(strstr(ran.err, "absent cannot be opened"));
    ran = RUN(path_of("t.csv"), flag_lang);
    assert_int_equal(ran.code, EXIT_INPUT);
    assert_non_null(strstr(ran.err, "add --facts FILE.json"));
    char *big = put_file("big", "");
    assert_int_equal(truncate(big, 100L * 1024 * 1024), 0);
    ran = RUN(big, flag_facts, facts, flag_lang);
    assert_int_equal(ran.code, EXIT_INPUT);
    assert_non_null(strstr(ran.err, "is larger than 32 MB"));
    ran = RUN(path_of("t.csv"), flag_facts, big, flag_lang);
    assert_int_equal(ran.code, EXIT_INPUT);
}

static void unknown_facts_are_warned_about(void **state)
{
    struct ran ran =
        RUN(put_file("t.csv", csv), flag_facts, put_file("f.json", "{\"agee\": 70, \"zzz\": 1}"), flag_lang);
    (void)state;
    assert_int_equal(ran.code, 0);
    assert_string_equal(ran.err, "Warning: no column or input is called \"agee\". Did you mean \"age\"?\n"
                                 "Warning: no column or input is called \"zzz\"\n");
    ran = RUN(put_file("t.csv", "U;car.price;> b\nR1;> 5;x\n"), flag_facts,
              put_file("f.json", "{\"car\": {\"price\": 9}}"));
    assert_string_equal(ran.err, "");
    assert_non_null(strstr(ran.out, "\"outputs\":\"x\""));
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    static const char *const names[] = {"t.csv", "f.json", "model.csv", "t.in", "fifo", "big"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        unlink(path_of(names[i]));
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_csv_table_is_evaluated),        cmocka_unit_test(what_is_not_known_is_said),
        cmocka_unit_test(a_chain_of_a_model_is_evaluated), cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused),      cmocka_unit_test(unknown_facts_are_warned_about),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
