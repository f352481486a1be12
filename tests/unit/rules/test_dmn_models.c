/* Models of the kinds that the conformance suite has, of our own making: what decision tables of the wild
 * use. */
#include "table_fixture.h"

#define MODEL(inside)                                                                                        \
    "<definitions name=\"m\" namespace=\"urn:m\" "                                                           \
    "xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\">" inside "</definitions>"
#define DATA(name, type)                                                                                     \
    "<inputData id=\"" name "\" name=\"" name "\"><variable name=\"" name "\" typeRef=\"" type               \
    "\"/></inputData>"
#define IN(text) "<input><inputExpression><text>" text "</text></inputExpression></input>"
#define OUT(name, inside) "<output name=\"" name "\">" inside "</output>"
#define VALUES(text) "<outputValues><text>" text "</text></outputValues>"
#define CELL(text) "<inputEntry><text>" text "</text></inputEntry>"
#define RESULT(text) "<outputEntry><text>" text "</text></outputEntry>"
#define RULE(inside) "<rule>" inside "</rule>"
#define TABLE(policy, inside) "<decisionTable hitPolicy=\"" policy "\">" inside "</decisionTable>"
#define DECISION(name, inside) "<decision id=\"" name "\" name=\"" name "\">" inside "</decision>"
#define NEEDS(name) "<informationRequirement><requiredDecision href=\"#" name "\"/></informationRequirement>"

/* Facts as a FEEL context. */
static struct feel_scope facts_in_feel(const char *text, struct arena *arena)
{
    struct feel_fault fault;
    const struct feel_scope nothing = {NULL, 0};
    const struct feel *feel = feel_parse_expression(slice_of(text), NULL, arena, &fault);
    if (!feel)
        fail_msg("%s: %s", text, fault.text);
    struct value value = feel_eval(feel, &nothing, arena);
    assert_int_equal(value.kind, VALUE_CONTEXT);
    return (struct feel_scope){value.context.entries, value.context.count};
}

struct model_case {
    const char *facts, *result;
};

static void run(const char *text, const struct model_case *cases, size_t count)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    struct err err;
    const struct dmn_model *model = dmn_read(slice_of(text), "model.dmn", arena, &faults);
    if (!model)
        print_faults(&faults);
    assert_non_null(model);
    for (size_t i = 0; i < count; i++) {
        struct outcome outcome;
        struct feel_scope facts = facts_in_feel(cases[i].facts, arena);
        const struct dmn_decision *decision = dmn_find(model, NULL, &err);
        if (!decision || !dmn_decide(model, decision, &facts, arena, &outcome, &err))
            fail_msg("%s", err.text);
        assert_result(&outcome, cases[i].result, arena);
    }
    arena_free(&arena);
}
#define RUN(text, cases) run(text, cases, COUNT(cases))

static void components_and_other_facts_in_cells(void **state)
{
    static const char text[] = MODEL(
        "<itemDefinition name=\"tHouse\"><itemComponent "
        "name=\"rent\"><typeRef>number</typeRef></itemComponent>"
        "<itemComponent name=\"let since\"><typeRef>date</typeRef></itemComponent></itemDefinition>" DATA(
            "house", "tHouse") DATA("asked on", "date") DATA("limit", "number")
            DECISION("Help",
                     TABLE("FIRST", IN("house.rent") IN("asked on") OUT("help", "") RULE(CELL("> limit") CELL(
                                        "[house.let since..date(\"2026-12-31\")]") RESULT("\"full\""))
                                        RULE(CELL("&lt;= limit, 9999") CELL("&lt;= house.let since")
                                                 RESULT("\"none\""))
                                            RULE(CELL("-") CELL("-") RESULT("house.rent - limit")))));
    static const struct model_case cases[] = {
        {"{house: {rent: 900, \"let since\": date(\"2026-01-01\")}, \"asked on\": date(\"2026-05-01\"), "
         "limit: 800}",
         "\"full\""},
        {"{house: {rent: 700, \"let since\": date(\"2026-01-01\")}, \"asked on\": date(\"2026-01-01\"), "
         "limit: 800}",
         "\"none\""},
        {"{house: {rent: 9999, \"let since\": date(\"2026-01-01\")}, \"asked on\": date(\"2025-01-01\"), "
         "limit: 1}",
         "\"none\""},
        {"{house: {rent: 900, \"let since\": date(\"2026-06-01\")}, \"asked on\": date(\"2026-07-01\"), "
         "limit: 950.5}",
         "-50.5"},
        {"{house: null, \"asked on\": date(\"2026-07-01\"), limit: 950.5}", "null"},
    };
    (void)state;
    RUN(text, cases);
}

static void nulls_and_negations(void **state)
{
    static const char text[] = MODEL(DATA("a", "number") DATA("b", "string") DECISION(
        "D", TABLE("FIRST", IN("a") IN("b") OUT("x", "") RULE(CELL("null") CELL("not(\"p\", \"q\")") RESULT(
                                "1")) RULE(CELL("not(null)") CELL("null") RESULT("2"))
                                RULE(CELL("not([1..5], 7)") CELL("-") RESULT("3")) RULE(CELL("&lt; 100") CELL(
                                    "-") RESULT("4")) RULE(CELL("-") CELL("-") RESULT("null")))));
    static const struct model_case cases[] = {
        {"{a: null, b: \"r\"}", "1"}, {"{a: 3, b: null}", "2"},        {"{a: 6, b: \"p\"}", "3"},
        {"{a: 7, b: \"p\"}", "4"},    {"{a: null, b: \"p\"}", "null"}, {"{a: 1.5, b: \"p\"}", "4"},
    };
    (void)state;
    RUN(text, cases);
}

static void expressions_with_the_input(void **state)
{
    static const char text[] = MODEL(DATA("word", "string") DATA("Loan Amount", "number") DECISION(
        "D",
        TABLE("COLLECT",
              IN("word") IN("Loan Amount") OUT("x", "") RULE(CELL("starts with(?, \"be\")") CELL("-") RESULT(
                  "\"starts\"")) RULE(CELL("string length(?) > 4") CELL("-") RESULT("\"long\""))
                  RULE(CELL("? in (\"beter\", \"goed\")") CELL("? > 10 and ? &lt; 20") RESULT("\"both\""))
                      RULE(CELL("-") CELL("string length(word) * 3") RESULT("\"equal\"")))));
    static const struct model_case cases[] = {
        {"{word: \"beter\", \"Loan Amount\": 15}", "[\"starts\", \"long\", \"both\", \"equal\"]"},
        {"{word: \"goed\", \"Loan Amount\": 12}", "[\"both\", \"equal\"]"},
        {"{word: \"slecht\", \"Loan Amount\": 0}", "[\"long\"]"},
        {"{word: null, \"Loan Amount\": 0}", "null"},
    };
    (void)state;
    RUN(text, cases);
}

static void a_list_of_words_in_a_fact(void **state)
{
    static const char text[] = MODEL(DATA("area", "string") DATA("near", "tList") DECISION(
        "D", TABLE("UNIQUE", IN("area") OUT("x", "") RULE(CELL("near") RESULT("true"))
                                 RULE(CELL("not(near)") RESULT("false")))));
    static const struct model_case cases[] = {
        {"{area: \"5751\", near: [\"5751\", \"5752\"]}", "true"},
        {"{area: \"5760\", near: [\"5751\", \"5752\"]}", "false"},
    };
    (void)state;
    RUN(text, cases);
}

static void priorities_declared_by_a_type(void **state)
{
    static const char text[] =
        MODEL("<itemDefinition name=\"tLevel\"><typeRef>string</typeRef><allowedValues><text>\"now\", "
              "\"soon\", \"later\""
              "</text></allowedValues></itemDefinition>"
              "<itemDefinition name=\"tAnswer\"><itemComponent "
              "name=\"when\"><typeRef>tLevel</typeRef></itemComponent>"
              "<itemComponent name=\"who\"><typeRef>string</typeRef></itemComponent></itemDefinition>" DATA(
                  "n", "number") "<decision name=\"D\" id=\"d\"><variable name=\"D\" "
                                 "typeRef=\"tAnswer\"/>" TABLE(
                                     "PRIORITY", IN("n") OUT("when", "") OUT("who", VALUES("\"a\", \"b\""))
                                                     RULE(CELL("-") RESULT("\"later\"") RESULT("\"a\""))
                                                         RULE(CELL("> 5") RESULT("\"soon\"") RESULT("\"b\""))
                                                             RULE(CELL("> 8") RESULT("\"soon\"")
                                                                      RESULT("\"a\""))) "</decision>");
    static const struct model_case cases[] = {
        {"{n: 1}", "{\"when\": \"later\", \"who\": \"a\"}"},
        {"{n: 6}", "{\"when\": \"soon\", \"who\": \"b\"}"},
        {"{n: 9}", "{\"when\": \"soon\", \"who\": \"a\"}"},
    };
    (void)state;
    RUN(text, cases);
}

static void output_order_of_several_outputs(void **state)
{
    static const char text[] = MODEL(DATA("n", "number") DECISION(
        "D", TABLE("OUTPUT ORDER",
                   IN("n") OUT("when", VALUES("\"now\", \"soon\"")) OUT("days", VALUES("1, 7, 30")) RULE(CELL(
                       "-") RESULT("\"soon\"") RESULT("7")) RULE(CELL("-") RESULT("\"now\"") RESULT("30"))
                       RULE(CELL("> 5") RESULT("\"now\"") RESULT("1")))));
    static const struct model_case cases[] = {
        {"{n: 9}", "[{\"when\": \"now\", \"days\": 1}, {\"when\": \"now\", \"days\": 30}, {\"when\": "
                   "\"soon\", \"days\": 7}]"},
        {"{n: 1}", "[{\"when\": \"now\", \"days\": 30}, {\"when\": \"soon\", \"days\": 7}]"},
    };
    (void)state;
    RUN(text, cases);
}

/* Days of leave: what one has by age, what one has by years of service, and all together. */
static void a_chain_with_sums(void **state)
{
    static const char text[] = MODEL(
        DATA("age", "number") DATA("years of service", "number")
            DECISION("Base", TABLE("UNIQUE", OUT("days", "") RULE(RESULT("20")))) DECISION(
                "By age", "<decisionTable hitPolicy=\"COLLECT\" aggregation=\"MAX\">" IN("age")
                              OUT("days", "<defaultOutputEntry><text>0</text></defaultOutputEntry>")
                                  RULE(CELL("&lt; 18, >= 60") RESULT("5"))
                                      RULE(CELL("[45..60)") RESULT("2")) "</decisionTable>")
                DECISION("By service",
                         "<decisionTable hitPolicy=\"COLLECT\" aggregation=\"SUM\">" IN("years of service")
                             OUT("days", "<defaultOutputEntry><text>0</text></defaultOutputEntry>")
                                 RULE(CELL(">= 15") RESULT("1.5"))
                                     RULE(CELL(">= 30") RESULT("2.25")) "</decisionTable>")
                    DECISION("Leave", NEEDS("Base") NEEDS("By age") NEEDS("By service") TABLE(
                                          "UNIQUE", IN("By age + By service") OUT("all", "") RULE(
                                                        CELL(">= 0") RESULT("Base + By age + By service")))));
    static const struct model_case cases[] = {
        {"{age: 16, \"years of service\": 1}", "25"},
        {"{age: 25, \"years of service\": 5}", "20"},
        {"{age: 61, \"years of service\": 31}", "28.75"},
        {"{age: 50, \"years of service\": 15}", "23.5"},
    };
    (void)state;
    RUN(text, cases);
}

static void moments_and_durations(void **state)
{
    static const char text[] =
        MODEL(DATA("waited", "dayTimeDuration") DATA("at", "dateTime") DATA("clock", "time") DECISION(
            "D", TABLE("RULE ORDER",
                       IN("waited") IN("at") IN("clock") OUT("x", "")
                           RULE(CELL("> duration(\"P2D\")") CELL("-") CELL("-") RESULT("1")) RULE(CELL(
                               "-") CELL("&lt; date and time(\"2026-06-01T00:00:00\")") CELL("-") RESULT("2"))
                               RULE(CELL("-") CELL("-") CELL("[time(\"09:00:00\")..time(\"17:00:00\")]")
                                        RESULT("3")))));
    static const struct model_case cases[] = {
        {"{waited: duration(\"P3D\"), at: date and time(\"2026-05-01T10:00:00\"), clock: time(\"10:00:00\")}",
         "[1, 2, 3]"},
        {"{waited: duration(\"PT1H\"), at: date and time(\"2026-07-01T10:00:00\"), clock: "
         "time(\"17:00:00\")}",
         "[3]"},
        {"{waited: duration(\"PT1H\"), at: date and time(\"2026-07-01T10:00:00\"), clock: "
         "time(\"18:00:00\")}",
         "null"},
    };
    (void)state;
    RUN(text, cases);
}

static void any_and_unique_that_break_their_promise(void **state)
{
    static const char any[] = MODEL(DATA("n", "number") DECISION(
        "D", TABLE("ANY", IN("n") OUT("x", "") RULE(CELL("> 1") RESULT("\"a\""))
                              RULE(CELL("> 2") RESULT("\"a\"")) RULE(CELL("> 3") RESULT("\"b\"")))));
    static const char unique[] = MODEL(DATA("n", "number") DECISION(
        "D",
        TABLE("UNIQUE", IN("n") OUT("x", "<defaultOutputEntry><text>\"rest\"</text></defaultOutputEntry>")
                            RULE(CELL("> 1") RESULT("\"a\"")) RULE(CELL("> 2") RESULT("\"a\"")))));
    static const struct model_case any_cases[] = {
        {"{n: 2}", "\"a\""}, {"{n: 3}", "\"a\""}, {"{n: 4}", "null"}, {"{n: 0}", "null"}};
    static const struct model_case unique_cases[] = {
        {"{n: 2}", "\"a\""}, {"{n: 3}", "null"}, {"{n: 0}", "\"rest\""}};
    (void)state;
    RUN(any, any_cases);
    RUN(unique, unique_cases);
}

/* true as an input: rows hold or not by conditions on other facts. */
static void constants_as_inputs(void **state)
{
    static const char text[] = MODEL(DATA("n", "number") DECISION(
        "D", TABLE("FIRST",
                   IN("true") IN("null") OUT("x", "<defaultOutputEntry><text>-</text></defaultOutputEntry>")
                       RULE(CELL("n > 5") CELL("null") RESULT("\"more\"")) RULE(CELL("n > 2") CELL(
                           "-") RESULT("\"some\"")) RULE(CELL("false") CELL("-") RESULT("\"never\"")))));
    static const struct model_case cases[] = {
        {"{n: 6}", "\"more\""}, {"{n: 3}", "\"some\""}, {"{n: 0}", "null"}};
    (void)state;
    RUN(text, cases);
}

static void lists_that_hold_more_than_words(void **state)
{
    static const char text[] = MODEL(DATA("tags", "Any") DECISION(
        "D", TABLE("FIRST", IN("tags") OUT("x", "") RULE(CELL("list contains(?, \"a\")") RESULT("\"a\""))
                                RULE(CELL("not(list contains(?, \"b\"))") RESULT("\"no b\"")))));
    static const struct model_case cases[] = {{"{tags: [null, \"a\"]}", "\"a\""},
                                              {"{tags: [1, \"b\"]}", "null"},
                                              {"{tags: [1]}", "\"no b\""},
                                              {"{tags: null}", "null"}};
    (void)state;
    RUN(text, cases);
}

/* DMN 1.5 has typeConstraint beside allowedValues; types may be written with their namespace. */
static void types_of_all_spellings(void **state)
{
    static const char text[] = MODEL(
        "<itemDefinition name=\"tLevel\"><typeRef>{urn:f}string</typeRef><typeConstraint><text>\"now\", "
        "\"later\"</text></typeConstraint></itemDefinition>" DATA("n", "number") DECISION(
            "D", TABLE("PRIORITY", IN("n") "<output name=\"o\" typeRef=\"{urn:m}tLevel\"/>" RULE(
                                       CELL("-") RESULT("\"later\"")) RULE(CELL("> 5") RESULT("\"now\"")))));
    static const struct model_case cases[] = {{"{n: 6}", "\"now\""}, {"{n: 3}", "\"later\""}};
    (void)state;
    RUN(text, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_and_other_facts_in_cells),
        cmocka_unit_test(nulls_and_negations),
        cmocka_unit_test(expressions_with_the_input),
        cmocka_unit_test(a_list_of_words_in_a_fact),
        cmocka_unit_test(priorities_declared_by_a_type),
        cmocka_unit_test(output_order_of_several_outputs),
        cmocka_unit_test(a_chain_with_sums),
        cmocka_unit_test(moments_and_durations),
        cmocka_unit_test(any_and_unique_that_break_their_promise),
        cmocka_unit_test(constants_as_inputs),
        cmocka_unit_test(lists_that_hold_more_than_words),
        cmocka_unit_test(types_of_all_spellings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
