#include "table_random.h"

#define NS15 "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define MODEL(inside)                                                                                        \
    XML "<definitions name=\"m\" namespace=\"urn:m\" xmlns=\"" NS15 "\">" inside "</definitions>"
#define IN(name, type) "<input><inputExpression" type "><text>" name "</text></inputExpression></input>"
#define TYPE(type) " typeRef=\"" type "\""
#define OUT "<output/>"
#define RULE(in, out)                                                                                        \
    "<rule><inputEntry><text>" in "</text></inputEntry><outputEntry><text>" out "</text></outputEntry></"    \
    "rule>"
#define TABLE(inside) "<decisionTable>" inside "</decisionTable>"
#define DECISION(id, inside) "<decision id=\"" id "\" name=\"" id "\">" inside "</decision>"
#define NEEDS(id) "<informationRequirement><requiredDecision href=\"#" id "\"/></informationRequirement>"
#define SMALL TABLE(IN("a", "") OUT RULE("&lt; 5", "\"low\"") RULE(">= 5", "\"high\""))

static const struct dmn_model *read_model(struct slice bytes, struct arena *arena)
{
    struct table_faults faults;
    const struct dmn_model *model = dmn_read(bytes, "t.dmn", arena, &faults);
    if (!model)
        print_faults(&faults);
    assert_non_null(model);
    return model;
}

static void assert_slice(struct slice found, const char *expected)
{
    if (!slice_is(found, expected))
        fail_msg("expected \"%s\", found \"%.*s\"", expected, SLICE_FMT(found));
}

/* ---- reading ---- */

static void every_version_is_read(void **state)
{
    static const char *const uris[] = {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/"};
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(uris); i++) {
        const char *text =
            arena_printf(arena,
                         "<d:definitions name=\"m\" namespace=\"urn:m\" xmlns:d=\"%s\" xmlns:x=\"urn:x\">"
                         "<x:other><d:decision name=\"no\"/></x:other>"
                         "<d:decision name=\"D\" id=\"d\"><x:note/><d:decisionTable><d:input x:y=\"z\">"
                         "<d:inputExpression typeRef=\"feel:number\"><d:text>a</d:text>"
                         "</d:inputExpression></d:input><d:output/><d:rule><d:inputEntry><d:text>"
                         "<![CDATA[< 5]]></d:text></d:inputEntry><d:outputEntry><d:text>1</d:text>"
                         "</d:outputEntry></d:rule></d:decisionTable></d:decision></d:definitions>",
                         uris[i]);
        const struct dmn_model *model = read_model(slice_of(text), arena);
        assert_int_equal(model->minor, i + 1);
        assert_int_equal(model->decision_count, 1);
        assert_slice(model->decisions[0].name, "D");
        assert_slice(model->decisions[0].kind, "decisionTable");
        assert_int_equal(model->decisions[0].table->inputs[0].type, TYPE_NUMBER);
        assert_int_equal(model->decisions[0].table->rules[0].tests[0].kind, TEST_NUMBERS);
    }
    arena_free(&arena);
}

static void all_parts_of_a_table_are_read(void **state)
{
    static const char text[] = MODEL(
        "<itemDefinition name=\"tRisk\"><typeRef>string</typeRef><allowedValues><text>\"low\",\"high\"</text>"
        "</allowedValues></itemDefinition>"
        "<itemDefinition name=\"tCar\"><itemComponent "
        "name=\"price\"><typeRef>number</typeRef></itemComponent>"
        "<itemComponent name=\"sold on\"><typeRef>date</typeRef></itemComponent></itemDefinition>"
        "<itemDefinition name=\"tCars\" isCollection=\"true\"><typeRef>m:tCar</typeRef></itemDefinition>"
        "<inputData name=\"Cars\" id=\"c\"><variable name=\"Cars\" typeRef=\"tCars\"/></inputData>"
        "<inputData name=\"Risk Class\" id=\"r\"><variable name=\"Risk Class\" "
        "typeRef=\"tRisk\"/></inputData>"
        "<decision name=\"D\" id=\"d\"><description>x</description><variable name=\"The D\" "
        "typeRef=\"number\"/>"
        "<decisionTable hitPolicy=\"COLLECT\" aggregation=\"SUM\">"
        "<input label=\"Risk\"><inputExpression><text> Risk Class </text></inputExpression></input>"
        "<input><inputExpression typeRef=\"number\"><text>Cars[1].price * 2</text></inputExpression>"
        "<inputValues><text>[0..100]</text></inputValues></input>"
        "<output name=\"points\" label=\"Punten\"><outputValues><text>1, 2</text></outputValues>"
        "<defaultOutputEntry><text>0</text></defaultOutputEntry></output>"
        "<annotation name=\"why\"/>\n"
        "<rule id=\"r1\"><inputEntry><text>\"low\"</text></inputEntry><inputEntry><text/></inputEntry>"
        "<outputEntry><text>1</text></outputEntry><annotationEntry><text> because "
        "</text></annotationEntry></rule>\n"
        "<rule><inputEntry/><inputEntry><text>-</text></inputEntry>"
        "<outputEntry><text/></outputEntry></rule>"
        "</decisionTable></decision>");
    struct arena *arena = arena_new(0);
    const struct dmn_model *model = read_model(slice_of(text), arena);
    const struct table *table = model->decisions[0].table;
    (void)state;
    assert_slice(table->name, "D");
    assert_slice(table->id, "d");
    assert_int_equal(table->policy, HIT_COLLECT);
    assert_int_equal(table->aggregation, AGGREGATE_SUM);
    assert_slice(table->inputs[0].name, "Risk Class");
    assert_slice(table->inputs[0].label, "Risk");
    assert_null(table->inputs[0].expression);
    assert_int_equal(table->inputs[0].type, TYPE_STRING);
    assert_int_equal(table->inputs[0].allowed_count, 2);
    assert_non_null(table->inputs[1].expression);
    assert_non_null(table->inputs[1].allowed_tests);
    assert_slice(table->outputs[0].name, "points");
    assert_slice(table->outputs[0].label, "Punten");
    assert_int_equal(table->outputs[0].type, TYPE_NUMBER); /* the decision's */
    assert_int_equal(table->outputs[0].allowed_count, 2);
    assert_non_null(table->outputs[0].otherwise);
    assert_slice(table->annotations[0], "why");
    assert_slice(table->rules[0].id, "r1");
    assert_int_equal(table->rules[0].line, 3);
    assert_slice(table->rules[0].annotations[0], " because ");
    assert_int_equal(table->rules[1].tests[0].kind, TEST_ANY);
    assert_false(table->rules[1].id.ptr);
    assert_null(table->rules[1].outputs[0]);
    assert_false(table->absent_is_unknown);
    assert_slice(model->decisions[0].variable.name, "The D");
    assert_int_equal(model->input_count, 2);
    assert_true(model->inputs[0].is_list);
    assert_int_equal(model->inputs[0].component_count, 2);
    assert_slice(model->inputs[0].components[1].name, "sold on");
    assert_int_equal(model->inputs[0].components[1].type, TYPE_DATE);
    arena_free(&arena);
}

static void types_that_lead_back_to_themselves_end(void **state)
{
    struct arena *arena = arena_new(0);
    const struct dmn_model *model = read_model(
        slice_of(
            MODEL("<itemDefinition name=\"a\"><typeRef>b</typeRef></itemDefinition>"
                  "<itemDefinition name=\"b\"><itemComponent name=\"c\"><typeRef>a</typeRef></itemComponent>"
                  "</itemDefinition><inputData name=\"i\"><variable name=\"i\" typeRef=\"a\"/></inputData>")),
        arena);
    (void)state;
    assert_int_equal(model->inputs[0].component_count, 1);
    assert_int_equal(model->inputs[0].components[0].component_count, 0);
    arena_free(&arena);
}

static struct slice to_utf16(const char *text, struct arena *arena)
{
    size_t length = strlen(text);
    char *bytes = arena_alloc(arena, 2 * length + 2);
    memcpy(bytes, "\xff\xfe", 2);
    for (size_t i = 0; i < length; i++)
        bytes[2 * i + 2] = text[i];
    return slice_make(bytes, 2 * length + 2);
}

static void encodings_of_expat_are_read(void **state)
{
    struct arena *arena = arena_new(0);
    (void)state;
    const char *body = "<definitions name=\"caf\xe9\" namespace=\"urn:m\" xmlns=\"" NS15 "\"/>";
    const char *latin = arena_printf(arena, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>%s", body);
    assert_slice(read_model(slice_of(latin), arena)->name, "caf\xc3\xa9");
    assert_slice(
        read_model(to_utf16("<definitions name=\"m\" namespace=\"urn:m\" xmlns=\"" NS15 "\"/>", arena), arena)
            ->name,
        "m");
    arena_free(&arena);
}

static void a_column_that_asks_for_words_is_a_list(void **state)
{
    static const char text[] = MODEL(
        DECISION("D", TABLE(IN("d", "") OUT RULE("list contains(?, \"a\") or list contains(?,\"b\")", "1")
                                RULE("not(list contains(?, \"a\"))", "2") RULE("-", "3") RULE("null", "4")
                                    RULE("\"a\"", "5") RULE("count(?) > 2", "6"))));
    static const enum test_kind kinds[] = {TEST_WORDS, TEST_WORDS, TEST_ANY, TEST_NULL, TEST_FEEL, TEST_FEEL};
    struct arena *arena = arena_new(0);
    const struct table *table = read_model(slice_of(text), arena)->decisions[0].table;
    (void)state;
    assert_true(table->inputs[0].is_any_of);
    for (size_t i = 0; i < COUNT(kinds); i++)
        assert_int_equal(table->rules[i].tests[0].kind, kinds[i]);
    assert_int_equal(table->rules[0].tests[0].count, 2);
    assert_true(table->rules[1].tests[0].negated);
    arena_free(&arena);
}

/* ---- refusals ---- */

static void refuse(struct slice bytes, const char *part, size_t line)
{
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    if (dmn_read(bytes, "t.dmn", arena, &faults))
        fail_msg("taken: %.300s", bytes.ptr);
    if (!strstr(arena_text(arena, faults.list[0].text), part) || (line && faults.list[0].line != line)) {
        print_faults(&faults);
        fail_msg("expected \"%s\" in line %zu", part, line);
    }
    assert_slice(faults.list[0].file, "t.dmn");
    arena_free(&arena);
}

static void what_is_no_model_is_refused(void **state)
{
    static const struct {
        const char *text, *part;
        size_t line;
    } cases[] = {
        {"", "expected XML, found", 0},
        {"<a", "expected XML, found", 1},
        {"<a/>", "found \"a\" without a namespace", 1},
        {"<definitions xmlns=\"urn:x\"/>", "found \"definitions\" in namespace \"urn:x\"", 1},
        {"<definitions xmlns=\"http://www.omg.org/spec/DMN/20130901\"/>", "found DMN 1.0", 1},
        {"\n<definitions xmlns=\"https://www.omg.org/spec/DMN/20240513/MODEL/\"/>", "found DMN 1.6", 2},
        {"<decision xmlns=\"" NS15 "\"/>", "found \"decision\"", 1},
        {"<?xml version=\"1.0\" encoding=\"KOI8-R\"?><a/>", "unknown encoding", 1},
        {XML "<!DOCTYPE a>\n<a/>", "DOCTYPE", 2},
        {XML "<!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;&x;&x;\">]>\n<a>&z;</a>", "DOCTYPE", 2},
        {XML "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<a>&x;</a>", "DOCTYPE", 2},
        {XML "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\">\n<a/>", "DOCTYPE", 2},
        {MODEL("<decision name=\"&x;\"/>"), "undefined entity", 2},
        {MODEL("<decision"), "expected XML, found", 2},
        {MODEL("</definitions>"), "expected XML, found", 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        refuse(slice_of(cases[i].text), cases[i].part, cases[i].line);
}

static const char *repeated(const char *before, const char *piece, size_t count, const char *after,
                            struct arena *arena)
{
    size_t length = strlen(piece), start = strlen(before);
    char *text = arena_alloc(arena, start + length * count + strlen(after) + 1);
    memcpy(text, before, start);
    for (size_t i = 0; i < count; i++)
        memcpy(text + start + i * length, piece, length);
    memcpy(text + start + length * count, after, strlen(after) + 1);
    return text;
}

static void what_is_too_big_is_refused(void **state)
{
    struct arena *arena = arena_new(0);
    const char *open = "<definitions name=\"m\" namespace=\"urn:m\" xmlns=\"" NS15 "\"";
    const char *head = arena_printf(arena, "%s>", open);
    (void)state;
    refuse(slice_of(repeated(head, "<x>", 100000, "", arena)), "levels of elements", 1);
    refuse(slice_of(repeated(head, "<decision/>", DMN_NODES, "</definitions>", arena)), "1000000 elements",
           1);
    refuse(slice_of(repeated(head, "<decision/>", DMN_ELEMENTS + 1, "</definitions>", arena)),
           "2000 elements", 1);
    const char *attributes = open;
    for (int i = 0; i < DMN_ATTRIBUTES; i++)
        attributes = arena_printf(arena, "%s a%d=\"\"", attributes, i);
    refuse(slice_of(arena_printf(arena, "%s/>", attributes)), "64 attributes", 1);
    const char *columns = repeated("<decision name=\"D\"><decisionTable>", IN("a", ""), TABLE_INPUTS + 1,
                                   OUT "</decisionTable></decision></definitions>", arena);
    refuse(slice_of(arena_printf(arena, "%s%s", head, columns)), "expected 0 to 64 inputs, found 65", 1);
    const char *rules = repeated("<decision name=\"D\"><decisionTable><output/>", "<rule/>", TABLE_RULES + 1,
                                 "</decisionTable></decision></definitions>", arena);
    size_t length = strlen(head) + strlen(rules);
    char *joined = arena_alloc(arena, length + 1);
    memcpy(joined, head, strlen(head));
    memcpy(joined + strlen(head), rules, strlen(rules));
    refuse(slice_make(joined, length), "200000 rules, found 200001", 1);
    char *spaces = arena_alloc(arena, DMN_BYTES + 1);
    memset(spaces, ' ', DMN_BYTES + 1);
    refuse(slice_make(spaces, DMN_BYTES + 1), "at most 32 MB", 0);
    arena_free(&arena);
}

static void faults_name_line_rule_and_column(void **state)
{
    static const struct {
        const char *text, *part, *rule, *column;
        size_t line;
    } cases[] = {
        {MODEL(DECISION("D", TABLE(IN("a", "") OUT
                                   "\n<rule id=\"r7\">\n<inputEntry><text>&lt; </text></inputEntry>"
                                   "<outputEntry><text>1</text></outputEntry></rule>"))),
         "expected", "r7", "a", 4},
        {MODEL(DECISION("D", TABLE(IN("a", "") "<output name=\"o\"/>" RULE("-", "1 +")))), "expected", "",
         "o", 2},
        {MODEL(DECISION("D", TABLE(IN("a", "") OUT "<rule id=\"r1\"><outputEntry/></rule>"))),
         "expected 1 elements \"inputEntry\", found 0", "r1", "", 2},
        {MODEL(DECISION("D", TABLE(IN("a", "") OUT "<rule id=\"r1\"><inputEntry/></rule>"))),
         "expected 1 elements \"outputEntry\", found 0", "r1", "", 2},
        {MODEL(DECISION("D", TABLE(IN("a +", "") OUT))), "expected", "", "a +", 2},
        {MODEL(DECISION("D", TABLE("<input label=\"L\"/>" OUT))), "expected an input expression", "", "L", 2},
        {MODEL(DECISION("D", TABLE(IN("a", "")))), "expected 1 to 32 outputs, found 0", "", "", 2},
        {MODEL(DECISION("D", TABLE(OUT OUT))), "expected a name for each", "", "", 2},
        {MODEL(DECISION("D", "<decisionTable hitPolicy=\"LAST\">" OUT "</decisionTable>")), "found \"LAST\"",
         "", "", 2},
        {MODEL(DECISION("D",
                        "<decisionTable hitPolicy=\"COLLECT\" aggregation=\"AVG\">" OUT "</decisionTable>")),
         "found \"AVG\"", "", "", 2},
        {MODEL(
             DECISION("D", TABLE(IN("a", "") OUT "<rule><inputEntry expressionLanguage=\"javascript\"><text>x"
                                                 "</text></inputEntry><outputEntry/></rule>"))),
         "found expression language \"javascript\"", "", "a", 2},
        {MODEL(
             DECISION("D", TABLE("<output name=\"o\"><defaultOutputEntry><text>(</text></defaultOutputEntry>"
                                 "</output>"))),
         "expected", "", "o", 2},
        {MODEL(DECISION("A", SMALL) DECISION("D", TABLE(IN("a", "") OUT RULE("[1..", "1")))),
         "decision \"D\": ", "", "a", 2},
    };
    struct arena *arena = arena_new(0);
    struct table_faults faults;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (dmn_read(slice_of(cases[i].text), "t.dmn", arena, &faults))
            fail_msg("taken: %s", cases[i].text);
        const struct table_fault *fault = &faults.list[0];
        if (fault->line != cases[i].line || !strstr(arena_text(arena, fault->text), cases[i].part) ||
            strcmp(arena_text(arena, fault->rule), cases[i].rule) != 0 ||
            strcmp(arena_text(arena, fault->column), cases[i].column) != 0) {
            print_faults(&faults);
            fail_msg("for: %s", cases[i].text);
        }
    }
    arena_free(&arena);
}

/* ---- which decision, and what it requires ---- */

static void decide(const struct dmn_model *model, const char *name, const char *facts, const char *result,
                   struct arena *arena)
{
    struct outcome outcome;
    struct err err;
    struct feel_scope scope = facts_of(facts, arena);
    const struct dmn_decision *decision = dmn_find(model, name, &err);
    if (!decision || !dmn_decide(model, decision, &scope, arena, &outcome, &err))
        fail_msg("%s", err.text);
    assert_result(&outcome, result, arena);
}

static void not_decided(const struct dmn_model *model, const char *name, const char *facts, const char *part,
                        struct arena *arena)
{
    struct outcome outcome;
    struct err err = {0};
    struct feel_scope scope = facts_of(facts, arena);
    const struct dmn_decision *decision = dmn_find(model, name, &err);
    if (decision && dmn_decide(model, decision, &scope, arena, &outcome, &err))
        fail_msg("decided %s: %s", name, result_text(&outcome, arena));
    assert_int_equal(err.code, ERR_CONFIG);
    if (!strstr(err.text, part))
        fail_msg("expected \"%s\" in \"%s\"", part, err.text);
}

static void chains_are_evaluated(void **state)
{
    static const char text[] =
        MODEL("<inputData id=\"i\" name=\"a\"/>" DECISION("Low Level", SMALL) DECISION(
            "Middle",
            "<informationRequirement><requiredInput href=\"#i\"/></informationRequirement>" NEEDS("Low Level")
                TABLE(IN("Low Level", "") OUT RULE("\"low\"", "a + 1") RULE("\"high\"", "a * 2")))
                  DECISION("Top", NEEDS("Middle") NEEDS("Low Level") TABLE(IN("Middle", "") OUT RULE(
                                      "&lt; 5", "Low Level") RULE(">= 5", "Middle"))));
    struct arena *arena = arena_new(0);
    const struct dmn_model *model = read_model(slice_of(text), arena);
    (void)state;
    assert_slice(dmn_find(model, NULL, NULL)->name, "Top");
    decide(model, NULL, "{\"a\": 1}", "\"low\"", arena);
    decide(model, NULL, "{\"a\": 4}", "5", arena);
    decide(model, "Middle", "{\"a\": 10}", "20", arena);
    decide(model, NULL, "{\"a\": 10, \"Middle\": 3}", "\"high\"", arena); /* a fact goes before */
    decide(model, NULL, "{\"Middle\": 3, \"Low Level\": \"x\"}", "\"x\"", arena);
    assert_int_equal(model->decisions[2].required_count, 2);
    arena_free(&arena);
}

static void what_is_no_table_is_refused_by_name_and_kind(void **state)
{
    static const char *const kinds[] = {"literalExpression",
                                        "context",
                                        "invocation",
                                        "relation",
                                        "list",
                                        "functionDefinition",
                                        "for",
                                        "every",
                                        "some",
                                        "conditional",
                                        "filter"};
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const char *text =
            arena_printf(arena,
                         MODEL(DECISION("L", "<%s><text>1 +</text><decisionTable/></%s>")
                                   DECISION("T", NEEDS("L") TABLE(IN("L", "") OUT RULE("-", "L")))),
                         kinds[i], kinds[i]);
        const struct dmn_model *model = read_model(slice_of(text), arena);
        assert_slice(model->decisions[0].kind, kinds[i]);
        not_decided(model, "L", "{}",
                    arena_printf(arena, "\"L\" is no decision table but of the kind \"%s\"", kinds[i]),
                    arena);
        not_decided(model, "T", "{}",
                    arena_printf(arena, "decision \"L\", which is no decision table but of the kind \"%s\"",
                                 kinds[i]),
                    arena);
        decide(model, "T", "{\"L\": 5}", "5", arena);
    }
    arena_free(&arena);
}

static void what_cannot_be_had_is_named(void **state)
{
    static const char text[] = MODEL(
        "<import name=\"other\" namespace=\"urn:o\" importType=\"" NS15 "\"/>"
        "<businessKnowledgeModel id=\"b\" name=\"rate\"><encapsulatedLogic/></businessKnowledgeModel>"
        "<decisionService name=\"svc\"/><knowledgeSource name=\"law\"/>" DECISION("N", "") DECISION(
            "B", "<knowledgeRequirement><requiredKnowledge href=\"#b\"/></knowledgeRequirement>" SMALL)
            DECISION("C",
                     "<knowledgeRequirement><requiredKnowledge href=\"#b\"/></knowledgeRequirement>" TABLE(
                         IN("a", "") OUT RULE("-", "rate(a)")))
                DECISION("D", NEEDS("C") TABLE(IN("C", "") OUT RULE("-", "C")))
                    DECISION("E", NEEDS("elsewhere") SMALL) DECISION("X", NEEDS("Y") SMALL)
                        DECISION("Y", NEEDS("X") SMALL));
    struct arena *arena = arena_new(0);
    const struct dmn_model *model = read_model(slice_of(text), arena);
    (void)state;
    assert_int_equal(model->unsupported_count, 3);
    assert_slice(model->unsupported[0], "import \"other\"");
    assert_slice(model->unsupported[1], "businessKnowledgeModel \"rate\"");
    assert_slice(model->unsupported[2], "decisionService \"svc\"");
    not_decided(model, "N", "{}", "\"N\" has no logic", arena);
    not_decided(model, "B", "{\"a\": 1}", "requires businessKnowledgeModel \"rate\"", arena);
    not_decided(model, "C", "{\"a\": 1}", "\"C\" requires businessKnowledgeModel \"rate\"", arena);
    not_decided(model, "D", "{\"a\": 1}", "\"C\" requires businessKnowledgeModel \"rate\"", arena);
    decide(model, "D", "{\"a\": 1, \"C\": 7}", "7", arena);
    not_decided(model, "E", "{\"a\": 1}", "\"#elsewhere\", which is not in this file", arena);
    not_decided(model, "X", "{\"a\": 1}", "requires itself", arena);
    decide(model, "X", "{\"a\": 1, \"Y\": 1}", "\"low\"", arena);
    not_decided(model, NULL, "{}", "one of these decisions: \"N\", \"B\", \"D\", \"E\"", arena);
    not_decided(model, "Z", "{}", "expected a decision called \"Z\", found: \"N\", \"B\", \"C\"", arena);
    not_decided(read_model(slice_of(MODEL("")), arena), NULL, "{}", "found none", arena);
    arena_free(&arena);
}

static void a_long_chain_ends(void **state)
{
    struct arena *arena = arena_new(0);
    const char *text = "";
    (void)state;
    for (int i = 0; i < 400; i++)
        text = arena_printf(arena, "%s<decision id=\"d%d\" name=\"d%d\">" NEEDS("d%d") "%s</decision>", text,
                            i, i, i + 1, SMALL);
    text = arena_printf(arena,
                        MODEL("%s"
                              "<decision id=\"d400\" name=\"d400\">" SMALL "</decision>"),
                        text);
    not_decided(read_model(slice_of(text), arena), "d0", "{\"a\": 1}", "too many in a row", arena);
    decide(read_model(slice_of(text), arena), "d300", "{\"a\": 1}", "\"low\"", arena);
    arena_free(&arena);
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
        table->absent_is_unknown = seed % 2;
        struct slice text = dmn_write(table, arena);
        const struct dmn_model *again = dmn_read(text, "t.dmn", arena, &faults);
        if (!again)
            print_faults(&faults);
        if (!again || !table_equal(table, again->decisions[0].table, arena, &difference))
            fail_msg("seed %llu: %.*s\n%.*s", (unsigned long long)seed, SLICE_FMT(difference),
                     SLICE_FMT(text));
        assert_int_equal(again->minor, 5);
        assert_slice(again->decisions[0].name, "Where to <go>");
        if (!slice_equal(text, dmn_write(again->decisions[0].table, arena)))
            fail_msg("seed %llu: written otherwise\n%.*s\n%.*s", (unsigned long long)seed, SLICE_FMT(text),
                     SLICE_FMT(dmn_write(again->decisions[0].table, arena)));
        arena_free(&arena);
    }
}

static void lists_are_written_as_standard_feel(void **state)
{
    struct arena *arena = arena_new(0);
    struct table *table =
        table_of("F;domains;> b\n:type;words;string\nR1;finances,housing;x\n7;not(work);y\n", arena);
    const char *text = arena_text(arena, dmn_write(table, arena));
    (void)state;
    if (!strstr(text, "<text>list contains(?, \"finances\") or list contains(?, \"housing\")</text>") ||
        !strstr(text, "<text>not(list contains(?, \"work\"))</text>") || !strstr(text, "<rule id=\"R1\">") ||
        !strstr(text, "<rule wijzer:id=\"7\">"))
        fail_msg("%s", text);
    arena_free(&arena);
}

static void control_characters_are_not_written(void **state)
{
    struct arena *arena = arena_new(0);
    struct table *table = table_of("F;a;> b;# n\nR1;-;x;y\n", arena);
    struct slice bad = slice_of("a\x01"
                                "b\xef\xbf\xbe"
                                "c");
    struct rule rule = table->rules[0];
    (void)state;
    rule.annotations = &bad;
    table->rules = &rule;
    const struct dmn_model *model = read_model(dmn_write(table, arena), arena);
    assert_slice(model->decisions[0].table->rules[0].annotations[0], "a\xef\xbf\xbd"
                                                                     "b\xef\xbf\xbd"
                                                                     "c");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_is_read),
        cmocka_unit_test(all_parts_of_a_table_are_read),
        cmocka_unit_test(types_that_lead_back_to_themselves_end),
        cmocka_unit_test(encodings_of_expat_are_read),
        cmocka_unit_test(a_column_that_asks_for_words_is_a_list),
        cmocka_unit_test(what_is_no_model_is_refused),
        cmocka_unit_test(what_is_too_big_is_refused),
        cmocka_unit_test(faults_name_line_rule_and_column),
        cmocka_unit_test(chains_are_evaluated),
        cmocka_unit_test(what_is_no_table_is_refused_by_name_and_kind),
        cmocka_unit_test(what_cannot_be_had_is_named),
        cmocka_unit_test(a_long_chain_ends),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(lists_are_written_as_standard_feel),
        cmocka_unit_test(control_characters_are_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
