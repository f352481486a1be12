/* The DMN conformance suite (TCK): every case of every directory under ../shared/data/dmn, or under the
 * directories named as arguments. A directory holds a model and files of test cases (testCases.xsd of the
 * suite). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <expat.h>
#include <stdio.h>
#include <sys/stat.h>

#include "dmn.h"

#define SUITE "../shared/data/dmn"

/* ---- XML of test cases ---- */

struct element {
    const char *name; /* without namespace */
    const char *name_attribute, *type, *id;
    bool is_nil, is_error;
    char *text;
    size_t length;
    struct element *parent, *first, *last, *next;
};

struct suite {
    struct arena *arena;
    size_t passed, failed, refused;
};

struct loader {
    struct arena *arena;
    struct element *root, *open;
};

static const char *local_name(const char *joined)
{
    const char *bar = strrchr(joined, '|');
    return bar ? bar + 1 : joined;
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct loader *loader = context;
    struct element *element = arena_alloc(loader->arena, sizeof *element);
    element->name = arena_text(loader->arena, slice_of(local_name(name)));
    element->parent = loader->open;
    for (; *attributes; attributes += 2) {
        const char *attribute = local_name(attributes[0]);
        const char *value = arena_text(loader->arena, slice_of(attributes[1]));
        if (strcmp(attribute, "name") == 0)
            element->name_attribute = value;
        else if (strcmp(attribute, "id") == 0)
            element->id = value;
        else if (strcmp(attribute, "nil") == 0)
            element->is_nil = strcmp(value, "true") == 0;
        else if (strcmp(attribute, "errorResult") == 0)
            element->is_error = strcmp(value, "true") == 0;
        else if (strcmp(attribute, "type") == 0 && strchr(attributes[0], '|'))
            element->type = strchr(value, ':') ? strchr(value, ':') + 1 : value;
    }
    if (!loader->open)
        loader->root = element;
    else if (!loader->open->first)
        loader->open->first = loader->open->last = element;
    else
        loader->open->last = loader->open->last->next = element;
    loader->open = element;
}

static void on_text(void *context, const char *text, int length)
{
    struct loader *loader = context;
    struct element *element = loader->open;
    if (!element)
        return;
    char *joined = arena_alloc(loader->arena, element->length + (size_t)length + 1);
    if (element->length)
        memcpy(joined, element->text, element->length);
    memcpy(joined + element->length, text, (size_t)length);
    element->text = joined;
    element->length += (size_t)length;
}

static void on_end(void *context, const char *name)
{
    struct loader *loader = context;
    (void)name;
    loader->open = loader->open->parent;
}

static struct slice whole_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be opened", path);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *bytes = arena_alloc(arena, size + 1);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    return slice_make(bytes, size);
}

static struct element *load_cases(struct arena *arena, const char *path)
{
    struct loader loader = {.arena = arena};
    struct slice bytes = whole_file(arena, path);
    XML_Parser parser = XML_ParserCreateNS(NULL, '|');
    XML_SetUserData(parser, &loader);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    if (XML_Parse(parser, bytes.ptr, (int)bytes.len, 1) != XML_STATUS_OK)
        fail_msg("%s: %s", path, XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
    return loader.root;
}

static const struct element *child(const struct element *element, const char *name)
{
    const struct element *found = element ? element->first : NULL;
    while (found && strcmp(found->name, name) != 0)
        found = found->next;
    return found;
}

/* ---- values ---- */

static const struct {
    const char *xsd;
    enum value_type types[2]; /* tried in this order */
} xsd_types[] = {
    {"date", {TYPE_DATE, TYPE_DATE}},
    {"dateTime", {TYPE_DATE_TIME, TYPE_DATE_TIME}},
    {"time", {TYPE_TIME, TYPE_TIME}},
    {"duration", {TYPE_YEARS_MONTHS, TYPE_DAYS_TIME}},
    {"dayTimeDuration", {TYPE_DAYS_TIME, TYPE_DAYS_TIME}},
    {"yearMonthDuration", {TYPE_YEARS_MONTHS, TYPE_YEARS_MONTHS}},
};

static bool is_word_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static struct value simple_value(struct arena *arena, const struct element *element)
{
    static const char *const numbers[] = {"decimal", "double", "float", "integer", "int", "long", NULL};
    const char *type = element->type ? element->type : "string";
    struct slice text = element->text ? slice_make(element->text, element->length) : slice_of("");
    struct value value = value_of_string(text);
    struct err err;
    if (element->is_nil)
        return value_null;
    if (strcmp(type, "boolean") == 0)
        return value_of_bool(slice_is(slice_trim(text), "true") || slice_is(slice_trim(text), "1"));
    if (is_word_of(type, numbers)) {
        value.kind = VALUE_NUMBER;
        if (!decimal_parse(slice_trim(text), &value.number))
            fail_msg("\"%.*s\" is no number", SLICE_FMT(text));
    }
    for (size_t i = 0; i < sizeof xsd_types / sizeof xsd_types[0]; i++) {
        if (strcmp(type, xsd_types[i].xsd) != 0)
            continue;
        json_t *json = json_stringn(text.ptr, text.len);
        if (!value_from_json(json, xsd_types[i].types[0], arena, &value, &err) &&
            !value_from_json(json, xsd_types[i].types[1], arena, &value, &err))
            fail_msg("\"%.*s\" is no %s", SLICE_FMT(text), type);
        json_decref(json);
    }
    return value;
}

static size_t count_children(const struct element *element, const char *name)
{
    size_t count = 0;
    for (const struct element *each = element->first; each; each = each->next)
        count += strcmp(each->name, name) == 0;
    return count;
}

/* valueType of the schema: a value, components, or a list. */
static struct value value_of(struct arena *arena, const struct element *element)
{
    const struct element *simple = child(element, "value"), *list = child(element, "list");
    size_t count = 0;
    if (simple)
        return simple_value(arena, simple);
    if (list && !list->is_nil) {
        struct value *items = arena_array(arena, count_children(list, "item"), sizeof *items);
        for (const struct element *item = child(list, "item"); item; item = item->next)
            items[count++] = value_of(arena, item);
        return (struct value){.kind = VALUE_LIST, .list = {items, count}};
    }
    if (!child(element, "component") || element->is_nil)
        return value_null;
    struct entry *entries = arena_array(arena, count_children(element, "component"), sizeof *entries);
    for (const struct element *each = element->first; each; each = each->next) {
        if (strcmp(each->name, "component") != 0)
            continue;
        struct value *value = arena_alloc(arena, sizeof *value);
        *value = value_of(arena, each);
        entries[count++] = (struct entry){slice_of(each->name_attribute), value};
    }
    return (struct value){.kind = VALUE_CONTEXT, .context = {entries, count}};
}

/* ---- running ---- */

static void run_result(struct suite *suite, const char *path, const struct dmn_model *model,
                       const struct element *test, const struct element *result,
                       const struct feel_scope *facts)
{
    struct outcome outcome;
    struct err err;
    const struct element *expected_element = child(result, "expected");
    struct value expected =
        expected_element && !result->is_error ? value_of(suite->arena, expected_element) : value_null;
    const struct dmn_decision *decision = dmn_find(model, result->name_attribute, &err);
    if (!decision || !dmn_decide(model, decision, facts, suite->arena, &outcome, &err)) {
        suite->refused++;
        print_message("%s, case %s: refused: %s\n", path, test->id, err.text);
        return;
    }
    if (value_equal(&expected, &outcome.result)) {
        suite->passed++;
        return;
    }
    suite->failed++;
    print_error("%s, case %s: expected %.*s, found %.*s %.*s\n", path, test->id,
                SLICE_FMT(value_text(&expected, suite->arena)),
                SLICE_FMT(value_text(&outcome.result, suite->arena)), SLICE_FMT(outcome.complaint));
}

static void run_case(struct suite *suite, const char *path, const struct dmn_model *model,
                     const struct element *test)
{
    size_t count = 0;
    struct entry *entries = arena_array(suite->arena, count_children(test, "inputNode"), sizeof *entries);
    for (const struct element *each = test->first; each; each = each->next) {
        if (strcmp(each->name, "inputNode") != 0)
            continue;
        struct value *value = arena_alloc(suite->arena, sizeof *value);
        *value = value_of(suite->arena, each);
        entries[count++] = (struct entry){slice_of(each->name_attribute), value};
    }
    const struct feel_scope facts = {entries, count};
    for (const struct element *each = test->first; each; each = each->next)
        if (strcmp(each->name, "resultNode") == 0)
            run_result(suite, path, model, test, each, &facts);
}

static void run_file(struct suite *suite, const char *directory, const char *path)
{
    struct table_faults faults;
    const struct element *cases = load_cases(suite->arena, path);
    const struct element *name = child(cases, "modelName");
    assert_non_null(name);
    const char *file = arena_printf(suite->arena, "%s/%.*s", directory, (int)name->length, name->text);
    const struct dmn_model *model = dmn_read(whole_file(suite->arena, file), file, suite->arena, &faults);
    for (size_t i = 0; !model && i < faults.count; i++)
        print_error("%s:%zu: %.*s\n", file, faults.list[i].line, SLICE_FMT(faults.list[i].text));
    if (!model)
        suite->failed++;
    for (const struct element *each = cases->first; model && each; each = each->next)
        if (strcmp(each->name, "testCase") == 0)
            run_case(suite, path, model, each);
}

static bool ends_in(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

static void run_directory(struct suite *suite, const char *path)
{
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory));) {
        struct stat st;
        const char *inside = arena_printf(suite->arena, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.' || stat(inside, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            run_directory(suite, inside);
        else if (ends_in(entry->d_name, ".xml"))
            run_file(suite, path, inside);
    }
    closedir(directory);
}

static void all_cases_pass(void **state)
{
    const char *path = *state;
    struct suite suite = {.arena = arena_new(0)};
    struct stat st;
    if (stat(path, &st) != 0) {
        print_message("%s is not there: no cases of the conformance suite were run\n", path);
        arena_free(&suite.arena);
        skip();
    }
    run_directory(&suite, path);
    print_message("%s: %zu cases passed, %zu failed, %zu refused\n", path, suite.passed, suite.failed,
                  suite.refused);
    assert_int_equal(suite.failed, 0);
    assert_int_not_equal(suite.passed, 0);
    arena_free(&suite.arena);
}

int main(int argc, char **argv)
{
    int failures = 0;
    char standard[] = SUITE;
    for (int i = 1; i < argc || i == 1; i++) {
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(all_cases_pass, argc > 1 ? argv[i] : standard),
        };
        failures += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failures;
}
