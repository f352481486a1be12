#include "table_random.h"

/* ---- reading ---- */

static const struct table *read_csv(struct slice bytes, struct arena *arena)
{
    struct table_faults faults;
    const struct table *table = csv_read(bytes, "t.csv", NULL, arena, &faults);
    if (!table)
        print_faults(&faults);
    assert_non_null(table);
    return table;
}

static void assert_slice(struct slice found, const char *expected)
{
    if (!slice_is(found, expected))
        fail_msg("expected \"%s\", found \"%.*s\"", expected, SLICE_FMT(found));
}

static void a_table_is_read_whole(void **state)
{
    static const char text[] =
        "\xef\xbb\xbf"
        "F;age;domains;area;> offering;> days;# reason\r\n"
        ":type;integer;words;string;string;number\r\n"
        ":values;[0..120];finances,housing;;\"coach,\"\"join us\"\"\";\r\n"
        ":label;Leeftijd;;;;Dagen\r\n"
        ";;;;;;\r\n"
        "\r\n"
        "R1;[18..65);finances,housing;5751,5752;coach;5;\"Eerst; dan \"\"dit\"\"\r\nen dat\"\r\n"
        "R2;;not(finances);-;\"\"\"join us\"\"\";;\r\n"
        ":otherwise R9;-;;;coach;14;Niets paste\r\n"
        ":example E1;28;finances, sleep;5751;coach;;een man van 28\r\n";
    struct arena *arena = arena_new(0);
    const struct table *table = read_csv(slice_of(text), arena);
    (void)state;
    assert_int_equal(table->policy, HIT_FIRST);
    assert_int_equal(table->input_count, 3);
    assert_int_equal(table->output_count, 2);
    assert_int_equal(table->annotation_count, 1);
    assert_true(table->inputs[0].is_integer);
    assert_slice(table->inputs[0].label, "Leeftijd");
    assert_slice(table->inputs[1].label, "domains");
    assert_non_null(table->inputs[0].allowed_tests);
    assert_true(table->inputs[1].is_any_of);
    assert_int_equal(table->inputs[1].allowed_count, 2);
    assert_int_equal(table->outputs[0].allowed_count, 2);
    assert_slice(table->outputs[0].allowed[1].string, "join us");
    assert_int_equal(table->rule_count, 2);
    assert_slice(table->rules[0].id, "R1");
    assert_int_equal(table->rules[0].line, 7);
    assert_int_equal(table->rules[1].line, 9);
    assert_int_equal(table->rules[0].tests[0].kind, TEST_NUMBERS);
    assert_int_equal(table->rules[0].tests[2].kind, TEST_WORDS);
    assert_slice(table->rules[0].tests[2].words[1], "5752");
    assert_int_equal(table->rules[1].tests[0].kind, TEST_ANY);
    assert_true(table->rules[1].tests[1].negated);
    assert_slice(table->rules[0].annotations[0], "Eerst; dan \"dit\"\r\nen dat");
    assert_null(table->rules[1].outputs[1]);
    assert_slice(table->otherwise->id, "R9");
    assert_non_null(table->outputs[1].otherwise);
    assert_int_equal(table->example_count, 1);
    assert_slice(table->examples[0].sentence, "een man van 28");
    assert_int_equal(table->examples[0].facts[1].list.count, 2);
    assert_int_equal(table->examples[0].expected[1].kind, VALUE_NULL);
    assert_true(table->absent_is_unknown);
    arena_free(&arena);
}

static void separators_and_line_ends_are_found(void **state)
{
    static const char *const texts[] = {
        "U,a,> b\nR1,< 5,x\n",
        "U;a;> b\r\nR1;< 5;x\r\n",
        "U\ta\t> b\nR1\t< 5\tx",
        "sep=;\r\nU;a;> b\r\nR1;< 5;x\r\n",
        "\"U\",\"a\",\"> b\"\n\"R1\",\"< 5\",\"x\"\n",
        "U;a;> b;;\r\nR1;< 5;x;;\r\n;;;;\r\n",
        "rule;a;> b\nR1;< 5;x\n",
        "U;\"a\";\"> b\"\n'R1;< 5;x\n",
    };
    struct arena *arena = arena_new(0);
    struct slice difference;
    (void)state;
    for (size_t i = 0; i + 1 < COUNT(texts); i++)
        if (!table_equal(read_csv(slice_of(texts[0]), arena), read_csv(slice_of(texts[i]), arena), arena,
                         &difference))
            fail_msg("%s: %.*s", texts[i], SLICE_FMT(difference));
    assert_slice(read_csv(slice_of(texts[7]), arena)->rules[0].id, "'R1");
    arena_free(&arena);
}

static void windows_1252_is_converted(void **state)
{
    struct arena *arena = arena_new(0);
    const struct table *table = read_csv(slice_of("F;a;> b;# reden\nR1;< 5;x;caf\xe9 \x80"
                                                  "5 \x93ja\x94\n"),
                                         arena);
    (void)state;
    assert_slice(table->rules[0].annotations[0], "caf\xc3\xa9 \xe2\x82\xac"
                                                 "5 \xe2\x80\x9cja\xe2\x80\x9d");
    arena_free(&arena);
}

static void columns_may_be_declared_as_people_type(void **state)
{
    struct arena *arena = arena_new(0);
    const struct table *table = read_csv(slice_of("U;since;area;> to\n:type;date;string;string\n"
                                                  "R1;[2026-01-01..2026-12-31];not(5751);call the client\n"
                                                  "R2;date(\"2025-01-01\");\"\"\"5751\"\", a1\";some\n"),
                                         arena);
    struct feel_scope facts = facts_of("{\"since\": {\"date\": \"2026-05-05\"}, \"area\": \"5752\"}", arena);
    struct outcome outcome;
    (void)state;
    assert_int_equal(table->rules[0].tests[0].kind, TEST_DATES);
    assert_slice(table->rules[1].tests[1].words[0], "5751");
    assert_slice(table->rules[1].tests[1].words[1], "a1");
    table_decide(table, &facts, arena, &outcome);
    assert_result(&outcome, "\"call the client\"", arena);
    arena_free(&arena);
}

/* ---- faults ---- */

struct fault_case {
    const char *text;
    size_t line;
    const char *rule, *column, *part; /* of the first fault */
};

static void check_fault(const struct fault_case *c, const struct csv_schema *schema)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    const struct table *table = csv_read(slice_of(c->text), "t.csv", schema, arena, &faults);
    if (table || faults.count == 0)
        fail_msg("no fault in: %s", c->text);
    const struct table_fault *fault = &faults.list[0];
    if (fault->line != c->line || !strstr(arena_text(arena, fault->text), c->part) ||
        strcmp(arena_text(arena, fault->rule), c->rule) != 0 ||
        strcmp(arena_text(arena, fault->column), c->column) != 0) {
        print_faults(&faults);
        fail_msg("for: %s", c->text);
    }
    assert_slice(fault->file, "t.csv");
    arena_free(&arena);
}

static void faults_name_line_rule_and_column(void **state)
{
    static const struct fault_case cases[] = {
        {"", 0, "", "", "found an empty file"},
        {"X;a;> b\n", 1, "", "", "expected a hit policy"},
        {"U;a\nR1;1\n", 1, "", "", "expected at least one output"},
        {"U;a;> b;> b\n", 1, "", "b", "twice"},
        {"U;a;;> b\nR1;1;2;3\n", 1, "", "", "column 3: expected a name"},
        {"U;age;> b\nR07;< ;x\n", 2, "R07", "age", "expected"},
        {"U;age;> b\n:type;number;string\n\nR07;ouder;x\n", 4, "R07", "age", "expected numbers such as"},
        {"U;age;> b\n:type;string;number\nR07;> 5;3\n", 3, "R07", "age", "expected words such as"},
        {"U;age;> b\n:type;number;number\nR07;5;drie\n", 3, "R07", "b", "expected number, found drie"},
        {"U;age;> b\n:type;nummer;string\n", 2, "", "age", "expected a type"},
        {"U;age;> b\n:type;number;words\n", 2, "", "b", "expected a type"},
        {"U;age;> b\n:type;number;string\n:type;number;string\n", 3, "", "", "a second line \":type\""},
        {"U;age;> b\n:typ;number;string\n", 2, "", "", "expected :type, :values"},
        {"U;age;> b\n:values;[1..;\n", 2, "", "age", "expected"},
        {"U;age;> b\nR1;5;x;y\n", 2, "R1", "", "expected 3 cells, found 4"},
        {"U;age;> b\nR1;5;x\nR1;6;x\n", 3, "R1", "", "line 2 has the same"},
        {"U;age;> b\nR1;5;x\n:otherwise R1;;x\n", 3, "R1", "", "line 2 has the same"},
        {"U;age;> b\n:otherwise R1;5;x\n", 2, "R1", "age", "expected nothing"},
        {"U;age;> b\n:otherwise;;x\n:otherwise;;y\n", 3, "", "", "a second row"},
        {"U;age;> b\n:type;number;string\n:example E1;jong;x\n", 3, "E1", "age", "expected number"},
        {"U;age;> b\n:type;number;string\n:example E1;age + 1;x\n", 3, "E1", "age", "literal"},
        {"U;d;> b\n:type;words;string\n:example E1;a,,b;x\n", 3, "E1", "d", "expected a word"},
        {"U;age;> b;# note\n:example E1;5;x;y\n", 2, "E1", "note", "no annotations"},
        {"U;a.;> b\n", 1, "", "a.", "expected"},
        {"U;a;> b\nR1;\"5;x\n", 2, "", "", "expected a closing quote"},
        {"U;a;> b\nR1;\"5\"6;x\n", 2, "", "", "expected the separator behind the closing quote"},
        {"U;a;> b\rR1;5;x\r", 1, "", "", "CR alone"},
        {"U;a;> b\nR1;5;x\x01\n", 2, "", "", "control character 0x01"},
        {"U;a;> b\nR1;5;\x81\n", 2, "", "", "byte 0x81"},
        {"\xef\xbb\xbfU;a;> b\nR1;5;\xe9\n", 2, "", "", "expected UTF-8, as the byte order mark says"},
        {"\xff\xfeU;a", 1, "", "", "found UTF-16"},
        {"\xfe\xffU;a", 1, "", "", "found UTF-16"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_fault(&cases[i], NULL);
}

static void nul_bytes_are_refused(void **state)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    (void)state;
    assert_null(csv_read(slice_make("U\0;\0a\0", 6), "t.csv", NULL, arena, &faults));
    assert_non_null(strstr(arena_text(arena, faults.list[0].text), "NUL"));
    arena_free(&arena);
}

static void all_faults_come_at_once(void **state)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    (void)state;
    assert_null(csv_read(slice_of("F;age;> b\n:type;number;number\nR1;<;1\nR2;5;]\nR3;x;1\nR3;5;1\n"),
                         "t.csv", NULL, arena, &faults));
    assert_int_equal(faults.count, 4);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(faults.list[i].line, i + 3);
    assert_int_equal(faults.list[3].line, 6);
    arena_free(&arena);
}

/* Text of a number of rows, or columns. */
static struct slice big_csv(struct arena *arena, size_t rows, size_t columns)
{
    size_t room = rows * 24 + columns * 8 + 64, used = 0;
    char *text = arena_alloc(arena, room);
    used += (size_t)snprintf(text + used, room - used, "U;a;> b");
    for (size_t i = 0; i < columns; i++)
        used += (size_t)snprintf(text + used, room - used, ";# n");
    text[used++] = '\n';
    for (size_t i = 0; i < rows; i++)
        used += (size_t)snprintf(text + used, room - used, "R%zu;%zu;x\n", i, i);
    return slice_make(text, used);
}

static void what_is_too_big_is_refused(void **state)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    char *zeros = arena_alloc(arena, CSV_BYTES + 1);
    (void)state;
    assert_null(csv_read(big_csv(arena, 1000000, 0), "t.csv", NULL, arena, &faults));
    assert_non_null(strstr(arena_text(arena, faults.list[0].text), "expected at most 200000 rows"));
    assert_null(csv_read(big_csv(arena, 1, CSV_COLUMNS), "t.csv", NULL, arena, &faults));
    assert_non_null(strstr(arena_text(arena, faults.list[0].text), "expected at most 128 columns"));
    memset(zeros, ';', CSV_BYTES + 1);
    assert_null(csv_read(slice_make(zeros, CSV_BYTES + 1), "t.csv", NULL, arena, &faults));
    assert_non_null(strstr(arena_text(arena, faults.list[0].text), "expected at most 32 MB"));
    arena_free(&arena);
}

static void faults_without_end_are_cut_off(void **state)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    struct slice text = big_csv(arena, 150000, 0);
    char *bytes = (char *)(uintptr_t)text.ptr;
    (void)state;
    for (size_t i = 10; i < text.len; i++)
        bytes[i] = bytes[i] == 'x' ? ')' : bytes[i];
    assert_null(csv_read(text, "t.csv", NULL, arena, &faults));
    assert_int_equal(faults.count, TABLE_FAULTS);
    assert_true(faults.more >= 10000 && faults.more < 150000);
    assert_true(arena_size(arena) < 200U * 1024 * 1024);
    arena_free(&arena);
}

/* ---- a table of a known question ---- */

static const struct input known_inputs[] = {
    {.name = {"age", 3}, .label = {"Leeftijd", 8}, .type = TYPE_NUMBER},
    {.name = {"domains", 7}, .label = {"domains", 7}, .type = TYPE_STRING, .is_any_of = true},
};
static const struct output known_outputs[] = {
    {.name = {"offering", 8}, .type = TYPE_STRING},
    {.name = {"weight", 6}, .type = TYPE_NUMBER},
};
static const struct csv_schema known = {known_inputs, 2, known_outputs, 2, HIT_COLLECT};

static void a_schema_says_columns_and_order(void **state)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    const struct table *table = csv_read(slice_of("rule;> weight;Leeftijd;> offering\nR1;5;> 18;5751\n"),
                                         "t.csv", &known, arena, &faults);
    (void)state;
    if (!table)
        print_faults(&faults);
    assert_non_null(table);
    assert_int_equal(table->policy, HIT_COLLECT);
    assert_int_equal(table->input_count, 2);
    assert_slice(table->inputs[0].name, "age");
    assert_int_equal(table->rules[0].tests[0].kind, TEST_NUMBERS);
    assert_int_equal(table->rules[0].tests[1].kind, TEST_ANY);
    assert_slice(feel_text(table->rules[0].outputs[0], arena), "\"5751\"");
    assert_slice(feel_text(table->rules[0].outputs[1], arena), "5");
    arena_free(&arena);
}

static void what_is_not_of_the_schema_is_a_fault(void **state)
{
    static const struct fault_case cases[] = {
        {"F;age;> offering\n", 1, "", "", "expected hit policy C, found F"},
        {"C;ages;> offering\n", 1, "", "ages", "expected one of: age, domains, > offering, > weight"},
        {"C;age;Leeftijd;> offering\n", 1, "", "Leeftijd", "twice"},
        {"C;age;> offering\n:type;string;string\n", 2, "", "age", "expected type number, found \"string\""},
        {"C;age;> offering\nR1;jong;x\n", 2, "R1", "age", "expected numbers"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_fault(&cases[i], &known);
}

/* ---- writing ---- */

static void what_is_written_reads_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct arena *arena = arena_new(0);
        struct table_faults faults;
        struct slice difference = SLICE_NONE;
        struct table *table = (struct table *)(uintptr_t)random_table(seed, arena);
        table->absent_is_unknown = true; /* as all in CSV files */
        struct slice text = csv_write(table, arena);
        const struct table *again = csv_read(text, "t.csv", NULL, arena, &faults);
        if (!again)
            print_faults(&faults);
        if (!again || !table_equal(table, again, arena, &difference))
            fail_msg("seed %llu: %.*s\n%.*s", (unsigned long long)seed, SLICE_FMT(difference),
                     SLICE_FMT(text));
        if (!slice_equal(text, csv_write(again, arena)))
            fail_msg("seed %llu: written otherwise", (unsigned long long)seed);
        arena_free(&arena);
    }
}

static void text_is_safe_in_a_spreadsheet(void **state)
{
    struct arena *arena = arena_new(0);
    struct table *table = table_of("F;a;> b;# note\nR1;-5;;'=1+1\n'=R2;<= 5;\"\"\"=x\"\"\";\"@\"\n", arena);
    const char *text = arena_text(arena, csv_write(table, arena));
    (void)state;
    assert_slice(table->rules[0].annotations[0], "=1+1");
    assert_slice(table->rules[1].id, "=R2");
    assert_non_null(strstr(text, "\r\nR1;-5;;'=1+1\r\n'=R2;"));
    assert_non_null(strstr(text, ";'@\r\n"));
    assert_true(strncmp(text,
                        "\xef\xbb\xbf"
                        "F;a;> b;# note\r\n",
                        19) == 0);
    arena_free(&arena);
}

static void bare_words_stay_bare(void **state)
{
    struct arena *arena = arena_new(0);
    struct table *table =
        table_of("F;a;age;> b\n:type;string;string;string\nR1;finances,housing;\"\"\"a\"\"\";coach\n", arena);
    const char *text = arena_text(arena, csv_write(table, arena));
    (void)state;
    /* but not where a word is the name of an input */
    if (!strstr(text, "R1;\"finances") || !strstr(text, "housing\";\"\"\"a\"\"\";coach\r\n"))
        fail_msg("%s", text);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read_whole),
        cmocka_unit_test(separators_and_line_ends_are_found),
        cmocka_unit_test(windows_1252_is_converted),
        cmocka_unit_test(columns_may_be_declared_as_people_type),
        cmocka_unit_test(faults_name_line_rule_and_column),
        cmocka_unit_test(nul_bytes_are_refused),
        cmocka_unit_test(all_faults_come_at_once),
        cmocka_unit_test(what_is_too_big_is_refused),
        cmocka_unit_test(faults_without_end_are_cut_off),
        cmocka_unit_test(a_schema_says_columns_and_order),
        cmocka_unit_test(what_is_not_of_the_schema_is_a_fault),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(text_is_safe_in_a_spreadsheet),
        cmocka_unit_test(bare_words_stay_bare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
