#include "csv.h"

#include "csv_own.h"
#include "text.h"

struct csv_writer {
    const struct table *table;
    struct arena *arena;
    struct text out;
    struct feel_syntax syntax; /* as the reader will have it */
    size_t sentence;           /* annotation that holds an example's sentence, or annotation_count */
    bool has_sentence_column;
};

/* ---- fields ---- */

static bool needs_guard(struct slice text)
{
    struct decimal number;
    if (text.len == 0 || slice_is(text, "-") || decimal_parse(text, &number))
        return false;
    return memchr(CSV_GUARDED, text.ptr[0], sizeof CSV_GUARDED - 2) ||
           (text.ptr[0] == '\'' && text.len > 1 && memchr(CSV_GUARDED, text.ptr[1], sizeof CSV_GUARDED - 1));
}

static bool needs_quotes(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (memchr(";\"\r\n,\t", text.ptr[i], 6))
            return true;
    return text.len && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ');
}

static void put_text(struct csv_writer *w, struct slice text)
{
    bool is_quoted = needs_quotes(text);
    text_add_words(&w->out, is_quoted ? "\"" : "");
    text_add_words(&w->out, needs_guard(text) ? "'" : "");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            text_add_char(&w->out, '"');
        text_add_char(&w->out, text.ptr[i]);
    }
    text_add_words(&w->out, is_quoted ? "\"" : "");
}

/* A field behind the first of its line. */
static void put_field(struct csv_writer *w, struct slice text)
{
    text_add_char(&w->out, ';');
    put_text(w, text);
}

static void end_line(struct csv_writer *w)
{
    text_add_words(&w->out, "\r\n");
}

static void put_words(struct csv_writer *w, const char *text)
{
    put_field(w, slice_of(text));
}

/* ---- cells: bare words where that reads the same ---- */

static bool reads_as(struct csv_writer *w, struct slice text, const struct input *input,
                     const struct test *test)
{
    struct test again = {.kind = TEST_ANY};
    struct feel_fault fault;
    const struct feel *feel =
        feel_parse_tests(csv_feel(text, input->type, w->arena), &w->syntax, w->arena, &fault);
    if (!feel || !feel_simple(feel, w->arena, &again) || again.kind != test->kind)
        return false;
    return slice_equal(test_text(&again, false, w->arena), test_text(test, false, w->arena));
}

static struct slice test_cell(struct csv_writer *w, const struct input *input, const struct test *test)
{
    struct slice bare = test->kind == TEST_WORDS ? test_text(test, true, w->arena) : SLICE_NONE;
    return bare.ptr && reads_as(w, bare, input, test) ? bare : cell_text(test, w->arena);
}

static struct slice output_cell(struct csv_writer *w, const struct output *output, const struct feel *feel)
{
    struct value value, again;
    struct feel_fault fault;
    if (!feel)
        return slice_of("");
    if (!feel_constant(feel, &value) || value.kind != VALUE_STRING ||
        trim_all(value.string).len != value.string.len)
        return feel_text(feel, w->arena);
    const struct feel *bare =
        feel_parse_expression(csv_feel(value.string, output->type, w->arena), &w->syntax, w->arena, &fault);
    bool is_same = bare && feel_constant(bare, &again) && value_equal(&value, &again);
    return is_same ? value.string : feel_text(feel, w->arena);
}

/* ---- lines about the columns ---- */

static void put_name(struct csv_writer *w, const char *mark, struct slice name)
{
    put_words(w, name.len ? arena_printf(w->arena, "%s %.*s", mark, SLICE_FMT(name)) : mark);
}

static void put_head(struct csv_writer *w)
{
    const struct table *table = w->table;
    text_add_words(&w->out, hit_policy_text(table->policy, table->aggregation));
    for (size_t i = 0; i < table->input_count; i++)
        put_field(w, table->inputs[i].name);
    for (size_t i = 0; i < table->output_count; i++)
        put_name(w, ">", table->outputs[i].name);
    for (size_t i = 0; i < table->annotation_count; i++)
        put_name(w, "#", table->annotations[i]);
    if (w->has_sentence_column)
        put_words(w, "# " SENTENCE_COLUMN);
    end_line(w);
}

static const char *type_word(enum value_type type, bool is_any_of, bool is_integer)
{
    if (is_any_of)
        return "words";
    if (is_integer && type == TYPE_NUMBER)
        return "integer";
    return type == TYPE_ANY ? "" : value_type_word(type);
}

static void put_types(struct csv_writer *w)
{
    text_add_words(&w->out, ":type");
    for (size_t i = 0; i < w->table->input_count; i++) {
        const struct input *input = &w->table->inputs[i];
        put_words(w, type_word(input->type, input->is_any_of, input->is_integer));
    }
    for (size_t i = 0; i < w->table->output_count; i++)
        put_words(w, type_word(w->table->outputs[i].type, false, false));
    end_line(w);
}

static void put_values(struct csv_writer *w)
{
    const struct table *table = w->table;
    bool any = false;
    for (size_t i = 0; i < table->input_count; i++)
        any = any || table->inputs[i].allowed_count || table->inputs[i].allowed_tests;
    for (size_t i = 0; i < table->output_count; i++)
        any = any || table->outputs[i].allowed_count;
    if (!any)
        return;
    text_add_words(&w->out, ":values");
    for (size_t i = 0; i < table->input_count; i++)
        put_field(w, allowed_text(table->inputs[i].allowed, table->inputs[i].allowed_count,
                                  table->inputs[i].allowed_tests, w->arena));
    for (size_t i = 0; i < table->output_count; i++)
        put_field(w,
                  allowed_text(table->outputs[i].allowed, table->outputs[i].allowed_count, NULL, w->arena));
    end_line(w);
}

static bool has_label(struct slice name, struct slice label)
{
    return label.len && !slice_equal(name, label);
}

static void put_labels(struct csv_writer *w)
{
    const struct table *table = w->table;
    bool any = false;
    for (size_t i = 0; i < table->input_count; i++)
        any = any || has_label(table->inputs[i].name, table->inputs[i].label);
    for (size_t i = 0; i < table->output_count; i++)
        any = any || has_label(table->outputs[i].name, table->outputs[i].label);
    if (!any)
        return;
    text_add_words(&w->out, ":label");
    for (size_t i = 0; i < table->input_count; i++)
        put_field(w, table->inputs[i].label);
    for (size_t i = 0; i < table->output_count; i++)
        put_field(w, table->outputs[i].label);
    end_line(w);
}

/* ---- rows ---- */

static void put_annotations(struct csv_writer *w, const struct rule *rule)
{
    for (size_t i = 0; i < w->table->annotation_count; i++)
        put_field(w, rule->annotations[i]);
    end_line(w);
}

/* An empty line would be skipped. */
static bool looks_empty(const struct csv_writer *w, const struct rule *rule)
{
    return rule->id.len == 0 && w->table->input_count == 0;
}

static void put_rule(struct csv_writer *w, const struct rule *rule)
{
    put_text(w, rule->id);
    for (size_t i = 0; i < w->table->input_count; i++)
        put_field(w, test_cell(w, &w->table->inputs[i], &rule->tests[i]));
    for (size_t i = 0; i < w->table->output_count; i++)
        put_field(w, !rule->outputs[i] && looks_empty(w, rule)
                         ? slice_of("null")
                         : output_cell(w, &w->table->outputs[i], rule->outputs[i]));
    put_annotations(w, rule);
}

static void put_keyword(struct csv_writer *w, const char *keyword, struct slice id)
{
    put_text(w, id.len ? slice_of(arena_printf(w->arena, "%s %.*s", keyword, SLICE_FMT(id)))
                       : slice_of(keyword));
}

static void put_otherwise(struct csv_writer *w)
{
    const struct table *table = w->table;
    bool any = table->otherwise != NULL;
    for (size_t i = 0; i < table->output_count; i++)
        any = any || table->outputs[i].otherwise;
    if (!any)
        return;
    put_keyword(w, ":otherwise", table->otherwise ? table->otherwise->id : SLICE_NONE);
    for (size_t i = 0; i < table->input_count; i++)
        put_words(w, "");
    for (size_t i = 0; i < table->output_count; i++)
        put_field(w, output_cell(w, &table->outputs[i], table->outputs[i].otherwise));
    for (size_t i = 0; i < table->annotation_count; i++)
        put_field(w, table->otherwise ? table->otherwise->annotations[i] : SLICE_NONE);
    end_line(w);
}

/* The text "null" in quotes, for the bare word expects nothing. */
static struct slice expected_text(const struct csv_writer *w, const struct example *example, size_t output)
{
    const struct value *expected = &example->expected[output];
    if (!example_expects(example, output))
        return SLICE_NONE;
    if (expected->kind == VALUE_STRING && slice_is(expected->string, "null"))
        return value_text(expected, w->arena);
    return expected->kind == VALUE_NULL
               ? slice_of("null")
               : csv_literal_text(expected, w->table->outputs[output].type, false, w->arena);
}

static void put_example(struct csv_writer *w, const struct example *example)
{
    const struct table *table = w->table;
    put_keyword(w, ":example", example->id);
    for (size_t i = 0; i < table->input_count; i++)
        put_field(w, csv_literal_text(&example->facts[i], table->inputs[i].type, table->inputs[i].is_any_of,
                                      w->arena));
    for (size_t i = 0; i < table->output_count; i++)
        put_field(w, expected_text(w, example, i));
    for (size_t i = 0; i < table->annotation_count; i++)
        put_field(w, i == w->sentence ? example->sentence : SLICE_NONE);
    if (w->has_sentence_column)
        put_field(w, example->sentence);
    end_line(w);
}

/* An example's sentence stands under "reason", or in a column of its own where there is none. */
static void find_sentence(struct csv_writer *w)
{
    const struct table *table = w->table;
    w->sentence = 0;
    while (w->sentence < table->annotation_count && !slice_is(table->annotations[w->sentence], REASON_COLUMN))
        w->sentence++;
    for (size_t i = 0; i < table->example_count && w->sentence == table->annotation_count; i++)
        w->has_sentence_column = w->has_sentence_column || table->examples[i].sentence.len;
}

static void name_inputs(struct csv_writer *w)
{
    const struct table *table = w->table;
    struct slice *names = arena_array(w->arena, table->input_count + table->name_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < table->input_count; i++)
        if (!table->inputs[i].expression)
            names[count++] = table->inputs[i].name;
    for (size_t i = 0; i < table->name_count; i++)
        names[count++] = table->names[i];
    w->syntax = (struct feel_syntax){names, count, FEEL_BARE_WORDS};
}

static void put_names(struct csv_writer *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->table->name_count; i++) {
        if (table_has_input(w->table, w->table->names[i]))
            continue;
        text_add_words(&w->out, count++ ? "" : NAMES_KEYWORD);
        put_field(w, w->table->names[i]);
    }
    if (count)
        end_line(w);
}

struct slice csv_write(const struct table *table, struct arena *arena)
{
    struct csv_writer w = {.table = table, .arena = arena, .out = text_new(arena)};
    find_sentence(&w);
    name_inputs(&w);
    text_add_words(&w.out, "\xef\xbb\xbf");
    put_head(&w);
    put_types(&w);
    put_values(&w);
    put_labels(&w);
    put_names(&w);
    for (size_t i = 0; i < table->rule_count; i++)
        put_rule(&w, &table->rules[i]);
    put_otherwise(&w);
    for (size_t i = 0; i < table->example_count; i++)
        put_example(&w, &table->examples[i]);
    return text_slice(&w.out);
}
