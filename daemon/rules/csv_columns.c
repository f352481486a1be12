/* The first line of a CSV table, and the lines about its columns. */
#include "csv_own.h"

#include <ctype.h>

bool csv_fault(struct csv_reader *reader, size_t line, struct slice rule, struct slice column,
               const char *text)
{
    table_fault_add(
        reader->faults, reader->arena,
        (struct table_fault){
            .file = reader->file, .line = line, .rule = rule, .column = column, .text = slice_of(text)});
    return false;
}

/* As much of a cell as fits in a message. */
static struct slice shortened(struct slice text)
{
    enum { SHOWN = 60 };
    return cut_text(text, SHOWN);
}

bool csv_cell_fault(struct csv_reader *reader, size_t line, struct slice rule, struct slice column,
                    struct slice cell, const struct feel_fault *fault)
{
    size_t offset = fault->offset < cell.len ? fault->offset : cell.len;
    size_t character = slice_utf8_length(slice_make(cell.ptr, offset)) + 1;
    return csv_fault(reader, line, rule, column,
                     arena_printf(reader->arena, "%s, at character %zu of \"%.*s\"", fault->text, character,
                                  SLICE_FMT(shortened(cell))));
}

struct slice csv_field(const struct record *record, size_t field)
{
    struct slice text = field < record->count ? record->fields[field] : SLICE_NONE;
    bool is_guarded =
        text.len > 1 && text.ptr[0] == '\'' && memchr(CSV_GUARDED, text.ptr[1], sizeof CSV_GUARDED - 1);
    return is_guarded ? slice_make(text.ptr + 1, text.len - 1) : text;
}

static struct slice trimmed(const struct record *record, size_t field)
{
    return trim_all(csv_field(record, field));
}

bool csv_is_about(const struct record *record)
{
    struct slice first = trimmed(record, 0);
    return slice_starts(first, ":") && !slice_starts(first, ":otherwise") && !slice_starts(first, ":example");
}

/* ---- the first line ---- */

/* Names may hold dashes, slashes and spaces; what else there is in an expression tells it from a name. */
static bool is_expression(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (memchr(".()[]{}+*<>=,\"?@", text.ptr[i], 16))
            return true;
    return memmem(text.ptr, text.len, " - ", 3) || memmem(text.ptr, text.len, " / ", 3);
}

static const struct input *schema_input(const struct csv_reader *reader, struct slice name, size_t *index)
{
    for (*index = 0; *index < reader->schema->input_count; ++*index)
        if (slice_equal(reader->schema->inputs[*index].name, name) ||
            slice_equal(reader->schema->inputs[*index].label, name))
            return &reader->schema->inputs[*index];
    return NULL;
}

static const struct output *schema_output(const struct csv_reader *reader, struct slice name, size_t *index)
{
    for (*index = 0; *index < reader->schema->output_count; ++*index) {
        const struct output *output = &reader->schema->outputs[*index];
        if (slice_equal(output->name, name) || slice_equal(output->label, name) ||
            (output->name.len == 0 && name.len == 0))
            return output;
    }
    return NULL;
}

static const char *schema_names(const struct csv_reader *reader)
{
    const char *text = "";
    for (size_t i = 0; i < reader->schema->input_count; i++)
        text = arena_printf(reader->arena, "%s%s%.*s", text, i ? ", " : "",
                            SLICE_FMT(reader->schema->inputs[i].name));
    for (size_t i = 0; i < reader->schema->output_count; i++)
        text = arena_printf(reader->arena, "%s, > %.*s", text, SLICE_FMT(reader->schema->outputs[i].name));
    return text;
}

static bool is_taken(const struct csv_reader *reader, const struct csv_column *column)
{
    for (const struct csv_column *other = reader->columns; other < column; other++)
        if (other->kind == column->kind && other->index == column->index)
            return true;
    return false;
}

static void place_in_schema(struct csv_reader *reader, size_t line, struct csv_column *column)
{
    bool is_known = column->kind == COLUMN_INPUT
                        ? schema_input(reader, column->name, &column->index) != NULL
                        : schema_output(reader, column->name, &column->index) != NULL;
    if (is_known && !is_taken(reader, column))
        return;
    csv_fault(reader, line, SLICE_NONE, column->name,
              is_known
                  ? "this column stands in the table twice"
                  : arena_printf(reader->arena, "unknown column, expected one of: %s", schema_names(reader)));
    column->kind = COLUMN_UNKNOWN;
}

static void add_column(struct csv_reader *reader, struct csv_column *column)
{
    struct table *table = reader->table;
    if (column->kind == COLUMN_INPUT) {
        column->index = table->input_count;
        reader->inputs[table->input_count++] = (struct input){.name = column->name, .label = column->name};
    } else if (column->kind == COLUMN_OUTPUT) {
        column->index = table->output_count;
        reader->outputs[table->output_count++] = (struct output){.name = column->name, .label = column->name};
    }
}

/* "> name", "# name" or a name. */
static void read_header(struct csv_reader *reader, size_t line, struct slice text, struct csv_column *column)
{
    struct slice rest = text.len ? slice_trim(slice_make(text.ptr + 1, text.len - 1)) : text;
    if (slice_starts(text, ">"))
        *column = (struct csv_column){.kind = COLUMN_OUTPUT, .name = rest};
    else if (slice_starts(text, "#") && slice_is(rest, SENTENCE_COLUMN))
        *column = (struct csv_column){.kind = COLUMN_SENTENCE, .name = rest};
    else if (slice_starts(text, "#"))
        *column = (struct csv_column){.kind = COLUMN_ANNOTATION, .name = rest};
    else
        *column = (struct csv_column){.kind = COLUMN_INPUT, .name = text};
    if (column->kind == COLUMN_ANNOTATION) {
        column->index = reader->table->annotation_count;
        reader->annotations[reader->table->annotation_count++] = rest;
    } else if (column->kind == COLUMN_SENTENCE) {
        reader->sentence = (size_t)(column - reader->columns);
    } else if (reader->schema) {
        place_in_schema(reader, line, column);
    } else {
        add_column(reader, column);
    }
}

static void check_header(struct csv_reader *reader, size_t line, size_t field,
                         const struct csv_column *column)
{
    const char *text = NULL;
    if (column->kind == COLUMN_INPUT && column->name.len == 0)
        text = arena_printf(reader->arena, "column %zu: expected a name, found nothing", field + 1);
    for (const struct csv_column *other = reader->columns; other < column && !text; other++)
        if (other->kind == column->kind && column->kind != COLUMN_INPUT &&
            slice_equal(other->name, column->name))
            text = "this column stands in the table twice";
    if (text)
        csv_fault(reader, line, SLICE_NONE, column->name, text);
}

static void read_policy(struct csv_reader *reader, const struct record *head)
{
    struct table *table = reader->table;
    struct slice text = trimmed(head, 0);
    enum hit_policy wanted = reader->schema ? reader->schema->policy : 0;
    table->policy = wanted ? wanted : HIT_UNIQUE;
    table->aggregation = AGGREGATE_NONE;
    if (slice_is(text, "rule"))
        return;
    if (!hit_policy_parse(text, &table->policy, &table->aggregation))
        csv_fault(reader, head->line, SLICE_NONE, SLICE_NONE,
                  arena_printf(reader->arena,
                               "expected a hit policy (U, A, P, F, R, O, C, C+, C#, C< or C>) or \"rule\" in "
                               "the first cell, found \"%.*s\"",
                               SLICE_FMT(shortened(text))));
    else if (wanted && table->policy != wanted)
        csv_fault(reader, head->line, SLICE_NONE, SLICE_NONE,
                  arena_printf(reader->arena, "expected hit policy %s, found %.*s",
                               hit_policy_text(wanted, AGGREGATE_NONE), SLICE_FMT(text)));
}

static void take_schema(struct csv_reader *reader)
{
    const struct csv_schema *schema = reader->schema;
    if (!schema)
        return;
    for (size_t i = 0; i < schema->input_count; i++)
        reader->inputs[i] = schema->inputs[i];
    reader->table->input_count = schema->input_count;
    reader->table->output_count = schema->output_count;
    for (size_t i = 0; i < schema->output_count; i++) {
        reader->outputs[i] = schema->outputs[i];
        reader->outputs[i].otherwise = NULL; /* the file says it */
    }
}

static bool check_counts(struct csv_reader *reader, const struct record *head)
{
    const struct table *table = reader->table;
    if (table->output_count == 0)
        return csv_fault(reader, head->line, SLICE_NONE, SLICE_NONE,
                         "expected at least one output column (\"> name\"), found none");
    if (table->input_count <= TABLE_INPUTS && table->output_count <= TABLE_OUTPUTS)
        return true;
    return csv_fault(
        reader, head->line, SLICE_NONE, SLICE_NONE,
        arena_printf(reader->arena, "expected at most %d inputs and %d outputs, found %zu and %zu",
                     (int)TABLE_INPUTS, (int)TABLE_OUTPUTS, table->input_count, table->output_count));
}

/* A spreadsheet leaves empty columns behind the last one. */
static size_t used_fields(const struct csv_reader *reader, const struct record *head)
{
    size_t count = head->count;
    for (; count > 1 && trimmed(head, count - 1).len == 0; count--)
        for (size_t i = 1; i < reader->records.count; i++)
            if (trimmed(&reader->records.list[i], count - 1).len)
                return count;
    return count;
}

static bool read_head(struct csv_reader *reader, const struct record *head)
{
    size_t count = used_fields(reader, head) - 1;
    size_t room =
        count + (reader->schema ? reader->schema->input_count + reader->schema->output_count : 0) + 1;
    reader->column_count = count;
    reader->columns = arena_array(reader->arena, room, sizeof *reader->columns);
    reader->inputs = arena_array(reader->arena, room, sizeof *reader->inputs);
    reader->outputs = arena_array(reader->arena, room, sizeof *reader->outputs);
    reader->annotations = arena_array(reader->arena, room, sizeof *reader->annotations);
    reader->sentence = count;
    take_schema(reader);
    read_policy(reader, head);
    for (size_t i = 0; i < count; i++) {
        read_header(reader, head->line, trimmed(head, i + 1), &reader->columns[i]);
        check_header(reader, head->line, i + 1, &reader->columns[i]);
    }
    for (size_t i = 0; i < count && reader->sentence == count; i++)
        if (reader->columns[i].kind == COLUMN_ANNOTATION && slice_is(reader->columns[i].name, REASON_COLUMN))
            reader->sentence = i;
    return check_counts(reader, head);
}

/* ---- lines about the columns ---- */

/* False: no such type. */
static bool parse_type(struct slice text, enum value_type *type, bool *is_any_of, bool *is_integer)
{
    *is_any_of = slice_equal_nocase(text, slice_of("words"));
    *is_integer = slice_equal_nocase(text, slice_of("integer"));
    *type = *is_any_of ? TYPE_STRING : *is_integer ? TYPE_NUMBER : value_type_parse(text);
    return *type != TYPE_ANY || text.len == 0 || slice_equal_nocase(text, slice_of("any"));
}

static void take_type(struct csv_reader *reader, size_t line, const struct csv_column *column,
                      struct slice text)
{
    enum value_type type;
    bool is_any_of, is_integer;
    if (text.len == 0)
        return;
    if (!parse_type(text, &type, &is_any_of, &is_integer) || (is_any_of && column->kind == COLUMN_OUTPUT)) {
        csv_fault(reader, line, SLICE_NONE, column->name,
                  arena_printf(reader->arena,
                               "expected a type (string, number, integer, boolean, date, time, \"date and "
                               "time\", words, ...), found \"%.*s\"",
                               SLICE_FMT(shortened(text))));
        return;
    }
    if (reader->schema) {
        enum value_type known = column->kind == COLUMN_INPUT ? reader->inputs[column->index].type
                                                             : reader->outputs[column->index].type;
        if (known != type)
            csv_fault(reader, line, SLICE_NONE, column->name,
                      arena_printf(reader->arena, "expected type %s, found \"%.*s\"", value_type_word(known),
                                   SLICE_FMT(text)));
    } else if (column->kind == COLUMN_INPUT) {
        reader->inputs[column->index].type = type;
        reader->inputs[column->index].is_any_of = is_any_of;
        reader->inputs[column->index].is_integer = is_integer;
    } else {
        reader->outputs[column->index].type = type;
    }
}

static void take_label(struct csv_reader *reader, size_t line, const struct csv_column *column,
                       struct slice text)
{
    (void)line;
    if (reader->schema || text.len == 0)
        return;
    if (column->kind == COLUMN_INPUT)
        reader->inputs[column->index].label = text;
    else
        reader->outputs[column->index].label = text;
}

static void take_values(struct csv_reader *reader, size_t line, const struct csv_column *column,
                        struct slice text)
{
    struct feel_fault fault;
    if (reader->schema)
        return;
    if (column->kind == COLUMN_INPUT) {
        struct input *input = &reader->inputs[column->index];
        text = csv_feel(text, input->type, reader->arena);
        if (!allowed_parse(text, &reader->syntax, reader->arena, &input->allowed, &input->allowed_count,
                           &input->allowed_tests, &fault))
            csv_cell_fault(reader, line, SLICE_NONE, column->name, text, &fault);
    } else {
        struct output *output = &reader->outputs[column->index];
        text = csv_feel(text, output->type, reader->arena);
        if (!allowed_parse(text, &reader->syntax, reader->arena, &output->allowed, &output->allowed_count,
                           NULL, &fault))
            csv_cell_fault(reader, line, SLICE_NONE, column->name, text, &fault);
    }
}

/* In the order in which they are taken, wherever they stand: values are of a type. */
static const struct {
    const char *keyword;
    void (*take)(struct csv_reader *reader, size_t line, const struct csv_column *column, struct slice text);
} about[] = {{":type", take_type}, {":label", take_label}, {":values", take_values}};
enum { ABOUT = sizeof about / sizeof about[0] };

static void read_about(struct csv_reader *reader, size_t which)
{
    size_t seen = 0;
    for (size_t i = 1; i < reader->records.count; i++) {
        const struct record *record = &reader->records.list[i];
        if (!slice_is(trimmed(record, 0), about[which].keyword))
            continue;
        if (seen++)
            csv_fault(reader, record->line, SLICE_NONE, SLICE_NONE,
                      arena_printf(reader->arena, "a second line \"%s\"", about[which].keyword));
        for (size_t k = 0; k < reader->column_count; k++) {
            const struct csv_column *column = &reader->columns[k];
            if (column->kind == COLUMN_INPUT || column->kind == COLUMN_OUTPUT)
                about[which].take(reader, record->line, column, trimmed(record, k + 1));
        }
    }
}

static bool is_names(const struct record *record)
{
    return slice_is(trimmed(record, 0), NAMES_KEYWORD);
}

static void check_keywords(struct csv_reader *reader)
{
    for (size_t i = 1; i < reader->records.count; i++) {
        const struct record *record = &reader->records.list[i];
        struct slice word = trimmed(record, 0);
        bool is_known = !csv_is_about(record) || is_names(record);
        for (size_t which = 0; which < ABOUT; which++)
            is_known = is_known || slice_is(word, about[which].keyword);
        if (!is_known)
            csv_fault(reader, record->line, SLICE_NONE, SLICE_NONE,
                      arena_printf(reader->arena,
                                   "expected :type, :values, :label, :names, :otherwise or :example, "
                                   "found \"%.*s\"",
                                   SLICE_FMT(shortened(word))));
    }
}

static size_t count_names(const struct csv_reader *reader)
{
    size_t count = 0;
    for (size_t i = 1; i < reader->records.count; i++)
        count += is_names(&reader->records.list[i]) ? reader->records.list[i].count : 0;
    return count;
}

/* Names that are no inputs. */
static void read_names(struct csv_reader *reader, struct slice *names)
{
    reader->table->names = names;
    for (size_t i = 1; i < reader->records.count; i++) {
        const struct record *record = &reader->records.list[i];
        for (size_t k = 1; k < record->count && is_names(record); k++)
            if (trimmed(record, k).len)
                names[reader->table->name_count++] = trimmed(record, k);
    }
}

static void name_inputs(struct csv_reader *reader)
{
    size_t count = 0;
    struct slice *names =
        arena_array(reader->arena, reader->table->input_count + count_names(reader), sizeof *names);
    for (size_t i = 0; i < reader->table->input_count; i++) {
        const struct input *input = &reader->inputs[i];
        if (reader->schema ? !input->expression : !is_expression(input->name))
            names[count++] = input->name;
    }
    read_names(reader, names + count);
    reader->syntax = (struct feel_syntax){names, count + reader->table->name_count, FEEL_BARE_WORDS};
}

static void parse_expressions(struct csv_reader *reader, size_t line)
{
    const struct feel_syntax syntax = {reader->syntax.names, reader->syntax.name_count, 0};
    struct feel_fault fault;
    for (size_t i = 0; i < reader->table->input_count && !reader->schema; i++) {
        struct input *input = &reader->inputs[i];
        if (!is_expression(input->name))
            continue;
        input->expression = feel_parse_expression(input->name, &syntax, reader->arena, &fault);
        if (!input->expression)
            csv_cell_fault(reader, line, SLICE_NONE, input->name, input->name, &fault);
    }
}

bool csv_read_columns(struct csv_reader *reader)
{
    const struct record *head = reader->records.list;
    if (reader->records.count == 0)
        return csv_fault(reader, 0, SLICE_NONE, SLICE_NONE, "expected a table, found an empty file");
    if (!read_head(reader, head))
        return false;
    name_inputs(reader);
    parse_expressions(reader, head->line);
    check_keywords(reader);
    for (size_t which = 0; which < ABOUT; which++)
        read_about(reader, which);
    return true;
}
