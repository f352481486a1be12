#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "check.h"
#include "fixture.h"
#include "rulebook.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* Questions ------------------------------------------------------------------------------------------------
 */

static void there_are_seven_questions(void **state)
{
    (void)state;
    static const char *const codes[] = {"exclusion", "approach", "offering", "fields",
                                        "promises",  "declines", "feedback"};
    static const char policies[] = "FCCUUUU";
    static const size_t inputs[] = {11, 11, 12, 2, 3, 3, 2}, outputs[] = {2, 2, 4, 1, 3, 1, 2};
    for (int n = 1; n <= RULE_TABLES; n++) {
        const struct question *question = question_of(n);
        assert_int_equal(question->number, n);
        assert_string_equal(question->code, codes[n - 1]);
        assert_int_equal(question->policy, policies[n - 1]);
        assert_int_equal(question->input_count, inputs[n - 1]);
        assert_int_equal(question->output_count, outputs[n - 1]);
    }
    assert_null(question_of(0));
    assert_null(question_of(8));
    assert_string_equal(about_name(ABOUT_DIGITAL_SKILL), "digitalSkill");
    assert_string_equal(answer_word(ANSWER_ESCALATE_AFTER), "escalateAfter");
}

static size_t allowed(const struct csv_schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->input_count; i++)
        if (slice_is(schema->inputs[i].name, name))
            return schema->inputs[i].allowed_count;
    fail_msg("no input %s", name);
    return 0;
}

static void a_schema_knows_the_words(void **state)
{
    (void)state;
    const struct region *region = fixture_region();
    struct csv_schema schema;
    question_schema(question_of(1), region, arena, &schema);
    assert_int_equal(schema.policy, HIT_FIRST);
    assert_int_equal(allowed(&schema, "domains"), 15);
    assert_int_equal(allowed(&schema, "icpc"), 4);
    assert_int_equal(allowed(&schema, "urgency"), 2);
    assert_int_equal(allowed(&schema, "household"), 5);
    assert_int_equal(allowed(&schema, "language"), 0);
    assert_int_equal(allowed(&schema, "referrer"), 5);
    assert_int_equal(allowed(&schema, "declines"), 14);
    assert_int_equal(allowed(&schema, "age"), 0);
    assert_true(schema.inputs[0].is_any_of && schema.inputs[2].is_integer && !schema.inputs[2].is_any_of);
    assert_int_equal(schema.inputs[2].type, TYPE_NUMBER);
    assert_int_equal(schema.inputs[6].type, TYPE_BOOLEAN);
    assert_true(slice_is(schema.inputs[2].label, "Leeftijd"));
    assert_int_equal(schema.outputs[0].allowed_count, 3);
    assert_int_equal(schema.outputs[1].allowed_count, 4); /* offerings */
    question_schema(question_of(1), NULL, arena, &schema);
    assert_int_equal(allowed(&schema, "domains"), 0);
    assert_int_equal(allowed(&schema, "urgency"), 2);
    question_schema(question_of(7), region, arena, &schema);
    assert_int_equal(allowed(&schema, "milestone"), 30);
    question_schema(question_of(5), region, arena, &schema);
    assert_int_equal(allowed(&schema, "promise"), 17);
    question_schema(question_of(4), region, arena, &schema);
    assert_int_equal(allowed(&schema, "recipient"), 5);
    assert_int_equal(allowed(&schema, "approach"), 3);
    region_release(&region);
}

static void numbers_have_bounds(void **state)
{
    (void)state;
    struct check_options options = {0};
    question_domains(question_of(3), arena, &options);
    assert_true(options.domains[2].low == integer_key(0) && options.domains[2].high == integer_key(120));
    assert_true(options.domains[3].low == integer_key(1000) && options.domains[3].high == integer_key(9999));
    assert_true(options.domains[0].low == KEY_MIN && options.domains[0].high == KEY_MAX);
}

static void columns_are_told_as_json(void **state)
{
    (void)state;
    struct slice json = question_columns_json(question_of(6), NULL, arena);
    static const char expected[] =
        "[{\"name\":\"decline\",\"label\":\"Reden van "
        "weigering\",\"kind\":\"input\",\"type\":\"string\",\"isList\":"
        "false,\"values\":null},{\"name\":\"urgency\",\"label\":\"Spoed\",\"kind\":\"input\",\"type\":"
        "\"string\","
        "\"isList\":false,\"values\":[\"routine\",\"soon\"]},{\"name\":\"tries\",\"label\":\"Hoeveelste "
        "weigering\",\"kind\":\"input\",\"type\":\"number\",\"isList\":false,\"values\":null},{\"name\":"
        "\"next\","
        "\"label\":\"Vervolg\",\"kind\":\"output\",\"type\":\"string\",\"isList\":false,\"values\":[\"next-"
        "candidate\",\"coordinator\",\"ask-referrer\",\"wait\",\"stop\"]},{\"name\":\"reason\",\"label\":"
        "\"Waarom\",\"kind\":\"annotation\",\"type\":\"string\",\"isList\":false,\"values\":null}]";
    assert_string_equal(json.ptr, expected);
}

/* Rows -----------------------------------------------------------------------------------------------------
 */

static void cells_are_read(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "rule_id=A1;nots={language,domains};domains={finances,housing};icpc={\"Z01\",Z06};age={[18,66),[70,)}"
        ";"
        "language={nl};lvb=f;urgency={soon};approach=coach;weight=7;reason=Een \"reden\" \\ hier.",
        "rule_id=A2;age={(,18)};lvb=t;approach=coach;weight=0;reason=x",
        "rule_id=A9;is_otherwise=t;reason=y"};
    const struct table *table = text_table(2, 0, rows, COUNT(rows), arena);
    assert_true(table->rule_count == 2 && table->policy == HIT_COLLECT && table->absent_is_unknown);
    static const char *const expected[] = {"not(\"finances\", \"housing\")",
                                           "\"Z01\", \"Z06\"",
                                           "[18..65], >= 70",
                                           "\"soon\"",
                                           "not(\"nl\")",
                                           "false",
                                           "-",
                                           "-",
                                           "-",
                                           "-",
                                           "-"};
    const struct rule *rule = &table->rules[0];
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_string_equal(test_text(&rule->tests[i], false, arena).ptr, expected[i]);
    assert_true(slice_is(rule->id, "A1") && slice_is(rule->annotations[0], "Een \"reden\" \\ hier."));
    assert_string_equal(test_text(&table->rules[1].tests[2], false, arena).ptr, "<= 17");
    struct value value;
    assert_true(feel_constant(rule->outputs[0], &value) && slice_is(value.string, "coach"));
    assert_true(feel_constant(rule->outputs[1], &value) && slice_is(value_text(&value, arena), "7"));
    assert_true(slice_is(table->otherwise->id, "A9") && !table->otherwise->outputs[0]);
}

/* A quoted word, a comma and a backslash in it. */
static void words_in_quotes_are_read(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "rule_id=F1;approaches={\"a,b\",\"c\\\\d\",\"e\\\"f\",\"{}\",g};fields={name,birth-year};reason=x",
        "rule_id=F9;is_otherwise=t;fields={name};reason=y"};
    const struct table *table = text_table(4, 0, rows, COUNT(rows), arena);
    static const char *const words[] = {"a,b", "c\\d", "e\"f", "{}", "g"};
    const struct test *test = &table->rules[0].tests[0];
    assert_int_equal(test->count, COUNT(words));
    for (size_t i = 0; i < COUNT(words); i++)
        assert_true(slice_is(test->words[i], words[i]));
    struct value value;
    assert_true(feel_constant(table->rules[0].outputs[0], &value) && value.kind == VALUE_LIST &&
                value.list.count == 2);
}

static void broken_rows_are_refused(void **state)
{
    (void)state;
    static const struct {
        int table;
        const char *row, *text;
    } broken[] = {
        {2, "rule_id=A1;age=18;approach=a;weight=1", "rule \"A1\": age: expected"},
        {2, "rule_id=A1;age={[18,66];approach=a;weight=1", "rule \"A1\": age: expected"},
        {2, "rule_id=A1;age={[20,30),[18,19)};approach=a;weight=1", "rule \"A1\": age: expected"},
        {2, "rule_id=A1;age={[x,30)};approach=a;weight=1", "rule \"A1\": age: expected"},
        {2, "rule_id=A1;domains={};approach=a;weight=1", "rule \"A1\": domains: expected"},
        {2, "rule_id=A1;domains={a,NULL};approach=a;weight=1", "rule \"A1\": domains: expected"},
        {2, "rule_id=A1;domains={a,};approach=a;weight=1", "rule \"A1\": domains: expected"},
        {2, "rule_id=A1;domains={\"a};approach=a;weight=1", "rule \"A1\": domains: expected"},
        {2, "rule_id=A1;domains={a}b;approach=a;weight=1", "rule \"A1\": domains: expected"},
        {2, "rule_id=A1;urgency={now};approach=a;weight=1", "rule \"A1\": urgency: expected"},
        {2, "rule_id=A1;lvb=yes;approach=a;weight=1", "rule \"A1\": lvb: expected"},
        {2, "rule_id=A1;approach=a;weight=1001", "rule \"A1\": weight: is no answer"},
        {2, "rule_id=A1;nots={domains};approach=a;weight=1",
         "rule \"A1\": domains: is empty, and named in nots"},
        {2, "rule_id=A1;nots={age};age={[1,2)};approach=a;weight=1", "rule \"A1\": age: is named in nots"},
        {2, "rule_id=A1;nots={area};approach=a;weight=1", "rule \"A1\": nots: names a column"},
        {6, "rule_id=D1;next=give-up", "rule \"D1\": next: is no answer"},
        {4, "rule_id=F1;fields={name,shoes}", "rule \"F1\": fields: is no answer"},
        {1, "rule_id=X1;is_otherwise=t;action=continue;age={[1,2)}",
         "rule \"X1\": is_otherwise: the row for"},
        {1, "rule_id=X1;is_otherwise=t;action=continue", "table 1: more than one row is for everything else"},
    };
    for (size_t i = 0; i < COUNT(broken); i++) {
        static const char *const last[] = {"",
                                           "rule_id=Z9;is_otherwise=t;action=continue",
                                           "rule_id=Z9;is_otherwise=t",
                                           "",
                                           "rule_id=Z9;is_otherwise=t;fields={name}",
                                           "",
                                           "rule_id=Z9;is_otherwise=t;next=stop"};
        const char *rows[] = {broken[i].row, last[broken[i].table]};
        struct texts texts = {rows, 2};
        struct rule_source source = text_source(&texts);
        struct err err = {.code = ERR_NONE};
        if (rulebook_rows(question_of(broken[i].table), 0, NULL, &source, SLICE_NONE, arena, &err))
            fail_msg("taken: %s", broken[i].row);
        assert_int_equal(err.code, ERR_CONFIG);
        if (!slice_starts(slice_of(err.text), broken[i].text))
            fail_msg("%s: %s", broken[i].row, err.text);
    }
    static const char *const without[] = {"rule_id=A1;approach=a;weight=1", "rule_id=A2;approach=a;weight=1"};
    struct texts texts = {without, 2};
    struct rule_source source = text_source(&texts);
    struct err err;
    assert_null(rulebook_rows(question_of(2), 0, NULL, &source, SLICE_NONE, arena, &err));
    assert_string_equal(err.text, "rule \"A2\": is_otherwise: no row is for everything else");
}

static void examples_come_with_the_rows(void **state)
{
    (void)state;
    struct texts texts = {offering_rows, COUNT(offering_rows)};
    struct rule_source source = text_source(&texts);
    struct err err;
    static const char json[] =
        "[{\"id\":\"E1\",\"sentence\":\"Een man van 74.\",\"facts\":{\"approach\":[\"group\"],\"age\":74,"
        "\"area\":5751,\"lvb\":false,\"urgency\":\"soon\"},\"expect\":{\"offering\":\"samen-eten\","
        "\"weight\":null}}]";
    const struct table *table = rulebook_rows(question_of(3), 0, NULL, &source, slice_of(json), arena, &err);
    assert_non_null(table);
    assert_int_equal(table->example_count, 1);
    const struct example *example = &table->examples[0];
    assert_true(slice_is(example->id, "E1") && slice_is(example->sentence, "Een man van 74."));
    assert_true(example->facts[0].kind == VALUE_LIST && example->facts[1].kind == VALUE_NULL);
    assert_true(slice_is(example->expected[0].string, "samen-eten") &&
                example->expected[1].kind == VALUE_NULL && example->expects_null[1]);
    struct slice back = rulebook_examples_json(question_of(3), table, arena);
    static const char expected[] =
        "[{\"id\":\"E1\",\"sentence\":\"Een man van 74.\",\"facts\":{\"approach\":[\"group\"],\"age\":74,"
        "\"area\":5751,\"urgency\":\"soon\",\"lvb\":false},\"expect\":{\"offering\":\"samen-eten\","
        "\"weight\":null}}]";
    assert_string_equal(back.ptr, expected);
    assert_null(rulebook_rows(question_of(3), 0, NULL, &source,
                              slice_of("[{\"id\":\"E1\",\"sentence\":\"x\",\"facts\":{\"age\":\"old\"},"
                                       "\"expect\":{}}]"),
                              arena, &err));
    assert_string_equal(err.text, "/examples/0/facts/age: expected a whole number from 0 to 120");
}

/* The API's document ---------------------------------------------------------------------------------------
 */

static const struct table *read_document(int number, const struct region *region, const char *text,
                                         struct table_faults *faults)
{
    json_error_t wrong;
    json_t *json = json_loads(text, 0, &wrong);
    if (!json)
        fail_msg("%s: %s", wrong.text, text);
    const struct table *table = rulebook_document(question_of(number), region, json, arena, faults);
    json_decref(json);
    return table;
}

static void a_document_comes_back(void **state)
{
    (void)state;
    const struct region *region = fixture_region();
    struct table_faults faults;
    static const char text[] =
        "{\"rules\":[{\"id\":\"R01\",\"when\":{\"approach\":\"\\\"coach\\\", \\\"group\\\"\",\"domains\":"
        "\"not(\\\"housing\\\")\",\"age\":\"[18..65]\",\"area\":\"[5700..5750], [5760..5799]\",\"urgency\":"
        "\"\\\"soon"
        "\\\"\",\"lvb\":\"true\"},\"then\":{\"offering\":\"geldloket\",\"weight\":50},\"reason\":\"Omdat.\"},"
        "{"
        "\"id\":\"R02\",\"when\":{},\"then\":{\"offering\":null,\"weight\":null},\"reason\":\"Niemand.\"}],"
        "\"otherwise\":{\"id\":\"R99\",\"then\":{\"offering\":null,\"weight\":null},\"reason\":\"Anders.\"},"
        "\"examples\":[{\"id\":\"E1\",\"sentence\":\"Een "
        "man.\",\"facts\":{\"approach\":[\"coach\"],\"age\":40},"
        "\"expect\":{\"offering\":\"geldloket\"}}]}";
    const struct table *table = read_document(3, region, text, &faults);
    assert_non_null(table);
    struct slice back = rulebook_document_text(question_of(3), table, arena);
    assert_string_equal(arena_printf(arena, "{%s}", back.ptr), text);
    struct slice rows = rulebook_rows_json(question_of(3), table, arena);
    static const char expected[] =
        "[{\"rule_id\":\"R01\",\"is_otherwise\":false,\"nots\":[\"domains\"],\"approaches\":[\"coach\","
        "\"group\"],"
        "\"domains\":[\"housing\"],\"age\":\"{[18,66)}\",\"area\":\"{[5700,5751),[5760,5800)}\",\"urgency\":["
        "\"soon\"],\"lvb\":true,\"offering\":\"geldloket\",\"weight\":50,\"reason\":\"Omdat.\"},{\"rule_id\":"
        "\"R02\",\"is_otherwise\":false,\"reason\":\"Niemand.\"},{\"rule_id\":\"R99\",\"is_otherwise\":true,"
        "\"reason\":\"Anders.\"}]";
    assert_string_equal(rows.ptr, expected);
    region_release(&region);
}

/* However a cell is typed, it is stored and shown in one form. */
static void cells_are_brought_to_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *column, *typed, *shown;
    } cells[] = {
        {"age", ">= 65", "[65..120]"},
        {"age", "< 18", "[0..17]"},
        {"age", "(17.5..66)", "[18..65]"},
        {"age", "[18..30],[31..40]", "[18..40]"},
        {"age", "18", "18"},
        {"age", "not([18..65])", "[0..17], [66..120]"},
        {"age", "[0..500]", "[0..120]"},
        {"urgency", "soon", "\"soon\""},
        {"urgency", "not(\"soon\")", "not(\"soon\")"},
        {"domains", "finances, mental-health", "\"finances\", \"mental-health\""},
        {"lvb", "false", "false"},
        {"language", "\"nl\",\"en\"", "\"nl\", \"en\""},
        {"age", "-", NULL},
    };
    for (size_t i = 0; i < COUNT(cells); i++) {
        struct table_faults faults;
        json_t *when = json_pack("{s:s}", cells[i].column, cells[i].typed);
        json_t *document = json_pack("{s:[{s:s,s:O,s:{s:s,s:i},s:s}],s:{s:s,s:{},s:s}}", "rules", "id", "R1",
                                     "when", when, "then", "approach", "a", "weight", 1, "reason", "x",
                                     "otherwise", "id", "R9", "then", "reason", "y");
        const struct table *table = rulebook_document(question_of(2), NULL, document, arena, &faults);
        if (!table)
            fail_msg("%s: %.*s", cells[i].typed, SLICE_FMT(faults.list->text));
        json_error_t wrong;
        struct slice text = rulebook_document_text(question_of(2), table, arena);
        json_t *back = json_loads(arena_printf(arena, "{%s}", text.ptr), 0, &wrong);
        const json_t *rule = json_array_get(json_object_get(back, "rules"), 0);
        const char *shown =
            json_string_value(json_object_get(json_object_get(rule, "when"), cells[i].column));
        if (shown || cells[i].shown)
            assert_string_equal(shown, cells[i].shown);
        json_decref(when);
        json_decref(back);
        json_decref(document);
    }
}

/* Each fault alone: where it is, and what is said of it. */
static const struct {
    int table;
    const char *rule, *otherwise; /* NULL: as below */
    const char *place, *text;
} faulty[] = {
    {2, "7", NULL, "/rules/0", "expected an object"},
    {2, "{\"id\":\"r1\",\"when\":{},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":\"x\"}", NULL,
     "/rules/0/id", "expected a capital letter"},
    {2, "{\"id\":\"R9\",\"when\":{},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":\"x\"}", NULL,
     "/otherwise/id", "stands there twice"},
    {2, "{\"id\":\"R1\",\"when\":{},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":\"\"}", NULL,
     "/rules/0/reason", "expected the sentence why"},
    {2, "{\"id\":\"R1\",\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":\"x\"}", NULL,
     "/rules/0/when", "expected an object"},
    {2,
     "{\"id\":\"R1\",\"when\":{},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":\"x\",\"note\":1}",
     NULL, "/rules/0/note", "is no member of a row"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"area\":\"5751\"},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/area", "is no condition of this table"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"age\":18},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":\"x\"}",
     NULL, "/rules/0/when/age", "expected a text with a test"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"age\":\"[18..\"},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/age", "character "},
    {2,
     "{\"id\":\"R1\",\"when\":{\"age\":\"? * 2 > 36\"},\"then\":{\"approach\":\"coach\",\"weight\":1},"
     "\"reason\":\"x\"}",
     NULL, "/rules/0/when/age", "a cell of these tables is a list"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"age\":\"soon\"},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/age", "expected whole numbers"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"age\":\"(17..18)\"},\"then\":{\"approach\":\"coach\",\"weight\":1},"
     "\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/age", "no whole number from 0 to 120 is in it"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"age\":\">= 200\"},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/age", "no whole number"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"urgency\":\"now\"},\"then\":{\"approach\":\"coach\",\"weight\":1},"
     "\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/urgency", "\"now\" is no word of this column"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"domains\":\"money\"},\"then\":{\"approach\":\"coach\",\"weight\":1},"
     "\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/domains", "\"money\" is no word of this column"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"lvb\":\"soon\"},\"then\":{\"approach\":\"coach\",\"weight\":1},\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/lvb", "expected true, false or -"},
    {2,
     "{\"id\":\"R1\",\"when\":{\"urgency\":\"null\"},\"then\":{\"approach\":\"coach\",\"weight\":1},"
     "\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/when/urgency", "expected words"},
    {2, "{\"id\":\"R1\",\"when\":{},\"then\":{\"approach\":\"walk\",\"weight\":1},\"reason\":\"x\"}", NULL,
     "/rules/0/then/approach", "\"walk\" is no word"},
    {2, "{\"id\":\"R1\",\"when\":{},\"then\":{\"approach\":null,\"weight\":1},\"reason\":\"x\"}", NULL,
     "/rules/0/then/approach", "is missing"},
    {2, "{\"id\":\"R1\",\"when\":{},\"then\":{\"approach\":\"coach\"},\"reason\":\"x\"}", NULL,
     "/rules/0/then/weight", "is missing"},
    {2, "{\"id\":\"R1\",\"when\":{},\"then\":{\"approach\":\"coach\",\"weight\":1001},\"reason\":\"x\"}",
     NULL, "/rules/0/then/weight", "expected a whole number from 0 to 1000"},
    {2, "{\"id\":\"R1\",\"when\":{},\"then\":{\"approach\":\"coach\",\"weight\":1.5},\"reason\":\"x\"}", NULL,
     "/rules/0/then/weight", "expected a whole number from 0 to 1000"},
    {2, "{\"id\":\"R1\",\"when\":{},\"then\":{\"offering\":\"geldloket\"},\"reason\":\"x\"}", NULL,
     "/rules/0/then/offering", "is no answer of this table"},
    {2, NULL, "{\"id\":\"R9\",\"then\":{\"approach\":\"coach\"},\"reason\":\"y\"}",
     "/otherwise/then/approach", "the row for everything else leads to the coordination"},
    {2, NULL, "{\"id\":\"R9\",\"when\":{},\"then\":{},\"reason\":\"y\"}", "/otherwise/when", "is no member"},
    {2, NULL, "null", "/otherwise", "expected an object"},
    {1, "{\"id\":\"R1\",\"when\":{},\"then\":{\"action\":\"offering\"},\"reason\":\"x\"}", NULL,
     "/rules/0/then/offering", "is missing"},
    {1,
     "{\"id\":\"R1\",\"when\":{},\"then\":{\"action\":\"continue\",\"offering\":\"geldloket\"},\"reason\":"
     "\"x\"}",
     NULL, "/rules/0/then/offering", "does not go with the other answers"},
    {1, "{\"id\":\"R1\",\"when\":{},\"then\":{\"action\":\"stop\"},\"reason\":\"x\"}", NULL,
     "/rules/0/then/action", "expected a word out of continue, offering, coordinator"},
    {1, NULL, "{\"id\":\"R9\",\"then\":{\"action\":\"coordinator\"},\"reason\":\"y\"}",
     "/otherwise/then/action", "the row for everything else continues"},
    {3, "{\"id\":\"R1\",\"when\":{},\"then\":{\"offering\":\"gone\",\"weight\":1},\"reason\":\"x\"}", NULL,
     "/rules/0/then/offering", "\"gone\" is no word"},
    {3, NULL, "{\"id\":\"R9\",\"then\":{\"offering\":\"geldloket\"},\"reason\":\"y\"}",
     "/otherwise/then/offering", "the row for everything else leads"},
    {4, "{\"id\":\"R1\",\"when\":{},\"then\":{\"fields\":[\"shoes\"]},\"reason\":\"x\"}", NULL,
     "/rules/0/then/fields", "expected a list of words out of name, birth-year"},
    {4, "{\"id\":\"R1\",\"when\":{},\"then\":{\"fields\":[]},\"reason\":\"x\"}", NULL, "/rules/0/then/fields",
     "is missing"},
    {5, "{\"id\":\"R1\",\"when\":{},\"then\":{\"unit\":\"days\"},\"reason\":\"x\"}", NULL,
     "/rules/0/then/amount", "is missing"},
    {5, "{\"id\":\"R1\",\"when\":{},\"then\":{\"unit\":\"state\",\"amount\":2},\"reason\":\"x\"}", NULL,
     "/rules/0/then/amount", "does not go with"},
    {6, "{\"id\":\"R1\",\"when\":{\"tries\":\"> 20\"},\"then\":{\"next\":\"stop\"},\"reason\":\"x\"}", NULL,
     "/rules/0/when/tries", "no whole number from 1 to 20"},
    {7,
     "{\"id\":\"R1\",\"when\":{\"milestone\":\"arrived\"},\"then\":{\"form\":\"end\",\"channel\":\"his\"},"
     "\"reason\":\"x\"}",
     NULL, "/rules/0/when/milestone", "\"arrived\" is no word"},
};

static const char *const good_otherwise[] = {
    NULL,
    "{\"id\":\"R9\",\"then\":{},\"reason\":\"y\"}",
    "{\"id\":\"R9\",\"then\":{},\"reason\":\"y\"}",
    "{\"id\":\"R9\",\"then\":{},\"reason\":\"y\"}",
    "{\"id\":\"R9\",\"then\":{\"fields\":[\"name\"]},\"reason\":\"y\"}",
    "{\"id\":\"R9\",\"then\":{\"unit\":\"state\"},\"reason\":\"y\"}",
    "{\"id\":\"R9\",\"then\":{\"next\":\"coordinator\"},\"reason\":\"y\"}",
    "{\"id\":\"R9\",\"then\":{\"form\":\"digest\",\"channel\":\"wijzer\"},\"reason\":\"y\"}"};

static void faults_are_told_with_their_place(void **state)
{
    (void)state;
    const struct region *region = fixture_region();
    for (size_t i = 0; i < COUNT(faulty); i++) {
        struct table_faults faults;
        const char *otherwise = faulty[i].otherwise ? faulty[i].otherwise : good_otherwise[faulty[i].table];
        const char *text = arena_printf(arena, "{\"rules\":[%s],\"otherwise\":%s,\"examples\":[]}",
                                        faulty[i].rule ? faulty[i].rule : "", otherwise);
        if (read_document(faulty[i].table, region, text, &faults))
            fail_msg("taken: %s", text);
        if (!slice_is(faults.list[0].file, faulty[i].place) ||
            !slice_starts(faults.list[0].text, faulty[i].text))
            fail_msg("%s: %.*s: %.*s", faulty[i].place, SLICE_FMT(faults.list[0].file),
                     SLICE_FMT(faults.list[0].text));
        assert_int_equal(faults.count, 1);
    }
    for (int table = 1; table <= RULE_TABLES; table++) {
        struct table_faults faults;
        assert_non_null(read_document(
            table, region, arena_printf(arena, "{\"rules\":[],\"otherwise\":%s}", good_otherwise[table]),
            &faults));
    }
    region_release(&region);
}

static void all_faults_are_told_at_once(void **state)
{
    (void)state;
    struct table_faults faults;
    assert_null(read_document(2, NULL,
                              "{\"rules\":[{\"id\":\"R1\",\"when\":{\"age\":\"x\",\"urgency\":\"now\"},"
                              "\"then\":{\"approach\":\"a\",\"weight\":"
                              "-1},\"reason\":\"x\"},{\"id\":\"R1\",\"when\":{\"age\":\"x\"},\"then\":{"
                              "\"approach\":\"a\",\"weight\":1},\"reason\":"
                              "\"x\"}],\"otherwise\":{\"id\":\"R9\",\"then\":{},\"reason\":\"y\"},"
                              "\"examples\":[{\"id\":\"E1\",\"sentence\":\"\","
                              "\"facts\":{\"shoes\":1},\"expect\":{\"weight\":\"a\"}},{\"id\":\"E1\","
                              "\"sentence\":\"x\",\"facts\":[],"
                              "\"expect\":{}}]}",
                              &faults));
    static const char *const places[] = {
        "/rules/0/when/age", "/rules/0/when/urgency", "/rules/0/then/weight",    "/rules/1/id",
        "/rules/1/when/age", "/examples/0/sentence",  "/examples/0/facts/shoes", "/examples/0/expect/weight",
        "/examples/1/facts", "/examples/1/id"};
    assert_int_equal(faults.count, COUNT(places));
    for (size_t i = 0; i < COUNT(places); i++)
        assert_true(slice_is(faults.list[i].file, places[i]));
    assert_true(slice_is(faults.list[1].rule, "R1") && slice_is(faults.list[1].column, "urgency"));
    assert_null(read_document(2, NULL, "{\"rules\":7}", &faults));
    assert_true(slice_is(faults.list[0].file, "/rules"));
}

/* Rows to a table to the API's document to a table to rows: the same all the way. */
struct json_rows {
    json_t *list;
    struct arena *arena;
};

static int json_column(const void *rows, const char *name)
{
    return text_column(rows, name);
}

/* As PostgreSQL would show what save_draft stored. */
static struct slice json_cell(const void *rows, size_t row, int column)
{
    const struct json_rows *from = rows;
    const char *name = text_columns[column];
    if (strcmp(name, "offering_code") == 0)
        name = "offering";
    const json_t *value = json_object_get(json_array_get(from->list, row), name);
    if (json_is_boolean(value))
        return slice_of(json_is_true(value) ? "t" : "f");
    if (json_is_integer(value))
        return slice_of(arena_printf(from->arena, "%d", (int)json_integer_value(value)));
    if (json_is_string(value))
        return slice_of(json_string_value(value));
    if (!json_is_array(value))
        return SLICE_NONE;
    const char *text = "";
    for (size_t i = 0; i < json_array_size(value); i++)
        text = arena_printf(from->arena, "%s%s\"%s\"", text, i ? "," : "",
                            json_string_value(json_array_get(value, i)));
    return slice_of(arena_printf(from->arena, "{%s}", text));
}

static void tables_go_round(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < COUNT(written_tables); i++) { /* the last has a form of its own */
        const struct written *written = &written_tables[i];
        const struct question *question = question_of(written->table);
        const struct table *first = text_table(written->table, 0, written->rows, written->count, arena);
        struct slice text = rulebook_document_text(question, first, arena);
        struct table_faults faults;
        const struct table *second =
            read_document(written->table, NULL, arena_printf(arena, "{%s}", text.ptr), &faults);
        if (!second)
            fail_msg("table %d: %.*s: %.*s", written->table, SLICE_FMT(faults.list->file),
                     SLICE_FMT(faults.list->text));
        struct slice difference;
        if (!table_equal(first, second, arena, &difference))
            fail_msg("%.*s", SLICE_FMT(difference));
        struct json_rows rows = {json_loads(rulebook_rows_json(question, second, arena).ptr, 0, NULL), arena};
        assert_int_equal(json_array_size(rows.list), written->count);
        struct rule_source source = {&rows, written->count, json_column, json_cell};
        struct err err;
        const struct table *third = rulebook_rows(question, 0, NULL, &source, SLICE_NONE, arena, &err);
        if (!third)
            fail_msg("%s", err.text);
        if (!table_equal(first, third, arena, &difference))
            fail_msg("%.*s", SLICE_FMT(difference));
        json_decref(rows.list);
    }
}

/* Rulesets -------------------------------------------------------------------------------------------------
 */

static void rulings_are_compact_and_readable(void **state)
{
    (void)state;
    const struct ruleset *set = written_ruleset(3, 13);
    assert_true(set->version == 13 && set->rule_count == 5 && set->policy == HIT_COLLECT);
    assert_true(slice_is(ruling_id(set, &set->rulings[0]), "B01") && set->rulings[0].number == 13 &&
                set->rulings[0].weight == 50);
    assert_true(slice_is(ruling_reason(set, &set->rulings[4]), "Buiten het gebied."));
    assert_true(slice_is(ruling_id(set, &set->rulings[5]), "B99") && set->rulings[5].number == 0 &&
                set->rulings[5].weight == -1);
    size_t count;
    const uint16_t *list = ruling_approaches(set, &set->rulings[2], &count);
    assert_true(count == 1 && slice_is(set->words[list[0]], "group"));
    ruling_approaches(set, &set->rulings[4], &count);
    assert_int_equal(count, 0);
    static const int32_t ids[] = {11, 12, 13, 14};
    assert_int_equal(set->offering_count, 4);
    assert_memory_equal(set->offerings, ids, sizeof ids);
    assert_true(ruleset_bytes(set) > sizeof *set);
    ruleset_release(&set);
    assert_null(set);
    ruleset_release(&set);

    set = written_ruleset(2, 12);
    assert_true(slice_is(ruling_word(set, &set->rulings[0]), "debt-help") && set->rulings[0].weight == 80);
    assert_true(set->rulings[1].word == set->rulings[4].word && !ruling_word(set, &set->rulings[5]).ptr);
    ruleset_release(&set);
    set = written_ruleset(1, 11);
    assert_true(set->rulings[0].word == ACTION_COORDINATOR && set->rulings[1].word == ACTION_OFFERING &&
                set->rulings[1].number == 13);
    assert_true(slice_is(ruling_word(set, &set->rulings[2]), "continue"));
    ruleset_release(&set);
    set = written_ruleset(5, 15);
    assert_true(set->rulings[0].number == 1 && set->rulings[0].weight == 1 &&
                set->rulings[0].word == UNIT_WORKING_DAYS && set->rulings[1].weight == -1);
    ruleset_release(&set);
}

static void fields_and_feedback_are_kept(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "rule_id=F1;recipient={welfare};fields={name,area,situation};reason=x",
        "rule_id=F9;is_otherwise=t;fields={birth-year};reason=y"};
    const struct ruleset *set = text_ruleset(4, 0, 3, fields, COUNT(fields));
    assert_true(set->rulings[0].word == (1 << 0 | 1 << 2 | 1 << 10) && set->rulings[1].word == 1 << 1);
    assert_null(ruling_word(set, &set->rulings[0]).ptr);
    ruleset_release(&set);
    static const char *const feedback[] = {"rule_id=T1;milestone={accepted};form=digest;channel=his;reason=x",
                                           "rule_id=T9;is_otherwise=t;form=none;reason=y"};
    set = text_ruleset(7, 0, 3, feedback, COUNT(feedback));
    assert_true(slice_is(ruling_word(set, &set->rulings[0]), "digest") && set->rulings[0].word2 == 2);
    assert_true(set->rulings[1].word == 3 && set->rulings[1].word2 == RULING_NONE);
    ruleset_release(&set);
}

static void a_table_without_a_last_row_is_refused(void **state)
{
    (void)state;
    struct table table = *text_table(2, 0, approach_rows, COUNT(approach_rows), arena);
    table.otherwise = NULL;
    struct err err;
    assert_null(ruleset_build(question_of(2), 1, &table, NULL, &err));
    assert_string_equal(err.text, "table 2 has no row for everything else");
}

/* What a table from elsewhere may put out, and a ruleset cannot hold. */
static void unknown_answers_are_refused(void **state)
{
    (void)state;
    struct feel_fault fault;
    const struct feel *wrong = feel_parse_expression(slice_of("1 + 1000"), NULL, arena, &fault);
    const struct feel *outputs[] = {NULL, wrong};
    struct table table = *text_table(2, 0, approach_rows, COUNT(approach_rows), arena);
    struct rule rules[5];
    memcpy(rules, table.rules, sizeof rules);
    outputs[0] = rules[3].outputs[0];
    rules[3].outputs = outputs;
    table.rules = rules;
    struct err err;
    assert_null(ruleset_build(question_of(2), 1, &table, NULL, &err));
    assert_string_equal(err.text, "rule \"A04\": weight: is no answer to this question");
}

enum { THREADS = 4, ROUNDS = 20000 };

static void *holder(void *argument)
{
    const struct ruleset *mine = argument;
    for (int i = 0; i < ROUNDS; i++) {
        const struct ruleset *held = ruleset_hold(mine);
        ruleset_release(&held);
    }
    ruleset_release(&mine);
    return NULL;
}

static void threads_share_a_ruleset(void **state)
{
    (void)state;
    const struct ruleset *set = written_ruleset(2, 12);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, holder, (void *)(uintptr_t)ruleset_hold(set)), 0);
    ruleset_release(&set);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(there_are_seven_questions),
        TEST(a_schema_knows_the_words),
        TEST(numbers_have_bounds),
        TEST(columns_are_told_as_json),
        TEST(cells_are_read),
        TEST(words_in_quotes_are_read),
        TEST(broken_rows_are_refused),
        TEST(examples_come_with_the_rows),
        TEST(a_document_comes_back),
        TEST(cells_are_brought_to_one_form),
        TEST(faults_are_told_with_their_place),
        TEST(all_faults_are_told_at_once),
        TEST(tables_go_round),
        TEST(rulings_are_compact_and_readable),
        TEST(fields_and_feedback_are_kept),
        TEST(a_table_without_a_last_row_is_refused),
        TEST(unknown_answers_are_refused),
        TEST(threads_share_a_ruleset),
    };
    return cmocka_run_group_tests_name("rulebook", tests, NULL, NULL);
}
