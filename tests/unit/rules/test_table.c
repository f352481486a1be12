#include "table_fixture.h"

/* ---- hit policies ---- */

struct decision_case {
    const char *facts, *result;
    const char *complaint; /* part of it, or NULL */
};

static void decide_all(const char *csv, bool absent_is_unknown, const struct decision_case *cases,
                       size_t count)
{
    struct arena *arena = arena_new(0);
    struct table *table = table_of(csv, arena);
    table->absent_is_unknown = absent_is_unknown;
    for (size_t i = 0; i < count; i++) {
        struct feel_scope facts = facts_of(cases[i].facts, arena);
        struct outcome outcome;
        table_decide(table, &facts, arena, &outcome);
        assert_result(&outcome, cases[i].result, arena);
        if (!cases[i].complaint)
            assert_false(outcome.complaint.ptr);
        else if (!strstr(arena_text(arena, outcome.complaint), cases[i].complaint))
            fail_msg("complaint \"%.*s\"", SLICE_FMT(outcome.complaint));
    }
    arena_free(&arena);
}
#define DECIDE(csv, cases) decide_all(csv, false, cases, COUNT(cases))
#define DECIDE_KNOWN(csv, cases) decide_all(csv, true, cases, COUNT(cases))

static void unique_takes_the_one_row(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"age\": 5}", "\"child\"", NULL},
        {"{\"age\": 30}", "\"adult\"", NULL},
        {"{\"age\": 70}", "null", "R2 and R3 both match"},
        {"{\"age\": -1}", "null", NULL},
        {"{}", "null", NULL},
        {"{\"age\": null}", "null", NULL},
        {"{\"age\": \"5\"}", "null", NULL},
    };
    (void)state;
    DECIDE("U;age;> group\r\nR1;[0..18);child\r\nR2;>= 18;adult\r\nR3;>= 65;old\r\n", cases);
}

static void any_needs_equal_outputs(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"a\": 5, \"b\": 1}", "{\"x\": \"yes\", \"y\": 1}", NULL},
        {"{\"a\": 5, \"b\": 9}", "null", "R1 and R3 match with different outputs"},
        {"{\"a\": 0, \"b\": 9}", "{\"x\": \"yes\", \"y\": 2}", NULL},
    };
    (void)state;
    DECIDE("A,a,b,> x,> y\nR1,> 1,-,yes,1\nR2,-,1,yes,1.0\nR3,-,9,yes,2\n", cases);
}

static void priority_goes_by_output_values(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"a\": 1}", "\"high\"", NULL},
        {"{\"a\": 2}", "\"low\"", NULL}, /* "other" is not in the list: last */
        {"{\"a\": 3}", "\"other\"", NULL},
        {"{\"a\": 4}", "null", NULL},
    };
    (void)state;
    DECIDE("P,a,> level\n:values,,\"\"\"high\"\",\"\"middle\"\",\"\"low\"\"\"\n"
           "R1,\"1,2\",low\nR2,1,high\nR3,1,middle\nR4,\"2,3\",other\n",
           cases);
}

static void priority_of_several_outputs_goes_from_left_to_right(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"n\": 1}", "{\"status\": \"yes\", \"note\": \"z\", \"rate\": \"best\"}", NULL},
        {"{\"n\": 2}", "{\"status\": \"yes\", \"note\": \"b\", \"rate\": \"good\"}", NULL},
        {"{\"n\": 3}", "{\"status\": \"no\", \"note\": \"c\", \"rate\": \"best\"}", NULL},
    };
    (void)state;
    /* note has no values and does not count */
    DECIDE("P;n;> status;> note;> rate\n:values;;\"\"\"yes\"\",\"\"no\"\"\";;\"\"\"best\"\",\"\"good\"\"\"\n"
           "R1;-;no;c;best\nR2;<= 2;yes;b;good\nR3;1;yes;z;best\n",
           cases);
}

static void first_takes_the_first(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"a\": 10}", "\"one\"", NULL},
        {"{\"a\": 5}", "\"two\"", NULL},
        {"{\"a\": 0}", "\"rest\"", NULL},
    };
    (void)state;
    DECIDE("F\ta\t> out\nR1\t> 8\tone\nR2\t> 2\ttwo\n:otherwise R9\t\trest\n", cases);
}

static void rule_order_and_collect_are_lists(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"n\": 10}", "[\"b\", \"a\", \"b\"]", NULL},
        {"{\"n\": 5}", "[\"b\"]", NULL},
        {"{\"n\": 0}", "null", NULL},
    };
    (void)state;
    DECIDE("R,n,> out\n1,> 2,b\n2,> 8,a\n3,> 9,b\n", cases);
    DECIDE("C,n,> out\n1,> 2,b\n2,> 8,a\n3,> 9,b\n", cases);
}

static void output_order_sorts_and_keeps_ties_in_place(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"a\": 10}",
         "[{\"s\": \"x\", \"t\": 2}, {\"s\": \"x\", \"t\": 3}, {\"s\": \"y\", \"t\": 1}, "
         "{\"s\": \"q\", \"t\": 4}]",
         NULL},
        {"{\"a\": 0}", "null", NULL},
    };
    (void)state;
    DECIDE("O,a,> s,> t\n:values,,\"\"\"x\"\",\"\"y\"\"\",\n1,> 2,q,4\n2,> 2,y,1\n3,> 2,x,2\n4,> 2,x,3\n",
           cases);
}

static void collect_with_an_operator(void **state)
{
    static const struct {
        const char *policy, *all, *one;
    } policies[] = {
        {"C+", "249.04", "98.83"}, {"C#", "2", "1"}, {"C<", "98.83", "98.83"}, {"C>", "150.21", "98.83"}};
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(policies); i++) {
        const struct decision_case cases[] = {
            {"{\"a\": 10}", policies[i].all, NULL},
            {"{\"a\": 3}", policies[i].one, NULL},
            {"{\"a\": 0}", "null", NULL},
        };
        const char *csv = arena_printf(arena, "%s,a,> out\n1,> 2,98.83\n2,> 8,150.21\n", policies[i].policy);
        DECIDE(csv, cases);
    }
    arena_free(&arena);
}

static void extremes_of_what_has_an_order(void **state)
{
    static const struct decision_case words[] = {{"{\"a\": 1}", "\"appel\"", NULL}};
    static const struct decision_case mixed[] = {{"{\"a\": 1}", "null", "cannot be taken together"}};
    static const struct decision_case sums[] = {{"{\"a\": 1}", "null", "cannot be taken together"}};
    (void)state;
    DECIDE("C<,a,> out\n1,-,peer\n2,-,appel\n", words);
    DECIDE("C>,a,> out\n1,-,peer\n2,-,5\n", mixed);
    DECIDE("C+,a,> out\n1,-,peer\n2,-,5\n", sums);
}

static void an_operator_over_several_outputs_is_not_defined(void **state)
{
    static const struct decision_case sums[] = {
        {"{\"a\": 1}", "null", "C+ is not defined over several outputs"}};
    static const struct decision_case counts[] = {{"{\"a\": 1}", "2", NULL}};
    static const struct decision_case lists[] = {
        {"{\"a\": 1}", "[{\"x\": 1, \"y\": 2}, {\"x\": 3, \"y\": null}]", NULL}};
    (void)state;
    DECIDE("C+,a,> x,> y\n1,-,1,2\n2,-,3,\n", sums);
    DECIDE("C#,a,> x,> y\n1,-,1,2\n2,-,3,\n", counts);
    DECIDE("C,a,> x,> y\n1,-,1,2\n2,-,3,\n", lists);
}

static void defaults_hold_when_no_row_does(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"a\": 1}", "{\"x\": \"one\", \"y\": 1}", NULL},
        {"{\"a\": 2}", "{\"x\": \"none\", \"y\": null}", NULL},
    };
    (void)state;
    DECIDE("U,a,> x,> y\n1,1,one,1\n:otherwise,,none,\n", cases);
}

static void outputs_are_expressions_of_the_facts(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"age\": 20, \"years\": 3}", "23", NULL},
        {"{\"age\": 70, \"years\": 3}", "\"old\"", NULL},
        {"{\"age\": 20}", "null", NULL},
    };
    (void)state;
    DECIDE("F,age,years,> out\n1,< 65,-,age + years\n2,-,-,\"\"\"old\"\"\"\n", cases);
}

static void an_input_may_be_an_expression(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"car\": {\"price\": 9, \"doors\": 3}}", "\"cheap\"", NULL},
        {"{\"car\": {\"price\": 90, \"doors\": 3}}", "\"dear\"", NULL},
        {"{\"car\": {\"doors\": 3}}", "null", NULL},
    };
    (void)state;
    DECIDE("U,car.price * 2,> out\n1,< 20,cheap\n2,>= 20,dear\n", cases);
}

static void null_is_something_to_ask_for(void **state)
{
    static const struct decision_case cases[] = {
        {"{}", "\"none\"", NULL},
        {"{\"a\": null}", "\"none\"", NULL},
        {"{\"a\": 3}", "\"some\"", NULL},
    };
    (void)state;
    DECIDE("U,a,> out\n:type,number,string\n1,null,none\n2,not(null),some\n", cases);
}

/* ---- what is not known ---- */

static void an_unknown_row_is_never_no_match(void **state)
{
    static const struct decision_case first[] = {
        {"{\"b\": 1}", "null", "R1 could not be judged"}, {"{\"a\": 1, \"b\": 1}", "\"one\"", NULL},
        {"{\"a\": 2}", "null", "R2 could not be judged"}, {"{\"a\": 2, \"b\": 2}", "\"rest\"", NULL},
        {"{\"a\": null, \"b\": null}", "\"rest\"", NULL}, /* known to be nothing */
    };
    static const struct decision_case unique[] = {
        {"{\"b\": 1}", "\"two\"", NULL}, /* there can only be one */
        {"{\"b\": 2}", "null", "R1 could not be judged"},
    };
    static const struct decision_case sum[] = {
        {"{\"b\": 1}", "null", "could not be judged"},
        {"{\"a\": 1, \"b\": 1}", "3", NULL},
    };
    static const struct decision_case list[] = {{"{\"b\": 1}", "[\"two\"]", NULL}};
    static const struct decision_case later[] = {{"{\"a\": 1}", "\"one\"", NULL}};
    (void)state;
    DECIDE_KNOWN("F,a,b,> out\nR1,1,-,one\nR2,-,1,two\n:otherwise,,,rest\n", first);
    DECIDE_KNOWN("F,a,b,> out\nR1,1,-,one\nR2,-,1,two\n:otherwise,,,rest\n", later);
    DECIDE_KNOWN("U,a,b,> out\nR1,1,-,one\nR2,-,1,two\n:otherwise,,,rest\n", unique);
    DECIDE_KNOWN("C+,a,b,> out\nR1,1,-,1\nR2,-,1,2\n", sum);
    DECIDE_KNOWN("C,a,b,> out\nR1,1,-,one\nR2,-,1,two\n", list);
}

static void an_unknown_row_of_lower_priority_does_not_matter(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"a\": 1}", "\"high\"", NULL},
        {"{\"b\": 1}", "null", "R1 could not be judged"},
        {"{\"a\": 2, \"b\": 1}", "\"low\"", NULL},
    };
    (void)state;
    DECIDE_KNOWN("P,a,b,> out\n:values,,,\"\"\"high\"\",\"\"low\"\"\"\nR1,1,-,high\nR2,-,1,low\n", cases);
}

static void the_outcome_names_its_rows(void **state)
{
    struct arena *arena = arena_new(0);
    struct table *table = table_of(
        "O;a;b;> out\n:values;;;\"\"\"x\"\",\"\"y\"\"\"\n1;-;-;y\n2;9;-;x\n3;1;1;x\n4;-;2;x\n", arena);
    struct feel_scope facts = facts_of("{\"a\": 1}", arena);
    struct outcome outcome;
    (void)state;
    table_decide(table, &facts, arena, &outcome);
    assert_int_equal(outcome.matched_count, 1);
    assert_int_equal(outcome.matched[0], 0);
    assert_int_equal(outcome.unknown_count, 2);
    assert_int_equal(outcome.unknown[0], 2);
    assert_int_equal(outcome.unknown[1], 3);
    facts = facts_of("{\"a\": 1, \"b\": 1}", arena);
    table_decide(table, &facts, arena, &outcome);
    assert_int_equal(outcome.matched_count, 2);
    assert_int_equal(outcome.matched[1], 2);
    assert_int_equal(outcome.deciding_count, 2);
    assert_int_equal(outcome.deciding[0], 2); /* x before y */
    assert_int_equal(outcome.deciding[1], 0);
    assert_false(outcome.took_otherwise);
    arena_free(&arena);
}

static void words_on_a_list(void **state)
{
    static const struct decision_case cases[] = {
        {"{\"domains\": [\"finances\", \"housing\"]}", "[\"a\", \"c\"]", NULL},
        {"{\"domains\": \"housing\"}", "[\"a\", \"c\"]", NULL},
        {"{\"domains\": [\"work\"]}", "[\"b\", \"c\"]", NULL},
        {"{\"domains\": []}", "[\"b\", \"c\"]", NULL},
    };
    (void)state;
    DECIDE("C,domains,> out\n:type,words,\n1,\"housing,sleep\",a\n2,\"not(housing,sleep)\",b\n3,-,c\n",
           cases);
}

/* ---- examples ---- */

static void examples_pass_or_say_what_came(void **state)
{
    static const char *const expected[] = {
        "expected \"join-us\", came \"jpf\" by R1",
        "expected \"jpf\", came \"none\" as no row matches",
        "expected \"jpf\", came nothing: R1 could not be judged: a fact that it needs is not known",
    };
    struct arena *arena = arena_new(0);
    const struct failed_example *failed;
    struct table *table =
        table_of("F;age;domains;>;# reason\n:type;number;words;string;\nR1;[18..30];finances;jpf;x\n"
                 ":otherwise R9;;;none;y\n"
                 ":example E1;20;finances,housing;jpf;fine\n:example E2;20;finances;join-us;bad\n"
                 ":example E3;40;finances;jpf;bad\n:example E4;;finances;jpf;bad\n"
                 ":example E5;90;[];;any will do\n",
                 arena);
    (void)state;
    assert_int_equal(table_examples(table, arena, &failed), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(failed[i].index, i + 1);
        assert_string_equal(arena_text(arena, failed[i].text), expected[i]);
    }
    arena_free(&arena);
}

static void of_a_list_one_result_must_be_as_expected(void **state)
{
    struct arena *arena = arena_new(0);
    const struct failed_example *failed;
    struct table *table = table_of("C,a,> x,> y\n:type,number,string,number\n1,> 1,one,1\n2,> 2,two,2\n"
                                   ":example,5,two,2\n:example,5,two,1\n:example,5,one,\n:example,1,one,\n",
                                   arena);
    (void)state;
    assert_int_equal(table_examples(table, arena, &failed), 2);
    assert_int_equal(failed[0].index, 1);
    assert_int_equal(failed[1].index, 3);
    assert_non_null(strstr(arena_text(arena, failed[0].text), "expected x \"two\", y 1, came ["));
    arena_free(&arena);
}

static void of_a_ranked_list_the_first_must_be_as_expected(void **state)
{
    struct arena *arena = arena_new(0);
    const struct failed_example *failed;
    struct table *table =
        table_of("C,a,> x,> weight\n:type,number,string,number\n1,> 1,one,10\n2,> 2,two,20\n"
                 "3,> 3,three,20\n4,> 4,four,\n"
                 ":example,2,one,\n:example,3,two,\n:example,4,two,\n:example,4,three,\n"
                 ":example,4,one,\n:example,3,one,10\n:example,5,four,\n",
                 arena);
    (void)state;
    table->ranked_by = 2;
    assert_int_equal(table_examples(table, arena, &failed), 3);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(failed[k].index, 4 + k);
    arena_free(&arena);
}

static void costly_rows_do_not_take_all_memory(void **state)
{
    struct arena *arena = arena_new(0), *text = arena_new(0);
    struct outcome out;
    char *csv = "C;a;> x\n";
    for (int i = 0; i < 200; i++)
        csv = arena_printf(
            text, "%sR%d;\"count(for i in 1..20000 return i) > ?\";for i in 1..20000 return i\n", csv, i);
    struct table *table = table_of(csv, arena);
    struct value one = value_of_int(1);
    size_t before = arena_size(arena);
    (void)state;
    table_decide(table, &(struct feel_scope){&(struct entry){slice_of("a"), &one}, 1}, arena, &out);
    assert_int_equal(out.matched_count, 200);
    assert_true(out.complaint.len > 0);
    assert_true(arena_size(arena) - before < TABLE_OUTPUT_BYTES + 8 * 1024 * 1024);
    arena_free(&text);
    arena_free(&arena);
}

static void nothing_can_be_expected(void **state)
{
    struct arena *arena = arena_new(0);
    const struct failed_example *failed;
    struct table *table =
        table_of("F;age;> x;> y\n:type;number;string;number\nR1;> 17;one;1\n:otherwise R9;;null;2\n"
                 ":example E1;5;null;2\n:example E2;20;null;\n:example E3;20;;null\n",
                 arena);
    (void)state;
    assert_int_equal(table_examples(table, arena, &failed), 2);
    assert_int_equal(failed[0].index, 1);
    assert_int_equal(failed[1].index, 2);
    assert_non_null(strstr(arena_text(arena, failed[0].text), "expected x null, came {"));
    arena_free(&arena);
}

/* ---- the rest ---- */

static void faults_are_kept_up_to_a_limit(void **state)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults = {0};
    (void)state;
    for (size_t i = 0; i < TABLE_FAULTS + 7; i++)
        table_fault_add(&faults, arena, (struct table_fault){.line = i + 1});
    assert_int_equal(faults.count, TABLE_FAULTS);
    assert_int_equal(faults.more, 7);
    assert_int_equal(faults.list[TABLE_FAULTS - 1].line, TABLE_FAULTS);
    arena_free(&arena);
}

static void hit_policies_have_letters(void **state)
{
    static const char *const letters[] = {"U", "A", "P", "F", "R", "O", "C", "C+", "C#", "C<", "C>"};
    enum hit_policy policy;
    enum aggregation aggregation;
    (void)state;
    for (size_t i = 0; i < COUNT(letters); i++) {
        assert_true(hit_policy_parse(slice_of(letters[i]), &policy, &aggregation));
        assert_string_equal(hit_policy_text(policy, aggregation), letters[i]);
    }
    assert_true(hit_policy_parse(slice_of("c+"), &policy, &aggregation));
    assert_false(hit_policy_parse(slice_of("C+ "), &policy, &aggregation));
    assert_false(hit_policy_parse(slice_of("X"), &policy, &aggregation));
    assert_false(hit_policy_parse(slice_of(""), &policy, &aggregation));
}

static void equality_sees_each_difference(void **state)
{
    static const char base[] =
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n";
    static const char *const others[] = {
        "U;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n",
        "F;years;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;integer;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..121];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"b\"\",\"\"a\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;>= 5;a;because\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;b;because\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;therefore\n:otherwise R9;;b;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R8;;b;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;a;rest\n:example E1;7;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;b;rest\n:example E1;8;a;seven\n",
        "F;age;> x;# reason\n:type;number;string;\n:values;[0..120];\"\"\"a\"\",\"\"b\"\"\";\n"
        "R1;> 5;a;because\n:otherwise R9;;b;rest\n",
    };
    struct arena *arena = arena_new(0);
    struct slice difference;
    (void)state;
    assert_true(table_equal(table_of(base, arena), table_of(base, arena), arena, &difference));
    for (size_t i = 0; i < COUNT(others); i++) {
        difference = SLICE_NONE;
        if (table_equal(table_of(base, arena), table_of(others[i], arena), arena, &difference))
            fail_msg("no difference seen in %s", others[i]);
        assert_true(difference.len > 0);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unique_takes_the_one_row),
        cmocka_unit_test(any_needs_equal_outputs),
        cmocka_unit_test(priority_goes_by_output_values),
        cmocka_unit_test(priority_of_several_outputs_goes_from_left_to_right),
        cmocka_unit_test(first_takes_the_first),
        cmocka_unit_test(rule_order_and_collect_are_lists),
        cmocka_unit_test(output_order_sorts_and_keeps_ties_in_place),
        cmocka_unit_test(collect_with_an_operator),
        cmocka_unit_test(extremes_of_what_has_an_order),
        cmocka_unit_test(an_operator_over_several_outputs_is_not_defined),
        cmocka_unit_test(defaults_hold_when_no_row_does),
        cmocka_unit_test(outputs_are_expressions_of_the_facts),
        cmocka_unit_test(an_input_may_be_an_expression),
        cmocka_unit_test(null_is_something_to_ask_for),
        cmocka_unit_test(an_unknown_row_is_never_no_match),
        cmocka_unit_test(an_unknown_row_of_lower_priority_does_not_matter),
        cmocka_unit_test(the_outcome_names_its_rows),
        cmocka_unit_test(words_on_a_list),
        cmocka_unit_test(examples_pass_or_say_what_came),
        cmocka_unit_test(of_a_list_one_result_must_be_as_expected),
        cmocka_unit_test(of_a_ranked_list_the_first_must_be_as_expected),
        cmocka_unit_test(nothing_can_be_expected),
        cmocka_unit_test(costly_rows_do_not_take_all_memory),
        cmocka_unit_test(faults_are_kept_up_to_a_limit),
        cmocka_unit_test(hit_policies_have_letters),
        cmocka_unit_test(equality_sees_each_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
