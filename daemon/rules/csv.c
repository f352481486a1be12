#include "csv.h"

#include <ctype.h>

#include "csv_own.h"

/* One line of the table that is not about its columns. */
struct line {
    struct csv_reader *reader;
    const struct record *record;
    struct slice rule; /* its id */
};

static bool cell_fault(const struct line *line, const struct csv_column *column, struct slice cell,
                       const struct feel_fault *fault)
{
    return csv_cell_fault(line->reader, line->record->line, line->rule, column->name, cell, fault);
}

static bool line_fault(const struct line *line, struct slice column, const char *text)
{
    return csv_fault(line->reader, line->record->line, line->rule, column, text);
}

static struct slice cell_of(const struct line *line, size_t column)
{
    return trim_all(csv_field(line->record, column + 1));
}

static bool is_any(struct slice cell)
{
    return cell.len == 0 || slice_is(cell, "-");
}

/* ---- cells ---- */

/* What a cell of a column of this type may be; the word is what people would write. */
static const struct {
    enum value_type type;
    enum test_kind kind;
    const char *expected;
} kinds[] = {
    {TYPE_STRING, TEST_WORDS, "words such as finances"},
    {TYPE_NUMBER, TEST_NUMBERS, "numbers such as 18, < 65 or [18..65)"},
    {TYPE_DATE, TEST_DATES, "dates such as 2026-11-22 or >= 2026-11-22"},
    {TYPE_BOOLEAN, TEST_BOOLEAN, "true or false"},
};

static const char *expected_kind(enum value_type type, enum test_kind kind)
{
    if (kind == TEST_ANY || kind == TEST_NULL || kind == TEST_FEEL)
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].type == type)
            return kinds[i].kind == kind ? NULL : kinds[i].expected;
    return type == TYPE_ANY ? NULL : value_type_word(type);
}

static bool simplify(const struct feel *feel, bool is_any_of, struct arena *arena, struct test *test)
{
    return feel_simple(feel, arena, test) || (is_any_of && feel_simple_list(feel, arena, test));
}

static void read_test(const struct line *line, const struct csv_column *column, struct slice cell,
                      struct test *test)
{
    struct csv_reader *reader = line->reader;
    const struct input *input = &reader->inputs[column->index];
    struct feel_fault fault;
    *test = (struct test){.kind = TEST_ANY};
    if (is_any(cell))
        return;
    struct slice text = csv_feel(cell, input->type, reader->arena);
    const struct feel *feel = feel_parse_tests(text, &reader->syntax, reader->arena, &fault);
    if (!feel) {
        cell_fault(line, column, text, &fault);
        return;
    }
    if (!simplify(feel, input->is_any_of, reader->arena, test))
        *test = (struct test){.kind = TEST_FEEL, .feel = feel};
    const char *expected = expected_kind(input->type, test->kind);
    if (expected)
        line_fault(line, column->name,
                   arena_printf(reader->arena, "expected %s, found %.*s", expected, SLICE_FMT(cell)));
}

/* Words that are no FEEL ("some", "call the client"), in a column of strings. */
static const struct feel *plain_words(const struct line *line, struct slice cell)
{
    struct feel_fault ignored;
    struct value value = value_of_string(cell);
    for (size_t i = 0; i < cell.len; i++) {
        unsigned char c = (unsigned char)cell.ptr[i];
        if (c < 0x80 && !isalnum(c) && c != '-' && c != '_' && c != ' ')
            return NULL;
    }
    return feel_parse_expression(value_text(&value, line->reader->arena), NULL, line->reader->arena,
                                 &ignored);
}

static const struct feel *read_output(const struct line *line, const struct csv_column *column,
                                      struct slice cell)
{
    struct csv_reader *reader = line->reader;
    enum value_type type = reader->outputs[column->index].type;
    struct feel_fault fault;
    struct value value;
    if (cell.len == 0)
        return NULL;
    struct slice text = csv_feel(cell, type, reader->arena);
    const struct feel *feel = feel_parse_expression(text, &reader->syntax, reader->arena, &fault);
    if (!feel && type == TYPE_STRING)
        feel = plain_words(line, cell);
    if (!feel)
        cell_fault(line, column, text, &fault);
    else if (feel_constant(feel, &value) && !csv_is_of_type(&value, type))
        line_fault(
            line, column->name,
            arena_printf(reader->arena, "expected %s, found %.*s", value_type_word(type), SLICE_FMT(cell)));
    return feel;
}

/* ---- rows ---- */

static void check_length(const struct line *line)
{
    size_t columns = line->reader->column_count, count = line->record->count;
    while (count > columns + 1 && csv_field(line->record, count - 1).len == 0)
        count--;
    if (count > columns + 1)
        line_fault(line, SLICE_NONE,
                   arena_printf(line->reader->arena, "expected %zu cells, found %zu", columns + 1, count));
}

static struct slice *new_annotations(struct csv_reader *reader)
{
    return arena_array(reader->arena, reader->table->annotation_count, sizeof(struct slice));
}

/* A sentence has no place in a row that is no example. */
static void check_sentence(const struct line *line, const struct csv_column *column, struct slice cell)
{
    if (column->kind == COLUMN_SENTENCE && cell.len)
        line_fault(line, column->name, "only an example has a sentence here");
}

static void read_rule(const struct line *line, struct rule *rule)
{
    struct csv_reader *reader = line->reader;
    struct test *tests = arena_array(reader->arena, reader->table->input_count, sizeof *tests);
    const struct feel **outputs = arena_array(reader->arena, reader->table->output_count, sizeof *outputs);
    struct slice *annotations = new_annotations(reader);
    check_length(line);
    for (size_t i = 0; i < reader->column_count; i++) {
        const struct csv_column *column = &reader->columns[i];
        struct slice cell = cell_of(line, i);
        if (column->kind == COLUMN_INPUT)
            read_test(line, column, cell, &tests[column->index]);
        else if (column->kind == COLUMN_OUTPUT)
            outputs[column->index] = read_output(line, column, cell);
        else if (column->kind == COLUMN_ANNOTATION)
            annotations[column->index] = csv_field(line->record, i + 1);
        check_sentence(line, column, cell);
    }
    *rule = (struct rule){line->rule, line->record->line, tests, outputs, annotations};
}

/* Its outputs are those of the columns' `otherwise`, not its own. */
static void read_otherwise(const struct line *line)
{
    struct csv_reader *reader = line->reader;
    struct rule *rule = arena_alloc(reader->arena, sizeof *rule);
    const struct feel **outputs = arena_array(reader->arena, reader->table->output_count, sizeof *outputs);
    struct slice *annotations = new_annotations(reader);
    if (reader->table->otherwise)
        line_fault(line, SLICE_NONE, "a second row \":otherwise\"");
    check_length(line);
    for (size_t i = 0; i < reader->column_count; i++) {
        const struct csv_column *column = &reader->columns[i];
        struct slice cell = cell_of(line, i);
        if (column->kind == COLUMN_INPUT && !is_any(cell))
            line_fault(line, column->name, "expected nothing in the row for all others, found a condition");
        else if (column->kind == COLUMN_OUTPUT)
            outputs[column->index] = reader->outputs[column->index].otherwise =
                read_output(line, column, cell);
        else if (column->kind == COLUMN_ANNOTATION)
            annotations[column->index] = csv_field(line->record, i + 1);
        check_sentence(line, column, cell);
    }
    struct test *tests = arena_array(reader->arena, reader->table->input_count, sizeof *tests);
    *rule = (struct rule){line->rule, line->record->line, tests, outputs, annotations};
    reader->table->otherwise = rule;
}

static void read_literal(const struct line *line, size_t column, enum value_type type, bool is_any_of,
                         struct value *out)
{
    struct feel_fault fault;
    struct slice cell = cell_of(line, column);
    if (!csv_literal(line->reader, cell, type, is_any_of, out, &fault))
        cell_fault(line, &line->reader->columns[column], cell, &fault);
}

static void read_example(const struct line *line, struct example *example)
{
    struct csv_reader *reader = line->reader;
    struct value *facts = arena_array(reader->arena, reader->table->input_count, sizeof *facts);
    struct value *expected = arena_array(reader->arena, reader->table->output_count, sizeof *expected);
    bool *expects_null = arena_array(reader->arena, reader->table->output_count, sizeof *expects_null);
    *example = (struct example){line->rule, SLICE_NONE, line->record->line, facts, expected, expects_null};
    check_length(line);
    for (size_t i = 0; i < reader->column_count; i++) {
        const struct csv_column *column = &reader->columns[i];
        if (i == reader->sentence) {
            example->sentence = csv_field(line->record, i + 1);
        } else if (column->kind == COLUMN_INPUT) {
            const struct input *input = &reader->inputs[column->index];
            read_literal(line, i, input->type, input->is_any_of, &facts[column->index]);
        } else if (column->kind == COLUMN_OUTPUT) {
            expects_null[column->index] = slice_is(slice_trim(cell_of(line, i)), "null");
            if (!expects_null[column->index])
                read_literal(line, i, reader->outputs[column->index].type, false, &expected[column->index]);
        } else if (column->kind == COLUMN_ANNOTATION && cell_of(line, i).len) {
            line_fault(line, column->name, "an example has no annotations but its sentence");
        }
    }
}

/* ---- the table ---- */

enum { FAULTS_ENOUGH = 10000 }; /* beyond it the rest is not looked at */

enum line_kind { LINE_ABOUT, LINE_RULE, LINE_OTHERWISE, LINE_EXAMPLE };

/* "R07", ":otherwise R99", ":example E1": what the line is, and its id. */
static enum line_kind line_kind(const struct record *record, struct slice *id)
{
    static const struct {
        const char *keyword;
        enum line_kind kind;
    } keywords[] = {{":otherwise", LINE_OTHERWISE}, {":example", LINE_EXAMPLE}};
    *id = trim_all(csv_field(record, 0));
    if (csv_is_about(record))
        return LINE_ABOUT;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        size_t length = strlen(keywords[i].keyword);
        if (!slice_starts(*id, keywords[i].keyword))
            continue;
        *id = trim_all(slice_make(id->ptr + length, id->len - length));
        return keywords[i].kind;
    }
    return LINE_RULE;
}

static void read_lines(struct csv_reader *reader, struct rule *rules, struct example *examples)
{
    struct table *table = reader->table;
    for (size_t i = 1; i < reader->records.count && reader->faults->more < FAULTS_ENOUGH; i++) {
        struct line line = {.reader = reader, .record = &reader->records.list[i]};
        enum line_kind kind = line_kind(line.record, &line.rule);
        if (line.rule.len == 0)
            line.rule = SLICE_NONE;
        if (kind == LINE_RULE && table->rule_count == TABLE_RULES) {
            line_fault(&line, SLICE_NONE,
                       arena_printf(reader->arena, "expected at most %d rows, found more", (int)TABLE_RULES));
            return;
        }
        if (kind == LINE_RULE)
            read_rule(&line, &rules[table->rule_count++]);
        else if (kind == LINE_OTHERWISE)
            read_otherwise(&line);
        else if (kind == LINE_EXAMPLE)
            read_example(&line, &examples[table->example_count++]);
    }
}

static int by_id(const void *a, const void *b)
{
    const struct rule *x = *(const struct rule *const *)a, *y = *(const struct rule *const *)b;
    size_t shorter = x->id.len < y->id.len ? x->id.len : y->id.len;
    int order = shorter ? memcmp(x->id.ptr, y->id.ptr, shorter) : 0;
    if (order == 0 && x->id.len != y->id.len)
        order = x->id.len < y->id.len ? -1 : 1;
    return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

static void check_ids(struct csv_reader *reader)
{
    const struct table *table = reader->table;
    size_t count = 0;
    const struct rule **rules = arena_array(reader->arena, table->rule_count + 1, sizeof *rules);
    for (size_t i = 0; i < table->rule_count; i++)
        if (table->rules[i].id.len)
            rules[count++] = &table->rules[i];
    if (table->otherwise && table->otherwise->id.len)
        rules[count++] = table->otherwise;
    qsort(rules, count, sizeof *rules, by_id);
    for (size_t i = 1; i < count; i++)
        if (slice_equal(rules[i - 1]->id, rules[i]->id))
            csv_fault(reader, rules[i]->line, rules[i]->id, SLICE_NONE,
                      arena_printf(reader->arena, "expected an id of its own, line %zu has the same",
                                   rules[i - 1]->line));
}

const struct table *csv_read(struct slice bytes, const char *file, const struct csv_schema *schema,
                             struct arena *arena, struct table_faults *faults)
{
    struct table *table = arena_alloc(arena, sizeof *table);
    struct csv_reader reader = {
        .file = slice_of(file), .arena = arena, .faults = faults, .schema = schema, .table = table};
    *faults = (struct table_faults){0};
    if (!csv_records(bytes, reader.file, arena, &reader.records, faults) || !csv_read_columns(&reader))
        return NULL;
    struct rule *rules = arena_array(arena, reader.records.count, sizeof *rules);
    struct example *examples = arena_array(arena, reader.records.count, sizeof *examples);
    table->inputs = reader.inputs;
    table->outputs = reader.outputs;
    table->annotations = reader.annotations;
    table->rules = rules;
    table->examples = examples;
    table->absent_is_unknown = true;
    read_lines(&reader, rules, examples);
    check_ids(&reader);
    return faults->count ? NULL : table;
}
