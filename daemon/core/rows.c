/* The rows of the database as a table. A table of 100,000 rows repeats most of its cells, so each text is
 * read once for each column.
 */
#include "pgtext.h"
#include "sheet.h"

struct rows {
    struct sheet sheet;
    const struct rule_source *source;
    struct err *err;
    struct column inputs[QUESTION_INPUTS], outputs[QUESTION_OUTPUTS];
    int input_at[QUESTION_INPUTS], output_at[QUESTION_OUTPUTS]; /* columns of the source */
    int id_at, otherwise_at, nots_at, reason_at;
    struct memo tests[2][QUESTION_INPUTS]; /* plain, negated */
    struct memo nots, answers[QUESTION_OUTPUTS];
};

static struct slice cell(const struct rows *rows, size_t row, int column)
{
    return column < 0 ? SLICE_NONE : rows->source->cell(rows->source->rows, row, column);
}

static bool row_wrong(const struct rows *rows, size_t row, const char *column, const char *text)
{
    struct slice id = cell(rows, row, rows->id_at);
    return err_set(rows->err, ERR_CONFIG, "rule \"%.*s\": %s: %s", SLICE_FMT(id), column, text);
}

static void find_columns(struct rows *rows)
{
    const struct rule_source *source = rows->source;
    const struct question *question = rows->sheet.question;
    for (size_t i = 0; i < question->input_count; i++) {
        rows->inputs[i] = about_column(question->inputs[i]);
        rows->input_at[i] = source->column(source->rows, rows->inputs[i].sql);
        rows->tests[0][i].arena = rows->tests[1][i].arena = rows->sheet.arena;
    }
    for (size_t i = 0; i < question->output_count; i++) {
        bool is_offering = question->outputs[i] == ANSWER_OFFERING;
        rows->outputs[i] = answer_column(question->outputs[i]);
        rows->output_at[i] =
            source->column(source->rows, is_offering ? "offering_code" : rows->outputs[i].sql);
        rows->answers[i].arena = rows->sheet.arena;
    }
    rows->nots.arena = rows->sheet.arena;
    rows->id_at = source->column(source->rows, "rule_id");
    rows->otherwise_at = source->column(source->rows, "is_otherwise");
    rows->nots_at = source->column(source->rows, "nots");
    rows->reason_at = source->column(source->rows, "reason");
}

/* Cells ----------------------------------------------------------------------------------------------------
 */

static bool read_word_test(const struct rows *rows, size_t input, struct slice text, struct test *test)
{
    size_t count;
    if (!pg_words(text, rows->sheet.arena, &test->words, &count) || count == 0)
        return false;
    test->kind = TEST_WORDS;
    test->count = (uint32_t)count;
    const char *const *words = rows->inputs[input].words;
    for (size_t i = 0; words && i < count; i++)
        if (word_number(words, test->words[i]) < 0)
            return false;
    return true;
}

static bool read_test(const struct rows *rows, size_t input, struct slice text, struct test *test)
{
    switch (rows->inputs[input].kind) {
    case COLUMN_NUMBER:
        return pg_ranges(text, rows->sheet.arena, test);
    case COLUMN_FLAG:
        *test = (struct test){.kind = TEST_BOOLEAN, .boolean = slice_is(text, "t")};
        return test->boolean || slice_is(text, "f");
    default:
        return read_word_test(rows, input, text, test);
    }
}

static bool take_test(struct rows *rows, size_t row, size_t input, bool negated, struct test *out)
{
    struct slice text = cell(rows, row, rows->input_at[input]);
    const char *column = rows->inputs[input].sql;
    bool is_new;
    if (!text.ptr)
        return !negated || row_wrong(rows, row, column, "is empty, and named in nots");
    struct memo_entry *entry = memo_at(&rows->tests[negated][input], text, &is_new);
    if (is_new) {
        struct test *test = arena_alloc(rows->sheet.arena, sizeof *test);
        if (!read_test(rows, input, text, test))
            return row_wrong(rows, row, column, "expected words or ranges as PostgreSQL writes them");
        if (negated && test->kind != TEST_WORDS)
            return row_wrong(rows, row, column, "is named in nots, and is no column of words");
        test->negated = negated;
        entry->value.pointer = test;
    }
    *out = *(const struct test *)entry->value.pointer;
    return true;
}

/* The columns whose words are excluded, as bits. */
static bool take_nots(struct rows *rows, size_t row, uint32_t *bits)
{
    struct slice text = cell(rows, row, rows->nots_at);
    const struct slice *names;
    size_t count;
    bool is_new;
    *bits = 0;
    if (!text.ptr)
        return true;
    struct memo_entry *entry = memo_at(&rows->nots, text, &is_new);
    if (is_new) {
        if (!pg_words(text, rows->sheet.arena, &names, &count))
            return row_wrong(rows, row, "nots", "expected names of columns");
        for (size_t n = 0; n < count; n++) {
            size_t i = 0;
            while (i < rows->sheet.question->input_count && !slice_is(names[n], rows->inputs[i].sql))
                i++;
            if (i == rows->sheet.question->input_count)
                return row_wrong(rows, row, "nots", "names a column that the question has not");
            entry->value.number |= UINT32_C(1) << i;
        }
    }
    *bits = entry->value.number;
    return true;
}

/* Answers --------------------------------------------------------------------------------------------------
 */

static bool read_list(const struct column *column, struct slice text, struct arena *arena, struct value *out)
{
    const struct slice *words;
    size_t count;
    if (!pg_words(text, arena, &words, &count))
        return false;
    struct value *items = arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        if (word_number(column->words, words[i]) < 0)
            return false;
        items[i] = value_of_string(words[i]);
    }
    out->kind = VALUE_LIST;
    out->list.items = items;
    out->list.count = count;
    return true;
}

static bool read_answer(const struct column *column, struct slice text, struct arena *arena,
                        struct value *out)
{
    int64_t number;
    switch (column->kind) {
    case COLUMN_NUMBER:
        if (!slice_to_i64(text, column->low, column->high, &number))
            return false;
        *out = value_of_int(number);
        return true;
    case COLUMN_WORDS:
        return read_list(column, text, arena, out);
    default:
        *out = value_of_string(arena_slice(arena, text));
        return !column->words || word_number(column->words, text) >= 0;
    }
}

static bool take_answer(struct rows *rows, size_t row, size_t output, const struct feel **out)
{
    struct slice text = cell(rows, row, rows->output_at[output]);
    bool is_new;
    if (!text.ptr)
        return true;
    struct memo_entry *entry = memo_at(&rows->answers[output], text, &is_new);
    if (is_new) {
        struct value value = value_null;
        if (!read_answer(&rows->outputs[output], text, rows->sheet.arena, &value))
            return row_wrong(rows, row, rows->outputs[output].sql, "is no answer to this question");
        entry->value.pointer = sheet_literal(&rows->sheet, output, text, &value);
    }
    *out = entry->value.pointer;
    return true;
}

/* Rows -----------------------------------------------------------------------------------------------------
 */

static bool read_row_as(struct rows *rows, size_t row, size_t number)
{
    struct sheet *sheet = &rows->sheet;
    uint32_t nots;
    if (!take_nots(rows, row, &nots))
        return false;
    sheet_rule(sheet, number)->id = arena_slice(sheet->arena, cell(rows, row, rows->id_at));
    *sheet_reason(sheet, number) = arena_slice(sheet->arena, cell(rows, row, rows->reason_at));
    for (size_t i = 0; i < sheet->question->input_count; i++)
        if (!take_test(rows, row, i, nots >> i & 1, sheet_test(sheet, number, i)))
            return false;
    for (size_t i = 0; i < sheet->question->output_count; i++)
        if (!take_answer(rows, row, i, sheet_answer(sheet, number, i)))
            return false;
    return true;
}

static bool is_unconditional(const struct rows *rows, size_t number)
{
    const struct test *tests = rows->sheet.rules[number].tests;
    for (size_t i = 0; i < rows->sheet.question->input_count; i++)
        if (tests[i].kind != TEST_ANY)
            return false;
    return true;
}

static bool is_otherwise(const struct rows *rows, size_t row)
{
    return slice_is(cell(rows, row, rows->otherwise_at), "t");
}

static bool read_rows(struct rows *rows)
{
    size_t number = 0, count = rows->sheet.table->rule_count;
    for (size_t row = 0; row < rows->source->count; row++) {
        bool is_last = is_otherwise(rows, row);
        if (!is_last && number == count)
            return row_wrong(rows, row, "is_otherwise", "no row is for everything else");
        if (!read_row_as(rows, row, is_last ? count : number))
            return false;
        if (is_last && !is_unconditional(rows, count))
            return row_wrong(rows, row, "is_otherwise", "the row for everything else has a condition");
        number += !is_last;
    }
    return number == count ||
           err_set(rows->err, ERR_CONFIG, "table %d: more than one row is for everything else",
                   rows->sheet.question->number);
}

static bool read_examples(struct rows *rows, struct slice text)
{
    struct table_faults faults = {0};
    json_error_t wrong;
    if (!text.ptr)
        return true;
    json_t *json = json_loadb(text.ptr, text.len, 0, &wrong);
    if (!json)
        return err_set(rows->err, ERR_CONFIG, "examples: line %d: %s", wrong.line, wrong.text);
    sheet_examples(&rows->sheet, json, &faults);
    json_decref(json);
    return faults.count == 0 || err_set(rows->err, ERR_CONFIG, "%.*s: %.*s", SLICE_FMT(faults.list->file),
                                        SLICE_FMT(faults.list->text));
}

const struct table *rulebook_rows(const struct question *question, enum hit_policy policy,
                                  const struct region *region, const struct rule_source *source,
                                  struct slice examples, struct arena *arena, struct err *err)
{
    struct rows *rows = arena_alloc(arena, sizeof *rows);
    rows->source = source;
    rows->err = err;
    if (source->count == 0 || source->count > TABLE_RULES + 1) {
        err_set(err, ERR_CONFIG, "table %d: expected 1 to %d rows", question->number, TABLE_RULES + 1);
        return NULL;
    }
    sheet_open(&rows->sheet, question, policy, region, source->count - 1, arena);
    find_columns(rows);
    return read_rows(rows) && read_examples(rows, examples) ? sheet_close(&rows->sheet, true) : NULL;
}
