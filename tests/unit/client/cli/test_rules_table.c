#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "dmn.h"
#include "json_doc.h"
#include "rules_fixtures.h"
#include "rules_table.h"

struct fixture {
    struct arena *arena;
    json_t *document;
    struct table_faults faults;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    f->arena = arena_new(0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    json_decref(f->document);
    arena_free(&f->arena);
    free(f);
    return 0;
}

static const char *complaints(const struct fixture *f)
{
    const char *all = "";
    for (size_t i = 0; i < f->faults.count; i++) {
        const struct table_fault *fault = &f->faults.list[i];
        all = arena_printf(f->arena, "%s[%zu %.*s %.*s: %.*s]", all, fault->line, SLICE_FMT(fault->rule),
                           SLICE_FMT(fault->column), SLICE_FMT(fault->text));
    }
    return all;
}

static const struct table *table_of(struct fixture *f, const char *text)
{
    struct err err;
    json_decref(f->document);
    f->document = document_parse(slice_of(text), &err);
    if (!f->document)
        fail_msg("fixture: %s", err.text);
    const struct table *table = rules_table(f->document, f->arena, &f->faults);
    if (!table)
        fail_msg("no table: %s", complaints(f));
    return table;
}

/* The draft holds what the document holds, by value. */
static void assert_same_rows(struct fixture *f, const struct table *table, const char *text)
{
    static const char *const members[] = {"rules", "otherwise", "examples"};
    struct slice body = rules_draft(table, 0, NULL, "x.csv", f->arena, &f->faults);
    if (!body.ptr)
        fail_msg("no draft: %s", complaints(f));
    json_t *draft = document_parse(body, NULL), *expected = document_parse(slice_of(text), NULL);
    assert_non_null(draft);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const json_t *got = json_object_get(draft, members[i]);
        if (!json_equal(got, json_object_get(expected, members[i])))
            fail_msg("%s: %s", members[i], json_dumps(got, JSON_ENCODE_ANY));
    }
    json_decref(draft);
    json_decref(expected);
}

static void a_document_becomes_a_table(void **state)
{
    struct fixture *f = *state;
    const struct table *table = table_of(f, OFFERING_TABLE);
    assert_int_equal(table->policy, HIT_COLLECT);
    assert_int_equal(table->input_count, 6);
    assert_int_equal(table->output_count, 2);
    assert_int_equal(table->rule_count, 2);
    assert_true(table->inputs[0].is_any_of && !table->inputs[2].is_any_of);
    assert_true(table->inputs[2].is_integer && !table->inputs[4].is_integer);
    assert_int_equal(table->inputs[0].allowed_count, 2);
    assert_int_equal(table->inputs[1].allowed_count, 0);
    assert_true(slice_is(table->id, "offering"));
    assert_int_equal(table->rules[0].tests[0].kind, TEST_WORDS);
    assert_int_equal(table->rules[0].tests[1].count, 2);
    assert_int_equal(table->rules[0].tests[2].kind, TEST_NUMBERS);
    assert_int_equal(table->rules[0].tests[3].kind, TEST_ANY);
    assert_true(table->rules[1].tests[4].negated);
    assert_int_equal(table->rules[1].tests[5].kind, TEST_BOOLEAN);
    assert_non_null(table->otherwise);
    assert_true(slice_is(table->otherwise->id, "R99"));
    assert_null(table->otherwise->outputs[0]);
    assert_int_equal(table->examples[0].facts[0].kind, VALUE_NULL);
    assert_int_equal(table->examples[0].facts[1].kind, VALUE_LIST);
    assert_true(table->absent_is_unknown);
}

static void and_a_draft_again(void **state)
{
    struct fixture *f = *state;
    assert_same_rows(f, table_of(f, OFFERING_TABLE), OFFERING_TABLE);
    assert_same_rows(f, table_of(f, FIELDS_TABLE), FIELDS_TABLE);
    struct slice body = rules_draft(table_of(f, FIELDS_TABLE), 7, "Want.", "x", f->arena, &f->faults);
    assert_non_null(strstr(body.ptr, "{\"basedOn\":7,\"note\":\"Want.\",\"rules\":["));
}

/* Out to a file and back: the same rows. */
static void by_way_of_csv(void **state)
{
    struct fixture *f = *state;
    static const char *const documents[] = {OFFERING_TABLE, FIELDS_TABLE};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct csv_schema schema;
        struct slice csv = csv_write(table_of(f, documents[i]), f->arena);
        assert_true(rules_schema(f->document, f->arena, &schema));
        const struct table *table = csv_read(csv, "x.csv", &schema, f->arena, &f->faults);
        if (!table)
            fail_msg("%s\n%.*s", complaints(f), SLICE_FMT(csv));
        assert_same_rows(f, rules_fit(table, &schema, "x.csv", f->arena, &f->faults), documents[i]);
    }
}

static void by_way_of_dmn(void **state)
{
    struct fixture *f = *state;
    static const char *const documents[] = {OFFERING_TABLE, FIELDS_TABLE};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct csv_schema schema;
        struct err err;
        struct slice xml = dmn_write(table_of(f, documents[i]), f->arena);
        const struct dmn_model *model = dmn_read(xml, "x.dmn", f->arena, &f->faults);
        if (!model)
            fail_msg("%s\n%.*s", complaints(f), SLICE_FMT(xml));
        const struct dmn_decision *decision = dmn_find(model, NULL, &err);
        assert_non_null(decision);
        assert_true(slice_is(decision->table->id, i == 0 ? "offering" : "fields") ||
                    slice_is(decision->id, i == 0 ? "offering" : "fields"));
        assert_true(rules_schema(f->document, f->arena, &schema));
        const struct table *table = rules_fit(decision->table, &schema, "x.dmn", f->arena, &f->faults);
        if (!table)
            fail_msg("%s", complaints(f));
        assert_same_rows(f, table, documents[i]);
    }
}

static const struct table *csv_of(struct fixture *f, const char *csv, const struct csv_schema *schema)
{
    const struct table *table = csv_read(slice_of(csv), "x.csv", schema, f->arena, &f->faults);
    if (!table)
        fail_msg("%s", complaints(f));
    return table;
}

/* A spreadsheet with columns in another order, some left out, and rows without an id. */
static void a_file_of_a_person_is_fitted(void **state)
{
    static const char csv[] = "C;age;approach;> weight;> offering;# reason\r\n"
                              ";>= 65;coach;10;coach;Oud\r\n"
                              "R07;;;20;join-us;Ieder\r\n"
                              ";< 18;;30;join-us;Jong\r\n"
                              ":otherwise;;;;;Niets\r\n"
                              ":example;74;coach;10;coach;Een man van 74\r\n";
    struct fixture *f = *state;
    struct csv_schema schema;
    table_of(f, OFFERING_TABLE);
    assert_true(rules_schema(f->document, f->arena, &schema));
    const struct table *table = rules_fit(csv_of(f, csv, &schema), &schema, "x.csv", f->arena, &f->faults);
    assert_non_null(table);
    struct slice body = rules_draft(table, 0, NULL, "x.csv", f->arena, &f->faults);
    assert_non_null(body.ptr);
    json_t *draft = document_parse(body, NULL);
    const json_t *rules = document_list(draft, "rules");
    assert_string_equal(document_text(json_array_get(rules, 0), "id"), "R08");
    assert_string_equal(document_text(json_array_get(rules, 1), "id"), "R07");
    assert_string_equal(document_text(json_array_get(rules, 2), "id"), "R09");
    assert_string_equal(document_text(draft, "otherwise.id"), "R10");
    assert_string_equal(document_text(json_array_get(document_list(draft, "examples"), 0), "id"), "E01");
    assert_string_equal(document_text(json_array_get(rules, 0), "when.approach"), "\"coach\"");
    assert_string_equal(document_text(json_array_get(rules, 0), "then.offering"), "coach");
    assert_int_equal(document_number(json_array_get(rules, 0), "then.weight", 0), 10);
    assert_string_equal(document_text(json_array_get(rules, 2), "reason"), "Jong");
    json_decref(draft);
}

static void what_is_no_draft_is_said(void **state)
{
    struct fixture *f = *state;
    assert_null(rules_draft(csv_of(f, "C,age,> offering,# reason\nR1,<18,coach,x\n", NULL), 0, NULL, "x.csv",
                            f->arena, &f->faults)
                    .ptr);
    assert_non_null(strstr(complaints(f), ":otherwise"));
    f->faults = (struct table_faults){0};
    assert_null(rules_draft(csv_of(f, "C,age,> weight,# reason\nR1,<18,age + 1,x\n:otherwise,,,y\n", NULL), 0,
                            NULL, "x.csv", f->arena, &f->faults)
                    .ptr);
    assert_non_null(strstr(complaints(f), "[2 R1 weight: expected a fixed value"));
    f->faults = (struct table_faults){0};
    assert_null(rules_draft(csv_of(f, "C,shoe size,> weight,# reason\nR1,<18,1,x\n:otherwise,,,y\n", NULL), 0,
                            NULL, "x.csv", f->arena, &f->faults)
                    .ptr);
    assert_true(f->faults.count > 0);
}

/* The columns are then those of the file, whose names end at a separator and not at a NUL. */
static void a_file_without_a_schema_keeps_its_names(void **state)
{
    static const char csv[] = "U;decline;tries;> next;# reason\r\n"
                              "D01;capacity;1;stop;Vol\r\n"
                              ":otherwise D99;;;wait;Niets\r\n"
                              ":example E1;capacity;1;stop;Iemand\r\n";
    static const char expected[] =
        "{\"rules\":[{\"id\":\"D01\",\"when\":{\"decline\":\"\\\"capacity\\\"\",\"tries\":\"1\"},"
        "\"then\":{\"next\":\"stop\"},\"reason\":\"Vol\"}],"
        "\"otherwise\":{\"id\":\"D99\",\"then\":{\"next\":\"wait\"},\"reason\":\"Niets\"},"
        "\"examples\":[{\"id\":\"E1\",\"sentence\":\"Iemand\",\"facts\":{\"decline\":\"capacity\",\"tries\":"
        "1},"
        "\"expect\":{\"next\":\"stop\"}}]}";
    struct fixture *f = *state;
    assert_same_rows(f, csv_of(f, csv, NULL), expected);
    struct slice xml = dmn_write(csv_of(f, csv, NULL), f->arena);
    const struct dmn_model *model = dmn_read(xml, "x.dmn", f->arena, &f->faults);
    assert_non_null(model);
    assert_same_rows(f, dmn_find(model, NULL, NULL)->table, expected);
}

static const char *missing_of(struct fixture *f, const struct table *file, const struct csv_schema *schema)
{
    size_t count;
    const struct input *const *missing = rules_missing(file, schema, f->arena, &count);
    const char *all = "";
    for (size_t i = 0; i < count; i++)
        all = arena_printf(f->arena, "%s %.*s", all, SLICE_FMT(missing[i]->name));
    return all;
}

static void columns_that_are_left_out_are_known(void **state)
{
    struct fixture *f = *state;
    struct csv_schema schema;
    const struct table *whole = table_of(f, OFFERING_TABLE);
    assert_true(rules_schema(f->document, f->arena, &schema));
    const struct table *header = rules_header(
        slice_of("C;age;\"approach\";area;\"urgency\";> weight;> offering\r\n;oud;((;;\r\n"), f->arena);
    assert_non_null(header);
    assert_string_equal(missing_of(f, header, &schema), " domains lvb");
    assert_string_equal(missing_of(f, whole, &schema), "");
    assert_string_equal(missing_of(f, rules_header(csv_write(whole, f->arena), f->arena), &schema), "");
    assert_null(rules_header(slice_of(""), f->arena));
}

static void what_does_not_fit_is_said(void **state)
{
    struct fixture *f = *state;
    struct csv_schema schema;
    table_of(f, OFFERING_TABLE);
    assert_true(rules_schema(f->document, f->arena, &schema));
    const struct table *table =
        csv_of(f, "F,shoe,> offering,> other,# reason\nR1,<18,coach,1,x\n:otherwise,,,,y\n", NULL);
    assert_null(rules_fit(table, &schema, "x.csv", f->arena, &f->faults));
    assert_non_null(strstr(complaints(f), "hit policy F, but this table has C"));
    assert_non_null(strstr(complaints(f), "shoe: this table has no such input"));
    assert_non_null(strstr(complaints(f), "weight: this output is missing"));
}

static void faults_of_the_service_find_their_line(void **state)
{
    struct fixture *f = *state;
    const struct table *table =
        csv_of(f,
               "C,age,> offering,# reason\nR1,<18,coach,x\n\nR2,>1,coach,x\n:otherwise Z,,,y\n:example "
               "E1,3,coach,z\n",
               NULL);
    static const struct {
        const char *pointer;
        size_t line;
        const char *rule, *column;
    } cases[] = {{"/rules/0/when/age", 2, "R1", "age"},
                 {"/rules/1/then/offering", 4, "R2", "offering"},
                 {"/rules/1/reason", 4, "R2", "reason"},
                 {"/rules/1", 4, "R2", ""},
                 {"/otherwise/then/offering", 5, "Z", "offering"},
                 {"/examples/0/facts/age", 6, "E1", "age"},
                 {"/rules/9/when/age", 0, "", "/rules/9/when/age"},
                 {"/note", 0, "", "/note"},
                 {"", 0, "", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table_fault fault = rules_fault(table, cases[i].pointer, "text", "x.csv", f->arena);
        assert_int_equal(fault.line, cases[i].line);
        assert_string_equal(arena_printf(f->arena, "%.*s", SLICE_FMT(fault.rule)), cases[i].rule);
        assert_string_equal(arena_printf(f->arena, "%.*s", SLICE_FMT(fault.column)), cases[i].column);
        assert_true(slice_is(fault.text, "text"));
        assert_true(slice_is(fault.file, "x.csv"));
    }
}

/* The service names the row, and so does who shows the fault. */
static void a_row_is_named_once(void **state)
{
    struct fixture *f = *state;
    const struct table *table = csv_of(f, "C,age,> offering,# reason\nR1,<18,coach,x\n", NULL);
    static const struct {
        const char *text, *shown;
    } cases[] = {{"R1: \"x\" is no offering", "\"x\" is no offering"},
                 {"R11: other", "R11: other"},
                 {"R1", "R1"},
                 {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table_fault fault =
            rules_fault(table, "/rules/0/then/offering", cases[i].text, "x.csv", f->arena);
        assert_true(slice_is(fault.text, cases[i].shown));
        assert_true(slice_is(fault.rule, "R1"));
    }
}

static void the_answers_tell_the_question(void **state)
{
    static const struct {
        const char *outputs;
        int question;
    } cases[] = {{"> action,> offering", 1},
                 {"> approach,> weight", 2},
                 {"> offering,> weight", 3},
                 {"> fields", 4},
                 {"> amount,> unit", 5},
                 {"> next", 6},
                 {"> form,> channel", 7},
                 {"> offering", 0},
                 {"> weight", 0},
                 {"> colour", 0},
                 {"> offering,> colour", 0}};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *csv = arena_printf(f->arena, "U,age,%s\n", cases[i].outputs);
        assert_int_equal(rules_question(csv_of(f, csv, NULL)), cases[i].question);
    }
    assert_string_equal(rules_code(1), "exclusion");
    assert_string_equal(rules_code(7), "feedback");
    assert_null(rules_code(0));
    assert_null(rules_code(8));
}

static void strange_documents_make_no_table(void **state)
{
    static const char *const strange[] = {
        "{}",
        "[]",
        "{\"columns\":7}",
        "{\"columns\":[{\"kind\":\"output\"}]}",
        "{\"hitPolicy\":\"C\",\"columns\":[{\"kind\":\"input\",\"name\":\"a\"}]}",
        "{\"hitPolicy\":\"C\",\"columns\":[{\"kind\":\"output\",\"name\":\"a\",\"type\":\"number\"}],"
        "\"rules\":[{\"then\":{\"a\":\"x\"}}]}",
        "{\"hitPolicy\":\"C\",\"columns\":[{\"kind\":\"input\",\"name\":\"b\",\"type\":\"number\"},"
        "{\"kind\":\"output\",\"name\":\"a\",\"type\":\"number\"}],\"rules\":[{\"when\":{\"b\":\"((\"}}]}"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        json_decref(f->document);
        f->document = document_parse(slice_of(strange[i]), NULL);
        f->faults = (struct table_faults){0};
        assert_null(rules_table(f->document, f->arena, &f->faults));
        assert_true(f->faults.count > 0);
    }
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_document_becomes_a_table),
        T(and_a_draft_again),
        T(by_way_of_csv),
        T(by_way_of_dmn),
        T(a_file_of_a_person_is_fitted),
        T(what_is_no_draft_is_said),
        T(a_file_without_a_schema_keeps_its_names),
        T(columns_that_are_left_out_are_known),
        T(what_does_not_fit_is_said),
        T(faults_of_the_service_find_their_line),
        T(a_row_is_named_once),
        T(the_answers_tell_the_question),
        T(strange_documents_make_no_table),
    };
    return cmocka_run_group_tests_name("rule tables of the client", tests, NULL, NULL);
}
